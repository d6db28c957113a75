//! Vector tiles (Mapbox Vector Tile 2.1): one layer, clipped to the tile with a margin and simplified to its grid.
//!
//! The encoding is protobuf's plainest part (varints and lengths), so it is written here rather than generated.

use std::collections::HashMap;

use crate::coord::LonLat;
use crate::geometry::Geometry;
use crate::shape::Polygon;
use crate::tile::Tile;

/// Steps across one tile.
const EXTENT: u32 = 4096;
/// Steps kept beyond each edge, so that symbols and borders do not end at it.
const MARGIN: f64 = 64.0;
/// A vertex nearer than this to the line without it is left out, steps.
const TOLERANCE: f64 = 1.0;

/// A feature to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    /// Number by which the map tells features apart; unique in the layer.
    pub number: u64,
    /// Where.
    pub geometry: &'a Geometry,
    /// Properties.
    pub tags: &'a [(&'a str, Tag<'a>)],
}

/// A property's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag<'a> {
    /// Text.
    Text(&'a str),
    /// Whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// The tile's bytes; empty where nothing of the features falls into it.
pub fn encode<'a>(layer: &str, tile: Tile, features: impl IntoIterator<Item = Drawn<'a>>) -> Vec<u8> {
    let mut keys = Table::default();
    let mut values = Table::default();
    let mut body = Vec::new();
    for drawn in features {
        let Some((kind, commands)) = commands(tile, drawn.geometry) else {
            continue;
        };
        let mut tags = Vec::new();
        for (key, value) in drawn.tags {
            varint(&mut tags, u64::from(keys.number(*key)));
            varint(&mut tags, u64::from(values.number(*value)));
        }
        let mut feature = Vec::new();
        number_field(&mut feature, 1, drawn.number);
        bytes_field(&mut feature, 2, &tags);
        number_field(&mut feature, 3, kind);
        bytes_field(&mut feature, 4, &commands);
        bytes_field(&mut body, 2, &feature);
    }
    if body.is_empty() {
        return body;
    }
    let mut out = Vec::new();
    bytes_field(&mut out, 1, layer.as_bytes());
    out.extend(body);
    for key in keys.order {
        bytes_field(&mut out, 3, key.as_bytes());
    }
    for value in values.order {
        let mut message = Vec::new();
        match value {
            Tag::Text(text) => bytes_field(&mut message, 1, text.as_bytes()),
            Tag::Number(n) => number_field(&mut message, 6, zigzag(n)),
            Tag::Flag(yes) => number_field(&mut message, 7, u64::from(yes)),
        }
        bytes_field(&mut out, 4, &message);
    }
    number_field(&mut out, 5, u64::from(EXTENT));
    number_field(&mut out, 15, 2);
    let mut whole = Vec::with_capacity(out.len() + 8);
    bytes_field(&mut whole, 3, &out);
    whole
}

/// Values in order of their first use.
struct Table<T> {
    order: Vec<T>,
    known: HashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            known: HashMap::new(),
        }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Table<T> {
    fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        *self.known.entry(value).or_insert_with(|| {
            self.order.push(value);
            next
        })
    }
}

fn varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n & 0x7F) as u8 | 0x80);
        n >>= 7;
    }
    out.push((n & 0x7F) as u8);
}

fn number_field(out: &mut Vec<u8>, field: u64, n: u64) {
    varint(out, field << 3);
    varint(out, n);
}

fn bytes_field(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[expect(clippy::cast_sign_loss, reason = "the two's complement bits are meant")]
fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

type Xy = (f64, f64);
type Step = (i32, i32);

/// Kind (1 points, 2 lines, 3 areas) and commands; `None` where nothing is left.
fn commands(tile: Tile, geometry: &Geometry) -> Option<(u64, Vec<u8>)> {
    let project =
        |line: &[LonLat]| -> Vec<Xy> { line.iter().map(|p| tile.project(*p, f64::from(EXTENT))).collect() };
    let mut pen = Pen::default();
    let kind = match geometry {
        Geometry::Points(points) => {
            let mut steps: Vec<Step> = project(points)
                .into_iter()
                .filter(|(x, y)| inside(*x) && inside(*y))
                .map(step)
                .collect();
            steps.dedup();
            if !steps.is_empty() {
                pen.command(1, steps.len());
                for s in &steps {
                    pen.to(*s);
                }
            }
            1
        }
        Geometry::Lines(lines) => {
            for line in lines {
                for piece in clip_line(&project(line)) {
                    let steps = stepped(&simplify(&piece), false);
                    if let [first, rest @ ..] = steps.as_slice()
                        && !rest.is_empty()
                    {
                        pen.line(*first, rest);
                    }
                }
            }
            2
        }
        Geometry::Areas(areas) => {
            for area in areas {
                draw_area(&mut pen, area, &project);
            }
            3
        }
    };
    (!pen.out.is_empty()).then_some((kind, pen.out))
}

fn draw_area(pen: &mut Pen, area: &Polygon, project: &dyn Fn(&[LonLat]) -> Vec<Xy>) {
    for (n, ring) in area.rings().iter().enumerate() {
        let mut steps = stepped(&simplify_ring(clip_ring(project(ring))), true);
        let twice = surface(&steps);
        // Less than one step square is not seen; without its outer ring an area's holes mean nothing.
        if steps.len() < 3 || twice.abs() < 2 {
            if n == 0 {
                return;
            }
            continue;
        }
        // Outer rings turn clockwise as seen, which is a positive surface with y downwards; holes the other way.
        if (twice > 0) != (n == 0) {
            steps.reverse();
        }
        if let [first, rest @ ..] = steps.as_slice() {
            pen.line(*first, rest);
            pen.command(7, 1);
        }
    }
}

#[derive(Default)]
struct Pen {
    out: Vec<u8>,
    at: Step,
}

impl Pen {
    fn command(&mut self, id: u64, count: usize) {
        varint(&mut self.out, (count as u64) << 3 | id);
    }

    fn to(&mut self, (x, y): Step) {
        varint(&mut self.out, zigzag(i64::from(x) - i64::from(self.at.0)));
        varint(&mut self.out, zigzag(i64::from(y) - i64::from(self.at.1)));
        self.at = (x, y);
    }

    fn line(&mut self, first: Step, rest: &[Step]) {
        self.command(1, 1);
        self.to(first);
        self.command(2, rest.len());
        for s in rest {
            self.to(*s);
        }
    }
}

fn inside(v: f64) -> bool {
    (-MARGIN..=f64::from(EXTENT) + MARGIN).contains(&v)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clipped to the tile and its margin before"
)]
fn step((x, y): Xy) -> Step {
    (x.round() as i32, y.round() as i32)
}

/// On the grid, without repeats; a ring's last point is not its first.
fn stepped(points: &[Xy], ring: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = points.iter().copied().map(step).collect();
    steps.dedup();
    while ring && steps.len() > 1 && steps.first() == steps.last() {
        steps.pop();
    }
    steps
}

/// Twice the surface of a ring.
fn surface(steps: &[Step]) -> i64 {
    let next = steps.iter().cycle().skip(1);
    steps
        .iter()
        .zip(next)
        .map(|((ax, ay), (bx, by))| i64::from(*ax) * i64::from(*by) - i64::from(*bx) * i64::from(*ay))
        .sum()
}

/// Pieces of a line within the tile and its margin.
fn clip_line(line: &[Xy]) -> Vec<Vec<Xy>> {
    let mut out: Vec<Vec<Xy>> = Vec::new();
    let mut open = false;
    for (a, b) in line.iter().zip(line.iter().skip(1)) {
        let Some((from, to)) = clip_segment(*a, *b) else {
            open = false;
            continue;
        };
        match out.last_mut() {
            Some(piece) if open && piece.last() == Some(&from) => piece.push(to),
            _ => out.push(vec![from, to]),
        }
        open = to == *b;
    }
    out
}

/// Liang–Barsky.
fn clip_segment((ax, ay): Xy, (bx, by): Xy) -> Option<(Xy, Xy)> {
    let (low, high) = (-MARGIN, f64::from(EXTENT) + MARGIN);
    let (dx, dy) = (bx - ax, by - ay);
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (p, q) in [(-dx, ax - low), (dx, high - ax), (-dy, ay - low), (dy, high - ay)] {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            to = to.min(q / p);
        }
    }
    let at = |t: f64| match t {
        0.0 => (ax, ay),
        1.0 => (bx, by),
        t => (ax + dx * t, ay + dy * t),
    };
    (from <= to).then(|| (at(from), at(to)))
}

/// Sutherland–Hodgman against the four edges.
fn clip_ring(mut ring: Vec<Xy>) -> Vec<Xy> {
    let (low, high) = (-MARGIN, f64::from(EXTENT) + MARGIN);
    let edges: [(bool, f64, bool); 4] = [
        (true, low, false),
        (true, high, true),
        (false, low, false),
        (false, high, true),
    ];
    for (by_x, edge, upper) in edges {
        let of = |p: Xy| if by_x { p.0 } else { p.1 };
        let keeps = |p: Xy| if upper { of(p) <= edge } else { of(p) >= edge };
        let cut = |a: Xy, b: Xy| {
            let t = (edge - of(a)) / (of(b) - of(a));
            (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
        };
        let mut out = Vec::with_capacity(ring.len());
        let before = ring.iter().copied().cycle().skip(ring.len().saturating_sub(1));
        for (a, b) in before.zip(ring.iter().copied()) {
            if keeps(a) != keeps(b) {
                out.push(cut(a, b));
            }
            if keeps(b) {
                out.push(b);
            }
        }
        ring = out;
    }
    ring
}

fn simplify_ring(mut ring: Vec<Xy>) -> Vec<Xy> {
    // The simplifier keeps both ends, so the ring is opened at its first point and closed again by it.
    ring.extend(ring.first().copied());
    simplify(&ring)
}

/// Douglas–Peucker with a stack of its own.
fn simplify(line: &[Xy]) -> Vec<Xy> {
    let mut keep = vec![false; line.len()];
    let last = line.len().saturating_sub(1);
    for end in [0, last] {
        if let Some(k) = keep.get_mut(end) {
            *k = true;
        }
    }
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let (Some(a), Some(b)) = (line.get(from), line.get(to)) else {
            continue;
        };
        let farthest = line
            .iter()
            .enumerate()
            .take(to)
            .skip(from + 1)
            .map(|(n, p)| (n, off(*p, *a, *b)))
            .max_by(|x, y| x.1.total_cmp(&y.1));
        if let Some((n, distance)) = farthest
            && distance > TOLERANCE
        {
            if let Some(k) = keep.get_mut(n) {
                *k = true;
            }
            open.push((from, n));
            open.push((n, to));
        }
    }
    line.iter()
        .zip(keep)
        .filter(|(_, k)| *k)
        .map(|(p, _)| *p)
        .collect()
}

/// Distance of a point from a segment.
fn off((x, y): Xy, (ax, ay): Xy, (bx, by): Xy) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let square = dx * dx + dy * dy;
    let t = if square > 0.0 {
        (((x - ax) * dx + (y - ay) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (ax + dx * t - x).hypot(ay + dy * t - y)
}
