//! What is taken out.

use super::*;
use crate::constraint::{Clock, Distance, Loads};
use crate::optimizer::ground::Ground;
use crate::optimizer::island::Island;
use crate::optimizer::used_dimensions;
use crate::problem::{Order, Quantity};
use crate::sample::{bare, build, call, day};

#[test]
fn part_of_a_day_comes_from_two_trips_of_one_vehicle() {
    let vehicle = |id: &str| bare(id).trips(2).capacity(Quantity::pieces(5)).costs(0.0, 0.0, 1.0);
    let order = |i: u32| {
        Order::deliver(format!("o{i:02}"), call(f64::from(i))).quantity(Quantity::pieces(1))
    };
    let problem = build(day([vehicle("a"), vehicle("b")]).orders((1..=20).map(order)));
    let (clock, ground) = (Clock::new(&problem), Ground::new(&problem));
    let resources = (Distance, Loads::<1>::new(&problem, &used_dimensions(&problem)));
    let mut island = Island::new(&ground, &clock, &resources, 1, 0);
    let start = island.best.routes.clone();
    island.construct(&start, &|| false);
    let (mut ruin, mut undo, mut rng) = (Ruin::default(), Undo::default(), Rng::new(4, 4));
    for seed in 0..node(ground.visits) {
        undo.clear(2);
        let before: Vec<u32> = island.state.slot[..ground.visits].to_vec();
        ruin.removed.clear();
        ruin.day(&mut island.state, &mut undo, seed, &mut rng);
        let mut slots: Vec<u32> =
            ruin.removed.iter().map(|&order| before[order as usize]).collect();
        slots.sort_unstable();
        slots.dedup();
        assert_eq!(slots.len(), 2, "visit {seed}");
        assert!(slots.contains(&before[seed as usize]), "one of them is its own");
        let vehicle = |&slot: &u32| ground.slot_vehicle[slot as usize];
        assert_eq!(vehicle(&slots[0]), vehicle(&slots[1]), "of one vehicle");
        undo.roll_back(&mut island.state);
    }
}
