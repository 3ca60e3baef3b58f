//! Windows, shifts, goods that are ready or due: everything a clock decides.

use super::{Rule, Violation};
use crate::problem::{Problem, Role};
use crate::schedule::{StopKind, Timetable, TripWalk};
use crate::units::Seconds;

/// The plain reading of clock times.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let (Some(first), Some(last)) = (walk.stops.first(), walk.stops.last()) else { return };
    let mut over = |rule, amount: Seconds| {
        if amount > Seconds::ZERO {
            found.push(Violation::of(rule, amount.0).on(walk.vehicle));
        }
    };
    let vehicle = problem.vehicle(walk.vehicle);
    over(Rule::ShiftOpen, vehicle.shift_window().open() - first.leave);
    over(Rule::ShiftClose, last.leave - vehicle.shift_window().close());
    over(Rule::Duration, walk.duration() - vehicle.duration_limit());
    for stop in walk.stops.iter().filter(|stop| stop.kind == StopKind::Reload) {
        over(Rule::Reload, stop.arrive - stop.begin);
    }
    for trip in walk.trips() {
        visits(problem, walk, trip, found);
    }
}

fn visits(problem: &Problem, walk: &Timetable, trip: TripWalk<'_>, found: &mut Vec<Violation>) {
    for stop in trip.stops {
        let Some(id) = stop.visit else { continue };
        let visit = problem.visit(id);
        let mut over = |rule, amount: Seconds| {
            if amount > Seconds::ZERO {
                found.push(Violation::of(rule, amount.0).on(walk.vehicle).at(problem, id));
            }
        };
        over(Rule::Window, stop.late);
        if visit.role.is_from_station() {
            over(Rule::Ready, visit.ready_at - trip.depart);
        }
        if visit.role == Role::Collect {
            over(Rule::CutOff, trip.returns() - visit.due_back);
        }
    }
}
