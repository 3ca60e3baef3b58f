//! One search: ruin and recreate under simulated annealing (Christiaens and Vanden Berghe 2020,
//! doi 10.1287/trsc.2019.0914), with insertion beside near visits only, an early end for hopeless
//! recreates, and undo by tour. New bests are improved by local search now and then.

use rayon::prelude::*;

use crate::constraint::{Clock, Resource};
use crate::optimizer::construct::regret;
use crate::optimizer::cooling::Cooling;
use crate::optimizer::elite::Elite;
use crate::optimizer::ground::{Ground, NONE};
use crate::optimizer::heuristics::savings;
use crate::optimizer::heuristics::trips::{self, Model};
use crate::optimizer::insert::{Scan, Scope, Scratch};
use crate::optimizer::moves::Descent;
use crate::optimizer::recreate::{Tools, insert, recreate};
use crate::optimizer::ruin::Ruin;
use crate::optimizer::score::Score;
use crate::optimizer::state::{Routes, State, Tour, TourSums};
use crate::optimizer::undo::Undo;
use crate::rng::Rng;

/// One place in a hundred is overlooked.
const BLINK: u32 = u32::MAX / 100;
/// How many absent orders beside the removed ones each step tries.
const REVISITED: usize = 4;
/// One step in so many, where optional orders are absent, puts one in that is not worth the way by itself, and
/// tries so many others beside it: together they may be.
const DARES: usize = 20;
const TOGETHER: usize = 60;
/// An absent order that fits on no vehicle by itself is tried one time in so many: beside others it may.
const HOPELESS: usize = 16;
/// How often, in steps, a search looks whether it must stop.
const LOOK: u64 = 16;
/// How many ejections are tried at the end, and how many near visits of each absent order.
const EJECTIONS: usize = 80;
const NEAR_EJECTED: usize = 20;
/// How often, in steps, the best takes over what is better in the present plan.
const GRAFT: u64 = 32;
/// The least steps between two descents, on a small day and on a larger one.
const RATION_SMALL: u64 = 50;
const RATION: u64 = 500;
/// With up to so many orders the first plan is built by regret, with more by savings.
const FEW: usize = 200;
/// With this many visits or fewer, every place is near.
const SMALL: usize = 60;

/// One search and what it found.
#[derive(Debug)]
pub(crate) struct Island<'a, R: Resource> {
    pub(crate) state: State<'a, R>,
    pub(crate) best: Elite,
    /// Steps since the best was found.
    pub(crate) idle: u64,
    scope: Scope,
    rng: Rng,
    scratch: Scratch,
    undo: Undo,
    ruin: Ruin,
    absent: Vec<u32>,
    /// True in a step that puts in an order whose own prize is not worth the way.
    dares: bool,
    /// One vehicle of each kind, with nothing to do.
    models: Vec<Model>,
    /// Vehicles whose tours differ from the best's.
    dirty: Vec<bool>,
    descent: Descent,
    /// Steps since the last descent.
    since_descent: u64,
    /// Vehicles whose tours changed since the last descent.
    stirred: Vec<bool>,
}

impl<'a, R: Resource> Island<'a, R> {
    /// A search with everything in the bank, or the start plan's routes.
    pub(crate) fn new(
        ground: &'a Ground<'a>,
        clock: &'a Clock,
        resources: &'a R,
        seed: u64,
        stream: u64,
    ) -> Self {
        let state = State::empty(ground, clock, resources);
        let (vehicles, models) = (ground.rigs.len(), trips::models(&state));
        let scope = if ground.visits <= SMALL { Scope::Everywhere } else { Scope::Near };
        Self {
            best: Elite::of(&state),
            state,
            idle: 0,
            scope,
            rng: Rng::new(seed, stream),
            scratch: Scratch::default(),
            undo: Undo::default(),
            ruin: Ruin::default(),
            absent: Vec::new(),
            dares: false,
            models,
            dirty: vec![false; vehicles],
            descent: Descent::default(),
            since_descent: 0,
            stirred: vec![true; vehicles],
        }
    }

    /// The solution, and what inserting into it takes.
    fn tools(&mut self, scope: Scope, exact: bool, blink: u32) -> (&mut State<'a, R>, Tools<'_>) {
        let Self { state, rng, scratch, undo, .. } = self;
        (state, Tools { rng, scratch, undo, scope, exact, blink, dares: false })
    }

    /// The cheapest place of an absent order: its vehicle, and the vehicle's tour before and with it.
    pub(crate) fn quote(&mut self, order: u32) -> Option<(usize, TourSums, TourSums)> {
        if self.state.used[order as usize] != NONE {
            return None;
        }
        let before: Vec<TourSums> = self.state.tours.iter().map(Tour::sums).collect();
        self.undo.clear(self.dirty.len());
        let (state, mut tools) = self.tools(Scope::Everywhere, false, 0);
        if !insert(state, order, &mut tools) {
            return None;
        }
        let way = self.state.ground.ways[self.state.used[order as usize] as usize];
        let vehicle = self.state.vehicle_of(way.first);
        let with = self.state.tours[vehicle].sums();
        self.undo.roll_back(&mut self.state);
        Some((vehicle, before[vehicle], with))
    }

    /// Builds a first plan on top of the start plan's routes: by regret on a small day, by savings on
    /// a larger one. When that leaves orders out, also the near orders first, of which more fit; the better
    /// is kept.
    pub(crate) fn construct(&mut self, start: &Routes, is_over: &dyn Fn() -> bool) {
        let orders = self.state.used.len();
        let first = if orders <= FEW { regret::build } else { savings::build };
        let ways: [regret::Build<R>; 2] = [first, regret::build_near_first];
        for (i, how) in ways.into_iter().enumerate() {
            if i > 0 && (self.best.score.unserved() == 0 || is_over()) {
                break;
            }
            self.adopt(start);
            self.build(how, is_over);
        }
        if Score::of(&self.state) != self.best.score {
            let best = self.best.routes.clone();
            self.adopt(&best);
        }
    }

    fn build(&mut self, how: regret::Build<R>, is_over: &dyn Fn() -> bool) {
        self.undo.clear(self.dirty.len());
        let (state, mut tools) = self.tools(self.scope, false, 0);
        how(state, &mut tools, is_over);
        self.dirty.fill(true);
        self.stirred.fill(true);
        self.keep_if_best();
    }

    /// Takes over routes, a start plan's or another search's. Those that break a limit lose visits
    /// from the end until they fit.
    pub(crate) fn adopt(&mut self, routes: &Routes) {
        for vehicle in 0..routes.len() {
            for slot in self.state.tours[vehicle].slots.clone() {
                for visit in self.state.visits_of(slot).collect::<Vec<_>>() {
                    let order = self.state.ground.order_of[visit as usize];
                    if self.state.used[order as usize] != NONE {
                        self.state.deposit(order);
                    }
                }
                self.state.clear_slot(slot);
            }
            self.state.set_trips(vehicle, &[]);
            self.state.refresh(vehicle);
        }
        for (vehicle, trips) in routes.iter().enumerate() {
            self.state.lay(vehicle, trips);
        }
        self.dirty.fill(true);
        self.stirred.fill(true);
        self.keep_if_best();
    }

    /// Inserts the absent orders, each at its cheapest place, in random order within a tier.
    pub(crate) fn fill(&mut self) {
        self.undo.clear(self.dirty.len());
        let mut absent = self.state.bank.clone();
        self.rng.shuffle(&mut absent);
        let ground = self.state.ground;
        absent.sort_by_key(|&o| (ground.optional[o as usize], ground.tier[o as usize]));
        let (state, mut tools) = self.tools(self.scope, false, 0);
        for order in absent {
            insert(state, order, &mut tools);
        }
        self.dirty.fill(true);
        self.stirred.fill(true);
        self.keep_if_best();
    }

    /// Runs `steps` steps while the temperature falls, and says how many it took.
    pub(crate) fn run(
        &mut self,
        steps: u64,
        cooling: &Cooling,
        is_over: &(dyn Fn() -> bool + Sync),
    ) -> u64 {
        let ration = if self.state.ground.visits <= SMALL { RATION_SMALL } else { RATION };
        for done in 0..steps {
            if done % LOOK == 0 && is_over() {
                return done;
            }
            let warmth = cooling.at(done, steps);
            let slack = cooling.threshold(warmth, &mut self.rng);
            self.step(slack);
            if self.idle == 0 && self.since_descent >= ration {
                self.descend(is_over);
            }
            if done % GRAFT == GRAFT - 1
                && self.best.graft(self.state.ground, &self.state, &mut self.dirty)
            {
                self.idle = 1;
            }
        }
        steps
    }

    /// Improves the tours that changed since the last descent by local search.
    fn descend(&mut self, is_over: &dyn Fn() -> bool) {
        self.since_descent = 0;
        for vehicle in 0..self.stirred.len() {
            if std::mem::take(&mut self.stirred[vehicle]) {
                for &slot in &self.state.tours[vehicle].slots {
                    self.state.visits_of(slot).for_each(|visit| self.descent.enqueue(visit));
                }
            }
        }
        if self.descent.run(&mut self.state, is_over) {
            for (dirty, &changed) in self.dirty.iter_mut().zip(self.descent.changed()) {
                *dirty |= changed;
            }
            self.keep_if_best();
        }
    }

    /// One step: take orders out, put them back, keep the result when it costs at most `slack` more
    /// than before.
    fn step(&mut self, slack: i64) {
        self.undo.clear(self.dirty.len());
        let limit = self.state.price().saturating_add(slack);
        self.ruin.apply(&mut self.state, &mut self.undo, &mut self.rng);
        self.absent.clone_from(&self.ruin.removed);
        self.dares = self.state.skipped > 0 && self.rng.chance(1, DARES);
        self.revisit_bank();
        self.sort_absent();
        let exact = self.scope == Scope::Everywhere && self.rng.chance(1, 2);
        let absent = std::mem::take(&mut self.absent);
        let dares = self.dares;
        let (state, mut tools) = self.tools(self.scope, exact, BLINK);
        tools.dares = dares;
        let kept = recreate(state, &absent, limit, &mut tools);
        self.absent = absent;
        self.idle += 1;
        self.since_descent += 1;
        if kept {
            for vehicle in self.undo.vehicles() {
                self.dirty[vehicle] = true;
                self.stirred[vehicle] = true;
            }
            self.keep_if_best();
        } else {
            self.undo.roll_back(&mut self.state);
        }
        #[cfg(debug_assertions)]
        self.state.assert_consistent();
    }

    /// False, but for now and then, where an absent order fits on no vehicle even by itself.
    fn is_worth_trying(&mut self, order: u32) -> bool {
        if self.state.ground.visits <= SMALL {
            return true;
        }
        let known = self.state.fits_alone[order as usize];
        let alone = || trips::alone(&self.state, &self.models, order).is_some();
        let fits = known.unwrap_or_else(alone);
        self.state.fits_alone[order as usize] = Some(fits);
        fits || self.rng.chance(1, HOPELESS)
    }

    /// Adds a few orders that were absent before to those to insert: the one the ruin is about, some near
    /// it, some from anywhere.
    fn revisit_bank(&mut self) {
        let ground = self.state.ground;
        // Those taken out are behind them in the bank.
        let others = self.state.bank.len().saturating_sub(self.absent.len());
        let revisited = if self.dares { TOGETHER } else { REVISITED };
        let most = self.absent.len() + revisited.min(others);
        if let Some(seed) = self.ruin.seed {
            self.revisit(ground.order_of[seed as usize], most);
        }
        if let Some(&removed) = self.ruin.removed.first() {
            let way = ground.ways_of(removed).start;
            for &near in ground.near(ground.ways[way as usize].first) {
                self.revisit(ground.order_of[near as usize], most);
            }
        }
        for _ in self.absent.len()..most {
            let order = self.state.bank[self.rng.below(others)];
            self.revisit(order, most);
        }
    }

    /// Adds an order to those to insert when it is absent and may be of use, until there are so many.
    fn revisit(&mut self, order: u32, most: usize) {
        let is_absent = self.state.used[order as usize] == NONE;
        let has_room = self.absent.len() < most;
        if has_room && is_absent && !self.absent.contains(&order) && self.is_worth_trying(order) {
            self.absent.push(order);
        }
    }

    /// The order of insertion: at random, bulky, remote or near first; higher tiers mostly first.
    /// While orders are absent, near ones come first more often: more of them fit.
    fn sort_absent(&mut self) {
        self.rng.shuffle(&mut self.absent);
        let ground = self.state.ground;
        let short = self.absent.len() > self.ruin.removed.len();
        let sorts = if ground.is_timed { 17 } else { 11 };
        let dice = self.rng.below(sorts + if short { 6 } else { 0 });
        let key: &dyn Fn(usize) -> i64 = match dice {
            0..4 => &|_| 0,
            4..8 => &|o| -ground.bulk[o],
            8 | 9 => &|o| -ground.remoteness[o],
            _ if dice == 10 || dice >= sorts => &|o| ground.remoteness[o],
            11..13 => &|o| ground.closes[o].saturating_sub(ground.opens[o]),
            13..15 => &|o| ground.opens[o],
            _ => &|o| -ground.closes[o],
        };
        self.absent.sort_by_key(|&order| key(order as usize));
        if !self.rng.chance(1, 8) {
            self.absent.sort_by_key(|&o| (ground.optional[o as usize], ground.tier[o as usize]));
        }
    }

    /// Copies the tours that changed when the solution is the best so far.
    fn keep_if_best(&mut self) {
        let score = Score::of(&self.state);
        if score < self.best.score {
            self.idle = 0;
            self.best.become_like(self.state.ground, &self.state, score, &mut self.dirty);
        }
    }

    /// Goes back to the best, descends from there, and tries every absent order at every place, so that
    /// few are left to their reasons that fit; then lets higher tiers push lower ones out. All while
    /// there is time.
    pub(crate) fn finish(&mut self, is_over: &(dyn Fn() -> bool + Sync)) {
        if Score::of(&self.state) != self.best.score {
            let best = self.best.routes.clone();
            self.adopt(&best);
        }
        self.descend(is_over);
        self.undo.clear(self.dirty.len());
        let mut absent = self.hopeful(is_over);
        let (state, mut tools) = self.tools(Scope::Everywhere, true, 0);
        absent.sort_unstable_by_key(|&o| (state.ground.tier[o as usize], o));
        for order in absent {
            if is_over() {
                break;
            }
            insert(state, order, &mut tools);
        }
        for vehicle in self.undo.vehicles() {
            self.dirty[vehicle] = true;
        }
        self.keep_if_best();
        self.eject(is_over);
    }

    /// The absent orders that fit some place as the tours are, of those there is time for.
    fn hopeful(&self, is_over: &(dyn Fn() -> bool + Sync)) -> Vec<u32> {
        let if_it_fits = |scratch: &mut Scratch, &order: &u32| {
            if is_over() {
                return None;
            }
            let mut rng = Rng::new(0, 0);
            let chance = (&mut rng, 0);
            let spot = Scan::cheapest(&self.state, order, Scope::Everywhere, &[], chance, scratch);
            spot.map(|_| order)
        };
        self.state.bank.par_iter().map_init(Scratch::default, if_it_fits).flatten_iter().collect()
    }

    /// Lets absent orders push out near ones that count less, or that fit elsewhere.
    fn eject(&mut self, is_over: &dyn Fn() -> bool) {
        let ground = self.state.ground;
        let mut absent = self.state.bank.clone();
        absent.retain(|&order| !ground.optional[order as usize]);
        absent.sort_unstable_by_key(|&o| (ground.tier[o as usize], o));
        let mut left = EJECTIONS;
        for order in absent {
            let ways = ground.ways_of(order).map(|way| ground.ways[way as usize].first);
            let mut near: Vec<u32> = ways.flat_map(|visit| ground.near(visit)).copied().collect();
            near.truncate(NEAR_EJECTED);
            for victim in near {
                if left == 0 || self.state.used[order as usize] != NONE || is_over() {
                    break;
                }
                left -= 1;
                self.try_ejecting(order, victim);
            }
        }
    }

    /// Takes the order of a visit out, puts `order` in and the other back if it fits; keeps that
    /// when it is better.
    fn try_ejecting(&mut self, order: u32, victim: u32) {
        self.undo.clear(self.dirty.len());
        let before = Score::of(&self.state);
        let Some(out) = self.ruin.take_one(&mut self.state, &mut self.undo, victim) else { return };
        let (state, mut tools) = self.tools(Scope::Everywhere, true, 0);
        let is_in = insert(state, order, &mut tools);
        if is_in {
            insert(state, out, &mut tools);
        }
        if is_in && Score::of(&self.state) < before {
            for vehicle in self.undo.vehicles() {
                self.dirty[vehicle] = true;
            }
            self.keep_if_best();
        } else {
            self.undo.roll_back(&mut self.state);
        }
    }
}

#[cfg(test)]
mod tests;
