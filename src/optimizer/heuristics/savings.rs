//! Savings, in parallel (Clarke and Wright 1964, doi 10.1287/opre.12.4.568): every order begins on a
//! trip of its own, and trips are joined end to end, the join that saves most first. Only near pairs
//! are joined at first (Arnold, Gendreau and Sörensen 2019, doi 10.1016/j.cor.2019.03.006), then the
//! trips that are left, all with all. Whether a join is allowed and what it costs is read from the
//! segments of the two trips, so it is right for every constraint that adds up along a trip; a trip
//! may be turned round, and may move to the next dearer kinds of vehicle (fleet size and mix; Golden
//! et al. 1984, doi 10.1016/0305-0548(84)90007-8).
//!
//! The two stops of a shipment stay neighbours in a joined trip, so days of shipments are planned
//! better by insertion.
//!
//! Costs n lists of near visits and their sorting; a join costs the length of the shorter trip.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::constraint::{Clock, FAR, Resource};
use crate::optimizer::ground::{Ground, NONE, node};
use crate::optimizer::heuristics::trips::{self, Draft, Model};
use crate::optimizer::recreate::Tools;
use crate::optimizer::state::State;

/// Up to this many visits the longer lists of near visits are used.
const LONG_LISTS: usize = 2_500;
/// Up to this many trips are joined all with all at the end.
const JOINED_ALL: usize = 400;
/// How many dearer kinds of vehicle a joined trip may move to.
const DEARER: usize = 3;
/// Two trips of more visits together that broke a limit when walked are not walked again.
const LONG: usize = 20;
/// How often, in joins, the clock is looked at.
const LOOK: usize = 1024;

/// Serves as many orders as it can by savings; those left over by cheapest insertion.
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

/// The joined trips of all absent orders that may go into one.
pub(crate) fn drafts<R: Resource>(
    state: &State<'_, R>,
    models: &[Model],
    is_over: &dyn Fn() -> bool,
) -> Vec<Draft<R::Segment>> {
    let mut joiner = Joiner::new(state, models);
    let near = joiner.near_savings();
    joiner.join_all(near, is_over);
    if joiner.open().count() <= JOINED_ALL {
        let all = joiner.end_savings();
        joiner.join_all(all, is_over);
    }
    joiner.pieces.into_iter().flatten().map(|piece| piece.draft).collect()
}

/// What is saved when two visits become neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Saving {
    less: i64,
    u: u32,
    v: u32,
}

/// The end of a trip: which of the models drives it, and what the ways from and to its station cost.
#[derive(Clone, Copy, Debug)]
struct End {
    model: usize,
    out: Option<i64>,
    back: Option<i64>,
}

/// A trip, and its visits joined in the other direction.
struct Piece<S> {
    draft: Draft<S>,
    /// Nothing when it cannot be turned round.
    turned: Option<S>,
    /// True when some visit has several windows: it is then walked anew instead of joined.
    has_choice: bool,
    /// When its goods are ready at the station, and when they must be there.
    ready: i64,
    due: i64,
    /// When the first of its visits closes for the day.
    close: i64,
}

impl<S> Piece<S> {
    fn of(clock: &Clock, draft: Draft<S>, turned: Option<S>) -> Self {
        let visits = || draft.visits.iter().map(|&visit| visit as usize);
        let closes = |visit| clock.windows(visit).last().map(|window| window.close);
        Self {
            has_choice: visits().any(|visit| clock.windows(visit).len() > 1),
            ready: visits().map(|visit| clock.ready(visit)).max().unwrap_or(-FAR),
            due: visits().map(|visit| clock.due(visit)).min().unwrap_or(FAR),
            close: visits().filter_map(closes).min().unwrap_or(FAR),
            draft,
            turned,
        }
    }

    fn of_two(front: &Self, back: &Self, draft: Draft<S>, turned: Option<S>) -> Self {
        Self {
            draft,
            turned,
            has_choice: front.has_choice || back.has_choice,
            ready: front.ready.max(back.ready),
            due: front.due.min(back.due),
            close: front.close.min(back.close),
        }
    }

    fn first(&self) -> u32 {
        self.draft.visits[0]
    }

    fn last(&self) -> u32 {
        self.draft.visits[self.draft.visits.len() - 1]
    }
}

/// Which way round the two trips are joined: the front one first.
#[derive(Clone, Copy, Debug)]
struct Order {
    front: u32,
    turn_front: bool,
    back: u32,
    turn_back: bool,
}

struct Joiner<'s, 'a, R: Resource> {
    state: &'s State<'a, R>,
    models: &'s [Model],
    pieces: Vec<Option<Piece<R::Segment>>>,
    /// The piece of each visit that is an end of one.
    piece_of: Vec<u32>,
    /// The kinds a joined trip of each model may move to.
    dearer: Vec<Vec<usize>>,
    /// Pairs of trips, by model, that broke a limit when they were walked: as they only grow, they are
    /// not walked again.
    apart: RefCell<BTreeSet<(u32, u32, usize)>>,
}

impl<'s, 'a, R: Resource> Joiner<'s, 'a, R> {
    /// Every order on a trip of its own.
    fn new(state: &'s State<'a, R>, models: &'s [Model]) -> Self {
        let ground = state.ground;
        let mut joiner = Self {
            state,
            models,
            pieces: Vec::new(),
            piece_of: vec![NONE; ground.visits],
            dearer: dearer(state, models),
            apart: RefCell::default(),
        };
        let orders = trips::free_orders(state);
        let alone = |&order: &u32| trips::alone(state, models, order);
        let drafts: Vec<_> = orders.par_iter().map(alone).collect();
        for draft in drafts.into_iter().flatten() {
            let turned = (draft.visits.len() == 1).then_some(draft.inner);
            joiner.note_ends(node(joiner.pieces.len()), &draft.visits);
            joiner.pieces.push(Some(Piece::of(state.clock, draft, turned)));
        }
        joiner
    }

    fn note_ends(&mut self, piece: u32, visits: &[u32]) {
        let (first, last) = (visits[0], visits[visits.len() - 1]);
        self.piece_of[first as usize] = piece;
        self.piece_of[last as usize] = piece;
    }

    fn open(&self) -> impl Iterator<Item = &Piece<R::Segment>> {
        self.pieces.iter().flatten()
    }

    fn piece(&self, id: u32) -> Option<&Piece<R::Segment>> {
        self.pieces.get(id as usize).and_then(Option::as_ref)
    }

    /// The ends of all trips, by visit.
    fn ends(&self) -> Vec<Option<End>> {
        let end = |visit: u32| {
            let model = self.piece(self.piece_of[visit as usize])?.draft.model;
            let home = self.models[model].home;
            let out = self.hop_cost(model, home, visit);
            Some(End { model, out, back: self.hop_cost(model, visit, home) })
        };
        (0..node(self.state.ground.visits)).map(end).collect()
    }

    fn hop_cost(&self, model: usize, from: u32, to: u32) -> Option<i64> {
        hop_cost(self.state.ground, &self.models[model], from, to)
    }

    /// The savings of near pairs.
    fn near_savings(&self) -> Vec<Saving> {
        let (ground, models, ends) = (self.state.ground, self.models, self.ends());
        let is_long = ground.visits <= LONG_LISTS && !ground.is_timed;
        let list = |visit| if is_long { ground.around(visit) } else { ground.near(visit) };
        let of_one = |u: u32| {
            let is_new = move |&&v: &&u32| u < v || !list(v).contains(&u);
            let others = if ends[u as usize].is_some() { list(u) } else { &[] };
            let ends = &ends;
            others.iter().filter(is_new).filter_map(move |&v| saving(ground, models, ends, u, v))
        };
        (0..node(ground.visits)).into_par_iter().flat_map_iter(of_one).collect()
    }

    /// The savings between the ends of all trips.
    fn end_savings(&self) -> Vec<Saving> {
        let all = self.ends();
        let ends: Vec<(u32, u32)> =
            self.open().map(|piece| (piece.first(), piece.last())).collect();
        let mut savings = Vec::new();
        for (i, &(a, b)) in ends.iter().enumerate() {
            for &(c, d) in &ends[..i] {
                for (u, v) in [(a, c), (a, d), (b, c), (b, d)] {
                    savings.extend(saving(self.state.ground, self.models, &all, u, v));
                }
            }
        }
        savings.sort_unstable();
        savings.dedup();
        savings
    }

    /// Joins the trips at the ends of each pair that saves something, the largest saving first.
    fn join_all(&mut self, mut savings: Vec<Saving>, is_over: &dyn Fn() -> bool) {
        savings.par_sort_unstable_by_key(|saving| {
            (std::cmp::Reverse(saving.less), saving.u, saving.v)
        });
        for (done, saving) in savings.iter().enumerate() {
            if done % LOOK == 0 && is_over() {
                return;
            }
            self.join(saving.u, saving.v);
        }
    }

    /// Makes two ends neighbours when their trips together keep every limit and cost less.
    fn join(&mut self, u: u32, v: u32) {
        let (a, b) = (self.piece_of[u as usize], self.piece_of[v as usize]);
        if a == b {
            return;
        }
        let (Some(one), Some(two)) = (self.piece(a), self.piece(b)) else { return };
        let apart = one.draft.cost + two.draft.cost;
        let mut best: Option<(i64, Order, Piece<R::Segment>)> = None;
        for order in self.orders((a, u), (b, v)) {
            let bound = best.as_ref().map_or(apart, |&(cost, ..)| cost);
            if let Some(joined) = self.joined(order).filter(|joined| joined.draft.cost < bound) {
                best = Some((joined.draft.cost, order, joined));
            }
        }
        if let Some((_, order, joined)) = best {
            self.commit(order, joined);
        }
    }

    /// The ways round in which two trips meet at these ends.
    fn orders(&self, (a, u): (u32, u32), (b, v): (u32, u32)) -> Vec<Order> {
        let mut orders = Vec::with_capacity(4);
        let (Some(one), Some(two)) = (self.piece(a), self.piece(b)) else { return orders };
        let mut meet = |front: u32, from_end: bool, back: u32, to_start: bool| {
            orders.push(Order { front, turn_front: !from_end, back, turn_back: !to_start });
        };
        // A single visit is both ends: it need not be turned.
        let ends = |piece: &Piece<R::Segment>, visit| match piece.draft.visits.len() {
            1 => (true, true, true),
            _ => (piece.first() == visit, piece.last() == visit, false),
        };
        let ((a_first, a_last, a_single), (b_first, b_last, b_single)) =
            (ends(one, u), ends(two, v));
        if a_last && b_first {
            meet(a, true, b, true);
        }
        if b_last && a_first {
            meet(b, true, a, true);
        }
        if a_last && b_last && !a_single && !b_single {
            meet(a, true, b, false);
            meet(b, true, a, false);
        }
        if a_first && b_first && !a_single && !b_single {
            meet(a, false, b, true);
            meet(b, false, a, true);
        }
        orders
    }

    /// Both trips as one, without their lists of visits yet; nothing when it breaks a limit.
    fn joined(&self, order: Order) -> Option<Piece<R::Segment>> {
        let (front, back) = (self.piece(order.front)?, self.piece(order.back)?);
        let mut models = vec![front.draft.model];
        if back.draft.model != front.draft.model {
            models.push(back.draft.model);
        }
        let tried =
            models.into_iter().filter_map(|model| self.joined_on(order, front, back, model));
        if let Some(best) = tried.min_by_key(|piece| piece.draft.cost) {
            return Some(best);
        }
        let dearer = self.dearer[front.draft.model].iter();
        let tried = dearer.filter_map(|&model| self.joined_on(order, front, back, model));
        tried.min_by_key(|piece| piece.draft.cost)
    }

    fn joined_on(
        &self,
        order: Order,
        front: &Piece<R::Segment>,
        back: &Piece<R::Segment>,
        model: usize,
    ) -> Option<Piece<R::Segment>> {
        let alike = front.draft.model == model && back.draft.model == model;
        let has_choice = front.has_choice || back.has_choice;
        if !alike || has_choice {
            return self.walked(order, front, back, model);
        }
        let driver = &self.models[model];
        let resources = self.state.resources;
        let seen = |piece: &Piece<R::Segment>, turn: bool| {
            let (first, last) = (piece.first(), piece.last());
            if turn {
                return Some((last, piece.turned?, piece.draft.inner, first));
            }
            Some((first, piece.draft.inner, piece.turned.unwrap_or(piece.draft.inner), last))
        };
        let (start, ahead, ahead_turned, end) = seen(front, order.turn_front)?;
        let (next, behind, behind_turned, last) = seen(back, order.turn_back)?;
        let hop = self.state.ground.hop(driver.vehicle, end, next)?;
        let inner = resources.join(&ahead, hop, &behind);
        let cost = trips::close(self.state, driver, (start, &inner, last))?;
        let can_turn = front.turned.is_some() && back.turned.is_some();
        let hop_back = self.state.ground.hop(driver.vehicle, next, end).filter(|_| can_turn);
        let turned = hop_back.map(|hop| resources.join(&behind_turned, hop, &ahead_turned));
        let draft = Draft { model, visits: Vec::new(), inner, cost };
        Some(Piece::of_two(front, back, draft, turned))
    }

    /// The same by walking over all visits, where segments made for other windows or another vehicle
    /// say nothing. Long trips that once broke a limit together are taken to break it the other way
    /// round too.
    fn walked(
        &self,
        order: Order,
        front: &Piece<R::Segment>,
        back: &Piece<R::Segment>,
        model: usize,
    ) -> Option<Piece<R::Segment>> {
        let turns = (order.turn_front && front.turned.is_none())
            || (order.turn_back && back.turned.is_none());
        if turns {
            return None;
        }
        if self.is_too_long(order, (front, back), model) {
            return None;
        }
        let (front_visits, back_visits) = (&front.draft.visits, &back.draft.visits);
        let is_long = front_visits.len() + back_visits.len() > LONG;
        let (one, two) = (order.front.min(order.back), order.front.max(order.back));
        if is_long && self.apart.borrow().contains(&(one, two, model)) {
            return None;
        }
        let joined = self.walk(order, (front, back), model);
        if is_long && joined.is_none() {
            self.apart.borrow_mut().insert((one, two, model));
        }
        joined
    }

    /// True when the two trips one after the other surely take more time than there is: each takes as long
    /// as before, where the vehicle is as fast as the one it was made for.
    fn is_too_long(
        &self,
        order: Order,
        (front, back): (&Piece<R::Segment>, &Piece<R::Segment>),
        model: usize,
    ) -> bool {
        let (ground, driver) = (self.state.ground, &self.models[model]);
        let table = |model: usize| ground.rigs[self.models[model].vehicle].table;
        // First and last visit, and the least time between them, service counted.
        let span = |piece: &Piece<R::Segment>, turn: bool| {
            let (first, last) = (piece.first(), piece.last());
            let is_known = !piece.has_choice && table(piece.draft.model) == table(model);
            let inner = if turn { piece.turned } else { Some(piece.draft.inner) };
            let within = inner
                .filter(|_| is_known)
                .map_or(0, |inner| self.state.resources.reading(&inner).duration);
            if turn { (last, within, first) } else { (first, within, last) }
        };
        let (start, ahead, end) = span(front, order.turn_front);
        let (next, behind, last) = span(back, order.turn_back);
        let hop = |from, to| ground.hop(driver.vehicle, from, to).map(|hop| hop.time);
        let ways = (hop(driver.home, start), hop(end, next), hop(last, driver.home));
        let (Some(out), Some(between), Some(home)) = ways else { return true };
        let terms = &driver.terms;
        let begin = terms.free_at.max(front.ready).max(back.ready) + out;
        let begin_back = begin + ahead + between;
        begin > front.close
            || begin_back > back.close
            || begin_back + behind + home > terms.back_by.min(front.due).min(back.due)
            || out + ahead + between + behind + home > terms.duration_room
    }

    fn walk(
        &self,
        order: Order,
        (front, back): (&Piece<R::Segment>, &Piece<R::Segment>),
        model: usize,
    ) -> Option<Piece<R::Segment>> {
        let mut visits = in_order(&front.draft.visits, order.turn_front);
        visits.extend(in_order(&back.draft.visits, order.turn_back));
        let mut draft = trips::draft(self.state, self.models, model, visits)?;
        let can_turn = front.turned.is_some() && back.turned.is_some();
        let other_way = draft.visits.iter().rev().copied();
        let turned =
            can_turn.then(|| trips::join(self.state, &self.models[model], other_way, None));
        draft.visits.clear();
        Some(Piece::of_two(front, back, draft, turned.flatten()))
    }

    fn commit(&mut self, order: Order, mut joined: Piece<R::Segment>) {
        let front = self.pieces[order.front as usize].take();
        let back = self.pieces[order.back as usize].take();
        let (Some(front), Some(back)) = (front, back) else { return };
        for piece in [&front, &back] {
            self.piece_of[piece.first() as usize] = NONE;
            self.piece_of[piece.last() as usize] = NONE;
        }
        let mut visits = front.draft.visits;
        if order.turn_front {
            visits.reverse();
        }
        visits.extend(in_order(&back.draft.visits, order.turn_back));
        self.note_ends(order.front, &visits);
        joined.draft.visits = visits;
        self.pieces[order.front as usize] = Some(joined);
    }
}

fn hop_cost(ground: &Ground<'_>, model: &Model, from: u32, to: u32) -> Option<i64> {
    let hop = ground.hop(model.vehicle, from, to)?;
    Some(ground.hop_cost(model.vehicle, hop))
}

/// The larger saving of the two directions; nothing when it is none.
fn saving(
    ground: &Ground<'_>,
    models: &[Model],
    ends: &[Option<End>],
    u: u32,
    v: u32,
) -> Option<Saving> {
    let (one, two) = (ends[u as usize]?, ends[v as usize]?);
    let directed = |a: End, from: u32, b: End, to: u32| {
        Some(a.back? + b.out? - hop_cost(ground, &models[a.model], from, to)?)
    };
    let less = directed(one, u, two, v).max(directed(two, v, one, u))?;
    (less > 0).then_some(Saving { less, u, v })
}

fn in_order(visits: &[u32], turn: bool) -> Vec<u32> {
    let mut visits = visits.to_vec();
    if turn {
        visits.reverse();
    }
    visits
}

/// For each model those of the same station that cost more to send out, the cheapest first.
fn dearer<R: Resource>(state: &State<'_, R>, models: &[Model]) -> Vec<Vec<usize>> {
    let rig = |model: usize| &state.ground.rigs[models[model].vehicle];
    let row = |own: usize| {
        let mut others: Vec<usize> = (0..models.len())
            .filter(|&other| other != own && rig(other).home == rig(own).home)
            .filter(|&other| rig(other).fixed >= rig(own).fixed)
            .collect();
        others.sort_by_key(|&other| (rig(other).fixed, other));
        others.truncate(DEARER);
        others
    };
    (0..models.len()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::optimizer::{Heuristic, StopRule, solve_by};
    use crate::problem::{Order, Problem, Quantity, Vehicle};
    use crate::sample::{bare, build, call, day};

    /// Trips as the orders' names.
    fn trips(day: &Arc<Problem>) -> Vec<String> {
        let plan = solve_by(day, &StopRule::steps(1), Heuristic::Savings);
        assert!(plan.unserved().is_empty());
        let name = |visit| day.order(day.visit(visit).order).id().to_owned();
        let trips = plan.routes().iter().flat_map(|route| &route.trips);
        let mut trips: Vec<String> =
            trips.map(|trip| trip.visits.iter().map(|&visit| name(visit)).collect()).collect();
        for trip in &mut trips {
            let turned: String = trip.chars().rev().collect();
            *trip = turned.min(trip.clone());
        }
        trips.sort();
        trips
    }

    fn vehicle(id: usize, room: i64) -> Vehicle {
        bare(&format!("v{id}")).capacity(Quantity::pieces(room)).costs(0.0, 0.0, 1.0)
    }

    /// Orders of one piece each at kilometres up the road, named a, b, c ...
    fn orders(room: i64, at: &[f64]) -> Arc<Problem> {
        let mut day = day((0..4).map(|i| vehicle(i, room)));
        for (name, &km) in "abcdef".chars().zip(at) {
            let piece = Quantity::pieces(1);
            day = day.order(Order::deliver(name.to_string(), call(km)).quantity(piece));
        }
        build(day)
    }

    #[test]
    fn trips_are_joined_in_the_order_of_savings() {
        // On one road the saving of two is twice the way to the nearer: d-c 60, c-b 40, b-a 20.
        // With room for two, d takes c, and b is left to a; north and south save nothing.
        assert_eq!(trips(&orders(2, &[10.0, 20.0, 30.0, 40.0])), ["ab", "cd"]);
        assert_eq!(trips(&orders(3, &[10.0, 20.0, 30.0, 40.0])), ["a", "bcd"]);
        assert_eq!(trips(&orders(4, &[10.0, -20.0, 30.0])), ["ac", "b"]);
    }

    #[test]
    fn a_full_trip_passes_over_the_next_saving() {
        // c and d together are three pieces of four: b (4) does not fit, a (1) does.
        let mut day = day((0..2).map(|i| vehicle(i, 4)));
        for (name, km, pieces) in [("a", 10.0, 1), ("b", 20.0, 4), ("c", 30.0, 1), ("d", 40.0, 2)] {
            let order = Order::deliver(name, call(km)).quantity(Quantity::pieces(pieces));
            day = day.order(order);
        }
        assert_eq!(trips(&build(day)), ["acd", "b"]);
    }
}
