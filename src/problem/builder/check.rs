//! What can be wrong with a day.

use std::collections::{BTreeMap, BTreeSet};

use crate::cold::{Product, ProductClass};
use crate::error::{Code, Error, Fault, Result};
use crate::place::Point;
use crate::problem::builder::Builder;
use crate::problem::{
    Battery, COLD_CLASSES, Call, Kind, Order, Problem, StartRoute, StationId, Vehicle, stability,
};
use crate::units::{Seconds, Window};

/// The longest service, and the farthest moment from the plan's midnight.
const HORIZON: Seconds = Seconds(366 * 86_400);
/// The most of anything (grams, millilitres, pieces) one order or vehicle may hold.
const LARGEST: i64 = 1_000_000_000_000;
/// The highest rate or price, in millionths.
const DEAREST: i64 = 1_000_000_000_000;
/// How many orders one day may have.
const MOST_ORDERS: usize = 1_000_000;

/// Every fault of the day, in the order of its parts.
pub(super) fn faults(day: &Builder, known: &[Product]) -> Vec<Fault> {
    let mut found = stability::own_faults(&day.products);
    if day.orders.len() > MOST_ORDERS {
        found.push(
            fault(Code::TooLarge, "", "orders", "at most 1,000,000 orders").value(day.orders.len()),
        );
    }
    stations(day, &mut found);
    for order in &day.orders {
        one_order(day, order, &mut found);
        found.extend(order.product_faults(known, &place_of(order)));
    }
    doubles(day, &mut found);
    classes(day, &mut found);
    let vehicles = day.stations.iter().flat_map(|station| &station.vehicles);
    start_plan(&day.orders, vehicles, &day.start, &mut found);
    found
}

fn fault(code: Code, place: &str, field: &str, expected: &str) -> Fault {
    Fault::new(code, expected).place(place).field(field)
}

fn id(found: &mut Vec<Fault>, place: &str, id: &str) {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if id.trim().is_empty() || id.contains(bad) || id.contains("..") || id.len() > 200 {
        let expected =
            "an id without slashes, control characters or \"..\", at most 200 bytes long";
        found.push(fault(Code::BadId, place, "id", expected).value(id));
    }
}

fn point(found: &mut Vec<Fault>, place: &str, p: Point) {
    let text = format!("{}, {}", p.lat, p.lon);
    if !p.is_on_globe() {
        let expected = "a latitude from -90 to 90 and a longitude from -180 to 180";
        found.push(fault(Code::BadPoint, place, "lat, lon", expected).value(text));
    } else if p.lat.abs() < 1e-9 && p.lon.abs() < 1e-9 {
        let expected = "a place on land (0, 0 usually is a failed geocoding)";
        found.push(fault(Code::BadPoint, place, "lat, lon", expected).value(text));
    }
}

fn within(found: &mut Vec<Fault>, place: &str, field: &str, value: i64, bound: i64) {
    if !(0..=bound).contains(&value) {
        let expected = format!("a number from 0 to {bound}");
        found.push(fault(Code::OutOfRange, place, field, &expected).value(value));
    }
}

fn window(found: &mut Vec<Fault>, place: &str, field: &str, window: Window) {
    let far = |t: i64| t.abs() > HORIZON.0;
    if window != Window::ALWAYS && (far(window.open().0) || far(window.close().0)) {
        let expected = "times within a year of the plan's date";
        let value = format!("{} to {}", window.open(), window.close());
        found.push(fault(Code::OutOfRange, place, field, expected).value(value));
    }
}

fn stations(day: &Builder, found: &mut Vec<Fault>) {
    for station in &day.stations {
        let place = if station.origin.is_empty() { &station.id } else { &station.origin };
        id(found, place, &station.id);
        if station.id == "*" {
            let expected = "an id other than \"*\", which stands for any station in day files";
            found.push(fault(Code::BadId, place, "id", expected).value(&station.id));
        }
        point(found, place, station.point);
        for truck in &station.trucks {
            id(found, place, &truck.id);
        }
        for vehicle in &station.vehicles {
            one_vehicle(vehicle, &day.date, found);
            compartment(vehicle, day, found);
        }
    }
    if day.stations.iter().all(|station| station.vehicles.is_empty()) && day.stations.is_empty() {
        found.push(fault(Code::MissingPart, "", "stations", "at least one station"));
    }
}

fn one_vehicle(vehicle: &Vehicle, date: &str, found: &mut Vec<Fault>) {
    let place = if vehicle.origin.is_empty() { &vehicle.id } else { &vehicle.origin };
    id(found, place, &vehicle.id);
    window(found, place, "shift", vehicle.shift);
    let limit = crate::units::Grams::UNLIMITED.0;
    for (field, value, bound) in [
        ("capacity.mass", vehicle.capacity.mass.0, limit),
        ("capacity.volume", vehicle.capacity.volume.0, limit),
        ("capacity.pieces", vehicle.capacity.pieces, limit),
        ("costs.fixed", vehicle.fixed.0, DEAREST),
        ("costs.per_hour", vehicle.per_second.0, DEAREST),
        ("costs.per_km", vehicle.per_metre.0, DEAREST),
        ("max_duration", vehicle.max_duration.0, limit),
        ("max_length", vehicle.max_length.0, limit),
        ("parking", vehicle.parking.0, 86_400),
        ("reload", vehicle.reload.0, 86_400),
        ("packing", vehicle.packing.0, 86_400),
        ("trips", vehicle.trips.into(), 100),
    ] {
        within(found, place, field, value, bound);
    }
    if vehicle.trips == 0 {
        found.push(fault(Code::OutOfRange, place, "trips", "at least one trip").value(0));
    }
    if let Some(rule) = vehicle.driving
        && (rule.drive.0 < 60 || rule.rest.0 < 0 || rule.rest.0 > 86_400)
    {
        let expected = "at least a minute of driving, and a rest of 0 s to a day";
        found.push(fault(Code::OutOfRange, place, "driving", expected).value(rule.drive));
    }
    let battery = vehicle.battery.as_ref().and_then(Battery::fault);
    if let Some((code, field, value, expected)) = battery {
        let field = format!("battery.{field}");
        found.push(fault(code, place, &field, expected).value(value));
    }
    for cold_box in &vehicle.boxes {
        found
            .extend(cold_box.pack_out.check().into_iter().map(|fault| fault.place(place.as_str())));
        if ProductClass::by_code(&cold_box.class).is_none() {
            found.push(class_unknown(place, &cold_box.class));
        }
        within(found, place, "boxes.count", cold_box.count.into(), 10_000);
        found.extend(cold_box.sets_fault(place));
        found.extend(cold_box.papers_faults(place, date));
    }
}

/// A compartment that cannot be, or whose unit is too weak for the day's air.
fn compartment(vehicle: &Vehicle, day: &Builder, found: &mut Vec<Fault>) {
    let Some(kept) = &vehicle.compartment else { return };
    let place = if vehicle.origin.is_empty() { &vehicle.id } else { &vehicle.origin };
    let air = day.weather.as_ref().and_then(|weather| super::air_of(vehicle, weather));
    for fault in kept.faults(air) {
        let field = format!("compartment.{}", fault.field_name());
        found.push(fault.place(place.as_str()).field(field));
    }
    let papers = kept.cold_box().map(|one| one.papers_faults(place, &day.date));
    for fault in papers.into_iter().flatten() {
        let field = fault.field_name().replace("boxes.", "compartment.goods.");
        found.push(fault.field(field));
    }
}

fn class_unknown(place: &str, code: &str) -> Fault {
    fault(Code::UnknownName, place, "class", "the code of a known product class").value(code)
}

fn place_of(order: &Order) -> String {
    if order.origin.is_empty() { format!("order {}", order.id) } else { order.origin.clone() }
}

fn one_order(day: &Builder, order: &Order, found: &mut Vec<Fault>) {
    let place = &place_of(order);
    id(found, place, &order.id);
    within(found, place, "mass", order.quantity.mass.0, LARGEST);
    within(found, place, "volume", order.quantity.volume.0, LARGEST);
    within(found, place, "pieces", order.quantity.pieces, LARGEST);
    if let Some(prize) = order.prize {
        within(found, place, "prize", prize.0, DEAREST);
    }
    if order.choices.is_empty() {
        found.push(fault(Code::MissingPart, place, "options", "at least one option"));
    }
    for choice in &order.choices {
        if choice.pickup.is_some() != (order.kind == Kind::Ship) {
            let expected = "a pickup for each option of a shipment, and for nothing else";
            found.push(fault(Code::Contradiction, place, "pickup", expected));
        }
        within(found, place, "price", choice.price.0, DEAREST);
        for call in choice.pickup.iter().chain([&choice.call]) {
            one_call(call, place, found);
        }
    }
    references(day, order, place, found);
    found.extend(order.promise_faults(place));
}

fn one_call(call: &Call, place: &str, found: &mut Vec<Fault>) {
    point(found, place, call.point);
    within(found, place, "service", call.service.0, HORIZON.0);
    if let Some(doorstep) = call.doorstep {
        within(found, place, "doorstep.walk", doorstep.walk.0, 86_400);
        within(found, place, "doorstep.hand_over", doorstep.hand_over.0, 86_400);
    }
    for &one in &call.windows {
        window(found, place, "windows", one);
    }
}

fn references(day: &Builder, order: &Order, place: &str, found: &mut Vec<Fault>) {
    let mut dangling = |field: &str, name: &str, what: &str| {
        let expected = format!("the id of a {what} of this day");
        found.push(fault(Code::DanglingReference, place, field, &expected).value(name));
    };
    let stations = || day.stations.iter();
    if let Some(name) = &order.station
        && !stations().any(|station| &station.id == name)
    {
        dangling("station", name, "station");
    }
    if let Some(name) = &order.vehicle
        && !stations().flat_map(|s| &s.vehicles).any(|vehicle| &vehicle.id == name)
    {
        dangling("vehicle", name, "vehicle");
    }
    if let Some(name) = &order.truck
        && !stations().flat_map(|s| &s.trucks).any(|truck| &truck.id == name)
    {
        dangling("truck", name, "truck");
    }
    if order.station.is_none() && !order.is_for_any_station && day.stations.len() > 1 {
        let expected = "a station's id, or any station, as there are several";
        found.push(fault(Code::MissingField, place, "station", expected));
    }
    if let Some(code) = &order.class
        && ProductClass::by_code(code).is_none()
    {
        found.push(class_unknown(place, code));
    }
}

/// Ids that are there twice.
fn doubles(day: &Builder, found: &mut Vec<Fault>) {
    let mut check = |what: &str, ids: Vec<(&str, String)>| {
        let mut first: BTreeMap<&str, String> = BTreeMap::new();
        for (id, place) in ids {
            if let Some(other) = first.insert(id, place.clone()) {
                let expected = format!("a {what} id that is used once (it is also at {other})");
                found.push(fault(Code::DoubleId, &place, "id", &expected).value(id));
            }
        }
    };
    check("station", day.stations.iter().map(|s| (s.id.as_str(), s.origin.clone())).collect());
    let vehicles = day.stations.iter().flat_map(|s| &s.vehicles);
    check("vehicle", vehicles.map(|v| (v.id.as_str(), v.origin.clone())).collect());
    let trucks =
        day.stations.iter().flat_map(|s| s.trucks.iter().map(|t| (t.id.as_str(), s.id.clone())));
    check("truck", trucks.collect());
    check("order", day.orders.iter().map(|o| (o.id.as_str(), place_of(o))).collect());
}

/// At most [`COLD_CLASSES`] classes, and weather when there are boxes to stand in it.
fn classes(day: &Builder, found: &mut Vec<Fault>) {
    let mut codes: Vec<&str> = day.orders.iter().filter_map(|o| o.class.as_deref()).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.len() > COLD_CLASSES {
        let expected = format!("at most {COLD_CLASSES} product classes on one day");
        found.push(fault(Code::TooLarge, "", "class", &expected).value(codes.join(", ")));
    }
    if codes.is_empty() {
        return;
    }
    let vehicles = day.stations.iter().flat_map(|s| &s.vehicles);
    let is_cold = |vehicle: &&Vehicle| {
        let kept = vehicle.compartment.as_ref();
        !vehicle.boxes.is_empty() || kept.is_some_and(|kept| kept.goods.is_some())
    };
    for vehicle in vehicles.filter(is_cold) {
        let (open, close) = (vehicle.shift.open(), vehicle.shift.close());
        if day.weather.as_ref().is_none_or(|weather| weather.range(open, close).is_none()) {
            let expected =
                format!("weather from {open} to {close}, as cold goods are in the orders");
            found.push(fault(Code::WeatherGap, &vehicle.id, "weather", &expected));
        }
    }
}

/// What is wrong with a start plan for these orders, sorted by id, and vehicles.
pub(super) fn start_plan<'v>(
    orders: &[Order],
    vehicles: impl Iterator<Item = &'v Vehicle>,
    start: &[StartRoute],
    found: &mut Vec<Fault>,
) {
    let known = |id: &str| orders.binary_search_by(|order| order.id.as_str().cmp(id)).ok();
    let vehicles: BTreeSet<&str> =
        if start.is_empty() { BTreeSet::new() } else { vehicles.map(Vehicle::id).collect() };
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, route) in start.iter().enumerate() {
        let place = format!("start[{i}]");
        if !vehicles.contains(route.vehicle.as_str()) {
            let expected = "the id of a vehicle of this day";
            found.push(
                fault(Code::DanglingReference, &place, "vehicle", expected).value(&route.vehicle),
            );
        }
        for stop in route.trips.iter().flatten() {
            let Some(order) = known(&stop.order) else {
                let expected = "the id of an order of this day";
                found.push(
                    fault(Code::DanglingReference, &place, "order", expected).value(&stop.order),
                );
                continue;
            };
            if stop.choice >= orders[order].choices.len() {
                let expected = "the number of one of the order's options, from 0";
                found.push(fault(Code::OutOfRange, &place, "choice", expected).value(stop.choice));
            }
            *times.entry(&stop.order).or_default() += 1;
        }
    }
    for (id, count) in times {
        let Some(order) = known(id) else { continue };
        let due = if orders[order].kind == Kind::Ship { 2 } else { 1 };
        if count != due {
            let expected = format!("each order {due} times");
            found.push(fault(Code::Contradiction, "start", id, &expected).value(count));
        }
    }
}

/// A battery that takes what the road asks for needs travel that knows it.
pub(super) fn drains_known(problem: &Problem) -> Result<()> {
    let mut found = Vec::new();
    for id in problem.vehicle_ids() {
        let is_by_road = problem.charge(id).is_some_and(|charge| charge.is_by_road);
        if is_by_road && !problem.travel(id).has_drains() {
            let vehicle = problem.vehicle(id);
            let place = if vehicle.origin.is_empty() { &vehicle.id } else { &vehicle.origin };
            let expected = "watt hours a kilometre, as its travel does not tell what legs take out \
                            of a battery: only roads of an electric profile do";
            let lacking = fault(Code::MissingField, place, "battery.wh_per_km", expected);
            found.push(lacking.value(&vehicle.profile));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Error::input(found)) }
}

/// A station with vehicles must lie on each of their roads: without it nothing can be planned.
pub(super) fn stations_on_roads(problem: &Problem) -> Result<()> {
    let mut found = Vec::new();
    for vehicle in problem.vehicle_ids() {
        let StationId(station) = problem.station_of(vehicle);
        let profile = problem.profile_of(vehicle);
        if let Err(nearest) = problem.places[station as usize].access[profile] {
            let nearest = nearest.map_or("no usable road".into(), |far| format!("{far} away"));
            let expected = format!(
                "a station within {} of a road for {}",
                problem.snap_limit, problem.profiles[profile]
            );
            let id = problem.stations[station as usize].id();
            found.push(fault(Code::StationOffRoad, id, "lat, lon", &expected).value(nearest));
        }
    }
    found.dedup();
    if found.is_empty() { Ok(()) } else { Err(Error::input(found)) }
}
