//! Travel on a plane: distances worked out from coordinates when asked for, as benchmark instances
//! state them. Takes two numbers a place where a table takes one cell a pair.

use crate::units::{Leg, Metres, Seconds};

/// How a scaled distance becomes a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// To the nearest; a half goes up.
    Nearest,
    /// Down: what is behind the point is cut off.
    Down,
    /// Up.
    Up,
}

/// Turns a distance in the unit of the coordinates into whole metres: times `per_unit`, then
/// rounded. A second is driven for each metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaneScale {
    /// Whole metres to one unit of the coordinates; at least one.
    pub per_unit: u32,
    /// How they are made whole.
    pub round: Round,
}

impl PlaneScale {
    /// The whole number of metres of a distance; saturates at [`Metres::UNLIMITED`].
    pub fn metres(self, distance: f64) -> Metres {
        let scaled = distance * f64::from(self.per_unit);
        let nearest = Metres::round(scaled);
        let below = i64::from(nearest.as_f64() > scaled);
        let above = i64::from(nearest.as_f64() < scaled && nearest < Metres::UNLIMITED);
        match self.round {
            Round::Nearest => nearest,
            Round::Down => Metres(nearest.0 - below),
            Round::Up => Metres(nearest.0 + above),
        }
    }

    /// The leg of a distance: as many seconds as metres.
    pub fn leg(self, distance: f64) -> Leg {
        let metres = self.metres(distance);
        Leg { seconds: Seconds(metres.0), metres }
    }
}

/// Points of a plane and how their distances are rounded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    points: Vec<[f64; 2]>,
    scale: PlaneScale,
}

impl Plane {
    pub(super) fn new(points: Vec<[f64; 2]>, scale: PlaneScale) -> Self {
        Self { points, scale }
    }

    #[inline]
    pub(super) fn leg(&self, from: usize, to: usize) -> Leg {
        self.scale.leg(straight(self.points[from], self.points[to]))
    }
}

/// The straight distance of two points of a plane, by operations that give the same result on every
/// machine.
pub fn straight(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_scaled_then_rounded() {
        let check = |per_unit, round, distance, metres| {
            let scale = PlaneScale { per_unit, round };
            assert_eq!(scale.metres(distance), Metres(metres), "{scale:?}");
        };
        check(1, Round::Nearest, 2.5, 3);
        check(10, Round::Down, 1.99, 19);
        check(1000, Round::Nearest, 1.2346, 1235);
        check(1, Round::Up, 1.01, 2);
    }

    #[test]
    fn legs_are_as_long_in_time_as_in_metres() {
        let scale = PlaneScale { per_unit: 10, round: Round::Down };
        let plane = Plane::new(vec![[0.0, 0.0], [3.0, 4.0]], scale);
        assert_eq!(plane.leg(0, 1), Leg { seconds: Seconds(50), metres: Metres(50) });
        assert_eq!(plane.leg(1, 1), Leg::default());
    }
}
