//! Hourly or daily values from a CSV file: a mapping names the columns, every bad cell is reported with row and
//! column, and nothing is taken from a file with bad rows unless the caller asks to skip them.
//!
//! Pure: text in, readings and report out.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::Factor;
use model::observation::Statistic;
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_IMPORT_ROWS, MAX_REPORTED_ROWS};

/// One column of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Factor code.
    pub factor: Factor,
    /// Statistic, `Avg` unless stated.
    #[serde(default = "average")]
    pub statistic: Statistic,
    /// Multiplied into each value (µg → mg: `0.001`), exact.
    #[serde(default)]
    pub scale: Option<Decimal>,
}

fn average() -> Statistic {
    Statistic::AVG
}

/// Whether a time label names the start or the end of its period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// 08:00 is the hour from 08:00 to 09:00.
    #[default]
    Start,
    /// 08:00 is the hour from 07:00 to 08:00.
    End,
}

/// What the columns of a file mean; the TOML file given with `--mapping`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the time column.
    pub time: String,
    /// Start or end of the period.
    #[serde(default)]
    pub label: Label,
    /// Period length.
    #[serde(default = "hour")]
    pub grain: Grain,
    /// Texts that mean «no value», besides the empty cell.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Column name → what it holds. Columns not named here are left out, and the report says so.
    pub columns: BTreeMap<String, Column>,
}

fn hour() -> Grain {
    Grain::Hour
}

/// Column names that are understood without a mapping: `(name, factor)`.
const KNOWN_COLUMNS: &[(&str, &str)] = &[
    ("pm25", "a34004"),
    ("pm2.5", "a34004"),
    ("pm2_5", "a34004"),
    ("pm10", "a34002"),
    ("so2", "a21026"),
    ("no2", "a21004"),
    ("co", "a21005"),
    ("o3", "a05024"),
    ("temp", "a01001"),
    ("temperature", "a01001"),
    ("humidity", "a01002"),
    ("wspm", "a01007"),
    ("wind_speed", "a01007"),
    ("codmn_mg_l", "w01019"),
    ("nh3n_mg_l", "w21003"),
    ("tp_mg_l", "w21011"),
    ("tn_mg_l", "w21001"),
    ("do_mg_l", "w01009"),
    ("ph", "w01001"),
    ("cod", "w01018"),
];

/// Names of a time column that are understood without a mapping.
const KNOWN_TIMES: &[&str] = &[
    "time",
    "datetime",
    "time_bj",
    "date",
    "时间",
    "监测时间",
    "数据时间",
];

impl Mapping {
    /// Reads a mapping file.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }

    /// A mapping from the header alone: known names and factor codes are taken.
    pub fn guess(header: &[String]) -> Option<Self> {
        let lower: Vec<String> = header.iter().map(|h| h.trim().to_lowercase()).collect();
        let time = lower.iter().position(|h| KNOWN_TIMES.contains(&h.as_str()))?;
        let columns: BTreeMap<String, Column> = header
            .iter()
            .zip(&lower)
            .filter_map(|(name, low)| {
                let factor = KNOWN_COLUMNS
                    .iter()
                    .find(|(known, _)| known == low)
                    .map(|(_, code)| (*code).to_owned())
                    .or_else(|| hj212::factors::find(name.trim()).map(|f| f.code.to_string()))?;
                let column = Column {
                    factor: Factor(factor),
                    statistic: Statistic::AVG,
                    scale: None,
                };
                Some((name.clone(), column))
            })
            .collect();
        (!columns.is_empty()).then(|| Self {
            time: header.get(time).cloned().unwrap_or_default(),
            label: Label::Start,
            grain: Grain::Hour,
            missing: Vec::new(),
            columns,
        })
    }
}

/// One value of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedValue {
    /// Start of the period.
    pub time: UtcMs,
    /// Factor.
    pub factor: Factor,
    /// Statistic.
    pub statistic: Statistic,
    /// Value.
    pub value: Decimal,
}

/// What is wrong with a cell or row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// Line of the file, 1 is the header.
    pub line: u64,
    /// Column name, empty where the row as a whole is meant.
    pub column: String,
    /// Stable code: `bad_time`, `bad_number`, `repeated_time`, `bad_row`, `not_period_start`.
    pub code: &'static str,
    /// Chinese and English.
    pub message: String,
}

/// The row-by-row report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// Data rows read.
    pub rows: u64,
    /// Rows left out by the filter.
    pub filtered: u64,
    /// Rows with nothing wrong.
    pub good: u64,
    /// Rows with a problem.
    pub bad: u64,
    /// Values read.
    pub values: u64,
    /// Empty cells: nothing is stored for them.
    pub missing: u64,
    /// Columns of the file that the mapping does not name.
    pub ignored_columns: Vec<String>,
    /// The problems, at most [`MAX_REPORTED_ROWS`].
    pub problems: Vec<RowProblem>,
}

impl TableReport {
    fn problem(&mut self, line: u64, column: &str, code: &'static str, message: String) {
        if self.problems.len() < MAX_REPORTED_ROWS {
            self.problems.push(RowProblem {
                line,
                column: column.to_owned(),
                code,
                message,
            });
        }
    }
}

/// A file that cannot be read at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableError {
    /// No header.
    #[error("文件为空或没有表头 / the file is empty or has no header")]
    NoHeader,
    /// No mapping fits.
    #[error(
        "无法从表头识别时间列和数据列,请用 --mapping 指定 / time and value columns cannot be told from the header, give --mapping; header: {0}"
    )]
    NoMapping(String),
    /// A column of the mapping is not in the file.
    #[error("映射中的列 «{0}» 不在文件中 / column «{0}» of the mapping is not in the file")]
    NoColumn(String),
    /// Too many rows.
    #[error("行数超过上限 {MAX_IMPORT_ROWS} / more rows than {MAX_IMPORT_ROWS}")]
    TooLong,
}

/// Bytes to text: UTF-8 (with or without BOM), else GB18030.
pub fn to_text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

/// Reads a table. `filter` keeps only rows whose column equals the value (`station=Aotizhongxin`).
pub fn read(
    text: &str,
    mapping: Option<&Mapping>,
    filter: Option<(&str, &str)>,
) -> Result<(Vec<ImportedValue>, TableReport), TableError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .map_err(|_| TableError::NoHeader)?
        .iter()
        .map(str::to_owned)
        .collect();
    if header.iter().all(String::is_empty) {
        return Err(TableError::NoHeader);
    }
    let guessed;
    let mapping = if let Some(mapping) = mapping {
        mapping
    } else {
        guessed = Mapping::guess(&header).ok_or_else(|| TableError::NoMapping(header.join(", ")))?;
        &guessed
    };
    let place = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| TableError::NoColumn(name.to_owned()))
    };
    let time_at = place(&mapping.time)?;
    let filter = filter
        .map(|(name, value)| place(name).map(|at| (at, value)))
        .transpose()?;
    let columns = mapping
        .columns
        .iter()
        .map(|(name, column)| place(name).map(|at| (at, name.as_str(), column)))
        .collect::<Result<Vec<_>, _>>()?;

    let mut report = TableReport {
        ignored_columns: header
            .iter()
            .enumerate()
            .filter(|(at, _)| {
                *at != time_at && columns.iter().all(|c| c.0 != *at) && filter.is_none_or(|f| f.0 != *at)
            })
            .map(|(_, name)| name.clone())
            .collect(),
        ..TableReport::default()
    };
    let mut values = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, record) in reader.records().enumerate() {
        if index >= MAX_IMPORT_ROWS {
            return Err(TableError::TooLong);
        }
        report.rows += 1;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                report.bad += 1;
                report.problem(index as u64 + 2, "", "bad_row", error.to_string());
                continue;
            }
        };
        let line = record.position().map_or(index as u64 + 2, csv::Position::line);
        if filter.is_some_and(|(at, value)| record.get(at) != Some(value)) {
            report.filtered += 1;
            continue;
        }
        match read_row(&record, line, mapping, time_at, &columns, &mut seen, &mut report) {
            Some(row) => {
                report.good += 1;
                report.values += row.len() as u64;
                values.extend(row);
            }
            None => report.bad += 1,
        }
    }
    Ok((values, report))
}

/// One row; `None` when something is wrong with it (the report says what).
fn read_row(
    record: &csv::StringRecord,
    line: u64,
    mapping: &Mapping,
    time_at: usize,
    columns: &[(usize, &str, &Column)],
    seen: &mut BTreeSet<UtcMs>,
    report: &mut TableReport,
) -> Option<Vec<ImportedValue>> {
    let label = record.get(time_at).unwrap_or_default();
    let Some(time) = period_start(label, mapping) else {
        report.problem(
            line,
            &mapping.time,
            "bad_time",
            format!("«{label}» 不是时间 / is not a time"),
        );
        return None;
    };
    if mapping.grain.start(time) != Some(time) {
        let message = format!(
            "«{label}» 不是整{0} / is not the start of a period ({0})",
            mapping.grain.name()
        );
        report.problem(line, &mapping.time, "not_period_start", message);
        return None;
    }
    if !seen.insert(time) {
        let message = format!("时间 «{label}» 在文件中重复 / the time «{label}» stands twice");
        report.problem(line, &mapping.time, "repeated_time", message);
        return None;
    }
    let mut row = Vec::with_capacity(columns.len());
    let mut good = true;
    for (at, name, column) in columns {
        let cell = record.get(*at).unwrap_or_default();
        if cell.is_empty() || mapping.missing.iter().any(|m| m == cell) {
            report.missing += 1;
            continue;
        }
        let parsed = cell
            .parse::<Decimal>()
            .ok()
            .or_else(|| Decimal::from_scientific(cell).ok());
        if let Some(value) = parsed.and_then(|v| column.scale.map_or(Some(v), |s| v.checked_mul(s))) {
            row.push(ImportedValue {
                time,
                factor: column.factor.clone(),
                statistic: column.statistic.clone(),
                value,
            });
        } else {
            good = false;
            let message = format!("«{cell}» 不是数值 / is not a number");
            report.problem(line, name, "bad_number", message);
        }
    }
    good.then_some(row)
}

fn period_start(label: &str, mapping: &Mapping) -> Option<UtcMs> {
    let named = UtcMs::parse(label)
        .or_else(|| UtcMs::from_compact(label))
        .or_else(|| UtcMs::parse(&label.replace('/', "-")))?;
    match mapping.label {
        Label::Start => Some(named),
        Label::End => mapping.grain.start(named.plus_ms(-1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_columns_need_no_mapping_and_bad_cells_are_named() {
        let text = "station,time,pm25,so2,wd\nA,2013-03-01 00:00,4,x,N\nA,2013-03-01 01:00,,3,N\nB,2013-03-01 01:00,9,9,N\nA,2013-03-01 01:00,1,1,N\nA,2013-03-01 02:30,1,1,N\n";
        let (values, report) = read(text, None, Some(("station", "A"))).unwrap();
        assert_eq!(
            (report.rows, report.filtered, report.good, report.bad),
            (5, 1, 1, 3)
        );
        assert_eq!(report.ignored_columns, ["wd"]);
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].factor.as_str(), "a21026");
        let found: Vec<_> = report
            .problems
            .iter()
            .map(|p| (p.line, p.column.as_str(), p.code))
            .collect();
        assert_eq!(
            found,
            [
                (2, "so2", "bad_number"),
                (5, "time", "repeated_time"),
                (6, "time", "not_period_start")
            ]
        );
    }

    #[test]
    fn an_end_label_belongs_to_the_hour_before() {
        let mapping = Mapping::from_toml(
            "time = \"t\"\nlabel = \"end\"\n[columns]\nc = { factor = \"a21005\", scale = \"0.001\" }",
        )
        .unwrap();
        let (values, _) = read("t,c\n2026-11-24 08:00,1300\n", Some(&mapping), None).unwrap();
        assert_eq!(values[0].time.to_compact(), "20261124070000");
        assert_eq!(values[0].value, "1.3".parse().unwrap());
    }

    #[test]
    fn a_gbk_file_is_read_and_a_strange_header_is_refused() {
        let bytes = encoding_rs::GBK
            .encode("时间,a34004\n2026-11-24 08:00,35\n")
            .0
            .into_owned();
        assert_eq!(read(&to_text(&bytes), None, None).unwrap().0.len(), 1);
        assert!(matches!(
            read("a,b\n1,2\n", None, None),
            Err(TableError::NoMapping(_))
        ));
        assert_eq!(read("", None, None), Err(TableError::NoHeader));
    }
}
