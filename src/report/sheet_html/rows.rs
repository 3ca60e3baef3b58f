//! The stops of one vehicle, one row for each order, with rests and reloads between.

use std::fmt::Write as _;

use super::{SheetOptions, label, push_columns, vehicle};
use crate::place::{Datum, Point};
use crate::plan::{Plan, Route};
use crate::problem::{HandOver, Order, Visit};
use crate::report::cold_margin::{self, ColdMargin};
use crate::report::path::{self, Number};
use crate::report::text::{
    clock, clock_and_day, escape, html, kg, km, masked, money, percent, plain, span,
};
use crate::report::words;
use crate::schedule::{Stop, StopKind};
use crate::units::{Grams, Seconds, Time};

const COLUMNS: [(&str, &str); 8] = [
    ("序", "no."),
    ("到达", "begin"),
    ("村 / 收件人", "village, name"),
    ("件数", "parcels"),
    ("温层 / 最晚", "cold until"),
    ("交接 / 备注", "hand-over, note"),
    ("导航", "navigate"),
    ("完成", "done"),
];

/// One stop with all a row needs.
struct Row<'a> {
    plan: &'a Plan,
    stop: &'a Stop,
    visit: &'a Visit,
    order: &'a Order,
    number: Number,
    cold: Option<&'a ColdMargin>,
    options: SheetOptions,
}

/// Adds the table of all stops.
pub(super) fn push(out: &mut String, plan: &Plan, route: &Route, options: SheetOptions) {
    let _ = writeln!(out, "<h2>{}</h2>\n<table class=\"stops\">", label("派送顺序", "stops"));
    out.push_str("<colgroup>");
    for i in 0..COLUMNS.len() {
        let _ = write!(out, "<col class=\"c{i}\"/>");
    }
    out.push_str("</colgroup>\n");
    push_columns(out, &COLUMNS);
    out.push_str("<tbody>\n");
    let margins = cold_margin::margins(plan.problem(), route);
    let numbers = path::numbers(&route.timetable);
    for (stop, number) in route.timetable.stops.iter().zip(numbers) {
        let (Some(id), Some(number)) = (stop.visit, number) else {
            push_pause(out, stop);
            continue;
        };
        let visit = plan.problem().visit(id);
        let order = plan.problem().order(visit.order);
        let cold = cold_margin::of(&margins, stop.visit);
        push_row(out, &Row { plan, stop, visit, order, number, cold, options });
    }
    out.push_str("</tbody>\n");
    push_totals(out, plan, route);
    out.push_str("</table>\n");
}

/// A departure, rest, reload or return.
fn push_pause(out: &mut String, stop: &Stop) {
    let word = words::stop(stop.kind);
    let from = if stop.kind == StopKind::Start { stop.leave } else { stop.arrive };
    let _ = write!(
        out,
        "<tr class=\"pause\"><td colspan=\"{}\"><span class=\"eta\">{}</span> {}",
        COLUMNS.len(),
        clock(from),
        label(word.zh, word.en),
    );
    if !matches!(stop.kind, StopKind::Start | StopKind::End) {
        let _ = write!(out, " → {} {}", clock(stop.leave), label("再出发", "leave"));
    }
    if stop.kind != StopKind::Start {
        let _ = write!(out, " <small>+{} km</small>", km(stop.leg.metres));
    }
    out.push_str("</td></tr>\n");
}

fn push_row(out: &mut String, row: &Row) {
    let even = if row.number.place.is_multiple_of(2) { " class=\"even\"" } else { "" };
    let word = words::stop(row.stop.kind);
    let is_taken = matches!(row.stop.kind, StopKind::Collect | StopKind::ShipPickup);
    let take = if is_taken { " class=\"take\"" } else { "" };
    let Number { place, order } = row.number;
    let again = if order > 1 { format!("<small>-{order}</small>") } else { String::new() };
    let _ = write!(
        out,
        "<tr{even}><td class=\"no\"><b>{place}{again}</b><span{take}>{}</span></td>",
        word.zh
    );
    push_times(out, row);
    push_recipient(out, row);
    push_goods(out, row);
    push_cold(out, row);
    push_note(out, row);
    push_links(out, row);
    out.push_str("<td class=\"tick\"><i></i></td></tr>\n");
}

fn push_goods(out: &mut String, row: &Row) {
    let load = &row.visit.load;
    let _ = write!(out, "<td class=\"goods\"><b>{} 件</b>", load[2]);
    if load[0] > 0 {
        let _ = write!(out, "<br/>{} kg", kg(Grams(load[0])));
    }
    out.push_str("</td>");
}

/// The moment service begins, large; how far, how long to wait, and why then.
fn push_times(out: &mut String, row: &Row) {
    let (stop, wait) = (row.stop, row.stop.begin - row.stop.arrive);
    let (begin, day) = clock_and_day(stop.begin);
    let _ = write!(out, "<td class=\"eta\"><b>{begin}</b>");
    if !day.is_empty() {
        let _ = write!(out, "<small>{day}</small>");
    }
    if !stop.leg.metres.is_zero() {
        let _ = write!(out, "<small>+{} km</small>", km(stop.leg.metres));
    }
    if wait >= Seconds(60) {
        let _ = write!(out, "<small>{} 到，等 {}</small>", clock(stop.arrive), span(wait));
    }
    let windows =
        row.visit.windows.iter().filter(|w| w.open() > Time::MIN || w.close() < Time::MAX);
    for window in windows {
        let (open, close) = (window.open(), window.close());
        let text = match (open > Time::MIN, close < Time::MAX) {
            (true, true) => format!("时段 {}–{}", clock(open), clock(close)),
            (true, false) => format!("{} 起", clock(open)),
            _ => format!("{} 前", clock(close)),
        };
        let _ = write!(out, "<small>{text}</small>");
    }
    if stop.late > Seconds::ZERO {
        let _ = write!(out, "<span class=\"alarm\">迟 late {}</span>", span(stop.late));
    }
    if let Some(why) = stop.no_road {
        let _ = write!(out, "<span class=\"alarm\">无路 {}</span>", escape(why.text()));
    }
    out.push_str("</td>");
}

fn push_recipient(out: &mut String, row: &Row) {
    let order = row.order;
    let phone = if row.options.mask_phones {
        masked(order.phone_number())
    } else {
        plain(order.phone_number())
    };
    let _ = write!(
        out,
        "<td class=\"who\"><b>{}</b> <span class=\"name\">{}</span><span class=\"phone\">{}</span><small>{}</small></td>",
        html(row.plan.problem().village(row.visit)),
        html(order.recipient()),
        html(&phone),
        html(order.id()),
    );
}

fn push_cold(out: &mut String, row: &Row) {
    out.push_str("<td class=\"cold\">");
    if let Some(class) = row.visit.class {
        let _ = write!(out, "❄ {}", escape(&cold_margin::range(row.plan.problem(), class)));
    }
    match row.cold {
        Some(cold) if !cold.fits => out.push_str("<br/><span class=\"alarm\">冷箱不合</span>"),
        Some(ColdMargin { deadline: Some(deadline), .. }) => {
            let goal = if row.stop.kind == StopKind::Collect { "回站 back" } else { "最晚 by" };
            let (clock, day) = clock_and_day(*deadline);
            let _ = write!(out, "<b>{clock}</b><small>{day}{goal}</small>");
        }
        Some(_) | None => {}
    }
    out.push_str("</td>");
}

fn push_note(out: &mut String, row: &Row) {
    let realisation = row.plan.problem().realisation(row.visit.realisation);
    let at = row.order.choices()[realisation.choice].hand_over();
    let is_taken = matches!(row.stop.kind, StopKind::Collect | StopKind::ShipPickup);
    let at = match at {
        HandOver::Home if is_taken => words::AT_SENDER,
        other => words::hand_over(other),
    };
    let _ = write!(out, "<td class=\"note\">{}", label(at.zh, at.en));
    let cash = row.order.cash();
    if !cash.is_zero() && row.stop.kind != StopKind::ShipPickup {
        let _ = write!(out, "<div><span class=\"cod\">代收 COD {}</span></div>", money(cash));
    }
    if row.visit.due_back < Time::MAX {
        let _ =
            write!(out, "<div><small>{} 前回站 back by</small></div>", clock(row.visit.due_back));
    }
    let note = plain(row.order.note_text());
    if !note.is_empty() {
        let _ = write!(out, "<div>{}</div>", html(&note));
    }
    out.push_str("</td>");
}

/// Links for a phone, and the coordinates to type or copy. Amap's is in GCJ-02, longitude first,
/// and given in mainland China only, where that datum is defined.
fn push_links(out: &mut String, row: &Row) {
    let point = row.plan.problem().places()[row.visit.place.index()].point;
    let village = plain(row.plan.problem().village(row.visit));
    let name = percent(if village.is_empty() { row.order.id() } else { &village });
    let at = format!("{:.6},{:.6}", point.lat, point.lon);
    let _ = write!(out, "<td class=\"nav\"><a href=\"geo:{at}?q={at}({name})\">地图 map</a>");
    if is_near_china(point) {
        let (lat, lon) = point.in_datum(Datum::Gcj02);
        let _ = write!(
            out,
            "<a href=\"https://uri.amap.com/navigation?to={lon:.6},{lat:.6},{name}&amp;mode=car\
             &amp;policy=1&amp;src=lastmile&amp;coordinate=gaode&amp;callnative=1\">高德 Amap</a>"
        );
    }
    let _ = write!(out, "<code>{:.5},<wbr/>{:.5}</code></td>", point.lat, point.lon);
}

/// True inside the box around mainland China.
fn is_near_china(point: Point) -> bool {
    (18.0..54.0).contains(&point.lat) && (73.0..135.5).contains(&point.lon)
}

fn push_totals(out: &mut String, plan: &Plan, route: &Route) {
    let timetable = &route.timetable;
    let visits = || route.visits().map(|id| plan.problem().visit(id));
    let sum = |from_station: bool, of: usize| -> i64 {
        let some = visits().filter(|visit| visit.role.is_from_station() == from_station);
        some.map(|visit| visit.load[of]).sum()
    };
    let collected: i64 = timetable
        .stops
        .iter()
        .filter(|stop| stop.kind == StopKind::Collect)
        .filter_map(|stop| stop.visit)
        .map(|id| plan.problem().visit(id).load[2])
        .sum();
    let _ = writeln!(
        out,
        "<tfoot><tr><td colspan=\"{}\">{} {} 件 {} kg · {} {collected} 件 · {} km · {} {} · {} {}\
         </td></tr></tfoot>",
        COLUMNS.len(),
        label("合计派件", "delivered"),
        sum(true, 2),
        kg(Grams(sum(true, 0))),
        label("揽收", "collected"),
        km(timetable.length()),
        label("工时", "hours"),
        span(timetable.duration()),
        label("代收货款", "cash"),
        money(vehicle::cash(plan, route)),
    );
}
