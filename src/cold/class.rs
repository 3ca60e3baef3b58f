//! Product classes: the temperatures a product may have, on both sides, each with its source.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::alarm::{AlarmCount, AlarmRule, AlarmSide};
use crate::error::{Code, Fault};
use crate::units::MilliCelsius;

/// The temperatures a product may have. Both limits belong to the range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductClass {
    /// The name orders use, for example `CN_COLD_2_8`.
    pub code: String,
    /// The lowest temperature allowed; none when cold does no harm or the label does not say.
    #[serde(default)]
    pub low: Option<MilliCelsius>,
    /// The highest temperature allowed; none when heat does no harm.
    #[serde(default)]
    pub high: Option<MilliCelsius>,
    /// Freezing spoils it, whatever the label's lower limit is.
    #[serde(default)]
    pub freeze_sensitive: bool,
    /// It is for medicine, which may have to ride apart from other goods.
    #[serde(default)]
    pub medicine: bool,
    /// Where the range comes from.
    pub source: String,
}

/// A row of `classes.json`: degrees Celsius. Rules of thumb; the product's own label comes first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    #[serde(default)]
    low_c: Option<f64>,
    #[serde(default)]
    high_c: Option<f64>,
    #[serde(default)]
    freeze_sensitive: bool,
    #[serde(default)]
    medicine: bool,
    source: String,
}

/// The table, read once. It is part of the crate, and a test reads it.
static TABLE: LazyLock<Vec<ProductClass>> = LazyLock::new(|| {
    let rows: Vec<Row> = serde_json::from_str(include_str!("classes.json")).unwrap_or_default();
    rows.into_iter().map(ProductClass::from_row).collect()
});

impl ProductClass {
    /// The built-in class of this code.
    ///
    /// ```
    /// let insulin = lastmile::cold::ProductClass::by_code("CN_COLD_2_8").unwrap();
    /// assert_eq!(insulin.high.map(|high| high.degrees()), Some(8.0));
    /// ```
    pub fn by_code(code: &str) -> Option<Self> {
        TABLE.iter().find(|class| class.code == code).cloned()
    }

    /// Every built-in class.
    pub fn built_in() -> Vec<Self> {
        TABLE.clone()
    }

    fn from_row(row: Row) -> Self {
        Self {
            code: row.code,
            low: row.low_c.map(MilliCelsius::celsius),
            high: row.high_c.map(MilliCelsius::celsius),
            freeze_sensitive: row.freeze_sensitive,
            medicine: row.medicine,
            source: row.source,
        }
    }

    /// The label as alarm rules that fire at the first moment beyond it. What freezing spoils also has
    /// one at -0.5 °C, to tell a frost from a slip below the label.
    pub fn alarms(&self) -> Vec<AlarmRule> {
        let rule = |name: &str, limit: MilliCelsius, side, beyond| AlarmRule {
            name: format!("{name} {:.1} °C", limit.degrees()),
            threshold_c: limit.degrees() + beyond,
            side,
            count: AlarmCount::Consecutive,
            seconds: 0,
            source: self.source.clone(),
        };
        // A rule counts its threshold; the label's limits belong to the range.
        let below = self.lowest().map(|low| rule("below", low, AlarmSide::Below, -1e-9));
        let above = self.highest().map(|high| rule("above", high, AlarmSide::Above, 1e-9));
        let frost = self
            .freeze_sensitive
            .then(|| rule("freezing, at", MilliCelsius(-500), AlarmSide::Below, 0.0));
        below.into_iter().chain(above).chain(frost).collect()
    }

    /// The fault of a range that ends below its beginning.
    pub fn check(&self) -> Option<Fault> {
        let (low, high) = (self.lowest()?, self.highest()?);
        (low > high).then(|| {
            Fault::new(Code::UpsideDown, "a lowest temperature not above the highest")
                .place(format!("class {}", self.code))
                .field("low")
                .value(low.degrees())
        })
    }

    /// The lowest temperature a plan may predict: the label's, or 0 °C when freezing spoils the
    /// product and the label is silent.
    pub fn lowest(&self) -> Option<MilliCelsius> {
        self.low.or(self.freeze_sensitive.then_some(MilliCelsius::ZERO))
    }

    /// The highest temperature a plan may predict.
    pub fn highest(&self) -> Option<MilliCelsius> {
        self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_ranges_are_not_upside_down_and_codes_are_unique() {
        assert!(ProductClass::built_in().len() > 30);
        let mut codes: Vec<String> =
            ProductClass::built_in().into_iter().map(|class| class.code).collect();
        codes.sort();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
        for class in ProductClass::built_in() {
            assert!(class.low.is_some() || class.high.is_some(), "{}", class.code);
            assert!(class.check().is_none(), "{}", class.code);
            assert!(!class.source.is_empty());
        }
        assert!(ProductClass::by_code("NO_SUCH").is_none());
        let medicine = ProductClass::by_code("CN_COLD_2_8").unwrap();
        let upside_down = ProductClass { low: Some(MilliCelsius(9_000)), ..medicine };
        assert_eq!(upside_down.check().unwrap().code(), Code::UpsideDown);
    }

    #[test]
    fn a_silent_label_does_not_allow_freezing() {
        let cool = ProductClass::by_code("CN_COOL_20").unwrap();
        assert_eq!(cool.lowest(), Some(MilliCelsius(0)));
        assert_eq!(ProductClass::by_code("ATP_FROZEN").unwrap().lowest(), None);
    }
}
