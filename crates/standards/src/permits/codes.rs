//! Codes of discharge permits (HJ 608-2017): permit number with the check digit of the credit code (GB 32100-2015), and
//! the codes of outlets and facilities.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::Confidence;
use crate::table;

/// Characters of a unified social credit code, in the order of their values.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A permit number taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitCode {
    /// 统一社会信用代码, 18 characters.
    pub credit_code: String,
    /// Sequence of the place of production, three digits.
    pub sequence: String,
    /// Letter: what kind of permit or receipt.
    pub letter: char,
}

/// Why a permit number is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not 18 + 3 + 1 characters of the right kinds.
    #[error(
        "许可证编号应为 18 位统一社会信用代码 + 3 位顺序码 + 1 位字母 (must be credit code, 3 digits, 1 letter)"
    )]
    Format,
    /// The 18th character does not fit the first 17.
    #[error("统一社会信用代码校验码不符 (the check digit of the credit code is wrong)")]
    CheckDigit,
}

impl CodeError {
    /// `format`, `check_digit`.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::CheckDigit => "check_digit",
        }
    }
}

fn value_of(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|c| *c == byte)
}

/// The check character of the first 17 of a credit code: weights 3^i mod 31 (GB 32100-2015). `None` where they are not
/// 17 characters of the alphabet.
pub fn credit_check(first_17: &str) -> Option<char> {
    if first_17.len() != 17 {
        return None;
    }
    let mut weight = 1_usize;
    let mut sum = 0_usize;
    for byte in first_17.bytes() {
        sum += value_of(byte)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.get((31 - sum % 31) % 31).map(|c| char::from(*c))
}

/// Takes a permit number apart and checks it.
pub fn permit_code(code: &str) -> Result<PermitCode, CodeError> {
    let bytes = code.as_bytes();
    let (Some(credit), Some(sequence), Some(letter)) = (code.get(..18), code.get(18..21), code.get(21..))
    else {
        return Err(CodeError::Format);
    };
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let known = credit.bytes().all(|b| value_of(b).is_some());
    let mut letters = letter.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else {
        return Err(CodeError::Format);
    };
    if !known || !digits(2..8) || !digits(18..21) || !letter.is_ascii_uppercase() {
        return Err(CodeError::Format);
    }
    let check = credit.get(..17).and_then(credit_check);
    if check != credit.chars().last() {
        return Err(CodeError::CheckDigit);
    }
    Ok(PermitCode {
        credit_code: credit.to_owned(),
        sequence: sequence.to_owned(),
        letter,
    })
}

/// A kind of code within a permit.
#[derive(Clone, Debug, Deserialize)]
pub struct FacilityKind {
    prefix: String,
    digits: usize,
    /// `outlet`, `production`, `treatment`.
    #[serde(rename = "type")]
    pub kind: String,
    element: String,
    /// Chinese name.
    pub name_zh: String,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl FacilityKind {
    /// `air`, `water`, `noise`, `solid`; `None` for production.
    pub fn element(&self) -> Option<&str> {
        Some(self.element.as_str()).filter(|e| !e.is_empty())
    }
}

const TABLE: &str = include_str!("../../data/permit_codes.csv");
static KINDS: LazyLock<Vec<FacilityKind>> = LazyLock::new(|| table::rows(TABLE));

/// What an outlet or facility code names, with its serial; `None` where it has no such shape.
pub fn facility_code(code: &str) -> Option<(&'static FacilityKind, u32)> {
    KINDS.iter().find_map(|kind| {
        let serial = code.strip_prefix(kind.prefix.as_str())?;
        let fits = serial.len() == kind.digits && serial.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| serial.parse().ok().map(|n| (kind, n))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(TABLE, &KINDS);
    }

    #[test]
    fn text_of_any_kind_is_refused_not_cut() {
        for code in [
            "",
            "许可证",
            "９１１３０２００６９９２２９６１７Ｘ００１Ｐ",
            "91130200699229617X001PP",
        ] {
            assert_eq!(permit_code(code), Err(CodeError::Format), "{code}");
        }
        assert!(facility_code("DA００1").is_none());
    }

    proptest::proptest! {
        #[test]
        fn a_changed_digit_is_found(position in 2_usize..8, step in 1_u8..10) {
            let good = "91130200699229617X001P";
            let mut bytes = good.as_bytes().to_vec();
            bytes[position] = b'0' + (bytes[position] - b'0' + step) % 10;
            let changed = String::from_utf8(bytes).unwrap();
            proptest::prop_assert_eq!(permit_code(&changed), Err(CodeError::CheckDigit));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = permit_code(&text);
            let _ = facility_code(&text);
        }
    }
}
