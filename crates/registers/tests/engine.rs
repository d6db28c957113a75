//! The engine on a definition of its own: every kind of field, bad input of every kind, doubles, merges, publication.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod common;

use std::collections::BTreeMap;

use common::sample::{SAMPLE, body, enter, good, library, load, record};
use common::{actor, now, today};
use jiff::civil::date;
use model::role::Role;
use model::time::UtcMs;
use registers::admit::{AnyReference, admit};
use registers::definition::versions::{incompatible, migrate};
use registers::doubles::{Verdict, likeness, terms};
use registers::merge::{self, Side};
use registers::record::Record;
use registers::{history, life, links, publish, search, tally};
use serde_json::{Value, json};

#[test]
fn a_wrong_definition_is_refused_with_its_place() {
    let cases: [(&str, &str, &str, &str); 15] = [
        (
            "retention_years = 5",
            "retention_year = 5",
            "8:1",
            "retention_year",
        ),
        ("type = \"integer\"", "type = \"number\"", "12:", "number"),
        ("min = \"0\", max = \"1000\"", "min = \"zero\"", "12:", "date"),
        ("sum(rows, share)", "sum(rows, shared)", ":", "«shared»"),
        ("total / 3", "total / kind", ":", "expected a number, found text"),
        (
            "numerator = \"good\"",
            "numerator = \"good +\"",
            ":",
            "found yes or no",
        ),
        ("kind = \\\"b\\\"", "kind = \\\"c\\\"", ":", "no code of kind"),
        ("to = \"done\"", "to = \"gone\"", ":", "name states"),
        (
            "register = \"sample\"",
            "register = \"samples\"",
            ":",
            "existing register",
        ),
        ("fields = [\"code\"]", "fields = [\"cod\"]", ":", "no field «cod»"),
        (
            "write = [\"inspector\"]",
            "write = [\"department\"]",
            ":",
            "must be able to read",
        ),
        (
            "write = [\"inspector\"]",
            "write = [\"inspector\"], units = [\"water\"]",
            ":",
            "no department enters",
        ),
        (
            "type = \"file\"",
            "type = \"file\", required = true",
            ":",
            "a table cannot bring a file",
        ),
        ("pattern = \"[A-Z]", "pattern = \"[A-Z", ":", "unclosed"),
        (
            "name = \"sample\"\nversion",
            "name = \"simple\"\nversion",
            "2:8",
            "sample",
        ),
    ];
    for (from, to, place, told) in cases {
        assert!(SAMPLE.contains(from), "{from}");
        let errors = load(&SAMPLE.replacen(from, to, 1)).unwrap_err();
        let found = errors.iter().any(|e| {
            e.starts_with(&format!("group/sample.toml:{}", place.trim_start_matches(':'))) && e.contains(told)
        });
        assert!(found, "{to}: {errors:#?}");
    }
    let circle = SAMPLE.replace("sum(rows, share)", "third * 1");
    assert!(load(&circle).unwrap_err()[0].contains("circle"));
    let stored = SAMPLE.replace("add_months(day, 1)", "today()");
    assert!(load(&stored).unwrap_err()[0].contains("present day"));
}

#[test]
fn values_come_in_many_shapes_and_are_stored_in_one() {
    let library = library();
    let register = library.get("sample").unwrap();
    let cases = [
        ("day", json!("2025年3月1日"), json!("2025-03-01")),
        ("day", json!("2025/3/1"), json!("2025-03-01")),
        ("day", json!("2025.03.01"), json!("2025-03-01")),
        ("day", json!("20250301"), json!("2025-03-01")),
        ("day", json!("２０２５－０３－０１"), json!("2025-03-01")),
        ("day", json!("45717"), json!("2025-03-01")),
        ("day", json!("2025-03-01 00:00:00"), json!("2025-03-01")),
        ("at", json!("2025-03-01 8:30"), json!("2025-03-01T08:30:00+08:00")),
        (
            "at",
            json!("2025年3月1日 08:30:05"),
            json!("2025-03-01T08:30:05+08:00"),
        ),
        ("at", json!("45717.5"), json!("2025-03-01T12:00:00+08:00")),
        ("count", json!("１２"), json!(12)),
        ("count", json!(12.0), json!(12)),
        ("amount", json!(" 1,234.50 "), json!("1234.5")),
        ("amount", json!("0.1"), json!("0.1")),
        ("kind", json!("乙类"), json!("b")),
        ("kind", json!("kind a"), json!("a")),
        ("good", json!("是"), json!(true)),
        ("tags", json!("甲； 乙;甲"), json!(["甲", "乙"])),
        (
            "place",
            json!("116.25，36.58"),
            json!({"type": "Point", "coordinates": [116.25, 36.58]}),
        ),
        (
            "line",
            json!("LINESTRING(116.2 36.5, 116.3 36.6)"),
            json!({"type": "LineString", "coordinates": [[116.2, 36.5], [116.3, 36.6]]}),
        ),
        ("credit", json!("９１３７１５２３ma3dem001"), json!(null)),
    ];
    for (field, given, wanted) in cases {
        let extra = json!({"count": 900, "why": "x"});
        let mut raw = body(extra);
        raw.insert(field.to_owned(), given.clone());
        match enter(register, Value::Object(raw)) {
            Ok(stored) => assert_eq!(stored.get(field), Some(&wanted), "{field} {given}"),
            Err(findings) => assert!(
                wanted.is_null() && findings[0].field == field,
                "{field} {given}: {findings:?}"
            ),
        }
    }
}

#[test]
fn every_bad_value_is_told_at_once_with_field_value_and_what_was_expected() {
    let library = library();
    let register = library.get("sample").unwrap();
    let findings = admit(
        register,
        &body(json!({
            "credit": "91371523MA3DEM0011", "count": 1001, "amount": "1.2345", "day": "1999-12-31", "at": "soon",
            "kind": "c", "good": "maybe", "place": "36.58,196", "line": "POINT(1 2)", "area": "POLYGON((1 1, 2 2, 3 3))",
            "file": {"name": "a.exe", "sha256": "0".repeat(64), "size": 2_000_000, "media_type": "application/x-msdownload"},
            "code": "ab123", "rows": [{"share": "-1"}, {"item": "x", "share": "1.234"}], "nonsense": 1,
        })),
        None,
        today(),
        &AnyReference,
    )
    .unwrap_err();
    let mut found: Vec<(&str, &str)> = findings.iter().map(|f| (f.field.as_str(), f.code)).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("amount", "decimals"),
            ("area", "type"),
            ("at", "type"),
            ("code", "pattern"),
            ("count", "range"),
            ("credit", "check_digit"),
            ("day", "range"),
            ("file", "media"),
            ("file", "size"),
            ("good", "type"),
            ("kind", "code"),
            ("line", "type"),
            ("name", "required"),
            ("nonsense", "unknown"),
            ("place", "type"),
            ("rows[1].item", "required"),
            ("rows[1].share", "range"),
            ("rows[2].share", "decimals"),
        ]
    );
    let count = findings.iter().find(|f| f.field == "count").unwrap();
    assert_eq!(
        (count.names.zh.as_str(), count.value.as_deref()),
        ("数量", Some("1001"))
    );
    assert_eq!(count.expected.zh, "应在 0 至 1000 个");
    let rule = enter(register, json!({"count": 1, "amount": "10.001"})).unwrap_err();
    assert_eq!(
        (rule[0].code, rule[0].expected.en.as_str()),
        ("rule", "10 t each at most")
    );
    let asked = enter(register, json!({"kind": "b"})).unwrap_err();
    assert_eq!((asked[0].field.as_str(), asked[0].code), ("why", "required"));
}

#[test]
fn computed_values_are_exact_rounded_once_and_missing_is_never_zero() {
    let library = library();
    let register = library.get("sample").unwrap();
    let rows =
        json!({"day": "2025-01-31", "rows": [{"item": "a", "share": "0.1"}, {"item": "b", "share": "0.2"}]});
    let stored = enter(register, rows).unwrap();
    assert_eq!(stored["total"], "0.30");
    assert_eq!(stored["third"], "0.1000");
    assert_eq!(stored["until"], "2025-02-28");
    assert_eq!(stored["rows"][1]["twice"], "0.40");
    assert_eq!(stored["good"], false, "the default");
    let one_missing = enter(
        register,
        json!({"rows": [{"item": "a", "share": "0.1"}, {"item": "b"}]}),
    )
    .unwrap();
    assert!(!one_missing.contains_key("total") && !one_missing.contains_key("third"));
    let entered = enter(register, json!({"total": "99"})).unwrap();
    assert!(!entered.contains_key("total"), "what is computed is not entered");
}

#[test]
fn figures_name_what_they_left_out() {
    let library = library();
    let register = library.get("sample").unwrap();
    let mut running = tally::Tally::new(register, today());
    let mut records = Vec::new();
    for (n, (good, amount)) in [(true, Some("1.5")), (true, None), (false, Some("0.5"))]
        .into_iter()
        .enumerate()
    {
        let mut raw = json!({"good": good, "count": 9});
        if let Some(amount) = amount {
            raw["amount"] = json!(amount);
        }
        records.push(record(&n.to_string(), enter(register, raw).unwrap()));
        running.add(records.last().unwrap());
    }
    let figures = running.finish();
    for (name, figure) in ["all", "weight", "rate.good", "rate.kept"].iter().zip(&figures) {
        let taking = records
            .iter()
            .filter(|r| tally::takes_part(register, name, r, today()) == Some(true));
        assert_eq!(
            taking.count() as u64,
            figure.records,
            "{name} opens the records it rests on"
        );
    }
    assert_eq!(
        tally::takes_part(register, "good", &records[0], today()),
        None,
        "a rate is no counter"
    );
    let shown: Vec<_> = figures
        .iter()
        .map(|f| (f.name.as_str(), f.value.as_deref(), f.left_out))
        .collect();
    assert_eq!(
        shown,
        [
            ("all", Some("3"), 0),
            ("weight", Some("2"), 1),
            ("good", Some("66.7"), 0),
            ("kept", Some("75.00"), 1)
        ]
    );
    let parts: Vec<_> = figures[0]
        .by
        .iter()
        .map(|p| (p.names.zh.as_str(), p.value.as_str()))
        .collect();
    assert_eq!(parts, [("甲类", "3")]);
    assert_eq!(figures[2].target.as_ref().unwrap().met, Some(true));
    let empty = tally::Tally::new(register, today()).finish();
    assert_eq!(
        (empty[0].value.as_deref(), empty[2].value.as_deref()),
        (Some("0"), None),
        "a share of nothing is unknown"
    );
}

#[test]
fn working_days_pass_over_the_national_day_and_count_the_weekend_workday() {
    let library = library();
    let register = library.get("sample").unwrap();
    // Tuesday 2026-09-29; the holiday is 1–7 October, Saturday the 10th is worked.
    let open = record("1", good());
    let standing = &life::deadlines(register, &open, now(), library.calendar())[0];
    assert_eq!(
        standing.due.to_rfc3339(),
        "2026-10-13T00:00:00+08:00",
        "30 September, 8, 9, Saturday 10 and Monday 12 October are worked"
    );
    assert!(standing.overdue(now()) && !standing.provisional);
    let before = UtcMs::parse("2026-10-10 10:00").unwrap();
    assert!(standing.reminding(before) && !standing.overdue(before));
}

#[test]
fn a_refusal_says_why() {
    let library = library();
    let register = library.get("sample").unwrap();
    let calendar = library.calendar();
    let mut open = record("1", enter(register, json!({"good": false})).unwrap());
    let inspector = actor(Role::Inspector, 1);
    let code = |r: &Record| {
        life::decide(register, r, "finish", None, &inspector, now(), calendar)
            .unwrap_err()
            .code
    };
    assert_eq!(code(&open), "needs");
    open.body.insert(
        "file".into(),
        json!({"name": "a.pdf", "sha256": "0".repeat(64), "size": 1, "media_type": "application/pdf"}),
    );
    assert_eq!(code(&open), "condition");
    open.body.insert("good".into(), json!(true));
    let effects = life::decide(register, &open, "finish", None, &inspector, now(), calendar).unwrap();
    assert!(effects.closes && effects.deadlines.is_empty());
    let done = Record {
        state: Some("done".into()),
        ..open
    };
    assert!(
        !life::may_write(register, &done, &inspector),
        "a locked state is not edited"
    );
    assert_eq!(life::offered(register, &done, Role::Leader).len(), 1);
    let unknown = life::decide(register, &done, "fly", None, &inspector, now(), calendar).unwrap_err();
    assert_eq!(unknown.code, "unknown_transition");
}

#[test]
fn doubles_are_scored_with_reasons_merged_with_review_and_taken_apart_again() {
    let library = library();
    let register = library.get("sample").unwrap();
    let of = |value| enter(register, value).unwrap();
    let left = of(
        json!({"name": "演示第一化工有限公司", "code": "AB001", "place": "116.2500,36.5800", "tags": ["甲"], "count": 3}),
    );
    let right = of(
        json!({"name": "演示第一化工", "code": "AB002", "place": "116.2505,36.5800", "tags": ["乙"], "day": "2025-01-01"}),
    );
    let same = likeness(register, &left, &right).unwrap();
    assert_eq!((same.score, same.verdict), (70, Verdict::Review), "{same:?}");
    assert_eq!(same.reasons.len(), 2);
    let (a, b) = (terms(register, &left), terms(register, &right));
    assert!(
        a.iter().any(|t| b.contains(t)),
        "candidates are found by a shared term"
    );
    let far = of(json!({"name": "别处养殖场", "place": "116.9,36.9"}));
    assert_eq!(
        likeness(register, &left, &far).unwrap().verdict,
        Verdict::Different
    );

    let (keep, close) = (record("1", left.clone()), record("2", right.clone()));
    let plan = merge::plan(register, &keep, &close);
    let open: Vec<&str> = plan.conflicts.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(open, ["name", "place", "code"]);
    assert_eq!(
        merge::settle(&plan, &BTreeMap::new()).unwrap_err(),
        ["name", "place", "code"]
    );
    let choices = BTreeMap::from([
        ("name".into(), Side::Keep),
        ("place".into(), Side::Close),
        ("code".into(), Side::Keep),
    ]);
    let joint = merge::settle(&plan, &choices).unwrap();
    let joint = admit(register, &joint, Some("open"), today(), &AnyReference).unwrap();
    assert_eq!(
        (&joint["tags"], &joint["day"], &joint["count"]),
        (&json!(["甲", "乙"]), &json!("2025-01-01"), &json!(3))
    );
    let merged = merge::Merged {
        keep: keep.id,
        close: close.id,
        keep_before: left.clone(),
        close_before: right.clone(),
        after: joint.clone(),
    };
    let mut later = joint;
    later.insert("count".into(), json!(4));
    let apart = merge::unmerge(&merged, &later);
    assert_eq!(
        (apart.close, apart.changed_since),
        (right, vec!["count".to_owned()])
    );
    let mut expected = left;
    expected.insert("count".into(), json!(4));
    assert_eq!(apart.keep, expected);
}

#[test]
fn the_public_sees_public_fields_and_a_missed_quarter_is_named() {
    let library = library();
    let register = library.get("sample").unwrap();
    let hidden = record("1", enter(register, json!({"good": false})).unwrap());
    assert_eq!(publish::view(register, &hidden, today()), None);
    let raw = json!({"good": true, "count": 1, "day": "2025-01-01", "rows": [{"item": "a", "share": "1"}]});
    let shown = publish::view(register, &record("2", enter(register, raw).unwrap()), today()).unwrap();
    let wanted = json!({"name": "演示厂", "kind": "a", "day": "2025-01-01", "rows": [{"item": "a"}]});
    assert_eq!(Value::Object(shown), wanted);
    let due = publish::outstanding(
        register,
        date(2026, 1, 1),
        &[date(2026, 2, 9)],
        date(2026, 10, 10),
    );
    let shown: Vec<_> = due
        .iter()
        .map(|p| (p.from.to_string(), p.due.to_string(), p.missed))
        .collect();
    assert_eq!(
        shown,
        [
            ("2026-04-01".into(), "2026-07-15".into(), true),
            ("2026-07-01".into(), "2026-10-15".into(), false)
        ]
    );
}

#[test]
fn an_old_record_is_read_under_the_new_definition_and_a_breaking_one_is_refused() {
    let library = library();
    let register = library.get("sample").unwrap();
    let old = Record {
        version: 1,
        state: Some("new".into()),
        ..record("1", body(json!({"title": "旧名", "old": 1, "code": "AB123"})))
    };
    let read = migrate(&old, register.definition());
    assert_eq!((read.version, read.state.as_deref()), (2, Some("open")));
    assert_eq!(
        Value::Object(read.body),
        json!({"name": "旧名", "kind": "a", "code": "AB123"})
    );
    let recoded = migrate(
        &Record {
            body: body(json!({"kind": "x"})),
            ..old
        },
        register.definition(),
    );
    assert_eq!(recoded.body["kind"], "b");

    let now = register.definition().clone();
    let mut next = now.clone();
    next.version = 3;
    assert_eq!(incompatible(&now, &next), []);
    next.field.retain(|f| f.name != "amount");
    next.field.iter_mut().find(|f| f.name == "count").unwrap().unit = "t".into();
    next.field.iter_mut().find(|f| f.name == "day").unwrap().required = true;
    next.field
        .iter_mut()
        .find(|f| f.name == "kind")
        .unwrap()
        .choices
        .pop();
    let told: Vec<String> = incompatible(&now, &next).into_iter().map(|n| n.en).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for word in [
        "«amount» is gone",
        "«count» changed",
        "«day» became required",
        "code «b»",
    ] {
        assert!(told.iter().any(|t| t.contains(word)), "{word} in {told:?}");
    }
}

#[test]
fn links_are_named_with_their_place() {
    let library = library();
    let register = library.get("sample").unwrap();
    let found = links::links(
        register,
        &enter(register, json!({"other": "R-9", "town": "T1"})).unwrap(),
    );
    let shown: Vec<_> = found.iter().map(|l| (l.field.as_str(), l.id.as_str())).collect();
    assert_eq!(shown, [("other", "R-9"), ("town", "T1")]);
    assert_eq!(found[0].target, links::Target::Record("sample".into()));
}

#[test]
fn history_names_each_value_before_and_after() {
    let library = library();
    let register = library.get("sample").unwrap();
    let before = enter(register, json!({"rows": [{"item": "a"}], "count": 1})).unwrap();
    let after = enter(
        register,
        json!({"rows": [{"item": "b"}, {"item": "c"}], "kind": "b", "why": "x", "count": 1}),
    )
    .unwrap();
    let changes = history::changes(register, &before, &after);
    let shown: Vec<_> = changes
        .iter()
        .map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("kind", Some("甲类"), Some("乙类")),
            ("why", None, Some("x")),
            ("rows[1].item", Some("a"), Some("b")),
            ("rows[2].item", None, Some("c")),
        ]
    );
    let found = search::text(register, &record("R-7", after));
    assert!(
        search::words("ＡＢ123 乙类").iter().all(|w| found.contains(w)),
        "{found}"
    );
}
