//! How good a solution is: tiers are compared strictly, money decides between equals.

use crate::constraint::Resource;
use crate::optimizer::state::State;
use crate::problem::Tier;

/// Absent orders of each tier, the highest first, then cost. Less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Score {
    absent: [u32; Tier::COUNT],
    cost: i64,
}

impl Score {
    /// The score of a solution.
    pub(crate) fn of<R: Resource>(state: &State<'_, R>) -> Self {
        let ground = state.ground;
        let mut score = Self { absent: [0; Tier::COUNT], cost: state.tour_cost };
        for &order in &state.bank {
            if ground.optional[order as usize] {
                score.cost += ground.bank_price[order as usize];
            } else {
                score.absent[usize::from(ground.tier[order as usize])] += 1;
            }
        }
        score
    }

    /// How many orders that must be served are absent.
    pub(crate) fn unserved(&self) -> usize {
        self.absent.iter().map(|&n| n as usize).sum()
    }

    /// What the tours and the optional orders left out cost.
    pub(crate) fn cost(&self) -> i64 {
        self.cost
    }

    /// True when it is worse than `other` by absent orders, or by more than 0.3 % of cost.
    pub(crate) fn is_well_behind(&self, other: &Self) -> bool {
        self.absent > other.absent || self.cost - other.cost > other.cost / 333
    }
}
