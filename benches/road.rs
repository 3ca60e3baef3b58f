//! Roads: building a graph, snapping stops, matrices. The map is the library's made-up rural county:
//! towns with trees of village roads, joined by winding through roads. With `LASTMILE_SHARED` set, the
//! Anhui extract as well.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use lastmile::format::generate::{County, CountySize};
use lastmile::place::Point;
use lastmile::rng::Rng;
use lastmile::road::{DEFAULT_SNAP_LIMIT, Profile, RoadGraph, RoadNetwork};

/// Some 25 towns with 300 villages each: 7,500 villages as in a large county.
const SIZE: CountySize =
    CountySize { stations: 25, villages: 300, camps: 20, far_camps: 2, houses: 400 };

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
    let data = County::new(SIZE, 1).roads;
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
    let snaps = network.snap_all(&points[..500], DEFAULT_SNAP_LIMIT);
    group.bench_function("sparse matrix 500", |b| b.iter(|| network.matrix_sparse(&snaps)));
    let matrix = network.matrix_sparse(&snaps);
    group.bench_function("500 x 500 legs of it", |b| {
        let leg = |from, to| matrix.leg(from, to).map_or(0, |leg| leg.seconds.0);
        b.iter(|| (0..500).flat_map(|i| (0..500).map(move |j| leg(i, j))).sum::<i64>());
    });
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
