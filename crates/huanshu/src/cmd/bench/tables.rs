//! `huanshu bench tables`: a register of 100,000 records, half of them imported as a workbook and half as text, exported
//! as both, read again, searched for doubles, shown to the public; time and the memory it takes beyond what was there.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ledger::export::Format;
use ledger::import::Upload;
use ledger::sheet::Export;
use ledger::{Ledger, Person, Query};
use model::time::{Clock, UtcMs};
use registers::library::{File, Library};
use registers::table::{self, Cell};
use store::{Page, Store};

use super::Figure;
use crate::clock::SystemClock;
use crate::fail::Failure;

/// Rows of each imported table.
const ROWS: usize = 50_000;

const DEFINITION: &str = r#"
name = "bench_table"
version = 1
zh = "测速台账"
en = "Bench"
systems = ["S001"]
title = ["name"]
retention_years = 1
field = [
  { name = "code", zh = "编号", en = "Code", type = "text", required = true, public = true, pattern = "B[0-9]{8}", expects = { zh = "应为B加8位数字", en = "expected B and 8 digits" } },
  { name = "name", zh = "名称", en = "Name", type = "text", required = true, public = true },
  { name = "kind", zh = "类型", en = "Kind", type = "choice", required = true, public = true, choices = [{ code = "a", zh = "甲类", en = "A" }, { code = "b", zh = "乙类", en = "B" }] },
  { name = "town", zh = "镇街", en = "Town", type = "text", public = true },
  { name = "address", zh = "地址", en = "Address", type = "text" },
  { name = "person", zh = "联系人", en = "Person", type = "text" },
  { name = "phone", zh = "电话", en = "Phone", type = "text" },
  { name = "built", zh = "建成日期", en = "Built", type = "date" },
  { name = "checked", zh = "检查日期", en = "Checked", type = "date" },
  { name = "load", zh = "排放量", en = "Load", type = "decimal", unit = "t/a", min = "0", decimals = 3 },
  { name = "limit", zh = "限值", en = "Limit", type = "decimal", unit = "t/a", min = "0", decimals = 3 },
  { name = "area", zh = "面积", en = "Area", type = "decimal", unit = "m²", min = "0", decimals = 1 },
  { name = "workers", zh = "人数", en = "Workers", type = "integer", min = "0" },
  { name = "monitored", zh = "自动监测", en = "Monitored", type = "boolean" },
  { name = "place", zh = "位置", en = "Place", type = "point", public = true },
  { name = "tags", zh = "标签", en = "Tags", type = "text", repeatable = true },
  { name = "note", zh = "备注", en = "Note", type = "text" },
  { name = "share", zh = "占比", en = "Share", type = "decimal", decimals = 1, computed = "load / limit * 100" },
]
key = [{ fields = ["code"] }]
access = { read = ["administrator"], write = ["administrator"] }
publication = { rhythm = "live", basis = "-" }

[matching]
same_from = 80
review_from = 50
compare = [
  { field = "name", how = "similar", weight = 40 },
  { field = "phone", how = "exact", weight = 30 },
  { field = "place", how = "near", weight = 20 },
]
"#;

fn row(n: usize) -> Vec<Cell> {
    // Digits that repeat nowhere in order, without a generator.
    let mixed = n.wrapping_mul(2_654_435_761) % 1_000_003;
    [
        String::new(),
        format!("B{n:08}"),
        format!("测速第{mixed}号企业有限公司"),
        if n.is_multiple_of(2) { "甲类" } else { "乙类" }.to_owned(),
        format!("第{}镇", n % 14),
        format!("测速区第{}镇工业路{}号", n % 14, mixed % 900),
        format!("联系人{}", mixed % 5_000),
        format!("0635-{mixed:07}"),
        format!("20{:02}-{:02}-{:02}", n % 25, n % 12 + 1, n % 28 + 1),
        format!("2026年{}月{}日", n % 12 + 1, n % 28 + 1),
        format!("{}.{:03}", mixed % 90, n % 1_000),
        format!("{}.5", mixed % 90 + 100),
        format!("{}", mixed % 9_000),
        format!("{}", mixed % 300),
        if n.is_multiple_of(3) { "是" } else { "否" }.to_owned(),
        format!("116.{:05},36.{:05}", 10_000 + mixed % 30_000, 40_000 + n % 30_000),
        "重点；在产".to_owned(),
        format!("测速用的备注，第{n}条，没有别的意思"),
        String::new(),
    ]
    .into_iter()
    .map(Cell::text)
    .collect()
}

/// A figure of `/proc/self/status`, MiB; 0 where there is none.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix(name))
        .unwrap_or_default();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<f64>().unwrap_or(0.0) / 1024.0
}

/// Time and the memory it took beyond what was there before.
async fn measured<T>(
    what: &str,
    out: &mut Vec<Figure>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    // Lets the kernel count the highest use anew; where it cannot, the figure holds what came before too.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let began = Instant::now();
    let done = work.await?;
    let seconds = began.elapsed().as_secs_f64();
    let peak = (memory("VmHWM:") - before).max(0.0);
    out.push(Figure::new("P6", what.to_owned(), "ms", vec![seconds * 1000.0]));
    out.push(Figure::new(
        "P6",
        format!("{what}: memory at most"),
        "MiB",
        vec![peak],
    ));
    Ok(done)
}

/// The figures.
pub(super) async fn tables() -> Result<Vec<Figure>, Failure> {
    let data = std::env::temp_dir().join(format!("huanshu-bench-tables-{}", std::process::id()));
    let figures = measure(&data).await;
    let _ = std::fs::remove_dir_all(&data);
    figures
}

async fn measure(data: &Path) -> Result<Vec<Figure>, Failure> {
    let store = Store::open(None, data).await?;
    let file = File {
        path: "bench/bench_table.toml".to_owned(),
        text: DEFINITION.to_owned(),
    };
    let library = Library::load(&[file]).map_err(|errors| {
        let mut said = String::new();
        for error in errors {
            let _ = writeln!(said, "{error}");
        }
        Failure::new(said.clone(), said)
    })?;
    let ledger = Ledger::new(store, Arc::new(library), &[]);
    let (name, person, now) = ("bench_table", Person::program("bench"), SystemClock.now());
    let register = ledger.register(name)?;
    let columns = table::template(register);
    let io = |e: std::io::Error| Failure::file(data, &e);

    let workbook = data.join("table.xlsx");
    let mut export = Export::new(register, &columns, data)?;
    for n in 0..ROWS {
        export.row(&row(n))?;
    }
    export.finish(std::fs::File::create(&workbook).map_err(io)?)?;
    let text = data.join("table.csv");
    let mut csv = ledger::sheet::Csv::new(
        std::fs::File::create(&text)
            .map(std::io::BufWriter::new)
            .map_err(io)?,
    )
    .map_err(io)?;
    let heads: Vec<Cell> = columns.iter().map(|c| Cell::text(&c.header)).collect();
    csv.row(&heads).map_err(io)?;
    for n in ROWS..2 * ROWS {
        csv.row(&row(n)).map_err(io)?;
    }
    csv.finish().map_err(io)?;

    let mut out = Vec::new();
    for (path, kind) in [(&workbook, "workbook"), (&text, "text table")] {
        let upload = Upload {
            path: path.clone(),
            name: "table".to_owned(),
        };
        let what = format!("import of {ROWS} rows of 17 columns, {kind}: read and reported");
        let import = measured(&what, &mut out, async {
            Ok(ledger.import(name, upload, &person, now).await?)
        })
        .await?;
        if import.report.new != ROWS {
            let said = format!("{:?}", import.report.findings.first());
            return Err(Failure::new(said.clone(), said));
        }
        let what = format!("import of {ROWS} rows, {kind}: confirmed in one transaction");
        measured(&what, &mut out, async {
            Ok(ledger.confirm_import(name, import.id, &person, now).await?)
        })
        .await?;
    }
    ledger.refresh().await?;
    let all = 2 * ROWS;
    for (format, kind) in [
        (Format::Xlsx, "workbook"),
        (Format::Csv, "text table"),
        (Format::GeoJson, "GeoJSON"),
    ] {
        let what = format!("export of {all} records as {kind}");
        let exported = measured(&what, &mut out, async {
            Ok(ledger
                .export(name, &Query::default(), format, &person, now)
                .await?)
        })
        .await?;
        if format == Format::Xlsx {
            let path = data.join("back.xlsx");
            let mut file = exported.file;
            std::io::copy(&mut file, &mut std::fs::File::create(&path).map_err(io)?).map_err(io)?;
            let upload = Upload {
                path,
                name: "back".to_owned(),
            };
            let what = format!("the same read again: {all} records that say what is known");
            let back = measured(&what, &mut out, async {
                Ok(ledger.import(name, upload, &person, now).await?)
            })
            .await?;
            if back.report.unchanged != all {
                let said = format!("{:?}", back.report.findings.first());
                return Err(Failure::new(said.clone(), said));
            }
        }
    }
    let what = format!("search for doubles over {all} records");
    measured(&what, &mut out, async {
        Ok(ledger.doubles(name, &person).await?)
    })
    .await?;
    let page = Page::default();
    for what in ["first page for the public after a change", "the next one"] {
        let later = UtcMs(now.0 + 1);
        measured(&format!("{what}, {all} records"), &mut out, async {
            ledger.public_page(name, "", None, page, later).await?;
            Ok(())
        })
        .await?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_that_is_measured_is_a_list() {
        let file = File {
            path: "bench/bench_table.toml".to_owned(),
            text: DEFINITION.to_owned(),
        };
        assert_eq!(Library::load(&[file]).err(), None);
    }
}
