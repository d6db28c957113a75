//! Judgements (评价) as stored: a judgement made again is a new revision only if it says something else.

use model::ids::{Factor, JudgementId, SubjectId};
use model::judged::{JudgementKey, StoredJudgement};
use model::time::{Grain, UtcMs};
use serde_json::Value;
use sqlx::any::AnyRow;

use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits;
use crate::page::{Filter, Page, Paged, Scope};
use crate::rows::{Cell, Columns, Rows, clean};

/// A judgement to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJudgement {
    /// Which judgement.
    pub key: JudgementKey,
    /// Verdict name.
    pub verdict: String,
    /// Final value as text.
    pub value: Option<String>,
    /// The whole explanation.
    pub body: Value,
}

/// What putting a judgement led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutJudgement {
    /// The row in force.
    pub id: JudgementId,
    /// Its revision.
    pub revision: i32,
    /// Whether it is new or says something else than the one before.
    pub changed: bool,
}

/// Which judgements.
#[derive(Clone, Debug, Default)]
pub struct JudgementQuery {
    /// Whose.
    pub scope: Scope,
    /// Of which subject or what belongs to it.
    pub subject: Option<SubjectId>,
    /// Topic.
    pub topic: Option<String>,
    /// Factor.
    pub factor: Option<Factor>,
    /// Period length.
    pub grain: Option<Grain>,
    /// Verdict name.
    pub verdict: Option<String>,
    /// Period starts not before.
    pub from: Option<UtcMs>,
    /// Period starts before.
    pub to: Option<UtcMs>,
    /// Older revisions too.
    pub all_revisions: bool,
    /// Part of the list, newest period first.
    pub page: Page,
}

/// Judgements of periods that begin in a span: of each subject and factor the one of the newest period.
#[derive(Clone, Copy, Debug)]
pub struct NewestIn<'a> {
    /// Topic.
    pub topic: &'a str,
    /// Period length.
    pub grain: Grain,
    /// Periods start not before.
    pub from: UtcMs,
    /// Periods start not after.
    pub to: UtcMs,
}

const JUDGEMENT: &str = "SELECT j.id, j.topic, j.subject_id, j.factor, j.grain, j.time, j.edition, j.revision, \
                         j.verdict, j.value, j.made_at, j.body FROM judgements j";

impl Store {
    /// Puts a judgement: unchanged, or a new revision that is in force from now on.
    pub async fn put_judgement(&self, new: &NewJudgement, at: UtcMs) -> Result<PutJudgement, StoreError> {
        let mut put = self.put_judgements(std::slice::from_ref(new), at).await?;
        put.pop()
            .ok_or_else(|| StoreError::not_found("评价 / judgement", &new.key.topic))
    }

    /// As [`Store::put_judgement`] for several, all or none, in the order given.
    pub async fn put_judgements(
        &self,
        new: &[NewJudgement],
        at: UtcMs,
    ) -> Result<Vec<PutJudgement>, StoreError> {
        let mut tx = self.db().write().await?;
        let mut out = Vec::with_capacity(new.len());
        for judgement in new {
            out.push(put(self.db(), &mut tx, judgement, at).await?);
        }
        tx.commit().await?;
        Ok(out)
    }

    /// A judgement by row, in force or not.
    pub async fn judgement(&self, id: JudgementId) -> Result<Option<StoredJudgement>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{JUDGEMENT} WHERE j.id = $1"))
            .bind(id.0);
        self.db()
            .one(statement)
            .await?
            .as_ref()
            .map(judgement)
            .transpose()
    }

    /// The judgement in force of a key.
    pub async fn judgement_of(&self, key: &JudgementKey) -> Result<Option<StoredJudgement>, StoreError> {
        let select = format!(
            "{JUDGEMENT} WHERE j.subject_id = $1 AND j.topic = $2 AND j.factor = $3 AND j.grain = $4 AND j.time = $5
             AND j.edition = $6 AND j.in_force = 1"
        );
        let statement = bind_key(self.db().statement(&select), key);
        self.db()
            .one(statement)
            .await?
            .as_ref()
            .map(judgement)
            .transpose()
    }

    /// The judgement of the newest period of every topic, factor, length and edition of the subjects; for all of them if
    /// none is given. One look at a small table each, whatever the length of history.
    pub async fn latest_judgements(
        &self,
        subjects: &[SubjectId],
        topic: Option<&str>,
    ) -> Result<Vec<StoredJudgement>, StoreError> {
        let mut rows = Rows::default();
        for subject in subjects {
            rows.push([Cell::from(subject.0)]);
        }
        let select = format!(
            "{JUDGEMENT} JOIN latest_judgements l ON l.judgement_id = j.id
             WHERE ($2 = 0 OR l.subject_id IN (SELECT {{i:0}} FROM {{rows}})) AND ($3 = '' OR l.topic = $3)
             ORDER BY j.subject_id, j.topic {{binary}}, j.factor {{binary}}, j.grain {{binary}}, j.edition {{binary}}"
        );
        let statement = self
            .db()
            .statement(&select)
            .bind(rows.into_json())
            .bind(i64::from(!subjects.is_empty()))
            .bind(clean(topic.unwrap_or_default()).into_owned());
        self.db().all(statement).await?.iter().map(judgement).collect()
    }

    /// The judgements in force of the newest period within a span, of the subjects given; of every factor and edition. What
    /// stands before the span is not looked at. More than [`limits::RANGE_ROWS`] is an error.
    pub async fn newest_judgements(
        &self,
        subjects: &[SubjectId],
        span: NewestIn<'_>,
    ) -> Result<Vec<StoredJudgement>, StoreError> {
        let mut rows = Rows::default();
        for subject in subjects {
            rows.push([Cell::from(subject.0)]);
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // The sign keeps both engines from walking through the whole history of each subject: the span of time is the
        // narrow end.
        let select = format!(
            "{JUDGEMENT} WHERE j.in_force = 1 AND j.topic = $2 AND j.grain = $3 AND j.time >= $4 AND j.time <= $5
             AND +j.subject_id IN (SELECT {{i:0}} FROM {{rows}})
             AND NOT EXISTS (SELECT 1 FROM judgements n WHERE n.in_force = 1 AND n.subject_id = j.subject_id
               AND n.topic = j.topic AND n.factor = j.factor AND n.grain = j.grain AND n.time > j.time AND n.time <= $5)
             ORDER BY j.subject_id, j.factor {{binary}}, j.edition {{binary}} LIMIT {}",
            limits::RANGE_ROWS + 1
        );
        let statement = self
            .db()
            .statement(&select)
            .bind(rows.into_json())
            .bind(clean(span.topic).into_owned())
            .bind(span.grain.name())
            .bind(span.from.0)
            .bind(span.to.0);
        let found = self.db().all(statement).await?;
        if found.len() > limits::RANGE_ROWS {
            return Err(StoreError::TooMuch {
                what: "评价 / judgements",
                given: found.len() as u64,
                max: limits::RANGE_ROWS as u64,
            });
        }
        found.iter().map(judgement).collect()
    }

    /// A page of judgements, newest period first.
    pub async fn list_judgements(
        &self,
        query: &JudgementQuery,
    ) -> Result<Paged<StoredJudgement>, StoreError> {
        let mut filter = Filter::default();
        if !query.all_revisions {
            filter.plain("j.in_force = 1");
        }
        filter.scope(&query.scope, "s", "p");
        if let Some(subject) = query.subject {
            filter.int("(s.id = {p} OR s.parent_id = {p})", subject.0);
        }
        for (column, value) in [
            ("j.topic = {p}", query.topic.as_deref()),
            ("j.factor = {p}", query.factor.as_ref().map(Factor::as_str)),
            ("j.grain = {p}", query.grain.map(Grain::name)),
            ("j.verdict = {p}", query.verdict.as_deref()),
        ] {
            if let Some(value) = value {
                filter.text(column, value);
            }
        }
        if let Some(from) = query.from {
            filter.int("j.time >= {p}", from.0);
        }
        if let Some(to) = query.to {
            filter.int("j.time < {p}", to.0);
        }
        let joins = "JOIN subjects s ON s.id = j.subject_id LEFT JOIN subjects p ON p.id = s.parent_id";
        let count = format!("SELECT COUNT(*) AS n FROM judgements j {joins} {}", filter.sql());
        let total = self.db().count(filter.bind(self.db().statement(&count))).await?;
        let select = format!(
            "{JUDGEMENT} {joins} {} ORDER BY j.time DESC, j.id DESC LIMIT {} OFFSET {}",
            filter.sql(),
            query.page.limit(),
            query.page.offset()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(judgement).collect::<Result<_, _>>()?,
            total,
        })
    }
}

async fn put(db: &Db, tx: &mut Tx, new: &NewJudgement, at: UtcMs) -> Result<PutJudgement, StoreError> {
    let key = &new.key;
    let select = format!(
        "{JUDGEMENT} WHERE j.subject_id = $1 AND j.topic = $2 AND j.factor = $3 AND j.grain = $4 AND j.time = $5
         AND j.edition = $6 AND j.in_force = 1"
    );
    let present = bind_key(db.statement(&select), key)
        .fetch_optional(&mut **tx)
        .await?;
    let present = present.as_ref().map(judgement).transpose()?;
    if let Some(old) = &present {
        if old.verdict == new.verdict && old.value == new.value && old.body == new.body {
            return Ok(PutJudgement {
                id: old.id,
                revision: old.revision,
                changed: false,
            });
        }
        db.statement("UPDATE judgements SET in_force = 0 WHERE id = $1")
            .bind(old.id.0)
            .execute(&mut **tx)
            .await?;
    }
    let revision = present.map_or(1, |old| old.revision.saturating_add(1));
    let insert = "INSERT INTO judgements (subject_id, topic, factor, grain, time, edition, revision, in_force, verdict, value, \
                  made_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11) RETURNING id";
    let id = bind_key(db.statement(insert), key)
        .bind(i64::from(revision))
        .bind(clean(&new.verdict).into_owned())
        .bind(new.value.as_ref().map(|v| clean(v).into_owned()))
        .bind(at.0)
        .bind(body_text(&new.body))
        .fetch_one(&mut **tx)
        .await?
        .int("id")?;
    let latest =
        "INSERT INTO latest_judgements (subject_id, topic, factor, grain, time, edition, judgement_id)
                  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (subject_id, topic, factor, grain, edition)
                  DO UPDATE SET time = excluded.time, judgement_id = excluded.judgement_id
                  WHERE excluded.time >= latest_judgements.time";
    bind_key(db.statement(latest), key)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(PutJudgement {
        id: JudgementId(id),
        revision,
        changed: true,
    })
}

fn bind_key(statement: crate::db::Statement, key: &JudgementKey) -> crate::db::Statement {
    statement
        .bind(key.subject.0)
        .bind(clean(&key.topic).into_owned())
        .bind(clean(key.factor.as_ref().map_or("", Factor::as_str)).into_owned())
        .bind(key.grain.name())
        .bind(key.time.0)
        .bind(clean(&key.edition).into_owned())
}

/// JSON escapes a NUL, and text columns of both engines take the escape.
fn body_text(body: &Value) -> String {
    body.to_string()
}

fn judgement(row: &AnyRow) -> Result<StoredJudgement, StoreError> {
    let revision = row.int("revision")?;
    Ok(StoredJudgement {
        id: JudgementId(row.int("id")?),
        key: JudgementKey {
            topic: row.text("topic")?,
            subject: SubjectId(row.int("subject_id")?),
            factor: Some(row.text("factor")?).filter(|f| !f.is_empty()).map(Factor),
            grain: row.named("grain", Grain::from_name)?,
            time: row.time("time")?,
            edition: row.text("edition")?,
        },
        revision: i32::try_from(revision).map_err(|_| StoreError::stored("revision", revision))?,
        verdict: row.text("verdict")?,
        value: row.opt_text("value")?,
        made_at: row.time("made_at")?,
        body: row.json("body")?,
    })
}
