//! What the tests share: the shipped facts, the made-up five years, and short ways to make inputs.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::UnitCode;
use plan::evaluation::{Figure, PlanName, Snapshot, Stage, UnitName};
use plan::facts::{Direction, Facts, Force, Indicator};
use plan::indicators::{Assigned, IndicatorInput, Origin, Scope, YearState, YearValue, Years};
use plan::tasks::{
    Measure, Milestone, ProgressReport, ProjectInput, Review, Stage as Built, Status, TaskInput,
};
use plan::words::Source;
use rust_decimal::Decimal;
use serde_json::Value;

pub(crate) const YEARS: Years = Years {
    base: 2020,
    target: 2025,
};

pub(crate) fn units() -> Vec<model::profile::Unit> {
    #[derive(serde::Deserialize)]
    struct Units {
        unit: Vec<model::profile::Unit>,
    }
    let units: Units = toml::from_str(include_str!("../../../../profiles/chiping/units.toml")).unwrap();
    units.unit
}

pub(crate) fn facts() -> Facts {
    let files: BTreeMap<String, String> = [
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
    .into();
    Facts::from_files(&files, &units()).unwrap().unwrap()
}

pub(crate) fn case() -> Value {
    serde_json::from_str(include_str!("cases/district.json")).unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn unit(code: &str) -> UnitCode {
    UnitCode::new(code)
}

pub(crate) fn source(key: &str) -> Source {
    Source {
        key: key.to_owned(),
        name: format!("来源 {key}"),
        name_en: None,
        on: Some(date("2024-01-05")),
        version: "1".to_owned(),
    }
}

pub(crate) fn value(year: u16, text: &str) -> YearValue {
    YearValue {
        year,
        value: dec(text),
        unit: None,
        scope: Scope::Plan,
        origin: Origin::Evaluated,
        provisional: false,
        source: source(&format!("year/{year}")),
    }
}

/// An indicator with base and target.
pub(crate) fn indicator(direction: Direction, base: Option<&str>, target: Option<&str>) -> IndicatorInput {
    IndicatorInput::new(Indicator {
        no: 1,
        group: "组".to_owned(),
        group_en: None,
        name: "指标".to_owned(),
        name_en: None,
        unit: Some("μg/m³".to_owned()),
        unit_en: None,
        force: Force::Binding,
        direction,
        better: None,
        base: base.map(dec),
        base_cut: None,
        target: target.map(dec),
        assigned: target.is_none(),
        state: None,
        state_en: None,
        restated: false,
    })
}

pub(crate) fn task(id: &str) -> TaskInput {
    TaskInput {
        id: id.to_owned(),
        title: format!("任务{id}"),
        title_en: None,
        lead: vec![unit("eeb")],
        with: vec![unit("drc")],
        towns: true,
        status: Status::Underway,
        start: None,
        due: None,
        targets: Vec::new(),
        milestones: Vec::new(),
        measures: Vec::new(),
        reports: Vec::new(),
    }
}

pub(crate) fn milestone(name: &str, weight: &str, due: &str, done: &str) -> Milestone {
    Milestone {
        name: name.to_owned(),
        weight: dec(weight),
        due: Some(date(due)),
        done: dec(done),
    }
}

pub(crate) fn measure(id: &str, who: &str, due: &str, done: Option<&str>) -> Measure {
    Measure {
        id: id.to_owned(),
        title: format!("措施{id}"),
        unit: unit(who),
        start: None,
        due: Some(date(due)),
        done: done.map(date),
    }
}

pub(crate) fn progress(on: &str, part: &str) -> ProgressReport {
    ProgressReport {
        on: date(on),
        unit: unit("eeb"),
        progress: Some(dec(part)),
        review: Review::Accepted,
        source: source("report"),
    }
}

pub(crate) fn project(id: &str, stage: Built) -> ProjectInput {
    ProjectInput {
        id: id.to_owned(),
        name: format!("工程{id}"),
        task: Some("3.2.3".to_owned()),
        lead: vec![unit("iit")],
        stage,
        start_due: None,
        due: None,
        milestones: Vec::new(),
        planned: None,
        paid: None,
        source: Some(source(&format!("project/{id}"))),
    }
}

/// The made-up district as known at an evaluation: `midterm` of 2023 or `last` of 2025.
pub(crate) fn snapshot(last: bool) -> Snapshot {
    let (facts, case) = (facts(), case());
    let year: u16 = if last { 2025 } else { 2023 };
    let at = |part: &str, no: u32| case[part][no.to_string()].clone();
    let indicators = facts.indicators.iter().map(|facts| {
        let no = facts.no;
        let mut input = IndicatorInput::new(facts.clone());
        input.lead = vec![unit(if no <= 11 { "eeb" } else { "drc" })];
        let mut known = vec![at("values", no)];
        if last {
            known.push(at("reported_before_final", no));
        }
        for (y, text) in known.iter().filter_map(Value::as_object).flatten() {
            let y: u16 = y.parse().unwrap();
            if y <= year {
                let mut made = value(y, text.as_str().unwrap());
                made.source = source(&format!("indicator/{no}/{y}"));
                input.values.push(made);
            }
        }
        for (y, met) in at("states", no).as_object().into_iter().flatten() {
            input.states.push(YearState {
                year: y.parse().unwrap(),
                met: met.as_bool().unwrap(),
                grounds: "年度审核".to_owned(),
                source: source(&format!("indicator/{no}/{y}")),
            });
        }
        let assigned = at("assigned", no);
        if let Some(text) = assigned["value"].as_str()
            && assigned["year"].as_u64().unwrap() <= u64::from(year)
        {
            input.assigned = Some(Assigned {
                value: dec(text),
                base: assigned["base"].as_str().map(dec),
                source: source(&format!("assigned/{no}")),
            });
        }
        if let Some(weight) = at("weights", no).as_str() {
            input.weight = dec(weight);
        }
        input
    });
    let closing = date(&format!("{year}-12-31"));
    let mut tasks: Vec<TaskInput> = facts.tasks.iter().map(|t| TaskInput::new(t, true)).collect();
    for (i, task) in tasks.iter_mut().enumerate() {
        match i % 5 {
            0 => task.status = Status::Done,
            1 => {
                task.status = Status::Underway;
                task.reports.push(progress(&format!("{year}-12-05"), "0.6"));
            }
            2 => task
                .measures
                .push(measure("1", "t-hutun", &format!("{year}-11-20"), None)),
            3 => {
                task.status = Status::Underway;
                task.measures
                    .push(measure("2", "hurd", &format!("{year}-12-20"), None));
            }
            _ => {}
        }
    }
    let mut building = project("p1", Built::Building);
    building.milestones = vec![
        milestone("主体", "3", "2025-06-30", "1"),
        milestone("验收", "1", "2025-11-30", "0"),
    ];
    (building.planned, building.paid) = (Some(dec("1200")), Some(dec("900")));
    let mut complete = project("p2", Built::Complete);
    (complete.planned, complete.paid) = (Some(dec("800")), Some(dec("800")));
    let mut late = project("p3", Built::NotStarted);
    late.start_due = Some(date("2023-10-01"));
    Snapshot {
        plan: PlanName {
            title: facts.head.title.clone(),
            number: facts.head.number.clone(),
            issued: facts.head.issued.clone(),
        },
        years: YEARS,
        stage: if last { Stage::Final } else { Stage::MidTerm },
        year,
        closing,
        frozen_on: closing,
        version: 1,
        indicators: indicators.collect(),
        tasks,
        projects: vec![building, complete, late, project("p4", Built::Cancelled)],
        figures: vec![
            Figure {
                group: "农村环境".to_owned(),
                group_en: None,
                name: "完成生活污水治理的行政村".to_owned(),
                name_en: None,
                value: Some(dec("402")),
                unit: Some("个".to_owned()),
                unit_en: None,
                source: source("register/village?state=treated"),
                register: None,
                rows: Vec::new(),
            },
            Figure {
                group: "农村环境".to_owned(),
                group_en: None,
                name: "黑臭水体".to_owned(),
                name_en: None,
                value: None,
                unit: Some("处".to_owned()),
                unit_en: None,
                source: source("register/black-water"),
                register: None,
                rows: Vec::new(),
            },
        ],
        aims: plan::aims::Aims::default(),
        readings: Vec::new(),
        units: vec![
            UnitName {
                code: unit("eeb"),
                name: "市生态环境局茌平区分局".to_owned(),
                town: false,
            },
            UnitName {
                code: unit("drc"),
                name: "区发展改革局".to_owned(),
                town: false,
            },
            UnitName {
                code: unit("hurd"),
                name: "区住房城乡建设局".to_owned(),
                town: false,
            },
            UnitName {
                code: unit("t-hutun"),
                name: "胡屯镇".to_owned(),
                town: true,
            },
        ],
    }
}
