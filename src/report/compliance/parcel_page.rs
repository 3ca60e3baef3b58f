//! What the report says of one parcel, and the hand-over record to fill in.

use std::fmt::Write as _;

use super::facts::{Facts, Out, Parcel, RouteFacts};
use super::page::FILL_SHORT;
use crate::cold::{Alarm, AlarmRule};
use crate::problem::Order;
use crate::report::cold_margin;
use crate::report::sheet_html::label;
use crate::report::text::{clock, escape, html, span};
use crate::schedule::BoxDay;
use crate::units::Seconds;

/// Adds what is said of each parcel of a box, and room for its hand-over record.
pub(super) fn push_parcels(
    out: &mut String,
    facts: &Facts<'_>,
    route: &RouteFacts<'_>,
    day: &BoxDay,
) {
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
    let _ = writeln!(
        out,
        "<table class=\"small\"><thead><tr><th>{}</th><th>{} {verdict}</th></tr></thead><tbody>",
        html(order.id()),
        html(order.recipient())
    );
    for (zh, en, value) in rows(facts, parcel) {
        let _ = writeln!(out, "<tr><td>{}</td><td>{value}</td></tr>", label(zh, en));
    }
    out.push_str("</tbody></table>\n");
    push_record(out, order);
}

/// What is said of a parcel: in Chinese, in English, the value.
fn rows(facts: &Facts<'_>, parcel: &Parcel<'_>) -> [(&'static str, &'static str, String); 12] {
    let Parcel { goods, class, .. } = *parcel;
    let range = cold_margin::range(facts.plan.problem(), parcel.day.class);
    let hold = goods.hold_least;
    let near = parcel.least_near(facts.plan).map(|id| format!(" ({})", html(id)));
    let near = near.unwrap_or_default();
    let hold =
        hold.map_or("–".into(), |(left, at)| format!("{} @ {}{near}", span(left), clock(at)));
    let kinetic = parcel.kinetic.celsius().map_or("–".into(), |c| format!("{c:.2} °C"));
    let order = facts.plan.problem().order(facts.plan.problem().visit(goods.visit).order);
    let out = budget(parcel, order);
    let payload = format!("{:.2} / {:.2} °C", goods.payload_c.low, goods.payload_c.high);
    let beyond = format!("{} / {}", out_text(parcel.high), out_text(parcel.low));
    let class = format!("{} · {}", html(&class.code), escape(&range));
    [
        ("类别 / 标签范围", "class, label range", class),
        ("入箱 / 计划交接 / 最晚", "in box, planned hand-over, deadline", times(parcel)),
        ("预测最低 / 最高", "predicted minimum, maximum", payload),
        ("超上限 / 超下限", "above, below: together (longest run)", beyond),
        ("零下度小时", "kelvin-hours below 0 °C", format!("{:.2}", parcel.frost_kh)),
        ("最小余量", "least hold left", hold),
        ("动力学平均温度", "mean kinetic temperature", kinetic),
        ("寿命消耗 疫苗瓶监测 / 农产品", "life used: vial monitor, produce", lives(parcel)),
        (
            "离冷藏时间 前 / 加 / 后 / 限",
            "time out of refrigeration: before, added, after, limit",
            out,
        ),
        ("门前时限 保温袋 / 裸露", "out of the box at most: pouch, bare", doorstep(parcel)),
        ("门前路程 计划", "from box to hand: time, temperatures", walk(parcel)),
        ("报警规则", "alarm rules", alarms(parcel)),
    ]
}

/// The shares of its lives the plan uses.
fn lives(parcel: &Parcel<'_>) -> String {
    let share = |of: Option<f64>| of.map_or("–".to_owned(), |of| format!("{:.2} %", 100.0 * of));
    format!("{} / {}", share(parcel.lives.vial), share(parcel.lives.produce))
}

/// What is used of the time out of refrigeration that a document allows.
fn budget(parcel: &Parcel<'_>, order: &Order) -> String {
    let used = parcel.out;
    let hours = |minutes: i64| span(Seconds::minutes(minutes));
    let document = order.stability().document.as_ref();
    let document = document.map_or("无文件 no document".into(), |id| html(id));
    let mark = match (used.is_kept(), used.starts_clock) {
        (false, _) => " <span class=\"alarm\">超 over</span>",
        (true, true) => " 新效期开始 starts a new expiry",
        (true, false) => "",
    };
    format!(
        "{} / {} / {} / {}（{document}）{mark}",
        hours(used.before_min),
        hours(used.added_min),
        hours(used.after_min()),
        hours(used.limit_min),
    )
}

fn walk(parcel: &Parcel<'_>) -> String {
    parcel.walk.map_or("–".into(), |walk| {
        let mark = if walk.is_kept { "" } else { " <span class=\"alarm\">超 out</span>" };
        format!("{} · {:.2} / {:.2} °C{mark}", span(walk.outside), walk.low_c, walk.high_c)
    })
}

fn alarms(parcel: &Parcel<'_>) -> String {
    let one = |(rule, alarm): &(AlarmRule, Alarm)| {
        let word = if alarm.fired_at.is_some() { "响 FIRES" } else { "–" };
        format!("{} {word} ({})", html(&rule.name), span(alarm.counted))
    };
    parcel.alarms.iter().map(one).collect::<Vec<_>>().join("<br/>")
}

/// The hand-over record, to be filled in.
fn push_record(out: &mut String, order: &Order) {
    let known = order.stability();
    let filled = |text: &str| {
        if text.is_empty() { FILL_SHORT.to_owned() } else { format!("<b>{}</b>", html(text)) }
    };
    let product = filled(known.product.as_deref().unwrap_or_default());
    let batch = filled(&known.batch);
    let _ = writeln!(
        out,
        "<p class=\"record\">{} {product} {} {batch} {FILL_SHORT}</p>",
        label("品名", "product"),
        label("批号/效期", "batch, expiry"),
    );
    let fields = [
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
