//! The plan: the handlers, and what they share. Towns and departments see what they answer for; what is out of sight is not
//! found.

pub(super) mod consistency;
pub(super) mod documents;
pub(super) mod evaluations;
pub(super) mod goals;
pub(super) mod notices;
pub(super) mod overview;
pub(super) mod projects;
pub(super) mod public;
pub(super) mod rounds;
pub(super) mod tasks;
mod views;

use ::plan::tasks::Behind;
use ::plan::words::About;
use jiff::civil::Date;
use model::ids::UnitCode;
use progress::kept::Project;
use progress::{Board, Day, Progress, ProgressError, day_of};

use crate::access::Access;
use crate::authz::sight::Sight;
use crate::error::{ApiError, Code, Result};
use crate::state::Shared;

impl From<ProgressError> for ApiError {
    fn from(error: ProgressError) -> Self {
        match error {
            ProgressError::NotFound { .. } | ProgressError::NoPlan => Code::NotFound.into(),
            ProgressError::Argument { field, said } => Self::field(field, &said.zh, &said.en),
            ProgressError::Refused(said) => Self::new(Code::Conflict, said.zh, said.en),
            ProgressError::File(said) => Self::new(Code::InvalidInput, said.zh, said.en),
            ProgressError::Stored { .. } => Self::internal(&error),
            ProgressError::Ledger(error) => error.into(),
            ProgressError::Store(error) => error.into(),
        }
    }
}

/// The plan of this installation.
pub(super) fn plan(ctx: &Shared) -> Result<&Progress> {
    ctx.app.plan.as_ref().ok_or_else(|| Code::NotFound.into())
}

/// Whose part a caller sees: everything, or that of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    Unit(UnitCode),
}

impl Part {
    pub(super) fn of(access: &Access) -> Result<Self> {
        match access.sight() {
            Sight::All => Ok(Self::All),
            Sight::Unit(unit) => Ok(Self::Unit(unit)),
            Sight::Firm(_) | Sight::Nothing => Err(Code::Forbidden.into()),
        }
    }

    pub(super) fn sees(&self, unit: &UnitCode) -> bool {
        match self {
            Self::All => true,
            Self::Unit(own) => own == unit,
        }
    }

    pub(super) fn sees_any<'a>(&self, units: impl IntoIterator<Item = &'a UnitCode>) -> bool {
        match self {
            Self::All => true,
            Self::Unit(own) => units.into_iter().any(|u| u == own),
        }
    }

    /// Whether a project is theirs: they answer for it, or it stands in their town.
    pub(super) fn sees_project(&self, project: &Project) -> bool {
        self.sees(&project.lead) || project.town.as_ref().is_some_and(|town| self.sees(town))
    }

    /// Whether a task that is behind is one they lead, or are themselves late with: the gravest delay may be another's.
    pub(super) fn answers_for(&self, board: &Board, item: &Behind) -> bool {
        item.about == About::Task
            && board.tasks.iter().filter(|task| task.id == item.id).any(|task| {
                self.sees_any(&task.lead) || task.late.iter().any(|due| self.sees_any(&due.units))
            })
    }

    /// Whether a task is theirs: they lead it, share or help, or are a town and it is every town's.
    pub(super) fn sees_task(&self, plan: &Progress, task: &plan::tasks::TaskState) -> bool {
        match self {
            Self::All => true,
            Self::Unit(own) => {
                task.lead.contains(own)
                    || task.with.contains(own)
                    || (task.towns && plan.towns().any(|town| town == own))
            }
        }
    }
}

/// The day asked, today when none is; within the years around the plan.
pub(super) fn day_asked(ctx: &Shared, plan: &Progress, on: Option<Date>) -> Result<Date> {
    let today = day_of(ctx.now());
    let on = on.unwrap_or(today).min(today);
    let base = i32::from(plan.years().base);
    if i32::from(on.year()) < base {
        return Err(ApiError::query(
            "on",
            &format!("规划自 {base} 年起"),
            &format!("the plan begins with {base}"),
        ));
    }
    Ok(on)
}

/// Everything of a day.
pub(super) async fn day(ctx: &Shared, on: Option<Date>) -> Result<(&Progress, Day)> {
    let plan = plan(ctx)?;
    let on = day_asked(ctx, plan, on)?;
    let day = plan.day(on, ctx.now()).await?;
    Ok((plan, day))
}
