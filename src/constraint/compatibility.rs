//! Who may serve what, where on the route: skills, stations, consent, and everything locked.

use super::{Rule, Violation};
use crate::problem::{Position, Problem, Role, Visit, VisitId};
use crate::schedule::Timetable;

/// The plain reading of skills, pins, stations, consent, locked positions and frozen stops.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let visits: Vec<(usize, VisitId)> =
        walk.stops.iter().filter_map(|stop| Some((stop.trip, stop.visit?))).collect();
    for (i, &(_, id)) in visits.iter().enumerate() {
        let visit = problem.visit(id);
        let mut found_if = |is_broken: bool, rule| {
            if is_broken {
                found.push(Violation::of(rule, 1).on(walk.vehicle).at(problem, id));
            }
        };
        let lacking = problem.skills_lacking(visit.order, walk.vehicle);
        found_if(!lacking.is_empty(), Rule::Skill);
        let pin = problem.pinned(visit.order);
        found_if(pin.is_some_and(|pin| pin != walk.vehicle), Rule::Pin);
        let station = problem.order_station(visit.order);
        let own = problem.station_of(walk.vehicle);
        found_if(station.is_some_and(|station| station != own), Rule::Station);
        let forbidden = problem.realisation(visit.realisation).forbidden;
        found_if(forbidden.is_some(), Rule::Consent);
        let stands = match locked(visit) {
            None => true,
            Some(Position::First) => i == 0,
            Some(Position::Last) => i + 1 == visits.len(),
        };
        found_if(!stands, Rule::Position);
    }
    frozen(problem, walk, &visits, found);
}

/// The position a visit is locked to. Of a shipment, the pickup stands first or the delivery last.
pub(crate) fn locked(visit: &Visit) -> Option<Position> {
    match (visit.role, visit.position) {
        (Role::ShipPickup, Some(Position::Last)) | (Role::ShipDelivery, Some(Position::First)) => {
            None
        }
        (_, position) => position,
    }
}

/// The first stops of a start route that are frozen, each on its trip.
fn frozen(
    problem: &Problem,
    walk: &Timetable,
    visits: &[(usize, VisitId)],
    found: &mut Vec<Violation>,
) {
    for path in problem.start.iter().filter(|path| path.vehicle == walk.vehicle) {
        let trips = path.trips.iter().filter(|trip| !trip.is_empty()).enumerate();
        let given = trips.flat_map(|(k, trip)| trip.iter().map(move |&visit| (k, visit)));
        for (i, due) in given.take(path.frozen).enumerate() {
            if visits.get(i) != Some(&due) {
                let changed = Violation::of(Rule::Frozen, 1).on(walk.vehicle);
                found.push(changed.at(problem, due.1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Order, Station};
    use crate::sample::{bare, build, call, day, km};
    use crate::schedule::timetable;

    #[test]
    fn an_order_that_any_station_may_serve_rides_from_each() {
        let misplaced = |order: fn(Order) -> Order| {
            let far = Station::at("far", km(30.0)).vehicle(bare("b"));
            let order = order(Order::deliver("a", call(10.0)));
            let problem = build(day([bare("a")]).station(far).order(order));
            let count = |vehicle| {
                let walk = timetable(&problem, vehicle, &[vec![VisitId::from_index(0)]]);
                let mut found = Vec::new();
                audit(&problem, &walk, &mut found);
                found.len()
            };
            problem.vehicle_ids().map(count).collect::<Vec<_>>()
        };
        assert_eq!(misplaced(Order::any_station), [0, 0]);
        // Vehicles come in the order of their stations: far, hub.
        assert_eq!(misplaced(|order| order.station("far")), [0, 1]);
    }
}
