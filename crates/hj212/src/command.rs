//! Names of codes: commands CN, systems ST, data flags, QnRtn and ExeRtn, each as its edition has it.
//!
//! The tables are data (`data/*.tsv`). A code they do not hold is not an error: look-ups give `None` and the
//! frame keeps the text.

use std::sync::LazyLock;

use crate::edition::Edition;
use crate::table::rows;

/// Names of one code in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The code on the wire.
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    editions: [Has; 3],
}

/// Whether an edition has a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Has {
    Yes,
    Uncertain,
    No,
}

impl Has {
    fn read(mark: &str) -> Self {
        match mark {
            "x" => Self::Yes,
            "?" => Self::Uncertain,
            _ => Self::No,
        }
    }
}

/// Who sends a command first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Sender {
    /// 上位机.
    Host,
    /// 现场机.
    Field,
    /// Both: the host asks under the same number under which the field unit uploads.
    Either,
}

/// What kind of exchange a command opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Exchange {
    /// Request with data under the same CN: 9011, data, 9012.
    Get,
    /// Request that sets or starts something: 9011, 9012.
    Set,
    /// Upload answered by 9014, or the host's request for it (9011, data, 9012).
    Data,
    /// Upload only: 9014.
    Upload,
    /// Notify: 9013.
    Notify,
    /// 1014: notify from the field unit, set from the host.
    NotifyOrSet,
    /// 9011 to 9014.
    Reply,
    /// 9015.
    Heartbeat,
}

/// A command of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Number and names.
    pub name: Named,
    /// Who sends it first.
    pub sender: Sender,
    /// What it opens.
    pub exchange: Exchange,
}

fn named(code: &'static str, marks: [&'static str; 3], zh: &'static str, en: &'static str) -> Named {
    Named {
        code,
        zh,
        en,
        editions: marks.map(Has::read),
    }
}

static COMMANDS: LazyLock<Vec<Command>> = LazyLock::new(|| {
    let rows = rows::<8>(include_str!("../data/commands.tsv"));
    rows.map(|[cn, v05, v17, v25, sender, exchange, zh, en]| Command {
        name: named(cn, [v05, v17, v25], zh, en),
        sender: match sender {
            "host" => Sender::Host,
            "field" => Sender::Field,
            _ => Sender::Either,
        },
        exchange: match exchange {
            "get" => Exchange::Get,
            "set" => Exchange::Set,
            "upload" => Exchange::Upload,
            "notify" => Exchange::Notify,
            "notify_or_set" => Exchange::NotifyOrSet,
            "reply" => Exchange::Reply,
            "heartbeat" => Exchange::Heartbeat,
            _ => Exchange::Data,
        },
    })
    .collect()
});

fn names(text: &'static str) -> Vec<Named> {
    rows::<6>(text)
        .map(|[code, v05, v17, v25, zh, en]| named(code, [v05, v17, v25], zh, en))
        .collect()
}

static SYSTEMS: LazyLock<Vec<Named>> = LazyLock::new(|| names(include_str!("../data/systems.tsv")));
static FLAGS: LazyLock<Vec<Named>> = LazyLock::new(|| names(include_str!("../data/data_flags.tsv")));
static RETURNS: LazyLock<Vec<(&'static str, Named)>> = LazyLock::new(|| {
    let rows = rows::<7>(include_str!("../data/return_codes.tsv"));
    rows.map(|[key, code, v05, v17, v25, zh, en]| (key, named(code, [v05, v17, v25], zh, en)))
        .collect()
});

/// The row for `code` that `edition` has; failing that one it may have; failing that any edition's,
/// newest first: a 2005 logger that sends 2081 means 2081.
fn pick<'a, T>(
    rows: impl Iterator<Item = &'a T>,
    name: impl Fn(&T) -> &Named,
    code: &str,
    edition: Edition,
) -> Option<&'a T> {
    let column = match edition.tables() {
        Edition::V2017 => 1,
        Edition::V2025 => 2,
        _ => 0,
    };
    let rank = |row: &T| match name(row).editions.get(column) {
        Some(Has::Yes) => 2,
        Some(Has::Uncertain) => 1,
        _ => 0,
    };
    rows.filter(|row| name(row).code == code)
        .max_by_key(|row| rank(row))
}

impl Named {
    /// True when the edition's own table holds the code for certain.
    pub fn is_in(&self, edition: Edition) -> bool {
        let [v05, v17, v25] = self.editions;
        let mark = match edition.tables() {
            Edition::V2017 => v17,
            Edition::V2025 => v25,
            _ => v05,
        };
        mark == Has::Yes
    }
}

/// The command `cn` as `edition` means it. 1001, 3013 and 3014 differ between editions.
///
/// ```
/// use hj212::{Edition, command::command};
/// assert_eq!(command("3014", Edition::V2005).unwrap().name.zh, "设置采样时间周期");
/// assert_eq!(command("3014", Edition::V2017).unwrap().name.zh, "比对采样");
/// assert!(command("9021", Edition::V2017).is_none());
/// ```
pub fn command(cn: &str, edition: Edition) -> Option<&'static Command> {
    pick(COMMANDS.iter(), |row| &row.name, cn, edition)
}

/// All commands of all editions.
pub fn commands() -> &'static [Command] {
    &COMMANDS
}

/// The system `st`.
pub fn system(st: &str, edition: Edition) -> Option<&'static Named> {
    pick(SYSTEMS.iter(), |row| row, st, edition)
}

/// All systems of all editions.
pub fn systems() -> &'static [Named] {
    &SYSTEMS
}

/// The data flag (数据标记). F and C differ between editions; unknown letters give `None`.
pub fn data_flag(flag: &str, edition: Edition) -> Option<&'static Named> {
    pick(FLAGS.iter(), |row| row, flag, edition)
}

/// All data flags of all editions.
pub fn data_flags() -> &'static [Named] {
    &FLAGS
}

/// 请求命令返回.
pub fn qn_rtn(code: &str, edition: Edition) -> Option<&'static Named> {
    returned("QnRtn", code, edition)
}

/// 执行结果.
pub fn exe_rtn(code: &str, edition: Edition) -> Option<&'static Named> {
    returned("ExeRtn", code, edition)
}

fn returned(key: &str, code: &str, edition: Edition) -> Option<&'static Named> {
    let rows = RETURNS.iter().filter(|(row, _)| *row == key);
    pick(rows, |(_, name)| name, code, edition).map(|(_, name)| name)
}
