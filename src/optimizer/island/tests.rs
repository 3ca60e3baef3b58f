//! What a step looks at.

use super::*;
use crate::constraint::{Clock, Distance, Loads};
use crate::optimizer::ground::Ground;
use crate::optimizer::{StopRule, solve, used_dimensions};
use crate::problem::{Order, Quantity};
use crate::sample::{bare, build, call, day, minutes};
use crate::units::Money;

/// Seventy orders, room for sixty, and one that nobody can reach in time.
#[test]
fn orders_left_out_are_tried_again_unless_they_fit_on_no_vehicle() {
    let vehicle = |id: &str| bare(id).capacity(Quantity::pieces(20)).shift(minutes(480, 1200));
    let order = |i: u32| {
        let (name, stop) = (format!("o{i:02}"), call(f64::from(i % 35)));
        let stop = if i == 0 { call(100.0).window(minutes(480, 500)) } else { stop };
        Order::deliver(name, stop).quantity(Quantity::pieces(1))
    };
    let problem = build(day(["a", "b", "c"].map(vehicle)).orders((0..70).map(order)));
    let (clock, ground) = (Clock::new(&problem), Ground::new(&problem));
    let loads = Loads::<1>::new(&problem, &used_dimensions(&problem));
    let resources = (clock.clone(), (Distance, loads));
    let mut island = Island::new(&ground, &clock, &resources, 1, 0);
    let start = island.best.routes.clone();
    island.construct(&start, &|| false);
    let absent = island.state.bank.clone();
    assert!(absent.len() >= 10 && absent.contains(&0), "{absent:?}");
    let mut tried = vec![0; 70];
    for _ in 0..400 {
        island.undo.clear(3);
        island.ruin.apply(&mut island.state, &mut island.undo, &mut island.rng);
        island.absent.clone_from(&island.ruin.removed);
        island.revisit_bank();
        let again = &island.absent[island.ruin.removed.len()..];
        assert!((1..=REVISITED).contains(&again.len()), "{again:?}");
        for &order in again {
            assert!(absent.contains(&order), "it was absent before");
            tried[order as usize] += 1;
        }
        island.undo.roll_back(&mut island.state);
    }
    let often = absent.iter().filter(|&&order| order != 0).all(|&o| tried[o as usize] > 20);
    assert!(often && tried[0] < 20, "{tried:?}");
}

/// A way of a hundred kilometres and more, which no prize is worth alone and any three are.
#[test]
fn orders_whose_prizes_are_worth_the_way_together_are_served() {
    for count in [5, 30, 90] {
        let vehicle = bare("v").costs(0.0, 0.0, 1.0);
        let order = |i: u32| {
            let stop = call(50.0 + f64::from(i) / 10.0);
            Order::deliver(format!("o{i:02}"), stop).optional(Money::units(40.0))
        };
        let problem = build(day([vehicle]).orders((0..count).map(order)));
        let plan = solve(&problem, &StopRule::steps(3_000).seed(2).threads(1));
        assert_eq!(plan.unserved().len(), 0, "of {count}");
    }
}
