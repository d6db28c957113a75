//! The table of indicators (主要指标): where it begins and ends, and its rows, even where a row was wrapped in the middle
//! of a cell. A row is read from its end, since the name may hold anything: force, target, base, and the name is the rest.

use rust_decimal::Decimal;

use super::lines::{self, Line};
use super::markers::{self, Marker};
use super::report::Report;
use crate::document::{Cell, Direction, Furniture, Indicator, IndicatorKind};
use crate::limits::{MAX_ROW, MAX_ROW_BREAKS};
use crate::pattern::Pattern;
use crate::text::{Text, is_close, is_open};

static HEAD: Pattern = Pattern::new(
    r"^\|?\s*(?:序\s*号[\s|]*)?(?:规划)?指\s*标(?:\s*名\s*称)?[\s|]*(?:单\s*位[\s|]*)?(20\d{2})\s*年[^\n\d]{0,10}(20\d{2})\s*年",
);
static HEAD_START: Pattern = Pattern::new(
    r"^\|?\s*(?:序\s*号[\s|]*)?(?:规划)?指\s*标(?:\s*名\s*称)?[\s|]*(?:单\s*位)?[\s|]*[\d年\s|]*$",
);
static NOTES: Pattern = Pattern::new(r"^注\s*[：:]");
static CIRCLED: Pattern = Pattern::new(r"^[①②③④⑤⑥⑦⑧⑨]");

/// Whether a table of indicators begins at this line (its head may be wrapped into the next).
pub(super) fn begins(line: &Line, next: Option<&Line>) -> bool {
    if HEAD.is_match(&line.s) {
        return true;
    }
    HEAD_START.is_match(&line.s)
        && next.is_some_and(|n| HEAD.is_match(&format!("{}{}", line.s, n.s)) || n.s.starts_with("20"))
}

/// Follows a table to its end.
pub(super) struct Extent {
    section: u32,
    row: u32,
    group: u32,
    notes: bool,
    circle: bool,
}

impl Extent {
    /// A table standing in a section.
    pub(super) fn new(section: u32) -> Self {
        Self {
            section,
            row: 0,
            group: 0,
            notes: false,
            circle: false,
        }
    }

    /// Whether the line still belongs to the table.
    pub(super) fn takes(&mut self, line: &Line, is_chapter: &dyn Fn(u32, &str) -> bool) -> bool {
        let marker = markers::of(&line.s);
        if let Some((Marker::Chapter(no), length)) = marker
            && (line.level.is_some()
                || line.blank_before
                || is_chapter(no, line.s.get(length..).unwrap_or_default()))
        {
            return false;
        }
        if self.notes {
            if CIRCLED.is_match(&line.s) || self.circle {
                self.circle = !line.s.ends_with('。');
                return true;
            }
            return !line.blank_before && marker.is_none();
        }
        if NOTES.is_match(&line.s) {
            self.notes = true;
            self.circle = !line.s.ends_with('。');
            return true;
        }
        match marker {
            Some((Marker::Section(no), _))
                if no == self.group + 1 && !(line.level.is_some() && no == self.section + 1) =>
            {
                self.group = no;
                true
            }
            Some((Marker::Section(_) | Marker::Annex, _)) => false,
            Some((Marker::Item(no), _)) => {
                // a numbered sentence after a table without notes is an item of the text
                let row = no > self.row && !line.s.contains('。');
                self.row = self.row.max(no);
                row
            }
            _ => !line.s.contains('。'),
        }
    }
}

/// What the lines of a table say.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub indicators: Vec<Indicator>,
    pub furniture: Vec<Furniture>,
}

/// Reads the rows.
pub(super) fn read(table: &[Line], report: &mut Report) -> Table {
    let mut out = Table::default();
    let mut years = (None, None);
    let mut group = String::new();
    let mut notes: Vec<String> = Vec::new();
    for row in rows(table) {
        let line = row.first().map_or(0, |l| l.no);
        let mut whole = Text::default();
        for part in &row {
            whole.append(&part.text());
        }
        let whole = lines::clean_row(&whole, report);
        let joined = whole.as_str().to_owned();
        let cleaned: Vec<String> = whole.parts().map(|(part, _)| part.to_owned()).collect();
        let furniture = |text: &str| Furniture {
            line,
            kind: "table",
            text: text.to_owned(),
        };
        if let Some(head) = HEAD.captures(&joined) {
            let year = |i| head.get(i).and_then(|m| m.as_str().parse::<u16>().ok());
            years = (year(1), year(2));
            out.furniture.push(furniture(&joined));
        } else if NOTES.is_match(&joined) || CIRCLED.is_match(&joined) {
            notes.push(joined.clone());
            out.furniture.push(furniture(&joined));
        } else {
            let bare = joined.trim_start_matches(['|', ' ', '\t']);
            match markers::of(bare) {
                Some((Marker::Section(_), length)) => {
                    group = markers::title(
                        bare.get(length..)
                            .unwrap_or_default()
                            .trim_matches(['|', '\t', ' ']),
                    );
                    out.furniture.push(furniture(&joined));
                }
                Some((Marker::Item(no), _)) => {
                    let expected = out.indicators.last().map_or(1, |i| i.no + 1);
                    for missing in expected..no {
                        report.doubt(
                            line,
                            "missing_indicator",
                            format!("缺第{missing}项指标 / indicator {missing} is missing"),
                        );
                    }
                    if let Some(mut indicator) = indicator(&cleaned, no, line, report) {
                        indicator.group.clone_from(&group);
                        (indicator.base_year, indicator.target_year) = years;
                        out.indicators.push(indicator);
                    } else {
                        report.doubt(
                            line,
                            "indicator",
                            format!("指标行未能读出 / a row of the table does not read: {joined}"),
                        );
                        out.furniture.push(furniture(&joined));
                    }
                }
                _ => {
                    let title = joined.contains("指标");
                    if !title && !joined.trim_matches(['|', '-', ':', ' ', '\t']).is_empty() {
                        report.doubt(
                            line,
                            "table",
                            format!("指标表中的行未能归类 / a line of the table is of no kind: {joined}"),
                        );
                    }
                    out.furniture.push(furniture(&joined));
                }
            }
        }
    }
    apply_notes(&mut out.indicators, &notes);
    out
}

/// Lines grouped into rows: a row begins at the head, a number, a group, a note; what follows unmarked belongs to it.
fn rows(table: &[Line]) -> Vec<Vec<&Line>> {
    let mut rows: Vec<Vec<&Line>> = Vec::new();
    let mut last_item = 0;
    for line in table {
        let begins = match markers::of(line.s.trim_start_matches(['|', ' ', '\t'])) {
            Some((Marker::Item(no), _))
                if no == last_item + 1 || (no > last_item && line.blank_before) || row_ended(rows.last()) =>
            {
                last_item = no;
                true
            }
            Some((Marker::Section(_), _)) => true,
            _ => {
                line.blank_before
                    || NOTES.is_match(&line.s)
                    || CIRCLED.is_match(&line.s)
                    || (HEAD_START.is_match(&line.s) && last_item == 0)
            }
        };
        match rows.last_mut() {
            Some(row) if !begins => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    rows
}

fn row_ended(row: Option<&Vec<&Line>>) -> bool {
    row.and_then(|r| r.last())
        .is_some_and(|l| l.s.trim_end_matches(['|', ' ', '\t']).ends_with('性'))
}

static ROW: Pattern = Pattern::new(
    r"^(?P<name>.*?[^\s\d.\[—–])\s+(?P<base>\[\s*[\d.]+\s*%?\s*\]|[—–－-]+|/|\d+(?:\.\d+)?|[\p{Han}“”]{1,16})\s+(?P<target>\[\s*[\d.]+\s*%?\s*\]|[—–－-]+|/|[≥≤<>＜＞]?\s*\d+(?:\.\d+)?|[\p{Han}“”、，]{1,24})\s+(?P<kind>约束性|预期性)$",
);

/// A blank a scan put between two Chinese characters; in a row with tabs no blank parts cells.
static BLANK: Pattern = Pattern::new(r"(\p{Han}) +(\p{Han})");

/// Without the blanks between Chinese characters, where tabs part the cells.
fn unblanked(part: &str) -> String {
    let mut out = part.to_owned();
    while part.contains('\t')
        && let Some(blank) = BLANK.find(&out)
    {
        let plain: String = blank.as_str().chars().filter(|c| *c != ' ').collect();
        out.replace_range(blank.range(), &plain);
    }
    out
}

/// One row: all readings of its soft breaks are tried, the one that makes four cells is taken.
fn indicator(parts: &[String], no: u32, line: u32, report: &mut Report) -> Option<Indicator> {
    let parts: Vec<String> = parts.iter().map(|part| unblanked(part)).collect();
    let length: usize = parts.iter().map(|p| p.chars().count()).sum();
    if length > MAX_ROW || parts.len() > MAX_ROW_BREAKS + 1 {
        return None;
    }
    let breaks = parts.len().saturating_sub(1);
    let mut found: Vec<(String, String, String, IndicatorKind)> = Vec::new();
    for reading in 0_u32..1 << breaks {
        let mut row = String::new();
        for (i, part) in parts.iter().enumerate() {
            if i > 0 && reading >> (i - 1) & 1 == 1 {
                row.push('\t');
            }
            row.push_str(part);
        }
        let row = row.replace('|', "\t");
        if let Some(cells) = cells(row.trim())
            && !found.contains(&cells)
        {
            found.push(cells);
        }
    }
    // a name that ends with its unit or its mark is read better than one that swallowed a cell
    found.sort_by_key(|(name, base, target, _)| (!name_ends_well(name), !sure(base), !sure(target)));
    if found.len() > 1 {
        let best = found
            .iter()
            .filter(|(name, base, target, _)| name_ends_well(name) && sure(base) && sure(target))
            .count();
        if best > 1 {
            report.doubt(line, "indicator", format!("指标{no}折行后有多种读法，取第一种 / indicator {no} reads in several ways once wrapped, the first is taken"));
        }
    }
    let (name, base, target, kind) = found.into_iter().next()?;
    let (_, length) = markers::of(&name)?;
    let text = format!(
        "{name} {base} {target} {}",
        if kind == IndicatorKind::Binding {
            "约束性"
        } else {
            "预期性"
        }
    );
    Some(build(
        no,
        name.get(length..)?,
        cell(&base),
        cell(&target),
        kind,
        text,
        line,
        report,
    ))
}

fn name_ends_well(name: &str) -> bool {
    name.trim_end().ends_with(['*', ')', '）'])
}

fn sure(cell: &str) -> bool {
    !cell.chars().all(crate::text::is_han) || cell.contains("下达") || cell.chars().count() >= 4
}

fn cells(row: &str) -> Option<(String, String, String, IndicatorKind)> {
    let c = ROW.captures(row)?;
    let get = |name: &str| c.name(name).map(|m| m.as_str().trim().to_owned());
    let kind = if get("kind")? == "约束性" {
        IndicatorKind::Binding
    } else {
        IndicatorKind::Expected
    };
    Some((get("name")?, get("base")?, get("target")?, kind))
}

fn cell(s: &str) -> Cell {
    let bare: String = s.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(percent) = bare.strip_prefix('[').and_then(|b| b.strip_suffix(']'))
        && let Ok(percent) = percent.trim_end_matches('%').parse::<Decimal>()
    {
        return Cell::FiveYearCut(percent);
    }
    if let Ok(number) = bare
        .trim_start_matches(['≥', '≤', '<', '>', '＜', '＞'])
        .parse::<Decimal>()
    {
        return Cell::Number(number);
    }
    if bare.chars().all(|c| matches!(c, '—' | '–' | '－' | '-' | '/')) || bare == "无" {
        return Cell::None;
    }
    if bare.contains("下达") {
        return Cell::Assigned(bare);
    }
    Cell::Qualitative(bare)
}

static UNIT: Pattern = Pattern::new(
    r"^(?:%|‰|[uμµ]g/m[3³]|mg/(?:L|m[3³])|dB(?:\(A\))?|分贝|[万亿千]?(?:吨|亩|公顷|平方公里|公里|立方米|千瓦|元|人|户|个|家|座|条|处|天|辆|千克|米|t|kg)(?:标准煤|/[\p{Han}A-Za-z]+)*)$",
);

#[expect(clippy::too_many_arguments, reason = "the cells of one row, each once")]
fn build(
    no: u32,
    name: &str,
    base: Cell,
    target: Cell,
    kind: IndicatorKind,
    text: String,
    line: u32,
    report: &mut Report,
) -> Indicator {
    let tight: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = tight.trim_end_matches(['*', '＊', '※']);
    let starred = bare.len() < tight.len();
    let (name, unit) = split_unit(bare);
    let unit = unit.map(|u| {
        let read = u.replace("ug/", "μg/").replace('µ', "μ").replace("m3", "m³");
        if read != u {
            report.repair(line, "unit_of_measure", &u, &read);
        }
        read
    });
    let comparable = matches!((&base, &target), (Cell::Number(from), Cell::Number(to)) if from != to);
    Indicator {
        no,
        group: String::new(),
        direction: direction(&name, &base, &target),
        name,
        unit,
        base_kind: base.kind(),
        base,
        target_kind: target.kind(),
        target,
        kind,
        note: String::new(),
        starred,
        base_year: None,
        target_year: None,
        comparable,
        text,
        line,
    }
}

/// The last bracket is the unit if it is one; any other bracket is part of the name.
fn split_unit(name: &str) -> (String, Option<String>) {
    let brackets = |s: &str| -> String {
        s.chars()
            .map(|c| match c {
                '(' => '（',
                ')' => '）',
                c => c,
            })
            .collect()
    };
    if name.ends_with(is_close)
        && let Some(open) = name.rfind(is_open)
    {
        let unit = name
            .get(open..)
            .unwrap_or_default()
            .trim_matches(|c| is_open(c) || is_close(c));
        if UNIT.is_match(unit) {
            return (
                brackets(name.get(..open).unwrap_or_default()),
                Some(unit.to_owned()),
            );
        }
    }
    (brackets(name), None)
}

/// Words of an indicator's name that tell which way it is to move.
const LOWER: [&str; 6] = ["浓度", "排放降低", "消耗", "施用量", "使用量", "V类水"];
const HIGHER: [&str; 10] = [
    "优良",
    "达到或好于",
    "治理率",
    "利用率",
    "覆盖率",
    "比重",
    "红线面积",
    "安全利用",
    "质量指数",
    "处置率",
];

fn direction(name: &str, base: &Cell, target: &Cell) -> Direction {
    if name.contains("减排量") {
        return Direction::Cumulative;
    }
    if let Cell::Number(to) = target {
        if to.is_zero() && !HIGHER.iter().any(|w| name.contains(w)) {
            return Direction::Zero;
        }
        if let Cell::Number(from) = base {
            return match from.cmp(to) {
                std::cmp::Ordering::Greater => Direction::Lower,
                std::cmp::Ordering::Less => Direction::Higher,
                std::cmp::Ordering::Equal => Direction::Keep,
            };
        }
    }
    if name.contains("降低") || name.contains("下降") {
        // the indicator is itself the cut
        return Direction::Higher;
    }
    if HIGHER.iter().any(|w| name.contains(w)) {
        Direction::Higher
    } else if LOWER.iter().any(|w| name.contains(w)) {
        Direction::Lower
    } else {
        Direction::Unknown
    }
}

/// Puts each note under the table beside the rows it speaks of: `[ ]`, `*`, or all.
fn apply_notes(indicators: &mut [Indicator], notes: &[String]) {
    for note in notes {
        for part in note.split_inclusive('。') {
            let text: String = part
                .chars()
                .filter(|c| !c.is_whitespace())
                .skip_while(|c| matches!(c, '注' | '：' | ':' | '①'..='⑨'))
                .collect();
            let text = text.trim_end_matches('。');
            if text.is_empty() {
                continue;
            }
            for indicator in indicators.iter_mut() {
                let cut = matches!(indicator.base, Cell::FiveYearCut(_))
                    || matches!(indicator.target, Cell::FiveYearCut(_));
                let applies = if text.starts_with('[') {
                    cut
                } else if text.contains('*') {
                    indicator.starred
                } else {
                    true
                };
                if applies {
                    if !indicator.note.is_empty() {
                        indicator.note.push('；');
                    }
                    indicator.note.push_str(text);
                }
            }
        }
    }
}

/// The title of a table as text, for tests of what is kept.
#[cfg(test)]
pub(super) fn of_text(text: &str) -> Table {
    let mut report = Report::default();
    let lines = lines::read(text, &mut report);
    read(&lines, &mut report)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD_ROW: &str = "指标\t2020年\t2025年\t指标属性\n";

    #[test]
    fn cells_of_every_kind() {
        let t = of_text(&format!(
            "{HEAD_ROW}(一) 甲\n1. 细颗粒物 (PM <sub>2.5</sub> ) 浓度 (ug/m <sup>3</sup> )\t50\t40\t约束性\n2. 某减排量 (吨) *\t[ 12.5% ]\t300.5\t约束性\n3. 某率 (%)\t—\t完成市下达任务\t预期性\n4. 指数 (EQI) *\t—\t稳中向好\t预期性\n\n注：① [ ] 内为五年累计。\n\n②带\\*的口径有调整。\n"
        ));
        assert_eq!(t.indicators.len(), 4);
        assert_eq!(t.indicators[0].name, "细颗粒物（PM2.5）浓度");
        assert_eq!(t.indicators[0].unit.as_deref(), Some("μg/m³"));
        assert_eq!(t.indicators[0].base, Cell::Number(50.into()));
        assert!(matches!(t.indicators[1].base, Cell::FiveYearCut(_)));
        assert_eq!(t.indicators[1].note, "[]内为五年累计；带*的口径有调整");
        assert_eq!(t.indicators[2].target_kind, crate::document::CellKind::Assigned);
        assert_eq!(t.indicators[3].unit, None);
        assert_eq!(t.indicators[3].name, "指数（EQI）");
        assert_eq!(
            (t.indicators[0].base_year, t.indicators[0].target_year),
            (Some(2020), Some(2025))
        );
    }

    #[test]
    fn blanks_within_words_are_no_cells() {
        let t = of_text(&format!(
            "{HEAD_ROW}1. 某 浓度 (ug/m3)\t54\t完成 市下达任 务\t约束 性\n"
        ));
        assert_eq!(t.indicators.len(), 1);
        assert_eq!(t.indicators[0].name, "某浓度");
        assert_eq!(
            t.indicators[0].target,
            Cell::Assigned("完成市下达任务".to_owned())
        );
    }

    #[test]
    fn a_cell_cut_in_the_middle_is_joined() {
        let t = of_text(&format!(
            "{HEAD_ROW}1. 某浓度 (ug/m3)\t54\t4\n2\t约束性\n2. 某量 (吨)\t—\t206\n1.6\t约束\n性\n"
        ));
        assert_eq!(t.indicators[0].target, Cell::Number(42.into()));
        assert_eq!(
            t.indicators[1].target.clone(),
            Cell::Number("2061.6".parse().unwrap())
        );
    }
}
