//! Drains against walks place by place over every quickest way, and round trips.

use std::sync::Arc;

use super::super::elevation::Elevation;
use super::super::testing::{data, random_closures, random_data, random_point, stops};
use super::*;
use crate::rng::Rng;
use crate::road::Profile;
use crate::units::Metres;

/// More equally quick ways than this are not looked at.
const TIES: usize = 200;

/// Ground for the maps of the tests, which lie on the equator.
fn ground(height: impl Fn(f64, f64) -> f64) -> Elevation {
    let mut ground = Elevation::new();
    for name in ["S01E000.hgt", "N00E000.hgt", "S01W001.hgt"] {
        let at = |i: u32| height(f64::from(i / 1201), f64::from(i % 1201));
        let bytes: Vec<u8> = (0..1201 * 1201)
            .flat_map(|i| i16::try_from(Joules::round(at(i)).0).unwrap().to_be_bytes())
            .collect();
        ground.add(name, &bytes).unwrap();
    }
    ground
}

fn hills(seed: u64) -> Elevation {
    let mut rng = Rng::new(seed, 5);
    let (a, b) = (rng.unit() * 40.0, rng.unit() * 40.0);
    ground(|row, column| 900.0 + 10.0 * ((row - a).abs() % 9.0 - (column - b).abs() % 7.0))
}

fn electric(seed: u64) -> Profile {
    [Profile::electric_van(), Profile::electric_tricycle()][usize::try_from(seed % 2).unwrap()]
        .clone()
}

/// An edge, and the shares of its length it is driven from and to.
type Part = (usize, f64, f64);

/// What is taken from one place to the next on parts of edges, by one load: place after place, no
/// pieces joined.
fn taken(gauge: &Gauge<'_>, load: usize, parts: &[Part]) -> Vec<f64> {
    let (network, physics) = (gauge.network, gauge.physics[load]);
    let mut steps = Vec::new();
    for &(edge, from, to) in parts {
        let chords = network.graph().chords(edge);
        let count = chords.len() as f64;
        let cost = network.edge_costs[edge][usize::from(from > to)];
        let row = &network.graph().edges[edge];
        let paved = network.profile().is_paved(network.graph().attributes(row));
        let mut own = Vec::new();
        for (i, chord) in chords.iter().enumerate() {
            let low = (i as f64 / count).max(from.min(to));
            let high = ((i + 1) as f64 / count).min(from.max(to));
            let share = (high - low).max(0.0) * count;
            let sign = if from > to { -1.0 } else { 1.0 };
            let (length_m, rise_m) = (chord.length_m * share, sign * chord.rise_m * share);
            let piece = Chord { length_m, rise_m, ..*chord };
            let seconds = f64::from(cost.milliseconds()) / 1000.0 * share / count;
            let seconds = if row.metres == 0 { 0.0 } else { seconds };
            let rest = physics.rest_j(piece, paved, seconds);
            own.push(rest + physics.potential_j() * rise_m);
        }
        if from > to {
            own.reverse();
        }
        steps.extend(own);
    }
    steps
}

/// Net, peak, tail and worst, each by looking at every pair of places.
fn plainly(steps: &[f64]) -> [f64; 4] {
    let sum = |from: usize, to: usize| steps[from..to].iter().sum::<f64>();
    let n = steps.len();
    let most = |pairs: &mut dyn Iterator<Item = (usize, usize)>| {
        pairs.map(|(from, to)| sum(from, to)).fold(0.0, f64::max)
    };
    let mut all = (0..=n).flat_map(|from| (from..=n).map(move |to| (from, to)));
    [
        sum(0, n),
        most(&mut (0..=n).map(|to| (0, to))),
        most(&mut (0..=n).map(|from| (from, n))),
        most(&mut all),
    ]
}

/// Every quickest way from a stop to another, as parts of edges; nothing when there are too many.
fn quickest(view: View<'_>, from: &Snap, to: &Snap) -> Option<Vec<Vec<Part>>> {
    let graph = view.network.graph();
    let (starts, ends) = (view.starts(from), view.ends(to));
    let mut costs = vec![Cost::CLOSED; graph.points.len()];
    for start in starts.iter().filter(|start| start.cost.is_open()) {
        costs[start.node as usize] = costs[start.node as usize].min(start.cost);
    }
    for _ in 0..costs.len() {
        for node in (0_u32..).take(costs.len()) {
            for arc in graph.out(node) {
                let way = costs[node as usize].and(view.costs[arc as usize]);
                let head = graph.head[arc as usize] as usize;
                costs[head] = costs[head].min(way);
            }
        }
    }
    let reach = |end: &Approach| costs[end.node as usize].and(end.cost);
    let mut least = ends.iter().map(reach).min().unwrap_or(Cost::CLOSED);
    let mut found = Vec::new();
    if from.edge() == to.edge() {
        let within = view.within(from.edge_number(), from.share(), to.share());
        if within <= least && within.is_open() {
            found.push(vec![(from.edge(), from.share(), to.share())]);
        }
        least = least.min(within);
    }
    let mut open: Vec<(u32, Vec<Part>)> = ends
        .iter()
        .filter(|end| reach(end) == least && least.is_open())
        .map(|end| (end.node, vec![(to.edge(), end.end, to.share())]))
        .collect();
    while let Some((node, parts)) = open.pop() {
        if parts.len() > 40 || found.len() + open.len() > TIES {
            return None;
        }
        for start in starts.iter().filter(|s| s.node == node && s.cost == costs[node as usize]) {
            let mut parts = parts.clone();
            parts.push((from.edge(), from.share(), start.end));
            parts.reverse();
            found.push(parts);
        }
        for tail in (0_u32..).take(costs.len()) {
            for arc in graph.out(tail).filter(|arc| graph.head[*arc as usize] == node) {
                let way = costs[tail as usize].and(view.costs[arc as usize]);
                if way.is_open() && way == costs[node as usize] {
                    let edge = graph.edge_of[arc as usize] as usize;
                    let along = graph.edges[edge].arcs[0] == graph.map_arc(arc);
                    let (low, high) = if along { (0.0, 1.0) } else { (1.0, 0.0) };
                    let mut parts = parts.clone();
                    parts.push((edge, low, high));
                    open.push((tail, parts));
                }
            }
        }
    }
    Some(found)
}

#[test]
fn drains_are_those_of_a_quickest_way_walked_place_by_place() {
    let (mut cells, mut back, mut humps) = (0, 0, 0);
    let grounds: Vec<Elevation> = (0..5).map(hills).collect();
    for seed in 0..300 {
        let mut rng = Rng::new(seed, 7);
        let roads = RoadGraph::from_osm(&random_data(&mut rng)).unwrap();
        let ground = &grounds[usize::try_from(seed % 5).unwrap()];
        let roads = Arc::new(roads.on_ground(ground));
        let network = roads.network(&electric(seed), &random_closures(&mut rng));
        let points: Vec<_> = (0..5).map(|_| random_point(&mut rng)).collect();
        let stops = network.snap_all(&points, Metres(600));
        let board = network.board(&stops, None);
        let drains = if seed % 2 == 0 { board.searched() } else { board.swept() };
        let (drains, gauge) = (drains.concat(), &board.gauge);
        for (from, to) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
            let Some(drain) = drains[from * 5 + to].filter(|_| from != to) else { continue };
            let (Ok(a), Ok(b)) = (&stops[from], &stops[to]) else { continue };
            let view = network.view(true);
            if view.yards_of(a).or(view.yards_of(b)).is_some() {
                continue;
            }
            let Some(ways) = quickest(view, a, b) else { continue };
            assert!(!ways.is_empty(), "seed {seed}: there is a way");
            let is_near = ways.iter().any(|parts| {
                let [empty, full] = [0, 1].map(|load| plainly(&taken(gauge, load, parts)));
                let own = [drain.net, drain.peak, drain.tail, drain.worst];
                let slack = 3.0 + parts.len() as f64;
                own.iter()
                    .zip(empty)
                    .zip(full)
                    .all(|((&own, empty), full)| (own as f64 - empty.max(full)).abs() <= slack)
            });
            assert!(is_near, "seed {seed}: {from} to {to}: {drain:?} of {} ways", ways.len());
            cells += 1;
            back += usize::from(drain.net < 0);
            humps += usize::from(drain.peak > drain.net.max(0) + 1000);
        }
    }
    assert!(cells > 800 && back > 20 && humps > 100, "{cells}, {back} back, {humps} humps");
}

#[test]
fn no_round_trip_gains_energy() {
    let mut cells = 0;
    let grounds: Vec<Elevation> = (0..4).map(hills).collect();
    for seed in 0..60 {
        let mut rng = Rng::new(seed, 6);
        let roads = RoadGraph::from_osm(&random_data(&mut rng)).unwrap();
        let roads = roads.on_ground(&grounds[usize::try_from(seed % 4).unwrap()]);
        let network = Arc::new(roads).network(&electric(seed), &[]);
        let points: Vec<_> = (0..8).map(|_| random_point(&mut rng)).collect();
        let stops = network.snap_all(&points, Metres(600));
        let board = network.board(&stops, None);
        let drains = if seed % 2 == 0 { board.searched() } else { board.swept() };
        let (drains, matrix) = (drains.concat(), network.matrix(&stops));
        for (from, to) in (0..8).flat_map(|i| (0..8).map(move |j| (i, j))) {
            let there = drains[from * 8 + to];
            let is_leg = matrix.leg(from, to).is_ok() && stops[from].is_ok();
            assert_eq!(there.is_some(), is_leg && stops[to].is_ok());
            for via in 0..8 {
                let legs = [(from, to), (to, via), (via, from)];
                let legs = legs.map(|(a, b)| drains[a * 8 + b].map(|drain| drain.net));
                if let [Some(a), Some(b), Some(c)] = legs {
                    assert!(a + b + c >= 0, "seed {seed}: {from} {to} {via}");
                    cells += usize::from(from != to);
                }
            }
        }
    }
    assert!(cells > 1000, "{cells}");
}

/// Over a pass: both ends at 100 m, 20 columns of 30 m and more apart, the middle up to 400 m.
#[test]
fn a_pass_between_two_stops_shows() {
    let pass = ground(|_, column| (400.0 - 30.0 * (column - 10.0).abs()).max(100.0));
    let line = "a------------------------------------------------------------b";
    let roads = RoadGraph::from_osm(&data(line, &["ab tertiary"])).unwrap().on_ground(&pass);
    let network = Arc::new(roads).network(&Profile::electric_van(), &[]);
    let stops = stops(&network, &[(0.0, 0.5), (0.0, 18.5), (0.0, 30.0), (0.0, 60.0)]);
    let drains = network.drains(&stops, None);
    let drain = |from: usize, to: usize| drains[from * 4 + to].unwrap();
    let (over, far) = (drain(0, 1), drain(0, 3));
    // 2,200 kg some 280 m up and down again: 7 MJ and more, of which some 3.6 MJ come back.
    assert!(over.peak > over.net + 2_000_000 && over.peak > 7_000_000, "{over:?}");
    assert!(far.net > over.net && far.peak >= over.peak, "{far:?}");
    let cold = network.drains(&stops, Some(-20.0));
    assert!(cold[3].unwrap().net > far.net, "a heated cab");
}
