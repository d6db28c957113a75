//! Plan evaluation by name: the topics with their explanations.

use serde_json::{Map, Value};

use super::indicator::{self, Aim, Decomposition, Span, annual_value, light, pace, theil_sen};
use super::score::{self, GRADES, Item, REMIND, allocate, lag, milestones};
use crate::checks;
use crate::conformance;
use crate::enforcement::calendar::days_between;
use crate::explain::{conclude, figures};
use crate::input::{Input, InputError};
use crate::judgement::{Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const PROGRESS: Topic = Topic {
    id: "plan/progress",
    zh: "规划指标进度与灯号",
    en: "Progress of an indicator and its light",
    basis: "规划评估通行做法(可配置)",
    example: r#"{"direction":"lower","base":50,"target":40,"current":46,"year0":2025,"year_target":2030,"year":2027}"#,
    evaluate: progress,
    case: conformance::plain,
};

pub(super) const ANNUAL: Topic = Topic {
    id: "plan/annual_value",
    zh: "年度分解值",
    en: "Value of a year by decomposition",
    basis: "规划评估通行做法(可配置)",
    example: r#"{"mode":"linear","base":50,"target":40,"year0":2025,"year_target":2030,"year":2027}"#,
    evaluate: annual,
    case: conformance::plain,
};

pub(super) const SCORE: Topic = Topic {
    id: "plan/score",
    zh: "规划评估得分",
    en: "Score of a plan",
    basis: "规划评估通行做法(可配置)",
    example: r#"{"weights":[1,2],"progress":[0.5,0.7],"time":0.6}"#,
    evaluate: plan_score,
    case: conformance::plain,
};

pub(super) const LAG: Topic = Topic {
    id: "plan/task_lag",
    zh: "任务滞后与督办",
    en: "Lag of a task",
    basis: "清单化调度(可配置)",
    example: r#"{"due":"2026-06-30","today":"2026-07-20","done":false}"#,
    evaluate: task_lag,
    case: conformance::plain,
};

pub(super) const FORECAST: Topic = Topic {
    id: "plan/forecast",
    zh: "目标年趋势预测",
    en: "Forecast of the target year",
    basis: "Theil–Sen 线性趋势",
    example: r#"{"series":[[2023,52],[2024,50],[2025,49]],"year_target":2030}"#,
    evaluate: forecast,
    case: conformance::plain,
};

pub(super) const MILESTONES: Topic = Topic {
    id: "plan/milestones",
    zh: "任务里程碑加权进度",
    en: "Weighted progress of milestones",
    basis: "清单化调度(可配置)",
    example: r#"{"milestones":[{"weight":1,"done":1},{"weight":3,"done":0.5}]}"#,
    evaluate: milestone,
    case: conformance::plain,
};

pub(super) const ALLOCATE: Topic = Topic {
    id: "plan/allocate",
    zh: "减排任务按潜力分解",
    en: "Sharing of a reduction by potential",
    basis: "目标责任书分解(可配置)",
    example: r#"{"total":100,"parties":[{"name":"甲镇","base":80,"floor":40},{"name":"乙镇","base":70,"floor":50}]}"#,
    evaluate: share_out,
    case: conformance::plain,
};

fn begin(id: &str, clause: &str) -> Judgement {
    crate::explain::begin(id, ("规划评估通行做法", "", clause), Confidence::Configurable)
}

fn span(input: &Input<'_>) -> Result<Span, InputError> {
    let year = |key: &str| checks::whole(input, key, 1900, 2200);
    Ok(Span {
        base: year("year0")?,
        target: year("year_target")?,
        year: year("year")?,
        fraction: input.opt_exact("fraction")?.unwrap_or_else(Exact::zero),
    })
}

/// The aim with its figures; `None` where the current value is missing.
fn aim(input: &Input<'_>) -> Result<Option<Aim>, InputError> {
    let names = [
        ("higher", "higher"),
        ("lower", "lower"),
        ("cumulative", "cumulative"),
        ("reduction", "reduction"),
        ("at_least", "at_least"),
        ("at_most", "at_most"),
    ];
    let direction = checks::choice(input, "direction", &names)?;
    if direction == "cumulative" {
        let mut annual = Vec::new();
        for amount in checks::list(input, "annual")? {
            annual.push(if amount.json().is_null() {
                None
            } else {
                Some(amount.as_exact()?)
            });
        }
        let total = input.exact("target_total")?;
        return Ok(Some(Aim::Cumulative { total, annual }));
    }
    let current = input.opt_exact("current")?;
    let aim = |current: Exact| -> Result<Aim, InputError> {
        Ok(match direction {
            "reduction" => Aim::Reduction {
                base: input.exact("base")?,
                current,
                target_percent: input.exact("target_pct")?,
            },
            "at_least" | "at_most" => Aim::Threshold {
                target: input.exact("target")?,
                current,
                at_most: direction == "at_most",
            },
            _ => Aim::Towards {
                base: input.exact("base")?,
                target: input.exact("target")?,
                current,
                lower: direction == "lower",
            },
        })
    };
    current.map(aim).transpose()
}

/// A target on the wrong side of the base would turn every progress upside down.
fn check_direction(input: &Input<'_>, aim: &Aim) -> Result<(), InputError> {
    if let Aim::Towards {
        base, target, lower, ..
    } = aim
        && ((*lower && target > base) || (!*lower && target < base))
    {
        return Err(input.error(
            "target",
            "range",
            text!(
                "目标值 {target} 与方向和基准值 {base} 矛盾",
                "the target {target} contradicts the direction from the base {base}"
            ),
        ));
    }
    Ok(())
}

fn progress(input: &Input<'_>) -> Result<Judgement, InputError> {
    let span = span(input)?;
    let time = span.progress().map_err(checks::refuse(input))?;
    let aim = aim(input)?;
    let mut out = begin("plan/progress", "进度公式");
    let (year, year0, target) = (span.year, span.base, span.target);
    out.uses("year", &year, "")
        .uses("year0", &year0, "")
        .uses("year_target", &target, "");
    let fraction = &span.fraction;
    out.step(
        text!("时间进度 T", "time progress T"),
        format!("({year} + {fraction} − {year0}) / ({target} − {year0})"),
        &time,
    );
    out.put("time", time.to_json());
    if let Some(aim) = &aim {
        check_direction(input, aim)?;
    }
    let Some((aim, got)) = aim.and_then(|aim| indicator::progress(&aim).map(|got| (aim, got))) else {
        out.leaves_out(
            "current",
            None,
            "",
            text!("没有数据或无法计算", "no data, or it cannot be computed"),
        );
        for key in ["progress", "index"] {
            out.put(key, Value::Null);
        }
        out.put("light", "grey");
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有数据,灰灯", "no data: grey"),
        );
        return Ok(out);
    };
    if let Aim::Towards {
        base,
        target,
        current,
        ..
    } = &aim
    {
        out.uses("base", base, "")
            .uses("target", target, "")
            .uses("current", current, "");
        let (needed, realised) = pace(base, target, current, &span);
        out.put("rate_needed", checks::maybe(needed.as_ref()))
            .put("rate_realised", checks::maybe(realised.as_ref()));
    }
    if got.missing > 0 {
        let n = got.missing;
        out.leaves_out(
            "annual",
            None,
            "",
            text!(
                "{n} 年缺数据,不计为零,进度为已知部分",
                "{n} years without data: what is known is counted"
            ),
        );
    }
    let (p, reached) = (&got.value, got.reached);
    out.step(text!("进度 P", "progress P"), got.formula.clone(), p);
    let index = p.checked_div(&time);
    if let Some(index) = &index {
        out.step(
            text!("进度指数 S = P/T", "index S = P/T"),
            format!("{p} / {time}"),
            index,
        );
    }
    let light = light(p, reached, &time);
    out.step(
        text!(
            "灯号:P ≥ T − 0.05 或达标为绿,P < 0.6T 或为负为红",
            "green from T − 0.05 or reached, red below 0.6 T or negative"
        ),
        format!("P = {p}, T = {time}"),
        &light.key(),
    );
    out.finish(p, p.to_fixed(4), "");
    out.put("progress", p.to_json())
        .put("shown", indicator::shown(p).to_json())
        .put("index", checks::maybe(index.as_ref()))
        .put("reached", reached)
        .put("light", light.key());
    let (zh, key, percent) = (light.zh(), light.key(), (p * &Exact::int(100)).to_fixed(1));
    conclude(
        &mut out,
        Verdict::Classified,
        text!("进度 {percent} %,{zh}", "progress {percent} %: {key}"),
    );
    Ok(out)
}

fn annual(input: &Input<'_>) -> Result<Judgement, InputError> {
    let modes = [
        ("linear", Decomposition::Linear),
        ("geometric", Decomposition::Geometric),
    ];
    let how = checks::choice(input, "mode", &modes)?;
    let span = span(input)?;
    let (base, target) = (input.exact("base")?, input.exact("target")?);
    let (value, exact) = annual_value(how, &base, &target, &span).map_err(checks::refuse(input))?;
    let mut out = begin("plan/annual_value", "年度分解");
    out.uses("base", &base, "").uses("target", &target, "");
    let (k, n) = (span.year - span.base, span.target - span.base);
    let formula = match how {
        Decomposition::Linear => format!("{base} + ({target} − {base})·{k}/{n}"),
        Decomposition::Geometric => format!("{base}·({target}/{base})^({k}/{n})"),
    };
    let shown = exact.as_ref().map_or_else(|| figures(value), Exact::to_display);
    out.step(text!("年度值", "value of the year"), formula, &shown);
    out.unrounded = Some(shown.clone());
    out.value = Some(shown.clone());
    out.put(
        "annual_value",
        exact.map_or_else(|| checks::real(value), |e| e.to_json()),
    );
    let year = span.year;
    conclude(
        &mut out,
        Verdict::Computed,
        text!("{year} 年 {shown}", "{year}: {shown}"),
    );
    Ok(out)
}

fn plan_score(input: &Input<'_>) -> Result<Judgement, InputError> {
    let weights = checks::amounts(input, "weights")?;
    let progress = checks::list(input, "progress")?;
    let binding = match input.opt("binding") {
        Some(_) => checks::list(input, "binding")?,
        None => Vec::new(),
    };
    if progress.len() != weights.len() {
        let (want, got) = (weights.len(), progress.len());
        return Err(input.error(
            "progress",
            "range",
            text!(
                "应有 {want} 个进度,收到 {got} 个",
                "{want} values are needed, {got} were given"
            ),
        ));
    }
    let last = checks::choice_or(input, "stage", &[("midterm", false), ("final", true)], false)?;
    let time = if last {
        Exact::one()
    } else {
        checks::amount(input, "time")?
    };
    let mut items = Vec::new();
    for (i, (weight, p)) in weights.iter().zip(&progress).enumerate() {
        items.push(Item {
            weight: weight.clone(),
            progress: if p.json().is_null() {
                None
            } else {
                Some(p.as_exact()?)
            },
            binding: binding.get(i).is_some_and(|b| b.json().as_bool() == Some(true)),
        });
    }
    let mut out = begin("plan/score", "评分");
    out.uses("time", &time, "");
    for (i, item) in items.iter().enumerate() {
        let (name, w) = (format!("progress[{i}]"), &item.weight);
        if let Some(p) = &item.progress {
            out.uses(&name, p, "");
            if let Some(pace) = p.checked_div(&time) {
                let counted = pace.clamp(Exact::zero(), Exact::one());
                out.step(
                    text!("第 {i} 项,权重 {w}", "item {i}, weight {w}"),
                    format!("min(1, max(0, {p}/{time}))"),
                    &counted,
                );
            }
        } else {
            out.leaves_out(
                &name,
                None,
                "",
                text!("没有数据,权重不计", "no data: its weight is left out"),
            );
        }
    }
    let Some(got) = score::score(&items, &time).map_err(checks::refuse(input))? else {
        out.put("score", Value::Null).put("grade", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有可评分的指标", "nothing to score"),
        );
        return Ok(out);
    };
    let value = &got.value;
    out.step(text!("得分", "score"), "100·Σ w·min(1, max(0, P/T)) / Σ w", value);
    out.finish(value, value.to_fixed(2), "分");
    out.put("score", value.to_json())
        .put("grade", got.grade)
        .put("veto", got.veto)
        .put("left_out", got.left_out);
    let (grade, shown) = (got.grade, value.to_fixed(2));
    let en = GRADES
        .iter()
        .find(|(_, zh, _)| *zh == grade)
        .map_or("", |(.., en)| en);
    conclude(
        &mut out,
        Verdict::Classified,
        text!("{shown} 分,{grade}", "{shown}: {en}"),
    );
    Ok(out)
}

fn task_lag(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (due, today) = (input.date("due")?, input.date("today")?);
    let done = input.bool("done")?;
    let setting = |key: &str, default: i64| -> Result<i64, InputError> {
        if input.opt(key).is_none() {
            return Ok(default);
        }
        checks::whole(input, key, 1, 3660)
    };
    let (supervise, interview) = (setting("supervise_days", 15)?, setting("interview_days", 30)?);
    let (days, state) = lag(due, today, done, supervise, interview);
    let left = days_between(today, due);
    let mut out = begin("plan/task_lag", "清单化调度");
    out.uses("due", &due, "")
        .uses("today", &today, "")
        .uses("done", &done, "");
    out.step(
        text!(
            "滞后日数;督办 ≥ {supervise},约谈 ≥ {interview}",
            "lag; supervise from {supervise}, interview from {interview}"
        ),
        format!("max(0, {today} − {due})"),
        &days,
    );
    out.put("lag_days", days)
        .put("level", state.key())
        .put("remind", !done && REMIND.contains(&left));
    let (zh, key) = (state.zh(), state.key());
    conclude(
        &mut out,
        Verdict::Classified,
        text!("滞后 {days} 日:{zh}", "{days} days late: {key}"),
    );
    Ok(out)
}

fn forecast(input: &Input<'_>) -> Result<Judgement, InputError> {
    let series = input.list("series")?;
    if series.len() > 200 {
        return Err(input.error("series", "range", text!("最多 200 个年份", "at most 200 years")));
    }
    let mut points = Vec::new();
    let mut out = begin("plan/forecast", "Theil–Sen 趋势");
    for point in &series {
        let pair = point.as_list()?;
        let [year, value] = pair.as_slice() else {
            return Err(checks::out_of_range(
                point,
                text!("应为 [年份, 值]", "must be [year, value]"),
            ));
        };
        let year = year.as_exact()?;
        if value.json().is_null() {
            out.leaves_out(&format!("{year}"), None, "", text!("缺失", "missing"));
        } else {
            let value = value.as_exact()?;
            out.uses(&format!("{year}"), &value, "");
            points.push((year, value));
        }
    }
    let target = checks::whole(input, "year_target", 1900, 2200)?;
    let Some(trend) = theil_sen(&points) else {
        out.put("forecast", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("不足两个年份", "fewer than two years"),
        );
        return Ok(out);
    };
    let value = trend.at(&Exact::int(target));
    let (low, high) = (&value + &trend.residuals.0, &value + &trend.residuals.1);
    out.step(
        text!("斜率(两两斜率的中位数)", "slope, median of all pairs"),
        "median((yⱼ − yᵢ)/(xⱼ − xᵢ))",
        &trend.slope,
    );
    out.step(
        text!("{target} 年趋势值", "trend of {target}"),
        format!("{} + {} × {target}", trend.intercept, trend.slope),
        &value,
    );
    out.finish(&value, value.to_display(), "");
    out.put("slope", trend.slope.to_json())
        .put("forecast", value.to_json())
        .put("low", low.to_json())
        .put("high", high.to_json());
    let words = text!(
        "{target} 年 {value}(残差范围 {low}–{high})",
        "{target}: {value} (residuals {low} to {high})"
    );
    conclude(&mut out, Verdict::Computed, words);
    Ok(out)
}

fn milestone(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut list = Vec::new();
    let mut out = begin("plan/milestones", "里程碑");
    for item in checks::list(input, "milestones")? {
        let weight = checks::amount(&item, "weight")?;
        let done = item.exact("done")?;
        out.uses(item.path(), &format!("{done} (w = {weight})"), "");
        list.push((weight, done));
    }
    let before = input.opt_exact("before")?;
    let got = milestones(&list).map_err(checks::refuse(input))?;
    out.put("progress", checks::maybe(got.as_ref()));
    let Some(got) = got else {
        conclude(&mut out, Verdict::Undecided, text!("没有里程碑", "no milestone"));
        return Ok(out);
    };
    let backwards = before.is_some_and(|b| got < b);
    out.step(text!("加权进度", "weighted progress"), "Σ w·d / Σ w", &got);
    out.finish(&got, got.to_fixed(4), "");
    out.put("backwards", backwards);
    let percent = (&got * &Exact::int(100)).to_fixed(1);
    let words = if backwards {
        text!(
            "进度 {percent} %,低于上次填报,应核对",
            "progress {percent} %, below the last report: check it"
        )
    } else {
        text!("进度 {percent} %", "progress {percent} %")
    };
    conclude(&mut out, Verdict::Computed, words);
    Ok(out)
}

fn share_out(input: &Input<'_>) -> Result<Judgement, InputError> {
    let total = checks::amount(input, "total")?;
    let mut names = Vec::new();
    let mut parties = Vec::new();
    let mut out = begin("plan/allocate", "分解");
    for party in checks::list(input, "parties")? {
        let name = party.str("name")?;
        let (base, floor) = (checks::amount(&party, "base")?, checks::amount(&party, "floor")?);
        if floor > base {
            return Err(party.error(
                "floor",
                "range",
                text!("{name} 的下限高于基数", "the floor of {name} is above its base"),
            ));
        }
        out.uses(name, &format!("{base} − {floor}"), "");
        names.push(name);
        parties.push((base, floor));
    }
    let Some(shares) = allocate(&total, &parties)
        .map_err(checks::refuse(input))?
        .filter(|s| !s.is_empty())
    else {
        out.put("shares", Value::Null);
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有可分解的潜力", "nobody has anything to give"),
        );
        return Ok(out);
    };
    let mut result = Map::new();
    for (name, share) in names.iter().zip(&shares) {
        out.step(
            text!("{name}", "{name}"),
            format!("{total}·(b − s)/Σ(b − s)"),
            share,
        );
        result.insert((*name).to_owned(), share.to_json());
    }
    out.put("shares", result);
    let n = names.len();
    conclude(
        &mut out,
        Verdict::Computed,
        text!("{total} 分解到 {n} 个单位", "{total} shared between {n}"),
    );
    Ok(out)
}
