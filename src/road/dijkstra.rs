//! Dijkstra's algorithm on compressed rows, stopping when all goals are settled: the plain search
//! that is always right (Dijkstra 1959, doi 10.1007/BF01386390). Binary heap with lazy deletion:
//! n log n for n junctions settled. Changed: time and length are one key, so that of equally fast
//! ways the shorter wins; it may start at several junctions at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cost::Cost;
use super::graph::RoadGraph;

/// Marks a junction the search began at.
pub(super) const START: u32 = u32::MAX;

/// What the search knows of a junction.
#[derive(Clone, Copy, Debug)]
struct Label {
    cost: Cost,
    /// The search this label belongs to; older ones count as unreached.
    version: u32,
    /// The arc it was reached by, or [`START`].
    arc: u32,
}

/// Buffers of a search, to be reused: beginning anew costs nothing.
#[derive(Debug)]
pub(super) struct Search {
    labels: Vec<Label>,
    version: u32,
    heap: BinaryHeap<Reverse<(Cost, u32)>>,
}

/// Junctions at which a search may stop.
#[derive(Debug)]
pub(super) struct Goals {
    is_goal: Vec<bool>,
}

impl Goals {
    /// These junctions of `nodes`.
    pub(super) fn new(nodes: usize, goals: impl Iterator<Item = u32>) -> Self {
        let mut is_goal = vec![false; nodes];
        for goal in goals {
            is_goal[goal as usize] = true;
        }
        Self { is_goal }
    }

    /// All goals, each once.
    pub(super) fn nodes(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.is_goal).filter(|(_, goal)| **goal).map(|(node, _)| node)
    }
}

impl Search {
    /// Buffers for a graph of so many junctions.
    pub(super) fn new(nodes: usize) -> Self {
        let unreached = Label { cost: Cost::CLOSED, version: 0, arc: START };
        Self { labels: vec![unreached; nodes], version: 0, heap: BinaryHeap::new() }
    }

    /// Bytes the buffers take for so many junctions; the heap is far smaller.
    pub(super) fn bytes(nodes: usize) -> usize {
        nodes.saturating_mul(size_of::<Label>())
    }

    /// Searches from `starts` until `goals_left` goals are settled or nothing is left to reach.
    pub(super) fn run(
        &mut self,
        graph: &RoadGraph,
        costs: &[Cost],
        starts: &[(u32, Cost)],
        goals: &Goals,
        mut goals_left: usize,
    ) {
        self.begin();
        for &(node, cost) in starts {
            self.reach(node, cost, START);
        }
        while let Some(Reverse((cost, node))) = self.heap.pop() {
            if cost > self.labels[node as usize].cost {
                continue;
            }
            if goals.is_goal[node as usize] {
                goals_left = goals_left.saturating_sub(1);
                if goals_left == 0 {
                    return;
                }
            }
            for arc in graph.out(node) {
                self.reach(graph.head[arc as usize], cost.and(costs[arc as usize]), arc);
            }
        }
    }

    /// Forgets the search before.
    fn begin(&mut self) {
        self.heap.clear();
        self.version = self.version.wrapping_add(1);
        if self.version == 0 {
            for label in &mut self.labels {
                label.version = 0;
            }
            self.version = 1;
        }
    }

    fn reach(&mut self, node: u32, cost: Cost, arc: u32) {
        let label = &mut self.labels[node as usize];
        let known = if label.version == self.version { label.cost } else { Cost::CLOSED };
        if cost < known && cost <= Cost::LONGEST {
            *label = Label { cost, version: self.version, arc };
            self.heap.push(Reverse((cost, node)));
        }
    }

    /// What reaching a junction costs; closed when it was not reached. Exact for goals.
    pub(super) fn cost(&self, node: u32) -> Cost {
        let label = self.labels[node as usize];
        if label.version == self.version { label.cost } else { Cost::CLOSED }
    }

    /// The arc a reached junction was reached by, or [`START`].
    pub(super) fn arc(&self, node: u32) -> u32 {
        self.labels[node as usize].arc
    }
}
