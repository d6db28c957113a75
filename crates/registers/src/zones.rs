//! A zone layer's record as a zone test needs it: where it holds, what it is called, what its rules say.

use jiff::civil::Date;
use serde_json::Value;

use crate::expr::Scope;
use crate::record::Record;
use crate::register::Register;
use crate::text::Names;

/// One zone in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone<'a> {
    /// Its extent, GeoJSON.
    pub place: &'a Value,
    /// The layer: code and names; the register's own name where it is one layer.
    pub kind: (String, Names),
    /// Class within the layer.
    pub class: Option<Names>,
    /// What holds in it: the field's names and the text.
    pub rules: Vec<(Names, String)>,
}

/// The record as a zone; `None` where its register is no zone layer, the record does not hold now, or it has no place.
pub fn zone<'a>(register: &Register, record: &'a Record, today: Date) -> Option<Zone<'a>> {
    let layer = register.definition.zone.as_ref()?;
    let scope = Scope {
        body: &record.body,
        row: None,
        state: record.state.as_deref(),
        today: Some(today),
    };
    if !register.passes(layer.filter.as_ref(), &scope) {
        return None;
    }
    let named = |name: &String| {
        let field = register.definition.field(name)?;
        let value = record.body.get(name)?;
        let code = value.as_str().unwrap_or_default();
        let known = register.codes(None, field).and_then(|list| list.get(code));
        let names = known.map_or_else(|| Names::same(register.display(None, field, value)), |c| c.names.clone());
        Some((code.to_owned(), names))
    };
    let own = || (register.name().to_owned(), register.definition.names());
    Some(Zone {
        place: record.body.get(&layer.field)?,
        kind: layer.kind.as_ref().and_then(named).unwrap_or_else(own),
        class: layer.class.as_ref().and_then(named).map(|(_, names)| names),
        rules: layer
            .rules
            .iter()
            .filter_map(|name| {
                let field = register.definition.field(name)?;
                let text = register.display(None, field, record.body.get(name)?);
                Some((field.names(), text))
            })
            .collect(),
    })
}
