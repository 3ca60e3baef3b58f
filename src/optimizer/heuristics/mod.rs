//! Well-known heuristics by name, to compare the search with: one file each. All work on the whole
//! model, by the same exact tests as the search; what fits nowhere stays in the bank.

mod alns;
mod hgs;
mod ils;
mod method;
mod nearest;
mod regret;
mod ruin_recreate;
pub(crate) mod savings;
mod sisr;
mod solomon;
mod sweep;
#[cfg(test)]
mod tests;
pub(crate) mod trips;
mod workshop;

use std::sync::Arc;

use crate::constraint::{Clock, Resource};
use crate::optimizer::construct::regret::{Build, build_by};
use crate::optimizer::ground::Ground;
use crate::optimizer::stop::StopRule;
use crate::optimizer::{Found, Job, solve, start_routes, with_any_resources, write_up};
use crate::plan::{Header, Plan};
use crate::problem::Problem;

use method::{Bench, Method};
use workshop::Workshop;

/// A way of planning a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Heuristic {
    /// Going on to the nearest order.
    NearestNeighbour,
    /// A ray that turns about the station.
    Sweep,
    /// Joining trips by savings.
    Savings,
    /// Filling trips one by one.
    Solomon,
    /// The cheapest insertion of all next.
    Cheapest,
    /// Regret against the second-best trip.
    Regret2,
    /// Regret against the next two trips.
    Regret3,
    /// Regret against the next three trips.
    Regret4,
    /// Radial ruins under threshold accepting.
    RuinRecreate,
    /// Adaptive large neighbourhood search.
    Alns,
    /// Slack induction by string removals.
    Sisr,
    /// Iterated local search.
    Ils,
    /// Hybrid genetic search.
    Hgs,
    /// The search of this crate.
    Default,
}

impl Heuristic {
    /// All of them, the simplest first.
    pub const ALL: [Self; 14] = [
        Self::NearestNeighbour,
        Self::Sweep,
        Self::Savings,
        Self::Solomon,
        Self::Cheapest,
        Self::Regret2,
        Self::Regret3,
        Self::Regret4,
        Self::RuinRecreate,
        Self::Alns,
        Self::Sisr,
        Self::Ils,
        Self::Hgs,
        Self::Default,
    ];

    /// Its name, as [`Heuristic::by_name`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NearestNeighbour => "nearest-neighbour",
            Self::Sweep => "sweep",
            Self::Savings => "savings",
            Self::Solomon => "solomon-i1",
            Self::Cheapest => "cheapest-insertion",
            Self::Regret2 => "regret-2",
            Self::Regret3 => "regret-3",
            Self::Regret4 => "regret-4",
            Self::RuinRecreate => "ruin-recreate",
            Self::Alns => "alns",
            Self::Sisr => "sisr",
            Self::Ils => "ils",
            Self::Hgs => "hgs",
            Self::Default => "default",
        }
    }

    /// The heuristic of that name; nothing when there is none.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|heuristic| heuristic.name() == name)
    }

    /// What it does and whose idea it is, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Self::NearestNeighbour => "goes on to the nearest order that fits (Solomon 1987)",
            Self::Sweep => {
                "serves what a turning ray meets, trip after trip (Gillett and Miller 1974)"
            }
            Self::Savings => {
                "joins trips end to end, the largest saving first (Clarke and Wright 1964)"
            }
            Self::Solomon => "fills trips one by one, by detour and delay (I1; Solomon 1987)",
            Self::Cheapest => {
                "inserts what costs least, all trips at once (Rosenkrantz, Stearns and Lewis 1977)"
            }
            Self::Regret2 => {
                "inserts what loses most by waiting, over two trips (Potvin and Rousseau 1993)"
            }
            Self::Regret3 => {
                "inserts what loses most by waiting, over three trips (Potvin and Rousseau 1993)"
            }
            Self::Regret4 => {
                "inserts what loses most by waiting, over four trips (Potvin and Rousseau 1993)"
            }
            Self::RuinRecreate => {
                "radial ruins, cheapest insertion, threshold accepting (Schrimpf et al. 2000)"
            }
            Self::Alns => "adaptive large neighbourhood search (Ropke and Pisinger 2006)",
            Self::Sisr => "slack induction by string removals (Christiaens and Vanden Berghe 2020)",
            Self::Ils => {
                "iterated local search, late acceptance (Lourenço, Martin and Stützle 2003)"
            }
            Self::Hgs => "hybrid genetic search with route exchange (Vidal et al. 2012, 2022)",
            Self::Default => "the search of this crate: ruin and recreate in parallel",
        }
    }

    /// True when it builds one plan and stops.
    pub fn is_constructive(self) -> bool {
        self <= Self::Regret4
    }

    /// How it serves absent orders, when it is constructive.
    fn builder<R: Resource>(self) -> Option<Build<R>> {
        Some(match self {
            Self::NearestNeighbour => nearest::build,
            Self::Sweep => sweep::build,
            Self::Savings => savings::build,
            Self::Solomon => solomon::build,
            Self::Cheapest => build_by::<R, 1>,
            Self::Regret2 => regret::build::<R, 2>,
            Self::Regret3 => regret::build::<R, 3>,
            Self::Regret4 => regret::build::<R, 4>,
            _ => return None,
        })
    }

    /// How it improves a plan, when it does.
    fn method<R: Resource>(self) -> Box<dyn Method<R>> {
        match self {
            Self::Alns => Box::new(alns::Alns::default()),
            Self::Sisr => Box::new(sisr::Sisr::default()),
            Self::Ils => Box::new(ils::Ils::default()),
            Self::Hgs => Box::new(hgs::Hgs::default()),
            _ => Box::new(ruin_recreate::RuinRecreate::default()),
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
    with_any_resources(problem, &mut trial);
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
        let start = start_routes(self.problem);
        let seed = self.stop.seed_value();
        let new = |i: usize| {
            let mut shop = Workshop::new(&ground, clock, resources, (seed, i as u64));
            shop.adopt(&start);
            shop
        };
        let mut shop = new(0);
        let mut rounds = Vec::new();
        let mut threads = 1;
        if let Some(build) = self.heuristic.builder() {
            shop.begin();
            shop.with_tools(|state, tools| build(state, tools, &|| watchman.is_over()));
            shop.keep();
            rounds.push(1);
            watchman.report(1, shop.best_score.unserved(), shop.best_score.cost());
        } else {
            method::first_plan(&mut shop, &watchman);
            let first = shop.best.clone();
            threads = self.stop.threads_value();
            let mut benches = vec![Bench::new(shop, self.heuristic.method())];
            for i in 1..threads {
                let mut other = new(i);
                other.adopt(&first);
                benches.push(Bench::new(other, self.heuristic.method()));
            }
            rounds = method::improve(&mut benches, &watchman);
            let best = method::index_of_best(&benches);
            shop = benches.swap_remove(best).shop;
        }
        let interrupted = watchman.is_flagged();
        let walked = self.stop.stops_to_walk();
        let hurried = self.stop.is_timed();
        let header = Header { seed, threads, rounds, interrupted, walked, hurried };
        self.found = Found { routes: shop.best, tour_cost: shop.tour_cost, header };
    }
}
