//! Trips in which order does not matter but for the way: what is kept of each is the whole, so that a
//! visit is put in without looking at the others. Local search asks for the pieces, for as long as it
//! goes on.

use crate::constraint::{Hop, Resource};
use crate::optimizer::state::{Change, State};

impl<R: Resource> State<'_, R> {
    /// True when a vehicle's trip has no pieces, only the whole.
    #[inline]
    pub(crate) fn has_whole_only(&self, vehicle: usize) -> bool {
        !self.keeps_pieces && self.ground.rigs[vehicle].is_lean
    }

    /// Makes the pieces of every trip, or says that from now on they are not needed.
    pub(crate) fn keep_pieces(&mut self, keep: bool) {
        if !self.is_order_free {
            return;
        }
        let is_new = keep && !self.keeps_pieces;
        self.keeps_pieces = keep;
        for vehicle in 0..if is_new { self.tours.len() } else { 0 } {
            let fits = self.refresh(vehicle);
            debug_assert!(fits, "a tour that was feasible is so again");
        }
    }

    /// The whole trip after visits were put in, from what it was; nothing when there is no way.
    pub(super) fn put_in(
        &mut self,
        vehicle: usize,
        change: Change,
        end: u32,
    ) -> Option<R::Segment> {
        let id = self.terms[self.slot[end as usize] as usize].vehicle;
        let mut whole = self.fwd[end as usize];
        let mut metres = -self.into[change.after as usize].metres;
        let mut at = change.before;
        loop {
            let to = self.next[at as usize];
            metres += self.follow(vehicle, at, to)?.metres;
            let hop = Hop { time: 0, metres };
            if to == change.after {
                let nothing = self.suf[end as usize];
                return Some(self.resources.join(&whole, hop, &nothing));
            }
            let leaf = self.resources.leaf(to as usize, self.window[to as usize], id);
            whole = self.resources.join(&whole, Hop::default(), &leaf);
            at = to;
        }
    }

    /// The whole trip from its visits; nothing when there is no way.
    pub(super) fn sum_up(&mut self, vehicle: usize, start: u32, end: u32) -> Option<R::Segment> {
        let id = self.terms[self.slot[end as usize] as usize].vehicle;
        let (mut at, mut whole) = (start, self.fwd[start as usize]);
        loop {
            let to = self.next[at as usize];
            let hop = self.follow(vehicle, at, to)?;
            if to == end {
                let nothing = self.suf[end as usize];
                return Some(self.resources.join(&whole, hop, &nothing));
            }
            let leaf = self.resources.leaf(to as usize, self.window[to as usize], id);
            whole = self.resources.join(&whole, hop, &leaf);
            at = to;
        }
    }
}
