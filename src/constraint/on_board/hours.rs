//! Holds by the hour, in constant time: between the closing of a box and its last hand-over a trip uses
//! what two look-ups in the box's table say. As all goods of a class have one hold, the last of them
//! binds, and its path, clock and openings follow from what the segment has of the plain hold.

use std::sync::Arc;

use super::{OnBoardSegment, Part, boxes};
use crate::cold::{AirShift, Stay, Wear};
use crate::constraint::{FAR, Span, pick};
use crate::problem::{Problem, VehicleId};
use crate::units::{Seconds, Time};

/// The tables of every vehicle and class.
#[derive(Clone, Debug)]
pub(super) struct Hours<const C: usize> {
    tables: Vec<Table>,
    /// Which table, counted from 1, `[vehicle][class]`; 0 where each second counts in full.
    of: Vec<[u32; C]>,
}

#[derive(Clone, Debug)]
struct Table {
    wear: Arc<Wear>,
    packing: i64,
    /// Hold left after packing when each second counts in full, as the segments have it.
    hold: i64,
}

/// What the last goods ask for: the path and the clock at which they are out, and the hold lost to
/// openings until then.
struct Last {
    path: i64,
    clock: i64,
    lost: i64,
}

impl<const C: usize> Hours<C> {
    pub(super) fn new(problem: &Problem) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        let mut of = Vec::new();
        for vehicle in problem.vehicle_ids() {
            let mut row = [0; C];
            for (class, at) in row.iter_mut().enumerate().take(problem.classes().len()) {
                let Some(wear) = problem.shared_wear(vehicle, class) else { continue };
                let Some((hold, _)) = boxes::hold_and_opening(problem, vehicle, class) else {
                    continue;
                };
                let packing = problem.vehicle(vehicle).packing_time().0;
                let is_alike =
                    |one: &Table| one.hold == hold && one.packing == packing && one.wear == wear;
                let known = tables.iter().position(is_alike).unwrap_or_else(|| {
                    tables.push(Table { wear, packing, hold });
                    tables.len() - 1
                });
                *at = u32::try_from(known + 1).unwrap_or(0);
            }
            of.push(row);
        }
        Self { tables, of }
    }

    pub(super) fn restrict(&self, vehicles: &[u32]) -> Self {
        Self { tables: self.tables.clone(), of: pick(&self.of, vehicles) }
    }

    #[inline]
    pub(super) fn of(&self, vehicle: VehicleId, class: usize) -> u32 {
        self.of[vehicle.index()][class]
    }

    /// What an opening adds at least to the payload's deviation, in thousand-millionths, if service begins
    /// in a window and takes so long; none where that is the same always.
    #[inline]
    pub(super) fn mildest_jump(&self, hours: u32, window: Span, service: i64) -> Option<i64> {
        let table = self.tables.get((hours as usize).checked_sub(1)?)?;
        let ends = (Time(window.open + service), Time(window.close + service));
        Some(table.wear.mildest_jump(ends))
    }

    /// The goods that are handed over last, and those that ride to the end.
    fn lasts(&self, part: &Part, trip: &OnBoardSegment<C>) -> (&Table, [Option<Last>; 2]) {
        let table = &self.tables[part.hours as usize - 1];
        let handed_over = (part.on_way > super::NEVER_ON_WAY).then(|| Last {
            path: part.on_way + table.hold - part.lost,
            clock: part.waiting + table.hold - part.lost,
            lost: part.lost,
        });
        let rides_on = (part.to_end < FAR).then_some(Last {
            path: trip.path,
            clock: trip.earliest,
            lost: part.openings,
        });
        (table, [handed_over, rides_on])
    }

    /// The least departure that no goods of a trip are in their box too long with, as long as it only
    /// shrinks waiting.
    pub(super) fn release(&self, part: &Part, trip: &OnBoardSegment<C>) -> i64 {
        let (table, lasts) = self.lasts(part, trip);
        let one = |last: Last| table.release(&last, trip.air);
        lasts.into_iter().flatten().map(one).max().unwrap_or(-FAR)
    }

    /// By how much a whole trip uses up more than the hold at the departure at which least is waited.
    pub(super) fn excess(&self, part: &Part, trip: &OnBoardSegment<C>) -> i64 {
        let (table, lasts) = self.lasts(part, trip);
        let one = |last: Last| table.excess(&last, trip.latest, trip.air);
        lasts.into_iter().flatten().map(one).sum()
    }
}

impl Table {
    /// The hold for hours and openings, packing included.
    fn most(&self) -> i64 {
        self.hold + self.packing
    }

    fn release(&self, last: &Last, air: AirShift) -> i64 {
        let out = Time(last.clock);
        let stay = Stay { closed: out, out, lost: Seconds(last.lost), air };
        let from = self.wear.from(stay, Seconds(self.most()));
        (from.0 + self.packing).min(last.clock - last.path)
    }

    #[inline]
    fn excess(&self, last: &Last, latest: i64, air: AirShift) -> i64 {
        let depart = (last.clock - last.path).min(latest);
        let (closed, out) = (Time(depart - self.packing), Time(last.clock.max(depart + last.path)));
        let used = self.wear.used(Stay { closed, out, lost: Seconds(last.lost), air });
        (used.0 - self.most()).max(0)
    }
}
