//! The insertion test: what one more order would cost, at every place of a plan.

mod days;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use lastmile::optimizer::{self, StopRule};
use lastmile::problem::OrderId;
use lastmile::schedule::{Stress, box_days};

fn insertions(c: &mut Criterion) {
    let roads = days::roads();
    let mut group = c.benchmark_group("insertion test, every place");
    for count in [300, 600] {
        let day = days::huatugou(count, &roads);
        let plan = optimizer::solve(&day, &StopRule::steps(0).threads(2));
        let absent: Vec<OrderId> = plan.unserved().iter().map(|one| one.order).take(20).collect();
        let places = plan.routes().iter().map(|route| route.visits().count() + route.trips.len());
        let places = places.sum::<usize>() * absent.len();
        group.throughput(Throughput::Elements(places as u64));
        optimizer::with_quotes(&plan, &mut |quote| {
            group.bench_function(format!("{count} orders"), |b| {
                b.iter_batched(
                    || absent.clone(),
                    |absent| absent.into_iter().filter_map(&mut *quote).count(),
                    BatchSize::SmallInput,
                );
            });
        });
    }
    group.finish();
}

/// The exact day of every cold box of a plan of 600 orders, over the whole band of the weather.
fn simulation(c: &mut Criterion) {
    let roads = days::roads();
    let day = days::huatugou(600, &roads);
    let plan = optimizer::solve(&day, &StopRule::steps(2_000).threads(2));
    let boxes = |plan: &lastmile::plan::Plan| {
        let routes = plan.routes().iter();
        let days = routes.map(|route| {
            box_days(&day, &route.timetable, &Stress::NONE).expect("boxes of a built day").len()
        });
        days.sum::<usize>()
    };
    let served: usize = plan.routes().iter().map(|route| route.visits().count()).sum();
    let name = format!("{served} stops, {} boxes", boxes(&plan));
    let mut group = c.benchmark_group("simulation of every cold box");
    group.bench_function(name, |b| b.iter(|| boxes(&plan)));
    group.finish();
}

criterion_group!(benches, insertions, simulation);
criterion_main!(benches);
