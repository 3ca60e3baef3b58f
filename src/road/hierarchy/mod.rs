//! A customizable contraction hierarchy (Dibbelt, Strasser and Wagner 2016, doi 10.1145/2886843):
//! junctions are ordered once per map, costs are put on top per vehicle and day, and a table between
//! many places is one climb and one sweep over the junctions above them for sixteen origins at a time.
//!
//! [`Index`] is the map's part, [`Weights`] that of a vehicle on a day, [`Sweep`] that of the places.
//! [`HubLabels`] are for places too many for a table.
//! Everything here equals [Dijkstra's search](super::dijkstra), to the millisecond and metre.

mod below;
mod carry;
mod flow;
mod hub_labels;
mod index;
mod order;
mod query;
mod sweep;
mod undercut;
mod weights;

#[cfg(test)]
mod tests;

pub(super) use carry::{Carried, Carrier};
pub(super) use hub_labels::{Doors, HubLabels};
pub(super) use index::Index;
pub(super) use query::way;
pub(super) use sweep::{LANES, Labels, Sweep};
pub(super) use weights::Weights;

/// Marks nothing where a number is kept.
const NONE: u32 = u32::MAX;
