//! `huanshu token create`: an API token of a role, for programs. Works beside a running server.

use std::path::PathBuf;
use std::process::ExitCode;

use model::ids::{SubjectCode, UnitCode};
use model::role::Role;
use model::time::Clock;
use store::Db;
use store::people::People;
use store::people::users::NewUser;

use crate::clock::SystemClock;
use crate::cmd::serve::runtime;
use crate::fail::{Failure, Outcome};

/// What to do with tokens.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 新建令牌: prints it once; only its hash is kept
    Create(Create),
}

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Create {
    /// Data folder
    #[arg(long, value_name = "DIR", env = "HUANSHU_DATA")]
    data: PathBuf,
    /// Database, the embedded one where absent
    #[arg(long, value_name = "URL", env = "HUANSHU_DATABASE")]
    database: Option<String>,
    /// administrator, auditor, duty-officer, inspector, leader, town, department or firm; the public needs none
    #[arg(long)]
    role: String,
    /// Code of the unit, for the roles town and department
    #[arg(long)]
    unit: Option<String>,
    /// Code of the firm, for the role firm
    #[arg(long)]
    firm: Option<String>,
    /// What the token is for
    #[arg(long, default_value = "command line")]
    name: String,
}

/// Runs.
pub(crate) fn run(command: Command) -> Outcome {
    let Command::Create(arguments) = command;
    runtime()?.block_on(create(arguments))
}

async fn create(arguments: Create) -> Outcome {
    let role = Role::from_name(&arguments.role).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
        Failure::new(
            format!("未知角色 {},可用:{}", arguments.role, known.join("、")),
            format!("unknown role {}; known are {}", arguments.role, known.join(", ")),
        )
    })?;
    std::fs::create_dir_all(&arguments.data).map_err(|e| Failure::file(&arguments.data, &e))?;
    let db = Db::open(arguments.database.as_deref(), &arguments.data).await?;
    let people = People::new(db.clone());
    let now = SystemClock.now();
    // One service user a role and place carries the tokens; nobody can log in as it.
    let place = arguments
        .unit
        .as_deref()
        .or(arguments.firm.as_deref())
        .map(|p| format!("-{p}"))
        .unwrap_or_default();
    let login = format!("token-{}{place}", role.name().replace('_', "-"));
    let user = if let Some((user, _)) = people.user_by_login(&login).await? {
        user
    } else {
        let unusable = server::secrets::hash_password(&server::secrets::random_token()?)?;
        let new = NewUser {
            login,
            name: format!("令牌 {}", role.name()),
            role,
            unit: arguments.unit.map(UnitCode::new),
            firm: arguments.firm.map(SubjectCode::new),
            password: unusable,
            demo: false,
        };
        server::accounts::create_user(&people, new, now).await?
    };
    let (token, _) = server::accounts::create_token(&people, user.id, &arguments.name, None, now).await?;
    println!("{token}");
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
