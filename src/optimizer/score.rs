//! How good a solution is: tiers are compared strictly, money decides between equals.

use crate::constraint::Resource;
use crate::optimizer::ground::Ground;
use crate::optimizer::state::State;
use crate::problem::Tier;

/// Absent orders of each tier, the highest first, then cost. Less is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Score {
    absent: [u32; Tier::COUNT],
    cost: i64,
}

impl Score {
    /// The score of a solution.
    pub(crate) fn of<R: Resource>(state: &State<'_, R>) -> Self {
        Self { absent: state.absent, cost: state.tour_cost + state.skipped }
    }

    /// Both together: the score of two parts of one day.
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        for (own, more) in self.absent.iter_mut().zip(other.absent) {
            *own += more;
        }
        self.cost += other.cost;
        self
    }

    /// As it is after a change.
    pub(crate) fn changed(mut self, change: &Change) -> Self {
        for (own, more) in self.absent.iter_mut().zip(change.absent) {
            *own = own.saturating_add_signed(more);
        }
        self.cost += change.cost;
        self
    }

    /// How many orders that must be served are absent.
    pub(crate) fn unserved(&self) -> usize {
        self.absent.iter().map(|&n| n as usize).sum()
    }

    /// What the tours and the optional orders left out cost.
    pub(crate) fn cost(&self) -> i64 {
        self.cost
    }
}

/// What a change does to a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    absent: [i32; Tier::COUNT],
    cost: i64,
}

impl Change {
    /// True when less is absent, or as much and it costs less.
    pub(crate) fn is_better(&self) -> bool {
        *self < Self::default()
    }

    /// Tours cost so much more.
    pub(crate) fn add_cost(&mut self, cost: i64) {
        self.cost += cost;
    }

    /// An order is served so many times more.
    pub(crate) fn served(&mut self, ground: &Ground<'_>, order: u32, more: i32) {
        let o = order as usize;
        if ground.optional[o] {
            self.cost -= i64::from(more) * ground.bank_price[o];
        } else {
            self.absent[usize::from(ground.tier[o])] -= more;
        }
    }
}
