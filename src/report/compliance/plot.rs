//! The drawing of one box: payload temperature above, remaining hold below, over the day's clock,
//! with class limits and stops.

use std::fmt::Write as _;

use super::facts::RouteFacts;
use crate::cold::{ProductClass, RESERVE_LEFT};
use crate::report::path;
use crate::report::text::{clock, escape};
use crate::schedule::{BoxDay, BoxStep};
use crate::units::{MilliCelsius, Time};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 330.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 12.0;
/// Top and bottom of the two panels.
const TEMPERATURE: (f64, f64) = (26.0, 176.0);
const HOLD: (f64, f64) = (206.0, 306.0);
/// The most hours of hold drawn; more is as good.
const HOURS_MOST: f64 = 48.0;

/// Maps a range of values on a panel.
#[derive(Clone, Copy)]
struct Axis {
    low: f64,
    high: f64,
    top: f64,
    bottom: f64,
}

impl Axis {
    fn at(&self, value: f64) -> f64 {
        let share = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.bottom - share * (self.bottom - self.top)
    }
}

/// The drawing as an SVG element.
pub(super) fn draw(facts: &RouteFacts<'_>, class: &ProductClass, day: &BoxDay) -> String {
    let span_s = (day.returns - day.closed).as_f64().max(1.0);
    let x = |time: Time| LEFT + (time - day.closed).as_f64() / span_s * (WIDTH - LEFT - RIGHT);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" font-size=\"10\" fill=\"none\" \
         stroke=\"#000\">\n"
    );
    push_clock(&mut out, day, &x);
    push_stops(&mut out, facts, day, &x);
    push_temperature(&mut out, class, day, &x);
    push_hold(&mut out, day, &x);
    out.push_str("</svg>\n");
    out
}

fn push_text(out: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = escape(text);
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#000\" stroke=\"none\">\
         {text}</text>"
    );
}

fn push_line(out: &mut String, from: (f64, f64), to: (f64, f64), style: &str) {
    let _ =
        writeln!(out, "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" {style}/>", from.0, from.1, to.0, to.1);
}

/// Full hours, few enough to read.
fn push_clock(out: &mut String, day: &BoxDay, x: &impl Fn(Time) -> f64) {
    let hours = (day.returns - day.closed).0 / 3600;
    let pace = 3600 * (hours / 12 + 1);
    let mut time = Time((day.closed.0.div_euclid(pace) + 1) * pace);
    while time <= day.returns {
        for panel in [TEMPERATURE, HOLD] {
            push_line(out, (x(time), panel.0), (x(time), panel.1), "stroke=\"#ddd\"");
        }
        push_text(out, x(time), HEIGHT - 10.0, "middle", &clock(time));
        time = Time(time.0 + pace);
    }
}

/// A line for each stop at the moment it ends; the box's own are full and numbered.
fn push_stops(out: &mut String, facts: &RouteFacts<'_>, day: &BoxDay, x: &impl Fn(Time) -> f64) {
    let numbers = path::numbers(&facts.route.timetable);
    let mut free_from = 0.0;
    for step in day.steps.iter().filter(|step| step.openings > 0) {
        let at = x(step.until);
        for panel in [TEMPERATURE, HOLD] {
            push_line(out, (at, panel.0), (at, panel.1), "stroke-width=\"0.8\"");
        }
        let number = step.stop.and_then(|stop| numbers.get(stop).copied().flatten());
        if let Some(number) = number.filter(|_| at >= free_from) {
            push_text(out, at, TEMPERATURE.0 - 6.0, "middle", &number.to_string());
            free_from = at + 22.0;
        }
    }
    let departs = x(day.departs);
    push_line(out, (departs, TEMPERATURE.0), (departs, HOLD.1), "stroke-dasharray=\"2 3\"");
}

fn temperature_axis(class: &ProductClass, day: &BoxDay) -> Axis {
    let ends = [class.lowest(), class.highest()].into_iter().flatten().map(MilliCelsius::degrees);
    let seen = day.steps.iter().flat_map(|step| [step.payload_c.low, step.payload_c.high]);
    let values = || ends.clone().chain(seen.clone()).chain([day.start_c]);
    let low = values().fold(f64::INFINITY, f64::min).floor() - 1.0;
    let high = values().fold(f64::NEG_INFINITY, f64::max).ceil() + 1.0;
    Axis { low, high, top: TEMPERATURE.0, bottom: TEMPERATURE.1 }
}

fn push_temperature(
    out: &mut String,
    class: &ProductClass,
    day: &BoxDay,
    x: &impl Fn(Time) -> f64,
) {
    let axis = temperature_axis(class, day);
    push_frame(out, axis, "°C");
    for limit in [class.lowest(), class.highest()].into_iter().flatten() {
        let y = axis.at(limit.degrees());
        push_line(
            out,
            (LEFT, y),
            (WIDTH - RIGHT, y),
            "stroke-width=\"1.6\" stroke-dasharray=\"7 4\"",
        );
        push_text(out, LEFT - 4.0, y + 3.5, "end", &format!("{}", limit.degrees()));
    }
    // The band: highest values forward, lowest back.
    let high =
        day.steps.iter().flat_map(|s| [(s.from, s.payload_c.high), (s.until, s.payload_c.high)]);
    let low = day.steps.iter().rev();
    let low = low.flat_map(|s| [(s.until, s.payload_c.low), (s.from, s.payload_c.low)]);
    let mut band = String::from("M");
    for (time, value) in high.chain(low) {
        let _ = write!(band, "{:.1} {:.1} ", x(time), axis.at(value));
    }
    let _ = writeln!(out, "<path d=\"{band}Z\" fill=\"#bbb\" stroke=\"none\"/>");
    let start = (day.closed, day.start_c);
    let ends = day.steps.iter().map(|step: &BoxStep| (step.until, step.payload_c.likely));
    let mut line = String::from("M");
    for (time, value) in std::iter::once(start).chain(ends) {
        let _ = write!(line, "{:.1} {:.1} ", x(time), axis.at(value));
    }
    let _ = writeln!(out, "<path d=\"{}\" stroke-width=\"1.8\"/>", line.trim_end());
}

fn push_hold(out: &mut String, day: &BoxDay, x: &impl Fn(Time) -> f64) {
    let hours = |step: &BoxStep| step.hold_left.map(|left| left.as_f64() / 3600.0);
    let most = day.steps.iter().filter_map(hours).fold(4.0, f64::max).min(HOURS_MOST).ceil();
    let axis = Axis { low: 0.0, high: most, top: HOLD.0, bottom: HOLD.1 };
    push_frame(out, axis, "h");
    for value in [0.0, most] {
        push_text(out, LEFT - 4.0, axis.at(value) + 3.5, "end", &format!("{value}"));
    }
    let reserve = axis.at(RESERVE_LEFT.as_f64() / 3600.0);
    let dashes = "stroke-width=\"1.6\" stroke-dasharray=\"7 4\"";
    push_line(out, (LEFT, reserve), (WIDTH - RIGHT, reserve), dashes);
    let mut line = String::from("M");
    for step in &day.steps {
        let y = axis.at(hours(step).unwrap_or(most));
        let _ = write!(line, "{:.1} {y:.1} {:.1} {y:.1} ", x(step.from), x(step.until));
    }
    let _ = writeln!(out, "<path d=\"{}\" stroke-width=\"1.8\"/>", line.trim_end());
    if day.steps.iter().all(|step| step.hold_left.is_none()) {
        let text = "外界无害或由机组保温 harmless air, or kept by a unit";
        push_text(out, f64::midpoint(LEFT, WIDTH), axis.at(most / 2.0), "middle", text);
    }
}

fn push_frame(out: &mut String, axis: Axis, unit: &str) {
    let (width, height) = (WIDTH - LEFT - RIGHT, axis.bottom - axis.top);
    let top = axis.top;
    let _ = writeln!(out, "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>");
    push_text(out, 4.0, axis.top + 10.0, "start", unit);
}
