//! Good plans pass; each kind of planted fault is found.

mod faults;

use std::sync::Arc;

use faults::FAULTS;

use super::*;
use crate::plan::Header;
use crate::problem::OrderId;
use crate::rng::Rng;
use crate::sample;
use crate::units::Money;

/// Adds order after order where it costs least, until none fits anywhere.
fn greedy(problem: &Arc<Problem>) -> Plan {
    let paths = problem.start.iter();
    let mut routes: Vec<Route> =
        paths.map(|path| Route::new(problem, path.vehicle, path.trips.clone())).collect();
    for _ in 0..3 {
        for order in problem.order_ids() {
            let is_served =
                routes.iter().flat_map(Route::visits).any(|v| problem.visit(v).order == order);
            if !is_served && let Some(better) = inserted(problem, &routes, order) {
                routes.retain(|route| route.vehicle != better.vehicle);
                routes.push(better);
            }
        }
    }
    routes.sort_by_key(|route| route.vehicle);
    let served = |order: &OrderId| {
        routes.iter().flat_map(Route::visits).any(|v| problem.visit(v).order == *order)
    };
    let unserved: Vec<Unserved> = problem
        .order_ids()
        .filter(|order| !served(order))
        .map(|order| Unserved { order, reason: reason::explain(problem, &routes, order) })
        .collect();
    Plan { problem: Arc::clone(problem), routes, unserved, header: Header::default() }
}

/// The route that takes the order at the least cost, if one can and it is worth it.
fn inserted(problem: &Problem, routes: &[Route], order: OrderId) -> Option<Route> {
    let mut best: Option<(Money, Route)> = None;
    for vehicle in problem.vehicle_ids() {
        let given = reason::trips_of(routes, vehicle);
        let before = Route::new(problem, vehicle, given.clone()).cost;
        for realisation in problem.realisations_of(order) {
            reason::each_insertion(problem, vehicle, &given, realisation, |trips| {
                let route = Route::new(problem, vehicle, trips.to_vec());
                let more = route.cost - before;
                let is_good = constraint::audit(problem, &route.timetable).is_empty();
                if is_good && best.as_ref().is_none_or(|(least, _)| more < *least) {
                    best = Some((more, route));
                }
            });
        }
    }
    let prize = problem.order(order).prize();
    best.filter(|(more, _)| prize.is_none_or(|prize| *more < prize)).map(|(_, route)| route)
}

#[test]
fn good_plans_pass_and_every_kind_of_fault_is_found() {
    let mut planted = vec![0; FAULTS.len()];
    let mut caught = vec![0; FAULTS.len()];
    for seed in 0..40 {
        let problem = sample::rich(seed);
        let plan = greedy(&problem);
        let found: Vec<String> = audit(&plan).iter().map(|one| one.describe(&problem)).collect();
        assert!(found.is_empty(), "seed {seed}: {}", found.join("\n"));
        assert!(check(&plan).is_ok());
        let mut rng = Rng::new(seed, 1);
        for (i, (name, rule, plant)) in FAULTS.iter().enumerate() {
            let mut broken = plan.clone();
            if plant(&mut broken, &mut rng).is_none() {
                continue;
            }
            planted[i] += 1;
            let found = audit(&broken);
            assert!(!found.is_empty(), "seed {seed}: {name}");
            caught[i] += usize::from(found.iter().any(|one| one.rule == *rule));
        }
    }
    for (i, (name, rule, _)) in FAULTS.iter().enumerate() {
        assert!(planted[i] > 0, "never planted: {name}");
        assert!(caught[i] > 0, "{name}: {rule:?} never found in {} plans", planted[i]);
    }
}
