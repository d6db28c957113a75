//! The database: one writing connection, a pool for reading, transactions, and the small name-value table.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions, Executor, Transaction};

use crate::dialect::Engine;
use crate::error::{StoreError, passing};
use crate::limits;
use crate::migrate;
use crate::rows::{Columns, clean};

/// A writing transaction. Dropped without a commit it changes nothing.
pub(crate) type Tx = Transaction<'static, Any>;
/// A statement with its parameters.
pub(crate) type Statement = Query<'static, Any, AnyArguments>;

/// The database behind the store. Lost connections are made anew by the next call.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    writer: AnyPool,
    reader: AnyPool,
}

impl Db {
    /// Opens the database and brings its schema up to date. `url` is `sqlite:///path/file.db` or `postgres://…`;
    /// without one, `huanshu.db` in `dir`.
    pub async fn open(url: Option<&str>, dir: &Path) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let url = url.map_or_else(|| sqlite_url(&dir.join("huanshu.db")), ToOwned::to_owned);
        let engine = Engine::of(&url)?;
        let url = match engine {
            Engine::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url,
        };
        let writer = pool(engine, &url, true).await?;
        migrate::run(engine, &writer).await?;
        let reader = pool(engine, &url, false).await?;
        Ok(Self {
            engine,
            writer,
            reader,
        })
    }

    /// Which engine.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// A statement from a template (see [`crate::dialect`]).
    pub(crate) fn statement(&self, template: &str) -> Statement {
        sqlx::query(AssertSqlSafe(self.engine.sql(template)))
    }

    /// Begins to write; waits for the writer before.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        match self.writer.begin_with(self.engine.begin()).await {
            Ok(tx) => return Ok(tx),
            Err(error) if passing(&error) => return Err(error.into()),
            // When the disk is full SQLite ends a transaction by itself, and the library's count of open transactions
            // stays wrong for good. A connection that cannot begin is given up.
            Err(error) => tracing::warn!("writing connection given up: {error}"),
        }
        let given_up = self.writer.acquire().await?;
        // Whatever it says on closing, it is gone.
        let _ = given_up.close().await;
        Ok(self.writer.begin_with(self.engine.begin()).await?)
    }

    /// Rows of a reading statement.
    pub(crate) async fn all(&self, statement: Statement) -> Result<Vec<AnyRow>, StoreError> {
        Ok(statement.fetch_all(&self.reader).await?)
    }

    /// The row of a reading statement, if there is one.
    pub(crate) async fn one(&self, statement: Statement) -> Result<Option<AnyRow>, StoreError> {
        Ok(statement.fetch_optional(&self.reader).await?)
    }

    /// Column `n` of the only row of a counting statement.
    pub(crate) async fn count(&self, statement: Statement) -> Result<i64, StoreError> {
        statement.fetch_one(&self.reader).await?.int("n")
    }

    /// A named value.
    pub(crate) async fn value(
        &self,
        tx: &mut AnyConnection,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let statement = self
            .statement("SELECT value FROM kv WHERE name = $1 {lock}")
            .bind(name.to_owned());
        statement
            .fetch_optional(tx)
            .await?
            .map(|row| row.text("value"))
            .transpose()
    }

    /// Sets a named value.
    pub(crate) async fn set_value(
        &self,
        tx: &mut AnyConnection,
        name: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        self.statement(
            "INSERT INTO kv (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name.to_owned())
        .bind(clean(value).into_owned())
        .execute(tx)
        .await?;
        Ok(())
    }
}

fn sqlite_url(path: &Path) -> String {
    // `%`, `?` and `#` have a meaning in addresses.
    let path = path
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23");
    format!("sqlite://{path}")
}

async fn pool(engine: Engine, url: &str, writes: bool) -> Result<AnyPool, StoreError> {
    // Statements carry whole batches; they do not belong into a journal.
    let options = AnyConnectOptions::from_str(url)?.disable_statement_logging();
    let greeting = engine.greeting(writes);
    let pool = AnyPoolOptions::new()
        .max_connections(if writes { 1 } else { limits::READ_CONNECTIONS })
        .acquire_timeout(Duration::from_secs(limits::ACQUIRE_SECONDS))
        .after_connect(move |connection, _| {
            let greeting = greeting.clone();
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(AssertSqlSafe(greeting))).await?;
                Ok(())
            })
        });
    Ok(pool.connect_with(options).await?)
}
