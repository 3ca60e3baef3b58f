//! The plan as `GeoJSON` (RFC 7946) for `QGIS` and map pages: a line per trip, a point per stop,
//! station and unserved order, coloured per vehicle by the simplestyle convention.

use ::geojson::{Feature, FeatureCollection, GeometryValue, JsonObject};
use serde_json::{Value, json};

use crate::place::Point;
use crate::plan::{Plan, Route, Unserved};
use crate::problem::{RealisationId, StationId};
use crate::report::cold_margin::{self, ColdMargin};
use crate::report::path::{self, Legs, Number};
use crate::report::text::{clock, unmarked};
use crate::report::{why, words};
use crate::schedule::Stop;

/// Colours told apart in daylight and by most colour-blind people (Okabe and Ito, 2008), the yellow
/// left out, for it is lost on a light map.
pub(super) const COLOURS: [&str; 7] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#333333"];
/// Unserved orders.
const RED: &str = "#c00000";

/// The plan as `GeoJSON` text. `legs` gives the roads; where it knows none, the line is straight.
/// Points carry ids, villages, times and reasons, but no names and no phone numbers.
///
/// Takes a walk over all stops.
pub fn geojson(plan: &Plan, legs: Legs) -> String {
    let mut features = Vec::new();
    for (number, route) in plan.routes().iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        features.extend((0..route.trips.len()).map(|trip| line(plan, route, trip, colour, legs)));
        features.extend(stops(plan, route, colour));
    }
    let stations = (0..plan.problem().stations().len()).map(StationId::from_index);
    features.extend(stations.map(|id| station(plan, id)));
    features.extend(plan.unserved().iter().map(|unserved| unserved_point(plan, unserved)));
    let mut text = FeatureCollection::new(features).to_string();
    text.push('\n');
    text
}

fn line(plan: &Plan, route: &Route, trip: usize, colour: &str, legs: Legs) -> Feature {
    let mut way = path::trip(plan, route, trip, legs);
    if let [only] = way[..] {
        way.push(only);
    }
    let vehicle = unmarked(plan.problem().vehicle(route.vehicle).id());
    let geometry = GeometryValue::new_line_string(way.into_iter().map(position));
    let properties = json!({
        "what": "trip",
        "title": format!("{vehicle}, trip {}", trip + 1),
        "vehicle": vehicle,
        "trip": trip + 1,
        "stroke": colour,
        "stroke-width": 4,
        "stroke-opacity": 0.8,
    });
    feature(geometry, properties)
}

fn stops(plan: &Plan, route: &Route, colour: &str) -> Vec<Feature> {
    let margins = cold_margin::margins(plan.problem(), route);
    let numbered = route.timetable.stops.iter().zip(path::numbers(&route.timetable));
    let visits = numbered.filter_map(|(stop, number)| Some((stop, number?)));
    let point = |(stop, number)| stop_point(plan, route, stop, number, &margins, colour);
    visits.filter_map(point).collect()
}

fn stop_point(
    plan: &Plan,
    route: &Route,
    stop: &Stop,
    number: Number,
    margins: &[ColdMargin],
    colour: &str,
) -> Option<Feature> {
    let problem = plan.problem();
    let visit = problem.visit(stop.visit?);
    let order = problem.order(visit.order);
    let choice = &order.choices()[problem.realisation(visit.realisation).choice];
    let cold = cold_margin::of(margins, stop.visit);
    let properties = json!({
        "what": "stop",
        "title": format!("{number} {}", unmarked(order.id())),
        "number": number.to_string(),
        "order": unmarked(order.id()),
        "kind": words::stop(stop.kind).code,
        "tier": words::tier(order.tier_value()).code,
        "hand_over": words::hand_over(choice.hand_over()).code,
        "village": unmarked(problem.village(visit)),
        "vehicle": unmarked(problem.vehicle(route.vehicle).id()),
        "trip": stop.trip + 1,
        "arrive": clock(stop.arrive),
        "begin": clock(stop.begin),
        "leave": clock(stop.leave),
        "cold_deadline": cold.and_then(|cold| cold.deadline).map(clock),
        "marker-color": colour,
        "marker-size": "small",
    });
    let point = problem.places()[stop.place.index()].point;
    Some(feature(GeometryValue::new_point(position(point)), properties))
}

fn station(plan: &Plan, id: StationId) -> Feature {
    let station = &plan.problem().stations()[id.index()];
    let properties = json!({
        "what": "station",
        "title": unmarked(station.display_name()),
        "station": unmarked(station.id()),
        "marker-color": "#000000",
        "marker-symbol": "warehouse",
        "marker-size": "large",
    });
    feature(GeometryValue::new_point(position(station.point())), properties)
}

fn unserved_point(plan: &Plan, unserved: &Unserved) -> Feature {
    let problem = plan.problem();
    let order = problem.order(unserved.order);
    let why = why::of(unserved);
    let properties = json!({
        "what": "unserved",
        "title": format!("{}: {}", unmarked(order.id()), why.code),
        "order": unmarked(order.id()),
        "kind": words::kind(order.kind()).code,
        "tier": words::tier(order.tier_value()).code,
        "village": unmarked(order.village_name()),
        "reason": why.code,
        "reason_text": unmarked(&why.line),
        "marker-color": RED,
        "marker-symbol": "cross",
    });
    let first = problem.realisations_of(unserved.order).next();
    let point = first.map_or_else(|| problem.stations()[0].point(), |id| last_call(plan, id));
    feature(GeometryValue::new_point(position(point)), properties)
}

/// Where a realisation ends: the recipient's door, or where the goods are collected.
fn last_call(plan: &Plan, realisation: RealisationId) -> Point {
    let problem = plan.problem();
    let realisation = problem.realisation(realisation);
    let visit = problem.visit(realisation.second.unwrap_or(realisation.first));
    problem.places()[visit.place.index()].point
}

/// Longitude first, to a centimetre.
fn position(point: Point) -> (f64, f64) {
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    (round(point.lon), round(point.lat))
}

fn feature(geometry: GeometryValue, properties: Value) -> Feature {
    let properties: JsonObject = match properties {
        Value::Object(properties) => properties.into_iter().filter(|(_, v)| !v.is_null()).collect(),
        _ => JsonObject::new(),
    };
    Feature { properties: Some(properties), ..Feature::from(geometry) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn every_trip_stop_station_and_unserved_order_is_a_feature() {
        let plan = fixture::plan();
        let text = geojson(&plan, &mut fixture::bent(&plan));
        let read: FeatureCollection = text.parse().unwrap();
        let trips: usize = plan.routes().iter().map(|route| route.trips.len()).sum();
        let visits: usize = plan.routes().iter().map(|route| route.visits().count()).sum();
        let stations = plan.problem().stations().len();
        assert_eq!(read.features.len(), trips + visits + stations + plan.unserved().len());
        let count = |what: &str| {
            let is = |f: &&Feature| f.property("what").and_then(Value::as_str) == Some(what);
            read.features.iter().filter(is).count()
        };
        assert_eq!((count("trip"), count("stop")), (trips, visits));
        assert_eq!((count("station"), count("unserved")), (stations, plan.unserved().len()));
    }

    #[test]
    fn lines_follow_the_road_where_it_is_known() {
        let plan = fixture::plan();
        let points = |text: String| {
            let read: FeatureCollection = text.parse().unwrap();
            match &read.features[0].geometry.as_ref().unwrap().value {
                GeometryValue::LineString { coordinates } => coordinates.len(),
                other => panic!("{other:?}"),
            }
        };
        let straight = points(geojson(&plan, &mut |_, _, _| None));
        assert_eq!(points(geojson(&plan, &mut fixture::bent(&plan))), 3 * (straight - 1) + 1);
    }
}
