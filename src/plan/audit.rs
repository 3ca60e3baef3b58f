//! The independent check of a plan: walks every route and looks at every order and every reason.
//! Shares nothing with the search.

mod boxes;

use rayon::prelude::*;

use crate::constraint::{self, Rule, Violation};
use crate::error::{Error, Result};
use crate::plan::{Inquiry, Looks, Plan, Route, Trial, Unserved, reason};
use crate::problem::{Problem, RealisationId, VehicleId, VisitId};
use crate::schedule::{self, Timetable};
use crate::units::Seconds;

/// Everything the plan breaks; nothing for a good plan.
///
/// Reasons are looked at only when everything else is right, as they speak about the routes.
pub fn audit(plan: &Plan) -> Vec<Violation> {
    let problem = plan.problem();
    let mut found = Vec::new();
    for route in &plan.routes {
        one_route(problem, route, &mut found);
    }
    vehicles(plan, &mut found);
    orders(plan, &mut found);
    if found.is_empty() {
        let inquiry = Inquiry::new(problem, &plan.routes, Looks::of(&plan.header));
        let check = |trial: &mut Trial<'_>, one| one_reason(plan, &inquiry, one, trial);
        let reasons = plan.unserved.par_iter();
        let wrong = reasons.map_init(|| Trial::new(problem), check).flatten_iter();
        found.par_extend(wrong);
    }
    found
}

/// The plan itself, if it breaks nothing.
///
/// # Errors
/// Everything it breaks, as a bug of ours.
pub fn check(plan: &Plan) -> Result<&Plan> {
    let found = audit(plan);
    if found.is_empty() {
        return Ok(plan);
    }
    let lines: Vec<String> = found.iter().map(|one| one.describe(plan.problem())).collect();
    Err(Error::internal(format!("the plan is wrong: {}", lines.join("; "))))
}

/// Everything these trips of one vehicle break, with departures as [`Route::new`] chooses them;
/// nothing for a good route. Whether each order is served, once and completely, is the whole plan's
/// to say.
pub fn violations(problem: &Problem, vehicle: VehicleId, trips: &[Vec<VisitId>]) -> Vec<Violation> {
    let mut found = Vec::new();
    one_route(problem, &Route::new(problem, vehicle, trips.to_vec()), &mut found);
    found
}

/// One route for itself. A route that names what is not there is not walked.
fn one_route(problem: &Problem, route: &Route, found: &mut Vec<Violation>) {
    let vehicle = route.vehicle;
    if vehicle.index() >= problem.vehicles().len() {
        found.push(Violation::of(Rule::UnknownVehicle, 1).on(vehicle));
        return;
    }
    let unknown = route.visits().filter(|visit| visit.index() >= problem.visits().len()).count();
    if unknown > 0 {
        found.push(Violation::of(Rule::UnknownVisit, count(unknown)).on(vehicle));
        return;
    }
    let empty = route.trips.iter().filter(|trip| trip.visits.is_empty()).count();
    if empty > 0 || route.trips.is_empty() {
        found.push(Violation::of(Rule::EmptyTrip, count(empty.max(1))).on(vehicle));
    }
    let too_many = count(route.trips.len()) - i64::from(problem.vehicle(vehicle).trip_limit());
    if too_many > 0 {
        found.push(Violation::of(Rule::TripLimit, too_many).on(vehicle));
    }
    let departs: Vec<_> = route.trips.iter().map(|trip| trip.depart).collect();
    let trips: Vec<_> = route.trips.iter().map(|trip| trip.visits.clone()).collect();
    let walk = schedule::walk(problem, vehicle, &departs, &trips);
    if walk != route.timetable {
        let wrong = differing(&walk, &route.timetable);
        found.push(Violation::of(Rule::Timetable, count(wrong)).on(vehicle));
    }
    let cost = schedule::cost(problem, vehicle, &trips, &walk);
    if cost != route.cost {
        found.push(Violation::of(Rule::Cost, (cost - route.cost).0.abs()).on(vehicle));
    }
    promises(problem, &walk, found);
    let broken = constraint::audit(problem, &walk);
    // A box that is out too long or opened too soon is told as that.
    let is_told = broken.iter().any(|one| matches!(one.rule, Rule::ColdHold | Rule::ColdLid));
    found.extend(broken);
    if !is_told {
        boxes::excursions(problem, &walk, found);
    }
}

/// A promise is kept when the hand-over ends in time. The windows of the visit follow from the promise
/// too; this reads what was promised.
fn promises(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    for stop in walk.stops.iter().filter(|stop| stop.late <= Seconds::ZERO) {
        let Some(id) = stop.visit else { continue };
        let Some(promise) = problem.order(problem.visit(id).order).promise() else { continue };
        let late = stop.leave - promise.in_hand_by();
        if late > Seconds::ZERO {
            let over = Violation::of(Rule::Promise, late.0);
            found.push(over.on(walk.vehicle).at(problem, id));
        }
    }
}

/// How many stops of two timetables differ; at least one.
fn differing(a: &Timetable, b: &Timetable) -> usize {
    let pairs = a.stops.iter().zip(&b.stops);
    let differ = pairs.filter(|(a, b)| a != b).count();
    (differ + a.stops.len().abs_diff(b.stops.len())).max(1)
}

/// Each vehicle has one route at most; one without a route has no frozen stops either.
fn vehicles(plan: &Plan, found: &mut Vec<Violation>) {
    let problem = plan.problem();
    for vehicle in problem.vehicle_ids() {
        let routes = plan.routes.iter().filter(|route| route.vehicle == vehicle).count();
        if routes > 1 {
            found.push(Violation::of(Rule::VehicleTwice, count(routes - 1)).on(vehicle));
        }
        if routes == 0 {
            let idle = Timetable { vehicle, stops: Vec::new() };
            found.extend(constraint::audit(problem, &idle));
        }
    }
}

/// Each order is served once and completely, or unserved.
fn orders(plan: &Plan, found: &mut Vec<Violation>) {
    let problem = plan.problem();
    let mut visited: Vec<Vec<VisitId>> = vec![Vec::new(); problem.orders().len()];
    for visit in plan.routes.iter().flat_map(Route::visits) {
        if let Some(known) = problem.visits().get(visit.index()) {
            visited[known.order.index()].push(visit);
        }
    }
    let mut unserved = vec![0; problem.orders().len()];
    for one in &plan.unserved {
        match unserved.get_mut(one.order.index()) {
            Some(times) => *times += 1,
            None => found.push(Violation::of(Rule::UnknownOrder, 1).about(one.order)),
        }
    }
    for order in problem.order_ids() {
        let (visits, times) = (&visited[order.index()], unserved[order.index()]);
        let mut found_if = |is_broken: bool, rule| {
            if is_broken {
                found.push(Violation::of(rule, 1).about(order));
            }
        };
        found_if(visits.is_empty() && times == 0, Rule::OrderMissing);
        found_if(times > 1 || (times == 1 && !visits.is_empty()), Rule::UnservedTwice);
        let Some(&first) = visits.first() else { continue };
        let due = visits_of(problem, problem.visit(first).realisation);
        let is_twice = has_double(visits) || visits.iter().any(|visit| !due.contains(visit));
        found_if(is_twice, Rule::OrderTwice);
        found_if(due.iter().any(|visit| !visits.contains(visit)), Rule::OrderPartly);
    }
}

fn visits_of(problem: &Problem, realisation: RealisationId) -> Vec<VisitId> {
    let realisation = problem.realisation(realisation);
    std::iter::once(realisation.first).chain(realisation.second).collect()
}

fn has_double(visits: &[VisitId]) -> bool {
    visits.iter().enumerate().any(|(i, visit)| visits[..i].contains(visit))
}

/// A reason is true when nothing better can be said, the order really fits nowhere (or is not worth
/// its way), and the change it names really serves it.
fn one_reason(
    plan: &Plan,
    inquiry: &Inquiry<'_>,
    one: &Unserved,
    trial: &mut Trial<'_>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut wrong = |rule| found.push(Violation::of(rule, 1).about(one.order));
    if one.reason.code == reason::ReasonCode::NotTried
        || inquiry.explain(one.order, trial) != one.reason
    {
        wrong(Rule::Reason);
    }
    if let Some(cure) = &one.reason.cure
        && trial.of(cure, one.order, |changed| {
            reason::fits(changed, &plan.routes, cure.vehicle, one.order)
        }) == Some(false)
    {
        wrong(Rule::Cure);
    }
    found
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
