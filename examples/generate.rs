//! Makes an invented rural day and writes it as a day file with its map, to be planned with
//! `cargo run --release --example plan -- --day DIR/day.json`, or for other solvers.
//!
//! Exit codes: 0 written, 2 wrong usage, 3 the day cannot be made, 5 output could not be written.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use flate2::{Compression, GzBuilder};
use lastmile::format::generate::{Rural, RuralDay};
use lastmile::format::{day, export, write_atomically};
use lastmile::problem::Problem;
use lastmile::road::osm;
use lastmile::{Error, Result};

/// Makes an invented rural day: roads, villages, camps, a fleet, and the orders it can just serve.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Options {
    /// How many orders, up to a million
    #[arg(long, value_name = "N")]
    orders: usize,
    /// How many vehicles; two and one more for each 260 orders if absent
    #[arg(long, value_name = "K")]
    vehicles: Option<usize>,
    /// The seed of all chance; the same numbers give the same bytes
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Also writes the day for another solver, as far as it can say it: vroom.json or pyvrp.json
    #[arg(long, value_name = "SOLVER", value_enum)]
    export: Vec<Solver>,
    /// The folder for day.json and roads.osm.gz
    #[arg(long, default_value = "generated", value_name = "DIR")]
    out: PathBuf,
}

/// A solver to write for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Solver {
    Vroom,
    Pyvrp,
}

/// The map's name beside the day file.
const ROADS: &str = "roads.osm.gz";

fn main() -> ExitCode {
    match work(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn work(options: &Options) -> Result<()> {
    let vehicles = options.vehicles.unwrap_or_else(|| Rural::usual_vehicles(options.orders));
    let mut made = Rural::new(options.orders, vehicles, options.seed)?.make();
    let folder = &options.out;
    std::fs::create_dir_all(folder).map_err(|error| Error::unwritable(folder, error))?;
    made.day.roads = Some(ROADS.into());
    write_atomically(&folder.join("day.json"), day::write(&made.day).as_bytes())?;
    let roads = folder.join(ROADS);
    let packed = gzip(osm::to_xml(&made.roads).as_bytes());
    write_atomically(&roads, &packed.map_err(|error| Error::unwritable(&roads, error))?)?;
    let mut text = summary(&made, vehicles, folder);
    if !options.export.is_empty() {
        let problem = made.problem()?;
        for &solver in &options.export {
            text.push_str(&write_for(solver, &problem, folder)?);
        }
    }
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| Error::unwritable(Path::new("standard output"), error))
}

/// Writes the day for a solver; what its file does not say, to be told.
fn write_for(solver: Solver, problem: &Problem, folder: &Path) -> Result<String> {
    let (name, export) = match solver {
        Solver::Vroom => ("vroom.json", export::vroom(problem)?),
        Solver::Pyvrp => ("pyvrp.json", export::pyvrp(problem)?),
    };
    write_atomically(&folder.join(name), export.text.as_bytes())?;
    Ok(format!("{name} does not say:\n  {}\n", export.left_out.join("\n  ")))
}

/// No name, no time, no operating system: the same bytes on every run.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let builder = GzBuilder::new().mtime(0).operating_system(255);
    let mut encoder = builder.write(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn summary(made: &RuralDay, vehicles: usize, folder: &Path) -> String {
    format!(
        "{} orders, {vehicles} vehicles, {} stations, {} road nodes; written to {}\n",
        made.day.orders.len(),
        made.day.stations.len(),
        made.roads.nodes.len(),
        folder.display()
    )
}
