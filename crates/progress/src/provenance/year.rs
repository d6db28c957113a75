//! Figures of a year from the platform's own data: days of stations, classes of sections, approved cuts.

use jiff::civil::Date;
use model::ids::Factor;
use model::time::UtcMs;
use plan::indicators::RunningFigure;
use standards::num::Exact;
use standards::text::Text;

use super::{Provenance, column};
use crate::Progress;
use crate::error::Result;
use crate::follow::Origin;

impl Progress {
    /// The rows of a year behind an indicator's own figure; none where it does not come from the platform's data.
    pub(super) async fn of_year(
        &self,
        key: &str,
        no: u32,
        year: u16,
        now: UtcMs,
    ) -> Result<Option<Provenance>> {
        let Some(line) = self.follow().sources.get(&no) else {
            return Ok(None);
        };
        let read = self.read(now).await?;
        let value = self.value_of(no, year, now).await?;
        let answer = |title: Text, rule: Text, query: String, columns, rows| {
            super::answer(key, title, rule, query, value.clone(), columns, rows)
        };
        let name = self
            .facts()
            .indicators
            .iter()
            .find(|i| i.no == no)
            .map_or_else(String::new, |i| i.name.clone());
        Ok(match &line.origin {
            Origin::AirMean { levels, .. } | Origin::GoodDays { levels } => {
                let factor = match &line.origin {
                    Origin::AirMean { factor, .. } => factor.clone(),
                    _ => Factor::new("a34004"),
                };
                let days = read
                    .air
                    .get(&levels.join(","))
                    .map(|a| a.rows(&factor, year))
                    .unwrap_or_default();
                let rows = days
                    .into_iter()
                    .map(|(day, value, aqi): (Date, _, Option<u16>)| {
                        vec![Some(day.to_string()), value, aqi.map(|n| n.to_string())]
                    })
                    .collect();
                let mean = matches!(line.origin, Origin::AirMean { .. });
                let rule = if mean {
                    Text::new(
                        format!(
                            "{} 各站日均值平均为区域日均值，全年平均后按 GB/T 8170 修约；有效日数按 GB 3095",
                            levels.join("、")
                        ),
                        "the stations' daily means make the district's day, the days the year, rounded by GB/T 8170; days needed by GB 3095",
                    )
                } else {
                    Text::new(
                        "区域日 AQI 不大于 100 的天数占有效天数的百分比",
                        "days with a district AQI of 100 or less, of all days with an AQI",
                    )
                };
                Some(answer(
                    Text::new(format!("{name}，{year} 年"), format!("indicator {no}, {year}")),
                    rule,
                    format!(
                        "/api/v1/judgements?topic=aqi/daily&grain=day&from={year}-01-01&to={}-01-01",
                        year + 1
                    ),
                    vec![
                        column("day", "日期", "Day"),
                        column("value", "区域日均值", "District mean"),
                        column("aqi", "AQI", "AQI"),
                    ],
                    rows,
                ))
            }
            Origin::SectionShare { levels, .. } => {
                let classes = read
                    .sections
                    .get(&(levels.join(","), year))
                    .cloned()
                    .unwrap_or_default();
                let rows = classes
                    .into_iter()
                    .map(|c| {
                        let class = c
                            .class
                            .and_then(|n| crate::actual::CLASSES.get(usize::from(n).checked_sub(1)?));
                        vec![
                            Some(c.section),
                            Some(c.zh),
                            class.map(|c| (*c).to_owned()),
                            Some(c.days.to_string()),
                        ]
                    })
                    .collect();
                Some(answer(
                    Text::new(format!("{name}，{year} 年"), format!("indicator {no}, {year}")),
                    Text::new(
                        format!(
                            "{} 断面年均值的水质类别，达到类别的断面占全部断面的百分比",
                            levels.join("、")
                        ),
                        "class of each section by its yearly means; share of all sections",
                    ),
                    format!(
                        "/api/v1/judgements?topic=water/section_class&from={year}-01-01&to={}-01-01",
                        year + 1
                    ),
                    vec![
                        column("section", "断面编码", "Section"),
                        column("zh", "断面", "Name"),
                        column("class", "类别", "Class"),
                        column("days", "天数", "Days"),
                    ],
                    rows,
                ))
            }
            Origin::Cuts { pollutant } => {
                let kept = self.kept().await?;
                let mut rows = Vec::new();
                for project in kept.projects.iter().filter(|p| p.head.state != "cancelled") {
                    for cut in project.cuts.iter().filter(|c| c.pollutant == *pollutant) {
                        let of_year = cut
                            .approved_on
                            .is_some_and(|d| i32::from(d.year()) == i32::from(year));
                        if of_year {
                            rows.push(vec![
                                Some(project.head.id.to_string()),
                                Some(project.name.clone()),
                                Some(cut.planned.normalize().to_string()),
                                cut.approved.map(|a| a.normalize().to_string()),
                                cut.approved_on.map(|d| d.to_string()),
                            ]);
                        }
                    }
                }
                Some(answer(
                    Text::new(format!("{name}，{year} 年"), format!("indicator {no}, {year}")),
                    Text::new(
                        "当年核定的重点工程减排量之和",
                        "cuts of projects approved in the year, added up",
                    ),
                    "/api/v1/registers/plan_project/records".to_owned(),
                    vec![
                        column("id", "记录", "Record"),
                        column("name", "工程", "Project"),
                        column("planned", "计划减排 (t)", "Planned (t)"),
                        column("approved", "核定减排 (t)", "Approved (t)"),
                        column("approved_on", "核定日期", "Approved on"),
                    ],
                    rows,
                ))
            }
            Origin::Register { .. } | Origin::Reported => None,
        })
    }

    /// The indicator's value of a year by the platform's own data, as they are known now.
    async fn value_of(&self, no: u32, year: u16, now: UtcMs) -> Result<Option<String>> {
        let day = self.day(crate::day_of(now), now).await?;
        let whole = day
            .actual
            .values
            .get(&no)
            .and_then(|all| all.iter().find(|v| v.year == year));
        let running = || {
            let running = day.actual.running.get(&no)?;
            let of_year = i32::from(running.through.year()) == i32::from(year);
            match &running.figure {
                _ if !of_year => None,
                RunningFigure::Mean { mean, .. } => Some(*mean),
                RunningFigure::Level { value } => Some(*value),
                RunningFigure::Amount { so_far, .. } => Some(*so_far),
                RunningFigure::Days { good, bad, .. } => {
                    let share = Exact::ratio(100 * i64::from(*good), i64::from(*good) + i64::from(*bad))?;
                    share.round_gb8170(1).to_fixed(1).parse().ok()
                }
            }
        };
        let value = whole.map(|v| v.value).or_else(running);
        Ok(value.map(|v| v.normalize().to_string()))
    }
}
