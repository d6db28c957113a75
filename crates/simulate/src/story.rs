//! What happens in the simulated district besides ordinary days: one incident, one frozen analyser, one silent logger,
//! one outage with late uploads. All times hang on the «present», the moment at which the watching begins.

use model::ids::Mn;
use model::time::{Grain, UtcMs};

/// Minutes of an hour and a day.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// An effect grows and fades over this many minutes.
const RAMP: f64 = 20.0;

/// A span of time, minutes since 1970, end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Span {
    pub(crate) fn holds(self, minute: i64) -> bool {
        (self.from..self.to).contains(&minute)
    }

    /// 0 outside, rising to 1 inside.
    fn strength(self, minute: i64) -> f64 {
        let rise = (minute - self.from) as f64 / RAMP;
        let fall = (self.to - minute) as f64 / RAMP;
        rise.min(fall).clamp(0.0, 1.0)
    }

    fn later(self, minutes: i64) -> Self {
        Self {
            from: self.from + minutes,
            to: self.to + minutes,
        }
    }
}

/// Who plays which part. A part that the cast cannot fill stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The stack whose SO2 goes over its limit.
    pub so2_exceeds: Option<Mn>,
    /// The sewage works whose COD and ammonia go over their limits.
    pub cod_exceeds: Option<Mn>,
    /// The sections downstream of it, nearest first.
    pub downstream: Vec<Mn>,
    /// The stack whose analysers stand still.
    pub constant: Option<Mn>,
    /// The outlet that falls silent.
    pub silent: Option<Mn>,
    /// The logger that loses its line and sends late.
    pub outage: Option<Mn>,
}

/// The part of one device, resolved once. Nobody plays two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    #[default]
    Ordinary,
    So2Exceeds,
    CodExceeds,
    /// A section, and how many sections lie between it and the sewage works.
    Downstream(u16),
    Constant,
    Silent,
    Outage,
}

impl Parts {
    pub(crate) fn of(&self, mn: &Mn) -> Part {
        let single = [
            (&self.so2_exceeds, Part::So2Exceeds),
            (&self.cod_exceeds, Part::CodExceeds),
            (&self.constant, Part::Constant),
            (&self.silent, Part::Silent),
            (&self.outage, Part::Outage),
        ];
        let section = self
            .downstream
            .iter()
            .position(|m| m == mn)
            .and_then(|i| u16::try_from(i).ok());
        single
            .into_iter()
            .find(|(who, _)| who.as_ref() == Some(mn))
            .map(|(_, part)| part)
            .or(section.map(Part::Downstream))
            .unwrap_or_default()
    }
}

/// When things happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Story {
    so2: [Span; 2],
    cod: Span,
    constant_from: i64,
    silent_from: i64,
    outage: Span,
}

impl Story {
    pub(crate) fn at(present: UtcMs) -> Self {
        let minute = |t: UtcMs| t.0.div_euclid(60_000);
        let now = minute(present);
        let this_hour = now - now.rem_euclid(HOUR);
        let yesterday = Grain::Day.start(present).map_or(now, minute) - DAY;
        Self {
            // A first warning in the night before, then the exceedance that is still on when the watching begins.
            so2: [
                Span {
                    from: yesterday + 2 * HOUR,
                    to: yesterday + 5 * HOUR,
                },
                Span {
                    from: this_hour - 3 * HOUR,
                    to: this_hour + 2 * HOUR,
                },
            ],
            // Long enough to carry the daily mean of yesterday over its limit.
            cod: Span {
                from: yesterday + 7 * HOUR,
                to: yesterday + 19 * HOUR,
            },
            constant_from: now - 14 * HOUR,
            silent_from: now - 2 * HOUR,
            outage: Span {
                from: now - 5 * HOUR,
                to: now - 7 * HOUR / 2,
            },
        }
    }

    /// By how much a quantity is multiplied.
    pub(crate) fn factor(&self, part: Part, quantity: &str, minute: i64) -> f64 {
        let grow = |top: f64, strength: f64| 1.0 + (top - 1.0) * strength;
        match (part, quantity) {
            (Part::So2Exceeds, "so2") => grow(
                3.6,
                self.so2.iter().map(|s| s.strength(minute)).fold(0.0, f64::max),
            ),
            (Part::CodExceeds, "cod") => grow(5.5, self.cod.strength(minute)),
            (Part::CodExceeds, "nh3n") => grow(15.0, self.cod.strength(minute)),
            (Part::CodExceeds, "tp") => grow(2.2, self.cod.strength(minute)),
            (Part::Downstream(hop), "codmn" | "nh3n" | "tp") => {
                // The plume arrives five hours later at each section and halves on its way.
                let arrived = self.cod.later(5 * HOUR * (i64::from(hop) + 1)).strength(minute);
                let diluted = 0.5_f64.powi(i32::from(hop));
                let top = if quantity == "nh3n" { 8.0 } else { 2.2 };
                grow(1.0 + (top - 1.0) * diluted, arrived)
            }
            _ => 1.0,
        }
    }

    /// Whether the incident shows in this device's values.
    pub(crate) fn incident(&self, part: Part, minute: i64) -> bool {
        ["so2", "cod", "codmn"]
            .iter()
            .any(|quantity| self.factor(part, quantity, minute) > 1.5)
    }

    /// The minute whose values stand for `minute`: earlier than it where the analysers stand still.
    pub(crate) fn shown(&self, part: Part, minute: i64) -> i64 {
        if part == Part::Constant {
            minute.min(self.constant_from)
        } else {
            minute
        }
    }

    pub(crate) fn is_silent(&self, part: Part, minute: i64) -> bool {
        part == Part::Silent && minute >= self.silent_from
    }

    /// The outage a device is in.
    pub(crate) fn outage(&self, part: Part, minute: i64) -> Option<Span> {
        Some(self.outage).filter(|span| part == Part::Outage && span.holds(minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_incident_moves_from_the_works_to_the_sections_and_fades() {
        let present = UtcMs::from_compact("20261124083000").unwrap();
        let story = Story::at(present);
        let parts = Parts {
            cod_exceeds: Some(Mn::new("w")),
            downstream: vec![Mn::new("s1"), Mn::new("s2")],
            ..Parts::default()
        };
        let at = |text: &str| UtcMs::from_compact(text).unwrap().0 / 60_000;
        let of = |mn: &str, quantity, time: &str| story.factor(parts.of(&Mn::new(mn)), quantity, at(time));
        assert!(of("w", "cod", "20261123120000") > 5.0);
        assert!((of("w", "cod", "20261123060000") - 1.0).abs() < 1e-9);
        assert!(
            (of("s1", "nh3n", "20261123110000") - 1.0).abs() < 1e-9,
            "not there yet"
        );
        let near = of("s1", "nh3n", "20261123200000");
        let far = of("s2", "nh3n", "20261123200000");
        assert!(near > far && far > 2.0, "{near} {far}");
        assert!((of("x", "nh3n", "20261123200000") - 1.0).abs() < 1e-9);
        assert!((of("s1", "nh3n", "20261124020000") - 1.0).abs() < 1e-9, "gone");
    }

    #[test]
    fn a_frozen_analyser_shows_the_past() {
        let present = UtcMs::from_compact("20261124083000").unwrap();
        let story = Story::at(present);
        let part = Part::Constant;
        let now = present.0 / 60_000;
        assert_eq!(story.shown(part, now), story.shown(part, now - 60));
        assert_eq!(story.shown(Part::default(), now), now);
    }
}
