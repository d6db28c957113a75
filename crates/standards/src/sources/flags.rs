//! Data flags (数据标识) of minutes and hours: what a letter means in each scheme, and which flag an hour carries.
//! The raw value is never touched: a flag only says whether a value may be judged.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::Confidence;
use crate::table;

/// Where the letters come from; the same letter means different things (B: banked fire, or no communication).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// HJ 76-2017, flags of CEMS minutes and hours.
    Hj76,
    /// HJ 212-2017 (and P of 2005) on the wire.
    Hj212,
    /// Marks set by the unit (自动监测数据标记规则).
    Mark,
}

/// What a flag says, whatever its letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// 正常
    Normal,
    /// 停运
    Stopped,
    /// 启炉
    StartUp,
    /// 停炉过程
    ShutDown,
    /// 闷炉、压火
    Banked,
    /// 校准
    Calibration,
    /// 维护
    Maintenance,
    /// 故障
    Fault,
    /// 超量程
    OverRange,
    /// 缺失
    Missing,
    /// 手工设定值
    SetValue,
    /// 通讯异常
    NoContact,
    /// 电源故障
    PowerFault,
    /// 标样核查
    StandardCheck,
    /// 比对、校验
    Comparison,
    /// 更换、维修
    Replacement,
    /// 生产设施故障: recorded, still judged
    PlantFault,
    /// 治理设施故障: recorded, still judged unless the sector rule exempts
    TreatmentFault,
}

/// What a flag does to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// May be judged.
    Valid,
    /// There, but not for judging.
    Invalid,
    /// Not there.
    Missing,
    /// The source does not run: the period counts nowhere.
    Stopped,
    /// Start, shut-down, banked fire: the sector rule decides.
    Condition,
    /// Recorded and reported; still judged.
    Record,
}

impl Effect {
    /// Whether the value is valid for judging: normal, or only recorded.
    pub fn judged(self) -> bool {
        matches!(self, Self::Valid | Self::Record)
    }
}

/// From when on an hour carries the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HourRule {
    /// From [`HOUR_MINUTES`] minutes on.
    State,
    /// Above [`EVENT_MINUTES`] minutes.
    Event,
}

/// Minutes of a state, or of valid data, that make the hour (HJ 75-2017 3, HJ 76-2017).
pub const HOUR_MINUTES: u32 = 45;
/// Minutes of calibration, maintenance, fault … above which the hour carries that flag.
pub const EVENT_MINUTES: u32 = 15;

/// One letter of one scheme.
#[derive(Clone, Debug, Deserialize)]
pub struct FlagRow {
    /// Scheme.
    pub scheme: Scheme,
    /// Letters as written.
    pub letter: String,
    /// Meaning.
    pub flag: Flag,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// What it does to a value.
    pub effect: Effect,
    /// From when on an hour carries it.
    pub hour_rule: HourRule,
    /// How sure it is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/source_flags.csv");
static ROWS: LazyLock<Vec<FlagRow>> = LazyLock::new(|| table::rows(TABLE));

/// The letters of a scheme.
pub fn of_scheme(scheme: Scheme) -> impl Iterator<Item = &'static FlagRow> {
    ROWS.iter().filter(move |row| row.scheme == scheme)
}

/// The meaning of a letter; `None` for one the scheme does not know.
pub fn find(scheme: Scheme, letter: &str) -> Option<&'static FlagRow> {
    of_scheme(scheme).find(|row| row.letter == letter)
}

/// What an hour's minutes make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourState {
    /// Whether the hour mean is valid: at least 45 valid minutes.
    pub valid: bool,
    /// The letter the hour carries; `None` where no rule names one (e.g. 44 normal minutes and 8 each of two events).
    pub letter: Option<&'static str>,
    /// Minutes valid for judging.
    pub valid_minutes: u32,
    /// Minutes without any flag, counted as missing.
    pub unflagged: u32,
}

/// Why an hour's flags cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HourError {
    /// A letter the scheme does not know.
    #[error("未知的数据标识 {0} (unknown flag)")]
    Unknown(String),
    /// More than 60 minutes.
    #[error("一小时内的分钟数为 {0},超过 60 (more than 60 minutes in an hour)")]
    TooMany(u32),
}

/// The flag and validity of an hour from its minutes by letter (HJ 75-2017 3, HJ 76-2017).
///
/// A state (N, F, St, Sd, B) names the hour from 45 minutes on; else the event (C, M, D, T, Md) with the most
/// minutes above 15 does. Minutes that are not given count as missing.
pub fn hour_state(scheme: Scheme, minutes: &[(&str, u32)]) -> Result<HourState, HourError> {
    let mut total = 0_u32;
    let mut valid_minutes = 0_u32;
    let mut counted: Vec<(&'static FlagRow, u32)> = Vec::with_capacity(minutes.len());
    for (letter, n) in minutes {
        let row =
            find(scheme, letter).ok_or_else(|| HourError::Unknown((*letter).chars().take(8).collect()))?;
        total = total.saturating_add(*n);
        if row.effect.judged() {
            valid_minutes = valid_minutes.saturating_add(*n);
        }
        counted.push((row, *n));
    }
    if total > 60 {
        return Err(HourError::TooMany(total));
    }
    let state = counted
        .iter()
        .find(|(row, n)| row.hour_rule == HourRule::State && *n >= HOUR_MINUTES);
    let event = counted
        .iter()
        .filter(|(row, n)| row.hour_rule == HourRule::Event && *n > EVENT_MINUTES)
        // The first of equal ones, in the order given.
        .fold(None::<&(&FlagRow, u32)>, |best, one| match best {
            Some(b) if b.1 >= one.1 => best,
            _ => Some(one),
        });
    Ok(HourState {
        valid: valid_minutes >= HOUR_MINUTES,
        letter: state.or(event).map(|(row, _)| row.letter.as_str()),
        valid_minutes,
        unflagged: 60 - total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(TABLE, &ROWS);
    }

    #[test]
    fn the_same_letter_differs_by_scheme() {
        assert_eq!(find(Scheme::Hj76, "B").unwrap().flag, Flag::Banked);
        assert_eq!(find(Scheme::Hj212, "B").unwrap().flag, Flag::NoContact);
        assert!(find(Scheme::Hj76, "n").is_none());
    }

    #[test]
    fn an_hour_needs_45_valid_minutes_and_no_more_than_60() {
        let state = |minutes: &[(&str, u32)]| hour_state(Scheme::Hj76, minutes);
        assert!(state(&[("N", 45)]).unwrap().valid);
        assert!(!state(&[("N", 44), ("C", 16)]).unwrap().valid);
        let split = state(&[("N", 40), ("C", 10), ("D", 10)]).unwrap();
        assert_eq!((split.valid, split.letter), (false, None));
        assert_eq!(state(&[("N", 61)]), Err(HourError::TooMany(61)));
        assert_eq!(state(&[]).unwrap().unflagged, 60);
    }

    proptest::proptest! {
        #[test]
        fn valid_and_an_event_flag_exclude_each_other(n in 0_u32..=60, c in 0_u32..=60, d in 0_u32..=60) {
            if let Ok(state) = hour_state(Scheme::Hj76, &[("N", n), ("C", c), ("D", d)]) {
                proptest::prop_assert_eq!(state.valid, state.letter == Some("N"));
            }
        }
    }
}
