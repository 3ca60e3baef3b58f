//! Road length, and the vehicle's limit on it.

use crate::constraint::{Hop, Reading, Resource, Rule, Span, Terms, Violation};
use crate::problem::{Problem, VehicleId};
use crate::schedule::Timetable;

/// Adds up metres.
#[derive(Clone, Copy, Debug, Default)]
pub struct Distance;

impl Resource for Distance {
    type Segment = i64;

    fn restrict(&self, _visits: &[u32], _vehicles: &[u32]) -> Self {
        Self
    }

    #[inline]
    fn reading(&self, trip: &i64) -> Reading {
        Reading { duration: 0, length: *trip }
    }

    fn start(&self, _terms: &Terms) -> i64 {
        0
    }

    fn end(&self, _terms: &Terms) -> i64 {
        0
    }

    #[inline]
    fn leaf(&self, _visit: usize, _window: Span, _vehicle: VehicleId) -> i64 {
        0
    }

    #[inline]
    fn join(&self, a: &i64, hop: Hop, b: &i64) -> i64 {
        a + hop.metres + b
    }

    fn release(&self, _trip: &i64) -> i64 {
        i64::MIN
    }

    fn is_order_free(&self) -> bool {
        true
    }

    #[inline]
    fn excess(&self, trip: &i64, terms: &Terms) -> i64 {
        (trip - terms.length_room).max(0)
    }
}

/// The plain reading of roads.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    for stop in walk.stops.iter().filter(|stop| stop.no_road.is_some()) {
        let missing = Violation::of(Rule::Road, 1).on(walk.vehicle);
        found.push(stop.visit.map_or(missing, |visit| missing.at(problem, visit)));
    }
    let excess = walk.length() - problem.vehicle(walk.vehicle).length_limit();
    if excess.0 > 0 {
        found.push(Violation::of(Rule::Length, excess.0).on(walk.vehicle));
    }
}
