//! Every known frame, sent as one stream in pieces of any size: stored once or in quarantine with its fault named, and
//! shown again exactly as decoded. Sending all of it twice changes nothing.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;
use support::{Line, Place, Server, cases, in_path, root, shared, wait_for};

/// A frame and what is expected of it.
struct Case {
    id: String,
    bytes: Vec<u8>,
    expect: Value,
}

impl Case {
    fn good(&self) -> bool {
        self.expect["crc_ok"] == true
    }

    /// Names of diagnoses of which one must be there when the checksum is not right.
    fn faults(&self) -> &'static [&'static str] {
        match self.expect["crc_kind"].as_str().expect("crc_kind") {
            "modbus" => &["crc_modbus"],
            "modbus_swapped" => &["crc_modbus_swapped"],
            "other" => &["bad_crc"],
            _ => &["no_crc", "short_crc", "crc_not_hex"],
        }
    }

    /// The bytes as the API shows them: text, other than UTF-8 as `\xNN`, without the line break, which may be late.
    fn shown(&self) -> String {
        let mut out = String::new();
        for chunk in self.bytes.utf8_chunks() {
            out.push_str(chunk.valid());
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02X}").unwrap();
            }
        }
        out.trim_end().to_owned()
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
        .collect()
}

fn read(path: &std::path::Path) -> Vec<Case> {
    cases(path)
        .into_iter()
        .map(|line| Case {
            id: line["id"].as_str().expect("id").to_owned(),
            bytes: line["frame_hex"]
                .as_str()
                .map_or_else(|| line["frame"].as_str().expect("frame").as_bytes().to_vec(), hex),
            expect: line["expect"].clone(),
        })
        .collect()
}

/// The frames of the corpus; of the project's own where it is absent.
fn corpus() -> Vec<Case> {
    if let Some(shared) = shared() {
        return read(&shared.join("vectors/hj212/frames.jsonl"));
    }
    println!("left out: ../shared/vectors/hj212/frames.jsonl; the project's own frames are sent");
    own()
}

/// The project's own frames, each data segment once: a spoiled header around the same segment is the same upload. Frames
/// without an end in a stream are left to the codec's tests.
fn own() -> Vec<Case> {
    let mut cases = read(&root().join("crates/hj212/cases/frames.jsonl"));
    let mut seen = BTreeSet::new();
    cases.retain(|case| {
        let text = String::from_utf8_lossy(&case.bytes);
        let text = text.trim_end();
        // `##` and four digits before, `&&` and four digits behind.
        let (head, end) = (text.as_bytes(), text.len().saturating_sub(4));
        let whole = head.starts_with(b"##")
            && head[2..6].iter().all(u8::is_ascii_digit)
            && head[6].is_ascii_alphabetic()
            && text[..end].ends_with("&&");
        case.expect["crc_kind"] != "none" && whole && seen.insert(text[6..].to_owned())
    });
    assert!(cases.len() > 20, "{}", cases.len());
    cases
}

/// Sends all, in pieces, and waits until the server has applied as many frames more.
fn send(server: &Server, cases: &[Case], piece: usize) {
    let before = server.figure("huanshu_apply_frames_total");
    let stream: Vec<u8> = cases.iter().flat_map(|case| case.bytes.clone()).collect();
    let mut line: Line = server.dial();
    for (count, part) in stream.chunks(piece).enumerate() {
        assert!(line.send(part), "the gateway takes everything");
        if count % 4096 == 4095 {
            line.listen(Duration::from_millis(1));
        }
    }
    wait_for("all frames are applied", || {
        line.listen(Duration::from_millis(1));
        (server.figure("huanshu_apply_frames_total") >= before + cases.len() as u64).then_some(())
    });
    assert_eq!(
        server.figure("huanshu_apply_frames_total"),
        before + cases.len() as u64,
        "as many frames as were sent"
    );
}

/// Stored frames by their shown bytes, of every device.
fn stored(server: &Server, state: &str) -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for device in server.all("/devices") {
        let mn = in_path(device["mn"].as_str().expect("mn"));
        let rows = server.get(&format!("/devices/{mn}/frames?limit=200"));
        for row in rows.as_array().expect("rows") {
            if row["state"] == state {
                let raw = row["raw"].as_str().expect("raw").trim_end().to_owned();
                found.entry(raw).or_default().push(row.clone());
            }
        }
    }
    found
}

fn latest(server: &Server) -> BTreeMap<String, Value> {
    let devices = server.all("/devices");
    let mns = devices.iter().map(|d| d["mn"].as_str().expect("mn").to_owned());
    mns.filter_map(|mn| {
        let (status, values) = server.ask(
            reqwest::Method::GET,
            &format!("/devices/{}/latest", in_path(&mn)),
            None,
            None,
        );
        (status == 200).then_some((mn, values))
    })
    .collect()
}

fn check(server: &Server, cases: &[Case]) {
    let mut stored = stored(server, "stored");
    for case in cases.iter().filter(|case| case.good()) {
        let id = &case.id;
        let rows = stored.remove(&case.shown()).unwrap_or_default();
        assert_eq!(rows.len(), 1, "{id} is stored once");
        for key in ["crc_ok", "cn", "cp", "factors"] {
            if let Some(expected) = case.expect.get(key) {
                assert_eq!(&rows[0][key], expected, "{id}: {key}");
            }
        }
    }
    assert!(stored.is_empty(), "stored, but never sent: {:?}", stored.keys());

    let mut quarantine = server.all("/quarantine");
    for case in cases.iter().filter(|case| !case.good()) {
        let id = &case.id;
        let at = quarantine
            .iter()
            .position(|row| {
                row["raw"]
                    .as_str()
                    .is_some_and(|raw| raw.trim_end() == case.shown())
            })
            .unwrap_or_else(|| panic!("{id} is in quarantine"));
        let row = quarantine.swap_remove(at);
        let codes: Vec<&str> = row["diagnoses"]
            .as_array()
            .expect("diagnoses")
            .iter()
            .filter_map(|d| d["code"].as_str())
            .collect();
        assert!(
            case.faults().iter().any(|fault| codes.contains(fault)),
            "{id}: {codes:?} names {:?}",
            case.faults()
        );
    }
    assert!(
        quarantine.is_empty(),
        "in quarantine, but not faulty: {quarantine:?}"
    );
}

fn sent_in_pieces(cases: &[Case], piece: usize) {
    let place = Place::new();
    let server = place.serve(&["--accept-unknown-devices"]);
    send(&server, cases, piece);
    check(&server, cases);

    let good = cases.iter().filter(|case| case.good()).count() as u64;
    let values = server.figure("huanshu_apply_values_total");
    let newest = latest(&server);
    let quarantined = server.get("/quarantine")["total"].clone();
    send(&server, cases, piece);
    assert_eq!(server.figure("huanshu_apply_duplicates_total"), good);
    assert_eq!(
        server.figure("huanshu_apply_values_total"),
        values,
        "no value changes"
    );
    assert_eq!(latest(&server), newest);
    assert_eq!(server.get("/quarantine")["total"], quarantined);
    for row in server.all("/quarantine") {
        assert_eq!(row["repeats"], 1, "{row}");
    }
    assert!(place.verified(), "chains hold");
    assert!(server.stop());
}

#[test]
fn one_stream_in_pieces_of_one_byte() {
    sent_in_pieces(&corpus(), 1);
}

#[test]
fn one_stream_in_pieces_of_64_kb() {
    sent_in_pieces(&corpus(), 64 * 1024);
}

#[test]
fn one_stream_at_once() {
    sent_in_pieces(&corpus(), usize::MAX);
}

#[test]
fn the_projects_own_frames_in_odd_pieces() {
    sent_in_pieces(&own(), 37);
}
