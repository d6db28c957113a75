//! Devices that knock, their frames, the quarantine.

use model::observation::Statistic;
use model::time::Grain;
use serde_json::json;

use crate::bench::{Bench, noon, reading};

on_both![
    a_knocking_device_is_decided_upon,
    frames_show_their_bytes_and_hide_the_password,
    the_quarantine_is_read_by_diagnosis,
];

const RAW: &str = "##0101QN=1;ST=31;CN=2011;PW=123456;MN=GAS1;Flag=5;CP=&&DataTime=20261124120000;\
                   a21026-Rtd=30.1,a21026-Flag=N;a19001-Rtd=7.1&&ABCD\r\n";

async fn a_knocking_device_is_decided_upon(bench: &Bench) {
    let values = vec![reading(Statistic::RTD, Grain::Realtime, noon(), "1")];
    bench.frame("", "##empty", values.clone(), None).await;
    bench.frame("STRANGER", "##a", values.clone(), None).await;
    bench.frame("STRANGER", "##b", values, None).await;
    let pending = bench.get("duty", "/devices?state=pending").await;
    assert_eq!(pending.column("mn"), ["", "STRANGER"]);
    assert_eq!(
        bench.get("town", "/devices?state=pending").await.ok()["total"],
        0,
        "it belongs to nobody yet"
    );
    assert_eq!(
        bench.get("town", "/devices/STRANGER/frames").await.problem().0,
        404
    );
    let path = "/devices/STRANGER/decision";
    let wrong = [
        (json!({ "decision": "approve", "reason": " " }), "reason"),
        (
            json!({ "decision": "approve", "reason": "新站", "subject": 999_999 }),
            "subject",
        ),
    ];
    for (body, field) in wrong {
        assert_eq!(
            bench.post("duty", path, body).await.json()["details"]["field"],
            field
        );
    }
    let subject = bench.id("a-gas").await;
    let told = bench.app.options.decided.notified();
    let body = json!({ "decision": "approve", "reason": "新装", "subject": subject });
    let approved = bench.post("duty", path, body).await.ok();
    assert_eq!(
        (
            approved["device"]["state"].as_str(),
            approved["released"].as_i64()
        ),
        (Some("approved"), Some(2))
    );
    assert_eq!(approved["device"]["subject"]["code"], "a-gas");
    told.await;
    assert_eq!(bench.store.releasable(10).await.unwrap().len(), 2);
    assert_eq!(
        bench.get("town", "/devices?q=stranger").await.column("mn"),
        ["STRANGER"]
    );
    let refused = bench
        .post(
            "duty",
            "/devices/-/decision",
            json!({ "decision": "refuse", "reason": "无 MN" }),
        )
        .await
        .ok();
    assert_eq!(
        (
            refused["device"]["mn"].as_str(),
            refused["device"]["state"].as_str()
        ),
        (Some(""), Some("refused"))
    );
    let unknown = bench
        .post(
            "duty",
            "/devices/NOBODY/decision",
            json!({ "decision": "refuse", "reason": "x" }),
        )
        .await;
    assert_eq!(unknown.problem().0, 404);
}

async fn frames_show_their_bytes_and_hide_the_password(bench: &Bench) {
    bench
        .frame(
            "GAS1",
            RAW,
            vec![reading(Statistic::RTD, Grain::Realtime, noon(), "30.1")],
            None,
        )
        .await;
    let open = bench.get("admin", "/devices/GAS1/frames?limit=1").await.ok();
    assert_eq!(open[0]["raw"], RAW);
    assert_eq!(open[0]["state"], "stored");
    assert!(open[0]["factors"]["a21026"].is_object() && open[0]["factors"]["a19001"].is_object());
    assert_eq!(open[0]["received_at"], "2026-11-24T12:00:00+08:00");
    assert!(open[0]["cp"]["DataTime"].as_str().unwrap().starts_with("2026"));
    for login in ["firm", "duty", "town"] {
        let hidden = bench.get(login, "/devices/GAS1/frames").await;
        assert!(
            !hidden.text.contains("123456") && hidden.text.contains("PW=******"),
            "{login}"
        );
    }
    let many = bench.get("admin", "/devices/GAS1/frames?limit=100000").await.ok();
    assert_eq!(many.as_array().unwrap().len(), 1);
    for wrong in ["limit=0", "limit=-1", "limit=x"] {
        assert_eq!(
            bench
                .get("admin", &format!("/devices/GAS1/frames?{wrong}"))
                .await
                .problem()
                .1,
            "bad_query"
        );
    }
}

async fn the_quarantine_is_read_by_diagnosis(bench: &Bench) {
    bench
        .frame("GAS1", "##torn", Vec::new(), Some("crc_mismatch"))
        .await;
    bench
        .frame("GAS1", "##short", Vec::new(), Some("too_short"))
        .await;
    let all = bench.get("inspector", "/quarantine?limit=1").await.ok();
    assert_eq!(
        (all["total"].as_i64(), all["items"].as_array().unwrap().len()),
        (Some(2), 1)
    );
    let newest = bench.get("inspector", "/quarantine?limit=5000").await.ok();
    assert_eq!(newest["items"].as_array().unwrap().len(), 2);
    let found = bench.get("inspector", "/quarantine?code=crc_mismatch").await.ok();
    assert_eq!(found["total"], 1);
    let frame = &found["items"][0];
    assert_eq!(
        (frame["raw"].as_str(), frame["crc_ok"].as_bool()),
        (Some("##torn"), Some(false))
    );
    assert_eq!(
        frame["diagnoses"][0],
        json!({ "at": 6, "code": "crc_mismatch", "zh": "有误", "en": "wrong" })
    );
    assert_eq!(
        bench.get("inspector", "/quarantine?mn=WATER/1").await.ok()["total"],
        0
    );
    assert_eq!(
        bench.get("inspector", "/quarantine?from=2026-11-25").await.ok()["total"],
        0
    );
}
