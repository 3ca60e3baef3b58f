//! After the day: lays a logger's file beside what the plan predicted for its box, and says the
//! residuals, gaps, alarms and what the walls seem to conduct; writes the measured values as EPCIS.
//!
//! `cold_log --day day.json --plan out/plan.json --box P7-1 log.csv`. Exit codes: 0 no alarm and no gap,
//! 4 an alarm fired or the logger was silent for longer than five minutes, 2 wrong usage, 3 input
//! refused, 5 output could not be written.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use lastmile::error::{Code, Fault};
use lastmile::format::{self, Calendar, LoggerFile, plan_file, write_atomically};
use lastmile::place::Point;
use lastmile::problem::{Problem, Travel};
use lastmile::report::{self, Comparison, EpcisOptions, Measured, Walls};
use lastmile::road::TravelMatrix;
use lastmile::schedule::{BoxDay, Stress, box_days};
use lastmile::units::{Leg, Metres, Time};
use lastmile::{Error, Result};

/// Compares a logger's file with the plan's prediction for its box.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Options {
    /// The logger's file (CSV)
    log: PathBuf,
    /// The day file instead of the embedded Huatugou day
    #[arg(long, value_name = "FILE")]
    day: Option<PathBuf>,
    /// The plan of that day
    #[arg(long, default_value = "out/plan.json", value_name = "FILE")]
    plan: PathBuf,
    /// The box the logger was in, as on its label: `P7-1`
    #[arg(long = "box", value_name = "LABEL")]
    label: Option<String>,
    /// The vehicle, when several have such a box
    #[arg(long, value_name = "ID")]
    vehicle: Option<String>,
    /// The trip, from 1, when the box made several
    #[arg(long, value_name = "N")]
    trip: Option<usize>,
    /// The zone of the file's clock times, if not the day's: an IANA name
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Writes the measured values as EPCIS 2.0
    #[arg(long, value_name = "FILE", requires = "epc", requires = "device")]
    epcis: Option<PathBuf>,
    /// What the logger was with, a URI; may be given several times
    #[arg(long, value_name = "URI")]
    epc: Vec<String>,
    /// The logger, a URI
    #[arg(long, value_name = "URI")]
    device: Option<String>,
    /// Where it was read out, a URI
    #[arg(long, default_value = "", value_name = "URI")]
    read_point: String,
}

fn main() -> ExitCode {
    match work(&Options::parse()) {
        Ok((text, code)) => {
            // The reader of a pipe may leave early.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::from(code)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn work(options: &Options) -> Result<(String, u8)> {
    let (problem, calendar) = read_day(options)?;
    let bytes = std::fs::read(&options.plan);
    let bytes = bytes.map_err(|error| Error::unreadable(&options.plan, &error))?;
    let name = options.plan.display().to_string();
    let walks = plan_file::timetables(&problem, &name, &bytes)?;
    let mut boxes = Vec::new();
    for walk in &walks {
        boxes.extend(box_days(&problem, walk, &Stress::NONE)?);
    }
    let day = choose(&problem, &boxes, options)?;
    let log = LoggerFile::read(&options.log, &calendar)?;
    let readings: Vec<(Time, f64)> = log.readings.iter().map(|r| (r.at, r.celsius)).collect();
    let found = report::compare(&problem, day, &readings)?;
    if found.residuals.is_empty() {
        let expected = format!("readings from {} to {}", day.closed, day.returns);
        let fault = Fault::new(Code::Contradiction, expected).field("time");
        let fault = fault.value(log.readings.first().map_or(Time::MIN, |reading| reading.at));
        return Err(fault.file(options.log.display().to_string()).into());
    }
    if let Some(path) = &options.epcis {
        write_epcis(path, options, &calendar, &log, day)?;
    }
    let is_good = found.gaps.is_empty() && found.alarms.iter().all(|(_, a)| a.fired_at.is_none());
    Ok((describe(&problem, day, &log, &found), if is_good { 0 } else { 4 }))
}

/// The day without its roads: the plan has all times already.
fn read_day(options: &Options) -> Result<(Arc<Problem>, Calendar)> {
    let day = match &options.day {
        Some(path) => format::day::read(path)?,
        None => format::embedded::huatugou()?,
    };
    let calendar = match &options.zone {
        Some(zone) => Calendar::new(&day.calendar.date(), zone)?,
        None => day.calendar.clone(),
    };
    let (builder, _) = day.into_builder();
    let problem = builder.build_with(|_: &str, points: &[Point]| {
        let matrix = TravelMatrix::from_fn(points.len(), |_, _| Ok(Leg::default()));
        Ok(Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] })
    })?;
    Ok((problem, calendar))
}

/// The one box the options name.
fn choose<'a>(problem: &Problem, boxes: &'a [BoxDay], options: &Options) -> Result<&'a BoxDay> {
    let is_meant = |day: &&BoxDay| {
        options.label.as_ref().is_none_or(|label| *label == day.label(problem))
            && options.vehicle.as_ref().is_none_or(|id| id == problem.vehicle(day.vehicle).id())
            && options.trip.is_none_or(|trip| trip == day.trip + 1)
    };
    let found: Vec<&BoxDay> = boxes.iter().filter(is_meant).collect();
    if let [one] = found[..] {
        return Ok(one);
    }
    let name = |day: &BoxDay| {
        let vehicle = problem.vehicle(day.vehicle).id();
        format!("--box {} --vehicle {vehicle} --trip {}", day.label(problem), day.trip + 1)
    };
    let names: Vec<String> = boxes.iter().map(name).collect();
    let expected = format!("one of: {}", names.join("; "));
    Err(Fault::new(Code::Usage, expected).field("--box").value(found.len()).into())
}

fn write_epcis(
    path: &Path,
    options: &Options,
    calendar: &Calendar,
    log: &LoggerFile,
    day: &BoxDay,
) -> Result<()> {
    let known = EpcisOptions {
        epcs: options.epc.clone(),
        device: options.device.clone().unwrap_or_default(),
        read_point: options.read_point.clone(),
        file_sha256: log.sha256.clone(),
    };
    let within = log.readings.iter().filter(|r| (day.closed..=day.returns).contains(&r.at));
    let measured = within.map(|r| Measured { at: calendar.stamp_of(r.at), celsius: r.celsius });
    let text = report::epcis_json(&known, &measured.collect::<Vec<_>>()).unwrap_or_default();
    write_atomically(path, text.as_bytes())
}

fn describe(problem: &Problem, day: &BoxDay, log: &LoggerFile, found: &Comparison) -> String {
    let mut text = String::new();
    let vehicle = problem.vehicle(day.vehicle).id();
    let _ = writeln!(
        text,
        "box {} on {vehicle}, trip {}: closed {}, back {}; log SHA-256 {}",
        day.label(problem),
        day.trip + 1,
        day.closed,
        day.returns,
        log.sha256
    );
    let _ = writeln!(
        text,
        "{} readings, {} before or after; predicted less measured: mean {:+.2} K, root mean square \
         {:.2} K",
        found.residuals.len(),
        found.outside,
        found.mean_k,
        found.rms_k
    );
    if let Some(worst) = found.worst {
        let (at, predicted, measured) = (worst.at, worst.predicted_c, worst.measured_c);
        let difference = worst.difference_k();
        let _ = writeln!(
            text,
            "worst {difference:+.2} K at {at}: predicted {predicted:.2} °C, measured {measured:.2} °C"
        );
    }
    let most = report::INTERVAL_MOST.0;
    if let Some(interval) = found.interval {
        let word = if interval.0 <= most { "as due" } else { "TOO LONG" };
        let _ = writeln!(text, "interval {} s, at most {most} s: {word}", interval.0);
    }
    for gap in &found.gaps {
        let _ = writeln!(text, "GAP from {} to {}", gap.from, gap.until);
    }
    for (rule, alarm) in &found.alarms {
        let fired = alarm.fired_at.map_or_else(
            || "not fired".to_owned(),
            |after| format!("FIRED at {}", found.residuals[0].at + after),
        );
        let _ = writeln!(text, "alarm {}: {fired} ({} s)", rule.name, alarm.counted.0);
    }
    text + &walls(problem, day, found)
}

fn walls(problem: &Problem, day: &BoxDay, found: &Comparison) -> String {
    let ua = day.cold_box(problem).pack_out().ua_w_per_k;
    match found.walls {
        Walls::CannotTell => "walls: this day does not tell their conductance\n".into(),
        Walls::Factor { factor, rms_k } => format!(
            "walls: the log fits best with UA {:.4} W/K, {factor:.2} of the pack-out's {ua} W/K (root mean \
             square {rms_k:.2} K); have it requalified before you change it\n",
            ua * factor
        ),
    }
}
