//! Days for other solvers, so that they can be measured beside this one on the same roads.
//!
//! What a solver cannot say is not silently dropped: every export lists it.

mod pyvrp;
mod vroom;

pub use pyvrp::pyvrp;
pub use vroom::vroom;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::error::{Code, Fault, Result};
use crate::problem::{
    DIMENSIONS, Load, OrderId, PlaceId, Problem, RealisationId, StationId, Tier, VehicleId, Visit,
};
use crate::road::LONGEST;
use crate::units::{Grams, Seconds, Time, Window};

/// A day in another solver's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The file's text.
    pub text: String,
    /// What the file does not say, one sentence each; it stands in the file too.
    pub left_out: Vec<String>,
}

/// The most numbers in the matrices of an export.
const MOST_CELLS: usize = 200_000_000;
/// Seconds and metres of a way that does not exist: longer than any shift.
const NO_WAY: i64 = 10_000_000;
/// The latest moment written, in seconds after midnight.
const LATEST: i64 = LONGEST.0;

/// Vehicles that drive and park alike share a matrix.
type Drive = (usize, Seconds);

/// The matrices of the day: which one each vehicle uses, and a vehicle of each.
struct Matrices {
    of_vehicle: Vec<usize>,
    vehicles: Vec<VehicleId>,
}

impl Matrices {
    /// One matrix per `key`; refused when there would be too many numbers.
    fn new<K: Ord>(
        problem: &Problem,
        locations: usize,
        key: impl Fn(VehicleId) -> K,
    ) -> Result<Self> {
        let mut known: BTreeMap<K, usize> = BTreeMap::new();
        let mut vehicles = Vec::new();
        let mut of_vehicle = Vec::new();
        for vehicle in problem.vehicle_ids() {
            let number = *known.entry(key(vehicle)).or_insert_with(|| {
                vehicles.push(vehicle);
                vehicles.len() - 1
            });
            of_vehicle.push(number);
        }
        let cells = locations.saturating_mul(locations).saturating_mul(2 * vehicles.len());
        if cells > MOST_CELLS {
            let fault = Fault::new(Code::Memory, format!("at most {MOST_CELLS} matrix cells"));
            let value = format!("{cells} for {locations} places, {} matrices", vehicles.len());
            return Err(fault.value(value).into());
        }
        Ok(Self { of_vehicle, vehicles })
    }
}

fn drive_of(problem: &Problem, vehicle: VehicleId) -> Drive {
    (problem.profile_of(vehicle), problem.vehicle(vehicle).parking_time())
}

/// Seconds with parking, and metres, from place to place.
fn way(problem: &Problem, vehicle: VehicleId, from: PlaceId, to: PlaceId) -> (i64, i64) {
    let parking = problem.vehicle(vehicle).parking_time();
    let parking = if from == to { Seconds::ZERO } else { parking };
    match problem.leg(vehicle, from, to) {
        Ok(leg) => ((leg.seconds + parking).0.min(NO_WAY), leg.metres.0.min(NO_WAY)),
        Err(_) => (NO_WAY, NO_WAY),
    }
}

/// A square of numbers as JSON rows.
fn push_square(text: &mut String, size: usize, cell: impl Fn(usize, usize) -> i64) {
    text.push('[');
    for from in 0..size {
        text.push_str(if from == 0 { "[" } else { ",\n[" });
        for to in 0..size {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}{}", if to == 0 { "" } else { "," }, cell(from, to));
        }
        text.push(']');
    }
    text.push(']');
}

/// The quantities the day counts: those some order has and some vehicle bounds.
fn dimensions(problem: &Problem) -> Vec<usize> {
    let bounded = |d: usize| {
        problem.vehicle_ids().any(|v| problem.capacity(v)[d] < Grams::UNLIMITED.0)
            && problem.visits().iter().any(|visit| visit.load[d] > 0)
    };
    (0..DIMENSIONS).filter(|&d| bounded(d)).collect()
}

fn loads(load: &Load, dimensions: &[usize]) -> Vec<i64> {
    dimensions.iter().map(|&d| load[d].min(u32::MAX.into())).collect()
}

fn moment(time: Time) -> i64 {
    time.0.clamp(0, LATEST)
}

fn span(window: Window) -> (i64, i64) {
    (moment(window.open()), moment(window.close()))
}

/// The ways of serving an order that may be used at all.
fn usable(problem: &Problem, order: OrderId) -> Vec<RealisationId> {
    let all = problem.realisations_of(order);
    all.filter(|&r| problem.realisation(r).forbidden.is_none()).collect()
}

/// What an order asks of its vehicle beside room and time: its station, a pin, skills.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Needs {
    /// Nothing: any.
    station: Option<StationId>,
    vehicle: Option<VehicleId>,
    skills: Vec<String>,
}

impl Needs {
    fn of(problem: &Problem, order: OrderId) -> Self {
        let mut skills = problem.order(order).skills().to_vec();
        skills.sort();
        skills.dedup();
        Self { station: problem.order_station(order), vehicle: problem.pinned(order), skills }
    }

    fn are_met(&self, problem: &Problem, vehicle: VehicleId) -> bool {
        self.station.is_none_or(|station| station == problem.station_of(vehicle))
            && self.vehicle.is_none_or(|pinned| pinned == vehicle)
            && self.skills.iter().all(|skill| problem.vehicle(vehicle).skills().contains(skill))
    }
}

/// What neither solver can say.
fn left_out_of_both(problem: &Problem) -> Vec<String> {
    let mut list = Vec::new();
    let visits =
        |test: &dyn Fn(&Visit) -> bool| problem.visits().iter().filter(|v| test(v)).count();
    let mut say = |count: usize, what: &str| {
        if count > 0 {
            list.push(format!("{what} ({count})"));
        }
    };
    say(
        visits(&|v| v.class.is_some()),
        "how long cold goods may be on the way; boxes only as room",
    );
    say(visits(&|v| v.due_back < Time::MAX), "when collected goods must be at the station");
    say(visits(&|v| v.position.is_some()), "stops that must be first or last");
    let vehicles =
        |test: &dyn Fn(VehicleId) -> bool| problem.vehicle_ids().filter(|&v| test(v)).count();
    let rests = vehicles(&|v| problem.vehicle(v).driving_rule().is_some());
    say(rests, "rests after long driving, of vehicles");
    let early = vehicles(&|v| problem.vehicle(v).shift_window().open() < Time(0));
    say(early, "shifts that begin before midnight, which begin at midnight here");
    say(problem.start.len(), "routes to begin from");
    let ranks = problem.orders().iter().filter(|order| order.tier_value() != Tier::Ordinary);
    say(ranks.count(), "that no number of lower orders outweighs a higher one, of orders");
    list
}

/// The list as JSON, to stand in the file.
fn listed(left_out: &[String]) -> serde_json::Value {
    left_out.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::generate::Rural;
    use crate::problem::Kind;
    use serde_json::Value;
    use std::sync::Arc;

    fn problem() -> Arc<Problem> {
        Rural::new(150, 3, 4).unwrap().make().problem().unwrap()
    }

    fn parsed(export: &Export) -> Value {
        let value: Value = serde_json::from_str(&export.text).unwrap();
        let said: Vec<&str> =
            value["left_out"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(said, export.left_out);
        value
    }

    fn list<'v>(value: &'v Value, name: &str) -> &'v Vec<Value> {
        value[name].as_array().unwrap()
    }

    #[test]
    fn vroom_gets_every_order_once() {
        let problem = problem();
        let export = vroom(&problem).unwrap();
        let value = parsed(&export);
        let ships = problem.orders().iter().filter(|order| order.kind() == Kind::Ship).count();
        assert_eq!(list(&value, "shipments").len(), ships);
        assert_eq!(list(&value, "jobs").len(), problem.orders().len() - ships);
        assert_eq!(list(&value, "vehicles").len(), 3);
        let places = problem.places().len();
        for matrix in value["matrices"].as_object().unwrap().values() {
            for kind in ["durations", "distances"] {
                assert!(
                    list(matrix, kind).iter().all(|row| row.as_array().unwrap().len() == places)
                );
                assert_eq!(list(matrix, kind).len(), places);
            }
        }
    }

    #[test]
    fn a_matrix_has_the_day_s_legs_with_parking() {
        let problem = problem();
        let value = parsed(&vroom(&problem).unwrap());
        let vehicle = problem.vehicle_ids().next().unwrap();
        let matrix = &value["matrices"]["m0"];
        for (from, to) in [(0, 1), (1, 0), (5, 9), (4, 4)] {
            let place = PlaceId::from_index;
            let leg = problem.leg(vehicle, place(from), place(to)).unwrap();
            let parking = if from == to { 0 } else { problem.vehicle(vehicle).parking_time().0 };
            assert_eq!(matrix["durations"][from][to], leg.seconds.0 + parking);
            assert_eq!(matrix["distances"][from][to], leg.metres.0);
        }
    }

    #[test]
    fn pyvrp_gets_every_order_as_client_group_or_shipment() {
        let problem = problem();
        let export = pyvrp(&problem).unwrap();
        let value = parsed(&export);
        let single = |client: &&Value| client.get("group").is_none();
        let singles = list(&value, "clients").iter().filter(single).count();
        let orders = singles + list(&value, "groups").len() + list(&value, "shipments").len();
        assert_eq!(orders, problem.orders().len());
        for (number, group) in list(&value, "groups").iter().enumerate() {
            assert!(list(group, "clients").len() > 1);
            for client in list(group, "clients") {
                let index = usize::try_from(client.as_u64().unwrap()).unwrap();
                assert_eq!(value["clients"][index]["group"], number);
                assert_eq!(value["clients"][index]["required"], false);
            }
        }
    }

    #[test]
    fn what_cannot_be_said_is_listed() {
        let problem = problem();
        let vroom = vroom(&problem).unwrap().left_out.join("\n");
        let pyvrp = pyvrp(&problem).unwrap().left_out.join("\n");
        for words in ["cold goods", "collected goods", "rests", "outweighs"] {
            assert!(vroom.contains(words) && pyvrp.contains(words), "{words}");
        }
        assert!(vroom.contains("ready") && !pyvrp.contains("ready"));
    }

    #[test]
    fn a_day_too_large_for_a_square_is_refused() {
        let problem = Rural::new(9000, 36, 4).unwrap().make().problem().unwrap();
        assert_eq!(vroom(&problem).unwrap_err().faults()[0].code(), Code::Memory);
    }
}
