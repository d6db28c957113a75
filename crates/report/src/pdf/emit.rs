//! From sheets to the file.

use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use crate::document::Document;
use crate::drawing::Rgb;
use crate::fonts::Fonts;

use super::line::Atom;
use super::page::Mark;
use super::{MM, PdfError};

/// A4.
const PAPER: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// Left and upper edge of the type area: 28 and 37 mm.
const ORIGIN: (f32, f32) = (28.0 * MM, 37.0 * MM);

pub(super) fn emit(
    document: &Document,
    fonts: &Fonts,
    pages: Vec<Vec<Mark>>,
    headings: &[super::Mark],
) -> Result<Vec<u8>, PdfError> {
    let mut out = krilla::Document::new();
    out.set_metadata(metadata(document));
    out.set_outline(outline(headings));
    let settings = PageSettings::from_wh(PAPER.0, PAPER.1).ok_or_else(|| PdfError::Write("A4".to_owned()))?;
    for marks in pages {
        let mut page = out.start_page_with(settings.clone());
        let mut surface = page.surface();
        for mark in &marks {
            draw(mark, fonts, &mut surface);
        }
        surface.finish();
        page.finish();
    }
    out.finish().map_err(|e| PdfError::Write(format!("{e:?}")))
}

fn metadata(document: &Document) -> Metadata {
    let small = |n: i8| u8::try_from(n).unwrap_or(1);
    let year = u16::try_from(document.date.year()).unwrap_or(0);
    let date = DateTime::new(year)
        .month(small(document.date.month()))
        .day(small(document.date.day()))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(8)
        .utc_offset_minute(0);
    let mut metadata = Metadata::new()
        .title(document.title.replace('\n', ""))
        .language("zh-CN".to_owned())
        .creation_date(date);
    if let Some(issuer) = &document.issuer {
        metadata = metadata.authors(vec![issuer.clone()]);
    }
    metadata
}

/// Headings of the first two levels and annexes, for the reader's side pane.
fn outline(headings: &[super::Mark]) -> Outline {
    let mut tops: Vec<(OutlineNode, Vec<OutlineNode>)> = Vec::new();
    for mark in headings {
        let point = Point::from_xy(ORIGIN.0, ORIGIN.1 + mark.y);
        let node = OutlineNode::new(mark.text.clone(), XyzDestination::new(mark.page, point));
        match (mark.level, tops.last_mut()) {
            (0 | 1, _) | (2, None) => tops.push((node, Vec::new())),
            (2, Some((_, under))) => under.push(node),
            _ => {}
        }
    }
    let mut out = Outline::new();
    for (mut top, under) in tops {
        for node in under {
            top.push_child(node);
        }
        out.push_child(top);
    }
    out
}

fn colour((r, g, b): Rgb) -> rgb::Color {
    rgb::Color::new(r, g, b)
}

fn fill(rgb: Rgb) -> Fill {
    Fill {
        paint: colour(rgb).into(),
        opacity: NormalizedF32::ONE,
        ..Fill::default()
    }
}

fn draw(mark: &Mark, fonts: &Fonts, surface: &mut Surface<'_>) {
    match mark {
        Mark::Rect {
            x,
            y,
            width,
            height,
            fill: rgb,
        } => {
            let Some(rect) = Rect::from_xywh(ORIGIN.0 + x, ORIGIN.1 + y, *width, *height) else {
                return;
            };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            if let Some(path) = path.finish() {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*rgb)));
                surface.draw_path(&path);
            }
        }
        Mark::Lines {
            points,
            colour: rgb,
            width,
            dashed,
        } => {
            let mut path = PathBuilder::new();
            for (i, (x, y)) in points.iter().enumerate() {
                let (x, y) = (ORIGIN.0 + x, ORIGIN.1 + y);
                if i == 0 {
                    path.move_to(x, y);
                } else {
                    path.line_to(x, y);
                }
            }
            if let Some(path) = path.finish() {
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke {
                    paint: colour(*rgb).into(),
                    width: *width,
                    dash: dashed.then(|| StrokeDash {
                        array: vec![4.0, 3.0],
                        offset: 0.0,
                    }),
                    ..Stroke::default()
                }));
                surface.draw_path(&path);
            }
        }
        Mark::Text { x, y, atoms, colour } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
            text(ORIGIN.0 + x, ORIGIN.1 + y, atoms, fonts, surface);
        }
    }
}

/// Runs of one face, size and height are drawn at once.
fn text(x: f32, y: f32, atoms: &[Atom], fonts: &Fonts, surface: &mut Surface<'_>) {
    let mut at = x;
    let same = |a: &Atom, b: &Atom| {
        a.face == b.face && a.size.total_cmp(&b.size).is_eq() && a.raise.total_cmp(&b.raise).is_eq()
    };
    for run in atoms.chunk_by(same) {
        let Some(first) = run.first() else { continue };
        let mut words = String::new();
        let mut glyphs = Vec::with_capacity(run.len());
        let mut wide = 0.0;
        for atom in run {
            let begin = words.len();
            words.push(atom.c);
            wide += atom.advance;
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(atom.glyph),
                text_range: begin..words.len(),
                x_advance: atom.advance / atom.size,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            });
        }
        if let Some(face) = fonts.face(first.face) {
            let start = Point::from_xy(at, y - first.raise);
            surface.draw_glyphs(start, &glyphs, face.font.clone(), &words, first.size, false);
        }
        at += wide;
    }
}
