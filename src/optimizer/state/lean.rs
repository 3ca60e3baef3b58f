//! The tour of a vehicle that makes one trip and takes no rests: its segments tell all there is to
//! know, so that a change is settled by joining them anew where it was made.

use crate::constraint::Resource;
use crate::optimizer::ground::NONE;
use crate::optimizer::state::{Change, State};
use crate::schedule::SetsTaken;

impl<R: Resource> State<'_, R> {
    /// As [`State::refresh_change`].
    pub(super) fn refresh_lean(&mut self, vehicle: usize, change: Option<Change>) -> bool {
        let ground = self.ground;
        self.tour_cost -= std::mem::take(&mut self.tours[vehicle].cost);
        let Some(&slot) = self.tours[vehicle].slots.first() else {
            self.tours[vehicle].length = 0;
            self.tours[vehicle].duration = 0;
            return true;
        };
        let (start, end) = (ground.start_node(slot), ground.end_node(slot));
        if !self.keeps_pieces {
            let whole = match change {
                Some(change) => self.put_in(vehicle, change, end),
                None => self.sum_up(vehicle, start, end),
            };
            let Some(whole) = whole else { return false };
            self.fwd[end as usize] = whole;
            let fits = self.resources.excess(&whole, &self.terms[slot as usize]) <= 0;
            if fits {
                self.price_lean(vehicle, slot);
            }
            return fits;
        }
        let (from, to) = change.map_or((start, end), |change| (change.before, change.after));
        if !self.join_forward(vehicle, from, end) {
            return false;
        }
        let whole = self.fwd[end as usize];
        if self.resources.excess(&whole, &self.terms[slot as usize]) > 0 {
            return false;
        }
        let departs = || self.resources.release(&whole).max(self.terms[slot as usize].free_at);
        if !self.is_confirmed(vehicle, slot, departs, &mut SetsTaken::default()) {
            return false;
        }
        self.join_backward(vehicle, start, to);
        self.price_lean(vehicle, slot);
        true
    }

    /// Prices a tour by the whole of its trip.
    fn price_lean(&mut self, vehicle: usize, slot: u32) {
        let rig = &self.ground.rigs[vehicle];
        let whole = self.fwd[self.ground.end_node(slot) as usize];
        let reading = self.resources.reading(&whole);
        let mut cost = rig.fixed + rig.per_metre * reading.length;
        if rig.per_second > 0 {
            cost += rig.per_second * reading.duration;
        }
        cost += self.way_prices(&[slot]);
        self.tours[vehicle].cost = cost;
        self.tours[vehicle].length = reading.length;
        self.tours[vehicle].duration = reading.duration;
        self.tour_cost += cost;
    }

    /// The segments before each node from `from` on, but for those that hold; false when there is no way.
    fn join_forward(&mut self, vehicle: usize, from: u32, end: u32) -> bool {
        let terms = self.terms[self.slot[end as usize] as usize];
        let mut at = from;
        while at != end && self.follows[self.next[at as usize] as usize] == at {
            at = self.next[at as usize];
        }
        let mut so_far = self.fwd[at as usize];
        while at != end {
            let to = self.next[at as usize];
            let Some(hop) = self.follow(vehicle, at, to) else {
                self.follows[to as usize] = NONE;
                return false;
            };
            so_far = if to == end {
                self.resources.join(&so_far, hop, &self.resources.end(&terms))
            } else {
                let window = self.window[to as usize];
                self.resources.append(&so_far, hop, to as usize, window, terms.vehicle)
            };
            self.fwd[to as usize] = so_far;
            self.follows[to as usize] = at;
            at = to;
        }
        true
    }

    /// The segments behind each node up to `to`, but for those that hold.
    fn join_backward(&mut self, vehicle: usize, start: u32, to: u32) {
        let terms = self.terms[self.slot[start as usize] as usize];
        debug_assert_eq!(terms.vehicle.index(), vehicle, "a slot has one vehicle");
        let mut at = to;
        while at != start && self.leads[self.prev[at as usize] as usize] == at {
            at = self.prev[at as usize];
        }
        let mut rest = self.suf[at as usize];
        while at != start {
            let before = self.prev[at as usize];
            let hop = self.into[at as usize];
            rest = if before == start {
                self.resources.join(&self.resources.start(&terms), hop, &rest)
            } else {
                let window = self.window[before as usize];
                self.resources.prepend(before as usize, window, terms.vehicle, hop, &rest)
            };
            self.suf[before as usize] = rest;
            self.leads[before as usize] = at;
            at = before;
        }
    }
}
