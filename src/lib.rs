//! Plans the day of a rural delivery station.

pub mod cold;
pub mod constraint;
pub mod error;
pub mod place;
pub mod plan;
pub mod problem;
pub mod report;
pub mod rng;
pub mod road;
#[cfg(test)]
pub(crate) mod sample;
pub mod schedule;
pub mod units;

pub use error::{Error, Result};
