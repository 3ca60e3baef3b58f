//! What repeated openings do to a payload: how near its limit it is, as a share, in a form that is
//! on the safe side for either side of the plateau.
//!
//! Let `D` be how far the payload is from its steady temperature towards its limit, and `x` the
//! share of the way there. A closed lid makes `x` fall, `x <- x e^(-t / tau)`; an opening pulls it
//! towards the ambient, `x <- k x + j`. Both are affine, so a run of openings is one affine map with
//! a largest admissible entry, and runs compose. Own derivation. All numbers are rounded to the
//! worse side, and `x` is never taken below 0: the bound holds for weather that changes within its
//! band, as the payload's temperature never falls when the air is warmer.

use super::{Means, PackOut, ProductClass};
use crate::units::{MilliCelsius, Seconds};

/// One whole in fixed point.
const ONE: f64 = 1_000_000_000.0;

/// How the openings of a box add up, in thousand-millionths, rounded to the worse side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LidTerms {
    /// `k`: the share of the payload's deviation that one opening leaves.
    pub keeps: i64,
    /// `j`: what one opening adds, as a share of the way from rest to the limit. Above one whole when
    /// even a payload at rest leaves its range.
    pub jump: i64,
    /// `tau`: the payload's time constant.
    pub lag: Seconds,
}

impl LidTerms {
    /// Openings without any effect.
    pub const NONE: Self = Self { keeps: 0, jump: 0, lag: Seconds(1) };

    /// The best of two boxes in each number.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        Self {
            keeps: self.keeps.min(other.keeps),
            jump: self.jump.min(other.jump),
            lag: self.lag.min(other.lag),
        }
    }

    /// `k` as a share.
    pub fn keeps_share(self) -> f64 {
        fixed(self.keeps)
    }

    /// `j` as a share.
    pub fn jump_share(self) -> f64 {
        fixed(self.jump)
    }

    /// `e^(-t / tau)`, what a closed lid leaves of the deviation.
    pub fn decay(self, closed: Seconds) -> f64 {
        (-closed.as_f64().max(0.0) / self.lag.as_f64().max(1.0)).exp()
    }

    /// The deviation after an opening at the end of so many seconds of closed lid. Above one whole, the
    /// payload may leave its range.
    pub fn after(self, deviation: f64, closed: Seconds) -> f64 {
        self.keeps_share() * deviation * self.decay(closed) + self.jump_share()
    }

    /// The terms of a box whose ambient stays between two temperatures, degrees Celsius.
    pub(super) fn of(packout: &PackOut, class: &ProductClass, low_c: f64, high_c: f64) -> Self {
        let (keeps, worst) = (packout.opening_keeps(), (low_c, high_c));
        let Some(jump) = jump(packout, class, worst, worst).filter(|&jump| jump > 0.0) else {
            return Self::NONE;
        };
        Self {
            keeps: whole(keeps),
            jump: whole(jump),
            lag: Seconds::round(packout.payload_lag_s().ceil()).max(Seconds(1)),
        }
    }

    /// What one opening in some air adds where the ambient of the day stays between two temperatures,
    /// degrees Celsius: rest and limit are those of the day's, so that openings in different air add up.
    pub(super) fn jump_in(
        packout: &PackOut,
        class: &ProductClass,
        worst: (f64, f64),
        air: (f64, f64),
    ) -> i64 {
        jump(packout, class, worst, air).map_or(0, whole)
    }

    /// What a degree more adds to an opening where the ambient of the day stays between two temperatures,
    /// degrees Celsius; see [`LidTerms::jump`].
    pub(super) fn jump_per_k(packout: &PackOut, class: &ProductClass, worst: (f64, f64)) -> i64 {
        if packout.means == Means::Walls {
            return 0;
        }
        let keeps = packout.opening_keeps();
        let one = |limit: Option<MilliCelsius>, worst_c: f64, sign: f64| {
            let room_k = sign * (limit?.degrees() - packout.payload_steady_c(worst_c));
            let is_hazard = sign * (worst_c - limit?.degrees()) > 0.0;
            is_hazard.then_some((1.0 - keeps) / room_k.max(1e-6))
        };
        let warm = one(class.highest(), worst.1, 1.0);
        let cold = one(class.lowest(), worst.0, -1.0);
        warm.into_iter().chain(cold).reduce(f64::max).map_or(0, whole)
    }
}

/// As a share of the way from rest in the worst ambient to the limit; none when that ambient does no
/// harm on either side, and without coolant: there openings count as hold. In a compartment, whose walk
/// lets openings add up beyond the air they are made in, any air beyond its own counts, from whichever
/// edge of its band it takes the goods farther.
fn jump(
    packout: &PackOut,
    class: &ProductClass,
    worst: (f64, f64),
    (low_c, high_c): (f64, f64),
) -> Option<f64> {
    if packout.means == Means::Walls {
        return None;
    }
    let is_room = matches!(packout.means, Means::Unit(_));
    let rests = packout.payload_rests_c(worst.0, worst.1);
    let one =
        |limit: Option<MilliCelsius>, (worst_c, rest_c): (f64, f64), air_c: f64, sign: f64| {
            let limit_c = limit.map(MilliCelsius::degrees)?;
            let room_k = sign * (limit_c - rest_c);
            // Within the class the air does no harm.
            let is_hazard = sign * (worst_c - if is_room { rest_c } else { limit_c }) > 0.0;
            let pulled_k = |edge: PackOut, from_c: f64| {
                edge.opening_share(air_c) * (sign * (air_c - from_c)).max(0.0)
            };
            let own = pulled_k(packout.at_edge(sign), rest_c);
            let far = packout.at_edge(-sign);
            let far_c = if is_room { far.payload_steady_c(air_c) } else { rest_c };
            is_hazard.then(|| own.max(pulled_k(far, far_c)) / room_k.max(1e-6))
        };
    let warm = one(class.highest(), (worst.1, rests.1), high_c, 1.0);
    let cold = one(class.lowest(), (worst.0, rests.0), low_c, -1.0);
    warm.into_iter().chain(cold).reduce(f64::max)
}

fn fixed(value: i64) -> f64 {
    MilliCelsius(value).as_f64() / ONE
}

/// In fixed point, rounded up, with one unit against rounding.
fn whole(share: f64) -> i64 {
    Seconds::round((share.clamp(0.0, 1e6) * ONE).ceil() + 1.0).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(packout: &PackOut, low_c: f64, high_c: f64) -> LidTerms {
        let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
        LidTerms::of(packout, &class, low_c, high_c)
    }

    #[test]
    fn one_opening_of_p7_at_30_degrees_takes_nine_tenths_of_the_way() {
        let p7 = PackOut::p7();
        let summer = terms(&p7, 30.0, 30.0);
        // From 7 °C at rest: (30 - 7) (1 - e^-0.04) of one kelvin.
        let share = 23.0 * (1.0 - (-0.04_f64).exp());
        assert!((summer.jump_share() - share).abs() < 1e-6, "{summer:?}");
        assert!((summer.after(0.0, Seconds(0)) - share).abs() < 1e-6);
        assert!(summer.after(share, Seconds(300)) > 1.0, "another five minutes later is too much");
        assert!(summer.after(share, Seconds::minutes(48)) < 1.0);
        assert_eq!(summer.lag, Seconds(884));
        let mild = terms(&p7, 15.0, 20.0);
        let three = (0..3).fold(0.0, |x, _| mild.after(x, Seconds::ZERO));
        assert!(three < 1.0 && mild.after(three, Seconds::ZERO) > 1.0, "{three}");
    }

    #[test]
    fn the_worse_side_counts_and_harmless_air_does_not() {
        let p7 = PackOut::p7();
        let (both, winter) = (terms(&p7, -20.0, 20.0), terms(&p7, -20.0, 7.0));
        assert_eq!(both, winter);
        assert_eq!(terms(&p7, 3.0, 7.0), LidTerms::NONE);
        assert!(terms(&p7, -25.0, 0.0).jump_share() > 1.0);
        let large = terms(&PackOut::c25(), 20.0, 20.0);
        let better = winter.better(large);
        assert!(better.keeps <= large.keeps && better.lag == winter.lag && winter.lag < large.lag);
    }
}
