//! Publications (公示): of each period the rows that the public saw, as they were published. They are never changed.

use model::ids::{RegisterName, UserId};
use model::time::UtcMs;
use serde_json::{Map, Value, json};

use crate::Store;
use crate::db::Tx;
use crate::error::StoreError;
use crate::limits;
use crate::page::{Filter, Page, Paged};
use crate::registers::Author;
use crate::rows::{Cell, Columns, Rows, clean};

/// A period being published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPublication {
    /// Register.
    pub register: RegisterName,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Last day on which it is in time.
    pub due: String,
}

/// A period that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPublication {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Last day on which it was in time.
    pub due: String,
    /// When.
    pub published_at: UtcMs,
    /// By whom.
    pub author: Author,
    /// How many records.
    pub records: i64,
}

/// What the public sees of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedRow {
    /// Its name.
    pub title: String,
    /// Text by which it is found, made of public values only.
    pub search: String,
    /// 演示
    pub demo: bool,
    /// Its public values.
    pub body: Map<String, Value>,
}

/// A publication being written; nothing of it is there before it is committed.
pub struct Publishing {
    store: Store,
    tx: Tx,
    register: RegisterName,
    from: String,
    rows: i64,
}

impl std::fmt::Debug for Publishing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publishing")
            .field("register", &self.register)
            .field("from", &self.from)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Begins to publish a period; refuses one that was published already.
    pub async fn publish(
        &self,
        new: &NewPublication,
        author: &Author,
        now: UtcMs,
    ) -> Result<Publishing, StoreError> {
        let mut tx = self.db().write().await?;
        let written = self
            .db()
            .statement(
                "INSERT INTO record_publications
                   (register, period_from, period_to, due, published_at, author, author_name, records)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (register, period_from) DO NOTHING",
            )
            .bind(new.register.to_string())
            .bind(new.from.clone())
            .bind(new.to.clone())
            .bind(new.due.clone())
            .bind(now.0)
            .bind(author.id.0)
            .bind(clean(&author.name).into_owned())
            .execute(&mut *tx)
            .await?;
        if written.rows_affected() == 0 {
            return Err(StoreError::Conflict {
                what: "公示 / publication",
                name: new.from.clone(),
                why: "该期已公示,不能更改 / the period was published already and cannot be changed",
            });
        }
        Ok(Publishing {
            store: self.clone(),
            tx,
            register: new.register.clone(),
            from: new.from.clone(),
            rows: 0,
        })
    }

    /// Published periods of a register, newest first.
    pub async fn publications(&self, register: &RegisterName) -> Result<Vec<StoredPublication>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT period_from, period_to, due, published_at, author, author_name, records
                 FROM record_publications WHERE register = $1 ORDER BY period_from DESC LIMIT {}",
                limits::PUBLICATIONS
            ))
            .bind(register.to_string());
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(StoredPublication {
                    from: row.text("period_from")?,
                    to: row.text("period_to")?,
                    due: row.text("due")?,
                    published_at: row.time("published_at")?,
                    author: Author {
                        id: UserId(row.int("author")?),
                        name: row.text("author_name")?,
                    },
                    records: row.int("records")?,
                })
            })
            .collect()
    }

    /// A page of what the public saw of a period; `words` must all occur.
    pub async fn published(
        &self,
        register: &RegisterName,
        from: &str,
        words: &[String],
        page: Page,
    ) -> Result<Paged<PublishedRow>, StoreError> {
        let mut filter = Filter::default();
        filter.text("register = {p}", register.as_str());
        filter.text("period_from = {p}", from);
        for word in words {
            filter.contains(&["search"], word);
        }
        let count = format!("SELECT COUNT(*) AS n FROM record_published {}", filter.sql());
        let total = self.db().count(filter.bind(self.db().statement(&count))).await?;
        let list = format!(
            "SELECT title, search, demo, body FROM record_published {} ORDER BY seq LIMIT {} OFFSET {}",
            filter.sql(),
            page.limit(),
            page.offset()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&list))).await?;
        let items = rows
            .iter()
            .map(|row| {
                Ok(PublishedRow {
                    title: row.text("title")?,
                    search: row.text("search")?,
                    demo: row.flag("demo")?,
                    body: row.json("body")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Paged { items, total })
    }
}

impl Publishing {
    /// Some rows, in the order in which they are shown.
    pub async fn put(&mut self, rows: &[PublishedRow]) -> Result<(), StoreError> {
        let mut batch = Rows::default();
        for row in rows {
            let body = json!(row.body).to_string();
            self.rows += 1;
            batch.push([
                Cell::from(self.rows),
                (&row.title).into(),
                (&row.search).into(),
                row.demo.into(),
                (&body).into(),
            ]);
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.store
            .db()
            .statement(
                "INSERT INTO record_published (register, period_from, seq, title, search, demo, body)
                 SELECT $2, $3, {i:0}, {t:1}, {t:2}, {i:3}, {t:4} FROM {rows}",
            )
            .bind(batch.into_json())
            .bind(self.register.to_string())
            .bind(self.from.clone())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Publishes it; gives the number of records.
    pub async fn commit(mut self) -> Result<i64, StoreError> {
        self.store
            .db()
            .statement("UPDATE record_publications SET records = $3 WHERE register = $1 AND period_from = $2")
            .bind(self.register.to_string())
            .bind(self.from.clone())
            .bind(self.rows)
            .execute(&mut *self.tx)
            .await?;
        self.tx.commit().await?;
        Ok(self.rows)
    }
}
