//! The roads of a day: one network for each profile in use, and where every place meets it.

use std::sync::Arc;

use crate::error::{Code, Fault, Result};
use crate::place::Point;
use crate::problem::{PlaceId, Problem, Travel, VehicleId};
use crate::road::{Closure, OffRoad, Profile, RoadGraph, RoadNetwork, Snap};
use crate::units::Metres;

/// What the legs of a day are driven on; kept so that their geometry can be drawn.
#[derive(Debug, Default)]
pub(crate) struct Roads {
    /// By profile, in the order of [`Problem::profiles`].
    networks: Vec<RoadNetwork>,
    /// Where each place meets the road, `[profile][place]`.
    snaps: Vec<Vec<std::result::Result<Snap, OffRoad>>>,
}

impl Roads {
    /// Travel between the points for a profile on a graph with these closures.
    pub(super) fn travel(
        &mut self,
        graph: &Arc<RoadGraph>,
        closures: &[Closure],
        snap_limit: Metres,
        profile: &str,
        points: &[Point],
    ) -> Result<Travel> {
        let known = Profile::by_name(profile).ok_or_else(|| {
            let expected = format!("one of the road profiles {}", Profile::NAMES.join(", "));
            Fault::new(Code::UnknownName, expected).field("profile").value(profile)
        })?;
        let network = graph.network(&known, closures);
        let snaps = network.snap_all(points, snap_limit);
        let matrix = network.matrix(&snaps);
        let access = |snap: &std::result::Result<Snap, OffRoad>| match snap {
            Ok(snap) => Ok(snap.access()),
            Err(off) => Err(off.nearest),
        };
        let access = snaps.iter().map(access).collect();
        self.networks.push(network);
        self.snaps.push(snaps);
        Ok(Travel { matrix, access })
    }
}

impl Problem {
    /// The road a vehicle takes from one place to another, as points; nothing when there is no way
    /// or the day was not built on a road graph.
    pub fn way(&self, vehicle: VehicleId, from: PlaceId, to: PlaceId) -> Option<Vec<Point>> {
        let roads = self.roads.as_ref()?;
        let profile = self.profile_of(vehicle);
        let snap = |place: PlaceId| roads.snaps[profile][place.index()].as_ref().ok();
        let path = roads.networks[profile].path(snap(from)?, snap(to)?).ok()?;
        Some(path.points)
    }
}
