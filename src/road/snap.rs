//! From a stop to the nearest road the vehicle may use.

use std::array::from_fn;
use std::fmt;
use std::ops::Range;

use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use super::geometry::{Space, between, from_space, morton, nearest_share, to_space};
use super::graph::RoadGraph;
use super::network::RoadNetwork;
use crate::place::Point;
use crate::units::Metres;

/// How far from a road a stop may lie unless the caller says otherwise.
pub const DEFAULT_SNAP_LIMIT: Metres = Metres(1000);
/// Straight lines longer than this are cut for the index, metres.
const PIECE_M: f64 = 2000.0;
/// Into no more pieces than this, whatever the map says.
const PIECES_MOST: f64 = 256.0;
/// So many pieces to a block of the index.
const BLOCK: usize = 8;
/// Roads whose distances differ by less than this are equally near, metres.
const SAME_M: f64 = 0.001;
/// Nearer than this to its end, a point of an edge is its end, metres.
const END_M: f64 = 0.05;

/// Where a stop meets the road.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    edge: u32,
    share: f64,
    stop: Point,
    point: Point,
    access: Metres,
}

impl Snap {
    /// The edge it lies on.
    pub fn edge(&self) -> usize {
        self.edge as usize
    }

    /// Where on the edge: the share of its length from its tail, from 0 to 1. At exactly 0 or 1 it
    /// lies on the junction.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// The stop itself.
    pub fn stop(&self) -> Point {
        self.stop
    }

    /// The point on the road.
    pub fn point(&self) -> Point {
        self.point
    }

    /// From the stop to the road as the crow flies; it counts in time and length of each leg.
    pub fn access(&self) -> Metres {
        self.access
    }

    pub(super) fn edge_number(&self) -> u32 {
        self.edge
    }
}

/// A stop is too far from any road the vehicle may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffRoad {
    /// Distance to the nearest usable road; nothing when there is none at all, or when the stop is
    /// not a point on the globe.
    pub nearest: Option<Metres>,
    /// How far it may be.
    pub limit: Metres,
}

impl fmt::Display for OffRoad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit_km = self.limit.as_f64() / 1000.0;
        match self.nearest {
            Some(nearest) => {
                let nearest_km = nearest.as_f64() / 1000.0;
                write!(f, "{nearest_km:.1} km from the nearest road, limit {limit_km:.1} km")
            }
            None => f.write_str("there is no road this vehicle may use"),
        }
    }
}

impl std::error::Error for OffRoad {}

/// The straight lines of all usable roads, in space. Neighbours in space are packed eight to a block,
/// and only blocks are in the tree: that is made in a fourth of the time.
#[derive(Debug)]
pub(super) struct SnapIndex {
    pieces: Vec<Piece>,
    blocks: RTree<Block>,
}

/// Lines that lie close together, `pieces[first..end]`, in a box.
type Block = GeomWithData<Rectangle<Space>, Range<usize>>;

/// A straight piece of an edge; `from_m` and `to_m` are metres from the edge's tail.
#[derive(Clone, Copy, Debug)]
struct Piece {
    a: Space,
    b: Space,
    edge: u32,
    from_m: f32,
    to_m: f32,
}

impl Piece {
    fn distance_2(&self, p: &Space) -> f64 {
        let near = between(self.a, self.b, nearest_share(self.a, self.b, *p));
        (0..3).map(|i| (near[i] - p[i]).powi(2)).sum()
    }
}

impl SnapIndex {
    /// The index of the edges that `is_kerb` marks.
    fn new(graph: &RoadGraph, is_kerb: &[bool]) -> Self {
        let mut pieces = Vec::new();
        for edge in (0..graph.edge_count()).filter(|&edge| is_kerb[edge]) {
            push_pieces(
                &mut pieces,
                u32::try_from(edge).unwrap_or(u32::MAX),
                graph.edge_points(edge),
            );
        }
        Self::of(pieces)
    }

    fn of(mut pieces: Vec<Piece>) -> Self {
        pieces.sort_by_cached_key(|piece| {
            (morton(from_space(between(piece.a, piece.b, 0.5))), piece.edge)
        });
        let block = |first: usize| {
            let range = first..(first + BLOCK).min(pieces.len());
            let ends = pieces[range.clone()].iter().flat_map(|piece| [piece.a, piece.b]);
            let bounds = ends
                .fold([[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]], |[low, high], p| {
                    [from_fn(|i| low[i].min(p[i])), from_fn(|i| high[i].max(p[i]))]
                });
            Block::new(Rectangle::from_corners(bounds[0], bounds[1]), range)
        };
        let blocks = (0..pieces.len()).step_by(BLOCK).map(block).collect();
        Self { blocks: RTree::bulk_load(blocks), pieces }
    }

    /// The nearest piece; of equally near ones that of the lowest edge.
    fn nearest(&self, p: Space) -> Option<&Piece> {
        let (mut most_2, mut near) = (f64::INFINITY, Vec::new());
        for (block, least_2) in self.blocks.nearest_neighbor_iter_with_distance_2(&p) {
            if least_2 > most_2 {
                break;
            }
            for piece in &self.pieces[block.data.clone()] {
                let distance_2 = piece.distance_2(&p);
                if distance_2 <= most_2 {
                    most_2 = most_2.min((distance_2.sqrt() + SAME_M).powi(2));
                    near.push((distance_2, piece));
                }
            }
        }
        let near = near.into_iter().filter(|(distance_2, _)| *distance_2 <= most_2);
        near.map(|(_, piece)| piece)
            .min_by(|a, b| a.edge.cmp(&b.edge).then(a.from_m.total_cmp(&b.from_m)))
    }
}

/// Adds the lines between `points`, long ones cut into pieces.
#[expect(clippy::cast_possible_truncation, reason = "shares need no more than seven digits")]
fn push_pieces(pieces: &mut Vec<Piece>, edge: u32, points: &[Point]) {
    let mut walked_m = 0.0;
    for pair in points.windows(2) {
        let length_m = pair[0].distance_m(pair[1]);
        let [a, b] = [pair[0], pair[1]].map(to_space);
        let count = (length_m / PIECE_M).ceil().clamp(1.0, PIECES_MOST);
        let at = |i: f64| to_space(from_space(between(a, b, i / count)));
        let mut i = 0.0;
        while i < count {
            let ends_m = [i, i + 1.0].map(|i| (walked_m + length_m * i / count) as f32);
            let (a, b) = if count > 1.0 { (at(i), at(i + 1.0)) } else { (a, b) };
            pieces.push(Piece { a, b, edge, from_m: ends_m[0], to_m: ends_m[1] });
            i += 1.0;
        }
        walked_m += length_m;
    }
}

impl RoadNetwork {
    /// The nearest road the vehicle may use, whatever it is joined to and whether or not it is
    /// closed today; ferries aside. A stop is never moved to another road for being better
    /// connected.
    ///
    /// # Errors
    /// When no such road lies within `limit`.
    pub fn snap(&self, stop: Point, limit: Metres) -> Result<Snap, OffRoad> {
        if !stop.is_on_globe() {
            return Err(OffRoad { nearest: None, limit });
        }
        let index = self.index.get_or_init(|| SnapIndex::new(self.graph(), &self.is_kerb));
        let space = to_space(stop);
        let piece = index.nearest(space).ok_or(OffRoad { nearest: None, limit })?;
        let share = nearest_share(piece.a, piece.b, space);
        let point = from_space(between(piece.a, piece.b, share));
        let access = Metres::round(stop.distance_m(point));
        if access > limit {
            return Err(OffRoad { nearest: Some(access), limit });
        }
        let at_m = f64::from(piece.from_m) + share * f64::from(piece.to_m - piece.from_m);
        let length_m = super::geometry::length_m(self.graph().edge_points(piece.edge as usize));
        Ok(Snap { edge: piece.edge, share: edge_share(at_m, length_m), stop, point, access })
    }

    /// [`RoadNetwork::snap`] for many stops, in their order, on all cores.
    pub fn snap_all(&self, stops: &[Point], limit: Metres) -> Vec<Result<Snap, OffRoad>> {
        stops.par_iter().map(|&stop| self.snap(stop, limit)).collect()
    }
}

/// A place on an edge as a share of its length; close to an end it is the end.
fn edge_share(at_m: f64, length_m: f64) -> f64 {
    if at_m <= END_M || length_m <= 0.0 {
        return 0.0;
    }
    if length_m - at_m <= END_M { 1.0 } else { at_m / length_m }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, graph, stops, van};
    use super::*;
    use crate::road::Profile;
    use crate::road::osm::{OsmData, OsmNode, OsmWay};

    #[test]
    fn the_nearest_road_counts_not_the_best_connected() {
        // The stop lies one step from an island and two from the mainland.
        let roads = van("a-----b\n\n\n  c-d  ", &["ab tertiary", "cd track"]);
        let snap = roads.snap(at(2.0, 3.0), DEFAULT_SNAP_LIMIT).unwrap();
        assert_eq!((roads.graph().edge_way(snap.edge()), snap.access()), (2, Metres(100)));
    }

    #[test]
    fn the_index_finds_what_a_look_at_every_piece_finds() {
        let mut rng = crate::rng::Rng::new(9, 0);
        for size in [1, 7, 8, 9, 300] {
            let mut random = || at(rng.unit() * 30.0, rng.unit() * 30.0);
            let mut pieces = Vec::new();
            for edge in 0..size {
                // Every third is drawn twice: equally near, and the lower number must win.
                let line = [random(), random()];
                push_pieces(&mut pieces, size + edge, &line);
                if edge % 3 == 0 {
                    push_pieces(&mut pieces, edge, &line);
                }
            }
            let index = SnapIndex::of(pieces.clone());
            for _ in 0..500 {
                let p = to_space(random());
                let least =
                    pieces.iter().map(|piece| piece.distance_2(&p)).fold(f64::MAX, f64::min);
                let most_2 = (least.sqrt() + SAME_M).powi(2);
                let near = pieces.iter().filter(|piece| piece.distance_2(&p) <= most_2);
                let lowest = near.map(|piece| piece.edge).min();
                assert_eq!(index.nearest(p).map(|piece| piece.edge), lowest);
            }
        }
    }

    #[test]
    fn a_stop_too_far_off_learns_how_far() {
        let roads = van("a-b", &["ab tertiary"]);
        let error = roads.snap(at(42.0, 1.0), DEFAULT_SNAP_LIMIT).unwrap_err();
        assert_eq!(error.to_string(), "4.2 km from the nearest road, limit 1.0 km");
        let nowhere = roads.snap(Point::wgs84(f64::NAN, 0.0), DEFAULT_SNAP_LIMIT).unwrap_err();
        assert_eq!(nowhere.nearest, None);
        let closed = van("a-b", &["ab footway"]).snap(at(0.0, 0.0), DEFAULT_SNAP_LIMIT);
        assert_eq!(closed.unwrap_err().to_string(), "there is no road this vehicle may use");
    }

    #[test]
    fn roads_of_others_and_ferries_are_passed_over() {
        let map = "a---b\nc---d\ne---f";
        let roads = van(map, &["ab footway", "cd route=ferry", "ef track"]);
        let snap = roads.snap(at(0.0, 2.0), DEFAULT_SNAP_LIMIT).unwrap();
        assert_eq!(roads.graph().edge_way(snap.edge()), 3);
    }

    #[test]
    fn beyond_the_end_of_a_road_is_its_end() {
        let roads = van("a-b", &["ab tertiary"]);
        let shares: Vec<f64> = stops(&roads, &[(0.0, -3.0), (0.0, 1.0), (0.0, 5.0)])
            .into_iter()
            .map(|snap| snap.unwrap().share())
            .collect();
        assert!((shares[1] - 0.5).abs() < 1e-6);
        assert_eq!([shares[0], shares[2]].map(f64::to_bits), [0.0_f64, 1.0].map(f64::to_bits));
    }

    #[test]
    fn a_long_straight_road_is_met_where_it_runs() {
        // 40 km without a node between: the road bulges north over its chord in space.
        let place = |id: i64, lon: f64| OsmNode {
            id,
            point: Point::wgs84(60.0, lon),
            ele_m: None,
            tags: std::iter::empty().collect(),
        };
        let tags = [("highway", "trunk")].into_iter().collect();
        let way = OsmWay { id: 1, nodes: vec![1, 2], tags };
        let nodes = vec![place(1, 179.8), place(2, -179.5)];
        let data = OsmData { nodes, ways: vec![way], ..OsmData::default() };
        let graph = std::sync::Arc::new(RoadGraph::from_osm(&data).unwrap());
        let roads = graph.network(&Profile::minivan(), &[]);
        let middle = from_space(between(
            to_space(Point::wgs84(60.0, 179.8)),
            to_space(Point::wgs84(60.0, -179.5)),
            0.5,
        ));
        let snap = roads.snap(middle, DEFAULT_SNAP_LIMIT).unwrap();
        assert_eq!(snap.access(), Metres(0));
        assert!((snap.share() - 0.5).abs() < 1e-4);
    }

    #[test]
    fn a_place_on_a_junction_is_on_the_junction() {
        let roads = graph("a-b-c\n  |  \n  d  ", &["abc tertiary", "bd oneway=yes highway=track"]);
        let network = roads.network(&Profile::minivan(), &[]);
        let share = network.snap(at(0.0, 2.0), DEFAULT_SNAP_LIMIT).unwrap().share();
        assert!(share.to_bits() == 0.0_f64.to_bits() || share.to_bits() == 1.0_f64.to_bits());
    }
}
