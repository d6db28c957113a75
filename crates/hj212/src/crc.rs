//! Checksums of HJ 212 frames: the standard's own CRC, and the two dialects that are met instead of it.
//!
//! The standard's register is shifted right by eight before each byte, so only its high byte is carried on.
//! That makes one step a linear map on eight bits, and eight steps a sum of eight table look-ups
//! which do not wait for each other: the reason why this is fast enough to check every frame.

const POLYNOMIAL: u16 = 0xA001;

/// `STEP[b]`: the register after byte `b` has gone in over an empty register.
const STEP: [u16; 256] = {
    let mut table = [0u16; 256];
    let mut index = 0;
    while index < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "index < 256")]
        let mut register = index as u16;
        let mut bit = 0;
        while bit < 8 {
            let low = register & 1;
            register >>= 1;
            if low == 1 {
                register ^= POLYNOMIAL;
            }
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "index < 256, evaluated at compile time")]
        {
            table[index] = register;
        }
        index += 1;
    }
    table
};

/// `POWER[k][b]`: the high byte that is left of `b` after `k + 1` steps.
const POWER: [[u8; 256]; 8] = {
    let mut table = [[0u8; 256]; 8];
    let mut power = 0;
    while power < 8 {
        let mut index = 0;
        while index < 256 {
            #[expect(
                clippy::indexing_slicing,
                reason = "both below the bounds, evaluated at compile time"
            )]
            {
                let before = if power == 0 {
                    index
                } else {
                    table[power - 1][index] as usize
                };
                table[power][index] = (STEP[before] >> 8) as u8;
            }
            index += 1;
        }
        power += 1;
    }
    table
};

/// CRC16 of HJ 212 (all editions, appendix A of 2017) over the data segment.
///
/// ```
/// assert_eq!(hj212::crc::hj212(b"123456789"), 0x2F80);
/// assert_eq!(hj212::crc::hj212(b""), 0xFFFF);
/// ```
#[inline]
pub fn hj212(data: &[u8]) -> u16 {
    let Some((&last, body)) = data.split_last() else {
        return 0xFFFF;
    };
    let [p1, p2, p3, p4, p5, p6, p7, p8] = &POWER;
    let at = |table: &[u8; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or_default();
    let (blocks, rest) = body.as_chunks::<8>();
    let mut high = 0xFF_u8;
    for &[a, b, c, d, e, f, g, h] in blocks {
        let later = at(p7, b) ^ at(p6, c) ^ at(p5, d) ^ at(p4, e) ^ at(p3, f) ^ at(p2, g) ^ at(p1, h);
        high = at(p8, high ^ a) ^ later;
    }
    for &byte in rest {
        high = at(p1, high ^ byte);
    }
    step(high ^ last)
}

/// CRC-16/MODBUS, which many loggers compute in place of the standard's.
///
/// ```
/// assert_eq!(hj212::crc::modbus(b"123456789"), 0x4B37);
/// ```
pub fn modbus(data: &[u8]) -> u16 {
    data.iter().fold(0xFFFF, |register: u16, &byte| {
        let [_, low] = register.to_be_bytes();
        (register >> 8) ^ step(low ^ byte)
    })
}

/// CRC-16/MODBUS with its two bytes swapped.
pub fn modbus_swapped(data: &[u8]) -> u16 {
    modbus(data).swap_bytes()
}

#[inline]
fn step(byte: u8) -> u16 {
    STEP.get(usize::from(byte)).copied().unwrap_or_default()
}

/// What the checksum printed in a frame turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// The CRC of HJ 212.
    Standard,
    /// Plain CRC-16/MODBUS.
    Modbus,
    /// CRC-16/MODBUS with its bytes swapped.
    ModbusSwapped,
    /// Four hexadecimal digits that fit none of the three.
    Other,
    /// There are no four hexadecimal digits where the checksum should stand.
    None,
}

impl Kind {
    /// Finds out which computation gives `given` over `data`; the standard's is tried first.
    pub fn of(given: u16, data: &[u8]) -> Self {
        if given == hj212(data) {
            return Self::Standard;
        }
        let plain = modbus(data);
        if given == plain {
            Self::Modbus
        } else if given == plain.swap_bytes() {
            Self::ModbusSwapped
        } else {
            Self::Other
        }
    }

    /// The checksum of `data` computed this way; `Other` and `None` count as the standard's.
    pub fn compute(self, data: &[u8]) -> u16 {
        match self {
            Self::Modbus => modbus(data),
            Self::ModbusSwapped => modbus_swapped(data),
            Self::Standard | Self::Other | Self::None => hj212(data),
        }
    }

    /// Stable name: `standard`, `modbus`, `modbus_swapped`, `other`, `none`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Modbus => "modbus",
            Self::ModbusSwapped => "modbus_swapped",
            Self::Other => "other",
            Self::None => "none",
        }
    }

    /// True when some known computation gives the printed checksum.
    pub const fn fits(self) -> bool {
        matches!(self, Self::Standard | Self::Modbus | Self::ModbusSwapped)
    }
}

/// Reads exactly four hexadecimal digits of either case.
#[inline]
pub fn parse_hex(digits: &[u8]) -> Option<u16> {
    let digits: &[u8; 4] = digits.try_into().ok()?;
    digits.iter().try_fold(0u16, |value, &digit| {
        Some((value << 4) | u16::from(hex_digit(digit)?))
    })
}

#[inline]
pub(crate) const fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loop as the standard prints it, bit by bit.
    fn by_the_letter(data: &[u8]) -> u16 {
        let mut register = 0xFFFF_u16;
        for &byte in data {
            register = (register >> 8) ^ u16::from(byte);
            for _ in 0..8 {
                let low = register & 1;
                register >>= 1;
                if low == 1 {
                    register ^= POLYNOMIAL;
                }
            }
        }
        register
    }

    #[test]
    fn worked_example_of_the_standard() {
        let segment = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
        assert_eq!(hj212(segment), 0x1C80);
        assert_eq!(modbus(segment), 0x0759);
        assert_eq!(modbus_swapped(segment), 0x5907);
        assert_eq!(hj212(&[0]), 0x4040);
    }

    #[test]
    fn printed_code_without_leading_zero_is_not_four_digits() {
        assert_eq!(parse_hex(b"1c80"), Some(0x1C80));
        assert_eq!(parse_hex(b"F01"), None);
        assert_eq!(parse_hex(b"?A00"), None);
    }

    proptest::proptest! {
        #[test]
        fn tables_equal_the_bit_loop(data in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            proptest::prop_assert_eq!(hj212(&data), by_the_letter(&data));
        }
    }
}
