//! Time out of refrigeration: what a manufacturer's document allows over the whole life of a
//! product, what was used before, and what a plan adds. Without a document the budget is nothing.

use serde::{Deserialize, Serialize};

use super::alarm::TemperatureSpan;
use crate::units::{MilliCelsius, Seconds};

/// A manufacturer's budget of time out of the product's range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutBudget {
    /// What it is about.
    pub name: String,
    /// The highest temperature it covers, degrees Celsius.
    pub highest_c: f64,
    /// How many minutes in all, over the product's life.
    pub minutes: i64,
    /// The manufacturer's document; without one the budget is nothing.
    #[serde(default)]
    pub document: Option<String>,
    /// The first use starts a new expiry; the product does not go back to the old one.
    #[serde(default)]
    pub starts_clock: bool,
    /// The product may go back into refrigeration.
    #[serde(default)]
    pub may_return: bool,
}

/// A budget before and after a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetUse {
    /// Used before the plan, minutes: the carry-in.
    pub before_min: i64,
    /// What the plan adds, minutes, rounded up.
    pub added_min: i64,
    /// What may be used, minutes: 0 without a document.
    pub limit_min: i64,
    /// True when the plan starts a new expiry.
    pub starts_clock: bool,
}

impl BudgetUse {
    /// What the parcel carries out, minutes.
    pub fn after_min(&self) -> i64 {
        self.before_min.saturating_add(self.added_min)
    }

    /// By how many minutes the budget is overdrawn; zero or less when it is kept.
    pub fn excess_min(&self) -> i64 {
        self.after_min().saturating_sub(self.limit_min)
    }

    /// True when the plan needs none of it, or no more than is left.
    pub fn is_kept(&self) -> bool {
        self.added_min == 0 || self.excess_min() <= 0
    }
}

impl OutBudget {
    /// The budget before and after a plan that keeps the product out for so long.
    pub fn use_of(&self, before_min: i64, out: Seconds) -> BudgetUse {
        let added_min = out.0.max(0).saturating_add(59) / 60;
        BudgetUse {
            before_min: before_min.max(0),
            added_min,
            limit_min: self.document.as_ref().map_or(0, |_| self.minutes.max(0)),
            starts_clock: self.starts_clock && added_min > 0,
        }
    }

    /// How long a series is above the range but within what the budget covers, and whether it is ever
    /// beyond what any document covers.
    pub fn out_of(
        &self,
        highest: MilliCelsius,
        series: impl IntoIterator<Item = TemperatureSpan>,
    ) -> (Seconds, bool) {
        let (mut out, mut is_beyond) = (Seconds::ZERO, false);
        for span in series {
            if span.celsius > highest.degrees() {
                out += span.seconds;
                is_beyond |= span.celsius > self.highest_c;
            }
        }
        (out, is_beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spinraza() -> OutBudget {
        OutBudget {
            name: "out of the carton".into(),
            highest_c: 25.0,
            minutes: 30 * 60,
            document: Some("SPC 6.4".into()),
            starts_clock: false,
            may_return: true,
        }
    }

    #[test]
    fn t25_a_budget_is_for_life_and_needs_a_document() {
        let hours = |hours: f64| Seconds::round(3600.0 * hours);
        let kept = spinraza().use_of(28 * 60, hours(1.5));
        assert!(kept.is_kept());
        assert_eq!((kept.after_min(), kept.limit_min), (1770, 1800));
        assert_eq!(spinraza().use_of(28 * 60, hours(2.5)).excess_min(), 30);
        let word_of_mouth = OutBudget { document: None, ..spinraza() };
        assert!(!word_of_mouth.use_of(28 * 60, hours(1.5)).is_kept());
        assert!(!word_of_mouth.use_of(0, Seconds(1)).is_kept());
        assert!(word_of_mouth.use_of(28 * 60, Seconds::ZERO).is_kept(), "nothing is asked of it");
    }

    #[test]
    fn using_a_budget_may_start_a_clock() {
        let imraldi = OutBudget { starts_clock: true, ..spinraza() };
        assert!(imraldi.use_of(0, Seconds(60)).starts_clock);
        assert!(!imraldi.use_of(0, Seconds::ZERO).starts_clock);
    }

    #[test]
    fn time_above_the_range_counts_and_beyond_the_document_is_told() {
        let span =
            |minutes, celsius| TemperatureSpan { seconds: Seconds::minutes(minutes), celsius };
        let high = MilliCelsius::celsius(8.0);
        let series = [span(30, 5.0), span(20, 8.5), span(5, 24.0)];
        assert_eq!(spinraza().out_of(high, series), (Seconds::minutes(25), false));
        assert!(spinraza().out_of(high, [span(1, 26.0)]).1);
    }
}
