//! Places for invented orders on any map: the town around a station, the villages and camps beyond,
//! each put on a road a vehicle may use.

use std::sync::Arc;

use crate::format::generate::{NamedPoint, PlaceKind};
use crate::place::Point;
use crate::rng::Rng;
use crate::road::{Profile, RoadGraph};
use crate::units::Metres;

/// How far from the station its own town reaches.
const TOWN_M: f64 = 2500.0;
/// How far away most orders are.
const COUNTRY_M: f64 = 40_000.0;
/// How far away the farthest orders are.
const FAR_M: f64 = 250_000.0;
/// How many far places get orders on one day.
const FAR_TODAY: usize = 2;
/// How far a place may lie from a road.
const OFF_ROAD: Metres = Metres(800);
/// How many road nodes of the town, and of the country, orders are drawn around.
const TOWN_NODES: usize = 160;
const COUNTRY_NODES: usize = 60;

/// The places of `graph` that a station at `station` would serve: named ones, and road nodes drawn
/// by `seed`.
pub fn surroundings(graph: &Arc<RoadGraph>, station: Point, seed: u64) -> Vec<NamedPoint> {
    let network = graph.network(&Profile::four_by_four(), &[]);
    let on_road = |point: Point| network.snap(point, OFF_ROAD).ok().map(|snap| snap.point());
    let mut found = Vec::new();
    for place in graph.places() {
        let far = station.distance_m(place.point);
        let (kind, weight) = match place.kind.as_str() {
            _ if far > FAR_M => continue,
            _ if far > COUNTRY_M => (PlaceKind::FarCamp, 0),
            "town" | "city" | "suburb" | "quarter" | "neighbourhood" => (PlaceKind::Town, 20),
            "village" => (PlaceKind::Village, 6),
            "hamlet" | "locality" | "isolated_dwelling" | "farm" => (PlaceKind::Camp, 5),
            _ => continue,
        };
        if let Some(point) = on_road(place.point) {
            found.push(NamedPoint { name: place.name.clone(), kind, point, weight });
        }
    }
    let mut rng = Rng::new(seed, 0);
    visit_some_far(&mut found, &mut rng);
    draw(graph, station, (0.0, TOWN_M), TOWN_NODES, &mut rng, &mut |i, point| {
        let kind = match i % 40 {
            0 => PlaceKind::Pharmacy,
            1..=3 => PlaceKind::PickupPoint,
            4..=7 => PlaceKind::Shop,
            _ => PlaceKind::Town,
        };
        let weight = if kind == PlaceKind::PickupPoint { 40 } else { 6 };
        let name = format!("{} {}", name_of(kind), i + 1);
        found.extend(on_road(point).map(|point| NamedPoint { name, kind, point, weight }));
    });
    draw(graph, station, (TOWN_M, COUNTRY_M), COUNTRY_NODES, &mut rng, &mut |i, point| {
        let kind = if i % 12 == 0 { PlaceKind::PickupPoint } else { PlaceKind::Village };
        let weight = u32::from(kind == PlaceKind::Village);
        let name = format!("{} {}", name_of(kind), i + 1);
        found.extend(on_road(point).map(|point| NamedPoint { name, kind, point, weight }));
    });
    found
}

/// Far camps have their days: two of them get orders today.
fn visit_some_far(found: &mut [NamedPoint], rng: &mut Rng) {
    let is_far = |place: &&mut NamedPoint| place.kind == PlaceKind::FarCamp;
    let mut far: Vec<&mut NamedPoint> = found.iter_mut().filter(is_far).collect();
    rng.shuffle(&mut far);
    for place in far.into_iter().take(FAR_TODAY) {
        place.weight = 4;
    }
}

fn name_of(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Town => "street",
        PlaceKind::Village => "road",
        PlaceKind::Camp | PlaceKind::FarCamp => "camp",
        PlaceKind::Shop => "shop",
        PlaceKind::PickupPoint => "pick-up point",
        PlaceKind::Pharmacy => "pharmacy",
    }
}

/// Draws up to `count` road nodes whose distance from the station is within a range.
fn draw(
    graph: &RoadGraph,
    station: Point,
    (near, far): (f64, f64),
    count: usize,
    rng: &mut Rng,
    take: &mut dyn FnMut(usize, Point),
) {
    let within = |point: &&Point| (near..far).contains(&station.distance_m(**point));
    let mut nodes: Vec<Point> = graph.node_points().iter().filter(within).copied().collect();
    for i in 0..count.min(nodes.len()) {
        let chosen = i + rng.below(nodes.len() - i);
        nodes.swap(i, chosen);
        take(i, nodes[i]);
    }
}
