//! The two tables as they are written, and what is wrong with them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Kind, Proof, State, System, Words};

/// Both tables, read.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Systems in order of their numbers.
    pub systems: Vec<System>,
    /// What implements them, by number.
    pub claims: BTreeMap<String, Claims>,
    /// Lines that do not read or contradict each other.
    pub faults: Vec<String>,
}

/// What a row of `coverage.toml` claims. Registers are not named here: they name their systems themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Topics of the standards library.
    #[serde(default)]
    rules: Vec<String>,
    /// Work that runs by itself.
    #[serde(default)]
    jobs: Vec<String>,
    /// Paths of pages.
    #[serde(default)]
    pages: Vec<String>,
    /// Operations below `/api/v1`, `GET /alarms`.
    #[serde(default)]
    endpoints: Vec<String>,
    /// Reports.
    #[serde(default)]
    reports: Vec<String>,
    /// Commands.
    #[serde(default)]
    commands: Vec<String>,
    /// What is missing; absent where nothing is, which is the claim that it works.
    pub missing: Option<Words>,
}

impl Claims {
    /// Works where nothing is said to be missing.
    pub fn state(&self) -> State {
        if self.missing.is_none() {
            State::Works
        } else {
            State::Partly
        }
    }

    /// The claims one by one.
    pub fn proofs(self) -> impl Iterator<Item = Proof> {
        let list = |kind, names: Vec<String>| {
            names.into_iter().map(move |name| Proof {
                kind,
                name,
                titles: None,
            })
        };
        list(Kind::Rule, self.rules)
            .chain(list(Kind::Job, self.jobs))
            .chain(list(Kind::Page, self.pages))
            .chain(list(Kind::Endpoint, self.endpoints).map(below_api))
            .chain(list(Kind::Report, self.reports))
            .chain(list(Kind::Command, self.commands))
    }
}

/// The table leaves out what is the same in every line.
fn below_api(mut proof: Proof) -> Proof {
    if let Some((method, path)) = proof.name.split_once(' ') {
        proof.name = format!("{method} /api/v1{path}");
    }
    proof
}

impl Sheet {
    /// The project's own tables.
    pub fn built_in() -> Self {
        Self::read(
            include_str!("../../data/systems.csv"),
            include_str!("../../data/coverage.toml"),
        )
    }

    /// From the texts of both files.
    pub fn read(systems: &str, coverage: &str) -> Self {
        let mut sheet = Self::default();
        let mut reader = csv::Reader::from_reader(systems.as_bytes());
        for row in reader.deserialize::<(String, String, String, String, String, String)>() {
            match row {
                Ok((id, section, zh, en, group, priority)) => sheet.systems.push(System {
                    id,
                    section,
                    zh,
                    en,
                    group,
                    priority,
                }),
                Err(error) => sheet.faults.push(format!("systems.csv: {error}")),
            }
        }
        match toml::from_str::<BTreeMap<String, Claims>>(coverage) {
            Ok(claims) => sheet.claims = claims,
            Err(error) => sheet.faults.push(format!("coverage.toml: {error}")),
        }
        for id in sheet.claims.keys() {
            if !sheet.systems.iter().any(|s| s.id == *id) {
                sheet
                    .faults
                    .push(format!("coverage.toml: {id} is no system of the plan"));
            }
        }
        sheet
    }
}
