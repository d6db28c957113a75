//! What happens when a value meets the one already there: a pure rule, so that it can be tested by itself.

use model::observation::{Observation, Origin};

/// Outcome of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merge {
    /// Nothing was there.
    Insert,
    /// The same stands there already.
    Unchanged,
    /// What stands there counts more; the newcomer is dropped, because it can be computed again.
    Kept,
    /// What stands there counts more, but the newcomer was sent by somebody: it is kept as a revision.
    Overruled,
    /// The newcomer takes the place; the old value becomes a revision.
    Replace,
}

/// Who counts more: a person's correction over what was sent, what was sent over what was computed here.
fn rank(origin: Origin) -> u8 {
    match origin {
        Origin::Derived => 0,
        Origin::Uploaded | Origin::Imported => 1,
        Origin::Corrected => 2,
    }
}

/// Whether two observations say the same, whoever says it. `2.50` and `2.5` are the same number.
pub(crate) fn same(a: &Observation, b: &Observation) -> bool {
    a.value == b.value && a.text == b.text && a.flag == b.flag
}

pub(crate) fn merge(present: Option<&Observation>, newcomer: &Observation) -> Merge {
    let Some(present) = present else {
        return Merge::Insert;
    };
    let (old, new) = (rank(present.origin), rank(newcomer.origin));
    if new < old {
        return if newcomer.origin == Origin::Derived {
            Merge::Kept
        } else {
            Merge::Overruled
        };
    }
    // A sent value that equals the computed one still replaces it: from now on it is a sent one.
    if new == old && same(present, newcomer) {
        Merge::Unchanged
    } else {
        Merge::Replace
    }
}

#[cfg(test)]
mod tests {
    use model::time::UtcMs;

    use super::*;

    fn seen(value: &str, origin: Origin) -> Observation {
        Observation {
            time: UtcMs(0),
            value: Some(value.parse().unwrap()),
            text: None,
            flag: None,
            origin,
            revision: 1,
        }
    }

    #[test]
    fn sent_beats_computed_and_a_correction_beats_both() {
        use Origin::{Corrected, Derived, Imported, Uploaded};
        let cases = [
            (Derived, "1", Derived, "1", Merge::Unchanged),
            (Derived, "1", Derived, "2", Merge::Replace),
            (Derived, "1", Uploaded, "1", Merge::Replace),
            (Uploaded, "1", Derived, "2", Merge::Kept),
            (Uploaded, "1", Uploaded, "1", Merge::Unchanged),
            (Uploaded, "2.50", Uploaded, "2.5", Merge::Unchanged),
            (Uploaded, "1", Uploaded, "2", Merge::Replace),
            (Uploaded, "1", Imported, "1", Merge::Unchanged),
            (Imported, "1", Uploaded, "2", Merge::Replace),
            (Uploaded, "1", Corrected, "1", Merge::Replace),
            (Corrected, "1", Uploaded, "2", Merge::Overruled),
            (Corrected, "1", Imported, "1", Merge::Overruled),
            (Corrected, "1", Derived, "2", Merge::Kept),
            (Corrected, "1", Corrected, "2", Merge::Replace),
        ];
        for (old, a, new, b, expected) in cases {
            let found = merge(Some(&seen(a, old)), &seen(b, new));
            assert_eq!(found, expected, "{old:?} {a} meets {new:?} {b}");
        }
        assert_eq!(merge(None, &seen("1", Derived)), Merge::Insert);
    }

    #[test]
    fn missing_is_not_zero_and_a_flag_is_part_of_the_value() {
        let zero = seen("0", Origin::Uploaded);
        let missing = Observation {
            value: None,
            ..zero.clone()
        };
        let flagged = Observation {
            flag: Some("D".to_owned()),
            ..zero.clone()
        };
        assert_eq!(merge(Some(&zero), &missing), Merge::Replace);
        assert_eq!(merge(Some(&missing), &zero), Merge::Replace);
        assert_eq!(merge(Some(&zero), &flagged), Merge::Replace);
    }
}
