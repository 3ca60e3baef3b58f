//! Zero excess if and only if the plain walk finds nothing.

use proptest::prelude::*;

use super::{Pieces, Scene, is_any};
use crate::constraint::{Backhaul, Clock, Distance, Loads, OnBoard, Resource, Rule, Terms, audit};
use crate::problem::{COLD_CLASSES, DIMENSIONS};
use crate::schedule::{StopKind, Timetable, timetable};
use crate::units::Seconds;

/// As many departures as the search tries for the sake of cold boxes.
const COLD_ROUNDS: usize = 4;

const CLOCK: &[Rule] = &[
    Rule::Window,
    Rule::Ready,
    Rule::ShiftOpen,
    Rule::ShiftClose,
    Rule::Duration,
    Rule::Reload,
    Rule::CutOff,
];
const LOADS: &[Rule] = &[Rule::Mass, Rule::Volume, Rule::Pieces, Rule::BoxVolume];
pub(super) const COLD: &[Rule] = &[
    Rule::ColdHold,
    Rule::ColdLid,
    Rule::ColdWarm,
    Rule::ColdFreeze,
    Rule::NoColdBox,
    Rule::Segregation,
];

/// The walk at the departure the plain reading chooses.
pub(super) fn chosen(scene: &Scene) -> Timetable {
    timetable(&scene.problem, scene.vehicle, std::slice::from_ref(&scene.trip))
}

/// Of one trip to recipients with one window each: the excess of distance and loads is the walk's,
/// and of the clock and the boxes it is zero exactly when the walk finds nothing. Says whether the
/// trip keeps length, loads, the clock, and the clock and the boxes together.
fn agrees(seed: u64) -> [bool; 4] {
    let mut scene = Scene::plain(seed);
    let (terms, pieces) = (scene.terms(), scene.pieces());
    let all: Vec<usize> = (0..DIMENSIONS).collect();
    let found = audit(&scene.problem, &chosen(&scene));
    let amount = |rules: &[Rule]| -> i64 {
        found.iter().filter(|one| rules.contains(&one.rule)).map(|one| one.amount).sum()
    };

    let length = Distance.excess(&pieces.whole(&Distance, &terms), &terms);
    assert_eq!(length, amount(&[Rule::Length]), "seed {seed}: length");

    let backhaul = Backhaul::new(&scene.problem);
    let early = backhaul.excess(&pieces.whole(&backhaul, &terms), &terms);
    assert_eq!(early, amount(&[Rule::DeliverFirst]), "seed {seed}: backhaul");

    let loads = Loads::<DIMENSIONS>::new(&scene.problem, &all);
    let over = loads.excess(&pieces.whole(&loads, &terms), &terms);
    if !is_any(&found, &[Rule::NoColdBox]) {
        assert_eq!(over, amount(LOADS), "seed {seed}: loads");
    }

    let both = (Clock::new(&scene.problem), OnBoard::<COLD_CLASSES>::new(&scene.problem));
    let cold = both.excess(&pieces.whole(&both, &terms), &terms);
    let is_kept = !is_any(&found, CLOCK) && !is_any(&found, COLD);
    assert_eq!(cold == 0, is_kept, "seed {seed}: clock and boxes: {found:?}");

    for visit in &mut scene.problem.visits {
        visit.class = None;
    }
    let found = audit(&scene.problem, &chosen(&scene));
    let time = both.0.excess(&pieces.whole(&both.0, &terms), &terms);
    assert_eq!(time == 0, !is_any(&found, CLOCK), "seed {seed}: clock: {found:?}");
    [length, over, time, cold].map(|excess| excess == 0)
}

/// True when the search would keep the trip: it leaves as early as the resources let it, in the
/// windows and with the rests of the walk, and no limit is broken.
fn commits(scene: &Scene) -> bool {
    let all: Vec<usize> = (0..DIMENSIONS).collect();
    let problem = &scene.problem;
    let sums = (Distance, Loads::<DIMENSIONS>::new(problem, &all));
    let clock = Clock::new(problem);
    let resources = (clock.clone(), (sums, OnBoard::<COLD_CLASSES>::new(problem)));
    let visits = || scene.trip.iter().map(|visit| visit.index());
    let terms = Terms { duration_room: crate::constraint::FAR, ..scene.terms() };
    let ready = visits().map(|visit| clock.ready(visit)).max();
    let due = visits().map(|visit| clock.due(visit)).min();
    let mut depart = terms.free_at.max(ready.unwrap_or(terms.free_at));
    for _ in 0..COLD_ROUNDS {
        let walk = scene.walk(depart);
        let whole = Pieces::of(&clock, &walk).whole(&resources, &terms);
        let wanted = resources.release(&whole);
        if wanted > depart {
            depart = wanted;
            continue;
        }
        let back = walk.stops[walk.stops.len() - 1].leave.0;
        return walk.stops.iter().all(|stop| stop.late == Seconds::ZERO)
            && back <= terms.back_by
            && due.is_none_or(|due| back <= due)
            && resources.excess(&whole, &terms) == 0
            && scene.is_confirmed(&resources, depart);
    }
    false
}

/// What the search keeps, the walk finds clean, with several windows and with rests. True when it
/// is kept.
fn kept_is_clean(seed: u64) -> Option<Timetable> {
    let mut scene = Scene::random(seed);
    for vehicle in &mut scene.problem.vehicles {
        // How much later the first trip leaves for the sake of this limit is the tour's to say.
        vehicle.max_duration = Seconds::UNLIMITED;
    }
    if !commits(&scene) {
        return None;
    }
    let walk = chosen(&scene);
    let found = audit(&scene.problem, &walk);
    let others = [Rule::Length, Rule::DrivingRest, Rule::Pairing, Rule::Road];
    for rules in [CLOCK, LOADS, COLD, &others] {
        assert!(!is_any(&found, rules), "seed {seed}: {:?}: {found:?}", scene.trip);
    }
    Some(walk)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn zero_excess_is_a_clean_walk_and_the_other_way_round(seed in any::<u64>()) {
        agrees(seed);
    }

    #[test]
    fn what_is_kept_is_clean_with_several_windows_and_rests(seed in any::<u64>()) {
        kept_is_clean(seed);
    }
}

#[test]
fn each_limit_binds_now_and_then() {
    let mut kept = [0; 4];
    for seed in 0..400 {
        for (count, is_kept) in kept.iter_mut().zip(agrees(seed)) {
            *count += usize::from(is_kept);
        }
    }
    assert!(kept.iter().all(|count| (40..=395).contains(count)), "kept of 400: {kept:?}");
    let walks: Vec<Timetable> = (0..600).filter_map(kept_is_clean).collect();
    let rests = |walk: &&Timetable| walk.stops.iter().any(|stop| stop.kind == StopKind::Rest);
    let rested = walks.iter().filter(rests).count();
    assert!(walks.len() > 100 && rested > 10, "{} kept, {rested} with a rest", walks.len());
}
