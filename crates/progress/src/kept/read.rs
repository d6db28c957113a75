//! Reading the values of records; what does not read is told with register, record and field.

use model::ids::{RecordId, UnitCode};
use registers::record::{Body, Record};
use serde_json::Value;

use super::{
    Appeal, Assignment, Consistency, Cut, Duty, Fund, Goal, Head, Item, Measure, Milestone, Order, Payment,
    Project, Report, Reported, Return, Yearly,
};
use crate::error::{ProgressError, Result};

/// Values of a record or of a group's row, with the place of what does not read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    register: &'a str,
    record: &'a Record,
    body: &'a Body,
}

impl<'a> Reader<'a> {
    pub(super) fn new(register: &'a str, record: &'a Record) -> Self {
        Self {
            register,
            record,
            body: &record.body,
        }
    }

    fn wrong(&self, field: &str) -> ProgressError {
        ProgressError::stored(self.register, self.record.id.as_str(), field)
    }

    fn maybe(&self, field: &str) -> Option<String> {
        match self.body.get(field)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn text(&self, field: &str) -> Result<String> {
        self.maybe(field).ok_or_else(|| self.wrong(field))
    }

    fn read<T: std::str::FromStr>(&self, field: &str) -> Result<Option<T>> {
        self.maybe(field)
            .map(|text| text.parse().map_err(|_| self.wrong(field)))
            .transpose()
    }

    fn need<T: std::str::FromStr>(&self, field: &str) -> Result<T> {
        self.read(field)?.ok_or_else(|| self.wrong(field))
    }

    fn yes(&self, field: &str) -> Option<bool> {
        self.body.get(field)?.as_bool()
    }

    fn unit(&self, field: &str) -> Result<UnitCode> {
        self.text(field).map(UnitCode)
    }

    fn units(&self, field: &str) -> Vec<UnitCode> {
        let list = self.body.get(field).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(UnitCode::new)
            .collect()
    }

    fn rows(&self, field: &str) -> Vec<Reader<'a>> {
        let rows = self.body.get(field).and_then(Value::as_array);
        rows.into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(|body| Reader { body, ..*self })
            .collect()
    }

    fn nodes(&self, group: &str, name: &str) -> Result<Vec<Milestone>> {
        let rows = self.rows(group);
        rows.iter()
            .map(|row| {
                Ok(Milestone {
                    name: row.text(name)?,
                    due: row.need("due")?,
                    weight: row.need("weight")?,
                    done: row.read("done")?,
                })
            })
            .collect()
    }

    pub(super) fn goal(&self, head: Head) -> Result<Goal> {
        Ok(Goal {
            head,
            year: self.need("year")?,
            indicator: self.read("indicator")?,
            task: self.maybe("task"),
            text: self.text("text")?,
            value: self.read("value")?,
            lead: self.unit("lead")?,
            helpers: self.units("helpers"),
            due: self.need("due")?,
            met: self.yes("met"),
            judged_on: self.read("judged_on")?,
        })
    }

    pub(super) fn measure(&self, head: Head) -> Result<Measure> {
        Ok(Measure {
            head,
            task: self.text("task")?,
            unit: self.unit("unit")?,
            part: self.text("part")?,
            title: self.text("title")?,
            start: self.need("start")?,
            due: self.need("due")?,
            weight: self.need("weight")?,
            milestones: self.nodes("milestones", "name")?,
            done: self.read("done")?,
        })
    }

    pub(super) fn report(&self, head: Head) -> Result<Report> {
        Ok(Report {
            head,
            measure: self.maybe("measure").map(RecordId),
            task: self.text("task")?,
            unit: self.unit("unit")?,
            on: self.need("period_end")?,
            percent: self.need("percent")?,
            text: self.text("text")?,
            problem: self.maybe("problem"),
            next: self.maybe("next"),
        })
    }

    pub(super) fn order(&self, head: Head) -> Result<Order> {
        Ok(Order {
            head,
            number: self.text("number")?,
            level: self.text("level")?,
            task: self.text("task")?,
            measure: self.maybe("measure").map(RecordId),
            project: self.maybe("project").map(RecordId),
            consistency: self.maybe("consistency").map(RecordId),
            unit: self.unit("unit")?,
            reason: self.text("reason")?,
            issued: self.need("issued")?,
            due: self.need("due")?,
            replied: self.read("replied")?,
        })
    }

    pub(super) fn project(&self, head: Head) -> Result<Project> {
        let funds = self.rows("funds");
        let payments = self.rows("payments");
        let cuts = self.rows("cuts");
        Ok(Project {
            head,
            name: self.text("name")?,
            plan_name: self.maybe("plan_name"),
            task: self.text("task")?,
            field: self.text("field")?,
            lead: self.unit("lead")?,
            town: self.maybe("town").map(UnitCode),
            maturity: self.maybe("maturity"),
            score: self.read("score")?,
            planned_start: self.need("planned_start")?,
            planned_end: self.need("planned_end")?,
            started: self.read("started")?,
            finished: self.read("finished")?,
            investment: self.need("investment")?,
            funds: funds
                .iter()
                .map(|f| {
                    Ok(Fund {
                        source: f.text("source")?,
                        year: f.need("year")?,
                        amount: f.need("amount")?,
                    })
                })
                .collect::<Result<_>>()?,
            payments: payments
                .iter()
                .map(|p| {
                    Ok(Payment {
                        on: p.need("date")?,
                        paid: p.need("paid")?,
                    })
                })
                .collect::<Result<_>>()?,
            stages: self.nodes("stages", "stage")?,
            cuts: cuts
                .iter()
                .map(|c| {
                    Ok(Cut {
                        pollutant: c.text("pollutant")?,
                        planned: c.need("planned")?,
                        approved: c.read("approved")?,
                        approved_on: c.read("approved_on")?,
                    })
                })
                .collect::<Result<_>>()?,
        })
    }

    pub(super) fn value_of(&self, head: Head) -> Result<Reported> {
        Ok(Reported {
            head,
            indicator: self.read("indicator")?,
            task: self.maybe("task"),
            target: self.maybe("target"),
            year: self.need("year")?,
            as_of: self.need("as_of")?,
            value: self.read("value")?,
            met: self.yes("met"),
            grounds: self.maybe("grounds"),
            measured_in: self.maybe("measured_in"),
            last: self.yes("final").unwrap_or(false),
            former: self.yes("former").unwrap_or(false),
            unit: self.unit("unit")?,
            reported: self.need("reported")?,
            source: self.text("source")?,
        })
    }

    pub(super) fn assignment(&self, head: Head) -> Result<Assignment> {
        Ok(Assignment {
            head,
            indicator: self.need("indicator")?,
            is_base: self.text("kind")? == "base",
            value: self.need("value")?,
            base: self.read("base")?,
            document: self.text("document")?,
            issued: self.need("issued")?,
        })
    }

    pub(super) fn filed(&self, head: Head) -> Result<Return> {
        let items = self.rows("items");
        Ok(Return {
            head,
            round: self.text("round")?,
            unit: self.unit("unit")?,
            as_of: self.need("as_of")?,
            due: self.need("due")?,
            filed: self.read("filed")?,
            items: items
                .iter()
                .map(|i| {
                    Ok(Item {
                        kind: i.text("kind")?,
                        item: i.text("item")?,
                        percent: i.read("percent")?,
                        value: i.read("value")?,
                        text: i.maybe("text"),
                        problem: i.maybe("problem"),
                        next: i.maybe("next"),
                    })
                })
                .collect::<Result<_>>()?,
        })
    }

    pub(super) fn duty(&self, head: Head) -> Result<Duty> {
        Ok(Duty {
            head,
            year: self.need("year")?,
            unit: self.unit("unit")?,
            kind: self.text("kind")?,
            item: self.maybe("item"),
            text: self.text("text")?,
            weight: self.need("weight")?,
            veto: self.yes("veto").unwrap_or(false),
            result: self.read("result")?,
        })
    }

    pub(super) fn appeal(&self, head: Head) -> Result<Appeal> {
        Ok(Appeal {
            head,
            year: self.need("year")?,
            unit: self.unit("unit")?,
            item: self.text("item")?,
            given: self.need("given")?,
            decided: self.read("decided")?,
            decided_on: self.read("decided_on")?,
            reason: self.text("reason")?,
        })
    }

    pub(super) fn yearly(&self, head: Head) -> Result<Yearly> {
        Ok(Yearly {
            head,
            year: self.need("year")?,
            unit: self.unit("unit")?,
            due: self.need("due")?,
            submitted: self.read("submitted")?,
            done: self.text("done")?,
            problems: self.maybe("problems"),
        })
    }

    pub(super) fn consistency(&self, head: Head) -> Result<Consistency> {
        Ok(Consistency {
            head,
            other: self.text("other")?,
            unit: self.unit("unit")?,
            item: self.text("item")?,
            indicator: self.read("indicator")?,
            task: self.maybe("task"),
            year: self.read("year")?,
            value: self.read("value")?,
            ours: self.read("ours")?,
            measured_in: self.maybe("measured_in"),
            verdict: self.maybe("verdict"),
        })
    }
}
