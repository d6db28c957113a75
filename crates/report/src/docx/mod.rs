//! Word: the layout of GB/T 9704 with docx-rs. Rows of a table's head and charts, which docx-rs does not know, are put
//! into its XML afterwards.

mod chart;

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BorderType, BreakType, Docx, Footer, LineSpacing, LineSpacingType, PageMargin, PageNum,
    Paragraph, RunFonts, Shading, SpecialIndentType, TableAlignmentType, TableBorders, TableCell,
    TableLayoutType, TableRow, VAlignType, VMergeType, VertAlignType, WidthType,
};

use crate::document::{Align, Cell, Document, DocumentError, Run, Table};
use crate::flow::{self, Piece};

/// 仿宋 for the body, as the standard names it; the reader's machine has it or takes its own.
const FANG: &str = "仿宋_GB2312";
const HEI: &str = "黑体";
const KAI: &str = "楷体_GB2312";
const TITLE: &str = "方正小标宋简体";
const SONG: &str = "宋体";
const LATIN: &str = "Times New Roman";

/// Half points: 三号 16 pt, 二号 22 pt, 四号 14 pt, 五号 10.5 pt.
const BODY_SIZE: usize = 32;
const TITLE_SIZE: usize = 44;
const PAGE_SIZE: usize = 28;
const SMALL_SIZE: usize = 21;

/// Twips of a millimetre, rounded: 1440 / 25.4.
const fn twips(mm: u32) -> u32 {
    (mm * 14_400 + 127) / 254
}

/// Twips of a line: 225 mm of 22 lines.
const LINE: i32 = 580;
/// Twips of the type area: 156 mm.
const AREA: u32 = twips(156);

/// A document that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// The document is wrong.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The file could not be put together.
    #[error("Word 文件无法生成：{0} / the Word file could not be written: {0}")]
    Write(String),
}

/// Writes a document as `.docx`.
pub fn write(document: &Document) -> Result<Vec<u8>, DocxError> {
    document.check()?;
    let stamp = format!("{}T00:00:00Z", document.date);
    let fonts = fonts(FANG);
    let mut docx = Docx::new()
        .page_size(twips(210), twips(297))
        .page_margin(margins())
        .default_fonts(fonts)
        .default_size(BODY_SIZE)
        .created_at(&stamp)
        .updated_at(&stamp)
        .footer(page_number());
    let mut charts = Vec::new();
    for piece in flow::pieces(document) {
        docx = add(docx, &piece, &mut charts);
    }
    let mut built = docx.build();
    built.document = finish(&built.document, &charts)?;
    let mut out = Cursor::new(Vec::new());
    built
        .pack(&mut out)
        .map_err(|e| DocxError::Write(e.to_string()))?;
    Ok(out.into_inner())
}

/// Head rows and charts, put into the XML.
fn finish(xml: &[u8], charts: &[String]) -> Result<Vec<u8>, DocxError> {
    let text = std::str::from_utf8(xml).map_err(|e| DocxError::Write(e.to_string()))?;
    // `cantSplit` stands in head rows only: see [`row`].
    let mut text = text.replace("<w:cantSplit />", "<w:cantSplit/><w:tblHeader/>");
    text = text.replace("<w:cantSplit/>", "<w:cantSplit/><w:tblHeader/>");
    text = text.replace("<w:tblHeader/><w:tblHeader/>", "<w:tblHeader/>");
    for (i, chart) in charts.iter().enumerate() {
        let mark = chart_mark(i);
        let Some(at) = text.find(&mark) else {
            return Err(DocxError::Write(format!("图 {} / chart {}", i + 1, i + 1)));
        };
        // The mark is the text of a run of its own: the run's `<w:t …>` gives way to the drawing.
        let begin = text.get(..at).and_then(|t| t.rfind("<w:t"));
        let end = text
            .get(at..)
            .and_then(|t| t.find("</w:t>"))
            .map(|e| at + e + "</w:t>".len());
        if let (Some(begin), Some(end)) = (begin, end) {
            text.replace_range(begin..end, chart);
        }
    }
    Ok(text.into_bytes())
}

fn chart_mark(i: usize) -> String {
    // A private-use character keeps the mark apart from any text.
    format!("\u{e000}chart{i}\u{e000}")
}

fn margins() -> PageMargin {
    let mm = |mm: u32| i32::try_from(twips(mm)).unwrap_or(0);
    PageMargin {
        top: mm(37),
        bottom: mm(35),
        left: mm(28),
        right: mm(26),
        header: mm(15),
        // The number stands 7 mm below the type area.
        footer: mm(25),
        gutter: 0,
    }
}

fn fonts(east: &str) -> RunFonts {
    RunFonts::new().ascii(LATIN).hi_ansi(LATIN).east_asia(east)
}

fn run(text: &str, east: &str, size: usize) -> docx_rs::Run {
    docx_rs::Run::new().add_text(text).fonts(fonts(east)).size(size)
}

fn spacing() -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::Exact).line(LINE)
}

fn page_number() -> Footer {
    let dash = |text: &str| {
        docx_rs::Run::new()
            .add_text(text)
            .fonts(RunFonts::new().ascii(SONG).hi_ansi(SONG).east_asia(SONG))
            .size(PAGE_SIZE)
    };
    let paragraph = Paragraph::new()
        .align(AlignmentType::Center)
        .add_run(dash("— "))
        .add_page_num(PageNum::new())
        .add_run(dash(" —"));
    Footer::new().add_paragraph(paragraph)
}

/// A line in the middle.
fn middle(text: &str, east: &str, size: usize) -> Paragraph {
    Paragraph::new()
        .align(AlignmentType::Center)
        .line_spacing(spacing())
        .add_run(run(text, east, size))
}

/// An empty line of the grid.
fn empty() -> Paragraph {
    Paragraph::new().line_spacing(spacing())
}

/// Indent of two characters of the body: 2 × 16 pt.
fn indented() -> Paragraph {
    Paragraph::new()
        .align(AlignmentType::Both)
        .line_spacing(spacing())
        .indent(Some(0), Some(SpecialIndentType::FirstLine(640)), None, None)
}

fn with_runs(mut paragraph: Paragraph, runs: &[Run], east: &str, size: usize) -> Paragraph {
    for piece in runs {
        let mut made = run(&piece.printed(), east, size);
        if piece.mark.is_some() {
            made.run_property = made.run_property.vert_align(VertAlignType::SuperScript);
        }
        if piece.strong {
            made = made.bold();
        }
        paragraph = paragraph.add_run(made);
    }
    paragraph
}

fn add(docx: Docx, piece: &Piece<'_>, charts: &mut Vec<String>) -> Docx {
    match piece {
        Piece::Title(text) => {
            let line = LineSpacing::new()
                .line_rule(LineSpacingType::Exact)
                .line(700)
                .after(0);
            let title = Paragraph::new()
                .align(AlignmentType::Center)
                .line_spacing(line)
                .outline_lvl(0)
                .add_run(run(text, TITLE, TITLE_SIZE));
            docx.add_paragraph(title)
        }
        Piece::Subtitle(text) => docx.add_paragraph(middle(text, KAI, BODY_SIZE)),
        Piece::Number(text) => docx.add_paragraph(middle(text, FANG, BODY_SIZE)),
        Piece::Version(text) => docx
            .add_paragraph(middle(text, KAI, SMALL_SIZE + 3))
            .add_paragraph(empty()),
        Piece::Heading { level, text } => docx.add_paragraph(heading(*level, text)),
        Piece::Paragraph(runs) => docx.add_paragraph(with_runs(indented(), runs, FANG, BODY_SIZE)),
        Piece::Note(runs) => {
            let note = Paragraph::new().align(AlignmentType::Both);
            docx.add_paragraph(with_runs(note, runs, SONG, SMALL_SIZE - 3))
                .add_paragraph(empty())
        }
        Piece::Caption(text) => {
            let caption = Paragraph::new().align(AlignmentType::Center).keep_next(true);
            docx.add_paragraph(caption.add_run(run(text, HEI, SMALL_SIZE)))
        }
        Piece::Table(table) => docx.add_table(make_table(table)),
        Piece::Chart(chart) => {
            let mark = chart_mark(charts.len());
            charts.push(chart::xml(chart, charts.len()));
            let holder = Paragraph::new().align(AlignmentType::Center).keep_next(true);
            docx.add_paragraph(holder.add_run(docx_rs::Run::new().add_text(mark)))
        }
        Piece::Annexes(lines) => {
            let mut docx = docx.add_paragraph(empty());
            for line in lines {
                docx = docx.add_paragraph(indented().add_run(run(line, FANG, BODY_SIZE)));
            }
            docx
        }
        Piece::Issuer(text) => docx
            .add_paragraph(empty())
            .add_paragraph(empty())
            .add_paragraph(signed(text)),
        Piece::Date(text) => docx.add_paragraph(signed(text)),
        Piece::PageBreak => {
            let page = Paragraph::new().add_run(docx_rs::Run::new().add_break(BreakType::Page));
            docx.add_paragraph(page)
        }
        Piece::AnnexLabel(text) => {
            let label = Paragraph::new()
                .line_spacing(spacing())
                .add_run(run(text, HEI, BODY_SIZE));
            docx.add_paragraph(label)
        }
        Piece::AnnexTitle(text) => docx
            .add_paragraph(middle(text, TITLE, TITLE_SIZE - 8))
            .add_paragraph(empty()),
    }
}

/// Issuing body and date: right, four characters from the edge.
fn signed(text: &str) -> Paragraph {
    Paragraph::new()
        .align(AlignmentType::Right)
        .line_spacing(spacing())
        .indent(None, None, Some(4 * 320), None)
        .add_run(run(text, FANG, BODY_SIZE))
}

fn heading(level: u8, text: &str) -> Paragraph {
    let (east, bold) = match level {
        1 => (HEI, false),
        2 => (KAI, false),
        3 => (FANG, true),
        _ => (FANG, false),
    };
    let mut made = run(text, east, BODY_SIZE);
    if bold {
        made = made.bold();
    }
    indented()
        .keep_next(true)
        .outline_lvl(usize::from(level))
        .add_run(made)
}

fn make_table(table: &Table) -> docx_rs::Table {
    let widths = widths(&table.widths);
    let mut rows = Vec::new();
    for (part, head) in [(&table.head, true), (&table.rows, false)] {
        for cells in spread(part, widths.len()) {
            rows.push(row(&cells, &widths, head));
        }
    }
    docx_rs::Table::new(rows)
        .set_grid(widths.clone())
        .layout(TableLayoutType::Fixed)
        .width(widths.iter().sum(), WidthType::Dxa)
        .align(TableAlignmentType::Center)
        .set_borders(borders())
}

fn borders() -> TableBorders {
    use docx_rs::{TableBorder, TableBorderPosition as At};
    [At::Top, At::Bottom, At::Left, At::Right, At::InsideH, At::InsideV]
        .into_iter()
        .fold(TableBorders::new(), |all, at| {
            all.set(
                TableBorder::new(at)
                    .border_type(BorderType::Single)
                    .size(4)
                    .color("808080"),
            )
        })
}

/// Widths in twips that fill the line exactly.
fn widths(relative: &[u16]) -> Vec<usize> {
    let sum: u32 = relative.iter().map(|w| u32::from(*w)).sum::<u32>().max(1);
    let mut left = AREA;
    let last = relative.len().saturating_sub(1);
    let each = |(i, w): (usize, &u16)| {
        let width = if i == last {
            left
        } else {
            AREA * u32::from(*w) / sum
        };
        left = left.saturating_sub(width);
        usize::try_from(width).unwrap_or(0)
    };
    relative.iter().enumerate().map(each).collect()
}

/// What stands in a place of a row: a cell, or the continuation of the one above.
enum Place<'a> {
    Cell { column: usize, cell: &'a Cell },
    Below { column: usize, columns: usize },
}

/// Rows with the places covered from above filled in.
fn spread(rows: &[Vec<Cell>], columns: usize) -> Vec<Vec<Place<'_>>> {
    let mut open: Vec<(usize, usize, u16)> = Vec::new();
    let mut out = Vec::new();
    for placed in flow::grid(rows, columns).unwrap_or_default() {
        let mut row: Vec<Place<'_>> = open
            .iter()
            .map(|(column, columns, _)| Place::Below {
                column: *column,
                columns: *columns,
            })
            .collect();
        open.retain_mut(|(.., left)| {
            *left -= 1;
            *left > 0
        });
        for at in placed {
            if at.cell.rows > 1 {
                open.push((at.column, usize::from(at.cell.columns), at.cell.rows - 1));
            }
            row.push(Place::Cell {
                column: at.column,
                cell: at.cell,
            });
        }
        row.sort_by_key(|place| match place {
            Place::Cell { column, .. } | Place::Below { column, .. } => *column,
        });
        out.push(row);
    }
    out
}

fn row(places: &[Place<'_>], widths: &[usize], head: bool) -> TableRow {
    let width = |column: usize, columns: usize| -> usize { widths.iter().skip(column).take(columns).sum() };
    let cells = places
        .iter()
        .map(|place| match place {
            Place::Below { column, columns } => TableCell::new()
                .width(width(*column, *columns), WidthType::Dxa)
                .grid_span(*columns)
                .vertical_merge(VMergeType::Continue)
                .add_paragraph(Paragraph::new()),
            Place::Cell { column, cell } => {
                let columns = usize::from(cell.columns);
                let made = TableCell::new()
                    .width(width(*column, columns), WidthType::Dxa)
                    .grid_span(columns)
                    .vertical_align(VAlignType::Center)
                    .add_paragraph(cell_text(cell, head));
                let made = if cell.rows > 1 {
                    made.vertical_merge(VMergeType::Restart)
                } else {
                    made
                };
                match cell.tint {
                    None => made,
                    Some(tint) => {
                        let (r, g, b) = tint.rgb();
                        made.shading(Shading::new().fill(format!("{r:02X}{g:02X}{b:02X}")))
                    }
                }
            }
        })
        .collect();
    let row = TableRow::new(cells);
    if head { row.cant_split() } else { row }
}

fn cell_text(cell: &Cell, head: bool) -> Paragraph {
    let align = match cell.align {
        _ if head => AlignmentType::Center,
        Align::Left => AlignmentType::Left,
        Align::Center => AlignmentType::Center,
        Align::Right => AlignmentType::Right,
    };
    let paragraph = Paragraph::new().align(align);
    let font = if head { HEI } else { SONG };
    with_runs(paragraph, &cell.runs, font, SMALL_SIZE - 1)
}
