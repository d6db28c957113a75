//! What the tests of the import share: the made-up plan, the published one where it is at hand, and wrapping.

use model::profile::Unit;
use plan::PlanDocument;

/// A plan of a district that does not exist, with the damage a scan does.
pub(crate) const MADE_UP: &str = include_str!("fixtures/linhe.md");

/// The published plan; `None` where the shared folder is not at hand (then CI fails, and others are told).
pub(crate) fn published() -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/plan/plan.md");
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{path} is missing");
        eprintln!("left out: {path} is missing");
    }
    text
}

/// The list of units the project ships.
pub(crate) fn listed_units() -> Vec<Unit> {
    #[derive(serde::Deserialize)]
    struct Units {
        unit: Vec<Unit>,
    }
    let text = include_str!("../../../../profiles/chiping/units.toml");
    toml::from_str::<Units>(text).map(|u| u.unit).unwrap_or_default()
}

/// Every line cut after `width` characters; lines of a table as well.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        for piece in chars.chunks(width) {
            out.extend(piece);
            out.push('\n');
        }
        if chars.is_empty() {
            out.push('\n');
        }
    }
    out
}

/// What must not depend on how lines are broken: everything but line numbers, repairs and doubts, white space aside.
pub(crate) fn shape(d: &PlanDocument) -> Vec<String> {
    let tight = |s: &str| -> String { s.chars().filter(|c| !c.is_whitespace()).collect() };
    let mut out = vec![d.document.clone()];
    for c in &d.chapters {
        out.push(format!("{} {} {}", c.no, c.title, tight(&c.text)));
        for s in &c.sections {
            out.push(format!("  {} {} {}", s.no, s.title, tight(&s.text)));
        }
    }
    for t in &d.tasks {
        out.push(format!(
            "{} {} {} {}",
            t.id,
            t.numbered,
            tight(&t.title),
            tight(&t.text)
        ));
        for n in &t.notes {
            out.push(format!(
                "  {:?} {:?} {:?} {:?} {:?}",
                n.kind, n.lead, n.cooperating, n.units, n.implementing
            ));
        }
        for x in &t.targets {
            out.push(format!(
                "  {:?} {:?} {:?} {:?} {:?}",
                x.kind, x.value, x.unit, x.comparator, x.deadline
            ));
        }
        out.push(format!(
            "  {:?} {:?} {:?} {:?}",
            t.projects, t.firms, t.places, t.documents
        ));
    }
    for i in &d.indicators {
        out.push(format!(
            "{} {} {} {:?} {:?} {:?} {:?} {}",
            i.no,
            i.group,
            tight(&i.name),
            i.unit,
            i.base,
            i.target,
            i.kind,
            tight(&i.note)
        ));
    }
    for u in &d.units {
        out.push(format!("{} {}", u.name, u.count));
    }
    for b in &d.baseline {
        out.push(format!("{} {} {}", b.id, tight(&b.title), tight(&b.text)));
    }
    out
}

/// Fails with the first line in which two shapes differ.
pub(crate) fn same(left: &PlanDocument, right: &PlanDocument, what: &str) {
    let (left, right) = (shape(left), shape(right));
    for (l, r) in left.iter().zip(&right) {
        assert_eq!(l, r, "{what}");
    }
    assert_eq!(left.len(), right.len(), "{what}");
}
