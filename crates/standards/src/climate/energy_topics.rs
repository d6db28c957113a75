//! Energy by name: combustion, electricity, heat, power plants, standard coal, CO2 intensity, trend.

use serde_json::Value;

use super::emission::{carbon_as_received, cogeneration, combustion, intensity};
use super::factor::{CoalEquivalent, Factor, Fuel, Grid};
use crate::checks;
use crate::conformance::{self, Tolerance};
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::statistics::{self, Trend};
use crate::text;
use crate::topic::Topic;

pub(super) const FUEL: Topic = Topic {
    id: "ghg/fuel_combustion",
    zh: "化石燃料燃烧排放",
    en: "Combustion of fuels",
    basis: "省级温室气体清单编制指南;企业核算指南",
    example: r#"{"fuel":"柴油","amount":1000,"unit":"t","set":"provincial_2025"}"#,
    evaluate: fuel,
    case: conformance::inline,
};

pub(super) const POWER: Topic = Topic {
    id: "ghg/purchased_power",
    zh: "净购入电力间接排放",
    en: "Purchased electricity",
    basis: "电力二氧化碳排放因子公告(2024 年第 12、33 号,2025 年第 47 号)",
    example: r#"{"area":"山东","year":2023,"purchased_MWh":1000}"#,
    evaluate: power,
    case: conformance::inline,
};

pub(super) const HEAT: Topic = Topic {
    id: "ghg/purchased_heat",
    zh: "净购入热力间接排放",
    en: "Purchased heat",
    basis: "企业核算指南 热力因子",
    example: r#"{"steam_t":100,"enthalpy_kJ_per_kg":2760}"#,
    evaluate: heat,
    case: conformance::inline,
};

pub(super) const POWER_COAL: Topic = Topic {
    id: "ghg/power_coal",
    zh: "发电设施燃煤排放(收到基元素碳)",
    en: "Coal of power generation by carbon as received",
    basis: "CETS-AG-01.01 发电设施",
    example: r#"{"coal_t":1000,"c_ad_pct":60,"m_ar_pct":10,"m_ad_pct":2,"ncv_GJ_per_t":22,"oxidation_pct":99}"#,
    evaluate: power_coal,
    // The case files show six decimals of carbon, eight of carbon per heat and four of the emission.
    case: |line| {
        conformance::inline(line).map(|mut case| {
            case.tolerance = Some(Tolerance::Relative(3.2e-7));
            case
        })
    },
};

pub(super) const COGENERATION: Topic = Topic {
    id: "ghg/cogeneration",
    zh: "热电分摊与强度",
    en: "Split of heat and power",
    basis: "CETS-AG-01.01 供热比",
    example: r#"{"tCO2":100000,"heat_users_GJ":200000,"heat_power_GJ":800000,"power_MWh":90000}"#,
    evaluate: split,
    case: conformance::inline,
};

pub(super) const COAL: Topic = Topic {
    id: "ghg/coal_equivalent",
    zh: "能源折标准煤",
    en: "Standard-coal equivalent",
    basis: "GB/T 2589-2020(系数未经核实)",
    example: r#"{"tonnes":{"原煤":1000},"electricity_kWh":100000,"heat_MJ":0}"#,
    evaluate: coal,
    case: conformance::inline,
};

pub(super) const INTENSITY: Topic = Topic {
    id: "ghg/intensity",
    zh: "碳排放强度及变化",
    en: "CO2 intensity and its change",
    basis: "单位地区生产总值二氧化碳排放(不变价)",
    example: r#"{"base":{"tCO2":1000,"gdp_10k_yuan_1e4":10},"now":{"tCO2":950,"gdp_10k_yuan_1e4":11}}"#,
    evaluate: co2_intensity,
    // The case files show four decimals.
    case: |line| {
        conformance::inline(line).map(|mut case| {
            case.tolerance = Some(Tolerance::Absolute(5.001e-5));
            case
        })
    },
};

pub(super) const PEAK: Topic = Topic {
    id: "ghg/peak",
    zh: "碳达峰趋势判断",
    en: "Trend of emissions (carbon peak)",
    basis: "秩相关系数法",
    example: r#"{"yearly_tCO2":[100,98,97,95,90]}"#,
    evaluate: peak,
    case: conformance::inline,
};

/// Sets the final value in tCO2 and concludes.
pub(super) fn finish_co2(out: &mut Judgement, key: &str, total: &Exact) {
    out.put(key, total.to_json());
    out.finish(total, total.to_display(), key);
    let shown = total.to_fixed(2);
    conclude(out, Verdict::Computed, text!("{shown} {key}", "{shown} {key}"));
}

/// A figure as given, or that of a table with its mark.
pub(super) fn given_or(
    out: &mut Judgement,
    input: &Input<'_>,
    key: &str,
    table: Option<(&Exact, Confidence)>,
) -> Result<Exact, InputError> {
    if let Some(given) = checks::opt_amount(input, key)? {
        return Ok(given);
    }
    let (value, mark) = table.ok_or_else(|| {
        input.error(
            key,
            "missing",
            text!("没有缺省值,请给出 {key}", "there is no default, give {key}"),
        )
    })?;
    out.rests_on(mark);
    let reason = text!("缺省值 {key}", "default of {key}");
    out.limit(value, "", Basis::new("缺省因子表", "", key), reason, mark);
    Ok(value.clone())
}

fn fuel(input: &Input<'_>) -> Result<Judgement, InputError> {
    let name = input.str("fuel")?;
    let set = input.opt_str("set")?.unwrap_or("provincial_2025");
    if !Fuel::has_set(set) {
        return Err(checks::unknown_name(input, "set", set));
    }
    let row = Fuel::find(set, name);
    let given = ["ncv_GJ", "cc_kgC_per_GJ", "oxidation_pct"]
        .iter()
        .all(|k| input.opt(k).is_some());
    if row.is_none() && !given {
        return Err(checks::unknown_name(input, "fuel", name));
    }
    if let (Some(unit), Some(row)) = (input.opt_str("unit")?, row)
        && unit != row.unit
    {
        let want = &row.unit;
        let why = text!(
            "{name} 的单位应为 {want},收到 {unit}",
            "the unit of {name} is {want}, found {unit}"
        );
        return Err(input.error("unit", "unit", why));
    }
    let mut out = Judgement::new(
        "ghg/fuel_combustion",
        Basis::new("温室气体清单编制指南", set, "燃料燃烧"),
    );
    let mark = row.map_or(Confidence::Verified, |r| r.confidence);
    let default = |value: Option<&'static Exact>| value.map(|v| (v, mark));
    let ncv = given_or(
        &mut out,
        input,
        "ncv_GJ",
        default(row.and_then(|r| r.ncv.as_ref())),
    )?;
    let kilograms = row.and_then(|r| r.cc.as_ref()).map(|cc| cc * &Exact::int(1000));
    let kilograms = given_or(
        &mut out,
        input,
        "cc_kgC_per_GJ",
        kilograms.as_ref().map(|v| (v, mark)),
    )?;
    let oxidation = given_or(
        &mut out,
        input,
        "oxidation_pct",
        default(row.and_then(|r| r.oxidation.as_ref())),
    )?;
    let Some(amount) = checks::opt_amount(input, "amount")? else {
        out.leaves_out(
            "amount",
            None,
            "",
            text!("缺失,不计为零", "missing; missing is not zero"),
        );
        out.put("tCO2", Value::Null);
        conclude(&mut out, Verdict::Undecided, text!("没有消费量", "no amount"));
        return Ok(out);
    };
    let carbon = &kilograms * &checks::decimal(1, 3);
    let total = combustion(&amount, &ncv, &carbon, &oxidation).map_err(checks::refuse(input))?;
    let unit = row.map_or("", |r| r.unit.as_str());
    out.uses("amount", &amount, unit)
        .uses("ncv_GJ", &ncv, "GJ")
        .uses("cc_kgC_per_GJ", &kilograms, "kgC/GJ")
        .uses("oxidation_pct", &oxidation, "%");
    out.step(
        text!("{name} 燃烧排放", "combustion of {name}"),
        format!("{amount} × {ncv} × {carbon} × {oxidation}/100 × 44/12"),
        &total,
    );
    out.put("set", set);
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn power(input: &Input<'_>) -> Result<Judgement, InputError> {
    let area = input.str("area")?;
    let year = checks::whole(input, "year", 1990, 2200)?;
    let row = Grid::find(area, year);
    let mut out = Judgement::new(
        "ghg/purchased_power",
        Basis::new("电力二氧化碳排放因子公告", year.to_string(), area),
    );
    let factor = match (checks::opt_amount(input, "factor_tCO2_per_MWh")?, row) {
        (Some(factor), _) => factor,
        (None, Some(row)) => {
            let basis = Basis::new("电力二氧化碳排放因子公告", year.to_string(), area);
            let reason = text!("{area} {year} 年平均因子", "mean factor of {area}, {year}");
            out.limit(&row.factor, "tCO2/MWh", basis, reason, row.confidence);
            row.factor.clone()
        }
        (None, None) if Grid::has_area(area) => {
            let why = text!(
                "{area} 没有 {year} 年的因子,请给出 factor_tCO2_per_MWh",
                "no factor of {area} for {year}: give factor_tCO2_per_MWh"
            );
            return Err(input.error("year", "context", why));
        }
        (None, None) => return Err(checks::unknown_name(input, "area", area)),
    };
    out.put("factor_tCO2_per_MWh", factor.to_json());
    // A net exporter has a negative purchase.
    let Some(purchased) = input.opt_exact("purchased_MWh")? else {
        out.leaves_out("purchased_MWh", None, "MWh", text!("缺失", "missing"));
        out.put("tCO2", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有购入电量", "no purchased electricity"),
        );
        return Ok(out);
    };
    let total = &purchased * &factor;
    out.uses("purchased_MWh", &purchased, "MWh");
    out.step(
        text!("购入电力排放", "purchased electricity"),
        format!("{purchased} × {factor}"),
        &total,
    );
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn heat(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new(
        "ghg/purchased_heat",
        Basis::new("企业温室气体核算指南", "", "热力"),
    );
    let row = Factor::find("热力", "EF");
    let factor = given_or(
        &mut out,
        input,
        "factor_tCO2_per_GJ",
        row.map(|r| (&r.value, r.confidence)),
    )?;
    let kilo = checks::decimal(1, 3);
    let joules = if let Some(heat) = checks::opt_amount(input, "heat_GJ")? {
        heat
    } else if let Some(steam) = checks::opt_amount(input, "steam_t")? {
        // 83.74 kJ/kg is the enthalpy of feed water at 20 °C; formula recalled.
        out.rests_on(Confidence::Configurable);
        let enthalpy = checks::amount(input, "enthalpy_kJ_per_kg")?;
        let heat = &(&steam * &(&enthalpy - &checks::decimal(8374, 2))) * &kilo;
        out.step(
            text!("蒸汽热量", "heat of steam"),
            format!("{steam} × ({enthalpy} − 83.74) / 1000"),
            &heat,
        );
        heat
    } else {
        out.rests_on(Confidence::Configurable);
        let water = checks::amount(input, "water_t")?;
        let temperature = checks::amount(input, "temperature_c")?;
        let heat = &(&(&water * &(&temperature - &Exact::int(20))) * &checks::decimal(41868, 4)) * &kilo;
        out.step(
            text!("热水热量", "heat of hot water"),
            format!("{water} × ({temperature} − 20) × 4.1868 / 1000"),
            &heat,
        );
        heat
    };
    let total = &joules * &factor;
    out.put("heat_GJ", joules.to_json());
    out.step(
        text!("购入热力排放", "purchased heat"),
        format!("{joules} × {factor}"),
        &total,
    );
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn power_coal(input: &Input<'_>) -> Result<Judgement, InputError> {
    let coal = checks::amount(input, "coal_t")?;
    let mut out = Judgement::new("ghg/power_coal", Basis::new("CETS-AG-01.01", "2022", "燃煤"));
    out.rests_on(Confidence::Secondary);
    out.uses("coal_t", &coal, "t");
    let oxidation = checks::opt_amount(input, "oxidation_pct")?.unwrap_or_else(|| Exact::int(99));
    let ncv = if let Some(ncv) = checks::opt_amount(input, "ncv_GJ_per_t")? {
        ncv
    } else {
        out.rests_on(Confidence::Configurable);
        checks::decimal(267, 1)
    };
    let zero = Exact::zero();
    let measured = if let Some(c_ad) = input.opt_exact("c_ad_pct")? {
        Some((c_ad, input.exact("m_ar_pct")?, input.exact("m_ad_pct")?))
    } else if let Some(c_d) = input.opt_exact("c_d_pct")? {
        Some((c_d, input.exact("m_ar_pct")?, zero))
    } else {
        None
    };
    let per_heat = if let Some((carbon, m_ar, m_ad)) = measured {
        let received = carbon_as_received(&carbon, &m_ar, &m_ad).map_err(checks::refuse(input))?;
        out.step(
            text!("收到基元素碳 %", "carbon as received, %"),
            format!("{carbon} × (100 − {m_ar}) / (100 − {m_ad})"),
            &received,
        );
        out.put("c_ar_pct", received.to_json());
        (&received * &checks::decimal(1, 2)).checked_div(&ncv)
    } else {
        // Without measurement the guide prints a punishing default.
        out.rests_on(Confidence::Configurable);
        let unusual = input.opt_bool("unconventional")?.unwrap_or(false);
        out.put("c_ar_pct", Value::Null);
        Some(checks::decimal(if unusual { 2858 } else { 3085 }, 5))
    };
    let per_heat = per_heat.ok_or_else(|| {
        input.error(
            "ncv_GJ_per_t",
            "range",
            text!("低位发热量应大于零", "the calorific value must be above zero"),
        )
    })?;
    let total = combustion(&coal, &ncv, &per_heat, &oxidation).map_err(checks::refuse(input))?;
    out.uses("ncv_GJ_per_t", &ncv, "GJ/t")
        .uses("oxidation_pct", &oxidation, "%");
    out.step(
        text!("单位热值含碳量", "carbon per heat"),
        "C_ar / 100 / NCV",
        &per_heat,
    );
    out.step(
        text!("燃煤排放", "emission"),
        format!("{coal} × {ncv} × {per_heat} × {oxidation}/100 × 44/12"),
        &total,
    );
    out.put("cc_tC_per_GJ", per_heat.to_json());
    finish_co2(&mut out, "tCO2", &total);
    Ok(out)
}

fn split(input: &Input<'_>) -> Result<Judgement, InputError> {
    let total = checks::amount(input, "tCO2")?;
    let (users, power) = (
        checks::amount(input, "heat_users_GJ")?,
        checks::amount(input, "heat_power_GJ")?,
    );
    let mut out = Judgement::new("ghg/cogeneration", Basis::new("CETS-AG-01.01", "2022", "供热比"));
    out.rests_on(Confidence::Configurable);
    out.uses("tCO2", &total, "t")
        .uses("heat_users_GJ", &users, "GJ")
        .uses("heat_power_GJ", &power, "GJ");
    let Some(got) = cogeneration(&total, &users, &power) else {
        out.put("heat_share", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有热量,不能分摊", "no heat: no split"),
        );
        return Ok(out);
    };
    out.step(
        text!("供热比", "share of heat"),
        format!("{users} / ({users} + {power})"),
        &got.heat_share,
    );
    let electricity = checks::opt_amount(input, "power_MWh")?.and_then(|mwh| got.power.checked_div(&mwh));
    let warmth = got.heat.checked_div(&users);
    out.put("heat_share", got.heat_share.to_json())
        .put("heat_tCO2", got.heat.to_json())
        .put("power_tCO2", got.power.to_json())
        .put("power_tCO2_per_MWh", checks::maybe(electricity.as_ref()))
        .put("heat_tCO2_per_GJ", checks::maybe(warmth.as_ref()));
    let (p, h) = (got.power.to_fixed(2), got.heat.to_fixed(2));
    conclude(
        &mut out,
        Verdict::Computed,
        text!("供电 {p} t,供热 {h} t", "power {p} t, heat {h} t"),
    );
    Ok(out)
}

/// Standard coal of one energy, tce: from the plant's own NCV or factor, else from the table.
fn coal_of(
    out: &mut Judgement,
    input: &Input<'_>,
    energy: &str,
    amount: &Exact,
) -> Result<Exact, InputError> {
    let own = |key: &str| -> Result<Option<Exact>, InputError> {
        input
            .opt(key)
            .map_or(Ok(None), |map| checks::opt_amount(&map, energy))
    };
    let row = CoalEquivalent::find(energy);
    let factor = if let Some(factor) = own("factors")? {
        factor
    } else if let Some(ncv) = own("ncv_kJ")? {
        ncv.checked_div(&checks::decimal(293_076, 1))
            .unwrap_or_else(Exact::zero)
    } else {
        let row = row.ok_or_else(|| checks::unknown_name(input, "tonnes", energy))?;
        let (low, high) = (&row.low, &row.high);
        let factor = row.single().ok_or_else(|| {
            let why = text!(
                "{energy} 的系数为 {low}–{high},请在 factors 中给出实测值",
                "the factor of {energy} is {low} to {high}: give the measured one under factors"
            );
            input.error("factors", "context", why)
        })?;
        let unit = format!("kgce/{}", row.unit);
        let basis = Basis::new("GB/T 2589", "2020", "附录A");
        out.limit(
            factor,
            &unit,
            basis,
            text!("{energy} 折标系数", "equivalent of {energy}"),
            row.confidence,
        );
        factor.clone()
    };
    // kgce per kg is tce per t; gases, heat and electricity come in m³, MJ and kWh.
    let large = row.is_none_or(|r| r.unit == "kg");
    let scale = if large {
        Exact::one()
    } else {
        checks::decimal(1, 3)
    };
    let coal = &(amount * &factor) * &scale;
    out.uses(
        energy,
        amount,
        row.map_or("t", |r| if r.unit == "kg" { "t" } else { r.unit.as_str() }),
    );
    out.step(
        text!("{energy}", "{energy}"),
        format!("{amount} × {factor}"),
        &coal,
    );
    Ok(coal)
}

fn coal(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new("ghg/coal_equivalent", Basis::new("GB/T 2589", "2020", "附录A"));
    let mut parts = Vec::new();
    for key in ["tonnes", "m3"] {
        if let Some(map) = input.opt(key) {
            for (energy, value) in map.as_members()? {
                if value.json().is_null() {
                    out.leaves_out(energy, None, key, text!("缺失", "missing"));
                    continue;
                }
                let amount = checks::as_amount(&value)?;
                let gas = CoalEquivalent::find(energy).is_some_and(|r| r.unit == "m3");
                if CoalEquivalent::find(energy).is_some() && gas != (key == "m3") {
                    let why = text!(
                        "{energy} 的计量单位不是 {key}",
                        "{energy} is not measured in {key}"
                    );
                    return Err(map.error(energy, "unit", why));
                }
                parts.push(coal_of(&mut out, input, energy, &amount)?);
            }
        }
    }
    if let Some(heat) = checks::opt_amount(input, "heat_MJ")? {
        parts.push(coal_of(&mut out, input, "热力", &heat)?);
    }
    let fuels = Exact::sum(&parts);
    let electricity = checks::opt_amount(input, "electricity_kWh")?;
    let mut total = fuels.clone();
    if let Some(kwh) = &electricity {
        total = &total + &coal_of(&mut out, input, "电力", kwh)?;
    }
    let supply = checks::opt_amount(input, "supply_coal_kgce_per_kWh")?;
    let by_supply = electricity
        .as_ref()
        .zip(supply.as_ref())
        .map(|(kwh, rate)| &fuels + &(&(kwh * rate) * &checks::decimal(1, 3)));
    if let (Some(kwh), Some(rate), Some(got)) = (&electricity, &supply, &by_supply) {
        out.step(
            text!(
                "等价值:电力按供电煤耗",
                "equal value: electricity by supply coal rate"
            ),
            format!("{fuels} + {kwh} × {rate} / 1000"),
            got,
        );
    }
    out.put("tce_equivalent_value", total.to_json())
        .put("tce_equal_value", checks::maybe(by_supply.as_ref()));
    out.finish(&total, total.to_display(), "tce");
    let shown = total.to_fixed(2);
    conclude(
        &mut out,
        Verdict::Computed,
        text!("当量值 {shown} tce", "{shown} tce by equivalent value"),
    );
    Ok(out)
}

fn co2_intensity(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (base, now) = (input.field("base")?, input.field("now")?);
    let key = "gdp_10k_yuan_1e4";
    let mut out = Judgement::new(
        "ghg/intensity",
        Basis::new("碳排放强度", "", "不变价地区生产总值"),
    );
    let figures = |year: &Input<'_>| -> Result<(Option<Exact>, Option<Exact>), InputError> {
        Ok((checks::opt_amount(year, "tCO2")?, checks::opt_amount(year, key)?))
    };
    let ((c0, g0), (c1, g1)) = (figures(&base)?, figures(&now)?);
    let got = match (&c0, &g0, &c1, &g1) {
        (Some(c0), Some(g0), Some(c1), Some(g1)) => intensity((c0, g0), (c1, g1)),
        _ => None,
    };
    let (Some(got), Some(c0), Some(g0), Some(c1), Some(g1)) = (got, c0, g0, c1, g1) else {
        out.leaves_out(key, None, "", text!("缺失或为零", "missing or zero"));
        for name in ["intensity_base", "intensity_now", "change_pct"] {
            out.put(name, Value::Null);
        }
        out.conclude(
            Verdict::Undecided,
            text!("数据不全,无法计算强度。", "Data are missing: no intensity."),
        );
        return Ok(out);
    };
    let (i0, i1) = (&got.base, &got.now);
    out.uses("base", &format!("{c0} / {g0}"), "")
        .uses("now", &format!("{c1} / {g1}"), "");
    out.step(
        text!("基期强度", "intensity of the base year"),
        format!("{c0} / {g0}"),
        i0,
    );
    out.step(text!("报告期强度", "intensity now"), format!("{c1} / {g1}"), i1);
    if let Some(change) = &got.change {
        out.step(
            text!("变化率 %", "change, %"),
            format!("({i1} − {i0}) / {i0} × 100"),
            change,
        );
        out.finish(change, change.to_fixed(2), "%");
    }
    out.put("intensity_base", i0.to_json())
        .put("intensity_now", i1.to_json())
        .put("change_pct", checks::maybe(got.change.as_ref()));
    let shown = got.change.map_or_else(|| "—".to_owned(), |c| c.to_fixed(2));
    out.conclude(
        Verdict::Computed,
        text!("强度变化 {shown} %。", "The intensity changed by {shown} %."),
    );
    Ok(out)
}

fn peak(input: &Input<'_>) -> Result<Judgement, InputError> {
    let years = checks::amounts(input, "yearly_tCO2")?;
    let mut out = Judgement::new("ghg/peak", Basis::new("秩相关系数法", "", "五年以上显著下降"));
    out.rests_on(Confidence::Configurable);
    out.uses("years", &years.len(), "年");
    if years.len() > 200 {
        return Err(input.error("yearly_tCO2", "range", text!("最多 200 年", "at most 200 years")));
    }
    let Ok(got) = statistics::spearman(&years) else {
        out.put("trend", Value::Null).put("falling", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("不足五年,不能判断趋势", "fewer than five years: no trend"),
        );
        return Ok(out);
    };
    let (key, zh) = match got.trend {
        Trend::Rising => ("rising", "显著上升"),
        Trend::Falling => ("falling", "显著下降"),
        Trend::None => ("none", "无显著变化"),
    };
    out.step(
        text!("秩相关系数", "rank correlation"),
        format!("1 − 6×{}/(N³ − N)", got.sum_d2),
        &got.rs,
    );
    out.put("rs", got.rs.to_json())
        .put("trend", key)
        .put("falling", got.trend == Trend::Falling);
    conclude(
        &mut out,
        Verdict::Classified,
        text!("排放{zh}", "emissions: {key}"),
    );
    Ok(out)
}
