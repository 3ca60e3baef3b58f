//! Cold hold: how long goods of a product class may ride in the vehicle's boxes, with each opening
//! costing hold time, and how soon openings may follow each other. Of the latter the search counts
//! no waiting, so it may refuse what the plain reading allows, never the other way round.
//!
//! Where a vehicle has several boxes of a class, the constant-time form counts as if they were opened
//! in turn: of `n` boxes none is opened more than `(k + n - 1) / n` times by the `k`-th opening. Which
//! parcel rides in which box, and so whether all have room and each lid its pauses, is settled when a
//! tour is laid out ([`Resource::confirms`], `on_board/boxes.rs`); a tour that cannot be packed is
//! taken back. A parcel's box depends on the whole trip, so no join of two pieces can know it; a box
//! fixed for each order beforehand would refuse most of what a choice along the trip allows.
//!
//! Where the weather changes by the hour, the hold between closing and the last hand-over is read off a
//! table ([`crate::cold::Wear`], `on_board/hours.rs`): two look-ups. The quick test asks it of the
//! departure at which least is waited; the departure the tour has in the end is confirmed. Of a lid it
//! takes the mildest air in which the visit's window lets it be opened, and the hour's own is confirmed.

use std::sync::Arc;

use crate::cold::{AirShift, Unfit};
use crate::constraint::FAR;
use crate::constraint::lid::{LidPart, Lids};
use crate::constraint::{
    Called, Clock, Hop, Reading, Resource, Rule, Span, Terms, Violation, pick,
};
use crate::problem::{Airs, Cargo, PlaceId, Problem, Role, VehicleId, Visit, VisitId};
use crate::schedule::{Assignment, SetsTaken, Timetable, TripWalk, pack};

use boxes::Boxes;
use hours::Hours;

mod boxes;
mod hours;

/// The hold limits of `C` product classes on every vehicle.
#[derive(Clone, Debug)]
pub struct OnBoard<const C: usize> {
    clock: Clock,
    class: Vec<Option<u8>>,
    stays: Vec<bool>,
    counts: Vec<bool>,
    /// Hold left after packing, `[vehicle][class]`.
    hold: Vec<[i64; C]>,
    /// Hold lost per opening, `[vehicle][class]`.
    opening: Vec<[i64; C]>,
    lids: Lids<C>,
    /// How hours that are not the worst use up the hold.
    hours: Hours<C>,
    /// What each visit carries, as a bit; 0 where nothing rides apart.
    cargo: Vec<u8>,
    /// Vehicles with several boxes of a class.
    boxes: Boxes<C>,
    ways: Ways,
}

/// The air of the ways between visits, where places lie at different heights.
#[derive(Clone, Debug)]
struct Ways {
    airs: Option<Arc<Airs>>,
    /// By visit.
    place: Vec<PlaceId>,
    /// By vehicle.
    home: Vec<PlaceId>,
}

impl Ways {
    fn new(problem: &Problem) -> Self {
        Self {
            airs: problem.airs.clone(),
            place: problem.visits().iter().map(|visit| visit.place).collect(),
            home: problem.vehicle_ids().map(|vehicle| problem.home(vehicle)).collect(),
        }
    }

    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        let (place, home) = (pick(&self.place, visits), pick(&self.home, vehicles));
        Self { airs: self.airs.clone(), place, home }
    }

    #[inline]
    fn at(&self, place: PlaceId) -> AirShift {
        self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.place(place))
    }

    /// The air of two pieces and of the way between them.
    #[inline]
    fn join(&self, a: (AirShift, PlaceId), b: (AirShift, PlaceId)) -> AirShift {
        match &self.airs {
            None => a.0,
            Some(airs) => a.0.and(b.0).and(airs.way(a.1, b.1)),
        }
    }

    /// The air of a trip that is laid out.
    fn along(&self, vehicle: VehicleId, calls: &[Called]) -> AirShift {
        let home = self.home[vehicle.index()];
        let places = calls.iter().map(|call| self.place[call.visit as usize]);
        let all = std::iter::once(home).chain(places).chain([home]);
        self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.along(all))
    }
}

/// Hold over a piece of a trip, exact for one window per visit. Waiting shrinks when the vehicle
/// leaves later, so leaving as late as the windows allow is best for all goods at once, and the
/// limit is an effective release time. Own derivation; checked against every departure by brute
/// force in the tests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnBoardSegment<const C: usize> {
    /// Travel and service without waiting.
    path: i64,
    /// The earliest moment it can be left.
    earliest: i64,
    /// The latest moment it can be entered.
    latest: i64,
    /// The kinds of goods, as bits.
    cargo: u8,
    /// The classes that any of its goods are of, as bits; the parts of the others say nothing.
    classes: u8,
    /// How its air differs from the forecast's.
    air: AirShift,
    /// Where it begins and ends.
    ends: (PlaceId, PlaceId),
    /// Per class.
    parts: [Part; C],
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    /// Hold time lost to openings.
    openings: i64,
    /// The same up to the last hand-over.
    lost: i64,
    /// Which hours count, see [`Hours`]; 0 where each second counts in full.
    hours: u32,
    /// The worst excess of time on the way over the hold, when nothing waits.
    on_way: i64,
    /// The worst excess of (window-bound hand-over - hold): the least departure it asks for.
    waiting: i64,
    /// The hold of goods that stay on board to the end of the trip.
    to_end: i64,
    /// How near its limit the payload gets by openings that follow each other.
    lid: LidPart,
}

const NO_PART: Part = Part {
    openings: 0,
    lost: 0,
    hours: 0,
    on_way: -FAR,
    waiting: -FAR,
    to_end: FAR,
    lid: LidPart::NONE,
};

impl<const C: usize> OnBoard<C> {
    /// The hold limits of a day.
    ///
    /// # Panics
    /// When the day has more than `C` classes.
    pub fn new(problem: &Problem) -> Self {
        let classes = problem.classes().len();
        assert!(classes <= C, "the caller chose the number of classes");
        let terms = |vehicle: VehicleId| {
            let (mut hold, mut opening) = ([-FAR; C], [0; C]);
            for class in 0..classes {
                if let Some(found) = boxes::hold_and_opening(problem, vehicle, class) {
                    (hold[class], opening[class]) = found;
                }
            }
            (hold, opening)
        };
        let (hold, opening) = problem.vehicle_ids().map(terms).unzip();
        let lids = |vehicle: VehicleId| {
            let terms = |class| problem.hold(vehicle, class).ok().map(|terms| terms.lid);
            let is_one = |class| boxes::in_turn(problem, vehicle, class) == 1;
            let known = |class| (class < classes && is_one(class)).then(|| terms(class)).flatten();
            std::array::from_fn(known)
        };
        let visits = problem.visits();
        Self {
            hours: Hours::new(problem),
            clock: Clock::new(problem),
            class: visits.iter().map(|v| v.class.and_then(|c| u8::try_from(c).ok())).collect(),
            stays: visits.iter().map(|v| v.role == Role::Collect).collect(),
            counts: visits.iter().map(|v| v.role != Role::ShipPickup).collect(),
            hold,
            opening,
            lids: Lids::new(problem.vehicle_ids().map(lids)),
            cargo: visits.iter().map(|visit| cargo_bit(problem, visit)).collect(),
            boxes: Boxes::new(problem),
            ways: Ways::new(problem),
        }
    }
}

impl<const C: usize> OnBoard<C> {
    /// What one visit's goods are to the boxes of their class.
    #[inline]
    fn goods(&self, visit: usize, class: usize, window: Span, vehicle: VehicleId) -> Part {
        let service = self.clock.service(visit);
        let (hold, opening) =
            (self.hold[vehicle.index()][class], self.opening[vehicle.index()][class]);
        let hours = self.hours.of(vehicle, class);
        let mildest = self.hours.mildest_jump(hours, window, service);
        let lid = self.lids.leaf(vehicle.index(), class, service, mildest);
        let part = Part { openings: opening, hours, lid, ..NO_PART };
        if self.stays[visit] {
            Part { to_end: hold, ..part }
        } else if self.counts[visit] {
            let on_way = service + opening - hold;
            Part { lost: opening, on_way, waiting: window.open + on_way, ..part }
        } else {
            part
        }
    }

    /// Goods of a class in two pieces, given the hop between them, the path and the clock at the second,
    /// and the second's path.
    #[inline]
    fn both(&self, a: &Part, (hop, before, arrive, path): (i64, i64, i64, i64), b: &Part) -> Part {
        let both = Part {
            openings: a.openings + b.openings,
            hours: a.hours.max(b.hours),
            to_end: a.to_end.min(b.to_end),
            lid: self.lids.join(&a.lid, hop, before, hop + path, &b.lid),
            ..*a
        };
        if b.on_way <= NEVER_ON_WAY {
            return both;
        }
        Part {
            lost: a.openings + b.lost,
            on_way: a.on_way.max(before + a.openings + b.on_way),
            waiting: a.waiting.max(a.openings + b.waiting.max(arrive + b.on_way)),
            ..both
        }
    }

    /// A visit before a piece, in one of its windows.
    #[inline]
    fn ahead(
        &self,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
        hop: Hop,
        rest: &OnBoardSegment<C>,
    ) -> OnBoardSegment<C> {
        if self.class[visit].is_some() {
            return self.join(&self.leaf(visit, window, vehicle), hop, rest);
        }
        let service = self.clock.service(visit);
        let (before, earliest) = (service + hop.time, window.open + service);
        let (arrive, place) = (earliest + hop.time, self.ways.place[visit]);
        let mut parts = rest.parts;
        for (class, part) in parts.iter_mut().enumerate() {
            if rest.classes >> class & 1 > 0 {
                *part = part.behind(before, arrive);
            }
        }
        OnBoardSegment {
            path: before + rest.path,
            earliest: rest.earliest.max(arrive + rest.path),
            latest: window.close.min(rest.latest - before),
            cargo: self.cargo[visit] | rest.cargo,
            classes: rest.classes,
            air: self.ways.join((self.ways.at(place), place), (rest.air, rest.ends.0)),
            ends: (place, rest.ends.1),
            parts,
        }
    }
}

impl Part {
    /// The same behind a piece without such goods, given the path and the clock at which it is entered.
    #[inline]
    fn behind(&self, before: i64, arrive: i64) -> Self {
        if self.on_way <= NEVER_ON_WAY {
            return Self { lid: self.lid.behind(before), ..*self };
        }
        Self {
            on_way: before + self.on_way,
            waiting: self.waiting.max(arrive + self.on_way),
            lid: self.lid.behind(before),
            ..*self
        }
    }
}

impl<const C: usize> Resource for OnBoard<C> {
    type Segment = OnBoardSegment<C>;

    fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        Self {
            clock: self.clock.restrict(visits, vehicles),
            class: pick(&self.class, visits),
            stays: pick(&self.stays, visits),
            counts: pick(&self.counts, visits),
            hold: pick(&self.hold, vehicles),
            opening: pick(&self.opening, vehicles),
            lids: self.lids.restrict(vehicles),
            hours: self.hours.restrict(vehicles),
            cargo: pick(&self.cargo, visits),
            boxes: self.boxes.restrict(visits, vehicles),
            ways: self.ways.restrict(visits, vehicles),
        }
    }

    /// The clock reads the duration.
    #[inline]
    fn reading(&self, _trip: &Self::Segment) -> Reading {
        Reading::default()
    }

    fn start(&self, terms: &Terms) -> Self::Segment {
        let parts = [NO_PART; C];
        let home = self.ways.home[terms.vehicle.index()];
        let (air, ends) = (self.ways.at(home), (home, home));
        OnBoardSegment {
            path: 0,
            earliest: terms.free_at,
            latest: FAR,
            cargo: 0,
            classes: 0,
            air,
            ends,
            parts,
        }
    }

    fn end(&self, terms: &Terms) -> Self::Segment {
        let parts = [NO_PART; C];
        let home = self.ways.home[terms.vehicle.index()];
        let (air, ends) = (self.ways.at(home), (home, home));
        OnBoardSegment {
            path: 0,
            earliest: -FAR,
            latest: terms.back_by,
            cargo: 0,
            classes: 0,
            air,
            ends,
            parts,
        }
    }

    #[inline]
    fn leaf(&self, visit: usize, window: Span, vehicle: VehicleId) -> Self::Segment {
        let service = self.clock.service(visit);
        let (mut parts, mut classes) = ([NO_PART; C], 0);
        if let Some(class) = self.class[visit].map(usize::from) {
            parts[class] = self.goods(visit, class, window, vehicle);
            classes = 1 << class;
        }
        OnBoardSegment {
            path: service,
            earliest: window.open + service,
            latest: window.close,
            cargo: self.cargo[visit],
            classes,
            air: self.ways.at(self.ways.place[visit]),
            ends: (self.ways.place[visit], self.ways.place[visit]),
            parts,
        }
    }

    #[inline]
    fn join(&self, a: &Self::Segment, hop: Hop, b: &Self::Segment) -> Self::Segment {
        let arrive = a.earliest + hop.time;
        let before = a.path + hop.time;
        let mut parts = a.parts;
        let (path, classes) = (b.path, a.classes | b.classes);
        for (class, part) in parts.iter_mut().enumerate() {
            match [a.classes, b.classes].map(|classes| classes >> class & 1) {
                [0, 0] => {}
                [_, 0] => part.lid = part.lid.followed_by(hop.time + path),
                [0, _] => *part = b.parts[class].behind(before, arrive),
                _ => *part = self.both(part, (hop.time, before, arrive, path), &b.parts[class]),
            }
        }
        OnBoardSegment {
            path: before + b.path,
            earliest: b.earliest.max(arrive + b.path),
            latest: a.latest.min(b.latest - before),
            cargo: a.cargo | b.cargo,
            classes,
            air: self.ways.join((a.air, a.ends.1), (b.air, b.ends.0)),
            ends: (a.ends.0, b.ends.1),
            parts,
        }
    }

    #[inline]
    fn append(
        &self,
        so_far: &Self::Segment,
        hop: Hop,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
    ) -> Self::Segment {
        if self.class[visit].is_some() {
            return self.join(so_far, hop, &self.leaf(visit, window, vehicle));
        }
        let service = self.clock.service(visit);
        let (before, place) = (so_far.path + hop.time, self.ways.place[visit]);
        let mut parts = so_far.parts;
        for (class, part) in parts.iter_mut().enumerate() {
            if so_far.classes >> class & 1 > 0 {
                part.lid = part.lid.followed_by(hop.time + service);
            }
        }
        OnBoardSegment {
            path: before + service,
            earliest: window.open.max(so_far.earliest + hop.time) + service,
            latest: so_far.latest.min(window.close - before),
            cargo: so_far.cargo | self.cargo[visit],
            classes: so_far.classes,
            air: self.ways.join((so_far.air, so_far.ends.1), (self.ways.at(place), place)),
            ends: (so_far.ends.0, place),
            parts,
        }
    }

    #[inline]
    fn prepend(
        &self,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
        hop: Hop,
        rest: &Self::Segment,
    ) -> Self::Segment {
        let mut joined = self.ahead(visit, window, vehicle, hop, rest);
        if self.clock.windows(visit).len() > 1 {
            let bound = rest.latest - hop.time - self.clock.service(visit);
            joined.latest = self.clock.latest_begin(visit, bound);
        }
        joined
    }

    fn release(&self, trip: &Self::Segment) -> i64 {
        let at_end = |part: &Part| trip.earliest + part.openings - part.to_end;
        let one = |(class, part): (usize, &Part)| match part.hours {
            _ if trip.classes >> class & 1 == 0 => -FAR,
            0 => part.waiting.max(at_end(part)),
            _ => self.hours.release(part, trip),
        };
        trip.parts.iter().enumerate().map(one).max().unwrap_or(-FAR)
    }

    #[inline]
    fn excess(&self, trip: &Self::Segment, _terms: &Terms) -> i64 {
        let mut over = i64::from(trip.cargo == MEDICINE | OTHER);
        for (class, part) in trip.parts.iter().enumerate() {
            if trip.classes >> class & 1 == 0 {
                continue;
            }
            over += part.lid.excess();
            if part.hours > 0 {
                over += self.hours.excess(part, trip);
                continue;
            }
            over += part.on_way.max(0);
            over += (part.waiting - trip.latest).max(0);
            over += (trip.path + part.openings - part.to_end).max(0);
            over += (trip.earliest + part.openings - part.to_end - trip.latest).max(0);
        }
        over
    }

    #[inline]
    fn looks_closer(&self, trip: &Self::Segment, vehicle: VehicleId) -> bool {
        trip.classes & self.boxes.several_classes(vehicle) > 0
    }

    fn confirms(
        &self,
        vehicle: VehicleId,
        depart: i64,
        calls: &[Called],
        out: i64,
        taken: &mut SetsTaken,
    ) -> bool {
        let air = self.ways.along(vehicle, calls);
        self.boxes.can_be_packed((vehicle, depart), calls, (out, air), taken)
    }
}

/// What no goods on the way have as their worst excess, with whatever is added.
const NEVER_ON_WAY: i64 = -FAR / 2;
const MEDICINE: u8 = 1;
const OTHER: u8 = 2;

fn cargo_bit(problem: &Problem, visit: &Visit) -> u8 {
    match problem.cargo(visit) {
        Cargo::Medicine if problem.segregates() => MEDICINE,
        Cargo::Other if problem.segregates() => OTHER,
        _ => 0,
    }
}

/// The first medicine on a trip with other goods, where that is forbidden.
fn mixed(problem: &Problem, trip: TripWalk<'_>) -> Option<VisitId> {
    let visits = || trip.stops.iter().filter_map(|stop| stop.visit);
    let is = |cargo| move |id: &VisitId| problem.cargo(problem.visit(*id)) == cargo;
    let medicine = visits().find(is(Cargo::Medicine)).filter(|_| problem.segregates());
    medicine.filter(|_| visits().any(|id| is(Cargo::Other)(&id)))
}

/// The plain reading of cold boxes.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    for id in walk.stops.iter().filter_map(|stop| stop.visit) {
        let Some(class) = problem.visit(id).class else { continue };
        if let Err(unfit) = problem.hold(walk.vehicle, class) {
            found.push(Violation::of(unfit_rule(unfit), 1).on(walk.vehicle).at(problem, id));
        }
        let outside = problem.doorstep_excess(walk.vehicle, id);
        let over = problem.out_overdrawn(problem.visit(id).order);
        if outside.0 > 0 {
            found.push(Violation::of(Rule::Doorstep, outside.0).on(walk.vehicle).at(problem, id));
        }
        if over.0 > 0 {
            found.push(Violation::of(Rule::OutBudget, over.0).on(walk.vehicle).at(problem, id));
        }
    }
    let mut taken = SetsTaken::default();
    for trip in walk.trips() {
        if let Some(visit) = mixed(problem, trip) {
            found.push(Violation::of(Rule::Segregation, 1).on(walk.vehicle).at(problem, visit));
        }
        let (given, needs) = pack(problem, walk.vehicle, trip, &mut taken);
        if let Some(given) = given {
            unpacked(problem, walk.vehicle, &given, found);
        }
        for need in needs {
            if let Some(unfit) = need.unfit {
                let barred = Violation::of(unfit_rule(unfit), 1);
                found.push(barred.on(walk.vehicle).at(problem, need.visit));
            } else if need.excess.0 > 0 {
                let over = Violation::of(Rule::ColdHold, need.excess.0);
                found.push(over.on(walk.vehicle).at(problem, need.visit));
            }
            if need.recovery.0 > 0 {
                let early = Violation::of(Rule::ColdLid, need.recovery.0);
                found.push(early.on(walk.vehicle).at(problem, need.visit));
            }
        }
    }
}

/// Goods for which no box has coolant left, and those that find room in none of several boxes, though all
/// boxes together have it. Where they have it not, that is the load's to say, and is said already.
fn unpacked(problem: &Problem, vehicle: VehicleId, given: &Assignment, found: &mut Vec<Violation>) {
    let is_several = |class: usize| problem.box_count(vehicle, class) > 1;
    let is_full = |one: &Violation| one.rule == Rule::BoxVolume && one.vehicle == Some(vehicle);
    let is_full = found.iter().any(is_full);
    let left_out = given.left_out.iter().zip(&given.missing).zip(&given.lacks_coolant);
    for ((&id, &missing), &lacks_coolant) in left_out {
        let Some(class) = problem.visit(id).class else { continue };
        let what = if lacks_coolant {
            Violation::of(Rule::BoxCoolant, 1)
        } else if is_several(class) && !is_full {
            Violation::of(Rule::BoxVolume, missing.max(1))
        } else {
            continue;
        };
        found.push(what.on(vehicle).at(problem, id));
    }
}

/// What an unfit box does to its goods.
pub(crate) fn unfit_rule(unfit: Unfit) -> Rule {
    match unfit {
        Unfit::TooCold { .. } => Rule::ColdFreeze,
        Unfit::WrongConditioning { ambient_c, plateau_c, .. } if ambient_c < plateau_c => {
            Rule::ColdFreeze
        }
        Unfit::TooWarm { .. } | Unfit::WrongConditioning { .. } | Unfit::TooShort { .. } => {
            Rule::ColdWarm
        }
        Unfit::NoBox | Unfit::OutsideQualifiedAmbient { .. } | Unfit::Impossible => Rule::NoColdBox,
    }
}

#[cfg(test)]
mod tests;
