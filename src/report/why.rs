//! Why an order is on no route, as every report tells it.

use serde::Serialize;

use crate::plan::{Plan, Unserved};

/// A reason in words, harmless wherever it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Why {
    /// The stable code: `TIME_WINDOW`.
    pub(super) code: String,
    /// The code in Chinese.
    pub(super) code_zh: &'static str,
    /// The reason, by how much it fails.
    pub(super) text: String,
    /// The reason for each vehicle: its id and text.
    pub(super) vehicles: Vec<(String, String)>,
    /// The smallest change that would make room.
    pub(super) cure: Option<String>,
}

/// The reason of one unserved order.
pub(super) fn of(_plan: &Plan, _unserved: &Unserved) -> Why {
    unimplemented!()
}
