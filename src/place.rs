//! Points on the globe, and the datums they arrive in. Inside, every point is WGS-84.

use std::f64::consts::PI;

use geo::{Distance, Haversine};
use serde::{Deserialize, Serialize};

/// A point in degrees, WGS-84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Latitude in degrees, north positive.
    pub lat: f64,
    /// Longitude in degrees, east positive.
    pub lon: f64,
}

/// The datum coordinates are given in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// GNSS, OpenStreetMap, CGCS2000 to within a metre.
    #[default]
    Wgs84,
    /// The shifted datum of Chinese road maps (Amap, Tencent).
    Gcj02,
    /// Baidu's shift on top of GCJ-02.
    Bd09,
}

impl Point {
    /// A point that is already WGS-84.
    pub const fn wgs84(lat: f64, lon: f64) -> Self {
        Self { lat, lon }
    }

    /// The WGS-84 point behind coordinates in `datum`. Apply it to mainland China only: the shifts
    /// are not defined elsewhere.
    pub fn from_datum(lat: f64, lon: f64, datum: Datum) -> Self {
        let given = Self { lat, lon };
        match datum {
            Datum::Wgs84 => given,
            Datum::Gcj02 => inverse(given, to_gcj02),
            Datum::Bd09 => inverse(inverse(given, gcj02_to_bd09), to_gcj02),
        }
    }

    /// The point's coordinates in `datum`, for hand-over to maps that use it.
    pub fn in_datum(self, datum: Datum) -> (f64, f64) {
        let shifted = match datum {
            Datum::Wgs84 => self,
            Datum::Gcj02 => to_gcj02(self),
            Datum::Bd09 => gcj02_to_bd09(to_gcj02(self)),
        };
        (shifted.lat, shifted.lon)
    }

    /// True when both coordinates are finite and on the globe.
    pub fn is_on_globe(self) -> bool {
        self.lat.is_finite()
            && self.lon.is_finite()
            && self.lat.abs() <= 90.0
            && self.lon.abs() <= 180.0
    }

    /// Great-circle distance in metres.
    pub fn distance_m(self, other: Self) -> f64 {
        Haversine
            .distance(geo::Point::new(self.lon, self.lat), geo::Point::new(other.lon, other.lat))
    }
}

/// Semi-major axis of the Krasovsky 1940 ellipsoid, which the GCJ-02 shift is defined on, metres.
const KRASOVSKY_A: f64 = 6_378_245.0;
/// Its squared first eccentricity.
const KRASOVSKY_E2: f64 = 0.006_693_421_622_965_943;
/// Angle unit of the BD-09 ripple.
const BD_PI: f64 = PI * 3000.0 / 180.0;

/// The published form of the GCJ-02 shift, as known since 2010; metres become degrees on the
/// Krasovsky ellipsoid.
fn to_gcj02(p: Point) -> Point {
    let (x, y) = (p.lon - 105.0, p.lat - 35.0);
    let ripple = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let root = x.abs().sqrt();
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + ripple
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + ripple
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let phi = p.lat.to_radians();
    let w = 1.0 - KRASOVSKY_E2 * phi.sin().powi(2);
    let meridian = KRASOVSKY_A * (1.0 - KRASOVSKY_E2) / (w * w.sqrt());
    let parallel = KRASOVSKY_A / w.sqrt() * phi.cos();
    Point {
        lat: p.lat + (north / meridian).to_degrees(),
        lon: p.lon + (east / parallel).to_degrees(),
    }
}

/// Baidu's rotation and offset on top of GCJ-02.
fn gcj02_to_bd09(p: Point) -> Point {
    let radius = p.lon.hypot(p.lat) + 0.000_02 * (p.lat * BD_PI).sin();
    let angle = p.lat.atan2(p.lon) + 0.000_003 * (p.lon * BD_PI).cos();
    Point { lat: radius * angle.sin() + 0.006, lon: radius * angle.cos() + 0.0065 }
}

/// The point that `shift` takes to `target`, by fixed-point iteration: the shifts are smooth and
/// small, so each step shrinks the error about a thousandfold.
fn inverse(target: Point, shift: fn(Point) -> Point) -> Point {
    let mut guess = target;
    for _ in 0..8 {
        let there = shift(guess);
        guess.lat += target.lat - there.lat;
        guess.lon += target.lon - there.lon;
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shifts_have_their_measured_size() {
        let shift = |lat, lon, datum| {
            let p = Point::wgs84(lat, lon);
            let (lat, lon) = p.in_datum(datum);
            p.distance_m(Point::wgs84(lat, lon))
        };
        // Sizes measured with the public formula: Huatugou 120 m and 968 m, Yichang 606 m.
        assert!((shift(38.25, 90.86, Datum::Gcj02) - 120.0).abs() < 10.0);
        assert!((shift(38.25, 90.86, Datum::Bd09) - 968.0).abs() < 20.0);
        assert!((shift(30.69, 111.29, Datum::Gcj02) - 606.0).abs() < 15.0);
    }

    proptest! {
        #[test]
        fn a_point_comes_back_from_every_datum(lat in 18.5..53.0f64, lon in 74.0..134.0f64) {
            let p = Point::wgs84(lat, lon);
            for datum in [Datum::Wgs84, Datum::Gcj02, Datum::Bd09] {
                let (lat, lon) = p.in_datum(datum);
                prop_assert!(p.distance_m(Point::from_datum(lat, lon, datum)) < 0.01);
            }
        }
    }
}
