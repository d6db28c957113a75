//! Instants are UTC milliseconds inside, `Asia/Shanghai` civil time at the edges. The clock is an argument.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An instant, milliseconds since 1970-01-01T00:00:00Z. Serialised as that number.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct UtcMs(pub i64);

/// Where the present comes from. Only the binary reads the machine's clock; tests set their own.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> UtcMs;
}

/// The district's time zone. Shanghai had daylight saving from 1986 to 1991, so no fixed +08:00.
pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
}

impl UtcMs {
    /// From civil time in the district. Times that a clock change skipped move forward with the clock.
    pub fn from_civil(civil: DateTime) -> Option<Self> {
        let zoned = zone().to_ambiguous_zoned_datetime(civil).compatible().ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// Civil time in the district.
    pub fn civil(self) -> Option<DateTime> {
        let stamp = Timestamp::from_millisecond(self.0).ok()?;
        Some(zone().to_datetime(stamp))
    }

    /// Reads `YYYYMMDDhhmmss` (HJ 212 DataTime; further digits are milliseconds) as civil time of the district.
    pub fn from_compact(text: &str) -> Option<Self> {
        let digits = text.trim();
        if digits.len() < 14 || digits.len() > 17 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
        let small = |range| part(range).and_then(|n| i8::try_from(n).ok());
        let civil = DateTime::new(
            part(0..4)?,
            small(4..6)?,
            small(6..8)?,
            small(8..10)?,
            small(10..12)?,
            small(12..14)?,
            0,
        )
        .ok()?;
        let millis = match digits.get(14..) {
            Some("") | None => 0,
            Some(rest) => format!("{rest:0<3}").parse::<i64>().ok()?,
        };
        Self::from_civil(civil).map(|t| Self(t.0 + millis))
    }

    /// `YYYYMMDDhhmmss` in civil time of the district.
    pub fn to_compact(self) -> String {
        self.civil()
            .map_or_else(String::new, |c| c.strftime("%Y%m%d%H%M%S").to_string())
    }

    /// Reads `YYYY-MM-DD[ T]hh:mm[:ss]` or `YYYY-MM-DD` (civil) or an RFC 3339 instant.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Some(Self(stamp.as_millisecond()));
        }
        if let Ok(civil) = text.parse::<DateTime>() {
            return Self::from_civil(civil);
        }
        let date: jiff::civil::Date = text.parse().ok()?;
        Self::from_civil(date.at(0, 0, 0, 0))
    }

    /// `2026-11-24T08:00:00+08:00`
    pub fn to_rfc3339(self) -> String {
        Timestamp::from_millisecond(self.0)
            .map(|s| {
                s.to_zoned_datetime(zone())
                    .strftime("%Y-%m-%dT%H:%M:%S%:z")
                    .to_string()
            })
            .unwrap_or_default()
    }

    /// `2026-11-24T08:00:00.250+08:00`: for what happens more than once within a second.
    pub fn to_rfc3339_ms(self) -> String {
        Timestamp::from_millisecond(self.0)
            .map(|s| {
                s.to_zoned_datetime(zone())
                    .strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
                    .to_string()
            })
            .unwrap_or_default()
    }

    /// Moved by milliseconds.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// Length of one stored value's period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// 实时
    Realtime,
    /// 分钟
    Minute,
    /// 小时
    Hour,
    /// 日
    Day,
    /// 月
    Month,
    /// 年
    Year,
}

impl Grain {
    /// All grains, finest first.
    pub const ALL: [Self; 6] = [
        Self::Realtime,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Month,
        Self::Year,
    ];

    /// Stable name, as in the database and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Realtime => "realtime",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.name() == name)
    }

    /// Start of the civil period of this grain that holds `t`; the instant itself for real time, the full
    /// minute for minutes.
    pub fn start(self, t: UtcMs) -> Option<UtcMs> {
        let c = t.civil()?;
        let civil = match self {
            Self::Realtime => return Some(t),
            Self::Minute => c.date().at(c.hour(), c.minute(), 0, 0),
            Self::Hour => c.date().at(c.hour(), 0, 0, 0),
            Self::Day => c.date().at(0, 0, 0, 0),
            Self::Month => c.date().first_of_month().at(0, 0, 0, 0),
            Self::Year => c.date().first_of_year().at(0, 0, 0, 0),
        };
        UtcMs::from_civil(civil)
    }

    /// Start of the period after the one that holds `t`; for real time, one second on.
    pub fn next(self, t: UtcMs) -> Option<UtcMs> {
        let c = self.start(t)?.civil()?;
        let civil = match self {
            Self::Realtime => return Some(t.plus_ms(1000)),
            Self::Minute => c.checked_add(1.minute()),
            Self::Hour => c.checked_add(1.hour()),
            Self::Day => c.checked_add(1.day()),
            Self::Month => c.checked_add(1.month()),
            Self::Year => c.checked_add(1.year()),
        };
        UtcMs::from_civil(civil.ok()?)
    }

    /// Storage bucket: observations of one bucket lie together. Fine grains by day, hours by 32 days, days and
    /// above by 1024 days, so that a bucket of one series stays within about one database page.
    pub fn bucket(self, t: UtcMs) -> i64 {
        let day = t.0.div_euclid(86_400_000);
        match self {
            Self::Realtime | Self::Minute => day,
            Self::Hour => day.div_euclid(32),
            Self::Day | Self::Month | Self::Year => day.div_euclid(1024),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_time_keeps_the_daylight_saving_of_1986_to_1991() {
        let summer = UtcMs::from_compact("19900701120000").unwrap();
        assert_eq!(summer.to_rfc3339(), "1990-07-01T12:00:00+09:00");
        let now = UtcMs::from_compact("20261124080000").unwrap();
        assert_eq!(now.to_rfc3339(), "2026-11-24T08:00:00+08:00");
        assert_eq!(now.to_compact(), "20261124080000");
        assert_eq!(
            UtcMs::from_compact("20160824003817000"),
            UtcMs::from_compact("20160824003817")
        );
        assert_eq!(UtcMs::parse("2026-11-24 08:00"), Some(now));
        let within = now.plus_ms(7);
        assert_eq!(within.to_rfc3339_ms(), "2026-11-24T08:00:00.007+08:00");
        for told in [within, now] {
            assert_eq!(UtcMs::parse(&told.to_rfc3339_ms()), Some(told));
        }
        assert_eq!(UtcMs::parse("2026-11-24T00:00:00Z"), Some(now));
        for bad in [
            "",
            "2026112408000",
            "20261324080000",
            "20260230080000",
            "2026112408000x",
        ] {
            assert_eq!(UtcMs::from_compact(bad), None, "{bad}");
        }
    }

    #[test]
    fn periods_are_civil() {
        let t = UtcMs::from_compact("20261124083512").unwrap();
        assert_eq!(Grain::Day.start(t).unwrap().to_compact(), "20261124000000");
        assert_eq!(Grain::Month.next(t).unwrap().to_compact(), "20261201000000");
        assert_eq!(Grain::Hour.next(t).unwrap().to_compact(), "20261124090000");
    }
}
