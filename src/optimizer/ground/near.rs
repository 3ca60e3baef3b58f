//! Which visits are near which: what granular search looks at (Toth and Vigo 2003,
//! doi 10.1287/ijoc.15.4.333.24890), with waiting counted as in Vidal et al. 2013
//! (doi 10.1016/j.cor.2012.07.018).

use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::{Ground, NONE, node};

/// How many visits a list by way and time holds, without and with windows.
const NEAR: usize = 40;
const NEAR_TIMED: usize = 60;
/// How many visits a list by way alone holds.
const AROUND: usize = 100;
/// Up to this many visits every pair is looked at; beyond it, those nearest by road where travel knows
/// them, else as the crow flies.
const PAIRS: usize = 5_000;
/// How many of those.
const CANDIDATES: usize = 128;
/// Added for a pair that can be served in neither order.
const NEVER: i64 = 1 << 50;

/// A list of visits for each visit.
#[derive(Debug, Default)]
pub(super) struct Lists {
    items: Vec<u32>,
    // Invariant: one entry more than there are visits.
    from: Vec<u32>,
}

impl Lists {
    /// How many near visits by way and time a visit has, at most.
    pub(super) const NEAR: usize = NEAR_TIMED;
    /// How many near places are asked for on a day of so many visits.
    pub(super) fn candidates(visits: usize) -> usize {
        if visits <= PAIRS { 0 } else { CANDIDATES }
    }

    /// Bytes both lists of a visit take, at most.
    pub(super) const BYTES: usize = (NEAR_TIMED + AROUND) * 4;

    fn new(rows: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let mut lists = Self { items: Vec::new(), from: vec![0] };
        for row in rows {
            lists.items.extend(row);
            lists.from.push(node(lists.items.len()));
        }
        lists
    }

    #[inline]
    pub(super) fn of(&self, visit: u32) -> &[u32] {
        &self.items[self.range(visit)]
    }

    /// Where the list of a visit is in a table of one entry for each item.
    #[inline]
    pub(super) fn range(&self, visit: u32) -> std::ops::Range<usize> {
        let v = visit as usize;
        self.from[v] as usize..self.from[v + 1] as usize
    }

    /// The lists of some visits, by their new numbers.
    pub(super) fn restrict(&self, visits: &[u32], local: &[u32]) -> Self {
        let row = |&visit: &u32| {
            let kept = self.of(visit).iter().map(|&other| local[other as usize]);
            kept.filter(|&other| other != NONE).collect()
        };
        Self::new(visits.iter().map(row))
    }
}

/// Both lists of every visit: by way and time, by way alone.
pub(super) fn lists(ground: &Ground<'_>) -> (Lists, Lists) {
    if ground.visits == 0 || ground.rigs.is_empty() {
        return no_lists(ground.visits);
    }
    let measure = Measure::new(ground);
    let candidates = Candidates::new(ground);
    let visits = 0..node(ground.visits);
    let rows: Vec<(Vec<u32>, Vec<u32>)> =
        visits.into_par_iter().map(|visit| rows(ground, &measure, &candidates, visit)).collect();
    let (near, around): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    (Lists::new(near), Lists::new(around))
}

/// Both lists of every visit, empty.
pub(super) fn no_lists(visits: usize) -> (Lists, Lists) {
    let none = || Lists::new((0..visits).map(|_| Vec::new()));
    (none(), none())
}

type Spot = GeomWithData<[f64; 2], u32>;

/// Which visits are looked at for the lists of one.
enum Candidates {
    /// All.
    All,
    /// Those nearest as the crow flies.
    Crow(RTree<Spot>),
    /// Those at the places reached soonest by road.
    Road { near: Vec<Vec<u32>>, at: Vec<Vec<u32>> },
}

impl Candidates {
    fn new(ground: &Ground<'_>) -> Self {
        let count = Lists::candidates(ground.visits);
        if count == 0 {
            return Self::All;
        }
        let visits = || 0..node(ground.visits);
        let Some(near) = ground.nearest_places(count) else {
            let spot = |visit: u32| Spot::new(ground.position(visit), visit);
            return Self::Crow(RTree::bulk_load(visits().map(spot).collect()));
        };
        let mut at = vec![Vec::new(); near.len()];
        for visit in visits() {
            at[ground.place_of(visit)].push(visit);
        }
        Self::Road { near, at }
    }

    /// The visits looked at, none of them for the same order.
    fn of(&self, ground: &Ground<'_>, visit: u32) -> Vec<u32> {
        let order = ground.order_of[visit as usize];
        let is_other = |other: &u32| ground.order_of[*other as usize] != order;
        match self {
            Self::All => (0..node(ground.visits)).filter(is_other).collect(),
            Self::Crow(tree) => {
                let here = ground.position(visit);
                let spots = tree.nearest_neighbor_iter(&here).map(|spot| spot.data);
                spots.filter(is_other).take(CANDIDATES).collect()
            }
            Self::Road { near, at } => {
                let here = ground.place_of(visit);
                let places = near[here].iter().map(|&place| place as usize);
                let visits = std::iter::once(here).chain(places).flat_map(|place| &at[place]);
                visits.copied().filter(is_other).take(CANDIDATES).collect()
            }
        }
    }
}

fn rows(
    ground: &Ground<'_>,
    measure: &Measure,
    candidates: &Candidates,
    visit: u32,
) -> (Vec<u32>, Vec<u32>) {
    let others = candidates.of(ground, visit);
    let length = if ground.is_timed { NEAR_TIMED } else { NEAR };
    let room = || Vec::with_capacity(others.len());
    let (mut near, mut around) = (room(), room());
    for other in others {
        let between = measure.between(ground, visit, other);
        let Some(way) = between.way else { continue };
        around.push((way, other));
        let wait = if ground.is_timed { measure.wait(visit, other, &between) } else { 0 };
        near.push((way + wait, other));
    }
    (shortest(&mut near, length), shortest(&mut around, AROUND))
}

fn shortest(others: &mut Vec<(i64, u32)>, length: usize) -> Vec<u32> {
    if others.len() > length {
        others.select_nth_unstable(length);
        others.truncate(length);
    }
    others.sort_unstable();
    others.iter().map(|&(_, other)| other).collect()
}

/// How near is measured: in the money of the first vehicle of each table.
struct Measure {
    vehicles: Vec<usize>,
    /// Money for a second of unavoidable waiting, in 1024ths.
    wait: i64,
    /// When each visit may be served.
    spans: Vec<Option<Span>>,
}

/// When a visit may be served, in seconds, read often.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// Of its first window.
    opens: i64,
    closes: i64,
    /// Of its last.
    ends: i64,
    service: i64,
}

impl Span {
    /// Nothing for a visit without a window.
    fn of(ground: &Ground<'_>, visit: u32) -> Option<Self> {
        let visit = &ground.problem.visits()[ground.visit_ids[visit as usize] as usize];
        let (first, last) = (visit.windows.first()?, visit.windows.last()?);
        let service = visit.service.0;
        Some(Self { opens: first.open().0, closes: first.close().0, ends: last.close().0, service })
    }

    /// The least waiting at `next`, so many seconds away, after this one; nothing when it is then too
    /// late there.
    fn wait_for(self, away: i64, next: Self) -> Option<i64> {
        let time = away + self.service;
        let is_late = self.opens.saturating_add(time) > next.ends;
        let wait = next.opens.saturating_sub(self.closes.saturating_add(time));
        (!is_late).then_some(wait.clamp(0, 86_400 * 31))
    }
}

impl Measure {
    fn new(ground: &Ground<'_>) -> Self {
        let first = |table: usize| ground.rigs.iter().position(|rig| rig.table == table);
        let vehicles: Vec<usize> = (0..ground.tables.len()).filter_map(first).collect();
        // What a second on the way costs, on some ways of the first vehicle.
        let (mut time, mut cost) = (1_i64, 0_i64);
        let step = (ground.visits / 50).max(1);
        for a in (0..ground.visits).step_by(step) {
            let hop = ground.hop(vehicles[0], node(a), node((a * 7 + step) % ground.visits));
            time += hop.map_or(0, |hop| hop.time);
            cost += hop.map_or(0, |hop| price(ground, vehicles[0], hop));
        }
        let spans = if ground.is_timed { ground.visits } else { 0 };
        Self {
            vehicles,
            wait: (cost / 5).saturating_mul(1024) / time,
            spans: (0..node(spans)).map(|visit| Span::of(ground, visit)).collect(),
        }
    }

    /// The ways between two visits.
    fn between(&self, ground: &Ground<'_>, a: u32, b: u32) -> Between {
        let mut between = Between::default();
        let less = |one: Option<i64>, other: i64| Some(one.map_or(other, |one| one.min(other)));
        for &vehicle in &self.vehicles {
            if let Some(hop) = ground.hop(vehicle, a, b) {
                between.way = less(between.way, price(ground, vehicle, hop));
                between.there = less(between.there, hop.time);
            }
            if let Some(hop) = ground.hop_into(vehicle, b, a) {
                between.way = less(between.way, price(ground, vehicle, hop));
                between.back = less(between.back, hop.time);
            }
        }
        between
    }

    /// What the waiting between two visits costs that cannot be avoided, whichever comes first.
    fn wait(&self, a: u32, b: u32, between: &Between) -> i64 {
        let wait = |a: u32, away: Option<i64>, b: u32| {
            self.spans[a as usize]?.wait_for(away?, self.spans[b as usize]?)
        };
        let (there, back) = (wait(a, between.there, b), wait(b, between.back, a));
        match (there, back) {
            (Some(there), Some(back)) => there.min(back) * self.wait / 1024,
            (Some(one), None) | (None, Some(one)) => one * self.wait / 1024,
            (None, None) => NEVER,
        }
    }
}

/// What lies between two visits, by the vehicle that is best at it.
#[derive(Clone, Copy, Debug, Default)]
struct Between {
    /// The cheaper of both directions; nothing when there is no way.
    way: Option<i64>,
    /// Seconds from the first to the second, and back.
    there: Option<i64>,
    back: Option<i64>,
}

/// What a hop costs; its length in time and metres when the vehicle costs nothing.
fn price(ground: &Ground<'_>, vehicle: usize, hop: crate::constraint::Hop) -> i64 {
    let rig = &ground.rigs[vehicle];
    if rig.per_second == 0 && rig.per_metre == 0 {
        return hop.time + hop.metres;
    }
    ground.hop_cost(vehicle, hop)
}
