//! River, basin and water system: grade by class shares, main pollutants by exceed rate, change between periods,
//! shares of a report (环办〔2011〕22号).

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::class::{Grade, ItemSet, Preparation, WaterClass, section_class};
use super::class_topics::wrapped;
use super::item::{Body, Item};
use super::read;
use crate::conformance::{self, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::statistics::shares_adding_up;
use crate::table;
use crate::text;
use crate::topic::Topic;

/// Sections from which the share method is used; with fewer, item means over the sections are judged as one section.
pub const SHARE_METHOD_FROM: usize = 5;

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(deserialize_with = "table::opt_exact")]
    good_from: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    good_below: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    worse_from: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    worse_below: Option<Exact>,
    grade: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/water_basin_grade.csv");
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table::rows(TABLE));

fn within(value: &Exact, from: Option<&Exact>, below: Option<&Exact>) -> bool {
    from.is_none_or(|f| value >= f) && below.is_none_or(|b| value < b)
}

fn basis() -> Basis {
    Basis::new("环办〔2011〕22号", "2011", "河流、流域(水系)水质评价")
}

/// Grade of a water system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasinGrade {
    /// Sections with a class.
    pub n: usize,
    /// Share of Ⅰ–Ⅲ in percent, unrounded; `None` without sections.
    pub good: Option<Exact>,
    /// Share of 劣Ⅴ in percent, unrounded.
    pub worse: Option<Exact>,
    /// Grade; `None` with fewer than 5 sections, where the share method does not apply.
    pub grade: Option<Grade>,
    /// How sure the row of the table is.
    pub confidence: Confidence,
}

/// Grade from the classes of the sections (断面水质类别比例法).
pub fn grade(classes: &[WaterClass]) -> BasinGrade {
    let share = |wanted: &dyn Fn(WaterClass) -> bool| -> Option<Exact> {
        let n = classes.iter().filter(|c| wanted(**c)).count();
        percent(n, classes.len())
    };
    let good = share(&|c| c <= WaterClass::III);
    let worse = share(&|c| c == WaterClass::WorseThanV);
    let row = good.as_ref().zip(worse.as_ref()).and_then(|(good, worse)| {
        ROWS.iter().find(|r| {
            within(good, r.good_from.as_ref(), r.good_below.as_ref())
                && within(worse, r.worse_from.as_ref(), r.worse_below.as_ref())
        })
    });
    let row = row.filter(|_| classes.len() >= SHARE_METHOD_FROM);
    BasinGrade {
        n: classes.len(),
        good,
        worse,
        grade: row.and_then(|r| Grade::parse(&r.grade)),
        confidence: row.map_or(Confidence::Secondary, |r| r.confidence),
    }
}

fn percent(part: usize, whole: usize) -> Option<Exact> {
    let int = |n: usize| i64::try_from(n).ok().map(Exact::int);
    (&Exact::int(100) * &int(part)?).checked_div(&int(whole)?)
}

/// 断面超标率 of each item: sections worse than Ⅲ for it ÷ all sections × 100, unrounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceedRate {
    /// Item.
    pub item: Item,
    /// Sections that exceed.
    pub exceeding: usize,
    /// Percent, unrounded.
    pub rate: Exact,
}

/// Exceed rates of the items, in order of the table. `sections` holds each section's measured items.
pub fn exceed_rates(
    sections: &[Vec<(Item, Exact)>],
    body: Body,
) -> Result<Vec<ExceedRate>, super::class::ClassError> {
    let mut counts: Vec<(Item, usize)> = Vec::new();
    for values in sections {
        let made = section_class(values, body, ItemSet::Official21, Preparation::AsGiven)?;
        for item in made.into_iter().flat_map(|s| s.items) {
            let exceeds = usize::from(item.class > WaterClass::III);
            match counts.iter_mut().find(|(i, _)| *i == item.item) {
                Some((_, n)) => *n += exceeds,
                None => counts.push((item.item, exceeds)),
            }
        }
    }
    counts.sort_by_key(|(item, _)| *item);
    Ok(counts
        .into_iter()
        .filter_map(|(item, exceeding)| {
            let rate = percent(exceeding, sections.len())?;
            Some(ExceedRate {
                item,
                exceeding,
                rate,
            })
        })
        .collect())
}

/// The three items with the largest exceed rates; equal rates in order of the table.
pub fn main_pollutants(rates: &[ExceedRate]) -> Vec<Item> {
    let mut worse: Vec<&ExceedRate> = rates.iter().filter(|r| r.exceeding > 0).collect();
    worse.sort_by(|a, b| b.exceeding.cmp(&a.exceeding).then(a.item.cmp(&b.item)));
    worse.into_iter().take(3).map(|r| r.item).collect()
}

/// Words for a change between two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// 明显变差
    MuchWorse,
    /// 有所变差
    Worse,
    /// 无明显变化
    Same,
    /// 有所好转
    Better,
    /// 明显好转
    MuchBetter,
}

impl Change {
    /// Chinese wording of the rule.
    pub fn zh(self) -> &'static str {
        match self {
            Self::MuchWorse => "明显变差",
            Self::Worse => "有所变差",
            Self::Same => "无明显变化",
            Self::Better => "有所好转",
            Self::MuchBetter => "明显好转",
        }
    }

    /// English wording.
    pub fn en(self) -> &'static str {
        match self {
            Self::MuchWorse => "markedly worse",
            Self::Worse => "somewhat worse",
            Self::Same => "no marked change",
            Self::Better => "somewhat better",
            Self::MuchBetter => "markedly better",
        }
    }
}

/// Change by grade: one grade is somewhat, two or more are markedly.
pub fn change_of_grade(before: Grade, after: Grade) -> Change {
    match before as i8 - after as i8 {
        ..=-2 => Change::MuchWorse,
        -1 => Change::Worse,
        0 => Change::Same,
        1 => Change::Better,
        2.. => Change::MuchBetter,
    }
}

/// Change by shares (组合类别比例法) from `ΔG − ΔD` in percentage points.
pub fn change_of_shares(delta: &Exact) -> Change {
    let (ten, twenty) = (Exact::int(10), Exact::int(20));
    let size = delta.abs();
    match (size <= ten, size <= twenty, delta.is_negative()) {
        (true, ..) => Change::Same,
        (_, true, false) => Change::Better,
        (_, true, true) => Change::Worse,
        (_, _, false) => Change::MuchBetter,
        (_, _, true) => Change::MuchWorse,
    }
}

pub(super) const GRADE: Topic = Topic {
    id: "water/basin_grade",
    zh: "河流、流域(水系)水质状况",
    en: "Grade of a river, basin or water system",
    basis: "环办〔2011〕22号",
    example: r#"{"section_classes":["II","II","III","III","IV","劣V"]}"#,
    evaluate: judge_grade,
    case: |line| {
        let mut case = conformance::inline(line)?;
        // Shares are written with up to four decimals.
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-3));
        Ok(case)
    },
};

pub(super) const MAIN: Topic = Topic {
    id: "water/basin_main_pollutants",
    zh: "流域主要污染指标(断面超标率)",
    en: "Main pollutants of a basin by exceed rate",
    basis: "环办〔2011〕22号",
    example: r#"{"sections":[{"codmn":7.7,"cod":16},{"codmn":5,"cod":26},{"codmn":8,"cod":18},{"codmn":3,"cod":12},{"codmn":4,"cod":19}]}"#,
    evaluate: judge_main,
    case: |line| {
        let mut case = conformance::inline(line)?;
        // Rates are written with two decimals.
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-3));
        Ok(case)
    },
};

pub(super) const PERIOD: Topic = Topic {
    id: "water/period_change",
    zh: "两时段水质变化(组合类别比例法)",
    en: "Change between two periods by class shares",
    basis: "环办〔2011〕22号",
    example: r#"{"before":{"pct_I_III":50,"pct_worse_V":20},"after":{"pct_I_III":81,"pct_worse_V":10}}"#,
    evaluate: judge_period,
    case: conformance::inline,
};

pub(super) const GRADE_CHANGE: Topic = Topic {
    id: "water/grade_change",
    zh: "两时段水质变化(按水质状况等级)",
    en: "Change between two periods by grade",
    basis: "环办〔2011〕22号",
    example: r#"{"before":"轻度污染","after":"良好"}"#,
    evaluate: judge_grade_change,
    case: |line| wrapped(line, "label"),
};

pub(super) const SUMMARY: Topic = Topic {
    id: "water/real_weekly_summary",
    zh: "各类断面比例(合计为 100%)",
    en: "Shares of section classes that add up to 100 %",
    basis: "水质自动监测周报",
    example: r#"{"counts":{"I_III":49,"IV":9,"V":6,"劣V":19},"stations_reporting":83}"#,
    evaluate: judge_summary,
    case: |line| {
        let mut case = conformance::inline(line)?;
        if let Some(map) = case.input.as_object_mut() {
            map.retain(|key, _| matches!(key.as_str(), "counts" | "stations_reporting"));
        }
        case.tolerance = Some(Tolerance::Absolute(1e-9));
        Ok(case)
    },
};

fn judge_grade(input: &Input<'_>) -> Result<Judgement, InputError> {
    let list = read::list(input, "section_classes")?;
    let mut classes = Vec::with_capacity(list.len());
    for entry in &list {
        if !entry.json().is_null() {
            classes.push(read::class(entry)?);
        }
    }
    let got = grade(&classes);
    let mut out = Judgement::new("water/basin_grade", basis());
    out.rests_on(got.confidence);
    out.uses("section_classes", &got.n, "");
    let missing = list.len() - got.n;
    if missing > 0 {
        out.leaves_out(
            "section_classes",
            None,
            "",
            text!(
                "{missing} 个断面无类别,不计入",
                "{missing} sections without a class are not counted"
            ),
        );
    }
    if let (Some(good), Some(worse)) = (&got.good, &got.worse) {
        out.step(
            text!("Ⅰ–Ⅲ类断面比例", "share of classes I–III"),
            format!("n/{}×100%", got.n),
            good,
        );
        out.step(
            text!("劣Ⅴ类断面比例", "share worse than class V"),
            format!("n/{}×100%", got.n),
            worse,
        );
    }
    out.put("n", got.n)
        .put("pct_I_III", got.good.as_ref().map(Exact::to_f64))
        .put("pct_worse_V", got.worse.as_ref().map(Exact::to_f64))
        .put("grade", got.grade.map(Grade::zh))
        .put("colour", got.grade.map(Grade::colour));
    if let Some(grade) = got.grade {
        let (zh, en) = (grade.zh(), grade.en());
        out.conclude(Verdict::Classified, text!("水质状况:{zh}。", "grade: {en}."));
    } else {
        let n = got.n;
        out.conclude(
            Verdict::Undecided,
            text!(
                "断面 {n} 个,少于 5 个:应先求各断面项目均值,再按断面方法评价,并分别给出各断面类别。",
                "{n} sections, fewer than 5: take item means over the sections, judge them as one section, and give each section's class."
            ),
        );
    }
    Ok(out)
}

fn judge_main(input: &Input<'_>) -> Result<Judgement, InputError> {
    let body = read::opt_body(input)?.unwrap_or(Body::River);
    let list = read::list(input, "sections")?;
    let mut sections = Vec::with_capacity(list.len());
    for entry in &list {
        sections.push(read::numbers(&read::values(entry)?));
    }
    let rates = exceed_rates(&sections, body).map_err(read::refuse(input))?;
    let names = main_pollutants(&rates);
    let mut out = Judgement::new("water/basin_main_pollutants", basis());
    out.rests_on(Confidence::Secondary);
    let n = sections.len();
    out.uses("sections", &n, "").uses("body", &body.key(), "");
    let mut shown = Map::new();
    for rate in &rates {
        shown.insert(rate.item.key().to_owned(), json!(rate.rate.to_f64()));
        if rate.exceeding > 0 {
            out.step(
                text!("{} 断面超标率", "exceed rate of {}", rate.item.zh()),
                format!("{}/{n}×100%", rate.exceeding),
                &rate.rate,
            );
        }
    }
    out.put("exceed_rate_pct", shown)
        .put(
            "main_pollutants",
            names.iter().map(|i| Value::from(i.key())).collect::<Value>(),
        )
        .put("share_method_applies", n >= SHARE_METHOD_FROM);
    let (zh, en) = (
        names.iter().map(|i| i.zh()).collect::<Vec<_>>().join("、"),
        names.iter().map(|i| i.en()).collect::<Vec<_>>().join(", "),
    );
    if n == 0 {
        out.conclude(Verdict::Undecided, text!("没有断面。", "no sections."));
    } else if names.is_empty() {
        out.conclude(
            Verdict::Classified,
            text!(
                "没有劣于Ⅲ类的项目,无主要污染指标。",
                "no item is worse than class III: no main pollutants."
            ),
        );
    } else {
        out.conclude(
            Verdict::Classified,
            text!("主要污染指标:{zh}。", "main pollutants: {en}."),
        );
    }
    Ok(out)
}

fn share(input: &Input<'_>, key: &str) -> Result<Exact, InputError> {
    let value = input.exact(key)?;
    if value.is_negative() || value > Exact::int(100) {
        return Err(input.error(key, "range", text!("比例应为 0–100", "a share is 0 to 100")));
    }
    Ok(value)
}

fn judge_period(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (before, after) = (input.field("before")?, input.field("after")?);
    let (g1, d1) = (share(&before, "pct_I_III")?, share(&before, "pct_worse_V")?);
    let (g2, d2) = (share(&after, "pct_I_III")?, share(&after, "pct_worse_V")?);
    for (side, g, d) in [(&before, &g1, &d1), (&after, &g2, &d2)] {
        if g + d > Exact::int(100) {
            return Err(InputError::new(
                side.path(),
                "range",
                text!(
                    "Ⅰ–Ⅲ类与劣Ⅴ类比例之和超过 100",
                    "the two shares add up to more than 100"
                ),
            ));
        }
    }
    let dg = &g2 - &g1;
    let dd = &d2 - &d1;
    let delta = &dg - &dd;
    let change = change_of_shares(&delta);
    let mut out = Judgement::new("water/period_change", basis());
    out.rests_on(Confidence::Secondary);
    out.uses("before", &format!("{g1} / {d1}"), "%")
        .uses("after", &format!("{g2} / {d2}"), "%");
    out.step(
        text!("Ⅰ–Ⅲ类比例变化 ΔG", "ΔG of classes I–III"),
        format!("{g2}-{g1}"),
        &dg,
    );
    out.step(
        text!("劣Ⅴ类比例变化 ΔD", "ΔD worse than class V"),
        format!("{d2}-{d1}"),
        &dd,
    );
    out.step(
        text!("ΔG-ΔD,界限 10、20", "ΔG-ΔD, bounds 10 and 20"),
        format!("{dg}-({dd})"),
        &delta,
    );
    out.put("dG", dg.to_json())
        .put("dD", dd.to_json())
        .put("dG_minus_dD", delta.to_json())
        .put("label", change.zh());
    let (zh, en) = (change.zh(), change.en());
    out.conclude(Verdict::Classified, text!("水质{zh}。", "water quality: {en}."));
    Ok(out)
}

fn judge_grade_change(input: &Input<'_>) -> Result<Judgement, InputError> {
    let grade = |key: &str| -> Result<Grade, InputError> {
        let name = input.str(key)?;
        Grade::parse(name).ok_or_else(|| {
            input.error(
                key,
                "unknown",
                text!("未知的水质状况 {name}", "unknown grade {name}"),
            )
        })
    };
    let (before, after) = (grade("before")?, grade("after")?);
    let change = change_of_grade(before, after);
    let mut out = Judgement::new("water/grade_change", basis());
    out.rests_on(Confidence::Secondary);
    out.uses("before", &before.zh(), "")
        .uses("after", &after.zh(), "");
    out.step(
        text!("等级变化", "steps between the grades"),
        format!("{} → {}", before.zh(), after.zh()),
        &(before as i8 - after as i8),
    );
    out.put("label", change.zh());
    let (zh, en) = (change.zh(), change.en());
    out.conclude(Verdict::Classified, text!("水质{zh}。", "water quality: {en}."));
    Ok(out)
}

fn judge_summary(input: &Input<'_>) -> Result<Judgement, InputError> {
    let counts = input.field("counts")?;
    let mut names = Vec::new();
    let mut numbers = Vec::new();
    for key in ["I_III", "IV", "V", "劣V"] {
        let n = counts.int(key)?;
        let n = u64::try_from(n).ok().filter(|n| *n <= 1_000_000).ok_or_else(|| {
            counts.error(
                key,
                "range",
                text!("断面数应为 0–1000000", "a count is 0 to 1000000"),
            )
        })?;
        names.push(key);
        numbers.push(n);
    }
    let total: u64 = numbers.iter().sum();
    if let Some(reporting) = input.opt_int("stations_reporting")?
        && u64::try_from(reporting) != Ok(total)
    {
        return Err(input.error(
            "stations_reporting",
            "range",
            text!(
                "各类合计 {total},与断面总数 {reporting} 不符",
                "the counts add up to {total}, not to {reporting}"
            ),
        ));
    }
    let mut out = Judgement::new(
        "water/real_weekly_summary",
        Basis::new("水质自动监测周报", "", "类别比例"),
    );
    out.rests_on(Confidence::Configurable);
    let shares = shares_adding_up(&numbers, 1);
    for (i, (name, n)) in names.iter().zip(&numbers).enumerate() {
        out.uses(name, n, "");
        let share = shares.get(i);
        if let Some(share) = share {
            out.step(
                text!(
                    "{name} 比例(最大余额法,合计 100)",
                    "share of {name} (largest remainder, adding up to 100)"
                ),
                format!("{n}/{total}×100%"),
                share,
            );
        }
        out.put(&format!("{name}_pct"), share.map(Exact::to_json));
    }
    if shares.is_empty() {
        out.conclude(Verdict::Undecided, text!("没有断面。", "no sections."));
    } else {
        out.conclude(
            Verdict::Computed,
            text!(
                "{total} 个断面的类别比例已算出,合计 100%。",
                "shares of {total} sections, adding up to 100 %."
            ),
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_leaves_no_gap() {
        table::assert_complete(TABLE, &ROWS);
        // Every composition of 20 sections has a grade.
        for good in 0..=20_usize {
            for worse in 0..=(20 - good) {
                let mut classes = vec![WaterClass::III; good];
                classes.extend(vec![WaterClass::WorseThanV; worse]);
                classes.extend(vec![WaterClass::IV; 20 - good - worse]);
                assert!(grade(&classes).grade.is_some(), "{good} {worse}");
            }
        }
    }

    #[test]
    fn the_gap_of_the_text_is_moderate() {
        let mut classes = vec![WaterClass::II; 6];
        classes.extend(vec![WaterClass::WorseThanV; 4]);
        let got = grade(&classes);
        assert_eq!(
            (got.grade, got.confidence),
            (Some(Grade::Moderate), Confidence::Configurable)
        );
        assert_eq!(grade(&classes[..4]).grade, None);
    }

    #[test]
    fn ten_points_are_no_change_yet() {
        assert_eq!(change_of_shares(&Exact::int(10)), Change::Same);
        assert_eq!(change_of_shares(&Exact::int(-20)), Change::Worse);
        assert_eq!(change_of_shares(&Exact::int(21)), Change::MuchBetter);
    }

    proptest::proptest! {
        #[test]
        fn a_better_section_never_worsens_the_grade(mut numbers in proptest::collection::vec(1_usize..=6, 5..30), at in 0_usize..30) {
            let classes = |n: &[usize]| -> Vec<WaterClass> { n.iter().map(|i| WaterClass::ALL[i - 1]).collect() };
            let before = grade(&classes(&numbers)).grade.unwrap();
            let at = at % numbers.len();
            numbers[at] = (numbers[at] - 1).max(1);
            proptest::prop_assert!(grade(&classes(&numbers)).grade.unwrap() <= before);
        }

        #[test]
        fn changes_mirror(a in 0_usize..5, b in 0_usize..5) {
            let (a, b) = (Grade::ALL[a], Grade::ALL[b]);
            let mirrored = Change::MuchBetter as i8 - change_of_grade(a, b) as i8;
            proptest::prop_assert_eq!(mirrored, change_of_grade(b, a) as i8);
        }
    }
}
