//! `huanshu verify`: the hash chains of a data folder, the raw log's and the audit's.

use std::path::PathBuf;
use std::process::ExitCode;

use store::Db;
use store::people::People;
use store::rawlog::Reader;

use crate::cmd::serve::runtime;
use crate::fail::Outcome;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Data folder
    #[arg(long, value_name = "DIR", env = "HUANSHU_DATA")]
    data: PathBuf,
    /// Database, the embedded one where absent
    #[arg(long, value_name = "URL", env = "HUANSHU_DATABASE")]
    database: Option<String>,
}

/// Runs; exit code 1 when a chain is broken.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    runtime()?.block_on(async move {
        let log = Reader::open(&arguments.data.join("rawlog"))?
            .verification()
            .await?;
        let log_ok = log.ok();
        println!(
            "原始日志 raw log: {}",
            if log_ok { "完好 intact" } else { "损坏 damaged" }
        );
        println!("{log:?}");
        let db = Db::open(arguments.database.as_deref(), &arguments.data).await?;
        let audit = People::new(db.clone()).verify_audit().await?;
        let audit_ok = audit.broken_at.is_none();
        println!(
            "审计链 audit chain: {}",
            if audit_ok {
                "完好 intact"
            } else {
                "损坏 broken"
            }
        );
        println!("{audit:?}");
        db.close().await;
        Ok(if log_ok && audit_ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}
