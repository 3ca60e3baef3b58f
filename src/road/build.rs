//! From map data to a road graph: cuts ways at junctions, numbers junctions by place, and lays
//! the arcs out in rows.

use std::sync::OnceLock;

use super::attributes::{Attributes, Interner};
use super::geometry::{length_m, morton};
use super::graph::{Edge, NamedPlace, RoadGraph, Way};
use super::osm::{OsmData, OsmNode, OsmWay};
use super::report::{Dropped, RoadReport};
use super::turns::Turns;
use crate::error::{Code, Fault, Result};
use crate::place::Point;
use crate::units::Metres;

/// Values of `highway` that no vehicle drives on, now or ever.
const NOT_ROADS: [&str; 18] = [
    "abandoned",
    "bus_stop",
    "construction",
    "corridor",
    "crossing",
    "demolished",
    "disused",
    "elevator",
    "emergency_bay",
    "escape",
    "no",
    "platform",
    "proposed",
    "raceway",
    "razed",
    "rest_area",
    "services",
    "steps",
];
/// Node tags that may stop or delay a vehicle.
const HURDLE_KEYS: [&str; 2] = ["barrier", "ford"];
/// The longest edge counted: once around the globe, in metres.
const EDGE_LONGEST_M: i64 = 40_000_000;
/// Elevations outside these are slips of the keyboard, metres.
const ELEVATION_RANGE_M: std::ops::RangeInclusive<f64> = -500.0..=9000.0;

/// A run of known nodes of one way; the numbers are indices into the data's nodes.
struct Stretch<'a> {
    way: &'a OsmWay,
    nodes: Vec<u32>,
}

/// The road graph of `data`.
pub(super) fn build(data: &OsmData) -> Result<RoadGraph> {
    let mut dropped = Dropped::default();
    let stretches = stretches(data, &mut dropped);
    if stretches.is_empty() {
        let expected = "at least one road whose nodes are in the data";
        return Err(Fault::new(Code::NoRoads, expected).into());
    }
    if stretches.iter().map(|s| s.nodes.len()).sum::<usize>() > (u32::MAX / 4) as usize {
        return Err(Fault::new(Code::TooLarge, "fewer than 2^30 nodes of ways").into());
    }
    let junctions = junctions(data, &stretches);
    let mut graph = lay_edges(data, &stretches, &junctions);
    graph.lay_rows();
    let mut by_id: Vec<(i64, u32)> = (0..)
        .zip(&junctions.node)
        .map(|(junction, &node)| (data.nodes[node as usize].id, junction))
        .collect();
    by_id.sort_unstable();
    let junction =
        |id: i64| by_id.binary_search_by_key(&id, |own| own.0).ok().map(|at| by_id[at].1);
    graph.split_turns(data, junction, &mut dropped);
    graph.hurdles = hurdles(data, &junctions);
    (graph.elevations, graph.node_elevations) = elevations(data, &junctions);
    graph.places = places(data);
    graph.report = RoadReport {
        restrictions: graph.report.restrictions,
        read: data.counts.clone(),
        ..RoadReport::of(&graph, dropped)
    };
    Ok(graph)
}

fn is_road(way: &OsmWay) -> bool {
    match way.tags.get("highway") {
        Some(highway) => !NOT_ROADS.contains(&highway) && way.tags.get("area") != Some("yes"),
        None => way.tags.get("route") == Some("ferry"),
    }
}

/// The runs of known nodes of all roads.
fn stretches<'a>(data: &'a OsmData, dropped: &mut Dropped) -> Vec<Stretch<'a>> {
    let numbers = 0..u32::try_from(data.nodes.len()).unwrap_or(u32::MAX);
    let mut index: Vec<(i64, u32)> =
        data.nodes.iter().zip(numbers).map(|(node, number)| (node.id, number)).collect();
    index.sort_unstable();
    let known = |id: &i64| {
        let at = index.partition_point(|entry| entry.0 < *id);
        index.get(at).filter(|entry| entry.0 == *id).map(|entry| entry.1)
    };
    dropped.nodes_off_globe = data.nodes.iter().filter(|node| !node.point.is_on_globe()).count();
    let mut found = Vec::new();
    for way in &data.ways {
        if !is_road(way) {
            dropped.ways_not_road += 1;
            continue;
        }
        let before = found.len();
        let mut run: Vec<u32> = Vec::new();
        for id in &way.nodes {
            match known(id) {
                Some(number) if data.nodes[number as usize].point.is_on_globe() => {
                    if run.last() != Some(&number) {
                        run.push(number);
                    }
                }
                gap => {
                    dropped.nodes_missing += usize::from(gap.is_none());
                    keep(&mut found, way, &mut run);
                }
            }
        }
        keep(&mut found, way, &mut run);
        dropped.ways_without_nodes += usize::from(found.len() == before);
    }
    found
}

/// Keeps a run that is a line, and begins the next.
fn keep<'a>(found: &mut Vec<Stretch<'a>>, way: &'a OsmWay, run: &mut Vec<u32>) {
    let nodes = std::mem::take(run);
    if nodes.len() > 1 {
        found.push(Stretch { way, nodes });
    }
}

fn is_hurdle(node: &OsmNode) -> bool {
    HURDLE_KEYS.iter().any(|key| node.tags.get(key).is_some())
        || node.tags.get("highway") == Some("ford")
}

/// Which nodes of the data are junctions.
struct Junctions {
    /// Per node of the data: the number of its junction, or `u32::MAX`.
    number: Vec<u32>,
    /// Per junction: the node of the data.
    node: Vec<u32>,
}

/// Ends of stretches, nodes used twice, and hurdles are junctions; they are numbered so that
/// neighbours in space are neighbours in memory.
fn junctions(data: &OsmData, stretches: &[Stretch<'_>]) -> Junctions {
    let mut uses = vec![0_u8; data.nodes.len()];
    for stretch in stretches {
        for &node in &stretch.nodes {
            uses[node as usize] = uses[node as usize].saturating_add(1);
        }
        for &end in stretch.nodes.first().into_iter().chain(stretch.nodes.last()) {
            uses[end as usize] = 2;
        }
    }
    let mut node: Vec<u32> = (0..u32::try_from(uses.len()).unwrap_or(u32::MAX))
        .filter(|&n| {
            let uses = uses[n as usize];
            uses > 1 || (uses == 1 && is_hurdle(&data.nodes[n as usize]))
        })
        .collect();
    node.sort_by_cached_key(|&n| {
        let node = &data.nodes[n as usize];
        (morton(node.point), node.id)
    });
    let mut number = vec![u32::MAX; uses.len()];
    for (junction, &n) in (0..).zip(&node) {
        number[n as usize] = junction;
    }
    Junctions { number, node }
}

/// The graph with its junctions, ways, edges and lines, but without rows.
fn lay_edges(data: &OsmData, stretches: &[Stretch<'_>], junctions: &Junctions) -> RoadGraph {
    let point = |node: &u32| data.nodes[*node as usize].point;
    let mut classes = Interner::new();
    let mut names = Interner::new();
    let (mut ways, mut edges, mut shapes) = (Vec::<Way>::new(), Vec::new(), Vec::<Point>::new());
    for stretch in stretches {
        if ways.last().is_none_or(|last| last.id != stretch.way.id) {
            let name = stretch.way.tags.get("name").or_else(|| stretch.way.tags.get("ref"));
            ways.push(Way {
                id: stretch.way.id,
                class: classes.number(Attributes::of(&stretch.way.tags)),
                name: name.map(|name| names.number(name.to_owned())),
            });
        }
        for nodes in pieces(&stretch.nodes, &junctions.number) {
            let shape_first = as_u32(shapes.len());
            shapes.extend(nodes.iter().map(point));
            let metres = Metres::round(length_m(&shapes[shape_first as usize..])).0;
            edges.push(Edge {
                tail: junctions.number[nodes[0] as usize],
                head: junctions.number[nodes[nodes.len() - 1] as usize],
                metres: u32::try_from(metres.min(EDGE_LONGEST_M)).unwrap_or(0),
                way: as_u32(ways.len() - 1),
                shape_first,
                shape_end: as_u32(shapes.len()),
                arcs: [0; 2],
            });
        }
    }
    RoadGraph {
        points: junctions.node.iter().map(point).collect(),
        node_ids: junctions.node.iter().map(|&node| data.nodes[node as usize].id).collect(),
        first_out: Vec::new(),
        head: Vec::new(),
        edge_of: Vec::new(),
        edges,
        shapes,
        ways,
        classes: classes.into_values(),
        names: names.into_values(),
        hurdles: Vec::new(),
        elevations: Vec::new(),
        node_elevations: Vec::new(),
        places: Vec::new(),
        turns: Turns::default(),
        relief: None,
        hierarchy: OnceLock::new(),
        report: RoadReport::default(),
    }
}

/// The pieces of a stretch from junction to junction; neighbours share their junction.
fn pieces<'a>(nodes: &'a [u32], number: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
    let mut first = 0;
    (1..nodes.len()).filter_map(move |last| {
        let is_junction = number[nodes[last] as usize] != u32::MAX;
        is_junction.then(|| &nodes[std::mem::replace(&mut first, last)..=last])
    })
}

/// Counts checked on entry: all numbers of elements stay below 2^32.
fn as_u32(count: usize) -> u32 {
    u32::try_from(count).expect("counts are checked before building")
}

impl RoadGraph {
    /// Sorts the arcs into rows by their tail, two per edge, in the order of the edges.
    fn lay_rows(&mut self) {
        let mut next = vec![0_u32; self.points.len() + 1];
        for edge in &self.edges {
            next[edge.tail as usize + 1] += 1;
            next[edge.head as usize + 1] += 1;
        }
        for n in 1..next.len() {
            next[n] += next[n - 1];
        }
        self.first_out.clone_from(&next);
        self.head = vec![0; 2 * self.edges.len()];
        self.edge_of = vec![0; 2 * self.edges.len()];
        for (number, edge) in (0_u32..).zip(&mut self.edges) {
            let ends = [(edge.tail, edge.head), (edge.head, edge.tail)];
            for (direction, (from, to)) in ends.into_iter().enumerate() {
                let arc = next[from as usize];
                next[from as usize] += 1;
                self.head[arc as usize] = to;
                self.edge_of[arc as usize] = number;
                edge.arcs[direction] = arc;
            }
        }
    }
}

fn hurdles(data: &OsmData, junctions: &Junctions) -> Vec<(u32, Attributes)> {
    let nodes = (0..).zip(junctions.node.iter().map(|&n| &data.nodes[n as usize]));
    nodes
        .filter(|(_, node)| is_hurdle(node))
        .map(|(junction, node)| (junction, Attributes::of(&node.tags)))
        .collect()
}

/// All known elevations, and those of the junctions.
fn elevations(data: &OsmData, junctions: &Junctions) -> (Vec<(Point, Metres)>, Vec<i32>) {
    let known = |node: &OsmNode| {
        let metres = node.ele_m.filter(|ele| ELEVATION_RANGE_M.contains(ele))?;
        node.point.is_on_globe().then(|| Metres::round(metres))
    };
    let all: Vec<_> =
        data.nodes.iter().filter_map(|node| Some((node.point, known(node)?))).collect();
    if all.is_empty() {
        return (all, Vec::new());
    }
    let of_junction = junctions.node.iter().map(|&n| {
        known(&data.nodes[n as usize])
            .and_then(|metres| i32::try_from(metres.0).ok())
            .unwrap_or(i32::MIN)
    });
    (all, of_junction.collect())
}

fn places(data: &OsmData) -> Vec<NamedPlace> {
    let named = |node: &OsmNode| {
        let (kind, name) = (node.tags.get("place")?, node.tags.get("name")?);
        let point = Some(node.point).filter(|point| point.is_on_globe())?;
        Some(NamedPlace { name: name.to_owned(), kind: kind.to_owned(), point })
    };
    let mut places: Vec<NamedPlace> = data.nodes.iter().filter_map(named).collect();
    places.sort_by(|a, b| {
        (&a.name, &a.kind)
            .cmp(&(&b.name, &b.kind))
            .then(a.point.lat.total_cmp(&b.point.lat))
            .then(a.point.lon.total_cmp(&b.point.lon))
    });
    places
}

#[cfg(test)]
mod tests {
    use super::super::testing::{data, graph};
    use super::*;

    #[test]
    fn nodes_between_junctions_become_the_line_of_an_edge() {
        let roads = graph("a-b-c-d\n    |  \n    e  ", &["abcd tertiary", "ce track"]);
        assert_eq!((roads.node_points().len(), roads.edge_count()), (4, 3));
        let lines: Vec<usize> = (0..3).map(|edge| roads.edge_points(edge).len()).collect();
        assert_eq!(lines, [3, 2, 2]);
        assert_eq!(roads.edges.iter().map(|edge| edge.metres).collect::<Vec<_>>(), [400, 200, 200]);
    }

    #[test]
    fn rows_hold_each_edge_in_both_directions() {
        let roads = graph("a-b-c\n  |  \n  d  ", &["abc tertiary", "bd track", "bcb service"]);
        for (number, edge) in (0..).zip(&roads.edges) {
            for (arc, from, to) in
                [(edge.arcs[0], edge.tail, edge.head), (edge.arcs[1], edge.head, edge.tail)]
            {
                assert!(roads.out(from).contains(&arc));
                assert_eq!((roads.head[arc as usize], roads.edge_of[arc as usize]), (to, number));
            }
        }
        assert_eq!(*roads.first_out.last().unwrap() as usize, roads.head.len());
    }

    #[test]
    fn a_ring_and_a_knot_are_cut_where_they_meet_themselves() {
        assert_eq!(graph("a-b\n|/ \nc  ", &["abca tertiary"]).edge_count(), 1);
        let knot = graph("a-b-c\n  | |\n  e-d", &["abcdeb tertiary"]);
        assert_eq!((knot.node_points().len(), knot.edge_count()), (2, 2));
    }

    #[test]
    fn a_way_is_cut_where_a_node_is_missing() {
        let roads = graph("a-b c-d", &["abxcd tertiary", "xy tertiary", "ad proposed"]);
        assert_eq!((roads.edge_count(), roads.report().components), (2, 2));
        let dropped = Dropped {
            ways_not_road: 1,
            ways_without_nodes: 1,
            nodes_missing: 3,
            ..Dropped::default()
        };
        assert_eq!(roads.report().dropped, dropped);
        assert!(roads.report().to_string().contains("left out 3 missing nodes of ways"));
    }

    #[test]
    fn a_barrier_on_the_line_becomes_a_junction() {
        let roads = graph("a-b-c", &["abc tertiary", "@b barrier=gate"]);
        assert_eq!((roads.edge_count(), roads.hurdles.len()), (2, 1));
    }

    #[test]
    fn data_without_a_road_are_refused() {
        for lines in
            [&[][..], &["ab construction"], &["a tertiary"], &["aa tertiary"], &["xy track"]]
        {
            let error = RoadGraph::from_osm(&data("a-b", lines)).unwrap_err();
            assert_eq!(error.faults()[0].code(), Code::NoRoads, "{lines:?}");
        }
    }

    #[test]
    fn points_off_the_globe_cut_the_way() {
        let mut bad = data("a-b-c-d", &["abcd tertiary"]);
        bad.nodes[1].point.lat = f64::NAN;
        let roads = RoadGraph::from_osm(&bad).unwrap();
        assert_eq!((roads.edge_count(), roads.report().dropped.nodes_off_globe), (1, 1));
    }

    #[test]
    fn places_and_elevations_are_kept() {
        let lines = [
            "ab tertiary",
            "@c place=village name=Lower",
            "@d place=hamlet name=Upper",
            "@a ele=3120.4",
        ];
        let roads = graph("a---b c d", &lines);
        let names: Vec<&str> = roads.places().iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, ["Lower", "Upper"]);
        assert_eq!(roads.elevation_at(super::super::testing::at(3.0, 3.0)), Some(Metres(3120)));
        let known = (0..2).filter_map(|node| roads.node_elevation(node)).collect::<Vec<_>>();
        assert_eq!(known, [Metres(3120)]);
    }

    #[test]
    fn the_order_of_the_data_changes_no_length() {
        let lines = ["abcd tertiary", "ce track"];
        let mut shuffled = data("a-b-c-d\n    |  \n    e  ", &lines);
        shuffled.nodes.reverse();
        let plain = RoadGraph::from_osm(&data("a-b-c-d\n    |  \n    e  ", &lines)).unwrap();
        assert_eq!(RoadGraph::from_osm(&shuffled).unwrap().report(), plain.report());
    }
}
