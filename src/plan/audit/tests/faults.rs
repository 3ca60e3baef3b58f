//! The kinds of faults that are planted, each with the rule that must find it.

use std::sync::Arc;

use super::super::*;
use crate::cold::{Doorstep, Product};
use crate::plan::{Reason, ReasonCode, Trip};
use crate::problem::{Cargo, Charge, Kind, OrderId, Role, Urgent, VehicleId};
use crate::rng::Rng;
use crate::road::{Drain, TravelMatrix};
use crate::units::{Money, Seconds, Time};

/// Plants one fault; nothing when the plan has no place for it.
pub(super) type Plant = fn(&mut Plan, &mut Rng) -> Option<()>;

/// Every kind of fault, with the rule that must find it.
pub(super) const FAULTS: &[(&str, Rule, Plant)] = &[
    ("drop a visit", Rule::Timetable, drop_visit),
    ("drop a route", Rule::OrderMissing, drop_route),
    ("drop a trip", Rule::OrderMissing, drop_trip),
    ("double an order", Rule::OrderTwice, double_order),
    ("swap two stops", Rule::Timetable, swap_stops),
    ("move a visit to another vehicle", Rule::Timetable, move_visit),
    ("shift a stop by a second", Rule::Timetable, shift_stop),
    ("raise a load by one", Rule::Timetable, raise_load),
    ("hide that a stop is late", Rule::Window, leave_hours_late),
    ("break a promise", Rule::Promise, break_promise),
    ("change a cost by one", Rule::Cost, change_cost),
    ("change a departure", Rule::Timetable, change_depart),
    ("forge a reason code", Rule::Reason, forge_code),
    ("forge an amount", Rule::Reason, forge_amount),
    ("forge a cure", Rule::Cure, forge_cure),
    ("forget a cure", Rule::Reason, forget_cure),
    ("call a good order not worth its way", Rule::Reason, forge_worth),
    ("hand over before picking up", Rule::Pairing, reverse_pair),
    ("split a pair over two trips", Rule::Pairing, split_pair),
    ("forget the delivery of a pair", Rule::OrderPartly, half_pair),
    ("use two options", Rule::OrderTwice, two_options),
    ("use an option without consent", Rule::Consent, no_consent),
    ("unserved and served", Rule::UnservedTwice, served_and_unserved),
    ("unserved twice", Rule::UnservedTwice, unserved_twice),
    ("forget an unserved order", Rule::OrderMissing, forget_unserved),
    ("name an unknown order", Rule::UnknownOrder, unknown_order),
    ("name an unknown visit", Rule::UnknownVisit, unknown_visit),
    ("name an unknown vehicle", Rule::UnknownVehicle, unknown_vehicle),
    ("use a vehicle twice", Rule::VehicleTwice, vehicle_twice),
    ("put a pinned order elsewhere", Rule::Pin, wrong_pin),
    ("put an order on another station's vehicle", Rule::Station, wrong_station),
    ("send a courier without the skill", Rule::Skill, no_skill),
    ("drive beyond the battery", Rule::Energy, drain_battery),
    ("empty the battery on a pass", Rule::Energy, drain_on_top),
    ("count on charging that is not done", Rule::Energy, forget_charging),
    ("collect before delivering", Rule::DeliverFirst, collect_first),
    ("send cold goods without a box", Rule::NoColdBox, no_box),
    ("use more coolant than there is", Rule::BoxCoolant, waste_coolant),
    ("walk too far from the box", Rule::Doorstep, walk_far),
    ("carry medicine with other goods", Rule::Segregation, mix_cargo),
    ("forget how long goods were out", Rule::OutBudget, forget_out),
    ("move a locked stop", Rule::Position, move_locked),
    ("break the frozen prefix", Rule::Frozen, break_frozen),
    ("make too many trips", Rule::TripLimit, too_many_trips),
    ("add an empty trip", Rule::EmptyTrip, empty_trip),
    ("add an empty route", Rule::EmptyTrip, empty_route),
    ("leave before the goods are ready", Rule::Ready, leave_unready),
    ("leave before the shift", Rule::ShiftOpen, leave_before_shift),
    ("leave before reloading", Rule::Reload, leave_unloaded),
    ("load too much", Rule::Pieces, overload),
    ("be back too late", Rule::ShiftClose, leave_hours_late),
];

fn any_route<'a>(plan: &'a mut Plan, rng: &mut Rng) -> Option<&'a mut Route> {
    let count = plan.routes.len();
    (count > 0).then(|| &mut plan.routes[rng.below(count)])
}

/// Gives a vehicle these trips, honestly walked.
fn reroute(plan: &mut Plan, vehicle: VehicleId, trips: Vec<Vec<VisitId>>) {
    let route = Route::new(&plan.problem, vehicle, trips);
    plan.routes.retain(|other| other.vehicle != vehicle);
    plan.routes.push(route);
}

/// Gives a route other departures, honestly walked.
fn redepart(plan: &mut Plan, at: usize, change: impl FnOnce(&mut Vec<Time>)) {
    let route = &mut plan.routes[at];
    let mut departs = route.timetable.departs();
    change(&mut departs);
    let trips: Vec<_> = route.trips.iter().map(|trip| trip.visits.clone()).collect();
    for (trip, depart) in route.trips.iter_mut().zip(&departs) {
        trip.depart = *depart;
    }
    route.timetable = schedule::walk(&plan.problem, route.vehicle, &departs, &trips);
    route.cost = schedule::cost(&plan.problem, route.vehicle, &trips, &route.timetable);
}

/// Moves the visits of the first order that `wanted` picks to the first vehicle that `to` picks.
fn move_order(
    plan: &mut Plan,
    wanted: impl Fn(&Problem, OrderId) -> bool,
    to: impl Fn(&Problem, OrderId, VehicleId) -> bool,
) -> Option<()> {
    let problem = Arc::clone(&plan.problem);
    let (order, visits) = taken_out(plan, |order| wanted(&problem, order))?;
    let vehicle = problem.vehicle_ids().find(|&vehicle| to(&problem, order, vehicle))?;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    trips.push(visits);
    reroute(plan, vehicle, trips);
    Some(())
}

/// Takes the first served or unserved order that `wanted` picks out of the plan.
fn taken_out(plan: &mut Plan, wanted: impl Fn(OrderId) -> bool) -> Option<(OrderId, Vec<VisitId>)> {
    let problem = Arc::clone(&plan.problem);
    let order = problem.order_ids().find(|&order| wanted(order))?;
    let realisation = problem.realisations_of(order).next()?;
    plan.unserved.retain(|one| one.order != order);
    for vehicle in problem.vehicle_ids() {
        let mut trips = reason::trips_of(&plan.routes, vehicle);
        let before = trips.clone();
        for trip in &mut trips {
            trip.retain(|&v| problem.visit(v).order != order);
        }
        if trips != before {
            reroute(plan, vehicle, trips);
        }
    }
    plan.routes.retain(|route| !route.trips.is_empty());
    Some((order, visits_of(&problem, realisation)))
}

fn drop_visit(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    any_route(plan, rng)?.trips[0].visits.pop().map(|_| ())
}

fn drop_route(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    plan.routes.pop().map(|_| ())
}

fn drop_trip(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let route = plan.routes.iter().find(|route| route.trips.len() > 1)?;
    let trips = vec![route.trips[0].visits.clone()];
    reroute(plan, route.vehicle, trips);
    Some(())
}

fn double_order(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let vehicle = any_route(plan, rng)?.vehicle;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    let first = trips[0][0];
    trips[0].push(first);
    reroute(plan, vehicle, trips);
    Some(())
}

fn swap_stops(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let mut trips = plan.routes.iter_mut().flat_map(|route| &mut route.trips);
    trips.find(|trip| trip.visits.len() > 1)?.visits.swap(0, 1);
    Some(())
}

fn move_visit(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let [from, to, ..] = &mut plan.routes[..] else { return None };
    to.trips[0].visits.push(from.trips[0].visits.pop()?);
    Some(())
}

fn shift_stop(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let stops = &mut any_route(plan, rng)?.timetable.stops;
    let at = rng.below(stops.len());
    stops[at].begin = stops[at].begin + Seconds(1);
    Some(())
}

fn raise_load(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let stops = &mut any_route(plan, rng)?.timetable.stops;
    let at = rng.below(stops.len());
    stops[at].load[rng.below(7)] += 1;
    Some(())
}

fn change_cost(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    any_route(plan, rng)?.cost += Money(1);
    Some(())
}

fn change_depart(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let depart = &mut any_route(plan, rng)?.trips[0].depart;
    *depart = *depart + Seconds(1);
    Some(())
}

fn forge_code(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let code = &mut plan.unserved.first_mut()?.reason.code;
    *code = if *code == ReasonCode::Skill { ReasonCode::Range } else { ReasonCode::Skill };
    Some(())
}

fn forge_amount(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    plan.unserved.first_mut()?.reason.verdicts.first_mut()?.shortfalls[0].amount += 1;
    Some(())
}

fn forge_cure(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let mut cures = plan.unserved.iter_mut().filter_map(|one| one.reason.cure.as_mut());
    let cure = cures.find(|cure| cure.change.unit() == constraint::Unit::Seconds)?;
    cure.amount -= 1;
    Some(())
}

fn forget_cure(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    plan.unserved.iter_mut().find_map(|one| one.reason.cure.take()).map(|_| ())
}

fn forge_worth(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let mut unserved = plan.unserved.iter_mut();
    let one = unserved.find(|one| one.reason.code != ReasonCode::NotWorth)?;
    one.reason.code = ReasonCode::NotWorth;
    Some(())
}

/// The vehicle, trip and positions of a shipment that is served.
fn pair(plan: &Plan) -> Option<(VehicleId, usize, usize, usize)> {
    for route in &plan.routes {
        for (k, trip) in route.trips.iter().enumerate() {
            let role = |v: VisitId| plan.problem.visit(v).role;
            let Some(i) = trip.visits.iter().position(|&v| role(v) == Role::ShipPickup) else {
                continue;
            };
            let pickup = plan.problem.visit(trip.visits[i]).realisation;
            let second = plan.problem.realisation(pickup).second?;
            let j = trip.visits.iter().position(|&v| v == second)?;
            return Some((route.vehicle, k, i, j));
        }
    }
    None
}

fn reverse_pair(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let (vehicle, k, i, j) = pair(plan)?;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    trips[k].swap(i, j);
    reroute(plan, vehicle, trips);
    Some(())
}

fn split_pair(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let (vehicle, k, _, j) = pair(plan)?;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    let second = trips[k].remove(j);
    trips.push(vec![second]);
    reroute(plan, vehicle, trips);
    Some(())
}

fn half_pair(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let (vehicle, k, _, j) = pair(plan)?;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    trips[k].remove(j);
    reroute(plan, vehicle, trips);
    Some(())
}

/// An order on a route of which another option is not used, and that option's visit.
fn other_option(plan: &Plan, with_consent: bool) -> Option<(VehicleId, VisitId, VisitId)> {
    let problem = &plan.problem;
    for route in &plan.routes {
        for used in route.visits() {
            let visit = problem.visit(used);
            for other in problem.realisations_of(visit.order) {
                let realisation = problem.realisation(other);
                let has_consent = realisation.forbidden.is_none();
                if other != visit.realisation && has_consent == with_consent {
                    return Some((route.vehicle, used, realisation.first));
                }
            }
        }
    }
    None
}

fn two_options(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let (vehicle, _, other) = other_option(plan, true)?;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    trips[0].push(other);
    reroute(plan, vehicle, trips);
    Some(())
}

fn no_consent(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let (vehicle, used, other) = other_option(plan, false)?;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    for visit in trips.iter_mut().flatten().filter(|visit| **visit == used) {
        *visit = other;
    }
    reroute(plan, vehicle, trips);
    Some(())
}

fn any_reason(plan: &Plan) -> Option<Reason> {
    plan.unserved.first().map(|one| one.reason.clone())
}

fn served_and_unserved(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let reason = any_reason(plan)?;
    let visit = plan.routes.first()?.visits().next()?;
    let order = plan.problem.visit(visit).order;
    plan.unserved.push(Unserved { order, reason });
    Some(())
}

fn unserved_twice(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let twice = plan.unserved.first()?.clone();
    plan.unserved.push(twice);
    Some(())
}

fn forget_unserved(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    plan.unserved.pop().map(|_| ())
}

fn unknown_order(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let (order, reason) = (OrderId::from_index(999), any_reason(plan)?);
    plan.unserved.push(Unserved { order, reason });
    Some(())
}

fn unknown_visit(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    any_route(plan, rng)?.trips[0].visits[0] = VisitId::from_index(9999);
    Some(())
}

fn unknown_vehicle(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    any_route(plan, rng)?.vehicle = VehicleId::from_index(99);
    Some(())
}

fn vehicle_twice(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let second = plan.routes.get(1)?.vehicle;
    let trips = reason::trips_of(&plan.routes, second);
    let first = plan.routes[0].vehicle;
    plan.routes.retain(|route| route.vehicle != second);
    let route = Route::new(&plan.problem, first, trips);
    plan.routes.push(route);
    Some(())
}

fn wrong_pin(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let is_pinned = |problem: &Problem, order| problem.pinned(order).is_some();
    move_order(plan, is_pinned, |problem, order, v| problem.pinned(order) != Some(v))
}

fn wrong_station(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let has_own = |problem: &Problem, order| problem.order_station(order).is_some();
    let to = |problem: &Problem, order, v| {
        problem.order_station(order).is_some_and(|own| own != problem.station_of(v))
    };
    move_order(plan, has_own, to)
}

fn no_skill(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let needs = |problem: &Problem, order: OrderId| !problem.order(order).skills().is_empty();
    move_order(plan, needs, |problem, order, v| !problem.skills_lacking(order, v).is_empty())
}

/// Moves a collection to the front of its trip, on a day whose vehicles deliver first.
fn collect_first(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let mut problem = Problem::clone(&plan.problem);
    problem.vehicles.iter_mut().for_each(|vehicle| vehicle.delivers_first = true);
    let collects = |visit: &VisitId| problem.visit(*visit).role == Role::Collect;
    let (vehicle, trips) = plan.routes.iter().find_map(|route| {
        let mut trips = reason::trips_of(&plan.routes, route.vehicle);
        let trip = trips.iter_mut().find(|trip| trip.iter().any(collects))?;
        let at = trip.iter().position(collects)?;
        trip[..=at].rotate_right(1);
        Some((route.vehicle, trips))
    })?;
    plan.problem = Arc::new(problem);
    reroute(plan, vehicle, trips);
    Some(())
}

/// A battery of which kilometres and hours tell what is taken.
const PLAIN: Charge = Charge {
    full_wh: 1 << 40,
    usable_wh: 1 << 40,
    joules_per_km: 360_000,
    watts: 500,
    given_mj: 0,
    is_by_road: false,
    door: None,
};

/// Gives the vehicle of a route this battery, and of that one watt hour less than the day asks for.
fn drain(plan: &mut Plan, problem: Problem, vehicle: VehicleId, charge: Charge) -> Option<()> {
    let mut problem = problem;
    problem.charge[vehicle.index()] = Some(charge);
    let route = plan.routes.iter().find(|route| route.vehicle == vehicle)?;
    let day = schedule::battery_day(&problem, &route.timetable)?;
    let usable_wh = day.full_wh - day.least_wh - 1;
    problem.charge[vehicle.index()] = Some(Charge { usable_wh, ..charge });
    plan.problem = Arc::new(problem);
    Some(())
}

fn drain_battery(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let vehicle = any_route(plan, rng)?.vehicle;
    let problem = Problem::clone(&plan.problem);
    drain(plan, problem, vehicle, PLAIN)
}

/// A pass on each leg: the way down gives back what the battery lacked on top.
fn drain_on_top(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let vehicle = any_route(plan, rng)?.vehicle;
    let mut problem = Problem::clone(&plan.problem);
    let pass = Drain { net: 0, peak: 9_000_000, tail: 0, worst: 9_000_000 };
    let profile = problem.profile_of(vehicle);
    let travel = TravelMatrix::clone(&problem.matrices[profile]);
    let places = travel.places();
    let travel = travel.with_drains(std::iter::repeat_n(pass, places * places));
    problem.matrices[profile] = Arc::new(travel);
    let charge = Charge { joules_per_km: 0, watts: 0, is_by_road: true, ..PLAIN };
    drain(plan, problem, vehicle, charge)?;
    let problem = &plan.problem;
    let usable = problem.charge(vehicle).map(|charge| charge.usable_wh());
    assert_eq!(usable, Some(2_499), "one pass, whatever the number of legs");
    Some(())
}

/// A charger at the station that gives nothing.
fn forget_charging(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let vehicle = plan.routes.iter().find(|route| route.trips.len() > 1)?.vehicle;
    let problem = Problem::clone(&plan.problem);
    let charge = Charge { watts: 0, given_mj: 36_000_000, ..PLAIN };
    drain(plan, problem, vehicle, charge)?;
    let mut problem = Problem::clone(&plan.problem);
    let charge = problem.charge[vehicle.index()].as_mut()?;
    (charge.given_mj, charge.usable_wh) = (0, charge.usable_wh + 1);
    plan.problem = Arc::new(problem);
    Some(())
}

fn no_box(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let is_cold = |problem: &Problem, order: OrderId| problem.order(order).class_code().is_some();
    move_order(plan, is_cold, |problem, _, v| problem.vehicle(v).boxes().is_empty())
}

/// The first cold goods that are handed over.
fn cold_delivery(plan: &Plan) -> Option<VisitId> {
    let is_cold = |visit: &VisitId| {
        let visit = plan.problem.visit(*visit);
        visit.class.is_some() && visit.role == Role::Deliver
    };
    plan.routes.iter().flat_map(Route::visits).find(is_cold)
}

fn waste_coolant(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    cold_delivery(plan)?;
    let mut problem = Problem::clone(&plan.problem);
    for one in problem.vehicles.iter_mut().flat_map(|vehicle| &mut vehicle.boxes) {
        one.sets = Some(0);
    }
    plan.problem = Arc::new(problem);
    Some(())
}

fn walk_far(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let visit = cold_delivery(plan)?;
    let walk = Seconds::hours(3);
    let mut problem = Problem::clone(&plan.problem);
    problem.visits[visit.index()].doorstep =
        Some(Doorstep { walk, hand_over: Seconds::ZERO, pouch: true });
    plan.problem = Arc::new(problem);
    Some(())
}

/// An order that was promised a second sooner than it is in hand.
fn break_promise(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let mut problem = Problem::clone(&plan.problem);
    let is_delivery = |visit: VisitId| problem.visit(visit).role == Role::Deliver;
    let mut stops = plan.routes.iter().flat_map(|route| &route.timetable.stops);
    let stop = stops.find(|stop| stop.visit.is_some_and(is_delivery))?;
    let (within, picking) = (Seconds::minutes(30), Seconds::minutes(5));
    let ordered_at = stop.leave - within - Seconds(1);
    let order = problem.visit(stop.visit?).order;
    Arc::make_mut(&mut problem.orders)[order.index()].urgent =
        Some(Urgent { ordered_at, within, picking });
    plan.problem = Arc::new(problem);
    Some(())
}

fn mix_cargo(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let cargo = |visit: VisitId| plan.problem.cargo(plan.problem.visit(visit));
    let has = |trip: &Trip, goods: Cargo| trip.visits.iter().any(|&visit| cargo(visit) == goods);
    let is_mixed = |trip: &Trip| has(trip, Cargo::Medicine) && has(trip, Cargo::Other);
    plan.routes.iter().flat_map(|route| &route.trips).find(|trip| is_mixed(trip))?;
    let mut problem = Problem::clone(&plan.problem);
    problem.segregates = true;
    plan.problem = Arc::new(problem);
    Some(())
}

fn forget_out(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let order = plan.problem.visit(cold_delivery(plan)?).order;
    let mut problem = Problem::clone(&plan.problem);
    let insulin = Product::by_code("INSULIN_UNOPENED")?;
    Arc::make_mut(&mut problem.products).insert(order, insulin);
    Arc::make_mut(&mut problem.orders)[order.index()].stability.out_before = Seconds(1);
    plan.problem = Arc::new(problem);
    Some(())
}

fn move_locked(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let problem = Arc::clone(&plan.problem);
    let is_locked = |order: &OrderId| {
        let order = problem.order(*order);
        order.position_lock().is_some() && order.kind() != Kind::Ship
    };
    let order = problem.order_ids().find(is_locked)?;
    let (_, visits) = taken_out(plan, |other| other == order)?;
    let vehicle = plan.routes.iter().find(|route| route.visits().count() > 1)?.vehicle;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    let at = trips.iter().position(|trip| trip.len() > 1)?;
    trips[at].splice(1..1, visits);
    reroute(plan, vehicle, trips);
    Some(())
}

fn break_frozen(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let vehicle = plan.problem.start.iter().find(|path| path.frozen > 0)?.vehicle;
    let mut trips = reason::trips_of(&plan.routes, vehicle);
    trips.first_mut().filter(|trip| trip.len() > 1)?.swap(0, 1);
    reroute(plan, vehicle, trips);
    Some(())
}

fn too_many_trips(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let limit = |vehicle| plan.problem.vehicle(vehicle).trip_limit() as usize;
    let many = |route: &&Route| route.visits().count() > limit(route.vehicle);
    let route = plan.routes.iter().find(many)?;
    let trips = route.visits().map(|visit| vec![visit]).collect();
    reroute(plan, route.vehicle, trips);
    Some(())
}

fn empty_trip(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let trip = Trip { depart: Time::at(18, 0), visits: Vec::new() };
    any_route(plan, rng)?.trips.push(trip);
    Some(())
}

fn empty_route(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let is_idle = |vehicle: &VehicleId| plan.routes.iter().all(|r| r.vehicle != *vehicle);
    let idle = plan.problem.vehicle_ids().find(is_idle)?;
    plan.routes.push(Route::new(&plan.problem, idle, Vec::new()));
    Some(())
}

fn leave_unready(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let problem = Arc::clone(&plan.problem);
    let ready = |route: &Route| {
        let visits = route.trips[0].visits.iter().map(|&visit| problem.visit(visit).ready_at);
        visits.max().filter(|&time| time > Time::at(8, 0))
    };
    let at = plan.routes.iter().position(|route| ready(route).is_some())?;
    let ready = ready(&plan.routes[at])?;
    redepart(plan, at, |departs| departs[0] = ready - Seconds(1));
    Some(())
}

fn leave_before_shift(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let at = rng.below(plan.routes.len());
    plan.routes.get(at)?;
    redepart(plan, at, |departs| departs[0] = Time::at(8, 0) - Seconds(1));
    Some(())
}

fn leave_unloaded(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let at = plan.routes.iter().position(|route| route.trips.len() > 1)?;
    let reloads = plan.routes[at].timetable.trips().next()?.returns();
    redepart(plan, at, |departs| departs[1] = reloads + Seconds(1));
    Some(())
}

fn leave_hours_late(plan: &mut Plan, rng: &mut Rng) -> Option<()> {
    let at = rng.below(plan.routes.len());
    plan.routes.get(at)?;
    redepart(plan, at, |departs| departs[0] = departs[0] + Seconds::hours(9));
    Some(())
}

fn overload(plan: &mut Plan, _: &mut Rng) -> Option<()> {
    let vehicle = plan.routes.last()?.vehicle;
    let all: Vec<VisitId> = plan.routes.iter().flat_map(Route::visits).collect();
    plan.routes.clear();
    reroute(plan, vehicle, vec![all]);
    Some(())
}
