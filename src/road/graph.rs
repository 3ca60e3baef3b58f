//! The roads of an area as a graph: junctions, the edges between them, and what is tagged on them.
//! It knows no vehicle and no date; `RoadNetwork` is the graph as one vehicle sees it on one day.

use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::attributes::Attributes;
use super::hierarchy::Index;
use super::osm::{self, OsmData};
use super::relief::Relief;
use super::report::RoadReport;
use super::turns::Turns;
use crate::error::Result;
use crate::place::Point;
use crate::units::Metres;

/// A stretch of a way between two junctions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Edge {
    /// The junction it starts at, in the direction of its way.
    pub(super) tail: u32,
    /// The junction it ends at.
    pub(super) head: u32,
    /// Its length in metres, rounded once.
    pub(super) metres: u32,
    /// Index into `ways`.
    pub(super) way: u32,
    /// Its points, both ends included, are `shapes[shape_first..shape_end]`.
    pub(super) shape_first: u32,
    /// End of its points.
    pub(super) shape_end: u32,
    /// Its two arcs: along the way, and against it.
    pub(super) arcs: [u32; 2],
}

/// A way as mapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Way {
    /// Its id in `OpenStreetMap`.
    pub(super) id: i64,
    /// Index into `classes`.
    pub(super) class: u32,
    /// Index into `names`.
    pub(super) name: Option<u32>,
}

/// A place with a name: a village, a town.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedPlace {
    /// Its name as mapped.
    pub name: String,
    /// The value of its `place` tag: `village`, `hamlet`, `town` ...
    pub kind: String,
    /// Where it is.
    pub point: Point,
}

/// Junctions and the road edges between them, in compressed rows. Immutable; vehicles and closures
/// are put on top by [`RoadGraph::network`].
///
/// Junctions are the ends of ways, nodes shared by ways, and nodes with a barrier or ford. Arcs
/// out of junction `n` are `first_out[n]..first_out[n + 1]`; each edge has an arc in either
/// direction, and a vehicle decides which it may use. Where turns are restricted, the junction has
/// copies with rows of their own behind those of all junctions, which searches need not know.
///
/// ```no_run
/// use std::sync::Arc;
/// use lastmile::road::{Profile, RoadGraph};
/// # fn main() -> lastmile::Result<()> {
/// let roads = Arc::new(RoadGraph::open("county.osm.pbf".as_ref())?);
/// let network = roads.network(&Profile::minivan(), &[]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RoadGraph {
    pub(super) points: Vec<Point>,
    /// Per junction: the id of its node in the map.
    pub(super) node_ids: Vec<i64>,
    // Invariant: one longer than points, ascending, last = head.len().
    pub(super) first_out: Vec<u32>,
    // Invariant: head and edge_of have two entries per edge, and then those of the copies.
    pub(super) head: Vec<u32>,
    /// Per arc: its edge.
    pub(super) edge_of: Vec<u32>,
    pub(super) edges: Vec<Edge>,
    pub(super) shapes: Vec<Point>,
    pub(super) ways: Vec<Way>,
    pub(super) classes: Vec<Attributes>,
    pub(super) names: Vec<String>,
    /// Junctions with a barrier or ford, and what is tagged; sorted by junction.
    pub(super) hurdles: Vec<(u32, Attributes)>,
    pub(super) elevations: Vec<(Point, Metres)>,
    /// Per junction: its elevation, `i32::MIN` where unknown; empty when none is known.
    pub(super) node_elevations: Vec<i32>,
    pub(super) places: Vec<NamedPlace>,
    /// The copies of junctions that turn restrictions need; they follow the junctions in `points`
    /// and the rows.
    pub(super) turns: Turns,
    /// Heights along the edges; absent until the roads are put on the ground.
    pub(super) relief: Option<Relief>,
    /// Made when it is first of use.
    pub(super) hierarchy: OnceLock<Index>,
    pub(super) report: RoadReport,
}

impl RoadGraph {
    /// The roads of an extract: `.osm.pbf`, `.osm` or `.osm.gz`.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or holds no road.
    pub fn open(path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        Self::from_osm(&osm::read(path)?).map_err(|error| error.in_file(&file))
    }

    /// The roads of an extract already in memory; `name` is used in messages.
    ///
    /// # Errors
    /// When the bytes are damaged or hold no road.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self> {
        Self::from_osm(&osm::parse(name, bytes)?).map_err(|error| error.in_file(name))
    }

    /// [`RoadGraph::open`], but however much of the extract cannot be read; what was lost is in
    /// [`RoadReport::read`].
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or what is left holds no road.
    pub fn open_lossy(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let data = osm::parse_lossy(&name, &osm::load(path)?)?;
        Self::from_osm(&data).map_err(|error| error.in_file(&name))
    }

    /// The roads of data already read.
    ///
    /// # Errors
    /// [`Code::NoRoads`](crate::error::Code::NoRoads) when no way of two known nodes is among them.
    pub fn from_osm(data: &OsmData) -> Result<Self> {
        super::build::build(data)
    }

    /// What was built, and what was left out.
    pub fn report(&self) -> &RoadReport {
        &self.report
    }

    /// Places with a name, sorted by name, kind and position.
    pub fn places(&self) -> &[NamedPlace] {
        &self.places
    }

    /// The junctions.
    pub fn node_points(&self) -> &[Point] {
        &self.points[..self.junction_count()]
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The line of an edge, both ends included, in the direction of its way.
    ///
    /// # Panics
    /// When there is no such edge.
    pub fn edge_points(&self, edge: usize) -> &[Point] {
        let Edge { shape_first, shape_end, .. } = self.edges[edge];
        &self.shapes[shape_first as usize..shape_end as usize]
    }

    /// The `OpenStreetMap` id of the way an edge is a part of.
    ///
    /// # Panics
    /// When there is no such edge.
    pub fn edge_way(&self, edge: usize) -> i64 {
        self.ways[self.edges[edge].way as usize].id
    }

    /// The name of an edge's road, or else its number (`G315`), or nothing.
    ///
    /// # Panics
    /// When there is no such edge.
    pub fn edge_name(&self, edge: usize) -> Option<&str> {
        let name = self.ways[self.edges[edge].way as usize].name?;
        Some(&self.names[name as usize])
    }

    /// What is tagged on an edge's way.
    pub(super) fn attributes(&self, edge: &Edge) -> &Attributes {
        &self.classes[self.ways[edge.way as usize].class as usize]
    }

    /// Orders the junctions for fast tables, unless that has been done: some 6 microseconds a
    /// junction, once per map, for all vehicles and days. Large tables do it by themselves.
    pub fn prepare(&self) {
        self.hierarchy().below();
    }

    /// True when the order of the junctions is there.
    pub fn is_prepared(&self) -> bool {
        self.hierarchy.get().is_some()
    }

    /// The order of the junctions, made when it is first asked for.
    pub(super) fn hierarchy(&self) -> &Index {
        self.hierarchy.get_or_init(|| Index::new(self))
    }

    /// The arcs out of a junction.
    pub(super) fn out(&self, node: u32) -> Range<u32> {
        self.first_out[node as usize]..self.first_out[node as usize + 1]
    }

    /// The elevation of a junction above the sea, where the data tell it.
    pub fn node_elevation(&self, node: usize) -> Option<Metres> {
        let metres = *self.node_elevations.get(node)?;
        (metres != i32::MIN).then(|| Metres(metres.into()))
    }

    /// The elevation above the sea at the nearest place where the data tell one; nothing when they
    /// tell none. Looks at every known elevation.
    pub fn elevation_at(&self, point: Point) -> Option<Metres> {
        let near = |known: &&(Point, Metres)| point.distance_m(known.0);
        self.elevations.iter().min_by(|a, b| near(a).total_cmp(&near(b))).map(|known| known.1)
    }
}
