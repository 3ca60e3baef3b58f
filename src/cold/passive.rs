//! Boxes without coolant over a whole day: each leg is an affine map of the entry temperature, legs
//! compose exactly, and the peak between is bounded at five knots, never optimistically.

use super::Lump;

/// How many entry temperatures the peaks are kept for. The bound's mean slack is 1.45 K with two,
/// 0.31 K with three and 0.07 K with five.
const KNOTS: usize = 5;

/// A run of legs of a box without coolant, for entry temperatures of one range.
///
/// The highest temperature within a run is a convex, rising function of the entry temperature with
/// a slope of at most one (a maximum of affine maps with slopes from 0 to 1), so straight lines
/// between exact values are an upper bound; for the lowest it is a lower bound. Own derivation;
/// associative up to that slack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passive {
    low_c: f64,
    high_c: f64,
    /// Exit temperature is `gain * entry + offset`.
    gain: f64,
    offset_c: f64,
    /// Highest and lowest temperature within, at each knot.
    peak_c: [f64; KNOTS],
    dip_c: [f64; KNOTS],
}

impl Passive {
    /// Nothing happens. The range is that of the entry temperatures of interest: the class's.
    pub fn still(low_c: f64, high_c: f64) -> Self {
        let mut one = Self {
            low_c,
            high_c: high_c.max(low_c + 1e-6),
            gain: 1.0,
            offset_c: 0.0,
            peak_c: [0.0; KNOTS],
            dip_c: [0.0; KNOTS],
        };
        for nth in 0..KNOTS {
            one.peak_c[nth] = one.knot(nth);
            one.dip_c[nth] = one.knot(nth);
        }
        one
    }

    /// One leg at one ambient temperature.
    #[must_use]
    pub fn leg(self, lump: &Lump, ambient_c: f64, seconds: f64) -> Self {
        let gain = (-seconds.max(0.0) / lump.lag_s()).exp();
        self.then(&self.map(gain, (1.0 - gain) * ambient_c))
    }

    /// One opening that leaves this share of the distance to the ambient.
    #[must_use]
    pub fn opening(self, keeps: f64, ambient_c: f64) -> Self {
        self.then(&self.map(keeps, (1.0 - keeps) * ambient_c))
    }

    /// One affine step; the temperature moves one way within it, so the ends are the extremes.
    fn map(self, gain: f64, offset_c: f64) -> Self {
        let mut one = Self { gain, offset_c, ..Self::still(self.low_c, self.high_c) };
        for nth in 0..KNOTS {
            let entry_c = one.knot(nth);
            one.peak_c[nth] = entry_c.max(one.exit_c(entry_c));
            one.dip_c[nth] = entry_c.min(one.exit_c(entry_c));
        }
        one
    }

    /// This run, then another of the same range.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut both = *self;
        both.gain = next.gain * self.gain;
        both.offset_c = next.gain * self.offset_c + next.offset_c;
        for nth in 0..KNOTS {
            let middle_c = self.exit_c(self.knot(nth));
            both.peak_c[nth] = self.peak_c[nth].max(next.peak_bound_c(middle_c));
            both.dip_c[nth] = self.dip_c[nth].min(next.dip_bound_c(middle_c));
        }
        both
    }

    /// The exit temperature, exactly.
    pub fn exit_c(&self, entry_c: f64) -> f64 {
        self.gain * entry_c + self.offset_c
    }

    /// At least the highest temperature within.
    pub fn peak_bound_c(&self, entry_c: f64) -> f64 {
        // Beyond the warm end the slope is at most one; below the cold end the bound is level.
        self.between(&self.peak_c, entry_c) + (entry_c - self.high_c).max(0.0)
    }

    /// At most the lowest temperature within.
    pub fn dip_bound_c(&self, entry_c: f64) -> f64 {
        self.between(&self.dip_c, entry_c) - (self.low_c - entry_c).max(0.0)
    }

    /// True when a box entered at this temperature surely stays in the range.
    pub fn keeps(&self, entry_c: f64) -> bool {
        self.peak_bound_c(entry_c) <= self.high_c && self.dip_bound_c(entry_c) >= self.low_c
    }

    #[expect(clippy::cast_precision_loss, reason = "there are five knots")]
    fn knot(&self, nth: usize) -> f64 {
        self.low_c + (self.high_c - self.low_c) * nth as f64 / (KNOTS - 1) as f64
    }

    /// Straight between the knots, level beyond them.
    #[expect(clippy::cast_precision_loss, reason = "there are five knots")]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the knots"
    )]
    fn between(&self, values: &[f64; KNOTS], entry_c: f64) -> f64 {
        let last = (KNOTS - 1) as f64;
        let share = ((entry_c - self.low_c) / (self.high_c - self.low_c)).clamp(0.0, 1.0) * last;
        let nth = (share.floor() as usize).min(KNOTS - 2);
        let part = share - nth as f64;
        values[nth] + part * (values[nth + 1] - values[nth])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The true extremes of a day by walking it.
    fn walked(legs: &[(f64, f64)], entry_c: f64) -> (f64, f64, f64) {
        let (mut now, mut peak, mut dip) = (entry_c, entry_c, entry_c);
        for &(ambient_c, minutes) in legs {
            now = Lump::MELON_CARTON.after(now, ambient_c, 60.0 * minutes);
            peak = peak.max(now);
            dip = dip.min(now);
        }
        (now, peak, dip)
    }

    fn run(legs: &[(f64, f64)]) -> Passive {
        let still = Passive::still(2.0, 8.0);
        legs.iter().fold(still, |run, &(ambient_c, minutes)| {
            run.leg(&Lump::MELON_CARTON, ambient_c, 60.0 * minutes)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn t23_the_knots_bound_the_true_peak(
            legs in prop::collection::vec((-30.0..40.0f64, 1.0..400.0f64), 0..12),
            entry_c in -5.0..25.0f64, cut in 0..12usize,
        ) {
            let (exit, peak, dip) = walked(&legs, entry_c);
            let (one, two) = legs.split_at(cut.min(legs.len()));
            for whole in [run(&legs), run(one).then(&run(two))] {
                prop_assert!((whole.exit_c(entry_c) - exit).abs() < 1e-9);
                prop_assert!(whole.peak_bound_c(entry_c) >= peak - 1e-9);
                prop_assert!(whole.dip_bound_c(entry_c) <= dip + 1e-9);
            }
        }
    }

    #[test]
    fn the_slack_of_five_knots_is_a_tenth_of_a_kelvin() {
        let (mut slack, mut days) = (0.0, 0.0);
        let mut rng = crate::rng::Rng::new(5, 1);
        for _ in 0..20_000 {
            let legs: Vec<(f64, f64)> =
                (0..8).map(|_| (60.0 * rng.unit() - 25.0, 120.0 * rng.unit())).collect();
            let entry_c = 2.0 + 6.0 * rng.unit();
            let (_, peak, dip) = walked(&legs, entry_c);
            // Only days that can be kept matter: beyond the range the bound just says no.
            if dip < 2.0 || peak > 8.0 {
                continue;
            }
            let bound = run(&legs[..4]).then(&run(&legs[4..])).peak_bound_c(entry_c);
            slack += bound - peak;
            days += 1.0;
        }
        assert!(days > 1000.0 && slack / days < 0.1, "{} over {days} days", slack / days);
    }

    #[test]
    fn an_opening_is_a_map_too() {
        let day = Passive::still(2.0, 15.0).opening(0.5, -20.0);
        assert!((day.exit_c(10.0) + 5.0).abs() < 1e-12);
        assert!(!day.keeps(10.0) && Passive::still(2.0, 15.0).keeps(10.0));
    }
}
