//! Stability of products, as data with sources: `products.json`. Label-only by default: a budget
//! counts only with the manufacturer's document.

use serde::{Deserialize, Serialize};

use super::Status;
use super::budget::OutBudget;
use super::{ShelfLife, VialMonitor};
use crate::error::{Code, Error, Fault, Result};

/// What freezing does to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freezing {
    /// It is discarded, whatever it looks like.
    Discard,
    /// It tolerates frost.
    Tolerant,
}

/// A product's stability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The code of its product class.
    pub class: String,
    /// What freezing does to it.
    pub freezing: Freezing,
    /// Time out of its range its manufacturer may allow. The built-in rows carry no document id, as
    /// only the document of the stocked product counts: they are 0 until one is given.
    #[serde(default)]
    pub budgets: Vec<OutBudget>,
    /// The name of its set of alarm rules, see [`AlarmRule::set`](super::AlarmRule::set).
    #[serde(default)]
    pub alarms: String,
    /// Activation energy for the mean kinetic temperature, kJ/mol; 83.144 unless the product's own is
    /// known.
    #[serde(default)]
    pub kinetic_kj_per_mol: Option<f64>,
    /// The category of the monitor on its vials, a name of [`VialMonitor::NAMES`]; empty for none.
    #[serde(default)]
    pub vial_monitor: String,
    /// Its life as produce; none where that is not known.
    #[serde(default)]
    pub shelf_life: Option<ShelfLife>,
    /// How this came to be known; only declared where nothing else is said.
    #[serde(default = "declared")]
    pub status: Status,
    /// Where this comes from.
    pub source: String,
}

/// The longest budget that is taken for one, minutes: ten years.
const LONGEST_MIN: i64 = 5_259_600;
/// Temperatures a budget may be about, degrees Celsius.
const COVERED_C: std::ops::RangeInclusive<f64> = -95.0..=95.0;
/// Lives of produce, days.
const LIFE_DAYS: std::ops::RangeInclusive<f64> = 0.01..=3660.0;
/// Activation energies of anything that spoils, kJ/mol.
const KINETIC_KJ: std::ops::RangeInclusive<f64> = 1.0..=1000.0;

fn declared() -> Status {
    Status::Declared
}

impl Product {
    /// The built-in products: starting points, to be replaced by the labels of what is stocked.
    pub fn built_in() -> Vec<Self> {
        // The file is part of the crate and a test reads it.
        Self::parse("products.json", include_str!("products.json")).unwrap_or_default()
    }

    /// The built-in product of this code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::built_in().into_iter().find(|product| product.code == code)
    }

    /// What is wrong with it beside the products already there: an unknown class or set of alarms, a
    /// code or a budget that is there twice, numbers that cannot be, no source.
    pub fn faults(&self, others: &[Self]) -> Vec<Fault> {
        let mut found = Vec::new();
        let mut wrong = |code, field: &str, expected: &str, value: &dyn std::fmt::Display| {
            found.push(Fault::new(code, expected).field(field).value(value));
        };
        if self.code.trim().is_empty() {
            wrong(Code::MissingField, "code", "a code that orders can name", &"");
        }
        if others.iter().any(|other| other.code == self.code) {
            wrong(Code::DoubleId, "code", "a code that is used once", &self.code);
        }
        if super::ProductClass::by_code(&self.class).is_none() {
            wrong(Code::UnknownName, "class", "the code of a known product class", &self.class);
        }
        if !self.alarms.is_empty() && super::AlarmRule::set(&self.alarms).is_empty() {
            let expected = "who_type_1, who_type_2 or who_30_day";
            wrong(Code::UnknownName, "alarms", expected, &self.alarms);
        }
        if let Some(energy) = self.kinetic_kj_per_mol.filter(|kj| !KINETIC_KJ.contains(kj)) {
            wrong(Code::OutOfRange, "kinetic_kj_per_mol", "kJ/mol from 1 to 1000", &energy);
        }
        if !self.vial_monitor.is_empty() && VialMonitor::by_name(&self.vial_monitor).is_none() {
            let expected = "VVM2, VVM7, VVM14 or VVM30";
            wrong(Code::UnknownName, "vial_monitor", expected, &self.vial_monitor);
        }
        if let Some(life) = self.shelf_life {
            if !LIFE_DAYS.contains(&life.days) {
                wrong(Code::OutOfRange, "shelf_life.days", "days from 0.01 to 3660", &life.days);
            }
            if !COVERED_C.contains(&life.at_c) {
                let expected = "degrees Celsius from -95 to 95";
                wrong(Code::OutOfRange, "shelf_life.at_c", expected, &life.at_c);
            }
        }
        if self.source.trim().is_empty() {
            wrong(Code::MissingField, "source", "where its stability comes from", &"");
        }
        for (i, budget) in self.budgets.iter().enumerate() {
            if !(0..=LONGEST_MIN).contains(&budget.minutes) {
                let expected = "minutes from 0 to ten years";
                wrong(Code::OutOfRange, "budgets.minutes", expected, &budget.minutes);
            }
            if !COVERED_C.contains(&budget.highest_c) {
                let expected = "degrees Celsius from -95 to 95";
                wrong(Code::OutOfRange, "budgets.highest_c", expected, &budget.highest_c);
            }
            let is_double = self.budgets[..i].iter().any(|other| other.name == budget.name);
            if budget.name.trim().is_empty() || is_double {
                let expected = "a name that is used once";
                wrong(Code::DoubleId, "budgets.name", expected, &budget.name);
            }
        }
        found
    }

    /// Reads a table of products.
    ///
    /// # Errors
    /// Text that is no such table, unknown classes, doubled codes, budgets that cannot be; see
    /// [`Product::faults`].
    pub fn parse(file: &str, text: &str) -> Result<Vec<Self>> {
        let products: Vec<Self> = serde_json::from_str(text).map_err(|why| {
            let place = format!("line {}, column {}", why.line(), why.column());
            Fault::new(Code::Syntax, why.to_string()).file(file).place(place)
        })?;
        let mut found = Vec::new();
        for (i, product) in products.iter().enumerate() {
            let place = |fault: Fault| fault.file(file).place(&product.code);
            found.extend(product.faults(&products[..i]).into_iter().map(place));
        }
        if found.is_empty() { Ok(products) } else { Err(Error::input(found)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::AlarmRule;
    use crate::units::Seconds;

    #[test]
    fn the_built_in_products_are_label_only() {
        let products = Product::parse("products.json", include_str!("products.json")).unwrap();
        assert!(products.len() >= 10);
        for product in &products {
            assert!(!product.source.is_empty());
            assert!(product.alarms.is_empty() || !AlarmRule::set(&product.alarms).is_empty());
            for budget in &product.budgets {
                assert!(!budget.use_of(0, Seconds(1)).is_kept(), "{}: no document", product.code);
            }
        }
        assert_eq!(Product::by_code("INSULIN_UNOPENED").unwrap().freezing, Freezing::Discard);
    }

    #[test]
    fn a_bad_row_is_told_with_its_place() {
        let row = |class: &str| {
            format!(
                r#"{{"code":"X","name":"x","class":"{class}","freezing":"discard","source":"s"}}"#
            )
        };
        let text = format!("[{},{}]", row("CN_COLD_2_8"), row("NO_SUCH"));
        let error = Product::parse("mine.json", &text).unwrap_err();
        let codes: Vec<Code> = error.faults().iter().map(Fault::code).collect();
        assert_eq!(codes, [Code::DoubleId, Code::UnknownName]);
        let error = Product::parse("mine.json", "[{]").unwrap_err();
        assert_eq!(error.faults()[0].file_name(), "mine.json");
    }
}
