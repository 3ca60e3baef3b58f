//! What the heuristics that improve a plan step by step have in common: the step, how warm the search
//! is, and the loop that gives steps until time is up.

use rayon::prelude::*;

use crate::constraint::Resource;
use crate::optimizer::Afterwards;
use crate::optimizer::construct::regret;
use crate::optimizer::cooling::{Cooling, Schedule};
use crate::optimizer::heuristics::savings;
use crate::optimizer::heuristics::workshop::Workshop;
use crate::optimizer::stop::Watchman;

/// Up to this many orders a first plan is built by regret, beyond it by savings.
const REGRET_ORDERS: usize = 400;

/// A step's surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Turn<'t> {
    /// Falls geometrically from 1 to 0.004 over the budget.
    pub(crate) heat: f64,
    pub(crate) cooling: &'t Cooling,
    pub(crate) is_over: &'t dyn Fn() -> bool,
}

/// A heuristic that improves a plan.
pub(crate) trait Method<R: Resource>: Send {
    /// Changes the plan, or takes the change back.
    fn step(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>);
}

/// A search, and its method.
pub(crate) struct Bench<'a, R: Resource> {
    pub(crate) shop: Workshop<'a, R>,
    pub(crate) method: Box<dyn Method<R>>,
    /// Steps since the best was found.
    idle: u64,
}

impl<'a, R: Resource> Bench<'a, R> {
    pub(crate) fn new(shop: Workshop<'a, R>, method: Box<dyn Method<R>>) -> Self {
        Self { shop, method, idle: 0 }
    }

    /// Takes steps, and says how many.
    fn work(&mut self, steps: u64, cooling: &Cooling, is_over: &(dyn Fn() -> bool + Sync)) -> u64 {
        for done in 0..steps {
            if is_over() {
                return done;
            }
            let before = self.shop.best_score;
            let heat = cooling.at(done, steps);
            self.method.step(&mut self.shop, Turn { heat, cooling, is_over: &|| is_over() });
            self.idle = if self.shop.best_score < before { 0 } else { self.idle + 1 };
        }
        steps
    }
}

/// The first plan of an improving heuristic.
pub(crate) fn first_plan<R: Resource>(shop: &mut Workshop<'_, R>, watchman: &Watchman<'_>) {
    shop.begin();
    let is_small = shop.state.bank.len() <= REGRET_ORDERS;
    shop.with_tools(|state, tools| {
        let build = if is_small { regret::build } else { savings::build };
        build(state, tools, &|| watchman.is_flagged());
    });
    shop.keep();
}

/// Steps on all benches, in rounds, until the rule says stop; says how long each round was.
pub(crate) fn improve<R: Resource>(
    benches: &mut [Bench<'_, R>],
    watchman: &Watchman<'_>,
) -> Vec<u64> {
    let schedule = Schedule::new(1.0, false);
    let searches = benches.len() as u64;
    let (mut steps, mut rounds) = (0, Vec::new());
    watchman.settle();
    loop {
        let best = &benches[index_of_best(benches)];
        let (score, idle) = (best.shop.best_score, benches.iter().map(|bench| bench.idle).min());
        watchman.report(steps, score.unserved(), score.cost());
        let idle = idle.unwrap_or(0) * searches;
        if watchman.is_done(steps, idle, score.unserved(), score.cost()) {
            return rounds;
        }
        let rule = watchman.rule();
        let after = Afterwards::of(best.shop.state.ground, &best.shop.best, rule);
        watchman.set_reserve(after.all());
        let budget = watchman.next_round(steps, searches, 0.0) / searches;
        let spent = watchman.spent(steps);
        let until = watchman.spent_after(spent, steps, budget * searches);
        let cooling = schedule.round(spent, until);
        let is_over = || watchman.is_over();
        let work = |bench: &mut Bench<'_, R>| bench.work(budget, &cooling, &is_over);
        steps += benches.par_iter_mut().map(work).sum::<u64>();
        rounds.push(budget);
    }
}

/// Which has the best plan; the first of several.
pub(crate) fn index_of_best<R: Resource>(benches: &[Bench<'_, R>]) -> usize {
    let score = |&i: &usize| (benches[i].shop.best_score, i);
    (0..benches.len()).min_by_key(score).unwrap_or(0)
}

/// The mean cost of an arc of a plan.
#[expect(clippy::cast_precision_loss, reason = "costs of a day are far below 2^53")]
pub(crate) fn mean_arc<R: Resource>(shop: &Workshop<'_, R>) -> f64 {
    shop.state.tour_cost as f64 / (shop.served() + shop.state.trip_count).max(1) as f64
}
