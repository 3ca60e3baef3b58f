//! Whole trips, made outside a solution: tested by joining the segments of their visits, and laid
//! into it at the end. What the tour does not bear, with its rests and its other trips, is left out.

use crate::constraint::{Resource, Terms};
use crate::optimizer::ground::{Ground, NONE};
use crate::optimizer::insert::{Scan, Scope, Spot};
use crate::optimizer::recreate::{Tools, commit, insert};
use crate::optimizer::state::State;

/// How many vehicles a trip is laid on before it is given up.
const LAYINGS: usize = 8;
/// Up to this many orders left over are tried at every place, not only beside near visits.
const TRIED_EVERYWHERE: usize = 200;

/// A vehicle that stands for its kind while trips are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    pub(crate) vehicle: usize,
    pub(crate) terms: Terms,
    /// Its station.
    pub(crate) home: u32,
}

/// A trip that is not in the solution.
#[derive(Clone, Debug)]
pub(crate) struct Draft<S> {
    /// Which of the models drives it.
    pub(crate) model: usize,
    pub(crate) visits: Vec<u32>,
    /// The visits joined, without the way from and to the station.
    pub(crate) inner: S,
    /// What the trip costs as its vehicle's only one.
    pub(crate) cost: i64,
}

/// One idle vehicle of each kind; where none is idle, one that may make another trip.
pub(crate) fn models<R: Resource>(state: &State<'_, R>) -> Vec<Model> {
    let ground = state.ground;
    let mut has_model = vec![false; ground.kinds];
    let busy = ground.multi.iter().map(|&vehicle| vehicle as usize);
    let mut models = Vec::new();
    for vehicle in state.idle_vehicles().chain(busy) {
        let rig = &ground.rigs[vehicle];
        let trips = state.tours[vehicle].slots.len();
        if trips < rig.trips as usize && !std::mem::replace(&mut has_model[rig.kind as usize], true)
        {
            let terms = state.terms_of_new(vehicle, trips);
            models.push(Model { vehicle, terms, home: ground.start_node(rig.first_slot) });
        }
    }
    models
}

/// True when an order may be put into a trip without a look at its place in the tour.
pub(crate) fn is_free(ground: &Ground<'_>, order: u32) -> bool {
    ground.ways_of(order).all(|way| {
        let way = ground.ways[way as usize];
        let is_locked = |visit: u32| {
            let v = visit as usize;
            visit != NONE && (ground.first_locked[v] || ground.last_locked[v] || ground.frozen[v])
        };
        !is_locked(way.first) && !is_locked(way.second)
    })
}

/// The absent orders that may go into drafts, the ones that must be served and high tiers first.
pub(crate) fn free_orders<R: Resource>(state: &State<'_, R>) -> Vec<u32> {
    let ground = state.ground;
    let mut orders = state.bank.clone();
    orders.retain(|&order| is_free(ground, order));
    orders.sort_unstable_by_key(|&o| (ground.optional[o as usize], ground.tier[o as usize], o));
    orders
}

/// The visits in turn joined on a model's vehicle, each in the window it falls into; nothing when
/// there is no way, or when one is begun after its windows or left after `until`, where that is given.
pub(crate) fn join<R: Resource>(
    state: &State<'_, R>,
    model: &Model,
    visits: impl Iterator<Item = u32> + Clone,
    until: Option<i64>,
) -> Option<R::Segment> {
    let (ground, clock, resources) = (state.ground, state.clock, state.resources);
    let ready = visits.clone().map(|visit| clock.ready(visit as usize)).max()?;
    let mut time = model.terms.free_at.max(ready);
    let mut at = model.home;
    let mut joined: Option<R::Segment> = None;
    for visit in visits {
        let hop = ground.hop(model.vehicle, at, visit)?;
        time += hop.time;
        let window = clock.window_at(visit as usize, time);
        let begin = time.max(window.open);
        time = begin + clock.service(visit as usize);
        if until.is_some_and(|until| begin > window.close || time > until) {
            return None;
        }
        let leaf = resources.leaf(visit as usize, window, model.terms.vehicle);
        joined = Some(joined.map_or(leaf, |so_far| resources.join(&so_far, hop, &leaf)));
        at = visit;
    }
    joined
}

/// What a trip costs as its vehicle's only one, without the prices of its ways; nothing when it
/// breaks a limit.
#[inline]
pub(crate) fn close<R: Resource>(
    state: &State<'_, R>,
    model: &Model,
    (first, inner, last): (u32, &R::Segment, u32),
) -> Option<i64> {
    let (ground, resources) = (state.ground, state.resources);
    let out = ground.hop(model.vehicle, model.home, first)?;
    let back = ground.hop(model.vehicle, last, model.home)?;
    let trip = resources.join(&resources.start(&model.terms), out, inner);
    let trip = resources.join(&trip, back, &resources.end(&model.terms));
    if resources.excess(&trip, &model.terms) > 0 {
        return None;
    }
    let reading = resources.reading(&trip);
    let rig = &ground.rigs[model.vehicle];
    Some(rig.fixed + rig.per_metre * reading.length + rig.per_second * reading.duration)
}

/// A draft of these visits on a model's vehicle; nothing when it breaks a limit.
pub(crate) fn draft<R: Resource>(
    state: &State<'_, R>,
    models: &[Model],
    model: usize,
    visits: Vec<u32>,
) -> Option<Draft<R::Segment>> {
    let ground = state.ground;
    let driver = &models[model];
    let is_usable = |&visit: &u32| ground.is_usable(driver.vehicle, ground.way_of[visit as usize]);
    if !visits.iter().all(is_usable) {
        return None;
    }
    let due = visits.iter().map(|&visit| state.clock.due(visit as usize)).min()?;
    let until = Some(driver.terms.back_by.min(due));
    let inner = join(state, driver, visits.iter().copied(), until)?;
    let (&first, &last) = visits.first().zip(visits.last())?;
    let cost = close(state, driver, (first, &inner, last))?;
    Some(Draft { model, visits, inner, cost })
}

/// The cheapest trip for one order alone, over its ways and all models, its way's price counted;
/// nothing when no idle vehicle can serve it.
pub(crate) fn alone<R: Resource>(
    state: &State<'_, R>,
    models: &[Model],
    order: u32,
) -> Option<Draft<R::Segment>> {
    let ground = state.ground;
    let mut best: Option<(i64, Draft<R::Segment>)> = None;
    for way in ground.ways_of(order) {
        let way = ground.ways[way as usize];
        let visits: Vec<u32> =
            [way.first, way.second].into_iter().filter(|&visit| visit != NONE).collect();
        for model in 0..models.len() {
            let Some(draft) = draft(state, models, model, visits.clone()) else { continue };
            let cost = draft.cost + way.price;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, draft));
            }
        }
    }
    best.map(|(_, draft)| draft)
}

/// Lays drafts into the solution, those with orders of high tiers and the long ones first.
pub(crate) fn lay_all<R: Resource>(
    state: &mut State<'_, R>,
    models: &[Model],
    mut drafts: Vec<Draft<R::Segment>>,
    tools: &mut Tools<'_>,
) {
    let ground = state.ground;
    drafts.sort_by_key(|draft| {
        let rank = |&visit: &u32| {
            let order = ground.order_of[visit as usize] as usize;
            (ground.optional[order], ground.tier[order])
        };
        let length = std::cmp::Reverse(draft.visits.len());
        (draft.visits.iter().map(rank).min(), length, draft.visits[0])
    });
    for draft in drafts {
        lay(state, &models[draft.model], &draft.visits, tools);
    }
}

/// Lays one trip where it costs least: on an idle vehicle of any kind, or behind the trips of a
/// vehicle that may make another. False when no tour bears it.
pub(crate) fn lay<R: Resource>(
    state: &mut State<'_, R>,
    model: &Model,
    visits: &[u32],
    tools: &mut Tools<'_>,
) -> bool {
    let ground = state.ground;
    let is_absent = |&visit: &u32| state.used[ground.order_of[visit as usize] as usize] == NONE;
    if visits.is_empty() || !visits.iter().all(is_absent) {
        return false;
    }
    let busy = ground.multi.iter().map(|&vehicle| vehicle as usize);
    let busy = busy.filter(|&vehicle| !state.tours[vehicle].slots.is_empty());
    let mut places = Vec::new();
    for vehicle in state.idle_vehicles().chain(busy) {
        if let Some(cost) = price_of_one_more(state, vehicle, visits) {
            // Between equals, the kind the trip was made for.
            let other = ground.rigs[vehicle].kind != ground.rigs[model.vehicle].kind;
            places.push((cost, other, vehicle));
        }
    }
    places.sort_unstable();
    let gain: i64 = visits.iter().map(|&visit| worth(ground, visit)).sum();
    places.retain(|&(cost, ..)| cost < gain);
    places.iter().take(LAYINGS).any(|&(_, _, vehicle)| lay_on(state, vehicle, visits, tools))
}

/// What serving a visit saves: an optional order's price; any other is served at any cost.
fn worth(ground: &Ground<'_>, visit: u32) -> i64 {
    let order = ground.order_of[visit as usize] as usize;
    let way = ground.ways[ground.way_of[visit as usize] as usize];
    match (ground.optional[order], way.first == visit) {
        (true, true) => ground.bank_price[order] - way.price,
        (true, false) => 0,
        (false, _) => i64::MAX >> 20,
    }
}

/// What a trip costs behind a vehicle's last one; nothing when it surely breaks a limit.
fn price_of_one_more<R: Resource>(
    state: &State<'_, R>,
    vehicle: usize,
    visits: &[u32],
) -> Option<i64> {
    let ground = state.ground;
    let rig = &ground.rigs[vehicle];
    let slots = &state.tours[vehicle].slots;
    let closing = slots.last().map(|&slot| state.prev[ground.end_node(slot) as usize]);
    if slots.len() >= rig.trips as usize
        || closing.is_some_and(|visit| ground.last_locked[visit as usize])
    {
        return None;
    }
    let terms = state.terms_of_new(vehicle, slots.len());
    let model = [Model { vehicle, terms, home: ground.start_node(rig.first_slot) }];
    let draft = draft(state, &model, 0, visits.to_vec())?;
    Some(draft.cost - if slots.is_empty() { 0 } else { rig.fixed })
}

/// Lays a trip behind a vehicle's last one. False, with nothing changed, when the tour does not
/// bear it.
fn lay_on<R: Resource>(
    state: &mut State<'_, R>,
    vehicle: usize,
    visits: &[u32],
    tools: &mut Tools<'_>,
) -> bool {
    let ground = state.ground;
    tools.undo.touch(state, vehicle);
    let Some(slot) = state.open_trip(vehicle, state.tours[vehicle].slots.len()) else {
        return false;
    };
    let mut at = ground.start_node(slot);
    for &visit in visits {
        state.put_after(visit, at);
        at = visit;
    }
    if !state.refresh(vehicle) {
        state.clear_slot(slot);
        state.close_empty(vehicle);
        let fits = state.refresh(vehicle);
        debug_assert!(fits, "a tour that was feasible is so again");
        return false;
    }
    for &visit in visits {
        let (order, way) = (ground.order_of[visit as usize], ground.way_of[visit as usize]);
        if ground.ways[way as usize].first == visit {
            tools.undo.note_order(order, NONE);
            state.withdraw(order, way);
        }
    }
    true
}

/// Inserts the orders that are still absent, each at its cheapest place: high tiers first, then the
/// remote ones; a few left over are tried at every place.
pub(crate) fn insert_rest<R: Resource>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let ground = state.ground;
    let scope = tools.scope;
    for round in [scope, Scope::Everywhere] {
        if round != scope && state.bank.len() > TRIED_EVERYWHERE {
            break;
        }
        tools.scope = round;
        let mut orders = state.bank.clone();
        orders.sort_unstable_by_key(|&order| {
            let o = order as usize;
            (ground.optional[o], ground.tier[o], std::cmp::Reverse(ground.remoteness[o]), order)
        });
        for order in orders {
            if is_over() {
                break;
            }
            insert(state, order, tools);
        }
    }
    tools.scope = scope;
}

/// Opens a new trip with an order where that costs least, and says its slot; nothing when none fits.
pub(crate) fn open_with<R: Resource>(
    state: &mut State<'_, R>,
    order: u32,
    tools: &mut Tools<'_>,
) -> Option<u32> {
    let busy = state.ground.multi.iter().map(|&vehicle| vehicle as usize);
    let busy = busy.filter(|&vehicle| !state.tours[vehicle].slots.is_empty());
    let vehicles: Vec<usize> = state.idle_vehicles().chain(busy).collect();
    let mut spots: Vec<Spot> = vehicles
        .into_iter()
        .filter_map(|vehicle| Scan::in_new_trip(state, order, vehicle))
        .collect();
    spots.sort_by_key(|spot| spot.cost);
    let is_worth_it = |spot: &&Spot| {
        let o = order as usize;
        !state.ground.optional[o] || spot.cost < state.ground.bank_price[o]
    };
    let spots: Vec<Spot> = spots.iter().filter(is_worth_it).take(LAYINGS).copied().collect();
    let spot = spots.into_iter().find(|spot| commit(state, order, spot, tools.undo).is_ok())?;
    let way = state.ground.ways[spot.way as usize];
    Some(state.slot[way.first as usize])
}
