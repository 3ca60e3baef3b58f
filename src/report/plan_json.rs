//! The plan as versioned JSON: every order of the day once, on a route or unserved with its reason.
//! The same plan always gives the same bytes.

use serde::Serialize;

use crate::plan::{Header, Plan, Route, Unserved};
use crate::problem::{HandOver, Order, Problem, Role};
use crate::report::cold_margin::{self, ColdMargin};
use crate::report::kpi::Kpi;
use crate::report::text::clock_seconds;
use crate::report::why::{self, Why};
use crate::report::words;
use crate::road::NoRoad;
use crate::schedule::{self, Excursion, Stop, StopKind, Verdict};
use crate::units::{Metres, MilliCelsius, Money, Seconds, Time};

/// The version of the format [`plan_json`] writes. It grows when a reader of the version before
/// would misread.
pub const PLAN_FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    header: HeaderOut<'a>,
    kpi: Kpi,
    routes: Vec<RouteOut<'a>>,
    unserved: Vec<UnservedOut<'a>>,
    /// None when a box is too extreme to be walked under stress.
    robustness: Option<Vec<VerdictOut<'a>>>,
}

/// What a worse day does to the cold boxes; predicted.
#[derive(Serialize)]
struct VerdictOut<'a> {
    scenario: &'static str,
    kept: bool,
    /// The plan must not be released.
    blocked: bool,
    parcels: usize,
    hold_least_s: Option<Seconds>,
    excursions: Vec<ExcursionOut<'a>>,
}

/// Goods that may leave their class.
#[derive(Serialize)]
struct ExcursionOut<'a> {
    order: &'a str,
    vehicle: &'a str,
    at_s: Option<Time>,
    /// Thousandths of a degree Celsius.
    low_mc: Option<MilliCelsius>,
    high_mc: Option<MilliCelsius>,
}

#[derive(Serialize)]
struct HeaderOut<'a> {
    program: &'static str,
    version: &'static str,
    date: &'a str,
    zone: &'a str,
    seed: u64,
    threads: usize,
    rounds: &'a [u64],
    steps: u64,
    interrupted: bool,
    orders: usize,
    vehicles: usize,
}

#[derive(Serialize)]
struct RouteOut<'a> {
    vehicle: &'a str,
    station: &'a str,
    /// Millionths of the currency unit.
    cost: Money,
    metres: Metres,
    duration_s: Seconds,
    drive_s: Seconds,
    wait_s: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    battery: Option<BatteryOut>,
    trips: Vec<TripOut<'a>>,
}

/// What is in the battery: full on this day, used, charged between trips, and the least ever left.
#[expect(clippy::struct_field_names, reason = "they end in their unit")]
#[derive(Serialize)]
struct BatteryOut {
    full_wh: i64,
    used_wh: i64,
    charged_wh: i64,
    least_wh: i64,
}

#[derive(Serialize)]
struct TripOut<'a> {
    depart: String,
    depart_s: Time,
    stops: Vec<StopOut<'a>>,
}

#[derive(Serialize)]
struct StopOut<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hand_over: Option<HandOver>,
    place: usize,
    lat: f64,
    lon: f64,
    arrive: String,
    arrive_s: Time,
    begin: String,
    begin_s: Time,
    leave: String,
    leave_s: Time,
    wait_s: Seconds,
    drive_s: Seconds,
    parking_s: Seconds,
    metres: Metres,
    late_s: Seconds,
    load: LoadOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_road: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cold: Option<ColdOut<'a>>,
}

/// Load on leaving.
#[derive(Serialize)]
struct LoadOut {
    mass_g: i64,
    volume_ml: i64,
    pieces: i64,
    /// Box volume taken, one number for each product class of the day.
    cold_ml: Vec<i64>,
}

#[derive(Serialize)]
struct ColdOut<'a> {
    class: &'a str,
    openings: i64,
    closed_s: Time,
    margin_s: Option<Seconds>,
    deadline_s: Option<Time>,
}

#[derive(Serialize)]
struct UnservedOut<'a> {
    order: &'a str,
    tier: &'static str,
    #[serde(flatten)]
    why: Why,
}

/// The plan as JSON text in [`PLAN_FORMAT`], with line breaks and a last one at the end. Lengths are
/// metres, times seconds (moments: after local midnight of the plan's date, and as `HH:MM:SS`),
/// masses grams, energies watt hours, money millionths of the currency unit; all of them integers. A shipment stands
/// twice on its route, as `ship_pickup` and `ship_delivery`; every other order once.
///
/// Takes a walk over all stops.
///
/// # Panics
/// When an order of the day is neither on a route nor unserved, or both; a plan never is so.
pub fn plan_json(plan: &Plan) -> String {
    assert_complete(plan);
    let problem = plan.problem();
    let document = Document {
        format: PLAN_FORMAT,
        header: header(plan.header(), problem),
        kpi: Kpi::of(plan),
        routes: plan.routes().iter().map(|route| route_out(problem, route)).collect(),
        unserved: plan.unserved().iter().map(|unserved| unserved_out(plan, unserved)).collect(),
        robustness: verdicts(plan),
    };
    let mut text = serde_json::to_string_pretty(&document)
        .expect("text keys and finite numbers can always be written");
    text.push('\n');
    text
}

/// Counts every order in the routes and among the unserved.
fn assert_complete(plan: &Plan) {
    let problem = plan.problem();
    let mut times = vec![0_u32; problem.orders().len()];
    for visit in plan.routes().iter().flat_map(Route::visits).map(|id| problem.visit(id)) {
        times[visit.order.index()] += u32::from(visit.role != Role::ShipPickup);
    }
    for unserved in plan.unserved() {
        times[unserved.order.index()] += 1;
    }
    let wrong = times.iter().position(|&times| times != 1).map(|at| problem.orders()[at].id());
    assert!(wrong.is_none(), "an order is in the plan exactly once: {wrong:?}");
}

fn header<'a>(header: &'a Header, problem: &'a Problem) -> HeaderOut<'a> {
    HeaderOut {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        date: problem.date(),
        zone: problem.zone(),
        seed: header.seed,
        threads: header.threads,
        rounds: &header.rounds,
        steps: header.steps(),
        interrupted: header.interrupted,
        orders: problem.orders().len(),
        vehicles: problem.vehicles().len(),
    }
}

fn route_out<'a>(problem: &'a Problem, route: &Route) -> RouteOut<'a> {
    let timetable = &route.timetable;
    let margins = cold_margin::margins(problem, route);
    let trips = timetable.trips().map(|trip| TripOut {
        depart: clock_seconds(trip.depart),
        depart_s: trip.depart,
        stops: trip.stops.iter().map(|stop| stop_out(problem, stop, &margins)).collect(),
    });
    RouteOut {
        vehicle: problem.vehicle(route.vehicle).id(),
        station: problem.stations()[problem.station_of(route.vehicle).index()].id(),
        cost: route.cost,
        metres: timetable.length(),
        duration_s: timetable.duration(),
        drive_s: timetable.driving(),
        wait_s: timetable.waiting(),
        battery: schedule::battery_day(problem, timetable).map(|day| BatteryOut {
            full_wh: day.full_wh,
            used_wh: day.used_wh,
            charged_wh: day.charged_wh,
            least_wh: day.least_wh,
        }),
        trips: trips.collect(),
    }
}

fn stop_out<'a>(problem: &'a Problem, stop: &Stop, margins: &[ColdMargin]) -> StopOut<'a> {
    let visit = stop.visit.map(|id| problem.visit(id));
    let order = visit.map(|visit| problem.order(visit.order));
    let option = visit.map(|visit| problem.realisation(visit.realisation).choice);
    let point = problem.places()[stop.place.index()].point;
    let is_rest = stop.kind == StopKind::Rest;
    StopOut {
        kind: words::stop(stop.kind).code,
        order: order.map(Order::id),
        option,
        hand_over: order.zip(option).map(|(order, option)| order.choices()[option].hand_over()),
        place: stop.place.index(),
        lat: point.lat,
        lon: point.lon,
        arrive: clock_seconds(stop.arrive),
        arrive_s: stop.arrive,
        begin: clock_seconds(stop.begin),
        begin_s: stop.begin,
        leave: clock_seconds(stop.leave),
        leave_s: stop.leave,
        wait_s: if is_rest { Seconds::ZERO } else { stop.begin - stop.arrive },
        drive_s: stop.leg.seconds,
        parking_s: stop.parking,
        metres: stop.leg.metres,
        late_s: stop.late,
        load: load_out(problem, stop),
        no_road: stop.no_road.map(NoRoad::text),
        cold: cold_margin::of(margins, stop.visit).map(|cold| cold_out(problem, cold)),
    }
}

fn load_out(problem: &Problem, stop: &Stop) -> LoadOut {
    LoadOut {
        mass_g: stop.load[0],
        volume_ml: stop.load[1],
        pieces: stop.load[2],
        cold_ml: stop.load[3..].iter().take(problem.classes().len()).copied().collect(),
    }
}

fn cold_out<'a>(problem: &'a Problem, cold: &ColdMargin) -> ColdOut<'a> {
    ColdOut {
        class: &problem.classes()[cold.class].code,
        openings: cold.openings,
        closed_s: cold.closed,
        margin_s: cold.margin,
        deadline_s: cold.deadline,
    }
}

fn unserved_out<'a>(plan: &'a Plan, unserved: &Unserved) -> UnservedOut<'a> {
    let order = plan.problem().order(unserved.order);
    UnservedOut {
        order: order.id(),
        tier: words::tier(order.tier_value()).code,
        why: why::of(unserved),
    }
}

fn verdicts(plan: &Plan) -> Option<Vec<VerdictOut<'_>>> {
    let timetables: Vec<_> = plan.routes().iter().map(|route| &route.timetable).collect();
    let verdicts = schedule::robustness(plan.problem(), &timetables).ok()?;
    Some(verdicts.iter().map(|verdict| verdict_out(plan.problem(), verdict)).collect())
}

fn verdict_out<'a>(problem: &'a Problem, verdict: &Verdict) -> VerdictOut<'a> {
    let milli = |celsius: f64| celsius.is_finite().then(|| MilliCelsius::celsius(celsius));
    let excursion = |excursion: &Excursion| ExcursionOut {
        order: problem.order(problem.visit(excursion.visit).order).id(),
        vehicle: problem.vehicle(excursion.vehicle).id(),
        at_s: excursion.at,
        low_mc: milli(excursion.payload_c.0),
        high_mc: milli(excursion.payload_c.1),
    };
    VerdictOut {
        scenario: verdict.scenario.code(),
        kept: verdict.is_kept(),
        blocked: verdict.blocks(),
        parcels: verdict.goods,
        hold_least_s: verdict.hold_least,
        excursions: verdict.excursions.iter().map(excursion).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::problem::Kind;
    use crate::report::fixture;

    fn orders(document: &Value) -> BTreeMap<String, usize> {
        let list = |value: &Value| value.as_array().unwrap().clone();
        let routes = list(&document["routes"]);
        let trips = routes.iter().flat_map(|route| list(&route["trips"]));
        let stops = trips.flat_map(|trip| list(&trip["stops"]));
        let mut times = BTreeMap::new();
        for stop in stops.chain(list(&document["unserved"])) {
            if let Some(order) = stop["order"].as_str() {
                *times.entry(order.to_string()).or_default() += 1;
            }
        }
        times
    }

    #[test]
    fn every_order_is_there_once_and_a_shipment_twice() {
        let plan = fixture::plan();
        let text = plan_json(&plan);
        let document: Value = serde_json::from_str(&text).unwrap();
        let times = orders(&document);
        assert_eq!(times.len(), plan.problem().orders().len());
        for order in plan.problem().orders() {
            let due = if order.kind() == Kind::Ship { 2 } else { 1 };
            assert_eq!(times[order.id()], due, "{}", order.id());
        }
        assert_eq!(document["format"], 1);
        assert_eq!(document["header"]["steps"], 2000);
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn the_same_plan_gives_the_same_bytes_and_whole_quantities() {
        let (first, second) = (plan_json(&fixture::plan()), plan_json(&fixture::plan()));
        assert_eq!(first, second);
        let numbers =
            first.lines().filter(|line| !line.contains("\"lat\"") && !line.contains("\"lon\""));
        let is_float = |line: &str| {
            let value = line.rsplit(": ").next().unwrap_or("").trim_end_matches(',');
            value.contains('.') && value.parse::<f64>().is_ok()
        };
        assert_eq!(numbers.filter(|line| is_float(line)).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    #[should_panic(expected = "exactly once")]
    fn a_plan_that_lost_an_order_is_not_written() {
        let mut plan = fixture::plan();
        plan.unserved.pop();
        plan_json(&plan);
    }
}
