//! `huanshu plan`: evaluations of the plan without a server: the frozen data and both forms of the report, in a folder.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ledger::Ledger;
use model::time::Clock;
use plan::report::Remarks;
use progress::{Frozen, Kind, Part, Progress};
use store::Store;

use crate::clock::SystemClock;
use crate::cmd::serve::{runtime, start_log};
use crate::fail::{Failure, Outcome};
use crate::{definitions, plans, profiles};

/// What to do.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 评估: the newest evaluation of a kind and year, frozen now where there is none; writes data.json, report.docx, report.pdf
    Evaluate(Evaluate),
}

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Evaluate {
    /// Data folder
    #[arg(long, value_name = "DIR", env = "HUANSHU_DATA")]
    data: PathBuf,
    /// Database, the embedded one where absent
    #[arg(long, value_name = "URL", env = "HUANSHU_DATABASE")]
    database: Option<String>,
    /// Profile folder; the built-in district where absent
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Folder with register definitions beside the built-in ones
    #[arg(long, value_name = "DIR")]
    registers: Option<PathBuf>,
    /// yearly, midterm or final
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// Year evaluated
    #[arg(long, value_name = "YEAR")]
    year: u16,
    /// Folder the files are written to; made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Freeze the data of today even where an evaluation is stored; nothing is stored
    #[arg(long)]
    fresh: bool,
}

/// Runs.
pub(crate) fn run(command: Command) -> Outcome {
    let Command::Evaluate(arguments) = command;
    start_log();
    runtime()?.block_on(evaluate(arguments))
}

async fn evaluate(arguments: Evaluate) -> Outcome {
    let kind = Kind::from_name(&arguments.kind).ok_or_else(|| {
        Failure::new(
            "--kind 可用:yearly、midterm、final",
            "--kind is yearly, midterm or final",
        )
    })?;
    let profile = profiles::load(arguments.profile.as_deref())?;
    let plan = plans::load(arguments.profile.as_deref(), &profile)?
        .ok_or_else(|| Failure::new("该配置没有规划数据", "the profile has no plan"))?;
    let library = definitions::load(arguments.registers.as_deref(), arguments.profile.as_deref())?;
    let store = Store::open(arguments.database.as_deref(), &arguments.data).await?;
    let ledger = Ledger::new(store.clone(), library, &profile.units);
    let progress = Progress::new(ledger, plan.facts, plan.follow, &profile.units);
    let stored = progress
        .evaluations(false)
        .await?
        .into_iter()
        .find(|e| e.kind == kind.name() && e.year == arguments.year && !arguments.fresh);
    let frozen = match &stored {
        Some(row) => progress.frozen(row.id).await?.1,
        None => {
            progress
                .freeze(kind, arguments.year, 1, Remarks::default(), SystemClock.now())
                .await?
        }
    };
    write(&arguments.out, &frozen)?;
    match &stored {
        Some(row) => println!("已存档的第 {} 版 stored version {}", row.version, row.version),
        None => println!("新冻结,未存档 frozen now, not stored"),
    }
    store.db().close().await;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, frozen: &Frozen) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| Failure::file(folder, &e))?;
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|e| Failure::file(&path, &e))?;
        println!("{}", path.display());
        Ok::<(), Failure>(())
    };
    put("data.json", frozen.text()?.as_bytes())?;
    for part in [Part::Docx, Part::Pdf] {
        put(&format!("report.{}", part.extension()), &frozen.file(part)?)?;
    }
    let evaluation = frozen.judge()?;
    if let Some(score) = &evaluation.score {
        println!(
            "得分 score {}  等级 grade {} {}  落后 behind {}  存疑 doubts {}",
            score.value.fixed(1),
            score.grade.zh,
            score.grade.en,
            evaluation.behind.len(),
            evaluation.doubts.len()
        );
    }
    Ok(())
}
