//! The energy of a trip by its pieces, against the walk: vehicles whose legs take what their roads ask
//! for, with passes between stops, valleys, and what is drawn all the time.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Pieces, Scene, between};
use crate::constraint::{Clock, Energy, Resource, Rule, audit};
use crate::problem::Charge;
use crate::rng::Rng;
use crate::road::{Drain, TravelMatrix};
use crate::schedule::timetable;
use crate::units::Seconds;

/// What a random leg takes, joules: some steps up and down of which the ends differ by height.
fn leg(rng: &mut Rng, height_j: i64) -> Drain {
    let bend = between(rng, 0, 12_000_000) - 6_000_000;
    let taken = Drain::of(between(rng, 0, 3_000_000));
    Drain::of(bend).then(taken).then(Drain::of(height_j - bend))
}

impl Scene {
    /// The same trip by a vehicle with a battery whose every moment counts.
    pub(super) fn electric(&self, seed: u64) -> Self {
        let mut rng = Rng::new(seed, 24);
        let (mut problem, vehicle) = (self.problem.clone(), self.vehicle);
        let places = problem.places().len();
        let heights: Vec<i64> = (0..places).map(|_| between(&mut rng, 0, 4_000_000)).collect();
        let pairs = (0..places).flat_map(|from| (0..places).map(move |to| (from, to)));
        let drains: Vec<Drain> =
            pairs.map(|(from, to)| leg(&mut rng, heights[to] - heights[from])).collect();
        let profile = problem.profile_of(vehicle);
        let travel = TravelMatrix::clone(&problem.matrices[profile]).with_drains(drains);
        problem.matrices[profile] = Arc::new(travel);
        let is_by_road = rng.chance(3, 4);
        problem.charge[vehicle.index()] = Some(Charge {
            full_wh: 20_000,
            usable_wh: between(&mut rng, 500, 14_000),
            joules_per_km: if is_by_road { 0 } else { 300_000 },
            watts: if rng.chance(1, 2) { between(&mut rng, 0, 2_000) } else { 0 },
            given_mj: 1000 * between(&mut rng, 1, 9_000_000),
            is_by_road,
            door: rng.chance(1, 2).then(|| (0, between(&mut rng, 0, 1_000_000_000))),
        });
        Self { problem, vehicle, trip: self.trip.clone() }
    }
}

/// The excess of the pieces and that of the walk, in watt hours, and whether waiting counts.
fn both(seed: u64) -> (i64, i64, bool) {
    let scene = Scene::plain(seed).electric(seed);
    let terms = scene.terms();
    let walk = timetable(&scene.problem, scene.vehicle, std::slice::from_ref(&scene.trip));
    let energy = Energy::new(&scene.problem);
    let pieces = Pieces::of(&Clock::new(&scene.problem), &walk);
    let excess = energy.excess(&pieces.whole(&energy, &terms), &terms);
    let found = audit(&scene.problem, &walk);
    let lacking = found.iter().filter(|one| one.rule == Rule::Energy).map(|one| one.amount).sum();
    let draws = scene.problem.charge(scene.vehicle).is_some_and(|charge| charge.watts > 0);
    (excess, lacking, draws && walk.waiting() > Seconds::ZERO)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn pieces_lack_what_the_walk_lacks_and_less_by_waiting_only(seed in any::<u64>()) {
        let (pieces, walk, waits) = both(seed);
        assert!(pieces <= walk, "seed {seed}: {pieces} of {walk}");
        assert!(waits || pieces == walk, "seed {seed}: {pieces} is not {walk}");
    }
}

#[test]
fn the_battery_binds_now_and_then_and_waiting_too() {
    let all: Vec<_> = (0..400).map(both).collect();
    let count = |is: fn(&(i64, i64, bool)) -> bool| all.iter().filter(|one| is(one)).count();
    let (empty, waits) = (count(|one| one.1 > 0), count(|one| one.0 < one.1));
    assert!((40..=360).contains(&empty) && waits > 5, "{empty} lack, {waits} by waiting");
}
