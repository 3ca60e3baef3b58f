//! Hybrid genetic search (Vidal et al. 2012, doi 10.1287/opre.1120.1048; Vidal 2022,
//! doi 10.1016/j.cor.2021.105643): a population of plans, valued by cost and by how much each differs
//! from the others; a child takes some neighbouring trips of one parent in place of those of the
//! other that serve most of the same orders (selective route exchange; Nagata, Bräysy and Dullaert
//! 2010, doi 10.1016/j.cor.2009.06.022), what is missing is inserted, and local search educates it.
//!
//! Feasible or absent: instead of penalties, what does not fit is left in the bank, and plans are
//! compared by absent orders first.

use crate::constraint::Resource;
use crate::optimizer::ground::{NONE, node};
use crate::optimizer::heuristics::method::{Method, Turn};
use crate::optimizer::heuristics::trips;
use crate::optimizer::heuristics::workshop::Workshop;
use crate::optimizer::moves::Descent;
use crate::optimizer::score::Score;
use crate::optimizer::start_routes;
use crate::optimizer::state::Routes;

/// The least population, how many children until the next cull, how many the best are protected,
/// and among how many of the others closest to it a plan's difference is measured.
const LEAST: usize = 25;
const CHILDREN: usize = 40;
const ELITE: usize = 4;
const CLOSE: usize = 5;
/// After so many children without a better plan the population begins anew.
const PATIENCE: u32 = 20_000;
/// One place in four is overlooked while a first plan is built, one in a hundred in a child.
const CARELESS: u32 = u32::MAX / 4;
const BLINK: u32 = u32::MAX / 100;

/// A plan of the population.
#[derive(Clone, Debug)]
struct Plan {
    routes: Routes,
    score: Score,
    /// Each visit's neighbours in its trip; `NONE` at the ends, and for an absent visit.
    before: Vec<u32>,
    after: Vec<u32>,
    /// How much it differs from each plan of the population, in thousandths.
    differs: Vec<u32>,
}

impl Plan {
    fn of<R: Resource>(shop: &Workshop<'_, R>) -> Self {
        let state = &shop.state;
        let routes = state.routes();
        let mut before = vec![NONE; state.ground.visits];
        let mut after = before.clone();
        for pair in routes.iter().flatten().flat_map(|trip| trip.windows(2)) {
            after[pair[0] as usize] = pair[1];
            before[pair[1] as usize] = pair[0];
        }
        Self { routes, score: Score::of(state), before, after, differs: Vec::new() }
    }

    /// The share of neighbours the other does not have: the broken pairs distance, in thousandths.
    fn difference(&self, other: &Self) -> u32 {
        let visits = self.after.len();
        let is_broken = |&v: &usize| {
            let after = self.after[v];
            let before = self.before[v];
            let has = |u: u32| other.after[v] == u || other.before[v] == u;
            u8::from(!has(after)) + u8::from(!has(before)) > 0
        };
        node((0..visits).filter(is_broken).count() * 1000 / visits.max(1))
    }
}

#[derive(Debug, Default)]
pub(super) struct Hgs {
    descent: Descent,
    plans: Vec<Plan>,
    /// The best since the population began, and for how many children it has been so.
    best: Option<Score>,
    idle: u32,
    begun: bool,
}

impl<R: Resource> Method<R> for Hgs {
    fn step(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>) {
        if self.begun {
            self.cross(shop);
        } else {
            self.found(shop);
        }
        let mut changed = vec![true; shop.state.tours.len()];
        shop.descend(&mut self.descent, &mut changed, turn.is_over);
        shop.note_changed(&changed);
        shop.keep_if_best();
        self.admit(Plan::of(shop));
    }
}

impl Hgs {
    /// A new plan: the shop's own first, then orders put in carelessly in random order.
    fn found<R: Resource>(&mut self, shop: &mut Workshop<'_, R>) {
        if self.plans.is_empty() && self.best.is_none() {
            return;
        }
        let start = start_routes(shop.state.ground.problem);
        shop.adopt(&start);
        let mut orders = shop.state.bank.clone();
        shop.rng.shuffle(&mut orders);
        shop.begin();
        shop.insert_all(&orders, shop.scope, CARELESS);
    }

    /// A child of two plans.
    fn cross<R: Resource>(&mut self, shop: &mut Workshop<'_, R>) {
        let values = self.values();
        let mut draw = || {
            let (a, b) = (shop.rng.below(self.plans.len()), shop.rng.below(self.plans.len()));
            if values[a] <= values[b] { a } else { b }
        };
        let (mother, father) = (draw(), draw());
        let (mother, father) = (self.plans[mother].clone(), &self.plans[father]);
        shop.adopt(&mother.routes);
        shop.begin();
        let leaving = leaving_trips(shop);
        let arriving = arriving_trips(shop, &leaving, &father.routes);
        for visit in leaving.into_iter().flatten() {
            shop.take(visit);
        }
        shop.settle();
        let models = trips::models(&shop.state);
        for trip in arriving {
            lay_what_is_absent(shop, &models, &trip);
        }
        let mut absent = shop.state.bank.clone();
        shop.rng.shuffle(&mut absent);
        shop.insert_all(&absent, shop.scope, BLINK);
    }

    /// Takes a plan into the population, and culls that when it is too large.
    fn admit(&mut self, mut plan: Plan) {
        self.idle += 1;
        if self.best.is_none_or(|best| plan.score < best) {
            self.best = Some(plan.score);
            self.idle = 0;
        }
        plan.differs = self.plans.iter().map(|other| plan.difference(other)).collect();
        for (other, &differs) in self.plans.iter_mut().zip(&plan.differs) {
            other.differs.push(differs);
        }
        plan.differs.push(0);
        self.plans.push(plan);
        self.begun |= self.plans.len() >= LEAST;
        if self.plans.len() > LEAST + CHILDREN {
            while self.plans.len() > LEAST {
                self.drop_worst();
            }
        }
        if self.idle > PATIENCE {
            self.plans.clear();
            self.begun = false;
            self.idle = 0;
        }
    }

    /// Drops a plan that is like another one, else the one of least value.
    fn drop_worst(&mut self) {
        let values = self.values();
        let best = (0..self.plans.len()).min_by_key(|&i| (self.plans[i].score, i)).unwrap_or(0);
        let is_clone = |i: usize| {
            let differs = self.plans[i].differs.iter().enumerate();
            differs.filter(|&(j, _)| j != i).any(|(_, &differs)| differs == 0)
        };
        let all = (0..self.plans.len()).filter(|&i| i != best);
        let worst = all.max_by_key(|&i| (is_clone(i), values[i], i)).unwrap_or(0);
        self.plans.remove(worst);
        for plan in &mut self.plans {
            plan.differs.remove(worst);
        }
    }

    /// How little each plan is worth: its rank by cost, and by likeness the less the worse it is;
    /// in units of 1 / population squared (biased fitness; Vidal et al. 2012, equation 4).
    fn values(&self) -> Vec<usize> {
        let count = self.plans.len();
        let rank = |key: &dyn Fn(usize) -> (Score, u32)| {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_key(|&i| (key(i), i));
            let mut rank = vec![0; count];
            for (place, &i) in order.iter().enumerate() {
                rank[i] = place;
            }
            rank
        };
        let likeness = |i: usize| {
            let others = self.plans[i].differs.iter().enumerate().filter(|&(j, _)| j != i);
            let mut differs: Vec<u32> = others.map(|(_, &differs)| differs).collect();
            differs.sort_unstable();
            u32::MAX - differs.iter().take(CLOSE).sum::<u32>()
        };
        let by_cost = rank(&|i| (self.plans[i].score, 0));
        let by_likeness = rank(&|i| (Score::default(), likeness(i)));
        let value = |i: usize| by_cost[i] * count + count.saturating_sub(ELITE) * by_likeness[i];
        (0..count).map(value).collect()
    }
}

/// Some neighbouring trips of the plan at hand: that of a random visit, and those near it.
fn leaving_trips<R: Resource>(shop: &mut Workshop<'_, R>) -> Vec<Vec<u32>> {
    let Some(seed) = shop.any_served() else { return Vec::new() };
    let most = (shop.state.trip_count / 2).clamp(1, 12);
    let count = shop.rng.between(1, most);
    let state = &shop.state;
    let mut slots: Vec<u32> = Vec::new();
    for &visit in std::iter::once(&seed).chain(state.ground.around(seed)) {
        let slot = state.slot[visit as usize];
        if slots.len() < count && slot != NONE && !slots.contains(&slot) {
            slots.push(slot);
        }
    }
    slots.iter().map(|&slot| state.visits_of(slot).collect()).collect()
}

/// As many trips of the other parent, those with most of the orders that leave.
fn arriving_trips<R: Resource>(
    shop: &Workshop<'_, R>,
    leaving: &[Vec<u32>],
    other: &Routes,
) -> Vec<Vec<u32>> {
    let order_of = &shop.state.ground.order_of;
    let mut leaves = vec![false; shop.state.used.len()];
    for &visit in leaving.iter().flatten() {
        leaves[order_of[visit as usize] as usize] = true;
    }
    let shared = |trip: &&Vec<u32>| {
        trip.iter().filter(|&&visit| leaves[order_of[visit as usize] as usize]).count()
    };
    let mut trips: Vec<&Vec<u32>> =
        other.iter().flatten().filter(|trip| shared(trip) > 0).collect();
    trips.sort_by_key(|trip| (std::cmp::Reverse(shared(trip)), trip[0]));
    trips.into_iter().take(leaving.len()).cloned().collect()
}

/// Lays a trip without the orders that are served already.
fn lay_what_is_absent<R: Resource>(
    shop: &mut Workshop<'_, R>,
    models: &[trips::Model],
    trip: &[u32],
) {
    let ground = shop.state.ground;
    let is_absent = |&visit: &u32| {
        let order = ground.order_of[visit as usize];
        shop.state.used[order as usize] == NONE && trips::is_free(ground, order)
    };
    let visits: Vec<u32> = trip.iter().copied().filter(is_absent).collect();
    let Some(model) = models.first() else { return };
    shop.with_tools(|state, tools| trips::lay(state, model, &visits, tools));
}
