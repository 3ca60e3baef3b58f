//! What the quickest drive between two stops takes out of a battery: a third value of a leg, next to
//! its time and length.
//!
//! A leg is driven with any load, and what it takes grows or falls evenly with the load. So it is
//! worked out empty and full, and of each number the larger counts. Within a leg the pieces of one
//! slope are joined in the order driven, so that a pass between two stops shows even where both lie
//! as high.
//!
//! No round trip gains energy, in whole joules too: see [`super::energy`]. Junctions of unknown height
//! take that of the nearest known one by roads.

use rayon::prelude::*;

use super::approach::Approach;
use super::cost::Cost;
use super::dijkstra::{Goals, START, Search};
use super::drain::Drain;
use super::energy::{Joules, Physics};
use super::graph::RoadGraph;
use super::hierarchy::{Carried, Carrier, Index};
use super::network::{RoadNetwork, View, access_cost};
use super::relief::Chord;
use super::snap::{OffRoad, Snap};

/// Empty and full.
const LOADS: usize = 2;
/// A drain for each load, in joules.
type Loaded = [Drain; LOADS];

/// What is needed to tell what drives take.
struct Gauge<'n> {
    network: &'n RoadNetwork,
    physics: [Physics<'n>; LOADS],
    /// Per junction, in metres.
    heights: Vec<f64>,
    /// Per edge, along and against its way.
    whole: Vec<[Loaded; 2]>,
}

/// What was found of one origin's tree of ways: per junction, from the tree's root to it.
struct Memo {
    known: Vec<(u32, u32, Loaded)>,
    version: u32,
    stack: Vec<u32>,
}

impl<'n> Gauge<'n> {
    fn new(network: &'n RoadNetwork, celsius: Option<f64>) -> Self {
        let physics = network.profile().loads();
        let physics = physics.map(|one| Physics { celsius: celsius.unwrap_or(one.celsius), ..one });
        let heights = network.graph().known_heights();
        let mut gauge = Self { network, physics, heights, whole: Vec::new() };
        let edges = network.graph().edges.len();
        let one = |edge: usize| [(0.0, 1.0), (1.0, 0.0)].map(|way| gauge.part(edge, way));
        gauge.whole = (0..edges).into_par_iter().map(one).collect();
        gauge
    }

    /// The drain of a part of an edge, from one share of its length to another.
    fn part(&self, edge: usize, (from, to): (f64, f64)) -> Loaded {
        let (graph, profile) = (self.network.graph(), self.network.profile());
        let ends = &graph.edges[edge];
        let costs = self.network.edge_costs[edge][usize::from(from > to)];
        if !costs.is_open() {
            return [Drain::NOTHING; LOADS];
        }
        let ends_m = [ends.tail, ends.head].map(|node| self.heights[node as usize]);
        let slope = Slope::new(graph.chords(edge), ends_m);
        let paved = profile.is_paved(graph.attributes(ends));
        let pieces = slope.between(from, to);
        let heights = [from, to].map(|share| slope.height_m(share));
        let seconds = f64::from(costs.milliseconds()) / 1000.0;
        let whole_m = f64::from(ends.metres).max(1.0);
        self.physics.each_ref().map(|physics| {
            let timed = |piece: &Chord| {
                let rest = physics.rest_j(*piece, paved, seconds * piece.length_m / whole_m);
                (rest, physics.potential_j() * piece.rise_m)
            };
            let [start, end] = heights.map(|h| Joules::round(physics.potential_j() * h).0);
            summed(pieces.iter().map(timed), end - start)
        })
    }

    /// The drain of an arc driven whole.
    fn arc(&self, arc: u32) -> Loaded {
        let graph = self.network.graph();
        let edge = graph.edge_of[arc as usize] as usize;
        let along = graph.edges[edge].arcs[0] == graph.map_arc(arc);
        self.whole[edge][usize::from(!along)]
    }

    fn arcs(&self, arcs: Vec<u32>) -> Loaded {
        arcs.into_iter().fold([Drain::NOTHING; LOADS], |sum, arc| then(sum, self.arc(arc)))
    }

    /// From the root of a search's tree to a junction, and the root.
    fn tree_to(&self, search: &Search, memo: &mut Memo, node: u32) -> (u32, Loaded) {
        let graph = self.network.graph();
        let mut at = node;
        memo.stack.clear();
        // Labels form a tree, so this visits each junction at most once.
        let (root, mut sum) = loop {
            let (version, root, drain) = memo.known[at as usize];
            if version == memo.version {
                break (root, drain);
            }
            if search.arc(at) == START {
                break (at, [Drain::NOTHING; LOADS]);
            }
            memo.stack.push(at);
            at = graph.tail(search.arc(at));
        };
        while let Some(next) = memo.stack.pop() {
            sum = then(sum, self.arc(search.arc(next)));
            memo.known[next as usize] = (memo.version, root, sum);
        }
        (root, sum)
    }

    /// From a stop to a junction it is left over.
    fn leave(&self, view: View<'_>, from: &Snap, start: &Approach) -> Loaded {
        let part = self.part(from.edge(), (from.share(), start.end));
        then(part, self.arcs(view.yard_out(from, start.node)))
    }

    /// The drain of the quickest drive between two stops, for each load; nothing where there is no
    /// way. `reached` says what it costs to get from the first to a junction and what it takes.
    fn drive(
        &self,
        view: View<'_>,
        from: &Snap,
        (to, ends): (&Snap, &[Approach]),
        cost: impl Fn(u32) -> Cost,
        taken: impl FnOnce(u32) -> Option<Loaded>,
    ) -> Option<Loaded> {
        let (mut least, mut by) = (Cost::CLOSED, None);
        if from.edge_number() == to.edge_number() {
            least = view.within(from.edge_number(), from.share(), to.share());
        }
        for end in ends {
            let way = cost(end.node).and(end.cost);
            if way < least {
                (least, by) = (way, Some(end));
            }
        }
        let access = |stop: &Snap| access_cost(self.network.profile(), stop.access());
        if least.and(access(from).and(access(to))) > Cost::LONGEST {
            return None;
        }
        let Some(end) = by else {
            return Some(self.part(from.edge(), (from.share(), to.share())));
        };
        let sum = then(taken(end.node)?, self.arcs(view.yard_in(to, end.node)));
        Some(then(sum, self.part(to.edge(), (end.end, to.share()))))
    }
}

/// The stops of a table of drains, and where each is reached.
struct Board<'b> {
    gauge: Gauge<'b>,
    view: View<'b>,
    stops: &'b [Result<Snap, OffRoad>],
    ends: Vec<Vec<Approach>>,
}

/// What legs from one stop take.
type Row = Vec<Option<Drain>>;

impl Board<'_> {
    fn goals(&self) -> impl Iterator<Item = u32> {
        self.ends.iter().flatten().map(|end| end.node)
    }

    /// The row of a stop, given the drain to each other.
    fn row(&self, from: &Snap, mut drive: impl FnMut(&Snap, &[Approach]) -> Option<Loaded>) -> Row {
        let cell = |(to, ends): (&Result<Snap, OffRoad>, &Vec<Approach>)| {
            let to = to.as_ref().ok()?;
            if from.stop() == to.stop() {
                return Some(Drain::NOTHING);
            }
            let [empty, full] = drive(to, ends)?;
            Some(empty.larger(full))
        };
        self.stops.iter().zip(&self.ends).map(cell).collect()
    }

    /// All rows by one search per stop.
    fn searched(&self) -> Vec<Row> {
        let nodes = self.gauge.network.graph().points.len();
        let goals = Goals::new(nodes, self.goals());
        let left = goals.nodes().count();
        let fresh = || {
            let unknown = (0, 0, [Drain::NOTHING; LOADS]);
            let memo = Memo { known: vec![unknown; nodes], version: 0, stack: Vec::new() };
            (Search::new(nodes), memo)
        };
        let (gauge, view) = (&self.gauge, self.view);
        let row = |(search, memo): &mut (Search, Memo), from: &Result<Snap, OffRoad>| {
            let Ok(from) = from else { return vec![None; self.stops.len()] };
            let starts = view.starts(from);
            let costs: Vec<_> = starts.iter().map(|start| (start.node, start.cost)).collect();
            search.run(gauge.network.graph(), view.costs, &costs, &goals, left);
            memo.version += 1;
            self.row(from, |to, ends| {
                gauge.drive(
                    view,
                    from,
                    (to, ends),
                    |node| search.cost(node),
                    |node| {
                        let (root, tree) = gauge.tree_to(search, memo, node);
                        let start = starts.iter().filter(|start| start.node == root);
                        let start = start.min_by_key(|start| start.cost)?;
                        Some(then(gauge.leave(view, from, start), tree))
                    },
                )
            })
        };
        self.stops.par_iter().map_init(fresh, row).collect()
    }

    /// All rows by sweeps over the hierarchy that carry drains along.
    fn swept(&self) -> Vec<Row> {
        let (gauge, view) = (&self.gauge, self.view);
        let index = gauge.network.graph().hierarchy();
        let weights = gauge.network.weights(view.is_today());
        let nothing = [Drain::NOTHING; LOADS];
        let of_map = (view.costs, |arc: u32| gauge.arc(arc));
        let carried = Carried::new(index, weights, of_map, (nothing, then));
        let sweep = Carrier::new(index, weights, (&carried, then), self.goals());
        let row = |found: &mut _, from: &Result<Snap, OffRoad>| {
            let Ok(from) = from else { return vec![None; self.stops.len()] };
            let starts = view.starts(from).into_iter().filter(|start| start.cost.is_open());
            let starts = starts.map(|s| (s.node, s.cost, gauge.leave(view, from, &s)));
            sweep.run(&starts.collect::<Vec<_>>(), found);
            self.row(from, |to, ends| {
                let cost = |node: u32| sweep.at(found, node).0;
                gauge.drive(view, from, (to, ends), cost, |node| Some(sweep.at(found, node).1))
            })
        };
        self.stops.par_iter().map_init(|| sweep.found(nothing), row).collect()
    }
}

fn then(one: Loaded, next: Loaded) -> Loaded {
    std::array::from_fn(|load| one[load].then(next[load]))
}

/// The drain of pieces of way, given what each takes without what height gives back, and what height
/// asks for; `height` is what all of them ask for together, in whole joules.
fn summed(pieces: impl Iterator<Item = (f64, f64)>, height: i64) -> Drain {
    let (mut sum, mut rest, mut least) = (0.0_f64, 0.0_f64, 0.0_f64);
    let (mut peak, mut worst) = (0.0_f64, 0.0_f64);
    for (taken, potential) in pieces {
        rest += taken;
        sum += taken + potential;
        peak = peak.max(sum);
        worst = worst.max(sum - least);
        least = least.min(sum);
    }
    let net = Joules::round(rest).0 + height;
    let up = |joules: f64| Joules::round(joules.ceil()).0.max(net).max(0);
    let (peak, tail) = (up(peak), up(sum - least));
    Drain { net, peak, tail, worst: up(worst).max(peak).max(tail) }
}

/// The way up and down along an edge.
struct Slope {
    chords: Vec<Chord>,
    /// Heights of the chords' ends, the edge's own ends included, metres.
    heights_m: Vec<f64>,
}

impl Slope {
    fn new(chords: Vec<Chord>, [tail_m, head_m]: [f64; 2]) -> Self {
        let mut heights_m = vec![tail_m];
        for chord in &chords {
            heights_m.push(heights_m[heights_m.len() - 1] + chord.rise_m);
        }
        // Where the ground is not known in between, it goes straight from end to end.
        let last = heights_m.len() - 1;
        heights_m[last] = head_m;
        Self { chords, heights_m }
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.chords.len()).unwrap_or(u32::MAX)).max(1.0)
    }

    /// The height at a share of the length.
    fn height_m(&self, share: f64) -> f64 {
        let at = share.clamp(0.0, 1.0) * self.count();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few chords")]
        let first = (at.floor() as usize).min(self.chords.len() - 1);
        let part = at - f64::from(u32::try_from(first).unwrap_or(0));
        let (low, high) = (self.heights_m[first], self.heights_m[first + 1]);
        if part >= 1.0 { high } else { low + (high - low) * part }
    }

    /// The pieces driven from one share to another, in the order driven.
    fn between(&self, from: f64, to: f64) -> Vec<Chord> {
        let (low, high) = (from.min(to), from.max(to));
        let count = self.count();
        let mut pieces = Vec::new();
        for (number, chord) in (0_u32..).zip(&self.chords) {
            let begin = (f64::from(number) / count).max(low);
            let end = (f64::from(number + 1) / count).min(high);
            if begin < end {
                let rise_m = self.height_m(end) - self.height_m(begin);
                let rise_m = if from > to { -rise_m } else { rise_m };
                let length_m = chord.length_m * (end - begin) * count;
                pieces.push(Chord { length_m, rise_m, ..*chord });
            }
        }
        if from > to {
            pieces.reverse();
        }
        pieces
    }
}

impl RoadGraph {
    /// The height of each junction; of one whose ground is not known that of the nearest known one,
    /// by the number of roads between; zero where nothing is known.
    fn known_heights(&self) -> Vec<f64> {
        let mut heights: Vec<Option<f64>> = vec![None; self.junction_count()];
        let mut near: Vec<Vec<u32>> = vec![Vec::new(); heights.len()];
        for (number, edge) in self.edges.iter().enumerate() {
            let (tail, head) = self.end_heights(number);
            for (node, height) in [(edge.tail, tail), (edge.head, head)] {
                heights[node as usize] = heights[node as usize].or(height);
            }
            near[edge.tail as usize].push(edge.head);
            near[edge.head as usize].push(edge.tail);
        }
        let known = |node: &u32| heights[*node as usize].is_some();
        let mut queue: Vec<u32> = (0..).take(heights.len()).filter(known).collect();
        let mut next = 0;
        while let Some(&node) = queue.get(next) {
            next += 1;
            for &other in &near[node as usize] {
                if heights[other as usize].is_none() {
                    heights[other as usize] = heights[node as usize];
                    queue.push(other);
                }
            }
        }
        heights.into_iter().map(|height| height.unwrap_or(0.0)).collect()
    }
}

impl RoadNetwork {
    /// Bytes [`RoadNetwork::drains`] takes while it works, beside what it gives: figures of each edge,
    /// and buffers of each thread.
    pub(crate) fn drains_effort(&self) -> usize {
        let (nodes, edges) = (self.graph().points.len(), self.graph().edges.len());
        let known = size_of::<(u32, u32, Loaded)>();
        let each = Search::bytes(nodes).saturating_add(nodes.saturating_mul(known));
        let threads = rayon::current_num_threads();
        let arcs = self.graph().hierarchy.get().map_or(0, Index::arc_count);
        let figures = edges.saturating_add(arcs).saturating_mul(size_of::<[Loaded; 2]>());
        each.saturating_mul(threads).saturating_add(figures)
    }

    /// What the quickest drive from each stop to each takes out of a battery, joules, row-major;
    /// nothing where the matrix has no leg. With any load: the larger of empty and full counts. At a
    /// temperature of the air in degrees Celsius, or else the profile's. The way from the road to the
    /// door is not counted: it is walked.
    ///
    /// As the matrix, by one [Dijkstra search](super) per stop on small maps and between few stops; else
    /// by one sweep for each, which carries drains along, and once per map the order of its junctions.
    /// On all cores. Where several ways are equally quick and long, it is that of one of them.
    pub fn drains(
        &self,
        stops: &[Result<Snap, OffRoad>],
        celsius: Option<f64>,
    ) -> Vec<Option<Drain>> {
        let board = self.board(stops, celsius);
        let rows = if self.is_swept(stops.len()) { board.swept() } else { board.searched() };
        rows.concat()
    }

    fn board<'b>(&'b self, stops: &'b [Result<Snap, OffRoad>], celsius: Option<f64>) -> Board<'b> {
        let view = self.view(true);
        let ends = stops
            .iter()
            .map(|stop| stop.as_ref().map_or_else(|_| Vec::new(), |stop| view.ends(stop)))
            .collect();
        Board { gauge: Gauge::new(self, celsius), view, stops, ends }
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
mod tests;
