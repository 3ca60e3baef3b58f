//! The plan as a table for a terminal of a hundred columns.

use std::fmt::Write as _;

use crate::plan::{Plan, Route};
use crate::report::cold_boxes::{self, TripBoxes};
use crate::report::cold_margin::{self, ColdMargin};
use crate::report::kpi::{Kpi, fullness, or_dash};
use crate::report::path::{self, Number};
use crate::report::text::{self, clock, fit, kg, km, plain, span};
use crate::report::{why, words};
use crate::schedule::{Stop, StopKind, battery_day};
use crate::units::{Grams, Seconds};

/// Widths of the columns, in terminal columns; one blank stands between two.
const COLUMNS: [(&str, usize); 10] = [
    ("No", 4),
    ("What", 9),
    ("Arrive", 8),
    ("Wait", 5),
    ("Begin", 8),
    ("Leave", 8),
    ("km", 6),
    ("Place, orders", 30),
    ("pcs", 4),
    ("kg", 7),
];

/// Every route stop by stop, the orders left out with their reasons, and the figures, as text of at
/// most a hundred columns; wide characters are aligned.
///
/// ```
/// # fn show(plan: &lastmile::plan::Plan) {
/// println!("{}", lastmile::report::timetable(plan));
/// # }
/// ```
///
/// Takes a walk over all stops.
pub fn timetable(plan: &Plan) -> String {
    let problem = plan.problem();
    let mut out = format!("Plan for {} ({})\n", plain(problem.date()), plain(problem.zone()));
    if plan.header().interrupted {
        out.push_str("The search was interrupted; this is the best plan found until then.\n");
    }
    for route in plan.routes() {
        out.push('\n');
        push_route(&mut out, plan, route);
    }
    push_unserved(&mut out, plan);
    let _ = writeln!(out, "\n{}", Kpi::of(plan));
    out
}

fn push_route(out: &mut String, plan: &Plan, route: &Route) {
    let problem = plan.problem();
    let vehicle = problem.vehicle(route.vehicle);
    let station = &problem.stations()[problem.station_of(route.vehicle).index()];
    let shift = vehicle.shift_window();
    let _ = writeln!(
        out,
        "Vehicle {} ({}) of {}, shift {} to {}",
        plain(vehicle.id()),
        plain(vehicle.profile()),
        plain(station.display_name()),
        clock(shift.open()),
        clock(shift.close()),
    );
    push_row(out, &COLUMNS.map(|(title, _)| title.to_string()));
    let margins = cold_margin::margins(problem, route);
    let numbers = path::numbers(&route.timetable);
    let mut closed = cold_boxes::by_trip(problem, &route.timetable).into_iter();
    for (stop, number) in route.timetable.stops.iter().zip(numbers) {
        push_row(out, &cells(plan, route, stop, number));
        if matches!(stop.kind, StopKind::Start | StopKind::Reload) {
            push_boxes(out, &closed.next().unwrap_or_default());
        }
        push_remarks(out, stop, cold_margin::of(&margins, stop.visit));
    }
    push_totals(out, plan, route, &margins);
}

fn push_row(out: &mut String, cells: &[String; COLUMNS.len()]) {
    let mut line = String::new();
    for (i, (cell, (title, columns))) in cells.iter().zip(COLUMNS).enumerate() {
        if i > 0 {
            line.push(' ');
        }
        let is_number = matches!(title, "km" | "pcs" | "kg" | "Wait");
        let blanks = columns.saturating_sub(text::width(cell));
        if is_number && blanks > 0 {
            line.push_str(&" ".repeat(blanks));
            line.push_str(cell);
        } else {
            line.push_str(&fit(cell, columns));
        }
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

fn cells(
    plan: &Plan,
    route: &Route,
    stop: &Stop,
    number: Option<Number>,
) -> [String; COLUMNS.len()] {
    let visit = stop.visit.map(|id| plan.problem().visit(id));
    let is_first = stop.kind == StopKind::Start;
    let wait = stop.begin - stop.arrive;
    let shown = |show: bool, text: String| if show { text } else { String::new() };
    [
        number.map_or_else(String::new, |number| number.to_string()),
        words::stop(stop.kind).en.to_string(),
        shown(!is_first, clock(stop.arrive)),
        shown(!is_first && wait > Seconds::ZERO, span(wait)),
        shown(visit.is_some(), clock(stop.begin)),
        shown(stop.kind != StopKind::End, clock(stop.leave)),
        shown(!is_first, km(stop.leg.metres)),
        place_name(plan, route, stop),
        visit.map_or_else(String::new, |visit| visit.load[2].to_string()),
        visit.map_or_else(String::new, |visit| kg(Grams(visit.load[0]))),
    ]
}

/// Order id, village and name; the station's name for a station.
fn place_name(plan: &Plan, route: &Route, stop: &Stop) -> String {
    let problem = plan.problem();
    if let Some(visit) = stop.visit {
        let visit = problem.visit(visit);
        let order = problem.order(visit.order);
        let parts = [order.id(), problem.village(visit), order.recipient()].map(plain);
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        return parts.join(" ");
    }
    match stop.kind {
        StopKind::Rest => "on the way".into(),
        _ => plain(problem.stations()[problem.station_of(route.vehicle).index()].display_name()),
    }
}

/// The cold boxes that are closed for the trip that begins, a line for each.
fn push_boxes(out: &mut String, closed: &TripBoxes) {
    for one in &closed.boxes {
        let _ = writeln!(out, "     * cold box: {}", one.in_english());
    }
}

/// What a courier must not overlook, on lines of their own.
fn push_remarks(out: &mut String, stop: &Stop, cold: Option<&ColdMargin>) {
    if let Some(why) = stop.no_road {
        let _ = writeln!(out, "     ! no road: {}", why.text());
    }
    if stop.late > Seconds::ZERO {
        let _ = writeln!(out, "     ! {} late", span(stop.late));
    }
    match cold {
        Some(cold) if !cold.fits => out.push_str("     ! no cold box suits these goods\n"),
        Some(ColdMargin { deadline: Some(deadline), margin: Some(margin), .. }) => {
            let _ = writeln!(
                out,
                "     * cold: safe until {}, {} to spare",
                clock(*deadline),
                span(*margin)
            );
        }
        Some(_) | None => {}
    }
}

fn push_totals(out: &mut String, plan: &Plan, route: &Route, margins: &[ColdMargin]) {
    let timetable = &route.timetable;
    let peak = timetable.stops.iter().map(|stop| stop.load[0]).max().unwrap_or(0);
    let full = fullness(plan.problem(), route);
    let least = cold_margin::least(margins).and_then(|least| least.margin);
    let _ = writeln!(
        out,
        "  {} km, driving {} h, waiting {} h, duration {} h, cost {},",
        km(timetable.length()),
        span(timetable.driving()),
        span(timetable.waiting()),
        span(timetable.duration()),
        text::money(route.cost),
    );
    let _ = writeln!(
        out,
        "  load peak {} kg ({}.{} % of the tightest limit), least cold margin {}",
        kg(Grams(peak)),
        full / 10,
        full % 10,
        or_dash(least, |margin| format!("{} h", span(margin))),
    );
    if let Some(day) = battery_day(plan.problem(), timetable) {
        let _ = writeln!(
            out,
            "  battery: {} kWh used, of which {} charged between trips; at least {} of {} kWh left",
            text::kwh(day.used_wh),
            text::kwh(day.charged_wh),
            text::kwh(day.least_wh),
            text::kwh(day.full_wh),
        );
    }
}

fn push_unserved(out: &mut String, plan: &Plan) {
    if plan.unserved().is_empty() {
        return;
    }
    let _ = writeln!(out, "\nNot served: {}", plan.unserved().len());
    for unserved in plan.unserved() {
        let order = plan.problem().order(unserved.order);
        let why = why::of(unserved);
        let tier = words::tier(order.tier_value()).en;
        let name = format!("{} {}", plain(order.village_name()), plain(order.recipient()));
        let _ = writeln!(out, "  {} ({tier}) {}", plain(order.id()), name.trim());
        let _ = writeln!(out, "    {}: {}", why.code, why.text);
        for on in why.nearest() {
            let _ = writeln!(out, "      {}: {}", on.vehicle, on.text);
        }
        if !why.displaced_by.is_empty() {
            let _ = writeln!(out, "    these go first: {}", why.displacing());
        }
        if let Some(cure) = &why.cure {
            let _ = writeln!(out, "    cure: {cure}");
        }
        if let Some((_, offered)) = why.offered() {
            let _ = writeln!(out, "    offered: {offered}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn columns_align_under_wide_characters_and_fit_the_terminal() {
        let text = timetable(&fixture::plan());
        let before = |line: &str, part: &str| line.find(part).map(|at| text::width(&line[..at]));
        let title = text.lines().find(|line| line.starts_with("No ")).unwrap();
        let column = before(title, "Place").unwrap();
        let rows: Vec<&str> = text.lines().filter(|line| line.contains(" HT-")).collect();
        assert!(rows.len() >= 28);
        for row in rows.iter().filter(|row| row.contains(':')) {
            assert_eq!(before(row, "HT-"), Some(column), "{row}");
        }
        let tables = text.lines().take_while(|line| !line.starts_with("Not served"));
        let longest = tables.map(text::width).max().unwrap();
        assert!(longest <= 100, "{longest}");
    }

    #[test]
    fn every_order_is_named() {
        let plan = fixture::plan();
        let text = timetable(&plan);
        assert!(plan.problem().orders().iter().all(|order| text.contains(order.id())));
    }
}
