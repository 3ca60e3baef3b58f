//! Properties of the search on random rich days.

use std::sync::{Arc, Mutex};

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

#[test]
fn progress_begins_with_the_first_plan_and_never_gets_worse() {
    // With fewer vehicles orders are left out, and one of a high tier counts more than two of a low one.
    let day = Mix { orders: 25, vehicles: 12, seed: 5 }.day().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let rule = StopRule::steps(2000).seed(9).threads(2);
    let rule = rule.progress(move |now| noted.lock().unwrap().push(now));
    optimizer::solve(&day, &rule);
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].steps, 0);
    for two in seen.windows(2) {
        assert!(two[0].steps < two[1].steps && two[0].seconds <= two[1].seconds, "{seen:?}");
        assert_eq!(two[0].unserved, two[1].unserved, "{seen:?}");
        assert!(two[1].cost <= two[0].cost, "{seen:?}");
    }
    assert!(seen[seen.len() - 1].cost < seen[0].cost, "{seen:?}");
}
