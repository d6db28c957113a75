//! The simulated five years of the first district, end to end on the store: figures flow from the registers into indicators, the
//! mid-term and the final evaluation agree with the hand calculation, reports come out the same again, every figure opens.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops at what it did not expect"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Bench, at};
use model::ids::UnitCode;
use plan::evaluation::{IndicatorVerdict, TaskVerdict};
use plan::indicators::{Origin, Reach};
use plan::report::Remarks;
use plan::words::Light;
use progress::{Kind, Level, Part};
use report::document::{Align, Block, Cell, Table};
use store::plan::EvaluationState;

/// Progress and light of an indicator, by hand: `plan_eval.md` 2 with T = 3/5 and 5/5.
const MIDTERM: [(u32, &str, Option<&str>, Light); 6] = [
    // (48 − 54)/(42 − 54) = 0.5; 0.36 ≤ 0.5 < 0.55
    (1, "48", Some("0.5"), Light::Yellow),
    // No base: 62.5 has not reached 65.3, the goal of the year (62) is met.
    (2, "62.5", None, Light::Green),
    // (46 − 32)/(55 − 32) = 14/23
    (7, "46", Some("0.608695652174"), Light::Green),
    // 210.4 + 455 + 402.6 + 180 = 1248 of 2061.6
    (8, "1248", Some("0.605355064028"), Light::Green),
    // 120 + 260.5 + 295 + 45 + 60.2 = 780.7 of 1549: 0.504, T − 0.05 = 0.55
    (9, "780.7", Some("0.504002582311"), Light::Yellow),
    // 3.61 → 4.1 assigned: (3.90 − 3.61)/0.49
    (18, "3.9", Some("0.591836734694"), Light::Green),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_years_are_judged_as_by_hand() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let rows = plan.evaluations(false).await.unwrap();
    let of = |kind: &str| rows.iter().find(|r| r.kind == kind).unwrap();
    let midterm = plan.evaluation(of("midterm").id).await.unwrap();
    assert_eq!(
        (midterm.row.year, midterm.row.cutoff.as_str()),
        (2023, "2023-12-31")
    );
    assert_eq!(midterm.row.state, EvaluationState::Published);
    for (no, current, progress, light) in MIDTERM {
        let judged = midterm
            .evaluation()
            .indicators
            .iter()
            .find(|i| i.state.no == no)
            .unwrap();
        let state = &judged.state;
        let shown = (
            state.current.as_ref().unwrap().to_string(),
            state.progress.as_ref().map(ToString::to_string),
        );
        assert_eq!(
            shown,
            (current.to_owned(), progress.map(str::to_owned)),
            "indicator {no}"
        );
        assert_eq!(state.light, light, "indicator {no}: {:?}", state.reason);
    }
    // The score again: 100·Σ w·min(1, max(0, P/T)) / Σ w over what has a value.
    let score = midterm.evaluation().score.as_ref().unwrap();
    let (mut sum, mut weights) = (0.0, 0.0);
    for counted in &score.counted {
        if let Some(credit) = &counted.credit {
            let weight: f64 = counted.weight.to_string().parse().unwrap();
            sum += weight * credit.to_string().parse::<f64>().unwrap();
            weights += weight;
        }
    }
    let value: f64 = score.value.to_string().parse().unwrap();
    assert!((value - 100.0 * sum / weights).abs() < 1e-6, "{value}");

    let last = plan.evaluation(of("final").id).await.unwrap();
    let verdict = |no: u32| {
        let found = last
            .evaluation()
            .indicators
            .iter()
            .find(|i| i.state.no == no)
            .unwrap();
        (
            found.verdict,
            found.state.current.as_ref().map(ToString::to_string),
        )
    };
    assert_eq!(
        verdict(1),
        (IndicatorVerdict::Missed, Some("43".to_owned())),
        "43 > 42 and binding"
    );
    assert_eq!(verdict(7), (IndicatorVerdict::Met, Some("57.1".to_owned())));
    assert_eq!(verdict(8), (IndicatorVerdict::Met, Some("2097.7".to_owned())));
    assert_eq!(
        verdict(9),
        (IndicatorVerdict::Missed, Some("1449".to_owned())),
        "0.935 of 1549"
    );
    assert_eq!(verdict(10), (IndicatorVerdict::Met, Some("1021.5".to_owned())));
    assert_eq!(verdict(11), (IndicatorVerdict::Met, Some("30.9".to_owned())));
    assert_eq!(verdict(6).0, IndicatorVerdict::Awaiting);
    let score = last.evaluation().score.as_ref().unwrap();
    assert!(
        score.veto.contains(&1) && score.veto.contains(&9),
        "{:?}",
        score.veto
    );
    let done = last
        .evaluation()
        .completion
        .tasks
        .get(&TaskVerdict::Done)
        .copied()
        .unwrap_or(0);
    assert!(done > 50, "most tasks are done: {done}");
    assert!(
        last.evaluation().behind.iter().all(|b| !b.units.is_empty()),
        "somebody answers for each"
    );
    assert_eq!(last.evaluation().tasks.len(), plan.facts().tasks.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_comes_out_the_same_and_every_figure_opens() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let row = plan
        .evaluations(false)
        .await
        .unwrap()
        .into_iter()
        .find(|r| r.kind == "midterm")
        .unwrap();
    let (_, frozen) = plan.frozen(row.id).await.unwrap();
    assert_eq!(store::plan::snapshot_name(&frozen.text().unwrap()), row.snapshot);
    for part in [Part::Docx, Part::Pdf] {
        let first = frozen.file(part).unwrap();
        assert!(first.len() > 10_000);
        // Later, after everything else went on, from what was stored.
        let (_, again) = plan.frozen(row.id).await.unwrap();
        assert!(again.file(part).unwrap() == first, "{part:?} differs");
    }
    let document = frozen.document().unwrap();
    let keys = marked(&document);
    assert!(
        keys.iter().any(|k| k.starts_with("cuts/8/"))
            && keys.iter().any(|k| k.starts_with("record/plan_value/"))
            && keys.iter().any(|k| k.ends_with("/open_orders"))
            && keys.contains("plan/indicators"),
        "{keys:?}"
    );
    for key in &keys {
        let found = plan.provenance(key, |_| true, bench.now).await.unwrap();
        assert!(found.record.is_some() || !found.rows.is_empty(), "{key}");
        assert!(!found.cut, "{key}");
    }
    let cuts = plan.provenance("cuts/8/2023", |_| true, bench.now).await.unwrap();
    let sum: f64 = cuts
        .rows
        .iter()
        .map(|r| r[3].as_ref().unwrap().parse::<f64>().unwrap())
        .sum();
    assert!((sum - 582.6).abs() < 1e-9, "402.6 + 180.0: {sum}");
    assert_eq!(
        cuts.value.as_deref(),
        Some("582.6"),
        "the rows add up to it again"
    );
    for nothing in [
        "cuts/99/2023",
        "nothing",
        "evaluation/final/2023/1/orders",
        "evaluation/mid_term/2023/9/orders",
        "evaluation/mid_term/2023/1/other",
        "evaluation/mid_term/x/1/orders",
    ] {
        let found = plan.provenance(nothing, |_| true, bench.now).await;
        assert!(found.is_err(), "{nothing}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_measured_becomes_the_indicator() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let rows = plan.evaluations(false).await.unwrap();
    let last = rows.iter().find(|r| r.kind == "final").unwrap();
    let made = plan.evaluation(last.id).await.unwrap();
    let state = |no: u32| {
        let found = made.evaluation().indicators.iter().find(|i| i.state.no == no);
        found.unwrap().state.clone()
    };
    for (no, key, value) in [
        (1, "air/1/2025", "43"),
        (2, "air/2/2025", "66"),
        (3, "water/3/2025", "0"),
        (4, "water/4/2025", "0"),
    ] {
        let state = state(no);
        let given = state.given.last().unwrap();
        assert_eq!(
            (given.origin, given.source.key.as_str()),
            (Origin::Evaluated, key)
        );
        assert_eq!(given.value.normalize().to_string(), value);
        assert!(
            !state.doubts.iter().any(|d| d.code == "conflict"),
            "{no}: {:?}",
            state.doubts
        );
        let found = plan.provenance(key, |_| true, bench.now).await.unwrap();
        assert_eq!(found.value.as_deref(), Some(value), "{key}");
        let number = |cell: &Option<String>| cell.as_deref().unwrap().parse::<u32>().unwrap();
        match no {
            // The days by hand: their mean, and how many have an AQI of 100 or less.
            1 => {
                let sum: u32 = found.rows.iter().map(|r| number(&r[1])).sum();
                assert_eq!((sum, found.rows.len()), (43 * 365, 365));
            }
            2 => {
                let good = found.rows.iter().filter(|r| number(&r[2]) <= 100).count();
                assert_eq!((good, found.rows.len()), (241, 365));
            }
            _ => {
                let classes: Vec<_> = found.rows.iter().map(|r| r[2].as_deref().unwrap()).collect();
                assert_eq!(classes, vec!["IV"; if no == 3 { 2 } else { 3 }], "{key}");
            }
        }
    }
    // In the autumn of the last year: what room the rest of the year leaves, and where it is heading.
    let on = "2025-09-30".parse().unwrap();
    let day = plan.day(on, bench.now).await.unwrap();
    let of = |no: u32| day.board.indicators.iter().find(|i| i.no == no).unwrap();
    let room = of(1).room.as_ref().unwrap();
    assert_eq!((room.year, room.through, room.remaining), (2025, on, 92));
    let days = plan
        .provenance("air/1/2025", |_| true, bench.now)
        .await
        .unwrap()
        .rows;
    let so_far: f64 = days[..273]
        .iter()
        .map(|r| r[1].as_deref().unwrap().parse::<f64>().unwrap())
        .sum();
    let left: f64 = room.left.to_string().parse().unwrap();
    assert!(
        (left - (42.0 * 365.0 - so_far) / 92.0).abs() < 1e-6,
        "{left}, {so_far}: {}",
        room.formula
    );
    let end = of(1).year_end.as_ref().unwrap();
    assert_eq!((end.year, end.reach), (2025, Some(Reach::No)), "{end:?}");
    let few = of(2).room.as_ref().unwrap();
    let bad = days[..273]
        .iter()
        .filter(|r| r[2].as_deref().unwrap().parse::<u16>().unwrap() > 100)
        .count();
    // ⌊365 × 34.7 %⌋ = 126 bad days are allowed.
    assert_eq!(
        few.left.to_string(),
        (126 - i64::try_from(bad).unwrap()).to_string(),
        "{}",
        few.formula
    );
    // Once the plan's years are over there is no room of it left to speak of.
    let day = plan.day("2026-11-01".parse().unwrap(), bench.now).await.unwrap();
    assert!(
        day.board
            .indicators
            .iter()
            .all(|i| i.room.is_none() && i.year_end.is_none())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_aims_are_judged_by_what_stands_for_them() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let rows = plan.evaluations(false).await.unwrap();
    let last = rows.iter().find(|r| r.kind == "final").unwrap();
    let made = plan.evaluation(last.id).await.unwrap();
    let aims = &made.evaluation().aims;
    assert_eq!(aims.iter().map(|a| a.no).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let quality = &aims[1];
    assert_eq!(quality.light, Light::Red, "PM2.5 and VOCs are binding and missed");
    assert_eq!(quality.indicator_lights.total(), 11);
    let met: Vec<_> = quality.statements.iter().map(|s| (s.met, s.value)).collect();
    // No day of 2025 has an AQI above 200; the list of black water bodies is empty here and says nothing; 4 and 5 are reached.
    let zero = Some(rust_decimal::Decimal::ZERO);
    assert_eq!(
        met,
        [
            (Some(true), zero),
            (None, None),
            (Some(true), None),
            (Some(true), None)
        ]
    );
    for statement in &quality.statements {
        if let Some(source) = &statement.source {
            assert!(
                plan.provenance(&source.key, |_| true, bench.now).await.is_ok(),
                "{}",
                source.key
            );
        }
    }
    let words = serde_json::to_string(&made.frozen().document().unwrap()).unwrap();
    assert!(
        words.contains("主要目标实现情况") && words.contains("重污染天气基本消除：达到"),
        "{words:.200}"
    );
    // Every task and indicator of the plan stands under an aim, and under one only.
    let facts = plan.facts();
    for task in &facts.tasks {
        let under = facts.aims.aim.iter().filter(|a| a.has(&task.id)).count();
        assert_eq!(under, 1, "{}", task.id);
    }
    for indicator in &facts.indicators {
        let under = facts
            .aims
            .aim
            .iter()
            .filter(|a| a.indicators.contains(&indicator.no))
            .count();
        assert_eq!(under, 1, "{}", indicator.no);
        assert!(
            facts.tasks.iter().any(|t| facts.aims.serves(&t.id, indicator.no)),
            "{}",
            indicator.no
        );
    }
}

/// Keys of the sources a report names; every figure that stands in a column of figures has a mark, every mark a source.
fn marked(document: &report::Document) -> BTreeSet<String> {
    let tables = |blocks: &[Block]| -> Vec<Table> {
        let found = blocks.iter().filter_map(|b| match b {
            Block::Table(table) => Some(table.clone()),
            _ => None,
        });
        found.collect()
    };
    let mut all = tables(&document.body);
    for annex in &document.annexes {
        all.extend(tables(&annex.body));
    }
    let sources = all.pop().unwrap();
    assert_eq!(sources.caption, "数据来源表");
    let text = |cell: &Cell| cell.runs.iter().map(|r| r.text.as_str()).collect::<String>();
    let numbers: BTreeSet<String> = sources.rows.iter().map(|r| text(&r[0])).collect();
    for (table, row) in all.iter().flat_map(|t| t.rows.iter().map(move |r| (t, r))) {
        for cell in row {
            let marks: Vec<u32> = cell.runs.iter().filter_map(|r| r.mark).collect();
            let figure = cell.align == Align::Right && text(cell).contains(|c: char| c.is_ascii_digit());
            assert!(!figure || !marks.is_empty(), "{}: {}", table.caption, text(cell));
            for mark in marks {
                assert!(
                    numbers.contains(&format!("[{mark}]")),
                    "{}: {mark}",
                    table.caption
                );
            }
        }
    }
    sources.rows.iter().map(|r| text(r.last().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_opens_to_the_records_it_counted_whatever_becomes_of_them() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let made = plan
        .make(Kind::Midterm, 2023, Remarks::default(), true, "eeb", bench.now)
        .await
        .unwrap();
    assert_eq!((made.row.version, made.frozen().snapshot.figures.len()), (2, 6));
    let of = |name: &str| format!("evaluation/mid_term/2023/2/{name}");
    let mut counts = BTreeMap::new();
    for figure in &made.frozen().snapshot.figures {
        let found = plan
            .provenance(&figure.source.key, |_| true, bench.now)
            .await
            .unwrap();
        assert_eq!(Some(found.rows.len().into()), figure.value, "{}", figure.name);
        assert_eq!(found.value, figure.value.map(|v| v.to_string()));
        let ids: BTreeSet<_> = found.rows.iter().map(|r| r[0].clone().unwrap()).collect();
        assert_eq!(ids.len(), found.rows.len(), "{}: each once", figure.name);
        counts.insert(figure.source.key.clone(), found.rows);
    }
    let measures = &counts[&of("measures")];
    assert!(measures.len() > 50, "{}", measures.len());
    // By hand: a measure counts that has begun by the closing day and is no draft.
    let kept = plan.kept().await.unwrap();
    let closing: jiff::civil::Date = "2023-12-31".parse().unwrap();
    for m in &kept.measures {
        let counted = measures
            .iter()
            .any(|r| r[0].as_deref() == Some(m.head.id.as_str()));
        assert_eq!(
            counted,
            m.start <= closing && m.head.state != "draft",
            "{}",
            m.head.id
        );
    }
    let (late, returns) = (&counts[&of("late_returns")], &counts[&of("returns")]);
    assert!(late.len() <= returns.len() && late.iter().all(|r| returns.contains(r)));
    // Out of sight means not there.
    let hidden = plan.provenance(&of("measures"), |_| false, bench.now).await;
    assert!(hidden.is_err());
    // A record that goes on afterwards does not move what was counted.
    let done = kept
        .measures
        .iter()
        .find(|m| m.head.state == "done" && m.start <= closing)
        .unwrap();
    bench
        .reopen_measure(done.head.id.as_str(), done.head.revision)
        .await;
    let again = plan
        .provenance(&of("measures"), |_| true, bench.now)
        .await
        .unwrap();
    assert_eq!(&again.rows, measures);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_frozen_does_not_move_with_the_registers() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let kind = Kind::Midterm;
    let before = plan
        .evaluations(false)
        .await
        .unwrap()
        .into_iter()
        .find(|r| r.kind == "midterm")
        .unwrap();
    let text = plan.frozen(before.id).await.unwrap().1.text().unwrap();
    bench.change_value("sim-value-2023-1", "44").await;
    assert_eq!(plan.frozen(before.id).await.unwrap().1.text().unwrap(), text);
    let next = plan
        .make(kind, 2023, Remarks::default(), true, "eeb", bench.now)
        .await
        .unwrap();
    assert_eq!(next.row.version, 2);
    let one = next
        .evaluation()
        .indicators
        .iter()
        .find(|i| i.state.no == 1)
        .unwrap();
    assert_eq!(one.state.current.as_ref().unwrap().to_string(), "44");
    assert_eq!(one.state.light, Light::Green, "(44 − 54)/(42 − 54) = 10/12");
    for wrong in [
        (Kind::Midterm, 2022),
        (Kind::Final, 2023),
        (Kind::Yearly, 2020),
        (Kind::Yearly, 2026),
    ] {
        assert!(
            plan.make(wrong.0, wrong.1, Remarks::default(), true, "eeb", bench.now)
                .await
                .is_err(),
            "{wrong:?}"
        );
    }
    let early = plan
        .make(
            Kind::Final,
            2025,
            Remarks::default(),
            true,
            "eeb",
            at("2025-12-31"),
        )
        .await;
    assert!(early.is_err(), "the year is not over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_sees_what_is_behind_who_and_why() {
    let bench = Bench::seeded().await;
    let day = bench
        .plan
        .day("2025-12-31".parse().unwrap(), bench.now)
        .await
        .unwrap();
    let board = &day.board;
    let first = &board.behind[0];
    assert_eq!((first.rank, first.light), (1, Light::Red), "{first:?}");
    assert!(!first.units.is_empty() && !first.reason.zh.is_empty() && !first.reason.en.is_empty());
    let late = board.late(&day.kept, &bench.plan.follow().rules.escalation);
    assert!(
        late.windows(2).all(|w| w[0].late >= w[1].late),
        "the latest first"
    );
    assert!(
        late.iter().any(|l| l.level == Some(Level::Interview)) && late.iter().all(|l| !l.units.is_empty())
    );
    // Earlier days are told as they were: in 2022 nothing of 2024 is late.
    let earlier = bench
        .plan
        .day("2022-06-30".parse().unwrap(), bench.now)
        .await
        .unwrap();
    assert!(
        earlier
            .board
            .tasks
            .iter()
            .all(|t| t.late.iter().all(|d| d.due.year() < 2023))
    );
    assert_eq!(earlier.board.year, 2021);
    let town = UnitCode::new("371503002");
    let own = &earlier.board.units[&town];
    assert_eq!(own.leads.total(), 0, "a town leads nothing");
    let measures = day.kept.measures.iter().filter(|m| m.unit == town).count();
    assert!(measures >= 4, "and takes part: {measures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duties_are_scored_and_an_appeal_changes_one() {
    let bench = Bench::seeded().await;
    let row = bench.plan.assessments().await.unwrap().remove(0);
    let made = bench.plan.assessment(row.id).await.unwrap();
    assert!(made.units.len() > 20);
    let places: Vec<u32> = made.units.iter().map_while(|u| u.result.rank).collect();
    assert!(places.is_sorted() && places.len() > 20, "{places:?}");
    assert!(
        (made.units.iter().skip(places.len()))
            .all(|u| !u.result.missing.is_empty() && u.result.grade.is_none()),
        "whoever has no place lacks a value"
    );
    let first_town = bench.plan.towns().next().unwrap();
    let appealed = made.units.iter().find(|u| u.result.unit == *first_town).unwrap();
    let changed = appealed
        .result
        .items
        .iter()
        .find(|i| i.adjusted.is_some())
        .unwrap();
    assert_eq!(changed.points.as_ref().unwrap().to_string(), "20");
    assert!(changed.before.is_some());
    let dispatch = made
        .units
        .iter()
        .flat_map(|u| &u.result.items)
        .find(|i| i.formula.contains("/ 2"));
    assert!(dispatch.is_some(), "two rounds a year are counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeding_twice_changes_nothing() {
    let bench = Bench::seeded().await;
    assert!(bench.seeded > 1_000, "{}", bench.seeded);
    assert_eq!(bench.plan.seed_demo(&bench.demo, bench.now).await.unwrap(), 0);
    assert_eq!(bench.plan.evaluations(false).await.unwrap().len(), 2);
}
