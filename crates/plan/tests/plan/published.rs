//! The import on the published plan, against a count by hand. The document stands beside the project, never in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{listed_units, published, same, wrapped};
use plan::PlanDocument;
use plan::document::{CellKind, IndicatorKind, NoteKind, TargetKind};
use plan::import::read;

/// Numbered items of every section from chapter three on, counted on the pages; 0 is a section without items.
const ITEMS: [&[u32]; 10] = [
    &[4, 5, 3, 3, 2, 3],
    &[0, 3, 3, 7],
    &[5, 0, 0, 4, 4, 2],
    &[3, 5, 4],
    &[0, 4, 2, 0],
    &[2, 3, 0],
    &[6, 2, 2, 3, 3],
    &[2, 3, 3, 4, 2],
    &[3, 4, 4],
    &[0, 0, 2, 0, 0, 0],
];

fn by_kind<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    items.fold(BTreeMap::new(), |mut m, k| {
        *m.entry(k).or_default() += 1;
        m
    })
}

fn document() -> Option<PlanDocument> {
    published().map(|text| read(&text, &listed_units()))
}

#[test]
fn structure_is_as_counted() {
    let Some(d) = document() else { return };
    assert_eq!(d.chapters.len(), 12);
    assert_eq!(
        d.chapters.iter().map(|c| c.sections.len()).collect::<Vec<_>>(),
        [2, 3, 6, 4, 6, 3, 4, 3, 5, 5, 3, 6]
    );
    let mut expected = Vec::new();
    for (chapter, sections) in (3..).zip(ITEMS) {
        for (section, items) in (1..).zip(sections) {
            let range = if *items == 0 { 0..=0 } else { 1..=*items };
            expected.extend(range.map(|item| format!("{chapter}.{section}.{item}")));
        }
    }
    assert_eq!(d.tasks.iter().map(|t| t.id.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(
        (d.tasks.len(), d.tasks.iter().filter(|t| t.numbered).count()),
        (125, 114)
    );
    let baseline: Vec<&str> = d.baseline.iter().map(|b| b.id.as_str()).collect();
    // four and two items with the introductions of the chapter and of both sections; then 2.1, six and five items, an introduction
    assert_eq!(baseline.len(), (4 + 2 + 3) + (1 + 6 + 5 + 1));
    assert_eq!(d.standing.len(), 1);
}

#[test]
fn notes_and_units_are_as_counted() {
    let Some(d) = document() else { return };
    let kinds = by_kind(d.tasks.iter().flat_map(|t| &t.notes).map(|n| n.kind));
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            (NoteKind::LeadCooperate, 65),
            (NoteKind::Lead, 1),
            (NoteKind::Responsible, 14),
            (NoteKind::ByDuty, 46)
        ]
    );
    let two: Vec<&str> = d
        .tasks
        .iter()
        .filter(|t| t.notes.len() == 2)
        .map(|t| t.id.as_str())
        .collect();
    assert_eq!(two, ["3.3.3", "3.4.2", "10.1.1"]);
    let none: Vec<&str> = d
        .tasks
        .iter()
        .filter(|t| t.notes.is_empty())
        .map(|t| t.id.as_str())
        .collect();
    assert_eq!(none, ["12.1.0", "12.3.1"]);
    assert_eq!(d.units.len(), 39);
    assert!(
        d.units.iter().all(|u| u.code.is_some()),
        "every unit is in the list"
    );
    let misread = d.repairs.iter().filter(|r| r.kind == "unit_name").count();
    assert_eq!(misread, 6);
}

#[test]
fn units_are_found_without_a_list_too() {
    let Some(text) = published() else { return };
    let d = read(&text, &[]);
    assert_eq!(d.units.len(), 39);
    assert_eq!(d.tasks.len(), 125);
}

#[test]
fn indicators_are_as_counted() {
    let Some(d) = document() else { return };
    assert_eq!(
        d.indicators.iter().map(|i| i.no).collect::<Vec<_>>(),
        (1..=21).collect::<Vec<_>>()
    );
    assert_eq!(
        d.indicators
            .iter()
            .filter(|i| i.kind == IndicatorKind::Binding)
            .count(),
        12
    );
    let count = |kinds: Vec<CellKind>, kind| kinds.into_iter().filter(|k| *k == kind).count();
    let bases = || d.indicators.iter().map(|i| i.base_kind).collect::<Vec<_>>();
    assert_eq!(count(bases(), CellKind::Number), 8);
    assert_eq!(count(bases(), CellKind::FiveYearCut), 3);
    assert_eq!(count(bases(), CellKind::None), 10);
    let targets = || d.indicators.iter().map(|i| i.target_kind).collect::<Vec<_>>();
    assert_eq!(count(targets(), CellKind::Number), 11);
    assert_eq!(count(targets(), CellKind::Assigned), 8);
    assert_eq!(count(targets(), CellKind::Qualitative), 2);
    assert_eq!(d.indicators.iter().filter(|i| i.starred).count(), 9);
    let comparable: Vec<u32> = d
        .indicators
        .iter()
        .filter(|i| i.comparable)
        .map(|i| i.no)
        .collect();
    assert_eq!(comparable, [1, 7]);
    let groups: BTreeSet<&str> = d.indicators.iter().map(|i| i.group.as_str()).collect();
    assert_eq!(groups.len(), 4);
}

#[test]
fn targets_are_as_counted() {
    let Some(d) = document() else { return };
    let targets = || {
        d.tasks
            .iter()
            .flat_map(|t| t.targets.iter().map(move |x| (t.id.as_str(), x)))
    };
    let values: Vec<(&str, String)> = targets()
        .filter(|(_, x)| x.kind == TargetKind::Value)
        .map(|(id, x)| (id, x.value.map(|v| v.to_string()).unwrap_or_default()))
        .collect();
    let expected = [
        ("3.3.3", "80"),
        ("3.4.2", "30"),
        ("3.4.2", "80"),
        ("3.4.2", "20"),
        ("4.4.1", "55"),
        ("4.4.2", "90"),
        ("4.4.4", "7"),
        ("5.1.2", "90"),
        ("5.1.3", "55"),
        ("5.5.2", "0.6364"),
        ("6.1.2", "90"),
        ("6.1.3", "95"),
        ("6.2.2", "1"),
        ("7.2.3", "90"),
        ("8.2.1", "85"),
        ("9.5.2", "100"),
        ("11.3.1", "30"),
    ];
    assert_eq!(values, expected.map(|(id, v)| (id, v.to_owned())));
    let dated = targets().filter(|(_, x)| x.due.is_some()).count();
    assert_eq!(dated, 36);
    let years = by_kind(targets().filter_map(|(_, x)| x.due.clone()));
    assert_eq!(
        years.into_iter().collect::<Vec<_>>(),
        [("2023-12-31".to_owned(), 4), ("2025-12-31".to_owned(), 32)]
    );
    // the date cut by a page's end
    let cut = d
        .tasks
        .iter()
        .find(|t| t.id == "5.1.1")
        .map(|t| t.targets.clone())
        .unwrap_or_default();
    assert_eq!(
        cut.first().and_then(|t| t.deadline.clone()).as_deref(),
        Some("2025年年底前")
    );
}

#[test]
fn names_are_as_counted() {
    let Some(d) = document() else { return };
    let projects: Vec<&str> = d
        .tasks
        .iter()
        .flat_map(|t| &t.projects)
        .map(String::as_str)
        .collect();
    for part in [
        "明大化学",
        "中联实业",
        "150MW",
        "气化聊城",
        "空冷机组",
        "专用铁路改扩建",
        "信源集团有限公司物流园区",
        "大宗固体废弃物",
        "国道309",
        "枣乡街",
        "东邢水库",
        "城乡供水一体化",
        "河道综合治理",
        "英伦环保",
        "智慧化综合管理平台",
        "金牛湖",
    ] {
        assert!(
            projects.iter().any(|p| p.contains(part)),
            "{part} in {projects:#?}"
        );
    }
    let firms: BTreeSet<&str> = d
        .tasks
        .iter()
        .flat_map(|t| &t.firms)
        .map(String::as_str)
        .collect();
    assert_eq!(firms.len(), 9, "{firms:?}");
    let documents: BTreeSet<&str> = d
        .tasks
        .iter()
        .flat_map(|t| &t.documents)
        .map(String::as_str)
        .collect();
    assert_eq!(documents.len(), 8, "{documents:?}");
}

#[test]
fn known_damage_is_reported() {
    let Some(d) = document() else { return };
    let doubt = |line: u32, kind: &str| {
        assert!(
            d.doubts.iter().any(|x| x.line == line && x.kind == kind),
            "{kind} in line {line}"
        );
    };
    doubt(441, "lost_line");
    doubt(207, "doubled_character");
    doubt(733, "no_title");
    let repair = |line: u32, kind: &str| {
        assert!(
            d.repairs.iter().any(|x| x.line == line && x.kind == kind),
            "{kind} in line {line}"
        );
    };
    repair(159, "item_as_heading");
    repair(260, "bracket");
    repair(351, "note_unclosed");
    repair(353, "unit_bracket");
    repair(397, "page_break");
    for line in [469, 471, 585, 587, 705] {
        repair(line, "unit_name");
    }
}

#[test]
fn wrapping_does_not_matter() {
    let Some(text) = published() else { return };
    let plain = read(&text, &listed_units());
    for width in [10, 17, 24, 33, 40, 50, 64, 78, 100, 200] {
        same(
            &read(&wrapped(&text, width), &listed_units()),
            &plain,
            &format!("width {width}"),
        );
    }
}

/// Every character of the file stands in exactly one place of the document, or a repair names it.
#[test]
fn nothing_is_dropped() {
    let Some(text) = published() else { return };
    let d = read(&text, &listed_units());
    let letters = |s: &str| by_kind(s.chars().filter(|c| c.is_alphanumeric()));
    let mut out = String::new();
    for f in &d.furniture {
        out += &f.text;
    }
    for c in &d.chapters {
        out += &numeral(c.no);
        out += &c.title;
        out += &c.text;
        for s in &c.sections {
            out += &numeral(s.no);
            out += &s.title;
            out += &s.text;
        }
    }
    for t in &d.tasks {
        if t.numbered {
            out += t.id.rsplit('.').next().unwrap_or_default();
            out += &t.title;
        }
        // a title that only repeats the first words of its text
        if t.numbered && t.text.starts_with(&t.title) {
            out.truncate(out.len() - t.title.len());
        }
        out += &t.text;
        for n in &t.notes {
            out += &n.text;
        }
    }
    for b in &d.baseline {
        let item = b.id.rsplit('.').next().unwrap_or_default();
        if item != "0" {
            out += item;
            out += &b.title;
        }
        out += &b.text;
    }
    for i in &d.indicators {
        out += &i.text;
    }
    for s in &d.standing {
        out += &s.text;
    }
    let mut have = letters(&out);
    for r in d
        .repairs
        .iter()
        .filter(|r| matches!(r.kind, "character" | "formula" | "tag"))
    {
        for (c, n) in letters(&r.before) {
            *have.entry(c).or_default() += n;
        }
        for (c, n) in letters(&r.after) {
            let left = have.entry(c).or_default();
            *left = left.saturating_sub(n);
        }
    }
    have.retain(|_, n| *n > 0);
    let want = letters(&text);
    let missing: Vec<_> = want
        .iter()
        .filter(|(c, n)| have.get(c).is_none_or(|h| h < n))
        .collect();
    let surplus: Vec<_> = have
        .iter()
        .filter(|(c, n)| want.get(c).is_none_or(|w| w < n))
        .collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing {missing:?}, surplus {surplus:?}"
    );
}

fn numeral(no: u32) -> String {
    let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let unit = digits.get(no as usize % 10).copied().unwrap_or_default();
    if no >= 10 {
        format!("十{unit}")
    } else {
        unit.to_owned()
    }
}

#[test]
fn what_was_reached_before_is_told_with_year_and_unit() {
    let Some(d) = document() else { return };
    let of = |id: &str| &d.baseline.iter().find(|b| b.id == id).unwrap().figures;
    let stated = |id: &str| of(id).iter().filter(|f| f.derived.is_none()).count();
    assert_eq!(
        (
            stated("1.1.1"),
            stated("1.1.2"),
            stated("1.1.3"),
            stated("1.1.4"),
            stated("1.2.1")
        ),
        (22, 22, 11, 0, 0)
    );
    let figures: Vec<_> = d.baseline.iter().flat_map(|b| &b.figures).collect();
    assert!(
        figures
            .iter()
            .all(|f| !f.name.is_empty() && (f.unit.is_some() || f.value.is_none()))
    );
    let find = |name: &str, year: u16| {
        figures
            .iter()
            .find(|f| f.name == name && f.year == Some(year) && f.against.is_none())
            .unwrap_or_else(|| panic!("{name} {year}"))
    };
    for (name, year, value, unit, derived) in [
        ("PM2.5均值浓度", 2020, "54", "μg/m³", None),
        ("PM2.5均值浓度", 2015, "123.0", "μg/m³", Some("54 / (1 − 56.1 %)")),
        ("SO2均值浓度", 2015, "55.0", "μg/m³", Some("18 / (1 − 67.3 %)")),
        ("空气优良天数", 2015, "68", "天", Some("239 − 171")),
        ("优良率", 2020, "65.7", "%", None),
        ("消费煤炭总量", 2018, "1709.7", "万吨", Some("1501.9 + 207.8")),
        ("高新技术企业数量", 2016, "3", "家", None),
    ] {
        let f = find(name, year);
        assert_eq!(f.value, value.parse().ok(), "{name}");
        assert_eq!(
            (f.unit.as_deref(), f.derived.as_deref()),
            (Some(unit), derived),
            "{name}"
        );
    }
}
