//! Import of a published plan from its text, scanned and damaged as it may be: structure by the numbering, repairs where
//! they are certain, doubts where they are not, and nothing dropped. The same text wrapped otherwise gives the same plan.

mod assemble;
mod contents;
mod cover;
mod forms;
mod lines;
mod markers;
mod names;
mod notes;
mod outline;
mod past;
mod report;
mod table;
mod targets;
mod units;

use model::profile::Unit;

use crate::document::PlanDocument;

/// Reads a plan. `units` is the district's list of units; it may be empty, then units are those the notes name.
///
/// Never fails: what cannot be read stands in [`PlanDocument::doubts`].
pub fn read(text: &str, units: &[Unit]) -> PlanDocument {
    let mut report = report::Report::default();
    let mut lines = lines::read(text, &mut report);
    forms::numerals(&mut lines, &mut report);
    let outline = outline::read(lines, &mut report);
    assemble::document(outline, units, report)
}
