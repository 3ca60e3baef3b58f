//! Tries an order at every place of a route, by the plain walk.

use crate::constraint::{self, Rule, Violation};
use crate::plan::reason::code::{OffRoad, off_road};
use crate::plan::reason::cure::{self, Candidate};
use crate::plan::{Change, Route};
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
            matches!(one.rule, Rule::ColdWarm | Rule::ColdFreeze | Rule::NoColdBox)
                || (one.rule == Rule::Road
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
        | Rule::Position
        | Rule::Frozen
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

/// Calls `tried` with the trips that come of adding a realisation at each place of `trips`, and on
/// a new trip at the end if the vehicle may make one more. A shipment's two visits stay on one trip,
/// the pickup first.
pub(in crate::plan) fn each_insertion(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    realisation: RealisationId,
    mut tried: impl FnMut(&[Vec<VisitId>]),
) {
    let mut trips = trips.to_vec();
    let may_add =
        u32::try_from(trips.len()).is_ok_and(|n| n < problem.vehicle(vehicle).trip_limit());
    if may_add {
        trips.push(Vec::new());
    }
    let realisation = problem.realisation(realisation);
    for k in 0..trips.len() {
        for i in 0..=trips[k].len() {
            trips[k].insert(i, realisation.first);
            if let Some(second) = realisation.second {
                for j in i + 1..=trips[k].len() {
                    trips[k].insert(j, second);
                    tried(&trips);
                    trips[k].remove(j);
                }
            } else {
                tried(&trips);
            }
            trips[k].remove(i);
        }
    }
}

/// Every attempt of adding an order to the trips of a vehicle, one after the other.
fn each_attempt(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    order: OrderId,
    mut tried: impl FnMut(Attempt),
) {
    for realisation in problem.realisations_of(order) {
        each_insertion(problem, vehicle, trips, realisation, |trips| {
            let walk = schedule::timetable(problem, vehicle, trips);
            let found = constraint::audit(problem, &walk);
            tried(Attempt { vehicle, trips: trips.to_vec(), realisation, walk, found });
        });
    }
}

/// The attempt that breaks least.
pub(super) fn best(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    order: OrderId,
) -> Option<Attempt> {
    let mut best: Option<(Key, Attempt)> = None;
    each_attempt(problem, vehicle, trips, order, |attempt| {
        let key = attempt.key();
        if best.as_ref().is_none_or(|(least, _)| key < *least) {
            best = Some((key, attempt));
        }
    });
    best.map(|(_, attempt)| attempt)
}

/// What comes of trying an order at every place of a route.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// What the cheapest good attempt costs, if one is good.
    pub(super) fits: Option<Money>,
    /// The attempt that breaks least.
    pub(super) best: Option<Attempt>,
    /// The smallest change of each kind that makes an attempt good.
    pub(super) cures: Vec<Candidate>,
}

/// Tries an order at every place of a route.
pub(super) fn scan(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    order: OrderId,
) -> Scan {
    let before = Route::new(problem, vehicle, trips.to_vec()).cost;
    let mut scan = Scan::default();
    let mut least: Option<Key> = None;
    each_attempt(problem, vehicle, trips, order, |attempt| {
        if attempt.found.is_empty() {
            let cost = schedule::cost(problem, vehicle, &attempt.trips, &attempt.walk) - before;
            scan.fits = Some(scan.fits.map_or(cost, |least| least.min(cost)));
        } else if let Some(candidate) = cure::candidate(problem, order, &attempt) {
            keep(&mut scan.cures, candidate);
        }
        let key = attempt.key();
        if least.is_none_or(|least| key < least) {
            least = Some(key);
            scan.best = Some(attempt);
        }
    });
    scan
}

/// Keeps the smallest candidate of each kind.
fn keep(cures: &mut Vec<Candidate>, candidate: Candidate) {
    let change: Change = candidate.cure.change;
    match cures.iter_mut().find(|kept| kept.cure.change == change) {
        Some(kept) if candidate.weight < kept.weight => *kept = candidate,
        Some(_) => {}
        None => cures.push(candidate),
    }
}
