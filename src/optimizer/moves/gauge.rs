//! Evaluates every move of one kind about a plan, for measuring how fast that goes.

use super::evaluate::evaluate;
use super::{ALL, Links};
use crate::constraint::Resource;
use crate::optimizer::ground::NONE;
use crate::optimizer::state::State;

/// A kind of move of the local search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A run of up to three visits goes beside a near visit.
    Relocate,
    /// Two trips exchange their tails.
    Tails,
    /// Two runs of visits change places.
    Exchange,
    /// A run of a trip is turned round.
    Reverse,
}

impl Move {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Relocate, Self::Tails, Self::Exchange, Self::Reverse];
}

/// Evaluates the moves of a kind about every pair of near visits: how many there are, and how many of
/// them would make the plan cheaper.
pub(crate) fn evaluate_all<R: Resource>(state: &State<'_, R>, kind: Move) -> (usize, usize) {
    let propose = ALL[kind as usize];
    let (mut found, mut count, mut better) = (Vec::new(), 0, 0);
    let linked = |v: u32| state.slot[v as usize] != NONE;
    for u in (0..).take(state.ground.visits).filter(|&u| linked(u)) {
        for &v in state.ground.near(u).iter().filter(|&&v| linked(v)) {
            let links = Links::of(state);
            found.clear();
            propose(&links, links.pair(u, v), &mut found);
            count += found.len();
            better += found.iter().filter(|one| evaluate(state, one).is_some()).count();
        }
    }
    (count, better)
}
