//! The tags of a way or node that decide who may pass it and how fast, interned: a county has
//! thousands of ways but only hundreds of distinct sets.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::osm::Tags;

/// The keys kept, sorted. All other tags are dropped on building.
const KEYS: [&str; 57] = [
    "access",
    "access:conditional",
    "barrier",
    "bollard",
    "bridge",
    "depth",
    "duration",
    "est_width",
    "ferry",
    "ford",
    "goods",
    "goods:conditional",
    "hgv",
    "hgv:conditional",
    "highway",
    "ice_road",
    "incline",
    "interval",
    "junction",
    "lanes",
    "lit",
    "locked",
    "maxaxleload",
    "maxheight",
    "maxheight:physical",
    "maxlength",
    "maxspeed",
    "maxspeed:conditional",
    "maxspeed:practical",
    "maxweight",
    "maxweight:conditional",
    "maxwidth",
    "maxwidth:physical",
    "motor_vehicle",
    "motor_vehicle:conditional",
    "motorcar",
    "motorcar:conditional",
    "motorcycle",
    "motorcycle:conditional",
    "oneway",
    "oneway:conditional",
    "oneway:motor_vehicle",
    "oneway:motorcar",
    "oneway:motorcycle",
    "oneway:vehicle",
    "opening_hours",
    "route",
    "seasonal",
    "service",
    "smoothness",
    "surface",
    "tracktype",
    "tunnel",
    "vehicle",
    "vehicle:conditional",
    "width",
    "winter_road",
];

/// The tags of a way or node that decide who may pass and how fast.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Attributes(
    // Invariant: sorted by key, each key once.
    Vec<(&'static str, Box<str>)>,
);

impl Attributes {
    /// The relevant ones among `tags`, without spaces around the values.
    pub(super) fn of(tags: &Tags) -> Self {
        let kept = KEYS.iter().filter_map(|&key| tags.get(key).map(|value| (key, value)));
        Self(kept.map(|(key, value)| (key, value.trim().into())).collect())
    }

    /// The value of `key`, or nothing when it is not tagged or not kept.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(own, _)| (*own).cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    /// True when `key` has exactly this value.
    pub(super) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }
}

/// Reads what was written before, in an index file; unknown or unsorted keys are refused.
impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(String, Box<str>)>::deserialize(from)?;
        let known = |(key, value): (String, Box<str>)| {
            let at = KEYS.binary_search(&key.as_str()).ok();
            at.map(|at| (KEYS[at], value)).ok_or_else(|| D::Error::custom("an unknown key"))
        };
        let pairs: Vec<_> = pairs.into_iter().map(known).collect::<Result<_, _>>()?;
        if !pairs.is_sorted_by(|one, two| one.0 < two.0) {
            return Err(D::Error::custom("keys out of order"));
        }
        Ok(Self(pairs))
    }
}

/// Gives each distinct value a number, in order of first sight.
#[derive(Debug)]
pub(super) struct Interner<T>(BTreeMap<T, u32>);

impl<T: Ord + Clone> Interner<T> {
    /// Nothing seen yet.
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The number of `value`.
    ///
    /// # Panics
    /// Beyond 2^32 distinct values, which no file below the reader's size limit holds.
    pub(super) fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.0.len()).expect("fewer than 2^32 distinct values");
        *self.0.entry(value).or_insert(next)
    }

    /// All values; a value's number is its index.
    pub(super) fn into_values(self) -> Vec<T> {
        let mut pairs: Vec<(u32, T)> = self.0.into_iter().map(|(value, n)| (n, value)).collect();
        pairs.sort_unstable_by_key(|pair| pair.0);
        pairs.into_iter().map(|pair| pair.1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_so_that_lookups_may_halve() {
        assert!(KEYS.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn only_relevant_tags_are_kept() {
        let tags = [("highway", " track "), ("name", "Old Road"), ("surface", "gravel")];
        let tags: Tags = tags.into_iter().collect();
        let kept = Attributes::of(&tags);
        assert!(kept.is("highway", "track") && kept.is("surface", "gravel"));
        assert_eq!(kept.get("name"), None);
    }

    #[test]
    fn equal_values_share_a_number() {
        let mut interner = Interner::new();
        assert_eq!(["b", "a", "b"].map(|v| interner.number(v)), [0, 1, 0]);
        assert_eq!(interner.into_values(), ["b", "a"]);
    }
}
