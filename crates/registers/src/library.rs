//! All registers of an installation, read from texts the caller supplies; nothing is usable until everything is sound.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::ids::RecordId;
use model::time::UtcMs;
use serde::Deserialize;

use crate::calendar::Calendar;
use crate::chain::{self, Chain};
use crate::definition::read::{self, FileError, Source};
use crate::definition::verify;
use crate::record::{Body, Record};
use crate::register::{Code, CodeList, Register};
use crate::text::Names;

/// One file as the caller read it.
#[derive(Clone, Debug)]
pub struct File {
    /// Path below `registers/`, with `/`.
    pub path: String,
    /// Content.
    pub text: String,
}

/// All registers, in order of their names.
#[derive(Clone, Debug, Default)]
pub struct Library {
    registers: BTreeMap<String, Register>,
    groups: BTreeMap<String, String>,
    demo: BTreeMap<String, Vec<Record>>,
    chains: BTreeMap<String, Chain>,
    calendar: Calendar,
}

#[derive(Deserialize)]
struct CodeRow {
    code: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoFile {
    record: Vec<DemoRecord>,
}

/// A record as a demonstration file writes it: times as people write them, the version that of the definition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoRecord {
    id: RecordId,
    #[serde(default)]
    state: Option<String>,
    since: String,
    demo: bool,
    body: Body,
}

impl Library {
    /// Reads `codes/<list>.csv`, `calendar.toml`, `<group>/<name>.toml`, older versions `<group>/<name>@<n>.toml`, and
    /// demonstration records `<group>/<name>.demo.toml`, chains `chains/<name>.toml`. Every error found is returned, in order of the files.
    pub fn load(files: &[File]) -> Result<Self, Vec<FileError>> {
        let mut errors = Vec::new();
        let mut out = Self::default();
        let mut lists = BTreeMap::new();
        let mut definitions = Vec::new();
        let mut older: BTreeMap<String, Vec<_>> = BTreeMap::new();
        let mut demos = Vec::new();
        let mut chains = Vec::new();
        for file in files {
            let source = Source {
                file: &file.path,
                text: &file.text,
            };
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            if let Some(list) = name.strip_suffix(".csv").filter(|_| folder == "codes") {
                collect(&mut errors, code_list(source))
                    .map(|codes| lists.insert(list.to_owned(), Arc::new(codes)));
            } else if file.path == "calendar.toml" {
                if let Some(calendar) = collect(&mut errors, Calendar::read(source)) {
                    out.calendar = calendar;
                }
            } else if let Some(stem) = name.strip_suffix(".toml").filter(|_| folder == "chains") {
                chains.push((source, stem));
            } else if name.ends_with(".demo.toml") {
                demos.push((source, name.trim_end_matches(".demo.toml")));
            } else if let Some(stem) = name.strip_suffix(".toml") {
                let Some(definition) = collect(&mut errors, read::definition(source)) else {
                    continue;
                };
                if stem.contains('@') {
                    older
                        .entry(definition.name.clone())
                        .or_default()
                        .push((source, definition));
                } else {
                    definitions.push((source, folder, stem, definition));
                }
            }
        }
        let identities: Vec<(Source<'_>, String)> = definitions
            .iter()
            .map(|(source, .., d)| (*source, d.name.clone()))
            .collect();
        let known: BTreeSet<String> = definitions.iter().map(|(.., d)| d.name.clone()).collect();
        for (source, folder, stem, definition) in definitions {
            let before = older.remove(&definition.name).unwrap_or_default();
            let context = verify::Context {
                lists: &lists,
                registers: &known,
                stem,
            };
            match verify::register(source, definition, before, context) {
                Ok(register) => {
                    out.groups.insert(register.name().to_owned(), folder.to_owned());
                    if out
                        .registers
                        .insert(register.name().to_owned(), register)
                        .is_some()
                    {
                        let said = Names::new("两个文件定义了同一台账", "two files define the same register");
                        errors.push(source.error_in(&["name".into()], said));
                    }
                }
                Err(found) => errors.extend(found),
            }
        }
        for (source, _) in older.values().flatten() {
            let said = Names::new("没有现行版本", "there is no current version of this register");
            errors.push(source.error_in(&["name".into()], said));
        }
        // Only what is sound by itself can be checked against each other.
        if errors.is_empty() {
            for (source, name) in identities {
                let register = out.registers.get(&name).map(Register::definition);
                errors.extend(register.and_then(|d| verify::identity(source, d, &out.registers)));
            }
            for (source, stem) in chains {
                match chain::read(source, stem, &out.registers) {
                    Ok(chain) => {
                        out.chains.insert(stem.to_owned(), chain);
                    }
                    Err(found) => errors.extend(found),
                }
            }
        }
        for (source, name) in demos {
            let Some(file) = collect(&mut errors, read::toml_file::<DemoFile>(source)) else {
                continue;
            };
            let Some(register) = out.registers.get(name) else {
                // A register with errors has been told; only a missing one is news.
                if !known.contains(name) {
                    errors.push(source.error_at(0, Names::new("没有这一台账", "there is no such register")));
                }
                continue;
            };
            let version = register.definition.version;
            let mut records = Vec::new();
            for (n, demo) in file.record.into_iter().enumerate() {
                let Some(since) = UtcMs::parse(&demo.since).filter(|_| demo.demo) else {
                    let said = Names::new(
                        "演示记录须写 demo = true 与时刻 since",
                        "a demonstration record says demo = true and has an instant since",
                    );
                    errors.push(source.error_in(&["record".into(), n.into(), "since".into()], said));
                    continue;
                };
                let DemoRecord {
                    id,
                    state,
                    demo,
                    body,
                    ..
                } = demo;
                records.push(Record {
                    id,
                    version,
                    state,
                    since,
                    demo,
                    body,
                    trail: Vec::new(),
                });
            }
            out.demo.insert(name.to_owned(), records);
        }
        if errors.is_empty() { Ok(out) } else { Err(errors) }
    }

    /// A register by name.
    pub fn get(&self, name: &str) -> Option<&Register> {
        self.registers.get(name)
    }

    /// All registers.
    pub fn iter(&self) -> impl Iterator<Item = &Register> {
        self.registers.values()
    }

    /// The group (folder) a register stands in.
    pub fn group(&self, name: &str) -> &str {
        self.groups.get(name).map_or("", String::as_str)
    }

    /// All chains.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        self.chains.values()
    }

    /// A chain by name.
    pub fn chain(&self, name: &str) -> Option<&Chain> {
        self.chains.get(name)
    }

    /// Demonstration records as written in the files: not yet admitted.
    pub fn demo(&self, name: &str) -> &[Record] {
        self.demo.get(name).map_or(&[], Vec::as_slice)
    }

    /// The calendar of working days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Registers that serve a system of the plan.
    pub fn serving<'a>(&'a self, system: &'a str) -> impl Iterator<Item = &'a Register> {
        self.iter()
            .filter(move |r| r.definition().systems.iter().any(|s| s == system))
    }
}

fn collect<T>(errors: &mut Vec<FileError>, result: Result<T, FileError>) -> Option<T> {
    result.map_err(|e| errors.push(e)).ok()
}

fn code_list(source: Source<'_>) -> Result<CodeList, FileError> {
    let mut reader = csv::Reader::from_reader(source.text.as_bytes());
    let mut codes: Vec<Code> = Vec::new();
    for row in reader.deserialize::<CodeRow>() {
        let row = row.map_err(|e| {
            let at = e
                .position()
                .and_then(|p| usize::try_from(p.byte()).ok())
                .unwrap_or(0);
            source.error_at(
                at,
                Names::new(
                    "应为 code,zh,en 三列",
                    format!("expected the columns code,zh,en: {e}"),
                ),
            )
        })?;
        if codes.iter().any(|c| c.code == row.code) {
            let at = source.text.find(&format!("\n{},", row.code)).map_or(0, |n| n + 1);
            let said = Names::new(
                format!("代码 {} 重复", row.code),
                format!("the code {} occurs twice", row.code),
            );
            return Err(source.error_at(at, said));
        }
        codes.push(Code {
            code: row.code,
            names: Names::new(row.zh, row.en),
        });
    }
    Ok(CodeList { codes })
}
