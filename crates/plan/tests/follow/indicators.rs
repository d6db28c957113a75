//! Kinds, lights, room and forecasts of single indicators.

use crate::common::{YEARS, date, dec, indicator, source, value};
use plan::facts::{Direction, Side};
use plan::indicators::{
    IndicatorInput, Kind, Origin, Path, Reach, Rebased, RestDays, RestMean, Running, RunningFigure, Scope,
    YearGoal, state,
};
use plan::words::Light;
use proptest::prelude::*;

fn with(mut input: IndicatorInput, values: &[(u16, &str)]) -> IndicatorInput {
    input.values = values.iter().map(|(y, v)| value(*y, v)).collect();
    input
}

fn running(through: &str, figure: RunningFigure) -> Running {
    Running {
        through: date(through),
        figure,
        source: source("running"),
    }
}

#[test]
fn base_and_target_decide_the_kind() {
    let kind = |input: &IndicatorInput| state(input, YEARS, 2023).kind;
    assert_eq!(
        kind(&indicator(Direction::Lower, Some("54"), Some("42"))),
        Kind::Towards
    );
    assert_eq!(
        kind(&indicator(Direction::Higher, None, Some("65.3"))),
        Kind::Threshold
    );
    assert_eq!(
        kind(&indicator(Direction::Keep, Some("0"), Some("0"))),
        Kind::Keep
    );
    assert_eq!(
        kind(&indicator(Direction::Higher, Some("5"), Some("5"))),
        Kind::Keep
    );
    assert_eq!(
        kind(&indicator(Direction::Higher, Some("66"), Some("65.3"))),
        Kind::Keep,
        "already beyond"
    );
    assert_eq!(kind(&indicator(Direction::Zero, None, Some("0"))), Kind::Zero);
    assert_eq!(
        kind(&indicator(Direction::Lower, Some("30"), None)),
        Kind::Awaiting
    );
    let mut restated = indicator(Direction::Lower, Some("54"), Some("42"));
    restated.facts.restated = true;
    assert_eq!(kind(&restated), Kind::Incomparable);
    restated.rebased = Some(Rebased {
        value: dec("56"),
        source: source("rebased"),
    });
    assert_eq!(
        kind(&restated),
        Kind::Towards,
        "a recomputed base can be compared"
    );
    let mut cut = indicator(Direction::Lower, None, Some("42"));
    cut.facts.base_cut = Some(dec("13.43"));
    assert_eq!(kind(&cut), Kind::Incomparable);
}

#[test]
fn what_is_kept_or_cannot_be_compared_has_no_percentage() {
    for (base, target) in [(Some("5"), "5"), (Some("6"), "5"), (None, "5")] {
        let mut input = with(indicator(Direction::Higher, base, Some(target)), &[(2023, "7")]);
        let s = state(&input, YEARS, 2023);
        assert_eq!((s.progress, s.index, s.light), (None, None, Light::Green));
        assert!(!s.reason.zh.contains('%') && !s.explanation.conclusion.zh.contains("100"));
        input.values[0].value = dec("4");
        let s = state(&input, YEARS, 2023);
        let want = if base.is_some() { Light::Red } else { Light::Yellow };
        assert_eq!((s.light, s.reached), (want, Some(false)));
    }
}

#[test]
fn a_kept_value_that_moves_needs_its_better_side() {
    let mut input = with(indicator(Direction::Keep, Some("0"), Some("0")), &[(2023, "10")]);
    let s = state(&input, YEARS, 2023);
    assert_eq!((s.light, s.reached, s.credit), (Light::Yellow, None, None));
    assert_eq!(s.doubts[0].code, "conflict");
    input.facts.better = Some(Side::Higher);
    assert_eq!(state(&input, YEARS, 2023).light, Light::Green);
}

#[test]
fn a_threshold_before_its_year_is_held_against_the_goal_of_the_year() {
    let mut input = with(indicator(Direction::Higher, None, Some("65.3")), &[(2023, "64")]);
    let goal = |text: &str| {
        vec![YearGoal {
            year: 2023,
            value: dec(text),
            source: source("goal"),
        }]
    };
    input.goals = goal("63.5");
    assert_eq!(state(&input, YEARS, 2023).light, Light::Green);
    input.goals = goal("64.5");
    assert_eq!(state(&input, YEARS, 2023).light, Light::Red);
    assert!(!state(&input, YEARS, 2023).year_check.unwrap().met);
    assert_eq!(
        state(&with(input, &[(2025, "65")]), YEARS, 2025).light,
        Light::Red
    );
}

#[test]
fn missing_is_never_zero() {
    let input = with(
        indicator(Direction::Lower, Some("54"), Some("42")),
        &[(2022, "47")],
    );
    let s = state(&input, YEARS, 2023);
    assert_eq!((s.light, s.current, s.credit), (Light::Grey, None, None));
    assert_eq!(input.newest(2023), Some(2022));
    assert_eq!(state(&input, YEARS, 2022).light, Light::Green);
    // 300 of 500 is a lower bound: green is sure, anything less cannot be said.
    let sum = |values| {
        state(
            &with(indicator(Direction::Cumulative, None, Some("500")), values),
            YEARS,
            2023,
        )
    };
    assert_eq!(sum(&[(2021, "300")]).light, Light::Green);
    let grey = sum(&[(2021, "100")]);
    assert_eq!((grey.light, grey.credit, grey.reached), (Light::Grey, None, None));
    assert_eq!(grey.progress.unwrap().to_string(), "0.2");
}

#[test]
fn of_several_values_the_platforms_own_and_final_one_counts() {
    let mut input = with(
        indicator(Direction::Lower, Some("54"), Some("42")),
        &[(2023, "46"), (2023, "45"), (2023, "9")],
    );
    input.values[0].origin = Origin::Reported;
    input.values[2].scope = Scope::Former;
    let s = state(&input, YEARS, 2023);
    assert_eq!(s.current.unwrap().to_string(), "45");
    let codes: Vec<&str> = s.doubts.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["restated", "conflict"]);
    input.values[1].unit = Some("mg/m³".to_owned());
    let s = state(&input, YEARS, 2023);
    assert_eq!(s.current.unwrap().to_string(), "46", "another unit is left out");
    assert!(s.doubts.iter().any(|d| d.code == "unit"));
}

#[test]
fn room_of_an_annual_mean() {
    let mut input = indicator(Direction::Lower, Some("54"), Some("42"));
    // 2025, 300 valid days at 40 until 27 October, 65 days left: (42 × 365 − 40 × 300) / 65 = 3330/65.
    let figure = |mean: &str, before| RunningFigure::Mean {
        mean: dec(mean),
        days: 300,
        before,
    };
    input.running = Some(running("2025-10-27", figure("40", Vec::new())));
    let room = state(&input, YEARS, 2024).room.unwrap();
    assert_eq!((room.remaining, room.feasible), (65, true));
    assert_eq!(room.left.fixed(4), "51.2308");
    assert_eq!(room.formula, "(42 × 365 − 40 × 300) / 65");
    // 60 × 300 > 42 × 365: even zeros do not help.
    input.running = Some(running("2025-10-27", figure("60", Vec::new())));
    assert!(!state(&input, YEARS, 2024).room.unwrap().feasible);
    // A year before the last is held against its path: 54 − 12 × 4/5 = 44.4.
    input.running = Some(running("2024-12-30", figure("40", Vec::new())));
    let room = state(&input, YEARS, 2023).room.unwrap();
    assert_eq!(
        (room.against.value().to_string().as_str(), room.remaining),
        ("44.4", 1)
    );
    // The year's end: (40 × 300 + 70 × 65)/365 and (40 × 300 + 80 × 65)/365.
    let before = vec![
        RestMean {
            year: 2023,
            mean: dec("70"),
        },
        RestMean {
            year: 2024,
            mean: dec("80"),
        },
    ];
    input.running = Some(running("2025-10-27", figure("40", before)));
    let end = state(&input, YEARS, 2024).year_end.unwrap();
    assert_eq!(
        [&end.low, &end.value, &end.high].map(|n| n.fixed(4)),
        ["45.3425", "46.2329", "47.1233"]
    );
    assert_eq!(end.reach, Some(Reach::No));
}

#[test]
fn room_of_a_ratio_of_good_days() {
    let mut input = indicator(Direction::Higher, None, Some("65.3"));
    input.facts.unit = Some("%".to_owned());
    let figure = |good, bad, before| RunningFigure::Days { good, bad, before };
    // 365 × 34.7 % = 126.655: 126 bad days in the year, 110 used.
    input.running = Some(running("2025-10-27", figure(190, 110, Vec::new())));
    let room = state(&input, YEARS, 2024).room.unwrap();
    assert_eq!((room.left.to_string().as_str(), room.feasible), ("16", true));
    input.running = Some(running("2025-10-27", figure(170, 130, Vec::new())));
    let room = state(&input, YEARS, 2024).room.unwrap();
    assert_eq!((room.left.to_string().as_str(), room.feasible), ("-4", false));
    assert!(
        room.text.zh.contains("64.4 %"),
        "(170 + 65)/365: {}",
        room.text.zh
    );
    // (190 + 65 × 40/65)/365 = 230/365.
    let before = vec![RestDays {
        year: 2024,
        good: 40,
        bad: 25,
    }];
    input.running = Some(running("2025-10-27", figure(190, 110, before)));
    let end = state(&input, YEARS, 2024).year_end.unwrap();
    assert_eq!(
        (end.value.fixed(3).as_str(), end.reach),
        ("63.014", Some(Reach::No))
    );
}

#[test]
fn room_of_an_amount_and_of_a_level() {
    let mut input = with(
        indicator(Direction::Cumulative, None, Some("958.3")),
        &[(2021, "200"), (2022, "200"), (2023, "200"), (2024, "200")],
    );
    input.running = Some(running(
        "2025-06-30",
        RunningFigure::Amount {
            so_far: dec("100"),
            before: Vec::new(),
        },
    ));
    assert_eq!(state(&input, YEARS, 2024).room.unwrap().left.to_string(), "58.3");
    input.values.remove(1);
    assert!(
        state(&input, YEARS, 2024).room.is_none(),
        "a missing year is no zero"
    );
    let mut level = indicator(Direction::Higher, Some("32"), Some("55"));
    level.running = Some(running("2025-06-30", RunningFigure::Level { value: dec("50.5") }));
    assert_eq!(state(&level, YEARS, 2024).room.unwrap().left.to_string(), "4.5");
}

#[test]
fn the_path_is_linear_or_geometric() {
    let mut input = indicator(Direction::Lower, Some("50"), Some("32"));
    let plan = |input: &IndicatorInput| -> Vec<String> {
        state(input, YEARS, 2021)
            .path
            .iter()
            .map(|p| p.planned.as_ref().unwrap().fixed(3))
            .collect()
    };
    assert_eq!(
        plan(&input),
        ["50.000", "46.400", "42.800", "39.200", "35.600", "32.000"]
    );
    input.path = Path::Geometric;
    // 50 · (32/50)^(1/5) = 45.7305…
    assert_eq!(plan(&input)[1], "45.731");
    assert_eq!(plan(&input)[5], "32.000");
}

proptest! {
    #[test]
    fn progress_is_the_same_whichever_way_is_better(b in 1_i64..500, g in 1_i64..500, x in 1_i64..500) {
        prop_assume!(b != g);
        let direction = if g > b { Direction::Higher } else { Direction::Lower };
        let (b, g, x) = (b.to_string(), g.to_string(), x.to_string());
        let up = with(indicator(direction, Some(&b), Some(&g)), &[(2023, &x)]);
        let s = state(&up, YEARS, 2023);
        // The mirror image: every figure taken from 1000, the other side better.
        let mirror = |text: &str| (1000 - text.parse::<i64>().unwrap()).to_string();
        let other = if direction == Direction::Higher { Direction::Lower } else { Direction::Higher };
        let down = with(indicator(other, Some(&mirror(&b)), Some(&mirror(&g))), &[(2023, &mirror(&x))]);
        let m = state(&down, YEARS, 2023);
        prop_assert_eq!(s.kind, Kind::Towards);
        prop_assert_eq!(s.progress, m.progress);
        prop_assert_eq!((s.light, s.reached, s.credit), (m.light, m.reached, m.credit));
    }

    #[test]
    fn keeping_to_the_allowed_mean_meets_the_target(mean in 0_u32..60, days in 200_u16..300) {
        let mut input = indicator(Direction::Lower, Some("54"), Some("42"));
        let figure = RunningFigure::Mean { mean: mean.into(), days, before: Vec::new() };
        input.running = Some(running("2025-10-27", figure));
        let room = state(&input, YEARS, 2024).room.unwrap();
        let e = |n: i64| standards::num::Exact::int(n);
        let sum = &(&e(mean.into()) * &e(days.into())) + &(&room.left.0 * &e(65));
        prop_assert_eq!(sum, &e(42) * &e(i64::from(days) + 65));
        prop_assert_eq!(room.feasible, !room.left.0.is_negative());
    }

    #[test]
    fn one_bad_day_more_than_allowed_misses_the_ratio(good in 0_u16..300, bad in 0_u16..100) {
        let mut input = indicator(Direction::Higher, None, Some("65.3"));
        input.running = Some(running("2025-10-27", RunningFigure::Days { good, bad, before: Vec::new() }));
        let room = state(&input, YEARS, 2024).room.unwrap();
        let all = i64::from(good) + i64::from(bad) + 65;
        let left = room.left.0.to_i64().unwrap();
        let ratio_met = |more: i64| 1000 * (all - i64::from(bad) - more) >= 653 * all;
        prop_assert!(ratio_met(left));
        prop_assert!(!ratio_met(left + 1));
    }
}
