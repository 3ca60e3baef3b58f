//! Ways, vehicles on them, matrices.

mod matrix;
pub mod osm;

pub use matrix::{LONGEST, NoRoad, TravelMatrix};
