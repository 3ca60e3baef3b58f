//! The exact day of every cold box of a route: its payload must stay in range whatever the weather
//! does within its band. The search adds up holds and openings instead; this walks and checks them.

use crate::constraint::{Rule, Violation};
use crate::problem::Problem;
use crate::schedule::{Stress, Timetable, box_days};

/// Adds an excursion for each visit whose goods may leave their range. Takes a few closed forms for
/// each step of each box.
pub(super) fn excursions(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    if problem.classes().is_empty() {
        return;
    }
    let Ok(days) = box_days(problem, walk, &Stress::NONE) else {
        found.push(Violation::of(Rule::NoColdBox, 1).on(walk.vehicle));
        return;
    };
    for day in &days {
        let class = &problem.classes()[day.class];
        // A box that is unfit as packed is told by the plain reading of holds.
        if problem.hold(day.vehicle, day.class).is_err() {
            continue;
        }
        for goods in day.goods.iter().filter(|goods| goods.out_of_range_at.is_some()) {
            let is_cold = class.lowest().is_some_and(|low| goods.payload_c.low < low.degrees());
            let rule = if is_cold { Rule::ColdFreeze } else { Rule::ColdWarm };
            found.push(Violation::of(rule, 1).on(day.vehicle).at(problem, goods.visit));
        }
    }
}
