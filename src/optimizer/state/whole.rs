//! Trips in which order does not matter but for the way: what is kept of each is the whole, so that a
//! visit is put in without looking at the others. Local search asks for the pieces, for as long as it
//! goes on.

use crate::constraint::{Hop, Resource};
use crate::optimizer::state::{Change, State};

impl<R: Resource> State<'_, R> {
    /// True when a vehicle's trip has no pieces, only the whole.
    #[inline]
    pub(crate) fn has_whole_only(&self, vehicle: usize) -> bool {
        !self.keeps_pieces && self.ground.rigs[vehicle].is_lean
    }

    /// Makes the pieces of every trip, or says that from now on they are not needed.
    pub(crate) fn keep_pieces(&mut self, keep: bool) {
        if !self.is_order_free {
            return;
        }
        let is_new = keep && !self.keeps_pieces;
        self.keeps_pieces = keep;
        if is_new {
            self.forget_segments();
        }
        for vehicle in 0..if is_new { self.tours.len() } else { 0 } {
            let fits = self.refresh(vehicle);
            debug_assert!(fits, "a tour that was feasible is so again");
        }
    }

    /// The whole trip after visits were put in, from what it was; nothing when there is no way.
    pub(super) fn put_in(
        &mut self,
        vehicle: usize,
        change: Change,
        end: u32,
    ) -> Option<R::Segment> {
        let id = self.terms[self.slot[end as usize] as usize].vehicle;
        let mut whole = self.fwd[end as usize];
        let mut metres = -self.into[change.after as usize].metres;
        let mut at = change.before;
        loop {
            let to = self.next[at as usize];
            metres += self.follow(vehicle, at, to)?.metres;
            let hop = Hop { time: 0, metres };
            if to == change.after {
                let nothing = self.suf[end as usize];
                return Some(self.resources.join(&whole, hop, &nothing));
            }
            let leaf = self.resources.leaf(to as usize, self.window[to as usize], id);
            whole = self.resources.join(&whole, Hop::default(), &leaf);
            at = to;
        }
    }

    /// The whole trip from its visits; nothing when there is no way.
    pub(super) fn sum_up(&mut self, vehicle: usize, start: u32, end: u32) -> Option<R::Segment> {
        let id = self.terms[self.slot[end as usize] as usize].vehicle;
        let (mut at, mut whole) = (start, self.fwd[start as usize]);
        loop {
            let to = self.next[at as usize];
            let hop = self.follow(vehicle, at, to)?;
            if to == end {
                let nothing = self.suf[end as usize];
                return Some(self.resources.join(&whole, hop, &nothing));
            }
            let leaf = self.resources.leaf(to as usize, self.window[to as usize], id);
            whole = self.resources.join(&whole, hop, &leaf);
            at = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::constraint::{Clock, Distance, Loads, Resource};
    use crate::optimizer::cooling::Schedule;
    use crate::optimizer::ground::Ground;
    use crate::optimizer::island::Island;
    use crate::optimizer::{first_temperature, used_dimensions};
    use crate::problem::{Order, Problem, Quantity};
    use crate::rng::Rng;
    use crate::sample::{bare, build, call, day};

    /// Forty orders about a station, brought, fetched, or some of each.
    fn spread(seed: u64, is_fetched: impl Fn(usize) -> bool) -> Arc<Problem> {
        let mut rng = Rng::new(seed, 5);
        let room = Quantity::pieces(9);
        let vehicle = |i| bare(&format!("v{i}")).capacity(room).costs(0.0, 0.0, 1.0);
        let mut day = day((0..10).map(vehicle));
        for i in 0..40 {
            let mut stop = call(0.0);
            stop.point.lat += (rng.unit() - 0.5) * 0.3;
            stop.point.lon += (rng.unit() - 0.5) * 0.3;
            let name = format!("o{i:02}");
            let order =
                if is_fetched(i) { Order::collect(name, stop) } else { Order::deliver(name, stop) };
            day = day.order(order.quantity(Quantity::pieces(1 + i64::from(rng.next_u32() % 3))));
        }
        build(day)
    }

    fn set(problem: &Problem) -> (Distance, Loads<1>) {
        (Distance, Loads::new(problem, &used_dimensions(problem)))
    }

    /// A long search that knows the wholes only ends where its routes, laid anew with all their pieces, cost
    /// the same and load the same.
    #[test]
    fn what_is_put_in_and_taken_out_is_worth_its_pieces() {
        for seed in 0..6 {
            let problem = spread(seed, |_| seed % 2 == 0);
            let (clock, resources, ground) =
                (Clock::new(&problem), set(&problem), Ground::new(&problem));
            let mut island = Island::new(&ground, &clock, &resources, seed, 1);
            let start = island.best.routes.clone();
            island.construct(&start, &|| false);
            let schedule = Schedule::new(first_temperature(&island), false);
            island.run(2_000, &schedule.round(0.0, 1.0), &|| false);
            assert!((0..10).all(|vehicle| island.state.has_whole_only(vehicle)));
            let mut laid = Island::new(&ground, &clock, &resources, seed, 2);
            laid.state.keep_pieces(true);
            laid.adopt(&island.state.routes());
            let (found, plain) = (&island.state, &laid.state);
            assert_eq!(found.tour_cost, plain.tour_cost, "seed {seed}");
            for (a, b) in found.tours.iter().zip(&plain.tours) {
                assert_eq!(a.sums(), b.sums(), "seed {seed}");
                assert_eq!(a.slots, b.slots, "seed {seed}");
                for &slot in &a.slots {
                    let end = ground.end_node(slot) as usize;
                    assert_eq!(found.fwd[end], plain.fwd[end], "seed {seed}");
                }
            }
        }
    }

    #[test]
    fn order_matters_where_goods_are_both_brought_and_fetched() {
        assert!(set(&spread(1, |_| false)).is_order_free());
        assert!(set(&spread(1, |_| true)).is_order_free());
        let both = spread(1, |i| i % 2 == 0);
        assert!(!set(&both).is_order_free());
        let (clock, resources) = (Clock::new(&both), set(&both));
        assert!(!(clock, resources).is_order_free());
        let brought = spread(1, |_| false);
        assert!(!(Clock::new(&brought), set(&brought)).is_order_free());
    }
}
