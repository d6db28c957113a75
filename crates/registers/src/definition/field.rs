//! Fields of a record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Names;

/// What kind of value a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Text.
    Text,
    /// Whole number.
    Integer,
    /// Exact decimal number, kept as text.
    Decimal,
    /// Date `YYYY-MM-DD`.
    Date,
    /// Instant, RFC 3339 with offset, whole seconds.
    Instant,
    /// One code of a code list.
    Choice,
    /// Yes or no.
    Boolean,
    /// An attachment: `{name, sha256, size, media_type}`.
    File,
    /// GeoJSON Point, CGCS2000 degrees.
    Point,
    /// GeoJSON LineString.
    Line,
    /// GeoJSON Polygon.
    Area,
    /// Id of a record of the register named in `register`, or code of a subject of the kind named in `subject`.
    Reference,
    /// Code of a government unit or town.
    Unit,
    /// 统一社会信用代码, with its check digit (GB 32100-2015).
    CreditCode,
    /// Permit number of 22 characters, with the check digit of its credit code (HJ 608-2017).
    PermitCode,
    /// Rows of the fields in `fields`.
    Group,
}

impl FieldType {
    /// Whether one value fits into one cell of a table and one place of an expression.
    pub fn is_scalar(self) -> bool {
        !matches!(self, Self::Group | Self::File)
    }

    /// Whether the value is a geometry.
    pub fn is_place(self) -> bool {
        matches!(self, Self::Point | Self::Line | Self::Area)
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }
}

/// One code of a short list given in the field itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Stable name: lower-case letters, digits, underscores.
    pub name: String,
    /// Chinese name: the column's header.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Kind of value.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// A record without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Expression; where it is true the field is required.
    #[serde(default)]
    pub required_when: Option<String>,
    /// Several values (not for groups, which always are).
    #[serde(default)]
    pub repeatable: bool,
    /// Unit of a number.
    #[serde(default)]
    pub unit: String,
    /// Smallest number or earliest date, as text, included.
    #[serde(default)]
    pub min: Option<String>,
    /// Largest number or latest date, as text, included.
    #[serde(default)]
    pub max: Option<String>,
    /// Decimals at most; a computed decimal is rounded to them once by GB/T 8170.
    #[serde(default)]
    pub decimals: Option<u32>,
    /// Regular expression the whole text must match.
    #[serde(default)]
    pub pattern: Option<String>,
    /// What the pattern means, for people.
    #[serde(default)]
    pub expects: Option<Names>,
    /// Codes of a short list.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Name of a code list (`registers/codes/<name>.csv`).
    #[serde(default)]
    pub codes: Option<String>,
    /// Register whose record is meant.
    #[serde(default)]
    pub register: Option<String>,
    /// Kind of the subject meant; `any` for every kind.
    #[serde(default)]
    pub subject: Option<String>,
    /// Value given where none is entered.
    #[serde(default)]
    pub default: Option<serde_json::Value>,
    /// Expression from which the value follows; such a field is never entered.
    #[serde(default)]
    pub computed: Option<String>,
    /// Shown to the public.
    #[serde(default)]
    pub public: bool,
    /// Other headers under which the column comes.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Explanation for forms and the template.
    #[serde(default)]
    pub note: String,
    /// Media types a file may have.
    #[serde(default)]
    pub media: Vec<String>,
    /// Largest file, MiB.
    #[serde(default)]
    pub max_mib: Option<u32>,
    /// Most rows of a group, or values of a repeatable field.
    #[serde(default)]
    pub at_most: Option<u32>,
    /// Fields of a group's rows.
    #[serde(default)]
    pub fields: Vec<Subfield>,
}

/// A field of a group's rows: a field that is no group itself.
pub type Subfield = Field;

impl Field {
    /// Chinese and English name.
    pub fn names(&self) -> Names {
        Names::new(&self.zh, &self.en)
    }

    /// A field of this group.
    pub fn subfield(&self, name: &str) -> Option<&Subfield> {
        self.fields.iter().find(|f| f.name == name)
    }
}
