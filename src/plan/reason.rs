//! Why an order is unserved: what binds on each vehicle, by how much, and the smallest single change
//! that would serve it.

mod attempt;
mod code;
mod cure;

use std::fmt;

pub(super) use attempt::{each_insertion, trips_of};
pub use code::{ReasonCode, Shortfall};
pub use cure::{Change, Cure};

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
    /// The ids of the orders of higher tiers it is displaced by, if it is.
    pub displaced_by: Vec<String>,
    /// The smallest single change that would serve it, if one would.
    pub cure: Option<Cure>,
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
            return write!(f, " {}", self.code.text());
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
        match &self.cure {
            Some(cure) => write!(f, "; would fit with {cure}"),
            None => Ok(()),
        }
    }
}

impl Verdict {
    /// What falls short, in plain words.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.shortfalls.iter().map(|one| one.text.as_str()).collect();
        texts.join(", ")
    }
}

/// Why `order` is on none of the `routes`: every vehicle is tried, idle ones too, on an empty route
/// and then at every place of its route. Takes vehicles x places x route length steps.
pub fn explain(problem: &Problem, routes: &[Route], order: OrderId) -> Reason {
    let mut judged: Vec<Judged> = problem
        .vehicle_ids()
        .map(|vehicle| judge(problem, &trips_of(routes, vehicle), vehicle, order))
        .collect();
    judged.sort_by_key(|one| one.key);
    let fit = judged.iter().filter_map(|one| one.fits).min();
    let displaced_by = match judged.first() {
        Some(nearest) if fit.is_none() => displacing(problem, routes, nearest, order),
        _ => Vec::new(),
    };
    let cures = judged.iter_mut().flat_map(|one| std::mem::take(&mut one.cures)).collect();
    let cure = if fit.is_none() { cure::smallest(problem, order, cures) } else { None };
    let verdicts: Vec<Verdict> = judged.into_iter().map(|one| one.verdict).collect();
    let nearest = verdicts.first().and_then(|verdict| verdict.shortfalls.first());
    let code = match nearest {
        _ if !displaced_by.is_empty() => ReasonCode::Displaced,
        Some(shortfall) => shortfall.code,
        None => ReasonCode::NoVehicle,
    };
    Reason { code, verdicts, displaced_by, cure }
}

/// What comes of one vehicle. Sorted by key, the nearest to serving the order is first.
struct Judged {
    key: (bool, bool, bool, attempt::Key),
    verdict: Verdict,
    /// What the cheapest insertion costs, if there is one.
    fits: Option<Money>,
    cures: Vec<cure::Candidate>,
}

fn judge(problem: &Problem, trips: &[Vec<VisitId>], vehicle: VehicleId, order: OrderId) -> Judged {
    let frozen = attempt::frozen_trips(problem, vehicle);
    let alone = attempt::best(problem, vehicle, &frozen, order);
    let alone = alone.filter(|attempt| !attempt.found.is_empty());
    let planned = match &alone {
        Some(attempt) if attempt.is_hopeless(problem) => attempt::Scan::default(),
        _ => attempt::scan(problem, vehicle, trips, order),
    };
    let name = problem.vehicle(vehicle).id().to_owned();
    let cures = planned.cures;
    if let Some(cost) = planned.fits {
        let shortfalls = vec![code::unworthy(problem, order, cost)];
        let verdict = Verdict { vehicle, name, is_empty_route: false, shortfalls };
        return Judged {
            key: (false, false, false, (0, 0, cost.0)),
            verdict,
            fits: Some(cost),
            cures,
        };
    }
    let is_empty_route = alone.is_some();
    let attempt = alone.or(planned.best).expect("each order can be tried on each vehicle");
    let shortfalls = code::shortfalls(problem, order, &attempt);
    let verdict = Verdict { vehicle, name, is_empty_route, shortfalls };
    let key = (true, attempt.is_elsewhere(), is_empty_route, attempt.key());
    Judged { key, verdict, fits: None, cures }
}

/// The orders of strictly higher tiers on the route of the nearest vehicle, if the order would fit
/// there without them.
fn displacing(
    problem: &Problem,
    routes: &[Route],
    nearest: &Judged,
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
    let is_free =
        attempt::best(problem, vehicle, &trips, order).is_some_and(|a| a.found.is_empty());
    if !is_free {
        return Vec::new();
    }
    higher.into_iter().map(|other| problem.order(other).id().to_owned()).collect()
}

#[cfg(test)]
mod tests;
