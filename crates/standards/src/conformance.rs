//! Case files against the topics: one JSON object a line, `{id?, in, expect, tol?}` or the topic's own shape.
//!
//! Pure: the caller reads the files. A file whose topic is unknown is *unsupported*, which is a failure.

use serde::Serialize;
use serde_json::Value;

use crate::input::{Input, InputError};
use crate::topic::Topic;

/// How far a float may be from the expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// |got − want| ≤ a
    Absolute(f64),
    /// |got − want| ≤ r·|want|, and ≤ 1e-12 where want is 0
    Relative(f64),
}

/// One line of a case file, ready to run.
#[derive(Clone, Debug)]
pub struct Case {
    /// Input of the topic.
    pub input: Value,
    /// What must come out: keys that are absent are not checked; null means «no value».
    pub expect: Value,
    /// Applies to numbers, recursively.
    pub tolerance: Option<Tolerance>,
    /// The input must be refused (an input error), rather than judged.
    pub refused: bool,
}

/// The uniform shape `{in, expect, tol?: {rel}|{abs}|number, tol_rel?}`. `expect: {"error": code}` asks for an
/// input error with that code.
pub fn plain(line: &Value) -> Result<Case, InputError> {
    let root = Input::root(line);
    Ok(Case {
        input: root.field("in")?.json().clone(),
        expect: root.field("expect")?.json().clone(),
        tolerance: tolerance(line),
        refused: false,
    })
}

/// The tolerance a line states.
pub fn tolerance(line: &Value) -> Option<Tolerance> {
    let number = |v: Option<&Value>| v.and_then(Value::as_f64);
    if let Some(relative) = number(line.get("tol_rel")) {
        return Some(Tolerance::Relative(relative));
    }
    let tol = line.get("tol")?;
    if let Some(absolute) = tol.as_f64() {
        return Some(Tolerance::Absolute(absolute));
    }
    number(tol.get("rel"))
        .map(Tolerance::Relative)
        .or_else(|| number(tol.get("abs")).map(Tolerance::Absolute))
}

/// The fields of the line itself are the input (all but `expect*`, `id`, `tol*`, and `why`), `expect` the outcome.
pub fn inline(line: &Value) -> Result<Case, InputError> {
    let mut input = line.clone();
    if let Some(map) = input.as_object_mut() {
        map.retain(|key, _| {
            !(key.starts_with("expect") || key.starts_with("tol") || key == "id" || key == "why")
        });
    }
    Ok(Case {
        input,
        expect: Input::root(line).field("expect")?.json().clone(),
        tolerance: tolerance(line),
        refused: false,
    })
}

/// Data that a case names but does not carry (a station's hours), put into the line before it is run.
///
/// Lines the fixture does not know stay as they are; a line that brings the data itself keeps them.
pub trait Fixture {
    /// Completes a line of a topic.
    fn complete(&self, topic: &str, line: &mut Value);
}

/// The fixtures at hand.
#[derive(Default)]
pub struct Fixtures(Vec<Box<dyn Fixture>>);

impl Fixtures {
    /// Builds every fixture whose file is there. `read` gives the text (decompressed, where the name ends in `.gz`)
    /// of a file by its path relative to the data folder, which lies beside the folder of case files.
    pub fn load(mut read: impl FnMut(&str) -> Option<String>) -> Self {
        let mut fixtures: Vec<Box<dyn Fixture>> = Vec::new();
        if let Some(text) = read(crate::air::hourly::ARCHIVE) {
            fixtures.push(Box::new(crate::air::hourly::HourlyArchive::parse(&text)));
        }
        if let Some(text) = read(crate::water::station_bodies::ARCHIVE) {
            fixtures.push(Box::new(crate::water::station_bodies::StationBodies::parse(
                &text,
            )));
        }
        Self(fixtures)
    }
}

impl Fixture for Fixtures {
    fn complete(&self, topic: &str, line: &mut Value) {
        for fixture in &self.0 {
            fixture.complete(topic, line);
        }
    }
}

/// Result of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FileReport {
    /// File as given by the caller.
    pub file: String,
    /// Topic id, or `None` where no topic has this name.
    pub topic: Option<String>,
    /// Lines run.
    pub cases: usize,
    /// Lines that came out as expected.
    pub passed: usize,
    /// Lines that did not.
    pub failed: usize,
    /// Lines nothing here can run.
    pub unsupported: usize,
    /// The first differences, at most [`MAX_DIFFERENCES`].
    pub differences: Vec<String>,
}

/// How many differences a report shows.
pub const MAX_DIFFERENCES: usize = 10;

/// Runs one line; the differences, empty when it passes.
pub fn run_case(topic: &Topic, line: &Value) -> Vec<String> {
    let case = match (topic.case)(line) {
        Ok(case) => case,
        Err(error) => return vec![format!("case: {error}")],
    };
    let mut differences = Vec::new();
    match (topic.evaluate)(&Input::root(&case.input)) {
        Ok(_) if case.refused => differences.push("an input error was expected, a judgement came".to_owned()),
        Ok(judgement) => {
            compare(
                &case.expect,
                &Value::Object(judgement.result),
                case.tolerance,
                "",
                &mut differences,
            );
        }
        Err(error) if case.refused || case.expect.get("error").is_some() => {
            if let Some(code) = case.expect.get("error").and_then(Value::as_str)
                && code != error.code
            {
                differences.push(format!("error code {code} expected, got {}", error.code));
            }
        }
        Err(error) => differences.push(format!("input refused: {error}")),
    }
    differences
}

/// Runs the lines of a file that carry all their data.
pub fn run_file(file: &str, topic: Option<&Topic>, text: &str) -> FileReport {
    run_file_with(file, topic, text, &Fixtures::default())
}

/// Runs the lines of a file, completed by fixtures.
pub fn run_file_with(file: &str, topic: Option<&Topic>, text: &str, fixtures: &dyn Fixture) -> FileReport {
    let mut report = FileReport {
        file: file.to_owned(),
        topic: topic.map(|t| t.id.to_owned()),
        ..FileReport::default()
    };
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        report.cases += 1;
        let Some(topic) = topic else {
            report.unsupported += 1;
            continue;
        };
        let differences = match serde_json::from_str::<Value>(line) {
            Ok(mut value) => {
                fixtures.complete(topic.id, &mut value);
                run_case(topic, &value)
            }
            Err(error) => vec![format!("not JSON: {error}")],
        };
        if differences.is_empty() {
            report.passed += 1;
        } else {
            report.failed += 1;
            for difference in differences {
                if report.differences.len() < MAX_DIFFERENCES {
                    report
                        .differences
                        .push(format!("line {}: {difference}", number + 1));
                }
            }
        }
    }
    report
}

/// Compares an expectation with a result. Objects: expected keys only; `null` means null or absent; numbers by
/// tolerance, exact decimal equality without one (`54` equals `54.0`); everything else exactly.
pub fn compare(want: &Value, got: &Value, tolerance: Option<Tolerance>, path: &str, out: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            for (key, value) in want {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                compare(value, got.get(key).unwrap_or(&Value::Null), tolerance, &path, out);
            }
        }
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => {
            for (i, (want, got)) in want.iter().zip(got).enumerate() {
                compare(want, got, tolerance, &format!("{path}[{i}]"), out);
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            #[expect(clippy::float_cmp, reason = "without a tolerance equality is what is asked")]
            let close = match tolerance {
                None => a == b,
                Some(Tolerance::Absolute(t)) => (a - b).abs() <= t,
                Some(Tolerance::Relative(r)) => (a - b).abs() <= if a == 0.0 { 1e-12 } else { r * a.abs() },
            };
            if !close {
                out.push(format!("{path}: expected {want}, got {got}"));
            }
        }
        _ if want == got => {}
        _ => out.push(format!("{path}: expected {want}, got {got}")),
    }
}
