//! Air at another height than the one a forecast is of, as a band beside it.

use super::LAPSE_K_PER_KM;
use crate::units::MilliCelsius;

/// How much colder and how much warmer than at the forecast's place the air may be somewhere; below
/// zero where it is surely warmer, or colder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AirShift {
    /// Taken off the coldest.
    pub colder: MilliCelsius,
    /// Added to the warmest.
    pub warmer: MilliCelsius,
}

impl AirShift {
    /// The forecast's own place.
    pub const NONE: Self = Self { colder: MilliCelsius::ZERO, warmer: MilliCelsius::ZERO };

    /// Anywhere between two heights, metres above the forecast's place, by the standard atmosphere's lapse
    /// of 6.5 K per kilometre (ICAO Doc 7488). Heights beyond 9 km count as that.
    pub fn between(lowest_m: f64, highest_m: f64) -> Self {
        let lapse = |metres: f64| {
            MilliCelsius::celsius(metres.clamp(-9000.0, 9000.0) / 1000.0 * LAPSE_K_PER_KM)
        };
        Self { colder: lapse(highest_m), warmer: MilliCelsius::ZERO - lapse(lowest_m) }
    }

    /// Anywhere in this band or another.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { colder: self.colder.max(other.colder), warmer: self.warmer.max(other.warmer) }
    }

    /// The part of this band that lies in another; its nearer end where none does.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        let (low, high) = (MilliCelsius::ZERO - other.colder, other.warmer);
        let colder = (MilliCelsius::ZERO - self.colder).clamp(low, high);
        let warmer = self.warmer.clamp(low, high);
        Self { colder: MilliCelsius::ZERO - colder, warmer }
    }

    /// The middle of the band.
    pub fn middle(self) -> MilliCelsius {
        MilliCelsius((self.warmer.0 - self.colder.0).div_euclid(2))
    }

    /// Some air of the forecast's place, coldest and warmest, as it may be here.
    pub fn of(self, (low, high): (MilliCelsius, MilliCelsius)) -> (MilliCelsius, MilliCelsius) {
        (low - self.colder, high + self.warmer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_colder_and_a_valley_warmer() {
        let pass = AirShift::between(1000.0, 1000.0);
        assert_eq!(
            pass.of((MilliCelsius(0), MilliCelsius(0))),
            (MilliCelsius(-6500), MilliCelsius(-6500))
        );
        let way = pass.and(AirShift::between(-200.0, 0.0));
        assert_eq!(
            way.of((MilliCelsius(0), MilliCelsius(0))),
            (MilliCelsius(-6500), MilliCelsius(1300))
        );
        assert_eq!(way.middle(), MilliCelsius(-2600));
        let low = AirShift::between(-300.0, -100.0);
        assert_eq!(low.within(way), AirShift::between(-200.0, -100.0));
        assert_eq!(way.within(way), way);
    }
}
