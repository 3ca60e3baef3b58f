//! What a pharmacist signs: for each parcel, box and vehicle of a plan what its cold chain is
//! predicted to do, as a page that prints and as tables. Predictions only: a record comes from a
//! logger.
//!
//! The fields follow the duties of the Chinese GSP (temperature monitoring and cold transport
//! appendices, 2013), GB/T 34399-2017 chapter 5, the EU GDP guidelines 2013/C 343/01 chapter 9 and
//! WHO TRS 961 annex 9.

mod box_page;
mod facts;
mod page;
mod parcel_page;
mod plot;
mod tables;

use std::fmt::Write as _;

use crate::error::Result;
use crate::plan::Plan;
use crate::problem::{Excursions, Problem};

use facts::Facts;
pub(super) use facts::rules as alarm_rules;

/// The mark every page and table of predictions carries.
pub const PREDICTED: &str = "PREDICTED — not a temperature record";

/// What the report cannot know from the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComplianceOptions {
    /// Who forecast the weather and when, for example `Mangya station, issued 2026-01-28 05:00`;
    /// room is left to write it when empty.
    pub weather_source: String,
    /// The policy the plan is released under; the day's when empty, as [`ComplianceOptions::POLICY`].
    pub policy: String,
}

impl ComplianceOptions {
    /// The policy of a plan that states none: no excursion is ever planned.
    pub const POLICY: &str = "label only: no planned excursion, budget 0 without a document";

    /// The policy of a day on which no document counts.
    pub const STRICT: &str = "no planned excursion, whatever a document says";

    fn policy_text(&self, problem: &Problem) -> &str {
        match problem.excursions() {
            _ if !self.policy.is_empty() => &self.policy,
            Excursions::Documented => Self::POLICY,
            Excursions::Never => Self::STRICT,
        }
    }
}

/// The compliance report of a plan's cold goods as one HTML page that prints on A4: each box with
/// its label, what it is predicted to do drawn along its stops, each parcel with its hand-over record
/// to fill in, the robustness check, and room for the logger and the signature. Nothing for a plan
/// without cold goods.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days.
pub fn compliance_html(plan: &Plan, options: &ComplianceOptions) -> Result<Option<String>> {
    let facts = Facts::of(plan)?;
    Ok((!facts.is_empty()).then(|| page::write(&facts, options)))
}

/// One row for each cold parcel of a plan, with its box and what is predicted for it; the `mark` of
/// each row is [`PREDICTED`]. Times are clock times of the day's zone, temperatures degrees
/// Celsius. Nothing for a plan without cold goods.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days.
pub fn compliance_csv(plan: &Plan, options: &ComplianceOptions) -> Result<Option<String>> {
    let facts = Facts::of(plan)?;
    Ok((!facts.is_empty()).then(|| tables::parcels(&facts, options)))
}

/// One row for each step of each box of a plan: air, payload, coolant and remaining hold from closing
/// to the return. Nothing for a plan without cold goods.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days.
pub fn box_csv(plan: &Plan) -> Result<Option<String>> {
    let facts = Facts::of(plan)?;
    Ok((!facts.is_empty()).then(|| tables::boxes(&facts)))
}

/// The verdicts of the robustness check as lines for a console: nothing when every scenario keeps
/// the cold chain or there is none.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days.
pub fn robustness_text(plan: &Plan) -> Result<String> {
    let facts = Facts::of(plan)?;
    let mut text = String::new();
    for verdict in facts.verdicts.iter().filter(|verdict| !verdict.is_kept()) {
        let word = if verdict.blocks() { "BLOCKED" } else { "flag" };
        let (broken, goods) = (verdict.excursions.len(), verdict.goods);
        let _ = write!(text, "cold chain, {}: {word}, ", verdict.scenario.code());
        let _ = write!(text, "{broken} of {goods} parcels may leave their class:");
        for excursion in verdict.excursions.iter().take(5) {
            let visit = plan.problem().visit(excursion.visit);
            let order = super::text::plain(plan.problem().order(visit.order).id());
            let vehicle = super::text::plain(plan.problem().vehicle(excursion.vehicle).id());
            let _ = match excursion.at {
                Some(at) => write!(text, " {order} on {vehicle} at {at}"),
                None => write!(text, " {order} on {vehicle} has no box with room"),
            };
            let (low, high) = excursion.payload_c;
            if low.is_finite() {
                let _ = write!(text, " ({low:.1} to {high:.1} °C)");
            }
        }
        text.push_str(if broken > 5 { " …\n" } else { "\n" });
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
