//! The weather of the simulated district: seasons, days, passing systems. Everything that breathes or flows hangs on it.

use std::f64::consts::TAU;

use model::time::UtcMs;

use crate::noise::Noise;

/// Hour of the civil day with fraction, and day of the year, at an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Minutes since 1970, UTC.
    pub(crate) minute: i64,
    /// 0 ≤ hour < 24, civil.
    pub(crate) hour: f64,
    /// 1 in midwinter (mid-January), -1 in midsummer.
    pub(crate) winter: f64,
}

impl Moment {
    pub(crate) fn of(minute: i64) -> Self {
        let civil = UtcMs(minute * 60_000).civil();
        let (hour, day) = civil.map_or((0.0, 1.0), |c| {
            (
                f64::from(c.hour()) + f64::from(c.minute()) / 60.0,
                f64::from(c.date().day_of_year()),
            )
        });
        Self {
            minute,
            hour,
            winter: (TAU * (day - 15.0) / 365.25).cos(),
        }
    }

    /// A wave over the day with its top at `peak` o'clock.
    pub(crate) fn wave(self, peak: f64) -> f64 {
        (TAU * (self.hour - peak) / 24.0).cos()
    }

    pub(crate) fn minutes(self) -> f64 {
        self.minute as f64
    }
}

/// What the weather is at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sky {
    pub(crate) temperature_c: f64,
    pub(crate) humidity_pct: f64,
    pub(crate) pressure_kpa: f64,
    pub(crate) wind_ms: f64,
    pub(crate) wind_deg: f64,
    /// Around 1; above it stagnant air gathers particles.
    pub(crate) stagnation: f64,
    /// 0 at night, 1 at noon of a clear summer day.
    pub(crate) sun: f64,
}

/// The weather.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    temperature: Noise,
    humidity: Noise,
    pressure: Noise,
    wind: Noise,
    direction: Noise,
    system: Noise,
    cloud: Noise,
}

/// One day, minutes.
const DAY: f64 = 1440.0;

impl Weather {
    pub(crate) fn new(seed: u64) -> Self {
        let noise = |key: &str| Noise::new(seed, &format!("weather/{key}"));
        Self {
            temperature: noise("temperature"),
            humidity: noise("humidity"),
            pressure: noise("pressure"),
            wind: noise("wind"),
            direction: noise("direction"),
            system: noise("system"),
            cloud: noise("cloud"),
        }
    }

    pub(crate) fn at(&self, at: Moment) -> Sky {
        let t = at.minutes();
        let day_mean = 14.0 - 14.5 * at.winter + 3.5 * self.temperature.smooth(t, 3.0 * DAY);
        let temperature_c = day_mean + 5.0 * at.wave(15.0) + 0.6 * self.temperature.smooth(t, 90.0);
        let wind_ms = (2.3
            + 1.5 * self.wind.smooth(t, 0.7 * DAY)
            + 0.6 * at.wave(14.0)
            + 0.5 * self.wind.smooth(t, 20.0))
        .max(0.2);
        let turn = 150.0 * self.direction.smooth(t, 2.0 * DAY) + 25.0 * self.direction.smooth(t, 45.0);
        let humid = 60.0 - 2.2 * (temperature_c - day_mean) + 18.0 * self.humidity.smooth(t, 2.0 * DAY);
        let clear = 0.7 + 0.3 * self.cloud.smooth(t, 0.5 * DAY);
        let height = (-at.wave(0.0) - 0.25).max(0.0) / 1.25;
        Sky {
            temperature_c,
            humidity_pct: humid.clamp(15.0, 99.0),
            pressure_kpa: 101.4 + 0.9 * at.winter + 0.6 * self.pressure.smooth(t, 2.5 * DAY),
            wind_ms,
            wind_deg: (190.0 + turn).rem_euclid(360.0),
            stagnation: (0.75 * self.system.smooth(t, 4.0 * DAY)).exp() / (wind_ms / 2.3).powf(0.35),
            sun: height * clear * (0.74 - 0.26 * at.winter),
        }
    }
}
