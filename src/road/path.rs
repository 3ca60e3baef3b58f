//! The line of one leg on the map, and the roads it follows.

use super::approach::Approach;
use super::cost::Cost;
use super::dijkstra::{Goals, START, Search};
use super::graph::RoadGraph;
use super::hierarchy::way;
use super::matrix::NoRoad;
use super::network::{RoadNetwork, View, access_cost};
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

/// A way found between two places.
#[derive(Debug)]
struct Route {
    leg: Leg,
    /// The share of the first edge it leaves by, the arcs driven whole, and the share of the last
    /// edge it arrives by; nothing when it stays on one edge.
    over: Option<(f64, Vec<u32>, f64)>,
}

impl RoadNetwork {
    /// The best way between two places, the one whose time and length the matrix holds. Costs a
    /// search.
    ///
    /// # Errors
    /// The reason the matrix holds, when there is no way.
    pub fn path(&self, from: &Snap, to: &Snap) -> Result<RoadPath, NoRoad> {
        self.path_by(from, to, |view| self.searched(view, from, to))
    }

    /// [`RoadNetwork::path`] over the hierarchy: far faster once the graph is
    /// [prepared](super::RoadGraph::prepare), which the first call does if need be. Time and length
    /// are the same; of ways that tie in both, it may draw another one.
    ///
    /// # Errors
    /// The reason the matrix holds, when there is no way.
    pub fn path_swept(&self, from: &Snap, to: &Snap) -> Result<RoadPath, NoRoad> {
        self.path_by(from, to, |view| self.climbed(view, from, to))
    }

    fn path_by(
        &self,
        from: &Snap,
        to: &Snap,
        route: impl Fn(View<'_>) -> Option<Route>,
    ) -> Result<RoadPath, NoRoad> {
        if from.stop() == to.stop() {
            let points = vec![from.stop()];
            return Ok(RoadPath { points, leg: Leg::default(), roads: Vec::new() });
        }
        let in_reach = |route: &Route| self.profile().within_reach(route.leg).is_ok();
        let today = route(self.view(true));
        if let Some(route) = today.as_ref().filter(|route| in_reach(route)) {
            return Ok(self.assemble(from, to, &self.parts(from, to, route), route.leg));
        }
        if self.has_closures() && route(self.view(false)).is_some_and(|route| in_reach(&route)) {
            return Err(NoRoad::Closed);
        }
        if today.is_some() {
            return Err(NoRoad::OutOfRange);
        }
        Err(self.why_not(from, to))
    }

    /// The best route by a search.
    fn searched(&self, view: View<'_>, from: &Snap, to: &Snap) -> Option<Route> {
        let graph = self.graph();
        let nodes = graph.points.len();
        let ends: Vec<_> = view.ends(to).into_iter().filter(|end| end.cost.is_open()).collect();
        let goals = Goals::new(nodes, ends.iter().map(|end| end.node));
        let goals_left = goals.nodes().count();
        let starts = view.starts(from);
        let costs: Vec<_> = starts.iter().map(|start| (start.node, start.cost)).collect();
        let mut search = Search::new(nodes);
        search.run(graph, view.costs, &costs, &goals, goals_left);
        let drive = view.drive(&search, from, to, &ends)?;
        let leg = drive.cost.leg()?;
        let Some(last) = drive.last else { return Some(Route { leg, over: None }) };
        let (mut arcs, mut node) = (Vec::new(), last.node);
        // Labels form a tree, so this visits each junction at most once.
        while search.arc(node) != START {
            arcs.push(search.arc(node));
            node = graph.tail(search.arc(node));
        }
        arcs.reverse();
        let start =
            starts.iter().filter(|start| start.node == node).min_by_key(|start| start.cost)?;
        let arcs = self.with_yards(view, (from, start.node), arcs, (last.node, to));
        Some(Route { leg, over: Some((start.end, arcs, last.end)) })
    }

    /// The arcs of a way from junction to junction, with those of private roads before and behind.
    pub(super) fn with_yards(
        &self,
        view: View<'_>,
        (from, start): (&Snap, u32),
        arcs: Vec<u32>,
        (end, to): (u32, &Snap),
    ) -> Vec<u32> {
        if self.yards.is_none() {
            return arcs;
        }
        [view.yard_out(from, start), arcs, view.yard_in(to, end)].concat()
    }

    /// The best route over the hierarchy.
    fn climbed(&self, view: View<'_>, from: &Snap, to: &Snap) -> Option<Route> {
        let bare = |places: &[Approach]| -> Vec<(u32, Cost)> {
            places.iter().map(|place| (place.node, place.cost)).collect()
        };
        let open = |end: &Approach| end.cost.is_open();
        let starts: Vec<_> = view.starts(from).into_iter().filter(open).collect();
        let ends: Vec<_> = view.ends(to).into_iter().filter(open).collect();
        let weights = self.weights(view.is_today());
        let index = self.graph().hierarchy();
        let found = way(index, weights, view.costs, &bare(&starts), &bare(&ends));
        let within = if from.edge_number() == to.edge_number() {
            view.within(from.edge_number(), from.share(), to.share())
        } else {
            Cost::CLOSED
        };
        let access = |place: &Snap| access_cost(self.profile(), place.access());
        let whole = |cost: Cost| cost.and(access(from)).and(access(to)).leg();
        match found.filter(|way| way.cost < within) {
            None => Some(Route { leg: whole(within)?, over: None }),
            Some(way) => {
                let (start, end) = (starts[way.start], ends[way.end]);
                let arcs = self.with_yards(view, (from, start.node), way.arcs, (end.node, to));
                Some(Route { leg: whole(way.cost)?, over: Some((start.end, arcs, end.end)) })
            }
        }
    }

    /// The parts of edges driven, in order.
    fn parts(&self, from: &Snap, to: &Snap, route: &Route) -> Vec<Part> {
        let graph = self.graph();
        let Some((start, arcs, end)) = &route.over else {
            return vec![Part { edge: from.edge_number(), from: from.share(), to: to.share() }];
        };
        let mut parts = vec![Part { edge: from.edge_number(), from: from.share(), to: *start }];
        for &arc in arcs {
            let edge = graph.edge_of[arc as usize];
            let along = graph.edges[edge as usize].arcs[0] == graph.map_arc(arc);
            let (from, to) = if along { (0.0, 1.0) } else { (1.0, 0.0) };
            parts.push(Part { edge, from, to });
        }
        parts.push(Part { edge: to.edge_number(), from: *end, to: to.share() });
        parts
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
    use std::sync::Arc;

    use super::super::testing::{at, random_closures, random_data, random_point, stops, van};
    use super::*;
    use crate::rng::Rng;
    use crate::road::{DEFAULT_SNAP_LIMIT, Profile};

    #[test]
    fn both_ways_to_a_path_give_the_legs_of_the_matrix() {
        let (mut drawn, mut closed) = (0, 0);
        for seed in 0..2_000 {
            let mut rng = Rng::new(seed, 5);
            let graph = Arc::new(RoadGraph::from_osm(&random_data(&mut rng)).unwrap());
            let roads = graph.network(&Profile::minivan(), &random_closures(&mut rng));
            let points: Vec<_> = (0..4).map(|_| random_point(&mut rng)).collect();
            let snapped = roads.snap_all(&points, DEFAULT_SNAP_LIMIT);
            let matrix = roads.matrix_searched(&snapped);
            for (i, from) in snapped.iter().enumerate() {
                for (j, to) in snapped.iter().enumerate() {
                    let (Ok(from), Ok(to)) = (from, to) else { continue };
                    let leg = matrix.leg(i, j);
                    let (plain, fast) = (roads.path(from, to), roads.path_swept(from, to));
                    assert_eq!(plain.as_ref().map(|path| path.leg).map_err(|why| *why), leg);
                    assert_eq!(fast.as_ref().map(|path| path.leg).map_err(|why| *why), leg);
                    closed += usize::from(leg == Err(NoRoad::Closed));
                    let (Ok(plain), Ok(fast)) = (plain, fast) else { continue };
                    drawn += usize::from(plain.points.len() > 4);
                    let ends = |path: &RoadPath| {
                        (path.points.first().copied(), path.points.last().copied())
                    };
                    assert_eq!(ends(&plain), ends(&fast));
                    let length =
                        |path: &RoadPath| path.roads.iter().map(|r| r.metres.0).sum::<i64>();
                    assert!((length(&plain) - length(&fast)).abs() <= 8, "seed {seed}");
                }
            }
        }
        assert!(drawn > 500 && closed > 50, "{drawn} drawn, {closed} closed");
    }

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
