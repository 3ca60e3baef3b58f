//! Roads: that there is one to each stop, and that the way is not too long.

use super::{Rule, Violation};
use crate::problem::Problem;
use crate::schedule::Timetable;

/// The plain reading of roads.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    for stop in walk.stops.iter().filter(|stop| stop.no_road.is_some()) {
        let missing = Violation::of(Rule::Road, 1).on(walk.vehicle);
        found.push(stop.visit.map_or(missing, |visit| missing.at(problem, visit)));
    }
    let excess = walk.length() - problem.vehicle(walk.vehicle).length_limit();
    if excess.0 > 0 {
        found.push(Violation::of(Rule::Length, excess.0).on(walk.vehicle));
    }
}
