//! 100,000 records in one register: lists with filters, orders and words while somebody writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ledger::{Change, ChangeKind, Edit, Ledger, Person, Query, Sort};
use model::ids::{RecordId, UserId};
use model::role::Role;
use model::time::{Clock, UtcMs};
use registers::library::{File, Library};
use registers::life::Actor;
use registers::record::Body;
use serde_json::json;
use store::{Page, Store};

use super::Figure;
use crate::clock::SystemClock;
use crate::fail::Failure;

/// Records of the register.
const RECORDS: usize = 100_000;
/// Records written by one call while it is filled.
const BATCH: usize = 5_000;
/// Times each list is asked.
const ASKED: usize = 200;
/// Pause of the one who writes.
const WRITES_EVERY: Duration = Duration::from_millis(20);

const DEFINITION: &str = r#"
version = 1
zh = "测速"
en = "Bench"
systems = ["S001"]
title = ["name", "code"]
retention_years = 1
field = [
  { name = "code", zh = "编号", en = "Code", type = "text", required = true },
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "kind", zh = "类型", en = "Kind", type = "choice", choices = [{ code = "a", zh = "甲类", en = "A" }, { code = "b", zh = "乙类", en = "B" }, { code = "c", zh = "丙类", en = "C" }] },
  { name = "town", zh = "镇街", en = "Town", type = "text" },
  { name = "load", zh = "负荷", en = "Load", type = "decimal", decimals = 2 },
  { name = "day", zh = "日期", en = "Day", type = "date" },
  { name = "address", zh = "地址", en = "Address", type = "text" },
  { name = "contact", zh = "联系人", en = "Contact", type = "text" },
  { name = "place", zh = "位置", en = "Place", type = "point" },
  { name = "rows", zh = "明细", en = "Rows", type = "group", fields = [
    { name = "item", zh = "事项", en = "Item", type = "text" },
    { name = "amount", zh = "数量", en = "Amount", type = "decimal" },
  ] },
]
key = [{ fields = ["code"] }]
deadline = [
  { name = "check", zh = "复核", en = "Check", from = "field", field = "day", count = 1, span = "years", basis = "测速" },
]
access = { read = ["inspector"], write = ["inspector"] }

[life]
start = "open"
state = [
  { name = "open", zh = "在办", en = "Open" },
  { name = "closed", zh = "办结", en = "Closed", closed = true },
]
transition = [
  { name = "close", zh = "办结", en = "Close", from = ["open"], to = "closed", roles = ["inspector"] },
]
"#;

fn person() -> Person {
    Person {
        actor: Actor {
            user: UserId(1),
            role: Role::Inspector,
            unit: None,
            firms: Vec::new(),
        },
        name: "bench".to_owned(),
    }
}

/// A record from its number: the same in every run.
fn body(n: usize) -> Body {
    let mixed = n.wrapping_mul(2_654_435_761) % 1_000_003;
    let kind = ["a", "b", "c"].get(mixed % 3);
    let value = json!({
        "code": format!("BN-{n:06}"),
        "name": format!("演示单位{}号", mixed % 50_000),
        "kind": kind,
        "town": format!("{}", 371_503_001 + mixed % 14),
        "load": format!("{}.{:02}", mixed % 1_000, mixed % 100),
        "day": format!("{}-{:02}-{:02}", 2020 + mixed % 8, 1 + mixed % 12, 1 + mixed % 28),
        "address": format!("演示街道{}路{}号院内西侧", mixed % 300, mixed % 999),
        "contact": format!("联系人{}", mixed % 7_000),
        "place": { "type": "Point", "coordinates": [116.0 + (mixed % 500) as f64 / 1000.0, 36.4 + (mixed % 400) as f64 / 1000.0] },
        "rows": [{ "item": "除尘", "amount": "1.5" }, { "item": "脱硫", "amount": format!("{}", mixed % 40) }],
    });
    value.as_object().cloned().unwrap_or_default()
}

async fn fill(ledger: &Ledger, name: &str, now: UtcMs) -> Result<f64, Failure> {
    let register = ledger.register(name)?;
    let began = Instant::now();
    for from in (0..RECORDS).step_by(BATCH) {
        let changes: Vec<Change> = (from..(from + BATCH).min(RECORDS))
            .map(|n| {
                let mut change = Change::new(register, None, body(n), ChangeKind::Imported, now);
                if n % 4 == 0 {
                    change.record.state = Some("closed".to_owned());
                }
                change
            })
            .collect();
        ledger.commit(register, changes, &person(), now).await?;
    }
    Ok(RECORDS as f64 / began.elapsed().as_secs_f64())
}

/// The lists that are asked: a name, and the query of the n-th time.
fn lists(ledger: &Ledger, name: &str, n: usize) -> Result<Vec<(&'static str, Query)>, Failure> {
    let register = ledger.register(name)?;
    let sorted = |field: &str, descending: bool| Query {
        sort: Some(Sort::Field(field.to_owned())),
        descending,
        ..Query::default()
    };
    let mut filtered = sorted("name", false);
    filtered.condition(register, "kind", "a,b")?;
    filtered.condition(register, "load.from", &format!("{}", n % 500))?;
    filtered.states = vec!["open".to_owned()];
    let mut towns = sorted("load", true);
    towns.condition(register, "town", &format!("{}", 371_503_001 + n % 14))?;
    towns.condition(register, "day.from", "2022-01-01")?;
    let found = |text: String| Query {
        text,
        ..sorted("day", false)
    };
    Ok(vec![
        ("newest first", Query::default()),
        ("by text", sorted("name", n.is_multiple_of(2))),
        (
            "by number, deep page",
            Query {
                page: Page {
                    number: 1 + i64::try_from(n % 1_500).unwrap_or(0),
                    size: 50,
                },
                ..sorted("load", true)
            },
        ),
        ("kind, state, range; by text", filtered),
        ("town, since; by number", towns),
        (
            "overdue; by deadline",
            Query {
                overdue: Some(true),
                sort: Some(Sort::NextDue),
                ..Query::default()
            },
        ),
        ("one word in few", found(format!("bn-{:06}", n * 37 % RECORDS))),
        ("one word in most", found("演示街道".to_owned())),
    ])
}

async fn measure(store: Store, engine: &'static str) -> Result<Vec<Figure>, Failure> {
    let clock = SystemClock;
    let name = format!("bench_{}", std::process::id());
    let file = File {
        path: format!("bench/{name}.toml"),
        text: format!("name = \"{name}\"\n{DEFINITION}"),
    };
    let library = Library::load(&[file]).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::new("测速用的台账定义有误", lines.join("\n"))
    })?;
    let ledger = Ledger::new(store, Arc::new(library), &[]);
    let filled = fill(&ledger, &name, clock.now()).await?;
    let began = Instant::now();
    ledger.refresh().await?;
    let loaded = began.elapsed().as_secs_f64() * 1e3;

    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicU64::new(0));
    let writer = tokio::spawn(write(
        ledger.clone(),
        name.clone(),
        Arc::clone(&stop),
        Arc::clone(&written),
    ));
    let began = Instant::now();
    let mut times: Vec<(&'static str, Vec<f64>)> = Vec::new();
    for n in 0..ASKED {
        for (kind, query) in lists(&ledger, &name, n)? {
            let asked = Instant::now();
            let page = ledger.list(&name, &query, &person(), clock.now()).await?;
            let ms = asked.elapsed().as_secs_f64() * 1e3;
            std::hint::black_box(page.total);
            match times.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, list)) => list.push(ms),
                None => times.push((kind, vec![ms])),
            }
        }
    }
    let lasted = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    writer.await??;
    let figure = |what: String, unit, value: f64| Figure {
        id: "P7",
        what: format!("{engine}: {what}"),
        unit,
        values: vec![value],
    };
    let mut out = vec![
        figure(
            format!("{RECORDS} records written in batches of {BATCH}"),
            "records/s",
            filled,
        ),
        figure("their view read into memory".to_owned(), "ms", loaded),
        figure(
            "edits written meanwhile".to_owned(),
            "edits/s",
            written.load(Ordering::Relaxed) as f64 / lasted,
        ),
    ];
    let mut all: Vec<f64> = times.iter().flat_map(|(_, list)| list.iter().copied()).collect();
    for (kind, list) in &mut times {
        let (p50, p99) = (percentile(list, 50), percentile(list, 99));
        out.push(figure(format!("list, {kind}: p50"), "ms", p50));
        out.push(figure(format!("list, {kind}: p99"), "ms", p99));
    }
    out.push(figure(
        "all lists: p50".to_owned(),
        "ms",
        percentile(&mut all, 50),
    ));
    out.push(figure(
        "all lists: p99".to_owned(),
        "ms",
        percentile(&mut all, 99),
    ));
    ledger.store().db().close().await;
    Ok(out)
}

fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// Somebody who edits records all the while.
async fn write(
    ledger: Ledger,
    name: String,
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
) -> Result<(), ledger::LedgerError> {
    let clock = SystemClock;
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        n = (n + 7_919) % RECORDS;
        let id = RecordId::new(format!("{:06}", n + 1));
        let (_, held) = ledger.held(&name, &id, &person()).await?;
        let edit = Edit {
            revision: held.revision,
            body: json!({ "contact": format!("联系人{}", held.revision) })
                .as_object()
                .cloned()
                .unwrap_or_default(),
            ..Edit::default()
        };
        ledger.edit(&name, &id, &edit, &person(), clock.now()).await?;
        written.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(WRITES_EVERY).await;
    }
    Ok(())
}

/// SQLite, and PostgreSQL where `HUANSHU_TEST_POSTGRES` names a server.
pub(super) async fn registers() -> Result<Vec<Figure>, Failure> {
    let data = std::env::temp_dir().join(format!("huanshu-bench-registers-{}", std::process::id()));
    let mut out = measure(Store::open(None, &data).await?, "SQLite").await?;
    let _ = std::fs::remove_dir_all(&data);
    if let Ok(url) = std::env::var("HUANSHU_TEST_POSTGRES") {
        out.extend(measure(Store::open(Some(&url), &data).await?, "PostgreSQL").await?);
        let _ = std::fs::remove_dir_all(&data);
    }
    Ok(out)
}
