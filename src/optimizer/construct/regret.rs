//! Regret insertion: the order that would lose most by waiting goes next (Tillman and Cain 1972;
//! Potvin and Rousseau 1993, doi 10.1016/0377-2217(93)90221-8). Tiers go in turn, the highest first.
//! Costs one scan of every absent order per insertion into one trip; for many orders, plain
//! cheapest insertion in the order of tier and remoteness takes its place.

use crate::constraint::FAR;
use crate::constraint::Resource;
use crate::optimizer::ground::node;
use crate::optimizer::insert::{Scan, Spot, TripSpot};
use crate::optimizer::recreate::{Tools, commit, insert, is_worth_it};
use crate::optimizer::state::State;

/// Up to this many orders are inserted by regret.
const REGRET_ORDERS: usize = 1500;
/// How many trips' places an order compares unless told otherwise.
const RIVALS: usize = 3;

/// A way of serving absent orders.
pub(crate) type Build<R> = fn(&mut State<'_, R>, &mut Tools<'_>, &dyn Fn() -> bool);

/// Cheapest insertion, tier by tier, the orders near the station first.
pub(crate) fn build_near_first<R: Resource>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let ground = state.ground;
    let mut orders = state.bank.clone();
    orders.sort_unstable_by_key(|&order| {
        let o = order as usize;
        (ground.optional[o], ground.tier[o], ground.remoteness[o], order)
    });
    for order in orders {
        insert(state, order, tools);
        if is_over() {
            return;
        }
    }
}

/// Serves as many orders as it can.
pub(crate) fn build<R: Resource>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    build_by::<R, RIVALS>(state, tools, is_over);
}

/// Serves as many orders as it can, comparing the places in `K` trips; with one it is the order that
/// costs least that goes next.
pub(crate) fn build_by<R: Resource, const K: usize>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let mut orders = state.bank.clone();
    let ground = state.ground;
    let key = |&order: &u32| {
        let o = order as usize;
        (ground.optional[o], ground.tier[o], std::cmp::Reverse(ground.remoteness[o]), order)
    };
    orders.sort_unstable_by_key(key);
    if orders.len() > REGRET_ORDERS {
        for order in orders {
            insert(state, order, tools);
            if is_over() {
                return;
            }
        }
        return;
    }
    let mut from = 0;
    while from < orders.len() {
        let rank = |order: u32| (ground.optional[order as usize], ground.tier[order as usize]);
        let same = orders[from..].iter().take_while(|&&o| rank(o) == rank(orders[from])).count();
        insert_by_regret(state, &orders[from..from + same], K, tools, is_over);
        from += same;
    }
}

/// What an order knows of its places: the cheapest in each trip, and in a new one.
struct Offers {
    order: u32,
    /// By slot, then of a new trip by vehicle.
    spots: Vec<Option<Spot>>,
}

/// Inserts absent orders, always the one that would lose most by waiting, comparing the places in so
/// many trips.
pub(crate) fn insert_by_regret<R: Resource>(
    state: &mut State<'_, R>,
    orders: &[u32],
    compared: usize,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let ground = state.ground;
    let (slots, vehicles) = (ground.slots, state.tours.len());
    let worth =
        |order: u32, spot: Option<Spot>| spot.filter(|spot| is_worth_it(ground, order, spot));
    let offers = |&order: &u32| Offers { order, spots: vec![None; slots + vehicles] };
    let mut changed: Vec<usize> = (0..vehicles).collect();
    let mut open: Vec<Offers> = orders.iter().map(offers).collect();
    let mut stale: Vec<u32> = state.tours.iter().flat_map(|tour| tour.slots.clone()).collect();
    while !open.is_empty() && !is_over() {
        for offers in &mut open {
            for &slot in &stale {
                let spot = Scan::in_slot(state, offers.order, slot);
                offers.spots[slot as usize] = worth(offers.order, spot);
            }
            for &vehicle in &changed {
                let spot = Scan::in_new_trip(state, offers.order, vehicle);
                offers.spots[slots + vehicle] = worth(offers.order, spot);
            }
        }
        stale.clear();
        changed.clear();
        let Some(chosen) = most_regret(&open, compared) else { return };
        let spot = open[chosen].spots.iter().flatten().min_by_key(|spot| spot.cost).copied();
        let Some(spot) = spot else { return };
        let order = open[chosen].order;
        match commit(state, order, &spot, tools.undo) {
            Ok(()) => {
                let way = state.ground.ways[spot.way as usize];
                let vehicle = state.vehicle_of(way.first);
                stale.extend(&state.tours[vehicle].slots);
                changed.push(vehicle);
                open.swap_remove(chosen);
            }
            // The exact tour refused it: the place is gone for good.
            Err(slot) => {
                let index = match spot.trip {
                    TripSpot::Existing => slot as usize,
                    TripSpot::New { vehicle, .. } => slots + vehicle as usize,
                };
                open[chosen].spots[index] = None;
            }
        }
    }
}

/// The order with the largest sum of differences between its best place and the next ones; an order
/// with few places left comes before those with many.
fn most_regret(open: &[Offers], compared: usize) -> Option<usize> {
    let regret = |offers: &Offers| {
        let mut costs: Vec<i64> = offers.spots.iter().flatten().map(|spot| spot.cost).collect();
        costs.sort_unstable();
        let best = *costs.first()?;
        let rivals = (1..compared).map(|k| costs.get(k).map_or(FAR, |cost| cost - best));
        Some((rivals.sum::<i64>(), -best))
    };
    let regrets = open.iter().enumerate().filter_map(|(i, offers)| Some((regret(offers)?, i)));
    regrets.max_by_key(|&(key, i)| (key, std::cmp::Reverse(node(i)))).map(|(_, i)| i)
}
