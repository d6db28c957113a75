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

use hj212::cipher::{Form, Key, seal};
use serde_json::Value;
use support::{Dice, Line, Place, Server, Unit, cases, in_path, root, shared, wait_for};

/// A frame and what is expected of it.
struct Case {
    id: String,
    bytes: Vec<u8>,
    expect: Value,
    /// Encrypted, and the server has no key.
    sealed: bool,
}

impl Case {
    fn good(&self) -> bool {
        self.expect["crc_ok"] == true && !self.sealed
    }

    /// Names of diagnoses of which one must be there when the frame is not good.
    fn faults(&self) -> &'static [&'static str] {
        if self.sealed {
            return &["no_key"];
        }
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
        // Of what keys do the codec's tests know.
        .filter(|line| line.get("sm4_key").is_none())
        .map(|line| Case {
            id: line["id"].as_str().expect("id").to_owned(),
            bytes: line["frame_hex"]
                .as_str()
                .map_or_else(|| line["frame"].as_str().expect("frame").as_bytes().to_vec(), hex),
            expect: line["expect"].clone(),
            sealed: line["diagnoses"]
                .as_array()
                .is_some_and(|codes| codes.iter().any(|code| code == "encrypted")),
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

/// A profile with one device that has a key, one that may have one, and nothing else.
fn keyed_profile(place: &Place, key: &str, other: Option<&str>) -> String {
    let folder = place.file("profile");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "profile.toml",
        "code = '1'\nzh = '测试区'\nen = 'Test'\nbureau = '测试局'\ncenter = [116.2, 36.6]\n",
    );
    write(
        "subjects.toml",
        "subject = [{ code = 'w', kind = 'water_outlet', zh = '排口' }, { code = 'v', kind = 'water_outlet', zh = '另一排口' }]\n",
    );
    write(
        "devices.toml",
        &format!(
            "device = [
               {{ mn = '{MN}', subject = 'w', st = '32', edition = '2025', pw = '123456', sm4_key = '{key}' }},
               {{ mn = '{KEYLESS}', subject = 'v', st = '32', edition = '2025'{} }},
             ]",
            other.map_or_else(String::new, |key| format!(", sm4_key = '{key}'"))
        )
        .replace('\n', ""),
    );
    folder.display().to_string()
}

const MN: &str = "371523A00000000000000042";
const KEYLESS: &str = "371523A00000000000000043";
const QN: &str = "20260311083000517";

/// The encrypted frame of the codec's cases, made with another program: raw, and printed.
fn sealed_cases() -> [(Vec<u8>, Value); 2] {
    let all = cases(&root().join("crates/hj212/cases/frames.jsonl"));
    ["sealed-raw", "sealed-printed"].map(|id| {
        let row = all.iter().find(|row| row["id"] == id).expect(id);
        let bytes = row["frame_hex"]
            .as_str()
            .map_or_else(|| row["frame"].as_str().expect("frame").as_bytes().to_vec(), hex);
        (bytes, row["expect"].clone())
    })
}

/// Sends frames one after the other, in pieces, until the server has applied them; what it answered.
fn sent(server: &Server, frames: &[&[u8]], piece: usize) -> Vec<String> {
    let before = server.figure("huanshu_apply_frames_total");
    let mut line = server.dial();
    for part in frames.concat().chunks(piece) {
        assert!(line.send(part));
    }
    wait_for("the frames are applied", || {
        line.listen(Duration::from_millis(50));
        (server.figure("huanshu_apply_frames_total") >= before + frames.len() as u64).then_some(())
    });
    // An answer that should not come would come now.
    line.listen(Duration::from_millis(300));
    line.answered()
}

#[test]
fn an_encrypted_upload_is_answered_and_its_values_are_read_back() {
    const KEY: &str = "0000000000000000";
    let place = Place::new();
    let profile = keyed_profile(&place, KEY, None);
    let server = place.serve(&["--profile", &profile]);
    let [(raw, expect), (printed, _)] = sealed_cases();
    assert_eq!(sent(&server, &[&raw], 1), [QN], "answered once");

    let rows = server.get(&format!("/devices/{MN}/frames?limit=10"));
    assert_eq!(rows[0]["state"], "stored", "{rows}");
    for key in ["crc_ok", "cn", "cp", "factors"] {
        assert_eq!(rows[0][key], expect[key], "{key}");
    }
    assert_eq!(rows[0]["diagnoses"][0]["code"], "decrypted", "{rows}");
    let wire = rows[0]["raw"].as_str().unwrap();
    assert!(
        !wire.contains("DataTime") && wire.contains("\\x"),
        "archived as it came: {wire}"
    );
    let newest = server.get(&format!("/devices/{MN}/latest"));
    assert!(newest.to_string().contains("38.60"), "{newest}");

    // The same upload in the other form is the same upload.
    assert_eq!(sent(&server, &[&printed], 64), [QN]);
    let rows = server.get(&format!("/devices/{MN}/frames?limit=10"));
    assert_eq!(rows[0]["state"], "duplicate", "{rows}");
    assert_eq!(rows[0]["factors"], expect["factors"]);
    assert_eq!(server.get("/quarantine")["total"], 0);

    let shown = [rows, server.get("/devices"), server.get("/system")];
    for view in shown {
        assert!(!view.to_string().contains(KEY), "{view}");
    }
    assert!(place.verified(), "chains hold");
    assert!(server.stop());
    let log = std::fs::read_to_string(place.file("server.log")).unwrap();
    assert!(!log.contains(KEY) && !log.contains(&"30".repeat(16)));
}

#[test]
fn without_the_right_key_an_encrypted_upload_waits_in_quarantine_unanswered() {
    let place = Place::new();
    let profile = keyed_profile(&place, "0000000000000001", None);
    let server = place.serve(&["--profile", &profile]);
    let [(raw, _), (printed, _)] = sealed_cases();
    let keyless: Vec<u8> = String::from_utf8(printed.clone())
        .unwrap()
        .replace(MN, KEYLESS)
        .into_bytes();
    let answered = sent(&server, &[&raw, &printed, &keyless], 1000);
    assert_eq!(answered, Vec::<String>::new());

    let rows = server.all("/quarantine");
    assert_eq!(rows.len(), 3, "{rows:?}");
    for row in rows {
        let (code, remedy) = if row["mn"] == MN {
            ("wrong_key", "核对")
        } else {
            ("no_key", "设置")
        };
        let said = row["diagnoses"].as_array().unwrap();
        let named = said
            .iter()
            .find(|d| d["code"] == code)
            .unwrap_or_else(|| panic!("{row}"));
        let text = named["zh"].as_str().unwrap();
        assert!(
            text.contains(remedy) && text.contains("devices.toml") && text.contains("sm4_key"),
            "{text}"
        );
        assert!(said.iter().all(|d| d["code"] != "bad_crc"), "{row}");
        assert_eq!(
            (&row["crc_ok"], &row["factors"]),
            (&Value::Bool(false), &serde_json::json!({}))
        );
    }
    assert_eq!(
        server.get(&format!("/devices/{MN}/latest")),
        serde_json::json!({})
    );
    assert!(server.stop());
}

/// What was sealed waits in quarantine until its key is set; then it is applied in its order, once, and if the power goes
/// in between, the rest is applied after the next start.
#[test]
fn sealed_uploads_are_applied_once_when_their_key_is_set_whatever_happens_in_between() {
    const UPLOADS: u64 = 1500;
    const RIGHT: &str = "0000000000000000";
    let place = Place::new();
    let profile = keyed_profile(&place, "0000000000000001", None);
    let server = place.serve(&["--profile", &profile]);
    let from = server.now().plus_ms(-86_400_000);
    let key = Key::new(*b"0000000000000000");
    let mut units = [MN, KEYLESS].map(|mn| Unit::new(mn, from, 0).of_2025());
    let mut frames = Vec::new();
    for unit in &mut units {
        let forms = [Form::Raw, Form::Printed].into_iter().cycle();
        for (n, form) in (0..UPLOADS).zip(forms) {
            frames.push(seal(&hj212::decode(&unit.frame(n)), &key, form));
        }
        unit.sent = UPLOADS;
    }
    let pieces: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    assert_eq!(sent(&server, &pieces, 65_536), Vec::<String>::new());
    assert_eq!(server.get("/quarantine")["total"], 2 * UPLOADS);
    assert_eq!(
        server.get(&format!("/devices/{MN}/latest")),
        serde_json::json!({})
    );
    server.kill();

    let profile = keyed_profile(&place, RIGHT, Some(RIGHT));
    let mut dice = Dice::new(1);
    let mut left = Vec::new();
    for _ in 0..4 {
        let server = place.serve(&["--profile", &profile]);
        std::thread::sleep(Duration::from_millis(dice.below(250)));
        left.push(server.get("/quarantine")["total"].as_u64().unwrap());
        server.kill();
    }
    let server = place.serve(&["--profile", &profile]);
    wait_for("the quarantine is empty", || {
        (server.get("/quarantine")["total"] == 0).then_some(())
    });
    println!("left in quarantine before each kill: {left:?}");
    for (unit, subject) in units.iter().zip(["w", "v"]) {
        unit.check(&server);
        let series = server
            .series(&server.subject(subject), "a21026", "realtime", "Rtd")
            .expect("a series");
        let to = from.plus_ms(86_400_000);
        let values = server.observations(&series, from, to, 15_000_000);
        assert_eq!(values.len() as u64, UPLOADS, "{}: none is missing", unit.mn);
        let rows = server.get(&format!("/devices/{}/frames?limit=1000", in_path(&unit.mn)));
        for row in rows.as_array().unwrap() {
            assert_eq!(
                (&row["state"], &row["crc_ok"]),
                (&"stored".into(), &true.into()),
                "{row}"
            );
        }
    }
    assert!(place.verified(), "chains hold");
    assert!(server.stop());
}
