//! What adding an order at a place of a route breaks at least, by a walk that keeps no stops. It
//! tells which places deserve a full timetable; it never finds more than the full readings do.

mod walk;

use walk::{Mark, State};

use crate::constraint::{self, Rule};
use crate::plan::reason::attempt::{Key, hardness};
use crate::problem::{
    COLD_CLASSES, Charge, DIMENSIONS, Load, Position, Problem, Role, VehicleId, Visit, VisitId,
};
use crate::schedule;
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

    /// Adds what was found after it.
    fn join(&mut self, later: &Self) {
        self.rules |= later.rules;
        self.hardest = self.hardest.max(later.hardest);
        self.total = self.total.saturating_add(later.total);
        self.largest = self.largest.max(later.largest);
        self.times += later.times;
        self.rule = later.rule.or(self.rule);
        self.is_others |= later.is_others;
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
    /// True for a class of which the vehicle has several boxes: which goods ride in which, and how
    /// long each of them holds, is not guessed here.
    several: [bool; COLD_CLASSES],
    /// The battery, where each moment of it counts.
    charge: Option<Charge>,
    /// Each trip of the route, and a new one, as they are before anything is put in.
    untouched: Vec<Untouched>,
    /// The trip that is changed, with the visits in it, and the legs into them and home.
    trip: Vec<VisitId>,
    legs: Vec<Option<Leg>>,
}

/// A trip before anything is put in, place by place, so that only what lies behind a place is walked
/// anew.
#[derive(Debug, Default)]
struct Untouched {
    /// The first departure tried.
    depart: Time,
    /// What was walked when it leaves then, before each stop and before the way home.
    marks: Vec<Mark>,
    /// The load at each place, the largest up to it, and from there on.
    load: Vec<Load>,
    before: Vec<Load>,
    behind: Vec<Load>,
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
            missing: 0,
            most: 0,
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
            charge: problem.charge(vehicle).filter(|charge| !charge.is_sum()),
            states: Vec::new(),
            frozen,
            anywhere,
            ways,
            across,
            several: [false; COLD_CLASSES],
            untouched: Vec::new(),
            trip: Vec::new(),
            legs: Vec::new(),
        };
        for class in 0..problem.classes().len() {
            probe.several[class] = problem.box_count(vehicle, class) > 1;
        }
        for (trip, ways) in trips.iter().zip(&probe.ways) {
            probe.states.push(state);
            probe.untouched.push(probe.untouched(state, (trip, &ways.legs)));
            state = probe.after(state, (trip, &ways.legs), &mut Broken::default());
        }
        probe.states.push(state);
        probe.untouched.push(probe.untouched(state, (&[], &[])));
        probe
    }

    /// A trip as it is, from the state before it.
    fn untouched(&self, state: State, (trip, legs): (&[VisitId], &[Option<Leg>])) -> Untouched {
        let depart = self.departure(state, trip);
        let (state, cold) = self.leave(state, depart);
        let packed = depart - self.problem.vehicle(self.vehicle).packing_time();
        let mut mark = Mark { state, cold, broken: Broken::default() };
        let mut untouched = Untouched { depart, marks: vec![mark], ..Untouched::default() };
        for (&id, &leg) in trip.iter().zip(legs) {
            self.call((id, leg), packed, &mut mark);
            untouched.marks.push(mark);
        }
        let mut load = self.taken(trip);
        untouched.load.push(load);
        for &id in trip {
            change(&mut load, self.problem.visit(id));
            untouched.load.push(load);
        }
        untouched.before.clone_from(&untouched.load);
        untouched.behind.clone_from(&untouched.load);
        for k in 1..=trip.len() {
            untouched.before[k] = larger(&untouched.before[k], &untouched.before[k - 1]);
        }
        for k in (0..trip.len()).rev() {
            untouched.behind[k] = larger(&untouched.behind[k], &untouched.behind[k + 1]);
        }
        untouched
    }

    /// The load at the start of a trip.
    fn taken(&self, trip: &[VisitId]) -> Load {
        let mut load = [0; DIMENSIONS];
        let visits = trip.iter().map(|&id| self.problem.visit(id));
        for visit in visits.filter(|visit| visit.role.is_from_station()) {
            for (sum, part) in load.iter_mut().zip(visit.load) {
                *sum += part;
            }
        }
        load
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
        self.load(gap, &mut broken);
        for visit in constraint::misplaced(self.problem, self.vehicle, &trip) {
            broken.is_others |= visit != self.first;
            broken.add(Rule::DeliverFirst, 1);
        }
        let mut state = self.changed(gap, (&trip, &legs), &mut broken);
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
            let drawn = if charge.is_sum() {
                charge.drawn_wh(state.metres, away - state.waited)
            } else {
                Charge::whole_wh(state.most)
            };
            broken.add(Rule::Energy, drawn - charge.usable_wh());
        }
        broken.add(Rule::Length, (state.metres - vehicle.length_limit()).0);
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
    fn load(&self, gap: Gap, broken: &mut Broken) {
        let own = self.problem.visit(self.first);
        let Untouched { load, before, behind, .. } = &self.untouched[gap.trip];
        let plus = |load: &Load| -> Load { std::array::from_fn(|d| load[d] + own.load[d]) };
        let peak = match (own.role, gap.second) {
            // Aboard from the first place to the second, which is counted with the first visit in.
            (Role::ShipPickup | Role::ShipDelivery, Some(second)) => {
                let aboard = load[gap.first..second].iter().map(plus);
                let ends = larger(&before[gap.first], &behind[second - 1]);
                aboard.fold(ends, |peak, load| larger(&peak, &load))
            }
            (Role::Collect, _) => larger(&before[gap.first], &plus(&behind[gap.first])),
            _ => larger(&plus(&before[gap.first]), &behind[gap.first]),
        };
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
}

/// The load behind a visit.
fn change(load: &mut Load, visit: &Visit) {
    let sign = match visit.role {
        Role::Deliver | Role::Serve | Role::ShipDelivery => -1,
        Role::Collect | Role::ShipPickup => 1,
    };
    for (sum, part) in load.iter_mut().zip(visit.load) {
        *sum += sign * part;
    }
}

/// The larger of two loads, quantity by quantity.
fn larger(a: &Load, b: &Load) -> Load {
    std::array::from_fn(|d| a[d].max(b[d]))
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
        // A box that is unfit at some hours only may leave at others.
        let is_cold = matches!(one.rule, Rule::ColdWarm | Rule::ColdFreeze | Rule::NoColdBox);
        let class = one.visit.and_then(|id| problem.visit(id).class);
        let is_unfit = class.is_some_and(|class| problem.hold(vehicle, class).is_err());
        if is_anywhere && (is_unfit || !is_cold) {
            broken.add(one.rule, one.amount);
        }
    }
    broken
}
