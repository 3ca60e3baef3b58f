//! From files to a plan: reading, first plans, and searches of a fixed number of steps.

mod days;

use criterion::{Criterion, criterion_group, criterion_main};
use lastmile::optimizer::{self, StopRule};
use lastmile::plan::{self, Plan, Route};
use lastmile::problem::{OrderId, StartRoute, StartStop, VisitId};

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

/// The routes of a plan without one order, the first stop of each done.
fn under_way(plan: &Plan, without: OrderId) -> Vec<StartRoute> {
    let day = plan.problem();
    let stop = |&visit: &VisitId| {
        let visit = day.visit(visit);
        let choice = day.realisation(visit.realisation).choice;
        StartStop::new(day.order(visit.order).id()).choice(choice)
    };
    let route = |route: &Route| {
        let start = StartRoute::new(day.vehicle(route.vehicle).id()).frozen(1);
        route.trips.iter().fold(start, |start, trip| {
            let stays = trip.visits.iter().filter(|&&visit| day.visit(visit).order != without);
            let stops: Vec<StartStop> = stays.map(stop).collect();
            if stops.is_empty() { start } else { start.trip(stops) }
        })
    };
    plan.routes().iter().map(route).collect()
}

/// One order more for a plan that is under way: its cheapest place, priced, from the day alone, so that
/// tables and tours are made anew each time. First an order that fits, then one that does not.
fn replan(c: &mut Criterion) {
    let roads = days::roads();
    let mut group = c.benchmark_group("one order more");
    for count in [300, 600] {
        let plan =
            optimizer::solve(&days::huatugou(count, &roads), &StopRule::steps(2000).threads(2));
        let last = plan.routes().iter().filter_map(|route| route.visits().last()).next_back();
        let Some(order) = last.map(|visit| plan.problem().visit(visit).order) else { continue };
        let day = days::huatugou_begun(count, &roads, under_way(&plan, order));
        let mut quoted = |name: &str, order: OrderId, fits: bool| {
            let ask = || {
                let mut offer = None;
                optimizer::with_quotes_on_start(&day, &mut |quote| offer = quote(order));
                offer
            };
            assert_eq!(ask().is_some(), fits, "an order that {name}");
            group.bench_function(format!("one that {name}, day of {count}"), |b| b.iter(ask));
        };
        quoted("fits", order, true);
        if let Some(one) = plan.unserved().first() {
            quoted("fits nowhere", one.order, false);
        }
    }
    group.finish();
}

criterion_group!(benches, read, solve, replan);
criterion_main!(benches);
