//! Time and length from every stop to every stop by sweeps over the hierarchy, sixteen origins at a
//! time, on all cores, written straight into the table. The cells are those of one search per stop.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::cost::Cost;
use super::dijkstra::Search;
use super::hierarchy::{Doors, LANES, Labels, Sweep};
use super::matrix::{Cell, NoRoad, TravelMatrix};
use super::network::{RoadNetwork, View, access_cost};
use super::snap::{OffRoad, Snap};
use crate::place::Point;
use crate::units::Leg;

/// From so many origins on the order of a map's junctions is worth its making: that takes as long as
/// some 70 searches (`road_matrix --check` on porto: 0.46 s, and 6.4 ms a search).
const ORIGINS: usize = 100;
/// From so many origins on a hierarchy that is already there is faster.
#[cfg(not(test))]
const ORIGINS_READY: usize = 8;
#[cfg(test)]
const ORIGINS_READY: usize = 1;
/// Searches on maps of fewer junctions take no time worth saving.
#[cfg(not(test))]
const JUNCTIONS: usize = 2_000;
#[cfg(test)]
const JUNCTIONS: usize = 1;

/// The stops of a table on the roads of today, or on those without closures.
#[derive(Clone, Copy)]
pub(super) struct Stops<'a> {
    pub(super) view: View<'a>,
    pub(super) snaps: &'a [Result<Snap, OffRoad>],
    /// Per stop: the way between the stop and the road.
    pub(super) access: &'a [Cost],
}

impl Stops<'_> {
    /// Per stop: the junctions it is left over, and the cost to there.
    pub(super) fn starts(view: View<'_>, stops: &[Result<Snap, OffRoad>]) -> Vec<Doors> {
        let left = |from: &Snap| {
            let starts = view.starts(from).into_iter().filter(|start| start.cost.is_open());
            starts.map(|start| (start.node, start.cost)).collect()
        };
        stops.iter().map(|stop| stop.as_ref().map_or_else(|_| Vec::new(), left)).collect()
    }

    /// Per stop: the junctions it is reached over, and the cost from there.
    pub(super) fn ends(view: View<'_>, stops: &[Result<Snap, OffRoad>]) -> Vec<Doors> {
        let reached = |to: &Snap| {
            let ends = view.ends(to).into_iter().filter(|end| end.cost.is_open());
            ends.map(|end| (end.node, end.cost)).collect()
        };
        stops.iter().map(|stop| stop.as_ref().map_or_else(|_| Vec::new(), reached)).collect()
    }

    /// Per stop: the way between the stop and the road.
    pub(super) fn access(network: &RoadNetwork, stops: &[Result<Snap, OffRoad>]) -> Vec<Cost> {
        let access = |stop: &Result<Snap, OffRoad>| {
            stop.as_ref().map_or(Cost::CLOSED, |stop| access_cost(network.profile(), stop.access()))
        };
        stops.iter().map(access).collect()
    }

    /// The leg between two stops whose junctions are so far apart.
    pub(super) fn leg(&self, mut best: Cost, from: usize, to: usize) -> Result<Leg, NoRoad> {
        if from == to {
            return Ok(Leg::default());
        }
        let Ok(origin) = &self.snaps[from] else { return Err(NoRoad::OriginOffRoad) };
        let goal = self.snaps[to].as_ref().map_err(|_| NoRoad::DestinationOffRoad)?;
        if origin.edge_number() == goal.edge_number() {
            best = best.min(self.view.within(origin.edge_number(), origin.share(), goal.share()));
        }
        if origin.stop() == goal.stop() {
            return Ok(Leg::default());
        }
        best = best.and(self.access[from].and(self.access[to]));
        let network = self.view.network;
        network.profile().within_reach(best.leg().ok_or_else(|| network.why_not(origin, goal))?)
    }
}

/// Where a stop meets the road, as far as most legs ask.
#[derive(Clone, Copy)]
struct Meet {
    /// [`OFF`] for a stop that meets none.
    edge: u32,
    stop: Point,
    access: Cost,
}

/// The edge of a stop off the road.
const OFF: u32 = u32::MAX;

impl Meet {
    fn of((stop, &access): (&Result<Snap, OffRoad>, &Cost)) -> Self {
        let off = Self { edge: OFF, stop: Point::wgs84(0.0, 0.0), access };
        stop.as_ref().map_or(off, |stop| Self {
            edge: stop.edge_number(),
            stop: stop.stop(),
            access,
        })
    }

    /// The leg to another stop whose junctions are so far away, when there is nothing more to ask.
    #[inline]
    fn leg(&self, best: Cost, to: &Self) -> Option<Leg> {
        let is_plain =
            self.edge != to.edge && self.edge.max(to.edge) != OFF && self.stop != to.stop;
        best.and(self.access.and(to.access)).leg().filter(|_| is_plain)
    }
}

/// What sweeps for a table need.
struct Board<'a> {
    stops: Stops<'a>,
    meets: Vec<Meet>,
    sweep: Sweep<'a>,
    /// Per stop: the junctions it is left over, and the cost to there.
    starts: Vec<Doors>,
    /// Per stop: the numbers of the junctions it is reached over, and the cost from there.
    ends: Vec<Doors>,
}

impl<'a> Board<'a> {
    fn new(stops: Stops<'a>, today: bool) -> Self {
        let (view, network) = (stops.view, stops.view.network);
        let (starts, mut ends) = (Stops::starts(view, stops.snaps), Stops::ends(view, stops.snaps));
        let places = ends.iter().chain(&starts).flatten().map(|door| door.0);
        let index = network.graph().hierarchy();
        let sweep = Sweep::new(index, network.weights(today), places, stops.snaps.len());
        for end in ends.iter_mut().flatten() {
            end.0 = sweep.number(end.0);
        }
        let meets = stops.snaps.iter().zip(stops.access).map(Meet::of).collect();
        Self { stops, meets, sweep, starts, ends }
    }

    /// Where a stop stands in an order in which those near each other are mostly close.
    fn place(&self, stop: usize) -> Option<u32> {
        self.starts[stop].first().map(|start| self.sweep.number(start.0))
    }

    /// Sweeps from some stops, at most as many as there are lanes.
    fn run(&self, from: &[Row<'_>], labels: &mut Labels) {
        let starts = from.iter().map(|row| self.starts[row.stop].as_slice());
        self.sweep.run(&starts.collect::<Vec<_>>(), labels);
    }

    /// Fills one cell of each row from a sweep over them: the legs to a stop. The junctions it is
    /// reached over are looked up once for all. `put` takes the cell and the leg.
    fn fill(
        &self,
        labels: &Labels,
        rows: &mut [Row<'_>],
        to: usize,
        mut put: impl FnMut(&mut Cell, Result<Leg, NoRoad>),
    ) {
        let best = labels.least(&self.ends[to]);
        let goal = self.meets[to];
        let profile = self.stops.view.network.profile();
        for (row, best) in rows.iter_mut().zip(best) {
            let leg = match self.meets[row.stop].leg(best, &goal) {
                Some(leg) => profile.within_reach(leg),
                None => self.stops.leg(best, row.stop, to),
            };
            put(&mut row.cells[to], leg);
        }
    }
}

/// A row of the table: the stop it is from, and its cells.
struct Row<'c> {
    stop: usize,
    cells: &'c mut [Cell],
}

/// What making a table takes beside the table, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effort {
    /// The order of the map's junctions, kept with the roads.
    pub(crate) order: usize,
    /// What their arcs cost this vehicle on this day, kept with the network.
    pub(crate) weights: usize,
    /// Only while it is made: buffers of each thread, and copies.
    pub(crate) passing: usize,
}

impl RoadNetwork {
    /// What a table from so many origins takes beside itself. Where it is swept, the junctions are put
    /// in order for it, as the table would.
    pub(crate) fn effort(&self, origins: usize) -> Effort {
        let threads = rayon::current_num_threads();
        let junctions = self.graph().points.len();
        if !self.is_swept(origins) {
            let passing = Search::bytes(junctions).saturating_mul(threads);
            return Effort { passing, ..Effort::default() };
        }
        let (index, views) = (self.graph().hierarchy(), 1 + usize::from(self.has_closures()));
        let weights = index.arc_count().saturating_mul(2 * size_of::<i64>());
        // Arcs up and down with the numbers of their heads, what they cost at least, and four numbers for
        // each junction.
        let sweep = weights.saturating_mul(3);
        let sweep = sweep.saturating_add(junctions.saturating_mul(4 * size_of::<u32>()));
        let labels = Labels::bytes(junctions).saturating_mul(threads);
        let passing = sweep.saturating_add(labels).saturating_mul(views);
        Effort { order: index.bytes(), weights: weights.saturating_mul(views), passing }
    }

    /// True when a table from so many origins is faster by the hierarchy.
    pub(super) fn is_swept(&self, origins: usize) -> bool {
        let is_ready = self.graph().hierarchy.get().is_some();
        let least = if is_ready { ORIGINS_READY } else { ORIGINS };
        origins >= least && self.graph().points.len() >= JUNCTIONS
    }

    /// The matrix by sweeps over the hierarchy; see [`RoadNetwork::matrix`].
    pub fn matrix_swept(&self, stops: &[Result<Snap, OffRoad>]) -> TravelMatrix {
        let access = Stops::access(self, stops);
        let on = |today| Stops { view: self.view(today), snaps: stops, access: &access };
        let today = Board::new(on(true), true);
        let unclosed = OnceLock::new();
        let unclosed = || {
            let board = || Board::new(on(false), false);
            self.has_closures().then(|| unclosed.get_or_init(board))
        };
        let mut cells = vec![Cell::NONE; stops.len() * stops.len()];
        let rows = cells.chunks_mut(stops.len().max(1)).enumerate();
        let mut rows: Vec<Row<'_>> = rows.map(|(stop, cells)| Row { stop, cells }).collect();
        // Stops near each other climb together.
        rows.sort_by_cached_key(|row| today.place(row.stop));
        rows.par_chunks_mut(LANES).for_each_init(
            || (today.sweep.labels(), None),
            |(labels, free), rows| {
                today.run(rows, labels);
                let mut has_hole = false;
                for to in 0..stops.len() {
                    today.fill(labels, rows, to, |cell, leg| {
                        has_hole |= leg.is_err();
                        *cell = leg.into();
                    });
                }
                if let Some(board) = has_hole.then(&unclosed).flatten() {
                    let free = free.get_or_insert_with(|| board.sweep.labels());
                    board.run(rows, free);
                    name_closures(board, free, rows);
                }
            },
        );
        drop(rows);
        TravelMatrix::from_cells(stops.len(), cells)
    }
}

/// Says of each empty cell that there would be a way without closures, where there would be one.
fn name_closures(board: &Board<'_>, labels: &Labels, rows: &mut [Row<'_>]) {
    for to in 0..board.stops.snaps.len() {
        board.fill(labels, rows, to, |cell, leg| {
            if cell.leg().is_err() && leg.is_ok() {
                *cell = Err(NoRoad::Closed).into();
            }
        });
    }
}
