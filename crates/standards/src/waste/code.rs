//! Codes of waste: hazardous-waste codes against the list, solid-waste codes, manifest numbers, digital IDs.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::Confidence;
use crate::table;

#[derive(Debug, Deserialize)]
struct Listed {
    code: String,
    hazard: String,
}

#[derive(Debug, Deserialize)]
struct CategoryName {
    no: String,
    name: String,
}

const CODES: &str = include_str!("../../data/hw_codes.csv");
const CATEGORIES: &str = include_str!("../../data/hw_categories.csv");
static LIST: LazyLock<Vec<Listed>> = LazyLock::new(|| table::rows(CODES));
static NAMES: LazyLock<Vec<CategoryName>> = LazyLock::new(|| table::rows(CATEGORIES));

/// A hazardous-waste code `XXX-YYY-ZZ`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HazardousCode {
    /// Producing industry, three digits; `900` is non-specific.
    pub industry: String,
    /// Serial, three digits.
    pub serial: String,
    /// Category, `HW01` … `HW50`.
    pub category: String,
    /// Name of the category in short.
    pub category_name: &'static str,
    /// Hazards where the code stands in the list of 2021, sorted; `None` where it does not.
    pub hazards: Option<Vec<String>>,
    /// `900-000-ZZ`: identified by testing, not listed.
    pub identified: bool,
}

/// Why a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not `XXX-YYY-ZZ`.
    #[error("格式应为 XXX-YYY-ZZ (the format is XXX-YYY-ZZ)")]
    Format,
    /// A category that does not exist.
    #[error("没有该废物类别 (there is no such category)")]
    Category,
}

impl CodeError {
    /// `format`, `category`
    pub fn key(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Category => "category",
        }
    }
}

fn digits(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_digit())
}

/// Three parts parted by hyphens.
fn three(code: &str) -> Option<(&str, &str, &str)> {
    let (first, rest) = code.split_once('-')?;
    let (second, third) = rest.split_once('-')?;
    Some((first, second, third))
}

/// Reads a hazardous-waste code.
pub fn hazardous_code(code: &str) -> Result<HazardousCode, CodeError> {
    let (industry, serial, no) = three(code).ok_or(CodeError::Format)?;
    if !(digits(industry, 3) && digits(serial, 3) && digits(no, 2)) {
        return Err(CodeError::Format);
    }
    let name = NAMES.iter().find(|c| c.no == no).ok_or(CodeError::Category)?;
    let hazards = LIST.iter().find(|l| l.code == code).map(|l| {
        let mut hazards: Vec<String> = l.hazard.split('|').map(str::to_owned).collect();
        hazards.sort();
        hazards
    });
    Ok(HazardousCode {
        industry: industry.to_owned(),
        serial: serial.to_owned(),
        category: format!("HW{no}"),
        category_name: &name.name,
        hazards,
        identified: industry == "900" && serial == "000",
    })
}

/// A group of classes of solid waste.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    from: u8,
    to: u8,
    /// `industrial`, `domestic`, `construction`, `agricultural`, `other`
    pub group: String,
    /// Chinese name.
    pub name: String,
    /// How sure the row is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const GROUPS: &str = include_str!("../../data/waste_solid_groups.csv");
static GROUP: LazyLock<Vec<Group>> = LazyLock::new(|| table::rows(GROUPS));

/// Reads a solid-waste code `XXX-YYY-Sxx` with serial 001–099; its class and group, `None` where it does not follow
/// the rule.
pub fn solid_code(code: &str) -> Option<(String, &'static Group)> {
    let (industry, serial, class) = three(code)?;
    let no = class.strip_prefix('S').filter(|no| digits(no, 2))?;
    let serial_no: u16 = serial.parse().ok().filter(|_| digits(serial, 3))?;
    if !digits(industry, 3) || !(1..=99).contains(&serial_no) {
        return None;
    }
    let no: u8 = no.parse().ok()?;
    let group = GROUP.iter().find(|g| (g.from..=g.to).contains(&no))?;
    Some((class.to_owned(), group))
}

/// A manifest number: year, province, city, serial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestNo {
    /// Four digits.
    pub year: u16,
    /// Two digits of the province.
    pub province: String,
    /// Two digits of the city.
    pub city: String,
    /// Serial of the moving-out city in that year.
    pub serial: u32,
}

/// Reads a manifest number of 14 digits; `None` where it does not follow the rule.
pub fn manifest_no(no: &str) -> Option<ManifestNo> {
    if !digits(no, 14) {
        return None;
    }
    Some(ManifestNo {
        year: no.get(..4)?.parse().ok()?,
        province: no.get(4..6)?.to_owned(),
        city: no.get(6..8)?.to_owned(),
        serial: no.get(8..)?.parse().ok()?,
    })
}

/// A digital ID of a container label (HJ 1276-2022): unit, waste code, date, serial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigitalId {
    /// Unified social credit code, 18 characters.
    pub unit: String,
    /// Waste code without hyphens, 8 digits.
    pub waste: String,
    /// Day, `YYYYMMDD`.
    pub date: String,
    /// Serial, 6 digits.
    pub serial: String,
}

/// Reads a digital ID of 40 characters leniently (lengths of the parts are unverified).
pub fn digital_id(id: &str) -> Option<DigitalId> {
    if id.len() != 40 {
        return None;
    }
    let (unit, rest) = id.split_at_checked(18)?;
    let unit_fits = unit.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if !(unit_fits && digits(rest, 22)) {
        return None;
    }
    Some(DigitalId {
        unit: unit.to_owned(),
        waste: rest.get(..8)?.to_owned(),
        date: rest.get(8..16)?.to_owned(),
        serial: rest.get(16..)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(CODES, &LIST);
        table::assert_complete(CATEGORIES, &NAMES);
        table::assert_complete(GROUPS, &GROUP);
        assert_eq!((LIST.len(), NAMES.len()), (467, 46));
    }

    #[test]
    fn every_listed_code_is_read() {
        for listed in LIST.iter() {
            let read = hazardous_code(&listed.code).unwrap();
            let known = ["C", "I", "In", "R", "T"];
            assert!(
                read.hazards.unwrap().iter().all(|h| known.contains(&h.as_str())),
                "{}",
                listed.code
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_fails_badly(text in ".{0,45}") {
            let _ = (hazardous_code(&text), solid_code(&text), manifest_no(&text), digital_id(&text));
        }
    }
}
