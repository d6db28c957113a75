//! A record of areas with rules as a test of places needs it: where it holds, what it is called, what its rules say.

use jiff::civil::Date;
use serde_json::Value;

use crate::definition::Zoning;
use crate::expr::Scope;
use crate::record::Record;
use crate::register::Register;
use crate::text::Names;

/// One area in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone<'a> {
    /// Its extent, GeoJSON.
    pub place: &'a Value,
    /// The layer: code and names; the field and the register's name where the definition says nothing else.
    pub kind: (String, Names),
    /// Class within the layer.
    pub class: Option<Names>,
    /// What holds in it: the field's names and the text.
    pub rules: Vec<(Names, String)>,
    /// From how near it already matters, metres.
    pub within_m: f64,
}

/// The record as areas, one for each place with rules; none where its register has no such layer, the record does not hold
/// now, or the place is not filled in.
pub fn areas<'a>(register: &'a Register, record: &'a Record, today: Date) -> Vec<Zone<'a>> {
    let layers = register.definition.zoning.iter();
    layers
        .filter_map(|layer| area(register, layer, record, today))
        .collect()
}

fn area<'a>(register: &Register, layer: &'a Zoning, record: &'a Record, today: Date) -> Option<Zone<'a>> {
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
        let names = known.map_or_else(
            || Names::same(register.display(None, field, value)),
            |c| c.names.clone(),
        );
        Some((code.to_owned(), names))
    };
    let own = || {
        let names = layer.names.clone().unwrap_or_else(|| register.definition.names());
        (layer.field.clone(), names)
    };
    let law = layer
        .says
        .as_ref()
        .map(|text| (Names::new("普遍要求", "Rule of the layer"), text.clone()));
    Some(Zone {
        place: record.body.get(&layer.field)?,
        kind: layer.kind.as_ref().and_then(named).unwrap_or_else(own),
        class: layer.class.as_ref().and_then(named).map(|(_, names)| names),
        rules: law
            .into_iter()
            .chain(layer.rules.iter().filter_map(|name| {
                let field = register.definition.field(name)?;
                let text = register.display(None, field, record.body.get(name)?);
                Some((field.names(), text))
            }))
            .collect(),
        within_m: f64::from(layer.within_m),
    })
}
