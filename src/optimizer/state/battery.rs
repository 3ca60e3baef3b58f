//! Batteries whose state matters at every moment: what a tour leaves each of its trips, and whether a
//! tour as it is driven lasts.

use crate::constraint::Resource;
use crate::optimizer::state::State;
use crate::problem::VisitId;

impl<R: Resource> State<'_, R> {
    /// What is missing in the battery when the vehicle has reloaded after a trip, at least.
    pub(super) fn missing_after(&self, vehicle: usize, slot: u32) -> i64 {
        let rig = &self.ground.rigs[vehicle];
        let Some(charge) = rig.charge.filter(|charge| !charge.is_sum()) else { return 0 };
        let trip = self.resources.drain(&self.fwd[self.ground.end_node(slot) as usize]);
        let back = trip.after(self.terms[slot as usize].missing);
        charge.reload_mj(rig.reload).after(back)
    }

    /// The most that a trip and those after it take from the reloading before it on, at least.
    pub(super) fn taken_from(&self, vehicle: usize, slot: u32) -> i64 {
        let rig = &self.ground.rigs[vehicle];
        let Some(charge) = rig.charge.filter(|charge| !charge.is_sum()) else { return 0 };
        let trip = self.resources.drain(&self.fwd[self.ground.end_node(slot) as usize]);
        let own = trip.peak.max(trip.net.saturating_add(self.terms[slot as usize].ahead));
        let reload = charge.reload_mj(rig.reload);
        reload.peak.max(reload.net.saturating_add(own))
    }

    /// Tells each trip of a tour what the others leave in the battery.
    pub(super) fn share_battery(&mut self, vehicle: usize, slots: &[u32]) {
        if self.ground.rigs[vehicle].charge.is_none_or(|charge| charge.is_sum()) {
            return;
        }
        let mut missing = 0;
        for &slot in slots {
            self.terms[slot as usize].missing = missing;
            missing = self.missing_after(vehicle, slot);
        }
        let mut ahead = 0;
        for &slot in slots.iter().rev() {
            self.terms[slot as usize].ahead = ahead;
            ahead = self.taken_from(vehicle, slot);
        }
    }

    /// True when the battery lasts for a tour whose trips have been walked, given its length, how long
    /// it is away, and by how much its first departure moves later.
    pub(super) fn battery_lasts(
        &self,
        vehicle: usize,
        slots: &[u32],
        (length, away, later): (i64, i64, i64),
    ) -> bool {
        let rig = &self.ground.rigs[vehicle];
        let Some(charge) = rig.charge else { return true };
        if charge.is_sum() {
            return charge.lasts(length, away);
        }
        let (mut missing, mut most, mut now) = (0_i64, 0_i64, 0);
        for (index, &slot) in slots.iter().enumerate() {
            let depart = self.trips[slot as usize].depart;
            if index == 0 {
                now = depart + later;
            } else {
                let free_at = now + rig.reload;
                let waited = charge.hours_mj((depart - free_at).max(0));
                missing = missing.saturating_add(waited);
                let reload = charge.reload_mj(rig.reload);
                most = reload.highest(missing).max(most);
                missing = reload.after(missing);
                now = depart.max(free_at);
            }
            let (mut at, end) = (self.ground.start_node(slot), self.ground.end_node(slot));
            while at != end {
                let to = self.next[at as usize];
                let hop = self.into[to as usize];
                let time = hop.time + self.rest[to as usize];
                let road = self.ground.drain(vehicle, at, to);
                let leg = charge.leg_mj(hop.metres, road, time);
                most = leg.highest(missing).max(most);
                missing = leg.after(missing);
                now += time;
                if to != end {
                    let begin = now.max(self.window[to as usize].open);
                    let leave = begin + self.clock.service(to as usize);
                    let visit = self.ground.visit_ids[to as usize];
                    let class = self.ground.problem.visit(VisitId(visit)).class;
                    let taken = charge.hours_mj(leave - now).saturating_add(charge.door_mj(class));
                    missing = missing.saturating_add(taken);
                    most = most.max(missing);
                    now = leave;
                }
                at = to;
            }
        }
        most <= charge.usable_mj()
    }
}
