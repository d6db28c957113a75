//! What is not applied: unusable, unknown, refused, with a wrong password; held frames and their release.

use model::device::{DeviceState, FrameState};
use model::ids::{FrameId, Mn};
use model::time::Grain;
use store::apply::{ApplyFrame, Diagnosis, UnknownPolicy};
use store::frames::{FrameTally, QuarantineQuery};
use store::limits;

use crate::bench::{Bench, after, frame, key, noon, place, reading_frame, states, values};

const HOLD: UnknownPolicy = UnknownPolicy::Hold;

on_both![
    the_same_unusable_frame_again_is_only_counted,
    garbage_without_a_name_is_kept_too,
    a_wrong_password_is_not_applied_until_it_is_right,
    frames_of_unknown_devices_wait_and_are_applied_after_approval,
    a_held_frame_whose_twin_was_stored_meanwhile_is_a_duplicate,
    a_held_frame_that_cannot_be_read_any_more_is_let_go,
    a_sealed_frame_is_applied_in_its_turn_once_it_opens,
    a_refused_device_goes_to_quarantine,
    unknown_devices_can_be_accepted_at_once,
    waiting_devices_are_bounded_and_frames_are_not_lost,
    the_quarantine_is_listed_newest_first,
];

async fn the_same_unusable_frame_again_is_only_counted(bench: &Bench) {
    bench.device("m", "a").await;
    let bad = ApplyFrame {
        usable: false,
        crc_ok: false,
        diagnoses: vec![Diagnosis {
            at: Some(7),
            code: "crc".into(),
            zh: "校验错误".into(),
            en: "bad CRC".into(),
        }],
        ..reading_frame(1, "m", noon(), "1")
    };
    let again = |n: u64| ApplyFrame {
        position: place(n),
        received_at: noon().plus_ms(i64::try_from(n).unwrap() * 60_000),
        ..bad.clone()
    };
    let out = bench
        .store
        .apply(vec![bad.clone(), again(2)], after(2), HOLD)
        .await
        .unwrap();
    assert_eq!((out.quarantined, out.written.inserted), (2, 0));
    let out = bench
        .store
        .apply(vec![again(3), again(4)], after(4), HOLD)
        .await
        .unwrap();
    assert_eq!(out.quarantined, 2);
    assert_eq!(states(&bench.store, "m").await, ["200 quarantined x3 crc"]);
    let list = bench.store.quarantine(&QuarantineQuery::default()).await.unwrap();
    assert_eq!(list.total, 1);
    assert_eq!(list.items[0].last_received_at, noon().plus_ms(240_000));
    assert_eq!(list.items[0].diagnoses, bad.diagnoses);
    assert_eq!(bench.store.frame_tally(noon()).await.unwrap().quarantined, 1);
    // The same data with a right CRC are another matter.
    let good = ApplyFrame {
        position: place(5),
        ..reading_frame(1, "m", noon(), "1")
    };
    let out = bench.store.apply(vec![good], after(5), HOLD).await.unwrap();
    assert_eq!((out.stored, out.written.inserted), (1, 1));
    let device = bench
        .store
        .device(&Mn::new("m"), noon())
        .await
        .unwrap()
        .unwrap()
        .device;
    assert_eq!(
        device.frames, 1,
        "a frame with a wrong CRC does not vouch for its MN"
    );
}

async fn garbage_without_a_name_is_kept_too(bench: &Bench) {
    let stray = ApplyFrame {
        mn: None,
        usable: false,
        crc_ok: false,
        cn: None,
        st: None,
        data_time: None,
        ..frame(1, "")
    };
    let nameless = ApplyFrame {
        mn: None,
        ..frame(2, "")
    };
    bench
        .store
        .apply(vec![stray, nameless], after(2), HOLD)
        .await
        .unwrap();
    let list = bench.store.quarantine(&QuarantineQuery::default()).await.unwrap();
    assert_eq!(
        list.items
            .iter()
            .map(|f| (f.mn.is_none(), f.diagnoses.len()))
            .collect::<Vec<_>>(),
        [(true, 1), (true, 0)]
    );
    assert_eq!(bench.store.count_devices(noon()).await.unwrap(), []);
}

async fn a_wrong_password_is_not_applied_until_it_is_right(bench: &Bench) {
    let id = bench.subject("a").await;
    bench
        .store
        .put_devices(&[crate::bench::device_spec("m", "a", Some("secret"))])
        .await
        .unwrap();
    let wrong = reading_frame(1, "m", noon(), "1");
    let out = bench
        .store
        .apply(vec![wrong.clone()], after(1), HOLD)
        .await
        .unwrap();
    assert_eq!((out.quarantined, out.written.inserted), (1, 0));
    assert_eq!(
        states(&bench.store, "m").await,
        ["200 quarantined x0 wrong_password"]
    );
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
    // The device was not answered, so it sends the same again once its password is right.
    let right = ApplyFrame {
        position: place(2),
        pw: Some("secret".into()),
        ..wrong
    };
    let out = bench.store.apply(vec![right], after(2), HOLD).await.unwrap();
    assert_eq!((out.stored, out.written.inserted), (1, 1));
    assert_eq!(
        values(&bench.store, &key(id, Grain::Realtime), noon(), noon().plus_ms(1))
            .await
            .len(),
        1
    );
}

async fn frames_of_unknown_devices_wait_and_are_applied_after_approval(bench: &Bench) {
    let id = bench.subject("a").await;
    let frames = vec![
        reading_frame(1, "new", noon(), "1"),
        reading_frame(2, "new", noon().plus_ms(60_000), "2"),
    ];
    let repeat = ApplyFrame {
        position: place(3),
        ..frames[0].clone()
    };
    let out = bench.store.apply(frames.clone(), after(2), HOLD).await.unwrap();
    assert_eq!(out.new_devices.len(), 1);
    assert_eq!(
        (out.new_devices[0].state, out.new_devices[0].frames),
        (DeviceState::Pending, 2)
    );
    let out = bench.store.apply(vec![repeat], after(3), HOLD).await.unwrap();
    assert_eq!((out.quarantined, out.new_devices.len()), (1, 0));
    assert_eq!(
        states(&bench.store, "new").await,
        [
            "300 quarantined x0 unknown_device",
            "200 quarantined x1 unknown_device"
        ]
    );
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);

    let decision = bench
        .store
        .approve(&Mn::new("new"), Some(id), "王", "", noon())
        .await
        .unwrap();
    assert_eq!(decision.held, 2);
    let held = bench.store.releasable(10).await.unwrap();
    assert_eq!(held, [place(1), place(2)]);
    let out = bench.store.apply(frames.clone(), None, HOLD).await.unwrap();
    assert_eq!((out.stored, out.written.inserted, out.replayed), (2, 2, 0));
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
    assert_eq!(
        bench.store.frame_tally(noon()).await.unwrap(),
        FrameTally {
            stored: 2,
            duplicate: 0,
            quarantined: 0
        }
    );
    assert_eq!(
        bench.store.watermark().await.unwrap(),
        place(4),
        "held frames do not move the watermark"
    );
    // And again: nothing.
    let out = bench.store.apply(frames.clone(), None, HOLD).await.unwrap();
    assert_eq!((out.replayed, out.stored), (2, 0));
    // The device sends the same once more: it is known now.
    let out = bench
        .store
        .apply(
            vec![ApplyFrame {
                position: place(4),
                ..frames[0].clone()
            }],
            after(4),
            HOLD,
        )
        .await
        .unwrap();
    assert_eq!(out.duplicate, 1);
    let device = bench
        .store
        .device(&Mn::new("new"), noon())
        .await
        .unwrap()
        .unwrap()
        .device;
    assert_eq!(device.frames, 4, "every frame is counted once");
}

async fn a_held_frame_whose_twin_was_stored_meanwhile_is_a_duplicate(bench: &Bench) {
    bench.subject("a").await;
    let held = reading_frame(1, "new", noon(), "1");
    bench
        .store
        .apply(vec![held.clone()], after(1), HOLD)
        .await
        .unwrap();
    bench
        .store
        .approve(&Mn::new("new"), None, "王", "", noon())
        .await
        .unwrap();
    let twin = ApplyFrame {
        position: place(2),
        ..held.clone()
    };
    let out = bench.store.apply(vec![twin], after(2), HOLD).await.unwrap();
    assert_eq!(out.stored, 1);
    let out = bench.store.apply(vec![held.clone()], None, HOLD).await.unwrap();
    assert_eq!((out.duplicate, out.written.inserted), (1, 0));
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
    // The stored one still is the first of its kind.
    let out = bench
        .store
        .apply(
            vec![ApplyFrame {
                position: place(3),
                ..held
            }],
            after(3),
            HOLD,
        )
        .await
        .unwrap();
    assert_eq!(out.duplicate, 1);
}

async fn a_held_frame_that_cannot_be_read_any_more_is_let_go(bench: &Bench) {
    bench
        .store
        .apply(vec![frame(1, "new")], after(1), HOLD)
        .await
        .unwrap();
    bench
        .store
        .approve(&Mn::new("new"), None, "王", "", noon())
        .await
        .unwrap();
    let unreadable = ApplyFrame {
        usable: false,
        crc_ok: false,
        ..frame(1, "new")
    };
    let out = bench.store.apply(vec![unreadable], None, HOLD).await.unwrap();
    assert_eq!(out.quarantined, 1);
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
    assert_eq!(bench.store.frame_tally(noon()).await.unwrap().quarantined, 1);
}

async fn a_sealed_frame_is_applied_in_its_turn_once_it_opens(bench: &Bench) {
    let id = bench.device("m", "a").await;
    bench.device("n", "b").await;
    let shut = |n: u64, mn: &str, code: &str| ApplyFrame {
        usable: false,
        crc_ok: false,
        st: None,
        cn: None,
        data_time: None,
        readings: Vec::new(),
        digest: [u8::try_from(n).unwrap(); 32],
        diagnoses: vec![Diagnosis {
            at: None,
            code: code.into(),
            zh: "密文".into(),
            en: "sealed".into(),
        }],
        ..frame(n, mn)
    };
    let frames = vec![
        shut(1, "m", "no_key"),
        shut(2, "n", "no_key"),
        shut(3, "m", "wrong_key"),
        shut(4, "m", "crc"),
        reading_frame(5, "m", noon().plus_ms(5), "5"),
    ];
    bench.store.apply(frames, after(5), HOLD).await.unwrap();
    let none = FrameId(0);
    assert_eq!(bench.store.sealed(&[], none, 10).await.unwrap(), []);
    assert_eq!(bench.store.sealed(&["unknown"], none, 10).await.unwrap(), []);
    let sealed = bench.store.sealed(&["m"], none, 10).await.unwrap();
    let places: Vec<_> = sealed.iter().map(|(_, at)| *at).collect();
    assert_eq!(
        places,
        [place(1), place(3)],
        "only of the device, only what is sealed"
    );
    assert_eq!(
        bench.store.sealed(&["m"], sealed[0].0, 10).await.unwrap(),
        sealed[1..]
    );
    // Nothing is released before it is held, and held twice is held once.
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
    let ids: Vec<_> = sealed.iter().map(|(id, _)| *id).collect();
    bench.store.hold(&ids).await.unwrap();
    bench.store.hold(&ids).await.unwrap();
    assert_eq!(bench.store.sealed(&["m"], none, 10).await.unwrap(), []);
    assert_eq!(bench.store.releasable(10).await.unwrap(), places);
    // A crash between the two: the first is applied, the second is still held, and both are given again.
    let open = |n: u64| reading_frame(n, "m", noon().plus_ms(i64::try_from(n).unwrap()), &n.to_string());
    bench.store.apply(vec![open(1)], None, HOLD).await.unwrap();
    assert_eq!(bench.store.releasable(10).await.unwrap(), [place(3)]);
    let out = bench
        .store
        .apply(vec![open(1), open(3)], None, HOLD)
        .await
        .unwrap();
    assert_eq!((out.stored, out.replayed, out.written.inserted), (1, 1, 1));
    let seen = values(
        &bench.store,
        &key(id, Grain::Realtime),
        noon(),
        noon().plus_ms(10),
    )
    .await;
    assert_eq!(seen.len(), 3, "{seen:?}");
    let frames = bench.store.frames_of(&Mn::new("m"), None, 10).await.unwrap();
    let told: Vec<_> = frames
        .iter()
        .map(|f| (f.state, f.crc_ok, f.cn.as_deref()))
        .collect();
    let stored = (FrameState::Stored, true, Some("2011"));
    assert_eq!(
        told,
        [stored, (FrameState::Quarantined, false, None), stored, stored]
    );
    let tally = bench.store.frame_tally(noon()).await.unwrap();
    assert_eq!((tally.stored, tally.quarantined), (3, 2));
    // Frames of a device that was refused stay where they are.
    bench.store.refuse(&Mn::new("n"), "王", "", noon()).await.unwrap();
    assert_eq!(bench.store.sealed(&["n"], none, 10).await.unwrap(), []);
    // One that does not open after all goes back.
    bench
        .store
        .approve(&Mn::new("n"), None, "王", "", noon())
        .await
        .unwrap();
    let sealed = bench.store.sealed(&["n"], none, 10).await.unwrap();
    bench.store.hold(&[sealed[0].0]).await.unwrap();
    let out = bench
        .store
        .apply(vec![shut(2, "n", "wrong_key")], None, HOLD)
        .await
        .unwrap();
    assert_eq!(out.quarantined, 1);
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
}

async fn a_refused_device_goes_to_quarantine(bench: &Bench) {
    bench.device("m", "a").await;
    bench.store.refuse(&Mn::new("m"), "王", "", noon()).await.unwrap();
    let out = bench
        .store
        .apply(vec![reading_frame(1, "m", noon(), "1")], after(1), HOLD)
        .await
        .unwrap();
    assert_eq!((out.quarantined, out.written.inserted), (1, 0));
    assert_eq!(
        states(&bench.store, "m").await,
        ["200 quarantined x0 refused_device"]
    );
    // Decided otherwise: what was refused is not applied by itself, what comes is.
    bench
        .store
        .approve(&Mn::new("m"), None, "王", "", noon())
        .await
        .unwrap();
    assert_eq!(bench.store.releasable(10).await.unwrap(), []);
    let again = ApplyFrame {
        position: place(2),
        ..reading_frame(1, "m", noon(), "1")
    };
    assert_eq!(
        bench
            .store
            .apply(vec![again], after(2), HOLD)
            .await
            .unwrap()
            .stored,
        1
    );
}

async fn unknown_devices_can_be_accepted_at_once(bench: &Bench) {
    let accept = UnknownPolicy::Accept;
    let out = bench
        .store
        .apply(
            vec![
                reading_frame(1, "new", noon(), "1"),
                reading_frame(2, "new", noon().plus_ms(1), "2"),
            ],
            after(2),
            accept,
        )
        .await
        .unwrap();
    assert_eq!((out.stored, out.written.inserted), (2, 2));
    assert_eq!(out.new_devices[0].state, DeviceState::Provisional);
    assert_eq!(
        bench.store.latest_of_device(&Mn::new("new")).await.unwrap().len(),
        1
    );
    // One that waited from a time when they were held is accepted too, and its held frames can be applied.
    bench
        .store
        .apply(vec![reading_frame(3, "old", noon(), "1")], after(3), HOLD)
        .await
        .unwrap();
    let out = bench
        .store
        .apply(
            vec![reading_frame(4, "old", noon().plus_ms(1), "1")],
            after(4),
            accept,
        )
        .await
        .unwrap();
    assert_eq!((out.stored, out.accepted.len()), (1, 1));
    assert_eq!(bench.store.releasable(10).await.unwrap(), [place(3)]);
}

async fn waiting_devices_are_bounded_and_frames_are_not_lost(bench: &Bench) {
    let most = usize::try_from(limits::PENDING_DEVICES).unwrap();
    let mut n = 0;
    for _ in 0..3 {
        let frames: Vec<_> = (0..limits::BATCH_FRAMES)
            .map(|_| {
                n += 1;
                frame(n, &format!("mn{n:06}"))
            })
            .collect();
        bench.store.apply(frames, after(n), HOLD).await.unwrap();
    }
    let counts = bench.store.count_devices(noon()).await.unwrap();
    assert_eq!(counts[0].total, i64::try_from(most).unwrap());
    let quarantined = bench.store.frame_tally(noon()).await.unwrap().quarantined
        + bench
            .store
            .frame_tally(noon().plus_ms(43_200_000))
            .await
            .unwrap()
            .quarantined;
    assert_eq!(quarantined, 3 * i64::try_from(limits::BATCH_FRAMES).unwrap());
}

async fn the_quarantine_is_listed_newest_first(bench: &Bench) {
    bench.device("m", "a").await;
    let bad = |n: u64, code: &str| ApplyFrame {
        usable: false,
        diagnoses: vec![Diagnosis {
            at: None,
            code: code.into(),
            zh: String::new(),
            en: String::new(),
        }],
        ..frame(n, "m")
    };
    bench
        .store
        .apply(
            vec![bad(1, "crc"), bad(2, "crc_x"), bad(3, "length"), frame(4, "new")],
            after(4),
            HOLD,
        )
        .await
        .unwrap();
    let ask = async |query: QuarantineQuery| {
        let found = bench.store.quarantine(&query).await.unwrap();
        (
            found.items.iter().map(|f| f.position.offset).collect::<Vec<_>>(),
            found.total,
        )
    };
    let all = QuarantineQuery::default;
    assert_eq!(ask(all()).await, (vec![500, 400, 300, 200], 4));
    assert_eq!(
        ask(QuarantineQuery {
            code: Some("crc".into()),
            ..all()
        })
        .await,
        (vec![200], 1)
    );
    assert_eq!(
        ask(QuarantineQuery {
            code: Some("unknown_device".into()),
            ..all()
        })
        .await,
        (vec![500], 1)
    );
    assert_eq!(
        ask(QuarantineQuery {
            mn: Some(Mn::new("m")),
            ..all()
        })
        .await
        .1,
        3
    );
    assert_eq!(
        ask(QuarantineQuery {
            since: Some(noon().plus_ms(3000)),
            ..all()
        })
        .await
        .1,
        2
    );
    let page = store::Page { number: 2, size: 3 };
    assert_eq!(ask(QuarantineQuery { page, ..all() }).await, (vec![200], 4));
    let newest = bench.store.frames_of(&Mn::new("m"), None, 2).await.unwrap();
    assert_eq!(
        newest.iter().map(|f| f.position.offset).collect::<Vec<_>>(),
        [400, 300]
    );
    let older = bench
        .store
        .frames_of(&Mn::new("m"), Some(newest[1].id), 2)
        .await
        .unwrap();
    assert_eq!(older.iter().map(|f| f.position.offset).collect::<Vec<_>>(), [200]);
    let one = bench.store.frame(newest[0].id).await.unwrap().unwrap();
    assert_eq!((one.state, &one), (FrameState::Quarantined, &newest[0]));
}
