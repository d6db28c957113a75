//! Lines of Chinese text: where they may break, what may not begin or end them, and how they fill their width.

use crate::document::Run;
use crate::fonts::Fonts;

/// May not begin a line (避头).
const NOT_FIRST: &str = "，。、；：？！）》”’】〉」』…‰℃·—)]}>,.;:?!%％〕";
/// May not end a line (避尾).
const NOT_LAST: &str = "（《“‘【〈「『([{<〔¥￥";

/// Face and size of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) face: usize,
    pub(crate) strong: usize,
    pub(crate) size: f32,
}

/// A character with its glyph.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    pub(crate) c: char,
    pub(crate) face: usize,
    pub(crate) glyph: u32,
    pub(crate) size: f32,
    /// Points above the baseline.
    pub(crate) raise: f32,
    /// Points to the next character.
    pub(crate) advance: f32,
    /// Holds on to what stands before it.
    glued: bool,
}

/// The characters of a text.
pub(crate) fn atoms(fonts: &Fonts, runs: &[Run], style: Style) -> Vec<Atom> {
    let mut out = Vec::new();
    for run in runs {
        let marked = run.mark.is_some();
        let (size, raise) = if marked {
            (style.size * 0.6, style.size * 0.36)
        } else {
            (style.size, 0.0)
        };
        let face = if run.strong { style.strong } else { style.face };
        for c in run.printed().chars() {
            let c = if c == '\n' || c == '\t' { ' ' } else { c };
            if c.is_control() {
                continue;
            }
            let (face, glyph, width) = fonts.glyph(face, c);
            out.push(Atom {
                c,
                face,
                glyph,
                size,
                raise,
                advance: width * size,
                glued: marked,
            });
        }
    }
    out
}

/// Natural width.
pub(crate) fn width(atoms: &[Atom]) -> f32 {
    atoms.iter().map(|a| a.advance).sum()
}

/// Letters and digits of one word, which hold together.
fn wordy(c: char) -> bool {
    (c.is_alphanumeric() && (c as u32) < 0x2e80)
        || matches!(c, '.' | '/' | '-' | '_' | '%' | '₂' | '³' | '²' | '+')
}

fn may_break(before: &Atom, after: &Atom) -> bool {
    if after.glued || NOT_FIRST.contains(after.c) || NOT_LAST.contains(before.c) || after.c == ' ' {
        return false;
    }
    !(wordy(before.c) && wordy(after.c))
}

/// Breaks a text into lines of the first and the other widths. A word longer than a line is cut.
pub(crate) fn broken(atoms: &[Atom], first: f32, rest: f32) -> Vec<Vec<Atom>> {
    let mut lines = Vec::new();
    let mut begin = 0;
    while begin < atoms.len() {
        let room = if lines.is_empty() { first } else { rest };
        let mut used = 0.0;
        let mut end = begin;
        let mut chance = None;
        for (i, atom) in atoms.iter().enumerate().skip(begin) {
            used += atom.advance;
            // A space at the end takes no room.
            if used > room + 0.01 && atom.c != ' ' {
                break;
            }
            end = i + 1;
            if let Some(next) = atoms.get(end)
                && may_break(atom, next)
            {
                chance = Some(end);
            }
        }
        if end < atoms.len() {
            end = chance.unwrap_or_else(|| end.max(begin + 1));
        }
        let mut line: Vec<Atom> = atoms.get(begin..end).unwrap_or_default().to_vec();
        while line.last().is_some_and(|a| a.c == ' ') {
            line.pop();
        }
        lines.push(line);
        begin = end;
        while atoms.get(begin).is_some_and(|a| a.c == ' ') {
            begin += 1;
        }
    }
    lines
}

/// Stretches or squeezes a line to its room, between the characters where it could break or at spaces.
#[expect(clippy::cast_precision_loss, reason = "characters of a line")]
pub(crate) fn justified(mut line: Vec<Atom>, room: f32) -> Vec<Atom> {
    let spare = room - width(&line);
    let gaps: Vec<usize> = (1..line.len())
        .filter(|i| match (line.get(i - 1), line.get(*i)) {
            (Some(a), Some(b)) => !b.glued && (a.c == ' ' || !(wordy(a.c) && wordy(b.c))),
            _ => false,
        })
        .map(|i| i - 1)
        .collect();
    // A line that lacks a quarter of its room is the end of something: it stays as it is.
    if gaps.is_empty() || spare > room / 4.0 {
        return line;
    }
    let each = spare / gaps.len() as f32;
    for gap in gaps {
        if let Some(atom) = line.get_mut(gap) {
            atom.advance += each;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Vec<Atom> {
        let wide = |c: char| if c.is_ascii() { 5.0 } else { 10.0 };
        let atom = |c| Atom {
            c,
            face: 0,
            glyph: 0,
            size: 10.0,
            raise: 0.0,
            advance: wide(c),
            glued: false,
        };
        words.chars().map(atom).collect()
    }

    fn read(lines: &[Vec<Atom>]) -> Vec<String> {
        lines.iter().map(|l| l.iter().map(|a| a.c).collect()).collect()
    }

    #[test]
    fn punctuation_does_not_begin_a_line() {
        let lines = broken(&text("甲乙丙丁，戊己（庚）辛"), 40.0, 40.0);
        assert_eq!(read(&lines), ["甲乙丙", "丁，戊己", "（庚）辛"]);
    }

    #[test]
    fn figures_hold_together_and_long_words_are_cut() {
        assert_eq!(
            read(&broken(&text("排放量1549.0吨"), 45.0, 45.0)),
            ["排放量", "1549.0吨"]
        );
        assert_eq!(
            read(&broken(&text("abcdefghijkl"), 25.0, 25.0)),
            ["abcde", "fghij", "kl"]
        );
    }

    #[test]
    fn nothing_is_lost_and_lines_fill_their_room() {
        let words =
            "到2025年，全区PM2.5平均浓度降到42微克/立方米以下；优良天数比率达到65.3%（以市下达为准）。";
        let lines = broken(&text(words), 80.0, 100.0);
        assert_eq!(read(&lines).concat(), words);
        for line in &lines[..lines.len() - 1] {
            assert!(width(line) <= 100.01);
        }
        let full = justified(lines[1].clone(), 100.0);
        assert!((width(&full) - 100.0).abs() < 0.01);
    }
}
