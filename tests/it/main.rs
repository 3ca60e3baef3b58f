//! The integration tests: one binary.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "helpers of tests draw small numbers and may fail loudly"
)]

mod battery;
mod cli;
mod cold_day;
mod cold_log;
mod days;
mod metamorphic;
mod oracle;
mod search;
mod subsets;
mod sums;
mod tidy;
