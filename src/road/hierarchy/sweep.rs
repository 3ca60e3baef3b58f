//! Costs from many origins to many junctions: the junctions above both are numbered from the top down
//! once, then sixteen origins at a time climb together and are swept down together (RPHAST; Delling,
//! Goldberg and Werneck 2011, doi 10.4230/OASIcs.ATMOS.2011.52, on the elimination tree). No heap, no
//! branch for each arc; the lanes of one junction fill two cache lines, and each arc is read once for all. Origins near each other have
//! nearly the same junctions above them, so they should climb together: see [`Sweep::number`].

use super::index::Index;
use super::undercut::Undercut;
use super::weights::{CLOSED, Weights, cost, raw};
use super::{NONE, flow::number};
use crate::road::cost::Cost;

/// How many origins are swept together.
pub(in crate::road) const LANES: usize = 16;

/// Costs of one junction, one for each origin.
type Lane = [i64; LANES];

/// A sweep between some places.
#[derive(Debug)]
pub(in crate::road) struct Sweep<'a> {
    index: &'a Index,
    /// Per rank: its number from the top down among those above places, or [`NONE`].
    local: Vec<u32>,
    /// Per number: that of the next junction above, or [`NONE`].
    parent: Vec<u32>,
    down: Rows,
    up: Rows,
}

/// Arcs of the junctions above places, to junctions above them.
#[derive(Debug)]
struct Rows {
    /// Arcs of the junction with number `n` are `arcs[first[n]..first[n + 1]]`.
    first: Vec<u32>,
    /// Number of the junction above, and the cost from there or to there.
    arcs: Vec<(u32, i64)>,
}

/// Buffers of a sweep, to be used again.
#[derive(Debug)]
pub(in crate::road) struct Labels {
    lanes: Vec<Lane>,
    /// Per number: whether the climb at hand comes by.
    is_climbed: Vec<bool>,
    climbed: Vec<u32>,
}

impl Rows {
    fn new() -> Self {
        Self { first: vec![0], arcs: Vec::new() }
    }

    /// Adds the arcs of a rank that lead anywhere.
    fn push(&mut self, arcs: impl Iterator<Item = (u32, i64)>) {
        self.arcs.extend(arcs.filter(|&(_, cost)| cost < CLOSED));
        self.first.push(number(self.arcs.len()));
    }
}

impl<'a> Sweep<'a> {
    /// A sweep between junctions: `places` are all that it begins at or leads to. It will run from about
    /// so many `origins`: from many it pays to leave arcs out first; the costs are the same.
    pub(in crate::road) fn new(
        index: &'a Index,
        weights: &Weights,
        places: impl Iterator<Item = u32>,
        origins: usize,
    ) -> Self {
        let mut local = vec![NONE; index.count()];
        let ranks = index.above(places);
        for (number, &rank) in (0..).zip(&ranks) {
            local[rank as usize] = number;
        }
        let least = is_worth_leaving_out(index, &ranks, origins).then(|| {
            let undercut = Undercut { index, weights, ranks: &ranks, local: &local };
            pulp::Arch::new().dispatch(undercut)
        });
        let (mut parent, mut down, mut up) = (Vec::new(), Rows::new(), Rows::new());
        for (row, &rank) in ranks.iter().enumerate() {
            let worth = |(at, arc): (usize, usize)| {
                let own = (weights.up[arc], weights.down[arc]);
                least.as_ref().map_or(own, |least| least.worth(row, at, own))
            };
            let above = |arc: usize| local[index.up_head[arc] as usize];
            let arcs = || index.ups(rank).enumerate().map(|one| (above(one.1), worth(one)));
            down.push(arcs().map(|(above, (_, cost))| (above, cost)));
            up.push(arcs().map(|(above, (cost, _))| (above, cost)));
            parent.push(arcs().next().map_or(NONE, |(above, _)| above));
        }
        Self { index, local, parent, down, up }
    }

    /// Buffers for it.
    pub(in crate::road) fn labels(&self) -> Labels {
        let count = self.parent.len();
        let lanes = vec![[CLOSED; LANES]; count];
        Labels { lanes, is_climbed: vec![false; count], climbed: Vec::new() }
    }

    /// The number of a place. Places with close numbers mostly lie close to each other.
    pub(in crate::road) fn number(&self, node: u32) -> u32 {
        self.local[self.index.rank[node as usize] as usize]
    }

    /// Finds the costs from up to [`LANES`] origins, each given by the places it is left over.
    pub(in crate::road) fn run(&self, origins: &[impl AsRef<[(u32, Cost)]>], labels: &mut Labels) {
        let Labels { lanes, is_climbed, climbed } = labels;
        lanes.fill([CLOSED; LANES]);
        let starts = (0_usize..).zip(origins);
        let starts = starts.flat_map(|(lane, of)| of.as_ref().iter().map(move |s| (lane, s)));
        for (lane, &(node, cost)) in starts {
            let mut at = self.number(node);
            let least: &mut i64 = &mut lanes[at as usize][lane];
            *least = (*least).min(raw(cost));
            while at != NONE && !std::mem::replace(&mut is_climbed[at as usize], true) {
                climbed.push(at);
                at = self.parent[at as usize];
            }
        }
        // The lowest first.
        climbed.sort_unstable_by(|one, two| two.cmp(one));
        for &at in climbed.iter() {
            is_climbed[at as usize] = false;
        }
        pulp::Arch::new().dispatch(Climb { climbed, rows: &self.up, lanes });
        climbed.clear();
        pulp::Arch::new().dispatch(Down { rows: &self.down, lanes });
    }
}

/// True when sweeps from so many origins save more time on the arcs that can be left out than finding
/// them takes: some half of the arcs, at a third of what a triangle costs each time.
fn is_worth_leaving_out(index: &Index, ranks: &[u32], origins: usize) -> bool {
    let (mut arcs, mut triangles) = (0_usize, 0_usize);
    for &rank in ranks {
        let own = index.ups(rank).len();
        arcs += own;
        triangles += own * own.saturating_sub(1) / 2;
    }
    origins.div_ceil(LANES).saturating_mul(arcs) > triangles.saturating_mul(3)
}

impl Labels {
    /// Bytes they take at most, on a map of so many junctions.
    pub(in crate::road) fn bytes(junctions: usize) -> usize {
        junctions.saturating_mul(size_of::<Lane>() + size_of::<bool>() + size_of::<u32>())
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

/// The way up from all origins at once, as work that is compiled anew for the vectors of the machine.
struct Climb<'s> {
    climbed: &'s [u32],
    rows: &'s Rows,
    lanes: &'s mut [Lane],
}

impl pulp::NullaryFnOnce for Climb<'_> {
    type Output = ();

    /// Lowers the costs of the junctions above to those over every junction climbed, from the lowest.
    #[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
    #[inline(always)]
    fn call(self) {
        let Self { climbed, rows, lanes } = self;
        for &at in climbed {
            let at = at as usize;
            let (above, below) = lanes.split_at_mut(at);
            let Some(own) = below.first() else { return };
            for &(to, cost) in &rows.arcs[rows.first[at] as usize..rows.first[at + 1] as usize] {
                let least = &mut above[to as usize];
                for lane in 0..LANES {
                    // The bound changes nothing; without it stores become masked, which is slow on
                    // some machines.
                    least[lane] = least[lane].min(own[lane] + cost).min(CLOSED);
                }
            }
        }
    }
}

/// The way down, likewise.
struct Down<'s> {
    rows: &'s Rows,
    lanes: &'s mut [Lane],
}

impl pulp::NullaryFnOnce for Down<'_> {
    type Output = ();

    /// Lowers every junction's costs to those over the junctions above it, from the top down.
    #[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
    #[inline(always)]
    fn call(self) {
        let Self { rows, lanes } = self;
        for (number, bounds) in rows.first.windows(2).enumerate() {
            let (above, below) = lanes.split_at_mut(number);
            let Some(own) = below.first_mut() else { return };
            let mut best = *own;
            for &(from, cost) in &rows.arcs[bounds[0] as usize..bounds[1] as usize] {
                let from = &above[from as usize];
                for lane in 0..LANES {
                    best[lane] = best[lane].min(from[lane] + cost);
                }
            }
            *own = best;
        }
    }
}
