//! A small day around Huatugou for the tests of this room: two vehicles, one of them on two trips,
//! cold boxes, collections with a cut-off, a shipment, a pick-up point, and orders left out.

use std::sync::Arc;

use crate::cold::{Conditioning, PackOut, Weather};
use crate::place::Point;
use crate::plan::{Header, Plan, Route, Unserved, explain};
use crate::problem::{
    Call, Choice, ColdBox, HandOver, Order, OrderId, PlaceId, Problem, Quantity, Station, Tier,
    Travel, Truck, Vehicle, VehicleId, VisitId,
};
use crate::road::{NoRoad, TravelMatrix};
use crate::units::{Grams, Leg, Metres, Millilitres, Money, Seconds, Time, Window};

/// Metres from the station to east and north, and the village's name.
const VILLAGES: [(f64, f64, &str); 9] = [
    (900.0, 300.0, "花土沟镇"),
    (2_100.0, 1_400.0, "阿拉尔村"),
    (4_800.0, 2_600.0, "油砂山社区"),
    (7_900.0, 5_200.0, "莫合尔布鲁克村"),
    (-3_200.0, 1_900.0, "乌南村"),
    (-5_600.0, -1_200.0, "尕斯村"),
    (-2_400.0, -4_100.0, "切克里克村"),
    (3_300.0, -3_600.0, "茫崖湖牧场"),
    (11_500.0, 1_100.0, "昆仑山口牧点"),
];
const NAMES: [&str; 8] = ["张伟", "王秀英", "巴图", "李桂兰", "才仁卓玛", "陈建国", "Ayşe", "赵敏"];

/// The point so many metres east and north of the station.
pub(super) fn point(east: f64, north: f64) -> Point {
    Point::wgs84(38.25 + north / 111_195.0, 90.86 + east / 87_320.0)
}

/// Straight roads, 1.3 times as long as the crow flies, at 30 km/h; none to the north.
fn planar(points: &[Point]) -> Travel {
    let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
        if [points[from], points[to]].iter().any(|p| p.lat > 39.0) {
            return Err(NoRoad::OtherIsland);
        }
        let metres = points[from].distance_m(points[to]) * 1.3;
        Ok(Leg { seconds: Seconds::round(metres / 8.33), metres: Metres::round(metres) })
    });
    Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] }
}

fn window(open: i64, close: i64) -> Window {
    Window::new(Time::at(open, 0), Time::at(close, 0)).unwrap()
}

fn call(i: usize) -> Call {
    let (east, north, _) = VILLAGES[i % VILLAGES.len()];
    let aside = f64::from(u32::try_from(i / VILLAGES.len()).unwrap()) * 140.0;
    Call::at(point(east + aside, north - aside / 2.0))
}

/// Order `i`: every third collects, every seventh is cold, some have windows, cash and notes.
fn order(i: usize) -> Order {
    let id = format!("HT-{:03}", i + 1);
    let calls = if i.is_multiple_of(4) { call(i).window(window(9, 12)) } else { call(i) };
    let small = i64::try_from(i % 5).unwrap();
    let quantity =
        Quantity::pieces(1 + small % 3).mass(Grams(1_200 + 850 * small)).volume(Millilitres(1_500));
    let order = match i % 3 {
        2 if !i.is_multiple_of(7) => Order::collect(&id, calls).truck("K1"),
        _ => Order::deliver(&id, calls),
    };
    let order = match i % 7 {
        0 => order.class("CN_COLD_2_8").tier(Tier::ColdChain).note("胰岛素，勿冷冻"),
        3 => order.cash_on_delivery(Money::units(128.5)).note("到村口打电话"),
        4 => order.tier(Tier::Promise),
        _ => order,
    };
    order
        .quantity(quantity)
        .name(NAMES[i % NAMES.len()])
        .village(VILLAGES[i % VILLAGES.len()].2)
        .phone(format!("138{:08}", 12_345_670 + i))
}

fn vehicle(id: &str) -> Vehicle {
    Vehicle::minivan(id)
        .trips(2)
        .cold_box(ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Half).count(4))
        .shift(Window::new(Time::at(8, 30), Time::at(18, 30)).unwrap())
}

/// The day with `count` orders of the usual kind and these.
pub(super) fn problem(count: usize, more: Vec<Order>) -> Arc<Problem> {
    let truck = Truck::new("K1").leaves(Time::at(18, 0));
    let station = Station::at("hub", point(0.0, 0.0))
        .name("花土沟营业部")
        .vehicle(vehicle("青H·A1208"))
        .vehicle(vehicle("青H·B3301"))
        .truck(truck);
    Problem::builder(station)
        .orders((0..count).map(order))
        .orders(more)
        .weather(Weather::band(-12.0, 4.0).unwrap())
        .build_with(|_, points| Ok(planar(points)))
        .unwrap()
}

/// Orders that show the rarer forms: a shipment, a pick-up point, two that cannot be served.
pub(super) fn rarer() -> Vec<Order> {
    let ship =
        Order::ship("SH-1", Call::at(point(-3_000.0, 2_300.0)), Call::at(point(-900.0, 900.0)));
    let at_point = Choice::call(HandOver::PickupPoint, call(2));
    let consent = Order::deliver("PP-1", Call::at(point(5_500.0, 3_900.0))).or(at_point);
    let heavy = Quantity::pieces(1).mass(Grams(900_000));
    vec![
        ship.village("乌南村").name("马师傅"),
        consent.consent(true).village("油砂山社区").name("周明").note("放菜鸟驿站"),
        Order::deliver("XX-1", call(3)).quantity(heavy).village("莫合尔布鲁克村").name("重货"),
        Order::deliver("XX-2", Call::at(Point::wgs84(39.5, 90.9))).village("柴达木北").name("孤岛"),
    ]
}

/// The visits of an order by its last option.
fn visits(problem: &Problem, order: OrderId) -> Vec<VisitId> {
    let last = problem.realisations_of(order).last().unwrap();
    let realisation = problem.realisation(last);
    std::iter::once(realisation.first).chain(realisation.second).collect()
}

/// A plan by hand: orders go round the station by their angle, the first half on one vehicle; the
/// second vehicle makes two trips. Orders called `XX` are left out.
pub(super) fn plan_of(problem: Arc<Problem>) -> Plan {
    let hub = problem.stations()[0].point();
    let is_left_out = |&id: &OrderId| problem.order(id).id().starts_with("XX");
    let angle = |&id: &OrderId| {
        let place = problem.visit(visits(&problem, id)[0]).place;
        let p = problem.places()[place.index()].point;
        ((p.lat - hub.lat).atan2(p.lon - hub.lon), id)
    };
    let mut served: Vec<OrderId> = problem.order_ids().filter(|id| !is_left_out(id)).collect();
    served.sort_by(|a, b| angle(a).partial_cmp(&angle(b)).unwrap());
    let half = served.len() / 2;
    let trip = |orders: &[OrderId]| orders.iter().flat_map(|&id| visits(&problem, id)).collect();
    let trips = [vec![trip(&served[..half])], {
        let cut = half + (served.len() - half) / 2;
        vec![trip(&served[half..cut]), trip(&served[cut..])]
    }];
    let routes: Vec<Route> = problem
        .vehicle_ids()
        .zip(trips)
        .map(|(vehicle, trips): (VehicleId, Vec<Vec<VisitId>>)| {
            Route::new(&problem, vehicle, trips)
        })
        .collect();
    let unserved = problem.order_ids().filter(is_left_out);
    let unserved = unserved
        .map(|order| Unserved { order, reason: explain(&problem, &routes, order) })
        .collect();
    let header = Header { seed: 7, threads: 2, rounds: vec![500, 500], ..Header::default() };
    Plan { problem, routes, unserved, header }
}

/// The usual plan: 28 orders and the rarer ones.
pub(super) fn plan() -> Plan {
    plan_of(problem(28, rarer()))
}

/// The usual plan in hard frost with boxes packed for summer.
pub(super) fn frozen_in_frost() -> Plan {
    let plan = plan();
    let mut problem = Problem::clone(plan.problem());
    for vehicle in &mut problem.vehicles {
        let packed = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Frozen);
        vehicle.boxes = vec![packed.count(4)];
    }
    problem.weather = Some(Weather::constant(-20.0).unwrap());
    Plan { problem: Arc::new(problem), ..plan }
}

/// A road with a bend, so that roads and straight lines differ.
pub(super) fn bent(plan: &Plan) -> impl FnMut(VehicleId, PlaceId, PlaceId) -> Option<Vec<Point>> {
    let places: Vec<Point> = plan.problem().places().iter().map(|place| place.point).collect();
    move |_, from, to| {
        let (a, b) = (places[from.index()], places[to.index()]);
        let (lat, lon) = (b.lat - a.lat, b.lon - a.lon);
        let at = |share: f64, side: f64| {
            Point::wgs84(a.lat + lat * share - lon * side, a.lon + lon * share + lat * side)
        };
        Some(vec![a, at(0.3, 0.10), at(0.6, -0.05), b])
    }
}
