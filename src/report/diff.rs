//! What changed between two plans of one day (or of a day and the next version of it): the preview
//! a dispatcher asks for before a new plan replaces the old one.

use std::collections::BTreeMap;
use std::fmt;

use crate::plan::Plan;
use crate::problem::{OrderId, Role};
use crate::report::text;
use crate::units::{Metres, Money, Seconds};

/// An order that changed the vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The order.
    pub order: String,
    /// The vehicle before.
    pub from: String,
    /// The vehicle after.
    pub to: String,
}

/// What changed between two plans. Orders and vehicles are matched by their ids; every list is
/// sorted by order id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Orders on another vehicle than before.
    pub moved: Vec<Moved>,
    /// Orders still on their vehicle, but on another trip, or overtaken: the fewest that, taken
    /// out, leave the others in their old sequence.
    pub resequenced: Vec<String>,
    /// Orders served now and unserved before.
    pub newly_served: Vec<String>,
    /// Orders unserved now and served before.
    pub newly_unserved: Vec<String>,
    /// Orders only the plan after has.
    pub added: Vec<String>,
    /// Orders only the plan before has.
    pub removed: Vec<String>,
    /// Orders that stay on their vehicle, in sequence.
    pub unchanged: usize,
    /// Change in road length.
    pub length: Metres,
    /// Change in courier time.
    pub duration: Seconds,
    /// Change in cost.
    pub cost: Money,
}

/// Where an order is: its vehicle's id, its trip, its place in the sequence of the whole route.
type Spot<'a> = Option<(&'a str, usize, usize)>;

/// An order that stays on its trip: its place in the sequence before and after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stayed<'a> {
    before: usize,
    after: usize,
    id: &'a str,
}

/// What changes when `after` replaces `before`.
///
/// ```
/// # fn show(before: &lastmile::plan::Plan, after: &lastmile::plan::Plan) {
/// let change = lastmile::report::diff(before, after);
/// println!("{change}");
/// # }
/// ```
///
/// Takes `n log n` for `n` stops.
pub fn diff(before: &Plan, after: &Plan) -> Diff {
    let (old, new) = (spots(before), spots(after));
    let (length, duration) =
        (total_length(after) - total_length(before), total_time(after) - total_time(before));
    let mut diff = Diff { length, duration, cost: after.cost() - before.cost(), ..Diff::default() };
    let mut stayed: BTreeMap<&str, Vec<Stayed>> = BTreeMap::new();
    for (&id, &spot) in &new {
        match (old.get(id).copied(), spot) {
            (None, _) => diff.added.push(id.into()),
            (Some(None), Some(_)) => diff.newly_served.push(id.into()),
            (Some(Some(_)), None) => diff.newly_unserved.push(id.into()),
            (Some(None), None) => {}
            (Some(Some((from, trip, at))), Some((to, new_trip, new_at))) if from == to => {
                if trip == new_trip {
                    stayed.entry(from).or_default().push(Stayed { before: at, after: new_at, id });
                } else {
                    diff.resequenced.push(id.into());
                }
            }
            (Some(Some((from, ..))), Some((to, ..))) => {
                diff.moved.push(Moved { order: id.into(), from: from.into(), to: to.into() });
            }
        }
    }
    diff.removed = old.keys().filter(|id| !new.contains_key(*id)).map(|&id| id.into()).collect();
    for orders in stayed.into_values() {
        let out = overtaken(orders);
        diff.unchanged += out.1;
        diff.resequenced.extend(out.0);
    }
    diff.resequenced.sort();
    diff
}

/// Every order of a plan, by id, and where it is. A shipment is where it is picked up.
fn spots(plan: &Plan) -> BTreeMap<&str, Spot<'_>> {
    let problem = plan.problem();
    let id = |order: OrderId| problem.order(order).id();
    let mut spots: BTreeMap<&str, Spot> = problem.order_ids().map(|o| (id(o), None)).collect();
    for route in plan.routes() {
        let vehicle = problem.vehicle(route.vehicle).id();
        let mut at = 0;
        for (trip, visits) in route.trips.iter().enumerate() {
            for visit in visits.visits.iter().map(|&visit| problem.visit(visit)) {
                at += 1;
                if visit.role != Role::ShipDelivery {
                    spots.insert(id(visit.order), Some((vehicle, trip, at)));
                }
            }
        }
    }
    spots
}

/// The orders outside a longest sequence that both plans have, and how many are inside (Schensted
/// 1961, patience sorting).
fn overtaken(mut orders: Vec<Stayed>) -> (Vec<String>, usize) {
    orders.sort_unstable();
    // tails[k] is the order that ends the best sequence of k + 1 orders so far.
    let mut tails: Vec<usize> = Vec::new();
    let mut links: Vec<Option<usize>> = Vec::with_capacity(orders.len());
    for (i, order) in orders.iter().enumerate() {
        let length = tails.partition_point(|&tail| orders[tail].after < order.after);
        links.push(length.checked_sub(1).map(|k| tails[k]));
        if length == tails.len() {
            tails.push(i);
        } else {
            tails[length] = i;
        }
    }
    let mut is_kept = vec![false; orders.len()];
    let mut at = tails.last().copied();
    while let Some(i) = at {
        is_kept[i] = true;
        at = links[i];
    }
    let out = orders.iter().zip(&is_kept).filter(|(_, is_kept)| !**is_kept);
    (out.map(|(order, _)| order.id.to_string()).collect(), tails.len())
}

fn total_length(plan: &Plan) -> Metres {
    plan.routes().iter().map(|route| route.timetable.length()).sum()
}

fn total_time(plan: &Plan) -> Seconds {
    plan.routes().iter().map(|route| route.timetable.duration()).sum()
}

/// A summary line, then one line for each sort of change.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |is_more: bool| if is_more { "+" } else { "" };
        writeln!(
            f,
            "{} orders unchanged; {}{} km, {}{} h, cost {}{}",
            self.unchanged,
            sign(self.length > Metres::ZERO),
            text::km(self.length),
            sign(self.duration > Seconds::ZERO),
            text::span(self.duration),
            sign(self.cost > Money::ZERO),
            text::money(self.cost),
        )?;
        for Moved { order, from, to } in &self.moved {
            let [order, from, to] = [order, from, to].map(|id| text::plain(id));
            writeln!(f, "moved: {order} from {from} to {to}")?;
        }
        let lists = [
            ("re-sequenced", &self.resequenced),
            ("newly served", &self.newly_served),
            ("no longer served", &self.newly_unserved),
            ("added", &self.added),
            ("removed", &self.removed),
        ];
        for (name, orders) in lists.into_iter().filter(|(_, orders)| !orders.is_empty()) {
            let orders: Vec<String> = orders.iter().map(|id| text::plain(id)).collect();
            writeln!(f, "{name}: {}", orders.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Route;
    use crate::problem::VisitId;
    use crate::report::fixture;

    fn with_trips(plan: &Plan, trips: [Vec<Vec<VisitId>>; 2]) -> Plan {
        let routes = plan.problem().vehicle_ids().zip(trips);
        let routes =
            routes.map(|(vehicle, trips)| Route::new(plan.problem(), vehicle, trips)).collect();
        Plan { routes, ..plan.clone() }
    }

    fn trips(plan: &Plan) -> [Vec<Vec<VisitId>>; 2] {
        let of = |route: &Route| route.trips.iter().map(|trip| trip.visits.clone()).collect();
        [of(&plan.routes[0]), of(&plan.routes[1])]
    }

    #[test]
    fn a_plan_does_not_differ_from_itself() {
        let plan = fixture::plan();
        let same = diff(&plan, &plan);
        assert_eq!(same, Diff { unchanged: 30, ..Diff::default() });
    }

    #[test]
    fn moved_and_overtaken_orders_are_told_apart() {
        let before = fixture::plan_of(fixture::problem(12, Vec::new()));
        let mut changed = trips(&before);
        let jumper = changed[0][0].remove(0);
        changed[0][0].push(jumper);
        let mover = changed[0][0].remove(0);
        changed[1][0].push(mover);
        let lost = changed[1][1].remove(0);
        let mut after = with_trips(&before, changed);
        let id = |visit: VisitId| {
            let order = before.problem().visit(visit).order;
            before.problem().order(order).id().to_string()
        };
        let order = before.problem().visit(lost).order;
        let reason = crate::plan::explain(before.problem(), &after.routes, order);
        after.unserved.push(crate::plan::Unserved { order, reason });
        let change = diff(&before, &after);
        assert_eq!(change.resequenced, [id(jumper)]);
        assert_eq!(change.moved.len(), 1);
        assert_eq!(change.moved[0].order, id(mover));
        assert_eq!(change.newly_unserved, [id(lost)]);
        assert_eq!(change.unchanged, 9);
        assert_eq!(diff(&after, &before).newly_served, [id(lost)]);
        assert!(change.to_string().contains("moved: "));
    }
}
