//! 工况用电监管: on and off from power, production without treatment (W1), idle treatment (W3). All thresholds are local
//! practice and arguments.

use crate::checks::{Impossible, decimal, opt_amount, positive, refuse};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided};
use crate::guard::{self, opt_amounts};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// The longest stretch in which a condition holds over pairs of samples; a missing sample ends a stretch.
fn longest(
    production: &[Option<Exact>],
    treatment: &[Option<Exact>],
    holds: impl Fn(&Exact, &Exact) -> bool,
) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for pair in production.iter().zip(treatment) {
        run = match pair {
            (Some(p), Some(t)) if holds(p, t) => run + 1,
            _ => 0,
        };
        longest = longest.max(run);
    }
    longest
}

/// Longest time, min, in which production was on and its treatment off (W1 治污未开); on means at or above the threshold.
pub fn untreated_minutes(
    step_min: &Exact,
    production: &[Option<Exact>],
    treatment: &[Option<Exact>],
    on_from: &Exact,
) -> Result<Exact, Impossible> {
    paired(step_min, production, treatment)?;
    let n = longest(production, treatment, |p, t| p >= on_from && t < on_from);
    Ok(&crate::checks::count(n) * step_min)
}

/// Longest time, min, in which treatment ran below half its rated power while production was above 60 % of its own
/// (W3 低负荷空转).
pub fn idle_treatment_minutes(
    step_min: &Exact,
    production: &[Option<Exact>],
    treatment: &[Option<Exact>],
    production_rated: &Exact,
    treatment_rated: &Exact,
) -> Result<Exact, Impossible> {
    paired(step_min, production, treatment)?;
    positive("production_rated_kw", production_rated)?;
    positive("treatment_rated_kw", treatment_rated)?;
    let load = production_rated * &decimal(6, 1);
    let half = treatment_rated * &decimal(5, 1);
    let on = treatment_rated * &decimal(15, 2);
    let n = longest(production, treatment, |p, t| *p > load && *t >= on && *t < half);
    Ok(&crate::checks::count(n) * step_min)
}

fn paired(
    step_min: &Exact,
    production: &[Option<Exact>],
    treatment: &[Option<Exact>],
) -> Result<(), Impossible> {
    positive("step_min", step_min)?;
    if production.len() != treatment.len() {
        return Err(Impossible::Length {
            what: "treatment_kw",
            want: production.len(),
            got: treatment.len(),
        });
    }
    Ok(())
}

pub(super) const PAIRING: Topic = Topic {
    id: "power/pairing",
    zh: "产污治污配对:治污未开 W1",
    en: "Production on with treatment off, W1",
    basis: "平台规则 W1",
    example: r#"{"step_min":15,"production_kw":[60,70,80],"treatment_kw":[20,1,0],"on_threshold_kw":15,"alarm_min":10,"serious_min":30}"#,
    evaluate: pairing,
    case: plain,
};

fn pairing(input: &Input<'_>) -> Result<Judgement, InputError> {
    let step = guard::positive(input, "step_min")?;
    let production = opt_amounts(input, "production_kw")?;
    let treatment = opt_amounts(input, "treatment_kw")?;
    let on_from = guard::positive(input, "on_threshold_kw")?;
    let or = |key, default| opt_amount(input, key).map(|v| v.unwrap_or_else(|| Exact::int(default)));
    let (alarm_min, serious_min) = (or("alarm_min", 10)?, or("serious_min", 30)?);
    let minutes = untreated_minutes(&step, &production, &treatment, &on_from).map_err(refuse(input))?;
    let mut j = begin("power/pairing", ("平台规则", "", "W1"), Confidence::Uncertain);
    let known = production
        .iter()
        .zip(&treatment)
        .filter(|(p, t)| p.is_some() && t.is_some())
        .count();
    j.put("missing", production.len() - known);
    if known == 0 {
        let why = Text::new("没有成对的用电数据", "no pair of power values");
        undecided(&mut j, &["longest_min", "alarm", "serious"], why);
        return Ok(j);
    }
    let (alarm, serious) = (minutes > alarm_min, minutes > serious_min);
    let limit = |zh: &'static str, en: &'static str| Text::new(zh, en);
    j.limit(
        &alarm_min,
        "min",
        Basis::new("平台规则", "", "W1"),
        limit("超过即报警", "alarm above it"),
        Confidence::Uncertain,
    )
    .limit(
        &serious_min,
        "min",
        Basis::new("平台规则", "", "W1"),
        limit("超过即严重", "serious above it"),
        Confidence::Uncertain,
    )
    .step(
        Text::new(
            "生产开而治污停的最长时间",
            "longest time of production on and treatment off",
        ),
        format!("启停阈值 {on_from} kW,每 {step} min 一个值"),
        &minutes,
    )
    .put("longest_min", minutes.to_json())
    .put("alarm", alarm)
    .put("serious", serious)
    .finish(&minutes, minutes.to_display(), "min");
    let words = if alarm {
        text!(
            "治污设施未开 {minutes} 分钟,报警",
            "treatment was off for {minutes} min while production ran: alarm"
        )
    } else {
        text!(
            "治污设施未开最长 {minutes} 分钟,未报警",
            "treatment was off for at most {minutes} min: no alarm"
        )
    };
    conclude(
        &mut j,
        if alarm { Verdict::Exceeded } else { Verdict::Met },
        words,
    );
    Ok(j)
}

pub(super) const IDLE: Topic = Topic {
    id: "power/idle_treatment",
    zh: "治污设施低负荷空转 W3",
    en: "Treatment idling under production load, W3",
    basis: "平台规则 W3",
    example: r#"{"step_min":15,"production_kw":[80,85,90],"treatment_kw":[10,9,8],"production_rated_kw":100,"treatment_rated_kw":30,"alarm_min":30}"#,
    evaluate: |input| {
        let step = guard::positive(input, "step_min")?;
        let production = opt_amounts(input, "production_kw")?;
        let treatment = opt_amounts(input, "treatment_kw")?;
        let p_rated = guard::positive(input, "production_rated_kw")?;
        let t_rated = guard::positive(input, "treatment_rated_kw")?;
        let alarm_min = opt_amount(input, "alarm_min")?.unwrap_or_else(|| Exact::int(30));
        let minutes = idle_treatment_minutes(&step, &production, &treatment, &p_rated, &t_rated)
            .map_err(refuse(input))?;
        let alarm = minutes >= alarm_min;
        let mut j = begin(
            "power/idle_treatment",
            ("平台规则", "", "W3"),
            Confidence::Uncertain,
        );
        j.step(
            Text::new("低负荷空转最长时间", "longest idling"),
            format!("P生产 > 0.6×{p_rated} 且 0.15×{t_rated} ≤ P治污 < 0.5×{t_rated}"),
            &minutes,
        )
        .put("longest_min", minutes.to_json())
        .put("alarm", alarm)
        .finish(&minutes, minutes.to_display(), "min");
        let words = text!(
            "治污设施低负荷运行最长 {minutes} 分钟",
            "treatment idled for at most {minutes} min"
        );
        conclude(
            &mut j,
            if alarm { Verdict::Exceeded } else { Verdict::Met },
            words,
        );
        Ok(j)
    },
    case: plain,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_sample_ends_the_stretch() {
        let on = Some(Exact::int(50));
        let off = Some(Exact::int(1));
        let minutes = |treatment: &[Option<Exact>]| {
            let production = vec![on.clone(); treatment.len()];
            untreated_minutes(&Exact::int(5), &production, treatment, &Exact::int(15)).unwrap()
        };
        assert_eq!(minutes(&[off.clone(), off.clone(), off.clone()]), Exact::int(15));
        assert_eq!(minutes(&[off.clone(), None, off]), Exact::int(5));
    }
}
