//! The sheet for couriers and the station: one HTML file that prints on A4, with maps drawn inside,
//! no scripts and nothing to fetch. It is well-formed XML, so that it can be checked.

mod layout;
mod load_order;
mod map;
mod rows;
mod summary;
mod unserved;
mod vehicle;

use std::fmt::Write as _;

use crate::plan::Plan;
use crate::report::path::Legs;
use crate::report::text::{escape, html};

pub(super) const STYLE: &str = include_str!("sheet_html/style.css");

/// What a sheet shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetOptions {
    /// Hides the middle of phone numbers: `138****1234`. On unless switched off.
    pub mask_phones: bool,
}

impl Default for SheetOptions {
    fn default() -> Self {
        Self { mask_phones: true }
    }
}

/// The sheet with masked phone numbers: a summary, one part per vehicle with map, load order and
/// stops, and the orders left out with their reasons. `legs` gives the roads of the maps.
///
/// ```
/// # fn print(plan: &lastmile::plan::Plan) -> String {
/// // Without a road network the maps show straight lines.
/// lastmile::report::sheet_html(plan, &mut |_vehicle, _from, _to| None)
/// # }
/// ```
///
/// Takes a walk over all stops, and the square of the stops of a route for its map.
pub fn sheet_html(plan: &Plan, legs: Legs) -> String {
    sheet_html_with(plan, legs, SheetOptions::default())
}

/// The sheet, as [`sheet_html`] gives it, with options.
pub fn sheet_html_with(plan: &Plan, legs: Legs, options: SheetOptions) -> String {
    let mut out = String::new();
    push_head(&mut out, plan);
    summary::push(&mut out, plan, legs);
    for route in plan.routes() {
        vehicle::push(&mut out, plan, route, legs, options);
    }
    unserved::push(&mut out, plan);
    out.push_str("</body>\n</html>\n");
    out
}

fn push_head(out: &mut String, plan: &Plan) {
    let date = html(plan.problem().date());
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"zh-CN\">\n<head>\n\
         <meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n\
         <title>派送单 {date}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
}

/// A label in Chinese with small English behind it. Both are our own words.
pub(super) fn label(zh: &str, en: &str) -> String {
    format!("{zh} <small class=\"en\">{en}</small>")
}

/// One figure with its label; the value is our own text.
pub(super) fn push_figure(out: &mut String, zh: &str, en: &str, value: &str) {
    let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", label(zh, en), escape(value));
}

/// The header cells of a table: Chinese and English labels.
pub(super) fn push_columns(out: &mut String, columns: &[(&str, &str)]) {
    out.push_str("<thead><tr>");
    for (zh, en) in columns {
        let _ = write!(out, "<th>{}</th>", label(zh, en));
    }
    out.push_str("</tr></thead>\n");
}

#[cfg(test)]
pub(super) mod tests;
