//! What is in the battery (Guzzella and Sciarretta 2013, doi 10.1007/978-3-642-35913-2, chapter 2).
//!
//! Where kilometres and hours tell what a tour takes, the search adds them up already: so those
//! batteries have only the plain reading, and the search asks [`Charge::lasts`] of a whole tour. Where
//! each leg takes what its road asks for, or the station charges, what is missing to full at each moment
//! counts, and so do openings of a compartment: that is the [`Drain`] of a piece (Schiffer and Walther 2017,
//! doi 10.1016/j.ejor.2017.01.011, join the state of charge over pieces of a route alike). Waiting is not
//! in it, which the departure decides: it errs on the side of what fits, and the whole tour is asked
//! with its times when it is laid out.

use std::sync::Arc;

use crate::constraint::{Hop, Reading, Resource, Rule, Span, Terms, Violation, pick};
use crate::problem::{Charge, Problem, VehicleId, Visit};
use crate::road::{Drain, TravelMatrix};
use crate::schedule::{Timetable, battery_day};

/// Marks a vehicle whose battery is none of this resource's.
const NONE: u32 = u32::MAX;

/// A battery that pieces of a trip tell about.
#[derive(Clone, Debug)]
struct Own {
    charge: Charge,
    home: u32,
    travel: Arc<TravelMatrix>,
}

/// Follows what is missing in batteries.
#[derive(Clone, Debug)]
pub struct Energy {
    visits: Vec<At>,
    vehicles: Vec<Option<Own>>,
}

/// A visit: its place, how long service takes in seconds, and the class of its goods.
#[derive(Clone, Copy, Debug)]
struct At {
    place: u32,
    service: i64,
    class: Option<usize>,
}

/// What a piece of a trip takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnergySegment {
    /// Millijoules, without waiting.
    drain: Drain,
    vehicle: u32,
    first: u32,
    last: u32,
    /// True when it runs to the end of the trip.
    is_ended: bool,
}

impl Energy {
    /// True when some vehicle has a battery that pieces tell about.
    pub(crate) fn is_used(problem: &Problem) -> bool {
        let mut charges = problem.vehicle_ids().filter_map(|vehicle| problem.charge(vehicle));
        charges.any(|charge| !charge.is_sum())
    }

    /// Of a day.
    pub(crate) fn new(problem: &Problem) -> Self {
        let at = |visit: &Visit| At {
            place: visit.place.0,
            service: visit.service.0,
            class: visit.class,
        };
        let own = |vehicle: VehicleId| {
            let charge = problem.charge(vehicle).filter(|charge| !charge.is_sum())?;
            let travel = Arc::clone(&problem.matrices[problem.profile_of(vehicle)]);
            Some(Own { charge, home: problem.home(vehicle).0, travel })
        };
        let visits = problem.visits().iter().map(at).collect();
        Self { visits, vehicles: problem.vehicle_ids().map(own).collect() }
    }

    fn own(&self, vehicle: u32) -> Option<&Own> {
        self.vehicles.get(vehicle as usize)?.as_ref()
    }

    /// A piece at one place; the vehicle is told only where it matters.
    fn piece(&self, vehicle: VehicleId, at: Option<At>, is_ended: bool) -> EnergySegment {
        let nothing =
            EnergySegment { drain: Drain::NOTHING, vehicle: NONE, first: 0, last: 0, is_ended };
        let Some(own) = self.own(vehicle.0) else { return nothing };
        let At { place, service, class } =
            at.unwrap_or(At { place: own.home, service: 0, class: None });
        let taken = own.charge.hours_mj(service).saturating_add(own.charge.door_mj(class));
        EnergySegment {
            drain: Drain::of(taken),
            vehicle: vehicle.0,
            first: place,
            last: place,
            is_ended,
        }
    }
}

impl Resource for Energy {
    type Segment = EnergySegment;

    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        Self { visits: pick(&self.visits, visits), vehicles: pick(&self.vehicles, vehicles) }
    }

    fn start(&self, terms: &Terms) -> EnergySegment {
        self.piece(terms.vehicle, None, false)
    }

    fn end(&self, terms: &Terms) -> EnergySegment {
        self.piece(terms.vehicle, None, true)
    }

    #[inline]
    fn leaf(&self, visit: usize, _window: Span, vehicle: VehicleId) -> EnergySegment {
        self.piece(vehicle, Some(self.visits[visit]), false)
    }

    #[inline]
    fn join(&self, a: &EnergySegment, hop: Hop, b: &EnergySegment) -> EnergySegment {
        let is_ended = b.is_ended;
        let Some(own) = self.own(a.vehicle) else { return EnergySegment { is_ended, ..*a } };
        let is_driven = a.last != b.first && own.charge.is_by_road;
        let road = is_driven.then(|| own.travel.drain(a.last as usize, b.first as usize));
        let leg = own.charge.leg_mj(hop.metres, road.flatten(), hop.time);
        let drain = a.drain.then(leg).then(b.drain);
        EnergySegment { drain, vehicle: a.vehicle, first: a.first, last: b.last, is_ended }
    }

    fn release(&self, _trip: &EnergySegment) -> i64 {
        i64::MIN
    }

    fn reading(&self, _trip: &EnergySegment) -> Reading {
        Reading::default()
    }

    fn drain(&self, trip: &EnergySegment) -> Drain {
        trip.drain
    }

    /// In watt hours, rounded up. Of a piece that is not yet a whole trip: what no way on makes good.
    #[inline]
    fn excess(&self, trip: &EnergySegment, terms: &Terms) -> i64 {
        let Some(own) = self.own(trip.vehicle) else { return 0 };
        let mut most = trip.drain.highest(terms.missing);
        if trip.is_ended {
            most = most.max(trip.drain.after(terms.missing).saturating_add(terms.ahead));
        }
        Charge::whole_wh(most.saturating_sub(own.charge.usable_mj()).max(0))
    }
}

/// The plain reading: what the battery lacks to keep its reserve at every moment of the day.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let Some(day) = battery_day(problem, walk) else { return };
    if day.lacking_wh > 0 {
        found.push(Violation::of(Rule::Energy, day.lacking_wh).on(walk.vehicle));
    }
}
