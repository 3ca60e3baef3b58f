//! Mean kinetic temperature: one number for a report. It never licenses an excursion, because it
//! cannot see freezing.

/// Activation energy over the gas constant, kelvin: 83.144 kJ/mol over 8.3144 J/(mol K), the
/// default of USP <1079.2>.
const EA_OVER_R: f64 = 10_000.0;
const KELVIN: f64 = 273.15;
/// The gas constant, kJ/(mol K).
const R_KJ_PER_MOL_K: f64 = 8.3144e-3;

/// The running mean kinetic temperature (Haynes 1971, J Pharm Sci 60, 927; USP <1079.2>). Two sums,
/// so spans may be added in any order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KineticMean {
    /// Activation energy over the gas constant, K.
    energy_k: f64,
    weight_s: f64,
    span_s: f64,
}

impl Default for KineticMean {
    fn default() -> Self {
        Self { energy_k: EA_OVER_R, weight_s: 0.0, span_s: 0.0 }
    }
}

impl KineticMean {
    /// By a product's own activation energy, kJ/mol, instead of the default of 83.144.
    pub fn of_energy(kj_per_mol: f64) -> Self {
        Self { energy_k: kj_per_mol / R_KJ_PER_MOL_K, ..Self::default() }
    }

    /// Adds a span of so many seconds at one temperature in degrees Celsius.
    #[must_use]
    pub fn and(mut self, celsius: f64, seconds: f64) -> Self {
        if seconds > 0.0 && seconds.is_finite() && celsius.is_finite() && celsius > -KELVIN {
            self.weight_s += seconds * (-self.energy_k / (celsius + KELVIN)).exp();
            self.span_s += seconds;
        }
        self
    }

    /// The mean in degrees Celsius; none before any time has passed.
    pub fn celsius(self) -> Option<f64> {
        (self.span_s > 0.0 && self.weight_s > 0.0)
            .then(|| self.energy_k / -(self.weight_s / self.span_s).ln() - KELVIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_s_own_energy_weighs_warm_hours_more_or_less() {
        let day =
            |mean: KineticMean| mean.and(5.0, 23.0 * 3600.0).and(25.0, 3600.0).celsius().unwrap();
        let usual = day(KineticMean::default());
        assert!((day(KineticMean::of_energy(83.144)) - usual).abs() < 1e-9);
        assert!(day(KineticMean::of_energy(120.0)) > usual + 1.0);
        // Without any barrier all hours weigh alike.
        assert!((day(KineticMean::of_energy(1.0)) - (5.0 + 20.0 / 24.0)).abs() < 0.1);
    }

    fn check(spans: &[(f64, f64)], expected_c: f64) -> f64 {
        let mean =
            spans.iter().fold(KineticMean::default(), |mean, &(c, h)| mean.and(c, h * 3600.0));
        let found_c = mean.celsius().unwrap();
        assert!((found_c / expected_c - 1.0).abs() < 0.005, "{mean:?}");
        found_c
    }

    #[test]
    fn t01_t02_an_hour_at_25_passes_and_two_hours_fail() {
        // Controlled cold is tolerated up to a mean of 8 °C in 24 h.
        assert!(check(&[(5.0, 23.0), (25.0, 1.0)], 7.756) <= 8.0);
        assert!(check(&[(5.0, 22.0), (25.0, 2.0)], 9.825) > 8.0);
    }

    #[test]
    fn t03_the_mean_cannot_see_freezing() {
        check(&[(5.0, 23.5), (-5.0, 0.5)], 4.880);
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(KineticMean::default().and(f64::NAN, 5.0).celsius(), None);
    }
}
