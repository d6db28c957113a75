//! Names in a text: firms, places, projects, cited documents and standards. Told by their ends and by lists of ordinary
//! words (`data/names.toml`); a project counts as named when a firm, a place, a quotation or a capacity is in its name.

use std::sync::LazyLock;

use serde::Deserialize;

use super::report::Report;
use crate::pattern::Pattern;
use crate::text::{Text, is_han, split_outside};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    verbs: Vec<String>,
    firms: Vec<String>,
    not_firms: Vec<String>,
    places: Vec<String>,
    not_places: Vec<String>,
    after_waters: Vec<String>,
    projects: Vec<String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/names.toml")).unwrap_or_default());

static CITED: Pattern = Pattern::new(r"《([^《》]{2,80})》");
static STANDARD: Pattern =
    Pattern::new(r"\b(GB|HJ|DB\d{2,4}|JT|CJ|NY|SL|TD|LY|QB|AQ)\s*(/T)?\s*(\d[\d.]*(?:\s*[-—–]\s*\d{4})?)");
static FIRMS_IN_A_ROW: Pattern =
    Pattern::new(r"((?:[\p{Han}（）]{2,16}、)*[\p{Han}（）]{2,16})等\p{Han}{0,6}企业");
static FIRM: Pattern =
    Pattern::new(r"[\p{Han}（）]{2,20}?(?:(?:集团)?(?:有限责任公司|股份有限公司|有限公司)|集团)");
static CAPACITY: Pattern = Pattern::new(r"\d+(?:\.\d+)?\s*(?:[MGk]W|万千瓦|千瓦|万?吨)|[国省县]道\d+|国家");
static CLAUSES: [char; 6] = ['，', '。', '；', '：', ',', ';'];

/// What a text names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub projects: Vec<String>,
    pub firms: Vec<String>,
    pub places: Vec<String>,
    pub documents: Vec<String>,
    pub standards: Vec<String>,
}

/// Reads the names of a text. `home` is the district's own name, without which a project there would look nameless.
pub(super) fn read(text: &Text, home: &[String], report: &mut Report) -> Names {
    let s = text.as_str();
    let mut out = Names {
        documents: documents(text, report),
        standards: standards(s),
        firms: firms(s),
        places: places(s),
        projects: Vec::new(),
    };
    out.projects = projects(s, &out, home);
    out
}

/// Cited documents.
pub(super) fn documents(text: &Text, report: &mut Report) -> Vec<String> {
    let s = text.as_str();
    let out = unique(
        CITED
            .captures_all(s)
            .iter()
            .filter_map(|c| Some(c.get(1)?.as_str().to_owned())),
    );
    let (open, close) = (s.matches('《').count(), s.matches('》').count());
    if open != close {
        report.doubt(
            text.first_line(),
            "book_title_mark",
            format!("书名号不成对（{open}/{close}） / title marks do not pair ({open}/{close})"),
        );
    }
    out
}

fn standards(s: &str) -> Vec<String> {
    unique(STANDARD.captures_all(s).iter().filter_map(|c| {
        let kind = c.get(1)?.as_str();
        let recommended = c.get(2).map_or("", |m| m.as_str());
        let number: String = c
            .get(3)?
            .as_str()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let number = number.replace(['—', '–'], "-");
        Some(format!("{kind}{recommended} {}", number.trim_end_matches('.')))
    }))
}

fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}

/// Without the verbs before a name: everything up to the last of them.
fn after_verbs(s: &str) -> &str {
    let mut rest = s;
    loop {
        let Some(next) = WORDS.verbs.iter().find_map(|v| rest.strip_prefix(v.as_str())) else {
            return rest;
        };
        rest = next;
    }
}

/// Everything behind the last multi-character verb inside.
fn behind_last_verb(s: &str) -> &str {
    let cut = WORDS
        .verbs
        .iter()
        .filter(|v| v.chars().count() > 1)
        .filter_map(|v| Some(s.rfind(v.as_str())? + v.len()))
        .max()
        .unwrap_or(0);
    after_verbs(s.get(cut..).unwrap_or_default())
}

fn firms(s: &str) -> Vec<String> {
    let mut out = Vec::new();
    for c in FIRMS_IN_A_ROW.captures_all(s) {
        let Some(list) = c.get(1) else { continue };
        for name in list.as_str().split('、') {
            out.push(behind_last_verb(name));
        }
    }
    for m in FIRM.find_all(s) {
        out.push(behind_last_verb(m.as_str()));
    }
    let named = |name: &&str| {
        WORDS
            .firms
            .iter()
            .any(|end| name.ends_with(end.as_str()) && name.chars().count() >= end.chars().count() + 2)
            && !WORDS.not_firms.iter().any(|not| name.ends_with(not.as_str()))
            && name.chars().count() >= 4
    };
    unique(out.into_iter().filter(named).map(str::to_owned))
}

fn places(s: &str) -> Vec<String> {
    let breaks = |c: char| !is_han(c) || matches!(c, '等' | '和' | '及' | '与');
    let mut out = Vec::new();
    for token in s.split(breaks) {
        for end in &WORDS.places {
            let Some(at) = token.find(end.as_str()) else {
                continue;
            };
            let stem = behind_last_verb(token.get(..at).unwrap_or_default());
            let rest = token.get(at + end.len()..).unwrap_or_default();
            let length = stem.chars().count();
            // one-character ends are common inside words: only a whole token, or one that goes on as a water's name does
            let fits = if end.chars().count() == 1 {
                (2..=3).contains(&length)
                    && (rest.is_empty() || WORDS.after_waters.iter().any(|w| rest.starts_with(w.as_str())))
            } else {
                (2..=6).contains(&length)
            };
            let name = format!("{stem}{end}");
            let seen: String = name.chars().chain(rest.chars().take(1)).collect();
            if fits && !WORDS.not_places.iter().any(|w| seen.contains(w.as_str())) {
                out.push(name);
                break;
            }
        }
    }
    for road in ROAD.find_all(s) {
        out.push(road.as_str().to_owned());
    }
    unique(out.into_iter())
}

static ROAD: Pattern = Pattern::new(r"[国省县]道\d{1,4}");

fn projects(s: &str, names: &Names, home: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let mut from = 0;
    for (i, c) in s.char_indices().chain([(s.len(), '。')]) {
        if CLAUSES.contains(&c) {
            let clause = s.get(from..i).unwrap_or_default();
            from = i + c.len_utf8();
            clause_projects(clause, names, home, &mut out);
        }
    }
    unique(out.into_iter())
}

fn clause_projects(clause: &str, names: &Names, home: &[String], out: &mut Vec<String>) {
    let named = |s: &str| {
        names
            .firms
            .iter()
            .chain(&names.places)
            .chain(home)
            .any(|n| s.contains(n.as_str()))
            || CAPACITY.is_match(s)
            || QUOTED_WORKS.is_match(s)
            || BY_A_PLACE
                .find(s)
                .is_some_and(|m| !WORDS.not_places.iter().any(|w| m.as_str().contains(w.as_str())))
    };
    let end = WORDS
        .projects
        .iter()
        .filter_map(|end| Some((clause.rfind(end.as_str())?, end)))
        .max_by_key(|(at, end)| (*at + end.len(), end.len()));
    let Some((at, end)) = end else {
        return;
    };
    let whole = clause.get(..at + end.len()).unwrap_or_default();
    let list = whole
        .rfind('等')
        .and_then(|etc| whole.get(..etc))
        .unwrap_or(whole);
    let grouped = list.len() < whole.len();
    // 甲、乙等企业搬迁改造: the end belongs to each
    let shared = if grouped && matches!(end.as_str(), "搬迁改造" | "提质改造") {
        end.as_str()
    } else {
        ""
    };
    let opening = leading_verb(list);
    let mut first_named = false;
    for part in split_outside(list.get(opening..).unwrap_or_default(), |c| c == '、') {
        let part = after_verbs(part);
        let part = part
            .strip_suffix("建设")
            .filter(|p| p.ends_with("项目") || p.ends_with("工程"))
            .unwrap_or(part);
        let ends = WORDS.projects.iter().any(|e| part.ends_with(e.as_str()));
        let length = part.chars().count();
        if !(3..=40).contains(&length)
            || (length < 4 && shared.is_empty())
            || NO_PROJECT.iter().any(|w| part.contains(w))
        {
            continue;
        }
        if named(part) || (first_named && ends) {
            first_named = true;
            out.push(format!("{part}{shared}"));
        }
    }
}

static QUOTED_WORKS: Pattern = Pattern::new(r"^“[^“”]{2,16}”(?:重点|示范)?工程$");
static BY_A_PLACE: Pattern = Pattern::new(r"^\p{Han}{2,3}(?:街|路|大道|河|湖|水库|渠|闸)");
/// Words of a sentence, not of a project's name.
const NO_PROJECT: [&str; 7] = ["鼓励", "开展", "会同", "围绕", "要求", "按照", "“两高”"];

/// Behind the first verb of the clause, where one opens it.
fn leading_verb(s: &str) -> usize {
    WORDS
        .verbs
        .iter()
        .filter(|v| v.chars().count() > 1 && *v != "建设" && *v != "利用")
        .filter_map(|v| {
            let at = s.find(v.as_str())?;
            (s.get(..at)?.chars().count() <= 6).then_some(at + v.len())
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(s: &str) -> Names {
        read(&Text::line(s, 1), &["丙县".to_owned()], &mut Report::default())
    }

    #[test]
    fn firms_places_projects() {
        let n = names(
            "推进东方化学、南山实业等化工企业搬迁改造。支持北辰集团建设。沿清源河、白马河植树。沿清源河、白马河、南湖。推进天蓝环保科技有限公司危险废物处置等项目建设。",
        );
        assert_eq!(
            n.firms,
            ["东方化学", "南山实业", "北辰集团", "天蓝环保科技有限公司"]
        );
        assert!(
            n.projects.contains(&"东方化学搬迁改造".to_owned()),
            "{:?}",
            n.projects
        );
        assert!(
            n.projects
                .contains(&"天蓝环保科技有限公司危险废物处置".to_owned()),
            "{:?}",
            n.projects
        );
        assert!(n.places.contains(&"白马河".to_owned()));
    }

    #[test]
    fn ordinary_words_are_no_names() {
        let n = names(
            "电镀、化工、印染等工业企业要治理。上市公司、发债企业等市场主体要公开。保护重要河湖。推进大型企业集团内部共享。",
        );
        assert_eq!(n.firms, Vec::<String>::new());
        assert_eq!(n.places, Vec::<String>::new());
        assert_eq!(n.projects, Vec::<String>::new());
    }

    #[test]
    fn citations() {
        let n = names("执行《某某办法》和《某某要求》（GB/T 38597-2020）。");
        assert_eq!(n.documents, ["某某办法", "某某要求"]);
        assert_eq!(n.standards, ["GB/T 38597-2020"]);
    }

    #[test]
    fn words_load() {
        assert!(!WORDS.verbs.is_empty());
    }
}
