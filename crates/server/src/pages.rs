//! The pages, embedded: built files with a hash in their name are kept for a year, everything else is asked for anew
//! each time; paths of the application give `index.html`, so that links into it work.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::{ApiError, Code};
use crate::secrets;

/// `web/dist`, or the page that says it was not built (see `build.rs`).
#[derive(RustEmbed)]
#[folder = "$HUANSHU_PAGES"]
struct Pages;

const INDEX: &str = "index.html";
/// Vite puts files whose name holds their hash here.
const HASHED: &str = "assets/";

/// Serves whatever is not an endpoint.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::from(Code::NoSuchEndpoint).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::from(Code::MethodNotAllowed).into_response();
    }
    let path = if path.is_empty() { INDEX } else { path };
    match Pages::get(path) {
        Some(file) => answer(path, &file, &request),
        // A file that is missing must not look like a page: a browser would run HTML as a script.
        None if path.starts_with(HASHED) || is_file(path) => StatusCode::NOT_FOUND.into_response(),
        None => Pages::get(INDEX).map_or_else(
            || ApiError::internal(&"no index.html is embedded").into_response(),
            |file| answer(INDEX, &file, &request),
        ),
    }
}

/// Whether the last part of a path has an ending as files have: a letter first, a few in all. Tasks of the plan (`3.4.1`)
/// are pages.
fn is_file(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty()
            && (1..=11).contains(&ending.len())
            && ending.starts_with(|c: char| c.is_ascii_alphabetic())
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

fn answer(path: &str, file: &EmbeddedFile, request: &Request) -> Response {
    let tag = tag(file);
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match mime.essence_str() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let cache = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|sent| {
        // A weak mark is the same file in another encoding.
        sent.to_str()
            .is_ok_and(|s| s.split(',').any(|t| t.trim().trim_start_matches("W/") == tag))
    });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.clone().into_response()
    };
    let headers = response.headers_mut();
    let set = [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::ETAG, &tag),
        (header::CACHE_CONTROL, cache),
    ];
    for (name, value) in set {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    // Half of it tells files apart well enough.
    format!("\"{}\"", secrets::hex(hash.get(..16).unwrap_or_default()))
}
