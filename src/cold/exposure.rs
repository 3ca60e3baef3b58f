//! Exposure of the coolant over a day whose air is now above, now below the plateau: how much heat
//! at least and at most, in sum and at the worst moment. One object that joins in constant time.

use super::PackOut;
use crate::units::Seconds;

/// The heat that enters a box's coolant over a piece of its day, quasi-steady, as an interval, J.
///
/// With least and most of each leg `[x-, x+]`: the sums, the lowest and the highest partial sum from
/// the piece's start (a prefix minimum and maximum, which compose; our own form). Exact for fixed
/// legs, conservative for a band of weather.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exposure {
    /// The least heat in all.
    pub least_j: f64,
    /// The lowest it may get on the way; not above 0.
    pub lowest_j: f64,
    /// The most heat in all.
    pub most_j: f64,
    /// The highest it may get on the way; not below 0.
    pub highest_j: f64,
}

/// A span of closed lid in air between two temperatures, then openings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExposureLeg {
    /// How long.
    pub seconds: Seconds,
    /// Coldest air, degrees Celsius.
    pub low_c: f64,
    /// Warmest air, degrees Celsius.
    pub high_c: f64,
    /// How often the lid is opened in that air; each opening may take any time up to its full one.
    pub openings: u32,
}

impl Exposure {
    /// The exposure of one leg.
    pub fn of(packout: &PackOut, leg: ExposureLeg) -> Self {
        let closed = |air_c: f64| packout.exposure_j(air_c, leg.seconds.as_f64(), 0.0);
        let open = |air_c: f64| packout.exposure_j(air_c, 0.0, f64::from(leg.openings));
        let least_j = closed(leg.low_c) + open(leg.low_c).min(0.0);
        let most_j = closed(leg.high_c) + open(leg.high_c).max(0.0);
        Self { least_j, lowest_j: least_j.min(0.0), most_j, highest_j: most_j.max(0.0) }
    }

    /// This piece, then another.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            least_j: self.least_j + next.least_j,
            lowest_j: self.lowest_j.min(self.least_j + next.lowest_j),
            most_j: self.most_j + next.most_j,
            highest_j: self.highest_j.max(self.most_j + next.highest_j),
        }
    }

    /// The same with so much waiting anywhere in it, in air between two temperatures. Conservative.
    #[must_use]
    pub fn waiting(mut self, packout: &PackOut, seconds: Seconds, low_c: f64, high_c: f64) -> Self {
        let least_j = packout.exposure_j(low_c, seconds.as_f64(), 0.0);
        let most_j = packout.exposure_j(high_c, seconds.as_f64(), 0.0);
        self.least_j += least_j;
        self.lowest_j += least_j.min(0.0);
        self.most_j += most_j;
        self.highest_j += most_j.max(0.0);
        self
    }

    /// What the coolant's path may deviate from the quasi-steady one: `C_p (1 - r)` times the width of
    /// the payload's range, J.
    pub fn slack_j(packout: &PackOut, width_k: f64) -> f64 {
        packout.payload_j_per_k * (1.0 - packout.payload_offset) * width_k
    }

    /// True when the box keeps its plateau with the reserve of its status on both sides: at most 80 %
    /// of the headroom is used (70 % where a number is only declared), by a box with so much of its
    /// coolant melted at the start.
    pub fn fits(&self, packout: &PackOut, melted_share: f64, width_k: f64) -> bool {
        let (slack_j, used) = (Self::slack_j(packout, width_k), packout.status.headroom_used());
        let melted_j = packout.latent_j * melted_share;
        let warm = self.highest_j <= 0.0
            || self.highest_j + slack_j <= used * (packout.latent_j - melted_j);
        let cold = self.lowest_j >= 0.0 || -self.lowest_j + slack_j <= used * melted_j;
        warm && cold
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cold::{Conditioning, Packed, ProductClass, Step, simulate};

    fn leg(air_c: f64, minutes: i64, openings: u32) -> ExposureLeg {
        ExposureLeg { seconds: Seconds::minutes(minutes), low_c: air_c, high_c: air_c, openings }
    }

    fn day(legs: &[ExposureLeg]) -> Exposure {
        let p7 = PackOut::p7();
        legs.iter().fold(Exposure::default(), |day, &leg| day.then(Exposure::of(&p7, leg)))
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 0.005 * expected.abs(), "{found}, {expected}");
    }

    #[test]
    fn t08_a_day_on_both_sides_of_the_plateau() {
        let day = day(&[leg(20.0, 60, 0), leg(-20.0, 300, 0), leg(20.0, 60, 0)]);
        near(day.least_j, -85_500.0);
        near(day.lowest_j, -99_000.0);
        near(day.highest_j, 13_500.0);
        assert!(day.fits(&PackOut::p7(), 0.5, 6.0));
        assert!(!day.fits(&PackOut::p7(), 0.0, 6.0), "all frozen has nothing to give to frost");
    }

    #[test]
    fn t10_the_winter_day_of_the_search() {
        let legs = [
            leg(20.0, 30, 0),
            leg(-20.0, 90, 1),
            leg(-20.0, 60, 1),
            leg(-10.0, 120, 1),
            leg(-20.0, 150, 0),
        ];
        near(day(&legs).lowest_j, -140_550.0);
        near(0.9 * PackOut::p7().latent_j + day(&legs).lowest_j, 372_450.0);
        near(day(&legs).highest_j, 6_750.0);
    }

    #[test]
    fn t11_t12_the_summer_day_and_a_day_s_swing() {
        near(day(&[leg(30.0, 48, 1); 10]).most_j, 210_000.0);
        // -10 - 10 cos(2 pi (t - 4) / 24) °C from 06 to 18 h, in steps of a minute.
        let air = |minute: i64| {
            let hour = Seconds(minute).as_f64() / 60.0;
            -10.0 - 10.0 * (std::f64::consts::TAU * (hour - 4.0) / 24.0).cos()
        };
        let legs: Vec<ExposureLeg> = (360..1080).map(|minute| leg(air(minute), 1, 0)).collect();
        near(day(&legs).least_j / (0.25 * 3600.0), -141.80);
        let wide = ExposureLeg { low_c: -20.0, high_c: -20.0, ..leg(0.0, 720, 0) };
        near(day(&[wide]).least_j / (0.25 * 3600.0), -300.0);
    }

    fn legs() -> impl Strategy<Value = Vec<ExposureLeg>> {
        let leg = (-30.0..30.0f64, 0.0..8.0f64, 0..20_000i64, 0..3u32);
        let leg = leg.prop_map(|(low_c, width, seconds, openings)| ExposureLeg {
            seconds: Seconds(seconds),
            low_c,
            high_c: low_c + width,
            openings,
        });
        prop::collection::vec(leg, 0..10)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

        #[test]
        fn t23_exposures_join_alike_in_any_bracketing(legs in legs(), cut in 0..10usize) {
            let (one, two) = legs.split_at(cut.min(legs.len()));
            let (whole, parts) = (day(&legs), day(one).then(day(two)));
            let pairs = [
                (whole.least_j, parts.least_j),
                (whole.lowest_j, parts.lowest_j),
                (whole.most_j, parts.most_j),
                (whole.highest_j, parts.highest_j),
            ];
            for (a, b) in pairs {
                prop_assert!((a - b).abs() < 1e-6);
            }
        }

        /// The two-node path of the coolant stays within the quasi-steady bounds and the slack, whatever
        /// the weather does in its band. Goods packed colder than the plateau take their heat from coolant
        /// that may be all solid, warmer ones give it to coolant that may be all liquid: it leaves the plateau
        /// by that at the most.
        #[test]
        fn the_coolant_stays_within_its_bounds(
            legs in legs(), melted in 0.0..=1.0f64, payload_c in 2.0..=8.0f64, share in 0.0..1.0f64,
        ) {
            let p7 = PackOut::p7();
            let day = day(&legs);
            if !day.fits(&p7, melted, 6.0) {
                return Ok(());
            }
            let steps: Vec<Step> = legs.iter().map(|leg| Step {
                seconds: leg.seconds,
                ambient_c: leg.low_c + share * (leg.high_c - leg.low_c),
                openings_after: leg.openings,
            }).collect();
            let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
            let conditioning = Conditioning::Melted(melted);
            let packed = Packed { packout: &p7, conditioning, class: &class, payload_c };
            let trace = simulate(&packed, &steps).unwrap();
            let below = Exposure::slack_j(&p7, (p7.plateau_c - payload_c).max(0.0)) + 1e-6;
            let above = Exposure::slack_j(&p7, (payload_c - p7.plateau_c).max(0.0)) + 1e-6;
            prop_assert!(trace.coolant_end_j > -below && trace.coolant_end_j < p7.latent_j + above);
            for step in &trace.steps {
                let moved = step.coolant_j - melted * p7.latent_j;
                let slack = Exposure::slack_j(&p7, 6.0) + 1e-6;
                prop_assert!(moved >= day.lowest_j - slack && moved <= day.highest_j + slack);
            }
        }
    }
}
