//! Which subjects a caller sees: the scope of the table applied to the caller's own unit or firm.

use model::ids::{SubjectCode, UnitCode};
use model::subject::SubjectSpec;

use super::Scope;

/// The data a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything.
    All,
    /// Subjects of this unit, or of a firm of this unit.
    Unit(UnitCode),
    /// This firm and what belongs to it.
    Firm(SubjectCode),
    /// Nothing: the scope needs a unit or firm that the caller does not have.
    Nothing,
}

impl Sight {
    /// From a scope and what the caller is.
    pub fn new(scope: Scope, unit: Option<&UnitCode>, firm: Option<&SubjectCode>) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::Unit => unit.map_or(Self::Nothing, |u| Self::Unit(u.clone())),
            Scope::Firm => firm.map_or(Self::Nothing, |f| Self::Firm(f.clone())),
        }
    }

    /// Whether everything is seen, things without a subject included.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// Whether a subject is seen; `parent` is the firm it belongs to, where it belongs to one.
    pub fn sees(&self, subject: &SubjectSpec, parent: Option<&SubjectSpec>) -> bool {
        match self {
            Self::All => true,
            Self::Unit(unit) => {
                // An outlet without a unit of its own is where its firm is.
                let own = subject
                    .unit
                    .as_ref()
                    .or_else(|| parent.and_then(|p| p.unit.as_ref()));
                own == Some(unit)
            }
            Self::Firm(firm) => subject.code == *firm || subject.parent.as_ref() == Some(firm),
            Self::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(code: &str, parent: Option<&str>, unit: Option<&str>) -> SubjectSpec {
        serde_json::from_value(serde_json::json!({
            "code": code, "kind": "gas_outlet", "zh": code, "parent": parent, "unit": unit,
        }))
        .unwrap()
    }

    #[test]
    fn an_outlet_without_a_unit_is_where_its_firm_is() {
        let firm = subject("firm-a", None, Some("town-1"));
        let outlet = subject("out-1", Some("firm-a"), None);
        let moved = subject("out-2", Some("firm-a"), Some("town-2"));
        let town = Sight::new(Scope::Unit, Some(&UnitCode::new("town-1")), None);
        assert!(town.sees(&outlet, Some(&firm)));
        assert!(!town.sees(&moved, Some(&firm)));
        assert!(!town.sees(&outlet, None));
        let own = Sight::new(Scope::Firm, None, Some(&SubjectCode::new("firm-a")));
        assert!(own.sees(&moved, Some(&firm)) && own.sees(&firm, None));
        assert!(!own.sees(&subject("out-3", Some("firm-b"), Some("town-1")), None));
    }

    #[test]
    fn a_town_without_a_unit_sees_nothing() {
        let nobody = Sight::new(Scope::Unit, None, None);
        assert!(!nobody.sees(&subject("x", None, None), None));
    }
}
