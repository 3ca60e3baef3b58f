//! What goes into the vehicle, in the order it goes in: last stop first. Cold boxes stand apart,
//! each with the time it is closed.

use std::fmt::Write as _;

use super::label;
use crate::plan::{Plan, Route};
use crate::problem::Visit;
use crate::report::cold_margin;
use crate::report::path::{self, Number};
use crate::report::text::{clock, escape, html, kg};
use crate::units::{Grams, Time};

/// Adds the load order of every trip of a route.
pub(super) fn push(out: &mut String, plan: &Plan, route: &Route) {
    for trip in 0..route.trips.len() {
        push_trip(out, plan, route, trip);
    }
}

fn push_trip(out: &mut String, plan: &Plan, route: &Route, trip: usize) {
    let goods = goods(plan, route, trip);
    if goods.is_empty() {
        return;
    }
    let title = label("装车顺序（先装在前）", "load in this order: last stop goes in first");
    let number = match route.trips.len() {
        0 | 1 => String::new(),
        _ => format!(" · 第 {} 趟 {}", trip + 1, clock(route.trips[trip].depart)),
    };
    let _ = writeln!(out, "<h2>{title}{number}</h2>");
    push_list(out, plan, goods.iter().filter(|(_, visit)| visit.class.is_none()));
    let packing = plan.problem().vehicle(route.vehicle).packing_time();
    let closed = route.trips[trip].depart - packing;
    for class in 0..plan.problem().classes().len() {
        push_box(out, plan, &goods, class, closed);
    }
}

/// The goods of a trip, last stop first.
fn goods<'a>(plan: &'a Plan, route: &Route, trip: usize) -> Vec<(Number, &'a Visit)> {
    let numbered = route.timetable.stops.iter().zip(path::numbers(&route.timetable));
    let of_trip = numbered.filter(|(stop, _)| stop.trip == trip);
    let visits =
        of_trip.filter_map(|(stop, number)| Some((number?, plan.problem().visit(stop.visit?))));
    let mut goods: Vec<_> = visits.filter(|(_, visit)| visit.role.is_from_station()).collect();
    goods.reverse();
    goods
}

fn push_box(out: &mut String, plan: &Plan, goods: &[(Number, &Visit)], class: usize, closed: Time) {
    let mut inside = goods.iter().filter(|(_, visit)| visit.class == Some(class)).peekable();
    if inside.peek().is_none() {
        return;
    }
    let _ = writeln!(
        out,
        "<div class=\"box\">{} <strong>{}</strong> · {} <strong>{}</strong>",
        label("冷箱", "cold box"),
        escape(&cold_margin::range(plan.problem(), class)),
        label("关箱时间", "close lid at"),
        clock(closed),
    );
    push_list(out, plan, inside);
    out.push_str("</div>\n");
}

fn push_list<'a>(
    out: &mut String,
    plan: &Plan,
    goods: impl Iterator<Item = &'a (Number, &'a Visit)>,
) {
    let mut list = String::new();
    for (number, visit) in goods {
        let order = plan.problem().order(visit.order);
        let mass = Grams(visit.load[0]);
        let mass = if mass.is_zero() { String::new() } else { format!(" {} kg", kg(mass)) };
        let _ = writeln!(
            list,
            "<li><b>{number}</b> {} {} <span>{} 件{mass}</span></li>",
            html(order.id()),
            html(plan.problem().village(visit)),
            visit.load[2],
        );
    }
    if !list.is_empty() {
        let _ = writeln!(out, "<ol class=\"load\">\n{list}</ol>");
    }
}
