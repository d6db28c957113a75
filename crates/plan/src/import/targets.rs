//! Targets in a text: values with their unit, comparison and date; values others assign; states to be reached by a date.
//! A figure that only says where a rule applies (大于3000吨的加油站) or how large something is, is kept apart.

use rust_decimal::Decimal;

use crate::document::{Comparator, Target, TargetKind};
use crate::limits::MAX_DATES;
use crate::pattern::Pattern;
use crate::text::{Text, numeral};

static DEADLINE: Pattern = Pattern::new(
    r"(?:到|至|截至|截止)?(?P<years>20\d{2}年(?:、20\d{2}年)*)(?P<end>(?:年?[底末](?:之?前)?|\d{1,2}月(?:[底末]|\d{1,2}日)?(?:之?前)?|之?前)?)",
);
static PERIOD: Pattern = Pattern::new(r"“?(十[一二三四五六七八九])五”?(?P<end>(?:末|期末|期间)?)");
static YEAR: Pattern = Pattern::new(r"20\d{2}");
static ASSIGNED: Pattern = Pattern::new(
    r"(?:完成|达到|达|落实)[^，。；]{0,6}(?:国家|上级|[省市、]{1,3}|自治区)[^，。；]{0,4}下达[^，。；]{0,40}(?:任务|目标)",
);
static OBJECT: Pattern = Pattern::new(r"下达的?(.{2,40}?)(?:目标任务|任务目标|任务|目标)");
static REACHED: Pattern = Pattern::new(r"(?:完成|达到|实现|消除).{0,40}(?:任务|目标)");
static VALUE: Pattern = Pattern::new(concat!(
    r"(?P<number>\d+(?:\.\d+)?)(?P<first>%?)(?:\s*(?:-|—|–|~|～|至|到)\s*(?P<upper>\d+(?:\.\d+)?))?\s*",
    r"(?P<unit>%|‰|个百分点|[μu]g/m[³3]|mg/(?:L|m[³3])|[MGk]W|分贝|dB(?:\(A\))?|摄氏度|",
    r"(?:[万亿千百]+)?(?:蒸吨|吨标准煤|吨|亩|公顷|平方公里|平方米|公里|立方米|毫米|厘米|米|千瓦时|千瓦|元|人|户|个|家|座|条|处|天|小时|辆|台|只|头|轮|次|项|套|株|倍|折)(?:/(?:小时|天|日|月|年|人|户|亩|吨|平方公里|平方米|立方米))?(?:·(?:平方公里|平方米|月|年))?)?",
    r"(?P<post>及以上|及以下|以上|以下|以内|左右)?",
));
static COUNTED: Pattern = Pattern::new(
    r"(?:至少|不少于)(?:完成|建成|开展|新建)?(?P<number>[一二两三四五六七八九十]+)(?P<unit>轮|次|个|座|家|处|条|项)",
);
static BEFORE: Pattern = Pattern::new(
    r"(不(?:得|应|能)?(?:高于|超过|大于|多于)|控制在|降(?:低)?[至到]|≤|(?:不(?:得|应)?)(?:低于|少于|小于)|≥|达到?|提高[至到]|提升[至到]|增[至到]|增加[至到]|稳定在|保持在|维持在|大于|超过|高于|小于|低于|占比|为|下降|降低|减少|削减|压减|提高|提升|增加)[约了]?$",
);
static AREA: Pattern = Pattern::new(r"(城市建成区|建成区|全[区县市](?:城区)?|重点区域|主城区|城区|城镇)");
static NAME: Pattern = Pattern::new(
    r"([\p{Han}A-Za-z0-9（）.、]+?)(?:不(?:得|应|能)?(?:高于|超过|大于|多于|低于|少于|小于)|控制在|降(?:低)?[至到]|达到?|提高[至到]|提升[至到]|增(?:加)?[至到]|稳定在|保持在|维持在|占比达?)?$",
);

/// The targets of a text, and the figures that are none.
pub(super) fn read(text: &Text) -> (Vec<Target>, Vec<Target>) {
    let mut targets = Vec::new();
    let mut figures = Vec::new();
    for (from, to) in spans(text.as_str(), &['。', '；', '！', '？', ';']) {
        sentence(&text.slice(from, to), &mut targets, &mut figures);
    }
    (targets, figures)
}

/// Parts between marks, those in quotes and brackets left whole.
pub(super) fn spans(s: &str, ends: &[char]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut quoted = 0_u32;
    for (i, c) in s.char_indices() {
        match c {
            '“' | '《' | '（' | '(' => quoted += 1,
            '”' | '》' | '）' | ')' => quoted = quoted.saturating_sub(1),
            _ if quoted == 0 && ends.contains(&c) => {
                out.push((from, i));
                from = i + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push((from, s.len()));
    out.retain(|(from, to)| from < to);
    out
}

/// Cited titles and standards hold numbers that are no values: they are blotted out, byte for byte.
fn mask(s: &str) -> String {
    static CITED: Pattern = Pattern::new(
        r"《[^《》]*》|(?:GB|HJ|DB\d{0,4}|JT|CJ|NY|SL|TD|LY)(?:/T)?\s*\d[\d.]*(?:[-—–]\d{4})?|[国省县]道\d+|[A-Za-z]\d+(?:\.\d+)?|\d+\+\d+|20\d{2}\s*[-—–]\s*20\d{2}年?",
    );
    let mut out = s.to_owned();
    for cited in CITED.find_all(s) {
        out.replace_range(cited.range(), &" ".repeat(cited.len()));
    }
    out
}

#[derive(Clone, Debug)]
struct Date {
    text: String,
    due: Option<String>,
}

/// Dates of a string with where they stand.
fn dates(s: &str) -> Vec<(usize, usize, Date)> {
    let mut out = Vec::new();
    for c in DEADLINE.captures_all(s).into_iter().take(MAX_DATES) {
        let (Some(whole), Some(years)) = (c.get(0), c.name("years")) else {
            continue;
        };
        let end = c.name("end").map_or("", |m| m.as_str());
        for year in YEAR.find_all(years.as_str()).into_iter().take(MAX_DATES) {
            out.push((
                whole.start(),
                whole.end(),
                Date {
                    text: format!("{}年{end}", year.as_str()),
                    due: due(year.as_str(), end),
                },
            ));
        }
    }
    out
}

fn due(year: &str, end: &str) -> Option<String> {
    let month = end.split_once('月').map(|(m, rest)| (m.parse::<u8>().ok(), rest));
    match month {
        Some((Some(month), rest)) => {
            let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let last = match month {
                4 | 6 | 9 | 11 => 30,
                2 if year.parse::<u32>().is_ok_and(|y| y % 4 == 0) => 29,
                2 => 28,
                1..=12 => 31,
                _ => return None,
            };
            let day = day.parse::<u8>().unwrap_or(last).clamp(1, last);
            Some(format!("{year}-{month:02}-{day:02}"))
        }
        Some((None, _)) => None,
        // 2025年前: whether the year itself still counts is not said
        None if matches!(end, "前" | "之前") => None,
        None => Some(format!("{year}-12-31")),
    }
}

fn period(s: &str) -> Option<(usize, usize, Date)> {
    let c = PERIOD.captures(s)?;
    let whole = c.get(0)?;
    let no = numeral(c.get(1)?.as_str())?;
    // the first five-year plan ended in 1957, the twelfth in 2015
    let year = (2015 + 5 * no).checked_sub(60)?;
    Some((
        whole.start(),
        whole.end(),
        Date {
            text: whole.as_str().to_owned(),
            due: Some(format!("{year}-12-31")),
        },
    ))
}

fn sentence(text: &Text, targets: &mut Vec<Target>, figures: &mut Vec<Target>) {
    let masked = mask(text.as_str());
    let mut when: Vec<Date> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let close = |open: &mut Option<(usize, usize)>, when: &[Date], targets: &mut Vec<Target>| {
        if let Some((from, to)) = open.take() {
            let clause = text.slice(from, to);
            for date in when {
                targets.push(stated(&clause, TargetKind::Qualitative, Some(date)));
            }
        }
    };
    for (from, to) in spans(&masked, &['，', ',']) {
        let clause = text.slice(from, to);
        let own = masked.get(from..to).unwrap_or_default();
        let found = dates(own);
        let mut after = 0;
        if let Some((start, end, _)) = found.last() {
            close(&mut open, &when, targets);
            when = found.iter().map(|(_, _, d)| d.clone()).collect();
            // words before a date that say no more than the date; anything else makes the date part of its clause
            let before = own.get(..*start).unwrap_or_default().trim();
            after = if matches!(
                before,
                "" | "在" | "力争" | "争取" | "确保" | "计划" | "预计" | "力争在"
            ) {
                *end
            } else {
                0
            };
        }
        let body = clause.from(after);
        if body.as_str().chars().count() < 2 {
            continue;
        }
        let own_mask = mask(body.as_str());
        let (aims, plain): (Vec<Target>, Vec<Target>) = values(&body, &blot(&own_mask))
            .into_iter()
            .partition(|v| v.kind == TargetKind::Value);
        figures.extend(plain);
        if !aims.is_empty() {
            close(&mut open, &when, targets);
            for mut aim in aims {
                if let Some(date) = when.last() {
                    aim.deadline = Some(date.text.clone());
                    aim.due.clone_from(&date.due);
                }
                targets.push(aim);
            }
        } else if ASSIGNED.is_match(body.as_str()) {
            close(&mut open, &when, targets);
            let local = if when.is_empty() {
                period(body.as_str()).map(|p| p.2)
            } else {
                None
            };
            targets.push(stated(
                &body,
                TargetKind::Assigned,
                when.last().or(local.as_ref()),
            ));
        } else if when.is_empty() {
            if let Some((_, _, date)) = period(body.as_str())
                && REACHED.is_match(body.as_str())
            {
                targets.push(stated(&body, TargetKind::Qualitative, Some(&date)));
            }
        } else {
            let begin = from + after;
            open = Some((open.map_or(begin, |(b, _)| b), to));
        }
    }
    close(&mut open, &when, targets);
}

/// Dates blotted out, so that their numbers are no values.
fn blot(s: &str) -> String {
    let mut out = s.to_owned();
    for (from, to, _) in dates(s) {
        out.replace_range(from..to, &" ".repeat(to - from));
    }
    out
}

/// Without the verbs before what is measured.
fn bare_name(name: &str) -> &str {
    let mut rest = name.trim();
    while let Some(next) = [
        "确保", "力争", "争取", "实现", "完成", "如期", "保持", "推进", "落实", "使", "其中",
    ]
    .iter()
    .find_map(|v| rest.strip_prefix(v))
    {
        rest = next;
    }
    rest
}

fn stated(clause: &Text, kind: TargetKind, date: Option<&Date>) -> Target {
    let clause = clause.trim();
    let name = match kind {
        TargetKind::Assigned => ASSIGNED
            .find(clause.as_str())
            .and_then(|m| clause.as_str().get(..m.start()))
            .map(|name| bare_name(name).to_owned())
            .filter(|name| !name.is_empty())
            .or_else(|| Some(OBJECT.captures(clause.as_str())?.get(1)?.as_str().to_owned()))
            .unwrap_or_default(),
        _ => String::new(),
    };
    Target {
        text: clause.as_str().to_owned(),
        name,
        kind,
        value: None,
        upper: None,
        unit: None,
        comparator: None,
        deadline: date.map(|d| d.text.clone()),
        due: date.and_then(|d| d.due.clone()),
        area: AREA.find(clause.as_str()).map(|m| m.as_str().to_owned()),
        line: clause.first_line(),
    }
}

/// Values of a clause; `kind` tells targets from figures.
fn values(clause: &Text, masked: &str) -> Vec<Target> {
    let masked = blot(masked);
    let mut out = Vec::new();
    for c in COUNTED.captures_all(&masked) {
        let number = c.name("number").and_then(|m| numeral(m.as_str()));
        if let (Some(number), Some(unit)) = (number, c.name("unit")) {
            let mut target = stated(clause, TargetKind::Value, None);
            target.value = Some(number.into());
            target.unit = Some(unit.as_str().to_owned());
            target.comparator = Some(Comparator::AtLeast);
            out.push(target);
        }
    }
    for c in VALUE.captures_all(&masked) {
        let (Some(whole), Some(number)) = (c.get(0), c.name("number")) else {
            continue;
        };
        let before = masked.get(..whole.start()).unwrap_or_default();
        let after = masked.get(whole.end()..).unwrap_or_default();
        if let Some(target) = value(clause, before, after, &c, number.as_str()) {
            out.push(target);
        }
    }
    out
}

fn value(clause: &Text, before: &str, after: &str, c: &regex::Captures<'_>, number: &str) -> Option<Target> {
    // part of a longer token: 2.5μm particles, 1:2, dates
    if before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '：' | ':' | '第'))
        || after.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '年' | '月' | '日' | '：' | ':'))
    {
        return None;
    }
    let text = |name: &str| c.name(name).map(|m| m.as_str()).filter(|s| !s.is_empty());
    let unit = text("unit").or_else(|| text("first"));
    let lead = BEFORE.captures(before).and_then(|m| m.get(1)).map(|m| m.as_str());
    if unit.is_none() && lead.is_none() && text("post").is_none() {
        return None;
    }
    let upper: Option<Decimal> = text("upper").and_then(|u| u.parse().ok());
    let comparator = comparator(lead, text("post"), upper.is_some());
    let condition = after.starts_with('的')
        || (text("post").is_some()
            && unit != Some("%")
            && after.chars().next().is_some_and(crate::text::is_han))
        || ["禁止", "严禁", "依法查处"]
            .iter()
            .any(|w| clause.as_str().starts_with(w))
        || (matches!(lead, Some("大于" | "小于" | "超过" | "高于" | "低于"))
            && after.chars().next().is_some_and(crate::text::is_han));
    let percent = matches!(unit, Some("%" | "‰"));
    let aimed = percent || lead.is_some() || (text("post").is_some() && unit.is_none());
    let name = NAME
        .captures(before)
        .and_then(|n| n.get(1))
        .map_or("", |m| m.as_str());
    let mut target = stated(
        clause,
        if aimed && !condition {
            TargetKind::Value
        } else {
            TargetKind::Figure
        },
        None,
    );
    let name = bare_name(name);
    let follows = after
        .find(['，', '。', '（'])
        .and_then(|end| after.get(..end))
        .unwrap_or(after);
    // 「全区55%以上村庄的…」: what is measured comes after the value
    let name = if name.is_empty() || target.area.as_deref() == Some(name) {
        follows
    } else {
        name
    };
    name.clone_into(&mut target.name);
    target.value = number.parse().ok();
    target.upper = upper;
    target.unit = unit.map(str::to_owned);
    target.comparator = Some(comparator);
    target.line = clause.line_at(c.get(0)?.start());
    Some(target)
}

fn comparator(lead: Option<&str>, post: Option<&str>, range: bool) -> Comparator {
    if range {
        return Comparator::Range;
    }
    match post {
        Some("以上" | "及以上") => return Comparator::AtLeast,
        Some("以下" | "及以下" | "以内") => return Comparator::AtMost,
        Some(_) => return Comparator::About,
        None => {}
    }
    let Some(lead) = lead else {
        return Comparator::Equal;
    };
    if lead.starts_with('不') {
        if lead.ends_with("低于") || lead.ends_with("少于") || lead.ends_with("小于") {
            Comparator::AtLeast
        } else {
            Comparator::AtMost
        }
    } else if lead.starts_with("控制在")
        || lead.starts_with("降至")
        || lead.starts_with("降到")
        || lead.starts_with("降低至")
        || lead.starts_with("降低到")
        || lead == "≤"
    {
        Comparator::AtMost
    } else {
        match lead {
            "大于" | "超过" | "高于" => Comparator::More,
            "小于" | "低于" => Comparator::Less,
            "下降" | "降低" | "减少" | "削减" | "压减" => Comparator::ReduceBy,
            "提高" | "提升" | "增加" => Comparator::IncreaseBy,
            "占比" | "为" | "稳定在" | "保持在" | "维持在" => Comparator::Equal,
            _ => Comparator::AtLeast,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(s: &str) -> Target {
        let (targets, _) = read(&Text::line(s, 1));
        assert_eq!(targets.len(), 1, "{s}: {targets:?}");
        targets.into_iter().next().unwrap()
    }

    #[test]
    fn values_with_dates() {
        type Case = (
            &'static str,
            &'static str,
            Option<&'static str>,
            Comparator,
            Option<&'static str>,
        );
        let cases: [Case; 9] = [
            (
                "2025年年底前，甲率提高到80%以上。",
                "80",
                Some("%"),
                Comparator::AtLeast,
                Some("2025年年底前"),
            ),
            (
                "到2025年，全县甲率达到55%。",
                "55",
                Some("%"),
                Comparator::AtLeast,
                Some("2025年"),
            ),
            (
                "平均降尘量不得高于7吨/月·平方公里。",
                "7",
                Some("吨/月·平方公里"),
                Comparator::AtMost,
                None,
            ),
            (
                "到2025年，全县系数稳定在0.6364以上。",
                "0.6364",
                None,
                Comparator::AtLeast,
                Some("2025年"),
            ),
            (
                "2025年，甲占比达20%左右。",
                "20",
                Some("%"),
                Comparator::About,
                Some("2025年"),
            ),
            (
                "2027年6月底前，甲排放量下降12.5%。",
                "12.5",
                Some("%"),
                Comparator::ReduceBy,
                Some("2027年6月底前"),
            ),
            (
                "甲浓度控制在40μg/m³以内。",
                "40",
                Some("μg/m³"),
                Comparator::AtMost,
                None,
            ),
            (
                "2025年年底前，至少完成一轮排查。",
                "1",
                Some("轮"),
                Comparator::AtLeast,
                Some("2025年年底前"),
            ),
            ("甲比例保持在10-15%。", "10", Some("%"), Comparator::Range, None),
        ];
        for (s, number, unit, comparator, deadline) in cases {
            let t = one(s);
            assert_eq!(t.value, number.parse().ok(), "{s}");
            assert_eq!(t.unit.as_deref(), unit, "{s}");
            assert_eq!(t.comparator, Some(comparator), "{s}");
            assert_eq!(t.deadline.as_deref(), deadline, "{s}");
        }
        assert_eq!(
            one("2027年6月底前，甲排放量下降12.5%。").due.as_deref(),
            Some("2027-06-30")
        );
    }

    #[test]
    fn conditions_and_names_are_no_targets() {
        for s in [
            "大于3000吨的加油站都要登记。",
            "禁止新建35蒸吨/小时及以下燃煤锅炉。",
            "实施国道309改线。",
            "符合《某要求》（GB/T 38597-2020）。",
            "治理PM2.5和O3。",
            "推进“1+4”模式。",
        ] {
            assert_eq!(read(&Text::line(s, 1)).0, vec![], "{s}");
        }
    }

    #[test]
    fn assigned_and_stated() {
        let t = one("2025年年底前，再生水利用率完成市下达的任务目标。");
        assert_eq!((t.kind, t.name.as_str()), (TargetKind::Assigned, "再生水利用率"));
        let t = one("2025年年底前，全面完成排污口整治任务，甲乙联网。");
        assert_eq!(
            (t.kind, t.text.as_str()),
            (TargetKind::Qualitative, "全面完成排污口整治任务，甲乙联网")
        );
        let t = one("完成“十四五”煤炭压减任务。");
        assert_eq!(t.due.as_deref(), Some("2025-12-31"));
    }
}
