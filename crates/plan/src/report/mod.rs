//! The report of an evaluation (评估报告) as a document: overview, indicators, tasks and projects, results, problems,
//! trend, adjustments, measures, annexes. Every figure carries a mark that leads, through the table of sources, to the
//! query or the rows it came from.
//!
//! Nothing is looked up: the same evaluation, snapshot and words give the same document.

mod annexes;
mod indicators;
mod outlook;
mod sources;
mod tasks;

use ::report::document::{Block, Document, Run};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::evaluation::{Evaluation, Snapshot};
use crate::words::Light;
use sources::Sources;

pub use sources::{key, own};

/// What people add to a report; each entry is a paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Remarks {
    /// 主要成效
    pub results: Vec<String>,
    /// 存在问题和原因
    pub causes: Vec<String>,
    /// 调整建议
    pub adjustments: Vec<String>,
    /// 下一步措施
    pub measures: Vec<String>,
}

/// What a report is headed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// Document number (发文字号).
    #[serde(default)]
    pub number: Option<String>,
    /// Issuing body.
    #[serde(default)]
    pub issuer: Option<String>,
    /// Date of the document.
    pub date: Date,
    /// What people add.
    #[serde(default)]
    pub remarks: Remarks,
}

/// What all parts of a report need.
struct Writer<'a> {
    snapshot: &'a Snapshot,
    evaluation: &'a Evaluation,
    cover: &'a Cover,
    sources: Sources,
}

/// Makes the report. The evaluation must be one of this snapshot.
pub fn document(snapshot: &Snapshot, evaluation: &Evaluation, cover: &Cover) -> Document {
    let mut writer = Writer {
        snapshot,
        evaluation,
        cover,
        sources: Sources::new(snapshot, evaluation),
    };
    let mut body = writer.overview();
    body.extend(writer.indicators());
    body.extend(writer.tasks_and_projects());
    body.extend(writer.results());
    body.extend(writer.problems());
    body.extend(writer.trend());
    body.extend(writer.adjustments());
    body.extend(writer.measures());
    let annexes = writer.annexes();
    let stage = evaluation.stage.zh();
    let short = evaluation.snapshot.get(..12).unwrap_or(&evaluation.snapshot);
    Document {
        title: format!("{}\n{stage}报告", snapshot.plan.title),
        subtitle: Some(format!("（{}年度）", evaluation.year)),
        number: cover.number.clone(),
        issuer: cover.issuer.clone(),
        date: cover.date,
        version: Some(format!(
            "数据冻结于 {}，第 {} 版，快照 {short}",
            evaluation.frozen_on, evaluation.version
        )),
        body,
        annexes,
    }
}

/// A paragraph put together from words and marks.
#[derive(Default)]
struct Sentence {
    runs: Vec<Run>,
}

impl Sentence {
    fn say(mut self, words: impl Into<String>) -> Self {
        self.runs.push(Run::text(words));
        self
    }

    fn strong(mut self, words: impl Into<String>) -> Self {
        self.runs.push(Run::strong(words));
        self
    }

    fn mark(mut self, number: u32) -> Self {
        self.runs.push(Run::mark(number));
        self
    }

    fn end(self) -> Block {
        Block::Paragraph { runs: self.runs }
    }
}

fn tint(light: Light) -> ::report::document::Tint {
    use ::report::document::Tint;
    match light {
        Light::Green => Tint::Green,
        Light::Yellow => Tint::Yellow,
        Light::Red => Tint::Red,
        Light::Grey => Tint::Grey,
    }
}

fn paragraphs(list: &[String]) -> impl Iterator<Item = Block> + '_ {
    list.iter().map(Block::paragraph)
}

impl Writer<'_> {
    /// Names of units, joined.
    fn names(&self, codes: &[model::ids::UnitCode]) -> String {
        if codes.is_empty() {
            return "—".to_owned();
        }
        let names: Vec<&str> = codes.iter().map(|c| self.snapshot.unit_name(c)).collect();
        names.join("、")
    }

    fn overview(&mut self) -> Vec<Block> {
        let e = self.evaluation;
        let plan = &self.snapshot.plan;
        let own = self.sources.own();
        let count = |light: Light| e.indicators.iter().filter(|i| i.state.light == light).count();
        let (green, yellow, red, grey) = (
            count(Light::Green),
            count(Light::Yellow),
            count(Light::Red),
            count(Light::Grey),
        );
        let total = e.indicators.len();
        let mut out = vec![
            Block::heading(1, "总体情况和评估方法"),
            Block::paragraph(format!(
                "《{}》（{}，{}印发）规划期为 {}—{} 年，以 {} 年为基准年。本次{}以 {} 为截止日，按照冻结的数据逐项评估规划指标、任务和工程。",
                plan.title,
                plan.number,
                plan.issued,
                self.snapshot.years.base + 1,
                self.snapshot.years.target,
                self.snapshot.years.base,
                e.stage.zh(),
                e.closing
            )),
            Sentence::default()
                .strong("总体结论。")
                .say(format!(
                    "{total} 项指标中，绿灯 {green} 项、黄灯 {yellow} 项、红灯 {red} 项、无法判定或待下达 {grey} 项"
                ))
                .mark(own)
                .say("；")
                .say(self.tasks_in_short())
                .mark(own)
                .say("。")
                .end(),
        ];
        out.push(self.score_sentence(own));
        out.push(Block::heading(2, "评估方法"));
        out.push(Block::paragraph(
            "指标按基数和目标的含义分类：基数与目标为同一单位、同一口径且数值不同的，计算进度 P =（现状值 − 基数）/（目标值 − 基数）；重点工程减排量等累计指标，P = 累计量 / 总量；时间进度 T =（评估年 − 基准年）/（目标年 − 基准年）；进度指数 S = P / T。P ≥ T − 0.05 或已达目标为绿灯，P < 0.6T 或比基期变差为红灯，其间为黄灯，缺数为灰灯。",
        ));
        out.push(Block::paragraph(
            "基期已达目标、要求保持的指标只判是否变差；没有基数或基数与目标不可比的指标只判是否达到目标；目标待市下达的指标不作判定。以上均不折算为百分比进度。约束性指标在目标年从严判定，达到为完成，未达到为未完成。",
        ));
        out.push(Block::paragraph(format!(
            "任务和工程按期限、措施、里程碑和填报判定：超期 1 天起为黄灯，超期 {} 天起应督办，超期 {} 天起应约谈，两者为红灯。缺失的数据不按零计算。评分权重、等级和否决规则由本地设定，见附件。",
            e.rules.scheduling.supervise_days, e.rules.scheduling.interview_days
        )));
        out
    }

    fn tasks_in_short(&self) -> String {
        use crate::evaluation::TaskVerdict;
        let tasks = &self.evaluation.completion.tasks;
        let parts: Vec<String> = TaskVerdict::ALL
            .iter()
            .filter_map(|v| tasks.get(v).map(|n| format!("{} {n} 项", v.zh())))
            .collect();
        let total: u32 = tasks.values().sum();
        if parts.is_empty() {
            "没有列入评估的任务".to_owned()
        } else {
            format!("{total} 项任务中，{}", parts.join("、"))
        }
    }

    fn score_sentence(&self, own: u32) -> Block {
        let Some(score) = &self.evaluation.score else {
            return Block::paragraph("没有可以计分的指标，不作评分。");
        };
        let mut out = Sentence::default()
            .strong("评分。")
            .say(format!("综合得分 {} 分", score.value.fixed(2)))
            .mark(own);
        out = out.say(format!("，等级为{}", score.grade.zh));
        if !score.veto.is_empty() {
            let list: Vec<String> = score.veto.iter().map(u32::to_string).collect();
            out = out.say(format!(
                "（按得分为{}；约束性指标 {} 未达要求，按否决规则降级）",
                score.grade_by_points.zh,
                list.join("、")
            ));
        }
        if !score.left_out.is_empty() {
            let list: Vec<String> = score.left_out.iter().map(u32::to_string).collect();
            out = out.say(format!("。指标 {} 缺数或目标待下达，权重未计入", list.join("、")));
        }
        out.say(format!("。{}。", score.note.zh)).end()
    }

    fn results(&mut self) -> Vec<Block> {
        let mut out = vec![Block::heading(1, "主要成效")];
        out.extend(paragraphs(&self.cover.remarks.results));
        let mut groups: Vec<&str> = Vec::new();
        for figure in &self.snapshot.figures {
            if !groups.contains(&figure.group.as_str()) {
                groups.push(&figure.group);
            }
        }
        for group in groups {
            let mut sentence = Sentence::default().strong(format!("{group}。"));
            let mut first = true;
            for figure in self.snapshot.figures.iter().filter(|f| f.group == group) {
                let value = match &figure.value {
                    Some(value) => {
                        crate::words::with_unit(&value.normalize().to_string(), figure.unit.as_deref())
                    }
                    None => "缺数".to_owned(),
                };
                let join = if first { "" } else { "；" };
                first = false;
                let number = self.sources.number(&figure.source);
                sentence = sentence
                    .say(format!("{join}{} {value}", figure.name))
                    .mark(number);
            }
            out.push(sentence.say("。").end());
        }
        if self.snapshot.figures.is_empty() && self.cover.remarks.results.is_empty() {
            out.push(Block::paragraph("本次评估没有列入台账数据。"));
        }
        out
    }
}
