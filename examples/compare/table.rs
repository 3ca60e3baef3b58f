//! The comparison in figures: one row a heuristic, as text and CSV; one row a run.

use std::fmt::Write as _;

use lastmile::optimizer::Heuristic;

use super::Run;

/// "Near" means this gap, in percent.
const NEAR: f64 = 1.0;

/// What one heuristic did over all its runs.
struct Row {
    heuristic: Heuristic,
    runs: usize,
    gap_mean: Option<f64>,
    gap_worst: Option<f64>,
    /// The mean time until the gap was near, of the runs that came near, and how many did.
    seconds_to_near: Option<f64>,
    near: usize,
    /// Runs that left orders out, which count in no gap.
    incomplete: usize,
    steps_per_second: f64,
    seconds_mean: f64,
}

/// One row for each heuristic, in the order in which they ran.
fn rows(runs: &[Run]) -> Vec<Row> {
    let mut heuristics: Vec<Heuristic> = Vec::new();
    for run in runs {
        if !heuristics.contains(&run.heuristic) {
            heuristics.push(run.heuristic);
        }
    }
    heuristics.into_iter().map(|heuristic| row(heuristic, runs)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of runs and steps are far below 2^53")]
fn row(heuristic: Heuristic, runs: &[Run]) -> Row {
    let own: Vec<&Run> = runs.iter().filter(|run| run.heuristic == heuristic).collect();
    let gaps: Vec<f64> = own.iter().filter_map(|run| run.gap()).collect();
    let times: Vec<f64> = own.iter().filter_map(|run| run.time_to(NEAR)).collect();
    let seconds: f64 = own.iter().map(|run| run.seconds).sum();
    let steps: u64 = own.iter().map(|run| run.steps).sum();
    Row {
        heuristic,
        runs: own.len(),
        gap_mean: mean(&gaps),
        gap_worst: gaps.iter().copied().reduce(f64::max),
        seconds_to_near: mean(&times),
        near: times.len(),
        incomplete: own.iter().filter(|run| run.unserved > 0).count(),
        steps_per_second: steps as f64 / seconds.max(1e-9),
        seconds_mean: seconds / own.len().max(1) as f64,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of runs are far below 2^53")]
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// A number with some digits, or a dash.
fn number(value: Option<f64>, digits: usize) -> String {
    value.filter(|value| value.is_finite()).map_or("-".into(), |value| format!("{value:.digits$}"))
}

/// The table as aligned text.
pub(super) fn text(runs: &[Run]) -> String {
    let mut text = format!(
        "{:20} {:>5} {:>10} {:>10} {:>16} {:>11} {:>10} {:>9}\n",
        "heuristic",
        "runs",
        "gap mean",
        "gap worst",
        "seconds to 1 %",
        "steps/s",
        "seconds",
        "partial"
    );
    for row in rows(runs) {
        let near = match row.near {
            0 => "-".into(),
            near => format!("{} ({near}/{})", number(row.seconds_to_near, 2), row.runs),
        };
        let _ = writeln!(
            text,
            "{:20} {:>5} {:>10} {:>10} {near:>16} {:>11.1} {:>10.2} {:>9}",
            row.heuristic.name(),
            row.runs,
            number(row.gap_mean, 2),
            number(row.gap_worst, 2),
            row.steps_per_second,
            row.seconds_mean,
            row.incomplete,
        );
    }
    text.push_str(
        "\nGaps are percent above the best known cost. \"Partial\" counts runs that left orders out;\n\
         they are in no gap. Seconds to 1 % is the mean of the runs that came so near.\n",
    );
    text
}

/// The table as CSV.
pub(super) fn csv(runs: &[Run]) -> String {
    let mut text = String::from(
        "heuristic,runs,gap_mean_pct,gap_worst_pct,seconds_to_1_pct,runs_within_1_pct,\
         steps_per_second,seconds_mean,runs_partial\n",
    );
    for row in rows(runs) {
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{:.2},{:.3},{}",
            row.heuristic.name(),
            row.runs,
            number(row.gap_mean, 4),
            number(row.gap_worst, 4),
            number(row.seconds_to_near, 3),
            row.near,
            row.steps_per_second,
            row.seconds_mean,
            row.incomplete,
        );
    }
    text
}

/// Every run as CSV.
pub(super) fn runs_csv(runs: &[Run]) -> String {
    let mut text = String::from(
        "heuristic,instance,seed,cost,best,gap_pct,seconds,steps,unserved,seconds_to_1_pct\n",
    );
    for run in runs {
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{:.3},{},{},{}",
            run.heuristic.name(),
            run.instance,
            run.seed,
            run.cost,
            run.best,
            number(run.gap(), 4),
            run.seconds,
            run.steps,
            run.unserved,
            number(run.time_to(NEAR), 3),
        );
    }
    text
}

/// One run in a line, to see how far the comparison is.
pub(super) fn line(run: &Run) -> String {
    format!(
        "{:20} {:16} seed {:<3} cost {:<12} gap {:>8} seconds {:>7.2} steps {}{}\n",
        run.heuristic.name(),
        run.instance,
        run.seed,
        run.cost,
        number(run.gap(), 3),
        run.seconds,
        run.steps,
        if run.unserved > 0 { format!(" unserved {}", run.unserved) } else { String::new() },
    )
}
