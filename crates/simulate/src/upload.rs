//! What a field unit puts into its uploads: the groups of CP, by command and edition.

use hj212::Edition;
use hj212::encode::Group;
use model::time::UtcMs;

use crate::period::Total;
use crate::source::{Row, Source};
use crate::tables::{Kind, Medium};

fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // No «-0.00» on the wire.
    if text
        .trim_start_matches('-')
        .bytes()
        .all(|b| b == b'0' || b == b'.')
    {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

fn data_time(at: UtcMs) -> Group {
    Group::one("DataTime", at.to_compact())
}

/// 2011: one group for each factor with `Rtd`, `ZsRtd`, `Flag`.
pub(crate) fn realtime(source: &Source, row: &Row, at: UtcMs) -> Vec<Group> {
    let factors = source.channels.iter().zip(&row.cells).map(|(c, cell)| {
        let flag = if c.kind == Kind::Pollutant {
            row.flag.letter()
        } else {
            "N"
        };
        let converted = cell.converted.map(|z| ("ZsRtd", number(z, c.decimals)));
        let fields = std::iter::once(("Rtd", number(cell.value, c.decimals)))
            .chain(converted)
            .chain([("Flag", flag.to_owned())]);
        Group::factor(c.code, fields)
    });
    std::iter::once(data_time(at)).chain(factors).collect()
}

/// 2051, 2061, 2031: one group for each factor with its statistics. Stations and sections send the mean alone.
pub(crate) fn record(source: &Source, total: &Total, start: UtcMs) -> Vec<Group> {
    let state = total.flag(source.medium);
    let plain = matches!(source.medium, Medium::Air | Medium::Section);
    let factors = source
        .channels
        .iter()
        .zip(total.statistics(source))
        .map(|(c, s)| {
            let flag = if c.kind == Kind::Pollutant || plain {
                state
            } else {
                "N"
            };
            let text = |field: &'static str, value: f64| (field, number(value, c.decimals));
            let mut fields = Vec::with_capacity(8);
            if plain {
                fields.push(text("Avg", s.avg));
            } else {
                let decimals = if c.kind == Kind::Flow { 1 } else { 3 };
                fields.extend(s.quantity.map(|q| ("Cou", number(q, decimals))));
                fields.extend([text("Min", s.min), text("Avg", s.avg), text("Max", s.max)]);
                if let Some((min, avg, max)) = s.converted {
                    fields.extend([text("ZsMin", min), text("ZsAvg", avg), text("ZsMax", max)]);
                }
            }
            fields.push(("Flag", flag.to_owned()));
            Group::factor(c.code, fields)
        });
    std::iter::once(data_time(start)).chain(factors).collect()
}

/// 2021: SB1 the production unit, SB2 its treatment, both running.
pub(crate) fn states(at: UtcMs) -> Vec<Group> {
    vec![data_time(at), Group::one("SB1-RS", 1), Group::one("SB2-RS", 1)]
}

/// 2041: hours the units ran that day.
pub(crate) fn run_times(total: &Total, start: UtcMs) -> Vec<Group> {
    let hours = if total.volume_m3() > 0.0 { "24.00" } else { "0.00" };
    vec![
        data_time(start),
        Group::one("SB1-RT", hours),
        Group::one("SB2-RT", hours),
    ]
}

/// 2081: when the logger started.
pub(crate) fn restart(at: UtcMs) -> Vec<Group> {
    vec![data_time(at), Group::one("RestartTime", at.to_compact())]
}

/// Whether uploads of this edition carry `RF=1` when they come late.
pub(crate) fn marks_late(edition: Edition) -> bool {
    edition == Edition::V2025
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(-0.22, 3), "-0.220");
        assert_eq!(number(12.345, 1), "12.3");
    }
}
