//! What is in the battery. A tour takes energy by its way and its time away (Guzzella and Sciarretta
//! 2013, doi 10.1007/978-3-642-35913-2, chapter 2, with everything but rest and way put into one
//! number for each), which the search adds up already: so this has only the plain reading, and the
//! search asks [`Charge::lasts`](crate::problem::Charge) of a whole tour.

use crate::constraint::{Rule, Violation};
use crate::problem::Problem;
use crate::schedule::Timetable;

/// The plain reading: what all legs and all hours of the day take beyond what the battery gives.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let Some(charge) = problem.charge(walk.vehicle) else { return };
    let lacking = charge.drawn_wh(walk.length(), walk.duration()) - charge.usable_wh();
    if lacking > 0 {
        found.push(Violation::of(Rule::Energy, lacking).on(walk.vehicle));
    }
}
