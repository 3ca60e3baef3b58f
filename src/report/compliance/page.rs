//! The report as one page that prints: well-formed, self-contained, no scripts.

use std::fmt::Write as _;

use super::facts::{
    Facts, Out, Parcel, RouteFacts, opening_limit, reserve_entered, reservoir_left,
};
use super::{ComplianceOptions, PREDICTED, plot};
use crate::cold::{Conditioning, Status};
use crate::report::cold_margin;
use crate::report::path;
use crate::report::sheet_html::{STYLE, label, push_columns, push_figure};
use crate::report::text::{clock, escape, html, span};
use crate::schedule::{BoxDay, BoxStep, Scenario, Verdict};
use crate::units::{MilliCelsius, Seconds};

const OWN_STYLE: &str = include_str!("page.css");
/// Room to write something by hand.
const FILL: &str = "<span class=\"fill\">\u{a0}</span>";
const FILL_SHORT: &str = "<span class=\"fill short\">\u{a0}</span>";

/// The whole page.
pub(super) fn write(facts: &Facts<'_>, options: &ComplianceOptions) -> String {
    let mut out = String::new();
    push_head(&mut out, facts);
    push_front(&mut out, facts, options);
    for route in &facts.routes {
        for day in &route.boxes {
            push_box(&mut out, facts, route, day);
        }
    }
    push_after(&mut out);
    out.push_str("</body>\n</html>\n");
    out
}

fn push_head(out: &mut String, facts: &Facts<'_>) {
    let date = html(facts.plan.problem().date());
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"zh-CN\">\n<head>\n\
         <meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>冷链预测报告 {date}</title>\n<style>\n{STYLE}{OWN_STYLE}</style>\n</head>\n<body>\n"
    );
}

fn push_mark(out: &mut String) {
    let _ = writeln!(out, "<p class=\"mark\">{PREDICTED}<br/>预测值，不是温度记录</p>");
}

fn push_front(out: &mut String, facts: &Facts<'_>, options: &ComplianceOptions) {
    let problem = facts.plan.problem();
    let names: Vec<String> = problem.stations().iter().map(|s| html(s.display_name())).collect();
    let _ = writeln!(
        out,
        "<section>\n<h1>{} {}</h1>\n<p>{}</p>",
        label("冷链预测报告", "cold-chain report"),
        html(problem.date()),
        names.join("，")
    );
    push_mark(out);
    push_basis(out, facts, options);
    push_verdicts(out, facts);
    push_vehicles(out, facts);
    for &visit in &facts.left_out {
        let order = problem.order(problem.visit(visit).order);
        let text = label("没有装得下的保温箱", "no box has room for it");
        let _ = writeln!(out, "<p class=\"alarm\">{} {text}</p>", html(order.id()));
    }
    let released = label("批准放行（药师）", "released by (pharmacist)");
    let at = label("日期时间", "date and time");
    let _ = writeln!(out, "<p class=\"record\">{released} {FILL} {at} {FILL}</p>\n</section>");
}

/// What the predictions rest on.
fn push_basis(out: &mut String, facts: &Facts<'_>, options: &ComplianceOptions) {
    let problem = facts.plan.problem();
    let header = facts.plan.header();
    let source = match options.weather_source.as_str() {
        "" => FILL.to_owned(),
        text => html(text),
    };
    let (colder, warmer) = problem.weather().map(crate::cold::Weather::margins).unwrap_or_default();
    let rows = [
        (
            "方案",
            "plan",
            format!(
                "{} · seed {} · {} × {} steps",
                html(problem.date()),
                header.seed,
                header.threads,
                header.rounds.iter().sum::<u64>()
            ),
        ),
        ("软件", "software", format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))),
        ("参数指纹", "parameter set, SHA-256", facts.parameters.clone()),
        ("天气来源与发布时间", "weather source and issue time", source),
        (
            "预报误差带",
            "forecast band",
            format!("-{} K / +{} K", colder.degrees(), warmer.degrees()),
        ),
        ("政策", "policy profile", html(options.policy_text())),
        ("时区", "clock times of", html(problem.zone())),
    ];
    out.push_str("<table class=\"small\"><tbody>\n");
    for (zh, en, value) in rows {
        let _ = writeln!(out, "<tr><td>{}</td><td>{value}</td></tr>", label(zh, en));
    }
    out.push_str("</tbody></table>\n");
}

fn scenario_words(scenario: Scenario) -> String {
    match scenario {
        Scenario::Nominal => label("按计划", "as planned, over the forecast band"),
        Scenario::Colder => label("更冷", "5 K colder, walls +10 %, lids ×1.5"),
        Scenario::Warmer => label("更热", "5 K warmer, walls +10 %, lids ×1.5"),
        Scenario::Late => label("晚点", "30 min late per 100 km, a delivery fails"),
    }
}

fn push_verdicts(out: &mut String, facts: &Facts<'_>) {
    let _ = writeln!(out, "<h2>{}</h2>\n<table>", label("稳健性检查", "robustness check"));
    push_columns(
        out,
        &[
            ("情景", "scenario"),
            ("结论", "verdict"),
            ("超温件数", "parcels out"),
            ("最短余量", "least hold left"),
            ("首件", "first"),
        ],
    );
    out.push_str("<tbody>\n");
    for verdict in &facts.verdicts {
        let word = match (verdict.is_kept(), verdict.blocks()) {
            (true, _) => label("保持", "kept"),
            (_, true) => format!("<span class=\"alarm\">{}</span>", label("不得放行", "blocked")),
            _ => format!("<b>{}</b>", label("提示", "flag")),
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{word}</td><td>{} / {}</td><td>{}</td><td>{}</td></tr>",
            scenario_words(verdict.scenario),
            verdict.excursions.len(),
            verdict.goods,
            verdict.hold_least.map_or("–".into(), span),
            first_out(facts, verdict),
        );
    }
    out.push_str("</tbody></table>\n");
}

fn first_out(facts: &Facts<'_>, verdict: &Verdict) -> String {
    let problem = facts.plan.problem();
    let first = verdict.excursions.iter().min_by_key(|excursion| excursion.at);
    first.map_or("–".into(), |excursion| {
        let order = problem.order(problem.visit(excursion.visit).order);
        let at = excursion.at.map_or_else(|| "无箱 no box".into(), clock);
        format!("{} {at}", html(order.id()))
    })
}

/// One line per vehicle. Passive boxes draw no energy from it.
fn push_vehicles(out: &mut String, facts: &Facts<'_>) {
    let problem = facts.plan.problem();
    let _ = writeln!(out, "<h2>{}</h2>\n<table>", label("车辆", "vehicles"));
    push_columns(
        out,
        &[
            ("车辆", "vehicle"),
            ("保温箱", "boxes"),
            ("冷链件", "cold parcels"),
            ("开箱次数", "openings"),
            ("合格", "pass"),
        ],
    );
    out.push_str("<tbody>\n");
    for route in &facts.routes {
        let days = || route.boxes.iter();
        let parcels: usize = days().map(|day| day.goods.len()).sum();
        let pass = days().flat_map(|day| route.parcels(problem, day)).filter(Parcel::passes);
        let labels: Vec<String> =
            days().map(|day| format!("{} ({})", html(&day.label(problem)), day.trip + 1)).collect();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{parcels}</td><td>{}</td><td>{} / {parcels}</td></tr>",
            html(problem.vehicle(route.route.vehicle).id()),
            labels.join(", "),
            days().map(BoxDay::openings).sum::<u32>(),
            pass.count(),
        );
    }
    let foot = label("括号内为趟次；保温箱不耗车辆电能", "trip in brackets; boxes draw no energy");
    let _ = writeln!(out, "</tbody></table>\n<p class=\"foot\">{foot}</p>");
}

fn push_box(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
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
    push_box_figures(out, facts, day);
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

/// The text for the label on the box: storage range, departure, hold limit.
fn push_slip(out: &mut String, facts: &Facts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let limit = hold_limit(facts, day);
    let _ = writeln!(
        out,
        "<div class=\"slip\">{}<br/><b>{} · {} {} {} · {} {limit}</b><br/>{} {}</div>",
        label("箱签", "text for the label"),
        escape(&cold_margin::range(problem, day.class)),
        html(problem.date()),
        label("发车", "departs"),
        clock(day.departs),
        label("保温截止", "hold limit"),
        label("冷藏药品 勿冷冻 到点才开箱", "refrigerated, do not freeze, open at the stop only"),
        label("封签号", "seal no.").as_str().to_owned() + FILL_SHORT,
    );
}

/// The latest safe moment of any hand-over of the box; `–` when the weather does no harm.
fn hold_limit(facts: &Facts<'_>, day: &BoxDay) -> String {
    let route = facts.routes.iter().find(|route| route.route.vehicle == day.vehicle);
    let parcels = route.map(|route| route.parcels(facts.plan.problem(), day)).unwrap_or_default();
    let latest = parcels.iter().filter_map(|parcel| parcel.deadline).min();
    latest.map_or("–".into(), clock)
}

fn conditioning(of: Conditioning) -> String {
    let name = match of {
        Conditioning::Frozen => "全冻 frozen",
        Conditioning::Half => "半融 half",
        Conditioning::Liquid => "全液 liquid",
        Conditioning::Melted(_) => "部分融化 part melted",
    };
    format!("{name}, {:.0} % 固 solid", 100.0 * (1.0 - of.melted_share()))
}

fn push_box_figures(out: &mut String, facts: &Facts<'_>, day: &BoxDay) {
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
    let plateau = pack.plateau_c;
    out.push_str("<dl>\n");
    push_figure(out, "预冷", "conditioning", &conditioning(cold_box.conditioning()));
    push_figure(
        out,
        "相变点 / 潜热",
        "plateau, latent heat",
        &format!("{plateau} °C / {:.0} kJ", pack.latent_j / 1000.0),
    );
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
    let entered = reserve_entered(class, day).map_or("–".into(), clock);
    push_figure(out, "进入储备", "reserve entered", &entered);
    out.push_str("</dl>\n");
    let _ = writeln!(
        out,
        "<p class=\"foot\">{} {} ({status}): {}</p>",
        label("装箱方案与参数来源", "pack-out and source of its parameters"),
        html(&pack.name),
        html(&pack.source)
    );
    let fields = [
        ("记录仪编号", "logger id"),
        ("校准到期", "calibration due"),
        ("位置", "position"),
        ("验证报告号", "qualification report no."),
    ];
    let fields: Vec<String> =
        fields.iter().map(|(zh, en)| format!("{} {FILL_SHORT}", label(zh, en))).collect();
    let _ = writeln!(out, "<p class=\"record\">{}</p>", fields.join(" "));
}

/// The end of each stop the box passes: what the reservoir has left there.
fn push_stops(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let class = &problem.classes()[day.class];
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
        let left = reservoir_left(class, step);
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

fn push_parcels(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let _ = writeln!(out, "<h2>{}</h2>", label("包裹", "parcels"));
    for parcel in route.parcels(problem, day) {
        push_parcel(out, facts, &parcel);
    }
}

fn push_parcel(out: &mut String, facts: &Facts<'_>, parcel: &Parcel<'_>) {
    let problem = facts.plan.problem();
    let order = problem.order(problem.visit(parcel.goods.visit).order);
    let verdict = if parcel.passes() {
        label("合格", "pass")
    } else {
        format!("<span class=\"alarm\">{}</span>", label("不合格", "fail"))
    };
    let alarms: Vec<String> = parcel
        .alarms
        .iter()
        .map(|(rule, alarm)| {
            let word = if alarm.fired_at.is_some() { "响 FIRES" } else { "–" };
            format!("{} {word} ({})", html(&rule.name), span(alarm.counted))
        })
        .collect();
    let rows = [
        (
            "类别 / 标签范围",
            "class, label range",
            format!(
                "{} · {}",
                html(&parcel.class.code),
                escape(&cold_margin::range(problem, parcel.day.class))
            ),
        ),
        ("入箱 / 计划交接 / 最晚", "in box, planned hand-over, deadline", times(parcel)),
        (
            "预测最低 / 最高",
            "predicted minimum, maximum",
            format!("{:.2} / {:.2} °C", parcel.goods.payload_c.low, parcel.goods.payload_c.high),
        ),
        (
            "超上限 / 超下限",
            "above, below: together (longest run)",
            format!("{} / {}", out_text(parcel.high), out_text(parcel.low)),
        ),
        ("零下度小时", "kelvin-hours below 0 °C", format!("{:.2}", parcel.frost_kh)),
        (
            "最小余量",
            "least hold left",
            parcel
                .goods
                .hold_least
                .map_or("–".into(), |(left, at)| format!("{} @ {}", span(left), clock(at))),
        ),
        (
            "动力学平均温度",
            "mean kinetic temperature",
            parcel.kinetic.celsius().map_or("–".into(), |c| format!("{c:.2} °C")),
        ),
        (
            "离冷藏时间 前 / 加 / 限",
            "time out of refrigeration: before, added, limit",
            format!("{FILL_SHORT} / {} / 0:00（无文件 no document）", span(parcel.high.whole)),
        ),
        ("门前时限 保温袋 / 裸露", "out of the box at most: pouch, bare", doorstep(parcel)),
        ("报警规则", "alarm rules", alarms.join("<br/>")),
    ];
    let _ = writeln!(
        out,
        "<table class=\"small\"><thead><tr><th>{}</th><th>{} {verdict}</th></tr></thead><tbody>",
        html(order.id()),
        html(order.recipient())
    );
    for (zh, en, value) in rows {
        let _ = writeln!(out, "<tr><td>{}</td><td>{value}</td></tr>", label(zh, en));
    }
    out.push_str("</tbody></table>\n");
    push_record(out);
}

/// The hand-over record, to be filled in.
fn push_record(out: &mut String) {
    let fields = [
        ("品名", "product"),
        ("批号/效期", "batch, expiry"),
        ("交接时间", "time"),
        ("箱温", "box °C"),
        ("封签完好", "seal intact"),
        ("接收/拒收", "accepted, refused"),
        ("收件人签字", "signature"),
        ("退回", "returned"),
    ];
    let fields: Vec<String> =
        fields.iter().map(|(zh, en)| format!("{} {FILL_SHORT}", label(zh, en))).collect();
    let _ = writeln!(out, "<p class=\"record\">{}</p>", fields.join(" "));
}

fn times(parcel: &Parcel<'_>) -> String {
    let goods = parcel.goods;
    let deadline = parcel.deadline.map_or("–".into(), |deadline| {
        format!("{} ({})", clock(deadline), span(deadline - goods.until))
    });
    format!("{} / {} / {deadline}", clock(goods.from), clock(goods.until))
}

fn out_text(out: Out) -> String {
    format!("{} ({})", span(out.whole), span(out.longest))
}

fn doorstep(parcel: &Parcel<'_>) -> String {
    let minutes = |limit: Seconds| match limit {
        Seconds::UNLIMITED => "∞".to_owned(),
        limit => format!("{}:{:02} min", limit.0 / 60, limit.0 % 60),
    };
    parcel
        .doorstep
        .map_or("–".into(), |(pouch, bare)| format!("{} / {}", minutes(pouch), minutes(bare)))
}

/// What is filled in when the day is over.
fn push_after(out: &mut String) {
    let fields = [
        ("记录仪文件 SHA-256", "logger file, SHA-256"),
        ("采样间隔 ≤ 5 min", "sample interval"),
        ("残差 预测−实测", "residual, predicted - measured"),
        ("校准建议", "recalibration"),
        (
            "偏差记录：时间、原因、措施、已通知、处置",
            "deviations: time, cause, action, informed, disposition",
        ),
    ];
    let _ = writeln!(out, "<section>\n<h2>{}</h2>", label("当日结束后", "after the day"));
    for (zh, en) in fields {
        let _ = writeln!(out, "<p class=\"record\">{} {FILL}{FILL}</p>", label(zh, en));
    }
    let signed = label("质量负责人签字", "quality manager, signature");
    let _ = writeln!(out, "<p class=\"record\">{signed} {FILL}</p>\n</section>");
}
