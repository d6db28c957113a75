//! Indicators: the table with its lights, curves, and what stands out.

use ::report::document::{Block, Cell, Chart, ChartKind, Level, Run, Series, Table};

use super::{Sentence, Writer, tint};
use crate::evaluation::JudgedIndicator;
use crate::facts::Force;
use crate::indicators::Kind;
use crate::number::Num;
use crate::tasks::Lights;
use crate::words::Light;

/// Most curves of a report: one for each indicator that has a progress.
const MOST_CHARTS: usize = 12;

pub(super) fn force(force: Force) -> &'static str {
    match force {
        Force::Binding => "约束性",
        Force::Expected => "预期性",
    }
}

/// What stands in the column of progress: a percentage only where it means something.
pub(super) fn progress(judged: &JudgedIndicator) -> String {
    match (&judged.state.progress, judged.state.kind) {
        // A sum with a gap is a lower bound.
        (Some(p), _) if judged.state.light == Light::Grey => format!("≥ {} %", p.percent()),
        (Some(p), _) => format!("{} %", p.percent()),
        (None, kind) if kind.has_progress() => "缺数".to_owned(),
        (None, kind) => kind.zh().to_owned(),
    }
}

pub(super) fn figure(value: Option<&Num>) -> String {
    value.map_or_else(|| "—".to_owned(), |v| v.short(2))
}

impl Writer<'_> {
    /// Marks of the values an indicator's judgement rests on: the last of them.
    fn value_mark(&mut self, judged: &JudgedIndicator) -> Option<u32> {
        let given = judged.state.given.last().map(|v| &v.source);
        let source = given.or(judged.state.said.last().map(|s| &s.source))?;
        Some(self.sources.number(source))
    }

    /// Mark of a base: what recomputed it, else the plan's table.
    fn base_mark(&mut self, no: u32) -> Option<u32> {
        let input = self.snapshot.indicators.iter().find(|i| i.facts.no == no)?;
        if let Some(rebased) = &input.rebased {
            return Some(self.sources.number(&rebased.source));
        }
        let stated = input.facts.base.is_some() || input.facts.base_cut.is_some();
        stated.then(|| self.sources.plan())
    }

    /// Mark of a target: what assigned it, else the plan's table.
    pub(super) fn target_mark(&mut self, no: u32) -> Option<u32> {
        let input = self.snapshot.indicators.iter().find(|i| i.facts.no == no)?;
        let assigned = input.assigned.as_ref().filter(|_| input.facts.target.is_none());
        if let Some(assigned) = assigned {
            return Some(self.sources.number(&assigned.source));
        }
        let stated = input.facts.target.is_some() || input.facts.state.is_some();
        stated.then(|| self.sources.plan())
    }

    pub(super) fn indicators(&mut self) -> Vec<Block> {
        let mut out = vec![
            Block::heading(1, "规划指标完成情况"),
            Block::heading(2, "指标总表"),
        ];
        out.push(Block::Table(self.indicator_table()));
        out.push(Block::note(
            "注：方括号内数字为数据来源编号，见附件“数据来源表”。“保持”“达标”“清零”“不可比”“待下达”“定性”的指标不计算百分比进度。带“初”的为初步数。",
        ));
        out.push(Block::heading(2, "突出情况"));
        let mut any = false;
        let evaluation = self.evaluation;
        for judged in &evaluation.indicators {
            if !matches!(judged.state.light, Light::Red | Light::Yellow) {
                continue;
            }
            any = true;
            let mark = self.value_mark(judged);
            let state = &judged.state;
            let mut sentence = Sentence::default()
                .strong(format!(
                    "{}（{}，{}）。",
                    state.name,
                    force(state.force),
                    judged.verdict.zh()
                ))
                .say(state.reason.zh.clone());
            if let Some(mark) = mark {
                sentence = sentence.mark(mark);
            }
            out.push(
                sentence
                    .say(format!("。责任单位：{}。", self.names(&state.lead)))
                    .end(),
            );
        }
        if !any {
            out.push(Block::paragraph("没有黄灯和红灯指标。"));
        }
        out.extend(self.aims());
        let curves: Vec<Chart> = evaluation
            .indicators
            .iter()
            .filter_map(curve)
            .take(MOST_CHARTS)
            .collect();
        if !curves.is_empty() {
            out.push(Block::heading(2, "变化曲线"));
            out.extend(curves.into_iter().map(Block::Chart));
            out.push(Block::note("注：曲线各年的值和来源见附件“指标计算明细”。"));
        }
        out
    }

    /// How far the main aims are met.
    fn aims(&mut self) -> Vec<Block> {
        let evaluation = self.evaluation;
        if evaluation.aims.is_empty() {
            return Vec::new();
        }
        let own = self.sources.own();
        let lights = |l: Lights| format!("{} / {} / {} / {}", l.green, l.yellow, l.red, l.grey);
        let mut rows = Vec::new();
        for aim in &evaluation.aims {
            let mut said = Cell::text("");
            said.runs.clear();
            for (n, s) in aim.statements.iter().enumerate() {
                let join = if n == 0 { "" } else { "；" };
                let word = match s.met {
                    Some(true) => "达到",
                    Some(false) => "未达到",
                    None => "无法判定",
                };
                let bound = match (s.value, s.at_most) {
                    (Some(value), Some(most)) => {
                        let local = if s.unverified {
                            "，界限为本地设定"
                        } else {
                            ""
                        };
                        format!(
                            "（{}，以不超过 {} 计{local}）",
                            value.normalize(),
                            most.normalize()
                        )
                    }
                    _ => String::new(),
                };
                said.runs
                    .push(Run::text(format!("{join}{}：{word}{bound}", s.name)));
                let mark = s
                    .source
                    .as_ref()
                    .map_or(own, |source| self.sources.number(source));
                said.runs.push(Run::mark(mark));
            }
            if said.runs.is_empty() {
                said.runs.push(Run::text("—"));
            }
            rows.push(vec![
                Cell::center(aim.no.to_string()),
                Cell::text(aim.title.clone()),
                Cell::center(aim.light.zh()).tinted(tint(aim.light)),
                Cell::center(lights(aim.indicator_lights)).marked(Some(own)),
                Cell::center(lights(aim.task_lights)).marked(Some(own)),
                said,
            ]);
        }
        vec![
            Block::heading(2, "主要目标实现情况"),
            Block::Table(Table {
                caption: "主要目标评估表".to_owned(),
                widths: vec![4, 10, 6, 12, 12, 24],
                head: vec![
                    [
                        "序号",
                        "目标",
                        "灯号",
                        "指标 绿/黄/红/灰",
                        "任务 绿/黄/红/灰",
                        "定性要求",
                    ]
                    .map(Cell::center)
                    .to_vec(),
                ],
                rows,
            }),
            Block::note(
                "注：各目标对应的指标和任务、定性要求的数值界限由本地设定，可配置。约束性指标为红灯，或规划期满定性要求未达到的，目标为红灯；其他指标、任务落后的为黄灯。",
            ),
        ]
    }

    fn indicator_table(&mut self) -> Table {
        let base_year = self.snapshot.years.base;
        let target_year = self.snapshot.years.target;
        let year = self.evaluation.year;
        let own = self.sources.own();
        let mut rows = Vec::new();
        let evaluation = self.evaluation;
        let mut group = String::new();
        for (judged, input) in evaluation.indicators.iter().zip(&self.snapshot.indicators) {
            if input.facts.group != group {
                group.clone_from(&input.facts.group);
                rows.push(vec![Cell::center(group.clone()).across(9)]);
            }
            let state = &judged.state;
            let unit = state
                .unit
                .as_deref()
                .map(|u| format!("（{u}）"))
                .unwrap_or_default();
            let target = match (&state.target, &input.facts.state) {
                (Some(target), _) => target.short(2),
                (None, Some(words)) => words.clone(),
                (None, None) => "待下达".to_owned(),
            };
            let base = match (input.facts.base, input.facts.base_cut) {
                _ if input.rebased.is_some() => figure(state.base.as_ref()),
                (Some(base), _) => base.normalize().to_string(),
                (None, Some(cut)) => format!("[{cut}%]"),
                (None, None) => "—".to_owned(),
            };
            let provisional = if judged.provisional { "（初）" } else { "" };
            let value = match (&state.current, state.kind, state.reached) {
                (Some(value), ..) => format!("{}{provisional}", value.short(2)),
                (None, Kind::Qualitative, Some(true)) => "达到".to_owned(),
                (None, Kind::Qualitative, Some(false)) => "未达到".to_owned(),
                _ => "缺数".to_owned(),
            };
            let base_mark = self.base_mark(state.no);
            let target_mark = self.target_mark(state.no);
            let value_mark = self.value_mark(judged);
            rows.push(vec![
                Cell::center(state.no.to_string()),
                Cell::text(format!("{}{unit}", state.name)),
                Cell::center(force(state.force)),
                Cell::right(base).marked(base_mark),
                Cell::right(target).marked(target_mark),
                Cell::right(value).marked(value_mark),
                Cell::right(progress(judged)).marked(Some(own)),
                Cell::center(state.light.zh()).tinted(tint(state.light)),
                Cell::center(judged.verdict.zh()),
            ]);
        }
        let head = vec![
            vec![
                Cell::center("序号").down(2),
                Cell::center("指标").down(2),
                Cell::center("属性").down(2),
                Cell::center("规划").across(2),
                Cell::center("评估").across(4),
            ],
            vec![
                Cell::center(format!("{base_year}年基数")),
                Cell::center(format!("{target_year}年目标")),
                Cell::center(format!("{year}年实际")),
                Cell::center("进度"),
                Cell::center("灯号"),
                Cell::center("结论"),
            ],
        ];
        Table {
            caption: format!("规划指标{year}年评估表"),
            widths: vec![4, 13, 7, 11, 10, 10, 12, 6, 8],
            head,
            rows,
        }
    }
}

/// Actual values beside the yearly path and the target.
fn curve(judged: &JudgedIndicator) -> Option<Chart> {
    let state = &judged.state;
    let known = state.path.iter().filter(|p| p.actual.is_some()).count();
    if known < 2 || matches!(state.kind, Kind::Zero | Kind::Qualitative | Kind::Awaiting) {
        return None;
    }
    let value = |n: Option<&Num>| n.map(|n| n.0.to_f64());
    let mut series = vec![Series {
        name: if state.kind == Kind::Cumulative {
            "累计完成"
        } else {
            "实际"
        }
        .to_owned(),
        values: state.path.iter().map(|p| value(p.actual.as_ref())).collect(),
        dashed: false,
    }];
    if state.kind.has_progress() {
        series.push(Series {
            name: "年度分解".to_owned(),
            values: state.path.iter().map(|p| value(p.planned.as_ref())).collect(),
            dashed: true,
        });
    }
    Some(Chart {
        caption: format!("{}变化", state.name),
        kind: ChartKind::Lines,
        unit: state.unit.clone(),
        categories: state.path.iter().map(|p| p.year.to_string()).collect(),
        series,
        target: state.target.as_ref().map(|t| Level {
            name: format!("目标 {}", t.short(2)),
            value: t.0.to_f64(),
        }),
    })
}
