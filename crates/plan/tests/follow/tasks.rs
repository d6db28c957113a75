//! Lights of tasks and projects, units, and the ranking.

use crate::common::{date, dec, facts, measure, milestone, progress, project, task, unit};
use plan::facts::{Sense, Target};
use plan::tasks::{
    ProgressBy, ProgressReport, Review, Rules, Stage, Status, TargetInput, TaskInput, behind, by_unit,
    project_state, state,
};
use plan::words::Light;

const RULES: Rules = Rules {
    supervise_days: 15,
    interview_days: 30,
    risk_days: 15,
    report_days: 40,
};

fn at(input: &TaskInput, today: &str) -> plan::tasks::TaskState {
    state(input, date(today), RULES)
}

#[test]
fn days_late_make_the_light() {
    let mut input = task("4.1.1");
    input.measures = vec![measure("a", "hurd", "2023-06-30", None)];
    let light = |today: &str| {
        let s = at(&input, today);
        (s.light, s.late_days, s.level.key())
    };
    assert_eq!(light("2023-05-01"), (Light::Green, 0, "on_time"));
    assert_eq!(
        light("2023-06-20"),
        (Light::Yellow, 0, "on_time"),
        "due in ten days"
    );
    assert_eq!(
        light("2023-06-30"),
        (Light::Yellow, 0, "on_time"),
        "the due day itself is not late"
    );
    assert_eq!(light("2023-07-01"), (Light::Yellow, 1, "overdue"));
    assert_eq!(light("2023-07-14"), (Light::Yellow, 14, "overdue"));
    assert_eq!(light("2023-07-15"), (Light::Red, 15, "supervise"));
    assert_eq!(light("2023-07-30"), (Light::Red, 30, "interview"));
    let s = at(&input, "2023-07-15");
    assert_eq!(
        s.late[0].units,
        [unit("hurd")],
        "who has the measure answers for it"
    );
    assert!(
        s.reason.zh.contains("2023-06-30") && s.reason.zh.contains("15 天"),
        "{}",
        s.reason.zh
    );
    input.status = Status::Done;
    let s = at(&input, "2023-07-15");
    assert_eq!((s.light, s.late_days, s.level.key()), (Light::Green, 0, "done"));
    assert_eq!(s.doubts[0].code, "conflict", "done with an open measure");
}

#[test]
fn milestones_weigh_and_a_fall_is_a_conflict() {
    let mut input = task("4.1.1");
    input.milestones = vec![
        milestone("一", "1", "2024-01-31", "1"),
        milestone("二", "3", "2024-12-31", "0.5"),
    ];
    let s = at(&input, "2024-03-01");
    assert_eq!(
        (s.progress.unwrap().to_string().as_str(), s.progress_by),
        ("0.625", Some(ProgressBy::Milestones))
    );
    assert_eq!(s.light, Light::Green);
    input.milestones.clear();
    input.reports = vec![progress("2024-02-05", "0.5"), progress("2024-03-05", "0.4")];
    let s = at(&input, "2024-03-06");
    assert_eq!((s.light, s.doubts[0].code), (Light::Yellow, "regress"));
    input.reports.push(progress("2024-03-06", "0.45"));
    assert_eq!(
        at(&input, "2024-03-07").light,
        Light::Yellow,
        "still below what it was"
    );
    input.reports[2] = progress("2024-03-06", "0.5");
    let s = at(&input, "2024-03-07");
    assert_eq!((s.light, s.doubts.len()), (Light::Green, 0), "come up again");
    input.reports.pop();
    input.reports[1].review = Review::Returned;
    let s = at(&input, "2024-03-06");
    assert_eq!(
        (s.light, s.progress.unwrap().to_string().as_str()),
        (Light::Green, "0.5"),
        "a returned report does not count"
    );
    assert_eq!(
        at(&input, "2024-05-01").light,
        Light::Yellow,
        "57 days without a report"
    );
}

#[test]
fn a_task_of_several_is_as_far_as_the_last_of_them() {
    let mut input = task("3.4.2");
    let of = |who: &str, on: &str, p: &str| ProgressReport {
        unit: unit(who),
        ..progress(on, p)
    };
    input.reports = vec![
        of("eeb", "2024-02-05", "0.8"),
        of("drc", "2024-03-05", "0.3"),
        of("eeb", "2024-03-05", "1"),
    ];
    let s = at(&input, "2024-03-06");
    assert_eq!(s.progress.unwrap().to_string(), "0.3");
    assert!(
        s.doubts.is_empty(),
        "0.3 of the one is no fall from 0.8 of the other"
    );
    input.reports.push(of("eeb", "2024-03-06", "0.9"));
    assert_eq!(at(&input, "2024-03-07").doubts[0].code, "regress");
}

#[test]
fn targets_are_met_by_their_sense() {
    let mut input = task("3.4.2");
    let target = |sense, actual: Option<&str>| TargetInput {
        target: Target {
            name: "国六重型货车占比".to_owned(),
            name_en: None,
            value: Some(dec("30")),
            unit: Some("%".to_owned()),
            unit_en: None,
            sense: Some(sense),
            due: Some(date("2025-12-31")),
            assigned: false,
        },
        actual: actual.map(dec),
        met: None,
        source: None,
    };
    let late = |input: &TaskInput| at(input, "2026-02-01").late.len();
    for (sense, actual, missed) in [
        (Sense::AtLeast, Some("30"), 0),
        (Sense::AtLeast, Some("29.9"), 1),
        (Sense::AtMost, Some("30.1"), 1),
        (Sense::Equal, Some("30"), 0),
        (Sense::AtLeast, None, 1),
    ] {
        input.targets = vec![target(sense, actual)];
        assert_eq!(late(&input), missed, "{sense:?} {actual:?}");
    }
    let s = at(&input, "2026-02-01");
    assert!(s.reason.zh.contains("未报数"), "{}", s.reason.zh);
    assert!(s.reason.en.contains("no figure reported"));
}

#[test]
fn nothing_known_is_grey_and_slow_is_yellow() {
    let mut input = task("4.1.1");
    input.status = Status::NotStarted;
    assert_eq!(at(&input, "2023-05-01").light, Light::Grey);
    input.start = Some(date("2023-01-01"));
    assert_eq!(at(&input, "2023-05-01").light, Light::Yellow, "should have begun");
    input.status = Status::Underway;
    input.due = Some(date("2025-01-01"));
    input.reports = vec![progress("2024-04-20", "0.3")];
    // 486 of 731 days are over: 0.3 < 0.6 × 0.665.
    let s = at(&input, "2024-05-01");
    assert_eq!(s.light, Light::Yellow);
    assert!(s.reason.zh.contains("66.5 %"), "{}", s.reason.zh);
}

#[test]
fn a_project_by_stage_milestones_and_money() {
    let today = date("2024-06-30");
    let mut input = project("p", Stage::Building);
    input.due = Some(date("2024-06-01"));
    (input.planned, input.paid) = (Some(dec("400")), Some(dec("100")));
    let s = project_state(&input, today, RULES);
    assert_eq!(
        (s.light, s.late_days, s.money.unwrap().to_string().as_str()),
        (Light::Red, 29, "0.25")
    );
    input.paid = Some(dec("401"));
    assert_eq!(project_state(&input, today, RULES).doubts[0].code, "conflict");
    input.stage = Stage::NotStarted;
    assert_eq!(
        project_state(&input, today, RULES).doubts.len(),
        2,
        "money paid before the start"
    );
    input.stage = Stage::Complete;
    let s = project_state(&input, today, RULES);
    assert_eq!(
        (s.light, s.progress.unwrap().to_string().as_str()),
        (Light::Green, "1")
    );
    input.stage = Stage::Cancelled;
    assert_eq!(project_state(&input, today, RULES).light, Light::Grey);
}

#[test]
fn units_and_ranking_say_who_and_why() {
    let mut late = task("4.10.1");
    late.measures = vec![
        measure("a", "hurd", "2023-06-30", None),
        measure("b", "t-hutun", "2023-07-20", None),
    ];
    let mut later = task("4.9.1");
    later.measures = vec![measure("c", "hurd", "2023-05-01", None)];
    let mut fine = task("4.2.1");
    fine.status = Status::Done;
    let today = date("2023-08-01");
    let states: Vec<_> = [late, later, fine]
        .iter()
        .map(|t| state(t, today, RULES))
        .collect();
    let list = behind(&[], &states, &[]);
    let ids: Vec<&str> = list.iter().map(|b| b.id.as_str()).collect();
    assert_eq!(
        ids,
        ["4.9.1", "4.10.1"],
        "the latest first, what is done not at all"
    );
    assert_eq!((list[0].rank, list[0].late_days), (1, 92));
    assert_eq!(list[0].units, [unit("hurd")]);
    let units = by_unit(&[], &states, &[], &[unit("t-hutun")]);
    let hurd = &units[&unit("hurd")];
    assert_eq!((hurd.late.len(), hurd.late_days, hurd.supervise), (2, 92, 2));
    assert_eq!(hurd.late[0].of, "4.9.1");
    let town = &units[&unit("t-hutun")];
    assert_eq!((town.late.len(), town.late_days, town.supervise), (1, 12, 0));
    assert_eq!((town.leads.total(), town.as_town), (0, 3));
    let summary = town.summary.as_ref().unwrap();
    assert!(
        summary.zh.starts_with("落实 3 项乡镇任务，1 项超期"),
        "{}",
        summary.zh
    );
    let lead = &units[&unit("eeb")];
    assert_eq!((lead.leads.red, lead.leads.green, lead.leads.total()), (2, 1, 3));
    assert_eq!(units[&unit("drc")].cooperates, 3);
}

#[test]
fn the_shipped_tasks_become_inputs() {
    let facts = facts();
    let inputs: Vec<TaskInput> = facts.tasks.iter().map(|t| TaskInput::new(t, true)).collect();
    assert!(inputs.iter().all(|t| !t.lead.is_empty() || t.with.is_empty()));
    let dated = inputs
        .iter()
        .flat_map(|t| &t.targets)
        .filter(|t| t.target.due.is_some())
        .count();
    let stated = facts
        .tasks
        .iter()
        .flat_map(|t| &t.target)
        .filter(|t| t.due.is_some())
        .count();
    assert_eq!(dated, stated, "every date of the facts reads");
    let two = inputs.iter().find(|t| t.id == "3.1.1").unwrap();
    assert_eq!(two.lead, [unit("nrp")]);
}
