//! What does not move: what an evaluation judged and the records it counted, as they were frozen, and what the plan states.

use standards::text::Text;

use super::{Column, Provenance, answer, column};
use crate::Progress;
use crate::error::Result;
use crate::evaluate::{Kind, Made};

impl Progress {
    /// The evaluation of a stage and year in one version.
    pub(super) async fn evaluation_of(&self, stage: &str, year: u16, version: i64) -> Result<Option<Made>> {
        let Some(kind) = Kind::ALL.into_iter().find(|k| k.stage().key() == stage) else {
            return Ok(None);
        };
        let all = self.store().plan_evaluations(&[kind.name()], &[]).await?;
        match all.iter().find(|row| row.year == year && row.version == version) {
            Some(row) => self.evaluation(row.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Opens a key of an evaluation: the records behind a count, or what it judged where the name is that of its snapshot.
    pub(super) fn of_frozen(&self, key: &str, made: &Made, what: &str) -> Option<Provenance> {
        let frozen = made.frozen();
        let counted = frozen.snapshot.figures.iter().find(|f| f.source.key == key);
        if let Some(figure) = counted {
            let register = figure.register.as_deref()?;
            let unit = |code| frozen.snapshot.unit_name(code).to_owned();
            let definition = self.ledger().register(register).ok();
            let state = |name: &str| {
                let known = definition.and_then(|d| d.definition().state(name));
                known.map_or_else(|| name.to_owned(), |s| s.zh.clone())
            };
            let rows = figure.rows.iter().map(|r| {
                vec![
                    Some(r.id.clone()),
                    Some(r.name.clone()),
                    Some(unit(&r.unit)),
                    Some(r.on.to_string()),
                    Some(state(&r.state)),
                    Some(r.revision.to_string()),
                ]
            });
            return Some(answer(
                key,
                Text::new(figure.name.clone(), figure.name.clone()),
                Text::new(
                    format!(
                        "截至 {} 的记录，按 {} 冻结时的状态逐条计数",
                        frozen.snapshot.closing, frozen.snapshot.frozen_on
                    ),
                    format!(
                        "records up to {}, counted one by one as they stood when frozen on {}",
                        frozen.snapshot.closing, frozen.snapshot.frozen_on
                    ),
                ),
                format!("/api/v1/registers/{register}/records"),
                figure.value.map(|v| v.normalize().to_string()),
                COUNTED.to_vec(),
                rows.collect(),
            ));
        }
        let evaluation = made.evaluation();
        evaluation.snapshot.starts_with(what).then_some(())?;
        let mut rows = Vec::new();
        for i in &evaluation.indicators {
            rows.push(vec![
                Some("指标".to_owned()),
                Some(i.state.no.to_string()),
                Some(i.state.name.clone()),
                i.state.current.as_ref().map(|n| n.short(2)),
                i.state.progress.as_ref().map(|p| format!("{} %", p.percent())),
                Some(i.state.light.zh().to_owned()),
                Some(i.verdict.zh().to_owned()),
                Some(i.state.reason.zh.to_string()),
            ]);
        }
        for t in &evaluation.tasks {
            rows.push(vec![
                Some("任务".to_owned()),
                Some(t.state.id.clone()),
                Some(t.state.title.clone()),
                None,
                t.state.progress.as_ref().map(|p| format!("{} %", p.percent())),
                Some(t.state.light.zh().to_owned()),
                Some(t.verdict.zh().to_owned()),
                Some(t.state.reason.zh.to_string()),
            ]);
        }
        for p in &evaluation.projects {
            rows.push(vec![
                Some("工程".to_owned()),
                Some(p.id.clone()),
                Some(p.name.clone()),
                None,
                p.progress.as_ref().map(|p| format!("{} %", p.percent())),
                Some(p.light.zh().to_owned()),
                Some(p.stage.zh().to_owned()),
                Some(p.reason.zh.to_string()),
            ]);
        }
        let names =
            Kind::from_name(&made.row.kind).map_or_else(|| Text::same(made.row.kind.clone()), Kind::names);
        let score = evaluation.score.as_ref();
        Some(answer(
            key,
            names,
            score.map_or_else(
                || Text::new("没有可以计分的指标", "no indicator could be scored"),
                |s| Text::new(format!("得分 = {}", s.formula), format!("score = {}", s.formula)),
            ),
            format!("/api/v1/plan/evaluations/{}", made.row.id),
            score.map(|s| s.value.fixed(2)),
            JUDGED.to_vec(),
            rows,
        ))
    }

    /// The plan's own table of indicators, as the profile holds it.
    pub(super) fn of_plan(&self, key: &str) -> Provenance {
        let decimal = |n: Option<rust_decimal::Decimal>| n.map(|n| n.normalize().to_string());
        let head = &self.facts().head;
        let rows = self.facts().indicators.iter().map(|i| {
            let cut = i.base_cut.map(|cut| format!("[{}%]", cut.normalize()));
            let later = i.assigned.then(|| "完成市下达任务".to_owned());
            vec![
                Some(i.no.to_string()),
                Some(i.name.clone()),
                i.unit.clone(),
                decimal(i.base).or(cut),
                decimal(i.target).or_else(|| i.state.clone()).or(later),
            ]
        });
        let title = Text::new(
            format!("《{}》主要指标表", head.title),
            "the plan's table of indicators",
        );
        answer(
            key,
            title,
            Text::new(
                format!("规划文件 {}（{} 印发）所列", head.number, head.issued),
                format!("as stated in document {} of {}", head.number, head.issued),
            ),
            "/api/v1/plan/indicators".to_owned(),
            None,
            STATED.to_vec(),
            rows.collect(),
        )
    }
}

const COUNTED: [Column; 6] = [
    column("id", "记录", "Record"),
    column("name", "名称", "Name"),
    column("unit", "单位", "Unit"),
    column("on", "日期", "Day"),
    column("state", "冻结时状态", "State when frozen"),
    column("revision", "修订", "Revision"),
];

const JUDGED: [Column; 8] = [
    column("about", "类别", "Kind"),
    column("no", "编号", "Number"),
    column("name", "名称", "Name"),
    column("value", "现值", "Value"),
    column("progress", "进度", "Progress"),
    column("light", "灯号", "Light"),
    column("verdict", "判定", "Verdict"),
    column("reason", "依据", "Grounds"),
];

const STATED: [Column; 5] = [
    column("no", "序号", "Number"),
    column("name", "指标", "Indicator"),
    column("unit", "单位", "Unit"),
    column("base", "基数", "Base"),
    column("target", "目标", "Target"),
];
