//! The report as tables. Cells of foreign text cannot be taken for formulas.

use super::facts::{Facts, Parcel, RouteFacts, opening_limit, reserve_entered, reservoir_left};
use super::{ComplianceOptions, PREDICTED};
use crate::cold::Means;
use crate::problem::BoxPapers;
use crate::report::text::{clock_seconds, plain};
use crate::schedule::BoxDay;
use crate::units::{Seconds, Time};

const PARCELS: [&str; 57] = [
    "mark",
    "date",
    "parameters_sha256",
    "policy",
    "weather_source",
    "vehicle",
    "trip",
    "box",
    "pack_out",
    "pack_out_status",
    "conditioning_melted",
    "seal",
    "logger",
    "calibration_due",
    "logger_position",
    "qualification_report",
    "order",
    "product",
    "batch",
    "class",
    "range_low_c",
    "range_high_c",
    "closed",
    "departs",
    "planned_hand_over",
    "deadline",
    "slack_s",
    "predicted_min_c",
    "predicted_max_c",
    "above_s",
    "above_longest_s",
    "below_s",
    "below_longest_s",
    "kelvin_hours_below_zero",
    "hold_left_least_s",
    "hold_left_least_at",
    "hold_left_least_near",
    "reserve_entered",
    "box_openings",
    "opening_limit_s",
    "mean_kinetic_c",
    "vial_monitor_used",
    "shelf_life_used",
    "out_document",
    "out_before_min",
    "out_added_min",
    "out_after_min",
    "out_limit_min",
    "out_starts_clock",
    "out_kept",
    "alarms_fired",
    "doorstep_pouch_s",
    "doorstep_bare_s",
    "doorstep_planned_s",
    "hand_low_c",
    "hand_high_c",
    "verdict",
];

/// One row for each parcel.
pub(super) fn parcels(facts: &Facts<'_>, options: &ComplianceOptions) -> String {
    let mut out = row(PARCELS.iter().map(|&name| name.to_owned()));
    for route in &facts.routes {
        for day in &route.boxes {
            for parcel in route.parcels(facts.plan.problem(), day) {
                let head = head(facts, options, day).into_iter();
                let cells = head.chain(middle(facts, &parcel)).chain(end(facts, &parcel));
                out.push_str(&row(cells));
            }
        }
    }
    out
}

fn head(facts: &Facts<'_>, options: &ComplianceOptions, day: &BoxDay) -> [String; 16] {
    let problem = facts.plan.problem();
    let cold_box = day.cold_box(problem);
    let papers = |of: fn(&BoxPapers) -> &String| {
        cold_box.papers_of(day.number).map(of).cloned().unwrap_or_default()
    };
    [
        PREDICTED.into(),
        problem.date().into(),
        facts.parameters.clone(),
        options.policy_text(problem).into(),
        options.weather_source.clone(),
        problem.vehicle(day.vehicle).id().into(),
        (day.trip + 1).to_string(),
        day.label(problem),
        cold_box.pack_out().name.clone(),
        format!("{:?}", cold_box.pack_out().status).to_lowercase(),
        if cold_box.pack_out().means == Means::Coolant {
            format!("{:.3}", cold_box.conditioning().melted_share())
        } else {
            String::new()
        },
        papers(|one| &one.seal),
        papers(|one| &one.logger),
        papers(|one| &one.calibration_due),
        papers(|one| &one.position),
        papers(|one| &one.report),
    ]
}

fn middle(facts: &Facts<'_>, parcel: &Parcel<'_>) -> [String; 19] {
    let problem = facts.plan.problem();
    let (goods, class) = (parcel.goods, parcel.class);
    let degrees = |limit: Option<crate::units::MilliCelsius>| {
        limit.map(|limit| limit.degrees().to_string()).unwrap_or_default()
    };
    let order = problem.order(problem.visit(goods.visit).order);
    let slack = parcel.deadline.map(|deadline| deadline - goods.until);
    [
        order.id().into(),
        order.stability().product.clone().unwrap_or_default(),
        order.stability().batch.clone(),
        class.code.clone(),
        degrees(class.lowest()),
        degrees(class.highest()),
        clock_seconds(goods.from),
        clock_seconds(parcel.day.departs),
        clock_seconds(goods.until),
        moment(parcel.deadline),
        seconds(slack),
        format!("{:.3}", goods.payload_c.low),
        format!("{:.3}", goods.payload_c.high),
        parcel.high.whole.0.to_string(),
        parcel.high.longest.0.to_string(),
        parcel.low.whole.0.to_string(),
        parcel.low.longest.0.to_string(),
        format!("{:.3}", parcel.frost_kh),
        seconds(goods.hold_least.map(|(left, _)| left)),
    ]
}

fn end(facts: &Facts<'_>, parcel: &Parcel<'_>) -> [String; 22] {
    let (goods, day) = (parcel.goods, parcel.day);
    let order = facts.plan.problem().order(facts.plan.problem().visit(goods.visit).order);
    let out = parcel.out;
    let fired: Vec<&str> = parcel
        .alarms
        .iter()
        .filter(|(_, alarm)| alarm.fired_at.is_some())
        .map(|(rule, _)| rule.name.as_str())
        .collect();
    let doorstep = |limit: Option<Seconds>| seconds(limit.filter(|&l| l < Seconds::UNLIMITED));
    [
        moment(goods.hold_least.map(|(_, at)| at)),
        parcel.least_near(facts.plan).unwrap_or_default().into(),
        moment(reserve_entered(day.cold_box(facts.plan.problem()).pack_out(), parcel.class, day)),
        day.openings().to_string(),
        seconds(opening_limit(facts.plan.problem(), day)),
        parcel.kinetic.celsius().map(|c| format!("{c:.3}")).unwrap_or_default(),
        share(parcel.lives.vial),
        share(parcel.lives.produce),
        order.stability().document.clone().unwrap_or_default(),
        out.before_min.to_string(),
        out.added_min.to_string(),
        out.after_min().to_string(),
        out.limit_min.to_string(),
        out.starts_clock.to_string(),
        out.is_kept().to_string(),
        fired.join("; "),
        doorstep(parcel.doorstep.map(|(pouch, _)| pouch)),
        doorstep(parcel.doorstep.map(|(_, bare)| bare)),
        seconds(parcel.walk.map(|walk| walk.outside)),
        parcel.walk.map(|walk| format!("{:.3}", walk.low_c)).unwrap_or_default(),
        parcel.walk.map(|walk| format!("{:.3}", walk.high_c)).unwrap_or_default(),
        if parcel.passes() { "pass" } else { "fail" }.into(),
    ]
}

const BOXES: [&str; 21] = [
    "mark",
    "vehicle",
    "trip",
    "box",
    "class",
    "from",
    "until",
    "activity",
    "order",
    "openings",
    "air_low_c",
    "air_c",
    "air_high_c",
    "payload_low_c",
    "payload_c",
    "payload_high_c",
    "melted_low",
    "melted",
    "melted_high",
    "reservoir_left",
    "hold_left_s",
];

/// One row for each step of each box.
pub(super) fn boxes(facts: &Facts<'_>) -> String {
    let mut out = row(BOXES.iter().map(|&name| name.to_owned()));
    for route in &facts.routes {
        for day in &route.boxes {
            push_steps(&mut out, facts, route, day);
        }
    }
    out
}

fn push_steps(out: &mut String, facts: &Facts<'_>, route: &RouteFacts<'_>, day: &BoxDay) {
    let problem = facts.plan.problem();
    let (class, pack) = (&problem.classes()[day.class], day.cold_box(problem).pack_out());
    for step in &day.steps {
        let stop = step.stop.and_then(|stop| route.route.timetable.stops.get(stop));
        let order = stop.and_then(|stop| stop.visit).map(|visit| problem.visit(visit).order);
        let spread = |of: crate::schedule::Spread| {
            [of.low, of.likely, of.high].map(|value| format!("{value:.4}"))
        };
        let cells = [
            PREDICTED.into(),
            problem.vehicle(day.vehicle).id().into(),
            (day.trip + 1).to_string(),
            day.label(problem),
            class.code.clone(),
            clock_seconds(step.from),
            clock_seconds(step.until),
            format!("{:?}", step.activity).to_lowercase(),
            order.map(|order| problem.order(order).id().to_owned()).unwrap_or_default(),
            step.openings.to_string(),
        ];
        let cells = cells
            .into_iter()
            .chain(spread(step.ambient_c))
            .chain(spread(step.payload_c))
            .chain(step.melted.map_or_else(Default::default, spread))
            .chain([
                reservoir_left(pack, class, step)
                    .map(|left| format!("{left:.4}"))
                    .unwrap_or_default(),
                seconds(step.hold_left),
            ]);
        out.push_str(&row(cells));
    }
}

fn moment(time: Option<Time>) -> String {
    time.map(clock_seconds).unwrap_or_default()
}

fn seconds(of: Option<Seconds>) -> String {
    of.map(|seconds| seconds.0.to_string()).unwrap_or_default()
}

fn share(of: Option<f64>) -> String {
    of.map(|share| format!("{share:.5}")).unwrap_or_default()
}

/// One line of a table (RFC 4180, but for the bare line feed).
fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    cells.join(",") + "\n"
}

/// A cell without control characters; a text a spreadsheet would compute gets an apostrophe, quotes
/// are doubled.
fn quoted(cell: &str) -> String {
    let mut text = plain(cell);
    if text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
