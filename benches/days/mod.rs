//! The Huatugou day at the sizes of its own history, for the benches.

use std::sync::Arc;

use lastmile::format::generate::{GenerateOptions, orders};
use lastmile::format::{embedded, surroundings};
use lastmile::problem::{Problem, StartRoute};
use lastmile::road::RoadGraph;

/// The roads around Huatugou.
pub(crate) fn roads() -> Arc<RoadGraph> {
    Arc::new(embedded::roads().expect("the fixture is whole"))
}

/// The day with this many orders, its own first.
pub(crate) fn huatugou(count: usize, roads: &Arc<RoadGraph>) -> Arc<Problem> {
    huatugou_begun(count, roads, Vec::new())
}

/// The same with routes that are under way.
pub(crate) fn huatugou_begun(
    count: usize,
    roads: &Arc<RoadGraph>,
    start: Vec<StartRoute>,
) -> Arc<Problem> {
    let mut day = embedded::huatugou().expect("the fixture is whole");
    day.orders.truncate(count);
    let point = day.stations[0].point();
    let mut kinds = GenerateOptions::around(point);
    kinds.outbound_truck = Some("xining-out".into());
    kinds.inbound_trucks = vec!["xining-am".into(), "xining-pm".into()];
    kinds.serve_skill = "install_heater".into();
    day.orders.extend(orders(count - day.orders.len(), 1, &surroundings(roads, point, 1), &kinds));
    day.into_builder().0.start(start).build(roads).expect("the fixture is whole")
}
