//! How soon a plan is nearly as good as it gets, on the days that the example `generate` makes:
//!
//! `cargo bench --bench anytime -- SECONDS N [N ...]`
//!
//! Plans a day of each number of orders for so long, three days each, on two threads. Prints orders left out
//! and cost of the first plan, after 0.3 seconds and at the end, and which share of the improvement was
//! there after 0.3 seconds. For that an order left out costs as much as ten on the way do in the mean.

#![expect(clippy::print_stdout, reason = "a program that measures")]

use std::sync::{Arc, Mutex, PoisonError};

use lastmile::Result;
use lastmile::format::generate::Rural;
use lastmile::optimizer::{self, Progress, StopRule};
use lastmile::units::Money;

/// Days of each size, by seed.
const DAYS: u64 = 3;
/// When a plan is to be nearly as good as it gets, in seconds.
const SOON: f64 = 0.3;

/// What an order left out counts, in orders on the way.
const LEFT_OUT: f64 = 10.0;

/// Where a search stands.
type Standing = (usize, Money);

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| !w.starts_with("--")).collect();
    let limit = words.first().and_then(|word| word.parse::<f64>().ok());
    let sizes: Vec<usize> = words.iter().skip(1).filter_map(|word| word.parse().ok()).collect();
    let Some(limit) = limit.filter(|_| !sizes.is_empty()) else {
        println!("no seconds and sizes given: nothing measured");
        return Ok(());
    };
    println!(
        "orders, day: first seconds, left out, cost; after {SOON} s; after {limit} s; share there"
    );
    for orders in sizes {
        for day in 1..=DAYS {
            measure(orders, day, limit)?;
        }
    }
    Ok(())
}

fn measure(orders: usize, seed: u64, limit: f64) -> Result<()> {
    let problem = Rural::new(orders, Rural::usual_vehicles(orders), seed)?.make().problem()?;
    let course: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let noted = Arc::clone(&course);
    let note = move |now| noted.lock().unwrap_or_else(PoisonError::into_inner).push(now);
    optimizer::solve(&problem, &StopRule::seconds(limit).threads(2).progress(note));
    let course = course.lock().unwrap_or_else(PoisonError::into_inner);
    let standing = |now: &Progress| (now.unserved, now.cost);
    let (Some(first), Some(last)) = (course.first(), course.last()) else { return Ok(()) };
    let soon = course.iter().take_while(|now| now.seconds <= SOON).last().unwrap_or(first);
    let served = problem.orders().len() - last.unserved;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand orders")]
    let price = LEFT_OUT * last.cost.as_f64() / served.max(1) as f64;
    let share = share(standing(first), standing(soon), standing(last), price);
    let text = |(left_out, cost): Standing| format!("{left_out} {:.2}", cost.as_f64() / 1e6);
    println!(
        "{orders:6} {seed} {:7.3} {}; {}; {}; {:5.1} %",
        first.seconds,
        text(standing(first)),
        text(standing(soon)),
        text(standing(last)),
        100.0 * share
    );
    Ok(())
}

/// The share of the improvement from the first to the last that was there soon, with a price for each
/// order left out.
#[expect(clippy::cast_precision_loss, reason = "a few thousand orders")]
fn share(first: Standing, soon: Standing, last: Standing, price: f64) -> f64 {
    let worth = |(left_out, cost): Standing| cost.as_f64() + price * left_out as f64;
    let (all, there) = (worth(first) - worth(last), worth(first) - worth(soon));
    if all > 0.0 { there / all } else { 1.0 }
}
