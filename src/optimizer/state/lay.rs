//! Reading trips off a solution, laying given ones into it, and the plain check of all its invariants.

use crate::constraint::Resource;
#[cfg(debug_assertions)]
use crate::constraint::Terms;
use crate::optimizer::ground::NONE;
#[cfg(debug_assertions)]
use crate::optimizer::ground::node;
use crate::optimizer::state::{Routes, State};

impl<R: Resource> State<'_, R> {
    /// The routes as lists.
    pub(crate) fn routes(&self) -> Routes {
        let trip = |&slot: &u32| self.visits_of(slot).collect();
        self.tours.iter().map(|tour| tour.slots.iter().map(trip).collect()).collect()
    }

    /// Lays a vehicle's trips, all of whose orders are absent. A trip that breaks a limit loses its
    /// last free visits until the tour fits.
    pub(crate) fn lay(&mut self, vehicle: usize, trips: &[Vec<u32>]) {
        for trip in trips {
            let Some(slot) = self.open_trip(vehicle, self.tours[vehicle].slots.len()) else {
                return;
            };
            let mut at = self.ground.start_node(slot);
            for &visit in trip {
                let order = self.ground.order_of[visit as usize];
                let way = self.ground.way_of[visit as usize];
                let is_second = self.used[order as usize] == way;
                if !self.ground.is_usable(vehicle, way)
                    || (self.used[order as usize] != NONE && !is_second)
                {
                    continue;
                }
                self.put_after(visit, at);
                if !is_second {
                    self.withdraw(order, way);
                }
                at = visit;
            }
        }
        while !self.refresh(vehicle) {
            let visits = self.tours[vehicle].slots.iter().flat_map(|&slot| self.visits_of(slot));
            let last = visits.filter(|&v| !self.ground.frozen[v as usize]).last();
            let Some(last) = last else { break };
            self.drop_order(last);
            self.close_empty(vehicle);
        }
    }

    /// Gives the trips of one vehicle to another, which is idle. Both must be refreshed unless idle.
    pub(crate) fn move_tour(&mut self, from: usize, onto: usize, trips: &[Vec<u32>]) {
        for slot in self.tours[from].slots.clone() {
            self.clear_slot(slot);
        }
        self.set_trips(from, &[]);
        let is_empty = self.refresh(from);
        debug_assert!(is_empty, "an idle vehicle breaks no limit");
        for trip in trips {
            let Some(slot) = self.open_trip(onto, self.tours[onto].slots.len()) else { return };
            let mut at = self.ground.start_node(slot);
            for &visit in trip {
                self.put_after(visit, at);
                at = visit;
            }
        }
    }

    /// Takes the order of a linked visit out and into the bank.
    fn drop_order(&mut self, visit: u32) {
        let partner = self.ground.partner[visit as usize];
        self.take_out(visit);
        if partner != NONE && self.slot[partner as usize] != NONE {
            self.take_out(partner);
        }
        self.deposit(self.ground.order_of[visit as usize]);
    }

    /// The fast way against a plain one: every invariant of the solution.
    #[cfg(debug_assertions)]
    pub(crate) fn assert_consistent(&mut self) {
        let before = (self.tour_cost, self.bank_cost);
        let kept: Vec<_> = (0..self.tours.len()).map(|vehicle| self.pieces_of(vehicle)).collect();
        self.forget_segments();
        for (vehicle, kept) in kept.into_iter().enumerate() {
            assert!(self.refresh(vehicle), "an accepted tour is feasible");
            assert_eq!(kept, self.pieces_of(vehicle), "what is kept of a tour is as if laid anew");
        }
        let bank = self.bank.iter().map(|&o| self.ground.bank_price[o as usize]).sum::<i64>();
        assert_eq!(before, (self.tour_cost, bank), "prices equal their recomputation");
        for order in 0..self.used.len() {
            let order = node(order);
            let in_bank = self.bank.contains(&order);
            assert_ne!(in_bank, self.used[order as usize] != NONE, "an order is in one place");
        }
    }

    /// The terms of each trip of a vehicle and the segments about each of its nodes, where they are kept.
    #[cfg(debug_assertions)]
    fn pieces_of(&self, vehicle: usize) -> Vec<(Terms, Vec<[R::Segment; 2]>)> {
        let about = |node: u32| [self.fwd[node as usize], self.suf[node as usize]];
        let trip = |&slot: &u32| {
            let ends = [self.ground.start_node(slot), self.ground.end_node(slot)];
            let nodes = ends.into_iter().chain(self.visits_of(slot));
            let is_kept = !self.has_whole_only(vehicle);
            (self.terms[slot as usize], nodes.filter(|_| is_kept).map(about).collect())
        };
        self.tours[vehicle].slots.iter().map(trip).collect()
    }
}
