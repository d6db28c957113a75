//! The follow-up of the plan: indicators, tasks, evaluation, assessment, corrections, report.

mod assessment;
mod common;
mod correct;
mod district;
mod indicators;
mod report;
mod tasks;
mod vectors;
