//! The report of an evaluation: its outline, and that every figure leads to a source.

use std::collections::BTreeSet;

use crate::common::{date, snapshot};
use ::report::document::{Block, Document, Run};
use plan::evaluation::{Rules, evaluate};
use plan::report::{Cover, Remarks, document};

fn made(last: bool) -> Document {
    let snapshot = snapshot(last);
    let evaluation = evaluate(&snapshot, &Rules::default()).unwrap();
    let cover = Cover {
        number: Some("聊茌环报〔2024〕3号".to_owned()),
        issuer: Some("聊城市生态环境局茌平区分局".to_owned()),
        date: date("2024-03-15"),
        remarks: Remarks {
            causes: vec!["挥发性有机物治理项目开工偏晚。".to_owned()],
            ..Remarks::default()
        },
    };
    document(&snapshot, &evaluation, &cover)
}

fn blocks(document: &Document) -> impl Iterator<Item = &Block> {
    document
        .body
        .iter()
        .chain(document.annexes.iter().flat_map(|a| &a.body))
}

fn runs(document: &Document) -> Vec<&Run> {
    blocks(document)
        .flat_map(|block| match block {
            Block::Paragraph { runs } | Block::Note { runs } => runs.iter().collect::<Vec<_>>(),
            Block::Table(t) => t
                .head
                .iter()
                .chain(&t.rows)
                .flatten()
                .flat_map(|c| &c.runs)
                .collect(),
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn the_outline_is_that_of_an_evaluation() {
    let document = made(false);
    document.check().unwrap();
    let heads: Vec<&str> = document
        .body
        .iter()
        .filter_map(|b| match b {
            Block::Heading { level: 1, text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        heads,
        [
            "总体情况和评估方法",
            "规划指标完成情况",
            "重点任务和工程进展",
            "主要成效",
            "存在问题和原因",
            "趋势预测和风险",
            "规划调整建议",
            "下一步措施"
        ]
    );
    let annexes: Vec<&str> = document.annexes.iter().map(|a| a.title.as_str()).collect();
    assert_eq!(
        annexes,
        [
            "指标计算明细",
            "任务和工程判定表",
            "评分和规则",
            "存疑清单",
            "数据来源表"
        ]
    );
    assert!(document.title.ends_with("中期评估报告"));
}

#[test]
fn every_mark_leads_to_a_source_and_every_source_is_used() {
    for last in [false, true] {
        let document = made(last);
        let Some(Block::Table(table)) = document.annexes.last().unwrap().body.last() else {
            panic!()
        };
        let listed: BTreeSet<String> = table.rows.iter().map(|r| r[0].runs[0].text.clone()).collect();
        let used: BTreeSet<String> = runs(&document)
            .iter()
            .filter_map(|r| r.mark)
            .map(|n| format!("[{n}]"))
            .collect();
        assert_eq!(used, listed);
        let keys: BTreeSet<&str> = table.rows.iter().map(|r| r[4].runs[0].text.as_str()).collect();
        assert_eq!(keys.len(), table.rows.len(), "each key once");
        assert!(
            keys.contains(if last {
                "indicator/1/2025"
            } else {
                "indicator/1/2023"
            }) && keys.contains("register/village?state=treated"),
            "{keys:?}"
        );
    }
}

#[test]
fn the_figures_of_the_table_are_those_of_the_evaluation() {
    let document = made(false);
    let table = blocks(&document).find_map(|b| match b {
        Block::Table(t) if t.caption.contains("评估表") => Some(t),
        _ => None,
    });
    let row = |no: &str| -> Vec<String> {
        let rows = &table.unwrap().rows;
        let row = rows.iter().find(|r| r[0].runs[0].text == no).unwrap();
        row.iter().map(|c| c.runs[0].text.clone()).collect()
    };
    assert_eq!(row("1")[3..], ["54", "42", "46", "66.7 %", "绿灯", "符合进度"]);
    assert_eq!(row("3")[3..], ["0", "0", "0", "保持", "绿灯", "保持"]);
    assert_eq!(
        row("8")[3..],
        ["[44.85%]", "2061.6", "1237", "60.0 %", "绿灯", "符合进度"]
    );
    assert_eq!(
        row("10")[3..],
        ["[13.43%]", "958.3", "400", "≥ 41.7 %", "灰灯", "无法判定"]
    );
    assert_eq!(
        row("12")[3..],
        ["—", "待下达", "12.2", "待下达", "灰灯", "目标待下达"]
    );
    assert_eq!(row("16")[3..], ["—", "有效保障", "达到", "定性", "绿灯", "完成"]);
    let words: String = runs(&document).iter().map(|r| r.text.as_str()).collect();
    assert!(words.contains("综合得分 84.33 分") && words.contains("等级为合格"));
    assert!(words.contains("挥发性有机物治理项目开工偏晚"));
    assert!(
        words.contains("黑臭水体 缺数"),
        "a missing figure is said to be missing"
    );
}

#[test]
fn the_same_evaluation_is_written_with_the_same_bytes() {
    let (a, b) = (made(true), made(true));
    assert_eq!(a, b);
    assert!(::report::docx::write(&a).unwrap() == ::report::docx::write(&b).unwrap());
}
