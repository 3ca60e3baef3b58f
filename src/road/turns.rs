//! Turn restrictions, by splitting only the junctions concerned.
//!
//! A restriction forbids a sequence of arcs: the one it comes from, those between, the one it goes
//! to. All forbidden sequences of a map form an automaton of their beginnings (Aho and Corasick
//! 1975, doi 10.1145/360825.360855); each of its states is a copy of the junction it ends at, and
//! the arcs out of a copy lead where the automaton goes, save those that would complete a forbidden
//! sequence. So a search on the graph obeys without knowing (shortest paths with forbidden paths:
//! Villeneuve and Desaulniers 2005, doi 10.1016/j.ejor.2004.01.032). Junctions without restriction
//! stay single; the graph grows by one copy per beginning and its arcs.
//!
//! Which restrictions count is up to the vehicle and the day: the copies are the same for all, the
//! arcs that are closed differ.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::graph::{Edge, RoadGraph, Way};
use super::osm::{OsmData, OsmRestriction, Via};
use super::report::Dropped;

/// No restriction passes more arcs than this.
const ARCS_MOST: usize = 64;
/// No map has more forbidden sequences than this; the rest would be counted as unclear.
const SEQUENCES_MOST: usize = 1 << 20;

/// For whom and when a turn is forbidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rule {
    /// The kind of vehicle it is for, or nothing when it is for all motor vehicles.
    pub(super) vehicle: Option<Box<str>>,
    /// The kinds of vehicles it is not for.
    pub(super) except: Vec<Box<str>>,
    /// When, as tagged; always when absent.
    pub(super) condition: Option<Box<str>>,
    /// The arcs it forces everybody to take, in their order; none for one that only forbids. For
    /// vehicles that may not use them all, the rule is void.
    pub(super) forced: Vec<u32>,
}

/// An arc that is closed to those a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Ban {
    pub(super) arc: u32,
    /// Index into the rules.
    pub(super) rule: u32,
}

/// The copies that turn restrictions need. Empty when there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turns {
    /// Per copy of a junction: the junction. Its number is that of the junctions plus its index.
    // Invariant: ascending.
    pub(super) origins: Vec<u32>,
    /// Per copy of an arc: the arc. Its number is that of the map's arcs plus its index.
    pub(super) copied: Vec<u32>,
    // Invariant: sorted.
    pub(super) bans: Vec<Ban>,
    pub(super) rules: Vec<Rule>,
}

/// Arcs that may not be driven one after the other.
#[derive(Debug)]
struct Sequence {
    arcs: Vec<u32>,
    rule: u32,
}

/// What a value of `restriction` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    No,
    Only,
}

impl Kind {
    fn of(value: &str) -> Option<Self> {
        match value.trim() {
            value if value.starts_with("no_") => Some(Self::No),
            value if value.starts_with("only_") => Some(Self::Only),
            _ => None,
        }
    }
}

/// Why a restriction cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unusable {
    /// A member lies outside the data, or is no road.
    Outside,
    /// Its members do not meet, or meet in more than one way.
    Unclear,
    /// It says nothing we know.
    Unknown,
}

impl RoadGraph {
    /// Splits the junctions that the data's restrictions need split, and counts what became of
    /// them. The rows must be laid. `junction` finds the junction of a node by its id.
    pub(super) fn split_turns(
        &mut self,
        data: &OsmData,
        junction: impl Fn(i64) -> Option<u32>,
        dropped: &mut Dropped,
    ) {
        let mut sequences = Vec::new();
        for restriction in &data.restrictions {
            let room = sequences.len() < SEQUENCES_MOST;
            let routes = Routes { graph: self, junction: &junction };
            let found = if room { routes.compile(restriction) } else { Err(Unusable::Unclear) };
            match found {
                Ok(found) => {
                    self.report.restrictions += 1;
                    for (rule, arcs) in found {
                        let number = u32::try_from(self.turns.rules.len()).unwrap_or(u32::MAX);
                        self.turns.rules.push(rule);
                        sequences
                            .extend(arcs.into_iter().map(|arcs| Sequence { arcs, rule: number }));
                    }
                }
                Err(Unusable::Outside) => dropped.restrictions_outside += 1,
                Err(Unusable::Unclear) => dropped.restrictions_unclear += 1,
                Err(Unusable::Unknown) => dropped.restrictions_unknown += 1,
            }
        }
        if !sequences.is_empty() {
            let beginnings = Beginnings::of(&sequences);
            beginnings.split(self);
        }
    }

    /// How many junctions the map has; the numbers above are copies of junctions.
    pub(super) fn junction_count(&self) -> usize {
        self.points.len() - self.turns.origins.len()
    }

    /// The junction a node is, or is a copy of.
    pub(super) fn junction(&self, node: u32) -> u32 {
        (node as usize)
            .checked_sub(self.junction_count())
            .map_or(node, |copy| self.turns.origins[copy])
    }

    /// The copies of a junction, without itself.
    pub(super) fn copies(&self, junction: u32) -> impl Iterator<Item = u32> + use<> {
        let origins = &self.turns.origins;
        let first = origins.partition_point(|&origin| origin < junction);
        let count = origins[first..].partition_point(|&origin| origin == junction);
        let first = self.junction_count() + first;
        (first..first + count).map(|node| u32::try_from(node).unwrap_or(u32::MAX))
    }

    /// The arc of the map that an arc is, or is a copy of.
    pub(super) fn map_arc(&self, arc: u32) -> u32 {
        let arcs = 2 * self.edges.len();
        (arc as usize).checked_sub(arcs).map_or(arc, |copy| self.turns.copied[copy])
    }

    /// The node an arc leaves.
    pub(super) fn tail(&self, arc: u32) -> u32 {
        let edge = &self.edges[self.edge_of[arc as usize] as usize];
        if arc as usize >= 2 * self.edges.len() {
            let node = self.first_out.partition_point(|&first| first <= arc) - 1;
            return u32::try_from(node).unwrap_or(u32::MAX);
        }
        if edge.arcs[0] == arc { edge.tail } else { edge.head }
    }

    /// The copy of a map's arc out of a copy of its tail.
    pub(super) fn copy_of_arc(&self, node: u32, arc: u32) -> Option<u32> {
        self.out(node).find(|&own| self.map_arc(own) == arc)
    }

    /// The arc back along the same edge.
    fn back(&self, arc: u32) -> u32 {
        let [along, against] = self.edges[self.edge_of[arc as usize] as usize].arcs;
        if arc == along { against } else { along }
    }

    /// The junction a map's arc ends at.
    fn map_head(&self, arc: u32) -> u32 {
        let edge = &self.edges[self.edge_of[arc as usize] as usize];
        if edge.arcs[0] == arc { edge.head } else { edge.tail }
    }
}

/// Finds the arcs that restrictions speak of.
struct Routes<'a, F> {
    graph: &'a RoadGraph,
    junction: &'a F,
}

/// A rule and the sequences it forbids.
type Compiled = Vec<(Rule, Vec<Vec<u32>>)>;

impl<F: Fn(i64) -> Option<u32>> Routes<'_, F> {
    fn compile(&self, restriction: &OsmRestriction) -> Result<Compiled, Unusable> {
        let rules = rules(restriction);
        if rules.is_empty() {
            return Err(Unusable::Unknown);
        }
        let mut compiled = Vec::new();
        for (kind, rule) in rules {
            for &from in &restriction.from {
                for &to in &restriction.to {
                    let arcs = self.arcs(restriction, from, to)?;
                    compiled.push(self.forbid(kind, &rule, arcs));
                }
            }
        }
        Ok(compiled)
    }

    /// The rule with what it forbids: the sequences themselves, or all other ends of them. Who is
    /// sent over whole ways may not leave them on the way either.
    fn forbid(&self, kind: Kind, rule: &Rule, arcs: Vec<Vec<u32>>) -> (Rule, Vec<Vec<u32>>) {
        if kind == Kind::No {
            return (rule.clone(), arcs);
        }
        let forced = arcs.first().map_or_else(Vec::new, |arcs| arcs[1..].to_vec());
        let mut others = Vec::new();
        for arcs in &arcs {
            // At the first junction a driver may still choose another way than those ahead.
            for at in (1..arcs.len()).skip(usize::from(arcs.len() > 2)) {
                let (before, next) = (&arcs[..at], arcs[at]);
                let other = self.graph.out(self.graph.tail(next)).filter(|&arc| arc != next);
                others.extend(other.map(|arc| [before, &[arc]].concat()));
            }
        }
        (Rule { forced, ..rule.clone() }, others)
    }

    /// The sequences of arcs from one way to another; more than one only for turning back on a way
    /// that runs on.
    fn arcs(&self, what: &OsmRestriction, from: i64, to: i64) -> Result<Vec<Vec<u32>>, Unusable> {
        match &what.via {
            Via::Node(node) => {
                let node = (self.junction)(*node).ok_or(Unusable::Outside)?;
                self.over_node(from, node, to)
            }
            Via::Ways(ways) => {
                let mut backwards = ways.clone();
                backwards.reverse();
                self.over_ways(from, ways, to)
                    .or_else(|why| self.over_ways(from, &backwards, to).map_err(|_| why))
                    .map(|arcs| vec![arcs])
            }
        }
    }

    fn over_node(&self, from: i64, node: u32, to: i64) -> Result<Vec<Vec<u32>>, Unusable> {
        let (ins, outs) = (self.arcs_at(from, node, true)?, self.arcs_at(to, node, false)?);
        if from == to {
            let turn = |&arc: &u32| {
                outs.contains(&self.graph.back(arc)).then(|| vec![arc, self.graph.back(arc)])
            };
            let turns: Vec<Vec<u32>> = ins.iter().filter_map(turn).collect();
            return if turns.is_empty() { Err(Unusable::Unclear) } else { Ok(turns) };
        }
        match (ins.as_slice(), outs.as_slice()) {
            ([into], [out]) => Ok(vec![vec![*into, *out]]),
            _ => Err(Unusable::Unclear),
        }
    }

    /// The one way from `from` along all of `ways` to `to`.
    fn over_ways(&self, from: i64, ways: &[i64], to: i64) -> Result<Vec<u32>, Unusable> {
        let first = self.edges(*ways.first().ok_or(Unusable::Unclear)?)?;
        let ends = |edges: &[Edge]| match edges {
            [] => Vec::new(),
            [one] => vec![one.tail, one.head],
            [one, .., last] => vec![one.tail, last.head],
        };
        let mut found: Vec<Vec<u32>> = Vec::new();
        for start in ends(first) {
            for into in self.arcs_at(from, start, true).unwrap_or_default() {
                let mut arcs = vec![into];
                let Some(node) = self.follow(start, ways, &mut arcs)? else { continue };
                let outs = self.arcs_at(to, node, false).unwrap_or_default();
                found.extend(outs.into_iter().map(|out| [&arcs[..], &[out]].concat()));
            }
        }
        self.edges(from)?;
        self.edges(to)?;
        found.dedup();
        match <[Vec<u32>; 1]>::try_from(found) {
            Ok([arcs]) if arcs.len() <= ARCS_MOST => Ok(arcs),
            _ => Err(Unusable::Unclear),
        }
    }

    /// Follows whole ways from a junction, each from one of its ends to the other, and says where
    /// that leads.
    fn follow(
        &self,
        start: u32,
        ways: &[i64],
        arcs: &mut Vec<u32>,
    ) -> Result<Option<u32>, Unusable> {
        let mut node = start;
        for &way in ways {
            let edges = self.edges(way)?;
            let is_line = edges.windows(2).all(|pair| pair[0].head == pair[1].tail);
            let (Some(first), Some(last)) = (edges.first(), edges.last()) else { return Ok(None) };
            if !is_line || first.tail == last.head {
                return Ok(None);
            }
            if first.tail == node {
                arcs.extend(edges.iter().map(|edge| edge.arcs[0]));
                node = last.head;
            } else if last.head == node {
                arcs.extend(edges.iter().rev().map(|edge| edge.arcs[1]));
                node = first.tail;
            } else {
                return Ok(None);
            }
        }
        Ok(Some(node))
    }

    /// The arcs of a way into or out of a junction; against a one-way road only when there is no
    /// other.
    fn arcs_at(&self, way: i64, node: u32, into: bool) -> Result<Vec<u32>, Unusable> {
        let edges = self.edges(way)?;
        let mut arcs = Vec::new();
        for edge in edges {
            let [along, against] = edge.arcs;
            let at = |end: u32, arc: u32| (end == node).then_some(arc);
            let (head, tail) = if into { (along, against) } else { (against, along) };
            arcs.extend(at(edge.head, head).into_iter().chain(at(edge.tail, tail)));
        }
        if arcs.is_empty() {
            return Err(Unusable::Unclear);
        }
        if arcs.len() > 1 {
            let legal = |arc: &u32| self.is_legal(*arc);
            let open: Vec<u32> = arcs.iter().copied().filter(legal).collect();
            if !open.is_empty() {
                arcs = open;
            }
        }
        Ok(arcs)
    }

    /// Whether an arc goes the way a one-way road goes.
    fn is_legal(&self, arc: u32) -> bool {
        let edge = &self.graph.edges[self.graph.edge_of[arc as usize] as usize];
        let class = self.graph.attributes(edge);
        let along = edge.arcs[0] == arc;
        match class.get("oneway") {
            Some("yes" | "true" | "1") => along,
            Some("-1" | "reverse") => !along,
            Some(_) => true,
            None => along || !matches!(class.get("junction"), Some("roundabout" | "circular")),
        }
    }

    /// The edges of a way, in its order.
    fn edges(&self, way: i64) -> Result<&[Edge], Unusable> {
        let ways: &[Way] = &self.graph.ways;
        let number =
            ways.binary_search_by_key(&way, |way| way.id).map_err(|_| Unusable::Outside)?;
        let edges = &self.graph.edges;
        let first = edges.partition_point(|edge| (edge.way as usize) < number);
        let count = edges[first..].partition_point(|edge| edge.way as usize == number);
        Ok(&edges[first..first + count])
    }
}

/// The rules a relation states: for all, for a kind of vehicle, under a condition.
fn rules(restriction: &OsmRestriction) -> Vec<(Kind, Rule)> {
    let words = |text: &str| -> Vec<Box<str>> {
        text.split([';', ','])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(Into::into)
            .collect()
    };
    let except = restriction.tags.get("except").map(words).unwrap_or_default();
    let of_type = restriction.tags.get("type").and_then(|kind| kind.strip_prefix("restriction:"));
    let mut rules = Vec::new();
    for (key, value) in restriction.tags.iter() {
        let Some(rest) = key.strip_prefix("restriction") else { continue };
        let (vehicle, conditional) = match rest.strip_suffix(":conditional") {
            Some(vehicle) => (vehicle, true),
            None => (rest, false),
        };
        let vehicle = match vehicle.strip_prefix(':') {
            Some(vehicle) => Some(vehicle),
            None if vehicle.is_empty() => of_type,
            None => continue,
        };
        let clauses =
            if conditional { super::condition::clauses(value) } else { vec![(value, None)] };
        for (value, condition) in clauses {
            let Some(kind) = Kind::of(value) else { continue };
            let rule = Rule {
                vehicle: vehicle.map(Into::into),
                except: except.clone(),
                condition: condition.map(Into::into),
                forced: Vec::new(),
            };
            rules.push((kind, rule));
        }
    }
    rules
}

/// The beginnings of forbidden sequences as an automaton; state 0 is the empty one.
#[derive(Debug)]
struct Beginnings {
    /// Where a beginning goes on.
    next: BTreeMap<(u32, u32), u32>,
    /// Per state: the last arc; meaningless for the empty one.
    last: Vec<u32>,
    /// Per state: the longest other beginning it ends with.
    falls_to: Vec<u32>,
    /// What completes a sequence, and the rule it breaks.
    complete: BTreeMap<(u32, u32), Vec<u32>>,
}

impl Beginnings {
    fn of(sequences: &[Sequence]) -> Self {
        let mut all = Self {
            next: BTreeMap::new(),
            last: vec![u32::MAX],
            falls_to: vec![0],
            complete: BTreeMap::new(),
        };
        for sequence in sequences {
            let Some((&end, beginning)) = sequence.arcs.split_last() else { continue };
            let mut state = 0;
            for &arc in beginning {
                state = all.step(state, arc);
            }
            all.complete.entry((state, end)).or_default().push(sequence.rule);
        }
        all.link();
        all
    }

    fn step(&mut self, state: u32, arc: u32) -> u32 {
        let new = u32::try_from(self.last.len()).unwrap_or(u32::MAX);
        let next = *self.next.entry((state, arc)).or_insert(new);
        if next == new {
            self.last.push(arc);
            self.falls_to.push(0);
        }
        next
    }

    /// Finds where each state falls back to, short ones first.
    fn link(&mut self) {
        let mut children: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.last.len()];
        for (&(state, arc), &next) in &self.next {
            children[state as usize].push((arc, next));
        }
        let mut open: VecDeque<u32> = children[0].iter().map(|child| child.1).collect();
        while let Some(state) = open.pop_front() {
            for &(arc, next) in &children[state as usize] {
                self.falls_to[next as usize] = self.after(self.falls_to[state as usize], arc);
                open.push_back(next);
            }
        }
    }

    /// The state after one more arc.
    fn after(&self, state: u32, arc: u32) -> u32 {
        let mut state = state;
        loop {
            match self.next.get(&(state, arc)) {
                Some(&next) => return next,
                None if state == 0 => return 0,
                None => state = self.falls_to[state as usize],
            }
        }
    }

    /// The rules broken by one more arc.
    fn broken(&self, state: u32, arc: u32) -> Vec<u32> {
        let (mut state, mut rules) = (state, Vec::new());
        while state != 0 {
            rules.extend(self.complete.get(&(state, arc)).into_iter().flatten());
            state = self.falls_to[state as usize];
        }
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// Adds a copy of a junction for each state, and sends the arcs there.
    fn split(&self, graph: &mut RoadGraph) {
        let (junctions, arcs) = (graph.points.len(), graph.head.len());
        let states = 1..u32::try_from(self.last.len()).unwrap_or(u32::MAX);
        let mut order: Vec<(u32, u32)> =
            states.map(|state| (graph.map_head(self.last[state as usize]), state)).collect();
        order.sort_unstable();
        let as_u32 =
            |count: usize| u32::try_from(count).expect("counts are checked before building");
        let mut node_of = vec![u32::MAX; self.last.len()];
        for (i, &(_, state)) in order.iter().enumerate() {
            node_of[state as usize] = as_u32(junctions + i);
        }
        let base: Vec<u32> = graph.head.clone();
        let node = |state: u32, arc: u32| match state {
            0 => base[arc as usize],
            state => node_of[state as usize],
        };
        for arc in 0..as_u32(arcs) {
            graph.head[arc as usize] = node(self.after(0, arc), arc);
        }
        for &(junction, state) in &order {
            graph.points.push(graph.points[junction as usize]);
            graph.turns.origins.push(junction);
            let out = graph.out(junction);
            let dead_end = out.len() == 1;
            let mut all_rules = Vec::new();
            let first = graph.head.len();
            for arc in out.clone() {
                let copy = as_u32(graph.head.len());
                graph.head.push(node(self.after(state, arc), arc));
                graph.edge_of.push(graph.edge_of[arc as usize]);
                graph.turns.copied.push(arc);
                let rules = self.broken(state, arc);
                graph.turns.bans.extend(rules.iter().map(|&rule| Ban { arc: copy, rule }));
                all_rules.extend(rules);
            }
            graph.first_out.push(as_u32(graph.head.len()));
            // Where a turn is forbidden, turning round is too, unless it is what is asked for.
            let back = graph.back(self.last[state as usize]);
            for (arc, copy) in out.zip(as_u32(first)..).filter(|(arc, _)| *arc == back && !dead_end)
            {
                let asked = |&rule: &u32| graph.turns.rules[rule as usize].forced.contains(&arc);
                let bans: Vec<Ban> = all_rules
                    .iter()
                    .copied()
                    .filter(|rule| !asked(rule))
                    .map(|rule| Ban { arc: copy, rule })
                    .collect();
                graph.turns.bans.extend(bans);
            }
        }
        graph.turns.bans.sort_unstable();
        graph.turns.bans.dedup();
    }
}
