//! A network as bare numbers, for those who compute on it by other means.

use super::network::RoadNetwork;

/// A way from junction to junction, in one direction, as the vehicle may drive it today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadArc {
    /// The junction it leaves.
    pub tail: u32,
    /// The junction it reaches.
    pub head: u32,
    /// The drive in milliseconds, with what leaving the tail costs.
    pub milliseconds: u32,
    /// Its length in metres.
    pub metres: u32,
}

impl RoadNetwork {
    /// All arcs open today, by tail. Junctions with turn restrictions have copies, numbered after all
    /// [`junctions`](super::RoadGraph::node_points); with them no rule is needed beside the arcs.
    pub fn arcs(&self) -> impl Iterator<Item = RoadArc> {
        let (graph, costs) = (self.graph(), self.view(true).costs);
        (0..).zip(graph.first_out.windows(2)).flat_map(move |(tail, bounds)| {
            let open = (bounds[0]..bounds[1]).filter(move |&arc| costs[arc as usize].is_open());
            open.map(move |arc| {
                let (head, cost) = (graph.head[arc as usize], costs[arc as usize]);
                let (milliseconds, metres) = (cost.milliseconds(), cost.metres());
                RoadArc { tail, head, milliseconds, metres }
            })
        })
    }
}
