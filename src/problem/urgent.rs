//! Promises from order to hand: the clock starts when the order is placed and stops when service at
//! the recipient ends. Picking and hand-over are part of it.

use super::builder::windows_of;
use super::{Kind, Order, OrderId, Problem};
use crate::error::{Code, Fault};
use crate::units::{Seconds, Time};

/// The longest promise, and the longest picking: a day.
const LONGEST: i64 = 86_400;
/// How far from the plan's date an order may have been placed.
const HORIZON: i64 = 366 * 86_400;

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

impl Order {
    /// What is wrong with its promise: it is for a delivery, has time for picking and hand-over, and
    /// for each option a window that opens early enough.
    pub(crate) fn promise_faults(&self, place: &str) -> Vec<Fault> {
        let mut found = Vec::new();
        let Some(promise) = self.urgent else { return found };
        let fault = |code, field: &str, expected: &str| {
            Fault::new(code, expected).place(place).field(field)
        };
        if self.kind != Kind::Deliver {
            let expected = "a delivery, as only those are promised from order to hand";
            found.push(fault(Code::Contradiction, "urgent", expected));
        }
        for (field, value) in
            [("urgent.within", promise.within), ("urgent.picking", promise.picking)]
        {
            if !(0..=LONGEST).contains(&value.0) {
                let expected = format!("a number from 0 to {LONGEST}");
                found.push(fault(Code::OutOfRange, field, &expected).value(value.0));
            }
        }
        if promise.ordered_at.0.abs() > HORIZON {
            let expected = "a time within a year of the plan's date";
            let wrong = fault(Code::OutOfRange, "urgent.ordered_at", expected);
            found.push(wrong.value(promise.ordered_at));
        }
        for choice in &self.choices {
            if promise.picking + choice.call.service > promise.within {
                let expected = "more time than picking and hand-over take";
                let short = fault(Code::Contradiction, "urgent.within", expected);
                found.push(short.value(promise.within));
            }
            let latest = promise.latest_begin(choice.call.service);
            let opens = choice.call.windows.iter().map(|window| window.open()).min();
            if let Some(opens) = opens.filter(|&opens| opens > latest) {
                let expected =
                    format!("a window that opens by {latest}, as the goods are promised then");
                found.push(fault(Code::Contradiction, "windows", &expected).value(opens));
            }
        }
        found
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
