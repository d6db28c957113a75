//! The template people fill in, and the export: workbooks whose codes survive, with drop-downs and every column
//! explained in both languages.

use std::io::{Seek, Write};

use registers::definition::{Field, FieldType};
use registers::register::Register;
use registers::table::{Cell, Column, state_header};
use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::limits;

/// A workbook that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The library.
    #[error("写表格失败：{0} / writing the workbook failed: {0}")]
    Workbook(#[from] XlsxError),
    /// The disk.
    #[error("写文件失败：{0} / writing the file failed: {0}")]
    Io(#[from] std::io::Error),
    /// More rows than a sheet takes.
    #[error("超过 {0} 行，请缩小筛选范围或导出 CSV / more than {0} rows: filter more, or export CSV")]
    TooMany(u32),
}

const CODES_SHEET: &str = "代码";
const MANUAL_SHEET: &str = "说明";
/// Last row of a workbook's sheet.
const LAST_ROW: u32 = 1_048_575;

fn field<'a>(register: &'a Register, column: &Column) -> Option<&'a Field> {
    let definition = register.definition();
    let name = column.field.as_ref()?;
    match &column.group {
        Some(group) => definition.field(group)?.subfield(name),
        None => definition.field(name),
    }
}

/// How a column is kept in the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Date,
}

fn kind(field: Option<&Field>) -> Kind {
    match field {
        Some(f) if f.repeatable => Kind::Text,
        Some(f) if f.kind.is_number() => Kind::Number,
        Some(f) if f.kind == FieldType::Date => Kind::Date,
        // Ids and codes of 18 digits stay what they are only as text.
        _ => Kind::Text,
    }
}

fn cell_format(kind: Kind) -> Format {
    match kind {
        Kind::Text => Format::new().set_num_format("@"),
        Kind::Number => Format::new(),
        Kind::Date => Format::new().set_num_format("yyyy-mm-dd"),
    }
}

fn header_format(read_back: bool, required: bool) -> Format {
    let colour = match (read_back, required) {
        (false, _) => 0x00D9_DDE3,
        (true, true) => 0x00F6_D9C9,
        (true, false) => 0x00D5_E5F2,
    };
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
        .set_background_color(Color::RGB(colour))
}

/// Width of a text in a sheet: Chinese characters take two places.
fn width(text: &str) -> f64 {
    let places: u32 = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    (f64::from(places) + 3.0).clamp(*limits::WIDTHS.start(), *limits::WIDTHS.end())
}

fn required(field: Option<&Field>) -> bool {
    field.is_some_and(|f| f.required && f.computed.is_none())
}

fn number_of(n: usize) -> Result<u16, XlsxError> {
    u16::try_from(n).map_err(|_| XlsxError::RowColumnLimitError)
}

/// The template of a register: headers with notes, drop-downs, and a sheet that explains every column.
pub fn template(
    register: &Register,
    columns: &[Column],
    units: &[(String, String)],
) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    let mut data = Worksheet::new();
    data.set_name(sheet_name(&register.definition().zh))?;
    data.set_freeze_panes(1, 1)?;
    data.set_row_height(0, 36)?;
    let mut codes = Worksheet::new();
    codes.set_name(CODES_SHEET)?;
    codes.set_hidden(true);
    let mut lists = 0_u16;
    for (n, column) in columns.iter().enumerate() {
        let at = number_of(n)?;
        let field = field(register, column);
        let kind = kind(field);
        let header = if required(field) {
            format!("{}*", column.header)
        } else {
            column.header.clone()
        };
        data.write_string_with_format(0, at, &header, &header_format(column.read_back, required(field)))?;
        data.insert_note(0, at, &note(column))?;
        data.set_column_format(at, &cell_format(kind))?;
        data.set_column_width(at, width(&header).max(14.0))?;
        let options: Vec<&str> = match field.map(|f| f.kind) {
            Some(FieldType::Boolean) => vec!["是", "否"],
            Some(FieldType::Unit) => units.iter().map(|(_, name)| name.as_str()).collect(),
            _ => column.options.iter().map(String::as_str).collect(),
        };
        if options.is_empty() || !column.read_back {
            continue;
        }
        codes.write_string(0, lists, &column.header)?;
        for (row, option) in (1_u32..).zip(&options) {
            codes.write_string(row, lists, *option)?;
        }
        let range = format!(
            "='{CODES_SHEET}'!${0}$2:${0}${1}",
            rust_xlsxwriter::utility::column_number_to_name(lists),
            options.len() + 1
        );
        let several = field.is_some_and(|f| f.repeatable);
        let choice = DataValidation::new()
            .allow_list_formula(Formula::new(range))
            .set_error_title("不在代码表中")?
            .set_error_message("请从下拉列表选择 / choose from the list")?
            // Several values in one cell are more than a drop-down can check.
            .show_error_message(!several);
        data.add_data_validation(1, at, limits::TEMPLATE_ROWS, at, &choice)?;
        lists += 1;
    }
    book.push_worksheet(data);
    book.push_worksheet(manual(register, columns, units)?);
    if lists > 0 {
        book.push_worksheet(codes);
    }
    Ok(book.save_to_buffer()?)
}

/// Names of sheets have at most 31 characters and none of a few.
fn sheet_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') {
                '·'
            } else {
                c
            }
        })
        .take(31)
        .collect();
    if plain.is_empty() || plain == CODES_SHEET || plain == MANUAL_SHEET {
        "台账".to_owned()
    } else {
        plain
    }
}

fn note(column: &Column) -> Note {
    let text = format!("{}\n{}\n{}", column.note.zh, column.en, column.note.en);
    let text: String = text.chars().take(2_000).collect();
    Note::new(text)
        .add_author_prefix(false)
        .set_width(260)
        .set_height(110)
}

fn manual(
    register: &Register,
    columns: &[Column],
    units: &[(String, String)],
) -> Result<Worksheet, WriteError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(MANUAL_SHEET)?;
    let (head, wrap) = (
        header_format(true, false),
        Format::new().set_text_wrap().set_align(FormatAlign::Top),
    );
    let definition = register.definition();
    let lines = [
        format!("{}（{}）填表说明 / How to fill in", definition.zh, definition.en),
        "第一列为记录编号：新记录留空，修改已有记录时保留。带 * 的列必填，灰色列不读入。一条记录的多行明细写在其下各行，其余列留空。\
         日期写作 2025-03-01。全部行无误后方可导入，有一行有误则全部不导入。"
            .to_owned(),
        "The first column holds the record's id: blank for a new record, kept for a change. Columns with * are required, \
         grey ones are not read. Further rows of one record stand below it with the other columns blank. Dates are \
         written 2025-03-01. Nothing is imported unless every row is good."
            .to_owned(),
    ];
    for (row, line) in (0_u32..).zip(&lines) {
        sheet.merge_range(row, 0, row, 4, line, &wrap)?;
        sheet.set_row_height(row, if row == 0 { 20 } else { 50 })?;
    }
    let heads = ["列 / Column", "English", "必填 / Required", "说明", "Meaning"];
    for (at, text) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(4, at, text, &head)?;
    }
    for (at, places) in (0_u16..).zip([24.0, 28.0, 12.0, 46.0, 52.0]) {
        sheet.set_column_width(at, places)?;
    }
    let mut row = 5_u32;
    for column in columns {
        let field = field(register, column);
        let must = if required(field) { "是 / yes" } else { "" };
        let mut zh = column.note.zh.clone();
        if !column.options.is_empty() {
            let few: Vec<&str> = column.options.iter().take(30).map(String::as_str).collect();
            let more = if column.options.len() > 30 { " …" } else { "" };
            zh = format!("{zh}：{}{more}", few.join("、"));
        }
        for (at, text) in (0_u16..).zip([&column.header, &column.en, must, &zh, &column.note.en]) {
            sheet.write_string_with_format(row, at, text, &wrap)?;
        }
        row += 1;
    }
    if columns
        .iter()
        .any(|c| field(register, c).is_some_and(|f| f.kind == FieldType::Unit))
    {
        row += 1;
        sheet.write_string_with_format(row, 0, "单位代码 / Code of unit", &head)?;
        sheet.write_string_with_format(row, 1, "名称 / Name", &head)?;
        for (code, name) in units {
            row += 1;
            sheet.write_string(row, 0, code)?;
            sheet.write_string(row, 1, name)?;
        }
    }
    Ok(sheet)
}

/// A workbook being written row by row, without holding the rows.
pub struct Export {
    book: Workbook,
    kinds: Vec<(Kind, Option<u32>)>,
    formats: Vec<Format>,
    row: u32,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

impl Export {
    /// Begins an export; rows wait in files below `temp`. The state is written after the columns.
    pub fn new(register: &Register, columns: &[Column], temp: &std::path::Path) -> Result<Self, WriteError> {
        let mut book = Workbook::new();
        book.set_tempdir(temp)?;
        let mut sheet = book.new_worksheet_with_constant_memory();
        sheet.set_name(sheet_name(&register.definition().zh))?;
        sheet.set_freeze_panes(1, 1)?;
        let mut kinds = Vec::new();
        let mut formats = Vec::new();
        let mut heads: Vec<(&str, bool, bool)> = Vec::new();
        for column in columns {
            let field = field(register, column);
            let computed = field.filter(|f| f.computed.is_some()).and_then(|f| f.decimals);
            let kind = kind(field);
            kinds.push((kind, computed));
            formats.push(match computed.filter(|d| *d > 0 && kind == Kind::Number) {
                Some(decimals) => {
                    Format::new().set_num_format(format!("0.{}", "0".repeat(decimals.min(12) as usize)))
                }
                None => cell_format(kind),
            });
            heads.push((&column.header, column.read_back, required(field)));
        }
        if register.definition().life.is_some() {
            kinds.push((Kind::Text, None));
            formats.push(cell_format(Kind::Text));
            heads.push((state_header(register), false, false));
        }
        for (n, (header, read_back, required)) in heads.into_iter().enumerate() {
            let at = number_of(n)?;
            sheet.set_column_width(at, width(header).max(12.0))?;
            sheet.write_string_with_format(0, at, header, &header_format(read_back, required))?;
        }
        book.push_worksheet(sheet);
        Ok(Self {
            book,
            kinds,
            formats,
            row: 0,
        })
    }

    /// One row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), WriteError> {
        if self.row >= LAST_ROW {
            return Err(WriteError::TooMany(LAST_ROW));
        }
        self.row += 1;
        let sheet = self.book.worksheet_from_index(0)?;
        for (n, ((cell, (kind, computed)), format)) in
            cells.iter().zip(&self.kinds).zip(&self.formats).enumerate()
        {
            let at = number_of(n)?;
            match cell {
                Cell::Empty => {}
                Cell::Bool(b) => {
                    sheet.write_string_with_format(self.row, at, if *b { "是" } else { "否" }, format)?;
                }
                Cell::Text(text) => match exact(text, *kind, computed.is_some()) {
                    Some(x) => {
                        sheet.write_number_with_format(self.row, at, x, format)?;
                    }
                    None => {
                        sheet.write_string_with_format(self.row, at, text, format)?;
                    }
                },
            }
        }
        Ok(())
    }

    /// Ends it and writes the workbook.
    pub fn finish<W: Write + Seek + Send>(mut self, to: W) -> Result<(), WriteError> {
        Ok(self.book.save_to_writer(to)?)
    }
}

/// The number or date a text is, where a workbook keeps it so that it reads back the same; computed numbers are not
/// read back, so their trailing zeros may be a matter of format.
fn exact(text: &str, kind: Kind, computed: bool) -> Option<f64> {
    match kind {
        Kind::Text => None,
        Kind::Number => {
            let x: f64 = text.parse().ok()?;
            let same = match super::data::number(x) {
                super::data::Value::Owned(back) => back == text,
                _ => return None,
            };
            (same || computed).then_some(x)
        }
        Kind::Date => {
            let date: jiff::civil::Date = text.parse().ok()?;
            // Before March 1900 workbooks count one day too many.
            let base = jiff::civil::date(1899, 12, 30);
            let days = base.until(date).ok()?.get_days();
            (days > 60).then(|| f64::from(days))
        }
    }
}
