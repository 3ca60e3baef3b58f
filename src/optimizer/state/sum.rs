//! What adds up over the trips of a tour, and the rests on its legs.

use crate::constraint::FAR;
use crate::optimizer::state::TripFacts;
use crate::schedule::SetsTaken;

/// What adds up over the trips of a tour.
#[derive(Debug)]
pub(super) struct Sum {
    pub(super) free_at: i64,
    pub(super) counter: i64,
    pub(super) driving: i64,
    pub(super) length: i64,
    pub(super) waited: i64,
    pub(super) slack: i64,
    pub(super) due_slack: i64,
    /// What its cold boxes were closed with.
    pub(super) taken: SetsTaken,
}

impl Sum {
    pub(super) fn new(free_at: i64) -> Self {
        Self {
            free_at,
            counter: 0,
            driving: 0,
            length: 0,
            waited: 0,
            slack: FAR,
            due_slack: FAR,
            taken: SetsTaken::default(),
        }
    }

    pub(super) fn add(&mut self, index: usize, facts: &TripFacts, reload: i64) {
        let trip = &facts.walked;
        if index > 0 {
            self.waited += facts.depart - self.free_at;
        }
        self.slack = self.slack.min(self.waited + trip.slack);
        self.waited += trip.waited;
        self.due_slack = self.due_slack.min(self.waited + facts.due - facts.back);
        self.length += facts.length;
        self.driving += trip.driving;
        self.counter = trip.counter;
        self.free_at = trip.time + reload;
    }
}

/// The rest taken on a leg of `drive` seconds when `counter` seconds have been driven since the
/// last one: a rest whenever driving on would break the rule. Updates the counter.
#[inline]
pub(super) fn rest_on_leg(limit: i64, rest: i64, counter: &mut i64, drive: i64) -> i64 {
    *counter += drive;
    if *counter <= limit {
        return 0;
    }
    let mut rested = 0;
    while *counter > limit {
        *counter -= limit;
        rested += rest;
    }
    rested
}
