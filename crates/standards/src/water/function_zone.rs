//! Yearly compliance of water function zones by frequency (SL 395-2007, from memory, unverified).

use crate::conformance::{self, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const TOPIC: Topic = Topic {
    id: "water/function_zone_frequency",
    zh: "水功能区年度达标(频次法)",
    en: "Yearly compliance of a water function zone by frequency",
    basis: "SL 395-2007(未经核实)",
    example: r#"{"evaluations":12,"compliant":10}"#,
    evaluate: judge_zone,
    case: |line| {
        let mut case = conformance::inline(line)?;
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-5));
        Ok(case)
    },
};

/// Yearly compliance of a function zone: compliant visits ÷ visits ≥ 80 %. `None` without visits.
pub fn zone_complies(evaluations: i64, compliant: i64) -> Option<(Exact, bool)> {
    let share = Exact::ratio(compliant, evaluations)?;
    let percent = &Exact::int(100) * &share;
    let met = percent >= Exact::int(80);
    Some((percent, met))
}

fn judge_zone(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (n, met) = (input.int("evaluations")?, input.int("compliant")?);
    if !(0..=100_000).contains(&n) {
        return Err(input.error(
            "evaluations",
            "range",
            text!("评价次数应为 0–100000", "visits are 0 to 100000"),
        ));
    }
    if !(0..=n).contains(&met) {
        return Err(input.error(
            "compliant",
            "range",
            text!(
                "达标次数应在 0 与评价次数 {n} 之间",
                "compliant visits are 0 to {n}"
            ),
        ));
    }
    let mut out = Judgement::new(
        "water/function_zone_frequency",
        Basis::new("SL 395", "2007", "频次法"),
    );
    out.rests_on(Confidence::Configurable);
    out.uses("evaluations", &n, "").uses("compliant", &met, "");
    let got = zone_complies(n, met);
    let few = n < 6;
    out.put("compliance_pct", got.as_ref().map(|(p, _)| p.to_f64()))
        .put("annual_compliant", got.as_ref().map(|(_, ok)| *ok))
        .put("few_visits", few);
    let Some((percent, ok)) = got else {
        out.conclude(Verdict::Undecided, text!("没有评价次数。", "no visits."));
        return Ok(out);
    };
    out.step(
        text!("达标频次", "compliance by frequency"),
        format!("{met}/{n}×100%"),
        &percent,
    );
    out.limit(
        &80,
        "%",
        Basis::new("SL 395", "2007", "频次法"),
        text!(
            "年度达标界限,凭记忆,未经核实",
            "yearly bound, from memory, unverified"
        ),
        Confidence::Configurable,
    );
    let note = if few {
        text!(
            "次数少于 6,按规定宜用均值法,此处仍给出频次结果。",
            " Fewer than 6 visits: the mean method is meant for these; the frequency is given all the same."
        )
    } else {
        crate::text::Text::same("")
    };
    let shown = percent.to_fixed(1);
    let (note_zh, note_en) = (note.zh, note.en);
    let verdict = if ok { Verdict::Met } else { Verdict::Exceeded };
    let (zh, en) = if ok {
        ("达标", "complies")
    } else {
        ("不达标", "does not comply")
    };
    out.conclude(
        verdict,
        text!(
            "达标频次 {shown}%,年度{zh}(界限 80%,未经核实)。{note_zh}",
            "{shown} % of visits comply: the zone {en} (bound 80 %, unverified).{note_en}"
        ),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn one_more_compliant_visit_never_hurts(n in 1_i64..100, k in 0_i64..100) {
            let k = k % n;
            let (before, after) = (zone_complies(n, k).unwrap(), zone_complies(n, k + 1).unwrap());
            proptest::prop_assert!(before.0 < after.0 && (!before.1 || after.1));
        }
    }
}
