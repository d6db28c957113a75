//! Due periods: marked by changes, taken in order, kept when marked again.

use model::time::Grain;
use store::dirty::DuePeriod;
use store::observations::NewObservation;

use crate::bench::{Bench, at, key, noon};

on_both![
    are_taken_oldest_first_and_only_those_that_began_before,
    marked_again_while_being_evaluated_they_stay_due,
    a_derived_hour_makes_its_day_due_but_not_itself,
];

async fn are_taken_oldest_first_and_only_those_that_began_before(bench: &Bench) {
    let id = bench.subject("a").await;
    let due = |grain, start| DuePeriod {
        grain,
        start: at(start),
        subject: id,
    };
    let periods = [
        due(Grain::Hour, "20261124110000"),
        due(Grain::Hour, "20261124090000"),
        due(Grain::Day, "20261124000000"),
    ];
    bench.store.mark_dirty(&periods).await.unwrap();
    assert_eq!(bench.store.count_dirty().await.unwrap(), 3);
    let take = async |grain, before, limit| {
        bench
            .store
            .take_dirty(grain, before, limit)
            .await
            .unwrap()
            .into_iter()
            .map(|t| t.period)
            .collect::<Vec<_>>()
    };
    assert_eq!(take(Grain::Hour, noon(), 10).await, [periods[1], periods[0]]);
    assert_eq!(take(Grain::Hour, noon(), 1).await, [periods[1]]);
    assert_eq!(take(Grain::Hour, at("20261124110000"), 10).await, [periods[1]]);
    assert_eq!(take(Grain::Day, noon(), 10).await, [periods[2]]);
    assert_eq!(take(Grain::Month, noon(), 10).await, []);
}

async fn marked_again_while_being_evaluated_they_stay_due(bench: &Bench) {
    let id = bench.subject("a").await;
    let period = DuePeriod {
        grain: Grain::Hour,
        start: noon(),
        subject: id,
    };
    bench.store.mark_dirty(&[period, period]).await.unwrap();
    let taken = bench
        .store
        .take_dirty(Grain::Hour, noon().plus_ms(1), 10)
        .await
        .unwrap();
    assert_eq!(taken.len(), 1);
    bench.store.mark_dirty(&[period]).await.unwrap();
    bench.store.done(&taken).await.unwrap();
    assert_eq!(bench.store.count_dirty().await.unwrap(), 1);
    let taken = bench
        .store
        .take_dirty(Grain::Hour, noon().plus_ms(1), 10)
        .await
        .unwrap();
    bench.store.done(&taken).await.unwrap();
    bench.store.done(&[]).await.unwrap();
    assert_eq!(bench.store.count_dirty().await.unwrap(), 0);
}

async fn a_derived_hour_makes_its_day_due_but_not_itself(bench: &Bench) {
    let id = bench.subject("a").await;
    let value = |grain| NewObservation {
        series: key(id, grain),
        time: noon(),
        value: Some("1".parse().unwrap()),
        text: None,
        flag: None,
    };
    bench
        .store
        .put_derived(vec![value(Grain::Hour)], noon())
        .await
        .unwrap();
    let all = async || {
        let mut found = Vec::new();
        for grain in Grain::ALL {
            let taken = bench
                .store
                .take_dirty(grain, at("20270101000000"), 10)
                .await
                .unwrap();
            found.extend(
                taken
                    .iter()
                    .map(|t| format!("{} {}", t.period.grain.name(), t.period.start.to_compact())),
            );
            bench.store.done(&taken).await.unwrap();
        }
        found
    };
    assert_eq!(all().await, ["day 20261124000000"]);
    bench
        .store
        .put_derived(vec![value(Grain::Hour)], noon())
        .await
        .unwrap();
    assert_eq!(all().await, [""; 0], "nothing changed, nothing is due");
    bench
        .store
        .correct(value(Grain::Hour), "王", "", noon())
        .await
        .unwrap();
    assert_eq!(all().await, ["hour 20261124120000", "day 20261124000000"]);
    bench
        .store
        .put_derived(vec![value(Grain::Minute)], noon())
        .await
        .unwrap();
    assert_eq!(all().await, ["hour 20261124120000"]);
    bench
        .store
        .put_derived(
            vec![value(Grain::Day), value(Grain::Month), value(Grain::Year)],
            noon(),
        )
        .await
        .unwrap();
    assert_eq!(all().await, ["month 20261101000000", "year 20260101000000"]);
}
