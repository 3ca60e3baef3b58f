//! The air of the day's places and ways by their height: what the standard lapse makes of the forecast
//! there.
//!
//! A place goes by the nearest junction whose height is known. A way of `l` metres between two places
//! stays within the ellipse about them whose points are no more than `l` from both together, so it goes
//! no higher and no lower than the junctions of the box around that ellipse: a bound that needs no way
//! itself and holds for each way of that length.

use crate::cold::{AirShift, Weather};
use crate::place::Point;
use crate::problem::{PlaceId, Problem};
use crate::units::Metres;

/// Days with more places have one band for all ways: the square of them would be large.
const PLACES_MAX: usize = 1000;
/// Cells of the grid of heights, along each side.
const CELLS: usize = 64;
/// Metres a place may lie from the road, and error of the plane, together.
const MARGIN_M: f64 = 1_500.0;
/// The plane's error as a share, far beyond what a day's country needs.
const MARGIN_SHARE: f64 = 0.01;
/// Metres of a degree of latitude; the mean is 111 195 m.
const M_PER_DEGREE: f64 = 111_195.0;

/// Air by place and by way.
#[derive(Clone, Debug)]
pub(crate) struct Airs {
    /// Anywhere the day may lead.
    whole: AirShift,
    /// Of each place; empty where there are too many.
    places: Vec<AirShift>,
    /// Of each way, `[from][to]`.
    ways: Vec<AirShift>,
}

impl Airs {
    /// The air anywhere the day may lead, and at each place.
    pub(crate) fn told(&self) -> (AirShift, &[AirShift]) {
        (self.whole, &self.places)
    }

    /// The air at a place.
    pub(crate) fn place(&self, place: PlaceId) -> AirShift {
        self.places.get(place.index()).copied().unwrap_or(self.whole)
    }

    /// The air on the way from one place to another, both included.
    #[inline]
    pub(crate) fn way(&self, from: PlaceId, to: PlaceId) -> AirShift {
        let count = self.places.len();
        self.ways.get(from.index() * count + to.index()).copied().unwrap_or(self.whole)
    }

    /// The air along places that follow each other.
    pub(crate) fn along(&self, places: impl IntoIterator<Item = PlaceId>) -> AirShift {
        let mut places = places.into_iter();
        let Some(mut at) = places.next() else { return self.whole };
        let mut air = self.place(at);
        for next in places {
            air = air.and(self.way(at, next));
            at = next;
        }
        air
    }
}

/// The heights of the country around the day's places.
#[derive(Clone, Debug)]
pub(super) struct Heights {
    /// Where heights are known, and how many metres they lie above the forecast's place.
    known: Vec<(Point, f64)>,
    lowest_m: f64,
    highest_m: f64,
}

impl Heights {
    /// None where no height is known.
    pub(super) fn of(
        known: impl Iterator<Item = (Point, Metres)>,
        forecast: Metres,
    ) -> Option<Self> {
        let known: Vec<(Point, f64)> =
            known.map(|(point, height)| (point, (height - forecast).as_f64())).collect();
        let ends = |(low, high): (f64, f64), &(_, m): &(Point, f64)| (low.min(m), high.max(m));
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let (lowest_m, highest_m) = known.iter().fold(none, ends);
        (lowest_m <= highest_m).then_some(Self { known, lowest_m, highest_m })
    }

    /// The air anywhere in that country.
    pub(super) fn whole(&self) -> AirShift {
        AirShift::between(self.lowest_m, self.highest_m)
    }

    /// The same weather anywhere in that country.
    pub(super) fn widen(&self, weather: Weather) -> Weather {
        weather.between_heights(self.lowest_m, self.highest_m)
    }

    /// The air of each place and way of a day whose travel is known.
    pub(super) fn airs(&self, problem: &Problem) -> Airs {
        let (whole, count) = (self.whole(), problem.places.len());
        if count > PLACES_MAX {
            return Airs { whole, places: Vec::new(), ways: Vec::new() };
        }
        let places: Vec<AirShift> = problem.places.iter().map(|p| self.place(p.point)).collect();
        let grid = Grid::of(&self.known);
        let mut ways = Vec::with_capacity(count * count);
        for from in 0..count {
            for to in 0..count {
                let ends = places[from].and(places[to]);
                let legs = problem.matrices.iter().filter_map(|m| m.leg(from, to).ok());
                let metres = legs.map(|leg| leg.metres.0).max();
                ways.push(match metres {
                    _ if from == to => places[from],
                    None => whole,
                    Some(metres) => {
                        let points = [problem.places[from].point, problem.places[to].point];
                        let between = grid.heights(&around(points, Metres(metres).as_f64()));
                        let way = between.map(|(low, high)| AirShift::between(low, high));
                        way.map_or(whole, |way| way.and(ends))
                    }
                });
            }
        }
        Airs { whole, places, ways }
    }

    /// The air at the nearest junction whose height is known.
    fn place(&self, point: Point) -> AirShift {
        let narrow = point.lat.to_radians().cos();
        let far = |other: &Point| {
            let (north, east) = (other.lat - point.lat, narrow * (other.lon - point.lon));
            north * north + east * east
        };
        let nearest = self.known.iter().min_by(|a, b| far(&a.0).total_cmp(&far(&b.0)));
        nearest.map_or(self.whole(), |&(_, metres)| AirShift::between(metres, metres))
    }
}

/// A box in degrees: south, north, west, east.
struct Around {
    lat: (f64, f64),
    lon: (f64, f64),
}

/// The box around the ellipse about two points that a way of some length stays within.
fn around([a, b]: [Point; 2], way_m: f64) -> Around {
    let (lat, lon) = (f64::midpoint(a.lat, b.lat), f64::midpoint(a.lon, b.lon));
    let narrow = lat.to_radians().cos().max(0.01);
    let (north, east) = ((b.lat - a.lat) * M_PER_DEGREE, (b.lon - a.lon) * M_PER_DEGREE * narrow);
    let apart_m = north.hypot(east);
    let way_m = way_m.max(apart_m) * (1.0 + MARGIN_SHARE) + MARGIN_M;
    let long = 0.5 * way_m;
    let short = 0.5 * (way_m * way_m - apart_m * apart_m).max(0.0).sqrt();
    let (sine, cosine) = match apart_m {
        0.0 => (0.0, 1.0),
        apart_m => (north / apart_m, east / apart_m),
    };
    let half_east = (long * cosine).hypot(short * sine) / (M_PER_DEGREE * narrow);
    let half_north = (long * sine).hypot(short * cosine) / M_PER_DEGREE;
    Around { lat: (lat - half_north, lat + half_north), lon: (lon - half_east, lon + half_east) }
}

/// The lowest and highest junction of each cell of a grid, and of each run of cells in a row by powers of
/// two.
struct Grid {
    south: f64,
    west: f64,
    lat_step: f64,
    lon_step: f64,
    /// `[power][row * CELLS + column]`.
    spans: Vec<Vec<(f64, f64)>>,
}

const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

fn both(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

impl Grid {
    fn of(known: &[(Point, f64)]) -> Self {
        let lat = known.iter().fold(NOTHING, |ends, (p, _)| both(ends, (p.lat, p.lat)));
        let lon = known.iter().fold(NOTHING, |ends, (p, _)| both(ends, (p.lon, p.lon)));
        let step = |(low, high): (f64, f64)| ((high - low) / 64.0).max(1e-9);
        let mut grid = Self {
            south: lat.0,
            west: lon.0,
            lat_step: step(lat),
            lon_step: step(lon),
            spans: Vec::new(),
        };
        let mut cells = vec![NOTHING; CELLS * CELLS];
        for (point, metres) in known {
            let (row, column) = (grid.row(point.lat), grid.column(point.lon));
            let cell = &mut cells[row * CELLS + column];
            *cell = both(*cell, (*metres, *metres));
        }
        let mut half = 1;
        while half < CELLS {
            let next = (0..cells.len()).map(|at| {
                let behind = cells.get(at + half).copied().unwrap_or(NOTHING);
                both(cells[at], if at % CELLS + half < CELLS { behind } else { NOTHING })
            });
            let next = next.collect();
            grid.spans.push(std::mem::replace(&mut cells, next));
            half *= 2;
        }
        grid.spans.push(cells);
        grid
    }

    fn row(&self, lat: f64) -> usize {
        cell((lat - self.south) / self.lat_step)
    }

    fn column(&self, lon: f64) -> usize {
        cell((lon - self.west) / self.lon_step)
    }

    /// The lowest and highest junction of the cells a box touches; none where it touches none.
    fn heights(&self, around: &Around) -> Option<(f64, f64)> {
        let (first, last) = (self.column(around.lon.0), self.column(around.lon.1));
        let level = (last - first + 1).ilog2();
        let span = &self.spans[level as usize];
        let rows = self.row(around.lat.0)..=self.row(around.lat.1);
        let one = |row: usize| {
            let begin = row * CELLS;
            both(span[begin + first], span[begin + last + 1 - (1 << level)])
        };
        let found = rows.map(one).fold(NOTHING, both);
        (found.0 <= found.1).then_some(found)
    }
}

/// A number of cells as a cell of the grid.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the grid")]
fn cell(steps: f64) -> usize {
    (steps.clamp(0.0, 63.0) as usize).min(CELLS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Order;
    use crate::sample::{bare, build, call, day, km};

    /// A valley road of 60 km with a pass in its middle, and a peak 50 km beside the road.
    fn pass() -> Vec<(Point, Metres)> {
        let along = |at: f64, metres: i64| (km(at), Metres(metres));
        let beside = Point { lon: km(30.0).lon + 0.5, ..km(30.0) };
        let mut known: Vec<(Point, Metres)> =
            (0..=60_u32).map(|at| along(f64::from(at), 3_000)).collect();
        known[30] = along(30.0, 3_900);
        known.push((beside, Metres(5_600)));
        known
    }

    #[test]
    fn a_way_goes_by_the_heights_it_may_pass_and_a_place_by_its_own() {
        let orders = [20.0, 40.0, 60.0].map(|at| Order::deliver(format!("{at}"), call(at)));
        let day = day([bare("v")]).heights(&pass(), Metres(3_000)).orders(orders);
        let problem = build(day);
        let airs = problem.airs.as_ref().unwrap();
        let place = |at: f64| {
            let is_it = |p: &crate::problem::Place| p.point == km(at);
            PlaceId::from_index(problem.places.iter().position(is_it).unwrap())
        };
        let [station, near, far, end] = [0.0, 20.0, 40.0, 60.0].map(place);
        let flat = AirShift::between(0.0, 0.0);
        assert_eq!(airs.place(far), flat);
        assert_eq!(airs.way(station, near), flat, "the pass is beyond it");
        let over = AirShift::between(0.0, 900.0);
        assert_eq!((airs.way(near, far), airs.way(far, near)), (over, over));
        assert_eq!(airs.way(near, end), over, "the peak is too far off the way");
        assert_eq!(airs.along([station, near]), flat);
        assert_eq!(airs.along([station, near, far]), over);
        assert_eq!(airs.whole, AirShift::between(0.0, 2_600.0));
    }

    #[test]
    fn no_heights_are_no_heights() {
        assert!(Heights::of(std::iter::empty(), Metres(0)).is_none());
        let one = Heights::of(std::iter::once((km(0.0), Metres(100))), Metres(0)).unwrap();
        assert_eq!(one.whole(), AirShift::between(100.0, 100.0));
        assert_eq!(one.place(km(40.0)), one.whole());
    }

    #[test]
    fn the_box_of_a_way_holds_its_ellipse() {
        let (a, b) = (km(0.0), Point { lon: km(20.0).lon + 0.3, ..km(20.0) });
        let narrow = f64::midpoint(a.lat, b.lat).to_radians().cos();
        let apart =
            |a: Point, b: Point| M_PER_DEGREE * (a.lat - b.lat).hypot(narrow * (a.lon - b.lon));
        let way_m = 1.4 * apart(a, b);
        let around = around([a, b], way_m);
        for i in 0..40_000 {
            let (north, east) = (f64::from(i % 200) / 200.0, f64::from(i / 200) / 200.0);
            let point = Point { lat: a.lat - 0.3 + north, lon: a.lon - 0.5 + 1.3 * east };
            if apart(a, point) + apart(point, b) <= way_m {
                assert!((around.lat.0..=around.lat.1).contains(&point.lat));
                assert!((around.lon.0..=around.lon.1).contains(&point.lon));
            }
        }
        assert!(around.lat.1 - around.lat.0 < 0.5, "and not much more");
    }
}
