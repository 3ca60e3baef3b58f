//! Small days for tests: places on a line, a minute of driving for every kilometre.

use std::sync::Arc;

use crate::place::Point;
use crate::problem::{Builder, Call, Problem, Station, Travel, Vehicle};
use crate::road::{NoRoad, TravelMatrix};
use crate::units::{Leg, Metres, Seconds, Time, Window};

/// Kilometres to a degree of latitude on this road.
const KM_PER_DEGREE: f64 = 100.0;

/// The point `km` kilometres up the road; the station is at 0.
pub(crate) fn km(km: f64) -> Point {
    Point::wgs84(30.0 + km / KM_PER_DEGREE, 90.0)
}

/// A call `km` kilometres up the road, without windows, five minutes long.
pub(crate) fn call(at: f64) -> Call {
    Call::at(km(at))
}

/// A window of the plan's date, in minutes after midnight.
pub(crate) fn minutes(open: i64, close: i64) -> Window {
    Window::new(Time(open * 60), Time(close * 60)).unwrap()
}

/// A vehicle without costs, limits, parking, reloading or packing.
pub(crate) fn bare(id: &str) -> Vehicle {
    let none = Seconds::ZERO;
    Vehicle::new(id, "minivan").driving(None).parking(none).reload(none).packing(none)
}

/// A day that begins at the station at kilometre 0 with these vehicles.
pub(crate) fn day(vehicles: impl IntoIterator<Item = Vehicle>) -> Builder {
    Problem::builder(vehicles.into_iter().fold(Station::at("hub", km(0.0)), Station::vehicle))
}

/// The day with travel along the road. A place beyond kilometre 900 is off every road.
pub(crate) fn build(day: Builder) -> Arc<Problem> {
    let travel = |_: &str, points: &[Point]| {
        let far = |p: &Point| Metres::round((p.lat - 30.0) * KM_PER_DEGREE * 1000.0);
        let access = |p: &Point| {
            if far(p) > Metres(900_000) { Err(Some(Metres(4_200))) } else { Ok(Metres::ZERO) }
        };
        let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
            let (a, b) = (&points[from], &points[to]);
            access(a).map_err(|_| NoRoad::OriginOffRoad)?;
            access(b).map_err(|_| NoRoad::DestinationOffRoad)?;
            let metres = Metres((far(a) - far(b)).0.abs());
            Ok(Leg { seconds: Seconds(metres.0 * 60 / 1000), metres })
        });
        Ok(Travel { matrix, access: points.iter().map(access).collect() })
    };
    day.build_with(travel).unwrap()
}
