//! The project's own definitions through real files: the template of each reads back, and what is exported as .xlsx and
//! .csv comes back unchanged.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use ledger::sheet::{self, Csv, Export};
use model::ids::RecordId;
use model::time::UtcMs;
use registers::admit::{AnyReference, admit};
use registers::definition::FieldType;
use registers::library::{File, Library};
use registers::record::Record;
use registers::register::Register;
use registers::table::{self, Cell, Existing, Sheet};
use serde_json::{Value, json};

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path);
        }
    }
}

fn library() -> Library {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registers");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let files: Vec<File> = paths
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "toml" || e == "csv"))
        .map(|p| File {
            path: p.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(),
            text: std::fs::read_to_string(&p).unwrap(),
        })
        .collect();
    Library::load(&files).unwrap_or_else(|e| panic!("{e:?}"))
}

fn today() -> jiff::civil::Date {
    UtcMs::parse("2026-11-24 10:00").unwrap().civil().unwrap().date()
}

struct Held(BTreeMap<String, Record>);

impl Existing for Held {
    fn by_id(&self, id: &str) -> Option<Record> {
        self.0.get(id).cloned()
    }

    fn by_key(&self, fields: &[String], values: &[String]) -> Option<RecordId> {
        let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let same = |r: &&Record| {
            fields
                .iter()
                .zip(values)
                .all(|(f, v)| r.body.get(f).map(text).as_ref() == Some(v))
        };
        self.0.values().find(same).map(|r| r.id.clone())
    }
}

/// The demonstration records of a register as they would be stored, with a few values that are hard on files.
fn held(register: &Register, library: &Library) -> Held {
    let mut records = BTreeMap::new();
    for demo in library.demo(register.name()) {
        let mut raw = demo.body.clone();
        // A text that a table program would take for a formula, has every separator, and runs over two lines.
        let text = register.definition().field.iter().find(|f| {
            f.kind == FieldType::Text
                && f.pattern.is_none()
                && f.computed.is_none()
                && !f.repeatable
                && !register
                    .definition()
                    .key
                    .iter()
                    .any(|k| k.fields.contains(&f.name))
        });
        if let Some(field) = text {
            raw.insert(field.name.clone(), json!("=甲, \"乙\"; 丙\n_x0041_ 丁"));
        }
        let body = admit(register, &raw, demo.state.as_deref(), today(), &AnyReference)
            .or_else(|_| {
                admit(
                    register,
                    &demo.body,
                    demo.state.as_deref(),
                    today(),
                    &AnyReference,
                )
            })
            .unwrap_or_else(|f| panic!("{}: {f:#?}", register.name()));
        let record = Record { body, ..demo.clone() };
        records.insert(record.id.to_string(), record);
    }
    assert!(
        !records.is_empty(),
        "{} has demonstration records",
        register.name()
    );
    Held(records)
}

fn unchanged(register: &Register, sheet: &Sheet, held: &Held, how: &str) {
    let read = table::import(register, sheet, held, &AnyReference, today());
    let name = register.name();
    let drafts = read
        .drafts
        .unwrap_or_else(|| panic!("{name} {how}: {:#?}", read.findings));
    assert_eq!(drafts.len(), held.0.len(), "{name} {how}");
    for draft in drafts {
        let id = draft.id.unwrap();
        assert!(
            draft.changes.is_empty(),
            "{name} {how} {id}: {:#?}",
            draft.changes
        );
        assert_eq!(draft.body, held.0[id.as_str()].body, "{name} {how}");
    }
    assert!(
        read.absent.is_empty() && read.ignored.is_empty(),
        "{name} {how}: {:?} {:?}",
        read.absent,
        read.ignored
    );
}

#[test]
fn what_is_exported_comes_back_unchanged_through_real_files() {
    let library = library();
    let temp = tempfile::tempdir().unwrap();
    for register in library.iter() {
        let columns = table::template(register);
        let held = held(register, &library);
        let mut export = Export::new(register, &columns, temp.path()).unwrap();
        let mut csv = Csv::new(Vec::new()).unwrap();
        csv.row(&columns.iter().map(|c| Cell::text(&c.header)).collect::<Vec<_>>())
            .unwrap();
        for record in held.0.values() {
            for row in table::rows(register, &columns, record) {
                csv.row(&row).unwrap();
                let state = Cell::text(record.state.clone().unwrap_or_default());
                let with_state: Vec<Cell> = row.into_iter().chain([state]).collect();
                export.row(&with_state).unwrap();
            }
        }
        let path = temp.path().join("export.xlsx");
        export.finish(std::fs::File::create(&path).unwrap()).unwrap();
        let opened = sheet::open(std::fs::File::open(&path).unwrap()).unwrap();
        assert!(
            opened.faults.is_empty(),
            "{}: {:?}",
            register.name(),
            opened.faults
        );
        unchanged(register, &opened.sheet, &held, "xlsx");
        let opened = sheet::open(Cursor::new(csv.finish().unwrap())).unwrap();
        assert_eq!(opened.found.encoding, "UTF-8");
        unchanged(register, &opened.sheet, &held, "csv");
    }
}

#[test]
fn every_template_is_understood_and_offers_its_codes() {
    let library = library();
    let units = [("371503001".to_owned(), "振兴街道".to_owned())];
    for register in library.iter() {
        let columns = table::template(register);
        let bytes = sheet::template(register, &columns, &units).unwrap();
        let opened = sheet::open(Cursor::new(bytes.as_slice())).unwrap();
        let read = table::import(
            register,
            &opened.sheet,
            &table::import::Nothing,
            &AnyReference,
            today(),
        );
        assert!(
            read.findings.is_empty() && read.absent.is_empty(),
            "{}: {read:#?}",
            register.name()
        );
        assert_eq!(read.records, 0);
        assert_eq!(opened.found.others, ["说明"], "the codes are hidden");
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut xml = String::new();
        zip.by_name("xl/worksheets/sheet1.xml")
            .unwrap()
            .read_to_string(&mut xml)
            .unwrap();
        let lists = columns
            .iter()
            .filter(|c| c.read_back)
            .filter(|c| {
                let definition = register.definition();
                let field = match (&c.group, &c.field) {
                    (Some(g), Some(f)) => definition.field(g).and_then(|g| g.subfield(f)),
                    (None, Some(f)) => definition.field(f),
                    _ => None,
                };
                field.is_some_and(|f| {
                    matches!(f.kind, FieldType::Choice | FieldType::Boolean | FieldType::Unit)
                })
            })
            .count();
        assert_eq!(
            xml.matches("<dataValidation ").count(),
            lists,
            "{}",
            register.name()
        );
        assert!(
            zip.by_name("xl/comments1.xml").is_ok(),
            "every column has its note"
        );
        // Ids and codes are texts before anything is typed.
        assert!(xml.contains("<cols>"));
    }
}
