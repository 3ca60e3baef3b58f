//! The data of `PyVRP` 0.14 as JSON: each object holds the keyword arguments of one data class. Its
//! VRPLIB dialect has one matrix for time and length alike and one for all vehicles, which no rural
//! day fits into.
//!
//! Read with
//!
//! ```python
//! import json, numpy, pyvrp
//! day = json.load(open("pyvrp.json"))
//! make = lambda kind, name: [kind(**row) for row in day[name]]
//! square = lambda name: [numpy.array(matrix) for matrix in day[name]]
//! data = pyvrp.ProblemData(
//!     make(pyvrp.Location, "locations"), make(pyvrp.Client, "clients"),
//!     make(pyvrp.Depot, "depots"), make(pyvrp.VehicleType, "vehicle_types"),
//!     square("distance_matrices"), square("duration_matrices"),
//!     make(pyvrp.ClientGroup, "groups"), make(pyvrp.Shipment, "shipments"))
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::error::Result;
use crate::format::export::{
    Export, Matrices, NO_WAY, Needs, dimensions, drive_of, left_out_of_both, listed, loads, moment,
    push_square, span, usable, way,
};
use crate::problem::{OrderId, PlaceId, Problem, Realisation, Role, VehicleId, VisitId};
use crate::units::{Metres, Money, Seconds, Time, Window};

/// The day for `PyVRP`. Times are seconds after midnight, costs millionths of the currency unit.
/// Options and windows of an order are clients of one group; what an option costs less than the
/// dearest is its prize. Which vehicle may go where is said by ways of ten million seconds. Of a
/// shipment the first usable option is written, with its first window.
///
/// # Errors
/// [`Code::Memory`](crate::error::Code::Memory) when the matrices would have more than 200 million
/// cells.
pub fn pyvrp(problem: &Problem) -> Result<Export> {
    let mut writer = Writer::new(problem);
    for order in problem.order_ids() {
        writer.order(order);
    }
    let key = |vehicle| (drive_of(problem, vehicle), writer.allowed(vehicle));
    let matrices = Matrices::new(problem, writer.locations.len(), key)?;
    let left_out = writer.left_out();
    let mut text = format!("{{\n\"left_out\": {}", listed(&left_out));
    let types: Value =
        problem.vehicle_ids().map(|v| writer.vehicle(v, matrices.of_vehicle[v.index()])).collect();
    let location = |&(place, _): &(PlaceId, usize)| {
        let point = problem.places()[place.index()].point;
        json!({"x": point.lon, "y": point.lat})
    };
    let depots = (0..problem.stations().len()).map(|depot| json!({"location": depot}));
    // Writing to a String cannot fail.
    for (name, value) in [
        ("locations", writer.locations.iter().map(location).collect()),
        ("depots", depots.collect()),
        ("vehicle_types", types),
        ("clients", Value::Array(std::mem::take(&mut writer.clients))),
        ("groups", Value::Array(std::mem::take(&mut writer.groups))),
        ("shipments", Value::Array(std::mem::take(&mut writer.shipments))),
    ] {
        let _ = write!(text, ",\n\"{name}\": {value}");
    }
    for (name, is_time) in [("distance_matrices", false), ("duration_matrices", true)] {
        let _ = write!(text, ",\n\"{name}\": [");
        for (number, &vehicle) in matrices.vehicles.iter().enumerate() {
            text.push_str(if number == 0 { "\n" } else { ",\n" });
            let allowed = writer.allowed(vehicle);
            push_square(&mut text, writer.locations.len(), |from, to| {
                writer.cell(vehicle, &allowed, (from, to), is_time)
            });
        }
        text.push(']');
    }
    text.push_str("\n}\n");
    Ok(Export { text, left_out })
}

struct Writer<'a> {
    problem: &'a Problem,
    dimensions: Vec<usize>,
    /// What orders ask of their vehicles; a station asks nothing and is number 0.
    needs: Vec<Option<Needs>>,
    /// Places, apart for different needs; the stations first.
    locations: Vec<(PlaceId, usize)>,
    number_of: BTreeMap<(PlaceId, usize), usize>,
    clients: Vec<Value>,
    groups: Vec<Value>,
    shipments: Vec<Value>,
    /// Windows beside the first, of shipments.
    windows_dropped: usize,
}

impl<'a> Writer<'a> {
    fn new(problem: &'a Problem) -> Self {
        let stations = 0..problem.stations().len();
        Self {
            problem,
            dimensions: dimensions(problem),
            needs: vec![None],
            locations: stations.map(|station| (PlaceId::from_index(station), 0)).collect(),
            number_of: BTreeMap::new(),
            clients: Vec::new(),
            groups: Vec::new(),
            shipments: Vec::new(),
            windows_dropped: 0,
        }
    }

    /// The number of a set of needs.
    fn needs_of(&mut self, order: OrderId) -> usize {
        let needs = Some(Needs::of(self.problem, order));
        self.needs.iter().position(|known| *known == needs).unwrap_or_else(|| {
            self.needs.push(needs);
            self.needs.len() - 1
        })
    }

    fn location(&mut self, place: PlaceId, needs: usize) -> usize {
        *self.number_of.entry((place, needs)).or_insert_with(|| {
            self.locations.push((place, needs));
            self.locations.len() - 1
        })
    }

    /// Which needs a vehicle meets.
    fn allowed(&self, vehicle: VehicleId) -> Vec<bool> {
        let meets = |needs: &Option<Needs>| {
            needs.as_ref().is_none_or(|needs| needs.are_met(self.problem, vehicle))
        };
        self.needs.iter().map(meets).collect()
    }

    fn cell(
        &self,
        vehicle: VehicleId,
        allowed: &[bool],
        (from, to): (usize, usize),
        is_time: bool,
    ) -> i64 {
        if from == to {
            return 0;
        }
        let ((a, a_needs), (b, b_needs)) = (self.locations[from], self.locations[to]);
        if !allowed[a_needs] || !allowed[b_needs] {
            return NO_WAY;
        }
        let (seconds, metres) = way(self.problem, vehicle, a, b);
        if is_time { seconds } else { metres }
    }

    fn order(&mut self, order: OrderId) {
        let needs = self.needs_of(order);
        let options = usable(self.problem, order);
        let Some(&first) = options.first() else { return };
        let first = self.problem.realisation(first).clone();
        if let Some(second) = first.second {
            return self.shipment(order, needs, &first, second);
        }
        let mut rows = Vec::new();
        let price = |r| self.problem.realisation(r).price;
        let dearest = options.iter().map(|&r| price(r)).max().unwrap_or_default();
        for &option in &options {
            let realisation = self.problem.realisation(option).clone();
            rows.extend(self.client_rows(needs, &realisation, dearest));
        }
        let absent = self.problem.order(order).prize();
        let grouped = rows.len() > 1;
        let numbers: Vec<usize> = (self.clients.len()..self.clients.len() + rows.len()).collect();
        for mut row in rows {
            if let (Some(absent), Some(own)) = (absent, row["prize"].as_i64()) {
                row["prize"] = (own + absent.0).into();
            }
            row["required"] = (!grouped && absent.is_none()).into();
            if grouped {
                row["group"] = self.groups.len().into();
            }
            self.clients.push(row);
        }
        if grouped {
            self.groups.push(json!({"clients": numbers, "required": absent.is_none()}));
        }
    }

    /// One client per window of an option.
    fn client_rows(&mut self, needs: usize, option: &Realisation, dearest: Money) -> Vec<Value> {
        let problem = self.problem;
        let visit = problem.visit(option.first);
        let location = self.location(visit.place, needs);
        let amount = loads(&visit.load, &self.dimensions);
        let nothing = vec![0; amount.len()];
        let is_pickup = visit.role == Role::Collect;
        let (delivery, pickup) = if is_pickup { (nothing, amount) } else { (amount, nothing) };
        let client = |&window: &Window| {
            let (open, close) = span(window);
            json!({
                "location": location, "delivery": delivery, "pickup": pickup,
                "service_duration": visit.service.0, "tw_early": open, "tw_late": close,
                "release_time": release(visit.ready_at, close),
                "prize": (dearest - option.price).0,
                "name": problem.order(visit.order).id(),
            })
        };
        visit.windows.iter().map(client).collect()
    }

    fn shipment(&mut self, order: OrderId, needs: usize, option: &Realisation, second: VisitId) {
        let problem = self.problem;
        let [pickup, delivery] = [option.first, second].map(|id| problem.visit(id));
        let [from, to] = [pickup, delivery].map(|visit| self.location(visit.place, needs));
        let [first, last] = [pickup, delivery].map(|visit| span(visit.windows[0]));
        self.windows_dropped += pickup.windows.len() + delivery.windows.len() - 2;
        let prize = problem.order(order).prize();
        self.shipments.push(json!({
            "pickup_location": from, "delivery_location": to,
            "pickup_tw_early": first.0, "pickup_tw_late": first.1,
            "pickup_service_duration": pickup.service.0,
            "delivery_tw_early": last.0, "delivery_tw_late": last.1,
            "delivery_service_duration": delivery.service.0,
            "amount": loads(&pickup.load, &self.dimensions),
            "prize": prize.map_or(0, |prize| prize.0), "required": prize.is_none(),
            "name": problem.order(order).id(),
        }));
    }

    fn vehicle(&self, id: VehicleId, matrix: usize) -> Value {
        let vehicle = self.problem.vehicle(id);
        let home = self.problem.station_of(id).index();
        let (open, close) = span(vehicle.shift_window());
        let mut row = json!({
            "num_available": 1,
            "capacity": loads(self.problem.capacity(id), &self.dimensions),
            "start_depot": home, "end_depot": home,
            "fixed_cost": vehicle.fixed_cost().0,
            "tw_early": open, "tw_late": close,
            "unit_distance_cost": vehicle.cost_per_metre().0,
            "unit_duration_cost": vehicle.cost_per_second().0,
            "profile": matrix,
            "name": vehicle.id(),
        });
        if vehicle.duration_limit() < Seconds::UNLIMITED {
            row["shift_duration"] = vehicle.duration_limit().0.into();
        }
        if vehicle.length_limit() < Metres::UNLIMITED {
            row["max_distance"] = vehicle.length_limit().0.into();
        }
        if vehicle.trip_limit() > 1 {
            row["reload_depots"] = json!([home]);
            row["max_reloads"] = (vehicle.trip_limit() - 1).into();
        }
        row
    }

    fn left_out(&self) -> Vec<String> {
        let problem = self.problem;
        let mut list = left_out_of_both(problem);
        let mut say = |count: usize, what: &str| {
            if count > 0 {
                list.push(format!("{what} ({count})"));
            }
        };
        say(self.windows_dropped, "windows beside the first, of shipments");
        let ships = |&order: &OrderId| {
            let options = usable(problem, order);
            options.len() > 1 && problem.realisation(options[0]).second.is_some()
        };
        say(problem.order_ids().filter(ships).count(), "options beside the first, of shipments");
        let closed = |&order: &OrderId| usable(problem, order).is_empty();
        let closed = problem.order_ids().filter(closed).count();
        say(closed, "orders without an option that may be used");
        let vehicles = problem.vehicles();
        let reloads = vehicles.iter().filter(|v| v.trip_limit() > 1 && !v.reload_time().is_zero());
        say(reloads.count(), "how long reloading takes, of vehicles");
        let required = problem.orders().iter().filter(|order| order.prize().is_none()).count();
        say(required, "that orders may be left out at all; all but the optional ones are required");
        list
    }
}

/// When goods are ready, not after the window they are for: `PyVRP` asks for that.
fn release(ready_at: Time, close: i64) -> i64 {
    if ready_at == Time::MIN { 0 } else { moment(ready_at).min(close) }
}
