//! Runs every case file: the project's own under `cases/`, and, where it lies beside the project, `../shared/vectors`.
//!
//! The shared vectors are absent for users; with CI=true their absence is a failure.

#![expect(clippy::expect_used, reason = "a test stops at the first broken case file")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use standards::conformance::{self, Fixtures};
use standards::topic;

/// Folders of the shared vectors that other crates run.
const ELSEWHERE: &[&str] = &["hj212", "tracing"];

fn case_files(root: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for folder in fs::read_dir(root).expect("case folder is readable").flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        if !folder.path().is_dir() || ELSEWHERE.contains(&name.as_str()) {
            continue;
        }
        for file in fs::read_dir(folder.path())
            .expect("topic folder is readable")
            .flatten()
        {
            let path = file.path();
            if path.extension().is_some_and(|e| e == "jsonl") {
                let stem = path
                    .file_stem()
                    .expect("file has a name")
                    .to_string_lossy()
                    .into_owned();
                files.push((format!("{name}/{stem}"), path));
            }
        }
    }
    files.sort();
    files
}

/// The fixtures of the data folder beside the case folder.
fn fixtures(root: &Path) -> Fixtures {
    let data = root.join("../data");
    Fixtures::load(|name| {
        let bytes = fs::read(data.join(name)).ok()?;
        let mut text = String::new();
        if Path::new(name).extension().is_some_and(|e| e == "gz") {
            GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
        } else {
            text = String::from_utf8(bytes).ok()?;
        }
        Some(text)
    })
}

fn run(root: &Path) -> (usize, Vec<String>) {
    let mut cases = 0;
    let mut wrong = Vec::new();
    let fixtures = fixtures(root);
    for (id, path) in case_files(root) {
        let text = fs::read_to_string(&path).expect("case file is UTF-8");
        let report = conformance::run_file_with(&id, topic::find(&id), &text, &fixtures);
        cases += report.cases;
        if report.passed != report.cases {
            wrong.push(format!(
                "{id}: {} cases, {} failed, {} unsupported\n    {}",
                report.cases,
                report.failed,
                report.unsupported,
                report.differences.join("\n    ")
            ));
        }
    }
    (cases, wrong)
}

#[test]
fn own_cases_hold() {
    let (cases, wrong) = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases > 0, "the project keeps its own cases");
}

#[test]
fn shared_vectors_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    if !root.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "../shared/vectors is absent under CI"
        );
        println!("left out: ../shared/vectors is not here; the project's own cases were run");
        return;
    }
    let (cases, wrong) = run(&root);
    println!("{cases} shared cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_is_judged() {
    for topic in topic::all() {
        let value = serde_json::from_str(topic.example).unwrap_or_else(|e| panic!("{}: {e}", topic.id));
        let judged = (topic.evaluate)(&standards::input::Input::root(&value));
        let judgement = judged.unwrap_or_else(|e| panic!("{}: example refused: {e}", topic.id));
        assert!(!judgement.conclusion.zh.is_empty(), "{}: no conclusion", topic.id);
        assert!(!judgement.result.is_empty(), "{}: no result", topic.id);
        assert!(!judgement.basis.is_empty(), "{}: no basis", topic.id);
    }
}
