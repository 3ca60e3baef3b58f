//! What adds up along a route, and what a route may not break. One file per constraint; each is read
//! plainly from a timetable, stop by stop.

mod compatibility;
mod distance;
mod driving_rest;
mod load;
mod on_board;
mod pairing;
mod time;
mod violation;

pub use violation::{Rule, Unit, Violation};

use crate::problem::Problem;
use crate::schedule::Timetable;

/// The plain reading of one constraint: adds what the walk breaks.
pub(crate) type Audit = fn(&Problem, &Timetable, &mut Vec<Violation>);

/// The plain reading of every constraint.
pub(crate) const ALL: [Audit; 7] = [
    compatibility::audit,
    pairing::audit,
    distance::audit,
    load::audit,
    on_board::audit,
    time::audit,
    driving_rest::audit,
];

/// Everything one route breaks.
pub(crate) fn audit(problem: &Problem, walk: &Timetable) -> Vec<Violation> {
    let mut found = Vec::new();
    for one in ALL {
        one(problem, walk, &mut found);
    }
    found
}
