//! The map's part of the hierarchy: the order of the junctions, and the arcs that taking them out one
//! by one leaves between those that are left. It holds for every vehicle and day.

use std::ops::Range;
use std::sync::OnceLock;

use super::NONE;
use super::below::Below;
use super::flow::number;
use super::order::order;
use crate::road::graph::RoadGraph;

/// Junctions by rank, and the arcs between them, from the lower to the higher.
#[derive(Debug)]
pub(in crate::road) struct Index {
    /// Per junction: its rank.
    pub(super) rank: Vec<u32>,
    // Invariant: arcs up from rank `r` are `first_up[r]..first_up[r + 1]`, their heads ascending; the
    // first is the parent in the elimination tree; all heads of `r` are joined with each other.
    pub(super) first_up: Vec<u32>,
    pub(super) up_head: Vec<u32>,
    /// Per arc of the map: twice its arc here, one more when it leads down; or [`NONE`] for a loop.
    pub(super) place_of: Vec<u32>,
    /// Made when weights are made, a way is drawn or a cost is changed.
    below: OnceLock<Below>,
}

impl Index {
    /// Bytes it takes, with the rows from above that weights are made by.
    pub(in crate::road) fn bytes(&self) -> usize {
        let numbers = self.rank.len() + self.first_up.len() + self.up_head.len();
        // From above: two numbers for each rank and four for each arc at most, one for each of the map's.
        let below = 2 * self.first_up.len() + 4 * self.up_head.len() + self.place_of.len();
        (numbers + self.place_of.len() + below).saturating_mul(size_of::<u32>())
    }

    /// How many arcs lead up.
    pub(in crate::road) fn arc_count(&self) -> usize {
        self.up_head.len()
    }

    /// The hierarchy of a map.
    pub(in crate::road) fn new(graph: &RoadGraph) -> Self {
        let (count, arcs) = (graph.points.len(), arcs(graph));
        let middle = graph.points.get(count / 2).map_or(0.0, |point| point.lat);
        let narrow = middle.to_radians().cos();
        let at = |node: u32| {
            let point = graph.points[node as usize];
            [point.lon * narrow, point.lat]
        };
        Self::of(count, &arcs, &at)
    }

    /// The hierarchy of junctions with these arcs, given as tail and head.
    pub(super) fn of(
        count: usize,
        arcs: &[(u32, u32)],
        at: &(impl Fn(u32) -> [f64; 2] + Sync),
    ) -> Self {
        let order = order(count, arcs.to_vec(), at);
        let mut rank = vec![NONE; count];
        for (place, &node) in (0..).zip(&order) {
            rank[node as usize] = place;
        }
        Self::ranked(count, arcs, rank)
    }

    /// The hierarchy of a map whose junctions were ordered before; nothing when these are no ranks of
    /// its junctions. The rest follows from the ranks, so any order will do and none can break it.
    pub(in crate::road) fn of_ranks(graph: &RoadGraph, rank: Vec<u32>) -> Option<Self> {
        let count = graph.points.len();
        let mut is_there = vec![false; count];
        for &rank in &rank {
            let seen = is_there.get_mut(rank as usize)?;
            if std::mem::replace(seen, true) {
                return None;
            }
        }
        (rank.len() == count).then(|| Self::ranked(count, &arcs(graph), rank))
    }

    /// Per junction: its rank.
    pub(in crate::road) fn ranks(&self) -> &[u32] {
        &self.rank
    }

    fn ranked(count: usize, arcs: &[(u32, u32)], rank: Vec<u32>) -> Self {
        let mut rank = rank;
        let (mut first_up, mut up_head) = take_out(count, arcs, &rank);
        together(&mut rank, &mut first_up, &mut up_head);
        let mut index =
            Self { rank, first_up, up_head, place_of: Vec::new(), below: OnceLock::new() };
        index.place_of = arcs.iter().map(|&(tail, head)| index.place(tail, head)).collect();
        index
    }

    fn place(&self, tail: u32, head: u32) -> u32 {
        let (tail, head) = (self.rank[tail as usize], self.rank[head as usize]);
        match tail.cmp(&head) {
            std::cmp::Ordering::Equal => NONE,
            std::cmp::Ordering::Less => 2 * self.arc(tail, head),
            std::cmp::Ordering::Greater => 2 * self.arc(head, tail) + 1,
        }
    }

    /// The arc between two ranks that are joined.
    fn arc(&self, low: u32, high: u32) -> u32 {
        let ups = self.ups(low);
        let at = self.up_head[ups.clone()].partition_point(|&head| head < high);
        number(ups.start + at)
    }

    /// The arcs up from a rank.
    #[inline]
    pub(super) fn ups(&self, rank: u32) -> Range<usize> {
        self.first_up[rank as usize] as usize..self.first_up[rank as usize + 1] as usize
    }

    /// The next rank above: all others above it are above that one too.
    #[inline]
    pub(super) fn parent(&self, rank: u32) -> u32 {
        let ups = self.ups(rank);
        if ups.is_empty() { NONE } else { self.up_head[ups.start] }
    }

    /// The ranks from which a sweep reaches one of the junctions `goals`, and theirs, the highest first.
    pub(super) fn above(&self, goals: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut is_above = vec![false; self.count()];
        for goal in goals {
            let mut rank = self.rank[goal as usize];
            while rank != NONE && !std::mem::replace(&mut is_above[rank as usize], true) {
                rank = self.parent(rank);
            }
        }
        (0..number(self.count())).rev().filter(|&rank| is_above[rank as usize]).collect()
    }

    /// The arc between the upper ends of two arcs up from one rank.
    pub(super) fn between(&self, one: usize, two: usize) -> usize {
        let (one, two) = (self.up_head[one], self.up_head[two]);
        self.arc(one.min(two), one.max(two)) as usize
    }

    /// The rank an arc leads up from.
    pub(super) fn low_of(&self, arc: usize) -> u32 {
        number(self.first_up.partition_point(|&first| first as usize <= arc) - 1)
    }

    /// The same arcs from above.
    pub(in crate::road) fn below(&self) -> &Below {
        self.below.get_or_init(|| Below::new(self))
    }

    /// How many junctions it orders.
    pub(super) fn count(&self) -> usize {
        self.rank.len()
    }
}

/// Numbers ranks anew so that whoever is below a rank comes right before it (the elimination tree in
/// postorder; Liu 1990, doi 10.1137/0611010): the arcs are the same, and what is used together lies
/// together. Ranks in that order stay as they are.
fn together(rank: &mut [u32], first: &mut Vec<u32>, heads: &mut Vec<u32>) {
    let count = rank.len();
    let row = |rank: usize| first[rank] as usize..first[rank + 1] as usize;
    let parent = |rank: usize| heads[row(rank)].first().map(|&parent| parent as usize);
    let mut size = vec![1_u32; count];
    for low in 0..count {
        if let Some(parent) = parent(low) {
            size[parent] += size[low];
        }
    }
    // Where the places for those below end that have none yet; first all places of a tree.
    let mut end = vec![0; count];
    let mut free = number(count);
    let mut new = vec![0; count];
    for old in (0..count).rev() {
        let ends = match parent(old) {
            Some(parent) => &mut end[parent],
            None => &mut free,
        };
        new[old] = *ends - 1;
        *ends -= size[old];
        end[old] = new[old];
    }
    let mut old_of = vec![0; count];
    for (old, &new) in (0..count).zip(&new) {
        old_of[new as usize] = old;
    }
    let (mut first_new, mut heads_new) = (vec![0], Vec::with_capacity(heads.len()));
    for old in old_of {
        heads_new.extend(heads[row(old)].iter().map(|&head| new[head as usize]));
        first_new.push(number(heads_new.len()));
    }
    (*first, *heads) = (first_new, heads_new);
    for rank in rank {
        *rank = new[*rank as usize];
    }
}

/// All arcs of a map, as tail and head.
fn arcs(graph: &RoadGraph) -> Vec<(u32, u32)> {
    let mut arcs = Vec::with_capacity(graph.head.len());
    for node in 0..number(graph.points.len()) {
        arcs.extend(graph.out(node).map(|arc| (node, graph.head[arc as usize])));
    }
    arcs
}

/// The arcs there are when junctions are taken out by rank: whoever was joined with one of them is
/// joined with its other higher neighbours from then on.
fn take_out(count: usize, arcs: &[(u32, u32)], rank: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut above: Vec<Vec<u32>> = vec![Vec::new(); count];
    for &(tail, head) in arcs {
        let (a, b) = (rank[tail as usize], rank[head as usize]);
        if a != b {
            above[a.min(b) as usize].push(a.max(b));
        }
    }
    let mut first = Vec::with_capacity(count + 1);
    let mut heads = Vec::new();
    first.push(0);
    for low in 0..count {
        let mut own = std::mem::take(&mut above[low]);
        own.sort_unstable();
        own.dedup();
        if let Some((&parent, others)) = own.split_first() {
            above[parent as usize].extend_from_slice(others);
        }
        heads.extend_from_slice(&own);
        first.push(number(heads.len()));
    }
    (first, heads)
}
