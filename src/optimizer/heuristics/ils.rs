//! Iterated local search (Lourenço, Martin and Stützle 2003, doi 10.1007/0-306-48056-5_11): some orders
//! about a random one are taken out and put back carelessly, the changed tours are improved by the
//! crate's local search, and late acceptance (Burke and Bykov 2017, doi 10.1016/j.ejor.2016.07.012)
//! compares with what was there some steps ago.

use crate::constraint::Resource;
use crate::optimizer::heuristics::method::{Method, Turn};
use crate::optimizer::heuristics::workshop::Workshop;
use crate::optimizer::moves::Descent;
use crate::optimizer::state::Routes;

/// The most orders a step takes out.
const MOST: usize = 20;
/// How far back the comparison reaches, in steps.
const HISTORY: usize = 300;
/// One place in four is overlooked when orders are put back.
const CARELESS: u32 = u32::MAX / 4;

#[derive(Debug, Default)]
pub(super) struct Ils {
    descent: Descent,
    /// The tours before the step.
    current: Routes,
    history: Vec<i64>,
    at: usize,
}

impl<R: Resource> Method<R> for Ils {
    fn step(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>) {
        if self.current.is_empty() {
            self.begin(shop, turn);
        }
        let before = shop.state.price();
        shop.begin();
        let count = shop.rng.between(1, MOST.min(shop.served().max(1)));
        shop.take_around(count);
        shop.settle();
        let mut absent = shop.draw_absent();
        shop.rng.shuffle(&mut absent);
        shop.insert_all(&absent, shop.scope, CARELESS);
        let mut changed = vec![false; self.current.len()];
        shop.undo.vehicles().for_each(|vehicle| changed[vehicle] = true);
        shop.descend(&mut self.descent, &mut changed, turn.is_over);
        let price = shop.state.price();
        if price <= before || price < self.history[self.at] {
            shop.copy_tours(&changed, &mut self.current);
            shop.note_changed(&changed);
            shop.keep_if_best();
        } else {
            shop.restore_tours(&changed, &self.current);
        }
        self.history[self.at] = self.history[self.at].min(shop.state.price());
        self.at = (self.at + 1) % HISTORY;
    }
}

impl Ils {
    /// Improves the first plan as a whole.
    fn begin<R: Resource>(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>) {
        let mut changed = vec![true; shop.state.tours.len()];
        shop.descend(&mut self.descent, &mut changed, turn.is_over);
        shop.note_changed(&changed);
        shop.keep_if_best();
        self.current = shop.state.routes();
        self.history = vec![shop.state.price(); HISTORY];
    }
}
