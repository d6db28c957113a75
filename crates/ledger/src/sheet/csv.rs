//! Text tables: encoding and separator found out, rows counted as a table program counts them; and written with a mark
//! of their encoding, so that table programs show Chinese.

use std::io::Write;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use registers::table::Cell;

use super::data::{Grid, Value};
use super::{FaultKind, Found, Opened, SheetError, guard, limits, xlsx};

const MARK: &str = "\u{feff}";

/// Reads a text table.
pub(super) fn read(bytes: Vec<u8>) -> Result<Opened, SheetError> {
    let (text, encoding) = decode(bytes)?;
    if text.contains('\0') {
        return Err(guard::unknown());
    }
    let (skip, separator) = separator(&text);
    let mut grid = Grid::default();
    rows(
        text.get(skip..).unwrap_or_default(),
        separator,
        usize::from(skip > 0),
        |row, column, field| {
            let text = plain(field);
            let value = if lost_digits(text) {
                Value::Fault(FaultKind::LostDigits, text.to_owned())
            } else {
                Value::Text(text)
            };
            grid.put(row, column, value).map(|()| true)
        },
    )?;
    if grid.is_empty() {
        return Err(xlsx::empty());
    }
    Ok(grid.opened(Found {
        format: "csv".to_owned(),
        encoding: encoding.to_owned(),
        separator: match separator {
            '\t' => "tab".to_owned(),
            other => other.to_string(),
        },
        ..Found::default()
    }))
}

/// The text and the name of its encoding.
fn decode(mut bytes: Vec<u8>) -> Result<(String, &'static str), SheetError> {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        bytes.drain(..3);
        return match String::from_utf8(bytes) {
            Ok(text) => Ok((text, "UTF-8")),
            Err(e) => Err(unreadable(e.as_bytes(), e.utf8_error().valid_up_to(), "UTF-8")),
        };
    }
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return whole(UTF_16LE, bytes.get(2..).unwrap_or_default(), "UTF-16LE");
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return whole(UTF_16BE, bytes.get(2..).unwrap_or_default(), "UTF-16BE");
    }
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // No text of one byte a letter has a NUL; commas and digits of two bytes have one each.
    if even + odd > 0 {
        let (encoding, name) = if odd >= even {
            (UTF_16LE, "UTF-16LE")
        } else {
            (UTF_16BE, "UTF-16BE")
        };
        return whole(encoding, &bytes, name);
    }
    let (bytes, valid) = match String::from_utf8(bytes) {
        Ok(text) => return Ok((text, "UTF-8")),
        Err(e) => {
            let valid = e.utf8_error().valid_up_to();
            (e.into_bytes(), valid)
        }
    };
    match strict(GB18030, &bytes) {
        Ok(text) => Ok((text, "GB18030")),
        Err(at) => Err(unreadable(&bytes, at.max(valid), "UTF-8、GB18030、UTF-16")),
    }
}

fn whole(
    encoding: &'static Encoding,
    bytes: &[u8],
    name: &'static str,
) -> Result<(String, &'static str), SheetError> {
    strict(encoding, bytes)
        .map(|text| (text, name))
        .map_err(|at| unreadable(bytes, at, name))
}

/// Decodes without replacing anything; the byte where it stopped otherwise.
fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    debug_assert!(encoding != UTF_8, "the standard library reads UTF-8");
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(most.unwrap_or(bytes.len()).min(bytes.len() * 3 + 16));
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(rest.len().max(64)),
            DecoderResult::Malformed(length, after) => {
                return Err(at.saturating_sub(usize::from(length) + usize::from(after)));
            }
        }
    }
}

fn unreadable(bytes: &[u8], at: usize, tried: &str) -> SheetError {
    let line = bytes.iter().take(at).filter(|b| **b == b'\n').count() + 1;
    SheetError::new(
        "encoding",
        format!(
            "第 {line} 行（第 {} 字节）不是 {tried} 文本；请另存为 CSV UTF-8",
            at + 1
        ),
        format!(
            "line {line} (byte {}) is no text of {tried}; save it as CSV UTF-8",
            at + 1
        ),
    )
}

/// Where the table begins (after a line `sep=;`), and its separator: the one that parts the first rows most evenly.
fn separator(text: &str) -> (usize, char) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(c) = rest.chars().next().filter(|c| matches!(c, ',' | ';' | '\t'))
        && let Some(end) = text.find('\n').filter(|end| *end <= 7)
    {
        return (end + 1, c);
    }
    let score = |candidate: char| {
        let mut widths = Vec::new();
        // The closure stops the walk; a broken quote is told when the table itself is read.
        let _ = rows(text, candidate, 0, |row, column, _| {
            if widths.len() <= row {
                widths.resize(row + 1, 0_usize);
            }
            if let Some(width) = widths.get_mut(row) {
                *width = column;
            }
            Ok(row < limits::SEPARATOR_ROWS)
        });
        widths.truncate(limits::SEPARATOR_ROWS);
        let parted = widths.iter().filter(|w| **w > 0).count();
        (parted, widths.iter().sum::<usize>())
    };
    let best = [',', '\t', ';'].into_iter().rev().max_by_key(|c| score(*c));
    (0, best.unwrap_or(','))
}

/// Every field with its row and column, until `each` says to stop.
fn rows(
    text: &str,
    separator: char,
    first: usize,
    mut each: impl FnMut(usize, usize, &str) -> Result<bool, SheetError>,
) -> Result<(), SheetError> {
    let (mut row, mut column) = (first, 0);
    let mut field = String::new();
    let mut quoted_since = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted_since.is_some() {
            match c {
                '"' if chars.peek() == Some(&'"') => {
                    chars.next();
                    field.push('"');
                }
                '"' => quoted_since = None,
                _ => field.push(c),
            }
            continue;
        }
        match c {
            // `="0123"` is how some programs keep a code from becoming a number.
            '"' if field.is_empty() || field == "=" => {
                field.clear();
                quoted_since = Some(row);
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                if !each(row, column, &field)? {
                    return Ok(());
                }
                field.clear();
                (row, column) = (row + 1, 0);
            }
            c if c == separator => {
                if !each(row, column, &field)? {
                    return Ok(());
                }
                field.clear();
                column += 1;
            }
            _ => field.push(c),
        }
    }
    if let Some(since) = quoted_since {
        return Err(SheetError::new(
            "damaged",
            format!("第 {} 行的引号没有结束", since + 1),
            format!("the quotation mark of row {} is not closed", since + 1),
        ));
    }
    each(row, column, &field).map(|_| ())
}

/// A whole number that a table program wrote as a power of ten.
fn lost_digits(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    number
        && power
            .strip_prefix('+')
            .and_then(|p| p.parse::<u32>().ok())
            .is_some_and(|p| p >= 15)
}

/// Whether a table program would take a text for a formula.
fn formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A text as written: what a table program would take for a formula gets a mark that [`plain`] takes off again.
pub fn text_cell(text: &str) -> std::borrow::Cow<'_, str> {
    if formula(text) && text.parse::<f64>().is_err() {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if formula(rest) => rest,
        _ => text,
    }
}

/// A text table being written: UTF-8 with its mark, commas, CRLF.
#[derive(Debug)]
pub struct Csv<W: Write> {
    out: W,
}

impl<W: Write> Csv<W> {
    /// Begins a table.
    pub fn new(mut out: W) -> std::io::Result<Self> {
        out.write_all(MARK.as_bytes())?;
        Ok(Self { out })
    }

    /// One row.
    pub fn row(&mut self, cells: &[Cell]) -> std::io::Result<()> {
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.out.write_all(b",")?;
            }
            match cell {
                Cell::Empty => {}
                Cell::Bool(b) => self.out.write_all(if *b { "是" } else { "否" }.as_bytes())?,
                Cell::Text(text) => {
                    let text = text_cell(text);
                    if text.contains([',', ';', '"', '\n', '\r', '\t']) {
                        write!(self.out, "\"{}\"", text.replace('"', "\"\""))?;
                    } else {
                        self.out.write_all(text.as_bytes())?;
                    }
                }
            }
        }
        self.out.write_all(b"\r\n")
    }

    /// Ends it.
    pub fn finish(mut self) -> std::io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
