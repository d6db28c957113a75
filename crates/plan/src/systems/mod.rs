//! What the plan asks to exist (体系、清单、台账、机制), and what of this program answers to it.
//!
//! `data/systems.csv` lists the systems; `data/coverage.toml` says of each what implements it and what is missing. A
//! register that names a system counts by itself. A row claims only what exists: [`Coverage::proofs`] are resolved by a
//! test against the registers, the standards, the OpenAPI document, the routes of the pages and the commands.

mod sheet;

use serde::Serialize;

pub use sheet::{Claims, Sheet};

/// A system of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct System {
    /// `S001` …
    pub id: String,
    /// Where the plan names it.
    pub section: String,
    /// Short name.
    pub zh: String,
    /// Short name in English.
    pub en: String,
    /// Field it belongs to (`water`, `permit` …).
    pub group: String,
    /// `core`, `supporting` or `policy-only`.
    pub priority: String,
}

/// How far a system is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 可用: all that the plan asks of it is done.
    Works,
    /// 部分: something of it is there, and it is said what is not.
    Partly,
    /// 未建
    NotYet,
}

impl State {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Works, Self::Partly, Self::NotYet];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Partly => "partly",
            Self::NotYet => "not_yet",
        }
    }
}

/// What kind of thing implements a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 台账: a register definition.
    Register,
    /// 规则: a topic of the standards library.
    Rule,
    /// 作业: work that runs by itself.
    Job,
    /// 页面: a page.
    Page,
    /// 接口: an operation of the API, `GET /api/v1/…`.
    Endpoint,
    /// 报告: a report that is made.
    Report,
    /// 命令: a command of the program.
    Command,
}

impl Kind {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Rule => "rule",
            Self::Job => "job",
            Self::Page => "page",
            Self::Endpoint => "endpoint",
            Self::Report => "report",
            Self::Command => "command",
        }
    }
}

/// One thing that implements a system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Proof {
    /// Kind.
    pub kind: Kind,
    /// Its name: of the register, the topic, the operation …
    pub name: String,
    /// Its title, where its name is none.
    pub titles: Option<Words>,
}

/// Words in both languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// A system, what implements it, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The system.
    #[serde(flatten)]
    pub system: System,
    /// How far.
    pub state: State,
    /// What implements it.
    pub what: Vec<Proof>,
    /// What is missing, where it is there in part.
    pub missing: Option<Words>,
}

/// A register and the systems it says it serves.
#[derive(Clone, Debug)]
pub struct RegisterClaim<'a> {
    /// Name of the register.
    pub name: &'a str,
    /// Its title.
    pub titles: Words,
    /// Numbers of systems.
    pub systems: &'a [String],
}

/// How many systems are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All.
    pub total: usize,
    /// 可用
    pub works: usize,
    /// 部分
    pub partly: usize,
    /// 未建
    pub not_yet: usize,
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    rows: Vec<Row>,
    faults: Vec<String>,
}

impl Coverage {
    /// The project's sheet together with the registers of an installation.
    pub fn new(registers: &[RegisterClaim<'_>]) -> Self {
        Self::of(Sheet::built_in(), registers)
    }

    /// A sheet together with registers.
    pub fn of(sheet: Sheet, registers: &[RegisterClaim<'_>]) -> Self {
        let Sheet {
            systems,
            mut claims,
            mut faults,
        } = sheet;
        for register in registers {
            for id in register.systems {
                if !systems.iter().any(|s| s.id == *id) {
                    faults.push(format!("{}: {id} is no system of the plan", register.name));
                }
            }
        }
        let rows = systems
            .into_iter()
            .map(|system| {
                let naming = registers
                    .iter()
                    .filter(|r| r.systems.contains(&system.id))
                    .map(|r| Proof {
                        kind: Kind::Register,
                        name: r.name.to_owned(),
                        titles: Some(r.titles.clone()),
                    });
                let claimed = claims.remove(&system.id);
                let in_sheet = claimed.is_some();
                let mut what: Vec<Proof> = naming.collect();
                let (state, missing) = match claimed {
                    Some(claims) => {
                        let said = (claims.state(), claims.missing.clone());
                        what.extend(claims.proofs());
                        said
                    }
                    None => (State::Partly, Some(list_only())),
                };
                // Nothing implements it: whatever the sheet says, it is not there.
                let (state, missing) = if what.is_empty() {
                    if in_sheet {
                        faults.push(format!("{}: claimed, but nothing implements it", system.id));
                    }
                    (State::NotYet, None)
                } else {
                    (state, missing)
                };
                Row {
                    system,
                    state,
                    what,
                    missing,
                }
            })
            .collect();
        Self { rows, faults }
    }

    /// All rows, in order of their numbers.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Contradictions in the sheet or in what registers claim; empty, as a test sees to it.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Every claim with the number of its system.
    pub fn proofs(&self) -> impl Iterator<Item = (&str, &Proof)> {
        self.rows
            .iter()
            .flat_map(|row| row.what.iter().map(|proof| (row.system.id.as_str(), proof)))
    }

    /// How many rows are in which state.
    pub fn counts(&self) -> Counts {
        let of = |state| self.rows.iter().filter(|row| row.state == state).count();
        Counts {
            total: self.rows.len(),
            works: of(State::Works),
            partly: of(State::Partly),
            not_yet: of(State::NotYet),
        }
    }
}

/// What is said of a system that only registers name.
fn list_only() -> Words {
    Words {
        zh: "清单已能录入、流转、统计、导入导出;其余要求未逐条核对".to_owned(),
        en: "the list is kept, stepped, counted, imported and exported; what else is asked was not checked"
            .to_owned(),
    }
}
