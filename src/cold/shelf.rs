//! Life used up on the way: produce by `Q10`, vaccines by their monitor, freezing by degree-hours.
//! Reports, never licences. Everything here is a sum over spans, so spans may be added in any order.

use serde::{Deserialize, Serialize};

/// Relative speed of decay of produce at 0, 10, 20, 30 and 40 °C (Saltveit, in USDA Agriculture
/// Handbook 66); straight in the logarithm between them.
const DECAY: [f64; 5] = [1.0, 3.0, 7.5, 15.0, 22.5];
const KELVIN: f64 = 273.15;
const DAY_S: f64 = 86_400.0;

/// How many times faster produce ages at this temperature than at 0 °C. Below 0 °C as at 0, above
/// 40 °C as at 40; not valid below the item's chilling limit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the five rows"
)]
pub fn decay_rate(celsius: f64) -> f64 {
    let at = (celsius / 10.0).clamp(0.0, 4.0);
    let row = (at.floor() as usize).min(DECAY.len() - 2);
    let share = at - row as f64;
    DECAY[row] * (DECAY[row + 1] / DECAY[row]).powf(share)
}

/// Produce with the life it has at one temperature.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelfLife {
    /// Its life, days.
    pub days: f64,
    /// At this temperature, degrees Celsius.
    pub at_c: f64,
}

impl ShelfLife {
    /// The share of its life that so many seconds at a temperature use.
    pub fn used(&self, celsius: f64, seconds: f64) -> f64 {
        seconds * decay_rate(celsius) / decay_rate(self.at_c) / (self.days * DAY_S)
    }
}

/// The monitor on a vaccine vial: its life at two temperatures, straight in the logarithm over the
/// inverse absolute temperature (WHO PQS E006; the lives from memory).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VialMonitor {
    /// Days at 37 °C.
    pub days_at_37: f64,
    /// The other temperature, degrees Celsius.
    pub other_c: f64,
    /// Days at the other temperature.
    pub days_at_other: f64,
}

impl VialMonitor {
    /// VVM2: 2 days at 37 °C, 225 at 5 °C.
    pub const VVM2: Self = Self { days_at_37: 2.0, other_c: 5.0, days_at_other: 225.0 };
    /// VVM7: 7 days at 37 °C, 45 at 25 °C.
    pub const VVM7: Self = Self { days_at_37: 7.0, other_c: 25.0, days_at_other: 45.0 };
    /// VVM14: 14 days at 37 °C, 90 at 25 °C.
    pub const VVM14: Self = Self { days_at_37: 14.0, other_c: 25.0, days_at_other: 90.0 };
    /// VVM30: 30 days at 37 °C, 193 at 25 °C.
    pub const VVM30: Self = Self { days_at_37: 30.0, other_c: 25.0, days_at_other: 193.0 };

    /// The names of the categories.
    pub const NAMES: [&'static str; 4] = ["VVM2", "VVM7", "VVM14", "VVM30"];

    /// The category of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        let all = [Self::VVM2, Self::VVM7, Self::VVM14, Self::VVM30];
        Self::NAMES.into_iter().zip(all).find(|(known, _)| *known == name).map(|(_, one)| one)
    }

    /// Activation energy over the gas constant, K.
    fn slope_k(&self) -> f64 {
        let inverse = 1.0 / (self.other_c + KELVIN) - 1.0 / (37.0 + KELVIN);
        (self.days_at_other / self.days_at_37).ln() / inverse
    }

    /// Activation energy, kJ/mol.
    pub fn energy_kj_per_mol(&self) -> f64 {
        self.slope_k() * 8.3144e-3
    }

    /// Its life at a temperature, days.
    pub fn days_at(&self, celsius: f64) -> f64 {
        let inverse = 1.0 / (celsius + KELVIN) - 1.0 / (37.0 + KELVIN);
        self.days_at_37 * (self.slope_k() * inverse).exp()
    }

    /// The share of its life that so many seconds at a temperature use.
    pub fn used(&self, celsius: f64, seconds: f64) -> f64 {
        seconds / (self.days_at(celsius) * DAY_S)
    }
}

/// `max(0, -T) dt`, degree-hours below zero: what freezing takes beside supercooling (62.9 to freeze a
/// 100 ml vial; PDA Journal risk table). A report: any payload below its limit is a violation.
pub fn degree_hours_below_zero(celsius: f64, seconds: f64) -> f64 {
    (-celsius).max(0.0) * seconds / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 0.005, "found {found}, expected {expected}");
    }

    #[test]
    fn t17_produce_ages_faster_in_the_warm() {
        near(decay_rate(5.0), 1.7321);
        near(decay_rate(15.0), 4.7434);
        near(decay_rate(25.0), 10.6066);
        let melon = ShelfLife { days: 14.0, at_c: 10.0 };
        near(melon.used(25.0, 6.0 * 3600.0), 0.0631);
        near(decay_rate(60.0), 22.5);
        near(decay_rate(-5.0), 1.0);
    }

    #[test]
    fn monitors_imply_their_activation_energies() {
        for monitor in [VialMonitor::VVM7, VialMonitor::VVM14, VialMonitor::VVM30] {
            near(monitor.energy_kj_per_mol(), 119.2);
            near(monitor.days_at(25.0), monitor.days_at_other);
        }
        near(VialMonitor::VVM2.energy_kj_per_mol(), 105.9);
        near(VialMonitor::VVM2.used(37.0, 43_200.0), 0.25);
    }

    #[test]
    fn freezing_is_counted_in_degree_hours() {
        near(degree_hours_below_zero(-5.0, 8.0 * 3600.0), 40.0);
        assert!(degree_hours_below_zero(3.0, 3600.0).abs() < 1e-12);
    }
}
