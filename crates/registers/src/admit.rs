//! The one way into a register: normalise, fill in defaults, compute, check. All findings are told at once.

use jiff::civil::Date;

use crate::check::Check;
use crate::expr::Scope;
use crate::record::{Body, Finding};
use crate::register::Register;
use crate::{compute, normalise};

/// Answers whether what a record refers to exists.
pub trait References {
    /// Whether the register has the record.
    fn record(&self, register: &str, id: &str) -> bool;
    /// Whether there is a subject of the kind (`any` for every kind) with the code.
    fn subject(&self, kind: &str, code: &str) -> bool;
    /// Whether there is a unit with the code.
    fn unit(&self, code: &str) -> bool;
}

/// Takes every reference for good: for previews, and where the caller checks references by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyReference;

impl References for AnyReference {
    fn record(&self, _: &str, _: &str) -> bool {
        true
    }

    fn subject(&self, _: &str, _: &str) -> bool {
        true
    }

    fn unit(&self, _: &str) -> bool {
        true
    }
}

/// A body as entered to a body that may be stored, or everything that is wrong with it.
///
/// `state` is the record's state (rules may ask for it), `today` the present day in the district. Admitting an
/// admitted body changes nothing.
pub fn admit(
    register: &Register,
    raw: &Body,
    state: Option<&str>,
    today: Date,
    references: &dyn References,
) -> Result<Body, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut body = normalise::body(register, raw, &mut findings);
    compute::defaults(register, &mut body);
    compute::computed(register, &mut body);
    let scope = Scope {
        body: &body,
        row: None,
        state,
        today: Some(today),
    };
    Check {
        register,
        references,
        scope,
        findings: &mut findings,
    }
    .run();
    if findings.is_empty() {
        Ok(body)
    } else {
        Err(findings)
    }
}

/// The values of a record's keys, each with the names of its fields; a key with a missing value is left out.
pub fn keys(register: &Register, body: &Body) -> Vec<(Vec<String>, Vec<String>)> {
    let value = |name: &String| body.get(name).map(normalise::as_text);
    register
        .definition
        .key
        .iter()
        .filter_map(|key| {
            Some((
                key.fields.clone(),
                key.fields.iter().map(value).collect::<Option<Vec<_>>>()?,
            ))
        })
        .collect()
}
