//! Who may do what: one table, action × role × data scope (`actions.csv`), one line for each operation of the API
//! (`operations.csv`), and one pure function, [`decide`]. What does not stand in the table is denied.

pub mod sight;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::role::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Over which data an action is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// 全部
    All,
    /// 本单位: subjects of one's own unit.
    Unit,
    /// 本企业: one's own firm and its outlets.
    Firm,
}

/// What is decided. Denied is the default everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed over these data.
    Allowed(Scope),
    /// Not allowed.
    Denied,
}

/// What the audit chain keeps of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// Nothing: the operation changes nothing.
    Nothing,
    /// An entry before the operation, and a second one if it fails: no change is without a trace.
    Before,
    /// As before the operation, but the body is a file that is not read for it.
    Upload,
    /// The operation writes its own entry (a login knows only afterwards whose it is).
    Own,
}

/// An operation of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Action of `actions.csv`.
    pub action: String,
    /// What is kept of it.
    pub audit: Audit,
}

/// Both tables, read.
#[derive(Debug, Default)]
pub struct Table {
    actions: BTreeMap<String, BTreeMap<Role, Scope>>,
    operations: BTreeMap<(String, String), Operation>,
    /// Cells and lines that do not read. They count as denied; a test keeps this empty.
    pub faults: Vec<String>,
}

/// The project's table.
pub fn table() -> &'static Table {
    static TABLE: LazyLock<Table> =
        LazyLock::new(|| Table::read(include_str!("actions.csv"), include_str!("operations.csv")));
    &TABLE
}

/// Whether a role may do an action, and over which data.
pub fn decide(table: &Table, action: &str, role: Role) -> Decision {
    table
        .actions
        .get(action)
        .and_then(|roles| roles.get(&role))
        .map_or(Decision::Denied, |scope| Decision::Allowed(*scope))
}

impl Table {
    /// From the texts of both files.
    pub fn read(actions: &str, operations: &str) -> Self {
        let mut table = Self::default();
        table.read_actions(actions);
        table.read_operations(operations);
        table
    }

    /// The operation of a method and a path as in the OpenAPI document.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.get(&(method.to_owned(), path.to_owned()))
    }

    /// All operations: method, path, operation.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &str, &Operation)> {
        self.operations
            .iter()
            .map(|((method, path), operation)| (method.as_str(), path.as_str(), operation))
    }

    /// What a role may do, for pages that hide what is denied anyway.
    pub fn allowed(&self, role: Role) -> BTreeMap<String, Scope> {
        self.actions
            .iter()
            .filter_map(|(action, roles)| Some((action.clone(), *roles.get(&role)?)))
            .collect()
    }

    fn read_actions(&mut self, text: &str) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let roles: Vec<Option<Role>> = match reader.headers() {
            Ok(head) => head.iter().skip(1).map(Role::from_name).collect(),
            Err(e) => return self.faults.push(format!("actions.csv: {e}")),
        };
        if roles.iter().flatten().count() != Role::ALL.len() {
            self.faults
                .push("actions.csv: a column for each role is needed".to_owned());
        }
        for row in reader.records() {
            let Ok(row) = row else {
                self.faults.push("actions.csv: a line is broken".to_owned());
                continue;
            };
            let action = row.get(0).unwrap_or_default().to_owned();
            let mut cells = BTreeMap::new();
            for (role, cell) in roles.iter().zip(row.iter().skip(1)) {
                let scope = match cell {
                    "-" => continue,
                    "all" => Scope::All,
                    "unit" => Scope::Unit,
                    "firm" => Scope::Firm,
                    other => {
                        self.faults.push(format!("actions.csv: {action}: «{other}»"));
                        continue;
                    }
                };
                if let Some(role) = role {
                    cells.insert(*role, scope);
                }
            }
            if self.actions.insert(action.clone(), cells).is_some() {
                self.faults.push(format!("actions.csv: {action} stands twice"));
            }
        }
    }

    fn read_operations(&mut self, text: &str) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.deserialize::<(String, String, String, String)>() {
            let Ok((method, path, action, audit)) = row else {
                self.faults.push("operations.csv: a line is broken".to_owned());
                continue;
            };
            let audit = match audit.as_str() {
                "-" => Audit::Nothing,
                "before" => Audit::Before,
                "upload" => Audit::Upload,
                "own" => Audit::Own,
                other => {
                    self.faults.push(format!("operations.csv: {path}: «{other}»"));
                    continue;
                }
            };
            if !self.actions.contains_key(&action) {
                self.faults
                    .push(format!("operations.csv: {path}: no action «{action}»"));
            }
            self.operations
                .insert((method, path), Operation { action, audit });
        }
    }
}
