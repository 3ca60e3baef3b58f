//! Travel between very many places without a square of them.
//!
//! A place lies on an edge, and every way out of the edge leads over one of its two ends. So a table
//! between the ends of the edges in use, the *portals*, is enough: a leg is the least of at most two
//! ways out, two ways in and the table between, and of the way along the edge when both places share
//! it. Many stops lie on few roads, so there are far fewer portals than places. This is the idea of
//! access nodes (Bast, Funke, Matijevic 2006, "transit"), with every junction next to a place as
//! one, so that nothing is approximated. A dead end is no portal unless a place lies on it: who
//! drives there must turn.
//!
//! The table takes one [Dijkstra search](super::dijkstra), or a sixteenth of a [sweep](super::swept),
//! and 8 bytes times the portals for each portal, a leg at most four reads of it.

mod fan;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::approach::Approach;
use super::closure::Span;
use super::cost::Cost;
use super::dijkstra::{Goals, Search};
use super::hierarchy::{LANES, Sweep};
use super::hindrance::{Islands, cause};
use super::matrix::NoRoad;
use super::network::{EdgeView, NO_ISLAND, RoadNetwork, View, access_cost};
use super::snap::{OffRoad, Snap};
use crate::units::{Leg, Metres};

pub(super) use fan::Fan;

/// Marks the end of an edge that is no portal.
const NO_PORTAL: u32 = u32::MAX;
/// In a key, marks a junction that places on private roads are left or reached over.
const BY_YARD: u32 = u32::MAX - 1;
/// Marks a place that no road leads to.
const OFF_ROAD: u32 = u32::MAX;

/// A place and how its edge is left and reached; one cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Door {
    /// Index into the stretches, or [`OFF_ROAD`].
    stretch: u32,
    /// The first place at the same point.
    same: u32,
    /// The portals at tail and head of its edge, or [`NO_PORTAL`].
    portals: [u32; 2],
    /// The drive from the place to each.
    leave: [Cost; 2],
    /// The drive from each to the place.
    reach: [Cost; 2],
    /// From the door to the road.
    access: Cost,
    /// Where on the edge it lies: a share of its length. Never NaN.
    share: f64,
}

/// The portals a place on a private road is left and reached over, and the drive to and from each.
#[derive(Clone, Debug, PartialEq)]
struct Yard {
    leave: Vec<(u32, Cost)>,
    reach: Vec<(u32, Cost)>,
}

/// An edge in use.
#[derive(Clone, Debug, PartialEq)]
struct Stretch {
    costs: [Cost; 2],
    spans: Vec<Span>,
    /// The edge's island, or nothing when both its ends are barred.
    island: Option<u32>,
    /// The islands it would lie on without one kind of hindrance each.
    without: Islands,
}

/// Travel between places over portals, as a vehicle finds it on one day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Portals {
    doors: Vec<Door>,
    /// Of the places on private roads; their doors have no portals.
    yards: BTreeMap<u32, Yard>,
    stretches: Vec<Stretch>,
    /// How many portals there are.
    count: usize,
    /// Row-major `[from][to]`, one row per portal.
    // Invariant: count * count costs.
    table: Vec<Cost>,
    /// The longest leg the vehicle drives.
    reach: Option<Metres>,
    /// The same without the day's closures, to tell what is closed from what never was open.
    unclosed: Option<Box<Portals>>,
}

// No float in it is ever NaN: shares and spans come from lengths.
impl Eq for Portals {}

impl Portals {
    /// The leg from one place to another.
    pub(super) fn leg(&self, from: usize, to: usize) -> Result<Leg, NoRoad> {
        let (a, b) = (&self.doors[from], &self.doors[to]);
        // A place off the road still is where it is.
        if a.same == b.same {
            return Ok(Leg::default());
        }
        if a.stretch == OFF_ROAD {
            return Err(NoRoad::OriginOffRoad);
        }
        if b.stretch == OFF_ROAD {
            return Err(NoRoad::DestinationOffRoad);
        }
        let mut drive = self.drive(a, b);
        if !self.yards.is_empty() {
            drive = drive.min(self.drive_to_yards(from, to));
        }
        let leg = drive.leg().ok_or_else(|| self.why_not(from, to))?;
        if self.reach.is_none_or(|reach| leg.metres <= reach) {
            return Ok(leg);
        }
        // In range but for what is closed today.
        let is_closed = self.unclosed.as_ref().is_some_and(|free| free.leg(from, to).is_ok());
        Err(if is_closed { NoRoad::Closed } else { NoRoad::OutOfRange })
    }

    /// The cheapest drive when one of two places lies on a private road.
    fn drive_to_yards(&self, from: usize, to: usize) -> Cost {
        let yard = |place: usize| self.yards.get(&u32::try_from(place).unwrap_or(u32::MAX));
        let (out, into) = (yard(from), yard(to));
        if out.is_none() && into.is_none() {
            return Cost::CLOSED;
        }
        let (a, b) = (&self.doors[from], &self.doors[to]);
        let own = |portals: [u32; 2], costs: [Cost; 2]| -> Vec<(u32, Cost)> {
            portals.into_iter().zip(costs).filter(|(portal, _)| *portal != NO_PORTAL).collect()
        };
        let leave = out.map_or_else(|| own(a.portals, a.leave), |yard| yard.leave.clone());
        let reach = into.map_or_else(|| own(b.portals, b.reach), |yard| yard.reach.clone());
        let mut best = Cost::CLOSED;
        for (exit, leave) in leave.into_iter().filter(|(_, cost)| cost.is_open()) {
            for (entry, reach) in reach.iter().filter(|(_, cost)| cost.is_open()) {
                let between = self.table[exit as usize * self.count + *entry as usize];
                best = best.min(leave.and(between).and(*reach));
            }
        }
        best.and(a.access.and(b.access))
    }

    /// The cheapest drive, or one beyond the longest when there is none.
    fn drive(&self, a: &Door, b: &Door) -> Cost {
        let mut best = Cost::CLOSED;
        if a.stretch == b.stretch {
            best = self.stretches[a.stretch as usize].view().within(a.share, b.share);
        }
        for (&exit, &leave) in a.portals.iter().zip(&a.leave) {
            if exit == NO_PORTAL || !leave.is_open() {
                continue;
            }
            let row = exit as usize * self.count;
            for (&entry, &reach) in b.portals.iter().zip(&b.reach) {
                if entry != NO_PORTAL && reach.is_open() {
                    best = best.min(leave.and(self.table[row + entry as usize]).and(reach));
                }
            }
        }
        best.and(a.access.and(b.access))
    }

    #[cold]
    fn why_not(&self, from: usize, to: usize) -> NoRoad {
        if self.unclosed.as_ref().is_some_and(|free| free.leg(from, to).is_ok()) {
            return NoRoad::Closed;
        }
        let stretch = |place: usize| self.doors[place].stretch;
        let island = |place: usize| self.stretches[stretch(place) as usize].island;
        match (island(from), island(to)) {
            (Some(here), Some(there)) if here == there => NoRoad::OneWay,
            (None, None) if stretch(from) == stretch(to) => NoRoad::OneWay,
            _ => {
                let without = |place: usize| &self.stretches[stretch(place) as usize].without;
                cause(without(from), without(to))
            }
        }
    }
}

impl Stretch {
    fn view(&self) -> EdgeView<'_> {
        EdgeView { costs: self.costs, spans: &self.spans }
    }
}

/// A junction next to places. Where turns are restricted it has copies, and it matters by which
/// edge it is met: such a junction is a portal for each edge, and one for the places on it.
#[derive(Clone, Debug)]
struct Portal {
    /// Where a place is left to.
    start: u32,
    /// Where a place is reached from: the junction, and the copies that may turn to its edge.
    goals: Vec<u32>,
}

/// A junction and the edge it is met by, or [`NO_PORTAL`] where that does not matter.
type Key = (u32, u32);

/// The junctions next to places, numbered.
struct Frame {
    // Invariant: the numbers ascend with the keys.
    number_of: BTreeMap<Key, u32>,
    portals: Vec<Portal>,
}

/// By which portal a place meets an end of its edge; nothing at a dead end it does not lie on.
fn key(network: &RoadNetwork, stop: &Snap, direction: usize) -> Option<Key> {
    let graph = network.graph();
    let edge = graph.edges[stop.edge()];
    let (junction, end) = [(edge.tail, 0.0), (edge.head, 1.0)][direction];
    // At a junction, a place is met whatever is closed of its edge.
    if (stop.share() - end).abs() <= 0.0 {
        return Some((junction, NO_PORTAL));
    }
    let is_split = graph.copies(junction).next().is_some();
    // From behind a private gate guests drive to the end of a road before they turn to a place on it.
    let is_turned_at = network.yards.as_ref().is_some_and(|yards| yards.leads_to(junction));
    (!graph.is_dead_end(junction) || is_turned_at)
        .then_some((junction, if is_split { stop.edge_number() } else { NO_PORTAL }))
}

impl Frame {
    fn new(network: &RoadNetwork, stops: &[Result<Snap, OffRoad>]) -> Self {
        let mut portals: BTreeMap<Key, Portal> = BTreeMap::new();
        let view = network.view(false);
        for stop in stops.iter().flatten() {
            if view.yards_of(stop).is_some() {
                for end in view.starts(stop).into_iter().chain(view.ends(stop)) {
                    let own = Portal { start: end.node, goals: vec![end.node] };
                    portals.insert((end.node, BY_YARD), own);
                }
                continue;
            }
            for direction in 0..2 {
                let Some(key) = key(network, stop, direction) else { continue };
                portals.entry(key).or_insert_with(|| portal(network, stop, key, direction));
            }
        }
        let number_of = portals.keys().copied().zip(0..).collect();
        Self { number_of, portals: portals.into_values().collect() }
    }

    /// The costs from each portal to each.
    fn table(&self, view: View<'_>) -> Vec<Cost> {
        let portals = self.portals.len();
        let network = view.network;
        let nodes = network.graph().points.len();
        let goals = Goals::new(nodes, self.portals.iter().flat_map(|p| p.goals.iter().copied()));
        let mut goals_on: BTreeMap<u32, usize> = BTreeMap::new();
        for node in goals.nodes() {
            *goals_on.entry(network.node_island(node)).or_insert(0) += 1;
        }
        let on = |island: u32| goals_on.get(&island).copied().unwrap_or(0);
        let mut table = vec![Cost::CLOSED; portals * portals];
        if network.is_swept(portals) {
            self.fill(view, &mut table);
            return table;
        }
        let rows = table.par_chunks_mut(portals.max(1)).zip(&self.portals);
        rows.for_each_init(
            || Search::new(nodes),
            |search, (row, from)| {
                let goals_left = on(network.node_island(from.start)) + on(NO_ISLAND);
                let start = [(from.start, Cost::ZERO)];
                search.run(network.graph(), view.costs, &start, &goals, goals_left);
                for (cost, to) in row.iter_mut().zip(&self.portals) {
                    let reached = to.goals.iter().map(|&node| search.cost(node));
                    *cost = reached.min().unwrap_or(Cost::CLOSED);
                }
            },
        );
        table
    }

    /// Fills the table by sweeps over the hierarchy.
    fn fill(&self, view: View<'_>, table: &mut [Cost]) {
        let index = view.network.graph().hierarchy();
        let junctions = |portal: &Portal| portal.goals.clone().into_iter().chain([portal.start]);
        let places = self.portals.iter().flat_map(junctions);
        let weights = view.network.weights(view.is_today());
        let sweep = Sweep::new(index, weights, places, self.portals.len());
        let number = |portal: &Portal| -> Vec<u32> {
            portal.goals.iter().map(|&node| sweep.number(node)).collect()
        };
        let goals: Vec<Vec<u32>> = self.portals.iter().map(number).collect();
        let rows = table.chunks_mut(self.portals.len().max(1)).zip(&self.portals);
        let mut rows: Vec<_> = rows.map(|(row, from)| (from.start, row)).collect();
        // Portals near each other climb together.
        rows.sort_by_cached_key(|&(start, _)| sweep.number(start));
        rows.par_chunks_mut(LANES).for_each_init(
            || sweep.labels(),
            |labels, rows| {
                let origins: Vec<_> = rows.iter().map(|row| [(row.0, Cost::ZERO)]).collect();
                sweep.run(&origins, labels);
                for (lane, (_, row)) in rows.iter_mut().enumerate() {
                    for (cost, goals) in row.iter_mut().zip(&goals) {
                        let reached = goals.iter().map(|&goal| labels.cost(goal, lane));
                        *cost = reached.min().unwrap_or(Cost::CLOSED);
                    }
                }
            },
        );
    }
}

/// The portal by which a place meets an end of its edge.
fn portal(network: &RoadNetwork, stop: &Snap, key: Key, direction: usize) -> Portal {
    let graph = network.graph();
    let (junction, by_edge) = key;
    let arcs = graph.edges[stop.edge()].arcs;
    let at_node = by_edge == NO_PORTAL;
    let may_turn = |&node: &u32| {
        let arc = graph.copy_of_arc(node, arcs[direction]);
        at_node || arc.is_some_and(|arc| network.is_open(arc))
    };
    let goals = [junction].into_iter().chain(graph.copies(junction).filter(may_turn)).collect();
    let start = if at_node { junction } else { graph.head[arcs[1 - direction] as usize] };
    Portal { start, goals }
}

impl RoadNetwork {
    /// Travel between the stops over portals.
    pub(super) fn portals(&self, stops: &[Result<Snap, OffRoad>]) -> Portals {
        let frame = Frame::new(self, stops);
        let unclosed =
            self.has_closures().then(|| Box::new(self.portals_of(&frame, self.view(false), stops)));
        Portals { unclosed, ..self.portals_of(&frame, self.view(true), stops) }
    }

    /// Bytes the portals of the stops take.
    pub(super) fn portals_bytes(&self, stops: &[Result<Snap, OffRoad>]) -> usize {
        let portals = Frame::new(self, stops).portals.len();
        let table = portals.saturating_mul(portals).saturating_mul(size_of::<Cost>());
        let doors = stops.len().saturating_mul(size_of::<Door>() + size_of::<Stretch>());
        let views = 1 + usize::from(self.has_closures());
        table.saturating_add(doors).saturating_mul(views)
    }

    fn portals_of(
        &self,
        frame: &Frame,
        view: View<'_>,
        stops: &[Result<Snap, OffRoad>],
    ) -> Portals {
        let mut stretch_of: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut stretches, mut yards) = (Vec::new(), BTreeMap::new());
        let mut first_at: BTreeMap<(u64, u64), u32> = BTreeMap::new();
        let doors = (0_u32..).zip(stops).map(|(number, stop)| {
            let Ok(stop) = stop else { return Door::nowhere(number) };
            let edge = stop.edge_number();
            let stretch = *stretch_of.entry(edge).or_insert_with(|| {
                let EdgeView { costs, spans } = view.edge(edge);
                stretches.push(Stretch {
                    costs,
                    spans: spans.to_vec(),
                    island: self.island(edge),
                    without: self.islands_without(edge),
                });
                u32::try_from(stretches.len() - 1).unwrap_or(OFF_ROAD)
            });
            // Zero has two signs and is one place.
            let at = ((stop.stop().lat + 0.0).to_bits(), (stop.stop().lon + 0.0).to_bits());
            let same = *first_at.entry(at).or_insert(number);
            let junctions = self.graph().junction_count();
            let access = access_cost(self.profile(), stop.access());
            if view.yards_of(stop).is_some() {
                let numbered = |ends: Vec<Approach>| {
                    let known = |end: &Approach| frame.number_of.get(&(end.node, BY_YARD));
                    ends.iter().filter_map(|end| Some((*known(end)?, end.cost))).collect()
                };
                let (leave, reach) = (numbered(view.starts(stop)), numbered(view.ends(stop)));
                yards.insert(number, Yard { leave, reach });
                return Door {
                    stretch,
                    same,
                    access,
                    share: stop.share(),
                    ..Door::nowhere(number)
                };
            }
            let ends = view.own_ends(stop).filter(|end| (end.node as usize) < junctions);
            let [leave, reach] = [view.own_starts(stop).collect(), ends.collect()]
                .map(|ends: Vec<Approach>| [ends[0].cost, ends[1].cost]);
            let portals = [0, 1].map(|direction| {
                let number = key(self, stop, direction).and_then(|key| frame.number_of.get(&key));
                number.copied().unwrap_or(NO_PORTAL)
            });
            Door { stretch, same, portals, leave, reach, access, share: stop.share() }
        });
        let doors = doors.collect();
        Portals {
            doors,
            yards,
            stretches,
            count: frame.portals.len(),
            table: frame.table(view),
            reach: self.profile().reach(),
            unclosed: None,
        }
    }
}

impl Door {
    /// A place that no road leads to.
    fn nowhere(number: u32) -> Self {
        Self {
            stretch: OFF_ROAD,
            same: number,
            portals: [NO_PORTAL; 2],
            leave: [Cost::CLOSED; 2],
            reach: [Cost::CLOSED; 2],
            access: Cost::CLOSED,
            share: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{stops, van};

    #[test]
    fn a_door_fills_a_cache_line() {
        assert_eq!(size_of::<super::Door>(), 64);
    }

    #[test]
    fn stops_on_one_road_need_its_ends_only() {
        let roads =
            van("a-----b-----c\n      |      \n      d      ", &["abc tertiary", "bd track"]);
        let places: Vec<(f64, f64)> = (0..50).map(|i| (0.0, 0.1 + f64::from(i) * 0.23)).collect();
        let stops = stops(&roads, &places);
        let portals = roads.portals(&stops);
        // Both pieces end at a dead end, which is no portal.
        assert_eq!((portals.count, portals.stretches.len()), (1, 2));
        let matrix = roads.matrix(&stops);
        for (from, to) in (0..50).flat_map(|from| (0..50).map(move |to| (from, to))) {
            assert_eq!(portals.leg(from, to), matrix.leg(from, to));
        }
    }
}
