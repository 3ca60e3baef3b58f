//! Properties of the moves on random days.

use super::apply::{apply, rewritten};
use super::evaluate::evaluate;
use super::{ALL, Descent, Links, Proposal};
use crate::constraint::{self, Clock, Resource};
use crate::optimizer::cooling::Schedule;
use crate::optimizer::ground::{Ground, NONE};
use crate::optimizer::island::Island;
use crate::optimizer::state::{Routes, State};
use crate::optimizer::undo::Undo;
use crate::optimizer::{Cold, cold, first_temperature, start_routes, used_dimensions};
use crate::plan::Route;
use crate::problem::{
    COLD_CLASSES, Call, DIMENSIONS, Order, Problem, Quantity, Vehicle, VehicleId, VisitId,
};
use crate::rng::Rng;
use crate::sample::{bare, build, call, day, minutes, rich};
use crate::units::{Millilitres, Seconds};

type All = Cold<DIMENSIONS, COLD_CLASSES>;

/// Shows a plan of the day, first built and then stirred, to a check.
fn on_a_plan(problem: &Problem, seed: u64, check: impl Fn(&mut State<'_, All>)) {
    let clock = Clock::new(problem);
    let resources = cold(problem, &clock, &used_dimensions(problem));
    let ground = Ground::new(problem);
    let mut island = Island::new(&ground, &clock, &resources, seed, 0);
    island.adopt(&start_routes(problem));
    let start = island.best.routes.clone();
    island.construct(&start, &|| false);
    let hot = Schedule::new(4.0 * first_temperature(&island), false).round(0.0, 0.1);
    island.run(20, &hot, &|| false);
    check(&mut island.state);
}

/// A visit at any of some places off the straight road.
fn anywhere(rng: &mut Rng) -> Call {
    let mut call = call(0.0);
    call.point.lat += (rng.unit() - 0.5) * 0.4;
    call.point.lon += (rng.unit() - 0.5) * 0.4;
    call.service(Seconds(i64::from(rng.next_u32() % 600)))
}

/// A day of 14 orders for three vehicles, each visit with a window or none has one.
fn small(seed: u64, trips: u32, with_windows: bool) -> std::sync::Arc<Problem> {
    let mut rng = Rng::new(seed, 5);
    let vehicle = |i: u32| -> Vehicle {
        let dearer = f64::from(i);
        let room = Quantity::pieces(9).volume(Millilitres(100_000));
        bare(&format!("v{i}"))
            .capacity(room)
            .trips(trips)
            .costs(20.0 - 5.0 * dearer, 30.0 + 4.0 * dearer, 0.8)
            .reload(Seconds::minutes(5))
            .shift(minutes(480, 1080))
    };
    let mut day = day((0..3).map(vehicle));
    for i in 0..14 {
        let id = format!("o{i:02}");
        let mut first = anywhere(&mut rng);
        if with_windows {
            let open = i64::from(rng.next_u32() % 400) + 480;
            first = first.window(minutes(open, open + 150));
        }
        let order = match rng.below(6) {
            0 => Order::collect(id, first),
            1 => Order::ship(id, first, anywhere(&mut rng)),
            _ => Order::deliver(id, first),
        };
        day = day.order(order.quantity(Quantity::pieces(1 + i64::from(rng.next_u32() % 3))));
    }
    build(day)
}

/// Everything every move proposes about every linked pair of near visits.
fn proposals<R: Resource>(state: &State<'_, R>) -> Vec<Proposal> {
    let mut found = Vec::new();
    let linked = |v: u32| state.slot[v as usize] != NONE;
    for u in (0..).take(state.ground.visits).filter(|&u| linked(u)) {
        for &v in state.ground.near(u).iter().filter(|&&v| linked(v)) {
            let links = Links::of(state);
            for propose in ALL {
                propose(&links, links.pair(u, v), &mut found);
            }
        }
    }
    found
}

/// The routes as the plain reading has them.
fn plain(problem: &Problem, routes: &Routes) -> Vec<Route> {
    let trip = |trip: &Vec<u32>| trip.iter().map(|&visit| VisitId(visit)).collect();
    let route = |(vehicle, trips): (usize, &Vec<Vec<u32>>)| {
        Route::new(problem, VehicleId::from_index(vehicle), trips.iter().map(trip).collect())
    };
    routes.iter().enumerate().filter(|(_, trips)| !trips.is_empty()).map(route).collect()
}

fn is_clean(problem: &Problem, routes: &[Route]) -> bool {
    routes.iter().all(|route| constraint::audit(problem, &route.timetable).is_empty())
}

fn cost(routes: &[Route]) -> i64 {
    routes.iter().map(|route| route.cost.0).sum()
}

#[test]
fn a_proposal_holds_each_visit_of_its_trips_once() {
    for seed in 0..20 {
        on_a_plan(&rich(seed), seed, |state| {
            for proposal in proposals(state) {
                let (mut now, mut then) = (Vec::new(), Vec::new());
                for rewrite in proposal.rewrites() {
                    now.extend(state.visits_of(rewrite.slot));
                    then.extend(rewritten(state, rewrite).unwrap());
                }
                now.sort_unstable();
                then.sort_unstable();
                assert_eq!(now, then, "seed {seed}: {proposal:?}");
            }
        });
    }
}

/// What a refresh computes, to be compared.
fn pieces<R: Resource>(state: &State<'_, R>) -> Vec<(R::Segment, R::Segment)> {
    let linked = (0..state.ground.visits).filter(|&visit| state.slot[visit] != NONE);
    linked.map(|visit| (state.fwd[visit], state.suf[visit])).collect()
}

#[test]
fn a_move_makes_the_plan_cheaper_and_keeps_it_right_or_does_nothing() {
    let (done, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    for seed in 0..60 {
        let problem = rich(seed);
        on_a_plan(&problem, seed, |state| {
            let mut undo = Undo::default();
            for proposal in proposals(state) {
                let (routes, price, before) = (state.routes(), state.price(), pieces(state));
                if evaluate(state, &proposal).is_none() {
                    continue;
                }
                if apply(state, &mut undo, &proposal) {
                    done.set(done.get() + 1);
                    assert!(state.price() < price);
                    let now = plain(&problem, &state.routes());
                    assert!(is_clean(&problem, &now), "seed {seed}: {proposal:?}");
                    assert_eq!(cost(&now), state.tour_cost, "seed {seed}: {proposal:?}");
                    #[cfg(debug_assertions)]
                    state.assert_consistent();
                    return;
                }
                refused.set(refused.get() + 1);
                assert_eq!((state.routes(), state.price()), (routes, price), "seed {seed}");
                assert_eq!(pieces(state), before, "seed {seed}");
            }
        });
    }
    assert!(done.get() > 10, "only {} moves", done.get());
}

#[test]
fn without_windows_the_new_hops_are_the_whole_difference() {
    let count = std::cell::Cell::new(0);
    for seed in 0..30 {
        on_a_plan(&small(seed, 2, false), seed, |state| {
            let mut undo = Undo::default();
            for proposal in proposals(state) {
                let price = state.price();
                let Some(delta) = evaluate(state, &proposal) else { continue };
                if apply(state, &mut undo, &proposal) {
                    assert_eq!(state.price() - price, delta, "seed {seed}: {proposal:?}");
                    count.set(count.get() + 1);
                    undo.roll_back(state);
                }
            }
        });
    }
    assert!(count.get() > 100, "only {} moves", count.get());
}

/// The cost of the ways of all trips, without waiting.
fn way<R: Resource>(state: &State<'_, R>, routes: &Routes) -> i64 {
    let ground = state.ground;
    let mut sum = 0;
    for (vehicle, trips) in routes.iter().enumerate() {
        let rig = &ground.rigs[vehicle];
        sum += if trips.is_empty() { 0 } else { rig.fixed };
        for trip in trips {
            let mut at = ground.start_node(rig.first_slot);
            for &to in trip.iter().chain([&ground.end_node(rig.first_slot)]) {
                sum += ground.hop_cost(vehicle, ground.hop(vehicle, at, to).unwrap());
                at = to;
            }
            let service = trip.iter().map(|&visit| state.clock.service(visit as usize));
            sum += rig.per_second * service.sum::<i64>();
        }
    }
    sum
}

/// The routes with a visit taken out and put beside another, before or behind it.
fn moved(routes: &Routes, u: u32, v: u32, behind: bool) -> Routes {
    let mut routes = routes.clone();
    for trip in routes.iter_mut().flatten() {
        trip.retain(|&visit| visit != u);
    }
    for trip in routes.iter_mut().flatten() {
        if let Some(at) = trip.iter().position(|&visit| visit == v) {
            trip.insert(at + usize::from(behind), u);
        }
    }
    for trips in &mut routes {
        trips.retain(|trip| !trip.is_empty());
    }
    routes
}

#[test]
fn a_descent_leaves_no_visit_that_is_cheaper_beside_a_near_one() {
    for seed in 0..25 {
        let problem = small(seed, 1, true);
        on_a_plan(&problem, seed, |state| {
            let mut descent = Descent::default();
            let price = state.price();
            loop {
                (0..).take(state.ground.visits).for_each(|visit| descent.enqueue(visit));
                if !descent.run(state, &|| false) {
                    break;
                }
            }
            assert!(state.price() <= price);
            let routes = state.routes();
            let (least, now) = (way(state, &routes), cost(&plain(&problem, &routes)));
            for u in (0..).take(state.ground.visits).filter(|&u| state.slot[u as usize] != NONE) {
                let near = state.ground.near(u).iter().take(10);
                for &v in near.filter(|&&v| state.slot[v as usize] != NONE) {
                    for behind in [false, true] {
                        let other = moved(&routes, u, v, behind);
                        let read = plain(&problem, &other);
                        let is_better = cost(&read) < now && way(state, &other) < least;
                        let is_better = is_better && is_clean(&problem, &read);
                        assert!(!is_better, "seed {seed}: {u} beside {v}: {routes:?}");
                    }
                }
            }
        });
    }
}
