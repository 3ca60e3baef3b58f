//! What the search stands on: the day in flat arrays that never change while it runs.

use crate::constraint::FAR;
use crate::constraint::Hop;
use crate::problem::{
    OrderId, Position, Problem, Realisation, RealisationId, Role, StationId, Tier, VehicleId,
    Visit, VisitId,
};

/// Marks "no such node, slot or position".
pub(crate) const NONE: u32 = u32::MAX;
/// A travel time that means there is no way.
const NO_ROAD: i32 = i32::MAX / 4;
/// How many near visits each visit knows.
const NEAR: usize = 40;

/// One cell of travel: seconds with parking, metres.
#[derive(Clone, Copy, Debug)]
struct Cell {
    time: i32,
    metres: i32,
}

/// Vehicles that travel alike share a table.
#[derive(Debug)]
struct Table {
    // Invariant: places * places cells, row-major `[from][to]`.
    cells: Vec<Cell>,
}

/// What the search needs of a vehicle.
#[derive(Debug)]
pub(crate) struct Rig {
    table: usize,
    pub(crate) home: u32,
    pub(crate) shift_open: i64,
    pub(crate) shift_close: i64,
    pub(crate) per_second: i64,
    pub(crate) per_metre: i64,
    pub(crate) fixed: i64,
    pub(crate) max_duration: i64,
    pub(crate) max_length: i64,
    pub(crate) parking: i64,
    pub(crate) reload: i64,
    pub(crate) drive_limit: i64,
    pub(crate) rest: i64,
    /// Its trip slots: `first_slot..first_slot + trips`.
    pub(crate) first_slot: u32,
    pub(crate) trips: u32,
    /// Vehicles of the same kind are interchangeable while empty.
    pub(crate) kind: u32,
}

/// What the search needs of one way of serving an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) price: i64,
}

/// The day as the search sees it. Nodes are the visits, then a start and an end for each trip slot.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) visits: usize,
    pub(crate) slots: usize,
    pub(crate) rigs: Vec<Rig>,
    /// The vehicle of each trip slot.
    pub(crate) slot_vehicle: Vec<u32>,
    /// The place of each node.
    place: Vec<u32>,
    places: usize,
    tables: Vec<Table>,
    pub(crate) ways: Vec<Way>,
    /// Which way each visit belongs to.
    pub(crate) way_of: Vec<u32>,
    /// The order each visit belongs to.
    pub(crate) order_of: Vec<u32>,
    /// The other visit of a shipment, or [`NONE`].
    pub(crate) partner: Vec<u32>,
    /// Ways a vehicle may be used for: `usable[vehicle * ways + way]`.
    usable: Vec<bool>,
    /// What leaving an order out costs the search.
    pub(crate) bank_price: Vec<i64>,
    /// Orders whose absence costs money instead of counting in a tier.
    pub(crate) optional: Vec<bool>,
    pub(crate) tier: Vec<u8>,
    /// The visits nearest to each visit, nearest first: `NEAR` or fewer, `near_from[v]` on.
    near: Vec<u32>,
    near_from: Vec<u32>,
    /// The largest load share of each order, in millionths of the largest vehicle; for sorting.
    pub(crate) bulk: Vec<i64>,
    /// Cost of going to each order and back, for sorting and prices.
    pub(crate) remoteness: Vec<i64>,
    pub(crate) first_locked: Vec<bool>,
    pub(crate) last_locked: Vec<bool>,
    /// Visits that must stay where the start plan has them.
    pub(crate) frozen: Vec<bool>,
    pub(crate) has_frozen: bool,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(problem: &'a Problem) -> Self {
        let visits = problem.visits().len();
        let (tables, table_of) = tables(problem);
        let mut rigs = Vec::with_capacity(problem.vehicles().len());
        let mut slot_vehicle = Vec::new();
        for vehicle in problem.vehicle_ids() {
            let rig = rig(problem, vehicle, table_of[vehicle.index()], slot_vehicle.len());
            slot_vehicle.extend(std::iter::repeat_n(vehicle.0, rig.trips as usize));
            rigs.push(rig);
        }
        let mut place: Vec<u32> = problem.visits().iter().map(|visit| visit.place.0).collect();
        place.extend(slot_vehicle.iter().flat_map(|&v| [rigs[v as usize].home; 2]));
        let none = |v: Option<VisitId>| v.map_or(NONE, |v| v.0);
        let way =
            |r: &Realisation| Way { first: r.first.0, second: none(r.second), price: r.price.0 };
        let orders = problem.orders();
        let mut ground = Self {
            problem,
            visits,
            slots: slot_vehicle.len(),
            rigs,
            slot_vehicle,
            place,
            places: problem.places().len(),
            tables,
            ways: problem.realisations().iter().map(way).collect(),
            way_of: problem.visits().iter().map(|visit| visit.realisation.0).collect(),
            order_of: problem.visits().iter().map(|visit| visit.order.0).collect(),
            partner: vec![NONE; visits],
            usable: Vec::new(),
            bank_price: Vec::new(),
            optional: orders.iter().map(|order| order.prize().is_some()).collect(),
            tier: orders.iter().map(|order| order.tier_value() as u8).collect(),
            near: Vec::new(),
            near_from: vec![0],
            bulk: problem.order_ids().map(|order| bulk(problem, order)).collect(),
            remoteness: Vec::new(),
            first_locked: locked(problem, Position::First),
            last_locked: locked(problem, Position::Last),
            frozen: vec![false; visits],
            has_frozen: false,
        };
        ground.finish();
        ground
    }

    /// The parts that need the others.
    fn finish(&mut self) {
        for way in &self.ways {
            if way.second != NONE {
                self.partner[way.first as usize] = way.second;
                self.partner[way.second as usize] = way.first;
            }
        }
        self.usable = self.problem.vehicle_ids().flat_map(|v| self.usable_by(v)).collect();
        let orders = self.problem.order_ids();
        self.remoteness = orders.map(|order| self.round_trip(order)).collect();
        self.price_the_bank();
        self.link_neighbours();
        for path in &self.problem.start {
            for visit in path.trips.iter().flatten().take(path.frozen) {
                self.frozen[visit.index()] = true;
                self.has_frozen = true;
            }
        }
    }

    /// Which ways a vehicle may be used for at all.
    fn usable_by(&self, vehicle: VehicleId) -> Vec<bool> {
        let problem = self.problem;
        let able = |order: OrderId| {
            problem.pinned(order).is_none_or(|pin| pin == vehicle)
                && problem.order_station(order) == problem.station_of(vehicle)
                && problem.skills_lacking(order, vehicle).is_empty()
        };
        let fits = |visit: VisitId| {
            let visit = problem.visit(visit);
            let room = visit.load.iter().zip(problem.capacity(vehicle)).all(|(q, room)| q <= room);
            let held = visit.class.is_none_or(|class| problem.hold(vehicle, class).is_ok());
            let home = problem.home(vehicle);
            let road = problem.leg(vehicle, home, visit.place).is_ok()
                && problem.leg(vehicle, visit.place, home).is_ok();
            room && held && road
        };
        let usable = |id: usize| {
            let way = problem.realisation(RealisationId::from_index(id));
            way.forbidden.is_none()
                && able(way.order)
                && fits(way.first)
                && way.second.is_none_or(fits)
        };
        (0..self.ways.len()).map(usable).collect()
    }

    /// The cost of serving an order alone by its cheapest way and vehicle.
    fn round_trip(&self, order: OrderId) -> i64 {
        let mut best = FAR;
        for way in self.problem.realisations_of(order) {
            for (v, rig) in self.rigs.iter().enumerate() {
                if !self.usable[v * self.ways.len() + way.index()] {
                    continue;
                }
                let Way { first, second, price } = self.ways[way.index()];
                let home = self.start_node(rig.first_slot);
                let last = if second == NONE { first } else { second };
                let mut cost = price + rig.fixed;
                for visit in [first, last] {
                    cost += rig.per_second * self.problem.visits()[visit as usize].service.0;
                }
                for (from, to) in [(home, first), (first, last), (last, home)] {
                    cost += self.hop(v, from, to).map_or(FAR, |hop| self.hop_cost(v, hop));
                }
                best = best.min(cost);
            }
        }
        best
    }

    /// Prices the bank: a tier's orders cost ten times as much as the next tier's, and the lowest
    /// ten times the dearest single errand, so that no insertion is worth an order.
    fn price_the_bank(&mut self) {
        let real = self.remoteness.iter().filter(|&&cost| cost < FAR);
        let dearest = real.max().copied().unwrap_or(1).clamp(1, 1 << 36);
        let price = |order: usize| {
            if let Some(prize) = self.problem.orders()[order].prize() {
                return prize.0;
            }
            let rank = Tier::COUNT - 1 - usize::from(self.tier[order]);
            dearest * 10_i64.pow(u32::try_from(rank + 1).unwrap_or(1))
        };
        self.bank_price = (0..self.problem.orders().len()).map(price).collect();
    }

    /// The nearest visits of each visit by travel time, either way, on the roads of any vehicle.
    fn link_neighbours(&mut self) {
        use rayon::prelude::*;
        let rows: Vec<Vec<u32>> =
            (0..self.visits).into_par_iter().map(|v| self.nearest(v)).collect();
        for row in rows {
            self.near.extend(row);
            self.near_from.push(u32::try_from(self.near.len()).unwrap_or(NONE));
        }
    }

    fn nearest(&self, visit: usize) -> Vec<u32> {
        let far = |other: usize| {
            let (a, b) = (self.place[visit] as usize, self.place[other] as usize);
            let cells = self.tables.iter().map(|table| {
                let there = table.cells[a * self.places + b].time;
                there.min(table.cells[b * self.places + a].time)
            });
            let time = cells.min().unwrap_or(NO_ROAD);
            i64::from(time) + self.least_wait(visit, other) / 5
        };
        let mut others: Vec<(i64, u32)> = (0..self.visits)
            .filter(|&other| self.order_of[other] != self.order_of[visit])
            .map(|other| (far(other), u32::try_from(other).unwrap_or(NONE)))
            .filter(|&(time, _)| time < i64::from(NO_ROAD))
            .collect();
        if others.len() > NEAR {
            others.select_nth_unstable(NEAR);
            others.truncate(NEAR);
        }
        others.sort_unstable();
        others.into_iter().map(|(_, other)| other).collect()
    }

    /// The wait that cannot be avoided between two visits, whichever comes first.
    fn least_wait(&self, a: usize, b: usize) -> i64 {
        let ends = |visit: usize| {
            let windows = &self.problem.visits()[visit].windows;
            (windows[0].open().0, windows[windows.len() - 1].close().0)
        };
        let ((a_open, a_close), (b_open, b_close)) = (ends(a), ends(b));
        (a_open - b_close).max(b_open - a_close).clamp(0, 86_400)
    }

    /// The visits nearest to a visit, nearest first.
    #[inline]
    pub(crate) fn near(&self, visit: u32) -> &[u32] {
        let v = visit as usize;
        &self.near[self.near_from[v] as usize..self.near_from[v + 1] as usize]
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
        let (a, b) = (self.place[from as usize] as usize, self.place[to as usize] as usize);
        let cell = self.tables[self.rigs[vehicle].table].cells[a * self.places + b];
        let hop = Hop { time: cell.time.into(), metres: cell.metres.into() };
        (cell.time < NO_ROAD).then_some(hop)
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
        self.usable[vehicle * self.ways.len() + way as usize]
    }

    /// The ways of serving an order.
    #[inline]
    pub(crate) fn ways_of(&self, order: u32) -> std::ops::Range<u32> {
        let first = &self.problem.first_realisation;
        first[order as usize]..first[order as usize + 1]
    }

    /// Bytes the search's tables take for this many places and visits.
    pub(crate) fn bytes(places: usize, visits: usize, tables: usize) -> usize {
        places * places * size_of::<Cell>() * tables + visits * (NEAR * 4 + 600)
    }
}

/// A node's number.
#[inline]
pub(crate) fn node(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

/// The visits bound to a position: of a shipment, the pickup to the first and the delivery to the
/// last.
fn locked(problem: &Problem, position: Position) -> Vec<bool> {
    let other = if position == Position::First { Role::ShipDelivery } else { Role::ShipPickup };
    let bound = |visit: &Visit| visit.position == Some(position) && visit.role != other;
    problem.visits().iter().map(bound).collect()
}

fn bulk(problem: &Problem, order: OrderId) -> i64 {
    let mut share = 0;
    for way in problem.realisations_of(order) {
        let load = problem.visit(problem.realisation(way).first).load;
        for (d, &q) in load.iter().enumerate() {
            let largest = problem.vehicle_ids().map(|v| problem.capacity(v)[d]).max().unwrap_or(0);
            if largest > 0 {
                let millionths = i128::from(q) * 1_000_000 / i128::from(largest);
                share = share.max(i64::try_from(millionths).unwrap_or(i64::MAX));
            }
        }
    }
    share
}

/// One travel table per pair of road profile and parking time, and the table of each vehicle.
fn tables(problem: &Problem) -> (Vec<Table>, Vec<usize>) {
    let mut keys: Vec<(usize, i64)> = Vec::new();
    let mut table_of = Vec::new();
    for vehicle in problem.vehicle_ids() {
        let key = (problem.profile_of(vehicle), problem.vehicle(vehicle).parking_time().0);
        let known = keys.iter().position(|&other| other == key);
        table_of.push(known.unwrap_or(keys.len()));
        if known.is_none() {
            keys.push(key);
        }
    }
    let tables = keys.iter().map(|&(profile, parking)| table(problem, profile, parking)).collect();
    (tables, table_of)
}

fn table(problem: &Problem, profile: usize, parking: i64) -> Table {
    let places = problem.places().len();
    let matrix = &problem.matrices[profile];
    let cell = |from: usize, to: usize| {
        let parking = if from == to { 0 } else { parking };
        let cell = matrix.leg(from, to).ok().and_then(|leg| {
            let time = i32::try_from(leg.seconds.0 + parking).ok()?;
            Some(Cell { time, metres: i32::try_from(leg.metres.0).ok()? })
        });
        cell.filter(|cell| cell.time < NO_ROAD).unwrap_or(Cell { time: NO_ROAD, metres: 0 })
    };
    let cells = (0..places * places).map(|i| cell(i / places, i % places)).collect();
    Table { cells }
}

fn rig(problem: &Problem, vehicle: VehicleId, table: usize, first_slot: usize) -> Rig {
    let v = problem.vehicle(vehicle);
    let StationId(home) = problem.station_of(vehicle);
    let cut = |t: i64| t.clamp(-FAR, FAR);
    let rule = v.driving_rule();
    let orders = problem.orders().len().max(1);
    let same = |other: VehicleId| {
        let o = problem.vehicle(other);
        let alike =
            crate::problem::Vehicle { id: v.id.clone(), origin: v.origin.clone(), ..o.clone() };
        alike == *v && !problem.orders().iter().any(|order| order.vehicle.as_ref() == Some(&o.id))
    };
    let kind = problem.vehicle_ids().take(vehicle.index()).find(|&other| same(other));
    Rig {
        table,
        home,
        shift_open: cut(v.shift_window().open().0),
        shift_close: cut(v.shift_window().close().0),
        per_second: v.cost_per_second().0,
        per_metre: v.cost_per_metre().0,
        fixed: v.fixed_cost().0,
        max_duration: cut(v.duration_limit().0),
        max_length: cut(v.length_limit().0),
        parking: v.parking_time().0,
        reload: v.reload_time().0,
        drive_limit: rule.map_or(FAR, |rule| rule.drive.0),
        rest: rule.map_or(0, |rule| rule.rest.0),
        first_slot: node(first_slot),
        trips: v.trip_limit().min(node(orders)),
        kind: kind.unwrap_or(vehicle).0,
    }
}
