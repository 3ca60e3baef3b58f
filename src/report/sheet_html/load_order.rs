//! What goes into the vehicle, in the order it goes in: last stop first. Cold boxes stand apart,
//! each with the time it is closed.

use std::fmt::Write as _;

use super::label;
use crate::plan::{Plan, Route};
use crate::problem::{Visit, VisitId};
use crate::report::cold_boxes::{self, ClosedBox, TripBoxes};
use crate::report::cold_margin;
use crate::report::path::{self, Number};
use crate::report::text::{clock, escape, html, kg};
use crate::schedule::Stop;
use crate::units::{Grams, Time};

/// A visit with goods from the station, and its number on the sheet.
type Item<'a> = (VisitId, Number, &'a Visit);

/// Adds the load order of every trip of a route.
pub(super) fn push(out: &mut String, plan: &Plan, route: &Route) {
    let closed = cold_boxes::by_trip(plan.problem(), &route.timetable);
    for (trip, closed) in closed.iter().enumerate() {
        push_trip(out, plan, route, trip, closed);
    }
}

fn push_trip(out: &mut String, plan: &Plan, route: &Route, trip: usize, closed: &TripBoxes) {
    let goods = goods(plan, route, trip);
    if goods.is_empty() && closed.boxes.is_empty() {
        return;
    }
    let title = label("装车顺序（先装在前）", "load in this order: last stop goes in first");
    let number = match route.trips.len() {
        0 | 1 => String::new(),
        _ => format!(" · 第 {} 趟 {}", trip + 1, clock(route.trips[trip].depart)),
    };
    let _ = writeln!(out, "<h2>{title}{number}</h2>");
    let outside = |visit: &VisitId| {
        plan.problem().visit(*visit).class.is_none() || closed.left_out.contains(visit)
    };
    push_list(out, plan, goods.iter().filter(|one| outside(&one.0)));
    let packing = plan.problem().vehicle(route.vehicle).packing_time();
    for one in &closed.boxes {
        let inside = goods.iter().filter(|(visit, ..)| one.load.visits.contains(visit));
        push_box(out, plan, one, inside, route.trips[trip].depart - packing);
    }
}

/// The goods of a trip, last stop first.
fn goods<'a>(plan: &'a Plan, route: &Route, trip: usize) -> Vec<Item<'a>> {
    let numbered = route.timetable.stops.iter().zip(path::numbers(&route.timetable));
    let of_trip = numbered.filter(|(stop, _)| stop.trip == trip);
    let item = |(stop, number): (&Stop, Option<Number>)| {
        Some((stop.visit?, number?, plan.problem().visit(stop.visit?)))
    };
    let mut goods: Vec<_> =
        of_trip.filter_map(item).filter(|(.., visit)| visit.role.is_from_station()).collect();
    goods.reverse();
    goods
}

/// A box with what goes into it: how its coolant is conditioned, when it is closed.
fn push_box<'a>(
    out: &mut String,
    plan: &Plan,
    one: &ClosedBox,
    inside: impl Iterator<Item = &'a Item<'a>>,
    closed: Time,
) {
    let _ = write!(
        out,
        "<div class=\"box\">{} <strong>{}</strong> {}",
        label("冷箱", "cold box"),
        html(&one.label),
        escape(&cold_margin::range(plan.problem(), one.load.class)),
    );
    if let Some(word) = one.conditioned {
        let _ = write!(
            out,
            " · {} <strong>{}</strong>",
            label("冷媒", "coolant"),
            label(word.zh, word.en)
        );
    }
    if let Some((set, of)) = one.set {
        let _ = write!(out, " · {} {set}/{of}", label("份", "set"));
    }
    let _ = writeln!(
        out,
        " · {} <strong>{}</strong>",
        label("关箱时间", "close lid at"),
        clock(closed),
    );
    let mut inside = inside.peekable();
    if inside.peek().is_none() {
        let _ = writeln!(out, "<p>{}</p>", label("空箱，途中装货", "empty, filled on the way"));
    }
    push_list(out, plan, inside);
    out.push_str("</div>\n");
}

fn push_list<'a>(out: &mut String, plan: &Plan, goods: impl Iterator<Item = &'a Item<'a>>) {
    let mut list = String::new();
    for (_, number, visit) in goods {
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
