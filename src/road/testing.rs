//! Small maps for tests, drawn as text.

use std::sync::Arc;

use super::closure::Closure;
use super::graph::RoadGraph;
use super::network::RoadNetwork;
use super::osm::{OsmData, OsmNode, OsmWay, Tags};
use super::profile::Profile;
use super::snap::{DEFAULT_SNAP_LIMIT, OffRoad, Snap};
use crate::place::Point;
use crate::rng::Rng;
use crate::units::Metres;

/// Metres from one character of a picture to the next, and from line to line.
pub(super) const STEP_M: f64 = 100.0;
const DEGREES_PER_M: f64 = 1.0 / 111_195.08;

/// `STEP_M` metres per row southwards and per column eastwards from a corner on the equator.
pub(super) fn at(row: f64, column: f64) -> Point {
    Point::wgs84(-row * STEP_M * DEGREES_PER_M, column * STEP_M * DEGREES_PER_M)
}

fn tags<'a>(words: impl Iterator<Item = &'a str>) -> Tags {
    words.map(|word| word.split_once('=').unwrap_or(("highway", word))).collect()
}

/// Data of a picture and its ways. Each letter of the picture is a node; a way is `abc tertiary
/// oneway=yes`, its id its position from 1; `@b barrier=gate` tags a node.
pub(super) fn data(picture: &str, lines: &[&str]) -> OsmData {
    let mut nodes = Vec::new();
    for (row, line) in (0_u16..).zip(picture.lines()) {
        for (column, letter) in (0_u16..).zip(line.chars()) {
            if letter.is_alphabetic() {
                let tagged = lines.iter().find_map(|line| {
                    line.strip_prefix('@').filter(|rest| rest.starts_with(letter))
                });
                let tags = tags(tagged.unwrap_or_default().split(' ').skip(1));
                let ele_m = tags.get("ele").and_then(|ele| ele.parse().ok());
                let point = at(row.into(), column.into());
                nodes.push(OsmNode { id: i64::from(letter as u32), point, ele_m, tags });
            }
        }
    }
    nodes.sort_by_key(|node| node.id);
    let lines = lines.iter().filter(|line| !line.starts_with('@'));
    let ways = (1..).zip(lines).map(|(id, line)| {
        let mut words = line.split(' ');
        let nodes = words.next().unwrap_or_default().chars().map(|c| i64::from(c as u32)).collect();
        OsmWay { id, nodes, tags: tags(words) }
    });
    OsmData { nodes, ways: ways.collect(), ..OsmData::default() }
}

/// The graph of a picture.
pub(super) fn graph(picture: &str, lines: &[&str]) -> Arc<RoadGraph> {
    Arc::new(RoadGraph::from_osm(&data(picture, lines)).unwrap())
}

/// The picture as a van sees it on an ordinary day.
pub(super) fn van(picture: &str, lines: &[&str]) -> RoadNetwork {
    graph(picture, lines).network(&Profile::minivan(), &[])
}

/// The picture as a van sees it with closures.
pub(super) fn van_with(picture: &str, lines: &[&str], closures: &[Closure]) -> RoadNetwork {
    graph(picture, lines).network(&Profile::minivan(), closures)
}

/// Stops at these rows and columns, snapped.
pub(super) fn stops(network: &RoadNetwork, places: &[(f64, f64)]) -> Vec<Result<Snap, OffRoad>> {
    let points: Vec<Point> = places.iter().map(|&(row, column)| at(row, column)).collect();
    network.snap_all(&points, DEFAULT_SNAP_LIMIT)
}

const ROADS: [&str; 13] = [
    "highway=tertiary",
    "highway=tertiary",
    "highway=tertiary oneway=yes",
    "highway=residential",
    "highway=residential oneway=-1",
    "highway=track",
    "highway=track tracktype=grade4",
    "highway=service access=private",
    "highway=tertiary access=private",
    "highway=footway",
    "highway=secondary junction=roundabout",
    "route=ferry duration=00:20",
    "highway=secondary",
];
const NODES: [&str; 9] = [
    "",
    "",
    "",
    "",
    "",
    "barrier=gate",
    "barrier=bollard",
    "ford=yes",
    "barrier=gate access=private",
];

/// A point in a square of some kilometres.
pub(super) fn random_point(rng: &mut Rng) -> Point {
    at(rng.unit() * 40.0, rng.unit() * 40.0)
}

/// A small muddle of roads, tracks, ferries, one-way streets and gates.
pub(super) fn random_data(rng: &mut Rng) -> OsmData {
    let count = rng.between(2, 14);
    let node = |id: usize, rng: &mut Rng| OsmNode {
        id: i64::try_from(id).unwrap(),
        point: random_point(rng),
        ele_m: None,
        tags: tags(NODES[rng.below(NODES.len())].split(' ').filter(|word| !word.is_empty())),
    };
    let nodes = (0..count).map(|id| node(id, rng)).collect();
    let mut data = OsmData { nodes, ..OsmData::default() };
    for id in 0..rng.between(1, 14) {
        let length = rng.between(2, 4);
        push_way(&mut data, id, (0..length).map(|_| rng.below(count)).collect(), rng);
    }
    // One road is always there, so that there is a graph.
    push_way(&mut data, 100, vec![0, 1], rng);
    data.ways.last_mut().unwrap().tags = tags(["highway=tertiary"].into_iter());
    data
}

/// Adds a way of a random kind.
pub(super) fn push_way(data: &mut OsmData, id: usize, nodes: Vec<usize>, rng: &mut Rng) {
    let nodes = nodes.into_iter().map(|node| i64::try_from(node).unwrap()).collect();
    let tags = tags(ROADS[rng.below(ROADS.len())].split(' '));
    data.ways.push(OsmWay { id: i64::try_from(id).unwrap(), nodes, tags });
}

/// Up to two closures.
pub(super) fn random_closures(rng: &mut Rng) -> Vec<Closure> {
    let one = |rng: &mut Rng| match rng.below(2) {
        0 => Closure::way(i64::try_from(rng.below(14)).unwrap(), "snow"),
        _ => Closure::around(random_point(rng), Metres(300), "flood"),
    };
    (0..rng.below(3)).map(|_| one(rng)).collect()
}
