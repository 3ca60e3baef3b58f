//! How long the cold boxes of a trip have been closed at each hand-over. Boxes are packed afresh for
//! each trip and closed the packing time before it leaves; every opening takes something off the box
//! that is opened.

use super::{Stop, StopKind, TripWalk};
use crate::cold::{AirShift, HoldTerms, LidTerms, Stay, Unfit, Wear};
use crate::problem::{COLD_CLASSES, Problem, VehicleId, VisitId};
use crate::units::{Seconds, Time};

/// What one visit asks of the cold box its goods ride in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColdNeed<'a> {
    /// The visit.
    pub(crate) visit: VisitId,
    /// By how much its goods are in the box longer than it holds; zero or less when it holds.
    pub(crate) excess: Seconds,
    /// How much later the trip must leave for the excess to vanish, if nothing else moves; zero or less
    /// when there is none.
    pub(crate) later: Seconds,
    /// What its goods go through; none for an opening only.
    held: Option<Held<'a>>,
    /// Why the box may not stand in the air of an hour it is out in; none when it may.
    pub(crate) unfit: Option<Unfit>,
    /// Waiting at visits of the trip while the goods are in the box or the box stands ready.
    pub(crate) waited: Seconds,
    /// How much longer its lid should have stayed closed before this visit's opening, so that the
    /// payload stays in its range; zero or less when it has recovered.
    pub(crate) recovery: Seconds,
    /// How often its box has been opened when this visit is left, its own opening included.
    pub(crate) openings: i64,
}

impl ColdNeed<'_> {
    /// Until when the box would hold.
    pub(crate) fn until(&self) -> Time {
        self.held.map_or(Time::MAX, |held| {
            let Held { wear, stay, hold, .. } = held;
            wear.map_or(stay.closed + hold - stay.lost, |wear| wear.until(stay, hold))
        })
    }

    /// True when a later departure may make up for the excess: there is as much waiting to shrink.
    pub(crate) fn is_curable(&self) -> bool {
        self.later <= self.waited
    }
}

/// Which box is opened at each stop of a trip, as a number: that of a class's only box, or beyond those
/// of the classes.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    of: Vec<Option<usize>>,
    /// Which of the vehicle's kinds each box beyond the classes is.
    kinds: Vec<usize>,
}

impl Lanes {
    /// One box for each class, numbered as it is.
    pub(super) fn shared(problem: &Problem, stops: &[Stop]) -> Self {
        let class = |stop: &Stop| stop.visit.and_then(|id| problem.visit(id).class);
        Self { of: stops.iter().map(class).collect(), kinds: Vec::new() }
    }

    /// Gives some stops, counted from 1, a box of their own of this kind.
    pub(super) fn add(&mut self, kind: usize, opens: impl Iterator<Item = (usize, Option<usize>)>) {
        let lane = COLD_CLASSES + self.kinds.len();
        self.kinds.push(kind);
        for stop in opens.flat_map(|(one, two)| std::iter::once(one).chain(two)) {
            self.of[stop - 1] = Some(lane);
        }
    }

    fn count(&self) -> usize {
        COLD_CLASSES + self.kinds.len()
    }

    /// What the box of a lane can do, and how the hours use its hold up.
    fn terms<'a>(
        &self,
        problem: &'a Problem,
        vehicle: VehicleId,
        (class, lane): (usize, usize),
    ) -> Option<(HoldTerms, Option<&'a Wear>)> {
        match lane.checked_sub(COLD_CLASSES).and_then(|at| self.kinds.get(at)) {
            None => Some((problem.hold(vehicle, class).ok()?, problem.wear(vehicle, class))),
            Some(&kind) => {
                let terms = problem.box_hold(vehicle, class, kind).ok()?;
                Some((terms, problem.box_wear(vehicle, class, kind).map(AsRef::as_ref)))
            }
        }
    }
}

/// The needs of every visit whose goods ride in a box that suits them, where boxes are opened at given
/// stops. Goods for a recipient count until the visit is left, collected goods until the trip is back; a
/// shipment's pickup counts as an opening only. Where a vehicle has several boxes of a class, each has its
/// own openings.
pub(super) fn needs_of<'a>(
    problem: &'a Problem,
    vehicle: VehicleId,
    trip: TripWalk<'_>,
    lanes: &Lanes,
) -> Vec<ColdNeed<'a>> {
    let closed = trip.depart - problem.vehicle(vehicle).packing_time();
    let air = problem.air_along(vehicle, trip.stops.iter().map(|stop| stop.place));
    let mut openings = vec![0; lanes.count()];
    let mut lids = vec![Lid { opened: closed, deviation: 0.0 }; lanes.count()];
    let mut waited = Seconds::ZERO;
    let mut needs = Vec::new();
    let mut collected = Vec::new();
    for (stop, lane) in trip.stops.iter().zip(&lanes.of) {
        let Some(visit) = stop.visit else { continue };
        waited += stop.begin - stop.arrive;
        let Some((class, lane)) = problem.visit(visit).class.zip(*lane) else { continue };
        openings[lane] += 1;
        let found = lanes.terms(problem, vehicle, (class, lane));
        let Some((terms, wear)) = found else { continue };
        let lid = wear.map_or(terms.lid, |wear| wear.lid(terms.lid, stop.leave, air));
        let recovery = lids[lane].open(lid, stop.leave);
        let openings = openings[lane];
        match stop.kind {
            StopKind::Collect => collected.push((visit, wear, lane, terms, recovery)),
            StopKind::ShipPickup if recovery <= Seconds::ZERO => {}
            StopKind::ShipPickup => {
                let (excess, held) = (Seconds(-Seconds::UNLIMITED.0), None);
                let later = excess;
                let unfit = None;
                needs.push(ColdNeed {
                    visit,
                    excess,
                    later,
                    held,
                    unfit,
                    waited,
                    recovery,
                    openings,
                });
            }
            _ => {
                let held = Held::of(wear, terms, (closed, stop.leave, air), openings);
                needs.push(held.need(visit, waited, recovery));
            }
        }
    }
    needs.extend(collected.into_iter().map(|(visit, wear, lane, terms, recovery)| {
        let span = (closed, trip.returns(), air);
        let held = Held::of(wear, terms, span, openings[lane]);
        held.need(visit, waited, recovery)
    }));
    needs
}

/// Goods in a box from its closing until they are out.
#[derive(Clone, Copy, Debug)]
struct Held<'a> {
    wear: Option<&'a Wear>,
    stay: Stay,
    openings: i64,
    hold: Seconds,
}

impl<'a> Held<'a> {
    fn of(
        wear: Option<&'a Wear>,
        terms: HoldTerms,
        (closed, out, air): (Time, Time, AirShift),
        openings: i64,
    ) -> Self {
        let lost = terms.opening * openings;
        let stay = Stay { closed, out, lost, air };
        Self { wear, stay, openings, hold: terms.hold }
    }

    fn need(&self, visit: VisitId, waited: Seconds, recovery: Seconds) -> ColdNeed<'a> {
        let Self { stay, hold, .. } = *self;
        let plain = stay.out - stay.closed + stay.lost;
        let excess = self.wear.map_or(plain, |wear| wear.used(stay)) - hold;
        ColdNeed {
            visit,
            excess,
            // What is kept needs no later departure.
            later: self
                .wear
                .filter(|_| excess.0 > 0)
                .map_or(excess, |wear| wear.from(stay, hold) - stay.closed),
            held: Some(*self),
            unfit: self.wear.and_then(|wear| wear.unfit_in(stay)),
            waited,
            recovery,
            openings: self.openings,
        }
    }
}

/// What a lid lacks that may not be opened at all: as it is outside, one opening of a rested box lets
/// its goods leave their range.
pub(crate) const NEVER: Seconds = Seconds(24 * 3600);

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
            return NEVER;
        }
        let missing = terms.lag.as_f64() * (before / ready).ln();
        Seconds::round(missing.ceil()).clamp(Seconds(1), NEVER - Seconds(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::HoldTerms;
    use crate::problem::Order;
    use crate::sample::{bare, build, call, day};
    use crate::schedule::{SetsTaken, pack, walk};

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
        let trip = walk.trips().next().unwrap();
        let needs = pack(&problem, vehicle, trip, &mut SetsTaken::default()).1;
        let found: Vec<_> = needs.iter().map(|need| (need.visit.index(), need.excess)).collect();
        // b: 10 + 30 + 2 x 8 against 70; a: 10 + 50 + 2 x 8 against 70.
        assert_eq!(found, [(1, Seconds::minutes(-14)), (0, Seconds::minutes(6))]);
    }
}
