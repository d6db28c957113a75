//! Source terms by name.

use super::release::{
    GasLeak, LiquidLeak, Pool, Shape, fire_co, fire_percent, fire_so2, flash_fraction, gas_coefficient,
    ground, heat_evaporation, liquid_coefficient, mass_evaporation, pool_row, two_phase,
};
use crate::checks::{amount, choice, opt_amount, real, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed, computed_f64, figures, undecided};
use crate::guard::{amount_f64, positive_f64, within};
use crate::input::{Input, InputError};
use crate::judgement::{Confidence, Judgement};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

const SHAPES: &[(&str, Shape)] = &[
    ("circle", Shape::Circle),
    ("triangle", Shape::Triangle),
    ("rect", Shape::Rectangle),
];

/// Notes floats as used.
pub(super) fn uses(j: &mut Judgement, values: &[(&str, f64, &str)]) {
    for (name, value, unit) in values {
        j.uses(name, &figures(*value), unit);
    }
}

pub(super) const LIQUID_LEAK: Topic = Topic {
    id: "risk/liquid_leak",
    zh: "液体泄漏速率",
    en: "Rate of a liquid leak",
    basis: "HJ 169-2018 F.1",
    example: r#"{"shape":"circle","re_gt_100":true,"area_m2":0.00008,"rho":609.4,"p_pa":854500,"p0_pa":101325,"head_m":2}"#,
    evaluate: |input| {
        let shape = choice(input, "shape", SHAPES)?;
        let coefficient = liquid_coefficient(shape, input.bool("re_gt_100")?);
        let leak = LiquidLeak {
            coefficient,
            area: positive_f64(input, "area_m2")?,
            density: positive_f64(input, "rho")?,
            pressure: positive_f64(input, "p_pa")?,
            ambient: positive_f64(input, "p0_pa")?,
            head: amount_f64(input, "head_m")?,
        };
        let mut j = begin(
            "risk/liquid_leak",
            ("HJ 169", "2018", "F.1"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("area_m2", leak.area, "m²"),
                ("rho", leak.density, "kg/m³"),
                ("p_pa", leak.pressure, "Pa"),
                ("p0_pa", leak.ambient, "Pa"),
                ("head_m", leak.head, "m"),
            ],
        );
        j.put("cd", coefficient);
        let Some(rate) = leak.rate() else {
            let why = Text::new(
                "容器压力与液柱不足以克服环境压力,无泄漏",
                "pressure and head do not overcome the ambient pressure: nothing flows out",
            );
            undecided(&mut j, &["kg_s"], why);
            return Ok(j);
        };
        let what = Text::new("液体泄漏速率", "leak rate");
        j.step(
            what.clone(),
            format!(
                "{coefficient} × {} × {} × √(2({} − {})/{} + 2×9.81×{})",
                leak.area, leak.density, leak.pressure, leak.ambient, leak.density, leak.head
            ),
            &figures(rate),
        );
        computed_f64(&mut j, "kg_s", rate, "kg/s", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const GAS_LEAK: Topic = Topic {
    id: "risk/gas_leak",
    zh: "气体泄漏速率",
    en: "Rate of a gas leak",
    basis: "HJ 169-2018 F.2–F.5",
    example: r#"{"shape":"circle","area_m2":0.00002,"p_pa":700000,"p0_pa":101325,"m_kg_mol":0.0709,"gamma":1.325,"t_k":293.15}"#,
    evaluate: |input| {
        let leak = GasLeak {
            coefficient: gas_coefficient(choice(input, "shape", SHAPES)?),
            area: positive_f64(input, "area_m2")?,
            pressure: positive_f64(input, "p_pa")?,
            ambient: positive_f64(input, "p0_pa")?,
            molar_mass: positive_f64(input, "m_kg_mol")?,
            gamma: positive_f64(input, "gamma")?,
            temperature: positive_f64(input, "t_k")?,
        };
        if leak.gamma <= 1.0 {
            let why = text!(
                "绝热指数应大于 1,收到 {}",
                "gamma must be above 1, found {}",
                leak.gamma
            );
            return Err(input.error("gamma", "range", why));
        }
        if leak.pressure < leak.ambient {
            let why = text!(
                "容器压力应不低于环境压力",
                "the vessel's pressure must be at least the ambient one"
            );
            return Err(input.error("p_pa", "range", why));
        }
        let rate = leak.rate();
        let mut j = begin(
            "risk/gas_leak",
            ("HJ 169", "2018", "F.2–F.5"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("area_m2", leak.area, "m²"),
                ("p_pa", leak.pressure, "Pa"),
                ("p0_pa", leak.ambient, "Pa"),
                ("m_kg_mol", leak.molar_mass, "kg/mol"),
                ("gamma", leak.gamma, ""),
                ("t_k", leak.temperature, "K"),
            ],
        );
        let g = leak.gamma;
        j.step(
            Text::new("临界流判别", "critical flow"),
            format!("{}/{} ≤ (2/({g}+1))^({g}/({g}−1))", leak.ambient, leak.pressure),
            &rate.critical,
        )
        .put("critical", rate.critical)
        .put("y", real(rate.y));
        let what = Text::new("气体泄漏速率", "leak rate");
        j.step(
            what.clone(),
            format!(
                "{} × {} × {} × {} × √({}×{g}/(8.314×{}) × (2/({g}+1))^(({g}+1)/({g}−1)))",
                figures(rate.y),
                leak.coefficient,
                leak.area,
                leak.pressure,
                leak.molar_mass,
                leak.temperature
            ),
            &figures(rate.kg_s),
        );
        computed_f64(&mut j, "kg_s", rate.kg_s, "kg/s", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const TWO_PHASE: Topic = Topic {
    id: "risk/two_phase",
    zh: "两相流泄漏速率",
    en: "Rate of a two-phase leak",
    basis: "HJ 169-2018 F.6–F.8",
    example: r#"{"p_pa":854500,"rho_vapour":5.6,"rho_liquid":609.4,"fv":0.18,"area_m2":0.0003}"#,
    evaluate: |input| {
        let p = positive_f64(input, "p_pa")?;
        let vapour = positive_f64(input, "rho_vapour")?;
        let liquid = positive_f64(input, "rho_liquid")?;
        let fv = within(input, "fv", 0, 1)?.to_f64();
        let area = positive_f64(input, "area_m2")?;
        let t = two_phase(p, vapour, liquid, fv, area);
        let mut j = begin(
            "risk/two_phase",
            ("HJ 169", "2018", "F.6–F.8"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("p_pa", p, "Pa"),
                ("rho_vapour", vapour, "kg/m³"),
                ("rho_liquid", liquid, "kg/m³"),
                ("fv", fv, ""),
                ("area_m2", area, "m²"),
            ],
        );
        let what = Text::new("两相流泄漏速率", "leak rate");
        j.step(
            Text::new("临界压力", "critical pressure"),
            format!("0.55 × {p}"),
            &figures(t.critical_pressure),
        )
        .step(
            Text::new("混合物密度", "density of the mixture"),
            format!("1 / ({fv}/{vapour} + (1 − {fv})/{liquid})"),
            &figures(t.density),
        )
        .step(
            what.clone(),
            format!(
                "0.8 × {area} × √(2 × {} × ({p} − {}))",
                figures(t.density),
                figures(t.critical_pressure)
            ),
            &figures(t.kg_s),
        )
        .put("pc_pa", real(t.critical_pressure))
        .put("rho_m", real(t.density));
        computed_f64(&mut j, "kg_s", t.kg_s, "kg/s", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const EVAPORATION: Topic = Topic {
    id: "risk/evaporation",
    zh: "闪蒸、热量蒸发与质量蒸发",
    en: "Flash, heat and mass evaporation",
    basis: "HJ 169-2018 F.9–F.13",
    example: r#"{"mode":"mass","stability":"EF","p_pa":101325,"m_kg_mol":0.0170305,"t0_k":298.15,"u_m_s":1.5,"r_m":5.6}"#,
    evaluate: evaporation,
    case: plain,
};

#[derive(Clone, Copy)]
enum Mode {
    Flash,
    Heat,
    Mass,
}

fn evaporation(input: &Input<'_>) -> Result<Judgement, InputError> {
    let modes = [("flash", Mode::Flash), ("heat", Mode::Heat), ("mass", Mode::Mass)];
    let mut j = begin(
        "risk/evaporation",
        ("HJ 169", "2018", "F.9–F.13"),
        Confidence::Secondary,
    );
    match choice(input, "mode", &modes)? {
        Mode::Flash => {
            let (cp, t) = (positive_f64(input, "cp")?, positive_f64(input, "t_k")?);
            let (tb, hv) = (positive_f64(input, "tb_k")?, positive_f64(input, "hv")?);
            let leak = amount_f64(input, "leak_kg_s")?;
            let fv = flash_fraction(cp, t, tb, hv);
            let what = Text::new("闪蒸速率", "flash rate");
            uses(&mut j, &[("leak_kg_s", leak, "kg/s")]);
            j.step(
                Text::new("闪蒸比例(0–1)", "flash fraction, 0 to 1"),
                format!("{cp} × ({t} − {tb}) / {hv}"),
                &figures(fv),
            )
            .step(
                what.clone(),
                format!("{leak} × {}", figures(fv)),
                &figures(leak * fv),
            )
            .put("fv", real(fv));
            computed_f64(&mut j, "flash_kg_s", leak * fv, "kg/s", &what);
        }
        Mode::Heat => {
            let key = input.str("ground")?;
            let ground = ground(key).ok_or_else(|| unknown_name(input, "ground", key))?;
            let area = positive_f64(input, "area_m2")?;
            let (t0, tb) = (positive_f64(input, "t0_k")?, positive_f64(input, "tb_k")?);
            let (hv, t) = (positive_f64(input, "hv")?, positive_f64(input, "t_s")?);
            let rate = heat_evaporation(ground, area, t0, tb, hv, t);
            let what = Text::new("热量蒸发速率", "heat evaporation");
            j.rests_on(ground.confidence).step(
                what.clone(),
                format!(
                    "{} × {area} × ({t0} − {tb}) / ({hv} × √(π × {} × {t}))",
                    ground.lambda, ground.alpha
                ),
                &figures(rate),
            );
            computed_f64(&mut j, "kg_s", rate, "kg/s", &what);
        }
        Mode::Mass => {
            let class = input.str("stability")?;
            let row = pool_row(class).ok_or_else(|| unknown_name(input, "stability", class))?;
            let pool = Pool {
                pressure: positive_f64(input, "p_pa")?,
                molar_mass: positive_f64(input, "m_kg_mol")?,
                temperature: positive_f64(input, "t0_k")?,
                wind: positive_f64(input, "u_m_s")?,
                radius: positive_f64(input, "r_m")?,
            };
            let rate = mass_evaporation(row, &pool);
            let what = Text::new("质量蒸发速率", "mass evaporation");
            let n = row.n;
            j.rests_on(row.confidence).step(
                what.clone(),
                format!(
                    "{} × {} × {}/(8.314 × {}) × {}^((2−{n})/(2+{n})) × {}^((4+{n})/(2+{n}))",
                    row.a, pool.pressure, pool.molar_mass, pool.temperature, pool.wind, pool.radius
                ),
                &figures(rate),
            );
            computed_f64(&mut j, "kg_s", rate, "kg/s", &what);
        }
    }
    Ok(j)
}

pub(super) const FIRE_RELEASE: Topic = Topic {
    id: "risk/fire_release",
    zh: "火灾中有毒物质释放比例",
    en: "Toxic substance released in a fire",
    basis: "HJ 169-2018 表F.4",
    example: r#"{"onsite_t":800,"lc50_mg_m3":500}"#,
    evaluate: |input| {
        let on_site = amount(input, "onsite_t")?;
        let lc50 = amount(input, "lc50_mg_m3")?;
        let mut j = begin(
            "risk/fire_release",
            ("HJ 169", "2018", "表F.4"),
            Confidence::Secondary,
        );
        j.uses("onsite_t", &on_site, "t")
            .uses("lc50_mg_m3", &lc50, "mg/m³");
        let Some(percent) = fire_percent(&on_site, &lc50) else {
            let why = text!(
                "在线量 {on_site} t、LC50 {lc50} mg/m³ 不在表F.4 适用范围",
                "table F.4 does not apply to {on_site} t with an LC50 of {lc50} mg/m³"
            );
            undecided(&mut j, &["percent", "released_t"], why);
            return Ok(j);
        };
        let released = (&on_site * percent)
            .checked_div(&Exact::int(100))
            .unwrap_or_else(Exact::zero);
        let what = Text::new("火灾中释放量", "amount released");
        j.step(what.clone(), format!("{on_site} × {percent}%"), &released)
            .put("percent", percent.to_json());
        computed(&mut j, "released_t", &released, "t", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const COMBUSTION: Topic = Topic {
    id: "risk/combustion",
    zh: "火灾伴生污染物产生量",
    en: "By-products of a fire",
    basis: "HJ 169-2018 F.14、F.15",
    example: r#"{"kind":"co","q_t_s":0.02,"q":0.03}"#,
    evaluate: |input| {
        let mut j = begin(
            "risk/combustion",
            ("HJ 169", "2018", "F.14、F.15"),
            Confidence::Secondary,
        );
        if choice(input, "kind", &[("so2", false), ("co", true)])? {
            let burnt = amount(input, "q_t_s")?;
            let incomplete = within(input, "q", 0, 1)?;
            let carbon = opt_amount(input, "c")?.unwrap_or_else(|| crate::checks::decimal(85, 2));
            let value = fire_co(&incomplete, &carbon, &burnt);
            let what = Text::new("一氧化碳产生量", "CO");
            j.step(
                what.clone(),
                format!("2330 × {incomplete} × {carbon} × {burnt}"),
                &value,
            );
            computed(&mut j, "kg_s", &value, "kg/s", &what);
        } else {
            let burnt = amount(input, "burn_kg_h")?;
            let sulphur = within(input, "s_fraction", 0, 1)?;
            let value = fire_so2(&burnt, &sulphur);
            let what = Text::new("二氧化硫产生量", "SO2");
            j.step(what.clone(), format!("2 × {burnt} × {sulphur}"), &value);
            computed(&mut j, "kg_h", &value, "kg/h", &what);
        }
        Ok(j)
    },
    case: plain,
};
