//! Load: mass, volume, pieces and cold-box volume, with goods from the station, goods for the
//! station and shipments on one vehicle.

use crate::cold::Unfit;
use crate::constraint::{Hop, Reading, Resource, Rule, Span, Terms, Violation, pick};
use crate::problem::{Problem, Role, VehicleId};
use crate::schedule::Timetable;

/// The quantities of every visit in the `D` dimensions that are limited and used.
#[derive(Clone, Debug)]
pub struct Loads<const D: usize> {
    leaves: Vec<LoadSegment<D>>,
    capacity: Vec<[i64; D]>,
}

/// Load over a piece of a trip (Hiermann and Schiffer's form, as surveyed by Vidal et al. 2014,
/// doi 10.1016/j.ejor.2013.09.045), exact for deliveries, collections and shipments together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadSegment<const D: usize> {
    /// What must be on board from the station for this piece.
    pub taken: [i64; D],
    /// By how much the load changes over it.
    pub change: [i64; D],
    /// The largest rise of the load above its value on entering.
    pub rise: [i64; D],
}

impl<const D: usize> LoadSegment<D> {
    const NOTHING: Self = Self { taken: [0; D], change: [0; D], rise: [0; D] };
}

impl<const D: usize> Loads<D> {
    /// The loads of a day in the given dimensions of [`crate::problem::Load`].
    ///
    /// # Panics
    /// When there are more than `D` dimensions.
    pub fn new(problem: &Problem, dimensions: &[usize]) -> Self {
        assert!(dimensions.len() <= D, "the caller chose the number of dimensions");
        let pick = |load: &crate::problem::Load| {
            let mut picked = [0; D];
            for (to, &from) in picked.iter_mut().zip(dimensions) {
                *to = load[from];
            }
            picked
        };
        let leaf = |role: Role, load: [i64; D]| {
            let minus = load.map(|q| -q);
            match role {
                Role::Deliver | Role::Serve => {
                    LoadSegment { taken: load, change: minus, rise: [0; D] }
                }
                Role::Collect | Role::ShipPickup => {
                    LoadSegment { taken: [0; D], change: load, rise: load }
                }
                Role::ShipDelivery => LoadSegment { taken: [0; D], change: minus, rise: [0; D] },
            }
        };
        let leaves = problem.visits().iter().map(|visit| leaf(visit.role, pick(&visit.load)));
        let capacity = problem.vehicle_ids().map(|v| pick(problem.capacity(v)));
        Self { leaves: leaves.collect(), capacity: capacity.collect() }
    }
}

impl<const D: usize> Resource for Loads<D> {
    type Segment = LoadSegment<D>;

    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        Self { leaves: pick(&self.leaves, visits), capacity: pick(&self.capacity, vehicles) }
    }

    #[inline]
    fn reading(&self, _trip: &LoadSegment<D>) -> Reading {
        Reading::default()
    }

    fn start(&self, _terms: &Terms) -> LoadSegment<D> {
        LoadSegment::NOTHING
    }

    fn end(&self, _terms: &Terms) -> LoadSegment<D> {
        LoadSegment::NOTHING
    }

    #[inline]
    fn leaf(&self, visit: usize, _window: Span, _vehicle: VehicleId) -> LoadSegment<D> {
        self.leaves[visit]
    }

    #[inline]
    fn join(&self, a: &LoadSegment<D>, _hop: Hop, b: &LoadSegment<D>) -> LoadSegment<D> {
        let mut joined = *a;
        for d in 0..D {
            joined.taken[d] += b.taken[d];
            joined.change[d] += b.change[d];
            joined.rise[d] = a.rise[d].max(a.change[d] + b.rise[d]);
        }
        joined
    }

    #[inline]
    fn append(
        &self,
        so_far: &LoadSegment<D>,
        hop: Hop,
        visit: usize,
        _window: Span,
        _vehicle: VehicleId,
    ) -> LoadSegment<D> {
        self.join(so_far, hop, &self.leaves[visit])
    }

    #[inline]
    fn prepend(
        &self,
        visit: usize,
        _window: Span,
        _vehicle: VehicleId,
        hop: Hop,
        rest: &LoadSegment<D>,
    ) -> LoadSegment<D> {
        self.join(&self.leaves[visit], hop, rest)
    }

    fn release(&self, _trip: &LoadSegment<D>) -> i64 {
        i64::MIN
    }

    #[inline]
    fn excess(&self, trip: &LoadSegment<D>, terms: &Terms) -> i64 {
        let capacity = &self.capacity[terms.vehicle.index()];
        let peak = trip.taken.iter().zip(&trip.rise).map(|(taken, rise)| taken + rise);
        peak.zip(capacity).map(|(peak, room)| (peak - room).max(0)).sum()
    }

    /// True when all goods come from the station, or all go there: the load is then greatest at one end of
    /// a trip.
    fn is_order_free(&self) -> bool {
        let is_from = |leaf: &LoadSegment<D>| {
            leaf.rise == [0; D] && leaf.change == leaf.taken.map(|taken| -taken)
        };
        let is_for = |leaf: &LoadSegment<D>| leaf.taken == [0; D] && leaf.change == leaf.rise;
        self.leaves.iter().all(is_from) || self.leaves.iter().all(is_for)
    }

    /// Wherever the visit stands, its goods are aboard at the departure, at the return, or both.
    #[inline]
    fn is_full(&self, trip: &LoadSegment<D>, visit: usize, terms: &Terms) -> bool {
        let (leaf, capacity) = (&self.leaves[visit], &self.capacity[terms.vehicle.index()]);
        (0..D).any(|d| {
            let taken = trip.taken[d] + leaf.taken[d];
            taken + (trip.change[d] + leaf.change[d]).max(0) > capacity[d]
        })
    }
}

/// The plain reading of the load: for each quantity, the stop at which it is the most too much.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let capacity = problem.capacity(walk.vehicle);
    for (dimension, &room) in capacity.iter().enumerate() {
        let rule = match dimension {
            0 => Rule::Mass,
            1 => Rule::Volume,
            2 => Rule::Pieces,
            _ if has_no_box(problem, walk, dimension - 3) => continue,
            _ => Rule::BoxVolume,
        };
        let Some(stop) = walk.stops.iter().rev().max_by_key(|stop| stop.load[dimension]) else {
            continue;
        };
        let excess = stop.load[dimension] - room;
        if excess > 0 {
            let over = Violation::of(rule, excess).on(walk.vehicle);
            found.push(stop.visit.map_or(over, |visit| over.at(problem, visit)));
        }
    }
}

/// True when the vehicle has no box for a class at all; that is another rule's finding.
fn has_no_box(problem: &Problem, walk: &Timetable, class: usize) -> bool {
    class >= problem.classes().len()
        || matches!(problem.hold(walk.vehicle, class), Err(Unfit::NoBox))
}
