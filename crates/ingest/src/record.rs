//! A record of the raw log as a frame to apply: decoded, diagnosed, its readings in the words of the model.
//!
//! Pure. Values stay the decimals that were sent; what cannot be read is left out and diagnosed, never guessed.

use hj212::cipher::KeyRing;
use hj212::reading::{CivilTime, Field, Kind, Reading, Upload};
use hj212::{Decoded, Text};
use model::ids::{Factor, Mn};
use model::observation::Statistic;
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use store::StoreError;
use store::apply::{ApplyFrame, Diagnosis, ReadingRow};
use store::rawlog::{Record, RecordKind};

/// Data from further ahead than this are not taken: they would stay the newest for ever. A day covers every wrong time
/// zone and every clock that is merely off.
const AHEAD_MS: i64 = 24 * 3_600_000;

/// Data from before this year are a clock that was never set.
const FIRST_YEAR: u16 = 1980;

/// The frame of a record; `None` for records that are no received bytes of the protocol.
pub(crate) fn apply_frame(record: &Record, keys: &KeyRing) -> Option<ApplyFrame> {
    match record.meta.kind {
        RecordKind::Frame => Some(frame(record, keys)),
        RecordKind::Stray => Some(stray(record)),
        RecordKind::Sent | RecordKind::File => None,
    }
}

fn empty(record: &Record) -> ApplyFrame {
    ApplyFrame {
        position: record.position,
        received_at: record.meta.received_at,
        mn: None,
        st: None,
        cn: None,
        pw: None,
        data_time: None,
        crc_ok: false,
        usable: false,
        digest: Sha256::digest(&record.bytes).into(),
        diagnoses: Vec::new(),
        readings: Vec::new(),
    }
}

/// Bytes in which no frame was found.
fn stray(record: &Record) -> ApplyFrame {
    let found = Diagnosis {
        at: Some(0),
        code: "junk".to_owned(),
        zh: format!("{} 字节不属于任何数据包", record.bytes.len()),
        en: format!("{} bytes belong to no frame", record.bytes.len()),
    };
    ApplyFrame {
        diagnoses: vec![found],
        ..empty(record)
    }
}

fn owned(text: Option<Text<'_>>) -> Option<String> {
    text.map(|t| t.trim().to_string())
}

fn frame(record: &Record, keys: &KeyRing) -> ApplyFrame {
    let unsealed = keys.unseal(hj212::decode(&record.bytes));
    let decoded = unsealed.decode();
    // Length and checksum are those of the plain text: of cipher text they say nothing.
    let crc_ok = unsealed.seal().is_readable() && decoded.crc_ok();
    // The letter of a header with wrong separators loses the MN; what was meant decides whose data these are.
    let header = decoded.mended_header();
    let mut out = ApplyFrame {
        mn: header
            .mn
            .map(|mn| Mn::new(mn.trim().to_string()))
            .or_else(|| crc_ok.then(|| Mn::new(""))),
        st: owned(header.st),
        cn: owned(header.cn),
        pw: owned(header.pw),
        crc_ok,
        usable: crc_ok,
        diagnoses: unsealed.diagnoses().iter().map(diagnosis).collect(),
        ..empty(record)
    };
    if crc_ok {
        out.digest = Sha256::digest(decoded.segment()).into();
    }
    if unsealed.seal().is_readable() {
        read_upload(&decoded, &mut out);
    }
    out
}

fn diagnosis(found: &hj212::Diagnosis) -> Diagnosis {
    let (mut zh, mut en) = (found.zh(), found.en());
    // Where to look: the key of a device stands in one place.
    match found.code {
        hj212::Code::NoKey => {
            zh.push_str("；请在配置目录 devices.toml 该设备项下设置 sm4_key 后重启，隔离的数据包随即入库");
            en.push_str("; set sm4_key of the device in devices.toml of the profile and restart, then the quarantined frames are applied");
        }
        hj212::Code::WrongKey => {
            zh.push_str(
                "；请核对配置目录 devices.toml 该设备项下的 sm4_key，改正并重启后隔离的数据包随即入库",
            );
            en.push_str("; check sm4_key of the device in devices.toml of the profile; once it is right and the server restarted, the quarantined frames are applied");
        }
        _ => {}
    }
    Diagnosis {
        at: u32::try_from(found.at).ok(),
        code: found.code.name().to_owned(),
        zh,
        en,
    }
}

fn read_upload(decoded: &Decoded<'_>, out: &mut ApplyFrame) {
    let Some(upload) = Upload::read(decoded) else {
        return;
    };
    for group in &upload.records {
        let Some(time) = group.time.and_then(instant) else {
            continue;
        };
        out.data_time = out.data_time.or(Some(time));
        if time.0 > out.received_at.0.saturating_add(AHEAD_MS) {
            out.data_time = None;
            out.diagnoses.push(Diagnosis {
                at: None,
                code: "future_time".to_owned(),
                zh: "数据时间比接收时间晚一天以上,数值未采用".to_owned(),
                en: "the data time is more than a day ahead; the values are not taken".to_owned(),
            });
            continue;
        }
        let Some((grain, start)) = period(upload.kind, time) else {
            continue;
        };
        if out.crc_ok {
            // A factor that stands twice under one time is ambiguous: its first value counts, all stay in the frame.
            let rows = group
                .readings
                .iter()
                .filter(|r| r.occurrence == 0)
                .filter_map(|r| row(r, grain, start));
            out.readings.extend(rows);
        }
    }
}

/// Civil time of the district as an instant; the protocol's clock is always Beijing time.
fn instant(time: CivilTime) -> Option<UtcMs> {
    if time.year < FIRST_YEAR {
        return None;
    }
    let CivilTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond,
    } = time;
    let text = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{millisecond:03}");
    UtcMs::from_compact(&text)
}

/// Period length of an upload, and the start of the period that holds its time. `None` for uploads whose values belong
/// to no series.
fn period(kind: Kind, time: UtcMs) -> Option<(Grain, UtcMs)> {
    let grain = match kind {
        Kind::Realtime
        | Kind::Raw
        | Kind::FacilityState
        | Kind::NoiseSingle
        | Kind::StandardCheck
        | Kind::SampleKept
        | Kind::SiteInfo
        | Kind::InstrumentSerial
        | Kind::AlarmEvent
        | Kind::AlarmRecord => Grain::Realtime,
        Kind::Minute | Kind::FurnaceMean => Grain::Minute,
        Kind::Hour => Grain::Hour,
        Kind::Day | Kind::Runtime => Grain::Day,
        _ => return None,
    };
    Some((grain, grain.start(time)?))
}

fn row(reading: &Reading<'_>, grain: Grain, time: UtcMs) -> Option<ReadingRow> {
    let shown = reading.value.trim().to_string();
    if shown.is_empty() {
        return None;
    }
    let value: Option<Decimal> = reading.number.and_then(|n| n.parse().ok());
    let statistic = match reading.field {
        Field::Other => reading.field_text.trim().to_string(),
        known => known.name().to_owned(),
    };
    Some(ReadingRow {
        factor: Factor::new(reading.code.trim().to_string()),
        grain,
        statistic: Statistic(statistic.into()),
        time,
        text: value.is_none().then_some(shown),
        value,
        flag: owned(reading.flag).filter(|f| !f.is_empty()),
    })
}

/// A frame that the store refuses for its content: kept in quarantine without its readings.
pub(crate) fn unusable(frame: ApplyFrame, error: &StoreError) -> ApplyFrame {
    let mut diagnoses = frame.diagnoses;
    diagnoses.push(Diagnosis {
        at: None,
        code: "not_applied".to_owned(),
        zh: format!("数据包无法入库:{error}"),
        en: format!("the frame could not be applied: {error}"),
    });
    ApplyFrame {
        usable: false,
        readings: Vec::new(),
        diagnoses,
        ..frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hj212::cipher::{Form, Key, seal};
    use store::rawlog::{Position, RecordMeta};

    fn record(text: &str) -> Record {
        received(hj212::encode::wrap(text.as_bytes(), hj212::crc::Kind::Standard))
    }

    fn received(bytes: Vec<u8>) -> Record {
        Record {
            position: Position::START,
            next: Position::START,
            meta: RecordMeta {
                received_at: UtcMs::from_compact("20261124090000").unwrap(),
                kind: RecordKind::Frame,
                connection: 1,
                peer: String::new(),
            },
            bytes,
            chain: [0; 32],
        }
    }

    fn applied(record: &Record) -> ApplyFrame {
        apply_frame(record, &KeyRing::default()).unwrap()
    }

    #[test]
    fn an_hour_upload_keeps_its_digits_and_its_own_time() {
        let frame = applied(&record(
            "QN=20261124090001000;ST=31;CN=2061;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20261124080000;a21026-Cou=1.20,a21026-ZsAvg=35.10,a21026-Flag=N;a34013-Avg=,a34013-Flag=D&&",
        ));
        assert!(frame.usable);
        let rows: Vec<_> = frame
            .readings
            .iter()
            .map(|r| (r.statistic.as_str(), r.value.unwrap().to_string()))
            .collect();
        assert_eq!(rows, [("Cou", "1.20".to_owned()), ("ZsAvg", "35.10".to_owned())]);
        assert_eq!(frame.readings[0].time.to_compact(), "20261124080000");
        assert_eq!(frame.readings[1].flag.as_deref(), Some("N"));
    }

    #[test]
    fn a_time_far_ahead_is_kept_but_not_taken() {
        let frame = applied(&record(
            "ST=31;CN=2011;PW=1;MN=M;CP=&&DataTime=20301124080000;a21026-Rtd=1&&",
        ));
        assert!(frame.usable && frame.readings.is_empty() && frame.data_time.is_none());
        assert!(frame.diagnoses.iter().any(|d| d.code == "future_time"));
    }

    #[test]
    fn what_was_meant_decides_whose_data_these_are() {
        let frame = applied(&record(
            "ST=32;CN=2011;PW=1;,MN=88888881234567;FLAG=0;CP=&&DataTime=20180306120000;001-Rtd=6.951&&",
        ));
        assert_eq!(frame.mn, Some(Mn::new("88888881234567")));
    }

    #[test]
    fn an_encrypted_upload_is_the_plain_one_with_its_key_and_nothing_without() {
        let plain = record(
            "QN=20261124090001000;ST=31;CN=2011;PW=123456;MN=M1;Flag=9;CP=&&DataTime=20261124090000;a21026-Rtd=1.20,a21026-Flag=N&&",
        );
        let (own, other) = (Key::new([0x30; 16]), Key::new([0x31; 16]));
        let keys = KeyRing::from_iter([("M1", own.clone())]);
        for form in [Form::Raw, Form::Printed] {
            let sealed = |key| received(seal(&hj212::decode(&plain.bytes), key, form));
            let opened = apply_frame(&sealed(&own), &keys).unwrap();
            let open = applied(&plain);
            assert_eq!(
                (opened.digest, &opened.readings),
                (open.digest, &open.readings),
                "the same upload"
            );
            assert!(opened.usable && opened.readings.len() == 1);
            assert!(opened.diagnoses.iter().any(|d| d.code == "decrypted"));

            for (keys, key, code, where_to) in [
                (&keys, &other, "wrong_key", "核对"),
                (&KeyRing::default(), &own, "no_key", "设置"),
            ] {
                let shut = apply_frame(&sealed(key), keys).unwrap();
                assert!(!shut.usable && !shut.crc_ok && shut.readings.is_empty());
                assert_eq!(shut.mn, Some(Mn::new("M1")));
                let said = shut.diagnoses.iter().find(|d| d.code == code).unwrap();
                assert!(
                    said.zh.contains(where_to)
                        && said.zh.contains("sm4_key")
                        && said.en.contains("devices.toml"),
                    "{said:?}"
                );
                assert!(
                    shut.diagnoses.iter().all(|d| d.code != "bad_crc"),
                    "{:?}",
                    shut.diagnoses
                );
            }
        }
    }
}
