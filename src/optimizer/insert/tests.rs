//! Places found against every place laid out.

use std::sync::Arc;

use super::*;
use crate::constraint::{Clock, Distance, Loads};
use crate::optimizer::ground::Ground;
use crate::optimizer::recreate::{Tools, commit, insert};
use crate::optimizer::undo::Undo;
use crate::optimizer::used_dimensions;
use crate::problem::{Call, Order, Problem, Quantity};
use crate::sample::{bare, build, call, day, minutes};

/// A vehicle of one or two trips, parcels and shipments about its station; the last is a shipment.
fn parcels_and_shipments(seed: u64) -> Arc<Problem> {
    let mut rng = Rng::new(seed, 17);
    let vehicle = bare("v").capacity(Quantity::pieces(4)).costs(0.0, 0.0, 1.0);
    let mut day = day([vehicle.trips(1 + u32::from(seed.is_multiple_of(2)))]);
    let mut somewhere = |is_hurried: bool| -> Call {
        let mut stop = call(0.0);
        stop.point.lat += (rng.unit() - 0.5) * 0.3;
        stop.point.lon += (rng.unit() - 0.5) * 0.3;
        let open = i64::from(rng.next_u32() % 400);
        if is_hurried { stop.window(minutes(open, open + 400)) } else { stop }
    };
    for i in 0..9 {
        let (name, one) = (format!("o{i}"), somewhere(i % 4 == 0));
        let order = match i % 3 {
            0 => Order::deliver(name, one),
            1 => Order::collect(name, one),
            _ => Order::ship(name, one, somewhere(false)),
        };
        day = day.order(order.quantity(Quantity::pieces(1)));
    }
    build(day)
}

/// What the cheapest pair of places in a trip adds, each pair laid out in turn.
fn cheapest_pair<R: Resource>(state: &mut State<'_, R>, order: u32, trip: u32) -> Option<i64> {
    let mut undo = Undo::default();
    let way = state.ground.ways_of(order).start;
    let first = state.ground.ways[way as usize].first;
    let mut nodes = vec![state.ground.start_node(trip)];
    nodes.extend(state.visits_of(trip));
    let mut best: Option<i64> = None;
    for (i, &first_after) in nodes.iter().enumerate() {
        for &second_after in std::iter::once(&first).chain(&nodes[i + 1..]) {
            let spot = Spot { cost: 0, way, trip: TripSpot::Existing, first_after, second_after };
            let before = state.tour_cost;
            undo.clear(state.tours.len());
            if commit(state, order, &spot, &mut undo).is_ok() {
                let more = state.tour_cost - before;
                best = Some(best.map_or(more, |least| least.min(more)));
            }
            undo.roll_back(state);
            assert_eq!(state.tour_cost, before, "taken back");
        }
    }
    best
}

#[test]
fn a_shipment_goes_where_looking_at_every_pair_of_places_puts_it() {
    let (mut found, mut nowhere) = (0, 0);
    for seed in 0..80 {
        let problem = parcels_and_shipments(seed);
        let (clock, ground) = (Clock::new(&problem), Ground::new(&problem));
        let loads = Loads::<1>::new(&problem, &used_dimensions(&problem));
        let resources = (clock.clone(), (Distance, loads));
        let mut state = State::empty(&ground, &clock, &resources);
        let last = u32::try_from(state.used.len()).unwrap() - 1;
        let (mut rng, mut scratch, mut undo) =
            (Rng::new(seed, 1), Scratch::default(), Undo::default());
        undo.clear(state.tours.len());
        let mut tools = Tools {
            rng: &mut rng,
            scratch: &mut scratch,
            undo: &mut undo,
            scope: Scope::Everywhere,
            exact: false,
            blink: 0,
            dares: false,
        };
        for order in 0..last {
            insert(&mut state, order, &mut tools);
        }
        for slot in state.tours[0].slots.clone() {
            let spot = Scan::in_slot(&state, last, slot).map(|spot| spot.cost);
            let plain = cheapest_pair(&mut state, last, slot);
            assert_eq!(spot, plain, "seed {seed}");
            found += usize::from(plain.is_some());
            nowhere += usize::from(plain.is_none());
        }
    }
    assert!(found > 20 && nowhere > 5, "{found} found, {nowhere} not");
}
