//! Which vehicle serves each order, and whether in time.

use crate::plan::Plan;
use crate::problem::{RealisationId, VehicleId};
use crate::schedule::StopKind;
use crate::units::Seconds;

/// How a plan serves one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Served {
    /// The vehicle.
    pub(super) vehicle: VehicleId,
    /// The way of serving it.
    pub(super) realisation: RealisationId,
    /// True when every visit begins inside a window, and collected goods are back by their cut-off.
    pub(super) in_time: bool,
    /// True when collected goods are back at the station by their cut-off; true for other goods.
    pub(super) back_in_time: bool,
}

/// How each order of the day is served, by order index; nothing for orders on no route.
pub(super) fn by_order(plan: &Plan) -> Vec<Option<Served>> {
    let problem = plan.problem();
    let mut served: Vec<Option<Served>> = vec![None; problem.orders().len()];
    for route in plan.routes() {
        for trip in route.timetable.trips() {
            for stop in trip.stops {
                let Some(visit) = stop.visit.map(|id| problem.visit(id)) else { continue };
                let entry = served[visit.order.index()].get_or_insert(Served {
                    vehicle: route.vehicle,
                    realisation: visit.realisation,
                    in_time: true,
                    back_in_time: true,
                });
                let is_back = stop.kind != StopKind::Collect || trip.returns() <= visit.due_back;
                entry.back_in_time &= is_back;
                entry.in_time &= is_back && stop.late <= Seconds::ZERO && stop.no_road.is_none();
            }
        }
    }
    served
}
