//! Every limit, formula and judgement of Chinese environmental standards, as pure functions over plain inputs.
//!
//! Tables are data (`data/*.csv`, with edition, validity and a confidence mark); results are
//! [`judgement::Judgement`]s that name clause, edition, limit and why it was chosen, the inputs used and left
//! out, and each step unrounded. Numbers that are compared with a limit or rounded by a standard are
//! [`num::Exact`] rationals; only formulas with powers, logarithms or exponentials use `f64`.
//!
//! This crate must not know: the time of day, files, SQL, HTTP, or anything else of the platform.
//! The list of all topics is [`topic::all`]; [`conformance`] runs case files against them.

pub mod air;
pub mod catalog;
pub mod checks;
pub mod climate;
pub mod conformance;
pub mod ecology;
pub mod enforcement;
mod explain;
pub mod groundwater;
mod guard;
pub mod input;
pub mod judgement;
pub mod limits;
pub mod noise;
pub mod num;
pub mod permits;
pub mod progress;
pub mod radiation;
pub mod risk;
pub mod soil;
pub mod sources;
pub mod statistics;
mod table;
pub mod text;
pub mod topic;
pub mod waste;
pub mod water;
