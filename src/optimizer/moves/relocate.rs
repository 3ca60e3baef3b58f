//! Relocate: a short run of visits goes beside a near visit, as it is or reversed, in another trip or
//! in its own (Or 1976, "Traveling Salesman-Type Combinatorial Problems", for one trip; Savelsbergh
//! 1992, doi 10.1287/ijoc.4.2.146, between trips).

use super::{Links, Pair, Piece, Proposal, Rewrite, Side};

/// The longest run, in visits.
const LONGEST: usize = 3;

/// The runs that begin at `u` go behind or before `v`.
pub(super) fn propose(links: &Links<'_>, pair: Pair, found: &mut Vec<Proposal>) {
    let Pair { u, v, side } = pair;
    for length in 1..=LONGEST {
        let Some(last) = links.run(u, length) else { return };
        if links.holds((u, last), v) {
            return;
        }
        for at in [v, links.before(v)] {
            found.extend(shift(links, side, Piece::Run { first: u, last }, at));
            if length > 1 {
                found.extend(shift(links, side, Piece::Reversed { first: u, last }, at));
            }
        }
    }
}

/// A run put behind the node `at`.
fn shift(links: &Links<'_>, side: Side, run: Piece, at: u32) -> Option<Proposal> {
    let (first, last) = run.ends()?;
    // before -> first -> ... -> last -> after, and at -> behind
    let (before, after, behind) = (links.before(first), links.after(last), links.after(at));
    let slot = links.slot(first);
    match side {
        Side::Elsewhere => Some(Proposal::two(
            Rewrite::new(slot, before, &[], after),
            Rewrite::new(links.slot(at), at, &[run], behind),
        )),
        Side::Ahead if at != last => {
            let between = Piece::Run { first: after, last: at };
            Some(Proposal::one(Rewrite::new(slot, before, &[between, run], behind)))
        }
        Side::Behind if at != before => {
            let between = Piece::Run { first: behind, last: before };
            Some(Proposal::one(Rewrite::new(slot, at, &[run, between], after)))
        }
        _ => None,
    }
}
