//! The roads as one vehicle sees them on one day: what each arc costs, and what is closed.

use std::sync::{Arc, OnceLock};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use petgraph::unionfind::UnionFind;

use super::closure::{Closure, Span};
use super::cost::Cost;
use super::energy::slope_ms;
use super::graph::RoadGraph;
use super::hierarchy::Weights;
use super::observed::{Observed, Seen, see};
use super::profile::{Pace, Passage, Profile};
use super::snap::SnapIndex;
use super::yards::Yards;
use crate::units::Metres;

/// Milliseconds for one metre at one km/h.
const MS_PER_M_AT_KMH: f64 = 3600.0;
/// Marks a junction that belongs to no island, because it cannot be passed.
pub(super) const NO_ISLAND: u32 = u32::MAX;
/// Up to one arc in so many is changed in weights that are there; beyond, all are made anew.
const FEW_OF: usize = 200;

/// A road graph seen by one profile on one day.
///
/// Times are kept in milliseconds and rounded once per cell of a matrix. Barriers and fords at a
/// junction cost their time on the way out of it, so that a place before a gate pays nothing.
#[derive(Debug)]
pub struct RoadNetwork {
    graph: Arc<RoadGraph>,
    profile: Profile,
    /// Per edge: the drive along and against its way, without junctions and closures.
    pub(super) edge_costs: Vec<[Cost; 2]>,
    /// Per arc: the drive including what its tail costs, without closures.
    arc_costs: Vec<Cost>,
    /// The same with today's closures; absent when there are none.
    arc_costs_today: Option<Vec<Cost>>,
    // Invariant: sorted by edge.
    closed_spans: Vec<Span>,
    closures_idle: Vec<usize>,
    observed_idle: Vec<usize>,
    /// Per junction: which network of roads it is on, whatever the direction, without closures.
    islands: Vec<u32>,
    /// Private roads; absent when there is none.
    pub(super) yards: Option<Yards>,
    /// Per edge: whether a stop may be reached from it.
    pub(super) is_kerb: Vec<bool>,
    /// How many rules of turn restrictions count for this vehicle on this day.
    restrictions: usize,
    /// Islands without one kind of hindrance each.
    pub(super) unhindered: OnceLock<[Vec<u32>; 5]>,
    pub(super) index: OnceLock<SnapIndex>,
    /// What the arcs of the hierarchy cost, without closures and with today's.
    weights: [OnceLock<Weights>; 2],
}

/// How the roads hang together for one vehicle on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkReport {
    /// Edges it may use in at least one direction, closures aside.
    pub edges_usable: usize,
    /// Their length, each counted once.
    pub length_usable: Metres,
    /// Edges closed today, wholly or in part.
    pub edges_closed: usize,
    /// Groups of junctions from each of which all others of the group can be reached today.
    pub strong_components: usize,
    /// Junctions in the largest group.
    pub nodes_largest: usize,
    /// Rules of turn restrictions that count for this vehicle on this day.
    pub restrictions: usize,
}

impl RoadGraph {
    /// The islands for one profile: per node, its network of roads.
    pub(super) fn islands_of(&self, profile: &Profile) -> Vec<u32> {
        let classes: Vec<_> = self.classes.iter().map(|class| profile.passage(class)).collect();
        let cost = |edge: &super::graph::Edge| {
            let passage = classes[self.ways[edge.way as usize].class as usize];
            let open = |open: bool| if open { Cost::ZERO } else { Cost::CLOSED };
            let passage = passage.filter(|passage| !passage.private);
            passage.map_or([Cost::CLOSED; 2], |p| [open(p.forward), open(p.backward)])
        };
        let costs: Vec<[Cost; 2]> = self.edges.iter().map(cost).collect();
        let mut islands = islands(self, &costs, &delays(self, profile));
        let is_private = |edge: &super::graph::Edge| {
            classes[self.ways[edge.way as usize].class as usize].is_some_and(|p| p.private)
        };
        let is_private: Vec<bool> = self.edges.iter().map(is_private).collect();
        self.join_yards(&is_private, &costs, &mut islands);
        islands
    }

    /// Gives the copies of arcs the cost of what they are copies of.
    fn price_copies(&self, costs: &mut [Cost]) {
        let (arcs, copies) = costs.split_at_mut(2 * self.edges.len());
        for (cost, &arc) in copies.iter_mut().zip(&self.turns.copied) {
            *cost = arcs[arc as usize];
        }
    }

    /// The roads as `profile` sees them on a day with these closures. Costs one pass over the
    /// edges, and one more per circle closed.
    pub fn network(self: &Arc<Self>, profile: &Profile, closures: &[Closure]) -> RoadNetwork {
        self.network_observed(profile, closures, &[])
    }

    /// The same, where the station has seen for itself how fast some roads are.
    pub fn network_observed(
        self: &Arc<Self>,
        profile: &Profile,
        closures: &[Closure],
        observed: &[Observed],
    ) -> RoadNetwork {
        RoadNetwork::new(Arc::clone(self), profile.clone(), closures, observed)
    }
}

impl RoadNetwork {
    fn new(
        graph: Arc<RoadGraph>,
        profile: Profile,
        closures: &[Closure],
        observed: &[Observed],
    ) -> Self {
        let classes: Vec<_> = graph.classes.iter().map(|class| profile.passage(class)).collect();
        let class_of = |way: u32| classes[graph.ways[way as usize].class as usize];
        let mut passages: Vec<Option<Passage>> =
            graph.edges.iter().map(|edge| class_of(edge.way)).collect();
        let (seen, observed_idle) = see(&graph, &profile, observed, &mut passages);
        let edge_costs = edge_costs(&graph, &passages, &seen, &profile);
        let delays = delays(&graph, &profile);
        let waits = ferry_waits(&graph, &passages);
        let is_private: Vec<bool> =
            passages.iter().map(|passage| passage.is_some_and(|p| p.private)).collect();
        let mut through = edge_costs.clone();
        for (cost, _) in through.iter_mut().zip(&is_private).filter(|(_, private)| **private) {
            *cost = [Cost::CLOSED; 2];
        }
        let (arc_costs, restrictions) = priced(&graph, &through, &delays, &waits, &profile);
        let mut islands = islands(&graph, &through, &delays);
        let yards = is_private.contains(&true).then(|| {
            graph.join_yards(&is_private, &through, &mut islands);
            let delays = self::delays(&graph, &profile.clone().welcome());
            let (guest, _) = priced(&graph, &edge_costs, &delays, &waits, &profile);
            Yards::new(&graph, is_private, &arc_costs, guest)
        });
        let is_kerb = passages.iter().map(|p| p.is_some_and(|p| p.wait.is_none())).collect();
        let spans: Vec<Vec<Span>> = closures.iter().map(|closure| closure.spans(&graph)).collect();
        let closures_idle = (0..spans.len()).filter(|&i| spans[i].is_empty()).collect();
        let mut closed_spans: Vec<Span> = spans.into_iter().flatten().collect();
        closed_spans.sort_by_key(|span| span.edge);
        let arc_costs_today = (!closed_spans.is_empty()).then(|| {
            let mut costs = arc_costs.clone();
            for span in &closed_spans {
                for arc in graph.edges[span.edge as usize].arcs {
                    costs[arc as usize] = Cost::CLOSED;
                }
            }
            let (arcs, copies) = costs.split_at_mut(2 * graph.edges.len());
            for (cost, &arc) in copies.iter_mut().zip(&graph.turns.copied) {
                if !arcs[arc as usize].is_open() {
                    *cost = Cost::CLOSED;
                }
            }
            costs
        });
        Self {
            graph,
            profile,
            edge_costs,
            arc_costs,
            arc_costs_today,
            closed_spans,
            closures_idle,
            observed_idle,
            islands,
            yards,
            is_kerb,
            restrictions,
            unhindered: OnceLock::new(),
            index: OnceLock::new(),
            weights: [OnceLock::new(), OnceLock::new()],
        }
    }

    /// The roads it is a view of.
    pub fn graph(&self) -> &Arc<RoadGraph> {
        &self.graph
    }

    /// The vehicle it is a view for.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Which of the closures, by position, touch no road at all: most likely slips of the pen.
    pub fn closures_without_effect(&self) -> &[usize] {
        &self.closures_idle
    }

    /// Which of the observed speeds, by position, are about no road of the map.
    pub fn observed_without_effect(&self) -> &[usize] {
        &self.observed_idle
    }

    /// Whether the vehicle may use an arc, closures aside; a private one as a guest.
    pub(super) fn is_open(&self, arc: u32) -> bool {
        self.arc_cost(arc).is_open()
    }

    /// The drive along an arc without closures, on private roads that of a guest.
    fn arc_cost(&self, arc: u32) -> Cost {
        let edge = self.graph.edge_of[arc as usize];
        let yards = self.yards.as_ref().filter(|yards| yards.is_private(edge));
        yards.map_or(self.arc_costs[arc as usize], |yards| yards.cost(arc))
    }

    /// The speed along an edge in its faster open direction, km/h, closures aside; nothing when the
    /// vehicle may not use it or it has no length.
    ///
    /// # Panics
    /// When there is no such edge.
    pub fn speed_kmh(&self, edge: usize) -> Option<f64> {
        let open = self.edge_costs[edge].iter().filter(|cost| cost.is_open() && cost.metres() > 0);
        let cost = open.min()?;
        let (metres, ms) = (f64::from(cost.metres()), f64::from(cost.milliseconds()));
        Some(metres / ms.max(1.0) * MS_PER_M_AT_KMH)
    }

    /// True when something is closed today.
    pub(super) fn has_closures(&self) -> bool {
        self.arc_costs_today.is_some()
    }

    /// The roads of today, or as they would be without closures.
    pub(super) fn view(&self, today: bool) -> View<'_> {
        match (&self.arc_costs_today, today) {
            (Some(costs), true) => View { network: self, costs, spans: &self.closed_spans },
            _ => View { network: self, costs: &self.arc_costs, spans: &[] },
        }
    }

    /// The weights of the hierarchy, of today or without closures; made when they are first asked for.
    /// Where few roads are closed, today's are made from those without closures, if those are there.
    pub(super) fn weights(&self, today: bool) -> &Weights {
        let index = self.graph.hierarchy();
        let today = today && self.has_closures();
        self.weights[usize::from(today)].get_or_init(|| {
            let now = self.view(today).costs;
            let Some(open) = self.weights[0].get().filter(|_| today) else {
                return Weights::new(index, now);
            };
            let before = self.view(false).costs;
            let differ = (0..).zip(before.iter().zip(now)).filter(|(_, (one, two))| one != two);
            let differ: Vec<u32> = differ.map(|(arc, _)| arc).collect();
            if differ.len() > now.len() / FEW_OF {
                return Weights::new(index, now);
            }
            let mut weights = open.clone();
            weights.change(index, now, &differ);
            weights
        })
    }

    /// The island an edge lies on, closures aside; nothing when both its ends are barred.
    pub(super) fn island(&self, edge: u32) -> Option<u32> {
        let edge = &self.graph.edges[edge as usize];
        let ends = [edge.tail, edge.head].map(|node| self.islands[node as usize]);
        ends.into_iter().find(|&island| island != NO_ISLAND)
    }

    /// The island of a junction, or [`NO_ISLAND`].
    pub(super) fn node_island(&self, node: u32) -> u32 {
        self.islands[node as usize]
    }

    /// Counts what is usable and how it hangs together.
    pub fn report(&self) -> NetworkReport {
        let usable = |&edge: &usize| self.edge_costs[edge].iter().any(|cost| cost.is_open());
        let edges: Vec<usize> = (0..self.edge_costs.len()).filter(usable).collect();
        let metres = |&edge: &usize| Metres(self.graph.edges[edge].metres.into());
        let sizes = self.strong_components();
        let mut closed: Vec<u32> = self.closed_spans.iter().map(|span| span.edge).collect();
        closed.dedup();
        NetworkReport {
            edges_usable: edges.len(),
            length_usable: edges.iter().map(metres).sum(),
            edges_closed: closed.len(),
            strong_components: sizes.len(),
            nodes_largest: sizes.into_iter().max().unwrap_or(0),
            restrictions: self.restrictions,
        }
    }

    /// Sizes of the strong components among junctions with a usable road today (Sharir 1981, doi
    /// 10.1016/0898-1221(81)90008-0, as petgraph has it).
    fn strong_components(&self) -> Vec<usize> {
        let costs = self.view(true).costs;
        let mut open: DiGraph<(), (), u32> =
            DiGraph::with_capacity(self.islands.len(), costs.len());
        let nodes: Vec<_> = self.islands.iter().map(|_| open.add_node(())).collect();
        let mut used = vec![false; nodes.len()];
        for edge in &self.graph.edges {
            for (arc, from, to) in
                [(edge.arcs[0], edge.tail, edge.head), (edge.arcs[1], edge.head, edge.tail)]
            {
                if costs[arc as usize].is_open() {
                    open.add_edge(nodes[from as usize], nodes[to as usize], ());
                    used[from as usize] = true;
                    used[to as usize] = true;
                }
            }
        }
        let components = kosaraju_scc(&open).into_iter();
        components.filter(|group| used[group[0].index()]).map(|group| group.len()).collect()
    }
}

/// The network with or without the day's closures.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) network: &'a RoadNetwork,
    /// Per arc.
    pub(super) costs: &'a [Cost],
    spans: &'a [Span],
}

impl<'a> View<'a> {
    /// True when it is the roads with today's closures.
    pub(super) fn is_today(self) -> bool {
        !self.spans.is_empty()
    }

    /// One edge of it.
    pub(super) fn edge(self, edge: u32) -> EdgeView<'a> {
        let first = self.spans.partition_point(|span| span.edge < edge);
        let count = self.spans[first..].partition_point(|span| span.edge == edge);
        EdgeView {
            costs: self.network.edge_costs[edge as usize],
            spans: &self.spans[first..first + count],
        }
    }

    /// The drive along one edge from one share of its length to another, or closed.
    pub(super) fn along(self, edge: u32, from: f64, to: f64) -> Cost {
        self.edge(edge).along(from, to)
    }

    /// The cheapest drive within one edge from one share to another.
    pub(super) fn within(self, edge: u32, from: f64, to: f64) -> Cost {
        self.edge(edge).within(from, to)
    }

    /// What leaving the edge's end costs before driving on it: barriers, fords, waits for ferries.
    /// `direction` is 0 for its tail, 1 for its head.
    pub(super) fn entry(self, edge: u32, direction: usize) -> Cost {
        let arc = self.network.graph.edges[edge as usize].arcs[direction];
        let whole = self.network.arc_cost(arc);
        let alone = self.network.edge_costs[edge as usize][direction];
        if whole.is_open() { whole.without(alone) } else { Cost::CLOSED }
    }
}

/// One edge, with or without what is closed of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EdgeView<'a> {
    /// The drive along and against its way, without closures.
    pub(super) costs: [Cost; 2],
    /// What is closed of it.
    pub(super) spans: &'a [Span],
}

impl EdgeView<'_> {
    /// Whether no closure lies between two shares, `low` at most `high`.
    fn is_clear(self, low: f64, high: f64) -> bool {
        self.spans.iter().all(|span| span.to < low || high < span.from)
    }

    /// The drive from one share of its length to another, or closed.
    fn along(self, from: f64, to: f64) -> Cost {
        let backward = from > to;
        let whole = self.costs[usize::from(backward)];
        let (low, high) = if backward { (to, from) } else { (from, to) };
        if !whole.is_open() || !self.is_clear(low, high) {
            return Cost::CLOSED;
        }
        whole.share(high).without(whole.share(low))
    }

    /// The cheapest drive from one share to another without leaving it.
    pub(super) fn within(self, from: f64, to: f64) -> Cost {
        // At one and the same point either direction will do.
        let turned = if (from - to).abs() > 0.0 { Cost::CLOSED } else { self.stand(from) };
        self.along(from, to).min(turned)
    }

    /// Nothing where it is usable in any direction and not closed.
    fn stand(self, at: f64) -> Cost {
        let usable = self.costs.iter().any(|cost| cost.is_open());
        if usable && self.is_clear(at, at) { Cost::ZERO } else { Cost::CLOSED }
    }
}

/// The drive along and against each edge.
fn edge_costs(
    graph: &RoadGraph,
    passages: &[Option<Passage>],
    seen: &[Seen],
    profile: &Profile,
) -> Vec<[Cost; 2]> {
    let physics = profile.physics();
    let mut way_metres = vec![0_u64; graph.ways.len()];
    for edge in &graph.edges {
        way_metres[edge.way as usize] += u64::from(edge.metres);
    }
    let cost = |(number, passage): (usize, &Option<Passage>)| {
        let Some(passage) = passage else { return [Cost::CLOSED; 2] };
        let edge = &graph.edges[number];
        let metres = f64::from(edge.metres);
        let ms = match passage.pace {
            Pace::Kmh(kmh) if graph.relief.is_some() => {
                let paved = profile.is_paved(graph.attributes(edge));
                let chords = graph.chords(number);
                [false, true].map(|against| slope_ms(&physics, &chords, paved, against, kmh))
            }
            Pace::Kmh(kmh) => [metres * MS_PER_M_AT_KMH / kmh; 2],
            Pace::Whole(time) => {
                [time.as_f64() * 1000.0 * share(metres, way_metres[edge.way as usize]); 2]
            }
        };
        let seen = seen.get(number).copied().unwrap_or_default();
        let ms =
            [0, 1].map(|side| seen[side].map_or(ms[side], |kmh| metres * MS_PER_M_AT_KMH / kmh));
        let cost = |open: bool, ms: f64| {
            if open { Cost::new(ms, edge.metres) } else { Cost::CLOSED }
        };
        [cost(passage.forward, ms[0]), cost(passage.backward, ms[1])]
    };
    passages.iter().enumerate().map(cost).collect()
}

#[expect(clippy::cast_precision_loss, reason = "lengths of ways are far below 2^53 m")]
fn share(part: f64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part / whole as f64 }
}

/// What each junction costs to pass; closed when it cannot be passed.
fn delays(graph: &RoadGraph, profile: &Profile) -> Vec<Cost> {
    let mut delays = vec![Cost::ZERO; graph.points.len()];
    for (node, hurdle) in &graph.hurdles {
        delays[*node as usize] = profile.hurdle(hurdle).map_or(Cost::CLOSED, Cost::wait);
    }
    delays
}

/// Per edge: what going aboard costs where a road meets a ferry; nothing on roads.
fn ferry_waits(graph: &RoadGraph, passages: &[Option<Passage>]) -> Vec<[Cost; 2]> {
    let mut on_road = vec![false; graph.points.len()];
    for (edge, passage) in graph.edges.iter().zip(passages) {
        if passage.is_some_and(|passage| passage.wait.is_none()) {
            on_road[edge.tail as usize] = true;
            on_road[edge.head as usize] = true;
        }
    }
    let aboard = |(edge, passage): (&super::graph::Edge, &Option<Passage>)| {
        let wait = passage.and_then(|passage| passage.wait).map_or(Cost::ZERO, Cost::wait);
        [edge.tail, edge.head].map(|n| if on_road[n as usize] { wait } else { Cost::ZERO })
    };
    graph.edges.iter().zip(passages).map(aboard).collect()
}

/// Per arc: its edge, what its tail costs, the wait for a ferry, and turning round at a dead end.
/// Copies of arcs cost the same, save those that a turn restriction closes; says also how many
/// rules count.
fn priced(
    graph: &RoadGraph,
    edges: &[[Cost; 2]],
    delays: &[Cost],
    waits: &[[Cost; 2]],
    profile: &Profile,
) -> (Vec<Cost>, usize) {
    let turn = Cost::wait(profile.u_turn());
    let mut costs = vec![Cost::CLOSED; graph.head.len()];
    for (number, edge) in graph.edges.iter().enumerate() {
        for (direction, from) in [edge.tail, edge.head].into_iter().enumerate() {
            let mut delay = delays[from as usize].and(waits[number][direction]);
            if graph.is_dead_end(from) {
                delay = delay.and(turn);
            }
            let cost = edges[number][direction].and(delay);
            let arc = edge.arcs[direction] as usize;
            costs[arc] = if cost > Cost::LONGEST { Cost::CLOSED } else { cost };
        }
    }
    graph.price_copies(&mut costs);
    let counts: Vec<bool> = graph
        .turns
        .rules
        .iter()
        .map(|rule| {
            let open = |&arc: &u32| costs[arc as usize].is_open();
            rule.forced.iter().all(open) && profile.obeys(rule)
        })
        .collect();
    for ban in graph.turns.bans.iter().filter(|ban| counts[ban.rule as usize]) {
        costs[ban.arc as usize] = Cost::CLOSED;
    }
    (costs, counts.into_iter().filter(|counts| *counts).count())
}

/// Numbers junctions so that equal numbers are joined by usable roads, whatever their direction.
fn islands(graph: &RoadGraph, edges: &[[Cost; 2]], delays: &[Cost]) -> Vec<u32> {
    let mut joined: UnionFind<u32> = UnionFind::new(graph.points.len());
    for (edge, costs) in graph.edges.iter().zip(edges) {
        let passable = |node: u32| delays[node as usize].is_open();
        if costs.iter().any(|cost| cost.is_open()) && passable(edge.tail) && passable(edge.head) {
            joined.union(edge.tail, edge.head);
        }
    }
    let barred = |(island, delay): (u32, &Cost)| if delay.is_open() { island } else { NO_ISLAND };
    let junctions: Vec<u32> = joined.into_labeling().into_iter().zip(delays).map(barred).collect();
    (0..).zip(&junctions).map(|(node, _)| junctions[graph.junction(node) as usize]).collect()
}

/// The time from a door to the road and its length.
pub(super) fn access_cost(profile: &Profile, access: Metres) -> Cost {
    Cost::new(profile.access_ms(access), u32::try_from(access.0).unwrap_or(u32::MAX))
}
