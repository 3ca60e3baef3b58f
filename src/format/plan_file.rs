//! Reads the routes of a written plan (`plan.json`) back on its day: what each vehicle was to do,
//! when. Nothing is planned or walked again.

use serde::Deserialize;

use crate::error::{Code, Error, Fault, Result};
use crate::problem::{DIMENSIONS, Problem, VehicleId, VisitId};
use crate::schedule::{Stop, StopKind, Timetable};
use crate::units::{Leg, Metres, Seconds, Time};

#[derive(Deserialize)]
struct PlanRow {
    format: u32,
    header: HeaderRow,
    routes: Vec<RouteRow>,
}

#[derive(Deserialize)]
struct HeaderRow {
    date: String,
}

#[derive(Deserialize)]
struct RouteRow {
    vehicle: String,
    trips: Vec<TripRow>,
}

#[derive(Deserialize)]
struct TripRow {
    depart_s: i64,
    stops: Vec<StopRow>,
}

#[derive(Deserialize)]
struct StopRow {
    kind: String,
    order: Option<String>,
    option: Option<usize>,
    arrive_s: i64,
    begin_s: i64,
    leave_s: i64,
    drive_s: i64,
    parking_s: i64,
    metres: i64,
    late_s: i64,
}

/// The timetables of a plan for a day; `name` is what messages call the plan's file.
///
/// # Errors
/// The text is no plan of [format 1](crate::format::plan_file), or of another day: every vehicle,
/// order, option and time that does not fit, each with its place.
pub fn timetables(problem: &Problem, name: &str, bytes: &[u8]) -> Result<Vec<Timetable>> {
    let plan: PlanRow = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let fault = Fault::new(Code::Syntax, "a plan as plan.json has it");
        Error::from(fault.place(place).value(error)).in_file(name)
    })?;
    let mut found = Reading { problem, faults: Vec::new() };
    if plan.format != 1 {
        found.fault(Code::Version, "", "format", "format 1, which this program reads", plan.format);
    }
    if plan.header.date != problem.date() {
        let expected = format!("{}, the date of the day", problem.date());
        found.fault(Code::Contradiction, "header", "date", &expected, &plan.header.date);
    }
    let routes = plan.routes.iter().enumerate().filter_map(|(i, route)| found.route(i, route));
    let routes: Vec<Timetable> = routes.collect();
    if found.faults.is_empty() { Ok(routes) } else { Err(Error::input(found.faults).in_file(name)) }
}

struct Reading<'a> {
    problem: &'a Problem,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn fault(
        &mut self,
        code: Code,
        place: &str,
        field: &str,
        expected: &str,
        value: impl std::fmt::Display,
    ) {
        self.faults.push(Fault::new(code, expected).place(place).field(field).value(value));
    }

    fn route(&mut self, index: usize, row: &RouteRow) -> Option<Timetable> {
        let place = format!("routes[{index}]");
        let at = self.problem.vehicles().iter().position(|vehicle| vehicle.id() == row.vehicle);
        let Some(at) = at else {
            let expected = "a vehicle of the day";
            self.fault(Code::DanglingReference, &place, "vehicle", expected, &row.vehicle);
            return None;
        };
        let vehicle = VehicleId::from_index(at);
        let mut stops = Vec::new();
        for (k, trip) in row.trips.iter().enumerate() {
            if k == 0 {
                stops.push(self.start(vehicle, trip));
            }
            for (i, stop) in trip.stops.iter().enumerate() {
                let place = format!("{place}.trips[{k}].stops[{i}]");
                let before = stops.last().map_or(Time::MIN, |stop: &Stop| stop.leave);
                let read = self.stop(vehicle, (k, &place), stop, before)?;
                stops.push(read);
            }
        }
        Some(Timetable { vehicle, stops })
    }

    fn start(&self, vehicle: VehicleId, trip: &TripRow) -> Stop {
        let now = Time(trip.depart_s);
        Stop {
            kind: StopKind::Start,
            visit: None,
            place: self.problem.home(vehicle),
            trip: 0,
            leg: Leg::default(),
            no_road: None,
            parking: Seconds::ZERO,
            arrive: now,
            begin: now,
            leave: now,
            late: Seconds::ZERO,
            load: [0; DIMENSIONS],
        }
    }

    fn stop(
        &mut self,
        vehicle: VehicleId,
        (trip, place): (usize, &str),
        row: &StopRow,
        before: Time,
    ) -> Option<Stop> {
        let times = [before.0, row.arrive_s, row.begin_s, row.leave_s];
        let within = |time: &i64| (-(366 * 86_400)..=366 * 86_400).contains(time);
        if !times.is_sorted() || !times[1..].iter().all(within) {
            let expected = "arrive, begin and leave in this order, after the stop before";
            self.fault(Code::Contradiction, place, "arrive_s", expected, row.arrive_s);
            return None;
        }
        if row.metres < 0 || row.metres > 40_000_000 {
            self.fault(Code::OutOfRange, place, "metres", "metres from 0 to 4e7", row.metres);
            return None;
        }
        let kind = self.kind(place, row)?;
        let visit = match &row.order {
            Some(order) => Some(self.visit(place, kind, order, row.option.unwrap_or(0))?),
            None => None,
        };
        let home = self.problem.home(vehicle);
        Some(Stop {
            kind,
            visit,
            place: visit.map_or(home, |visit| self.problem.visit(visit).place),
            trip,
            leg: Leg { seconds: Seconds(row.drive_s), metres: Metres(row.metres) },
            no_road: None,
            parking: Seconds(row.parking_s),
            arrive: Time(row.arrive_s),
            begin: Time(row.begin_s),
            leave: Time(row.leave_s),
            late: Seconds(row.late_s),
            load: [0; DIMENSIONS],
        })
    }

    fn kind(&mut self, place: &str, row: &StopRow) -> Option<StopKind> {
        let kind = match row.kind.as_str() {
            "deliver" => StopKind::Deliver,
            "collect" => StopKind::Collect,
            "ship_pickup" => StopKind::ShipPickup,
            "ship_delivery" => StopKind::ShipDelivery,
            "serve" => StopKind::Serve,
            "reload" => StopKind::Reload,
            "rest" => StopKind::Rest,
            "charge" => StopKind::Charge,
            "end" => StopKind::End,
            other => {
                self.fault(Code::UnknownName, place, "kind", "a kind of stop", other);
                return None;
            }
        };
        Some(kind)
    }

    fn visit(&mut self, place: &str, kind: StopKind, id: &str, option: usize) -> Option<VisitId> {
        let order = self.problem.find_order(id);
        let found = order.and_then(|order| self.problem.realisations_of(order).nth(option));
        let Some(found) = found else {
            let expected = "an order of the day, and one of its options";
            self.fault(Code::DanglingReference, place, "order", expected, id);
            return None;
        };
        let realisation = self.problem.realisation(found);
        Some(match realisation.second {
            Some(second) if kind == StopKind::ShipDelivery => second,
            _ => realisation.first,
        })
    }
}
