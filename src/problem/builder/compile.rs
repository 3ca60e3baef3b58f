//! Makes a checked day dense.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cold::{
    self, AirShift, HoldTerms, Product, ProductClass, Unfit, Wear, Weather, hold_by_place,
};
use crate::error::{Code, Fault, Result};
use crate::place::Point;
use crate::problem::airs::Heights;
use crate::problem::builder::Builder;
use crate::problem::stability::products_of;
use crate::problem::{
    Call, Charge, Choice, ColdBox, CompartmentUse, DIMENSIONS, Forbidden, HandOver, Kind, Load,
    Order, OrderId, OwnTerms, Place, PlaceId, Problem, Realisation, RealisationId, Role, StartPath,
    StartRoute, StartStop, Station, StationId, Vehicle, VehicleId, Visit, VisitId,
};
use crate::units::{MilliCelsius, Time, Window};

/// The dense form of a day without faults; travel is still missing.
pub(super) fn compile(
    mut day: Builder,
    heights: Option<&Heights>,
    known: &[Product],
) -> Result<Problem> {
    let (anywhere, wide) = (heights.map(Heights::whole), anywhere(&day, heights));
    condition(&mut day, wide.as_ref());
    for vehicle in day.stations.iter_mut().flat_map(|station| &mut station.vehicles) {
        vehicle.boxes.extend(vehicle.compartment.as_ref().and_then(CompartmentUse::cold_box));
    }
    let vehicles: Vec<Vehicle> = day.stations.iter().flat_map(|s| s.vehicles.clone()).collect();
    let vehicle_station = day
        .stations
        .iter()
        .enumerate()
        .flat_map(|(i, s)| std::iter::repeat_n(StationId::from_index(i), s.vehicles.len()))
        .collect();
    let mut profiles: Vec<String> = vehicles.iter().map(|v| v.profile.clone()).collect();
    profiles.sort();
    profiles.dedup();
    let profile_of = |v: &Vehicle| profiles.iter().position(|name| *name == v.profile);
    let vehicle_profile = vehicles.iter().filter_map(profile_of).collect();
    let classes = classes_of(&day.orders);
    let weather = day.weather.as_ref();
    let fits: Vec<Vec<Held>> = vehicles.iter().map(|v| fits(v, weather, anywhere)).collect();
    let each = || vehicles.iter().zip(&fits);
    let held: Vec<Vec<Held>> = each().map(|(v, fits)| holds(v, fits, &classes)).collect();
    let own = |((vehicle, fits), best): ((&Vehicle, &Vec<Held>), &Vec<Held>)| {
        own_terms(vehicle, fits, &classes, best)
    };
    let mut problem = Problem {
        own_terms: each().zip(&held).map(own).collect(),
        wear: held.iter().map(|row| row.iter().map(wear_of).collect()).collect(),
        hold: held.into_iter().map(|row| row.into_iter().map(terms_of).collect()).collect(),
        capacity: each().map(|(v, fits)| capacity(v, fits, &classes)).collect(),
        box_fits: fits.iter().map(|fits| fits.iter().map(Held::is_ok).collect()).collect(),
        charge: vehicles.iter().map(|v| charge(v, wide.as_ref(), &classes)).collect(),
        pinned: day.orders.iter().map(|o| pinned(o, &vehicles)).collect(),
        order_station: day.orders.iter().map(|o| station_of(o, &day.stations)).collect(),
        date: day.date,
        zone: day.zone,
        stations: day.stations,
        vehicles,
        orders: Arc::new(day.orders),
        places: Vec::new(),
        visits: Vec::new(),
        realisations: Vec::new(),
        first_realisation: vec![0],
        classes,
        weather: day.weather,
        airs: None,
        profiles,
        matrices: Vec::new(),
        vehicle_profile,
        vehicle_station,
        start: Vec::new(),
        snap_limit: day.snap_limit,
        segregates: day.segregates,
        excursions: day.excursions,
        products: Arc::default(),
        roads: None,
    };
    bound_sums(&problem)?;
    problem.products = Arc::new(products_of(&problem.orders, known));
    Visits::default().add_all(&mut problem);
    problem.start = start_paths(&problem, &day.start);
    Ok(problem)
}

/// The vehicle's battery with what its compartment draws beside the rest.
fn charge(
    vehicle: &Vehicle,
    weather: Option<&Weather>,
    classes: &[ProductClass],
) -> Option<Charge> {
    let mut drawn = vehicle.clone();
    let air = weather.and_then(|weather| air_of(vehicle, weather));
    if let (Some(battery), Some(kept), Some(air)) = (&mut drawn.battery, &vehicle.compartment, air)
    {
        battery.draw_kw += kept.draw_w(air) / 1000.0;
    }
    Some(Charge::of(&drawn, weather)?.with_door(vehicle, air, classes))
}

fn classes_of(orders: &[Order]) -> Vec<ProductClass> {
    let mut codes: Vec<&str> = orders.iter().filter_map(Order::class_code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().filter_map(ProductClass::by_code).collect()
}

/// The weather anywhere the day may lead.
fn anywhere(day: &Builder, heights: Option<&Heights>) -> Option<Weather> {
    let weather = day.weather.clone()?;
    Some(match heights {
        Some(heights) => heights.widen(weather),
        None => weather,
    })
}

/// Decides how boxes that are left to the weather are conditioned.
fn condition(day: &mut Builder, weather: Option<&Weather>) {
    for vehicle in day.stations.iter_mut().flat_map(|station| &mut station.vehicles) {
        let Some((low, high)) = weather.and_then(|weather| air_of(vehicle, weather)) else {
            continue;
        };
        for cold_box in vehicle.boxes.iter_mut().filter(|cold_box| cold_box.is_auto) {
            let Some(class) = ProductClass::by_code(&cold_box.class) else { continue };
            cold_box.conditioning = cold::condition(&cold_box.pack_out, &class, low, high).0;
        }
    }
}

/// The air a vehicle's boxes may stand in. They are closed the packing time before they leave; what
/// the weather does not say of that may be anything it says of the day.
pub(in crate::problem) fn air_of(
    vehicle: &Vehicle,
    weather: &Weather,
) -> Option<(MilliCelsius, MilliCelsius)> {
    let whole = || weather.cover().and_then(|(first, last)| weather.range(first, last));
    let (open, close) = (vehicle.shift.open() - vehicle.packing, vehicle.shift.close());
    weather.range(open, close).or_else(whole)
}

/// What one kind of boxes can do for its class today, in the worst air and by the hour.
type Held = std::result::Result<(HoldTerms, Option<Wear>), Unfit>;

fn wear_of(held: &Held) -> Option<Arc<Wear>> {
    held.as_ref().ok().and_then(|(_, wear)| wear.clone()).map(Arc::new)
}

fn terms_of(held: Held) -> std::result::Result<HoldTerms, Unfit> {
    held.map(|(terms, _)| terms)
}

/// Of each kind of a vehicle's boxes.
fn fits(vehicle: &Vehicle, weather: Option<&Weather>, anywhere: Option<AirShift>) -> Vec<Held> {
    let hours = (vehicle.shift.open() - vehicle.packing, vehicle.shift.close());
    let one = |cold_box: &ColdBox| {
        let class = ProductClass::by_code(&cold_box.class);
        let (class, weather) = class.zip(weather).ok_or(Unfit::NoBox)?;
        let (pack_out, way) = (&cold_box.pack_out, cold_box.conditioning);
        hold_by_place(pack_out, way, &class, (weather, anywhere), hours)
    };
    vehicle.boxes.iter().map(one).collect()
}

/// What a vehicle's boxes can do for each class. Boxes that are unfit stay at the station while there
/// are others; of those others the best counts in each number, see [`own_terms`].
fn holds(vehicle: &Vehicle, fits: &[Held], classes: &[ProductClass]) -> Vec<Held> {
    let one = |class: &ProductClass| {
        let kept = vehicle.boxes.iter().zip(fits);
        let kept = kept.filter(|(one, _)| one.class == class.code && one.count > 0);
        let better = |so_far: Held, fit: Held| match (so_far, fit) {
            (Ok((terms, wear)), Ok((other, more))) => {
                Ok((terms.better(other), Wear::better(wear, more)))
            }
            (Ok(kept), Err(_)) | (Err(_), Ok(kept)) => Ok(kept),
            (Err(why), Err(_)) => Err(why),
        };
        kept.map(|(_, fit)| fit.clone()).reduce(better).unwrap_or(Err(Unfit::NoBox))
    };
    classes.iter().map(one).collect()
}

/// What each kind of boxes can do, where the vehicle takes several kinds for one class.
fn own_terms(
    vehicle: &Vehicle,
    fits: &[Held],
    classes: &[ProductClass],
    best: &[Held],
) -> Vec<Option<OwnTerms>> {
    let is_taken = |kind: usize| fits[kind].is_ok() && vehicle.boxes[kind].count > 0;
    let one = |kind: usize| {
        let code = &vehicle.boxes[kind].class;
        let class = classes.iter().position(|class| class.code == *code)?;
        let (terms, wear) = fits[kind].as_ref().ok().filter(|_| is_taken(kind))?;
        let is_alike = |&other: &usize| is_taken(other) && vehicle.boxes[other].class == *code;
        if (0..fits.len()).filter(is_alike).count() < 2 {
            return None;
        }
        let less = best[class].as_ref().ok()?.0.hold - terms.hold;
        Some(OwnTerms { terms: *terms, less, wear: wear.clone().map(Arc::new) })
    };
    (0..fits.len()).map(one).collect()
}

fn capacity(vehicle: &Vehicle, fits: &[Held], classes: &[ProductClass]) -> Load {
    let mut load = [0; DIMENSIONS];
    load[0] = vehicle.capacity.mass.0;
    load[1] = vehicle.capacity.volume.0;
    load[2] = vehicle.capacity.pieces;
    for (room, class) in load[3..].iter_mut().zip(classes) {
        let kept = || vehicle.boxes.iter().zip(fits).filter(|(one, _)| one.class == class.code);
        let is_any = kept().any(|(one, fit)| fit.is_ok() && one.count > 0);
        let taken = kept().filter(|(_, fit)| fit.is_ok() || !is_any);
        *room = taken.map(|(b, _)| b.pack_out.volume.0 * i64::from(b.count)).sum();
    }
    load
}

fn pinned(order: &Order, vehicles: &[Vehicle]) -> Option<VehicleId> {
    let id = order.vehicle.as_ref()?;
    vehicles.iter().position(|vehicle| vehicle.id == *id).map(VehicleId::from_index)
}

/// The order's station; the only one when none is named.
fn station_of(order: &Order, stations: &[Station]) -> Option<StationId> {
    let named = order.station.as_ref().and_then(|id| stations.iter().position(|s| s.id == *id));
    (!order.is_for_any_station).then(|| StationId::from_index(named.unwrap_or(0)))
}

/// Load sums stay countable whatever the routes.
fn bound_sums(problem: &Problem) -> Result<()> {
    let total: i128 = problem.orders.iter().map(|o| i128::from(o.quantity.mass.0)).sum();
    if total >= 1 << 60 {
        return Err(Fault::new(Code::Overflow, "orders of less than 2^60 g together")
            .field("mass")
            .value(total)
            .into());
    }
    Ok(())
}

/// Gathers places and visits.
#[derive(Default)]
struct Visits {
    places: BTreeMap<(u64, u64), PlaceId>,
}

impl Visits {
    fn add_all(mut self, problem: &mut Problem) {
        // Each station has a place of its own, so that station ids are place ids.
        for i in 0..problem.stations.len() {
            let point = problem.stations[i].point;
            let id = push_place(problem, point);
            self.places.entry(key(point)).or_insert(id);
        }
        for i in 0..problem.orders.len() {
            let order = problem.orders[i].clone();
            for (number, choice) in order.choices.iter().enumerate() {
                self.add(problem, OrderId::from_index(i), &order, number, choice);
            }
            let so_far = RealisationId::from_index(problem.realisations.len());
            problem.first_realisation.push(so_far.0);
        }
    }

    fn add(
        &mut self,
        problem: &mut Problem,
        id: OrderId,
        order: &Order,
        number: usize,
        choice: &Choice,
    ) {
        let realisation = RealisationId::from_index(problem.realisations.len());
        let role = match order.kind {
            Kind::Deliver => Role::Deliver,
            Kind::Collect => Role::Collect,
            Kind::Serve => Role::Serve,
            Kind::Ship => Role::ShipDelivery,
        };
        let calls = choice.pickup.iter().map(|call| (call, Role::ShipPickup));
        let mut visits = Vec::with_capacity(2);
        for (call, role) in calls.chain([(&choice.call, role)]) {
            visits.push(VisitId::from_index(problem.visits.len()));
            let visit = self.visit(problem, (id, realisation), order, call, role);
            problem.visits.push(visit);
        }
        let lacks_consent = choice.hand_over == HandOver::PickupPoint && !order.consent;
        problem.realisations.push(Realisation {
            order: id,
            choice: number,
            first: visits[0],
            second: visits.get(1).copied(),
            price: choice.price,
            forbidden: lacks_consent.then_some(Forbidden::NoConsent),
        });
    }

    fn visit(
        &mut self,
        problem: &mut Problem,
        (id, realisation): (OrderId, RealisationId),
        order: &Order,
        call: &Call,
        role: Role,
    ) -> Visit {
        let place =
            *self.places.entry(key(call.point)).or_insert_with(|| push_place(problem, call.point));
        let (ready_at, due_back) = station_times(problem, order, role);
        let class = order.class.as_ref();
        let class = class.and_then(|code| problem.classes.iter().position(|c| c.code == *code));
        Visit {
            order: id,
            realisation,
            role,
            place,
            windows: windows_for(order, call, role),
            service: call.service,
            load: load_of(order, class),
            class,
            ready_at,
            due_back,
            position: order.position,
            doorstep: call.doorstep,
        }
    }
}

fn key(p: Point) -> (u64, u64) {
    (p.lat.to_bits(), p.lon.to_bits())
}

fn push_place(problem: &mut Problem, point: Point) -> PlaceId {
    problem.places.push(Place { point, access: Vec::new() });
    PlaceId::from_index(problem.places.len() - 1)
}

/// When the goods are ready at the station, and when they must be back there.
fn station_times(problem: &Problem, order: &Order, role: Role) -> (Time, Time) {
    let trucks = || problem.stations.iter().flat_map(|station| &station.trucks);
    let truck = order.truck.as_ref().and_then(|id| trucks().find(|truck| truck.id == *id));
    let picked = order.urgent.map(crate::problem::Urgent::ready_at);
    let ready_at =
        order.ready_at.into_iter().chain(truck.and_then(|t| t.ready_at)).chain(picked).max();
    let due_back = order.due_back.into_iter().chain(truck.and_then(|t| t.cut_off)).min();
    (
        ready_at.filter(|_| role.is_from_station()).unwrap_or(Time::MIN),
        due_back.filter(|_| role == Role::Collect).unwrap_or(Time::MAX),
    )
}

/// When service may begin at a call, without promises.
pub(in crate::problem) fn windows_of(call: &Call) -> Vec<Window> {
    tidy(&call.windows)
}

/// When service may begin at a call of an order: in its windows, early enough for its promise. Never
/// empty, as the day's check refuses windows that begin too late.
fn windows_for(order: &Order, call: &Call, role: Role) -> Vec<Window> {
    let windows = windows_of(call);
    let promise = order.urgent.filter(|_| role.is_from_station());
    let Some(latest) = promise.map(|promise| promise.latest_begin(call.service)) else {
        return windows;
    };
    let kept = windows.iter().filter(|window| window.open() <= latest);
    kept.filter_map(|window| Window::new(window.open(), window.close().min(latest))).collect()
}

/// Sorted windows with overlaps joined; the whole horizon when there are none.
fn tidy(windows: &[Window]) -> Vec<Window> {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let mut joined: Vec<Window> = Vec::with_capacity(sorted.len().max(1));
    for window in sorted {
        match joined.last_mut() {
            Some(last) if window.open() <= last.close() => {
                let close = last.close().max(window.close());
                *last = Window::new(last.open(), close).unwrap_or(*last);
            }
            _ => joined.push(window),
        }
    }
    if joined.is_empty() {
        joined.push(Window::ALWAYS);
    }
    joined
}

/// What an order adds to the load. Goods in a cold box fill the box instead of the vehicle.
fn load_of(order: &Order, class: Option<usize>) -> Load {
    let mut load = [0; DIMENSIONS];
    load[0] = order.quantity.mass.0;
    load[2] = order.quantity.pieces;
    match class {
        Some(class) => load[3 + class] = order.quantity.volume.0,
        None => load[1] = order.quantity.volume.0,
    }
    load
}

/// The routes of a checked start plan, resolved.
pub(super) fn start_paths(problem: &Problem, routes: &[StartRoute]) -> Vec<StartPath> {
    let vehicles = problem.vehicles.iter().enumerate();
    let vehicles: BTreeMap<&str, usize> = vehicles.map(|(i, v)| (v.id.as_str(), i)).collect();
    let path = |route| start_path(problem, &vehicles, route);
    routes.iter().map(path).collect()
}

fn start_path(
    problem: &Problem,
    vehicles: &BTreeMap<&str, usize>,
    route: &StartRoute,
) -> StartPath {
    let vehicle = vehicles.get(route.vehicle.as_str()).copied().unwrap_or(0);
    let mut seen: BTreeSet<OrderId> = BTreeSet::new();
    let mut resolve = |stop: &StartStop| {
        let order = problem.find_order(&stop.order)?;
        let realisation = problem.realisations_of(order).nth(stop.choice)?;
        let realisation = problem.realisation(realisation);
        let is_first = seen.insert(order);
        Some(match realisation.second {
            Some(second) if !is_first => second,
            _ => realisation.first,
        })
    };
    let trips = route.trips.iter().map(|trip| trip.iter().filter_map(&mut resolve).collect());
    let trips = trips.collect();
    StartPath { vehicle: VehicleId::from_index(vehicle), trips, frozen: route.frozen }
}
