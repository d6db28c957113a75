//! Records of the kept registers: revisions, stale writes, keys, links, the past, what changed since.

use model::ids::{RecordId, RegisterName, SubjectCode, UserId};
use model::subject::SubjectKind;
use model::time::UtcMs;
use serde_json::{Map, Value, json};
use store::StoreError;
use store::registers::{Author, ChangeKind, Derived, KeyValue, LinkTarget, RecordWrite, WriteError};

use crate::bench::{Bench, noon, spec};

on_both![
    every_revision_is_kept,
    a_write_on_an_old_revision_changes_nothing,
    a_key_occurs_once,
    two_may_swap_their_keys,
    links_are_walked_from_either_end,
    the_past_is_answered,
    what_changed_since_is_read_in_pages,
    a_subject_comes_with_its_record_or_not_at_all,
    facets_are_made_again_without_a_revision,
    thousands_are_written_at_once,
];

fn wells() -> RegisterName {
    RegisterName::new("well")
}

fn author() -> Author {
    Author {
        id: UserId(7),
        name: "张三".to_owned(),
    }
}

fn body(code: &str) -> Map<String, Value> {
    serde_json::from_value(json!({ "code": code, "name": "井\u{0}一" })).unwrap()
}

/// A revision on `on_revision` of a record, or a new one.
fn write(id: Option<&str>, on_revision: i64, code: &str) -> RecordWrite {
    RecordWrite {
        id: id.map(RecordId::new),
        on_revision,
        version: 1,
        state: Some("listed".to_owned()),
        since: noon(),
        demo: false,
        kind: if on_revision == 0 {
            ChangeKind::Created
        } else {
            ChangeKind::Edited
        },
        transition: None,
        reason: Some("普查".to_owned()),
        valid_from: "2026-11-24".to_owned(),
        merged_into: None,
        body: body(code),
        trail: json!([]),
        detail: None,
        derived: Derived {
            facets: json!({ "code": code }).to_string(),
            links: vec![("town".to_owned(), LinkTarget::Unit("town-1".to_owned()))],
            keys: vec![KeyValue {
                fields: vec!["code".to_owned()],
                values: vec![code.to_owned()],
            }],
            files: Vec::new(),
        },
        subject: None,
    }
}

async fn put(bench: &Bench, writes: &[RecordWrite], at: UtcMs) -> Vec<(RecordId, i64)> {
    bench
        .store
        .write_records(&wells(), writes, &author(), at)
        .await
        .unwrap()
}

async fn refused(bench: &Bench, writes: &[RecordWrite]) -> WriteError {
    bench
        .store
        .write_records(&wells(), writes, &author(), noon())
        .await
        .unwrap_err()
}

async fn every_revision_is_kept(bench: &Bench) {
    let made = put(bench, &[write(None, 0, "a"), write(Some("own"), 0, "b")], noon()).await;
    assert_eq!(
        made,
        [(RecordId::new("000001"), 1), (RecordId::new("own"), 1)],
        "a number where none is given"
    );
    let later = noon().plus_ms(1_000);
    let change = RecordWrite {
        state: Some("closed".to_owned()),
        transition: Some("close".to_owned()),
        kind: ChangeKind::Step,
        detail: Some(json!({ "x": 1 })),
        ..write(Some("000001"), 1, "a2")
    };
    assert_eq!(put(bench, &[change], later).await, [(RecordId::new("000001"), 2)]);
    let id = RecordId::new("000001");
    let now = bench.store.record(&wells(), &id).await.unwrap().unwrap();
    assert_eq!((now.revision, now.kind), (2, ChangeKind::Step));
    assert_eq!((now.created_at, now.updated_at), (noon(), later));
    assert_eq!(now.state.as_deref(), Some("closed"));
    assert_eq!(now.author, author());
    assert_eq!(now.body["code"], "a2");
    let all = bench.store.record_revisions(&wells(), &id).await.unwrap();
    assert_eq!(all.iter().map(|r| r.revision).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(all[1].body["code"], "a");
    assert_eq!(all[1].reason.as_deref(), Some("普查"));
    assert_eq!(
        (all[0].transition.as_deref(), &all[0].detail),
        (Some("close"), &Some(json!({ "x": 1 })))
    );
    // Numbers are never given twice, and other registers count for themselves.
    assert_eq!(
        put(bench, &[write(None, 0, "c")], noon()).await[0].0,
        RecordId::new("000002")
    );
    let other = RegisterName::new("visit");
    let made = bench
        .store
        .write_records(&other, &[write(None, 0, "a")], &author(), noon())
        .await;
    assert_eq!(made.unwrap()[0].0, RecordId::new("000001"));
    let ids = [RecordId::new("own"), RecordId::new("nobody"), id];
    let found = bench.store.records_by_id(&wells(), &ids).await.unwrap();
    assert_eq!(found.len(), 2);
}

async fn a_write_on_an_old_revision_changes_nothing(bench: &Bench) {
    put(
        bench,
        &[write(Some("a"), 0, "a"), write(Some("b"), 0, "b")],
        noon(),
    )
    .await;
    put(bench, &[write(Some("a"), 1, "a")], noon()).await;
    for (id, on, now) in [("a", 1, 2), ("a", 0, 2), ("a", 3, 2), ("nobody", 1, 0)] {
        // The good write before it is not kept either.
        let error = refused(bench, &[write(Some("b"), 1, "b9"), write(Some(id), on, "x")]).await;
        let WriteError::Stale { id: told, revision } = error else {
            panic!("{error}")
        };
        assert_eq!((told.as_str(), revision), (id, now));
    }
    let b = bench
        .store
        .record(&wells(), &RecordId::new("b"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((b.revision, &b.body["code"]), (1, &json!("b")));
    let twice = [write(Some("b"), 1, "b"), write(Some("b"), 1, "b")];
    assert!(matches!(refused(bench, &twice).await, WriteError::Stale { .. }));
    // Two at the same moment: one of them.
    let (one, two) = ([write(Some("b"), 1, "x")], [write(Some("b"), 1, "y")]);
    let (name, by) = (wells(), author());
    let (x, y) = tokio::join!(
        bench.store.write_records(&name, &one, &by, noon()),
        bench.store.write_records(&name, &two, &by, noon()),
    );
    assert_eq!(usize::from(x.is_ok()) + usize::from(y.is_ok()), 1);
}

async fn a_key_occurs_once(bench: &Bench) {
    put(bench, &[write(Some("a"), 0, "same")], noon()).await;
    let error = refused(bench, &[write(Some("b"), 0, "b"), write(None, 0, "same")]).await;
    let WriteError::KeyTaken { at, fields, id } = error else {
        panic!("{error}")
    };
    assert_eq!((at, fields, id.as_str()), (1, vec!["code".to_owned()], "a"));
    let error = refused(bench, &[write(None, 0, "new"), write(None, 0, "new")]).await;
    assert!(
        matches!(error, WriteError::KeyTaken { at: 1, .. }),
        "twice in one call: {error}"
    );
    // The record keeps its own key, lets go of it, and then another may have it.
    put(bench, &[write(Some("a"), 1, "same")], noon()).await;
    put(bench, &[write(Some("a"), 2, "other")], noon()).await;
    put(bench, &[write(Some("b"), 0, "same")], noon()).await;
    let key = |code: &str| KeyValue {
        fields: vec!["code".to_owned()],
        values: vec![code.to_owned()],
    };
    let found = bench.store.record_by_key(&wells(), &key("same")).await.unwrap();
    assert_eq!(found, Some(RecordId::new("b")));
    assert_eq!(
        bench.store.record_by_key(&wells(), &key("none")).await.unwrap(),
        None
    );
}

async fn two_may_swap_their_keys(bench: &Bench) {
    put(
        bench,
        &[write(Some("a"), 0, "1"), write(Some("b"), 0, "2")],
        noon(),
    )
    .await;
    let swapped = put(
        bench,
        &[write(Some("a"), 1, "2"), write(Some("b"), 1, "1")],
        noon(),
    )
    .await;
    assert_eq!(swapped.len(), 2);
}

async fn links_are_walked_from_either_end(bench: &Bench) {
    let target = LinkTarget::Record(wells(), RecordId::new("a"));
    let mut pointing = write(Some("b"), 0, "b");
    pointing.derived.links = vec![
        ("next".to_owned(), target.clone()),
        ("rows[1].next".to_owned(), target.clone()),
        ("owner".to_owned(), LinkTarget::Subject("firm-a".to_owned())),
    ];
    put(bench, &[write(Some("a"), 0, "a"), pointing.clone()], noon()).await;
    let found = bench.store.links_to(&target).await.unwrap();
    let fields: Vec<&str> = found.iter().map(|l| l.field.as_str()).collect();
    assert_eq!(fields, ["next", "rows[1].next"]);
    assert_eq!(found[0].id, RecordId::new("b"));
    let from = bench
        .store
        .links_from(&wells(), &RecordId::new("b"))
        .await
        .unwrap();
    assert_eq!(from.len(), 3);
    assert!(
        from.iter()
            .any(|l| l.target == LinkTarget::Subject("firm-a".to_owned()))
    );
    pointing.on_revision = 1;
    pointing.derived.links.truncate(1);
    put(bench, &[pointing], noon()).await;
    assert_eq!(bench.store.links_to(&target).await.unwrap().len(), 1);
}

async fn the_past_is_answered(bench: &Bench) {
    let hour = |n: i64| noon().plus_ms(n * 3_600_000);
    put(
        bench,
        &[write(Some("a"), 0, "a0"), write(Some("b"), 0, "b0")],
        hour(0),
    )
    .await;
    for n in 1..=3_i64 {
        let change = RecordWrite {
            valid_from: format!("2026-0{n}-01"),
            ..write(Some("a"), n, &format!("a{n}"))
        };
        put(bench, &[change], hour(n)).await;
    }
    let a = RecordId::new("a");
    let ask = async |at: Option<i64>, day: Option<&str>| {
        let at = at.map(|n| hour(n).plus_ms(1));
        let found = bench.store.record_as_of(&wells(), &a, at, day).await.unwrap();
        found.map(|r| r.body["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(ask(Some(-1), None).await, None);
    assert_eq!(ask(Some(0), None).await.as_deref(), Some("a0"));
    assert_eq!(ask(Some(2), None).await.as_deref(), Some("a2"));
    assert_eq!(ask(None, None).await.as_deref(), Some("a3"));
    assert_eq!(ask(None, Some("2026-02-10")).await.as_deref(), Some("a2"));
    assert_eq!(ask(Some(1), Some("2026-02-10")).await.as_deref(), Some("a1"));
    assert_eq!(ask(None, Some("2025-12-31")).await, None);
    let then = bench
        .store
        .records_as_of(&wells(), hour(1).plus_ms(1), "")
        .await
        .unwrap();
    let codes: Vec<&str> = then
        .iter()
        .map(|(_, r)| r.body["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["a1", "b0"]);
    assert_eq!(
        bench
            .store
            .records_as_of(&wells(), hour(1), "a")
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn what_changed_since_is_read_in_pages(bench: &Bench) {
    assert_eq!(bench.store.register_changed(&wells()).await.unwrap(), 0);
    let many: Vec<RecordWrite> = (0..2_500).map(|n| write(None, 0, &format!("c{n}"))).collect();
    put(bench, &many, noon()).await;
    put(bench, &[write(Some("000007"), 1, "c6x")], noon()).await;
    assert_eq!(bench.store.register_changed(&wells()).await.unwrap(), 2);
    let (mut cursor, mut seen) = ((0, 0), Vec::new());
    loop {
        let page = bench
            .store
            .facets_after(&wells(), cursor.0, cursor.1)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        cursor = (last.changed, last.seq);
        seen.extend(page);
    }
    assert_eq!(seen.len(), 2_500, "each record once");
    assert_eq!(seen.last().unwrap().facets, json!({ "code": "c6x" }).to_string());
    let since = bench.store.facets_after(&wells(), 1, i64::MAX).await.unwrap();
    assert_eq!(since.len(), 1);
    let (mut after, mut walked) = (0, 0);
    loop {
        let page = bench.store.records_after(&wells(), after).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        walked += page.len();
    }
    assert_eq!(walked, 2_500);
}

async fn a_subject_comes_with_its_record_or_not_at_all(bench: &Bench) {
    let with = |id: Option<&str>, on: i64, code: &str| RecordWrite {
        subject: Some(spec(code, SubjectKind::Firm)),
        ..write(id, on, code)
    };
    put(bench, &[with(Some("f"), 0, "firm-x")], noon()).await;
    let found = bench
        .store
        .subject_by_code(&SubjectCode::new("firm-x"))
        .await
        .unwrap();
    assert!(found.is_some());
    refused(bench, &[with(None, 0, "firm-y"), with(Some("f"), 0, "firm-z")]).await;
    let found = bench
        .store
        .subject_by_code(&SubjectCode::new("firm-y"))
        .await
        .unwrap();
    assert!(found.is_none(), "nothing half written");
}

async fn facets_are_made_again_without_a_revision(bench: &Bench) {
    put(
        bench,
        &[write(Some("a"), 0, "a"), write(Some("b"), 0, "b")],
        noon(),
    )
    .await;
    assert_eq!(bench.store.register_marks().await.unwrap()["well"].definition, "");
    let derived = |code: &str| Derived {
        facets: "{}".to_owned(),
        links: Vec::new(),
        keys: vec![KeyValue {
            fields: vec!["code".to_owned()],
            values: vec![code.to_owned()],
        }],
        files: Vec::new(),
    };
    // Under the new definition both would have the same key: old records stay, the first keeps it.
    let again = [
        (RecordId::new("a"), derived("same")),
        (RecordId::new("b"), derived("same")),
    ];
    bench.store.derive_records(&wells(), &again).await.unwrap();
    let noted = [
        (wells(), "d2".to_owned()),
        (RegisterName::new("new"), "d1".to_owned()),
    ];
    bench.store.note_definitions(&noted).await.unwrap();
    assert_eq!(bench.store.register_marks().await.unwrap()["new"].changed, 0);
    let mark = bench.store.register_marks().await.unwrap()["well"].clone();
    assert_eq!((mark.definition.as_str(), mark.changed), ("d2", 2));
    let a = bench
        .store
        .record(&wells(), &RecordId::new("a"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(a.revision, 1);
    let facets = bench
        .store
        .stored_facets(&wells(), &[RecordId::new("a")])
        .await
        .unwrap();
    assert_eq!(facets[&RecordId::new("a")], "{}");
    assert!(
        bench
            .store
            .links_from(&wells(), &RecordId::new("a"))
            .await
            .unwrap()
            .is_empty()
    );
}

async fn thousands_are_written_at_once(bench: &Bench) {
    let many: Vec<RecordWrite> = (0..5_000).map(|n| write(None, 0, &format!("c{n}"))).collect();
    assert_eq!(put(bench, &many, noon()).await.len(), 5_000);
    // One wrong among them, and nothing is kept.
    let mut more: Vec<RecordWrite> = (5_000..7_000).map(|n| write(None, 0, &format!("c{n}"))).collect();
    more.push(write(None, 0, "c17"));
    let error = refused(bench, &more).await;
    assert!(
        matches!(error, WriteError::KeyTaken { at: 2_000, ref id, .. } if id.as_str() == "000018"),
        "{error}"
    );
    assert_eq!(bench.store.register_changed(&wells()).await.unwrap(), 1);
    let over = vec![write(None, 0, "x"); store::limits::RECORD_WRITES + 1];
    let error = refused(bench, &over).await;
    assert!(matches!(error, WriteError::Store(StoreError::TooMuch { .. })));
}
