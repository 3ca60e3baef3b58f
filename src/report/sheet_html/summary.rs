//! The first page: the figures, all routes on one map, one line per vehicle.

use std::fmt::Write as _;

use super::map::{Map, Pin};
use super::{label, push_columns, push_figure};
use crate::plan::{Plan, Route};
use crate::problem::StationId;
use crate::report::cold_margin;
use crate::report::geojson::COLOURS;
use crate::report::kpi::{Kpi, fullness, or_dash};
use crate::report::path::{self, Legs};
use crate::report::text::{clock, escape, html, km, kwh, money, span};
use crate::schedule::StopKind;

/// Adds the summary page.
pub(super) fn push(out: &mut String, plan: &Plan, legs: Legs) {
    let problem = plan.problem();
    let names: Vec<String> = problem.stations().iter().map(|s| html(s.display_name())).collect();
    let _ = writeln!(
        out,
        "<section>\n<h1>{} {}</h1>\n<p>{}</p>",
        label("派送计划", "day plan"),
        html(problem.date()),
        names.join("，")
    );
    if plan.header().interrupted {
        let text =
            label("计算被中断，此为当时最好的方案", "search interrupted: best plan until then");
        let _ = writeln!(out, "<p class=\"alarm\">{text}</p>");
    }
    push_figures(out, &Kpi::of(plan));
    overview(plan, legs).push(out, 300.0);
    push_vehicles(out, plan);
    let header = plan.header();
    let _ = writeln!(
        out,
        "<p class=\"foot\">{} {} · seed {} · {} × {} steps · {}</p>\n</section>",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        header.seed,
        header.threads,
        header.rounds.iter().sum::<u64>(),
        html(problem.zone()),
    );
}

fn push_figures(out: &mut String, kpi: &Kpi) {
    out.push_str("<dl>\n");
    push_figure(out, "已排订单", "orders served", &format!("{} / {}", kpi.served, kpi.orders));
    push_figure(out, "未排", "not served", &kpi.unserved.to_string());
    push_figure(
        out,
        "车辆 / 趟次",
        "vehicles / trips",
        &format!("{} / {}", kpi.vehicles, kpi.trips),
    );
    push_figure(out, "件数", "parcels", &kpi.parcels.to_string());
    push_figure(out, "总里程", "km", &format!("{} km", km(kpi.length)));
    push_figure(out, "总工时", "courier hours", &span(kpi.duration));
    push_figure(out, "准时", "on time", &kpi.on_time.to_string());
    push_figure(out, "时效承诺", "promises kept", &kpi.promise.to_string());
    push_figure(out, "赶上返程车", "before cut-off", &kpi.collected_in_time.to_string());
    push_figure(out, "冷链达标", "cold chain kept", &kpi.cold.to_string());
    let least = or_dash(kpi.cold_margin_least.as_ref(), |least| format!("{} min", least.minutes));
    push_figure(out, "冷链余量", "least margin", &least);
    if let Some(all) = &kpi.battery {
        push_figure(out, "用电量", "used", &format!("{} kWh", kwh(all.used_wh)));
        let least = format!("{} % ({})", all.least_permille.div_euclid(10), all.vehicle);
        push_figure(out, "最低电量", "least charge", &least);
    }
    push_figure(out, "成本", "cost", &money(kpi.cost));
    push_figure(out, "单件成本", "per parcel", &or_dash(kpi.cost_per_parcel, money));
    push_figure(out, "装载率", "load factor", &kpi.load_factor.to_string());
    out.push_str("</dl>\n");
}

fn overview(plan: &Plan, legs: Legs) -> Map {
    let mut map = Map::default();
    for (number, route) in plan.routes().iter().enumerate() {
        for trip in 0..route.trips.len() {
            let way = path::trip(plan, route, trip, legs);
            // The vehicle's name stands where its first trip is farthest from home.
            let home = way[0];
            let far = way
                .iter()
                .copied()
                .max_by(|a, b| home.distance_m(*a).total_cmp(&home.distance_m(*b)));
            if let Some(at) = far.filter(|_| trip == 0) {
                let name = plan.problem().vehicle(route.vehicle).id().to_string();
                map.pins.push(Pin { at, text: String::new(), label: name });
            }
            map.lines.push(super::map::Line {
                way,
                style: number,
                colour: COLOURS[number % COLOURS.len()],
            });
        }
    }
    for id in (0..plan.problem().stations().len()).map(StationId::from_index) {
        let station = &plan.problem().stations()[id.index()];
        map.stations.push((station.point(), station.display_name().to_string()));
    }
    map
}

const COLUMNS: [(&str, &str); 10] = [
    ("车辆", "vehicle"),
    ("出发", "depart"),
    ("返回", "return"),
    ("工时", "h:min"),
    ("里程", "km"),
    ("站点", "stops"),
    ("订单", "orders"),
    ("装载", "load"),
    ("冷链余量", "cold margin"),
    ("成本", "cost"),
];

fn push_vehicles(out: &mut String, plan: &Plan) {
    let _ = writeln!(out, "<h2>{}</h2>\n<table>", label("车辆", "vehicles"));
    push_columns(out, &COLUMNS);
    out.push_str("<tbody>\n");
    for (i, route) in plan.routes().iter().enumerate() {
        out.push_str(if i % 2 == 1 { "<tr class=\"even\">" } else { "<tr>" });
        let _ = write!(out, "<td><b>{}</b></td>", html(plan.problem().vehicle(route.vehicle).id()));
        for cell in cells(plan, route) {
            let _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn cells(plan: &Plan, route: &Route) -> [String; COLUMNS.len() - 1] {
    let (problem, timetable) = (plan.problem(), &route.timetable);
    let margins = cold_margin::margins(problem, route);
    let least = cold_margin::least(&margins).and_then(|least| least.margin);
    let places = path::numbers(timetable).into_iter().flatten().map(|number| number.place).max();
    let is_order = |kind| kind != StopKind::ShipPickup;
    let orders = timetable.stops.iter().filter(|stop| stop.visit.is_some() && is_order(stop.kind));
    [
        or_dash(timetable.stops.first(), |stop| clock(stop.leave)),
        or_dash(timetable.stops.last(), |stop| clock(stop.arrive)),
        span(timetable.duration()),
        km(timetable.length()),
        places.unwrap_or(0).to_string(),
        orders.count().to_string(),
        format!("{} %", (fullness(problem, route) + 5) / 10),
        or_dash(least, span),
        money(route.cost),
    ]
}
