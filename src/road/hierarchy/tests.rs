//! The hierarchy against Dijkstra's algorithm on thousands of random maps.

use super::hub_labels::{Doors, HubLabels};
use super::index::Index;
use super::query::way;
use super::sweep::{LANES, Sweep};
use super::weights::Weights;
use crate::rng::Rng;
use crate::road::cost::Cost;

/// A random map: positions, arcs with costs.
struct Map {
    at: Vec<[f64; 2]>,
    arcs: Vec<(u32, u32)>,
    costs: Vec<Cost>,
}

fn map(rng: &mut Rng) -> Map {
    let count = rng.between(1, 40);
    let at: Vec<[f64; 2]> = (0..count).map(|_| [rng.unit(), rng.unit()]).collect();
    let mut map = Map { at, arcs: Vec::new(), costs: Vec::new() };
    let node = |rng: &mut Rng| u32::try_from(rng.below(count)).unwrap();
    // Ways through several junctions make chains; few ways leave parts that are not joined.
    for _ in 0..rng.below(2 * count + 1) {
        let (a, b) = (node(rng), node(rng));
        let both = rng.chance(3, 4);
        for (tail, head) in [(a, b), (b, a)].into_iter().take(1 + usize::from(both)) {
            map.arcs.push((tail, head));
            map.costs.push(any_cost(rng));
        }
    }
    map
}

fn any_cost(rng: &mut Rng) -> Cost {
    match rng.below(12) {
        0 => Cost::CLOSED,
        1 => Cost::ZERO,
        2 => Cost::new(1.5e9, 1),
        _ => Cost::new(
            f64::from(u32::try_from(rng.below(20)).unwrap()) * 100.0,
            u32::try_from(rng.below(4)).unwrap(),
        ),
    }
}

/// All costs by Bellman and Ford's way, limited as a drive is.
fn plain(map: &Map, starts: &[(u32, Cost)]) -> Vec<Cost> {
    let mut best = vec![Cost::CLOSED; map.at.len()];
    for &(node, cost) in starts {
        best[node as usize] = best[node as usize].min(cost);
    }
    loop {
        let mut changed = false;
        for (&(tail, head), &cost) in map.arcs.iter().zip(&map.costs) {
            let over = best[tail as usize].and(cost);
            if over < best[head as usize] && over <= Cost::LONGEST {
                best[head as usize] = over;
                changed = true;
            }
        }
        if !changed {
            return best;
        }
    }
}

fn check(seed: u64) {
    let mut rng = Rng::new(seed, 0);
    let map = map(&mut rng);
    let index = Index::of(map.at.len(), &map.arcs, &|node| map.at[node as usize]);
    let weights = Weights::new(&index, &map.costs);
    let node = |rng: &mut Rng| u32::try_from(rng.below(map.at.len())).unwrap();
    let goals: Vec<u32> = (0..rng.between(1, 12)).map(|_| node(&mut rng)).collect();
    let origins: Vec<Vec<(u32, Cost)>> = (0..rng.between(1, LANES))
        .map(|_| (0..rng.below(3)).map(|_| (node(&mut rng), any_cost(&mut rng))).collect())
        .collect();
    // Few origins keep all arcs, many leave out what other ways undercut.
    for count in [0, usize::MAX] {
        let begins = origins.iter().flatten().map(|start| start.0);
        let places = goals.iter().copied().chain(begins);
        let sweep = Sweep::new(&index, &weights, places, count);
        let mut labels = sweep.labels();
        for _ in 0..2 {
            sweep.run(&origins, &mut labels);
            for (lane, starts) in origins.iter().enumerate() {
                let costs = plain(&map, starts);
                for &goal in &goals {
                    let found = labels.cost(sweep.number(goal), lane);
                    assert_eq!(found, costs[goal as usize], "seed {seed}, {starts:?} to {goal}");
                }
            }
        }
    }
}

/// The way over the hierarchy costs what the plain way costs, and its arcs add up to it.
fn check_way(map: &Map, index: &Index, weights: &Weights, rng: &mut Rng) -> bool {
    let node = |rng: &mut Rng| u32::try_from(rng.below(map.at.len())).unwrap();
    let starts: Vec<_> = (0..rng.below(4)).map(|_| (node(rng), any_cost(rng))).collect();
    let ends: Vec<_> = (0..rng.below(4)).map(|_| (node(rng), any_cost(rng))).collect();
    let costs = plain(map, &starts);
    let whole = ends.iter().map(|&(node, more)| costs[node as usize].and(more)).min();
    let whole = whole.filter(|&cost| cost <= Cost::LONGEST);
    let found = way(index, weights, &map.costs, &starts, &ends);
    assert_eq!(found.as_ref().map(|way| way.cost), whole, "{starts:?} to {ends:?}");
    let Some(way) = found else { return false };
    let (mut at, mut sum) = starts[way.start];
    for &arc in &way.arcs {
        let (tail, head) = map.arcs[arc as usize];
        assert_eq!(tail, at);
        (at, sum) = (head, sum.and(map.costs[arc as usize]));
    }
    assert_eq!((at, sum.and(ends[way.end].1)), (ends[way.end].0, way.cost));
    !way.arcs.is_empty()
}

#[test]
fn every_way_is_as_good_as_the_plain_one_and_can_be_driven() {
    let mut driven = 0;
    for seed in 0..5_000 {
        let mut rng = Rng::new(seed, 2);
        let map = map(&mut rng);
        let index = Index::of(map.at.len(), &map.arcs, &|node| map.at[node as usize]);
        let weights = Weights::new(&index, &map.costs);
        for _ in 0..4 {
            driven += usize::from(check_way(&map, &index, &weights, &mut rng));
        }
    }
    assert!(driven > 3_000, "{driven}");
}

#[test]
fn changing_some_costs_gives_what_making_all_anew_gives() {
    let mut differ = 0;
    for seed in 0..5_000 {
        let mut rng = Rng::new(seed, 3);
        let mut map = map(&mut rng);
        let index = Index::of(map.at.len(), &map.arcs, &|node| map.at[node as usize]);
        let mut weights = Weights::new(&index, &map.costs);
        for _ in 0..4 {
            let count = if map.arcs.is_empty() { 0 } else { rng.below(6) };
            let changed: Vec<_> =
                (0..count).map(|_| u32::try_from(rng.below(map.arcs.len())).unwrap()).collect();
            for &arc in &changed {
                map.costs[arc as usize] = any_cost(&mut rng);
            }
            let before = weights.clone();
            weights.change(&index, &map.costs, &changed);
            assert_eq!(weights, Weights::new(&index, &map.costs), "seed {seed}");
            differ += usize::from(before != weights);
        }
    }
    assert!(differ > 5_000, "{differ}");
}

#[test]
fn every_cost_is_that_of_the_plain_way_on_ten_thousand_maps() {
    for seed in 0..10_000 {
        check(seed);
    }
}

#[test]
fn labels_cost_what_the_plain_way_costs_and_know_who_is_nearest() {
    let mut reached = 0;
    for seed in 0..5_000 {
        let mut rng = Rng::new(seed, 4);
        let map = map(&mut rng);
        let index = Index::of(map.at.len(), &map.arcs, &|node| map.at[node as usize]);
        let weights = Weights::new(&index, &map.costs);
        let node = |rng: &mut Rng| u32::try_from(rng.below(map.at.len())).unwrap();
        // Doors anywhere: a place then has several chains of junctions above it.
        let mut doors = || {
            let place =
                |_| (0..rng.below(4)).map(|_| (node(&mut rng), any_cost(&mut rng))).collect();
            (0..9).map(place).collect::<Vec<Doors>>()
        };
        let (starts, ends) = (doors(), doors());
        let labels = HubLabels::new(&index, &weights, (&starts, &ends));
        let near = labels.nearest(4);
        let listed: usize = labels.near_hubs(5).values().map(Vec::capacity).sum();
        let answer: usize = near.iter().map(Vec::len).sum();
        assert!(16 * listed + 4 * answer <= labels.nearest_bytes(4), "seed {seed}");
        assert!(labels.nearest(0).iter().all(Vec::is_empty));
        let all = labels.nearest(usize::MAX);
        assert!(all.iter().zip(&near).all(|(all, near)| all.starts_with(near)));
        for (from, starts) in starts.iter().enumerate() {
            let costs = plain(&map, starts);
            let mut others = Vec::new();
            for (to, ends) in ends.iter().enumerate() {
                let over = |&(node, more): &(u32, Cost)| costs[node as usize].and(more);
                let least = ends.iter().map(over).min().filter(|&cost| cost <= Cost::LONGEST);
                let least = least.unwrap_or(Cost::CLOSED);
                assert_eq!(labels.cost(from, to), least, "seed {seed}, {from} to {to}");
                if from != to && least.is_open() {
                    others.push((least, u32::try_from(to).unwrap()));
                }
            }
            others.sort_unstable();
            reached += others.len();
            let others: Vec<u32> = others.into_iter().map(|(_, other)| other).take(4).collect();
            assert_eq!(near[from], others, "seed {seed}, from {from}");
        }
    }
    assert!(reached > 20_000, "{reached}");
}

#[test]
fn the_order_is_a_permutation_and_the_same_for_any_number_of_threads() {
    let mut rng = Rng::new(5, 0);
    let side = 60;
    let at = |node: u32| [f64::from(node % side) + 0.1, f64::from(node / side)];
    let mut arcs = Vec::new();
    for node in 0..side * side {
        for other in [node + 1, node + side] {
            let stays = other < side * side && (other != node + 1 || other % side != 0);
            if stays && rng.chance(4, 5) {
                arcs.push((node, other));
            }
        }
    }
    let count = (side * side) as usize;
    let build = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Index::of(count, &arcs, &at))
    };
    let (one, two) = (build(1), build(2));
    assert_eq!(one.rank, two.rank);
    assert_eq!(one.up_head, two.up_head);
    let mut ranks = one.rank.clone();
    ranks.sort_unstable();
    assert!(ranks.into_iter().eq(0..side * side));
    // A plain order by number would join every row with the next: 60 * 3600 arcs.
    assert!(one.up_head.len() < 45_000, "{} arcs", one.up_head.len());
}
