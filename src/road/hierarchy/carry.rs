//! A second value of quickest ways, carried along with their cost: each arc of the hierarchy gets the
//! value of the way of the map that it stands for, and a sweep joins them as it adds up costs. As in
//! [`sweep`](super::sweep), but one origin at a time, and which arc was best is kept.

use super::index::Index;
use super::weights::{CLOSED, Weights, cost, raw};
use super::{NONE, flow::number};
use crate::road::cost::Cost;

/// The values of the arcs of a hierarchy.
#[derive(Debug)]
pub(in crate::road) struct Carried<V> {
    up: Vec<V>,
    down: Vec<V>,
}

/// How values are joined, one way after the other.
type Then<V> = fn(V, V) -> V;

impl<V: Copy> Carried<V> {
    /// Of arcs of the map with these costs and values; `weights` are whole and made of the same costs.
    /// Arcs that lead nowhere carry `nothing`. Linear in the triangles.
    pub(in crate::road) fn new(
        index: &Index,
        weights: &Weights,
        (costs, own): (&[Cost], impl Fn(u32) -> V),
        (nothing, then): (V, Then<V>),
    ) -> Self {
        let arcs = index.up_head.len();
        let mut carried = Self { up: vec![nothing; arcs], down: vec![nothing; arcs] };
        let below = index.below();
        for low in 0..number(index.count()) {
            for arc in index.ups(low) {
                for is_up in [true, false] {
                    let least = if is_up { weights.up[arc] } else { weights.down[arc] };
                    if least >= CLOSED {
                        continue;
                    }
                    let side = u32::from(!is_up);
                    let on_map = below.map_arcs(arc).iter().find(|&&one| {
                        index.place_of[one as usize] % 2 == side
                            && raw(costs[one as usize]) == least
                    });
                    // All arcs below have their values already.
                    let over = || {
                        let mut ways = below
                            .triangles(low, index.up_head[arc])
                            .map(|(one, two)| if is_up { (one, two) } else { (two, one) });
                        let is_least = |&(one, two): &(usize, usize)| {
                            weights.down[one] + weights.up[two] == least
                        };
                        ways.find(is_least)
                    };
                    let value = match on_map {
                        Some(&one) => own(one),
                        None => over()
                            .map_or(nothing, |(one, two)| then(carried.down[one], carried.up[two])),
                    };
                    let side = if is_up { &mut carried.up } else { &mut carried.down };
                    side[arc] = value;
                }
            }
        }
        carried
    }
}

/// A sweep that carries values towards some goals.
#[derive(Debug)]
pub(in crate::road) struct Carrier<'a, V> {
    index: &'a Index,
    weights: &'a Weights,
    carried: &'a Carried<V>,
    then: Then<V>,
    /// The ranks above goals, from the top down.
    ranks: Vec<u32>,
}

/// What a sweep found, by rank; to be used again.
#[derive(Debug)]
pub(in crate::road) struct Found<V> {
    cost: Vec<i64>,
    value: Vec<V>,
    climbed: Vec<u32>,
}

impl<'a, V: Copy> Carrier<'a, V> {
    /// Towards the junctions `goals`.
    pub(in crate::road) fn new(
        index: &'a Index,
        weights: &'a Weights,
        (carried, then): (&'a Carried<V>, Then<V>),
        goals: impl Iterator<Item = u32>,
    ) -> Self {
        Self { index, weights, carried, then, ranks: index.above(goals) }
    }

    /// Buffers for it.
    pub(in crate::road) fn found(&self, nothing: V) -> Found<V> {
        let count = self.index.count();
        Found { cost: vec![CLOSED; count], value: vec![nothing; count], climbed: Vec::new() }
    }

    /// Finds the quickest ways from one origin, given the junctions it is left over, what that costs,
    /// and the value until there.
    pub(in crate::road) fn run(&self, starts: &[(u32, Cost, V)], found: &mut Found<V>) {
        self.climb(starts, found);
        let Found { cost, value, .. } = found;
        for &rank in &self.ranks {
            let (mut best, mut by) = (cost[rank as usize], None);
            for arc in self.index.ups(rank) {
                let way = cost[self.index.up_head[arc] as usize] + self.weights.down[arc];
                if way < best {
                    (best, by) = (way, Some(arc));
                }
            }
            if let Some(arc) = by {
                let above = value[self.index.up_head[arc] as usize];
                cost[rank as usize] = best;
                value[rank as usize] = (self.then)(above, self.carried.down[arc]);
            }
        }
    }

    /// From the junctions it is left over to all above them.
    fn climb(&self, starts: &[(u32, Cost, V)], found: &mut Found<V>) {
        let Found { cost, value, climbed } = found;
        for rank in climbed.drain(..).chain(self.ranks.iter().copied()) {
            cost[rank as usize] = CLOSED;
        }
        let mut heads: Vec<u32> = Vec::with_capacity(starts.len());
        for &(node, least, own) in starts {
            let rank = self.index.rank[node as usize];
            if raw(least) < cost[rank as usize] {
                (cost[rank as usize], value[rank as usize]) = (raw(least), own);
            }
            heads.push(rank);
        }
        while let Some(&rank) = heads.iter().filter(|&&rank| rank != NONE).min() {
            climbed.push(rank);
            let here = (cost[rank as usize], value[rank as usize]);
            for arc in self.index.ups(rank) {
                let above = self.index.up_head[arc] as usize;
                let way = here.0 + self.weights.up[arc];
                if way < cost[above] {
                    (cost[above], value[above]) = (way, (self.then)(here.1, self.carried.up[arc]));
                }
            }
            for head in &mut heads {
                if *head == rank {
                    *head = self.index.parent(rank);
                }
            }
        }
    }

    /// The cost to a goal and the value of the way there; of a goal that is not reached, closed.
    pub(in crate::road) fn at(&self, found: &Found<V>, goal: u32) -> (Cost, V) {
        let rank = self.index.rank[goal as usize] as usize;
        (cost(found.cost[rank]), found.value[rank])
    }
}
