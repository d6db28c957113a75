//! Where a figure comes from (数据溯源): the rows behind a source's key, and the address at which they can be asked for again.

mod frozen;
mod year;

use model::ids::RecordId;
use model::time::UtcMs;
use serde::Serialize;
use standards::text::Text;
use store::plan::EvaluationRow;

use crate::error::{ProgressError, Result};
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
    /// What the rows give now; none where no one figure follows from them.
    pub value: Option<String>,
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

/// An answer of rows, as many as are shown at once.
fn answer(
    key: &str,
    title: Text,
    rule: Text,
    query: String,
    value: Option<String>,
    columns: Vec<Column>,
    rows: Vec<Vec<Option<String>>>,
) -> Provenance {
    Provenance {
        key: key.to_owned(),
        title,
        rule,
        query,
        value,
        record: None,
        columns,
        cut: rows.len() > limits::ROWS,
        rows: rows.into_iter().take(limits::ROWS).collect(),
    }
}

impl Progress {
    /// Opens a source's key. `in_sight` says whether an evaluation's own figures may be opened.
    pub async fn provenance(
        &self,
        key: &str,
        in_sight: impl Fn(&EvaluationRow) -> bool,
        now: UtcMs,
    ) -> Result<Provenance> {
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
                    value: None,
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
                let part = |p: &registers::tally::Part| {
                    let mut row = vec![Some(format!("其中：{}", p.names.zh)), Some(p.value.clone())];
                    row.extend([Some(found.unit.clone()), None, None, None, None]);
                    row
                };
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
                    value: found.value.clone(),
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
                    rows: std::iter::once(row).chain(found.by.iter().map(part)).collect(),
                    cut: false,
                })
            }
            ["plan", "indicators"] => Ok(self.of_plan(key)),
            ["evaluation", stage, year, version, what] => {
                let (year, version) = (year.parse().ok(), version.parse().ok());
                let made = match year.zip(version) {
                    Some((year, version)) => self.evaluation_of(stage, year, version).await?,
                    None => None,
                };
                let made = made.filter(|made| in_sight(&made.row)).ok_or_else(missing)?;
                self.of_frozen(key, &made, what).ok_or_else(missing)
            }
            _ => Err(missing()),
        }
    }
}
