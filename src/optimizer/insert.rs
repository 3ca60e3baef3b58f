//! Finds the cheapest place for an absent order. A ladder of tests: the cost bound first, then the
//! resources one by one; the exact tour on commit.

mod open;
mod pair;
#[cfg(test)]
mod tests;

use crate::constraint::{Gap, Hop, Resource};
use crate::optimizer::ground::{Fan, NONE, Way};
use crate::optimizer::state::State;
use crate::rng::Rng;

use pair::Pairs;

/// Where an order could go, and what that adds to the tours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) cost: i64,
    pub(crate) way: u32,
    pub(crate) trip: TripSpot,
    /// The node the first visit goes behind, in an existing trip.
    pub(crate) first_after: u32,
    /// The node the second visit goes behind, counted before the first is in; the first visit
    /// itself when they are neighbours.
    pub(crate) second_after: u32,
}

/// The trip an order could go into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TripSpot {
    /// One that exists.
    Existing,
    /// A new one of this vehicle, at this index of its tour.
    New { vehicle: u32, index: u32 },
}

/// How wide a search for a place looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Beside the nearest visits only (granular search; Toth and Vigo 2003,
    /// doi 10.1287/ijoc.15.4.333.24890).
    Near,
    /// Everywhere.
    Everywhere,
}

/// With this many visits or fewer, every place is priced exactly.
const TINY: usize = 16;

/// Buffers of a scan, kept between scans.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    behind: Vec<u32>,
    slots: Vec<u32>,
    pairs: Pairs,
}

/// One scan for the cheapest place.
pub(crate) struct Scan<'s, 'a, R: Resource> {
    state: &'s State<'a, R>,
    best: Option<Spot>,
    /// The cheapest place in each trip, when they are wanted.
    rivals: Option<Vec<Spot>>,
    /// Travel about the visits that go in, where everywhere is looked at and legs are not at hand.
    fans: Vec<(u32, Vec<Fan<'s>>)>,
    /// Only cheaper places count.
    bound: i64,
    /// Slots that refused this order on commit.
    refused: &'s [u32],
    /// Places are overlooked with this chance in 2^32 (blinks; Christiaens and Vanden Berghe 2020,
    /// doi 10.1287/trsc.2019.0914).
    blink: u32,
}

impl<'s, 'a, R: Resource> Scan<'s, 'a, R> {
    /// A scan that has seen nothing yet.
    fn new(state: &'s State<'a, R>, refused: &'s [u32], blink: u32) -> Self {
        let fans = Vec::new();
        Self { state, best: None, rivals: None, fans, bound: i64::MAX, refused, blink }
    }

    /// The cheapest place for an order below a bound, if there is one.
    pub(crate) fn cheapest(
        state: &'s State<'a, R>,
        order: u32,
        scope: Scope,
        refused: &'s [u32],
        (rng, blink): (&mut Rng, u32),
        scratch: &mut Scratch,
    ) -> Option<Spot> {
        let mut scan = Self::new(state, refused, blink);
        scan.every_way(order, scope, rng, scratch);
        scan.best
    }

    /// The cheapest place for an order in each trip and each new one, anywhere.
    pub(crate) fn rivals(
        state: &'s State<'a, R>,
        order: u32,
        (rng, blink): (&mut Rng, u32),
        scratch: &mut Scratch,
    ) -> Vec<Spot> {
        let rivals = Some(Vec::new());
        let mut scan = Self { rivals, ..Self::new(state, &[], blink) };
        scan.every_way(order, Scope::Everywhere, rng, scratch);
        scan.rivals.unwrap_or_default()
    }

    fn every_way(&mut self, order: u32, scope: Scope, rng: &mut Rng, scratch: &mut Scratch) {
        let state = self.state;
        let scan = self;
        let is_asked = scope == Scope::Everywhere && !state.ground.has_squares();
        for way in state.ground.ways_of(order) {
            let Way { first, second, price } = state.ground.ways[way as usize];
            scan.fans.clear();
            if is_asked {
                let visits = [first, second].into_iter().filter(|&visit| visit != NONE);
                scan.fans.extend(visits.map(|visit| (visit, state.ground.fans(visit))));
            }
            if second == NONE {
                if scope == Scope::Near && state.ground.keeps_beside() {
                    scan.beside_near(way, (first, price), rng);
                } else {
                    scan.gather_gaps(first, scope, scratch);
                    for &before in &scratch.behind {
                        scan.single(way, first, price, before, rng);
                    }
                }
            } else {
                scan.gather_slots(first, second, scope, scratch);
                let Scratch { slots, pairs, .. } = &mut *scratch;
                for &slot in &*slots {
                    scan.pair(way, slot, scope, pairs, rng);
                }
            }
            scan.new_trips(way);
        }
    }

    /// The cheapest place for an order in one trip.
    pub(crate) fn in_slot(state: &'s State<'a, R>, order: u32, slot: u32) -> Option<Spot> {
        let mut scan = Self::new(state, &[], 0);
        let mut rng = Rng::new(0, 0);
        for way in state.ground.ways_of(order) {
            let Way { first, second, price } = state.ground.ways[way as usize];
            if !scan.has_room(slot, [first, second]) {
                continue;
            }
            if second != NONE {
                scan.pair(way, slot, Scope::Everywhere, &mut Pairs::default(), &mut rng);
                continue;
            }
            let start = state.ground.start_node(slot);
            for before in std::iter::once(start).chain(state.visits_of(slot)) {
                scan.single(way, first, price, before, &mut rng);
            }
        }
        scan.best
    }

    /// The cheapest trip of its own for an order, on one vehicle.
    pub(crate) fn in_new_trip(state: &'s State<'a, R>, order: u32, vehicle: usize) -> Option<Spot> {
        let mut scan = Self::new(state, &[], 0);
        for way in state.ground.ways_of(order) {
            scan.new_trips_of(way, vehicle);
        }
        scan.best
    }

    /// The trip a spot is in.
    fn trip_of(&self, spot: &Spot) -> (u32, u32) {
        match spot.trip {
            TripSpot::Existing => (NONE, self.state.slot[spot.first_after as usize]),
            TripSpot::New { vehicle, index } => (vehicle, index),
        }
    }

    fn offer(&mut self, spot: Spot) {
        if let Some(mut rivals) = self.rivals.take() {
            // On a tiny day each place is a rival of its own.
            let trip = self.trip_of(&spot);
            if self.state.ground.visits <= TINY {
                rivals.push(spot);
                self.rivals = Some(rivals);
                return;
            }
            match rivals.iter_mut().find(|rival| self.trip_of(rival) == trip) {
                Some(rival) if spot.cost < rival.cost => *rival = spot,
                Some(_) => {}
                None => rivals.push(spot),
            }
            self.rivals = Some(rivals);
            return;
        }
        if spot.cost < self.bound {
            self.bound = spot.cost;
            self.best = Some(spot);
        }
    }

    /// True when a trip bears a visit at no place.
    #[inline]
    fn is_full(&self, slot: u32, visit: u32) -> bool {
        let state = self.state;
        let whole = &state.fwd[state.ground.end_node(slot) as usize];
        state.resources.is_full(whole, visit as usize, &state.terms[slot as usize])
    }

    /// True when a trip may bear both visits of a way, or the one it has.
    fn has_room(&self, slot: u32, visits: [u32; 2]) -> bool {
        visits.into_iter().all(|visit| visit == NONE || !self.is_full(slot, visit))
    }

    /// The nodes an order may be put behind.
    fn gather_gaps(&self, visit: u32, scope: Scope, scratch: &mut Scratch) {
        scratch.behind.clear();
        let state = self.state;
        if scope == Scope::Everywhere {
            for &slot in state.tours.iter().flat_map(|tour| &tour.slots) {
                if !self.is_full(slot, visit) {
                    scratch.behind.push(state.ground.start_node(slot));
                    scratch.behind.extend(state.visits_of(slot));
                }
            }
            return;
        }
        for &near in state.ground.near(visit) {
            let slot = state.slot[near as usize];
            if slot != NONE && !self.is_full(slot, visit) {
                scratch.behind.push(near);
                scratch.behind.push(state.prev[near as usize]);
            }
        }
    }

    /// The slots a shipment may be put into.
    fn gather_slots(&self, first: u32, second: u32, scope: Scope, scratch: &mut Scratch) {
        scratch.slots.clear();
        let state = self.state;
        let has_room = |slot| self.has_room(slot, [first, second]);
        if scope == Scope::Everywhere {
            let slots = state.tours.iter().flat_map(|tour| &tour.slots);
            scratch.slots.extend(slots.filter(|&&slot| has_room(slot)));
            return;
        }
        for visit in [first, second] {
            for &near in state.ground.near(visit) {
                let slot = state.slot[near as usize];
                if slot != NONE && !scratch.slots.contains(&slot) && has_room(slot) {
                    scratch.slots.push(slot);
                }
                if scratch.slots.len() >= 12 {
                    return;
                }
            }
        }
    }

    /// The gaps before and behind the nearest visits. A gap is looked at closely only when it could
    /// cost less than the bound with its farther end as near as the nearer one, and when its trip has
    /// room.
    fn beside_near(&mut self, way: u32, (visit, price): (u32, i64), rng: &mut Rng) {
        let state = self.state;
        let ground = state.ground;
        let (near, least, first) = ground.near_beside(visit);
        for (i, (&near, &least)) in near.iter().zip(least).enumerate() {
            let [arc_into, arc_out] = state.arcs[near as usize];
            debug_assert_eq!([arc_into, arc_out], state.arcs_about(near), "as the trip has them");
            let could = |arc: i64, bound: i64| least + price - arc < bound;
            if !could(arc_into, self.bound) && !could(arc_out, self.bound) {
                continue;
            }
            let slot = state.slot[near as usize];
            if slot == NONE {
                continue;
            }
            let vehicle = ground.slot_vehicle[slot as usize] as usize;
            let leg = &ground.beside(ground.rates[vehicle].table)[first + i];
            debug_assert_eq!(leg.out.hop(), ground.hop(vehicle, visit, near), "the way there is");
            debug_assert_eq!(leg.into.hop(), ground.hop(vehicle, near, visit), "the way there is");
            if self.is_full(slot, visit) {
                continue;
            }
            let before = state.prev[near as usize];
            if could(arc_into, self.bound)
                && let Some(out_of) = leg.out.hop()
                && let Some(into) = ground.hop_into(vehicle, before, visit)
            {
                self.price(way, (visit, price), before, (into, out_of), rng);
            }
            let after = state.next[near as usize];
            if could(arc_out, self.bound)
                && let Some(into) = leg.into.hop()
                && let Some(out_of) = ground.hop(vehicle, visit, after)
            {
                self.price(way, (visit, price), near, (into, out_of), rng);
            }
        }
    }

    fn single(&mut self, way: u32, visit: u32, price: i64, before: u32, rng: &mut Rng) {
        let state = self.state;
        let vehicle = state.vehicle_of(before);
        let after = state.next[before as usize];
        let Some(hops) = self.hops(vehicle, before, visit, after) else { return };
        self.price(way, (visit, price), before, hops, rng);
    }

    /// The gap behind a node, given the hops into the visit there and out of it.
    #[inline]
    fn price(
        &mut self,
        way: u32,
        (visit, price): (u32, i64),
        before: u32,
        (into, out_of): (Hop, Hop),
        rng: &mut Rng,
    ) {
        let state = self.state;
        let ground = state.ground;
        let vehicle = state.vehicle_of(before);
        let after = state.next[before as usize];
        let rate = ground.rigs[vehicle].per_second;
        let service = if rate == 0 { 0 } else { rate * state.clock.service(visit as usize) };
        let cost = ground.hop_cost(vehicle, into) + ground.hop_cost(vehicle, out_of)
            - state.arc[after as usize]
            + price
            + service;
        if cost >= self.bound || (self.blink > 0 && rng.next_u32() < self.blink) {
            return;
        }
        if !ground.is_usable(vehicle, way) {
            return;
        }
        let slot = state.slot[before as usize];
        if !self.may_stand(visit, before, after) || self.refused.contains(&slot) {
            return;
        }
        let mut out_of = out_of;
        out_of.time += state.rest_before(after);
        if self.admits(visit, vehicle, before, after, into, out_of) {
            let trip = TripSpot::Existing;
            self.offer(Spot { cost, way, trip, first_after: before, second_after: NONE });
        }
    }

    fn admits(
        &self,
        visit: u32,
        vehicle: usize,
        before: u32,
        after: u32,
        into: Hop,
        out_of: Hop,
    ) -> bool {
        let state = self.state;
        let slot = state.slot[before as usize];
        let terms = &state.terms[slot as usize];
        if state.has_whole_only(vehicle) {
            let end = state.ground.end_node(slot) as usize;
            let metres = into.metres + out_of.metres - state.into[after as usize].metres;
            let window = state.clock.windows(visit as usize)[0];
            let gap = Gap {
                before: &state.fwd[end],
                into: Hop { time: 0, metres },
                out_of: Hop::default(),
                after: &state.suf[end],
            };
            return state.resources.admits(&gap, visit as usize, window, terms);
        }
        let gap = Gap {
            before: &state.fwd[before as usize],
            into,
            out_of,
            after: &state.suf[after as usize],
        };
        debug_assert_eq!(terms.vehicle.index(), vehicle, "a slot has one vehicle");
        let windows = state.clock.windows(visit as usize);
        windows.iter().any(|&window| state.resources.admits(&gap, visit as usize, window, terms))
    }

    fn hops(&self, vehicle: usize, before: u32, visit: u32, after: u32) -> Option<(Hop, Hop)> {
        let ground = self.state.ground;
        if let Some((_, fans)) = self.fans.iter().find(|&&(about, _)| about == visit) {
            let fan = fans.get(ground.rigs[vehicle].table)?;
            let place = |node: u32| ground.place_of(node);
            return Some((fan.hop_from(place(before))?, fan.hop_to(place(after))?));
        }
        Some((ground.hop_into(vehicle, before, visit)?, ground.hop(vehicle, visit, after)?))
    }

    /// Locked positions: nothing goes before a frozen or first-locked visit, nothing behind a
    /// last-locked one, and a locked order only to its end of the tour.
    #[inline]
    fn may_stand(&self, visit: u32, before: u32, after: u32) -> bool {
        let ground = self.state.ground;
        if !ground.has_locks {
            return true;
        }
        let is = |flags: &[bool], node: u32| ground.is_visit(node) && flags[node as usize];
        if is(&ground.frozen, after) || is(&ground.first_locked, after) {
            return false;
        }
        if is(&ground.last_locked, before) || self.next_trip_is_frozen(after) {
            return false;
        }
        if ground.first_locked[visit as usize] && !self.begins_tour(before) {
            return false;
        }
        !ground.last_locked[visit as usize] || self.ends_tour(after)
    }

    /// True for the end of a trip when the next one begins with a frozen visit.
    #[inline]
    fn next_trip_is_frozen(&self, node: u32) -> bool {
        let (state, ground) = (self.state, self.state.ground);
        if ground.is_visit(node) || !ground.has_frozen {
            return false;
        }
        let slots = &state.tours[state.vehicle_of(node)].slots;
        let here = slots.iter().position(|&slot| slot == state.slot[node as usize]);
        let next = here.and_then(|here| slots.get(here + 1));
        next.is_some_and(|&slot| {
            let first = state.next[ground.start_node(slot) as usize];
            ground.is_visit(first) && ground.frozen[first as usize]
        })
    }

    fn begins_tour(&self, node: u32) -> bool {
        let slot = self.state.slot[node as usize];
        let tour = &self.state.tours[self.state.vehicle_of(node)];
        self.state.ground.start_node(slot) == node && tour.slots.first() == Some(&slot)
    }

    fn ends_tour(&self, node: u32) -> bool {
        let slot = self.state.slot[node as usize];
        let tour = &self.state.tours[self.state.vehicle_of(node)];
        self.state.ground.end_node(slot) == node && tour.slots.last() == Some(&slot)
    }
}
