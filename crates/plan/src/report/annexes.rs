//! Annexes: each indicator's calculation, each task's verdict, doubts, score and rules, sources.

use ::report::document::{Annex, Block, Cell, Table};

use super::indicators::{figure, force, progress};
use super::{Writer, tint};
use crate::words::About;

fn table(caption: &str, widths: &[u16], head: &[&str], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table(Table {
        caption: caption.to_owned(),
        widths: widths.to_vec(),
        head: vec![head.iter().map(|h| Cell::center(*h)).collect()],
        rows,
    })
}

impl Writer<'_> {
    pub(super) fn annexes(&mut self) -> Vec<Annex> {
        let annex = |title: &str, body: Vec<Block>| Annex {
            title: title.to_owned(),
            body,
        };
        let mut out = vec![
            annex("指标计算明细", self.calculations()),
            annex("任务和工程判定表", self.verdicts()),
            annex("评分和规则", self.rules()),
            annex("存疑清单", self.doubts()),
        ];
        // Last, so that it holds every source the rest has named.
        let sources = self.source_table();
        out.push(annex("数据来源表", sources));
        out
    }

    fn calculations(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let evaluation = self.evaluation;
        let mut rows = Vec::new();
        for judged in &evaluation.indicators {
            let s = &judged.state;
            let given: Vec<(String, u32)> = s
                .given
                .iter()
                .map(|v| {
                    (
                        format!("{}年 {}", v.year, v.value.normalize()),
                        self.sources.number(&v.source),
                    )
                })
                .collect();
            let mut values = Cell::text("");
            values.runs.clear();
            for (i, (text, number)) in given.into_iter().enumerate() {
                let join = if i == 0 { "" } else { "；" };
                values
                    .runs
                    .push(::report::document::Run::text(format!("{join}{text}")));
                values.runs.push(::report::document::Run::mark(number));
            }
            if let Some(said) = s.said.last() {
                let word = if said.met { "达到" } else { "未达到" };
                let text = format!("{}年 {word}：{}", said.year, said.grounds);
                values.runs.push(::report::document::Run::text(text));
                let number = self.sources.number(&said.source);
                values.runs.push(::report::document::Run::mark(number));
            }
            if values.runs.is_empty() {
                values.runs.push(::report::document::Run::text("—"));
            }
            let steps: Vec<String> = s
                .explanation
                .steps
                .iter()
                .filter(|step| !step.formula.is_empty())
                .map(|step| format!("{} = {}", step.formula, step.value))
                .collect();
            let index = s.index.as_ref().map_or_else(|| "—".to_owned(), |i| i.fixed(2));
            rows.push(vec![
                Cell::center(s.no.to_string()),
                Cell::text(format!("{}（{}）", s.name, force(s.force))),
                Cell::text(format!("{}。{}", s.kind.zh(), s.kind_reason.zh)),
                values,
                Cell::right(figure(s.current.as_ref())).marked(Some(own)),
                Cell::text(steps.join("\n")).marked(Some(own)),
                Cell::center(format!("{} / {index}", progress(judged))),
            ]);
        }
        vec![table(
            "指标计算明细",
            &[4, 12, 16, 12, 7, 18, 10],
            &["序号", "指标", "判定方式", "采用的值", "现值", "算式", "P / S"],
            rows,
        )]
    }

    fn verdicts(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let mut out = Vec::new();
        let rows = self
            .evaluation
            .tasks
            .iter()
            .map(|t| {
                let s = &t.state;
                let p = s
                    .progress
                    .as_ref()
                    .map_or_else(|| "—".to_owned(), |p| format!("{} %", p.percent()));
                vec![
                    Cell::center(s.id.clone()),
                    Cell::text(s.title.clone()),
                    Cell::text(self.names(&s.lead)),
                    Cell::right(p).marked(Some(own)),
                    Cell::center(s.light.zh()).tinted(tint(s.light)),
                    Cell::center(t.verdict.zh()),
                    Cell::text(s.reason.zh.clone()).marked(Some(own)),
                ]
            })
            .collect();
        out.push(table(
            "任务判定表",
            &[6, 13, 15, 10, 6, 8, 18],
            &["编号", "任务", "牵头（责任）单位", "进度", "灯号", "判定", "依据"],
            rows,
        ));
        if self.evaluation.projects.is_empty() {
            return out;
        }
        let mut rows = Vec::new();
        let evaluation = self.evaluation;
        for (p, input) in evaluation.projects.iter().zip(&self.snapshot.projects) {
            let number = match &input.source {
                Some(source) => self.sources.number(source),
                None => own,
            };
            let percent = |n: Option<&crate::number::Num>| {
                n.map_or_else(|| "—".to_owned(), |n| format!("{} %", n.percent()))
            };
            rows.push(vec![
                Cell::text(p.name.clone()),
                Cell::center(p.task.clone().unwrap_or_else(|| "—".to_owned())),
                Cell::text(self.names(&p.lead)),
                Cell::center(p.stage.zh()),
                Cell::right(percent(p.progress.as_ref())).marked(Some(number)),
                Cell::right(percent(p.money.as_ref())).marked(Some(number)),
                Cell::center(p.light.zh()).tinted(tint(p.light)),
                Cell::text(p.reason.zh.clone()),
            ]);
        }
        out.push(table(
            "工程判定表",
            &[14, 6, 13, 7, 8, 8, 6, 14],
            &[
                "工程",
                "任务",
                "责任单位",
                "状态",
                "里程碑",
                "支付",
                "灯号",
                "依据",
            ],
            rows,
        ));
        out
    }

    fn rules(&mut self) -> Vec<Block> {
        let own = self.sources.own();
        let rules = &self.evaluation.rules;
        let grades: Vec<String> = rules
            .grades
            .iter()
            .map(|g| format!("{} 分起为{}", g.from.normalize(), g.zh))
            .collect();
        let veto = match rules.veto {
            crate::evaluation::Veto::Off => "不设否决".to_owned(),
            crate::evaluation::Veto::Missed => {
                format!("约束性指标未完成（目标年前为红灯）的，等级不高于{}", rules.cap)
            }
            crate::evaluation::Veto::Behind => {
                format!(
                    "约束性指标未完成（目标年前为红灯或黄灯）的，等级不高于{}",
                    rules.cap
                )
            }
        };
        let mut out = vec![Block::paragraph(format!(
            "等级：{}。否决：{veto}。以上由本地设定，可配置，未经上级文件核实。",
            grades.join("，")
        ))];
        let Some(score) = &self.evaluation.score else {
            return out;
        };
        let rows = score
            .counted
            .iter()
            .map(|c| {
                let credit = c
                    .credit
                    .as_ref()
                    .map_or_else(|| "不计".to_owned(), |n| n.fixed(4));
                vec![
                    Cell::center(c.no.to_string()),
                    Cell::right(c.weight.short(2)).marked(Some(own)),
                    Cell::right(credit).marked(Some(own)),
                    Cell::text(c.formula.clone()),
                ]
            })
            .collect();
        out.push(table(
            "计分明细",
            &[5, 6, 8, 24],
            &["指标", "权重 w", "计分 c", "算式"],
            rows,
        ));
        let value = score.value.fixed(2);
        out.push(Block::note(format!(
            "注：得分 = {} = {value} 分，等级{}。",
            score.formula, score.grade.zh
        )));
        out
    }

    fn doubts(&mut self) -> Vec<Block> {
        if self.evaluation.doubts.is_empty() {
            return vec![Block::paragraph("无。")];
        }
        let rows = self
            .evaluation
            .doubts
            .iter()
            .enumerate()
            .map(|(i, doubt)| {
                let about = match doubt.about {
                    About::Indicator => "指标",
                    About::Task => "任务",
                    About::Project => "工程",
                    About::Item => "条目",
                };
                vec![
                    Cell::center((i + 1).to_string()),
                    Cell::center(format!("{about} {}", doubt.id)),
                    Cell::text(doubt.text.zh.to_string()),
                ]
            })
            .collect();
        vec![table(
            "存疑清单",
            &[4, 10, 40],
            &["序号", "对象", "存疑内容"],
            rows,
        )]
    }

    fn source_table(&mut self) -> Vec<Block> {
        let rows = self
            .sources
            .list()
            .iter()
            .enumerate()
            .map(|(i, source)| {
                let on = source.on.map_or_else(|| "—".to_owned(), |d| d.to_string());
                vec![
                    Cell::center(format!("[{}]", i + 1)),
                    Cell::text(source.name.clone()),
                    Cell::center(on),
                    Cell::center(if source.version.is_empty() {
                        "—"
                    } else {
                        &source.version
                    }),
                    Cell::text(source.key.clone()),
                ]
            })
            .collect();
        vec![
            Block::paragraph("下表各项的“查询键”在平台中可打开相应的查询或记录。"),
            table(
                "数据来源表",
                &[5, 20, 9, 9, 26],
                &["编号", "来源", "取数日期", "版本", "查询键"],
                rows,
            ),
        ]
    }
}
