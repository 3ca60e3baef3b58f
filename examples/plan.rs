//! The courier's program: plans a day and writes the sheet to take along.
//!
//! Without arguments it plans the embedded Huatugou day. Exit codes: 0 everything is planned, 4
//! planned but some orders are unserved or rejected, 2 wrong usage, 3 input refused, 5 output could
//! not be written, 130 interrupted by Ctrl-C or TERM (the best plan so far is written), 1 a bug of
//! ours.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use lastmile::error::{Code, Fault};
use lastmile::format::day::MOST_ORDERS;
use lastmile::format::generate::{self, GenerateOptions};
use lastmile::format::{self, Day, Orders, embedded, road_news, surroundings, write_atomically};
use lastmile::optimizer::{self, Progress, StopRule};
use lastmile::place::{Datum, Point};
use lastmile::plan::{self, Plan};
use lastmile::problem::{Builder, Excursions, Order, Problem, Vehicle};
use lastmile::report::{self, ComplianceOptions, Kpi, SheetOptions};
use lastmile::road::{Elevation, RoadGraph};
use lastmile::{Error, Result};

/// Plans the day of a delivery station.
#[derive(Debug, Parser)]
#[command(version, about)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Options {
    /// The day file (JSON, see fixtures/day.schema.json) instead of the embedded Huatugou day
    #[arg(long, value_name = "FILE")]
    day: Option<PathBuf>,
    /// The map (.osm.pbf, .osm, .osm.gz) instead of the embedded or the day file's
    #[arg(long, value_name = "FILE")]
    roads: Option<PathBuf>,
    /// Heights of the ground: an SRTM tile (.hgt, .hgt.zip) or a folder of them; may be given again
    #[arg(long, value_name = "PATH")]
    heights: Vec<PathBuf>,
    /// Keeps the map's roads in this file, so that later starts need not read the map
    #[arg(long, value_name = "FILE")]
    index: Option<PathBuf>,
    /// Reads what is left of a map of which more than 1 % cannot be read, or of a .osm.pbf that is cut
    /// off; keeps no index of it
    #[arg(long, conflicts_with = "index", requires = "roads")]
    force: bool,
    /// What the station knows of its roads: speeds driven and closures by date, as CSV
    #[arg(long, value_name = "FILE")]
    road_news: Option<PathBuf>,
    /// Where the roads are, a region of the speed table: what untagged roads are made of there
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// Plans a generated day for a station here instead of the day's own
    #[arg(long, value_name = "LAT,LON", value_parser = point, allow_hyphen_values = true)]
    station: Option<Point>,
    /// How many orders, generated beyond the day's own; or a CSV file of orders instead of them
    #[arg(long, value_name = "N|FILE", value_parser = wanted)]
    orders: Option<Wanted>,
    /// The datum of the coordinates in the CSV file
    #[arg(long, default_value = "wgs84", value_parser = datum)]
    datum: Datum,
    /// Plans without the rows of the CSV file that have faults
    #[arg(long)]
    skip_bad_rows: bool,
    /// Ends after so many seconds, reading and writing included
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time_limit: Option<f64>,
    /// Stops after so many steps; the same steps, seed and threads give the same plan
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// How many searches run side by side
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// The seed of all chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Whether goods may leave their class as far as a manufacturer's document allows: documented or
    /// never, instead of what the day file says
    #[arg(long, value_name = "POLICY", value_parser = excursions)]
    excursions: Option<Excursions>,
    /// Who forecast the weather and when, for the cold-chain report
    #[arg(long, default_value = "", value_name = "TEXT")]
    weather_source: String,
    /// The folder for plan.json, routes.geojson, sheet.html, and the tables and pages of cold goods
    #[arg(long, default_value = "out", value_name = "DIR")]
    out: PathBuf,
    /// Prints phone numbers in full on the sheet, not masked
    #[arg(long)]
    phones: bool,
    /// Prints no timetable
    #[arg(long)]
    quiet: bool,
}

/// What `--orders` asks for.
#[derive(Clone, Debug)]
enum Wanted {
    Count(usize),
    Sheet(PathBuf),
}

fn excursions(text: &str) -> std::result::Result<Excursions, String> {
    match text {
        "documented" => Ok(Excursions::Documented),
        "never" => Ok(Excursions::Never),
        _ => Err("documented or never".into()),
    }
}

/// Seconds of search when no limit is given.
const SECONDS: f64 = 4.0;
/// What checking and writing a plan takes for each order, about.
const WRITING: Duration = Duration::from_micros(200);
/// The most memory a search may take.
const MEMORY: usize = 16 << 30;

fn main() -> ExitCode {
    let options = Options::parse();
    match work(&options) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the limit is the whole program's, not the search's")]
fn work(options: &Options) -> Result<u8> {
    let begun = Instant::now();
    let signal = listen();
    spare_inputs(options)?;
    let (problem, rejected) = read(options)?;
    let threads = options.threads.map_or_else(cores, usize::from);
    optimizer::check_memory(&problem, threads, MEMORY)?;
    prepare_folder(&options.out)?;
    let orders = u32::try_from(problem.orders().len()).unwrap_or(u32::MAX);
    let spent = (begun.elapsed() + WRITING * orders).as_secs_f64();
    let plan = optimizer::solve(&problem, &rule(options, threads, &signal, spent));
    plan::check(&plan)?;
    write_all(&plan, options)?;
    show(&plan, options)?;
    Ok(match signal.number.load(Ordering::Relaxed) {
        _ if !plan.header().interrupted && plan.unserved().is_empty() && rejected == 0 => 0,
        _ if !plan.header().interrupted => 4,
        _ => 130,
    })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The day, and how many rows of its orders were rejected.
fn read(options: &Options) -> Result<(Arc<Problem>, usize)> {
    let mut day = match (&options.day, options.station) {
        (Some(path), _) => format::day::read(path)?,
        (None, Some(point)) => generated(point)?,
        (None, None) => embedded::huatugou()?,
    };
    day.excursions = options.excursions.unwrap_or(day.excursions);
    let folder = options.day.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let beside = |name: &String| folder.join(name);
    let own = day.roads.as_ref().filter(|_| options.day.is_some()).map(beside);
    let graph = roads(options.roads.as_ref().or(own.as_ref()), options)?;
    let own: Vec<PathBuf> = day.heights.iter().map(beside).collect();
    let graph = Arc::new(on_ground(graph, own.iter().chain(&options.heights))?);
    let rejected = add_orders(&mut day, &graph, options)?;
    let mut closures = std::mem::take(&mut day.closures);
    let own = day.road_news.as_ref().map(beside);
    let news = options.road_news.as_ref().or(own.as_ref());
    let news = news.map(|path| road_news::read(path, &day.calendar));
    let news = news.transpose()?.unwrap_or_default();
    closures.extend(news.closures);
    let (builder, notes) = day.into_builder();
    for note in notes {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
    let builder = closures.into_iter().fold(builder, Builder::close);
    let builder = news.observed.into_iter().fold(builder, Builder::observe);
    let builder = options.region.iter().fold(builder, Builder::region);
    Ok((builder.build(&graph)?, rejected))
}

/// The roads on the ground of these tiles.
fn on_ground<'p>(
    roads: RoadGraph,
    heights: impl Iterator<Item = &'p PathBuf>,
) -> Result<RoadGraph> {
    let mut ground = Elevation::new();
    let mut is_known = false;
    for path in heights {
        ground.open(path)?;
        is_known = true;
    }
    Ok(if is_known { roads.on_ground(&ground) } else { roads })
}

/// The roads of the map, or those embedded; says what became of the index.
fn roads(map: Option<&PathBuf>, options: &Options) -> Result<RoadGraph> {
    match (map, &options.index) {
        (Some(map), Some(index)) => {
            let (roads, kept) = format::open_roads(map, index)?;
            if !matches!(kept, format::IndexUse::Read) {
                let _ = writeln!(std::io::stderr(), "note: {kept}");
            }
            Ok(roads)
        }
        (Some(map), None) if options.force => {
            let roads = RoadGraph::open_lossy(map)?;
            let _ = writeln!(std::io::stderr(), "note: {}", roads.report().read);
            Ok(roads)
        }
        (Some(map), None) => RoadGraph::open(map),
        (None, None) => embedded::roads(),
        (None, Some(index)) => {
            let fault = Fault::new(Code::Usage, "an index only beside a map (--roads)");
            Err(fault.field("--index").value(index.display()).into())
        }
    }
}

/// The Huatugou fleet at another place, without its orders.
fn generated(point: Point) -> Result<Day> {
    let mut day = embedded::huatugou()?;
    day.orders.clear();
    day.stations = day.stations.into_iter().map(|station| station.moved_to(point)).collect();
    Ok(day)
}

/// Replaces or grows the orders of a day as the options say.
fn add_orders(day: &mut Day, graph: &Arc<RoadGraph>, options: &Options) -> Result<usize> {
    let path = match &options.orders {
        None => return Ok(0),
        Some(Wanted::Sheet(path)) => path,
        Some(Wanted::Count(count)) => {
            day.orders.truncate(*count);
            let more = count - day.orders.len();
            let extra = invented(day, graph, more, options.seed);
            day.orders.extend(extra);
            return Ok(0);
        }
    };
    let sheet = Orders::read_of(path, options.datum, day)?;
    for note in sheet.notes() {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
    if !options.skip_bad_rows {
        day.orders = sheet.all_or_error()?;
        return Ok(0);
    }
    let rejected = sheet.rejected().len();
    for fault in sheet.rejected() {
        let _ = writeln!(std::io::stderr(), "rejected: {fault}");
    }
    day.orders = sheet.into_orders();
    Ok(rejected)
}

/// Orders drawn around the station.
fn invented(day: &Day, graph: &Arc<RoadGraph>, count: usize, seed: u64) -> Vec<Order> {
    let station = &day.stations[0];
    let places = surroundings(graph, station.point(), seed);
    let mut kinds = GenerateOptions::around(station.point());
    let trucks = || station.trucks().iter();
    kinds.inbound_trucks =
        trucks().filter(|t| t.ready_at().is_some()).map(|t| t.id().to_owned()).collect();
    kinds.outbound_truck = trucks().find(|t| t.cut_off().is_some()).map(|t| t.id().to_owned());
    let skills = station.vehicles().iter().flat_map(Vehicle::skills);
    kinds.serve_skill = skills.min().cloned().unwrap_or_default();
    generate::orders(count, seed, &places, &kinds)
}

/// What Ctrl-C sets.
struct Signal {
    flag: Arc<AtomicBool>,
    number: Arc<AtomicU8>,
}

/// The first Ctrl-C (or TERM) ends the search with the best plan so far, the second the program.
fn listen() -> Signal {
    let signal = Signal { flag: Arc::default(), number: Arc::default() };
    let (flag, number) = (Arc::clone(&signal.flag), Arc::clone(&signal.number));
    let heard = ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        if number.fetch_add(1, Ordering::Relaxed) > 0 {
            std::process::exit(130);
        }
    });
    if let Err(error) = heard {
        let _ = writeln!(std::io::stderr(), "note: Ctrl-C will not be caught: {error}");
    }
    signal
}

/// When to stop, given the seconds that go to everything but the search.
fn rule(options: &Options, threads: usize, signal: &Signal, spent: f64) -> StopRule {
    let left = |limit: f64| (limit - spent).max(0.0);
    let rule = match (options.steps, options.time_limit.map(left)) {
        (Some(steps), Some(seconds)) => StopRule::steps(steps).or_seconds(seconds),
        (Some(steps), None) => StopRule::steps(steps),
        (None, seconds) => StopRule::seconds(seconds.unwrap_or(SECONDS)),
    };
    let rule = rule.seed(options.seed).threads(threads).or_flag(Arc::clone(&signal.flag));
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) { rule.progress(tell) } else { rule }
}

fn tell(now: Progress) {
    let cost = now.cost.as_f64() / 1e6;
    let (seconds, steps, unserved) = (now.seconds, now.steps, now.unserved);
    let line = format!("\r{seconds:6.1} s {steps:9} steps {unserved:4} unserved {cost:10.2}");
    let _ = write!(std::io::stderr(), "{line}");
}

/// What is written into the folder.
const OUTPUTS: [&str; 3] = ["plan.json", "routes.geojson", "sheet.html"];
/// What is written beside it when there are cold goods; otherwise such files are taken away.
const COLD_OUTPUTS: [&str; 3] = ["cold.html", "cold.csv", "cold_boxes.csv"];

/// Every name the folder may get.
fn outputs() -> impl Iterator<Item = &'static str> {
    OUTPUTS.into_iter().chain(COLD_OUTPUTS)
}

/// No output may take the place of an input.
fn spare_inputs(options: &Options) -> Result<()> {
    let sheet = match &options.orders {
        Some(Wanted::Sheet(path)) => Some(path),
        Some(Wanted::Count(_)) | None => None,
    };
    for input in options
        .day
        .iter()
        .chain(sheet)
        .chain(&options.roads)
        .chain(&options.index)
        .chain(&options.road_news)
        .chain(&options.heights)
    {
        let same = |name: &str| is_same_file(&options.out.join(name), input);
        if outputs().any(same) {
            let fault = Fault::new(Code::Usage, "a folder whose files are not read for this plan");
            return Err(fault.field("--out").value(input.display()).into());
        }
    }
    Ok(())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// The folder must take files before the search begins.
fn prepare_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Error::unwritable(folder, error))?;
    tempfile::tempfile_in(folder).map_err(|error| Error::unwritable(folder, error))?;
    for path in outputs().map(|name| folder.join(name)) {
        if path.is_dir() {
            return Err(Error::unwritable(&path, std::io::ErrorKind::IsADirectory.into()));
        }
    }
    Ok(())
}

fn write_all(plan: &Plan, options: &Options) -> Result<()> {
    let folder = &options.out;
    let sheet = SheetOptions { mask_phones: !options.phones };
    let mut legs = |vehicle, from, to| plan.problem().way(vehicle, from, to);
    let texts = [
        report::plan_json(plan),
        report::geojson(plan, &mut legs),
        report::sheet_html_with(plan, &mut legs, sheet),
    ];
    for (name, text) in OUTPUTS.into_iter().zip(texts) {
        write_atomically(&folder.join(name), text.as_bytes())?;
    }
    write_cold(plan, options)
}

/// The cold-chain report. An old one must not lie beside a plan it does not belong to.
fn write_cold(plan: &Plan, options: &Options) -> Result<()> {
    let known =
        ComplianceOptions { weather_source: options.weather_source.clone(), ..Default::default() };
    let texts = [
        report::compliance_html(plan, &known)?,
        report::compliance_csv(plan, &known)?,
        report::box_csv(plan)?,
    ];
    for (name, text) in COLD_OUTPUTS.into_iter().zip(texts) {
        let path = options.out.join(name);
        match text {
            Some(text) => write_atomically(&path, text.as_bytes())?,
            // A file of the same name that is not one of ours stays.
            None if is_prediction(&path) => {
                std::fs::remove_file(&path).map_err(|error| Error::unwritable(&path, error))?;
            }
            None => {}
        }
    }
    Ok(())
}

/// True for a report of cold goods, by the mark each carries.
fn is_prediction(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.contains("PREDICTED"))
}

fn show(plan: &Plan, options: &Options) -> Result<()> {
    let header = plan.header();
    let table =
        if options.quiet { format!("{}\n", Kpi::of(plan)) } else { report::timetable(plan) };
    let (steps, seed, threads) = (header.steps(), header.seed, header.threads);
    let out = options.out.display();
    let worse = report::robustness_text(plan)?;
    let names: Vec<&str> = outputs().filter(|name| options.out.join(name).is_file()).collect();
    let names = names.join(", ");
    let text = format!(
        "{table}{worse}{steps} steps, seed {seed}, {threads} threads; audited; written to \
         {out}/{names}\n"
    );
    match std::io::stdout().write_all(text.as_bytes()) {
        // The reader of a pipe may leave early; the plan is on disk.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Error::unwritable(Path::new("standard output"), error)),
    }
}

/// A number is a count, anything else the name of a sheet.
fn wanted(text: &str) -> std::result::Result<Wanted, String> {
    if text.parse::<f64>().is_err() {
        return Ok(Wanted::Sheet(text.into()));
    }
    let count = text.parse().ok().filter(|count| *count <= MOST_ORDERS).map(Wanted::Count);
    count.ok_or_else(|| format!("expected a whole number up to {MOST_ORDERS}, or a file"))
}

fn point(text: &str) -> std::result::Result<Point, String> {
    let bad = || "expected latitude and longitude in degrees, as 32.9,115.8".to_owned();
    let (lat, lon) = text.split_once(',').ok_or_else(bad)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| bad());
    let point = Point::wgs84(number(lat)?, number(lon)?);
    if point.is_on_globe() { Ok(point) } else { Err(bad()) }
}

fn datum(text: &str) -> std::result::Result<Datum, String> {
    match text {
        "wgs84" => Ok(Datum::Wgs84),
        "gcj02" => Ok(Datum::Gcj02),
        "bd09" => Ok(Datum::Bd09),
        _ => Err("expected wgs84, gcj02 or bd09".into()),
    }
}

fn seconds(text: &str) -> std::result::Result<f64, String> {
    let bad = || Fault::new(Code::Usage, "seconds from 0 to 86400").value(text).to_string();
    let value: f64 = text.parse().map_err(|_| bad())?;
    if (0.0..=86_400.0).contains(&value) { Ok(value) } else { Err(bad()) }
}
