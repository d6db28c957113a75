//! Evaluations (评估): the data frozen at the end of a year, judged by stated rules, written as a report, handed in and published.
//! What is stored is the frozen text; judgement and report follow from it, so that they come out the same, byte for byte.

use std::sync::{Arc, OnceLock, PoisonError};

use jiff::civil::Date;
use model::ids::EvaluationId;
use model::profile::UnitKind;
use model::time::UtcMs;
use plan::evaluation::{Evaluation, PlanName, Rules, Snapshot, Stage, UnitName, evaluate};
use plan::report::{Cover, Remarks};
use registers::text::Names;
use report::Fonts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use standards::text::Text;
use store::plan::{EvaluationRow, EvaluationState, NewEvaluation};

use crate::Progress;
use crate::board::scheduling;
use crate::counts;
use crate::error::{ProgressError, Result};

/// Which evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 年度总结
    Yearly,
    /// 中期评估
    Midterm,
    /// 终期评估
    Final,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Yearly, Self::Midterm, Self::Final];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yearly => "yearly",
            Self::Midterm => "midterm",
            Self::Final => "final",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// Name for people.
    pub fn names(self) -> Text {
        match self {
            Self::Yearly => Text::new("年度总结", "yearly summary"),
            Self::Midterm => Text::new("中期评估", "mid-term evaluation"),
            Self::Final => Text::new("终期评估", "final evaluation"),
        }
    }

    /// The same for the rules.
    pub(crate) fn stage(self) -> Stage {
        match self {
            Self::Yearly => Stage::Yearly,
            Self::Midterm => Stage::MidTerm,
            Self::Final => Stage::Final,
        }
    }
}

/// What is frozen: the data, the rules they are judged by, and what the report is headed with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// Data.
    pub snapshot: Snapshot,
    /// Rules.
    pub rules: Rules,
    /// Head of the report, and what people add to it.
    pub cover: Cover,
}

/// Faces of the PDF, read once: a Chinese collection has tens of megabytes. Where there are none they are looked for again,
/// for what is missing may be installed meanwhile.
fn fonts() -> std::result::Result<&'static Fonts, String> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    if let Some(fonts) = FONTS.get() {
        return Ok(fonts);
    }
    let read = Fonts::read(&report::fonts::USUAL).map_err(|e| e.to_string())?;
    Ok(FONTS.get_or_init(|| read))
}

impl Frozen {
    /// From its text.
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| ProgressError::stored("snapshot", "evaluation", e.to_string()))
    }

    /// Its text: the same for equal values.
    pub fn text(&self) -> Result<String> {
        plan::canonical::text(self)
            .map_err(|e| ProgressError::stored("snapshot", "evaluation", e.to_string()))
    }

    /// What the rules say of it.
    pub fn judge(&self) -> Result<Evaluation> {
        evaluate(&self.snapshot, &self.rules)
            .map_err(|e| ProgressError::stored("snapshot", "evaluation", e.to_string()))
    }

    /// The report as a value.
    pub fn document(&self) -> Result<report::Document> {
        let evaluation = self.judge()?;
        Ok(plan::report::document(&self.snapshot, &evaluation, &self.cover))
    }

    /// The report as a file. Takes a second of one core; not for a thread that serves others.
    pub fn file(&self, part: Part) -> Result<Vec<u8>> {
        let document = self.document()?;
        let said = |e: String| {
            let (zh, en) = e.split_once(" / ").unwrap_or((&e, &e));
            ProgressError::File(Names::new(zh, en))
        };
        match part {
            Part::Docx => report::docx::write(&document).map_err(|e| said(e.to_string())),
            Part::Pdf => {
                let fonts = fonts().map_err(said)?;
                report::pdf::write(&document, fonts).map_err(|e| said(e.to_string()))
            }
        }
    }
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Word.
    Docx,
    /// PDF.
    Pdf,
}

impl Part {
    /// Extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Pdf => "pdf",
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
        }
    }
}

/// What was frozen and what the rules say of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was frozen.
    pub frozen: Frozen,
    /// What the rules say.
    pub evaluation: Evaluation,
}

/// An evaluation with what was frozen and what the rules say of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// As stored.
    pub row: EvaluationRow,
    /// Frozen data and their judgement; the same for the same snapshot, so shared.
    pub judged: Arc<Judged>,
}

impl Made {
    /// What was frozen.
    pub fn frozen(&self) -> &Frozen {
        &self.judged.frozen
    }

    /// What the rules say.
    pub fn evaluation(&self) -> &Evaluation {
        &self.judged.evaluation
    }
}

impl Progress {
    /// Whether an evaluation of this kind and year belongs to the plan and its year is over.
    fn check(&self, kind: Kind, year: u16, now: UtcMs) -> Result<Date> {
        let head = &self.facts().head;
        let wrong = |zh: String, en: String| Err(ProgressError::argument("year", zh, en));
        let inside = head.base_year < year && year <= head.target_year;
        let last = head.target_year;
        let right = match kind {
            Kind::Yearly => inside,
            Kind::Midterm => inside && year < last && head.evaluations.contains(&year),
            Kind::Final => year == last,
        };
        if !right {
            let (base, stated) = (head.base_year + 1, &head.evaluations);
            return wrong(
                format!("规划期 {base}–{last} 年，中期、终期评估年份为 {stated:?}"),
                format!("the plan runs from {base} to {last}, its evaluations are of {stated:?}"),
            );
        }
        let closing = Date::new(i16::try_from(year).unwrap_or(0), 12, 31)
            .map_err(|_| ProgressError::argument("year", "年份有误", "no such year"))?;
        if crate::day_of(now) <= closing {
            return wrong(
                format!("{year} 年尚未结束，{closing} 之后才能冻结"),
                format!("{year} is not over: data can be frozen after {closing}"),
            );
        }
        Ok(closing)
    }

    /// The data of the end of a year, as they are known now, not yet stored.
    pub async fn freeze(
        &self,
        kind: Kind,
        year: u16,
        version: u32,
        remarks: Remarks,
        now: UtcMs,
    ) -> Result<Frozen> {
        let closing = self.check(kind, year, now)?;
        let day = self.day(closing, now).await?;
        // The year is over: what the registers say when the data are frozen is what is known of it.
        let read = self.read(now).await?;
        let readings = self.readings(&read, year, true, now).await?;
        let mut indicators = day.inputs.indicators;
        for indicator in &mut indicators {
            // A closed year is judged by its values; what is running has no place in it.
            indicator.running = None;
        }
        let head = &self.facts().head;
        let snapshot = Snapshot {
            plan: PlanName {
                title: head.title.clone(),
                number: head.number.clone(),
                issued: head.issued.clone(),
            },
            years: self.years(),
            stage: kind.stage(),
            year,
            closing,
            frozen_on: crate::day_of(now),
            version,
            indicators,
            tasks: day.inputs.tasks,
            projects: day.inputs.projects,
            figures: counts::figures(
                &day.kept,
                closing,
                &plan::report::key(kind.stage(), year, version),
            ),
            aims: self.facts().aims.clone(),
            readings,
            units: self
                .units()
                .iter()
                .map(|u| UnitName {
                    code: u.code.clone(),
                    name: u.zh.clone(),
                    town: u.kind == UnitKind::Town,
                })
                .collect(),
        };
        Ok(Frozen {
            cover: Cover {
                number: None,
                issuer: Some(self.issuer()),
                date: crate::day_of(now),
                remarks,
            },
            snapshot,
            rules: Rules {
                scheduling: scheduling(&self.follow().rules),
                ..Rules::default()
            },
        })
    }

    /// Freezes the data, judges them, and keeps the evaluation as the next version of its kind and year.
    pub async fn make(
        &self,
        kind: Kind,
        year: u16,
        remarks: Remarks,
        demo: bool,
        by: &str,
        now: UtcMs,
    ) -> Result<Made> {
        // One at a time: what is frozen names its own version.
        let _making = self.inner.making.lock().await;
        let present = self.store().plan_evaluations(&[kind.name()], &[]).await?;
        let version = present
            .iter()
            .filter(|e| e.year == year)
            .map(|e| e.version)
            .max()
            .unwrap_or(0)
            + 1;
        let frozen = self
            .freeze(
                kind,
                year,
                u32::try_from(version).unwrap_or(u32::MAX),
                remarks,
                now,
            )
            .await?;
        let evaluation = frozen.judge()?;
        let new = NewEvaluation {
            kind: kind.name().to_owned(),
            year,
            cutoff: frozen.snapshot.closing.to_string(),
            demo,
            snapshot: frozen.text()?,
            summary: summary(&evaluation),
        };
        let row = self.store().put_plan_evaluation(&new, by, now).await?;
        Ok(Made {
            row,
            judged: Arc::new(Judged { frozen, evaluation }),
        })
    }

    /// Evaluations, newest first; only the published ones where `public`.
    pub async fn evaluations(&self, public: bool) -> Result<Vec<EvaluationRow>> {
        let kinds = Kind::ALL.map(Kind::name);
        let states: &[EvaluationState] = if public {
            &[EvaluationState::Published]
        } else {
            &[]
        };
        Ok(self.store().plan_evaluations(&kinds, states).await?)
    }

    /// What was frozen for an evaluation.
    pub async fn frozen(&self, id: EvaluationId) -> Result<(EvaluationRow, Frozen)> {
        let row = self.evaluation_row(id).await?;
        let frozen = self.thaw(&row).await?;
        Ok((row, frozen))
    }

    async fn evaluation_row(&self, id: EvaluationId) -> Result<EvaluationRow> {
        let row = self.store().plan_evaluation(id).await?;
        row.filter(|row| Kind::from_name(&row.kind).is_some())
            .ok_or_else(|| ProgressError::NotFound {
                what: "评估 / evaluation",
                name: id.to_string(),
            })
    }

    async fn thaw(&self, row: &EvaluationRow) -> Result<Frozen> {
        let text = self.store().plan_snapshot(&row.snapshot).await?;
        let text = text.ok_or_else(|| ProgressError::stored("snapshot", &row.snapshot, "body"))?;
        Frozen::read(&text)
    }

    /// An evaluation, judged again from what was frozen.
    pub async fn evaluation(&self, id: EvaluationId) -> Result<Made> {
        let row = self.evaluation_row(id).await?;
        let known = self
            .inner
            .judged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((_, judged)) = known.filter(|(name, _)| *name == row.snapshot) {
            return Ok(Made { row, judged });
        }
        let frozen = self.thaw(&row).await?;
        let evaluation = frozen.judge()?;
        let judged = Arc::new(Judged { frozen, evaluation });
        let held = (row.snapshot.clone(), Arc::clone(&judged));
        *self.inner.judged.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(Made { row, judged })
    }

    /// Hands in, publishes, withdraws.
    pub async fn step(
        &self,
        id: EvaluationId,
        to: EvaluationState,
        by: &str,
        note: &str,
        now: UtcMs,
    ) -> Result<EvaluationRow> {
        Ok(self.store().step_plan_evaluation(id, to, by, note, now).await?)
    }

    /// Name of the body that signs reports.
    pub fn issuer(&self) -> String {
        let desk = &self.follow().rules.desk.unit;
        self.unit(desk).map_or_else(|| desk.to_string(), |u| u.zh.clone())
    }
}

/// What a list shows of an evaluation.
fn summary(evaluation: &Evaluation) -> serde_json::Value {
    let count = |key: &str| {
        evaluation
            .indicators
            .iter()
            .filter(|i| i.state.light.key() == key)
            .count()
    };
    let tasks = |key: &str| {
        evaluation
            .tasks
            .iter()
            .filter(|t| t.state.light.key() == key)
            .count()
    };
    json!({
        "score": evaluation.score.as_ref().map(|s| s.value.fixed(1)),
        "grade": evaluation.score.as_ref().map(|s| json!({ "zh": s.grade.zh, "en": s.grade.en })),
        "indicators": { "green": count("green"), "yellow": count("yellow"), "red": count("red"), "grey": count("grey") },
        "tasks": { "green": tasks("green"), "yellow": tasks("yellow"), "red": tasks("red"), "grey": tasks("grey") },
        "behind": evaluation.behind.len(),
        "doubts": evaluation.doubts.len(),
    })
}
