//! A whole invented day: a county, a fleet, and about as many orders as the fleet can serve.

use std::sync::Arc;

use crate::cold::{Conditioning, PackOut, Weather};
use crate::error::{Code, Fault, Result};
use crate::format::Calendar;
use crate::format::day::{Day, MOST_ORDERS};
use crate::format::generate::county::{County, CountySize, District, Site};
use crate::format::generate::{PlaceKind, hours, open_hours, quantity};
use crate::place::{Datum, Point};
use crate::problem::{
    Call, Choice, ColdBox, Excursions, HandOver, Order, Problem, Quantity, Station, Tier, Truck,
    Vehicle,
};
use crate::rng::Rng;
use crate::road::RoadGraph;
use crate::road::osm::OsmData;
use crate::units::{Grams, Metres, MilliCelsius, Millilitres, Money, Seconds, Time, Window};

/// The most vehicles of a generated day.
pub const MOST_VEHICLES: usize = 10_000;
/// More vehicles than this share their work among several stations.
const VEHICLES_OF_STATION: usize = 40;
/// The product class of cold orders.
const CLASS: &str = "CN_COLD_2_8";
/// The skill installations need.
const SKILL: &str = "install_ac";
/// Walking from the vehicle to a door and back, and the way on to the next.
const STEPS: f64 = 25.0;
/// How much of a fleet's time a day fills.
const FILLED: f64 = 0.66;
/// Speeds of the estimate of the day's driving, m/s: on village roads, and to the farther villages.
const PACE: (f64, f64) = (7.0, 11.0);

/// What a generated rural day is made from. The same numbers give the same day.
///
/// ```
/// use lastmile::format::generate::Rural;
/// let day = Rural::new(20, 2, 7)?.make();
/// assert_eq!((day.day.orders.len(), day.day.stations[0].vehicles().len()), (20, 2));
/// let problem = day.problem()?;
/// assert_eq!(problem.orders().len(), 20);
/// # Ok::<(), lastmile::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rural {
    orders: usize,
    vehicles: usize,
    seed: u64,
}

/// A generated day and the roads it is driven on.
#[derive(Clone, Debug)]
pub struct RuralDay {
    /// Stations, fleet, weather and orders. Its `roads` name no file.
    pub day: Day,
    /// The roads as map data.
    pub roads: OsmData,
}

impl RuralDay {
    /// The day as a problem, ready to be planned.
    ///
    /// # Errors
    /// When its travel tables would be too large; a generated day has no other faults.
    pub fn problem(self) -> Result<Arc<Problem>> {
        let graph = Arc::new(RoadGraph::from_osm(&self.roads)?);
        drop(self.roads);
        self.day.into_builder().0.build(&graph)
    }
}

impl Rural {
    /// A day of so many orders for so many vehicles.
    ///
    /// # Errors
    /// No orders or more than [`MOST_ORDERS`]; no vehicle or more than [`MOST_VEHICLES`].
    pub fn new(orders: usize, vehicles: usize, seed: u64) -> Result<Self> {
        for (field, value, most) in
            [("orders", orders, MOST_ORDERS), ("vehicles", vehicles, MOST_VEHICLES)]
        {
            if !(1..=most).contains(&value) {
                let fault = Fault::new(Code::OutOfRange, format!("a number from 1 to {most}"));
                return Err(fault.field(field).value(value).into());
            }
        }
        Ok(Self { orders, vehicles, seed })
    }

    /// How many vehicles a day of so many orders usually has: two, and one more for each 260.
    pub fn usual_vehicles(orders: usize) -> usize {
        (2 + orders / 260).min(MOST_VEHICLES)
    }

    fn stations(&self) -> usize {
        self.vehicles.div_ceil(VEHICLES_OF_STATION)
    }

    /// Draws the day. Costs about a microsecond per order, and the square of the villages of one
    /// station.
    pub fn make(&self) -> RuralDay {
        let stations = self.stations();
        let per_station = self.orders.div_ceil(stations);
        let fleet = self.vehicles.div_ceil(stations);
        let villages = (6 + 8 * fleet).min(per_station / 2).max(2);
        let size = CountySize {
            stations,
            villages,
            camps: villages / 10,
            far_camps: if fleet > 1 { 3 * rangers(fleet) } else { 0 },
            houses: per_station + per_station / 5,
        };
        let County { roads, districts } = County::new(size, self.seed);
        let mut made = Vec::with_capacity(stations);
        let mut orders = Vec::with_capacity(self.orders);
        for (number, district) in districts.iter().enumerate() {
            let share = |whole: usize| whole * (number + 1) / stations - whole * number / stations;
            let station = station(number, share(self.vehicles), district);
            let count = share(self.orders);
            orders.extend(Demand::new(&station, district, count).orders(orders.len(), self.seed));
            made.push(station);
        }
        let day = Day {
            calendar: Calendar::default(),
            datum: Datum::Wgs84,
            roads: None,
            heights: Vec::new(),
            region: None,
            road_news: None,
            closures: Vec::new(),
            stations: made,
            orders,
            weather: Weather::hourly(0, &HOURLY_C)
                .ok()
                .map(|weather| weather.uncertain(MilliCelsius(2000), MilliCelsius(2000))),
            start: Vec::new(),
            snap_limit: None,
            segregates: false,
            excursions: Excursions::default(),
            products: Vec::new(),
            weather_height: None,
        };
        RuralDay { day, roads }
    }
}

/// The air of a cold January day on the plateau, by hour, and of the night after it: with the margin
/// of two degrees just as cold as a lid may be opened for a minute in.
const HOURLY_C: [f64; 26] = [
    -14.0, -15.0, -16.0, -16.0, -17.0, -17.0, -18.0, -18.0, -17.0, -16.0, -14.0, -12.0, -10.0,
    -8.0, -7.0, -6.0, -7.0, -8.0, -10.0, -11.0, -13.0, -15.0, -16.0, -16.0, -17.0, -17.0,
];

/// How many vehicles of a fleet go into the desert.
fn rangers(fleet: usize) -> usize {
    if fleet > 1 { fleet.div_ceil(10) } else { 0 }
}

fn station(number: usize, fleet: usize, district: &District) -> Station {
    let id = format!("s{}", number + 1);
    let truck = |name: &str| Truck::new(format!("{id}-{name}"));
    let station = Station::at(id.as_str(), district.station)
        .truck(truck("am").arrives(Time::at(7, 0), Seconds::minutes(30)))
        .truck(truck("pm").arrives(Time::at(12, 30), Seconds::minutes(20)))
        .truck(truck("out").leaves(Time::at(18, 0)));
    let vehicle = |index: usize| vehicle(&format!("{id}-v{:03}", index + 1), index, fleet);
    (0..fleet).map(vehicle).fold(station, Station::vehicle)
}

/// The first vehicles go far; of the others every third is a tricycle.
fn vehicle(id: &str, index: usize, fleet: usize) -> Vehicle {
    let day = |from: Time, to: Time| Window::new(from, to).unwrap_or(Window::ALWAYS);
    let cold = |count| ColdBox::new(PackOut::p7(), CLASS, Conditioning::Liquid).count(count);
    if index < rangers(fleet) {
        return Vehicle::four_by_four(id)
            .shift(day(Time::at(7, 30), Time::at(21, 0)))
            .max_duration(Seconds::minutes(13 * 60 + 30))
            .costs(80.0, 35.0, 1.4)
            .cold_box(cold(1))
            .trips(2);
    }
    let shift = day(Time::at(8, 0), Time::at(19, 0));
    if index % 3 == 2 {
        let vehicle = Vehicle::tricycle(id).costs(10.0, 25.0, 0.15).trips(4);
        return vehicle.reload(Seconds::minutes(15)).shift(shift).cold_box(cold(1));
    }
    let vehicle = Vehicle::minivan(id).costs(40.0, 30.0, 0.8).trips(3).shift(shift);
    let vehicle = vehicle.max_length(Metres(300_000)).cold_box(cold(2));
    if index.is_multiple_of(3) { vehicle.skill(SKILL) } else { vehicle }
}

/// What the orders of one station are drawn from.
struct Demand<'a> {
    station: &'a Station,
    district: &'a District,
    count: usize,
    /// Sums of the sites' weights up to and with each.
    weights: Vec<usize>,
    /// What service takes, as a share of the usual.
    service: f64,
    /// What parcels weigh, as a share of the usual.
    size: f64,
    has_skill: bool,
    far_orders: usize,
}

impl<'a> Demand<'a> {
    fn new(station: &'a Station, district: &'a District, count: usize) -> Self {
        let mut sum = 0;
        let weights = district.sites.iter().map(|site| {
            sum += site.weight;
            sum
        });
        let weights = weights.collect();
        let is_far = |vehicle: &&Vehicle| vehicle.profile() == "four_by_four";
        let fleet = station.vehicles();
        let far = fleet.iter().filter(is_far).count();
        Self {
            station,
            district,
            count,
            weights,
            service: service_share(district, fleet.len() - far, count),
            size: size_share(fleet, count),
            has_skill: fleet.iter().any(|vehicle| !vehicle.skills().is_empty()),
            far_orders: if far == 0 { 0 } else { (count / 100).clamp(1, 8 * far) },
        }
    }

    fn orders(self, first: usize, seed: u64) -> Vec<Order> {
        let one = |number: usize| {
            let rng = Rng::new(seed, (1 << 40) + (first + number) as u64);
            Maker { rng, demand: &self }.order(first + number, number < self.far_orders)
        };
        (0..self.count).map(one).collect()
    }
}

/// Two minutes of service, or what the fleet's time leaves when the estimated driving is done: all
/// roads of the district there and back, and twice to its middle and back for each vehicle.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn service_share(district: &District, fleet: usize, count: usize) -> f64 {
    let (fleet, count) = (fleet.max(1) as f64, count.max(1) as f64);
    let shift_s = 11.0 * 3600.0;
    let driving_s = 2.0 * district.road_m / PACE.0
        + 4.0 * fleet * 0.6 * district.radius_m / PACE.1
        + 90.0 * 60.0 * fleet / 3.0;
    let left_s = (FILLED * shift_s * fleet - driving_s).max(0.1 * shift_s * fleet);
    // A minute of parking at each new place is in the vehicles' own rules.
    ((left_s / count - STEPS - 60.0) / 120.0).clamp(0.15, 1.5)
}

/// As heavy as two full loads of each vehicle allow, but not heavier than usual.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn size_share(fleet: &[Vehicle], count: usize) -> f64 {
    let load: Quantity = fleet.iter().fold(Quantity::default(), |sum, v| sum + v.capacity_value());
    let usual = (count as f64 * 4_200.0, count as f64 * 15_400.0);
    let room = (load.mass.as_f64() / usual.0).min(load.volume.as_f64() / usual.1);
    (1.4 * room).clamp(0.05, 1.0)
}

/// Makes one order.
struct Maker<'m> {
    rng: Rng,
    demand: &'m Demand<'m>,
}

impl<'m> Maker<'m> {
    fn order(&mut self, number: usize, is_far: bool) -> Order {
        let site = if is_far { self.far_site() } else { self.site() };
        let id = format!("R{:06}", number + 1);
        let call = self.call(site);
        let order = match self.rng.below(100) {
            0..4 => self.cold(Order::deliver(id, call)),
            4..12 => self.parcel(Order::deliver(id, call), site).tier(Tier::Promise),
            12..20 => {
                let parcel = self.size();
                Order::collect(id, call).quantity(parcel).truck(self.truck("out"))
            }
            20..22 => self.ship(id, site, call),
            22 if self.demand.has_skill && !is_far => self.serve(Order::serve(id, call)),
            23..27 => self.parcel(Order::deliver(id, call), site).tier(Tier::Later),
            27 => {
                let prize = Money::units(f64::from(10 + self.rng.next_u32() % 20));
                self.parcel(Order::deliver(id, call), site).optional(prize)
            }
            _ => self.parcel(Order::deliver(id, call), site),
        };
        let order = order.station(self.demand.station.id()).village(site.name.as_str());
        order.name(format!("收件人{}", number + 1))
    }

    fn site(&mut self) -> &'m Site {
        let demand = self.demand;
        let total = demand.weights.last().copied().unwrap_or(0);
        let roll = self.rng.below(total);
        let site = demand.weights.partition_point(|&sum| sum <= roll);
        &demand.district.sites[site.min(demand.district.sites.len() - 1)]
    }

    fn far_site(&mut self) -> &'m Site {
        let sites = &self.demand.district.sites;
        let far = sites.iter().filter(|site| site.kind == PlaceKind::FarCamp).count();
        &sites[sites.len() - 1 - self.rng.below(far.max(1))]
    }

    fn door(&mut self, site: &Site) -> Point {
        site.houses[self.rng.below(site.houses.len())]
    }

    fn seconds(&mut self, low: i64, high: i64) -> Seconds {
        let width = usize::try_from(high - low).unwrap_or(0);
        let usual = low + i64::try_from(self.rng.between(0, width)).unwrap_or(0);
        // Whole fives of seconds, as a courier would say.
        let share = Seconds(usual).as_f64() * self.demand.service / 5.0;
        Seconds(Seconds::round(share).0.max(1) * 5)
    }

    /// A call at a door; some have hours.
    fn call(&mut self, site: &Site) -> Call {
        let call = Call::at(self.door(site)).service(self.seconds(80, 160));
        match (site.kind, self.rng.below(20)) {
            (PlaceKind::Camp, 0..4) => hours(call, (11, 0), (15, 0)),
            (PlaceKind::Town | PlaceKind::Village, 0) => hours(call, (9, 0), (12, 0)),
            (PlaceKind::Town | PlaceKind::Village, 1) => hours(call, (12, 0), (18, 30)),
            (PlaceKind::Town | PlaceKind::Village, 2) => open_hours(call),
            _ => call,
        }
    }

    /// Mostly small, now and then a sack or an appliance.
    fn size(&mut self) -> Quantity {
        let usual = super::size(&mut self.rng);
        let share = self.demand.size;
        let mass = Grams::round((usual.mass.as_f64() * share).max(50.0));
        let volume = Millilitres::round((usual.volume.as_f64() * share).max(100.0));
        usual.mass(mass).volume(volume)
    }

    fn truck(&self, name: &str) -> String {
        format!("{}-{name}", self.demand.station.id())
    }

    /// Goods of the morning truck, or now and then of the noon one.
    fn inbound(&mut self, order: Order) -> Order {
        let name = if self.rng.chance(1, 6) { "pm" } else { "am" };
        order.truck(self.truck(name))
    }

    /// A parcel; in seven places of a village or town the village's counter will do as well.
    fn parcel(&mut self, order: Order, site: &Site) -> Order {
        let parcel = self.size();
        let order = self.inbound(order.quantity(parcel));
        let counter = matches!(site.kind, PlaceKind::Town | PlaceKind::Village);
        if !counter || !self.rng.chance(1, 7) {
            return order;
        }
        let call = open_hours(Call::at(site.houses[0]).service(self.seconds(30, 50)));
        let choice = Choice::call(HandOver::PickupPoint, call).price(Money::units(1.5));
        // Without consent the counter is no choice: the plan has to mind that.
        order.or(choice).consent(self.rng.chance(9, 10))
    }

    /// Insulin: to the door, or for half of them to the pharmacy in town.
    fn cold(&mut self, order: Order) -> Order {
        let size = quantity(self.rng.between(100, 400), self.rng.between(100, 300));
        let order = order.quantity(size).tier(Tier::ColdChain).class(CLASS);
        let order = order.truck(self.truck("am"));
        if self.rng.chance(1, 2) {
            return order;
        }
        let town = &self.demand.district.sites[0];
        let pharmacy = town.houses[town.houses.len() - 1];
        let call = open_hours(Call::at(pharmacy).service(self.seconds(60, 90)));
        order.or(Choice::call(HandOver::Pharmacy, call).price(Money::units(3.0)))
    }

    /// From one place to another of the same district.
    fn ship(&mut self, id: String, to: &Site, delivery: Call) -> Order {
        let from = if to.kind == PlaceKind::FarCamp { self.far_site() } else { self.site() };
        let pickup = Call::at(self.door(from)).service(self.seconds(80, 160));
        let size = self.size();
        Order::ship(id, pickup.village(from.name.as_str()), delivery).quantity(size)
    }

    /// The installation of something bulky.
    fn serve(&mut self, mut order: Order) -> Order {
        for choice in &mut order.choices {
            choice.call.service = Seconds::minutes(20);
        }
        let size = quantity(self.rng.between(15_000, 30_000), self.rng.between(80_000, 150_000));
        let order = order.quantity(size).skill(SKILL);
        self.inbound(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Kind;

    #[test]
    fn the_same_numbers_give_the_same_day() {
        let make = |seed| Rural::new(300, 4, seed).unwrap().make();
        let (one, two, other) = (make(5), make(5), make(6));
        assert_eq!(one.day.orders, two.day.orders);
        assert_eq!(one.day.stations, two.day.stations);
        assert_ne!(one.day.orders, other.day.orders);
    }

    #[test]
    fn a_day_has_everything_a_rural_day_has() {
        let day = Rural::new(2000, 9, 1).unwrap().make().day;
        let count = |test: &dyn Fn(&Order) -> bool| day.orders.iter().filter(|o| test(o)).count();
        assert_eq!(day.orders.len(), 2000);
        assert!((50..120).contains(&count(&|o| o.class_code().is_some())));
        assert!((100..220).contains(&count(&|o| o.kind() == Kind::Collect)));
        assert!((15..70).contains(&count(&|o| o.kind() == Kind::Ship)));
        assert!((5..40).contains(&count(&|o| o.kind() == Kind::Serve)));
        assert!(count(&|o| o.choices().len() == 2) > 150);
        assert!(count(&|o| o.prize().is_some()) > 5);
        assert!(count(&|o| o.village_name().contains("远营")) >= 8);
        assert!(count(&|o| o.choices().iter().any(|c| !c.call.windows.is_empty())) > 200);
    }

    #[test]
    fn a_day_of_any_size_becomes_a_problem() {
        for (orders, vehicles) in [(1, 1), (20, 2), (100, 2), (300, 90)] {
            let problem = Rural::new(orders, vehicles, 11).unwrap().make().problem().unwrap();
            assert_eq!(problem.orders().len(), orders);
            assert_eq!(problem.vehicles().len(), vehicles);
            assert!(
                problem
                    .places()
                    .iter()
                    .all(|place| place.access.iter().all(std::result::Result::is_ok))
            );
        }
    }

    #[test]
    fn a_written_day_is_the_day_in_memory() {
        let made = Rural::new(60, 3, 8).unwrap().make();
        let day =
            crate::format::day::parse("day.json", crate::format::day::write(&made.day).as_bytes());
        let xml = crate::road::osm::to_xml(&made.roads);
        let roads = crate::road::osm::parse("roads.osm", xml.as_bytes()).unwrap();
        let read = RuralDay { day: day.unwrap(), roads }.problem().unwrap();
        let kept = made.problem().unwrap();
        let places = kept.places().len();
        assert_eq!(read.places().len(), places);
        for vehicle in kept.vehicle_ids() {
            for (from, to) in (0..places).flat_map(|i| (0..places).map(move |j| (i, j))) {
                assert_eq!(kept.travel(vehicle).leg(from, to), read.travel(vehicle).leg(from, to));
            }
        }
    }

    #[test]
    fn nothing_to_do_and_nobody_to_do_it_are_faults() {
        for (orders, vehicles) in [(0, 1), (1, 0), (MOST_ORDERS + 1, 1), (1, MOST_VEHICLES + 1)] {
            let error = Rural::new(orders, vehicles, 1).unwrap_err();
            assert_eq!(error.faults()[0].code(), Code::OutOfRange);
        }
    }
}
