//! The arcs of a hierarchy seen from their upper ends, the arcs of the map behind them, and where heads
//! follow each other: what is needed to make weights, to draw a way and to change single costs.

use std::ops::Range;

use super::index::Index;
use super::{NONE, flow::number};

/// Rows over an [`Index`].
#[derive(Debug)]
pub(in crate::road) struct Below {
    /// Arcs that lead up to rank `r` are `arcs[first[r]..first[r + 1]]`: the rank below, ascending,
    /// and the arc.
    first: Vec<u32>,
    arcs: Vec<(u32, u32)>,
    /// Arcs of the map on arc `a`, in either direction, are `map_arcs[map_first[a]..map_first[a + 1]]`.
    map_first: Vec<u32>,
    map_arcs: Vec<u32>,
    /// Per arc: the arc behind the last one of its rank that heads reach from it without a gap.
    run_end: Vec<u32>,
}

impl Below {
    /// Of an index; three passes over its arcs.
    pub(super) fn new(index: &Index) -> Self {
        let lows = (0..number(index.count())).flat_map(|low| index.ups(low).map(move |_| low));
        let lows: Vec<u32> = lows.collect();
        let head = |arc: usize| index.up_head[arc];
        let (first, order) = rows(index.count(), lows.len(), head);
        let arcs = order.into_iter().map(|arc| (lows[arc as usize], arc)).collect();
        let on = |arc: usize| match index.place_of[arc] {
            NONE => NONE,
            place => place / 2,
        };
        let (map_first, map_arcs) = rows(lows.len(), index.place_of.len(), on);
        Self { first, arcs, map_first, map_arcs, run_end: run_ends(index) }
    }

    /// Arcs up from one rank, in pieces whose heads follow each other: the arcs, and their heads.
    #[inline]
    pub(super) fn runs(
        &self,
        index: &Index,
        mut arcs: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        std::iter::from_fn(move || {
            let begin = (!arcs.is_empty()).then_some(arcs.start)?;
            arcs.start = self.run_end(begin);
            let first = index.up_head[begin] as usize;
            Some((begin..arcs.start, first..first + arcs.start - begin))
        })
    }

    /// The arc behind the run an arc is in.
    #[inline]
    pub(super) fn run_end(&self, arc: usize) -> usize {
        self.run_end[arc] as usize
    }

    /// The arcs that lead up to a rank: the rank below, ascending, and the arc.
    pub(super) fn lows(&self, rank: u32) -> &[(u32, u32)] {
        let rank = rank as usize;
        &self.arcs[self.first[rank] as usize..self.first[rank + 1] as usize]
    }

    /// The arcs of the map on an arc, in either direction, ascending.
    pub(super) fn map_arcs(&self, arc: usize) -> &[u32] {
        &self.map_arcs[self.map_first[arc] as usize..self.map_first[arc + 1] as usize]
    }

    /// The triangles below two ranks that are joined: the arcs up to the one and to the other.
    pub(super) fn triangles(&self, one: u32, two: u32) -> impl Iterator<Item = (usize, usize)> {
        let mut others = self.lows(two).iter().peekable();
        self.lows(one).iter().filter_map(move |&(low, to_one)| {
            while others.next_if(|other| other.0 < low).is_some() {}
            let found = others.peek().filter(|other| other.0 == low)?;
            Some((to_one as usize, found.1 as usize))
        })
    }
}

/// Per arc: where the run it is in ends.
fn run_ends(index: &Index) -> Vec<u32> {
    let mut ends: Vec<u32> = (1..=number(index.up_head.len())).collect();
    for rank in 0..number(index.count()) {
        for arc in index.ups(rank).rev().skip(1) {
            if index.up_head[arc] + 1 == index.up_head[arc + 1] {
                ends[arc] = ends[arc + 1];
            }
        }
    }
    ends
}

/// Sorts the numbers below `items` into rows; those whose row is [`NONE`] are left out.
fn rows(count: usize, items: usize, row: impl Fn(usize) -> u32) -> (Vec<u32>, Vec<u32>) {
    let mut first = vec![0_u32; count + 1];
    for item in (0..items).filter(|&item| row(item) != NONE) {
        first[row(item) as usize + 1] += 1;
    }
    for i in 0..count {
        first[i + 1] += first[i];
    }
    let mut next = first.clone();
    let mut sorted = vec![0; first[count] as usize];
    for item in (0..items).filter(|&item| row(item) != NONE) {
        let at = &mut next[row(item) as usize];
        sorted[*at as usize] = number(item);
        *at += 1;
    }
    (first, sorted)
}
