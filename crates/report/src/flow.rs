//! What both writers share: numbers of headings, tables and charts, the order of the parts, and the grid of a table.

use jiff::civil::Date;

use crate::document::{Block, Cell, Chart, Document, Run, Table};

/// A piece in the order it is written.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    Title(&'a str),
    Subtitle(&'a str),
    Number(&'a str),
    Version(&'a str),
    Heading {
        level: u8,
        text: String,
    },
    Paragraph(&'a [Run]),
    Note(&'a [Run]),
    Caption(String),
    Table(&'a Table),
    Chart(&'a Chart),
    /// 附件：1. …
    Annexes(Vec<String>),
    Issuer(&'a str),
    Date(String),
    PageBreak,
    /// 附件1
    AnnexLabel(String),
    AnnexTitle(&'a str),
}

/// The document as a list of pieces.
pub(crate) fn pieces(document: &Document) -> Vec<Piece<'_>> {
    let mut out: Vec<Piece<'_>> = document.title.lines().map(Piece::Title).collect();
    out.extend(document.subtitle.as_deref().map(Piece::Subtitle));
    out.extend(document.number.as_deref().map(Piece::Number));
    out.extend(document.version.as_deref().map(Piece::Version));
    let mut counts = Counts::default();
    blocks(&document.body, &mut counts, &mut out);
    let titles = document.annexes.iter().map(|a| a.title.as_str());
    match document.annexes.len() {
        0 => {}
        1 => out.push(Piece::Annexes(titles.map(|t| format!("附件：{t}")).collect())),
        _ => {
            let lines = titles.enumerate().map(|(i, title)| {
                let lead = if i == 0 {
                    "附件："
                } else {
                    "\u{3000}\u{3000}\u{3000}"
                };
                format!("{lead}{}. {title}", i + 1)
            });
            out.push(Piece::Annexes(lines.collect()));
        }
    }
    if let Some(issuer) = &document.issuer {
        out.push(Piece::Issuer(issuer));
        out.push(Piece::Date(chinese_date(document.date)));
    }
    for (i, annex) in document.annexes.iter().enumerate() {
        out.push(Piece::PageBreak);
        let label = if document.annexes.len() == 1 {
            "附件".to_owned()
        } else {
            format!("附件{}", i + 1)
        };
        out.push(Piece::AnnexLabel(label));
        out.push(Piece::AnnexTitle(&annex.title));
        counts.headings = [0; 4];
        blocks(&annex.body, &mut counts, &mut out);
    }
    out
}

#[derive(Default)]
struct Counts {
    headings: [u32; 4],
    tables: u32,
    charts: u32,
}

fn blocks<'a>(list: &'a [Block], counts: &mut Counts, out: &mut Vec<Piece<'a>>) {
    for block in list {
        match block {
            Block::Heading { level, text } => {
                let number = counts.next(*level);
                out.push(Piece::Heading {
                    level: *level,
                    text: format!("{number}{text}"),
                });
            }
            Block::Paragraph { runs } => out.push(Piece::Paragraph(runs)),
            Block::Note { runs } => out.push(Piece::Note(runs)),
            Block::Table(table) => {
                counts.tables += 1;
                out.push(Piece::Caption(format!(
                    "表{}\u{3000}{}",
                    counts.tables, table.caption
                )));
                out.push(Piece::Table(table));
            }
            Block::Chart(chart) => {
                counts.charts += 1;
                out.push(Piece::Chart(chart));
                out.push(Piece::Caption(format!(
                    "图{}\u{3000}{}",
                    counts.charts, chart.caption
                )));
            }
            Block::PageBreak => out.push(Piece::PageBreak),
        }
    }
}

impl Counts {
    /// Number of the next heading of a level; deeper levels begin anew.
    fn next(&mut self, level: u8) -> String {
        let place = usize::from(level.clamp(1, 4)) - 1;
        let mut n = 0;
        for (i, count) in self.headings.iter_mut().enumerate() {
            if i == place {
                *count += 1;
                n = *count;
            } else if i > place {
                *count = 0;
            }
        }
        match level {
            1 => format!("{}、", chinese_number(n)),
            2 => format!("（{}）", chinese_number(n)),
            3 => format!("{n}."),
            _ => format!("（{n}）"),
        }
    }
}

/// 一 to 九十九; digits beyond.
fn chinese_number(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |d: u32| {
        usize::try_from(d)
            .ok()
            .and_then(|d| DIGITS.get(d))
            .copied()
            .unwrap_or("")
    };
    match n {
        0 => "〇".to_owned(),
        1..=9 => digit(n).to_owned(),
        10..=19 => format!("十{}", digit(n - 10)),
        20..=99 => format!("{}十{}", digit(n / 10), digit(n % 10)),
        _ => n.to_string(),
    }
}

/// 2023年12月31日
pub(crate) fn chinese_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// A cell in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) column: usize,
    pub(crate) cell: &'a Cell,
}

/// Rows with the places of their cells; a place covered from above is left out. `None` where a row does not fill the
/// columns or a merged cell leaves the table.
pub(crate) fn grid(rows: &[Vec<Cell>], columns: usize) -> Option<Vec<Vec<Placed<'_>>>> {
    let mut covered = vec![0_u16; columns];
    let mut out = Vec::new();
    for row in rows {
        let mut placed = Vec::new();
        let mut cells = row.iter();
        let mut column = 0;
        let mut next = vec![0_u16; columns];
        while column < columns {
            if let Some(left) = covered.get(column).filter(|c| **c > 0) {
                *next.get_mut(column)? = left - 1;
                column += 1;
                continue;
            }
            let cell = cells.next()?;
            let span = usize::from(cell.columns);
            if span == 0 || cell.rows == 0 {
                return None;
            }
            for place in column..column + span {
                if *covered.get(place)? > 0 {
                    return None;
                }
                *next.get_mut(place)? = cell.rows - 1;
            }
            placed.push(Placed { column, cell });
            column += span;
        }
        if cells.next().is_some() {
            return None;
        }
        covered = next;
        out.push(placed);
    }
    covered.iter().all(|c| *c == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_official_ones() {
        let words: Vec<String> = [1, 10, 11, 20, 21, 99, 100].map(chinese_number).into();
        assert_eq!(words, ["一", "十", "十一", "二十", "二十一", "九十九", "100"]);
        let mut counts = Counts::default();
        let made: Vec<String> = [1, 2, 3, 4, 4, 2, 3, 1, 2].map(|l| counts.next(l)).into();
        assert_eq!(
            made,
            [
                "一、",
                "（一）",
                "1.",
                "（1）",
                "（2）",
                "（二）",
                "1.",
                "二、",
                "（一）"
            ]
        );
    }

    #[test]
    fn merged_cells_find_their_places() {
        let c = |t: &str| Cell::text(t);
        let rows = vec![
            vec![c("a").down(2), c("b").across(2)],
            vec![c("c"), c("d")],
            vec![c("e").across(3)],
        ];
        let grid = grid(&rows, 3).unwrap();
        let places: Vec<Vec<usize>> = grid
            .iter()
            .map(|r| r.iter().map(|p| p.column).collect())
            .collect();
        assert_eq!(places, [vec![0, 1], vec![1, 2], vec![0]]);
        assert!(super::grid(&[vec![c("a")]], 2).is_none(), "too few");
        assert!(
            super::grid(&[vec![c("a").down(2)]], 1).is_none(),
            "leaves the table"
        );
        assert!(
            super::grid(&[vec![c("a"), c("b"), c("c")]], 2).is_none(),
            "too many"
        );
    }
}
