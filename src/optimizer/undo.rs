//! Takes a step back: each tour is saved when it is first touched, so that a step costs what it
//! touches and no more.

use crate::constraint::Resource;
use crate::optimizer::ground::{NONE, node};
use crate::optimizer::state::State;

/// What a step has touched.
#[derive(Debug, Default)]
pub(crate) struct Undo {
    tours: Vec<Saved>,
    touched: Vec<bool>,
    visits: Vec<u32>,
    orders: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Saved {
    vehicle: usize,
    slots: Vec<u32>,
    /// How many of `visits` each slot has.
    sizes: Vec<u32>,
    from: usize,
}

impl Undo {
    /// Forgets everything, keeping the buffers.
    pub(crate) fn clear(&mut self, vehicles: usize) {
        for saved in &self.tours {
            self.touched[saved.vehicle] = false;
        }
        self.touched.resize(vehicles, false);
        self.tours.clear();
        self.visits.clear();
        self.orders.clear();
    }

    /// Saves a vehicle's tour before it changes.
    pub(crate) fn touch<R: Resource>(&mut self, state: &State<'_, R>, vehicle: usize) {
        if std::mem::replace(&mut self.touched[vehicle], true) {
            return;
        }
        let from = self.visits.len();
        let slots = state.tours[vehicle].slots.clone();
        let mut sizes = Vec::with_capacity(slots.len());
        for &slot in &slots {
            self.visits.extend(state.visits_of(slot));
            sizes.push(state.size[slot as usize]);
        }
        self.tours.push(Saved { vehicle, slots, sizes, from });
    }

    /// Saves how an order is served before that changes.
    pub(crate) fn note_order(&mut self, order: u32, way: u32) {
        self.orders.push((order, way));
    }

    /// The vehicles touched so far.
    pub(crate) fn vehicles(&self) -> impl Iterator<Item = usize> + '_ {
        self.tours.iter().map(|saved| saved.vehicle)
    }

    /// Puts everything back as it was at the last clear.
    pub(crate) fn roll_back<R: Resource>(&mut self, state: &mut State<'_, R>) {
        for saved in &self.tours {
            for slot in std::mem::take(&mut state.tours[saved.vehicle].slots) {
                state.clear_slot(slot);
            }
        }
        for saved in &self.tours {
            let mut from = saved.from;
            for (&slot, &size) in saved.slots.iter().zip(&saved.sizes) {
                let mut at = state.ground.start_node(slot);
                for &visit in &self.visits[from..from + size as usize] {
                    state.put_after(visit, at);
                    at = visit;
                }
                from += size as usize;
            }
            state.tours[saved.vehicle].slots.clone_from(&saved.slots);
            let fits = state.refresh(saved.vehicle);
            debug_assert!(fits, "a tour that was feasible is so again");
        }
        for &(order, way) in self.orders.iter().rev() {
            match (state.used[order as usize], way) {
                (now, before) if now == before => {}
                (NONE, way) => state.withdraw(order, way),
                (_, NONE) => state.deposit(order),
                (_, way) => state.used[order as usize] = way,
            }
        }
        self.clear(node(self.touched.len()) as usize);
    }
}
