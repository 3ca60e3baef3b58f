//! What the arcs of a hierarchy cost one vehicle on one day: the cheapest way over lower junctions, by
//! triangles (basic customization; Dibbelt, Strasser and Wagner 2016, doi 10.1145/2886843, section 5).
//! Linear in the triangles.

use std::collections::BTreeSet;

use super::NONE;
use super::flow::number;
use super::index::Index;
use crate::road::cost::Cost;

/// More than any drive: twice of it still fits, and so does what adds up to it.
pub(super) const CLOSED: i64 = 1 << 61;

/// A cost as a number of this room.
pub(super) fn raw(cost: Cost) -> i64 {
    if cost.is_open() {
        i64::try_from(cost.raw()).map_or(CLOSED, |raw| raw.min(CLOSED))
    } else {
        CLOSED
    }
}

/// The cost behind a number of this room.
pub(super) fn cost(raw: i64) -> Cost {
    let drive = u64::try_from(raw).map_or(Cost::CLOSED, Cost::from_raw);
    if drive > Cost::LONGEST { Cost::CLOSED } else { drive }
}

/// Per arc of the hierarchy: what it costs up, and down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::road) struct Weights {
    pub(super) up: Vec<i64>,
    pub(super) down: Vec<i64>,
}

impl Weights {
    /// The weights when the arcs of the map cost so much.
    pub(in crate::road) fn new(index: &Index, costs: &[Cost]) -> Self {
        let arcs = index.up_head.len();
        let mut weights = Self { up: vec![CLOSED; arcs], down: vec![CLOSED; arcs] };
        for (&place, &cost) in index.place_of.iter().zip(costs) {
            if place == NONE {
                continue;
            }
            let side = if place % 2 == 0 { &mut weights.up } else { &mut weights.down };
            let own = &mut side[place as usize / 2];
            *own = (*own).min(raw(cost));
        }
        let room = [vec![CLOSED; index.count()], vec![CLOSED; index.count()]];
        pulp::Arch::new().dispatch(OverLower { index, weights: &mut weights, room });
        weights
    }

    /// The weights after the costs of some arcs of the map have changed: those above them are made
    /// anew, lowest first, as far as the change is felt (Dibbelt, Strasser and Wagner 2016, section
    /// 6, partial updates). `costs` are all costs as they are now, `changed` the arcs that differ.
    /// Equal to making all weights anew.
    pub(in crate::road) fn change(&mut self, index: &Index, costs: &[Cost], changed: &[u32]) {
        let place = |&arc: &u32| index.place_of[arc as usize];
        let places = changed.iter().map(place).filter(|&place| place != NONE);
        // Arcs are numbered by the rank they lead up from: the lowest comes first.
        let mut open: BTreeSet<usize> = places.map(|place| place as usize / 2).collect();
        while let Some(arc) = open.pop_first() {
            let low = index.low_of(arc);
            let before = (self.up[arc], self.down[arc]);
            let now = self.remade(index, costs, low, arc);
            if now == before {
                continue;
            }
            (self.up[arc], self.down[arc]) = now;
            for other in index.ups(low).filter(|&other| other != arc) {
                let top = index.between(arc, other);
                let (one, two) = (arc.min(other), arc.max(other));
                let is_first = one == arc;
                let ways = |(up, down): (i64, i64)| {
                    let (other_up, other_down) = (self.up[other], self.down[other]);
                    if is_first {
                        (down + other_up, other_down + up)
                    } else {
                        (other_down + up, down + other_up)
                    }
                };
                debug_assert!(one < two && two < top);
                let (old, new) = (ways(before), ways(now));
                let is_felt = old.0 <= self.up[top]
                    || old.1 <= self.down[top]
                    || new.0 < self.up[top]
                    || new.1 < self.down[top];
                if is_felt {
                    open.insert(top);
                }
            }
        }
    }

    /// What an arc costs up and down: by the arcs of the map on it, or over a lower junction.
    fn remade(&self, index: &Index, costs: &[Cost], low: u32, arc: usize) -> (i64, i64) {
        let (mut up, mut down) = (CLOSED, CLOSED);
        for &own in index.below().map_arcs(arc) {
            let is_up = index.place_of[own as usize].is_multiple_of(2);
            let side = if is_up { &mut up } else { &mut down };
            *side = (*side).min(raw(costs[own as usize]));
        }
        for (one, two) in index.below().triangles(low, index.up_head[arc]) {
            up = up.min(self.down[one] + self.up[two]);
            down = down.min(self.down[two] + self.up[one]);
        }
        (up, down)
    }
}

/// Lowers each arc to the cheapest way over a lower junction, as work that is compiled anew for the
/// vectors of the machine.
struct OverLower<'w> {
    index: &'w Index,
    weights: &'w mut Weights,
    /// Per rank: what the arcs up to it and down from it cost, of the rank at hand.
    room: [Vec<i64>; 2],
}

impl pulp::NullaryFnOnce for OverLower<'_> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
    #[inline(always)]
    fn call(self) {
        let Self { index, weights: Weights { up, down }, room: [mut room_up, mut room_down] } =
            self;
        let below = index.below();
        for rank in 0..number(index.count()) {
            let lows = below.lows(rank);
            if lows.is_empty() {
                continue;
            }
            for (arcs, ranks) in below.runs(index, index.ups(rank)) {
                room_up[ranks.clone()].copy_from_slice(&up[arcs.clone()]);
                room_down[ranks].copy_from_slice(&down[arcs]);
            }
            for &(low, one) in lows {
                let one = one as usize;
                let (from, to) = (up[one], down[one]);
                for (arcs, ranks) in below.runs(index, one + 1..index.ups(low).end) {
                    let room = [&mut room_up[ranks.clone()], &mut room_down[ranks]];
                    lower(room, [&up[arcs.clone()], &down[arcs]], [to, from]);
                }
            }
            for (arcs, ranks) in below.runs(index, index.ups(rank)) {
                up[arcs.clone()].copy_from_slice(&room_up[ranks.clone()]);
                down[arcs].copy_from_slice(&room_down[ranks]);
            }
        }
    }
}

/// Lowers costs up and down to others with some more added.
#[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
#[inline(always)]
fn lower([up, down]: [&mut [i64]; 2], others: [&[i64]; 2], more: [i64; 2]) {
    let count = up.len();
    let (down, others) = (&mut down[..count], others.map(|others| &others[..count]));
    for at in 0..count {
        // The bound changes nothing; without it stores become masked, which is slow on some machines.
        up[at] = up[at].min(others[0][at] + more[0]).min(CLOSED);
        down[at] = down[at].min(others[1][at] + more[1]).min(CLOSED);
    }
}
