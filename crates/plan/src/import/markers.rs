//! What opens a line: 一、 / （一） / 1. / 附图. The numbering tells the structure; Markdown levels are only a hint.

use super::lines::Line;
use crate::limits::MAX_TITLE;
use crate::pattern::Pattern;
use crate::text::numeral;

/// A numbering mark at the start of a line, and where the rest begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// 一、
    Chapter(u32),
    /// （一）
    Section(u32),
    /// 1.
    Item(u32),
    /// 附图, 附件, 附表
    Annex,
}

static CHAPTER: Pattern = Pattern::new(
    r"^(?:第\s*([一二三四五六七八九十]{1,3})\s*章\s*[、.．：:]?|([一二三四五六七八九十]{1,3})\s*、)\s*",
);
static SECTION: Pattern = Pattern::new(
    r"^(?:第\s*([一二三四五六七八九十]{1,3})\s*节\s*[、.．：:]?|[（(〔【\[]\s*([一二三四五六七八九十]{1,3})\s*[)）〕】\]]\s*、?)\s*",
);
static ITEM: Pattern = Pattern::new(r"^(\d{1,2})\s*(?:[.、]|．)\s*");
static ANNEX: Pattern = Pattern::new(r"^附\s*[图表件录](?:\s*[\d一二三四五六七八九]{1,2})?\s*[.、：:]?");

/// The mark a line opens with and the length of the mark in bytes.
pub(super) fn of(s: &str) -> Option<(Marker, usize)> {
    let number = |c: &regex::Captures<'_>| {
        let s = c.get(1).or_else(|| c.get(2))?.as_str();
        numeral(s)
    };
    if let Some(c) = CHAPTER.captures(s) {
        return Some((Marker::Chapter(number(&c)?), c.get(0)?.end()));
    }
    if let Some(c) = SECTION.captures(s) {
        return Some((Marker::Section(number(&c)?), c.get(0)?.end()));
    }
    if let Some(c) = ITEM.captures(s) {
        let end = c.get(0)?.end();
        // `2.5` is a value cut at the start of a line
        if s.get(end..)?.starts_with(|c: char| c.is_ascii_digit())
            && !s.get(..end)?.ends_with(char::is_whitespace)
        {
            return None;
        }
        return Some((Marker::Item(c.get(1)?.as_str().parse().ok()?), end));
    }
    let annex = ANNEX.find(s)?;
    (s.chars().count() <= MAX_TITLE).then_some((Marker::Annex, annex.end()))
}

/// Whether a line could be a heading: short, and no sentence in it.
pub(super) fn heading_like(line: &Line) -> bool {
    line.s.chars().count() <= MAX_TITLE && !line.s.contains(['。', '；'])
}

/// A title as it is kept: no white space, no bold marks, no dots and page number of a table of contents at its end.
pub(super) fn title(s: &str) -> String {
    static LEADERS: Pattern = Pattern::new(r"(?:\.{3,}|…+|·{3,}|-{4,})\s*\d*\s*$");
    let s = LEADERS.find(s).map_or(s, |m| s.get(..m.start()).unwrap_or(s));
    s.chars().filter(|c| !c.is_whitespace() && *c != '*').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        assert_eq!(of("十二、规划").map(|m| m.0), Some(Marker::Chapter(12)));
        assert_eq!(of("第三章 大气").map(|m| m.0), Some(Marker::Chapter(3)));
        assert_eq!(of("(一) 指导").map(|m| m.0), Some(Marker::Section(1)));
        assert_eq!(of("10. 地下水").map(|m| m.0), Some(Marker::Item(10)));
        assert_eq!(of("附图 1.").map(|m| m.0), Some(Marker::Annex));
        assert_eq!(of("2.5浓度"), None);
        assert_eq!(of("2025年年底前"), None);
        assert_eq!(title("指导 思想……… 12"), "指导思想");
    }
}
