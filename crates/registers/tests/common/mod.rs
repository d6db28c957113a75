//! The project's own definitions, read from `registers/`, and what the tests share.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod sample;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::ids::UserId;
use model::role::Role;
use model::time::UtcMs;
use registers::admit::References;
use registers::library::{File, Library};
use registers::life::Actor;

/// The folder of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// All files below a folder, with their paths relative to it.
pub(crate) fn files(folder: &Path) -> Vec<File> {
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    paths
        .into_iter()
        .map(|path| File {
            path: path
                .strip_prefix(folder)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/"),
            text: std::fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

/// The definitions, and the demonstration records of the first district's profile.
pub(crate) fn all_files() -> Vec<File> {
    let mut all = files(&root().join("registers"));
    all.extend(files(&root().join("profiles/chiping/registers")));
    all
}

/// The project's library; stops with every error named.
pub(crate) fn library() -> Library {
    Library::load(&all_files()).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

/// 2026-11-24 10:00, a working Tuesday.
pub(crate) fn now() -> UtcMs {
    UtcMs::parse("2026-11-24 10:00").unwrap()
}

/// The day of [`now`].
pub(crate) fn today() -> jiff::civil::Date {
    now().civil().unwrap().date()
}

/// References to demonstration records and to the subjects and units of the demonstration district.
pub(crate) struct Demo {
    records: BTreeSet<(String, String)>,
    codes: BTreeSet<String>,
}

impl Demo {
    pub(crate) fn new(library: &Library) -> Self {
        let demo = |r: &registers::register::Register| {
            let name = r.name().to_owned();
            library
                .demo(r.name())
                .iter()
                .map(move |d| (name.clone(), d.id.to_string()))
                .collect::<Vec<_>>()
        };
        let profile = root().join("profiles/chiping");
        let mut codes = BTreeSet::new();
        for file in ["subjects.toml", "units.toml"] {
            let text = std::fs::read_to_string(profile.join(file)).unwrap();
            let found = text
                .lines()
                .filter_map(|l| l.strip_prefix("code = \"")?.strip_suffix('"'));
            codes.extend(found.map(str::to_owned));
        }
        assert!(
            codes.len() > 50,
            "the demonstration district has subjects and units"
        );
        Self {
            records: library.iter().flat_map(demo).collect(),
            codes,
        }
    }
}

impl References for Demo {
    fn record(&self, register: &str, id: &str) -> bool {
        self.records.contains(&(register.to_owned(), id.to_owned()))
    }

    fn subject(&self, _: &str, code: &str) -> bool {
        self.codes.contains(code)
    }

    fn unit(&self, code: &str) -> bool {
        self.codes.contains(code)
    }
}

/// An actor in a role, of no unit or firm.
pub(crate) fn actor(role: Role, user: i64) -> Actor {
    Actor {
        user: UserId(user),
        role,
        unit: None,
        firms: Vec::new(),
    }
}
