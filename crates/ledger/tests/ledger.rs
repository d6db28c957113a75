//! The ledger on a store: definitions that change, days that pass, subjects that are records, the demonstration.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

use std::sync::Arc;

use ledger::{Create, Edit, Ledger, LedgerError, Person, Query};
use model::ids::{RecordId, SubjectCode, UnitCode, UserId};
use model::profile::{Unit, UnitKind};
use model::role::Role;
use model::subject::{SubjectKind, SubjectSpec};
use model::time::UtcMs;
use registers::library::{File, Library};
use registers::life::Actor;
use serde_json::{Map, Value, json};
use store::Store;

const OLD: &str = r#"
name = "plot"
version = 1
zh = "地块"
en = "Plots"
systems = ["S141"]
title = ["name"]
retention_years = 30
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "size", zh = "面积", en = "Size", type = "decimal" },
  { name = "use", zh = "用途", en = "Use", type = "choice", choices = [{ code = "a", zh = "甲", en = "A" }, { code = "b", zh = "乙", en = "B" }] },
  { name = "until", zh = "到期", en = "Until", type = "date" },
]
deadline = [
  { name = "renew", zh = "续期", en = "Renewal", applies = "days(today(), until) <= 30", from = "field", field = "until", count = 0, span = "days", basis = "测试" },
]
access = { read = ["inspector"], write = ["inspector"] }
"#;

const FIRM: &str = r#"
name = "works"
version = 1
zh = "工厂"
en = "Works"
systems = ["S257"]
title = ["name"]
retention_years = 30
field = [
  { name = "code", zh = "编码", en = "Code", type = "text", required = true },
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "town", zh = "镇街", en = "Town", type = "unit" },
  { name = "place", zh = "位置", en = "Place", type = "point" },
  { name = "class", zh = "类别", en = "Class", type = "integer" },
]
key = [{ fields = ["code"] }]
access = { read = ["inspector", "firm"], write = ["inspector"], unit_field = "town", firm_fields = ["code"] }

[subject]
kind = "firm"
code = "code"
zh = "name"
unit = "town"
place = "place"
attrs = { class = "class" }
"#;

fn library(files: &[(&str, &str)]) -> Arc<Library> {
    let files: Vec<File> = files
        .iter()
        .map(|(path, text)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    Arc::new(Library::load(&files).unwrap_or_else(|e| panic!("{e:#?}")))
}

fn units() -> Vec<Unit> {
    vec![Unit {
        code: UnitCode::new("town-1"),
        zh: "甲镇".to_owned(),
        en: String::new(),
        kind: UnitKind::Town,
        aliases: Vec::new(),
        seat: None,
    }]
}

fn inspector() -> Person {
    Person {
        actor: Actor {
            user: UserId(1),
            role: Role::Inspector,
            unit: None,
            firms: Vec::new(),
        },
        name: "检查员".to_owned(),
    }
}

fn noon() -> UtcMs {
    UtcMs::parse("2026-11-24 12:00").unwrap()
}

fn body(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

async fn bench(files: &[(&str, &str)]) -> (Ledger, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(None, dir.path()).await.unwrap();
    let ledger = Ledger::new(store, library(files), &units());
    ledger.settle(noon()).await.unwrap();
    (ledger, dir)
}

async fn create(ledger: &Ledger, register: &str, value: Value) -> RecordId {
    let new = Create {
        body: body(value),
        valid_from: None,
    };
    let held = ledger.create(register, &new, &inspector(), noon()).await.unwrap();
    held.record.id
}

async fn found(ledger: &Ledger, register: &str, condition: (&str, &str)) -> i64 {
    let mut query = Query::default();
    let definition = ledger.register(register).unwrap();
    query.condition(definition, condition.0, condition.1).unwrap();
    let list = ledger.list(register, &query, &inspector(), noon()).await.unwrap();
    list.total
}

#[tokio::test]
async fn a_changed_definition_breaks_no_record_and_is_found_by_its_new_names() {
    let (ledger, dir) = bench(&[("soil/plot.toml", OLD)]).await;
    let id = create(
        &ledger,
        "plot",
        json!({ "name": "一号", "size": "3", "use": "b" }),
    )
    .await;
    assert_eq!(found(&ledger, "plot", ("use", "b")).await, 1);
    let store = ledger.store().clone();
    // The same definition: nothing is made again.
    let same = Ledger::new(store.clone(), library(&[("soil/plot.toml", OLD)]), &units());
    assert_eq!(same.settle(noon()).await.unwrap(), 0);
    let new = OLD
        .replace("version = 1", "version = 2")
        .replace("name = \"size\"", "name = \"area\"")
        .replace(
            "{ code = \"b\", zh = \"乙\", en = \"B\" }",
            "{ code = \"c\", zh = \"丙\", en = \"C\" }",
        )
        + "\n[[migration]]\nto = 2\nrename = { size = \"area\" }\nrecode = { use = { b = \"c\" } }\n";
    let files = [("soil/plot.toml", new.as_str()), ("soil/plot@1.toml", OLD)];
    let ledger = Ledger::new(store, library(&files), &units());
    assert_eq!(ledger.settle(noon()).await.unwrap(), 1);
    assert_eq!(found(&ledger, "plot", ("use", "c")).await, 1);
    assert_eq!(found(&ledger, "plot", ("area.from", "3")).await, 1);
    let (_, held) = ledger.held("plot", &id, &inspector()).await.unwrap();
    assert_eq!((&held.record.body["area"], held.revision), (&json!("3"), 1));
    let kept = ledger
        .store()
        .record(&model::ids::RegisterName::new("plot"), &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (kept.version, &kept.body["size"]),
        (1, &json!("3")),
        "stored as it was written"
    );
    let edit = Edit {
        revision: 1,
        body: body(json!({ "area": "4" })),
        ..Edit::default()
    };
    let held = ledger
        .edit("plot", &id, &edit, &inspector(), noon())
        .await
        .unwrap();
    assert_eq!((held.record.version, held.revision), (2, 2));
    let history = ledger.history("plot", &id, &inspector()).await.unwrap();
    let fields: Vec<&str> = history[0].changes.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(fields, ["area"], "the renaming is no change of a value");
    drop(dir);
}

#[tokio::test]
async fn a_deadline_begins_with_its_day() {
    let (ledger, _dir) = bench(&[("soil/plot.toml", OLD)]).await;
    create(&ledger, "plot", json!({ "name": "一号", "until": "2027-01-10" })).await;
    let due = async |now: UtcMs| {
        let query = ledger::DeadlineQuery::default();
        ledger.deadlines(&query, &inspector(), now).await.unwrap().total
    };
    assert_eq!(due(noon()).await, 0, "47 days ahead");
    let later = noon().plus_ms(20 * 86_400_000);
    assert_eq!(due(later).await, 0, "nobody swept yet");
    ledger.sweep(later).await.unwrap();
    assert_eq!(due(later).await, 1);
    let id = RecordId::new("000001");
    let (_, held) = ledger.held("plot", &id, &inspector()).await.unwrap();
    assert_eq!(held.revision, 1, "no revision for a day that passed");
}

fn spec(code: &str, zh: &str) -> SubjectSpec {
    SubjectSpec {
        code: SubjectCode::new(code),
        kind: SubjectKind::Firm,
        zh: zh.to_owned(),
        en: "Works".to_owned(),
        parent: None,
        unit: Some(UnitCode::new("town-1")),
        lon: Some(116.2),
        lat: Some(36.6),
        schematic: true,
        demo: false,
        attrs: body(json!({ "class": 3, "process": "kiln" })),
    }
}

#[tokio::test]
async fn subjects_are_records_and_records_are_subjects() {
    let (ledger, _dir) = bench(&[("base/works.toml", FIRM)]).await;
    let profile = [spec("w-1", "一厂"), spec("w-2", "二厂")];
    ledger.put_subjects(&profile).await.unwrap();
    assert_eq!(ledger.import_subjects(&profile, noon()).await.unwrap(), 2);
    assert_eq!(
        ledger.import_subjects(&profile, noon()).await.unwrap(),
        0,
        "only once"
    );
    let (_, first) = ledger.record_of(&profile[0]).await.unwrap().unwrap();
    assert_eq!(first.record.body["class"], 3);
    assert_eq!(first.kind, ledger::ChangeKind::Imported);
    let history = ledger
        .history("works", &first.record.id, &inspector())
        .await
        .unwrap();
    assert_eq!(history[0].by.name, "区域配置");
    // Nobody touched it: it follows the profile. What people changed stays.
    let renamed = [spec("w-1", "一厂新名"), spec("w-2", "二厂新名")];
    let (_, second) = ledger.record_of(&profile[1]).await.unwrap().unwrap();
    let edit = Edit {
        revision: 1,
        body: body(json!({ "name": "二厂（更名）", "place": "116.3,36.7" })),
        ..Edit::default()
    };
    let id = second.record.id.clone();
    ledger
        .edit("works", &id, &edit, &inspector(), noon())
        .await
        .unwrap();
    ledger.put_subjects(&renamed).await.unwrap();
    assert_eq!(ledger.import_subjects(&renamed, noon()).await.unwrap(), 1);
    let subject = async |code: &str| {
        let code = SubjectCode::new(code);
        ledger.store().subject_by_code(&code).await.unwrap().unwrap().spec
    };
    assert_eq!(subject("w-1").await.zh, "一厂新名");
    let two = subject("w-2").await;
    assert_eq!(
        (two.zh.as_str(), two.lon, two.lat),
        ("二厂（更名）", Some(116.3), Some(36.7))
    );
    // Facts the form does not name stay with the subject.
    assert_eq!(
        (&two.attrs["process"], two.en.as_str()),
        (&json!("kiln"), "Works")
    );
    // A new record makes a subject; its code never changes; another kind's code is taken.
    let id = create(
        &ledger,
        "works",
        json!({ "code": "w-3", "name": "三厂", "town": "town-1" }),
    )
    .await;
    assert_eq!(subject("w-3").await.unit, Some(UnitCode::new("town-1")));
    let edit = Edit {
        revision: 1,
        body: body(json!({ "code": "w-4" })),
        ..Edit::default()
    };
    let error = ledger
        .edit("works", &id, &edit, &inspector(), noon())
        .await
        .unwrap_err();
    let LedgerError::Findings(findings) = error else {
        panic!("{error}")
    };
    assert_eq!((findings[0].field.as_str(), findings[0].code), ("code", "fixed"));
    let station = SubjectSpec {
        kind: SubjectKind::AirStation,
        ..spec("air", "站")
    };
    ledger.store().put_subjects(&[station]).await.unwrap();
    let new = Create {
        body: body(json!({ "code": "air", "name": "四厂" })),
        valid_from: None,
    };
    let error = ledger
        .create("works", &new, &inspector(), noon())
        .await
        .unwrap_err();
    assert!(matches!(error, LedgerError::Findings(_)), "{error}");
    // A firm finds itself.
    let firm = Person {
        actor: Actor {
            user: UserId(2),
            role: Role::Firm,
            unit: None,
            firms: vec!["w-3".to_owned()],
        },
        name: "三厂".to_owned(),
    };
    let list = ledger
        .list("works", &Query::default(), &firm, noon())
        .await
        .unwrap();
    assert_eq!(list.total, 1);
}

#[tokio::test]
async fn the_demonstration_is_seeded_once() {
    let demo = r#"
[[record]]
id = "demo-1"
since = "2026-03-02 09:00"
demo = true
[record.body]
name = "演示地块"
size = "1"
[[record]]
id = "demo-2"
since = "2026-03-02 09:00"
demo = true
[record.body]
size = "many"
"#;
    let (ledger, _dir) = bench(&[("soil/plot.toml", OLD), ("demo/plot.demo.toml", demo)]).await;
    assert_eq!(
        ledger.seed_demo(noon()).await.unwrap(),
        1,
        "what is wrong is left out"
    );
    assert_eq!(ledger.seed_demo(noon()).await.unwrap(), 0);
    let query = Query {
        demo: Some(true),
        ..Query::default()
    };
    let list = ledger.list("plot", &query, &inspector(), noon()).await.unwrap();
    assert_eq!(list.items[0].held.record.id, RecordId::new("demo-1"));
}
