//! What adds up along a route: one file per constraint. Each file holds the fast form the search
//! uses (a [`Resource`]: its value over a piece of a trip, and how two pieces join) and the plain
//! reading the audit uses (a function over a [`crate::schedule::Timetable`]).

mod backhaul;
mod both;
mod compatibility;
mod distance;
mod driving_rest;
mod energy;
#[cfg(test)]
mod laws;
mod lid;
mod load;
mod on_board;
mod pairing;
mod time;
mod violation;

use std::fmt::Debug;

use crate::problem::{Problem, VehicleId};
use crate::road::Drain;
use crate::schedule::{SetsTaken, Timetable};

pub(crate) use backhaul::misplaced;
pub use backhaul::{Backhaul, BackhaulSegment};
pub(crate) use compatibility::locked;
pub use distance::Distance;
pub use energy::{Energy, EnergySegment};
pub use load::{LoadSegment, Loads};
pub(crate) use on_board::unfit_rule;
pub use on_board::{OnBoard, OnBoardSegment};
pub use time::{Clock, ClockSegment, FAR, Span};
pub use violation::{Rule, Unit, Violation};

/// Travel between two stops as a trip does it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// Driving, rests on the way and parking, in seconds.
    pub time: i64,
    /// Road length in metres.
    pub metres: i64,
}

/// What a trip's surroundings ask of it: its vehicle, and the trips before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// When the vehicle is free to leave the station, in seconds after midnight.
    pub free_at: i64,
    /// When it must be back, for its shift and the trips after.
    pub back_by: i64,
    /// How many metres its other trips leave it.
    pub length_room: i64,
    /// How many seconds the trip may take; unlimited when there are other trips, whose waiting
    /// counts too and is settled when the trip is committed.
    pub duration_room: i64,
    /// What is missing in its battery when it leaves, at least, in millijoules.
    pub missing: i64,
    /// The most that the trips after it take from their departure on, at least, less what is charged
    /// before, in millijoules.
    pub ahead: i64,
}

/// One call of a trip that is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    /// The visit.
    pub visit: u32,
    /// Seconds from the departure to leaving it, without waiting.
    pub path: i64,
    /// Seconds from the departure to leaving it.
    pub left: i64,
}

/// What a whole trip comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The least time from departure to return, in seconds.
    pub duration: i64,
    /// Metres.
    pub length: i64,
}

/// Something that accumulates along a trip (a resource extension function; Irnich 2008,
/// doi 10.1007/s00291-007-0083-6), in a form that joins pieces in constant time.
///
/// A trip is `start`, its visits, `end`. [`Resource::join`] is associative. A visit with several
/// windows stands in a segment with the one it uses.
pub trait Resource: Sized + Send + Sync {
    /// Its value over a piece of a trip.
    type Segment: Copy + Debug + PartialEq + Send + Sync;

    /// The same for a part of the day: some of its visits and vehicles, renumbered from 0 in the
    /// given order.
    #[must_use]
    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self;

    /// The piece that is the departure from the station.
    fn start(&self, terms: &Terms) -> Self::Segment;

    /// The piece that is the return to the station.
    fn end(&self, terms: &Terms) -> Self::Segment;

    /// The piece that is one visit, by a vehicle, in one of the visit's windows.
    fn leaf(&self, visit: usize, window: Span, vehicle: VehicleId) -> Self::Segment;

    /// Two pieces, one after the other.
    fn join(&self, a: &Self::Segment, hop: Hop, b: &Self::Segment) -> Self::Segment;

    /// A piece with one visit behind it: `join` with the visit's own piece, which need not be made.
    #[inline]
    fn append(
        &self,
        so_far: &Self::Segment,
        hop: Hop,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
    ) -> Self::Segment {
        self.join(so_far, hop, &self.leaf(visit, window, vehicle))
    }

    /// A visit before a piece that runs to the end of the trip. Differs from `join` only for a
    /// visit with several windows, of which any may then be used.
    fn prepend(
        &self,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
        hop: Hop,
        rest: &Self::Segment,
    ) -> Self::Segment {
        self.join(&self.leaf(visit, window, vehicle), hop, rest)
    }

    /// The earliest departure that suits everything on the trip, in seconds after midnight.
    fn release(&self, trip: &Self::Segment) -> i64;

    /// How long a whole trip takes at least and how far it goes, as far as this resource knows. Says
    /// nothing of rests or of other trips.
    fn reading(&self, trip: &Self::Segment) -> Reading;

    /// What a piece of a trip takes out of the battery, in millijoules, waiting not counted; nothing where
    /// the resource does not know.
    fn drain(&self, _trip: &Self::Segment) -> Drain {
        Drain::NOTHING
    }

    /// By how much a whole trip breaks the limits; 0 when it keeps them all.
    fn excess(&self, trip: &Self::Segment, terms: &Terms) -> i64;

    /// True when a whole trip bears one visit more at no place, however short the way: a quick look
    /// before places are priced.
    #[inline]
    fn is_full(&self, _trip: &Self::Segment, _visit: usize, _terms: &Terms) -> bool {
        false
    }

    /// True when a trip is worth the same in whatever order its visits stand, but for the hops, which add
    /// up: one visit more anywhere is then the whole trip joined with that visit.
    fn is_order_free(&self) -> bool {
        false
    }

    /// True when a whole trip of a vehicle must be confirmed stop by stop.
    #[inline]
    fn looks_closer(&self, _trip: &Self::Segment, _vehicle: VehicleId) -> bool {
        false
    }

    /// The last word on a whole trip whose excess is zero, when a tour is laid out: given its departure,
    /// its calls and how long it is out, waiting included, and the coolant that the tour's trips before it
    /// have taken, to which its own is added. Only asked where [`Resource::looks_closer`].
    fn confirms(
        &self,
        _vehicle: VehicleId,
        _depart: i64,
        _calls: &[Called],
        _out: i64,
        _taken: &mut SetsTaken,
    ) -> bool {
        true
    }

    /// The insertion test: may a visit, in one of its windows, stand between `before`, which begins with
    /// the start of a trip, and `after`, which ends with its end?
    #[inline]
    fn admits(
        &self,
        gap: &Gap<'_, Self::Segment>,
        visit: usize,
        window: Span,
        terms: &Terms,
    ) -> bool {
        let before = self.append(gap.before, gap.into, visit, window, terms.vehicle);
        self.excess(&self.join(&before, gap.out_of, gap.after), terms) <= 0
    }

    /// The insertion test for a visit that brings another with it, farther on: false only where there is no
    /// time even for the one, so that there is none for both, as long as no detour makes a trip shorter.
    #[inline]
    fn has_time(
        &self,
        _gap: &Gap<'_, Self::Segment>,
        _visit: usize,
        _window: Span,
        _terms: &Terms,
    ) -> bool {
        true
    }
}

/// A place in a trip where something may be put in.
#[derive(Debug)]
pub struct Gap<'a, S> {
    /// The trip up to it.
    pub before: &'a S,
    /// The hop from the stop before to what is put in.
    pub into: Hop,
    /// The hop from what is put in to the stop behind.
    pub out_of: Hop,
    /// The trip from it on.
    pub after: &'a S,
}

/// The values of some of a list's items, in the given order.
pub(crate) fn pick<T: Clone>(all: &[T], items: &[u32]) -> Vec<T> {
    items.iter().map(|&item| all[item as usize].clone()).collect()
}

/// The plain reading of one constraint: adds what the walk breaks.
pub(crate) type Audit = fn(&Problem, &Timetable, &mut Vec<Violation>);

/// The plain reading of every constraint.
pub(crate) const ALL: [Audit; 9] = [
    compatibility::audit,
    pairing::audit,
    distance::audit,
    energy::audit,
    load::audit,
    on_board::audit,
    backhaul::audit,
    time::audit,
    driving_rest::audit,
];

/// Everything one route breaks.
pub(crate) fn audit(problem: &Problem, walk: &Timetable) -> Vec<Violation> {
    let mut found = Vec::new();
    for one in ALL {
        one(problem, walk, &mut found);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::{Conditioning, Doorstep, LidTerms, PackOut, Weather};
    use crate::problem::{
        Battery, Chemistry, ColdBox, Order, Quantity, Vehicle, VehicleId, VisitId,
    };
    use crate::rng::Rng;
    use crate::sample::{bare, build, call, day, minutes, rich};
    use crate::schedule::{timetable, walk};
    use crate::units::{Millilitres, Seconds, Time};

    /// Rule and amount of everything one trip through all orders breaks.
    fn broken(vehicle: Vehicle, orders: Vec<Order>) -> Vec<(Rule, i64)> {
        let weather = Weather::constant(50.0).unwrap();
        let problem = build(day([vehicle]).weather(weather).orders(orders));
        let trip: Vec<VisitId> = (0..problem.visits().len()).map(VisitId::from_index).collect();
        let walk = timetable(&problem, VehicleId::from_index(0), &[trip]);
        audit(&problem, &walk).into_iter().map(|one| (one.rule, one.amount)).collect()
    }

    fn near() -> Order {
        Order::deliver("a", call(10.0))
    }

    #[test]
    fn each_limit_is_read_to_the_unit() {
        let big = |order: Order| order.quantity(Quantity::pieces(1).volume(Millilitres(7_001)));
        let room = Quantity::UNLIMITED.volume(Millilitres(7_000));
        assert_eq!(broken(bare("v").capacity(room), vec![big(near())]), [(Rule::Volume, 1)]);
        let away = bare("v").max_duration(Seconds::minutes(24));
        assert_eq!(broken(away, vec![near()]), [(Rule::Duration, 60)]);
        // 24 min + 60 s away at 1.2 kW are 500 Wh, the way some more; a battery of 1 Wh gives 1.
        let battery = |kwh| Battery::new(Chemistry::Lfp, kwh, 1.0).reserve(0.0).draw_kw(1.2);
        let way = build(day([bare("v")]).order(near()));
        let trip = [vec![VisitId::from_index(0)]];
        let metres = timetable(&way, VehicleId::from_index(0), &trip).length().0;
        let need = 500 + metres.div_euclid(1000) + i64::from(metres % 1000 > 0);
        assert_eq!(broken(bare("v").battery(battery(10.0)), vec![near()]), []);
        let empty = bare("v").battery(battery(0.001));
        let lacking = broken(empty, vec![near()]);
        assert_eq!(lacking, [(Rule::Energy, need - 1)]);
        let early = bare("v").shift(minutes(480, 504));
        assert_eq!(broken(early, vec![near()]), [(Rule::ShiftClose, 60)]);
    }

    #[test]
    fn a_cold_box_is_read_for_room_and_for_warmth() {
        let frozen = |class: &str| ColdBox::new(PackOut::p7(), class, Conditioning::Frozen);
        let big = near().quantity(Quantity::pieces(1).volume(Millilitres(7_001)));
        let cold = bare("v").cold_box(frozen("PRODUCE"));
        assert_eq!(broken(cold, vec![big.class("PRODUCE")]), [(Rule::BoxVolume, 1)]);
        let ice = bare("v").cold_box(frozen("CN_FROZEN"));
        assert_eq!(broken(ice, vec![near().class("CN_FROZEN")]), [(Rule::ColdWarm, 1)]);
    }

    #[test]
    fn a_box_without_conditioned_coolant_is_read_on_the_trip_that_lacks_it() {
        let cold = |id: &str, km: f64| Order::deliver(id, call(km)).class("CN_COLD_2_8");
        let found = |boxes: ColdBox, litres: i64, trips: &[&[u32]]| {
            let quantity = Quantity::pieces(1).volume(Millilitres(1_000 * litres));
            let orders = [cold("a", 10.0), cold("b", 12.0), cold("c", 14.0)];
            let orders = orders.map(|order| order.quantity(quantity));
            let vehicle = bare("v").trips(3).cold_box(boxes);
            let day = day([vehicle]).weather(Weather::constant(10.0).unwrap());
            let problem = build(day.orders(orders));
            let trip = |trip: &&[u32]| trip.iter().map(|&visit| VisitId(visit)).collect();
            let trips: Vec<Vec<VisitId>> = trips.iter().map(trip).collect();
            let walk = timetable(&problem, VehicleId::from_index(0), &trips);
            let broken = audit(&problem, &walk);
            broken.into_iter().map(|one| (one.rule, one.visit)).collect::<Vec<_>>()
        };
        let frozen = || ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Half);
        let lacks = |visit: u32| (Rule::BoxCoolant, Some(VisitId(visit)));
        assert_eq!(found(frozen(), 1, &[&[0], &[1], &[2]]), []);
        assert_eq!(found(frozen().sets(2), 1, &[&[0], &[1], &[2]]), [lacks(2)]);
        assert_eq!(found(frozen().sets(2), 1, &[&[0, 1], &[2]]), []);
        assert_eq!(found(frozen().sets(1), 1, &[&[1], &[0, 2]]), [lacks(0), lacks(2)]);
        // Two boxes of seven litres: goods of two take one, goods of four take two.
        let two = || frozen().count(2);
        assert_eq!(found(two().sets(2), 2, &[&[0, 1], &[2]]), []);
        assert_eq!(found(two().sets(2), 4, &[&[0, 1], &[2]]), [lacks(2)]);
        assert_eq!(found(two().sets(3), 4, &[&[2], &[0, 1]]), []);
        // What is too big for any box lacks room, not coolant.
        let large = found(frozen().sets(1), 8, &[&[0], &[1]]);
        assert!(large.iter().all(|one| one.0 == Rule::BoxVolume) && !large.is_empty());
    }

    #[test]
    fn medicine_rides_apart_where_that_is_asked_for() {
        let cold = || ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Frozen);
        let weather = || Weather::constant(25.0).unwrap();
        let found = |is_segregated: bool, other: Order| {
            let medicine = near().class("CN_COLD_2_8");
            let day = day([bare("v").cold_box(cold())]).weather(weather()).segregate(is_segregated);
            let problem = build(day.order(medicine).order(other));
            let trip = (0..2).map(VisitId::from_index).collect();
            let walk = timetable(&problem, VehicleId::from_index(0), &[trip]);
            audit(&problem, &walk).into_iter().map(|one| (one.rule, one.amount)).collect::<Vec<_>>()
        };
        assert_eq!(found(true, Order::deliver("b", call(60.0))), [(Rule::Segregation, 1)]);
        assert_eq!(found(false, Order::deliver("b", call(60.0))), []);
        assert_eq!(found(true, Order::serve("b", call(60.0))), [], "work is no goods");
        assert_eq!(found(true, Order::deliver("b", call(60.0)).class("CN_COLD_2_8")), []);
    }

    #[test]
    fn a_lid_opened_again_too_soon_is_read_with_what_it_lacks() {
        let cold = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Frozen);
        let found = |minutes: i64| {
            let second = call(10.0).service(Seconds::minutes(minutes));
            let orders = [near(), Order::deliver("b", second)].map(|o| o.class("CN_COLD_2_8"));
            let day = day([bare("v").cold_box(cold.clone())]);
            let problem = build(day.weather(Weather::constant(30.0).unwrap()).orders(orders));
            let trip = (0..2).map(VisitId::from_index).collect();
            let walk = timetable(&problem, VehicleId::from_index(0), &[trip]);
            audit(&problem, &walk)
        };
        let early = found(5);
        assert_eq!(early.iter().map(|one| one.rule).collect::<Vec<_>>(), [Rule::ColdLid]);
        // With as much more time as it says, it has recovered.
        let minutes = 5 + early[0].amount.div_euclid(60) + 1;
        assert_eq!(found(minutes), []);
        assert_eq!(found(minutes - 2).len(), 1);
    }

    #[test]
    fn a_bare_walk_in_the_frost_is_refused_and_a_pouch_allows_it() {
        let found = |walk: i64, pouch: bool| {
            let (walk, hand_over) = (Seconds::minutes(walk), Seconds::minutes(1));
            let doorstep = Doorstep { walk, hand_over, pouch };
            let order = Order::deliver("a", call(30.0).doorstep(doorstep)).class("CN_COLD_2_8");
            let cold = ColdBox::auto(PackOut::p7(), "CN_COLD_2_8");
            let day = day([bare("v").cold_box(cold)]).order(order);
            let problem = build(day.weather(Weather::constant(-20.0).unwrap()));
            let trip = vec![VisitId::from_index(0)];
            let walk = timetable(&problem, VehicleId::from_index(0), &[trip]);
            audit(&problem, &walk).into_iter().map(|one| (one.rule, one.amount)).collect::<Vec<_>>()
        };
        // From 3 °C, a pen of 706 s reaches 2 °C after 31 s, a pouch of 110 min after 292 s.
        assert_eq!(found(2, false), [(Rule::Doorstep, 149)]);
        assert_eq!(found(3, true), []);
        assert_eq!(found(4, true), [(Rule::Doorstep, 8)]);
    }

    #[test]
    fn t25_goods_that_were_out_too_long_before_are_refused() {
        let found = |order: Order| {
            let cold = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Half);
            let day = day([bare("v").cold_box(cold)]).weather(Weather::constant(20.0).unwrap());
            let problem = build(day.order(order));
            let walk = timetable(&problem, VehicleId::from_index(0), &[vec![VisitId(0)]]);
            audit(&problem, &walk).into_iter().map(|one| (one.rule, one.amount)).collect::<Vec<_>>()
        };
        let spinraza = |minutes: i64| {
            let order = near().product("NUSINERSEN").budget("out of the carton");
            order.out_before(Seconds::minutes(minutes))
        };
        assert_eq!(found(spinraza(0)), []);
        assert_eq!(found(spinraza(1)), [(Rule::OutBudget, 60)], "no document");
        assert_eq!(found(spinraza(1800).document("SPC 6.4")), []);
        assert_eq!(found(spinraza(1801).document("SPC 6.4")), [(Rule::OutBudget, 60)]);
    }

    #[test]
    fn a_vehicle_that_delivers_first_is_read_visit_by_visit() {
        let first = || bare("v").deliver_first(true);
        let collect = || Order::collect("b", call(12.0));
        let last = Order::deliver("c", call(14.0));
        let rule = Rule::DeliverFirst;
        assert_eq!(broken(first(), vec![near(), collect()]), []);
        assert_eq!(broken(first(), vec![collect()]), [(rule, 1)], "it only collects");
        assert_eq!(broken(first(), vec![near(), collect(), last.clone()]), [(rule, 1)]);
        assert_eq!(broken(bare("v"), vec![near(), collect(), last]), [], "another vehicle");
    }

    #[test]
    fn driving_on_without_a_rest_is_seen() {
        let ruled = |rule| bare("v").driving(rule);
        let rule = Some(crate::problem::DrivingRule {
            drive: Seconds::minutes(15),
            rest: Seconds::minutes(5),
        });
        let vehicle = VehicleId::from_index(0);
        let free = build(day([ruled(None)]).order(near()));
        let strict = build(day([ruled(rule)]).order(near()));
        let trips = [vec![VisitId::from_index(0)]];
        let restless = timetable(&free, vehicle, &trips);
        assert_eq!(audit(&strict, &restless), [Violation::of(Rule::DrivingRest, 300).on(vehicle)]);
        assert!(audit(&strict, &timetable(&strict, vehicle, &trips)).is_empty());
    }

    /// Without driving rules, if any departure keeps every rule, the chosen one does.
    #[test]
    fn no_departure_keeps_more_than_the_chosen_one() {
        let mut good = 0;
        for seed in 0..60 {
            let mut problem = Problem::clone(&rich(seed));
            problem.start.clear();
            for (vehicle, holds) in problem.vehicles.iter_mut().zip(&mut problem.hold) {
                vehicle.driving = None;
                for terms in holds.iter_mut().flatten() {
                    terms.hold = Seconds::minutes(100 + i64::try_from(seed).unwrap_or(0));
                    terms.lid = LidTerms::NONE;
                }
            }
            let mut rng = Rng::new(seed, 3);
            for _ in 0..60 {
                let vehicle = VehicleId::from_index(rng.below(3));
                let count = problem.visits().len();
                let mut trip: Vec<VisitId> =
                    (0..4).map(|_| VisitId::from_index(rng.below(count))).collect();
                trip.truncate(rng.between(1, 4));
                let chosen = audit(&problem, &timetable(&problem, vehicle, &[trip.clone()]));
                let keeps = (480..1080).step_by(3).any(|minute| {
                    let depart = Time(minute * 60);
                    audit(&problem, &walk(&problem, vehicle, &[depart], &[trip.clone()])).is_empty()
                });
                good += usize::from(keeps);
                assert!(!keeps || chosen.is_empty(), "seed {seed}: {trip:?}: {chosen:?}");
            }
        }
        assert!(good > 100, "only {good} trips can be made at all");
    }
}
