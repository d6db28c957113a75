//! Applying frames: stored, repeated, held, quarantined, released; late, long, odd and too many.

use model::ids::{Factor, Mn};
use model::time::Grain;
use store::StoreError;
use store::apply::{ApplyFrame, Diagnosis, ReadingRow, UnknownPolicy};
use store::frames::{FrameTally, QuarantineQuery};
use store::limits;

use crate::bench::{Bench, after, at, frame, key, noon, place, reading, reading_frame, states, values};

const HOLD: UnknownPolicy = UnknownPolicy::Hold;

on_both![
    readings_become_values_newest_values_and_due_periods,
    the_same_upload_again_is_a_duplicate_and_changes_nothing,
    equal_data_of_different_devices_are_different_uploads,
    what_lies_before_the_watermark_is_skipped,
    a_correcting_upload_keeps_the_old_value,
    late_data_land_in_their_own_time,
    odd_text_does_not_stop_a_batch,
    names_no_standard_knows_are_left_out_and_said_so,
    too_much_at_once_is_refused,
];

async fn readings_become_values_newest_values_and_due_periods(bench: &Bench) {
    let id = bench.device("m", "a").await;
    let out = bench
        .store
        .apply(vec![reading_frame(1, "m", noon(), "36.910")], after(1), HOLD)
        .await
        .unwrap();
    assert_eq!(
        (out.stored, out.duplicate, out.quarantined, out.replayed),
        (1, 0, 0, 0)
    );
    assert_eq!(out.written.inserted, 1);
    let change = &out.written.changes[0];
    assert_eq!(change.series.key, key(id, Grain::Realtime));
    assert_eq!(
        change.observation.value.unwrap().to_string(),
        "36.910",
        "kept as sent"
    );
    assert_eq!(out.heard[0].mn.as_str(), "m");
    let stored = values(&bench.store, &key(id, Grain::Realtime), noon(), noon().plus_ms(1)).await;
    assert_eq!(stored, ["20261124120000 36.910 N u r1"]);
    let latest = bench.store.latest_of_device(&Mn::new("m")).await.unwrap();
    assert_eq!(latest.len(), 1);
    assert_eq!(latest[0].observation, change.observation);
    assert_eq!(latest[0].series, change.series);
    let due = bench
        .store
        .take_dirty(Grain::Hour, noon().plus_ms(1), 10)
        .await
        .unwrap();
    assert_eq!(
        due.iter()
            .map(|t| (t.period.subject, t.period.start))
            .collect::<Vec<_>>(),
        [(id, noon())]
    );
    assert_eq!(bench.store.watermark().await.unwrap(), place(2));
    let device = bench
        .store
        .device(&Mn::new("m"), noon())
        .await
        .unwrap()
        .unwrap()
        .device;
    assert_eq!((device.frames, device.last_seen), (1, Some(noon().plus_ms(1000))));
    assert_eq!(
        bench.store.frame_tally(noon()).await.unwrap(),
        FrameTally {
            stored: 1,
            ..FrameTally::default()
        }
    );
}

async fn the_same_upload_again_is_a_duplicate_and_changes_nothing(bench: &Bench) {
    let id = bench.device("m", "a").await;
    let first = reading_frame(1, "m", noon(), "1");
    let again = ApplyFrame {
        position: place(2),
        received_at: noon().plus_ms(9000),
        ..first.clone()
    };
    // In the same batch, and in a later one.
    let out = bench
        .store
        .apply(vec![first.clone(), again], after(2), HOLD)
        .await
        .unwrap();
    assert_eq!((out.stored, out.duplicate, out.written.inserted), (1, 1, 1));
    let third = ApplyFrame {
        position: place(3),
        ..first
    };
    let out = bench.store.apply(vec![third], after(3), HOLD).await.unwrap();
    assert_eq!((out.stored, out.duplicate, out.written.changes.len()), (0, 1, 0));
    assert_eq!(
        states(&bench.store, "m").await,
        ["400 duplicate x0 ", "300 duplicate x0 ", "200 stored x0 "]
    );
    assert_eq!(
        values(&bench.store, &key(id, Grain::Realtime), noon(), noon().plus_ms(1))
            .await
            .len(),
        1
    );
    let device = bench
        .store
        .device(&Mn::new("m"), noon())
        .await
        .unwrap()
        .unwrap()
        .device;
    assert_eq!((device.frames, device.last_seen), (3, Some(noon().plus_ms(9000))));
}

async fn equal_data_of_different_devices_are_different_uploads(bench: &Bench) {
    bench.device("m", "a").await;
    bench.device("n", "b").await;
    let other = ApplyFrame {
        position: place(2),
        mn: Some(Mn::new("n")),
        ..reading_frame(1, "m", noon(), "1")
    };
    let out = bench
        .store
        .apply(vec![reading_frame(1, "m", noon(), "1"), other], after(2), HOLD)
        .await
        .unwrap();
    assert_eq!(out.stored, 2);
}

async fn what_lies_before_the_watermark_is_skipped(bench: &Bench) {
    bench.device("m", "a").await;
    let frames: Vec<_> = (1..=3)
        .map(|n| reading_frame(n, "m", noon().plus_ms(i64::try_from(n).unwrap()), "1"))
        .collect();
    bench
        .store
        .apply(frames[..2].to_vec(), after(2), HOLD)
        .await
        .unwrap();
    let out = bench.store.apply(frames.clone(), after(3), HOLD).await.unwrap();
    assert_eq!((out.replayed, out.stored), (2, 1));
    let out = bench.store.apply(frames.clone(), after(1), HOLD).await.unwrap();
    assert_eq!((out.replayed, out.stored), (3, 0));
    assert_eq!(
        bench.store.watermark().await.unwrap(),
        place(4),
        "the watermark never goes back"
    );
}

async fn a_correcting_upload_keeps_the_old_value(bench: &Bench) {
    let id = bench.device("m", "a").await;
    let out = bench
        .store
        .apply(
            vec![
                reading_frame(1, "m", noon(), "1"),
                reading_frame(2, "m", noon(), "2"),
                reading_frame(3, "m", noon(), "2.0"),
            ],
            after(3),
            HOLD,
        )
        .await
        .unwrap();
    assert_eq!(
        (out.written.inserted, out.written.replaced, out.written.unchanged),
        (1, 1, 1)
    );
    assert_eq!(out.written.changes.len(), 1, "each series and time once");
    assert_eq!(
        values(&bench.store, &key(id, Grain::Realtime), noon(), noon().plus_ms(1)).await,
        ["20261124120000 2 N u r2"]
    );
    let series = bench
        .store
        .series_by_key(&key(id, Grain::Realtime))
        .await
        .unwrap()
        .unwrap();
    let old = bench.store.revisions(&series, noon()).await.unwrap();
    assert_eq!(
        old.iter()
            .map(|r| crate::bench::say(&r.observation))
            .collect::<Vec<_>>(),
        ["20261124120000 1 N u r1", "20261124120000 2 N u r2"]
    );
    assert_eq!(
        (old[0].known_at, old[1].known_at),
        (noon().plus_ms(1000), noon().plus_ms(2000))
    );
}

async fn late_data_land_in_their_own_time(bench: &Bench) {
    let id = bench.device("m", "a").await;
    bench
        .store
        .apply(vec![reading_frame(1, "m", noon(), "1")], after(1), HOLD)
        .await
        .unwrap();
    let due = bench
        .store
        .take_dirty(Grain::Hour, noon().plus_ms(1), 10)
        .await
        .unwrap();
    bench.store.done(&due).await.unwrap();
    let yesterday = at("20261123101500");
    let mut late = reading_frame(2, "m", yesterday, "7");
    late.readings
        .push(reading(Grain::Hour, at("20261123090000"), "8"));
    bench.store.apply(vec![late], after(2), HOLD).await.unwrap();
    let found = values(
        &bench.store,
        &key(id, Grain::Realtime),
        yesterday,
        noon().plus_ms(1),
    )
    .await;
    assert_eq!(found, ["20261123101500 7 N u r1", "20261124120000 1 N u r1"]);
    let latest = bench.store.latest_of_subject(id).await.unwrap();
    let newest: Vec<_> = latest
        .iter()
        .map(|l| (l.series.key.grain, l.observation.time))
        .collect();
    assert_eq!(
        newest,
        [(Grain::Hour, at("20261123090000")), (Grain::Realtime, noon())],
        "late data are not the newest"
    );
    let hours = bench.store.take_dirty(Grain::Hour, noon(), 10).await.unwrap();
    assert_eq!(
        hours.iter().map(|t| t.period.start).collect::<Vec<_>>(),
        [at("20261123090000"), at("20261123100000")]
    );
    let days = bench.store.take_dirty(Grain::Day, noon(), 10).await.unwrap();
    assert_eq!(
        days.iter().map(|t| t.period.start).collect::<Vec<_>>(),
        [at("20261123000000")]
    );
}

async fn odd_text_does_not_stop_a_batch(bench: &Bench) {
    bench.device("m", "a").await;
    let odd = "a\0b\u{1}\"\\'{}[]%$1 \u{FFFF}😀\r\n";
    let mut strange = reading_frame(1, odd, noon(), "1");
    strange.cn = Some(odd.into());
    strange.st = Some(odd.into());
    let mut text = reading_frame(2, "m", noon(), "1");
    text.readings[0].text = Some(odd.into());
    text.readings[0].value = None;
    text.readings.push(ReadingRow {
        factor: Factor::new(odd),
        ..reading(Grain::Minute, noon(), "5")
    });
    text.diagnoses.push(Diagnosis {
        at: None,
        code: odd.into(),
        zh: odd.into(),
        en: odd.into(),
    });
    let out = bench
        .store
        .apply(vec![strange, text.clone()], after(2), HOLD)
        .await
        .unwrap();
    assert_eq!((out.stored, out.quarantined, out.written.inserted), (1, 1, 2));
    let shown = odd.replace('\0', "\u{FFFD}");
    let waiting = bench.store.device(&Mn::new(odd), noon()).await.unwrap().unwrap();
    assert_eq!(waiting.device.mn.as_str(), shown);
    let out = bench
        .store
        .apply(
            vec![ApplyFrame {
                position: place(3),
                digest: [9; 32],
                ..text
            }],
            after(3),
            HOLD,
        )
        .await
        .unwrap();
    assert_eq!(
        (out.written.inserted, out.written.unchanged),
        (0, 2),
        "what was cleaned compares clean"
    );
    let latest = bench.store.latest_of_device(&Mn::new("m")).await.unwrap();
    assert_eq!(latest.len(), 2);
    assert!(
        latest
            .iter()
            .any(|l| l.observation.text.as_deref() == Some(shown.as_str()))
    );
}

async fn names_no_standard_knows_are_left_out_and_said_so(bench: &Bench) {
    bench.device("m", "a").await;
    let long = "x".repeat(limits::KEY_BYTES + 1);
    let mut partly = reading_frame(1, "m", noon(), "1");
    partly.readings.push(ReadingRow {
        factor: Factor(long.clone()),
        ..reading(Grain::Minute, noon(), "5")
    });
    partly.cn = Some(long.clone());
    let out = bench
        .store
        .apply(vec![partly, frame(2, &"y".repeat(9000))], after(2), HOLD)
        .await
        .unwrap();
    assert_eq!(
        (
            out.stored,
            out.quarantined,
            out.refused_readings,
            out.written.inserted
        ),
        (1, 1, 1, 1)
    );
    assert_eq!(
        states(&bench.store, "m").await,
        ["200 stored x0 reading_too_long"]
    );
    let list = bench
        .store
        .quarantine(&QuarantineQuery {
            code: Some("mn_too_long".into()),
            ..QuarantineQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(list.total, 1);
}

async fn too_much_at_once_is_refused(bench: &Bench) {
    let frames: Vec<_> = (0..=limits::BATCH_FRAMES as u64).map(|n| frame(n, "m")).collect();
    let error = bench.store.apply(frames, None, HOLD).await.unwrap_err();
    assert!(matches!(error, StoreError::TooMuch { .. }), "{error}");
    assert!(!error.retryable());
}
