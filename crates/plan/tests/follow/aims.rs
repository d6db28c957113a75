//! Main aims: what each verdict rests on.

use plan::aims::{Aims, Reading, states};
use plan::facts::{Direction, Force};
use plan::indicators;
use plan::tasks::{Rules, Status, TaskState};
use plan::words::Light;

use crate::common::{YEARS, date, dec, indicator, source, task, value};

const AIMS: &str = r#"
[[aim]]
no = 1
title = "水"
title_en = "Water"
indicators = [1]
tasks = ["5"]
[[aim.statement]]
name = "黑臭水体基本消除"
by = "register"
register = "black_water"
figure = "open"
at_most = "0"
unverified = true
[[aim.statement]]
name = "达到指标"
by = "indicator"
indicator = 1

[[aim]]
no = 2
title = "无据"
indicators = []
tasks = ["9"]

[serves]
1 = ["5.1"]
"#;

fn aims() -> Aims {
    toml::from_str(AIMS).unwrap()
}

fn water(known: Option<&str>, force: Force) -> indicators::IndicatorState {
    let mut input = indicator(Direction::Higher, Some("30"), Some("60"));
    input.facts.force = force;
    input.values = known.map(|v| value(2025, v)).into_iter().collect();
    indicators::state(&input, YEARS, 2025)
}

fn done(id: &str) -> TaskState {
    let mut input = task(id);
    input.status = Status::Done;
    plan::tasks::state(&input, date("2025-12-31"), Rules::default())
}

fn reading(value: &str) -> Reading {
    Reading {
        aim: 1,
        statement: "黑臭水体基本消除".to_owned(),
        value: dec(value),
        source: source("figure/black_water/open"),
    }
}

#[test]
fn an_aim_is_met_where_all_that_stands_for_it_is() {
    let found = states(
        &aims(),
        &[water(Some("61"), Force::Binding)],
        &[done("5.1.3")],
        &[reading("0")],
        true,
    );
    let aim = &found[0];
    assert_eq!(aim.light, Light::Green, "{}", aim.reason.zh);
    assert_eq!(
        aim.statements.iter().map(|s| s.met).collect::<Vec<_>>(),
        [Some(true), Some(true)]
    );
    assert_eq!(
        aim.reason.zh,
        "指标 1 项，正常 1、落后 0；任务 1 项，正常 1、落后 0；黑臭水体基本消除：达到；达到指标：达到"
    );
    assert!(aim.statements[0].unverified && aim.statements[1].source.is_some());
    assert_eq!(found[1].light, Light::Grey, "nothing speaks for the second");
}

#[test]
fn a_binding_indicator_or_a_broken_statement_makes_it_red() {
    let light = |value, force, left: &str, over| {
        let indicators = [water(value, force)];
        states(&aims(), &indicators, &[], &[reading(left)], over)[0].light
    };
    assert_eq!(light(Some("50"), Force::Binding, "0", true), Light::Red);
    assert_eq!(
        light(Some("61"), Force::Binding, "2", true),
        Light::Red,
        "two are left"
    );
    assert_eq!(
        light(Some("61"), Force::Binding, "2", false),
        Light::Yellow,
        "not yet"
    );
    // An expected indicator that is far behind: the aim is not lost, the statement that rests on it is.
    assert_eq!(light(Some("31"), Force::Expected, "0", false), Light::Yellow);
    assert_eq!(
        light(None, Force::Binding, "0", true),
        Light::Green,
        "the statement holds"
    );
    let nothing = states(&aims(), &[water(None, Force::Binding)], &[], &[], true);
    assert_eq!(nothing[0].light, Light::Grey);
    assert!(nothing[0].reason.zh.contains("黑臭水体基本消除：无法判定"));
}

#[test]
fn tasks_work_towards_indicators_by_place() {
    let aims = aims();
    assert!(aims.serves("5.1.3", 1) && !aims.serves("5.2.0", 1) && !aims.serves("5.10.1", 1));
    assert!(aims.aim[0].has("5.2.0") && !aims.aim[0].has("9.1.1"));
}
