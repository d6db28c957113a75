//! Five simulated years of a district: mid-term and final evaluation against what was worked out by hand.

use crate::common::{case, snapshot};
use plan::canonical;
use plan::evaluation::{Evaluation, EvaluationError, Rules, Veto, evaluate};

fn run(last: bool) -> Evaluation {
    evaluate(&snapshot(last), &Rules::default()).unwrap()
}

fn text<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

fn compare(last: bool, part: &str) {
    let found = run(last);
    let want = &case()["expect"][part];
    let rows = want["indicators"].as_array().unwrap();
    assert_eq!(found.indicators.len(), 21);
    for (judged, want) in found.indicators.iter().zip(rows) {
        let (s, no) = (&judged.state, judged.state.no);
        let why = want["arithmetic"].as_str().unwrap();
        assert_eq!(u64::from(no), want["no"].as_u64().unwrap());
        assert_eq!(
            text(s.kind),
            want["kind"].as_str().unwrap(),
            "kind of {no}: {why}"
        );
        assert_eq!(
            text(judged.verdict),
            want["verdict"].as_str().unwrap(),
            "verdict of {no}: {why}"
        );
        assert_eq!(
            s.light.key(),
            want["light"].as_str().unwrap(),
            "light of {no}: {why}"
        );
        let credit = s.credit.as_ref().map(ToString::to_string);
        assert_eq!(
            credit.as_deref(),
            want["credit"].as_str(),
            "credit of {no}: {why}"
        );
        let progress = s.progress.as_ref().map(ToString::to_string);
        assert_eq!(
            progress.as_deref(),
            want["progress"].as_str(),
            "progress of {no}: {why}"
        );
        if !last && want["forecast"].is_array() {
            let f = s.forecast.as_ref().unwrap();
            let made = [&f.low, &f.value, &f.high].map(ToString::to_string);
            assert_eq!(serde_json::json!(made), want["forecast"], "forecast of {no}");
        }
        if last {
            assert!(s.forecast.is_none(), "no forecast of a year that is over");
        }
        // Nothing without a progress is ever shown as a percentage.
        assert_eq!(s.progress.is_some(), want["progress"].is_string(), "{no}");
    }
    let score = found.score.unwrap();
    assert_eq!(
        score.value.to_string(),
        want["score"].as_str().unwrap(),
        "{}",
        want["score_fraction"]
    );
    assert_eq!(score.grade_by_points.zh, want["points_grade"].as_str().unwrap());
    assert_eq!(score.grade.zh, want["grade"].as_str().unwrap());
    assert_eq!(serde_json::json!(score.veto), want["veto"]);
    assert_eq!(serde_json::json!(score.left_out), want["left_out"]);
}

#[test]
fn the_mid_term_of_2023_agrees_with_hand_calculation() {
    compare(false, "midterm");
}

#[test]
fn the_final_evaluation_of_2025_agrees_with_hand_calculation() {
    compare(true, "final");
}

#[test]
fn tasks_and_projects_are_counted() {
    let found = run(false);
    // Of 125 tasks every fifth is done: 25, and none was stopped.
    assert_eq!(found.completion.task_rate.as_ref().unwrap().to_string(), "0.2");
    assert_eq!(found.completion.tasks.values().sum::<u32>(), 125);
    // p1 being built, p2 complete, p3 not started, p4 cancelled: 1/3 complete, 2/3 begun.
    assert_eq!(
        found.completion.project_rate.as_ref().unwrap().to_string(),
        "0.333333333333"
    );
    assert_eq!(
        found.completion.started_rate.as_ref().unwrap().to_string(),
        "0.666666666667"
    );
    // Milestones: (3/4 + 1) / 2; money: (900 + 800) / (1200 + 800), p3 unknown.
    assert_eq!(
        found.completion.milestone_rate.as_ref().unwrap().to_string(),
        "0.875"
    );
    assert_eq!(found.completion.money.rate.as_ref().unwrap().to_string(), "0.85");
    assert_eq!(found.completion.money.unknown, 1);
    // p3 should have begun on 1 October: 91 days late at the end of the year.
    let p3 = found.projects.iter().find(|p| p.id == "p3").unwrap();
    assert_eq!((p3.light.key(), p3.late_days), ("red", 91));
}

#[test]
fn the_list_of_what_is_behind_begins_with_binding_indicators() {
    let found = run(false);
    assert_eq!(
        (found.behind[0].id.as_str(), found.behind[0].binding),
        ("9", true)
    );
    assert_eq!(
        (found.behind[1].id.as_str(), found.behind[1].late_days),
        ("p3", 91),
        "then by days"
    );
    let red: Vec<i64> = found
        .behind
        .iter()
        .skip(1)
        .filter(|b| b.light.key() == "red")
        .map(|b| b.late_days)
        .collect();
    assert!(red.is_sorted_by(|a, b| a >= b), "{red:?}");
    assert!(found.behind.iter().any(|b| b.id == "20"), "red without a day");
    assert!(
        found
            .behind
            .iter()
            .all(|b| !b.reason.zh.is_empty() && !b.reason.en.is_empty())
    );
    assert!(
        found.behind.windows(2).all(|w| w[0].light >= w[1].light),
        "red before yellow"
    );
    let hutun = found.units.iter().find(|u| u.name == "胡屯镇").unwrap();
    assert!(
        hutun.town && hutun.state.late_days == 41 && hutun.state.supervise == 25,
        "{:?}",
        hutun.state
    );
}

#[test]
fn the_same_snapshot_gives_the_same_bytes_in_any_order_of_keys() {
    let snapshot = snapshot(true);
    let written = canonical::text(&snapshot).unwrap();
    let again: plan::evaluation::Snapshot = serde_json::from_str(&written).unwrap();
    assert_eq!(again, snapshot);
    let rules: Rules = serde_json::from_str(&canonical::text(&Rules::default()).unwrap()).unwrap();
    let (a, b) = (
        canonical::text(&evaluate(&snapshot, &Rules::default()).unwrap()).unwrap(),
        canonical::text(&evaluate(&again, &rules).unwrap()).unwrap(),
    );
    assert!(a == b, "two evaluations of one snapshot differ");
    let mut other = snapshot.clone();
    other.indicators[0].values[0].value += rust_decimal::Decimal::ONE;
    assert_ne!(other.hash().unwrap(), snapshot.hash().unwrap());
}

#[test]
fn missing_provisional_and_incomparable_are_doubts() {
    let mut snapshot = snapshot(false);
    snapshot.indicators[0].values.last_mut().unwrap().provisional = true;
    let found = evaluate(&snapshot, &Rules::default()).unwrap();
    let codes = |no: &str| -> Vec<&str> {
        found
            .doubts
            .iter()
            .filter(|d| d.id == no)
            .map(|d| d.code)
            .collect()
    };
    assert_eq!(codes("1"), ["provisional"]);
    assert!(found.indicators[0].provisional);
    assert_eq!(codes("8"), ["incomparable"], "[44.85%] is no base of an amount");
    assert_eq!(codes("10"), ["incomparable", "missing"]);
    assert_eq!(codes("12"), ["awaiting"]);
    assert_eq!(codes("17"), ["missing"]);
}

#[test]
fn the_veto_is_a_rule_that_can_be_changed() {
    let snapshot = snapshot(false);
    let with = |veto| {
        evaluate(
            &snapshot,
            &Rules {
                veto,
                ..Rules::default()
            },
        )
        .unwrap()
        .score
        .unwrap()
    };
    assert_eq!(with(Veto::Off).grade.zh, "良好");
    assert_eq!(with(Veto::Missed).veto, [9]);
    assert_eq!(
        with(Veto::Behind).veto,
        [2, 9],
        "the yellow binding indicator as well"
    );
}

#[test]
fn what_contradicts_itself_is_refused_with_its_place() {
    let refuse = |change: fn(&mut plan::evaluation::Snapshot, &mut Rules)| {
        let (mut snapshot, mut rules) = (snapshot(false), Rules::default());
        change(&mut snapshot, &mut rules);
        evaluate(&snapshot, &rules).unwrap_err()
    };
    assert!(matches!(
        refuse(|s, _| s.year = 2026),
        EvaluationError::Year { year: 2026, .. }
    ));
    assert!(matches!(
        refuse(|s, _| s.indicators[3].weight = (-1).into()),
        EvaluationError::Weight(4)
    ));
    assert!(matches!(
        refuse(|_, r| r.cap = "甲".to_owned()),
        EvaluationError::Grades { .. }
    ));
    let twice = refuse(|s, _| s.tasks[1].id = s.tasks[0].id.clone());
    assert!(twice.to_string().contains("3.1.1"), "{twice}");
}
