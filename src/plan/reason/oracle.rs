//! The places of a route by brute force, and whether the probing agrees with it.

use super::attempt::{Attempt, Places};
use super::cure::{self, Trial};
use crate::constraint;
use crate::plan::Route;
use crate::problem::{OrderId, Problem, RealisationId, VehicleId, VisitId};
use crate::rng::Rng;
use crate::sample;
use crate::schedule;
use crate::units::Seconds;

/// Calls `tried` with the trips that come of adding a realisation at each place of `trips`, and on
/// a new trip at the end if the vehicle may make one more.
pub(in crate::plan) fn each_insertion(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    realisation: RealisationId,
    mut tried: impl FnMut(&[Vec<VisitId>]),
) {
    let mut trips = trips.to_vec();
    if trips.len() < problem.vehicle(vehicle).trip_limit() as usize {
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

/// Every attempt of adding an order to the trips of a vehicle, walked in full.
fn attempts(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[Vec<VisitId>],
    order: OrderId,
) -> Vec<Attempt> {
    let mut all = Vec::new();
    for realisation in problem.realisations_of(order) {
        each_insertion(problem, vehicle, trips, realisation, |trips| {
            let walk = schedule::timetable(problem, vehicle, trips);
            let found = constraint::audit(problem, &walk);
            all.push(Attempt { vehicle, trips: trips.to_vec(), realisation, walk, found });
        });
    }
    all
}

/// Checks every order that is not on the trips; how many of them fit, and how many do not.
fn check(problem: &Problem, vehicle: VehicleId, trips: &[Vec<VisitId>]) -> (usize, usize) {
    let (mut fit, mut unfit) = (0, 0);
    let before = Route::new(problem, vehicle, trips.to_vec());
    let is_sound = constraint::audit(problem, &before.timetable).is_empty();
    for order in problem.order_ids() {
        if before.visits().any(|visit| problem.visit(visit).order == order) {
            continue;
        }
        let brute = attempts(problem, vehicle, trips, order);
        let places = Places::of(problem, vehicle, trips, order);
        assert_eq!(places.broken().count(), brute.len());
        let mut lightest: Option<i64> = None;
        for (place, (broken, attempt)) in places.broken().zip(&brute).enumerate() {
            let full = |trips: &[Vec<VisitId>]| {
                trips.iter().filter(|trip| !trip.is_empty()).cloned().collect::<Vec<_>>()
            };
            assert_eq!(full(&places.attempt(place).trips), full(&attempt.trips));
            let (bound, key) = (broken.key(), attempt.key());
            assert!(bound <= key, "{bound:?} > {key:?}: {broken:?} {:?}", attempt.found);
            let Some((weight, cure)) = cure::candidate(problem, order, attempt) else { continue };
            let bound = cure::weight_bound(broken);
            assert!(bound.is_some_and(|bound| bound <= weight), "{broken:?} {:?}", attempt.found);
            let mut trial = Trial::new(problem);
            let serves = trial.of(&cure, order, |day| {
                let walk = schedule::timetable(day, vehicle, &attempt.trips);
                constraint::audit(day, &walk).is_empty()
            });
            let serves = serves.unwrap_or(true);
            assert!(!is_sound || serves == cure.serves(order, attempt, &mut trial), "{cure}");
            if serves {
                lightest = Some(lightest.map_or(weight, |least| least.min(weight)));
            }
        }
        let least = brute.iter().enumerate().min_by_key(|(i, attempt)| (attempt.key(), *i));
        let best = places.best();
        assert_eq!(best.map(|one| one.found), least.map(|(_, one)| one.found.clone()));
        let price = |attempt: &Attempt| {
            schedule::cost(problem, vehicle, &attempt.trips, &attempt.walk) - before.cost
        };
        let good = brute.iter().filter(|attempt| attempt.found.is_empty());
        let cheapest = good.map(price).min();
        assert_eq!(places.cheapest().map(|(cost, _)| cost), cheapest);
        if is_sound && cheapest.is_none() {
            let mut trial = Trial::new(problem);
            let told = cure::smallest(problem, order, std::slice::from_ref(&places), &mut trial);
            assert_eq!(told.map(|cure| cure::weight(cure.change.unit(), cure.amount)), lightest);
        }
        fit += usize::from(cheapest.is_some());
        unfit += usize::from(cheapest.is_none());
    }
    (fit, unfit)
}

/// Random trips of up to so many orders each, a few of them or all of them sound.
fn random_trips(problem: &Problem, rng: &mut Rng, orders: usize) -> Vec<Vec<VisitId>> {
    let mut left: Vec<OrderId> = problem.order_ids().collect();
    let mut trips = Vec::new();
    for _ in 0..rng.between(0, 2) {
        let mut trip = Vec::new();
        for _ in 0..rng.between(1, orders) {
            let order = left.swap_remove(rng.below(left.len()));
            let mut ways = problem.realisations_of(order);
            let chosen = rng.below(ways.len());
            let way = problem.realisation(ways.nth(chosen).unwrap());
            trip.extend(std::iter::once(way.first).chain(way.second));
        }
        trips.push(trip);
    }
    trips
}

#[test]
fn probing_agrees_with_brute_force() {
    let (mut fit, mut unfit, mut sound) = (0, 0, 0);
    for seed in 0..80 {
        let mut problem = Problem::clone(&sample::rich(seed));
        let mut rng = Rng::new(seed, 17);
        if seed % 2 == 0 {
            problem.start.clear();
        }
        // A hold that now and then asks for a later departure.
        let hold = Seconds::minutes(60 + i64::from(rng.next_u32() % 200));
        problem.hold.iter_mut().flatten().flatten().for_each(|terms| terms.hold = hold);
        for vehicle in problem.vehicle_ids() {
            for orders in [1, 2, 3, 4] {
                let trips = random_trips(&problem, &mut rng, orders);
                let walk = schedule::timetable(&problem, vehicle, &trips);
                sound += usize::from(constraint::audit(&problem, &walk).is_empty());
                let (more_fit, more_unfit) = check(&problem, vehicle, &trips);
                fit += more_fit;
                unfit += more_unfit;
            }
        }
    }
    assert!(fit > 300 && unfit > 300 && sound > 100, "{fit} fit, {unfit} do not, {sound} sound");
}
