//! Every id is a newtype from here; no bare integer or string id crosses a function boundary.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// From text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

row_id! {
    /// Row of a subject (对象).
    SubjectId;
    /// Row of a series.
    SeriesId;
    /// Row of an archived frame; grows in order of arrival.
    FrameId;
    /// Row of an alarm.
    AlarmId;
    /// Row of a stored judgement.
    JudgementId;
    /// Row of a user.
    UserId;
    /// Row of an access token.
    TokenId;
    /// Row of a job.
    JobId;
    /// Row of an audit entry; grows without gaps.
    AuditId;
    /// Row of an evaluation of the plan (规划评估).
    EvaluationId;
    /// Row of a correction to what was read from the plan.
    CorrectionId;
}

text_id! {
    /// MN, the device's unique mark (设备唯一标识), opaque text as the device sends it.
    Mn;
    /// A unit with duties (单位): bureau, department, town; a short stable code from the profile.
    UnitCode;
    /// A subject's stable code from the profile or register, unique among all subjects.
    SubjectCode;
    /// A register's stable name, e.g. `river_outlet`.
    RegisterName;
    /// A record of a register: unique within its register, never given twice.
    RecordId;
    /// A factor code of HJ 212 / HJ 524 / HJ 525, e.g. `a21026`, `w01018`; kept as sent.
    Factor;
}
