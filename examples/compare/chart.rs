//! The chart: the mean gap over the seconds of a run, both on logarithmic axes, one line a heuristic.
//! A line begins when all runs of its heuristic have a plan that serves everything.

use std::fmt::Write as _;

use lastmile::optimizer::Heuristic;

use super::{Run, table::mean};

const WIDTH: f64 = 980.0;
const HEIGHT: f64 = 560.0;
/// The plot's edges.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 740.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = 500.0;
/// Points a line has at most.
const POINTS: u32 = 240;
/// The smallest gap an axis shows, in percent; anything smaller is drawn on it.
const GAP_LEAST: f64 = 0.02;
/// The shortest time the axis shows, in seconds.
const SECONDS_LEAST: f64 = 0.01;

/// Eight colours that differ to most eyes (Okabe and Ito's set, yellow darkened); then dashed.
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8a200", "#56b4e9", "#7a5195", "#444444"];

/// From values to pixels, by the logarithm.
struct Axis {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn at(&self, value: f64) -> f64 {
        let share = (value.max(self.least) / self.least).ln() / (self.most / self.least).ln();
        self.from + (self.to - self.from) * share.min(1.0)
    }

    /// 1, 2 and 5 times the powers of ten within the axis.
    fn ticks(&self) -> Vec<f64> {
        let powers = (-4..6).map(|power| 10_f64.powi(power));
        let ticks = powers.flat_map(|power| [power, 2.0 * power, 5.0 * power]);
        let inside = |tick: &f64| *tick >= self.least * 0.999 && *tick <= self.most * 1.001;
        ticks.filter(inside).collect()
    }
}

/// A line of the chart.
struct Curve {
    heuristic: Heuristic,
    /// Seconds and mean gap in percent.
    points: Vec<(f64, f64)>,
}

/// The chart of all runs, as a page of SVG.
pub(super) fn svg(runs: &[Run], limit: f64) -> String {
    let curves = curves(runs, limit);
    let gaps = || curves.iter().flat_map(|curve| &curve.points).map(|&(_, gap)| gap);
    let most = gaps().fold(1.0, f64::max) * 1.1;
    let least = (gaps().fold(1.0, f64::min) * 0.8).max(GAP_LEAST);
    let time = Axis { least: SECONDS_LEAST, most: limit.max(0.1), from: LEFT, to: RIGHT };
    let gap = Axis { least, most, from: BOTTOM, to: TOP };
    let mut page = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let instances: std::collections::BTreeSet<&str> =
        runs.iter().map(|run| run.instance.as_str()).collect();
    let title = format!("Mean gap to best known, {} instances, {limit} s", instances.len());
    write_text(&mut page, (LEFT, TOP - 20.0), "start", "#222", &title);
    grid(&mut page, &time, &gap);
    for (index, curve) in curves.iter().enumerate() {
        line(&mut page, curve, index, &time, &gap);
    }
    page.push_str("</svg>\n");
    page
}

/// The lines of all heuristics, in the order in which they ran.
fn curves(runs: &[Run], limit: f64) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for run in runs {
        if curves.iter().any(|curve| curve.heuristic == run.heuristic) {
            continue;
        }
        let heuristic = run.heuristic;
        let own: Vec<&Run> = runs.iter().filter(|run| run.heuristic == heuristic).collect();
        curves.push(Curve { heuristic, points: points(&own, limit) });
    }
    curves
}

/// The mean gap at moments that are evenly spread on the logarithmic axis, and where it first is.
fn points(runs: &[&Run], limit: f64) -> Vec<(f64, f64)> {
    // Runs that never serve everything would leave the line without a beginning.
    let runs: Vec<&&Run> = runs.iter().filter(|run| run.gap().is_some()).collect();
    let begins = runs.iter().filter_map(|run| run.course.first()).map(|first| first.seconds);
    let begin = begins.fold(SECONDS_LEAST, f64::max);
    let mut points = Vec::new();
    for point in 0..=POINTS {
        let share = f64::from(point) / f64::from(POINTS);
        let seconds = begin * (limit.max(begin) / begin).powf(share);
        // Runs may end a moment after the limit; the line ends with what they had then.
        let until = if point == POINTS { f64::INFINITY } else { seconds };
        let gaps: Vec<f64> = runs.iter().filter_map(|run| gap_at(run, until)).collect();
        if gaps.len() == runs.len()
            && let Some(gap) = mean(&gaps)
        {
            points.push((seconds, gap));
        }
    }
    points
}

/// The gap of the best plan a run had by then, in percent.
fn gap_at(run: &Run, seconds: f64) -> Option<f64> {
    let until = run.course.iter().take_while(|moment| moment.seconds <= seconds + 1e-9);
    until.map(|moment| run.gap_of(moment.cost)).reduce(f64::min)
}

/// Both axes with their ticks and names.
fn grid(page: &mut String, time: &Axis, gap: &Axis) {
    let rule = |page: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str| {
        let _ = writeln!(
            page,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\"/>"
        );
    };
    for tick in time.ticks() {
        let x = time.at(tick);
        rule(page, (x, TOP), (x, BOTTOM), "#e6e6e6");
        write_text(page, (x, BOTTOM + 18.0), "middle", "#444", &tick_text(tick));
    }
    for tick in gap.ticks() {
        let y = gap.at(tick);
        rule(page, (LEFT, y), (RIGHT, y), "#e6e6e6");
        write_text(page, (LEFT - 8.0, y + 4.0), "end", "#444", &format!("{} %", tick_text(tick)));
    }
    rule(page, (LEFT, BOTTOM), (RIGHT, BOTTOM), "#444");
    rule(page, (LEFT, TOP), (LEFT, BOTTOM), "#444");
    let middle = f64::midpoint(LEFT, RIGHT);
    write_text(page, (middle, BOTTOM + 40.0), "middle", "#222", "seconds since the start");
}

fn tick_text(tick: f64) -> String {
    let text = format!("{tick:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// One line and its row of the legend; one that stops at once has a dot where it does.
fn line(page: &mut String, curve: &Curve, index: usize, time: &Axis, gap: &Axis) {
    let is_own = curve.heuristic == Heuristic::Default;
    let colour = if is_own { "black" } else { COLOURS[index % COLOURS.len()] };
    let dash = if index < COLOURS.len() || is_own { "" } else { " stroke-dasharray=\"7 4\"" };
    let width = if is_own { 3.2 } else { 1.8 };
    let style = format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}");
    let at = |&(seconds, percent): &(f64, f64)| (time.at(seconds), gap.at(percent));
    let mut path = String::new();
    for (x, y) in curve.points.iter().map(at) {
        let _ = write!(path, "{x:.1},{y:.1} ");
    }
    let _ = writeln!(page, "<polyline points=\"{}\" {style}/>", path.trim_end());
    if let Some((x, y)) = curve.points.first().map(at) {
        let _ = writeln!(page, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>");
    }
    #[expect(clippy::cast_precision_loss, reason = "there are a dozen heuristics")]
    let y = TOP + 10.0 + 24.0 * index as f64;
    let x = RIGHT + 20.0;
    let _ = writeln!(page, "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" {style}/>", x + 30.0);
    let last = match curve.points.last() {
        Some((_, percent)) => format!("{percent:.2} %"),
        None => "no whole plan".into(),
    };
    let label = format!("{} {last}", curve.heuristic.name());
    write_text(page, (x + 38.0, y + 4.0), "start", "#222", &label);
}

fn write_text(page: &mut String, (x, y): (f64, f64), anchor: &str, colour: &str, text: &str) {
    let _ = writeln!(
        page,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
    );
}
