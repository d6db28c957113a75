//! Kept registers, in and out: imports, attachments, doubles and merges, publications.

use std::collections::BTreeMap;

use ledger::import::{Import, ImportChange, ImportFinding};
use registers::merge::{Plan, Side};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::common::{Bilingual, Stamp};
use super::registers::{ChangeView, FindingView};

/// A file in a form of several parts.
#[derive(Debug, ToSchema)]
pub struct FileForm {
    /// The file.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

/// A column of an imported table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportColumnView {
    /// Letter, as table programs show it.
    pub column: String,
    /// Header.
    pub header: String,
    /// Field it means, `group.field` inside groups, `id` for the record's number; null where the column is left out.
    pub field: Option<String>,
    /// Whether its values are taken; computed values, files and the state are not.
    pub taken: bool,
}

/// Something wrong in a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportFindingView {
    /// Row, from 1; 0 for the table as a whole.
    pub row: usize,
    /// Letter of the column.
    pub column: Option<String>,
    /// Its header.
    pub header: Option<String>,
    /// What and why.
    #[serde(flatten)]
    pub finding: FindingView,
}

impl From<ImportFinding> for ImportFindingView {
    fn from(found: ImportFinding) -> Self {
        Self {
            row: found.row,
            column: found.column,
            header: found.header,
            finding: FindingView {
                field: found.field,
                names: found.names.into(),
                value: found.value,
                code: found.code,
                expected: found.expected.into(),
            },
        }
    }
}

/// One record of a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRowView {
    /// First row.
    pub row: usize,
    /// The record it changes; null for a new one.
    pub id: Option<String>,
    /// Title.
    pub title: String,
    /// `new`, `changed` or `unchanged`.
    pub kind: String,
    /// What changes; the first of them.
    pub changes: Vec<ChangeView>,
}

impl From<ImportChange> for ChangeView {
    fn from(change: ImportChange) -> Self {
        Self {
            field: change.field,
            names: change.names.into(),
            before: change.before,
            after: change.after,
        }
    }
}

/// A table that was read: what it would do, or everything wrong with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Number.
    pub id: i64,
    /// Name of the file.
    pub file: String,
    /// `xlsx`, `xls`, `ods` or `csv`.
    pub format: String,
    /// Sheet that was read; empty in a text file.
    pub sheet: String,
    /// Other visible sheets, which were not read.
    pub other_sheets: Vec<String>,
    /// Encoding found in a text file.
    pub encoding: String,
    /// Separator found in a text file.
    pub separator: String,
    /// Row of the header, from 1; null where none was found.
    pub header_row: Option<usize>,
    /// Records that read well.
    pub rows: usize,
    /// Of these, new ones.
    pub new: usize,
    /// Of these, with changed values.
    pub changed: usize,
    /// Of these, that say what is known.
    pub unchanged: usize,
    /// Columns with the field each means.
    pub columns: Vec<ImportColumnView>,
    /// Fields without a column.
    pub missing_columns: Vec<Bilingual>,
    /// Everything wrong, by row, at most 1,000.
    pub findings: Vec<ImportFindingView>,
    /// How much is wrong in all.
    pub findings_total: usize,
    /// The first 200 records.
    pub preview: Vec<ImportRowView>,
    /// Whether it can be confirmed: nothing is wrong, and something changes.
    pub confirmable: bool,
    /// When it is forgotten.
    pub expires_at: Stamp,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let report = import.report;
        Self {
            id: import.id,
            file: report.file,
            format: report.found.format,
            sheet: report.found.sheet,
            other_sheets: report.found.others,
            encoding: report.found.encoding,
            separator: report.found.separator,
            header_row: report.header_row,
            rows: report.rows,
            new: report.new,
            changed: report.changed,
            unchanged: report.unchanged,
            columns: report
                .columns
                .into_iter()
                .map(|c| ImportColumnView {
                    column: c.column,
                    header: c.header,
                    field: c.field,
                    taken: c.taken,
                })
                .collect(),
            missing_columns: report.missing_columns.into_iter().map(Into::into).collect(),
            findings: report.findings.into_iter().map(Into::into).collect(),
            findings_total: report.findings_total,
            preview: report
                .preview
                .into_iter()
                .map(|row| ImportRowView {
                    row: row.row,
                    id: row.id,
                    title: row.title,
                    kind: row.kind.name().to_owned(),
                    changes: row.changes.into_iter().map(Into::into).collect(),
                })
                .collect(),
            confirmable: report.confirmable,
            expires_at: import.expires_at.into(),
        }
    }
}

/// What a confirmed import did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportedView {
    /// New records.
    pub created: usize,
    /// Records changed.
    pub changed: usize,
    /// Records that said what is known.
    pub unchanged: usize,
}

/// How an export is written. Beside these, the filters of the list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `xlsx`, `csv` or `geojson`.
    pub format: Option<String>,
    /// `field` or `-field`.
    pub sort: Option<String>,
    /// Words, all of which occur.
    pub q: Option<String>,
    /// States, separated by commas.
    pub state: Option<String>,
    /// Whether a deadline has passed.
    pub overdue: Option<bool>,
    /// Code of the unit the record belongs to.
    pub unit: Option<String>,
    /// Only demonstration, or only real.
    pub demo: Option<bool>,
}

/// The field an attachment is for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttachmentQuery {
    /// Register.
    pub register: String,
    /// Field, `name` or `group.name`.
    pub field: String,
}

/// An attachment as a record's field holds it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type, as found in the content.
    pub media_type: String,
}

/// A record of a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoubleSide {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
}

/// A comparison that counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoubleReason {
    /// Field compared.
    pub field: String,
    /// Weight added, or taken when negative.
    pub weight: i64,
    /// In words.
    pub said: Bilingual,
}

/// Two records that may be the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoubleView {
    /// One.
    pub a: DoubleSide,
    /// The other.
    pub b: DoubleSide,
    /// Score.
    pub score: i64,
    /// `same` or `review`.
    pub verdict: String,
    /// Each comparison that counted.
    pub reasons: Vec<DoubleReason>,
    /// `different` where somebody decided so; null where nobody has.
    pub decided: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Stamp>,
    /// Why.
    pub decided_reason: Option<String>,
}

/// Doubles of a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoubleList {
    /// Pairs, the likeliest first.
    pub items: Vec<DoubleView>,
    /// Records looked at.
    pub records: usize,
    /// Not everything was compared, or more was found.
    pub truncated: bool,
}

/// Two records found different.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissDouble {
    /// One.
    pub a: String,
    /// The other.
    pub b: String,
    /// Why.
    pub reason: String,
}

/// Two records to be merged.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MergeQuery {
    /// The record that stays.
    pub keep: String,
    /// The record that is closed into it.
    pub close: String,
}

/// Two different values of one field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConflictView {
    /// Field.
    pub field: String,
    /// Its name.
    pub names: Bilingual,
    /// Value of the record that stays.
    pub keep: Value,
    /// Value of the record that is closed.
    pub close: Value,
}

/// What a merge would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MergePlanView {
    /// The record that stays.
    pub keep: String,
    /// The record that is closed.
    pub close: String,
    /// Values that follow without a question.
    #[schema(value_type = Object)]
    pub settled: Map<String, Value>,
    /// Values to be chosen between.
    pub conflicts: Vec<ConflictView>,
}

impl From<Plan> for MergePlanView {
    fn from(plan: Plan) -> Self {
        Self {
            keep: plan.keep.0,
            close: plan.close.0,
            settled: plan.settled,
            conflicts: plan
                .conflicts
                .into_iter()
                .map(|c| ConflictView {
                    field: c.field,
                    names: c.names.into(),
                    keep: c.keep,
                    close: c.close,
                })
                .collect(),
        }
    }
}

/// Which value of a conflict stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MergeSide {
    /// That of the record that stays.
    Keep,
    /// That of the record that is closed.
    Close,
}

impl From<MergeSide> for Side {
    fn from(side: MergeSide) -> Self {
        match side {
            MergeSide::Keep => Self::Keep,
            MergeSide::Close => Self::Close,
        }
    }
}

/// A merge.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRecords {
    /// The record that stays.
    pub keep: String,
    /// The record that is closed into it.
    pub close: String,
    /// Side of each conflict, by field.
    #[serde(default)]
    pub choices: BTreeMap<String, MergeSide>,
    /// Why.
    pub reason: String,
    /// The revision of the first that was looked at.
    pub keep_revision: i64,
    /// The revision of the second.
    pub close_revision: i64,
}

/// A merge to be taken apart.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmergeRecord {
    /// The record that was closed.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// A period of a publication.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeriodView {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Last day on which it is in time.
    pub due: String,
    /// When it was published; null where it was not.
    pub published_at: Option<Stamp>,
    /// By whom.
    pub published_by: Option<String>,
    /// Records in it.
    pub records: Option<i64>,
    /// Due and not published.
    pub missed: bool,
}

/// Periods of a register's publication.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicationList {
    /// Periods that have ended, newest first.
    pub items: Vec<PeriodView>,
    /// Last day of the running period; null for what is shown live.
    pub next: Option<String>,
    /// `live`, `monthly`, `quarterly` or `yearly`; null where nothing is published.
    pub rhythm: Option<String>,
    /// Where the duty stands.
    pub basis: Option<String>,
}

/// A period of some register that has ended and is not published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutstandingView {
    /// Register.
    pub register: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The period.
    #[serde(flatten)]
    pub period: PeriodView,
}

/// Periods that wait for their publication.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutstandingList {
    /// The periods, the earliest due first.
    pub items: Vec<OutstandingView>,
}

/// The period to be published.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishPeriod {
    /// Its first day, `YYYY-MM-DD`.
    pub from: String,
}

/// A register of which the public sees something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicRegister {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// `live`, `monthly`, `quarterly` or `yearly`.
    pub rhythm: String,
    /// Where the duty stands.
    pub basis: String,
    /// The newest published period; null for what is shown live, and where none is published yet.
    pub period: Option<PeriodView>,
}

/// All registers of which the public sees something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicRegisterList {
    /// The registers, by name.
    pub items: Vec<PublicRegister>,
}

/// A column the public sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicColumn {
    /// Field.
    pub field: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Kind of value, as in the definition.
    #[serde(rename = "type")]
    pub kind: String,
    /// Unit of a number.
    pub unit: String,
    /// Public columns of a group's rows; none for any other kind.
    #[schema(no_recursion)]
    pub columns: Vec<PublicColumn>,
}

/// A record as the public sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicRecord {
    /// Name.
    pub title: String,
    /// 演示
    pub demo: bool,
    /// Values of public fields.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// The same as people read them; groups stand in `rows`.
    pub shown: BTreeMap<String, Bilingual>,
    /// Rows of public groups as people read them: public values only.
    pub rows: BTreeMap<String, Vec<BTreeMap<String, Bilingual>>>,
}

/// What the public sees of a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicRecords {
    /// The register.
    #[serde(flatten)]
    pub register: PublicRegister,
    /// When this was put together.
    pub time: Stamp,
    /// All published periods, newest first; each opens with `from`. None where it is shown live.
    pub periods: Vec<PeriodView>,
    /// Columns.
    pub columns: Vec<PublicColumn>,
    /// The records of this page.
    pub items: Vec<PublicRecord>,
    /// How many there are in all.
    pub total: i64,
    /// This page, from 1.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
}

/// Which part of a publication.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicQuery {
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
    /// Words, all of which occur in public values.
    pub q: Option<String>,
    /// First day of a published period; the newest when absent.
    pub from: Option<String>,
}
