//! Two resources at once: what adds up in each, and a limit broken where either is. Sets of more nest.

use crate::constraint::{Called, Gap, Hop, Reading, Resource, Span, Terms};
use crate::problem::VehicleId;
use crate::road::Drain;
use crate::schedule::SetsTaken;

impl<A: Resource, B: Resource> Resource for (A, B) {
    type Segment = (A::Segment, B::Segment);

    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        (self.0.restrict(visits, vehicles), self.1.restrict(visits, vehicles))
    }

    #[inline]
    fn reading(&self, trip: &Self::Segment) -> Reading {
        let (one, two) = (self.0.reading(&trip.0), self.1.reading(&trip.1));
        Reading { duration: one.duration + two.duration, length: one.length + two.length }
    }

    fn start(&self, terms: &Terms) -> Self::Segment {
        (self.0.start(terms), self.1.start(terms))
    }

    fn end(&self, terms: &Terms) -> Self::Segment {
        (self.0.end(terms), self.1.end(terms))
    }

    fn leaf(&self, visit: usize, window: Span, vehicle: VehicleId) -> Self::Segment {
        (self.0.leaf(visit, window, vehicle), self.1.leaf(visit, window, vehicle))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "else the nested pair is copied at each level")]
    fn join(&self, a: &Self::Segment, hop: Hop, b: &Self::Segment) -> Self::Segment {
        (self.0.join(&a.0, hop, &b.0), self.1.join(&a.1, hop, &b.1))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "else the nested pair is copied at each level")]
    fn append(
        &self,
        so_far: &Self::Segment,
        hop: Hop,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
    ) -> Self::Segment {
        (
            self.0.append(&so_far.0, hop, visit, window, vehicle),
            self.1.append(&so_far.1, hop, visit, window, vehicle),
        )
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "else the nested pair is copied at each level")]
    fn prepend(
        &self,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
        hop: Hop,
        rest: &Self::Segment,
    ) -> Self::Segment {
        (
            self.0.prepend(visit, window, vehicle, hop, &rest.0),
            self.1.prepend(visit, window, vehicle, hop, &rest.1),
        )
    }

    fn release(&self, trip: &Self::Segment) -> i64 {
        self.0.release(&trip.0).max(self.1.release(&trip.1))
    }

    fn drain(&self, trip: &Self::Segment) -> Drain {
        self.0.drain(&trip.0).then(self.1.drain(&trip.1))
    }

    #[inline]
    fn excess(&self, trip: &Self::Segment, terms: &Terms) -> i64 {
        self.0.excess(&trip.0, terms) + self.1.excess(&trip.1, terms)
    }

    #[inline]
    fn is_full(&self, trip: &Self::Segment, visit: usize, terms: &Terms) -> bool {
        self.0.is_full(&trip.0, visit, terms) || self.1.is_full(&trip.1, visit, terms)
    }

    fn is_order_free(&self) -> bool {
        self.0.is_order_free() && self.1.is_order_free()
    }

    #[inline]
    fn looks_closer(&self, trip: &Self::Segment, vehicle: VehicleId) -> bool {
        self.0.looks_closer(&trip.0, vehicle) || self.1.looks_closer(&trip.1, vehicle)
    }

    fn confirms(
        &self,
        vehicle: VehicleId,
        depart: i64,
        calls: &[Called],
        out: i64,
        taken: &mut SetsTaken,
    ) -> bool {
        self.0.confirms(vehicle, depart, calls, out, taken)
            && self.1.confirms(vehicle, depart, calls, out, taken)
    }

    #[inline]
    fn admits(
        &self,
        gap: &Gap<'_, Self::Segment>,
        visit: usize,
        window: Span,
        terms: &Terms,
    ) -> bool {
        let Gap { into, out_of, .. } = *gap;
        let one = Gap { before: &gap.before.0, into, out_of, after: &gap.after.0 };
        let two = Gap { before: &gap.before.1, into, out_of, after: &gap.after.1 };
        self.0.admits(&one, visit, window, terms) && self.1.admits(&two, visit, window, terms)
    }

    #[inline]
    fn has_time(
        &self,
        gap: &Gap<'_, Self::Segment>,
        visit: usize,
        window: Span,
        terms: &Terms,
    ) -> bool {
        let Gap { into, out_of, .. } = *gap;
        let one = Gap { before: &gap.before.0, into, out_of, after: &gap.after.0 };
        let two = Gap { before: &gap.before.1, into, out_of, after: &gap.after.1 };
        self.0.has_time(&one, visit, window, terms) && self.1.has_time(&two, visit, window, terms)
    }
}
