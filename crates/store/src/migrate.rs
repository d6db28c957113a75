//! Brings the schema up to date: numbered files, each applied once, in one transaction, and never changed afterwards.

use sha2::{Digest, Sha256};
use sqlx::{AnyPool, AssertSqlSafe, Executor};

use crate::dialect::Engine;
use crate::error::StoreError;
use crate::rows::{Columns, hex};

/// All migrations in order; the number is the place in this list.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_core", include_str!("../migrations/0001_core.sql")),
    ("0002_people", include_str!("../migrations/0002_people.sql")),
    ("0003_registers", include_str!("../migrations/0003_registers.sql")),
    (
        "0004_register_files",
        include_str!("../migrations/0004_register_files.sql"),
    ),
    ("0005_plan", include_str!("../migrations/0005_plan.sql")),
    ("0006_sources", include_str!("../migrations/0006_sources.sql")),
    (
        "0007_plan_notices",
        include_str!("../migrations/0007_plan_notices.sql"),
    ),
    (
        "0008_looking_back",
        include_str!("../migrations/0008_looking_back.sql"),
    ),
];

/// Version of the schema this program works with.
pub fn schema_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

pub(crate) async fn run(engine: Engine, pool: &AnyPool) -> Result<(), StoreError> {
    let mut tx = pool.begin_with(engine.begin()).await?;
    if engine == Engine::Postgres {
        // Two programs started at once must not both migrate. The number has no meaning beside being ours.
        tx.execute("SELECT pg_advisory_xact_lock(371503)").await?;
    }
    tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL)",
    )
    .await?;
    let applied = sqlx::query("SELECT version, name, digest FROM schema_version ORDER BY version")
        .fetch_all(&mut *tx)
        .await?;
    let found = i64::try_from(applied.len()).unwrap_or(i64::MAX);
    let known = schema_version();
    if found > known {
        let what =
            "它由更新的程序创建,请升级程序 / it was made by a newer program, update this one".to_owned();
        return Err(StoreError::Schema { found, known, what });
    }
    for ((name, text), version) in MIGRATIONS.iter().zip(1_i64..) {
        let digest = hex(&Sha256::digest(text));
        match usize::try_from(version - 1).ok().and_then(|i| applied.get(i)) {
            Some(row) if row.text("digest")? == digest => {}
            Some(_) => {
                let what =
                    format!("迁移 {name} 已被改动 / migration {name} was changed after it had been applied");
                return Err(StoreError::Schema { found, known, what });
            }
            None => {
                tx.execute(sqlx::raw_sql(AssertSqlSafe(engine.sql(text)))).await?;
                sqlx::query("INSERT INTO schema_version (version, name, digest) VALUES ($1, $2, $3)")
                    .bind(version)
                    .bind((*name).to_owned())
                    .bind(digest)
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}
