//! The tour of a vehicle walked trip by trip: windows, rests, departures, and what each trip leaves
//! the others. Lean tours need none of it.

use crate::constraint::{FAR, Hop, Resource, Span, Terms};
use crate::problem::VehicleId;

use super::sum::{Sum, rest_on_leg};
use super::{COLD_ROUNDS, Change, State, TripFacts, Walked};

impl<R: Resource> State<'_, R> {
    /// Walks one trip from its earliest sensible departure and adds it to the tour's sums.
    pub(super) fn walk_trip(
        &mut self,
        vehicle: usize,
        slot: u32,
        index: usize,
        sum: &mut Sum,
        change: Option<Change>,
    ) -> bool {
        let (rig, s) = (&self.ground.rigs[vehicle], slot as usize);
        let is_other = change.is_some_and(|change| change.slot != slot);
        let before = self.trips[s];
        let surveyed = if is_other { Some(before) } else { self.survey(vehicle, slot) };
        let Some(mut facts) = surveyed else { return false };
        let mut depart = sum.free_at.max(facts.ready);
        let begins_alike =
            self.terms[s].free_at == depart && self.rests_alike(vehicle, &before, sum);
        if is_other && begins_alike {
            let (free_at, counter) = (sum.free_at, sum.counter);
            self.trips[s] = TripFacts { free_at, counter, behind_holds: true, ..before };
            sum.add(index, &before, rig.reload);
            return self.is_confirmed(vehicle, slot, || before.depart, &mut sum.taken);
        }
        // The walk up to a change still holds when the trip begins as it did.
        let mut from = change
            .filter(|_| !is_other && begins_alike && before.depart == depart)
            .map(|change| change.before);
        self.terms[s].vehicle = VehicleId(self.ground.slot_vehicle[s]);
        // Goods that must be waited for anyway: a trip before that ends sooner or later changes nothing.
        self.terms[s].free_at = depart;
        facts.free_at = sum.free_at;
        facts.counter = sum.counter;
        let end = self.ground.end_node(slot) as usize;
        let (mut walked, mut moved) = (None, false);
        for _ in 0..COLD_ROUNDS {
            let rested = index > 0 && depart - sum.free_at >= rig.rest;
            let counter = if rested { 0 } else { sum.counter };
            let found = self.walk(vehicle, slot, (depart, counter), from.take());
            moved |= found.moved;
            let wanted = self.resources.release(&self.fwd[end]);
            if wanted <= depart {
                walked = Some(found);
                break;
            }
            depart = wanted;
        }
        let Some(found) = walked else { return false };
        facts.depart = depart;
        facts.back = found.time;
        facts.slack = found.slack;
        facts.waited = found.waited;
        facts.walked = found;
        // Rests, and visits in another window than before, lie in the pieces behind nodes too.
        facts.rested = found.rested;
        facts.behind_holds = change.is_some() && !(moved || found.rested || before.rested);
        self.trips[s] = facts;
        sum.add(index, &facts, rig.reload);
        // What other trips leave it is asked of the whole tour.
        let terms = Terms {
            back_by: FAR,
            length_room: FAR,
            duration_room: FAR,
            missing: 0,
            ahead: 0,
            ..self.terms[s]
        };
        found.in_time
            && found.time <= facts.due
            && self.resources.excess(&self.fwd[end], &terms) <= 0
            && self.is_confirmed(vehicle, slot, || depart, &mut sum.taken)
    }

    /// True when a trip that departs as before is entered with the same driving behind it as before, after
    /// the same rests at the station.
    fn rests_alike(&self, vehicle: usize, before: &TripFacts, sum: &Sum) -> bool {
        let rest = self.ground.rigs[vehicle].rest;
        let first = before.free_at.max(before.ready);
        let is_rest = |depart: i64| [before.free_at, sum.free_at].map(|at| depart - at >= rest);
        let is_same = before.free_at == sum.free_at || is_rest(before.depart) == [false; 2];
        (is_same && before.counter == sum.counter) || is_rest(first) == [true; 2]
    }

    /// What can be said of a trip before its departure is known; nothing when there is no way.
    fn survey(&mut self, vehicle: usize, slot: u32) -> Option<TripFacts> {
        let ground = self.ground;
        let (mut at, end) = (ground.start_node(slot), ground.end_node(slot));
        let mut facts = TripFacts { ready: -FAR, due: FAR, ..TripFacts::default() };
        while at != end {
            let to = self.next[at as usize];
            facts.length += self.follow(vehicle, at, to)?.metres;
            if to != end {
                facts.ready = facts.ready.max(self.clock.ready(to as usize));
                facts.due = facts.due.min(self.clock.due(to as usize));
            }
            at = to;
        }
        Some(facts)
    }

    /// Walks a trip from a departure, or on from a node it has been walked to: windows, rests, the
    /// segments before each node.
    fn walk(
        &mut self,
        vehicle: usize,
        slot: u32,
        (depart, counter): (i64, i64),
        from: Option<u32>,
    ) -> Walked {
        let ground = self.ground;
        let (start, end) = (ground.start_node(slot), ground.end_node(slot));
        let mut at = start;
        let mut found = Walked::leaving(depart, counter);
        if let Some(node) = from.filter(|&node| node != start) {
            at = node;
            found = self.mark[node as usize];
        }
        let open_end = Terms { back_by: FAR, ..self.terms[slot as usize] };
        self.fwd[start as usize] = self.resources.start(&open_end);
        while at != end {
            let to = self.next[at as usize];
            let hop = self.drive(vehicle, at, to, &mut found);
            self.fwd[to as usize] = if to == end {
                self.resources.join(&self.fwd[at as usize], hop, &self.resources.end(&open_end))
            } else {
                let window = self.call(to as usize, self.ground.rigs[vehicle].rest, &mut found);
                self.mark[to as usize] = found;
                let (so_far, vehicle) = (&self.fwd[at as usize], open_end.vehicle);
                self.resources.append(so_far, hop, to as usize, window, vehicle)
            };
            at = to;
            if !found.in_time {
                break;
            }
        }
        found
    }

    /// One hop of a walk, with the rests on it.
    #[inline]
    fn drive(&mut self, vehicle: usize, at: u32, to: u32, found: &mut Walked) -> Hop {
        let ground = self.ground;
        let rig = &ground.rigs[vehicle];
        let mut hop = self.follow(vehicle, at, to).unwrap_or_default();
        let drive = hop.time - if ground.same_place(at, to) { 0 } else { rig.parking };
        let rest = rest_on_leg(rig.drive_limit, rig.rest, &mut found.counter, drive);
        self.rest[to as usize] = rest;
        found.driving += drive;
        found.rested |= rest > 0;
        hop.time += rest;
        found.time += hop.time;
        hop
    }

    /// One visit of a walk, in the window it falls into.
    #[inline]
    fn call(&mut self, visit: usize, rest: i64, found: &mut Walked) -> Span {
        let window = self.clock.window_at(visit, found.time);
        found.moved |= self.window[visit] != window;
        self.window[visit] = window;
        let begin = found.time.max(window.open);
        let wait = begin - found.time;
        found.waited += wait;
        found.in_time &= begin <= window.close;
        found.slack = found.slack.min(found.waited + window.close - begin);
        if wait >= rest {
            found.counter = 0;
        }
        found.time = begin + self.clock.service(visit);
        window
    }

    /// Limits of the whole tour, its price, and the segments behind each node; nothing when a limit
    /// is broken.
    pub(super) fn settle(
        &mut self,
        vehicle: usize,
        slots: &[u32],
        sum: &Sum,
        change: Option<Change>,
    ) -> Option<i64> {
        let rig = &self.ground.rigs[vehicle];
        self.tours[vehicle].duration = 0;
        let Some((&first, &last)) = slots.first().zip(slots.last()) else { return Some(0) };
        let back = self.trips[last as usize].back;
        let mut later = 0;
        if sum.driving <= rig.drive_limit {
            later = sum.waited.min(sum.slack).min(sum.due_slack).max(0);
        }
        let duration = back - self.trips[first as usize].depart - later;
        if back > rig.shift_close || sum.length > rig.max_length || duration > rig.max_duration {
            return None;
        }
        if !self.battery_lasts(vehicle, slots, (sum.length, duration, later)) {
            return None;
        }
        self.look_back(vehicle, slots, sum.length, change);
        self.share_battery(vehicle, slots);
        self.tours[vehicle].duration = duration;
        Some(
            rig.fixed
                + rig.per_second * duration
                + rig.per_metre * sum.length
                + self.way_prices(slots),
        )
    }

    pub(super) fn way_prices(&self, slots: &[u32]) -> i64 {
        let ground = self.ground;
        if !ground.has_prices {
            return 0;
        }
        let price = |visit: u32| {
            let way = &ground.ways[ground.way_of[visit as usize] as usize];
            if way.first == visit { way.price } else { 0 }
        };
        slots.iter().flat_map(|&slot| self.visits_of(slot)).map(price).sum()
    }

    /// The segments behind each node, last trip first.
    fn look_back(&mut self, vehicle: usize, slots: &[u32], length: i64, change: Option<Change>) {
        let ground = self.ground;
        let rig = &ground.rigs[vehicle];
        let mut back_by = rig.shift_close;
        for &slot in slots.iter().rev() {
            let (start, end) = (ground.start_node(slot), ground.end_node(slot));
            let s = slot as usize;
            let ends_alike = self.terms[s].back_by == back_by && self.trips[s].behind_holds;
            let change = change.filter(|_| ends_alike);
            self.terms[s].back_by = back_by;
            self.terms[s].length_room = rig.max_length - length + self.trips[s].length;
            self.terms[s].duration_room = if slots.len() == 1 { rig.max_duration } else { FAR };
            let terms = self.terms[s];
            self.suf[end as usize] = self.resources.end(&terms);
            let mut at = match change {
                Some(change) if change.slot == slot => change.after,
                Some(_) => self.next[start as usize],
                None => end,
            };
            while at != start {
                let before = self.prev[at as usize];
                let mut hop = self.into[at as usize];
                hop.time += self.rest[at as usize];
                let rest = self.suf[at as usize];
                self.suf[before as usize] = if before == start {
                    self.resources.join(&self.resources.start(&terms), hop, &rest)
                } else {
                    let window = self.window[before as usize];
                    self.resources.prepend(before as usize, window, terms.vehicle, hop, &rest)
                };
                at = before;
            }
            back_by = self.latest_departure(slot) - rig.reload;
        }
    }
}
