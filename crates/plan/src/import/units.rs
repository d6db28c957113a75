//! Units by their names: the list's full name where the list knows the form, the nearest known name where a character was
//! misread, the commonest form where nobody knows it. Whether a form is misread is told by a commoner form beside it.

use std::collections::BTreeMap;

use model::profile::Unit;

use super::notes::{Named, reads_as_unit};
use super::report::Report;
use crate::document::UnitSeen;
use crate::text::{distance, is_close, is_open};

/// Shortest name, characters, at which one differing character can be a misreading: 区财政局 and 区民政局 are two units.
const MISREAD_FROM: usize = 6;

/// A form as printed, with where it stands.
#[derive(Debug, Default)]
struct Form {
    lines: Vec<u32>,
}

/// The units of a document.
#[derive(Debug, Default)]
pub(super) struct Register {
    /// Canonical name of every form.
    names: BTreeMap<String, String>,
    /// In the order first named.
    seen: Vec<UnitSeen>,
}

impl Register {
    /// From every name in every note.
    pub(super) fn new<'n>(
        names: impl Iterator<Item = &'n Named>,
        known: &[Unit],
        report: &mut Report,
    ) -> Self {
        let mut forms: BTreeMap<String, Form> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        for Named { name, line } in names {
            let form = forms.entry(name.clone()).or_insert_with(|| {
                order.push(name.clone());
                Form::default()
            });
            form.lines.push(*line);
        }
        let mut register = Self::default();
        let counts: BTreeMap<&str, usize> = forms.iter().map(|(n, f)| (n.as_str(), f.lines.len())).collect();
        for name in &order {
            let lines = forms.get(name).map(|f| f.lines.as_slice()).unwrap_or_default();
            let found = resolve(name, known, &counts);
            if let Some((kind, after)) = &found.repaired {
                for line in lines {
                    report.repair(*line, kind, name, after);
                }
            }
            let first = lines.first().copied().unwrap_or(0);
            if found.code.is_none() {
                if !reads_as_unit(&found.canonical) {
                    report.doubt(
                        first,
                        "unit",
                        format!("不像单位名称 / does not read as a unit: {name}"),
                    );
                } else if !known.is_empty() {
                    report.doubt(
                        first,
                        "unknown_unit",
                        format!("单位不在名录 / the unit is not in the list: {name}"),
                    );
                }
            }
            register.add(name, found, lines.len());
        }
        for unit in &mut register.seen {
            unit.aliases
                .sort_by_key(|a| std::cmp::Reverse(counts.get(a.as_str()).copied().unwrap_or(0)));
        }
        register
    }

    fn add(&mut self, form: &str, found: Found, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if let Some(unit) = self.seen.iter_mut().find(|u| u.name == found.canonical) {
            unit.aliases.push(form.to_owned());
            unit.count = unit.count.saturating_add(count);
        } else {
            self.seen.push(UnitSeen {
                name: found.canonical.clone(),
                aliases: vec![form.to_owned()],
                code: found.code,
                count,
            });
        }
        self.names.insert(form.to_owned(), found.canonical);
    }

    /// Full names, each once.
    pub(super) fn full(&self, names: &[Named]) -> Vec<String> {
        let mut out: Vec<String> = Vec::with_capacity(names.len());
        for named in names {
            let full = self.names.get(&named.name).unwrap_or(&named.name);
            if !out.contains(full) {
                out.push(full.clone());
            }
        }
        out
    }

    /// All units.
    pub(super) fn into_seen(self) -> Vec<UnitSeen> {
        self.seen
    }
}

struct Found {
    canonical: String,
    code: Option<String>,
    repaired: Option<(&'static str, String)>,
}

fn resolve(name: &str, known: &[Unit], counts: &BTreeMap<&str, usize>) -> Found {
    let of = |unit: &Unit, repaired| Found {
        canonical: unit.zh.clone(),
        code: Some(unit.code.to_string()),
        repaired,
    };
    let misread = commoner(name, counts);
    if let Some(unit) = exact(name, known) {
        // the list may keep a damaged spelling for searching: it is still damage
        let repaired = misread.filter(|m| exact(m, known).is_some_and(|u| u.code == unit.code));
        return of(unit, repaired.map(|m| ("unit_name", m.to_owned())));
    }
    let unbracketed: String = name.chars().filter(|c| !is_open(*c) && !is_close(*c)).collect();
    if unbracketed != name
        && let Some(unit) = exact(&unbracketed, known)
    {
        return of(unit, Some(("unit_bracket", unbracketed)));
    }
    let key = without_and(name);
    if let Some(unit) = known.iter().find(|u| forms(u).any(|f| without_and(f) == key)) {
        return of(unit, None);
    }
    if let Some((unit, form)) = nearest(name, known) {
        return of(unit, Some(("unit_name", form.to_owned())));
    }
    let unknown = |canonical: String, repaired| Found {
        canonical,
        code: None,
        repaired,
    };
    if let Some(meant) = misread {
        return match exact(meant, known) {
            Some(unit) => of(unit, Some(("unit_name", meant.to_owned()))),
            None => unknown(meant.to_owned(), Some(("unit_name", meant.to_owned()))),
        };
    }
    if unbracketed != name && counts.contains_key(unbracketed.as_str()) {
        return unknown(unbracketed.clone(), Some(("unit_bracket", unbracketed)));
    }
    // 住房和城乡建设局 and 住房城乡建设局 are one
    let count = counts.get(name).copied().unwrap_or(0);
    let same = counts
        .iter()
        .filter(|(other, n)| without_and(other) == key && (**n, other.len()) > (count, name.len()))
        .max_by_key(|(other, n)| (**n, other.len()));
    unknown(
        same.map_or_else(|| name.to_owned(), |(other, _)| (*other).to_owned()),
        None,
    )
}

fn forms(unit: &Unit) -> impl Iterator<Item = &str> {
    std::iter::once(unit.zh.as_str()).chain(unit.aliases.iter().map(String::as_str))
}

fn exact<'u>(name: &str, known: &'u [Unit]) -> Option<&'u Unit> {
    known.iter().find(|u| forms(u).any(|f| f == name))
}

fn without_and(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '和' | '与' | '及'))
        .collect()
}

/// How many characters may differ in a name of that length.
fn bound(length: usize) -> usize {
    match length {
        0..MISREAD_FROM => 0,
        MISREAD_FROM..10 => 1,
        _ => 2,
    }
}

/// The one known name within the bound; none where two units are equally near.
fn nearest<'u>(name: &str, known: &'u [Unit]) -> Option<(&'u Unit, &'u str)> {
    let bound = bound(name.chars().count());
    let mut found: Vec<(usize, &Unit, &str)> = known
        .iter()
        .flat_map(|u| forms(u).map(move |f| (u, f)))
        .filter(|(_, f)| {
            f.chars().count() >= MISREAD_FROM && f.chars().count().abs_diff(name.chars().count()) <= bound
        })
        .map(|(u, f)| (distance(name, f), u, f))
        .filter(|(d, _, _)| *d <= bound)
        .collect();
    found.sort_by_key(|(d, _, _)| *d);
    let &(best, unit, form) = found.first()?;
    let alone = found.iter().all(|(d, u, _)| *d > best || u.code == unit.code);
    alone.then_some((unit, form))
}

/// A form of the same length that differs in one character and is at least three times as common.
fn commoner<'c>(name: &str, counts: &BTreeMap<&'c str, usize>) -> Option<&'c str> {
    let length = name.chars().count();
    let count = counts.get(name).copied().unwrap_or(0);
    if length < MISREAD_FROM {
        return None;
    }
    counts
        .iter()
        .filter(|(other, n)| {
            **n >= 3 * count.max(1)
                && other.chars().count() == length
                && other.chars().zip(name.chars()).filter(|(a, b)| a != b).count() == 1
        })
        .max_by_key(|(_, n)| **n)
        .map(|(other, _)| *other)
}

#[cfg(test)]
mod tests {
    use model::profile::UnitKind;

    use super::*;

    fn unit(code: &str, zh: &str, aliases: &[&str]) -> Unit {
        Unit {
            code: model::ids::UnitCode::new(code),
            zh: zh.to_owned(),
            en: String::new(),
            kind: UnitKind::Department,
            aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
            seat: None,
        }
    }

    fn register(
        names: &[&str],
        known: &[Unit],
    ) -> (
        Register,
        Vec<crate::document::Repair>,
        Vec<crate::document::Doubt>,
    ) {
        let mut report = Report::default();
        let named: Vec<Named> = names
            .iter()
            .map(|n| Named {
                name: (*n).to_owned(),
                line: 1,
            })
            .collect();
        let register = Register::new(named.iter(), known, &mut report);
        let (repairs, doubts) = report.finish();
        (register, repairs, doubts)
    }

    #[test]
    fn misread_characters_go_to_the_nearest_unit() {
        let known = [unit(
            "eeb",
            "乙市生态环境局丙县分局",
            &["市生态环境局丙县分局", "市生态环境局两县分局"],
        )];
        let (r, repairs, doubts) = register(
            &[
                "市生态环境局丙县分局",
                "市生态环境局丙县分局",
                "市生态环境局丙县分局",
                "市生态环境局两县分局",
                "市生态坏境局丙县分局",
            ],
            &known,
        );
        assert_eq!(r.seen.len(), 1);
        assert_eq!(repairs.len(), 2, "{repairs:?}");
        assert!(repairs.iter().all(|r| r.after == "市生态环境局丙县分局"));
        assert!(doubts.is_empty());
    }

    #[test]
    fn short_names_are_never_guessed() {
        let known = [unit("finance", "丙县财政局", &["县财政局"])];
        let (r, repairs, doubts) = register(&["县民政局", "县财政局"], &known);
        assert_eq!(r.seen.len(), 2);
        assert!(repairs.is_empty());
        assert_eq!(doubts.len(), 1);
    }

    #[test]
    fn without_a_list_the_commonest_form_is_the_name() {
        let (r, repairs, _) = register(
            &[
                "县住房城乡建设局",
                "县住房和城乡建设局",
                "县住房城乡建设局",
                "县市场监督管理局",
                "县市场监督管理局",
                "县市场监督管理局",
                "县市场监督管哩局",
            ],
            &[],
        );
        let names: Vec<&str> = r.seen.iter().map(|u| u.name.as_str()).collect();
        assert_eq!(names, ["县住房城乡建设局", "县市场监督管理局"]);
        assert_eq!(repairs.len(), 1);
    }
}
