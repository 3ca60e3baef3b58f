//! Nodes, ways, curved lines, road lengths, and their OpenStreetMap XML.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::f64::consts::{PI, TAU};
use std::fmt::Write as _;

use lastmile::place::Point;
use lastmile::rng::Rng;

/// Metres of one degree of latitude, mean sphere of 6371 km.
const DEGREE_M: f64 = 111_195.0;

/// Key and value of a tag.
pub(crate) type Tag = (&'static str, &'static str);

/// A point with its height and tags. Its id is its index plus one.
pub(crate) struct Node {
    pub(crate) point: Point,
    /// Height above the sea, m.
    pub(crate) height_m: f64,
    pub(crate) tags: Vec<Tag>,
}

/// A line through nodes. Its id is its index plus one.
pub(crate) struct Way {
    pub(crate) nodes: Vec<usize>,
    pub(crate) tags: Vec<Tag>,
}

/// How a line runs between its ends.
#[derive(Clone, Copy)]
pub(crate) struct Course {
    /// How far the curves turn aside, metres aside per metre along.
    pub(crate) swing: f64,
    /// Longest wave, m.
    pub(crate) wave_m: f64,
    /// Least and greatest distance between nodes, m.
    pub(crate) spacing_m: (f64, f64),
}

/// All nodes and ways.
#[derive(Default)]
pub(crate) struct Net {
    pub(crate) nodes: Vec<Node>,
    pub(crate) ways: Vec<Way>,
}

/// `from` moved east and north by so many metres.
pub(crate) fn moved(from: Point, east_m: f64, north_m: f64) -> Point {
    let lat = from.lat + north_m / DEGREE_M;
    Point::wgs84(lat, from.lon + east_m / (DEGREE_M * from.lat.to_radians().cos()))
}

/// Metres east and north from one point to another.
pub(crate) fn offset_m(from: Point, to: Point) -> (f64, f64) {
    let east = (to.lon - from.lon) * DEGREE_M * from.lat.to_radians().cos();
    (east, (to.lat - from.lat) * DEGREE_M)
}

/// A number from `low` to `high`.
pub(crate) fn pick(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.unit()
}

/// The points strictly between two ends of a curved line: three waves of random phase, fading to
/// nothing at both ends.
pub(crate) fn curve(from: Point, to: Point, course: Course, rng: &mut Rng) -> Vec<Point> {
    let (east, north) = offset_m(from, to);
    let length = east.hypot(north);
    if length < 1.5 * course.spacing_m.0 {
        return Vec::new();
    }
    let waves: Vec<(f64, f64)> = [1.0, 0.43, 0.19]
        .iter()
        .map(|part| (pick(rng, 0.7, 1.0) * part * course.wave_m.min(length), pick(rng, 0.0, TAU)))
        .collect();
    let mut points = Vec::new();
    let mut along = pick(rng, course.spacing_m.0, course.spacing_m.1);
    while along < length - course.spacing_m.0 * 0.5 {
        let fade = (PI * along / length).sin();
        let aside: f64 = waves
            .iter()
            .map(|(wave, phase)| course.swing * wave / TAU * (TAU * along / wave + phase).sin())
            .sum();
        let (x, y) = (along / length, aside * fade / length);
        points.push(moved(from, east * x - north * y, north * x + east * y));
        along += pick(rng, course.spacing_m.0, course.spacing_m.1);
    }
    points
}

impl Net {
    /// Adds a node.
    pub(crate) fn node(&mut self, point: Point, height_m: f64, tags: &[Tag]) -> usize {
        self.nodes.push(Node { point, height_m, tags: tags.to_vec() });
        self.nodes.len() - 1
    }

    /// Adds a way.
    pub(crate) fn way(&mut self, nodes: Vec<usize>, tags: &[Tag]) {
        assert!(nodes.len() >= 2, "a way has two nodes");
        self.ways.push(Way { nodes, tags: tags.to_vec() });
    }

    /// The nodes of a curved line, both ends included; the height runs from one to the other.
    pub(crate) fn line(
        &mut self,
        from: usize,
        to: usize,
        course: Course,
        rng: &mut Rng,
    ) -> Vec<usize> {
        let (start, end) = (&self.nodes[from], &self.nodes[to]);
        let (start_m, rise_m) = (start.height_m, end.height_m - start.height_m);
        let points = curve(start.point, end.point, course, rng);
        let (origin, span_m) = (start.point, start.point.distance_m(end.point));
        let mut nodes = vec![from];
        for point in points {
            let share = (origin.distance_m(point) / span_m).min(1.0);
            let ripple = pick(rng, -3.0, 3.0) * (span_m / 2000.0).min(1.0);
            nodes.push(self.node(point, start_m + rise_m * share + ripple, &[]));
        }
        nodes.push(to);
        nodes
    }

    /// Road length from one node to every other, m; infinite where no road leads all year round to
    /// everyone. Dijkstra 1959 on all ways but private, seasonal and non-road ones.
    pub(crate) fn lengths_m(&self, from: usize) -> Vec<f64> {
        let arcs = self.arcs();
        let mut best = vec![u64::MAX; self.nodes.len()];
        let mut queue = BinaryHeap::from([(Reverse(0), from)]);
        best[from] = 0;
        // Bounded: every arc is pushed at most once per improvement of its tail, which is settled once.
        while let Some((Reverse(length), node)) = queue.pop() {
            if length > best[node] {
                continue;
            }
            for &(next, arc) in &arcs[node] {
                if length + arc < best[next] {
                    best[next] = length + arc;
                    queue.push((Reverse(length + arc), next));
                }
            }
        }
        best.into_iter()
            .map(|mm| if mm == u64::MAX { f64::INFINITY } else { millimetres_as_m(mm) })
            .collect()
    }

    /// Per node its neighbours and the distance to them, mm.
    fn arcs(&self) -> Vec<Vec<(usize, u64)>> {
        let mut arcs = vec![Vec::new(); self.nodes.len()];
        for way in self.ways.iter().filter(|way| is_open(way)) {
            for pair in way.nodes.windows(2) {
                let length = self.nodes[pair[0]].point.distance_m(self.nodes[pair[1]].point);
                if !way.tags.contains(&("oneway", "-1")) {
                    arcs[pair[0]].push((pair[1], as_millimetres(length)));
                }
                if !way.tags.contains(&("oneway", "yes")) {
                    arcs[pair[1]].push((pair[0], as_millimetres(length)));
                }
            }
        }
        arcs
    }

    /// OpenStreetMap XML 0.6.
    pub(crate) fn to_xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.push_str("<osm version=\"0.6\" generator=\"lastmile make_huatugou\">\n");
        let lats: Vec<f64> = self.nodes.iter().map(|node| node.point.lat).collect();
        let lons: Vec<f64> = self.nodes.iter().map(|node| node.point.lon).collect();
        let (south, north) = span(&lats);
        let (west, east) = span(&lons);
        // Writing to a String cannot fail.
        let _ = writeln!(
            xml,
            " <bounds minlat=\"{south:.6}\" minlon=\"{west:.6}\" maxlat=\"{north:.6}\" maxlon=\"{east:.6}\"/>"
        );
        for (i, node) in self.nodes.iter().enumerate() {
            let Point { lat, lon } = node.point;
            let id = i + 1;
            let _ = writeln!(
                xml,
                " <node id=\"{id}\" version=\"1\" lat=\"{lat:.6}\" lon=\"{lon:.6}\">"
            );
            let _ = writeln!(xml, "  <tag k=\"ele\" v=\"{:.0}\"/>", node.height_m);
            write_tags(&mut xml, &node.tags);
            xml.push_str(" </node>\n");
        }
        for (i, way) in self.ways.iter().enumerate() {
            let _ = writeln!(xml, " <way id=\"{}\" version=\"1\">", i + 1);
            for node in &way.nodes {
                let _ = writeln!(xml, "  <nd ref=\"{}\"/>", node + 1);
            }
            write_tags(&mut xml, &way.tags);
            xml.push_str(" </way>\n");
        }
        xml.push_str("</osm>\n");
        xml
    }
}

/// True for roads everyone may use all year.
pub(crate) fn is_open(way: &Way) -> bool {
    let has = |key| way.tags.iter().any(|tag| tag.0 == key);
    has("highway") && !has("access:conditional") && !way.tags.contains(&("access", "private"))
}

fn write_tags(xml: &mut String, tags: &[Tag]) {
    for (key, value) in tags {
        assert!(!value.contains(['<', '>', '&', '"']), "plain text needs no escape: {value}");
        let _ = writeln!(xml, "  <tag k=\"{key}\" v=\"{value}\"/>");
    }
}

fn span(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
        (low.min(value), high.max(value))
    })
}

#[expect(clippy::cast_possible_truncation, reason = "road segments are below 2^53 mm")]
#[expect(clippy::cast_sign_loss, reason = "a distance is not negative")]
fn as_millimetres(metres: f64) -> u64 {
    (metres * 1000.0).round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "road lengths are below 2^53 mm")]
fn millimetres_as_m(millimetres: u64) -> f64 {
    millimetres as f64 / 1000.0
}
