//! Claims about all heuristics, on random days with something of everything.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Heuristic, solve_by};
use crate::optimizer::StopRule;
use crate::plan::{Plan, Route, audit};
use crate::problem::Problem;
use crate::sample::{rich, rich_delivering_first};

fn plan(day: &Arc<Problem>, heuristic: Heuristic, seed: u64, steps: u64) -> Plan {
    solve_by(day, &StopRule::steps(steps).seed(seed).threads(2), heuristic)
}

#[test]
fn every_plan_passes_the_audit_and_loses_no_order() {
    for seed in 0..40 {
        let day = if seed % 2 == 0 { rich(seed) } else { rich_delivering_first(seed) };
        for heuristic in Heuristic::ALL {
            let plan = plan(&day, heuristic, seed, 60);
            let found: Vec<String> = audit(&plan).iter().map(ToString::to_string).collect();
            assert!(found.is_empty(), "{} of seed {seed}: {found:?}", heuristic.name());
            let served = plan.routes().iter().flat_map(Route::visits);
            let mut orders: BTreeSet<_> = served.map(|visit| day.visit(visit).order).collect();
            orders.extend(plan.unserved().iter().map(|unserved| unserved.order));
            assert_eq!(orders.len(), day.orders().len(), "{} of seed {seed}", heuristic.name());
        }
    }
}

#[test]
fn the_same_seed_and_steps_give_the_same_plan() {
    let day = rich(77);
    for heuristic in Heuristic::ALL {
        let (one, two) = (plan(&day, heuristic, 3, 80), plan(&day, heuristic, 3, 80));
        assert_eq!(one.routes(), two.routes(), "{}", heuristic.name());
        assert_eq!(one.unserved(), two.unserved(), "{}", heuristic.name());
        assert_eq!(one.header(), two.header(), "{}", heuristic.name());
    }
}

#[test]
fn a_heuristic_is_found_by_its_name() {
    for heuristic in Heuristic::ALL {
        assert_eq!(Heuristic::by_name(heuristic.name()), Some(heuristic));
        assert!(heuristic.about().len() < 100);
    }
    assert_eq!(Heuristic::by_name("no such thing"), None);
}
