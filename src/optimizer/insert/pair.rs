//! Both places of a shipment in one trip.

use super::{Scan, Scope, Spot, TripSpot};
use crate::constraint::{FAR, Gap, Hop, Resource};
use crate::optimizer::ground::Way;
use crate::rng::Rng;

/// A trip of more visits is long: the pickup of a shipment goes beside near visits only.
const LONG: u32 = 30;

/// A place for the delivery behind a node of a trip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drop {
    at: u32,
    /// The hops into it and out of it, where there is a way.
    hops: Option<(Hop, Hop)>,
    /// What the detour costs.
    cost: i64,
    /// The least cost of this place and those behind it.
    least: i64,
}

/// What is known of a pickup at its place: what its detour costs with all but the delivery's own, and the
/// delivery right behind it.
#[derive(Clone, Copy, Debug)]
struct Pickup {
    detour: i64,
    direct: Option<(i64, Hop, Hop)>,
}

impl<R: Resource> Scan<'_, '_, R> {
    /// Pairs of places in one trip, the delivery behind the pickup (Ropke and Pisinger 2006,
    /// doi 10.1287/trsc.1050.0135); the trip up to the pickup is joined once for each pickup place, and walked
    /// on only as far as a delivery may be cheap enough. On a long trip the pickup goes beside near
    /// visits only.
    pub(super) fn pair(
        &mut self,
        way: u32,
        slot: u32,
        scope: Scope,
        drops: &mut Vec<Drop>,
        rng: &mut Rng,
    ) {
        let state = self.state;
        let ground = state.ground;
        let vehicle = ground.slot_vehicle[slot as usize] as usize;
        if !ground.is_usable(vehicle, way) || self.refused.contains(&slot) {
            return;
        }
        self.gather_drops(way, slot, drops);
        if scope == Scope::Near && state.size[slot as usize] > LONG {
            self.pickup_behind(way, vehicle, drops);
            for &near in ground.near(ground.ways[way as usize].first) {
                if state.slot[near as usize] != slot {
                    continue;
                }
                let Some(at) = drops.iter().position(|drop| drop.at == near) else { continue };
                self.pickup_behind(way, vehicle, &drops[at..]);
                if at > 1 {
                    self.pickup_behind(way, vehicle, &drops[at - 1..]);
                }
            }
            return;
        }
        for at in 0..drops.len() {
            if self.blink == 0 || rng.next_u32() >= self.blink {
                self.pickup_behind(way, vehicle, &drops[at..]);
            }
        }
    }

    /// The places of the delivery behind each node of a trip, in order.
    fn gather_drops(&self, way: u32, slot: u32, drops: &mut Vec<Drop>) {
        let (state, ground) = (self.state, self.state.ground);
        let vehicle = ground.slot_vehicle[slot as usize] as usize;
        let (second, end) = (ground.ways[way as usize].second, ground.end_node(slot));
        let mut at = ground.start_node(slot);
        drops.clear();
        while at != end {
            let after = state.next[at as usize];
            let hops = self.hops(vehicle, at, second, after);
            let cost = hops.map_or(FAR, |(into, out_of)| {
                ground.hop_cost(vehicle, into) + ground.hop_cost(vehicle, out_of)
                    - state.arc[after as usize]
            });
            drops.push(Drop { at, hops, cost, least: cost });
            at = after;
        }
        for i in (1..drops.len()).rev() {
            drops[i - 1].least = drops[i - 1].cost.min(drops[i].least);
        }
    }

    /// The pickup behind the first of these nodes, the delivery behind it or any of the others.
    fn pickup_behind(&mut self, way: u32, vehicle: usize, drops: &[Drop]) {
        let state = self.state;
        let ground = state.ground;
        let Way { first, second, price } = ground.ways[way as usize];
        let before = drops[0].at;
        let after = state.next[before as usize];
        let Some((into, out_of)) = self.hops(vehicle, before, first, after) else { return };
        let entry = price + ground.hop_cost(vehicle, into);
        let detour = entry + ground.hop_cost(vehicle, out_of) - state.arc[after as usize];
        // The delivery's own detour is not negative where the triangle inequality holds; roads with
        // parking keep it but for rounding.
        if detour >= self.bound || !self.may_stand(first, before, after) {
            return;
        }
        let rate = ground.rigs[vehicle].per_second;
        let service =
            rate * (state.clock.service(first as usize) + state.clock.service(second as usize));
        let direct = self.hops(vehicle, first, second, after).map(|(into, out_of)| {
            let ways = ground.hop_cost(vehicle, into) + ground.hop_cost(vehicle, out_of);
            (entry - state.arc[after as usize] + service + ways, into, out_of)
        });
        let pickup = Pickup { detour: detour + service, direct };
        let behind = drops.get(1).map_or(FAR, |drop| pickup.detour + drop.least);
        if direct.map_or(FAR, |(cost, ..)| cost).min(behind) >= self.bound {
            return;
        }
        let slot = state.slot[before as usize] as usize;
        let terms = &state.terms[slot];
        for &window in state.clock.windows(first as usize) {
            let leaf = state.resources.leaf(first as usize, window, terms.vehicle);
            let so_far = state.resources.join(&state.fwd[before as usize], into, &leaf);
            if state.resources.excess(&so_far, terms) <= 0 {
                self.delivery_behind(way, drops, pickup, so_far);
            }
        }
    }

    /// Walks on from a pickup, trying the delivery at each place, until a limit is broken, which what
    /// follows only makes worse, or no place behind is cheap enough.
    fn delivery_behind(
        &mut self,
        way: u32,
        drops: &[Drop],
        pickup: Pickup,
        mut so_far: R::Segment,
    ) {
        let state = self.state;
        let Way { first, second, .. } = state.ground.ways[way as usize];
        let before = drops[0].at;
        let slot = state.slot[before as usize] as usize;
        let (terms, vehicle) = (&state.terms[slot], state.ground.slot_vehicle[slot] as usize);
        let offer = |scan: &mut Self, (cost, at, after), gap: (&R::Segment, Hop, Hop)| {
            if cost < scan.bound && scan.delivery_fits(second, at, after, gap) {
                let trip = TripSpot::Existing;
                scan.offer(Spot { cost, way, trip, first_after: before, second_after: at });
            }
        };
        let mut after = state.next[before as usize];
        if let Some((cost, into, out_of)) = pickup.direct {
            offer(self, (cost, first, after), (&so_far, into, out_of));
        }
        let mut at = first;
        for drop in &drops[1..] {
            if pickup.detour + drop.least >= self.bound {
                return;
            }
            let mut hop = state.into[after as usize];
            if at == first {
                let Some(new) = state.ground.hop(vehicle, first, after) else { return };
                hop = new;
            }
            so_far = state.resources.join(&so_far, hop, &state.leaf_of(after));
            if state.resources.excess(&so_far, terms) > 0 {
                return;
            }
            (at, after) = (drop.at, state.next[drop.at as usize]);
            if let Some((into, out_of)) = drop.hops {
                offer(self, (pickup.detour + drop.cost, at, after), (&so_far, into, out_of));
            }
        }
    }

    fn delivery_fits(
        &self,
        second: u32,
        at: u32,
        after: u32,
        (so_far, into, mut out_of): (&R::Segment, Hop, Hop),
    ) -> bool {
        let state = self.state;
        let ground = state.ground;
        let is = |flags: &[bool], node: u32| {
            ground.has_locks && ground.is_visit(node) && flags[node as usize]
        };
        if is(&ground.frozen, after) || is(&ground.last_locked, at) {
            return false;
        }
        if ground.last_locked[second as usize] && !self.ends_tour(after) {
            return false;
        }
        let terms = &state.terms[state.slot[after as usize] as usize];
        out_of.time += state.rest_before(after);
        let gap = Gap { before: so_far, into, out_of, after: &state.suf[after as usize] };
        state.clock.windows(second as usize).iter().any(|&window| {
            let leaf = state.resources.leaf(second as usize, window, terms.vehicle);
            state.resources.admits(&gap, &leaf, terms)
        })
    }
}
