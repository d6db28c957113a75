//! The facts kept as data: they read, they refuse what contradicts itself, and they agree with the published plan.

use std::collections::BTreeMap;

use crate::common::{listed_units, published};
use plan::document::CellKind;
use plan::facts::Facts;
use plan::files::FilesError;

fn files() -> BTreeMap<String, String> {
    [
        (
            "plan/plan.toml",
            include_str!("../../../../profiles/chiping/plan/plan.toml"),
        ),
        (
            "plan/tasks.toml",
            include_str!("../../../../profiles/chiping/plan/tasks.toml"),
        ),
        (
            "plan/indicators.toml",
            include_str!("../../../../profiles/chiping/plan/indicators.toml"),
        ),
        (
            "plan/aims.toml",
            include_str!("../../../../profiles/chiping/plan/aims.toml"),
        ),
        (
            "plan/baseline.toml",
            include_str!("../../../../profiles/chiping/plan/baseline.toml"),
        ),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into()
}

#[test]
fn the_shipped_facts_read() {
    let facts = Facts::from_files(&files(), &listed_units()).unwrap().unwrap();
    assert_eq!((facts.tasks.len(), facts.indicators.len()), (125, 21));
    assert_eq!(facts.tasks.iter().map(|t| t.target.len()).sum::<usize>(), 42);
    assert_eq!(
        facts
            .indicators
            .iter()
            .filter(|i| i.comparable())
            .map(|i| i.no)
            .collect::<Vec<_>>(),
        [1, 7]
    );
    assert!(
        facts.tasks.iter().all(|t| t.title.chars().count() <= 16),
        "titles are short"
    );
}

#[test]
fn everything_of_the_shipped_plan_has_an_english_name() {
    let facts = Facts::from_files(&files(), &listed_units()).unwrap().unwrap();
    let mut names: Vec<(String, Option<&String>)> = vec![("plan".to_owned(), facts.head.title_en.as_ref())];
    for chapter in &facts.head.chapter {
        names.push((format!("chapter {}", chapter.no), chapter.title_en.as_ref()));
        for (n, section) in chapter.sections.iter().enumerate() {
            names.push((section.clone(), chapter.sections_en.get(n)));
        }
    }
    for task in &facts.tasks {
        names.push((format!("task {}", task.id), task.title_en.as_ref()));
        for (n, project) in task.projects.iter().enumerate() {
            names.push((project.clone(), task.projects_en.get(n)));
        }
        for target in &task.target {
            names.push((target.name.clone(), target.name_en.as_ref()));
        }
    }
    for indicator in &facts.indicators {
        names.push((indicator.name.clone(), indicator.name_en.as_ref()));
        names.push((indicator.group.clone(), indicator.group_en.as_ref()));
        names.extend(
            indicator
                .state
                .iter()
                .map(|s| (s.clone(), indicator.state_en.as_ref())),
        );
    }
    // A unit of measure written in Chinese has an English one.
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let targets = facts.tasks.iter().flat_map(|t| &t.target);
    let units = targets.map(|t| (&t.unit, &t.unit_en));
    for (unit, english) in units.chain(facts.indicators.iter().map(|i| (&i.unit, &i.unit_en))) {
        if let Some(unit) = unit.as_ref().filter(|u| chinese(u)) {
            names.push((unit.clone(), english.as_ref()));
        }
    }
    assert!(names.len() > 240, "{}", names.len());
    let without: Vec<&String> = names
        .iter()
        .filter(|(_, en)| en.is_none_or(|en| en.trim().is_empty() || chinese(en)))
        .map(|(of, _)| of)
        .collect();
    assert!(without.is_empty(), "no English name: {without:?}");
    assert!(listed_units().iter().all(|u| !u.en.is_empty()), "units too");
    let mut titles: Vec<&String> = facts.tasks.iter().filter_map(|t| t.title_en.as_ref()).collect();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), facts.tasks.len(), "no two tasks go by one name");
}

#[test]
fn a_plan_without_english_names_reads_too() {
    let files = files().into_iter().map(|(name, text)| {
        let kept: Vec<&str> = text.lines().filter(|l| !l.contains("_en = ")).collect();
        (name, kept.join("\n"))
    });
    let facts = Facts::from_files(&files.collect(), &listed_units())
        .unwrap()
        .unwrap();
    assert!(facts.tasks.iter().all(|t| t.title_en.is_none()));
    let frozen = (&facts.head, &facts.tasks, &facts.indicators);
    let text = plan::canonical::text(&frozen).unwrap();
    assert!(!text.contains("_en"), "what has no name writes none");
}

#[test]
fn a_profile_without_a_plan_is_no_error() {
    assert!(Facts::from_files(&BTreeMap::new(), &[]).unwrap().is_none());
}

#[test]
fn contradictions_are_refused_with_their_place() {
    let cases = [
        ("plan/tasks.toml", "id = \"3.1.2\"", "id = \"3.1.1\"", "3.1.1"),
        ("plan/tasks.toml", "id = \"3.1.2\"", "id = \"3.9.2\"", "3.9.2"),
        (
            "plan/tasks.toml",
            "lead = [\"nrp\"]",
            "lead = [\"nobody\"]",
            "nobody",
        ),
        ("plan/tasks.toml", "sense = \"at_least\"\n", "", "清洁取暖率"),
        (
            "plan/tasks.toml",
            "due = \"2025-12-31\"",
            "due = \"2025-13-31\"",
            "tasks.toml",
        ),
        (
            "plan/tasks.toml",
            "towns_from = \"3.1.1\"",
            "towns_from = \"1.1.1\"",
            "towns_from",
        ),
        ("plan/indicators.toml", "target = \"42\"\n", "", "指标 1 "),
        ("plan/indicators.toml", "no = 2\n", "no = 1\n", "指标 1 "),
        ("plan/plan.toml", "issued", "printed", "plan/plan.toml"),
        ("plan/plan.toml", "\"Heavy pollution\", ", "", "第 4 章"),
        ("plan/tasks.toml", "\"Dongxing Reservoir\", ", "", "projects_en"),
        ("plan/aims.toml", "indicator = 4", "indicator = 44", "指标 44 "),
        (
            "plan/aims.toml",
            "tasks = [\"8\"]",
            "tasks = [\"18\"]",
            "18 下没有任务",
        ),
        ("plan/baseline.toml", "value = \"187\"\n", "", "规模以上工业企业"),
        ("plan/baseline.toml", "sense = \"improve_by\"\n", "", "PM2.5"),
        ("plan/aims.toml", "at_most", "at_least", "plan/aims.toml"),
    ];
    for (file, from, to, place) in cases {
        let mut files = files();
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let error = Facts::from_files(&files, &listed_units()).unwrap_err();
        assert!(error.to_string().contains(place), "{error}");
    }
    let mut files = files();
    files.remove("plan/plan.toml");
    assert!(matches!(
        Facts::from_files(&files, &listed_units()),
        Err(FilesError::Missing("plan/plan.toml"))
    ));
}

/// Figures and units are those of the document, wherever it is at hand; the words are not.
#[test]
fn facts_agree_with_the_published_plan() {
    let Some(text) = published() else { return };
    let units = listed_units();
    let document = plan::import::read(&text, &units);
    let facts = Facts::from_files(&files(), &units).unwrap().unwrap();
    let full = |codes: &[model::ids::UnitCode]| -> Vec<String> {
        codes
            .iter()
            .filter_map(|c| units.iter().find(|u| u.code == *c))
            .map(|u| u.zh.clone())
            .collect()
    };
    assert_eq!(facts.tasks.len(), document.tasks.len());
    for (fact, task) in facts.tasks.iter().zip(&document.tasks) {
        assert_eq!(fact.id, task.id);
        assert_eq!(fact.duty.len(), task.notes.len(), "{}", fact.id);
        for (duty, note) in fact.duty.iter().zip(&task.notes) {
            assert_eq!(
                (full(&duty.lead), full(&duty.with), full(&duty.units)),
                (note.lead.clone(), note.cooperating.clone(), note.units.clone())
            );
        }
        assert_eq!(fact.target.len(), task.targets.len(), "{}", fact.id);
        for (f, t) in fact.target.iter().zip(&task.targets) {
            assert_eq!(
                (f.value, &f.unit, f.due.map(|d| d.to_string())),
                (t.value, &t.unit, t.due.clone()),
                "{}",
                fact.id
            );
        }
        assert_eq!(
            fact.projects.len(),
            task.projects.len(),
            "{} {:?}",
            fact.id,
            task.projects
        );
    }
    for (fact, row) in facts.indicators.iter().zip(&document.indicators) {
        assert_eq!(
            (fact.no, &fact.name, &fact.unit, fact.restated),
            (row.no, &row.name, &row.unit, row.starred)
        );
        assert_eq!(fact.base.is_some(), row.base_kind == CellKind::Number);
        assert_eq!(fact.base_cut.is_some(), row.base_kind == CellKind::FiveYearCut);
        assert_eq!(fact.target.is_some(), row.target_kind == CellKind::Number);
    }
    assert_eq!(facts.head.number, document.number.unwrap_or_default());
    assert_eq!(facts.head.title, document.document);
}

#[test]
fn derived_figures_follow_from_the_printed_ones() {
    let facts = Facts::from_files(&files(), &listed_units()).unwrap().unwrap();
    let derived: Vec<_> = facts.baseline.iter().filter(|f| f.derived.is_some()).collect();
    assert_eq!((facts.baseline.len(), derived.len()), (61, 6));
    for f in derived {
        let same = |year: Option<u16>, change: bool| {
            let mut all = facts
                .baseline
                .iter()
                .filter(|x| x.name == f.name && x.derived.is_none());
            let found = all.find(|x| x.sense.is_change() == change && (!change || x.against == year));
            found.and_then(|x| Some((x.value?, x.unit.clone()?))).unwrap()
        };
        let ((now, _), (by, unit)) = (same(None, false), same(f.year, true));
        let hundred = rust_decimal::Decimal::ONE_HUNDRED;
        let value = match (unit.as_str(), f.name.as_str()) {
            ("%", _) => (now * hundred / (hundred - by)).round_dp(1),
            (_, "优良天数") => now - by,
            _ => now + by,
        };
        assert_eq!(f.value, Some(value.normalize()), "{} {:?}", f.name, f.derived);
    }
}
