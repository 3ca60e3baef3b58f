//! Time and length from every stop to every stop: by one search per origin, on all cores, or by sweeps
//! over a hierarchy where that is faster.
//!
//! A cell depends on its two stops and the roads only, never on the other stops of the table.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::approach::Approach;
use super::cost::Cost;
use super::dijkstra::{Goals, Search};
use super::matrix::{NoRoad, TravelMatrix};
use super::network::{NO_ISLAND, RoadNetwork, View};
use super::snap::{OffRoad, Snap};
use crate::units::Leg;

/// Where all stops of a table can be reached.
struct Targets<'a> {
    stops: &'a [Result<Snap, OffRoad>],
    /// Per stop: the junctions it is reached over; none off the road.
    ends: Vec<Vec<Approach>>,
    goals: Goals,
    /// How many goals each island has.
    goals_on: BTreeMap<u32, usize>,
}

impl<'a> Targets<'a> {
    fn new(view: View<'_>, stops: &'a [Result<Snap, OffRoad>]) -> Self {
        let open = |to: &Snap| {
            let mut ends = view.ends(to);
            ends.retain(|end| end.cost.is_open());
            ends
        };
        let ends: Vec<Vec<Approach>> =
            stops.iter().map(|stop| stop.as_ref().map_or_else(|_| Vec::new(), open)).collect();
        let nodes = view.network.graph().points.len();
        let goals = Goals::new(nodes, ends.iter().flatten().map(|end| end.node));
        let mut goals_on = BTreeMap::new();
        for node in goals.nodes() {
            *goals_on.entry(view.network.node_island(node)).or_insert(0) += 1;
        }
        Self { stops, ends, goals, goals_on }
    }

    /// Goals a search from `from` may meet: those of its island, and barred junctions.
    fn goals_near(&self, view: View<'_>, from: &Snap, starts: &[(u32, Cost)]) -> usize {
        let on = |island: u32| self.goals_on.get(&island).copied().unwrap_or(0);
        if view.yards_of(from).is_none() {
            return view.network.island(from.edge_number()).map_or(0, on) + on(NO_ISLAND);
        }
        // Private roads may lead to several islands.
        let islands = starts.iter().map(|start| view.network.node_island(start.0));
        let islands: BTreeSet<u32> = islands.chain([NO_ISLAND]).collect();
        islands.into_iter().map(on).sum()
    }
}

impl RoadNetwork {
    /// Time and length between all stops, in their order. The way from each stop to the road is
    /// part of its legs; a leg from a stop to itself, or to another at the same point, is nothing.
    /// An empty cell tells its reason.
    ///
    /// On small maps and between few stops, costs one [Dijkstra search](super) per stop; else one
    /// sweep for sixteen stops, and once per map the [order](super::RoadGraph::prepare) of its
    /// junctions. Both give the same cells. Memory: [`TravelMatrix::bytes`], with searches three times
    /// that while it is made; the caller decides whether that is too much.
    pub fn matrix(&self, stops: &[Result<Snap, OffRoad>]) -> TravelMatrix {
        if self.is_swept(stops.len()) {
            self.matrix_swept(stops)
        } else {
            self.matrix_searched(stops)
        }
    }

    /// The matrix by one search per stop: the plain way, always right.
    pub fn matrix_searched(&self, stops: &[Result<Snap, OffRoad>]) -> TravelMatrix {
        let today = Targets::new(self.view(true), stops);
        let unclosed = self.has_closures().then(|| Targets::new(self.view(false), stops));
        let rows: Vec<_> = (0..stops.len())
            .into_par_iter()
            .map_init(
                || Search::new(self.graph().points.len()),
                |search, from| self.row(search, from, &today, unclosed.as_ref()),
            )
            .collect();
        TravelMatrix::from_rows(rows)
    }

    /// One row: why each empty cell is empty is found out by a second search without closures.
    fn row(
        &self,
        search: &mut Search,
        from: usize,
        today: &Targets<'_>,
        unclosed: Option<&Targets<'_>>,
    ) -> Vec<Result<Leg, NoRoad>> {
        let stops = today.stops;
        let Ok(origin) = &stops[from] else {
            let cell =
                |to| if to == from { Ok(Leg::default()) } else { Err(NoRoad::OriginOffRoad) };
            return (0..stops.len()).map(cell).collect();
        };
        let mut row = self.reach(search, origin, self.view(true), today);
        row[from] = Ok(Leg::default());
        let Some(unclosed) = unclosed else { return row };
        if row.iter().all(|cell| matches!(cell, Ok(_) | Err(NoRoad::DestinationOffRoad))) {
            return row;
        }
        let free = self.reach(search, origin, self.view(false), unclosed);
        for (cell, free) in row.iter_mut().zip(free) {
            if cell.is_err() && free.is_ok() {
                *cell = Err(NoRoad::Closed);
            }
        }
        row
    }

    /// The row of `origin` in one view of the roads.
    fn reach(
        &self,
        search: &mut Search,
        origin: &Snap,
        view: View<'_>,
        targets: &Targets<'_>,
    ) -> Vec<Result<Leg, NoRoad>> {
        let starts: Vec<_> =
            view.starts(origin).iter().map(|start| (start.node, start.cost)).collect();
        let goals_left = targets.goals_near(view, origin, &starts);
        search.run(self.graph(), view.costs, &starts, &targets.goals, goals_left);
        let cell = |(stop, ends): (&Result<Snap, OffRoad>, &Vec<Approach>)| {
            let to = stop.as_ref().map_err(|_| NoRoad::DestinationOffRoad)?;
            if origin.stop() == to.stop() {
                return Ok(Leg::default());
            }
            let drive = view.drive(search, origin, to, ends);
            let leg = drive.and_then(|drive| drive.cost.leg());
            self.profile().within_reach(leg.ok_or_else(|| self.why_not(origin, to))?)
        };
        targets.stops.iter().zip(&targets.ends).map(cell).collect()
    }

    /// Why there is no way between two places, closures aside.
    pub(super) fn why_not(&self, from: &Snap, to: &Snap) -> NoRoad {
        let islands = [from, to].map(|snap| self.island(snap.edge_number()));
        match islands {
            [Some(here), Some(there)] if here == there => NoRoad::OneWay,
            [None, None] if from.edge() == to.edge() => NoRoad::OneWay,
            _ => self.why_apart(from, to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, stops, van, van_with};
    use super::*;
    use crate::road::{Closure, Profile};
    use crate::units::{Metres, Seconds};

    /// The leg between two places of a network.
    fn leg(roads: &RoadNetwork, from: (f64, f64), to: (f64, f64)) -> Result<Leg, NoRoad> {
        roads.matrix(&stops(roads, &[from, to])).leg(0, 1)
    }

    fn drive(seconds: i64, metres: i64) -> Leg {
        Leg { seconds: Seconds(seconds), metres: Metres(metres) }
    }

    #[test]
    fn time_and_length_count_together_with_the_way_to_the_road() {
        let roads = van("a----------b", &["ab tertiary"]);
        // 1,100 m at 50 km/h is 79.2 s; 50 m on foot at 5 km/h are 36 s at one end.
        assert_eq!(leg(&roads, (0.0, 0.0), (0.0, 11.0)), Ok(drive(79, 1100)));
        assert_eq!(leg(&roads, (0.5, 0.0), (0.0, 11.0)), Ok(drive(115, 1150)));
    }

    #[test]
    fn of_equally_fast_ways_the_shorter_wins() {
        let picture =
            "a---------b\n|         |\n|         |\n|         |\n|         |\nd---------e";
        // 1,000 m at 30 km/h take as long as 2,000 m at 60 km/h.
        for lines in [["ab residential", "adeb secondary"], ["adeb secondary", "ba residential"]] {
            let roads = van(picture, &lines);
            assert_eq!(leg(&roads, (0.0, 0.0), (0.0, 10.0)), Ok(drive(120, 1000)));
        }
    }

    #[test]
    fn on_one_edge_the_way_is_along_it_or_around() {
        let both = van("a----b\n|    |\nc----d", &["abdca residential"]);
        assert_eq!(leg(&both, (0.0, 1.0), (0.0, 4.0)), Ok(drive(36, 300)));
        assert_eq!(leg(&both, (0.0, 4.0), (0.0, 1.0)), Ok(drive(36, 300)));
        let ring = van("a----b\n|    |\nc----d", &["abdca residential oneway=yes"]);
        assert_eq!(leg(&ring, (0.0, 1.0), (0.0, 4.0)), Ok(drive(36, 300)));
        assert_eq!(leg(&ring, (0.0, 4.0), (0.0, 1.0)), Ok(drive(132, 1100)));
    }

    #[test]
    fn an_empty_cell_tells_its_reason() {
        let picture = "a-----b-----c   e--f";
        let lines = ["ab tertiary", "bc tertiary oneway=yes", "ef track"];
        let roads = van(picture, &lines);
        let places = [(0.0, 1.0), (0.0, 12.0), (0.0, 17.0), (30.0, 0.0)];
        let matrix = roads.matrix(&stops(&roads, &places));
        assert!(matrix.leg(0, 1).is_ok());
        assert_eq!(matrix.leg(1, 0), Err(NoRoad::OneWay));
        assert_eq!(matrix.leg(0, 2), Err(NoRoad::OtherIsland));
        assert_eq!(matrix.leg(0, 3), Err(NoRoad::DestinationOffRoad));
        assert_eq!(matrix.leg(3, 0), Err(NoRoad::OriginOffRoad));
        assert_eq!(matrix.leg(3, 3), Ok(Leg::default()));
        let snow = van_with(picture, &lines, &[Closure::way(2, "snow")]);
        let matrix = snow.matrix(&stops(&snow, &places));
        assert_eq!(matrix.leg(0, 1), Err(NoRoad::Closed));
        assert_eq!(matrix.leg(1, 0), Err(NoRoad::OneWay));
    }

    #[test]
    fn before_a_closed_point_the_road_is_open() {
        let flood = Closure::around(super::super::testing::at(0.0, 5.0), Metres(60), "flood");
        let roads = van_with("a---------b", &["ab tertiary"], &[flood]);
        assert!(leg(&roads, (0.0, 1.0), (0.0, 3.0)).is_ok());
        assert!(leg(&roads, (0.0, 7.0), (0.0, 9.0)).is_ok());
        assert_eq!(leg(&roads, (0.0, 1.0), (0.0, 9.0)), Err(NoRoad::Closed));
        assert_eq!(leg(&roads, (0.0, 1.0), (0.0, 5.0)), Err(NoRoad::Closed));
        let nothing = Closure { way: None, nodes: None, at: None, reason: String::new() };
        let closures = [nothing, Closure::way(77, "typo"), Closure::way(1, "snow")];
        let roads = van_with("a---------b", &["ab tertiary"], &closures);
        assert_eq!(roads.closures_without_effect(), [0, 1]);
        assert_eq!(roads.report().edges_closed, 1);
    }

    #[test]
    fn a_gate_costs_time_only_when_driven_through() {
        let lines = ["abc tertiary", "@b barrier=gate"];
        let roads = van("a----b----c", &lines);
        assert_eq!(leg(&roads, (0.0, 1.0), (0.0, 4.0)), Ok(drive(22, 300)));
        assert_eq!(leg(&roads, (0.0, 4.0), (0.0, 6.0)), Ok(drive(44, 200)));
        let locked = van("a----b----c", &["abc tertiary", "@b barrier=gate locked=yes"]);
        assert_eq!(leg(&locked, (0.0, 4.0), (0.0, 6.0)), Err(NoRoad::Barrier));
        assert!(leg(&locked, (0.0, 1.0), (0.0, 4.0)).is_ok());
    }

    #[test]
    fn a_ferry_waits_once_and_takes_its_time() {
        let lines = ["ab tertiary", "bcd route=ferry duration=00:10", "de tertiary", "cx footway"];
        let roads = van("a----b---------c---------d----e\n               x", &lines);
        // 2 x 500 m at 50 km/h, 10 min afloat, 30 min of waiting.
        assert_eq!(leg(&roads, (0.0, 0.0), (0.0, 30.0)), Ok(drive(2472, 3000)));
        // One every hour is waited for half an hour, one every ten minutes for five minutes.
        for (interval, waited_s) in [("01:00", 1800), ("10", 300), ("often", 1800)] {
            let ferry = format!("bcd route=ferry duration=00:10 interval={interval}");
            let lines = ["ab tertiary", &ferry, "de tertiary", "cx footway"];
            let roads = van("a----b---------c---------d----e\n               x", &lines);
            let expected = Ok(drive(672 + waited_s, 3000));
            assert_eq!(leg(&roads, (0.0, 0.0), (0.0, 30.0)), expected, "{interval}");
        }
    }

    #[test]
    fn private_ground_is_driven_to_and_from_and_never_through() {
        // b - c - d is private; the way round over e and f is long.
        let picture = "a--b--c--d--g\n   |     |   \n   |     |   \n   |     |   \n   e-----f   ";
        let lines = ["ab tertiary", "bcd service access=private", "dg tertiary", "befd tertiary"];
        let roads = van(picture, &lines);
        let metres = |from: (f64, f64), to: (f64, f64)| leg(&roads, from, to).map(|l| l.metres.0);
        assert_eq!(metres((0.0, 1.0), (0.0, 11.0)), Ok(1800), "round, not through");
        assert_eq!(metres((0.0, 1.0), (0.0, 8.0)), Ok(700), "to it");
        assert_eq!(metres((0.0, 8.0), (0.0, 1.0)), Ok(700), "from it");
        assert_eq!(metres((0.0, 8.0), (0.0, 11.0)), Ok(300), "and out on the other side");
        assert_eq!(metres((0.0, 4.0), (0.0, 8.0)), Ok(400), "within");
        // A private gate stands before a private yard.
        let lines = ["ab tertiary", "bcd service access=private", "@b barrier=gate access=private"];
        let roads = van("a--b--c--d", &lines);
        assert!(leg(&roads, (0.0, 1.0), (0.0, 7.0)).is_ok());
        assert!(leg(&roads, (0.0, 7.0), (0.0, 1.0)).is_ok());
        let lines = ["ab tertiary", "bcd service", "@b barrier=gate access=private"];
        let roads = van("a--b--c--d", &lines);
        assert_eq!(leg(&roads, (0.0, 1.0), (0.0, 7.0)), Err(NoRoad::Forbidden));
    }

    #[test]
    fn one_map_serves_many_vehicles() {
        let roads = graph(
            "a---b\n|   |\n|   |\n|   |\n|   |\nc---d",
            &["ab path", "ac tertiary", "cd track", "db track"],
        );
        let length = |profile: Profile| {
            let network = roads.network(&profile, &[]);
            leg(&network, (0.0, 0.0), (0.0, 4.0)).map(|leg| leg.metres)
        };
        assert_eq!(length(Profile::motorbike()), Ok(Metres(400)));
        assert_eq!(length(Profile::minivan()), Ok(Metres(1400)));
    }
}
