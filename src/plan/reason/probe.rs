//! What adding an order at a place of a route breaks at least, by a walk that keeps no stops. It
//! tells which places deserve a full timetable; it never finds more than the full readings do.

use crate::constraint::{self, Rule};
use crate::plan::reason::attempt::{Key, hardness};
use crate::problem::{
    COLD_CLASSES, DIMENSIONS, PlaceId, Position, Problem, Role, VehicleId, VisitId,
};
use crate::schedule::{self, COLD_ROUNDS};
use crate::units::{Leg, Metres, Seconds, Time};

/// A lower bound of what an attempt breaks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Broken {
    /// One bit for each rule.
    rules: u64,
    hardest: u8,
    /// All amounts together.
    total: i64,
    /// The largest amount.
    pub(super) largest: i64,
    /// How often a rule is broken.
    pub(super) times: usize,
    /// The last rule found broken.
    pub(super) rule: Option<Rule>,
    /// True when a visit of another order is among what is broken.
    pub(super) is_others: bool,
}

impl Broken {
    /// At most the key of the attempt.
    pub(super) fn key(&self) -> Key {
        (self.kinds(), self.hardest, self.total)
    }

    /// How many rules are broken.
    pub(super) fn kinds(&self) -> usize {
        self.rules.count_ones() as usize
    }

    fn add(&mut self, rule: Rule, amount: i64) {
        if amount <= 0 {
            return;
        }
        self.rules |= 1 << rule as u32;
        self.hardest = self.hardest.max(hardness(rule));
        self.total = self.total.saturating_add(amount);
        self.largest = self.largest.max(amount);
        self.times += 1;
        self.rule = Some(rule);
    }
}

/// A place of a route where a way of serving an order may go in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    pub(super) trip: usize,
    /// Where the first visit stands then.
    pub(super) first: usize,
    /// Where a shipment's delivery stands then.
    pub(super) second: Option<usize>,
}

/// Where the vehicle is, and what it has done so far.
#[derive(Clone, Copy, Debug)]
struct State {
    place: PlaceId,
    now: Time,
    /// Driving since the last rest.
    driven: Seconds,
    /// The first departure, once it has left.
    out_since: Option<Time>,
    waited: Seconds,
    metres: Metres,
}

/// A route to be probed for one way of serving an order.
#[derive(Debug)]
pub(super) struct Prober<'a> {
    problem: &'a Problem,
    vehicle: VehicleId,
    trips: &'a [Vec<VisitId>],
    /// The visits to go in.
    first: VisitId,
    second: Option<VisitId>,
    /// Before each trip of the route, and after the last.
    states: Vec<State>,
    frozen: usize,
    /// What the visits break wherever they stand.
    anywhere: Broken,
    /// The ways of each trip, and of a new one.
    ways: Vec<Ways>,
    /// From the shipment's pickup to its delivery.
    across: Option<Leg>,
    /// The trip that is changed, with the visits in it, and the legs into them and home.
    trip: Vec<VisitId>,
    legs: Vec<Option<Leg>>,
}

/// The legs about one trip, looked up once for all its places. Each list has one entry for each stop
/// and one for the way home; a leg is missing where there is no road.
#[derive(Debug, Default)]
struct Ways {
    /// Into the stop.
    legs: Vec<Option<Leg>>,
    /// From the stop before to the first visit, and on to the stop; the same of the second.
    first: Vec<[Option<Leg>; 2]>,
    second: Vec<[Option<Leg>; 2]>,
}

impl Ways {
    fn new(
        problem: &Problem,
        vehicle: VehicleId,
        trip: &[VisitId],
        (first, second): (VisitId, Option<VisitId>),
    ) -> Self {
        let home = problem.home(vehicle);
        let place = |&visit: &VisitId| problem.visit(visit).place;
        let leg = |from, to| problem.leg(vehicle, from, to).ok();
        let mut ways = Self::default();
        let mut before = home;
        for after in trip.iter().map(place).chain([home]) {
            let by = |visit: VisitId| {
                let visit = place(&visit);
                [leg(before, visit), leg(visit, after)]
            };
            ways.legs.push(leg(before, after));
            ways.first.push(by(first));
            ways.second.extend(second.map(by));
            before = after;
        }
        ways
    }
}

impl<'a> Prober<'a> {
    /// A probe of `trips` for a way of serving an order.
    pub(super) fn new(
        problem: &'a Problem,
        vehicle: VehicleId,
        trips: &'a [Vec<VisitId>],
        (first, second): (VisitId, Option<VisitId>),
    ) -> Self {
        let mut state = State {
            place: problem.home(vehicle),
            now: problem.vehicle(vehicle).shift_window().open(),
            driven: Seconds::ZERO,
            out_since: None,
            waited: Seconds::ZERO,
            metres: Metres::ZERO,
        };
        let anywhere = anywhere(problem, vehicle, first, second);
        let frozen = problem.start.iter().find(|path| path.vehicle == vehicle);
        // A visit that is itself frozen goes back to where it was.
        let goes_back = |path: &&crate::problem::StartPath| {
            let mut frozen = path.trips.iter().flatten().take(path.frozen);
            frozen.any(|&visit| visit == first || Some(visit) == second)
        };
        let frozen = frozen.filter(|path| !goes_back(path)).map_or(0, |path| path.frozen);
        let ways = trips.iter().map(Vec::as_slice).chain([[].as_slice()]);
        let ways = ways.map(|trip| Ways::new(problem, vehicle, trip, (first, second))).collect();
        let place = |visit| problem.visit(visit).place;
        let across =
            second.and_then(|second| problem.leg(vehicle, place(first), place(second)).ok());
        let mut probe = Self {
            problem,
            vehicle,
            trips,
            first,
            second,
            states: Vec::new(),
            frozen,
            anywhere,
            ways,
            across,
            trip: Vec::new(),
            legs: Vec::new(),
        };
        for (trip, ways) in trips.iter().zip(&probe.ways) {
            probe.states.push(state);
            state = probe.after(state, (trip, &ways.legs), &mut Broken::default());
        }
        probe.states.push(state);
        probe
    }

    /// What putting the visits in there breaks at least.
    pub(super) fn probe(&mut self, gap: Gap) -> Broken {
        let mut broken = self.anywhere;
        self.positions(gap, &mut broken);
        let mut trip = std::mem::take(&mut self.trip);
        trip.clear();
        trip.extend(self.trips.get(gap.trip).into_iter().flatten());
        trip.insert(gap.first, self.first);
        let mut legs = std::mem::take(&mut self.legs);
        let ways = &self.ways[gap.trip];
        legs.clone_from(&ways.legs);
        let [into, out_of] = ways.first[gap.first];
        legs[gap.first] = into;
        legs.insert(gap.first + 1, out_of);
        if let Some((second, at)) = self.second.zip(gap.second) {
            trip.insert(at, second);
            let [into, out_of] = ways.second[at - 1];
            legs[at] = if at == gap.first + 1 { self.across } else { into };
            legs.insert(at + 1, out_of);
        }
        if self.rides_in_several(&trip) {
            let broken = self.read_in_full(gap.trip, &trip);
            (self.trip, self.legs) = (trip, legs);
            return broken;
        }
        self.load(&trip, &mut broken);
        for visit in constraint::misplaced(self.problem, self.vehicle, &trip) {
            broken.is_others |= visit != self.first;
            broken.add(Rule::DeliverFirst, 1);
        }
        let mut state = self.after(self.states[gap.trip], (&trip, &legs), &mut broken);
        (self.trip, self.legs) = (trip, legs);
        for (trip, ways) in self.trips.iter().zip(&self.ways).skip(gap.trip + 1) {
            state = self.after(state, (trip, &ways.legs), &mut broken);
        }
        let vehicle = self.problem.vehicle(self.vehicle);
        let away = state.out_since.map_or(Seconds::ZERO, |depart| state.now - depart);
        let close = vehicle.shift_window().close();
        broken.add(Rule::ShiftClose, (state.now - close).0);
        // The first departure may move later by as much as is waited.
        broken.add(Rule::Duration, (away - state.waited - vehicle.duration_limit()).0);
        if let Some(charge) = self.problem.charge(self.vehicle) {
            let drawn = charge.drawn_wh(state.metres, away - state.waited);
            broken.add(Rule::Energy, drawn - charge.usable_wh());
        }
        broken.add(Rule::Length, (state.metres - vehicle.length_limit()).0);
        broken
    }

    /// True when goods on the route may ride in several boxes of a class: when it leaves then follows
    /// from which rides in which, and is not guessed here.
    fn rides_in_several(&self, changed: &[VisitId]) -> bool {
        let visits = self.trips.iter().flatten().chain(changed);
        let mut classes = visits.filter_map(|&visit| self.problem.visit(visit).class);
        classes.any(|class| self.problem.box_count(self.vehicle, class) > 1)
    }

    /// What the full readings find of the route with a changed trip.
    fn read_in_full(&self, changed: usize, trip: &[VisitId]) -> Broken {
        let mut trips = self.trips.to_vec();
        match trips.get_mut(changed) {
            Some(old) => old.clone_from(&trip.to_vec()),
            None => trips.push(trip.to_vec()),
        }
        let walk = schedule::timetable(self.problem, self.vehicle, &trips);
        let mut broken = Broken::default();
        for one in constraint::audit(self.problem, &walk) {
            let is_own = |visit: VisitId| visit == self.first || Some(visit) == self.second;
            broken.is_others |= one.visit.is_some_and(|visit| !is_own(visit));
            broken.add(one.rule, one.amount);
        }
        broken
    }

    /// Locked positions and frozen stops.
    fn positions(&self, gap: Gap, broken: &mut Broken) {
        let before: usize = self.trips.iter().take(gap.trip).map(Vec::len).sum();
        let stops: usize = self.trips.iter().map(Vec::len).sum();
        let (first, last) = (before + gap.first, before + gap.second.unwrap_or(gap.first));
        let end = stops + usize::from(self.second.is_some());
        if first < self.frozen.min(stops) {
            broken.add(Rule::Frozen, 1);
        }
        let is_locked = |visit: &VisitId, to| constraint::locked(self.problem.visit(*visit)) == to;
        let mut found_if = |is_broken: bool| broken.add(Rule::Position, i64::from(is_broken));
        let (to_first, to_last) = (Some(Position::First), Some(Position::Last));
        let (opening, closing) = (self.first, self.second.unwrap_or(self.first));
        found_if(first > 0 && is_locked(&opening, to_first));
        found_if(last < end && is_locked(&closing, to_last));
        let mut visits = self.trips.iter().flatten();
        let tail = self.trips.iter().flatten().next_back();
        found_if(first == 0 && visits.next().is_some_and(|visit| is_locked(visit, to_first)));
        found_if(last == end && tail.is_some_and(|visit| is_locked(visit, to_last)));
    }

    /// The load of the changed trip.
    fn load(&self, trip: &[VisitId], broken: &mut Broken) {
        let visits = || trip.iter().map(|&id| self.problem.visit(id));
        let mut load = [0; DIMENSIONS];
        for visit in visits().filter(|visit| visit.role.is_from_station()) {
            for (sum, part) in load.iter_mut().zip(visit.load) {
                *sum += part;
            }
        }
        let mut peak = load;
        for visit in visits() {
            let sign = match visit.role {
                Role::Deliver | Role::Serve | Role::ShipDelivery => -1,
                Role::Collect | Role::ShipPickup => 1,
            };
            for d in 0..DIMENSIONS {
                load[d] += sign * visit.load[d];
                peak[d] = peak[d].max(load[d]);
            }
        }
        let capacity = self.problem.capacity(self.vehicle);
        for (d, rule) in [Rule::Mass, Rule::Volume, Rule::Pieces].into_iter().enumerate() {
            broken.add(rule, peak[d] - capacity[d]);
        }
        for class in 0..self.problem.classes().len() {
            if self.problem.hold(self.vehicle, class).is_ok() {
                broken.add(Rule::BoxVolume, peak[3 + class] - capacity[3 + class]);
            }
        }
    }

    /// One more trip, as early as it can, later only for its cold boxes: the departures the
    /// schedule chooses before it moves the first one later.
    fn after(
        &self,
        state: State,
        (trip, legs): (&[VisitId], &[Option<Leg>]),
        broken: &mut Broken,
    ) -> State {
        if trip.is_empty() {
            return state;
        }
        let reload = self.problem.vehicle(self.vehicle).reload_time();
        let available = state.out_since.map_or(state.now, |_| state.now + reload);
        let visits = trip.iter().map(|&id| self.problem.visit(id));
        let goods = visits.filter(|visit| visit.role.is_from_station());
        let ready = goods.map(|visit| visit.ready_at).max();
        let mut depart = available.max(ready.unwrap_or(Time::MIN));
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
        mut state: State,
        depart: Time,
        (trip, legs): (&[VisitId], &[Option<Leg>]),
        broken: &mut Broken,
    ) -> (State, Seconds) {
        let vehicle = self.problem.vehicle(self.vehicle);
        if state.out_since.is_some() {
            self.wait(&mut state, depart - vehicle.reload_time());
        }
        state.out_since = state.out_since.or(Some(depart));
        state.now = depart;
        let packed = depart - vehicle.packing_time();
        let mut cold =
            Cold { openings: [0; COLD_CLASSES], waited: state.waited, later: Seconds(0) };
        for (&id, &leg) in trip.iter().zip(legs) {
            let visit = self.problem.visit(id);
            self.drive(&mut state, (visit.place, leg), broken);
            let open = visit.windows.iter().find(|window| state.now <= window.close());
            match (open, visit.windows.last()) {
                (Some(window), _) => {
                    let begin = state.now.max(window.open());
                    self.wait(&mut state, begin);
                }
                (None, Some(last)) => {
                    broken.is_others |= id != self.first && Some(id) != self.second;
                    broken.add(Rule::Window, (state.now - last.close()).0);
                }
                (None, None) => {}
            }
            state.now = state.now + visit.service;
            let Some(class) = visit.class else { continue };
            cold.openings[class] += 1;
            if !matches!(visit.role, Role::Collect | Role::ShipPickup) {
                let closed = state.now - packed;
                self.hold(class, closed, state.waited, &mut cold, broken);
            }
        }
        let back = legs.last().copied().flatten();
        self.drive(&mut state, (self.problem.home(self.vehicle), back), broken);
        for &id in trip {
            let visit = self.problem.visit(id);
            if visit.role != Role::Collect {
                continue;
            }
            let late = (state.now - visit.due_back).0;
            broken.is_others |= late > 0 && id != self.first;
            broken.add(Rule::CutOff, late);
            if let Some(class) = visit.class {
                let closed = state.now - packed;
                self.hold(class, closed, state.waited, &mut cold, broken);
            }
        }
        (state, cold.later)
    }

    /// Goods that have been in their box since it was `closed`.
    fn hold(
        &self,
        class: usize,
        closed: Seconds,
        waited: Seconds,
        cold: &mut Cold,
        broken: &mut Broken,
    ) {
        let Ok(terms) = self.problem.hold(self.vehicle, class) else { return };
        let excess = closed + terms.opening * cold.openings[class] - terms.hold;
        let waited = waited - cold.waited;
        if excess <= waited {
            cold.later = cold.later.max(excess);
        }
        // Waiting may shrink when the first departure moves later.
        broken.add(Rule::ColdHold, (excess - waited).0);
    }

    fn wait(&self, state: &mut State, until: Time) {
        let waited = until - state.now;
        let rule = self.problem.vehicle(self.vehicle).driving_rule();
        if rule.is_some_and(|rule| waited >= rule.rest) {
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
        let leg = leg.unwrap_or_else(|| {
            broken.add(Rule::Road, 1);
            Leg::default()
        });
        state.place = to;
        let vehicle = self.problem.vehicle(self.vehicle);
        let mut left = leg.seconds;
        if let Some(rule) = vehicle.driving_rule() {
            while state.driven + left > rule.drive {
                let part = rule.drive - state.driven;
                left -= part;
                state.now = state.now + part + rule.rest;
                state.driven = Seconds::ZERO;
            }
        }
        state.driven += left;
        state.metres += leg.metres;
        state.now = state.now + left + vehicle.parking_time();
    }
}

/// The cold boxes of a trip.
#[derive(Debug)]
struct Cold {
    openings: [i64; COLD_CLASSES],
    /// What was waited before the trip left.
    waited: Seconds,
    later: Seconds,
}

/// What no place on a route can mend, by the plain readings of a walk with these visits only.
fn anywhere(
    problem: &Problem,
    vehicle: VehicleId,
    first: VisitId,
    second: Option<VisitId>,
) -> Broken {
    let visits: Vec<VisitId> = std::iter::once(first).chain(second).collect();
    let walk = schedule::walk(problem, vehicle, &[], &[visits]);
    let mut broken = Broken::default();
    for one in constraint::audit(problem, &walk) {
        let is_anywhere = matches!(
            one.rule,
            Rule::Skill
                | Rule::Pin
                | Rule::Station
                | Rule::Consent
                | Rule::Doorstep
                | Rule::OutBudget
                | Rule::ColdWarm
                | Rule::ColdFreeze
                | Rule::NoColdBox
        );
        if is_anywhere {
            broken.add(one.rule, one.amount);
        }
    }
    broken
}
