//! What adds up along a route, and what a route may not break. One file per constraint; each is read
//! plainly from a timetable, stop by stop.

mod compatibility;
mod distance;
mod driving_rest;
mod load;
mod on_board;
mod pairing;
mod time;
mod violation;

pub use violation::{Rule, Unit, Violation};

use crate::problem::Problem;
use crate::schedule::Timetable;

/// The plain reading of one constraint: adds what the walk breaks.
pub(crate) type Audit = fn(&Problem, &Timetable, &mut Vec<Violation>);

/// The plain reading of every constraint.
pub(crate) const ALL: [Audit; 7] = [
    compatibility::audit,
    pairing::audit,
    distance::audit,
    load::audit,
    on_board::audit,
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
    use crate::cold::{Conditioning, PackOut, Weather};
    use crate::problem::{ColdBox, Order, Quantity, Vehicle, VehicleId, VisitId};
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
