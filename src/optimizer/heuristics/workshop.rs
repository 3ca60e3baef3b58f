//! What every heuristic works with: a solution, chance, undo, and the best found so far.

use crate::constraint::{Clock, Resource};
use crate::optimizer::ground::{Ground, NONE};
use crate::optimizer::insert::{Scope, Scratch};
use crate::optimizer::moves::Descent;
use crate::optimizer::recreate::{Tools, insert};
use crate::optimizer::score::Score;
use crate::optimizer::state::{Routes, State};
use crate::optimizer::undo::Undo;
use crate::rng::Rng;

/// With this many visits or fewer, every place is near.
const SMALL: usize = 60;
/// How many absent orders beside those taken out a step tries.
const REVISITED: usize = 10;

/// A solution under work.
#[derive(Debug)]
pub(crate) struct Workshop<'a, R: Resource> {
    pub(crate) state: State<'a, R>,
    pub(crate) rng: Rng,
    pub(crate) undo: Undo,
    pub(crate) scratch: Scratch,
    /// How wide a quick insertion looks.
    pub(crate) scope: Scope,
    /// The orders taken out since the last [`Workshop::begin`].
    pub(crate) removed: Vec<u32>,
    pub(crate) best: Routes,
    pub(crate) best_score: Score,
    /// What the best's tours cost.
    pub(crate) tour_cost: i64,
    /// Vehicles whose tours differ from the best's.
    dirty: Vec<bool>,
}

impl<'a, R: Resource> Workshop<'a, R> {
    /// Everything in the bank.
    pub(crate) fn new(
        ground: &'a Ground<'a>,
        clock: &'a Clock,
        resources: &'a R,
        (seed, stream): (u64, u64),
    ) -> Self {
        let state = State::empty(ground, clock, resources);
        Self {
            best: state.routes(),
            best_score: Score::of(&state),
            tour_cost: 0,
            rng: Rng::new(seed, stream),
            undo: Undo::default(),
            scratch: Scratch::default(),
            scope: if ground.visits <= SMALL { Scope::Everywhere } else { Scope::Near },
            removed: Vec::new(),
            dirty: vec![true; ground.rigs.len()],
            state,
        }
    }

    /// Calls a way of serving the absent orders, with the solution and its tools.
    pub(crate) fn with_tools<T>(
        &mut self,
        work: impl FnOnce(&mut State<'a, R>, &mut Tools<'_>) -> T,
    ) -> T {
        let mut tools = Tools {
            rng: &mut self.rng,
            scratch: &mut self.scratch,
            undo: &mut self.undo,
            scope: self.scope,
            exact: false,
            blink: 0,
            dares: false,
        };
        work(&mut self.state, &mut tools)
    }

    /// Begins something that may be taken back.
    pub(crate) fn begin(&mut self) {
        self.undo.clear(self.dirty.len());
        self.removed.clear();
    }

    /// Takes back what was done since the last [`Workshop::begin`].
    pub(crate) fn take_back(&mut self) {
        self.undo.roll_back(&mut self.state);
        #[cfg(debug_assertions)]
        self.state.assert_consistent();
    }

    /// Keeps what was done since the last [`Workshop::begin`].
    pub(crate) fn keep(&mut self) {
        for vehicle in self.undo.vehicles() {
            self.dirty[vehicle] = true;
        }
        self.keep_if_best();
        #[cfg(debug_assertions)]
        self.state.assert_consistent();
    }

    /// Says that these tours have changed.
    pub(crate) fn note_changed(&mut self, changed: &[bool]) {
        for (dirty, &changed) in self.dirty.iter_mut().zip(changed) {
            *dirty |= changed;
        }
    }

    /// Copies the tours that changed when the solution is the best so far.
    pub(crate) fn keep_if_best(&mut self) {
        let score = Score::of(&self.state);
        if score >= self.best_score {
            return;
        }
        self.best_score = score;
        self.tour_cost = self.state.tour_cost;
        for vehicle in 0..self.dirty.len() {
            if std::mem::take(&mut self.dirty[vehicle]) {
                let trips = self.state.tours[vehicle].slots.iter();
                self.best[vehicle] =
                    trips.map(|&slot| self.state.visits_of(slot).collect()).collect();
            }
        }
    }

    /// Puts everything into the bank and lays these routes instead.
    pub(crate) fn adopt(&mut self, routes: &Routes) {
        for vehicle in 0..self.state.tours.len() {
            self.empty_tour(vehicle);
        }
        for (vehicle, trips) in routes.iter().enumerate() {
            self.state.lay(vehicle, trips);
        }
        self.dirty.fill(true);
        self.keep_if_best();
    }

    fn empty_tour(&mut self, vehicle: usize) {
        let state = &mut self.state;
        for slot in state.tours[vehicle].slots.clone() {
            for visit in state.visits_of(slot).collect::<Vec<_>>() {
                let order = state.ground.order_of[visit as usize];
                if state.used[order as usize] != NONE {
                    state.deposit(order);
                }
            }
            state.clear_slot(slot);
        }
        state.set_trips(vehicle, &[]);
        let fits = state.refresh(vehicle);
        debug_assert!(fits, "a vehicle that stays at the station breaks no limit");
    }

    /// Takes the order of a visit out; false when it is absent or must stay. The tours must be
    /// settled afterwards.
    pub(crate) fn take(&mut self, visit: u32) -> bool {
        let ground = self.state.ground;
        let state = &mut self.state;
        let partner = ground.partner[visit as usize];
        let is_frozen = |v: u32| v != NONE && ground.frozen[v as usize];
        if state.slot[visit as usize] == NONE || is_frozen(visit) || is_frozen(partner) {
            return false;
        }
        let order = ground.order_of[visit as usize];
        self.undo.touch(state, state.vehicle_of(visit));
        self.undo.note_order(order, state.used[order as usize]);
        state.take_out(visit);
        if partner != NONE {
            state.take_out(partner);
        }
        state.deposit(order);
        self.removed.push(order);
        true
    }

    /// Settles the tours after orders were taken out. A tour that does not bear their absence (a
    /// wait that counted as a rest, a detour shorter than the way) loses more until it fits.
    pub(crate) fn settle(&mut self) {
        for touched in 0..self.undo.count() {
            let vehicle = self.undo.vehicle(touched);
            self.state.close_empty(vehicle);
            while !self.state.refresh(vehicle) {
                let state = &self.state;
                let visits = state.tours[vehicle].slots.iter().flat_map(|&s| state.visits_of(s));
                let free = |&v: &u32| !state.ground.frozen[v as usize];
                let free: Vec<u32> = visits.filter(free).collect();
                if free.is_empty() {
                    break;
                }
                let visit = free[self.rng.below(free.len())];
                self.take(visit);
                self.state.close_empty(vehicle);
            }
        }
    }

    /// Inserts orders in turn, each at its cheapest place among all, overlooking places with a
    /// chance of `blink` in 2^32.
    pub(crate) fn insert_all(&mut self, orders: &[u32], scope: Scope, blink: u32) {
        self.with_tools(|state, tools| {
            tools.scope = scope;
            tools.blink = blink;
            for &order in orders {
                insert(state, order, tools);
            }
        });
    }

    /// A visit of an order that is served, at random; nothing when there is none.
    pub(crate) fn any_served(&mut self) -> Option<u32> {
        let orders = self.state.used.len();
        if self.state.bank.len() == orders {
            return None;
        }
        // Most orders are served, so a few draws find one; then the next one does.
        let from = self.rng.below(orders);
        let served = (from..orders).chain(0..from).find(|&o| self.state.used[o] != NONE)?;
        let way = self.state.ground.ways[self.state.used[served] as usize];
        let second = way.second != NONE && self.rng.chance(1, 2);
        Some(if second { way.second } else { way.first })
    }

    /// How many orders are served.
    pub(crate) fn served(&self) -> usize {
        self.state.used.len() - self.state.bank.len()
    }

    /// Takes out up to `count` orders: a random one, and those around it.
    pub(crate) fn take_around(&mut self, count: usize) {
        let Some(seed) = self.any_served() else { return };
        let ground = self.state.ground;
        for &visit in std::iter::once(&seed).chain(ground.around(seed)) {
            if self.removed.len() >= count {
                return;
            }
            self.take(visit);
        }
    }

    /// Takes out up to `count` random orders.
    pub(crate) fn take_anywhere(&mut self, count: usize) {
        for _ in 0..count {
            let Some(visit) = self.any_served() else { return };
            self.take(visit);
        }
    }

    /// The orders to put in: those taken out, and a few of those that were absent before.
    pub(crate) fn draw_absent(&mut self) -> Vec<u32> {
        let mut orders = self.removed.clone();
        let others = self.state.bank.len() - orders.len();
        // Each draw finds another one or is repeated, a bounded number of times.
        for _ in 0..2 * others.min(REVISITED) {
            let order = self.state.bank[self.rng.below(self.state.bank.len())];
            if orders.len() < self.removed.len() + REVISITED && !orders.contains(&order) {
                orders.push(order);
            }
        }
        orders
    }

    /// Keeps what was done since the last [`Workshop::begin`] when the price is at most `limit`, else
    /// takes it back. Says which.
    pub(crate) fn accept(&mut self, limit: i64) -> bool {
        let is_kept = self.state.price() <= limit;
        if is_kept {
            self.keep();
        } else {
            self.take_back();
        }
        is_kept
    }

    /// Improves the changed tours by local search, and marks those it changes.
    pub(crate) fn descend(
        &mut self,
        descent: &mut Descent,
        changed: &mut [bool],
        is_over: &dyn Fn() -> bool,
    ) {
        for (vehicle, _) in changed.iter().enumerate().filter(|&(_, &changed)| changed) {
            for &slot in &self.state.tours[vehicle].slots {
                self.state.visits_of(slot).for_each(|visit| descent.enqueue(visit));
            }
        }
        descent.run(&mut self.state, is_over);
        for (changed, &also) in changed.iter_mut().zip(descent.changed()) {
            *changed |= also;
        }
    }

    /// Copies the marked tours into `routes`.
    pub(crate) fn copy_tours(&self, marked: &[bool], routes: &mut Routes) {
        for (vehicle, _) in marked.iter().enumerate().filter(|&(_, &marked)| marked) {
            let trips = self.state.tours[vehicle].slots.iter();
            routes[vehicle] = trips.map(|&slot| self.state.visits_of(slot).collect()).collect();
        }
    }

    /// Puts the marked tours back as they are in `routes`; the others must be as they are there.
    pub(crate) fn restore_tours(&mut self, marked: &[bool], routes: &Routes) {
        let marked = || marked.iter().enumerate().filter(|&(_, &m)| m).map(|(vehicle, _)| vehicle);
        marked().for_each(|vehicle| self.empty_tour(vehicle));
        marked().for_each(|vehicle| self.state.lay(vehicle, &routes[vehicle]));
        #[cfg(debug_assertions)]
        self.state.assert_consistent();
    }
}
