//! A solution while it is being searched: linked trips, the segments before and behind each visit,
//! the bank of absent orders, and its price.

mod battery;
mod chain;
mod confirm;
mod lay;
mod lean;
mod sum;
mod walk;
mod whole;

use crate::constraint::{Clock, FAR, Hop, Resource, Span, Terms};
use crate::optimizer::ground::{Ground, NONE, node};
use crate::problem::{Tier, VehicleId};

use sum::Sum;

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
// linked; `terms`, `tours` and, where pieces are kept, `fwd` and `suf` equal a fresh refresh; no limit is broken.
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
    /// Of each node of a lean trip, the one that its `fwd` goes on from, and the one that its `suf` goes on
    /// to; `NONE` where they are of no use. As far as these are the neighbours, from an end of the trip,
    /// the segments hold.
    follows: Vec<u32>,
    leads: Vec<u32>,
    /// What each slot's surroundings ask of it.
    pub(crate) terms: Vec<Terms>,
    /// What the last refresh found of each slot's trip.
    pub(crate) trips: Vec<TripFacts>,
    pub(crate) tours: Vec<Tour>,
    /// True while `fwd` and `suf` are kept at every node of a trip; else, which is enough where order does
    /// not matter, a lean vehicle's trip has the whole of it at its end.
    keeps_pieces: bool,
    is_order_free: bool,
    window: Vec<Span>,
    /// The hop into each node, without rests, and what it costs.
    pub(crate) into: Vec<Hop>,
    pub(crate) arc: Vec<i64>,
    /// What the arcs into and out of each visit cost; far below zero for an absent one.
    pub(crate) arcs: Vec<[i64; 2]>,
    /// The node before and the vehicle that `into` and `arc` are for.
    via: Vec<(u32, u32)>,
    /// Rest on the way to each node, in seconds.
    rest: Vec<i64>,
    /// The last walk, on leaving each visit.
    mark: Vec<Walked>,
    /// The way each order is served, or `NONE`.
    pub(crate) used: Vec<u32>,
    pub(crate) bank: Vec<u32>,
    bank_at: Vec<u32>,
    /// Whether each order fits on some vehicle by itself, where that was asked.
    pub(crate) fits_alone: Vec<Option<bool>>,
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

/// The arcs about an absent visit: no detour beside it is cheap.
const ABSENT: [i64; 2] = [-FAR; 2];

/// What a refresh finds of one trip.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TripFacts {
    /// When it leaves, and when it is back.
    pub(crate) depart: i64,
    pub(crate) back: i64,
    /// When the vehicle was free to leave.
    free_at: i64,
    /// When its goods are ready, and when they must be at the station.
    ready: i64,
    due: i64,
    length: i64,
    /// How much later it may leave, for its windows.
    slack: i64,
    waited: i64,
    rested: bool,
    /// Driving since the last rest as it is entered.
    counter: i64,
    /// The walk to its end.
    walked: Walked,
    /// True when the pieces behind a change, or all but the first, are as they were before it.
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
#[derive(Clone, Copy, Debug, Default)]
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
        missing: 0,
        ahead: 0,
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
            missing: 0,
            ahead: 0,
        };
        let segment = resources.start(&blank);
        let is_order_free =
            resources.is_order_free() && ground.ways.iter().all(|way| way.second == NONE);
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
            follows: vec![NONE; nodes],
            leads: vec![NONE; nodes],
            terms: ground.slot_vehicle.iter().map(|&vehicle| whole_day(ground, vehicle)).collect(),
            trips: vec![TripFacts::default(); ground.slots],
            tours: vec![Tour::default(); ground.rigs.len()],
            keeps_pieces: !is_order_free,
            is_order_free,
            window: (0..ground.visits).map(|visit| clock.windows(visit)[0]).collect(),
            into: vec![Hop::default(); nodes],
            arc: vec![0; nodes],
            arcs: vec![ABSENT; nodes],
            via: vec![(NONE, NONE); nodes],
            rest: vec![0; nodes],
            mark: vec![Walked::leaving(0, 0); ground.visits],
            used: vec![NONE; orders],
            bank: Vec::with_capacity(orders),
            bank_at: vec![NONE; orders],
            fits_alone: vec![None; orders],
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

    /// Notes what the arc from one node of a trip to the next costs.
    #[inline]
    fn note_arc(&mut self, at: u32, to: u32, arc: i64) {
        self.arc[to as usize] = arc;
        self.arcs[at as usize][1] = arc;
        self.arcs[to as usize][0] = arc;
    }

    /// What the arcs into and out of a visit cost, read off its trip; for a check.
    pub(crate) fn arcs_about(&self, visit: u32) -> [i64; 2] {
        let next = self.next[visit as usize] as usize;
        if self.slot[visit as usize] == NONE {
            return ABSENT;
        }
        [self.arc[visit as usize], self.arc[next]]
    }

    /// The hop into a node, kept while the node before it stays the same.
    #[inline]
    fn follow(&mut self, vehicle: usize, at: u32, to: u32) -> Option<Hop> {
        let (to_index, via) = (to as usize, (at, node(vehicle)));
        if self.via[to_index] != via {
            let hop = self.ground.hop(vehicle, at, to)?;
            self.into[to_index] = hop;
            self.arc[to_index] = self.ground.hop_cost(vehicle, hop);
            self.via[to_index] = via;
        }
        self.note_arc(at, to, self.arc[to_index]);
        Some(self.into[to_index])
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
    /// put into one trip: what lies before and behind them, and trips that go as they went, are reused
    /// where they still hold.
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

    /// A whole trip, as it was laid out last.
    #[inline]
    pub(crate) fn whole(&self, slot: u32) -> &R::Segment {
        &self.fwd[self.ground.end_node(slot) as usize]
    }

    /// The window a linked visit uses.
    #[inline]
    pub(crate) fn window_of(&self, visit: u32) -> Span {
        self.window[visit as usize]
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
            missing: before.map_or(0, |&slot| self.missing_after(vehicle, slot)),
            ahead: after.map_or(0, |&slot| self.taken_from(vehicle, slot)),
        }
    }

    /// The latest departure of a trip that keeps its windows and what its surroundings ask.
    fn latest_departure(&self, slot: u32) -> i64 {
        let trip = &self.trips[slot as usize];
        let back_by = self.terms[slot as usize].back_by.min(trip.due);
        trip.depart + trip.slack.min(trip.waited + back_by - trip.back)
    }
}
