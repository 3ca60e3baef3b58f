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
    // By its own arithmetic, wide enough for any day: the search has another.
    let on_way = i128::from(charge.joules_per_km) * i128::from(walk.length().0);
    let by_hours = 1000 * i128::from(charge.watts) * i128::from(walk.duration().0);
    let drawn = (on_way + by_hours + 3_599_999).div_euclid(3_600_000);
    let lacking = i64::try_from(drawn).unwrap_or(i64::MAX).saturating_sub(charge.usable_wh());
    if lacking > 0 {
        found.push(Violation::of(Rule::Energy, lacking).on(walk.vehicle));
    }
}
