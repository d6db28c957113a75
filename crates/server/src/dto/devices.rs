//! Devices, the frames they sent, and the quarantine.

use std::collections::BTreeMap;

use model::device::{DeviceState, FrameState};
use model::ids::SubjectId;
use model::time::Grain;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::{Stamp, SubjectRef};

/// A device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// MN as the device sends it; in paths percent-encoded, and `-` for an empty one.
    pub mn: String,
    /// Whether its data are applied.
    pub state: DeviceState,
    /// What it measures.
    pub subject: Option<SubjectRef>,
    /// ST it sends.
    pub st: Option<String>,
    /// First frame seen.
    pub first_seen: Option<Stamp>,
    /// Last frame seen.
    pub last_seen: Option<Stamp>,
    /// Frames archived.
    pub frames: i64,
    /// 演示
    pub demo: bool,
    /// Whether it sent something within its silence time (30 minutes where the profile sets none).
    pub online: bool,
}

/// Filters of the list of devices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeviceQuery {
    /// State.
    pub state: Option<DeviceState>,
    /// Of this subject or what belongs to it.
    pub subject: Option<i64>,
    /// Whether it was heard in time.
    pub online: Option<bool>,
    /// Part of the MN or of the subject's name.
    pub q: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
    /// `mn`, or `-last_seen` for the last heard first; `mn` when absent.
    pub sort: Option<String>,
}

/// What is decided of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// 批准: its data are applied, those held until now too.
    Approve,
    /// 拒绝: its frames stay in quarantine.
    Refuse,
}

/// A decision on a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// Approve or refuse.
    pub decision: Decision,
    /// What it measures. Without one, an approved device keeps the subject it has, or gets a new, unnamed one.
    #[schema(value_type = Option<i64>)]
    pub subject: Option<SubjectId>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What came of a decision.
#[derive(Serialize, ToSchema)]
pub struct DecisionResult {
    /// The device now.
    pub device: DeviceView,
    /// Held frames that are being applied in their own time.
    pub released: i64,
}

/// What was found wrong or noteworthy in a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiagnosisView {
    /// Byte of the frame, from 0; null where it is about the whole.
    pub at: Option<u32>,
    /// Stable code.
    pub code: String,
    /// Chinese words.
    pub zh: String,
    /// English words.
    pub en: String,
}

/// A frame, with the bytes as they came.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrameView {
    /// Row.
    pub id: i64,
    /// Whose; null where the MN could not be read.
    pub mn: Option<String>,
    /// When it came.
    pub received_at: Stamp,
    /// Its DataTime.
    pub data_time: Option<Stamp>,
    /// Command.
    pub cn: Option<String>,
    /// Whether the CRC held.
    pub crc_ok: bool,
    /// What became of it.
    pub state: FrameState,
    /// CP keys without a dash: text, or a list where the key repeats.
    #[schema(value_type = Object)]
    pub cp: serde_json::Value,
    /// Factor code, field, text (a list where it repeats).
    #[schema(value_type = Object)]
    pub factors: serde_json::Value,
    /// Diagnoses.
    pub diagnoses: Vec<DiagnosisView>,
    /// The bytes as text, other than UTF-8 escaped as `\xNN`. The password is `******` for callers who may not
    /// see it. Null where the archive no longer holds them.
    pub raw: Option<String>,
    /// Whether it waits for a decision about its device.
    pub held: bool,
    /// How often the same unusable frame came again.
    pub repeats: i64,
    /// When it came last.
    pub last_received_at: Option<Stamp>,
}

/// Filters of a device's frames.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FrameQuery {
    /// How many, newest first; 50 when absent, 1,000 at most.
    pub limit: Option<u32>,
}

/// Filters of the quarantine.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct QuarantineQuery {
    /// Only frames with this diagnosis.
    pub code: Option<String>,
    /// Only of this device.
    pub mn: Option<String>,
    /// Received not before.
    #[param(value_type = Option<String>)]
    pub from: Option<Stamp>,
    /// The newest so many, 1,000 at most, instead of a page.
    pub limit: Option<u32>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
}

/// Newest value of one field of a factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldValue {
    /// Value; null is missing.
    pub value: Option<String>,
    /// Text where the field is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Device flag.
    pub flag: Option<String>,
    /// Time of the data.
    pub time: Stamp,
    /// Period length.
    pub grain: Grain,
}

/// Factor → field (`Rtd`, `Avg`, `ZsAvg` …) → newest value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceLatest(pub BTreeMap<String, BTreeMap<String, FieldValue>>);
