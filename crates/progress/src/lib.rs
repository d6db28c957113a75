//! Where the plan stands (规划实施进展): actual values of its indicators with their sources, rounds of dispatch, frozen
//! evaluations with their reports, assessment of units. The rules are in `plan` and `standards`; the lists are registers.
//!
//! This crate must not know: HTTP, any district. The clock is an argument.
