//! The tree of a plan: chapters, sections and items by their numbering, however the lines are wrapped and whatever level
//! a heading was given. Every line lands somewhere: in the tree, the tables, the furniture.

use super::contents::{self, Contents};
use super::lines::Line;
use super::markers::{self, Marker};
use super::report::Report;
use super::table;
use crate::text::Text;

/// Paragraphs: lines joined, split where an empty line stood.
pub(super) type Paragraphs = Vec<Text>;

/// A numbered item.
#[derive(Debug, Default)]
pub(super) struct RawItem {
    pub no: u32,
    /// Its first line was set as a heading: its text begins a paragraph of its own.
    pub heading: bool,
    pub body: Paragraphs,
}

/// A section; number 0 for what stands in a chapter without sections.
#[derive(Debug, Default)]
pub(super) struct RawSection {
    pub no: u32,
    pub title: Text,
    pub line: u32,
    pub body: Paragraphs,
    pub items: Vec<RawItem>,
}

/// A chapter.
#[derive(Debug, Default)]
pub(super) struct RawChapter {
    pub no: u32,
    pub title: Text,
    pub line: u32,
    pub body: Paragraphs,
    pub sections: Vec<RawSection>,
}

/// The whole file, sorted into its parts.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub cover: Vec<Line>,
    pub contents: Contents,
    pub chapters: Vec<RawChapter>,
    pub tables: Vec<Vec<Line>>,
    pub annex: Vec<Line>,
    pub page: Vec<Line>,
}

/// Reads the tree.
pub(super) fn read(lines: Vec<Line>, report: &mut Report) -> Outline {
    let mut outline = Outline::default();
    let (page, lines): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(Line::is_furniture);
    outline.page = page;
    let (cover, contents, body) = contents::split(lines);
    outline.cover = cover;
    outline.contents = contents::read(&contents);
    outline.contents.lines = contents;
    Walker {
        out: outline,
        open: Open::Nothing,
        report,
        after_table: false,
    }
    .walk(body)
}

/// What the next unnumbered line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    ChapterTitle,
    ChapterBody,
    SectionTitle,
    SectionBody,
    Item,
}

struct Walker<'r> {
    out: Outline,
    open: Open,
    report: &'r mut Report,
    /// A table has just ended: whatever comes may begin something new.
    after_table: bool,
}

impl Walker<'_> {
    fn walk(mut self, body: Vec<Line>) -> Outline {
        let mut lines = body.into_iter().peekable();
        let mut window: Vec<Line> = Vec::new();
        while let Some(line) = lines.next() {
            let titled = line.s.contains("指标")
                && markers::heading_like(&line)
                && lines.peek().is_some_and(|n| table::begins(n, None));
            if titled || table::begins(&line, lines.peek()) {
                self.after_table = true;
                window.clear();
                window.push(line);
                let mut rows = table::Extent::new(self.section_no());
                while let Some(next) = lines.peek() {
                    if !rows.takes(next, &|no, rest| self.out.contents.is_chapter(no, rest)) {
                        break;
                    }
                    window.extend(lines.next());
                }
                self.take_table_title(&mut window);
                self.out.tables.push(std::mem::take(&mut window));
                continue;
            }
            let marker = markers::of(&line.s);
            if matches!(marker, Some((Marker::Annex, _)))
                && self.at_boundary(&line)
                && markers::heading_like(&line)
            {
                self.out.annex.push(line);
                self.out.annex.extend(lines);
                break;
            }
            if !self.mark(&line, marker) {
                self.carry_on(&line);
            }
            self.after_table = false;
        }
        self.out
    }

    /// The heading of a table, read as a line of text before the table was seen.
    fn take_table_title(&mut self, rows: &mut Vec<Line>) {
        let Some(body) = self.open_body() else { return };
        let Some(last) = body.last() else { return };
        let s = last.as_str();
        // its last line may already stand with the table
        let cut = rows
            .first()
            .is_some_and(|r| r.s.contains("指标") && !r.blank_before);
        if (s.contains("指标") || cut)
            && !s.contains('。')
            && !s.ends_with(['：', ':', '；', '，'])
            && s.chars().count() <= 40
        {
            let (s, no) = (s.to_owned(), last.first_line());
            body.pop();
            rows.insert(
                0,
                Line {
                    no,
                    s,
                    level: None,
                    marked: false,
                    blank_before: true,
                    blank_after: true,
                },
            );
        }
    }

    fn open_body(&mut self) -> Option<&mut Paragraphs> {
        match self.open {
            Open::Item => self.section_mut()?.items.last_mut().map(|i| &mut i.body),
            Open::SectionBody | Open::SectionTitle => self.section_mut().map(|s| &mut s.body),
            Open::ChapterBody | Open::ChapterTitle => self.out.chapters.last_mut().map(|c| &mut c.body),
            Open::Nothing => None,
        }
    }

    fn section_mut(&mut self) -> Option<&mut RawSection> {
        self.out.chapters.last_mut()?.sections.last_mut()
    }

    fn chapter_no(&self) -> u32 {
        self.out.chapters.last().map_or(0, |c| c.no)
    }

    fn section_no(&self) -> u32 {
        self.out
            .chapters
            .last()
            .and_then(|c| c.sections.last())
            .map_or(0, |s| s.no)
    }

    fn item_no(&self) -> u32 {
        let section = self.out.chapters.last().and_then(|c| c.sections.last());
        section.and_then(|s| s.items.last()).map_or(0, |i| i.no)
    }

    /// Whether something new may begin at this line: after an empty line, as a heading, or after a full stop.
    fn at_boundary(&mut self, line: &Line) -> bool {
        if line.blank_before || line.level.is_some() || line.marked || self.after_table {
            return true;
        }
        if matches!(self.open, Open::ChapterTitle | Open::SectionTitle | Open::Nothing) {
            return true;
        }
        self.open_body().and_then(|b| b.last()).is_none_or(|t| {
            t.as_str()
                .trim_end()
                .trim_end_matches('*')
                .ends_with(['。', '！', '？', '）', ')', '】', '〕', '”', '：', ':'])
        })
    }

    /// Opens what a mark opens. False where the mark is none: the line goes on with the text before.
    fn mark(&mut self, line: &Line, marker: Option<(Marker, usize)>) -> bool {
        let Some((marker, length)) = marker else {
            return false;
        };
        let rest = line.text().from(length);
        if !self.at_boundary(line) {
            return false;
        }
        match marker {
            Marker::Chapter(no) => self.mark_chapter(line, no, &rest),
            Marker::Section(no) => self.mark_section(line, no, &rest),
            Marker::Item(no) => self.mark_item(line, no),
            Marker::Annex => false,
        }
    }

    fn mark_chapter(&mut self, line: &Line, no: u32, rest: &Text) -> bool {
        let last = self.chapter_no();
        let known = self.out.contents.is_chapter(no, rest.as_str());
        let follows = no == last + 1 && markers::heading_like(line);
        let strong = no > last && markers::heading_like(line) && (line.blank_before || line.level.is_some());
        if no <= last || !(known || follows || strong) {
            if line.level.is_some() || (known && no <= last) {
                self.report.doubt(
                    line.no,
                    "heading",
                    format!(
                        "章号不连续，按正文读 / chapter number out of order, read as text: {}",
                        line.s
                    ),
                );
            }
            return false;
        }
        // those the contents list are said by what compares body and contents
        for missing in (last + 1..no).filter(|n| self.out.contents.chapter(*n).is_none()) {
            self.report.doubt(
                line.no,
                "missing_chapter",
                format!("缺第{missing}章 / chapter {missing} is missing"),
            );
        }
        self.open_chapter(no, rest, line.no);
        true
    }

    fn open_chapter(&mut self, no: u32, title: &Text, line: u32) {
        self.out.chapters.push(RawChapter {
            no,
            line,
            ..RawChapter::default()
        });
        self.open = Open::ChapterTitle;
        self.extend_title(title);
    }

    fn mark_section(&mut self, line: &Line, no: u32, rest: &Text) -> bool {
        if self.out.chapters.is_empty() {
            return self.section_without_chapter(line, no, rest);
        }
        let (chapter, last) = (self.chapter_no(), self.section_no());
        let known = self.out.contents.is_section(chapter, no, rest.as_str());
        let follows = no == last + 1 && markers::heading_like(line);
        let strong = no > last && markers::heading_like(line) && (line.blank_before || line.level.is_some());
        if no <= last {
            return self.section_without_chapter(line, no, rest);
        }
        if !(known || follows || strong) {
            return false;
        }
        if !known && let Some(next) = self.out.contents.chapter_of_section(chapter, no, rest.as_str()) {
            self.restore_chapter(line.no, next);
        }
        let (chapter, last) = (self.chapter_no(), self.section_no());
        for missing in (last + 1..no).filter(|n| self.out.contents.section(chapter, *n).is_none()) {
            self.report.doubt(
                line.no,
                "missing_section",
                format!("缺{chapter}.{missing} / section {chapter}.{missing} is missing"),
            );
        }
        self.open_section(no, rest, line.no);
        true
    }

    fn open_section(&mut self, no: u32, title: &Text, line: u32) {
        if let Some(chapter) = self.out.chapters.last_mut() {
            chapter.sections.push(RawSection {
                no,
                line,
                ..RawSection::default()
            });
            self.open = Open::SectionTitle;
            self.extend_title(title);
        }
    }

    /// A section whose number starts over: the heading of its chapter was lost.
    fn section_without_chapter(&mut self, line: &Line, no: u32, rest: &Text) -> bool {
        let last = self.chapter_no();
        if let Some(chapter) = self.out.contents.chapter_of_section(last, no, rest.as_str()) {
            self.restore_chapter(line.no, chapter);
        } else if markers::heading_like(line) && (line.blank_before || line.level.is_some()) && no == 1 {
            self.report.doubt(
                line.no,
                "missing_heading",
                format!(
                    "节号重新开始而无章名 / sections start over without a chapter's heading: {}",
                    line.s
                ),
            );
            self.open_chapter(last + 1, &Text::default(), line.no);
        } else {
            return false;
        }
        self.open_section(no, rest, line.no);
        true
    }

    fn restore_chapter(&mut self, line: u32, no: u32) {
        let title = self.out.contents.chapter(no).unwrap_or_default().to_owned();
        self.report.repair(line, "heading_restored", "", &title);
        self.open_chapter(no, &Text::line(&title, line), line);
    }

    fn mark_item(&mut self, line: &Line, no: u32) -> bool {
        let last = self.item_no();
        let strong = line.blank_before || line.level.is_some() || line.marked;
        if self.out.chapters.is_empty() {
            return false;
        }
        if self.out.chapters.last().is_some_and(|c| c.sections.is_empty()) {
            if no != 1 {
                return false;
            }
            self.open_section(0, &Text::default(), line.no);
        }
        if no == 1 && last >= 1 && strong {
            let (chapter, section) = (self.chapter_no(), self.section_no());
            let title = self
                .out
                .contents
                .section(chapter, section + 1)
                .unwrap_or_default()
                .to_owned();
            if title.is_empty() {
                self.report.doubt(
                    line.no,
                    "missing_heading",
                    format!(
                        "条号重新开始而无节名 / items start over without a section's heading: {}",
                        start(&line.s)
                    ),
                );
            } else {
                self.report.repair(line.no, "heading_restored", "", &title);
            }
            self.open_section(section + 1, &Text::line(&title, line.no), line.no);
        } else if no != last + 1 && !(no > last && strong) {
            if strong {
                self.report.doubt(
                    line.no,
                    "numbering",
                    format!(
                        "条号不连续，按正文读 / item number out of order, read as text: {}",
                        start(&line.s)
                    ),
                );
            }
            return false;
        }
        let last = self.item_no();
        for missing in last + 1..no {
            let (chapter, section) = (self.chapter_no(), self.section_no());
            self.report.doubt(
                line.no,
                "missing_item",
                format!("缺{chapter}.{section}.{missing} / item {chapter}.{section}.{missing} is missing"),
            );
        }
        if let Some(level) = line.level {
            let mark = "#".repeat(usize::from(level));
            self.report.repair(
                line.no,
                "item_as_heading",
                &format!("{mark} {}", start(&line.s)),
                &start(&line.s),
            );
        }
        if let Some(section) = self.section_mut() {
            section.items.push(RawItem {
                no,
                heading: line.level.is_some(),
                body: vec![line.text()],
            });
            self.open = Open::Item;
        }
        true
    }

    /// A line without a mark: more title, or more text.
    fn carry_on(&mut self, line: &Line) {
        if markers::title(&line.s).is_empty() {
            return;
        }
        if matches!(self.open, Open::ChapterTitle | Open::SectionTitle) && self.title_goes_on(line) {
            self.extend_title(&line.text());
            return;
        }
        self.open = match self.open {
            Open::ChapterTitle => Open::ChapterBody,
            Open::SectionTitle => Open::SectionBody,
            open => open,
        };
        // the title of a table is told from the table
        if line.level.is_some() && !line.s.contains("指标") {
            self.report.doubt(
                line.no,
                "heading",
                format!(
                    "无编号的标题，按正文读 / heading without a number, read as text: {}",
                    start(&line.s)
                ),
            );
        }
        if self.open == Open::Nothing {
            self.report.doubt(
                line.no,
                "before_first_chapter",
                format!(
                    "首章之前的文字 / text before the first chapter: {}",
                    start(&line.s)
                ),
            );
            self.out.cover.push(line.clone());
            return;
        }
        let text = line.text();
        if let Some(body) = self.open_body() {
            match body.last_mut() {
                Some(last) if !line.blank_before => last.append(&text),
                _ => body.push(text),
            }
        }
    }

    fn known_title(&self) -> Option<String> {
        let chapter = self.chapter_no();
        match self.open {
            Open::ChapterTitle => self.out.contents.chapter(chapter),
            Open::SectionTitle => self.out.contents.section(chapter, self.section_no()),
            _ => None,
        }
        .map(str::to_owned)
    }

    fn title_mut(&mut self) -> Option<&mut Text> {
        match self.open {
            Open::ChapterTitle => self.out.chapters.last_mut().map(|c| &mut c.title),
            Open::SectionTitle => self.section_mut().map(|s| &mut s.title),
            _ => None,
        }
    }

    fn title_goes_on(&mut self, line: &Line) -> bool {
        let known = self.known_title();
        let Some(have) = self.title_mut().map(|t| markers::title(t.as_str())) else {
            return false;
        };
        if let Some(rest) = known.as_deref().and_then(|k| k.strip_prefix(&have)) {
            let next = markers::title(&line.s);
            return !rest.is_empty() && (rest.starts_with(&next) || next.starts_with(rest));
        }
        // no contents to tell: a wrapped heading goes on to the empty line
        !line.blank_before && line.blank_after && markers::heading_like(line)
    }

    /// Adds to an open title; what goes beyond the title known from the contents is text.
    fn extend_title(&mut self, more: &Text) {
        let known = self.known_title();
        let Some(title) = self.title_mut() else { return };
        title.append(more);
        let Some(known) = known else { return };
        let joined = title.clone();
        let mut left = known.chars().peekable();
        for (at, c) in joined.as_str().char_indices() {
            if c.is_whitespace() || c == '*' {
                continue;
            }
            match left.next() {
                Some(k) if k == c => {}
                Some(_) => return,
                None => {
                    *title = joined.slice(0, at);
                    let rest = joined.from(at);
                    self.open = if self.open == Open::ChapterTitle {
                        Open::ChapterBody
                    } else {
                        Open::SectionBody
                    };
                    if let Some(body) = self.open_body() {
                        body.push(rest);
                    }
                    return;
                }
            }
        }
    }
}

/// The first words of a line, to name it by.
pub(super) fn start(s: &str) -> String {
    s.chars().take(24).collect()
}
