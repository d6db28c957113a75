//! Tables on a definition with every kind of field: as offices write them, with mistakes, and back again.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

mod common;

use common::sample::{SAMPLE, body, enter, library, load, record};
use common::today;
use model::ids::RecordId;
use model::time::UtcMs;
use proptest::prelude::*;
use registers::admit::{AnyReference, admit};
use registers::record::{Body, Record};
use registers::table::{self, Cell, Existing, Merge, Sheet, import};
use serde_json::{Value, json};

fn cells(rows: &[&[&str]]) -> Vec<Vec<Cell>> {
    rows.iter()
        .map(|r| r.iter().map(|c| Cell::text(*c)).collect())
        .collect()
}

fn read(sheet: &Sheet) -> table::Import {
    let library = library();
    import(
        library.get("sample").unwrap(),
        sheet,
        &table::import::Nothing,
        &AnyReference,
        today(),
    )
}

#[test]
fn a_table_as_offices_write_it_is_read() {
    // A title, an alias with a unit in brackets, a foreign column, a merged cell, continuation rows, full width.
    let sheet = Sheet {
        rows: cells(&[
            &["2025年台账"],
            &[
                "序号",
                "单位*",
                "类别",
                "编号",
                "重量（t）",
                "数量",
                "日期",
                "明细/项目",
                "明细/份额",
            ],
            &[
                "1",
                "演示一厂",
                "甲类",
                "AB001",
                "１．５",
                "3",
                "45717",
                "甲",
                "1",
            ],
            &["", "", "", "", "", "", "", "乙", "2"],
            &["2", "演示二厂", "甲类", "AB002", "2", "3", "2025年3月2日", "", ""],
            &[],
        ]),
        merges: vec![Merge {
            top: 2,
            left: 2,
            bottom: 2,
            right: 2,
        }],
    };
    let read = read(&sheet);
    let drafts = read.drafts.unwrap_or_else(|| panic!("{:#?}", read.findings));
    assert_eq!(read.ignored, ["序号"]);
    assert_eq!(drafts.len(), 2);
    assert_eq!(
        (drafts[0].row, &drafts[0].body["amount"], &drafts[0].body["day"]),
        (3, &json!("1.5"), &json!("2025-03-01"))
    );
    assert_eq!(drafts[0].body["rows"].as_array().unwrap().len(), 2);
    assert_eq!(drafts[0].body["total"], "3.00");
    assert_eq!(drafts[1].body["day"], "2025-03-02");
}

#[test]
fn merged_cells_are_filled_down() {
    let sheet = Sheet {
        rows: cells(&[
            &["名称", "类别", "编号"],
            &["一", "乙类", "AB001"],
            &["二", "", "AB002"],
        ]),
        merges: vec![Merge {
            top: 1,
            left: 1,
            bottom: 2,
            right: 1,
        }],
    };
    let findings = read(&sheet).findings;
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.row, f.finding.field.as_str()))
        .collect();
    assert_eq!(
        told,
        [(2, "why"), (3, "why")],
        "both rows are of the kind that asks for a reason"
    );
}

#[test]
fn one_bad_row_stops_all_and_is_told_with_row_and_column() {
    let sheet = Sheet {
        rows: cells(&[
            &["企业名称", "类别", "编号", "数量"],
            &["一", "甲类", "AB001", "1"],
            &["二", "丙类", "AB002", "many"],
            &["三", "甲类", "AB001", "1"],
        ]),
        merges: vec![],
    };
    let read = read(&sheet);
    assert!(read.drafts.is_none(), "nothing half imported");
    let told: Vec<_> = read
        .findings
        .iter()
        .map(|f| (f.row, f.column.as_deref(), f.finding.code))
        .collect();
    assert_eq!(
        told,
        [
            (3, Some("数量"), "type"),
            (3, Some("类别"), "code"),
            (4, None, "double")
        ]
    );
    let wrong = self::read(&Sheet {
        rows: cells(&[&["甲", "乙"], &["1", "2"]]),
        merges: vec![],
    });
    assert_eq!(wrong.findings[0].finding.code, "header");
    assert!(wrong.findings[0].finding.expected.zh.contains("名称"));
}

struct Held(Record);

impl Existing for Held {
    fn by_id(&self, id: &str) -> Option<Record> {
        (self.0.id.as_str() == id).then(|| self.0.clone())
    }

    fn by_key(&self, fields: &[String], values: &[String]) -> Option<RecordId> {
        let same = fields
            .iter()
            .zip(values)
            .all(|(f, v)| self.0.body.get(f).and_then(Value::as_str) == Some(v));
        same.then(|| self.0.id.clone())
    }
}

#[test]
fn a_sheet_with_some_columns_changes_those_only() {
    let library = library();
    let register = library.get("sample").unwrap();
    let held = Held(record(
        "R-1",
        enter(register, json!({"count": 5, "tags": ["甲"], "good": true})).unwrap(),
    ));
    for header in ["记录编号", "编号"] {
        let first = if header == "编号" { "AB123" } else { "R-1" };
        let rows = cells(&[&[header, "数量"], &[first, "6"]]);
        let sheet = Sheet { rows, merges: vec![] };
        let import = import(register, &sheet, &held, &AnyReference, today());
        let drafts = import.drafts.unwrap_or_else(|| panic!("{:#?}", import.findings));
        assert_eq!(drafts[0].id, Some(RecordId::new("R-1")), "found by {header}");
        let changed: Vec<&str> = drafts[0].changes.iter().map(|c| c.field.as_str()).collect();
        assert_eq!(changed, ["count"]);
        assert_eq!(drafts[0].body["tags"], json!(["甲"]));
    }
    let rows = cells(&[&["记录编号", "数量"], &["R-9", "6"]]);
    let unknown = import(
        register,
        &Sheet { rows, merges: vec![] },
        &held,
        &AnyReference,
        today(),
    );
    assert_eq!(unknown.findings[0].finding.code, "reference");
}

fn values() -> impl Strategy<Value = Body> {
    let text = "[一-龥A-Za-z0-9，。()（） ]{1,12}"
        .prop_filter("not blank", |t| t.trim().len() == t.len() && t.len() > 1);
    let row = (
        text.clone(),
        proptest::option::of(0_u32..10_000),
        proptest::option::of(0_i64..9_000),
    )
        .prop_map(|(item, share, day)| {
            let mut row = json!({"item": item});
            if let Some(share) = share {
                row["share"] = json!(format!("{}.{:02}", share / 100, share % 100));
            }
            if let Some(day) = day {
                row["from"] = json!((40_000 + day).to_string());
            }
            row
        });
    let some = proptest::option::of::<BoxedStrategy<Value>>;
    (
        (text.clone(), 0_u32..1_000, some((0_i64..1_000).prop_map(|n| json!(n)).boxed())),
        some((0_i64..9_000).prop_map(|n| json!((40_000 + n).to_string())).boxed()),
        some((0_i64..2_000_000_000).prop_map(|s| json!(UtcMs(s * 1000).to_rfc3339())).boxed()),
        some(proptest::collection::vec("[a-z一-龥]{1,5}", 1..4).prop_map(|v| json!(v)).boxed()),
        some((-180.0_f64..180.0, -90.0_f64..90.0).prop_map(|(x, y)| json!({"type": "Point", "coordinates": [x, y]})).boxed()),
        some(
            (100.0_f64..110.0, 30.0_f64..40.0)
                .prop_map(|(x, y)| json!({"type": "Polygon", "coordinates": [[[x, y], [x + 1.0, y], [x, y + 1.0], [x, y]]]}))
                .boxed(),
        ),
        some(any::<bool>().prop_map(|b| json!(b)).boxed()),
        proptest::collection::vec(row, 0..4),
    )
        .prop_map(|((name, code, count), day, at, tags, place, area, good, rows)| {
            let mut out = body(json!({"name": name, "kind": "a", "code": format!("AB{code:03}"), "rows": rows}));
            let optional = [("count", count), ("day", day), ("at", at), ("tags", tags), ("place", place), ("area", area), ("good", good)];
            out.extend(optional.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?))));
            out
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_record_exported_and_imported_again_is_unchanged(raw in proptest::collection::vec(values(), 1..4)) {
        let library = library();
        let register = library.get("sample").unwrap();
        for (n, raw) in raw.iter().enumerate() {
            let body = admit(register, raw, Some("open"), today(), &AnyReference);
            prop_assert!(body.is_ok(), "{body:?}");
            let held = record(&format!("R-{n}"), body.unwrap());
            let columns = table::template(register);
            let mut rows = vec![columns.iter().map(|c| Cell::text(&c.header)).collect::<Vec<_>>()];
            rows.extend(table::rows(register, &columns, &held));
            let import = import(register, &Sheet { rows, merges: vec![] }, &Held(held.clone()), &AnyReference, today());
            let drafts = import.drafts;
            prop_assert!(drafts.is_some(), "{:?}", import.findings);
            let drafts = drafts.unwrap();
            prop_assert_eq!(drafts.len(), 1);
            prop_assert_eq!(&drafts[0].body, &held.body);
            prop_assert!(drafts[0].changes.is_empty());
        }
    }

    #[test]
    fn no_expression_and_no_definition_stops_the_program(text in "\\PC{0,60}", cut in 0_usize..4_000) {
        let broken: String = SAMPLE.chars().take(cut).collect();
        let _ = load(&broken);
        let _ = load(&SAMPLE.replacen("total / 3", &text.replace(['"', '\\'], ""), 1));
    }
}
