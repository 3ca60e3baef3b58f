//! Ways, vehicles on them, matrices.

mod matrix;

pub use matrix::{LONGEST, NoRoad, TravelMatrix};
