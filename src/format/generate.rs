//! Invented orders for a real map: the station's own history, from ten parcels a day to six hundred.
//! No order describes a real person. And whole invented days: [`Rural`].

mod county;
mod rural;

pub use county::{County, CountySize, District, Site};
pub use rural::{MOST_VEHICLES, Rural, RuralDay};

use crate::place::Point;
use crate::problem::{Call, Choice, HandOver, Order, Quantity, Tier};
use crate::rng::Rng;
use crate::units::{Grams, Millilitres, Money, Seconds, Time, Window};

/// What kind of place a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A home in the station's own town.
    Town,
    /// A village.
    Village,
    /// A camp or site of many workers behind one gate.
    Camp,
    /// A camp so far off that one order may take a day.
    FarCamp,
    /// A shop with opening hours.
    Shop,
    /// A shop that keeps parcels for those who agreed.
    PickupPoint,
    /// A pharmacy.
    Pharmacy,
}

/// A place orders may come from. Its point should lie on or near a road.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPoint {
    /// The name, as the courier calls it.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Where it is.
    pub point: Point,
    /// How many orders it gets, relative to others. Nothing for pick-up points that are only a
    /// choice beside home.
    pub weight: u32,
}

/// How the orders of a day are made up. Shares are per cent of all orders.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerateOptions {
    /// Where the station is: outbound shipments go between camps, everything else from or to here.
    pub station: Point,
    /// Orders with the 24-hour promise.
    pub promise_share: u32,
    /// Insulin and the like, in a cold box.
    pub cold_share: u32,
    /// The product class of cold orders.
    pub cold_class: String,
    /// Parcels to fetch.
    pub collect_share: u32,
    /// Parcels from one place to another.
    pub ship_share: u32,
    /// Installations.
    pub serve_share: u32,
    /// The skill installations need.
    pub serve_skill: String,
    /// Deliveries with a pick-up point as second option.
    pub pickup_point_share: u32,
    /// The truck fetched parcels leave with.
    pub outbound_truck: Option<String>,
    /// The trucks deliveries come with, the first twice as often as all others together.
    pub inbound_trucks: Vec<String>,
    /// How far from its place's point a door may lie, in metres.
    pub jitter_m: f64,
}

impl GenerateOptions {
    /// The usual shares: 8 % promise, 4 % cold, 8 % collect, 1 % ship, 1 % serve, and 15 % with a
    /// pick-up point; 150 m around each point.
    pub fn around(station: Point) -> Self {
        Self {
            station,
            promise_share: 8,
            cold_share: 4,
            cold_class: "CN_COLD_2_8".into(),
            collect_share: 8,
            ship_share: 1,
            serve_share: 1,
            serve_skill: "install_ac".into(),
            pickup_point_share: 15,
            outbound_truck: None,
            inbound_trucks: Vec::new(),
            jitter_m: 150.0,
        }
    }
}

/// Makes `count` orders around the given places. The same seed gives the same orders, and a larger
/// day begins with the orders of the smaller one, so that a station's growth can be followed.
///
/// ```
/// use lastmile::format::generate::{GenerateOptions, NamedPoint, PlaceKind, orders};
/// use lastmile::place::Point;
/// let town = Point::wgs84(38.25, 90.86);
/// let place = NamedPoint { name: "town".into(), kind: PlaceKind::Town, point: town, weight: 1 };
/// let options = GenerateOptions::around(town);
/// let small = orders(10, 7, std::slice::from_ref(&place), &options);
/// let large = orders(300, 7, &[place], &options);
/// assert_eq!(small, large[..10]);
/// ```
pub fn orders(
    count: usize,
    seed: u64,
    places: &[NamedPoint],
    options: &GenerateOptions,
) -> Vec<Order> {
    // Each order has a stream of its own, so how many follow it changes nothing.
    let one = |number: usize| {
        let rng = Rng::new(seed, number as u64 + 1);
        Maker { rng, places, options }.order(number)
    };
    (0..count).filter_map(one).collect()
}

/// The errand of an order.
#[derive(Clone, Copy)]
enum Errand {
    Parcel,
    Promise,
    Cold,
    Collect,
    Ship,
    Serve,
}

/// Makes one order.
struct Maker<'m> {
    rng: Rng,
    places: &'m [NamedPoint],
    options: &'m GenerateOptions,
}

impl<'m> Maker<'m> {
    /// Nothing only when no place has a weight.
    fn order(&mut self, number: usize) -> Option<Order> {
        let errand = self.errand();
        let place = self.place_that(|_| true)?;
        let call = self.call(place);
        let id = format!("H{:06}", number + 1);
        let order = match errand {
            Errand::Parcel => self.parcel(Order::deliver(id, call), place),
            Errand::Promise => self.parcel(Order::deliver(id, call), place).tier(Tier::Promise),
            Errand::Cold => self.cold(Order::deliver(id, call)),
            Errand::Collect => self.collect(Order::collect(id, call)),
            Errand::Ship => self.ship(id, place, call),
            Errand::Serve => self.serve(Order::serve(id, call)),
        };
        let phone = format!("199{:08}", self.rng.below(100_000_000));
        let name = format!("收件人{}", number + 1);
        Some(order.village(place.name.as_str()).name(name).phone(phone))
    }

    fn errand(&mut self) -> Errand {
        let options = self.options;
        let shares = [
            (options.promise_share, Errand::Promise),
            (options.cold_share, Errand::Cold),
            (options.collect_share, Errand::Collect),
            (options.ship_share, Errand::Ship),
            (options.serve_share, Errand::Serve),
        ];
        let mut roll = self.rng.below(100);
        for (share, errand) in shares {
            let share = share as usize;
            if roll < share {
                return errand;
            }
            roll -= share;
        }
        Errand::Parcel
    }

    /// A place by weight, among those that suit; any place when none does.
    fn place_that(&mut self, suits: impl Fn(PlaceKind) -> bool) -> Option<&'m NamedPoint> {
        let places = self.places;
        let weight = |place: &&NamedPoint| place.weight as usize;
        let fit = || places.iter().filter(|place| suits(place.kind));
        let total: usize = fit().map(|place| place.weight as usize).sum();
        if total == 0 {
            let total = places.iter().map(|place| place.weight as usize).sum();
            return pick(places.iter(), self.rng.below(total), weight);
        }
        pick(fit(), self.rng.below(total), weight)
    }

    /// A door near the place's point. Parcels of one place share its doors: a few in a town or
    /// village, one gate at a camp, one counter at a shop.
    fn near(&mut self, place: &NamedPoint) -> Point {
        let point = place.point;
        let doors = match place.kind {
            PlaceKind::Town => 2,
            PlaceKind::Village => 4,
            _ => 1,
        };
        let door = self.rng.below(doors);
        if doors == 1 {
            return point;
        }
        let mut rng = Rng::new(point.lat.to_bits() ^ point.lon.to_bits(), door as u64);
        let distance = self.options.jitter_m.max(0.0) * rng.unit().sqrt();
        let (east, north) = (rng.unit() * std::f64::consts::TAU).sin_cos();
        let lat = point.lat + distance * north / METRES_PER_DEGREE;
        let width = METRES_PER_DEGREE * point.lat.to_radians().cos().max(0.01);
        Point::wgs84(
            lat.clamp(-90.0, 90.0),
            (point.lon + distance * east / width).clamp(-180.0, 180.0),
        )
    }

    /// A call at the place, with the hours its kind keeps.
    fn call(&mut self, place: &NamedPoint) -> Call {
        let call = Call::at(self.near(place));
        let minutes = |from: usize, to: usize, rng: &mut Rng| {
            Seconds::minutes(i64::try_from(rng.between(from, to)).unwrap_or(0))
        };
        match place.kind {
            // Many parcels are laid on one counter.
            PlaceKind::PickupPoint => open_hours(call.service(Seconds(45))),
            PlaceKind::Shop | PlaceKind::Pharmacy => {
                open_hours(call.service(minutes(2, 4, &mut self.rng)))
            }
            PlaceKind::Camp | PlaceKind::FarCamp => {
                let call = call.service(minutes(2, 4, &mut self.rng));
                // At some gates parcels are taken only around the change of shifts.
                if self.rng.chance(1, 5) { hours(call, (11, 0), (15, 0)) } else { call }
            }
            PlaceKind::Town | PlaceKind::Village => {
                let call = call.service(minutes(1, 2, &mut self.rng));
                if self.rng.chance(1, 10) { hours(call, (12, 0), (19, 0)) } else { call }
            }
        }
    }

    /// A delivery: on one of the trucks, perhaps with a pick-up point as second option.
    fn parcel(&mut self, order: Order, place: &NamedPoint) -> Order {
        let mut order = order.quantity(size(&mut self.rng));
        if place.kind == PlaceKind::PickupPoint {
            order.consent = true;
            for choice in &mut order.choices {
                choice.hand_over = HandOver::PickupPoint;
            }
        }
        let order = self.inbound(order);
        let wanted = self.rng.below(100) < self.options.pickup_point_share as usize;
        let point = nearest(self.places, PlaceKind::PickupPoint, place.point);
        match point.filter(|_| wanted && place.kind != PlaceKind::PickupPoint) {
            Some(point) => {
                let call = open_hours(Call::at(point.point).service(Seconds::minutes(1)));
                let choice = Choice::call(HandOver::PickupPoint, call);
                order.or(choice.price(Money::units(1.5))).consent(true)
            }
            None => order,
        }
    }

    /// Insulin: to the door, or to the nearest pharmacy.
    fn cold(&mut self, order: Order) -> Order {
        let size = quantity(self.rng.between(100, 400), self.rng.between(300, 800));
        let class = self.options.cold_class.as_str();
        let order = order.quantity(size).tier(Tier::ColdChain).class(class).note("胰岛素，防冻");
        let order = self.inbound(order);
        match nearest(self.places, PlaceKind::Pharmacy, self.options.station) {
            Some(pharmacy) if self.rng.chance(1, 2) => {
                let call = open_hours(Call::at(pharmacy.point).service(Seconds::minutes(2)));
                order.or(Choice::call(HandOver::Pharmacy, call).price(Money::units(3.0)))
            }
            _ => order,
        }
    }

    fn collect(&mut self, order: Order) -> Order {
        let order = order.quantity(size(&mut self.rng)).note("寄往内地");
        match &self.options.outbound_truck {
            Some(truck) => order.truck(truck.as_str()),
            None => order,
        }
    }

    /// A parcel from one camp to another.
    fn ship(&mut self, id: String, place: &NamedPoint, delivery: Call) -> Order {
        let elsewhere = |kind| kind == PlaceKind::Camp && place.kind != PlaceKind::FarCamp;
        let from = self.place_that(elsewhere).unwrap_or(place);
        let pickup = self.call(from).village(from.name.as_str());
        let size = size(&mut self.rng);
        Order::ship(id, pickup, delivery).quantity(size).note(format!("取自{}", from.name))
    }

    /// The installation of something bulky.
    fn serve(&mut self, mut order: Order) -> Order {
        let minutes = i64::try_from(self.rng.between(30, 75)).unwrap_or(45);
        for choice in &mut order.choices {
            choice.call.service = Seconds::minutes(minutes);
        }
        let size = quantity(self.rng.between(25_000, 45_000), self.rng.between(150_000, 300_000));
        let order = order.quantity(size).skill(self.options.serve_skill.as_str()).note("送装一体");
        self.inbound(order)
    }

    /// The order on one of the inbound trucks.
    fn inbound(&mut self, order: Order) -> Order {
        let trucks = &self.options.inbound_trucks;
        let first = trucks.len() < 2 || self.rng.below(3) < 2;
        let index = if first { 0 } else { self.rng.between(1, trucks.len() - 1) };
        match trucks.get(index) {
            Some(truck) => order.truck(truck.as_str()),
            None => order,
        }
    }
}

/// Metres to a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

/// The item that `roll` falls on, each as wide as its weight.
fn pick<'i, T>(
    mut items: impl Iterator<Item = &'i T>,
    mut roll: usize,
    weight: impl Fn(&&'i T) -> usize,
) -> Option<&'i T> {
    items.find(|item| {
        let width = weight(item);
        let here = roll < width;
        roll = roll.saturating_sub(width);
        here
    })
}

/// The nearest place of a kind.
fn nearest(places: &[NamedPoint], kind: PlaceKind, to: Point) -> Option<&NamedPoint> {
    let fit = places.iter().filter(|place| place.kind == kind);
    fit.min_by(|a, b| a.point.distance_m(to).total_cmp(&b.point.distance_m(to)))
}

/// An ordinary parcel's size: mostly small, now and then a sack or an appliance.
fn size(rng: &mut Rng) -> Quantity {
    let (grams, millilitres) = match rng.below(100) {
        0..70 => (rng.between(200, 3_000), rng.between(500, 12_000)),
        70..95 => (rng.between(3_000, 12_000), rng.between(8_000, 40_000)),
        _ => (rng.between(12_000, 35_000), rng.between(40_000, 160_000)),
    };
    quantity(grams, millilitres)
}

fn quantity(grams: usize, millilitres: usize) -> Quantity {
    let whole = |value: usize| i64::try_from(value).unwrap_or(0);
    Quantity::pieces(1).mass(Grams(whole(grams))).volume(Millilitres(whole(millilitres)))
}

fn hours(call: Call, open: (i64, i64), close: (i64, i64)) -> Call {
    Window::new(Time::at(open.0, open.1), Time::at(close.0, close.1))
        .into_iter()
        .fold(call, Call::window)
}

/// The hours of shops on the plateau, with their long noon.
fn open_hours(call: Call) -> Call {
    hours(hours(call, (9, 0), (12, 0)), (14, 30), (18, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Kind;

    fn places() -> Vec<NamedPoint> {
        let place = |name: &str, kind, lat, lon, weight| NamedPoint {
            name: name.into(),
            kind,
            point: Point::wgs84(lat, lon),
            weight,
        };
        vec![
            place("花土沟镇", PlaceKind::Town, 38.25, 90.858, 60),
            place("油砂山", PlaceKind::Village, 38.27, 91.007, 10),
            place("跃进一号", PlaceKind::Camp, 38.14, 90.928, 20),
            place("冷湖四号", PlaceKind::FarCamp, 39.02, 93.148, 1),
            place("便利店", PlaceKind::Shop, 38.251, 90.86, 9),
            place("代收点", PlaceKind::PickupPoint, 38.252, 90.861, 0),
            place("药房", PlaceKind::Pharmacy, 38.249, 90.859, 0),
        ]
    }

    fn options() -> GenerateOptions {
        let mut options = GenerateOptions::around(Point::wgs84(38.2567, 90.855));
        options.outbound_truck = Some("out".into());
        options.inbound_trucks = vec!["in1".into(), "in2".into()];
        options
    }

    #[test]
    fn a_larger_day_begins_with_the_smaller_one() {
        let large = orders(600, 42, &places(), &options());
        for count in [0, 10, 20, 300] {
            assert_eq!(orders(count, 42, &places(), &options()), large[..count]);
        }
        assert_ne!(orders(10, 43, &places(), &options()), large[..10]);
    }

    #[test]
    fn shares_are_about_as_asked() {
        let day = orders(2000, 1, &places(), &options());
        let count = |test: &dyn Fn(&Order) -> bool| day.iter().filter(|o| test(o)).count();
        let check = |found: usize, per_cent: usize| {
            assert!(found.abs_diff(per_cent * 20) < 35, "{found} for {per_cent} %");
        };
        check(count(&|o| o.tier_value() == Tier::Promise), 8);
        check(count(&|o| o.class_code() == Some("CN_COLD_2_8")), 4);
        check(count(&|o| o.kind() == Kind::Collect), 8);
        check(count(&|o| o.kind() == Kind::Ship), 1);
        check(count(&|o| o.kind() == Kind::Serve), 1);
        check(count(&|o| o.choices().len() == 2 && o.consent), 13);
        assert_eq!(count(&|o| o.kind() == Kind::Collect && o.truck.is_none()), 0);
    }

    #[test]
    fn points_lie_near_the_given_places() {
        for order in orders(500, 3, &places(), &options()) {
            for choice in order.choices() {
                for call in choice.pickup.iter().chain([&choice.call]) {
                    let near = |p: &NamedPoint| p.point.distance_m(call.point()) < 151.0;
                    assert!(places().iter().any(near));
                }
            }
        }
    }

    #[test]
    fn without_places_there_are_no_orders() {
        assert!(orders(5, 1, &[], &options()).is_empty());
    }
}
