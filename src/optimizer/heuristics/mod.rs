//! Well-known heuristics by name, to compare the search with: one file each. All work on the whole
//! model, by the same exact tests as the search; what fits nowhere stays in the bank.

pub(crate) mod savings;
#[cfg(test)]
mod tests;
mod trips;
mod workshop;

use std::sync::Arc;

use crate::constraint::{Clock, Resource};
use crate::optimizer::construct::regret::Build;
use crate::optimizer::ground::Ground;
use crate::optimizer::stop::{StopRule, Watchman};
use crate::optimizer::{Found, Job, solve, start_routes, with_resources, write_up};
use crate::plan::{Header, Plan};
use crate::problem::Problem;

use workshop::Workshop;

/// A way of planning a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Heuristic {
    /// The search of this crate.
    Default,
    /// Joining trips by savings.
    Savings,
}

impl Heuristic {
    /// All of them, the simplest first.
    pub const ALL: [Self; 2] = [Self::Savings, Self::Default];

    /// Its name, as [`Heuristic::by_name`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Savings => "savings",
        }
    }

    /// The heuristic of that name; nothing when there is none.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|heuristic| heuristic.name() == name)
    }

    /// What it does and whose idea it is, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Self::Default => "the search of this crate: regret, then ruin and recreate in parallel",
            Self::Savings => {
                "joins trips end to end, the largest saving first (Clarke and Wright 1964)"
            }
        }
    }
}

/// Plans the day by a named heuristic. As [`crate::optimizer::solve`] it never fails, keeps the
/// time limit, and gives the same plan for the same day, seed, threads and steps.
///
/// A constructive heuristic runs once and stops; a step of the others is one change that is kept or
/// taken back. With several threads they run side by side from different seeds, and the best is
/// taken.
pub fn solve_by(problem: &Arc<Problem>, stop: &StopRule, heuristic: Heuristic) -> Plan {
    if heuristic == Heuristic::Default {
        return solve(problem, stop);
    }
    let mut trial = Trial { problem, stop, heuristic, found: Found::default() };
    with_resources(problem, &mut trial);
    write_up(problem, trial.found)
}

/// A heuristic at work.
struct Trial<'t> {
    problem: &'t Problem,
    stop: &'t StopRule,
    heuristic: Heuristic,
    found: Found,
}

impl Job for Trial<'_> {
    fn run<R: Resource>(&mut self, clock: &Clock, resources: &R) {
        let watchman = self.stop.start();
        let ground = Ground::new(self.problem);
        let seed = (self.stop.seed_value(), 0);
        let mut shop = Workshop::new(&ground, clock, resources, seed);
        shop.adopt(&start_routes(self.problem));
        construct(&mut shop, savings::build, &watchman);
        let header = Header {
            seed: self.stop.seed_value(),
            threads: 1,
            rounds: Vec::new(),
            interrupted: watchman.is_flagged(),
        };
        watchman.report(1, shop.best_score.unserved(), shop.best_score.cost());
        self.found = Found { routes: shop.best, tour_cost: shop.tour_cost, header };
    }
}

/// Serves the absent orders.
fn construct<R: Resource>(shop: &mut Workshop<'_, R>, build: Build<R>, watchman: &Watchman<'_>) {
    shop.begin();
    shop.with_tools(|state, tools| build(state, tools, &|| watchman.is_over()));
    shop.keep();
}
