//! Travel between the places of a part: a square of cells when it is small enough to be worth it,
//! else the day's own matrix.

use crate::constraint::Hop;
use crate::road::{self, NoRoad, TravelMatrix};
use crate::units::Leg;

/// A travel time that means there is no way.
const NO_ROAD: i32 = i32::MAX / 4;
/// Up to this many places a table is a square of its own.
const SQUARE: usize = 2_500;

/// One cell of travel: seconds with parking, metres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    time: i32,
    metres: i32,
}

/// Travel to a near visit, and from there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside {
    pub(crate) out: Cell,
    pub(crate) into: Cell,
}

impl Beside {
    /// The less of both ways at these rates.
    #[inline]
    pub(crate) fn least(&self, per_second: i64, per_metre: i64) -> i64 {
        self.out.cost(per_second, per_metre).min(self.into.cost(per_second, per_metre))
    }
}

impl Cell {
    /// What it costs at these rates; of no use where there is no way.
    #[inline]
    pub(crate) fn cost(self, per_second: i64, per_metre: i64) -> i64 {
        per_second * i64::from(self.time) + per_metre * i64::from(self.metres)
    }

    /// The same as a hop; nothing when there is no way.
    #[inline]
    pub(crate) fn hop(self) -> Option<Hop> {
        let hop = Hop { time: self.time.into(), metres: self.metres.into() };
        (self.time < NO_ROAD).then_some(hop)
    }
}

/// Travel for the vehicles that drive and park alike.
#[derive(Debug)]
pub(super) enum Table<'a> {
    /// `out` is row-major `[from][to]`, `into` row-major `[to][from]`, empty when that is the same.
    // Invariant: places * places cells each.
    Square { places: usize, out: Vec<Cell>, into: Vec<Cell> },
    /// Cells are asked for one by one; `ids` are the day's places.
    Asked { matrix: &'a TravelMatrix, ids: Vec<u32>, parking: i64 },
}

impl<'a> Table<'a> {
    /// The table of some of the day's places.
    pub(super) fn new(matrix: &'a TravelMatrix, ids: &[u32], parking: i64) -> Self {
        let places = ids.len();
        if places > SQUARE {
            return Self::Asked { matrix, ids: ids.to_vec(), parking };
        }
        let mut out = Vec::with_capacity(places * places);
        for (own, &from) in ids.iter().enumerate() {
            matrix.legs_from(from as usize, ids, |leg| out.push(cell_of(leg, parking)));
            out[own * places + own] = cell_of(matrix.leg(from as usize, from as usize), 0);
        }
        let is_symmetric = matrix.is_straight()
            || (0..places).all(|a| (0..a).all(|b| out[a * places + b] == out[b * places + a]));
        let mut into = Vec::new();
        if !is_symmetric {
            into.reserve_exact(places * places);
            for to in 0..places {
                into.extend((0..places).map(|from| out[from * places + to]));
            }
        }
        Self::Square { places, out, into }
    }

    /// The table of some places of this one, when it is a square.
    pub(super) fn among(&self, some: &[u32]) -> Option<Self> {
        let Self::Square { places, out, into } = self else { return None };
        let cut = |all: &[Cell]| {
            let row = |&from: &u32| &all[from as usize * places..(from as usize + 1) * places];
            let rows = some.iter().map(row);
            let mut cells = Vec::with_capacity(some.len() * some.len());
            rows.for_each(|row| cells.extend(some.iter().map(|&to| row[to as usize])));
            cells
        };
        let into = if into.is_empty() { Vec::new() } else { cut(into) };
        Some(Self::Square { places: some.len(), out: cut(out), into })
    }

    /// From one place to another, or nothing when there is no way.
    #[inline]
    pub(super) fn hop(&self, from: u32, to: u32) -> Option<Hop> {
        match self {
            Self::Square { places, out, .. } => out[from as usize * places + to as usize].hop(),
            Self::Asked { matrix, ids, parking } => {
                cell(matrix, *parking, ids[from as usize], ids[to as usize]).hop()
            }
        }
    }

    /// The same, read along the row of `to`.
    #[inline]
    pub(super) fn hop_into(&self, from: u32, to: u32) -> Option<Hop> {
        match self {
            Self::Square { places, into, .. } if !into.is_empty() => {
                into[to as usize * places + from as usize].hop()
            }
            Self::Square { places, out, .. } => out[to as usize * places + from as usize].hop(),
            Self::Asked { .. } => self.hop(from, to),
        }
    }

    /// Travel from a place to another and back, when the table is a square.
    pub(super) fn beside(&self, here: u32, there: u32) -> Option<Beside> {
        let Self::Square { places, out, into } = self else { return None };
        let into = if into.is_empty() { out } else { into };
        let at = here as usize * places + there as usize;
        Some(Beside { out: out[at], into: into[at] })
    }

    /// All hops out of and into a place, when the table is no square.
    pub(super) fn fan(&self, place: u32) -> Option<Fan<'_>> {
        let Self::Asked { matrix, ids, parking } = self else { return None };
        let id = ids[place as usize];
        Some(Fan { legs: matrix.fan(id as usize), id, ids, parking: *parking })
    }

    /// For each of the day's places the `count` others that are reached soonest, by their numbers of the
    /// day, when the table is no square and knows them.
    pub(super) fn nearest(&self, count: usize) -> Option<Vec<Vec<u32>>> {
        let Self::Asked { matrix, .. } = self else { return None };
        matrix.nearest(count)
    }

    /// Bytes a table takes.
    pub(super) fn bytes(places: usize) -> usize {
        if places > SQUARE { 4 * places } else { 2 * places * places * size_of::<Cell>() }
    }
}

/// All hops out of one place and into it.
#[derive(Debug)]
pub(crate) struct Fan<'t> {
    legs: road::Fan<'t>,
    id: u32,
    ids: &'t [u32],
    parking: i64,
}

impl Fan<'_> {
    /// From the place to another.
    pub(crate) fn hop_to(&self, to: usize) -> Option<Hop> {
        let to = self.ids[to];
        cell_of(self.legs.leg_to(to as usize), self.parking(to)).hop()
    }

    /// From another to the place.
    pub(crate) fn hop_from(&self, from: usize) -> Option<Hop> {
        let from = self.ids[from];
        cell_of(self.legs.leg_from(from as usize), self.parking(from)).hop()
    }

    fn parking(&self, other: u32) -> i64 {
        if other == self.id { 0 } else { self.parking }
    }
}

#[inline]
fn cell(matrix: &TravelMatrix, parking: i64, from: u32, to: u32) -> Cell {
    let parking = if from == to { 0 } else { parking };
    cell_of(matrix.leg(from as usize, to as usize), parking)
}

#[inline]
fn cell_of(leg: Result<Leg, NoRoad>, parking: i64) -> Cell {
    let cell = leg.ok().and_then(|leg| {
        let time = i32::try_from(leg.seconds.0 + parking).ok()?;
        Some(Cell { time, metres: i32::try_from(leg.metres.0).ok()? })
    });
    cell.filter(|cell| cell.time < NO_ROAD).unwrap_or(Cell { time: NO_ROAD, metres: 0 })
}
