//! Ruin and recreate as first published (Schrimpf, Schneider, Stamm-Wilbrandt and Dueck 2000,
//! doi 10.1006/jcph.1999.6413): what lies around a random order is taken out and put back order by
//! order at its cheapest place among all; threshold accepting keeps what is not too much worse.
//!
//! Half of its ruins here are radial, half take orders from anywhere, as there. At most a hundred
//! orders leave at once.

use crate::constraint::Resource;
use crate::optimizer::heuristics::method::{Method, Turn, mean_arc};
use crate::optimizer::heuristics::workshop::Workshop;
use crate::optimizer::insert::Scope;

/// The largest share of the orders a ruin takes: radial, and from anywhere. In hundredths.
const RADIAL: usize = 30;
const ANYWHERE: usize = 50;
/// The most orders a ruin takes.
const MOST: usize = 100;
/// The first threshold, in mean arcs.
const FIRST: f64 = 0.5;

#[derive(Debug, Default)]
pub(super) struct RuinRecreate {
    threshold: Option<f64>,
}

impl<R: Resource> Method<R> for RuinRecreate {
    fn step(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>) {
        let first = *self.threshold.get_or_insert_with(|| FIRST * mean_arc(shop));
        #[expect(clippy::cast_possible_truncation, reason = "the cost of half an arc")]
        let slack = (first * turn.heat) as i64;
        let before = shop.state.price();
        shop.begin();
        let served = shop.served();
        if shop.rng.chance(1, 2) {
            let most = (served * RADIAL / 100).clamp(1, MOST);
            let count = shop.rng.between(1, most);
            shop.take_around(count);
        } else {
            let most = (served * ANYWHERE / 100).clamp(1, MOST);
            let count = shop.rng.between(1, most);
            shop.take_anywhere(count);
        }
        shop.settle();
        let mut absent = shop.draw_absent();
        shop.rng.shuffle(&mut absent);
        shop.insert_all(&absent, Scope::Everywhere, 0);
        shop.accept(before.saturating_add(slack));
    }
}
