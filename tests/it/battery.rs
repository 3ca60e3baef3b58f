//! Batteries from the map to the report: passes, charging and swapping at the station.

use std::sync::Arc;

use lastmile::optimizer::{self, Heuristic, StopRule};
use lastmile::place::Point;
use lastmile::plan::{Plan, ReasonCode, Route, audit};
use lastmile::problem::{
    Battery, Builder, Call, Chemistry, Order, Problem, Quantity, StartRoute, StartStop, Station,
    Vehicle,
};
use lastmile::report;
use lastmile::road::osm::{OsmData, OsmNode, OsmWay};
use lastmile::road::{Elevation, RoadGraph};
use lastmile::units::{Grams, Metres, Seconds};

use crate::days::travel;

/// Metres to a degree on the equator.
const DEGREE_M: f64 = 111_195.0;

/// A point so many metres east of the corner of the map.
fn east(metres: f64) -> Point {
    Point::wgs84(0.001, 0.01 + metres / DEGREE_M)
}

/// A road of twelve kilometres due east, a junction on each; on ground of so many metres at each metre.
fn road(height: impl Fn(f64) -> f64) -> Arc<RoadGraph> {
    let node = |i: i64| OsmNode {
        id: i,
        point: east(1000.0 * i as f64),
        ele_m: None,
        tags: [].into_iter().collect(),
    };
    let way = |i: i64| OsmWay {
        id: i,
        nodes: vec![i - 1, i],
        tags: [("highway", "tertiary"), ("surface", "asphalt")].into_iter().collect(),
    };
    let (nodes, ways) = ((0..=12).map(node).collect(), (1..=12).map(way).collect());
    let data = OsmData { nodes, ways, ..OsmData::default() };
    let mut ground = Elevation::new();
    let sample = |i: u32| {
        let column = f64::from(i % 1201) / 1200.0;
        (height((column - 0.01) * DEGREE_M).round() as i16).to_be_bytes()
    };
    let tile: Vec<u8> = (0..1201 * 1201).flat_map(sample).collect();
    ground.add("N00E000.hgt", &tile).unwrap();
    ground.add("S01E000.hgt", &tile).unwrap();
    Arc::new(RoadGraph::from_osm(&data).unwrap().on_ground(&ground))
}

/// A pass of 600 m between station and village, both at 200 m.
fn pass(metres: f64) -> f64 {
    (800.0 - 0.15 * (metres - 6000.0).abs()).max(200.0)
}

/// The plan of one order eleven kilometres down a road.
fn over(roads: &Arc<RoadGraph>, battery: Battery) -> Plan {
    let vehicle = Vehicle::electric_van("v").battery(battery.reserve(0.0));
    let order = Order::deliver("a", Call::at(east(11_500.0)));
    let station = Station::at("hub", east(500.0)).vehicle(vehicle);
    let day = Problem::builder(station).order(order).build(roads).unwrap();
    let plan = optimizer::solve(&day, &StopRule::steps(50).seed(1).threads(1));
    assert!(audit(&plan).is_empty());
    plan
}

#[test]
fn a_pass_takes_more_than_the_same_road_on_the_level() {
    let (level, hilly) = (road(|_| 200.0), road(pass));
    let by_road = |kwh: f64| Battery::by_road(Chemistry::Lfp, kwh);
    let large = over(&hilly, by_road(40.0));
    let day = lastmile::schedule::battery_day(large.problem(), &large.routes()[0].timetable);
    let (steep, day) = (day.unwrap(), over(&level, by_road(40.0)));
    let flat = lastmile::schedule::battery_day(day.problem(), &day.routes()[0].timetable).unwrap();
    // 22 km; two climbs of 600 m of 1,500 to 2,200 kg, of which half comes back.
    assert!(steep.used_wh > flat.used_wh + 1500, "{steep:?} {flat:?}");
    assert!(flat.used_wh > 1500 && flat.used_wh < 4500, "{flat:?}");
    // On top of the pass, on the way back, more was missing than at the end.
    let most = steep.full_wh - steep.least_wh;
    assert!(most > steep.used_wh + 300, "{steep:?}");
    let kwh = |wh: i64| wh as f64 / 1000.0;
    assert!(over(&hilly, by_road(kwh(most + 1))).unserved().is_empty());
    let short = over(&hilly, by_road(kwh(most - 10)));
    assert_eq!(short.unserved()[0].reason.code, ReasonCode::Range);
    let cure = short.unserved()[0].reason.cure.as_ref().unwrap();
    assert!((9..=11).contains(&cure.amount), "{cure}");
    assert!(over(&level, by_road(kwh(most - 10))).unserved().is_empty());
}

#[test]
fn the_cold_and_a_heated_cab_take_more() {
    let roads = road(|_| 200.0);
    let used = |celsius: f64| {
        let battery = Battery::by_road(Chemistry::Lfp, 40.0);
        let vehicle = Vehicle::electric_van("v").battery(battery);
        let station = Station::at("hub", east(500.0)).vehicle(vehicle);
        let order = Order::deliver("a", Call::at(east(11_500.0)));
        let weather = lastmile::cold::Weather::constant(celsius).unwrap();
        let day = Problem::builder(station).order(order).weather(weather).build(&roads).unwrap();
        let plan = optimizer::solve(&day, &StopRule::steps(50).seed(1).threads(1));
        lastmile::schedule::battery_day(&day, &plan.routes()[0].timetable).unwrap()
    };
    let (warm, cold) = (used(20.0), used(-20.0));
    // 24 min of driving and more at 2.7 kW.
    assert!(cold.used_wh > warm.used_wh + 1000, "{cold:?} {warm:?}");
    assert!(cold.full_wh < warm.full_wh, "a cold battery gives less");
}

/// Six orders on both sides of the pass, for two vans that bring some of them only.
fn villages() -> Builder {
    let van = |id: &str| {
        let battery = Battery::by_road(Chemistry::Lfp, 6.0).reserve(0.1);
        Vehicle::electric_van(id).trips(2).battery(battery)
    };
    let station = Station::at("hub", east(500.0)).vehicle(van("v")).vehicle(van("w"));
    let at = |i: i32| Call::at(east(1500.0 * f64::from(i) + 2000.0));
    let order = |i: i32| {
        let (id, call) = (format!("o{i}"), at(i));
        let order = if i == 2 { Order::collect(id, call) } else { Order::deliver(id, call) };
        order.quantity(Quantity::pieces(1).mass(Grams(250_000)))
    };
    (0..6).fold(Problem::builder(station), |day, i| day.order(order(i)))
}

#[test]
fn every_heuristic_keeps_to_the_battery() {
    let day = villages().build(&road(pass)).unwrap();
    for heuristic in Heuristic::ALL {
        let stop = StopRule::steps(40).seed(1).threads(1);
        let plan = optimizer::solve_by(&day, &stop, heuristic);
        assert!(audit(&plan).is_empty(), "{}: {:?}", heuristic.name(), audit(&plan));
        let served = plan.routes().iter().flat_map(Route::visits).count();
        assert_eq!(served + plan.unserved().len(), 6, "{}", heuristic.name());
        // Six kilometres out is no trouble for either; eleven and back over the pass is beyond them.
        assert!((3..6).contains(&served), "{} serves {served}", heuristic.name());
    }
}

#[test]
fn a_quote_keeps_to_the_battery() {
    let roads = road(pass);
    let begun = |ids: &[&str]| {
        let start = StartRoute::new("v").trip(ids.iter().map(|&id| StartStop::new(id)).collect());
        villages().start(vec![start.frozen(1)]).build(&roads).unwrap()
    };
    let quoted = |ids: &[&str], id: &str| {
        let day = begun(ids);
        let order = day.order_ids().find(|&order| day.order(order).id() == id).unwrap();
        let mut offer = None;
        optimizer::with_quotes_on_start(&day, &mut |quote| offer = quote(order));
        (day, order, offer)
    };
    let (day, _, offer) = quoted(&["o0"], "o1");
    let offer = offer.expect("a village on the near side");
    // With the order at the end of the trip, the only one that serves both.
    let visit = |i: usize| {
        let order = day.order_ids().nth(i).unwrap();
        day.realisation(day.realisations_of(order).next().unwrap()).first
    };
    let cost = |visits: Vec<_>| Route::new(&day, offer.vehicle, vec![visits]).cost.0;
    let alone = cost(vec![visit(0)]);
    assert_eq!(offer.cost.0, cost(vec![visit(0), visit(1)]) - alone);
    assert_eq!(quoted(&["o0"], "o5").2, None, "beyond the battery");
}

#[test]
fn a_van_that_burns_fuel_has_no_battery_by_road() {
    let vehicle = Vehicle::minivan("v").battery(Battery::by_road(Chemistry::Lfp, 40.0));
    let station = Station::at("hub", east(500.0)).vehicle(vehicle);
    let day = Problem::builder(station).order(Order::deliver("a", Call::at(east(5000.0))));
    let error = day.build(&road(|_| 0.0)).unwrap_err();
    assert!(error.to_string().contains("battery.wh_per_km"), "{error}");
}

/// Two orders, 26 km out each in other directions, too much mass for one trip.
fn two_trips(battery: Battery) -> Plan {
    let load = |order: Order| {
        let quantity = Quantity::pieces(1);
        order.quantity(quantity.mass(Grams(500_000)))
    };
    let vehicle = Vehicle::electric_van("v").trips(2).reload(Seconds::hours(1)).battery(battery);
    let hub = Point::wgs84(38.0, 91.0);
    let station = Station::at("hub", hub).vehicle(vehicle);
    let north = Order::deliver("n", Call::at(Point::wgs84(38.18, 91.0)));
    let south = Order::deliver("s", Call::at(Point::wgs84(37.82, 91.0)));
    let day = Problem::builder(station).order(load(north)).order(load(south));
    let day = day.build_with(|_, points| Ok(travel(points, false))).unwrap();
    let plan = optimizer::solve(&day, &StopRule::steps(200).seed(1).threads(1));
    assert!(audit(&plan).is_empty());
    plan
}

#[test]
fn charging_or_swapping_while_it_reloads_serves_what_one_charge_does_not() {
    // Some 52 km and 7.8 kWh a trip; 10.4 kWh may be taken.
    let own = || Battery::new(Chemistry::Lfp, 13.0, 150.0);
    let plain = two_trips(own());
    assert_eq!(plain.unserved()[0].reason.code, ReasonCode::Range, "{:?}", plain.unserved());
    let missing = plain.unserved()[0].reason.cure.as_ref().unwrap().amount;
    assert!((4_500..6_500).contains(&missing), "{missing}");
    let kilowatts = |wh: i64| wh as f64 / 1000.0;
    let charged = two_trips(own().charge_kw(kilowatts(missing + 1)));
    assert!(charged.unserved().is_empty());
    assert_eq!(two_trips(own().charge_kw(kilowatts(missing - 1))).unserved().len(), 1);
    let swapped = two_trips(own().swap(Seconds::minutes(80)));
    assert!(swapped.unserved().is_empty());
    let reload = |plan: &Plan| {
        let stops = plan.routes()[0].timetable.stops.clone();
        let stop = stops.into_iter().find(|stop| stop.kind == lastmile::schedule::StopKind::Reload);
        stop.map(|stop| stop.leave - stop.begin)
    };
    assert_eq!(reload(&charged), Some(Seconds::hours(1)));
    assert_eq!(reload(&swapped), Some(Seconds::minutes(80)), "swapping takes its time");
    let json: serde_json::Value = serde_json::from_str(&report::plan_json(&charged)).unwrap();
    let (kpi, route) = (&json["kpi"]["battery"], &json["routes"][0]["battery"]);
    assert_eq!(route["charged_wh"], missing + 1);
    assert_eq!(kpi["charged_wh"], route["charged_wh"]);
    assert_eq!((&kpi["vehicle"], &route["full_wh"]), (&"v".into(), &13_000.into()));
    assert!(kpi["least_permille"].as_i64().unwrap() >= 200, "{kpi}");
    let text = report::timetable(&charged);
    assert!(text.contains("charged between trips"), "{text}");
    let sheet = report::sheet_html(&charged, &mut |_, _, _| None);
    assert!(sheet.contains("least charge"), "it is on the sheet");
}

#[test]
fn no_leg_is_longer_than_the_road() {
    // The drain's figures stand beside time and length of the same leg.
    let roads = road(pass);
    let network = roads.network(&lastmile::road::Profile::electric_van(), &[]);
    let points: Vec<Point> = (0..12).map(|i| east(400.0 + 950.0 * f64::from(i))).collect();
    let stops = network.snap_all(&points, Metres(300));
    let (drains, matrix) = (network.drains(&stops, None), network.matrix(&stops));
    for (from, to) in (0..12).flat_map(|a| (0..12).map(move |b| (a, b))) {
        let drain = drains[from * 12 + to].unwrap();
        let metres = matrix.leg(from, to).unwrap().metres.0;
        assert!(drain.worst <= 5000 * metres.max(1), "{drain:?} on {metres} m");
        assert!(drain.peak >= drain.net && drain.tail >= drain.net && drain.worst >= drain.peak);
        let back = drains[to * 12 + from].unwrap();
        assert!(drain.net + back.net >= 0);
    }
}
