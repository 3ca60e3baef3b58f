//! From files to a plan: reading, first plans, and searches of a fixed number of steps.

mod days;

use criterion::{Criterion, criterion_group, criterion_main};
use lastmile::optimizer::{self, StopRule};
use lastmile::plan;

fn read(c: &mut Criterion) {
    c.bench_function("read, graph and matrix of the Huatugou day", |b| {
        b.iter(|| days::huatugou(22, &days::roads()));
    });
}

fn solve(c: &mut Criterion) {
    let roads = days::roads();
    let mut group = c.benchmark_group("solve");
    group.sample_size(10);
    for count in [20, 300, 600] {
        let day = days::huatugou(count, &roads);
        group.bench_function(format!("first plan of {count} orders, reasons included"), |b| {
            b.iter(|| optimizer::solve(&day, &StopRule::steps(0).threads(2)));
        });
        group.bench_function(format!("{count} orders, 2000 steps"), |b| {
            b.iter(|| optimizer::solve(&day, &StopRule::steps(2000).threads(2)));
        });
        let planned = optimizer::solve(&day, &StopRule::steps(2000).threads(2));
        group.bench_function(format!("audit of {count} orders, reasons included"), |b| {
            b.iter(|| plan::audit(&planned));
        });
    }
    group.finish();
}

/// One order more for a plan that is under way: its cheapest place, priced, from the plan alone, so that
/// tables and tours are made anew each time.
fn replan(c: &mut Criterion) {
    let roads = days::roads();
    let mut group = c.benchmark_group("one order more");
    for count in [300, 600] {
        let day = days::huatugou(count, &roads);
        let plan = optimizer::solve(&day, &StopRule::steps(2000).threads(2));
        let Some(order) = plan.unserved().first().map(|one| one.order) else { continue };
        let served = plan.problem().orders().len() - plan.unserved().len();
        group.bench_function(format!("plan of {served} orders served of {count}"), |b| {
            b.iter(|| {
                let mut offer = None;
                optimizer::with_quotes(&plan, &mut |quote| offer = quote(order));
                offer
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read, solve, replan);
criterion_main!(benches);
