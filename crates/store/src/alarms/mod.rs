//! Alarms (告警): findings become one alarm per event; people acknowledge, comment and close, each with a trace.

mod list;
mod people;
mod record;

use model::alarm::{Alarm, AlarmKind, AlarmState, CloseReason, Finding};
use model::ids::{AlarmId, Factor, JudgementId, SubjectId};
use model::time::{Grain, UtcMs};
use serde::Serialize;
use sqlx::any::AnyRow;

pub use list::{AlarmCount, AlarmListed, AlarmQuery, AlarmSort, OPEN_AT};

use crate::db::{Db, Statement, Tx};
use crate::error::StoreError;
use crate::rows::{Columns, clean};

/// What an alarm is about: findings with the same key may be merged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlarmKey {
    /// What it says.
    pub kind: AlarmKind,
    /// Of which subject.
    pub subject: SubjectId,
    /// Of which factor; `None` for silence.
    pub factor: Option<Factor>,
    /// Which period; `None` for silence.
    pub grain: Option<Grain>,
}

impl From<&Finding> for AlarmKey {
    fn from(f: &Finding) -> Self {
        Self {
            kind: f.kind,
            subject: f.subject,
            factor: f.factor.clone(),
            grain: f.grain,
        }
    }
}

/// What recording a finding led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// A new alarm.
    Raised,
    /// A further occurrence of an alarm, or another value of a known one.
    Extended,
    /// Nothing new.
    Unchanged,
}

/// Something that happened to an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmEvent {
    /// When.
    pub at: UtcMs,
    /// Who; empty for the program itself.
    pub by: String,
    /// `raised`, `reopened`, `cleared`, `withdrawn`, `acknowledged`, `commented`, `closed`.
    pub action: String,
    /// Words.
    pub text: String,
}

const ALARM: &str = "SELECT a.id, a.kind, a.state, a.subject_id, a.factor, a.grain, a.grade, a.first_time, a.last_time, \
                     a.occurrences, a.active, a.value, a.limit_value, a.multiple, a.judgement_id, a.raised_at, \
                     a.closed_at, a.close_reason, a.demo";

/// Binds a key as `$1` to `$4`.
fn bind_key(statement: Statement, key: &AlarmKey) -> Statement {
    statement
        .bind(key.subject.0)
        .bind(key.kind.name())
        .bind(clean(key.factor.as_ref().map_or("", Factor::as_str)).into_owned())
        .bind(key.grain.map_or("", Grain::name))
}

async fn event(
    db: &Db,
    tx: &mut Tx,
    alarm: AlarmId,
    (by, at): (&str, UtcMs),
    action: &str,
    text: &str,
) -> Result<(), StoreError> {
    db.statement("INSERT INTO alarm_events (alarm_id, at, author, action, text) VALUES ($1, $2, $3, $4, $5)")
        .bind(alarm.0)
        .bind(at.0)
        .bind(clean(by).into_owned())
        .bind(action.to_owned())
        .bind(clean(text).into_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn load(db: &Db, tx: &mut Tx, id: AlarmId) -> Result<Option<Alarm>, StoreError> {
    let select = format!("{ALARM} FROM alarms a WHERE a.id = $1 {{lock}}");
    let row = db.statement(&select).bind(id.0).fetch_optional(&mut **tx).await?;
    row.as_ref().map(alarm).transpose()
}

fn alarm(row: &AnyRow) -> Result<Alarm, StoreError> {
    let grade = row.int("grade")?;
    let grain = row.text("grain")?;
    Ok(Alarm {
        id: AlarmId(row.int("id")?),
        kind: row.named("kind", AlarmKind::from_name)?,
        state: row.named("state", AlarmState::from_name)?,
        subject: SubjectId(row.int("subject_id")?),
        factor: Some(row.text("factor")?).filter(|f| !f.is_empty()).map(Factor),
        grain: match grain.as_str() {
            "" => None,
            name => Some(Grain::from_name(name).ok_or_else(|| StoreError::stored("grain", name))?),
        },
        grade: i32::try_from(grade).map_err(|_| StoreError::stored("grade", grade))?,
        first_time: row.time("first_time")?,
        last_time: row.time("last_time")?,
        occurrences: row.int("occurrences")?,
        active: row.flag("active")?,
        value: row.decimal("value")?,
        limit: row.decimal("limit_value")?,
        multiple: row.decimal("multiple")?,
        judgement: row.opt_int("judgement_id")?.map(JudgementId),
        raised_at: row.time("raised_at")?,
        closed_at: row.opt_time("closed_at")?,
        close_reason: row
            .opt_text("close_reason")?
            .map(|r| CloseReason::from_name(&r).ok_or_else(|| StoreError::stored("close_reason", r)))
            .transpose()?,
        demo: row.flag("demo")?,
    })
}
