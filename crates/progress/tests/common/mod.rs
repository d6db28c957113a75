//! A store with the project's registers and the first district's plan.

#![allow(dead_code, reason = "each test binary takes what it needs")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger::{Edit, Ledger, Person, Step};
use model::ids::{RecordId, UserId};
use model::profile::Profile;
use model::role::Role;
use model::time::UtcMs;
use plan::facts::Facts;
use progress::{Demo, Follow, Progress};
use registers::library::{File, Library};
use registers::life::Actor;
use serde_json::json;
use store::Store;

pub(crate) struct Bench {
    pub(crate) plan: Progress,
    pub(crate) ledger: Ledger,
    pub(crate) demo: Demo,
    pub(crate) now: UtcMs,
    pub(crate) seeded: usize,
    dir: tempfile::TempDir,
}

/// Noon of a day.
pub(crate) fn at(day: &str) -> UtcMs {
    UtcMs::parse(&format!("{day} 12:00")).unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn walk(folder: &Path, prefix: &str, out: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            walk(&path, &format!("{name}/"), out);
        } else if matches!(
            path.extension().and_then(|e| e.to_str()),
            Some("toml" | "csv" | "geojson")
        ) {
            out.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Files of the first district's profile.
pub(crate) fn profile_files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    walk(&root().join("profiles/chiping"), "", &mut files);
    files
}

impl Bench {
    /// On an embedded store, without any record.
    pub(crate) async fn empty(day: &str) -> Self {
        Self::changed(day, |_| ()).await
    }

    /// The same with files of the profile changed.
    pub(crate) async fn changed(day: &str, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Self {
        let mut files = profile_files();
        change(&mut files);
        Self::open(tempfile::tempdir().unwrap(), &files, day).await
    }

    async fn open(dir: tempfile::TempDir, files: &BTreeMap<String, String>, day: &str) -> Self {
        let store = Store::open(None, dir.path()).await.unwrap();
        let profile = Profile::from_files(files).unwrap();
        store.put_subjects(&profile.subjects).await.unwrap();
        let mut definitions = BTreeMap::new();
        walk(&root().join("registers"), "", &mut definitions);
        for (name, text) in files {
            if let Some(name) = name.strip_prefix("registers/") {
                definitions.insert(name.to_owned(), text.clone());
            }
        }
        let definitions: Vec<File> = definitions
            .into_iter()
            .map(|(path, text)| File { path, text })
            .collect();
        let library = Library::load(&definitions).unwrap();
        let ledger = Ledger::new(store, Arc::new(library), &profile.units);
        let facts = Facts::from_files(files, &profile.units).unwrap().unwrap();
        let follow = Follow::from_files(files, &facts, &profile.units).unwrap();
        Self {
            plan: Progress::new(ledger.clone(), facts, follow, &profile.units),
            ledger,
            demo: Demo::from_files(files).unwrap().unwrap(),
            now: at(day),
            seeded: 0,
            dir,
        }
    }

    /// With the simulated course, looked at from after its end. Seeded once; each test has a copy of its own.
    pub(crate) async fn seeded() -> Self {
        static SEEDED: tokio::sync::OnceCell<(tempfile::TempDir, usize)> = tokio::sync::OnceCell::const_new();
        const DAY: &str = "2026-11-20";
        let files = profile_files();
        let (template, count) = SEEDED
            .get_or_init(async || {
                let bench = Self::open(tempfile::tempdir().unwrap(), &files, DAY).await;
                let count = bench.plan.seed_demo(&bench.demo, bench.now).await.unwrap();
                bench.ledger.store().db().close().await;
                (bench.dir, count)
            })
            .await;
        let dir = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(template.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        let mut bench = Self::open(dir, &files, DAY).await;
        bench.seeded = *count;
        bench
    }

    /// Enters a record in a state, as an import or the demonstration would.
    pub(crate) async fn put(&self, register: &str, state: &str, body: serde_json::Value) {
        use ledger::{Change, ChangeKind, Person};

        let definition = self.ledger.register(register).unwrap();
        let raw = body.as_object().unwrap();
        let body = self
            .ledger
            .admit(definition, raw, Some(state), self.now)
            .await
            .unwrap()
            .unwrap();
        let mut change = Change::new(definition, None, body, ChangeKind::Imported, self.now);
        change.record.state = Some(state.to_owned());
        let person = Person::program("test");
        self.ledger
            .commit(definition, vec![change], &person, self.now)
            .await
            .unwrap();
    }

    /// Corrects a reported value as the register allows it: a leader takes it up again, it is edited and confirmed anew.
    pub(crate) async fn change_value(&self, id: &str, value: &str) {
        let id = RecordId::new(id);
        let (leader, clerk) = (person(1, Role::Leader), person(2, Role::Inspector));
        let held = self
            .ledger
            .step(
                "plan_value",
                &id,
                &step("reopen", 1, Some("更正")),
                &leader,
                self.now,
            )
            .await
            .unwrap();
        let edit = Edit {
            revision: held.revision,
            body: json!({ "value": value }).as_object().unwrap().clone(),
            ..Edit::default()
        };
        let held = self
            .ledger
            .edit("plan_value", &id, &edit, &clerk, self.now)
            .await
            .unwrap();
        let held = self
            .ledger
            .step(
                "plan_value",
                &id,
                &step("submit", held.revision, None),
                &clerk,
                self.now,
            )
            .await
            .unwrap();
        // Whoever submitted does not confirm.
        let own = self
            .ledger
            .step(
                "plan_value",
                &id,
                &step("confirm", held.revision, None),
                &clerk,
                self.now,
            )
            .await;
        assert!(own.is_err());
        self.ledger
            .step(
                "plan_value",
                &id,
                &step("confirm", held.revision, None),
                &leader,
                self.now,
            )
            .await
            .unwrap();
    }

    /// Takes a measure that was done up again.
    pub(crate) async fn reopen_measure(&self, id: &str, revision: i64) {
        let again = step("reopen", revision, Some("复核"));
        self.ledger
            .step(
                "plan_measure",
                &RecordId::new(id),
                &again,
                &person(1, Role::Leader),
                self.now,
            )
            .await
            .unwrap();
    }
}

fn person(user: i64, role: Role) -> Person {
    Person {
        actor: Actor {
            user: UserId(user),
            role,
            unit: Some(model::ids::UnitCode::new("eeb")),
            firms: Vec::new(),
        },
        name: format!("person {user}"),
    }
}

fn step(transition: &str, revision: i64, reason: Option<&str>) -> Step {
    Step {
        transition: transition.to_owned(),
        revision,
        reason: reason.map(str::to_owned),
        body: serde_json::Map::new(),
    }
}
