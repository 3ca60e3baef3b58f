//! The way of a trip as a line on the map, and the numbers of its stops.

use crate::place::Point;
use crate::plan::{Plan, Route};
use crate::problem::{PlaceId, VehicleId};
use crate::schedule::Timetable;

/// Gives the road a vehicle takes from one place to another, both ends included; nothing when the
/// geometry is unknown, and a straight line is drawn.
pub type Legs<'a> = &'a mut dyn FnMut(VehicleId, PlaceId, PlaceId) -> Option<Vec<Point>>;

/// The way of one trip from its station back to it; a single point for a trip that goes nowhere.
pub(super) fn trip(plan: &Plan, route: &Route, trip: usize, legs: Legs) -> Vec<Point> {
    let point = |place: PlaceId| plan.problem().places()[place.index()].point;
    let mut here = plan.problem().home(route.vehicle);
    let mut line = vec![point(here)];
    for stop in route.timetable.stops.iter().filter(|stop| stop.trip == trip) {
        if stop.place == here {
            continue;
        }
        let road = legs(route.vehicle, here, stop.place).filter(|road| road.len() > 1);
        for next in road.unwrap_or_else(|| vec![point(here), point(stop.place)]) {
            if next.is_on_globe() && line.last() != Some(&next) {
                line.push(next);
            }
        }
        here = stop.place;
    }
    line
}

/// The number painted on a stop: places are counted from 1 over the whole route, and orders handed
/// over one after the other at one place share its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Which place of the route it is, from 1.
    pub(super) place: usize,
    /// Which order at this place it is, from 1.
    pub(super) order: usize,
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.order {
            1 => write!(f, "{}", self.place),
            order => write!(f, "{}-{order}", self.place),
        }
    }
}

/// The number of each stop of a timetable; none for stations and rests.
pub(super) fn numbers(timetable: &Timetable) -> Vec<Option<Number>> {
    let mut last: Option<(PlaceId, usize)> = None;
    let mut number = Number { place: 0, order: 0 };
    let count = |stop: &crate::schedule::Stop| {
        stop.visit?;
        if last == Some((stop.place, stop.trip)) {
            number.order += 1;
        } else {
            number = Number { place: number.place + 1, order: 1 };
        }
        last = Some((stop.place, stop.trip));
        Some(number)
    };
    timetable.stops.iter().map(count).collect()
}
