//! What the search does in a second: moves evaluated, by kind, and ruin-and-recreate steps of one
//! thread, on days with neither windows nor cold boxes, with windows, with both, and
//! with both in weather by the hour.

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lastmile::cold::{Conditioning, PackOut, Weather};
use lastmile::optimizer::{self, Move, StopRule};
use lastmile::place::Point;
use lastmile::problem::{Call, ColdBox, Order, Problem, Quantity, Station, Vehicle};
use lastmile::rng::Rng;
use lastmile::road::{PlaneScale, Round};
use lastmile::units::{Grams, Millilitres, Seconds, Time, Window};

/// How much a day asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mix {
    Plain,
    Windows,
    Cold,
    /// Cold, in weather by the hour.
    Hours,
    /// Cold, in weather that is below the coolant's plateau in the morning and above it at noon.
    Swing,
}

const MIXES: [Mix; 5] = [Mix::Plain, Mix::Windows, Mix::Cold, Mix::Hours, Mix::Swing];
const SIZES: [u32; 3] = [100, 400, 1000];
const STEPS: u32 = 20_000;

/// A planar day six kilometres across at a metre a second, ten stops to a vehicle: one in five cold, when there are cold boxes, and
/// three in four with a window of two hours, when there are windows.
fn day(orders: u32, mix: Mix) -> Arc<Problem> {
    let mut rng = Rng::new(u64::from(orders), 1);
    let mut coordinate = move || rng.unit() * 0.6;
    let hub = Station::at("hub", Point::wgs84(0.3, 0.3));
    let van = |i: u32| {
        let room = Quantity::UNLIMITED.mass(Grams(100_000)).volume(Millilitres(2_000_000));
        let van = Vehicle::minivan(format!("v{i:03}")).capacity(room).trips(1).driving(None);
        let all_day = Window::new(Time::at(0, 0), Time::at(24, 0)).expect("midnight to midnight");
        let van = van.costs(0.0, 0.0, 1.0).shift(all_day);
        let way = if mix == Mix::Swing { Conditioning::Half } else { Conditioning::Liquid };
        let holder = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", way);
        if mix >= Mix::Cold { van.cold_box(holder.count(2)) } else { van }
    };
    let hub = (0..orders / 8).map(van).fold(hub, Station::vehicle);
    let order = |i: u32| {
        let mut call = Call::at(Point::wgs84(coordinate(), coordinate())).service(Seconds(180));
        if mix >= Mix::Windows && !i.is_multiple_of(4) {
            let open = Time::at(6 + i64::from(i * 7 % 12), 0);
            call = call.window(Window::new(open, open + Seconds::hours(2)).expect("two hours"));
        }
        let order = Order::deliver(format!("o{i:04}"), call);
        if mix >= Mix::Cold && i.is_multiple_of(5) {
            let small = Quantity::pieces(1).mass(Grams(500)).volume(Millilitres(800));
            return order.class("CN_COLD_2_8").quantity(small);
        }
        order.quantity(Quantity::pieces(1).mass(Grams(10_000)))
    };
    let orders: Vec<Order> = (0..orders).map(order).collect();
    let frost: Vec<f64> = (-2..27).map(|hour: i32| -f64::from((hour - 14).abs())).collect();
    // From -11 °C at two in the morning to 13 °C at two in the afternoon.
    let swing: Vec<f64> = frost.iter().map(|air| 2.0 * air + 13.0).collect();
    let weather = match mix {
        Mix::Hours => Weather::hourly(-2, &frost),
        Mix::Swing => Weather::hourly(-2, &swing),
        _ => Weather::constant(15.0),
    };
    let weather = weather.expect("plausible air");
    let scale = PlaneScale { per_unit: 10_000, round: Round::Nearest };
    let day = Problem::builder(hub).weather(weather).orders(orders);
    day.build_on_plane(scale, |point| [point.lon, point.lat]).expect("a day that can be planned")
}

fn moves(c: &mut Criterion) {
    let mut group = c.benchmark_group("moves evaluated");
    for (orders, mix) in SIZES.iter().flat_map(|&n| MIXES.map(|mix| (n, mix))) {
        let plan = optimizer::solve(&day(orders, mix), &StopRule::steps(0).threads(1));
        optimizer::with_moves(&plan, &mut |gauge| {
            for kind in Move::ALL {
                group.throughput(Throughput::Elements(gauge(kind).0 as u64));
                group.bench_function(format!("{kind:?}, {orders} orders, {mix:?}"), |b| {
                    b.iter(|| gauge(kind));
                });
            }
        });
    }
    group.finish();
}

/// From a plan found before, so that building the first one does not count.
fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("ruin and recreate");
    group.sample_size(10);
    group.throughput(Throughput::Elements(u64::from(STEPS)));
    for (orders, mix) in SIZES.iter().flat_map(|&n| MIXES.map(|mix| (n, mix))) {
        let day = day(orders, mix);
        let rule = || StopRule::steps(u64::from(STEPS)).threads(1);
        let plan = optimizer::solve(&day, &rule());
        let day = Arc::new(day.with_start(&plan.as_start()).expect("its own plan"));
        group.bench_function(format!("steps, {orders} orders, {mix:?}"), |b| {
            b.iter(|| optimizer::solve(&day, &rule()));
        });
    }
    group.finish();
}

criterion_group!(benches, moves, steps);
criterion_main!(benches);
