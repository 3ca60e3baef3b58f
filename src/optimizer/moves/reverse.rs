//! Reverse: a run of a trip is driven the other way round (2-opt; Croes 1958,
//! doi 10.1287/opre.6.6.791).

use super::{Links, Pair, Piece, Proposal, Rewrite, Side};

/// `u` and `v` come to stand beside each other: the run behind the earlier one up to the later one
/// is reversed, or the run from the earlier one up to the one before the later.
pub(super) fn propose(links: &Links<'_>, pair: Pair, found: &mut Vec<Proposal>) {
    let (early, late) = match pair.side {
        Side::Ahead => (pair.u, pair.v),
        Side::Behind => (pair.v, pair.u),
        Side::Elsewhere | Side::Far => return,
    };
    if links.after(early) == late {
        return;
    }
    found.push(turn(links, links.after(early), late));
    found.push(turn(links, early, links.before(late)));
}

fn turn(links: &Links<'_>, first: u32, last: u32) -> Proposal {
    let pieces = [Piece::Reversed { first, last }];
    let (before, after) = (links.before(first), links.after(last));
    Proposal::one(Rewrite::new(links.slot(first), before, &pieces, after))
}
