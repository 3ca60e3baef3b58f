//! Sweep (Gillett and Miller 1974, doi 10.1287/opre.22.2.340): a ray turns about each station,
//! beginning in the widest gap without orders, and each order it meets goes into the trip at hand at
//! its cheapest place; when it does not fit there, a new trip begins with it.
//!
//! Costs one scan of the trip at hand for each order. Unlike the original it tries one beginning
//! only, and leaves the improvement between neighbouring trips out.

use crate::constraint::Resource;
use crate::optimizer::ground::Ground;
use crate::optimizer::heuristics::trips::{self, Model};
use crate::optimizer::insert::Scan;
use crate::optimizer::recreate::{Tools, commit};
use crate::optimizer::state::State;
use crate::problem::VisitId;

/// Serves as many orders as it can by sweeping about each station.
pub(crate) fn build<R: Resource>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let models = trips::models(state);
    let mut stations: Vec<(u32, Vec<(f64, u32)>)> = Vec::new();
    for order in trips::free_orders(state) {
        let Some(draft) = trips::alone(state, &models, order) else { continue };
        let model = &models[draft.model];
        let station = state.ground.rigs[model.vehicle].home;
        let met = (angle(state.ground, model, draft.visits[0]), order);
        match stations.iter_mut().find(|(home, _)| *home == station) {
            Some((_, orders)) => orders.push(met),
            None => stations.push((station, vec![met])),
        }
    }
    for (_, orders) in &mut stations {
        begin_in_widest_gap(orders);
        turn(state, orders, tools, is_over);
    }
    trips::insert_rest(state, tools, is_over);
}

/// Serves orders in the order in which the ray meets them.
fn turn<R: Resource>(
    state: &mut State<'_, R>,
    orders: &[(f64, u32)],
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let mut at_hand: Option<u32> = None;
    for &(_, order) in orders {
        if is_over() {
            return;
        }
        if let Some(slot) = at_hand {
            let spot = Scan::in_slot(state, order, slot);
            if spot.is_some_and(|spot| commit(state, order, &spot, tools.undo).is_ok()) {
                continue;
            }
        }
        at_hand = trips::open_with(state, order, tools).or(at_hand);
    }
}

/// The direction of a visit from its station, from 0 up to but not 4, east first and counter-clockwise:
/// it grows as the angle does, without functions that differ between machines.
fn angle(ground: &Ground<'_>, model: &Model, visit: u32) -> f64 {
    let problem = ground.problem;
    let point = |place: usize| problem.places()[place].point;
    let station = point(ground.rigs[model.vehicle].home as usize);
    let place = problem.visit(VisitId(ground.visit_ids[visit as usize])).place;
    let there = point(place.index());
    let squeeze = 1.0 - (station.lat / 90.0) * (station.lat / 90.0);
    let (east, north) = ((there.lon - station.lon) * squeeze, there.lat - station.lat);
    let reach = east.abs() + north.abs();
    if reach == 0.0 {
        return 0.0;
    }
    match (east >= 0.0, north >= 0.0) {
        (true, true) => north / reach,
        (false, true) => 1.0 - east / reach,
        (false, false) => 2.0 - north / reach,
        (true, false) => 3.0 + east / reach,
    }
}

/// Sorts orders by their angle, the one behind the widest gap first.
fn begin_in_widest_gap(orders: &mut [(f64, u32)]) {
    orders.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let Some(&(last, _)) = orders.last() else { return };
    let mut widest = (orders[0].0 + 4.0 - last, 0);
    for i in 1..orders.len() {
        let gap = orders[i].0 - orders[i - 1].0;
        if gap > widest.0 {
            widest = (gap, i);
        }
    }
    orders.rotate_left(widest.1);
}

#[cfg(test)]
mod tests {
    use super::begin_in_widest_gap;
    use crate::optimizer::{Heuristic, StopRule, solve_by};
    use crate::place::Point;
    use crate::problem::{Call, Order, Quantity};
    use crate::sample::{bare, build, day};

    #[test]
    fn the_ray_begins_behind_the_widest_gap() {
        let mut orders = [(3.5, 1), (0.5, 2), (1.0, 3), (3.0, 4)];
        begin_in_widest_gap(&mut orders);
        assert_eq!(orders.map(|(_, order)| order), [4, 1, 2, 3]);
    }

    #[test]
    fn neighbours_in_angle_share_a_trip() {
        // Six orders around the station, in pairs: east, north-west, south; room for two each.
        let vehicle =
            |i: usize| bare(&format!("v{i}")).capacity(Quantity::pieces(2)).costs(0.0, 0.0, 1.0);
        let mut day = day((0..3).map(vehicle));
        let around = [
            ("east", 0.0, 0.2),
            ("north-west", 0.2, -0.2),
            ("south", -0.2, 0.0),
            ("near east", 0.01, 0.1),
            ("near north-west", 0.1, -0.12),
            ("near south", -0.1, 0.01),
        ];
        for (name, north, east) in around {
            let call = Call::at(Point::wgs84(30.0 + north, 90.0 + east));
            day = day.order(Order::deliver(name, call).quantity(Quantity::pieces(1)));
        }
        let day = build(day);
        let plan = solve_by(&day, &StopRule::steps(1), Heuristic::Sweep);
        assert_eq!(plan.routes().len(), 3);
        for route in plan.routes() {
            let names: Vec<&str> =
                route.visits().map(|visit| day.order(day.visit(visit).order).id()).collect();
            let (one, two) = (names[0].trim_start_matches("near "), names[1]);
            assert_eq!(one, two.trim_start_matches("near "));
        }
    }
}
