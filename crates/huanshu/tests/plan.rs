//! The living plan through the built binary: the demonstration's five years over HTTP, and the same reports from the command line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops at what it did not expect"
)]

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use support::{PATIENCE, huanshu, wait_for};

struct Demo {
    child: Child,
    http: String,
}

impl Demo {
    fn start(data: &Path) -> Self {
        let mut child = huanshu()
            .args([
                "demo",
                "--days",
                "0",
                "--http",
                "127.0.0.1:0",
                "--hj212",
                "127.0.0.1:0",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demonstration starts");
        let mut lines = BufReader::new(child.stdout.take().expect("standard output")).lines();
        let http = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("pages").map(|(_, at)| at.trim().to_owned()))
            .expect("it says its address");
        // Somebody has to read on, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, http }
    }

    fn stop(mut self) {
        let pid = self.child.id().to_string();
        let told = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.is_ok_and(|s| s.success()));
        wait_for("the demonstration has ended", || {
            self.child.try_wait().ok().flatten()
        });
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn five_years_come_out_over_http_and_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let demo = Demo::start(&data);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    let get = async |path: &str, cookie: &str| {
        let at = format!("{}/api/v1{path}", demo.http);
        let answer = client.get(at).header("Cookie", cookie).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    };
    let (word, pdf, midterm) = runtime.block_on(async {
        let profile = huanshu_profile();
        let login = json!({ "login": "leader", "password": profile });
        let answer = client
            .post(format!("{}/api/v1/session", demo.http))
            .json(&login)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let read = async |path: &str| serde_json::from_slice::<Value>(&get(path, &cookie).await).unwrap();
        let overview = read("/plan?on=2025-12-31").await;
        assert_eq!(overview["year"], 2025);
        let first = &overview["behind"][0];
        assert!(
            first["light"] == "red" && !first["units"].as_array().unwrap().is_empty(),
            "{first}"
        );
        let board = read("/plan/indicators?on=2023-12-31").await;
        let one = &board["items"][0];
        assert_eq!(
            (&one["current"], &one["progress"], &one["light"]),
            (&json!("48"), &json!("0.5"), &json!("yellow"))
        );
        let listed = read("/plan/evaluations").await;
        let items = listed["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        let midterm = items.iter().find(|e| e["kind"] == "midterm").unwrap().clone();
        assert_eq!(
            (&midterm["state"], &midterm["demo"]),
            (&json!("published"), &json!(true))
        );
        let id = midterm["id"].as_i64().unwrap();
        let rounds = read("/plan/rounds").await;
        assert_eq!(rounds["items"].as_array().unwrap().len(), 10);
        assert!(rounds["items"][0]["frozen_at"].is_null() && rounds["items"][1]["snapshot"].is_string());
        // Everybody reads what was published.
        let word = get(&format!("/public/plan/evaluations/{id}/report.docx"), "").await;
        let pdf = get(&format!("/plan/evaluations/{id}/report.pdf"), &cookie).await;
        (word, pdf, midterm)
    });
    demo.stop();

    let evaluate = |out: &Path, more: &[&str]| {
        let output = huanshu()
            .args([
                "plan", "evaluate", "--kind", "midterm", "--year", "2023", "--data",
            ])
            .arg(&data)
            .arg("--out")
            .arg(out)
            .args(more)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let file = |name: &str| std::fs::read(out.join(name)).unwrap();
        (file("data.json"), file("report.docx"), file("report.pdf"))
    };
    let (frozen, docx, again_pdf) = evaluate(&folder.path().join("one"), &[]);
    assert!(
        docx == word,
        "the report of the command line is that of the server"
    );
    assert!(again_pdf == pdf, "also as PDF");
    let name = store::plan::snapshot_name(std::str::from_utf8(&frozen).unwrap());
    assert_eq!(midterm["snapshot"], name);
    // Frozen anew the figures are the same: nothing has changed in between.
    let (fresh, ..) = evaluate(&folder.path().join("two"), &["--fresh"]);
    let part =
        |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap()["snapshot"]["indicators"].clone();
    assert_eq!(part(&fresh), part(&frozen));

    let wrong = huanshu()
        .args(["plan", "evaluate", "--kind", "final", "--year", "2023", "--data"])
        .arg(&data)
        .arg("--out")
        .arg(folder.path().join("three"))
        .output()
        .unwrap();
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("2023, 2025"));
}

/// Password of the demonstration's leader, as the profile has it.
fn huanshu_profile() -> String {
    let text = std::fs::read_to_string(support::root().join("profiles/chiping/demo.toml")).unwrap();
    let leader = text
        .split("[[user]]")
        .find(|u| u.contains("login = \"leader\""))
        .unwrap();
    let line = leader.lines().find(|l| l.starts_with("password")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}
