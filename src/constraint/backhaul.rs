//! Backhauls: on a trip of a vehicle that delivers first, deliveries come before collections, and a
//! collection rides home on a trip that delivers (the problem of Toth and Vigo 1997, doi
//! 10.1287/trsc.31.4.372; as a resource after Irnich 2008). The segment is our own.

use crate::constraint::{Hop, Reading, Resource, Rule, Span, Terms, Violation, pick};
use crate::problem::{Problem, Role, Vehicle, VehicleId, VisitId};
use crate::schedule::Timetable;

/// Which visits deliver and which collect, and the vehicles that deliver first.
#[derive(Clone, Debug)]
pub struct Backhaul {
    leaves: Vec<BackhaulSegment>,
    delivers_first: Vec<bool>,
}

/// What a piece of a trip delivers and collects. Shipments are neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackhaulSegment {
    /// How many of its visits bring goods or service from the station.
    pub deliveries: u32,
    /// How many of these have a collection before them.
    pub behind: u32,
    /// True when it collects.
    pub collects: bool,
}

impl Backhaul {
    /// The visits and vehicles of a day.
    pub fn new(problem: &Problem) -> Self {
        let leaf = |role: Role| BackhaulSegment {
            deliveries: role.is_from_station().into(),
            behind: 0,
            collects: role == Role::Collect,
        };
        Self {
            leaves: problem.visits().iter().map(|visit| leaf(visit.role)).collect(),
            delivers_first: problem.vehicles().iter().map(Vehicle::delivers_first).collect(),
        }
    }

    /// True when the day has such a vehicle and something to collect.
    pub(crate) fn is_used(problem: &Problem) -> bool {
        problem.vehicles().iter().any(Vehicle::delivers_first)
            && problem.visits().iter().any(|visit| visit.role == Role::Collect)
    }
}

impl Resource for Backhaul {
    type Segment = BackhaulSegment;

    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        Self {
            leaves: pick(&self.leaves, visits),
            delivers_first: pick(&self.delivers_first, vehicles),
        }
    }

    #[inline]
    fn reading(&self, _trip: &BackhaulSegment) -> Reading {
        Reading::default()
    }

    fn start(&self, _terms: &Terms) -> BackhaulSegment {
        BackhaulSegment::default()
    }

    fn end(&self, _terms: &Terms) -> BackhaulSegment {
        BackhaulSegment::default()
    }

    #[inline]
    fn leaf(&self, visit: usize, _window: Span, _vehicle: VehicleId) -> BackhaulSegment {
        self.leaves[visit]
    }

    #[inline]
    fn join(&self, a: &BackhaulSegment, _hop: Hop, b: &BackhaulSegment) -> BackhaulSegment {
        BackhaulSegment {
            deliveries: a.deliveries + b.deliveries,
            behind: a.behind + if a.collects { b.deliveries } else { b.behind },
            collects: a.collects || b.collects,
        }
    }

    fn release(&self, _trip: &BackhaulSegment) -> i64 {
        i64::MIN
    }

    #[inline]
    fn excess(&self, trip: &BackhaulSegment, terms: &Terms) -> i64 {
        if !self.delivers_first[terms.vehicle.index()] {
            return 0;
        }
        i64::from(trip.behind) + i64::from(trip.collects && trip.deliveries == 0)
    }
}

/// The plain reading: each delivery that has a collection before it, and the first collection of a
/// trip that delivers nothing.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let trips = walk.stops.iter().map(|stop| stop.trip + 1).max().unwrap_or(0);
    for trip in 0..trips {
        let stops = walk.stops.iter().filter(|stop| stop.trip == trip);
        let visits: Vec<VisitId> = stops.filter_map(|stop| stop.visit).collect();
        for visit in misplaced(problem, walk.vehicle, &visits) {
            let wrong = Violation::of(Rule::DeliverFirst, 1).on(walk.vehicle);
            found.push(wrong.at(problem, visit));
        }
    }
}

/// The visits of one trip that stand where a vehicle that delivers first may not have them.
pub(crate) fn misplaced(problem: &Problem, vehicle: VehicleId, trip: &[VisitId]) -> Vec<VisitId> {
    if !problem.vehicle(vehicle).delivers_first() {
        return Vec::new();
    }
    let is_collection = |visit: &VisitId| problem.visit(*visit).role == Role::Collect;
    let is_delivery = |visit: &&VisitId| problem.visit(**visit).role.is_from_station();
    let Some(first) = trip.iter().position(is_collection) else { return Vec::new() };
    if !trip.iter().any(|visit| is_delivery(&visit)) {
        return vec![trip[first]];
    }
    trip[first..].iter().filter(is_delivery).copied().collect()
}
