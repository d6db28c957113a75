//! PDF: an own small layout of the grid of GB/T 9704 (22 lines of 28 characters), drawn with krilla. Nothing but the
//! document and the fonts goes in, so the same value with the same fonts gives the same bytes.

mod emit;
mod line;
mod page;
mod table;

use crate::document::{Document, DocumentError, Run};
use crate::flow::{self, Piece};
use crate::fonts::{Fonts, Role};
use crate::limits::MAX_PAGES;

use line::{Atom, Style, atoms, broken};
use page::{AREA, Sheet};

/// Points of a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// 三号
pub(crate) const BODY: f32 = 16.0;
/// 二号
const TITLE: f32 = 22.0;
/// 五号
const SMALL: f32 = 10.5;
/// A line of the grid: 225 mm of 22 lines.
pub(crate) const LINE: f32 = 225.0 * MM / 22.0;

/// A document that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The document is wrong.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Too long.
    #[error("文稿超过 {MAX_PAGES} 页 / the document has more than {MAX_PAGES} pages")]
    TooLong,
    /// The file could not be put together.
    #[error("PDF 无法生成：{0} / the PDF could not be written: {0}")]
    Write(String),
}

/// A heading for the outline of the file.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) level: u8,
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// Writes a document as PDF.
pub fn write(document: &Document, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    document.check()?;
    let mut setter = Setter {
        fonts,
        sheet: Sheet::new(),
        marks: Vec::new(),
    };
    let pieces = flow::pieces(document);
    for (i, piece) in pieces.iter().enumerate() {
        setter.piece(piece, pieces.get(i + 1));
        if setter.sheet.pages() > MAX_PAGES {
            return Err(PdfError::TooLong);
        }
    }
    setter.page_numbers();
    emit::emit(document, fonts, setter.sheet.into_pages(), &setter.marks)
}

struct Setter<'a> {
    fonts: &'a Fonts,
    sheet: Sheet,
    marks: Vec<Mark>,
}

/// How lines of text stand.
#[derive(Clone, Copy)]
enum Stand {
    Left,
    Middle,
    Right,
    Justified,
}

impl Setter<'_> {
    fn style(&self, role: Role, size: f32) -> Style {
        Style {
            face: self.fonts.role(role),
            strong: self.fonts.role(Role::Strong),
            size,
        }
    }

    fn atoms(&self, runs: &[Run], style: Style) -> Vec<Atom> {
        atoms(self.fonts, runs, style)
    }

    /// Lines of text in the type area: `first` and `rest` are the indents, `height` is that of a line.
    fn lines(&mut self, atoms: &[Atom], stand: Stand, first: f32, right: f32, height: f32) {
        let width = AREA.0 - right;
        let lines = broken(atoms, width - first, width);
        let last = lines.len().saturating_sub(1);
        for (i, text) in lines.into_iter().enumerate() {
            self.sheet.need(height);
            let indent = if i == 0 { first } else { 0.0 };
            let room = width - indent;
            let natural = line::width(&text);
            let (x, set) = match stand {
                Stand::Left => (indent, text),
                Stand::Middle => ((width - natural) / 2.0, text),
                Stand::Right => (width - natural, text),
                Stand::Justified if i == last => (indent, text),
                Stand::Justified => (indent, line::justified(text, room)),
            };
            let y = self.sheet.y();
            let size = set.first().map_or(BODY, |a| a.size);
            // The middle of the letters stands in the middle of the line.
            self.sheet.text(x, y + height / 2.0 + size * 0.36, &set);
            self.sheet.down(height);
        }
    }

    fn plain(&mut self, text: &str, role: Role, size: f32, stand: Stand, height: f32) {
        let atoms = self.atoms(&[Run::text(text)], self.style(role, size));
        self.lines(&atoms, stand, 0.0, 0.0, height);
    }

    fn piece(&mut self, piece: &Piece<'_>, next: Option<&Piece<'_>>) {
        match piece {
            Piece::Title(text) => {
                self.plain(text, Role::Title, TITLE, Stand::Middle, 35.0);
                self.mark(0, text);
            }
            Piece::Subtitle(text) => self.plain(text, Role::Kai, BODY, Stand::Middle, LINE),
            Piece::Number(text) => self.plain(text, Role::Body, BODY, Stand::Middle, LINE),
            Piece::Version(text) => {
                self.plain(text, Role::Kai, 12.0, Stand::Middle, LINE);
                self.sheet.down(LINE / 2.0);
            }
            Piece::Heading { level, text } => {
                // A heading takes at least two lines of what follows with it.
                self.sheet.need(3.0 * LINE);
                self.mark(*level, text);
                let role = match level {
                    1 => Role::Hei,
                    2 => Role::Kai,
                    3 => Role::Strong,
                    _ => Role::Body,
                };
                let atoms = self.atoms(&[Run::text(text.as_str())], self.style(role, BODY));
                self.lines(&atoms, Stand::Left, 2.0 * BODY, 0.0, LINE);
            }
            Piece::Paragraph(runs) => {
                let atoms = self.atoms(runs, self.style(Role::Body, BODY));
                self.lines(&atoms, Stand::Justified, 2.0 * BODY, 0.0, LINE);
            }
            Piece::Note(runs) => {
                let atoms = self.atoms(runs, self.style(Role::Song, 9.0));
                self.lines(&atoms, Stand::Justified, 0.0, 0.0, 13.0);
                self.sheet.down(LINE / 2.0);
            }
            Piece::Caption(text) => {
                if let Some(Piece::Table(table)) = next {
                    let room = table::first_part(self.fonts, table);
                    self.sheet.need(22.0 + room);
                }
                self.plain(text, Role::Hei, SMALL, Stand::Middle, 22.0);
            }
            Piece::Table(table) => {
                table::set(self.fonts, table, &mut self.sheet);
                self.sheet.down(8.0);
            }
            Piece::Chart(chart) => {
                self.sheet.need(crate::drawing::HEIGHT + 26.0);
                self.chart(chart);
                self.sheet.down(crate::drawing::HEIGHT + 2.0);
            }
            Piece::Annexes(lines) => {
                self.sheet.down(LINE);
                for text in lines {
                    let atoms = self.atoms(&[Run::text(text.as_str())], self.style(Role::Body, BODY));
                    self.lines(&atoms, Stand::Left, 2.0 * BODY, 0.0, LINE);
                }
            }
            Piece::Issuer(text) => {
                // Two empty lines before it, unless that alone would bring it to a page without text.
                let left = self.sheet.left();
                self.sheet.need(2.0 * LINE);
                if left >= 2.0 * LINE {
                    self.sheet.down((left - 2.0 * LINE).min(2.0 * LINE));
                }
                self.signed(text);
            }
            Piece::Date(text) => self.signed(text),
            Piece::PageBreak => self.sheet.turn(),
            Piece::AnnexLabel(text) => {
                self.mark(1, text);
                self.plain(text, Role::Hei, BODY, Stand::Left, LINE);
            }
            Piece::AnnexTitle(text) => {
                self.plain(text, Role::Title, 18.0, Stand::Middle, 32.0);
                self.sheet.down(LINE / 2.0);
            }
        }
    }

    /// Right, four characters from the edge.
    fn signed(&mut self, text: &str) {
        let atoms = self.atoms(&[Run::text(text)], self.style(Role::Body, BODY));
        self.lines(&atoms, Stand::Right, 0.0, 4.0 * BODY, LINE);
    }

    fn mark(&mut self, level: u8, text: &str) {
        self.marks.push(Mark {
            level,
            text: text.to_owned(),
            page: self.sheet.pages() - 1,
            y: self.sheet.y(),
        });
    }

    fn chart(&mut self, chart: &crate::document::Chart) {
        use crate::drawing::{Hold, Shape};
        let top = self.sheet.y();
        for shape in crate::drawing::shapes(chart) {
            match shape {
                Shape::Line {
                    points,
                    colour,
                    width,
                    dashed,
                } => {
                    let points = points.into_iter().map(|(x, y)| (x, top + y)).collect();
                    self.sheet.lines(points, colour, width, dashed);
                }
                Shape::Rect {
                    x,
                    y,
                    width,
                    height,
                    fill,
                } => self.sheet.rect(x, top + y, width, height, fill),
                Shape::Text {
                    x,
                    y,
                    size,
                    hold,
                    text,
                    colour,
                } => {
                    let atoms = self.atoms(&[Run::text(text)], self.style(Role::Song, size));
                    let wide = line::width(&atoms);
                    let x = match hold {
                        Hold::Left => x,
                        Hold::Middle => x - wide / 2.0,
                        Hold::Right => x - wide,
                    };
                    self.sheet.coloured(x, top + y, &atoms, colour);
                }
            }
        }
    }

    /// «— 3 —» below the type area: right on odd pages, left on even ones, one character from the edge.
    fn page_numbers(&mut self) {
        let style = self.style(Role::Song, 14.0);
        for page in 0..self.sheet.pages() {
            let text = format!("— {} —", page + 1);
            let atoms = self.atoms(&[Run::text(text)], style);
            let wide = line::width(&atoms);
            let x = if page % 2 == 0 { AREA.0 - wide - 14.0 } else { 14.0 };
            self.sheet.on(page, x, AREA.1 + 7.0 * MM + 14.0, &atoms);
        }
    }
}
