//! The walk of a probe: one trip after the other, stop by stop, keeping nothing but where it is.

use super::{Broken, Gap, Prober};
use crate::cold::Stay;
use crate::constraint::{Rule, unfit_rule};
use crate::problem::{COLD_CLASSES, DrivingRule, PlaceId, Role, VisitId};
use crate::road::Drain;
use crate::schedule::COLD_ROUNDS;
use crate::units::{Leg, Metres, Seconds, Time};

/// Where the vehicle is, and what it has done so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) place: PlaceId,
    pub(super) now: Time,
    /// Driving since the last rest.
    pub(super) driven: Seconds,
    /// The first departure, once it has left.
    pub(super) out_since: Option<Time>,
    pub(super) waited: Seconds,
    pub(super) metres: Metres,
    /// What is missing in the battery, and the most that ever was, without waiting, millijoules; only
    /// where each moment counts.
    pub(super) missing: i64,
    pub(super) most: i64,
}

impl State {
    fn take(&mut self, drain: Drain) {
        self.most = self.most.max(drain.highest(self.missing));
        self.missing = drain.after(self.missing);
    }
}

/// A walk over the first stops of a trip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) state: State,
    pub(super) cold: Cold,
    pub(super) broken: Broken,
}

/// The cold boxes of a trip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cold {
    pub(super) openings: [i64; COLD_CLASSES],
    /// What was waited before the trip left.
    pub(super) waited: Seconds,
    pub(super) later: Seconds,
}

impl Prober<'_> {
    /// The first departure tried for a trip.
    pub(super) fn departure(&self, state: State, trip: &[VisitId]) -> Time {
        let reload = self.problem.vehicle(self.vehicle).reload_time();
        let available = state.out_since.map_or(state.now, |_| state.now + reload);
        let visits = trip.iter().map(|&id| self.problem.visit(id));
        let goods = visits.filter(|visit| visit.role.is_from_station());
        let ready = goods.map(|visit| visit.ready_at).max();
        available.max(ready.unwrap_or(Time::MIN))
    }

    /// The changed trip, walked anew from the place of the change where it leaves as before.
    pub(super) fn changed(
        &self,
        gap: Gap,
        (trip, legs): (&[VisitId], &[Option<Leg>]),
        broken: &mut Broken,
    ) -> State {
        let before = self.states[gap.trip];
        let untouched = &self.untouched[gap.trip];
        let own = self.problem.visit(self.first);
        if !own.role.is_from_station() || own.ready_at <= untouched.depart {
            let mut mark = untouched.marks[gap.first];
            let mut trial = *broken;
            trial.join(&mark.broken);
            mark.broken = trial;
            let later = self.go_on(untouched.depart, gap.first, (trip, legs), &mut mark);
            if later <= Seconds::ZERO {
                *broken = mark.broken;
                return mark.state;
            }
        }
        self.after(before, (trip, legs), broken)
    }

    /// One more trip, as early as it can, later only for its cold boxes: the departures the
    /// schedule chooses before it moves the first one later.
    pub(super) fn after(
        &self,
        state: State,
        (trip, legs): (&[VisitId], &[Option<Leg>]),
        broken: &mut Broken,
    ) -> State {
        if trip.is_empty() {
            return state;
        }
        let mut depart = self.departure(state, trip);
        for _ in 0..COLD_ROUNDS {
            let mut trial = *broken;
            let (back, later) = self.made(state, depart, (trip, legs), &mut trial);
            if later <= Seconds::ZERO {
                *broken = trial;
                return back;
            }
            depart = depart + later;
        }
        self.made(state, depart, (trip, legs), broken).0
    }

    /// One trip that leaves at `depart`: the state after it, and how much later it had better
    /// leave for its cold boxes.
    fn made(
        &self,
        state: State,
        depart: Time,
        (trip, legs): (&[VisitId], &[Option<Leg>]),
        broken: &mut Broken,
    ) -> (State, Seconds) {
        let (state, cold) = self.leave(state, depart);
        let mut mark = Mark { state, cold, broken: *broken };
        let later = self.go_on(depart, 0, (trip, legs), &mut mark);
        *broken = mark.broken;
        (mark.state, later)
    }

    /// Leaves the station.
    pub(super) fn leave(&self, mut state: State, depart: Time) -> (State, Cold) {
        if state.out_since.is_some() {
            let reload = self.problem.vehicle(self.vehicle).reload_time();
            self.wait(&mut state, depart - reload);
            if let Some(charge) = self.charge {
                state.take(charge.reload_mj(reload.0));
            }
        }
        state.out_since = state.out_since.or(Some(depart));
        state.now = depart;
        let cold = Cold { openings: [0; COLD_CLASSES], waited: state.waited, later: Seconds(0) };
        (state, cold)
    }

    /// Walks a trip on from one of its stops to its end; how much later it had better leave for its
    /// cold boxes.
    fn go_on(
        &self,
        depart: Time,
        from: usize,
        (trip, legs): (&[VisitId], &[Option<Leg>]),
        mark: &mut Mark,
    ) -> Seconds {
        let packed = depart - self.problem.vehicle(self.vehicle).packing_time();
        for (&id, &leg) in trip.iter().zip(legs).skip(from) {
            self.call((id, leg), packed, mark);
        }
        let back = legs.last().copied().flatten();
        self.drive(&mut mark.state, (self.problem.home(self.vehicle), back), &mut mark.broken);
        for &id in trip {
            let visit = self.problem.visit(id);
            if visit.role != Role::Collect {
                continue;
            }
            let late = (mark.state.now - visit.due_back).0;
            mark.broken.is_others |= late > 0 && id != self.first;
            mark.broken.add(Rule::CutOff, late);
            if let Some(class) = visit.class {
                self.hold(class, packed, mark);
            }
        }
        mark.cold.later
    }

    /// Drives to a visit and pays it.
    pub(super) fn call(&self, (id, leg): (VisitId, Option<Leg>), packed: Time, mark: &mut Mark) {
        let Mark { state, broken, .. } = mark;
        let visit = self.problem.visit(id);
        self.drive(state, (visit.place, leg), broken);
        let open = visit.windows.iter().find(|window| state.now <= window.close());
        match (open, visit.windows.last()) {
            (Some(window), _) => {
                let begin = state.now.max(window.open());
                self.wait(state, begin);
            }
            (None, Some(last)) => {
                broken.is_others |= id != self.first && Some(id) != self.second;
                broken.add(Rule::Window, (state.now - last.close()).0);
            }
            (None, None) => {}
        }
        state.now = state.now + visit.service;
        if let Some(charge) = self.charge {
            state.take(Drain::of(charge.hours_mj(visit.service.0)));
        }
        let Some(class) = visit.class else { return };
        mark.cold.openings[class] += 1;
        if !matches!(visit.role, Role::Collect | Role::ShipPickup) {
            self.hold(class, packed, mark);
        }
    }

    /// Goods that have been in their box since it was closed, and are out of it now.
    fn hold(&self, class: usize, closed: Time, mark: &mut Mark) {
        if self.several[class] {
            return;
        }
        let Mark { state, cold, broken } = mark;
        let Ok(terms) = self.problem.hold(self.vehicle, class) else { return };
        let lost = terms.opening * cold.openings[class];
        let waited = state.waited - cold.waited;
        // At the least: the trip's ways may be worse.
        let air = self.problem.air_at(self.problem.home(self.vehicle));
        let stay = |closed| Stay { closed, out: state.now, lost, air };
        let used = |closed| self.problem.hold_used(self.vehicle, class, stay(closed));
        let excess = used(closed) - terms.hold;
        let wear = self.problem.wear(self.vehicle, class);
        let short = wear.filter(|_| excess.0 > 0);
        let later = short.map_or(excess, |wear| wear.from(stay(closed), terms.hold) - closed);
        if later <= waited {
            cold.later = cold.later.max(later);
        }
        // Waiting may shrink when the first departure moves later.
        let latest = closed + waited.max(Seconds::ZERO);
        match wear.and_then(|wear| wear.unfit_in(stay(latest))) {
            Some(unfit) => broken.add(unfit_rule(unfit), 1),
            None => broken.add(Rule::ColdHold, (used(latest) - terms.hold).0),
        }
    }

    fn wait(&self, state: &mut State, until: Time) {
        let waited = until - state.now;
        if self.rests().is_some_and(|rule| waited >= rule.rest) {
            state.driven = Seconds::ZERO;
        }
        state.waited += waited;
        state.now = until;
    }

    /// Drives and parks, with the rests on the way.
    fn drive(&self, state: &mut State, (to, leg): (PlaceId, Option<Leg>), broken: &mut Broken) {
        if to == state.place {
            return;
        }
        let (from, since) = (state.place, state.now);
        let road = self.charge.and(leg).and_then(|_| self.problem.drain(self.vehicle, from, to));
        let leg = leg.unwrap_or_else(|| {
            broken.add(Rule::Road, 1);
            Leg::default()
        });
        state.place = to;
        let mut left = leg.seconds;
        if let Some(rule) = self.rests() {
            while state.driven + left > rule.drive {
                let part = rule.drive - state.driven;
                left -= part;
                state.now = state.now + part + rule.rest;
                state.driven = Seconds::ZERO;
            }
        }
        state.driven += left;
        state.metres += leg.metres;
        state.now = state.now + left + self.problem.vehicle(self.vehicle).parking_time();
        if let Some(charge) = self.charge {
            state.take(charge.leg_mj(leg.metres.0, road, (state.now - since).0));
        }
    }

    /// The rests on the way. With several boxes of a class the departure is not known, and who leaves
    /// later may have rested before: no rest is then counted.
    fn rests(&self) -> Option<DrivingRule> {
        let rule = self.problem.vehicle(self.vehicle).driving_rule();
        rule.filter(|_| !self.several.contains(&true))
    }
}
