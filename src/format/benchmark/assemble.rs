//! Makes a day of a benchmark file's statement: scaled to whole numbers, its vehicles bare.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Code, Error, Fault, Result};
use crate::format::benchmark::lines::MOST;
use crate::format::benchmark::rounding::HORIZON;
use crate::format::benchmark::statement::{Client, Distances, Statement, VehicleKind};
use crate::format::benchmark::{Benchmark, Objective, Options};
use crate::place::Point;
use crate::problem::{
    Builder, Call, Choice, HandOver, Order, Problem, Quantity, Station, Travel, Vehicle,
};
use crate::road::{LONGEST, PlaneScale, TravelMatrix};
use crate::units::{Metres, Money, Seconds, Time, Window};

/// The road profile of every vehicle.
const PROFILE: &str = "plane";
/// Above this many places distances are worked out instead of tabled.
const TABLED: usize = 5_000;
/// The highest cost all routes together may come to.
const DEAREST: i128 = 1 << 52;
/// The longest service the day may hold, and the dearest vehicle.
const MOST_MONEY: i128 = 1_000_000_000_000;

/// The day of a statement.
pub(super) fn assemble(name: &str, statement: &Statement, options: Options) -> Result<Benchmark> {
    let rounding = options.rounding.unwrap_or(match options.objective {
        Objective::Distance => statement.rounding,
        Objective::Hierarchical => super::Rounding::None,
    });
    let scale = rounding.scale(statement);
    let mut made = Assembly { statement, scale, spots: spots(statement), per_vehicle: 0 };
    made.check()?;
    if options.objective == Objective::Hierarchical {
        made.per_vehicle = made.more_than_any_way()?;
    }
    let orders = made.orders()?;
    let (orders, numbers): (Vec<Order>, Vec<Vec<[u32; 2]>>) = orders.into_iter().unzip();
    let problem = made.build(orders)?;
    let realisations = problem.order_ids().flat_map(|order| problem.realisations_of(order));
    let mut visit_number = vec![0; problem.visits().len()];
    for id in realisations {
        let realisation = problem.realisation(id);
        let [first, second] = numbers[realisation.order.index()][realisation.choice];
        visit_number[realisation.first.index()] = first;
        if let Some(visit) = realisation.second {
            visit_number[visit.index()] = second;
        }
    }
    let fleet = &statement.fleet;
    Ok(Benchmark {
        name: name.to_owned(),
        folder: String::new(),
        visit_number,
        vehicle_number: problem.vehicles().iter().map(|vehicle| number_in(vehicle.id())).collect(),
        station_number: problem.stations().iter().map(|station| number_in(station.id())).collect(),
        kinds: fleet.iter().map(|kind| kind.numbers.clone()).collect(),
        is_numbered: fleet.len() > 1,
        per_unit: i64::from(scale.per_unit) * statement.cost_parts,
        per_vehicle: made.per_vehicle,
        rounding,
        objective: options.objective,
        problem,
    })
}

struct Assembly<'s> {
    statement: &'s Statement,
    scale: PlaneScale,
    /// Where each site lies on the globe.
    spots: Vec<Point>,
    /// What a vehicle costs beside its own costs, so that fewer vehicles win.
    per_vehicle: i64,
}

/// A place on the globe for each site: the plane in a small box on the equator, where a degree of
/// latitude is as long as one of longitude. Sites without coordinates stand in a row.
fn spots(statement: &Statement) -> Vec<Point> {
    if let Distances::Table(_) = statement.distances {
        let count = u32::try_from(statement.sites.len()).unwrap_or(u32::MAX);
        let step = 1.0 / f64::from(count.max(1));
        return (0..count).map(|i| Point::wgs84(0.5, 10.0 + step * f64::from(i))).collect();
    }
    let points = || statement.sites.iter().map(|site| site.point);
    let low = |axis: usize| points().map(|point| point[axis]).fold(f64::INFINITY, f64::min);
    let high = |axis: usize| points().map(|point| point[axis]).fold(f64::NEG_INFINITY, f64::max);
    let (left, bottom) = (low(0), low(1));
    let size = (high(0) - left).max(high(1) - bottom).max(1.0);
    let spot = |p: [f64; 2]| Point::wgs84((p[1] - bottom) / size, 10.0 + (p[0] - left) / size);
    points().map(spot).collect()
}

/// A point as a key.
fn key(point: Point) -> (u64, u64) {
    (point.lat.to_bits(), point.lon.to_bits())
}

/// A number as text, so that the order of the texts is that of the numbers.
fn padded(number: u32) -> String {
    format!("{number:07}")
}

impl Assembly<'_> {
    /// What the file's numbers come to must be countable.
    fn check(&self) -> Result<()> {
        let statement = self.statement;
        let mut found = Vec::new();
        let too_large = |what: &str, value: f64, field: &str| {
            let expected = format!("{what} that can be counted in parts of {}", self.per_unit());
            Fault::new(Code::Overflow, expected).field(field).value(value)
        };
        let farthest = statement.longest();
        if farthest >= LONGEST.as_f64() / self.per_unit() {
            found.push(too_large("distances", farthest, "coordinates"));
        }
        let clients = statement.clients.iter();
        let windows = clients.clone().filter_map(|client| client.window);
        let shifts = statement.fleet.iter().filter_map(|kind| kind.shift);
        let releases = clients.clone().filter_map(|client| client.release);
        let services = clients.map(|client| client.service);
        let times = windows.chain(shifts).map(|window| window.1).chain(releases).chain(services);
        let latest = times.fold(0.0, f64::max);
        if latest * self.per_unit() > HORIZON {
            found.push(too_large("times", latest, "times"));
        }
        if statement.clients.is_empty() {
            found.push(Fault::new(Code::MissingPart, "at least one client").field("clients"));
        }
        if found.is_empty() { self.check_costs() } else { Err(Error::input(found)) }
    }

    fn per_unit(&self) -> f64 {
        f64::from(self.scale.per_unit)
    }

    /// The length of going to every client from the farthest depot and back, each alone.
    fn all_alone(&self) -> i128 {
        let statement = self.statement;
        let mut sum = 0;
        for client in &statement.clients {
            let trips = statement.depots.iter().map(|&depot| {
                let there = self.scale.metres(statement.distance(depot, client.site)).0;
                let back = self.scale.metres(statement.distance(client.site, depot)).0;
                i128::from(there) + i128::from(back) + 2
            });
            sum += trips.max().unwrap_or(0);
        }
        sum
    }

    fn check_costs(&self) -> Result<()> {
        let statement = self.statement;
        let dearest = statement.fleet.iter().map(|kind| i128::from(kind.per_distance)).max();
        let fixed = statement.fleet.iter().map(|kind| {
            let count = kind.numbers.len().min(statement.clients.len());
            i128::from(kind.fixed) * i128::try_from(count).unwrap_or(0)
        });
        let prizes = statement.clients.iter().filter_map(|client| client.prize).map(i128::from);
        let scaled = (fixed.sum::<i128>() + prizes.sum::<i128>()) * i128::from(self.scale.per_unit);
        let most = self.all_alone() * dearest.unwrap_or(0) + scaled;
        if most < DEAREST {
            return Ok(());
        }
        let expected = "costs whose sum can be counted";
        Err(Fault::new(Code::Overflow, expected).field("costs").value(most).into())
    }

    /// A price above the cost of every way.
    fn more_than_any_way(&self) -> Result<i64> {
        let dearest = self.statement.fleet.iter().map(|kind| i128::from(kind.per_distance)).max();
        let most = self.all_alone() * dearest.unwrap_or(1).max(1);
        let price = (0..).map(|power| 10_i128.pow(power)).take(30).find(|&price| price > most);
        let price = price.filter(|&price| price < MOST_MONEY);
        price.and_then(|price| i64::try_from(price).ok()).ok_or_else(|| {
            let expected = "distances whose sum can be counted below the price of a vehicle";
            Fault::new(Code::Overflow, expected).field("costs").value(most).into()
        })
    }

    fn seconds(&self, time: f64) -> Seconds {
        Seconds::round(time * self.per_unit())
    }

    fn window(&self, (open, close): (f64, f64)) -> Window {
        let [open, close] = [open, close].map(|time| Time(self.seconds(time).0));
        Window::new(open, close.max(open)).unwrap_or(Window::ALWAYS)
    }

    fn call(&self, client: &Client) -> Call {
        let call = Call::at(self.spots[client.site]).service(self.seconds(client.service));
        match client.window {
            Some(window) => call.window(self.window(window)),
            None => call,
        }
    }

    fn number(&self, client: &Client) -> u32 {
        self.statement.sites[client.site].number
    }

    /// Every order, sorted by id, with the clients' numbers of each of its choices.
    fn orders(&self) -> Result<Vec<(Order, Vec<[u32; 2]>)>> {
        let clients = &self.statement.clients;
        let skills = self.skills();
        let mut groups: BTreeMap<u32, Vec<&Client>> = BTreeMap::new();
        let mut orders = Vec::new();
        for client in clients.iter().filter(|client| !client.is_delivery) {
            match (client.group, client.delivery) {
                (Some(group), _) => groups.entry(group).or_default().push(client),
                (None, None) => orders.push(self.order(&[client])),
                (None, Some(partner)) => orders.push(self.shipment(client, &clients[partner])),
            }
        }
        let mut found = Vec::new();
        for (group, members) in groups {
            let first = members[0];
            let alike = |c: &&Client| {
                (c.deliver, c.collect, c.release, c.prize)
                    == (first.deliver, first.collect, first.release, first.prize)
            };
            if !members.iter().all(alike) {
                let expected = "the same demand, prize and release time for all of a group";
                let fault = Fault::new(Code::Contradiction, expected).field("group");
                found.push(fault.place(format!("group {group}")));
            }
            orders.push(self.order(&members));
        }
        if !found.is_empty() {
            return Err(Error::input(found));
        }
        for (order, numbers) in &mut orders {
            if let Some(skill) = skills.get(&numbers[0][0]) {
                *order = order.clone().skill(skill);
            }
        }
        orders.sort_by(|a, b| a.0.id().cmp(b.0.id()));
        Ok(orders)
    }

    /// The order of one client, or of a group of which one is visited.
    fn order(&self, members: &[&Client]) -> (Order, Vec<[u32; 2]>) {
        let first = members[0];
        let numbers: Vec<[u32; 2]> = members.iter().map(|c| [self.number(c), 0]).collect();
        let id = padded(numbers.iter().map(|number| number[0]).min().unwrap_or(0));
        let mut order = if first.collect > 0 {
            Order::collect(id, self.call(first)).quantity(Quantity::pieces(first.collect))
        } else {
            Order::deliver(id, self.call(first)).quantity(Quantity::pieces(first.deliver))
        };
        for other in &members[1..] {
            order = order.or(Choice::call(HandOver::Home, self.call(other)));
        }
        if let Some(prize) = first.prize {
            order = order.optional(Money(prize * self.money()));
        }
        if let Some(release) = first.release {
            order = order.ready_at(Time(self.seconds(release).0));
        }
        (self.placed(order, first), numbers)
    }

    fn shipment(&self, pickup: &Client, delivery: &Client) -> (Order, Vec<[u32; 2]>) {
        let numbers = vec![[self.number(pickup), self.number(delivery)]];
        let order = Order::ship(padded(numbers[0][0]), self.call(pickup), self.call(delivery));
        let order = order.quantity(Quantity::pieces(pickup.collect));
        (self.placed(order, pickup), numbers)
    }

    /// An order with the line it stands on, served from whichever station.
    fn placed(&self, order: Order, client: &Client) -> Order {
        let order = order.origin(format!("line {}", self.statement.sites[client.site].line));
        if self.statement.depots.len() > 1 { order.any_station() } else { order }
    }

    /// What one unit of the file's costs comes to.
    fn money(&self) -> i64 {
        i64::from(self.scale.per_unit)
    }

    /// The skill each client asks for that not every vehicle may visit, by the client's number: one
    /// for each set of vehicles that may.
    fn skills(&self) -> BTreeMap<u32, String> {
        let mut skills = BTreeMap::new();
        if self.statement.fleet.iter().all(|kind| kind.allowed.is_none()) {
            return skills;
        }
        for client in &self.statement.clients {
            let able: Vec<bool> =
                self.statement.fleet.iter().map(|kind| may_visit(kind, client.site)).collect();
            if able.contains(&false) {
                skills.insert(self.number(client), skill(&able));
            }
        }
        skills
    }

    fn build(&self, orders: Vec<Order>) -> Result<Arc<Problem>> {
        let builder = self.builder()?.orders(orders);
        let sites: BTreeMap<(u64, u64), usize> =
            self.spots.iter().enumerate().rev().map(|(site, &spot)| (key(spot), site)).collect();
        let site = |point: &Point| sites.get(&key(*point)).copied().unwrap_or(0);
        let statement = self.statement;
        let is_plane = statement.distances == Distances::Plane;
        if is_plane && statement.sites.len() > TABLED {
            return builder.build_on_plane(self.scale, |p| statement.sites[site(&p)].point);
        }
        builder.build_with(|_, points| {
            let at: Vec<usize> = points.iter().map(site).collect();
            let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
                Ok(self.scale.leg(statement.distance(at[from], at[to])))
            });
            Ok(Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] })
        })
    }

    /// The stations with their vehicles.
    fn builder(&self) -> Result<Builder> {
        let statement = self.statement;
        let station = |&site: &usize| {
            let place = statement.sites[site];
            let id = format!("depot {}", padded(place.number));
            Station::at(id, self.spots[site]).origin(format!("line {}", place.line))
        };
        let mut stations: Vec<Station> = statement.depots.iter().map(station).collect();
        let skills = self.vehicle_skills();
        for (kind, skills) in statement.fleet.iter().zip(&skills) {
            let station = &mut stations[kind.depot];
            for &number in self.offered(kind) {
                let bare = self.vehicle(kind, number).station(station.id());
                station.vehicles.push(skills.iter().cloned().fold(bare, Vehicle::skill));
            }
        }
        let mut stations = stations.into_iter();
        let none = || Fault::new(Code::MissingPart, "at least one depot").field("depots");
        let first = stations.next().ok_or_else(none)?;
        Ok(stations.fold(Problem::builder(first), Builder::station))
    }

    /// The vehicles of a kind that are worth offering: where the file has one for each client, that
    /// means "as many as you like".
    fn offered<'k>(&self, kind: &'k VehicleKind) -> &'k [u32] {
        let is_free = kind.numbers.len() >= self.statement.clients.len()
            && kind.max_duration.is_none()
            && kind.max_distance.is_none()
            && !self.statement.is_timed();
        let enough = 2 * self.statement.bins(kind.capacity) + 10;
        &kind.numbers[..if is_free { enough.min(kind.numbers.len()) } else { kind.numbers.len() }]
    }

    /// For each kind of vehicle the skills it has.
    fn vehicle_skills(&self) -> Vec<Vec<String>> {
        let fleet = &self.statement.fleet;
        let mut skills = vec![Vec::new(); fleet.len()];
        let mut sets: Vec<Vec<bool>> = self
            .statement
            .clients
            .iter()
            .map(|client| fleet.iter().map(|kind| may_visit(kind, client.site)).collect())
            .collect();
        sets.sort_unstable();
        sets.dedup();
        for able in sets.iter().filter(|able| able.contains(&false)) {
            for (has, _) in skills.iter_mut().zip(able).filter(|(_, able)| **able) {
                has.push(skill(able));
            }
        }
        skills
    }

    fn vehicle(&self, kind: &VehicleKind, number: u32) -> Vehicle {
        let none = Seconds::ZERO;
        let mut vehicle = Vehicle::new(padded(number), PROFILE)
            .driving(None)
            .parking(none)
            .reload(none)
            .packing(none)
            .trips(kind.trips)
            .deliver_first(self.statement.is_deliver_first)
            .shift(kind.shift.map_or(Window::ALWAYS, |shift| self.window(shift)));
        if let Some(pieces) = kind.capacity {
            vehicle = vehicle.capacity(Quantity { pieces, ..Quantity::UNLIMITED });
        }
        if let Some(limit) = kind.max_duration {
            vehicle = vehicle.max_duration(self.seconds(limit));
        }
        if let Some(limit) = kind.max_distance {
            vehicle = vehicle.max_length(Metres(self.seconds(limit).0));
        }
        vehicle.fixed = Money(kind.fixed * self.money() + self.per_vehicle);
        vehicle.per_second = Money::ZERO;
        vehicle.per_metre = Money(kind.per_distance);
        vehicle
    }
}

/// The number at the end of an id.
fn number_in(id: &str) -> u32 {
    id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0)
}

fn may_visit(kind: &VehicleKind, site: usize) -> bool {
    kind.allowed.as_ref().is_none_or(|sites| sites.binary_search(&site).is_ok())
}

/// The name of the skill of a set of vehicle kinds.
fn skill(able: &[bool]) -> String {
    able.iter().map(|&able| if able { '1' } else { '0' }).collect()
}

// Numbers of a file fit the texts made of them.
const _: () = assert!(MOST < 10_000_000);
