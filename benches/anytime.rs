//! How good a plan is that had little time, on the days that the example `generate` makes:
//!
//! `cargo bench --bench anytime -- SECONDS N [N ...]`
//!
//! Plans days of each number of orders, three of each, on two threads: at once, in 0.3 seconds, and in so
//! many seconds. Prints orders left out and cost of each, and which share of the improvement 0.3
//! seconds bring. For that an order left out costs as much as fifty on the way do in the mean: those left out
//! are mostly far away.

#![expect(clippy::print_stdout, reason = "a program that measures")]

use std::sync::Arc;

use lastmile::Result;
use lastmile::format::generate::Rural;
use lastmile::optimizer::{self, StopRule};
use lastmile::plan::Plan;
use lastmile::problem::Problem;

/// Days of each size, by seed.
const DAYS: u64 = 3;
/// Little time, in seconds.
const SOON: f64 = 0.3;
/// What an order left out counts, in orders on the way.
const LEFT_OUT: f64 = 50.0;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| !w.starts_with("--")).collect();
    let limit = words.first().and_then(|word| word.parse::<f64>().ok());
    let sizes: Vec<usize> = words.iter().skip(1).filter_map(|word| word.parse().ok()).collect();
    let Some(limit) = limit.filter(|_| !sizes.is_empty()) else {
        println!("no seconds and sizes given: nothing measured");
        return Ok(());
    };
    println!("orders, day: left out and cost at once; in {SOON} s; in {limit} s; share");
    for orders in sizes {
        for day in 1..=DAYS {
            let made = Rural::new(orders, Rural::usual_vehicles(orders), day)?.make();
            measure(&made.problem()?, day, limit);
        }
    }
    Ok(())
}

fn measure(problem: &Arc<Problem>, day: u64, limit: f64) {
    let plan = |seconds| optimizer::solve(problem, &StopRule::seconds(seconds).threads(2));
    let plans = [0.0, SOON, limit].map(plan);
    let [first, soon, last] = &plans;
    let served = problem.orders().len() - last.unserved().len();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand orders")]
    let worth = |plan: &Plan| {
        let price = LEFT_OUT * last.cost().as_f64() / served.max(1) as f64;
        plan.cost().as_f64() + price * plan.unserved().len() as f64
    };
    let all = worth(first) - worth(last);
    let share = if all > 0.0 { (worth(first) - worth(soon)) / all } else { 1.0 };
    let texts = plans
        .each_ref()
        .map(|plan| format!("{} {:.2}", plan.unserved().len(), plan.cost().as_f64() / 1e6));
    println!(
        "{:6} {day}   {}   {:5.1} %",
        problem.orders().len(),
        texts.join(";  "),
        100.0 * share
    );
}
