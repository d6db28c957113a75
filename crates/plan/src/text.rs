//! Text that remembers which line each part came from, so that a repair can name its line after any joining.

/// A string with the lines its parts stood on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text {
    s: String,
    /// Byte where a line's part begins, and the line; ascending.
    marks: Vec<(usize, u32)>,
}

impl Text {
    /// Text of one line.
    pub(crate) fn line(s: &str, line: u32) -> Self {
        let mut text = Self::default();
        text.push_str(s, line);
        text
    }

    /// Appends a part of a line.
    pub(crate) fn push_str(&mut self, s: &str, line: u32) {
        if s.is_empty() {
            return;
        }
        if self.marks.last().is_none_or(|&(_, l)| l != line) {
            self.marks.push((self.s.len(), line));
        }
        self.s.push_str(s);
    }

    /// Appends a character of a line.
    pub(crate) fn push(&mut self, c: char, line: u32) {
        self.push_str(c.encode_utf8(&mut [0; 4]), line);
    }

    /// Appends another text.
    pub(crate) fn append(&mut self, other: &Text) {
        for (part, line) in other.parts() {
            self.push_str(part, line);
        }
    }

    /// The bare string.
    pub(crate) fn as_str(&self) -> &str {
        &self.s
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.s.is_empty()
    }

    /// Line of a byte; 0 for an empty text.
    pub(crate) fn line_at(&self, byte: usize) -> u32 {
        let i = self.marks.partition_point(|&(b, _)| b <= byte);
        self.marks.get(i.saturating_sub(1)).map_or(0, |&(_, line)| line)
    }

    /// Line it begins on.
    pub(crate) fn first_line(&self) -> u32 {
        self.line_at(0)
    }

    /// Line it ends on.
    pub(crate) fn last_line(&self) -> u32 {
        self.marks.last().map_or(0, |&(_, line)| line)
    }

    /// Parts by line.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, u32)> {
        self.marks.iter().enumerate().map(|(i, &(from, line))| {
            let to = self.marks.get(i + 1).map_or(self.s.len(), |&(b, _)| b);
            (self.s.get(from..to).unwrap_or_default(), line)
        })
    }

    /// Characters with their lines.
    pub(crate) fn chars(&self) -> impl Iterator<Item = (char, u32)> {
        self.parts()
            .flat_map(|(part, line)| part.chars().map(move |c| (c, line)))
    }

    /// The part between two bytes; bytes inside a character give an empty text.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Self {
        let mut out = Self::default();
        let Some(s) = self.s.get(from..to) else {
            return out;
        };
        if s.is_empty() {
            return out;
        }
        out.marks.push((0, self.line_at(from)));
        out.marks.extend(
            self.marks
                .iter()
                .filter(|&&(b, _)| b > from && b < to)
                .map(|&(b, line)| (b - from, line)),
        );
        s.clone_into(&mut out.s);
        out
    }

    /// From a byte to the end.
    pub(crate) fn from(&self, from: usize) -> Self {
        self.slice(from, self.s.len())
    }

    /// Without white space at both ends.
    pub(crate) fn trim(&self) -> Self {
        let start = self.s.len() - self.s.trim_start().len();
        self.slice(start, start.max(self.s.trim_end().len()))
    }
}

/// A Chinese character, extension A and compatibility included.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '〇')
}

/// An opening bracket of any kind.
pub(crate) fn is_open(c: char) -> bool {
    matches!(c, '(' | '（' | '〔' | '【' | '[' | '［')
}

/// A closing bracket of any kind.
pub(crate) fn is_close(c: char) -> bool {
    matches!(c, ')' | '）' | '〕' | '】' | ']' | '］')
}

/// The closing bracket that belongs to an opening one.
pub(crate) fn partner(open: char) -> char {
    match open {
        '(' | '（' => '）',
        '〔' => '〕',
        '【' => '】',
        _ => ']',
    }
}

/// Splits where `at` says so, but not inside brackets.
pub(crate) fn split_outside(s: &str, at: impl Fn(char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_u32, 0);
    for (i, c) in s.char_indices() {
        if is_open(c) {
            depth += 1;
        } else if is_close(c) {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && at(c) {
            parts.push(s.get(from..i).unwrap_or_default());
            from = i + c.len_utf8();
        }
    }
    parts.push(s.get(from..).unwrap_or_default());
    parts
}

/// The number a Chinese numeral up to 九十九 names.
pub(crate) fn numeral(s: &str) -> Option<u32> {
    let digit = |c: char| {
        "〇一二三四五六七八九"
            .chars()
            .position(|d| d == c)
            .and_then(|p| u32::try_from(p).ok())
    };
    let mut total = 0;
    let mut pending = None;
    for c in s.chars() {
        if c == '十' {
            total += pending.take().unwrap_or(1) * 10;
            if total > 90 {
                return None;
            }
        } else if c == '两' {
            pending = Some(2);
        } else if pending.is_some() {
            return None;
        } else {
            pending = Some(digit(c)?);
        }
    }
    let value = total + pending.unwrap_or(0);
    (value > 0).then_some(value)
}

/// Levenshtein distance by characters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for (cb, &above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(ca != *cb)).min(above + 1).min(left + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_joining_and_slicing() {
        let mut t = Text::line("甲乙", 3);
        t.push_str("丙丁", 5);
        assert_eq!(t.slice(3, 9).chars().collect::<Vec<_>>(), [('乙', 3), ('丙', 5)]);
        assert_eq!(t.line_at(6), 5);
        assert!(t.slice(1, 4).is_empty());
    }

    #[test]
    fn numerals() {
        for (s, n) in [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35)] {
            assert_eq!(numeral(s), Some(n));
        }
        assert_eq!(numeral("十十十十十十十十十十"), None);
        assert_eq!(numeral("一二"), None);
        assert_eq!(numeral(""), None);
    }

    #[test]
    fn edit_distance() {
        assert_eq!(distance("市公安局甲平分局", "市公安局申平分局"), 1);
        assert_eq!(distance("", "甲乙"), 2);
        assert_eq!(distance("甲乙丙", "乙丙"), 1);
    }
}
