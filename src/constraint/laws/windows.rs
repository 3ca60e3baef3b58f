//! Several windows: the latest entry into the rest of a trip, against every choice of windows.

use proptest::prelude::*;

use super::{Pieces, Scene, between};
use crate::constraint::{Clock, ClockSegment, Resource, Span, Terms};
use crate::rng::Rng;
use crate::sample::minutes;

/// The latest entry into the trip from visit `from` on, over every choice of windows that can be
/// kept; nothing when none can.
fn brute(clock: &Clock, terms: &Terms, pieces: &Pieces, from: usize) -> Option<i64> {
    let visits = &pieces.visits[from..];
    let choices: Vec<&[Span]> = visits.iter().map(|&(visit, _)| clock.windows(visit)).collect();
    let count: usize = choices.iter().map(|windows| windows.len()).product();
    let latest = |mut code: usize| {
        let mut rest = clock.end(terms);
        for (i, windows) in choices.iter().enumerate().rev() {
            let window = windows[code % windows.len()];
            code /= windows.len();
            let leaf = clock.leaf(visits[i].0, window, terms.vehicle);
            rest = clock.join(&leaf, pieces.hops[from + i + 1], &rest);
        }
        (rest.late <= 0).then_some(rest.latest)
    };
    (0..count).filter_map(latest).max()
}

/// The rest of the trip from each visit on, in the windows the walk uses.
fn suffixes(clock: &Clock, terms: &Terms, pieces: &Pieces) -> Vec<ClockSegment> {
    let mut rest = clock.end(terms);
    let mut all = Vec::new();
    for (i, &(visit, window)) in pieces.visits.iter().enumerate().rev() {
        rest = clock.prepend(visit, window, terms.vehicle, pieces.hops[i + 1], &rest);
        all.push(rest);
    }
    all.reverse();
    all
}

/// How many rests of the trip can be kept at all, each compared with brute force.
fn check(seed: u64) -> usize {
    let mut scene = Scene::random(seed);
    let mut rng = Rng::new(seed, 23);
    for visit in &mut scene.problem.visits {
        if rng.chance(2, 3) {
            let open = between(&mut rng, 480, 700);
            visit.windows = (0..3).map(|k| minutes(open + 90 * k, open + 90 * k + 40)).collect();
        }
    }
    let (clock, terms, pieces) = (Clock::new(&scene.problem), scene.terms(), scene.pieces());
    let mut kept = 0;
    for (from, suffix) in suffixes(&clock, &terms, &pieces).iter().enumerate() {
        let best = brute(&clock, &terms, &pieces, from);
        // A rest that cannot be kept in the windows in use is in no accepted tour.
        if suffix.late <= 0 {
            assert_eq!(Some(suffix.latest), best, "seed {seed}, from {from}");
            kept += 1;
        }
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_latest_entry_is_that_of_the_best_choice_of_windows(seed in any::<u64>()) {
        check(seed);
    }
}

#[test]
fn many_rests_of_trips_can_be_kept() {
    let kept: usize = (0..200).map(check).sum();
    assert!(kept > 200, "only {kept}");
}
