//! Tasks and projects: how many stand how, what is late, who answers for it.

use ::report::document::{Block, Cell, Chart, ChartKind, Series, Table};

use super::{Sentence, Writer, tint};
use crate::evaluation::TaskVerdict;
use crate::number::Num;
use crate::tasks::Stage;
use crate::words::About;

/// Most rows of the list of what is behind; the annex holds them all.
const MOST_BEHIND: usize = 20;
/// Most units in the chart.
const MOST_UNITS: usize = 10;

fn percent(rate: Option<&Num>) -> String {
    rate.map_or_else(|| "—".to_owned(), |r| format!("{} %", r.percent()))
}

impl Writer<'_> {
    pub(super) fn tasks_and_projects(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let done = &self.evaluation.completion;
        let mut out = vec![Block::heading(1, "重点任务和工程进展"), Block::heading(2, "任务")];
        out.push(
            Sentence::default()
                .say(self.tasks_in_short())
                .say(format!("；按件数计完成率 {}", percent(done.task_rate.as_ref())))
                .mark(own)
                .say("。")
                .end(),
        );
        let rows = TaskVerdict::ALL
            .iter()
            .filter_map(|v| done.tasks.get(v).map(|n| (v, n)))
            .map(|(v, n)| vec![Cell::text(v.zh()), Cell::right(n.to_string()).marked(Some(own))])
            .collect();
        out.push(Block::Table(Table {
            caption: "任务判定汇总".to_owned(),
            widths: vec![3, 2],
            head: vec![vec![Cell::center("判定"), Cell::center("件数")]],
            rows,
        }));
        out.push(Block::heading(2, "工程"));
        out.push(self.project_sentence(own));
        out.push(Block::heading(2, "滞后事项和责任单位"));
        out.extend(self.behind(own));
        out.push(Block::heading(2, "单位比较"));
        out.extend(self.units(own));
        out
    }

    fn project_sentence(&self, own: u32) -> Block {
        let done = &self.evaluation.completion;
        let at = |stage: Stage| done.projects.get(&stage).copied().unwrap_or(0);
        let total: u32 = done.projects.values().sum();
        if total == 0 {
            return Block::paragraph("本次评估没有列入工程。");
        }
        let money = &done.money;
        let mut sentence = Sentence::default()
            .say(format!(
                "共 {total} 项：完工 {} 项、在建 {} 项、未开工 {} 项、取消 {} 项；完工率 {}，开工率 {}，里程碑平均进度 {}",
                at(Stage::Complete),
                at(Stage::Building),
                at(Stage::NotStarted),
                at(Stage::Cancelled),
                percent(done.project_rate.as_ref()),
                percent(done.started_rate.as_ref()),
                percent(done.milestone_rate.as_ref())
            ))
            .mark(own);
        if money.rate.is_some() {
            sentence = sentence
                .say(format!(
                    "；计划投资 {} 万元，已付 {} 万元，支付率 {}",
                    money.planned.short(2),
                    money.paid.short(2),
                    percent(money.rate.as_ref())
                ))
                .mark(own);
        }
        if money.unknown > 0 {
            sentence = sentence.say(format!("（另有 {} 项资金数据不全，未计入）", money.unknown));
        }
        sentence.say("。").end()
    }

    fn behind(&mut self, own: u32) -> Vec<Block> {
        let all = &self.evaluation.behind;
        if all.is_empty() {
            return vec![Block::paragraph("没有滞后或有风险的事项。")];
        }
        let rows = all
            .iter()
            .take(MOST_BEHIND)
            .map(|b| {
                let kind = match b.about {
                    About::Indicator if b.binding => "约束性指标",
                    About::Indicator => "预期性指标",
                    About::Task => "任务",
                    About::Project => "工程",
                    About::Item => "条目",
                };
                vec![
                    Cell::center(b.rank.to_string()),
                    Cell::center(kind),
                    Cell::text(format!("{} {}", b.id, b.name)),
                    Cell::center(b.light.zh()).tinted(tint(b.light)),
                    Cell::text(b.reason.zh.clone()).marked(Some(own)),
                    Cell::text(self.names(&b.units)),
                ]
            })
            .collect();
        let mut out = vec![Block::Table(Table {
            caption: "滞后和有风险的事项（按紧要程度）".to_owned(),
            widths: vec![4, 8, 14, 6, 24, 14],
            head: vec![
                ["序号", "类别", "事项", "灯号", "原因", "责任单位"]
                    .map(Cell::center)
                    .to_vec(),
            ],
            rows,
        })];
        if all.len() > MOST_BEHIND {
            out.push(Block::note(format!(
                "注：共 {} 项，表内列前 {MOST_BEHIND} 项，其余见附件。",
                all.len()
            )));
        }
        out
    }

    fn units(&mut self, own: u32) -> Vec<Block> {
        let late: Vec<_> = self
            .evaluation
            .units
            .iter()
            .filter(|u| !u.state.late.is_empty())
            .collect();
        if late.is_empty() {
            return vec![Block::paragraph("各单位没有超期事项。")];
        }
        let first = late.first();
        let mut sentence = Sentence::default().say(format!("{} 个单位有超期事项", late.len()));
        if let Some(worst) = first {
            sentence = sentence.say(format!(
                "，其中{} {} 项、最长 {} 天",
                worst.name,
                worst.state.late.len(),
                worst.state.late_days
            ));
        }
        let shown: Vec<_> = late.iter().take(MOST_UNITS).collect();
        let count = |n: usize| u32::try_from(n).ok().map(f64::from);
        vec![
            sentence.mark(own).say("。").end(),
            Block::Chart(Chart {
                caption: "各单位超期事项数".to_owned(),
                kind: ChartKind::Bars,
                unit: Some("项".to_owned()),
                categories: shown.iter().map(|u| u.name.clone()).collect(),
                series: vec![
                    Series {
                        name: "超期".to_owned(),
                        values: shown.iter().map(|u| count(u.state.late.len())).collect(),
                        dashed: false,
                    },
                    Series {
                        name: "其中应督办以上".to_owned(),
                        values: shown.iter().map(|u| Some(f64::from(u.state.supervise))).collect(),
                        dashed: false,
                    },
                ],
                target: None,
            }),
        ]
    }
}
