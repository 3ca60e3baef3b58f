//! Tables of travel beside those of other crates, on the same arcs and one thread, in one run:
//!
//! `cargo bench --bench rivals -- EXTRACT [N ...]`
//!
//! Prints seconds of the clock (tables of `cch` and ours: the median of three), the share of cells that agree, and ratios. `cch` and `fast_paths` know
//! one weight, so they compute times only; ours are times and lengths, stored.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that measures")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use lastmile::place::Point;
use lastmile::rng::Rng;
use lastmile::road::{
    DEFAULT_SNAP_LIMIT, OffRoad, Profile, RoadArc, RoadGraph, RoadNetwork, Snap, TravelMatrix,
};
use lastmile::{Error, Result};
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};

/// Sources of the searches that are too slow for a whole table; the rest is extrapolated.
const SAMPLE: usize = 20;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let Some(extract) = words.next() else {
        println!("no extract given: nothing measured");
        return Ok(());
    };
    let mut sizes: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![100, 500, 1000, 3000];
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.map_err(|error| Error::internal(error.to_string()))?;
    pool.install(|| measure(&extract, &sizes))
}

/// The median of three times of the same work, in seconds, and what comes of it.
fn timed_thrice<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut runs: Vec<(f64, T)> = (0..3).map(|_| timed(&mut work)).collect();
    runs.sort_by(|one, two| one.0.total_cmp(&two.0));
    runs.swap_remove(1)
}

/// Seconds something takes, and what comes of it.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let done = work();
    (begun.elapsed().as_secs_f64(), done)
}

fn measure(extract: &str, sizes: &[usize]) -> Result<()> {
    let (read, graph) = timed(|| RoadGraph::open(extract.as_ref()));
    let graph = Arc::new(graph?);
    let (network_s, network) = timed(|| graph.network(&Profile::minivan(), &[]));
    let arcs: Vec<RoadArc> = network.arcs().collect();
    let nodes = arcs.iter().map(|arc| arc.tail.max(arc.head) as usize + 1).max().unwrap_or(0);
    println!("{extract}: {nodes} nodes, {} arcs", arcs.len());
    println!("read {read:.3} s, network {network_s:.3} s");
    let (order, ()) = timed(|| graph.prepare());
    let one = network.snap_all(&graph.node_points()[..1], DEFAULT_SNAP_LIMIT);
    let (customize, _) = timed(|| network.matrix_swept(&one));
    println!("lastmile: order {order:.3} s, weights {customize:.3} s");
    let rival = Rival::new(&graph, nodes, &arcs);
    let slow = Slow::new(nodes, &arcs);
    for &n in sizes {
        table(&network, n, &rival, &slow);
    }
    Ok(())
}

/// The hierarchy of the `cch` crate.
struct Rival {
    cch: cch::Cch,
    metric: cch::Metric,
    /// Per junction: whether leaving it takes no longer than reaching it, road by road. Where it does, at dead
    /// ends, gates and lights, the time is in the arcs out of it.
    is_free: Vec<bool>,
}

impl Rival {
    fn new(graph: &RoadGraph, nodes: usize, arcs: &[RoadArc]) -> Self {
        let mut first_out = vec![0; nodes + 1];
        for arc in arcs {
            first_out[arc.tail as usize + 1] += 1;
        }
        for node in 0..nodes {
            first_out[node + 1] += first_out[node];
        }
        let tail: Vec<u32> = arcs.iter().map(|arc| arc.tail).collect();
        let head: Vec<u32> = arcs.iter().map(|arc| arc.head).collect();
        let weight: Vec<u32> = arcs.iter().map(|arc| arc.milliseconds).collect();
        let input = cch::graph::Graph { first_out, head: head.clone(), weight: weight.clone() };
        // Copies of junctions lie where any junction lies: the order needs some place for them.
        let middle = graph.node_points()[0];
        let at = |node: usize| graph.node_points().get(node).copied().unwrap_or(middle);
        #[expect(clippy::cast_possible_truncation, reason = "the crate asks for single floats")]
        let (lat, lon): (Vec<f32>, Vec<f32>) =
            (0..nodes).map(at).map(|point: Point| (point.lat as f32, point.lon as f32)).unzip();
        let count = u32::try_from(nodes).unwrap_or(u32::MAX);
        let (order_s, order) = timed(|| cch::inertial_order(count, &tail, &head, &lat, &lon));
        let (build_s, cch) = timed(|| cch::Cch::build(&input, &order));
        let (customize_s, metric) = timed(|| cch.customize(&weight));
        println!("cch: order {order_s:.3} s, build {build_s:.3} s, customize {customize_s:.3} s");
        let ways: BTreeMap<(u32, u32), u32> =
            arcs.iter().map(|arc| ((arc.tail, arc.head), arc.milliseconds)).collect();
        let mut is_free = vec![true; nodes];
        for (&(from, to), &there) in &ways {
            let back = ways.get(&(to, from)).copied().unwrap_or(there);
            // Lengths are rounded, so a way back may differ by a little.
            is_free[from as usize] &= there <= back.saturating_add(1);
        }
        Self { cch, metric, is_free }
    }
}

/// What has no many-to-many: contraction hierarchies pair by pair, and searches.
struct Slow {
    fast: fast_paths::FastGraph,
    plain: DiGraph<(), u32>,
}

impl Slow {
    fn new(nodes: usize, arcs: &[RoadArc]) -> Self {
        let mut input = fast_paths::InputGraph::new();
        let mut plain = DiGraph::with_capacity(nodes, arcs.len());
        for _ in 0..nodes {
            plain.add_node(());
        }
        for arc in arcs {
            // The crate knows no weight of zero and no loop.
            let weight = arc.milliseconds.max(1);
            if arc.tail != arc.head {
                input.add_edge(arc.tail as usize, arc.head as usize, weight as usize);
            }
            let node = |number: u32| NodeIndex::new(number as usize);
            plain.add_edge(node(arc.tail), node(arc.head), arc.milliseconds);
        }
        input.freeze();
        let (prepare_s, fast) = timed(|| fast_paths::prepare(&input));
        println!("fast_paths: prepare {prepare_s:.3} s");
        Self { fast, plain }
    }
}

/// Junctions drawn at random, and the stops at them: only those the vehicle stops at without a walk.
fn junctions(
    network: &RoadNetwork,
    n: usize,
) -> (Vec<u32>, Vec<std::result::Result<Snap, OffRoad>>) {
    let mut rng = Rng::new(11, n as u64);
    let points = network.graph().node_points();
    let (mut nodes, mut stops) = (Vec::new(), Vec::new());
    for _ in 0..100 * n {
        let node = rng.below(points.len());
        let snap = network.snap(points[node], DEFAULT_SNAP_LIMIT);
        if nodes.len() < n && snap.as_ref().is_ok_and(|snap| snap.access().0 == 0) {
            nodes.push(u32::try_from(node).unwrap_or(0));
            stops.push(snap);
        }
    }
    (nodes, stops)
}

#[expect(clippy::cast_precision_loss, reason = "counts of cells")]
fn table(network: &RoadNetwork, n: usize, rival: &Rival, slow: &Slow) {
    let (nodes, stops) = junctions(network, n);
    let (ours_s, ours) = timed_thrice(|| network.matrix_swept(&stops));
    let (cch_s, cells) = timed_thrice(|| {
        cch::distance_matrix(&rival.cch.view(), &rival.metric.view(), &nodes, &nodes)
    });
    let share = agreement(&ours, &cells, &vec![true; n]);
    let is_free: Vec<bool> = nodes.iter().map(|&node| rival.is_free[node as usize]).collect();
    let free = agreement(&ours, &cells, &is_free);
    let mut calculator = fast_paths::create_calculator(&slow.fast);
    let sample = SAMPLE.min(n);
    let (fast_s, _) = timed(|| {
        let mut found = 0;
        for &from in &nodes[..sample] {
            for &to in &nodes {
                let path = calculator.calc_path(&slow.fast, from as usize, to as usize);
                found += usize::from(path.is_some());
            }
        }
        found
    });
    let few = sample.min(5);
    let (plain_s, _) = timed(|| {
        let search = |&from: &u32| {
            dijkstra(&slow.plain, NodeIndex::new(from as usize), None, |edge| *edge.weight()).len()
        };
        nodes[..few].iter().map(search).sum::<usize>()
    });
    let (fast_s, plain_s) = (fast_s * n as f64 / sample as f64, plain_s * n as f64 / few as f64);
    println!(
        "n {n}: lastmile {ours_s:.4} s; cch {cch_s:.4} s ({:.1} times); fast_paths {fast_s:.1} s \
         ({:.0}); petgraph {plain_s:.1} s ({:.0}); {:.2} % of the cells agree with cch, {:.3} % of those \
         that begin where leaving costs nothing",
        cch_s / ours_s,
        fast_s / ours_s,
        plain_s / ours_s,
        share * 100.0,
        free * 100.0,
    );
}

/// The share of cells in which both say the same, to the rounding of a second, of those from some origins. What
/// turning at a dead end or passing a gate costs is in the arcs out of the junction. A stop there stands on
/// one of its roads already and leaves along it without; the other crate's way begins with that cost. So cells
/// from such junctions may differ.
#[expect(clippy::cast_precision_loss, reason = "counts of cells")]
fn agreement(ours: &TravelMatrix, cells: &[u32], of: &[bool]) -> f64 {
    let n = of.len();
    let (mut same, mut all) = (0, 0);
    for (i, &cell) in cells.iter().enumerate().filter(|(i, _)| of[i / n]) {
        let leg = ours.leg(i / n, i % n).ok().map(|leg| leg.seconds.0);
        let theirs = (cell != cch::INF_WEIGHT).then(|| (i64::from(cell) + 500) / 1000);
        same += usize::from(leg == theirs);
        all += 1;
    }
    same as f64 / f64::from(all.max(1))
}
