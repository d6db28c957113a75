//! pH means over the hydrogen ion, oxygen saturation and the item index of HJ 2.3-2018, and trends of water quality.

use super::class::WaterClass;
use super::item::{Body, Item, Limits};
use super::read;
use crate::air::statistics_topics::trend;
use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

/// Mean pH: −log₁₀ of the mean of 10^−pH. `None` for no values.
pub fn mean_ph(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let ions: f64 = values.iter().map(|ph| 10_f64.powf(-ph)).sum();
    let mean = -(ions / values.len() as f64).log10();
    mean.is_finite().then_some(mean)
}

/// Saturation concentration of oxygen at 1 atm: `468/(31.6 + T)` mg/L; with salinity S (‰)
/// `(491 − 2.65 S)/(33.5 + T)` (HJ 2.3-2018). `None` where the formula has no positive value.
pub fn oxygen_saturation(temperature: &Exact, salinity: Option<&Exact>) -> Option<Exact> {
    let d = |n, d| Exact::ratio(n, d);
    let got = match salinity {
        None => Exact::int(468).checked_div(&(&d(316, 10)? + temperature))?,
        Some(s) => (&Exact::int(491) - &(&d(265, 100)? * s)).checked_div(&(&d(335, 10)? + temperature))?,
    };
    (!got.is_negative() && !got.is_zero()).then_some(got)
}

/// Item index of dissolved oxygen of HJ 2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OxygenIndex {
    /// Newer form: DO ≤ DOf `DOs/DO`, above `|DOf − DO|/(DOf − DOs)`; `None` where a quotient does not exist.
    pub current: Option<Exact>,
    /// Older form below the target: `10 − 9·DO/DOs`; from the target up `|DOf − DO|/(DOf − DOs)`.
    pub older: Option<Exact>,
}

/// Both forms of the index against a target class's oxygen limit; which one a client wants is a choice.
pub fn oxygen_index(oxygen: &Exact, saturation: &Exact, target: &Exact) -> OxygenIndex {
    let above = || (saturation - oxygen).abs().checked_div(&(saturation - target));
    let current = if oxygen <= saturation {
        target.checked_div(oxygen)
    } else {
        above()
    };
    let older = if oxygen < target {
        (&Exact::int(9) * oxygen)
            .checked_div(target)
            .map(|q| &Exact::int(10) - &q)
    } else {
        above()
    };
    OxygenIndex { current, older }
}

pub(super) const PH: Topic = Topic {
    id: "water/ph_mean",
    zh: "pH 平均值(按氢离子浓度)",
    en: "Mean pH over the hydrogen ion",
    basis: "总站水字〔2018〕87号",
    example: r#"{"values":[7.2,7.4,7.9,8.1]}"#,
    evaluate: judge_ph,
    case: conformance::inline,
};

pub(super) const SATURATION: Topic = Topic {
    id: "water/do_saturation",
    zh: "溶解氧饱和率与标准指数",
    en: "Oxygen saturation and item index",
    basis: "HJ 2.3-2018 附录D;GB 3838-2002 表1",
    example: r#"{"temp_c":25,"do":7.5,"target_class":"III"}"#,
    evaluate: judge_saturation,
    case: conformance::inline,
};

pub(super) const SPEARMAN: Topic = Topic {
    id: "water/spearman",
    zh: "水质多时段变化趋势(秩相关系数法)",
    en: "Trend of water quality by rank correlation",
    basis: "环办〔2011〕22号",
    example: r#"{"years":[2019,2020,2021,2022,2023],"values":[18.5,9.6,8.9,7.7,6.5]}"#,
    evaluate: judge_trend,
    case: conformance::inline,
};

fn judge_ph(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut values = Vec::new();
    let mut missing = 0;
    for entry in read::list(input, "values")? {
        if entry.json().is_null() {
            missing += 1;
            continue;
        }
        let ph = entry.as_f64()?;
        if !(0.0..=14.0).contains(&ph) {
            return Err(InputError::new(
                entry.path(),
                "range",
                text!("pH 应在 0–14 之间: {ph}", "pH is 0 to 14: {ph}"),
            ));
        }
        values.push(ph);
    }
    let mut out = Judgement::new(
        "water/ph_mean",
        Basis::new("总站水字〔2018〕87号", "2018", "pH 均值"),
    );
    out.rests_on(Confidence::Secondary);
    out.uses("values", &format!("{values:?}"), "");
    if missing > 0 {
        out.leaves_out(
            "values",
            None,
            "",
            text!("{missing} 个缺测,不参与", "{missing} missing take no part"),
        );
    }
    let mean = mean_ph(&values);
    let plain = mean.map(|_| values.iter().sum::<f64>() / values.len() as f64);
    out.put("ph_mean", mean).put("arithmetic_mean_wrong", plain);
    if let (Some(mean), Some(plain)) = (mean, plain) {
        out.step(
            text!("氢离子浓度均值取负对数", "-log of the mean hydrogen ion"),
            "-log10(Σ10^-pH/n)",
            &mean,
        );
        out.step(
            text!("算术平均(不应采用)", "plain mean (not to be used)"),
            "ΣpH/n",
            &plain,
        );
        out.unrounded = Some(mean.to_string());
        out.value = Some(format!("{mean:.2}"));
        out.conclude(
            Verdict::Computed,
            text!(
                "pH 均值 {mean:.2}(算术平均 {plain:.2} 不应采用)。",
                "mean pH {mean:.2} (not the plain mean {plain:.2})."
            ),
        );
    } else {
        out.conclude(Verdict::Undecided, text!("没有 pH 值。", "no pH values."));
    }
    Ok(out)
}

fn judge_saturation(input: &Input<'_>) -> Result<Judgement, InputError> {
    let ranged = |key: &str, low: i64, high: i64| -> Result<Exact, InputError> {
        let value = input.exact(key)?;
        if value < Exact::int(low) || value > Exact::int(high) {
            return Err(input.error(
                key,
                "range",
                text!(
                    "{key} 应在 {low}–{high} 之间",
                    "{key} must be from {low} to {high}"
                ),
            ));
        }
        Ok(value)
    };
    let temperature = ranged("temp_c", -5, 60)?;
    let oxygen = ranged("do", 0, 100)?;
    let salinity = match input.opt("salinity") {
        Some(_) => Some(ranged("salinity", 0, 100)?),
        None => None,
    };
    let saturation = oxygen_saturation(&temperature, salinity.as_ref()).ok_or_else(|| {
        input.error(
            "temp_c",
            "range",
            text!("超出公式适用范围", "outside the formula's range"),
        )
    })?;
    let percent = (&Exact::int(100) * &oxygen)
        .checked_div(&saturation)
        .unwrap_or_else(Exact::zero);
    let class1 = percent >= Exact::int(90);
    let mut out = Judgement::new("water/do_saturation", Basis::new("HJ 2.3", "2018", "附录D"));
    out.also(super::item::table1());
    out.uses("temp_c", &temperature, "°C").uses("do", &oxygen, "mg/L");
    let formula = match &salinity {
        None => format!("468/(31.6+{temperature})"),
        Some(s) => format!("(491-2.65×{s})/(33.5+{temperature})"),
    };
    out.step(
        text!("饱和溶解氧", "saturation concentration"),
        formula,
        &saturation,
    );
    out.step(
        text!("饱和率", "saturation"),
        format!("{oxygen}/DOf×100%"),
        &percent,
    );
    out.put("do_sat", saturation.to_f64())
        .put("saturation_pct", percent.to_f64())
        .put("class1_by_saturation", class1);
    if let Some(target) = input.opt("target_class") {
        let target = read::class(&target)?;
        let limits = Item::Do.row(Body::River).map(|r| &r.limits);
        if let (Some(Limits::Min(limits)), true) = (limits, target != WaterClass::WorseThanV) {
            let limit = limits.get(usize::from(target.number().saturating_sub(1)));
            if let Some(limit) = limit {
                let index = oxygen_index(&oxygen, &saturation, limit);
                out.limit(
                    limit,
                    "mg/L",
                    super::item::table1(),
                    text!("目标类别的溶解氧限值", "oxygen limit of the target class"),
                    Confidence::Verified,
                );
                out.put("index", index.current.as_ref().map(Exact::to_f64))
                    .put("index_older_form", index.older.as_ref().map(Exact::to_f64));
            }
        }
    }
    let shown = percent.to_fixed(1);
    let (zh, en) = if class1 {
        ("达到", "reaches")
    } else {
        ("未达到", "does not reach")
    };
    out.conclude(
        Verdict::Computed,
        text!(
            "溶解氧饱和率 {shown}%,{zh}Ⅰ类的 90%。",
            "oxygen saturation {shown} %, {en} the 90 % of class I."
        ),
    );
    Ok(out)
}

fn judge_trend(input: &Input<'_>) -> Result<Judgement, InputError> {
    let list = read::list(input, "values")?;
    if list.len() > 1000 {
        return Err(input.error(
            "values",
            "range",
            text!("最多 1000 个时段", "at most 1000 periods"),
        ));
    }
    let values: Vec<Exact> = list.iter().map(Input::as_exact).collect::<Result<_, _>>()?;
    if input.opt("years").is_some() {
        let years = read::list(input, "years")?;
        let years: Vec<Exact> = years.iter().map(Input::as_exact).collect::<Result<_, _>>()?;
        let rising = years.iter().zip(years.iter().skip(1)).all(|(a, b)| a < b);
        if years.len() != values.len() || !rising {
            return Err(input.error(
                "years",
                "range",
                text!(
                    "年份应与数值一一对应并递增",
                    "years must rise and match the values one by one"
                ),
            ));
        }
    }
    let mut out = trend(
        "water/spearman",
        Basis::new("环办〔2011〕22号", "2011", "秩相关系数法"),
        &values,
    );
    out.rests_on(Confidence::Secondary);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ion_decides_the_mean() {
        assert!((mean_ph(&[6.0, 8.0]).unwrap() - 6.297).abs() < 1e-3);
        assert_eq!(mean_ph(&[]), None);
    }

    #[test]
    fn oxygen_at_the_target_has_index_one() {
        let saturation = oxygen_saturation(&Exact::int(25), None).unwrap();
        let at = oxygen_index(&Exact::int(5), &saturation, &Exact::int(5));
        assert_eq!((at.current, at.older), (Some(Exact::one()), Some(Exact::one())));
        let none = oxygen_index(&Exact::zero(), &saturation, &Exact::int(5));
        assert_eq!((none.current, none.older), (None, Some(Exact::int(10))));
    }

    proptest::proptest! {
        #[test]
        fn the_mean_lies_within_and_below_the_plain_mean(values in proptest::collection::vec(0.0_f64..14.0, 1..20)) {
            let mean = mean_ph(&values).unwrap();
            let plain = values.iter().sum::<f64>() / values.len() as f64;
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            proptest::prop_assert!(mean <= plain + 1e-9 && mean >= low - 1e-9);
        }
    }
}
