//! Figures of other plans against this one.

use crate::common::{YEARS, dec, facts, source, value};
use plan::consistency::{Compared, Theirs, Verdict, with_indicator, with_task};
use plan::indicators::{IndicatorInput, YearGoal};
use plan::tasks::TaskInput;

fn theirs(item: &str, value: Option<&str>, unit: Option<&str>, year: Option<u16>) -> Theirs {
    Theirs {
        item: item.to_owned(),
        value: value.map(dec),
        unit: unit.map(str::to_owned),
        year,
    }
}

fn input(no: u32) -> IndicatorInput {
    let facts = facts();
    IndicatorInput::new(facts.indicators.iter().find(|i| i.no == no).unwrap().clone())
}

fn against(no: u32, given: &Theirs) -> Compared {
    with_indicator(given, &input(no), YEARS)
}

#[test]
fn the_own_value_is_looked_up_and_the_better_side_decides() {
    let of = |no: u32, value: &str| against(no, &theirs("", Some(value), None, None));
    for (no, value, verdict) in [
        (1, "42", Verdict::Consistent),
        (1, "40", Verdict::Stricter),
        // Looser than a binding value is a contradiction, than an expected one it is looser.
        (1, "45", Verdict::Contradicts),
        (2, "65.0", Verdict::Contradicts),
        (2, "66", Verdict::Stricter),
        (7, "50", Verdict::Looser),
        (7, "55.0", Verdict::Consistent),
        (8, "2000", Verdict::Contradicts),
    ] {
        let found = of(no, value);
        assert_eq!(found.verdict, Some(verdict), "{no} {value}: {}", found.reason.zh);
    }
    let found = of(1, "45");
    assert_eq!(found.difference, Some(dec("3")));
    assert_eq!(found.ours.as_ref().unwrap().value, dec("42"));
    for words in ["该规划 45 μg/m³", "不高于 42 μg/m³", "相差 3", "不得放宽"] {
        assert!(found.reason.zh.contains(words), "{words}: {}", found.reason.zh);
    }
    assert!(found.reason.en.contains("binding here"), "{}", found.reason.en);
}

#[test]
fn the_value_is_that_of_the_year_meant() {
    let given = theirs("", Some("47"), Some("ug/m3"), Some(2023));
    let found = against(1, &given);
    assert_eq!(found.ours.as_ref().unwrap().value, dec("46.8"), "54 − 3/5 · 12");
    assert_eq!(found.verdict, Some(Verdict::Contradicts));
    // A goal people set for the year stands before the path; the actual value is told beside it.
    let mut input = input(1);
    input.goals = vec![YearGoal {
        year: 2023,
        value: dec("47"),
        source: source("goal"),
    }];
    input.values = vec![value(2022, "49")];
    let found = with_indicator(&given, &input, YEARS);
    assert_eq!(found.verdict, Some(Verdict::Consistent), "{}", found.reason.zh);
    assert!(found.reason.zh.contains("2023 年度目标"));
    assert_eq!(found.actual, Some((2022, dec("49"))));
    let outside = against(1, &theirs("", Some("35"), None, Some(2030)));
    assert_eq!((outside.verdict, &outside.ours), (None, &None));
    assert!(
        outside.reason.zh.contains("2030 年不在规划期内"),
        "{}",
        outside.reason.zh
    );
}

#[test]
fn what_cannot_be_compared_is_told() {
    let said = |no: u32, given: &Theirs| {
        let found = against(no, given);
        assert_eq!(found.verdict, None, "{}", found.reason.zh);
        found.reason.zh
    };
    let plain = theirs("", Some("5"), None, None);
    assert!(said(6, &plain).contains("尚未下达"));
    assert!(said(17, &plain).contains("稳中向好"));
    assert!(said(1, &theirs("", Some("0.042"), Some("mg/m³"), None)).contains("计量单位不同"));
    assert!(said(1, &theirs("", None, None, None)).contains("未填写该规划数值"));
}

#[test]
fn a_target_of_a_task_is_found_by_its_name() {
    let facts = facts();
    let task = |id: &str| TaskInput::new(facts.tasks.iter().find(|t| t.id == id).unwrap(), true);
    let of = |item: &str, value: &str, year| {
        with_task(
            &theirs(item, Some(value), Some("％"), year),
            &task("3.3.3"),
            YEARS,
        )
    };
    assert_eq!(of("农村清洁取暖率", "75", None).verdict, Some(Verdict::Looser));
    assert_eq!(
        of("清洁取暖率", "80", Some(2025)).verdict,
        Some(Verdict::Consistent)
    );
    assert!(of("清洁取暖率", "80", Some(2023)).reason.zh.contains("另一年"));
    assert!(
        of("光伏装机", "80", None)
            .reason
            .zh
            .contains("没有与“光伏装机”同名")
    );
}
