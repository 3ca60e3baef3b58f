//! What must hold of turn restrictions: many small random maps, against a search over edges that
//! remembers the ways it came by.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use rayon::prelude::*;

use super::cost::Cost;
use super::graph::RoadGraph;
use super::network::RoadNetwork;
use super::osm::{OsmData, OsmNode, OsmRestriction, OsmWay, Tags, Via};
use super::profile::Profile;
use super::snap::{OffRoad, Snap};
use super::testing::{at, graph, stops};
use crate::rng::Rng;
use crate::units::{Leg, Metres, Seconds};

/// A drive along one way from one node to another; every way of these maps has two nodes.
type Step = (i64, i64, i64);

fn tags(words: &[(&str, &str)]) -> Tags {
    words.iter().copied().collect()
}

/// Nodes on a loose grid, ways of two nodes each, some one-way, and restrictions between them.
fn random_map(rng: &mut Rng) -> OsmData {
    let side = rng.between(2, 4);
    let mut data = OsmData::default();
    for id in 0..side * side {
        let (row, column) = (id / side, id % side);
        let off = |rng: &mut Rng| (rng.unit() - 0.5) * 4.0;
        let point = at(as_f64(row) * 10.0 + off(rng), as_f64(column) * 10.0 + off(rng));
        data.nodes.push(OsmNode { id: as_i64(id), point, ele_m: None, tags: tags(&[]) });
    }
    for row in 0..side {
        for column in 0..side {
            let here = row * side + column;
            let right = (column + 1 < side).then_some(here + 1);
            let below = (row + 1 < side).then_some(here + side);
            for there in right.into_iter().chain(below) {
                if rng.below(6) == 0 {
                    continue;
                }
                let id = as_i64(data.ways.len()) + 1;
                let oneway = [("oneway", "yes"), ("oneway", "-1"), ("lit", "yes")];
                let kind = [("highway", "tertiary"), ("highway", "residential")][rng.below(2)];
                let extra = oneway[if rng.below(4) == 0 { rng.below(2) } else { 2 }];
                let nodes = vec![as_i64(here), as_i64(there)];
                data.ways.push(OsmWay { id, nodes, tags: tags(&[kind, extra]) });
            }
        }
    }
    let nodes = vec![0, 1];
    data.ways.push(OsmWay { id: 900, nodes, tags: tags(&[("highway", "tertiary")]) });
    for id in 0..rng.between(1, 8) {
        data.restrictions.push(random_restriction(&data, as_i64(id), rng));
    }
    data
}

fn as_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

fn as_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// A restriction along a random walk of two to four ways.
fn random_restriction(data: &OsmData, id: i64, rng: &mut Rng) -> OsmRestriction {
    let first = &data.ways[rng.below(data.ways.len())];
    let mut walk = vec![first.id];
    let mut node = first.nodes[rng.below(2)];
    let via_node = node;
    for _ in 0..rng.between(1, 3) {
        let next: Vec<&OsmWay> = data.ways.iter().filter(|way| way.nodes.contains(&node)).collect();
        let way = next[rng.below(next.len())];
        walk.push(way.id);
        node = if way.nodes[0] == node { way.nodes[1] } else { way.nodes[0] };
    }
    let via = match walk.len() {
        2 => Via::Node(via_node),
        more => Via::Ways(walk[1..more - 1].to_vec()),
    };
    let kind = ["no_left_turn", "no_u_turn", "only_straight_on", "no_straight_on"][rng.below(4)];
    let mut words = vec![("type", "restriction")];
    words.push(match rng.below(8) {
        0 => ("restriction:hgv", kind),
        1 => ("restriction:motorcar", kind),
        _ => ("restriction", kind),
    });
    if rng.below(8) == 0 {
        words.push(("except", "psv;motorcar"));
    }
    let (from, to) = (vec![walk[0]], vec![walk[walk.len() - 1]]);
    OsmRestriction { id, kind: kind.to_owned(), from, via, to, tags: tags(&words) }
}

/// What is forbidden to a van: a sequence of steps, or every end of it but one.
struct Forbidden {
    before: Vec<Step>,
    end: Step,
    only: bool,
}

/// The plain search: its states are the last steps driven, as many as any restriction looks back.
struct Plain<'a> {
    data: &'a OsmData,
    network: &'a RoadNetwork,
    steps: Vec<(Step, Cost)>,
    forbidden: Vec<Forbidden>,
}

impl<'a> Plain<'a> {
    fn new(data: &'a OsmData, network: &'a RoadNetwork) -> Self {
        let mut steps = Vec::new();
        for (edge, costs) in network.graph().edges.iter().zip(&network.edge_costs) {
            let way = &data.ways[data
                .ways
                .binary_search_by_key(&network.graph().ways[edge.way as usize].id, |way| way.id)
                .unwrap()];
            let (a, b) = (way.nodes[0], way.nodes[1]);
            for (step, cost) in [((way.id, a, b), costs[0]), ((way.id, b, a), costs[1])] {
                steps.push((step, cost));
            }
        }
        let mut plain = Self { data, network, steps, forbidden: Vec::new() };
        plain.forbidden = data.restrictions.iter().flat_map(|r| plain.read(r)).collect();
        plain
    }

    /// All walks along these ways, in their order or with the ways between reversed.
    fn walks(&self, ways: &[i64]) -> Vec<Vec<Step>> {
        let mut walks: Vec<Vec<Step>> = vec![Vec::new()];
        for way in ways {
            let mut longer = Vec::new();
            for walk in &walks {
                for (step, _) in self.steps.iter().filter(|(step, _)| step.0 == *way) {
                    if walk.last().is_none_or(|last| last.2 == step.1) {
                        longer.push([&walk[..], &[*step]].concat());
                    }
                }
            }
            walks = longer;
        }
        walks
    }

    /// The restriction, if it is for a van and clear; who is sent over ways is held on each of them.
    fn read(&self, what: &OsmRestriction) -> Vec<Forbidden> {
        let is_for_van = what.tags.get("restriction").is_some()
            || what.tags.get("restriction:motorcar").is_some();
        if !is_for_van || what.tags.get("except").is_some() {
            return Vec::new();
        }
        let walks = match &what.via {
            Via::Node(node) => {
                let mut walks = self.walks(&[what.from[0], what.to[0]]);
                walks.retain(|walk| walk[0].2 == *node);
                walks
            }
            Via::Ways(ways) => {
                let line = [&what.from[..], ways, &what.to].concat();
                let back: Vec<i64> = ways.iter().rev().copied().collect();
                let walks = self.walks(&line);
                if walks.len() == 1 {
                    walks
                } else {
                    self.walks(&[&what.from[..], &back, &what.to].concat())
                }
            }
        };
        let [walk] = walks.as_slice() else { return Vec::new() };
        let only = what.kind.starts_with("only");
        let ban = |at: usize| Forbidden { before: walk[..at].to_vec(), end: walk[at], only };
        if !only {
            return vec![ban(walk.len() - 1)];
        }
        // Nobody is forced to where a van may not go.
        let is_open = |step: &Step| self.steps.iter().any(|(own, c)| own == step && c.is_open());
        if !walk[1..].iter().all(is_open) {
            return Vec::new();
        }
        let first = if walk.len() > 2 { 2 } else { 1 };
        (first..walk.len()).map(ban).collect()
    }

    /// Whether `next` may follow what was driven.
    fn allows(&self, driven: &[Step], next: Step) -> bool {
        let ways_out = self
            .data
            .ways
            .iter()
            .map(|way| way.nodes.iter().filter(|node| **node == next.1).count());
        let dead_end = ways_out.sum::<usize>() == 1;
        self.forbidden.iter().filter(|ban| driven.ends_with(&ban.before)).all(|ban| {
            let is_back = driven.last().is_some_and(|last| last.0 == next.0);
            // Where there is but one way out nothing else can be forbidden by force.
            let bites = if ban.only { !dead_end || ban.end != next } else { true };
            let turns_back = is_back && !dead_end && bites && self.ever(ban);
            if ban.only { next == ban.end } else { next != ban.end && !turns_back }
        })
    }

    /// Whether a ban closes anything at all.
    fn ever(&self, ban: &Forbidden) -> bool {
        !ban.only || self.steps.iter().any(|(step, _)| step.1 == ban.end.1 && *step != ban.end)
    }

    /// The cheapest drives from a node to all nodes.
    fn costs_from(&self, node: i64) -> BTreeMap<i64, Cost> {
        let memory = self.forbidden.iter().map(|ban| ban.before.len()).max().unwrap_or(0).max(1);
        let mut known: BTreeMap<(i64, Vec<Step>), Cost> = BTreeMap::new();
        let mut heap = BinaryHeap::from([Reverse((Cost::ZERO, node, Vec::<Step>::new()))]);
        let mut best = BTreeMap::new();
        let turn = Cost::wait(self.network.profile().u_turn());
        while let Some(Reverse((cost, here, driven))) = heap.pop() {
            if known.get(&(here, driven.clone())).is_some_and(|known| *known <= cost) {
                continue;
            }
            known.insert((here, driven.clone()), cost);
            let found = best.entry(here).or_insert(cost);
            *found = (*found).min(cost);
            let out: Vec<_> = self.steps.iter().filter(|(step, _)| step.1 == here).collect();
            for &&(step, price) in &out {
                if !price.is_open() || !self.allows(&driven, step) {
                    continue;
                }
                let turns = out.len() == 1 && !driven.is_empty();
                let cost = cost.and(price).and(if turns { turn } else { Cost::ZERO });
                let mut longer = [&driven[..], &[step]].concat();
                longer.drain(..longer.len().saturating_sub(memory));
                heap.push(Reverse((cost, step.2, longer)));
            }
        }
        best
    }
}

fn check(seed: u64) -> (usize, usize) {
    let mut rng = Rng::new(seed, 11);
    let data = random_map(&mut rng);
    let roads = Arc::new(RoadGraph::from_osm(&data).unwrap());
    let network = roads.network(&Profile::minivan(), &[]);
    let plain = Plain::new(&data, &network);
    let points: Vec<_> = data.nodes.iter().map(|node| node.point).collect();
    let stops: Vec<Result<Snap, OffRoad>> = network.snap_all(&points, Metres::ZERO);
    let matrix = network.matrix(&stops);
    let sparse = network.matrix_sparse(&stops);
    let free = {
        let mut free = data.clone();
        free.restrictions.clear();
        let network =
            Arc::new(RoadGraph::from_osm(&free).unwrap()).network(&Profile::minivan(), &[]);
        network.matrix(&network.snap_all(&points, Metres::ZERO))
    };
    let (mut cells, mut longer) = (0, 0);
    for (i, from) in data.nodes.iter().enumerate().filter(|(i, _)| stops[*i].is_ok()) {
        let best = plain.costs_from(from.id);
        for (j, to) in data.nodes.iter().enumerate().filter(|(j, _)| stops[*j].is_ok()) {
            let expected = best.get(&to.id).and_then(|cost| cost.leg());
            assert_eq!(matrix.leg(i, j).ok(), expected, "seed {seed}: {i} {j}");
            assert_eq!(sparse.leg(i, j), matrix.leg(i, j), "seed {seed}: {i} {j}");
            let path = network.path(stops[i].as_ref().unwrap(), stops[j].as_ref().unwrap());
            assert_eq!(path.map(|path| path.leg), matrix.leg(i, j), "seed {seed}: {i} {j}");
            cells += 1;
            longer += usize::from(free.leg(i, j) != matrix.leg(i, j));
        }
    }
    (cells, longer)
}

#[test]
fn every_cell_obeys_the_turn_restrictions() {
    let (cells, longer) = check_all(10_000);
    assert!(cells > 500_000 && longer > 5000, "{longer} of {cells}");
}

/// The cells of the first so many maps, and how many of them a restriction changes.
fn check_all(maps: u64) -> (usize, usize) {
    let sum = |all: (usize, usize), one: (usize, usize)| (all.0 + one.0, all.1 + one.1);
    (0..maps).into_par_iter().map(check).reduce(|| (0, 0), sum)
}

#[test]
#[ignore = "takes five minutes"]
fn every_cell_of_a_hundred_thousand_maps_obeys_the_turn_restrictions() {
    let found = check_all(100_000);
    println!("{} of {} cells are changed by a restriction", found.1, found.0);
}

/// The crossing of two roads, restricted.
fn crossing(kind: &[(&str, &str)], via: Via, from: i64, to: i64) -> OsmData {
    let picture = "     n     \n     |     \nw----x----e\n     |     \n     s     ";
    let mut data = super::testing::data(
        picture,
        &["wx tertiary", "xe tertiary", "nx tertiary", "xs tertiary"],
    );
    let kind_of = kind.iter().find(|(key, _)| *key == "restriction").map_or("", |tag| tag.1);
    data.restrictions.push(OsmRestriction {
        id: 1,
        kind: kind_of.to_owned(),
        from: vec![from],
        via,
        to: vec![to],
        tags: tags(kind),
    });
    data
}

fn leg(data: &OsmData, profile: &Profile) -> Option<Leg> {
    let roads = Arc::new(RoadGraph::from_osm(data).unwrap());
    let network = roads.network(profile, &[]);
    let stops = stops(&network, &[(2.0, 2.0), (0.0, 5.0)]);
    network.matrix(&stops).leg(0, 1).ok()
}

fn drive(seconds: i64, metres: i64) -> Leg {
    Leg { seconds: Seconds(seconds), metres: Metres(metres) }
}

#[test]
fn a_forbidden_left_turn_is_driven_round() {
    let van = Profile::minivan();
    let x = || Via::Node(i64::from(u32::from('x')));
    let check = |tags: &[(&str, &str)], expected: Option<Leg>| {
        assert_eq!(leg(&crossing(tags, x(), 1, 3), &van), expected, "{tags:?}");
    };
    let direct = Some(drive(36, 500));
    // Right to the dead end in the south, 30 s of turning, and straight back.
    let round = Some(drive(95, 900));
    check(&[("restriction", "no_left_turn")], round);
    check(&[("restriction", "only_left_turn")], direct);
    check(&[("restriction:hgv", "no_left_turn")], direct);
    check(&[("restriction:motorcar", "no_left_turn")], round);
    check(&[("restriction", "no_left_turn"), ("except", "motorcar")], direct);
    check(&[("restriction", "may_turn")], direct);
    check(&[("type", "restriction:motorcar"), ("restriction", "no_left_turn")], round);
    let winter = [("restriction:conditional", "no_left_turn @ (Nov-Apr)")];
    check(&winter, direct);
    let on = |date| leg(&crossing(&winter, x(), 1, 3), &van.clone().on(date).unwrap());
    assert_eq!((on("2026-01-28"), on("2026-07-28")), (round, direct));
    let hours = [("restriction:conditional", "no_left_turn @ (Mo-Fr 07:00-09:00)")];
    let on = |date| leg(&crossing(&hours, x(), 1, 3), &van.clone().on(date).unwrap());
    assert_eq!((on("2026-01-28"), on("2026-01-31")), (round, direct), "a Wednesday, a Saturday");
}

#[test]
fn what_cannot_be_used_is_counted_by_cause() {
    let x = i64::from(u32::from('x'));
    let report = |tags: &[(&str, &str)], via: Via, from: i64, to: i64| {
        let roads = RoadGraph::from_osm(&crossing(tags, via, from, to)).unwrap();
        let dropped = &roads.report().dropped;
        (
            roads.report().restrictions,
            dropped.restrictions_outside,
            dropped.restrictions_unclear,
            dropped.restrictions_unknown,
        )
    };
    let no = [("restriction", "no_left_turn")];
    assert_eq!(report(&no, Via::Node(x), 1, 3), (1, 0, 0, 0));
    assert_eq!(report(&no, Via::Node(7), 1, 3), (0, 1, 0, 0));
    assert_eq!(report(&no, Via::Node(x), 1, 77), (0, 1, 0, 0));
    assert_eq!(report(&no, Via::Node(i64::from(u32::from('w'))), 1, 3), (0, 0, 1, 0));
    assert_eq!(report(&no, Via::Ways(vec![2]), 1, 3), (0, 0, 1, 0));
    assert_eq!(report(&[("restriction", "perhaps")], Via::Node(x), 1, 3), (0, 0, 0, 1));
}

#[test]
fn only_the_junctions_concerned_are_split() {
    let x = i64::from(u32::from('x'));
    let roads =
        RoadGraph::from_osm(&crossing(&[("restriction", "no_left_turn")], Via::Node(x), 1, 3))
            .unwrap();
    assert_eq!((roads.node_points().len(), roads.points.len()), (5, 6));
    let plain = graph("a-b", &["ab tertiary"]);
    assert_eq!((plain.points.len(), plain.head.len()), (2, 2));
}
