//! Reads an extract, puts stops on its roads and makes the table between them: what the map holds,
//! how long each part took, and which cells are empty for which reason.
//!
//! `cargo run --release --example road_matrix -- EXTRACT --stops 1000 --svg roads.svg`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to its user")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use lastmile::error::{Code, Fault};
use lastmile::format::write_atomically;
use lastmile::place::Point;
use lastmile::rng::Rng;
use lastmile::road::{DEFAULT_SNAP_LIMIT, OffRoad, Profile, RoadGraph, RoadNetwork, Snap};
use lastmile::{Error, Result};

/// Tables between stops of a road map.
#[derive(Parser)]
#[command(version, about)]
struct Options {
    /// The map: .osm.pbf, .osm or .osm.gz
    extract: PathBuf,
    /// How many stops, drawn near junctions
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    stops: u32,
    /// The seed of the stops
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The vehicle
    #[arg(long, default_value = "minivan")]
    profile: String,
    /// How many threads
    #[arg(long)]
    threads: Option<usize>,
    /// Also makes the table by one search per stop, and compares every cell
    #[arg(long)]
    check: bool,
    /// Where the stops and their snapped places go, as `GeoJSON`
    #[arg(long)]
    geojson: Option<PathBuf>,
    /// Where a picture of the roads goes, coloured by speed
    #[arg(long)]
    svg: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(threads) = options.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1));
        if let Err(error) = pool.build_global() {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

/// Does something and says how long it took.
#[expect(clippy::disallowed_methods, reason = "this program is there to time things")]
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    println!("{what:<28} {:>9.3} s", begun.elapsed().as_secs_f64());
    done
}

fn run(options: &Options) -> Result<()> {
    let profile = Profile::by_name(&options.profile).ok_or_else(|| {
        let expected = format!("one of {}", Profile::NAMES.join(", "));
        Fault::new(Code::UnknownName, expected).field("--profile").value(&options.profile)
    })?;
    let roads = Arc::new(timed("read", || RoadGraph::open(&options.extract))?);
    println!("{}", roads.report());
    let network = timed("network of the vehicle", || roads.network(&profile, &[]));
    let known = network.report();
    println!(
        "{} junctions, {} edges usable, {} strong components, the largest of {}",
        roads.node_points().len(),
        known.edges_usable,
        known.strong_components,
        known.nodes_largest
    );
    timed("order of the junctions", || roads.prepare());
    let points = points(&network, options);
    let stops = timed("snap", || network.snap_all(&points, DEFAULT_SNAP_LIMIT));
    timed("weights and first cell", || network.matrix_swept(&stops[..1]));
    let table = timed("table", || network.matrix_swept(&stops));
    let mut holes: BTreeMap<&str, usize> = BTreeMap::new();
    for (from, to) in (0..stops.len()).flat_map(|i| (0..stops.len()).map(move |j| (i, j))) {
        if let Err(why) = table.leg(from, to) {
            *holes.entry(why.text()).or_default() += 1;
        }
    }
    println!("{} cells, {} empty", stops.len().pow(2), holes.values().sum::<usize>());
    for (why, count) in &holes {
        println!("  {count:>9} {why}");
    }
    if options.check {
        let plain = timed("the same by searches", || network.matrix_searched(&stops));
        if plain != table {
            return Err(Error::internal("the tables differ"));
        }
        println!("every cell is the same");
    }
    if let Some(path) = &options.geojson {
        write_atomically(path, geojson(&points, &stops).as_bytes())?;
    }
    if let Some(path) = &options.svg {
        write_atomically(path, svg(&network).as_bytes())?;
    }
    Ok(())
}

/// Stops within half a kilometre of junctions drawn at random.
fn points(network: &RoadNetwork, options: &Options) -> Vec<Point> {
    let (nodes, mut rng) = (network.graph().node_points(), Rng::new(options.seed, 0));
    let mut stop = || {
        let near = nodes[rng.below(nodes.len())];
        let mut off = || (rng.unit() - 0.5) * 0.008;
        Point::wgs84((near.lat + off()).clamp(-89.9, 89.9), near.lon + off())
    };
    (0..options.stops).map(|_| stop()).collect()
}

/// The stops, each with a line to where it meets the road, or with the reason why it does not.
fn geojson(points: &[Point], stops: &[std::result::Result<Snap, OffRoad>]) -> String {
    let at = |point: Point| serde_json::json!([point.lon, point.lat]);
    let feature = |(number, (&point, stop)): (usize, (&Point, &_))| match stop {
        Ok(snap) => {
            let snap: &Snap = snap;
            serde_json::json!({
                "type": "Feature",
                "properties": {
                    "stop": number, "edge": snap.edge(), "share": snap.share(),
                    "access_m": snap.access().0,
                },
                "geometry": {"type": "LineString", "coordinates": [at(point), at(snap.point())]},
            })
        }
        Err(why) => serde_json::json!({
            "type": "Feature",
            "properties": {"stop": number, "off_road": format!("{why:?}")},
            "geometry": {"type": "Point", "coordinates": at(point)},
        }),
    };
    let features: Vec<_> = points.iter().zip(stops).enumerate().map(feature).collect();
    serde_json::json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// The usable roads, coloured by speed: red is slow, green is fast.
fn svg(network: &RoadNetwork) -> String {
    const WIDTH: f64 = 1200.0;
    let graph = network.graph();
    let nodes = graph.node_points();
    let bounds = |of: &dyn Fn(&Point) -> f64| {
        let values = nodes.iter().map(of);
        values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((west, east), (south, north)) = (bounds(&|p| p.lon), bounds(&|p| p.lat));
    let narrow = f64::midpoint(south, north).to_radians().cos();
    let scale = WIDTH / ((east - west) * narrow).max(1e-6);
    let height = ((north - south) * scale).max(1.0);
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<g fill=\"none\" stroke-width=\"1\">\n"
    );
    for edge in 0..graph.edge_count() {
        let Some(kmh) = network.speed_kmh(edge) else { continue };
        let hue = (kmh.clamp(5.0, 90.0) - 5.0) / 85.0 * 120.0;
        let _ = write!(picture, "<path stroke=\"hsl({hue:.0} 80% 40%)\" d=\"");
        for (i, point) in graph.edge_points(edge).iter().enumerate() {
            let (x, y) = ((point.lon - west) * narrow * scale, (north - point.lat) * scale);
            let _ = write!(picture, "{}{x:.1} {y:.1}", if i == 0 { "M" } else { "L" });
        }
        picture.push_str("\"/>\n");
    }
    picture.push_str("</g>\n</svg>\n");
    picture
}
