//! 数据传输有效率: due, received and valid records per outlet, aggregated by sums, never as a mean of percentages.

use serde_json::Value;

use crate::checks::{Impossible, maybe, not_negative, opt_amount, percent, positive, refuse};
use crate::checks::{amount, list};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided, verdict};
use crate::guard;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// Records of one outlet in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Hours of the period.
    pub hours: Exact,
    /// Hours the source stood still.
    pub stopped: Exact,
    /// Hours of permitted standard check (wastewater: 1 per day).
    pub standard_check: Exact,
    /// Factors that are networked.
    pub factors: Exact,
    /// Hourly records that came.
    pub received: Exact,
    /// Of these, valid ones.
    pub valid: Exact,
}

impl Outlet {
    /// Records due: `(hours − stopped − check) · factors`.
    pub fn due(&self) -> Result<Exact, Impossible> {
        not_negative("hours", &self.hours)?;
        not_negative("stop_hours", &self.stopped)?;
        not_negative("std_check_hours", &self.standard_check)?;
        positive("factors", &self.factors)?;
        let hours = &(&self.hours - &self.stopped) - &self.standard_check;
        not_negative("stop_hours", &hours)?;
        Ok(&hours * &self.factors)
    }
}

/// The rates of one outlet, a firm, or a district, %; `None` where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Records due, per outlet.
    pub due: Vec<Exact>,
    /// 传输率: received of due.
    pub transmission: Option<Exact>,
    /// 有效率: valid of received.
    pub valid: Option<Exact>,
    /// 传输有效率: valid of due.
    pub effective: Option<Exact>,
}

/// Rates over outlets, from the sums.
pub fn rates(outlets: &[Outlet]) -> Result<Rates, Impossible> {
    let mut due = Vec::with_capacity(outlets.len());
    for outlet in outlets {
        not_negative("valid", &outlet.valid)?;
        if outlet.valid > outlet.received {
            return Err(Impossible::Order("received", "valid"));
        }
        due.push(outlet.due()?);
    }
    let total = Exact::sum(&due);
    let received = Exact::sum(outlets.iter().map(|o| &o.received));
    let valid = Exact::sum(outlets.iter().map(|o| &o.valid));
    let nothing_due = total.is_zero();
    Ok(Rates {
        transmission: percent(&received, &total),
        valid: percent(&valid, &received).filter(|_| !nothing_due),
        effective: percent(&valid, &total),
        due,
    })
}

pub(super) const EFFECTIVE_RATE: Topic = Topic {
    id: "rate/effective_rate",
    zh: "数据传输有效率",
    en: "Effective transmission rate",
    basis: "污染源自动监控数据传输有效率考核",
    example: r#"{"outlets":[{"outlet":"DA001","hours":24,"stop_hours":0,"std_check_hours":0,"factors":3,"received":70,"valid":68}]}"#,
    evaluate: effective_rate,
    case: plain,
};

fn outlet(input: &Input<'_>) -> Result<Outlet, InputError> {
    let or_zero = |key: &str| opt_amount(input, key).map(|v| v.unwrap_or_else(Exact::zero));
    Ok(Outlet {
        hours: amount(input, "hours")?,
        stopped: or_zero("stop_hours")?,
        standard_check: or_zero("std_check_hours")?,
        factors: guard::positive(input, "factors")?,
        received: amount(input, "received")?,
        valid: amount(input, "valid")?,
    })
}

fn effective_rate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut outlets = Vec::new();
    for item in list(input, "outlets")? {
        let outlet = outlet(&item)?;
        // Checked one by one, so that the error names the outlet.
        rates(std::slice::from_ref(&outlet)).map_err(refuse(&item))?;
        outlets.push(outlet);
    }
    let pass = match opt_amount(input, "pass_pct")? {
        Some(pass) => (pass, Confidence::Configurable),
        None => (Exact::int(75), Confidence::Secondary),
    };
    let r = rates(&outlets).map_err(refuse(input))?;
    let basis = ("自动监控数据传输有效率", "2014", "国家考核");
    let mut j = begin("rate/effective_rate", basis, Confidence::Secondary);
    let sum = |of: fn(&Outlet) -> &Exact| Exact::sum(outlets.iter().map(of));
    let (received, valid, due) = (sum(|o| &o.received), sum(|o| &o.valid), Exact::sum(&r.due));
    for (i, (o, due)) in outlets.iter().zip(&r.due).enumerate() {
        j.step(
            text!("第 {} 个排放口应得数据", "records due of outlet {}", i + 1),
            format!(
                "({} − {} − {}) × {}",
                o.hours, o.stopped, o.standard_check, o.factors
            ),
            due,
        );
    }
    let shown = |v: &Option<Exact>| v.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
    j.step(
        Text::new("传输率", "transmission"),
        format!("{received} / {due} × 100"),
        &shown(&r.transmission),
    )
    .step(
        Text::new("有效率", "valid"),
        format!("{valid} / {received} × 100"),
        &shown(&r.valid),
    )
    .step(
        Text::new("传输有效率 = 传输率 × 有效率", "effective = transmission × valid"),
        format!("{valid} / {due} × 100"),
        &shown(&r.effective),
    )
    .put("due", r.due.iter().map(Exact::to_json).collect::<Vec<Value>>())
    .put("transmission_pct", maybe(r.transmission.as_ref()))
    .put("valid_pct", maybe(r.valid.as_ref()));
    let Some(effective) = &r.effective else {
        let why = Text::new(
            "没有应得数据(全程停运),不计算传输有效率",
            "nothing was due (stopped throughout): no rate",
        );
        undecided(&mut j, &["effective_pct", "pass"], why);
        return Ok(j);
    };
    let (pass, mark) = pass;
    let good = *effective >= pass;
    j.put("effective_pct", effective.to_json())
        .put("pass", good)
        .limit(
            &pass,
            "%",
            Basis::new("数据传输有效率考核", "2014", "国家合格线"),
            Text::new(
                "合格线;省市现行目标按配置",
                "pass mark; present provincial and city targets are configured",
            ),
            mark,
        )
        .finish(effective, effective.to_display(), "%");
    let words = if good {
        text!(
            "数据传输有效率 {effective}%,达到 {pass}%",
            "effective rate {effective} %, reaches {pass} %"
        )
    } else {
        text!(
            "数据传输有效率 {effective}%,低于 {pass}%",
            "effective rate {effective} %, below {pass} %"
        )
    };
    conclude(&mut j, verdict(!good), words);
    Ok(j)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn effective_is_transmission_times_valid(
            rows in proptest::collection::vec((1_i64..24, 0_i64..100, 0_i64..100), 1..5)
        ) {
            let outlets: Vec<Outlet> = rows
                .iter()
                .map(|(hours, received, valid)| Outlet {
                    hours: Exact::int(*hours),
                    stopped: Exact::zero(),
                    standard_check: Exact::zero(),
                    factors: Exact::int(3),
                    received: Exact::int(*received),
                    valid: Exact::int(*valid.min(received)),
                })
                .collect();
            let r = rates(&outlets).unwrap();
            if let (Some(t), Some(v), Some(e)) = (r.transmission, r.valid, r.effective) {
                proptest::prop_assert_eq!(&t * &v, &e * &Exact::int(100));
            }
        }
    }
}
