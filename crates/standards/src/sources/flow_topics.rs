//! Flow, emission rate and day total by name, with formula and figures.

use super::conversion::{Gas, convert_oxygen, ppm_to_mg, wet_to_dry};
use super::conversion_topics::{BASIS, gas_state, uses_state};
use super::flow::{day_total, density, flow, pitot, rate};
use crate::checks::{amount, choice, opt_amount, refuse};
use crate::conformance::plain;
use crate::explain::{begin, computed, computed_f64, conclude, figures, sum_of, undecided};
use crate::guard::{opt_amounts, positive, within};
use crate::input::{Input, InputError};
use crate::judgement::{Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const FLOW: Topic = Topic {
    id: "cems/flow",
    zh: "标干烟气流量",
    en: "Standard dry flow of the flue gas",
    basis: "HJ 75-2017 附录",
    example: r#"{"area_m2":20,"v_point_m_s":12,"k_v":0.95,"t_c":110,"ba_pa":101000,"ps_pa":-200,"humidity_pct":9}"#,
    evaluate: |input| {
        let area = positive(input, "area_m2")?;
        let velocity = amount(input, "v_point_m_s")?;
        let k = positive(input, "k_v")?;
        let state = gas_state(input)?;
        let humidity = within(input, "humidity_pct", 0, 100)?;
        let f = flow(&area, &velocity, &k, &state, &humidity).map_err(refuse(input))?;
        let mut j = begin("cems/flow", BASIS, Confidence::Secondary);
        j.uses("area_m2", &area, "m²")
            .uses("v_point_m_s", &velocity, "m/s")
            .uses("k_v", &k, "");
        uses_state(&mut j, &state);
        j.uses("humidity_pct", &humidity, "%")
            .step(
                Text::new("断面平均流速", "velocity of the section"),
                format!("{k} × {velocity}"),
                &f.section_velocity,
            )
            .step(
                Text::new("工况湿烟气流量", "wet flow in the duct"),
                format!("3600 × {area} × {}", f.section_velocity),
                &f.wet_actual,
            )
            .step(
                Text::new("标干流量", "standard dry flow"),
                format!(
                    "{} × 273/(273 + {}) × ({} + {})/101325 × (1 − {humidity}/100)",
                    f.wet_actual, state.t_c, state.ambient_pa, state.static_pa
                ),
                &f.standard_dry,
            );
        j.put("v_section_m_s", f.section_velocity.to_json())
            .put("q_wet_actual_m3_h", f.wet_actual.to_json());
        let what = Text::new("标干流量", "standard dry flow");
        computed(&mut j, "q_std_dry_m3_h", &f.standard_dry, "m³/h", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const PITOT: Topic = Topic {
    id: "cems/pitot",
    zh: "皮托管流速",
    en: "Velocity of a Pitot tube",
    basis: "HJ 75-2017 附录",
    example: r#"{"kp":0.84,"dp_pa":150,"rho_n_kg_m3":1.34,"t_c":110,"ba_pa":101000,"ps_pa":-200}"#,
    evaluate: |input| {
        let kp = positive(input, "kp")?;
        let dp = amount(input, "dp_pa")?;
        let standard = positive(input, "rho_n_kg_m3")?;
        let state = gas_state(input)?;
        let rho = density(&standard, &state).map_err(refuse(input))?;
        let velocity = pitot(&kp, &dp, &rho).map_err(refuse(input))?.unwrap_or(f64::NAN);
        let what = Text::new("烟气流速", "velocity");
        let mut j = begin("cems/pitot", BASIS, Confidence::Secondary);
        j.uses("kp", &kp, "")
            .uses("dp_pa", &dp, "Pa")
            .uses("rho_n_kg_m3", &standard, "kg/m³");
        uses_state(&mut j, &state);
        j.step(
            Text::new("工况烟气密度", "density in the duct"),
            format!(
                "{standard} × 273/(273 + {}) × ({} + {})/101325",
                state.t_c, state.ambient_pa, state.static_pa
            ),
            &rho,
        )
        .step(
            what.clone(),
            format!("{kp} × √(2 × {dp} / {rho})"),
            &figures(velocity),
        )
        .put("rho_s_kg_m3", rho.to_json());
        computed_f64(&mut j, "v_m_s", velocity, "m/s", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const CHAIN: Topic = Topic {
    id: "cems/chain",
    zh: "从湿基体积浓度到折算浓度和排放速率",
    en: "From wet volume concentration to converted concentration and rate",
    basis: "HJ 75-2017 附录",
    example: r#"{"gas":"SO2","ppm_wet_std":12,"humidity_pct":9,"o2_dry_pct":7,"o2_ref_pct":6,"q_std_dry_m3_h":500000}"#,
    evaluate: chain,
    case: plain,
};

fn chain(input: &Input<'_>) -> Result<Judgement, InputError> {
    let gas = choice(input, "gas", Gas::NAMES)?;
    let ppm = amount(input, "ppm_wet_std")?;
    let humidity = within(input, "humidity_pct", 0, 100)?;
    let oxygen = within(input, "o2_dry_pct", 0, 100)?;
    let reference = within(input, "o2_ref_pct", 0, 20)?;
    let q = amount(input, "q_std_dry_m3_h")?;
    let wet = ppm_to_mg(gas, &ppm).map_err(refuse(input))?;
    let dry = wet_to_dry(&wet, &humidity).map_err(refuse(input))?;
    let kg_h = rate(&dry, &q).map_err(refuse(input))?;
    let mut j = begin("cems/chain", BASIS, Confidence::Secondary);
    j.uses("ppm_wet_std", &ppm, "µmol/mol")
        .uses("humidity_pct", &humidity, "%")
        .uses("o2_dry_pct", &oxygen, "%")
        .uses("o2_ref_pct", &reference, "%")
        .uses("q_std_dry_m3_h", &q, "m³/h")
        .step(
            Text::new("湿基质量浓度", "wet mass concentration"),
            format!("{} / 22.4 × {ppm}", gas.molar_mass()),
            &wet,
        )
        .step(
            Text::new("干基浓度", "dry concentration"),
            format!("{wet} / (1 − {humidity}/100)"),
            &dry,
        )
        .step(
            Text::new(
                "排放速率(用干基实测浓度)",
                "rate, from the measured dry concentration",
            ),
            format!("{dry} × {q} × 10⁻⁶"),
            &kg_h,
        )
        .put("c_dry_mg_m3", dry.to_json())
        .put("rate_kg_h", kg_h.to_json());
    match convert_oxygen(&dry, &oxygen, &reference) {
        Ok(value) => {
            let what = Text::new("折算浓度", "converted concentration");
            j.step(
                what.clone(),
                format!("{dry} × (21 − {reference}) / (21 − {oxygen})"),
                &value,
            );
            computed(&mut j, "c_conv_mg_m3", &value, "mg/m³", &what);
        }
        Err(error) => {
            j.put("reason", error.reason());
            undecided(
                &mut j,
                &["c_conv_mg_m3"],
                text!(
                    "含氧量 {oxygen}% 不低于 21%,无折算浓度;排放速率 {kg_h} kg/h",
                    "O2 of {oxygen} % is not below 21 %: no converted concentration; rate {kg_h} kg/h"
                ),
            );
        }
    }
    Ok(j)
}

pub(super) const DAY_TOTAL: Topic = Topic {
    id: "cems/day_total",
    zh: "废气污染物日排放量",
    en: "Emission of a day",
    basis: "HJ 75-2017 附录、12.2",
    example: r#"{"c_dry_mg_m3":[10,null,12],"q_std_dry_m3_h":[300000,null,310000],"substitute_kg_h":4.2}"#,
    evaluate: judge_day_total,
    case: plain,
};

fn judge_day_total(input: &Input<'_>) -> Result<Judgement, InputError> {
    let c = opt_amounts(input, "c_dry_mg_m3")?;
    let q = opt_amounts(input, "q_std_dry_m3_h")?;
    if c.len() != q.len() || c.len() > 24 {
        return Err(input.error(
            "q_std_dry_m3_h",
            "range",
            text!(
                "浓度与流量应为同样多、至多 24 个小时值,收到 {} 与 {} 个",
                "concentrations and flows must be equally many hours, at most 24; found {} and {}",
                c.len(),
                q.len()
            ),
        ));
    }
    let substitute = opt_amount(input, "substitute_kg_h")?;
    let hours = c
        .iter()
        .zip(&q)
        .map(|(c, q)| match (c, q) {
            (Some(c), Some(q)) => rate(c, q).map(Some).map_err(refuse(input)),
            _ => Ok(None),
        })
        .collect::<Result<Vec<Option<Exact>>, InputError>>()?;
    let total = day_total(&hours, substitute.as_ref()).map_err(refuse(input))?;
    let mut j = begin("cems/day_total", BASIS, Confidence::Secondary);
    j.step(
        Text::new("有效小时排放量之和", "sum of the measured hours"),
        format!(
            "Σ C × Q × 10⁻⁶ = {} kg",
            sum_of(hours.iter().flatten(), hours.len())
        ),
        &total.measured_kg,
    );
    if total.substituted > 0 {
        let rate = substitute
            .as_ref()
            .map_or_else(|| "—".to_owned(), ToString::to_string);
        j.step(
            Text::new("缺失小时的替代排放量", "substitute for the missing hours"),
            format!("{} × {rate} kg/h", total.substituted),
            &rate,
        );
    }
    j.put("substituted_hours", total.substituted);
    if hours.is_empty() {
        undecided(
            &mut j,
            &["day_t"],
            Text::new("没有小时数据", "no hours were given"),
        );
        return Ok(j);
    }
    if let Some(tonnes) = &total.tonnes {
        computed(
            &mut j,
            "day_t",
            tonnes,
            "t",
            &Text::new("日排放量", "emission of the day"),
        );
    } else {
        j.put("day_t", serde_json::Value::Null);
        conclude(
            &mut j,
            Verdict::Undecided,
            text!(
                "缺 {} 个小时且未给替代值,日排放量无法判定",
                "{} hours are missing and no substitute is given: the day's emission cannot be decided",
                total.substituted
            ),
        );
    }
    Ok(j)
}
