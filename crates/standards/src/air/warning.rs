//! 重污染天气预警 levels from a forecast of daily AQI, by the schemes before and since 2024.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::conformance::{self, Case};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::table;
use crate::text;
use crate::topic::Topic;

/// The longest forecast accepted, in days.
const MAX_DAYS: usize = 366;

/// Level of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WarningLevel {
    /// Below yellow: temporary measures when told so from above (2024).
    Sub,
    /// 黄色 (Ⅲ级响应)
    Yellow,
    /// 橙色 (Ⅱ级响应)
    Orange,
    /// 红色 (Ⅰ级响应)
    Red,
}

impl WarningLevel {
    /// `yellow`, `orange`, `red`; the sub-threshold has no colour.
    pub fn colour(self) -> Option<&'static str> {
        match self {
            Self::Sub => None,
            Self::Yellow => Some("yellow"),
            Self::Orange => Some("orange"),
            Self::Red => Some("red"),
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Sub => (
                "未达黄色,可按上级要求采取临时管控",
                "below yellow, temporary measures on orders",
            ),
            Self::Yellow => ("黄色预警(Ⅲ级响应)", "yellow warning (response III)"),
            Self::Orange => ("橙色预警(Ⅱ级响应)", "orange warning (response II)"),
            Self::Red => ("红色预警(Ⅰ级响应)", "red warning (response I)"),
        }
    }
}

/// Scheme of levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Scheme {
    /// National unified scheme 2018–2023.
    #[serde(rename = "2018")]
    Unified2018,
    /// 环大气〔2024〕6号: colours only for PM2.5 pollution.
    #[serde(rename = "2024")]
    Unified2024,
}

#[derive(Clone, Debug, Deserialize)]
struct Rule {
    scheme: Scheme,
    level: WarningLevel,
    over: u16,
    days: usize,
    inner_over: Option<u16>,
    inner_days: Option<usize>,
    source: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/air_warning.csv");
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| table::rows(TABLE));

/// Whether consecutive days above `over` reach `days`, each such run also passing `inner`.
fn has_run(aqi: &[Option<u16>], over: u16, days: usize, inner: &dyn Fn(&[Option<u16>]) -> bool) -> bool {
    aqi.split(|v| v.is_none_or(|v| v <= over))
        .any(|run| !run.is_empty() && run.len() >= days && inner(run))
}

impl Rule {
    fn holds(&self, aqi: &[Option<u16>]) -> bool {
        has_run(
            aqi,
            self.over,
            self.days,
            &|run| match (self.inner_over, self.inner_days) {
                (Some(over), Some(days)) => has_run(run, over, days, &|_| true),
                _ => true,
            },
        )
    }

    fn shown(&self) -> String {
        let outer = format!("AQI > {} ≥ {} d", self.over, self.days);
        match (self.inner_over, self.inner_days) {
            (Some(over), Some(days)) => format!("{outer}, AQI > {over} ≥ {days} d"),
            _ => outer,
        }
    }
}

/// The highest level a forecast reaches; `None` below all. Missing days break a run. In the 2024 scheme only PM2.5
/// pollution gets a level.
pub fn level(daily_aqi: &[Option<u16>], pm25_pollution: bool, scheme: Scheme) -> Option<WarningLevel> {
    if scheme == Scheme::Unified2024 && !pm25_pollution {
        return None;
    }
    decisive(daily_aqi, scheme).map(|rule| rule.level)
}

fn decisive(daily_aqi: &[Option<u16>], scheme: Scheme) -> Option<&'static Rule> {
    RULES
        .iter()
        .filter(|rule| rule.scheme == scheme && rule.holds(daily_aqi))
        .max_by_key(|rule| rule.level)
}

pub(super) const TOPIC: Topic = Topic {
    id: "aqi/warning_levels",
    zh: "重污染天气预警分级",
    en: "Levels of heavy-pollution warnings",
    basis: "环大气〔2024〕6号;2018 年统一预警分级标准",
    example: r#"{"forecast_daily_aqi":[160,210,230,310],"primary":"pm25"}"#,
    evaluate,
    case: |line| {
        let mut case: Case = conformance::inline(line)?;
        if let Some(map) = case.expect.as_object_mut() {
            map.remove("why");
        }
        Ok(case)
    },
};

fn read_forecast(input: &Input<'_>) -> Result<Vec<Option<u16>>, InputError> {
    let list = input.list("forecast_daily_aqi")?;
    if list.len() > MAX_DAYS {
        return Err(input.error(
            "forecast_daily_aqi",
            "range",
            text!("最多 {MAX_DAYS} 天", "at most {MAX_DAYS} days"),
        ));
    }
    list.iter()
        .map(|day| {
            if day.json().is_null() {
                return Ok(None);
            }
            let value = day.as_exact()?.to_i64().and_then(|v| u16::try_from(v).ok());
            value.filter(|v| *v <= 500).map(Some).ok_or_else(|| {
                InputError::new(
                    day.path(),
                    "range",
                    text!("AQI 应为 0–500 的整数", "an AQI is a whole number from 0 to 500"),
                )
            })
        })
        .collect()
}

fn evaluate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let forecast = read_forecast(input)?;
    let primary = input.str("primary")?;
    let pm25 = matches!(primary, "pm25" | "pm25_24h" | "pm25_1h");
    let mut out = Judgement::new(
        "aqi/warning_levels",
        Basis::new("环大气〔2024〕6号", "2024", "预警分级"),
    );
    out.also(Basis::new("重污染天气预警分级标准", "2018", "统一分级"));
    let shown: Vec<String> = forecast
        .iter()
        .map(|v| v.map_or_else(|| "NA".to_owned(), |v| v.to_string()))
        .collect();
    out.uses("forecast_daily_aqi", &shown.join(", "), "")
        .uses("primary", &primary, "");
    for scheme in [Scheme::Unified2018, Scheme::Unified2024] {
        if scheme == Scheme::Unified2024 && !pm25 {
            continue;
        }
        if let Some(rule) = decisive(&forecast, scheme) {
            let names = rule.level.names();
            out.step(
                text!("{}:{}", "{}: {}", rule.source, names.0),
                rule.shown(),
                &names.1,
            );
            out.rests_on(rule.confidence);
        }
    }
    let old = level(&forecast, pm25, Scheme::Unified2018);
    let new = level(&forecast, pm25, Scheme::Unified2024);
    let colour = |level: Option<WarningLevel>| -> Value { json!(level.and_then(WarningLevel::colour)) };
    out.rests_on(Confidence::Secondary)
        .put("scheme_2018_2019", colour(old))
        .put("scheme_2024", colour(new))
        .put("sub_threshold_2024", new == Some(WarningLevel::Sub));
    if forecast.iter().all(Option::is_none) {
        out.conclude(
            Verdict::Undecided,
            text!(
                "没有预报值,无法判定预警级别。",
                "no forecast: no level can be decided."
            ),
        );
    } else if pm25 {
        let (zh, en) = new.map_or(("未达预警条件", "below all conditions"), WarningLevel::names);
        out.conclude(
            Verdict::Classified,
            text!("现行规则(2024):{zh}。", "by the rule in force (2024): {en}."),
        );
    } else {
        out.conclude(
            Verdict::Classified,
            text!(
                "污染非 PM2.5 所致({primary}),2024 年起不发布颜色预警,只作健康提示。",
                "not PM2.5 pollution ({primary}): no colour warning since 2024, health advice only."
            ),
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(values: &[u16]) -> Vec<Option<u16>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &RULES);
    }

    #[test]
    fn a_missing_day_breaks_the_run() {
        let mut run = days(&[160, 160, 160]);
        assert_eq!(level(&run, true, Scheme::Unified2024), Some(WarningLevel::Orange));
        run[1] = None;
        assert_eq!(level(&run, true, Scheme::Unified2024), Some(WarningLevel::Sub));
        assert_eq!(level(&run, false, Scheme::Unified2024), None);
    }

    proptest::proptest! {
        #[test]
        fn a_longer_forecast_never_lowers_the_level(run in proptest::collection::vec(0_u16..=500, 1..8), more in 0_u16..=500) {
            let mut longer = run.clone();
            longer.push(more);
            for scheme in [Scheme::Unified2018, Scheme::Unified2024] {
                proptest::prop_assert!(level(&days(&run), true, scheme) <= level(&days(&longer), true, scheme));
            }
        }
    }
}
