//! A station's month from its days, as rankings use it: means of SO2, NO2, PM10 and PM2.5, 95th percentile of CO, 90th
//! of the O3 daily maxima, composite index, days by level.
//!
//! No text gives a month a minimum of days of its own. The usual practice is that of GB 3095 表4 (27, in February 25);
//! fewer are counted and shown, and the month is then not called valid.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::composite::{Composite, SixValues, composite};
use super::edition::{Edition, LimitSet};
use super::iaqi::NegativeConcentration;
use super::limits::Pollutant;
use super::means::{DAYS_OF_FEBRUARY, DAYS_OF_MONTH};
use super::read;
use super::station::{LevelDays, aqi_of_day, level_days};
use super::station_topics::read_days;
use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::statistics::percentile;
use crate::text;
use crate::topic::Topic;

pub(super) const TOPIC: Topic = Topic {
    id: "aqi/station_month",
    zh: "点位月评价(综合指数、级别天数)",
    en: "A station's month: composite index and days by level",
    basis: "城市环境空气质量排名技术规定;HJ 663-2013 附录A;GB 3095 表4(参照)",
    example: r#"{"station":"示例","days":[{"date":"2026-05-01","values":{"so2":5,"no2":20,"pm10":80,"pm25":61,"co":0.5,"o3":118}},{"date":"2026-05-02","values":{"so2":6,"no2":25,"pm10":60,"pm25":30,"co":0.6,"o3":170}}]}"#,
    evaluate: judge,
    case: conformance::inline,
};

/// One pollutant of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthItem {
    /// Pollutant.
    pub pollutant: Pollutant,
    /// Valid days.
    pub days: u32,
    /// Mean, or percentile of CO and O3, unrounded; `None` without days.
    pub statistic: Option<Exact>,
}

/// A station's month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationMonth {
    /// The six pollutants.
    pub items: Vec<MonthItem>,
    /// Days each pollutant should have.
    pub least: u32,
    /// Composite index under each limit set.
    pub composites: Vec<Composite>,
    /// Days by level under each edition.
    pub levels: Vec<(Edition, LevelDays)>,
}

impl StationMonth {
    /// Whether every pollutant has days enough.
    pub fn enough(&self) -> bool {
        self.items.iter().all(|item| item.days >= self.least)
    }

    /// The six statistics.
    pub fn statistics(&self) -> SixValues {
        let mut out = SixValues::default();
        for item in &self.items {
            out.set(
                item.pollutant,
                item.statistic.as_ref().map(|v| item.pollutant.round(v)),
            );
        }
        out
    }
}

/// The percentile that stands for a pollutant in a month; the others are averaged.
fn percent(pollutant: Pollutant) -> Option<i64> {
    match pollutant {
        Pollutant::Co => Some(95),
        Pollutant::O3 => Some(90),
        _ => None,
    }
}

/// A month from its dated daily values (valid and rounded); the first day names the month.
pub fn month(days: &[(Date, SixValues)]) -> Result<StationMonth, NegativeConcentration> {
    let february = days.first().is_some_and(|(date, _)| date.month() == 2);
    let items: Vec<MonthItem> = Pollutant::SIX
        .into_iter()
        .map(|pollutant| {
            let values: Vec<Exact> = days
                .iter()
                .filter_map(|(_, values)| values.get(pollutant).cloned())
                .collect();
            MonthItem {
                pollutant,
                days: u32::try_from(values.len()).unwrap_or(u32::MAX),
                statistic: match percent(pollutant) {
                    Some(p) => percentile(&values, &Exact::int(p)).map(|p| p.value),
                    None => Exact::mean(&values),
                },
            }
        })
        .collect();
    let mut levels = Vec::with_capacity(Edition::ALL.len());
    for edition in Edition::ALL {
        let mut aqi = Vec::with_capacity(days.len());
        for (_, values) in days {
            aqi.push(aqi_of_day(values, edition)?.aqi);
        }
        levels.push((edition, level_days(aqi)));
    }
    let mut out = StationMonth {
        items,
        least: if february { DAYS_OF_FEBRUARY } else { DAYS_OF_MONTH },
        composites: Vec::new(),
        levels,
    };
    let statistics = out.statistics();
    out.composites = LimitSet::ALL
        .into_iter()
        .map(|set| composite(&statistics, set))
        .collect();
    Ok(out)
}

fn judge(input: &Input<'_>) -> Result<Judgement, InputError> {
    let days = read_days(input)?;
    if let Some((first, _)) = days.first()
        && let Some((other, _)) = days.iter().find(|(date, _)| date.month() != first.month())
    {
        return Err(input.error(
            "days",
            "range",
            text!(
                "日期不在同一月:{first}、{other}",
                "the days are not of one month: {first}, {other}"
            ),
        ));
    }
    let made = month(&days).map_err(read::negative("days"))?;
    let mut out = Judgement::new(
        "aqi/station_month",
        Basis::new("城市环境空气质量排名技术规定", "2018", "月评价"),
    );
    out.also(Basis::new("HJ 663", "2013", "附录A"))
        .also(Basis::new("GB 3095", "2012", "表4"))
        .rests_on(Confidence::Secondary);
    out.uses("days", &days.len(), "d");
    for item in &made.items {
        explain(&mut out, item, made.least);
    }
    let shown = |v: Option<&Exact>| v.map(|v| v.round_gb8170(2).to_display());
    let composites: Map<String, Value> = made
        .composites
        .iter()
        .map(|c| {
            let value = json!({
                "index": shown(c.index.as_ref()),
                "max_sub": shown(c.max.as_ref().map(|m| &m.0)),
                "main": c.max.iter().flat_map(|m| &m.1).map(|p| p.key()).collect::<Vec<_>>(),
            });
            (c.set.key().to_owned(), value)
        })
        .collect();
    let levels: Map<String, Value> = made
        .levels
        .iter()
        .map(|(edition, counted)| {
            let value = json!({
                "valid_days": counted.valid_days,
                "levels_1_6": counted.levels,
                "good_ratio_pct": counted.good_ratio.as_ref().map(Exact::to_json),
                "heavy_days": counted.heavy_days,
            });
            (edition.key().to_owned(), value)
        })
        .collect();
    out.put("composite", composites)
        .put("days", levels)
        .put("least_days", made.least)
        .put("enough", made.enough());
    conclude(&mut out, &days, &made);
    Ok(out)
}

fn explain(out: &mut Judgement, item: &MonthItem, least: u32) {
    let pollutant = item.pollutant;
    if let Some(value) = &item.statistic {
        let (title, formula) = match percent(pollutant) {
            Some(p) => (
                text!("{} 第 {p} 百分位数", "percentile {p} of {}", pollutant.key()),
                format!("k = 1+({}-1)×{p}/100", item.days),
            ),
            None => (
                text!("{} 月均值", "monthly mean of {}", pollutant.key()),
                format!("Σ/{}", item.days),
            ),
        };
        out.step(title, formula, value);
    }
    if item.days < least {
        let why = text!(
            "有效天数 {} 天,不足 {least} 天(参照 GB 3095 表4)",
            "{} valid days, fewer than {least} (after GB 3095 table 4)",
            item.days
        );
        out.leaves_out(pollutant.key(), None, pollutant.unit(), why);
    }
    let rounded = item.statistic.as_ref().map(|v| pollutant.round(v).to_json());
    out.put(
        pollutant.key(),
        json!({ "n_days": item.days, "enough": item.days >= least, "value": rounded }),
    );
}

fn conclude(out: &mut Judgement, days: &[(Date, SixValues)], made: &StationMonth) {
    let Some((first, _)) = days.first() else {
        out.conclude(
            Verdict::Undecided,
            text!("没有日均值,无法评价。", "no days: nothing to evaluate."),
        );
        return;
    };
    let set = LimitSet::on(*first);
    let index = made
        .composites
        .iter()
        .find(|c| c.set == set)
        .and_then(Composite::rounded);
    out.value = index.as_ref().map(Exact::to_display);
    let index = out.value.clone().unwrap_or_else(|| "—".to_owned());
    let ratio = made
        .levels
        .iter()
        .find(|(edition, _)| *edition == Edition::on(*first))
        .and_then(|(_, counted)| counted.good_ratio.as_ref())
        .map_or_else(|| "—".to_owned(), |ratio| format!("{ratio}%"));
    let (verdict, zh, en) = if made.enough() {
        (Verdict::Classified, "", "")
    } else {
        (
            Verdict::Undecided,
            "天数不足,仅供参考。",
            " Too few days: for reference only.",
        )
    };
    out.conclude(
        verdict,
        text!(
            "{} 天:综合指数 {index}({}),优良天数比例 {ratio}。{zh}",
            "{} days: composite index {index} ({}), good-day ratio {ratio}.{en}",
            days.len(),
            set.key()
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(count: i8, month: i8) -> Vec<(Date, SixValues)> {
        (1..=count)
            .map(|day| {
                let mut values = SixValues::default();
                for pollutant in Pollutant::SIX {
                    values.set(pollutant, Some(Exact::int(i64::from(day))));
                }
                (date(2026, month, day), values)
            })
            .collect()
    }

    #[test]
    fn february_needs_fewer_days_and_a_month_short_of_one_is_not_enough() {
        let enough = |count, of| month(&days(count, of)).unwrap().enough();
        assert_eq!((enough(24, 2), enough(25, 2)), (false, true));
        assert_eq!((enough(26, 3), enough(27, 3)), (false, true));
        let mut one_less = days(27, 3);
        one_less[0].1.set(Pollutant::O3, None);
        assert!(!month(&one_less).unwrap().enough());
    }

    #[test]
    fn co_and_ozone_stand_by_their_percentiles_and_the_others_by_their_means() {
        let made = month(&days(11, 5)).unwrap().statistics();
        assert_eq!(made.get(Pollutant::Pm25), Some(&Exact::int(6)));
        assert_eq!(made.get(Pollutant::O3), Some(&Exact::int(10)));
        assert_eq!(made.get(Pollutant::Co), Some(&"10.5".parse().unwrap()));
        assert_eq!(month(&[]).unwrap().statistics(), SixValues::default());
    }
}
