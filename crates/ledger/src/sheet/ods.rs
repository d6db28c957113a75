//! .ods: OpenDocument's cells with their exact values, repeats and spans.

use std::io::{BufRead, BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::data::{self, Grid, Value};
use super::{Opened, SheetError, limits, xlsx};

/// Reads the first table that holds something.
pub(super) fn read<R: Read + Seek>(file: R) -> Result<Opened, SheetError> {
    let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|e| SheetError::damaged(&e))?;
    if let Ok(manifest) = zip.by_name("META-INF/manifest.xml") {
        let mut text = String::new();
        let read = manifest.take(1 << 20).read_to_string(&mut text);
        if read.is_ok() && text.contains("encryption-data") {
            return Err(SheetError::new(
                "encrypted",
                "文件已加密；请去除密码后上传",
                "the file is encrypted; remove its password",
            ));
        }
    }
    let content = zip.by_name("content.xml").map_err(|e| SheetError::damaged(&e))?;
    let mut tables = Tables::new(BufReader::new(content));
    let mut names = Vec::new();
    let mut held: Option<(String, Grid)> = None;
    while let Some((name, grid)) = tables.next()? {
        names.push(name.clone());
        if held.is_none() && !grid.is_empty() {
            held = Some((name, grid));
        }
    }
    let (name, grid) = held.ok_or_else(xlsx::empty)?;
    Ok(grid.opened(xlsx::found("ods", &name, &names)))
}

struct Tables<R: BufRead> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    tables: usize,
}

/// A cell being read.
#[derive(Default)]
struct Open {
    kind: String,
    value: Option<String>,
    repeated: usize,
    spans: (usize, usize),
    text: String,
    paragraphs: usize,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, SheetError> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|e| SheetError::damaged(&e))?;
        if attribute.key.as_ref() == name {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| SheetError::damaged(&e))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

fn count(element: &BytesStart<'_>, name: &str) -> Result<usize, SheetError> {
    let text = attribute(element, name)?;
    Ok(text.and_then(|t| t.parse().ok()).unwrap_or(1).max(1))
}

fn opening(element: &BytesStart<'_>) -> Result<Open, SheetError> {
    let kind = attribute(element, "office:value-type")?.unwrap_or_default();
    let place = match kind.as_str() {
        "date" => "office:date-value",
        "time" => "office:time-value",
        "boolean" => "office:boolean-value",
        "string" => "office:string-value",
        _ => "office:value",
    };
    Ok(Open {
        value: attribute(element, place)?,
        repeated: count(element, "table:number-columns-repeated")?,
        spans: (
            count(element, "table:number-rows-spanned")?,
            count(element, "table:number-columns-spanned")?,
        ),
        kind,
        ..Open::default()
    })
}

impl<R: BufRead> Tables<R> {
    fn new(content: R) -> Self {
        Self {
            reader: Reader::from_reader(content),
            buffer: Vec::new(),
            tables: 0,
        }
    }

    fn event(&mut self) -> Result<Event<'static>, SheetError> {
        self.buffer.clear();
        self.reader
            .read_event_into(&mut self.buffer)
            .map(Event::into_owned)
            .map_err(|e| SheetError::damaged(&e))
    }

    /// The next table with its name.
    fn next(&mut self) -> Result<Option<(String, Grid)>, SheetError> {
        loop {
            match self.event()? {
                Event::Eof => return Ok(None),
                Event::Start(e) if e.name().as_ref() == "table:table" => {
                    self.tables += 1;
                    let name = attribute(&e, "table:name")?.unwrap_or_default();
                    return Ok(Some((name, self.table()?)));
                }
                _ => {}
            }
        }
    }

    fn table(&mut self) -> Result<Grid, SheetError> {
        let mut grid = Grid::default();
        // The first sheet that holds something is the one that is read; others are only passed over.
        let (mut row, mut repeats, mut depth) = (0_usize, 1_usize, 0_usize);
        let mut cells: Vec<(usize, Open)> = Vec::new();
        let mut column = 0_usize;
        loop {
            match self.event()? {
                Event::Eof => return Err(SheetError::damaged(&"content.xml")),
                Event::Start(e) => match e.name().as_ref() {
                    "table:table" => depth += 1,
                    "table:table-row" if depth == 0 => {
                        repeats = count(&e, "table:number-rows-repeated")?;
                        column = 0;
                    }
                    "table:table-cell" | "table:covered-table-cell" if depth == 0 => {
                        let mut open = opening(&e)?;
                        self.content(&mut open)?;
                        let width = open.repeated;
                        cells.push((column, open));
                        column = column.saturating_add(width);
                    }
                    _ => {}
                },
                Event::Empty(e) if depth == 0 => match e.name().as_ref() {
                    "table:table-cell" | "table:covered-table-cell" => {
                        let open = opening(&e)?;
                        let width = open.repeated;
                        cells.push((column, open));
                        column = column.saturating_add(width);
                    }
                    "table:table-row" => {
                        row = row.saturating_add(count(&e, "table:number-rows-repeated")?);
                    }
                    _ => {}
                },
                Event::End(e) => match e.name().as_ref() {
                    "table:table" if depth == 0 => return Ok(grid),
                    "table:table" => depth -= 1,
                    "table:table-row" if depth == 0 => {
                        put_row(&mut grid, row, repeats, &cells)?;
                        cells.clear();
                        row = row.saturating_add(repeats);
                    }
                    _ => {}
                },
                _ => {}
            }
            if cells.len() > limits::COLUMNS * 40 {
                return Err(data::too_many_cells());
            }
        }
    }

    /// The paragraphs of a cell; notes and drawings inside of it are left out.
    fn content(&mut self, open: &mut Open) -> Result<(), SheetError> {
        let (mut depth, mut aside) = (0_usize, 0_usize);
        loop {
            match self.event()? {
                Event::Eof => return Err(SheetError::damaged(&"content.xml")),
                Event::Start(e) => {
                    depth += 1;
                    match e.name().as_ref() {
                        "office:annotation" | "draw:frame" | "table:table" => aside += 1,
                        "text:p" if aside == 0 => {
                            if open.paragraphs > 0 {
                                open.text.push('\n');
                            }
                            open.paragraphs += 1;
                        }
                        _ => {}
                    }
                }
                Event::Empty(e) if aside == 0 => match e.name().as_ref() {
                    "text:s" => {
                        let spaces = count(&e, "text:c")?.min(1_000);
                        open.text.extend(std::iter::repeat_n(' ', spaces));
                    }
                    "text:tab" => open.text.push('\t'),
                    "text:line-break" => open.text.push('\n'),
                    _ => {}
                },
                Event::End(e) => {
                    if depth == 0 {
                        return Ok(());
                    }
                    depth -= 1;
                    if matches!(
                        e.name().as_ref(),
                        "office:annotation" | "draw:frame" | "table:table"
                    ) {
                        aside = aside.saturating_sub(1);
                    }
                }
                Event::Text(t) if aside == 0 && depth > 0 => open.text.push_str(&t.xml10_content()),
                Event::GeneralRef(r) if aside == 0 && depth > 0 => {
                    let name = r.xml10_content();
                    let meant = match r.resolve_char_ref() {
                        Ok(Some(c)) => Some(c.to_string()),
                        _ => quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned),
                    };
                    open.text.push_str(&meant.unwrap_or_default());
                }
                _ => {}
            }
        }
    }
}

fn put_row(grid: &mut Grid, row: usize, repeats: usize, cells: &[(usize, Open)]) -> Result<(), SheetError> {
    for (column, open) in cells {
        let (down, across) = open.spans;
        if down > 1 || across > 1 {
            grid.merge(
                row,
                *column,
                row.saturating_add(down - 1),
                column.saturating_add(across - 1),
            )?;
        }
        if open.value.as_deref().unwrap_or_default().is_empty() && open.text.is_empty() {
            continue;
        }
        // A repeated filled cell is written out; the grid's bounds stop one that goes on forever.
        for r in row..row.saturating_add(repeats) {
            for c in *column..column.saturating_add(open.repeated) {
                grid.put(r, c, value(open))?;
            }
        }
    }
    Ok(())
}

fn value(open: &Open) -> Value<'_> {
    let given = open.value.as_deref();
    match (open.kind.as_str(), given) {
        ("float" | "currency" | "percentage", Some(text)) => match text.parse::<f64>() {
            Ok(x) => data::number(x),
            Err(_) => Value::Text(text),
        },
        ("boolean", Some(text)) => Value::Bool(text == "true"),
        ("date", Some(text)) => {
            // `2025-03-01T08:30:00.000` as people write it; a day alone stays one.
            let text = text.split('.').next().unwrap_or(text);
            let midnight = text.strip_suffix("T00:00:00");
            Value::Owned(midnight.map_or_else(|| text.replace('T', " "), str::to_owned))
        }
        ("string", Some(text)) if open.text.is_empty() => Value::Text(text),
        _ if matches!(
            open.text.as_str(),
            "#N/A" | "#DIV/0!" | "#REF!" | "#NAME?" | "#VALUE!" | "#NUM!"
        ) =>
        {
            Value::Fault(super::FaultKind::Formula, open.text.clone())
        }
        _ => Value::Text(&open.text),
    }
}
