//! What is offered instead of a promise that cannot be kept: each way of serving an urgent order
//! without its clock, and when the goods would be in hand.

use std::fmt;

use super::attempt::Places;
use super::depth::Depth;
use crate::problem::{HandOver, OrderId, Problem, RealisationId, VehicleId};
use crate::units::Time;

/// A way to get an urgent order all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Which of the order's options.
    pub choice: usize,
    /// Where the goods change hands.
    pub hand_over: HandOver,
    /// The vehicle that would bring it.
    pub vehicle: VehicleId,
    /// Its id.
    pub name: String,
    /// When the goods would be in hand at the earliest.
    pub in_hand_at: Time,
}

/// `at the pharmacy by 09:40 on van 1`.
impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.hand_over {
            HandOver::Home => "at home",
            HandOver::PickupPoint => "at the pick-up point",
            HandOver::Pharmacy => "at the pharmacy",
        };
        write!(f, "{place} by {} on {}", self.in_hand_at, self.name)
    }
}

/// The earliest hand-over of each of the order's options, beside the routes as they are, by time; on
/// the same vehicles as the reason looks at. None for an order without a promise.
pub(super) fn alternatives(
    problem: &Problem,
    order: OrderId,
    depth: &Depth,
    near: &[bool],
) -> Vec<Alternative> {
    if problem.order(order).promise().is_none() {
        return Vec::new();
    }
    let relaxed = problem.without_promise(order);
    let mut best: Vec<(RealisationId, Alternative)> = Vec::new();
    for vehicle in problem.vehicle_ids().filter(|vehicle| near[vehicle.index()]) {
        let places = Places::of(&relaxed, vehicle, &depth.trips[vehicle.index()], order);
        for attempt in places.good() {
            let way = relaxed.realisation(attempt.realisation);
            let last = way.second.unwrap_or(way.first);
            let stop = attempt.walk.stops.iter().find(|stop| stop.visit == Some(last));
            let Some(in_hand_at) = stop.map(|stop| stop.leave) else { continue };
            let one = Alternative {
                choice: way.choice,
                hand_over: problem.order(order).choices()[way.choice].hand_over(),
                vehicle,
                name: problem.vehicle(vehicle).id().to_owned(),
                in_hand_at,
            };
            match best.iter_mut().find(|(id, _)| *id == attempt.realisation) {
                Some((_, kept)) if in_hand_at < kept.in_hand_at => *kept = one,
                Some(_) => {}
                None => best.push((attempt.realisation, one)),
            }
        }
    }
    let mut found: Vec<Alternative> = best.into_iter().map(|(_, one)| one).collect();
    found.sort_by_key(|one| (one.in_hand_at, one.choice));
    found
}
