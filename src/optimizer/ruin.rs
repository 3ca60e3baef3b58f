//! Chooses orders to take out: strings of neighbouring trips (Christiaens and Vanden Berghe 2020,
//! doi 10.1287/trsc.2019.0914), everything around a point (Shaw 1998), or a whole trip.

use crate::constraint::Resource;
use crate::optimizer::ground::{NONE, node};
use crate::optimizer::state::State;
use crate::optimizer::undo::Undo;
use crate::rng::Rng;

/// How many orders are taken out on average, which is also how long a string may be: half a trip, within
/// these bounds (ten in the paper; what more does on long trips is in `benches/RESULTS.md`).
const SHORT: usize = 10;
const LONG: usize = 20;
/// The most visits of a whole trip taken out.
const TRIP_MAX: usize = 40;

/// Of a hundred steps about an absent and about another order so many take out of two trips of one vehicle,
/// where vehicles make several: what is in the way of an order is often the trip before or after.
const DAYS_ABSENT: usize = 50;
const DAYS: usize = 5;

/// One step in so many first moves a tour to another kind of vehicle, where there are several.
const REHOUSED: usize = 10;

/// What is taken out in one step.
#[derive(Debug, Default)]
pub(crate) struct Ruin {
    /// The orders taken out, in the order of their removal.
    pub(crate) removed: Vec<u32>,
    /// The visit they were taken out around.
    pub(crate) seed: Option<u32>,
    ruined: Vec<u32>,
    string: Vec<u32>,
}

impl Ruin {
    /// Takes orders out of the solution and puts them into the bank.
    pub(crate) fn apply<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        rng: &mut Rng,
    ) {
        self.removed.clear();
        self.ruined.clear();
        self.seed = seed(state, rng);
        let Some(seed) = self.seed else { return };
        if state.ground.kinds > 1 && rng.chance(1, REHOUSED) {
            rehouse(state, undo, seed, rng);
        }
        let is_absent = state.slot[seed as usize] == NONE;
        let share = if is_absent { DAYS_ABSENT } else { DAYS };
        if !state.ground.multi.is_empty() && rng.chance(share, 100) {
            self.day(state, undo, seed, rng);
        } else {
            match rng.below(100) {
                0..80 => self.strings(state, undo, seed, rng),
                80..98 => self.around(state, undo, seed, rng),
                _ => self.trip(state, undo, seed),
            }
        }
        for touched in 0..undo.count() {
            let vehicle = undo.vehicle(touched);
            state.close_empty(vehicle);
            let fits = state.refresh(vehicle);
            debug_assert!(fits || !self.removed.is_empty(), "an untouched tour stays feasible");
            if !fits {
                self.unravel(state, undo, vehicle, rng);
            }
        }
    }

    /// Takes the order of one visit out and says which it was; nothing when it must stay, or when the
    /// tour does not bear its absence.
    pub(crate) fn take_one<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        visit: u32,
    ) -> Option<u32> {
        if !self.take(state, undo, visit) {
            return None;
        }
        let vehicles: Vec<usize> = undo.vehicles().collect();
        let mut fits = true;
        for vehicle in vehicles {
            state.close_empty(vehicle);
            fits &= state.refresh(vehicle);
        }
        if !fits {
            undo.roll_back(state);
        }
        fits.then(|| state.ground.order_of[visit as usize])
    }

    /// Removal can break a tour (a wait that counted as a rest, a detour that is shorter than the
    /// way): takes out more of it until it fits.
    fn unravel<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        vehicle: usize,
        rng: &mut Rng,
    ) {
        loop {
            let free: Vec<u32> = state.tours[vehicle]
                .slots
                .iter()
                .flat_map(|&slot| state.visits_of(slot))
                .filter(|&visit| !state.ground.frozen[visit as usize])
                .collect();
            if free.is_empty() {
                return;
            }
            let visit = free[rng.below(free.len())];
            self.take(state, undo, visit);
            state.close_empty(vehicle);
            if state.refresh(vehicle) {
                return;
            }
        }
    }

    /// Takes the order of a visit out.
    fn take<R: Resource>(&mut self, state: &mut State<'_, R>, undo: &mut Undo, visit: u32) -> bool {
        let ground = state.ground;
        let partner = ground.partner[visit as usize];
        let is_frozen = |v: u32| v != NONE && ground.frozen[v as usize];
        if state.slot[visit as usize] == NONE || is_frozen(visit) || is_frozen(partner) {
            return false;
        }
        let order = ground.order_of[visit as usize];
        undo.touch(state, state.vehicle_of(visit));
        undo.note_order(order, state.used[order as usize]);
        state.take_out(visit);
        if partner != NONE {
            state.take_out(partner);
        }
        state.deposit(order);
        self.removed.push(order);
        true
    }

    /// Strings in the trips nearest to the seed, one in each.
    fn strings<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        seed: u32,
        rng: &mut Rng,
    ) {
        let ground = state.ground;
        let (trips, mean) = (state.trip_count, mean_removed(state));
        let longest = mean.min(orders_a_trip(state)).max(1);
        // From 1 to 4 mean / (1 + longest), drawn from a continuous range as in the paper.
        let sixteenths = (64 * mean / (1 + longest)).saturating_sub(16).max(16);
        let strings = 1 + rng.below(sixteenths) / 16;
        let nearest = std::iter::once(&seed).chain(ground.around(seed));
        for &visit in nearest {
            let slot = state.slot[visit as usize];
            if self.ruined.len() >= strings {
                return;
            }
            // On few long trips several strings may come from one trip, else only one would.
            let again = self.ruined.contains(&slot) && (trips > strings || rng.chance(7, 8));
            if slot == NONE || again {
                continue;
            }
            self.ruined.push(slot);
            let length = rng.between(1, longest.min(state.size[slot as usize] as usize));
            self.string_around(state, visit, length, rng);
            for i in 0..self.string.len() {
                let visit = self.string[i];
                self.take(state, undo, visit);
            }
        }
    }

    /// A string of `length` visits of one trip that holds `visit`; half of them keep some visits in
    /// the middle.
    fn string_around<R: Resource>(
        &mut self,
        state: &State<'_, R>,
        visit: u32,
        length: usize,
        rng: &mut Rng,
    ) {
        self.string.clear();
        let ground = state.ground;
        let size = state.size[state.slot[visit as usize] as usize] as usize;
        let mut keep = 0;
        if length < size && rng.chance(1, 2) {
            keep = 1;
            while length + keep < size && rng.chance(1, 100) {
                keep += 1;
            }
        }
        let before = rng.below(length + keep);
        let mut at = visit;
        for _ in 0..before {
            let prev = state.prev[at as usize];
            if !ground.is_visit(prev) {
                break;
            }
            at = prev;
        }
        let skip_from = if keep > 0 { rng.below(length + 1) } else { usize::MAX };
        for i in 0..length + keep {
            if !ground.is_visit(at) {
                return;
            }
            if keep == 0 || i < skip_from || i >= skip_from + keep {
                self.string.push(at);
            }
            at = state.next[at as usize];
        }
    }

    /// The visits nearest to the seed, now and then passing one over.
    fn around<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        seed: u32,
        rng: &mut Rng,
    ) {
        let count = rng.between(1, 2 * mean_removed(state));
        self.take(state, undo, seed);
        let ground = state.ground;
        for &visit in ground.around(seed) {
            if self.removed.len() >= count {
                return;
            }
            if rng.chance(3, 4) {
                self.take(state, undo, visit);
            }
        }
    }

    /// Part of the day of a vehicle that calls near the seed: a string there, and another trip of it or a
    /// string of that.
    fn day<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        seed: u32,
        rng: &mut Rng,
    ) {
        let mean = mean_removed(state);
        let mut nearest = std::iter::once(&seed).chain(state.ground.around(seed));
        let Some(&near) = nearest.find(|&&visit| state.slot[visit as usize] != NONE) else {
            return;
        };
        let (slot, vehicle) = (state.slot[near as usize], state.vehicle_of(near));
        let others = || state.tours[vehicle].slots.iter().filter(|&&other| other != slot);
        let Some(&other) = others().nth(rng.below(others().count().max(1))) else {
            return self.strings(state, undo, seed, rng);
        };
        let size = |slot: u32| state.size[slot as usize] as usize;
        let length = rng.between(1, mean.min(size(slot)));
        self.string_around(state, near, length, rng);
        let mut taken = std::mem::take(&mut self.string);
        let Some(first) = state.visits_of(other).nth(rng.below(size(other))) else { return };
        if size(other) <= 2 * mean {
            self.string.extend(state.visits_of(other));
        } else {
            self.string_around(state, first, rng.between(1, mean), rng);
        }
        taken.append(&mut self.string);
        for &visit in &taken {
            self.take(state, undo, visit);
        }
        self.string = taken;
    }

    /// The whole trip of the seed, when it is short, else a long run of it.
    fn trip<R: Resource>(&mut self, state: &mut State<'_, R>, undo: &mut Undo, seed: u32) {
        let slot = state.slot[seed as usize];
        if slot == NONE {
            return;
        }
        self.string.clear();
        self.string.extend(state.visits_of(slot).take(TRIP_MAX));
        for i in 0..self.string.len() {
            let visit = self.string[i];
            self.take(state, undo, visit);
        }
    }
}

/// Moves the tour of a visit to an idle vehicle of another kind, when that bears it (the exchange of
/// vehicles in fleet size and mix problems; Golden et al. 1984, doi 10.1016/0305-0548(84)90007-8).
/// What is ruined and put back then makes use of the other vehicle.
fn rehouse<R: Resource>(state: &mut State<'_, R>, undo: &mut Undo, seed: u32, rng: &mut Rng) {
    let ground = state.ground;
    if state.slot[seed as usize] == NONE {
        return;
    }
    let from = state.vehicle_of(seed);
    let kind = ground.rigs[from].kind;
    let others = || state.idle_vehicles().filter(|&vehicle| ground.rigs[vehicle].kind != kind);
    let drawn = rng.below(others().count());
    let Some(onto) = others().nth(drawn) else { return };
    let trips: Vec<Vec<u32>> =
        state.tours[from].slots.iter().map(|&slot| state.visits_of(slot).collect()).collect();
    let bears = |&visit: &u32| {
        !ground.frozen[visit as usize] && ground.is_usable(onto, ground.way_of[visit as usize])
    };
    if trips.len() > ground.rigs[onto].trips as usize || !trips.iter().flatten().all(bears) {
        return;
    }
    undo.touch(state, from);
    undo.touch(state, onto);
    state.move_tour(from, onto, &trips);
    if !state.refresh(onto) {
        state.move_tour(onto, from, &trips);
        let fits = state.refresh(from);
        debug_assert!(fits, "a tour that was feasible is so again");
    }
}

/// Orders served on a trip, on average.
fn orders_a_trip<R: Resource>(state: &State<'_, R>) -> usize {
    (state.used.len() - state.bank.len()) / state.trip_count.max(1)
}

/// How many orders a ruin takes out on average.
fn mean_removed<R: Resource>(state: &State<'_, R>) -> usize {
    (orders_a_trip(state) / 2).clamp(SHORT, LONG)
}

/// A visit to ruin around: of any order, one time in ten of an absent one.
fn seed<R: Resource>(state: &State<'_, R>, rng: &mut Rng) -> Option<u32> {
    let orders = state.used.len();
    if orders == 0 {
        return None;
    }
    let absent = !state.bank.is_empty() && rng.chance(1, 10);
    let absent = absent.then(|| state.bank[rng.below(state.bank.len())]);
    let absent = absent.filter(|&order| state.fits_alone[order as usize] != Some(false));
    let order = absent.unwrap_or_else(|| node(rng.below(orders)));
    let way = match state.used[order as usize] {
        NONE => {
            let ways = state.ground.ways_of(order);
            ways.start + node(rng.below(ways.len()))
        }
        way => way,
    };
    let way = state.ground.ways[way as usize];
    Some(if way.second != NONE && rng.chance(1, 2) { way.second } else { way.first })
}

#[cfg(test)]
mod tests;
