//! Puts absent orders back, each at its cheapest place.

use crate::constraint::Resource;
use crate::optimizer::ground::{Ground, NONE};
use crate::optimizer::insert::{Scan, Scope, Scratch, Spot, TripSpot};
use crate::optimizer::state::{Change, State};
use crate::optimizer::undo::Undo;
use crate::rng::Rng;

/// How often an order may be refused by the exact tour before it stays in the bank.
const REFUSALS: usize = 3;

/// What a recreate works with.
#[derive(Debug)]
pub(crate) struct Tools<'t> {
    pub(crate) rng: &'t mut Rng,
    pub(crate) scratch: &'t mut Scratch,
    pub(crate) undo: &'t mut Undo,
    pub(crate) scope: Scope,
    /// Decides between trips by their exact prices; for small days.
    pub(crate) exact: bool,
    /// Chance in 2^32 to overlook a place.
    pub(crate) blink: u32,
    /// The next optional order whose own prize is not worth the way is put in all the same.
    pub(crate) dares: bool,
}

/// Inserts the orders in turn, each at its cheapest place; those that fit nowhere, or whose
/// absence is cheaper, stay in the bank. Gives up, saying false, as soon as the tours and the
/// orders left behind cost more than `limit`.
pub(crate) fn recreate<R: Resource>(
    state: &mut State<'_, R>,
    orders: &[u32],
    limit: i64,
    tools: &mut Tools<'_>,
) -> bool {
    let prices = orders.iter().map(|&order| state.ground.bank_price[order as usize]);
    let mut pending: i64 = prices.sum();
    for &order in orders {
        if state.price() - pending > limit {
            return false;
        }
        pending -= state.ground.bank_price[order as usize];
        insert(state, order, tools);
    }
    state.price() <= limit
}

/// Inserts one absent order at its cheapest place. False when it stays in the bank.
pub(crate) fn insert<R: Resource>(
    state: &mut State<'_, R>,
    order: u32,
    tools: &mut Tools<'_>,
) -> bool {
    if tools.exact {
        return insert_exactly(state, order, tools);
    }
    let mut refused: Vec<u32> = Vec::new();
    for _ in 0..REFUSALS {
        let chance = (&mut *tools.rng, tools.blink);
        let spot = Scan::cheapest(state, order, tools.scope, &refused, chance, tools.scratch);
        let is_taken = |spot: &Spot| tools.dares || is_worth_it(state.ground, order, spot);
        let Some(spot) = spot.filter(is_taken) else {
            return false;
        };
        match commit(state, order, &spot, tools.undo) {
            Ok(()) => {
                tools.dares &= is_worth_it(state.ground, order, &spot);
                return true;
            }
            Err(slot) => refused.push(slot),
        }
    }
    false
}

/// How many places the exact price is asked for.
const RIVALS: usize = 8;

/// Inserts one absent order where the exact price, with all waiting, is least: the detour finds the
/// best place in each trip, the exact tours decide between the trips.
fn insert_exactly<R: Resource>(
    state: &mut State<'_, R>,
    order: u32,
    tools: &mut Tools<'_>,
) -> bool {
    let chance = (&mut *tools.rng, tools.blink);
    let mut rivals = Scan::rivals(state, order, chance, tools.scratch);
    rivals.sort_unstable_by_key(|spot| (spot.cost, spot.way, spot.first_after));
    rivals.truncate(RIVALS);
    let before = state.price();
    let mut best: Option<(i64, Spot)> = None;
    for spot in rivals {
        if commit(state, order, &spot, tools.undo).is_err() {
            continue;
        }
        let price = state.price();
        if price < before && best.is_none_or(|(least, _)| price < least) {
            best = Some((price, spot));
        }
        take_back(state, order, &spot);
    }
    best.is_some_and(|(_, spot)| commit(state, order, &spot, tools.undo).is_ok())
}

/// Takes an order that was just committed out again.
fn take_back<R: Resource>(state: &mut State<'_, R>, order: u32, spot: &Spot) {
    let way = state.ground.ways[spot.way as usize];
    let vehicle = state.vehicle_of(way.first);
    if way.second != NONE {
        state.take_out(way.second);
    }
    state.take_out(way.first);
    state.deposit(order);
    state.close_empty(vehicle);
    let fits = state.refresh(vehicle);
    debug_assert!(fits, "a tour that was feasible is so again");
}

/// An optional order is not worth more than its prize; for others any place is.
pub(crate) fn is_worth_it(ground: &Ground<'_>, order: u32, spot: &Spot) -> bool {
    !ground.optional[order as usize] || spot.cost < ground.bank_price[order as usize]
}

/// Puts an order at a spot. Says the slot when the exact tour does not bear it; nothing has then
/// changed.
pub(crate) fn commit<R: Resource>(
    state: &mut State<'_, R>,
    order: u32,
    spot: &Spot,
    undo: &mut Undo,
) -> Result<(), u32> {
    let way = state.ground.ways[spot.way as usize];
    let (vehicle, before) = match spot.trip {
        TripSpot::Existing => (state.vehicle_of(spot.first_after), spot.first_after),
        TripSpot::New { vehicle, index } => {
            undo.touch(state, vehicle as usize);
            let slot = state.open_trip(vehicle as usize, index as usize);
            let Some(slot) = slot else { return Err(NONE) };
            (vehicle as usize, state.ground.start_node(slot))
        }
    };
    undo.touch(state, vehicle);
    let slot = state.slot[before as usize];
    let is_new = state.size[slot as usize] == 0;
    state.put_after(way.first, before);
    let mut last = way.first;
    if way.second != NONE {
        let at = if spot.second_after == NONE { way.first } else { spot.second_after };
        state.put_after(way.second, at);
        last = way.second;
    }
    let change = Change { slot, before, after: state.next[last as usize] };
    if state.refresh_change(vehicle, (!is_new).then_some(change)) {
        undo.note_order(order, NONE);
        state.withdraw(order, spot.way);
        return Ok(());
    }
    if way.second != NONE {
        state.take_out(way.second);
    }
    state.take_out(way.first);
    state.close_empty(vehicle);
    let fits = state.refresh(vehicle);
    debug_assert!(fits, "a tour that was feasible is so again");
    Err(slot)
}
