//! Ways, vehicles on them, matrices.
//!
//! [`RoadGraph`] is read once from a map. [`RoadNetwork`] is the graph as one [`Profile`] sees it
//! on a day with [`Closure`]s. Stops are [snapped](RoadNetwork::snap) to its roads, a
//! [matrix](RoadNetwork::matrix) holds the legs between them, a [path](RoadNetwork::path) draws
//! one of them.

mod access;
mod approach;
mod arcs;
mod attributes;
mod build;
mod closure;
mod condition;
mod cost;
mod dijkstra;
mod drain;
mod drives;
mod elevation;
mod energy;
mod geometry;
mod graph;
mod hierarchy;
mod hindrance;
mod kept;
mod labelled;
mod many_to_many;
mod matrix;
mod network;
mod observed;
pub mod osm;
mod path;
mod plane;
mod portals;
mod profile;
mod relief;
mod report;
mod snap;
mod speeds;
mod swept;
mod turns;
mod values;
mod yards;

#[cfg(test)]
mod extracts;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod turn_laws;

pub use arcs::RoadArc;
pub use closure::Closure;
pub use drain::Drain;
pub use elevation::Elevation;
pub use energy::Joules;
pub use graph::{NamedPlace, RoadGraph};
pub use matrix::{Fan, LONGEST, NoRoad, TravelMatrix};
pub use network::{NetworkReport, RoadNetwork};
pub use observed::{Observed, ObservedRoad};
pub use path::{PathRoad, RoadPath};
pub use plane::{PlaneScale, Round, straight};
pub use profile::{Profile, Season};
pub use report::{Dropped, RoadReport};
pub use snap::{DEFAULT_SNAP_LIMIT, OffRoad, Snap};
pub use speeds::SpeedTable;
