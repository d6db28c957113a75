//! Every definition of the project over HTTP, with the demonstration's records: what is exported comes back without a
//! change, and the public sees public fields and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use ledger::{Change, ChangeKind, Ledger, Person};
use model::profile::Profile;
use model::role::Role;
use registers::definition::{Field, FieldType};
use registers::library::{File, Library};
use registers::record::Body as Values;
use registers::register::Register;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::bench::{Bench, PEOPLE};

on_both![every_register_is_exported_and_imported_and_published];

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path);
        }
    }
    out.sort();
}

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    let wanted = |p: &PathBuf| {
        p.extension()
            .is_some_and(|e| ["toml", "csv", "geojson"].iter().any(|k| e == *k))
    };
    paths
        .into_iter()
        .filter(wanted)
        .map(|p| {
            let name = p.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(p).unwrap())
        })
        .collect()
}

/// The server with the project's registers and district in place of the bench's.
async fn project(bench: &Bench) -> (Router, Ledger) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = texts(&root.join("profiles/chiping"));
    files.retain(|name, _| !name.starts_with("registers/"));
    let profile = Profile::from_files(&files).unwrap();
    bench.store.put_subjects(&profile.subjects).await.unwrap();
    let files: Vec<File> = texts(&root.join("registers"))
        .into_iter()
        .chain(texts(&root.join("profiles/chiping/registers")))
        .map(|(path, text)| File { path, text })
        .collect();
    let library = Library::load(&files).unwrap_or_else(|e| panic!("{e:?}"));
    let ledger = Ledger::new(bench.store.clone(), Arc::new(library), &profile.units);
    let now = bench.app.clock.now();
    ledger.settle(now).await.unwrap();
    ledger.seed_demo(now).await.unwrap();
    let mut app = bench.app.clone();
    app.ledger = ledger.clone();
    app.profile = Arc::new(profile);
    (server::router(app), ledger)
}

struct Asking<'a> {
    bench: &'a Bench,
    router: Router,
}

impl Asking<'_> {
    async fn send(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, bytes.to_vec())
    }

    async fn ask(&self, login: &str, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Vec<u8>) {
        let path = format!("/api/v1{path}");
        self.send(self.bench.request(login, method, &path, body)).await
    }

    async fn json(&self, login: &str, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, bytes) = self.ask(login, method, path, body).await;
        let text = String::from_utf8_lossy(&bytes);
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn import(&self, login: &str, register: &str, table: &[u8]) -> Value {
        let mut body =
            b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\n".to_vec();
        body.extend_from_slice(table);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post(format!("/api/v1/registers/{register}/imports"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.bench.token(login)),
            )
            .body(Body::from(body))
            .unwrap();
        let (status, bytes) = self.send(request).await;
        assert_eq!(
            status,
            StatusCode::CREATED,
            "{register}: {}",
            String::from_utf8_lossy(&bytes)
        );
        serde_json::from_slice(&bytes).unwrap()
    }
}

/// A user who may see and change every record of a register.
fn clerk(register: &Register) -> &'static str {
    let access = &register.definition().access;
    let able = |role: &Role| {
        ![Role::Town, Role::Firm].contains(role) && access.write.contains(role) && access.read.contains(role)
    };
    let (login, ..) = PEOPLE.iter().find(|(_, role, ..)| able(role)).unwrap();
    login
}

const NUMBER: &str = "98765432";

/// Puts something that must not be seen into everything that is not public.
fn mark(fields: &[Field], values: &mut Values, hidden: bool, n: usize) {
    for field in fields {
        let secret = hidden || !field.public;
        if field.kind == FieldType::Group {
            let rows = values.entry(field.name.clone()).or_insert_with(|| json!([{}]));
            for row in rows.as_array_mut().unwrap() {
                mark(&field.fields, row.as_object_mut().unwrap(), secret, n);
            }
        } else if secret {
            let value = match field.kind {
                FieldType::Integer | FieldType::Decimal => json!(format!("{NUMBER}{n}.125")),
                FieldType::File => {
                    json!({ "name": "LEAK.pdf", "sha256": "LEAK", "size": 1, "media_type": "LEAK" })
                }
                FieldType::Point => json!({ "type": "Point", "coordinates": [98.765_432_1, 1.0] }),
                _ => json!(format!("LEAK-{n}-{}", field.name)),
            };
            let value = if field.repeatable { json!([value]) } else { value };
            values.insert(field.name.clone(), value);
        }
    }
}

/// Names of all values the public may see, `group.field` inside groups.
fn public(fields: &[Field], prefix: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for field in fields.iter().filter(|f| f.public) {
        out.insert(format!("{prefix}{}", field.name));
        out.extend(public(&field.fields, &format!("{}.", field.name)));
    }
    out
}

async fn every_register_is_exported_and_imported_and_published(bench: &Bench) {
    let (router, ledger) = project(bench).await;
    let asking = Asking { bench, router };
    let (mut registers, mut seen, mut cells) = (0, 0, 0);
    for register in ledger.library().iter() {
        let (name, login) = (register.name(), clerk(register));
        let list = asking
            .json(login, "GET", &format!("/registers/{name}/records"), None)
            .await;
        let total = list["total"].as_u64().unwrap();
        assert_eq!(total, ledger.library().demo(name).len() as u64, "{name}");
        for format in ["xlsx", "csv"] {
            let path = format!("/registers/{name}/export?format={format}");
            let (status, bytes) = asking.ask(login, "GET", &path, None).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            let back = asking.import(login, name, &bytes).await;
            assert_eq!(back["findings"], json!([]), "{name} {format}");
            assert_eq!(back["unchanged"], total, "{name} {format}: {}", back["preview"]);
            assert_eq!(
                (&back["changed"], &back["new"]),
                (&json!(0), &json!(0)),
                "{name} {format}"
            );
        }
        registers += 1;
    }
    assert!(registers >= 30, "all definitions of the project");

    // Records full of what must not be seen, in the states the demonstration has.
    let now = bench.app.clock.now();
    let clerk_of_all = Person::program("LEAK-author");
    for register in ledger.library().iter() {
        // The code of a subject never changes, so its record keeps its values.
        if register.definition().subject.is_some() {
            continue;
        }
        let mut changes = Vec::new();
        for (n, demo) in ledger.library().demo(register.name()).iter().enumerate() {
            let held = ledger.fetch(register, &demo.id).await.unwrap().unwrap();
            let mut record = held.record.clone();
            mark(&register.definition().field, &mut record.body, false, n);
            changes.push(Change::of(&held, record, ChangeKind::Edited));
        }
        ledger
            .commit(register, changes, &clerk_of_all, now)
            .await
            .unwrap();
    }
    bench.pass(400 * 86_400_000);
    let list = asking.json("-", "GET", "/public/registers", None).await;
    let names: BTreeSet<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["name"].as_str().unwrap().to_owned())
        .collect();
    for register in ledger.library().iter() {
        let name = register.name();
        let path = format!("/public/registers/{name}");
        let Some(publication) = &register.definition().publication else {
            assert_eq!(
                asking.ask("-", "GET", &path, None).await.0,
                StatusCode::NOT_FOUND,
                "{name}"
            );
            continue;
        };
        assert!(names.contains(name), "{name}");
        let login = clerk(register);
        let periods = asking
            .json(login, "GET", &format!("/registers/{name}/publications"), None)
            .await;
        if let Some(period) = periods["items"].as_array().unwrap().first() {
            let body = json!({ "from": period["from"] });
            let path = format!("/registers/{name}/publications");
            asking.json(login, "POST", &path, Some(body)).await;
        } else {
            assert_eq!(periods["rhythm"], "live", "{name}: {publication:?}");
        }
        let (status, bytes) = asking
            .ask("-", "GET", &format!("{path}?page_size=200"), None)
            .await;
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(status, StatusCode::OK, "{name}: {text}");
        for secret in ["LEAK", NUMBER, "98.7654321", "sha256", "trail", "updated_by"] {
            assert!(!text.contains(secret), "{name} shows {secret}: {text}");
        }
        let page: Value = serde_json::from_str(&text).unwrap();
        let allowed = public(&register.definition().field, "");
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["demo"], true);
            for (field, value) in item["body"].as_object().unwrap() {
                assert!(allowed.contains(field), "{name} shows {field}");
                for row in value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_object)
                {
                    let inner = row
                        .keys()
                        .all(|k| allowed.contains(&format!("{field}.{k}")) || row.contains_key("type"));
                    assert!(inner, "{name} shows {row:?}");
                }
            }
            for (group, rows) in item["rows"].as_object().unwrap() {
                let inner = rows
                    .as_array()
                    .unwrap()
                    .iter()
                    .flat_map(|r| r.as_object().unwrap().keys());
                for key in inner {
                    assert!(
                        allowed.contains(&format!("{group}.{key}")),
                        "{name} shows {group}.{key}"
                    );
                    cells += 1;
                }
            }
            seen += 1;
        }
        let mut columns = BTreeSet::new();
        for column in page["columns"].as_array().unwrap() {
            let field = column["field"].as_str().unwrap();
            columns.insert(field.to_owned());
            let inner = column["columns"].as_array().unwrap().iter();
            columns.extend(inner.map(|c| format!("{field}.{}", c["field"].as_str().unwrap())));
        }
        assert_eq!(
            columns, allowed,
            "{name} has the columns that its definition publishes"
        );
        let found = asking.json("-", "GET", &format!("{path}?q=LEAK"), None).await;
        assert_eq!(found["total"], 0, "{name} is searched by what it does not show");
    }
    assert!(seen >= 10, "the public sees something: {seen}");
    assert!(cells >= 10, "the public sees rows of groups: {cells}");
}
