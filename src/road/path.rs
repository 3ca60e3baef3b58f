//! The line of one leg on the map, and the roads it follows.

use super::dijkstra::{Goals, START, Search};
use super::graph::RoadGraph;
use super::matrix::NoRoad;
use super::network::{RoadNetwork, View};
use super::snap::Snap;
use crate::place::Point;
use crate::units::{Leg, Metres};

/// One leg as driven.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadPath {
    /// From stop to stop, the ways to and from the road included; no point twice in a row.
    pub points: Vec<Point>,
    /// Time and length: those of the travel matrix.
    pub leg: Leg,
    /// The named roads followed, in order.
    pub roads: Vec<PathRoad>,
}

/// A run of one named road on a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRoad {
    /// Its name, or else its number; empty where the map has neither.
    pub name: String,
    /// The length driven on it, rounded per edge.
    pub metres: Metres,
}

/// A part of an edge driven from one share of its length to another.
#[derive(Clone, Copy, Debug)]
struct Part {
    edge: u32,
    from: f64,
    to: f64,
}

impl RoadNetwork {
    /// The best way between two places, the one whose time and length the matrix holds. Costs a
    /// search.
    ///
    /// # Errors
    /// The reason the matrix holds, when there is no way.
    pub fn path(&self, from: &Snap, to: &Snap) -> Result<RoadPath, NoRoad> {
        if from.stop() == to.stop() {
            let points = vec![from.stop()];
            return Ok(RoadPath { points, leg: Leg::default(), roads: Vec::new() });
        }
        if let Some((parts, leg)) = self.parts(self.view(true), from, to) {
            return Ok(self.assemble(from, to, &parts, leg));
        }
        if self.has_closures() && self.parts(self.view(false), from, to).is_some() {
            return Err(NoRoad::Closed);
        }
        Err(self.why_not(from, to))
    }

    /// The parts of edges driven, in order.
    fn parts(&self, view: View<'_>, from: &Snap, to: &Snap) -> Option<(Vec<Part>, Leg)> {
        let graph = self.graph();
        let nodes = graph.points.len();
        let ends: Vec<_> = view.ends(to).filter(|end| end.cost.is_open()).collect();
        let goals = Goals::new(nodes, ends.iter().map(|end| end.node));
        let goals_left = goals.nodes().count();
        let starts: Vec<_> = view.starts(from).collect();
        let costs: Vec<_> = starts.iter().map(|start| (start.node, start.cost)).collect();
        let mut search = Search::new(nodes);
        search.run(graph, view.costs, &costs, &goals, goals_left);
        let drive = view.drive(&search, from, to, &ends)?;
        let leg = drive.cost.leg()?;
        let Some(last) = drive.last else {
            let part = Part { edge: from.edge_number(), from: from.share(), to: to.share() };
            return Some((vec![part], leg));
        };
        let mut parts = vec![Part { edge: to.edge_number(), from: last.end, to: to.share() }];
        let mut node = last.node;
        // Labels form a tree, so this visits each junction at most once.
        while search.arc(node) != START {
            let arc = search.arc(node);
            let edge = graph.edge_of[arc as usize];
            let ends = &graph.edges[edge as usize];
            let along = ends.arcs[0] == graph.map_arc(arc);
            let (share_from, share_to) = if along { (0.0, 1.0) } else { (1.0, 0.0) };
            parts.push(Part { edge, from: share_from, to: share_to });
            node = graph.tail(arc);
        }
        let start =
            starts.iter().filter(|start| start.node == node).min_by_key(|start| start.cost)?;
        parts.push(Part { edge: from.edge_number(), from: from.share(), to: start.end });
        parts.reverse();
        Some((parts, leg))
    }

    fn assemble(&self, from: &Snap, to: &Snap, parts: &[Part], leg: Leg) -> RoadPath {
        let graph = self.graph();
        let mut points = vec![from.stop(), from.point()];
        let mut roads: Vec<PathRoad> = Vec::new();
        for part in parts {
            part.draw(graph, &mut points);
            let driven = graph.edges[part.edge as usize].metres;
            let metres = Metres::round(f64::from(driven) * (part.to - part.from).abs());
            let name = graph.edge_name(part.edge as usize).unwrap_or_default();
            match roads.last_mut() {
                Some(road) if road.name == name => road.metres += metres,
                _ if metres.is_zero() => {}
                _ => roads.push(PathRoad { name: name.to_owned(), metres }),
            }
        }
        points.extend([to.point(), to.stop()]);
        points.dedup();
        RoadPath { points, leg, roads }
    }
}

impl Part {
    /// Adds the points it passes, those at its ends included when they are junctions.
    fn draw(self, graph: &RoadGraph, points: &mut Vec<Point>) {
        let line = graph.edge_points(self.edge as usize);
        let whole_m = super::geometry::length_m(line);
        let (low, high) = (self.from.min(self.to) * whole_m, self.from.max(self.to) * whole_m);
        let mut walked_m = 0.0;
        let mut passed: Vec<Point> = Vec::new();
        for (i, &point) in line.iter().enumerate() {
            if i > 0 {
                walked_m += line[i - 1].distance_m(point);
            }
            if low <= walked_m && walked_m <= high {
                passed.push(point);
            }
        }
        if self.from > self.to {
            passed.reverse();
        }
        points.append(&mut passed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, stops, van};
    use super::*;

    #[test]
    fn a_path_names_its_roads_and_follows_their_bends() {
        let picture = "a----b\n     |\n     c----d";
        let lines = ["abc tertiary name=Mill", "cd tertiary ref=X7"];
        let roads = van(picture, &lines);
        let stops = stops(&roads, &[(0.0, 1.0), (2.0, 9.0)]);
        let path = roads.path(stops[0].as_ref().unwrap(), stops[1].as_ref().unwrap()).unwrap();
        let road = |name: &str, metres| PathRoad { name: name.into(), metres: Metres(metres) };
        assert_eq!(path.roads, [road("Mill", 600), road("X7", 400)]);
        assert_eq!(path.leg.metres, Metres(1000));
        for bend in [at(0.0, 5.0), at(2.0, 5.0)] {
            assert!(path.points.contains(&bend));
        }
    }

    #[test]
    fn there_is_no_path_where_there_is_no_way() {
        let roads = van("a--b\n\nc--d", &["ab tertiary", "cd tertiary"]);
        let stops = stops(&roads, &[(0.0, 1.0), (2.0, 1.0)]);
        let path = roads.path(stops[0].as_ref().unwrap(), stops[1].as_ref().unwrap());
        assert_eq!(path, Err(NoRoad::OtherIsland));
    }
}
