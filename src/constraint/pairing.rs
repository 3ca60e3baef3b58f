//! Shipments: goods are taken before they are handed over, on the same trip.

use super::{Rule, Violation};
use crate::problem::{Problem, Role, VisitId};
use crate::schedule::Timetable;

/// The plain reading of pairs: one violation for each pickup or delivery without its partner.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    for trip in walk.trips() {
        let visits: Vec<VisitId> = trip.stops.iter().filter_map(|stop| stop.visit).collect();
        for (i, &id) in visits.iter().enumerate() {
            let visit = problem.visit(id);
            let realisation = problem.realisation(visit.realisation);
            let is_paired = match visit.role {
                Role::ShipPickup => {
                    realisation.second.is_some_and(|partner| visits[i + 1..].contains(&partner))
                }
                Role::ShipDelivery => visits[..i].contains(&realisation.first),
                Role::Deliver | Role::Collect | Role::Serve => true,
            };
            if !is_paired {
                found.push(Violation::of(Rule::Pairing, 1).on(walk.vehicle).at(problem, id));
            }
        }
    }
}
