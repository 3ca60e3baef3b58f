//! Links visits into trips and out of them. What is linked anew has no segments until its tour is
//! refreshed.

use crate::constraint::Resource;
use crate::optimizer::ground::{NONE, node};
use crate::optimizer::state::{ABSENT, State};

impl<R: Resource> State<'_, R> {
    pub(super) fn link(&mut self, a: u32, b: u32) {
        self.next[a as usize] = b;
        self.prev[b as usize] = a;
    }

    /// Links an absent visit in behind a node. The tour must be refreshed afterwards.
    pub(crate) fn put_after(&mut self, visit: u32, before: u32) {
        let after = self.next[before as usize];
        self.link(before, visit);
        self.link(visit, after);
        let slot = self.slot[before as usize];
        self.slot[visit as usize] = slot;
        self.size[slot as usize] += 1;
    }

    /// Unlinks a visit. The tour must be refreshed afterwards.
    pub(crate) fn take_out(&mut self, visit: u32) {
        let (before, after) = (self.prev[visit as usize], self.next[visit as usize]);
        self.link(before, after);
        let slot = self.slot[visit as usize];
        self.size[slot as usize] -= 1;
        self.lose(visit);
    }

    /// Unlinks every visit of a slot.
    pub(crate) fn clear_slot(&mut self, slot: u32) {
        let (start, end) = (self.ground.start_node(slot), self.ground.end_node(slot));
        let mut at = self.next[start as usize];
        while at != end {
            self.lose(at);
            at = self.next[at as usize];
        }
        self.relink(slot, &[]);
    }

    /// Gives a slot these visits, wherever they were; what it had must be given a place or lost.
    pub(crate) fn relink(&mut self, slot: u32, visits: &[u32]) {
        let mut at = self.ground.start_node(slot);
        for &visit in visits {
            self.link(at, visit);
            self.slot[visit as usize] = slot;
            at = visit;
        }
        self.link(at, self.ground.end_node(slot));
        self.size[slot as usize] = node(visits.len());
    }

    /// A visit is in no trip now.
    pub(crate) fn lose(&mut self, visit: u32) {
        let v = visit as usize;
        self.slot[v] = NONE;
        self.arcs[v] = ABSENT;
        self.follows[v] = NONE;
        self.leads[v] = NONE;
    }

    /// From now on no segment counts as one that holds.
    pub(super) fn forget_segments(&mut self) {
        self.follows.fill(NONE);
        self.leads.fill(NONE);
    }
}
