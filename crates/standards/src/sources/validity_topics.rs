//! Validity of hours, days, months and quarters by name, for gas sources and wastewater.

use serde_json::Value;

use super::flags::{self, HourError, Scheme, hour_state};
use super::validity::{
    INCINERATOR_HOURS, PeriodMean, Sample, Weighted, capture_rate, capture_target, exact, gas_day,
    incinerator_day, water_day, water_month,
};
use crate::checks::{
    amount, amounts, as_amount, choice_or, list, opt_amount, out_of_range, refuse, unknown_name, whole,
};
use crate::conformance::plain;
use crate::explain::{begin, computed, conclude, sum_of, undecided, verdict};
use crate::guard::opt_amounts;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// Schemes of flags by name.
const SCHEMES: &[(&str, Scheme)] = &[
    ("hj76", Scheme::Hj76),
    ("hj212", Scheme::Hj212),
    ("mark", Scheme::Mark),
];

pub(super) const HOUR_FLAG: Topic = Topic {
    id: "cems/hour_flag",
    zh: "小时数据标识与有效性",
    en: "Flag and validity of an hour",
    basis: "HJ 75-2017 3、HJ 76-2017",
    example: r#"{"minutes_by_flag":{"N":40,"C":20}}"#,
    evaluate: hour_flag,
    case: plain,
};

fn hour_flag(input: &Input<'_>) -> Result<Judgement, InputError> {
    let scheme = choice_or(input, "scheme", SCHEMES, Scheme::Hj76)?;
    let field = input.field("minutes_by_flag")?;
    let mut minutes = Vec::new();
    let mut j = begin("cems/hour_flag", ("HJ 75", "2017", "3"), Confidence::Secondary);
    j.also(Basis::new("HJ 76", "2017", "数据标记"));
    for (letter, n) in field.as_members()? {
        let row = flags::find(scheme, letter).ok_or_else(|| unknown_name(&field, letter, letter))?;
        let n = n
            .as_exact()?
            .to_i64()
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n <= 60)
            .ok_or_else(|| {
                out_of_range(
                    &n,
                    text!("应为 0 至 60 的整数分钟", "must be whole minutes from 0 to 60"),
                )
            })?;
        j.rests_on(row.confidence)
            .uses(letter, &n, &format!("min {}", row.name_zh));
        minutes.push((letter, n));
    }
    let state = hour_state(scheme, &minutes).map_err(|error| match error {
        HourError::Unknown(letter) => unknown_name(input, "minutes_by_flag", &letter),
        HourError::TooMany(n) => out_of_range(
            &field,
            text!(
                "各标识分钟数合计 {n},超过 60",
                "the minutes add up to {n}, more than 60"
            ),
        ),
    })?;
    j.step(
        Text::new("有效分钟数", "valid minutes"),
        format!("{} ≥ {} ?", state.valid_minutes, flags::HOUR_MINUTES),
        &state.valid,
    )
    .put("valid", state.valid)
    .put("flag", state.letter)
    .put("valid_minutes", state.valid_minutes)
    .put("unflagged_minutes", state.unflagged);
    let letter = state.letter.unwrap_or("—");
    let words = if state.valid {
        text!(
            "小时均值有效,标识 {letter}",
            "the hour mean is valid, flag {letter}"
        )
    } else {
        text!(
            "小时均值无效(有效 {} 分钟,不足 45),标识 {letter}",
            "the hour mean is not valid ({} valid minutes, 45 are needed), flag {letter}",
            state.valid_minutes
        )
    };
    conclude(&mut j, Verdict::Classified, words);
    Ok(j)
}

pub(super) const CAPTURE_RATE: Topic = Topic {
    id: "cems/capture_rate",
    zh: "季度有效数据捕集率",
    en: "Quarterly capture rate of valid data",
    basis: "HJ 75-2017 12.1.3",
    example: r#"{"quarter_hours":2184,"invalid_hours":120,"stop_hours":48}"#,
    evaluate: |input| {
        let quarter = amount(input, "quarter_hours")?;
        let invalid = amount(input, "invalid_hours")?;
        let stopped = amount(input, "stop_hours")?;
        let rate = capture_rate(&quarter, &invalid, &stopped).map_err(refuse(input))?;
        let basis = ("HJ 75", "2017", "12.1.3");
        let mut j = begin("cems/capture_rate", basis, Confidence::Secondary);
        j.uses("quarter_hours", &quarter, "h")
            .uses("invalid_hours", &invalid, "h")
            .uses("stop_hours", &stopped, "h");
        let Some(rate) = rate else {
            let why = Text::new(
                "全季停运,捕集率无意义",
                "stopped all quarter: there is no capture rate",
            );
            undecided(&mut j, &["capture_pct", "pass"], why);
            return Ok(j);
        };
        let target = capture_target();
        let pass = rate >= target;
        j.step(
            Text::new("捕集率", "capture rate"),
            format!("({quarter} − {invalid} − {stopped}) / ({quarter} − {stopped}) × 100"),
            &rate,
        )
        .limit(
            &target,
            "%",
            Basis::new("HJ 75", "2017", "12.1.3"),
            Text::new("季度捕集率应不低于 75%", "the quarterly rate shall reach 75 %"),
            Confidence::Secondary,
        )
        .put("capture_pct", rate.to_json())
        .put("pass", pass)
        .finish(&rate, rate.to_display(), "%");
        let words = if pass {
            text!(
                "季度有效数据捕集率 {rate}%,达到 75%",
                "capture rate {rate} %, the 75 % are reached"
            )
        } else {
            text!(
                "季度有效数据捕集率 {rate}%,未达到 75%",
                "capture rate {rate} %, below 75 %"
            )
        };
        conclude(&mut j, verdict(!pass), words);
        Ok(j)
    },
    case: plain,
};

/// Writes mean, comparison with the optional limit, and the words of a period that has a mean or not.
fn period(
    mut j: Judgement,
    mean: &PeriodMean,
    limit: Option<&Exact>,
    keys: (&str, &str),
    unit: &str,
    rule: &Text,
) -> Judgement {
    let (n, due) = (mean.n_valid, mean.due);
    let (zh, en) = (&rule.zh, &rule.en);
    j.put(keys.0, mean.valid).put("n_valid", n).put("due", due);
    let Some(value) = &mean.mean else {
        let words = if mean.valid {
            text!(
                "有效 {n}/{due} 个,但排放量合计为 0,无均值",
                "{n} of {due} values are valid, but nothing was discharged: there is no mean"
            )
        } else {
            text!(
                "有效 {n}/{due} 个,{zh},均值无效,不作判定",
                "{n} of {due} values are valid; {en}: no valid mean, no judgement"
            )
        };
        undecided(&mut j, &[keys.1, "exceed"], words);
        return j;
    };
    j.put(keys.1, value.to_json())
        .finish(value, value.to_display(), unit);
    let Some(limit) = limit else {
        j.put("exceed", Value::Null);
        conclude(
            &mut j,
            Verdict::Computed,
            text!("有效均值 {value} {unit}", "valid mean {value} {unit}"),
        );
        return j;
    };
    let exceeded = value > limit;
    j.put("exceed", exceeded).limit(
        limit,
        unit,
        Basis::new("排污许可证", "", "许可排放浓度"),
        Text::new("输入所给限值", "the limit that was given"),
        Confidence::Verified,
    );
    let words = if exceeded {
        text!(
            "均值 {value} {unit},超过限值 {limit}",
            "mean {value} {unit} is above the limit {limit}"
        )
    } else {
        text!(
            "均值 {value} {unit},不超过限值 {limit}",
            "mean {value} {unit} is within the limit {limit}"
        )
    };
    conclude(&mut j, verdict(exceeded), words);
    j
}

pub(super) const INCINERATOR_DAY: Topic = Topic {
    id: "cems/incinerator_day",
    zh: "垃圾(危废)焚烧日均值",
    en: "Day mean of a waste incinerator",
    basis: "GB 18484-2020 3、GB 18485-2014",
    example: r#"{"valid_hour_means":[40,42,38,41,40,39,45,50,44,43,42,41,40,39,38,37,36,41,42,43],"limit":80}"#,
    evaluate: |input| {
        let hours = amounts(input, "valid_hour_means")?;
        let limit = opt_amount(input, "limit")?;
        let mean = incinerator_day(&hours).map_err(refuse(input))?;
        let basis = ("GB 18484", "2020", "3");
        let mut j = begin("cems/incinerator_day", basis, Confidence::Verified);
        j.step(
            Text::new("日均值", "day mean"),
            format!("({}) / {}", sum_of(hours.iter(), hours.len()), exact(hours.len())),
            &mean
                .mean
                .as_ref()
                .map_or_else(|| "—".to_owned(), ToString::to_string),
        );
        let rule = text!(
            "日均值至少需 {INCINERATOR_HOURS} 个有效小时均值",
            "a day mean needs at least {INCINERATOR_HOURS} valid hour means"
        );
        Ok(period(
            j,
            &mean,
            limit.as_ref(),
            ("day_valid", "day_mean"),
            "mg/m³",
            &rule,
        ))
    },
    case: plain,
};

pub(super) const GAS_DAY: Topic = Topic {
    id: "cems/day_mean",
    zh: "废气日均值有效性(运行小时 75%)",
    en: "Day mean of a gas source: 75 % of the operating hours",
    basis: "HJ/T 75-2007 派生规则",
    example: r#"{"hours":[{"value":10,"flag":"N"},{"value":12,"flag":"N"},{"value":null,"flag":"F"},{"value":11,"flag":"N"}],"limit":35}"#,
    evaluate: |input| {
        let scheme = choice_or(input, "scheme", SCHEMES, Scheme::Hj76)?;
        let mut hours = Vec::new();
        for hour in list(input, "hours")? {
            let letter = hour.opt_str("flag")?.unwrap_or("N");
            let row = flags::find(scheme, letter).ok_or_else(|| unknown_name(&hour, "flag", letter))?;
            hours.push(Sample {
                value: opt_amount(&hour, "value")?,
                effect: row.effect,
            });
        }
        if hours.len() > 24 {
            return Err(input.error(
                "hours",
                "range",
                text!("一天至多 24 个小时", "a day has at most 24 hours"),
            ));
        }
        let limit = opt_amount(input, "limit")?;
        let mean = gas_day(&hours);
        let basis = ("HJ/T 75", "2007", "运行小时 75%(派生规则)");
        let mut j = begin("cems/day_mean", basis, Confidence::Configurable);
        let valid: Vec<&Exact> = hours
            .iter()
            .filter(|h| h.effect.judged())
            .filter_map(|h| h.value.as_ref())
            .collect();
        j.step(
            Text::new("日均值", "day mean"),
            format!(
                "({}) / {}",
                sum_of(valid.iter().copied(), valid.len()),
                valid.len()
            ),
            &mean
                .mean
                .as_ref()
                .map_or_else(|| "—".to_owned(), ToString::to_string),
        );
        let rule = Text::new("应达到运行小时的 75%", "75 % of the operating hours are needed");
        Ok(period(
            j,
            &mean,
            limit.as_ref(),
            ("valid", "day_mean"),
            "mg/m³",
            &rule,
        ))
    },
    case: plain,
};

pub(super) const WATER_DAY: Topic = Topic {
    id: "wastewater/daily_mean",
    zh: "废水有效日均值(流量加权)",
    en: "Valid day mean of wastewater, weighted by volume",
    basis: "HJ 356-2019 7",
    example: r#"{"due":4,"samples":[[40,100],[50,120],null,[45,90]],"limit":50}"#,
    evaluate: water_daily_mean,
    case: plain,
};

fn water_daily_mean(input: &Input<'_>) -> Result<Judgement, InputError> {
    let due = usize::try_from(whole(input, "due", 1, 1_440)?).unwrap_or(0);
    let mut samples = Vec::new();
    for sample in list(input, "samples")? {
        if sample.json().is_null() {
            samples.push(None);
            continue;
        }
        let pair = sample.as_list()?;
        let [c, q] = pair.as_slice() else {
            return Err(out_of_range(
                &sample,
                text!(
                    "应为 [浓度 mg/L, 水量 m³]",
                    "must be [concentration mg/L, volume m³]"
                ),
            ));
        };
        // A value without its volume, or a volume without its value, cannot be weighted: it is missing.
        samples.push(if c.json().is_null() || q.json().is_null() {
            None
        } else {
            Some(Weighted {
                concentration: as_amount(c)?,
                volume: as_amount(q)?,
            })
        });
    }
    let limit = opt_amount(input, "limit")?;
    let mean = water_day(due, &samples).map_err(refuse(input))?;
    let mut j = begin(
        "wastewater/daily_mean",
        ("HJ 356", "2019", "7"),
        Confidence::Secondary,
    );
    let products: Vec<Exact> = samples
        .iter()
        .flatten()
        .map(|s| &s.concentration * &s.volume)
        .collect();
    let volumes: Vec<&Exact> = samples.iter().flatten().map(|s| &s.volume).collect();
    j.uses("due", &due, "").step(
        Text::new("流量加权日均值", "day mean weighted by volume"),
        format!(
            "Σ(C×Q) / ΣQ = ({}) / ({})",
            sum_of(products.iter(), products.len()),
            sum_of(volumes.iter().copied(), volumes.len())
        ),
        &mean
            .mean
            .as_ref()
            .map_or_else(|| "—".to_owned(), ToString::to_string),
    );
    let rule = Text::new("应达到应得数据的 75%", "75 % of the values due are needed");
    Ok(period(
        j,
        &mean,
        limit.as_ref(),
        ("valid", "daily_mean"),
        "mg/L",
        &rule,
    ))
}

pub(super) const WATER_MONTH: Topic = Topic {
    id: "wastewater/monthly_mean",
    zh: "废水有效月均值",
    en: "Valid month mean of wastewater",
    basis: "HJ 356-2019 7",
    example: r#"{"daily_means":[40,41,null,43],"limit":50}"#,
    evaluate: |input| {
        let days = opt_amounts(input, "daily_means")?;
        if days.len() > 31 {
            let why = text!("一个月至多 31 天", "a month has at most 31 days");
            return Err(input.error("daily_means", "range", why));
        }
        let limit = opt_amount(input, "limit")?;
        let mean = water_month(&days);
        let basis = ("HJ 356", "2019", "7");
        let mut j = begin("wastewater/monthly_mean", basis, Confidence::Configurable);
        let valid: Vec<&Exact> = days.iter().flatten().collect();
        j.step(
            Text::new("月均值", "month mean"),
            format!(
                "({}) / {}",
                sum_of(valid.iter().copied(), valid.len()),
                valid.len()
            ),
            &mean
                .mean
                .as_ref()
                .map_or_else(|| "—".to_owned(), ToString::to_string),
        );
        let rule = Text::new("应达到应得天数的 75%", "75 % of the days due are needed");
        Ok(period(
            j,
            &mean,
            limit.as_ref(),
            ("valid", "monthly_mean"),
            "mg/L",
            &rule,
        ))
    },
    case: plain,
};

pub(super) const DAILY_LOAD: Topic = Topic {
    id: "wastewater/daily_load",
    zh: "废水污染物日排放量",
    en: "Emission of a day in wastewater",
    basis: "HJ 356-2019 7",
    example: r#"{"c_mg_l":[40,50],"q_m3":[100,120]}"#,
    evaluate: |input| {
        let c = opt_amounts(input, "c_mg_l")?;
        let q = opt_amounts(input, "q_m3")?;
        if c.len() != q.len() {
            let why = text!(
                "浓度与水量应一一对应,收到 {} 与 {} 个",
                "each concentration needs its volume; found {} and {}",
                c.len(),
                q.len()
            );
            return Err(input.error("q_m3", "range", why));
        }
        let basis = ("HJ 356", "2019", "7");
        let mut j = begin("wastewater/daily_load", basis, Confidence::Verified);
        let missing = c
            .iter()
            .zip(&q)
            .filter(|(c, q)| c.is_none() || q.is_none())
            .count();
        j.put("missing", missing);
        if missing > 0 || c.is_empty() {
            let why = text!(
                "{missing} 个时段缺浓度或水量,日排放量应按无效数据规则替代后计算",
                "{missing} intervals lack concentration or volume: substitute by the rules for invalid data first"
            );
            undecided(&mut j, &["kg"], why);
            return Ok(j);
        }
        let products: Vec<Exact> = c
            .iter()
            .flatten()
            .zip(q.iter().flatten())
            .map(|(c, q)| c * q)
            .collect();
        let grams = Exact::sum(&products);
        let kg = grams.checked_div(&Exact::int(1000)).unwrap_or_else(Exact::zero);
        j.step(
            Text::new("日排放量", "emission of the day"),
            format!(
                "Σ(C×Q) × 10⁻³ = ({}) × 10⁻³",
                sum_of(products.iter(), products.len())
            ),
            &kg,
        );
        computed(
            &mut j,
            "kg",
            &kg,
            "kg",
            &Text::new("日排放量", "emission of the day"),
        );
        Ok(j)
    },
    case: plain,
};
