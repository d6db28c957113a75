//! The conversions of flue-gas concentrations by name, each with its formula and figures.

use serde_json::Value;

use super::conversion::{
    Gas, GasState, convert_excess_air, convert_oxygen, humidity_from_oxygen, nox_from_mass, nox_from_ppm,
    ppm_to_mg, to_standard_state, wet_to_dry,
};
use crate::checks::{amount, choice, refuse};
use crate::conformance::plain;
use crate::explain::{begin, computed, conclude, undecided};
use crate::guard::{positive, within};
use crate::input::{Input, InputError};
use crate::judgement::{Confidence, Judgement, Verdict};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const BASIS: (&str, &str, &str) = ("HJ 75", "2017", "附录 计算公式");

pub(super) const PPM_TO_MG: Topic = Topic {
    id: "cems/ppm_to_mg",
    zh: "体积浓度换算为质量浓度",
    en: "Volume concentration to mass concentration",
    basis: "HJ 75-2017 附录",
    example: r#"{"gas":"SO2","ppm":35}"#,
    evaluate: |input| {
        let gas = choice(input, "gas", Gas::NAMES)?;
        let ppm = amount(input, "ppm")?;
        let mg = ppm_to_mg(gas, &ppm).map_err(refuse(input))?;
        let mut j = begin("cems/ppm_to_mg", BASIS, Confidence::Secondary);
        j.uses("gas", &input.str("gas")?, "")
            .uses("ppm", &ppm, "µmol/mol")
            .step(
                Text::new("标态质量浓度", "mass concentration at standard state"),
                format!("M / 22.4 × Cv = {} / 22.4 × {ppm}", gas.molar_mass()),
                &mg,
            );
        computed(
            &mut j,
            "mg_m3",
            &mg,
            "mg/m³",
            &Text::new("标态质量浓度", "mass concentration"),
        );
        Ok(j)
    },
    case: plain,
};

pub(super) const NOX_AS_NO2: Topic = Topic {
    id: "cems/nox_as_no2",
    zh: "氮氧化物以二氧化氮计",
    en: "NOx as NO2",
    basis: "HJ 75-2017 4、附录",
    example: r#"{"unit":"mg_m3","no":30,"no2":4}"#,
    evaluate: |input| {
        let by_volume = choice(input, "unit", &[("mg_m3", false), ("ppm", true)])?;
        let (no, no2) = (amount(input, "no")?, amount(input, "no2")?);
        let (value, formula, unit) = if by_volume {
            let formula = format!("({no} + {no2}) × 46 / 22.4");
            (nox_from_ppm(&no, &no2), formula, "µmol/mol")
        } else {
            let formula = format!("{no} × 46/30 + {no2}");
            (nox_from_mass(&no, &no2), formula, "mg/m³")
        };
        let value = value.map_err(refuse(input))?;
        let what = Text::new("氮氧化物(以 NO2 计)", "NOx as NO2");
        let mut j = begin("cems/nox_as_no2", BASIS, Confidence::Secondary);
        j.uses("no", &no, unit)
            .uses("no2", &no2, unit)
            .step(what.clone(), formula, &value);
        computed(&mut j, "nox_as_no2_mg_m3", &value, "mg/m³", &what);
        Ok(j)
    },
    case: plain,
};

/// The state of the gas from the fields `t_c`, `ba_pa`, `ps_pa`.
pub(super) fn gas_state(input: &Input<'_>) -> Result<GasState, InputError> {
    Ok(GasState {
        t_c: within(input, "t_c", -100, 2_000)?,
        ambient_pa: positive(input, "ba_pa")?,
        static_pa: input.exact("ps_pa")?,
    })
}

/// Notes the state of the gas as used.
pub(super) fn uses_state(j: &mut Judgement, state: &GasState) {
    j.uses("t_c", &state.t_c, "°C")
        .uses("ba_pa", &state.ambient_pa, "Pa")
        .uses("ps_pa", &state.static_pa, "Pa");
}

pub(super) const STD_STATE: Topic = Topic {
    id: "cems/std_state",
    zh: "实际状态换算为标准状态",
    en: "Actual state to standard state",
    basis: "HJ 75-2017 附录",
    example: r#"{"c_actual":100,"t_c":120,"ba_pa":101000,"ps_pa":-300}"#,
    evaluate: |input| {
        let c = amount(input, "c_actual")?;
        let state = gas_state(input)?;
        let value = to_standard_state(&c, &state).map_err(refuse(input))?;
        let what = Text::new("标态浓度(273 K、101325 Pa)", "concentration at 273 K, 101325 Pa");
        let mut j = begin("cems/std_state", BASIS, Confidence::Secondary);
        j.uses("c_actual", &c, "mg/m³");
        uses_state(&mut j, &state);
        j.step(
            what.clone(),
            format!(
                "{c} × 101325 / ({} + {}) × (273 + {}) / 273",
                state.ambient_pa, state.static_pa, state.t_c
            ),
            &value,
        );
        computed(&mut j, "c_std", &value, "mg/m³", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const WET_DRY: Topic = Topic {
    id: "cems/wet_dry",
    zh: "湿基换算为干基;由干湿氧求湿度",
    en: "Wet to dry; humidity from a pair of oxygen readings",
    basis: "HJ 75-2017 附录",
    example: r#"{"mode":"wet_to_dry","c_wet":100,"humidity_pct":10}"#,
    evaluate: wet_dry,
    case: plain,
};

fn wet_dry(input: &Input<'_>) -> Result<Judgement, InputError> {
    let from_oxygen = choice(
        input,
        "mode",
        &[("wet_to_dry", false), ("humidity_from_o2", true)],
    )?;
    let mut j = begin("cems/wet_dry", BASIS, Confidence::Secondary);
    if from_oxygen {
        let dry = within(input, "o2_dry_pct", 0, 100)?;
        let wet = within(input, "o2_wet_pct", 0, 100)?;
        let value = humidity_from_oxygen(&wet, &dry).map_err(refuse(input))?;
        let what = Text::new("烟气湿度", "humidity of the flue gas");
        j.uses("o2_wet_pct", &wet, "%")
            .uses("o2_dry_pct", &dry, "%")
            .step(what.clone(), format!("(1 − {wet} / {dry}) × 100"), &value);
        computed(&mut j, "humidity_pct", &value, "%", &what);
    } else {
        let c = amount(input, "c_wet")?;
        let humidity = within(input, "humidity_pct", 0, 100)?;
        let value = wet_to_dry(&c, &humidity).map_err(refuse(input))?;
        let what = Text::new("干基浓度", "dry concentration");
        j.uses("c_wet", &c, "mg/m³")
            .uses("humidity_pct", &humidity, "%")
            .step(what.clone(), format!("{c} / (1 − {humidity}/100)"), &value);
        computed(&mut j, "c_dry", &value, "mg/m³", &what);
    }
    Ok(j)
}

pub(super) const O2_CONVERSION: Topic = Topic {
    id: "cems/o2_conversion",
    zh: "基准含氧量折算",
    en: "Conversion to reference oxygen",
    basis: "GB 13223-2011、GB 13271-2014、HJ 75-2017 附录",
    example: r#"{"c_dry_std":30,"o2_pct":8,"o2_ref_pct":6}"#,
    evaluate: o2_conversion,
    case: plain,
};

fn o2_conversion(input: &Input<'_>) -> Result<Judgement, InputError> {
    let c = amount(input, "c_dry_std")?;
    let what = Text::new("折算浓度", "converted concentration");
    let mut j = begin("cems/o2_conversion", BASIS, Confidence::Secondary);
    j.uses("c_dry_std", &c, "mg/m³");
    if input.opt("alpha").is_some() {
        let (alpha, reference) = (positive(input, "alpha")?, positive(input, "alpha_ref")?);
        let value = convert_excess_air(&c, &alpha, &reference).map_err(refuse(input))?;
        j.uses("alpha", &alpha, "")
            .uses("alpha_ref", &reference, "")
            .step(what.clone(), format!("{c} × {alpha} / {reference}"), &value);
        j.put("reason", Value::Null);
        computed(&mut j, "c_conv", &value, "mg/m³", &what);
        return Ok(j);
    }
    let reference = within(input, "o2_ref_pct", 0, 20)?;
    if input.opt("o2_pct").is_none() {
        j.leaves_out("o2_pct", None, "%", Text::new("缺测", "missing"));
        j.put("reason", "o2_missing");
        undecided(
            &mut j,
            &["c_conv"],
            Text::new(
                "缺含氧量,不能折算;缺测不作 0 处理",
                "no oxygen reading, no conversion; missing is not zero",
            ),
        );
        return Ok(j);
    }
    let oxygen = within(input, "o2_pct", 0, 100)?;
    j.uses("o2_pct", &oxygen, "%").uses("o2_ref_pct", &reference, "%");
    match convert_oxygen(&c, &oxygen, &reference) {
        Ok(value) => {
            j.step(
                what.clone(),
                format!("{c} × (21 − {reference}) / (21 − {oxygen})"),
                &value,
            );
            j.put("reason", Value::Null);
            computed(&mut j, "c_conv", &value, "mg/m³", &what);
        }
        Err(error) => {
            j.put("reason", error.reason());
            j.put("c_conv", Value::Null);
            conclude(
                &mut j,
                Verdict::Undecided,
                text!(
                    "实测含氧量 {oxygen}% 不低于 21%,折算无意义;保留实测浓度 {c} mg/m³",
                    "measured O2 of {oxygen} % is not below 21 %: no converted value; the measured {c} mg/m³ is kept"
                ),
            );
        }
    }
    Ok(j)
}
