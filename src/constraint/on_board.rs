//! The time goods spend in a cold box, and whether the box is fit for them at all.

use super::{Rule, Violation};
use crate::cold::Unfit;
use crate::problem::Problem;
use crate::schedule::{Timetable, cold_needs};

/// The plain reading of cold boxes.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    for id in walk.stops.iter().filter_map(|stop| stop.visit) {
        let Some(class) = problem.visit(id).class else { continue };
        if let Err(unfit) = problem.hold(walk.vehicle, class) {
            found.push(Violation::of(rule(unfit), 1).on(walk.vehicle).at(problem, id));
        }
    }
    for trip in walk.trips() {
        for need in cold_needs(problem, walk.vehicle, trip) {
            if need.excess.0 > 0 {
                let over = Violation::of(Rule::ColdHold, need.excess.0);
                found.push(over.on(walk.vehicle).at(problem, need.visit));
            }
        }
    }
}

/// What an unfit box does to its goods.
fn rule(unfit: Unfit) -> Rule {
    match unfit {
        Unfit::TooCold { .. } => Rule::ColdFreeze,
        Unfit::WrongConditioning { ambient_c, plateau_c, .. } if ambient_c < plateau_c => {
            Rule::ColdFreeze
        }
        Unfit::TooWarm { .. } | Unfit::WrongConditioning { .. } | Unfit::TooShort { .. } => {
            Rule::ColdWarm
        }
        Unfit::NoBox | Unfit::OutsideQualifiedAmbient { .. } | Unfit::Impossible => Rule::NoColdBox,
    }
}
