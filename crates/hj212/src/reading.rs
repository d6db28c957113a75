//! Uploads as readings: which time, which factor, which field, which value, which flag.
//!
//! Values stay decimal text as sent; nothing is rounded or converted. A reading keeps the mark its own block of
//! CP gave it. Several DataTime groups in one packet (a dialect) become several records.

use std::collections::HashMap;
use std::fmt;

use crate::frame::Decoded;
use crate::text::Text;

/// Civil (Beijing) time as the field unit writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CivilTime {
    /// Year, four digits.
    pub year: u16,
    /// 1..=12.
    pub month: u8,
    /// 1..=31, checked against the month.
    pub day: u8,
    /// 0..=23.
    pub hour: u8,
    /// 0..=59.
    pub minute: u8,
    /// 0..=59.
    pub second: u8,
    /// 0..=999; 0 where only 14 digits were sent.
    pub millisecond: u16,
}

impl CivilTime {
    /// Reads `YYYYMMDDhhmmss`, also with one to three digits of a second's fraction, which dust monitors and
    /// simulators send; spaces around are ignored. `None` when it is no date of the calendar.
    pub fn parse(text: Text<'_>) -> Option<Self> {
        Self::parse_bytes(text.bytes().trim_ascii())
    }

    /// The same from bytes, which must be digits alone.
    pub fn parse_bytes(digits: &[u8]) -> Option<Self> {
        if !(14..=17).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = |from: usize, to: usize| {
            digits.get(from..to)?.iter().try_fold(0u16, |sum, digit| {
                sum.checked_mul(10)?.checked_add(u16::from(digit - b'0'))
            })
        };
        let small = |from: usize| u8::try_from(number(from, from + 2)?).ok();
        let scale = [1, 100, 10, 1].get(digits.len() - 14).copied()?;
        let time = Self {
            year: number(0, 4)?,
            month: small(4)?,
            day: small(6)?,
            hour: small(8)?,
            minute: small(10)?,
            second: small(12)?,
            millisecond: number(14, digits.len())? * scale,
        };
        let clock = time.hour < 24 && time.minute < 60 && time.second < 60;
        (clock && (1..=days_in(time.year, time.month)?).contains(&time.day)).then_some(time)
    }

    /// Beijing civil time (UTC+8, without the daylight saving of 1986 to 1991) of a Unix time in milliseconds,
    /// for QN and SystemTime. Years outside 1970..=9999 are clamped.
    pub fn from_unix_ms(unix_ms: u64) -> Self {
        const LAST: u64 = 253_402_271_999_999;
        let local = unix_ms.min(LAST) + 8 * 3_600_000;
        let (days, rest) = (local / 86_400_000, local % 86_400_000);
        // Civil from days, counted from 0000-03-01 in eras of 400 years.
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let small = |value: u64| u8::try_from(value).unwrap_or_default();
        let wide = |value: u64| u16::try_from(value).unwrap_or_default();
        Self {
            year: wide(year),
            month: small(month),
            day: small(day),
            hour: small(rest / 3_600_000),
            minute: small(rest / 60_000 % 60),
            second: small(rest / 1000 % 60),
            millisecond: wide(rest % 1000),
        }
    }

    /// 17 digits, as QN has them.
    pub fn qn(self) -> String {
        format!("{self}{:03}", self.millisecond)
    }
}

/// 14 digits, as DataTime has them.
impl fmt::Display for CivilTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        write!(f, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }
}

fn days_in(year: u16, month: u8) -> Option<u8> {
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => return None,
    })
}

macro_rules! fields {
    ($($variant:ident $name:literal $measured:literal $doc:literal;)*) => {
        /// What a key says of a factor: the part after its last dash.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Field {
            $(#[doc = $doc] $variant,)*
            /// A field outside the standard; its name is in [`Reading::field_text`].
            Other,
        }

        impl Field {
            const NAMES: &'static [(&'static str, Self)] = &[$(($name, Self::$variant)),*];

            /// The name on the wire; empty for `Other`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* Self::Other => "" }
            }

            /// True where the standard wants a number.
            pub const fn is_measured(self) -> bool {
                match self { $(Self::$variant => $measured,)* Self::Other => false }
            }
        }
    };
}

fields! {
    Rtd "Rtd" true "实时采样数据";
    Min "Min" true "最小值";
    Avg "Avg" true "平均值";
    Max "Max" true "最大值";
    ZsRtd "ZsRtd" true "实时折算值";
    ZsMin "ZsMin" true "最小折算值";
    ZsAvg "ZsAvg" true "平均折算值";
    ZsMax "ZsMax" true "最大折算值";
    Cou "Cou" true "累计值";
    ZsCou "ZsCou" true "折算累计值 (loggers' own)";
    Data "Data" true "噪声时段数据";
    DayData "DayData" true "噪声昼间数据";
    NightData "NightData" true "噪声夜间数据";
    Rs "RS" true "设施运行状态";
    Rt "RT" true "设施一日运行时间, hours";
    Ala "Ala" true "报警值 (2005)";
    UpValue "UpValue" true "报警上限 (2005)";
    LowValue "LowValue" true "报警下限 (2005)";
    SampleRd "SampleRd" true "标样核查测定值 (2025)";
    StandardValue "StandardValue" true "标样值 (2025)";
    ResultType "ResultType" true "标样核查结果: 1 pass, 0 fail (2025)";
    Info "Info" false "现场端信息";
    Sn "SN" false "仪器仪表编码";
    Flag "Flag" false "监测仪器数据标记";
    EFlag "EFlag" false "扩充数据标记";
    SampleTime "SampleTime" false "污染物采样时间";
    CompleteTime "CompleteTime" false "分析完成时间 (2025)";
    SampleType "SampleType" false "样品类型 (2025)";
}

impl Field {
    /// Reads a field name; another case is tolerated.
    pub fn of(name: &str) -> Self {
        let exact = Self::NAMES.iter().find(|(known, _)| *known == name);
        let found = exact.or_else(|| {
            Self::NAMES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
        });
        found.map_or(Self::Other, |&(_, field)| field)
    }

    /// True for fields that qualify the values beside them instead of being one.
    const fn is_mark(self) -> bool {
        matches!(
            self,
            Self::Flag | Self::EFlag | Self::SampleTime | Self::CompleteTime | Self::SampleType
        )
    }
}

/// The value as decimal text (`-1.50`, no exponent), or `None` when it is no number.
pub fn decimal(value: Text<'_>) -> Option<&str> {
    let text = value.trim().as_str()?;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!(whole.is_empty() && fraction.is_empty()) && all_digits(whole) && all_digits(fraction)).then_some(text)
}

macro_rules! kinds {
    ($($variant:ident $cn:literal $doc:literal;)*) => {
        /// What an upload carries, by its CN.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum Kind {
            $(#[doc = $doc] $variant,)*
            /// A CN outside this list.
            Other,
        }

        impl Kind {
            /// By command number.
            pub fn of(cn: &str) -> Self {
                match cn { $($cn => Self::$variant,)* _ => Self::Other }
            }
        }
    };
}

kinds! {
    Realtime "2011" "污染物实时数据";
    Raw "2013" "原始监测数据 (2025)";
    FacilityState "2021" "设施运行状态";
    Day "2031" "日数据";
    Runtime "2041" "设施运行时间日数据";
    Minute "2051" "分钟数据";
    NoiseSingle "2052" "噪声单次测量数据 (2025)";
    Hour "2061" "小时数据";
    StandardCheck "2062" "自动标样核查数据 (2025)";
    AlarmRecord "2071" "报警记录 (2005)";
    AlarmEvent "2072" "报警事件 (2005)";
    PowerOn "2081" "数采仪开机时间";
    FurnaceMean "2111" "炉膛温度 5 min 均值 (2025)";
    SampleKept "3015" "超标留样信息";
    InstrumentSerial "3019" "设备唯一标识";
    SiteInfo "3020" "现场端信息: log, state, parameter";
}

impl Kind {
    /// DataTime is the start of a period (history data), not a moment (clause on DataTime of 2017).
    pub const fn time_is_start(self) -> bool {
        matches!(self, Self::Day | Self::Runtime | Self::Minute | Self::Hour)
    }
}

/// One value of one factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'a> {
    /// Factor, facility (`SB1`) or information code, trimmed.
    pub code: Text<'a>,
    /// Which field.
    pub field: Field,
    /// The field as printed.
    pub field_text: Text<'a>,
    /// The value as printed, trimmed.
    pub value: Text<'a>,
    /// The value as decimal text; `None` when it is no number. Missing is not zero.
    pub number: Option<&'a str>,
    /// Data flag of the same block.
    pub flag: Option<Text<'a>>,
    /// The instrument's own mark of the same block.
    pub eflag: Option<Text<'a>>,
    /// When the sample was taken, of the same block.
    pub sample_time: Option<CivilTime>,
    /// 0 for a factor's first block in its record, 1 for the next, when a packet repeats the factor.
    pub occurrence: u16,
    /// Place of the key in the frame.
    pub at: usize,
}

/// The readings of one DataTime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// DataTime as printed; `None` when none stands before the readings.
    pub time_text: Option<Text<'a>>,
    /// DataTime read; `None` when missing or no time.
    pub time: Option<CivilTime>,
    /// Values in order.
    pub readings: Vec<Reading<'a>>,
}

/// An upload with its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload<'a> {
    /// What it carries.
    pub kind: Kind,
    /// RF=1: sent again later, edition 2025.
    pub late: bool,
    /// One record for each DataTime, in order.
    pub records: Vec<Record<'a>>,
    /// RestartTime of 2081.
    pub restart_time: Option<CivilTime>,
    /// PolId, where an instrument is named.
    pub pol_id: Option<Text<'a>>,
}

impl<'a> Upload<'a> {
    /// Reads a frame that carries data; `None` for requests, replies and settings (no DataTime and no factor,
    /// or a CN below 2000, or 9000 and above).
    pub fn read(frame: &Decoded<'a>) -> Option<Self> {
        let cn = frame.header().cn?.as_str()?;
        if !(cn.len() == 4 && (cn.starts_with('2') || cn.starts_with('3'))) {
            return None;
        }
        let records = records(frame);
        if records.is_empty() {
            return None;
        }
        Some(Self {
            kind: Kind::of(cn),
            late: frame.header().is_late(),
            records,
            restart_time: frame.get("RestartTime").and_then(CivilTime::parse),
            pol_id: frame.get("PolId"),
        })
    }
}

/// Marks of one block: a run of fields of one code.
#[derive(Default, Clone)]
struct Block<'a> {
    fields: Vec<&'a [u8]>,
    flag: Option<Text<'a>>,
    eflag: Option<Text<'a>>,
    sample_time: Option<CivilTime>,
    occurrence: u16,
}

/// A record being gathered.
struct Open<'a> {
    record: Record<'a>,
    blocks: Vec<Block<'a>>,
    /// Block of each reading.
    places: Vec<usize>,
    newest: HashMap<&'a [u8], usize>,
}

impl<'a> Open<'a> {
    fn new(time_text: Option<Text<'a>>) -> Self {
        let time = time_text.and_then(CivilTime::parse);
        Self {
            record: Record {
                time_text,
                time,
                readings: Vec::new(),
            },
            blocks: Vec::new(),
            places: Vec::new(),
            newest: HashMap::new(),
        }
    }

    fn add(&mut self, code: Text<'a>, field_text: Text<'a>, value: Text<'a>, at: usize) {
        let next = self.blocks.len();
        let mut place = *self.newest.entry(code.bytes()).or_insert(next);
        let repeated = self
            .blocks
            .get(place)
            .is_some_and(|block| block.fields.contains(&field_text.bytes()));
        if place == next || repeated {
            let before = self.blocks.get(place).map(|block| block.occurrence);
            let occurrence = before.map_or(0, |before| before.saturating_add(1));
            place = next;
            self.newest.insert(code.bytes(), place);
            self.blocks.push(Block {
                occurrence,
                ..Block::default()
            });
        }
        let Some(block) = self.blocks.get_mut(place) else {
            return;
        };
        block.fields.push(field_text.bytes());
        let field = field_text.as_str().map_or(Field::Other, Field::of);
        match field {
            Field::Flag => block.flag = Some(value),
            Field::EFlag => block.eflag = Some(value),
            Field::SampleTime => block.sample_time = CivilTime::parse(value),
            _ => {}
        }
        if !field.is_mark() {
            self.places.push(place);
            self.record.readings.push(Reading {
                code,
                field,
                field_text,
                value,
                number: decimal(value),
                flag: None,
                eflag: None,
                sample_time: None,
                occurrence: 0,
                at,
            });
        }
    }

    fn close(mut self) -> Record<'a> {
        for (reading, place) in self.record.readings.iter_mut().zip(&self.places) {
            let Some(block) = self.blocks.get(*place) else {
                continue;
            };
            reading.flag = block.flag;
            reading.eflag = block.eflag;
            reading.sample_time = block.sample_time;
            reading.occurrence = block.occurrence;
        }
        self.record
    }
}

/// Groups the factor items of a frame by the DataTime before them. A record without DataTime and without
/// readings is left out.
pub fn records<'a>(frame: &Decoded<'a>) -> Vec<Record<'a>> {
    let mut done = Vec::new();
    let mut open = Open::new(None);
    for item in frame.items() {
        let value = item.value.trim();
        match item.code_field() {
            None if item.key.trim() == "DataTime" => {
                let before = std::mem::replace(&mut open, Open::new(Some(value)));
                if before.record.time_text.is_some() || !before.record.readings.is_empty() {
                    done.push(before.close());
                }
            }
            None => {}
            Some((code, field)) => {
                let (code, field) = (code.trim(), field.trim());
                open.add(without_suffix(code, field), field, value, item.at);
            }
        }
    }
    if open.record.time_text.is_some() || !open.record.readings.is_empty() {
        done.push(open.close());
    }
    done
}

/// `LA-Rtd` with field `Rtd` is `LA`: loggers write the suffix twice.
fn without_suffix<'a>(code: Text<'a>, field: Text<'a>) -> Text<'a> {
    let front = code
        .bytes()
        .strip_suffix(field.bytes())
        .and_then(|front| front.strip_suffix(b"-"));
    match front {
        Some(front) if !field.is_empty() && !front.is_empty() => Text::new(front, code.charset()),
        _ => code,
    }
}
