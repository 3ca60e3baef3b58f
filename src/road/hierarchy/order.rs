//! In which order junctions are taken out of the map: dead ends first, then what lies between two
//! forks, then piece by piece, the junctions that part two pieces after both (nested dissection;
//! George 1973, doi 10.1137/0710032). Most junctions of a rural map are dead ends or lie on the way
//! between two forks, so the costly part sees a third of them.

use super::NONE;
use super::flow::{Piece, number};

/// Pieces of so many junctions or fewer are taken as they are.
const FEW: usize = 6;
/// Pieces with more junctions are parted side by side.
const MANY: usize = 2_000;

/// Neighbours of each junction, each once, sorted; no loops.
struct Near {
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Near {
    fn new(count: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        let there = pairs.len();
        pairs.reserve(there);
        for i in 0..there {
            pairs.push((pairs[i].1, pairs[i].0));
        }
        pairs.retain(|&(a, b)| a != b);
        pairs.sort_unstable();
        pairs.dedup();
        let mut first = vec![0; count + 1];
        for &(a, _) in &pairs {
            first[a as usize + 1] += 1;
        }
        for i in 0..count {
            first[i + 1] += first[i];
        }
        Self { first, next: pairs.into_iter().map(|(_, b)| b).collect() }
    }

    fn of(&self, node: u32) -> &[u32] {
        &self.next[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
}

/// The junctions in the order they are taken out. `arcs` are those of the map, in any direction; `at`
/// says where a junction is, on a plane.
pub(super) fn order(
    count: usize,
    arcs: Vec<(u32, u32)>,
    at: &(impl Fn(u32) -> [f64; 2] + Sync),
) -> Vec<u32> {
    let near = Near::new(count, arcs);
    let mut taken = vec![false; count];
    let mut order = Vec::with_capacity(count);
    let degree = peel(&near, &mut taken, &mut order);
    let forks = chains(&near, &degree, &mut taken, &mut order);
    let left: Vec<u32> = (0..number(count)).filter(|&node| !taken[node as usize]).collect();
    let mut local = vec![NONE; count];
    for (new, &old) in (0..).zip(&left) {
        local[old as usize] = new;
    }
    let mut pairs: Vec<(u32, u32)> = forks;
    for &node in &left {
        pairs.extend(near.of(node).iter().map(|&other| (node, other)));
    }
    let is_left = |&(a, b): &(u32, u32)| local[a as usize] != NONE && local[b as usize] != NONE;
    let pairs = pairs.into_iter().filter(is_left);
    let pairs = pairs.map(|(a, b)| (local[a as usize], local[b as usize])).collect();
    let Near { first, next } = Near::new(left.len(), pairs);
    order.extend(dissect(&Piece { nodes: left, first, next }, at));
    order
}

/// Takes dead ends out until there are none; says how many neighbours each junction has left.
fn peel(near: &Near, taken: &mut [bool], order: &mut Vec<u32>) -> Vec<u32> {
    let nodes = 0..number(taken.len());
    let mut degree: Vec<u32> = nodes.clone().map(|node| number(near.of(node).len())).collect();
    let mut queue: Vec<u32> = nodes.filter(|&node| degree[node as usize] <= 1).collect();
    let mut done = 0;
    while let Some(&node) = queue.get(done) {
        done += 1;
        taken[node as usize] = true;
        order.push(node);
        for &other in near.of(node) {
            if !taken[other as usize] {
                degree[other as usize] -= 1;
                if degree[other as usize] == 1 {
                    queue.push(other);
                }
            }
        }
    }
    degree
}

/// Takes out what lies between two forks, the middle last; says which forks are joined thereby. Of a
/// circle without a fork one junction stays.
fn chains(
    near: &Near,
    degree: &[u32],
    taken: &mut [bool],
    order: &mut Vec<u32>,
) -> Vec<(u32, u32)> {
    let mut joined = Vec::new();
    let is_on_way = |taken: &[bool], node: u32| !taken[node as usize] && degree[node as usize] == 2;
    let all = 0..number(degree.len());
    let forks = all.clone().filter(|&node| degree[node as usize] > 2);
    // Forks first; junctions that are still there then are on circles.
    for fork in forks.chain(all) {
        if taken[fork as usize] {
            continue;
        }
        for &begin in near.of(fork) {
            let (mut before, mut at) = (fork, begin);
            let mut way = Vec::new();
            while at != fork && is_on_way(taken, at) {
                way.push(at);
                let open = |&&next: &&u32| next != before && !taken[next as usize];
                let Some(&next) = near.of(at).iter().find(open) else { break };
                (before, at) = (at, next);
            }
            for &node in &way {
                taken[node as usize] = true;
            }
            if !way.is_empty() {
                joined.push((fork, at));
                middle_last(&way, order);
            }
        }
    }
    joined
}

/// The junctions of a way, halves before middles.
fn middle_last(way: &[u32], order: &mut Vec<u32>) {
    let middle = way.len() / 2;
    if let Some(&node) = way.get(middle) {
        middle_last(&way[..middle], order);
        middle_last(&way[middle + 1..], order);
        order.push(node);
    }
}

fn dissect(piece: &Piece, at: &(impl Fn(u32) -> [f64; 2] + Sync)) -> Vec<u32> {
    if piece.nodes.len() <= FEW {
        let mut all: Vec<usize> = (0..piece.nodes.len()).collect();
        all.sort_by_key(|&node| piece.first[node + 1] - piece.first[node]);
        return all.into_iter().map(|node| piece.nodes[node]).collect();
    }
    let [parting, one, two] = piece.part(at);
    let half = |some: &[u32]| dissect(&piece.of(some), at);
    let (mut order, second) = if piece.nodes.len() > MANY {
        rayon::join(|| half(&one), || half(&two))
    } else {
        (half(&one), half(&two))
    };
    order.extend(second);
    order.extend(parting.into_iter().map(|node| piece.nodes[node as usize]));
    order
}
