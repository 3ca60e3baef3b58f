//! The roads of a day: one network for each profile in use, and where every place meets it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Code, Fault, Result};
use crate::place::Point;
use crate::problem::{PlaceId, Problem, Travel, VehicleId};
use crate::road::{
    Closure, Observed, OffRoad, Profile, RoadGraph, RoadNetwork, Snap, TravelMatrix,
};
use crate::units::Metres;

/// What the legs of a day are driven on; kept so that their geometry can be drawn.
#[derive(Debug, Default)]
pub(crate) struct Roads {
    /// By profile, in the order of [`Problem::profiles`].
    networks: Vec<Arc<RoadNetwork>>,
    /// Where each place meets the road, `[profile][place]`.
    snaps: Vec<Vec<Snapped>>,
    /// Bytes of the travel computed so far.
    bytes: usize,
}

/// What a day does to the roads.
#[derive(Debug)]
pub(super) struct RoadDay {
    pub(super) closures: Vec<Closure>,
    pub(super) observed: Vec<Observed>,
    /// Where the roads are, by the speed table.
    pub(super) region: Option<String>,
    pub(super) snap_limit: Metres,
    pub(super) date: String,
    /// The profiles that need to know what legs take out of a battery, and the coldest air they meet,
    /// degrees Celsius.
    pub(super) coldest: BTreeMap<String, f64>,
}

/// Where a place meets the road.
type Snapped = std::result::Result<Snap, OffRoad>;

/// The most bytes the travel of a day may take.
const TRAVEL_BYTES: usize = 4 << 30;
/// Up to this many places, every cell is kept: that is 100 MB and the fastest to read.
const SQUARE_PLACES: usize = 5_000;

/// Up to this many bytes a table between junctions is kept: its legs are read soonest.
const PORTAL_BYTES: usize = 512 << 20;

/// A form of travel without a square, with the bytes it keeps.
#[derive(Clone, Copy, Debug)]
enum Sparse {
    Portals(usize),
    Labelled(usize),
}

impl Sparse {
    /// By a table between junctions unless it is large and labels are smaller.
    fn of(network: &RoadNetwork, snaps: &[Snapped]) -> Self {
        let portals = network.sparse_bytes(snaps);
        if portals <= PORTAL_BYTES {
            return Self::Portals(portals);
        }
        let labels = network.labels_bytes(snaps);
        if labels < portals { Self::Labelled(labels) } else { Self::Portals(portals) }
    }

    /// The bytes it takes while it is made.
    fn need(self) -> usize {
        match self {
            Self::Portals(bytes) => bytes,
            Self::Labelled(bytes) => bytes.saturating_mul(2),
        }
    }
}

impl Roads {
    /// Travel between the points for a profile on a graph on such a day.
    pub(super) fn travel(
        &mut self,
        graph: &Arc<RoadGraph>,
        day: &RoadDay,
        profile: &str,
        points: &[Point],
    ) -> Result<Travel> {
        let known = Profile::by_name(profile).ok_or_else(|| {
            let expected = format!("one of the road profiles {}", Profile::NAMES.join(", "));
            Fault::new(Code::UnknownName, expected).field("profile").value(profile)
        })?;
        // The date is for show unless it is one: then access is that of the day.
        let known = known.clone().on(&day.date).unwrap_or(known);
        let known = match &day.region {
            Some(region) => known.in_region(region)?,
            None => known,
        };
        let network = Arc::new(graph.network_observed(&known, &day.closures, &day.observed));
        let snaps = network.snap_all(points, day.snap_limit);
        let coldest = day.coldest.get(profile).copied().filter(|_| known.is_electric());
        let matrix = self.matrix(&network, &snaps, coldest)?;
        let access = |snap: &Snapped| match snap {
            Ok(snap) => Ok(snap.access()),
            Err(off) => Err(off.nearest),
        };
        let access = snaps.iter().map(access).collect();
        self.networks.push(network);
        self.snaps.push(snaps);
        Ok(Travel { matrix, access })
    }

    /// The square of all legs, or for many places a form without one; refused before it is computed when it
    /// is too large. What legs take out of a battery, in air of so many
    /// degrees, is known of squares only.
    fn matrix(
        &mut self,
        network: &Arc<RoadNetwork>,
        snaps: &[Snapped],
        coldest: Option<f64>,
    ) -> Result<TravelMatrix> {
        let drains = if coldest.is_some() { TravelMatrix::drain_bytes(snaps.len()) } else { 0 };
        // While a square is computed its rows exist a second time, and wider; drains twice as wide.
        let square = TravelMatrix::bytes(snaps.len()).saturating_mul(4);
        let square = square.saturating_add(drains.saturating_mul(4));
        let is_large = snaps.len() > SQUARE_PLACES && coldest.is_none();
        let sparse = is_large.then(|| Sparse::of(network, snaps));
        let sparse = sparse.filter(|sparse| sparse.need() < square);
        let effort = network.effort(snaps.len());
        let order = if self.networks.is_empty() { effort.order } else { 0 };
        let kept = order.saturating_add(effort.weights);
        let passing = if coldest.is_some() { network.drains_effort() } else { 0 };
        let sparse_need = sparse.map(Sparse::need);
        let need = self.bytes.saturating_add(sparse_need.unwrap_or(square)).saturating_add(kept);
        let need = need.saturating_add(passing.max(effort.passing));
        if need > TRAVEL_BYTES {
            let expected = format!("a day whose travel takes at most {} MiB", TRAVEL_BYTES >> 20);
            let value = format!("{} MiB for {} places", need >> 20, snaps.len());
            return Err(Fault::new(Code::Memory, expected).value(value).into());
        }
        self.bytes += kept;
        self.bytes += match sparse {
            None => TravelMatrix::bytes(snaps.len()) + drains,
            Some(Sparse::Portals(bytes) | Sparse::Labelled(bytes)) => bytes,
        };
        let matrix = match sparse {
            None => network.matrix(snaps),
            Some(Sparse::Portals(_)) => network.matrix_sparse(snaps),
            Some(Sparse::Labelled(_)) => network.matrix_labelled(snaps),
        };
        let Some(celsius) = coldest else { return Ok(matrix) };
        let drains = network.drains(snaps, Some(celsius));
        Ok(matrix.with_drains(drains.into_iter().map(Option::unwrap_or_default)))
    }
}

impl Problem {
    /// The road a vehicle takes from one place to another, as points; nothing when there is no way
    /// or the day was not built on a road graph.
    pub fn way(&self, vehicle: VehicleId, from: PlaceId, to: PlaceId) -> Option<Vec<Point>> {
        let roads = self.roads.as_ref()?;
        let profile = self.profile_of(vehicle);
        let snap = |place: PlaceId| roads.snaps[profile][place.index()].as_ref().ok();
        let (network, from, to) = (&roads.networks[profile], snap(from)?, snap(to)?);
        let path = if network.graph().is_prepared() {
            network.path_swept(from, to)
        } else {
            network.path(from, to)
        };
        Some(path.ok()?.points)
    }
}
