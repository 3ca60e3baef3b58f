//! Gives a tour to a vehicle of another kind (the exchange of vehicles in fleet size and mix
//! problems; Golden et al. 1984, doi 10.1016/0305-0548(84)90007-8): an idle one, or one that drives
//! near by and takes over the tour in exchange. What the smaller vehicle does not bear is taken out;
//! what is ruined and put back then makes use of the change.

use super::Ruin;
use crate::constraint::Resource;
use crate::optimizer::ground::NONE;
use crate::optimizer::state::State;
use crate::optimizer::undo::Undo;
use crate::rng::Rng;

/// How many visits a tour may lose to fit its new vehicle.
const TRIMMED: usize = 12;

impl Ruin {
    /// Gives the tour of a visit to a vehicle of another kind and takes out what that does not bear.
    /// Nothing has changed when there is no such vehicle, or when too much would be taken out.
    pub(super) fn rehouse<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        seed: u32,
        rng: &mut Rng,
    ) {
        if state.slot[seed as usize] == NONE {
            return;
        }
        let from = state.vehicle_of(seed);
        let idle = rng.chance(1, 2);
        let onto = if idle { idle_of_other_kind(state, from, rng) } else { None };
        let Some(onto) = onto.or_else(|| near_of_other_kind(state, from, seed, rng)) else {
            return;
        };
        let (there, back) = (trips_of(state, from), trips_of(state, onto));
        if !may_drive(state, onto, &there) || !may_drive(state, from, &back) {
            return;
        }
        undo.touch(state, from);
        undo.touch(state, onto);
        state.strip(from);
        state.strip(onto);
        state.place(onto, &there);
        state.place(from, &back);
        if !self.trim(state, undo, onto, rng) || !self.trim(state, undo, from, rng) {
            undo.roll_back(state);
            self.removed.clear();
        }
    }

    /// Takes visits out of a tour until it keeps every limit; false when too many would go.
    fn trim<R: Resource>(
        &mut self,
        state: &mut State<'_, R>,
        undo: &mut Undo,
        vehicle: usize,
        rng: &mut Rng,
    ) -> bool {
        for _ in 0..TRIMMED {
            state.close_empty(vehicle);
            if state.refresh(vehicle) {
                return true;
            }
            let slots = state.tours[vehicle].slots.iter();
            let all: Vec<u32> = slots.flat_map(|&slot| state.visits_of(slot)).collect();
            self.take(state, undo, all[rng.below(all.len())]);
        }
        false
    }
}

fn trips_of<R: Resource>(state: &State<'_, R>, vehicle: usize) -> Vec<Vec<u32>> {
    state.tours[vehicle].slots.iter().map(|&slot| state.visits_of(slot).collect()).collect()
}

/// True when none of the visits is frozen or closed to the vehicle, and it makes so many trips.
fn may_drive<R: Resource>(state: &State<'_, R>, vehicle: usize, trips: &[Vec<u32>]) -> bool {
    let ground = state.ground;
    let bears = |&visit: &u32| {
        !ground.frozen[visit as usize] && ground.is_usable(vehicle, ground.way_of[visit as usize])
    };
    trips.len() <= ground.rigs[vehicle].trips as usize && trips.iter().flatten().all(bears)
}

fn idle_of_other_kind<R: Resource>(
    state: &State<'_, R>,
    than: usize,
    rng: &mut Rng,
) -> Option<usize> {
    let kind = state.ground.rigs[than].kind;
    let others = || state.idle_vehicles().filter(|&v| state.ground.rigs[v].kind != kind);
    others().nth(rng.below(others().count()))
}

/// A vehicle of another kind that drives near a visit: the nearest, or now and then one after it.
fn near_of_other_kind<R: Resource>(
    state: &State<'_, R>,
    than: usize,
    seed: u32,
    rng: &mut Rng,
) -> Option<usize> {
    let ground = state.ground;
    let kind = ground.rigs[than].kind;
    let served = ground.around(seed).iter().filter(|&&v| state.slot[v as usize] != NONE);
    let mut others = served
        .map(|&visit| state.vehicle_of(visit))
        .filter(|&vehicle| ground.rigs[vehicle].kind != kind);
    others.nth(rng.below(4))
}
