//! Actual values of indicators (指标实际值): from the platform where it has the data, and from which rows, so that each figure
//! can be opened again. What is reported stands in [`crate::kept`].

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use jiff::civil::Date;
use ledger::Ledger;
use model::ids::{Factor, SubjectId};
use model::observation::{SeriesKey, Statistic};
use model::subject::{Subject, SubjectKind};
use model::time::{Grain, UtcMs};
use plan::indicators::{Origin as Made, Running, RunningFigure, YearValue, Years};
use plan::words::Source;
use rust_decimal::Decimal;
use serde::Serialize;
use standards::num::Exact;
use store::Store;

use crate::air::{self, AirDays};
use crate::error::Result;
use crate::follow::{Follow, Origin};
use crate::kept::Kept;
use crate::limits;

/// Classes of surface water by number.
pub(crate) const CLASSES: [&str; 6] = ["I", "II", "III", "IV", "V", "劣V"];

/// What the platform itself knows of the indicators.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Actual {
    /// Values of years by indicator.
    pub values: BTreeMap<u32, Vec<YearValue>>,
    /// The running year by indicator.
    pub running: BTreeMap<u32, Running>,
}

/// A section's class of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionClass {
    /// Code of the section.
    pub section: String,
    /// Name.
    pub zh: String,
    /// 1 = I … 6 = worse than V; none where nothing could be judged.
    pub class: Option<u8>,
    /// Days the means rest on.
    pub days: usize,
}

/// Everything read from stations and registers for a day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read {
    pub(crate) air: BTreeMap<String, AirDays>,
    pub(crate) sections: BTreeMap<(String, u16), Vec<SectionClass>>,
    pub(crate) figures: BTreeMap<(String, String), Option<Decimal>>,
}

/// Reads everything the sources ask for.
pub(crate) async fn read(
    store: &Store,
    ledger: &Ledger,
    follow: &Follow,
    years: Years,
    now: UtcMs,
) -> Result<Arc<Read>> {
    let mut out = Read::default();
    let subjects = store.subjects().await?;
    let this_year = now
        .civil()
        .map_or(years.target, |c| u16::try_from(c.year()).unwrap_or(years.target));
    let last = this_year
        .max(years.base)
        .min(years.base.saturating_add(limits::YEARS));
    for line in follow.sources.values() {
        match &line.origin {
            Origin::AirMean { levels, .. } | Origin::GoodDays { levels } => {
                if let Entry::Vacant(free) = out.air.entry(levels.join(",")) {
                    let stations = of_level(&subjects, SubjectKind::AirStation, levels);
                    let ids: Vec<SubjectId> = stations.iter().map(|s| s.id).collect();
                    let days = match (start(years.base), start(last.saturating_add(1))) {
                        (Some(from), Some(to)) if !ids.is_empty() => air::read(store, &ids, from, to).await?,
                        _ => AirDays::default(),
                    };
                    free.insert(days);
                }
            }
            Origin::SectionShare { levels, .. } => {
                let key = levels.join(",");
                for year in years.base.saturating_add(1)..=last {
                    if let Entry::Vacant(free) = out.sections.entry((key.clone(), year)) {
                        let sections = of_level(&subjects, SubjectKind::WaterSection, levels);
                        let classes = classes(store, &sections, year).await?;
                        free.insert(classes);
                    }
                }
            }
            Origin::Register { register, figure } => {
                let value = match ledger.register(register.as_str()) {
                    Ok(definition) => {
                        let figures = ledger.figures_of(definition, None, now).await?;
                        let found = figures.iter().find(|f| f.name == *figure);
                        found.and_then(|f| f.value.as_ref()?.parse().ok())
                    }
                    // A profile may follow a register this installation does not keep.
                    Err(_) => None,
                };
                out.figures.insert((register.to_string(), figure.clone()), value);
            }
            Origin::Cuts { .. } | Origin::Reported => {}
        }
    }
    Ok(Arc::new(out))
}

fn start(year: u16) -> Option<UtcMs> {
    let first = Date::new(i16::try_from(year).ok()?, 1, 1).ok()?;
    UtcMs::from_civil(first.at(0, 0, 0, 0))
}

fn of_level<'a>(subjects: &'a [Subject], kind: SubjectKind, levels: &[String]) -> Vec<&'a Subject> {
    let level = |s: &Subject| {
        s.spec
            .attrs
            .get("level")
            .and_then(|v| v.as_str())
            .map(str::to_owned)
    };
    let mut found: Vec<&Subject> = subjects
        .iter()
        .filter(|s| s.spec.kind == kind && level(s).is_some_and(|l| levels.contains(&l)))
        .collect();
    found.sort_by(|a, b| a.spec.code.cmp(&b.spec.code));
    found
}

/// Classes of sections by the means of a year's days.
async fn classes(store: &Store, sections: &[&Subject], year: u16) -> Result<Vec<SectionClass>> {
    let mut out = Vec::new();
    let (Some(from), Some(to)) = (start(year), start(year.saturating_add(1))) else {
        return Ok(out);
    };
    for section in sections {
        let query = store::observations::SeriesQuery {
            subject: Some(section.id),
            grain: Some(Grain::Day),
            ..store::observations::SeriesQuery::default()
        };
        let known: Vec<SeriesKey> = store
            .list_series(&query)
            .await?
            .into_iter()
            .map(|s| s.key)
            .filter(|k| k.subject == section.id && k.statistic == Statistic::AVG)
            .collect();
        let mut values = BTreeMap::new();
        let mut days = 0;
        for (key, rows) in known.iter().zip(store.ranges(&known, from, to).await?) {
            let Some(item) = evaluate::factors::known(&key.factor)
                .filter(|k| k.medium == evaluate::factors::Medium::Water)
            else {
                continue;
            };
            let scaled: Vec<Exact> = rows
                .iter()
                .filter_map(|o| o.value?.checked_mul(item.scale))
                .map(plan::number::exact)
                .collect();
            days = days.max(scaled.len());
            if let Some(mean) = Exact::mean(&scaled)
                && let Ok(mean) = mean.to_fixed(9).parse::<Decimal>()
            {
                values.insert(item.key.as_str(), mean.normalize());
            }
        }
        let body = section
            .spec
            .attrs
            .get("body")
            .and_then(|v| v.as_str())
            .unwrap_or("river");
        let judged = (!values.is_empty()).then(|| evaluate::judge::section(&values, body, None).ok());
        let class = judged.flatten().and_then(|j| {
            let class = serde_json::to_value(&j)
                .ok()?
                .pointer("/result/class")?
                .as_str()?
                .to_owned();
            let place = CLASSES.iter().position(|c| *c == class)?;
            u8::try_from(place + 1).ok()
        });
        out.push(SectionClass {
            section: section.spec.code.to_string(),
            zh: section.spec.zh.clone(),
            class,
            days,
        });
    }
    Ok(out)
}

/// Share of the sections with a class that lie on the asked side, percent to one decimal; none where any has no class.
pub(crate) fn share(classes: &[SectionClass], at_most: Option<u8>, at_least: Option<u8>) -> Option<Decimal> {
    let known: Option<Vec<u8>> = classes.iter().map(|c| c.class).collect();
    let known = known.filter(|k| !k.is_empty())?;
    let met = known
        .iter()
        .filter(|c| at_most.is_none_or(|limit| **c <= limit) && at_least.is_none_or(|limit| **c >= limit))
        .count();
    let all = i64::try_from(known.len()).ok()?;
    let share = Exact::ratio(100 * i64::try_from(met).ok()?, all)?.round_gb8170(1);
    share.to_fixed(1).parse::<Decimal>().ok().map(|d| d.normalize())
}

/// Sections with a class of fewer days than this are not a year yet: one sampling a month is twelve.
const SECTION_DAYS: usize = 12;

fn source(key: String, (zh, en): (&str, &str), on: Option<Date>) -> Source {
    Source {
        key,
        name: zh.to_owned(),
        name_en: Some(en.to_owned()),
        on,
        version: String::new(),
    }
}

fn own(year: u16, value: Decimal, provisional: bool, source: Source) -> YearValue {
    YearValue {
        year,
        value,
        unit: None,
        scope: plan::indicators::Scope::Plan,
        origin: Made::Evaluated,
        provisional,
        source,
    }
}

/// What the sources say on a day. Years that are over count whole; of the running year what lies before the day.
pub(crate) fn actual(read: &Read, kept: &Kept, follow: &Follow, years: Years, on: Date) -> Actual {
    let mut out = Actual::default();
    let this = u16::try_from(on.year()).unwrap_or(0);
    let closed = |year: u16| year < this || (year == this && (on.month(), on.day()) == (12, 31));
    let upto = this.min(years.base.saturating_add(limits::YEARS));
    for line in follow.sources.values() {
        let no = line.indicator;
        let mut values = Vec::new();
        let running = match &line.origin {
            Origin::AirMean { factor, levels } => {
                let Some(air) = read.air.get(&levels.join(",")) else {
                    continue;
                };
                for year in years.base.saturating_add(1)..=upto {
                    if closed(year)
                        && let Some(mean) = air.year_mean(factor, year)
                    {
                        values.push(own(
                            year,
                            mean,
                            false,
                            source(
                                format!("air/{no}/{year}"),
                                (
                                    "平台评价：区域日均值年均",
                                    "evaluated: yearly mean of district days",
                                ),
                                Some(on),
                            ),
                        ));
                    }
                }
                running_mean(air, factor, no, years, this, on)
            }
            Origin::GoodDays { levels } => {
                let Some(air) = read.air.get(&levels.join(",")) else {
                    continue;
                };
                for year in years.base.saturating_add(1)..=upto {
                    let found = air.good(year, on);
                    if closed(year)
                        && found.valid
                        && let Some(ratio) = found.ratio.and_then(|r| r.to_fixed(1).parse::<Decimal>().ok())
                    {
                        values.push(own(
                            year,
                            ratio.normalize(),
                            false,
                            source(
                                format!("air/{no}/{year}"),
                                ("平台评价：优良天数", "evaluated: days with good air"),
                                Some(on),
                            ),
                        ));
                    }
                }
                running_days(air, no, years, this, on)
            }
            Origin::SectionShare {
                levels,
                at_most,
                at_least,
            } => {
                let of = |year: u16| read.sections.get(&(levels.join(","), year));
                for year in years.base.saturating_add(1)..=upto {
                    let Some(classes) = of(year).filter(|_| closed(year)) else {
                        continue;
                    };
                    let whole = classes.iter().all(|c| c.days >= SECTION_DAYS);
                    if let Some(share) = share(classes, *at_most, *at_least).filter(|_| whole) {
                        values.push(own(
                            year,
                            share,
                            false,
                            source(
                                format!("water/{no}/{year}"),
                                ("平台评价：断面水质类别", "evaluated: classes of water sections"),
                                Some(on),
                            ),
                        ));
                    }
                }
                of(this)
                    .filter(|_| !closed(this))
                    .and_then(|classes| share(classes, *at_most, *at_least))
                    .map(|value| {
                        level(
                            value,
                            on,
                            format!("water/{no}/{this}"),
                            ("平台评价：断面水质类别", "evaluated: classes of water sections"),
                        )
                    })
            }
            Origin::Register { register, figure } => read
                .figures
                .get(&(register.to_string(), figure.clone()))
                .copied()
                .flatten()
                .map(|value| {
                    level(
                        value,
                        on,
                        format!("figure/{register}/{figure}"),
                        ("台账统计", "figure of a register"),
                    )
                }),
            Origin::Cuts { pollutant } => {
                cuts(kept, pollutant, no, years, on, &mut values);
                None
            }
            Origin::Reported => None,
        };
        if !values.is_empty() {
            out.values.insert(no, values);
        }
        if let Some(running) = running {
            out.running.insert(no, running);
        }
    }
    out
}

fn level(value: Decimal, on: Date, key: String, name: (&str, &str)) -> Running {
    Running {
        through: on,
        figure: RunningFigure::Level { value },
        source: source(key, name, Some(on)),
    }
}

fn running_mean(
    air: &AirDays,
    factor: &Factor,
    no: u32,
    years: Years,
    year: u16,
    on: Date,
) -> Option<Running> {
    let through = air.last(year, on)?;
    let (mean, days) = air.mean_through(factor, year, through)?;
    Some(Running {
        through,
        figure: RunningFigure::Mean {
            mean,
            days,
            before: air.rest_means(factor, years.base..year, through),
        },
        source: source(
            format!("air/{no}/{year}"),
            ("平台评价：区域日均值", "evaluated: district daily means"),
            Some(through),
        ),
    })
}

fn running_days(air: &AirDays, no: u32, years: Years, year: u16, on: Date) -> Option<Running> {
    let through = air.last(year, on)?;
    let found = air.good(year, through);
    Some(Running {
        through,
        figure: RunningFigure::Days {
            good: found.good,
            bad: found.bad,
            before: air.rest_days(years.base..year, through),
        },
        source: source(
            format!("air/{no}/{year}"),
            ("平台评价：优良天数", "evaluated: days with good air"),
            Some(through),
        ),
    })
}

/// Approved cuts by year. A year between the first approval and the day asked has a value, none approved being zero: the
/// register of projects is kept, so nothing is missing.
fn cuts(kept: &Kept, pollutant: &str, no: u32, years: Years, on: Date, values: &mut Vec<YearValue>) {
    let mut by_year: BTreeMap<u16, Decimal> = BTreeMap::new();
    for project in kept.projects.iter().filter(|p| p.head.state != "cancelled") {
        for cut in project.cuts.iter().filter(|c| c.pollutant == pollutant) {
            if let (Some(approved), Some(day)) = (cut.approved, cut.approved_on)
                && day <= on
                && let Ok(year) = u16::try_from(day.year())
            {
                let sum = by_year.entry(year).or_default();
                *sum = sum.checked_add(approved).unwrap_or(*sum);
            }
        }
    }
    let Some(first) = by_year.keys().next().copied() else {
        return;
    };
    let this = u16::try_from(on.year()).unwrap_or(0);
    let first = first
        .min(years.base.saturating_add(1))
        .max(years.base.saturating_add(1));
    for year in first..=this.min(years.base.saturating_add(limits::YEARS)) {
        let value = by_year.get(&year).copied().unwrap_or_default();
        let provisional = year == this && (on.month(), on.day()) != (12, 31);
        let key = format!("cuts/{no}/{year}");
        values.push(own(
            year,
            value,
            provisional,
            source(
                key,
                ("重点工程核定减排量", "cuts approved for projects"),
                Some(on),
            ),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(class: Option<u8>) -> SectionClass {
        SectionClass {
            section: "s".into(),
            zh: "断面".into(),
            class,
            days: 12,
        }
    }

    #[test]
    fn a_share_needs_the_class_of_every_section() {
        let three = [section(Some(3)), section(Some(4)), section(Some(6))];
        assert_eq!(share(&three, Some(3), None), Some("33.3".parse().unwrap()));
        assert_eq!(share(&three, None, Some(6)), Some("33.3".parse().unwrap()));
        assert_eq!(share(&[section(Some(3)), section(None)], Some(3), None), None);
        assert_eq!(share(&[], Some(3), None), None);
    }
}
