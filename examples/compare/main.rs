//! Runs the crate's heuristics over a suite of benchmark instances, one run after another, and
//! compares them: a table as text and CSV, every run as CSV, and a chart of how the gap to the best
//! known costs falls with time.
//!
//! A suite is a text file with one instance a line, its path below `--instances`; `#` begins a
//! comment. Exit codes: 0 all runs are done, 2 wrong usage, 3 input refused, 5 output could not be
//! written, 1 a bug of ours (a plan that fails its audit).

mod chart;
mod table;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use clap::Parser;
use lastmile::error::{Code, Fault};
use lastmile::format::benchmark::{self, Benchmark, BestKnown, Format, Options};
use lastmile::format::write_atomically;
use lastmile::optimizer::{self, Heuristic, StopRule};
use lastmile::plan;
use lastmile::{Error, Result};

/// Compares the heuristics over a suite of benchmark instances.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// The list of instances, one relative path a line
    #[arg(long, value_name = "FILE", required_unless_present = "list")]
    suite: Option<PathBuf>,
    /// The folder the paths of the list begin in
    #[arg(long, value_name = "DIR", default_value = ".")]
    instances: PathBuf,
    /// The heuristics to run, by name, with commas between; or all
    #[arg(long, value_name = "NAMES", default_value = "all", value_parser = heuristics)]
    heuristics: Chosen,
    /// How long each run may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    time_limit: f64,
    /// How many runs of each heuristic on each instance, with seeds from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// How many searches run side by side within a run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// The table of best known costs, with the columns instance, cost and convention; the file
    /// bks.csv of the instances' folder unless given
    #[arg(long, value_name = "CSV")]
    bks: Option<PathBuf>,
    /// The folder for table.txt, table.csv, runs.csv and curves.svg
    #[arg(long, default_value = "out", value_name = "DIR")]
    out: PathBuf,
    /// Says what the heuristics are, and does nothing else
    #[arg(long)]
    list: bool,
}

/// The heuristics to run.
#[derive(Clone, Debug)]
struct Chosen(Vec<Heuristic>);

fn heuristics(text: &str) -> std::result::Result<Chosen, String> {
    if text == "all" {
        return Ok(Chosen(Heuristic::ALL.to_vec()));
    }
    let by_name = |name: &str| {
        Heuristic::by_name(name.trim()).ok_or_else(|| {
            let names = Heuristic::ALL.map(Heuristic::name).join(", ");
            format!("`{name}` is no heuristic; expected all, or some of {names}")
        })
    };
    text.split(',').map(by_name).collect::<std::result::Result<_, _>>().map(Chosen)
}

fn seconds(text: &str) -> std::result::Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| (0.01..=86_400.0).contains(value));
    value.ok_or_else(|| "expected seconds from 0.01 to 86400".into())
}

/// A moment of a run: a plan that serves all was there.
#[derive(Clone, Copy, Debug)]
struct Moment {
    seconds: f64,
    cost: f64,
}

/// One run of one heuristic on one instance.
#[derive(Clone, Debug)]
struct Run {
    heuristic: Heuristic,
    instance: String,
    seed: u64,
    /// What the plan costs, in the units of published costs.
    cost: f64,
    /// The best known cost, or the best of this comparison.
    best: f64,
    /// Orders that must be served and are not.
    unserved: usize,
    seconds: f64,
    steps: u64,
    /// Its course, the end included.
    course: Vec<Moment>,
}

impl Run {
    /// How much a cost is above the best known one, in percent.
    fn gap_of(&self, cost: f64) -> f64 {
        (cost / self.best - 1.0) * 100.0
    }

    /// The gap of the final plan; nothing when it leaves orders out.
    fn gap(&self) -> Option<f64> {
        (self.unserved == 0 && self.best > 0.0).then(|| self.gap_of(self.cost))
    }

    /// When its gap was first this small, in seconds.
    fn time_to(&self, gap: f64) -> Option<f64> {
        let reached = self.course.iter().find(|moment| self.gap_of(moment.cost) <= gap);
        reached.map(|moment| moment.seconds)
    }
}

fn main() -> ExitCode {
    match work(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn work(arguments: &Arguments) -> Result<()> {
    let Some(suite) = arguments.suite.as_ref().filter(|_| !arguments.list) else {
        let line =
            |heuristic: Heuristic| format!("{:20} {}\n", heuristic.name(), heuristic.about());
        return say(&Heuristic::ALL.map(line).concat());
    };
    std::fs::create_dir_all(&arguments.out)
        .map_err(|source| Error::unwritable(&arguments.out, source))?;
    let own = arguments.instances.join("bks.csv");
    let costs = match &arguments.bks {
        Some(path) => BestKnown::read(path)?,
        None if own.is_file() => BestKnown::read(&own)?,
        None => BestKnown::default(),
    };
    let paths = instances(suite)?;
    let read = |path: &String| {
        benchmark::read(&arguments.instances.join(path), Format::Auto, &Options::default())
    };
    // A file that cannot be read is better known before the first run than after an hour.
    paths.iter().try_for_each(|path| read(path).map(drop))?;
    let mut runs = Vec::new();
    for path in &paths {
        let instance = read(path)?;
        for &heuristic in &arguments.heuristics.0 {
            for seed in 1..=arguments.seeds {
                runs.push(run(arguments, &instance, heuristic, seed)?);
            }
        }
        settle_best(&mut runs, instance.name(), costs.cost(&instance));
        let done = runs.iter().filter(|run| run.instance == instance.name());
        let lines: String = done.map(table::line).collect();
        say(&lines)?;
    }
    let text = table::text(&runs);
    for (name, content) in [
        ("table.txt", text.clone()),
        ("table.csv", table::csv(&runs)),
        ("runs.csv", table::runs_csv(&runs)),
        ("curves.svg", chart::svg(&runs, arguments.time_limit)),
    ] {
        write_atomically(&arguments.out.join(name), content.as_bytes())?;
    }
    say(&format!("\n{text}"))
}

fn say(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // The reader of a pipe may leave early; the files are written all the same.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Error::unwritable(Path::new("standard output"), error)),
    }
}

/// The paths of a suite.
fn instances(suite: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(suite).map_err(|error| Error::unreadable(suite, &error))?;
    // Behind the path a line may name the convention costs are compared by.
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let paths = lines.filter_map(|line| line.split_whitespace().next());
    let paths: Vec<String> = paths.map(str::to_owned).collect();
    if paths.is_empty() {
        let fault = Fault::new(Code::Empty, "at least one instance, one path a line");
        return Err(fault.file(suite.display().to_string()).into());
    }
    Ok(paths)
}

#[expect(clippy::disallowed_methods, reason = "a comparison measures the whole run")]
fn run(
    arguments: &Arguments,
    instance: &Benchmark,
    heuristic: Heuristic,
    seed: u64,
) -> Result<Run> {
    let course = Arc::new(Mutex::new(Vec::new()));
    let (kept, scale) = (Arc::clone(&course), instance.clone());
    let mut rule = StopRule::seconds(arguments.time_limit).seed(seed).progress(move |progress| {
        if progress.unserved == 0 {
            let cost = scale.cost_of(progress.cost);
            let mut course = kept.lock().unwrap_or_else(PoisonError::into_inner);
            course.push(Moment { seconds: progress.seconds, cost });
        }
    });
    if let Some(threads) = arguments.threads {
        rule = rule.threads(threads.into());
    }
    let begun = Instant::now();
    let plan = optimizer::solve_by(instance.problem(), &rule, heuristic);
    let seconds = begun.elapsed().as_secs_f64();
    plan::check(&plan)?;
    let is_due = |order| instance.problem().order(order).prize().is_none();
    let unserved = plan.unserved().iter().filter(|unserved| is_due(unserved.order)).count();
    let cost = instance.cost(&plan);
    let mut course = course.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if unserved == 0 {
        course.push(Moment { seconds, cost });
    }
    Ok(Run {
        heuristic,
        instance: instance.name().to_owned(),
        seed,
        cost,
        best: f64::NAN,
        unserved,
        seconds,
        steps: plan.header().steps(),
        course,
    })
}

/// Sets what the runs on an instance are compared with: the best known cost, or their own best.
fn settle_best(runs: &mut [Run], instance: &str, known: Option<f64>) {
    let own = runs.iter().filter(|run| run.instance == instance && run.unserved == 0);
    let best = known.unwrap_or_else(|| own.map(|run| run.cost).fold(f64::NAN, f64::min));
    for run in runs.iter_mut().filter(|run| run.instance == instance) {
        run.best = best;
    }
}
