//! The report as one page that prints: well-formed, self-contained, no scripts.

use std::fmt::Write as _;

use super::facts::{Facts, Parcel, RouteFacts};
use super::{ComplianceOptions, PREDICTED, box_page};
use crate::cold::Means;
use crate::problem::Problem;
use crate::report::sheet_html::{STYLE, label, push_columns};
use crate::report::text::{clock, html, span};
use crate::schedule::{BoxDay, Scenario, Verdict};

const OWN_STYLE: &str = include_str!("page.css");
/// Room to write something by hand.
pub(super) const FILL: &str = "<span class=\"fill\">\u{a0}</span>";
pub(super) const FILL_SHORT: &str = "<span class=\"fill short\">\u{a0}</span>";

/// The whole page.
pub(super) fn write(facts: &Facts<'_>, options: &ComplianceOptions) -> String {
    let mut out = String::new();
    push_head(&mut out, facts);
    push_front(&mut out, facts, options);
    for route in &facts.routes {
        for day in &route.boxes {
            box_page::push_box(&mut out, facts, route, day);
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

pub(super) fn push_mark(out: &mut String) {
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
        ("海拔修正", "air by height, 6.5 K/km", by_height(problem)),
        ("政策", "policy profile", html(options.policy_text(facts.plan.problem()))),
        ("时区", "clock times of", html(problem.zone())),
    ];
    out.push_str("<table class=\"small\"><tbody>\n");
    for (zh, en, value) in rows {
        let _ = writeln!(out, "<tr><td>{}</td><td>{value}</td></tr>", label(zh, en));
    }
    out.push_str("</tbody></table>\n");
}

/// How far the air of the day's country differs from the forecast's.
fn by_height(problem: &Problem) -> String {
    problem.airs.as_ref().map_or("–".into(), |airs| {
        let whole = airs.told().0;
        format!("{:+.1} … {:+.1} K", -whole.colder.degrees(), whole.warmer.degrees())
    })
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

/// One line per vehicle. Passive boxes draw no energy from it, a compartment does.
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
            ("温控舱 设定 / 用电上限", "compartment: set-point, energy at most"),
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
            "<tr><td>{}</td><td>{}</td><td>{parcels}</td><td>{}</td><td>{}</td>\
             <td>{} / {parcels}</td></tr>",
            html(problem.vehicle(route.route.vehicle).id()),
            labels.join(", "),
            days().map(BoxDay::openings).sum::<u32>(),
            compartment(problem, route),
            pass.count(),
        );
    }
    let foot = label("括号内为趟次；保温箱不耗车辆电能", "trip in brackets; boxes draw no energy");
    let _ = writeln!(out, "</tbody></table>\n<p class=\"foot\">{foot}</p>");
}

/// The set-point of a vehicle's compartment, and what it takes out of the battery at the most.
fn compartment(problem: &Problem, facts: &RouteFacts<'_>) -> String {
    let route = facts.route;
    let kept = problem.vehicle(route.vehicle).kept_compartment();
    let both = kept.zip(problem.compartment_draw_w(route.vehicle));
    let each_j = problem.compartment_opening_j(route.vehicle).unwrap_or_default();
    let is_kept = |day: &&BoxDay| matches!(day.cold_box(problem).pack_out().means, Means::Unit(_));
    let openings: u32 = facts.boxes.iter().filter(is_kept).map(BoxDay::openings).sum();
    both.map_or("–".into(), |(kept, watts)| {
        let hours_j = watts * route.timetable.duration().as_f64();
        let kwh = (hours_j + f64::from(openings) * each_j) / 3.6e6;
        format!("{} °C / {kwh:.2} kWh", kept.body.set_c)
    })
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
