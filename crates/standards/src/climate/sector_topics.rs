//! Industry, agriculture, waste and the regional inventory by name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::emission::{aluminium_pfc, anode, incineration, landfill, wastewater};
use super::energy_topics::{finish_co2, given_or};
use super::factor::{Factor, Gwp};
use crate::checks;
use crate::conformance::{self, Tolerance};
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const CO2E: Topic = Topic {
    id: "ghg/co2e",
    zh: "二氧化碳当量",
    en: "CO2 equivalents",
    basis: "IPCC 评估报告 100 年 GWP",
    example: r#"{"gwp_set":"AR5","tonnes":{"CO2":100,"CH4":1}}"#,
    evaluate: co2e,
    case: conformance::inline,
};

pub(super) const INVENTORY: Topic = Topic {
    id: "ghg/inventory",
    zh: "区域温室气体清单汇总",
    en: "Totals of a regional inventory",
    basis: "省级温室气体清单编制指南",
    example: r#"{"gwp_set":"AR5","rows":[{"sector":"energy","gas":"CO2","tonnes":1000},{"sector":"lucf","gas":"CO2","tonnes":-50}]}"#,
    evaluate: inventory,
    case: conformance::inline,
};

pub(super) const PFC: Topic = Topic {
    id: "ghg/aluminium_pfc",
    zh: "电解铝阳极效应 PFC 排放",
    en: "PFC of aluminium smelting",
    basis: "CETS-AG-04.01-V01-2024",
    example: r#"{"al_t":1000,"ae_min_per_pot_day":null}"#,
    evaluate: pfc,
    case: conformance::inline,
};

pub(super) const ANODE: Topic = Topic {
    id: "ghg/aluminium_anode",
    zh: "电解铝炭阳极消耗排放",
    en: "Anodes of aluminium smelting",
    basis: "CETS-AG-04.01-V01-2024",
    example: r#"{"net_anode_t":1000}"#,
    evaluate: anode_co2,
    case: conformance::inline,
};

pub(super) const CARBONATE: Topic = Topic {
    id: "ghg/carbonate",
    zh: "碳酸盐使用排放",
    en: "Use of carbonates",
    basis: "CETS-AG-04.01-V01-2024 碳酸盐",
    example: r#"{"tonnes":{"石灰石":100,"纯碱":50}}"#,
    evaluate: carbonate,
    case: conformance::inline,
};

pub(super) const INCINERATION: Topic = Topic {
    id: "ghg/waste_incineration",
    zh: "废弃物焚烧排放",
    en: "Incineration of waste",
    basis: "省级温室气体清单编制指南 焚烧",
    example: r#"{"waste":"生活垃圾","tonnes":1000}"#,
    evaluate: burn,
    case: conformance::inline,
};

pub(super) const WASTEWATER: Topic = Topic {
    id: "ghg/wastewater_ch4",
    zh: "废水处理甲烷排放",
    en: "CH4 of wastewater",
    basis: "省级温室气体清单编制指南 废水",
    example: r#"{"volume_m3":1000000,"organic_mg_per_L":300,"bo":0.25,"mcf":0.3,"gwp":28}"#,
    evaluate: water,
    // The case files show six decimals.
    case: |line| {
        conformance::inline(line).map(|mut case| {
            case.tolerance = Some(Tolerance::Absolute(5.001e-7));
            case
        })
    },
};

pub(super) const LANDFILL: Topic = Topic {
    id: "ghg/landfill_ch4",
    zh: "填埋甲烷排放",
    en: "CH4 of landfill",
    basis: "省级温室气体清单编制指南 填埋(系数未经核实)",
    example: r#"{"tonnes":1000,"site":"managed"}"#,
    evaluate: dump,
    case: conformance::inline,
};

pub(super) const ACTIVITY: Topic = Topic {
    id: "ghg/activity",
    zh: "活动水平乘排放因子(工业过程、农业)",
    en: "Activity times factor (processes, agriculture)",
    basis: "省级温室气体清单编制指南 因子表",
    example: r#"{"source":"水泥熟料","parameter":"EF","amount":1000}"#,
    evaluate: activity,
    case: conformance::inline,
};

const SETS: [(&str, &str); 4] = [("SAR", "SAR"), ("AR4", "AR4"), ("AR5", "AR5"), ("AR6", "AR6")];

/// GWP of a gas; cited in the judgement.
fn gwp(out: &mut Judgement, input: &Input<'_>, set: &str, gas: &str) -> Result<Exact, InputError> {
    let row = Gwp::find(set, gas).ok_or_else(|| checks::unknown_name(input, gas, gas))?;
    let basis = Basis::new("IPCC", set, "GWP-100");
    out.limit(
        &row.gwp,
        "",
        basis,
        text!("{gas} 的 GWP({set})", "GWP of {gas}, {set}"),
        row.confidence,
    );
    Ok(row.gwp.clone())
}

fn co2e(input: &Input<'_>) -> Result<Judgement, InputError> {
    let set = checks::choice(input, "gwp_set", &SETS)?;
    let tonnes = input.field("tonnes")?;
    let mut out = Judgement::new("ghg/co2e", Basis::new("IPCC", set, "GWP-100"));
    let mut total = Exact::zero();
    let mut seen = 0;
    for (gas, value) in tonnes.as_members()? {
        let factor = gwp(&mut out, &tonnes, set, gas)?;
        if value.json().is_null() {
            out.leaves_out(gas, None, "t", text!("缺失", "missing"));
            continue;
        }
        let amount = value.as_exact()?;
        seen += 1;
        let part = &amount * &factor;
        out.uses(gas, &amount, "t")
            .step(text!("{gas}", "{gas}"), format!("{amount} × {factor}"), &part);
        total = &total + &part;
    }
    out.put("gwp_set", set);
    if seen == 0 {
        out.put("tCO2e", Value::Null);
        out.conclude(Verdict::Undecided, text!("没有排放量。", "There is no emission."));
        return Ok(out);
    }
    finish_co2(&mut out, "tCO2e", &total);
    Ok(out)
}

fn inventory(input: &Input<'_>) -> Result<Judgement, InputError> {
    let set = checks::choice(input, "gwp_set", &SETS)?;
    let sectors = [
        ("energy", "energy"),
        ("industry", "industry"),
        ("agriculture", "agriculture"),
        ("lucf", "lucf"),
        ("waste", "waste"),
    ];
    let mut out = Judgement::new(
        "ghg/inventory",
        Basis::new("省级温室气体清单编制指南", "", "汇总"),
    );
    out.also(Basis::new("IPCC", set, "GWP-100"));
    let mut sums: BTreeMap<&str, Exact> = BTreeMap::new();
    let mut missing = 0;
    for row in checks::list(input, "rows")? {
        let sector = checks::choice(&row, "sector", &sectors)?;
        let gas = row.str("gas")?;
        let Some(found) = Gwp::find(set, gas) else {
            return Err(checks::unknown_name(&row, "gas", gas));
        };
        out.rests_on(found.confidence);
        let Some(amount) = row.opt_exact("tonnes")? else {
            missing += 1;
            out.leaves_out(
                row.path(),
                None,
                "t",
                text!("缺失,不计为零", "missing; missing is not zero"),
            );
            continue;
        };
        let part = &amount * &found.gwp;
        out.uses(row.path(), &format!("{sector} {gas} {amount}"), "t");
        let sum = sums.entry(sector).or_insert_with(Exact::zero);
        *sum = &*sum + &part;
    }
    let including = Exact::sum(sums.values());
    let sink = sums.get("lucf").cloned().unwrap_or_else(Exact::zero);
    let excluding = &including - &sink;
    for (sector, sum) in &sums {
        out.step(text!("{sector}", "{sector}"), "Σ t·GWP", sum);
    }
    // Electricity moved in or out is a memo line: it was emitted elsewhere.
    let memo = match (
        input.opt_exact("net_import_MWh")?,
        checks::opt_amount(input, "factor_tCO2_per_MWh")?,
    ) {
        (Some(mwh), Some(factor)) => Some(&mwh * &factor),
        _ => None,
    };
    let by_sector: Map<String, Value> = sums.iter().map(|(k, v)| ((*k).to_owned(), v.to_json())).collect();
    out.put("gwp_set", set)
        .put("by_sector", by_sector)
        .put("missing_rows", missing)
        .put("including_lucf_tCO2e", including.to_json())
        .put("excluding_lucf_tCO2e", excluding.to_json())
        .put("memo_electricity_tCO2", checks::maybe(memo.as_ref()));
    out.finish(&excluding, excluding.to_display(), "tCO2e");
    let (with, without) = (including.to_fixed(2), excluding.to_fixed(2));
    let verdict = if sums.is_empty() {
        Verdict::Undecided
    } else {
        Verdict::Computed
    };
    conclude(
        &mut out,
        verdict,
        text!(
            "不含 LUCF {without},含 LUCF {with} tCO2e,缺 {missing} 项",
            "excluding LUCF {without}, including {with} tCO2e, {missing} rows missing"
        ),
    );
    Ok(out)
}

fn pfc(input: &Input<'_>) -> Result<Judgement, InputError> {
    let source = "电解铝 阳极效应";
    let aluminium = checks::amount(input, "al_t")?;
    let minutes = checks::opt_amount(input, "ae_min_per_pot_day")?;
    let mut out = Judgement::new(
        "ghg/aluminium_pfc",
        Basis::new("CETS-AG-04.01", "V01-2024", "阳极效应"),
    );
    let figure = |parameter: &str| {
        Factor::find(source, parameter).ok_or_else(|| checks::unknown_name(input, "al_t", parameter))
    };
    let (slope, default) = (figure("slope")?, figure("EF_CF4 default")?);
    let (cf4, c2f6) = (figure("GWP CF4")?, figure("GWP C2F6")?);
    let got = aluminium_pfc(
        &aluminium,
        minutes.as_ref(),
        (&slope.value, &default.value),
        (&cf4.value, &c2f6.value),
    )
    .map_err(checks::refuse(input))?;
    out.uses("al_t", &aluminium, "t").rests_on(default.confidence);
    let basis = Basis::new("CETS-AG-04.01", "V01-2024", "缺省值");
    if let Some(minutes) = &minutes {
        out.uses("ae_min_per_pot_day", minutes, "min/(槽·日)");
        out.limit(
            &slope.value,
            &slope.unit,
            basis,
            text!("斜率", "slope"),
            slope.confidence,
        );
        out.step(
            text!("CF4 因子", "factor of CF4"),
            format!("{} × {minutes}", slope.value),
            &got.cf4,
        );
    } else {
        out.leaves_out(
            "ae_min_per_pot_day",
            None,
            "min/(槽·日)",
            text!("未监测,用缺省值", "not monitored: default"),
        );
        out.limit(
            &default.value,
            &default.unit,
            basis,
            text!("缺省因子", "default"),
            default.confidence,
        );
    }
    out.step(
        text!("PFC 当量", "PFC equivalents"),
        format!(
            "{aluminium} × ({} × {} + {} × {}) / 1000",
            got.cf4, cf4.value, got.c2f6, c2f6.value
        ),
        &got.total,
    );
    out.put("ef_cf4_kg_per_t", got.cf4.to_json())
        .put("ef_c2f6_kg_per_t", got.c2f6.to_json());
    finish_co2(&mut out, "tCO2e", &got.total);
    Ok(out)
}

fn anode_co2(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new(
        "ghg/aluminium_anode",
        Basis::new("CETS-AG-04.01", "V01-2024", "炭阳极"),
    );
    let table = |parameter: &str| Factor::find("电解铝 碳阳极", parameter).map(|f| (&f.value, f.confidence));
    let net = if let Some(net) = checks::opt_amount(input, "net_anode_t")? {
        net
    } else {
        let gross = checks::amount(input, "gross_anode_t")?;
        let net = if let Some(butts) = checks::opt_amount(input, "butts_t")? {
            &gross - &butts
        } else {
            // The condition for this deduction is not confirmed.
            out.rests_on(Confidence::Uncertain);
            let percent = given_or(&mut out, input, "butts_pct", table("残极 deduction default"))?;
            &gross - &(&(&gross * &percent) * &checks::decimal(1, 2))
        };
        out.uses("gross_anode_t", &gross, "t");
        out.step(text!("净耗", "net use"), "毛耗 − 残极", &net);
        net
    };
    let sulfur = given_or(&mut out, input, "sulfur_pct", table("S content default"))?;
    let ash = given_or(&mut out, input, "ash_pct", table("ash default"))?;
    let total = anode(&net, &sulfur, &ash).map_err(checks::refuse(input))?;
    out.uses("net_anode_t", &net, "t")
        .uses("sulfur_pct", &sulfur, "%")
        .uses("ash_pct", &ash, "%");
    out.step(
        text!("阳极排放", "anodes"),
        format!("{net} × (100 − {sulfur} − {ash})/100 × 44/12"),
        &total,
    );
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn carbonate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let tonnes = input.field("tonnes")?;
    let mut out = Judgement::new("ghg/carbonate", Basis::new("CETS-AG-04.01", "V01-2024", "碳酸盐"));
    let mut total = Exact::zero();
    let mut seen = 0;
    for (name, value) in tonnes.as_members()? {
        let row = Factor::find(name, "EF").filter(|f| f.sector() == "process");
        let row = row.ok_or_else(|| checks::unknown_name(&tonnes, name, name))?;
        if value.json().is_null() {
            out.leaves_out(name, None, "t", text!("缺失", "missing"));
            continue;
        }
        let amount = checks::as_amount(&value)?;
        let part = &amount * &row.value;
        seen += 1;
        let basis = Basis::new("CETS-AG-04.01", "V01-2024", "碳酸盐因子");
        out.limit(
            &row.value,
            &row.unit,
            basis,
            text!("{name}", "{name}"),
            row.confidence,
        );
        out.uses(name, &amount, "t").step(
            text!("{name}", "{name}"),
            format!("{amount} × {}", row.value),
            &part,
        );
        total = &total + &part;
    }
    if seen == 0 {
        out.put("tCO2", Value::Null);
        out.conclude(Verdict::Undecided, text!("没有消耗量。", "There is no amount."));
        return Ok(out);
    }
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn burn(input: &Input<'_>) -> Result<Judgement, InputError> {
    let waste = input.str("waste")?;
    let tonnes = checks::amount(input, "tonnes")?;
    let mut out = Judgement::new(
        "ghg/waste_incineration",
        Basis::new("省级温室气体清单编制指南", "2025", "焚烧"),
    );
    let source = format!("{waste}焚烧");
    let table = |parameter: &str| Factor::find(&source, parameter).map(|f| (&f.value, f.confidence));
    let ccw = given_or(&mut out, input, "ccw", table("CCW"))?;
    let fcf = given_or(&mut out, input, "fcf", table("FCF"))?;
    let efficiency = given_or(&mut out, input, "ce", table("CE"))?;
    let total = incineration(&tonnes, &ccw, &fcf, &efficiency).map_err(checks::refuse(input))?;
    out.uses("tonnes", &tonnes, "t");
    out.step(
        text!("{waste} 焚烧排放", "incineration of {waste}"),
        format!("{tonnes} × {ccw} × {fcf} × {efficiency} × 44/12"),
        &total,
    );
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn methane(out: &mut Judgement, input: &Input<'_>, tonnes: &Exact) -> Result<(), InputError> {
    let potential = match checks::opt_amount(input, "gwp")? {
        Some(gwp) => gwp,
        None => gwp(
            out,
            input,
            checks::choice_or(input, "gwp_set", &SETS, "AR5")?,
            "CH4",
        )?,
    };
    let total = tonnes * &potential;
    out.step(
        text!("折二氧化碳当量", "as CO2 equivalents"),
        format!("{tonnes} × {potential}"),
        &total,
    );
    out.put("tCH4", tonnes.to_json());
    finish_co2(out, "tCO2e", &total);
    Ok(())
}

fn water(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (volume, load) = (
        checks::amount(input, "volume_m3")?,
        checks::amount(input, "organic_mg_per_L")?,
    );
    let (bo, mcf) = (checks::amount(input, "bo")?, checks::amount(input, "mcf")?);
    let recovered = checks::opt_amount(input, "recovered_t")?.unwrap_or_else(Exact::zero);
    let tonnes = wastewater(&volume, &load, &bo, &mcf, &recovered).map_err(checks::refuse(input))?;
    let mut out = Judgement::new(
        "ghg/wastewater_ch4",
        Basis::new("省级温室气体清单编制指南", "2025", "废水"),
    );
    out.rests_on(Confidence::Secondary);
    out.uses("volume_m3", &volume, "m³")
        .uses("organic_mg_per_L", &load, "mg/L")
        .uses("bo", &bo, "kg/kg")
        .uses("mcf", &mcf, "");
    out.step(
        text!("甲烷 t", "CH4, t"),
        format!("{volume} × {load} × 10⁻⁶ × {bo} × {mcf} − {recovered}"),
        &tonnes,
    );
    methane(&mut out, input, &tonnes)?;
    Ok(out)
}

fn dump(input: &Input<'_>) -> Result<Judgement, InputError> {
    let tonnes = checks::amount(input, "tonnes")?;
    let sites = [
        ("managed", "填埋 MCF 管理"),
        ("deep", "填埋 MCF 非管理深(>5 m)"),
        ("shallow", "填埋 MCF 非管理浅(<5 m)"),
    ];
    let site = checks::choice_or(input, "site", &sites, "填埋 MCF 管理")?;
    let mut out = Judgement::new(
        "ghg/landfill_ch4",
        Basis::new("省级温室气体清单编制指南", "2011", "填埋"),
    );
    let table =
        |source: &str, parameter: &str| Factor::find(source, parameter).map(|f| (&f.value, f.confidence));
    let mcf = given_or(&mut out, input, "mcf", table(site, "MCF"))?;
    let doc = given_or(&mut out, input, "doc", table("填埋 DOC 城市生活垃圾", "DOC"))?;
    let doc_f = given_or(&mut out, input, "doc_f", table("填埋 DOCf", "DOCf"))?;
    let fraction = given_or(&mut out, input, "f", table("填埋 F", "F"))?;
    let ox = given_or(&mut out, input, "ox", table("填埋 OX 覆盖", "OX"))?;
    let recovered = checks::opt_amount(input, "recovered_t")?.unwrap_or_else(Exact::zero);
    let ch4 =
        landfill(&tonnes, [&mcf, &doc, &doc_f, &fraction], &recovered, &ox).map_err(checks::refuse(input))?;
    out.uses("tonnes", &tonnes, "t");
    out.step(
        text!("甲烷 t", "CH4, t"),
        format!("({tonnes} × {mcf} × {doc} × {doc_f} × {fraction} × 16/12 − {recovered}) × (1 − {ox})"),
        &ch4,
    );
    methane(&mut out, input, &ch4)?;
    Ok(out)
}

fn activity(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (source, parameter) = (input.str("source")?, input.str("parameter")?);
    let row = Factor::find(source, parameter).ok_or_else(|| checks::unknown_name(input, "source", source))?;
    let mut out = Judgement::new(
        "ghg/activity",
        Basis::new("省级温室气体清单编制指南", "", row.sector().to_owned()),
    );
    let basis = Basis::new("省级温室气体清单编制指南", "", parameter);
    out.limit(
        &row.value,
        &row.unit,
        basis,
        text!("{source} {parameter}", "{source} {parameter}"),
        row.confidence,
    );
    out.put("unit", row.unit.clone());
    let Some(amount) = checks::opt_amount(input, "amount")? else {
        out.leaves_out(
            "amount",
            None,
            "",
            text!("缺失,不计为零", "missing; missing is not zero"),
        );
        out.put("emission", Value::Null);
        conclude(&mut out, Verdict::Undecided, text!("没有活动水平", "no activity"));
        return Ok(out);
    };
    let emission = &amount * &row.value;
    let unit = row.unit.split('/').next().unwrap_or_default();
    out.uses("amount", &amount, "");
    out.step(
        text!("活动水平 × 因子", "activity × factor"),
        format!("{amount} × {}", row.value),
        &emission,
    );
    out.finish(&emission, emission.to_display(), unit);
    out.put("emission", emission.to_json());
    conclude(
        &mut out,
        Verdict::Computed,
        text!("{source}:{emission} {unit}", "{source}: {emission} {unit}"),
    );
    Ok(out)
}
