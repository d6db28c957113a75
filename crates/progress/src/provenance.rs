//! Where a figure comes from (数据溯源): the rows behind a source's key, and the address at which they can be asked for again.

use jiff::civil::Date;
use model::ids::{Factor, RecordId};
use model::time::UtcMs;
use serde::Serialize;
use standards::text::Text;

use crate::error::{ProgressError, Result};
use crate::follow::Origin;
use crate::{Progress, limits};

/// A column of a provenance answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// Stable name.
    pub name: &'static str,
    /// For people.
    pub zh: &'static str,
    /// For people.
    pub en: &'static str,
}

/// The rows behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// Key.
    pub key: String,
    /// What it is.
    pub title: Text,
    /// How the figure follows from the rows.
    pub rule: Text,
    /// Address of the interface that gives the rows or their inputs, with its parameters.
    pub query: String,
    /// A register's record that says it, where one does.
    pub record: Option<(String, RecordId)>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows; a missing value is absent.
    pub rows: Vec<Vec<Option<String>>>,
    /// There were more rows.
    pub cut: bool,
}

const fn column(name: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { name, zh, en }
}

impl Progress {
    /// Opens a source's key.
    pub async fn provenance(&self, key: &str, now: UtcMs) -> Result<Provenance> {
        let missing = || ProgressError::NotFound {
            what: "数据来源 / source",
            name: key.chars().take(100).collect(),
        };
        let parts: Vec<&str> = key.split('/').collect();
        match parts.as_slice() {
            ["record", register, id] => {
                self.ledger().register(register).map_err(|_| missing())?;
                Ok(Provenance {
                    key: key.to_owned(),
                    title: Text::new("台账记录", "a record of a register"),
                    rule: Text::new("按记录中的数值", "the value in the record"),
                    query: format!("/api/v1/registers/{register}/records/{id}"),
                    record: Some(((*register).to_owned(), RecordId::new(*id))),
                    columns: Vec::new(),
                    rows: Vec::new(),
                    cut: false,
                })
            }
            [kind, no, year] if matches!(*kind, "air" | "water" | "cuts") => {
                let no: u32 = no.parse().map_err(|_| missing())?;
                let year: u16 = year.parse().map_err(|_| missing())?;
                self.of_year(key, no, year, now).await?.ok_or_else(missing)
            }
            ["figure", register, figure] => {
                let definition = self.ledger().register(register).map_err(|_| missing())?;
                let figures = self.ledger().figures_of(definition, None, now).await?;
                let found = figures.iter().find(|f| f.name == *figure).ok_or_else(missing)?;
                let row = vec![
                    Some(found.names.zh.clone()),
                    found.value.clone(),
                    Some(found.unit.clone()),
                    found.numerator.clone(),
                    found.denominator.clone(),
                    Some(found.records.to_string()),
                    Some(found.left_out.to_string()),
                ];
                Ok(Provenance {
                    key: key.to_owned(),
                    title: Text::new(found.names.zh.clone(), found.names.en.clone()),
                    rule: Text::new(
                        "台账统计，缺值的记录不计入",
                        "figure of the register; records without a value are left out",
                    ),
                    query: format!("/api/v1/registers/{register}/figures"),
                    record: None,
                    columns: vec![
                        column("name", "统计项", "Figure"),
                        column("value", "数值", "Value"),
                        column("unit", "单位", "Unit"),
                        column("numerator", "分子", "Numerator"),
                        column("denominator", "分母", "Denominator"),
                        column("records", "记录数", "Records"),
                        column("left_out", "缺值记录", "Left out"),
                    ],
                    rows: vec![row],
                    cut: false,
                })
            }
            ["count", register] => {
                self.ledger().register(register).map_err(|_| missing())?;
                Ok(Provenance {
                    key: key.to_owned(),
                    title: Text::new("台账计数", "count of a register's records"),
                    rule: Text::new("截止日以前的记录数", "records up to the closing day"),
                    query: format!("/api/v1/registers/{register}/records"),
                    record: None,
                    columns: Vec::new(),
                    rows: Vec::new(),
                    cut: false,
                })
            }
            _ => Err(missing()),
        }
    }

    async fn of_year(&self, key: &str, no: u32, year: u16, now: UtcMs) -> Result<Option<Provenance>> {
        let Some(line) = self.follow().sources.get(&no) else {
            return Ok(None);
        };
        let read = self.read(now).await?;
        let answer =
            |title: Text, rule: Text, query: String, columns, rows: Vec<Vec<Option<String>>>| Provenance {
                key: key.to_owned(),
                title,
                rule,
                query,
                record: None,
                columns,
                cut: rows.len() > limits::ROWS,
                rows: rows.into_iter().take(limits::ROWS).collect(),
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
}
