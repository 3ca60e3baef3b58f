//! Walks a route with given departures, whatever it breaks.

use super::{Stop, StopKind, Timetable};
use crate::problem::{DIMENSIONS, Load, PlaceId, Problem, Role, VehicleId, Visit, VisitId};
use crate::road::NoRoad;
use crate::units::{Leg, Metres, Seconds, Time, Window};

/// When everything happens if `vehicle` makes `trips`, the `k`-th leaving at `departs[k]` (or as
/// soon as it can, when there are fewer departures). Empty trips are left out. A broken route is
/// walked all the same: a visit after its last window begins late, a missing road takes no time.
pub fn walk(
    problem: &Problem,
    vehicle: VehicleId,
    departs: &[Time],
    trips: &[Vec<VisitId>],
) -> Timetable {
    let mut walker = Walker::at_home(problem, vehicle);
    for (k, visits) in trips.iter().enumerate().filter(|(_, visits)| !visits.is_empty()) {
        let depart = departs.get(k).copied().unwrap_or(walker.available());
        walker.trip(depart, visits);
    }
    walker.finish()
}

/// The window of `visit` in which a service that begins at `begin` lies.
pub(super) fn window_at(visit: &Visit, begin: Time) -> Option<Window> {
    visit.windows.iter().copied().find(|w| w.open() <= begin && begin <= w.close())
}

/// A vehicle on its way.
#[derive(Clone, Debug)]
pub(super) struct Walker<'a> {
    problem: &'a Problem,
    vehicle: VehicleId,
    stops: Vec<Stop>,
    place: PlaceId,
    now: Time,
    /// Driving since the last rest.
    driven: Seconds,
    trip: usize,
    load: Load,
}

impl<'a> Walker<'a> {
    /// A vehicle before its first departure.
    pub(super) fn at_home(problem: &'a Problem, vehicle: VehicleId) -> Self {
        Self {
            problem,
            vehicle,
            stops: Vec::new(),
            place: problem.home(vehicle),
            now: problem.vehicle(vehicle).shift_window().open(),
            driven: Seconds::ZERO,
            trip: 0,
            load: [0; DIMENSIONS],
        }
    }

    /// The earliest moment it can leave the station: at shift open, later on after reloading.
    pub(super) fn available(&self) -> Time {
        if self.stops.is_empty() {
            return self.now;
        }
        self.now + self.problem.vehicle(self.vehicle).reload_time()
    }

    /// The timetable of all trips made.
    pub(super) fn finish(self) -> Timetable {
        Timetable { vehicle: self.vehicle, stops: self.stops }
    }

    /// Makes one trip, leaving at `depart`.
    pub(super) fn trip(&mut self, depart: Time, visits: &[VisitId]) {
        self.load_up(visits);
        self.depart(depart);
        for &visit in visits {
            self.visit(visit);
        }
        self.come_back();
    }

    fn load_up(&mut self, visits: &[VisitId]) {
        self.load = [0; DIMENSIONS];
        for visit in visits.iter().map(|&id| self.problem.visit(id)) {
            if visit.role.is_from_station() {
                add(&mut self.load, &visit.load, 1);
            }
        }
    }

    /// Leaves the station. What was the end of the day becomes a reload.
    fn depart(&mut self, depart: Time) {
        let vehicle = self.problem.vehicle(self.vehicle);
        if let Some(back) = self.stops.last_mut() {
            back.kind = StopKind::Reload;
            back.begin = depart - vehicle.reload_time();
            back.leave = depart;
            back.load = self.load;
            let waited = back.begin - back.arrive;
            self.rested(waited);
            self.trip += 1;
        } else {
            self.now = depart;
            self.push(StopKind::Start, None, Arrival::default());
        }
        self.now = depart;
    }

    /// Notes a wait that may be long enough to count as a rest.
    fn rested(&mut self, waited: Seconds) {
        let rule = self.problem.vehicle(self.vehicle).driving_rule();
        if rule.is_some_and(|rule| waited >= rule.rest) {
            self.driven = Seconds::ZERO;
        }
    }

    fn visit(&mut self, id: VisitId) {
        let visit = self.problem.visit(id);
        let arrival = self.drive(visit.place);
        let arrive = self.now;
        let begin = first_begin(visit, arrive);
        self.rested(begin - arrive);
        self.now = begin + visit.service;
        let sign = match visit.role {
            Role::Deliver | Role::Serve | Role::ShipDelivery => -1,
            Role::Collect | Role::ShipPickup => 1,
        };
        add(&mut self.load, &visit.load, sign);
        let late = match window_at(visit, begin) {
            Some(_) => Seconds::ZERO,
            None => visit.windows.last().map_or(Seconds::ZERO, |last| begin - last.close()),
        };
        let leave = self.now;
        let stop = self.push(kind(visit.role), Some(id), arrival);
        (stop.arrive, stop.begin, stop.leave, stop.late) = (arrive, begin, leave, late);
    }

    fn come_back(&mut self) {
        let arrival = self.drive(self.problem.home(self.vehicle));
        self.load = [0; DIMENSIONS];
        self.push(StopKind::End, None, arrival);
    }

    /// Drives to `to`, resting where the driving rule asks for it, and parks.
    fn drive(&mut self, to: PlaceId) -> Arrival {
        if to == self.place {
            return Arrival::default();
        }
        let vehicle = self.problem.vehicle(self.vehicle);
        let (whole, no_road) = match self.problem.leg(self.vehicle, self.place, to) {
            Ok(leg) => (leg, None),
            Err(why) => (Leg::default(), Some(why)),
        };
        self.place = to;
        let mut left = whole;
        if let Some(rule) = vehicle.driving_rule() {
            while self.driven + left.seconds > rule.drive {
                let part = part_of(whole, rule.drive - self.driven);
                left.seconds -= part.seconds;
                left.metres -= part.metres;
                self.now = self.now + part.seconds;
                let arrival = Arrival { leg: part, ..Arrival::default() };
                let until = self.now + rule.rest;
                self.push(StopKind::Rest, None, arrival).leave = until;
                self.now = until;
                self.driven = Seconds::ZERO;
            }
        }
        self.driven += left.seconds;
        let parking = vehicle.parking_time();
        self.now = self.now + left.seconds + parking;
        Arrival { leg: left, no_road, parking }
    }

    /// Adds a stop that happens now and takes no time.
    fn push(&mut self, kind: StopKind, visit: Option<VisitId>, arrival: Arrival) -> &mut Stop {
        let at = self.stops.len();
        self.stops.push(Stop {
            kind,
            visit,
            place: self.place,
            trip: self.trip,
            leg: arrival.leg,
            no_road: arrival.no_road,
            parking: arrival.parking,
            arrive: self.now,
            begin: self.now,
            leave: self.now,
            late: Seconds::ZERO,
            load: self.load,
        });
        &mut self.stops[at]
    }
}

/// How a stop was reached.
#[derive(Clone, Copy, Debug, Default)]
struct Arrival {
    leg: Leg,
    no_road: Option<NoRoad>,
    parking: Seconds,
}

/// The first moment from `arrive` on inside a window; `arrive` itself when all have closed.
fn first_begin(visit: &Visit, arrive: Time) -> Time {
    let open = visit.windows.iter().find(|window| arrive <= window.close());
    open.map_or(arrive, |window| arrive.max(window.open()))
}

/// The part of a leg that takes `seconds`; metres in proportion, rounded down.
fn part_of(whole: Leg, seconds: Seconds) -> Leg {
    let metres = whole.metres.0 * seconds.0 / whole.seconds.0.max(1);
    Leg { seconds, metres: Metres(metres) }
}

fn kind(role: Role) -> StopKind {
    match role {
        Role::Deliver => StopKind::Deliver,
        Role::Collect => StopKind::Collect,
        Role::ShipPickup => StopKind::ShipPickup,
        Role::ShipDelivery => StopKind::ShipDelivery,
        Role::Serve => StopKind::Serve,
    }
}

fn add(load: &mut Load, change: &Load, sign: i64) {
    for (sum, value) in load.iter_mut().zip(change) {
        *sum += sign * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{DrivingRule, Order, OrderId};
    use crate::sample::{bare, build, call, day, minutes};
    use crate::schedule::timetable;

    const ONE: VehicleId = VehicleId(0);

    /// The first visit of each order, by the order of ids.
    fn visits(problem: &Problem) -> Vec<VisitId> {
        let first = |order: OrderId| problem.realisations_of(order).next().unwrap();
        problem.order_ids().map(|order| problem.realisation(first(order)).first).collect()
    }

    fn clock(walk: &Timetable) -> Vec<(i64, i64, i64)> {
        let minutes = |t: Time| t.0 / 60;
        walk.stops.iter().map(|s| (minutes(s.arrive), minutes(s.begin), minutes(s.leave))).collect()
    }

    #[test]
    fn a_courier_waits_for_a_window_and_over_lunch() {
        let two = call(20.0).window(minutes(480, 540)).window(minutes(840, 900));
        let problem = build(
            day([bare("v").parking(Seconds(60))])
                .order(Order::deliver("a", call(10.0).window(minutes(530, 535))))
                .order(Order::deliver("b", two)),
        );
        let walk = walk(&problem, ONE, &[Time::at(8, 0)], &[visits(&problem)]);
        let expected = [(480, 480, 480), (491, 530, 535), (546, 840, 845), (866, 866, 866)];
        assert_eq!(clock(&walk), expected);
        assert_eq!(walk.waiting(), Seconds::minutes(39 + 294));
    }

    #[test]
    fn after_the_last_window_the_visit_is_late() {
        let problem = build(
            day([bare("v")]).order(Order::deliver("a", call(10.0).window(minutes(480, 485)))),
        );
        let walk = walk(&problem, ONE, &[Time::at(8, 0)], &[visits(&problem)]);
        assert_eq!((walk.stops[1].begin, walk.stops[1].late), (Time::at(8, 10), Seconds(300)));
    }

    #[test]
    fn the_driver_rests_in_the_middle_of_a_long_leg() {
        let rule = Some(DrivingRule::FOUR_HOURS);
        let problem = build(day([bare("v").driving(rule)]).order(Order::deliver("a", call(280.0))));
        let walk = walk(&problem, ONE, &[Time::at(8, 0)], &[visits(&problem)]);
        let kinds: Vec<StopKind> = walk.stops.iter().map(|stop| stop.kind).collect();
        let [start, rest, deliver, end] =
            [StopKind::Start, StopKind::Rest, StopKind::Deliver, StopKind::End];
        assert_eq!(kinds, [start, rest, deliver, rest, end]);
        // 4 h, 20 min of rest, 40 min, 5 min of service, 3 h 20 min, 20 min, 1 h 20 min.
        let expected = [(480, 480, 480), (720, 720, 740), (780, 780, 785), (985, 985, 1005)];
        assert_eq!(clock(&walk)[..4], expected);
        assert_eq!(walk.stops[4].leave, Time(1085 * 60));
        assert_eq!(walk.stops[1].leg.metres, Metres(240_000));
        assert_eq!((walk.length(), walk.driving()), (Metres(560_000), Seconds::minutes(560)));
    }

    #[test]
    fn a_long_wait_counts_as_a_rest() {
        let rule = Some(DrivingRule { drive: Seconds::minutes(100), rest: Seconds::minutes(20) });
        let problem = build(
            day([bare("v").driving(rule)])
                .order(Order::deliver("a", call(90.0).window(minutes(590, 600)))),
        );
        let walk = walk(&problem, ONE, &[Time::at(8, 0)], &[visits(&problem)]);
        assert!(walk.stops.iter().all(|stop| stop.kind != StopKind::Rest));
    }

    #[test]
    fn a_long_wait_at_the_station_counts_as_a_rest_and_reloading_does_not() {
        let rule = Some(DrivingRule { drive: Seconds::minutes(100), rest: Seconds::minutes(20) });
        let vehicle = bare("v").driving(rule).trips(2).reload(Seconds::minutes(30));
        let problem = build(
            day([vehicle])
                .order(Order::deliver("a", call(40.0)))
                .order(Order::deliver("b", call(40.0))),
        );
        let [a, b] = visits(&problem)[..] else { unreachable!() };
        let rests = |second: Time| {
            let walk = walk(&problem, ONE, &[Time::at(8, 0), second], &[vec![a], vec![b]]);
            walk.stops.iter().filter(|stop| stop.kind == StopKind::Rest).count()
        };
        // Back at 09:25, reloaded by 09:55.
        assert_eq!((rests(Time::at(9, 55)), rests(Time::at(10, 14))), (1, 1));
        assert_eq!(rests(Time::at(10, 15)), 0);
    }

    #[test]
    fn the_second_trip_waits_for_its_goods_after_reloading() {
        let problem = build(
            day([bare("v").trips(2).reload(Seconds::minutes(20))])
                .order(Order::deliver("a", call(10.0)))
                .order(Order::collect("b", call(10.0)))
                .order(Order::deliver("c", call(30.0)).ready_at(Time::at(9, 30))),
        );
        let [a, b, c] = visits(&problem)[..] else { unreachable!() };
        let walk = timetable(&problem, ONE, &[vec![a, b], vec![], vec![c]]);
        let expected = [
            (520, 520, 520),
            (530, 530, 535),
            (535, 535, 540),
            (550, 550, 570),
            (600, 600, 605),
            (635, 635, 635),
        ];
        assert_eq!(clock(&walk), expected);
        assert_eq!(walk.stops[3].kind, StopKind::Reload);
        assert_eq!(walk.stops[3].leave, Time::at(9, 30));
        let pieces: Vec<i64> = walk.stops.iter().map(|stop| stop.load[2]).collect();
        assert_eq!(pieces, [1, 0, 1, 1, 0, 0]);
    }

    #[test]
    fn a_missing_road_is_reported_and_costs_no_time() {
        let problem = build(day([bare("v")]).order(Order::deliver("a", call(950.0))));
        let walk = walk(&problem, ONE, &[Time::at(8, 0)], &[visits(&problem)]);
        assert_eq!(walk.stops[1].no_road, Some(NoRoad::DestinationOffRoad));
        assert_eq!(walk.duration(), Seconds::minutes(5));
    }
}
