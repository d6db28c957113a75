//! The yearly list from the facts of the first district: what each year asks for, what is left out and why, and that it is
//! the same list whenever it is made.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{YEARS, date, dec, facts, measure, milestone, project, unit, units, value};
use model::profile::Unit;
use plan::facts::Sense;
use plan::goals::{Given, Placed, Proposal, Proposed, Standing, propose};
use plan::indicators::{Assigned, IndicatorInput};
use plan::tasks::{Stage, Status, TaskInput};

struct District {
    indicators: Vec<IndicatorInput>,
    tasks: Vec<TaskInput>,
    projects: Vec<Placed>,
    named: BTreeMap<String, Vec<String>>,
    units: Vec<Unit>,
    standing: Vec<Standing>,
}

impl District {
    fn new() -> Self {
        let facts = facts();
        Self {
            indicators: facts
                .indicators
                .iter()
                .map(|fact| {
                    let mut input = IndicatorInput::new(fact.clone());
                    input.lead = vec![unit("eeb"), unit("drc")];
                    input
                })
                .collect(),
            tasks: facts.tasks.iter().map(|t| TaskInput::new(t, true)).collect(),
            projects: Vec::new(),
            named: facts
                .tasks
                .iter()
                .map(|t| (t.id.clone(), t.projects.clone()))
                .collect(),
            units: units(),
            standing: Vec::new(),
        }
    }

    fn list(&self, year: u16, of: Option<&str>) -> Proposal {
        let given = Given {
            years: YEARS,
            year,
            indicators: &self.indicators,
            tasks: &self.tasks,
            projects: &self.projects,
            named: &self.named,
            units: &self.units,
            standing: &self.standing,
        };
        propose(&given, of.map(unit).as_ref())
    }

    fn task(&mut self, id: &str) -> &mut TaskInput {
        self.tasks.iter_mut().find(|t| t.id == id).unwrap()
    }
}

fn item<'a>(list: &'a Proposal, id: &str) -> &'a Proposed {
    let found = list.items.iter().find(|i| i.id == id);
    found.unwrap_or_else(|| {
        panic!(
            "{id} of {:?}",
            list.items.iter().map(|i| &i.id).collect::<Vec<_>>()
        )
    })
}

fn why<'a>(list: &'a Proposal, about: &str, id: &str, code: &str) -> &'a str {
    let found = list
        .left_out
        .iter()
        .find(|l| l.about == about && l.id == id && l.code == code);
    &found
        .unwrap_or_else(|| panic!("{about} {id} {code}: {:?}", list.left_out))
        .why
        .zh
}

fn stands(item: &Proposed) -> Standing {
    Standing {
        id: item.id.clone(),
        indicator: item.indicator,
        task: item.task.clone(),
        text: item.text.clone(),
        value: item.value,
        lead: item.lead.clone(),
        helpers: item.helpers.clone(),
        dropped: false,
    }
}

#[test]
fn an_indicator_is_asked_for_its_place_on_the_path() {
    let mut district = District::new();
    let list = district.list(2023, None);
    // 54 − 3/5 · 12
    let air = item(&list, "2023-i01");
    assert_eq!((air.value, air.sense), (Some(dec("46.8")), Some(Sense::AtMost)));
    assert_eq!(air.text, "细颗粒物（PM2.5）浓度不高于 46.8 μg/m³");
    assert_eq!((air.lead.as_str(), air.helpers.len()), ("eeb", 1));
    assert!(air.basis.zh.contains("指标 1") && air.basis.en.contains("equal steps"));
    // 2061.6 · 3/5, summed
    let cut = item(&list, "2023-i08");
    assert_eq!(
        (cut.value, cut.sense),
        (Some(dec("1236.96")), Some(Sense::AtLeast))
    );
    assert!(cut.text.contains("累计不低于 1236.96 吨"), "{}", cut.text);
    // Kept at zero from the start; a state in words has no value.
    assert_eq!(item(&list, "2023-i03").value, Some(dec("0")));
    let eqi = item(&list, "2023-i17");
    assert_eq!(
        (eqi.value, eqi.text.as_str()),
        (None, "生态质量指数（EQI）：稳中向好")
    );
    // No base, nothing assigned: nothing that could be said.
    assert!(why(&list, "indicator", "2", "no_value").contains("没有年度分解值"));
    assert!(why(&list, "indicator", "6", "no_value").contains("尚未下达"));
    // What a year reached is to be held in the next; what was assigned has a path.
    let good = district.indicators.iter_mut().find(|i| i.facts.no == 2).unwrap();
    good.values.push(value(2022, "66.0"));
    let forest = district.indicators.iter_mut().find(|i| i.facts.no == 18).unwrap();
    forest.assigned = Some(Assigned {
        value: dec("4.1"),
        base: None,
        source: crate::common::source("assigned"),
    });
    let list = district.list(2023, None);
    assert_eq!(item(&list, "2023-i02").value, Some(dec("65.3")));
    // 3.61 + 3/5 · 0.49
    assert_eq!(item(&list, "2023-i18").value, Some(dec("3.904")));
    // In the target year everything is asked for its target.
    let last = District::new().list(2025, None);
    assert_eq!(item(&last, "2025-i02").value, Some(dec("65.3")));
    assert_eq!(item(&last, "2025-i01").value, Some(dec("42")));
    assert_eq!(last.items.iter().filter(|i| i.indicator.is_some()).count(), 13);
}

#[test]
fn a_target_is_listed_in_its_year_and_carried_on_until_it_is_reached() {
    let mut district = District::new();
    let of = |list: &Proposal, name: &str| {
        let found = list.items.iter().find(|i| i.target.as_deref() == Some(name));
        found.cloned()
    };
    let list = district.list(2023, None);
    let trucks = of(&list, "国三及以下柴油货车淘汰").unwrap();
    assert_eq!(
        (trucks.due, trucks.lead.as_str()),
        (date("2023-12-31"), "transport")
    );
    assert_eq!(trucks.text, "老旧车淘汰与新能源车：完成国三及以下柴油货车淘汰");
    assert!(trucks.towns && trucks.helpers.iter().any(|u| u.as_str() == "police"));
    assert!(why(&list, "target", "3.4.2", "later").contains("2025-12-31 到期"));
    assert!(why(&list, "target", "3.4.2", "no_date").contains("没有写明期限"));
    // With a target in the year the task is not listed once more; without one it goes on.
    assert!(!list.items.iter().any(|i| i.id == "2023-t3-4-2"));
    assert_eq!(
        item(&list, "2023-t3-3-3").text,
        "散煤替代与清洁取暖：完成年度任务"
    );

    let next = district.list(2024, None);
    let carried = of(&next, "国三及以下柴油货车淘汰").unwrap();
    assert_eq!(carried.due, date("2024-12-31"));
    assert!(carried.text.contains("原定 2023-12-31"), "{}", carried.text);
    assert_ne!(carried.id, trucks.id);
    let task = district.task("3.4.2");
    task.targets[0].met = Some(true);
    let next = district.list(2024, None);
    assert!(of(&next, "国三及以下柴油货车淘汰").is_none());
    assert_eq!(why(&next, "target", "3.4.2", "reached"), "已达到");

    let last = district.list(2025, None);
    let heating = of(&last, "清洁取暖率").unwrap();
    assert_eq!(
        (heating.value, heating.sense),
        (Some(dec("80")), Some(Sense::AtLeast))
    );
    assert_eq!(heating.measured_in.as_deref(), Some("%"));
    let assigned = of(&last, "国四营运柴油货车淘汰").unwrap();
    assert_eq!((assigned.value, assigned.measured_in), (None, None));
    assert!(assigned.text.contains("市下达"), "{}", assigned.text);

    district.task("3.3.3").status = Status::Done;
    let last = district.list(2025, None);
    assert_eq!(why(&last, "task", "3.3.3", "done"), "任务已完成");
    // A task without a note has nobody to give it to.
    assert!(why(&last, "task", "12.1.0", "no_unit").contains("没有写明责任单位"));
}

#[test]
fn a_target_that_repeats_an_indicator_goes_with_it() {
    let mut district = District::new();
    let task = district.task("5.1.3");
    task.targets[0].target.name = "农村生活污水治理率（全区）".to_owned();
    let list = district.list(2025, None);
    assert!(why(&list, "target", "5.1.3", "by_indicator").contains("指标 7"));
    district.task("5.1.3").targets[0].target.value = Some(dec("56"));
    let list = district.list(2025, None);
    assert!(
        !list.left_out.iter().any(|l| l.code == "by_indicator"),
        "another value is another target"
    );
}

#[test]
fn projects_are_listed_by_what_falls_into_the_year() {
    let mut district = District::new();
    let placed = |input| Placed {
        input,
        town: Some(unit("371503101")),
        plan_name: None,
    };
    let mut ends = project("a", Stage::Building);
    ends.due = Some(date("2024-09-30"));
    let mut late = project("b", Stage::Building);
    late.due = Some(date("2023-06-30"));
    let mut begins = project("c", Stage::NotStarted);
    (begins.start_due, begins.due) = (Some(date("2024-04-01")), Some(date("2026-04-01")));
    let mut builds = project("d", Stage::Building);
    builds.due = Some(date("2026-01-31"));
    builds.milestones = vec![
        milestone("前期", "1", "2024-02-01", "1"),
        milestone("土建", "1", "2024-06-30", "0"),
        milestone("设备安装", "1", "2024-11-30", "0"),
    ];
    let mut far = project("e", Stage::Building);
    far.due = Some(date("2026-01-31"));
    district.projects = [ends, late, begins, builds, far, project("f", Stage::Complete)]
        .map(placed)
        .into();
    let list = district.list(2024, None);
    let line = |id: &str| {
        let item = item(&list, &format!("2024-p{id}"));
        (item.text.clone(), item.due.to_string())
    };
    assert_eq!(line("a"), ("工程a：年内完工".into(), "2024-09-30".into()));
    assert_eq!(
        line("b"),
        ("工程b：完工（原定 2023-06-30，续建）".into(), "2024-12-31".into())
    );
    assert_eq!(line("c"), ("工程c：年内开工".into(), "2024-04-01".into()));
    assert_eq!(
        line("d"),
        ("工程d：完成土建、设备安装".into(), "2024-11-30".into())
    );
    why(&list, "project", "e", "not_this_year");
    why(&list, "project", "f", "done");
    assert!(why(&list, "project", "3.2.3", "no_record").contains("没有已立项的记录"));
    assert_eq!(item(&list, "2024-pa").helpers, [unit("371503101")]);
}

#[test]
fn towns_get_what_they_undertook_and_are_told_the_rest() {
    let mut district = District::new();
    let town = "371503101";
    let task = district.task("3.3.3");
    task.measures = vec![
        measure("m#1", town, "2024-11-30", None),
        measure("m#2", town, "2023-11-30", None),
        measure("n#1", "drc", "2024-11-30", None),
        measure("o#1", town, "2024-10-31", Some("2024-09-01")),
    ];
    let list = district.list(2024, Some(town));
    let ids: Vec<&str> = list.items.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["2024-mm-1"]);
    let name = &district
        .units
        .iter()
        .find(|u| u.code.as_str() == town)
        .unwrap()
        .zh;
    assert_eq!(list.items[0].text, format!("{name}：措施m#1"));
    let open = district.tasks.len() - 1;
    let said = why(&list, "town", town, "general_rule");
    assert!(said.contains(&format!("有 {open} 项")), "{said}");
    assert_eq!(list.left_out.len(), 1, "{:?}", list.left_out);
    // A department sees what it leads or shares, and why the rest is missing.
    let list = district.list(2024, Some("transport"));
    let own = |i: &Proposed| i.lead == unit("transport") || i.helpers.contains(&unit("transport"));
    assert!(!list.items.is_empty() && list.items.iter().all(own));
    assert!(list.left_out.iter().all(|l| l.units.contains(&unit("transport"))));
}

#[test]
fn what_stands_is_left_alone_and_what_was_struck_does_not_come_back() {
    let mut district = District::new();
    let first = district.list(2023, None);
    assert!(first.standing.is_empty());
    district.standing = first.items.iter().map(stands).collect();
    let again = district.list(2023, None);
    assert!(again.items.is_empty(), "{:?}", again.items);
    assert_eq!(again.standing.len(), first.items.len());
    assert!(again.standing.iter().all(|s| s.differs.is_none()));

    // Somebody changed a value and words, struck an entry, and took one away.
    let air = district.standing.iter_mut().find(|s| s.id == "2023-i01").unwrap();
    (air.value, air.text) = (Some(dec("47")), "PM2.5 再降一些".to_owned());
    let struck = district
        .standing
        .iter_mut()
        .find(|s| s.id == "2023-t3-1-1")
        .unwrap();
    struck.dropped = true;
    district.standing.retain(|s| s.id != "2023-i07");
    let third = district.list(2023, None);
    assert_eq!(
        third.items.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(),
        ["2023-i07"]
    );
    let air = third.standing.iter().find(|s| s.id == "2023-i01").unwrap();
    assert_eq!(air.text, "PM2.5 再降一些");
    let differs = air.differs.as_ref().unwrap();
    assert!(
        differs.zh.contains("47") && differs.zh.contains("46.8"),
        "{}",
        differs.zh
    );
    assert!(why(&third, "task", "2023-t3-1-1", "struck").contains("删去"));

    // What people entered themselves counts for the same indicator, and for the same task under the same unit.
    district.standing = vec![
        Standing {
            id: "000007".into(),
            indicator: Some(1),
            task: None,
            text: "区里自定".into(),
            value: Some(dec("46")),
            lead: unit("eeb"),
            helpers: Vec::new(),
            dropped: false,
        },
        Standing {
            id: "000008".into(),
            indicator: None,
            task: Some("3.1.1".into()),
            text: "国土空间规划年度工作".into(),
            value: None,
            lead: unit("nrp"),
            helpers: Vec::new(),
            dropped: false,
        },
    ];
    let own = district.list(2023, None);
    let has = |id: &str| own.items.iter().any(|i| i.id == id);
    assert!(!has("2023-i01") && !has("2023-t3-1-1") && has("2023-t3-1-2"));
    assert_eq!(own.standing.len(), 2);
}

#[test]
fn every_year_gives_one_list() {
    let mut district = District::new();
    for (n, task) in district.tasks.iter_mut().enumerate() {
        task.measures = vec![measure(&format!("r{n}#1"), "371503101", "2023-11-30", None)];
    }
    for year in 2021..=2025 {
        let list = district.list(year, None);
        assert_eq!(list, district.list(year, None));
        let ids: BTreeSet<&str> = list.items.iter().map(|i| i.id.as_str()).collect();
        let texts: BTreeSet<&str> = list.items.iter().map(|i| i.text.as_str()).collect();
        assert_eq!(
            (ids.len(), texts.len()),
            (list.items.len(), list.items.len()),
            "{year}"
        );
        let own_year = |i: &&Proposed| i.due.year() != i16::try_from(year).unwrap();
        assert_eq!(list.items.iter().find(own_year), None, "{year}");
        // Every task is on the list, or it is said why not.
        for task in &district.tasks {
            let listed = list.items.iter().any(|i| i.task.as_ref() == Some(&task.id));
            let told = list.left_out.iter().any(|l| l.about == "task" && l.id == task.id);
            assert!(listed || told, "{year} {}", task.id);
        }
        for input in &district.indicators {
            let no = input.facts.no;
            let listed = list.items.iter().any(|i| i.indicator == Some(no));
            let told = list
                .left_out
                .iter()
                .any(|l| l.about == "indicator" && l.id == no.to_string());
            assert!(listed != told, "{year} {no}");
        }
    }
}
