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

/// What was too large.
#[derive(Clone, Copy, Debug)]
pub struct TooLarge<'a> {
    /// Part of the form, path of the register's field, or `body`.
    pub field: &'a str,
    /// Its name, Chinese and English.
    pub names: (&'a str, &'a str),
    /// What helps, Chinese and English.
    pub remedy: (&'a str, &'a str),
}

impl TooLarge<'_> {
    /// A body of JSON.
    pub const BODY: TooLarge<'static> = TooLarge {
        field: "body",
        names: ("请求正文", "the request body"),
        remedy: ("请精简内容或分几次提交", "shorten it, or send it in parts"),
    };
    /// A record, or what is written with one.
    pub const RECORD: TooLarge<'static> = TooLarge {
        field: "body",
        names: ("记录", "the record"),
        remedy: (
            "请精简长文和坐标，图片与文件作为附件上传，成批记录用表格导入",
            "shorten texts and outlines, send pictures and files as attachments, and many records as a table",
        ),
    };
    /// A table for an import.
    pub const TABLE: TooLarge<'static> = TooLarge {
        field: "file",
        names: ("表格文件", "the table"),
        remedy: (
            "请去掉图片，或拆成几个表格分次导入",
            "take pictures out, or split it and import the parts",
        ),
    };
    /// A layer file.
    pub const LAYER: TooLarge<'static> = TooLarge {
        field: "file",
        names: ("图层文件", "the layer file"),
        remedy: (
            "请按区域拆分或简化边界后分次导入",
            "split it by area or simplify its outlines, and import the parts",
        ),
    };
    /// A published plan.
    pub const PLAN: TooLarge<'static> = TooLarge {
        field: "file",
        names: ("规划文件", "the plan's file"),
        remedy: (
            "请去掉图片，或另存为纯文本后上传",
            "take pictures out, or save it as plain text",
        ),
    };
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

    /// More bytes than fit: what of (a part of a form, or the body), how many fit, and what helps.
    pub fn too_large(what: &TooLarge<'_>, most: u64) -> Self {
        let size = match most {
            n if n >= 1 << 20 => format!("{} MiB", n >> 20),
            n => format!("{} KiB", n >> 10),
        };
        let TooLarge { field, names, remedy } = what;
        Self::new(
            Code::BodyTooLarge,
            format!("{}过大，至多 {size}；{}", names.0, remedy.0),
            format!("{} is too large, at most {size}; {}", names.1, remedy.1),
        )
        .with(json!({ "field": field, "limit": most }))
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

/// Bytes a body may have where an endpoint takes more than [`crate::limits::MAX_BODY`].
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

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
