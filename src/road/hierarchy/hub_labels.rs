//! Costs between any two of very many places, one by one: each place keeps what it costs to climb to each
//! junction above it, and from there. Two places meet at one of the junctions above both, so a cost is the
//! least sum of two short lists. Hub labels (Abraham, Delling, Goldberg and Werneck 2011, doi
//! 10.1007/978-3-642-20662-7_20) whose hubs are the ancestors in the elimination tree, as in Ouyang et al.
//! 2018, doi 10.1145/3183713.3196913. Exact. Takes as many numbers as the tree is deep for each place.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use rayon::prelude::*;

use super::index::Index;
use super::weights::{CLOSED, Weights, cost, raw};
use super::{NONE, flow::number};
use crate::road::cost::Cost;

/// The junctions over which a place is left or reached, and the cost to or from each.
pub(in crate::road) type Doors = Vec<(u32, Cost)>;

/// The labels of places on roads with such weights.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::road) struct HubLabels {
    /// Ranks from the top down to the lowest one of a climb: chain `c` is `ranks[chain[c]..chain[c + 1]]`.
    chain: Vec<usize>,
    ranks: Vec<u32>,
    /// The climbs of place `p` are `climbs[first[p]..first[p + 1]]`; mostly one.
    first: Vec<u32>,
    climbs: Vec<Climb>,
    /// Along the chain of each climb: the cost to climb to the junction, and down from there.
    up: Vec<i64>,
    down: Vec<i64>,
}

/// One chain of junctions above a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Climb {
    chain: u32,
    /// Where its costs begin.
    at: usize,
}

/// A climb as it is made: its lowest rank, and the costs along its chain.
struct Climbed {
    lowest: u32,
    up: Vec<i64>,
    down: Vec<i64>,
}

impl HubLabels {
    /// The labels of places that are left over some junctions and reached over some. Takes a climb of the
    /// tree for each place.
    pub(in crate::road) fn new(
        index: &Index,
        weights: &Weights,
        (starts, ends): (&[Doors], &[Doors]),
    ) -> Self {
        let room = || (vec![0; index.count()], Vec::new());
        let places = starts.par_iter().zip(ends);
        let climbed: Vec<Vec<Climbed>> = places
            .map_init(room, |(position, chain), (starts, ends)| {
                let lowest = lowest(index, starts, ends);
                let climb = |lowest| climb(index, weights, (starts, ends), lowest, position, chain);
                lowest.into_iter().map(climb).collect()
            })
            .collect();
        let mut labels = Self {
            chain: vec![0],
            ranks: Vec::new(),
            first: vec![0],
            climbs: Vec::new(),
            up: Vec::new(),
            down: Vec::new(),
        };
        let sum = climbed.iter().flatten().map(|climb| climb.up.len()).sum();
        labels.up.reserve_exact(sum);
        labels.down.reserve_exact(sum);
        let mut chain_of: BTreeMap<u32, u32> = BTreeMap::new();
        for place in climbed {
            for Climbed { lowest, up, down } in place {
                let chain = *chain_of.entry(lowest).or_insert_with(|| {
                    labels.ranks.extend(above(index, lowest));
                    let begin = labels.chain[labels.chain.len() - 1];
                    labels.ranks[begin..].reverse();
                    labels.chain.push(labels.ranks.len());
                    number(labels.chain.len() - 2)
                });
                labels.climbs.push(Climb { chain, at: labels.up.len() });
                labels.up.extend(up);
                labels.down.extend(down);
            }
            labels.first.push(number(labels.climbs.len()));
        }
        labels
    }

    /// Bytes the labels of places take that are left and reached over these junctions, and as many again
    /// while they are made.
    pub(in crate::road) fn bytes(index: &Index, (starts, ends): (&[Doors], &[Doors])) -> usize {
        let mut depth = vec![0_usize; index.count()];
        for rank in (0..number(index.count())).rev() {
            let parent = index.parent(rank);
            depth[rank as usize] = 1 + if parent == NONE { 0 } else { depth[parent as usize] };
        }
        let of = |(starts, ends): (&Doors, &Doors)| -> usize {
            lowest(index, starts, ends).into_iter().map(|rank| depth[rank as usize]).sum()
        };
        let costs: usize = starts.iter().zip(ends).map(of).sum();
        // Two costs, and a rank at most.
        costs.saturating_mul(2 * size_of::<i64>() + size_of::<u32>())
    }

    fn climbs(&self, place: usize) -> &[Climb] {
        &self.climbs[self.first[place] as usize..self.first[place + 1] as usize]
    }

    fn ranks(&self, climb: Climb) -> &[u32] {
        &self.ranks[self.chain[climb.chain as usize]..self.chain[climb.chain as usize + 1]]
    }

    /// The cost from one place to another.
    pub(in crate::road) fn cost(&self, from: usize, to: usize) -> Cost {
        let mut best = CLOSED;
        for &a in self.climbs(from) {
            for &b in self.climbs(to) {
                let (one, two) = (self.ranks(a), self.ranks(b));
                // From the top down chains are alike until they part for good.
                let common = if a.chain == b.chain {
                    one.len()
                } else {
                    let both = one.len().min(two.len());
                    apart(&one[..both], &two[..both])
                };
                let up = &self.up[a.at..a.at + common];
                let down = &self.down[b.at..b.at + common];
                for (up, down) in up.iter().zip(down) {
                    best = best.min(up + down);
                }
            }
        }
        cost(best)
    }

    /// For each place the `count` others that are reached from it at the least cost, nearest first, ties
    /// by number; fewer where fewer are reached.
    pub(in crate::road) fn nearest(&self, count: usize) -> Vec<Vec<u32>> {
        let places = self.first.len() - 1;
        let count = count.min(places);
        if count == 0 {
            return vec![Vec::new(); places];
        }
        let near = self.near_hubs(count + 1);
        let room = || vec![NONE; places];
        let row = |seen: &mut Vec<u32>, place: usize| {
            let mut heap = BinaryHeap::new();
            let mut hubs: Vec<(&[(i64, u32)], i64)> = Vec::new();
            for &climb in self.climbs(place) {
                let up = &self.up[climb.at..];
                for (&rank, &up) in self.ranks(climb).iter().zip(up) {
                    let Some(list) = near.get(&rank).filter(|_| up < CLOSED) else { continue };
                    heap.push(Reverse((up + list[0].0, list[0].1, hubs.len(), 0)));
                    hubs.push((list.as_slice(), up));
                }
            }
            let own = number(place);
            seen[place] = own;
            let mut row = Vec::with_capacity(count);
            while let Some(Reverse((sum, other, hub, at))) = heap.pop() {
                if !cost(sum).is_open() {
                    break;
                }
                if seen[other as usize] != own {
                    seen[other as usize] = own;
                    row.push(other);
                    if row.len() == count {
                        break;
                    }
                }
                let (list, up) = hubs[hub];
                if let Some(&(down, other)) = list.get(at + 1) {
                    heap.push(Reverse((up + down, other, hub, at + 1)));
                }
            }
            row
        };
        (0..places).into_par_iter().map_init(room, row).collect()
    }

    /// Bytes [`HubLabels::nearest`] takes at its peak, at most: the lists of the junctions above places, each
    /// shortened when it holds twice as many as are asked for, with as much room again for growing and
    /// for four at first, their places in the map, and the answer.
    pub(in crate::road) fn nearest_bytes(&self, count: usize) -> usize {
        const ITEM: usize = size_of::<(i64, u32)>();
        let places = self.first.len() - 1;
        let count = count.min(places);
        let lists = self.ranks.len().min(self.up.len());
        let listed = self.ranks.len().saturating_mul(2 * (count + 1)).min(self.up.len());
        let entry = 2 * (size_of::<u32>() + size_of::<Vec<(i64, u32)>>());
        2 * listed * ITEM + lists * (4 * ITEM + entry) + places * count * size_of::<u32>()
    }

    /// Per junction above places: the `count` places that are nearest down from it, nearest first.
    pub(super) fn near_hubs(&self, count: usize) -> BTreeMap<u32, Vec<(i64, u32)>> {
        let mut near: BTreeMap<u32, Vec<(i64, u32)>> = BTreeMap::new();
        let shorten = |list: &mut Vec<(i64, u32)>| {
            list.sort_unstable();
            list.truncate(count);
        };
        let mut hubs: Vec<(u32, i64)> = Vec::new();
        for place in 0..self.first.len() - 1 {
            hubs.clear();
            for &climb in self.climbs(place) {
                let down = &self.down[climb.at..];
                hubs.extend(self.ranks(climb).iter().copied().zip(down.iter().copied()));
            }
            // Chains of one place meet further up: each junction counts once, with the less.
            if self.climbs(place).len() > 1 {
                hubs.sort_unstable();
                hubs.dedup_by_key(|hub| hub.0);
            }
            for &(rank, down) in hubs.iter().filter(|hub| hub.1 < CLOSED) {
                let list = near.entry(rank).or_default();
                list.push((down, number(place)));
                if list.len() >= 2 * count {
                    shorten(list);
                }
            }
        }
        near.values_mut().for_each(shorten);
        near
    }
}

/// How many entries are alike before two lists of the same length part.
fn apart(one: &[u32], two: &[u32]) -> usize {
    let (mut alike, mut end) = (0, one.len());
    while alike < end {
        let middle = alike + (end - alike) / 2;
        if one[middle] == two[middle] { alike = middle + 1 } else { end = middle }
    }
    alike
}

/// A rank and those above it, from the lowest up.
fn above(index: &Index, lowest: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(lowest), |&rank| {
        Some(index.parent(rank)).filter(|&parent| parent != NONE)
    })
}

/// The lowest ranks of chains that have all junctions of a place on them.
fn lowest(index: &Index, starts: &Doors, ends: &Doors) -> Vec<u32> {
    let mut left: Vec<u32> =
        starts.iter().chain(ends).map(|&(node, _)| index.rank[node as usize]).collect();
    left.sort_unstable();
    left.dedup();
    let mut found = Vec::new();
    while let Some(&lowest) = left.first() {
        found.push(lowest);
        for rank in above(index, lowest) {
            left.retain(|&other| other != rank);
            if left.is_empty() {
                break;
            }
        }
    }
    found
}

/// The costs along the chain above a rank. `position` is room for a number a junction, `chain` for one
/// chain.
fn climb(
    index: &Index,
    weights: &Weights,
    (starts, ends): (&Doors, &Doors),
    lowest: u32,
    position: &mut [u32],
    chain: &mut Vec<u32>,
) -> Climbed {
    chain.clear();
    chain.extend(above(index, lowest));
    chain.reverse();
    for (at, &rank) in (0..).zip(chain.iter()) {
        position[rank as usize] = at;
    }
    let begin = |doors: &Doors| {
        let mut costs = vec![CLOSED; chain.len()];
        for &(node, cost) in doors {
            // What was noted of other chains is not on this one.
            let rank = index.rank[node as usize];
            let at = position[rank as usize] as usize;
            if chain.get(at) == Some(&rank) {
                costs[at] = costs[at].min(raw(cost));
            }
        }
        costs
    };
    let (mut up, mut down) = (begin(starts), begin(ends));
    for at in (0..chain.len()).rev() {
        let (to, from) = (up[at], down[at]);
        if to.min(from) >= CLOSED {
            continue;
        }
        for arc in index.ups(chain[at]) {
            let above = position[index.up_head[arc] as usize] as usize;
            up[above] = up[above].min(to + weights.up[arc]);
            down[above] = down[above].min(from + weights.down[arc]);
        }
    }
    for cost in up.iter_mut().chain(&mut down) {
        *cost = (*cost).min(CLOSED);
    }
    Climbed { lowest, up, down }
}
