//! Makes the ground of a day, and of a part of it.

use std::collections::BTreeSet;

use super::travel::Table;
use super::{BESIDE, Ground, NONE, Rates, Rig, Share, Way, near, node};
use crate::constraint::FAR;
use crate::problem::{
    OrderId, Position, Problem, RealisationId, Role, StationId, Tier, Vehicle, VehicleId, Visit,
    VisitId,
};
use crate::units::Window;

impl<'a> Ground<'a> {
    /// The ground of a whole day.
    pub(crate) fn new(problem: &'a Problem) -> Self {
        let mut ground = Self::without_near(problem);
        (ground.near, ground.around) = near::lists(&ground);
        ground.add_beside();
        ground
    }

    /// The same where no visit knows what is near: for a few questions that look everywhere.
    pub(crate) fn without_near(problem: &'a Problem) -> Self {
        let share = Share {
            vehicles: (0..node(problem.vehicles().len())).collect(),
            orders: (0..node(problem.orders().len())).collect(),
        };
        let (kinds, kind_of) = kinds(problem);
        let mut ground = Self::bare(problem, share, &kind_of, None);
        ground.kinds = kinds.len();
        ground.usable = kinds.iter().flat_map(|&v| ground.usable_by(VehicleId(v))).collect();
        ground.is_all_usable = ground.usable.iter().all(|&usable| usable);
        let orders = problem.order_ids();
        ground.bulk = orders.map(|order| bulk(problem, &kinds, order)).collect();
        let orders = problem.order_ids();
        ground.remoteness = orders.map(|order| ground.round_trip(order, &kinds)).collect();
        ground.price_the_bank();
        for path in &problem.start {
            for visit in path.trips.iter().flatten().take(path.frozen) {
                ground.frozen[visit.index()] = true;
                ground.has_frozen = true;
            }
        }
        (ground.near, ground.around) = near::no_lists(ground.visits);
        ground.note_features();
        ground
    }

    /// The ground of a part of the day whose ground this is. A visit knows those of its near visits
    /// that are in the part.
    pub(crate) fn part(&self, share: Share) -> Self {
        let kind_of: Vec<u32> = self.rigs.iter().map(|rig| rig.kind).collect();
        let mut part = Self::bare(self.problem, share, &kind_of, Some(self));
        let orders = &part.share.orders;
        let pick = |all: &[i64]| orders.iter().map(|&order| all[order as usize]).collect();
        part.kinds = self.kinds;
        part.bank_price = pick(&self.bank_price);
        part.bulk = pick(&self.bulk);
        part.remoteness = pick(&self.remoteness);
        part.frozen = part.visit_ids.iter().map(|&visit| self.frozen[visit as usize]).collect();
        part.has_frozen = part.frozen.contains(&true);
        let ways = orders.iter().flat_map(|&order| self.ways_of(order));
        let ways: Vec<usize> = ways.map(|way| way as usize).collect();
        let of_kind = |kind: usize| ways.iter().map(move |way| (kind, way));
        let usable = (0..self.kinds).flat_map(of_kind);
        part.usable = usable.map(|(kind, way)| self.usable[kind * self.ways.len() + way]).collect();
        part.is_all_usable = self.is_all_usable;
        let mut local = vec![NONE; self.visits];
        for (i, &visit) in part.visit_ids.iter().enumerate() {
            local[visit as usize] = node(i);
        }
        part.near = self.near.restrict(&part.visit_ids, &local);
        part.around = self.around.restrict(&part.visit_ids, &local);
        part.add_beside();
        part.note_features();
        part
    }

    /// Nodes, ways, vehicles and tables, cut out of those of the whole day where they are at hand; what
    /// concerns the whole day is still missing.
    fn bare(problem: &'a Problem, share: Share, kind_of: &[u32], whole: Option<&Self>) -> Self {
        let mut ground = Self {
            problem,
            visit_ids: Vec::new(),
            by_id: Vec::new(),
            visits: 0,
            slots: 0,
            rigs: Vec::with_capacity(share.vehicles.len()),
            rates: Vec::new(),
            kinds: 0,
            multi: Vec::new(),
            slot_vehicle: Vec::new(),
            place: Vec::new(),
            places: Vec::new(),
            tables: Vec::new(),
            ways: Vec::new(),
            first_way: vec![0],
            way_of: Vec::new(),
            order_of: Vec::new(),
            partner: Vec::new(),
            usable: Vec::new(),
            is_all_usable: false,
            bank_price: Vec::new(),
            optional: Vec::new(),
            tier: Vec::new(),
            near: near::Lists::default(),
            around: near::Lists::default(),
            beside: Vec::new(),
            least: Vec::new(),
            bulk: Vec::new(),
            remoteness: Vec::new(),
            opens: Vec::new(),
            closes: Vec::new(),
            first_locked: Vec::new(),
            last_locked: Vec::new(),
            frozen: Vec::new(),
            has_frozen: false,
            has_locks: false,
            has_prices: false,
            has_pairs: false,
            is_timed: false,
            share,
        };
        ground.add_orders();
        ground.add_vehicles(kind_of, whole);
        ground.add_places();
        ground
    }

    fn add_orders(&mut self) {
        let problem = self.problem;
        for (own, &order) in self.share.orders.iter().enumerate() {
            let id = OrderId(order);
            self.optional.push(problem.order(id).prize().is_some());
            self.tier.push(problem.order(id).tier_value() as u8);
            for realisation in problem.realisations_of(id) {
                let realisation = problem.realisation(realisation);
                let way = node(self.ways.len());
                let first = node(self.visit_ids.len());
                for visit in std::iter::once(realisation.first).chain(realisation.second) {
                    self.visit_ids.push(visit.0);
                    self.way_of.push(way);
                    self.order_of.push(node(own));
                    self.partner.push(NONE);
                }
                let mut second = NONE;
                if realisation.second.is_some() {
                    second = first + 1;
                    self.partner[first as usize] = second;
                    self.partner[second as usize] = first;
                }
                self.ways.push(Way { first, second, price: realisation.price.0 });
            }
            self.first_way.push(node(self.ways.len()));
            let windows = &problem.visit(VisitId(self.visit_ids[self.visit_ids.len() - 1])).windows;
            self.opens.push(windows[0].open().0);
            self.closes.push(windows[windows.len() - 1].close().0);
        }
        self.visits = self.visit_ids.len();
        self.by_id = with_numbers(&self.visit_ids);
        self.frozen = vec![false; self.visits];
        self.first_locked = self.locked(Position::First);
        self.last_locked = self.locked(Position::Last);
    }

    fn add_vehicles(&mut self, kind_of: &[u32], whole: Option<&Self>) {
        let problem = self.problem;
        // What the vehicles that share a table have in common, and the first of them.
        let mut keys: Vec<(usize, i64)> = Vec::new();
        let mut firsts: Vec<u32> = Vec::new();
        let single = self.visit_ids.iter().all(|&v| problem.visit(VisitId(v)).windows.len() == 1);
        for (own, &vehicle) in self.share.vehicles.iter().enumerate() {
            let id = VehicleId(vehicle);
            let key = (problem.profile_of(id), problem.vehicle(id).parking_time().0);
            let known = keys.iter().position(|&other| other == key);
            let table = known.unwrap_or(keys.len());
            if known.is_none() {
                keys.push(key);
                firsts.push(vehicle);
            }
            let mut rig = rig(problem, id, table, self.slot_vehicle.len(), self.share.orders.len());
            rig.kind = kind_of[vehicle as usize];
            rig.is_lean =
                single && rig.charge.is_none() && rig.trips == 1 && rig.drive_limit == FAR;
            if rig.trips > 1 {
                self.multi.push(node(own));
            }
            self.slot_vehicle.extend(std::iter::repeat_n(node(own), rig.trips as usize));
            let Rig { per_second, per_metre, .. } = rig;
            self.rates.push(Rates { table: node(table), per_second, per_metre });
            self.rigs.push(rig);
        }
        self.slots = self.slot_vehicle.len();
        let places = self.visit_ids.iter().map(|&visit| problem.visit(VisitId(visit)).place.0);
        self.places = each_once(places.chain(self.rigs.iter().map(|rig| rig.home)));
        let numbers = whole.map(|whole| with_numbers(&whole.places)).unwrap_or_default();
        let in_whole: Vec<u32> =
            self.places.iter().map(|&place| number_in(&numbers, place)).collect();
        let table = |(&(profile, parking), first): (&(usize, i64), u32)| {
            let at_hand = whole
                .and_then(|whole| whole.tables[whole.rigs[first as usize].table].among(&in_whole));
            at_hand.unwrap_or_else(|| Table::new(&problem.matrices[profile], &self.places, parking))
        };
        self.tables = keys.iter().zip(firsts).map(table).collect();
    }

    fn add_places(&mut self) {
        let sorted = with_numbers(&self.places);
        let local = |place: u32| number_in(&sorted, place);
        let visits = self.visit_ids.iter();
        let mut place: Vec<u32> =
            visits.map(|&visit| local(self.problem.visit(VisitId(visit)).place.0)).collect();
        place
            .extend(self.slot_vehicle.iter().flat_map(|&v| [local(self.rigs[v as usize].home); 2]));
        self.place = place;
    }

    /// What a detour beside each near visit costs at least, by the vehicles to which that is cheapest: twice
    /// the less of the ways there and back, and the service.
    fn least_beside(&self) -> Vec<i64> {
        let mut rates = self.rates.clone();
        rates.sort_unstable();
        rates.dedup();
        let of_visit = |visit: u32| {
            let id = VisitId(self.visit_ids[visit as usize]);
            let service = self.problem.visit(id).service.0;
            let rates = &rates;
            self.near.range(visit).map(move |at| {
                let by = |rates: &Rates| {
                    let Rates { per_second, per_metre, .. } = *rates;
                    let leg = &self.beside[rates.table as usize][at];
                    2 * leg.least(per_second, per_metre) + per_second * service
                };
                rates.iter().map(by).min().unwrap_or(0)
            })
        };
        (0..node(self.visits)).flat_map(of_visit).collect()
    }

    /// Keeps the ways to and from near visits beside their lists, to be read in a row.
    fn add_beside(&mut self) {
        if self.tables.len() > BESIDE || !self.has_squares() {
            return;
        }
        let ground = &*self;
        let of_table = |table: &Table<'_>| {
            let of_visit = |visit: u32| {
                let here = ground.place[visit as usize];
                let there = ground.near.of(visit).iter().map(|&near| ground.place[near as usize]);
                there.filter_map(move |there| table.beside(here, there))
            };
            (0..node(ground.visits)).flat_map(of_visit).collect()
        };
        self.beside = self.tables.iter().map(of_table).collect();
        self.least = self.least_beside();
    }

    fn note_features(&mut self) {
        self.has_locks = self.has_frozen
            || self.first_locked.contains(&true)
            || self.last_locked.contains(&true);
        self.has_prices = self.ways.iter().any(|way| way.price != 0);
        self.has_pairs = self.ways.iter().any(|way| way.second != NONE);
    }

    /// The visits bound to a position: of a shipment, the pickup to the first and the delivery to
    /// the last.
    fn locked(&mut self, position: Position) -> Vec<bool> {
        let other = if position == Position::First { Role::ShipDelivery } else { Role::ShipPickup };
        let bound = |visit: &Visit| visit.position == Some(position) && visit.role != other;
        let visits = self.visit_ids.iter().map(|&visit| self.problem.visit(VisitId(visit)));
        self.is_timed = visits.clone().any(|visit| visit.windows != [Window::ALWAYS]);
        visits.map(bound).collect()
    }

    /// Which ways a vehicle may be used for at all.
    fn usable_by(&self, vehicle: VehicleId) -> Vec<bool> {
        let problem = self.problem;
        let able = |order: OrderId| {
            problem.pinned(order).is_none_or(|pin| pin == vehicle)
                && problem.order_station(order).is_none_or(|s| s == problem.station_of(vehicle))
                && problem.skills_lacking(order, vehicle).is_empty()
        };
        let fits = |visit: VisitId| {
            let keeps = problem.doorstep_excess(vehicle, visit).0 <= 0;
            let visit = problem.visit(visit);
            let keeps = keeps && problem.out_overdrawn(visit.order).0 <= 0;
            let room = visit.load.iter().zip(problem.capacity(vehicle)).all(|(q, room)| q <= room);
            let has_box = |class: usize| {
                let rooms = problem.box_kinds(vehicle, class).map(|b| b.1.pack_out().volume.0);
                let largest = rooms.max().unwrap_or(i64::MAX);
                problem.hold(vehicle, class).is_ok() && visit.load[3 + class] <= largest
            };
            let held = visit.class.is_none_or(has_box);
            let home = problem.home(vehicle);
            let road = problem.leg(vehicle, home, visit.place).is_ok()
                && problem.leg(vehicle, visit.place, home).is_ok();
            room && held && keeps && road
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
    fn round_trip(&self, order: OrderId, kinds: &[u32]) -> i64 {
        let mut best = FAR;
        for way in self.ways_of(order.0) {
            for &v in kinds {
                let (v, rig) = (v as usize, &self.rigs[v as usize]);
                if !self.is_usable(v, way) {
                    continue;
                }
                let Way { first, second, price } = self.ways[way as usize];
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
}

/// The first vehicle of each kind, and the kind of each vehicle: vehicles that differ in name only
/// are of one kind, unless an order is pinned to them.
fn kinds(problem: &Problem) -> (Vec<u32>, Vec<u32>) {
    let pinned: BTreeSet<VehicleId> =
        problem.order_ids().filter_map(|order| problem.pinned(order)).collect();
    let (mut first, mut models): (Vec<u32>, Vec<Vehicle>) = (Vec::new(), Vec::new());
    let mut kind_of = Vec::with_capacity(problem.vehicles().len());
    for id in problem.vehicle_ids() {
        let model =
            Vehicle { id: String::new(), origin: String::new(), ..problem.vehicle(id).clone() };
        let same = |&k: &usize| {
            models[k] == model
                && !pinned.contains(&VehicleId(first[k]))
                && problem.station_of(VehicleId(first[k])) == problem.station_of(id)
        };
        let known = (0..models.len()).find(same).filter(|_| !pinned.contains(&id));
        kind_of.push(node(known.unwrap_or(models.len())));
        if known.is_none() {
            first.push(id.0);
            models.push(model);
        }
    }
    (first, kind_of)
}

fn bulk(problem: &Problem, kinds: &[u32], order: OrderId) -> i64 {
    let mut share = 0;
    for way in problem.realisations_of(order) {
        let load = problem.visit(problem.realisation(way).first).load;
        for (d, &q) in load.iter().enumerate() {
            let rooms = kinds.iter().map(|&v| problem.capacity(VehicleId(v))[d]);
            let largest = rooms.max().unwrap_or(0);
            if largest > 0 {
                let millionths = i128::from(q) * 1_000_000 / i128::from(largest);
                share = share.max(i64::try_from(millionths).unwrap_or(i64::MAX));
            }
        }
    }
    share
}

/// Each item once, in the order in which they come.
fn each_once(items: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut firsts: Vec<(u32, u32)> = items.zip(0..).collect();
    firsts.sort_unstable();
    firsts.dedup_by_key(|&mut (item, _)| item);
    firsts.sort_unstable_by_key(|&(_, at)| at);
    firsts.into_iter().map(|(item, _)| item).collect()
}

/// Items with their numbers, to look them up by [`number_in`].
fn with_numbers(items: &[u32]) -> Vec<(u32, u32)> {
    let mut sorted: Vec<(u32, u32)> = items.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    sorted
}

/// The number of an item, or [`NONE`].
pub(super) fn number_in(sorted: &[(u32, u32)], item: u32) -> u32 {
    sorted.binary_search_by_key(&item, |&(item, _)| item).map_or(NONE, |at| sorted[at].1)
}

fn rig(
    problem: &Problem,
    vehicle: VehicleId,
    table: usize,
    first_slot: usize,
    orders: usize,
) -> Rig {
    let v = problem.vehicle(vehicle);
    let StationId(home) = problem.station_of(vehicle);
    let cut = |t: i64| t.clamp(-FAR, FAR);
    let rule = v.driving_rule();
    let charge = problem.charge(vehicle);
    let way = charge.and_then(|charge| charge.longest_way()).unwrap_or(FAR);
    let time = charge.and_then(|charge| charge.longest_time()).unwrap_or(FAR);
    Rig {
        table,
        home,
        shift_open: cut(v.shift_window().open().0),
        shift_close: cut(v.shift_window().close().0),
        per_second: v.cost_per_second().0,
        per_metre: v.cost_per_metre().0,
        fixed: v.fixed_cost().0,
        max_duration: cut(v.duration_limit().0).min(time),
        max_length: cut(v.length_limit().0).min(way),
        charge,
        parking: v.parking_time().0,
        reload: v.reload_time().0,
        drive_limit: rule.map_or(FAR, |rule| rule.drive.0),
        rest: rule.map_or(0, |rule| rule.rest.0),
        first_slot: node(first_slot),
        trips: v.trip_limit().min(node(orders.max(1))),
        kind: 0,
        is_lean: false,
    }
}
