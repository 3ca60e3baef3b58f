//! Large days: each round cuts the plan into parts of neighbouring routes, each is searched by itself
//! on a table of its own, and the next round cuts elsewhere (route-based decomposition by barycentre;
//! Taillard 1993, doi 10.1002/net.3230230804; Santini, Schneider, Vidal and Vigo 2023,
//! doi 10.1287/ijoc.2023.1288). Parts depend on seed and round, never on who searches them.

use rayon::prelude::*;

use super::elite::Elite;
use super::ground::{Ground, NONE, Share, node};
use super::island::Island;
use super::score::Score;
use super::state::Routes;
use super::{Afterwards, Base, Found};
use crate::constraint::Resource;
use crate::optimizer::cooling::Cooling;
use crate::rng::Rng;

/// Days of up to this many visits are searched whole.
pub(super) const WHOLE: usize = 400;
/// A part has about this many visits at most.
const PART: usize = 600;
/// How long a part is searched in a timed round at least, in seconds, and how many times as long as its
/// tables take to be made, at so many seconds a cell.
const SLICE: f64 = 0.05;
const OVERHEAD: f64 = 10.0;
const CELL_SECONDS: f64 = 25e-9;

/// The plan of the whole day between two rounds.
struct Outlook {
    /// Where the searches stand, by vehicle.
    current: Routes,
    best: Elite,
    /// Steps since the best was found.
    idle: u64,
}

/// What is searched by itself in a round.
struct Part {
    share: Share,
    /// Visits on its routes.
    visits: usize,
}

/// What the search of a part found, in the day's ids.
struct Outcome {
    current: Vec<(u32, Vec<Vec<u32>>)>,
    best: Vec<(u32, Vec<Vec<u32>>)>,
    costs: Vec<i64>,
    score: Score,
    steps: u64,
}

/// Searches part by part, beginning with the plan of `first`.
pub(super) fn run<'a, R: Resource>(base: &Base<'_, 'a, R>, mut first: Island<'a, R>) -> Found {
    let Base { stop, watchman, .. } = *base;
    let schedule = base.schedule(&first);
    let mut outlook =
        Outlook { current: first.best.routes.clone(), best: first.best.clone(), idle: 0 };
    let (mut steps, mut rounds) = (0, Vec::new());
    let score = |outlook: &Outlook| (outlook.best.score.unserved(), outlook.best.score.cost());
    loop {
        let (unserved, cost) = score(&outlook);
        if watchman.is_done(steps, outlook.idle, unserved, cost) {
            break;
        }
        let mut rng = Rng::new(stop.seed_value(), 1 << 32 | rounds.len() as u64);
        let parts = cut(base.ground, &outlook.current, stop.threads_value(), &mut rng);
        watchman.set_reserve(
            Afterwards::of(base.ground, &outlook.best.routes, stop).all() + writing(base),
        );
        let budget = watchman.next_round(steps, parts.len() as u64, shortest(&parts, base));
        if budget < parts.len() as u64 {
            break;
        }
        let spent = watchman.spent(steps);
        let until = watchman.spent_after(spent, steps, budget);
        let cooling = schedule.round(spent, until);
        let outcomes = search(base, &outlook.current, &parts, (budget, rounds.len()), &cooling);
        let taken: u64 = outcomes.iter().map(|outcome| outcome.steps).sum();
        steps += taken;
        rounds.push(budget);
        outlook.join(base.ground, outcomes, taken);
        let (unserved, cost) = score(&outlook);
        watchman.report(steps, unserved, cost);
    }
    first.adopt(&outlook.best.routes);
    watchman
        .set_reserve(Afterwards::of(base.ground, &first.best.routes, stop).reasons + writing(base));
    first.finish(&|| watchman.is_over());
    Found {
        routes: first.best.routes.clone(),
        tour_cost: first.best.tour_cost(),
        header: base.header(rounds),
    }
}

/// How long a round should last at least, in seconds, so that each part gets its slice.
#[expect(clippy::cast_precision_loss, reason = "a few parts")]
fn shortest<R: Resource>(parts: &[Part], base: &Base<'_, '_, R>) -> f64 {
    let slice = |part: &Part| {
        let cells = part.share.orders.len().pow(2) * base.ground.table_count();
        SLICE.max(OVERHEAD * CELL_SECONDS * cells as f64)
    };
    parts.iter().map(slice).sum::<f64>() / base.stop.threads_value() as f64
}

/// Seconds kept for putting the plan together.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn writing<R: Resource>(base: &Base<'_, '_, R>) -> f64 {
    base.ground.visits as f64 * 10e-6
}

impl Outlook {
    /// Puts the parts together again; what is better in their bests than in the best is taken over.
    fn join(&mut self, ground: &Ground<'_>, outcomes: Vec<Outcome>, steps: u64) {
        let mut routes: Routes = vec![Vec::new(); self.current.len()];
        let mut costs = vec![0; self.current.len()];
        let mut score = Score::default();
        for outcome in outcomes {
            score = score.plus(&outcome.score);
            for (vehicle, trips) in outcome.current {
                self.current[vehicle as usize] = trips;
            }
            for ((vehicle, trips), cost) in outcome.best.into_iter().zip(outcome.costs) {
                routes[vehicle as usize] = trips;
                costs[vehicle as usize] = cost;
            }
        }
        let other = Elite::new(ground, routes, costs, score);
        let mut differing: Vec<bool> =
            self.best.routes.iter().zip(&other.routes).map(|(a, b)| a != b).collect();
        self.idle += steps;
        if score < self.best.score {
            self.best = other;
            self.idle = 0;
        } else if self.best.graft(ground, &other, &mut differing) {
            self.idle = 0;
        }
    }
}

/// Searches every part for its share of the budget.
fn search<R: Resource>(
    base: &Base<'_, '_, R>,
    routes: &Routes,
    parts: &[Part],
    (budget, round): (u64, usize),
    cooling: &Cooling,
) -> Vec<Outcome> {
    let all: usize = parts.iter().map(|part| part.visits).sum();
    let steps = |part: &Part| budget * part.visits as u64 / all.max(1) as u64;
    let one = |(i, part): (usize, &Part)| {
        let stream = 1 << 33 | (round as u64) << 16 | i as u64;
        search_part(base, routes, &part.share, (steps(part), stream), cooling)
    };
    parts.par_iter().with_max_len(1).enumerate().map(one).collect()
}

fn search_part<R: Resource>(
    base: &Base<'_, '_, R>,
    routes: &Routes,
    share: &Share,
    (steps, stream): (u64, u64),
    cooling: &Cooling,
) -> Outcome {
    let ground = base.ground.part(share.clone());
    let clock = base.clock.restrict(&ground.visit_ids, &share.vehicles);
    let resources = base.resources.restrict(&ground.visit_ids, &share.vehicles);
    let mut island = Island::new(&ground, &clock, &resources, base.stop.seed_value(), stream);
    let local = |trip: &Vec<u32>| trip.iter().map(|&v| ground.local_visit(v)).collect();
    let own: Routes = share
        .vehicles
        .iter()
        .map(|&vehicle| routes[vehicle as usize].iter().map(local).collect())
        .collect();
    island.adopt(&own);
    let taken = island.run(steps, cooling, &|| base.watchman.is_over());
    let of_day = |routes: &Routes| {
        let trip = |trip: &Vec<u32>| trip.iter().map(|&v| ground.visit_ids[v as usize]).collect();
        let tour = |(i, trips): (usize, &Vec<Vec<u32>>)| {
            (share.vehicles[i], trips.iter().map(trip).collect())
        };
        routes.iter().enumerate().map(tour).collect()
    };
    Outcome {
        current: of_day(&island.state.routes()),
        best: of_day(&island.best.routes),
        costs: island.best.costs.clone(),
        score: island.best.score,
        steps: taken,
    }
}

/// A route while the plan is cut: where its middle is, on a plane.
struct Unit {
    vehicle: u32,
    visits: usize,
    middle: [f64; 2],
}

/// Cuts the plan into parts of neighbouring routes, as many as the threads can share evenly.
fn cut(ground: &Ground<'_>, routes: &Routes, threads: usize, rng: &mut Rng) -> Vec<Part> {
    let mut units: Vec<Unit> =
        (0..node(routes.len())).filter_map(|vehicle| unit(ground, routes, vehicle)).collect();
    let visits: usize = units.iter().map(|unit| unit.visits).sum();
    let threads = threads.min(visits / 100).max(1);
    let count = visits.div_ceil(PART).next_multiple_of(threads).min(units.len()).max(1);
    let mut parts = Vec::with_capacity(count);
    split(&mut units, count, rng, &mut parts);
    deal_vehicles(ground, routes, rng, &mut parts);
    deal_orders(ground, routes, rng, &mut parts);
    parts
}

#[expect(clippy::cast_precision_loss, reason = "visits of one route")]
fn unit(ground: &Ground<'_>, routes: &Routes, vehicle: u32) -> Option<Unit> {
    let visits = routes[vehicle as usize].iter().flatten();
    let (mut count, mut sum) = (0, [0.0, 0.0]);
    for &visit in visits {
        let [x, y] = ground.position(visit);
        sum = [sum[0] + x, sum[1] + y];
        count += 1;
    }
    let middle = sum.map(|sum| sum / count as f64);
    (count > 0).then_some(Unit { vehicle, visits: count, middle })
}

/// Halves the units across a random direction until there are `count` parts.
fn split(units: &mut [Unit], count: usize, rng: &mut Rng, parts: &mut Vec<Part>) {
    if count <= 1 || units.len() <= 1 {
        let mut vehicles: Vec<u32> = units.iter().map(|unit| unit.vehicle).collect();
        vehicles.sort_unstable();
        let visits = units.iter().map(|unit| unit.visits).sum();
        parts.push(Part { share: Share { vehicles, orders: Vec::new() }, visits });
        return;
    }
    let (a, b) = (rng.unit() - 0.5, rng.unit() - 0.5);
    let along = |unit: &Unit| unit.middle[0] * a + unit.middle[1] * b;
    units.sort_by(|one, two| along(one).total_cmp(&along(two)).then(one.vehicle.cmp(&two.vehicle)));
    let all: usize = units.iter().map(|unit| unit.visits).sum();
    let wanted = all * (count / 2) / count;
    let (mut at, mut sum) = (0, 0);
    while at + 1 < units.len() && (at == 0 || sum + units[at].visits / 2 < wanted) {
        sum += units[at].visits;
        at += 1;
    }
    let (low, high) = units.split_at_mut(at);
    split(low, count / 2, rng, parts);
    split(high, count - count / 2, rng, parts);
}

/// Deals the idle vehicles to the parts in turn, kind by kind.
fn deal_vehicles(ground: &Ground<'_>, routes: &Routes, rng: &mut Rng, parts: &mut [Part]) {
    let mut idle: Vec<u32> =
        (0..node(routes.len())).filter(|&v| routes[v as usize].is_empty()).collect();
    rng.shuffle(&mut idle);
    idle.sort_by_key(|&vehicle| ground.rigs[vehicle as usize].kind);
    let mut next = rng.below(parts.len());
    for vehicle in idle {
        parts[next].share.vehicles.push(vehicle);
        next = (next + 1) % parts.len();
    }
    for part in parts {
        part.share.vehicles.sort_unstable();
    }
}

/// Orders go with their routes; absent ones to the part of a pinned vehicle or of a near visit.
fn deal_orders(ground: &Ground<'_>, routes: &Routes, rng: &mut Rng, parts: &mut [Part]) {
    let mut part_of_vehicle = vec![0; routes.len()];
    for (i, part) in parts.iter().enumerate() {
        for &vehicle in &part.share.vehicles {
            part_of_vehicle[vehicle as usize] = i;
        }
    }
    let orders = ground.share.orders.len();
    let mut part_of = vec![usize::MAX; orders];
    for (vehicle, trips) in routes.iter().enumerate() {
        for &visit in trips.iter().flatten() {
            part_of[ground.order_of[visit as usize] as usize] = part_of_vehicle[vehicle];
        }
    }
    let planned = part_of.clone();
    for order in 0..node(orders) {
        if planned[order as usize] != usize::MAX {
            continue;
        }
        let ways = ground.ways_of(order);
        let way = ways.start + node(rng.below(ways.len()));
        let first = ground.ways[way as usize].first;
        let near =
            ground.around(first).iter().map(|&v| planned[ground.order_of[v as usize] as usize]);
        let near = near.filter(|&part| part != usize::MAX).take(20).collect::<Vec<_>>();
        let any =
            if near.is_empty() { rng.below(parts.len()) } else { near[rng.below(near.len())] };
        let pinned = ground.pinned_to(order);
        part_of[order as usize] =
            if pinned == NONE { any } else { part_of_vehicle[pinned as usize] };
    }
    // Who stand beside each other on a route also do in the tables of their part, and in the cache.
    for &visit in routes.iter().flatten().flatten() {
        let order = ground.order_of[visit as usize];
        let part = std::mem::replace(&mut part_of[order as usize], usize::MAX);
        if part != usize::MAX {
            parts[part].share.orders.push(order);
        }
    }
    for (order, part) in part_of.into_iter().enumerate().filter(|&(_, part)| part != usize::MAX) {
        parts[part].share.orders.push(node(order));
    }
}
