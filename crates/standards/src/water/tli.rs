//! Trophic level index TLI(Σ) of lakes and reservoirs (环办〔2011〕22号).

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::topic::Topic;

/// One parameter of the index.
#[derive(Clone, Debug, Deserialize)]
pub struct Parameter {
    /// `chla`, `tp`, `tn`, `sd`, `codmn`.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// Unit of the formula.
    pub unit: String,
    /// `TLI = 10(a + b·ln x)`
    pub a: f64,
    /// Slope.
    pub b: f64,
    /// Correlation with chlorophyll a; its square is the weight before scaling.
    pub r: f64,
}

const TABLE: &str = include_str!("../../data/water_tli.csv");
static PARAMETERS: LazyLock<Vec<Parameter>> = LazyLock::new(|| table::rows(TABLE));

#[derive(Deserialize)]
struct UnitRow {
    key: String,
    unit: String,
    #[serde(deserialize_with = "table::exact")]
    factor: Exact,
}

const UNITS: &str = include_str!("../../data/water_tli_units.csv");
static UNIT_ROWS: LazyLock<Vec<UnitRow>> = LazyLock::new(|| table::rows(UNITS));

/// The five parameters in order.
pub fn parameters() -> &'static [Parameter] {
    &PARAMETERS
}

/// 营养状态
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrophicState {
    /// 贫营养, < 30
    Oligotrophic,
    /// 中营养, 30–50, both included
    Mesotrophic,
    /// 轻度富营养, > 50–60
    LightlyEutrophic,
    /// 中度富营养, > 60–70
    ModeratelyEutrophic,
    /// 重度富营养, > 70
    Hypereutrophic,
}

impl TrophicState {
    /// State of an index.
    pub fn of(tli: f64) -> Self {
        match tli {
            t if t < 30.0 => Self::Oligotrophic,
            t if t <= 50.0 => Self::Mesotrophic,
            t if t <= 60.0 => Self::LightlyEutrophic,
            t if t <= 70.0 => Self::ModeratelyEutrophic,
            _ => Self::Hypereutrophic,
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Oligotrophic => "贫营养",
            Self::Mesotrophic => "中营养",
            Self::LightlyEutrophic => "轻度富营养",
            Self::ModeratelyEutrophic => "中度富营养",
            Self::Hypereutrophic => "重度富营养",
        }
    }

    /// English name.
    pub fn en(self) -> &'static str {
        match self {
            Self::Oligotrophic => "oligotrophic",
            Self::Mesotrophic => "mesotrophic",
            Self::LightlyEutrophic => "lightly eutrophic",
            Self::ModeratelyEutrophic => "moderately eutrophic",
            Self::Hypereutrophic => "hypereutrophic",
        }
    }
}

/// Index of one parameter in its formula's unit; `None` for zero or less, which has no logarithm.
pub fn sub_index(parameter: &Parameter, value: f64) -> Option<f64> {
    (value > 0.0 && value.is_finite()).then(|| 10.0 * (parameter.a + parameter.b * value.ln()))
}

/// TLI(Σ) of the five parameters in the order of [`parameters`], in their formulas' units; weights are exact r²/Σr².
pub fn tli(values: [f64; 5]) -> Option<f64> {
    let total: f64 = PARAMETERS.iter().map(|p| p.r * p.r).sum();
    let mut sum = 0.0;
    for (parameter, value) in PARAMETERS.iter().zip(values) {
        sum += parameter.r * parameter.r / total * sub_index(parameter, value)?;
    }
    Some(sum)
}

pub(super) const TOPIC: Topic = Topic {
    id: "water/tli",
    zh: "湖库综合营养状态指数 TLI(Σ)",
    en: "Trophic level index of lakes and reservoirs",
    basis: "环办〔2011〕22号 营养状态评价",
    example: r#"{"in":{"chla":10,"tp":0.05,"tn":1.0,"sd":1.0,"codmn":4.0},"units":{"chla":"mg/m3","tp":"mg/L","tn":"mg/L","sd":"m","codmn":"mg/L"}}"#,
    evaluate,
    case: conformance::inline,
};

/// The factor that turns a value in `unit` into the formula's unit.
fn factor(input: &Input<'_>, parameter: &Parameter) -> Result<f64, InputError> {
    let Some(units) = input.opt("units") else {
        return Ok(1.0);
    };
    let Some(unit) = units.opt_str(&parameter.key)? else {
        return Ok(1.0);
    };
    let row = UNIT_ROWS
        .iter()
        .find(|r| r.key == parameter.key && r.unit == unit);
    row.map(|r| r.factor.to_f64()).ok_or_else(|| {
        let wanted = &parameter.unit;
        units.error(
            &parameter.key,
            "unit",
            text!(
                "不认识的单位 {unit},应为 {wanted}",
                "unit {unit} is not known here; use {wanted}"
            ),
        )
    })
}

fn evaluate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let given = input.field("in")?;
    for (key, _) in given.as_members()? {
        if !PARAMETERS.iter().any(|p| p.key == key) {
            return Err(given.error(
                key,
                "unknown",
                text!("未知的参数 {key}", "unknown parameter {key}"),
            ));
        }
    }
    let mut out = Judgement::new(
        "water/tli",
        Basis::new("环办〔2011〕22号", "2011", "湖泊、水库营养状态评价"),
    );
    out.rests_on(Confidence::Secondary);
    let mut sub = Map::new();
    let mut values = Vec::with_capacity(5);
    for parameter in PARAMETERS.iter() {
        let key = parameter.key.as_str();
        let Some(value) = given.opt_f64(key)? else {
            out.leaves_out(
                key,
                None,
                &parameter.unit,
                text!("缺测,不能计算 TLI(Σ)", "missing: no TLI(Σ)"),
            );
            sub.insert(key.to_owned(), Value::Null);
            continue;
        };
        if value < 0.0 {
            return Err(given.error(key, "range", text!("{key} 不能为负", "{key} cannot be negative")));
        }
        let factor = factor(input, parameter)?;
        let x = value * factor;
        #[expect(
            clippy::float_cmp,
            reason = "a factor of exactly one changes nothing worth telling"
        )]
        if factor != 1.0 {
            out.step(
                text!("{key} 单位换算为 {}", "{key} converted to {}", parameter.unit),
                format!("{value}×{factor}"),
                &x,
            );
        }
        let index = sub_index(parameter, x);
        sub.insert(key.to_owned(), index.into());
        if let Some(index) = index {
            out.uses(key, &x, &parameter.unit);
            out.step(
                text!("TLI({key})", "TLI({key})"),
                format!("10×({}+({})×ln {x})", parameter.a, parameter.b),
                &index,
            );
            values.push(x);
        } else {
            let why = text!("数值为 0,没有对数", "zero has no logarithm");
            out.leaves_out(key, Some(value.to_string()), &parameter.unit, why);
        }
    }
    out.put("sub", sub);
    let total = <[f64; 5]>::try_from(values)
        .ok()
        .and_then(tli)
        .filter(|t| t.is_finite());
    let state = total.map(TrophicState::of);
    out.put("tli", total)
        .put("state", state.map(TrophicState::zh))
        .put("eutrophic", state.map(|s| s >= TrophicState::LightlyEutrophic));
    if let (Some(total), Some(state)) = (total, state) {
        out.step(
            text!("加权求和,Wj = rj²/Σr²", "weighted sum, Wj = rj²/Σr²"),
            "ΣWj×TLI(j)",
            &total,
        );
        out.unrounded = Some(total.to_string());
        out.value = Some(format!("{total:.1}"));
        let (zh, en) = (state.zh(), state.en());
        out.conclude(
            Verdict::Classified,
            text!("TLI(Σ) = {total:.1},{zh}。", "TLI(Σ) = {total:.1}, {en}."),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!("五项不全,不能计算 TLI(Σ)。", "not all five are there: no TLI(Σ)."),
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(TABLE, &PARAMETERS);
        table::assert_complete(UNITS, &UNIT_ROWS);
        assert_eq!(PARAMETERS.len(), 5);
    }

    #[test]
    fn both_ends_of_mesotrophic_are_in() {
        assert_eq!(TrophicState::of(29.999), TrophicState::Oligotrophic);
        assert_eq!(TrophicState::of(30.0), TrophicState::Mesotrophic);
        assert_eq!(TrophicState::of(50.0), TrophicState::Mesotrophic);
        assert_eq!(TrophicState::of(70.001), TrophicState::Hypereutrophic);
        assert_eq!(tli([0.0, 1.0, 1.0, 1.0, 1.0]), None);
    }

    proptest::proptest! {
        #[test]
        fn more_nutrients_never_lower_it_and_clearer_water_never_raises_it(x in proptest::array::uniform5(0.01_f64..50.0), more in 1.0_f64..3.0, at in 0_usize..5) {
            let mut y = x;
            y[at] *= more;
            let (before, after) = (tli(x).unwrap(), tli(y).unwrap());
            if at == 3 {
                proptest::prop_assert!(after <= before + 1e-9);
            } else {
                proptest::prop_assert!(after + 1e-9 >= before);
            }
        }
    }
}
