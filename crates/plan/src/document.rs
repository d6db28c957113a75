//! What an imported plan is, as it is printed: one object of chapters, tasks, indicators, units, what was repaired and
//! what is in doubt. Lines are those of the text read, from 1.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A plan as read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlanDocument {
    /// Title of the plan, empty where none was found.
    pub document: String,
    /// Document number (发文字号), e.g. `某政发〔2023〕1号`.
    pub number: Option<String>,
    /// Chapters in the order of the body; numbers as printed.
    pub chapters: Vec<Chapter>,
    /// Every numbered item from the first chapter of duties on, and every section without numbered items.
    pub tasks: Vec<Task>,
    /// Rows of the table of indicators (主要指标).
    pub indicators: Vec<Indicator>,
    /// Units named in the notes.
    pub units: Vec<UnitSeen>,
    /// What the chapters before the duties state: the past and the goals.
    pub baseline: Vec<Baseline>,
    /// Sentences that put a duty on somebody for every task that follows.
    pub standing: Vec<Standing>,
    /// What belongs to the page and not to the plan: cover, contents, captions, page numbers.
    pub furniture: Vec<Furniture>,
    /// What was damaged and put right.
    pub repairs: Vec<Repair>,
    /// What could not be read for certain.
    pub doubts: Vec<Doubt>,
}

/// A chapter (章).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Chapter {
    /// Number as printed.
    pub no: u32,
    /// Title without the number.
    pub title: String,
    /// Its sections.
    pub sections: Vec<Section>,
    /// What stands before the first section.
    pub text: String,
    /// Line of the heading.
    pub line: u32,
}

/// A section (节).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Section {
    /// Number as printed.
    pub no: u32,
    /// Title without the number.
    pub title: String,
    /// What stands before the first numbered item, where there are items.
    pub text: String,
    /// Line of the heading.
    pub line: u32,
}

/// A task: a numbered item, or a section without any.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Task {
    /// `3.1.4` = chapter, section, item; item 0 where unnumbered.
    pub id: String,
    /// `3.1`
    pub section: String,
    /// Whether the document numbers it.
    pub numbered: bool,
    /// Title without the number.
    pub title: String,
    /// The text after the title, without the notes.
    pub text: String,
    /// Notes of responsible units in the order they stand.
    pub notes: Vec<Note>,
    /// What is to be reached, with a value or with a date.
    pub targets: Vec<Target>,
    /// Figures that are not targets: capacities, thresholds a rule applies from.
    pub quantities: Vec<Target>,
    /// Named projects.
    pub projects: Vec<String>,
    /// Named firms.
    pub firms: Vec<String>,
    /// Named places: towns, waters, parks, roads.
    pub places: Vec<String>,
    /// Cited documents, without 《》.
    pub documents: Vec<String>,
    /// Cited standards, e.g. `GB/T 38597-2020`.
    pub standards: Vec<String>,
    /// Line it begins on.
    pub line: u32,
}

/// Form of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// 牵头单位 and 配合单位
    LeadCooperate,
    /// 牵头单位 alone
    Lead,
    /// 责任单位
    Responsible,
    /// 按职责分工负责
    ByDuty,
}

/// A note of responsible units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// Form.
    pub kind: NoteKind,
    /// 牵头单位, full names.
    pub lead: Vec<String>,
    /// 配合单位, full names.
    pub cooperating: Vec<String>,
    /// 责任单位 or those with a duty, full names.
    pub units: Vec<String>,
    /// Who carries it out on the spot, as written (各乡镇（街道）).
    pub implementing: Vec<String>,
    /// The note as printed, brackets included.
    pub text: String,
    /// Line it begins on.
    pub line: u32,
}

/// How a value is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Comparator {
    /// at least
    #[serde(rename = "≥")]
    AtLeast,
    /// at most
    #[serde(rename = "≤")]
    AtMost,
    /// more than
    #[serde(rename = ">")]
    More,
    /// less than
    #[serde(rename = "<")]
    Less,
    /// exactly
    #[serde(rename = "=")]
    Equal,
    /// about (左右)
    #[serde(rename = "≈")]
    About,
    /// between `value` and `upper`
    #[serde(rename = "range")]
    Range,
    /// less by so much than the base
    #[serde(rename = "reduce_by")]
    ReduceBy,
    /// more by so much than the base
    #[serde(rename = "increase_by")]
    IncreaseBy,
    /// better by so much than the base, whichever way is better (改善)
    #[serde(rename = "improve_by")]
    ImproveBy,
}

/// What a target asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// A value.
    Value,
    /// A value somebody above assigns (完成市下达任务).
    Assigned,
    /// A state reached by a date, without a value.
    Qualitative,
    /// Not a target: a figure the text merely states.
    Figure,
}

/// A target, or a figure of the text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// The words around it, as printed.
    pub text: String,
    /// What is measured, as far as the words before the value tell.
    pub name: String,
    /// Form.
    pub kind: TargetKind,
    /// Value; lower end of a range.
    #[serde(serialize_with = "optional_number")]
    pub value: Option<Decimal>,
    /// Upper end of a range.
    #[serde(serialize_with = "optional_number")]
    pub upper: Option<Decimal>,
    /// Unit as printed; none for a bare ratio.
    pub unit: Option<String>,
    /// How the value is meant.
    pub comparator: Option<Comparator>,
    /// Date as printed (`2025年年底前`, `2025年`).
    pub deadline: Option<String>,
    /// Last day of that date, `2025-12-31`.
    pub due: Option<String>,
    /// Where it holds (全区, 城市建成区), if said.
    pub area: Option<String>,
    /// Line.
    pub line: u32,
}

/// A figure of what was reached before the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PastFigure {
    /// The words around it, as printed.
    pub text: String,
    /// What it is of.
    pub name: String,
    /// The number as printed, with its unit; empty where it is derived.
    pub printed: String,
    /// Value; none for shares of a whole (`9.4：54.4：36.2`).
    #[serde(serialize_with = "optional_number")]
    pub value: Option<Decimal>,
    /// Unit as printed.
    pub unit: Option<String>,
    /// How the value is meant.
    pub comparator: Option<Comparator>,
    /// Year it is of, where said.
    pub year: Option<u16>,
    /// What it is compared with, as printed (`2015年`, `“十二五”`).
    pub against: Option<String>,
    /// Year it is compared with.
    pub against_year: Option<u16>,
    /// Years it is of, where it is of several (`“十三五”期间`).
    pub period: Option<String>,
    /// Where it holds, if said.
    pub area: Option<String>,
    /// The calculation, where it is not printed but follows from two figures that are.
    pub derived: Option<String>,
    /// Line.
    pub line: u32,
}

/// A cell of the table of indicators. Printed as a number, as text, or as null where nothing is stated; its kind stands
/// beside it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A number in the indicator's unit.
    Number(Decimal),
    /// `[44.85%]`: cut over the five years before, percent – not in the indicator's unit.
    FiveYearCut(Decimal),
    /// «—»: nothing stated. Not zero.
    None,
    /// Assigned later by those above (完成市下达任务).
    Assigned(String),
    /// A state in words.
    Qualitative(String),
}

/// Kind of a [`Cell`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// [`Cell::Number`]
    Number,
    /// [`Cell::FiveYearCut`]
    FiveYearCut,
    /// [`Cell::None`]
    None,
    /// [`Cell::Assigned`]
    Assigned,
    /// [`Cell::Qualitative`]
    Qualitative,
}

impl Cell {
    /// Its kind.
    pub fn kind(&self) -> CellKind {
        match self {
            Self::Number(_) => CellKind::Number,
            Self::FiveYearCut(_) => CellKind::FiveYearCut,
            Self::None => CellKind::None,
            Self::Assigned(_) => CellKind::Assigned,
            Self::Qualitative(_) => CellKind::Qualitative,
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(value) => number(value, serializer),
            Self::FiveYearCut(percent) => serializer.collect_str(&format_args!("[{percent}%]")),
            Self::None => serializer.serialize_none(),
            Self::Assigned(text) | Self::Qualitative(text) => serializer.serialize_str(text),
        }
    }
}

/// A decimal as a JSON number: what is read off a page has few digits, so the shortest float prints them all.
fn number<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let text = value.normalize().to_string();
    if let Ok(whole) = text.parse::<i64>() {
        return serializer.serialize_i64(whole);
    }
    match text.parse::<f64>() {
        Ok(float) => serializer.serialize_f64(float),
        Err(_) => serializer.serialize_str(&text),
    }
}

#[expect(clippy::ref_option, reason = "the signature serde calls")]
fn optional_number<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => number(value, serializer),
        None => serializer.serialize_none(),
    }
}

/// Binding force of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    /// 约束性
    Binding,
    /// 预期性
    Expected,
}

/// Which way an indicator is to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
    /// To be zero and stay so.
    Zero,
    /// Base and target are one number: keep.
    Keep,
    /// An amount summed over the years.
    Cumulative,
    /// Not to be told from the table.
    Unknown,
}

/// A row of the table of indicators.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Indicator {
    /// Number.
    pub no: u32,
    /// Group heading, e.g. `环境治理`.
    pub group: String,
    /// Name without unit and mark.
    pub name: String,
    /// Unit; none where the name carries none.
    pub unit: Option<String>,
    /// Value of the base year.
    pub base: Cell,
    /// Kind of the base.
    pub base_kind: CellKind,
    /// Value of the target year.
    pub target: Cell,
    /// Kind of the target.
    pub target_kind: CellKind,
    /// Binding force.
    pub kind: IndicatorKind,
    /// What the notes under the table say of it.
    pub note: String,
    /// Marked `*`.
    pub starred: bool,
    /// Base year from the head of the table.
    pub base_year: Option<u16>,
    /// Target year from the head of the table.
    pub target_year: Option<u16>,
    /// Which way it is to move.
    pub direction: Direction,
    /// Whether base and target are two different numbers of one unit, so that progress between them means something.
    pub comparable: bool,
    /// The row as printed, its cells parted by one space.
    pub text: String,
    /// Line.
    pub line: u32,
}

/// A unit named in the notes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitSeen {
    /// Full name; the commonest form where no list knows it.
    pub name: String,
    /// Forms the document uses, commonest first.
    pub aliases: Vec<String>,
    /// Code of the list, if known.
    pub code: Option<String>,
    /// How often it is named.
    pub count: u32,
}

/// A statement of the chapters before the duties.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Baseline {
    /// `1.1.2` = chapter, section, item; 0 where unnumbered.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// The figures in it.
    pub figures: Vec<PastFigure>,
    /// Cited documents.
    pub documents: Vec<String>,
    /// Line.
    pub line: u32,
}

/// A sentence that gives every following task one more unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Task after which it stands.
    pub after: String,
    /// Who, as printed.
    pub units: String,
    /// The sentence.
    pub text: String,
    /// Line.
    pub line: u32,
}

/// A piece of the page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Furniture {
    /// Line.
    pub line: u32,
    /// `cover`, `contents`, `annex`, `page`, `table`.
    pub kind: &'static str,
    /// As printed, without marks.
    pub text: String,
}

/// Something put right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Repair {
    /// Line.
    pub line: u32,
    /// What kind of damage.
    pub kind: &'static str,
    /// As it stood.
    pub before: String,
    /// As it was read.
    pub after: String,
}

/// Something uncertain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// Line.
    pub line: u32,
    /// What kind of doubt.
    pub kind: &'static str,
    /// What it is, Chinese and English.
    pub text: String,
}
