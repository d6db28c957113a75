//! Who is who among lists (一源一档): whether a record of one register is the same source as a record of the register that
//! holds the sources. Identifiers decide by themselves; likeness only proposes, and a person decides.

use serde::Serialize;
use serde_json::Value;

use crate::definition::Comparison;
use crate::doubles::{self, Likeness, Verdict};
use crate::normalise::as_text;
use crate::record::Body;
use crate::register::Register;

/// What a record says of its source, in the words of the register that holds the sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Values by the source's field names.
    pub body: Body,
    /// Identifiers: field and value.
    pub exact: Vec<(String, String)>,
}

/// How a record compares with a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Identifiers that agree, by the source's field names.
    pub agree: Vec<String>,
    /// Identifiers that contradict.
    pub against: Vec<String>,
    /// Score and reasons.
    pub likeness: Likeness,
    /// What follows.
    pub decision: Decision,
}

/// What follows from a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// An identifier agrees and none contradicts: the same, without a person.
    Joined,
    /// A person must look: likeness only, or identifiers that agree and contradict at once.
    Review,
    /// Not the same.
    Different,
}

/// What a record of a register with an identity says of its source; `None` where the register has none or nothing of it
/// is filled in.
pub fn claim(register: &Register, sources: &Register, body: &Body) -> Option<Claim> {
    let identity = register.definition.identity.as_ref()?;
    let mut out = Body::new();
    for (theirs, own) in &identity.same {
        if let Some(value) = body.get(own) {
            out.insert(theirs.clone(), value.clone());
        }
    }
    (!out.is_empty()).then(|| Claim {
        exact: exact(sources, &out),
        body: out,
    })
}

/// The identifiers of a source's record.
pub fn exact(sources: &Register, body: &Body) -> Vec<(String, String)> {
    let fields = sources.definition.source.iter().flat_map(|s| &s.exact);
    fields
        .filter_map(|name| Some((name, body.get(name)?)))
        .flat_map(|(name, value)| match value {
            Value::Array(items) => items.iter().map(|v| (name.clone(), as_text(v))).collect(),
            one => vec![(name.clone(), as_text(one))],
        })
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// A source's record under each of its names, so that an alias is as good as the name.
pub fn guises(sources: &Register, body: &Body) -> Vec<Body> {
    let mut out = vec![body.clone()];
    let Some(rules) = &sources.definition.source else {
        return out;
    };
    let others = rules
        .aliases
        .as_ref()
        .and_then(|a| body.get(a))
        .and_then(Value::as_array);
    for alias in others.into_iter().flatten() {
        let mut guise = body.clone();
        guise.insert(rules.name.clone(), alias.clone());
        out.push(guise);
    }
    out
}

/// Index terms of a record or source: what shares none cannot be alike.
pub fn terms(sources: &Register, body: &Body) -> Vec<String> {
    let mut out: Vec<String> = guises(sources, body)
        .iter()
        .flat_map(|guise| doubles::terms(sources, guise))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Compares a claim with a source's record.
pub fn compare(sources: &Register, source: &Body, claim: &Claim) -> Compared {
    let own = exact(sources, source);
    let agree: Vec<String> = claim
        .exact
        .iter()
        .filter(|pair| own.contains(pair))
        .map(|(field, _)| field.clone())
        .collect();
    let contradicts = sources.definition.matching.iter().flat_map(|m| &m.compare);
    let against: Vec<String> = contradicts
        .filter(|rule| rule.how == Comparison::Exact && rule.against > 0 && !agree.contains(&rule.field))
        .filter(|rule| {
            let (mine, theirs) = (source.get(&rule.field), claim.body.get(&rule.field));
            mine.zip(theirs).is_some_and(|(a, b)| a != b)
        })
        .map(|rule| rule.field.clone())
        .collect();
    let likeness = guises(sources, source)
        .iter()
        .filter_map(|guise| doubles::likeness(sources, guise, &claim.body))
        .max_by_key(|l| l.score)
        .unwrap_or(Likeness {
            score: 0,
            verdict: Verdict::Different,
            reasons: Vec::new(),
        });
    let decision = match (agree.is_empty(), against.is_empty(), likeness.verdict) {
        (false, true, _) => Decision::Joined,
        (false, false, _) | (true, _, Verdict::Same | Verdict::Review) => Decision::Review,
        (true, _, Verdict::Different) => Decision::Different,
    };
    Compared {
        agree,
        against,
        likeness,
        decision,
    }
}
