//! Where a named project stands: stage, milestones, money.

use jiff::civil::Date;
use standards::num::Exact;
use standards::progress::score::Lag;
use standards::text;
use standards::text::Text;

use super::judge::{due, late_words, split, weighted};
use super::{Due, DueKind, ProjectInput, ProjectState, Rules, Stage};
use crate::number::{Num, exact};
use crate::words::{About, Doubt, Light};

fn open_work(project: &ProjectInput, today: Date, rules: Rules) -> Vec<Due> {
    let mut all = Vec::new();
    let mut add = |kind, what: &str, on: Option<Date>| {
        if let Some(on) = on {
            all.push(due(kind, what, on, today, rules, project.lead.clone(), None));
        }
    };
    if project.stage == Stage::NotStarted {
        add(DueKind::Milestone, "开工", project.start_due);
    }
    add(DueKind::Whole, &project.name, project.due);
    for step in project.milestones.iter().filter(|m| exact(m.done) < Exact::one()) {
        add(DueKind::Milestone, &step.name, step.due);
    }
    all
}

/// Whether a record under the same task is of a project the plan names there: by the name of the plan it states; where it states
/// none, by its own name, which has to hold the plan's whole. Nothing is guessed from likeness.
pub fn is_named(named: &str, record: &str, stated: Option<&str>) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let named = bare(named);
    !named.is_empty()
        && match stated.map(bare).filter(|s| !s.is_empty()) {
            Some(stated) => stated == named,
            None => bare(record).contains(&named),
        }
}

/// Where a project stands on a day.
pub fn state(project: &ProjectInput, today: Date, rules: Rules) -> ProjectState {
    let mut doubts = Vec::new();
    let mut doubt = |code, text| doubts.push(Doubt::new(About::Project, &project.id, code, text));
    let money = match (project.paid, project.planned) {
        (Some(paid), Some(planned)) => exact(paid).checked_div(&exact(planned)),
        _ => None,
    };
    if let (Some(paid), Some(planned)) = (project.paid, project.planned)
        && paid > planned
    {
        let (paid, planned) = (paid.normalize(), planned.normalize());
        let text = text!(
            "已付 {paid} 万元超过计划 {planned} 万元",
            "{paid} (10⁴ CNY) paid, more than the {planned} planned"
        );
        doubt("conflict", text);
    }
    let started = project.milestones.iter().any(|m| !m.done.is_zero());
    if project.stage == Stage::NotStarted && (started || project.paid.is_some_and(|p| !p.is_zero())) {
        let text = Text::new(
            "标为未开工，但已有完成的里程碑或付款",
            "marked as not started, but milestones are done or money is paid",
        );
        doubt("conflict", text);
    }
    let progress = if project.stage == Stage::Complete {
        Some(Exact::one())
    } else {
        weighted(&project.milestones, About::Project, &project.id, &mut doubts)
    };
    let closed = matches!(project.stage, Stage::Complete | Stage::Cancelled);
    let open = if closed {
        Vec::new()
    } else {
        open_work(project, today, rules)
    };
    let (late, coming) = split(open);
    let (level, late_days) = match late.first() {
        _ if project.stage == Stage::Complete => (Lag::Done, 0),
        None => (Lag::OnTime, 0),
        Some(due) => (due.level, due.late),
    };
    let (light, reason) = light(project, rules, &late, &coming);
    ProjectState {
        id: project.id.clone(),
        name: project.name.clone(),
        task: project.task.clone(),
        stage: project.stage,
        light,
        level,
        late_days,
        progress: progress.map(Num),
        money: money.map(Num),
        late,
        coming,
        lead: project.lead.clone(),
        reason,
        doubts,
    }
}

fn light(project: &ProjectInput, rules: Rules, late: &[Due], coming: &[Due]) -> (Light, Text) {
    match project.stage {
        Stage::Complete => return (Light::Green, Text::new("已完工", "complete")),
        Stage::Cancelled => return (Light::Grey, Text::new("已取消", "cancelled")),
        Stage::NotStarted | Stage::Building => {}
    }
    if let Some(found) = late_words(late) {
        return found;
    }
    if let Some(near) = coming.first().filter(|d| d.left <= i64::from(rules.risk_days)) {
        let (what, left, on) = (&near.what, near.left, near.due);
        let text = text!(
            "“{what}”还有 {left} 天到期（{on}）",
            "“{what}” is due in {left} days ({on})"
        );
        return (Light::Yellow, text);
    }
    if project.stage == Stage::NotStarted && coming.is_empty() {
        let text = Text::new("未开工，也没有期限", "not started, and no date is set");
        return (Light::Grey, text);
    }
    match project.stage {
        Stage::Building => (
            Light::Green,
            Text::new("在建，未超期", "being built, nothing late"),
        ),
        _ => (
            Light::Green,
            Text::new("未开工，未到期", "not started, not due yet"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_record_is_of_a_named_project_by_what_it_says_alone() {
        assert!(is_named("东邢水库", "茌平区东邢水库工程", None));
        assert!(is_named("信发150MW分布式光伏", "信发 150 MW 分布式光伏", None));
        assert!(
            !is_named("城乡供水一体化", "供水一体化", None),
            "a part of the name is another name"
        );
        assert!(
            is_named("城乡供水一体化", "供水管网二期", Some("城乡供水一体化")),
            "as it states"
        );
        assert!(
            !is_named("东邢水库", "东邢水库", Some("城乡供水一体化")),
            "what it states decides"
        );
        assert!(is_named("东邢水库", "东邢水库", Some(" ")), "nothing stated");
        assert!(!is_named("", "东邢水库", None));
    }
}
