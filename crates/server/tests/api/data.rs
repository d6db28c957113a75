//! Subjects, series, values, judgements, frames: what is read, and what is refused.

use model::observation::Statistic;
use model::time::Grain;
use serde_json::json;

use crate::bench::{Bench, noon, reading};

on_both![
    a_subject_shows_values_limits_devices_and_alarms,
    the_list_of_subjects_filters_and_sorts,
    values_of_a_series_come_with_limit_and_in_order,
    a_period_with_too_many_values_is_refused,
    judgements_are_listed_and_explained,
    citizens_see_air_and_water,
    the_profile_and_its_map_are_open,
];

const HOUR: i64 = 3_600_000;

async fn a_subject_shows_values_limits_devices_and_alarms(bench: &Bench) {
    bench.alarm("a-gas").await;
    let readings = vec![
        reading(Statistic::ZS_AVG, Grain::Hour, noon(), "42.50"),
        reading(Statistic::RTD, Grain::Realtime, noon(), "30.1"),
    ];
    bench.frame("GAS1", "##", readings, None).await;
    let firm = bench.id("firm-a").await;
    let id = bench.id("a-gas").await;
    let full = bench.get("firm", &format!("/subjects/{id}")).await.ok();
    assert_eq!(full["state"], "exceeding");
    assert_eq!(full["online"], true);
    assert_eq!(full["unit"], "town-1");
    assert_eq!(full["parent"]["code"], "firm-a");
    assert_eq!(full["last_time"], "2026-11-24T12:00:00+08:00");
    assert_eq!(full["limits"][0]["max"], "35");
    assert_eq!(full["devices"][0]["mn"], "GAS1");
    assert_eq!(full["open_alarms"][0]["factor_name"], "二氧化硫");
    assert_eq!(full["open_alarms"][0]["unit"], "mg/m³");
    let latest = full["latest"].as_array().unwrap();
    let hour = latest.iter().find(|l| l["grain"] == "hour").unwrap();
    assert_eq!(
        (hour["value"].as_str(), hour["limit"].as_str()),
        (Some("42.50"), Some("35"))
    );
    assert_eq!(hour["exceed"], true);
    let moment = latest.iter().find(|l| l["grain"] == "realtime").unwrap();
    assert_eq!(
        (&moment["limit"], &moment["exceed"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(full["headline"]["value"], "42.50");
    assert_eq!(full["headline"]["limit"], "35");
    let parent = bench.get("firm", &format!("/subjects/{firm}")).await.ok();
    assert_eq!(parent["children"][0]["code"], "a-gas");
    assert_eq!(parent["alarms"], 1);
}

async fn the_list_of_subjects_filters_and_sorts(bench: &Bench) {
    bench
        .judgement(
            "air-1",
            "aqi/hourly",
            Grain::Hour,
            json!({ "aqi": 85, "level": 2 }),
        )
        .await;
    bench
        .judgement(
            "section-1",
            "water/section_class",
            Grain::Day,
            json!({ "class": "劣V" }),
        )
        .await;
    let cases = [
        ("kind=gas_outlet,water_outlet", vec!["a-gas", "b-water"]),
        ("kind=firm&sort=-code", vec!["firm-b", "firm-a"]),
        ("unit=town-2&kind=water_section", vec!["section-1"]),
        ("q=%E4%B9%99%E5%8E%82", vec!["b-water", "firm-b"]),
        ("level=2", vec!["air-1"]),
        ("level=3", vec![]),
        ("class=%E5%8A%A3V&kind=water_section", vec!["section-1"]),
        ("class=I", vec![]),
        ("state=unknown&kind=gas_outlet", vec!["a-gas"]),
        ("state=normal", vec![]),
        ("demo=true", vec![]),
        ("page_size=2&page=3", vec!["firm-b", "section-1"]),
    ];
    for (query, codes) in cases {
        assert_eq!(
            bench
                .get("duty", &format!("/subjects?{query}"))
                .await
                .column("code"),
            codes,
            "{query}"
        );
    }
    for wrong in [
        "kind=shop",
        "state=bad",
        "sort=colour",
        "level=9",
        "level=x",
        "unit=1&unit=2",
        "x=1",
    ] {
        assert_eq!(
            bench.get("duty", &format!("/subjects?{wrong}")).await.problem().1,
            "bad_query",
            "{wrong}"
        );
    }
    let long = "q=".to_owned() + &"x".repeat(300);
    assert_eq!(
        bench.get("duty", &format!("/subjects?{long}")).await.problem().1,
        "bad_query"
    );
}

async fn values_of_a_series_come_with_limit_and_in_order(bench: &Bench) {
    let at = |h: i64| noon().plus_ms(-h * HOUR);
    let readings = [3, 1, 2]
        .map(|h| reading(Statistic::ZS_AVG, Grain::Hour, at(h), &format!("1{h}.50")))
        .to_vec();
    bench.frame("GAS1", "##", readings, None).await;
    let subject = bench.id("a-gas").await;
    let series = bench
        .get(
            "town",
            &format!("/series?subject={subject}&factor=a21026&grain=hour"),
        )
        .await
        .ok();
    assert_eq!(series["total"], 1);
    assert_eq!(series["items"][0]["name_zh"], "二氧化硫");
    let path = format!("/series/{}/observations", series["items"][0]["id"]);
    let all = bench.get("town", &path).await;
    assert_eq!(all.column("value"), ["13.50", "12.50", "11.50"]);
    let all = all.ok();
    assert_eq!(
        (all["unit"].as_str(), all["limit"].as_str()),
        (Some("mg/m³"), Some("35"))
    );
    assert_eq!(all["items"][0]["time"], "2026-11-24T09:00:00+08:00");
    let part = bench
        .get(
            "town",
            &format!("{path}?from=2026-11-24T10:00:00%2B08:00&to=2026-11-24+11:00"),
        )
        .await;
    assert_eq!(part.column("value"), ["12.50"], "the end is open");
    for wrong in ["from=yesterday", "from=2026-11-24&to=2026-11-23", "grain=week"] {
        assert_eq!(
            bench.get("town", &format!("{path}?{wrong}")).await.problem().1,
            "bad_query",
            "{wrong}"
        );
    }
    assert_eq!(
        bench.get("town", &format!("{path}?grain=year")).await.problem().0,
        404
    );
    let id = bench.store.latest_of_subject(subject).await.unwrap()[0].series.id;
    let latest = bench.get("town", "/devices/GAS1/latest").await.ok();
    assert_eq!(latest["a21026"]["ZsAvg"]["value"], "11.50", "series {id:?}");
    assert_eq!(latest["a21026"]["ZsAvg"]["grain"], "hour");
}

async fn a_period_with_too_many_values_is_refused(bench: &Bench) {
    let minute = |n: i64| reading(Statistic::AVG, Grain::Minute, noon().plus_ms(-n * 60_000), "1");
    bench
        .frame("GAS1", "##", (0..20_001).map(minute).collect(), None)
        .await;
    let subject = bench.id("a-gas").await;
    let series = bench
        .get("duty", &format!("/series?subject={subject}"))
        .await
        .ok()["items"][0]["id"]
        .clone();
    let path = format!("/series/{series}/observations");
    let refused = bench.get("duty", &format!("{path}?from=2026-11-01")).await;
    assert_eq!(refused.problem(), (400, "range_too_large".to_owned()));
    let within = bench.get("duty", &format!("{path}?from=2026-11-12")).await.ok();
    assert!(within["items"].as_array().unwrap().len() > 15_000);
}

async fn judgements_are_listed_and_explained(bench: &Bench) {
    let id = bench
        .judgement("air-1", "aqi/hourly", Grain::Hour, json!({ "aqi": 85 }))
        .await;
    let list = bench
        .get("town", "/judgements?topic=aqi/hourly&verdict=classified")
        .await
        .ok();
    assert_eq!(
        (list["total"].as_i64(), list["items"][0]["id"].as_i64()),
        (Some(1), Some(id))
    );
    assert_eq!(list["items"][0]["subject_name"], "甲站");
    assert_eq!(list["items"][0]["subject_name_en"], "Station A");
    assert_eq!(
        bench.get("town", "/judgements?from=2026-11-25").await.ok()["total"],
        0
    );
    let full = bench.get("town", &format!("/judgements/{id}")).await.ok();
    assert_eq!(full["body"]["result"]["aqi"], 85);
    assert_eq!(full["time"], "2026-11-24T12:00:00+08:00");
}

async fn citizens_see_air_and_water(bench: &Bench) {
    let empty = bench.get("-", "/public/air").await.ok();
    assert_eq!(empty["items"][0]["hour"], json!(null), "missing is null");
    let hourly =
        json!({ "aqi": 85, "level": 2, "category": "良", "primary": ["pm25_1h"], "iaqi": { "pm25_1h": 85 } });
    bench.judgement("air-1", "aqi/hourly", Grain::Hour, hourly).await;
    bench
        .judgement(
            "air-1",
            "aqi/daily",
            Grain::Day,
            json!({ "aqi": null, "level": null, "primary": [] }),
        )
        .await;
    let class = json!({ "class": "IV", "grade": "轻度污染", "main_pollutants": [{ "item": "codmn", "zh": "高锰酸盐指数", "multiple": 0.2 }] });
    bench
        .judgement("section-1", "water/section_class", Grain::Day, class)
        .await;
    let air = bench.get("-", "/public/air").await.ok();
    let hour = &air["items"][0]["hour"];
    assert_eq!(
        (
            hour["aqi"].as_i64(),
            hour["level"].as_i64(),
            hour["category"].as_str()
        ),
        (Some(85), Some(2), Some("良"))
    );
    assert_eq!(hour["primary"], json!(["pm25_1h"]));
    assert_eq!(hour["pollutants"][0]["iaqi"], 85);
    let day = &air["items"][0]["day"];
    assert_eq!(
        (&day["aqi"], day["conclusion"]["zh"].as_str()),
        (&json!(null), Some("结论"))
    );
    let water = bench.get("-", "/public/water").await.ok();
    let latest = &water["items"][0]["latest"];
    assert_eq!(
        (latest["class"].as_str(), latest["target"].as_str()),
        (Some("IV"), Some("III"))
    );
    assert_eq!(
        latest["main_pollutants"][0],
        json!({ "item": "codmn", "zh": "高锰酸盐指数", "multiple": "0.2" })
    );
    let text = bench.get("-", "/public/air").await.text;
    assert!(
        !text.contains("a-gas") && !text.contains("firm-a"),
        "citizens learn nothing of firms"
    );
}

async fn the_profile_and_its_map_are_open(bench: &Bench) {
    let profile = bench.get("-", "/profile").await.ok();
    assert_eq!(profile["district"]["zh"], "测试区");
    assert_eq!(profile["district"]["bureau_en"], "Test District Bureau");
    assert_eq!(profile["units"].as_array().unwrap().len(), 3);
    assert_eq!(profile["demo"], false);
    assert!(
        profile.get("demo_logins").is_none(),
        "logins are shown by the demo only"
    );
    let layers = bench.get("-", "/map/layers").await.ok();
    assert_eq!(
        layers,
        json!([
            { "name": "district", "zh": "区界", "en": "Boundary", "schematic": true },
            { "name": "rivers", "zh": "河流", "en": "Rivers", "schematic": true },
        ])
    );
    assert_eq!(
        bench.get("-", "/map/layers/district").await.ok()["type"],
        "FeatureCollection"
    );
    assert_eq!(bench.get("-", "/map/layers/nowhere").await.problem().0, 404);
    let points = bench
        .get("duty", "/map/points?kind=gas_outlet,water_section")
        .await
        .ok();
    let points = points["features"].as_array().unwrap().clone();
    assert_eq!(points.len(), 1, "a subject without a place has no point");
    assert_eq!(points[0]["geometry"]["coordinates"], json!([116.1, 36.5]));
}
