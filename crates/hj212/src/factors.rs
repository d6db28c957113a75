//! Factor codes: names, units and formats of HJ 212-2017 appendix B, with the codes of 2005, looked up both ways.
//!
//! Process codes end in an equipment number (`e101xx`), furnace temperatures in a point (`i3331x`): these are
//! found by pattern. Site information codes are compared without regard to case (the standard prints `I33400`).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::table::rows;

/// A factor of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// Code since 2017, `xx` standing for an equipment number; empty for codes only 2005 has.
    pub code: &'static str,
    /// Code of 2005; empty when there is none.
    pub code_2005: &'static str,
    /// Table group: water, gas, noise, process, site.
    pub medium: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Unit of the value, `1` for pure numbers; empty when the table has none.
    pub unit: &'static str,
    /// Unit of the quantity (Cou); empty when none is reported.
    pub unit_emission: &'static str,
    /// Number format, `N5.2`.
    pub format: &'static str,
    /// Unit printed in 2005.
    pub unit_2005: &'static str,
    /// Format in 2005.
    pub format_2005: &'static str,
    /// What is doubtful about the row.
    pub note: &'static str,
}

static FACTORS: LazyLock<Vec<Factor>> = LazyLock::new(|| {
    let rows = rows::<11>(include_str!("../data/factors.tsv"));
    rows.map(
        |[
            code,
            code_2005,
            medium,
            zh,
            en,
            unit,
            unit_emission,
            format,
            unit_2005,
            format_2005,
            note,
        ]| Factor {
            code,
            code_2005,
            medium,
            zh,
            en,
            unit,
            unit_emission,
            format,
            unit_2005,
            format_2005,
            note,
        },
    )
    .collect()
});

struct Index {
    by_code: HashMap<&'static str, &'static Factor>,
    by_2005: HashMap<&'static str, &'static Factor>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        by_code: HashMap::new(),
        by_2005: HashMap::new(),
    };
    for factor in FACTORS.iter() {
        // Two codes are printed twice; the first printing counts.
        if !factor.code.is_empty() {
            index.by_code.entry(factor.code).or_insert(factor);
        }
        if !factor.code_2005.is_empty() {
            index.by_2005.entry(factor.code_2005).or_insert(factor);
        }
    }
    index
});

/// All rows, in the order of the tables.
pub fn all() -> &'static [Factor] {
    &FACTORS
}

/// The factor of a code of 2017 or 2025 as it stands on the wire: exact, else by pattern.
///
/// ```
/// assert_eq!(hj212::factors::by_code("w01018").unwrap().zh, "化学需氧量");
/// assert_eq!(hj212::factors::by_code("e10102").unwrap().code, "e101xx");
/// assert_eq!(hj212::factors::by_code("I33400").unwrap().code, "i33400");
/// ```
pub fn by_code(code: &str) -> Option<&'static Factor> {
    let found = |code: &str| INDEX.by_code.get(code).copied().or_else(|| pattern(code));
    found(code).or_else(|| {
        let site = code.starts_with('I') && code.is_ascii();
        if site {
            found(&code.to_ascii_lowercase())
        } else {
            None
        }
    })
}

fn pattern(code: &str) -> Option<&'static Factor> {
    if code.len() != 6 || !code.is_ascii() {
        return None;
    }
    let tail = |from: usize| {
        code.get(from..)
            .filter(|tail| tail.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let starred = match code.as_bytes().first()? {
        b'e' | b'g' => tail(4)
            .and_then(|_| code.get(..4))
            .map(|front| format!("{front}xx")),
        b'i' => tail(5)
            .and_then(|_| code.get(..5))
            .map(|front| format!("{front}x")),
        _ => None,
    };
    INDEX.by_code.get(starred?.as_str()).copied()
}

/// The factor of a code of 2005 (`011`, `02`, `B01`, `S01`).
pub fn by_code_2005(code: &str) -> Option<&'static Factor> {
    INDEX.by_2005.get(code).copied()
}

/// The factor of a code of whichever edition; since 2017 codes count first.
pub fn find(code: &str) -> Option<&'static Factor> {
    by_code(code).or_else(|| by_code_2005(code))
}
