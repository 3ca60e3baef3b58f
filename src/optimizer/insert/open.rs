//! A trip of its own for an absent order.

use super::{Scan, Spot, TripSpot};
use crate::constraint::{Hop, Resource};
use crate::optimizer::ground::{NONE, Way, node};

impl<R: Resource> Scan<'_, '_, R> {
    /// A trip of its own, on each kind of unused vehicle and at each index of a used one's tour.
    pub(super) fn new_trips(&mut self, way: u32) {
        let state = self.state;
        for vehicle in state.idle_vehicles() {
            self.new_trips_of(way, vehicle);
        }
        for &vehicle in &state.ground.multi {
            if !state.tours[vehicle as usize].slots.is_empty() {
                self.new_trips_of(way, vehicle as usize);
            }
        }
    }

    pub(super) fn new_trips_of(&mut self, way: u32, vehicle: usize) {
        let state = self.state;
        let used = state.tours[vehicle].slots.len();
        let has_room = used < state.ground.rigs[vehicle].trips as usize;
        if !has_room || !state.ground.is_usable(vehicle, way) {
            return;
        }
        for index in 0..=used {
            self.new_trip(way, vehicle, index);
        }
    }

    fn new_trip(&mut self, way: u32, vehicle: usize, index: usize) {
        let state = self.state;
        let ground = state.ground;
        let rig = &ground.rigs[vehicle];
        let Way { first, second, price } = ground.ways[way as usize];
        let home = ground.start_node(rig.first_slot);
        let last = if second == NONE { first } else { second };
        let Some((into, out_of)) = self.hops(vehicle, home, first, home) else { return };
        let mut cost = price + ground.hop_cost(vehicle, into);
        let tour = &state.tours[vehicle];
        if tour.slots.is_empty() {
            cost += rig.fixed;
        }
        let mut seconds = state.clock.service(first as usize);
        let mut way_back = out_of;
        let mut between = Hop::default();
        if second != NONE {
            let Some((hop, back)) = self.hops(vehicle, first, second, home) else { return };
            (between, way_back) = (hop, back);
            cost += ground.hop_cost(vehicle, between);
            seconds += state.clock.service(second as usize);
        }
        cost += ground.hop_cost(vehicle, way_back) + rig.per_second * seconds;
        if cost >= self.bound || !self.trip_may_open(vehicle, index, first, last) {
            return;
        }
        let terms = state.terms_of_new(vehicle, index);
        let fits = state.clock.windows(first as usize).iter().any(|&window| {
            let mut trip = state.resources.start(&terms);
            trip = state.resources.append(&trip, into, first as usize, window, terms.vehicle);
            let end = state.resources.end(&terms);
            if second == NONE {
                return state
                    .resources
                    .excess(&state.resources.join(&trip, way_back, &end), &terms)
                    <= 0;
            }
            state.clock.windows(second as usize).iter().any(|&window| {
                let visit = second as usize;
                let trip = state.resources.append(&trip, between, visit, window, terms.vehicle);
                state.resources.excess(&state.resources.join(&trip, way_back, &end), &terms) <= 0
            })
        });
        if fits {
            let trip = TripSpot::New { vehicle: node(vehicle), index: node(index) };
            self.offer(Spot { cost, way, trip, first_after: NONE, second_after: NONE });
        }
    }

    /// Locks: no trip before a first-locked or frozen visit, none behind a last-locked one.
    fn trip_may_open(&self, vehicle: usize, index: usize, first: u32, last: u32) -> bool {
        let (state, ground) = (self.state, self.state.ground);
        let slots = &state.tours[vehicle].slots;
        if ground.first_locked[first as usize] && index > 0 {
            return false;
        }
        if ground.last_locked[last as usize] && index < slots.len() {
            return false;
        }
        let opens = slots.get(index).map(|&slot| state.next[ground.start_node(slot) as usize]);
        if opens.is_some_and(|v| ground.frozen[v as usize] || ground.first_locked[v as usize]) {
            return false;
        }
        let before = index.checked_sub(1).and_then(|i| slots.get(i));
        let closes = before.map(|&slot| state.prev[ground.end_node(slot) as usize]);
        !closes.is_some_and(|v| ground.last_locked[v as usize])
    }
}
