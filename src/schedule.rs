//! The plain reading of a route: walks it stop by stop and says when everything happens. The search
//! never uses it; the audit and every report do.

mod battery;
mod box_day;
mod cold_clock;
mod depart;
mod packing;
mod robust;
mod walk;

pub use battery::{BatteryDay, battery_day};
pub(crate) use box_day::pack;
pub use box_day::{
    Activity, Assignment, BoxDay, BoxGoods, BoxLoad, BoxStep, Spread, Stress, assign, box_days,
    payload_at,
};
pub(crate) use cold_clock::NEVER;
pub(crate) use depart::COLD_ROUNDS;
pub use depart::timetable;
pub use packing::SetsTaken;
pub(crate) use packing::{Parcel, lay, ways};
pub use robust::{Excursion, Scenario, Verdict, robustness};
pub use walk::walk;

use crate::problem::{Load, PlaceId, Problem, RealisationId, VehicleId, VisitId};
use crate::road::NoRoad;
use crate::units::{Leg, Metres, Money, Seconds, Time};

/// What happens at a stop of a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopKind {
    /// The vehicle leaves its station on its first trip.
    Start,
    /// Goods from the station are handed over.
    Deliver,
    /// Goods for the station are taken.
    Collect,
    /// Goods of a shipment are taken.
    ShipPickup,
    /// Goods of a shipment are handed over.
    ShipDelivery,
    /// Work is done.
    Serve,
    /// The vehicle is back at a station between two trips.
    Reload,
    /// The driver rests on the way.
    Rest,
    /// The vehicle charges at a station.
    Charge,
    /// The vehicle is back for the day.
    End,
}

/// One stop of a timetable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What happens.
    pub kind: StopKind,
    /// The visit, unless it is a station's stop or a rest.
    pub visit: Option<VisitId>,
    /// Where it is; a rest on the way carries the place ahead.
    pub place: PlaceId,
    /// Which trip it belongs to, from 0; a reload ends its trip.
    pub trip: usize,
    /// Driving since the stop before (a part of the leg when a rest divides it).
    pub leg: Leg,
    /// Why there is no way here, if there is none; the leg is then zero.
    pub no_road: Option<NoRoad>,
    /// Parking after the drive, before it counts as arrived.
    pub parking: Seconds,
    /// When the vehicle is there.
    pub arrive: Time,
    /// When service, rest or reloading begins; waiting ends.
    pub begin: Time,
    /// When the vehicle leaves, or the day ends.
    pub leave: Time,
    /// By how much `begin` is after the last window's close; zero when in time.
    pub late: Seconds,
    /// Load on leaving.
    pub load: Load,
}

/// A route, stop by stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timetable {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// From the first departure to the last return; empty for an unused vehicle.
    pub stops: Vec<Stop>,
}

impl Timetable {
    /// From first departure to last return.
    pub fn duration(&self) -> Seconds {
        match (self.stops.first(), self.stops.last()) {
            (Some(first), Some(last)) => last.leave - first.leave,
            _ => Seconds::ZERO,
        }
    }

    /// Road length in all.
    pub fn length(&self) -> Metres {
        self.stops.iter().map(|stop| stop.leg.metres).sum()
    }

    /// Driving time in all.
    pub fn driving(&self) -> Seconds {
        self.stops.iter().map(|stop| stop.leg.seconds).sum()
    }

    /// Waiting time in all, at visits and at the station before later trips.
    pub fn waiting(&self) -> Seconds {
        self.stops.iter().skip(1).map(|stop| stop.begin - stop.arrive).sum()
    }

    /// When each trip leaves the station.
    pub fn departs(&self) -> Vec<Time> {
        self.trips().map(|trip| trip.depart).collect()
    }

    /// The timetable trip by trip.
    pub(crate) fn trips(&self) -> impl Iterator<Item = TripWalk<'_>> {
        let is_end = |stop: &Stop| matches!(stop.kind, StopKind::Reload | StopKind::End);
        let mut depart = self.stops.first().map_or(Time::MIN, |stop| stop.leave);
        self.stops.split_inclusive(is_end).map(move |stops| {
            let from = usize::from(stops[0].kind == StopKind::Start);
            let trip = TripWalk { depart, stops: &stops[from..] };
            depart = stops.last().map_or(depart, |stop| stop.leave);
            trip
        })
    }
}

/// One trip of a timetable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TripWalk<'a> {
    /// When it leaves the station.
    pub(crate) depart: Time,
    /// What follows the departure; the last one is the return to the station.
    pub(crate) stops: &'a [Stop],
}

impl TripWalk<'_> {
    /// When it is back at the station.
    pub(crate) fn returns(&self) -> Time {
        self.stops.last().map_or(self.depart, |stop| stop.arrive)
    }
}

/// What a walk of `trips` costs: fixed, per second away, per metre, and the price of each way of
/// serving an order that is used. Nothing for a vehicle that stays at its station.
pub fn cost(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    walk: &Timetable,
) -> Money {
    if walk.stops.is_empty() {
        return Money::ZERO;
    }
    let vehicle = problem.vehicle(vehicle);
    let visits = trips.iter().flatten().map(|&id| problem.visit(id));
    let mut used: Vec<RealisationId> = visits.map(|visit| visit.realisation).collect();
    used.sort_unstable();
    used.dedup();
    let prices: Money = used.into_iter().map(|id| problem.realisation(id).price).sum();
    vehicle.fixed_cost()
        + vehicle.cost_per_second() * walk.duration().0
        + vehicle.cost_per_metre() * walk.length().0
        + prices
}
