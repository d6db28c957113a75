//! Lists and counts of alarms. Counts of what is not closed read an index of just that, whatever the history.

use std::collections::BTreeMap;

use model::alarm::{Alarm, AlarmKind, AlarmState};
use model::ids::{AlarmId, Factor, SubjectId};
use model::time::UtcMs;
use sqlx::any::AnyRow;

use super::{ALARM, alarm};
use crate::Store;
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged, Scope};
use crate::rows::Columns;

/// What a list of alarms is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlarmSort {
    /// When it was raised.
    #[default]
    Raised,
    /// Last occurrence.
    LastTime,
    /// Grade, most serious first.
    Grade,
}

/// Which alarms.
#[derive(Clone, Debug, Default)]
pub struct AlarmQuery {
    /// Whose.
    pub scope: Scope,
    /// In which states; empty means all.
    pub states: Vec<AlarmState>,
    /// Of which kinds; empty means all.
    pub kinds: Vec<AlarmKind>,
    /// Of which grade.
    pub grade: Option<i32>,
    /// Of which subject or what belongs to it.
    pub subject: Option<SubjectId>,
    /// Of which factor.
    pub factor: Option<Factor>,
    /// Whether the condition holds.
    pub active: Option<bool>,
    /// Last occurrence not before.
    pub from: Option<UtcMs>,
    /// First occurrence before.
    pub to: Option<UtcMs>,
    /// Text contained in the subject's code or name, or the factor.
    pub text: String,
    /// Order.
    pub sort: AlarmSort,
    /// Order reversed: by default the newest or most serious come first.
    pub reversed: bool,
    /// Part of the list.
    pub page: Page,
}

/// An alarm in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmListed {
    /// The alarm.
    pub alarm: Alarm,
    /// Code of its subject.
    pub subject_code: String,
    /// Chinese name of its subject.
    pub subject_zh: String,
    /// English name of its subject.
    pub subject_en: String,
}

/// Alarms not closed, of one kind, grade, state and activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmCount {
    /// Kind.
    pub kind: AlarmKind,
    /// Grade.
    pub grade: i32,
    /// Open or acknowledged.
    pub state: AlarmState,
    /// Whether the condition holds.
    pub active: bool,
    /// How many.
    pub total: i64,
}

const FROM: &str =
    "FROM alarms a JOIN subjects s ON s.id = a.subject_id LEFT JOIN subjects p ON p.id = s.parent_id";

/// Counts the alarms that were open at `$1` by subject. Two parts, for no engine finds both in an index when asked at once.
pub const OPEN_AT: &str = "SELECT subject_id, COUNT(*) AS n FROM (
      SELECT subject_id FROM alarms WHERE closed_at IS NULL AND first_time < $1
      UNION ALL
      SELECT subject_id FROM alarms WHERE closed_at > $1 AND first_time < $1
    ) AS open_then GROUP BY subject_id";

impl AlarmQuery {
    fn filter(&self) -> Filter {
        let mut filter = Filter::default();
        filter.scope(&self.scope, "s", "p");
        if !self.states.is_empty() && !self.states.contains(&AlarmState::Closed) {
            // Lets the engine use the small index.
            filter.plain("a.state <> 'closed'");
        }
        filter.any_of("a.state", self.states.iter().map(|s| s.name()));
        filter.any_of("a.kind", self.kinds.iter().map(|k| k.name()));
        if let Some(subject) = self.subject {
            filter.int("(s.id = {p} OR s.parent_id = {p})", subject.0);
        }
        if let Some(factor) = &self.factor {
            filter.text("a.factor = {p}", factor.as_str());
        }
        for (condition, value) in [
            ("a.grade = {p}", self.grade.map(i64::from)),
            ("a.active = {p}", self.active.map(i64::from)),
            ("a.last_time >= {p}", self.from.map(|t| t.0)),
            ("a.first_time < {p}", self.to.map(|t| t.0)),
        ] {
            if let Some(value) = value {
                filter.int(condition, value);
            }
        }
        filter.contains(&["s.code", "s.zh", "s.en", "a.factor"], &self.text);
        filter
    }

    fn order(&self) -> String {
        let (newest, oldest) = if self.reversed {
            ("ASC", "DESC")
        } else {
            ("DESC", "ASC")
        };
        match self.sort {
            AlarmSort::Raised => format!("a.raised_at {newest}, a.id {newest}"),
            AlarmSort::LastTime => format!("a.last_time {newest}, a.id {newest}"),
            AlarmSort::Grade => format!("a.grade {oldest}, a.last_time {newest}, a.id {newest}"),
        }
    }
}

impl Store {
    /// A page of alarms.
    pub async fn list_alarms(&self, query: &AlarmQuery) -> Result<Paged<AlarmListed>, StoreError> {
        let filter = query.filter();
        let count = format!("SELECT COUNT(*) AS n {FROM} {}", filter.sql());
        let total = self.db().count(filter.bind(self.db().statement(&count))).await?;
        let select = format!(
            "{ALARM}, s.code, s.zh, s.en {FROM} {} ORDER BY {} LIMIT {} OFFSET {}",
            filter.sql(),
            query.order(),
            query.page.limit(),
            query.page.offset()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(listed).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// An alarm by row.
    pub async fn alarm(&self, id: AlarmId) -> Result<Option<AlarmListed>, StoreError> {
        let select = format!("{ALARM}, s.code, s.zh, s.en {FROM} WHERE a.id = $1");
        self.db()
            .one(self.db().statement(&select).bind(id.0))
            .await?
            .as_ref()
            .map(listed)
            .transpose()
    }

    /// How many alarms of each subject had begun before an instant and were not closed by then; subjects without any are left
    /// out. At the present these are the alarms not closed. Reads an index of these and of what was closed since.
    pub async fn count_alarms_at(&self, at: UtcMs) -> Result<BTreeMap<SubjectId, i64>, StoreError> {
        let statement = self.db().statement(OPEN_AT);
        let rows = self.db().all(statement.bind(at.0)).await?;
        rows.iter()
            .map(|row| Ok((SubjectId(row.int("subject_id")?), row.int("n")?)))
            .collect()
    }

    /// Alarms not closed, counted. Sums of it equal the totals of [`Store::list_alarms`] with the same filters.
    pub async fn count_open_alarms(&self, scope: &Scope) -> Result<Vec<AlarmCount>, StoreError> {
        let mut filter = Filter::default();
        filter.plain("a.state <> 'closed'");
        filter.scope(scope, "s", "p");
        let select = format!(
            "SELECT a.kind, a.grade, a.state, a.active, COUNT(*) AS n {FROM} {}
             GROUP BY a.kind, a.grade, a.state, a.active ORDER BY a.kind, a.grade, a.state, a.active",
            filter.sql()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        rows.iter()
            .map(|row| {
                let grade = row.int("grade")?;
                Ok(AlarmCount {
                    kind: row.named("kind", AlarmKind::from_name)?,
                    grade: i32::try_from(grade).map_err(|_| StoreError::stored("grade", grade))?,
                    state: row.named("state", AlarmState::from_name)?,
                    active: row.flag("active")?,
                    total: row.int("n")?,
                })
            })
            .collect()
    }
}

fn listed(row: &AnyRow) -> Result<AlarmListed, StoreError> {
    Ok(AlarmListed {
        alarm: alarm(row)?,
        subject_code: row.text("code")?,
        subject_zh: row.text("zh")?,
        subject_en: row.text("en")?,
    })
}
