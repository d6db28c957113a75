//! Every frame of the corpora: field by field against what is expected, and as one stream cut at many sizes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a broken case file must stop the test"
)]

use std::path::{Path, PathBuf};

use hj212::cipher::{Key, unseal};
use hj212::stream::{Decoder, Item};
use hj212::{Code, FrameReport};
use serde_json::Value;

struct Case {
    id: String,
    bytes: Vec<u8>,
    row: Value,
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap());
    pairs.collect()
}

impl Case {
    /// As decoded; where the case has a key (or the lack of one, `null`), opened with it.
    fn report(&self) -> FrameReport {
        let frame = hj212::decode(&self.bytes);
        match self.row.get("sm4_key") {
            None => FrameReport::of(&frame),
            Some(key) => {
                let key = key.as_str().map(|text| match text.len() {
                    16 => Key::new(text.as_bytes().try_into().unwrap()),
                    _ => Key::new(bytes_of(text).try_into().unwrap()),
                });
                FrameReport::of_unsealed(&unseal(frame, key.as_ref()))
            }
        }
    }
}

fn cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| {
        let bytes = match row["frame_hex"].as_str() {
            Some(hex) => bytes_of(hex),
            None => row["frame"].as_str().unwrap().as_bytes().to_vec(),
        };
        Case {
            id: row["id"].as_str().unwrap().to_owned(),
            bytes,
            row,
        }
    })
    .collect()
}

fn own() -> Vec<Case> {
    cases(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases/frames.jsonl"))
}

/// The shared corpus beside the project; its absence is an error where CI says so.
fn shared() -> Vec<Case> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/hj212/frames.jsonl");
    if path.exists() {
        return cases(&path);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "CI needs the shared corpus: {}",
        path.display()
    );
    println!("left out: shared corpus not found at {}", path.display());
    Vec::new()
}

fn all() -> Vec<Case> {
    let mut all = own();
    all.extend(shared());
    all
}

#[test]
fn every_expected_field_is_reported() {
    let mut wrong = Vec::new();
    for case in all() {
        let report = serde_json::to_value(case.report()).unwrap();
        for (key, expected) in case.row["expect"].as_object().unwrap() {
            if report[key] != *expected {
                wrong.push(format!(
                    "{} {key}: expected {expected}, got {}",
                    case.id, report[key]
                ));
            }
        }
        if report["edition"] != case.row["version"] {
            wrong.push(format!(
                "{} edition: expected {}, got {}",
                case.id, case.row["version"], report["edition"]
            ));
        }
        assert_eq!(report["ok"], report["crc_ok"], "{}", case.id);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tags_of_the_corpus_are_diagnosed() {
    let mut wrong = Vec::new();
    for case in all() {
        let report = case.report();
        let codes: Vec<&str> = report.diagnoses.iter().map(|note| note.code.name()).collect();
        for tag in case.row["tags"].as_array().into_iter().flatten() {
            let code = match tag.as_str().unwrap() {
                "split" => continue,
                "non_ascii_utf-8" => "utf8_text",
                "non_ascii_gbk" => "gbk_text",
                tag => tag,
            };
            if !codes.contains(&code) {
                wrong.push(format!("{}: {code} not in {codes:?}", case.id));
            }
        }
        if let Some(expected) = case.row["diagnoses"].as_array() {
            let expected: Vec<&str> = expected.iter().map(|code| code.as_str().unwrap()).collect();
            if codes != expected {
                wrong.push(format!("{}: expected {expected:?}, got {codes:?}", case.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn own_cases_show_every_diagnosis() {
    let own = own();
    let shown: Vec<Code> = own
        .iter()
        .flat_map(|case| case.report().diagnoses)
        .map(|note| note.code)
        .collect();
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

fn cut(stream: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    let mut drain = |decoder: &mut Decoder| {
        while let Some(item) = decoder.next_item() {
            match item {
                Item::Frame(frame) => frames.push(frame.bytes.to_vec()),
                Item::Junk(junk) => {
                    assert!(junk.is_blank(), "junk: {:?}", String::from_utf8_lossy(junk.bytes));
                }
            }
        }
    };
    for piece in stream.chunks(size) {
        decoder.push(piece);
        drain(&mut decoder);
    }
    decoder.finish();
    drain(&mut decoder);
    assert_eq!(decoder.buffered(), 0);
    frames
}

#[test]
fn the_corpus_as_one_stream_gives_its_frames() {
    let corpus: Vec<Case> = all()
        .into_iter()
        .filter(|case| case.row["stream"] != Value::Bool(false))
        .collect();
    let stream: Vec<u8> = corpus
        .iter()
        .flat_map(|case| case.bytes.iter().copied())
        .collect();
    for size in [1, 7, 64, 512, 4096, 65_536, stream.len()] {
        let frames = cut(&stream, size);
        for (case, frame) in corpus.iter().zip(&frames) {
            assert_eq!(
                String::from_utf8_lossy(frame),
                String::from_utf8_lossy(&case.bytes),
                "cut at {size}: {}",
                case.id
            );
        }
        assert_eq!(frames.len(), corpus.len(), "cut at {size}");
    }
}

#[test]
fn a_text_file_gives_one_report_for_each_frame() {
    let corpus: Vec<Case> = all()
        .into_iter()
        .filter(|case| case.row["stream"] != Value::Bool(false))
        .collect();
    let corpus: Vec<Case> = corpus
        .into_iter()
        .filter(|case| case.row.get("sm4_key").is_none())
        .collect();
    let lines: Vec<u8> = corpus
        .iter()
        .flat_map(|case| case.bytes.iter().copied().chain(*b"\n"))
        .collect();
    let reports: Vec<FrameReport> = hj212::decode_text(&lines).collect();
    assert_eq!(reports.len(), corpus.len());
    for (report, case) in reports.iter().zip(&corpus) {
        assert_eq!(report.ok, case.row["expect"]["crc_ok"], "{}", case.id);
    }
}
