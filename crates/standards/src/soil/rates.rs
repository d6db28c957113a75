//! Safe-use rates: 受污染耕地安全利用率 and 重点建设用地安全利用率, area under measures over area that must be.

use serde_json::Value;

use crate::checks::{self, Impossible};
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const SAFE_USE: Topic = Topic {
    id: "soil/safe_use_rate",
    zh: "受污染耕地、重点建设用地安全利用率",
    en: "Safe-use rate of polluted farm land or key construction land",
    basis: "安全利用率核算方法(未经核实)",
    example: r#"{"safe_mu":930,"total_mu":1000}"#,
    evaluate: safe_use,
    case: conformance::inline,
};

/// Square metres of one 亩 (1/15 ha), as a fraction.
pub fn square_metres_per_mu() -> Exact {
    Exact::ratio(10_000, 15).unwrap_or_else(Exact::zero)
}

/// Safe-use rate, %; `None` where nothing must be safe. Fails when more is safe than must be.
pub fn safe_use_rate(safe: &Exact, total: &Exact) -> Result<Option<Exact>, Impossible> {
    checks::not_negative("safe_mu", safe)?;
    checks::not_negative("total_mu", total)?;
    if safe > total {
        return Err(Impossible::Order("total_mu", "safe_mu"));
    }
    Ok(checks::percent(safe, total))
}

fn safe_use(input: &Input<'_>) -> Result<Judgement, InputError> {
    let total = checks::amount(input, "total_mu")?;
    let safe = checks::opt_amount(input, "safe_mu")?;
    let mut out = Judgement::new("soil/safe_use_rate", Basis::new("安全利用率核算方法", "", ""));
    out.rests_on(Confidence::Uncertain);
    out.uses("total_mu", &total, "亩");
    let hectares = |mu: &Exact| (mu * &square_metres_per_mu()).checked_div(&Exact::int(10_000));
    out.put("total_ha", checks::maybe(hectares(&total).as_ref()));
    let rate = match &safe {
        Some(safe) => safe_use_rate(safe, &total).map_err(checks::refuse(input))?,
        None => None,
    };
    out.put("rate_pct", checks::maybe(rate.as_ref()));
    if let (Some(safe), Some(rate)) = (&safe, &rate) {
        out.uses("safe_mu", safe, "亩");
        out.step(
            text!("安全利用率", "safe-use rate"),
            format!("{safe} / {total} × 100"),
            rate,
        );
        out.finish(rate, rate.to_fixed(2), "%");
        let shown = rate.to_fixed(2);
        conclude(
            &mut out,
            Verdict::Computed,
            text!("安全利用率 {shown} %", "safe-use rate {shown} %"),
        );
    } else {
        out.leaves_out(
            "safe_mu",
            safe.map(|s| s.to_string()),
            "亩",
            text!("没有可计算的面积", "no area to compute from"),
        );
        out.put("rate_pct", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有可计算的面积", "no area to compute from"),
        );
    }
    Ok(out)
}
