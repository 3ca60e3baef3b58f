//! The best way between two places: both climb the elimination tree, and where they meet most
//! cheaply is on the way (Dibbelt, Strasser and Wagner 2016, doi 10.1145/2886843, section 7). Its arcs
//! are then taken apart into those of the map. Costs about the junctions above the two places.

use super::NONE;
use super::index::Index;
use super::weights::{CLOSED, Weights, cost, raw};
use crate::road::cost::Cost;

/// A way found: what it costs, and the arcs of the map it takes, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::road) struct Way {
    pub(in crate::road) cost: Cost,
    /// Which of the starts it leaves from.
    pub(in crate::road) start: usize,
    /// Which of the ends it arrives at.
    pub(in crate::road) end: usize,
    pub(in crate::road) arcs: Vec<u32>,
}

/// One side of a search: costs of the ranks climbed, and how each was reached.
struct Climb {
    cost: Vec<i64>,
    /// Per rank: the arc up to it, or `u32::MAX` where the climb began.
    arc: Vec<u32>,
    /// Per rank: the rank below, or the number of the start.
    from: Vec<u32>,
    climbed: Vec<u32>,
}

impl Climb {
    /// From some junctions, with these costs for each arc up.
    fn new(index: &Index, begins: &[(u32, Cost)], up: &[i64]) -> Self {
        let count = index.count();
        let mut climb = Self {
            cost: vec![CLOSED; count],
            arc: vec![NONE; count],
            from: vec![NONE; count],
            climbed: Vec::new(),
        };
        let mut heads = Vec::with_capacity(begins.len());
        for (number, &(node, cost)) in (0..).zip(begins) {
            let rank = index.rank[node as usize];
            if raw(cost) < climb.cost[rank as usize] {
                climb.cost[rank as usize] = raw(cost);
                climb.from[rank as usize] = number;
            }
            heads.push(rank);
        }
        while let Some(&rank) = heads.iter().filter(|&&rank| rank != NONE).min() {
            climb.climbed.push(rank);
            let here = climb.cost[rank as usize];
            for arc in index.ups(rank) {
                let (above, cost) = (index.up_head[arc] as usize, here + up[arc]);
                if cost < climb.cost[above] {
                    climb.cost[above] = cost;
                    climb.arc[above] = super::flow::number(arc);
                    climb.from[above] = rank;
                }
            }
            for head in &mut heads {
                if *head == rank {
                    *head = index.parent(rank);
                }
            }
        }
        climb
    }

    /// The arcs that led to a rank, last first, with the ranks they came from; and where it began.
    fn back(&self, mut rank: u32) -> (Vec<(u32, u32)>, usize) {
        let mut arcs = Vec::new();
        while self.arc[rank as usize] != NONE {
            let (arc, from) = (self.arc[rank as usize], self.from[rank as usize]);
            arcs.push((arc, from));
            rank = from;
        }
        (arcs, self.from[rank as usize] as usize)
    }
}

/// The best way from any of `starts` to any of `ends`, each a junction and what it costs to leave or
/// reach it; nothing when there is none within a month. `weights` are whole, not lean; `costs` are
/// those of the map's arcs they were made of.
pub(in crate::road) fn way(
    index: &Index,
    weights: &Weights,
    costs: &[Cost],
    starts: &[(u32, Cost)],
    ends: &[(u32, Cost)],
) -> Option<Way> {
    let up = Climb::new(index, starts, &weights.up);
    let down = Climb::new(index, ends, &weights.down);
    let sum = |&rank: &u32| up.cost[rank as usize] + down.cost[rank as usize];
    let top = up.climbed.iter().copied().min_by_key(|rank| (sum(rank), *rank))?;
    let least = cost(sum(&top));
    if !least.is_open() {
        return None;
    }
    let (climbed, start) = up.back(top);
    let (descended, end) = down.back(top);
    let mut open: Vec<(u32, u32, bool)> = Vec::new();
    open.extend(descended.into_iter().rev().map(|(arc, low)| (arc, low, false)));
    open.extend(climbed.into_iter().map(|(arc, low)| (arc, low, true)));
    let arcs = take_apart(index, weights, costs, open)?;
    Some(Way { cost: least, start, end, arcs })
}

/// The arcs of the map behind arcs of the hierarchy, each given with the rank it leads up from and
/// whether it is driven up; the last comes first.
fn take_apart(
    index: &Index,
    weights: &Weights,
    costs: &[Cost],
    mut open: Vec<(u32, u32, bool)>,
) -> Option<Vec<u32>> {
    let below = index.below();
    let mut arcs = Vec::new();
    // Each step replaces an arc by two from a lower rank, so this ends.
    while let Some((arc, low, is_up)) = open.pop() {
        let arc = arc as usize;
        let least = if is_up { weights.up[arc] } else { weights.down[arc] };
        let side = u32::from(!is_up);
        let own = below.map_arcs(arc).iter().find(|&&own| {
            index.place_of[own as usize] % 2 == side && raw(costs[own as usize]) == least
        });
        if let Some(&own) = own {
            arcs.push(own);
            continue;
        }
        let mut over = below.triangles(low, index.up_head[arc]);
        let (one, two) = over.find(|&(one, two)| {
            let way = if is_up {
                weights.down[one] + weights.up[two]
            } else {
                weights.down[two] + weights.up[one]
            };
            way == least
        })?;
        let under = index.low_of(one);
        let (before, after) = if is_up { (one, two) } else { (two, one) };
        open.push((super::flow::number(after), under, true));
        open.push((super::flow::number(before), under, false));
    }
    Some(arcs)
}
