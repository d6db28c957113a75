//! Notes of responsible units: （牵头单位：…；配合单位：…）, （责任单位：…）, （…按职责分工负责）. They stand at the end or in the
//! middle of a text, in any bracket, in two different brackets, in half a bracket or in none.

use super::report::Report;
use crate::document::NoteKind;
use crate::limits::MAX_NOTE;
use crate::pattern::Pattern;
use crate::text::{Text, is_close, is_open, partner, split_outside};

/// A note with the names as printed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawNote {
    pub kind: NoteKind,
    pub lead: Vec<Named>,
    pub cooperating: Vec<Named>,
    pub units: Vec<Named>,
    pub implementing: Vec<String>,
    pub text: String,
    pub line: u32,
}

/// A name as printed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub name: String,
    pub line: u32,
}

static LABEL: Pattern = Pattern::new(r"(牵头|责任|主责|配合|协同|协助|参与|参加)(?:单位|部门)\s*[：:]");
static BY_DUTY: Pattern = Pattern::new(
    r"按(?:照)?(?:各自)?(?:职责|职能)(?:分工|范围)?(?:共同|分别)?(?:负责|落实|组织实施)(?:落实)?",
);
/// 甲局牵头，乙局、丙局配合; 甲局负责: in brackets, with nothing but names of units.
static IN_WORDS: Pattern = Pattern::new(
    r"[（(〔【](?:由)?(?P<lead>[^（）()〔〕【】。；;：:]{3,120}?)(?:负责)?(?:(?P<leads>牵头)(?:负责|落实)?(?:[，,；;](?P<with>[^（）()〔〕【】。；;：:]{3,240}?)(?:配合|协助|参与)(?:落实|实施)?)?|负责(?:落实)?)[）)〕】]",
);
static ON_THE_SPOT: Pattern = Pattern::new(r"^(.{2,30}?)(?:分别|具体)?(?:负责)?(?:落实|实施|负责)$");
/// A name that reads as a unit of a district by its end.
static UNIT: Pattern = Pattern::new(
    r"^[区县市省旗州镇乡\p{Han}（）()]{0,24}?(?:局|委|办|办公室|中心|公司|支行|分局|委员会|协会|联合会|管委会|法院|检察院|总工会|团[区县市]委|妇联|科协|部|院|会|站|所|大队|支队|街道|政府|集团|处|厅|社|（机关事务服务中心）)$",
);

/// Whether a name reads as a unit.
pub(super) fn reads_as_unit(name: &str) -> bool {
    name.chars().count() >= 3 && UNIT.is_match(name)
}

/// Whether any note stands in a text.
pub(super) fn names_units(text: &str) -> bool {
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    !take(&Text::line(&tight, 1), &mut Report::default()).1.is_empty()
}

/// Names between commas, all of which read as units.
fn units_only(list: &str) -> Option<Vec<&str>> {
    let names = split_outside(list, |c| matches!(c, '、' | '，' | ','));
    names.iter().all(|n| reads_as_unit(n)).then_some(names)
}

/// A note in words at the start of a text, where all its names read as units.
fn in_words(s: &str) -> Option<regex::Captures<'_>> {
    IN_WORDS.captures(s).filter(|c| {
        let units = |name| c.name(name).is_none_or(|m| units_only(m.as_str()).is_some());
        units("lead") && units("with")
    })
}

/// Takes the notes out of a text: what is left, and the notes in their order.
pub(super) fn take(text: &Text, report: &mut Report) -> (Text, Vec<RawNote>) {
    let s = text.as_str();
    let mut spans: Vec<Span> = Vec::new();
    let labels = LABEL.captures_all(s).into_iter().filter_map(|c| {
        let whole = c.get(0)?;
        Some((whole.start(), whole.end(), true))
    });
    let duties = BY_DUTY
        .find_all(s)
        .into_iter()
        .map(|m| (m.start(), m.end(), false));
    let mut anchors: Vec<(usize, usize, bool)> = labels.chain(duties).collect();
    let worded: Vec<(usize, usize)> = IN_WORDS
        .find_all(s)
        .into_iter()
        .filter(|m| in_words(m.as_str()).is_some())
        .map(|m| (m.start(), m.end()))
        .collect();
    anchors.extend(worded.iter().map(|&(from, to)| (from, to, false)));
    anchors.sort_unstable();
    for (from, to, label) in anchors {
        let after = spans.last().map_or(0, |s: &Span| s.to);
        if from < after {
            continue;
        }
        if worded.contains(&(from, to)) {
            spans.push(Span { from, to });
            continue;
        }
        // a bracket closed too early: 配合单位 goes on behind it
        if label && let Some(last) = spans.last_mut() {
            let between = s.get(last.to..from).unwrap_or_default();
            if between
                .chars()
                .all(|c| matches!(c, '；' | ';' | '，' | '、' | ' ') || is_open(c))
            {
                let more = by_label(s, from);
                report.repair(
                    text.line_at(last.to),
                    "bracket",
                    s.get(last.from..last.to).unwrap_or_default(),
                    "",
                );
                last.to = more.to;
                continue;
            }
        }
        let span = if label {
            Some(by_label(s, from))
        } else {
            by_duty(s, from, to, after)
        };
        let Some(span) = span else {
            continue;
        };
        if s.get(span.from..span.to)
            .is_none_or(|t| t.chars().count() > MAX_NOTE)
        {
            report.doubt(
                text.line_at(from),
                "note",
                "责任单位说明过长，按正文读 / a note of units is too long, read as text",
            );
            continue;
        }
        if span.from >= after {
            spans.push(span);
        }
    }
    let mut rest = Text::default();
    let mut notes = Vec::new();
    let mut from = 0;
    for span in spans {
        let note = text.slice(span.from, span.to);
        let line = text.line_at(span.from);
        match read(&note, line, report) {
            Some(note) => {
                rest.append(&text.slice(from, span.from));
                from = span.to;
                brackets(&note, report);
                notes.push(note);
            }
            None => report.doubt(
                line,
                "note",
                format!(
                    "说明中未读出单位，按正文读 / no unit in a note, read as text: {}",
                    note.as_str()
                ),
            ),
        }
    }
    rest.append(&text.from(from));
    (rest, notes)
}

struct Span {
    from: usize,
    to: usize,
}

/// From a label: back over its bracket, forward to the bracket's end, or as far as names of units reach.
fn by_label(s: &str, label: usize) -> Span {
    let before = s.get(..label).unwrap_or_default();
    let from = before
        .char_indices()
        .next_back()
        .filter(|&(_, c)| is_open(c))
        .map_or(label, |(i, _)| i);
    let mut depth = u32::from(from == label);
    let mut last_close = None;
    let mut limit = s.len();
    for (n, (i, c)) in s.get(from..).unwrap_or_default().char_indices().enumerate() {
        let at = from + i;
        if n > MAX_NOTE {
            limit = at;
            break;
        }
        let end = at + c.len_utf8();
        if is_open(c) {
            depth += 1;
        } else if is_close(c) {
            depth = depth.saturating_sub(1);
            last_close = Some(end);
            if depth == 0 {
                return Span { from, to: end };
            }
        } else if c == '。' {
            // 「…负责落实。】」 closes behind its full stop
            let rest = s.get(end..).unwrap_or_default();
            if let Some(close) = rest.chars().next().filter(|c| is_close(*c)) {
                return Span {
                    from,
                    to: end + close.len_utf8(),
                };
            }
            return Span {
                from,
                to: unclosed(s, from, at, last_close),
            };
        }
    }
    Span {
        from,
        to: unclosed(s, from, limit, last_close),
    }
}

/// End of a note that never closes: behind the last name in it that reads as a unit.
fn unclosed(s: &str, from: usize, limit: usize, last_close: Option<usize>) -> usize {
    let inner = s.get(from..limit).unwrap_or_default();
    if last_close == Some(limit) || inner.chars().count() <= 6 {
        return limit;
    }
    let tail_from = inner.rfind(['、', '；', '：', ':', ';']).map_or(0, |i| {
        i + inner
            .get(i..)
            .and_then(|t| t.chars().next())
            .map_or(0, char::len_utf8)
    });
    let tail = inner.get(tail_from..).unwrap_or_default();
    if reads_as_unit(tail) || tail.chars().count() <= 12 {
        return limit;
    }
    let mut best = None;
    for (i, c) in tail.char_indices().take(24) {
        let end = i + c.len_utf8();
        if reads_as_unit(tail.get(..end).unwrap_or_default()) {
            best = Some(end);
        }
    }
    best.map_or(limit, |end| from + tail_from + end)
}

/// From 按职责分工负责: back to the bracket that opens it, or over the names before it.
fn by_duty(s: &str, anchor: usize, end: usize, after: usize) -> Option<Span> {
    let mut to = end;
    let mut rest = s.get(end..).unwrap_or_default().chars();
    let mut next = rest.next();
    if next == Some('。') && rest.clone().next().is_some_and(is_close) {
        to += '。'.len_utf8();
        next = rest.next();
    }
    if let Some(close) = next.filter(|c| is_close(*c)) {
        to += close.len_utf8();
    }
    let mut depth = 0_u32;
    let before = s.get(after..anchor).unwrap_or_default();
    // no note is longer: beyond that nothing is looked for
    let reach = before.char_indices().rev().nth(MAX_NOTE).map_or(0, |(i, _)| i);
    let after = after + reach;
    let mut sentence = after;
    for (i, c) in s.get(after..anchor).unwrap_or_default().char_indices().rev() {
        let at = after + i;
        if is_close(c) {
            depth += 1;
        } else if is_open(c) {
            if depth == 0 {
                return Some(Span { from: at, to });
            }
            depth -= 1;
        } else if matches!(c, '。' | '！' | '？') {
            sentence = at + c.len_utf8();
            break;
        }
    }
    // the opening was lost: names of units reach back from the anchor
    let run = s.get(sentence..anchor).unwrap_or_default();
    let names = split_outside(run, |c| matches!(c, '、' | '，'));
    let mut from = anchor;
    for name in names.iter().rev() {
        if !reads_as_unit(name) {
            break;
        }
        let start = (name.as_ptr() as usize).checked_sub(s.as_ptr() as usize)?;
        from = start;
    }
    (from < anchor).then_some(Span { from, to })
}

/// Reads what stands in a note. None where no unit is in it.
fn read(note: &Text, line: u32, report: &mut Report) -> Option<RawNote> {
    let s = note.as_str();
    let inner_from = s.chars().next().filter(|c| is_open(*c)).map_or(0, char::len_utf8);
    let inner = s.get(inner_from..)?;
    let inner = strip_close(inner);
    let mut out = RawNote {
        kind: NoteKind::ByDuty,
        lead: Vec::new(),
        cooperating: Vec::new(),
        units: Vec::new(),
        implementing: Vec::new(),
        text: s.to_owned(),
        line,
    };
    let offset = |part: &str| (part.as_ptr() as usize).saturating_sub(s.as_ptr() as usize);
    let mut labelled = None;
    for clause in clauses(inner) {
        let names = |list: &str| -> Vec<Named> {
            split_outside(list, |c| matches!(c, '、' | '，' | ',' | '；' | ';'))
                .into_iter()
                .filter_map(|n| {
                    let name: String = n.chars().filter(|c| !c.is_whitespace()).collect();
                    let name = strip_close(name.trim_matches(['。', '：', ':'])).to_owned();
                    (!name.is_empty()).then(|| Named {
                        name,
                        line: note.line_at(offset(n)),
                    })
                })
                .collect()
        };
        let clause = clause.trim_start_matches(|c: char| is_open(c) || is_close(c));
        if let Some(said) = in_words(s)
            .filter(|_| clause.contains("牵头") || clause.ends_with("负责") || clause.ends_with("落实"))
            && !BY_DUTY.is_match(clause)
        {
            let list = |name| said.name(name).map_or_else(Vec::new, |m| names(m.as_str()));
            if said.name("leads").is_some() {
                labelled = labelled.or(Some(NoteKind::Lead));
                out.lead.extend(list("lead"));
                out.cooperating.extend(list("with"));
            } else {
                labelled = labelled.or(Some(NoteKind::Responsible));
                out.units.extend(list("lead"));
            }
            break;
        }
        if let Some(label) = LABEL
            .captures(clause)
            .filter(|c| c.get(0).is_some_and(|m| m.start() == 0))
        {
            let list = names(clause.get(label.get(0)?.end()..)?);
            match label.get(1)?.as_str() {
                "牵头" | "主责" => {
                    labelled = labelled.or(Some(NoteKind::Lead));
                    out.lead.extend(list);
                }
                "责任" => {
                    labelled = labelled.or(Some(NoteKind::Responsible));
                    out.units.extend(list);
                }
                _ => {
                    out.cooperating.extend(list);
                }
            }
        } else if let Some(duty) = BY_DUTY.find(clause) {
            out.units.extend(names(clause.get(..duty.start())?));
        } else if let Some(spot) = ON_THE_SPOT.captures(clause) {
            out.implementing.push(spot.get(1)?.as_str().to_owned());
        } else if !clause.trim().is_empty() {
            let more = names(clause);
            match labelled {
                Some(NoteKind::Responsible) => out.units.extend(more),
                _ if !out.cooperating.is_empty() => out.cooperating.extend(more),
                _ => out.lead.extend(more),
            }
        }
    }
    if out.cooperating.is_empty() {
        out.kind = labelled.unwrap_or(NoteKind::ByDuty);
    } else {
        out.kind = NoteKind::LeadCooperate;
        if out.lead.is_empty() {
            report.doubt(
                line,
                "note",
                "只有配合单位，无牵头单位 / cooperating units without a lead",
            );
            out.lead.append(&mut out.units);
        }
    }
    let named = !(out.lead.is_empty() && out.units.is_empty() && out.cooperating.is_empty());
    named.then_some(out)
}

/// The clauses of a note: between semicolons, and from label to label where only a comma stands between.
fn clauses(inner: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for part in split_outside(inner, |c| matches!(c, '；' | ';' | '。')) {
        let mut from = 0;
        for label in LABEL.find_all(part).into_iter().skip(1) {
            out.push(
                part.get(from..label.start())
                    .unwrap_or_default()
                    .trim_end_matches(['，', ',', '、', ' ']),
            );
            from = label.start();
        }
        out.push(part.get(from..).unwrap_or_default());
    }
    out
}

/// The closing bracket of the note itself, and not the one of a name in it.
fn strip_close(inner: &str) -> &str {
    let depth = inner
        .chars()
        .fold(0_i32, |d, c| d + i32::from(is_open(c)) - i32::from(is_close(c)));
    let trimmed = inner.trim_end_matches('。');
    match trimmed.chars().next_back() {
        Some(c) if is_close(c) && depth < 0 => trimmed.get(..trimmed.len() - c.len_utf8()).unwrap_or(trimmed),
        _ => trimmed,
    }
}

/// Reports brackets that are missing or do not belong together.
fn brackets(note: &RawNote, report: &mut Report) {
    let s = &note.text;
    let open = s.chars().next().filter(|c| is_open(*c));
    let depth = s
        .chars()
        .fold(0_i32, |d, c| d + i32::from(is_open(c)) - i32::from(is_close(c)));
    let close = s.chars().next_back().filter(|c| is_close(*c) && depth <= 0);
    match (open, close) {
        (Some(open), Some(close)) => {
            let plain = |c: char| match c {
                '(' => '（',
                ')' => '）',
                '［' => '[',
                '］' => ']',
                c => c,
            };
            if partner(open) != plain(close) {
                report.repair(
                    note.line,
                    "bracket",
                    &format!("{open}…{close}"),
                    &format!("{open}…{}", partner(open)),
                );
            }
        }
        (Some(open), None) => report.repair(
            note.line,
            "note_unclosed",
            &ends(s),
            &format!("{open}…{}", partner(open)),
        ),
        (None, Some(close)) => report.repair(note.line, "note_unopened", &ends(s), &format!("（…{close}")),
        (None, None) => report.repair(note.line, "note_without_brackets", &ends(s), "（…）"),
    }
}

fn ends(s: &str) -> String {
    let n = s.chars().count();
    if n <= 20 {
        return s.to_owned();
    }
    let head: String = s.chars().take(8).collect();
    let tail: String = s.chars().skip(n - 10).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(s: &str) -> (String, Vec<RawNote>) {
        let mut report = Report::default();
        let (rest, notes) = take(&Text::line(s, 7), &mut report);
        (rest.as_str().to_owned(), notes)
    }

    fn names(list: &[Named]) -> Vec<&str> {
        list.iter().map(|n| n.name.as_str()).collect()
    }

    #[test]
    fn every_form_and_every_damage() {
        let cases: [(&str, &str, NoteKind, &[&str]); 15] = [
            (
                "做事。（牵头单位：县甲局；配合单位：县乙局、县丙局）",
                "做事。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局", "县丙局"],
            ),
            (
                "做事。（责任单位：县甲局）再做。",
                "做事。再做。",
                NoteKind::Responsible,
                &["县甲局"],
            ),
            (
                "做事。（县甲局、县乙局按职责分工负责）",
                "做事。",
                NoteKind::ByDuty,
                &["县甲局", "县乙局"],
            ),
            (
                "做事。〔牵头单位：县甲局；配合单位：县乙局；各乡镇（街道）负责落实。】",
                "做事。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局"],
            ),
            (
                "做事。（牵头单位：县甲局；配合单位：县乙局、市公安局（某某分局）",
                "做事。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局", "市公安局（某某分局）"],
            ),
            (
                "做事。〔县委办公室（机关事务服务中心）、县财政局按职责分工负责〕",
                "做事。",
                NoteKind::ByDuty,
                &["县委办公室（机关事务服务中心）", "县财政局"],
            ),
            (
                "做事。牵头单位：县甲局；配合单位：县乙局）",
                "做事。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局"],
            ),
            (
                "做事。县甲局、县乙局按职责分工负责）",
                "做事。",
                NoteKind::ByDuty,
                &["县甲局", "县乙局"],
            ),
            (
                "做事。县甲局、县乙局按职责分工负责。",
                "做事。。",
                NoteKind::ByDuty,
                &["县甲局", "县乙局"],
            ),
            (
                "做事。（责任单位：县甲局",
                "做事。",
                NoteKind::Responsible,
                &["县甲局"],
            ),
            (
                "做事。（牵头单位：县甲局，配合单位：县乙局、县丙局）",
                "做事。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局", "县丙局"],
            ),
            (
                "做事。（县甲局牵头，县乙局、县丙局配合）再做。",
                "做事。再做。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局", "县丙局"],
            ),
            (
                "做事。（由县甲局牵头负责）",
                "做事。",
                NoteKind::Lead,
                &["县甲局"],
            ),
            (
                "做事。（县甲局、县乙局负责）",
                "做事。",
                NoteKind::Responsible,
                &["县甲局", "县乙局"],
            ),
            (
                "做事。（牵头单位：县甲局）；配合单位：县乙局）",
                "做事。",
                NoteKind::LeadCooperate,
                &["县甲局", "县乙局"],
            ),
        ];
        for (text, rest, kind, units) in cases {
            let (left, found) = notes(text);
            assert_eq!(found.len(), 1, "{text}");
            let note = &found[0];
            assert_eq!(note.kind, kind, "{text}");
            let all: Vec<&str> = [&note.lead, &note.units, &note.cooperating]
                .into_iter()
                .flat_map(|l| names(l))
                .collect();
            assert_eq!(all, units, "{text}");
            assert_eq!(left, rest, "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_are_no_notes() {
        for text in [
            "建设主体单位全面负责雨污分流建设。",
            "坚持分级负责、属地为主。",
            "要按照职责分工，制定方案。",
            "落实属地责任（谁污染谁负责）。",
            "建立机制（政府主导、企业负责）。",
        ] {
            assert_eq!(notes(text), (text.to_owned(), vec![]));
        }
    }
}
