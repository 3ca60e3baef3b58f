//! The Huatugou day, compiled in: map, station, fleet, boxes, weather, orders.

use crate::error::Result;
use crate::format::{Day, day};
use crate::road::RoadGraph;

/// The map: our own approximation of Huatugou and the camps around it, gzipped OSM XML.
const ROADS: &[u8] = include_bytes!("../../fixtures/huatugou/roads.osm.gz");
/// The day file.
const DAY: &[u8] = include_bytes!("../../fixtures/huatugou/day.json");

/// The roads around Huatugou.
///
/// # Errors
/// None, as long as the fixture is whole; a test reads it.
pub fn roads() -> Result<RoadGraph> {
    RoadGraph::parse("huatugou/roads.osm.gz", ROADS)
}

/// The Huatugou day of 28 January 2026.
///
/// # Errors
/// None, as long as the fixture is whole; a test reads it.
pub fn huatugou() -> Result<Day> {
    day::parse("huatugou/day.json", DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_day_is_whole() {
        let (builder, notes) = huatugou().unwrap().into_builder();
        let problem = builder.build(&std::sync::Arc::new(roads().unwrap())).unwrap();
        assert!(notes.is_empty() && problem.orders().len() >= 20);
    }
}
