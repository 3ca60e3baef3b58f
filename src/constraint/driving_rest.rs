//! Driving without a rest. A rest is a stop for it, or a wait that is as long.

use super::{Rule, Violation};
use crate::problem::Problem;
use crate::schedule::{StopKind, Timetable};
use crate::units::Seconds;

/// The plain reading of the driving rule.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let Some(rule) = problem.vehicle(walk.vehicle).driving_rule() else { return };
    let mut driven = Seconds::ZERO;
    for stop in &walk.stops {
        driven += stop.leg.seconds;
        let excess = driven - rule.drive;
        if excess.0 > 0 {
            found.push(Violation::of(Rule::DrivingRest, excess.0).on(walk.vehicle));
            driven = Seconds::ZERO;
        }
        let rested = match stop.kind {
            StopKind::Rest => stop.leave - stop.begin,
            _ => stop.begin - stop.arrive,
        };
        if rested >= rule.rest {
            driven = Seconds::ZERO;
        }
    }
}
