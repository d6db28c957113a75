//! Editions of the standard and the Flag byte that tells them apart.

use crate::text::Text;

/// Which text of the standard a frame follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// HJ/T 212-2005: version bits 000000, or no Flag at all.
    V2005,
    /// HJ 212-2017: version bits 000001.
    V2017,
    /// HJ 212-2025: version bits 000010.
    V2025,
    /// The national surface-water network, which used version bits 000010 years before 2025.
    SurfaceWater,
    /// A header other than `##` and four digits, or version bits no edition has.
    Nonstandard,
}

impl Edition {
    /// Stable name: `2005`, `2017`, `2025`, `surface-water`, `nonstandard`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2005 => "2005",
            Self::V2017 => "2017",
            Self::V2025 => "2025",
            Self::SurfaceWater => "surface-water",
            Self::Nonstandard => "nonstandard",
        }
    }

    /// The version bits this edition sends (section 4 of 2017, table of Flag).
    pub const fn version_bits(self) -> u8 {
        match self {
            Self::V2005 | Self::Nonstandard => 0,
            Self::V2017 => 1,
            Self::V2025 | Self::SurfaceWater => 2,
        }
    }

    /// The standard whose tables of commands and codes apply.
    #[must_use]
    pub const fn tables(self) -> Self {
        match self {
            Self::SurfaceWater => Self::V2017,
            Self::Nonstandard => Self::V2005,
            other => other,
        }
    }

    /// Length in bytes that the content of CP may have: 960 in 2005, 950 since 2017.
    pub const fn cp_limit(self) -> usize {
        match self {
            Self::V2005 | Self::Nonstandard => 960,
            Self::V2017 | Self::V2025 | Self::SurfaceWater => 950,
        }
    }

    /// Judges by version bits; bits 000010 are surface water when something in the frame cannot be 2025:
    /// ST=21, an MN that is not the 24 hexadecimal-like characters (empty is: before activation), or a QN
    /// from a year before the 2025 text was drafted.
    pub(crate) fn judge(
        flag: Option<Flag>,
        st: Option<Text<'_>>,
        mn: Option<Text<'_>>,
        qn: Option<Text<'_>>,
    ) -> Self {
        match flag.map_or(0, Flag::version) {
            0 => Self::V2005,
            1 => Self::V2017,
            2 => {
                let station = st.is_some_and(|st| st == "21");
                let foreign_mn = mn.is_some_and(|mn| {
                    let bytes = mn.bytes();
                    !bytes.is_empty() && (bytes.len() != 24 || !bytes.iter().all(u8::is_ascii_alphanumeric))
                });
                let before_draft = qn.is_some_and(|qn| {
                    qn.bytes()
                        .get(..4)
                        .is_some_and(|year| year.starts_with(b"20") && year < b"2023".as_slice())
                });
                if station || foreign_mn || before_draft {
                    Self::SurfaceWater
                } else {
                    Self::V2025
                }
            }
            _ => Self::Nonstandard,
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Edition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The Flag field: `V5 V4 V3 V2 V1 V0 D A`. Kept wider than a byte because oversized numbers occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flag(pub u32);

impl Flag {
    /// A Flag of `edition` with the split (D) and answer (A) bits.
    pub fn new(edition: Edition, split: bool, ack: bool) -> Self {
        Self(u32::from(edition.version_bits()) << 2 | u32::from(split) << 1 | u32::from(ack))
    }

    /// Version bits V5..V0.
    pub const fn version(self) -> u32 {
        self.0 >> 2
    }

    /// D: PNUM and PNO are present. Examples of 2005 set it without having them.
    pub const fn split(self) -> bool {
        self.0 & 2 != 0
    }

    /// A: the receiver must answer.
    pub const fn ack(self) -> bool {
        self.0 & 1 != 0
    }
}
