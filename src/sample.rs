//! Small days for tests, by hand and by chance: straight roads, a minute of driving to the kilometre.

use std::sync::Arc;

use crate::cold::{Conditioning, PackOut, Weather};
use crate::place::Point;
use crate::problem::{
    Builder, Call, Choice, ColdBox, DrivingRule, HandOver, Kind, Order, Position, Problem,
    Quantity, StartRoute, StartStop, Station, Tier, Travel, Vehicle,
};
use crate::rng::Rng;
use crate::road::{NoRoad, TravelMatrix};
use crate::units::{Grams, Leg, Metres, Millilitres, Money, Seconds, Time, Window};

/// Kilometres to a degree of latitude on this road.
const KM_PER_DEGREE: f64 = 100.0;

/// The point `km` kilometres up the road; the station is at 0.
pub(crate) fn km(km: f64) -> Point {
    Point::wgs84(30.0 + km / KM_PER_DEGREE, 90.0)
}

/// A call `km` kilometres up the road, without windows, five minutes long.
pub(crate) fn call(at: f64) -> Call {
    Call::at(km(at))
}

/// A window of the plan's date, in minutes after midnight.
pub(crate) fn minutes(open: i64, close: i64) -> Window {
    Window::new(Time(open * 60), Time(close * 60)).unwrap()
}

/// A vehicle without costs, limits, parking, reloading or packing.
pub(crate) fn bare(id: &str) -> Vehicle {
    let none = Seconds::ZERO;
    Vehicle::new(id, "minivan").driving(None).parking(none).reload(none).packing(none)
}

/// A day that begins at the station at kilometre 0 with these vehicles.
pub(crate) fn day(vehicles: impl IntoIterator<Item = Vehicle>) -> Builder {
    Problem::builder(vehicles.into_iter().fold(Station::at("hub", km(0.0)), Station::vehicle))
}

/// The day with straight roads between all places, a minute to the kilometre. Places more than 900
/// km north of the station are off every road.
pub(crate) fn build(day: Builder) -> Arc<Problem> {
    let travel = |_: &str, points: &[Point]| {
        let access = |p: &Point| {
            if p.lat > 39.0 { Err(Some(Metres(4_200))) } else { Ok(Metres::ZERO) }
        };
        let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
            let (a, b) = (&points[from], &points[to]);
            access(a).map_err(|_| NoRoad::OriginOffRoad)?;
            access(b).map_err(|_| NoRoad::DestinationOffRoad)?;
            let degrees = (a.lat - b.lat).hypot(a.lon - b.lon);
            let metres = Metres::round(degrees * KM_PER_DEGREE * 1000.0);
            Ok(Leg { seconds: Seconds(metres.0 * 60 / 1000), metres })
        });
        Ok(Travel { matrix, access: points.iter().map(access).collect() })
    };
    day.build_with(travel).unwrap()
}

/// A random day with something of everything. Order `frozen` is first on vehicle `v0` and frozen.
pub(crate) fn rich(seed: u64) -> Arc<Problem> {
    rich_day(seed, false)
}

/// The same where two of the four vehicles deliver before they collect.
pub(crate) fn rich_delivering_first(seed: u64) -> Arc<Problem> {
    rich_day(seed, true)
}

fn rich_day(seed: u64, delivers_first: bool) -> Arc<Problem> {
    let mut rng = Rng::new(seed, 9);
    let vehicle =
        |i: usize, rng: &mut Rng| rich_vehicle(i, rng).deliver_first(delivers_first && i % 2 == 1);
    let weather = Weather::constant(25.0).unwrap();
    let first = Order::deliver("frozen", call(8.0)).quantity(Quantity::pieces(1));
    let mut day = day((0..3).map(|i| vehicle(i, &mut rng)))
        .station(Station::at("far", km(30.0)).vehicle(vehicle(3, &mut rng)))
        .weather(weather)
        .order(first.station("hub"))
        .start(vec![StartRoute::new("v0").trip(vec![StartStop::new("frozen")]).frozen(1)]);
    for i in 0..rng.between(8, 16) {
        day = day.order(rich_order(i, &mut rng));
    }
    build(day)
}

fn rich_vehicle(i: usize, rng: &mut Rng) -> Vehicle {
    let room = Quantity::pieces(12).mass(Grams(100_000)).volume(Millilitres(300_000));
    let rule = DrivingRule { drive: Seconds::minutes(100), rest: Seconds::minutes(20) };
    let mut vehicle = Vehicle::new(format!("v{i}"), "minivan")
        .capacity(room)
        .driving(rng.chance(2, 3).then_some(rule))
        .shift(minutes(480, 480 + 60 * i64::from(rng.next_u32() % 5 + 5)))
        .trips(2)
        .costs(20.0, 30.0, 0.8)
        .max_length(Metres(300_000));
    if i != 1 {
        let boxes = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Frozen).count(2);
        // One of them has coolant for two boxes, on one trip or on two.
        let boxes = if i == 2 { boxes.sets(2) } else { boxes };
        vehicle = vehicle.cold_box(boxes).skill("lift");
    }
    vehicle
}

fn anywhere(rng: &mut Rng) -> Call {
    let point = Point::wgs84(30.0 + (rng.unit() - 0.5) * 0.8, 90.0 + (rng.unit() - 0.5) * 0.8);
    let call = Call::at(point).service(Seconds(i64::from(rng.next_u32() % 900)));
    let open = i64::from(rng.next_u32() % 400) + 480;
    match rng.below(4) {
        0 => call,
        1 => call.window(minutes(open, open + 30)).window(minutes(open + 120, open + 180)),
        _ => call.window(minutes(open, open + 120)),
    }
}

fn rich_order(i: usize, rng: &mut Rng) -> Order {
    let id = format!("o{i:02}");
    let call = anywhere(rng);
    let mut order = match rng.below(6) {
        0 => Order::collect(id, call).due_back(Time::at(13, 0)),
        1 | 2 => Order::ship(id, call, anywhere(rng)),
        3 => Order::serve(id, call).skill(["lift", "weld"][rng.below(2)]),
        _ => Order::deliver(id, call)
            .ready_at(Time::at(8, 0) + Seconds(i64::from(rng.next_u32() % 9000))),
    };
    if order.kind() == Kind::Deliver && rng.chance(1, 2) {
        let point = Choice::call(HandOver::PickupPoint, anywhere(rng)).price(Money::units(2.0));
        order = order.or(point).consent(rng.chance(1, 2));
    }
    if rng.chance(1, 3) {
        order = order.class("CN_COLD_2_8");
    }
    if rng.chance(1, 6) {
        order = order.optional(Money::units(rng.unit() * 60.0));
    }
    if rng.chance(1, 6) {
        order = order.on_vehicle(["v1", "v2"][rng.below(2)]);
    }
    if rng.chance(1, 10) {
        order = order.position([Position::First, Position::Last][rng.below(2)]);
    }
    let mass = Grams(i64::from(rng.next_u32() % 60_000));
    let quantity = Quantity::pieces(i64::from(rng.next_u32() % 4 + 1)).mass(mass);
    let station = if rng.chance(1, 8) { "far" } else { "hub" };
    order
        .quantity(quantity.volume(Millilitres(3_000)))
        .tier(Tier::ALL[rng.below(5)])
        .station(station)
}
