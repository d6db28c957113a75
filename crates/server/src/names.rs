//! What a factor code is called and measured in (`data/factors.csv`, codes of HJ 212-2017 and -2005). Unknown codes
//! keep their code as name and have no unit: nothing is guessed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::observation::Statistic;
use model::subject::SubjectKind;

/// A factor's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// Unit; empty for none and for unknown.
    pub(crate) unit: String,
    /// Unit of its quantity over a period (累计值); empty where none is known.
    quantity_unit: String,
}

impl Name {
    /// Unit of a statistic: quantities (`Cou`) have their own.
    pub(crate) fn unit_of(&self, statistic: &Statistic) -> String {
        if *statistic == Statistic::COU {
            self.quantity_unit.clone()
        } else {
            self.unit.clone()
        }
    }
}

#[derive(Debug, serde::Deserialize)]
struct Row {
    code: String,
    zh: String,
    en: String,
    unit: String,
    ambient_unit: String,
    quantity_unit: String,
}

const TABLE: &str = include_str!("../data/factors.csv");

static ROWS: LazyLock<BTreeMap<String, Row>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    reader
        .deserialize::<Row>()
        .filter_map(Result::ok)
        .map(|row| (row.code.clone(), row))
        .collect()
});

/// Names of a factor; stations of ambient air measure some in another unit than stacks do.
pub(crate) fn factor(code: &str, kind: Option<SubjectKind>) -> Name {
    let Some(row) = ROWS.get(code) else {
        return Name {
            zh: code.to_owned(),
            en: code.to_owned(),
            unit: String::new(),
            quantity_unit: String::new(),
        };
    };
    let ambient = kind == Some(SubjectKind::AirStation) && !row.ambient_unit.is_empty();
    let unit = if ambient { &row.ambient_unit } else { &row.unit };
    Name {
        zh: row.zh.clone(),
        en: row.en.clone(),
        unit: unit.clone(),
        quantity_unit: row.quantity_unit.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(ROWS.len(), TABLE.lines().count() - 1);
        assert_eq!(factor("a21026", Some(SubjectKind::GasOutlet)).unit, "mg/m³");
        assert_eq!(factor("a21026", Some(SubjectKind::AirStation)).unit, "µg/m³");
        assert_eq!(factor("zz", None).zh, "zz");
    }
}
