//! What a document is, before it is written in any form.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::limits;

/// An official document (公文).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Title (标题); a line break in it stands where it is to be broken.
    pub title: String,
    /// Second line under the title, in 楷体.
    #[serde(default)]
    pub subtitle: Option<String>,
    /// Document number (发文字号).
    #[serde(default)]
    pub number: Option<String>,
    /// Issuing body (发文机关), signed at the end.
    #[serde(default)]
    pub issuer: Option<String>,
    /// Date of the document (成文日期); also that of the file, so that the same value gives the same bytes.
    pub date: Date,
    /// Which state of the data it was made from, printed under the title.
    #[serde(default)]
    pub version: Option<String>,
    /// Body.
    pub body: Vec<Block>,
    /// Annexes (附件), each on a new page.
    #[serde(default)]
    pub annexes: Vec<Annex>,
}

/// An annex (附件).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annex {
    /// Title.
    pub title: String,
    /// Blocks; headings are numbered anew.
    pub body: Vec<Block>,
}

/// A piece of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading; its number (一、（一）1.（1）) is set by the writer.
    Heading {
        /// 1 to 4.
        level: u8,
        /// Text without the number.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its pieces.
        runs: Vec<Run>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// A note under a table or chart, in small type.
    Note {
        /// Its pieces.
        runs: Vec<Run>,
    },
    /// Begin a new page.
    PageBreak,
}

impl Block {
    /// A heading.
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Self::Heading {
            level,
            text: text.into(),
        }
    }

    /// A paragraph of one plain piece.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph {
            runs: vec![Run::text(text)],
        }
    }

    /// A note of one plain piece.
    pub fn note(text: impl Into<String>) -> Self {
        Self::Note {
            runs: vec![Run::text(text)],
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Text.
    pub text: String,
    /// In bold.
    #[serde(default)]
    pub strong: bool,
    /// A reference mark `[7]`, raised; the text is empty then.
    #[serde(default)]
    pub mark: Option<u32>,
}

impl Run {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            strong: false,
            mark: None,
        }
    }

    /// Bold text.
    pub fn strong(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            strong: true,
            mark: None,
        }
    }

    /// A reference mark.
    pub fn mark(number: u32) -> Self {
        Self {
            text: String::new(),
            strong: false,
            mark: Some(number),
        }
    }

    /// As printed.
    pub(crate) fn printed(&self) -> String {
        match self.mark {
            Some(n) => format!("[{n}]"),
            None => self.text.clone(),
        }
    }
}

/// Where the text of a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Left.
    #[default]
    Left,
    /// Middle.
    Center,
    /// Right.
    Right,
}

/// Tint of a cell, for traffic lights; the text says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tint {
    /// Green.
    Green,
    /// Yellow.
    Yellow,
    /// Red.
    Red,
    /// Grey.
    Grey,
}

impl Tint {
    /// Red, green, blue.
    pub(crate) fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Green => (0xd9, 0xee, 0xdc),
            Self::Yellow => (0xfd, 0xf0, 0xc4),
            Self::Red => (0xf8, 0xd5, 0xd3),
            Self::Grey => (0xe6, 0xe8, 0xea),
        }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its pieces.
    pub runs: Vec<Run>,
    /// Columns it spans, at least 1.
    #[serde(default = "one")]
    pub columns: u16,
    /// Rows it spans, at least 1; the cells it covers are left out of the rows below.
    #[serde(default = "one")]
    pub rows: u16,
    /// Where its text stands.
    #[serde(default)]
    pub align: Align,
    /// Tint.
    #[serde(default)]
    pub tint: Option<Tint>,
}

fn one() -> u16 {
    1
}

impl Cell {
    /// A cell of plain text, left.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            runs: vec![Run::text(text)],
            columns: 1,
            rows: 1,
            align: Align::Left,
            tint: None,
        }
    }

    /// A cell of plain text, in the middle.
    pub fn center(text: impl Into<String>) -> Self {
        Self {
            align: Align::Center,
            ..Self::text(text)
        }
    }

    /// A cell of plain text, right: figures.
    pub fn right(text: impl Into<String>) -> Self {
        Self {
            align: Align::Right,
            ..Self::text(text)
        }
    }

    /// The same over several columns.
    #[must_use]
    pub fn across(mut self, columns: u16) -> Self {
        self.columns = columns;
        self
    }

    /// The same over several rows.
    #[must_use]
    pub fn down(mut self, rows: u16) -> Self {
        self.rows = rows;
        self
    }

    /// The same with a tint.
    #[must_use]
    pub fn tinted(mut self, tint: Tint) -> Self {
        self.tint = Some(tint);
        self
    }

    /// The same with a reference mark after the text.
    #[must_use]
    pub fn marked(mut self, number: Option<u32>) -> Self {
        self.runs.extend(number.map(Run::mark));
        self
    }
}

/// A table; its head is repeated on every page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Title above the table; its number (表1) is set by the writer.
    pub caption: String,
    /// Widths of the columns relative to each other.
    pub widths: Vec<u16>,
    /// Head rows.
    pub head: Vec<Vec<Cell>>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// Form of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Upright bars beside each other.
    Bars,
    /// Lines with points; a gap where a value is missing.
    Lines,
}

/// A series of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name.
    pub name: String,
    /// A value for each category; none where it is missing. For drawing only.
    pub values: Vec<Option<f64>>,
    /// Drawn dashed: a plan, a forecast.
    #[serde(default)]
    pub dashed: bool,
}

/// A level drawn across a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Name.
    pub name: String,
    /// Value.
    pub value: f64,
}

/// A chart, drawn with lines and bars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Title under the chart; its number (图1) is set by the writer.
    pub caption: String,
    /// Form.
    pub kind: ChartKind,
    /// Unit of the values.
    #[serde(default)]
    pub unit: Option<String>,
    /// Categories: years, names.
    pub categories: Vec<String>,
    /// Series.
    pub series: Vec<Series>,
    /// Target line.
    #[serde(default)]
    pub target: Option<Level>,
}

/// A document that cannot be written; it says where and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("文稿第 {place} 处：{zh} / document, at {place}: {en}")]
pub struct DocumentError {
    /// Which block: `body[3]`, `annexes[0].body[2]`.
    pub place: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Document {
    /// Checks bounds, headings, tables and charts.
    pub fn check(&self) -> Result<(), DocumentError> {
        let blocks = self.body.len() + self.annexes.iter().map(|a| a.body.len()).sum::<usize>();
        if blocks > limits::MAX_BLOCKS {
            let most = limits::MAX_BLOCKS;
            return Err(DocumentError {
                place: "body".to_owned(),
                zh: format!("共 {blocks} 块，最多 {most} 块"),
                en: format!("{blocks} blocks, at most {most}"),
            });
        }
        let mut rows = 0;
        let body = self.body.iter().enumerate();
        let annexes = self.annexes.iter().enumerate().flat_map(|(a, annex)| {
            let blocks = annex.body.iter().enumerate();
            blocks.map(move |(i, block)| (format!("annexes[{a}].body[{i}]"), block))
        });
        for (place, block) in body.map(|(i, b)| (format!("body[{i}]"), b)).chain(annexes) {
            let wrong = |(zh, en): (String, String)| DocumentError {
                place: place.clone(),
                zh,
                en,
            };
            if let Block::Table(table) = block {
                rows += table.rows.len();
            }
            if rows > limits::MAX_ROWS {
                let most = limits::MAX_ROWS;
                return Err(wrong((
                    format!("表格行数超过 {most}"),
                    format!("more than {most} rows"),
                )));
            }
            check_block(block).map_err(wrong)?;
        }
        Ok(())
    }
}

type Wrong = (String, String);

fn check_block(block: &Block) -> Result<(), Wrong> {
    let wrong = |zh: &str, en: &str| Err((zh.to_owned(), en.to_owned()));
    match block {
        Block::Heading { level, .. } if !(1..=4).contains(level) => {
            wrong("标题级别应为 1–4", "the level of a heading is 1 to 4")
        }
        Block::Heading { text, .. } if text.chars().count() > limits::MAX_TEXT => {
            wrong("标题过长", "the heading is too long")
        }
        Block::Paragraph { runs } | Block::Note { runs } => check_runs(runs),
        Block::Table(table) => check_table(table),
        Block::Chart(chart) => {
            let fit = |s: &Series| s.values.len() == chart.categories.len();
            let finite = |s: &Series| s.values.iter().flatten().all(|v| v.is_finite());
            if chart.categories.is_empty() || !chart.series.iter().all(fit) {
                return wrong(
                    "图的每个系列须与类别一一对应",
                    "every series of a chart has a value for each category",
                );
            }
            if chart.series.len() > limits::MAX_SERIES || chart.categories.len() > limits::MAX_CATEGORIES {
                return wrong("图的系列或类别过多", "too many series or categories in a chart");
            }
            if !chart.series.iter().all(finite) || !chart.target.iter().all(|t| t.value.is_finite()) {
                return wrong("图的值须为有限数", "the values of a chart are finite");
            }
            Ok(())
        }
        Block::Heading { .. } | Block::PageBreak => Ok(()),
    }
}

fn check_runs(runs: &[Run]) -> Result<(), Wrong> {
    let long = runs.iter().map(|r| r.text.chars().count()).sum::<usize>() > limits::MAX_TEXT;
    if long {
        let most = limits::MAX_TEXT;
        return Err((
            format!("文字超过 {most} 字"),
            format!("more than {most} characters"),
        ));
    }
    Ok(())
}

fn check_table(table: &Table) -> Result<(), Wrong> {
    let columns = table.widths.len();
    if columns == 0 || columns > limits::MAX_COLUMNS || table.widths.contains(&0) {
        return Err((
            "表格列宽有误".to_owned(),
            "the widths of the table are wrong".to_owned(),
        ));
    }
    for part in [&table.head, &table.rows] {
        for cell in part.iter().flatten() {
            check_runs(&cell.runs)?;
        }
        if crate::flow::grid(part, columns).is_none() {
            return Err((
                format!("表格的行未铺满 {columns} 列，或合并单元格越界"),
                format!("a row of the table does not fill its {columns} columns, or a merged cell leaves it"),
            ));
        }
    }
    Ok(())
}
