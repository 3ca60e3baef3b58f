//! Sequential insertion I1 (Solomon 1987, doi 10.1287/opre.35.2.254, section 4): trips are filled one
//! by one. Each begins with the most remote order; then the order goes in that gains most against a
//! trip of its own: twice its way from the station, less the mean of what its cheapest place adds to
//! the way and by how much it puts off the visit behind. High tiers begin trips first.
//!
//! Costs one scan of the trip at hand for each open order and insertion; on large days only orders
//! near the trip are looked at.

use crate::constraint::Resource;
use crate::optimizer::ground::NONE;
use crate::optimizer::heuristics::trips;
use crate::optimizer::insert::{Scan, Spot};
use crate::optimizer::recreate::{Tools, commit};
use crate::optimizer::state::State;

/// Up to this many orders every open one is looked at.
const ALL: usize = 1_500;
/// How much the way from the station counts against the detour (Solomon's lambda), times two.
const GAIN: i64 = 2;

/// Serves as many orders as it can, trip after trip.
pub(crate) fn build<R: Resource>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let ground = state.ground;
    let mut seeds = trips::free_orders(state);
    seeds.sort_by_key(|&order| {
        let o = order as usize;
        (ground.optional[o], ground.tier[o], std::cmp::Reverse(ground.remoteness[o]))
    });
    let looks_at_all = seeds.len() <= ALL;
    for &seed in &seeds {
        if is_over() {
            return;
        }
        if state.used[seed as usize] == NONE
            && let Some(slot) = trips::open_with(state, seed, tools)
        {
            fill(state, slot, looks_at_all.then_some(&seeds), tools, is_over);
        }
    }
    trips::insert_rest(state, tools, is_over);
}

/// Inserts into a trip until nothing fits any more.
fn fill<R: Resource>(
    state: &mut State<'_, R>,
    slot: u32,
    all: Option<&Vec<u32>>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let ground = state.ground;
    let vehicle = ground.slot_vehicle[slot as usize] as usize;
    let mut open: Vec<u32> = match all {
        Some(all) => all.clone(),
        None => Vec::new(),
    };
    if all.is_none() {
        for visit in state.visits_of(slot) {
            open.extend(near_orders(state, visit));
        }
    }
    while !is_over() {
        open.retain(|&order| state.used[order as usize] == NONE);
        open.sort_unstable();
        open.dedup();
        let push = Push::new(state, vehicle, slot);
        let mut best: Option<(i64, u32, Spot)> = None;
        // What does not fit now will not fit into a fuller trip.
        open.retain(|&order| {
            let Some(place) = Scan::in_slot(state, order, slot) else {
                return false;
            };
            let gain = GAIN * ground.remoteness[order as usize] / 2 - push.mean(state, &place);
            if best.is_none_or(|(most, ..)| gain > most) {
                best = Some((gain, order, place));
            }
            true
        });
        let Some((_, order, place)) = best else { return };
        let is_dear =
            ground.optional[order as usize] && place.cost >= ground.bank_price[order as usize];
        if is_dear || commit(state, order, &place, tools.undo).is_err() {
            open.retain(|&other| other != order);
        } else if all.is_none() {
            open.extend(near_orders(state, ground.ways[place.way as usize].first));
        }
    }
}

fn near_orders<R: Resource>(state: &State<'_, R>, visit: u32) -> Vec<u32> {
    let ground = state.ground;
    let orders = ground.near(visit).iter().map(|&near| ground.order_of[near as usize]);
    orders.filter(|&order| trips::is_free(ground, order)).collect()
}

/// When service begins along a trip, to see what an insertion puts off.
struct Push {
    vehicle: usize,
    /// When each node is left, in the order of the trip from its start.
    left: Vec<(u32, i64)>,
    /// What a second costs, in 1024ths.
    second: i64,
}

impl Push {
    fn new<R: Resource>(state: &State<'_, R>, vehicle: usize, slot: u32) -> Self {
        let (ground, clock) = (state.ground, state.clock);
        let ready = state.visits_of(slot).map(|visit| clock.ready(visit as usize)).max();
        let mut time = state.terms[slot as usize].free_at.max(ready.unwrap_or(0));
        let mut at = ground.start_node(slot);
        let mut left = vec![(at, time)];
        let (mut driven, mut cost) = (1, 0);
        for visit in state.visits_of(slot) {
            let hop = ground.hop(vehicle, at, visit).unwrap_or_default();
            time += hop.time;
            driven += hop.time;
            cost += ground.hop_cost(vehicle, hop);
            let window = clock.window_at(visit as usize, time);
            time = time.max(window.open) + clock.service(visit as usize);
            left.push((visit, time));
            at = visit;
        }
        Self { vehicle, left, second: cost.saturating_mul(1024) / driven }
    }

    /// The mean of a detour and of what it puts off; without windows, or for a shipment, the detour.
    fn mean<R: Resource>(&self, state: &State<'_, R>, spot: &Spot) -> i64 {
        let (ground, clock) = (state.ground, state.clock);
        let way = ground.ways[spot.way as usize];
        let index = self.left.iter().position(|&(node, _)| node == spot.first_after);
        let Some(index) = index.filter(|_| ground.is_timed && way.second == NONE) else {
            return spot.cost;
        };
        let (before, time) = self.left[index];
        let after = state.next[before as usize];
        let begin = |from: u32, left: i64, to: u32| {
            let arrive = left + ground.hop(self.vehicle, from, to).map_or(0, |hop| hop.time);
            if !ground.is_visit(to) {
                return arrive;
            }
            arrive.max(clock.window_at(to as usize, arrive).open)
        };
        let here = begin(before, time, way.first) + clock.service(way.first as usize);
        let put_off = begin(way.first, here, after) - begin(before, time, after);
        i64::midpoint(spot.cost, put_off.saturating_mul(self.second) / 1024)
    }
}
