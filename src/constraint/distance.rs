//! Road length, and the vehicle's limit on it.

use crate::constraint::{Hop, Resource, Span, Terms};
use crate::problem::VehicleId;

/// Adds up metres.
#[derive(Clone, Copy, Debug, Default)]
pub struct Distance;

impl Resource for Distance {
    type Segment = i64;

    fn start(&self, _terms: &Terms) -> i64 {
        0
    }

    fn end(&self, _terms: &Terms) -> i64 {
        0
    }

    #[inline]
    fn leaf(&self, _visit: usize, _window: Span, _vehicle: VehicleId) -> i64 {
        0
    }

    #[inline]
    fn join(&self, a: &i64, hop: Hop, b: &i64) -> i64 {
        a + hop.metres + b
    }

    fn release(&self, _trip: &i64) -> i64 {
        i64::MIN
    }

    #[inline]
    fn excess(&self, trip: &i64, terms: &Terms) -> i64 {
        (trip - terms.length_room).max(0)
    }
}
