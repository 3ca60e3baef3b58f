//! Slow, plain ways to the same answers, for tests only: every stop becomes a node of its edge, and
//! the library's Dijkstra and Floyd's algorithm (1962, doi 10.1145/367766.368168) do the rest. The roads are
//! there three times: private ones as they are left, those for everybody, private ones as they are
//! arrived on; a junction leads from each to the next.

use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::cost::Cost;
use super::network::{RoadNetwork, View, access_cost};
use super::snap::{OffRoad, Snap};
use crate::units::Leg;

/// Private roads on the way out, all other roads, and private roads at the end.
const LEAVE: usize = 0;
const DRIVE: usize = 1;
const ARRIVE: usize = 2;

/// A road network with the stops built in.
pub(super) struct Oracle<'a> {
    network: &'a RoadNetwork,
    graph: DiGraph<(), u64>,
    stops: &'a [Result<Snap, OffRoad>],
    /// Per stop: where it is left from, and where it is reached.
    doors: Vec<(NodeIndex, NodeIndex)>,
}

impl<'a> Oracle<'a> {
    /// The network of today with these stops.
    pub(super) fn new(network: &'a RoadNetwork, stops: &'a [Result<Snap, OffRoad>]) -> Self {
        let mut graph = DiGraph::new();
        let points = &network.graph().points;
        let layers = [LEAVE, DRIVE, ARRIVE];
        let layers: [Vec<NodeIndex>; 3] =
            layers.map(|_| points.iter().map(|_| graph.add_node(())).collect());
        for pair in layers.windows(2) {
            for (&from, &to) in pair[0].iter().zip(&pair[1]) {
                graph.add_edge(from, to, 0);
            }
        }
        let yards = network.yards.as_ref();
        let is_private = |edge: u32| yards.is_some_and(|yards| yards.is_private(edge));
        let doors: Vec<_> =
            stops.iter().map(|_| (graph.add_node(()), graph.add_node(()))).collect();
        let mut on_edge: Vec<Vec<(f64, usize)>> = vec![Vec::new(); network.graph().edges.len()];
        for (i, stop) in stops.iter().enumerate() {
            let Ok(stop) = stop else { continue };
            on_edge[stop.edge()].push((stop.share(), i));
            let edge = network.graph().edges[stop.edge()];
            let ends = if is_private(stop.edge_number()) { [LEAVE, ARRIVE] } else { [DRIVE; 2] };
            let [leave, arrive] = ends.map(|layer| &layers[layer]);
            for (end, node) in [(0.0, edge.tail), (1.0, edge.head)] {
                if stop.share().to_bits() == f64::to_bits(end) {
                    // From a dead end the way along the edge needs no turning.
                    if !network.graph().is_dead_end(node) {
                        graph.add_edge(doors[i].0, leave[node as usize], 0);
                    }
                    for met in [node].into_iter().chain(network.graph().copies(node)) {
                        graph.add_edge(arrive[met as usize], doors[i].1, 0);
                    }
                }
            }
        }
        let view = network.view(true);
        for (number, on) in (0_u32..).zip(&mut on_edge) {
            on.sort_by(|a, b| a.partial_cmp(b).unwrap());
            let used: &[usize] = if is_private(number) { &[LEAVE, ARRIVE] } else { &[DRIVE] };
            for &layer in used {
                chain(&mut graph, view, (number, on), (layer, &layers[layer]), &doors);
            }
        }
        past_private_gates(&mut graph, view, &layers);
        Self { network, graph, stops, doors }
    }

    /// The leg by the library's search.
    pub(super) fn leg(&self, from: usize, to: usize) -> Option<Leg> {
        let (start, goal) = (self.doors[from].0, self.doors[to].1);
        let found = dijkstra(&self.graph, start, Some(goal), |edge| *edge.weight());
        self.whole(from, to, *found.get(&goal)?)
    }

    /// All legs by Floyd's algorithm, row-major.
    pub(super) fn floyd(&self) -> Vec<Option<Leg>> {
        let n = self.graph.node_count();
        let mut table = vec![u64::MAX; n * n];
        for i in 0..n {
            table[i * n + i] = 0;
        }
        for edge in self.graph.edge_references() {
            let cell = &mut table[edge.source().index() * n + edge.target().index()];
            *cell = (*cell).min(*edge.weight());
        }
        for via in 0..n {
            for from in 0..n {
                let there = table[from * n + via];
                if there == u64::MAX {
                    continue;
                }
                for to in 0..n {
                    let way = there.saturating_add(table[via * n + to]);
                    table[from * n + to] = table[from * n + to].min(way);
                }
            }
        }
        let stops = self.stops.len();
        let cell = |i: usize| {
            let (from, to) = (i / stops, i % stops);
            let cost = table[self.doors[from].0.index() * n + self.doors[to].1.index()];
            self.whole(from, to, cost)
        };
        (0..stops * stops).map(cell).collect()
    }

    /// The leg with access at both ends.
    fn whole(&self, from: usize, to: usize, cost: u64) -> Option<Leg> {
        let (Ok(from), Ok(to)) = (&self.stops[from], &self.stops[to]) else { return None };
        let access = |stop: &Snap| access_cost(self.network.profile(), stop.access());
        let raw = cost.saturating_add(access(from).raw()).saturating_add(access(to).raw());
        Cost::from_raw(raw).leg()
    }
}

/// Out of a private gate, roads for everybody are private.
fn past_private_gates(graph: &mut DiGraph<(), u64>, view: View<'_>, layers: &[Vec<NodeIndex>; 3]) {
    let (network, roads) = (view.network, view.network.graph());
    let Some(yards) = &network.yards else { return };
    for node in (0..).take(roads.points.len()) {
        for arc in roads.out(node) {
            let edge = roads.edge_of[arc as usize];
            let is_gate =
                !yards.is_private(edge) && !network.view(false).costs[arc as usize].is_open();
            let is_clear = view.edge(edge).spans.is_empty();
            for layer in [LEAVE, ARRIVE] {
                if is_gate && is_clear {
                    let (from, to) = (node as usize, roads.head[arc as usize] as usize);
                    link(graph, layers[layer][from], layers[layer][to], yards.cost(arc));
                }
            }
        }
    }
}

/// Adds an edge as a chain of its stops, in both directions.
fn chain(
    graph: &mut DiGraph<(), u64>,
    view: View<'_>,
    (edge, on): (u32, &[(f64, usize)]),
    (layer, junctions): (usize, &[NodeIndex]),
    doors: &[(NodeIndex, NodeIndex)],
) {
    let ends = view.network.graph().edges[edge as usize];
    for direction in 0..2 {
        let (first, last): (f64, f64) = if direction == 0 { (0.0, 1.0) } else { (1.0, 0.0) };
        let nodes = [ends.tail, ends.head].map(|node| junctions[node as usize]);
        // Copies of the junction that may turn into the edge are as good as the junction.
        let entry = graph.add_node(());
        graph.add_edge(nodes[direction], entry, 0);
        let roads = view.network.graph();
        let junction = [ends.tail, ends.head][direction];
        for copy in roads.copies(junction) {
            let arc = roads.copy_of_arc(copy, ends.arcs[direction]);
            if arc.is_some_and(|arc| view.network.is_open(arc)) {
                graph.add_edge(junctions[copy as usize], entry, 0);
            }
        }
        let mut from = (first, entry, view.entry(edge, direction));
        let ordered: Vec<_> =
            if direction == 0 { on.to_vec() } else { on.iter().rev().copied().collect() };
        for (share, stop) in ordered {
            // Stops at one point of the edge share its node.
            if from.0.to_bits() != share.to_bits() || from.1 == entry {
                let node = graph.add_node(());
                link(graph, from.1, node, from.2.and(step(view, edge, direction, from.0, share)));
                from = (share, node, Cost::ZERO);
            }
            let stand = view.within(edge, share, share);
            if layer != ARRIVE {
                link(graph, doors[stop].0, from.1, stand);
            }
            link(graph, from.1, doors[stop].1, stand);
        }
        let drive = from.2.and(step(view, edge, direction, from.0, last));
        let met = roads.head[ends.arcs[direction] as usize];
        link(graph, from.1, junctions[met as usize], drive);
    }
}

/// The drive between two places of an edge, also where they are the same.
fn step(view: View<'_>, edge: u32, direction: usize, from: f64, to: f64) -> Cost {
    if from.to_bits() != to.to_bits() {
        return view.along(edge, from, to);
    }
    let usable = view.network.edge_costs[edge as usize][direction].is_open();
    // Clear at this very place: an empty drive in a direction that need not be open.
    let clear = view.within(edge, to, to).is_open();
    if usable && clear { Cost::ZERO } else { Cost::CLOSED }
}

fn link(graph: &mut DiGraph<(), u64>, from: NodeIndex, to: NodeIndex, cost: Cost) {
    if cost.is_open() {
        graph.add_edge(from, to, cost.raw());
    }
}
