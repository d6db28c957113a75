//! Figures of what was reached before the plan (基期与成效): each with what it is of, its year, what it is compared with, and
//! its unit. A value that follows from two others (54, 56.1 % better than in 2015) is added, and marked as derived.

use rust_decimal::Decimal;

use super::targets::spans;
use crate::document::{Comparator, PastFigure};
use crate::pattern::Pattern;
use crate::text::{Text, is_han};

/// Compared with what: 较2018年, 比2015年, 与2015年相比, 较“十二五”.
static AGAINST: Pattern = Pattern::new(
    r"(?:较|比|与)(?P<what>(?P<year>20\d{2})年|“?十[一二三四五]五”?(?:末|期间)?)(?:底|末)?(?:相比)?",
);
static YEAR: Pattern = Pattern::new(r"(20\d{2})年(?:底|末)?");
static PERIOD: Pattern = Pattern::new(r"“?十[一二三四五]五”?期间");
/// 由2016年的
static FROM: Pattern = Pattern::new(r"由(20\d{2})年的?");
/// Shares of a whole, 9.4：54.4：36.2.
static SHARES: Pattern = Pattern::new(r"\d+(?:\.\d+)?(?:[：:]\d+(?:\.\d+)?)+");
static VALUE: Pattern = Pattern::new(concat!(
    r"(?P<number>\d+(?:\.\d+)?)(?P<more>[余多])?\s*",
    r"(?P<unit>%|‰|个百分点|[μu]g/m[³3]|mg/(?:L|m[³3])|",
    r"[万亿千百]{0,2}(?:吨标准煤|吨|元|亩|公顷|平方公里|平方米|公里|立方米|千瓦时|千瓦|蒸吨)|",
    r"家次|人次|件次|家|个|座|处|条|台|辆|件|项|天|次|套|种|所|户|人|株|轮)",
));
/// Words between what is measured and its value.
static LINK: Pattern = Pattern::new(r"(?:分别|达到|达|为|至|到|的|了|约|近|超过|超|共|累计|均)+$");
static CHANGE: Pattern = Pattern::new(r"(改善|提升|提高|增加|增长|削减|压减|减少|下降|降低)$");
static CHANGE_FIRST: Pattern = Pattern::new(r"^(提升|提高|增加|削减|压减|减少|下降|降低)");
static LISTED: Pattern = Pattern::new(r"^(?P<names>[^\d]*、[^\d]*?)(?:分别为|为|达到|达)\s*\d");
static AREA: Pattern = Pattern::new(r"^(全[区县市])");
/// What the last of several names says for all of them: 化学需氧量、氨氮浓度.
const SHARED: [&str; 5] = ["浓度", "排放量", "占比", "比例", "率"];
/// Words before what is measured that say nothing of it.
const BARE: [&str; 8] = ["其中", "已", "均", "和", "及", "并", "年", "我区"];
/// Units that count things: what is counted may follow them.
const COUNTERS: &str = "家次人件个座处条台辆项套种所户株轮吨亩";

/// What has been read of a sentence so far.
#[derive(Default)]
struct Context {
    year: Option<u16>,
    against: Option<(String, Option<u16>)>,
    period: Option<String>,
    /// Last figure that stands for itself: (name, value, unit).
    last: Option<(String, Decimal, String)>,
    /// Names that a list of values was given for.
    listed: Vec<String>,
    /// What was done to the things counted in the piece before: 拆除11台…、145台….
    verb: String,
}

/// The figures of a text, in order; derived ones after those they follow from.
pub(super) fn figures(text: &Text) -> Vec<PastFigure> {
    let mut out = Vec::new();
    for (from, to) in spans(text.as_str(), &['。']) {
        let sentence = text.slice(from, to);
        let mut context = Context::default();
        for (from, to) in spans(sentence.as_str(), &['，', ',', '；', ';']) {
            clause(&sentence.slice(from, to), &mut context, &mut out);
        }
    }
    out
}

/// Blotted out byte for byte, so that places stay.
fn blot(s: &mut String, from: usize, to: usize) {
    s.replace_range(from..to, &" ".repeat(to - from));
}

/// What stands in brackets or is cited is no figure of the text.
fn mask(s: &str) -> String {
    static ASIDE: Pattern = Pattern::new(r"《[^《》]*》|（[^（）]*）|\([^()]*\)");
    let mut out = s.to_owned();
    for found in ASIDE.find_all(s) {
        blot(&mut out, found.start(), found.end());
    }
    out
}

fn clause(text: &Text, context: &mut Context, out: &mut Vec<PastFigure>) {
    let mut clean = mask(text.as_str());
    let source = clean.clone();
    let mut against = None;
    for c in AGAINST.captures_all(&source) {
        if let (Some(whole), Some(what)) = (c.get(0), c.name("what")) {
            let year = c.name("year").and_then(|y| y.as_str().parse().ok());
            against = Some((what.as_str().to_owned(), year));
            blot(&mut clean, whole.start(), whole.end());
        }
    }
    if against.is_some() {
        context.against.clone_from(&against);
    }
    let source = clean.clone();
    let mut from_year = None;
    if let Some(c) = FROM.captures(&source)
        && let (Some(whole), Some(year)) = (c.get(0), c.get(1))
    {
        from_year = year.as_str().parse().ok();
        // The mark stays to cut the name from what follows.
        clean.replace_range(
            whole.range(),
            &format!("由{}", " ".repeat(whole.len() - '由'.len_utf8())),
        );
    }
    let source = clean.clone();
    for found in YEAR.captures_all(&source) {
        if let (Some(whole), Some(year)) = (found.get(0), found.get(1)) {
            context.year = year.as_str().parse().ok().or(context.year);
            blot(&mut clean, whole.start(), whole.end());
        }
    }
    let source = clean.clone();
    if let Some(found) = PERIOD.find(&source) {
        context.period = Some(found.as_str().to_owned());
        // What is measured stands behind the period; words before it say where.
        let behind = source.get(found.end()..).unwrap_or_default().chars().any(is_han);
        blot(&mut clean, if behind { 0 } else { found.start() }, found.end());
    }
    let part = Part {
        text,
        against,
        from_year,
    };
    if let Some(names) = listed(&clean) {
        let values = values(&clean);
        if values.len() == names.len() {
            for (name, found) in names.iter().zip(&values) {
                let figure = part.figure(context, name, &clean, found, Some(Comparator::Equal));
                context.last = figure
                    .value
                    .zip(figure.unit.clone())
                    .map(|(v, u)| (name.clone(), v, u));
                out.push(figure);
            }
            context.listed = names;
            return;
        }
    }
    let found = values(&clean);
    if clean.contains("分别") && found.len() == context.listed.len() && found.len() > 1 {
        let first = found.first().map_or(0, |v| v.from);
        let comparator = change(bare(clean.get(..first).unwrap_or_default())).map(|(_, c)| c);
        for (name, value) in context.listed.clone().into_iter().zip(&found) {
            out.push(part.figure(context, &name, &clean, value, comparator));
        }
        return;
    }
    single(&part, &clean, &found, context, out);
}

/// Names of a list of values: 甲、乙浓度为1 mg/L、2 mg/L.
fn listed(clean: &str) -> Option<Vec<String>> {
    let names = LISTED.captures(clean)?.name("names")?.as_str().trim();
    let mut names: Vec<String> = names.split('、').map(|n| bare(n).to_owned()).collect();
    let last = names.last()?.clone();
    if let Some(shared) = SHARED.iter().find(|s| last.ends_with(*s)) {
        for name in &mut names {
            if !name.ends_with(shared) {
                name.push_str(shared);
            }
        }
    }
    names.iter().all(|n| !n.is_empty()).then_some(names)
}

/// A number with its unit, and where it stands.
struct Found {
    from: usize,
    to: usize,
    printed: String,
    value: Option<Decimal>,
    unit: Option<String>,
    more: bool,
}

fn values(clean: &str) -> Vec<Found> {
    let mut out: Vec<Found> = SHARES
        .find_all(clean)
        .into_iter()
        .map(|m| Found {
            from: m.start(),
            to: m.end(),
            printed: m.as_str().to_owned(),
            value: None,
            unit: None,
            more: false,
        })
        .collect();
    for c in VALUE.captures_all(clean) {
        let (Some(whole), Some(number), Some(unit)) = (c.get(0), c.name("number"), c.name("unit")) else {
            continue;
        };
        let before = clean.get(..whole.start()).unwrap_or_default();
        let after = clean.get(whole.end()..).unwrap_or_default();
        let inside =
            before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '：' | ':' | '第'));
        let bound = ["以上", "以下"].iter().any(|w| after.starts_with(w));
        if !inside && !bound {
            out.push(Found {
                from: whole.start(),
                to: whole.end(),
                printed: clean
                    .get(number.start()..whole.end())
                    .unwrap_or_default()
                    .to_owned(),
                value: number.as_str().parse().ok(),
                unit: Some(unit.as_str().to_owned()),
                more: c.name("more").is_some(),
            });
        }
    }
    out.sort_by_key(|f| f.from);
    out
}

/// Without words that say nothing of what is measured.
fn bare(name: &str) -> &str {
    let mut rest = name.trim().trim_matches(['、', ' ']);
    loop {
        let cut = LINK
            .find(rest)
            .map_or(rest, |m| rest.get(..m.start()).unwrap_or_default())
            .trim_end();
        let next = BARE
            .iter()
            .find_map(|w| cut.strip_prefix(w))
            .unwrap_or(cut)
            .trim_start();
        if next == rest {
            return rest;
        }
        rest = next;
    }
}

/// What stood before a change (甲改善 → 甲), and what the change is.
fn change(name: &str) -> Option<(&str, Comparator)> {
    let found = CHANGE.find(name)?;
    let comparator = match found.as_str() {
        "改善" => Comparator::ImproveBy,
        "提升" | "提高" | "增加" | "增长" => Comparator::IncreaseBy,
        _ => Comparator::ReduceBy,
    };
    Some((name.get(..found.start())?, comparator))
}

struct Part<'a> {
    text: &'a Text,
    against: Option<(String, Option<u16>)>,
    from_year: Option<u16>,
}

impl Part<'_> {
    fn figure(
        &self,
        context: &Context,
        name: &str,
        clean: &str,
        found: &Found,
        comparator: Option<Comparator>,
    ) -> PastFigure {
        let against = self
            .against
            .clone()
            .filter(|_| !matches!(comparator, Some(Comparator::Equal | Comparator::AtLeast)));
        let head = clean.trim_start();
        PastFigure {
            text: self.text.trim().as_str().to_owned(),
            area: AREA.find(head).map(|m| m.as_str().to_owned()),
            name: name.split_whitespace().collect(),
            printed: found.printed.clone(),
            value: found.value,
            unit: found.unit.clone(),
            comparator,
            year: context.year,
            against: against.as_ref().map(|(what, _)| what.clone()),
            against_year: against.and_then(|(_, year)| year),
            period: context.period.clone(),
            derived: None,
            line: self.text.line_at(found.from),
        }
    }
}

fn single(part: &Part<'_>, clean: &str, found: &[Found], context: &mut Context, out: &mut Vec<PastFigure>) {
    let mut begin = 0;
    for (n, value) in found.iter().enumerate() {
        let next = found.get(n + 1).map_or(clean.len(), |v| v.from);
        let before = clean.get(begin..value.from).unwrap_or_default();
        let after = clean.get(value.to..next).unwrap_or_default();
        begin = value.to;
        if after.starts_with("在线") {
            continue;
        }
        let lead = before.rsplit('、').next().unwrap_or(before);
        let tail = before.trim_end_matches(|c: char| c.is_whitespace());
        let more = value.more || ["超过", "超", "超过了"].iter().any(|w| tail.ends_with(w));
        let head = AREA.find(lead.trim_start()).map_or(lead.trim_start(), |m| {
            lead.trim_start().get(m.end()..).unwrap_or_default()
        });
        // 由2016年的3家…到15家: the name stands before the first of them, and holds for both.
        let moved = part.from_year.is_some() && found.len() == 2;
        let named = head.split('由').next().unwrap_or(head);
        let mut name = bare(named).trim_end_matches(['达', '约']).to_owned();
        let mut comparator = if more {
            Comparator::AtLeast
        } else if tail.ends_with(['近', '约']) {
            Comparator::About
        } else {
            Comparator::Equal
        };
        let mut changed = false;
        if let Some((rest, by)) = change(&name) {
            comparator = by;
            changed = true;
            name = bare(rest).to_owned();
        } else if part.against.is_some()
            && let Some(found) = CHANGE_FIRST.find(&name)
        {
            comparator = if matches!(found.as_str(), "提升" | "提高" | "增加") {
                Comparator::IncreaseBy
            } else {
                Comparator::ReduceBy
            };
            changed = true;
            name = name.get(found.end()..).unwrap_or_default().to_owned();
        }
        let counted = value
            .unit
            .as_deref()
            .is_some_and(|u| u.ends_with(|c| COUNTERS.contains(c)));
        let things = after.split(['、', '到']).next().unwrap_or_default().trim();
        if counted
            && !moved
            && things
                .chars()
                .next()
                .is_some_and(|c| is_han(c) || matches!(c, '“' | '3' | '0'..='9'))
        {
            if lead.len() < before.len() {
                // 拆除11台甲、145台乙: the verb holds on. 建成甲、乙5个厂: names of what is counted, not what is done.
                name = if n > 0 {
                    context.verb.clone()
                } else {
                    String::new()
                };
            }
            context.verb.clone_from(&name);
            name.push_str(things);
        }
        if name.is_empty() {
            name = context
                .last
                .as_ref()
                .map(|(name, ..)| name.clone())
                .unwrap_or_default();
        }
        let mut figure = part.figure(context, &name, clean, value, Some(comparator));
        if moved && n == 0 {
            figure.year = part.from_year;
        } else if moved {
            figure.year = context.year.filter(|y| Some(*y) != part.from_year);
            if let Some(first) = out.last() {
                figure.name.clone_from(&first.name);
            }
        }
        if let (true, Some(base)) = (changed, derived(&figure, context)) {
            out.push(figure);
            out.push(base);
            continue;
        }
        if !changed && let (Some(v), Some(u)) = (figure.value, figure.unit.clone()) {
            context.last = Some((figure.name.clone(), v, u));
        }
        out.push(figure);
    }
}

/// The value in the year a change is counted from, where the changed value is known.
fn derived(change: &PastFigure, context: &Context) -> Option<PastFigure> {
    let year = change.against_year?;
    let (name, now, unit) = context.last.as_ref()?;
    let by = change.value?;
    let less = matches!(
        change.comparator,
        Some(Comparator::ImproveBy | Comparator::ReduceBy)
    );
    let (value, formula) = if change.unit.as_deref() == Some("%") && unit != "%" {
        if change.name != *name {
            return None;
        }
        let share = by.checked_div(Decimal::ONE_HUNDRED)?;
        let rest = if less {
            Decimal::ONE - share
        } else {
            Decimal::ONE + share
        };
        let sign = if less { '−' } else { '+' };
        let value = now.checked_div(rest)?;
        let places = now.scale() + 1;
        (value.round_dp(places), format!("{now} / (1 {sign} {by} %)"))
    } else if change.unit.as_ref() == Some(unit) {
        let value = if less { now + by } else { now - by };
        let sign = if less { '+' } else { '−' };
        (value, format!("{now} {sign} {by}"))
    } else {
        return None;
    };
    Some(PastFigure {
        name: name.clone(),
        printed: String::new(),
        value: Some(value),
        unit: Some(unit.clone()),
        comparator: Some(Comparator::Equal),
        year: Some(year),
        against: None,
        against_year: None,
        derived: Some(formula),
        ..change.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str) -> Vec<PastFigure> {
        figures(&Text::line(s, 1))
    }

    fn shown(s: &str) -> Vec<String> {
        let year = |y: Option<u16>| y.map_or_else(|| "—".to_owned(), |y| y.to_string());
        read(s)
            .iter()
            .map(|f| {
                let value = f
                    .value
                    .map_or_else(|| f.printed.clone(), |v| v.normalize().to_string());
                let unit = f.unit.as_deref().unwrap_or("");
                let derived = f
                    .derived
                    .as_deref()
                    .map(|d| format!(" = {d}"))
                    .unwrap_or_default();
                format!("{} {value}{unit} {}{derived}", f.name, year(f.year))
            })
            .collect()
    }

    #[test]
    fn a_change_leads_back_to_the_year_it_is_counted_from() {
        assert_eq!(
            shown(
                "2020年与2015年相比，O3均值浓度为90μg/m³，比2015年改善40%；晴好天数200天，比2015年增加20天。"
            ),
            [
                "O3均值浓度 90μg/m³ 2020",
                "O3均值浓度 40% 2020",
                "O3均值浓度 150μg/m³ 2015 = 90 / (1 − 40 %)",
                "晴好天数 200天 2020",
                "晴好天数 20天 2020",
                "晴好天数 180天 2015 = 200 − 20",
            ]
        );
        // A cut of something whose own value is not told leads nowhere.
        assert_eq!(
            shown("2020年，甲排放量较2015年削减12.5%。"),
            ["甲排放量 12.5% 2020"]
        );
    }

    #[test]
    fn lists_keep_each_name_with_its_value() {
        assert_eq!(
            shown("全区断面“十二五”期间总磷、氨氮浓度为0.2 mg/L、0.5 mg/L，分别较“十一五”下降了5%和8%。"),
            [
                "总磷浓度 0.2mg/L —",
                "氨氮浓度 0.5mg/L —",
                "总磷浓度 5% —",
                "氨氮浓度 8% —"
            ]
        );
        assert_eq!(
            shown("拆除3台20万千瓦以下机组、12台10蒸吨以下锅炉，建成甲镇、乙镇2个污水处理厂。"),
            [
                "拆除20万千瓦以下机组 3台 —",
                "拆除10蒸吨以下锅炉 12台 —",
                "污水处理厂 2个 —"
            ]
        );
    }

    #[test]
    fn moves_shares_and_bounds() {
        assert_eq!(
            shown(
                "2020年全区三产比例由2015年的10：60：30调整到2020年的8：52：40，企业数量由2016年的3家增加到15家。"
            ),
            [
                "三产比例 10：60：30 2015",
                "三产比例 8：52：40 2020",
                "企业数量 3家 2016",
                "企业数量 15家 2020"
            ]
        );
        let found = read(
            "查处违法企业70余家，减排近5万吨，占比超过51%，24小时在线监控，治理《某方案（2018-2020年）》所列。",
        );
        let senses: Vec<_> = found.iter().map(|f| f.comparator).collect();
        assert_eq!(
            senses,
            [
                Some(Comparator::AtLeast),
                Some(Comparator::About),
                Some(Comparator::AtLeast)
            ]
        );
    }
}
