//! `huanshu systems [--json]`: the systems of the plan, what implements each, and what is missing.

use std::path::PathBuf;
use std::process::ExitCode;

use plan::systems::{Coverage, State};
use server::dto::coverage::SystemList;

use crate::definitions;
use crate::fail::Outcome;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One JSON object, as the API gives it, instead of a table
    #[arg(long)]
    json: bool,
    /// Folder of register definitions; the built-in ones where absent
    #[arg(long, value_name = "DIR")]
    registers: Option<PathBuf>,
}

/// Runs; it is a report, so the exit code does not depend on what is missing.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let library = definitions::load(arguments.registers.as_deref(), None)?;
    let coverage = definitions::coverage(&library);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&SystemList::from(&coverage))?);
    } else {
        print_table(&coverage);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_table(coverage: &Coverage) {
    for row in coverage.rows() {
        let state = match row.state {
            State::Works => "可用 works  ",
            State::Partly => "部分 partly ",
            State::NotYet => "未建 not yet",
        };
        println!("{}  {state}  {}  {}", row.system.id, row.system.zh, row.system.en);
        for proof in &row.what {
            println!("        {}: {}", proof.kind.name(), proof.name);
        }
        if let Some(missing) = &row.missing {
            println!("        缺 {}", missing.zh);
            println!("        missing: {}", missing.en);
        }
    }
    let counts = coverage.counts();
    println!(
        "共 {}:可用 {},部分 {},未建 {} / {} in all: {} work, {} partly, {} not yet",
        counts.total,
        counts.works,
        counts.partly,
        counts.not_yet,
        counts.total,
        counts.works,
        counts.partly,
        counts.not_yet
    );
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;
    use model::alarm::AlarmKind;
    use plan::systems::Kind;
    use standards::topic;

    use super::*;
    use crate::node::TASKS;

    /// Paths of the pages as the router of the pages writes them.
    fn pages() -> BTreeSet<String> {
        let router = include_str!("../../../../web/src/router.ts");
        router
            .split("path: '")
            .skip(1)
            .filter_map(|rest| rest.split('\'').next())
            // A place for a value may stay empty, or be asked for by its name.
            .map(|path| match path.split_once(':') {
                Some((fixed, place)) if place.contains('?') => fixed.trim_end_matches('/').to_owned(),
                _ => path.to_owned(),
            })
            .map(|path| format!("/{}", path.trim_start_matches('/')))
            .collect()
    }

    fn operations() -> BTreeSet<String> {
        let mut document = server::openapi::document();
        server::openapi::operations(&mut document)
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect()
    }

    fn commands() -> BTreeSet<String> {
        let whole = crate::Arguments::command();
        let mut out = BTreeSet::new();
        for command in whole.get_subcommands() {
            out.insert(command.get_name().to_owned());
            for sub in command.get_subcommands() {
                out.insert(format!("{} {}", command.get_name(), sub.get_name()));
            }
        }
        out
    }

    fn jobs() -> BTreeSet<String> {
        let alarms = AlarmKind::ALL
            .into_iter()
            .map(|kind| format!("alarm/{}", kind.name()));
        TASKS
            .iter()
            .map(|task| (*task).to_owned())
            .chain(alarms)
            .collect()
    }

    #[test]
    fn every_claim_points_to_something() {
        let library = definitions::load(None, None).unwrap();
        let coverage = definitions::coverage(&library);
        assert_eq!(coverage.faults(), Vec::<String>::new());
        let (pages, operations, commands, jobs) = (pages(), operations(), commands(), jobs());
        assert!(pages.contains("/map") && pages.contains("/standards") && pages.contains("/cockpit"));
        let mut wrong = Vec::new();
        for (id, proof) in coverage.proofs() {
            let name = &proof.name;
            let there = match proof.kind {
                Kind::Register => library.get(name).is_some(),
                Kind::Rule => topic::find(name).is_some(),
                Kind::Page => pages.contains(name),
                Kind::Endpoint => operations.contains(name),
                Kind::Command => commands.contains(name),
                Kind::Job => jobs.contains(name),
                Kind::Report => false,
            };
            if !there {
                wrong.push(format!("{id}: there is no {} «{name}»", proof.kind.name()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let counts = coverage.counts();
        assert_eq!(counts.works + counts.partly + counts.not_yet, counts.total);
    }
}
