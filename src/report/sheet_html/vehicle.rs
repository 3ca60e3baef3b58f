//! The pages of one vehicle: header, map, load order, stops.

use std::fmt::Write as _;

use super::map::{Line, Map, Pin};
use super::{SheetOptions, label, load_order, push_figure, rows};
use crate::plan::{Plan, Route};
use crate::report::cold_margin;
use crate::report::path::{self, Legs};
use crate::report::text::{clock, html, kg, km, kwh, money, span};
use crate::schedule::battery_day;
use crate::units::{Grams, Money};

/// Adds the pages of one vehicle.
pub(super) fn push(
    out: &mut String,
    plan: &Plan,
    route: &Route,
    legs: Legs,
    options: SheetOptions,
) {
    let problem = plan.problem();
    let station = &problem.stations()[problem.station_of(route.vehicle).index()];
    let _ = writeln!(
        out,
        "<section>\n<h1>{} {}</h1>\n<p>{} · {}</p>",
        label("车辆", "vehicle"),
        html(problem.vehicle(route.vehicle).id()),
        html(problem.date()),
        html(station.display_name()),
    );
    push_header(out, plan, route);
    map(plan, route, legs).push(out, 400.0);
    load_order::push(out, plan, route);
    rows::push(out, plan, route, options);
    out.push_str("</section>\n");
}

fn push_header(out: &mut String, plan: &Plan, route: &Route) {
    let (problem, timetable) = (plan.problem(), &route.timetable);
    let shift = problem.vehicle(route.vehicle).shift_window();
    let depart = timetable.stops.first().map_or(String::new(), |stop| clock(stop.leave));
    let back = timetable.stops.last().map_or(String::new(), |stop| clock(stop.arrive));
    let peak = timetable.stops.iter().map(|stop| stop.load[0]).max().unwrap_or(0);
    out.push_str("<dl>\n");
    push_figure(out, "出发", "depart", &depart);
    push_figure(out, "返回", "return", &back);
    push_figure(out, "班次", "shift", &format!("{}–{}", clock(shift.open()), clock(shift.close())));
    push_figure(out, "里程", "km", &format!("{} km", km(timetable.length())));
    push_figure(out, "驾驶", "driving", &span(timetable.driving()));
    push_figure(out, "最大载重", "load peak", &format!("{} kg", kg(Grams(peak))));
    let cash = cash(plan, route);
    if !cash.is_zero() {
        push_figure(out, "代收货款", "cash to take", &money(cash));
    }
    let margins = cold_margin::margins(problem, route);
    if let Some(margin) = cold_margin::least(&margins).and_then(|least| least.margin) {
        push_figure(out, "冷链余量", "cold margin", &span(margin));
    }
    if let Some(day) = battery_day(problem, timetable) {
        push_figure(out, "用电量", "used", &format!("{} kWh", kwh(day.used_wh)));
        let least = format!("{} / {} kWh", kwh(day.least_wh), kwh(day.full_wh));
        push_figure(out, "最低电量", "least charge", &least);
        if day.charged_wh > 0 {
            push_figure(out, "途中充电", "charged", &format!("{} kWh", kwh(day.charged_wh)));
        }
    }
    out.push_str("</dl>\n");
}

/// Cash to take on the whole route.
pub(super) fn cash(plan: &Plan, route: &Route) -> Money {
    let problem = plan.problem();
    let visits = route.visits().map(|id| problem.visit(id));
    let last = visits.filter(|visit| visit.role != crate::problem::Role::ShipPickup);
    last.map(|visit| problem.order(visit.order).cash()).sum()
}

fn map(plan: &Plan, route: &Route, legs: Legs) -> Map {
    let problem = plan.problem();
    let mut map = Map::default();
    for trip in 0..route.trips.len() {
        let way = path::trip(plan, route, trip, legs);
        map.lines.push(Line { way, style: trip, colour: "#000" });
    }
    let station = &problem.stations()[problem.station_of(route.vehicle).index()];
    map.stations.push((station.point(), station.display_name().to_string()));
    for (stop, number) in route.timetable.stops.iter().zip(path::numbers(&route.timetable)) {
        let (Some(visit), Some(number)) = (stop.visit, number) else { continue };
        if number.order > 1 {
            continue;
        }
        let village = problem.village(problem.visit(visit));
        map.pins.push(Pin {
            at: problem.places()[stop.place.index()].point,
            text: number.place.to_string(),
            label: village.to_string(),
        });
    }
    map
}
