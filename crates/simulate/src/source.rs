//! What one point measures, minute by minute: stacks, outfalls, river sections and air stations. A row of values can be
//! asked for any minute in any order and is always the same.

use std::f64::consts::TAU;

use crate::noise::Noise;
use crate::story::{Part, Story};
use crate::tables::{FACTOR_ROWS, Kind, Medium, typical};
use crate::weather::{Moment, Sky, Weather};

/// One measured quantity of a point.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) quantity: &'static str,
    /// Code as the device's edition writes it.
    pub(crate) code: &'static str,
    pub(crate) decimals: usize,
    pub(crate) kind: Kind,
    typical: f64,
    spread: f64,
    noise: Noise,
}

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) value: f64,
    /// 折算值
    pub(crate) converted: Option<f64>,
}

/// All values of one minute, in the order of the channels.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    /// Volume of the minute: m³ of gas (standard, dry) or of water; 0 where nothing flows.
    pub(crate) volume_m3: f64,
    pub(crate) flag: Flag,
}

/// Device flags the simulator sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flag {
    Normal,
    Calibrating,
    Fault,
}

impl Flag {
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::Normal => "N",
            Self::Calibrating => "C",
            Self::Fault => "D",
        }
    }
}

/// A point that measures.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) medium: Medium,
    pub(crate) channels: Vec<Channel>,
    load: (f64, f64),
    o2: (f64, f64),
    flow: (f64, f64),
    o2_ref: Option<f64>,
    common: Noise,
    part: Part,
}

/// Air and rivers have their own bodies of formulas; stacks and outfalls run a process of the table.
pub(crate) struct Built<'a> {
    pub(crate) medium: Medium,
    pub(crate) process: &'a str,
    pub(crate) o2_ref: Option<f64>,
    /// Codes of 2005.
    pub(crate) old_codes: bool,
    pub(crate) seed: u64,
    /// What makes this point's noise its own.
    pub(crate) key: &'a str,
    pub(crate) part: Part,
}

/// Quantities that come from the weather or from other quantities and so need no row in the process table.
const DERIVED: [&str; 7] = [
    "velocity",
    "pressure",
    "air_temperature",
    "air_humidity",
    "air_pressure",
    "wind_speed",
    "wind_direction",
];

impl Source {
    pub(crate) fn new(built: &Built<'_>) -> Self {
        let of = |quantity: &str| typical(built.process, quantity);
        let channels = FACTOR_ROWS
            .iter()
            .filter(|f| f.medium == built.medium)
            .filter_map(|f| {
                let code = if built.old_codes { f.code_2005 } else { f.code };
                let (typical, spread) =
                    of(f.quantity).or(DERIVED.contains(&f.quantity).then_some((1.0, 0.0)))?;
                (!code.is_empty()).then(|| Channel {
                    quantity: f.quantity,
                    code,
                    decimals: f.decimals,
                    kind: f.kind,
                    typical,
                    spread,
                    noise: Noise::new(built.seed, &format!("{}/{}", built.key, f.quantity)),
                })
            })
            .collect();
        Self {
            medium: built.medium,
            channels,
            load: of("load").unwrap_or((1.0, 0.0)),
            o2: of("o2").unwrap_or((20.9, 0.0)),
            flow: of("flow").unwrap_or((0.0, 0.0)),
            o2_ref: built.o2_ref,
            common: Noise::new(built.seed, &format!("{}/common", built.key)),
            part: built.part,
        }
    }

    /// The same point without any part in the story.
    #[must_use]
    pub(crate) fn ordinary(self) -> Self {
        Self {
            part: Part::default(),
            ..self
        }
    }

    /// The minute's values.
    pub(crate) fn row(&self, minute: i64, weather: &Weather, story: &Story) -> Row {
        let at = Moment::of(minute);
        match self.medium {
            Medium::Gas => self.gas(at, story, weather.at(at)),
            Medium::Water => self.water(at, story),
            Medium::Section => self.section(at, story),
            Medium::Air => self.air(at, weather.at(at)),
        }
    }

    fn swing(channel: &Channel, t: f64, slow: f64, fast: f64) -> f64 {
        1.0 + channel.spread * (0.8 * channel.noise.smooth(t, slow) + 0.45 * channel.noise.smooth(t, fast))
    }

    fn load_at(&self, at: Moment, peak: f64) -> f64 {
        let (typical, spread) = self.load;
        let t = at.minutes();
        let drift = 0.7 * self.common.smooth(t, 640.0) + 0.3 * self.common.smooth(t, 45.0);
        (typical * (1.0 + spread * (drift + 0.6 * at.wave(peak)))).clamp(0.2, 1.05)
    }

    fn o2_at(&self, at: Moment) -> f64 {
        // Part load draws more air; open hoods stay near 21 % whatever the load.
        let air = if self.o2.0 < 19.0 {
            3.0 * (self.load.0 - self.load_at(at, 19.0))
        } else {
            0.0
        };
        let wobble = self.o2.1 * self.o2.0 * self.common.smooth(at.minutes(), 11.0);
        (self.o2.0 + air + wobble).clamp(0.5, 20.9)
    }

    fn gas(&self, at: Moment, story: &Story, sky: Sky) -> Row {
        let t = at.minutes();
        let load = self.load_at(at, 19.0);
        let o2 = self.o2_at(at);
        let flow = self.flow.0 * load * (1.0 + self.flow.1 * self.common.smooth(t, 7.0));
        let cells = self.channels.iter().map(|c| {
            if c.kind == Kind::Pollutant {
                return self.pollutant(c, at, o2, story);
            }
            let plain = c.typical * Self::swing(c, t, 300.0, 9.0);
            let value = match c.quantity {
                "flow" => flow,
                "o2" => o2,
                "velocity" => 13.5 * load * (1.0 + 0.02 * self.common.smooth(t, 5.0)),
                "temperature" => plain + 0.08 * (sky.temperature_c - 14.0) + 6.0 * (load - self.load.0),
                "pressure" => -0.22 - 0.12 * load + 0.03 * c.noise.smooth(t, 6.0),
                _ => plain,
            };
            Cell {
                value,
                converted: None,
            }
        });
        Row {
            cells: cells.collect(),
            volume_m3: flow * 60.0,
            flag: self.gas_flag(at.minute),
        }
    }

    /// A concentration with slow analyser drift. The table's typical value is the converted one where there is a
    /// reference oxygen content, so the measured one follows from it; an analyser that stands still shows the measured
    /// value of a past minute while oxygen goes on.
    fn pollutant(&self, c: &Channel, now: Moment, o2: f64, story: &Story) -> Cell {
        let minute = story.shown(self.part, now.minute);
        let t = minute as f64;
        let drift = 1.0 + 0.02 * c.noise.smooth(t, 7200.0);
        let plain = c.typical * Self::swing(c, t, 300.0, 9.0) * drift;
        let value = (plain * story.factor(self.part, c.quantity, minute)).max(c.typical * 0.05);
        let Some(reference) = self.o2_ref else {
            return Cell {
                value,
                converted: None,
            };
        };
        let then = if minute == now.minute {
            o2
        } else {
            self.o2_at(Moment::of(minute))
        };
        let value = value * (21.0 - then) / (21.0 - reference);
        Cell {
            value,
            converted: Some(value * (21.0 - reference) / (21.0 - o2)),
        }
    }

    /// Ten minutes of automatic calibration a day at the point's own time.
    fn gas_flag(&self, minute: i64) -> Flag {
        let own = (self.common.uniform(1) * 360.0).floor();
        let of_day = (minute + 480).rem_euclid(1440) as f64;
        let calibrating = (own + 60.0..own + 70.0).contains(&of_day);
        if calibrating {
            Flag::Calibrating
        } else {
            Flag::Normal
        }
    }

    fn water(&self, at: Moment, story: &Story) -> Row {
        let t = at.minutes();
        let load = self.load_at(at, 20.0);
        let flow = self.flow.0 * load * (1.0 + self.flow.1 * self.common.smooth(t, 8.0));
        // Wet-chemical analysers give one result an hour.
        let sampled = at.minute - at.minute.rem_euclid(60);
        let cells = self.channels.iter().map(|c| {
            let value = match (c.kind, c.quantity) {
                (Kind::Flow, _) => flow,
                (Kind::Pollutant, quantity) => {
                    let plain = c.typical * Self::swing(c, sampled as f64, 700.0, 61.0);
                    (plain * story.factor(self.part, quantity, sampled)).max(c.typical * 0.05)
                }
                (Kind::Parameter, _) => c.typical * Self::swing(c, t, 500.0, 20.0),
            };
            Cell {
                value,
                converted: None,
            }
        });
        // Now and then an analyser reports a fault for a while.
        let broken = self.common.smooth(sampled as f64, 180.0) > 0.993;
        Row {
            cells: cells.collect(),
            volume_m3: flow * 0.06,
            flag: if broken { Flag::Fault } else { Flag::Normal },
        }
    }

    fn section(&self, at: Moment, story: &Story) -> Row {
        // The cabin samples every four hours.
        let sampled = Moment::of(at.minute - (at.minute + 480).rem_euclid(240));
        let t = sampled.minutes();
        let water_c =
            (14.5 - 12.0 * sampled.winter + 0.8 * sampled.wave(16.0) + 1.5 * self.common.smooth(t, 5760.0))
                .max(0.5);
        let cells = self.channels.iter().map(|c| {
            let plain = c.typical * Self::swing(c, t, 5000.0, 500.0);
            let value = match c.quantity {
                "temperature" => water_c,
                // Saturation by temperature, nearly reached.
                "do" => 468.0 / (31.6 + water_c) * 0.87 * Self::swing(c, t, 3000.0, 400.0),
                quantity => plain * story.factor(self.part, quantity, sampled.minute),
            };
            Cell {
                value: value.max(0.0),
                converted: None,
            }
        });
        Row {
            cells: cells.collect(),
            volume_m3: 0.0,
            flag: Flag::Normal,
        }
    }

    fn air(&self, at: Moment, sky: Sky) -> Row {
        let t = at.minutes();
        let place = 1.0 + 0.13 * self.common.smooth(t, 40_000.0);
        let cold = f64::midpoint(1.0, at.winter);
        let traffic = (TAU * (at.hour - 7.8) / 12.0).cos() * 0.5 + at.wave(19.5) * 0.5;
        let pm25 = (26.0 + 30.0 * cold) * sky.stagnation * place * (1.0 + 0.14 * at.wave(3.0));
        let cells = self.channels.iter().map(|c| {
            let swing = Self::swing(c, t, 240.0, 12.0);
            let value = match c.quantity {
                "pm25" => pm25 * swing,
                "pm10" => (pm25 * 1.45 + 16.0 * place * (sky.wind_ms / 2.3).powf(0.4)) * swing,
                "so2" => (6.0 + 9.0 * cold) * place * sky.stagnation.sqrt() * swing,
                "no2" => (20.0 + 14.0 * cold + 8.0 * traffic) * place * sky.stagnation.sqrt() * swing,
                "co" => (0.35 + pm25 / 120.0) * swing,
                "o3" => (32.0 + 165.0 * sky.sun.powf(1.1) - 10.0 * traffic).max(6.0) * swing,
                "air_temperature" => sky.temperature_c + 0.5 * self.common.smooth(t, 300.0),
                "air_humidity" => sky.humidity_pct,
                "air_pressure" => sky.pressure_kpa,
                "wind_speed" => (sky.wind_ms * (1.0 + 0.2 * self.common.smooth(t, 9.0))).max(0.1),
                _ => (sky.wind_deg + 15.0 * self.common.smooth(t, 13.0)).rem_euclid(360.0),
            };
            Cell {
                value,
                converted: None,
            }
        });
        Row {
            cells: cells.collect(),
            volume_m3: 0.0,
            flag: Flag::Normal,
        }
    }
}
