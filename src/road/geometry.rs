//! Small geometry on the sphere: lengths of lines, points in space, flat local metres.

use crate::place::Point;

/// Mean radius of the Earth in metres (IUGG), the one great-circle distances use.
pub(super) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point in metres from the middle of the Earth. Straight lines between such points know no
/// date line and no pole; over 2 km they dip 8 cm below the ground.
pub(super) type Space = [f64; 3];

/// The point in space.
pub(super) fn to_space(p: Point) -> Space {
    let (lat, lon) = (p.lat.to_radians(), p.lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()].map(|x| x * EARTH_RADIUS_M)
}

/// The point on the ground above or below a point in space.
pub(super) fn from_space([x, y, z]: Space) -> Point {
    Point { lat: z.atan2(x.hypot(y)).to_degrees(), lon: y.atan2(x).to_degrees() }
}

/// The point a share `t` of the way from `a` to `b`.
pub(super) fn between(a: Space, b: Space, t: f64) -> Space {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

/// The share of the way from `a` to `b`, from 0 to 1, at which the line comes nearest to `p`.
pub(super) fn nearest_share(a: Space, b: Space, p: Space) -> f64 {
    let dot = |u: Space, v: Space| u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    let along = [0, 1, 2].map(|i| b[i] - a[i]);
    let length2 = dot(along, along);
    if length2 <= 0.0 {
        return 0.0;
    }
    (dot([0, 1, 2].map(|i| p[i] - a[i]), along) / length2).clamp(0.0, 1.0)
}

/// Length of the line through `points` in metres: the sum of its great circles.
pub(super) fn length_m(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| pair[0].distance_m(pair[1])).sum()
}

/// `p` in metres east and north of `origin`, on a plane that touches there. Good to a thousandth
/// within some tens of kilometres.
pub(super) fn flat(origin: Point, p: Point) -> (f64, f64) {
    let mut east = p.lon - origin.lon;
    if east.abs() > 180.0 {
        east -= 360.0_f64.copysign(east);
    }
    let metres = EARTH_RADIUS_M.to_radians();
    (east * metres * origin.lat.to_radians().cos(), (p.lat - origin.lat) * metres)
}

/// The stretch of the line from `a` to `b` (flat metres) that lies within `radius_m` of the
/// origin, as shares of the line, or nothing.
pub(super) fn within_circle(a: (f64, f64), b: (f64, f64), radius_m: f64) -> Option<(f64, f64)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let outside = a.0 * a.0 + a.1 * a.1 - radius_m * radius_m;
    if length2 <= 0.0 {
        return (outside <= 0.0).then_some((0.0, 1.0));
    }
    let half = (a.0 * dx + a.1 * dy) / length2;
    let root = half * half - outside / length2;
    if root < 0.0 {
        return None;
    }
    let (enter, leave) = (-half - root.sqrt(), -half + root.sqrt());
    (enter <= 1.0 && leave >= 0.0).then_some((enter.max(0.0), leave.min(1.0)))
}

/// A number that is close for points close together: the bits of both coordinates in turn, at
/// 24 bits each (Morton 1966, "A computer oriented geodetic data base").
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 24 bits")]
pub(super) fn morton(p: Point) -> u64 {
    let bits = |share: f64| (share * 16_777_216.0).clamp(0.0, 16_777_215.0) as u64;
    let (x, y) = (bits((p.lon + 180.0) / 360.0), bits((p.lat + 90.0) / 180.0));
    (0..24).fold(0, |key, i| key | (x >> i & 1) << (2 * i) | (y >> i & 1) << (2 * i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_date_line_is_no_wall_in_the_plane() {
        let (east, north) = flat(Point::wgs84(0.0, 179.9), Point::wgs84(0.1, -179.9));
        assert!((east - 22_239.0).abs() < 1.0 && (north - 11_119.5).abs() < 1.0);
    }

    #[test]
    fn a_line_through_a_circle_is_inside_in_the_middle() {
        let (enter, leave) = within_circle((-10.0, 0.0), (10.0, 0.0), 5.0).unwrap();
        assert!((enter - 0.25).abs() < 1e-9 && (leave - 0.75).abs() < 1e-9);
        assert_eq!(within_circle((-10.0, 6.0), (10.0, 6.0), 5.0), None);
        assert_eq!(within_circle((1.0, 1.0), (1.0, 1.0), 5.0), Some((0.0, 1.0)));
    }

    proptest! {
        #[test]
        fn a_point_comes_back_from_space(lat in -89.0..89.0f64, lon in -179.9..179.9f64) {
            let p = Point::wgs84(lat, lon);
            prop_assert!(p.distance_m(from_space(to_space(p))) < 0.001);
        }
    }
}
