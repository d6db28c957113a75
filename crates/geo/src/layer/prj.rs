//! The coordinate system of a Shapefile: well-known text of the kind ESRI writes.
//!
//! Known are degrees on CGCS2000 or WGS 84 and transverse Mercator projections on them in metres. Beijing 1954 and Xi'an
//! 1980 are refused: the way from them needs parameters that only the surveying office has.

use super::{LayerError, Note};
use crate::gauss::Zone;
use crate::limits;

pub(super) enum System {
    Degrees(Note),
    Projected(Zone),
}

/// A node of well-known text: `NAME["text", 1.0, CHILD[…]]`.
#[derive(Default)]
struct Node {
    word: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, word: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.word.eq_ignore_ascii_case(word))
    }

    fn text(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    fn parameter(&self, name: &str) -> Option<f64> {
        self.children
            .iter()
            .filter(|c| c.word.eq_ignore_ascii_case("PARAMETER"))
            .find(|c| plain(c.text()) == name)
            .and_then(|c| c.numbers.first().copied())
    }
}

/// Small letters and digits only, so that spellings agree.
fn plain(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

pub(super) fn read(file: &str, bytes: &[u8]) -> Result<System, LayerError> {
    let text = String::from_utf8_lossy(bytes);
    let root = parse(&text).ok_or_else(|| {
        LayerError::new(
            file,
            ".prj 无法读取，应为 ESRI 的坐标系文本",
            "the .prj cannot be read: ESRI's text of a coordinate system is expected",
        )
    })?;
    let (geographic, projected) = match root.word.to_ascii_uppercase().as_str() {
        "GEOGCS" => (Some(&root), None),
        "PROJCS" => (root.child("GEOGCS"), Some(&root)),
        _ => (None, None),
    };
    let datum = geographic
        .and_then(|g| g.child("DATUM"))
        .map(|d| plain(d.text()))
        .unwrap_or_default();
    let known = [
        "china2000",
        "cgcs2000",
        "chinageodeticcoordinatesystem2000",
        "wgs1984",
        "wgs84",
    ];
    let is_known = known
        .iter()
        .any(|k| datum.trim_start_matches('d') == *k || datum == *k);
    if !is_known {
        let name = root.text();
        let (zh, en) = if datum.contains("beijing") || datum.contains("xian") {
            (
                format!("坐标系 {name} 须由测绘部门转换到 CGCS2000 后再导入"),
                format!("{name} must be converted to CGCS2000 by the surveying office first"),
            )
        } else {
            (
                format!("坐标系 {name} 未支持，请转换到 CGCS2000"),
                format!("the coordinate system {name} is not known: convert to CGCS2000"),
            )
        };
        return Err(LayerError::new(file, zh, en));
    }
    let Some(projected) = projected else {
        let name = root.text().to_owned();
        let unit = root.child("UNIT").and_then(|u| u.numbers.first()).copied();
        if unit.is_some_and(|u| (u - 1_f64.to_radians()).abs() > 1e-9) {
            return Err(LayerError::new(
                file,
                "角度单位应为度",
                "the unit of angles must be the degree",
            ));
        }
        return Ok(System::Degrees(Note::new(name.clone(), name)));
    };
    let method = projected
        .child("PROJECTION")
        .map(|p| plain(p.text()))
        .unwrap_or_default();
    let unit = projected.child("UNIT").and_then(|u| u.numbers.first()).copied();
    let origin = projected.parameter("latitudeoforigin").unwrap_or(0.0);
    let central = projected.parameter("centralmeridian");
    let good = ["transversemercator", "gausskruger"].contains(&method.as_str())
        && unit.is_none_or(|u| (u - 1.0).abs() < 1e-9)
        && origin == 0.0;
    match central.filter(|c| good && c.abs() <= 180.0) {
        Some(central) => Ok(System::Projected(Zone {
            central,
            easting: projected.parameter("falseeasting").unwrap_or(0.0),
            northing: projected.parameter("falsenorthing").unwrap_or(0.0),
            scale: projected.parameter("scalefactor").unwrap_or(1.0),
        })),
        None => Err(LayerError::new(
            file,
            format!(
                "投影 {} 未支持，应为以米计的高斯—克吕格投影或经纬度",
                projected.text()
            ),
            format!(
                "the projection {} is not known: Gauss–Krüger in metres or degrees are expected",
                projected.text()
            ),
        )),
    }
}

fn parse(text: &str) -> Option<Node> {
    let chars: Vec<char> = text
        .trim()
        .trim_start_matches('\u{FEFF}')
        .chars()
        .take(20_000)
        .collect();
    let mut at = 0;
    node(&chars, &mut at, 0)
}

fn node(chars: &[char], at: &mut usize, depth: usize) -> Option<Node> {
    if depth > limits::DEPTH {
        return None;
    }
    let mut out = Node {
        word: word(chars, at),
        ..Node::default()
    };
    if out.word.is_empty() || !matches!(chars.get(*at), Some('[' | '(')) {
        return None;
    }
    loop {
        *at += 1; // the bracket or comma
        skip(chars, at);
        match chars.get(*at)? {
            '"' => {
                *at += 1;
                let start = *at;
                while *chars.get(*at)? != '"' {
                    *at += 1;
                }
                out.texts.push(chars.get(start..*at)?.iter().collect());
                *at += 1;
            }
            c if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => {
                let start = *at;
                while chars
                    .get(*at)
                    .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'))
                {
                    *at += 1;
                }
                let number: String = chars.get(start..*at)?.iter().collect();
                out.numbers
                    .push(number.parse().ok().filter(|n: &f64| n.is_finite())?);
            }
            _ => {
                let mut ahead = *at;
                let name = word(chars, &mut ahead);
                if !name.is_empty() && !matches!(chars.get(ahead), Some('[' | '(')) {
                    // An enumeration such as NORTH.
                    *at = ahead;
                } else {
                    out.children.push(node(chars, at, depth + 1)?);
                }
            }
        }
        skip(chars, at);
        match chars.get(*at)? {
            ',' => {}
            ']' | ')' => {
                *at += 1;
                skip(chars, at);
                return Some(out);
            }
            _ => return None,
        }
    }
}

fn word(chars: &[char], at: &mut usize) -> String {
    let start = *at;
    while chars
        .get(*at)
        .is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_')
    {
        *at += 1;
    }
    let word = chars
        .get(start..*at)
        .map(|w| w.iter().collect())
        .unwrap_or_default();
    skip(chars, at);
    word
}

fn skip(chars: &[char], at: &mut usize) {
    while chars.get(*at).is_some_and(|c| c.is_whitespace()) {
        *at += 1;
    }
}
