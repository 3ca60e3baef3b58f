//! Sums that rise and fall over the cells of a table, asked between any two moments in constant time:
//! by how much one rises at the most, and the largest of some cells.
//!
//! A piece of the sum's path knows its lowest and highest point and its largest rise, from any point to
//! a later one; two pieces join (the form of the maximal-sum problem that composes, Bentley 1984,
//! Communications of the ACM 27, 865). The pieces before and behind the middle of each block are kept,
//! so that a question joins two of them (disjoint sparse table; our own arrangement).

use super::wear::{CELL_S, FULL};

/// A piece of a path: absolute heights, and the largest rise from a point to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    low: i64,
    high: i64,
    rise: i64,
}

impl Piece {
    const fn point(at: i64) -> Self {
        Self { low: at, high: at, rise: 0 }
    }

    #[inline]
    fn then(self, next: Self) -> Self {
        Self {
            low: self.low.min(next.low),
            high: self.high.max(next.high),
            rise: self.rise.max(next.rise).max(next.high.saturating_sub(self.low)),
        }
    }
}

/// A sum over cells, straight within each, that grows by [`FULL`] a second before and behind them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Rises {
    /// For each second of each cell.
    rate: Vec<i64>,
    /// Up to each cell's begin; one more than there are cells.
    sum: Vec<i64>,
    /// Empty where the sum never falls.
    blocks: Vec<Vec<Piece>>,
}

impl Rises {
    pub(super) fn new(rate: Vec<i64>) -> Self {
        let mut sum = vec![0];
        sum.extend(rate.iter().scan(0_i64, |sum, rate| {
            *sum = sum.saturating_add(rate.saturating_mul(CELL_S));
            Some(*sum)
        }));
        let is_rising = rate.iter().all(|&rate| rate >= 0);
        let blocks = if is_rising { Vec::new() } else { blocks(&sum) };
        Self { rate, sum, blocks }
    }

    pub(super) fn rates(&self) -> &[i64] {
        &self.rate
    }

    /// The sum so many seconds after the first cell's begin.
    #[inline]
    fn at(&self, seconds: i64) -> i64 {
        let last = self.rate.len();
        match usize::try_from(seconds.div_euclid(CELL_S)) {
            Err(_) => seconds * FULL,
            Ok(cell) if cell < last => {
                self.sum[cell] + seconds.rem_euclid(CELL_S) * self.rate[cell]
            }
            Ok(_) => self.sum[last] + (seconds - seconds_of(last)) * FULL,
        }
    }

    /// The most it rises from any moment of a span to a later one of it.
    #[inline]
    pub(super) fn most(&self, from: i64, until: i64) -> i64 {
        let (begin, end) = (self.at(from), self.at(until));
        if self.blocks.is_empty() {
            return (end - begin).max(0);
        }
        // The begins of the cells strictly within the span.
        let first = usize::try_from(from.div_euclid(CELL_S) + 1).unwrap_or(0);
        let behind = usize::try_from((until + CELL_S - 1).div_euclid(CELL_S)).unwrap_or(0);
        let behind = behind.min(self.sum.len());
        let mut path = Piece::point(begin);
        if first < behind {
            path = path.then(self.between(first, behind - 1));
        }
        path.then(Piece::point(end)).rise
    }

    /// From one cell's begin to another's, both ends included.
    #[inline]
    fn between(&self, first: usize, last: usize) -> Piece {
        if first == last {
            return Piece::point(self.sum[first]);
        }
        let block = &self.blocks[(first ^ last).ilog2() as usize];
        block[first].then(block[last])
    }
}

fn seconds_of(cells: usize) -> i64 {
    CELL_S * i64::try_from(cells).unwrap_or(i64::MAX / CELL_S)
}

/// By size of block: of each point the piece from it to the block's middle, or from there to it.
fn blocks(sum: &[i64]) -> Vec<Vec<Piece>> {
    let levels = usize::BITS - sum.len().leading_zeros();
    let level = |level: u32| {
        let half = 1_usize << level;
        let mut pieces: Vec<Piece> = sum.iter().map(|&at| Piece::point(at)).collect();
        for middle in (half..sum.len()).step_by(2 * half) {
            for i in (middle - half..middle - 1).rev() {
                pieces[i] = pieces[i].then(pieces[i + 1]);
            }
            for i in middle + 1..(middle + half).min(sum.len()) {
                pieces[i] = pieces[i - 1].then(pieces[i]);
            }
        }
        pieces
    };
    (0..levels).map(level).collect()
}

/// The largest of neighbouring values (sparse table, Bender and Farach-Colton 2000,
/// doi `10.1007/10719839_9`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Peaks {
    /// By power of two: the largest of so many from each on.
    spans: Vec<Vec<i64>>,
}

impl Peaks {
    pub(super) fn new(values: Vec<i64>) -> Self {
        let mut spans = vec![values];
        let mut half = 1;
        while 2 * half <= spans[0].len() {
            let last = &spans[spans.len() - 1];
            let next = last.iter().zip(&last[half..]).map(|(a, b)| *a.max(b)).collect();
            spans.push(next);
            half *= 2;
        }
        Self { spans }
    }

    pub(super) fn values(&self) -> &[i64] {
        &self.spans[0]
    }

    /// The largest of the cells that a span touches, seconds after the first cell's begin; none when a
    /// part of it is in no cell.
    #[inline]
    pub(super) fn most(&self, from: i64, until: i64) -> Option<i64> {
        let first = usize::try_from(from.div_euclid(CELL_S)).ok()?;
        let last = usize::try_from((until - 1).max(from).div_euclid(CELL_S)).ok()?;
        if last >= self.spans[0].len() {
            return None;
        }
        let level = (last - first + 1).ilog2();
        let span = &self.spans[level as usize];
        Some(span[first].max(span[last + 1 - (1 << level)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn rises_and_peaks_are_those_of_a_plain_look_at_every_cell() {
        let mut rng = Rng::new(8, 8);
        let mut up_to = |most: u32| i64::from(rng.next_u32() % most);
        for _ in 0..300 {
            let cells = usize::try_from(1 + up_to(40)).unwrap();
            let falls = 900 * up_to(2);
            let rates: Vec<i64> = (0..cells).map(|_| up_to(1001) - falls).collect();
            let (rises, peaks) = (Rises::new(rates.clone()), Peaks::new(rates.clone()));
            for _ in 0..30 {
                let from = up_to(45_000) - 3_000;
                let until = from + up_to(40_000);
                let marks = (0..=cells).map(seconds_of).filter(|m| (from..until).contains(m));
                let heights: Vec<i64> = std::iter::once(from)
                    .chain(marks)
                    .chain([until])
                    .map(|m| rises.at(m))
                    .collect();
                let plain =
                    (0..heights.len()).flat_map(|i| (i..heights.len()).map(move |j| (i, j)));
                let plain = plain.map(|(i, j)| heights[j] - heights[i]).max().unwrap();
                assert_eq!(rises.most(from, until), plain, "{rates:?} {from} {until}");
                let touched = from.div_euclid(CELL_S)..=(until - 1).max(from).div_euclid(CELL_S);
                let of = |cell: i64| usize::try_from(cell).ok().and_then(|cell| rates.get(cell));
                let largest = touched.map(of).collect::<Option<Vec<_>>>();
                assert_eq!(peaks.most(from, until), largest.map(|all| **all.iter().max().unwrap()));
            }
        }
    }

    #[test]
    fn what_falls_after_it_rose_counts_once() {
        // Up 900, down 1800, up 1350: the last rise is the largest, though the sum ends below its peak.
        let rises = Rises::new(vec![1000, -2000, 1500]);
        assert_eq!(rises.most(0, 2_700), 1_350_000);
        assert_eq!(rises.most(0, 1_800), 900_000);
        assert_eq!(rises.most(900, 1_800), 0);
        assert_eq!(rises.most(450, 2_700), 1_350_000);
        assert_eq!(rises.most(-100, 900), 1_000_000);
    }
}
