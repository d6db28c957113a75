//! The shared case files, through the follow-up instead of the standards' topics.

use crate::common::{date, indicator, task, value};
use plan::facts::Direction;
use plan::indicators::{Kind, Path, Years, state};
use plan::tasks::{Rules, Status};
use serde_json::Value;

/// The lines of a case file; none where the shared folder is not at hand (then CI fails, and others are told).
fn cases(name: &str) -> Vec<Value> {
    let path = format!(
        "{}/../../../shared/vectors/plan/{name}.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{path} is missing");
        eprintln!("left out: {path} is missing");
        return Vec::new();
    };
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn year(case: &Value, key: &str) -> u16 {
    u16::try_from(case[key].as_u64().unwrap()).unwrap()
}

fn near(got: f64, want: &Value) -> bool {
    let want = want.as_f64().unwrap();
    (got - want).abs() <= 1e-9 * want.abs().max(1.0)
}

#[test]
fn progress_time_index_and_light() {
    for case in cases("progress") {
        let (given, want, id) = (&case["in"], &case["expect"], &case["id"]);
        let years = Years {
            base: year(given, "year0"),
            target: year(given, "year_target"),
        };
        let at = year(given, "year");
        let text = |key: &str| given[key].to_string();
        let mut input = match given["direction"].as_str().unwrap() {
            "cumulative" => indicator(Direction::Cumulative, None, Some(&text("target_total"))),
            "lower" => indicator(Direction::Lower, Some(&text("base")), Some(&text("target"))),
            _ => indicator(Direction::Higher, Some(&text("base")), Some(&text("target"))),
        };
        // The general rule of lights; that of the target year for binding indicators is stricter.
        input.facts.force = plan::facts::Force::Expected;
        match given["annual"].as_array() {
            Some(annual) => {
                for (y, amount) in (years.base + 1..).zip(annual) {
                    input.values.push(value(y, &amount.to_string()));
                }
            }
            None => input.values.push(value(at, &text("current"))),
        }
        let s = state(&input, years, at);
        assert_eq!(s.light.key(), want["light"].as_str().unwrap(), "{id}");
        assert!(near(s.time.0.to_f64(), &want["time"]), "{id}");
        if s.kind == Kind::Keep {
            // The file counts what is kept as 1; it counts so here too, but is shown as kept.
            assert!(
                s.progress.is_none() && near(s.credit.unwrap().0.to_f64(), &want["progress"]),
                "{id}"
            );
            continue;
        }
        assert!(near(s.progress.unwrap().0.to_f64(), &want["progress"]), "{id}");
        assert!(near(s.index.unwrap().0.to_f64(), &want["index"]), "{id}");
    }
}

#[test]
fn values_of_years() {
    for case in cases("annual_value") {
        let (given, id) = (&case["in"], &case["id"]);
        let years = Years {
            base: year(given, "year0"),
            target: year(given, "year_target"),
        };
        let (base, target) = (given["base"].to_string(), given["target"].to_string());
        let up = given["target"].as_f64() > given["base"].as_f64();
        let direction = if up { Direction::Higher } else { Direction::Lower };
        let mut input = indicator(direction, Some(&base), Some(&target));
        if given["mode"] == "geometric" {
            input.path = Path::Geometric;
        }
        let at = year(given, "year");
        let path = state(&input, years, at).path;
        let point = path.iter().find(|p| p.year == at).unwrap();
        let got = point.planned.as_ref().unwrap().0.to_f64();
        let want = case["expect"]["annual_value"].as_f64().unwrap();
        assert!((got - want).abs() <= 1e-8 * want, "{id}: {got} {want}");
    }
}

#[test]
fn lag_of_tasks() {
    for case in cases("task_lag") {
        let (given, want, id) = (&case["in"], &case["expect"], &case["id"]);
        let mut input = task("4.1.1");
        input.due = Some(date(given["due"].as_str().unwrap()));
        if given["done"] == true {
            input.status = Status::Done;
        }
        let s = plan::tasks::state(&input, date(given["today"].as_str().unwrap()), Rules::default());
        assert_eq!(s.level.key(), want["level"].as_str().unwrap(), "{id}");
        assert_eq!(s.late_days, want["lag_days"].as_i64().unwrap(), "{id}");
    }
}
