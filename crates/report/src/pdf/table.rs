//! Tables: columns, wrapped cells, merged cells, the head again on every page.

use crate::document::{Align, Cell, Table};
use crate::flow::{self, Placed};
use crate::fonts::{Fonts, Role};

use super::line::{self, Atom, Style, atoms, broken};
use super::page::{AREA, Sheet};

const SIZE: f32 = 10.0;
const HEIGHT: f32 = 13.5;
const PAD: f32 = 3.5;
const RULE: (u8, u8, u8) = (0x70, 0x75, 0x7a);

/// A cell with its lines.
struct Set<'a> {
    column: usize,
    cell: &'a Cell,
    lines: Vec<Vec<Atom>>,
    x: f32,
    width: f32,
}

/// A row with its height.
struct Row<'a> {
    cells: Vec<Set<'a>>,
    height: f32,
}

/// Left edges of the columns, and the right edge of the last.
fn edges(relative: &[u16]) -> Vec<f32> {
    let sum: f32 = relative.iter().map(|w| f32::from(*w)).sum();
    let mut at = 0.0;
    let mut out = vec![0.0];
    for w in relative {
        at += AREA.0 * f32::from(*w) / sum.max(1.0);
        out.push(at);
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "lines of a cell")]
fn tall(lines: usize) -> f32 {
    lines.max(1) as f32 * HEIGHT + 2.0 * PAD
}

fn cell<'a>(fonts: &Fonts, at: Placed<'a>, edges: &[f32], head: bool) -> Set<'a> {
    let role = if head { Role::Hei } else { Role::Song };
    let style = Style {
        face: fonts.role(role),
        strong: fonts.role(Role::Hei),
        size: SIZE,
    };
    let edge = |i: usize| edges.get(i).copied().unwrap_or(AREA.0);
    let x = edge(at.column);
    let width = edge(at.column + usize::from(at.cell.columns)) - x;
    let room = (width - 2.0 * PAD).max(SIZE);
    let lines = broken(&atoms(fonts, &at.cell.runs, style), room, room);
    Set {
        column: at.column,
        cell: at.cell,
        lines,
        x,
        width,
    }
}

fn rows<'a>(fonts: &Fonts, part: &'a [Vec<Cell>], edges: &[f32], head: bool) -> Vec<Row<'a>> {
    let columns = edges.len() - 1;
    let mut out: Vec<Row<'a>> = flow::grid(part, columns)
        .unwrap_or_default()
        .into_iter()
        .map(|placed| {
            let cells: Vec<Set<'_>> = placed
                .into_iter()
                .map(|at| cell(fonts, at, edges, head))
                .collect();
            let single = cells.iter().filter(|c| c.cell.rows == 1);
            let height = single.map(|c| tall(c.lines.len())).fold(tall(1), f32::max);
            Row { cells, height }
        })
        .collect();
    // A merged cell that needs more than its rows have makes the last of them taller.
    for i in 0..out.len() {
        let merged: Vec<(usize, f32)> = out.get(i).map_or_else(Vec::new, |row| {
            let tall = row.cells.iter().filter(|c| c.cell.rows > 1);
            tall.map(|c| (usize::from(c.cell.rows), self::tall(c.lines.len())))
                .collect()
        });
        for (span, need) in merged {
            let have: f32 = out.iter().skip(i).take(span).map(|r| r.height).sum();
            if let Some(last) = out.get_mut(i + span - 1).filter(|_| need > have) {
                last.height += need - have;
            }
        }
    }
    out
}

/// Rows that merged cells hold together, as ranges.
fn groups(rows: &[Row<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let mut begin = 0;
    let mut end = 0;
    for (i, row) in rows.iter().enumerate() {
        let reach = row
            .cells
            .iter()
            .map(|c| i + usize::from(c.cell.rows))
            .max()
            .unwrap_or(i + 1);
        end = end.max(reach);
        if i + 1 == end {
            out.push(begin..end);
            begin = end;
        }
    }
    out
}

/// Height of the head and the first group of rows: what must not be parted from the caption.
pub(crate) fn first_part(fonts: &Fonts, table: &Table) -> f32 {
    let edges = edges(&table.widths);
    let head: f32 = rows(fonts, &table.head, &edges, true)
        .iter()
        .map(|r| r.height)
        .sum();
    let body = rows(fonts, &table.rows, &edges, false);
    let first = groups(&body).first().cloned().unwrap_or(0..0);
    let first: f32 = body.get(first).unwrap_or_default().iter().map(|r| r.height).sum();
    (head + first).min(AREA.1 / 2.0)
}

/// Sets a table.
pub(crate) fn set(fonts: &Fonts, table: &Table, sheet: &mut Sheet) {
    let edges = edges(&table.widths);
    let head = rows(fonts, &table.head, &edges, true);
    let body = rows(fonts, &table.rows, &edges, false);
    let head_height: f32 = head.iter().map(|r| r.height).sum();
    sheet.need(head_height + tall(1));
    draw(&head, sheet);
    for group in groups(&body) {
        let part = body.get(group).unwrap_or_default();
        let height: f32 = part.iter().map(|r| r.height).sum();
        if height <= AREA.1 - head_height {
            if sheet.left() < height {
                sheet.turn();
                draw(&head, sheet);
            }
            draw(part, sheet);
        } else {
            for row in part {
                long(row, part, &head, sheet);
            }
        }
    }
}

/// Draws rows that fit on the page.
fn draw(part: &[Row<'_>], sheet: &mut Sheet) {
    for (i, row) in part.iter().enumerate() {
        for set in &row.cells {
            let span = usize::from(set.cell.rows);
            let height: f32 = part.iter().skip(i).take(span).map(|r| r.height).sum();
            frame(set, height, sheet);
            words(set, &set.lines, height, sheet);
        }
        sheet.down(row.height);
    }
}

/// A row of a group that no page holds: cut by lines, page after page; merged cells stand in their first row.
fn long(row: &Row<'_>, group: &[Row<'_>], head: &[Row<'_>], sheet: &mut Sheet) {
    let most = row.cells.iter().map(|c| c.lines.len()).max().unwrap_or(1).max(1);
    let mut from = 0;
    while from < most {
        if sheet.left() < tall(1) {
            sheet.turn();
            draw(head, sheet);
        }
        let fit = (1..=most - from)
            .rev()
            .find(|n| tall(*n) <= sheet.left())
            .unwrap_or(1);
        let height = tall(fit);
        let columns = group
            .iter()
            .flat_map(|r| &r.cells)
            .map(|c| c.column)
            .max()
            .unwrap_or(0);
        for set in &row.cells {
            frame(set, height, sheet);
            let lines = set
                .lines
                .get(from..(from + fit).min(set.lines.len()))
                .unwrap_or_default();
            words(set, lines, height, sheet);
        }
        // Places covered from above stay framed.
        for column in 0..=columns {
            let above = group
                .iter()
                .flat_map(|r| &r.cells)
                .find(|c| c.column == column && c.cell.rows > 1);
            if let Some(above) = above.filter(|a| !row.cells.iter().any(|c| c.column == a.column)) {
                frame(above, height, sheet);
            }
        }
        sheet.down(height);
        from += fit;
    }
}

fn frame(set: &Set<'_>, height: f32, sheet: &mut Sheet) {
    let (x, y, w) = (set.x, sheet.y(), set.width);
    if let Some(tint) = set.cell.tint {
        sheet.rect(x, y, w, height, tint.rgb());
    }
    let corners = vec![(x, y), (x + w, y), (x + w, y + height), (x, y + height), (x, y)];
    sheet.lines(corners, RULE, 0.5, false);
}

#[expect(clippy::cast_precision_loss, reason = "lines of a cell")]
fn words(set: &Set<'_>, lines: &[Vec<Atom>], height: f32, sheet: &mut Sheet) {
    let mut y = sheet.y() + (height - lines.len() as f32 * HEIGHT) / 2.0;
    let head_like = set.cell.align;
    for text in lines {
        let wide = line::width(text);
        let x = match head_like {
            Align::Left => set.x + PAD,
            Align::Center => set.x + (set.width - wide) / 2.0,
            Align::Right => set.x + set.width - PAD - wide,
        };
        sheet.text(x, y + HEIGHT / 2.0 + SIZE * 0.36, text);
        y += HEIGHT;
    }
}
