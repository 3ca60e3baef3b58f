//! The answer: routes, and the orders left out with their reasons.

mod audit;
mod reason;

use std::sync::Arc;

pub use audit::{audit, check, violations};
pub use reason::{Alternative, Change, Cure, Reason, ReasonCode, Shortfall, Verdict, explain};
pub(crate) use reason::{Inquiry, Looks, Trial, WALKED, stops_of};

pub use crate::constraint::{Rule, Unit, Violation};

use crate::problem::{OrderId, Problem, StartRoute, StartStop, VehicleId, VisitId};
use crate::schedule::{self, Timetable};
use crate::units::{Money, Time};

/// One trip: from the station, through the visits, back to the station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// When it leaves the station.
    pub depart: Time,
    /// The visits, in order.
    pub visits: Vec<VisitId>,
}

/// What one vehicle does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Its trips, in order; none of them empty.
    pub trips: Vec<Trip>,
    /// When everything happens.
    pub timetable: Timetable,
    /// What it costs: fixed, per second, per metre, and the price of the options used.
    pub cost: Money,
}

impl Route {
    /// The route of `vehicle` through these trips, its departures chosen as
    /// [`timetable`](schedule::timetable()) does. Empty trips are left out.
    pub fn new(problem: &Problem, vehicle: VehicleId, mut trips: Vec<Vec<VisitId>>) -> Self {
        trips.retain(|trip| !trip.is_empty());
        let timetable = schedule::timetable(problem, vehicle, &trips);
        let cost = schedule::cost(problem, vehicle, &trips, &timetable);
        let departs = timetable.departs().into_iter();
        let trips = departs.zip(trips).map(|(depart, visits)| Trip { depart, visits }).collect();
        Self { vehicle, trips, timetable, cost }
    }

    /// Every visit, trip by trip.
    pub fn visits(&self) -> impl Iterator<Item = VisitId> + '_ {
        self.trips.iter().flat_map(|trip| trip.visits.iter().copied())
    }
}

/// An order that is on no route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// The order.
    pub order: OrderId,
    /// Why.
    pub reason: Reason,
}

/// How a plan was found; enough to find it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The seed of all chance.
    pub seed: u64,
    /// How many searches ran side by side.
    pub threads: usize,
    /// How many steps each search took in each round.
    pub rounds: Vec<u64>,
    /// True when the search was stopped from outside.
    pub interrupted: bool,
    /// How many stops are walked, about, for the reasons of all absent orders together: less when
    /// the time is short. On a large day it decides on how many vehicles each order is tried place by
    /// place.
    pub walked: u64,
    /// True when the clock decided: then absent orders beyond what may be walked, those of the lowest
    /// tiers, are not looked into place by place at all. Else each is on one vehicle at least.
    pub hurried: bool,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            seed: 0,
            threads: 0,
            rounds: Vec::new(),
            interrupted: false,
            walked: WALKED,
            hurried: false,
        }
    }
}

impl Header {
    /// Steps of all searches together.
    pub fn steps(&self) -> u64 {
        self.rounds.iter().sum::<u64>() * self.threads as u64
    }
}

/// The answer to a [`Problem`]: each order is on exactly one route, or unserved with its reason.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) problem: Arc<Problem>,
    pub(crate) routes: Vec<Route>,
    pub(crate) unserved: Vec<Unserved>,
    pub(crate) header: Header,
}

impl Plan {
    /// The day it answers.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The routes of the vehicles in use, by vehicle.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The orders on no route, by order.
    pub fn unserved(&self) -> &[Unserved] {
        &self.unserved
    }

    /// How it was found.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What all routes cost, and the prizes of the optional orders left out.
    pub fn cost(&self) -> Money {
        let routes: Money = self.routes.iter().map(|route| route.cost).sum();
        let prizes = self.unserved.iter().filter_map(|u| self.problem.order(u.order).prize());
        routes + prizes.sum()
    }

    /// The routes as a start plan, nothing frozen: for planning on from here, on this day or on a
    /// changed one that still has these vehicles, orders and options.
    pub fn as_start(&self) -> Vec<StartRoute> {
        let stop = |&visit: &VisitId| {
            let visit = self.problem.visit(visit);
            let choice = self.problem.realisation(visit.realisation).choice;
            StartStop::new(self.problem.order(visit.order).id()).choice(choice)
        };
        let start = |route: &Route| {
            let trips = route.trips.iter().map(|trip| trip.visits.iter().map(stop).collect());
            trips.fold(StartRoute::new(self.problem.vehicle(route.vehicle).id()), StartRoute::trip)
        };
        self.routes.iter().map(start).collect()
    }
}
