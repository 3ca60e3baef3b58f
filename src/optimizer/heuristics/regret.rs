//! Regret insertion over trips that begin apart (Potvin and Rousseau 1993,
//! doi 10.1016/0377-2217(93)90221-8): without seeds an idle vehicle is as good as the next one, no
//! order regrets anything, and trips fill up one after the other. So a first round of another
//! heuristic says how many trips are needed, the most remote order of each begins one, and the rest
//! follow by regret.
//!
//! Theirs is Solomon's I1 in that first round; here it is savings, which needs no solution.

use crate::constraint::Resource;
use crate::optimizer::construct::regret;
use crate::optimizer::heuristics::{savings, trips};
use crate::optimizer::recreate::Tools;
use crate::optimizer::state::State;

/// Serves as many orders as it can, comparing the places in `K` trips.
pub(crate) fn build<R: Resource, const K: usize>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let ground = state.ground;
    let models = trips::models(state);
    let drafts = savings::drafts(state, &models, is_over);
    let orders = |visits: &[u32]| -> Vec<u32> {
        visits.iter().map(|&visit| ground.order_of[visit as usize]).collect()
    };
    let remote = |order: &u32| (ground.remoteness[*order as usize], *order);
    let mut seeds: Vec<u32> = drafts
        .iter()
        .filter_map(|draft| orders(&draft.visits).into_iter().max_by_key(remote))
        .collect();
    seeds.sort_unstable_by_key(|order| std::cmp::Reverse(remote(order)));
    for order in seeds {
        trips::open_with(state, order, tools);
    }
    regret::build_by::<R, K>(state, tools, is_over);
    trips::insert_rest(state, tools, is_over);
}
