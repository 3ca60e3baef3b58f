//! Plans the day of a rural delivery station.

pub mod cold;
pub mod error;
pub mod format;
pub mod place;
pub mod problem;
pub mod rng;
pub mod road;
pub mod units;

pub use error::{Error, Result};
