//! Properties of the search on random rich days.

use lastmile::optimizer::{self, StopRule};
use lastmile::plan::audit;
use proptest::prelude::*;

use crate::days::Mix;

fn check(orders: usize, vehicles: usize, seed: u64, steps: u64) {
    let day = Mix { orders, vehicles, seed }.day().unwrap();
    let plan = optimizer::solve(&day, &StopRule::steps(steps).seed(seed).threads(2));
    let found = audit(&plan);
    let mut text: Vec<String> = found.iter().map(ToString::to_string).collect();
    text.extend(
        plan.unserved().iter().map(|u| format!("{} {}", day.order(u.order).id(), u.reason)),
    );
    assert!(
        found.is_empty(),
        "orders {orders} vehicles {vehicles} seed {seed}:\n{}",
        text.join("\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_plan_passes_the_audit(
        orders in 0usize..40,
        vehicles in 1usize..5,
        seed in 0u64..1_000_000,
    ) {
        check(orders, vehicles, seed, 400);
    }
}

#[test]
fn the_same_seed_and_steps_give_the_same_plan() {
    let day = Mix { orders: 60, vehicles: 4, seed: 5 }.day().unwrap();
    let rule = || StopRule::steps(2000).seed(9).threads(2);
    let (one, two) = (optimizer::solve(&day, &rule()), optimizer::solve(&day, &rule()));
    assert_eq!(one.routes(), two.routes());
    assert_eq!(one.unserved(), two.unserved());
    assert_eq!(one.header(), two.header());
}
