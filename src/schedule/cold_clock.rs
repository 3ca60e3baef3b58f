//! How long the cold boxes of a trip have been closed at each hand-over. Boxes are packed afresh for
//! each trip and closed the packing time before it leaves; every opening takes something off.

use super::{StopKind, TripWalk};
use crate::cold::LidTerms;
use crate::problem::{COLD_CLASSES, Problem, VehicleId, VisitId};
use crate::units::{Seconds, Time};

/// What one visit asks of the cold box its goods ride in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColdNeed {
    /// The visit.
    pub(crate) visit: VisitId,
    /// By how much its goods are in the box longer than it holds; zero or less when it holds.
    pub(crate) excess: Seconds,
    /// Waiting at visits of the trip while the goods are in the box or the box stands ready.
    pub(crate) waited: Seconds,
    /// How much longer its lid should have stayed closed before this visit's opening, so that the
    /// payload stays in its range; zero or less when it has recovered.
    pub(crate) recovery: Seconds,
}

/// The needs of every visit whose goods ride in a box that suits them. Goods for a recipient count
/// until the visit is left, collected goods until the trip is back; a shipment's pickup counts as
/// an opening only.
pub(crate) fn cold_needs(
    problem: &Problem,
    vehicle: VehicleId,
    trip: TripWalk<'_>,
) -> Vec<ColdNeed> {
    let packing = problem.vehicle(vehicle).packing_time();
    let mut openings = [0; COLD_CLASSES];
    let mut lids = [Lid { opened: trip.depart - packing, deviation: 0.0 }; COLD_CLASSES];
    let mut waited = Seconds::ZERO;
    let mut needs = Vec::new();
    let mut collected = Vec::new();
    for stop in trip.stops {
        let Some(id) = stop.visit else { continue };
        waited += stop.begin - stop.arrive;
        let Some(class) = problem.visit(id).class else { continue };
        openings[class] += 1;
        let Ok(terms) = problem.hold(vehicle, class) else { continue };
        let recovery = lids[class].open(terms.lid, stop.leave);
        match stop.kind {
            StopKind::Collect => collected.push((id, class, terms, recovery)),
            StopKind::ShipPickup if recovery <= Seconds::ZERO => {}
            StopKind::ShipPickup => {
                let excess = Seconds(-Seconds::UNLIMITED.0);
                needs.push(ColdNeed { visit: id, excess, waited, recovery });
            }
            _ => {
                let closed = packing + (stop.leave - trip.depart) + terms.opening * openings[class];
                needs.push(ColdNeed { visit: id, excess: closed - terms.hold, waited, recovery });
            }
        }
    }
    let out = packing + (trip.returns() - trip.depart);
    needs.extend(collected.into_iter().map(|(visit, class, terms, recovery)| {
        let closed = out + terms.opening * openings[class];
        ColdNeed { visit, excess: closed - terms.hold, waited, recovery }
    }));
    needs
}

/// A box between two openings.
#[derive(Clone, Copy, Debug)]
struct Lid {
    opened: Time,
    /// How far its payload is on its way from rest to its limit, as a share; not below 0.
    deviation: f64,
}

impl Lid {
    /// Opens it; how much longer it should have stayed closed, rounded up, or less than zero.
    fn open(&mut self, terms: LidTerms, now: Time) -> Seconds {
        let closed = now - self.opened;
        let before = self.deviation * terms.decay(closed);
        self.deviation = terms.after(self.deviation, closed);
        self.opened = now;
        if self.deviation <= 1.0 {
            return Seconds(-1);
        }
        // The largest deviation from which one opening stays within.
        let ready = (1.0 - terms.jump_share()) / terms.keeps_share();
        if ready <= 0.0 {
            return Seconds::hours(24);
        }
        let missing = terms.lag.as_f64() * (before / ready).ln();
        Seconds::round(missing.ceil()).clamp(Seconds(1), Seconds::hours(24))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::HoldTerms;
    use crate::problem::Order;
    use crate::sample::{bare, build, call, day};
    use crate::schedule::walk;

    #[test]
    fn collected_goods_count_until_the_trip_is_back_and_with_every_opening() {
        let packing = Seconds::minutes(10);
        let orders = [
            Order::collect("a", call(10.0)).class("CN_ROOM"),
            Order::deliver("b", call(20.0)).class("CN_ROOM"),
        ];
        let mut problem = Problem::clone(&build(day([bare("v").packing(packing)]).orders(orders)));
        let (hold, opening) = (Seconds::minutes(70), Seconds::minutes(8));
        problem.hold = vec![vec![Ok(HoldTerms {
            hold,
            opening,
            recovery: Seconds::ZERO,
            lid: LidTerms::NONE,
        })]];
        let (vehicle, trip) = (VehicleId(0), vec![VisitId(0), VisitId(1)]);
        let walk = walk(&problem, vehicle, &[Time::at(8, 0)], &[trip]);
        let needs = cold_needs(&problem, vehicle, walk.trips().next().unwrap());
        let found: Vec<_> = needs.iter().map(|need| (need.visit.index(), need.excess)).collect();
        // b: 10 + 30 + 2 x 8 against 70; a: 10 + 50 + 2 x 8 against 70.
        assert_eq!(found, [(1, Seconds::minutes(-14)), (0, Seconds::minutes(6))]);
    }
}
