//! Time and length from every stop to every stop: one search per origin, on all cores.
//!
//! A cell depends on its two stops and the roads only, never on the other stops of the table.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::approach::Approach;
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
        let open = |to: &Snap| view.ends(to).filter(|end| end.cost.is_open()).collect();
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
    fn goals_near(&self, view: View<'_>, from: &Snap) -> usize {
        let on = |island: u32| self.goals_on.get(&island).copied().unwrap_or(0);
        view.network.island(from.edge_number()).map_or(0, on) + on(NO_ISLAND)
    }
}

impl RoadNetwork {
    /// Time and length between all stops, in their order. The way from each stop to the road is
    /// part of its legs; a leg from a stop to itself, or to another at the same point, is nothing.
    /// An empty cell tells its reason.
    ///
    /// Costs one [Dijkstra search](super) per stop: about n log n of the junctions that lie no
    /// farther than the farthest stop. Memory: [`TravelMatrix::bytes`], and three times that while
    /// it is made; the caller decides whether that is too much.
    pub fn matrix(&self, stops: &[Result<Snap, OffRoad>]) -> TravelMatrix {
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
        if !row.iter().any(|cell| matches!(cell, Err(NoRoad::OtherIsland | NoRoad::OneWay))) {
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
        let starts: Vec<_> = view.starts(origin).map(|start| (start.node, start.cost)).collect();
        let goals_left = targets.goals_near(view, origin);
        search.run(self.graph(), view.costs, &starts, &targets.goals, goals_left);
        let cell = |(stop, ends): (&Result<Snap, OffRoad>, &Vec<Approach>)| {
            let to = stop.as_ref().map_err(|_| NoRoad::DestinationOffRoad)?;
            if origin.stop() == to.stop() {
                return Ok(Leg::default());
            }
            let drive = view.drive(search, origin, to, ends);
            drive.and_then(|drive| drive.cost.leg()).ok_or_else(|| self.why_not(origin, to))
        };
        targets.stops.iter().zip(&targets.ends).map(cell).collect()
    }

    /// Why there is no way between two places, closures aside.
    pub(super) fn why_not(&self, from: &Snap, to: &Snap) -> NoRoad {
        let islands = [from, to].map(|snap| self.island(snap.edge_number()));
        match islands {
            [Some(here), Some(there)] if here == there => NoRoad::OneWay,
            [None, None] if from.edge() == to.edge() => NoRoad::OneWay,
            _ => NoRoad::OtherIsland,
        }
    }
}
