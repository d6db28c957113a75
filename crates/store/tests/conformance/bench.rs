//! The bench the cases stand on: a fresh store on either engine, and short ways to say what comes in.

use std::sync::atomic::{AtomicU32, Ordering};

use model::ids::{Factor, Mn, SubjectCode, SubjectId};
use model::observation::{SeriesKey, Statistic};
use model::subject::{SubjectKind, SubjectSpec};
use model::time::{Grain, UtcMs};
use sqlx::AssertSqlSafe;
use store::Store;
use store::apply::{ApplyFrame, ReadingRow};
use store::rawlog::Position;

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

/// A fresh store.
pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) url: Option<String>,
    server: Option<(String, String)>,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Bench {
    pub(crate) async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(None, dir.path()).await.unwrap();
        Self {
            store,
            dir,
            url: None,
            server: None,
        }
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
        let name = format!("huanshu_{}_{number}", std::process::id());
        admin(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(Some(&url), dir.path()).await.unwrap();
        Some(Self {
            store,
            dir,
            url: Some(url),
            server: Some((server, name)),
        })
    }

    pub(crate) async fn drop_database(self) {
        self.store.db().close().await;
        if let Some((server, name)) = &self.server {
            admin(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// A subject of that code, made if it is not there.
    pub(crate) async fn subject(&self, code: &str) -> SubjectId {
        self.store
            .put_subjects(&[spec(code, SubjectKind::GasOutlet)])
            .await
            .unwrap()[0]
    }

    /// An approved device without a password.
    pub(crate) async fn device(&self, mn: &str, subject: &str) -> SubjectId {
        let id = self.subject(subject).await;
        self.store
            .put_devices(&[device_spec(mn, subject, None)])
            .await
            .unwrap();
        id
    }
}

/// Statements about databases, which the store itself never makes.
pub(crate) async fn admin(server: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::any::AnyPoolOptions::new()
        .max_connections(1)
        .connect(server)
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

/// How an engine goes about a statement, a line a step.
pub(crate) async fn plan(url: &str, explain: &str) -> String {
    use sqlx::Row as _;
    let pool = sqlx::any::AnyPoolOptions::new()
        .max_connections(1)
        .connect(url)
        .await
        .unwrap();
    let rows = sqlx::query(AssertSqlSafe(explain.to_owned()))
        .fetch_all(&pool)
        .await
        .unwrap();
    pool.close().await;
    // The last column of either engine says it.
    let lines = rows.iter().map(|row| row.get::<String, _>(row.len() - 1));
    lines.collect::<Vec<_>>().join("\n")
}

pub(crate) fn spec(code: &str, kind: SubjectKind) -> SubjectSpec {
    SubjectSpec {
        code: SubjectCode::new(code),
        kind,
        zh: format!("对象{code}"),
        en: format!("Subject {code}"),
        parent: None,
        unit: None,
        lon: None,
        lat: None,
        schematic: false,
        demo: false,
        attrs: serde_json::Map::new(),
    }
}

pub(crate) fn device_spec(mn: &str, subject: &str, pw: Option<&str>) -> model::profile::DeviceSpec {
    model::profile::DeviceSpec {
        mn: Mn::new(mn),
        subject: SubjectCode::new(subject),
        st: "31".to_owned(),
        edition: "2017".to_owned(),
        pw: pw.map(ToOwned::to_owned),
        sm4_key: None,
        interval_s: 60,
        silence_min: 30,
        demo: false,
    }
}

/// `YYYYMMDDhhmmss` of the district.
pub(crate) fn at(compact: &str) -> UtcMs {
    UtcMs::from_compact(compact).unwrap()
}

/// Noon of the day all cases happen on.
pub(crate) fn noon() -> UtcMs {
    at("20261124120000")
}

pub(crate) fn place(n: u64) -> Position {
    Position {
        segment: 1,
        offset: 100 + n * 100,
    }
}

/// Watermark after the frame at [`place`] `n`.
#[expect(clippy::unnecessary_wraps, reason = "what `apply` takes")]
pub(crate) fn after(n: u64) -> Option<Position> {
    Some(place(n + 1))
}

/// A right frame at place `n` of the log, received `n` seconds after noon, without readings.
pub(crate) fn frame(n: u64, mn: &str) -> ApplyFrame {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&n.to_le_bytes());
    ApplyFrame {
        position: place(n),
        received_at: noon().plus_ms(i64::try_from(n).unwrap() * 1000),
        mn: Some(Mn::new(mn)),
        st: Some("31".to_owned()),
        cn: Some("2011".to_owned()),
        pw: Some("123456".to_owned()),
        data_time: Some(noon()),
        crc_ok: true,
        usable: true,
        digest,
        diagnoses: Vec::new(),
        readings: Vec::new(),
    }
}

/// The same with one real-time reading of SO2.
pub(crate) fn reading_frame(n: u64, mn: &str, time: UtcMs, value: &str) -> ApplyFrame {
    ApplyFrame {
        data_time: Some(time),
        readings: vec![reading(Grain::Realtime, time, value)],
        ..frame(n, mn)
    }
}

pub(crate) fn reading(grain: Grain, time: UtcMs, value: &str) -> ReadingRow {
    ReadingRow {
        factor: Factor::new("a21026"),
        grain,
        statistic: if grain == Grain::Realtime {
            Statistic::RTD
        } else {
            Statistic::AVG
        },
        time,
        value: Some(value.parse().unwrap()),
        text: None,
        flag: Some("N".to_owned()),
    }
}

pub(crate) fn key(subject: SubjectId, grain: Grain) -> SeriesKey {
    SeriesKey {
        subject,
        factor: Factor::new("a21026"),
        grain,
        statistic: if grain == Grain::Realtime {
            Statistic::RTD
        } else {
            Statistic::AVG
        },
    }
}

/// Values of a series between two moments, as `time value flag origin revision`.
pub(crate) async fn values(store: &Store, key: &SeriesKey, from: UtcMs, to: UtcMs) -> Vec<String> {
    let found = store.ranges(std::slice::from_ref(key), from, to).await.unwrap();
    found[0].iter().map(say).collect()
}

pub(crate) fn say(o: &model::observation::Observation) -> String {
    let value = o.value.map_or("-".to_owned(), |v| v.to_string());
    let flag = o.flag.as_deref().unwrap_or("-");
    format!(
        "{} {value} {flag} {} r{}",
        o.time.to_compact(),
        o.origin.letter(),
        o.revision
    )
}

/// Frames of a device, newest first, as `offset state xREPEATS codes`.
pub(crate) async fn states(store: &Store, mn: &str) -> Vec<String> {
    let frames = store.frames_of(&Mn::new(mn), None, 100).await.unwrap();
    frames
        .iter()
        .map(|f| {
            let codes: Vec<&str> = f.diagnoses.iter().map(|d| d.code.as_str()).collect();
            format!(
                "{} {} x{} {}",
                f.position.offset,
                f.state.name(),
                f.repeats,
                codes.join(",")
            )
        })
        .collect()
}
