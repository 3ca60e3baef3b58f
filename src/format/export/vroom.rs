//! The JSON input of VROOM 1.14 and later, with matrices: jobs, shipments, vehicles.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::error::Result;
use crate::format::export::{
    Export, Matrices, Needs, dimensions, drive_of, left_out_of_both, listed, loads, moment,
    push_square, span, usable, way,
};
use crate::problem::{
    Kind, Order, OrderId, PlaceId, Problem, Realisation, Role, StationId, Tier, VehicleId, Visit,
    VisitId,
};
use crate::units::{Metres, Money, Seconds, Time, Window};

/// The day for VROOM. Times are seconds after midnight, costs hundredths of the currency unit; jobs
/// are described by their order's id. Of an order with options the first usable one is written, of
/// a vehicle with several trips the first trip.
///
/// # Errors
/// [`Code::Memory`](crate::error::Code::Memory) when the matrices would have more than 200 million
/// cells.
pub fn vroom(problem: &Problem) -> Result<Export> {
    let places = problem.places().len();
    let matrices = Matrices::new(problem, places, |v| drive_of(problem, v))?;
    let writer = Writer { problem, dimensions: dimensions(problem), skills: skills(problem) };
    let left_out = left_out(problem);
    let mut text = format!("{{\n\"left_out\": {}", listed(&left_out));
    let vehicles: Value =
        problem.vehicle_ids().map(|v| writer.vehicle(v, matrices.of_vehicle[v.index()])).collect();
    // Writing to a String cannot fail.
    let (mut jobs, mut shipments) = (Vec::new(), Vec::new());
    for order in problem.order_ids() {
        let Some(&first) = usable(problem, order).first() else { continue };
        let realisation = problem.realisation(first);
        match realisation.second {
            Some(second) => shipments.push(writer.shipment(order, realisation, second)),
            None => jobs.push(writer.job(order, realisation)),
        }
    }
    for (name, value) in
        [("vehicles", vehicles), ("jobs", jobs.into()), ("shipments", shipments.into())]
    {
        let _ = write!(text, ",\n\"{name}\": {value}");
    }
    text.push_str(",\n\"matrices\": {");
    for (number, &vehicle) in matrices.vehicles.iter().enumerate() {
        let cell =
            |from, to| way(problem, vehicle, PlaceId::from_index(from), PlaceId::from_index(to));
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        let _ = write!(text, "\"m{number}\": {{\"durations\": ");
        push_square(&mut text, places, |from, to| cell(from, to).0);
        text.push_str(",\n\"distances\": ");
        push_square(&mut text, places, |from, to| cell(from, to).1);
        text.push('}');
    }
    text.push_str("}\n}\n");
    Ok(Export { text, left_out })
}

/// Every skill of the day.
fn skills(problem: &Problem) -> Vec<String> {
    let of_orders = problem.orders().iter().flat_map(Order::skills);
    let mut all: Vec<String> = of_orders.cloned().collect();
    all.sort();
    all.dedup();
    all
}

struct Writer<'a> {
    problem: &'a Problem,
    dimensions: Vec<usize>,
    skills: Vec<String>,
}

impl Writer<'_> {
    /// Numbers for stations, then pins, then skills: all are skills to VROOM.
    fn numbers(
        &self,
        station: Option<StationId>,
        vehicle: Option<VehicleId>,
        skills: &[String],
    ) -> Value {
        let stations = self.problem.stations().len();
        let fleet = self.problem.vehicles().len();
        let named = skills.iter().filter_map(|skill| self.skills.binary_search(skill).ok());
        let pinned = vehicle.map(|vehicle| stations + vehicle.index());
        let all = station.map(StationId::index).into_iter().chain(pinned);
        all.chain(named.map(|skill| stations + fleet + skill)).collect()
    }

    fn vehicle(&self, id: VehicleId, matrix: usize) -> Value {
        let (problem, vehicle) = (self.problem, self.problem.vehicle(id));
        let home = problem.home(id).index();
        let (open, close) = span(vehicle.shift_window());
        let hundredths = |money: Money, times: f64| (money.as_f64() * times / 1e4).round();
        let mut row = json!({
            "id": id.index() + 1,
            "description": vehicle.id(),
            "profile": format!("m{matrix}"),
            "start_index": home,
            "end_index": home,
            "capacity": loads(problem.capacity(id), &self.dimensions),
            "skills": self.numbers(Some(problem.station_of(id)), Some(id), vehicle.skills()),
            "time_window": [open, close],
            "costs": {
                "fixed": whole(hundredths(vehicle.fixed_cost(), 1.0)),
                "per_hour": whole(hundredths(vehicle.cost_per_second(), 3600.0)),
                "per_km": whole(hundredths(vehicle.cost_per_metre(), 1000.0)),
            },
        });
        if vehicle.length_limit() < Metres::UNLIMITED {
            row["max_distance"] = vehicle.length_limit().0.into();
        }
        row
    }

    fn job(&self, order: OrderId, realisation: &Realisation) -> Value {
        let visit = self.problem.visit(realisation.first);
        let mut row = self.step(realisation.first, visit);
        let amount = loads(&visit.load, &self.dimensions);
        let field = if visit.role == Role::Collect { "pickup" } else { "delivery" };
        row[field] = amount.into();
        self.rank(&mut row, order);
        row
    }

    fn shipment(&self, order: OrderId, realisation: &Realisation, second: VisitId) -> Value {
        let pickup = self.problem.visit(realisation.first);
        let mut row = json!({
            "amount": loads(&pickup.load, &self.dimensions),
            "pickup": self.step(realisation.first, pickup),
            "delivery": self.step(second, self.problem.visit(second)),
        });
        self.rank(&mut row, order);
        row
    }

    fn rank(&self, row: &mut Value, order: OrderId) {
        let needs = Needs::of(self.problem, order);
        row["skills"] = self.numbers(needs.station, needs.vehicle, &needs.skills);
        let order = self.problem.order(order);
        row["priority"] = match order.tier_value() {
            _ if order.prize().is_some() => 0,
            Tier::Urgent => 100,
            Tier::ColdChain => 80,
            Tier::Promise => 60,
            Tier::Ordinary => 40,
            Tier::Later => 10,
        }
        .into();
    }

    fn step(&self, id: VisitId, visit: &Visit) -> Value {
        let mut row = json!({
            "id": id.index() + 1,
            "description": self.problem.order(visit.order).id(),
            "location_index": visit.place.index(),
            "service": visit.service.0,
        });
        if visit.windows != [Window::ALWAYS] {
            row["time_windows"] = visit.windows.iter().map(|&w| json!(span(w))).collect();
        }
        row
    }
}

/// A float without a fraction as a whole number.
#[expect(clippy::cast_possible_truncation, reason = "costs are bounded by the builder")]
fn whole(value: f64) -> i64 {
    value as i64
}

fn left_out(problem: &Problem) -> Vec<String> {
    let mut list = left_out_of_both(problem);
    let mut say = |count: usize, what: &str| {
        if count > 0 {
            list.push(format!("{what} ({count})"));
        }
    };
    let starts = problem.vehicles().iter().map(|v| moment(v.shift_window().open())).min();
    let late = |v: &&Visit| v.ready_at > Time::MIN && Some(moment(v.ready_at)) > starts;
    say(problem.visits().iter().filter(late).count(), "when goods are ready at the station");
    let several = |&order: &OrderId| usable(problem, order).len() > 1;
    say(problem.order_ids().filter(several).count(), "options beside the first, of orders");
    let closed = |&order: &OrderId| usable(problem, order).is_empty();
    say(problem.order_ids().filter(closed).count(), "orders without an option that may be used");
    let vehicles = problem.vehicles();
    say(
        vehicles.iter().filter(|v| v.trip_limit() > 1).count(),
        "trips beside the first, of vehicles",
    );
    let bounded = vehicles.iter().filter(|v| v.duration_limit() < Seconds::UNLIMITED);
    say(bounded.count(), "how long a vehicle may be away");
    let paid = vehicles.iter().filter(|v| !v.cost_per_second().is_zero());
    say(paid.count(), "pay for waiting and service; only driving is paid, of vehicles");
    let prized = problem.orders().iter().filter(|order| order.prize().is_some());
    say(prized.count(), "prizes; optional orders have priority 0");
    debug_assert!(
        problem.orders().iter().all(|o| o.kind() != Kind::Ship || !o.choices().is_empty())
    );
    list
}
