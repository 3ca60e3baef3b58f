//! Speeds the station has seen for itself: they count instead of what the tags and tables say.

use super::closure::Closure;
use super::graph::RoadGraph;
use super::profile::{Pace, Passage, Profile};
use crate::place::Point;
use crate::units::Metres;

/// A speed driven on a road, in place of whatever map, tables, season and slope say. Named for a
/// vehicle, it opens the road to that vehicle too; a closure of the day still closes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Where.
    pub road: ObservedRoad,
    /// How fast, km/h, 0.1 to 200; not faster than the vehicle ever goes.
    pub kmh: f64,
    /// The road profile it was driven with; all when absent.
    pub profile: Option<String>,
    /// Who says so, or why.
    pub source: String,
}

/// A piece of road by what a station knows of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObservedRoad {
    /// A way by its `OpenStreetMap` id, in both directions.
    Way(i64),
    /// From one junction to the next, by the ids of their nodes, in this direction only.
    Nodes(i64, i64),
    /// Every stretch between two junctions that passes this point within these metres, in both
    /// directions.
    Near(Point, Metres),
}

/// Speeds seen on an edge along and against its way, km/h.
pub(super) type Seen = [Option<f64>; 2];

impl Observed {
    /// A speed on a whole way.
    pub fn on_way(way: i64, kmh: f64, source: impl Into<String>) -> Self {
        Self { road: ObservedRoad::Way(way), kmh, profile: None, source: source.into() }
    }

    /// Whether it is about this vehicle.
    fn is_for(&self, profile: &Profile) -> bool {
        self.profile.as_deref().is_none_or(|name| name == profile.name())
    }

    /// The edges it is about and, for each, whether along and against its way.
    fn edges(&self, graph: &RoadGraph) -> Vec<(usize, [bool; 2])> {
        match self.road {
            ObservedRoad::Nodes(from, to) => {
                let id = |node: u32| graph.node_ids.get(node as usize).copied();
                let is = |(edge, ends): (usize, [Option<i64>; 2])| {
                    let along = ends == [Some(from), Some(to)];
                    let against = ends == [Some(to), Some(from)];
                    (along || against).then_some((edge, [along, against]))
                };
                let ends = graph.edges.iter().map(|edge| [id(edge.tail), id(edge.head)]);
                ends.enumerate().filter_map(is).collect()
            }
            ObservedRoad::Way(way) => both(&Closure::way(way, ""), graph),
            ObservedRoad::Near(point, metres) => both(&Closure::around(point, metres, ""), graph),
        }
    }
}

/// Every edge such a closure would touch, in both directions.
fn both(touched: &Closure, graph: &RoadGraph) -> Vec<(usize, [bool; 2])> {
    touched.spans(graph).into_iter().map(|span| (span.edge as usize, [true; 2])).collect()
}

/// What was seen of each edge; of several sayings the last counts. Opens what was driven by this very
/// vehicle. Also the positions of those that touch no road.
pub(super) fn see(
    graph: &RoadGraph,
    profile: &Profile,
    observed: &[Observed],
    passages: &mut [Option<Passage>],
) -> (Vec<Seen>, Vec<usize>) {
    if observed.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut seen = vec![[None; 2]; graph.edges.len()];
    let mut idle = Vec::new();
    for (number, one) in observed.iter().enumerate() {
        let edges = one.edges(graph);
        if edges.is_empty() {
            idle.push(number);
        }
        if !one.is_for(profile) {
            continue;
        }
        let kmh = one.kmh.clamp(0.1, profile.top_kmh());
        for (edge, sides) in edges {
            for side in (0..2).filter(|&side| sides[side]) {
                seen[edge][side] = Some(kmh);
            }
            if one.profile.is_some() {
                let ways = profile.directions(graph.attributes(&graph.edges[edge]));
                let open = passages[edge].get_or_insert(Passage {
                    forward: false,
                    backward: false,
                    private: false,
                    wait: None,
                    pace: Pace::Kmh(kmh),
                });
                // Both ways are open as far as the road is no one-way road.
                let by_node = sides != [true; 2];
                open.forward |= sides[0] && (by_node || ways.0);
                open.backward |= sides[1] && (by_node || ways.1);
            }
        }
    }
    (seen, idle)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, graph, stops};
    use super::*;
    use crate::units::Leg;

    fn seconds(lines: &[&str], observed: &[Observed], from: f64, to: f64) -> Option<i64> {
        let roads = graph("a---------b---------c", lines);
        let van = Profile::minivan().in_season(super::super::Season::Wet);
        let network = roads.network_observed(&van, &[], observed);
        let stops = stops(&network, &[(0.0, from), (0.0, to)]);
        network.matrix(&stops).leg(0, 1).ok().map(|leg: Leg| leg.seconds.0)
    }

    #[test]
    fn what_the_station_has_seen_counts_before_map_and_season() {
        let lines = ["abc track tracktype=grade5 maxspeed=5"];
        // 2 km; in the wet 3.15 km/h are left of a limit of 5.
        assert_eq!(seconds(&lines, &[], 0.0, 20.0), Some(2286));
        let whole = Observed::on_way(1, 36.0, "own log");
        assert_eq!(seconds(&lines, std::slice::from_ref(&whole), 0.0, 20.0), Some(200));
        let id = |c: char| i64::from(u32::from(c));
        let half = Observed { road: ObservedRoad::Nodes(id('a'), id('c')), ..whole.clone() };
        assert_eq!(seconds(&lines, std::slice::from_ref(&half), 0.0, 20.0), Some(200), "a to c");
        assert_eq!(seconds(&lines, &[half], 20.0, 0.0), Some(2286), "and not c to a");
        let near = Observed { road: ObservedRoad::Near(at(0.1, 5.0), Metres(50)), ..whole.clone() };
        assert_eq!(seconds(&lines, &[near], 20.0, 0.0), Some(200));
        let other = Observed { profile: Some("motorbike".into()), ..whole.clone() };
        assert_eq!(seconds(&lines, &[other], 0.0, 20.0), Some(2286));
        let both = [whole, Observed::on_way(1, 72.0, "later")];
        assert_eq!(seconds(&lines, &both, 0.0, 20.0), Some(120), "at most as fast as the van");
    }

    #[test]
    fn who_has_driven_a_closed_road_may_drive_it() {
        let lines = ["ab tertiary", "bc track access=no oneway=yes"];
        let seen = Observed::on_way(2, 36.0, "the key is with us");
        // Unless it was this vehicle, the last kilometre is walked from b.
        assert_eq!(seconds(&lines, std::slice::from_ref(&seen), 0.0, 20.0), Some(792));
        let own = Observed { profile: Some("minivan".into()), ..seen };
        assert_eq!(seconds(&lines, std::slice::from_ref(&own), 0.0, 20.0), Some(172));
        assert_eq!(seconds(&lines, &[own], 20.0, 0.0), None, "still a one-way road");
    }

    #[test]
    fn a_slip_of_the_pen_is_told() {
        let roads = graph("a----b", &["ab tertiary"]);
        let observed = [Observed::on_way(1, 30.0, ""), Observed::on_way(7, 30.0, "")];
        let network = roads.network_observed(&Profile::minivan(), &[], &observed);
        assert_eq!(network.observed_without_effect(), [1]);
    }
}
