//! The one error type of the HTTP side: a stable code with status, words in Chinese and English, further facts, and
//! a page. What went wrong inside is logged with the request's id and never shown.

mod codes;
pub mod pages;

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub use self::codes::{Code, Definition};
use crate::dto::common::{Bilingual, Problem};

/// An error as the caller sees it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {}", code.definition().name, message.en)]
pub struct ApiError {
    /// Its code.
    pub code: Code,
    /// Words; those of the code unless something more exact can be said.
    pub message: Bilingual,
    /// Further facts.
    pub details: Option<Value>,
}

/// What handlers give.
pub type Result<T> = std::result::Result<T, ApiError>;

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        let d = code.definition();
        Self {
            code,
            message: Bilingual::new(d.zh, d.en),
            details: None,
        }
    }
}

impl ApiError {
    /// A code with words of its own.
    pub fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            message: Bilingual::new(zh, en),
            details: None,
        }
    }

    /// With further facts.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// A field whose value is not acceptable.
    pub fn field(field: &str, zh: &str, en: &str) -> Self {
        Self::new(
            Code::InvalidField,
            format!("{field}:{zh}"),
            format!("{field}: {en}"),
        )
        .with(json!({ "field": field }))
    }

    /// A query parameter whose value is not acceptable.
    pub fn query(field: &str, zh: &str, en: &str) -> Self {
        Self::new(Code::BadQuery, format!("{field}:{zh}"), format!("{field}: {en}"))
            .with(json!({ "field": field }))
    }

    /// Something that must not happen did: logged here, not shown.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Code::Internal.into()
    }

    /// The body.
    pub fn problem(&self) -> Problem {
        let name = self.code.definition().name;
        Problem {
            code: name.to_owned(),
            message: self.message.clone(),
            details: self.details.clone(),
            help: format!("/docs/errors/{name}"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.code.definition().status, Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let wait = self
            .details
            .as_ref()
            .and_then(|d| d.get("retry_after_s"))
            .and_then(Value::as_i64);
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
            StatusCode::INTERNAL_SERVER_ERROR => Code::Internal,
            _ => Code::BadBody,
        };
        explained(code, &rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        explained(Code::BadQuery, &rejection.body_text())
    }
}

impl From<MultipartRejection> for ApiError {
    fn from(rejection: MultipartRejection) -> Self {
        explained(Code::BadBody, &rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        // A path that does not read names nothing; saying more would only help a guesser.
        Code::NotFound.into()
    }
}

/// The code's words and what the parser found.
fn explained(code: Code, found: &str) -> ApiError {
    let d = code.definition();
    let found: String = found.chars().take(300).collect();
    ApiError::new(code, format!("{}:{found}", d.zh), format!("{}: {found}", d.en))
}
