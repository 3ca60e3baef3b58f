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
use lastmile::format::road_news::{self, RoadNews};
use lastmile::format::{Calendar, open_roads, write_atomically};
use lastmile::place::Point;
use lastmile::rng::Rng;
use lastmile::road::{DEFAULT_SNAP_LIMIT, OffRoad, Profile, RoadGraph, RoadNetwork, Snap};
use lastmile::units::Metres;
use lastmile::{Error, Result};

/// Tables of more stops are not made.
const TABLE: u32 = 20_000;

/// Tables between stops of a road map.
#[derive(Parser)]
#[command(version, about)]
struct Options {
    /// The map: .osm.pbf, .osm or .osm.gz
    extract: PathBuf,
    /// How many stops, drawn near junctions
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    stops: u32,
    /// Keeps labels of the stops instead of a table, for more than 20,000
    #[arg(long)]
    labels: bool,
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
    /// Keeps the roads and the order of their junctions in this file; later starts read it
    #[arg(long)]
    index: Option<PathBuf>,
    /// Reads what is left of a map of which more than 1 % cannot be read; keeps no index of it
    #[arg(long, conflicts_with = "index")]
    force: bool,
    /// What the station knows of its roads: speeds driven and closures by date, as CSV
    #[arg(long)]
    road_news: Option<PathBuf>,
    /// The day, as 2026-01-28, for seasonal and dated access; without it such conditions are passed over
    #[arg(long)]
    date: Option<String>,
    /// Where the roads are, a region of the speed table: what untagged roads are made of there
    #[arg(long)]
    region: Option<String>,
    /// The longest leg the vehicle drives, km
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    range_km: Option<u32>,
    /// Makes the table so many times, for steadier figures
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    repeat: u32,
    /// Where the figures go, as JSON: seconds of the clock and of the processor, memory
    #[arg(long)]
    figures: Option<PathBuf>,
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

/// How long the parts of the work took.
#[derive(Default)]
struct Figures(Vec<serde_json::Value>);

impl Figures {
    /// Does something so many times and says how long it took each time.
    #[expect(clippy::disallowed_methods, reason = "this program is there to time things")]
    fn times<T>(&mut self, what: &str, times: u32, mut work: impl FnMut() -> T) -> T {
        let (begun, cpu_begun) = (Instant::now(), cpu_seconds());
        let mut done = work();
        for _ in 1..times {
            done = work();
        }
        let seconds = begun.elapsed().as_secs_f64() / f64::from(times);
        let cpu = cpu_seconds().zip(cpu_begun).map(|(end, begun)| (end - begun) / f64::from(times));
        let peak = peak_mib();
        println!(
            "{what:<28} {seconds:>9.4} s  {:>9} s of processor  {:>6} MiB at most so far",
            cpu.map_or("?".into(), |cpu| format!("{cpu:.4}")),
            peak.map_or("?".into(), |peak| format!("{peak:.0}")),
        );
        self.0.push(serde_json::json!({
            "what": what, "seconds": seconds, "cpu_s": cpu, "peak_mib": peak,
        }));
        done
    }

    /// Does something once and says how long it took.
    fn timed<T>(&mut self, what: &str, work: impl FnOnce() -> T) -> T {
        let mut work = Some(work);
        let done = self.times(what, 1, || work.take().map(|work| work()));
        done.expect("it is done once")
    }
}

/// Seconds all cores have worked for this program, where the system tells.
#[cfg(unix)]
#[expect(clippy::cast_precision_loss, reason = "a program does not run for 2^53 seconds")]
fn cpu_seconds() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9;
    // A clock that stands still tells nothing.
    (seconds > 0.0).then_some(seconds)
}

#[cfg(not(unix))]
fn cpu_seconds() -> Option<f64> {
    None
}

/// The most memory this program has had, where the system tells.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// The roads, from the map or the index.
fn roads(options: &Options, figures: &mut Figures) -> Result<Arc<RoadGraph>> {
    let roads = match &options.index {
        None if options.force => {
            figures.timed("read", || RoadGraph::open_lossy(&options.extract))?
        }
        None => figures.timed("read", || RoadGraph::open(&options.extract))?,
        Some(index) => {
            let opened = figures.timed("read", || open_roads(&options.extract, index));
            let (roads, kept) = opened?;
            println!("{kept}");
            roads
        }
    };
    println!("{}\n{}", roads.report().read, roads.report());
    Ok(Arc::new(roads))
}

/// The vehicle on the day, and what the station knows of that day's roads.
fn of_day(mut profile: Profile, options: &Options) -> Result<(Profile, RoadNews)> {
    if let Some(date) = &options.date {
        profile = profile.on(date)?;
    }
    if let Some(region) = &options.region {
        profile = profile.in_region(region)?;
    }
    if let Some(km) = options.range_km {
        profile = profile.reaching(Metres(1000 * i64::from(km)));
    }
    let Some(path) = &options.road_news else { return Ok((profile, RoadNews::default())) };
    let calendar = match &options.date {
        Some(date) => Calendar::new(date, "UTC")?,
        None => Calendar::default(),
    };
    Ok((profile, road_news::read(path, &calendar)?))
}

fn run(options: &Options) -> Result<()> {
    let profile = Profile::by_name(&options.profile).ok_or_else(|| {
        let expected = format!("one of {}", Profile::NAMES.join(", "));
        Fault::new(Code::UnknownName, expected).field("--profile").value(&options.profile)
    })?;
    let (profile, news) = of_day(profile, options)?;
    if options.stops > TABLE && !options.labels {
        let expected = format!("at most {TABLE} stops for a table, or --labels");
        return Err(Fault::new(Code::OutOfRange, expected)
            .field("--stops")
            .value(options.stops)
            .into());
    }
    let mut figures = Figures::default();
    let roads = roads(options, &mut figures)?;
    let network = figures.timed("network of the vehicle", || {
        Arc::new(roads.network_observed(&profile, &news.closures, &news.observed))
    });
    for &number in network.observed_without_effect() {
        eprintln!("note: no road for the speed observed at {:?}", news.observed[number].road);
    }
    for &number in network.closures_without_effect() {
        eprintln!("note: no road for the closure {:?}", news.closures[number].reason);
    }
    let known = network.report();
    println!(
        "{} junctions, {} edges usable, {} strong components, the largest of {}",
        roads.node_points().len(),
        known.edges_usable,
        known.strong_components,
        known.nodes_largest
    );
    figures.timed("order of the junctions", || roads.prepare());
    let points = points(&network, options);
    let stops = figures.timed("snap", || network.snap_all(&points, DEFAULT_SNAP_LIMIT));
    figures.timed("weights and first cell", || network.matrix_swept(&stops[..1]));
    if options.labels {
        labels(options, &network, &stops, &mut figures)?;
        return write_figures(options, figures);
    }
    let table = figures.times("table", options.repeat, || network.matrix_swept(&stops));
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
        let plain = figures.timed("the same by searches", || network.matrix_searched(&stops));
        if plain != table {
            return Err(Error::internal("the tables differ"));
        }
        println!("every cell is the same");
    }
    write_figures(options, figures)?;
    if let Some(path) = &options.geojson {
        write_atomically(path, geojson(&points, &stops).as_bytes())?;
    }
    if let Some(path) = &options.svg {
        write_atomically(path, svg(&network).as_bytes())?;
    }
    Ok(())
}

fn write_figures(options: &Options, figures: Figures) -> Result<()> {
    match &options.figures {
        Some(path) => {
            write_atomically(path, serde_json::Value::Array(figures.0).to_string().as_bytes())
        }
        None => Ok(()),
    }
}

/// So many legs between stops drawn at random are asked for.
const LEGS: usize = 1_000_000;
/// So many stops a table is compared with.
const COMPARED: usize = 400;
/// So many near stops of each are found.
const NEAR: usize = 128;

/// Legs and near stops without a table.
fn labels(
    options: &Options,
    network: &Arc<RoadNetwork>,
    stops: &[std::result::Result<Snap, OffRoad>],
    figures: &mut Figures,
) -> Result<()> {
    println!("labels take {} MiB", network.labels_bytes(stops) >> 20);
    let labels = figures.timed("labels", || network.matrix_labelled(stops));
    let mut rng = Rng::new(options.seed, 1);
    let found = figures.timed("a million legs at random", || {
        let legs = (0..LEGS).map(|_| labels.leg(rng.below(stops.len()), rng.below(stops.len())));
        legs.flatten().count()
    });
    println!("{found} of {LEGS} legs can be driven");
    let near = figures.timed("128 nearest of each", || labels.nearest(NEAR)).unwrap_or_default();
    println!("{} near stops", near.iter().map(Vec::len).sum::<usize>());
    if options.check {
        let few = &stops[..stops.len().min(COMPARED)];
        let table = figures.timed("a table of some by searches", || network.matrix_searched(few));
        let mut pairs = (0..few.len()).flat_map(|i| (0..few.len()).map(move |j| (i, j)));
        if pairs.any(|(from, to)| table.leg(from, to) != labels.leg(from, to)) {
            return Err(Error::internal("the legs differ from the table's"));
        }
        println!("every leg between the first {} is the table's", few.len());
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
