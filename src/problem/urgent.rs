//! Promises from order to hand: the clock starts when the order is placed and stops when service at
//! the recipient ends. Picking and hand-over are part of it.

use super::builder::windows_of;
use super::{OrderId, Problem};
use crate::units::{Seconds, Time};

/// A promise to have goods in the recipient's hand so long after the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urgent {
    /// When the order was placed.
    pub ordered_at: Time,
    /// How long the promise is, from the order to the end of the hand-over.
    pub within: Seconds,
    /// How long picking, checking and packing take before the goods are ready.
    pub picking: Seconds,
}

impl Urgent {
    /// Medicine within half an hour, five minutes of it for picking.
    pub fn half_an_hour(ordered_at: Time) -> Self {
        Self { ordered_at, within: Seconds::minutes(30), picking: Seconds::minutes(5) }
    }

    /// When the goods are ready at the station.
    pub fn ready_at(self) -> Time {
        self.ordered_at + self.picking
    }

    /// When the goods are promised to be in hand.
    pub fn in_hand_by(self) -> Time {
        self.ordered_at + self.within
    }

    /// When service must begin at the latest, if it takes so long.
    pub fn latest_begin(self, service: Seconds) -> Time {
        self.in_hand_by() - service
    }
}

impl Problem {
    /// The same day without an order's promise: its goods are ready as before, and its windows are
    /// those its calls give.
    pub(crate) fn without_promise(&self, order: OrderId) -> Problem {
        let mut day = self.clone();
        for id in self.realisations_of(order) {
            let way = self.realisation(id);
            let choice = &self.order(order).choices()[way.choice];
            for visit in std::iter::once(way.first).chain(way.second) {
                let is_pickup = way.second.is_some() && visit == way.first;
                let call = choice.pickup.as_ref().filter(|_| is_pickup).unwrap_or(&choice.call);
                day.visits[visit.index()].windows = windows_of(call);
            }
        }
        day
    }
}
