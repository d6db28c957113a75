//! Sentences and outputs that many judgements have in common, so that each rule writes only what is its own.

use serde_json::Value;

use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;

/// A new judgement resting on figures of this mark.
pub(crate) fn begin(topic: &str, basis: (&str, &str, &str), mark: Confidence) -> Judgement {
    let mut judgement = Judgement::new(topic, Basis::new(basis.0, basis.1, basis.2));
    judgement.rests_on(mark);
    judgement
}

/// Sets verdict and words; where a figure was recalled or uncertain the words say so.
pub(crate) fn conclude(judgement: &mut Judgement, verdict: Verdict, words: Text) {
    let words = if judgement.confidence >= Confidence::Configurable {
        let (zh, en) = (words.zh, words.en);
        text!(
            "{zh}(所依据的数值或规则未经核实,可配置)",
            "{en} (rests on figures or rules that are unverified and configurable)"
        )
    } else {
        words
    };
    judgement.conclude(verdict, words);
}

/// A result that is one computed number: output, final value, and «what = value unit».
pub(crate) fn computed(judgement: &mut Judgement, key: &str, value: &Exact, unit: &str, what: &Text) {
    judgement.put(key, value.to_json());
    judgement.finish(value, value.to_display(), unit);
    let (zh, en) = (&what.zh, &what.en);
    let words = text!("{zh} = {value} {unit}", "{en} = {value} {unit}");
    conclude(judgement, Verdict::Computed, words);
}

/// The same for a float; not a number or infinite gives no value.
pub(crate) fn computed_f64(judgement: &mut Judgement, key: &str, value: f64, unit: &str, what: &Text) {
    let (zh, en) = (&what.zh, &what.en);
    if let Some(exact) = Exact::from_f64(value) {
        let shown = figures(value);
        judgement.put(key, value);
        judgement.finish(&exact, shown.clone(), unit);
        let words = text!("{zh} = {shown} {unit}", "{en} = {shown} {unit}");
        conclude(judgement, Verdict::Computed, words);
    } else {
        judgement.put(key, Value::Null);
        let words = text!(
            "{zh}超出可计算范围,无结果",
            "{en} is beyond what can be computed: no value"
        );
        conclude(judgement, Verdict::Undecided, words);
    }
}

/// A rule that gives no result: the keys are null, the words say why.
pub(crate) fn undecided(judgement: &mut Judgement, keys: &[&str], why: Text) {
    for key in keys {
        judgement.put(key, Value::Null);
    }
    conclude(judgement, Verdict::Undecided, why);
}

/// A float with about nine significant digits, for steps; a dash where it has no value.
pub(crate) fn figures(value: f64) -> String {
    let magnitude = value.abs();
    if !value.is_finite() {
        "—".to_owned()
    } else if value == 0.0 {
        "0".to_owned()
    } else if (1e-4..1e7).contains(&magnitude) {
        Exact::from_f64(value).map_or_else(
            || value.to_string(),
            |exact| exact.round_significant(9).to_display(),
        )
    } else {
        format!("{value:.8e}")
    }
}

/// Verdict of a comparison.
pub(crate) fn verdict(exceeded: bool) -> Verdict {
    if exceeded { Verdict::Exceeded } else { Verdict::Met }
}

/// A sum written out; only the first terms of a long one.
pub(crate) fn sum_of<'a>(terms: impl Iterator<Item = &'a Exact>, count: usize) -> String {
    const SHOWN: usize = 24;
    let shown: Vec<String> = terms.take(SHOWN).map(ToString::to_string).collect();
    let more = if count > SHOWN { " + …" } else { "" };
    format!("{}{more}", shown.join(" + "))
}
