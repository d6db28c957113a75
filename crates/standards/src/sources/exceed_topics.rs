//! Exceedance and the projection of a running hour by name.

use serde_json::Value;

use super::exceed::{Bound, judge, project_hour};
use crate::checks::{amount, maybe, refuse};
use crate::conformance::plain;
use crate::explain::{begin, conclude, sum_of, undecided, verdict};
use crate::guard::{opt_amounts, positive, within};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const EXCEED: Topic = Topic {
    id: "cems/exceed",
    zh: "超标判定(全数值比较)",
    en: "Exceedance by the full value",
    basis: "GB/T 8170-2008 全数值比较法",
    example: r#"{"value":52.5,"limit":50}"#,
    evaluate: exceed,
    case: plain,
};

fn exceed(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut j = begin(
        "cems/exceed",
        ("GB/T 8170", "2008", "全数值比较法"),
        Confidence::Secondary,
    );
    let given = Basis::new("排污许可证", "", "许可排放浓度");
    let reason = Text::new("输入所给限值", "the limit that was given");
    if input.has("ph") {
        let low = within(input, "low", 0, 14)?;
        let high = within(input, "high", 0, 14)?;
        let bounds = text!("{low}–{high}", "{low}–{high}");
        j.limit(&bounds.zh, "", given, reason, Confidence::Verified);
        if input.opt("ph").is_none() {
            let why = Text::new("缺 pH 值,不作判定", "no pH was given: no judgement");
            undecided(&mut j, &["exceed", "distance"], why);
            return Ok(j);
        }
        let ph = within(input, "ph", 0, 14)?;
        let bound = Bound::Range {
            low: low.clone(),
            high: high.clone(),
        };
        let outcome = judge(&ph, &bound).map_err(refuse(input))?;
        j.uses("ph", &ph, "")
            .put("exceed", outcome.exceeded)
            .put("distance", maybe(outcome.distance.as_ref()))
            .finish(&ph, ph.to_display(), "");
        let words = match &outcome.distance {
            Some(d) => text!(
                "pH {ph} 在 {low}–{high} 之外,相差 {d}",
                "pH {ph} is outside {low}–{high} by {d}"
            ),
            None => text!("pH {ph} 在 {low}–{high} 之内", "pH {ph} is within {low}–{high}"),
        };
        conclude(&mut j, verdict(outcome.exceeded), words);
        return Ok(j);
    }
    let limit = amount(input, "limit")?;
    j.limit(&limit, "", given, reason, Confidence::Verified);
    if input.has("value") && input.opt("value").is_none() {
        let why = Text::new(
            "缺测,不作判定;缺测不作 0 处理",
            "the value is missing: no judgement, missing is not zero",
        );
        undecided(&mut j, &["exceed", "multiple"], why);
        return Ok(j);
    }
    let value = amount(input, "value")?;
    let outcome = judge(&value, &Bound::AtMost(limit.clone())).map_err(refuse(input))?;
    j.uses("value", &value, "")
        .put("exceed", outcome.exceeded)
        .put("multiple", maybe(outcome.multiple.as_ref()))
        .finish(&value, value.to_display(), "");
    let words = match &outcome.multiple {
        Some(m) => {
            j.step(
                Text::new("超标倍数", "multiple"),
                format!("({value} − {limit}) / {limit}"),
                m,
            );
            text!(
                "{value} 超过限值 {limit},超标 {m} 倍",
                "{value} is above the limit {limit}, by {m} times the limit"
            )
        }
        None if outcome.exceeded => text!("{value} 超过限值 {limit}", "{value} is above the limit {limit}"),
        None => text!(
            "{value} 不超过限值 {limit}",
            "{value} is within the limit {limit}"
        ),
    };
    conclude(&mut j, verdict(outcome.exceeded), words);
    Ok(j)
}

pub(super) const HOUR_PROJECTION: Topic = Topic {
    id: "cems/hour_projection",
    zh: "小时均值预估与预警",
    en: "Projection of the running hour",
    basis: "平台规则",
    example: r#"{"minutes":[40,42,45,47,50,52],"limit":50}"#,
    evaluate: |input| {
        let minutes = opt_amounts(input, "minutes")?;
        let limit = positive(input, "limit")?;
        let p = project_hour(&minutes, &limit).map_err(refuse(input))?;
        let mut j = begin(
            "cems/hour_projection",
            ("平台规则", "", "小时预估"),
            Confidence::Configurable,
        );
        j.limit(
            &limit,
            "mg/m³",
            Basis::new("排污许可证", "", "许可排放浓度"),
            Text::new(
                "输入所给限值;预估值大于限值即预警,大于 0.9 倍即关注",
                "the limit that was given; above it a warning, above 0.9 of it attention",
            ),
            Confidence::Configurable,
        );
        let (Some(projected), Some(last)) = (&p.projected, &p.last_ten) else {
            j.put("warn", Value::Null);
            undecided(
                &mut j,
                &["projected", "near"],
                Text::new("尚无分钟数据", "no minute has a value yet"),
            );
            return Ok(j);
        };
        let known = minutes.iter().flatten().count();
        j.step(
            Text::new("预估小时均值", "projected hour mean"),
            format!(
                "({} + {} × {last}) / {}",
                sum_of(minutes.iter().flatten(), known),
                p.remaining,
                known + p.remaining
            ),
            projected,
        )
        .put("projected", projected.to_json())
        .put("warn", p.warn)
        .put("near", p.near)
        .finish(projected, projected.to_display(), "mg/m³");
        let words = if p.warn {
            text!(
                "预估小时均值 {projected},将超过限值 {limit}",
                "projected mean {projected}: will exceed the limit {limit}"
            )
        } else {
            text!(
                "预估小时均值 {projected},不超过限值 {limit}",
                "projected mean {projected}: within the limit {limit}"
            )
        };
        conclude(
            &mut j,
            if p.warn { Verdict::Exceeded } else { Verdict::Met },
            words,
        );
        Ok(j)
    },
    case: plain,
};
