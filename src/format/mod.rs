//! Readers and writers: our own day file, sheets of orders, generated orders, benchmark instances.
//! Foreign text ends here: what goes on is typed, in range and in WGS-84, and every fault names its
//! place.

#[cfg(test)]
mod bad_cold;
#[cfg(test)]
mod bad_inputs;
pub mod benchmark;
mod calendar;
pub mod day;
pub mod embedded;
pub mod export;
pub mod generate;
mod json;
pub mod logger;
mod names;
pub mod plan_file;
mod reader;
pub mod road_news;
mod roads;
pub mod sheet;
mod source;
mod surroundings;
pub mod weather;
mod write;

pub use calendar::Calendar;
pub use day::Day;
pub use logger::LoggerFile;
pub use roads::{IndexUse, open_roads};
pub use sheet::Orders;
pub use surroundings::surroundings;
pub use write::write_atomically;

/// What a reading gives, or the one fault that kept it from giving anything.
type Told<T> = Result<T, Box<crate::error::Fault>>;

/// What messages call a file: the last part of its path.
fn file_name(path: &std::path::Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
