//! Records that may mean the same thing (重复记录): a score with its reasons. A person decides.

use serde::Serialize;
use serde_json::Value;

use crate::definition::{Compare, Comparison, Matching};
use crate::normalise::plain;
use crate::place;
use crate::record::Body;
use crate::register::Register;
use crate::text::Names;

/// What the score says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At or above `same_from`.
    Same,
    /// At or above `review_from`.
    Review,
    /// Below.
    Different,
}

/// How two records compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Likeness {
    /// Sum of the weights that agree less those that contradict.
    pub score: i64,
    /// What it says.
    pub verdict: Verdict,
    /// Each comparison that counted.
    pub reasons: Vec<Reason>,
}

/// One comparison that counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The field compared.
    pub field: String,
    /// Weight added, or taken when negative.
    pub weight: i64,
    /// In words.
    pub said: Names,
}

/// Compares two bodies by the register's matching rules; `None` where it has none.
pub fn likeness(register: &Register, left: &Body, right: &Body) -> Option<Likeness> {
    let matching = register.definition.matching.as_ref()?;
    let mut reasons = Vec::new();
    for rule in &matching.compare {
        let (Some(a), Some(b)) = (left.get(&rule.field), right.get(&rule.field)) else {
            continue;
        };
        let names = register
            .definition
            .field(&rule.field)
            .map(crate::definition::Field::names)
            .unwrap_or_default();
        let (agree, detail) = agree(rule, a, b);
        let weight = if agree {
            i64::from(rule.weight)
        } else {
            -i64::from(rule.against)
        };
        if weight != 0 {
            let (zh, en) = if agree {
                ("一致", "agrees")
            } else {
                ("不一致", "disagrees")
            };
            let said = Names::new(
                format!("{}{zh}{detail}", names.zh),
                format!("{} {en}{detail}", names.en),
            );
            reasons.push(Reason {
                field: rule.field.clone(),
                weight,
                said,
            });
        }
    }
    let score = reasons.iter().map(|r| r.weight).sum();
    Some(Likeness {
        score,
        verdict: verdict(matching, score),
        reasons,
    })
}

fn verdict(matching: &Matching, score: i64) -> Verdict {
    if score >= i64::from(matching.same_from) {
        Verdict::Same
    } else if score >= i64::from(matching.review_from) {
        Verdict::Review
    } else {
        Verdict::Different
    }
}

fn agree(rule: &Compare, a: &Value, b: &Value) -> (bool, String) {
    match rule.how {
        Comparison::Exact => (a == b, String::new()),
        Comparison::Normalised => (bare(a, &rule.ignore) == bare(b, &rule.ignore), String::new()),
        Comparison::Similar => {
            let likeness = strsim::sorensen_dice(&bare(a, &rule.ignore), &bare(b, &rule.ignore)) * 100.0;
            (
                likeness >= f64::from(rule.at_least.unwrap_or(80)),
                format!(" {likeness:.0}%"),
            )
        }
        Comparison::Near => match (place::lon_lat(a), place::lon_lat(b)) {
            (Some(a), Some(b)) => {
                let metres = geo::distance_m(a, b);
                (
                    metres <= f64::from(rule.within_m.unwrap_or(100)),
                    format!(" {metres:.0} m"),
                )
            }
            _ => (false, String::new()),
        },
    }
}

/// Width, case, spaces, punctuation and ignored words taken out. A list is compared as a whole.
fn bare(value: &Value, ignore: &[String]) -> String {
    let mut text = plain(&crate::normalise::as_text(value)).to_lowercase();
    for word in ignore {
        text = text.replace(&plain(word).to_lowercase(), "");
    }
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Index terms of a record: two records that share none cannot reach `review_from` by exact and normalised fields
/// alone, so candidates are looked up by these instead of comparing all with all.
pub fn terms(register: &Register, body: &Body) -> Vec<String> {
    let rules = register.definition.matching.iter().flat_map(|m| &m.compare);
    let mut out = Vec::new();
    for rule in rules {
        let Some(value) = body.get(&rule.field) else {
            continue;
        };
        match rule.how {
            Comparison::Exact | Comparison::Normalised => {
                out.push(format!("{}={}", rule.field, bare(value, &rule.ignore)));
            }
            // The first four characters that count: firms' names begin with place and brand.
            Comparison::Similar => {
                let head: String = bare(value, &rule.ignore).chars().take(4).collect();
                out.push(format!("{}~{head}", rule.field));
            }
            // Cells of 0.01°, about a kilometre, with the neighbours, so that an edge parts nobody.
            Comparison::Near => {
                let Some(at) = place::lon_lat(value) else { continue };
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "degrees times 100 lie within ±36,000"
                )]
                let (x, y) = ((at.lon * 100.0).floor() as i64, (at.lat * 100.0).floor() as i64);
                for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
                    out.push(format!("{}@{},{}", rule.field, x + dx, y + dy));
                }
            }
        }
    }
    out
}
