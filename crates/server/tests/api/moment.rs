//! Looking back on the map, and the air between the stations: every hour says what was judged of it, and nothing older.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use model::alarm::CloseReason;
use model::ids::Factor;
use model::judged::JudgementKey;
use model::time::{Grain, UtcMs};
use registers::library::Library;
use serde_json::{Value, json};
use store::judgements::NewJudgement;

use crate::bench::{Bench, noon};

const HOUR: i64 = 3_600_000;

on_both![the_present_is_as_it_was_without_a_time, an_instant_must_have_come];

/// A square district with four stations, a section, and a firm with an outlet that is limited by the hour and by the day.
async fn district() -> Bench {
    let files = [
        (
            "profile.toml",
            r#"
            code = "370000"
            zh = "测试区"
            en = "Test District"
            bureau = "测试区生态环境局"
            center = [116.15, 36.55]
            "#,
        ),
        (
            "units.toml",
            r#"unit = [{ code = "town-1", zh = "甲镇", kind = "town" }, { code = "town-2", zh = "乙镇", kind = "town" }, { code = "water", zh = "水利局", kind = "department" }]"#,
        ),
        (
            "subjects.toml",
            r#"
            subject = [
              { code = "firm-a", kind = "firm", zh = "甲厂", unit = "town-1", lon = 116.1, lat = 36.5 },
              { code = "a-gas", kind = "gas_outlet", zh = "甲厂排口", parent = "firm-a", lon = 116.1, lat = 36.5 },
              { code = "air-1", kind = "air_station", zh = "西站", lon = 116.05, lat = 36.55 },
              { code = "air-2", kind = "air_station", zh = "中站", lon = 116.15, lat = 36.55 },
              { code = "air-3", kind = "air_station", zh = "东站", lon = 116.25, lat = 36.55 },
              { code = "air-4", kind = "air_station", zh = "北站", lon = 116.15, lat = 36.65 },
              { code = "air-5", kind = "air_station", zh = "无处站" },
              { code = "section-1", kind = "water_section", zh = "断面", lon = 116.2, lat = 36.6 },
              { code = "section-2", kind = "water_section", zh = "手工断面", lon = 116.2, lat = 36.5 },
            ]
            "#,
        ),
        (
            "limits.toml",
            r#"
            [[limit]]
            subject = "a-gas"
            factor = "a21026"
            grain = "hour"
            statistic = "ZsAvg"
            max = "35"
            unit = "mg/m³"
            standard = "DB37/ 664"
            edition = "2019"
            clause = "表2"
            reason = "锅炉"
            confidence = "A"
            [[limit]]
            subject = "a-gas"
            factor = "a21002"
            grain = "day"
            statistic = "ZsAvg"
            max = "100"
            unit = "mg/m³"
            standard = "DB37/ 664"
            edition = "2019"
            clause = "表2"
            reason = "锅炉"
            confidence = "A"
            "#,
        ),
        ("devices.toml", ""),
        (
            "map/district.geojson",
            r#"{"type":"FeatureCollection","zh":"区界","en":"Boundary","schematic":true,"features":[
                {"type":"Feature","properties":{"zh":"区"},"geometry":{"type":"Polygon","coordinates":
                [[[116.0,36.4],[116.3,36.4],[116.3,36.7],[116.0,36.7],[116.0,36.4]]]}}]}"#,
        ),
    ];
    let files: BTreeMap<String, String> = files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    Bench::district(&files, Library::load(&crate::registers::definitions()).unwrap()).await
}

/// `n` hours after noon, in this case's own short count.
fn hour(n: i64) -> UtcMs {
    noon().plus_ms(n * HOUR)
}

fn asked(at: UtcMs) -> String {
    at.to_rfc3339().replace('+', "%2B")
}

async fn put(
    bench: &Bench,
    code: &str,
    (topic, grain, time): (&str, Grain, UtcMs),
    factor: Option<&str>,
    verdict: &str,
    value: Option<&str>,
    result: Value,
) {
    let new = NewJudgement {
        key: JudgementKey {
            topic: topic.to_owned(),
            subject: bench.id(code).await,
            factor: factor.map(Factor::new),
            grain,
            time,
            edition: "2026".to_owned(),
        },
        verdict: verdict.to_owned(),
        value: value.map(ToOwned::to_owned),
        body: json!({
            "conclusion": { "zh": "结论", "en": "conclusion" },
            "inputs": [{ "name": "pm25_1h", "value": value, "unit": "µg/m³", "used": value.is_some() }],
            "result": result,
        }),
    };
    bench.store.put_judgement(&new, noon()).await.unwrap();
}

/// An hour of a station; its PM2.5 is the same figure as its AQI.
async fn air(bench: &Bench, code: &str, time: UtcMs, aqi: Option<i64>) {
    let level = aqi.map(|a| {
        if a <= 50 {
            1
        } else if a <= 100 {
            2
        } else {
            3
        }
    });
    let value = aqi.map(|a| a.to_string());
    let result = json!({ "aqi": aqi, "level": level });
    let key = ("aqi/hourly", Grain::Hour, time);
    put(bench, code, key, None, "classified", value.as_deref(), result).await;
}

async fn limit(bench: &Bench, grain: Grain, time: UtcMs, factor: &str, verdict: &str, value: &str) {
    let key = ("limit/compare", grain, time);
    put(bench, "a-gas", key, Some(factor), verdict, Some(value), json!({})).await;
}

async fn class(bench: &Bench, code: &str, grain: Grain, time: UtcMs, class: &str) {
    let key = ("water/section_class", grain, time);
    put(
        bench,
        code,
        key,
        None,
        "classified",
        Some(class),
        json!({ "class": class }),
    )
    .await;
}

/// The points as they stood, by code.
async fn stood(bench: &Bench, at: UtcMs) -> BTreeMap<String, Value> {
    let points = bench
        .get("duty", &format!("/map/points?at={}", asked(at)))
        .await
        .ok();
    assert_eq!(points["at"], at.to_rfc3339());
    let features = points["features"].as_array().unwrap().clone();
    features
        .into_iter()
        .map(|f| {
            (
                f["properties"]["code"].as_str().unwrap().to_owned(),
                f["properties"].clone(),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hour_shows_what_was_judged_of_it() {
    let bench = district().await;
    let values = [
        (-6, Some(42)),
        (-5, Some(50)),
        (-4, None),
        (-2, Some(101)),
        (-1, Some(77)),
    ];
    for (n, aqi) in values {
        air(&bench, "air-1", hour(n), aqi).await;
        air(&bench, "air-2", hour(n), aqi.map(|a| a + 20)).await;
    }
    for n in -8..0 {
        let at = hour(n + 1);
        let points = stood(&bench, at).await;
        // The list of judgements of that very hour is the measure.
        let path = format!(
            "/judgements?topic=aqi%2Fhourly&from={}&to={}",
            asked(hour(n)),
            asked(at)
        );
        let rows = bench.get("duty", &path).await.ok();
        for code in ["air-1", "air-2", "air-3"] {
            let id = bench.id(code).await;
            let items = rows["items"].as_array().unwrap();
            let row = items.iter().find(|row| row["subject"] == id.0);
            let point = &points[code];
            assert_eq!(
                point["value"],
                row.map_or(Value::Null, |r| r["value"].clone()),
                "{n} {code}"
            );
            let judgement = match row {
                Some(row) => bench
                    .get("duty", &format!("/judgements/{}", row["id"]))
                    .await
                    .ok()["body"]["result"]
                    .clone(),
                None => json!({ "aqi": null, "level": null }),
            };
            assert_eq!(
                (&point["aqi"], &point["level"]),
                (&judgement["aqi"], &judgement["level"]),
                "{n} {code}"
            );
            let time = row.map_or(Value::Null, |_| json!(hour(n).to_rfc3339()));
            assert_eq!(point["time"], time, "{n} {code}");
            let state = if row.is_some() { "normal" } else { "unknown" };
            assert_eq!(point["state"], state, "{n} {code}");
        }
        // Until the next hour has ended it is still this one.
        if n < -1 {
            let within = stood(&bench, at.plus_ms(HOUR - 1_000)).await;
            assert_eq!(within["air-1"], points["air-1"], "{n}");
        }
    }
    let late = NewJudgement {
        key: JudgementKey {
            topic: "aqi/hourly".into(),
            subject: bench.id("air-1").await,
            factor: None,
            grain: Grain::Hour,
            time: hour(-3),
            edition: "2026".into(),
        },
        verdict: "classified".into(),
        value: Some("60".into()),
        body: json!({ "result": { "aqi": 60, "level": 2 } }),
    };
    assert_eq!(
        stood(&bench, hour(-2)).await["air-1"]["aqi"],
        Value::Null,
        "not the hour before"
    );
    bench.store.put_judgement(&late, noon()).await.unwrap();
    assert_eq!(
        stood(&bench, hour(-2)).await["air-1"]["aqi"],
        60,
        "late data show in their own hour"
    );
    assert_eq!(stood(&bench, hour(-1)).await["air-1"]["aqi"], 101);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outlets_stand_as_judged_and_firms_as_their_outlets() {
    let bench = district().await;
    let (so2, nox) = ("a21026", "a21002");
    let yesterday = Grain::Day.start(noon().plus_ms(-24 * HOUR)).unwrap();
    limit(&bench, Grain::Hour, hour(-5), so2, "met", "30").await;
    limit(&bench, Grain::Hour, hour(-4), so2, "exceeded", "42.5").await;
    limit(&bench, Grain::Hour, hour(-3), so2, "undecided", "80").await;
    let both = async |at: UtcMs| {
        let points = stood(&bench, at).await;
        assert_eq!(points["a-gas"]["state"], points["firm-a"]["state"], "{at:?}");
        let p = &points["a-gas"];
        (
            p["state"].as_str().unwrap().to_owned(),
            p["value"].clone(),
            p["unit"].clone(),
        )
    };
    let said = |state: &str, value: Value| {
        let unit = if value.is_null() {
            Value::Null
        } else {
            json!("mg/m³")
        };
        (state.to_owned(), value, unit)
    };
    assert_eq!(
        both(hour(-5)).await,
        said("unknown", Value::Null),
        "before anything was judged"
    );
    assert_eq!(both(hour(-4)).await, said("normal", json!("30")));
    assert_eq!(both(hour(-3)).await, said("exceeding", json!("42.5")));
    assert_eq!(both(hour(-2)).await.0, "unknown", "neither exceeding nor not");
    assert_eq!(
        both(hour(-1)).await,
        said("unknown", Value::Null),
        "an hour without a judgement"
    );
    // The day that ended at midnight speaks for its own limit all through today, and not before.
    limit(&bench, Grain::Day, yesterday, nox, "exceeded", "130").await;
    assert_eq!(both(hour(-4)).await, said("exceeding", json!("130")));
    assert_eq!(both(hour(-12)).await, said("exceeding", json!("130")), "midnight");
    assert_eq!(both(hour(-13)).await, said("unknown", Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_section_has_the_class_of_its_last_measurement_until_the_next_is_due() {
    let bench = district().await;
    let yesterday = Grain::Day.start(noon().plus_ms(-24 * HOUR)).unwrap();
    class(&bench, "section-1", Grain::Day, yesterday, "II").await;
    class(&bench, "section-1", Grain::Hour, hour(-16), "III").await;
    class(&bench, "section-1", Grain::Hour, hour(-12), "IV").await;
    class(&bench, "section-2", Grain::Day, yesterday, "V").await;
    let of = async |code: &str, at: UtcMs| stood(&bench, at).await[code]["class"].clone();
    assert_eq!(of("section-1", hour(-16)).await, Value::Null, "not measured yet");
    assert_eq!(of("section-1", hour(-15)).await, "III");
    assert_eq!(
        of("section-1", hour(-12)).await,
        "III",
        "the next hour has not ended"
    );
    assert_eq!(of("section-1", hour(-11)).await, "IV");
    assert_eq!(of("section-1", hour(-7).plus_ms(-1)).await, "IV");
    assert_eq!(
        of("section-1", hour(-7)).await,
        Value::Null,
        "the next measurement did not come"
    );
    assert_eq!(
        of("section-2", hour(-13)).await,
        Value::Null,
        "the day has not ended"
    );
    assert_eq!(of("section-2", hour(-12)).await, "V");
    assert_eq!(of("section-2", hour(0)).await, "V");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_stand_from_their_begin_to_their_closing() {
    let bench = district().await;
    // Its hour began at 11; it was raised at noon and is closed at 14.
    let alarm = bench.alarm("a-gas").await;
    bench.pass(4 * HOUR);
    let reason = CloseReason::Handled;
    bench
        .store
        .close_alarm(alarm.id, "duty", reason, None, hour(2))
        .await
        .unwrap();
    for (at, alarms) in [
        (hour(-1), 0),
        (hour(0), 1),
        (hour(1), 1),
        (hour(2), 0),
        (hour(4), 0),
    ] {
        let points = stood(&bench, at).await;
        assert_eq!(points["a-gas"]["alarms"], alarms, "{at:?}");
        assert_eq!(points["firm-a"]["alarms"], 0, "each alarm stands once");
    }
}

async fn the_present_is_as_it_was_without_a_time(bench: &Bench) {
    let result = json!({ "aqi": 66, "level": 2 });
    bench.judgement("air-1", "aqi/hourly", Grain::Hour, result).await;
    bench.alarm("a-gas").await;
    let points = bench.get("duty", "/map/points").await.ok();
    assert_eq!((points.get("at"), points.get("hour")), (None, None));
    // The judgement is of the hour that begins now: the present knows it, no instant up to now does.
    let of = |points: &Value, code: &str| {
        let features = points["features"].as_array().unwrap();
        features.iter().find(|f| f["properties"]["code"] == code).unwrap()["properties"].clone()
    };
    assert_eq!(of(&points, "air-1")["aqi"], 66);
    let now = bench
        .get("duty", &format!("/map/points?at={}", asked(noon())))
        .await
        .ok();
    assert_eq!(now["hour"], hour(-1).to_rfc3339());
    assert_eq!(of(&now, "air-1")["aqi"], Value::Null);
    bench.pass(HOUR);
    let then = bench
        .get("duty", &format!("/map/points?at={}", asked(hour(1))))
        .await
        .ok();
    assert_eq!(of(&then, "air-1")["aqi"], 66);
    assert_eq!(of(&then, "a-gas")["alarms"], of(&points, "a-gas")["alarms"]);
    // Who sees a part sees the same part of the past.
    let codes = |points: &Value| -> Vec<String> {
        let features = points["features"].as_array().unwrap();
        let code = |f: &Value| f["properties"]["code"].as_str().unwrap().to_owned();
        features.iter().map(code).collect()
    };
    for login in ["duty", "town", "town2", "firm", "department"] {
        let present = bench.get(login, "/map/points").await.ok();
        let past = bench
            .get(login, &format!("/map/points?at={}", asked(noon())))
            .await
            .ok();
        assert_eq!(codes(&present), codes(&past), "{login}");
    }
}

async fn an_instant_must_have_come(bench: &Bench) {
    for path in ["/map/points", "/map/air"] {
        let late = format!("{path}?at={}", asked(noon().plus_ms(1_000)));
        assert_eq!(
            bench.get("duty", &late).await.problem(),
            (400, "bad_query".to_owned()),
            "{path}"
        );
        let bad = bench.get("duty", &format!("{path}?at=yesterday")).await;
        assert_eq!(bad.problem().0, 400);
        let old = format!(
            "{path}?at={}",
            asked(UtcMs::from_compact("19490101000000").unwrap())
        );
        assert!(bench.get("duty", &old).await.status.is_success(), "{path}");
    }
    let none = bench.get("-", "/map/air").await.ok();
    assert_eq!(none["features"], json!([]));
    assert!(
        !none["reason"]["zh"].as_str().unwrap().is_empty(),
        "the bench has no border: {none}"
    );
    assert_eq!(bench.get("-", "/map/air?factor=pm1").await.problem().0, 400);
}

/// Whether a ring holds a point, by the ray rule; enough for rings without holes here.
fn holds(geometry: &Value, [x, y]: [f64; 2]) -> bool {
    let polygons = match geometry["type"].as_str().unwrap() {
        "Polygon" => vec![geometry["coordinates"].clone()],
        _ => geometry["coordinates"].as_array().unwrap().clone(),
    };
    polygons.iter().any(|rings| {
        let crossings = rings.as_array().unwrap().iter().flat_map(|ring| {
            let at = |p: &Value| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap());
            let points: Vec<(f64, f64)> = ring.as_array().unwrap().iter().map(at).collect();
            assert_eq!(points.first(), points.last(), "rings close themselves");
            points
                .windows(2)
                .filter(|w| {
                    (w[0].1 > y) != (w[1].1 > y)
                        && x < (w[1].0 - w[0].0) * (y - w[0].1) / (w[1].1 - w[0].1) + w[0].0
                })
                .map(|_| ())
                .collect::<Vec<()>>()
        });
        crossings.count() % 2 == 1
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bands_hold_the_stations_of_their_hour_and_stay_inside() {
    let bench = district().await;
    let places = [
        ("air-1", [116.05, 36.55]),
        ("air-2", [116.15, 36.55]),
        ("air-3", [116.25, 36.55]),
        ("air-4", [116.15, 36.65]),
    ];
    for (n, figures) in [(-2, [50, 51, 100, 101]), (-1, [40, 45, 30, 20])] {
        for ((code, _), aqi) in places.iter().zip(figures) {
            air(&bench, code, hour(n), Some(aqi)).await;
        }
        // A station without a place takes no part.
        air(&bench, "air-5", hour(n), Some(500)).await;
        // PM2.5 of the same figures; under HJ 633-2026 its classes end at 35 and 60.
        for (factor, classed) in [("aqi", [50, 100]), ("pm25", [35, 60])] {
            let bands = bench
                .get(
                    "-",
                    &format!("/map/air?factor={factor}&at={}", asked(hour(n + 1))),
                )
                .await
                .ok();
            assert_eq!(
                (&bands["stations"], &bands["stations_total"], &bands["reason"]),
                (&json!(4), &json!(4), &Value::Null)
            );
            assert_eq!(
                (&bands["hour"], &bands["edition"]),
                (&json!(hour(n).to_rfc3339()), &json!("HJ 633-2026"))
            );
            for ((code, place), value) in places.iter().zip(figures) {
                let level = 1 + classed.iter().filter(|end| value > **end).count();
                let features = bands["features"].as_array().unwrap();
                let there: Vec<&Value> = features
                    .iter()
                    .filter(|f| holds(&f["geometry"], *place))
                    .collect();
                assert_eq!(there.len(), 1, "{factor} {code}");
                assert_eq!(there[0]["properties"]["level"], level, "{factor} {code} {value}");
            }
            for outside in [
                [115.999, 36.55],
                [116.301, 36.55],
                [116.15, 36.701],
                [116.15, 36.399],
                [116.15, 36.42],
            ] {
                let features = bands["features"].as_array().unwrap();
                assert!(
                    features.iter().all(|f| !holds(&f["geometry"], outside)),
                    "{factor} {outside:?}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_few_stations_make_no_field_and_the_newest_hour_is_the_one_that_has_enough() {
    let bench = district().await;
    for code in ["air-1", "air-2", "air-3"] {
        air(&bench, code, hour(-2), Some(40)).await;
    }
    air(&bench, "air-1", hour(-1), Some(90)).await;
    air(&bench, "air-2", hour(-1), None).await;
    let newest = bench.get("-", "/map/air").await.ok();
    assert_eq!(
        (&newest["hour"], &newest["stations"]),
        (&json!(hour(-2).to_rfc3339()), &json!(3))
    );
    let asked_for = bench
        .get("-", &format!("/map/air?at={}", asked(hour(0))))
        .await
        .ok();
    assert_eq!(
        (&asked_for["hour"], &asked_for["stations"]),
        (&json!(hour(-1).to_rfc3339()), &json!(1))
    );
    assert_eq!(asked_for["features"], json!([]));
    let why = asked_for["reason"]["zh"].as_str().unwrap();
    assert!(why.contains("1 个") && why.contains("3 个"), "{why}");
    let nothing = bench
        .get("-", &format!("/map/air?at={}", asked(hour(-9))))
        .await
        .ok();
    assert_eq!(
        (&nothing["stations"], &nothing["features"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_that_is_known_is_not_sent_again_until_it_changes() {
    let bench = district().await;
    for code in ["air-1", "air-2", "air-3"] {
        air(&bench, code, hour(-1), Some(40)).await;
    }
    let path = format!("/api/v1/map/air?factor=aqi&at={}", asked(hour(0)));
    let first = bench.ask("-", "GET", &path, None).await;
    let tag = first.headers[header::ETAG].clone();
    let again = async || {
        let mut request = bench.request("-", "GET", &path, None);
        request.headers_mut().insert(header::IF_NONE_MATCH, tag.clone());
        bench.send(request).await
    };
    let known = again().await;
    assert_eq!(
        (known.status, known.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert_eq!(bench.ask("-", "GET", &path, None).await.text, first.text);
    air(&bench, "air-3", hour(-1), Some(60)).await;
    let changed = again().await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.headers[header::ETAG], tag);
    assert_ne!(changed.text, first.text);
}
