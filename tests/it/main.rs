//! The integration tests: one binary.

mod days;
mod search;
