//! One phase of a box: coolant solid, melting or liquid, ambient constant. Every phase has a closed
//! form: a constant, a slope and two exponentials, so that nothing is integrated in steps.

use super::{Means, PackOut};

/// Steps of a bisection: more than a double has bits.
const BISECTIONS: usize = 64;

/// `steady + slope t + sum a_i e^(-k_i t)` with at most one turning point, `t` in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    steady: f64,
    slope: f64,
    /// Amplitude and rate 1/s; either the slope or the second amplitude is zero.
    fading: [(f64, f64); 2],
}

impl Curve {
    pub(super) fn at(&self, seconds: f64) -> f64 {
        let fading: f64 = self.fading.iter().map(|(a, k)| a * (-k * seconds).exp()).sum();
        self.steady + self.slope * seconds + fading
    }

    /// Where it turns, if it does before `until`.
    fn turn(&self, until: f64) -> Option<f64> {
        let [(a1, k1), (a2, k2)] = self.fading;
        // Zero of `slope - sum a k e^(-k t)`, by logarithm.
        let seconds = if a2 * k2 == 0.0 {
            (a1 * k1 / self.slope).ln() / k1
        } else {
            (-(a1 * k1) / (a2 * k2)).ln() / (k1 - k2)
        };
        (seconds > 0.0 && seconds < until).then_some(seconds)
    }

    /// Lowest and highest value up to `until`.
    pub(super) fn extremes(&self, until: f64) -> (f64, f64) {
        let (start, end) = (self.at(0.0), self.at(until));
        let turn = self.turn(until).map_or(end, |seconds| self.at(seconds));
        (start.min(end).min(turn), start.max(end).max(turn))
    }

    /// The first moment up to `until` from which the curve is below `level` (`sign` -1) or above it
    /// (`sign` 1), rounded to the last moment that is still inside.
    pub(super) fn crossing(&self, level: f64, sign: f64, until: f64) -> Option<f64> {
        let beyond = |seconds: f64| sign * (self.at(seconds) - level) > 0.0;
        let turn = self.turn(until).unwrap_or(until);
        let mut inside = 0.0;
        for piece_end in [turn, until] {
            if beyond(piece_end) {
                let mut outside = piece_end;
                for _ in 0..BISECTIONS {
                    let middle = 0.5 * (inside + outside);
                    if beyond(middle) {
                        outside = middle;
                    } else {
                        inside = middle;
                    }
                }
                return Some(inside);
            }
            inside = piece_end;
        }
        None
    }
}

/// Coolant and payload at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct State {
    /// Coolant enthalpy `H`, J: 0 all solid at the plateau, `L` all liquid at the plateau.
    pub(super) coolant_j: f64,
    /// Payload temperature, degrees Celsius.
    pub(super) payload_c: f64,
}

/// Payload and coolant of one phase as functions of the seconds since its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    pub(super) payload_c: Curve,
    coolant_j: Curve,
    /// Where the coolant leaves the phase: level in J and direction.
    exits: [Option<(f64, f64)>; 2],
}

impl Phase {
    /// The phase that begins in this state.
    pub(super) fn of(packout: &PackOut, state: State, ambient_c: f64) -> Self {
        if packout.means != Means::Coolant {
            return Self::one_lump(packout, state, ambient_c);
        }
        let latent_j = packout.latent_j;
        let lead_k = match state.payload_c - packout.plateau_c {
            0.0 => ambient_c - packout.plateau_c,
            lead_k => lead_k,
        };
        if state.coolant_j < 0.0 || (state.coolant_j <= 0.0 && lead_k < 0.0) {
            let c = packout.solid_j_per_k - packout.payload_j_per_k;
            let coolant_c = packout.plateau_c + state.coolant_j / c;
            let base = Base { coolant_c, coolant_j_per_k: c, offset_j: 0.0 };
            return Self::off_plateau(packout, state, ambient_c, base, (0.0, 1.0));
        }
        if state.coolant_j > latent_j || (state.coolant_j >= latent_j && lead_k > 0.0) {
            let c = packout.liquid_j_per_k - packout.payload_j_per_k;
            let coolant_c = packout.plateau_c + (state.coolant_j - latent_j) / c;
            let base = Base { coolant_c, coolant_j_per_k: c, offset_j: latent_j };
            return Self::off_plateau(packout, state, ambient_c, base, (latent_j, -1.0));
        }
        Self::plateau(packout, state, ambient_c)
    }

    /// `dT_p/dt = (T_ss - T_p) / tau_p`, and no coolant.
    fn one_lump(packout: &PackOut, state: State, ambient_c: f64) -> Self {
        let steady = packout.payload_steady_c(ambient_c);
        let fading = [(state.payload_c - steady, 1.0 / packout.payload_lag_s()), (0.0, 1.0)];
        let none = [(0.0, 1.0); 2];
        Self {
            payload_c: Curve { steady, slope: 0.0, fading },
            coolant_j: Curve { steady: state.coolant_j, slope: 0.0, fading: none },
            exits: [None, None],
        }
    }

    /// `dT_p/dt = (T_ss - T_p) / tau_p` and `dH/dt = UA/r (T_p - T_m)`, integrated.
    fn plateau(packout: &PackOut, state: State, ambient_c: f64) -> Self {
        let steady_c = packout.payload_steady_c(ambient_c);
        let lag_s = packout.payload_lag_s();
        let watts_per_k = packout.ua_w_per_k / packout.payload_offset;
        let lead_k = state.payload_c - steady_c;
        let swing_j = watts_per_k * lead_k * lag_s;
        let rate = 1.0 / lag_s;
        Self {
            payload_c: Curve { steady: steady_c, slope: 0.0, fading: [(lead_k, rate), (0.0, 1.0)] },
            coolant_j: Curve {
                steady: state.coolant_j + swing_j,
                slope: watts_per_k * (steady_c - packout.plateau_c),
                fading: [(-swing_j, rate), (0.0, 1.0)],
            },
            exits: [Some((0.0, -1.0)), Some((packout.latent_j, 1.0))],
        }
    }

    /// Two lumps, no latent heat: `C_c dT_c/dt = U_p (T_p - T_c)` and
    /// `C_p dT_p/dt = U_w (T_e - T_p) + U_p (T_c - T_p)`, by their two eigenvalues.
    fn off_plateau(
        packout: &PackOut,
        state: State,
        ambient_c: f64,
        base: Base,
        exit: (f64, f64),
    ) -> Self {
        let (r, payload) = (packout.payload_offset, packout.payload_j_per_k);
        let coolant = base.coolant_j_per_k;
        let (wall, pack) = (packout.ua_w_per_k / (1.0 - r), packout.ua_w_per_k / r);
        let trace = pack / coolant + (wall + pack) / payload;
        let determinant = wall * pack / (coolant * payload);
        // The discriminant of this system is a sum of squares; `max` only catches rounding.
        let fast = 0.5 * (trace + (trace * trace - 4.0 * determinant).max(0.0).sqrt());
        let slow = determinant / fast;
        // Along an eigenvector the payload is `share` times as far from the ambient as the coolant.
        let share = |rate: f64| 1.0 - rate * coolant / pack;
        let (lead_c, lead_p) = (base.coolant_c - ambient_c, state.payload_c - ambient_c);
        let spread = (fast - slow) * coolant / pack;
        let slow_k = (lead_p - share(fast) * lead_c) / spread;
        let fast_k = lead_c - slow_k;
        let coolant_steady_j = base.offset_j + coolant * (ambient_c - packout.plateau_c);
        Self {
            payload_c: Curve {
                steady: ambient_c,
                slope: 0.0,
                fading: [(share(slow) * slow_k, slow), (share(fast) * fast_k, fast)],
            },
            coolant_j: Curve {
                steady: coolant_steady_j,
                slope: 0.0,
                fading: [(coolant * slow_k, slow), (coolant * fast_k, fast)],
            },
            exits: [Some(exit), None],
        }
    }

    /// When the coolant leaves the phase and at which level, if it does before `until`.
    pub(super) fn exit(&self, until: f64) -> Option<(f64, f64)> {
        self.exits
            .iter()
            .flatten()
            .filter_map(|&(level, sign)| {
                self.coolant_j.crossing(level, sign, until).map(|seconds| (seconds, level))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// The state so many seconds after the start of the phase.
    pub(super) fn state(&self, seconds: f64) -> State {
        State { coolant_j: self.coolant_j.at(seconds), payload_c: self.payload_c.at(seconds) }
    }
}

/// Where an off-plateau phase begins.
#[derive(Clone, Copy)]
struct Base {
    coolant_c: f64,
    coolant_j_per_k: f64,
    /// Enthalpy at the plateau's end of this phase, J.
    offset_j: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The differential equations in small steps: the plain oracle.
    fn euler(packout: &PackOut, mut state: State, ambient_c: f64, seconds: f64) -> State {
        let steps = 400_000_u32;
        let dt = seconds / f64::from(steps);
        let r = packout.payload_offset;
        let (wall, pack) = (packout.ua_w_per_k / (1.0 - r), packout.ua_w_per_k / r);
        for _ in 0..steps {
            let sensible = |c: f64| c - packout.payload_j_per_k;
            let coolant_c = packout.plateau_c
                + state.coolant_j.min(0.0) / sensible(packout.solid_j_per_k)
                + (state.coolant_j - packout.latent_j).max(0.0) / sensible(packout.liquid_j_per_k);
            let in_w = pack * (state.payload_c - coolant_c);
            let wall_w = wall * (ambient_c - state.payload_c);
            state.payload_c += dt * (wall_w - in_w) / packout.payload_j_per_k;
            state.coolant_j += dt * in_w;
        }
        state
    }

    #[test]
    fn closed_forms_solve_the_equations() {
        let p7 = PackOut::p7();
        for (coolant_j, payload_c, ambient_c) in
            [(300_000.0, 7.0, -20.0), (-30_000.0, 6.0, 30.0), (640_000.0, 3.0, -5.0)]
        {
            let start = State { coolant_j, payload_c };
            let phase = Phase::of(&p7, start, ambient_c);
            assert!(phase.exit(3000.0).is_none());
            let (fast, plain) = (phase.state(3000.0), euler(&p7, start, ambient_c, 3000.0));
            assert!((fast.payload_c - plain.payload_c).abs() < 1e-3, "{fast:?} {plain:?}");
            assert!((fast.coolant_j - plain.coolant_j).abs() < 5.0, "{fast:?} {plain:?}");
        }
    }

    #[test]
    fn a_curve_knows_its_peak_and_its_crossing() {
        // Rises from 0 to a peak of 0.25 at ln 2, then falls to 0.
        let curve = Curve { steady: 0.0, slope: 0.0, fading: [(1.0, 1.0), (-1.0, 2.0)] };
        let (low, high) = curve.extremes(3.0);
        assert!(low.abs() < 1e-12 && (high - 0.25).abs() < 1e-12);
        let above = curve.crossing(0.2, 1.0, 3.0).unwrap();
        assert!((curve.at(above) - 0.2).abs() < 1e-9 && above < 2.0_f64.ln());
        assert!(curve.crossing(0.3, 1.0, 3.0).is_none());
    }
}
