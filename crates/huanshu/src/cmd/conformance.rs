//! `huanshu conformance DIR [--json]`: every case file under a folder, one folder a family, one file a topic.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hj212::cipher::{Key, unseal};
use hj212::report::FrameReport;
use model::sm4_key::Sm4Key;
use serde_json::Value;
use standards::conformance::{self, FileReport, Fixtures, MAX_DIFFERENCES};
use standards::topic;

use crate::fail::{Failure, Outcome};

/// Folder of the protocol's frames; all others hold topics of the standards library.
const PROTOCOL: &str = "hj212";

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of case folders, or one case folder
    dir: PathBuf,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// Runs; exit code 0 only when every case passes and nothing is unsupported.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let files = case_files(&arguments.dir)?;
    if files.is_empty() {
        let dir = arguments.dir.display();
        return Err(Failure::new(
            format!("{dir} 下没有 .jsonl 用例文件"),
            format!("there is no .jsonl case file under {dir}"),
        ));
    }
    let fixtures = fixtures(&arguments.dir);
    let mut reports = Vec::with_capacity(files.len());
    for (id, path) in files {
        let text = fs::read_to_string(&path).map_err(|e| Failure::file(&path, &e))?;
        let report = match id.split_once('/') {
            Some((PROTOCOL, _)) => frames(&id, &text),
            _ => conformance::run_file_with(&id, topic::find(&id), &text, &fixtures),
        };
        reports.push(report);
    }
    let passed = reports.iter().all(|r| r.passed == r.cases);
    if arguments.json {
        let sum = |of: fn(&FileReport) -> usize| reports.iter().map(of).sum::<usize>();
        let whole = serde_json::json!({
            "ok": passed,
            "cases": sum(|r| r.cases),
            "passed": sum(|r| r.passed),
            "failed": sum(|r| r.failed),
            "unsupported": sum(|r| r.unsupported),
            "files": reports,
        });
        println!("{}", serde_json::to_string_pretty(&whole)?);
    } else {
        print_table(&reports);
    }
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print_table(reports: &[FileReport]) {
    println!(
        "{:<44} {:>7} {:>7} {:>7} {:>11}",
        "topic", "cases", "passed", "failed", "unsupported"
    );
    let mut total = [0; 4];
    for r in reports {
        println!(
            "{:<44} {:>7} {:>7} {:>7} {:>11}",
            r.file, r.cases, r.passed, r.failed, r.unsupported
        );
        for difference in &r.differences {
            println!("    {difference}");
        }
        for (sum, n) in total.iter_mut().zip([r.cases, r.passed, r.failed, r.unsupported]) {
            *sum += n;
        }
    }
    let [cases, passed, failed, unsupported] = total;
    println!(
        "{:<44} {cases:>7} {passed:>7} {failed:>7} {unsupported:>11}",
        "合计 total"
    );
}

/// `<folder>/<file>` and path of each case file, sorted. A folder that itself holds case files is one family.
fn case_files(dir: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut found = BTreeMap::new();
    let own = dir.canonicalize().map_err(|e| Failure::file(dir, &e))?;
    let family = own
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    collect(&own, &family, &mut found)?;
    for entry in fs::read_dir(&own).map_err(|e| Failure::file(&own, &e))?.flatten() {
        if entry.path().is_dir() {
            collect(&entry.path(), &entry.file_name().to_string_lossy(), &mut found)?;
        }
    }
    Ok(found.into_iter().collect())
}

fn collect(folder: &Path, family: &str, found: &mut BTreeMap<String, PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)
        .map_err(|e| Failure::file(folder, &e))?
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "jsonl")
            && let Some(stem) = path.file_stem()
        {
            found.insert(format!("{family}/{}", stem.to_string_lossy()), path);
        }
    }
    Ok(())
}

/// Data that cases name but do not carry: files of `data/` beside the folder of families.
fn fixtures(dir: &Path) -> Fixtures {
    let beside = [dir.join("../data"), dir.join("../../data")];
    Fixtures::load(|name| {
        let bytes = beside.iter().find_map(|data| fs::read(data.join(name)).ok())?;
        if Path::new(name).extension().is_some_and(|e| e == "gz") {
            let mut text = String::new();
            flate2::read::GzDecoder::new(bytes.as_slice())
                .read_to_string(&mut text)
                .ok()?;
            return Some(text);
        }
        String::from_utf8(bytes).ok()
    })
}

/// Frames with their expected decoding: every key of `expect` must stand in the report.
fn frames(file: &str, text: &str) -> FileReport {
    let mut report = FileReport {
        file: file.to_owned(),
        topic: Some(file.to_owned()),
        ..FileReport::default()
    };
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        report.cases += 1;
        let mut differences = Vec::new();
        match frame_of(line) {
            Ok((bytes, key, expect)) => match serde_json::to_value(report_of(&bytes, key)) {
                Ok(got) => compare_exactly(&expect, &got, &mut differences),
                Err(error) => differences.push(error.to_string()),
            },
            Err(error) => differences.push(error),
        }
        if differences.is_empty() {
            report.passed += 1;
        } else {
            report.failed += 1;
        }
        for difference in differences {
            if report.differences.len() < MAX_DIFFERENCES {
                report
                    .differences
                    .push(format!("line {}: {difference}", number + 1));
            }
        }
    }
    report
}

/// What a case has of a key.
enum CaseKey {
    /// Nothing: the frame is decoded as it came.
    Unasked,
    /// The key to open it with; `None` tries without.
    Given(Option<Key>),
}

fn report_of(bytes: &[u8], key: CaseKey) -> FrameReport {
    let frame = hj212::decode(bytes);
    match key {
        CaseKey::Unasked => FrameReport::of(&frame),
        CaseKey::Given(key) => FrameReport::of_unsealed(&unseal(frame, key.as_ref())),
    }
}

/// The bytes, the key (`sm4_key`) and the expectation of a line; `frame_hex` holds the exact bytes where the text is not
/// ASCII.
fn frame_of(line: &str) -> Result<(Vec<u8>, CaseKey, Value), String> {
    let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let bytes = match value.get("frame_hex").and_then(Value::as_str) {
        Some(hex) => from_hex(hex).ok_or("frame_hex is not hexadecimal")?,
        None => value
            .get("frame")
            .and_then(Value::as_str)
            .ok_or("no frame")?
            .as_bytes()
            .to_vec(),
    };
    let key = match value.get("sm4_key") {
        None => CaseKey::Unasked,
        Some(Value::Null) => CaseKey::Given(None),
        Some(text) => {
            let key: Sm4Key = text
                .as_str()
                .and_then(|text| text.parse().ok())
                .ok_or("sm4_key is no key")?;
            CaseKey::Given(Some(Key::new(key.bytes())))
        }
    };
    Ok((bytes, key, value.get("expect").cloned().ok_or("no expect")?))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16)
                .ok()
                .filter(|_| pair.len() == 2)
        })
        .collect()
}

/// The keys of `expect`, their values equal to the letter (objects as a whole: no key more, none less).
fn compare_exactly(expect: &Value, got: &Value, out: &mut Vec<String>) {
    let Some(keys) = expect.as_object() else {
        out.push("expect is no object".to_owned());
        return;
    };
    for (key, want) in keys {
        let is = got.get(key).unwrap_or(&Value::Null);
        if want != is {
            out.push(format!("{key}: expected {want}, got {is}"));
        }
    }
}
