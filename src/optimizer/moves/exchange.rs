//! Exchange: two short runs of visits change places (Osman 1993, doi 10.1007/BF02023004, the
//! lambda-interchange), so that one comes to stand beside a near visit.

use super::{Links, Pair, Piece, Proposal, Rewrite, Side};

/// The longest run, in visits.
const LONGEST: usize = 2;

/// The runs that begin at `u` change places with the runs beside `v`.
pub(super) fn propose(links: &Links<'_>, pair: Pair, found: &mut Vec<Proposal>) {
    let Pair { u, v, side } = pair;
    for length in 1..=LONGEST {
        let Some(last) = links.run(u, length) else { return };
        if links.holds((u, last), v) {
            return;
        }
        for other in 1..=LONGEST {
            let behind = links.after(v);
            if let Some(end) = links.run(behind, other) {
                found.extend(swap(links, side, (u, last), (behind, end)));
            }
            let ahead = links.before(v);
            if let Some(begin) = links.run_up_to(ahead, other) {
                found.extend(swap(links, side, (u, last), (begin, ahead)));
            }
        }
    }
}

/// The run `own` and the run `other`, which is on the given side of it, change places.
fn swap(links: &Links<'_>, side: Side, own: (u32, u32), other: (u32, u32)) -> Option<Proposal> {
    let run = |(first, last): (u32, u32)| Piece::Run { first, last };
    let put = |gone: (u32, u32), come: (u32, u32)| {
        let (before, after) = (links.before(gone.0), links.after(gone.1));
        Rewrite::new(links.slot(gone.0), before, &[run(come)], after)
    };
    let (early, late) = match side {
        Side::Elsewhere => return Some(Proposal::two(put(own, other), put(other, own))),
        Side::Ahead if !links.holds(other, own.1) => (own, other),
        Side::Behind if !links.holds(other, own.0) => (other, own),
        _ => return None,
    };
    // before -> early -> between -> late -> after
    let between = Piece::between(links, links.after(early.1), late.0);
    let (before, after) = (links.before(early.0), links.after(late.1));
    let pieces = [run(late), between, run(early)];
    Some(Proposal::one(Rewrite::new(links.slot(own.0), before, &pieces, after)))
}
