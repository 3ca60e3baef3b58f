//! Local search: moves rewrite one or two trips as pieces of the trips there are. A move only names
//! pieces and knows no constraint; evaluation and application are shared by all of them.

mod apply;
mod descent;
mod evaluate;
mod exchange;
mod gauge;
mod links;
mod relocate;
mod reverse;
mod tails;
#[cfg(test)]
mod tests;

pub(crate) use descent::Descent;
pub use gauge::Move;
pub(crate) use gauge::evaluate_all;
use links::{Links, Pair, Side};

/// The most pieces between the head and the tail of a rewritten trip.
const MIDDLE: usize = 3;

/// A run of visits as they are linked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// No visit.
    Nothing,
    /// The visits from `first` through `last`.
    Run { first: u32, last: u32 },
    /// The same from `last` back to `first`.
    Reversed { first: u32, last: u32 },
}

impl Piece {
    /// Its first and last visit as linked now.
    fn ends(self) -> Option<(u32, u32)> {
        match self {
            Self::Nothing => None,
            Self::Run { first, last } | Self::Reversed { first, last } => Some((first, last)),
        }
    }

    /// The run from `first` to the visit before `end`, which may be none.
    fn between(links: &Links<'_>, first: u32, end: u32) -> Self {
        if first == end {
            return Self::Nothing;
        }
        Self::Run { first, last: links.before(end) }
    }
}

/// One trip rewritten: its own head, pieces, and a tail, its own or another trip's.
// Invariant: the rewrites of a proposal hold each visit of their trips once.
#[derive(Clone, Copy, Debug)]
struct Rewrite {
    slot: u32,
    /// The last node of the head: the start of the trip, or a visit.
    head: u32,
    middle: [Piece; MIDDLE],
    /// The first node of the tail: a visit, or the end of the trip.
    tail: u32,
}

impl Rewrite {
    /// The trip of `slot` up to `head`, then `pieces`, then everything from `tail` on.
    fn new(slot: u32, head: u32, pieces: &[Piece], tail: u32) -> Self {
        let mut middle = [Piece::Nothing; MIDDLE];
        middle[..pieces.len()].copy_from_slice(pieces);
        Self { slot, head, middle, tail }
    }
}

/// What a move proposes: one or two trips rewritten.
#[derive(Clone, Copy, Debug)]
struct Proposal {
    first: Rewrite,
    second: Option<Rewrite>,
}

impl Proposal {
    fn one(rewrite: Rewrite) -> Self {
        Self { first: rewrite, second: None }
    }

    fn two(first: Rewrite, second: Rewrite) -> Self {
        Self { first, second: Some(second) }
    }

    fn rewrites(&self) -> impl Iterator<Item = &Rewrite> {
        std::iter::once(&self.first).chain(&self.second)
    }
}

/// Names what could be done about a visit and a near one.
type Propose = fn(&Links<'_>, Pair, &mut Vec<Proposal>);

/// Every move, in the order of [`Move::ALL`].
const ALL: [Propose; 4] = [relocate::propose, tails::propose, exchange::propose, reverse::propose];
