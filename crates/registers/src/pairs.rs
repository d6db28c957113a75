//! Doubles of a whole register (查重): candidates by blocks of records that share something decisive, never all with all.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use model::ids::RecordId;

use crate::doubles::{Likeness, Verdict, likeness, terms};
use crate::limits;
use crate::record::Body;
use crate::register::Register;

/// Two records that may be the same, the smaller id first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// One.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// How they compare.
    pub likeness: Likeness,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Pairs that a person should look at, the likeliest first.
    pub pairs: Vec<Pair>,
    /// Pairs that were compared.
    pub compared: usize,
    /// More was to be compared, or found, than the bounds allow.
    pub truncated: bool,
}

/// Takes in a register's records one by one, then names the pairs.
#[derive(Debug)]
pub struct Finder<'a> {
    register: &'a Register,
    /// Names of fields whose agreement is decisive.
    decisive: Vec<&'a str>,
    rows: Vec<(RecordId, Body)>,
    blocks: HashMap<u64, Vec<u32>>,
}

impl<'a> Finder<'a> {
    /// For a register; `None` where it has no matching rules.
    pub fn new(register: &'a Register) -> Option<Self> {
        let matching = register.definition.matching.as_ref()?;
        let mut rules: Vec<_> = matching.compare.iter().collect();
        rules.sort_by_key(|r| r.weight);
        // The lightest fields that together do not reach a review decide nothing: whoever reaches it agrees in one of
        // the others too.
        let mut light = 0;
        let decisive = rules
            .into_iter()
            .skip_while(|r| {
                light += r.weight;
                light < matching.review_from
            })
            .map(|r| r.field.as_str())
            .collect();
        Some(Self {
            register,
            decisive,
            rows: Vec::new(),
            blocks: HashMap::new(),
        })
    }

    /// Takes in a record.
    pub fn add(&mut self, id: RecordId, body: &Body) {
        let Ok(place) = u32::try_from(self.rows.len()) else {
            return;
        };
        let rules = self.register.definition.matching.iter().flat_map(|m| &m.compare);
        let compared: Body = rules
            .filter_map(|r| Some((r.field.clone(), body.get(&r.field)?.clone())))
            .collect();
        for term in terms(self.register, &compared) {
            let field = term.split(['=', '~', '@']).next().unwrap_or_default();
            if self.decisive.contains(&field) {
                let mut hasher = DefaultHasher::new();
                term.hash(&mut hasher);
                self.blocks.entry(hasher.finish()).or_default().push(place);
            }
        }
        self.rows.push((id, compared));
    }

    /// The pairs.
    pub fn pairs(self) -> Found {
        let mut out = Found::default();
        let mut seen = HashSet::new();
        let mut blocks: Vec<Vec<u32>> = self.blocks.values().filter(|b| b.len() > 1).cloned().collect();
        // Small blocks say most; when a bound is reached, it is the largest ones that are cut.
        blocks.sort_by_key(|b| (b.len(), b.first().copied()));
        for mut block in blocks {
            let reach = if block.len() <= limits::BLOCK {
                block.len()
            } else {
                // Neighbours in the order of their values instead of all with all.
                block.sort_by_cached_key(|place| self.order(*place));
                out.truncated = true;
                limits::NEIGHBOURS
            };
            for (n, left) in block.iter().enumerate() {
                for right in block.iter().skip(n + 1).take(reach) {
                    let pair = (*left.min(right), *left.max(right));
                    if pair.0 == pair.1 || !seen.insert(pair) {
                        continue;
                    }
                    if out.compared >= limits::COMPARISONS {
                        out.truncated = true;
                        cut(&mut out);
                        return out;
                    }
                    out.compared += 1;
                    self.compare(pair, &mut out);
                }
            }
        }
        cut(&mut out);
        out
    }

    fn row(&self, place: u32) -> Option<&(RecordId, Body)> {
        self.rows.get(usize::try_from(place).ok()?)
    }

    fn order(&self, place: u32) -> String {
        let body = self.row(place).map(|(_, body)| body);
        let values = self.decisive.iter().filter_map(|f| body?.get(*f));
        values
            .map(crate::normalise::as_text)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn compare(&self, (left, right): (u32, u32), out: &mut Found) {
        let (Some((a, left)), Some((b, right))) = (self.row(left), self.row(right)) else {
            return;
        };
        if let Some(likeness) = likeness(self.register, left, right)
            && likeness.verdict != Verdict::Different
        {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            out.pairs.push(Pair {
                a: a.clone(),
                b: b.clone(),
                likeness,
            });
        }
        // Far more than a person looks at: only the likeliest are kept.
        if out.pairs.len() > 2 * limits::PAIRS {
            cut(out);
        }
    }
}

fn cut(out: &mut Found) {
    out.pairs
        .sort_by(|x, y| (y.likeness.score, &x.a, &x.b).cmp(&(x.likeness.score, &y.a, &y.b)));
    if out.pairs.len() > limits::PAIRS {
        out.pairs.truncate(limits::PAIRS);
        out.truncated = true;
    }
}
