//! Judges a proposal by a ladder of tests: first what it adds to the way, by its new and lost hops
//! alone; then locks, vehicles and shipments; then the resources of the rewritten trips. The exact
//! tour has the last word, when it is applied.

use super::{Piece, Proposal, Rewrite};
use crate::constraint::Resource;
use crate::optimizer::ground::NONE;
use crate::optimizer::state::State;

/// The most visits of a rewritten trip that are joined one by one.
const LONGEST: usize = 64;
/// The most visits that are driven the other way round or move to vehicles with other costs.
const REPRICED: usize = 12;

/// What a proposal adds to the cost of the way, below zero; nothing when it adds, or when it breaks
/// a limit. Waiting is not counted.
pub(super) fn evaluate<R: Resource>(state: &State<'_, R>, proposal: &Proposal) -> Option<i64> {
    let mut delta = 0;
    for rewrite in proposal.rewrites() {
        delta += added(state, rewrite)?;
    }
    let fits = |rewrite| {
        may_stand(state, rewrite)
            && Joined::of(state, rewrite).is_some_and(|joined| {
                joined.keeps_pairs(state, rewrite) && joined.fits(state, rewrite)
            })
    };
    (delta < 0 && proposal.rewrites().all(fits)).then_some(delta)
}

/// What the hops into the pieces of a rewritten trip cost, less the hops into them now; nothing when
/// there is no way or too much to look at. Over all rewrites of a proposal, each lost hop is the
/// way into one piece.
fn added<R: Resource>(state: &State<'_, R>, rewrite: &Rewrite) -> Option<i64> {
    let vehicle = state.ground.slot_vehicle[rewrite.slot as usize] as usize;
    let mut delta = 0;
    let mut at = rewrite.head;
    for piece in rewrite.middle {
        let (from, to) = match piece {
            Piece::Nothing => continue,
            Piece::Run { first, last } => (first, last),
            Piece::Reversed { first, last } => (last, first),
        };
        delta += hop_cost(state, vehicle, at, from)? + inside(state, vehicle, piece)?;
        delta -= cost_into(state, piece.ends()?.0)?;
        at = to;
    }
    let tail = first_of_tail(state, rewrite);
    delta += hop_cost(state, vehicle, at, tail)? - cost_into(state, rewrite.tail)?;
    delta += inside_tail(state, vehicle, rewrite)?;
    if !state.ground.is_visit(at) && !state.ground.is_visit(tail) {
        // A trip less: its reloading is saved, and with the last one the vehicle stays at home.
        let rig = &state.ground.rigs[vehicle];
        let is_only = state.tours[vehicle].slots.len() == 1;
        delta -= if is_only { rig.fixed } else { rig.per_second * rig.reload };
    }
    Some(delta)
}

fn hop_cost<R: Resource>(state: &State<'_, R>, vehicle: usize, from: u32, to: u32) -> Option<i64> {
    state.ground.hop(vehicle, from, to).map(|hop| state.ground.hop_cost(vehicle, hop))
}

/// What the hop into a linked node costs now.
fn cost_into<R: Resource>(state: &State<'_, R>, node: u32) -> Option<i64> {
    hop_cost(state, state.vehicle_of(node), state.prev[node as usize], node)
}

/// The node the tail begins with: another trip's end stands for the own one.
fn first_of_tail<R: Resource>(state: &State<'_, R>, rewrite: &Rewrite) -> u32 {
    if state.ground.is_visit(rewrite.tail) {
        return rewrite.tail;
    }
    state.ground.end_node(rewrite.slot)
}

/// What hops and service inside a piece cost a vehicle more than they cost now.
fn inside<R: Resource>(state: &State<'_, R>, vehicle: usize, piece: Piece) -> Option<i64> {
    let (first, last) = piece.ends()?;
    let now = state.vehicle_of(first);
    let is_reversed = matches!(piece, Piece::Reversed { .. });
    if !is_reversed && state.ground.costs_alike(now, vehicle) {
        return Some(0);
    }
    let mut at = first;
    let mut delta = service(state, (now, vehicle), at);
    for _ in 0..REPRICED {
        if at == last {
            return Some(delta);
        }
        let to = state.next[at as usize];
        let (from, onto) = if is_reversed { (to, at) } else { (at, to) };
        delta += hop_cost(state, vehicle, from, onto)? - hop_cost(state, now, at, to)?;
        delta += service(state, (now, vehicle), to);
        at = to;
    }
    None
}

/// The same for the tail of another trip.
fn inside_tail<R: Resource>(
    state: &State<'_, R>,
    vehicle: usize,
    rewrite: &Rewrite,
) -> Option<i64> {
    let now = state.vehicle_of(rewrite.tail);
    if state.ground.costs_alike(now, vehicle) {
        return Some(0);
    }
    let mut at = rewrite.tail;
    let mut delta = 0;
    for _ in 0..LONGEST {
        if !state.ground.is_visit(at) {
            return Some(delta);
        }
        let to = state.next[at as usize];
        delta += hop_cost(state, vehicle, at, to)? - hop_cost(state, now, at, to)?;
        delta += service(state, (now, vehicle), at);
        at = to;
    }
    None
}

/// What the service at a visit costs one vehicle more than another.
fn service<R: Resource>(state: &State<'_, R>, (now, then): (usize, usize), visit: u32) -> i64 {
    let rate = |vehicle: usize| state.ground.rigs[vehicle].per_second;
    (rate(then) - rate(now)) * state.clock.service(visit as usize)
}

/// Locked positions: frozen and first-locked visits stay in the head, nothing goes behind a
/// last-locked one, and none of them moves.
fn may_stand<R: Resource>(state: &State<'_, R>, rewrite: &Rewrite) -> bool {
    let ground = state.ground;
    let is_front = |node: u32| {
        ground.is_visit(node)
            && (ground.frozen[node as usize] || ground.first_locked[node as usize])
    };
    let is_last = |node: u32| ground.is_visit(node) && ground.last_locked[node as usize];
    let ends = rewrite.middle.iter().filter_map(|piece| piece.ends());
    let moves_locked = ends.into_iter().any(|(first, last)| is_front(first) || is_last(last));
    if moves_locked || is_front(rewrite.tail) || is_last(rewrite.head) {
        return false;
    }
    let from = state.slot[rewrite.tail as usize];
    if from != rewrite.slot && is_last(state.prev[ground.end_node(from) as usize]) {
        return false;
    }
    let slots = &state.tours[state.vehicle_of(rewrite.head)].slots;
    let behind = slots.iter().skip_while(|&&slot| slot != rewrite.slot).nth(1);
    !behind.is_some_and(|&slot| {
        let first = state.next[ground.start_node(slot) as usize];
        ground.is_visit(first) && ground.frozen[first as usize]
    })
}

/// The visits of a rewritten trip between its head and its own tail, in their new order.
pub(super) struct Joined {
    visits: [u32; LONGEST],
    count: usize,
}

impl Joined {
    /// The visits; nothing when they are too many.
    pub(super) fn of<R: Resource>(state: &State<'_, R>, rewrite: &Rewrite) -> Option<Self> {
        let mut joined = Self { visits: [NONE; LONGEST], count: 0 };
        for piece in rewrite.middle {
            let (mut at, last, links) = match piece {
                Piece::Nothing => continue,
                Piece::Run { first, last } => (first, last, &state.next),
                Piece::Reversed { first, last } => (last, first, &state.prev),
            };
            joined.push(at)?;
            while at != last {
                at = links[at as usize];
                joined.push(at)?;
            }
        }
        if state.slot[rewrite.tail as usize] != rewrite.slot {
            let mut at = rewrite.tail;
            while state.ground.is_visit(at) {
                joined.push(at)?;
                at = state.next[at as usize];
            }
        }
        Some(joined)
    }

    fn push(&mut self, visit: u32) -> Option<()> {
        *self.visits.get_mut(self.count)? = visit;
        self.count += 1;
        Some(())
    }

    pub(super) fn visits(&self) -> &[u32] {
        &self.visits[..self.count]
    }

    /// Each visit may be on its vehicle; a shipment that moves to another trip moves as a whole, and
    /// no delivery comes before its pickup.
    fn keeps_pairs<R: Resource>(&self, state: &State<'_, R>, rewrite: &Rewrite) -> bool {
        let ground = state.ground;
        let vehicle = ground.slot_vehicle[rewrite.slot as usize] as usize;
        self.visits().iter().enumerate().all(|(i, &visit)| {
            let way = ground.way_of[visit as usize];
            let is_new = state.slot[visit as usize] != rewrite.slot;
            if is_new && !ground.is_usable(vehicle, way) {
                return false;
            }
            let partner = ground.partner[visit as usize];
            if partner == NONE {
                return true;
            }
            let is_pickup = ground.ways[way as usize].first == visit;
            let (before, behind) = (&self.visits()[..i], &self.visits()[i + 1..]);
            match (is_new, is_pickup) {
                (true, true) => behind.contains(&partner),
                (true, false) => before.contains(&partner),
                (false, true) => !before.contains(&partner),
                (false, false) => !behind.contains(&partner),
            }
        })
    }

    /// True when the rewritten trip keeps every limit, as far as its pieces tell.
    fn fits<R: Resource>(&self, state: &State<'_, R>, rewrite: &Rewrite) -> bool {
        let ground = state.ground;
        let terms = &state.terms[rewrite.slot as usize];
        let vehicle = terms.vehicle.index();
        let own_tail = state.slot[rewrite.tail as usize] == rewrite.slot;
        let mut so_far = state.fwd[rewrite.head as usize];
        let (mut at, mut time) = (rewrite.head, state.left_at(rewrite.head));
        for &visit in self.visits() {
            let Some(hop) = ground.hop(vehicle, at, visit) else { return false };
            let window = state.clock.window_at(visit as usize, time + hop.time);
            time = window.open.max(time + hop.time) + state.clock.service(visit as usize);
            so_far = state.resources.append(&so_far, hop, visit as usize, window, terms.vehicle);
            at = visit;
        }
        let tail = if own_tail { rewrite.tail } else { ground.end_node(rewrite.slot) };
        if !ground.is_visit(at) && !ground.is_visit(tail) {
            return true;
        }
        let Some(mut hop) = ground.hop(vehicle, at, tail) else { return false };
        hop.time += if own_tail { state.rest_before(tail) } else { 0 };
        let whole = state.resources.join(&so_far, hop, &state.suf[tail as usize]);
        state.resources.excess(&whole, terms) <= 0
    }
}
