//! Rounds of dispatch (调度): opened on their day with a return for every unit that has something to say, filed and reviewed in
//! the register, frozen to a snapshot that no longer changes.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use model::ids::{RecordId, UnitCode};
use model::time::UtcMs;
use registers::text::Names;
use serde::Serialize;
use serde_json::{Value, json};
use store::plan::{NewRound, RoundRow};

use crate::error::{ProgressError, Result};
use crate::follow::RoundLine;
use crate::kept::{self, Item, Kept, Return};
use crate::{NewRecord, Progress, limits};

/// A round with what each unit did in it.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundView {
    /// The round.
    pub row: RoundRow,
    /// Its name.
    pub names: Names,
    /// What each unit did, late and missing ones first.
    pub filings: Vec<Filing>,
}

/// What a unit did in a round.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Filing {
    /// Unit.
    pub unit: UnitCode,
    /// Its return.
    pub record: RecordId,
    /// State of the return.
    pub state: String,
    /// Items asked for.
    pub asked: usize,
    /// Items with a figure or a text.
    pub filled: usize,
    /// Day it was filed.
    pub filed: Option<Date>,
    /// Days late: of the filing, or up to the day asked where nothing was filed.
    pub late: i64,
}

/// What a unit is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// `task`, `indicator`, `project`, `all`
    pub kind: &'static str,
    /// Its number.
    pub item: String,
}

/// Days between two dates.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

impl Progress {
    /// Rounds whose day has come by `today`, in order.
    pub(crate) fn rounds_due(&self, today: Date) -> Vec<(NewRound, Names)> {
        let years = self.years();
        let mut out = Vec::new();
        for year in years.base.saturating_add(1)..=years.target {
            for line in &self.follow().rules.round {
                if let Some(round) =
                    round_of(line, year).filter(|(r, _)| r.opens.as_str() <= today.to_string().as_str())
                {
                    out.push(round);
                }
            }
        }
        out.sort_by(|a, b| a.0.opens.cmp(&b.0.opens));
        out
    }

    /// A round by its code, whether or not it was opened.
    fn round_named(&self, code: &str) -> Option<(NewRound, Names)> {
        let (year, name) = code.split_once('-')?;
        let year: u16 = year.parse().ok()?;
        let years = self.years();
        let line = self.follow().rules.round.iter().find(|l| l.code == name)?;
        (years.base < year && year <= years.target)
            .then(|| round_of(line, year))
            .flatten()
    }

    /// What each unit is asked for: tasks it leads or shares, its indicators, its projects under way; towns are asked for
    /// everything at once, and for the tasks they have measures under.
    pub fn asked(&self, kept: &Kept) -> BTreeMap<UnitCode, Vec<Asked>> {
        let mut out: BTreeMap<UnitCode, Vec<Asked>> = BTreeMap::new();
        let mut ask = |unit: &UnitCode, kind, item: String| {
            let list = out.entry(unit.clone()).or_default();
            let asked = Asked { kind, item };
            if list.len() < limits::ITEMS && !list.contains(&asked) {
                list.push(asked);
            }
        };
        for line in self.follow().sources.values() {
            if let Some(unit) = line.lead.first() {
                ask(unit, "indicator", line.indicator.to_string());
            }
        }
        for task in &self.facts().tasks {
            for duty in &task.duty {
                for unit in duty.lead.iter().chain(&duty.units) {
                    ask(unit, "task", task.id.clone());
                }
            }
        }
        let running = |p: &&kept::Project| matches!(p.head.state.as_str(), "approved" | "building" | "built");
        for project in kept.projects.iter().filter(running) {
            ask(&project.lead, "project", project.head.id.to_string());
        }
        for town in self.towns() {
            ask(town, "all", "*".to_owned());
            for measure in kept
                .measures
                .iter()
                .filter(|m| m.unit == *town && m.head.state == "running")
            {
                ask(town, "task", measure.task.clone());
            }
        }
        out
    }

    /// Opens a round with a return for every unit asked; `None` where it is open already.
    pub async fn open_round(
        &self,
        code: &str,
        demo: bool,
        by: &str,
        now: UtcMs,
    ) -> Result<Option<RoundView>> {
        let Some((mut new, _)) = self.round_named(code) else {
            return Err(ProgressError::argument(
                "code",
                format!("没有轮次 «{code}»；可用：年度-轮次，如 2023-H2，轮次见 plan/rules.toml"),
                format!("there is no round «{code}»: year and round as in plan/rules.toml, such as 2023-H2"),
            ));
        };
        let today = crate::day_of(now).to_string();
        if new.opens > today {
            let opens = &new.opens;
            return Err(ProgressError::argument(
                "code",
                format!("该轮次 {opens} 起才开始"),
                format!("the round begins on {opens}"),
            ));
        }
        let kept = self.kept().await?;
        let asked = self.asked(&kept);
        new.demo = demo;
        new.detail = json!({ "units": asked.keys().collect::<Vec<_>>() });
        if !self.store().open_plan_round(&new, by, now).await? {
            return Ok(None);
        }
        let returned: Vec<&UnitCode> = kept
            .returns
            .iter()
            .filter(|r| r.round == new.code)
            .map(|r| &r.unit)
            .collect();
        let mut records = Vec::new();
        for (unit, items) in asked.iter().filter(|(unit, _)| !returned.contains(unit)) {
            let items: Vec<Value> = items
                .iter()
                .map(|a| json!({ "kind": a.kind, "item": a.item }))
                .collect();
            let body = json!({
                "round": new.code, "unit": unit, "as_of": new.as_of, "due": new.due, "items": items,
            });
            let Value::Object(body) = body else { continue };
            let id = format!("{}-{unit}", new.code.to_lowercase());
            records.push(NewRecord::entered(Some(id), demo, body));
        }
        self.enter(kept::RETURN, records, by, now).await?;
        self.round(code, now).await.map(Some)
    }

    /// All rounds, newest first.
    pub async fn rounds(&self, now: UtcMs) -> Result<Vec<RoundView>> {
        let kept = self.kept().await?;
        let rows = self.store().plan_rounds().await?;
        Ok(rows.into_iter().map(|row| self.view(row, &kept, now)).collect())
    }

    /// A round.
    pub async fn round(&self, code: &str, now: UtcMs) -> Result<RoundView> {
        let row = self
            .store()
            .plan_round(code)
            .await?
            .ok_or_else(|| ProgressError::NotFound {
                what: "调度轮次 / round",
                name: code.to_owned(),
            })?;
        let kept = self.kept().await?;
        Ok(self.view(row, &kept, now))
    }

    fn view(&self, row: RoundRow, kept: &Kept, now: UtcMs) -> RoundView {
        let code = row.round.code.clone();
        let names = self
            .round_named(&code)
            .map_or_else(|| Names::same(&code), |(_, names)| names);
        // What was frozen is counted up to the day it was frozen.
        let today = crate::day_of(row.frozen_at.unwrap_or(now));
        let mut filings: Vec<Filing> = kept
            .returns
            .iter()
            .filter(|r| r.round == code)
            .map(|r| filing(r, today))
            .collect();
        filings.sort_by(|a, b| (b.late, &a.unit).cmp(&(a.late, &b.unit)));
        RoundView { row, names, filings }
    }

    /// Freezes a round: its returns as they stand, who was late, and where everything stood on the day the figures are of.
    pub async fn freeze_round(&self, code: &str, by: &str, now: UtcMs) -> Result<RoundView> {
        let round = self.round(code, now).await?;
        let kept = self.kept().await?;
        let as_of: Date = round
            .row
            .round
            .as_of
            .parse()
            .map_err(|_| ProgressError::stored("plan_rounds", code, "as_of"))?;
        let day = self.day(as_of, now).await?;
        let returns: Vec<&Return> = kept.returns.iter().filter(|r| r.round == code).collect();
        let body = json!({
            "round": code,
            "as_of": round.row.round.as_of,
            "due": round.row.round.due,
            "frozen_on": crate::day_of(now),
            "returns": returns,
            "filings": round.filings,
            "late": day.board.late(&kept, &self.follow().rules.escalation),
        });
        let text =
            plan::canonical::text(&body).map_err(|e| ProgressError::stored("round", code, e.to_string()))?;
        self.store().freeze_plan_round(code, &text, by, now).await?;
        self.round(code, now).await
    }

    /// What a round was frozen to.
    pub async fn frozen_round(&self, code: &str, now: UtcMs) -> Result<Option<Value>> {
        let round = self.round(code, now).await?;
        let Some(name) = &round.row.snapshot else {
            return Ok(None);
        };
        let body = self.store().plan_snapshot(name).await?;
        body.map(|text| {
            serde_json::from_str(&text).map_err(|_| ProgressError::stored("snapshot", name, "body"))
        })
        .transpose()
    }
}

pub(crate) fn round_of(line: &RoundLine, year: u16) -> Option<(NewRound, Names)> {
    let as_of = Date::new(i16::try_from(year).ok()?, line.month, line.day).ok()?;
    let opens = as_of.checked_add(1.day()).ok()?;
    let due = as_of.checked_add(line.days.days()).ok()?;
    let round = NewRound {
        code: format!("{year}-{}", line.code),
        as_of: as_of.to_string(),
        opens: opens.to_string(),
        due: due.max(opens).to_string(),
        demo: false,
        detail: Value::Null,
    };
    let names = Names::new(format!("{year} 年{}", line.zh), format!("{year}, {}", line.en));
    Some((round, names))
}

fn filing(of: &Return, today: Date) -> Filing {
    let filled = |item: &&Item| item.percent.is_some() || item.value.is_some() || item.text.is_some();
    let waits = matches!(of.head.state.as_str(), "open" | "returned");
    let end = of.filed.filter(|_| !waits).unwrap_or(today);
    Filing {
        unit: of.unit.clone(),
        record: of.head.id.clone(),
        state: of.head.state.clone(),
        asked: of.items.len(),
        filled: of.items.iter().filter(filled).count(),
        filed: of.filed,
        late: days(of.due, end).max(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_round_opens_the_day_after_its_figures() {
        let line = RoundLine {
            code: "H2".into(),
            zh: "年终调度".into(),
            en: "Year end".into(),
            month: 12,
            day: 31,
            days: 15,
        };
        let (round, names) = round_of(&line, 2023).unwrap();
        assert_eq!(
            (round.code.as_str(), round.opens.as_str(), round.due.as_str()),
            ("2023-H2", "2024-01-01", "2024-01-15")
        );
        assert_eq!(names.zh, "2023 年年终调度");
    }

    #[test]
    fn who_has_not_filed_grows_later_by_the_day() {
        let mut of = Return {
            head: kept::Head {
                id: RecordId::new("r"),
                revision: 1,
                state: "open".into(),
                demo: false,
            },
            round: "2023-H2".into(),
            unit: UnitCode::new("water"),
            as_of: date(2023, 12, 31),
            due: date(2024, 1, 15),
            filed: None,
            items: Vec::new(),
        };
        assert_eq!(filing(&of, date(2024, 1, 15)).late, 0);
        assert_eq!(filing(&of, date(2024, 1, 20)).late, 5);
        of.filed = Some(date(2024, 1, 17));
        of.head.state = "filed".into();
        assert_eq!(filing(&of, date(2024, 3, 1)).late, 2);
        of.head.state = "returned".into();
        assert_eq!(
            filing(&of, date(2024, 3, 1)).late,
            46,
            "what was returned is not filed"
        );
    }
}
