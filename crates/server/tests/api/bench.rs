//! A small district on a fresh store, with a user of every role, and short ways to ask.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use ledger::Ledger;
use model::alarm::{Alarm, AlarmKind, Finding};
use model::ids::{Factor, Mn, SubjectCode, SubjectId, UnitCode};
use model::judged::JudgementKey;
use model::observation::Statistic;
use model::profile::Profile;
use model::role::Role;
use model::time::{Clock, Grain, UtcMs};
use registers::library::Library;
use serde_json::{Value, json};
use server::live::Hub;
use server::{App, Options, accounts, secrets};
use store::Store;
use store::apply::{ApplyFrame, Diagnosis, ReadingRow, UnknownPolicy};
use store::judgements::NewJudgement;
use store::people::users::NewUser;
use store::rawlog::{RecordKind, RecordMeta};
use tower::ServiceExt as _;

/// Runs each case on both engines: two tests named `CASE::sqlite` and `CASE::postgres`.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {$(
        mod $case {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$case(&crate::bench::Bench::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(bench) = crate::bench::Bench::postgres().await {
                    super::$case(&bench).await;
                    bench.drop_database().await;
                }
            }
        }
    )*};
}

pub(crate) const PASSWORD: &str = "Reed-Marsh-12";

/// The district: two towns with a firm each, a station in the first, a section in the second.
const FILES: [(&str, &str); 8] = [
    (
        "profile.toml",
        r#"
        code = "370000"
        zh = "测试区"
        en = "Test District"
        bureau = "测试区生态环境局"
        bureau_en = "Test District Bureau"
        center = [116.2, 36.6]
        "#,
    ),
    (
        "units.toml",
        r#"
        unit = [
          { code = "town-1", zh = "甲镇", en = "First Town", kind = "town" },
          { code = "town-2", zh = "乙镇", kind = "town" },
          { code = "water", zh = "水利局", kind = "department" },
        ]
        "#,
    ),
    (
        "subjects.toml",
        r#"
        subject = [
          { code = "firm-a", kind = "firm", zh = "甲厂", unit = "town-1", lon = 116.1, lat = 36.5 },
          { code = "a-gas", kind = "gas_outlet", zh = "甲厂排口", parent = "firm-a", lon = 116.1, lat = 36.5 },
          { code = "firm-b", kind = "firm", zh = "乙厂", unit = "town-2" },
          { code = "b-water", kind = "water_outlet", zh = "乙厂排口", parent = "firm-b", unit = "town-2", lon = 116.3, lat = 36.7 },
          { code = "air-1", kind = "air_station", zh = "甲站", en = "Station A", unit = "town-1", lon = 116.2, lat = 36.6 },
          { code = "section-1", kind = "water_section", zh = "乙断面", unit = "town-2", attrs = { target_class = 3 } },
        ]
        "#,
    ),
    (
        "devices.toml",
        r#"
        device = [
          { mn = "GAS1", subject = "a-gas", st = "31", edition = "2017" },
          { mn = "WATER/1", subject = "b-water", st = "32", edition = "2017" },
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
        "#,
    ),
    (
        "demo.toml",
        r#"
        user = [{ login = "demo", password = "Reed-Marsh-12", name = "演示", role = "leader" }]
        "#,
    ),
    (
        "map/district.geojson",
        r#"{"type":"FeatureCollection","zh":"区界","en":"Boundary","schematic":true,"features":[]}"#,
    ),
    ("map/rivers.geojson", crate::places::RIVERS),
];

/// Roles with the unit and firm their user has, by login.
pub(crate) const PEOPLE: [(&str, Role, Option<&str>, Option<&str>); 10] = [
    ("admin", Role::Administrator, None, None),
    ("auditor", Role::Auditor, None, None),
    ("duty", Role::DutyOfficer, None, None),
    ("inspector", Role::Inspector, None, None),
    ("leader", Role::Leader, None, None),
    ("town", Role::Town, Some("town-1"), None),
    ("town2", Role::Town, Some("town-2"), None),
    ("department", Role::Department, Some("water"), None),
    ("firm", Role::Firm, None, Some("firm-a")),
    ("citizen", Role::Public, None, None),
];

/// A clock that stands still until it is told.
#[derive(Debug)]
pub(crate) struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> UtcMs {
        UtcMs(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) struct Bench {
    pub(crate) router: Router,
    pub(crate) app: App,
    pub(crate) store: Store,
    clock: Arc<Still>,
    tokens: BTreeMap<&'static str, String>,
    dir: tempfile::TempDir,
    server: Option<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    /// The JSON of an answer that must have succeeded.
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }

    /// Status and error code, which must have a page.
    pub(crate) fn problem(&self) -> (u16, String) {
        let body = self.json();
        let code = body["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{} {body}", self.status));
        assert!(server::error::pages::find(code).is_some(), "{body}");
        assert!(!body["message"]["zh"].as_str().unwrap().is_empty(), "{body}");
        assert_eq!(body["help"], format!("/docs/errors/{code}"));
        (self.status.as_u16(), code.to_owned())
    }

    /// The cookie that was set.
    pub(crate) fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// The column `name` of a list's items, as text.
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        let items = self.ok()["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|i| {
                i[name]
                    .as_str()
                    .map_or_else(|| i[name].to_string(), ToOwned::to_owned)
            })
            .collect()
    }
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Bench {
    pub(crate) async fn sqlite() -> Self {
        Self::new(None, None).await
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("HUANSHU_TEST_POSTGRES") else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "HUANSHU_TEST_POSTGRES is not set, and this is CI"
            );
            eprintln!("left out: no PostgreSQL (HUANSHU_TEST_POSTGRES is not set)");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("huanshu_server_{}_{number}", std::process::id());
        admin(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        Some(Self::new(Some(&url), Some((server, name))).await)
    }

    pub(crate) async fn drop_database(self) {
        self.store.db().close().await;
        if let Some((server, name)) = &self.server {
            admin(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    async fn new(url: Option<&str>, server: Option<(String, String)>) -> Self {
        let files = FILES
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let library = Library::load(&crate::registers::definitions()).unwrap();
        Self::of(&files, library, url, server).await
    }

    /// Another district with definitions of its own, on SQLite.
    pub(crate) async fn district(files: &BTreeMap<String, String>, library: Library) -> Self {
        Self::of(files, library, None, None).await
    }

    async fn of(
        files: &BTreeMap<String, String>,
        library: Library,
        url: Option<&str>,
        server: Option<(String, String)>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(url, dir.path()).await.unwrap();
        let profile = Profile::from_files(files).unwrap();
        store.put_subjects(&profile.subjects).await.unwrap();
        store.put_devices(&profile.devices).await.unwrap();
        let clock = Arc::new(Still(AtomicI64::new(noon().0)));
        let people = store.people();
        let mut tokens = BTreeMap::new();
        for (login, role, unit, firm) in PEOPLE {
            let new = NewUser {
                login: login.to_owned(),
                name: login.to_owned(),
                role,
                unit: unit.map(UnitCode::new),
                firm: firm.map(SubjectCode::new),
                password: password_hash(),
                demo: false,
            };
            let user = people.create_user(&new, noon()).await.unwrap().unwrap();
            let (token, _) = accounts::create_token(&people, user.id, "test", None, noon())
                .await
                .unwrap();
            tokens.insert(login, token);
        }
        let ledger = Ledger::new(store.clone(), Arc::new(library), &profile.units);
        ledger.settle(noon()).await.unwrap();
        let app = App {
            store: store.clone(),
            ledger,
            plan: None,
            profile: Arc::new(profile),
            clock: clock.clone(),
            live: Hub::new(),
            options: Options::default(),
        };
        let router = server::router(app.clone());
        Self {
            router,
            app,
            store,
            clock,
            tokens,
            dir,
            server,
        }
    }

    /// The same district with an app changed in some part.
    pub(crate) fn with_app(&self, change: impl FnOnce(&mut App)) -> Self {
        let mut app = self.app.clone();
        change(&mut app);
        Self {
            router: server::router(app.clone()),
            app,
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            tokens: self.tokens.clone(),
            dir: tempfile::tempdir().unwrap(),
            server: None,
        }
    }

    /// Moves the clock on.
    pub(crate) fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn token(&self, login: &str) -> &str {
        &self.tokens[login]
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Asks with the token of a login; `-` asks without.
    pub(crate) async fn ask(&self, login: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send(self.request(login, method, path, body)).await
    }

    pub(crate) fn request(
        &self,
        login: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if login != "-" {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token(login)));
        }
        match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        }
    }

    /// Reads below `/api/v1`.
    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        self.ask(login, "GET", &format!("/api/v1{path}"), None).await
    }

    /// Posts below `/api/v1`.
    pub(crate) async fn post(&self, login: &str, path: &str, body: Value) -> Answer {
        self.ask(login, "POST", &format!("/api/v1{path}"), Some(body))
            .await
    }

    pub(crate) async fn login(&self, login: &str, password: &str) -> Answer {
        self.post("-", "/session", json!({ "login": login, "password": password }))
            .await
    }

    pub(crate) async fn id(&self, code: &str) -> SubjectId {
        self.store
            .subject_by_code(&SubjectCode::new(code))
            .await
            .unwrap()
            .unwrap()
            .id
    }

    /// An exceedance of SO2 of a subject.
    pub(crate) async fn alarm(&self, code: &str) -> Alarm {
        let finding = Finding {
            kind: AlarmKind::Exceedance,
            subject: self.id(code).await,
            factor: Some(Factor::new("a21026")),
            grain: Some(Grain::Hour),
            time: noon().plus_ms(-3_600_000),
            grade: 2,
            value: Some("42.5".parse().unwrap()),
            limit: Some("35".parse().unwrap()),
            multiple: Some("0.214".parse().unwrap()),
            judgement: None,
        };
        self.store
            .record_finding(&finding, 0, true, noon())
            .await
            .unwrap()
            .0
    }

    /// A frame that comes in: into the raw log and from there into the database, as ingest does it.
    pub(crate) async fn frame(&self, mn: &str, raw: &str, readings: Vec<ReadingRow>, wrong: Option<&str>) {
        let received_at = self.app.clock.now();
        let meta = RecordMeta {
            received_at,
            kind: RecordKind::Frame,
            connection: 1,
            peer: "10.0.0.9:5000".to_owned(),
        };
        let appended = self
            .store
            .log()
            .append(meta, raw.as_bytes().to_vec())
            .await
            .unwrap();
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&appended.position.offset.to_le_bytes());
        let frame = ApplyFrame {
            position: appended.position,
            received_at,
            mn: Some(Mn::new(mn)),
            st: Some("31".to_owned()),
            cn: Some("2011".to_owned()),
            pw: None,
            data_time: Some(received_at),
            crc_ok: wrong.is_none(),
            usable: wrong.is_none(),
            digest,
            diagnoses: wrong
                .map(|code| Diagnosis {
                    at: Some(6),
                    code: code.to_owned(),
                    zh: "有误".to_owned(),
                    en: "wrong".to_owned(),
                })
                .into_iter()
                .collect(),
            readings,
        };
        self.store
            .apply(vec![frame], Some(appended.next), UnknownPolicy::Hold)
            .await
            .unwrap();
    }

    /// A judgement with these named outputs.
    pub(crate) async fn judgement(&self, code: &str, topic: &str, grain: Grain, result: Value) -> i64 {
        let new = NewJudgement {
            key: JudgementKey {
                topic: topic.to_owned(),
                subject: self.id(code).await,
                factor: None,
                grain,
                time: grain.start(noon()).unwrap(),
                edition: "2026".to_owned(),
            },
            verdict: "classified".to_owned(),
            value: None,
            body: json!({
                "topic": topic,
                "conclusion": { "zh": "结论", "en": "conclusion" },
                "inputs": [{ "name": "pm25_1h", "value": "35", "unit": "µg/m³", "used": true }],
                "result": result,
            }),
        };
        self.store.put_judgement(&new, noon()).await.unwrap().id.0
    }
}

pub(crate) fn reading(statistic: Statistic, grain: Grain, time: UtcMs, value: &str) -> ReadingRow {
    ReadingRow {
        factor: Factor::new("a21026"),
        grain,
        statistic,
        time,
        value: Some(value.parse().unwrap()),
        text: None,
        flag: Some("N".to_owned()),
    }
}

/// Noon of the day all cases happen on.
pub(crate) fn noon() -> UtcMs {
    UtcMs::from_compact("20261124120000").unwrap()
}

/// Hashing takes a moment, and all users of the bench have the same password.
pub(crate) fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| secrets::hash_password(PASSWORD).unwrap())
        .clone()
}

/// Statements about databases, and such as damage data on purpose.
pub(crate) async fn admin(url: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::any::AnyPoolOptions::new()
        .max_connections(1)
        .connect(url)
        .await
        .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

impl Bench {
    /// Changes the database behind everybody's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        let url = match &self.server {
            Some((server, name)) => format!("{}/{name}", server.rsplit_once('/').unwrap().0),
            None => format!("sqlite://{}", self.dir.path().join("huanshu.db").display()),
        };
        admin(&url, sql).await;
    }
}
