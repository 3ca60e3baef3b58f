//! What is on board: mass, volume, pieces, and the room in the cold boxes.

use super::{Rule, Violation};
use crate::cold::Unfit;
use crate::problem::Problem;
use crate::schedule::Timetable;

/// The plain reading of the load: for each quantity, the stop at which it is the most too much.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let capacity = problem.capacity(walk.vehicle);
    for (dimension, &room) in capacity.iter().enumerate() {
        let rule = match dimension {
            0 => Rule::Mass,
            1 => Rule::Volume,
            2 => Rule::Pieces,
            _ if has_no_box(problem, walk, dimension - 3) => continue,
            _ => Rule::BoxVolume,
        };
        let Some(stop) = walk.stops.iter().rev().max_by_key(|stop| stop.load[dimension]) else {
            continue;
        };
        let excess = stop.load[dimension] - room;
        if excess > 0 {
            let over = Violation::of(rule, excess).on(walk.vehicle);
            found.push(stop.visit.map_or(over, |visit| over.at(problem, visit)));
        }
    }
}

/// True when the vehicle has no box for a class at all; that is another rule's finding.
fn has_no_box(problem: &Problem, walk: &Timetable, class: usize) -> bool {
    class >= problem.classes().len()
        || matches!(problem.hold(walk.vehicle, class), Err(Unfit::NoBox))
}
