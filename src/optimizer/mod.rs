//! The search: a first plan by regret or savings, then ruin and recreate on all cores, in rounds: of
//! the whole day and its offspring when it is small, of parts when it is large.

mod breed;
#[expect(clippy::similar_names, reason = "a slot is a trip of a tour, a spot is a place in it")]
mod construct;
mod cooling;
mod elite;
mod ground;
mod heuristics;
mod insert;
mod island;
mod moves;
mod parts;
#[expect(clippy::similar_names, reason = "a slot is a trip of a tour, a spot is a place in it")]
mod recreate;
mod ruin;
mod score;
mod state;
mod stop;
mod undo;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::constraint::{Backhaul, Clock, Distance, Energy, Loads, OnBoard, Resource};
use crate::error::{Code, Fault, Result};
use crate::plan::{Header, Inquiry, Looks, Plan, ReasonCode, Route, Trial, Unserved};
use crate::problem::{COLD_CLASSES, DIMENSIONS, OrderId, Problem, VehicleId, VisitId};

use crate::units::{Metres, Money, Seconds, Time, Window};

use cooling::Schedule;
use ground::{Ground, NONE};
pub use heuristics::{Heuristic, solve_by};
use island::Island;
pub use moves::Move;
use state::Routes;
use stop::Watchman;
pub use stop::{Progress, StopRule};

/// Plans the day. Never fails: orders that fit nowhere are unserved, each with its reason.
///
/// ```no_run
/// use std::sync::Arc;
/// use lastmile::format::embedded;
/// use lastmile::optimizer::{self, StopRule};
///
/// let (day, _notes) = embedded::huatugou()?.into_builder();
/// let day = day.build(&Arc::new(embedded::roads()?))?;
/// let plan = optimizer::solve(&day, &StopRule::seconds(5.0).seed(7));
/// println!("{}", plan.cost());
/// # Ok::<(), lastmile::Error>(())
/// ```
pub fn solve(problem: &Arc<Problem>, stop: &StopRule) -> Plan {
    let mut search = Search { problem, stop, found: Found::default() };
    with_resources(problem, &mut search);
    write_up(problem, search.found)
}

/// The plan of what a search found: routes with their times, and reasons for the absent orders.
fn write_up(problem: &Arc<Problem>, found: Found) -> Plan {
    let trip = |trip: &Vec<u32>| trip.iter().map(|&visit| VisitId(visit)).collect::<Vec<_>>();
    let mut routes = Vec::new();
    for (vehicle, trips) in found.routes.iter().enumerate().filter(|(_, trips)| !trips.is_empty()) {
        let trips = trips.iter().map(trip).collect();
        routes.push(Route::new(problem, VehicleId::from_index(vehicle), trips));
    }
    let priced: i64 = routes.iter().map(|route| route.cost.0).sum();
    debug_assert_eq!(priced, found.tour_cost, "the search and the schedule price alike");
    let unserved = settle_reasons(problem, &mut routes, Looks::of(&found.header));
    Plan { problem: Arc::clone(problem), routes, unserved, header: found.header }
}

/// The orders on no route, each with its reason. The search tests an insertion by what it adds to
/// the way, and an order with several windows by the ones in use, so the plain reading may still
/// find a place: the order then goes there.
fn settle_reasons(problem: &Problem, routes: &mut Vec<Route>, looks: Looks) -> Vec<Unserved> {
    let mut absent = absent(problem, routes);
    absent.sort_by_key(|&order| (problem.order(order).tier_value(), order));
    let mut explained: Vec<Explained> = Vec::new();
    let mut has_changed = vec![true; problem.vehicles().len()];
    // Each pass but the last one places an order.
    loop {
        let inquiry = Inquiry::new(problem, routes, looks);
        let known: BTreeMap<OrderId, Explained> =
            explained.into_iter().map(|one| (one.unserved.order, one)).collect();
        let explain = |trial: &mut Trial<'_>, &order: &OrderId| {
            let is_as_before = |one: &&Explained| {
                let looked_at = inquiry.looks_at(order);
                let mut touched = looked_at.iter().zip(&has_changed);
                looked_at == one.looked_at && !touched.any(|(&looked, &changed)| looked && changed)
            };
            known.get(&order).filter(is_as_before).cloned().unwrap_or_else(|| {
                let (reason, looked_at) = inquiry.explain_looking(order, trial);
                Explained { unserved: Unserved { order, reason }, looked_at }
            })
        };
        explained = absent.par_iter().map_init(|| Trial::new(problem), explain).collect();
        let before = absent.len();
        has_changed.fill(false);
        let not_tried = |one: &&Explained| one.unserved.reason.code == ReasonCode::NotTried;
        for one in explained.iter().filter(not_tried) {
            let inquiry = Inquiry::new(problem, routes, looks);
            let Some(route) = inquiry.insertion(one.unserved.order) else { continue };
            has_changed[route.vehicle.index()] = true;
            absent.retain(|&other| other != one.unserved.order);
            routes.retain(|other| other.vehicle != route.vehicle);
            routes.push(route);
            routes.sort_by_key(|route| route.vehicle);
        }
        if absent.len() == before {
            let mut unserved: Vec<Unserved> =
                explained.into_iter().map(|one| one.unserved).collect();
            unserved.sort_unstable_by_key(|one| one.order);
            return unserved;
        }
    }
}

/// An absent order with its reason, and the vehicles whose tours the reason has looked at.
#[derive(Clone)]
struct Explained {
    unserved: Unserved,
    looked_at: Vec<bool>,
}

/// The orders on no route.
fn absent(problem: &Problem, routes: &[Route]) -> Vec<OrderId> {
    let mut served = vec![false; problem.orders().len()];
    for visit in routes.iter().flat_map(Route::visits) {
        served[problem.visit(visit).order.index()] = true;
    }
    problem.order_ids().filter(|order| !served[order.index()]).collect()
}

/// What taking one more order would mean for the vehicle that can do it most cheaply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// What its day costs more.
    pub cost: Money,
    /// How much longer it is away.
    pub time: Seconds,
    /// How much farther it drives.
    pub length: Metres,
}

/// Says what an unserved order's cheapest place would mean, or nothing when it fits nowhere.
pub type Quote<'q> = &'q mut dyn FnMut(OrderId) -> Option<Offer>;

/// What it would mean to add an order to a plan as it stands: gives `ask` a function that takes an
/// unserved order and prices its cheapest place by the exact tour of the vehicle, or says that it
/// fits nowhere, or is optional and costs more than its prize. Stops of a frozen start stay where they are.
/// The tables are made once for all questions.
pub fn with_quotes(plan: &Plan, ask: &mut dyn FnMut(Quote<'_>)) {
    let routes = routes_of(plan);
    with_any_resources(plan.problem(), &mut Quotes { problem: plan.problem(), routes, ask });
}

/// As [`with_quotes`], for a running plan that is given as the day's start: what it would mean to add an
/// order that none of the start's routes has. Where a start breaks a limit, its last stops count as absent.
pub fn with_quotes_on_start(problem: &Problem, ask: &mut dyn FnMut(Quote<'_>)) {
    let routes = start_routes(problem);
    with_any_resources(problem, &mut Quotes { problem, routes, ask });
}

/// The routes of a plan as the search has them.
fn routes_of(plan: &Plan) -> Routes {
    let mut routes: Routes = vec![Vec::new(); plan.problem().vehicles().len()];
    for route in plan.routes() {
        let trip = |trip: &crate::plan::Trip| trip.visits.iter().map(|visit| visit.0).collect();
        routes[route.vehicle.index()] = route.trips.iter().map(trip).collect();
    }
    routes
}

/// Answers questions about a plan with whatever resources its day needs.
struct Quotes<'q> {
    problem: &'q Problem,
    routes: Routes,
    ask: &'q mut dyn FnMut(Quote<'_>),
}

impl Job for Quotes<'_> {
    fn run<R: Resource>(&mut self, clock: &Clock, resources: &R) {
        let ground = Ground::without_near(self.problem);
        let mut island = Island::new(&ground, clock, resources, 0, 0);
        island.adopt(&self.routes);
        (self.ask)(&mut |order| {
            let (vehicle, before, with) = island.quote(order.0)?;
            Some(Offer {
                vehicle: VehicleId::from_index(vehicle),
                cost: Money(with.cost - before.cost),
                time: Seconds(with.duration - before.duration),
                length: Metres(with.length - before.length),
            })
        });
    }
}

/// Evaluates all moves of a kind: how many there are, and how many would make the plan cheaper.
pub type Gauge<'g> = &'g mut dyn FnMut(Move) -> (usize, usize);

/// For measuring the local search: gives `ask` a function that evaluates every move of a kind about
/// every pair of near visits of a plan, and changes nothing. The tables are made once.
pub fn with_moves(plan: &Plan, ask: &mut dyn FnMut(Gauge<'_>)) {
    let routes = routes_of(plan);
    with_resources(plan.problem(), &mut Moves { problem: plan.problem(), routes, ask });
}

/// Evaluates moves about a plan with the resources its day needs.
struct Moves<'m> {
    problem: &'m Problem,
    routes: Routes,
    ask: &'m mut dyn FnMut(Gauge<'_>),
}

impl Job for Moves<'_> {
    fn run<R: Resource>(&mut self, clock: &Clock, resources: &R) {
        let ground = Ground::new(self.problem);
        let mut island = Island::new(&ground, clock, resources, 0, 0);
        island.adopt(&self.routes);
        island.state.keep_pieces(true);
        (self.ask)(&mut |kind| moves::evaluate_all(&island.state, kind));
    }
}

/// Something done with the resources a day needs.
trait Job {
    fn run<R: Resource>(&mut self, clock: &Clock, resources: &R);
}

/// A search.
struct Search<'s> {
    problem: &'s Problem,
    stop: &'s StopRule,
    found: Found,
}

impl Job for Search<'_> {
    fn run<R: Resource>(&mut self, clock: &Clock, resources: &R) {
        self.found = run(self.problem, clock, resources, self.stop);
    }
}

/// Bytes the search takes at its peak, about: tables, neighbour lists, and one solution for each
/// thread.
pub fn memory_estimate(problem: &Problem, threads: usize) -> usize {
    let (places, visits) = (problem.places().len(), problem.visits().len());
    let nearest = problem.vehicle_ids().map(|vehicle| Ground::nearest_bytes(problem, vehicle));
    let tables = Ground::bytes(places, visits, problem.profiles().len());
    tables + nearest.max().unwrap_or(0) + threads * visits * 1200
}

/// Refuses a day whose search would take more memory than `limit` bytes.
///
/// # Errors
/// The estimate, when it is above the limit.
pub fn check_memory(problem: &Problem, threads: usize, limit: usize) -> Result<()> {
    let need = memory_estimate(problem, threads);
    if need <= limit {
        return Ok(());
    }
    let expected = format!("a day that is searched in at most {} MiB", limit >> 20);
    Err(Fault::new(Code::Memory, expected).value(format!("{} MiB", need >> 20)).into())
}

/// What a search leaves: routes, and how it went.
#[derive(Default)]
struct Found {
    routes: Routes,
    tour_cost: i64,
    header: Header,
}

/// Does a job with no more resources than the day uses: each set is compiled by itself.
fn with_resources(problem: &Problem, job: &mut impl Job) {
    let used = used_dimensions(problem);
    let clock = Clock::new(problem);
    let is_cold = problem.visits().iter().any(|visit| visit.class.is_some());
    if Energy::is_used(problem) {
        return with_energy(problem, &clock, &used, job);
    }
    if Backhaul::is_used(problem) {
        return with_backhaul(problem, &clock, &used, job);
    }
    if used.len() <= 1 && !is_cold && is_untimed(problem) {
        return job.run(&clock, &(Distance, Loads::<1>::new(problem, &used)));
    }
    match (is_cold, used.len(), problem.classes().len()) {
        (false, 0..=1, _) => job.run(&clock, &ambient::<1>(problem, &clock, &used)),
        (false, ..) => job.run(&clock, &ambient::<3>(problem, &clock, &used)),
        (true, 0..=4, 1) => job.run(&clock, &cold::<4, 1>(problem, &clock, &used)),
        (true, ..) => job.run(&clock, &cold::<DIMENSIONS, COLD_CLASSES>(problem, &clock, &used)),
    }
}

/// The sets of a day with vehicles that deliver before they collect.
fn with_backhaul(problem: &Problem, clock: &Clock, used: &[usize], job: &mut impl Job) {
    let backhaul = Backhaul::new(problem);
    if problem.visits().iter().any(|visit| visit.class.is_some()) {
        let cold = cold::<DIMENSIONS, COLD_CLASSES>(problem, clock, used);
        return job.run(clock, &(cold, backhaul));
    }
    if used.len() <= 1 && is_untimed(problem) {
        return job.run(clock, &((Distance, Loads::<1>::new(problem, used)), backhaul));
    }
    job.run(clock, &(ambient::<3>(problem, clock, used), backhaul));
}

/// The sets of a day with batteries whose state matters at every moment.
fn with_energy(problem: &Problem, clock: &Clock, used: &[usize], job: &mut impl Job) {
    let more = (Backhaul::new(problem), Energy::new(problem));
    if problem.visits().iter().any(|visit| visit.class.is_some()) {
        let cold = cold::<DIMENSIONS, COLD_CLASSES>(problem, clock, used);
        return job.run(clock, &(cold, more));
    }
    job.run(clock, &(ambient::<3>(problem, clock, used), more));
}

/// True when nothing depends on the clock and no second costs anything.
fn is_untimed(problem: &Problem) -> bool {
    let is_free = |visit: &crate::problem::Visit| {
        visit.windows == [Window::ALWAYS]
            && visit.ready_at == Time::MIN
            && visit.due_back == Time::MAX
    };
    let drives_on = |vehicle: &crate::problem::Vehicle| {
        vehicle.shift_window() == Window::ALWAYS
            && vehicle.duration_limit() >= Seconds::UNLIMITED
            && vehicle.cost_per_second().is_zero()
            && vehicle.driving_rule().is_none()
            && vehicle.battery.is_none()
    };
    problem.visits().iter().all(is_free) && problem.vehicles().iter().all(drives_on)
}

/// As [`with_resources`], with fewer sets to choose from, so that less is compiled: for what need not
/// be quick.
fn with_any_resources(problem: &Problem, job: &mut impl Job) {
    let used = used_dimensions(problem);
    let clock = Clock::new(problem);
    if Energy::is_used(problem) || Backhaul::is_used(problem) {
        let more = (Backhaul::new(problem), Energy::new(problem));
        let cold = cold::<DIMENSIONS, COLD_CLASSES>(problem, &clock, &used);
        return job.run(&clock, &(cold, more));
    }
    if problem.visits().iter().any(|visit| visit.class.is_some()) {
        return job.run(&clock, &cold::<DIMENSIONS, COLD_CLASSES>(problem, &clock, &used));
    }
    job.run(&clock, &ambient::<3>(problem, &clock, &used));
}

/// The resources of a day without cold boxes.
type Ambient<const D: usize> = (Clock, (Distance, Loads<D>));
/// The resources of a day with them.
type Cold<const D: usize, const C: usize> = (Clock, ((Distance, Loads<D>), OnBoard<C>));

fn ambient<const D: usize>(problem: &Problem, clock: &Clock, used: &[usize]) -> Ambient<D> {
    (clock.clone(), (Distance, Loads::new(problem, used)))
}

fn cold<const D: usize, const C: usize>(
    problem: &Problem,
    clock: &Clock,
    used: &[usize],
) -> Cold<D, C> {
    (clock.clone(), ((Distance, Loads::new(problem, used)), OnBoard::new(problem)))
}

/// The dimensions in which some vehicle may be filled by the orders of the day.
fn used_dimensions(problem: &Problem) -> Vec<usize> {
    let is_tight = |d: usize| {
        let all: i64 = problem.visits().iter().map(|visit| visit.load[d]).sum();
        all > 0 && problem.vehicle_ids().any(|vehicle| problem.capacity(vehicle)[d] < all)
    };
    (0..DIMENSIONS).filter(|&d| is_tight(d)).collect()
}

/// The main loop: rounds of searches, side by side on a small day, each on a part of a large one.
fn run<R: Resource>(problem: &Problem, clock: &Clock, resources: &R, stop: &StopRule) -> Found {
    let watchman = stop.start();
    let ground = Ground::new(problem);
    let is_warm = 2 * problem.start.iter().flat_map(|path| &path.trips).flatten().count()
        > problem.visits().len();
    let base = Base { ground: &ground, clock, resources, stop, watchman: &watchman, is_warm };
    let mut first = Island::new(&ground, clock, resources, stop.seed_value(), 0);
    let start = start_routes(problem);
    first.construct(&start, &|| watchman.is_flagged());
    watchman.settle();
    watchman.report(0, first.best.score.unserved(), first.best.score.cost());
    let search = || {
        if ground.visits <= parts::WHOLE {
            breed::run(&base, first)
        } else {
            parts::run(&base, first)
        }
    };
    // As many threads as asked for; where they cannot be had, those of the program. A thread of a
    // caller's pool would take up the caller's next task while it waits for another pool, and so on
    // until its stack is full: there the search stays in that pool.
    if rayon::current_thread_index().is_some() {
        return search();
    }
    match rayon::ThreadPoolBuilder::new().num_threads(stop.threads_value()).build() {
        Ok(threads) => threads.install(search),
        Err(_) => search(),
    }
}

/// The first temperature of a search that begins from a plan, as a share of the usual one.
const WARM: f64 = 0.1;

/// What all searches of a run share.
struct Base<'b, 'a, R: Resource> {
    ground: &'a Ground<'a>,
    clock: &'a Clock,
    resources: &'a R,
    stop: &'b StopRule,
    watchman: &'b Watchman<'b>,
    /// True when the start plan has most of the visits: the search then keeps near it.
    is_warm: bool,
}

impl<R: Resource> Base<'_, '_, R> {
    /// The fall of the temperature from a first plan.
    fn schedule(&self, first: &Island<'_, R>) -> Schedule {
        let share = if self.is_warm { WARM } else { 1.0 };
        Schedule::new(share * first_temperature(first), self.ground.is_timed)
    }

    /// How the run went, for the plan's header.
    fn header(&self, rounds: Vec<u64>) -> Header {
        Header {
            seed: self.stop.seed_value(),
            threads: self.stop.threads_value(),
            rounds,
            interrupted: self.watchman.is_flagged(),
            walked: self.stop.stops_to_walk(),
            hurried: self.stop.is_timed(),
        }
    }
}

/// The start plan's routes, vehicle by vehicle.
fn start_routes(problem: &Problem) -> Routes {
    let mut routes: Routes = vec![Vec::new(); problem.vehicles().len()];
    for path in &problem.start {
        let trips = path.trips.iter().map(|trip| trip.iter().map(|visit| visit.0).collect());
        routes[path.vehicle.index()] = trips.filter(|trip: &Vec<u32>| !trip.is_empty()).collect();
    }
    routes
}

/// What is still to be done after a search, in seconds, about.
#[derive(Clone, Copy, Debug)]
struct Afterwards {
    /// Trying each absent order everywhere.
    tries: f64,
    /// Finding the reasons of those that fit nowhere, and auditing them.
    reasons: f64,
}

impl Afterwards {
    /// After a search with this best plan: each absent order is tried at every place of every tour, a
    /// shipment at every pair of places; for its reason, on a large day, of the nearest tours only.
    #[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
    fn of(ground: &Ground<'_>, best: &Routes, stop: &StopRule) -> Self {
        /// Measured in a slow hour for one stop of one walk, for one place of the search, most of them in
        /// trips without room, and for an order on a vehicle by itself.
        const STOP_SECONDS: f64 = 90e-9;
        const PLACE_SECONDS: f64 = 40e-9;
        const ALONE_SECONDS: f64 = 8e-6;
        let (mut alone, mut paired) = (0.0, 0.0);
        for trips in best {
            let stops: usize = trips.iter().map(Vec::len).sum();
            let pairs: usize = trips.iter().map(|trip| trip.len() * trip.len() / 2).sum();
            alone += (stops * stops) as f64;
            paired += (pairs * stops) as f64;
        }
        let mut is_served = vec![false; ground.bank_price.len()];
        for &visit in best.iter().flatten().flatten() {
            is_served[ground.order_of[visit as usize] as usize] = true;
        }
        let absent = || (0..ground::node(is_served.len())).filter(|&o| !is_served[o as usize]);
        let work = absent().map(|order| {
            let way = ground.ways[ground.ways_of(order).start as usize];
            if way.second == NONE { alone } else { paired }
        });
        let all: f64 = work.sum();
        let tours = best.iter().filter(|trips| !trips.is_empty()).count().max(1);
        // At least one tour of each order, and that without the orders of higher tiers, unless the clock
        // decides.
        let least = if stop.is_timed() { 0.0 } else { 2.0 * all / tours as f64 };
        let walked = crate::plan::stops_of(ground.problem, stop.stops_to_walk()) as f64;
        let bounded = all.min(walked.max(least));
        let absent = absent().count() as f64;
        // Without squares, legs are put together when they are asked for.
        let slower = if ground.has_squares() { 1.0 } else { 3.0 } / stop.threads_value() as f64;
        let by_itself = ALONE_SECONDS * absent * ground.rigs.len() as f64;
        Self {
            tries: slower * PLACE_SECONDS * absent * ground.visits as f64,
            reasons: 2.0 * (slower * STOP_SECONDS * bounded)
                + 2.0 * by_itself / stop.threads_value() as f64,
        }
    }

    fn all(self) -> f64 {
        self.tries + self.reasons
    }
}

/// The mean cost of an arc of the first plan: what a step may lose at first, about. What vehicles
/// cost by being used at all is no part of it, as no step on the way changes it, unless there is
/// nothing else.
#[expect(clippy::cast_precision_loss, reason = "costs of a day are far below 2^53")]
fn first_temperature<R: Resource>(island: &Island<'_, R>) -> f64 {
    let state = &island.state;
    let served = state.used.len() - state.bank.len();
    let in_use =
        state.tours.iter().zip(&state.ground.rigs).filter(|(tour, _)| !tour.slots.is_empty());
    let fixed: i64 = in_use.map(|(_, rig)| rig.fixed).sum();
    let on_way = state.tour_cost - fixed;
    let cost = if on_way > 0 { on_way } else { state.tour_cost };
    cost as f64 / (served + state.trip_count).max(1) as f64
}
