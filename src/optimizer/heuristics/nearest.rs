//! Nearest neighbour: a trip goes on to the order that is nearest to where it is, until nothing fits
//! any more. With windows, nearness is Solomon's mean of the drive, of the time until service begins
//! there, and of how urgent it is (Solomon 1987, doi 10.1287/opre.35.2.254, section 2).
//!
//! Costs a list of near visits for each stop, and a look at all that is left for each trip.

use crate::constraint::Resource;
use crate::optimizer::ground::{NONE, Way};
use crate::optimizer::heuristics::trips::{self, Draft, Model};
use crate::optimizer::recreate::Tools;
use crate::optimizer::state::State;

/// Tenths of the mean: the drive, the time until service begins, the time left to begin it.
const DRIVE: i64 = 4;
const UNTIL: i64 = 4;
const URGENCY: i64 = 2;

/// Serves as many orders as it can by going to the nearest one next.
pub(crate) fn build<R: Resource>(
    state: &mut State<'_, R>,
    tools: &mut Tools<'_>,
    is_over: &dyn Fn() -> bool,
) {
    let models = trips::models(state);
    let drafts = drafts(state, &models, is_over);
    trips::lay_all(state, &models, drafts, tools);
    trips::insert_rest(state, tools, is_over);
}

fn drafts<R: Resource>(
    state: &State<'_, R>,
    models: &[Model],
    is_over: &dyn Fn() -> bool,
) -> Vec<Draft<R::Segment>> {
    let ground = state.ground;
    let mut walk = Walk { state, models, is_open: vec![false; state.used.len()], open: Vec::new() };
    let mut seeds = Vec::new();
    for order in trips::free_orders(state) {
        let Some(draft) = trips::alone(state, models, order) else { continue };
        let model = &models[draft.model];
        let at = Stand { node: model.home, time: model.terms.free_at };
        let Some(measure) = walk.measure(model, at, draft.visits[0]) else { continue };
        let rank = (ground.optional[order as usize], ground.tier[order as usize]);
        seeds.push((rank, measure, order, draft));
        walk.is_open[order as usize] = true;
        walk.open.push(order);
    }
    seeds.sort_unstable_by_key(|&(rank, measure, order, _)| (rank, measure, order));
    let mut drafts = Vec::new();
    for (_, _, order, mut draft) in seeds {
        if is_over() {
            break;
        }
        if std::mem::take(&mut walk.is_open[order as usize]) {
            walk.go_on(&mut draft);
            drafts.push(draft);
        }
    }
    drafts
}

/// Where a trip is, and when it may leave.
#[derive(Clone, Copy, Debug)]
struct Stand {
    node: u32,
    time: i64,
}

struct Walk<'s, 'a, R: Resource> {
    state: &'s State<'a, R>,
    models: &'s [Model],
    is_open: Vec<bool>,
    /// The orders on no trip, and some that are on one by now.
    open: Vec<u32>,
}

impl<R: Resource> Walk<'_, '_, R> {
    /// Adds orders to the end of a trip as long as one fits.
    fn go_on(&mut self, draft: &mut Draft<R::Segment>) {
        let ground = self.state.ground;
        let model = self.models[draft.model];
        while let Some(found) = self.next(&model, draft) {
            let way = ground.ways[found.way as usize];
            draft.visits.extend([way.first, way.second].into_iter().filter(|&v| v != NONE));
            (draft.inner, draft.cost) = (found.inner, found.cost);
            self.is_open[ground.order_of[way.first as usize] as usize] = false;
        }
    }

    /// The nearest order that fits behind a trip: among the near visits of its last one, else among
    /// all.
    fn next(&mut self, model: &Model, draft: &Draft<R::Segment>) -> Option<Found<R::Segment>> {
        let (state, ground) = (self.state, self.state.ground);
        let last = draft.visits[draft.visits.len() - 1];
        let at = Stand { node: last, time: self.time_behind(model, &draft.visits) };
        let mut best = None;
        for &visit in ground.near(last) {
            let way = ground.way_of[visit as usize];
            if ground.ways[way as usize].first == visit {
                self.try_way(model, draft, at, way, &mut best);
            }
        }
        if best.is_some() {
            return best;
        }
        self.open.retain(|&order| self.is_open[order as usize]);
        for &order in &self.open {
            for way in state.ground.ways_of(order) {
                self.try_way(model, draft, at, way, &mut best);
            }
        }
        best
    }

    fn try_way(
        &self,
        model: &Model,
        draft: &Draft<R::Segment>,
        at: Stand,
        way: u32,
        best: &mut Option<Found<R::Segment>>,
    ) {
        let (state, ground) = (self.state, self.state.ground);
        let Way { first, second, .. } = ground.ways[way as usize];
        let is_open = self.is_open[ground.order_of[first as usize] as usize];
        if !is_open || !ground.is_usable(model.vehicle, way) {
            return;
        }
        let Some(measure) = self.measure(model, at, first) else { return };
        let key = (measure, way);
        if best.as_ref().is_some_and(|best| best.key <= key) {
            return;
        }
        let mut stand = at;
        let mut inner = draft.inner;
        let mut last = first;
        for visit in [first, second].into_iter().filter(|&visit| visit != NONE) {
            let Some(hop) = ground.hop(model.vehicle, stand.node, visit) else { return };
            let window = state.clock.window_at(visit as usize, stand.time + hop.time);
            let vehicle = model.terms.vehicle;
            inner = state.resources.append(&inner, hop, visit as usize, window, vehicle);
            let begin = window.open.max(stand.time + hop.time);
            stand = Stand { node: visit, time: begin + state.clock.service(visit as usize) };
            last = visit;
        }
        if let Some(cost) = trips::close(state, model, (draft.visits[0], &inner, last)) {
            *best = Some(Found { key, way, inner, cost });
        }
    }

    /// How near a visit is to where a trip is; nothing when there is no way.
    fn measure(&self, model: &Model, at: Stand, visit: u32) -> Option<i64> {
        let (ground, clock) = (self.state.ground, self.state.clock);
        let hop = ground.hop(model.vehicle, at.node, visit)?;
        if !ground.is_timed {
            let cost = ground.hop_cost(model.vehicle, hop);
            return Some(if cost == 0 { hop.time + hop.metres } else { cost });
        }
        let arrive = at.time + hop.time;
        let window = clock.window_at(visit as usize, arrive);
        let until = window.open.max(arrive) - at.time;
        Some(DRIVE * hop.time + UNTIL * until + URGENCY * (window.close - arrive))
    }

    /// When a trip is done with its visits.
    fn time_behind(&self, model: &Model, visits: &[u32]) -> i64 {
        let (ground, clock) = (self.state.ground, self.state.clock);
        let ready = visits.iter().map(|&visit| clock.ready(visit as usize)).max();
        let mut time = ready.unwrap_or(0).max(model.terms.free_at);
        let mut at = model.home;
        for &visit in visits {
            time += ground.hop(model.vehicle, at, visit).map_or(0, |hop| hop.time);
            let window = clock.window_at(visit as usize, time);
            time = time.max(window.open) + clock.service(visit as usize);
            at = visit;
        }
        time
    }
}

/// The next order of a trip, and the trip with it.
struct Found<S> {
    key: (i64, u32),
    way: u32,
    inner: S,
    cost: i64,
}
