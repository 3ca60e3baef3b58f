//! The descent: visits wait in a queue, and each is moved about among its nearest ones as long as
//! that makes the plan cheaper (granular search; Toth and Vigo 2003, doi 10.1287/ijoc.15.4.333.24890).

use std::collections::VecDeque;

use super::apply::apply;
use super::evaluate::evaluate;
use super::{ALL, Links, Proposal};
use crate::constraint::Resource;
use crate::optimizer::ground::NONE;
use crate::optimizer::state::State;
use crate::optimizer::undo::Undo;

/// How many of its nearest visits each visit is moved about.
const NEAREST: usize = 10;

/// What a descent works with, kept between descents.
#[derive(Debug, Default)]
pub(crate) struct Descent {
    queue: VecDeque<u32>,
    // Invariant: true for the visits in the queue and for no others.
    queued: Vec<bool>,
    undo: Undo,
    found: Vec<Proposal>,
    changed: Vec<bool>,
}

impl Descent {
    /// Puts a visit into the queue.
    pub(crate) fn enqueue(&mut self, visit: u32) {
        let index = visit as usize;
        if self.queued.len() <= index {
            self.queued.resize(index + 1, false);
        }
        if !std::mem::replace(&mut self.queued[index], true) {
            self.queue.push_back(visit);
        }
    }

    /// Improves the solution until no move about a visit of the queue makes it cheaper; each move
    /// takes some money off the price, so the end comes. First improvement: what is found is done.
    /// Says whether anything changed.
    pub(crate) fn run<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        is_over: &dyn Fn() -> bool,
    ) -> bool {
        self.changed.clear();
        self.changed.resize(state.tours.len(), false);
        state.keep_pieces(true);
        while let Some(visit) = self.queue.pop_front() {
            self.queued[visit as usize] = false;
            if !is_over() && state.slot[visit as usize] != NONE && self.improve(state, visit) {
                self.enqueue(visit);
            }
        }
        state.keep_pieces(false);
        #[cfg(debug_assertions)]
        state.assert_consistent();
        self.changed.contains(&true)
    }

    /// True for the vehicles whose tours the last descent changed.
    pub(crate) fn changed(&self) -> &[bool] {
        &self.changed
    }

    /// Does the first move about a visit that makes the solution cheaper.
    fn improve<R: Resource>(&mut self, state: &mut State<'_, R>, u: u32) -> bool {
        let ground = state.ground;
        for &v in ground.near(u).iter().take(NEAREST) {
            if state.slot[v as usize] == NONE {
                continue;
            }
            let pair = Links::of(state).pair(u, v);
            for propose in ALL {
                self.found.clear();
                propose(&Links::of(state), pair, &mut self.found);
                for at in 0..self.found.len() {
                    let proposal = self.found[at];
                    if evaluate(state, &proposal).is_some()
                        && apply(state, &mut self.undo, &proposal)
                    {
                        self.note(state, &proposal);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Marks the changed tours and queues the visits at the ends of the pieces.
    fn note<R: Resource>(&mut self, state: &State<'_, R>, proposal: &Proposal) {
        for vehicle in self.undo.vehicles() {
            self.changed[vehicle] = true;
        }
        for rewrite in proposal.rewrites() {
            let ends = rewrite.middle.iter().filter_map(|piece| piece.ends());
            let ends = ends.flat_map(|(first, last)| [first, last]);
            for node in [rewrite.head, rewrite.tail].into_iter().chain(ends) {
                if state.ground.is_visit(node) {
                    self.enqueue(node);
                }
            }
        }
    }
}
