//! What goes in and out of registers as files: template, export, import, attachments. Uploads are streamed to the disk
//! and never stand in memory.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Multipart, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger::export::Format;
use ledger::import::Upload;
use model::ids::RecordId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::attachments::Received;
use tokio_util::io::ReaderStream;

use super::{filter, person};
use crate::access::Access;
use crate::dto::register_files::{
    AttachmentQuery, AttachmentView, ExportQuery, FileForm, ImportView, ImportedView,
};
use crate::error::{ApiError, Code, Result, TooLarge};
use crate::extract::{Form, Path, Query};
use crate::state::{Context, Shared};

/// Characters of a name that stand as they are in `filename*`.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// A file as an answer that browsers keep and never show.
fn download(body: HttpBody, name: &str, media_type: &str, size: Option<u64>) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    // Older programs read the plain name, all others the encoded one.
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded = utf8_percent_encode(name, NAME);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    let media_type = HeaderValue::from_str(media_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    if let Some(size) = size {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    }
    response
}

/// The one file of a form: streamed to the disk, bounded, with the name it was sent under.
async fn one_file(
    ctx: &Shared,
    mut form: Multipart,
    most: u64,
    what: &TooLarge<'_>,
) -> Result<(Received, String)> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return ApiError::too_large(what, most);
        }
        ApiError::new(
            Code::BadBody,
            format!("上传不完整或格式有误:{}", error.body_text()),
            format!("the upload is incomplete or broken: {}", error.body_text()),
        )
    };
    while let Some(mut part) = form.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let mut incoming = ctx.app.store.receive(most).await?;
        while let Some(chunk) = part.chunk().await.map_err(broken)? {
            match incoming.write(&chunk).await {
                Err(store::StoreError::TooMuch { max, .. }) => {
                    return Err(ApiError::too_large(what, max));
                }
                other => other?,
            }
        }
        return Ok((incoming.finish().await?, name));
    }
    Err(ApiError::new(
        Code::BadBody,
        "表单中没有 file 部分",
        "the form has no part «file»",
    ))
}

/// The template of a register: headers with notes, drop-downs of codes, a sheet that explains every column.
#[utoipa::path(get, path = "/registers/{name}/template.xlsx", tag = "registers",
    params(("name" = String, Path, description = "Register")),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub(crate) async fn get_template(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
) -> Result<Response> {
    let person = person(&ctx, &access).await?;
    let (bytes, file) = ctx.app.ledger.template(&name, &person).await?;
    let size = bytes.len() as u64;
    Ok(download(
        bytes.into(),
        &file,
        Format::Xlsx.media_type(),
        Some(size),
    ))
}

/// All records the filters leave, as a workbook, a text table or GeoJSON. What is exported and imported again changes
/// nothing.
#[utoipa::path(get, path = "/registers/{name}/export", tag = "registers",
    params(("name" = String, Path, description = "Register"), ExportQuery),
    responses((status = OK, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn export_records(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Query(pairs): Query<filter::Pairs>,
) -> Result<Response> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let register = ledger.readable(&name, &person)?;
    let (query, _) = filter::query(register, &pairs, &["format"])?;
    let wanted = pairs
        .iter()
        .find(|(n, _)| n == "format")
        .map_or("xlsx", |(_, v)| v.as_str());
    let format = Format::named(wanted).ok_or_else(|| {
        ApiError::query(
            "format",
            "可用:xlsx、csv、geojson",
            "use one of xlsx, csv, geojson",
        )
    })?;
    let _place = ctx
        .transfers
        .acquire()
        .await
        .map_err(|_| ApiError::from(Code::Busy))?;
    let exported = ledger.export(&name, &query, format, &person, ctx.now()).await?;
    let stream = ReaderStream::with_capacity(tokio::fs::File::from_std(exported.file), 64 * 1024);
    let mut response = download(
        HttpBody::from_stream(stream),
        &exported.name,
        exported.media_type,
        Some(exported.size),
    );
    response
        .headers_mut()
        .insert("x-records", HeaderValue::from(exported.records as u64));
    Ok(response)
}

/// Reads a table (.xlsx, .xls, .ods, .csv in UTF-8, GB18030 or UTF-16) and reports on every row. Nothing is changed
/// before it is confirmed.
#[utoipa::path(post, path = "/registers/{name}/imports", tag = "registers",
    params(("name" = String, Path, description = "Register")),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = CREATED, body = ImportView)))]
pub(crate) async fn import_records(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Form(form): Form,
) -> Result<(StatusCode, Json<ImportView>)> {
    let person = person(&ctx, &access).await?;
    // Who may not import need not send the file.
    ctx.app.ledger.importable(&name, &person)?;
    let (received, file) = one_file(&ctx, form, ledger::sheet::limits::FILE_BYTES, &TooLarge::TABLE).await?;
    let _place = ctx
        .transfers
        .acquire()
        .await
        .map_err(|_| ApiError::from(Code::Busy))?;
    let upload = Upload {
        path: received.path().to_owned(),
        name: file,
    };
    let import = ctx.app.ledger.import(&name, upload, &person, ctx.now()).await?;
    Ok((StatusCode::CREATED, Json(import.into())))
}

/// An import that waits for its confirmation, also after a restart.
#[utoipa::path(get, path = "/registers/{name}/imports/{id}", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = i64, Path, description = "Import")),
    responses((status = OK, body = ImportView)))]
pub(crate) async fn get_import(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, i64)>,
) -> Result<Json<ImportView>> {
    let person = person(&ctx, &access).await?;
    let import = ctx.app.ledger.open_import(&name, id, &person, ctx.now()).await?;
    Ok(Json(import.into()))
}

/// Writes all records of an import in one transaction, or none: also where somebody changed one of them meanwhile.
#[utoipa::path(post, path = "/registers/{name}/imports/{id}/confirm", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = i64, Path, description = "Import")),
    responses((status = OK, body = ImportedView)))]
pub(crate) async fn confirm_import(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, i64)>,
) -> Result<Json<ImportedView>> {
    let person = person(&ctx, &access).await?;
    let _place = ctx
        .transfers
        .acquire()
        .await
        .map_err(|_| ApiError::from(Code::Busy))?;
    let imported = ctx
        .app
        .ledger
        .confirm_import(&name, id, &person, ctx.now())
        .await?;
    ctx.directory.forget().await;
    Ok(Json(ImportedView {
        created: imported.created,
        changed: imported.changed,
        unchanged: imported.unchanged,
    }))
}

/// Gives an import up.
#[utoipa::path(delete, path = "/registers/{name}/imports/{id}", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = i64, Path, description = "Import")),
    responses((status = NO_CONTENT)))]
pub(crate) async fn drop_import(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, i64)>,
) -> Result<StatusCode> {
    let person = person(&ctx, &access).await?;
    ctx.app.ledger.drop_import(&name, id, &person, ctx.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an attachment in for a field. Its type is found in its content; it belongs to a record once one names it.
#[utoipa::path(post, path = "/attachments", tag = "registers", params(AttachmentQuery),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = CREATED, body = AttachmentView)))]
pub(crate) async fn upload_attachment(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<AttachmentQuery>,
    Form(form): Form,
) -> Result<(StatusCode, Json<AttachmentView>)> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let (most, names) = ledger.attachment_bytes(&query.register, &query.field, &person)?;
    let what = TooLarge {
        field: &query.field,
        names: (&names.zh, &names.en),
        remedy: (
            "请压缩图片或拆成几个文件后再上传",
            "make pictures smaller, or split it into several files",
        ),
    };
    let (received, name) = one_file(&ctx, form, most, &what).await?;
    let kept = ledger
        .attach(&query.register, &query.field, &name, received, &person, ctx.now())
        .await?;
    let view = AttachmentView {
        name: kept.name,
        sha256: kept.content.sha256,
        size: kept.content.size,
        media_type: kept.content.media_type,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// An attachment of a record in sight.
#[utoipa::path(get, path = "/registers/{name}/records/{id}/files/{sha256}", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record"),
        ("sha256" = String, Path, description = "SHA-256 of the content")),
    responses((status = OK, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn get_attachment(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id, sha256)): Path<(String, String, String)>,
) -> Result<Response> {
    let person = person(&ctx, &access).await?;
    let opened = ctx
        .app
        .ledger
        .open_attachment(&name, &RecordId(id), &sha256, &person)
        .await?;
    let stream = ReaderStream::with_capacity(opened.file, 64 * 1024);
    Ok(download(
        HttpBody::from_stream(stream),
        &opened.name,
        &opened.content.media_type,
        Some(opened.content.size),
    ))
}
