//! The published examples to the minute, and every departure by brute force.

use proptest::prelude::*;

use super::*;
use crate::cold::{AirShift, HoldTerms, LidTerms, Weather};
use crate::constraint::audit as audit_all;
use crate::constraint::laws::{Pieces, Scene, between};
use crate::problem::{Call, Order, PlaceId, VisitId};
use crate::rng::Rng;
use crate::sample::{bare, build, call, day, minutes};
use crate::units::{Seconds, Time};

const MINUTE: i64 = 60;
/// An hour of driving.
const LEG: Hop = Hop { time: 60 * MINUTE, metres: 0 };

/// A piece of the three-stop example: five minutes of service, one opening of eight minutes; the
/// hold is counted until service begins.
fn stop(open: i64, close: i64, hold: Option<i64>) -> OnBoardSegment<1> {
    let (service, opening) = (5, 8);
    let excess = |hold: i64| (opening - hold) * MINUTE;
    let part = Part {
        openings: opening * MINUTE,
        lost: 0,
        hours: 0,
        on_way: hold.map_or(-FAR, excess),
        waiting: hold.map_or(-FAR, |hold| open * MINUTE + excess(hold)),
        to_end: FAR,
        lid: LidPart::NONE,
    };
    OnBoardSegment {
        path: service * MINUTE,
        earliest: (open + service) * MINUTE,
        latest: close * MINUTE,
        cargo: 0,
        classes: 1,
        air: AirShift::NONE,
        ends: (PlaceId(0), PlaceId(0)),
        parts: [part],
    }
}

/// Three legs of an hour from a depot that is open from 08:00, and three stops; the second has a
/// window from 12:00 to 13:00.
fn three_stops(depot_close: i64, hold: i64) -> (OnBoard<1>, OnBoardSegment<1>, Terms) {
    let problem = build(day([bare("v")]));
    let resource = OnBoard::<1>::new(&problem);
    let vehicle = VehicleId::from_index(0);
    let free_at = 480 * MINUTE;
    let (missing, ahead) = (0, 0);
    let room = (FAR, FAR);
    let (length_room, duration_room) = room;
    let terms =
        Terms { vehicle, free_at, back_by: FAR, length_room, duration_room, missing, ahead };
    let depot = OnBoardSegment { latest: depot_close * MINUTE, ..resource.start(&terms) };
    let stops = [stop(0, 1440, None), stop(720, 780, Some(hold)), stop(0, 1440, Some(300))];
    let trip = stops.iter().fold(depot, |trip, stop| resource.join(&trip, LEG, stop));
    (resource, trip, terms)
}

/// The worst excess on the way, the least departure, the earliest exit, the latest departure.
fn in_minutes(trip: &OnBoardSegment<1>) -> [i64; 4] {
    let part = &trip.parts[0];
    [part.on_way, part.waiting, trip.earliest, trip.latest].map(|seconds| seconds / MINUTE)
}

#[test]
fn t18_goods_that_hold_long_enough_ask_for_a_late_departure() {
    let (resource, trip, terms) = three_stops(720, 240);
    assert_eq!(in_minutes(&trip), [-86, 509, 790, 655]);
    assert_eq!(resource.excess(&trip, &terms), 0);
    assert_eq!(resource.release(&trip), 509 * MINUTE);
}

#[test]
fn t19_a_hold_shorter_than_the_way_is_short_by_21_minutes() {
    let (resource, trip, terms) = three_stops(720, 120);
    assert_eq!(trip.parts[0].on_way, 21 * MINUTE);
    assert!(trip.parts[0].waiting <= trip.latest);
    assert_eq!(resource.excess(&trip, &terms), 21 * MINUTE);
}

#[test]
fn t19_a_depot_that_closes_before_the_departure_asked_for_is_14_minutes_short() {
    let (resource, trip, terms) = three_stops(580, 142);
    let [on_way, waiting, _, latest] = in_minutes(&trip);
    assert_eq!((on_way, waiting, latest), (-1, 594, 580));
    assert_eq!(resource.excess(&trip, &terms), 14 * MINUTE);
}

const CLASSES: [&str; 3] = ["ATP_DAIRY", "ATP_MEAT", "ATP_MILK"];

/// A call at a whole minute of driving, with one window that begins and ends at whole minutes.
fn random_call(rng: &mut Rng) -> Call {
    let call =
        call(1.0 + f64::from(rng.next_u32() % 25)).service(Seconds::minutes(between(rng, 0, 6)));
    let open = between(rng, 470, 640);
    match rng.below(4) {
        0 => call.window(minutes(open, open + 20)),
        1 => call,
        _ => call.window(minutes(open, open + 120)),
    }
}

/// A trip of up to five visits of every role, with up to three classes on board, all in whole
/// minutes.
fn small(seed: u64) -> Scene {
    let mut rng = Rng::new(seed, 31);
    let packing = Seconds::minutes(between(&mut rng, 0, 8));
    let vehicle = bare("v").packing(packing).shift(minutes(480, 760));
    let mut builder = day([vehicle]).weather(Weather::constant(20.0).unwrap());
    for i in 0..rng.between(1, 4) {
        let id = format!("o{i}");
        let mut order = match rng.below(6) {
            0 => Order::collect(id, random_call(&mut rng)).due_back(Time::at(11, 30)),
            1 => Order::ship(id, random_call(&mut rng), random_call(&mut rng)),
            2 => Order::deliver(id, random_call(&mut rng))
                .ready_at(Time(between(&mut rng, 470, 560) * MINUTE)),
            _ => Order::deliver(id, random_call(&mut rng)),
        };
        if rng.chance(3, 4) {
            order = order.class(CLASSES[rng.below(3)]);
        }
        builder = builder.order(order);
    }
    let mut problem = Problem::clone(&build(builder));
    let term = |_| {
        Ok(HoldTerms {
            hold: Seconds::minutes(between(&mut rng, 30, 220)),
            opening: Seconds::minutes(between(&mut rng, 0, 12)),
            recovery: Seconds::ZERO,
            lid: LidTerms::NONE,
        })
    };
    problem.hold = vec![(0..problem.classes.len()).map(term).collect()];
    let mut trip: Vec<VisitId> = Vec::new();
    for way in &problem.realisations {
        let at = rng.between(0, trip.len());
        trip.insert(at, way.first);
        if let Some(second) = way.second {
            trip.insert(rng.between(at + 1, trip.len()), second);
        }
    }
    Scene { problem, vehicle: VehicleId::from_index(0), trip }
}

/// Every departure at a whole minute of the shift, by the plain walk: the least that keeps every
/// rule of time and cold.
fn least_departure(scene: &Scene) -> Option<i64> {
    let rules = [Rule::Window, Rule::Ready, Rule::ShiftClose, Rule::CutOff, Rule::ColdHold];
    let keeps = |depart: &i64| {
        let found = audit_all(&scene.problem, &scene.walk(*depart));
        !found.iter().any(|one| rules.contains(&one.rule))
    };
    (480..=760).map(|minute| minute * MINUTE).find(keeps)
}

/// The segments' answer against every departure. True when there is one.
fn check(seed: u64) -> bool {
    let scene = small(seed);
    let terms = scene.terms();
    let resources = (Clock::new(&scene.problem), OnBoard::<3>::new(&scene.problem));
    let pieces = Pieces::of(&resources.0, &scene.walk(terms.free_at));
    let whole = pieces.whole(&resources, &terms);
    let fits = resources.excess(&whole, &terms) == 0;
    let claimed = fits.then(|| resources.release(&whole).max(terms.free_at));
    assert_eq!(claimed, least_departure(&scene), "seed {seed}");
    fits
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_release_is_the_least_departure_that_suits_all_goods(seed in any::<u64>()) {
        check(seed);
    }

    #[test]
    fn the_latest_entry_is_the_clock_s(seed in any::<u64>()) {
        let scene = Scene::random(seed);
        let terms = scene.terms();
        let (clock, cold) = (Clock::new(&scene.problem), OnBoard::<3>::new(&scene.problem));
        let pieces = Pieces::of(&clock, &scene.walk(terms.free_at));
        let (mut rest, mut rest_cold) = (clock.end(&terms), cold.end(&terms));
        for (i, &(visit, window)) in pieces.visits.iter().enumerate().rev() {
            let hop = pieces.hops[i + 1];
            rest = clock.prepend(visit, window, terms.vehicle, hop, &rest);
            rest_cold = cold.prepend(visit, window, terms.vehicle, hop, &rest_cold);
            prop_assert_eq!(rest.latest, rest_cold.latest);
            prop_assert_eq!((rest.path, rest.earliest), (rest_cold.path, rest_cold.earliest));
        }
    }
}

#[test]
fn some_small_trips_can_be_made_and_some_cannot() {
    let made = (0..300).filter(|&seed| check(seed)).count();
    assert!((60..240).contains(&made), "{made} of 300");
}

#[test]
fn places_of_the_small_trips_lie_whole_minutes_apart() {
    let scene = small(1);
    let walk = scene.walk(480 * MINUTE);
    assert!(walk.stops.iter().all(|stop| stop.arrive.0 % MINUTE == 0));
}
