//! The temperature of the search, and how much worse a step may be. Only additions and products of
//! floats are used, so every machine does the same.

use crate::rng::Rng;

/// How many steps the table of the temperature has.
const TABLE: usize = 256;
/// The end temperature as a share of the first; with windows a search that cools further stands still.
const END: f64 = 0.012;
const END_TIMED: f64 = 0.02;

/// The temperature over one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cooling {
    from: f64,
    to: f64,
}

/// The fall of the temperature over a whole search, geometrically.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    // Invariant: TABLE + 1 entries, falling.
    fall: Vec<f64>,
    first: f64,
}

impl Schedule {
    /// A schedule that begins at temperature `first`, for a day with windows or one without.
    pub(crate) fn new(first: f64, is_timed: bool) -> Self {
        let last = if is_timed { END_TIMED } else { END };
        // The TABLE-th root of it by bisection: no library function that differs between machines.
        let (mut low, mut high) = (0.9, 1.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            let end = (0..TABLE).fold(1.0, |product: f64, _| product * middle);
            if end < last { low = middle } else { high = middle }
        }
        let mut fall = vec![1.0];
        for i in 0..TABLE {
            fall.push(fall[i] * low);
        }
        Self { fall, first }
    }

    /// The temperature when `spent` of the budget (0 to 1) is used up.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the share is clamped to the table"
    )]
    fn at(&self, spent: f64) -> f64 {
        let at = spent.clamp(0.0, 1.0) * TABLE as f64;
        let index = (at as usize).min(TABLE - 1);
        let (a, b) = (self.fall[index], self.fall[index + 1]);
        self.first * (a + (b - a) * (at - index as f64))
    }

    /// The fall from a share of the budget to its end.
    pub(crate) fn tail(&self, from: f64) -> Cooling {
        self.round(from, 1.0)
    }

    /// The temperature over a round between two shares of the budget.
    pub(crate) fn round(&self, from: f64, to: f64) -> Cooling {
        Cooling { from: self.at(from), to: self.at(to) }
    }
}

impl Cooling {
    /// The temperature at a step of the round.
    #[expect(clippy::cast_precision_loss, reason = "step counts stay far below 2^53")]
    pub(crate) fn at(&self, step: u64, steps: u64) -> f64 {
        self.from + (self.to - self.from) * (step as f64 / steps.max(1) as f64)
    }

    /// By how much a step may be worse at a temperature: -T ln U with U drawn from (0, 1].
    #[expect(
        clippy::cast_possible_truncation,
        clippy::unused_self,
        reason = "temperatures are prices of a few arcs; the rule belongs to the schedule"
    )]
    pub(crate) fn threshold(&self, temperature: f64, rng: &mut Rng) -> i64 {
        (temperature * minus_ln(rng.next_u32())) as i64
    }
}

/// -ln((u + 1) / 2^32), by splitting off powers of two and the series of the area tangent.
fn minus_ln(u: u32) -> f64 {
    const LN_2: f64 = std::f64::consts::LN_2;
    let n = u64::from(u) + 1;
    let shift = n.leading_zeros() - 31;
    // 1 <= mantissa < 2
    #[expect(clippy::cast_precision_loss, reason = "33 bits fit a float")]
    let mantissa = (n << shift) as f64 / (1_u64 << 32) as f64;
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let (mut term, mut sum) = (z, 0.0);
    for k in 0..10 {
        sum += term / f64::from(2 * k + 1);
        term *= z * z;
    }
    f64::from(shift) * LN_2 - 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_the_logarithm() {
        for u in [0, 1, 2, 1000, 1 << 20, 0x8000_0000, u32::MAX - 1, u32::MAX] {
            let exact = -((f64::from(u) + 1.0) / 4_294_967_296.0).ln();
            assert!((minus_ln(u) - exact).abs() < 1e-8, "{u}: {} {exact}", minus_ln(u));
        }
    }

    #[test]
    fn the_temperature_falls_from_first_to_end() {
        let schedule = Schedule::new(100.0, false);
        assert!((schedule.at(0.0) - 100.0).abs() < 1e-9);
        assert!((schedule.at(1.0) - 100.0 * END).abs() < 1e-6);
        assert!(schedule.at(0.3) > schedule.at(0.31));
    }
}
