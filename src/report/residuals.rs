//! Measured against predicted: what a logger in a box says beside what the plan said of it, the alarms
//! of the measured values, gaps, and what the box's walls seem to conduct.

use crate::cold::{Alarm, AlarmRule, ProductClass, TemperatureSpan};
use crate::error::Result;
use crate::problem::Problem;
use crate::schedule::{BoxDay, payload_at};
use crate::units::{Seconds, Time};

/// The longest interval between two readings in transport: five minutes (Chinese GSP, appendix on
/// temperature monitoring, 2013).
pub const INTERVAL_MOST: Seconds = Seconds::minutes(5);
/// The wall factors tried, and the steps of the golden-section search (Kiefer 1953, DOI
/// 10.1090/S0002-9939-1953-0055639-3).
const FACTORS: (f64, f64) = (0.5, 2.0);
const SECTIONS: usize = 40;
/// A change of the walls by a tenth must move the prediction by this much, root mean square, K, before
/// a day is said to tell them.
const TELLING_K: f64 = 0.05;
/// The least number of readings for that.
const READINGS_LEAST: usize = 12;

/// One measured value beside its prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// When.
    pub at: Time,
    /// Degrees Celsius.
    pub measured_c: f64,
    /// In the weather as forecast, degrees Celsius.
    pub predicted_c: f64,
}

impl Residual {
    /// Predicted less measured, K.
    pub fn difference_k(&self) -> f64 {
        self.predicted_c - self.measured_c
    }
}

/// A span in which a logger is silent for longer than [`INTERVAL_MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last reading before it, or when the box was closed.
    pub from: Time,
    /// The first reading after it, or when the vehicle was back.
    pub until: Time,
}

/// What the walls seem to conduct, if the day tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Walls {
    /// The measured values fit best when the walls conduct this many times what the pack-out says.
    Factor {
        /// The factor on UA.
        factor: f64,
        /// Root mean square of the residuals with it, K.
        rms_k: f64,
    },
    /// The prediction hardly depends on the walls on such a day: on the plateau the payload settles
    /// at `T_m + r (T_e - T_m)` whatever UA is.
    CannotTell,
}

/// A logger's day beside the plan's.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Every reading from closing to the return.
    pub residuals: Vec<Residual>,
    /// Readings before and after.
    pub outside: usize,
    /// Mean of predicted less measured, K.
    pub mean_k: f64,
    /// Root mean square, K.
    pub rms_k: f64,
    /// The residual farthest from zero.
    pub worst: Option<Residual>,
    /// The middle one of all intervals between readings.
    pub interval: Option<Seconds>,
    /// Where the logger is silent for too long.
    pub gaps: Vec<Gap>,
    /// The label's rules and the recorders' over the measured values.
    pub alarms: Vec<(AlarmRule, Alarm)>,
    /// What the walls seem to conduct.
    pub walls: Walls,
}

/// Compares readings, each later than the one before, with the prediction for a box.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days.
pub fn compare(problem: &Problem, day: &BoxDay, readings: &[(Time, f64)]) -> Result<Comparison> {
    let is_within = |time: Time| (day.closed..=day.returns).contains(&time);
    let within: Vec<(Time, f64)> =
        readings.iter().copied().filter(|&(time, _)| is_within(time)).collect();
    let times: Vec<Time> = within.iter().map(|&(time, _)| time).collect();
    let predicted = payload_at(problem, day, &times, 1.0)?;
    let residuals: Vec<Residual> = within
        .iter()
        .zip(predicted)
        .map(|(&(at, measured_c), predicted_c)| Residual { at, measured_c, predicted_c })
        .collect();
    let count = u32::try_from(residuals.len()).unwrap_or(u32::MAX).max(1);
    let mean_k = residuals.iter().map(Residual::difference_k).sum::<f64>() / f64::from(count);
    let worst =
        |a: &&Residual, b: &&Residual| a.difference_k().abs().total_cmp(&b.difference_k().abs());
    Ok(Comparison {
        outside: readings.len() - residuals.len(),
        mean_k,
        rms_k: rms(residuals.iter().map(Residual::difference_k)),
        worst: residuals.iter().max_by(worst).copied(),
        interval: interval(&times),
        gaps: gaps(day, &times),
        alarms: alarms(&problem.classes()[day.class], &residuals),
        walls: walls(problem, day, &residuals, &times)?,
        residuals,
    })
}

fn rms(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value * value;
        count += 1.0;
    }
    if count > 0.0 { f64::sqrt(sum / count) } else { 0.0 }
}

fn interval(times: &[Time]) -> Option<Seconds> {
    let mut spans: Vec<Seconds> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    spans.sort_unstable();
    spans.get(spans.len() / 2).copied()
}

/// Silences between the readings, before the first and after the last.
fn gaps(day: &BoxDay, times: &[Time]) -> Vec<Gap> {
    let ends = std::iter::once(day.closed).chain(times.iter().copied()).chain([day.returns]);
    let ends: Vec<Time> = ends.collect();
    let too_long = |pair: &&[Time]| pair[1] - pair[0] > INTERVAL_MOST;
    ends.windows(2).filter(too_long).map(|pair| Gap { from: pair[0], until: pair[1] }).collect()
}

/// Each reading counts until the next one.
fn alarms(class: &ProductClass, residuals: &[Residual]) -> Vec<(AlarmRule, Alarm)> {
    let spans: Vec<TemperatureSpan> = residuals
        .iter()
        .zip(residuals.iter().skip(1).map(|next| next.at).chain(residuals.last().map(|r| r.at)))
        .map(|(residual, next)| TemperatureSpan {
            seconds: next - residual.at,
            celsius: residual.measured_c,
        })
        .collect();
    let rules = crate::report::alarm_rules(class);
    rules.into_iter().map(|rule| (rule.clone(), rule.run(spans.iter().copied()))).collect()
}

/// The factor on UA with the least squares, by golden section; the sum of squares has one valley
/// there, as the payload's curve moves one way with UA.
fn walls(problem: &Problem, day: &BoxDay, residuals: &[Residual], times: &[Time]) -> Result<Walls> {
    if residuals.len() < READINGS_LEAST {
        return Ok(Walls::CannotTell);
    }
    let moved = payload_at(problem, day, times, 1.1)?;
    let change = residuals.iter().zip(moved).map(|(residual, c)| c - residual.predicted_c);
    if rms(change) < TELLING_K {
        return Ok(Walls::CannotTell);
    }
    let misfit = |factor: f64| -> Result<f64> {
        let predicted = payload_at(problem, day, times, factor)?;
        Ok(rms(residuals.iter().zip(predicted).map(|(residual, c)| c - residual.measured_c)))
    };
    let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut low, mut high) = FACTORS;
    for _ in 0..SECTIONS {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if misfit(left)? <= misfit(right)? {
            high = right;
        } else {
            low = left;
        }
    }
    let factor = f64::midpoint(low, high);
    Ok(Walls::Factor { factor, rms_k: misfit(factor)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::report::fixture;
    use crate::schedule::{Stress, box_days};

    fn day(plan: &Plan) -> BoxDay {
        let walk = &plan.routes()[0].timetable;
        box_days(plan.problem(), walk, &Stress::NONE).unwrap().remove(0)
    }

    /// A logger that sees a box whose walls conduct `factor` times as much, `offset_k` off.
    fn log(plan: &Plan, day: &BoxDay, factor: f64, offset_k: f64) -> Vec<(Time, f64)> {
        let times: Vec<Time> = (day.closed.0..=day.returns.0).step_by(120).map(Time).collect();
        let values = payload_at(plan.problem(), day, &times, factor).unwrap();
        times.into_iter().zip(values.into_iter().map(|c| c + offset_k)).collect()
    }

    #[test]
    fn a_logger_that_sees_the_prediction_has_no_residual_and_an_offset_is_told() {
        let plan = fixture::plan();
        let day = day(&plan);
        let same = compare(plan.problem(), &day, &log(&plan, &day, 1.0, 0.0)).unwrap();
        assert!(same.rms_k < 1e-9 && same.gaps.is_empty() && same.outside == 0, "{same:?}");
        assert_eq!(same.interval, Some(Seconds(120)));
        let off = compare(plan.problem(), &day, &log(&plan, &day, 1.0, -0.4)).unwrap();
        assert!((off.mean_k - 0.4).abs() < 1e-9 && (off.rms_k - 0.4).abs() < 1e-9);
    }

    #[test]
    fn silences_and_alarms_are_named() {
        let plan = fixture::plan();
        let day = day(&plan);
        let mut log = log(&plan, &day, 1.0, 0.0);
        let (from, until) = (log[5].0, log[12].0);
        log.drain(6..12);
        log[20].1 = 9.5;
        log.insert(0, (Time(day.closed.0 - 600), 20.0));
        let found = compare(plan.problem(), &day, &log).unwrap();
        assert_eq!((found.gaps.clone(), found.outside), (vec![Gap { from, until }], 1));
        let fired: Vec<&str> = found
            .alarms
            .iter()
            .filter(|(_, alarm)| alarm.fired_at.is_some())
            .map(|(rule, _)| rule.name.as_str())
            .collect();
        assert_eq!(fired, ["above 8.0 °C"]);
        assert!((found.worst.unwrap().measured_c - 9.5).abs() < 1e-9);
    }

    #[test]
    fn walls_are_found_again_off_the_plateau_and_not_guessed_at_on_it() {
        let plan = fixture::plan();
        let calm = day(&plan);
        let seen = log(&plan, &calm, 1.0, 0.0);
        let few = compare(plan.problem(), &calm, &seen[..8]).unwrap();
        assert_eq!(few.walls, Walls::CannotTell);
        // All coolant frozen and frost outside: the payload follows the walls.
        let plan = fixture::frozen_in_frost();
        let day = day(&plan);
        let found = compare(plan.problem(), &day, &log(&plan, &day, 1.3, 0.0)).unwrap();
        let Walls::Factor { factor, rms_k } = found.walls else { panic!("{:?}", found.walls) };
        assert!((factor - 1.3).abs() < 0.01 && rms_k < 0.01, "{factor}, {rms_k}");
    }
}
