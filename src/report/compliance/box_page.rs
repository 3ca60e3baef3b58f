//! The pages of one box: the text of its label, its figures, the drawing, what is left at each stop.

use std::fmt::Write as _;

use super::facts::{Facts, RouteFacts, opening_limit, reserve_entered, reservoir_left};
use super::page::{FILL_SHORT, push_mark};
use super::{parcel_page::push_parcels, plot};
use crate::cold::{Conditioning, Means, PackOut, ProductClass, Status};
use crate::report::cold_boxes;
use crate::report::cold_margin;
use crate::report::path;
use crate::report::sheet_html::{label, push_columns, push_figure};
use crate::report::text::{clock, escape, html, span};
use crate::report::words;
use crate::schedule::{BoxDay, BoxStep};
use crate::units::MilliCelsius;

/// Adds the pages of one box on one trip.
pub(super) fn push_box(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let vehicle = html(problem.vehicle(day.vehicle).id());
    let _ = writeln!(
        out,
        "<section class=\"box-day\">\n<h1>{} {}</h1>\n<p>{vehicle} · {} {}</p>",
        label("保温箱", "box"),
        html(&day.label(problem)),
        label("趟次", "trip"),
        day.trip + 1,
    );
    push_mark(out);
    push_slip(out, facts, day);
    push_box_figures(out, facts, route, day);
    out.push_str(&plot::draw(route, &problem.classes()[day.class], day));
    let legend = label(
        "上：药品温度（灰带为预报误差带内的上下界，虚线为限值）；下：剩余保温时间（虚线为 2 小时储备）；竖线为开箱站点",
        "above: payload, grey between the bounds over the forecast band, dashed the class limits; \
         below: hours of hold left, dashed the reserve; upright lines: openings",
    );
    let _ = writeln!(out, "<p class=\"foot\">{legend}</p>");
    push_stops(out, facts, route, day);
    push_parcels(out, facts, route, day);
    out.push_str("</section>\n");
}

/// Goods that may be no warmer than this are frozen, degrees Celsius.
const FROZEN_BELOW_C: f64 = -5.0;
/// Goods that may be no warmer than this are refrigerated.
const COOL_BELOW_C: f64 = 15.0;

/// The text for the label on the box: storage range, departure, hold limit.
fn push_slip(out: &mut String, facts: &Facts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let limit = hold_limit(facts, day);
    let seal = day.cold_box(problem).papers_of(day.number).map(|papers| papers.seal.as_str());
    let (advice, in_english) = advice(&problem.classes()[day.class]);
    let _ = writeln!(
        out,
        "<div class=\"slip\">{}<br/><b>{} · {} {} {} · {} {limit}</b><br/>{} {}</div>",
        label("箱签", "text for the label"),
        escape(&cold_margin::range(problem, day.class)),
        html(problem.date()),
        label("发车", "departs"),
        clock(day.departs),
        label("保温截止", "hold limit"),
        label(&advice, &in_english),
        label("封签号", "seal no.") + &filled(seal.unwrap_or_default()),
    );
}

/// What a courier is told on the box, in Chinese and English: how the goods are kept, whether frost
/// spoils them, and when to open.
fn advice(class: &ProductClass) -> (String, String) {
    let at_most = |celsius: f64| class.highest().is_some_and(|high| high.degrees() <= celsius);
    let goods = if class.medicine { ("药品", "medicine") } else { ("货品", "goods") };
    let kept = match class.highest() {
        Some(_) if at_most(FROZEN_BELOW_C) => ("冷冻", "frozen"),
        Some(_) if at_most(COOL_BELOW_C) => ("冷藏", "refrigerated"),
        _ => ("控温", "temperature-controlled"),
    };
    let spoils =
        class.freeze_sensitive || class.lowest().is_some_and(|low| low >= MilliCelsius::ZERO);
    let harm = match kept.1 {
        "frozen" => ("勿解冻 ", "do not thaw, "),
        _ if spoils => ("勿冷冻 ", "do not freeze, "),
        _ => ("", ""),
    };
    (
        format!("{}{} {}到点才开箱", kept.0, goods.0, harm.0),
        format!("{} {}, {}open at the stop only", kept.1, goods.1, harm.1),
    )
}

/// What is known, or room to write it.
fn filled(text: &str) -> String {
    if text.is_empty() { FILL_SHORT.to_owned() } else { format!("<b>{}</b>", html(text)) }
}

/// The latest safe moment of any hand-over of the box; `–` when the weather does no harm.
fn hold_limit(facts: &Facts<'_>, day: &BoxDay) -> String {
    let route = facts.routes.iter().find(|route| route.route.vehicle == day.vehicle);
    let parcels = route.map(|route| route.parcels(facts.plan.problem(), day)).unwrap_or_default();
    let latest = parcels.iter().filter_map(|parcel| parcel.deadline).min();
    latest.map_or("–".into(), clock)
}

fn conditioning(of: Conditioning) -> String {
    let name = words::conditioning(of);
    format!("{} {}, {:.0} % 固 solid", name.zh, name.en, 100.0 * (1.0 - of.melted_share()))
}

/// What keeps the goods: coolant and how it is conditioned, nothing but walls, or a unit.
fn push_means(out: &mut String, pack: &PackOut, conditioned: Conditioning) {
    match pack.means {
        Means::Coolant => {
            push_figure(out, "预冷", "conditioning", &conditioning(conditioned));
            let plateau = format!("{} °C / {:.0} kJ", pack.plateau_c, pack.latent_j / 1000.0);
            push_figure(out, "相变点 / 潜热", "plateau, latent heat", &plateau);
        }
        Means::Walls => {
            let packed = format!("{} °C", pack.plateau_c);
            push_figure(out, "无蓄冷剂 装箱温度", "no coolant, packed at", &packed);
            let hours = format!("{:.1} h", pack.payload_lag_s() / 3600.0);
            push_figure(out, "时间常数", "time constant", &hours);
        }
        Means::Unit(room) => {
            let set = format!("{} ± {} °C", pack.plateau_c, room.band_k);
            push_figure(out, "温控舱 设定", "compartment, set-point", &set);
            let minutes = format!("{} min", room.lag.0 / 60);
            push_figure(out, "货品时间常数", "time constant of its goods", &minutes);
        }
    }
}

fn push_box_figures(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let cold_box = day.cold_box(problem);
    let pack = cold_box.pack_out();
    let status = match pack.status {
        Status::Documented => "有文件 documented",
        Status::Derived => "推算 derived",
        Status::Declared => "申报 declared",
    };
    let range = |low: MilliCelsius, high: MilliCelsius| {
        format!("{} – {} °C", low.degrees(), high.degrees())
    };
    let class = &problem.classes()[day.class];
    out.push_str("<dl>\n");
    push_means(out, pack, cold_box.conditioning());
    if let Some((set, of)) = cold_boxes::set_of(problem, &route.route.timetable, day) {
        push_figure(out, "冷媒份数", "set of coolant", &format!("{set} / {of}"));
    }
    let qualified = pack.qualified.map_or("–".into(), |ambient| range(ambient.low, ambient.high));
    push_figure(out, "验证环境", "qualified ambient", &qualified);
    push_figure(out, "验证时长", "qualified hold", &pack.hold_max.map_or("–".into(), span));
    push_figure(
        out,
        "装箱 / 返站",
        "closed, back",
        &format!("{} / {}", clock(day.closed), clock(day.returns)),
    );
    let limit = opening_limit(problem, day).map_or("–".into(), |limit| format!("{} s", limit.0));
    push_figure(
        out,
        "开箱 计划 × 时长 / 单次上限",
        "openings, planned length, limit of one",
        &format!("{} × {} s / {limit}", day.openings(), pack.opening.0),
    );
    push_figure(
        out,
        "预测最低 / 最高",
        "predicted minimum, maximum",
        &format!("{:.2} / {:.2} °C", day.cold.payload_min_c, day.warm.payload_max_c),
    );
    let entered = reserve_entered(pack, class, day).map_or("–".into(), clock);
    push_figure(out, "进入储备", "reserve entered", &entered);
    out.push_str("</dl>\n");
    let _ = writeln!(
        out,
        "<p class=\"foot\">{} {} ({status}): {}</p>",
        label("装箱方案与参数来源", "pack-out and source of its parameters"),
        html(&pack.name),
        html(&pack.source)
    );
    let papers = cold_box.papers_of(day.number).cloned().unwrap_or_default();
    let fields = [
        ("记录仪编号", "logger id", papers.logger.as_str()),
        ("校准到期", "calibration due", papers.calibration_due.as_str()),
        ("位置", "position", papers.position.as_str()),
        ("验证报告号", "qualification report no.", papers.report.as_str()),
    ];
    let field =
        |&(zh, en, text): &(&str, &str, &str)| format!("{} {}", label(zh, en), filled(text));
    let fields: Vec<String> = fields.iter().map(field).collect();
    let _ = writeln!(out, "<p class=\"record\">{}</p>", fields.join(" "));
}

/// The end of each stop the box passes: what the reservoir has left there.
fn push_stops(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let (class, pack) = (&problem.classes()[day.class], day.cold_box(problem).pack_out());
    let _ =
        writeln!(out, "<h2>{}</h2>\n<table class=\"small\">", label("沿途储备", "along the route"));
    push_columns(
        out,
        &[
            ("序", "no."),
            ("离开", "leave"),
            ("单号", "order"),
            ("开箱", "openings"),
            ("外界 °C", "air"),
            ("药品 °C", "payload"),
            ("蓄冷剂剩余", "reservoir left"),
            ("剩余保温", "hold left"),
        ],
    );
    out.push_str("<tbody>\n");
    let numbers = path::numbers(&route.route.timetable);
    for (i, step) in day.steps.iter().enumerate() {
        let next = day.steps.get(i + 1);
        let is_last = next.is_none_or(|next| next.stop != step.stop);
        if !is_last {
            continue;
        }
        let stop = step.stop.and_then(|stop| route.route.timetable.stops.get(stop));
        let number = step.stop.and_then(|stop| numbers.get(stop).copied().flatten());
        let order = stop.and_then(|stop| stop.visit).map_or_else(
            || if step.stop.is_none() { "发车 depart".into() } else { "–".into() },
            |visit| html(problem.order(problem.visit(visit).order).id()),
        );
        let number = number.map_or("–".into(), |number| number.to_string());
        let left = reservoir_left(pack, class, step);
        let _ = writeln!(
            out,
            "<tr><td>{number}</td><td>{}</td><td>{order}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{}</td></tr>",
            clock(step.until),
            step.openings,
            spread(step.ambient_c.low, step.ambient_c.high),
            payload(step),
            left.map_or("–".into(), |left| format!("{:.0} %", 100.0 * left)),
            step.hold_left.map_or("–".into(), span),
        );
    }
    out.push_str("</tbody></table>\n");
}

fn spread(low: f64, high: f64) -> String {
    format!("{low:.1} … {high:.1}")
}

fn payload(step: &BoxStep) -> String {
    let spread = step.payload_c;
    format!("{:.2} ({:.2} … {:.2})", spread.likely, spread.low, spread.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_of_each_class_what_harms_it() {
        let told = |code: &str| advice(&ProductClass::by_code(code).unwrap()).1;
        for (code, expected) in [
            ("CN_COLD_2_8", "refrigerated medicine, do not freeze, open at the stop only"),
            ("CN_FROZEN", "frozen medicine, do not thaw, open at the stop only"),
            ("ATP_ICE_CREAM", "frozen goods, do not thaw, open at the stop only"),
            ("ATP_MEAT", "refrigerated goods, open at the stop only"),
            ("CN_COOL_20", "temperature-controlled medicine, do not freeze, open at the stop only"),
        ] {
            assert_eq!(told(code), expected, "{code}");
        }
        for class in ProductClass::built_in() {
            let (chinese, english) = advice(&class);
            let is_frozen = class.highest().is_some_and(|high| high.degrees() <= -5.0);
            assert!(!(is_frozen && english.contains("do not freeze")), "{}", class.code);
            assert_eq!(chinese.contains("勿冷冻"), english.contains("do not freeze"));
        }
    }
}
