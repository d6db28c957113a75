//! `huanshu import`: observations from a table, with a row-by-row report; nothing is taken from a file with bad rows unless
//! they are to be skipped.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evaluate::engine::Engine;
use ingest::table::{self, ImportedValue, Mapping, TableReport};
use model::ids::{SubjectCode, SubjectId};
use model::observation::SeriesKey;
use model::subject::{Subject, SubjectKind, SubjectSpec};
use model::time::Clock;
use store::Store;
use store::observations::{Authorship, NewObservation, Written};

use crate::clock::SystemClock;
use crate::cmd::serve::{runtime, start_log};
use crate::fail::{Failure, Outcome};
use crate::profiles;

/// Largest file, unpacked: a century of hours with thirty columns.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Values put in one transaction.
const CHUNK: usize = 50_000;

/// What to import.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 监测数据: hourly (or daily, minute) values from a CSV file, packed by gzip or not
    Observations(Observations),
    /// 规划: the structure of a published plan, with every repair and doubt
    Plan(PlanFile),
}

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct PlanFile {
    /// The plan as published: Markdown, plain text (UTF-8 or GBK) or .docx
    file: PathBuf,
    /// The whole structure as one JSON object; a summary where absent
    #[arg(long)]
    json: bool,
    /// Profile folder whose units are known by name; the built-in district where absent
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
}

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Observations {
    /// CSV file, UTF-8 or GBK; `.gz` is unpacked
    file: PathBuf,
    /// Code or number of the subject that the values belong to
    #[arg(long, value_name = "ID")]
    subject: String,
    /// TOML file that says what the columns mean; known names need none
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Take only rows whose column has this value, e.g. station=Aotizhongxin
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    filter: Option<String>,
    /// Make the subject where it is missing, of this kind, e.g. air_station
    #[arg(long, value_name = "KIND")]
    create: Option<String>,
    /// Take the good rows of a file that has bad ones
    #[arg(long)]
    skip_bad_rows: bool,
    /// Read and report only
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
    /// Data folder
    #[arg(long, value_name = "DIR", default_value = "data", env = "HUANSHU_DATA")]
    data: PathBuf,
    /// Database, the embedded one where absent
    #[arg(long, value_name = "URL", env = "HUANSHU_DATABASE")]
    database: Option<String>,
    /// Profile folder; the built-in district where absent
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
}

/// Runs.
pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Observations(arguments) => {
            start_log();
            runtime()?.block_on(observations(arguments))
        }
        Command::Plan(arguments) => plan_file(&arguments),
    }
}

fn plan_file(arguments: &PlanFile) -> Outcome {
    let profile = profiles::load(arguments.profile.as_deref())?;
    let bytes = read(&arguments.file)?;
    let text = if arguments
        .file
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("docx"))
    {
        plan::docx::text(&bytes)?
    } else {
        table::to_text(&bytes)
    };
    let document = plan::import::read(&text, &profile.units);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(ExitCode::SUCCESS);
    }
    let sections: usize = document.chapters.iter().map(|c| c.sections.len()).sum();
    let targets: usize = document.tasks.iter().map(|t| t.targets.len()).sum();
    println!(
        "章 chapters {}  节 sections {sections}  任务 tasks {}  定量目标 targets {targets}  指标 indicators {}  单位 units {}",
        document.chapters.len(),
        document.tasks.len(),
        document.indicators.len(),
        document.units.len()
    );
    for repair in &document.repairs {
        println!(
            "  修复 repair, 第 {} 行 line {}: {}: «{}» → «{}»",
            repair.line, repair.line, repair.kind, repair.before, repair.after
        );
    }
    for doubt in &document.doubts {
        println!(
            "  存疑 doubt, 第 {} 行 line {}: {}: {}",
            doubt.line, doubt.line, doubt.kind, doubt.text
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(path).map_err(|e| Failure::file(path, &e))?;
    let mut bytes = Vec::new();
    let packed = path.extension().is_some_and(|e| e == "gz");
    let result = if packed {
        flate2::read::GzDecoder::new(file)
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
    } else {
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)
    };
    result.map_err(|e| Failure::file(path, &e))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::new(
            "文件超过 512 MB 上限",
            "the file is larger than 512 MB",
        ));
    }
    Ok(bytes)
}

async fn observations(arguments: Observations) -> Outcome {
    let mapping = arguments
        .mapping
        .as_deref()
        .map(|path| {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::file(path, &e))?;
            Mapping::from_toml(&text).map_err(|e| Failure::file(path, &e))
        })
        .transpose()?;
    let filter = arguments
        .filter
        .as_deref()
        .map(|text| {
            text.split_once('=')
                .ok_or_else(|| Failure::new("--where 应写作 列名=值", "--where is written COLUMN=VALUE"))
        })
        .transpose()?;
    let text = table::to_text(&read(&arguments.file)?);
    let (values, report) = table::read(&text, mapping.as_ref(), filter)?;
    let refused = report.bad > 0 && !arguments.skip_bad_rows;
    let grain = mapping.as_ref().map_or(model::time::Grain::Hour, |m| m.grain);
    let written = if refused || arguments.dry_run {
        None
    } else {
        Some(keep(&arguments, values, grain).await?)
    };
    print(&arguments, &report, written.as_ref(), refused)?;
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Puts the values, then judges what they make due.
async fn keep(
    arguments: &Observations,
    values: Vec<ImportedValue>,
    grain: model::time::Grain,
) -> Result<Written, Failure> {
    let profile = profiles::load(arguments.profile.as_deref())?;
    let store = Store::open(arguments.database.as_deref(), &arguments.data).await?;
    // Subjects that are there stay as they are: their records may have been edited since the profile was written.
    let known: BTreeSet<_> = store.subjects().await?.into_iter().map(|s| s.spec.code).collect();
    let missing: Vec<_> = profile
        .subjects
        .iter()
        .filter(|s| !known.contains(&s.code))
        .cloned()
        .collect();
    store.put_subjects(&missing).await?;
    let subject = subject(&store, arguments).await?;
    let now = SystemClock.now();
    let mut written = Written::default();
    let reason = format!("import {}", arguments.file.display());
    let by = Authorship {
        author: Some("import"),
        reason: Some(&reason),
        at: now,
    };
    let rows: Vec<NewObservation> = values
        .into_iter()
        .map(|v| NewObservation {
            series: SeriesKey {
                subject: subject.id,
                factor: v.factor,
                grain,
                statistic: v.statistic,
            },
            time: v.time,
            value: Some(v.value),
            text: None,
            flag: None,
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let part = store.put_imported(chunk.to_vec(), by).await?;
        written.inserted += part.inserted;
        written.replaced += part.replaced;
        written.unchanged += part.unchanged;
        written.overruled += part.overruled;
    }
    let engine = Engine::new(store.clone(), &profile.limits);
    let mut judged = 0;
    engine
        .drain(now, |turn| {
            judged += turn.judged.len();
            if !arguments.json {
                eprint!("\r已评价 judged: {judged} ");
            }
        })
        .await?;
    if !arguments.json {
        eprintln!();
    }
    store.db().close().await;
    Ok(written)
}

async fn subject(store: &Store, arguments: &Observations) -> Result<Subject, Failure> {
    let wanted = arguments.subject.trim();
    let code = SubjectCode::new(wanted);
    if let Some(found) = store.subject_by_code(&code).await? {
        return Ok(found);
    }
    if let Ok(number) = wanted.parse::<i64>()
        && let Some(found) = store.subject(SubjectId(number)).await?
    {
        return Ok(found);
    }
    let Some(kind) = &arguments.create else {
        let known: Vec<String> = store
            .subjects()
            .await?
            .into_iter()
            .take(40)
            .map(|s| format!("{} {}", s.spec.code, s.spec.zh))
            .collect();
        return Err(Failure::new(
            format!(
                "没有对象 {wanted};可用 --create air_station 新建。已有:{}",
                known.join("、")
            ),
            format!("there is no subject {wanted}; --create air_station makes one"),
        ));
    };
    let kind = SubjectKind::from_name(kind).ok_or_else(|| {
        let kinds: Vec<&str> = SubjectKind::ALL.iter().map(|k| k.name()).collect();
        Failure::new(
            format!("未知对象类型 {kind},可用:{}", kinds.join("、")),
            format!("unknown kind {kind}; known are {}", kinds.join(", ")),
        )
    })?;
    let spec = SubjectSpec {
        code: code.clone(),
        kind,
        zh: wanted.to_owned(),
        en: wanted.to_owned(),
        parent: None,
        unit: None,
        lon: None,
        lat: None,
        schematic: false,
        demo: false,
        attrs: serde_json::Map::new(),
    };
    store.put_subjects(std::slice::from_ref(&spec)).await?;
    store
        .subject_by_code(&code)
        .await?
        .ok_or_else(|| Failure::new("对象未能新建", "the subject was not made"))
}

fn print(
    arguments: &Observations,
    report: &TableReport,
    written: Option<&Written>,
    refused: bool,
) -> Result<(), Failure> {
    if arguments.json {
        let taken = written.map(|w| {
            serde_json::json!({ "inserted": w.inserted, "replaced": w.replaced, "unchanged": w.unchanged, "overruled": w.overruled })
        });
        let whole = serde_json::json!({ "report": report, "taken": taken });
        println!("{}", serde_json::to_string_pretty(&whole)?);
        return Ok(());
    }
    println!(
        "行 rows {}  过滤 filtered {}  正确 good {}  有误 bad {}  数值 values {}  缺测 missing {}",
        report.rows, report.filtered, report.good, report.bad, report.values, report.missing
    );
    if !report.ignored_columns.is_empty() {
        println!(
            "未使用的列 columns left out: {}",
            report.ignored_columns.join(", ")
        );
    }
    for p in &report.problems {
        println!(
            "  第 {} 行 line {}  {}  {}: {}",
            p.line, p.line, p.column, p.code, p.message
        );
    }
    match written {
        Some(w) => println!(
            "新增 inserted {}  替换 replaced {}  未变 unchanged {}  让位 overruled {}",
            w.inserted, w.replaced, w.unchanged, w.overruled
        ),
        None if refused => println!(
            "有误的行未排除,未导入任何数据;改正文件或用 --skip-bad-rows\nnothing was imported: correct the rows, or use --skip-bad-rows"
        ),
        None => println!("仅检查,未导入 dry run: nothing was imported"),
    }
    Ok(())
}
