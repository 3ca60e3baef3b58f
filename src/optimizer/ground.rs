//! What the search stands on: a day, or a part of one, in flat arrays that never change while it
//! runs.

mod build;
mod near;
mod travel;

use crate::constraint::Hop;
use crate::problem::{Charge, OrderId, PlaceId, Problem, VehicleId};
use crate::road::Drain;

use travel::Table;
pub(crate) use travel::{Beside, Fan};

/// Marks "no such node, slot or position".
pub(crate) const NONE: u32 = u32::MAX;

/// For how many travel tables the ways to near visits are kept.
const BESIDE: usize = 4;

/// Which vehicles and orders of a day a part holds, by the day's ids, each sorted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Share {
    pub(crate) vehicles: Vec<u32>,
    pub(crate) orders: Vec<u32>,
}

/// What the search needs of a vehicle.
#[derive(Clone, Debug)]
pub(crate) struct Rig {
    pub(crate) table: usize,
    pub(crate) home: u32,
    pub(crate) shift_open: i64,
    pub(crate) shift_close: i64,
    pub(crate) per_second: i64,
    pub(crate) per_metre: i64,
    pub(crate) fixed: i64,
    pub(crate) max_duration: i64,
    pub(crate) max_length: i64,
    /// What its battery gives; asked of whole tours.
    pub(crate) charge: Option<Charge>,
    pub(crate) parking: i64,
    pub(crate) reload: i64,
    pub(crate) drive_limit: i64,
    pub(crate) rest: i64,
    /// Its trip slots: `first_slot..first_slot + trips`.
    pub(crate) first_slot: u32,
    pub(crate) trips: u32,
    /// Vehicles of the same kind are interchangeable while empty.
    pub(crate) kind: u32,
    /// True when its whole day is one trip without rests, so that the segments tell all.
    pub(crate) is_lean: bool,
}

/// What a vehicle's way costs, and on which table it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rates {
    pub(crate) table: u32,
    pub(crate) per_second: i64,
    pub(crate) per_metre: i64,
}

/// What the search needs of one way of serving an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) price: i64,
}

/// A day as the search sees it, or a part of one. Nodes are the visits, then a start and an end for
/// each trip slot. All ids but those in `share` and `visit_ids` are its own.
#[expect(clippy::struct_excessive_bools, reason = "what the day has, for skipping what it has not")]
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) problem: &'a Problem,
    /// Its vehicles and orders by the day's ids.
    pub(crate) share: Share,
    /// Its visits by the day's ids, in the order of their orders in `share`.
    pub(crate) visit_ids: Vec<u32>,
    /// The same with their numbers here, sorted.
    by_id: Vec<(u32, u32)>,
    pub(crate) visits: usize,
    pub(crate) slots: usize,
    pub(crate) rigs: Vec<Rig>,
    pub(crate) rates: Vec<Rates>,
    /// How many kinds of vehicles the day has.
    pub(crate) kinds: usize,
    /// Vehicles that may make several trips.
    pub(crate) multi: Vec<u32>,
    /// The vehicle of each trip slot.
    pub(crate) slot_vehicle: Vec<u32>,
    /// The place of each node.
    place: Vec<u32>,
    /// Its places by the day's ids, sorted.
    places: Vec<u32>,
    tables: Vec<Table<'a>>,
    pub(crate) ways: Vec<Way>,
    /// Ways of order `o`: `first_way[o]..first_way[o + 1]`.
    first_way: Vec<u32>,
    /// Which way each visit belongs to.
    pub(crate) way_of: Vec<u32>,
    /// The order each visit belongs to.
    pub(crate) order_of: Vec<u32>,
    /// The other visit of a shipment, or [`NONE`].
    pub(crate) partner: Vec<u32>,
    /// Ways a kind of vehicle may be used for: `usable[kind * ways + way]`.
    usable: Vec<bool>,
    /// True when every vehicle may be used for every way.
    is_all_usable: bool,
    /// What leaving an order out costs the search.
    pub(crate) bank_price: Vec<i64>,
    /// Orders whose absence costs money instead of counting in a tier.
    pub(crate) optional: Vec<bool>,
    pub(crate) tier: Vec<u8>,
    /// The visits nearest to each visit by way and time, then by way alone, nearest first.
    near: near::Lists,
    around: near::Lists,
    /// For each table, travel to and from the near visits, list by list; empty where the tables are
    /// no squares, or too many.
    beside: Vec<Vec<Beside>>,
    /// What a detour beside each of them costs at least, but for the arc it replaces.
    least: Vec<i64>,
    /// The largest load share of each order, in millionths of the largest vehicle; for sorting.
    pub(crate) bulk: Vec<i64>,
    /// Cost of going to each order and back, for sorting and prices.
    pub(crate) remoteness: Vec<i64>,
    /// When each order's first window opens, its last one closes, and what lies between, for sorting.
    pub(crate) opens: Vec<i64>,
    pub(crate) closes: Vec<i64>,
    pub(crate) first_locked: Vec<bool>,
    pub(crate) last_locked: Vec<bool>,
    /// Visits that must stay where the start plan has them.
    pub(crate) frozen: Vec<bool>,
    pub(crate) has_frozen: bool,
    /// True when some visit is frozen or locked to a position.
    pub(crate) has_locks: bool,
    /// True when some way has a price of its own.
    pub(crate) has_prices: bool,
    /// True when some order is a shipment.
    pub(crate) has_pairs: bool,
    /// True when some visit has a window that may bind.
    pub(crate) is_timed: bool,
}

impl Ground<'_> {
    /// The visits nearest to a visit by way and time, nearest first: where it could be put.
    #[inline]
    pub(crate) fn near(&self, visit: u32) -> &[u32] {
        self.near.of(visit)
    }

    /// The visits around a visit by way alone, nearest first: a longer list.
    #[inline]
    pub(crate) fn around(&self, visit: u32) -> &[u32] {
        self.around.of(visit)
    }

    /// The node a trip starts from.
    #[inline]
    pub(crate) fn start_node(&self, slot: u32) -> u32 {
        node(self.visits) + 2 * slot
    }

    /// The node a trip ends at.
    #[inline]
    pub(crate) fn end_node(&self, slot: u32) -> u32 {
        self.start_node(slot) + 1
    }

    /// True for a visit, false for a trip's start or end.
    #[inline]
    pub(crate) fn is_visit(&self, node: u32) -> bool {
        (node as usize) < self.visits
    }

    /// How many nodes there are.
    pub(crate) fn nodes(&self) -> usize {
        self.place.len()
    }

    /// Travel between two nodes with parking and without rests, or nothing when there is no way.
    #[inline]
    pub(crate) fn hop(&self, vehicle: usize, from: u32, to: u32) -> Option<Hop> {
        let (a, b) = (self.place[from as usize], self.place[to as usize]);
        self.tables[self.rigs[vehicle].table].hop(a, b)
    }

    /// As [`Ground::hop`]; quicker when asked for many `from` in a row.
    #[inline]
    pub(crate) fn hop_into(&self, vehicle: usize, from: u32, to: u32) -> Option<Hop> {
        let (a, b) = (self.place[from as usize], self.place[to as usize]);
        self.tables[self.rigs[vehicle].table].hop_into(a, b)
    }

    /// What the road between two nodes asks of a vehicle's battery, joules, where that is known.
    pub(crate) fn drain(&self, vehicle: usize, from: u32, to: u32) -> Option<Drain> {
        let id = VehicleId(self.share.vehicles[vehicle]);
        let place = |node: u32| PlaceId(self.places[self.place[node as usize] as usize]);
        self.problem.drain(id, place(from), place(to)).filter(|_| !self.same_place(from, to))
    }

    /// True when travel to and from near visits is kept.
    #[inline]
    pub(crate) fn keeps_beside(&self) -> bool {
        !self.beside.is_empty()
    }

    /// The near visits of a visit, what a detour beside each costs at least but for the arc it replaces,
    /// and where travel to the first of them is in [`Ground::beside`].
    #[inline]
    pub(crate) fn near_beside(&self, visit: u32) -> (&[u32], &[i64], usize) {
        let range = self.near.range(visit);
        (self.near.of(visit), &self.least[range.clone()], range.start)
    }

    /// Travel to and from the near visits of all visits, for a table.
    #[inline]
    pub(crate) fn beside(&self, table: u32) -> &[Beside] {
        &self.beside[table as usize]
    }

    /// Travel from a node to all places and back, for each of the day's tables, where they are no
    /// squares.
    pub(crate) fn fans(&self, node: u32) -> Vec<Fan<'_>> {
        self.tables.iter().filter_map(|table| table.fan(self.place[node as usize])).collect()
    }

    /// How many travel tables there are.
    pub(crate) fn table_count(&self) -> usize {
        self.tables.len()
    }

    /// True when every travel table is a square.
    pub(crate) fn has_squares(&self) -> bool {
        self.tables.iter().all(|table| matches!(table, Table::Square { .. }))
    }

    /// The place of a node among the part's places.
    #[inline]
    pub(crate) fn place_of(&self, node: u32) -> usize {
        self.place[node as usize] as usize
    }

    /// For each place the `count` others that are reached soonest by road, where a travel table knows them
    /// without looking at every leg.
    fn nearest_places(&self, count: usize) -> Option<Vec<Vec<u32>>> {
        let near = self.tables.iter().find_map(|table| table.nearest(count))?;
        let local = |id: &u32| self.places.binary_search(id).ok().map(node);
        let row = |id: &u32| near[*id as usize].iter().filter_map(local).collect();
        Some(self.places.iter().map(row).collect())
    }

    /// What a hop costs a vehicle.
    #[inline]
    pub(crate) fn hop_cost(&self, vehicle: usize, hop: Hop) -> i64 {
        let rig = &self.rigs[vehicle];
        rig.per_second * hop.time + rig.per_metre * hop.metres
    }

    /// True when every hop and every second cost both vehicles the same.
    #[inline]
    pub(crate) fn costs_alike(&self, a: usize, b: usize) -> bool {
        let (one, two) = (&self.rigs[a], &self.rigs[b]);
        let rates = |rig: &Rig| (rig.table, rig.per_second, rig.per_metre);
        a == b || (rates(one) == rates(two) && one.home == two.home)
    }

    /// True when both nodes stand at one place, so that no parking comes between them.
    #[inline]
    pub(crate) fn same_place(&self, a: u32, b: u32) -> bool {
        self.place[a as usize] == self.place[b as usize]
    }

    /// True when a vehicle may serve an order this way.
    #[inline]
    pub(crate) fn is_usable(&self, vehicle: usize, way: u32) -> bool {
        self.is_all_usable
            || self.usable[self.rigs[vehicle].kind as usize * self.ways.len() + way as usize]
    }

    /// The ways of serving an order.
    #[inline]
    pub(crate) fn ways_of(&self, order: u32) -> std::ops::Range<u32> {
        self.first_way[order as usize]..self.first_way[order as usize + 1]
    }

    /// The node of one of the day's visits, or [`NONE`] when another part has it.
    pub(crate) fn local_visit(&self, visit: u32) -> u32 {
        build::number_in(&self.by_id, visit)
    }

    /// The vehicle an order of the whole day is pinned to, or [`NONE`].
    pub(crate) fn pinned_to(&self, order: u32) -> u32 {
        self.problem.pinned(OrderId(order)).map_or(NONE, |vehicle| vehicle.0)
    }

    /// Where a visit is, on a plane that is true enough for nearness.
    pub(crate) fn position(&self, visit: u32) -> [f64; 2] {
        let place = self.places[self.place[visit as usize] as usize];
        let point = self.problem.places()[place as usize].point;
        let middle = self.problem.places()[0].point.lat / 90.0;
        // About the cosine of the latitude, by sums and products only.
        let squeeze = 1.0 - middle * middle;
        [point.lon * squeeze, point.lat]
    }

    /// Bytes the search's tables take for this many places and visits.
    pub(crate) fn bytes(places: usize, visits: usize, tables: usize) -> usize {
        let least = near::Lists::NEAR * size_of::<i64>();
        let beside = near::Lists::NEAR * size_of::<Beside>() * tables + least;
        let beside = if tables <= BESIDE { beside } else { 0 };
        Table::bytes(places) * tables + visits * (near::Lists::BYTES + beside + 600)
    }

    /// Bytes it takes to find the near visits of a day by a vehicle's roads, where that is asked of them.
    pub(crate) fn nearest_bytes(problem: &Problem, vehicle: VehicleId) -> usize {
        let count = near::Lists::candidates(problem.visits().len());
        if count == 0 { 0 } else { problem.travel(vehicle).nearest_bytes(count) }
    }
}

/// A node's number.
#[inline]
pub(crate) fn node(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
