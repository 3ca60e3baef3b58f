//! Plans a benchmark instance and compares the cost with the best known.
//!
//! Exit codes: 0 everything is planned, 4 planned but some clients are unserved, 2 wrong usage, 3
//! input refused, 5 output could not be written, 1 a bug of ours.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use clap::Parser;
use lastmile::format::benchmark::{
    self, Benchmark, BestKnown, Format, Objective, Options, Rounding,
};
use lastmile::format::write_atomically;
use lastmile::optimizer::{self, Heuristic, StopRule};
use lastmile::plan::{self, Plan};
use lastmile::problem::Problem;
use lastmile::{Error, Result};

/// Plans a benchmark instance.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// The instance
    #[arg(long, value_name = "FILE")]
    instance: PathBuf,
    /// How it is written: auto, vrplib, solomon, lilim, cordeau or duhamel
    #[arg(long, default_value = "auto", value_parser = |text: &str| named(text, &Format::ALL))]
    format: Format,
    /// Stops so many seconds after the program began
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
    /// How distances are rounded, if not as usual: nint, dimacs, exact, ceil or none
    #[arg(long, value_name = "ROUNDING", value_parser = |text: &str| named(text, &Rounding::ALL))]
    round: Option<Rounding>,
    /// What is minimised: distance, or hierarchical (vehicles first)
    #[arg(long, default_value = "distance", value_parser = |text: &str| named(text, &Objective::ALL))]
    objective: Objective,
    /// How it is planned, by name; see the heuristics of the library
    #[arg(long, default_value = "default", value_parser = heuristic)]
    heuristic: Heuristic,
    /// A solution to begin from
    #[arg(long, value_name = "SOL")]
    start: Option<PathBuf>,
    /// Where the solution goes
    #[arg(long, value_name = "SOL")]
    solution: Option<PathBuf>,
    /// Where the course of the search goes: seconds, steps, cost
    #[arg(long, value_name = "CSV")]
    trace: Option<PathBuf>,
    /// The best known cost, or a table with the columns instance, cost and convention
    #[arg(long, value_name = "COST|CSV")]
    bks: Option<String>,
}

/// Seconds of search when no limit is given.
const SECONDS: f64 = 10.0;
/// The time kept for the audit and for writing, as a share of the limit.
const KEPT: f64 = 0.005;

fn heuristic(text: &str) -> std::result::Result<Heuristic, String> {
    let names = || format!("expected one of {}", Heuristic::ALL.map(Heuristic::name).join(", "));
    Heuristic::by_name(text).ok_or_else(names)
}

/// The value of a name.
fn named<T: Copy>(text: &str, all: &[(&str, T)]) -> std::result::Result<T, String> {
    let found = all.iter().find(|(name, _)| *name == text);
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    found.map(|(_, value)| *value).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

fn seconds(text: &str) -> std::result::Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| (0.0..1e9).contains(value));
    value.ok_or_else(|| "expected a number of seconds from 0".into())
}

#[expect(clippy::disallowed_methods, reason = "the limit counts from here, reading included")]
fn main() -> ExitCode {
    let begun = Instant::now();
    let arguments = Arguments::parse();
    match work(&arguments, begun) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn work(arguments: &Arguments, begun: Instant) -> Result<u8> {
    let options = Options { rounding: arguments.round, objective: arguments.objective };
    let instance = benchmark::read(&arguments.instance, arguments.format, &options)?;
    let best = arguments.bks.as_deref().map(|text| best_known(text, &instance)).transpose()?;
    let problem = with_start(&instance, arguments.start.as_deref())?;
    let trace = Arc::new(Mutex::new(String::from("seconds,steps,cost\n")));
    let rule = rule(arguments, &instance, begun, &trace);
    let plan = optimizer::solve_by(&problem, &rule, arguments.heuristic);
    let seconds = begun.elapsed().as_secs_f64();
    plan::check(&plan)?;
    if let Some(path) = &arguments.solution {
        write_atomically(path, instance.solution(&plan).as_bytes())?;
    }
    if let Some(path) = &arguments.trace {
        let mut text = trace.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let steps = plan.header().steps();
        let _ = writeln!(text, "{seconds:.3},{steps},{}", instance.cost(&plan));
        write_atomically(path, text.as_bytes())?;
    }
    show(&instance, &plan, seconds, best.flatten())?;
    Ok(if plan.unserved().iter().all(|u| problem.order(u.order).prize().is_some()) { 0 } else { 4 })
}

/// The instance's day, with the routes of a solution to begin from.
fn with_start(instance: &Benchmark, start: Option<&Path>) -> Result<Arc<Problem>> {
    let Some(path) = start else { return Ok(Arc::clone(instance.problem())) };
    let text = read_text(path)?;
    let routes = instance.start(&path.display().to_string(), &text)?;
    Ok(Arc::new(instance.problem().with_start(&routes)?))
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::unreadable(path, &source))
}

fn rule(
    arguments: &Arguments,
    instance: &Benchmark,
    begun: Instant,
    trace: &Arc<Mutex<String>>,
) -> StopRule {
    let left = |limit: f64| limit * (1.0 - KEPT) - begun.elapsed().as_secs_f64();
    let rule = match (arguments.steps, arguments.time_limit) {
        (Some(steps), None) => StopRule::steps(steps),
        (Some(steps), Some(limit)) => StopRule::steps(steps).or_seconds(left(limit)),
        (None, limit) => StopRule::seconds(left(limit.unwrap_or(SECONDS))),
    };
    let rule = rule.seed(arguments.seed);
    let rule = match arguments.threads {
        Some(threads) => rule.threads(threads.into()),
        None => rule,
    };
    if arguments.trace.is_none() {
        return rule;
    }
    let (trace, instance) = (Arc::clone(trace), instance.clone());
    let before = begun.elapsed().as_secs_f64();
    rule.progress(move |progress| {
        // A cost with clients missing says nothing.
        if progress.unserved == 0 {
            let mut text = trace.lock().unwrap_or_else(PoisonError::into_inner);
            let (seconds, cost) = (before + progress.seconds, instance.cost_of(progress.cost));
            let _ = writeln!(text, "{seconds:.3},{},{cost}", progress.steps);
        }
    })
}

/// The best known cost: a number, or the row of a table for this instance and its convention.
fn best_known(text: &str, instance: &Benchmark) -> Result<Option<f64>> {
    match text.parse::<f64>() {
        Ok(cost) => Ok(Some(cost)),
        Err(_) => Ok(BestKnown::read(Path::new(text))?.cost(instance)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "steps of a run are far below 2^53")]
fn show(instance: &Benchmark, plan: &Plan, seconds: f64, best: Option<f64>) -> Result<()> {
    let cost = instance.cost(plan);
    let (routes, unserved) = (plan.routes().len(), plan.unserved().len());
    let steps = plan.header().steps();
    let rate = steps as f64 / seconds.max(1e-9);
    let gap = best.filter(|best| *best > 0.0).map(|best| (cost / best - 1.0) * 100.0);
    let mut text = String::new();
    let _ = writeln!(text, "cost      {cost}");
    if let (Some(best), Some(gap)) = (best, gap) {
        let _ = writeln!(text, "best      {best} (gap {gap:.3} %)");
    }
    let _ = writeln!(text, "routes    {routes}");
    let _ = writeln!(text, "unserved  {unserved}");
    let _ = writeln!(text, "steps     {steps} ({rate:.0} a second)");
    let gap = gap.map_or_else(|| "-".into(), |gap| format!("{gap:.4}"));
    let name = instance.name();
    let _ = writeln!(
        text,
        "result {name} cost {cost} routes {routes} unserved {unserved} seconds {seconds:.3} steps \
         {steps} gap {gap}"
    );
    let wrong = |source| Error::unwritable(Path::new("standard output"), source);
    std::io::stdout().write_all(text.as_bytes()).map_err(wrong)
}
