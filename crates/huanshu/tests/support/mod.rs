//! A server as its users have it: the built binary on a data folder of its own, spoken to over TCP and HTTP.
//!
//! Nothing here knows the program's insides. What is waited for is waited for by looking, with a generous bound.

#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary takes what it needs of these helpers"
)]

mod unit;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use model::time::UtcMs;
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) use unit::{Line, Unit, frame};

/// How long anything may take before a test gives up: a loaded machine with two cores is slow, not wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The built binary.
pub(crate) fn huanshu() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huanshu"));
    for variable in ["HUANSHU_DATA", "HUANSHU_DATABASE", "HUANSHU_SM4_KEY"] {
        command.env_remove(variable);
    }
    command
}

/// Runs a command of the binary to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    huanshu().args(arguments).output().expect("the binary runs")
}

/// Standard output as text.
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Looks until there is something to see.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain until {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The folder with the cases and data that lie beside the clone, if it is there; CI may not do without.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "CI must have ../shared beside the clone"
    );
    None
}

/// The project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Lines of a file of cases.
pub(crate) fn cases(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path)
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case is JSON"))
        .collect()
}

/// Random numbers with a seed: xorshift64*.
pub(crate) struct Dice(u64);

impl Dice {
    /// Same seed, same numbers.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 up to, not including, a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}

/// A data folder, with the database that belongs to it and a token of the administrator.
pub(crate) struct Place {
    /// Data folder of the program.
    pub(crate) data: PathBuf,
    database: Option<String>,
    token: String,
    /// Holds the logs of the program, and the data unless they are elsewhere.
    folder: TempDir,
}

impl Place {
    /// A new folder with the embedded database.
    pub(crate) fn new() -> Self {
        Self::with(None, None)
    }

    /// A new folder with this database, and data in this folder instead of a temporary one.
    pub(crate) fn with(database: Option<&str>, data: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = data.map_or_else(|| folder.path().join("data"), Path::to_owned);
        let mut place = Self {
            data,
            database: database.map(ToOwned::to_owned),
            token: String::new(),
            folder,
        };
        place.token = place.new_token("administrator", &[]);
        place
    }

    /// A path in the folder beside the data.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `--data` and `--database` of this place.
    pub(crate) fn options(&self) -> Vec<String> {
        let mut options = vec!["--data".to_owned(), self.data.display().to_string()];
        if let Some(url) = &self.database {
            options.extend(["--database".to_owned(), url.clone()]);
        }
        options
    }

    /// Whether `huanshu verify` finds the raw log and the audit chain whole; works beside a running server.
    pub(crate) fn verified(&self) -> bool {
        let output = huanshu().arg("verify").args(self.options()).output();
        output.expect("the binary runs").status.success()
    }

    /// A token of a role.
    pub(crate) fn new_token(&self, role: &str, more: &[&str]) -> String {
        let output = huanshu()
            .args(["token", "create", "--role", role])
            .args(self.options())
            .args(more)
            .output()
            .expect("the binary runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text(&output).trim().to_owned()
    }

    /// Starts the server on free ports.
    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        self.serve_after("", more)
    }

    /// Starts the server from a shell, after a command such as `ulimit -f 1024;`.
    pub(crate) fn serve_after(&self, before: &str, more: &[&str]) -> Server {
        let log = self.file("server.log");
        let errors = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log file");
        let mut child = Command::new("bash")
            .args(["-c", &format!("{before} exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_huanshu"))
            .args(["serve", "--http", "127.0.0.1:0", "--hj212", "127.0.0.1:0"])
            .args(self.options())
            .args(more)
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the server starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("standard output"))
            .read_line(&mut first)
            .expect("the server says its addresses");
        let address = |mark: &str| {
            first
                .split_once(mark)
                .and_then(|(_, rest)| rest.split_whitespace().next())
                .and_then(|at| at.parse::<SocketAddr>().ok())
        };
        let (Some(http), Some(hj212)) = (address("http://"), address("HJ 212: ")) else {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("no addresses in «{first}»; it said: {said}");
        };
        Server {
            child,
            http,
            hj212,
            token: self.token.clone(),
            log,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            client: reqwest::Client::new(),
        }
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    http: SocketAddr,
    hj212: SocketAddr,
    token: String,
    log: PathBuf,
    runtime: Runtime,
    client: reqwest::Client,
}

impl Server {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where field units connect.
    pub(crate) fn gateway(&self) -> SocketAddr {
        self.hj212
    }

    /// Whether it still runs.
    pub(crate) fn alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it at once, as the loss of power would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }

    /// Ends it as an operator would; answers whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let pid = self.pid().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.is_ok_and(|s| s.success()), "the server can be told to end");
        wait_for("the server has ended", || self.child.try_wait().ok().flatten()).success()
    }

    /// A request below `/api/v1` (or at the root, for paths that begin with two slashes): status and body.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let (status, text) = self.request(method, path, token, body);
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, String) {
        let at = match path.strip_prefix('/') {
            Some(root) if root.starts_with('/') => format!("http://{}{root}", self.http),
            _ => format!("http://{}/api/v1{path}", self.http),
        };
        let mut request = self
            .client
            .request(method, at)
            .timeout(PATIENCE)
            .bearer_auth(token.unwrap_or(&self.token));
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            match request.send().await {
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    (status, answer.text().await.unwrap_or_default())
                }
                Err(error) => (0, error.to_string()),
            }
        })
    }

    /// What a path answers; anything but success fails the test.
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, text) = self.request(Method::GET, path, None, None);
        assert_eq!(status, 200, "GET {path}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("GET {path}: {e}: {text}"))
    }

    /// Posts, and expects success.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(Method::POST, path, None, Some(body));
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer
    }

    /// All rows of a list, page by page.
    pub(crate) fn all(&self, path: &str) -> Vec<Value> {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut rows = Vec::new();
        for page in 1.. {
            let mut answer = self.get(&format!("{path}{join}page={page}&page_size=200"));
            let items = answer["items"].as_array_mut().expect("items").split_off(0);
            let done = items.is_empty() || items.len() < 200;
            rows.extend(items);
            if done {
                let total = answer["total"].as_u64().expect("total");
                assert_eq!(rows.len() as u64, total, "{path}: rows and total");
                break;
            }
        }
        rows
    }

    /// A figure of `/metrics`.
    pub(crate) fn figure(&self, name: &str) -> u64 {
        let (status, text) = self.request(Method::GET, "//metrics", None, None);
        assert_eq!(status, 200, "{text}");
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
            .and_then(|value| value.trim().parse::<f64>().ok())
            .map_or_else(
                || panic!("no figure {name} in {text}"),
                |value| format!("{value:.0}").parse().unwrap_or_default(),
            )
    }

    /// The server's present.
    pub(crate) fn now(&self) -> UtcMs {
        let time = self.get("/system")["time"].as_str().map(ToOwned::to_owned);
        time.and_then(|t| UtcMs::parse(&t)).expect("a time")
    }

    /// The only series of a subject with these names, if there is one.
    pub(crate) fn series(
        &self,
        subject: &Value,
        factor: &str,
        grain: &str,
        statistic: &str,
    ) -> Option<Value> {
        let subject = &subject["id"];
        let path = format!("/series?subject={subject}&factor={factor}&grain={grain}&statistic={statistic}");
        self.all(&path).into_iter().find(|s| s["subject"] == *subject)
    }

    /// Values of a series from a time up to, not including, another, in pieces that one answer holds.
    pub(crate) fn observations(&self, series: &Value, from: UtcMs, to: UtcMs, piece_ms: i64) -> Vec<Value> {
        let mut out = Vec::new();
        let mut at = from;
        while at < to {
            let end = UtcMs(to.0.min(at.0 + piece_ms));
            let path = format!(
                "/series/{}/observations?from={}&to={}",
                series["id"],
                instant(at),
                instant(end)
            );
            let mut answer = self.get(&path);
            out.append(answer["items"].as_array_mut().expect("items"));
            at = end;
        }
        out
    }

    /// The value of a series at a time.
    pub(crate) fn value(
        &self,
        subject: &Value,
        factor: &str,
        grain: &str,
        statistic: &str,
        at: UtcMs,
    ) -> Option<String> {
        let series = self.series(subject, factor, grain, statistic)?;
        let items = self.observations(&series, at, at.plus_ms(1000), 1000);
        Some(items.first()?["value"].as_str()?.to_owned())
    }

    /// Status of `/healthz`.
    pub(crate) fn health(&self) -> u16 {
        self.request(Method::GET, "//healthz", None, None).0
    }

    /// Waits until everything in the raw log is in the database.
    pub(crate) fn settled(&self) {
        wait_for("the log is applied", || {
            let (status, system) = self.ask(Method::GET, "/system", None, None);
            (status == 200 && system["lag_bytes"] == 0).then_some(())
        });
    }

    /// A connection of a field unit.
    pub(crate) fn dial(&self) -> Line {
        Line::to(self.hj212)
    }

    /// Row of a subject by its code.
    pub(crate) fn subject(&self, code: &str) -> Value {
        self.all("/subjects")
            .into_iter()
            .find(|s| s["code"] == code)
            .unwrap_or_else(|| panic!("no subject {code}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            eprintln!("the server's last words:");
            for line in lines.iter().skip(lines.len().saturating_sub(40)) {
                eprintln!("  {line}");
            }
        }
    }
}

/// A time as it stands in a query.
pub(crate) fn instant(time: UtcMs) -> String {
    time.to_rfc3339().replace('+', "%2B").replace(':', "%3A")
}

/// An MN as it stands in a path.
pub(crate) fn in_path(mn: &str) -> String {
    if mn.is_empty() {
        return "-".to_owned();
    }
    mn.bytes()
        .map(|b| match b {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}
