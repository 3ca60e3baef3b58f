//! A road graph with the order of its junctions as bytes, so that the next start need not read the
//! extract and order it again.
//!
//! Layout, little-endian: 8 bytes [`MAGIC`], 4 bytes [`FORMAT`], 32 bytes SHA-256 of the extract, 32
//! bytes SHA-256 of the body, 8 bytes length of the body, the body (postcard's format), 8 bytes
//! [`END`]. Nothing read is believed: sums first, then every number against what it points to.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::attributes::Attributes;
use super::graph::{Edge, NamedPlace, RoadGraph, Way};
use super::hierarchy::Index;
use super::report::RoadReport;
use super::turns::Turns;
use crate::error::{Code, Fault, Result};
use crate::place::Point;
use crate::units::Metres;

/// How an index begins.
const MAGIC: [u8; 8] = *b"lastmile";
/// How an index ends.
const END: [u8; 8] = *b"roadsend";
/// The version of the body. Raise it with every change of what is kept, of how a graph is built, or
/// of how junctions are ordered.
const FORMAT: u32 = 4;
/// Bytes before the body.
const HEAD: usize = 84;

/// A road graph as it is kept; what is not here is made anew.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    points: Cow<'a, [Point]>,
    node_ids: Cow<'a, [i64]>,
    first_out: Cow<'a, [u32]>,
    head: Cow<'a, [u32]>,
    edge_of: Cow<'a, [u32]>,
    edges: Cow<'a, [Edge]>,
    shapes: Cow<'a, [Point]>,
    ways: Cow<'a, [Way]>,
    classes: Cow<'a, [Attributes]>,
    names: Cow<'a, [String]>,
    hurdles: Cow<'a, [(u32, Attributes)]>,
    elevations: Cow<'a, [(Point, Metres)]>,
    node_elevations: Cow<'a, [i32]>,
    places: Cow<'a, [NamedPlace]>,
    turns: Cow<'a, Turns>,
    report: Cow<'a, RoadReport>,
    /// Per junction: its rank in the hierarchy.
    rank: Cow<'a, [u32]>,
}

impl RoadGraph {
    /// The graph and the order of its junctions as bytes, for [`RoadGraph::from_index`]. `extract` is
    /// what the graph was read from: the index counts for these very bytes only. Heights taken from
    /// tiles are not kept. [Prepares](RoadGraph::prepare) the graph.
    ///
    /// # Errors
    /// Should the encoder fail, which no graph is known to make it do.
    pub fn to_index(&self, extract: &[u8]) -> Result<Vec<u8>> {
        let kept = Kept {
            points: (&self.points).into(),
            node_ids: (&self.node_ids).into(),
            first_out: (&self.first_out).into(),
            head: (&self.head).into(),
            edge_of: (&self.edge_of).into(),
            edges: (&self.edges).into(),
            shapes: (&self.shapes).into(),
            ways: (&self.ways).into(),
            classes: (&self.classes).into(),
            names: (&self.names).into(),
            hurdles: (&self.hurdles).into(),
            elevations: (&self.elevations).into(),
            node_elevations: (&self.node_elevations).into(),
            places: (&self.places).into(),
            turns: Cow::Borrowed(&self.turns),
            report: Cow::Borrowed(&self.report),
            rank: self.hierarchy().ranks().into(),
        };
        let body = postcard::to_allocvec(&kept)
            .map_err(|error| crate::Error::internal(error.to_string()))?;
        let mut bytes = Vec::with_capacity(HEAD + body.len() + END.len());
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(Sha256::digest(extract));
        bytes.extend(Sha256::digest(&body));
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(body);
        bytes.extend(END);
        Ok(bytes)
    }

    /// The graph that [`RoadGraph::to_index`] made of these bytes of an extract, ready for large
    /// tables. Costs one pass over the bytes and one over the arcs.
    ///
    /// # Errors
    /// When the index is damaged ([`Code::CutOff`], [`Code::Corrupt`]), of another version
    /// ([`Code::Version`]) or of another extract ([`Code::Contradiction`]): the caller then reads the
    /// extract. [`Code::WrongKind`] when the bytes look like no index at all.
    pub fn from_index(index: &[u8], extract: &[u8]) -> Result<Self> {
        let kept: Kept<'_> =
            postcard::from_bytes(body(index, extract)?).map_err(|error| corrupt("body", error))?;
        let rank = kept.rank.into_owned();
        let graph = Self {
            points: kept.points.into_owned(),
            node_ids: kept.node_ids.into_owned(),
            first_out: kept.first_out.into_owned(),
            head: kept.head.into_owned(),
            edge_of: kept.edge_of.into_owned(),
            edges: kept.edges.into_owned(),
            shapes: kept.shapes.into_owned(),
            ways: kept.ways.into_owned(),
            classes: kept.classes.into_owned(),
            names: kept.names.into_owned(),
            hurdles: kept.hurdles.into_owned(),
            elevations: kept.elevations.into_owned(),
            node_elevations: kept.node_elevations.into_owned(),
            places: kept.places.into_owned(),
            turns: kept.turns.into_owned(),
            relief: None,
            hierarchy: OnceLock::new(),
            report: kept.report.into_owned(),
        };
        graph.check_numbers().map_err(|field| corrupt(field, "numbers that point nowhere"))?;
        let order = Index::of_ranks(&graph, rank);
        let order = order.ok_or_else(|| corrupt("rank", "no order of the junctions"))?;
        graph.hierarchy.get_or_init(|| order);
        Ok(graph)
    }

    /// The first field in which a number points outside what it counts.
    fn check_numbers(&self) -> std::result::Result<(), &'static str> {
        let ensure = |holds: bool, field| if holds { Ok(()) } else { Err(field) };
        let (edges, arcs) = (self.edges.len(), self.head.len());
        let below = |numbers: &[u32], count: usize| numbers.iter().all(|&n| (n as usize) < count);
        ensure(self.turns.origins.len() <= self.points.len(), "turns")?;
        let junctions = self.junction_count();
        ensure(self.node_ids.len() == junctions, "node_ids")?;
        let on_globe = |point: &Point| point.is_on_globe();
        ensure(self.points.iter().chain(&self.shapes).all(on_globe), "points")?;
        let known = self.elevations.iter().map(|known| &known.0);
        ensure(known.chain(self.places.iter().map(|p| &p.point)).all(on_globe), "elevations")?;
        let rows = self.first_out.len() == self.points.len() + 1
            && self.first_out.is_sorted()
            && self.first_out.first() == Some(&0)
            && self.first_out.last().is_some_and(|&last| last as usize == arcs);
        ensure(rows, "first_out")?;
        ensure(below(&self.head, self.points.len()), "head")?;
        ensure(self.edge_of.len() == arcs && below(&self.edge_of, edges), "edge_of")?;
        ensure(arcs == 2 * edges + self.turns.copied.len(), "copied")?;
        ensure(below(&self.turns.copied, 2 * edges), "copied")?;
        ensure(self.turns.origins.is_sorted() && below(&self.turns.origins, junctions), "origins")?;
        ensure((0..edges).all(|edge| self.is_sound(edge, junctions)), "edges")?;
        let is_way = |way: &Way| {
            (way.class as usize) < self.classes.len()
                && way.name.is_none_or(|name| (name as usize) < self.names.len())
        };
        ensure(self.ways.iter().all(is_way), "ways")?;
        let hurdles: Vec<u32> = self.hurdles.iter().map(|hurdle| hurdle.0).collect();
        ensure(hurdles.is_sorted() && below(&hurdles, junctions), "hurdles")?;
        let heights = self.node_elevations.len();
        ensure(heights == 0 || heights == junctions, "node_elevations")?;
        let (bans, rules) = (&self.turns.bans, &self.turns.rules);
        let is_ban = |ban: &super::turns::Ban| {
            (ban.arc as usize) < arcs && (ban.rule as usize) < rules.len()
        };
        ensure(bans.is_sorted() && bans.iter().all(is_ban), "bans")?;
        ensure(rules.iter().all(|rule| below(&rule.forced, arcs)), "rules")
    }

    /// Whether an edge's numbers are those of a junction, a way, a line of two points or more, and
    /// its own two arcs.
    fn is_sound(&self, number: usize, junctions: usize) -> bool {
        let edge = &self.edges[number];
        let is_arc = |arc: u32, tail: u32, head: u32| {
            (arc as usize) < 2 * self.edges.len()
                && self.edge_of[arc as usize] as usize == number
                && self.out(tail).contains(&arc)
                && self.junction(self.head[arc as usize]) == head
        };
        ((edge.tail.max(edge.head)) as usize) < junctions
            && (edge.way as usize) < self.ways.len()
            && edge.shape_first < edge.shape_end
            && edge.shape_end - edge.shape_first > 1
            && edge.shape_end as usize <= self.shapes.len()
            && edge.arcs[0] != edge.arcs[1]
            && is_arc(edge.arcs[0], edge.tail, edge.head)
            && is_arc(edge.arcs[1], edge.head, edge.tail)
    }
}

/// The body of an index, when it is whole, ours and made from `extract`.
fn body<'i>(index: &'i [u8], extract: &[u8]) -> Result<&'i [u8]> {
    let begins = index.starts_with(&MAGIC) || MAGIC.starts_with(index);
    if !begins && !index.ends_with(&END) {
        return Err(Fault::new(Code::WrongKind, "an index of roads").into());
    }
    let cut = || Fault::new(Code::CutOff, "a whole index");
    let inner = index.len().checked_sub(HEAD + END.len()).ok_or_else(cut)?;
    let (head, rest) = index.split_at(HEAD);
    let (body, end) = rest.split_at(inner);
    let at = |from: usize, count: usize| &head[from..from + count];
    if at(0, 8) != MAGIC {
        return Err(corrupt("head", "other first bytes"));
    }
    if at(8, 4) != FORMAT.to_le_bytes() {
        let found = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
        return Err(Fault::new(Code::Version, FORMAT.to_string()).value(found).into());
    }
    if end != END || at(76, 8) != (inner as u64).to_le_bytes() {
        return Err(cut().into());
    }
    if at(44, 32) != Sha256::digest(body).as_slice() {
        return Err(corrupt("body", "another checksum"));
    }
    if at(12, 32) != Sha256::digest(extract).as_slice() {
        let fault = Fault::new(Code::Contradiction, "an index of this extract");
        return Err(fault.value("that of another").into());
    }
    Ok(body)
}

fn corrupt(field: &str, found: impl std::fmt::Display) -> crate::Error {
    Fault::new(Code::Corrupt, "what was written").field(field).value(found).into()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{random_data, random_point};
    use super::*;
    use crate::rng::Rng;
    use crate::road::osm::{OsmData, OsmRestriction, Via};
    use crate::road::{DEFAULT_SNAP_LIMIT, Profile, RoadNetwork, TravelMatrix};
    use std::sync::Arc;

    /// A random map with all that a graph may hold.
    fn map(seed: u64) -> OsmData {
        let mut rng = Rng::new(seed, 0);
        let mut data = random_data(&mut rng);
        for node in &mut data.nodes {
            node.ele_m = rng.chance(1, 2).then(|| rng.unit() * 3000.0);
            if rng.chance(1, 5) {
                node.tags = [("place", "village"), ("name", "Mill")].into_iter().collect();
            }
        }
        for way in &mut data.ways {
            way.nodes.truncate(2);
        }
        let restriction = |id: i64, rng: &mut Rng| {
            let from = &data.ways[rng.below(data.ways.len())];
            let via = from.nodes[rng.below(2)];
            let to: Vec<i64> =
                data.ways.iter().filter(|w| w.nodes.contains(&via)).map(|w| w.id).collect();
            let kind = ["no_left_turn", "only_straight_on"][rng.below(2)];
            OsmRestriction {
                id,
                kind: kind.into(),
                from: vec![from.id],
                via: Via::Node(via),
                to: vec![to[rng.below(to.len())]],
                tags: [("restriction", kind), ("except", "hgv")].into_iter().collect(),
            }
        };
        data.restrictions = (0..20).map(|id| restriction(id, &mut rng)).collect();
        data
    }

    fn table(graph: RoadGraph, seed: u64) -> TravelMatrix {
        let mut rng = Rng::new(seed, 1);
        let points: Vec<Point> = (0..6).map(|_| random_point(&mut rng)).collect();
        let network: RoadNetwork = Arc::new(graph).network(&Profile::minivan(), &[]);
        network.matrix_swept(&network.snap_all(&points, DEFAULT_SNAP_LIMIT))
    }

    fn code(index: &[u8], extract: &[u8]) -> Code {
        RoadGraph::from_index(index, extract).unwrap_err().faults()[0].code()
    }

    #[test]
    fn what_is_kept_comes_back_whole() {
        let (mut copies, mut places) = (0, 0);
        for seed in 0..300 {
            let graph = RoadGraph::from_osm(&map(seed)).unwrap();
            let bytes = graph.to_index(b"map").unwrap();
            let back = RoadGraph::from_index(&bytes, b"map").unwrap();
            assert_eq!(format!("{back:?}"), format!("{graph:?}"));
            assert_eq!(back.to_index(b"map").unwrap(), bytes);
            copies += graph.turns.copied.len();
            places += graph.places.len();
            assert_eq!(table(back, seed), table(graph, seed));
        }
        assert!(copies > 100 && places > 100, "{copies} copies, {places} places");
    }

    /// The bytes of one made-up map's index. When they change, indexes of before tell other roads:
    /// raise [`FORMAT`] and write the new pair here.
    #[test]
    fn other_bytes_need_another_format() {
        let bytes = (0..20).flat_map(|seed| {
            let graph = RoadGraph::from_osm(&map(seed)).unwrap();
            graph.to_index(b"map").unwrap()[HEAD..].to_vec()
        });
        let digest = Sha256::digest(bytes.collect::<Vec<u8>>());
        let begin = u64::from_be_bytes(digest[..8].try_into().unwrap());
        assert_eq!((FORMAT, begin), (4, 0x6ec4_5974_5ad4_b46c));
    }

    #[test]
    fn a_damaged_index_is_refused_wherever_it_is_damaged() {
        let bytes = RoadGraph::from_osm(&map(3)).unwrap().to_index(b"map").unwrap();
        for length in 0..bytes.len() {
            let code = code(&bytes[..length], b"map");
            assert!(matches!(code, Code::CutOff | Code::Corrupt), "{length} bytes: {code}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                let code = code(&bytes, b"map");
                let expected = match at {
                    8..12 => code == Code::Version,
                    12..44 => code == Code::Contradiction,
                    _ => matches!(code, Code::CutOff | Code::Corrupt),
                };
                assert!(expected, "byte {at}, bit {bit}: {code}");
            }
        }
        let longer = [&bytes[..], b"more"].concat();
        assert_eq!(code(&longer, b"map"), Code::CutOff);
    }

    #[test]
    fn another_map_or_version_or_kind_is_refused() {
        let bytes = RoadGraph::from_osm(&map(1)).unwrap().to_index(b"map").unwrap();
        assert_eq!(code(&bytes, b"mop"), Code::Contradiction);
        let mut older = bytes;
        older[8..12].copy_from_slice(&(FORMAT - 1).to_le_bytes());
        assert_eq!(code(&older, b"map"), Code::Version);
        assert_eq!(code(b"{\"plan\": 1}", b"map"), Code::WrongKind);
    }

    /// Numbers with the right sums may still point anywhere; what is accepted must then do no harm.
    #[test]
    fn a_forged_index_is_refused_or_harmless() {
        let mut accepted = 0;
        let mut rng = Rng::new(7, 0);
        for seed in 0..40 {
            let bytes = RoadGraph::from_osm(&map(seed)).unwrap().to_index(b"map").unwrap();
            for _ in 0..300 {
                let mut bytes = bytes.clone();
                let end = bytes.len() - END.len();
                let at = HEAD + rng.below(end - HEAD);
                bytes[at] = u8::try_from(rng.below(256)).unwrap();
                let sum = Sha256::digest(&bytes[HEAD..end]);
                bytes[44..76].copy_from_slice(&sum);
                if let Ok(graph) = RoadGraph::from_index(&bytes, b"map") {
                    accepted += 1;
                    table(graph, seed);
                }
            }
        }
        assert!(accepted > 1000, "{accepted}");
    }
}
