//! Why two places are not joined: which kind of hindrance, were it none, would join them.

use super::graph::RoadGraph;
use super::matrix::NoRoad;
use super::network::{NO_ISLAND, RoadNetwork};
use super::snap::Snap;

/// The kinds of hindrances, the least obvious first: the first that explains counts.
pub(super) const HINDRANCES: [NoRoad; 5] =
    [NoRoad::OutOfSeason, NoRoad::TooLarge, NoRoad::Ford, NoRoad::Barrier, NoRoad::Forbidden];

/// Per hindrance: the island of an edge if that hindrance were none.
pub(super) type Islands = [Option<u32>; HINDRANCES.len()];

/// The first hindrance without which two edges would lie on one island, or that there is none.
pub(super) fn cause(here: &Islands, there: &Islands) -> NoRoad {
    let joined = |(_, (here, there)): &(NoRoad, (&Option<u32>, &Option<u32>))| {
        here.is_some() && here == there
    };
    let pairs = HINDRANCES.into_iter().zip(here.iter().zip(there));
    pairs.into_iter().find(joined).map_or(NoRoad::OtherIsland, |found| found.0)
}

impl RoadNetwork {
    /// The islands an edge would lie on. The first question costs a pass over the roads for each
    /// hindrance.
    pub(super) fn islands_without(&self, edge: u32) -> Islands {
        let all = self.unhindered.get_or_init(|| {
            HINDRANCES.map(|kind| self.graph().islands_of(&self.profile().clone().unheeding(kind)))
        });
        let edge = self.graph().edges[edge as usize];
        [0, 1, 2, 3, 4].map(|kind| {
            let ends = [edge.tail, edge.head].map(|node| all[kind][node as usize]);
            ends.into_iter().find(|&island| island != NO_ISLAND)
        })
    }

    /// Why two places on different islands are not joined.
    pub(super) fn why_apart(&self, from: &Snap, to: &Snap) -> NoRoad {
        let [here, there] = [from, to].map(|snap| self.islands_without(snap.edge_number()));
        cause(&here, &there)
    }
}

impl RoadGraph {
    /// True when there is but one way out of a junction: who drives in must turn round.
    pub(super) fn is_dead_end(&self, junction: u32) -> bool {
        self.out(junction).len() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, stops};
    use super::*;
    use crate::road::{Closure, Profile};
    use crate::units::Metres;

    #[test]
    fn what_is_farther_than_the_range_is_out_of_it() {
        let roads = graph(
            "a----b----c----d\n|              |\ne--------------f",
            &["abcd tertiary", "aefd tertiary"],
        );
        let check = |range: i64, closures: &[Closure], expected: Option<NoRoad>| {
            let van = Profile::minivan().reaching(Metres(range));
            let network = roads.network(&van, closures);
            let stops = stops(&network, &[(0.0, 1.0), (0.0, 14.0)]);
            let swept = network.matrix_swept(&stops);
            assert_eq!(swept, network.matrix_searched(&stops), "{range}");
            assert_eq!(swept.leg(0, 1).err(), expected, "{range}");
            assert_eq!(network.matrix_sparse(&stops).leg(0, 1), swept.leg(0, 1), "{range}");
            let [from, to] = [0, 1].map(|at: usize| stops[at].as_ref().unwrap());
            assert_eq!(network.path(from, to).err(), expected, "{range}");
        };
        check(1300, &[], None);
        check(1299, &[], Some(NoRoad::OutOfRange));
        let closed = [Closure::around(super::super::testing::at(0.0, 8.0), Metres(100), "snow")];
        check(2100, &closed, None);
        check(1500, &closed, Some(NoRoad::Closed));
        check(1200, &closed, Some(NoRoad::OutOfRange));
    }

    #[test]
    fn an_empty_cell_names_what_stands_in_the_way() {
        let check = |lines: &[&str], expected: NoRoad| {
            let roads = graph("a----b----c----d", lines);
            let van = Profile::minivan().on("2026-01-28").unwrap();
            let network = roads.network(&van, &[] as &[Closure]);
            let stops = stops(&network, &[(0.0, 1.0), (0.0, 14.0)]);
            assert_eq!(network.matrix(&stops).leg(0, 1), Err(expected), "{lines:?}");
            assert_eq!(network.matrix_sparse(&stops).leg(0, 1), Err(expected), "{lines:?}");
            let path = network.path(stops[0].as_ref().unwrap(), stops[1].as_ref().unwrap());
            assert_eq!(path, Err(expected), "{lines:?}");
        };
        let with = |middle: &'static str| ["ab tertiary", middle, "cd tertiary"];
        check(&with("bc tertiary maxwidth=1.2"), NoRoad::TooLarge);
        check(&with("bc tertiary maxheight=1.8"), NoRoad::TooLarge);
        check(&with("bc track ford=yes depth=2"), NoRoad::Ford);
        check(&with("bc tertiary access=private"), NoRoad::Forbidden);
        check(&with("bc track seasonal=summer"), NoRoad::OutOfSeason);
        check(&with("bc winter_road"), NoRoad::OutOfSeason);
        check(&with("bc track access:conditional=no@(Nov-Apr)"), NoRoad::OutOfSeason);
        check(&with("bc footway"), NoRoad::OtherIsland);
        check(&["ab tertiary", "bcd tertiary", "@c barrier=block"], NoRoad::Barrier);
        check(&["ab tertiary", "cd tertiary"], NoRoad::OtherIsland);
    }
}
