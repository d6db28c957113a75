//! A chart as a group of DrawingML shapes in the line of the text: vectors that Word and LibreOffice draw.

use std::fmt::Write as _;

use crate::document::Chart;
use crate::drawing::{self, HEIGHT, Hold, Rgb, Shape, WIDTH};

/// English metric units of a point.
const EMU: f32 = 12_700.0;

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place on paper, far below 2³¹ units"
)]
fn emu(points: f32) -> i64 {
    (points * EMU).round() as i64
}

fn hex((r, g, b): Rgb) -> String {
    format!("{r:02X}{g:02X}{b:02X}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The drawing of a chart; `index` makes its id.
pub(super) fn xml(chart: &Chart, index: usize) -> String {
    let (w, h) = (emu(WIDTH), emu(HEIGHT));
    let id = 1000 * (index + 1);
    let mut shapes = String::new();
    for (i, shape) in drawing::shapes(chart).iter().enumerate() {
        one(shape, id + i + 1, &mut shapes);
    }
    let name = escaped(&chart.caption);
    format!(
        "<w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{w}\" cy=\"{h}\"/>\
         <wp:docPr id=\"{id}\" name=\"{name}\" descr=\"{name}\"/><wp:cNvGraphicFramePr/>\
         <a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">\
         <a:graphicData uri=\"http://schemas.microsoft.com/office/word/2010/wordprocessingGroup\">\
         <wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{w}\" cy=\"{h}\"/>\
         <a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"{w}\" cy=\"{h}\"/></a:xfrm></wpg:grpSpPr>{shapes}</wpg:wgp>\
         </a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
}

fn one(shape: &Shape, id: usize, out: &mut String) {
    match shape {
        Shape::Rect {
            x,
            y,
            width,
            height,
            fill,
        } => {
            let geometry = "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>";
            let paint = format!(
                "<a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill><a:ln><a:noFill/></a:ln>",
                hex(*fill)
            );
            body(
                id,
                (*x, *y, *width, *height),
                &format!("{geometry}{paint}"),
                "",
                out,
            );
        }
        Shape::Line {
            points,
            colour,
            width,
            dashed,
        } => {
            let (mut left, mut top) = (f32::INFINITY, f32::INFINITY);
            let (mut right, mut bottom) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
            for (x, y) in points {
                (left, right) = (left.min(*x), right.max(*x));
                (top, bottom) = (top.min(*y), bottom.max(*y));
            }
            // A box without a height is not drawn everywhere.
            let (w, h) = ((right - left).max(0.1), (bottom - top).max(0.1));
            let mut path = format!("<a:path w=\"{}\" h=\"{}\" fill=\"none\">", emu(w), emu(h));
            for (i, (x, y)) in points.iter().enumerate() {
                let step = if i == 0 { "moveTo" } else { "lnTo" };
                let _ = write!(
                    path,
                    "<a:{step}><a:pt x=\"{}\" y=\"{}\"/></a:{step}>",
                    emu(x - left),
                    emu(y - top)
                );
            }
            path.push_str("</a:path>");
            let dash = if *dashed { "<a:prstDash val=\"dash\"/>" } else { "" };
            let geometry = format!(
                "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l=\"0\" t=\"0\" r=\"r\" b=\"b\"/>\
                 <a:pathLst>{path}</a:pathLst></a:custGeom><a:noFill/><a:ln w=\"{}\"><a:solidFill>\
                 <a:srgbClr val=\"{}\"/></a:solidFill>{dash}</a:ln>",
                emu(*width),
                hex(*colour)
            );
            body(id, (left, top, w, h), &geometry, "", out);
        }
        Shape::Text {
            x,
            y,
            size,
            hold,
            text,
            colour,
        } => {
            let wide = drawing::width(text, *size) + 12.0;
            let (left, align) = match hold {
                Hold::Left => (*x, "left"),
                Hold::Middle => (x - wide / 2.0, "center"),
                Hold::Right => (x - wide, "right"),
            };
            let line = size * 1.3;
            let area = (left, y - size * 1.05, wide, line);
            let geometry =
                "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln>";
            let half = emu(size * 2.0) / emu(1.0);
            let twips = emu(line * 20.0) / emu(1.0);
            let written = format!(
                "<wps:txbx><w:txbxContent><w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{twips}\" \
                 w:lineRule=\"exact\"/><w:jc w:val=\"{align}\"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii=\"宋体\" \
                 w:hAnsi=\"宋体\" w:eastAsia=\"宋体\"/><w:color w:val=\"{}\"/><w:sz w:val=\"{half}\"/></w:rPr>\
                 <w:t xml:space=\"preserve\">{}</w:t></w:r></w:p></w:txbxContent></wps:txbx>",
                hex(*colour),
                escaped(text)
            );
            body(id, area, geometry, &written, out);
        }
    }
}

fn body(id: usize, (x, y, w, h): (f32, f32, f32, f32), geometry: &str, written: &str, out: &mut String) {
    let kind = if written.is_empty() { "" } else { " txBox=\"1\"" };
    let inset = "<wps:bodyPr wrap=\"none\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"t\"><a:noAutofit/></wps:bodyPr>";
    let _ = write!(
        out,
        "<wps:wsp><wps:cNvPr id=\"{id}\" name=\"s{id}\"/><wps:cNvSpPr{kind}/><wps:spPr><a:xfrm><a:off x=\"{}\" y=\"{}\"/>\
         <a:ext cx=\"{}\" cy=\"{}\"/></a:xfrm>{geometry}</wps:spPr>{written}{inset}</wps:wsp>",
        emu(x),
        emu(y),
        emu(w),
        emu(h)
    );
}
