//! Problems and causes, trend and risks, adjustments, measures.

use ::report::document::{Block, Cell, Table};

use super::{Sentence, Writer, paragraphs, tint};
use crate::facts::Force;
use crate::indicators::{Kind, Reach};
use crate::words::Light;

impl Writer<'_> {
    pub(super) fn problems(&mut self) -> Vec<Block> {
        let e = self.evaluation;
        let own = self.sources.own();
        let mut out = vec![Block::heading(1, "存在问题和原因")];
        let red: Vec<&str> = e
            .indicators
            .iter()
            .filter(|i| i.state.light == Light::Red)
            .map(|i| i.state.name.as_str())
            .collect();
        let late = e.tasks.iter().filter(|t| t.state.late_days > 0).count();
        let unknown = e.tasks.iter().filter(|t| t.state.light == Light::Grey).count();
        let mut points = Vec::new();
        if !red.is_empty() {
            points.push(format!("指标红灯 {} 项：{}", red.len(), red.join("、")));
        }
        if late > 0 {
            points.push(format!("超期任务 {late} 项"));
        }
        if unknown > 0 {
            points.push(format!("没有进展信息的任务 {unknown} 项"));
        }
        if !e.doubts.is_empty() {
            points.push(format!("数据存疑 {} 处，见附件“存疑清单”", e.doubts.len()));
        }
        if points.is_empty() {
            out.push(Block::paragraph("按现有数据未发现明显问题。"));
        } else {
            out.push(
                Sentence::default()
                    .say(points.join("；"))
                    .mark(own)
                    .say("。")
                    .end(),
            );
        }
        out.extend(paragraphs(&self.cover.remarks.causes));
        if self.cover.remarks.causes.is_empty() {
            out.push(Block::paragraph("原因分析由责任单位补充。"));
        }
        out
    }

    pub(super) fn trend(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let target_year = self.snapshot.years.target;
        let mut out = vec![Block::heading(1, "趋势预测和风险")];
        if self.evaluation.year >= target_year {
            out.push(Block::paragraph("规划期已满，不再预测。"));
            return out;
        }
        let evaluation = self.evaluation;
        let rows: Vec<Vec<Cell>> = evaluation
            .indicators
            .iter()
            .filter_map(|judged| {
                let forecast = judged.state.forecast.as_ref()?;
                let (words, light) = match forecast.reach {
                    Some(Reach::Yes) => ("可达", Light::Green),
                    Some(Reach::Uncertain) => ("不确定", Light::Yellow),
                    Some(Reach::No) => ("难达", Light::Red),
                    None => ("—", Light::Grey),
                };
                let target = judged
                    .state
                    .target
                    .as_ref()
                    .map_or_else(|| "—".to_owned(), |t| t.short(2));
                let needed = judged.state.pace.as_ref().map(|p| {
                    let show = |n: &Option<crate::number::Num>| {
                        n.as_ref().map_or_else(|| "—".to_owned(), |n| n.short(2))
                    };
                    format!("{} / {}", show(&p.needed), show(&p.realised))
                });
                Some(vec![
                    Cell::center(judged.state.no.to_string()),
                    Cell::text(judged.state.name.clone()),
                    Cell::right(format!(
                        "{}（{}–{}）",
                        forecast.value.short(2),
                        forecast.low.short(2),
                        forecast.high.short(2)
                    ))
                    .marked(Some(own)),
                    Cell::right(target).marked(self.target_mark(judged.state.no)),
                    Cell::right(needed.unwrap_or_else(|| "—".to_owned())).marked(Some(own)),
                    Cell::center(words).tinted(tint(light)),
                ])
            })
            .collect();
        if rows.is_empty() {
            out.push(Block::paragraph("有效年份不足三年，不作趋势预测。"));
            return out;
        }
        out.push(Block::paragraph(format!(
            "对有三个以上年份数据的指标，用 Theil–Sen 趋势线外推到 {target_year} 年，区间为残差范围；预测只反映已有变化，不含今后措施的效果。"
        )));
        out.push(Block::Table(Table {
            caption: format!("{target_year}年趋势预测"),
            widths: vec![4, 18, 16, 8, 13, 7],
            head: vec![
                [
                    "序号",
                    "指标",
                    "预测值（区间）",
                    "目标",
                    "每年所需 / 已实现",
                    "判断",
                ]
                .map(Cell::center)
                .to_vec(),
            ],
            rows,
        }));
        out
    }

    pub(super) fn adjustments(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let mut out = vec![Block::heading(1, "规划调整建议")];
        let awaiting: Vec<String> = self
            .evaluation
            .indicators
            .iter()
            .filter(|i| i.state.kind == Kind::Awaiting)
            .map(|i| i.state.name.clone())
            .collect();
        if !awaiting.is_empty() {
            let words = format!(
                "下列 {} 项指标的目标尚未下达，建议尽快明确：{}",
                awaiting.len(),
                awaiting.join("、")
            );
            out.push(Sentence::default().say(words).mark(own).say("。").end());
        }
        out.extend(paragraphs(&self.cover.remarks.adjustments));
        out.push(Block::paragraph(
            "规划目标的调整须按法定程序报批，本报告不改变规划目标。",
        ));
        out
    }

    pub(super) fn measures(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let mut out = vec![Block::heading(1, "下一步措施")];
        out.extend(paragraphs(&self.cover.remarks.measures));
        let mut urgent = Vec::new();
        for judged in &self.evaluation.indicators {
            let state = &judged.state;
            if state.force == Force::Binding && state.light == Light::Red {
                let needed = state.pace.as_ref().and_then(|p| p.needed.as_ref());
                let needed = needed
                    .map(|n| format!("，今后每年需变化 {}", n.short(2)))
                    .unwrap_or_default();
                urgent.push(format!("{}由{}负责{needed}", state.name, self.names(&state.lead)));
            }
        }
        if !urgent.is_empty() {
            let words = format!("约束性红灯指标逐项落实：{}", urgent.join("；"));
            out.push(Sentence::default().say(words).mark(own).say("。").end());
        }
        let supervise: Vec<String> = self
            .evaluation
            .units
            .iter()
            .filter(|u| u.state.supervise > 0)
            .map(|u| format!("{}（{} 项）", u.name, u.state.supervise))
            .collect();
        if !supervise.is_empty() {
            let words = format!("对下列单位的超期事项督办：{}", supervise.join("、"));
            out.push(Sentence::default().say(words).mark(own).say("。").end());
        }
        if urgent.is_empty() && supervise.is_empty() && self.cover.remarks.measures.is_empty() {
            out.push(Block::paragraph("按现有安排继续推进。"));
        }
        out
    }
}
