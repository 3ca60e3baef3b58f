//! Private ground: who has a stop on it may drive there and leave again, nobody may drive through.
//!
//! Searches and sweeps know no private road. A place on one is left over every junction that private
//! roads lead to from there, at what that costs, and reached likewise (a bounded Dijkstra search over
//! the private roads around it). So a way between two places has private roads at its two ends only.
//! A public road that only a private one leads to stays out of reach: [`NoRoad::Forbidden`].
//!
//! [`NoRoad::Forbidden`]: super::NoRoad::Forbidden

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use petgraph::unionfind::UnionFind;

use super::approach::Approach;
use super::cost::Cost;
use super::graph::RoadGraph;
use super::network::{NO_ISLAND, RoadNetwork, View};
use super::snap::Snap;

/// The private roads of a network, as those may use them who have a stop there.
#[derive(Debug)]
pub(super) struct Yards {
    /// Per edge: whether it is private.
    is_private: Vec<bool>,
    /// Per arc: the drive of a guest, without closures.
    costs: Vec<Cost>,
    /// Per node: whether a road for everybody touches it.
    is_public: Vec<bool>,
    /// Arcs for guests only: head, arc.
    // Invariant: sorted.
    into: Vec<(u32, u32)>,
}

/// How a junction was reached over private roads.
#[derive(Clone, Copy, Debug)]
struct Label {
    cost: Cost,
    /// By which end of its own edge the place was left or reached.
    end: f64,
    /// The arc next to the junction, on the side of the place; none next to its own edge.
    arc: Option<u32>,
}

impl Yards {
    /// The private roads, when there are any: `through` are the costs of all arcs for everybody,
    /// `guest` for those who may use private roads.
    pub(super) fn new(
        graph: &RoadGraph,
        is_private: Vec<bool>,
        through: &[Cost],
        guest: Vec<Cost>,
    ) -> Self {
        let mut is_public = vec![false; graph.points.len()];
        let mut into = Vec::new();
        for node in (0..).take(graph.points.len()) {
            for arc in graph.out(node) {
                let (head, at) = (graph.head[arc as usize], arc as usize);
                if !is_private[graph.edge_of[at] as usize] {
                    is_public[node as usize] = true;
                    is_public[head as usize] = true;
                }
                if !through[at].is_open() && guest[at].is_open() {
                    into.push((head, arc));
                }
            }
        }
        into.sort_unstable();
        Self { is_private, costs: guest, is_public, into }
    }

    pub(super) fn is_private(&self, edge: u32) -> bool {
        self.is_private[edge as usize]
    }

    /// The drive of a guest along an arc.
    pub(super) fn cost(&self, arc: u32) -> Cost {
        self.costs[arc as usize]
    }

    /// Whether guests only come to a node by some arc.
    pub(super) fn leads_to(&self, node: u32) -> bool {
        !self.into(node).is_empty()
    }

    /// The arcs for guests only into a node.
    fn into(&self, node: u32) -> &[(u32, u32)] {
        let first = self.into.partition_point(|&(head, _)| head < node);
        let count = self.into[first..].partition_point(|&(head, _)| head == node);
        &self.into[first..first + count]
    }
}

impl RoadGraph {
    /// Junctions of private roads only belong to an island that their roads touch, if any.
    pub(super) fn join_yards(&self, is_private: &[bool], costs: &[[Cost; 2]], islands: &mut [u32]) {
        let mut joined: UnionFind<u32> = UnionFind::new(self.points.len());
        let mut is_public = vec![false; self.points.len()];
        for ((edge, costs), &private) in self.edges.iter().zip(costs).zip(is_private) {
            if private {
                joined.union(edge.tail, edge.head);
            } else if costs.iter().any(|cost| cost.is_open()) {
                is_public[edge.tail as usize] = true;
                is_public[edge.head as usize] = true;
            }
        }
        let mut of_yard: BTreeMap<u32, u32> = BTreeMap::new();
        let yards = joined.into_labeling();
        let junctions = self.junction_count();
        for node in (0..junctions).filter(|&node| is_public[node] && islands[node] != NO_ISLAND) {
            of_yard.entry(yards[node]).or_insert(islands[node]);
        }
        for node in (0..junctions).filter(|&node| !is_public[node]) {
            let island = of_yard.get(&yards[node]);
            islands[node] = island.copied().unwrap_or(islands[node]);
        }
        for node in junctions..self.points.len() {
            islands[node] = islands[self.turns.origins[node - junctions] as usize];
        }
    }
}

impl<'a> View<'a> {
    /// The private roads, when a place lies on one of them.
    pub(super) fn yards_of(self, place: &Snap) -> Option<&'a Yards> {
        let network: &'a RoadNetwork = self.network;
        network.yards.as_ref().filter(|yards| yards.is_private(place.edge_number()))
    }

    /// From the ends of its own edge, all junctions a place is left over (or reached, unless `out`).
    pub(super) fn beyond(self, place: &Snap, own: Vec<Approach>, out: bool) -> Vec<Approach> {
        let Some(yards) = self.yards_of(place) else { return own };
        let labels = self.explore(yards, &own, out);
        let own: Vec<u32> = own.into_iter().map(|own| own.node).collect();
        // Places of one yard meet at the junctions next to the one that is reached.
        let counts = |node: &u32| out || yards.is_public[*node as usize] || own.contains(node);
        let labels = labels.into_iter().filter(|(node, _)| counts(node));
        labels.map(|(node, Label { cost, end, .. })| Approach { node, cost, end }).collect()
    }

    /// The private arcs driven from the edge of a place to a node it is left over.
    pub(super) fn yard_out(self, place: &Snap, node: u32) -> Vec<u32> {
        let Some(yards) = self.yards_of(place) else { return Vec::new() };
        let own: Vec<Approach> = self.own_starts(place).collect();
        let mut arcs = self.arcs_back(&self.explore(yards, &own, true), node, true);
        arcs.reverse();
        arcs
    }

    /// The private arcs driven from a node to the edge of a place that is reached over it.
    pub(super) fn yard_in(self, place: &Snap, node: u32) -> Vec<u32> {
        let Some(yards) = self.yards_of(place) else { return Vec::new() };
        let own: Vec<Approach> = self.own_ends(place).collect();
        self.arcs_back(&self.explore(yards, &own, false), node, false)
    }

    /// The arcs by which a node was reached, the last first.
    fn arcs_back(self, labels: &BTreeMap<u32, Label>, node: u32, out: bool) -> Vec<u32> {
        let graph = self.network.graph();
        let (mut arcs, mut here) = (Vec::new(), node);
        // Labels form a tree, so this visits each junction at most once.
        while let Some(arc) = labels.get(&here).and_then(|label| label.arc) {
            arcs.push(arc);
            here = if out { graph.tail(arc) } else { graph.head[arc as usize] };
        }
        arcs
    }

    /// What it costs to go on from, or to come to, the ends of a private edge over private roads.
    fn explore(self, yards: &Yards, own: &[Approach], out: bool) -> BTreeMap<u32, Label> {
        let graph = self.network.graph();
        let mut labels: BTreeMap<u32, Label> = BTreeMap::new();
        let mut heap = BinaryHeap::new();
        for &Approach { node, cost, end } in own.iter().filter(|own| own.cost.is_open()) {
            if labels.get(&node).is_none_or(|known| cost < known.cost) {
                labels.insert(node, Label { cost, end, arc: None });
                heap.push(Reverse((cost, node)));
            }
        }
        while let Some(Reverse((cost, node))) = heap.pop() {
            let Label { cost: best, end, .. } = labels[&node];
            if cost > best {
                continue;
            }
            let arcs: Vec<(u32, u32)> = if out {
                let own = graph.out(node).filter(|&arc| !self.costs[arc as usize].is_open());
                own.map(|arc| (graph.head[arc as usize], arc)).collect()
            } else {
                yards.into(node).iter().map(|&(_, arc)| (graph.tail(arc), arc)).collect()
            };
            for (next, arc) in arcs {
                let is_clear = self.edge(graph.edge_of[arc as usize]).spans.is_empty();
                let more = if is_clear { yards.cost(arc) } else { Cost::CLOSED };
                let longer = cost.and(more);
                let known = labels.get(&next).map_or(Cost::CLOSED, |known| known.cost);
                if longer < known && longer <= Cost::LONGEST {
                    labels.insert(next, Label { cost: longer, end, arc: Some(arc) });
                    heap.push(Reverse((longer, next)));
                }
            }
        }
        labels
    }
}
