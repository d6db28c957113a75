//! The simulator's tables: what each process emits, and how each quantity is written on the wire.

use std::sync::LazyLock;

const PROCESSES: &str = include_str!("../data/processes.csv");
const FACTORS: &str = include_str!("../data/factors.csv");

/// What a channel is to its outlet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 流量: has a quantity, no concentration.
    Flow,
    /// 烟气参数、水质参数: neither converted nor summed.
    Parameter,
    /// 污染物: converted to the reference oxygen where there is one, with an emitted quantity.
    Pollutant,
}

/// What is measured, and by which part of the simulated district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    Gas,
    Water,
    Section,
    Air,
}

/// One row of `factors.csv`.
#[derive(Clone, Debug)]
pub(crate) struct FactorRow {
    pub(crate) medium: Medium,
    pub(crate) quantity: &'static str,
    /// HJ 524/525 code; `code_2005` is empty where the edition has none.
    pub(crate) code: &'static str,
    pub(crate) code_2005: &'static str,
    pub(crate) decimals: usize,
    pub(crate) kind: Kind,
}

/// One row of `processes.csv`: typical value and relative spread of a quantity. Pollutants of stacks with a reference
/// oxygen content are given converted. Gas flow m³/s (standard, dry), water flow L/s, both at full load.
#[derive(Clone, Debug)]
pub(crate) struct ProcessRow {
    pub(crate) process: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) typical: f64,
    pub(crate) spread: f64,
}

pub(crate) static FACTOR_ROWS: LazyLock<Vec<FactorRow>> =
    LazyLock::new(|| FACTORS.lines().skip(1).filter_map(factor).collect());

static PROCESS_ROWS: LazyLock<Vec<ProcessRow>> =
    LazyLock::new(|| PROCESSES.lines().skip(1).filter_map(process).collect());

fn factor(line: &'static str) -> Option<FactorRow> {
    let mut cells = line.split(',');
    Some(FactorRow {
        medium: match cells.next()? {
            "gas" => Medium::Gas,
            "water" => Medium::Water,
            "section" => Medium::Section,
            "air" => Medium::Air,
            _ => return None,
        },
        quantity: cells.next()?,
        code: cells.next()?,
        code_2005: cells.next()?,
        decimals: cells.next()?.parse().ok()?,
        kind: match cells.next()? {
            "flow" => Kind::Flow,
            "parameter" => Kind::Parameter,
            "pollutant" => Kind::Pollutant,
            _ => return None,
        },
    })
}

fn process(line: &'static str) -> Option<ProcessRow> {
    let mut cells = line.split(',');
    Some(ProcessRow {
        process: cells.next()?,
        quantity: cells.next()?,
        typical: cells.next()?.parse().ok()?,
        spread: cells.next()?.parse().ok()?,
    })
}

/// Typical value and spread of a quantity in a process.
pub(crate) fn typical(process: &str, quantity: &str) -> Option<(f64, f64)> {
    PROCESS_ROWS
        .iter()
        .find(|r| r.process == process && r.quantity == quantity)
        .map(|r| (r.typical, r.spread))
}

/// Whether the table knows the process.
pub(crate) fn knows(process: &str) -> bool {
    PROCESS_ROWS.iter().any(|r| r.process == process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_both_tables_is_read_and_every_quantity_has_a_code() {
        assert_eq!(FACTOR_ROWS.len(), FACTORS.lines().count() - 1);
        assert_eq!(PROCESS_ROWS.len(), PROCESSES.lines().count() - 1);
        for row in PROCESS_ROWS.iter().filter(|r| r.quantity != "load") {
            assert!(
                FACTOR_ROWS.iter().any(|f| f.quantity == row.quantity),
                "{}",
                row.quantity
            );
            assert!(row.typical > 0.0 && row.spread < 0.5, "{row:?}");
        }
    }
}
