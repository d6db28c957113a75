//! Ledgers of waste by name: the topics with their explanations.

use serde_json::Value;

use super::ledger::{self, ProducerClass, Store, label, manifest_weights, second_class, storage, tolerated};
use crate::checks;
use crate::explain::{conclude, verdict};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;

topic!(
    PRODUCER,
    "waste/producer_class",
    "危险废物产生单位管理类别",
    "Class of a producer",
    "HJ 1259-2022",
    r#"{"annual_t":12,"own_facility":false,"licence":false}"#,
    producer
);
topic!(
    DECLARE,
    "waste/declare_due",
    "危险废物申报期限",
    "Day of declaration",
    "HJ 1259-2022",
    r#"{"class":"simplified","period_year":2026,"period_month":2}"#,
    declare
);
topic!(
    BALANCE,
    "waste/balance",
    "危险废物库存平衡",
    "Balance of a store",
    "HJ 1259-2022 台账平衡",
    r#"{"begin":1,"generated":10,"received":0,"self_used":0,"self_disposed":0,"transferred":9,"reported_end":2}"#,
    balance
);
topic!(
    STORAGE,
    "waste/storage_days",
    "贮存期限",
    "Days in store",
    "生态环境法典 535;管理实践",
    r#"{"in_store":"2025-12-17","today":"2026-11-17"}"#,
    storage_days
);
topic!(
    LABEL,
    "waste/label_size",
    "危险废物标签尺寸",
    "Size of a label",
    "HJ 1276-2022",
    r#"{"container_l":200}"#,
    label_size
);
topic!(
    WEIGHTS,
    "waste/manifest_weights",
    "联单移出与接受重量核对",
    "Weights of a manifest",
    "危险废物转移管理办法;项目规则",
    r#"{"sent_t":10,"received_t":9.95}"#,
    weights
);
topic!(
    RATES,
    "waste/rates",
    "综合利用率、处置率等",
    "Rates of waste",
    "固体废物统计指标定义",
    r#"{"kind":"utilisation","part":80,"generated":100,"old_stock":10}"#,
    rates
);
topic!(
    GENERAL,
    "waste/general_class",
    "一般工业固体废物类别",
    "Class of general industrial waste",
    "GB 18599-2020",
    r#"{"ph":11.5,"leach":[]}"#,
    general_class
);

/// Yearly amount: as given, the largest of the last three years, or the larger of EIA and permit figures.
fn annual_amount(input: &Input<'_>) -> Result<Option<Exact>, InputError> {
    if let Some(annual) = checks::opt_amount(input, "annual_t")? {
        return Ok(Some(annual));
    }
    if input.opt("last_3_years_t").is_some() {
        let mut years = Vec::new();
        for year in checks::list(input, "last_3_years_t")? {
            if !year.json().is_null() {
                years.push(checks::as_amount(&year)?);
            }
        }
        if let Some(most) = years.into_iter().max() {
            return Ok(Some(most));
        }
    }
    let planned = [
        checks::opt_amount(input, "eia_t")?,
        checks::opt_amount(input, "permit_t")?,
    ];
    Ok(planned.into_iter().flatten().max())
}

fn producer(input: &Input<'_>) -> Result<Judgement, InputError> {
    let annual = annual_amount(input)?;
    let own = input.opt_bool("own_facility")?.unwrap_or(false);
    let licence = input.opt_bool("licence")?.unwrap_or(false);
    let mut out = Judgement::new("waste/producer_class", Basis::new("HJ 1259", "2022", "管理类别"));
    out.uses("own_facility", &own, "").uses("licence", &licence, "");
    let annual = match annual {
        Some(annual) => annual,
        None if own || licence => Exact::zero(),
        None => {
            out.leaves_out("annual_t", None, "t", text!("产生量不明", "amount unknown"));
            out.put("annual_t", Value::Null).put("class", Value::Null);
            out.conclude(
                Verdict::Undecided,
                text!(
                    "产生量不明,无法判定。",
                    "The amount is unknown: cannot be decided."
                ),
            );
            return Ok(out);
        }
    };
    let class = ProducerClass::of(&annual, own, licence).map_err(checks::refuse(input))?;
    out.uses("annual_t", &annual, "t/a");
    let (name, en, from) = (&class.name, &class.name_en, &class.from_t);
    let basis = Basis::new("HJ 1259", "2022", "管理类别");
    out.limit(
        from,
        "t/a",
        basis,
        text!("{name}下限", "lower end of {en}"),
        class.confidence,
    );
    out.put("annual_t", annual.to_json())
        .put("class", class.class.clone());
    out.conclude(
        Verdict::Classified,
        text!("{annual} t/a:{name}。", "{annual} t/a: {en}."),
    );
    Ok(out)
}

fn declare(input: &Input<'_>) -> Result<Judgement, InputError> {
    let name = input.str("class")?;
    let class = ProducerClass::find(name).ok_or_else(|| checks::unknown_name(input, "class", name))?;
    let year = checks::whole(input, "period_year", 2000, 2200)?;
    let month = checks::whole(input, "period_month", 1, 12)?;
    let beyond = || crate::enforcement::calendar::beyond(input, "period_year");
    let (y, m) = (
        i16::try_from(year).map_err(|_| beyond())?,
        i8::try_from(month).map_err(|_| beyond())?,
    );
    let by = class.declare_by(y, m).ok_or_else(beyond)?;
    let annual = ledger::annual_by(y).ok_or_else(beyond)?;
    let mut out = Judgement::new("waste/declare_due", Basis::new("HJ 1259", "2022", "申报"));
    out.rests_on(class.confidence);
    out.uses("period", &format!("{year}-{month:02}"), "");
    let (zh, en, months) = (&class.name, &class.name_en, class.months);
    out.step(
        text!("{zh}每 {months} 个月申报", "{en}: every {months} months"),
        format!("{year}-{month:02}"),
        &by,
    );
    out.put("declare_by", by.to_string())
        .put("annual_by", annual.to_string());
    out.conclude(
        Verdict::Computed,
        text!(
            "不晚于 {by} 申报,年报不晚于 {annual}。",
            "Declare by {by}, for the year by {annual}."
        ),
    );
    Ok(out)
}

fn balance(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new("waste/balance", Basis::new("HJ 1259", "2022", "台账"));
    let keys = [
        "begin",
        "generated",
        "received",
        "self_used",
        "self_disposed",
        "transferred",
    ];
    let mut amounts = Vec::new();
    for key in keys {
        if let Some(amount) = checks::opt_amount(input, key)? {
            out.uses(key, &amount, "t");
            amounts.push(amount);
        } else {
            out.leaves_out(
                key,
                None,
                "t",
                text!("缺失,不计为零", "missing; missing is not zero"),
            );
        }
    }
    let reported = checks::opt_amount(input, "reported_end")?;
    let Ok([begin, generated, received, self_used, self_disposed, transferred]) =
        <[Exact; 6]>::try_from(amounts)
    else {
        out.put("end", Value::Null)
            .put("diff", Value::Null)
            .put("alarm", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("台账数据不全,无法平衡。", "The ledger is incomplete: no balance."),
        );
        return Ok(out);
    };
    let store = Store {
        begin,
        generated,
        received,
        self_used,
        self_disposed,
        transferred,
    };
    let end = store.end();
    let Store {
        begin,
        generated,
        received,
        self_used,
        self_disposed,
        transferred,
    } = &store;
    out.step(
        text!("期末库存", "stock at the end"),
        format!("{begin} + {generated} + {received} − {self_used} − {self_disposed} − {transferred}"),
        &end,
    );
    let diff = reported.as_ref().map(|r| r - &end);
    let alarm = diff.as_ref().map(|d| d.abs() > tolerated(&end));
    let full = match (checks::opt_amount(input, "capacity")?, &reported) {
        (Some(capacity), Some(stock)) => Some(*stock > &capacity * &checks::decimal(9, 1)),
        _ => None,
    };
    out.finish(&end, end.to_display(), "t");
    out.put("end", end.to_json())
        .put("diff", checks::maybe(diff.as_ref()))
        .put("negative", end.is_negative())
        .put("alarm", alarm)
        .put("nearly_full", full);
    match (diff, alarm) {
        (Some(diff), Some(alarm)) => {
            let tolerated = tolerated(&end);
            // The tolerance and the 90 % of capacity are the project's.
            out.step(
                text!("差值与允许差", "difference and tolerance"),
                format!("max(1 %, 0.01 t) = {tolerated}"),
                &diff,
            );
            out.conclude(
                verdict(alarm),
                text!(
                    "计算期末 {end} t,差 {diff} t。",
                    "Computed {end} t, difference {diff} t."
                ),
            );
        }
        _ => {
            out.conclude(
                Verdict::Computed,
                text!("计算期末 {end} t。", "Computed {end} t."),
            );
        }
    }
    Ok(out)
}

fn storage_days(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (from, today) = (input.date("in_store")?, input.date("today")?);
    let medical = checks::choice_or(input, "kind", &[("hazardous", false), ("medical", true)], false)?;
    let setting = |key: &str, default: i64| -> Result<i64, InputError> {
        if input.opt(key).is_none() {
            return Ok(default);
        }
        checks::whole(input, key, 0, 36_600)
    };
    let (most, warn) = if medical { (2, 2) } else { (365, 300) };
    let (most, warn) = (setting("max_days", most)?, setting("warn_days", warn)?);
    let (days, state) = storage(from, today, most, warn).map_err(checks::refuse(input))?;
    let basis = if medical {
        Basis::new("医疗废物管理条例", "2011", "暂存")
    } else {
        Basis::new("生态环境法典", "2026", "535")
    };
    let mut out = Judgement::new("waste/storage_days", basis.clone());
    out.limit(
        &most,
        "d",
        basis,
        text!("贮存期限(可配置)", "storage limit, a setting"),
        Confidence::Configurable,
    );
    out.uses("in_store", &from, "").uses("today", &today, "");
    out.step(
        text!("贮存日数", "days in store"),
        format!("{today} − {from}"),
        &days,
    );
    let key = state.key();
    out.put("days", days).put("state", key);
    conclude(
        &mut out,
        verdict(key == "over"),
        text!("已贮存 {days} 日({key})", "{days} days in store ({key})"),
    );
    Ok(out)
}

fn label_size(input: &Input<'_>) -> Result<Judgement, InputError> {
    let litres = input.exact("container_l")?;
    let row = label(&litres).map_err(checks::refuse(input))?;
    let mut out = Judgement::new("waste/label_size", Basis::new("HJ 1276", "2022", "标签尺寸"));
    out.rests_on(row.confidence);
    out.uses("container_l", &litres, "L");
    let (side, height, two) = (row.side_mm, row.text_mm, row.two_sides());
    out.put("min_side_mm", side)
        .put("min_text_mm", height)
        .put("two_sides", two);
    out.conclude(
        Verdict::Computed,
        text!(
            "不小于 {side}×{side} mm,字高不小于 {height} mm。",
            "At least {side}×{side} mm, text {height} mm."
        ),
    );
    Ok(out)
}

fn weights(input: &Input<'_>) -> Result<Judgement, InputError> {
    let sent = checks::amount(input, "sent_t")?;
    let received = checks::opt_amount(input, "received_t")?;
    let mut out = Judgement::new(
        "waste/manifest_weights",
        Basis::new("危险废物转移管理办法", "2022", "接受核对"),
    );
    out.rests_on(Confidence::Configurable);
    out.uses("sent_t", &sent, "t");
    let Some(received) = received else {
        out.leaves_out("received_t", None, "t", text!("尚未接受", "not received yet"));
        out.put("alarm", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("尚未接受", "not received yet"),
        );
        return Ok(out);
    };
    let (difference, share, alarm) = manifest_weights(&sent, &received).map_err(checks::refuse(input))?;
    out.uses("received_t", &received, "t");
    out.step(
        text!("差值", "difference"),
        format!("{received} − {sent}"),
        &difference,
    );
    out.put("difference_t", difference.to_json())
        .put("share_pct", checks::maybe(share.as_ref()))
        .put("alarm", alarm);
    conclude(
        &mut out,
        verdict(alarm),
        text!("重量差 {difference} t", "difference {difference} t"),
    );
    Ok(out)
}

fn rates(input: &Input<'_>) -> Result<Judgement, InputError> {
    let kinds = [
        ("utilisation", "综合利用率"),
        ("disposal", "处置率"),
        ("hw_safe", "危险废物安全处置率"),
        ("confirmed_on_time", "联单按时确认率"),
        ("label_coverage", "标签覆盖率"),
    ];
    let name = checks::choice(input, "kind", &kinds)?;
    let part = checks::opt_amount(input, "part")?;
    let generated = checks::amount(input, "generated")?;
    let old = checks::opt_amount(input, "old_stock")?.unwrap_or_else(Exact::zero);
    let whole = &generated + &old;
    let mut out = Judgement::new("waste/rates", Basis::new("固体废物统计指标", "", name));
    out.uses("generated", &generated, "").uses("old_stock", &old, "");
    if part.as_ref().is_some_and(|p| *p > whole) {
        return Err(input.error(
            "part",
            "range",
            text!("分子大于分母 {whole}", "the part exceeds the whole {whole}"),
        ));
    }
    let rate = part.as_ref().and_then(|p| checks::percent(p, &whole));
    out.put("rate_pct", checks::maybe(rate.as_ref()));
    if let (Some(part), Some(rate)) = (&part, &rate) {
        out.uses("part", part, "");
        out.step(
            text!("{name}", "{name}"),
            format!("{part} / ({generated} + {old}) × 100"),
            rate,
        );
        out.finish(rate, rate.to_fixed(2), "%");
        let shown = rate.to_fixed(2);
        out.conclude(
            Verdict::Computed,
            text!("{name} {shown} %。", "{name} {shown} %."),
        );
    } else {
        out.leaves_out(
            "part",
            None,
            "",
            text!("缺失或分母为零", "missing, or a whole of zero"),
        );
        out.conclude(
            Verdict::Undecided,
            text!("{name}无法计算。", "{name} cannot be computed."),
        );
    }
    Ok(out)
}

fn general_class(input: &Input<'_>) -> Result<Judgement, InputError> {
    let ph = input.opt_exact("ph")?;
    if let Some(ph) = &ph {
        checks::between("ph", ph, 0, 14).map_err(checks::refuse(input))?;
    }
    let basis = Basis::new("GB 18599", "2020", "第Ⅱ类");
    let mut out = Judgement::new("waste/general_class", basis);
    match &ph {
        Some(ph) => out.uses("ph", ph, ""),
        None => out.leaves_out("ph", None, "", text!("缺测", "missing")),
    };
    let mut above = Vec::new();
    for item in checks::list(input, "leach")? {
        let name = item.str("name")?;
        let limit = checks::amount(&item, "limit")?;
        if let Some(value) = checks::opt_amount(&item, "value")? {
            out.uses(name, &value, "mg/L");
            above.push(Some(value > limit));
        } else {
            out.leaves_out(name, None, "mg/L", text!("缺测", "missing"));
            above.push(None);
        }
        let source = Basis::new("GB 8978", "1996", "最高允许排放浓度");
        out.limit(
            &limit,
            "mg/L",
            source,
            text!("{name}", "{name}"),
            Confidence::Verified,
        );
    }
    let second = second_class(ph.as_ref(), &above);
    out.put("class", second.map(|s| if s { "II" } else { "I" }));
    match second {
        Some(true) => out.conclude(
            Verdict::Classified,
            text!("第Ⅱ类一般工业固体废物。", "Class II general industrial waste."),
        ),
        Some(false) => out.conclude(
            Verdict::Classified,
            text!("第Ⅰ类一般工业固体废物。", "Class I general industrial waste."),
        ),
        None => out.conclude(
            Verdict::Undecided,
            text!(
                "浸出数据不全,无法判定。",
                "Leach data are missing: cannot be decided."
            ),
        ),
    };
    Ok(out)
}
