//! Product classes: the temperatures a product may have, on both sides, each with its source.

use serde::{Deserialize, Serialize};

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
    /// Where the range comes from.
    pub source: String,
}

/// One row: code, lowest and highest degrees Celsius, spoiled by freezing, source.
type Row = (&'static str, Option<f64>, Option<f64>, bool, &'static str);

/// Rules of thumb; the product's own label always comes first.
const BUILT_IN: &[Row] = &[
    ("CN_COLD_2_8", Some(2.0), Some(8.0), true, "Chinese GSP cold-transport practice"),
    ("CN_COOL_20", None, Some(20.0), true, "Chinese Pharmacopoeia storage terms, 阴凉"),
    ("CN_ROOM", Some(10.0), Some(30.0), true, "Chinese Pharmacopoeia storage terms, 常温"),
    ("CN_FROZEN", None, Some(-20.0), false, "Chinese Pharmacopoeia storage terms, 冷冻"),
    ("WHO_EPI_2_8", Some(2.0), Some(8.0), true, "WHO PQS glossary; transients are not planned"),
    ("USP_REFRIG", Some(2.0), Some(8.0), true, "USP <659>, refrigerator"),
    ("USP_CRT", Some(20.0), Some(25.0), true, "USP <659>, controlled room temperature"),
    ("USP_COOL", Some(8.0), Some(15.0), true, "USP <659>, cool"),
    ("USP_FREEZER", Some(-25.0), Some(-10.0), false, "USP <659>, freezer"),
    ("ATP_FROZEN", None, Some(-18.0), false, "ATP annex 2, quick-frozen food"),
    ("ATP_ICE_CREAM", None, Some(-20.0), false, "ATP annex 2, ice cream"),
    ("ATP_FROZEN_OTHER", None, Some(-12.0), false, "ATP annex 2, other frozen food"),
    ("ATP_BUTTER", None, Some(-10.0), false, "ATP annex 2, butter"),
    ("ATP_MILK", None, Some(6.0), false, "ATP annex 3, raw milk"),
    ("ATP_DAIRY", None, Some(6.0), false, "ATP annex 3, dairy and ready meals"),
    ("ATP_MEAT", None, Some(7.0), false, "ATP annex 3, red meat"),
    ("ATP_POULTRY", None, Some(4.0), false, "ATP annex 3, poultry and game"),
    ("ATP_OFFAL", None, Some(3.0), false, "ATP annex 3, offal"),
    ("ATP_MINCED", None, Some(2.0), false, "ATP annex 3, minced meat"),
    ("CN_FOOD_CHILL", Some(0.0), Some(10.0), false, "usual label under GB 31605-2020"),
    ("CN_FOOD_FROZEN", None, Some(-18.0), false, "usual label under GB 31605-2020"),
    ("PRODUCE", Some(0.0), Some(30.0), true, "assumed: frost and heat only"),
    ("PRODUCE_MELON", Some(7.0), Some(15.0), true, "USDA Handbook 66, chilling; upper end assumed"),
    ("PRODUCE_CITRUS", Some(3.0), Some(8.0), true, "USDA Handbook 66, oranges of dry regions"),
];

impl ProductClass {
    /// The built-in class of this code.
    ///
    /// ```
    /// let insulin = lastmile::cold::ProductClass::by_code("CN_COLD_2_8").unwrap();
    /// assert_eq!(insulin.high.map(|high| high.degrees()), Some(8.0));
    /// ```
    pub fn by_code(code: &str) -> Option<Self> {
        BUILT_IN.iter().find(|row| row.0 == code).map(Self::from_row)
    }

    /// Every built-in class.
    pub fn built_in() -> Vec<Self> {
        BUILT_IN.iter().map(Self::from_row).collect()
    }

    fn from_row(row: &Row) -> Self {
        let (code, low, high, freeze_sensitive, source) = *row;
        Self {
            code: code.into(),
            low: low.map(MilliCelsius::celsius),
            high: high.map(MilliCelsius::celsius),
            freeze_sensitive,
            source: source.into(),
        }
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
