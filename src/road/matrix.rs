//! Time and length between all places of a day, for one vehicle profile.

use std::sync::Arc;

use super::drain::{Drain, DrainCell};
use super::labelled::Labelled;
use super::network::RoadNetwork;
use super::portals::Portals;
use super::snap::{OffRoad, Snap};
use crate::road::plane::{Plane, PlaneScale};
use crate::units::{Leg, Metres, Seconds};

/// Why a vehicle cannot go from one place to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoRoad {
    /// No road the vehicle may use lies within the snap limit of the origin.
    OriginOffRoad,
    /// No road the vehicle may use lies within the snap limit of the destination.
    DestinationOffRoad,
    /// Origin and destination lie on road networks that are not joined.
    OtherIsland,
    /// They are joined, but only against a one-way road or a forbidden turn.
    OneWay,
    /// They would be joined, were it not for a closure of this day.
    Closed,
    /// They would be joined, were it not for the season, the date, or opening hours.
    OutOfSeason,
    /// They would be joined for a smaller or lighter vehicle.
    TooLarge,
    /// They would be joined, were it not for a ford the vehicle cannot pass.
    Ford,
    /// They would be joined, were it not for a gate or another barrier.
    Barrier,
    /// They would be joined, were it not for private or forbidden ground.
    Forbidden,
    /// The way is longer than the vehicle's [range](super::Profile::reaching), or than a month.
    OutOfRange,
}

impl NoRoad {
    /// Every reason; the index is the reason's number in a matrix cell.
    pub const ALL: [NoRoad; 11] = [
        NoRoad::OriginOffRoad,
        NoRoad::DestinationOffRoad,
        NoRoad::OtherIsland,
        NoRoad::OneWay,
        NoRoad::Closed,
        NoRoad::OutOfSeason,
        NoRoad::TooLarge,
        NoRoad::Ford,
        NoRoad::Barrier,
        NoRoad::Forbidden,
        NoRoad::OutOfRange,
    ];

    /// The reason in words, to follow "no road: ".
    pub fn text(self) -> &'static str {
        match self {
            Self::OriginOffRoad => "the origin is too far from any usable road",
            Self::DestinationOffRoad => "the destination is too far from any usable road",
            Self::OtherIsland => "the two places lie on road networks that are not joined",
            Self::OneWay => "the only way leads against a one-way road or a forbidden turn",
            Self::Closed => "the only way is closed today",
            Self::OutOfSeason => "the only way is not open at this time of the year",
            Self::TooLarge => "the vehicle is too wide, high, long or heavy for the only way",
            Self::Ford => "the vehicle cannot pass a ford on the only way",
            Self::Barrier => "a gate or barrier stands in the only way",
            Self::Forbidden => "the only way leads over private or forbidden ground",
            Self::OutOfRange => "the way is longer than the vehicle's range",
        }
    }
}

/// One cell: driving seconds and metres, or the number of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    seconds: u32,
    metres: u32,
}

/// Marks an empty cell, in `seconds`; `metres` is then the reason's number.
const EMPTY: u32 = u32::MAX;
/// The longest travel time a cell may hold: 31 days.
pub const LONGEST: Seconds = Seconds(31 * 86_400);

/// Travel between `n` places.
#[derive(Clone, Debug, PartialEq)]
pub struct TravelMatrix {
    places: usize,
    form: Form,
    /// What legs take out of a battery, row-major; empty where that is not known.
    // Invariant: empty or places * places cells.
    drains: Vec<DrainCell>,
}

/// Where a leg comes from.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// Row-major `[from][to]`, one row per place.
    // Invariant: places * places cells.
    Table(Vec<Cell>),
    /// Worked out from coordinates; one point per place.
    Plane(Plane),
    /// As what they are computed from: roads with few junctions.
    Portals(Portals),
    /// By what each place keeps of the roads above it.
    Labelled(Arc<Labelled>),
}

impl TravelMatrix {
    /// The matrix of `places` places whose cells `cell(from, to)` gives. Times above [`LONGEST`]
    /// are out of range, and negative values count as no road.
    pub fn from_fn(
        places: usize,
        mut cell: impl FnMut(usize, usize) -> Result<Leg, NoRoad>,
    ) -> Self {
        let cells = (0..places)
            .flat_map(|from| (0..places).map(move |to| (from, to)))
            .map(|(from, to)| Cell::from(cell(from, to)))
            .collect();
        Self { places, form: Form::Table(cells), drains: Vec::new() }
    }

    /// The matrix made of one row per place, each with one entry per place.
    ///
    /// # Panics
    /// When the rows do not make a square.
    pub fn from_rows(rows: Vec<Vec<Result<Leg, NoRoad>>>) -> Self {
        let places = rows.len();
        assert!(rows.iter().all(|row| row.len() == places), "a travel matrix is square");
        let cells = rows.into_iter().flatten().map(Cell::from).collect();
        Self { places, form: Form::Table(cells), drains: Vec::new() }
    }

    /// The matrix made of its cells, row by row.
    pub(super) fn from_cells(places: usize, cells: Vec<Cell>) -> Self {
        assert_eq!(cells.len(), places * places, "a travel matrix is square");
        Self { places, form: Form::Table(cells), drains: Vec::new() }
    }

    /// Straight travel between points of a plane, without a table: each leg is worked out when it
    /// is asked for. Times above [`LONGEST`] count as no road.
    pub fn planar(points: Vec<[f64; 2]>, scale: PlaneScale) -> Self {
        let places = points.len();
        Self { places, form: Form::Plane(Plane::new(points, scale)), drains: Vec::new() }
    }

    /// How many places it spans.
    pub fn places(&self) -> usize {
        self.places
    }

    /// Time and length from one place to another.
    ///
    /// # Errors
    /// Why there is no way.
    ///
    /// # Panics
    /// When a number is not that of a place.
    #[inline]
    pub fn leg(&self, from: usize, to: usize) -> Result<Leg, NoRoad> {
        match &self.form {
            Form::Table(cells) => cells[from * self.places + to].leg(),
            Form::Portals(portals) => portals.leg(from, to),
            Form::Labelled(labelled) => labelled.leg(from, to),
            Form::Plane(plane) => {
                let leg = plane.leg(from, to);
                if leg.seconds > LONGEST { Err(NoRoad::OutOfRange) } else { Ok(leg) }
            }
        }
    }

    /// True when every leg is known to be the same as the way back; where it is not known, false.
    pub(crate) fn is_straight(&self) -> bool {
        matches!(self.form, Form::Plane(_))
    }

    /// The legs from one place to others, in turn.
    pub(crate) fn legs_from(
        &self,
        from: usize,
        to: &[u32],
        mut each: impl FnMut(Result<Leg, NoRoad>),
    ) {
        match &self.form {
            Form::Plane(plane) => {
                for &to in to {
                    let leg = plane.leg(from, to as usize);
                    each(if leg.seconds > LONGEST { Err(NoRoad::OutOfRange) } else { Ok(leg) });
                }
            }
            Form::Portals(portals) => portals.legs_from(from, to, each),
            Form::Table(_) | Form::Labelled(_) => {
                for &to in to {
                    each(self.leg(from, to as usize));
                }
            }
        }
    }

    /// For each place the `count` others that are reached soonest, nearest first, by the roads alone: a stop's
    /// way to the road, and other stops on its own stretch of it, do not count. Nothing where travel is kept in
    /// a form of which that would take looking at every leg.
    pub fn nearest(&self, count: usize) -> Option<Vec<Vec<u32>>> {
        match &self.form {
            Form::Labelled(labelled) => Some(labelled.nearest(count)),
            Form::Table(_) | Form::Plane(_) | Form::Portals(_) => None,
        }
    }

    /// Bytes [`TravelMatrix::nearest`] takes at its peak, at most.
    pub fn nearest_bytes(&self, count: usize) -> usize {
        match &self.form {
            Form::Labelled(labelled) => labelled.nearest_bytes(count),
            Form::Table(_) | Form::Plane(_) | Form::Portals(_) => 0,
        }
    }

    /// All legs out of a place and into it, for who asks for most of them. Where legs are put together
    /// from junctions that takes 16 bytes for each junction next to a place and a fraction of the time.
    ///
    /// # Panics
    /// When the number is not that of a place.
    pub fn fan(&self, place: usize) -> Fan<'_> {
        assert!(place < self.places, "a place of the matrix");
        let portals = match &self.form {
            Form::Portals(portals) => Some((portals, portals.fan(place))),
            Form::Table(_) | Form::Plane(_) | Form::Labelled(_) => None,
        };
        Fan { matrix: self, place, portals }
    }

    /// The same travel with what each leg takes out of a battery, joules, row-major `[from][to]`; what
    /// stands where there is no leg does not matter.
    ///
    /// # Panics
    /// When there is not one for each pair of places.
    #[must_use]
    pub fn with_drains(mut self, drains: impl IntoIterator<Item = Drain>) -> Self {
        self.drains = drains.into_iter().map(DrainCell::from).collect();
        assert_eq!(self.drains.len(), self.places * self.places, "a drain for each leg");
        self
    }

    /// True when it knows what legs take out of a battery.
    pub fn has_drains(&self) -> bool {
        !self.drains.is_empty()
    }

    /// What a leg takes out of a battery, joules, with any load; nothing where the matrix does not
    /// know.
    ///
    /// # Panics
    /// When a number is not that of a place.
    #[inline]
    pub fn drain(&self, from: usize, to: usize) -> Option<Drain> {
        if self.drains.is_empty() {
            return None;
        }
        Some(self.drains[from * self.places + to].into())
    }

    /// Bytes [`TravelMatrix::with_drains`] adds.
    pub fn drain_bytes(places: usize) -> usize {
        places.saturating_mul(places).saturating_mul(size_of::<DrainCell>())
    }

    /// Bytes a table of `places` places takes; [`TravelMatrix::planar`] takes 16 for each place.
    pub fn bytes(places: usize) -> usize {
        places.saturating_mul(places).saturating_mul(size_of::<Cell>())
    }
}

/// The legs out of and into one place: the same as [`TravelMatrix::leg`] tells.
#[derive(Clone, Debug)]
pub struct Fan<'m> {
    matrix: &'m TravelMatrix,
    place: usize,
    portals: Option<(&'m Portals, super::portals::Fan)>,
}

impl Fan<'_> {
    /// The leg from the place to another.
    ///
    /// # Errors
    /// Why there is no way.
    ///
    /// # Panics
    /// When a number is not that of a place.
    #[inline]
    pub fn leg_to(&self, to: usize) -> Result<Leg, NoRoad> {
        match &self.portals {
            Some((portals, fan)) => portals.leg_out(fan, to),
            None => self.matrix.leg(self.place, to),
        }
    }

    /// The leg from another to the place.
    ///
    /// # Errors
    /// Why there is no way.
    ///
    /// # Panics
    /// When a number is not that of a place.
    #[inline]
    pub fn leg_from(&self, from: usize) -> Result<Leg, NoRoad> {
        match &self.portals {
            Some((portals, fan)) => portals.leg_into(fan, from),
            None => self.matrix.leg(from, self.place),
        }
    }
}

impl RoadNetwork {
    /// The same travel as [`RoadNetwork::matrix`], cell by cell, without the square of the stops: a
    /// table between the junctions next to stops is kept, and a leg is put together from it when it
    /// is asked for. For thousands of stops on few roads.
    ///
    /// Costs one Dijkstra search per junction next to a stop, or one sweep for sixteen of them. Memory:
    /// [`RoadNetwork::sparse_bytes`].
    pub fn matrix_sparse(&self, stops: &[Result<Snap, OffRoad>]) -> TravelMatrix {
        let form = Form::Portals(self.portals(stops));
        TravelMatrix { places: stops.len(), form, drains: Vec::new() }
    }

    /// The same travel once more, for very many stops on roads of any shape: each stop keeps what it costs to
    /// climb to the junctions above it in the hierarchy and down from them, and a leg is the least sum over
    /// those above both (hub labels; Abraham et al. 2011, doi 10.1007/978-3-642-20662-7_20).
    ///
    /// Memory: [`RoadNetwork::labels_bytes`].
    pub fn matrix_labelled(self: &Arc<Self>, stops: &[Result<Snap, OffRoad>]) -> TravelMatrix {
        let form = Form::Labelled(Arc::new(Labelled::new(Arc::clone(self), stops)));
        TravelMatrix { places: stops.len(), form, drains: Vec::new() }
    }

    /// Bytes [`RoadNetwork::matrix_labelled`] of these stops takes; twice that while it is made.
    pub fn labels_bytes(&self, stops: &[Result<Snap, OffRoad>]) -> usize {
        self.labelled_bytes(stops)
    }

    /// Bytes [`RoadNetwork::matrix_sparse`] of these stops takes; it takes no more while it is made.
    pub fn sparse_bytes(&self, stops: &[Result<Snap, OffRoad>]) -> usize {
        self.portals_bytes(stops)
    }
}

impl Cell {
    /// No way, for now.
    pub(super) const NONE: Self = Self { seconds: EMPTY, metres: 0 };

    #[inline]
    pub(super) fn leg(self) -> Result<Leg, NoRoad> {
        if self.seconds == EMPTY {
            let number = self.metres as usize;
            return Err(NoRoad::ALL.get(number).copied().unwrap_or(NoRoad::OtherIsland));
        }
        Ok(Leg { seconds: Seconds(self.seconds.into()), metres: Metres(self.metres.into()) })
    }
}

impl From<Result<Leg, NoRoad>> for Cell {
    fn from(cell: Result<Leg, NoRoad>) -> Self {
        let empty = |why: NoRoad| Self { seconds: EMPTY, metres: why as u32 };
        match cell {
            Err(why) => empty(why),
            Ok(leg) if leg.seconds > LONGEST => empty(NoRoad::OutOfRange),
            Ok(leg) => match (u32::try_from(leg.seconds.0), u32::try_from(leg.metres.0)) {
                (Ok(seconds), Ok(metres)) => Self { seconds, metres },
                _ => empty(NoRoad::OtherIsland),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cell_keeps_its_reason() {
        for why in NoRoad::ALL {
            assert_eq!(TravelMatrix::from_fn(1, |_, _| Err(why)).leg(0, 0), Err(why));
        }
    }

    #[test]
    fn a_plane_and_its_table_tell_the_same_legs() {
        use crate::road::plane::{Round, straight};
        let points = vec![[0.0, 0.0], [3.0, 4.0], [-7.5, 11.25], [9e5, 9e5]];
        let scale = PlaneScale { per_unit: 10, round: Round::Down };
        let plane = TravelMatrix::planar(points.clone(), scale);
        let cell = |from: usize, to: usize| Ok(scale.leg(straight(points[from], points[to])));
        let table = TravelMatrix::from_fn(points.len(), cell);
        for (from, to) in (0..4).flat_map(|from| (0..4).map(move |to| (from, to))) {
            assert_eq!(plane.leg(from, to), table.leg(from, to), "{from} {to}");
        }
        assert_eq!(plane.leg(0, 3), Err(NoRoad::OutOfRange));
    }
}
