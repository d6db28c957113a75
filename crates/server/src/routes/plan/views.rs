//! From what the plan's rules say to what the interface shows.

use jiff::civil::Date;
use model::ids::UnitCode;
use plan::aims::{AimState, Aims};
use plan::baseline::PastFigure;
use plan::facts::{Force, Indicator};
use plan::indicators::{Against, Forecast, IndicatorState, Origin, PathPoint, Reach, Room, YearValue};
use plan::number::Num;
use plan::tasks::{Behind, Due, Lights, ProgressBy, ProjectState, Stage, Status, TaskState, UnitState};
use plan::words::{About, Doubt, Light, Source};
use progress::kept::{Goal, Kept, Measure, Milestone, Order, Report};
use progress::{Filing, LateItem, Progress, RoundView};
use rust_decimal::Decimal;
use standards::text::Text;
use store::plan::EvaluationRow as StoredEvaluation;

use crate::dto::common::Bilingual;
use crate::dto::plan::evaluations::{EvaluationEvent, EvaluationRow};
use crate::dto::plan::indicators::{
    AgainstView, ForecastView, GivenView, IndicatorView, PathPointView, RoomView, SaidView, YearCheckView,
};
use crate::dto::plan::rounds::{FilingView, RoundRow};
use crate::dto::plan::tasks::{
    GoalView, LateRow, MeasureView, MilestoneView, OrderView, ProjectView, ReportView, TaskRow,
};
use crate::dto::plan::{
    AimStatement, AimView, BaselineRow, PlanBehind, PlanDoubt, PlanHead, PlanLights, PlanPart, PlanSource,
    PlanUnit, UnitCard,
};

pub(super) fn text(text: &Text) -> Bilingual {
    Bilingual::new(text.zh.clone(), text.en.clone())
}

fn num(n: &Num) -> String {
    n.to_string()
}

pub(super) fn opt(n: Option<&Num>) -> Option<String> {
    n.map(num)
}

pub(super) fn decimal(value: Decimal) -> String {
    value.normalize().to_string()
}

/// A code of a value that serialises as one.
pub(super) fn key<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn head(plan: &Progress) -> PlanHead {
    let head = &plan.facts().head;
    PlanHead {
        title: head.title.clone(),
        title_en: head.title_en.clone(),
        number: head.number.clone(),
        issued: head.issued.clone(),
        base_year: head.base_year,
        target_year: head.target_year,
        evaluations: head.evaluations.clone(),
    }
}

pub(super) fn unit(plan: &Progress, code: &UnitCode) -> PlanUnit {
    let known = plan.unit(code);
    PlanUnit {
        code: code.to_string(),
        zh: known.map_or_else(|| code.to_string(), |u| u.zh.clone()),
        en: known.map_or_else(String::new, |u| u.en.clone()),
        town: plan.towns().any(|t| t == code),
    }
}

pub(super) fn units(plan: &Progress, codes: &[UnitCode]) -> Vec<PlanUnit> {
    codes.iter().map(|code| unit(plan, code)).collect()
}

pub(super) fn lights(lights: Lights) -> PlanLights {
    PlanLights {
        green: lights.green,
        yellow: lights.yellow,
        red: lights.red,
        grey: lights.grey,
    }
}

pub(super) fn source(source: &Source) -> PlanSource {
    PlanSource {
        key: source.key.clone(),
        name: source.name.clone(),
        name_en: source.name_en.clone(),
        on: source.on.map(Into::into),
        version: source.version.clone(),
    }
}

fn about(about: About) -> String {
    key(&about)
}

pub(super) fn doubts(doubts: &[Doubt]) -> Vec<PlanDoubt> {
    doubts
        .iter()
        .map(|d| PlanDoubt {
            about: about(d.about),
            id: d.id.clone(),
            code: d.code.to_owned(),
            text: text(&d.text),
        })
        .collect()
}

pub(super) fn behind(plan: &Progress, item: &Behind) -> PlanBehind {
    PlanBehind {
        rank: item.rank,
        about: about(item.about),
        id: item.id.clone(),
        name: item.name.clone(),
        name_en: item.name_en.clone(),
        light: item.light.key().to_owned(),
        binding: item.binding,
        late_days: item.late_days,
        units: units(plan, &item.units),
        reason: text(&item.reason),
    }
}

fn against(against: &Against) -> AgainstView {
    AgainstView {
        from: match against {
            Against::Goal { .. } => "goal",
            Against::Path { .. } => "path",
            Against::Target { .. } => "target",
        }
        .to_owned(),
        names: text(&against.name()),
        value: num(against.value()),
    }
}

fn given(value: &YearValue) -> GivenView {
    GivenView {
        year: value.year,
        value: decimal(value.value),
        unit: value.unit.clone(),
        origin: match value.origin {
            Origin::Evaluated => "evaluated",
            Origin::Reported => "reported",
        }
        .to_owned(),
        provisional: value.provisional,
        source: source(&value.source),
    }
}

fn point(point: &PathPoint) -> PathPointView {
    PathPointView {
        year: point.year,
        planned: opt(point.planned.as_ref()),
        goal: opt(point.goal.as_ref()),
        actual: opt(point.actual.as_ref()),
        given: point.given.as_ref().map(given),
    }
}

fn forecast(f: &Forecast) -> ForecastView {
    ForecastView {
        year: f.year,
        value: num(&f.value),
        low: num(&f.low),
        high: num(&f.high),
        reach: f.reach.map(|r| {
            match r {
                Reach::Yes => "yes",
                Reach::Uncertain => "uncertain",
                Reach::No => "no",
            }
            .to_owned()
        }),
        against: f.against.as_ref().map(against),
        method: text(&f.method),
    }
}

fn room(room: &Room) -> RoomView {
    RoomView {
        year: room.year,
        through: room.through.into(),
        remaining: room.remaining,
        against: against(&room.against),
        left: num(&room.left),
        feasible: room.feasible,
        formula: room.formula.clone(),
        text: text(&room.text),
    }
}

pub(super) fn force(force: Force) -> String {
    match force {
        Force::Binding => "binding",
        Force::Expected => "expected",
    }
    .to_owned()
}

pub(super) fn indicator(plan: &Progress, state: &IndicatorState, explained: bool) -> IndicatorView {
    let fact: Option<&Indicator> = plan.facts().indicators.iter().find(|i| i.no == state.no);
    let line = plan.follow().sources.get(&state.no);
    let origin = line.and_then(|l| {
        let value = serde_json::to_value(&l.origin).ok()?;
        Some(value.get("kind")?.as_str()?.to_owned())
    });
    let check = state.year_check.as_ref().map(|c| YearCheckView {
        against: against(&c.against),
        actual: num(&c.actual),
        met: c.met,
    });
    IndicatorView {
        no: state.no,
        group: fact.map_or_else(String::new, |f| f.group.clone()),
        group_en: fact.and_then(|f| f.group_en.clone()),
        name: state.name.clone(),
        name_en: state.name_en.clone(),
        unit: state.unit.clone(),
        unit_en: fact.and_then(|f| f.unit_en.clone()),
        force: force(state.force),
        kind: key(&state.kind),
        kind_names: Bilingual::new(state.kind.zh(), state.kind.en()),
        kind_reason: text(&state.kind_reason),
        base: opt(state.base.as_ref()).or_else(|| fact?.base.map(decimal)),
        base_cut: fact.and_then(|f| f.base_cut).map(decimal),
        target: opt(state.target.as_ref()),
        target_state: fact.and_then(|f| f.state.clone()),
        target_state_en: fact.and_then(|f| f.state_en.clone()),
        assigned: fact.is_some_and(|f| f.assigned),
        restated: fact.is_some_and(|f| f.restated),
        year: state.year,
        current: opt(state.current.as_ref()),
        progress: opt(state.progress.as_ref()),
        time: num(&state.time),
        index: opt(state.index.as_ref()),
        reached: state.reached,
        light: state.light.key().to_owned(),
        reason: text(&state.reason),
        lead: units(plan, &state.lead),
        weight: line.map(|l| decimal(l.weight)),
        source: origin,
        tasks: Vec::new(),
        given: state.given.iter().map(given).collect(),
        said: state
            .said
            .iter()
            .map(|s| SaidView {
                year: s.year,
                met: s.met,
                grounds: s.grounds.clone(),
                source: source(&s.source),
            })
            .collect(),
        path: state.path.iter().map(point).collect(),
        year_check: check,
        pace_needed: opt(state.pace.as_ref().and_then(|p| p.needed.as_ref())),
        pace_realised: opt(state.pace.as_ref().and_then(|p| p.realised.as_ref())),
        forecast: state.forecast.as_ref().map(forecast),
        year_end: state.year_end.as_ref().map(forecast),
        room: state.room.as_ref().map(room),
        doubts: doubts(&state.doubts),
        explanation: explained.then(|| serde_json::to_value(&state.explanation).unwrap_or_default()),
    }
}

pub(super) fn task(plan: &Progress, kept: Option<&Kept>, state: &TaskState) -> TaskRow {
    let named = plan
        .facts()
        .tasks
        .iter()
        .find(|t| t.id == state.id)
        .map_or(0, |t| t.projects.len());
    let (measures, projects) = kept.map_or((0, 0), |k| {
        (
            k.measures
                .iter()
                .filter(|m| m.task == state.id && m.head.state != "draft")
                .count(),
            k.projects.iter().filter(|p| p.task == state.id).count(),
        )
    });
    TaskRow {
        id: state.id.clone(),
        title: state.title.clone(),
        title_en: state.title_en.clone(),
        status: status(state.status),
        light: state.light.key().to_owned(),
        level: state.level.key().to_owned(),
        late_days: state.late_days,
        progress: opt(state.progress.as_ref()),
        progress_by: state.progress_by.map(|by| {
            match by {
                ProgressBy::Done => "done",
                ProgressBy::Milestones => "milestones",
                ProgressBy::Report => "report",
                ProgressBy::Measures => "measures",
            }
            .to_owned()
        }),
        lead: units(plan, &state.lead),
        with: units(plan, &state.with),
        towns: state.towns,
        next_due: state.coming.iter().map(|d| d.due).min().map(Into::into),
        reason: text(&state.reason),
        measures: count(measures),
        projects: count(named.max(projects)),
    }
}

fn status(status: Status) -> String {
    key(&status)
}

pub(super) fn stage(stage: Stage) -> String {
    key(&stage)
}

pub(super) fn project(plan: &Progress, state: &ProjectState) -> ProjectView {
    ProjectView {
        id: state.id.clone(),
        name: state.name.clone(),
        task: state.task.clone(),
        stage: stage(state.stage),
        light: state.light.key().to_owned(),
        late_days: state.late_days,
        progress: opt(state.progress.as_ref()),
        money: opt(state.money.as_ref()),
        lead: units(plan, &state.lead),
        reason: text(&state.reason),
    }
}

/// Something due under a task or project, without looking whether an order is due for it.
pub(super) fn due(plan: &Progress, about: &str, of: &str, name: (&str, Option<&str>), due: &Due) -> LateRow {
    let level = progress::board::level(due.late, due.left, &plan.follow().rules.escalation);
    LateRow {
        about: about.to_owned(),
        of: of.to_owned(),
        name: name.0.to_owned(),
        name_en: name.1.map(str::to_owned),
        what: due.what.clone(),
        what_en: due.what_en.clone(),
        due: due.due.into(),
        late: due.late,
        left: due.left,
        level: level.map(|l| l.name().to_owned()),
        units: units(plan, &due.units),
        orders: Vec::new(),
        order_due: None,
    }
}

pub(super) fn late(plan: &Progress, item: &LateItem) -> LateRow {
    LateRow {
        about: item.about.to_owned(),
        of: item.of.clone(),
        name: item.name.clone(),
        name_en: item.name_en.clone(),
        what: item.what.clone(),
        what_en: item.what_en.clone(),
        due: item.due.into(),
        late: item.late,
        left: item.left,
        level: item.level.map(|l| l.name().to_owned()),
        units: units(plan, &item.units),
        orders: item.orders.clone(),
        order_due: item.order_due.map(|l| l.name().to_owned()),
    }
}

/// A figure of the years before.
pub(super) fn past(f: &PastFigure) -> BaselineRow {
    let other = |en: Option<&String>, zh: &str| en.cloned().unwrap_or_else(|| zh.to_owned());
    let against = f.against.map(|year| vec![year]);
    BaselineRow {
        clause: f.clause.clone(),
        names: Bilingual::new(&f.name, other(f.name_en.as_ref(), &f.name)),
        value: f
            .value
            .map(decimal)
            .or_else(|| f.shares.clone())
            .unwrap_or_default(),
        unit: f.unit.clone(),
        sense: key(&f.sense),
        year: f.year,
        years: f.years.map(Vec::from),
        against: against.or(f.against_years.map(Vec::from)),
        derived: f.derived.clone(),
        note: (f.note.as_ref()).map(|zh| Bilingual::new(zh, other(f.note_en.as_ref(), zh))),
    }
}

/// A main aim with its parts by name.
pub(super) fn aim(
    aims: &Aims,
    state: &AimState,
    indicators: &[IndicatorState],
    tasks: &[TaskState],
) -> AimView {
    let decimal_of = |n: Option<Decimal>| n.map(decimal);
    let own = aims.aim.iter().find(|a| a.no == state.no);
    let mut late: Vec<&TaskState> = tasks
        .iter()
        .filter(|t| own.is_some_and(|a| a.has(&t.id)) && t.light != Light::Green)
        .collect();
    late.sort_by_key(|t| std::cmp::Reverse(t.light));
    AimView {
        no: state.no,
        names: Bilingual::new(&state.title, state.title_en.as_deref().unwrap_or(&state.title)),
        light: state.light.key().to_owned(),
        reason: text(&state.reason),
        indicators: indicators
            .iter()
            .filter(|i| state.indicators.contains(&i.no))
            .map(indicator_part)
            .collect(),
        indicator_lights: lights(state.indicator_lights),
        task_lights: lights(state.task_lights),
        tasks: late.into_iter().map(task_part).collect(),
        statements: state
            .statements
            .iter()
            .map(|s| AimStatement {
                names: Bilingual::new(&s.name, s.name_en.as_deref().unwrap_or(&s.name)),
                met: s.met,
                value: decimal_of(s.value),
                at_most: decimal_of(s.at_most),
                unverified: s.unverified,
                indicator: s.indicator,
                source: s.source.as_ref().map(source),
            })
            .collect(),
    }
}

/// An indicator by name.
pub(super) fn indicator_part(state: &IndicatorState) -> PlanPart {
    PlanPart {
        id: state.no.to_string(),
        name: state.name.clone(),
        name_en: state.name_en.clone(),
        light: state.light.key().to_owned(),
    }
}

/// A task by name.
pub(super) fn task_part(state: &TaskState) -> PlanPart {
    PlanPart {
        id: state.id.clone(),
        name: state.title.clone(),
        name_en: state.title_en.clone(),
        light: state.light.key().to_owned(),
    }
}

pub(super) fn card(plan: &Progress, code: &UnitCode, state: &UnitState) -> UnitCard {
    UnitCard {
        unit: unit(plan, code),
        leads: lights(state.leads),
        cooperates: state.cooperates,
        as_town: state.as_town,
        indicators: lights(state.indicators),
        projects: lights(state.projects),
        late: count(state.late.len()),
        late_days: state.late_days,
        summary: state
            .summary
            .as_ref()
            .map_or_else(|| Bilingual::new("", ""), text),
    }
}

/// A milestone as it stands; it is late by the days from its due day to the end of waiting for it.
pub(super) fn milestone(of: &Milestone, done: Option<Date>, end: Date) -> MilestoneView {
    MilestoneView {
        name: of.name.clone(),
        due: of.due.into(),
        weight: decimal(of.weight),
        done: done.map(Into::into),
        late: of.due.until(end).map_or(0, |s| i64::from(s.get_days())).max(0),
    }
}

pub(super) fn measure(plan: &Progress, of: &Measure, on: Date) -> MeasureView {
    let all: Decimal = of.milestones.iter().map(|m| m.weight).sum();
    let done: Decimal = of
        .milestones
        .iter()
        .filter(|m| m.done.is_some_and(|d| d <= on))
        .map(|m| m.weight)
        .sum();
    let percent = (done * Decimal::ONE_HUNDRED)
        .checked_div(all)
        .map(|p| decimal(p.round_dp(1)));
    MeasureView {
        id: of.head.id.to_string(),
        task: of.task.clone(),
        title: of.title.clone(),
        unit: unit(plan, &of.unit),
        part: of.part.clone(),
        state: of.head.state.clone(),
        start: of.start.into(),
        due: of.due.into(),
        done: of.done.map(Into::into),
        percent,
        milestones: of
            .milestones
            .iter()
            .map(|m| milestone(m, m.done, m.done.unwrap_or(on)))
            .collect(),
        demo: of.head.demo,
    }
}

pub(super) fn report(plan: &Progress, of: &Report) -> ReportView {
    ReportView {
        id: of.head.id.to_string(),
        task: of.task.clone(),
        unit: unit(plan, &of.unit),
        on: of.on.into(),
        percent: decimal(of.percent),
        text: of.text.clone(),
        problem: of.problem.clone(),
        next: of.next.clone(),
        state: of.head.state.clone(),
    }
}

pub(super) fn order(plan: &Progress, of: &Order) -> OrderView {
    OrderView {
        id: of.head.id.to_string(),
        number: of.number.clone(),
        level: of.level.clone(),
        task: of.task.clone(),
        unit: unit(plan, &of.unit),
        reason: of.reason.clone(),
        issued: of.issued.into(),
        due: of.due.into(),
        replied: of.replied.map(Into::into),
        state: of.head.state.clone(),
    }
}

pub(super) fn goal(plan: &Progress, of: &Goal) -> GoalView {
    GoalView {
        id: of.head.id.to_string(),
        year: of.year,
        text: of.text.clone(),
        value: of.value.map(decimal),
        lead: unit(plan, &of.lead),
        due: of.due.into(),
        state: of.head.state.clone(),
        met: of.met,
    }
}

pub(super) fn filing(plan: &Progress, view: &RoundView, of: &Filing) -> FilingView {
    FilingView {
        round: view.row.round.code.clone(),
        unit: unit(plan, &of.unit),
        record: of.record.to_string(),
        state: of.state.clone(),
        asked: count(of.asked),
        filled: count(of.filled),
        filed: of.filed.map(Into::into),
        due: view.row.round.due.clone(),
        late: of.late,
    }
}

pub(super) fn round(view: &RoundView) -> RoundRow {
    let filed = |f: &&Filing| matches!(f.state.as_str(), "filed" | "accepted");
    let row = &view.row;
    RoundRow {
        code: row.round.code.clone(),
        names: view.names.clone().into(),
        as_of: row.round.as_of.clone(),
        opens: row.round.opens.clone(),
        due: row.round.due.clone(),
        opened_at: row.opened_at.into(),
        opened_by: row.opened_by.clone(),
        frozen_at: row.frozen_at.map(Into::into),
        frozen_by: row.frozen_by.clone(),
        snapshot: row.snapshot.clone(),
        demo: row.round.demo,
        units: count(view.filings.len()),
        filed: count(view.filings.iter().filter(filed).count()),
        accepted: count(view.filings.iter().filter(|f| f.state == "accepted").count()),
        late: count(view.filings.iter().filter(|f| f.late > 0).count()),
    }
}

fn lights_of(value: Option<&serde_json::Value>) -> Option<PlanLights> {
    let value = value?;
    let n = |name: &str| value.get(name).and_then(serde_json::Value::as_u64);
    let n = |name: &str| n(name).and_then(|n| u32::try_from(n).ok());
    Some(PlanLights {
        green: n("green")?,
        yellow: n("yellow")?,
        red: n("red")?,
        grey: n("grey")?,
    })
}

pub(super) fn evaluation(row: &StoredEvaluation) -> EvaluationRow {
    let names = progress::Kind::from_name(&row.kind).map_or_else(
        || Bilingual::new("责任考核", "assessment of units"),
        |kind| text(&kind.names()),
    );
    let part = |name: &str| row.summary.get(name);
    let words = part("grade").and_then(|g| {
        let of = |l: &str| g.get(l).and_then(serde_json::Value::as_str);
        Some(Bilingual::new(of("zh")?, of("en")?))
    });
    EvaluationRow {
        id: row.id.0,
        kind: row.kind.clone(),
        names,
        year: row.year,
        version: row.version,
        cutoff: row.cutoff.clone(),
        state: row.state.name().to_owned(),
        snapshot: row.snapshot.clone(),
        demo: row.demo,
        score: part("score").and_then(|s| s.as_str()).map(str::to_owned),
        grade: words,
        indicators: lights_of(part("indicators")),
        tasks: lights_of(part("tasks")),
        made_at: row.made_at.into(),
        made_by: row.made_by.clone(),
        events: row
            .events
            .iter()
            .map(|e| EvaluationEvent {
                state: e.state.name().to_owned(),
                at: e.at.into(),
                by: e.by.clone(),
                note: e.note.clone(),
            })
            .collect(),
    }
}
