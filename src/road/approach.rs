//! How a place in the middle of an edge is left and reached: over either end of the edge, as its
//! direction allows, or along it when both places share it.

use super::cost::Cost;
use super::dijkstra::Search;
use super::network::{View, access_cost};
use super::snap::Snap;

/// A junction next to a place, and the drive between the two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Approach {
    pub(super) node: u32,
    pub(super) cost: Cost,
    /// The share of the place's edge at the junction: 0 at its tail, 1 at its head.
    pub(super) end: f64,
}

/// The best way found between two places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drive {
    /// The whole drive, with access at both ends.
    pub(super) cost: Cost,
    /// Through which junction the destination is reached; nothing when both share an edge.
    pub(super) last: Option<Approach>,
}

impl View<'_> {
    /// The junctions a place can be left over. On a junction, it can be left over that one for
    /// nothing, whatever the direction of the edge. Those that cannot be left to are closed.
    pub(super) fn starts(self, from: &Snap) -> Vec<Approach> {
        self.beyond(from, self.own_starts(from).collect(), true)
    }

    /// The ends of its own edge a place can be left over.
    pub(super) fn own_starts(self, from: &Snap) -> impl Iterator<Item = Approach> {
        let graph = self.network.graph();
        let edge = graph.edges[from.edge()];
        self.ends_of(from).zip([1, 0]).map(move |((junction, end), direction)| {
            let at_node = (from.share() - end).abs() <= 0.0;
            if at_node {
                // From a dead end the way along the edge is the only one, and needs no turning.
                let closed = graph.is_dead_end(junction);
                let cost = if closed { Cost::CLOSED } else { Cost::ZERO };
                return Approach { node: junction, cost, end };
            }
            let drive = self.along(from.edge_number(), from.share(), end);
            Approach { node: graph.head[edge.arcs[direction] as usize], cost: drive, end }
        })
    }

    /// The junctions a place can be reached over, and those of their copies that may turn into its
    /// edge.
    pub(super) fn ends(self, to: &Snap) -> Vec<Approach> {
        self.beyond(to, self.own_ends(to).collect(), false)
    }

    /// The ends of its own edge a place can be reached over.
    pub(super) fn own_ends(self, to: &Snap) -> impl Iterator<Item = Approach> {
        let graph = self.network.graph();
        let edge = graph.edges[to.edge()];
        self.ends_of(to).zip(0..).flat_map(move |((junction, end), direction)| {
            let at_node = (to.share() - end).abs() <= 0.0;
            let drive = self.along(to.edge_number(), end, to.share());
            let drive = self.entry(to.edge_number(), direction).and(drive);
            let cost = if at_node { Cost::ZERO } else { drive };
            let may_turn = move |&node: &u32| {
                let arc = graph.copy_of_arc(node, edge.arcs[direction]);
                at_node || arc.is_some_and(|arc| self.network.is_open(arc))
            };
            let copies = graph.copies(junction).filter(may_turn);
            [junction].into_iter().chain(copies).map(move |node| Approach { node, cost, end })
        })
    }

    fn ends_of(self, place: &Snap) -> impl Iterator<Item = (u32, f64)> {
        let edge = self.network.graph().edges[place.edge()];
        [(edge.tail, 0.0), (edge.head, 1.0)].into_iter()
    }

    /// The best drive after a search from `from`; `ends` are those of `to`.
    pub(super) fn drive(
        self,
        search: &Search,
        from: &Snap,
        to: &Snap,
        ends: &[Approach],
    ) -> Option<Drive> {
        let mut best = Drive { cost: Cost::CLOSED, last: None };
        if from.edge_number() == to.edge_number() {
            best.cost = self.within(from.edge_number(), from.share(), to.share());
        }
        for &end in ends {
            let cost = search.cost(end.node).and(end.cost);
            if cost < best.cost {
                best = Drive { cost, last: Some(end) };
            }
        }
        let profile = self.network.profile();
        let access = access_cost(profile, from.access()).and(access_cost(profile, to.access()));
        best.cost = best.cost.and(access);
        (best.cost <= Cost::LONGEST).then_some(best)
    }
}
