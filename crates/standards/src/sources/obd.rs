//! Remote on-board data of heavy vehicles (GB 17691-2018 annex Q, HJ 1239-2021): the 37-byte data stream and the NOx mass
//! flow. An invalid field is `None`, never its raw value.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::{decimal, maybe};
use crate::conformance::plain;
use crate::explain::{begin, conclude};
use crate::input::{Input, InputError};
use crate::judgement::{Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// Length of the data stream.
pub const FRAME_BYTES: usize = 37;

#[derive(Clone, Debug, Deserialize)]
struct Field {
    key: String,
    name_zh: String,
    bytes: usize,
    #[serde(deserialize_with = "table::exact")]
    resolution: Exact,
    #[serde(deserialize_with = "table::exact")]
    offset: Exact,
    #[serde(deserialize_with = "table::opt_exact")]
    max: Option<Exact>,
    unit: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/source_obd.csv");
static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| table::rows(TABLE));

/// One field of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Key, e.g. `nox_down_ppm`.
    pub key: &'static str,
    /// Chinese name.
    pub name_zh: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Physical value; `None` where invalid.
    pub value: Option<Exact>,
}

/// A decoded frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The physical fields in order, without the GPS state.
    pub readings: Vec<Reading>,
    /// Whether the position is valid; `None` where the state byte is not.
    pub gps_valid: Option<bool>,
    /// Northern latitude.
    pub north: Option<bool>,
    /// Eastern longitude.
    pub east: Option<bool>,
}

/// A frame of the wrong length, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("数据流应为 37 字节,收到 {0} 字节 (the data stream has 37 bytes, found {0})")]
pub struct WrongLength(pub usize);

impl Frame {
    /// Decodes a data stream.
    pub fn decode(bytes: &[u8]) -> Result<Self, WrongLength> {
        if bytes.len() != FRAME_BYTES {
            return Err(WrongLength(bytes.len()));
        }
        let mut readings = Vec::with_capacity(FIELDS.len());
        let mut gps = None;
        let mut rest = bytes;
        for field in FIELDS.iter() {
            let (own, after) = rest
                .split_at_checked(field.bytes)
                .ok_or(WrongLength(bytes.len()))?;
            rest = after;
            let raw = own.iter().fold(0_i64, |acc, b| acc << 8 | i64::from(*b));
            let invalid = own.iter().all(|b| *b == 0xFF);
            if field.key == "gps" {
                gps = (!invalid).then_some(raw);
                continue;
            }
            let value = &(&Exact::int(raw) * &field.resolution) + &field.offset;
            let in_range = field.max.as_ref().is_none_or(|max| value <= *max);
            readings.push(Reading {
                key: &field.key,
                name_zh: &field.name_zh,
                unit: &field.unit,
                value: (!invalid && in_range).then_some(value),
            });
        }
        let bit_is_zero = |bit: i64| gps.map(|raw| raw & bit == 0);
        Ok(Self {
            readings,
            gps_valid: bit_is_zero(1),
            north: bit_is_zero(2),
            east: bit_is_zero(4),
        })
    }

    /// A field's value.
    pub fn get(&self, key: &str) -> Option<&Exact> {
        self.readings.iter().find(|r| r.key == key)?.value.as_ref()
    }

    /// NOx mass flow, g/s, from the downstream sensor: `0.001587 · c · (air + 0.84 · fuel) / 3600`. `None` where one of
    /// the three is invalid.
    pub fn nox_flow(&self) -> Option<Exact> {
        let exhaust = self.get("air_kg_h")? + &(self.get("fuel_l_h")? * &decimal(84, 2));
        let product = &(self.get("nox_down_ppm")? * &decimal(1587, 6)) * &exhaust;
        product.checked_div(&Exact::int(3600))
    }
}

pub(super) const FRAME: Topic = Topic {
    id: "obd/frame",
    zh: "重型车远程排放数据流解析",
    en: "Remote on-board data stream of a heavy vehicle",
    basis: "GB 17691-2018 附录Q、HJ 1239-2021",
    example: r#"{"hex":"3E59C7D48241A80100355C1B7E524B4445E63D3C00287B240006EDFBBD0230CE620048F94D"}"#,
    evaluate: frame,
    case: plain,
};

fn bytes(input: &Input<'_>) -> Result<Vec<u8>, InputError> {
    let field = input.field("hex")?;
    let text = field.as_str()?;
    let wrong = |message: Text| InputError::new(field.path(), "range", message);
    if text.len() != 2 * FRAME_BYTES {
        let n = text.len();
        return Err(wrong(text!(
            "数据流应为 37 字节(74 个十六进制字符),收到 {n} 个字符",
            "the data stream has 37 bytes (74 hex digits), found {n} characters"
        )));
    }
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.ok_or_else(|| {
        wrong(text!(
            "含有非十六进制字符",
            "there are characters that are not hex digits"
        ))
    })?;
    Ok(digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect())
}

fn frame(input: &Input<'_>) -> Result<Judgement, InputError> {
    let bytes = bytes(input)?;
    let frame = Frame::decode(&bytes).map_err(|e| input.error("hex", "range", Text::same(e.to_string())))?;
    let mut j = begin("obd/frame", ("GB 17691", "2018", "附录Q"), Confidence::Secondary);
    j.rests_on(
        FIELDS
            .iter()
            .map(|f| f.confidence)
            .max()
            .unwrap_or(Confidence::Uncertain),
    );
    let mut fields = Map::new();
    for reading in &frame.readings {
        fields.insert(reading.key.to_owned(), maybe(reading.value.as_ref()));
        match &reading.value {
            Some(value) => {
                j.uses(reading.key, value, reading.unit);
            }
            None => {
                j.leaves_out(
                    reading.key,
                    None,
                    reading.unit,
                    text!("{}无效", "{} is invalid", reading.name_zh),
                );
            }
        }
    }
    for (key, value) in [
        ("gps_valid", frame.gps_valid),
        ("north", frame.north),
        ("east", frame.east),
    ] {
        fields.insert(key.to_owned(), value.map_or(Value::Null, Value::Bool));
    }
    let nox = frame.nox_flow();
    j.put("fields", Value::Object(fields))
        .put("nox_g_s", maybe(nox.as_ref()));
    let invalid = frame.readings.iter().filter(|r| r.value.is_none()).count();
    let words = if let Some(nox) = &nox {
        j.step(
            Text::new("NOx 排放速率(SCR 下游)", "NOx mass flow, downstream of the SCR"),
            "0.001587 × c × (进气量 + 0.84 × 燃料流量) / 3600",
            nox,
        )
        .finish(nox, nox.to_display(), "g/s");
        text!(
            "NOx 排放速率 {nox} g/s,{invalid} 项无效",
            "NOx mass flow {nox} g/s, {invalid} fields are invalid"
        )
    } else {
        text!(
            "{invalid} 项无效,NOx 排放速率不能计算",
            "{invalid} fields are invalid, no NOx mass flow"
        )
    };
    conclude(&mut j, Verdict::Computed, words);
    Ok(j)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_add_up_to_the_frame() {
        table::assert_complete(TABLE, &FIELDS);
        assert_eq!(FIELDS.iter().map(|f| f.bytes).sum::<usize>(), FRAME_BYTES);
    }

    #[test]
    fn all_bits_set_is_nothing() {
        let frame = Frame::decode(&[0xFF; FRAME_BYTES]).unwrap();
        assert!(frame.readings.iter().all(|r| r.value.is_none()));
        assert_eq!((frame.gps_valid, frame.nox_flow()), (None, None));
        assert_eq!(Frame::decode(&[0; 36]), Err(WrongLength(36)));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_within_their_range(bytes in proptest::collection::vec(0_u8..=255, FRAME_BYTES)) {
            let frame = Frame::decode(&bytes).unwrap();
            for (reading, field) in frame.readings.iter().zip(FIELDS.iter().filter(|f| f.key != "gps")) {
                if let (Some(value), Some(max)) = (&reading.value, &field.max) {
                    proptest::prop_assert!(value <= max && *value >= field.offset);
                }
            }
        }
    }
}
