//! The columns of a register's table, in template order.

use crate::definition::{Field, FieldType};
use crate::register::Register;
use crate::text::Names;

use super::ID_HEADER;

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Group the field stands in.
    pub group: Option<String>,
    /// Field; `None` for the id column.
    pub field: Option<String>,
    /// Header: the field's Chinese name, `分组/字段` inside groups.
    pub header: String,
    /// English name.
    pub en: String,
    /// Other headers accepted.
    pub aliases: Vec<String>,
    /// Written and read back.
    pub read_back: bool,
    /// What stands in the cells, for the template's note.
    pub note: Names,
    /// The cells' names of codes, for the template's drop-down.
    pub options: Vec<String>,
}

/// All columns in template order, the id first.
pub fn template(register: &Register) -> Vec<Column> {
    let mut out = vec![Column {
        group: None,
        field: None,
        header: ID_HEADER.to_owned(),
        en: "Record id".to_owned(),
        aliases: vec!["id".to_owned(), "ID".to_owned()],
        read_back: true,
        note: Names::new("新记录留空", "leave blank for a new record"),
        options: Vec::new(),
    }];
    for field in &register.definition().field {
        if field.kind == FieldType::Group {
            out.extend(field.fields.iter().map(|sub| column(register, Some(field), sub)));
        } else {
            out.push(column(register, None, field));
        }
    }
    out
}

fn column(register: &Register, group: Option<&Field>, field: &Field) -> Column {
    let prefixed = |name: &str| group.map_or_else(|| name.to_owned(), |g| format!("{}/{name}", g.zh));
    let list = register.codes(group, field);
    Column {
        group: group.map(|g| g.name.clone()),
        field: Some(field.name.clone()),
        header: prefixed(&field.zh),
        en: group.map_or_else(|| field.en.clone(), |g| format!("{}/{}", g.en, field.en)),
        aliases: field
            .aliases
            .iter()
            .flat_map(|a| [a.clone(), prefixed(a)])
            .collect(),
        read_back: field.computed.is_none() && field.kind != FieldType::File,
        note: note(field),
        options: list
            .map(|l| l.codes.iter().map(|c| c.names.zh.clone()).collect())
            .unwrap_or_default(),
    }
}

fn note(field: &Field) -> Names {
    let (zh, en) = match field.kind {
        FieldType::Text => ("文本", "text"),
        FieldType::Integer => ("整数", "whole number"),
        FieldType::Decimal => ("数值", "number"),
        FieldType::Date => ("日期，如 2025-03-01", "date such as 2025-03-01"),
        FieldType::Instant => (
            "日期与时刻，如 2025-03-01 08:30",
            "date and time such as 2025-03-01 08:30",
        ),
        FieldType::Choice => ("从下拉列表选择", "choose from the list"),
        FieldType::Boolean => ("是 或 否", "是 (yes) or 否 (no)"),
        FieldType::File => ("附件不经表格导入", "attachments are not imported by table"),
        FieldType::Point => ("经度,纬度（CGCS2000）", "longitude,latitude (CGCS2000)"),
        FieldType::Line | FieldType::Area => ("WKT（CGCS2000）", "WKT (CGCS2000)"),
        FieldType::Reference => ("所引用记录或对象的编号", "id of the record or subject meant"),
        FieldType::Unit => ("单位代码", "code of the unit"),
        FieldType::CreditCode => ("18 位统一社会信用代码", "credit code of 18 characters"),
        FieldType::PermitCode => ("22 位许可证编号", "permit number of 22 characters"),
        FieldType::Group => ("", ""),
    };
    let (mut zh, mut en) = (zh.to_owned(), en.to_owned());
    let mut also = |a: String, b: String| {
        zh = format!("{zh}；{a}");
        en = format!("{en}; {b}");
    };
    if !field.unit.is_empty() {
        also(format!("单位 {}", field.unit), format!("unit {}", field.unit));
    }
    match (&field.min, &field.max) {
        (Some(min), Some(max)) => also(format!("{min}–{max}"), format!("{min}–{max}")),
        (Some(min), None) => also(format!("≥ {min}"), format!("≥ {min}")),
        (None, Some(max)) => also(format!("≤ {max}"), format!("≤ {max}")),
        (None, None) => {}
    }
    if let Some(expects) = &field.expects {
        also(expects.zh.clone(), expects.en.clone());
    }
    if field.repeatable {
        also(
            "多个值以“；”分隔".to_owned(),
            "several values separated by «；»".to_owned(),
        );
    }
    if field.computed.is_some() {
        also("自动计算，不填".to_owned(), "computed, do not fill in".to_owned());
    } else if field.required {
        also("必填".to_owned(), "required".to_owned());
    } else if field.required_when.is_some() {
        also("视情况必填".to_owned(), "required in some cases".to_owned());
    }
    if !field.note.is_empty() {
        also(field.note.clone(), field.note.clone());
    }
    Names::new(zh, en)
}
