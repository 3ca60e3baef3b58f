//! Travel between very many places on roads of any shape, without a square and without a table between
//! junctions: each place keeps its [labels](super::hierarchy::HubLabels), and a leg is put together when it is
//! asked for. Legs, reasons and all, are those of [`RoadNetwork::matrix`]. Memory goes with the places times
//! how deep the roads' hierarchy is, some hundred.

use std::sync::Arc;

use super::cost::Cost;
use super::hierarchy::{Doors, HubLabels};
use super::matrix::{LONGEST, NoRoad};
use super::network::RoadNetwork;
use super::snap::{OffRoad, Snap};
use super::swept::Stops;
use crate::units::Leg;

/// Travel between places by their labels, as a vehicle finds it on one day.
#[derive(Clone, Debug)]
pub(super) struct Labelled {
    network: Arc<RoadNetwork>,
    stops: Vec<Result<Snap, OffRoad>>,
    /// Per place: the way between the place and the road.
    access: Vec<Cost>,
    today: HubLabels,
    /// Without the day's closures, to tell what is closed from what never was open.
    unclosed: Option<HubLabels>,
}

impl PartialEq for Labelled {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.network, &other.network) && self.stops == other.stops
    }
}

impl Labelled {
    /// The labels of stops. Takes two climbs of the hierarchy for each.
    pub(super) fn new(network: Arc<RoadNetwork>, stops: &[Result<Snap, OffRoad>]) -> Self {
        let labels = |today: bool| {
            let doors = doors(&network, today, stops);
            let index = network.graph().hierarchy();
            HubLabels::new(index, network.weights(today), (&doors.0, &doors.1))
        };
        let (today, unclosed) = (labels(true), network.has_closures().then(|| labels(false)));
        let access = Stops::access(&network, stops);
        Self { network, stops: stops.to_vec(), access, today, unclosed }
    }

    /// The leg from one place to another.
    pub(super) fn leg(&self, from: usize, to: usize) -> Result<Leg, NoRoad> {
        let leg = self.leg_by(&self.today, true, (from, to));
        match &self.unclosed {
            Some(unclosed) if leg.is_err() => {
                let is_closed = self.leg_by(unclosed, false, (from, to)).is_ok();
                if is_closed { Err(NoRoad::Closed) } else { leg }
            }
            _ => leg,
        }
    }

    fn leg_by(
        &self,
        labels: &HubLabels,
        today: bool,
        (from, to): (usize, usize),
    ) -> Result<Leg, NoRoad> {
        let stops =
            Stops { view: self.network.view(today), snaps: &self.stops, access: &self.access };
        let leg = stops.leg(labels.cost(from, to), from, to)?;
        if leg.seconds > LONGEST { Err(NoRoad::OutOfRange) } else { Ok(leg) }
    }

    /// For each place the `count` others that are reached soonest from its road, nearest first.
    pub(super) fn nearest(&self, count: usize) -> Vec<Vec<u32>> {
        self.today.nearest(count)
    }

    /// Bytes that takes at its peak.
    pub(super) fn nearest_bytes(&self, count: usize) -> usize {
        self.today.nearest_bytes(count)
    }
}

/// Over which junctions stops are left and reached.
fn doors(
    network: &RoadNetwork,
    today: bool,
    stops: &[Result<Snap, OffRoad>],
) -> (Vec<Doors>, Vec<Doors>) {
    let view = network.view(today);
    (Stops::starts(view, stops), Stops::ends(view, stops))
}

impl RoadNetwork {
    /// Bytes travel by labels takes; twice that while it is made.
    pub(super) fn labelled_bytes(&self, stops: &[Result<Snap, OffRoad>]) -> usize {
        let (starts, ends) = doors(self, true, stops);
        let labels = HubLabels::bytes(self.graph().hierarchy(), (&starts, &ends));
        let views = 1 + usize::from(self.has_closures());
        let stops = stops.len().saturating_mul(size_of::<Snap>() + size_of::<Cost>());
        labels.saturating_mul(views).saturating_add(stops)
    }
}
