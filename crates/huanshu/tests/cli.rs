//! The commands as scripts use them: what they print and how they end.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

mod support;

use std::path::Path;

use reqwest::Method;
use serde_json::Value;
use support::{Place, frame, huanshu, root, run, text};

fn lines(output: &std::process::Output) -> Vec<Value> {
    text(output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect()
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn decode_says_what_it_understood_of_every_frame() {
    let place = Place::new();
    let file = place.file("frames.txt");
    let good = frame(
        "QN=20261124090000000;ST=31;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20261124090000;a21026-Rtd=1.50,a21026-Flag=N&&",
    );
    let mut wrong = good.clone();
    let digit = wrong.len() - 3;
    wrong[digit] = if wrong[digit] == b'7' { b'8' } else { b'7' };
    std::fs::write(&file, [good, wrong, b"nothing of ours\r\n".to_vec()].concat()).unwrap();
    let output = run(&["decode", &path(&file)]);
    assert!(output.status.success());
    let found = lines(&output);
    assert!(found.len() >= 2, "{found:?}");
    for line in &found {
        for key in ["ok", "edition", "header", "cp", "factors", "crc", "diagnoses"] {
            assert!(line.get(key).is_some(), "{key} in {line}");
        }
        for diagnosis in line["diagnoses"].as_array().expect("diagnoses") {
            for key in ["at", "code", "message"] {
                assert!(diagnosis.get(key).is_some(), "{key} in {diagnosis}");
            }
        }
    }
    assert_eq!(found[0]["ok"], true);
    assert_eq!(found[0]["edition"], "2017");
    assert_eq!(found[0]["mn"], "M1");
    assert_eq!(found[0]["factors"]["a21026"]["Rtd"], "1.50", "digits as sent");
    assert_eq!(found[0]["diagnoses"].as_array().unwrap().len(), 1, "{}", found[0]);
    assert_eq!(found[1]["ok"], false);
    assert_eq!(found[1]["crc_ok"], false);
    assert!(
        found[1]["diagnoses"]
            .as_array()
            .unwrap()
            .iter()
            .any(|d| d["code"] == "bad_crc"),
        "{}",
        found[1]
    );
    assert!(found[2..].iter().all(|line| line["ok"] == false), "{found:?}");
    let missing = run(&["decode", &path(&place.file("absent.txt"))]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("absent.txt"));
}

#[test]
fn decode_opens_encrypted_content_with_a_key_from_the_line_or_the_environment() {
    let place = Place::new();
    let file = path(&place.file("frames.txt"));
    let all = support::cases(&root().join("crates/hj212/cases/frames.jsonl"));
    let case = all
        .iter()
        .find(|row| row["id"] == "sealed-printed")
        .expect("the case");
    let plain = frame(
        "QN=20261124090000000;ST=31;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20261124090000;a21026-Rtd=1.50&&",
    );
    std::fs::write(
        &file,
        [case["frame"].as_str().unwrap().as_bytes(), &plain].concat(),
    )
    .unwrap();

    let by_line = run(&["decode", "--key", "0000000000000000", &file]);
    let by_variable = huanshu()
        .args(["decode", &file])
        .env("HUANSHU_SM4_KEY", "30303030303030303030303030303030")
        .output()
        .unwrap();
    for output in [&by_line, &by_variable] {
        let found = lines(output);
        assert_eq!(found[0]["ok"], true, "{}", found[0]);
        assert_eq!(found[0]["factors"], case["expect"]["factors"]);
        assert_eq!(found[0]["diagnoses"][0]["code"], "decrypted");
        assert_eq!(found[1]["factors"]["a21026"]["Rtd"], "1.50");
    }
    let without = lines(&run(&["decode", &file]));
    assert_eq!(
        without[1],
        lines(&by_line)[1],
        "a plain frame is decoded as without a key"
    );
    assert_eq!(
        (&without[0]["ok"], &without[0]["diagnoses"][0]["code"]),
        (&false.into(), &"bad_length".into())
    );
    let wrong = lines(&run(&["decode", "--key", "another key of 1", &file]));
    assert_eq!(wrong[0]["ok"], false);
    assert!(
        wrong[0]["diagnoses"]
            .as_array()
            .unwrap()
            .iter()
            .any(|d| d["code"] == "wrong_key"),
        "{}",
        wrong[0]
    );

    let bad = run(&["decode", "--key", "Geheim", &file]);
    assert_eq!(bad.status.code(), Some(2));
    let said = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(
        said.contains("HUANSHU_SM4_KEY") && !said.contains("Geheim"),
        "{said}"
    );
    let help = huanshu()
        .args(["decode", "--help"])
        .env("HUANSHU_SM4_KEY", "Geheim0123456789")
        .output()
        .unwrap();
    assert!(text(&help).contains("HUANSHU_SM4_KEY") && !text(&help).contains("Geheim"));
}

#[test]
fn conformance_passes_on_the_projects_own_cases_and_names_a_difference() {
    for cases in ["crates/standards/cases", "crates/hj212/cases"] {
        // Protocol cases stand in a folder of that name.
        let place = Place::new();
        let dir = if cases.contains("hj212") {
            let dir = place.file("hj212");
            std::fs::create_dir(&dir).unwrap();
            std::fs::copy(root().join(cases).join("frames.jsonl"), dir.join("frames.jsonl")).unwrap();
            dir
        } else {
            root().join(cases)
        };
        let output = run(&["conformance", &path(&dir), "--json"]);
        let report: Value = serde_json::from_str(&text(&output)).expect("a report");
        assert!(output.status.success(), "{cases}: {report:#}");
        assert_eq!(report["ok"], true);
        assert_eq!(report["passed"], report["cases"]);
        assert!(report["cases"].as_u64().unwrap() > 50, "{cases}");
    }
}

#[test]
fn conformance_fails_on_a_wrong_case_and_on_a_topic_nobody_knows() {
    let place = Place::new();
    let dir = place.file("cases");
    let write = |family: &str, file: &str, content: &str| {
        std::fs::create_dir_all(dir.join(family)).unwrap();
        std::fs::write(dir.join(family).join(file), content).unwrap();
    };
    let own =
        std::fs::read_to_string(root().join("crates/standards/cases/aqi/aqi_handworked.jsonl")).unwrap();
    let mut case: Value = serde_json::from_str(own.lines().next().unwrap()).unwrap();
    let right = case["expect"]["aqi"].as_i64().unwrap();
    case["expect"]["aqi"] = (right + 1).into();
    write("aqi", "aqi_handworked.jsonl", &case.to_string());
    let output = run(&["conformance", &path(&dir)]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    assert!(
        said.contains("aqi") && said.contains(&right.to_string()) && said.contains(&(right + 1).to_string()),
        "{said}"
    );

    write("nobody", "knows.jsonl", &own);
    let output = run(&["conformance", &path(&dir), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_str(&text(&output)).unwrap();
    assert_eq!(report["ok"], false);
    let files = report["files"].as_array().unwrap();
    let unknown = files
        .iter()
        .find(|f| f["file"] == "nobody/knows")
        .expect("the file is reported");
    assert_eq!(unknown["unsupported"], unknown["cases"]);
    assert_eq!(report["unsupported"], unknown["cases"]);
}

#[test]
fn a_table_with_bad_rows_is_not_imported_unless_asked_and_each_cell_is_named() {
    let place = Place::new();
    let file = place.file("rows.csv");
    let rows = "time,pm25,so2\n2026-11-01T00:00,35,7\n2026-11-01T01:00,none,8\nyesterday,36,9\n";
    std::fs::write(&file, rows).unwrap();
    let import = |more: &[&str]| {
        huanshu()
            .args([
                "import",
                "observations",
                "--subject",
                "s1",
                "--create",
                "air_station",
                "--json",
            ])
            .args(place.options())
            .arg(&file)
            .args(more)
            .output()
            .expect("the binary runs")
    };
    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let report: Value = serde_json::from_str(&text(&refused)).unwrap();
    assert_eq!(report["taken"], Value::Null);
    let problems: Vec<(u64, &str, &str)> = report["report"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            (
                p["line"].as_u64().unwrap(),
                p["column"].as_str().unwrap(),
                p["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(problems, [(3, "pm25", "bad_number"), (4, "time", "bad_time")]);
    {
        let server = place.serve(&[]);
        assert!(
            server.all("/subjects").iter().all(|s| s["code"] != "s1"),
            "not even the subject was made"
        );
        assert!(server.stop());
    }
    let taken = import(&["--skip-bad-rows"]);
    assert!(taken.status.success());
    let report: Value = serde_json::from_str(&text(&taken)).unwrap();
    assert_eq!(report["taken"]["inserted"], 2);
}

#[test]
fn a_token_of_each_role_opens_what_the_role_may_see() {
    let place = Place::new();
    let server = place.serve(&[]);
    // What a role may read of the quarantine and of the audit.
    let roles: [(&str, &[&str], u16, u16); 8] = [
        ("administrator", &[], 200, 200),
        ("auditor", &[], 200, 200),
        ("duty-officer", &[], 200, 403),
        ("inspector", &[], 200, 403),
        ("leader", &[], 403, 403),
        ("town", &["--unit", "371503001"], 403, 403),
        ("department", &["--unit", "eeb"], 403, 403),
        ("firm", &["--firm", "demo-power"], 403, 403),
    ];
    for (role, more, quarantine, audit) in roles {
        let token = place.new_token(role, more);
        for (path, expected) in [
            ("/public/air", 200),
            ("/quarantine", quarantine),
            ("/audit", audit),
        ] {
            let (status, answer) = server.ask(Method::GET, path, Some(&token), None);
            assert_eq!(status, expected, "{role} {path}: {answer}");
        }
    }
    let (status, _) = server.ask(Method::GET, "/users", Some("not-a-token"), None);
    assert_eq!(status, 401);
    let options = place.options();
    for (role, said) in [
        ("king", "duty_officer"),
        ("public", "needs no login"),
        ("town", "unit"),
        ("firm", "firm"),
    ] {
        let refused = huanshu()
            .args(["token", "create", "--role", role])
            .args(&options)
            .output()
            .unwrap();
        assert_eq!(refused.status.code(), Some(2), "{role}");
        let why = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(why.contains(said), "{role}: {why}");
        assert!(refused.stdout.is_empty(), "{role}: no token");
    }
    assert!(server.stop());
}

#[test]
fn verify_finds_what_was_changed_in_the_raw_log() {
    let place = Place::new();
    {
        let server = place.serve(&["--accept-unknown-devices"]);
        let mut line = server.dial();
        for n in 0..3 {
            line.deliver(&frame(&format!(
                "QN=2026112409000000{n};ST=31;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=2026112409000{n};a21026-Rtd={n}&&"
            )));
        }
        server.settled();
        assert!(server.stop());
    }
    assert!(place.verified());
    let segment = std::fs::read_dir(place.data.join("rawlog"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "log"))
        .expect("a segment");
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes
        .windows(12)
        .position(|part| part == b"a21026-Rtd=1")
        .expect("the second frame");
    bytes[at + 11] = b'9';
    std::fs::write(&segment, bytes).unwrap();
    assert!(!place.verified(), "a changed byte is found");
}

/// A list that a clerk adds beside the built-in ones.
const OWN_LIST: &str = r#"
name = "own_list"
version = 1
zh = "自有清单"
en = "Own list"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [{ name = "name", zh = "名称", en = "Name", type = "text", required = true }]
access = { read = ["inspector"], write = ["inspector"] }
"#;

#[test]
fn systems_lists_all_of_them_and_says_what_is_missing() {
    let output = run(&["systems", "--json"]);
    assert!(output.status.success());
    let list: Value = serde_json::from_str(&text(&output)).expect("one JSON object");
    assert_eq!(list["items"].as_array().expect("items").len(), 290);
    assert_eq!(list["counts"]["total"], 290);
    let shown = text(&run(&["systems"]));
    let counts = &list["counts"];
    let last = format!(
        "{} work, {} partly, {} not yet",
        counts["works"], counts["partly"], counts["not_yet"]
    );
    assert!(shown.trim_end().ends_with(&last), "{last}");
    let empty = Place::new();
    let folder = empty.file("registers");
    std::fs::create_dir(&folder).unwrap();
    std::fs::create_dir(folder.join("own")).unwrap();
    std::fs::write(folder.join("own/own_list.toml"), OWN_LIST).unwrap();
    let more: Value =
        serde_json::from_str(&text(&run(&["systems", "--json", "--registers", &path(&folder)]))).unwrap();
    let registers = |list: &Value| {
        let what = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|i| i["what"].as_array().unwrap());
        what.filter(|w| w["kind"] == "register").count()
    };
    assert!(registers(&list) > 30);
    assert_eq!(
        registers(&more),
        registers(&list) + 1,
        "a list of one's own answers to the system it names, and to no other"
    );
}
