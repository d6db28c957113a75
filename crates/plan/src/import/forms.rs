//! Other forms a plan is published in, brought to the one that is read: tables as HTML or with Markdown's bars become lines
//! of cells; chapters 1, 1.1, 1.1.1 and items （1） or ① get the numerals 一、 （一） 1. What is changed is reported.

use std::borrow::Cow;

use super::lines::Line;
use super::markers::{self, Marker};
use super::notes;
use super::report::Report;
use crate::limits::MAX_TABLE_LINES;
use crate::pattern::Pattern;

static TABLE_OPEN: Pattern = Pattern::new(r"(?i)<table[^<>]{0,200}>");
static TABLE_CLOSE: Pattern = Pattern::new(r"(?i)</table\s*>");
static ROW_CLOSE: Pattern = Pattern::new(r"(?i)</tr\s*>");
static CELL_CLOSE: Pattern = Pattern::new(r"(?i)</t[dh]\s*>");
static TABLE_TAG: Pattern =
    Pattern::new(r"(?i)</?(?:table|thead|tbody|tfoot|tr|td|th|br|p)(?:\s[^<>]{0,200})?/?>");

/// Lines of a file, each with its index; a table's row is a line of cells between tabs.
pub(super) fn unfold<'t>(text: &'t str, report: &mut Report) -> Vec<(usize, Cow<'t, str>)> {
    let mut out: Vec<(usize, Cow<'t, str>)> = Vec::new();
    let mut open: Option<Html> = None;
    let mut bars = false;
    for (index, line) in text
        .split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
        .enumerate()
    {
        if let Some(mut table) = open.take() {
            if table.add(index, line, &mut out) {
                open = Some(table);
            }
        } else if let Some(tag) = TABLE_OPEN.find(line) {
            told(report, index, tag.as_str());
            let before = line.get(..tag.start()).unwrap_or_default();
            if !before.trim().is_empty() {
                out.push((index, Cow::Borrowed(before)));
            }
            let mut table = Html {
                row: String::new(),
                at: index,
                lines: 0,
            };
            if table.add(index, line.get(tag.end()..).unwrap_or_default(), &mut out) {
                open = Some(table);
            }
        } else if let Some(cells) = barred(line) {
            if !bars {
                told(report, index, "|");
            }
            bars = true;
            if !cells.is_empty() {
                out.push((index, Cow::Owned(cells)));
            }
        } else {
            bars = false;
            out.push((index, Cow::Borrowed(line)));
        }
    }
    if let Some(mut table) = open {
        table.end_row(&mut out);
    }
    out
}

fn told(report: &mut Report, index: usize, mark: &str) {
    let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
    report.repair(line, "table_form", mark, "\\t");
}

/// A table in HTML being read.
struct Html {
    row: String,
    at: usize,
    lines: usize,
}

impl Html {
    /// Adds a line. False where the table ended with it.
    fn add(&mut self, index: usize, line: &str, out: &mut Vec<(usize, Cow<'_, str>)>) -> bool {
        self.lines += 1;
        let (inside, after) = match TABLE_CLOSE.find(line) {
            Some(tag) => (line.get(..tag.start()), line.get(tag.end()..)),
            None => (Some(line), None),
        };
        let mut rest = inside.unwrap_or_default();
        while let Some(close) = ROW_CLOSE.find(rest) {
            self.take(index, rest.get(..close.start()).unwrap_or_default());
            self.end_row(out);
            rest = rest.get(close.end()..).unwrap_or_default();
        }
        self.take(index, rest);
        // A table that is never closed ends where no table is that long.
        if after.is_none() && self.lines < MAX_TABLE_LINES {
            return true;
        }
        self.end_row(out);
        let after = after.unwrap_or_default();
        if !after.trim().is_empty() {
            out.push((index, Cow::Owned(after.to_owned())));
        }
        false
    }

    fn take(&mut self, index: usize, part: &str) {
        if self.row.is_empty() {
            self.at = index;
        }
        let mut rest = part.trim();
        while let Some(close) = CELL_CLOSE.find(rest) {
            self.cell(rest.get(..close.start()).unwrap_or_default());
            self.row.push('\t');
            rest = rest.get(close.end()..).unwrap_or_default();
        }
        self.cell(rest);
    }

    fn cell(&mut self, part: &str) {
        let mut from = 0;
        for tag in TABLE_TAG.find_all(part) {
            self.row
                .push_str(part.get(from..tag.start()).unwrap_or_default().trim());
            from = tag.end();
        }
        self.row.push_str(part.get(from..).unwrap_or_default().trim());
    }

    fn end_row(&mut self, out: &mut Vec<(usize, Cow<'_, str>)>) {
        let row = std::mem::take(&mut self.row);
        if !row.trim().is_empty() {
            out.push((self.at, Cow::Owned(row.trim_end().to_owned())));
        }
    }
}

/// Cells of a row between bars; empty for the line under a table's head, `None` where it is no such row.
fn barred(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    if !inner.contains('|') {
        return None;
    }
    if inner.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) {
        return Some(String::new());
    }
    let cells: Vec<&str> = inner.split('|').map(str::trim).collect();
    Some(cells.join("\t").trim_end().to_owned())
}

static THREE: Pattern =
    Pattern::new(r"^(\d{1,2})\.(\d{1,2})\.(\d{1,2})(?:[.、\s]\s*|\b)(?P<rest>[^\d\s.].*)$");
static TWO: Pattern = Pattern::new(r"^(\d{1,2})\.(\d{1,2})(?:[.、\s]\s*)(?P<rest>[^\d\s.%％].*)$");
static ONE: Pattern = Pattern::new(r"^(\d{1,2})(?:[.、\s]\s*)(?P<rest>[^\d\s.%％].*)$");
static BRACKETED: Pattern = Pattern::new(r"^(?:[（(]\s*(\d{1,2})\s*[)）]|([①-⑳]))\s*、?\s*(?P<rest>\S.*)$");

/// A number from 1 to 99 in Chinese.
fn chinese(n: u32) -> String {
    let digit = |d: u32| {
        "〇一二三四五六七八九"
            .chars()
            .nth(d as usize)
            .unwrap_or('〇')
            .to_string()
    };
    match (n / 10, n % 10) {
        (0, ones) => digit(ones),
        (1, 0) => "十".to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens, 0) => format!("{}十", digit(tens)),
        (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
    }
}

fn group(c: &regex::Captures<'_>, i: usize) -> Option<u32> {
    c.get(i)?.as_str().parse().ok()
}

/// Brings the numerals of all lines to 一、 （一） 1.
pub(super) fn numerals(lines: &mut [Line], report: &mut Report) {
    arabic(lines, report);
    bracketed(lines, report);
}

fn renumber(line: &mut Line, mark: &str, rest: &str, report: &mut Report) {
    let before = line.s.strip_suffix(rest).unwrap_or_default().trim().to_owned();
    report.repair(line.no, "numerals", &before, mark.trim_end());
    line.s = format!("{mark}{rest}");
}

/// 1, 1.1, 1.1.1: only where no chapter is numbered 一、 and sections are numbered so.
fn arabic(lines: &mut [Line], report: &mut Report) {
    let chapter =
        |l: &&Line| matches!(markers::of(&l.s), Some((Marker::Chapter(_), _))) && markers::heading_like(l);
    let section = |l: &&Line| TWO.is_match(&l.s) && markers::heading_like(l) && !l.s.contains('\t');
    if lines.iter().any(|l| chapter(&l)) || lines.iter().filter(section).count() < 2 {
        return;
    }
    let mut last = 0;
    for line in lines {
        let s = line.s.clone();
        let rest = |c: &regex::Captures<'_>| c.name("rest").map_or(String::new(), |m| m.as_str().to_owned());
        if let Some(c) = THREE.captures(&s) {
            if let Some(no) = group(&c, 3) {
                renumber(line, &format!("{no}. "), &rest(&c), report);
            }
        } else if !markers::heading_like(line) || s.contains('\t') || s.ends_with('性') {
            // a sentence, or a row of a table
        } else if let Some(c) = TWO.captures(&s) {
            if let Some(no) = group(&c, 2).filter(|_| group(&c, 1) == Some(last)) {
                renumber(line, &format!("（{}）", chinese(no)), &rest(&c), report);
            }
        } else if let Some(c) = ONE.captures(&s)
            && let Some(no) = group(&c, 1)
            && (no == last + 1 || (no == 1 && last > 1))
            && (line.blank_before || line.level.is_some() || line.marked)
        {
            last = no;
            renumber(line, &format!("{}、", chinese(no)), &rest(&c), report);
        }
    }
}

/// （1） or ①: items, where a section has no others and each names its own units.
fn bracketed(lines: &mut [Line], report: &mut Report) {
    let heading = |l: &Line| {
        matches!(
            markers::of(&l.s),
            Some((Marker::Chapter(_) | Marker::Section(_), _))
        ) && markers::heading_like(l)
    };
    let mut from = 0;
    while from < lines.len() {
        let rest = lines.get(from + 1..).unwrap_or_default();
        let to = rest
            .iter()
            .position(heading)
            .map_or(lines.len(), |n| from + 1 + n);
        if let Some(block) = lines.get_mut(from..to) {
            block_items(block, report);
        }
        from = to;
    }
}

fn block_items(block: &mut [Line], report: &mut Report) {
    if block
        .iter()
        .any(|l| matches!(markers::of(&l.s), Some((Marker::Item(_), _))))
    {
        return;
    }
    let mut found: Vec<(usize, u32)> = Vec::new();
    for (i, line) in block.iter().enumerate() {
        let ended = i.checked_sub(1).and_then(|p| block.get(p)).is_none_or(|p| {
            p.s.ends_with(['。', '）', ')', '】', '〕', '：', ':']) || p.s.chars().count() <= 40
        });
        if !(line.blank_before || line.level.is_some() || line.marked || ended) {
            continue;
        }
        let Some(c) = BRACKETED.captures(&line.s) else {
            continue;
        };
        let circled = c.get(2).and_then(|m| m.as_str().chars().next());
        let no = match circled {
            Some(sign) => Some(u32::from(sign).saturating_sub(u32::from('①')) + 1),
            None => group(&c, 1),
        };
        let expected = u32::try_from(found.len()).unwrap_or(u32::MAX).saturating_add(1);
        if no == Some(expected) {
            found.push((i, expected));
        }
    }
    let (Some(&(first, _)), Some(&(second, _))) = (found.first(), found.get(1)) else {
        return;
    };
    let own: String = block
        .get(first..second)
        .unwrap_or_default()
        .iter()
        .map(|l| l.s.as_str())
        .collect();
    if !notes::names_units(&own) {
        let line = block.get(first).map_or(0, |l| l.no);
        report.doubt(
            line,
            "numbering",
            "（1）式编号的内容没有各自的责任单位，按正文读 / what is numbered （1） names no units of its own and is read as text",
        );
        return;
    }
    for (i, no) in found {
        let Some(line) = block.get_mut(i) else { continue };
        let rest = BRACKETED
            .captures(&line.s)
            .and_then(|c| c.name("rest").map(|m| m.as_str().to_owned()));
        if let Some(rest) = rest {
            renumber(line, &format!("{no}. "), &rest, report);
            line.marked = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<String> {
        let mut report = Report::default();
        unfold(text, &mut report)
            .into_iter()
            .map(|(_, l)| l.into_owned())
            .collect()
    }

    #[test]
    fn tables_of_every_form_become_lines_of_cells() {
        let html = "前\n<table border=\"1\"><tr><th>指标</th><th>2020年</th></tr><tr>\n<td>1. 浓度 (ug/m<sup>3</sup>)</td>\n<td>54</td></tr></table>后\n";
        assert_eq!(
            cells(html),
            ["前", "指标\t2020年", "1. 浓度 (ug/m<sup>3</sup>)\t54", "后", ""]
        );
        let bars = "| 指标 | 2020年 |\n|:---|---:|\n|（一）甲| |\n| 1. 浓度 | 54 |\n|a|\n";
        assert_eq!(
            cells(bars),
            ["指标\t2020年", "（一）甲", "1. 浓度\t54", "|a|", ""]
        );
        assert_eq!(cells("<table><tr><td>不闭合"), ["不闭合"]);
    }

    #[test]
    fn numbers_in_chinese() {
        for (n, s) in [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")] {
            assert_eq!(chinese(n), s);
            assert_eq!(crate::text::numeral(s), Some(n));
        }
    }
}
