//! What the tests of the import share: the made-up plan, the published one where it is at hand, and wrapping.

#![allow(dead_code, reason = "each test crate uses its part")]

use model::profile::Unit;
use plan::PlanDocument;

/// A plan of a district that does not exist, with the damage a scan does.
pub(crate) const MADE_UP: &str = include_str!("../fixtures/linhe.md");

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
    toml::from_str::<Units>(text).expect("units.toml").unit
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
pub(crate) fn shape(d: &PlanDocument) -> String {
    let tight = |s: &str| -> String { s.chars().filter(|c| !c.is_whitespace()).collect() };
    let mut out = format!("{}\n", d.document);
    for c in &d.chapters {
        out += &format!("{} {} {}\n", c.no, c.title, tight(&c.text));
        for s in &c.sections {
            out += &format!("  {} {} {}\n", s.no, s.title, tight(&s.text));
        }
    }
    for t in &d.tasks {
        out += &format!("{} {} {} {}\n", t.id, t.numbered, tight(&t.title), tight(&t.text));
        for n in &t.notes {
            out += &format!(
                "  {:?} {:?} {:?} {:?} {:?}\n",
                n.kind, n.lead, n.cooperating, n.units, n.implementing
            );
        }
        for x in &t.targets {
            out += &format!(
                "  {:?} {:?} {:?} {:?} {:?}\n",
                x.kind, x.value, x.unit, x.comparator, x.deadline
            );
        }
        out += &format!(
            "  {:?} {:?} {:?} {:?}\n",
            t.projects, t.firms, t.places, t.documents
        );
    }
    for i in &d.indicators {
        out += &format!(
            "{} {} {} {:?} {:?} {:?} {:?} {}\n",
            i.no,
            i.group,
            tight(&i.name),
            i.unit,
            i.base,
            i.target,
            i.kind,
            tight(&i.note)
        );
    }
    for u in &d.units {
        out += &format!("{} {}\n", u.name, u.count);
    }
    for b in &d.baseline {
        out += &format!("{} {} {}\n", b.id, tight(&b.title), tight(&b.text));
    }
    out
}

/// Fails with the first line in which two shapes differ.
pub(crate) fn same(left: &PlanDocument, right: &PlanDocument, what: &str) {
    let (left, right) = (shape(left), shape(right));
    for (l, r) in left.lines().zip(right.lines()) {
        assert_eq!(l, r, "{what}");
    }
    assert_eq!(left.lines().count(), right.lines().count(), "{what}");
}
