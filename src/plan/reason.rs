//! Why an order is unserved: what binds on each vehicle, by how much, and the smallest single change
//! that would serve it.

mod alternative;
mod attempt;
mod code;
mod cure;
mod depth;
#[cfg(test)]
mod oracle;
mod probe;

use std::fmt;

pub use alternative::Alternative;
pub(super) use attempt::trips_of;
use attempt::{Attempt, Places};
pub use code::{ReasonCode, Shortfall};
pub(crate) use cure::Trial;
pub use cure::{Change, Cure};
use depth::{Depth, alone};
pub(crate) use depth::{Looks, WALKED, stops_of};
#[cfg(test)]
pub(super) use oracle::each_insertion;

use crate::plan::Route;
use crate::problem::{OrderId, Problem, VehicleId, VisitId};
use crate::units::Money;

/// What binds on one vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Its id.
    pub name: String,
    /// True when it binds even on an empty route (or one with nothing but frozen stops).
    pub is_empty_route: bool,
    /// What falls short, the hardest first. Never empty.
    pub shortfalls: Vec<Shortfall>,
}

/// Why an order is on no route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code that stands for all of it.
    pub code: ReasonCode,
    /// What binds on each vehicle, the one that comes nearest to serving it first.
    pub verdicts: Vec<Verdict>,
    /// How many vehicles have no verdict: on a large day with many absent orders, those farther away
    /// are not tried place by place. (The search itself tries each order everywhere at its end, while
    /// there is time.)
    pub unexamined: usize,
    /// The ids of the orders of higher tiers it is displaced by, if it is.
    pub displaced_by: Vec<String>,
    /// The smallest single change that would serve it, if one would.
    pub cure: Option<Cure>,
    /// What can be had when, of an order whose promise from order to hand cannot be kept; the earliest
    /// first.
    pub alternatives: Vec<Alternative>,
}

/// How many of a list a line gives in full.
const SHOWN: usize = 4;

/// The first few, and how many there are beside them.
fn listed(items: &[String], mark: &str) -> String {
    let first = items[..items.len().min(SHOWN)].join(mark);
    match items.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first}{mark}and {more} more"),
    }
}

/// One line: `COLD_HOLD cold hold 14 min short on van 1 (tricycle 2: no box for CN_COLD_2_8); would
/// fit with 14 min more hold on van 1`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        let Some((nearest, others)) = self.verdicts.split_first() else {
            write!(f, " {}", self.code.text())?;
            return match self.unexamined {
                left if left > 0 && self.code == ReasonCode::NotExamined => {
                    write!(f, "; {left} vehicles were not tried place by place")
                }
                _ => Ok(()),
            };
        };
        write!(f, " {} on {}", nearest.text(), nearest.name)?;
        let would_fit = matches!(self.code, ReasonCode::NotWorth | ReasonCode::NotTried);
        if !nearest.is_empty_route && !would_fit {
            f.write_str(" with the route as planned")?;
        }
        if !self.displaced_by.is_empty() {
            write!(f, ", where these go first: {}", listed(&self.displaced_by, ", "))?;
        }
        // Vehicles of other stations are no news.
        let others = others.iter().filter(|one| one.shortfalls[0].code != ReasonCode::NoVehicle);
        let others: Vec<String> =
            others.map(|verdict| format!("{}: {}", verdict.name, verdict.text())).collect();
        if !others.is_empty() {
            write!(f, " ({})", listed(&others, "; "))?;
        }
        if self.unexamined > 0 {
            write!(f, "; {} vehicles farther away were not tried", self.unexamined)?;
        }
        if let Some(cure) = &self.cure {
            write!(f, "; would fit with {cure}")?;
        }
        let others: Vec<String> = self.alternatives.iter().map(ToString::to_string).collect();
        if others.is_empty() { Ok(()) } else { write!(f, "; offered: {}", listed(&others, ", ")) }
    }
}

impl Verdict {
    /// What falls short, in plain words.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.shortfalls.iter().map(|one| one.text.as_str()).collect();
        texts.join(", ")
    }
}

/// A plan whose absent orders are asked after: what the answers share is made once.
#[derive(Debug)]
pub(crate) struct Inquiry<'p> {
    problem: &'p Problem,
    routes: &'p [Route],
    depth: Depth,
}

/// Why `order` is on none of the `routes`: every vehicle is tried, idle ones too, on an empty route
/// and then at every place of its route. Takes vehicles x places x route length steps; where that
/// times the absent orders is beyond a few seconds, only the nearest vehicles' places are tried, and
/// the reason says how many others there are.
pub fn explain(problem: &Problem, routes: &[Route], order: OrderId) -> Reason {
    Inquiry::new(problem, routes, Looks::default()).explain(order, &mut Trial::new(problem))
}

impl<'p> Inquiry<'p> {
    /// About the routes of a plan, with so many stops to walk for all absent orders together.
    pub(crate) fn new(problem: &'p Problem, routes: &'p [Route], looks: Looks) -> Self {
        Self { problem, routes, depth: Depth::of(problem, routes, looks) }
    }

    /// As [`explain`].
    pub(crate) fn explain(&self, order: OrderId, trial: &mut Trial<'_>) -> Reason {
        self.explain_looking(order, trial).0
    }

    /// As [`explain`], and the vehicles whose places the reason has looked at.
    pub(crate) fn explain_looking(
        &self,
        order: OrderId,
        trial: &mut Trial<'_>,
    ) -> (Reason, Vec<bool>) {
        explain_to((self.problem, self.routes), order, &self.depth, trial)
    }

    /// The vehicles whose places the reason of an order looks at; an answer that looked at the same
    /// tours of the same vehicles is still the same.
    pub(crate) fn looks_at(&self, order: OrderId) -> Vec<bool> {
        if self.depth.is_left(order) {
            return vec![false; self.problem.vehicles().len()];
        }
        self.depth.near(self.problem, order, |vehicle| {
            alone(self.problem, vehicle, order)
                .is_some_and(|attempt| attempt.is_hopeless(self.problem))
        })
    }

    /// The cheapest good insertion of an order by the plain reading: the route it makes. Nothing when
    /// there is none, or none cheaper than an optional order's prize. Looks as far as [`explain`].
    pub(crate) fn insertion(&self, order: OrderId) -> Option<Route> {
        insertion(self.problem, order, &self.depth, &self.looks_at(order))
    }
}

fn explain_to(
    (problem, routes): (&Problem, &[Route]),
    order: OrderId,
    depth: &Depth,
    trial: &mut Trial<'_>,
) -> (Reason, Vec<bool>) {
    let alone: Vec<Option<Attempt>> =
        problem.vehicle_ids().map(|vehicle| alone(problem, vehicle, order)).collect();
    let is_hopeless = |attempt: &Option<Attempt>| {
        attempt.as_ref().is_some_and(|attempt| attempt.is_hopeless(problem))
    };
    // On a vehicle by itself it would be good, and there is no time to see what stands against it there.
    if depth.is_left(order) && alone.iter().any(Option::is_none) {
        return (not_examined(problem), vec![false; alone.len()]);
    }
    let near = depth.near(problem, order, |vehicle| is_hopeless(&alone[vehicle.index()]));
    let mut judged: Vec<Judged<'_>> = problem
        .vehicle_ids()
        .zip(alone)
        .filter_map(|(vehicle, alone)| {
            let is_tried = near[vehicle.index()] && !is_hopeless(&alone);
            let trips = is_tried.then(|| depth.trips[vehicle.index()].as_slice());
            judge(problem, vehicle, order, alone, trips)
        })
        .collect();
    judged.sort_by_key(|one| one.key);
    let fits = judged.iter().any(|one| one.fits);
    let displaced_by = match judged.first() {
        Some(nearest) if !fits => displacing(problem, routes, nearest, order),
        _ => Vec::new(),
    };
    let mut places: Vec<Places<'_>> =
        judged.iter_mut().filter_map(|one| one.places.take()).collect();
    places.sort_by_key(|places| places.vehicle);
    let cure = if fits { None } else { cure::smallest(problem, order, &places, trial) };
    let verdicts: Vec<Verdict> = judged.into_iter().map(|one| one.verdict).collect();
    let nearest = verdicts.first().and_then(|verdict| verdict.shortfalls.first());
    let code = match nearest {
        _ if !displaced_by.is_empty() => ReasonCode::Displaced,
        Some(shortfall) => shortfall.code,
        None => ReasonCode::NoVehicle,
    };
    let unexamined = problem.vehicles().len() - verdicts.len();
    let alternatives =
        if fits { Vec::new() } else { alternative::alternatives(problem, order, depth, &near) };
    (Reason { code, verdicts, unexamined, displaced_by, cure, alternatives }, near)
}

/// The reason of an order that no tour was looked into for.
fn not_examined(problem: &Problem) -> Reason {
    Reason {
        code: ReasonCode::NotExamined,
        verdicts: Vec::new(),
        unexamined: problem.vehicles().len(),
        displaced_by: Vec::new(),
        cure: None,
        alternatives: Vec::new(),
    }
}

fn insertion(problem: &Problem, order: OrderId, depth: &Depth, near: &[bool]) -> Option<Route> {
    let mut best: Option<(Money, Attempt)> = None;
    for vehicle in problem.vehicle_ids().filter(|vehicle| near[vehicle.index()]) {
        let trips = &depth.trips[vehicle.index()];
        let Some((cost, attempt)) = Places::of(problem, vehicle, trips, order).cheapest() else {
            continue;
        };
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, attempt));
        }
    }
    let worth = |cost: Money| problem.order(order).prize().is_none_or(|prize| cost < prize);
    let (_, attempt) = best.filter(|&(cost, _)| worth(cost))?;
    Some(Route::new(problem, attempt.vehicle, attempt.trips))
}

/// True when the order fits some place of a vehicle's route.
pub(super) fn fits(
    problem: &Problem,
    routes: &[Route],
    vehicle: VehicleId,
    order: OrderId,
) -> bool {
    let trips = trips_of(routes, vehicle);
    Places::of(problem, vehicle, &trips, order).good().next().is_some()
}

/// What comes of one vehicle. Sorted by key, the nearest to serving the order is first.
struct Judged<'a> {
    key: (bool, bool, bool, attempt::Key),
    verdict: Verdict,
    /// True when the order fits its route.
    fits: bool,
    /// The places of its route, if they were tried: unless no change there can help.
    places: Option<Places<'a>>,
}

/// What comes of a vehicle that does so on its own, and of its trips, unless they are not to be
/// tried. Nothing when it would be good on its own and the trips are not tried.
fn judge<'a>(
    problem: &'a Problem,
    vehicle: VehicleId,
    order: OrderId,
    alone: Option<Attempt>,
    trips: Option<&'a [Vec<VisitId>]>,
) -> Option<Judged<'a>> {
    let places = trips.map(|trips| Places::of(problem, vehicle, trips, order));
    let name = problem.vehicle(vehicle).id().to_owned();
    if let Some((cost, _)) = places.as_ref().and_then(Places::cheapest) {
        let shortfalls = vec![code::unworthy(problem, order, cost)];
        let verdict = Verdict { vehicle, name, is_empty_route: false, shortfalls };
        let key = (false, false, false, (0, 0, cost.0));
        return Some(Judged { key, verdict, fits: true, places });
    }
    let is_empty_route = alone.is_some();
    let attempt = alone.or_else(|| places.as_ref().and_then(Places::best))?;
    let shortfalls = code::shortfalls(problem, order, &attempt);
    let verdict = Verdict { vehicle, name, is_empty_route, shortfalls };
    let key = (true, attempt.is_elsewhere(), is_empty_route, attempt.key());
    Some(Judged { key, verdict, fits: false, places })
}

/// The orders of strictly higher tiers on the route of the nearest vehicle, if the order would fit
/// there without them.
fn displacing(
    problem: &Problem,
    routes: &[Route],
    nearest: &Judged<'_>,
    order: OrderId,
) -> Vec<String> {
    if nearest.verdict.is_empty_route {
        return Vec::new();
    }
    let tier = problem.order(order).tier_value();
    let vehicle = nearest.verdict.vehicle;
    let is_higher = |visit: &VisitId| {
        let other = problem.order(problem.visit(*visit).order);
        other.tier_value() < tier && other.prize().is_none()
    };
    let mut trips = trips_of(routes, vehicle);
    let mut higher: Vec<OrderId> = trips
        .iter()
        .flatten()
        .filter(|&visit| is_higher(visit))
        .map(|&visit| problem.visit(visit).order)
        .collect();
    higher.sort_unstable();
    higher.dedup();
    for trip in &mut trips {
        trip.retain(|visit| !is_higher(visit));
    }
    trips.retain(|trip| !trip.is_empty());
    if higher.is_empty() || Places::of(problem, vehicle, &trips, order).good().next().is_none() {
        return Vec::new();
    }
    higher.into_iter().map(|other| problem.order(other).id().to_owned()).collect()
}

#[cfg(test)]
mod tests;
