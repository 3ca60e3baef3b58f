//! When a vehicle had best leave. Each trip leaves as early as it can, but not so early that goods
//! stand in a cold box while the courier waits; then the first departure moves later by as much as
//! only waiting shrinks.

use super::walk::{Walker, window_at};
use super::{SetsTaken, Timetable, TripWalk, pack};
use crate::problem::{Problem, VehicleId, VisitId};
use crate::units::{Seconds, Time, Window};

/// How often the departure of one trip is moved later for the sake of its cold boxes.
pub(crate) const COLD_ROUNDS: usize = 4;

/// When everything happens if `vehicle` makes `trips`, with departures chosen well. Empty trips are
/// left out; a broken route is walked all the same, as in [`walk`](super::walk()).
///
/// Takes a bounded number of walks.
pub fn timetable(problem: &Problem, vehicle: VehicleId, trips: &[Vec<VisitId>]) -> Timetable {
    let trips: Vec<&[VisitId]> =
        trips.iter().filter(|trip| !trip.is_empty()).map(Vec::as_slice).collect();
    let early = early(problem, vehicle, &trips);
    let later = spare(problem, &early);
    if later <= Seconds::ZERO {
        return early;
    }
    let late = leave_later(problem, vehicle, &trips, &early.departs(), later);
    if is_worse(problem, &early, &late) { early } else { late }
}

/// Each trip as early as it can, later only for its cold boxes.
fn early(problem: &Problem, vehicle: VehicleId, trips: &[&[VisitId]]) -> Timetable {
    let mut walker = Walker::at_home(problem, vehicle);
    for trip in trips {
        let mut depart = walker.available().max(ready(problem, trip));
        for _ in 0..COLD_ROUNDS {
            let later = cold_gain(problem, vehicle, &walker, depart, trip);
            if later <= Seconds::ZERO {
                break;
            }
            depart = depart + later;
        }
        walker.trip(depart, trip);
    }
    walker.finish()
}

/// When the goods of a trip are ready at the station.
fn ready(problem: &Problem, trip: &[VisitId]) -> Time {
    let visits = trip.iter().map(|&id| problem.visit(id));
    let ready = visits.filter(|visit| visit.role.is_from_station()).map(|visit| visit.ready_at);
    ready.max().unwrap_or(Time::MIN)
}

/// By how much later than `depart` the trip had better leave: the largest excess of a cold box that
/// the waiting before its hand-over can make good.
fn cold_gain(
    problem: &Problem,
    vehicle: VehicleId,
    walker: &Walker<'_>,
    depart: Time,
    trip: &[VisitId],
) -> Seconds {
    if trip.iter().all(|&id| problem.visit(id).class.is_none()) {
        return Seconds::ZERO;
    }
    let mut trial = walker.clone();
    trial.trip(depart, trip);
    let trial = trial.finish();
    let trips: Vec<TripWalk<'_>> = trial.trips().collect();
    let Some((&last, before)) = trips.split_last() else { return Seconds::ZERO };
    let mut taken = SetsTaken::default();
    if problem.counts_coolant(vehicle) {
        for &trip in before {
            pack(problem, vehicle, trip, &mut taken);
        }
    }
    let needs = pack(problem, vehicle, TripWalk { depart, ..last }, &mut taken).1;
    let curable = needs.iter().filter(|need| need.is_curable());
    curable.map(|need| need.later).max().unwrap_or(Seconds::ZERO)
}

/// By how much later the first trip may leave while only waiting shrinks. None when a visit is
/// late, a road is missing, or there is so much driving that a wait may count as a rest.
fn spare(problem: &Problem, walk: &Timetable) -> Seconds {
    let broken = |stop: &super::Stop| stop.late > Seconds::ZERO || stop.no_road.is_some();
    let rule = problem.vehicle(walk.vehicle).driving_rule();
    let may_rest = rule.is_some_and(|rule| walk.driving() > rule.drive);
    if may_rest || walk.stops.iter().any(broken) {
        return Seconds::ZERO;
    }
    let mut waited = Seconds::ZERO;
    let mut spare = walk.waiting();
    for trip in walk.trips() {
        let mut due_back = Time::MAX;
        for stop in trip.stops {
            let Some(visit) = stop.visit.map(|id| problem.visit(id)) else { continue };
            waited += stop.begin - stop.arrive;
            let close = window_at(visit, stop.begin).map_or(stop.begin, Window::close);
            spare = spare.min(waited + (close - stop.begin));
            due_back = due_back.min(visit.due_back);
        }
        spare = spare.min(waited + (due_back - trip.returns()));
        waited += trip.stops.last().map_or(Seconds::ZERO, |back| back.begin - back.arrive);
    }
    spare
}

/// True when leaving later brings goods into hours that use their box up faster than it holds, or an
/// opening into air it stands less well.
fn is_worse(problem: &Problem, early: &Timetable, late: &Timetable) -> bool {
    let vehicle = early.vehicle;
    // One box without a table hides those of the others from their class.
    let has_hours = |class| {
        let mut kinds = problem.box_kinds(vehicle, class);
        kinds.any(|(kind, _)| problem.box_wear(vehicle, class, kind).is_some())
    };
    if !(0..problem.classes().len()).any(has_hours) {
        return false;
    }
    let worst = |walk: &Timetable| {
        let (mut excess, mut recovery) = (Seconds::ZERO, Seconds::ZERO);
        let mut taken = SetsTaken::default();
        for need in walk.trips().flat_map(|trip| pack(problem, vehicle, trip, &mut taken).1) {
            excess = excess.max(need.excess);
            recovery = recovery.max(need.recovery);
        }
        (excess, recovery)
    };
    let (early, late) = (worst(early), worst(late));
    late.0 > early.0 || late.1 > early.1
}

/// The same trips, the first one `later`, the others when they were due or as soon as they can.
fn leave_later(
    problem: &Problem,
    vehicle: VehicleId,
    trips: &[&[VisitId]],
    departs: &[Time],
    later: Seconds,
) -> Timetable {
    let mut walker = Walker::at_home(problem, vehicle);
    for (k, (trip, &due)) in trips.iter().zip(departs).enumerate() {
        let depart = if k == 0 { due + later } else { due.max(walker.available()) };
        walker.trip(depart, trip);
    }
    walker.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cold::{HoldTerms, LidTerms};
    use crate::problem::{COLD_CLASSES, DrivingRule, Order};
    use crate::sample::{bare, build, call, day, minutes};

    const ONE: VehicleId = VehicleId(0);

    /// Three legs of an hour, five minutes of service, eight minutes an opening. All three openings
    /// are of one box, but each order has a hold of its own; so each gets a class of its own here,
    /// and a hold that is shorter by the openings before.
    fn three_stops(depot: Window, holds: [i64; 3]) -> (Arc<Problem>, Vec<VisitId>) {
        let classes = ["ATP_DAIRY", "ATP_MEAT", "ATP_MILK"];
        let at = |km: f64, id: &str, i: usize| {
            let open = if i == 1 { minutes(720, 780) } else { minutes(0, 1440) };
            Order::deliver(id, call(km).window(open)).class(classes[i])
        };
        let orders = [at(60.0, "a", 0), at(120.0, "b", 1), at(180.0, "c", 2)];
        let built = build(day([bare("v").shift(depot)]).orders(orders));
        let mut problem = Problem::clone(&built);
        // The holds given count until service begins; ours count until it ends.
        let terms = |(before, hold): (i64, i64)| HoldTerms {
            hold: Seconds::minutes(hold + 5 - 8 * before),
            opening: Seconds::minutes(8),
            recovery: Seconds::ZERO,
            lid: LidTerms::NONE,
        };
        problem.hold = vec![(0..).zip(holds).map(|hold| Ok(terms(hold))).collect()];
        assert!(problem.classes.len() <= COLD_CLASSES);
        let visits = problem.visits().iter().enumerate();
        let visits = visits.map(|(i, _)| VisitId::from_index(i)).collect();
        (Arc::new(problem), visits)
    }

    fn worst(problem: &Problem, walk: &Timetable) -> i64 {
        let trip = walk.trips().next().unwrap();
        let needs = pack(problem, ONE, trip, &mut SetsTaken::default()).1;
        needs.iter().map(|need| need.excess.0).max().unwrap() / 60
    }

    #[test]
    fn cold_goods_leave_late_enough() {
        let (problem, visits) = three_stops(minutes(480, 1440), [9_000, 240, 300]);
        let trip = &visits[..];
        let early = early(&problem, ONE, &[trip]);
        assert_eq!(early.stops[0].leave, Time(509 * 60));
        assert_eq!(worst(&problem, &early), 0);
        let best = timetable(&problem, ONE, &[visits]);
        assert_eq!(best.stops[0].leave, Time(595 * 60));
        assert_eq!(best.waiting(), Seconds::ZERO);
    }

    #[test]
    fn a_hold_shorter_than_the_way_stays_broken() {
        let (problem, visits) = three_stops(minutes(480, 1440), [9_000, 120, 300]);
        let walk = timetable(&problem, ONE, &[visits]);
        // 60 + 5 + 60 minutes and two openings against 120.
        assert_eq!(worst(&problem, &walk), 21);
    }

    #[test]
    fn the_first_departure_moves_no_later_than_a_window_allows() {
        let problem = build(
            day([bare("v")])
                .order(Order::deliver("a", call(10.0).window(minutes(480, 500))))
                .order(Order::deliver("b", call(20.0).window(minutes(600, 700)))),
        );
        let visits = vec![VisitId(0), VisitId(1)];
        let walk = timetable(&problem, ONE, &[visits]);
        assert_eq!(walk.stops[0].leave, Time::at(8, 10));
        assert_eq!(walk.stops[2].begin, Time::at(10, 0));
    }

    #[test]
    fn the_first_departure_moves_no_later_than_a_cut_off_allows() {
        let problem = build(
            day([bare("v").trips(2)])
                .order(Order::collect("a", call(10.0)).due_back(Time::at(8, 40)))
                .order(Order::deliver("b", call(20.0)).ready_at(Time::at(12, 0))),
        );
        let walk = timetable(&problem, ONE, &[vec![VisitId(0)], vec![VisitId(1)]]);
        assert_eq!(walk.departs(), [Time::at(8, 15), Time::at(12, 0)]);
        assert_eq!(walk.stops[2].arrive, Time::at(8, 40));
    }

    #[test]
    fn a_wait_the_driver_needs_as_a_rest_is_kept() {
        let rule = Some(DrivingRule { drive: Seconds::minutes(100), rest: Seconds::minutes(20) });
        let late = call(90.0).window(minutes(590, 700));
        let problem = build(day([bare("v").driving(rule)]).order(Order::deliver("a", late)));
        let walk = timetable(&problem, ONE, &[vec![VisitId(0)]]);
        assert_eq!(walk.stops[0].leave, Time::at(8, 0));
        assert!(walk.stops.iter().all(|stop| stop.kind != crate::schedule::StopKind::Rest));
    }
}
