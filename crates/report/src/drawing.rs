//! Charts as simple shapes: what Word and PDF both draw. Lengths in points, origin at the top left.

use crate::document::{Chart, ChartKind};

/// Width of a chart: the 156 mm of a line.
pub(crate) const WIDTH: f32 = 442.0;
/// Height of a chart.
pub(crate) const HEIGHT: f32 = 220.0;

/// Red, green, blue.
pub(crate) type Rgb = (u8, u8, u8);

const INK: Rgb = (0x33, 0x3a, 0x40);
const FAINT: Rgb = (0xd5, 0xd9, 0xdd);
const TARGET: Rgb = (0xc0, 0x39, 0x2b);
/// Series in order; told apart in grey print by their dashes and points as well.
const COLOURS: [Rgb; 8] = [
    (0x1f, 0x6f, 0xb2),
    (0x2e, 0x8b, 0x57),
    (0xc9, 0x7b, 0x12),
    (0x7a, 0x4f, 0xa3),
    (0x00, 0x83, 0x8f),
    (0x8d, 0x5a, 0x3b),
    (0x5f, 0x6b, 0x75),
    (0xa8, 0x3e, 0x6a),
];

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    Left,
    Middle,
    Right,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Line {
        points: Vec<(f32, f32)>,
        colour: Rgb,
        width: f32,
        dashed: bool,
    },
    Rect {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Rgb,
    },
    /// The point is on the baseline of the text.
    Text {
        x: f32,
        y: f32,
        size: f32,
        hold: Hold,
        text: String,
        colour: Rgb,
    },
}

/// The shapes of a chart.
pub(crate) fn shapes(chart: &Chart) -> Vec<Shape> {
    Plot::new(chart).draw()
}

struct Plot<'a> {
    chart: &'a Chart,
    low: f64,
    high: f64,
    step: f64,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl<'a> Plot<'a> {
    fn new(chart: &'a Chart) -> Self {
        let values = chart
            .series
            .iter()
            .flat_map(|s| s.values.iter().flatten().copied());
        let all: Vec<f64> = values.chain(chart.target.iter().map(|t| t.value)).collect();
        let largest = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let smallest = all.iter().copied().fold(f64::INFINITY, f64::min);
        let (mut low, mut high) = if all.is_empty() {
            (0.0, 1.0)
        } else {
            (smallest, largest)
        };
        // Bars grow from zero; a line chart may look closer where all values lie far from zero.
        if chart.kind == ChartKind::Bars || low > 0.0 && low < 0.6 * high {
            low = low.min(0.0);
        }
        high = if chart.kind == ChartKind::Bars {
            high.max(0.0)
        } else {
            high
        };
        if high <= low {
            high = low + 1.0;
        }
        let step = nice((high - low) / 5.0);
        let low = (low / step).floor() * step;
        // The figure above the highest bar needs room below the legend.
        let above = if chart.kind == ChartKind::Bars {
            0.2 * step
        } else {
            0.0
        };
        let high = ((high + above) / step).ceil() * step;
        Self {
            chart,
            low,
            high: if high > low { high } else { low + step },
            step,
            left: 46.0,
            right: WIDTH - 12.0,
            top: 36.0,
            bottom: HEIGHT - if chart.kind == ChartKind::Bars { 38.0 } else { 22.0 },
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a place on paper")]
    fn y(&self, value: f64) -> f32 {
        let share = ((value - self.low) / (self.high - self.low)) as f32;
        self.bottom - share * (self.bottom - self.top)
    }

    #[expect(clippy::cast_precision_loss, reason = "at most sixty categories")]
    fn slot(&self) -> f32 {
        (self.right - self.left) / self.chart.categories.len().max(1) as f32
    }

    #[expect(clippy::cast_precision_loss, reason = "at most sixty categories")]
    fn x(&self, category: usize) -> f32 {
        self.left + self.slot() * (category as f32 + 0.5)
    }

    fn draw(&self) -> Vec<Shape> {
        let mut out = Vec::new();
        self.axes(&mut out);
        match self.chart.kind {
            ChartKind::Bars => self.bars(&mut out),
            ChartKind::Lines => self.lines(&mut out),
        }
        if let Some(target) = &self.chart.target {
            let y = self.y(target.value);
            let points = vec![(self.left, y), (self.right, y)];
            out.push(Shape::Line {
                points,
                colour: TARGET,
                width: 1.0,
                dashed: true,
            });
        }
        self.legend(&mut out);
        out
    }

    fn axes(&self, out: &mut Vec<Shape>) {
        let places = if self.step >= 1.0 { 0 } else { decimals(self.step) };
        let mut value = self.low;
        let end = self.high + self.step / 2.0;
        while value < end {
            let y = self.y(value);
            let zero = value.abs() < self.step / 1000.0;
            let (colour, width) = if zero || value <= self.low {
                (INK, 0.8)
            } else {
                (FAINT, 0.5)
            };
            let points = vec![(self.left, y), (self.right, y)];
            out.push(Shape::Line {
                points,
                colour,
                width,
                dashed: false,
            });
            let shown = if zero { 0.0 } else { value };
            out.push(Shape::Text {
                x: self.left - 5.0,
                y: y + 3.0,
                size: 9.0,
                hold: Hold::Right,
                text: format!("{shown:.places$}"),
                colour: INK,
            });
            value += self.step;
        }
        if let Some(unit) = &self.chart.unit {
            out.push(Shape::Text {
                x: 2.0,
                y: 12.0,
                size: 9.0,
                hold: Hold::Left,
                text: format!("单位：{unit}"),
                colour: INK,
            });
        }
        self.labels(out);
    }

    /// Names of the categories: those of bars are broken into lines, those of lines thinned out where they would run into
    /// each other.
    fn labels(&self, out: &mut Vec<Shape>) {
        let widest = self
            .chart
            .categories
            .iter()
            .map(|c| width(c, 9.0))
            .fold(0.0_f32, f32::max);
        let wrap = self.chart.kind == ChartKind::Bars && self.slot() > 27.0;
        let mut every = 1_u16;
        while !wrap && self.slot() * f32::from(every) < widest + 4.0 && every < 60 {
            every += 1;
        }
        for (i, category) in self
            .chart
            .categories
            .iter()
            .enumerate()
            .step_by(usize::from(every))
        {
            let lines = if wrap {
                wrapped(category, self.slot() - 3.0)
            } else {
                vec![category.clone()]
            };
            let mut y = self.bottom + 13.0;
            for text in lines {
                let (x, size, hold) = (self.x(i), 9.0, Hold::Middle);
                out.push(Shape::Text {
                    x,
                    y,
                    size,
                    hold,
                    text,
                    colour: INK,
                });
                y += 10.0;
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "at most eight series")]
    fn bars(&self, out: &mut Vec<Shape>) {
        let n = self.chart.series.len().max(1) as f32;
        let each = (self.slot() * 0.68 / n).min(42.0);
        let few = self.chart.categories.len() * self.chart.series.len() <= 16;
        for (s, series) in self.chart.series.iter().enumerate() {
            for (c, value) in series.values.iter().enumerate() {
                let Some(value) = value else { continue };
                let whole = value.abs() > 0.0;
                let x = self.x(c) - each * n / 2.0 + each * s as f32;
                let (a, b) = (self.y(*value), self.y(0.0_f64.clamp(self.low, self.high)));
                if whole {
                    out.push(Shape::Rect {
                        x: x + 0.5,
                        y: a.min(b),
                        width: (each - 1.0).max(0.5),
                        height: (a - b).abs().max(0.4),
                        fill: colour(s),
                    });
                }
                if few {
                    out.push(label(x + each / 2.0, a.min(b) - 3.0, *value));
                }
            }
        }
    }

    fn lines(&self, out: &mut Vec<Shape>) {
        let alone = self.chart.series.iter().filter(|s| !s.dashed).count() == 1;
        for (s, series) in self.chart.series.iter().enumerate() {
            let mut piece: Vec<(f32, f32)> = Vec::new();
            let known = series.values.iter().map(Some).chain([None]);
            for (c, value) in known.enumerate() {
                if let Some(Some(value)) = value {
                    let point = (self.x(c), self.y(*value));
                    piece.push(point);
                    if !series.dashed {
                        let (x, y) = point;
                        let fill = colour(s);
                        out.push(Shape::Rect {
                            x: x - 2.0,
                            y: y - 2.0,
                            width: 4.0,
                            height: 4.0,
                            fill,
                        });
                        if alone && self.chart.categories.len() <= 12 {
                            out.push(label(x, y - 6.0, *value));
                        }
                    }
                } else if piece.len() > 1 {
                    out.push(Shape::Line {
                        points: std::mem::take(&mut piece),
                        colour: colour(s),
                        width: 1.4,
                        dashed: series.dashed,
                    });
                } else {
                    piece.clear();
                }
            }
        }
    }

    fn legend(&self, out: &mut Vec<Shape>) {
        let mut x = self.left;
        let y = 26.0;
        let series = self.chart.series.iter().enumerate();
        let mut entries: Vec<(&str, Rgb, bool, bool)> = series
            .map(|(i, s)| (s.name.as_str(), colour(i), s.dashed, true))
            .collect();
        if let Some(target) = &self.chart.target {
            entries.push((&target.name, TARGET, true, false));
        }
        for (name, colour, dashed, filled) in entries {
            if self.chart.kind == ChartKind::Bars && filled {
                out.push(Shape::Rect {
                    x,
                    y: y - 7.0,
                    width: 10.0,
                    height: 8.0,
                    fill: colour,
                });
            } else {
                let points = vec![(x, y - 3.0), (x + 16.0, y - 3.0)];
                out.push(Shape::Line {
                    points,
                    colour,
                    width: 1.4,
                    dashed,
                });
            }
            out.push(Shape::Text {
                x: x + 20.0,
                y,
                size: 9.0,
                hold: Hold::Left,
                text: name.to_owned(),
                colour: INK,
            });
            x += 34.0 + width(name, 9.0);
        }
    }
}

fn colour(series: usize) -> Rgb {
    COLOURS.get(series % COLOURS.len()).copied().unwrap_or(INK)
}

fn label(x: f32, y: f32, value: f64) -> Shape {
    let text = if value.abs() >= 1000.0 {
        format!("{value:.0}")
    } else {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    Shape::Text {
        x,
        y,
        size: 8.0,
        hold: Hold::Middle,
        text,
        colour: INK,
    }
}

/// A name in at most three lines of a width; what is longer ends in «…».
fn wrapped(text: &str, room: f32) -> Vec<String> {
    const LINES: usize = 3;
    let mut lines = vec![String::new()];
    for c in text.chars() {
        let full = lines
            .last()
            .is_some_and(|l| !l.is_empty() && width(l, 9.0) + width(c.encode_utf8(&mut [0; 4]), 9.0) > room);
        if full && lines.len() == LINES {
            if let Some(last) = lines.last_mut() {
                last.pop();
                last.push('…');
            }
            break;
        }
        if full {
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            last.push(c);
        }
    }
    lines
}

/// Rough width of a text: Chinese characters are as wide as they are high, others half as wide.
pub(crate) fn width(text: &str, size: f32) -> f32 {
    let ems: f32 = text.chars().map(|c| if c.is_ascii() { 0.55 } else { 1.0 }).sum();
    ems * size
}

/// The next of 1, 2, 5 × 10ⁿ.
fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.abs().max(1e-9).log10().floor());
    let lead = step / power;
    let lead = if lead <= 1.0 {
        1.0
    } else if lead <= 2.0 {
        2.0
    } else if lead <= 5.0 {
        5.0
    } else {
        10.0
    };
    lead * power
}

fn decimals(step: f64) -> usize {
    let mut places = 0;
    let mut scaled = step;
    while places < 6 && (scaled - scaled.round()).abs() > 1e-6 {
        scaled *= 10.0;
        places += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Series;

    #[test]
    fn steps_are_nice() {
        let steps = [0.9, 1.2, 3.0, 7.0, 23.0].map(|s| nice(s).to_string());
        assert_eq!(steps, ["1", "2", "5", "10", "50"]);
        assert_eq!((decimals(0.2), decimals(0.05)), (1, 2));
    }

    #[test]
    fn long_names_are_broken_and_not_lost() {
        assert_eq!(wrapped("区水利局", 40.0), ["区水利局"]);
        assert_eq!(
            wrapped("市生态环境局茌平区分局", 40.0),
            ["市生态环", "境局茌平", "区分局"]
        );
        assert_eq!(wrapped("一二三四五六七", 20.0), ["一二", "三四", "五…"]);
    }

    #[test]
    fn a_missing_value_breaks_the_line() {
        let chart = Chart {
            caption: String::new(),
            kind: ChartKind::Lines,
            unit: None,
            categories: (0..5).map(|i| i.to_string()).collect(),
            series: vec![Series {
                name: "a".to_owned(),
                values: vec![Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)],
                dashed: false,
            }],
            target: None,
        };
        let drawn = shapes(&chart);
        let pieces = drawn
            .iter()
            .filter(|s| matches!(s, Shape::Line { width, .. } if *width > 1.2))
            .count();
        assert_eq!(pieces, 3, "two pieces and the one of the legend");
    }
}
