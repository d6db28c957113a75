//! What holds for all answers: headers, errors, pages, health, figures, and the socket itself.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::bench::Bench;

on_both![
    answers_carry_the_headers_that_protect_them,
    wrong_requests_are_explained,
    pages_are_served_beside_the_api,
    health_and_figures_are_open,
    the_socket_serves_and_shuts_down,
];

async fn answers_carry_the_headers_that_protect_them(bench: &Bench) {
    for path in [
        "/api/v1/profile",
        "/api/v1/users",
        "/api/v1/nowhere",
        "/",
        "/docs/errors/busy",
        "/metrics",
    ] {
        let answer = bench.ask("-", "GET", path, None).await;
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .map(|v| v.to_str().unwrap().to_owned())
                .unwrap_or_default()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(
            !policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"),
            "{policy}"
        );
        assert!(!header("x-request-id").is_empty(), "{path}");
        assert!(!header("cache-control").is_empty(), "{path}");
    }
    let request = |id: &str| {
        Request::builder()
            .uri("/healthz")
            .header("x-request-id", id)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(
        bench.send(request("proxy-17")).await.headers["x-request-id"],
        "proxy-17"
    );
    assert_ne!(
        bench.send(request("a b<script>")).await.headers["x-request-id"],
        "a b<script>"
    );
    let zipped = Request::builder()
        .uri("/api/v1/openapi.json")
        .header(header::ACCEPT_ENCODING, "gzip");
    let zipped = bench.send(zipped.body(Body::empty()).unwrap()).await;
    assert_eq!(zipped.headers[header::CONTENT_ENCODING], "gzip");
}

async fn wrong_requests_are_explained(bench: &Bench) {
    assert_eq!(
        bench.get("admin", "/nowhere").await.problem(),
        (404, "no_such_endpoint".to_owned())
    );
    assert_eq!(
        bench.get("admin", "/subjects/abc").await.problem(),
        (404, "not_found".to_owned())
    );
    let wrong_method = bench.ask("admin", "PUT", "/api/v1/users", Some(json!({}))).await;
    assert_eq!(wrong_method.problem(), (405, "method_not_allowed".to_owned()));
    let raw = |kind: &str, body: String| {
        let mut request = bench.request("admin", "POST", "/api/v1/tokens", None);
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, kind.parse().unwrap());
        *request.body_mut() = Body::from(body);
        request
    };
    let cases = [
        ("text/plain", "{}".to_owned(), 415, "unsupported_media_type"),
        ("application/json", "{".to_owned(), 400, "bad_body"),
        ("application/json", r#"{"name":7}"#.to_owned(), 400, "bad_body"),
        (
            "application/json",
            format!("{{\"name\":\"{}\"}}", "x".repeat(70_000)),
            413,
            "body_too_large",
        ),
    ];
    for (kind, body, status, code) in cases {
        assert_eq!(
            bench.send(raw(kind, body)).await.problem(),
            (status, code.to_owned())
        );
    }
    let typed = bench
        .send(raw("application/json", r#"{"name":7}"#.to_owned()))
        .await;
    assert!(typed.text.contains("name"), "the field is named: {}", typed.text);
}

async fn pages_are_served_beside_the_api(bench: &Bench) {
    let index = bench.ask("-", "GET", "/", None).await;
    assert_eq!(index.status, 200);
    assert!(
        index.headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!(index.headers[header::CACHE_CONTROL], "no-cache");
    for page in ["/console/alarms?state=open", "/plan/tasks/3.4.1"] {
        assert_eq!(bench.ask("-", "GET", page, None).await.text, index.text, "{page}");
    }
    assert_eq!(
        bench
            .ask("-", "GET", "/assets/missing-1234.js", None)
            .await
            .status,
        404
    );
    assert_eq!(bench.ask("-", "GET", "/../Cargo.toml", None).await.status, 404);
    let tag = index.headers[header::ETAG].to_str().unwrap();
    let again = Request::builder()
        .uri("/")
        .header(header::IF_NONE_MATCH, format!("W/{tag}"));
    assert_eq!(bench.send(again.body(Body::empty()).unwrap()).await.status, 304);
    for code in server::error::Code::ALL {
        let page = bench
            .ask(
                "-",
                "GET",
                &format!("/docs/errors/{}", code.definition().name),
                None,
            )
            .await;
        assert!(page.text.contains(code.definition().remedy_zh), "{code:?}");
    }
    assert_eq!(
        bench.ask("-", "GET", "/docs/errors/none", None).await.problem().0,
        404
    );
}

async fn health_and_figures_are_open(bench: &Bench) {
    let health = bench.ask("-", "GET", "/healthz", None).await.ok();
    assert_eq!(health["ok"], true, "{health}");
    bench.get("-", "/profile").await.ok();
    let figures = bench.ask("-", "GET", "/metrics", None).await.text;
    let line = r#"huanshu_http_requests_total{method="GET",route="/api/v1/profile",status="200"} 1"#;
    assert!(figures.contains(line), "{figures}");
    let system = bench.get("admin", "/system").await.ok();
    assert_eq!(
        (system["lag_bytes"].as_i64(), system["subjects"].as_i64()),
        (Some(0), Some(6))
    );
    bench.store.db().close().await;
    let sick = bench.ask("-", "GET", "/healthz", None).await;
    assert_eq!(sick.status, 503);
    assert_eq!(sick.json()["checks"][0]["ok"], false);
    assert_eq!(
        bench.get("admin", "/session").await.problem(),
        (503, "store_unavailable".to_owned())
    );
}

#[tokio::test]
async fn a_client_that_never_ends_its_header_is_cut_off() {
    let bench = Bench::sqlite().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(server::serve(listener, bench.app.clone(), std::future::pending()));
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let mut rest = Vec::new();
    let patience = server::limits::HEADER_TIMEOUT * 3;
    let ended = tokio::time::timeout(patience, socket.read_to_end(&mut rest)).await;
    ended.expect("the connection is closed").unwrap();
    serving.abort();
}

async fn the_socket_serves_and_shuts_down(bench: &Bench) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, bench.app.clone(), async {
        let _ = stopped.await;
    }));
    let ask = async |text: String| {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        socket
    };
    let mut socket = ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned()).await;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let body = json!({ "login": "nobody", "password": "nothing here" }).to_string();
    let head =
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close";
    let mut socket = ask(format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await;
    answer.clear();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let entry = bench.get("auditor", "/audit").await.ok()["items"][0].clone();
    assert_eq!(entry["address"], "127.0.0.1", "the audit chain knows from where");
    // An open stream and a half-sent header must not hold the shutdown up.
    let live = format!(
        "GET /api/v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        bench.token("duty")
    );
    let mut stream = ask(live).await;
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let _half = ask("GET / HTTP/1.1\r\nHo".to_owned()).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), serving)
        .await
        .expect("it ends")
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
