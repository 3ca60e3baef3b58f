//! Small days: several searches from the first plan fill a pool, then children of two plans of the
//! pool are searched for a short while each (a memetic layer; Moscato 1989; the crossing is a route
//! exchange in the manner of Nagata, Bräysy and Dullaert 2010, doi 10.1016/j.cor.2009.06.022). What
//! is searched depends on seed, round and number of threads, never on which thread does it.

use rayon::prelude::*;

use super::ground::{Ground, NONE, node};
use super::island::Island;
use super::score::Score;
use super::state::Routes;
use super::{Afterwards, Base, Found};
use crate::constraint::Resource;
use crate::rng::Rng;

/// How many searches in a row fill the pool on days of so many visits; on larger ones, one.
const SEEDS: [(usize, u32); 2] = [(120, 4), (220, 2)];
/// The share of the budget they take together.
const SEEDING: f64 = 0.3;
/// Both on a mixed fleet, where the first search decides which kinds of vehicles are used.
const MIXED: (u32, f64) = (4, 0.5);
/// Up to so many visits there is nothing to breed: one search takes it all.
const TINY: usize = 16;
/// How many plans the pool keeps.
const POOL: usize = 12;
/// Two plans of the pool differ in one arc of so many at least, else it soon holds one plan twelve times
/// (broken pairs distance; Vidal et al. 2012, doi 10.1287/opre.1120.1048).
const APART: usize = 20;
/// The same on a mixed fleet, where plans also differ in the kinds of vehicles their trips are made by.
const APART_MIXED: usize = 100;
/// How warm a child's search begins, as a share of the first temperature's fall: 0 is the warmest.
const LUKEWARM: f64 = 0.35;
/// Steps of a child's search for each visit, at least.
const STEPS: u64 = 40;

/// With fewer steps than so many children would take on each thread, seeds counted, none is bred.
const CHILDREN: u64 = 3;

/// A plan of the pool.
#[derive(Clone, Debug)]
struct Member {
    score: Score,
    routes: Routes,
    /// Who stands beside whom, whichever way the trip goes; sorted. `NONE` is either end of a trip.
    arcs: Vec<[u32; 2]>,
}

impl Member {
    fn of<R: Resource>(island: &Island<'_, R>) -> Self {
        Self::new(island.best.score, island.best.routes.clone())
    }

    fn new(score: Score, routes: Routes) -> Self {
        let mut arcs = Vec::new();
        for trip in routes.iter().flatten() {
            let mut last = NONE;
            for &visit in trip.iter().chain(&[NONE]) {
                arcs.push([last.min(visit), last.max(visit)]);
                last = visit;
            }
        }
        arcs.sort_unstable();
        Self { score, routes, arcs }
    }

    /// True when fewer than one in `apart` of its arcs are not in the other plan as well.
    fn is_near(&self, other: &Self, apart: usize) -> bool {
        let is_missing = |arc: &&[u32; 2]| other.arcs.binary_search(arc).is_err();
        self.arcs.iter().filter(is_missing).count() * apart < self.arcs.len()
    }
}

/// The best plans so far, each of another score and apart from the others, the best first.
#[derive(Debug)]
struct Pool {
    members: Vec<Member>,
    /// Two of them differ in one arc of so many at least.
    apart: usize,
    /// Steps since the best was found.
    idle: u64,
}

impl Pool {
    fn new(apart: usize) -> Self {
        Self { members: Vec::new(), apart, idle: 0 }
    }

    /// Takes a plan in, unless one as good is there or a better one near it; worse ones near it go.
    fn take(&mut self, member: Member) {
        let at = self.members.partition_point(|other| other.score < member.score);
        let is_there = self.members.get(at).is_some_and(|other| other.score == member.score);
        if is_there || self.members[..at].iter().any(|other| member.is_near(other, self.apart)) {
            return;
        }
        if at == 0 {
            self.idle = 0;
        }
        let worse = self.members.split_off(at);
        self.members.push(member);
        let taken = &self.members[at];
        let apart: Vec<Member> =
            worse.into_iter().filter(|other| !taken.is_near(other, self.apart)).collect();
        self.members.extend(apart);
        self.members.truncate(POOL);
    }

    /// The better of two drawn at random.
    fn draw(&self, rng: &mut Rng) -> &Member {
        let count = self.members.len();
        &self.members[rng.below(count).min(rng.below(count))]
    }
}

/// How a run goes.
struct Run<'r, 'b, 'a, R: Resource> {
    base: &'r Base<'b, 'a, R>,
    pool: Pool,
    steps: u64,
    rounds: Vec<u64>,
}

/// Fills the pool and breeds, beginning with the plan of `first`.
pub(super) fn run<'a, R: Resource>(base: &Base<'_, 'a, R>, mut first: Island<'a, R>) -> Found {
    let apart = if base.ground.kinds > 1 { APART_MIXED } else { APART };
    let mut run = Run { base, pool: Pool::new(apart), steps: 0, rounds: Vec::new() };
    run.pool.take(Member::of(&first));
    let schedule = base.schedule(&first);
    let by_size = SEEDS.iter().find(|&&(visits, _)| base.ground.visits <= visits);
    let (seeds, seeding) = match by_size {
        _ if base.is_warm || base.ground.visits <= TINY => (1, SEEDING),
        _ if base.ground.kinds > 1 => MIXED,
        by_size => (by_size.map_or(1, |&(_, seeds)| seeds), SEEDING),
    };
    for seed in 0..seeds {
        run.fill(&first.best.routes, &schedule, (seed, seeds, seeding));
    }
    let burst = schedule.tail(LUKEWARM);
    while !run.is_done() {
        run.breed(&burst);
    }
    if run.pool.members[0].score < first.best.score {
        first.adopt(&run.pool.members[0].routes);
    }
    base.watchman.set_reserve(Afterwards::of(base.ground, &first.best.routes, base.stop).reasons);
    first.finish(&|| base.watchman.is_over());
    Found {
        routes: first.best.routes.clone(),
        tour_cost: first.best.tour_cost(),
        header: base.header(run.rounds),
    }
}

impl<R: Resource> Run<'_, '_, '_, R> {
    fn is_done(&self) -> bool {
        let best = self.pool.members[0].score;
        let is_done = |steps| {
            let (unserved, cost) = (best.unserved(), best.cost());
            self.base.watchman.is_done(steps, self.pool.idle, unserved, cost)
        };
        is_done(self.steps)
    }

    /// True when there are too few steps to breed: the first searches then take them all.
    #[expect(clippy::cast_precision_loss, reason = "step counts stay far below 2^53")]
    fn is_short(&self) -> bool {
        let least = CHILDREN * STEPS * self.base.ground.visits as u64 * self.threads();
        let expected = self.base.watchman.expected(self.steps);
        expected.is_some_and(|steps| steps < least as f64)
    }

    fn threads(&self) -> u64 {
        self.base.stop.threads_value() as u64
    }

    fn island(&self, stream: u64) -> Island<'_, R> {
        let Base { ground, clock, resources, stop, .. } = *self.base;
        Island::new(ground, clock, resources, stop.seed_value(), stream)
    }

    /// Counts a round in, and reports.
    fn note(&mut self, budget: u64, taken: u64) {
        self.steps += taken;
        self.pool.idle += taken;
        self.rounds.push(budget);
        let best = self.pool.members[0].score;
        self.base.watchman.report(self.steps, best.unserved(), best.cost());
    }

    /// Full searches from a plan, one on each thread; their bests go into the pool.
    fn fill(
        &mut self,
        routes: &Routes,
        schedule: &super::Schedule,
        (seed, seeds, seeding): (u32, u32, f64),
    ) {
        let base = self.base;
        let Base { ground, clock, resources, stop, watchman, .. } = *base;
        let streams = (0..self.threads()).map(|i| u64::from(seed) * self.threads() + i);
        let new = |stream| Island::new(ground, clock, resources, stop.seed_value(), stream);
        let mut islands: Vec<Island<'_, R>> = streams.map(new).collect();
        islands.par_iter_mut().for_each(|island| island.adopt(routes));
        loop {
            let is_whole = base.ground.visits <= TINY || self.is_short();
            if is_whole && seed > 0 {
                break;
            }
            let share = if is_whole { 1.0 } else { seeding / f64::from(seeds) };
            let (begin, end) = (share * f64::from(seed), share * f64::from(seed + 1));
            let spent = watchman.spent(self.steps);
            if spent >= end || self.is_done() {
                break;
            }
            watchman.set_reserve(Afterwards::of(ground, &islands[0].best.routes, stop).all());
            let budget = watchman.next_round(self.steps, self.threads(), 0.0) / self.threads();
            let until = watchman.spent_after(spent, self.steps, budget * self.threads());
            let local = |spent: f64| ((spent - begin) / share).clamp(0.0, 1.0);
            let cooling = schedule.round(local(spent), local(until));
            let is_over = || watchman.is_over();
            let run = |island: &mut Island<'_, R>| island.run(budget, &cooling, &is_over);
            let taken: u64 = islands.par_iter_mut().map(run).collect::<Vec<_>>().iter().sum();
            for island in &islands {
                if island.best.score < self.pool.members[0].score {
                    self.pool.members[0] = Member::of(island);
                    self.pool.idle = 0;
                }
            }
            self.note(budget, taken);
        }
        for island in &islands {
            self.pool.take(Member::of(island));
        }
    }

    /// One child on each thread.
    fn breed(&mut self, cooling: &super::cooling::Cooling) {
        let watchman = self.base.watchman;
        let least = STEPS * self.base.ground.visits as u64;
        let budget = watchman.next_round(self.steps, self.threads(), 0.0) / self.threads();
        let budget = budget.min(least);
        let round = self.rounds.len() as u64;
        let child = |i: u64| {
            let stream = 1 << 33 | round << 16 | i;
            let mut rng = Rng::new(self.base.stop.seed_value(), stream | 1 << 34);
            let (mother, father) = (self.pool.draw(&mut rng), self.pool.draw(&mut rng));
            let mut island = self.island(stream);
            let routes = cross(self.base.ground, &mother.routes, &father.routes, &mut rng);
            island.adopt(&routes);
            island.fill();
            let taken = island.run(budget, cooling, &|| watchman.is_over());
            (Member::of(&island), taken)
        };
        let children: Vec<(Member, u64)> = (0..self.threads()).into_par_iter().map(child).collect();
        let taken = children.iter().map(|&(_, taken)| taken).sum();
        for (member, _) in children {
            self.pool.take(member);
        }
        self.note(budget, taken);
    }
}

/// The mother's plan with some neighbouring tours of the father in place of those of hers that serve
/// most of the same orders. What neither serves then is absent.
fn cross(ground: &Ground<'_>, mother: &Routes, father: &Routes, rng: &mut Rng) -> Routes {
    let coming = neighbours(ground, father, rng);
    let mut comes = vec![false; ground.bank_price.len()];
    for &visit in coming.iter().flat_map(|&vehicle| &father[vehicle]).flatten() {
        comes[ground.order_of[visit as usize] as usize] = true;
    }
    let shared = |vehicle: usize| {
        let visits = mother[vehicle].iter().flatten();
        visits.filter(|&&v| comes[ground.order_of[v as usize] as usize]).count()
    };
    let mut leaving: Vec<usize> = (0..mother.len()).filter(|&v| !mother[v].is_empty()).collect();
    leaving.sort_by_key(|&vehicle| (std::cmp::Reverse(shared(vehicle)), vehicle));
    leaving.truncate(coming.len());
    let mut child = mother.clone();
    for &vehicle in &leaving {
        child[vehicle].clear();
    }
    for trips in &mut child {
        for trip in trips.iter_mut() {
            let stays = |v: &u32| {
                let v = *v as usize;
                !comes[ground.order_of[v] as usize] || ground.frozen[v]
            };
            trip.retain(stays);
        }
        trips.retain(|trip| !trip.is_empty());
    }
    for &vehicle in &coming {
        let kind = ground.rigs[vehicle].kind;
        let is_free = |&v: &usize| child[v].is_empty() && ground.rigs[v].kind == kind;
        let onto = std::iter::once(vehicle).chain(leaving.iter().copied()).chain(0..child.len());
        if let Some(onto) = onto.into_iter().find(is_free) {
            child[onto].clone_from(&father[vehicle]);
        }
    }
    child
}

/// Up to half the vehicles in use: one at random, and those next to it.
fn neighbours(ground: &Ground<'_>, routes: &Routes, rng: &mut Rng) -> Vec<usize> {
    let mut vehicle_of = vec![NONE; ground.visits];
    let mut used = 0;
    for (vehicle, trips) in routes.iter().enumerate() {
        used += usize::from(!trips.is_empty());
        for &visit in trips.iter().flatten() {
            vehicle_of[visit as usize] = node(vehicle);
        }
    }
    let wanted = rng.between(1, (used / 2).max(1));
    let visits: Vec<u32> =
        (0..node(ground.visits)).filter(|&v| vehicle_of[v as usize] != NONE).collect();
    let mut found = Vec::new();
    if visits.is_empty() {
        return found;
    }
    let seed = visits[rng.below(visits.len())];
    for &visit in std::iter::once(&seed).chain(ground.around(seed)) {
        let vehicle = vehicle_of[visit as usize];
        if vehicle != NONE && !found.contains(&(vehicle as usize)) {
            found.push(vehicle as usize);
        }
        if found.len() >= wanted {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::score::Change;

    /// A plan of one trip of 40 visits that begins with these.
    fn member(cost: i64, first: &[u32]) -> Member {
        let others = (0..40).filter(|visit| !first.contains(visit));
        let trip = first.iter().copied().chain(others).collect();
        let mut change = Change::default();
        change.add_cost(cost);
        Member::new(Score::default().changed(&change), vec![vec![trip]])
    }

    fn costs(pool: &Pool) -> Vec<i64> {
        pool.members.iter().map(|member| member.score.cost()).collect()
    }

    #[test]
    fn the_pool_keeps_the_better_of_two_plans_that_are_near() {
        let mut pool = Pool::new(APART);
        pool.take(member(5, &[]));
        pool.take(member(7, &[30, 20, 10, 25]));
        assert_eq!(costs(&pool), [5, 7], "other trips");
        pool.take(member(6, &[0, 2, 1]));
        assert_eq!(costs(&pool), [5, 7], "two arcs of 41 do not make another plan");
        pool.take(member(4, &[0, 2, 1]));
        assert_eq!(costs(&pool), [4, 7], "it takes the place of the worse");
        pool.take(member(7, &[5, 15, 25, 35]));
        assert_eq!(costs(&pool), [4, 7], "one as good is there");
    }

    #[test]
    fn a_trip_backwards_is_the_same_trip() {
        let (one, mut other) = (member(1, &[30, 20, 10]), member(2, &[30, 20, 10]));
        other.routes[0][0].reverse();
        assert!(one.is_near(&Member::new(other.score, other.routes), APART));
        assert!(!one.is_near(&member(2, &[3, 13, 23, 33]), APART));
    }
}
