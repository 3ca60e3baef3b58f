//! Tails: two trips exchange all they do after some visit (2-opt*; Potvin and Rousseau 1995,
//! doi 10.1057/jors.1995.204). One of them may end up empty.

use super::{Links, Pair, Proposal, Rewrite, Side};

/// `v` comes to follow `u`, or `u` to follow `v`.
pub(super) fn propose(links: &Links<'_>, pair: Pair, found: &mut Vec<Proposal>) {
    let Pair { u, v, side } = pair;
    if side == Side::Elsewhere {
        found.push(join(links, u, v));
        found.push(join(links, v, u));
    }
}

/// The trip up to `u` goes on with the other trip from `v` on, and the other way round.
fn join(links: &Links<'_>, u: u32, v: u32) -> Proposal {
    // u -> after(u) and before(v) -> v become u -> v and before(v) -> after(u)
    Proposal::two(
        Rewrite::new(links.slot(u), u, &[], v),
        Rewrite::new(links.slot(v), links.before(v), &[], links.after(u)),
    )
}
