//! Stability of products, as data with sources: `products.json`. Label-only by default: a budget
//! counts only with the manufacturer's document.

use serde::{Deserialize, Serialize};

use super::budget::OutBudget;
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
    /// Where this comes from.
    pub source: String,
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

    /// Reads a table of products.
    ///
    /// # Errors
    /// Text that is no such table, unknown classes, doubled codes, budgets below nothing.
    pub fn parse(file: &str, text: &str) -> Result<Vec<Self>> {
        let products: Vec<Self> = serde_json::from_str(text).map_err(|why| {
            let place = format!("line {}, column {}", why.line(), why.column());
            Fault::new(Code::Syntax, why.to_string()).file(file).place(place)
        })?;
        let mut found = Vec::new();
        for (i, product) in products.iter().enumerate() {
            let fault = |code, field: &str, expected: &str| {
                Fault::new(code, expected).file(file).place(&product.code).field(field)
            };
            if super::ProductClass::by_code(&product.class).is_none() {
                let expected = "the code of a known product class";
                found.push(fault(Code::UnknownName, "class", expected).value(&product.class));
            }
            if products[..i].iter().any(|other| other.code == product.code) {
                found.push(fault(Code::DoubleId, "code", "a code that is used once"));
            }
            for budget in
                product.budgets.iter().filter(|b| b.minutes < 0 || !b.highest_c.is_finite())
            {
                let expected = "minutes from 0 and a temperature";
                found.push(fault(Code::OutOfRange, "budgets", expected).value(budget.minutes));
            }
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
        assert_eq!(codes, [Code::UnknownName, Code::DoubleId]);
        let error = Product::parse("mine.json", "[{]").unwrap_err();
        assert_eq!(error.faults()[0].file_name(), "mine.json");
    }
}
