//! Takes a step back: each tour is saved when it is first touched, so that a step costs what it
//! touches and no more.

use crate::constraint::Resource;
use crate::optimizer::ground::{NONE, Way, node};
use crate::optimizer::state::State;

/// What a step has touched.
#[derive(Debug, Default)]
pub(crate) struct Undo {
    tours: Vec<Saved>,
    touched: Vec<bool>,
    /// Slots of the saved tours, and how many of `visits` each has.
    slots: Vec<(u32, u32)>,
    visits: Vec<u32>,
    /// A buffer.
    trips: Vec<u32>,
    orders: Vec<(u32, u32)>,
}

#[derive(Clone, Copy, Debug)]
struct Saved {
    vehicle: usize,
    /// Its first slot in `slots`, and how many it has.
    first: usize,
    count: usize,
    /// Its first visit in `visits`.
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
        self.slots.clear();
        self.visits.clear();
        self.orders.clear();
    }

    /// Saves a vehicle's tour before it changes.
    pub(crate) fn touch<R: Resource>(&mut self, state: &State<'_, R>, vehicle: usize) {
        if std::mem::replace(&mut self.touched[vehicle], true) {
            return;
        }
        let (first, from) = (self.slots.len(), self.visits.len());
        for &slot in &state.tours[vehicle].slots {
            self.visits.extend(state.visits_of(slot));
            self.slots.push((slot, state.size[slot as usize]));
        }
        let count = self.slots.len() - first;
        self.tours.push(Saved { vehicle, first, count, from });
    }

    /// Saves how an order is served before that changes.
    pub(crate) fn note_order(&mut self, order: u32, way: u32) {
        self.orders.push((order, way));
    }

    /// How many vehicles are touched so far.
    pub(crate) fn count(&self) -> usize {
        self.tours.len()
    }

    /// The vehicle touched as number `index`.
    pub(crate) fn vehicle(&self, index: usize) -> usize {
        self.tours[index].vehicle
    }

    /// The vehicles touched so far.
    pub(crate) fn vehicles(&self) -> impl Iterator<Item = usize> + '_ {
        self.tours.iter().map(|saved| saved.vehicle)
    }

    /// Puts everything back as it was at the last clear.
    pub(crate) fn roll_back<R: Resource>(&mut self, state: &mut State<'_, R>) {
        for &(order, _) in &self.orders {
            let way = state.used[order as usize];
            if way != NONE {
                let Way { first, second, .. } = state.ground.ways[way as usize];
                [first, second].into_iter().filter(|&v| v != NONE).for_each(|v| state.lose(v));
            }
        }
        for saved in &self.tours {
            self.trips.clear();
            self.trips.append(&mut state.tours[saved.vehicle].slots);
            self.trips.iter().for_each(|&slot| state.relink(slot, &[]));
        }
        for &Saved { vehicle, first, count, mut from } in &self.tours {
            self.trips.clear();
            for &(slot, size) in &self.slots[first..first + count] {
                let visits = from..from + size as usize;
                from = visits.end;
                state.relink(slot, &self.visits[visits]);
                self.trips.push(slot);
            }
            state.set_trips(vehicle, &self.trips);
            let fits = state.refresh(vehicle);
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
