//! Random rich days, for properties.

use std::sync::Arc;

use lastmile::Result;
use lastmile::cold::{Conditioning, Doorstep, PackOut, Weather};
use lastmile::place::Point;
use lastmile::problem::{
    Battery, Call, Chemistry, Choice, ColdBox, Excursions, HandOver, Order, Position, Problem,
    Quantity, Station, Tier, Travel, Urgent, Vehicle,
};
use lastmile::rng::Rng;
use lastmile::road::{Drain, NoRoad, TravelMatrix};
use lastmile::units::{Grams, Leg, Metres, Millilitres, Money, Seconds, Time, Window};

/// How rich a day is; every feature is drawn by its own chance.
pub(crate) struct Mix {
    pub(crate) orders: usize,
    pub(crate) vehicles: usize,
    pub(crate) seed: u64,
}

fn window(rng: &mut Rng, open: usize, close: usize) -> Window {
    let a = rng.between(open * 60, close * 60 - 30);
    let b = rng.between(a + 20, (a + 240).min(close * 60));
    let at = |minute: usize| Time(i64::try_from(minute).unwrap() * 60);
    Window::new(at(a), at(b)).unwrap()
}

fn point(rng: &mut Rng) -> Point {
    Point::wgs84(38.0 + rng.unit() * 0.6, 90.5 + rng.unit() * 0.8)
}

fn call(rng: &mut Rng) -> Call {
    let mut call = Call::at(point(rng)).service(Seconds::minutes(rng.between(0, 15) as i64));
    match rng.below(6) {
        0..2 => {}
        2..5 => call = call.window(window(rng, 7, 19)),
        _ => call = call.window(window(rng, 7, 12)).window(window(rng, 13, 19)),
    }
    call
}

fn order(rng: &mut Rng, i: usize) -> Order {
    let id = format!("o{i:03}");
    let first = call(rng);
    let mut order = match rng.below(10) {
        0..5 => Order::deliver(id, first),
        5..7 => Order::collect(id, first),
        7..9 => Order::ship(id, first, call(rng)),
        _ => Order::serve(id, first),
    };
    let mass = Grams(rng.between(0, 60_000) as i64);
    let volume = Millilitres(rng.between(100, 60_000) as i64);
    order = order.quantity(Quantity::pieces(1).mass(mass).volume(volume));
    order = order.tier(Tier::ALL[rng.below(Tier::COUNT)]);
    if rng.chance(1, 5) {
        let small = Quantity::pieces(1).mass(Grams(500)).volume(Millilitres(800));
        order = order.class("CN_COLD_2_8").quantity(small);
    }
    if order.choices()[0].hand_over() == HandOver::Home && rng.chance(1, 4) && !is_ship(&order) {
        let other = Choice::call(HandOver::PickupPoint, call(rng)).price(Money::units(2.0));
        order = order.or(other).consent(rng.chance(2, 3));
    }
    if rng.chance(1, 6) {
        order = order.ready_at(Time::at(rng.between(8, 14) as i64, 0));
    }
    if rng.chance(1, 6) {
        order = order.due_back(Time::at(rng.between(14, 20) as i64, 0));
    }
    if rng.chance(1, 10) {
        order = order.skill("install");
    }
    if rng.chance(1, 10) {
        order = order.optional(Money::units(rng.between(1, 80) as f64));
    }
    if rng.chance(1, 12) {
        order = order.on_vehicle("v0");
    }
    if rng.chance(1, 20) {
        order = order.position(if rng.chance(1, 2) { Position::First } else { Position::Last });
    }
    order
}

fn is_ship(order: &Order) -> bool {
    order.kind() == lastmile::problem::Kind::Ship
}

/// Medicine to a doorstep, half of it promised from order to hand; some of it of a product with a
/// budget, with or without a document, with or without time out of refrigeration before.
fn medicine(rng: &mut Rng, i: usize) -> Order {
    let doorstep = Doorstep {
        walk: Seconds::minutes(rng.between(0, 14) as i64),
        hand_over: Seconds::minutes(rng.between(0, 4) as i64),
        pouch: rng.chance(3, 4),
    };
    let small = Quantity::pieces(1).mass(Grams(200)).volume(Millilitres(500));
    let id = format!("m{i}");
    let order = if rng.chance(1, 2) {
        // Promised from order to hand, often within reach; it has no other window.
        let call = Call::at(point(rng)).service(Seconds::minutes(rng.between(1, 10) as i64));
        Order::deliver(id, call.doorstep(doorstep)).urgent(promise(rng))
    } else {
        Order::deliver(id, call(rng).doorstep(doorstep))
    };
    let order = order.quantity(small).tier(Tier::ALL[rng.below(Tier::COUNT)]);
    match rng.below(3) {
        0 => order.class("CN_COLD_2_8"),
        1 => order.product("INSULIN_UNOPENED"),
        _ => {
            let order = order.product("NUSINERSEN").budget("out of the carton");
            let order = if rng.chance(2, 3) { order.document("SPC 6.4") } else { order };
            let before = [0, 0, 600, 1799, 1801][rng.below(5)];
            order.out_before(Seconds::minutes(before))
        }
    }
}

fn promise(rng: &mut Rng) -> Urgent {
    Urgent {
        ordered_at: Time::at(8, 0) + Seconds::minutes(rng.between(0, 300) as i64),
        within: Seconds::minutes(rng.between(40, 240) as i64),
        picking: Seconds::minutes(rng.between(0, 10) as i64),
    }
}

fn vehicle(rng: &mut Rng, i: usize) -> Vehicle {
    let open = Time::at(7, 30);
    let close = Time::at(rng.between(15, 21) as i64, 0);
    let mut vehicle = Vehicle::minivan(format!("v{i}"))
        .shift(Window::new(open, close).unwrap())
        .capacity(
            Quantity::UNLIMITED
                .mass(Grams(rng.between(60_000, 400_000) as i64))
                .volume(Millilitres(rng.between(100_000, 600_000) as i64)),
        )
        .trips(rng.between(1, 3) as u32)
        .costs(rng.below(50) as f64, 30.0, 0.8);
    if rng.chance(1, 2) {
        vehicle = vehicle.skill("install");
    }
    if rng.chance(2, 3) {
        let cold = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Liquid);
        let mut chance = rng.clone();
        let cold = cold.count(rng.between(1, 2) as u32);
        // On a third of the vehicles coolant may run out before the trips do.
        let is_short = chance.chance(1, 3);
        let sets = chance.between(1, 3) as u32;
        vehicle = vehicle.cold_box(if is_short { cold.sets(sets) } else { cold });
    }
    if rng.chance(1, 3) {
        vehicle = vehicle.max_length(Metres(rng.between(80_000, 300_000) as i64));
    }
    if rng.chance(1, 3) {
        vehicle = vehicle.max_duration(Seconds::hours(rng.between(4, 9) as i64));
    }
    if rng.chance(1, 4) {
        let kwh = rng.between(5, 40) as f64;
        let battery = Battery::new(Chemistry::Lfp, kwh, rng.between(60, 250) as f64);
        vehicle = vehicle.battery(battery.draw_kw(rng.between(0, 3) as f64));
    }
    vehicle
}

/// A vehicle of which each leg takes what its road asks for, now and then charged while it reloads or
/// given another battery.
fn electric(vehicle: Vehicle, rng: &mut Rng) -> Vehicle {
    let battery = Battery::by_road(Chemistry::Lfp, rng.between(4, 30) as f64);
    let battery = battery.reserve(0.1).draw_kw(rng.between(0, 2) as f64);
    vehicle.battery(match rng.below(3) {
        0 => battery,
        1 => battery.charge_kw(rng.between(1, 40) as f64),
        _ => battery.swap(Seconds::minutes(rng.between(5, 40) as i64)),
    })
}

/// What legs take out of a battery, joules: 500 J a metre, hills that give back half of what they
/// take, and on some legs a pass between.
fn with_drains(travel: Travel, points: &[Point]) -> Travel {
    let height_j = |point: Point| {
        let wave =
            ((point.lat * 40.0).fract() - 0.5).abs() + ((point.lon * 30.0).fract() - 0.5).abs();
        (wave * 4e6) as i64
    };
    let places = points.len();
    let leg = |from: usize, to: usize| {
        let metres = travel.matrix.leg(from, to).map_or(0, |leg| leg.metres.0);
        let climb = height_j(points[to]) - height_j(points[from]);
        let pass = if (from * 7 + to * 5).is_multiple_of(6) && from != to { 3_000_000 } else { 0 };
        let up = Drain::of(500 * metres + climb.max(0) + pass);
        up.then(Drain::of((climb.min(0) - pass) / 2))
    };
    let pairs = (0..places).flat_map(|from| (0..places).map(move |to| (from, to)));
    let drains: Vec<Drain> = pairs.map(|(from, to)| leg(from, to)).collect();
    Travel { matrix: travel.matrix.with_drains(drains), ..travel }
}

/// Travel as the crow flies, by a factor, with a few ways missing.
pub(crate) fn travel(points: &[Point], holes: bool) -> Travel {
    let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
        let metres = points[from].distance_m(points[to]) * 1.3;
        let leg = Leg { seconds: Seconds::round(metres / 14.0), metres: Metres::round(metres) };
        let hole = holes && from * 31 % 97 == 13 && to > 0;
        if hole { Err(NoRoad::OtherIsland) } else { Ok(leg) }
    });
    Travel { matrix, access: vec![Ok(Metres(5)); points.len()] }
}

impl Mix {
    /// A quarter of the days have a second station with a vehicle that may only go from there, and
    /// orders of either or of any.
    fn shared_out(&self, orders: Vec<Order>, hub: Station) -> (Vec<Station>, Vec<Order>) {
        let mut rng = Rng::new(self.seed, 98);
        if !rng.chance(1, 4) {
            return (vec![hub], orders);
        }
        let far = Station::at("far", point(&mut rng)).vehicle(vehicle(&mut rng, self.vehicles));
        let own = |order: Order| match rng.below(4) {
            0 => order.station("hub"),
            1 => order.station("far"),
            _ => order.any_station(),
        };
        (vec![hub, far], orders.into_iter().map(own).collect())
    }

    /// A third of the days have a pharmacy: medicine in place of some of the orders.
    fn pharmacy(&self, orders: &mut [Order]) {
        let mut rng = Rng::new(self.seed, 96);
        if !rng.chance(1, 3) {
            return;
        }
        for (i, order) in orders.iter_mut().enumerate() {
            if rng.chance(2, 5) {
                *order = medicine(&mut rng, i);
            }
        }
    }

    /// The day.
    pub(crate) fn day(&self) -> Result<Arc<Problem>> {
        let mut rng = Rng::new(self.seed, 99);
        let mut station = Station::at("hub", Point::wgs84(38.25, 90.86));
        let mut others = Rng::new(self.seed, 97);
        let backhauls = others.chance(1, 4);
        let mut power = Rng::new(self.seed, 95);
        let by_road = power.chance(1, 4);
        for i in 0..self.vehicles {
            let is_first = backhauls && others.chance(2, 3);
            let one = vehicle(&mut rng, i).deliver_first(is_first);
            station = station.vehicle(if by_road { electric(one, &mut power) } else { one });
        }
        let mut orders: Vec<Order> = (0..self.orders).map(|i| order(&mut rng, i)).collect();
        self.pharmacy(&mut orders);
        let is_apart = others.chance(1, 5);
        let excursions = [Excursions::Documented, Excursions::Never][others.below(2)];
        let holes = rng.chance(1, 3);
        let (stations, orders) = self.shared_out(orders, station);
        let [first, others @ ..] = &stations[..] else { unreachable!("there is the hub") };
        others
            .iter()
            .fold(Problem::builder(first.clone()), |day, other| day.station(other.clone()))
            .orders(orders)
            .weather(Weather::constant(-12.0)?)
            .segregate(is_apart)
            .excursions(excursions)
            .build_with(|_, points| Ok(with_drains(travel(points, holes), points)))
    }
}
