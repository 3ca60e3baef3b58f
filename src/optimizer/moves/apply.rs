//! Carries a proposal out, if the exact tours bear it and cost less.

use super::evaluate::Joined;
use super::{Proposal, Rewrite};
use crate::constraint::Resource;
use crate::optimizer::state::State;
use crate::optimizer::undo::Undo;

/// Rewrites the trips. When a tour breaks a limit or the price does not fall, everything is put back
/// and the answer is false; otherwise `undo` holds the vehicles that changed.
pub(super) fn apply<R: Resource>(
    state: &mut State<'_, R>,
    undo: &mut Undo,
    proposal: &Proposal,
) -> bool {
    let price = state.price();
    undo.clear(state.tours.len());
    let mut trips = Vec::with_capacity(2);
    for rewrite in proposal.rewrites() {
        undo.touch(state, state.vehicle_of(rewrite.head));
        let Some(visits) = rewritten(state, rewrite) else { return false };
        trips.push((rewrite.slot, visits));
    }
    for &(slot, _) in &trips {
        state.clear_slot(slot);
    }
    for (slot, visits) in trips {
        let mut at = state.ground.start_node(slot);
        for visit in visits {
            state.put_after(visit, at);
            at = visit;
        }
    }
    let fits = undo.vehicles().all(|vehicle| {
        state.close_empty(vehicle);
        state.refresh(vehicle)
    });
    if fits && state.price() < price {
        return true;
    }
    undo.roll_back(state);
    debug_assert_eq!(state.price(), price, "what is put back costs what it did");
    false
}

/// The visits of a rewritten trip.
pub(super) fn rewritten<R: Resource>(state: &State<'_, R>, rewrite: &Rewrite) -> Option<Vec<u32>> {
    let ground = state.ground;
    let mut visits = Vec::new();
    let mut at = ground.start_node(rewrite.slot);
    while at != rewrite.head {
        at = state.next[at as usize];
        visits.push(at);
    }
    visits.extend(Joined::of(state, rewrite)?.visits());
    if state.slot[rewrite.tail as usize] == rewrite.slot {
        let mut at = rewrite.tail;
        while ground.is_visit(at) {
            visits.push(at);
            at = state.next[at as usize];
        }
    }
    Some(visits)
}
