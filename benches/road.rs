//! Roads: building a graph, snapping stops, matrices. The map is a made-up rural county: townships
//! with trees of village roads, joined by winding through roads. With `LASTMILE_SHARED` set, the
//! Anhui extract as well.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use lastmile::place::Point;
use lastmile::rng::Rng;
use lastmile::road::osm::{OsmData, OsmNode, OsmWay};
use lastmile::road::{DEFAULT_SNAP_LIMIT, Profile, RoadGraph, RoadNetwork};

const TOWNSHIPS: usize = 60;
const VILLAGES: usize = 120;

/// A county under construction; nodes are numbered from 0.
struct County {
    data: OsmData,
    rng: Rng,
}

impl County {
    /// The county of a seed.
    fn new(seed: u64) -> Self {
        let mut county = Self { data: OsmData::default(), rng: Rng::new(seed, 0) };
        let mut hubs: Vec<usize> = Vec::new();
        for _ in 0..TOWNSHIPS {
            let (lat, lon) = (38.0 + county.rng.unit(), 90.0 + county.rng.unit());
            let hub = county.node(Point::wgs84(lat, lon));
            let near = county.nearest(&hubs, hub, 2);
            for other in near {
                county.road(hub, other, 12, "tertiary");
            }
            county.township(hub);
            hubs.push(hub);
        }
        county
    }

    fn point(&self, node: usize) -> Point {
        self.data.nodes[node].point
    }

    fn node(&mut self, point: Point) -> usize {
        let id = i64::try_from(self.data.nodes.len()).unwrap_or(i64::MAX);
        self.data.nodes.push(OsmNode { id, point, ele_m: None, tags: no_tags() });
        self.data.nodes.len() - 1
    }

    /// The `count` of `nodes` nearest to `node`.
    fn nearest(&self, nodes: &[usize], node: usize, count: usize) -> Vec<usize> {
        let here = self.point(node);
        let mut near = nodes.to_vec();
        near.sort_by(|&a, &b| {
            here.distance_m(self.point(a)).total_cmp(&here.distance_m(self.point(b)))
        });
        near.truncate(count);
        near
    }

    /// A winding road of so many bends.
    fn road(&mut self, from: usize, to: usize, bends: usize, kind: &str) {
        let (a, b) = (self.point(from), self.point(to));
        let mut nodes = vec![from];
        for bend in 1..=bends {
            #[expect(clippy::cast_precision_loss, reason = "a dozen bends")]
            let t = bend as f64 / (bends + 1) as f64;
            let mut off = || (self.rng.unit() - 0.5) * 0.004;
            let (north, east) = (off(), off());
            let point = Point::wgs84(
                a.lat + (b.lat - a.lat) * t + north,
                a.lon + (b.lon - a.lon) * t + east,
            );
            nodes.push(self.node(point));
        }
        nodes.push(to);
        let id = i64::try_from(self.data.ways.len()).unwrap_or(i64::MAX);
        let nodes = nodes.into_iter().map(|n| i64::try_from(n).unwrap_or(i64::MAX)).collect();
        let tags = [("highway", kind)].into_iter().collect();
        self.data.ways.push(OsmWay { id, nodes, tags });
    }

    /// Villages around a hub, each joined to the nearest before it, some to two.
    fn township(&mut self, hub: usize) {
        let (middle, mut known) = (self.point(hub), vec![hub]);
        for _ in 0..VILLAGES {
            let mut off = || (self.rng.unit() - 0.5) * 0.12;
            let (north, east) = (off(), off());
            let village = self.node(Point::wgs84(middle.lat + north, middle.lon + east));
            let joins = 1 + usize::from(self.rng.chance(1, 4));
            for other in self.nearest(&known, village, joins) {
                let kind = ["track", "unclassified", "residential"][self.rng.below(3)];
                self.road(village, other, 4, kind);
            }
            known.push(village);
        }
    }
}

fn no_tags() -> lastmile::road::osm::Tags {
    std::iter::empty::<(&str, &str)>().collect()
}

/// Stops within half a kilometre of junctions drawn at random.
fn stops(network: &RoadNetwork, count: usize) -> Vec<Point> {
    let (nodes, mut rng) = (network.graph().node_points(), Rng::new(7, 0));
    let mut stop = || {
        let near = nodes[rng.below(nodes.len())];
        let mut off = || (rng.unit() - 0.5) * 0.008;
        Point::wgs84(near.lat + off(), near.lon + off())
    };
    (0..count).map(|_| stop()).collect()
}

fn county(c: &mut Criterion) {
    let data = County::new(1).data;
    let mut group = c.benchmark_group("county");
    group.sample_size(10);
    group.bench_function("build", |b| b.iter(|| RoadGraph::from_osm(black_box(&data))));
    let Ok(graph) = RoadGraph::from_osm(&data).map(Arc::new) else { return };
    group.bench_function("network", |b| b.iter(|| graph.network(&Profile::minivan(), &[])));
    let network = graph.network(&Profile::minivan(), &[]);
    let points = stops(&network, 600);
    group.bench_function("index and snap 600", |b| {
        b.iter(|| graph.network(&Profile::minivan(), &[]).snap_all(&points, DEFAULT_SNAP_LIMIT));
    });
    group.bench_function("snap 600", |b| {
        b.iter(|| network.snap_all(&points, DEFAULT_SNAP_LIMIT));
    });
    for count in [100, 500] {
        let snaps = network.snap_all(&points[..count], DEFAULT_SNAP_LIMIT);
        group.bench_function(format!("matrix {count}"), |b| b.iter(|| network.matrix(&snaps)));
    }
    group.finish();
}

fn anhui(c: &mut Criterion) {
    let Some(shared) = std::env::var_os("LASTMILE_SHARED") else { return };
    let path = Path::new(&shared).join("osm/china-anhui-2017-10.osm.pbf");
    let mut group = c.benchmark_group("anhui");
    group.sample_size(10);
    group.bench_function("open to network", |b| {
        b.iter(|| {
            let graph = RoadGraph::open(&path).map(Arc::new);
            graph.map(|graph| graph.network(&Profile::minivan(), &[]))
        });
    });
    let Ok(data) = lastmile::road::osm::read(&path) else { return };
    group.bench_function("build", |b| b.iter(|| RoadGraph::from_osm(&data)));
    let Ok(graph) = RoadGraph::from_osm(&data).map(Arc::new) else { return };
    let network = graph.network(&Profile::minivan(), &[]);
    let snaps = network.snap_all(&stops(&network, 300), DEFAULT_SNAP_LIMIT);
    group.bench_function("matrix 300", |b| b.iter(|| network.matrix(&snaps)));
    group.finish();
}

criterion_group!(benches, county, anhui);
criterion_main!(benches);
