//! The published plan (生态环境保护规划): what a scanned document says becomes chapters, tasks with their units,
//! targets and indicators, with every repair and every doubt named. [`facts`] reads the same things kept as data.
//!
//! The follow-up: [`indicators`] and [`tasks`] say where things stand, [`evaluation`] judges a frozen snapshot,
//! [`assessment`] scores units, [`correct`] carries corrections to a newer edition, [`report`] writes it all down.
//!
//! Pure: values in, values out; the day is an argument. Nothing here knows which district the plan is of.

pub mod aims;
pub mod assessment;
pub mod baseline;
pub mod canonical;
pub mod consistency;
pub mod correct;
pub mod document;
pub mod docx;
pub mod evaluation;
pub mod facts;
pub mod files;
pub mod goals;
pub mod import;
pub mod indicators;
pub mod limits;
pub mod number;
mod pattern;
pub mod report;
pub mod systems;
pub mod tasks;
mod text;
pub mod words;

pub use document::PlanDocument;
