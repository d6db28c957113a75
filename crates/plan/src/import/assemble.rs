//! From the tree to the document: titles split from texts, notes taken out, names and targets read, units resolved.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::profile::Unit;

use super::contents::Contents;
use super::cover;
use super::lines::{self, Line};
use super::markers;
use super::names;
use super::notes::{self, RawNote};
use super::outline::{Outline, Paragraphs, RawChapter, RawItem, RawSection, start};
use super::report::Report;
use super::table;
use super::units::Register;
use super::{past, targets};
use crate::document::{Baseline, Chapter, Furniture, Note, PlanDocument, Section, Standing, Task};
use crate::pattern::Pattern;
use crate::text::Text;

/// From this chapter on every item is a task; the ones before it state the past and the goals, unless they name units.
const FIRST_CHAPTER_OF_DUTIES: u32 = 3;
/// Longest title of an item, characters.
const LONGEST_ITEM_TITLE: usize = 40;

static STANDING: Pattern = Pattern::new(
    r"以下(?:各项|任务|内容)*(?:均|都)需?(?:要|由)?([^，。]{2,30}?)(?:负责)?(?:落实|负责)，?[^。]{0,12}不再[^。]{1,8}。?",
);

static SUSPECTS: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| lines::pairs(include_str!("../../data/suspects.csv")).collect());

/// A task whose notes still carry the names as printed.
struct Pending {
    task: Task,
    notes: Vec<RawNote>,
}

/// Puts the document together.
pub(super) fn document(outline: Outline, known: &[Unit], mut report: Report) -> PlanDocument {
    let Outline {
        cover: cover_lines,
        contents,
        chapters,
        tables,
        annex,
        page,
    } = outline;
    let cover = cover::read(&cover_lines);
    let mut out = PlanDocument {
        document: cover.title,
        number: cover.number,
        ..PlanDocument::default()
    };
    furniture(&mut out, "cover", &cover_lines, &mut report);
    furniture(&mut out, "contents", &contents.lines, &mut report);
    furniture(&mut out, "annex", &annex, &mut report);
    furniture(&mut out, "page", &page, &mut report);
    for lines in &tables {
        let read = table::read(lines, &mut report);
        if !out.indicators.is_empty() && !read.indicators.is_empty() {
            report.doubt(
                lines.first().map_or(0, |l| l.no),
                "table",
                "又一张指标表 / another table of indicators",
            );
        }
        out.indicators.extend(read.indicators);
        out.furniture.extend(read.furniture);
    }
    completeness(&chapters, &contents, &mut report);
    if out.indicators.is_empty() && !chapters.is_empty() {
        report.doubt(
            0,
            "no_indicators",
            "没有读出指标表（表头应有“指标”和两个年份） / no table of indicators was found (its head names 指标 and two years)",
        );
    }
    let mut work = Work {
        out,
        home: cover.home,
        pending: Vec::new(),
        report,
    };
    let last_line = chapters
        .iter()
        .map(last_text)
        .max_by_key(Text::last_line)
        .unwrap_or_default();
    for chapter in chapters {
        work.chapter(chapter, &contents);
    }
    work.ending(&last_line);
    work.finish(known)
}

fn furniture(out: &mut PlanDocument, kind: &'static str, lines: &[Line], report: &mut Report) {
    for line in lines {
        let text = lines::clean(&line.text(), report).as_str().trim().to_owned();
        out.furniture.push(Furniture {
            line: line.no,
            kind,
            text,
        });
    }
}

/// Says which titles of the contents the body lacks.
fn completeness(chapters: &[RawChapter], contents: &Contents, report: &mut Report) {
    if chapters.is_empty() {
        report.doubt(
            0,
            "no_chapters",
            "未读出任何章（一、二、三、……） / no chapter was found (一、 二、 三、 …)",
        );
    }
    for (no, title) in contents.chapters() {
        let Some(chapter) = chapters.iter().find(|c| c.no == no) else {
            let next = chapters.iter().find(|c| c.no > no).or(chapters.last());
            report.doubt(
                next.map_or(0, |c| c.line),
                "missing_chapter",
                format!(
                    "目录有第{no}章，正文没有 / chapter {no} is in the contents, not in the body: {title}"
                ),
            );
            continue;
        };
        for (_, section, title) in contents.sections().filter(|(c, _, _)| *c == no) {
            if !chapter.sections.iter().any(|s| s.no == section) {
                report.doubt(
                    chapter.line,
                    "missing_section",
                    format!("目录有{no}.{section}，正文没有 / section {no}.{section} is in the contents, not in the body: {title}"),
                );
            }
        }
    }
}

fn last_text(chapter: &RawChapter) -> Text {
    let bodies = chapter
        .sections
        .iter()
        .flat_map(|s| s.items.iter().map(|i| &i.body).chain([&s.body]));
    bodies
        .chain([&chapter.body])
        .filter_map(|b| b.last())
        .max_by_key(|t| t.last_line())
        .cloned()
        .unwrap_or_default()
}

struct Work {
    out: PlanDocument,
    home: Vec<String>,
    pending: Vec<Pending>,
    report: Report,
}

impl Work {
    fn title(&mut self, title: &Text, line: u32, known: Option<&str>, what: &str) -> String {
        let title_text = lines::clean(title, &mut self.report);
        let title = markers::title(title_text.as_str());
        if let Some(known) = known
            && known != title
            && !title.is_empty()
        {
            self.report.doubt(
                title_text.first_line(),
                "title",
                format!("{what}标题与目录不同 / the title differs from the contents: «{title}» – «{known}»"),
            );
        }
        if title.is_empty() && !what.ends_with(".0") {
            self.report
                .doubt(line, "no_title", format!("{what}没有标题 / {what} has no title"));
        }
        title
    }

    fn chapter(&mut self, chapter: RawChapter, contents: &Contents) {
        let no = chapter.no;
        let duties = no >= FIRST_CHAPTER_OF_DUTIES || names_units(&chapter);
        let title = self.title(
            &chapter.title,
            chapter.line,
            contents.chapter(no),
            &format!("第{no}章"),
        );
        let text = self.join(&chapter.body, false);
        let mut listed = Chapter {
            no,
            title,
            line: chapter.line,
            ..Chapter::default()
        };
        let stray = duties && !notes::take(&text, &mut Report::default()).1.is_empty();
        if chapter.sections.is_empty() && duties && !text.is_empty() {
            // a chapter without sections is its own task
            self.task(
                format!("{no}.0.0"),
                format!("{no}.0"),
                false,
                listed.title.clone(),
                &text,
                chapter.line,
            );
        } else if !stray {
            text.as_str().clone_into(&mut listed.text);
            if !duties && !text.is_empty() {
                self.baseline(format!("{no}.0.0"), listed.title.clone(), &text, chapter.line);
                listed.text.clear();
            }
        } else {
            self.report.doubt(chapter.line, "note", format!("第{no}章引言带责任单位，作任务 {no}.0.0 读 / the introduction of chapter {no} names units and is read as task {no}.0.0"));
            self.task(
                format!("{no}.0.0"),
                format!("{no}.0"),
                false,
                listed.title.clone(),
                &text,
                chapter.line,
            );
        }
        for section in chapter.sections {
            self.section(&mut listed, section, duties, contents);
        }
        self.out.chapters.push(listed);
    }

    fn section(&mut self, chapter: &mut Chapter, section: RawSection, duties: bool, contents: &Contents) {
        let (c, s) = (chapter.no, section.no);
        let known = contents.section(c, s);
        let mut title = self.title(&section.title, section.line, known, &format!("{c}.{s}"));
        if s == 0 {
            title.clone_from(&chapter.title);
        }
        let key = format!("{c}.{s}");
        let text = self.join(&section.body, false);
        let mut listed = Section {
            no: s,
            title: title.clone(),
            line: section.line,
            ..Section::default()
        };
        if section.items.is_empty() {
            if duties {
                self.task(format!("{key}.0"), key.clone(), false, title, &text, section.line);
            } else {
                self.baseline(format!("{key}.0"), title, &text, section.line);
            }
        } else if duties && !text.is_empty() && !notes::take(&text, &mut Report::default()).1.is_empty() {
            self.task(format!("{key}.0"), key.clone(), false, title, &text, section.line);
        } else if !duties && !text.is_empty() {
            self.baseline(format!("{key}.0"), title, &text, section.line);
        } else {
            text.as_str().clone_into(&mut listed.text);
        }
        for item in section.items {
            self.item(&key, &item, duties);
        }
        if s > 0 {
            chapter.sections.push(listed);
        }
    }

    fn item(&mut self, section: &str, item: &RawItem, duties: bool) {
        let id = format!("{section}.{}", item.no);
        let line = item.body.first().map_or(0, Text::first_line);
        let bold = item.body.first().and_then(|b| {
            b.as_str().find("**").map(|at| {
                b.as_str()
                    .get(..at)
                    .unwrap_or_default()
                    .trim_end()
                    .ends_with('。')
            })
        });
        let text = self.join_item(item);
        let text = text.from(markers::of(text.as_str()).map_or(0, |m| m.1));
        let (title, text) = self.split_title(&text, &id, bold == Some(true));
        if duties {
            self.task(id, section.to_owned(), true, title, &text, line);
        } else {
            self.baseline(id, title, &text, line);
        }
    }

    /// The title is the first sentence, if it is short enough for one.
    fn split_title(&mut self, text: &Text, id: &str, bold: bool) -> (String, Text) {
        let s = text.as_str();
        if let Some(stop) = s.find('。') {
            let title = s.get(..stop).unwrap_or_default();
            let commas = title.matches(['，', ',']).count();
            let length = title.chars().count();
            if length <= LONGEST_ITEM_TITLE
                && (bold || commas <= 1)
                && notes::take(&text.slice(0, stop), &mut Report::default())
                    .1
                    .is_empty()
            {
                return (title.to_owned(), text.from(stop + '。'.len_utf8()));
            }
        }
        let end = s.find(['，', '。', '；', '（', ',', ';', '(']).unwrap_or(s.len());
        let title: String = s
            .get(..end)
            .unwrap_or_default()
            .chars()
            .take(LONGEST_ITEM_TITLE)
            .collect();
        self.report.doubt(text.first_line(), "no_title", format!("{id} 没有标题句，取首句 / {id} has no title of its own, its first words stand for it: {title}"));
        (title, text.clone())
    }

    /// The text of an item. Behind a heading a paragraph of its own is no lost line.
    fn join_item(&mut self, item: &RawItem) -> Text {
        let whole = item
            .body
            .first()
            .is_some_and(|b| b.as_str().trim_end().trim_end_matches('*').ends_with('。'));
        if !(item.heading && whole && item.body.len() > 1) {
            return self.join(&item.body, true);
        }
        let (first, rest) = item.body.split_at(1);
        let mut out = self.join(first, true);
        out.append(&self.join(rest, true));
        out
    }

    /// Paragraphs as one text. An empty line inside a sentence is a page's end, joined and reported; one after a full stop
    /// inside an item is doubted, for a line may be lost there.
    fn join(&mut self, body: &[Text], item: bool) -> Text {
        let mut out = Text::default();
        for paragraph in body {
            let cleaned = lines::clean(paragraph, &mut self.report);
            let next = lines::tighten(&cleaned);
            if next.is_empty() {
                continue;
            }
            if let Some(last) = out.as_str().chars().next_back() {
                self.seam(&out, last, &next, item);
            }
            out.append(&next);
        }
        if out.as_str().contains(['<', '$']) {
            // a tag or a formula cut by the page's end
            out = lines::clean(&out, &mut self.report);
        }
        for (read, likely) in SUSPECTS.iter() {
            if let Some(at) = out.as_str().find(read) {
                self.report.doubt(
                    out.line_at(at),
                    "suspect_word",
                    format!("«{read}»疑为«{likely}» / «{read}» may be misread for «{likely}»"),
                );
            }
        }
        out
    }

    fn seam(&mut self, before: &Text, last: char, next: &Text, item: bool) {
        let line = next.first_line();
        let s = next.as_str();
        let tail: String = before
            .as_str()
            .chars()
            .rev()
            .take(8)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let head: String = s.chars().take(8).collect();
        let first = s.chars().next().unwrap_or(' ');
        let (whole, whole_before) = (
            STANDING.is_match(s),
            matches!(last, '。' | '！' | '？' | '）' | '】' | '〕' | ')'),
        );
        if !whole_before {
            self.report.repair(
                line,
                "page_break",
                &format!("{tail}⏎{head}"),
                &format!("{tail}{head}"),
            );
            if last == first && crate::text::is_han(last) {
                self.report.doubt(line, "doubled_character", format!("分页处«{last}»重复，或缺字 / «{last}» stands on both sides of a page's end, or words are lost: {tail}{head}"));
            }
        } else if item && last == '。' && !whole && !first_is_note(s) {
            self.report.doubt(line, "lost_line", format!("句号后另起一段，疑有缺行 / a paragraph begins within an item after a full stop, a line may be lost: {tail}⏎{head}"));
        }
    }

    fn task(&mut self, id: String, section: String, numbered: bool, title: String, text: &Text, line: u32) {
        let (rest, found) = notes::take(text, &mut self.report);
        let rest = self.standing(&id, rest);
        if found.is_empty() {
            self.report.doubt(
                line,
                "no_note",
                format!(
                    "{id} 没有责任单位 / {id} names no responsible unit: {}",
                    start(&title)
                ),
            );
        }
        for (open, close) in [('（', '）'), ('“', '”'), ('【', '】'), ('〔', '〕')] {
            let (o, c) = (
                rest.as_str().matches(open).count(),
                rest.as_str().matches(close).count(),
            );
            if o != c {
                self.report.doubt(
                    rest.first_line(),
                    "brackets",
                    format!(
                        "{id} 括号或引号不成对（{open}{o} {close}{c}） / {id}: brackets or quotes do not pair"
                    ),
                );
            }
        }
        let names = names::read(&rest, &self.home, &mut self.report);
        let (aims, quantities) = targets::read(&rest);
        self.pending.push(Pending {
            notes: found,
            task: Task {
                id,
                section,
                numbered,
                title,
                text: rest.as_str().to_owned(),
                notes: Vec::new(),
                targets: aims,
                quantities,
                projects: names.projects,
                firms: names.firms,
                places: names.places,
                documents: names.documents,
                standards: names.standards,
                line,
            },
        });
    }

    /// Takes out a sentence that speaks of all following tasks.
    fn standing(&mut self, id: &str, text: Text) -> Text {
        let Some(found) = STANDING.captures(text.as_str()) else {
            return text;
        };
        let (Some(whole), Some(units)) = (found.get(0), found.get(1)) else {
            return text;
        };
        self.out.standing.push(Standing {
            after: id.to_owned(),
            units: units.as_str().to_owned(),
            text: whole.as_str().to_owned(),
            line: text.line_at(whole.start()),
        });
        let mut rest = text.slice(0, whole.start());
        rest.append(&text.from(whole.end()));
        rest
    }

    fn baseline(&mut self, id: String, title: String, text: &Text, line: u32) {
        self.out.baseline.push(Baseline {
            id,
            title,
            figures: past::figures(text),
            documents: names::documents(text, &mut self.report),
            text: text.as_str().to_owned(),
            line,
        });
    }

    /// A text that stops in the middle of a sentence was cut.
    fn ending(&mut self, last: &Text) {
        let s = last.as_str().trim_end();
        if !s.is_empty() && !s.ends_with(['。', '）', ')', '】', '〕', '！', '？', '”', '*', '>']) {
            let tail: String = s
                .chars()
                .rev()
                .take(12)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            self.report.doubt(last.last_line(), "truncated", format!("正文在句中结束，文件可能不全 / the text ends within a sentence, the file may be cut: …{tail}"));
        }
    }

    fn finish(mut self, known: &[Unit]) -> PlanDocument {
        let all = self
            .pending
            .iter()
            .flat_map(|p| &p.notes)
            .flat_map(|n| n.lead.iter().chain(&n.cooperating).chain(&n.units));
        let register = Register::new(all, known, &mut self.report);
        let mut ids: BTreeMap<String, u32> = BTreeMap::new();
        for Pending { mut task, notes } in self.pending {
            task.notes = notes
                .into_iter()
                .map(|n| Note {
                    kind: n.kind,
                    lead: register.full(&n.lead),
                    cooperating: register.full(&n.cooperating),
                    units: register.full(&n.units),
                    implementing: n.implementing,
                    text: n.text,
                    line: n.line,
                })
                .collect();
            if let Some(first) = ids.insert(task.id.clone(), task.line) {
                self.report.doubt(
                    task.line,
                    "repeated_id",
                    format!(
                        "{} 重复，另见第{first}行 / {} stands twice, also in line {first}",
                        task.id, task.id
                    ),
                );
            }
            self.out.tasks.push(task);
        }
        self.out.units = register.into_seen();
        self.out.furniture.sort_by_key(|f| f.line);
        (self.out.repairs, self.out.doubts) = self.report.finish();
        self.out
    }
}

fn first_is_note(s: &str) -> bool {
    let (rest, found) = notes::take(&Text::line(s, 1), &mut Report::default());
    !found.is_empty() && rest.as_str().chars().next() != s.chars().next()
}

/// Whether any note stands in a chapter.
fn names_units(chapter: &RawChapter) -> bool {
    let has = |body: &Paragraphs| {
        let mut whole = Text::default();
        for p in body {
            whole.append(p);
        }
        !notes::take(&lines::tighten(&whole), &mut Report::default())
            .1
            .is_empty()
    };
    has(&chapter.body)
        || chapter
            .sections
            .iter()
            .any(|s| has(&s.body) || s.items.iter().any(|i| has(&i.body)))
}
