//! What a move sees of a solution: which visit follows which.

use crate::constraint::Resource;
use crate::optimizer::state::State;

/// How far apart in one trip two visits may be for a move, in visits.
const REACH: usize = 40;

/// The links of all trips.
#[derive(Debug)]
pub(super) struct Links<'s> {
    next: &'s [u32],
    prev: &'s [u32],
    slot: &'s [u32],
    visits: usize,
}

/// Where a visit is, seen from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// In another trip.
    Elsewhere,
    /// Later in the same trip.
    Ahead,
    /// Earlier in the same trip.
    Behind,
    /// In the same trip, out of reach.
    Far,
}

/// A visit and a near one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) u: u32,
    pub(super) v: u32,
    /// Where `v` is.
    pub(super) side: Side,
}

impl<'s> Links<'s> {
    pub(super) fn of<R: Resource>(state: &'s State<'_, R>) -> Self {
        let State { next, prev, slot, ground, .. } = state;
        Self { next, prev, slot, visits: ground.visits }
    }

    /// The node behind one.
    #[inline]
    pub(super) fn after(&self, node: u32) -> u32 {
        self.next[node as usize]
    }

    /// The node before one.
    #[inline]
    pub(super) fn before(&self, node: u32) -> u32 {
        self.prev[node as usize]
    }

    /// The trip of a node.
    #[inline]
    pub(super) fn slot(&self, node: u32) -> u32 {
        self.slot[node as usize]
    }

    fn is_visit(&self, node: u32) -> bool {
        (node as usize) < self.visits
    }

    /// Two linked visits.
    pub(super) fn pair(&self, u: u32, v: u32) -> Pair {
        Pair { u, v, side: self.side(u, v) }
    }

    fn side(&self, u: u32, v: u32) -> Side {
        if self.slot(u) != self.slot(v) {
            return Side::Elsewhere;
        }
        let (mut ahead, mut behind) = (u, u);
        for _ in 0..REACH {
            if self.is_visit(ahead) {
                ahead = self.after(ahead);
            }
            if self.is_visit(behind) {
                behind = self.before(behind);
            }
            if ahead == v {
                return Side::Ahead;
            }
            if behind == v {
                return Side::Behind;
            }
        }
        Side::Far
    }

    /// The last of `length` visits from `first` on, when the trip has so many.
    pub(super) fn run(&self, first: u32, length: usize) -> Option<u32> {
        let last = (1..length).fold(first, |at, _| self.step(at, self.next));
        self.is_visit(last).then_some(last)
    }

    /// The first of `length` visits up to `last`, when the trip has so many.
    pub(super) fn run_up_to(&self, last: u32, length: usize) -> Option<u32> {
        let first = (1..length).fold(last, |at, _| self.step(at, self.prev));
        self.is_visit(first).then_some(first)
    }

    fn step(&self, at: u32, links: &[u32]) -> u32 {
        if self.is_visit(at) { links[at as usize] } else { at }
    }

    /// True when the run from `first` through `last` holds a node.
    pub(super) fn holds(&self, (first, last): (u32, u32), node: u32) -> bool {
        let mut at = first;
        while at != node && at != last {
            at = self.after(at);
        }
        at == node
    }
}
