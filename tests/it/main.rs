//! The integration tests: one binary.

mod cli;
mod days;
mod search;
