//! What units answer for and file: duties, an appeal, yearly reports, returns of rounds; and what is made of it all.

use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use plan::report::Remarks;
use plan::tasks::TaskInput;
use serde_json::{Value, json};
use store::plan::{EvaluationState, NewRound};

use super::{BY, Course, chance, file, node, plus, year_end};
use crate::error::{ProgressError, Result};
use crate::evaluate::Kind;
use crate::rounds::round_of;
use crate::{NewRecord, kept};

impl Course<'_> {
    pub(super) fn duties(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        let Some(year) = self.years.last() else { return out };
        let signed = Date::new(i16::try_from(*year).unwrap_or(1), 3, 15).unwrap_or(self.today);
        let mut put = |unit: &UnitCode,
                       kind: &str,
                       item: Option<&str>,
                       text: &str,
                       weight: &str,
                       result: Option<&str>| {
            let mut value = json!({
                "year": year, "unit": unit, "kind": kind, "text": text, "basis": "演示责任书", "weight": weight,
                "veto": false, "signed": signed, "letter": file("责任书"),
            });
            if let Some(map) = value.as_object_mut() {
                for (name, text) in [("item", item), ("result", result)] {
                    if let Some(text) = text {
                        map.insert(name.into(), json!(text));
                    }
                }
            }
            let n = out.len();
            out.push(self.record(format!("sim-duty-{n}"), "signed", signed, value));
        };
        for town in self.plan.towns() {
            put(town, "task", None, "辖区规划任务年度节点", "60", None);
            put(town, "dispatch", None, "按时报送规划调度", "20", None);
            let found = (12 + chance(&["complaint", town.as_str()], 8)).to_string();
            put(town, "complaint", None, "信访投诉办理", "20", Some(&found));
        }
        let mut departments: Vec<UnitCode> = Vec::new();
        for task in &self.plan.facts().tasks {
            for unit in TaskInput::new(task, false).lead {
                if !departments.contains(&unit) && !self.plan.towns().any(|town| *town == unit) {
                    departments.push(unit);
                }
            }
        }
        for unit in &departments {
            put(unit, "task", None, "牵头规划任务年度节点", "60", None);
            put(unit, "dispatch", None, "按时报送规划调度", "20", None);
            let own = self
                .plan
                .follow()
                .sources
                .values()
                .find(|l| l.lead.first() == Some(unit));
            if let Some(line) = own {
                put(
                    unit,
                    "indicator",
                    Some(&line.indicator.to_string()),
                    "牵头规划指标",
                    "20",
                    None,
                );
            }
        }
        out
    }

    pub(super) fn appeals(&self) -> Vec<NewRecord> {
        let (Some(year), Some(town)) = (self.years.last(), self.plan.towns().next()) else {
            return Vec::new();
        };
        let Some(filed) = year_end(*year).map(|end| plus(end, 40)) else {
            return Vec::new();
        };
        let value = json!({
            "year": year, "unit": town, "item": "按时报送规划调度", "given": "10", "claimed": "20", "filed": filed,
            "reason": "演示：一次逾期系网络故障", "evidence": file("情况说明"), "finding": "演示：属实", "decided": "20",
            "decided_on": plus(filed, 10),
        });
        vec![self.record("sim-appeal-1".to_owned(), "upheld", plus(filed, 10), value)]
    }

    pub(super) fn yearly(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        let Some(year) = self.years.last() else { return out };
        let Some(due) = self.plan.follow().rules.yearly.of(year + 1) else {
            return out;
        };
        for unit in self
            .plan
            .units()
            .iter()
            .filter(|u| u.kind != model::profile::UnitKind::Government)
        {
            let days = i64::try_from(chance(&["yearly", unit.code.as_str()], 20)).unwrap_or(0);
            let submitted = plus(due, 4 - days).min(self.today);
            let value = json!({
                "year": year, "unit": unit.code, "due": due, "done": "演示：完成年度牵头与配合任务", "problems": "演示：资金到位偏晚",
                "next": "演示：巩固提升", "submitted": submitted, "file": file("年度总结"), "opinion": "演示：采用",
            });
            out.push(self.record(
                format!("sim-yearly-{year}-{}", unit.code),
                "accepted",
                submitted,
                value,
            ));
        }
        out
    }

    /// Rounds with filed returns; all but the last are frozen.
    pub(super) async fn rounds(&self, now: UtcMs) -> Result<usize> {
        let kept = self.plan.kept().await?;
        let asked = self.plan.asked(&kept);
        let mut rounds = Vec::new();
        for year in &self.years {
            let lines = self.plan.follow().rules.round.iter();
            rounds.extend(lines.filter_map(|line| round_of(line, *year)));
        }
        rounds.retain(|(round, _)| round.due < self.today.to_string());
        rounds.sort_by(|a, b| a.0.opens.cmp(&b.0.opens));
        let mut records = Vec::new();
        for (round, _) in &rounds {
            for (unit, items) in &asked {
                records.extend(self.filed(round, unit, items));
            }
        }
        let count = records.len();
        self.plan.enter(kept::RETURN, records, BY, now).await?;
        let last = rounds.len().saturating_sub(1);
        for (n, (round, _)) in rounds.iter().enumerate() {
            let new = NewRound {
                demo: true,
                detail: json!({ "units": asked.keys().collect::<Vec<_>>() }),
                ..round.clone()
            };
            self.plan.store().open_plan_round(&new, BY, now).await?;
            if n < last {
                self.plan.freeze_round(&round.code, BY, now).await?;
            }
        }
        Ok(count)
    }

    fn filed(&self, round: &NewRound, unit: &UnitCode, items: &[crate::Asked]) -> Option<NewRecord> {
        let due: Date = round.due.parse().ok()?;
        let as_of: Date = round.as_of.parse().ok()?;
        let luck = chance(&["filed", &round.code, unit.as_str()], 100);
        let days = i64::try_from(chance(&["when", &round.code, unit.as_str()], 9)).unwrap_or(0);
        let filed = match luck {
            0..=90 => Some(plus(due, -days)),
            91..=97 => Some(plus(due, 1 + days)),
            _ => None,
        };
        let year = u16::try_from(as_of.year()).ok()?;
        let base = self.plan.years().base;
        let rows: Vec<Value> = items
            .iter()
            .map(|asked| {
                let mut row = json!({ "kind": asked.kind, "item": asked.item });
                if let (Some(_), Some(map)) = (filed, row.as_object_mut()) {
                    if asked.kind == "task" {
                        let done = (base + 1..=year)
                            .filter_map(|y| node(&asked.item, unit.as_str(), y, self.today))
                            .filter(|(_, done)| done.is_some_and(|d| d <= as_of))
                            .count();
                        map.insert("percent".into(), json!((done * 20).to_string()));
                    }
                    map.insert("text".into(), json!("演示：按计划推进"));
                }
                row
            })
            .collect();
        let mut value = json!({
            "round": round.code, "unit": unit, "as_of": round.as_of, "due": round.due, "items": rows,
        });
        let mut state = "open";
        if let (Some(filed), Some(map)) = (filed, value.as_object_mut()) {
            state = "accepted";
            map.insert("filed".into(), json!(filed));
        }
        let id = format!("sim-{}-{unit}", round.code.to_lowercase());
        Some(self.record(id, state, filed.unwrap_or(as_of), value))
    }

    /// The evaluations the plan asks for: the first published, the last handed in; and the assessment of the last year.
    pub(super) async fn evaluations(&self, now: UtcMs) -> Result<()> {
        let stated = self.plan.facts().head.evaluations.clone();
        let target = self.plan.years().target;
        for year in stated.into_iter().filter(|y| self.years.contains(y)) {
            let kind = if year == target {
                Kind::Final
            } else {
                Kind::Midterm
            };
            let remarks = Remarks {
                results: vec!["演示：本报告由模拟数据生成，用以展示评估流程。".to_owned()],
                ..Remarks::default()
            };
            let made = self.plan.make(kind, year, remarks, true, BY, now).await?;
            let note = "演示：报送区政府";
            self.plan
                .step(made.row.id, EvaluationState::HandedIn, BY, note, now)
                .await?;
            if kind == Kind::Midterm {
                self.plan
                    .step(
                        made.row.id,
                        EvaluationState::Published,
                        BY,
                        "演示：向社会公布",
                        now,
                    )
                    .await?;
            }
        }
        if let Some(year) = self.years.last() {
            match self.plan.assess(*year, true, BY, now).await {
                Ok(_) | Err(ProgressError::Argument { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
