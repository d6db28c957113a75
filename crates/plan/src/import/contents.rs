//! The table of contents (目录): it repeats every title and so tells where a wrapped heading ends and what a lost
//! heading said. It is found by its numbering starting over, with no sentence in it.

use std::collections::BTreeMap;

use super::lines::Line;
use super::markers::{self, Marker};

/// Titles by number.
#[derive(Debug, Default)]
pub(super) struct Contents {
    chapters: BTreeMap<u32, String>,
    sections: BTreeMap<(u32, u32), String>,
    /// The lines themselves.
    pub lines: Vec<Line>,
}

impl Contents {
    /// Title of a chapter.
    pub(super) fn chapter(&self, no: u32) -> Option<&str> {
        self.chapters.get(&no).map(String::as_str)
    }

    /// Title of a section.
    pub(super) fn section(&self, chapter: u32, no: u32) -> Option<&str> {
        self.sections.get(&(chapter, no)).map(String::as_str)
    }

    /// Whether a text begins as the title of that chapter does.
    pub(super) fn is_chapter(&self, no: u32, text: &str) -> bool {
        self.chapter(no).is_some_and(|t| agrees(t, text))
    }

    /// Whether a text begins as the title of that section does.
    pub(super) fn is_section(&self, chapter: u32, no: u32, text: &str) -> bool {
        self.section(chapter, no).is_some_and(|t| agrees(t, text))
    }

    /// The first chapter after `last` whose section of that number has that title.
    pub(super) fn chapter_of_section(&self, last: u32, no: u32, text: &str) -> Option<u32> {
        self.sections
            .iter()
            .find(|((chapter, section), title)| *chapter > last && *section == no && agrees(title, text))
            .map(|((chapter, _), _)| *chapter)
    }

    /// Chapters listed.
    pub(super) fn chapters(&self) -> impl Iterator<Item = (u32, &str)> {
        self.chapters.iter().map(|(no, t)| (*no, t.as_str()))
    }

    /// Sections listed.
    pub(super) fn sections(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        self.sections.iter().map(|(&(c, s), t)| (c, s, t.as_str()))
    }
}

/// One begins with the other, and the common part says something.
fn agrees(title: &str, text: &str) -> bool {
    let text = markers::title(text);
    !text.is_empty() && (title.starts_with(&text) || text.starts_with(title))
}

/// Splits a file into cover, table of contents and body.
pub(super) fn split(lines: Vec<Line>) -> (Vec<Line>, Vec<Line>, Vec<Line>) {
    let heading = lines
        .iter()
        .position(|l| matches!(markers::title(&l.s).as_str(), "目录" | "目次"));
    let chapter = |l: &Line| match markers::of(&l.s) {
        Some((Marker::Chapter(no), _)) => Some(no),
        _ => None,
    };
    let Some(first) = lines.iter().position(|l| chapter(l).is_some()) else {
        // no chapter at all: everything is body, so that sections and items are still looked for
        return (Vec::new(), Vec::new(), lines);
    };
    let mut last = 0;
    let mut end = None;
    for (index, line) in lines.iter().enumerate().skip(first) {
        if line.s.contains('。') {
            break;
        }
        if let Some(no) = chapter(line) {
            if no <= last {
                end = Some(index);
                break;
            }
            last = no;
        }
    }
    let from = heading.filter(|h| *h < first).unwrap_or(first);
    let end = match end {
        Some(end) => end,
        // a file that ends within its contents
        None if heading.is_some_and(|h| h < first)
            && !lines.iter().skip(first).any(|l| l.s.contains('。')) =>
        {
            lines.len()
        }
        None => {
            let mut cover = lines;
            let body = cover.split_off(first);
            return (cover, Vec::new(), body);
        }
    };
    let mut cover = lines;
    let body = cover.split_off(end.min(cover.len()));
    let contents = cover.split_off(from.min(cover.len()));
    (cover, contents, body)
}

/// Titles from the lines of the contents.
pub(super) fn read(lines: &[Line]) -> Contents {
    let mut out = Contents::default();
    let (mut chapter, mut section) = (0, None);
    for line in lines {
        match markers::of(&line.s) {
            Some((Marker::Chapter(no), length)) => {
                (chapter, section) = (no, None);
                out.chapters
                    .insert(no, line.s.get(length..).unwrap_or_default().to_owned());
            }
            Some((Marker::Section(no), length)) if chapter > 0 => {
                section = Some(no);
                out.sections
                    .insert((chapter, no), line.s.get(length..).unwrap_or_default().to_owned());
            }
            Some((Marker::Annex, _)) => chapter = 0,
            _ => {
                let open = match section {
                    Some(section) => out.sections.get_mut(&(chapter, section)),
                    None => out.chapters.get_mut(&chapter),
                };
                if let Some(title) = open {
                    title.push_str(&line.s);
                }
            }
        }
    }
    for title in out.chapters.values_mut().chain(out.sections.values_mut()) {
        *title = markers::title(title);
    }
    out
}
