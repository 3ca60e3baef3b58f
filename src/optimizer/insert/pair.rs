//! Both places of a shipment in one trip.

use super::{Scan, Scope, Spot, TripSpot};
use crate::constraint::{FAR, Gap, Hop, Resource};
use crate::optimizer::ground::Way;
use crate::rng::Rng;

/// So many places of the pickup are tried in each trip, those with the least that their detour and the
/// delivery's may cost together, where not every place is looked at.
const STARTS: usize = 30;

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

/// A place for the pickup.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// The least that it and the delivery may cost together.
    least: i64,
    /// Which place of the delivery it is at.
    at: usize,
    /// The hops into it and out of it.
    hops: (Hop, Hop),
    /// What its detour costs with all but the delivery's own.
    detour: i64,
    /// The cost with the delivery right behind it, and the delivery's hops.
    direct: Option<(i64, Hop, Hop)>,
}

/// Places for both visits of a shipment in a trip, kept between scans.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    drops: Vec<Drop>,
    starts: Vec<Start>,
}

impl<R: Resource> Scan<'_, '_, R> {
    /// Pairs of places in one trip, the delivery behind the pickup (Ropke and Pisinger 2006,
    /// doi 10.1287/trsc.1050.0135). Places of the pickup are tried in the order of what they may cost; the trip
    /// up to each is joined once, and walked on only as far as a delivery may be cheap enough.
    pub(super) fn pair(
        &mut self,
        way: u32,
        slot: u32,
        scope: Scope,
        pairs: &mut Pairs,
        rng: &mut Rng,
    ) {
        let vehicle = self.state.ground.slot_vehicle[slot as usize] as usize;
        if !self.state.ground.is_usable(vehicle, way) || self.refused.contains(&slot) {
            return;
        }
        let Pairs { drops, starts } = pairs;
        self.gather_drops(way, slot, drops);
        starts.clear();
        starts.extend((0..drops.len()).filter_map(|at| self.start(way, vehicle, drops, at)));
        starts.sort_unstable_by_key(|start| (start.least, start.at));
        if scope == Scope::Near {
            starts.truncate(STARTS);
        }
        for start in &*starts {
            if start.least >= self.bound {
                return;
            }
            if self.blink == 0 || rng.next_u32() >= self.blink {
                self.pickup_at(way, start, &drops[start.at..], scope);
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

    /// The pickup at one of these places, where it may stand and be cheap enough with a delivery behind it.
    fn start(&self, way: u32, vehicle: usize, drops: &[Drop], at: usize) -> Option<Start> {
        let state = self.state;
        let ground = state.ground;
        let Way { first, second, price } = ground.ways[way as usize];
        let before = drops[at].at;
        let after = state.next[before as usize];
        let hops = self.hops(vehicle, before, first, after)?;
        let (into, out_of) = hops;
        let entry = price + ground.hop_cost(vehicle, into);
        let detour = entry + ground.hop_cost(vehicle, out_of) - state.arc[after as usize];
        // The delivery's own detour is not negative where the triangle inequality holds; roads with
        // parking keep it but for rounding.
        if detour >= self.bound || !self.may_stand(first, before, after) {
            return None;
        }
        let rate = ground.rigs[vehicle].per_second;
        let service =
            rate * (state.clock.service(first as usize) + state.clock.service(second as usize));
        let direct = self.hops(vehicle, first, second, after).map(|(into, out_of)| {
            let ways = ground.hop_cost(vehicle, into) + ground.hop_cost(vehicle, out_of);
            (entry - state.arc[after as usize] + service + ways, into, out_of)
        });
        let detour = detour + service;
        let behind = drops.get(at + 1).map_or(FAR, |drop| detour + drop.least);
        let least = direct.map_or(FAR, |(cost, ..)| cost).min(behind);
        (least < self.bound).then_some(Start { least, at, hops, detour, direct })
    }

    /// The pickup behind the first of these nodes, the delivery behind it or any of the others. Where not
    /// every place is looked at, none that has no time for the pickup alone.
    fn pickup_at(&mut self, way: u32, start: &Start, drops: &[Drop], scope: Scope) {
        let state = self.state;
        let (first, before) = (state.ground.ways[way as usize].first, drops[0].at);
        let after = state.next[before as usize];
        let terms = &state.terms[state.slot[before as usize] as usize];
        let (into, mut out_of) = start.hops;
        out_of.time += state.rest_before(after);
        let (fwd, visit) = (&state.fwd[before as usize], first as usize);
        let gap = Gap { before: fwd, into, out_of, after: &state.suf[after as usize] };
        for &window in state.clock.windows(visit) {
            if scope == Scope::Near && !state.resources.has_time(&gap, visit, window, terms) {
                continue;
            }
            let so_far = state.resources.append(fwd, into, visit, window, terms.vehicle);
            if state.resources.excess(&so_far, terms) <= 0 {
                self.delivery_behind(way, drops, start, so_far);
            }
        }
    }

    /// Walks on from a pickup, trying the delivery at each place that is cheap enough, until a limit is
    /// broken, which what follows only makes worse, or no place behind is cheap enough.
    fn delivery_behind(&mut self, way: u32, drops: &[Drop], start: &Start, mut so_far: R::Segment) {
        let state = self.state;
        let Way { first, second, .. } = state.ground.ways[way as usize];
        let before = drops[0].at;
        let slot = state.slot[before as usize] as usize;
        let (terms, vehicle) = (&state.terms[slot], state.ground.slot_vehicle[slot] as usize);
        // False when it does not fit, and nothing behind it will.
        let offer = |scan: &mut Self, (cost, at, after), gap: (&R::Segment, Hop, Hop)| {
            if cost >= scan.bound {
                return true;
            }
            if !scan.delivery_fits(second, at, after, gap) {
                return state.resources.excess(gap.0, terms) <= 0;
            }
            let trip = TripSpot::Existing;
            scan.offer(Spot { cost, way, trip, first_after: before, second_after: at });
            true
        };
        let mut after = state.next[before as usize];
        if let Some((cost, into, out_of)) = start.direct
            && !offer(self, (cost, first, after), (&so_far, into, out_of))
        {
            return;
        }
        let mut at = first;
        for drop in &drops[1..] {
            if start.detour + drop.least >= self.bound {
                return;
            }
            let mut hop = state.into[after as usize];
            if at == first {
                let Some(new) = state.ground.hop(vehicle, first, after) else { return };
                hop = new;
            }
            let (visit, window) = (after as usize, state.window_of(after));
            so_far = state.resources.append(&so_far, hop, visit, window, terms.vehicle);
            (at, after) = (drop.at, state.next[drop.at as usize]);
            if let Some((into, out_of)) = drop.hops
                && !offer(self, (start.detour + drop.cost, at, after), (&so_far, into, out_of))
            {
                return;
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
        let windows = state.clock.windows(second as usize);
        windows.iter().any(|&window| state.resources.admits(&gap, second as usize, window, terms))
    }
}
