//! 降尘 by weighing (HJ 1221-2021): `M = (m1 − m0 − m2)/(S·n)·30·10⁴`.

use std::f64::consts::PI;

use crate::conformance::{self, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::text;
use crate::topic::Topic;

/// Detection limit of HJ 1221-2021, t/(km²·30 d).
pub const DETECTION_LIMIT: f64 = 0.3;
/// Lower limit of determination of HJ 1221-2021, t/(km²·30 d).
pub const DETERMINATION_LIMIT: f64 = 1.2;
/// The limit asked for locally; no text for it was found, so it is a setting.
pub const DEFAULT_LIMIT: f64 = 7.0;

/// One exposure of a dust jar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Crucible, g.
    pub m0: f64,
    /// Crucible with the sample, g.
    pub m1: f64,
    /// Residue of the blank, g.
    pub blank: f64,
    /// Inner diameter of the jar mouth, cm.
    pub diameter: f64,
    /// Days of exposure, to 0.1 d.
    pub days: f64,
}

/// Dustfall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dustfall {
    /// Area of the jar mouth, cm².
    pub area: f64,
    /// t/(km²·30 d).
    pub value: f64,
}

/// Dustfall of an exposure; `None` where diameter or days are not positive or the result is not finite.
pub fn dustfall(exposure: &Exposure) -> Option<Dustfall> {
    let Exposure {
        m0,
        m1,
        blank,
        diameter,
        days,
    } = *exposure;
    if !(diameter > 0.0 && days > 0.0) {
        return None;
    }
    let area = PI * diameter * diameter / 4.0;
    let value = (m1 - m0 - blank) / (area * days) * 30.0 * 1e4;
    (area.is_finite() && value.is_finite()).then_some(Dustfall { area, value })
}

pub(super) const TOPIC: Topic = Topic {
    id: "aqi/dustfall",
    zh: "降尘量(重量法)",
    en: "Dustfall by weighing",
    basis: "HJ 1221-2021",
    example: r#"{"m0_g":37.4742,"m1_g":37.7908,"blank_m2_g":0.0076,"inner_diameter_cm":15.0,"days":28.9}"#,
    evaluate,
    case: |line| {
        let mut case = conformance::inline(line)?;
        // Four decimals are written.
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-5));
        Ok(case)
    },
};

fn evaluate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let positive = |key: &str| -> Result<f64, InputError> {
        let value = input.f64(key)?;
        if value > 0.0 {
            return Ok(value);
        }
        Err(input.error(key, "range", text!("{key} 应大于 0", "{key} must be above 0")))
    };
    let exposure = Exposure {
        m0: positive("m0_g")?,
        m1: positive("m1_g")?,
        blank: input.f64("blank_m2_g")?,
        diameter: positive("inner_diameter_cm")?,
        days: positive("days")?,
    };
    if exposure.m1 < exposure.m0 {
        return Err(input.error(
            "m1_g",
            "range",
            text!(
                "样品与坩埚总重小于坩埚重,请核对称量",
                "crucible with sample weighs less than the crucible: check the weighing"
            ),
        ));
    }
    let got = dustfall(&exposure).ok_or_else(|| {
        input.error(
            "days",
            "range",
            text!("数值超出范围", "the figures are out of range"),
        )
    })?;
    let limit = input.opt_f64("limit_t_km2_30d")?;
    let unit = "t/(km²·30d)";
    let mut out = Judgement::new("aqi/dustfall", Basis::new("HJ 1221", "2021", "结果计算"));
    out.rests_on(Confidence::Secondary);
    let Exposure {
        m0,
        m1,
        blank,
        diameter,
        days,
    } = exposure;
    out.uses("m0_g", &m0, "g")
        .uses("m1_g", &m1, "g")
        .uses("blank_m2_g", &blank, "g")
        .uses("inner_diameter_cm", &diameter, "cm")
        .uses("days", &days, "d");
    out.step(
        text!("集尘缸口面积", "area of the jar mouth"),
        format!("π×{diameter}²/4"),
        &got.area,
    );
    out.step(
        text!("降尘量", "dustfall"),
        format!("({m1}-{m0}-{blank})/({:.4}×{days})×30×10⁴", got.area),
        &got.value,
    );
    let (reason, mark) = match limit {
        Some(_) => (
            text!("调用方给出的控制值", "limit given by the caller"),
            Confidence::Configurable,
        ),
        None => (
            text!(
                "默认控制值 7,未查到依据文本,未经核实,可配置",
                "default 7; no text found for it, unverified, configurable"
            ),
            Confidence::Uncertain,
        ),
    };
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    out.limit(&limit, unit, Basis::new("地方降尘控制要求", "", ""), reason, mark);
    out.put("area_cm2", got.area)
        .put("dustfall_t_km2_30d", got.value)
        .put("below_detection", got.value < DETECTION_LIMIT)
        .put("below_determination", got.value < DETERMINATION_LIMIT)
        .put("limit_t_km2_30d", limit)
        .put("exceeds", got.value > limit);
    unit.clone_into(&mut out.unit);
    out.unrounded = Some(got.value.to_string());
    out.value = Some(format!("{:.1}", got.value));
    let value = format!("{:.1}", got.value);
    if got.value > limit {
        out.conclude(
            Verdict::Exceeded,
            text!(
                "降尘量 {value} {unit},高于控制值 {limit}。",
                "dustfall {value} {unit}, above the limit {limit}."
            ),
        );
    } else {
        out.conclude(
            Verdict::Met,
            text!(
                "降尘量 {value} {unit},不高于控制值 {limit}。",
                "dustfall {value} {unit}, within the limit {limit}."
            ),
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_dust_is_twice_the_figure() {
        let one = Exposure {
            m0: 10.0,
            m1: 10.5,
            blank: 0.0,
            diameter: 15.0,
            days: 30.0,
        };
        let two = Exposure { m1: 11.0, ..one };
        let (one, two) = (dustfall(&one).unwrap(), dustfall(&two).unwrap());
        assert!((two.value / one.value - 2.0).abs() < 1e-9);
        assert!(
            dustfall(&Exposure {
                m0: 1.0,
                m1: 2.0,
                blank: 0.0,
                diameter: 0.0,
                days: 30.0
            })
            .is_none()
        );
    }
}
