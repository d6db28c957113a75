//! From values to judgements, alarms and what people do about them, through the built binary: real air data, an
//! exceedance, a warning, late minutes, conversion to reference oxygen.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

mod support;

use std::collections::BTreeMap;
use std::io::Read;

use model::time::{Grain, UtcMs};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Line, Place, Server, cases, frame, huanshu, instant, shared, text, wait_for};

/// Months whose days are compared with the cases; 212 days, 37 of them with a case, some with too few hours.
const MONTHS: [&str; 7] = [
    "2013-03", "2013-07", "2013-11", "2014-01", "2015-01", "2016-01", "2016-04",
];

/// The station compared.
const STATION: &str = "Aotizhongxin";

/// Another one in the file, to be filtered out.
const OTHER: &str = "Guanyuan";

fn hours() -> Option<String> {
    let path = shared()?.join("data/air/beijing_6st_2013_2017_hourly.csv.gz");
    let mut all = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).expect("the data"))
        .read_to_string(&mut all)
        .expect("text");
    let mut out = String::new();
    for (number, line) in all.lines().enumerate() {
        let wanted = line.split_once(',').is_some_and(|(station, rest)| {
            [STATION, OTHER].contains(&station) && MONTHS.iter().any(|month| rest.starts_with(month))
        });
        if number == 0 || wanted {
            out.push_str(line);
            out.push('\n');
        }
    }
    Some(out)
}

/// The same number, however many zeros it ends in; both missing is the same too.
fn same(found: Option<&str>, expected: &Value) -> bool {
    let found = found.map(|text| text.parse::<f64>().expect("a number"));
    match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-9,
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn imported_real_hours_give_the_known_days() {
    let Some(table) = hours() else {
        println!("left out: ../shared/data/air is absent");
        return;
    };
    let place = Place::new();
    let file = place.file("hours.csv");
    std::fs::write(&file, table).unwrap();
    let import = || {
        let output = huanshu()
            .args([
                "import",
                "observations",
                "--subject",
                STATION,
                "--create",
                "air_station",
                "--json",
            ])
            .args(["--where", &format!("station={STATION}")])
            .args(place.options())
            .arg(&file)
            .output()
            .expect("the binary runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_str::<Value>(&text(&output)).expect("a report")
    };
    let report = import();
    assert_eq!(report["report"]["bad"], 0);
    assert_eq!(
        report["report"]["filtered"], report["report"]["good"],
        "the other station"
    );
    assert_eq!(report["taken"]["inserted"], report["report"]["values"]);
    let again = import();
    assert_eq!(again["taken"]["inserted"], 0, "a second import changes nothing");
    assert_eq!(again["taken"]["unchanged"], again["report"]["values"]);

    let server = place.serve(&[]);
    let station = server.subject(STATION);
    let mut compared = 0;
    let file = shared().unwrap().join("vectors/aqi/station_daily_real.jsonl");
    for case in cases(&file) {
        let date = case["date"].as_str().expect("date");
        if case["station"] != STATION || !MONTHS.iter().any(|month| date.starts_with(month)) {
            continue;
        }
        day(&server, &station, date, &case["expect"]);
        compared += 1;
    }
    assert_eq!(compared, 37);
    months_and_years(&server, &station);
    assert!(server.stop());
}

/// Each month of the file is judged, and the days of a year's months are the days of the year.
fn months_and_years(server: &Server, station: &Value) {
    let judged = |topic: &str| -> BTreeMap<String, Value> {
        let rows = server.all(&format!(
            "/judgements?subject={}&topic=aqi%2F{topic}",
            station["id"]
        ));
        let body = |row: &Value| server.get(&format!("/judgements/{}", row["id"]))["body"].clone();
        let time = |row: &Value| row["time"].as_str().expect("a time").to_owned();
        rows.iter().map(|row| (time(row), body(row))).collect()
    };
    let (months, years) = (judged("monthly"), judged("annual"));
    let begun: Vec<&str> = months.keys().filter_map(|time| time.get(..7)).collect();
    assert_eq!(begun, MONTHS);
    assert_eq!(years.len(), 4);
    for (time, year) in &years {
        assert_eq!(year["verdict"], "undecided", "{time}: a year of few months");
        for item in ["so2", "no2", "pm10", "pm25", "co", "o3"] {
            let days = |body: &Value| body["result"][item]["n_days"].as_u64().expect("days");
            let of_months: u64 = months
                .iter()
                .filter(|(month, _)| month.get(..4) == time.get(..4))
                .map(|(_, body)| days(body))
                .sum();
            assert_eq!(days(year), of_months, "{time} {item}");
        }
    }
}

fn day(server: &Server, station: &Value, date: &str, expect: &Value) {
    let start = UtcMs::parse(&format!("{date}T00:00:00+08:00")).expect("a day");
    let conc = &expect["conc"];
    for (factor, statistic, expected) in [
        ("a21026", "Avg", &conc["so2"]["mean"]),
        ("a21004", "Avg", &conc["no2"]["mean"]),
        ("a34002", "Avg", &conc["pm10"]["mean"]),
        ("a34004", "Avg", &conc["pm25"]["mean"]),
        ("a21005", "Avg", &conc["co"]["mean"]),
        ("a05024", "Mda8", &conc["o3_8h"]["mda8"]),
        ("a05024", "Max", &conc["o3_1h_max"]),
    ] {
        let found = server.value(station, factor, "day", statistic, start);
        assert!(
            same(found.as_deref(), expected),
            "{date} {factor} {statistic}: {found:?}, expected {expected}"
        );
    }
    let path = format!(
        "/judgements?subject={}&topic=aqi%2Fdaily&from={}&to={}",
        station["id"],
        instant(start),
        instant(start.plus_ms(1000))
    );
    let rows = server.all(&path);
    assert_eq!(rows.len(), 2, "{date}: a judgement by each edition");
    for (edition, key) in [("HJ 633-2012", "hj633-2012"), ("HJ 633-2026", "hj633-2026")] {
        let row = rows
            .iter()
            .find(|row| row["edition"] == edition)
            .unwrap_or_else(|| panic!("{date}: {edition} in {rows:?}"));
        let judgement = server.get(&format!("/judgements/{}", row["id"]));
        let (result, expected) = (&judgement["body"]["result"], &expect["aqi_six_items"][key]);
        for part in ["aqi", "primary", "missing"] {
            assert_eq!(result[part], expected[part], "{date} {edition} {part}");
        }
    }
}

/// A demonstration outlet of the profile and its logger.
struct Outlet {
    subject: &'static str,
    mn: &'static str,
    pw: &'static str,
    flag: &'static str,
}

const G1: Outlet = Outlet {
    subject: "demo-power-g1",
    mn: "0200A37150C25E1000D10001",
    pw: "715067",
    flag: "9",
};
const G3: Outlet = Outlet {
    subject: "demo-power-g3",
    mn: "010000A8900016F037150003",
    pw: "715141",
    flag: "5",
};
const G4: Outlet = Outlet {
    subject: "demo-power-g4",
    mn: "010000A8900016F037150004",
    pw: "715178",
    flag: "5",
};

impl Outlet {
    /// An upload of its logger; must be answered.
    fn says(&self, line: &mut Line, cn: &str, time: UtcMs, values: &str) {
        let time = time.to_compact();
        let Self { mn, pw, flag, .. } = self;
        line.deliver(&frame(&format!(
            "QN={time}001;ST=31;CN={cn};PW={pw};MN={mn};Flag={flag};CP=&&DataTime={time};{values}&&"
        )));
    }

    fn limit(&self, server: &Server, factor: &str) -> f64 {
        let id = &server.subject(self.subject)["id"];
        let subject = server.get(&format!("/subjects/{id}"));
        let limits = subject["limits"].as_array().expect("limits");
        let limit = limits
            .iter()
            .find(|l| l["factor"] == factor && l["grain"] == "hour");
        limit.expect("a limit")["max"]
            .as_str()
            .expect("max")
            .parse()
            .expect("a number")
    }
}

/// Open alarms of a subject and kind.
fn open(server: &Server, subject: &Value, kind: &str) -> Vec<Value> {
    server.all(&format!(
        "/alarms?subject={}&kind={kind}&state=open",
        subject["id"]
    ))
}

fn point(server: &Server, subject: &Value) -> Value {
    let points = server.get("/map/points");
    let features = points["features"].as_array().expect("features");
    let found = features.iter().find(|f| f["properties"]["id"] == subject["id"]);
    found.expect("a point of the subject")["properties"].clone()
}

/// The list, the map and the cockpit show the same count of open alarms.
fn same_count(server: &Server) -> u64 {
    let overview = server.get("/overview");
    let shown = overview["alarms"]["open"]["value"].as_u64().expect("a count");
    let list = overview["alarms"]["open"]["list"].as_str().expect("a list");
    assert_eq!(server.get(list)["total"], shown, "the list that the figure opens");
    let points = server.get("/map/points");
    let features = points["features"].as_array().expect("features");
    // The point of a firm shows what its outlets show, so those are counted and firms are not.
    let on_map: u64 = features
        .iter()
        .filter(|f| f["properties"]["kind"] != "firm")
        .filter_map(|f| f["properties"]["alarms"].as_u64())
        .sum();
    assert_eq!(on_map, shown, "the map");
    let kinds = overview["alarms"]["by_kind"].as_array().expect("kinds");
    let by_kind: u64 = kinds.iter().filter_map(|k| k["value"].as_u64()).sum();
    assert_eq!(by_kind, shown, "the kinds together");
    shown
}

#[test]
fn an_exceedance_is_the_same_everywhere_and_can_be_handled_to_its_end() {
    let place = Place::new();
    let server = place.serve(&[]);
    let mut line = server.dial();
    let subject = server.subject(G3.subject);
    let hour = Grain::Hour.start(server.now()).unwrap().plus_ms(-3_600_000);
    let limit = G3.limit(&server, "a21026");
    let value = limit * 1.5;
    assert_eq!(same_count(&server), 0);
    G3.says(
        &mut line,
        "2061",
        hour,
        &format!("a21026-ZsAvg={value},a21026-Flag=N"),
    );
    let alarm = wait_for("the exceedance is an alarm", || {
        open(&server, &subject, "exceedance").pop()
    });
    assert_eq!(same_count(&server), 1);
    assert_eq!(alarm["factor"], "a21026");
    assert!(same(alarm["value"].as_str(), &json!(value)), "{alarm}");
    assert!(same(alarm["limit"].as_str(), &json!(limit)), "{alarm}");
    assert!(same(alarm["multiple"].as_str(), &json!(0.5)), "{alarm}");
    let on_map = point(&server, &subject);
    assert_eq!(
        (&on_map["state"], &on_map["alarms"]),
        (&json!("exceeding"), &json!(1))
    );
    let exceeding = server.get("/overview")["sources"]["exceeding"].clone();
    assert_eq!(exceeding["value"], 1);
    assert_eq!(server.get(exceeding["list"].as_str().unwrap())["total"], 1);

    // The judgement behind it can be opened: clause, limit, and why this limit.
    let judgement = server.get(&format!("/judgements/{}", alarm["judgement"]));
    assert_eq!(judgement["verdict"], "exceeded");
    let body = &judgement["body"];
    let limits = body["limits"].as_array().expect("limits");
    assert!(same(limits[0]["value"].as_str(), &json!(limit)), "{body}");
    for words in [
        &body["basis"][0]["standard"],
        &body["basis"][0]["clause"],
        &limits[0]["reason"]["zh"],
        &limits[0]["source"]["edition"],
        &body["conclusion"]["zh"],
    ] {
        assert!(words.as_str().is_some_and(|w| !w.is_empty()), "{body}");
    }

    // The same upload again is no second alarm, a wrong password no alarm at all.
    line.deliver(&frame(&format!(
        "QN={0}001;ST=31;CN=2061;PW={1};MN={2};Flag=5;CP=&&DataTime={0};a21026-ZsAvg={value},a21026-Flag=N&&",
        hour.to_compact(),
        G3.pw,
        G3.mn
    )));
    server.settled();
    assert_eq!(same_count(&server), 1);

    let id = &alarm["id"];
    server.post(
        &format!("/alarms/{id}/acknowledge"),
        &json!({ "comment": "已通知企业" }),
    );
    server.post(&format!("/alarms/{id}/comment"), &json!({ "text": "现场核查中" }));
    let (status, _) = server.ask(
        Method::POST,
        &format!("/alarms/{id}/close"),
        None,
        Some(&json!({ "reason": "other" })),
    );
    assert_eq!(status, 400, "«other» needs words");
    server.post(
        &format!("/alarms/{id}/close"),
        &json!({ "reason": "handled", "comment": "脱硫设施已恢复" }),
    );
    let closed = server.get(&format!("/alarms/{id}"));
    assert_eq!(
        (&closed["state"], &closed["close_reason"]),
        (&json!("closed"), &json!("handled"))
    );
    let events = closed["events"].as_array().expect("events");
    let actions: Vec<&str> = events.iter().filter_map(|e| e["action"].as_str()).collect();
    assert_eq!(actions, ["raised", "acknowledged", "commented", "closed"]);
    assert_eq!(same_count(&server), 0);
    assert_eq!(point(&server, &subject)["alarms"], 0);

    let audit = server.all("/audit");
    for part in ["acknowledge", "comment", "close"] {
        let path = format!("/alarms/{id}/{part}");
        assert!(
            audit
                .iter()
                .any(|entry| entry["object"].as_str().is_some_and(|o| o.contains(&path))),
            "{path} is in the audit: {audit:?}"
        );
    }
    assert_eq!(server.get("/audit/verify")["ok"], true);
    assert!(place.verified());
    assert!(server.stop());
}

#[test]
fn a_value_beyond_the_limit_warns_at_once() {
    let place = Place::new();
    let server = place.serve(&[]);
    let subject = server.subject(G3.subject);
    let value = G3.limit(&server, "a21002") + 1.0;
    let values = format!("a21002-ZsRtd={value},a21002-Flag=N");
    let now = server.now();
    // A value that the device itself marks as doubtful says nothing.
    let doubtful = format!("a21002-ZsRtd={value},a21002-Flag=D");
    let mut line = server.dial();
    G3.says(&mut line, "2011", now.plus_ms(-60_000), &doubtful);
    server.settled();
    G3.says(&mut line, "2011", now, &values);
    let alarm = wait_for("there is a warning", || open(&server, &subject, "warning").pop());
    assert!(same(alarm["value"].as_str(), &json!(value)), "{alarm}");
    assert_eq!(alarm["occurrences"], 1, "{alarm}");
    assert!(
        open(&server, &subject, "exceedance").is_empty(),
        "no legal period was judged"
    );
    assert_eq!(same_count(&server), 1);
    assert_eq!(point(&server, &subject)["state"], "warning");
    assert!(server.stop());
}

#[test]
fn late_minutes_change_their_hour_and_their_day() {
    const HOUR: i64 = 3_600_000;
    let place = Place::new();
    let server = place.serve(&[]);
    let subject = server.subject(G4.subject);
    let mut line = server.dial();
    let day = Grain::Day.start(server.now()).unwrap().plus_ms(-24 * HOUR);
    for n in 1..24 {
        G4.says(
            &mut line,
            "2061",
            day.plus_ms(n * HOUR),
            "a21026-Avg=10,a21026-Flag=N",
        );
    }
    let minute = |line: &mut Line, n: i64, value: &str| {
        let values = format!("a21026-Avg={value},a21026-Flag=N");
        G4.says(line, "2051", day.plus_ms(n * 600_000), &values);
    };
    for n in 0..5 {
        minute(&mut line, n, "10");
    }
    let value = |grain: &str| server.value(&subject, "a21026", grain, "Avg", day);
    wait_for("the first hour and the day are there", || {
        (same(value("hour").as_deref(), &json!(10)) && same(value("day").as_deref(), &json!(10)))
            .then_some(())
    });
    minute(&mut line, 5, "70");
    wait_for("both have changed", || {
        let hour = same(value("hour").as_deref(), &json!(20));
        (hour && same(value("day").as_deref(), &json!(10.416_666_667))).then_some(())
    });
    // Each is a later revision, made by the program; how many there were depends on when it looked.
    let series = server.series(&subject, "a21026", "hour", "Avg").unwrap();
    let item = server
        .observations(&series, day, day.plus_ms(1000), 1000)
        .remove(0);
    assert_eq!(item["origin"], "derived", "{item}");
    assert!(item["revision"].as_i64() >= Some(2), "{item}");
    assert!(server.stop());
}

#[test]
fn what_the_logger_did_not_convert_is_converted_to_reference_oxygen() {
    let place = Place::new();
    let server = place.serve(&[]);
    let subject = server.subject(G1.subject);
    let hour = Grain::Hour.start(server.now()).unwrap().plus_ms(-3_600_000);
    let mut line = server.dial();
    G1.says(
        &mut line,
        "2061",
        hour,
        "a21026-Avg=30,a21026-Flag=N;a19001-Avg=9,a19001-Flag=N",
    );
    // 30 × (21 − 6) / (21 − 9), beyond the limit of 35.
    let alarm = wait_for("the converted value is beyond its limit", || {
        open(&server, &subject, "exceedance").pop()
    });
    assert!(same(alarm["value"].as_str(), &json!(37.5)), "{alarm}");
    let converted = server.value(&subject, "a21026", "hour", "ZsAvg", hour);
    assert!(same(converted.as_deref(), &json!(37.5)), "{converted:?}");
    let path = format!("/judgements?subject={}&topic=cems%2Fo2_conversion", subject["id"]);
    let rows = server.all(&path);
    assert_eq!(rows.len(), 1, "{rows:?}");
    let judgement = server.get(&format!("/judgements/{}", rows[0]["id"]));
    let inputs = judgement["body"]["inputs"].as_array().expect("inputs");
    assert_eq!(inputs.len(), 3, "concentration, oxygen, reference: {judgement}");
    assert_eq!(same_count(&server), 1);
    assert!(server.stop());
}
