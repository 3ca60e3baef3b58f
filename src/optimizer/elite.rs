//! The best plan so far, put together from the best of several. Where two plans serve the same orders
//! by the same few vehicles, each in its own way, the cheaper way is taken, group by group (partition
//! crossover; Whitley, Hains and Howe 2009, doi 10.1145/1569901.1570026, there of tours of a salesman).
//! A search that still moves is nowhere at its best everywhere at once; this gathers what it passes.

use crate::constraint::Resource;
use crate::optimizer::ground::{Ground, NONE, node};
use crate::optimizer::score::{Change, Score};
use crate::optimizer::state::{Routes, State};

/// A plan to take tours from.
pub(crate) trait Tours {
    /// What a vehicle's tour costs.
    fn cost(&self, vehicle: usize) -> i64;
    /// The visits of a vehicle's tour.
    fn visits(&self, vehicle: usize) -> impl Iterator<Item = u32>;
    /// The trips of a vehicle's tour.
    fn trips(&self, vehicle: usize) -> Vec<Vec<u32>>;
    /// The vehicle that serves an order, or `NONE`.
    fn server_of(&self, order: u32) -> u32;
}

impl<R: Resource> Tours for State<'_, R> {
    fn cost(&self, vehicle: usize) -> i64 {
        self.tours[vehicle].cost
    }

    fn visits(&self, vehicle: usize) -> impl Iterator<Item = u32> {
        self.tours[vehicle].slots.iter().flat_map(|&slot| self.visits_of(slot))
    }

    fn trips(&self, vehicle: usize) -> Vec<Vec<u32>> {
        let slots = self.tours[vehicle].slots.iter();
        slots.map(|&slot| self.visits_of(slot).collect()).collect()
    }

    fn server_of(&self, order: u32) -> u32 {
        match self.used[order as usize] {
            NONE => NONE,
            way => node(self.vehicle_of(self.ground.ways[way as usize].first)),
        }
    }
}

/// The best plan so far.
#[derive(Clone, Debug)]
pub(crate) struct Elite {
    pub(crate) routes: Routes,
    pub(crate) score: Score,
    /// What each vehicle's tour costs.
    pub(crate) costs: Vec<i64>,
    /// The vehicle that serves each order, or `NONE`.
    vehicle_of: Vec<u32>,
    groups: Groups,
}

impl Tours for Elite {
    fn cost(&self, vehicle: usize) -> i64 {
        self.costs[vehicle]
    }

    fn visits(&self, vehicle: usize) -> impl Iterator<Item = u32> {
        self.routes[vehicle].iter().flatten().copied()
    }

    fn trips(&self, vehicle: usize) -> Vec<Vec<u32>> {
        self.routes[vehicle].clone()
    }

    fn server_of(&self, order: u32) -> u32 {
        self.vehicle_of[order as usize]
    }
}

impl Elite {
    /// A plan of some vehicles and orders, as it stands.
    pub(crate) fn of<R: Resource>(state: &State<'_, R>) -> Self {
        let vehicles = 0..state.tours.len();
        Self {
            routes: vehicles.clone().map(|vehicle| state.trips(vehicle)).collect(),
            score: Score::of(state),
            costs: vehicles.map(|vehicle| state.cost(vehicle)).collect(),
            vehicle_of: (0..node(state.used.len())).map(|order| state.server_of(order)).collect(),
            groups: Groups::default(),
        }
    }

    /// A plan of these tours, that cost so much.
    pub(crate) fn new(ground: &Ground<'_>, routes: Routes, costs: Vec<i64>, score: Score) -> Self {
        let mut vehicle_of = vec![NONE; ground.bank_price.len()];
        for (vehicle, trips) in routes.iter().enumerate() {
            for &visit in trips.iter().flatten() {
                vehicle_of[ground.order_of[visit as usize] as usize] = node(vehicle);
            }
        }
        Self { routes, score, costs, vehicle_of, groups: Groups::default() }
    }

    /// What its tours cost.
    pub(crate) fn tour_cost(&self) -> i64 {
        self.costs.iter().sum()
    }

    /// Takes a vehicle's tour over; scores are the caller's.
    fn take(&mut self, ground: &Ground<'_>, other: &impl Tours, vehicle: usize) {
        self.routes[vehicle] = other.trips(vehicle);
        self.costs[vehicle] = other.cost(vehicle);
        for &visit in self.routes[vehicle].iter().flatten() {
            self.vehicle_of[ground.order_of[visit as usize] as usize] = node(vehicle);
        }
    }

    fn forget(&mut self, ground: &Ground<'_>, vehicle: usize) {
        for &visit in self.routes[vehicle].iter().flatten() {
            self.vehicle_of[ground.order_of[visit as usize] as usize] = NONE;
        }
    }

    /// Becomes another plan, that differs in no other tours than these.
    pub(crate) fn become_like(
        &mut self,
        ground: &Ground<'_>,
        other: &impl Tours,
        score: Score,
        differing: &mut [bool],
    ) {
        let vehicles = || (0..differing.len()).filter(|&vehicle| differing[vehicle]);
        vehicles().for_each(|vehicle| self.forget(ground, vehicle));
        vehicles().for_each(|vehicle| self.take(ground, other, vehicle));
        self.score = score;
        differing.fill(false);
    }

    /// Takes the tours of another plan, which differs in no others than these, wherever a group of
    /// them is better than its own of the same vehicles. Says whether there was any.
    pub(crate) fn graft(
        &mut self,
        ground: &Ground<'_>,
        other: &impl Tours,
        differing: &mut [bool],
    ) -> bool {
        let mut groups = std::mem::take(&mut self.groups);
        groups.find(ground, self, other, differing);
        let mut is_better = false;
        for group in 0..groups.firsts.len() {
            let change = groups.changes[group];
            if !change.is_better() || groups.firsts.len() == 1 {
                continue;
            }
            is_better = true;
            let members = groups.members_of(group);
            for &vehicle in members {
                self.forget(ground, vehicle as usize);
            }
            for &vehicle in members {
                self.take(ground, other, vehicle as usize);
                differing[vehicle as usize] = false;
            }
            self.score = self.score.changed(&change);
        }
        self.groups = groups;
        is_better
    }
}

/// The smallest groups of vehicles that serve the same orders in two plans, but for absent ones.
#[derive(Clone, Debug, Default)]
struct Groups {
    /// The vehicles whose tours differ, and where each is among them.
    vehicles: Vec<u32>,
    at: Vec<u32>,
    /// The forest of joined vehicles.
    parent: Vec<u32>,
    /// Group by group: its vehicles, and where they begin.
    members: Vec<u32>,
    firsts: Vec<u32>,
    changes: Vec<Change>,
    group_of: Vec<u32>,
}

impl Groups {
    fn root(&mut self, mut of: u32) -> u32 {
        while self.parent[of as usize] != of {
            let above = self.parent[self.parent[of as usize] as usize];
            self.parent[of as usize] = above;
            of = above;
        }
        of
    }

    fn members_of(&self, group: usize) -> &[u32] {
        let end = self.firsts.get(group + 1).map_or(self.members.len(), |&end| end as usize);
        &self.members[self.firsts[group] as usize..end]
    }

    /// Finds the groups in which another plan differs from the own one.
    fn find(&mut self, ground: &Ground<'_>, own: &Elite, other: &impl Tours, differing: &[bool]) {
        self.vehicles.clear();
        self.vehicles.extend((0..node(differing.len())).filter(|&v| differing[v as usize]));
        self.at.resize(differing.len(), NONE);
        self.parent.clear();
        self.parent.extend(0..node(self.vehicles.len()));
        for (i, &vehicle) in self.vehicles.iter().enumerate() {
            self.at[vehicle as usize] = node(i);
        }
        for i in 0..self.vehicles.len() {
            for visit in other.visits(self.vehicles[i] as usize) {
                let served = own.server_of(ground.order_of[visit as usize]);
                if served != NONE {
                    let (a, b) = (self.root(node(i)), self.root(self.at[served as usize]));
                    self.parent[a.max(b) as usize] = a.min(b);
                }
            }
        }
        self.sort_by_group();
        self.sum_changes(ground, own, other);
    }

    fn sort_by_group(&mut self) {
        self.firsts.clear();
        self.group_of.clear();
        self.group_of.resize(self.vehicles.len(), NONE);
        let mut count = 0;
        for i in 0..self.vehicles.len() {
            let root = self.root(node(i)) as usize;
            if root == i {
                self.group_of[i] = count;
                count += 1;
            } else {
                self.group_of[i] = self.group_of[root];
            }
        }
        self.firsts.resize(count as usize, 0);
        for &group in &self.group_of {
            self.firsts[group as usize] += 1;
        }
        let mut sum = 0;
        for first in &mut self.firsts {
            sum += std::mem::replace(first, sum);
        }
        self.members.clear();
        self.members.resize(self.vehicles.len(), NONE);
        let mut next = self.firsts.clone();
        for (&vehicle, &group) in self.vehicles.iter().zip(&self.group_of) {
            self.members[next[group as usize] as usize] = vehicle;
            next[group as usize] += 1;
        }
    }

    fn sum_changes(&mut self, ground: &Ground<'_>, own: &Elite, other: &impl Tours) {
        self.changes.clear();
        self.changes.resize(self.firsts.len(), Change::default());
        for (&vehicle, &group) in self.vehicles.iter().zip(&self.group_of) {
            let change = &mut self.changes[group as usize];
            let vehicle = vehicle as usize;
            change.add_cost(other.cost(vehicle) - own.cost(vehicle));
            // A shipment has two visits of one order.
            let orders = |visit: u32| {
                let (partner, order) =
                    (ground.partner[visit as usize], ground.order_of[visit as usize]);
                (partner == NONE || visit < partner).then_some(order)
            };
            for order in other.visits(vehicle).filter_map(orders) {
                if own.server_of(order) == NONE {
                    change.served(ground, order, 1);
                }
            }
            for order in own.visits(vehicle).filter_map(orders) {
                if other.server_of(order) == NONE {
                    change.served(ground, order, -1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraint::Clock;
    use crate::optimizer::cooling::Schedule;
    use crate::optimizer::island::Island;
    use crate::optimizer::{cold, first_temperature, used_dimensions};
    use crate::problem::{COLD_CLASSES, DIMENSIONS, Order, Problem, Quantity};
    use crate::sample::{bare, build, call, day, minutes, rich};
    use crate::units::Millilitres;

    /// A day of 30 orders in three villages far apart, for vehicles that take six each.
    fn villages(seed: u64) -> std::sync::Arc<Problem> {
        let mut rng = crate::rng::Rng::new(seed, 9);
        let room = Quantity::pieces(6).volume(Millilitres(100_000));
        let vehicle = |i: usize| {
            bare(&format!("v{i}")).capacity(room).costs(20.0, 30.0, 0.8).shift(minutes(480, 1080))
        };
        let mut day = day((0..6).map(vehicle));
        for i in 0..30 {
            let mut stop = call(0.0);
            stop.point.lat += f64::from(i % 3) * 0.3 + (rng.unit() - 0.5) * 0.05;
            stop.point.lon += (rng.unit() - 0.5) * 0.05;
            day = day.order(Order::deliver(format!("o{i:02}"), stop).quantity(Quantity::pieces(1)));
        }
        build(day)
    }

    /// What is grafted is a plan of the same orders, costs what its score says, and is never worse.
    #[test]
    fn a_grafted_plan_is_worth_its_score() {
        let mut better = 0;
        for seed in 0..20 {
            let problem = if seed % 2 == 0 { rich(seed) } else { villages(seed) };
            let clock = Clock::new(&problem);
            let resources =
                cold::<DIMENSIONS, COLD_CLASSES>(&problem, &clock, &used_dimensions(&problem));
            let ground = Ground::new(&problem);
            let mut island = Island::new(&ground, &clock, &resources, seed, 1);
            let start = island.best.routes.clone();
            island.construct(&start, &|| false);
            let mut elite = Elite::of(&island.state);
            let warm = Schedule::new(0.5 * first_temperature(&island), false).round(0.0, 0.1);
            for _ in 0..20 {
                island.run(4, &warm, &|| false);
                let now = Elite::of(&island.state);
                let pairs = elite.routes.iter().zip(&now.routes);
                let mut differing: Vec<bool> = pairs.map(|(a, b)| a != b).collect();
                let before = elite.score;
                let found = elite.graft(&ground, &now, &mut differing);
                assert_eq!(found, elite.score < before, "seed {seed}");
                better += usize::from(found);
                let mut laid = Island::new(&ground, &clock, &resources, seed, 3);
                laid.adopt(&elite.routes);
                assert_eq!(Score::of(&laid.state), elite.score, "seed {seed}");
                assert_eq!(laid.state.tour_cost, elite.tour_cost(), "seed {seed}");
                for order in 0..node(laid.state.used.len()) {
                    assert_eq!(laid.state.server_of(order), elite.server_of(order));
                }
            }
        }
        assert!(better > 2, "{better} grafts in all plans");
    }
}
