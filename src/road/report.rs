//! What a road graph was built from, and what was left out.

use std::fmt;

use petgraph::unionfind::UnionFind;
use serde::{Deserialize, Serialize};

use super::graph::RoadGraph;
use super::osm::ReadCounts;
use super::speeds::is_unpaved;
use crate::units::Metres;

/// Values of `highway` for ways that are no road for vehicles unless tagged so.
const FOOT: [&str; 6] = ["bridleway", "cycleway", "footway", "path", "pedestrian", "via_ferrata"];

/// Elements left out, by cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Ways that are no road to drive: under construction, proposed, steps, platforms.
    pub ways_not_road: usize,
    /// Ways of which fewer than two adjacent nodes are known.
    pub ways_without_nodes: usize,
    /// References of ways to nodes that are missing; the way is cut there.
    pub nodes_missing: usize,
    /// Nodes whose coordinates are not on the globe; ways are cut there too.
    pub nodes_off_globe: usize,
    /// Turn restrictions with a member that is no road or lies outside the data.
    pub restrictions_outside: usize,
    /// Turn restrictions whose members do not meet, or meet in more ways than one.
    pub restrictions_unclear: usize,
    /// Turn restrictions that say neither `no_` nor `only_`.
    pub restrictions_unknown: usize,
}

/// What a road graph holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoadReport {
    /// Junctions.
    pub nodes: usize,
    /// Stretches of road between junctions.
    pub edges: usize,
    /// Length of the roads for vehicles and of ferries, each edge counted once.
    pub length: Metres,
    /// Length of the ways for those on foot, on a bicycle or a horse; not part of `length`.
    pub length_foot: Metres,
    /// Length of tracks.
    pub length_track: Metres,
    /// Length of roads tagged as unpaved, tracks of unknown surface included.
    pub length_unpaved: Metres,
    /// Length of ferries.
    pub length_ferry: Metres,
    /// Road networks that are not joined, whatever the vehicle and direction.
    pub components: usize,
    /// Junctions of the largest of them.
    pub nodes_largest: usize,
    /// Turn restrictions taken in; which of them count is up to the vehicle and the day.
    pub restrictions: usize,
    /// What was left out.
    pub dropped: Dropped,
    /// What became of every object of the file.
    pub read: ReadCounts,
}

impl RoadReport {
    /// Counts what `graph` holds.
    pub(super) fn of(graph: &RoadGraph, dropped: Dropped) -> Self {
        let mut report = Self {
            nodes: graph.junction_count(),
            edges: graph.edges.len(),
            dropped,
            ..Self::default()
        };
        let mut joined = UnionFind::new(graph.junction_count());
        for edge in &graph.edges {
            joined.union(edge.tail as usize, edge.head as usize);
            let (metres, class) = (Metres(edge.metres.into()), graph.attributes(edge));
            if class.get("highway").is_some_and(|highway| FOOT.contains(&highway)) {
                report.length_foot += metres;
                continue;
            }
            report.length += metres;
            if class.is("highway", "track") {
                report.length_track += metres;
            }
            if class.get("highway").is_none() {
                report.length_ferry += metres;
            } else if is_unpaved(class) {
                report.length_unpaved += metres;
            }
        }
        let mut sizes = vec![0; graph.junction_count()];
        for component in joined.into_labeling() {
            sizes[component] += 1;
        }
        report.components = sizes.iter().filter(|&&size| size > 0).count();
        report.nodes_largest = sizes.into_iter().max().unwrap_or(0);
        report
    }

    /// The share of tracks in the length, from 0 to 1.
    pub fn share_track(&self) -> f64 {
        share(self.length_track, self.length)
    }

    /// The share of unpaved roads in the length, from 0 to 1.
    pub fn share_unpaved(&self) -> f64 {
        share(self.length_unpaved, self.length)
    }
}

fn share(part: Metres, whole: Metres) -> f64 {
    if whole.is_zero() { 0.0 } else { part.as_f64() / whole.as_f64() }
}

impl fmt::Display for RoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} km of road, {:.0} % tracks, {:.0} % unpaved, {:.0} km of ferries, \
             {:.0} km of footways and paths; \
             {} junctions, {} edges, {} separate networks, {} junctions in the largest",
            self.length.as_f64() / 1000.0,
            100.0 * self.share_track(),
            100.0 * self.share_unpaved(),
            self.length_ferry.as_f64() / 1000.0,
            self.length_foot.as_f64() / 1000.0,
            self.nodes,
            self.edges,
            self.components,
            self.nodes_largest
        )?;
        if self.restrictions > 0 {
            write!(f, ", {} turn restrictions", self.restrictions)?;
        }
        let dropped = &self.dropped;
        let causes = [
            (dropped.ways_not_road, "ways that are no road"),
            (dropped.ways_without_nodes, "ways without known nodes"),
            (dropped.nodes_missing, "missing nodes of ways"),
            (dropped.nodes_off_globe, "nodes off the globe"),
            (dropped.restrictions_outside, "turn restrictions with a member outside"),
            (dropped.restrictions_unclear, "unclear turn restrictions"),
            (dropped.restrictions_unknown, "turn restrictions of unknown kind"),
        ];
        for (count, cause) in causes.into_iter().filter(|cause| cause.0 > 0) {
            write!(f, "; left out {count} {cause}")?;
        }
        Ok(())
    }
}
