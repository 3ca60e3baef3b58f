//! A measured or computed number with where it comes from.

use serde::{Deserialize, Serialize};

/// How a number came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read off a qualification report.
    Documented,
    /// Computed from documented numbers.
    Derived,
    /// Declared by the user without a document.
    Declared,
}

impl Status {
    /// The share of a box's headroom a plan may use: 80 % of what is documented or computed from
    /// documents, 70 % of what is only declared. An assumption of ours, on the safe side of the 90 %
    /// that published vaccination routing uses.
    pub fn headroom_used(self) -> f64 {
        match self {
            Self::Documented | Self::Derived => 0.8,
            Self::Declared => 0.7,
        }
    }
}

/// A number with its status and source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The value, in the unit its field or function names.
    pub value: f64,
    /// How it came to be known.
    pub status: Status,
    /// Where it comes from.
    pub source: String,
}

impl Parameter {
    /// A number computed from others.
    pub(super) fn derived(value: f64, source: String) -> Self {
        Self { value, status: Status::Derived, source }
    }
}
