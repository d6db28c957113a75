//! Physical lines: numbered, without Markdown's marks, knowing what stood around them. Also folds widths and, once lines
//! are joined, takes out tags, formulas and marks that a scan left in the text.

use std::sync::LazyLock;

use super::forms;
use super::markers;
use super::report::Report;
use crate::limits;
use crate::pattern::Pattern;
use crate::text::Text;

/// A line with something on it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Number in the file, from 1.
    pub no: u32,
    /// Without leading marks and without white space at both ends.
    pub s: String,
    /// Level of the Markdown heading, if it is one.
    pub level: Option<u8>,
    /// Begins with a bold mark or a list bullet.
    pub marked: bool,
    /// An empty line, or the start of the file, before it.
    pub blank_before: bool,
    /// An empty line, or the end of the file, after it.
    pub blank_after: bool,
}

impl Line {
    /// As text.
    pub(super) fn text(&self) -> Text {
        Text::line(&self.s, self.no)
    }
}

static PAGE: Pattern = Pattern::new(
    r"^(?:[-—–·•]\s*\d{1,4}\s*[-—–·•]|第\s*\d{1,4}\s*页.{0,12}|!\[[^\]]*\]\([^)]*\)|[-*_]{3,})$",
);
static NUMBER_ALONE: Pattern = Pattern::new(r"^\d{1,3}$");

static CUT_MARK: Pattern =
    Pattern::new(r"^(?:[一二三四五六七八九十]{1,3}|[（(][一二三四五六七八九十]{0,3}|\d{1,2})$");

impl Line {
    /// Whether it belongs to the page: a page number, a picture, a rule.
    pub(super) fn is_furniture(&self) -> bool {
        PAGE.is_match(&self.s) || (self.blank_before && self.blank_after && NUMBER_ALONE.is_match(&self.s))
    }
}

/// Full-width digits, letters and signs as the plain ones. Chinese punctuation stays.
fn fold(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '％' | '．' | '＋' | '＊' | '＃' | '／' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        '\u{3000}' | '\u{a0}' | '\u{2002}' | '\u{2003}' | '\u{2009}' => ' ',
        c => c,
    }
}

/// The lines of a text that have something on them.
pub(super) fn read(text: &str, report: &mut Report) -> Vec<Line> {
    let text = if let Some(rest) = text.strip_prefix('\u{feff}') {
        report.repair(1, "byte_order_mark", "U+FEFF", "");
        rest
    } else {
        text
    };
    let text = if text.len() > limits::MAX_TEXT {
        let end = (0..=limits::MAX_TEXT)
            .rev()
            .find(|&i| text.is_char_boundary(i))
            .unwrap_or(0);
        report.doubt(
            0,
            "too_long",
            "文本超过上限，其后未读 / the text is longer than the bound, the rest was not read",
        );
        text.get(..end).unwrap_or_default()
    } else {
        text
    };
    if text.contains('\r') {
        report.repair(1, "line_ends", "CR LF", "LF");
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut blank = true;
    let unified = text.replace("\r\n", "\n");
    for (index, raw) in forms::unfold(&unified, report) {
        let raw = raw.as_ref();
        let no = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if index >= limits::MAX_LINES {
            report.doubt(
                no,
                "too_long",
                "行数超过上限，其后未读 / more lines than the bound, the rest was not read",
            );
            break;
        }
        let folded: String = raw.chars().filter(|c| !is_invisible(*c)).map(fold).collect();
        if folded
            .chars()
            .zip(raw.chars())
            .any(|(a, b)| a != b && !a.is_whitespace())
        {
            let (wide, plain): (String, String) = raw
                .chars()
                .filter(|c| fold(*c) != *c && !c.is_whitespace())
                .map(|c| (c, fold(c)))
                .unzip();
            if !wide.is_empty() {
                report.repair(no, "full_width", &wide, &plain);
            }
        }
        let (s, level, marked) = strip_marks(&folded);
        if let Some(tag) = folded
            .find('<')
            .filter(|at| folded.len() - s.len() > *at)
            .and_then(|at| TAG.find(folded.get(at..)?))
        {
            report.repair(no, "tag", tag.as_str(), "");
        }
        if s.is_empty() {
            // a line of marks alone is the rest of a wrapped one, not an empty one
            if folded.trim().is_empty() {
                blank = true;
                if let Some(last) = lines.last_mut() {
                    last.blank_after = true;
                }
            }
            continue;
        }
        if !blank && let Some(last) = lines.last_mut().filter(|l| CUT_MARK.is_match(&l.s)) {
            // a numbering mark cut by the wrapping: 「四」, 「、…」
            last.s.push_str(s);
            continue;
        }
        lines.push(Line {
            no,
            s: s.to_owned(),
            level,
            marked,
            blank_before: blank,
            blank_after: false,
        });
        blank = false;
    }
    if let Some(last) = lines.last_mut() {
        last.blank_after = true;
    }
    lines
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '\0'
    )
}

fn strip_marks(line: &str) -> (&str, Option<u8>, bool) {
    let mut s = line.trim();
    let hashes = s.bytes().take_while(|b| *b == b'#').count();
    let level = u8::try_from(hashes).ok().filter(|h| (1..=6).contains(h));
    if level.is_some() {
        s = s.get(hashes..).unwrap_or_default().trim_start();
    }
    let mut marked = false;
    for bullet in ["- ", "+ ", "• ", "* ", "-\t", "*\t"] {
        // a star may also be the mark of a table's row, wrapped to a line's start
        if let Some(rest) = s.strip_prefix(bullet)
            && (!bullet.starts_with('*') || markers::of(rest.trim_start()).is_some())
        {
            s = rest.trim_start();
            marked = true;
        }
    }
    let bold = |s: &str| {
        ["**", "__", "<b>", "<strong>", "<B>"]
            .iter()
            .find(|m| s.starts_with(**m))
            .map(|m| m.len())
    };
    while let Some(length) = bold(s) {
        s = s.get(length..).unwrap_or_default().trim_start();
        marked = true;
    }
    (s, level, marked)
}

static TAG: Pattern = Pattern::new(r"</?[A-Za-z][A-Za-z0-9]{0,9}(?:\s[^<>]{0,60})?/?>");
static FORMULA: Pattern = Pattern::new(r"\$([^$]{1,80})\$");

static CHARACTERS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    pairs(include_str!("../../data/characters.csv"))
        .filter_map(|(a, b)| Some((a.chars().next()?, b.chars().next()?)))
        .collect()
});

/// Rows `a,b` of a table kept beside the code; `#` begins a comment.
pub(super) fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once(','))
}

/// Takes out tags, formula marks, bold marks and traditional characters.
pub(super) fn clean(text: &Text, report: &mut Report) -> Text {
    clean_with(text, false, report)
}

/// As [`clean`], but a single `*` at the end of a line stays: in a table it is a mark of the row, not half a bold one.
pub(super) fn clean_row(text: &Text, report: &mut Report) -> Text {
    clean_with(text, true, report)
}

fn clean_with(text: &Text, stars: bool, report: &mut Report) -> Text {
    let mut out = Text::default();
    let mut from = 0;
    for tag in TAG.find_all(text.as_str()) {
        out.append(&text.slice(from, tag.start()));
        report.repair(text.line_at(tag.start()), "tag", tag.as_str(), "");
        from = tag.end();
    }
    out.append(&text.from(from));
    let text = out;
    let mut out = Text::default();
    let mut from = 0;
    for formula in FORMULA.find_all(text.as_str()) {
        out.append(&text.slice(from, formula.start()));
        let line = text.line_at(formula.start());
        let plain = formula_text(formula.as_str());
        report.repair(line, "formula", formula.as_str(), &plain);
        out.push_str(&plain, line);
        from = formula.end();
    }
    out.append(&text.from(from));
    marks_and_characters(&out, stars, report)
}

fn marks_and_characters(text: &Text, stars: bool, report: &mut Report) -> Text {
    let mut out = Text::default();
    let mut chars = text.chars().peekable();
    let mut last = text.first_line();
    while let Some((c, line)) = chars.next() {
        if matches!(c, '*' | '_') && chars.peek().is_some_and(|&(next, _)| next == c) {
            chars.next();
        } else if c == '*' && !stars && (chars.peek().is_none_or(|&(_, l)| l != line) || last != line) {
            // half a bold mark, the other half beyond the line's end
        } else if c == '\\' && chars.peek().is_some_and(|(next, _)| next.is_ascii_punctuation()) {
            report.repair(line, "escape", "\\", "");
        } else if let Some(&(_, meant)) = CHARACTERS.iter().find(|(read, _)| *read == c) {
            report.repair(line, "character", &c.to_string(), &meant.to_string());
            out.push(meant, line);
        } else {
            out.push(c, line);
        }
        last = line;
    }
    out
}

/// `$54 \mu g/m^3$` → `54μg/m³`.
fn formula_text(formula: &str) -> String {
    formula
        .trim_matches('$')
        .replace("\\mu ", "μ")
        .replace("\\mu", "μ")
        .replace("\\%", "%")
        .replace("^3", "³")
        .replace("^{3}", "³")
        .replace("^2", "²")
        .replace("^{2}", "²")
        .replace("\\mathrm", "")
        .replace("\\text", "")
        .chars()
        .filter(|c| !matches!(c, '_' | '^' | '{' | '}' | '\\'))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// White space out, save one blank between two plain letters or digits.
pub(super) fn tighten(text: &Text) -> Text {
    let mut out = Text::default();
    let mut gap = false;
    let mut last: Option<char> = None;
    for (c, line) in text.chars() {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && c.is_ascii_alphanumeric() && last.is_some_and(|l| l.is_ascii_alphanumeric()) {
            out.push(' ', line);
        }
        gap = false;
        out.push(c, line);
        last = Some(c);
    }
    out
}
