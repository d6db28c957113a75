//! Which factor code is which item of the standards: `data/factors.csv`, codes of HJ 212-2017 and -2005.
//!
//! `scale` turns the unit of the wire into the unit of the standard (µg/L → mg/L). Ambient-air values are taken in
//! µg/m³ (CO mg/m³), as stations send them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::ids::Factor;
use rust_decimal::Decimal;

const TABLE: &str = include_str!("../data/factors.csv");

/// What a factor is measured in, and so which standards speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Ambient air.
    Air,
    /// Surface water and wastewater.
    Water,
    /// Flue-gas parameters.
    Stack,
    /// Wastewater flow.
    Outfall,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Medium.
    pub medium: Medium,
    /// Key of the standards library (`pm25`, `codmn`, `o2`, `flow`).
    pub key: String,
    /// Wire unit × scale = unit of the standard.
    pub scale: Decimal,
}

static ROWS: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| rows().flatten().collect());

fn rows() -> impl Iterator<Item = Option<(String, Known)>> {
    TABLE.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        let code = cells.next()?.to_owned();
        let medium = match cells.next()? {
            "air" => Medium::Air,
            "water" => Medium::Water,
            "stack" => Medium::Stack,
            "outfall" => Medium::Outfall,
            _ => return None,
        };
        let key = cells.next()?.to_owned();
        let scale = cells.next()?.parse().ok()?;
        Some((code, Known { medium, key, scale }))
    })
}

/// What a factor code is, if the standards speak of it.
pub fn known(factor: &Factor) -> Option<&'static Known> {
    ROWS.get(factor.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert!(rows().all(|r| r.is_some()));
        assert_eq!(ROWS.len(), TABLE.lines().count() - 1);
        assert_eq!(known(&Factor::new("a21026")).unwrap().key, "so2");
        assert_eq!(known(&Factor::new("x")), None);
    }
}
