//! Insulin in winter and in summer: the same orders planned by distance alone and with the cold chain,
//! side by side, with what the unbroken chain costs in kilometres and minutes.
//!
//! The naive plan is the same search on the same day with the product classes taken off the orders;
//! its routes are then walked with the boxes in them. `--steps N` searches longer (1000 if absent).

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use lastmile::optimizer::{self, StopRule};
use lastmile::plan::{self, Plan};
use lastmile::problem::{Builder, Order, Problem};
use lastmile::road::RoadGraph;
use lastmile::schedule::{BoxDay, Scenario, Stress, Timetable, box_days, robustness};
use lastmile::{Result, format};

/// Plans insulin days by distance alone and with the cold chain.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Options {
    /// The day files
    #[arg(value_name = "DAY", default_values_os_t = [
        PathBuf::from("fixtures/insulin-winter/day.json"),
        PathBuf::from("fixtures/insulin-summer/day.json"),
    ])]
    days: Vec<PathBuf>,
    /// How many steps each search takes
    #[arg(long, default_value_t = 1000, value_name = "N")]
    steps: u64,
}

fn main() -> ExitCode {
    match work(&Options::parse()) {
        Ok(text) => {
            // The reader of a pipe may leave early.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn work(options: &Options) -> Result<String> {
    let mut text = String::new();
    for path in &options.days {
        let cold = read(path, true)?;
        let bare = read(path, false)?;
        let rule = StopRule::steps(options.steps).seed(1).threads(1);
        let naive = optimizer::solve(&bare, &rule);
        let ours = optimizer::solve(&cold, &rule);
        plan::check(&ours)?;
        text.push_str(&compare(path, &cold, &naive, &ours)?);
    }
    Ok(text)
}

/// The day, with or without the classes of its orders; the visits are the same in both.
fn read(path: &Path, is_cold: bool) -> Result<Arc<Problem>> {
    let mut day = format::day::read(path)?;
    let roads = day.roads.as_ref().map(|name| path.with_file_name(name));
    let graph = match roads {
        Some(roads) => RoadGraph::open(&roads)?,
        None => format::embedded::roads()?,
    };
    if !is_cold {
        day.orders = day.orders.into_iter().map(Order::without_class).collect();
    }
    let closures = std::mem::take(&mut day.closures);
    let (builder, _) = day.into_builder();
    closures.into_iter().fold(builder, Builder::close).build(&Arc::new(graph))
}

/// What one plan does on the cold day.
struct Outcome {
    km: f64,
    minutes: i64,
    trips: usize,
    unserved: usize,
    boxes: Vec<BoxDay>,
    flags: Vec<&'static str>,
}

impl Outcome {
    fn of(cold: &Problem, plan: &Plan) -> Result<Self> {
        let walks: Vec<&Timetable> = plan.routes().iter().map(|route| &route.timetable).collect();
        let mut boxes = Vec::new();
        for walk in &walks {
            boxes.extend(box_days(cold, walk, &Stress::NONE)?);
        }
        let verdicts = robustness(cold, &walks)?;
        let flagged = verdicts.iter().filter(|verdict| !verdict.is_kept());
        Ok(Self {
            km: walks.iter().map(|walk| walk.length().as_f64() / 1000.0).sum(),
            minutes: walks.iter().map(|walk| walk.duration().0 / 60).sum(),
            trips: plan.routes().iter().map(|route| route.trips.len()).sum(),
            unserved: plan.unserved().len(),
            boxes,
            flags: flagged.map(|verdict| verdict.scenario.code()).collect(),
        })
    }

    fn is_kept(&self) -> bool {
        !self.flags.contains(&Scenario::Nominal.code())
    }
}

fn compare(path: &Path, cold: &Problem, naive: &Plan, ours: &Plan) -> Result<String> {
    let (naive, ours) = (Outcome::of(cold, naive)?, Outcome::of(cold, ours)?);
    let season = path.parent().and_then(Path::file_name).unwrap_or(path.as_os_str());
    let (low, high) = cold.weather().map_or((0.0, 0.0), |weather| {
        let noon = lastmile::units::Time::at(12, 0);
        let range = weather.range(noon, noon).unwrap_or_default();
        (range.0.degrees(), range.1.degrees())
    });
    let mut text = format!("{}: air {low:.0} to {high:.0} °C\n", season.display());
    let row = |name: &str, of: &dyn Fn(&Outcome) -> String| {
        format!("  {name:<28}{:>22}{:>22}\n", of(&naive), of(&ours))
    };
    let _ = fmt::Write::write_fmt(
        &mut text,
        format_args!("  {:<28}{:>22}{:>22}\n", "", "by distance", "with the cold chain"),
    );
    text += &row("kilometres", &|o| format!("{:.1}", o.km));
    text += &row("minutes away", &|o| o.minutes.to_string());
    text += &row("trips", &|o| o.trips.to_string());
    text += &row("orders left out", &|o| o.unserved.to_string());
    text +=
        &row("boxes opened", &|o| o.boxes.iter().map(BoxDay::openings).sum::<u32>().to_string());
    text += &row("chain kept", &|o| if o.is_kept() { "yes" } else { "NO" }.into());
    text += &row("broken or flagged on", &|o| o.flags.join(" "));
    text += &parcels(cold, &naive, &ours);
    let (km, minutes) = (ours.km - naive.km, ours.minutes - naive.minutes);
    let costs = format!("  the unbroken chain costs {km:+.1} km and {minutes:+} minutes\n\n");
    Ok(text + &costs)
}

/// Each cold parcel: its predicted extremes, or when it leaves its range.
fn parcels(cold: &Problem, naive: &Outcome, ours: &Outcome) -> String {
    let fate = |outcome: &Outcome, order: &str| {
        let goods = outcome.boxes.iter().flat_map(|day| &day.goods);
        let found =
            goods.into_iter().find(|goods| cold.order(cold.visit(goods.visit).order).id() == order);
        found.map_or_else(
            || "not served".to_owned(),
            |goods| {
                let (low, high) = (goods.payload_c.low, goods.payload_c.high);
                let mark = goods.out_of_range_at.map_or(String::new(), |at| format!(" out {at}"));
                format!("{low:.1}…{high:.1}{mark}")
            },
        )
    };
    let classed = cold.orders().iter().filter(|order| order.class_code().is_some());
    let line = |order: &Order| {
        let name = format!("{} °C", order.id());
        let (naive, ours) = (fate(naive, order.id()), fate(ours, order.id()));
        format!("  {name:<28}{naive:>22}{ours:>22}\n")
    };
    classed.map(line).collect()
}
