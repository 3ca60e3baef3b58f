//! Fits a start plan to the orders there are, with a note for each thing dropped.

use std::collections::BTreeMap;

use crate::problem::{Kind, Order, StartRoute, StartStop, Station};

/// What is known of an order: how often a plan names it, and how many options it has.
type Known<'a> = BTreeMap<&'a str, (usize, usize)>;

/// The routes without stops of unknown orders, stops beyond the due number, and routes of unknown
/// vehicles; and a note for each.
pub(super) fn repair(
    routes: Vec<StartRoute>,
    orders: &[Order],
    stations: &[Station],
) -> (Vec<StartRoute>, Vec<String>) {
    let known: Known<'_> = orders
        .iter()
        .map(|order| {
            let due = if order.kind() == Kind::Ship { 2 } else { 1 };
            (order.id(), (due, order.choices().len()))
        })
        .collect();
    let mut notes = Vec::new();
    let mut routes = routes;
    let vehicles: Vec<&str> =
        stations.iter().flat_map(|station| &station.vehicles).map(|v| v.id.as_str()).collect();
    routes.retain(|route| {
        let there = vehicles.contains(&route.vehicle.as_str());
        if !there {
            notes.push(format!("start plan: vehicle {} is not of this day", shown(&route.vehicle)));
        }
        there
    });
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for route in &mut routes {
        keep(route, |stop| fits(stop, &known, &mut times, &mut notes));
    }
    // A shipment whose other half is gone is planned anew as a whole.
    for route in &mut routes {
        keep(route, |stop| {
            let whole = known.get(stop.order.as_str()).map(|known| known.0)
                == times.get(&stop.order).copied();
            if !whole {
                let order = shown(&stop.order);
                notes.push(format!("start plan: shipment {order} is there only once"));
            }
            whole
        });
    }
    let missing = known.keys().filter(|id| !times.contains_key(**id)).count();
    if !routes.is_empty() && missing > 0 {
        notes.push(format!("start plan: {missing} orders are not in it and are planned anew"));
    }
    (routes, notes)
}

/// An id as a message may show it.
fn shown(id: &str) -> String {
    id.chars().take(80).flat_map(char::escape_debug).collect()
}

/// Keeps the stops that pass; the frozen part shrinks with those that do not.
fn keep(route: &mut StartRoute, mut passes: impl FnMut(&mut StartStop) -> bool) {
    let (mut number, mut frozen) = (0, route.frozen);
    for trip in &mut route.trips {
        trip.retain_mut(|stop| {
            let kept = passes(stop);
            if !kept && number < route.frozen {
                frozen -= 1;
            }
            number += 1;
            kept
        });
    }
    route.frozen = frozen;
}

fn fits(
    stop: &mut StartStop,
    known: &Known<'_>,
    times: &mut BTreeMap<String, usize>,
    notes: &mut Vec<String>,
) -> bool {
    let order = shown(&stop.order);
    let Some(&(due, options)) = known.get(stop.order.as_str()) else {
        notes.push(format!("start plan: order {order} is not of this day"));
        return false;
    };
    if stop.choice >= options {
        notes.push(format!("start plan: order {order} has no option {}", stop.choice));
        stop.choice = 0;
    }
    let count = times.entry(stop.order.clone()).or_default();
    if *count == due {
        notes.push(format!("start plan: order {order} is there too often"));
        return false;
    }
    *count += 1;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Point;
    use crate::problem::{Call, Vehicle};

    #[test]
    fn each_order_is_there_once_and_each_repair_is_noted() {
        let call = || Call::at(Point::wgs84(38.0, 90.0));
        let orders = [Order::deliver("a", call()), Order::ship("s", call(), call())];
        let station = Station::at("hub", Point::wgs84(38.0, 90.0)).vehicle(Vehicle::minivan("v"));
        let stops = ["x", "a", "a", "s"].map(StartStop::new).to_vec();
        let route = StartRoute::new("v").trip(stops).frozen(3);
        let lost = StartRoute::new("w");
        let (routes, notes) = repair(vec![route, lost], &orders, &[station]);
        let kept = StartRoute::new("v").trip(vec![StartStop::new("a")]).frozen(1);
        assert_eq!(routes, [kept]);
        assert_eq!(notes.len(), 4, "{notes:?}");
    }
}
