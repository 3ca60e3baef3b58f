//! What the reasons say, line by line.

use super::*;
use crate::cold::{Conditioning, PackOut, Weather};
use crate::problem::{
    Builder, Choice, ColdBox, DrivingRule, HandOver, Order, Quantity, Tier, Urgent, Vehicle,
};
use crate::sample::{bare, build, call, day, minutes};
use crate::units::{Grams, Metres, Seconds, Time};

/// The reason of order `x` when each vehicle, by number, serves the orders named.
fn line(day: Builder, served: &[&[&str]]) -> String {
    let problem = build(day);
    let visit = |id: &&str| {
        let order = problem.find_order(id).unwrap();
        problem.realisation(problem.realisations_of(order).next().unwrap()).first
    };
    let routes: Vec<Route> = served
        .iter()
        .zip(problem.vehicle_ids())
        .map(|(ids, vehicle)| Route::new(&problem, vehicle, vec![ids.iter().map(visit).collect()]))
        .collect();
    explain(&problem, &routes, problem.find_order("x").unwrap()).to_string()
}

fn check(vehicle: Vehicle, order: Order, expected: &str) {
    assert_eq!(line(day([vehicle]).order(order), &[]), expected);
}

fn cold_box() -> ColdBox {
    ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Frozen)
}

#[test]
fn five_hundred_and_sixty_kilometres_need_more_than_a_shift_of_ten_hours() {
    let van = bare("van 1").driving(Some(DrivingRule::FOUR_HOURS)).shift(minutes(480, 1080));
    let expected = "SHIFT_TIME 5 min past the end of the shift on van 1; \
                    would fit with the shift of van 1 ending 5 min later";
    check(van, Order::deliver("x", call(280.0)), expected);
}

#[test]
fn a_lid_that_may_not_be_opened_at_all_is_told_as_that() {
    let reason = |celsius: f64| {
        let van = bare("van 1").cold_box(ColdBox::auto(PackOut::p7(), "CN_COLD_2_8"));
        let day = day([van]).weather(Weather::constant(celsius).unwrap());
        line(day.order(Order::deliver("x", call(10.0)).class("CN_COLD_2_8")), &[])
    };
    let expected =
        "COLD_HOLD one opening of the cold box lets its goods leave their range on van 1";
    assert_eq!(reason(-25.0), expected);
    assert!(!reason(-20.0).contains("one opening"), "{}", reason(-20.0));
}

#[test]
fn a_hold_that_is_short_says_by_how_much_and_which_vehicle_comes_near() {
    let weather = Weather::constant(30.0).unwrap();
    let van = bare("van 1").shift(minutes(0, 3000)).cold_box(cold_box());
    let problem = build(
        day([van.clone()])
            .weather(weather.clone())
            .order(Order::deliver("x", call(1.0)).class("CN_COLD_2_8")),
    );
    let hold = problem.hold(VehicleId(0), 0).unwrap();
    let stay = hold.hold - hold.opening - Seconds::minutes(1) + Seconds::minutes(14);
    let order = Order::deliver("x", call(1.0).service(stay)).class("CN_COLD_2_8");
    let both = day([van, bare("tricycle 2").shift(minutes(0, 3000))]).weather(weather).order(order);
    let expected = "COLD_HOLD cold hold 14 min short on van 1 \
                    (tricycle 2: no box for CN_COLD_2_8); \
                    would fit with 14 min more hold on van 1";
    assert_eq!(line(both, &[]), expected);
}

#[test]
fn a_box_packed_for_summer_freezes_its_goods_in_winter() {
    let van = bare("van 1").cold_box(cold_box());
    let order = Order::deliver("x", call(5.0)).class("CN_COLD_2_8");
    let text = line(day([van]).weather(Weather::constant(-20.0).unwrap()).order(order), &[]);
    assert!(text.starts_with("COLD_FREEZE CN_COLD_2_8: packed for the other season"), "{text}");
}

#[test]
fn a_place_beyond_the_limit_says_how_far_the_road_is() {
    let expected = "OUTSIDE_AREA 4.2 km from the nearest road, limit 1 km on van 1; \
                    would fit with a limit 3.2 km farther from the road";
    check(bare("van 1"), Order::deliver("x", call(950.0)), expected);
}

#[test]
fn the_simple_reasons_name_what_is_missing() {
    let near = || Order::deliver("x", call(5.0));
    let heavy = || near().quantity(Quantity::pieces(1).mass(Grams(80_000)));
    let small = bare("van 1").capacity(Quantity::UNLIMITED.mass(Grams(68_000)));
    check(
        small,
        heavy(),
        "CAPACITY_WEIGHT 12 kg too heavy on van 1; would fit with 12 kg more capacity on van 1",
    );
    check(
        bare("van 1"),
        near().skill("install_ac"),
        "SKILL needs skill install_ac on van 1; would fit with skill install_ac on van 1",
    );
    check(
        bare("van 1").max_length(Metres(9_000)),
        near(),
        "RANGE 1 km beyond its range on van 1; would fit with 1 km more range on van 1",
    );
    check(
        bare("van 1"),
        Order::deliver("x", call(5.0).window(minutes(470, 480))),
        "TIME_WINDOW 5 min past its window on van 1; \
         would fit with its window closing 5 min later on van 1",
    );
    check(
        bare("van 1"),
        Order::collect("x", call(5.0)).due_back(Time::at(8, 10)),
        "TRUCK_CUTOFF 5 min after the cut-off on van 1; \
         would fit with its cut-off 5 min later on van 1",
    );
    let counter = Choice::call(HandOver::PickupPoint, call(5.0));
    check(
        bare("van 1"),
        near().options(vec![counter]),
        "NO_CONSENT no consent to a pick-up point on van 1; \
         would fit with consent to a pick-up point, on van 1",
    );
}

#[test]
fn a_day_without_vehicles_says_so() {
    let text = line(day([]).order(Order::deliver("x", call(5.0))), &[]);
    assert_eq!(text, "NO_VEHICLE there is no vehicle for it");
}

#[test]
fn a_pinned_order_is_judged_by_its_own_vehicle() {
    let near = Order::deliver("x", call(5.0)).on_vehicle("b").skill("weld").class("CN_ROOM");
    let text = line(day([bare("a"), bare("b")]).order(near), &[]);
    assert_eq!(
        text,
        "NO_COLD_BOX no box for CN_ROOM, needs skill weld on b \
         (a: pinned to b, no box for CN_ROOM, needs skill weld)"
    );
}

#[test]
fn a_full_vehicle_names_the_higher_tiers_that_fill_it() {
    let full = || day([bare("van 1").capacity(Quantity::pieces(1).mass(Grams::UNLIMITED))]);
    let small = |order: Order| order.quantity(Quantity::pieces(1));
    let medicine = small(Order::deliver("a", call(5.0))).tier(Tier::Urgent);
    let x = || small(Order::deliver("x", call(5.0)));
    assert_eq!(
        line(full().order(medicine).order(x()), &[&["a"]]),
        "DISPLACED 1 piece too many on van 1 with the route as planned, \
         where these go first: a; would fit with 1 piece more capacity on van 1"
    );
    let equal = small(Order::deliver("a", call(5.0)));
    assert_eq!(
        line(full().order(equal).order(x()), &[&["a"]]),
        "CAPACITY_PIECES 1 piece too many on van 1 with the route as planned; \
         would fit with 1 piece more capacity on van 1"
    );
}

#[test]
fn an_optional_order_says_what_its_way_costs() {
    let van = bare("van 1").costs(0.0, 0.0, 1.0);
    let order = Order::deliver("x", call(5.0)).optional(Money::units(8.0));
    check(van, order, "NOT_WORTH its way costs 10, its prize is 8 on van 1");
}

#[test]
fn an_order_that_fits_is_never_explained_away() {
    check(
        bare("van 1"),
        Order::deliver("x", call(5.0)),
        "NOT_TRIED it would fit, but was not tried on van 1",
    );
}

#[test]
fn time_taken_by_others_is_told_from_time_that_never_was() {
    let van = bare("van 1").shift(minutes(480, 600)).parking(Seconds::ZERO);
    let other = Order::deliver("a", call(50.0));
    let x = Order::deliver("x", call(45.0).service(Seconds::minutes(23)));
    assert_eq!(
        line(day([van]).order(other).order(x), &[&["a"]]),
        "SHIFT_TIME 8 min past the end of the shift on van 1 with the route as planned; \
         would fit with the shift of van 1 ending 8 min later"
    );
}

#[test]
fn on_a_large_day_the_nearest_vehicles_are_tried_and_the_others_counted() {
    // Three full vans, each with one stop; the order is beside that of van 2.
    let full = |name| bare(name).capacity(Quantity::default().mass(Grams(1)));
    let stop = |id, km| Order::deliver(id, call(km)).quantity(Quantity::default().mass(Grams(1)));
    let day = day([full("van 1"), full("van 2"), full("van 3")]);
    let day = day.order(stop("a", 10.0)).order(stop("b", 40.0)).order(stop("c", 20.0));
    let problem = build(day.order(stop("x", 39.0)));
    let route =
        |vehicle: u32| Route::new(&problem, VehicleId(vehicle), vec![vec![VisitId(vehicle)]]);
    let routes: Vec<Route> = (0..3).map(route).collect();
    let x = problem.find_order("x").unwrap();
    let mut depth = Depth::of(&problem, &routes, Looks::default());
    let (all, _) = explain_to((&problem, &routes), x, &depth, &mut Trial::new(&problem));
    assert_eq!((all.verdicts.len(), all.unexamined), (3, 0));
    depth.walked = 0;
    let (reason, near) = explain_to((&problem, &routes), x, &depth, &mut Trial::new(&problem));
    assert_eq!(near, [false, true, false]);
    let names: Vec<&str> = reason.verdicts.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((names, reason.unexamined), (vec!["van 2"], 2));
    let line = reason.to_string();
    assert!(line.contains("; 2 vehicles farther away were not tried"), "{line}");
}

#[test]
fn when_time_is_short_orders_of_high_tiers_are_looked_into_and_the_others_told_as_not_examined() {
    let full = |name| bare(name).capacity(Quantity::default().mass(Grams(1)));
    let stop = |id, km| Order::deliver(id, call(km)).quantity(Quantity::default().mass(Grams(1)));
    let heavy = Order::deliver("z", call(5.0)).quantity(Quantity::default().mass(Grams(2)));
    let day = day([full("van 1"), full("van 2")]).order(stop("a", 10.0)).order(stop("b", 40.0));
    let problem =
        build(day.order(stop("x", 39.0)).order(stop("y", 38.0).tier(Tier::ColdChain)).order(heavy));
    let route =
        |vehicle: u32| Route::new(&problem, VehicleId(vehicle), vec![vec![VisitId(vehicle)]]);
    let routes: Vec<Route> = (0..2).map(route).collect();
    // One visit and two places: two stops to walk for each order.
    let codes = |walked, hurried| {
        let inquiry = Inquiry::new(&problem, &routes, Looks { walked, hurried });
        let mut trial = Trial::new(&problem);
        ["y", "x", "z"].map(|id| {
            let order = problem.find_order(id).unwrap();
            assert_eq!(inquiry.looks_at(order), inquiry.explain_looking(order, &mut trial).1);
            inquiry.explain(order, &mut trial)
        })
    };
    let weight = ReasonCode::CapacityWeight;
    assert_eq!(codes(2, false).map(|reason| reason.code), [weight; 3]);
    assert_eq!(codes(6, true).map(|reason| reason.code), [weight; 3]);
    // What is too heavy even by itself is known without a look at any tour.
    let few = codes(2, true);
    assert_eq!(few.clone().map(|reason| reason.code), [weight, ReasonCode::NotExamined, weight]);
    let told = "NOT_EXAMINED no room was found for it in the time there was; \
                2 vehicles were not tried place by place";
    assert_eq!(few[1].to_string(), told);
    let none = codes(0, true).map(|reason| reason.code);
    assert_eq!(none, [ReasonCode::NotExamined, ReasonCode::NotExamined, weight]);
}

/// A courier who is busy until half past eight, an order promised by then, and what it has beside.
fn promised(choices: impl IntoIterator<Item = Choice>) -> String {
    let promise = Urgent::half_an_hour(Time::at(8, 0));
    let home = Order::deliver("x", call(28.0).service(Seconds::minutes(2))).urgent(promise);
    let order = choices.into_iter().fold(home.consent(true), Order::or);
    line(day([bare("van 1")]).order(order), &[])
}

#[test]
fn a_promise_that_cannot_be_kept_is_refused_with_what_can_be_had_when() {
    // Ready at 08:05, there at 08:33, in hand at 08:35 instead of 08:30.
    let expected = "URGENT_REACH in hand 5 min later than promised on van 1; \
                    would fit with its window closing 5 min later on van 1; \
                    offered: at home by 08:35 on van 1";
    assert_eq!(promised([]), expected);
    let far = call(40.0).service(Seconds::minutes(2));
    let pharmacy = Choice::call(HandOver::Pharmacy, far);
    let line = promised([pharmacy]);
    let offers = "offered: at home by 08:35 on van 1, at the pharmacy by 08:47 on van 1";
    assert!(line.ends_with(offers), "{line}");
}

#[test]
fn a_promise_within_reach_is_kept() {
    let promise = Urgent::half_an_hour(Time::at(8, 0));
    let order =
        |km: f64| Order::deliver("x", call(km).service(Seconds::minutes(2))).urgent(promise);
    let problem = build(day([bare("van 1")]).order(order(23.0)));
    let route = Route::new(&problem, VehicleId(0), vec![vec![VisitId(0)]]);
    assert!(
        crate::plan::audit(&crate::plan::Plan {
            problem: problem.clone(),
            routes: vec![route.clone()],
            unserved: Vec::new(),
            header: crate::plan::Header::default(),
        })
        .is_empty()
    );
    assert_eq!(route.timetable.stops[1].leave, Time::at(8, 30));
    let late = build(day([bare("van 1")]).order(order(24.0)));
    assert!(!crate::plan::violations(&late, VehicleId(0), &[vec![VisitId(0)]]).is_empty());
}

#[test]
fn an_impossible_promise_is_a_fault_of_the_day() {
    let promise = |order: Order| {
        let day = day([bare("van 1")]).order(order.urgent(Urgent::half_an_hour(Time::at(8, 0))));
        let refuse = |_: &str, _: &[crate::place::Point]| unreachable!("it is checked before");
        let error = day.build_with(refuse).unwrap_err();
        error.faults()[0].field_name().to_owned()
    };
    let late = Order::deliver("x", call(1.0).window(minutes(540, 600)));
    assert_eq!(promise(late), "windows");
    let slow = Order::deliver("x", call(1.0).service(Seconds::minutes(26)));
    assert_eq!(promise(slow), "urgent.within");
    assert_eq!(promise(Order::collect("x", call(1.0))), "urgent");
}
