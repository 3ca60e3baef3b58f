//! Sums that must agree: the cost of a plan, and the memory a search asks for.

use lastmile::optimizer::{self, StopRule};
use lastmile::plan::Plan;
use lastmile::units::Money;
use proptest::prelude::*;

use crate::days::Mix;

/// The cost of a plan, stop by stop from its timetables.
fn recomputed(plan: &Plan) -> Money {
    let problem = plan.problem();
    let mut sum = Money::ZERO;
    for route in plan.routes() {
        let vehicle = problem.vehicle(route.vehicle);
        let stops = &route.timetable.stops;
        let mut seconds = 0;
        let mut metres = 0;
        for pair in stops.windows(2) {
            seconds += (pair[1].leave - pair[0].leave).0;
            metres += pair[1].leg.metres.0;
        }
        sum += vehicle.fixed_cost();
        sum = sum + vehicle.cost_per_second() * seconds + vehicle.cost_per_metre() * metres;
        for visit in stops.iter().filter_map(|stop| stop.visit) {
            let way = problem.realisation(problem.visit(visit).realisation);
            if way.first == visit {
                sum += way.price;
            }
        }
    }
    let prizes = plan.unserved().iter().filter_map(|one| problem.order(one.order).prize());
    prizes.fold(sum, |sum, prize| sum + prize)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_plan_costs_what_its_timetables_say(
        orders in 0usize..30,
        vehicles in 1usize..4,
        seed in 0u64..1_000_000,
    ) {
        let day = Mix { orders, vehicles, seed }.day().unwrap();
        let plan = optimizer::solve(&day, &StopRule::steps(100).seed(seed).threads(1));
        prop_assert_eq!(plan.cost(), recomputed(&plan));
        let header = plan.header();
        let steps = header.rounds.iter().sum::<u64>() * header.threads as u64;
        prop_assert_eq!(header.steps(), steps);
        prop_assert_eq!((header.seed, header.threads), (seed, 1));
    }

    #[test]
    fn more_orders_and_more_threads_never_take_less_memory(
        orders in 0usize..40,
        more in 1usize..20,
        vehicles in 1usize..4,
        threads in 1usize..16,
        seed in 0u64..1_000_000,
    ) {
        let small = Mix { orders, vehicles, seed }.day().unwrap();
        let large = Mix { orders: orders + more, vehicles, seed }.day().unwrap();
        let need = optimizer::memory_estimate(&small, threads);
        prop_assert!(need <= optimizer::memory_estimate(&small, threads + 1));
        prop_assert!(need < optimizer::memory_estimate(&large, threads));
    }
}
