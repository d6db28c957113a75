//! The published plan (生态环境保护规划): what a scanned document says becomes chapters, tasks with their units,
//! targets and indicators, with every repair and every doubt named. [`facts`] reads the same things kept as data.
//!
//! Pure: text in, values out. Nothing here knows which district the plan is of.

pub mod document;
pub mod docx;
pub mod facts;
pub mod import;
pub mod limits;
mod pattern;
pub mod systems;
mod text;

pub use document::PlanDocument;
