//! Minutes gathered into records: ten minutes, hours, days. Built from the same rows as the real-time values, so a
//! record and the values it covers agree.

use std::collections::BTreeMap;

use crate::source::{Flag, Row, Source};
use crate::story::Story;
use crate::tables::{Kind, Medium};
use crate::weather::Weather;

/// Minutes of one 2051 record.
pub(crate) const SHORT: i64 = 10;
const HOUR: i64 = 60;
/// Short periods kept: those of an hour, and a margin.
const KEPT_SHORT: usize = 8;
/// Hours kept: those of a day, and a margin.
const KEPT_HOURS: usize = 26;

/// Sums of one channel.
#[derive(Clone, Copy, Debug)]
struct Sums {
    min: f64,
    max: f64,
    sum: f64,
    /// Σ value × volume, for flow-weighted means and quantities.
    by_volume: f64,
    converted: Option<(f64, f64, f64)>,
}

/// Sums of a period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Total {
    minutes: u32,
    normal: u32,
    worst: Option<Flag>,
    /// Minutes behind the sums: the normal ones, or all where none was normal.
    counted: u32,
    counted_m3: f64,
    volume_m3: f64,
    sums: Vec<Sums>,
}

/// What a record says of one channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statistics {
    pub(crate) min: f64,
    pub(crate) avg: f64,
    pub(crate) max: f64,
    /// 折算 min, avg, max.
    pub(crate) converted: Option<(f64, f64, f64)>,
    /// 累计值: m³ of flow, kg of pollutants.
    pub(crate) quantity: Option<f64>,
}

impl Total {
    fn of(row: &Row) -> Self {
        let normal = row.flag == Flag::Normal;
        Self {
            minutes: 1,
            normal: u32::from(normal),
            worst: (!normal).then_some(row.flag),
            counted: 1,
            counted_m3: row.volume_m3,
            volume_m3: row.volume_m3,
            sums: row
                .cells
                .iter()
                .map(|c| Sums {
                    min: c.value,
                    max: c.value,
                    sum: c.value,
                    by_volume: c.value * row.volume_m3,
                    converted: c.converted.map(|z| (z, z, z)),
                })
                .collect(),
        }
    }

    fn add(&mut self, other: &Self) {
        let (mine, theirs) = (self.normal > 0, other.normal > 0);
        if self.minutes == 0 || (theirs && !mine) {
            self.sums.clone_from(&other.sums);
            self.counted = other.counted;
            self.counted_m3 = other.counted_m3;
        } else if theirs || !mine {
            self.counted += other.counted;
            self.counted_m3 += other.counted_m3;
            for (a, b) in self.sums.iter_mut().zip(&other.sums) {
                a.min = a.min.min(b.min);
                a.max = a.max.max(b.max);
                a.sum += b.sum;
                a.by_volume += b.by_volume;
                a.converted = a
                    .converted
                    .zip(b.converted)
                    .map(|((la, ma, sa), (lb, mb, sb))| (la.min(lb), ma.max(mb), sa + sb));
            }
        }
        self.minutes += other.minutes;
        self.normal += other.normal;
        self.worst = self.worst.max(other.worst);
        self.volume_m3 += other.volume_m3;
    }

    /// Volume of the period, m³.
    pub(crate) fn volume_m3(&self) -> f64 {
        self.volume_m3
    }

    /// Flag of the period: stacks are normal with three quarters normal minutes, water only when every minute is
    /// (HJ 212-2017, data flags).
    pub(crate) fn flag(&self, medium: Medium) -> &'static str {
        let normal = match medium {
            Medium::Gas => self.normal * 4 >= self.minutes * 3,
            Medium::Water | Medium::Section | Medium::Air => self.normal == self.minutes,
        };
        match self.worst {
            Some(_) if medium == Medium::Gas && !normal && self.normal > 0 => Flag::Fault.letter(),
            Some(worst) if !normal => worst.letter(),
            _ => Flag::Normal.letter(),
        }
    }

    /// Statistics by channel, in the order of the source's channels.
    pub(crate) fn statistics(&self, source: &Source) -> Vec<Statistics> {
        let count = f64::from(self.counted.max(1));
        let weighted = source.medium == Medium::Water && self.counted_m3 > 0.0;
        source
            .channels
            .iter()
            .zip(&self.sums)
            .map(|(channel, s)| {
                let pollutant = channel.kind == Kind::Pollutant;
                let avg = if weighted && pollutant {
                    s.by_volume / self.counted_m3
                } else {
                    s.sum / count
                };
                // mg/m³ of gas and mg/L of water: both make kg with their m³.
                let scale = if source.medium == Medium::Gas { 1e-6 } else { 1e-3 };
                let quantity = match channel.kind {
                    Kind::Flow => Some(self.volume_m3),
                    Kind::Pollutant => Some(s.by_volume * scale),
                    Kind::Parameter => None,
                };
                Statistics {
                    min: s.min,
                    avg,
                    max: s.max,
                    converted: s.converted.map(|(min, max, sum)| (min, sum / count, max)),
                    quantity,
                }
            })
            .collect()
    }
}

/// Totals of one point, kept while they are still needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    short: BTreeMap<i64, Total>,
    hours: BTreeMap<i64, Total>,
}

impl Ledger {
    /// The ten minutes from `from`.
    pub(crate) fn short(&mut self, from: i64, source: &Source, weather: &Weather, story: &Story) -> Total {
        if let Some(total) = self.short.get(&from) {
            return total.clone();
        }
        let mut total = Total::default();
        for minute in from..from + SHORT {
            total.add(&Total::of(&source.row(minute, weather, story)));
        }
        keep(&mut self.short, from, &total, KEPT_SHORT);
        total
    }

    /// The hour from `from`.
    pub(crate) fn hour(&mut self, from: i64, source: &Source, weather: &Weather, story: &Story) -> Total {
        if let Some(total) = self.hours.get(&from) {
            return total.clone();
        }
        let mut total = Total::default();
        for part in 0..HOUR / SHORT {
            total.add(&self.short(from + part * SHORT, source, weather, story));
        }
        keep(&mut self.hours, from, &total, KEPT_HOURS);
        total
    }

    /// The civil day from `from` to `to`.
    pub(crate) fn day(
        &mut self,
        from: i64,
        to: i64,
        source: &Source,
        weather: &Weather,
        story: &Story,
    ) -> Total {
        let mut total = Total::default();
        for part in 0..(to - from) / HOUR {
            total.add(&self.hour(from + part * HOUR, source, weather, story));
        }
        total
    }
}

fn keep(totals: &mut BTreeMap<i64, Total>, from: i64, total: &Total, most: usize) {
    totals.insert(from, total.clone());
    while totals.len() > most {
        totals.pop_first();
    }
}
