//! Tries an order at the places of a route: every place is probed, and those that may be the best
//! are walked with all their stops.

use std::cell::OnceCell;

use crate::constraint::{self, Rule, Violation};
use crate::plan::Route;
use crate::plan::reason::code::{OffRoad, off_road};
use crate::plan::reason::probe::{Broken, Gap, Prober};
use crate::problem::{OrderId, Problem, RealisationId, VehicleId, VisitId};
use crate::schedule::{self, Timetable};
use crate::units::Money;

/// How far an attempt is from good: rules broken, how hard the hardest is to change, amounts.
pub(super) type Key = (usize, u8, i64);

/// One way of adding an order to a route.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) vehicle: VehicleId,
    pub(super) trips: Vec<Vec<VisitId>>,
    pub(super) realisation: RealisationId,
    pub(super) walk: Timetable,
    pub(super) found: Vec<Violation>,
}

impl Attempt {
    /// Fewest broken rules, then the least hard to change, then the least amount.
    pub(super) fn key(&self) -> Key {
        let mut rules: Vec<Rule> = self.found.iter().map(|one| one.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let hardest = rules.iter().map(|&rule| hardness(rule)).max().unwrap_or(0);
        let amount = self.found.iter().fold(0_i64, |sum, one| sum.saturating_add(one.amount));
        (rules.len(), hardest, amount)
    }

    /// True when the order must be on another vehicle.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.found.iter().any(|one| matches!(one.rule, Rule::Station | Rule::Pin))
    }

    /// True when it breaks what no place on a route and no single change can mend.
    pub(super) fn is_hopeless(&self, problem: &Problem) -> bool {
        let profile = problem.profile_of(self.vehicle);
        let breaks = |one: &Violation| {
            matches!(
                one.rule,
                Rule::ColdWarm
                    | Rule::ColdFreeze
                    | Rule::NoColdBox
                    | Rule::Doorstep
                    | Rule::OutBudget
            ) || (one.rule == Rule::Road
                && off_road(problem, self, profile) == Some(OffRoad::Everywhere))
        };
        self.is_elsewhere() || self.found.iter().any(breaks)
    }
}

/// How hard a rule is to change: 0 for a number, 1 for a yes or no, 2 for a road, 3 for never.
pub(super) fn hardness(rule: Rule) -> u8 {
    match rule {
        Rule::Station | Rule::Pin | Rule::Pairing => 3,
        Rule::Road => 2,
        Rule::Skill
        | Rule::Consent
        | Rule::DeliverFirst
        | Rule::Position
        | Rule::Frozen
        | Rule::Segregation
        | Rule::ColdLid
        | Rule::Doorstep
        | Rule::OutBudget
        | Rule::ColdWarm
        | Rule::ColdFreeze
        | Rule::NoColdBox => 1,
        _ => 0,
    }
}

/// The trips of a vehicle in a plan; none for an idle one.
pub(in crate::plan) fn trips_of(routes: &[Route], vehicle: VehicleId) -> Vec<Vec<VisitId>> {
    let routes = routes.iter().filter(|route| route.vehicle == vehicle);
    routes.flat_map(|route| route.trips.iter().map(|trip| trip.visits.clone())).collect()
}

/// The frozen stops of a vehicle, trip by trip.
pub(super) fn frozen_trips(problem: &Problem, vehicle: VehicleId) -> Vec<Vec<VisitId>> {
    let Some(path) = problem.start.iter().find(|path| path.vehicle == vehicle) else {
        return Vec::new();
    };
    let mut left = path.frozen;
    let mut trips = Vec::new();
    for trip in path.trips.iter().filter(|trip| !trip.is_empty()) {
        let visits = &trip[..left.min(trip.len())];
        left -= visits.len();
        if !visits.is_empty() {
            trips.push(visits.to_vec());
        }
    }
    trips
}

/// The trips of a vehicle, and what adding an order at each of their places breaks at least.
#[derive(Debug)]
pub(super) struct Places<'a> {
    problem: &'a Problem,
    pub(super) vehicle: VehicleId,
    trips: &'a [Vec<VisitId>],
    /// In the order in which they are preferred when they break equally much.
    probed: Vec<(RealisationId, Gap, Broken)>,
    /// The attempts already walked, place by place.
    walked: Vec<OnceCell<Box<Attempt>>>,
}

impl<'a> Places<'a> {
    /// Probes every place of `trips`, and of a new trip at the end if the vehicle may make one
    /// more. A shipment's two visits stay on one trip, the pickup first.
    pub(super) fn of(
        problem: &'a Problem,
        vehicle: VehicleId,
        trips: &'a [Vec<VisitId>],
        order: OrderId,
    ) -> Self {
        let mut probed = Vec::new();
        for id in problem.realisations_of(order) {
            let realisation = problem.realisation(id);
            let visits = (realisation.first, realisation.second);
            let mut tester = Prober::new(problem, vehicle, trips, visits);
            each_gap(problem, vehicle, trips, realisation.second.is_some(), |gap| {
                probed.push((id, gap, tester.probe(gap)));
            });
        }
        let walked = vec![OnceCell::new(); probed.len()];
        Self { problem, vehicle, trips, probed, walked }
    }

    /// What each place breaks at least, place by place.
    pub(super) fn broken(&self) -> impl Iterator<Item = &Broken> {
        self.probed.iter().map(|(_, _, broken)| broken)
    }

    /// The attempt at a place, walked in full when it is first asked for.
    pub(super) fn attempt(&self, place: usize) -> &Attempt {
        self.walked[place].get_or_init(|| Box::new(self.walk(place)))
    }

    fn walk(&self, place: usize) -> Attempt {
        let (realisation, gap, _) = self.probed[place];
        let (problem, vehicle) = (self.problem, self.vehicle);
        let visits = problem.realisation(realisation);
        let mut trips = self.trips.to_vec();
        if gap.trip == trips.len() {
            trips.push(Vec::new());
        }
        trips[gap.trip].insert(gap.first, visits.first);
        if let Some((second, at)) = visits.second.zip(gap.second) {
            trips[gap.trip].insert(at, second);
        }
        let walk = schedule::timetable(problem, vehicle, &trips);
        let found = constraint::audit(problem, &walk);
        Attempt { vehicle, trips, realisation, walk, found }
    }

    /// The attempt that breaks least, the first of equals. Walks the places by what they break at
    /// least, until no other can be better.
    pub(super) fn best(&self) -> Option<Attempt> {
        let mut places: Vec<(Key, usize)> =
            self.broken().enumerate().map(|(place, broken)| (broken.key(), place)).collect();
        places.sort_unstable();
        let mut best: Option<((Key, usize), &Attempt)> = None;
        for (least, place) in places {
            if best.as_ref().is_some_and(|(found, _)| *found < (least, place)) {
                break;
            }
            let attempt = self.attempt(place);
            let key = (attempt.key(), place);
            if best.as_ref().is_none_or(|(found, _)| key < *found) {
                best = Some((key, attempt));
            }
        }
        best.map(|(_, attempt)| attempt.clone())
    }

    /// The good attempts, in order of place.
    pub(super) fn good(&self) -> impl Iterator<Item = &Attempt> {
        let places = self.broken().enumerate().filter(|(_, broken)| broken.kinds() == 0);
        let attempts = places.map(|(place, _)| self.attempt(place));
        attempts.filter(|attempt| attempt.found.is_empty())
    }

    /// The cheapest good attempt, the first of equals, and what it adds to the cost of the trips.
    pub(super) fn cheapest(&self) -> Option<(Money, Attempt)> {
        let problem = self.problem;
        let priced = self.good().map(|attempt| {
            let cost = schedule::cost(problem, self.vehicle, &attempt.trips, &attempt.walk);
            (cost, attempt)
        });
        let (cost, attempt) = priced.min_by_key(|(cost, _)| *cost)?;
        let before = Route::new(problem, self.vehicle, self.trips.to_vec()).cost;
        Some((cost - before, attempt.clone()))
    }
}

/// Calls `take` with each place of the trips, and of a new trip if the vehicle may make one more.
fn each_gap(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    is_shipment: bool,
    mut take: impl FnMut(Gap),
) {
    let limit = problem.vehicle(vehicle).trip_limit();
    let may_add = u32::try_from(trips.len()).is_ok_and(|made| made < limit);
    for trip in 0..trips.len() + usize::from(may_add) {
        let stops = trips.get(trip).map_or(0, Vec::len);
        for first in 0..=stops {
            if is_shipment {
                (first + 1..=stops + 1).for_each(|at| take(Gap { trip, first, second: Some(at) }));
            } else {
                take(Gap { trip, first, second: None });
            }
        }
    }
}
