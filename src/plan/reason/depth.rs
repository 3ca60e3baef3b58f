//! How many vehicles an order is tried on at every place. On a large day with many absent orders
//! that would take minutes: then the nearest vehicles are, by sizes alone, so that everyone who asks
//! gets the same answer. Where the clock decides and not even one vehicle can be looked into for each, the
//! orders of the highest tiers are, and the others are told as not examined.

use crate::plan::reason::attempt::{Attempt, Places, frozen_trips};
use crate::plan::{Header, Route};
use crate::problem::{OrderId, PlaceId, Problem, VehicleId, VisitId};

/// How many stops are walked for all absent orders of a day together, about, unless the time is
/// short: some seconds.
pub(crate) const WALKED: u64 = 100_000_000;
/// Between more places than this a leg is worked out, not looked up, and takes this much longer.
const PLACES: usize = 5_000;
const SLOWER: u64 = 5;

/// How far the reasons of a plan look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looks {
    /// Stops to walk for all absent orders together; see [`Header::walked`].
    pub(crate) walked: u64,
    /// See [`Header::hurried`].
    pub(crate) hurried: bool,
}

impl Looks {
    /// As the plan's header says.
    pub(crate) fn of(header: &Header) -> Self {
        Self { walked: header.walked, hurried: header.hurried }
    }
}

impl Default for Looks {
    fn default() -> Self {
        Self { walked: WALKED, hurried: false }
    }
}

/// How many stops of that budget there are on a day whose legs may have to be worked out.
pub(crate) fn stops_of(problem: &Problem, walked: u64) -> u64 {
    walked / if problem.places().len() > PLACES { SLOWER } else { 1 }
}

/// The trips of each vehicle of a plan, and how far an order is looked into.
#[derive(Debug)]
pub(super) struct Depth {
    /// By vehicle; none for an idle one.
    pub(super) trips: Vec<Vec<Vec<VisitId>>>,
    /// Stops that may be walked for one order.
    pub(super) walked: u64,
    /// Where the vehicle's station and its stops are, by vehicle.
    spots: Vec<Vec<[f64; 2]>>,
    /// Orders that no vehicle is looked into for, sorted.
    left: Vec<OrderId>,
}

/// Where a place is, on a plane that is true enough to tell near from far: sums and products only, so
/// every machine tells the same.
fn spot(problem: &Problem, PlaceId(place): PlaceId) -> [f64; 2] {
    let point = problem.places()[place as usize].point;
    let middle = problem.places()[0].point.lat / 90.0;
    [point.lon * (1.0 - middle * middle), point.lat]
}

impl Depth {
    /// The share of each absent order of a plan in a budget of stops to walk.
    pub(super) fn of(problem: &Problem, routes: &[Route], looks: Looks) -> Self {
        let mut trips = vec![Vec::new(); problem.vehicles().len()];
        let mut served = vec![false; problem.orders().len()];
        for route in routes {
            let own: &mut Vec<Vec<VisitId>> = &mut trips[route.vehicle.index()];
            own.extend(route.trips.iter().map(|trip| trip.visits.clone()));
            for visit in route.visits() {
                served[problem.visit(visit).order.index()] = true;
            }
        }
        let absent = served.iter().filter(|&&is_served| !is_served).count().max(1);
        let walked = stops_of(problem, looks.walked);
        let spots = problem.vehicle_ids().zip(&trips).map(|(vehicle, trips)| {
            let home = std::iter::once(problem.home(vehicle));
            let stops = trips.iter().flatten().map(|&visit| problem.visit(visit).place);
            home.chain(stops).map(|place| spot(problem, place)).collect()
        });
        let spots = spots.collect();
        let mut depth = Self { trips, walked: walked / absent as u64, spots, left: Vec::new() };
        if looks.hurried {
            let absent = problem.order_ids().filter(|order| !served[order.index()]).collect();
            depth.left = depth.beyond(problem, absent, walked);
        }
        depth
    }

    /// The absent orders for which no tour of mean length can be looked into any more, when those of higher
    /// tiers have theirs.
    fn beyond(&self, problem: &Problem, mut absent: Vec<OrderId>, walked: u64) -> Vec<OrderId> {
        let tours = self.trips.iter().filter(|trips| !trips.is_empty()).count().max(1) as u64;
        absent.sort_unstable_by_key(|&order| (problem.order(order).tier_value(), order));
        let mut so_far = 0_u64;
        let is_beyond = |order: &OrderId| {
            let all = problem.vehicle_ids().map(|vehicle| self.work(problem, vehicle, *order));
            so_far = so_far.saturating_add(all.fold(0, u64::saturating_add) / tours);
            so_far > walked
        };
        let mut left: Vec<OrderId> = absent.into_iter().filter(is_beyond).collect();
        left.sort_unstable();
        left
    }

    /// True for an order that no vehicle is looked into for.
    pub(super) fn is_left(&self, order: OrderId) -> bool {
        self.left.binary_search(&order).is_ok()
    }

    /// True when all vehicles can be looked into.
    pub(super) fn is_full(&self, problem: &Problem, order: OrderId) -> bool {
        let work = problem.vehicle_ids().map(|vehicle| self.work(problem, vehicle, order));
        work.fold(0, u64::saturating_add) <= self.walked
    }

    /// The vehicles whose places are looked into, by vehicle: all, or the nearest of those of which
    /// not all hope is gone, at least one.
    pub(super) fn near(
        &self,
        problem: &Problem,
        order: OrderId,
        is_hopeless: impl Fn(VehicleId) -> bool,
    ) -> Vec<bool> {
        if self.is_left(order) {
            return vec![false; problem.vehicles().len()];
        }
        if self.is_full(problem, order) {
            return vec![true; problem.vehicles().len()];
        }
        let hopeful = problem.vehicle_ids().filter(|&vehicle| !is_hopeless(vehicle));
        let mut by_way: Vec<(f64, VehicleId)> =
            hopeful.map(|vehicle| (self.way(problem, vehicle, order), vehicle)).collect();
        by_way.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut near = vec![false; problem.vehicles().len()];
        let mut walked = 0_u64;
        for (i, (_, vehicle)) in by_way.into_iter().enumerate() {
            walked = walked.saturating_add(self.work(problem, vehicle, order));
            if i > 0 && walked > self.walked {
                break;
            }
            near[vehicle.index()] = true;
        }
        near
    }

    /// Stops walked when an order is tried at every place of a vehicle's trips.
    fn work(&self, problem: &Problem, vehicle: VehicleId, order: OrderId) -> u64 {
        let trips = &self.trips[vehicle.index()];
        let stops: u64 = trips.iter().map(|trip| trip.len() as u64).sum();
        let ways = problem.realisations_of(order).map(|id| {
            let is_pair = problem.realisation(id).second.is_some();
            let gaps = trips.iter().map(|trip| {
                let gaps = trip.len() as u64 + 1;
                if is_pair { gaps * (gaps + 1) / 2 } else { gaps }
            });
            gaps.sum::<u64>().saturating_mul(stops)
        });
        ways.sum()
    }

    /// The square of the way through the air from the vehicle's station or one of its stops to the
    /// order, whichever is nearest.
    fn way(&self, problem: &Problem, vehicle: VehicleId, order: OrderId) -> f64 {
        let ways = problem.realisations_of(order).flat_map(|id| {
            let to = spot(problem, problem.visit(problem.realisation(id).first).place);
            let spots = self.spots[vehicle.index()].iter();
            spots.map(move |from| {
                let (x, y) = (from[0] - to[0], from[1] - to[1]);
                x * x + y * y
            })
        });
        ways.fold(f64::INFINITY, f64::min)
    }
}

/// The best an order can do on a vehicle without other orders (but frozen stops), when that is not
/// good.
pub(super) fn alone(problem: &Problem, vehicle: VehicleId, order: OrderId) -> Option<Attempt> {
    let frozen = frozen_trips(problem, vehicle);
    let best = Places::of(problem, vehicle, &frozen, order).best();
    best.filter(|attempt| !attempt.found.is_empty())
}
