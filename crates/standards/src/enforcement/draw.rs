//! Random inspection (双随机、一公开): how many to draw, and an auditable draw by hash that anybody can repeat.

use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::checks::{self, Impossible};
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::{Exact, Rounding};
use crate::text;
use crate::topic::Topic;

pub(super) const COUNT: Topic = Topic {
    id: "enforcement/draw_count",
    zh: "随机抽查数量",
    en: "Number of objects to draw",
    basis: "环办〔2015〕88号",
    example: r#"{"pool":204,"ratio":0.2}"#,
    evaluate: draw_count,
    case: conformance::plain,
};

pub(super) const HASH: Topic = Topic {
    id: "enforcement/draw_hash",
    zh: "可审计随机抽取",
    en: "Auditable random draw",
    basis: "项目设计:SHA-256(种子 + 换行 + 编号) 升序取前 n 个",
    example: r#"{"seed":"2026Q4","ids":["E1","E2","E3"],"n":1}"#,
    evaluate: draw_hash,
    case: conformance::plain,
};

pub(super) const OFFICERS: Topic = Topic {
    id: "enforcement/draw_officers",
    zh: "执法人员随机配对",
    en: "Random pairs of officers",
    basis: "行政处罚法:不少于两人;项目设计:同一哈希次序",
    example: r#"{"seed":"2026Q4","officers":["A","B","C","D"],"checks":3}"#,
    evaluate: officers,
    case: conformance::plain,
};

/// Number to draw: `⌈N·p⌉`, with `p` from 0 to 1.
pub fn count(pool: i64, ratio: &Exact) -> Result<i64, Impossible> {
    checks::not_negative("pool", &Exact::int(pool))?;
    checks::between("ratio", ratio, 0, 1)?;
    let drawn = (&Exact::int(pool) * ratio).round(0, Rounding::Ceil);
    Ok(drawn.to_i64().unwrap_or(pool))
}

/// SHA-256 of seed, line feed and id, as hexadecimal text.
pub fn digest(seed: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(seed.as_bytes());
    hash.update(b"\n");
    hash.update(id.as_bytes());
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            // Writing to a string cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// The ids in order of their digests: independent of the order they are given in.
pub fn order<'a>(seed: &str, ids: &[&'a str]) -> Vec<(String, &'a str)> {
    let mut out: Vec<_> = ids.iter().map(|id| (digest(seed, id), *id)).collect();
    out.sort();
    out
}

/// Pairs for a number of checks: officers in hash order two by two; when they are used up, a further round with the
/// round's number behind the seed. An odd officer of a round rests. Empty with fewer than two officers.
pub fn pairs<'a>(seed: &str, officers: &[&'a str], checks: usize) -> Vec<(&'a str, &'a str)> {
    let mut out = Vec::new();
    if officers.len() < 2 {
        return out;
    }
    let mut round = 0_usize;
    while out.len() < checks {
        let ordered = order(&format!("{seed}#{round}"), officers);
        for pair in ordered.chunks_exact(2) {
            if let [(_, a), (_, b)] = pair
                && out.len() < checks
            {
                out.push((*a, *b));
            }
        }
        round += 1;
    }
    out
}

fn draw_count(input: &Input<'_>) -> Result<Judgement, InputError> {
    let pool = checks::whole(input, "pool", 0, 10_000_000)?;
    let ratio = input.exact("ratio")?;
    let drawn = count(pool, &ratio).map_err(checks::refuse(input))?;
    let mut out = Judgement::new(
        "enforcement/draw_count",
        Basis::new("环办〔2015〕88号", "2015", "抽查比例"),
    );
    out.rests_on(Confidence::Secondary);
    out.uses("pool", &pool, "家").uses("ratio", &ratio, "");
    out.step(
        text!("抽取数量,进一取整", "number, rounded up"),
        format!("⌈{pool} × {ratio}⌉"),
        &drawn,
    );
    out.put("draw", drawn);
    out.conclude(Verdict::Computed, text!("应抽 {drawn} 家。", "Draw {drawn}."));
    Ok(out)
}

/// Distinct ids of a list.
fn ids<'a>(input: &Input<'a>, key: &str) -> Result<Vec<&'a str>, InputError> {
    let list = checks::list(input, key)?;
    let ids = list.iter().map(Input::as_str).collect::<Result<Vec<_>, _>>()?;
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    if let Some([twice, _]) = sorted.windows(2).find(|w| matches!(w, [a, b] if a == b)) {
        return Err(input.error(key, "context", text!("{twice} 重复", "{twice} is listed twice")));
    }
    Ok(ids)
}

fn draw_hash(input: &Input<'_>) -> Result<Judgement, InputError> {
    let seed = input.str("seed")?;
    let ids = ids(input, "ids")?;
    let n = checks::whole(input, "n", 0, 10_000_000)?;
    let wanted = usize::try_from(n).unwrap_or(usize::MAX);
    if wanted > ids.len() {
        let have = ids.len();
        return Err(input.error(
            "n",
            "range",
            text!(
                "名录只有 {have} 家,不能抽 {n} 家",
                "the list holds {have}, {n} cannot be drawn"
            ),
        ));
    }
    let ordered = order(seed, &ids);
    let basis = Basis::new("项目设计", "", "SHA-256(种子 + LF + 编号) 升序");
    let mut out = Judgement::new("enforcement/draw_hash", basis);
    out.rests_on(Confidence::Configurable);
    out.uses("seed", &seed, "").uses("ids", &ids.len(), "家");
    let selected: Vec<&str> = ordered.iter().take(wanted).map(|(_, id)| *id).collect();
    for (digest, id) in ordered.iter().take(wanted) {
        out.step(
            text!("{id}", "{id}"),
            format!("SHA-256(\"{seed}\\n{id}\")"),
            digest,
        );
    }
    out.put(
        "digest_of_first",
        ordered.first().map(|(digest, _)| digest.clone()),
    )
    .put(
        "selected",
        selected.iter().map(|id| Value::from(*id)).collect::<Vec<_>>(),
    );
    let named = selected.join("、");
    conclude(
        &mut out,
        Verdict::Computed,
        text!("抽中 {named}", "drawn: {named}"),
    );
    Ok(out)
}

fn officers(input: &Input<'_>) -> Result<Judgement, InputError> {
    let seed = input.str("seed")?;
    let officers = ids(input, "officers")?;
    let checks = usize::try_from(checks::whole(input, "checks", 0, 100_000)?).unwrap_or(0);
    if officers.len() < 2 {
        return Err(input.error(
            "officers",
            "range",
            text!("每次检查不少于两名执法人员", "each check needs two officers"),
        ));
    }
    let made = pairs(seed, &officers, checks);
    let mut out = Judgement::new(
        "enforcement/draw_officers",
        Basis::new("行政处罚法", "2021", "执法人员不少于两人"),
    );
    out.rests_on(Confidence::Configurable);
    out.uses("seed", &seed, "")
        .uses("officers", &officers.len(), "人");
    out.put(
        "pairs",
        made.iter().map(|(a, b)| json!([a, b])).collect::<Vec<_>>(),
    );
    let n = made.len();
    conclude(&mut out, Verdict::Computed, text!("配对 {n} 组", "{n} pairs"));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_order_of_the_list_does_not_matter(ids in proptest::collection::btree_set("[a-z]{1,6}", 1..20), seed in ".{0,8}") {
            let forward: Vec<&str> = ids.iter().map(String::as_str).collect();
            let backward: Vec<&str> = ids.iter().rev().map(String::as_str).collect();
            proptest::prop_assert_eq!(order(&seed, &forward), order(&seed, &backward));
        }

        #[test]
        fn nobody_is_paired_twice_in_a_round(n in 2_usize..12) {
            let names: Vec<String> = (0..n).map(|i| i.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let round = pairs("s", &names, n / 2);
            let mut seen: Vec<&str> = round.iter().flat_map(|(a, b)| [*a, *b]).collect();
            seen.sort_unstable();
            seen.dedup();
            proptest::prop_assert_eq!(seen.len(), 2 * (n / 2));
        }
    }
}
