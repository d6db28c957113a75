//! What the follow-up itself amounted to (工作统计): measures, reports, rounds, orders up to the closing day of an evaluation.
//! A figure keeps the records it counts as they stood, so that it opens to the same rows whatever becomes of them later.

use jiff::civil::Date;
use plan::evaluation::{Figure, FigureRow};
use plan::words::Source;

use crate::kept::{self, Head, Kept};

/// A figure that counts records.
struct Count {
    /// Stable name, last part of the figure's key.
    key: &'static str,
    /// Chinese and English.
    group: (&'static str, &'static str),
    /// Chinese and English.
    name: (&'static str, &'static str),
    unit: &'static str,
    register: &'static str,
    rows: fn(&Kept, Date) -> Vec<FigureRow>,
}

/// All of them, in the order of a report.
const COUNTS: [Count; 6] = [
    Count {
        key: "measures",
        group: ("任务落实", "work on the tasks"),
        name: ("落实措施", "measures"),
        unit: "项",
        register: kept::MEASURE,
        rows: measures,
    },
    Count {
        key: "reports",
        group: ("任务落实", "work on the tasks"),
        name: ("审核通过的进展报告", "progress reports accepted"),
        unit: "份",
        register: kept::REPORT,
        rows: reports,
    },
    Count {
        key: "returns",
        group: ("调度", "dispatch"),
        name: ("调度填报", "returns of rounds"),
        unit: "份",
        register: kept::RETURN,
        rows: |kept, closing| returns(kept, closing, false),
    },
    Count {
        key: "late_returns",
        group: ("调度", "dispatch"),
        name: ("逾期填报", "returns filed late"),
        unit: "份",
        register: kept::RETURN,
        rows: |kept, closing| returns(kept, closing, true),
    },
    Count {
        key: "orders",
        group: ("督办", "supervision"),
        name: ("督办单", "supervision orders"),
        unit: "份",
        register: kept::ORDER,
        rows: |kept, closing| orders(kept, closing, false),
    },
    Count {
        key: "open_orders",
        group: ("督办", "supervision"),
        name: ("未办结督办单", "orders still open"),
        unit: "份",
        register: kept::ORDER,
        rows: |kept, closing| orders(kept, closing, true),
    },
];

/// The figures on a closing day. `of` is the key of the evaluation that freezes them.
pub(crate) fn figures(kept: &Kept, closing: Date, of: &str) -> Vec<Figure> {
    COUNTS
        .iter()
        .map(|count| {
            let rows = (count.rows)(kept, closing);
            Figure {
                group: count.group.0.to_owned(),
                group_en: Some(count.group.1.to_owned()),
                name: count.name.0.to_owned(),
                name_en: Some(count.name.1.to_owned()),
                value: Some(rows.len().into()),
                unit: Some(count.unit.to_owned()),
                // English counts without a word for what is counted.
                unit_en: Some(String::new()),
                source: Source {
                    key: format!("{of}/{}", count.key),
                    name: format!("台账统计：{}", count.name.0),
                    name_en: Some(format!("counted in a register: {}", count.name.1)),
                    on: Some(closing),
                    version: String::new(),
                },
                register: Some(count.register.to_owned()),
                rows,
            }
        })
        .collect()
}

fn row(head: &Head, name: String, unit: &model::ids::UnitCode, on: Date) -> FigureRow {
    FigureRow {
        id: head.id.to_string(),
        revision: head.revision,
        name,
        unit: unit.clone(),
        on,
        state: head.state.clone(),
    }
}

/// Measures that have begun, drafts left out.
fn measures(kept: &Kept, closing: Date) -> Vec<FigureRow> {
    let begun = kept
        .measures
        .iter()
        .filter(|m| m.start <= closing && m.head.state != "draft");
    begun
        .map(|m| row(&m.head, format!("{} {}", m.task, m.title), &m.unit, m.start))
        .collect()
}

/// Reports that were accepted. Their words are the units' own and stay in the register.
fn reports(kept: &Kept, closing: Date) -> Vec<FigureRow> {
    let accepted = kept
        .reports
        .iter()
        .filter(|r| r.on <= closing && r.head.state == "accepted");
    accepted
        .map(|r| {
            let name = format!("任务 {}，{} %", r.task, r.percent.normalize());
            row(&r.head, name, &r.unit, r.on)
        })
        .collect()
}

/// Returns that were due; only those filed late or not at all where `late`.
fn returns(kept: &Kept, closing: Date, late: bool) -> Vec<FigureRow> {
    let due = kept.returns.iter().filter(|r| r.due <= closing);
    due.filter(|r| !late || r.filed.is_none_or(|filed| filed > r.due))
        .map(|r| {
            let filed = match r.filed {
                Some(day) => format!("{day} 填报"),
                None => "未填报".to_owned(),
            };
            row(&r.head, format!("{}，{filed}", r.round), &r.unit, r.due)
        })
        .collect()
}

/// Orders that were issued; only those still open where `open`.
fn orders(kept: &Kept, closing: Date, open: bool) -> Vec<FigureRow> {
    let issued = kept
        .orders
        .iter()
        .filter(|o| o.issued <= closing && o.head.state != "draft");
    issued
        .filter(|o| !open || o.head.state != "closed")
        .map(|o| {
            row(
                &o.head,
                format!("{}，任务 {}", o.number, o.task),
                &o.unit,
                o.issued,
            )
        })
        .collect()
}
