//! The last look at a trip that keeps every limit, for resources that cannot say all by joining
//! pieces: its calls, one by one, with their times.

use crate::constraint::{Called, Resource};
use crate::optimizer::ground::node;
use crate::optimizer::state::State;
use crate::problem::VehicleId;
use crate::schedule::SetsTaken;

impl<R: Resource> State<'_, R> {
    /// True when the resources confirm a trip that was laid out and leaves when `departs` says, after trips
    /// that took some coolant. Costs nothing where none of them looks closer.
    #[inline]
    pub(super) fn is_confirmed(
        &self,
        vehicle: usize,
        slot: u32,
        departs: impl FnOnce() -> i64,
        taken: &mut SetsTaken,
    ) -> bool {
        let id = VehicleId(node(vehicle));
        !self.resources.looks_closer(self.whole(slot), id)
            || self.confirm(id, slot, departs(), taken)
    }

    fn confirm(&self, vehicle: VehicleId, slot: u32, depart: i64, taken: &mut SetsTaken) -> bool {
        let mut calls = Vec::with_capacity(self.size[slot as usize] as usize);
        let (mut path, mut now) = (0, depart);
        let hop = |to: u32| self.into[to as usize].time + self.rest[to as usize];
        for visit in self.visits_of(slot) {
            let service = self.clock.service(visit as usize);
            path += hop(visit) + service;
            now = (now + hop(visit)).max(self.window[visit as usize].open) + service;
            calls.push(Called { visit, path, left: now - depart });
        }
        let end = self.ground.end_node(slot);
        self.resources.confirms(vehicle, depart, &calls, now + hop(end) - depart, taken)
    }
}
