//! A solution while it is being searched: linked trips, the segments before and behind each visit,
//! the bank of absent orders, and its price.

mod lay;
mod lean;
mod sum;

use crate::constraint::{Clock, FAR, Hop, Resource, Span, Terms};
use crate::optimizer::ground::{Ground, NONE, node};
use crate::problem::{Tier, VehicleId};

use sum::{Sum, rest_on_leg};

/// How often a departure is moved later for the sake of cold boxes.
const COLD_ROUNDS: usize = 4;

/// A solution's routes, vehicle by vehicle, trip by trip: enough to rebuild it.
pub(crate) type Routes = Vec<Vec<Vec<u32>>>;

/// One vehicle's day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tour {
    /// Its trips' slots, in order; none empty.
    pub(crate) slots: Vec<u32>,
    /// What it costs in all.
    pub(crate) cost: i64,
    /// Metres.
    pub(crate) length: i64,
    /// Seconds from the first departure to the last return.
    pub(crate) duration: i64,
}

/// What a tour comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TourSums {
    pub(crate) cost: i64,
    pub(crate) length: i64,
    pub(crate) duration: i64,
}

impl Tour {
    /// What it comes to.
    pub(crate) fn sums(&self) -> TourSums {
        let Self { cost, length, duration, .. } = *self;
        TourSums { cost, length, duration }
    }
}

/// A solution under search.
// Invariants, after each accepted step: each order is in the bank or has all visits of one way
// linked; `fwd`, `suf`, `terms` and `tours` equal a fresh refresh; no limit is broken.
#[derive(Debug)]
pub(crate) struct State<'a, R: Resource> {
    pub(crate) ground: &'a Ground<'a>,
    pub(crate) clock: &'a Clock,
    pub(crate) resources: &'a R,
    // Linked once: start(slot) <-> first visit <-> ... <-> last visit <-> end(slot).
    pub(crate) next: Vec<u32>,
    pub(crate) prev: Vec<u32>,
    /// The slot of each node; `NONE` for an absent visit.
    pub(crate) slot: Vec<u32>,
    /// How many visits each slot has.
    pub(crate) size: Vec<u32>,
    /// From the trip's start through the node.
    pub(crate) fwd: Vec<R::Segment>,
    /// From the node through the trip's end.
    pub(crate) suf: Vec<R::Segment>,
    /// What each slot's surroundings ask of it.
    pub(crate) terms: Vec<Terms>,
    /// What the last refresh found of each slot's trip.
    pub(crate) trips: Vec<TripFacts>,
    pub(crate) tours: Vec<Tour>,
    window: Vec<Span>,
    /// The hop into each node, without rests, and what it costs.
    pub(crate) into: Vec<Hop>,
    pub(crate) arc: Vec<i64>,
    /// Rest on the way to each node, in seconds.
    rest: Vec<i64>,
    /// The last walk, on leaving each visit.
    mark: Vec<Walked>,
    /// The way each order is served, or `NONE`.
    pub(crate) used: Vec<u32>,
    pub(crate) bank: Vec<u32>,
    bank_at: Vec<u32>,
    /// What the absent orders cost.
    pub(crate) bank_cost: i64,
    /// Absent orders of each tier, without the optional ones.
    pub(crate) absent: [u32; Tier::COUNT],
    /// What the absent optional orders cost.
    pub(crate) skipped: i64,
    /// Vehicles without a trip, by kind.
    idle: Vec<Vec<u32>>,
    /// Where each of them is in its list; `NONE` for a vehicle with trips.
    idle_at: Vec<u32>,
    /// How many trips there are, and how many of each vehicle are counted in.
    pub(crate) trip_count: usize,
    counted: Vec<u32>,
    /// What the tours cost.
    pub(crate) tour_cost: i64,
}

/// What a refresh finds of one trip.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TripFacts {
    /// When it leaves, and when it is back.
    pub(crate) depart: i64,
    pub(crate) back: i64,
    /// When its goods are ready, and when they must be at the station.
    ready: i64,
    due: i64,
    length: i64,
    /// How much later it may leave, for its windows.
    slack: i64,
    waited: i64,
    rested: bool,
    /// True when the pieces behind a change are as they were before it.
    behind_holds: bool,
}

/// Where visits were put into a trip: between two nodes that were there before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) slot: u32,
    pub(crate) before: u32,
    pub(crate) after: u32,
}

/// What a walk over a trip finds up to a node.
#[derive(Clone, Copy, Debug)]
struct Walked {
    /// When the node is left; at the end of the trip, when the vehicle is back.
    time: i64,
    /// Driving since the last rest.
    counter: i64,
    driving: i64,
    /// Waiting at visits.
    waited: i64,
    /// How much later the trip may be entered, beyond the waiting before each visit.
    slack: i64,
    rested: bool,
    /// True after a visit in another window than in the walk before.
    moved: bool,
    in_time: bool,
}

impl Walked {
    fn leaving(time: i64, counter: i64) -> Self {
        Self {
            time,
            counter,
            driving: 0,
            waited: 0,
            slack: FAR,
            rested: false,
            moved: false,
            in_time: true,
        }
    }
}

/// What a vehicle's day asks of its only trip.
fn whole_day(ground: &Ground<'_>, vehicle: u32) -> Terms {
    let rig = &ground.rigs[vehicle as usize];
    Terms {
        vehicle: VehicleId(vehicle),
        free_at: rig.shift_open,
        back_by: rig.shift_close,
        length_room: rig.max_length,
        duration_room: rig.max_duration,
    }
}

impl<'a, R: Resource> State<'a, R> {
    /// Every order in the bank.
    pub(crate) fn empty(ground: &'a Ground<'a>, clock: &'a Clock, resources: &'a R) -> Self {
        let nodes = ground.nodes();
        let orders = ground.bank_price.len();
        let blank = Terms {
            vehicle: VehicleId(0),
            free_at: 0,
            back_by: 0,
            length_room: 0,
            duration_room: 0,
        };
        let segment = resources.start(&blank);
        let mut state = Self {
            ground,
            clock,
            resources,
            next: vec![NONE; nodes],
            prev: vec![NONE; nodes],
            slot: vec![NONE; nodes],
            size: vec![0; ground.slots],
            fwd: vec![segment; nodes],
            suf: vec![segment; nodes],
            terms: ground.slot_vehicle.iter().map(|&vehicle| whole_day(ground, vehicle)).collect(),
            trips: vec![TripFacts::default(); ground.slots],
            tours: vec![Tour::default(); ground.rigs.len()],
            window: (0..ground.visits).map(|visit| clock.windows(visit)[0]).collect(),
            into: vec![Hop::default(); nodes],
            arc: vec![0; nodes],
            rest: vec![0; nodes],
            mark: vec![Walked::leaving(0, 0); ground.visits],
            used: vec![NONE; orders],
            bank: Vec::with_capacity(orders),
            bank_at: vec![NONE; orders],
            bank_cost: 0,
            absent: [0; Tier::COUNT],
            skipped: 0,
            idle: vec![Vec::new(); ground.kinds],
            idle_at: vec![NONE; ground.rigs.len()],
            trip_count: 0,
            counted: vec![0; ground.rigs.len()],
            tour_cost: 0,
        };
        for vehicle in (0..ground.rigs.len()).rev() {
            state.count_trips(vehicle);
        }
        for slot in 0..node(ground.slots) {
            let (start, end) = (ground.start_node(slot), ground.end_node(slot));
            state.link(start, end);
            state.slot[start as usize] = slot;
            state.slot[end as usize] = slot;
            let terms = state.terms[slot as usize];
            state.fwd[start as usize] = resources.start(&terms);
            state.suf[end as usize] = resources.end(&terms);
        }
        for order in 0..node(orders) {
            state.deposit(order);
        }
        state
    }

    /// What the whole solution costs the search.
    pub(crate) fn price(&self) -> i64 {
        self.tour_cost + self.bank_cost
    }

    fn link(&mut self, a: u32, b: u32) {
        self.next[a as usize] = b;
        self.prev[b as usize] = a;
    }

    /// Puts an order into the bank.
    pub(crate) fn deposit(&mut self, order: u32) {
        self.used[order as usize] = NONE;
        self.bank_at[order as usize] = node(self.bank.len());
        self.bank.push(order);
        let (price, o) = (self.ground.bank_price[order as usize], order as usize);
        self.bank_cost += price;
        if self.ground.optional[o] {
            self.skipped += price;
        } else {
            self.absent[usize::from(self.ground.tier[o])] += 1;
        }
    }

    /// Takes an order out of the bank.
    pub(crate) fn withdraw(&mut self, order: u32, way: u32) {
        let at = self.bank_at[order as usize] as usize;
        self.bank.swap_remove(at);
        if let Some(&moved) = self.bank.get(at) {
            self.bank_at[moved as usize] = node(at);
        }
        self.bank_at[order as usize] = NONE;
        self.used[order as usize] = way;
        let (price, o) = (self.ground.bank_price[order as usize], order as usize);
        self.bank_cost -= price;
        if self.ground.optional[o] {
            self.skipped -= price;
        } else {
            self.absent[usize::from(self.ground.tier[o])] -= 1;
        }
    }

    /// Links an absent visit in behind a node. The tour must be refreshed afterwards.
    pub(crate) fn put_after(&mut self, visit: u32, before: u32) {
        let after = self.next[before as usize];
        self.link(before, visit);
        self.link(visit, after);
        let slot = self.slot[before as usize];
        self.slot[visit as usize] = slot;
        self.size[slot as usize] += 1;
    }

    /// Unlinks a visit. The tour must be refreshed afterwards.
    pub(crate) fn take_out(&mut self, visit: u32) {
        let (before, after) = (self.prev[visit as usize], self.next[visit as usize]);
        self.link(before, after);
        let slot = self.slot[visit as usize];
        self.size[slot as usize] -= 1;
        self.slot[visit as usize] = NONE;
    }

    /// Unlinks every visit of a slot.
    pub(crate) fn clear_slot(&mut self, slot: u32) {
        let (start, end) = (self.ground.start_node(slot), self.ground.end_node(slot));
        let mut at = self.next[start as usize];
        while at != end {
            self.slot[at as usize] = NONE;
            at = self.next[at as usize];
        }
        self.link(start, end);
        self.size[slot as usize] = 0;
    }

    /// The vehicle of a linked node.
    #[inline]
    pub(crate) fn vehicle_of(&self, node: u32) -> usize {
        self.ground.slot_vehicle[self.slot[node as usize] as usize] as usize
    }

    /// Adds an empty trip to a vehicle at an index of its tour and says its slot.
    pub(crate) fn open_trip(&mut self, vehicle: usize, index: usize) -> Option<u32> {
        let rig = &self.ground.rigs[vehicle];
        let mut slots = rig.first_slot..rig.first_slot + rig.trips;
        let free = slots.find(|slot| !self.tours[vehicle].slots.contains(slot))?;
        self.tours[vehicle].slots.insert(index, free);
        self.count_trips(vehicle);
        Some(free)
    }

    /// Drops the empty trips of a vehicle.
    pub(crate) fn close_empty(&mut self, vehicle: usize) {
        let size = &self.size;
        self.tours[vehicle].slots.retain(|&slot| size[slot as usize] > 0);
        self.count_trips(vehicle);
    }

    /// Gives a vehicle, whose trips were taken, these slots as its trips.
    pub(crate) fn set_trips(&mut self, vehicle: usize, slots: &[u32]) {
        self.tours[vehicle].slots.clear();
        self.tours[vehicle].slots.extend_from_slice(slots);
        self.count_trips(vehicle);
    }

    /// Keeps the count of trips and the lists of idle vehicles after a change of a vehicle's trips.
    fn count_trips(&mut self, vehicle: usize) {
        let trips = self.tours[vehicle].slots.len();
        let counted = std::mem::replace(&mut self.counted[vehicle], node(trips)) as usize;
        self.trip_count = self.trip_count + trips - counted;
        let list = &mut self.idle[self.ground.rigs[vehicle].kind as usize];
        let at = self.idle_at[vehicle];
        if trips == 0 && at == NONE {
            self.idle_at[vehicle] = node(list.len());
            list.push(node(vehicle));
        } else if trips > 0 && at != NONE {
            list.swap_remove(at as usize);
            if let Some(&moved) = list.get(at as usize) {
                self.idle_at[moved as usize] = at;
            }
            self.idle_at[vehicle] = NONE;
        }
    }

    /// One idle vehicle of each kind that has any.
    pub(crate) fn idle_vehicles(&self) -> impl Iterator<Item = usize> + '_ {
        self.idle.iter().filter_map(|list| list.last().map(|&vehicle| vehicle as usize))
    }

    /// The visits of a slot, in order.
    pub(crate) fn visits_of(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let (mut at, end) = (self.ground.start_node(slot), self.ground.end_node(slot));
        std::iter::from_fn(move || {
            at = self.next[at as usize];
            (at != end).then_some(at)
        })
    }

    /// Recomputes everything of a vehicle's tour from its order of visits. False when the tour
    /// breaks a limit; its segments are then of no use until it is changed and refreshed again.
    pub(crate) fn refresh(&mut self, vehicle: usize) -> bool {
        self.refresh_change(vehicle, None)
    }

    /// As [`State::refresh`], for a tour whose only change since the last one is that visits were
    /// put into one trip: what lies before and behind them is reused where it still holds.
    pub(crate) fn refresh_change(&mut self, vehicle: usize, change: Option<Change>) -> bool {
        let ground = self.ground;
        let rig = &ground.rigs[vehicle];
        if rig.is_lean {
            return self.refresh_lean(vehicle, change);
        }
        self.tour_cost -= self.tours[vehicle].cost;
        let slots = std::mem::take(&mut self.tours[vehicle].slots);
        let mut sum = Sum::new(rig.shift_open);
        let mut fits = true;
        for (i, &slot) in slots.iter().enumerate() {
            fits &= self.walk_trip(vehicle, slot, i, &mut sum, change);
            if !fits {
                break;
            }
        }
        let cost = fits.then(|| self.settle(vehicle, &slots, &sum, change)).flatten();
        self.tours[vehicle].slots = slots;
        self.tours[vehicle].cost = cost.unwrap_or(0);
        self.tours[vehicle].length = sum.length;
        self.tour_cost += cost.unwrap_or(0);
        cost.is_some()
    }

    /// Walks one trip from its earliest sensible departure and adds it to the tour's sums.
    fn walk_trip(
        &mut self,
        vehicle: usize,
        slot: u32,
        index: usize,
        sum: &mut Sum,
        change: Option<Change>,
    ) -> bool {
        let (rig, s) = (&self.ground.rigs[vehicle], slot as usize);
        let Some(mut facts) = self.survey(vehicle, slot) else { return false };
        let mut depart = sum.free_at.max(facts.ready);
        // The walk up to a change still holds when the trip begins as it did.
        let begins_alike = self.terms[s].free_at == sum.free_at && self.trips[s].depart == depart;
        let change = change.filter(|change| change.slot == slot && begins_alike);
        let mut from = change.map(|change| change.before);
        self.terms[s].vehicle = VehicleId(self.ground.slot_vehicle[s]);
        self.terms[s].free_at = sum.free_at;
        let end = self.ground.end_node(slot) as usize;
        let mut walked = None;
        for _ in 0..COLD_ROUNDS {
            let rested = index > 0 && depart - sum.free_at >= rig.rest;
            let counter = if rested { 0 } else { sum.counter };
            let found = self.walk(vehicle, slot, (depart, counter), from.take());
            let wanted = self.resources.release(&self.fwd[end]);
            if wanted <= depart {
                walked = Some(found);
                break;
            }
            depart = wanted;
        }
        let Some(found) = walked else { return false };
        facts.depart = depart;
        facts.back = found.time;
        facts.slack = found.slack;
        facts.waited = found.waited;
        // Rests, and visits in another window than before, lie in the pieces behind nodes too.
        facts.rested = found.rested;
        let moved = found.moved || found.rested || self.trips[s].rested;
        facts.behind_holds = change.is_some() && !moved;
        self.trips[s] = facts;
        sum.add(index, &facts, found, rig.reload);
        let terms = Terms { back_by: FAR, length_room: FAR, duration_room: FAR, ..self.terms[s] };
        found.in_time
            && found.time <= facts.due
            && self.resources.excess(&self.fwd[end], &terms) <= 0
    }

    /// What can be said of a trip before its departure is known; nothing when there is no way.
    fn survey(&self, vehicle: usize, slot: u32) -> Option<TripFacts> {
        let ground = self.ground;
        let (mut at, end) = (ground.start_node(slot), ground.end_node(slot));
        let mut facts = TripFacts { ready: -FAR, due: FAR, ..TripFacts::default() };
        while at != end {
            let to = self.next[at as usize];
            facts.length += ground.hop(vehicle, at, to)?.metres;
            if to != end {
                facts.ready = facts.ready.max(self.clock.ready(to as usize));
                facts.due = facts.due.min(self.clock.due(to as usize));
            }
            at = to;
        }
        Some(facts)
    }

    /// Walks a trip from a departure, or on from a node it has been walked to: windows, rests, the
    /// segments before each node.
    fn walk(
        &mut self,
        vehicle: usize,
        slot: u32,
        (depart, counter): (i64, i64),
        from: Option<u32>,
    ) -> Walked {
        let ground = self.ground;
        let (start, end) = (ground.start_node(slot), ground.end_node(slot));
        let mut at = start;
        let mut found = Walked::leaving(depart, counter);
        if let Some(node) = from.filter(|&node| node != start) {
            at = node;
            found = self.mark[node as usize];
        }
        let open_end = Terms { back_by: FAR, ..self.terms[slot as usize] };
        self.fwd[start as usize] = self.resources.start(&open_end);
        while at != end {
            let to = self.next[at as usize];
            let hop = self.drive(vehicle, at, to, &mut found);
            let segment = if to == end {
                self.resources.end(&open_end)
            } else {
                let window = self.call(to as usize, self.ground.rigs[vehicle].rest, &mut found);
                self.mark[to as usize] = found;
                self.resources.leaf(to as usize, window, open_end.vehicle)
            };
            self.fwd[to as usize] = self.resources.join(&self.fwd[at as usize], hop, &segment);
            at = to;
            if !found.in_time {
                break;
            }
        }
        found
    }

    /// One hop of a walk, with the rests on it.
    #[inline]
    fn drive(&mut self, vehicle: usize, at: u32, to: u32, found: &mut Walked) -> Hop {
        let ground = self.ground;
        let rig = &ground.rigs[vehicle];
        let mut hop = ground.hop(vehicle, at, to).unwrap_or_default();
        self.into[to as usize] = hop;
        self.arc[to as usize] = ground.hop_cost(vehicle, hop);
        let drive = hop.time - if ground.same_place(at, to) { 0 } else { rig.parking };
        let rest = rest_on_leg(rig.drive_limit, rig.rest, &mut found.counter, drive);
        self.rest[to as usize] = rest;
        found.driving += drive;
        found.rested |= rest > 0;
        hop.time += rest;
        found.time += hop.time;
        hop
    }

    /// One visit of a walk, in the window it falls into.
    #[inline]
    fn call(&mut self, visit: usize, rest: i64, found: &mut Walked) -> Span {
        let window = self.clock.window_at(visit, found.time);
        found.moved |= self.window[visit] != window;
        self.window[visit] = window;
        let begin = found.time.max(window.open);
        let wait = begin - found.time;
        found.waited += wait;
        found.in_time &= begin <= window.close;
        found.slack = found.slack.min(found.waited + window.close - begin);
        if wait >= rest {
            found.counter = 0;
        }
        found.time = begin + self.clock.service(visit);
        window
    }

    /// Limits of the whole tour, its price, and the segments behind each node; nothing when a limit
    /// is broken.
    fn settle(
        &mut self,
        vehicle: usize,
        slots: &[u32],
        sum: &Sum,
        change: Option<Change>,
    ) -> Option<i64> {
        let rig = &self.ground.rigs[vehicle];
        self.tours[vehicle].duration = 0;
        let Some((&first, &last)) = slots.first().zip(slots.last()) else { return Some(0) };
        let back = self.trips[last as usize].back;
        let mut later = 0;
        if sum.driving <= rig.drive_limit {
            later = sum.waited.min(sum.slack).min(sum.due_slack).max(0);
        }
        let duration = back - self.trips[first as usize].depart - later;
        if back > rig.shift_close || sum.length > rig.max_length || duration > rig.max_duration {
            return None;
        }
        self.look_back(vehicle, slots, sum.length, change);
        self.tours[vehicle].duration = duration;
        Some(
            rig.fixed
                + rig.per_second * duration
                + rig.per_metre * sum.length
                + self.way_prices(slots),
        )
    }

    fn way_prices(&self, slots: &[u32]) -> i64 {
        let ground = self.ground;
        if !ground.has_prices {
            return 0;
        }
        let price = |visit: u32| {
            let way = &ground.ways[ground.way_of[visit as usize] as usize];
            if way.first == visit { way.price } else { 0 }
        };
        slots.iter().flat_map(|&slot| self.visits_of(slot)).map(price).sum()
    }

    /// The segments behind each node, last trip first.
    fn look_back(&mut self, vehicle: usize, slots: &[u32], length: i64, change: Option<Change>) {
        let ground = self.ground;
        let rig = &ground.rigs[vehicle];
        let mut back_by = rig.shift_close;
        for &slot in slots.iter().rev() {
            let (start, end) = (ground.start_node(slot), ground.end_node(slot));
            let s = slot as usize;
            let ends_alike = self.terms[s].back_by == back_by && self.trips[s].behind_holds;
            let change = change.filter(|change| change.slot == slot && ends_alike);
            self.terms[s].back_by = back_by;
            self.terms[s].length_room = rig.max_length - length + self.trips[s].length;
            self.terms[s].duration_room = if slots.len() == 1 { rig.max_duration } else { FAR };
            let terms = self.terms[s];
            self.suf[end as usize] = self.resources.end(&terms);
            let mut at = change.map_or(end, |change| change.after);
            while at != start {
                let before = self.prev[at as usize];
                let mut hop = self.into[at as usize];
                hop.time += self.rest[at as usize];
                let rest = self.suf[at as usize];
                self.suf[before as usize] = if before == start {
                    self.resources.join(&self.resources.start(&terms), hop, &rest)
                } else {
                    let window = self.window[before as usize];
                    self.resources.prepend(before as usize, window, terms.vehicle, hop, &rest)
                };
                at = before;
            }
            back_by = self.latest_departure(slot) - rig.reload;
        }
    }

    /// Rest on the way to a node, in seconds.
    #[inline]
    pub(crate) fn rest_before(&self, node: u32) -> i64 {
        self.rest[node as usize]
    }

    /// When the last walk left a linked visit or the start of a trip, in seconds after midnight.
    #[inline]
    pub(crate) fn left_at(&self, node: u32) -> i64 {
        if self.ground.is_visit(node) {
            return self.mark[node as usize].time;
        }
        self.trips[self.slot[node as usize] as usize].depart
    }

    /// The segment of a linked visit, in the window it uses.
    #[inline]
    pub(crate) fn leaf_of(&self, visit: u32) -> R::Segment {
        let slot = self.slot[visit as usize] as usize;
        let vehicle = VehicleId(self.ground.slot_vehicle[slot]);
        self.resources.leaf(visit as usize, self.window[visit as usize], vehicle)
    }

    /// What its surroundings would ask of a new trip at an index of a vehicle's tour.
    pub(crate) fn terms_of_new(&self, vehicle: usize, index: usize) -> Terms {
        let rig = &self.ground.rigs[vehicle];
        let tour = &self.tours[vehicle];
        let before = index.checked_sub(1).and_then(|i| tour.slots.get(i));
        let after = tour.slots.get(index);
        let free_at = before.map(|&slot| self.trips[slot as usize].back + rig.reload);
        let back_by = after.map(|&slot| self.latest_departure(slot) - rig.reload);
        Terms {
            vehicle: VehicleId(node(vehicle)),
            free_at: free_at.unwrap_or(rig.shift_open),
            back_by: back_by.unwrap_or(rig.shift_close),
            length_room: rig.max_length - tour.length,
            duration_room: if tour.slots.is_empty() { rig.max_duration } else { FAR },
        }
    }

    /// The latest departure of a trip that keeps its windows and what its surroundings ask.
    fn latest_departure(&self, slot: u32) -> i64 {
        let trip = &self.trips[slot as usize];
        let back_by = self.terms[slot as usize].back_by.min(trip.due);
        trip.depart + trip.slack.min(trip.waited + back_by - trip.back)
    }
}
