//! Frames as they came, and the quarantine. The bytes are read from the raw log; what they say is shown in plain where the
//! device's key opens them. The device's password and a new key are shown only to those who may see them.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use hj212::FrameReport;
use hj212::cipher::KeyRing;
use model::ids::Mn;
use serde_json::Value;
use store::frames::{FrameRow, QuarantineQuery as StoreQuery};

use super::devices::{mn_of, visible};
use super::{paging, text_filter};
use crate::access::Access;
use crate::dto::common::{Page, Window};
use crate::dto::devices::{DiagnosisView, FrameQuery, FrameView, QuarantineQuery};
use crate::error::{ApiError, Result};
use crate::extract::{Path, Query};
use crate::limits;
use crate::state::{Context, Shared};

/// Action of the table that shows passwords.
const PASSWORD: &str = "frames.password";

/// Where a frame carries a secret: the password of its header and of CP (1072 sends the old and the new one), and a new
/// key for encryption (1014).
const SECRETS: [&str; 3] = ["PW", "NewPW", "NewSK"];

/// Stands for what is not shown.
const HIDDEN: &str = "******";

/// The newest frames of a device.
#[utoipa::path(get, path = "/devices/{mn}/frames", tag = "devices",
    params(("mn" = String, Path, description = "MN, percent-encoded; `-` for an empty one"), FrameQuery),
    responses((status = OK, body = Vec<FrameView>)))]
pub(crate) async fn list_frames(
    State(ctx): State<Context>,
    access: Access,
    Path(mn): Path<String>,
    Query(query): Query<FrameQuery>,
) -> Result<Json<Vec<FrameView>>> {
    let mn = mn_of(mn);
    let limit = most(query.limit)?;
    let directory = ctx.directory().await?;
    visible(&ctx, &access, &directory, &mn).await?;
    let rows = ctx.app.store.frames_of(&mn, None, i64::from(limit)).await?;
    Ok(Json(views(&ctx, &access, rows).await))
}

/// Frames that could not be used, last received first.
#[utoipa::path(get, path = "/quarantine", tag = "devices", params(QuarantineQuery),
    responses((status = OK, body = Page<FrameView>)))]
pub(crate) async fn list_quarantine(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<QuarantineQuery>,
) -> Result<Json<Page<FrameView>>> {
    // A page, or the newest so many.
    let (window, page) = match query.limit {
        Some(_) => {
            let size = most(query.limit)?;
            let page = store::Page {
                number: 1,
                size: i64::from(size),
            };
            (Window { page: 1, size }, page)
        }
        None => paging(query.page, query.page_size)?,
    };
    let filter = StoreQuery {
        code: text_filter("code", query.code.as_deref())?.map(ToOwned::to_owned),
        mn: text_filter("mn", query.mn.as_deref())?.map(|mn| mn_of(mn.to_owned())),
        since: query.from.map(|stamp| stamp.0),
        page,
    };
    let found = ctx.app.store.quarantine(&filter).await?;
    Ok(Json(
        window.page(views(&ctx, &access, found.items).await, found.total),
    ))
}

/// How many frames are wanted; more than [`limits::MAX_FRAMES`] are never given.
fn most(limit: Option<u32>) -> Result<u32> {
    match limit.unwrap_or(limits::PAGE_SIZE) {
        0 => Err(ApiError::query("limit", "至少为 1", "must be at least 1")),
        limit => Ok(limit.min(limits::MAX_FRAMES)),
    }
}

async fn views(ctx: &Shared, access: &Access, rows: Vec<FrameRow>) -> Vec<FrameView> {
    let open = access.may(PASSWORD);
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let bytes = match ctx.app.store.log().reader().fetch(row.position).await {
            Ok(record) => Some(record.bytes),
            Err(error) => {
                // Logs may be archived elsewhere; the row is still worth showing.
                tracing::warn!(%error, frame = row.id.0, "the raw log has no such record");
                None
            }
        };
        let (cp, factors) = bytes
            .as_deref()
            .map(|bytes| content(bytes, &ctx.app.options.keys, open))
            .unwrap_or_default();
        let raw = bytes.as_deref().map(readable);
        out.push(FrameView {
            id: row.id.0,
            mn: row.mn.map(|Mn(mn)| mn),
            received_at: row.received_at.into(),
            data_time: row.data_time.map(Into::into),
            cn: row.cn,
            crc_ok: row.crc_ok,
            state: row.state,
            cp,
            factors,
            diagnoses: row
                .diagnoses
                .into_iter()
                .map(|d| DiagnosisView {
                    at: d.at,
                    code: d.code,
                    zh: d.zh,
                    en: d.en,
                })
                .collect(),
            raw: raw.map(|text| if open { text } else { hidden(&text) }),
            held: row.held,
            repeats: row.repeats,
            last_received_at: (row.repeats > 0).then(|| row.last_received_at.into()),
        });
    }
    out
}

/// Bytes as text; whatever is not UTF-8 is written as `\xNN`.
fn readable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out
}

/// CP and factors of a frame, as the decoder reads them with the device's key; secrets only where they may be seen.
fn content(bytes: &[u8], keys: &KeyRing, open: bool) -> (Value, Value) {
    let report = FrameReport::of_unsealed(&keys.unseal(hj212::decode(bytes)));
    let mut cp = serde_json::to_value(report.cp).unwrap_or_default();
    if !open && let Some(items) = cp.as_object_mut() {
        for (name, value) in items {
            if SECRETS
                .iter()
                .any(|secret| secret.eq_ignore_ascii_case(name.trim()))
            {
                *value = HIDDEN.into();
            }
        }
    }
    (cp, serde_json::to_value(report.factors).unwrap_or_default())
}

/// The text with the values of secrets hidden.
fn hidden(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('=') {
        out.push_str(before);
        out.push('=');
        rest = after;
        let lower = before.to_ascii_lowercase();
        // Behind whatever stands before it: a header with wrong separators carries its password all the same.
        if SECRETS
            .iter()
            .any(|secret| lower.trim_end().ends_with(&secret.to_ascii_lowercase()))
        {
            out.push_str(HIDDEN);
            let end = after.find([';', '&', '\r', '\n']).unwrap_or(after.len());
            rest = after.get(end..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use hj212::cipher::{Form, Key, seal};

    const FRAME: &str = "##0101QN=20260824003817000;ST=31;CN=2011;PW=123456;MN=A1;Flag=5;CP=&&DataTime=20260824003817;\
                         a21026-Rtd=36.91,a21026-Flag=N;a19001-Rtd=7.1,a19001-Flag=N&&1C80\r\n";

    #[test]
    fn the_parameters_and_factors_of_a_frame_are_read_and_its_password_is_hidden() {
        let (cp, factors) = content(FRAME.as_bytes(), &KeyRing::default(), false);
        assert_eq!(cp["DataTime"], "20260824003817");
        assert_eq!(factors["a21026"]["Rtd"], "36.91");
        let shown = hidden(FRAME);
        assert!(
            !shown.contains("123456") && shown.contains("PW=******;MN=A1"),
            "{shown}"
        );
        assert_eq!(hidden("PW="), "PW=******");
    }

    #[test]
    fn the_passwords_of_1072_are_hidden_in_cp_and_in_the_bytes() {
        let frame = "##0100QN=20260824003817000;ST=31;CN=1072;PW=OldOne;MN=A1;Flag=5;CP=&&PW=OldOne;NewPW=NewOne;newpw = Third&&0000\r\n";
        let (cp, _) = content(frame.as_bytes(), &KeyRing::default(), false);
        let shown = hidden(frame);
        for secret in ["OldOne", "NewOne", "Third"] {
            assert!(!cp.to_string().contains(secret), "{secret}: {cp}");
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        assert_eq!((&cp["PW"], &cp["NewPW"]), (&HIDDEN.into(), &HIDDEN.into()));
        assert!(
            shown.contains("CN=1072") && shown.contains("MN=A1;Flag=5"),
            "{shown}"
        );
        let (open, _) = content(frame.as_bytes(), &KeyRing::default(), true);
        assert_eq!(open["NewPW"], "NewOne");
    }

    #[test]
    fn what_an_encrypted_frame_says_is_read_with_its_key_and_a_new_key_is_not_shown() {
        let key = Key::new([0x30; 16]);
        let keys = KeyRing::from_iter([("A1", key.clone())]);
        let frame = hj212::encode::wrap(
            b"QN=20260824003817000;ST=31;CN=1014;PW=123456;MN=A1;Flag=9;CP=&&SKCreateTime=20260824000000,NewSK=Geheim1234567890&&",
            hj212::crc::Kind::Standard,
        );
        let sealed = seal(&hj212::decode(&frame), &key, Form::Raw);
        let (cp, _) = content(&sealed, &keys, false);
        assert_eq!(
            (&cp["SKCreateTime"], &cp["NewSK"]),
            (&"20260824000000".into(), &HIDDEN.into())
        );
        let (shut, factors) = content(&sealed, &KeyRing::default(), false);
        assert_eq!((shut, factors), (serde_json::json!({}), serde_json::json!({})));
        let (plain, _) = content(&frame, &keys, false);
        assert_eq!(plain["NewSK"], HIDDEN);
        let (open, _) = content(&frame, &keys, true);
        assert_eq!(open["NewSK"], "Geheim1234567890");
        let shown = hidden(&readable(&frame));
        assert!(!shown.contains("Geheim1234567890"), "{shown}");
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_they_are() {
        assert_eq!(readable(b"##\xFF\x00ok"), "##\\xFF\0ok");
    }
}
