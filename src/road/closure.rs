//! Closures of a day: a road by its number in the map, the part of one between two junctions, or
//! everything within a circle.

use super::geometry::{flat, within_circle};
use super::graph::{Edge, RoadGraph};
use crate::place::Point;
use crate::units::Metres;

/// Metres per degree of latitude, less a bit: a quick test may only let too much through.
const METRES_PER_DEGREE: f64 = 111_000.0;

/// Something closed to all vehicles today.
///
/// With several of way, nodes and circle, what is in all of them is closed; with none, nothing is.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// The `OpenStreetMap` id of a way.
    pub way: Option<i64>,
    /// The ids of two nodes of one way, both of them junctions or ends of it: what lies between, in
    /// both directions.
    pub nodes: Option<(i64, i64)>,
    /// Middle and radius of a circle.
    pub at: Option<(Point, Metres)>,
    /// Why, for the courier's sheet.
    pub reason: String,
}

/// A closed stretch of an edge, as shares of its length from its tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) edge: u32,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Closure {
    /// A whole way is closed.
    pub fn way(id: i64, reason: impl Into<String>) -> Self {
        Self { way: Some(id), nodes: None, at: None, reason: reason.into() }
    }

    /// What lies between two nodes of a way is closed, in both directions; both are junctions or ends
    /// of the way.
    pub fn between(from: i64, to: i64, reason: impl Into<String>) -> Self {
        Self { way: None, nodes: Some((from, to)), at: None, reason: reason.into() }
    }

    /// All roads within `radius` of `middle` are closed.
    pub fn around(middle: Point, radius: Metres, reason: impl Into<String>) -> Self {
        Self { way: None, nodes: None, at: Some((middle, radius)), reason: reason.into() }
    }

    /// What it closes: one span per edge it touches, from the first point inside the circle to the
    /// last. In the order of the edges.
    pub(super) fn spans(&self, graph: &RoadGraph) -> Vec<Span> {
        if self.way.is_none() && self.nodes.is_none() && self.at.is_none() {
            return Vec::new();
        }
        let span = |edge: usize| {
            if self.way.is_some_and(|way| way != graph.edge_way(edge)) {
                return None;
            }
            let (from, to) = match self.at {
                Some((middle, radius)) => inside(graph.edge_points(edge), middle, radius)?,
                None => (0.0, 1.0),
            };
            Some(Span { edge: u32::try_from(edge).ok()?, from, to })
        };
        match self.nodes {
            Some(nodes) => between(graph, nodes).into_iter().filter_map(span).collect(),
            None => (0..graph.edge_count()).filter_map(span).collect(),
        }
    }
}

/// The edges of ways between two of their nodes, ascending. Where a way passes a node twice, the piece
/// of fewest edges.
fn between(graph: &RoadGraph, (from, to): (i64, i64)) -> Vec<usize> {
    let id = |node: u32| graph.node_ids.get(node as usize).copied();
    let mut found = Vec::new();
    // Edges of a way lie one behind the other; where it is cut, they do not join.
    let joins = |one: &Edge, next: &Edge| one.way == next.way && one.head == next.tail;
    let mut first = 0;
    for run in graph.edges.chunk_by(joins) {
        let nodes: Vec<Option<i64>> = run[..1]
            .iter()
            .map(|edge| edge.tail)
            .chain(run.iter().map(|edge| edge.head))
            .map(id)
            .collect();
        let at = |wanted: i64| {
            let is = move |(_, node): &(usize, &Option<i64>)| **node == Some(wanted);
            nodes.iter().enumerate().filter(is).map(|(at, _)| at)
        };
        let pieces = at(from).flat_map(|a| at(to).map(move |b| (a.min(b), a.max(b))));
        if let Some((low, high)) = pieces.filter(|(a, b)| a < b).min_by_key(|(a, b)| b - a) {
            found.extend(first + low..first + high);
        }
        first += run.len();
    }
    found
}

/// From where to where the line lies within `radius` of `middle`, as shares of its length.
fn inside(points: &[Point], middle: Point, radius: Metres) -> Option<(f64, f64)> {
    let radius_m = radius.as_f64();
    let degrees = radius_m / METRES_PER_DEGREE;
    let north = |p: &Point| p.lat > middle.lat + degrees;
    let south = |p: &Point| p.lat < middle.lat - degrees;
    if !middle.is_on_globe()
        || radius_m < 0.0
        || points.iter().all(north)
        || points.iter().all(south)
    {
        return None;
    }
    let (mut from_m, mut to_m, mut walked_m) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    for pair in points.windows(2) {
        let length_m = pair[0].distance_m(pair[1]);
        let ends = [pair[0], pair[1]].map(|p| flat(middle, p));
        if let Some((enter, leave)) = within_circle(ends[0], ends[1], radius_m) {
            from_m = from_m.min(walked_m + enter * length_m);
            to_m = to_m.max(walked_m + leave * length_m);
        }
        walked_m += length_m;
    }
    if from_m > to_m {
        return None;
    }
    let share =
        |metres: f64| if walked_m > 0.0 { (metres / walked_m).clamp(0.0, 1.0) } else { 0.0 };
    Some((share(from_m), if walked_m > 0.0 { share(to_m) } else { 1.0 }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, stops, van_with};
    use super::*;

    fn id(letter: char) -> i64 {
        i64::from(u32::from(letter))
    }

    #[test]
    fn what_lies_between_two_nodes_of_a_way_is_closed_and_no_more() {
        let picture = "a---b---c---d\n    |   |    \n    e---f    ";
        let lines = ["abcd tertiary", "befc tertiary"];
        let roads = graph(picture, &lines);
        let closed = |from, to| Closure::between(id(from), id(to), "slide").spans(&roads);
        let edges = |from, to| closed(from, to).iter().map(|span| span.edge).collect::<Vec<_>>();
        assert_eq!(edges('b', 'c').len(), 2, "one edge of each way");
        assert_eq!((edges('a', 'c').len(), edges('c', 'a').len()), (2, 2));
        assert_eq!(edges('a', 'e'), [0; 0], "not of one way");
        assert_eq!((edges('b', 'b'), edges('z', 'b')), (vec![], vec![]));
        let one_way = Closure { way: Some(1), ..Closure::between(id('b'), id('c'), "slide") };
        assert_eq!(one_way.spans(&roads).len(), 1);
        let metres = |closures: &[Closure]| {
            let network = van_with(picture, &lines, closures);
            let stops = stops(&network, &[(0.0, 1.0), (0.0, 11.0)]);
            let legs = network.matrix(&stops);
            [legs.leg(0, 1), legs.leg(1, 0)].map(|leg| leg.ok().map(|leg| leg.metres))
        };
        assert_eq!(metres(&[]), [Some(Metres(1000)); 2]);
        assert_eq!(metres(&[one_way]), [Some(Metres(1400)); 2], "around it, both ways");
        assert_eq!(metres(&[Closure::between(id('c'), id('d'), "slide")]), [None; 2]);
    }
}
