//! Which arcs above some places a way over higher junctions undercuts (perfect customization; Dibbelt,
//! Strasser and Wagner 2016, doi 10.1145/2886843, section 6), from the top down: a sweep does without
//! them. What lies above an arc lies above its places too, so the rest of the map is not looked at.
//! Linear in the triangles whose lowest corner lies above a place.

use super::index::Index;
use super::weights::{CLOSED, Weights};

/// The arcs up from some ranks, in rows.
#[derive(Debug)]
pub(super) struct Undercut<'s> {
    pub(super) index: &'s Index,
    pub(super) weights: &'s Weights,
    /// The ranks above places, from the top down.
    pub(super) ranks: &'s [u32],
    /// Per rank: its place among them.
    pub(super) local: &'s [u32],
}

/// What arcs cost at least over any way, row after row.
#[derive(Debug)]
pub(super) struct Least {
    /// Where the row of each rank begins, and where the last one ends.
    first: Vec<usize>,
    up: Vec<i64>,
    down: Vec<i64>,
}

impl Least {
    /// What the arc of a row with this number in it is worth in a sweep, up and down: what it costs, or
    /// nothing where another way is cheaper.
    pub(super) fn worth(&self, row: usize, at: usize, (up, down): (i64, i64)) -> (i64, i64) {
        let at = self.first[row] + at;
        let kept = |own: i64, least: i64| if least < own { CLOSED } else { own };
        (kept(up, self.up[at]), kept(down, self.down[at]))
    }
}

impl pulp::NullaryFnOnce for Undercut<'_> {
    type Output = Least;

    #[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
    #[inline(always)]
    fn call(self) -> Least {
        let Self { index, weights, ranks, local } = self;
        let below = index.below();
        let arcs = ranks.iter().map(|&rank| index.ups(rank).len()).sum();
        let mut least =
            Least { first: vec![0], up: Vec::with_capacity(arcs), down: Vec::with_capacity(arcs) };
        for &rank in ranks {
            let row = index.ups(rank);
            let begin = least.up.len();
            least.up.extend_from_slice(&weights.up[row.clone()]);
            least.down.extend_from_slice(&weights.down[row.clone()]);
            least.first.push(least.up.len());
            let (up_above, up) = least.up.split_at_mut(begin);
            let (down_above, down) = least.down.split_at_mut(begin);
            for one in row.clone() {
                let head = index.up_head[one];
                let upper = index.ups(head);
                let first = least.first[local[head as usize] as usize];
                let own = one - row.start;
                let mut costs = [up[own], down[own]];
                let from = costs;
                // The arc from the head of this one to that of the other: the row above has all of those.
                let mut top = upper.start;
                for (arcs, heads) in below.runs(index, one + 1..row.end) {
                    let other = heads.start;
                    while (index.up_head[below.run_end(top) - 1] as usize) < other {
                        top = below.run_end(top);
                    }
                    top += other - index.up_head[top] as usize;
                    let tops = first + top - upper.start..first + top - upper.start + arcs.len();
                    let others = arcs.start - row.start..arcs.end - row.start;
                    let others = [&mut up[others.clone()], &mut down[others]];
                    let tops = [&up_above[tops.clone()], &down_above[tops]];
                    costs = over(costs, from, others, tops);
                }
                [up[own], down[own]] = costs;
            }
        }
        least
    }
}

/// Lowers some arcs up from a rank to the ways over the head of another one, which costs `from`, and says
/// what that one costs at least, over their heads.
#[expect(clippy::inline_always, reason = "else it is compiled for the oldest machine")]
#[inline(always)]
fn over(
    mut costs: [i64; 2],
    from: [i64; 2],
    [up, down]: [&mut [i64]; 2],
    tops: [&[i64]; 2],
) -> [i64; 2] {
    let count = up.len();
    let (down, tops) = (&mut down[..count], tops.map(|tops| &tops[..count]));
    for at in 0..count {
        costs[0] = costs[0].min(up[at] + tops[1][at]);
        costs[1] = costs[1].min(tops[0][at] + down[at]);
        up[at] = up[at].min(from[0] + tops[0][at]);
        down[at] = down[at].min(tops[1][at] + from[1]);
    }
    costs
}
