//! Every plan of a tiny day by brute force, and how often the search finds the best.

use lastmile::optimizer::{self, StopRule};
use lastmile::plan::{Plan, Route, Rule, violations};
use lastmile::problem::{OrderId, Problem, Tier, Vehicle, VehicleId, VisitId};
use rayon::prelude::*;

use crate::days::Mix;

/// Days with more visits than this are left out.
const VISITS: usize = 6;

type Trips = Vec<Vec<VisitId>>;

/// Orders left out, by tier from the highest, then cost. Less is better.
type Worth = ([u32; Tier::COUNT], i64);

/// The cheapest good trips of one vehicle through each set of orders.
struct Table {
    best: Vec<Option<(i64, Trips)>>,
}

impl Table {
    fn new(problem: &Problem, vehicle: VehicleId) -> Self {
        let mut table = Self { best: vec![None; 1 << problem.orders().len()] };
        table.best[0] = Some((0, Vec::new()));
        let ways: Vec<Vec<VisitId>> = ways(problem, vehicle);
        table.extend(problem, vehicle, &ways, 0, &mut Vec::new());
        table
    }

    /// Tries every set of ways, one for each order of the set, in every order on every trip.
    fn extend(
        &mut self,
        problem: &Problem,
        vehicle: VehicleId,
        ways: &[Vec<VisitId>],
        from: usize,
        chosen: &mut Vec<usize>,
    ) {
        for i in from..ways.len() {
            let order = order_of(problem, &ways[i]);
            if chosen.iter().any(|&other| order_of(problem, &ways[other]) == order) {
                continue;
            }
            chosen.push(i);
            let used: Vec<&[VisitId]> = chosen.iter().map(|&way| ways[way].as_slice()).collect();
            let set = used.iter().map(|way| 1_usize << order_of(problem, way).index()).sum();
            each_route(&used, problem.vehicle(vehicle).trip_limit(), &mut |trips| {
                self.offer(problem, vehicle, set, trips);
            });
            self.extend(problem, vehicle, ways, i + 1, chosen);
            chosen.pop();
        }
    }

    fn offer(&mut self, problem: &Problem, vehicle: VehicleId, set: usize, trips: &[Vec<VisitId>]) {
        let cost = Route::new(problem, vehicle, trips.to_vec()).cost.0;
        let is_better = self.best[set].as_ref().is_none_or(|(least, _)| cost < *least);
        if is_better && violations(problem, vehicle, trips).is_empty() {
            self.best[set] = Some((cost, trips.to_vec()));
        }
    }
}

fn order_of(problem: &Problem, way: &[VisitId]) -> OrderId {
    problem.visit(way[0]).order
}

/// The ways of serving orders that the vehicle may use, whatever else is on its route.
fn ways(problem: &Problem, vehicle: VehicleId) -> Vec<Vec<VisitId>> {
    let never = [Rule::Skill, Rule::Pin, Rule::Station, Rule::Consent, Rule::NoColdBox];
    let all = problem.realisations().iter();
    let visits = all.map(|way| std::iter::once(way.first).chain(way.second).collect());
    let is_open = |way: &Vec<VisitId>| {
        let found = violations(problem, vehicle, std::slice::from_ref(way));
        !found.iter().any(|one| never.contains(&one.rule))
    };
    visits.filter(is_open).collect()
}

/// Every way of making trips of all these visits, the two of a shipment in order on one trip.
fn each_route(ways: &[&[VisitId]], limit: u32, tried: &mut dyn FnMut(&[Vec<VisitId>])) {
    let mut left: Vec<VisitId> = ways.iter().flat_map(|way| way.iter().copied()).collect();
    grow(ways, &mut left, limit as usize, &mut vec![Vec::new()], tried);
}

fn grow(
    ways: &[&[VisitId]],
    left: &mut Vec<VisitId>,
    limit: usize,
    trips: &mut Trips,
    tried: &mut dyn FnMut(&[Vec<VisitId>]),
) {
    let trip = trips[trips.len() - 1].clone();
    let is_open =
        ways.iter().any(|way| way.len() == 2 && trip.contains(&way[0]) && !trip.contains(&way[1]));
    if left.is_empty() {
        tried(trips);
        return;
    }
    if !is_open && !trip.is_empty() && trips.len() < limit {
        trips.push(Vec::new());
        grow(ways, left, limit, trips, tried);
        trips.pop();
    }
    for i in 0..left.len() {
        let visit = left[i];
        let waits = ways.iter().any(|way| way.get(1) == Some(&visit) && !trip.contains(&way[0]));
        if waits {
            continue;
        }
        left.remove(i);
        let last = trips.len() - 1;
        trips[last].push(visit);
        grow(ways, left, limit, trips, tried);
        trips[last].pop();
        left.insert(i, visit);
    }
}

/// The best plan of a day, and what it is worth.
fn best_plan(problem: &Problem) -> (Worth, Vec<Trips>) {
    let tables: Vec<Table> =
        problem.vehicle_ids().map(|vehicle| Table::new(problem, vehicle)).collect();
    let everyone = (1_usize << problem.orders().len()) - 1;
    let mut best: Option<(Worth, Vec<Trips>)> = None;
    split(&tables, everyone, (0, &mut Vec::new()), &mut |left, cost, routes| {
        let mut worth = absent(problem, |order| left & (1 << order.index()) != 0);
        worth.1 += cost;
        if best.as_ref().is_none_or(|(least, _)| worth < *least) {
            best = Some((worth, routes.to_vec()));
        }
    });
    best.expect("leaving every order out is a plan")
}

/// Gives each vehicle every set of the orders left, one after the other.
fn split(
    tables: &[Table],
    left: usize,
    (cost, routes): (i64, &mut Vec<Trips>),
    tried: &mut dyn FnMut(usize, i64, &[Trips]),
) {
    let Some((table, others)) = tables.split_first() else {
        tried(left, cost, routes);
        return;
    };
    for (set, best) in table.best.iter().enumerate().filter(|(set, _)| set & !left == 0) {
        let Some((more, trips)) = best else { continue };
        routes.push(trips.clone());
        split(others, left & !set, (cost + more, routes), tried);
        routes.pop();
    }
}

/// What the orders left out count.
fn absent(problem: &Problem, is_absent: impl Fn(OrderId) -> bool) -> Worth {
    let mut worth = ([0; Tier::COUNT], 0);
    for id in problem.order_ids().filter(|&id| is_absent(id)) {
        let order = problem.order(id);
        match order.prize() {
            Some(prize) => worth.1 += prize.0,
            None => worth.0[order.tier_value() as usize] += 1,
        }
    }
    worth
}

fn worth(plan: &Plan) -> Worth {
    let is_absent = |order: OrderId| plan.unserved().iter().any(|one| one.order == order);
    (absent(plan.problem(), is_absent).0, plan.cost().0)
}

/// Whether the search finds the best plan of a day; nothing when the day is not tiny.
fn is_found(seed: u64) -> Option<Result<(), String>> {
    let orders = 2 + usize::try_from(seed % 5).unwrap();
    let vehicles = 1 + usize::try_from(seed / 5 % 2).unwrap();
    let day = Mix { orders, vehicles, seed }.day().unwrap();
    let visits = |order: OrderId| {
        let ways = day.realisations_of(order).map(|way| day.realisation(way));
        ways.map(|way| 1 + usize::from(way.second.is_some())).max().unwrap()
    };
    if day.order_ids().map(visits).sum::<usize>() > VISITS {
        return None;
    }
    let plan = optimizer::solve(&day, &StopRule::steps(3000).seed(seed).threads(1));
    let (best, routes) = best_plan(&day);
    let found = worth(&plan);
    assert!(found >= best, "seed {seed}: {found:?} is better than the best, {best:?}");
    // Where vehicles must deliver before they collect, a collection finds no place before a delivery
    // has one, and the search may miss that: such a day counts as missed. All others are served.
    let is_strict = !day.vehicles().iter().any(Vehicle::delivers_first);
    if is_strict && best.0 == [0; Tier::COUNT] {
        assert_eq!(found.0, best.0, "seed {seed}: a plan can serve everything");
    }
    let given: Vec<Trips> = plan
        .routes()
        .iter()
        .map(|route| route.trips.iter().map(|trip| trip.visits.clone()).collect())
        .collect();
    Some(if found == best {
        Ok(())
    } else {
        Err(format!("seed {seed}: {found:?} {given:?} instead of {best:?} {routes:?}"))
    })
}

/// A step towards 99 in 100, which the days without deliveries first and second stations reached.
#[test]
fn at_least_98_of_100_tiny_days_are_planned_as_well_as_can_be() {
    let days: Vec<Result<(), String>> = (0..900_u64).into_par_iter().filter_map(is_found).collect();
    let missed: Vec<&String> = days.iter().filter_map(|day| day.as_ref().err()).collect();
    assert!(days.len() >= 60, "only {} days are tiny", days.len());
    assert!(missed.len() * 50 <= days.len(), "{} of {}: {missed:#?}", missed.len(), days.len());
}
