//! Whether a figure of another plan agrees with this one (相关规划衔接核对): this plan's own value is looked up, of the year the
//! other one means, and the two are compared by the side that is better. What is looser than a binding value contradicts it.

use rust_decimal::Decimal;
use serde::Serialize;
use standards::text;
use standards::text::Text;

use crate::facts::{Force, Sense};
use crate::indicators::{Asks, IndicatorInput, Years, asks, chosen};
use crate::number::{Num, exact};
use crate::tasks::TaskInput;
use crate::words::Said;

/// A figure of another plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Theirs {
    /// What it is of, in its own words.
    pub item: String,
    /// Value.
    pub value: Option<Decimal>,
    /// Unit.
    pub unit: Option<String>,
    /// Year it is for; the target year where not said.
    pub year: Option<u16>,
}

/// How the two stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 一致
    Consistent,
    /// 严于本规划
    Stricter,
    /// 宽于本规划
    Looser,
    /// 相互矛盾
    Contradicts,
}

impl Verdict {
    /// Stable name, as the register has it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Contradicts => "contradicts",
        }
    }

    /// By stable name.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Consistent, Self::Stricter, Self::Looser, Self::Contradicts]
            .into_iter()
            .find(|v| v.key() == key)
    }

    /// Whether something has to be done about it.
    pub fn open(self) -> bool {
        matches!(self, Self::Looser | Self::Contradicts)
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            Self::Consistent => Text::new("一致", "consistent"),
            Self::Stricter => Text::new("严于本规划", "stricter than this plan"),
            Self::Looser => Text::new("宽于本规划", "looser than this plan"),
            Self::Contradicts => Text::new("相互矛盾", "contradictory"),
        }
    }
}

/// This plan's own value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ours {
    /// Value.
    pub value: Decimal,
    /// Unit.
    pub unit: Option<String>,
    /// In English, where it is written otherwise.
    pub unit_en: Option<String>,
    /// How it is meant.
    pub sense: Sense,
    /// Year.
    pub year: u16,
    /// Where it comes from.
    pub by: Text,
    /// Binding.
    pub binding: bool,
}

/// What comes of comparing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// This plan's value; none where there is none to compare with.
    pub ours: Option<Ours>,
    /// Where the indicator stands, with the year, where it is known.
    pub actual: Option<(u16, Decimal)>,
    /// Theirs less ours.
    pub difference: Option<Decimal>,
    /// How they stand to each other; none where they cannot be compared.
    pub verdict: Option<Verdict>,
    /// Why, with the figures.
    pub reason: Text,
}

impl Compared {
    fn none(reason: Text) -> Self {
        Self {
            ours: None,
            actual: None,
            difference: None,
            verdict: None,
            reason,
        }
    }
}

/// Units written in several ways.
const SPELLINGS: [(&str, &[&str]); 4] = [
    (
        "μg/m³",
        &["ug/m3", "ug/m³", "μg/m3", "µg/m3", "µg/m³", "微克/立方米"],
    ),
    ("mg/L", &["mg/l", "毫克/升"]),
    ("吨", &["t"]),
    ("%", &["％", "百分比"]),
];

/// A unit as it is written here.
fn spelled(unit: &str) -> String {
    let plain: String = unit.chars().filter(|c| !c.is_whitespace()).collect();
    SPELLINGS
        .iter()
        .find(|(_, others)| others.contains(&plain.as_str()))
        .map_or(plain, |(unit, _)| (*unit).to_owned())
}

/// A figure against an indicator.
pub fn with_indicator(theirs: &Theirs, input: &IndicatorInput, years: Years) -> Compared {
    let year = theirs.year.unwrap_or(years.target);
    let actual = (years.base..=years.target)
        .rev()
        .find_map(|y| chosen(input, y))
        .map(|v| (v.year, v.value.normalize()));
    let goal = input.goals.iter().rfind(|g| g.year == year);
    let asked = asks(input, years, year);
    let ours = match (asked, goal) {
        (Asks::Value { sense, .. }, Some(goal)) => {
            Ok((goal.value, sense, text!("{year} 年度目标", "the goal of {year}")))
        }
        (
            Asks::Value {
                value,
                places,
                sense,
                by,
            },
            None,
        ) => match value.fixed(places).parse::<Decimal>() {
            Ok(value) => Ok((value.normalize(), sense, by)),
            Err(_) => Err(Text::new("本规划数值无法读出", "the value here does not read")),
        },
        (Asks::State(words), _) => Err(text!(
            "本规划为定性要求“{words}”，没有数值可比",
            "this plan states it in words (“{words:#}”): there is no value to compare"
        )),
        (Asks::Nothing(why), _) => Err(why),
    };
    let no = input.facts.no;
    match ours {
        Err(why) => Compared {
            actual,
            ..Compared::none(Text::new(
                format!("规划指标 {no}：{}", why.zh),
                format!("indicator {no}: {}", why.en),
            ))
        },
        Ok((value, sense, by)) => {
            let ours = Ours {
                value,
                unit: input.facts.unit.clone(),
                unit_en: input.facts.unit_en.clone(),
                sense,
                year,
                by: Text::new(
                    format!("规划指标 {no}，{}", by.zh),
                    format!("indicator {no}, {}", by.en),
                ),
                binding: input.facts.force == Force::Binding,
            };
            Compared {
                actual,
                ..compare(theirs, ours)
            }
        }
    }
}

/// A figure against the target of a task whose name is in the item, or holds it.
pub fn with_task(theirs: &Theirs, task: &TaskInput, years: Years) -> Compared {
    let id = &task.id;
    let mut named = task.targets.iter().filter(|t| {
        let name = t.target.name.as_str();
        t.target.value.is_some() && (theirs.item.contains(name) || name.contains(theirs.item.as_str()))
    });
    let (Some(found), None) = (named.next(), named.next()) else {
        return Compared::none(text!(
            "规划任务 {id} 没有与“{}”同名且有数值的目标",
            "task {id} has no target with a value under the name “{}”",
            theirs.item
        ));
    };
    let target = &found.target;
    let (Some(value), Some(sense)) = (target.value, target.sense) else {
        return Compared::none(Text::new("目标没有数值", "the target has no value"));
    };
    let due = target.due.and_then(|d| u16::try_from(d.year()).ok());
    let year = due.unwrap_or(years.target);
    if theirs.year.is_some_and(|asked| asked != year) {
        return Compared::none(text!(
            "规划任务 {id} 的目标是 {year} 年的，该规划数值是另一年的，不可比",
            "the target of task {id} is of {year}, the other plan's value is of another year: they cannot be compared"
        ));
    }
    let name = Said::new(&target.name, target.name_en.as_deref());
    compare(
        theirs,
        Ours {
            value,
            unit: target.unit.clone(),
            unit_en: target.unit_en.clone(),
            sense,
            year,
            by: text!("规划任务 {id} 的目标“{name}”", "target “{name:#}” of task {id}"),
            binding: false,
        },
    )
}

fn compare(theirs: &Theirs, ours: Ours) -> Compared {
    let Some(value) = theirs.value else {
        return Compared {
            ours: Some(ours),
            ..Compared::none(Text::new(
                "未填写该规划数值",
                "the other plan's value is not given",
            ))
        };
    };
    let (unit, unit_en) = (ours.unit.as_deref(), ours.unit_en.as_deref());
    if let (Some(given), Some(own)) = (theirs.unit.as_deref(), unit)
        && spelled(given) != spelled(own)
    {
        let own = Said::new(own, unit_en);
        let reason = text!(
            "计量单位不同：该规划为 {given}，本规划为 {own}，不可比，须先换算",
            "the units differ: {given} there, {own:#} here; convert before comparing"
        );
        return Compared {
            ours: Some(ours),
            ..Compared::none(reason)
        };
    }
    let stricter = match ours.sense {
        Sense::AtMost => value < ours.value,
        Sense::AtLeast | Sense::About => value > ours.value,
        Sense::Equal => false,
    };
    let verdict = if value == ours.value {
        Verdict::Consistent
    } else if stricter {
        Verdict::Stricter
    } else if ours.binding || ours.sense == Sense::Equal {
        Verdict::Contradicts
    } else {
        Verdict::Looser
    };
    let shown = |x: Decimal| Said::measured(&x.normalize().to_string(), unit, unit_en);
    let (there, here, year) = (shown(value), shown(ours.value), ours.year);
    let gap = Num(exact(value) - exact(ours.value));
    let (rule_zh, rule_en) = match ours.sense {
        Sense::AtMost => ("不高于", "at most"),
        Sense::Equal => ("等于", "exactly"),
        _ => ("不低于", "at least"),
    };
    let binding = match (verdict, ours.binding) {
        (Verdict::Contradicts, true) => (
            "；本规划为约束性指标，不得放宽",
            "; it is binding here and may not be loosened",
        ),
        _ => ("", ""),
    };
    let reason = Text::new(
        format!(
            "该规划 {there}，本规划 {year} 年{rule_zh} {here}（{}），相差 {gap}：{}{}",
            ours.by.zh,
            verdict.text().zh,
            binding.0
        ),
        format!(
            "{there:#} there, {rule_en} {here:#} here in {year} ({}), a difference of {gap}: {}{}",
            ours.by.en,
            verdict.text().en,
            binding.1
        ),
    );
    Compared {
        difference: value.checked_sub(ours.value).map(|d| d.normalize()),
        ours: Some(ours),
        actual: None,
        verdict: Some(verdict),
        reason,
    }
}
