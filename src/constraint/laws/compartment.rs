//! What a compartment draws, and that orders ride in it like in any box: the search, the audit and the
//! walk of the box see the same room.

use std::sync::Arc;

use crate::cold::{AtpClass, Compartment, Weather};
use crate::constraint::{Rule, audit};
use crate::problem::{
    Battery, Chemistry, CompartmentGoods, CompartmentUse, Order, Problem, Quantity, Vehicle,
    VehicleId, VisitId,
};
use crate::sample::{bare, build, call, day};
use crate::schedule::{Stress, battery_day, box_days, timetable};
use crate::units::{MilliCelsius, Millilitres, Seconds};

fn vehicle(unit_w: f64) -> Vehicle {
    let body = Compartment { unit_w, ..Compartment::tricycle(4.0) };
    let battery = Battery::new(Chemistry::Lfp, 40.0, 150.0).draw_kw(1.0);
    bare("v").battery(battery).compartment(CompartmentUse::new(body, AtpClass::A))
}

fn at(celsius: f64, vehicle: Vehicle) -> Arc<Problem> {
    let weather = Weather::constant(celsius).unwrap();
    build(day([vehicle]).weather(weather).order(Order::deliver("a", call(10.0))))
}

#[test]
fn its_energy_comes_out_of_the_battery_beside_the_rest() {
    let kept = CompartmentUse::new(Compartment::tricycle(4.0), AtpClass::A);
    let warm = MilliCelsius(30_000);
    // 73 W through the walls at an efficiency of 1.5, and the door.
    let closed = CompartmentUse { openings_per_h: 0.0, ..kept.clone() };
    assert!((closed.draw_w((warm, warm)) - 48.7).abs() < 0.2);
    let all = kept.draw_w((warm, warm));
    assert!(all > 60.0, "{all}");
    let watts = |problem: &Problem| Seconds(problem.charge(VehicleId(0)).unwrap().watts).as_f64();
    let day = at(30.0, vehicle(250.0));
    assert_eq!(day.compartment_draw_w(VehicleId(0)), Some(all));
    assert!((watts(&day) - (1000.0 + all)).abs() <= 1.0);
    // Frost asks for heat.
    assert!(watts(&at(-20.0, vehicle(250.0))) > 1040.0);
    assert!((watts(&at(4.0, vehicle(250.0))) - 1000.0).abs() < 1.0);
}

#[test]
fn a_unit_too_weak_for_the_day_is_told() {
    let weather = Weather::constant(30.0).unwrap();
    let day = day([vehicle(120.0)]).weather(weather).order(Order::deliver("a", call(10.0)));
    let error = day.build_with(|_, _| unreachable!("it is refused before")).unwrap_err();
    let [fault] = error.faults() else { panic!("{error}") };
    assert_eq!(fault.field_name(), "compartment.unit_w");
}

/// A compartment of 30 litres for cold medicine in cartons with a time constant of three hours.
fn carrying(lag: Seconds) -> CompartmentUse {
    let body = Compartment { unit_w: 600.0, ..Compartment::tricycle(4.5) };
    let goods = CompartmentGoods::new("CN_COLD_2_8", Millilitres(30_000), lag);
    let goods = CompartmentGoods { band_k: 1.0, ..goods };
    let kept = CompartmentUse::new(body, AtpClass::A).carries(goods);
    CompartmentUse { open: Seconds(30), ..kept }
}

fn litres(id: &str, km: f64, litres: f64) -> Order {
    let quantity = Quantity::pieces(1).volume(Millilitres::litres(litres));
    Order::deliver(id, call(km)).class("CN_COLD_2_8").quantity(quantity)
}

fn served(vehicle: Vehicle, celsius: f64, orders: Vec<Order>) -> (Arc<Problem>, Vec<Rule>) {
    let weather = Weather::constant(celsius).unwrap();
    let problem = build(day([vehicle]).weather(weather).orders(orders));
    let trip: Vec<VisitId> = (0..problem.visits().len()).map(VisitId::from_index).collect();
    let found = audit(&problem, &timetable(&problem, VehicleId(0), &[trip]));
    (problem, found.iter().map(|one| one.rule).collect())
}

#[test]
fn orders_of_its_class_ride_in_it_as_far_as_it_has_room() {
    let van = || bare("v").compartment(carrying(Seconds::hours(3)));
    let (problem, found) =
        served(van(), 30.0, vec![litres("a", 40.0, 20.0), litres("b", 90.0, 10.0)]);
    assert_eq!(found, []);
    let walk = timetable(&problem, VehicleId(0), &[vec![VisitId(0), VisitId(1)]]);
    let days = box_days(&problem, &walk, &Stress::NONE).unwrap();
    let [one] = &days[..] else { panic!("{} boxes", days.len()) };
    assert_eq!(
        (one.goods.len(), one.openings(), one.label(&problem).as_str()),
        (2, 2, "COMPARTMENT-1")
    );
    assert!(one.is_in_range() && one.warm.payload_max_c > 5.5, "{:?}", one.warm);
    assert!(one.steps.iter().all(|step| step.melted.is_none() && step.hold_left.is_none()));
    let (_, found) = served(van(), 30.0, vec![litres("a", 40.0, 20.0), litres("b", 90.0, 10.1)]);
    assert_eq!(found, [Rule::BoxVolume]);
    let (_, found) = served(bare("v"), 30.0, vec![litres("a", 40.0, 1.0)]);
    assert_eq!(found, [Rule::NoColdBox]);
}

#[test]
fn a_door_opened_too_often_for_small_parcels_is_refused() {
    let near = || (0..4).map(|i| litres(&format!("o{i}"), 5.0 + f64::from(i), 1.0)).collect();
    let rules = |lag| served(bare("v").compartment(carrying(lag)), 32.0, near()).1;
    assert_eq!(rules(Seconds::hours(12)), []);
    let small = rules(Seconds::minutes(50));
    assert!(!small.is_empty() && small.iter().all(|&rule| rule == Rule::ColdLid), "{small:?}");
}

#[test]
fn each_opening_takes_energy() {
    let kept = carrying(Seconds::hours(12));
    let battery = Battery::new(Chemistry::Lfp, 5.0, 20.0);
    let van = || bare("v").battery(battery.clone()).compartment(kept.clone());
    let orders = |count: i32| (0..count).map(|i| litres(&format!("o{i}"), 50.0, 0.5)).collect();
    let used = |count| {
        let (problem, found) = served(van(), 30.0, orders(count));
        assert_eq!(found, []);
        let trip = (0..problem.visits().len()).map(VisitId::from_index).collect();
        let walk = timetable(&problem, VehicleId(0), &[trip]);
        (battery_day(&problem, &walk).unwrap().used_wh, walk.duration(), problem)
    };
    let ((one, alone, problem), (three, together, _)) = (used(1), used(3));
    let each = problem.compartment_opening_j(VehicleId(0)).unwrap() / 3600.0;
    let hours = (together - alone).as_f64() / 3600.0;
    let walls = problem.compartment_draw_w(VehicleId(0)).unwrap();
    let expected = 2.0 * each + walls * hours;
    assert!((Seconds(three - one).as_f64() - expected).abs() <= 2.0, "{one} {three} {expected}");
    assert!(each > 5.0, "{each} Wh");
    // Beside the way there is room for so many openings and no more.
    let (problem, _) = served(van(), 30.0, orders(1));
    let usable = Seconds(problem.charge(VehicleId(0)).unwrap().usable_wh()).as_f64();
    assert!(usable > 3_000.0);
    let mut empty = Problem::clone(&problem);
    empty.charge[0].as_mut().unwrap().usable_wh = one - 1;
    let walk = timetable(&problem, VehicleId(0), &[vec![VisitId(0)]]);
    let rules: Vec<Rule> = audit(&empty, &walk).iter().map(|one| one.rule).collect();
    assert_eq!(rules, [Rule::Energy]);
}

#[test]
fn goods_that_its_air_does_not_suit_are_told() {
    let told = |change: &dyn Fn(&mut CompartmentGoods)| {
        let mut kept = carrying(Seconds::hours(3));
        change(kept.goods.as_mut().unwrap());
        kept.faults(None).iter().map(|fault| fault.field_name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told(&|_| ()), [""; 0]);
    assert_eq!(told(&|goods| goods.class = "CN_COLD_2_9".into()), ["goods.class"]);
    assert_eq!(told(&|goods| goods.class = "CN_FROZEN".into()), ["set_c"]);
    assert_eq!(told(&|goods| goods.band_k = 4.0), ["set_c"]);
    assert_eq!(told(&|goods| goods.band_k = -1.0), ["goods.band_k"]);
    assert_eq!(told(&|goods| goods.volume = Millilitres(0)), ["goods.volume"]);
    assert_eq!(told(&|goods| goods.lag = Seconds(0)), ["goods.lag_min"]);
}
