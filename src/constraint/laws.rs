//! What must hold of every resource: random trips of random rich days, joined in every way, against
//! the plain walk.

mod cold;
mod compartment;
mod energy;
mod walk;
mod windows;

use proptest::prelude::*;

use super::{
    Backhaul, Called, Clock, Distance, Energy, FAR, Gap, Hop, Loads, OnBoard, Resource, Rule, Span,
    Terms, Violation,
};
use crate::cold::LidTerms;
use crate::problem::{COLD_CLASSES, DIMENSIONS, Problem, RealisationId, VehicleId, VisitId};
use crate::rng::Rng;
use crate::sample::{minutes, rich};
use crate::schedule::{StopKind, Timetable};
use crate::units::{Metres, Seconds};

/// Every resource at once, as the search uses them on a day with cold goods.
type Everything = (Clock, ((Distance, Loads<DIMENSIONS>), OnBoard<COLD_CLASSES>));

/// A trip of a day: what the resources are asked about.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) problem: Problem,
    pub(super) vehicle: VehicleId,
    pub(super) trip: Vec<VisitId>,
}

/// A walk cut into what is joined: hop `i` leads to visit `i`, the last one to the station.
#[derive(Debug)]
pub(super) struct Pieces {
    pub(super) visits: Vec<(usize, Span)>,
    pub(super) hops: Vec<Hop>,
}

impl Scene {
    /// A random trip, of every role, whose limits bind now and then.
    pub(super) fn random(seed: u64) -> Self {
        let mut rng = Rng::new(seed, 21);
        let mut problem = Problem::clone(&rich(seed));
        problem.start.clear();
        problem.segregates = seed % 4 == 1;
        for vehicle in &mut problem.vehicles {
            vehicle.max_length = Metres::round(40_000.0 + 260_000.0 * rng.unit());
            if rng.chance(1, 2) {
                vehicle.max_duration = Seconds(between(&mut rng, 3_600, 30_000));
            }
        }
        for visit in &mut problem.visits {
            if rng.chance(1, 2) {
                visit.windows = vec![minutes(480, 1200)];
            }
        }
        spread_classes(&mut problem, &mut rng);
        let first = &mut Rng::new(seed, 23);
        problem.vehicles.iter_mut().for_each(|v| v.delivers_first = first.chance(1, 2));
        let vehicle = VehicleId::from_index(rng.below(3));
        let trip = random_trip(&problem, &mut rng);
        Self { problem, vehicle, trip }
    }

    /// The same trip by a courier who needs no rest, to recipients with one window each.
    pub(super) fn plain(seed: u64) -> Self {
        let mut scene = Self::random(seed);
        for vehicle in &mut scene.problem.vehicles {
            vehicle.driving = None;
        }
        for visit in &mut scene.problem.visits {
            visit.windows.truncate(1);
        }
        // Of several boxes the segments count as if they were opened in turn.
        for cold_box in scene.problem.vehicles.iter_mut().flat_map(|vehicle| &mut vehicle.boxes) {
            cold_box.count = 1;
        }
        // Of openings in a row the segments count no waiting, so they may refuse more than the walk.
        for terms in scene.problem.hold.iter_mut().flatten().flatten() {
            terms.lid = LidTerms::NONE;
        }
        scene
    }

    /// What the day asks of the trip when it is the vehicle's only one.
    pub(super) fn terms(&self) -> Terms {
        let vehicle = self.problem.vehicle(self.vehicle);
        Terms {
            vehicle: self.vehicle,
            free_at: vehicle.shift_window().open().0,
            back_by: vehicle.shift_window().close().0,
            length_room: vehicle.length_limit().0.min(FAR),
            duration_room: vehicle.duration_limit().0.min(FAR),
            missing: 0,
            ahead: 0,
        }
    }

    /// The walk that leaves at a moment.
    pub(super) fn walk(&self, depart: i64) -> Timetable {
        let depart = crate::units::Time(depart);
        let trips = std::slice::from_ref(&self.trip);
        crate::schedule::walk(&self.problem, self.vehicle, &[depart], trips)
    }

    /// True when the resources confirm the trip, call by call, if it leaves at a moment.
    pub(super) fn is_confirmed<R: Resource>(&self, resources: &R, depart: i64) -> bool {
        let walk = self.walk(depart);
        let mut waited = 0;
        let mut calls = Vec::new();
        for stop in &walk.stops[1..] {
            waited += (stop.begin - stop.arrive).0 * i64::from(stop.visit.is_some());
            let left = stop.leave.0 - depart;
            calls.extend(stop.visit.map(|id| Called { visit: id.0, path: left - waited, left }));
        }
        let out = walk.stops[walk.stops.len() - 1].arrive.0 - depart;
        let mut taken = crate::schedule::SetsTaken::default();
        resources.confirms(self.vehicle, depart, &calls, out, &mut taken)
    }

    /// The walk that leaves as soon as it can, in pieces.
    fn pieces(&self) -> Pieces {
        Pieces::of(&Clock::new(&self.problem), &self.walk(self.terms().free_at))
    }

    fn everything(&self) -> Everything {
        let all: Vec<usize> = (0..DIMENSIONS).collect();
        let problem = &self.problem;
        let sums = (Distance, Loads::new(problem, &all));
        (Clock::new(problem), (sums, OnBoard::new(problem)))
    }
}

impl Pieces {
    /// The pieces of a walk of one trip; rests belong to the hops.
    pub(super) fn of(clock: &Clock, walk: &Timetable) -> Self {
        let mut pieces = Self { visits: Vec::new(), hops: Vec::new() };
        let (mut left, mut metres) = (walk.stops[0].leave, 0);
        for stop in &walk.stops[1..] {
            metres += stop.leg.metres.0;
            if stop.kind == StopKind::Rest {
                continue;
            }
            pieces.hops.push(Hop { time: (stop.arrive - left).0, metres });
            (left, metres) = (stop.leave, 0);
            if let Some(id) = stop.visit {
                let window = clock.window_at(id.index(), stop.arrive.0);
                pieces.visits.push((id.index(), window));
            }
        }
        pieces
    }

    /// The start, the visits and the end, each by itself.
    fn atoms<R: Resource>(&self, resources: &R, terms: &Terms) -> Vec<R::Segment> {
        let visits = self.visits.iter();
        let mut atoms = vec![resources.start(terms)];
        atoms.extend(visits.map(|&(visit, span)| resources.leaf(visit, span, terms.vehicle)));
        atoms.push(resources.end(terms));
        atoms
    }

    /// The whole trip.
    pub(super) fn whole<R: Resource>(&self, resources: &R, terms: &Terms) -> R::Segment {
        run(resources, &self.atoms(resources, terms), &self.hops)
    }
}

/// Joins from the left.
fn run<R: Resource>(resources: &R, atoms: &[R::Segment], hops: &[Hop]) -> R::Segment {
    let pairs = hops.iter().zip(&atoms[1..]);
    pairs.fold(atoms[0], |so_far, (&hop, atom)| resources.join(&so_far, hop, atom))
}

/// Joins in random order.
fn bracketed<R: Resource>(
    resources: &R,
    atoms: &[R::Segment],
    hops: &[Hop],
    rng: &mut Rng,
) -> R::Segment {
    if atoms.len() == 1 {
        return atoms[0];
    }
    let cut = rng.between(1, atoms.len() - 1);
    let left = bracketed(resources, &atoms[..cut], &hops[..cut - 1], rng);
    let right = bracketed(resources, &atoms[cut..], &hops[cut..], rng);
    resources.join(&left, hops[cut - 1], &right)
}

/// A number of seconds or minutes from `low` to `high`.
pub(super) fn between(rng: &mut Rng, low: usize, high: usize) -> i64 {
    i64::try_from(rng.between(low, high)).unwrap()
}

/// Makes three classes of one, with holds that bind now and then.
fn spread_classes(problem: &mut Problem, rng: &mut Rng) {
    let Some(class) = problem.classes.first().cloned() else { return };
    problem.classes = vec![class; 3];
    for (holds, capacity) in problem.hold.iter_mut().zip(&mut problem.capacity) {
        *holds = vec![holds[0]; 3];
        capacity[4] = capacity[3];
        capacity[5] = capacity[3];
        for terms in holds.iter_mut().flatten() {
            terms.hold = Seconds(between(rng, 3_000, 24_000));
            terms.opening = Seconds(between(rng, 0, 900));
        }
    }
    for visit in problem.visits.iter_mut().filter(|visit| visit.class.is_some()) {
        let class = rng.below(3);
        visit.class = Some(class);
        visit.load.swap(3, 3 + class);
    }
}

/// One to four orders, shipments with both their visits.
fn random_trip(problem: &Problem, rng: &mut Rng) -> Vec<VisitId> {
    let mut orders: Vec<_> = problem.order_ids().collect();
    rng.shuffle(&mut orders);
    let mut trip = Vec::new();
    for &order in &orders[..rng.between(1, 4)] {
        let ways: Vec<RealisationId> = problem.realisations_of(order).collect();
        let way = problem.realisation(ways[rng.below(ways.len())]);
        let at = rng.between(0, trip.len());
        trip.insert(at, way.first);
        if let Some(second) = way.second {
            trip.insert(rng.between(at + 1, trip.len()), second);
        }
    }
    trip
}

fn is_any(found: &[Violation], rules: &[Rule]) -> bool {
    found.iter().any(|one| rules.contains(&one.rule))
}

/// Every law that needs no walk, for one set of resources.
fn joins_alike<R: Resource>(scene: &Scene, resources: &R, rng: &mut Rng) {
    let (terms, pieces) = (scene.terms(), scene.pieces());
    let atoms = pieces.atoms(resources, &terms);
    let whole = run(resources, &atoms, &pieces.hops);
    for _ in 0..4 {
        assert_eq!(bracketed(resources, &atoms, &pieces.hops, rng), whole, "in any bracketing");
    }
    let fits = resources.excess(&whole, &terms) == 0;
    for at in 1..atoms.len() - 1 {
        let before = run(resources, &atoms[..at], &pieces.hops[..at - 1]);
        let after = run(resources, &atoms[at + 1..], &pieces.hops[at + 1..]);
        let (into, out_of) = (pieces.hops[at - 1], pieces.hops[at]);
        let gap = Gap { before: &before, into, out_of, after: &after };
        let (visit, window) = pieces.visits[at - 1];
        let admits = resources.admits(&gap, visit, window, &terms);
        assert_eq!(admits, fits, "the insertion test");
        let behind = resources.append(&before, into, visit, window, terms.vehicle);
        assert_eq!(behind, resources.join(&before, into, &atoms[at]), "one visit behind a piece");
        // Even the visit that lies right on the way of the others.
        let past = Hop { time: into.time + out_of.time, metres: into.metres + out_of.metres };
        let others = resources.join(&before, past, &after);
        let is_full = resources.is_full(&others, visit, &terms);
        assert!(!(fits && is_full), "a trip that bears the visit is not full without it");
    }
    let mut rest = atoms[atoms.len() - 1];
    for (i, &(visit, window)) in pieces.visits.iter().enumerate().rev() {
        let hop = pieces.hops[i + 1];
        let joined = resources.join(&atoms[i + 1], hop, &rest);
        let ahead = resources.prepend(visit, window, terms.vehicle, hop, &rest);
        if scene.problem.visits()[visit].windows.len() == 1 {
            assert_eq!(ahead, joined, "a visit with one window");
        }
        rest = joined;
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_resource_joins_alike_in_any_bracketing(seed in any::<u64>()) {
        let scene = Scene::random(seed);
        let rng = &mut Rng::new(seed, 22);
        let everything = scene.everything();
        let (clock, ((distance, loads), on_board)) = everything.clone();
        joins_alike(&scene, &clock, rng);
        joins_alike(&scene, &distance, rng);
        joins_alike(&scene, &loads, rng);
        joins_alike(&scene, &Loads::<2>::new(&scene.problem, &[0, 2]), rng);
        joins_alike(&scene, &on_board, rng);
        joins_alike(&scene, &Backhaul::new(&scene.problem), rng);
        let electric = scene.electric(seed);
        joins_alike(&electric, &Energy::new(&electric.problem), rng);
        joins_alike(&scene, &(clock, distance), rng);
        joins_alike(&scene, &everything, rng);
    }
}
