//! The integration tests: one binary.

mod days;
mod oracle;
mod search;
mod sums;
