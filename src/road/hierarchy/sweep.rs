//! Costs from many origins to many junctions: the junctions above the goals are numbered from the top
//! down once, then eight origins at a time climb and are swept down together (RPHAST; Delling,
//! Goldberg and Werneck 2011, doi 10.4230/OASIcs.ATMOS.2011.52, on the elimination tree). No heap, no
//! branch in the sweep; eight lanes of one junction fill one cache line.

use super::index::Index;
use super::weights::{CLOSED, Weights, cost, raw};
use super::{NONE, flow::number};
use crate::road::cost::Cost;

/// How many origins are swept together.
pub(in crate::road) const LANES: usize = 8;

/// Costs of one junction, one for each origin.
type Lane = [i64; LANES];

/// A sweep towards some goals.
#[derive(Debug)]
pub(in crate::road) struct Sweep<'a> {
    index: &'a Index,
    weights: &'a Weights,
    /// Per rank: its number from the top down among those above goals, or [`NONE`].
    local: Vec<u32>,
    /// Arcs that lead down to the junction with number `n` are `first[n]..first[n + 1]`.
    first: Vec<u32>,
    /// Number of the junction above, and the cost from there.
    arcs: Vec<(u32, i64)>,
}

/// Buffers of a sweep, to be used again.
#[derive(Debug)]
pub(in crate::road) struct Labels {
    lanes: Vec<Lane>,
    /// Per rank: the cost from one origin while it climbs.
    climb: Vec<i64>,
    climbed: Vec<u32>,
}

impl<'a> Sweep<'a> {
    /// A sweep towards the junctions `goals`.
    pub(in crate::road) fn new(
        index: &'a Index,
        weights: &'a Weights,
        goals: impl Iterator<Item = u32>,
    ) -> Self {
        let mut local = vec![NONE; index.count()];
        let (mut first, mut arcs) = (vec![0], Vec::new());
        for rank in index.above(goals) {
            local[rank as usize] = number(first.len() - 1);
            for arc in index.ups(rank) {
                if weights.down[arc] < CLOSED {
                    arcs.push((local[index.up_head[arc] as usize], weights.down[arc]));
                }
            }
            first.push(number(arcs.len()));
        }
        Self { index, weights, local, first, arcs }
    }

    /// Buffers for it.
    pub(in crate::road) fn labels(&self) -> Labels {
        Labels {
            lanes: vec![[CLOSED; LANES]; self.first.len() - 1],
            climb: vec![CLOSED; self.index.count()],
            climbed: Vec::new(),
        }
    }

    /// The number of a goal.
    pub(in crate::road) fn goal(&self, node: u32) -> u32 {
        self.local[self.index.rank[node as usize] as usize]
    }

    /// Finds the costs from up to [`LANES`] origins, each given by the junctions it is left over.
    pub(in crate::road) fn run(&self, origins: &[Vec<(u32, Cost)>], labels: &mut Labels) {
        labels.lanes.fill([CLOSED; LANES]);
        for (lane, starts) in origins.iter().enumerate() {
            self.climb(lane, starts, labels);
        }
        let down = Down { first: &self.first, arcs: &self.arcs, lanes: &mut labels.lanes };
        pulp::Arch::new().dispatch(down);
    }

    /// Costs from one origin to all junctions above where it is left.
    fn climb(&self, lane: usize, starts: &[(u32, Cost)], labels: &mut Labels) {
        let Labels { lanes, climb, climbed } = labels;
        let mut heads: Vec<u32> = Vec::with_capacity(starts.len());
        for &(node, cost) in starts {
            let rank = self.index.rank[node as usize];
            climb[rank as usize] = climb[rank as usize].min(raw(cost));
            heads.push(rank);
        }
        loop {
            let rank = heads.iter().copied().min().unwrap_or(NONE);
            if rank == NONE {
                break;
            }
            climbed.push(rank);
            let here = climb[rank as usize];
            for arc in self.index.ups(rank) {
                let above = &mut climb[self.index.up_head[arc] as usize];
                *above = (*above).min(here + self.weights.up[arc]);
            }
            for head in &mut heads {
                if *head == rank {
                    *head = self.index.parent(rank);
                }
            }
        }
        for &rank in climbed.iter() {
            let local = self.local[rank as usize];
            let found = std::mem::replace(&mut climb[rank as usize], CLOSED);
            if local != NONE {
                lanes[local as usize][lane] = found;
            }
        }
        climbed.clear();
    }
}

impl Labels {
    /// Bytes they take at most, on a map of so many junctions.
    pub(in crate::road) fn bytes(junctions: usize) -> usize {
        junctions.saturating_mul(size_of::<Lane>() + size_of::<i64>() + size_of::<u32>())
    }

    /// The least cost from each origin over any of some goals, given by their numbers and what it
    /// costs to go on from there.
    #[inline]
    pub(in crate::road) fn least(&self, goals: &[(u32, Cost)]) -> [Cost; LANES] {
        let mut best = [CLOSED; LANES];
        for &(goal, more) in goals {
            let (found, more) = (&self.lanes[goal as usize], raw(more));
            for lane in 0..LANES {
                best[lane] = best[lane].min(found[lane] + more);
            }
        }
        best.map(cost)
    }

    /// The cost from the origin of a lane to a goal, by its number.
    #[inline]
    pub(in crate::road) fn cost(&self, goal: u32, lane: usize) -> Cost {
        cost(self.lanes[goal as usize][lane])
    }
}

/// The way down, as work that is compiled anew for the vectors of the machine.
struct Down<'s> {
    first: &'s [u32],
    arcs: &'s [(u32, i64)],
    lanes: &'s mut [Lane],
}

impl pulp::NullaryFnOnce for Down<'_> {
    type Output = ();

    /// Lowers every junction's costs to those over the junctions above it, from the top down.
    #[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
    #[inline(always)]
    fn call(self) {
        let Self { first, arcs, lanes } = self;
        for (number, bounds) in first.windows(2).enumerate() {
            let (above, below) = lanes.split_at_mut(number);
            let Some(own) = below.first_mut() else { return };
            let mut best = *own;
            for &(from, cost) in &arcs[bounds[0] as usize..bounds[1] as usize] {
                let from = &above[from as usize];
                for lane in 0..LANES {
                    best[lane] = best[lane].min(from[lane] + cost);
                }
            }
            *own = best;
        }
    }
}
