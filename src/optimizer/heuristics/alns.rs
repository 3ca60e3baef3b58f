//! Adaptive large neighbourhood search (Ropke and Pisinger 2006, doi 10.1287/trsc.1050.0135): each step
//! draws a way to take orders out (related, at random, worst) and a way to put them back (greedy,
//! regret of two, of three), the more often the better it did lately, under simulated annealing.
//!
//! Constants are the paper's. Relatedness counts way, window and load; orders related to one are
//! looked for among its hundred nearest. At most a hundred orders leave at once.

use crate::constraint::Resource;
use crate::optimizer::construct::regret::insert_by_regret;
use crate::optimizer::ground::NONE;
use crate::optimizer::heuristics::method::{Method, Turn};
use crate::optimizer::heuristics::workshop::Workshop;

/// The least and the most orders a step takes, and the largest share in hundredths.
const LEAST: usize = 4;
const MOST: usize = 100;
const SHARE: usize = 40;
/// How strongly the draw of related and of worst orders leans to the first.
const LEAN_RELATED: u32 = 6;
const LEAN_WORST: u32 = 3;
/// Weights of way, window and load in relatedness.
const WAY: f64 = 9.0;
const WINDOW: f64 = 3.0;
const LOAD: f64 = 2.0;
/// What a new best, a better and a kept worse plan score.
const SCORES: [f64; 3] = [33.0, 9.0, 13.0];
/// After so many steps weights follow scores by a tenth.
const SEGMENT: u32 = 100;
const REACTION: f64 = 0.1;
/// A plan so much worse than the first is kept every other time at first.
const WORSE: f64 = 0.05;

/// Ways to take out: related, at random, worst; ways to put back: by the places compared.
const REMOVALS: usize = 3;
const COMPARED: [usize; 3] = [1, 2, 3];

#[derive(Debug)]
pub(super) struct Alns {
    temperature: Option<f64>,
    remove: Wheel,
    insert: Wheel,
    steps: u32,
}

impl Default for Alns {
    fn default() -> Self {
        let wheel = |ways: usize| Wheel {
            weights: vec![1.0; ways],
            scores: vec![0.0; ways],
            uses: vec![0.0; ways],
        };
        let (remove, insert) = (wheel(REMOVALS), wheel(COMPARED.len()));
        Self { temperature: None, remove, insert, steps: 0 }
    }
}

/// Draws among ways by weights that follow their scores.
#[derive(Debug)]
struct Wheel {
    weights: Vec<f64>,
    scores: Vec<f64>,
    uses: Vec<f64>,
}

impl Wheel {
    fn draw(&self, unit: f64) -> usize {
        let mut left = unit * self.weights.iter().sum::<f64>();
        for (way, weight) in self.weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return way;
            }
        }
        0
    }

    fn note(&mut self, way: usize, score: f64) {
        self.scores[way] += score;
        self.uses[way] += 1.0;
    }

    fn adapt(&mut self) {
        for way in 0..self.weights.len() {
            if self.uses[way] > 0.0 {
                let mean = self.scores[way] / self.uses[way];
                self.weights[way] = self.weights[way] * (1.0 - REACTION) + REACTION * mean;
            }
            (self.scores[way], self.uses[way]) = (0.0, 0.0);
            // No way is ever given up.
            self.weights[way] = self.weights[way].max(0.1);
        }
    }
}

impl<R: Resource> Method<R> for Alns {
    fn step(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>) {
        #[expect(clippy::cast_precision_loss, reason = "costs of a day are far below 2^53")]
        let first_cost = || shop.state.tour_cost as f64;
        let ln_2 = std::f64::consts::LN_2;
        let first = *self.temperature.get_or_insert_with(|| WORSE * first_cost() / ln_2);
        let slack = turn.cooling.threshold(first * turn.heat, &mut shop.rng);
        let (before, best) = (shop.state.price(), shop.best_score);
        let remove = self.remove.draw(shop.rng.unit());
        let insert = self.insert.draw(shop.rng.unit());
        shop.begin();
        let most = (shop.served() * SHARE / 100).clamp(1, MOST);
        let count = shop.rng.between(LEAST.min(most), most);
        match remove {
            0 => related(shop, count),
            1 => shop.take_anywhere(count),
            _ => worst(shop, count),
        }
        shop.settle();
        let absent = shop.draw_absent();
        shop.with_tools(|state, tools| {
            insert_by_regret(state, &absent, COMPARED[insert], tools, turn.is_over);
        });
        let price = shop.state.price();
        let is_kept = shop.accept(before.saturating_add(slack));
        let score = match (shop.best_score < best, price < before, is_kept) {
            (true, ..) => SCORES[0],
            (_, true, _) => SCORES[1],
            (_, _, true) if price > before => SCORES[2],
            _ => 0.0,
        };
        self.remove.note(remove, score);
        self.insert.note(insert, score);
        self.steps += 1;
        if self.steps.is_multiple_of(SEGMENT) {
            self.remove.adapt();
            self.insert.adapt();
        }
    }
}

/// An index below `length`, the first ones most likely: `length` times a unit draw to some power.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the product lies between 0 and the length"
)]
fn leaning(unit: f64, lean: u32, length: usize) -> usize {
    let power = (0..lean).fold(1.0, |product, _| product * unit);
    ((power * length as f64) as usize).min(length.saturating_sub(1))
}

/// Takes out orders related to ones taken before (Shaw 1998, doi 10.1007/3-540-49481-2_30).
fn related<R: Resource>(shop: &mut Workshop<'_, R>, count: usize) {
    let Some(seed) = shop.any_served() else { return };
    let mut taken = vec![seed];
    shop.take(seed);
    // Each draw takes one or finds nothing near.
    for _ in 0..2 * count {
        if shop.removed.len() >= count {
            return;
        }
        let from = taken[shop.rng.below(taken.len())];
        let near = by_relatedness(shop, from);
        if near.is_empty() {
            continue;
        }
        let visit = near[leaning(shop.rng.unit(), LEAN_RELATED, near.len())];
        if shop.take(visit) {
            taken.push(visit);
        }
    }
}

/// The served visits about one, the most related first.
#[expect(clippy::cast_precision_loss, reason = "a weighing of what is alike")]
fn by_relatedness<R: Resource>(shop: &Workshop<'_, R>, from: u32) -> Vec<u32> {
    let (ground, clock) = (shop.state.ground, shop.state.clock);
    let around = ground.around(from);
    let close = |visit: u32| clock.windows(visit as usize)[0].close.min(200_000) as f64;
    let bulk = |visit: u32| ground.bulk[ground.order_of[visit as usize] as usize] as f64;
    let rank = |(i, &visit): (usize, &u32)| {
        let way = i as f64 / around.len().max(1) as f64;
        let window = (close(visit) - close(from)).abs() / 86_400.0;
        let load = (bulk(visit) - bulk(from)).abs() / 1e6;
        (WAY * way + WINDOW * window + LOAD * load, visit)
    };
    let is_served = |&(_, &visit): &(usize, &u32)| shop.state.slot[visit as usize] != NONE;
    let mut ranked: Vec<(f64, u32)> =
        around.iter().enumerate().filter(is_served).map(rank).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, visit)| visit).collect()
}

/// Takes out orders whose visits cost much where they are.
fn worst<R: Resource>(shop: &mut Workshop<'_, R>, count: usize) {
    let state = &shop.state;
    let ground = state.ground;
    let mut costs: Vec<(i64, u32)> = Vec::with_capacity(ground.visits);
    for slot in state.tours.iter().flat_map(|tour| &tour.slots) {
        let vehicle = ground.slot_vehicle[*slot as usize] as usize;
        for visit in state.visits_of(*slot) {
            let (before, after) = (state.prev[visit as usize], state.next[visit as usize]);
            let hop = ground.hop(vehicle, before, after).unwrap_or_default();
            let both = state.arc[visit as usize] + state.arc[after as usize];
            costs.push((ground.hop_cost(vehicle, hop) - both, visit));
        }
    }
    costs.sort_unstable();
    for _ in 0..2 * count {
        if shop.removed.len() >= count || costs.is_empty() {
            return;
        }
        let (_, visit) = costs.remove(leaning(shop.rng.unit(), LEAN_WORST, costs.len()));
        shop.take(visit);
    }
}
