//! The exact forward walk of a box through its day: what the search's hold formula is checked
//! against. Costs a few closed forms per step; linear in the steps.

use super::walk::{Phase, State};
use super::{Conditioning, KineticMean, Means, PackOut, ProductClass};
use crate::error::{Code, Error, Fault, Result};
use crate::units::{MilliCelsius, Seconds};

/// How often the coolant may change phase under one constant ambient before rounding is to blame;
/// physics allows three changes.
const PHASES_MAX: usize = 8;
/// Span of one sample of the mean kinetic temperature, s, and the most samples per phase.
const SAMPLE_S: f64 = 60.0;
const SAMPLES_MAX: f64 = 10_000.0;
/// The longest step, s: ten years.
const STEP_MAX_S: i64 = 315_360_000;
/// The most openings of one step.
const OPENINGS_MAX: u32 = 10_000;

/// A box as it is closed.
#[derive(Clone, Debug)]
pub struct Packed<'a> {
    /// The box.
    pub packout: &'a PackOut,
    /// How much of its coolant is melted.
    pub conditioning: Conditioning,
    /// What is in it.
    pub class: &'a ProductClass,
    /// How warm that is, degrees Celsius.
    pub payload_c: f64,
}

/// A span of closed lid at one ambient temperature, then openings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// How long the lid stays closed.
    pub seconds: Seconds,
    /// Ambient temperature of the whole span, degrees Celsius.
    pub ambient_c: f64,
    /// How often the lid is opened at its end. All heat that enters goes to the payload, at once.
    pub openings_after: u32,
}

/// What one step does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepTrace {
    /// Coolant enthalpy at the end, J: 0 all solid, `latent_j` all liquid, beyond them off the
    /// plateau. 0 where there is no coolant.
    pub coolant_j: f64,
    /// Lowest payload temperature within the step, openings included, degrees Celsius.
    pub payload_min_c: f64,
    /// Highest payload temperature within the step.
    pub payload_max_c: f64,
    /// Payload temperature at the end, after the openings.
    pub payload_end_c: f64,
}

/// What a day does to a box and its payload. A prediction, not a temperature record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// One entry per step.
    pub steps: Vec<StepTrace>,
    /// Lowest payload temperature, the start included, degrees Celsius.
    pub payload_min_c: f64,
    /// Highest payload temperature, the start included.
    pub payload_max_c: f64,
    /// When the payload first gets too cold, rounded down, since closing.
    pub too_cold_at: Option<Seconds>,
    /// When the payload first gets too warm, rounded down, since closing.
    pub too_warm_at: Option<Seconds>,
    /// When the coolant is first used up, all solid or all liquid with the payload pulling further,
    /// rounded down, since closing.
    pub plateau_left_at: Option<Seconds>,
    /// Coolant enthalpy at the end, J.
    pub coolant_end_j: f64,
    /// Mean kinetic temperature of the payload: a report, never a licence.
    pub kinetic_mean: KineticMean,
    /// How long it all took; openings take no time of their own.
    pub elapsed: Seconds,
    /// How often the lid was opened.
    pub openings: u32,
}

impl Trace {
    /// The moment the payload first leaves its range on either side, rounded down.
    pub fn out_of_range_at(&self) -> Option<Seconds> {
        self.too_cold_at.into_iter().chain(self.too_warm_at).min()
    }

    /// True when the payload stays in its range throughout.
    pub fn is_in_range(&self) -> bool {
        self.out_of_range_at().is_none()
    }
}

/// Walks a packed box through the steps of its day.
///
/// Source of the model: two-node heat balance with a latent plateau (textbook lumped capacitance,
/// e.g. Incropera, "Fundamentals of Heat and Mass Transfer", chapter 5), ours in the closed forms.
/// Off the plateau the coolant is one lump of its sensible heat and stays coupled to the payload. Without
/// coolant the payload is one lump, that drifts towards the ambient or the air of its compartment.
///
/// # Errors
/// Every impossible number of the box, its conditioning and the steps.
pub fn simulate(packed: &Packed<'_>, steps: &[Step]) -> Result<Trace> {
    let faults = faults(packed, steps);
    if !faults.is_empty() {
        return Err(Error::input(faults));
    }
    let coolant_j = packed.packout.latent_j * packed.conditioning.melted_share();
    let start = State { coolant_j, payload_c: packed.payload_c };
    Ok(Walk::from(packed.packout, packed.class, start).through(steps))
}

fn faults(packed: &Packed<'_>, steps: &[Step]) -> Vec<Fault> {
    let degrees = -150.0..=150.0;
    let bad = |expected: &str| Fault::new(Code::BadPhysics, expected);
    let mut faults = packed.packout.check();
    faults.extend(packed.conditioning.check());
    faults.extend(packed.class.check());
    if !degrees.contains(&packed.payload_c) {
        let fault = bad("degrees Celsius between -150 and 150").field("payload_c");
        faults.push(fault.value(packed.payload_c));
    }
    for (i, step) in steps.iter().enumerate() {
        let place = format!("step {}", i + 1);
        if !degrees.contains(&step.ambient_c) {
            let fault = bad("degrees Celsius between -150 and 150").place(&place);
            faults.push(fault.field("ambient_c").value(step.ambient_c));
        }
        if !(0..=STEP_MAX_S).contains(&step.seconds.0) {
            let fault = bad("seconds from 0 to ten years").place(&place);
            faults.push(fault.field("seconds").value(step.seconds.0));
        }
        if step.openings_after > OPENINGS_MAX {
            let fault = bad("at most 10000 openings").place(&place);
            faults.push(fault.field("openings_after").value(step.openings_after));
        }
    }
    faults
}

/// A walk under way.
struct Walk<'a> {
    packout: &'a PackOut,
    low_c: Option<f64>,
    high_c: Option<f64>,
    state: State,
    /// Seconds since closing.
    clock_s: f64,
    /// Extremes of the current step.
    step_min_c: f64,
    step_max_c: f64,
    trace: Trace,
}

impl<'a> Walk<'a> {
    fn from(packout: &'a PackOut, class: &ProductClass, state: State) -> Self {
        let mut walk = Self {
            packout,
            low_c: class.lowest().map(MilliCelsius::degrees),
            high_c: class.highest().map(MilliCelsius::degrees),
            state,
            clock_s: 0.0,
            step_min_c: state.payload_c,
            step_max_c: state.payload_c,
            trace: Trace {
                payload_min_c: state.payload_c,
                payload_max_c: state.payload_c,
                coolant_end_j: state.coolant_j,
                ..Trace::default()
            },
        };
        walk.note_payload();
        walk
    }

    fn through(mut self, steps: &[Step]) -> Trace {
        for step in steps {
            self.step_min_c = self.state.payload_c;
            self.step_max_c = self.state.payload_c;
            self.close_lid(step.seconds.as_f64(), step.ambient_c);
            for _ in 0..step.openings_after {
                self.open_lid(step.ambient_c);
            }
            self.trace.steps.push(StepTrace {
                coolant_j: self.state.coolant_j,
                payload_min_c: self.step_min_c,
                payload_max_c: self.step_max_c,
                payload_end_c: self.state.payload_c,
            });
            self.trace.payload_min_c = self.trace.payload_min_c.min(self.step_min_c);
            self.trace.payload_max_c = self.trace.payload_max_c.max(self.step_max_c);
            self.trace.elapsed += step.seconds;
            self.trace.openings = self.trace.openings.saturating_add(step.openings_after);
        }
        self.trace.coolant_end_j = self.state.coolant_j;
        self.trace
    }

    /// Lets the time pass, phase by phase.
    fn close_lid(&mut self, seconds: f64, ambient_c: f64) {
        let mut left_s = seconds;
        for nth in 1..=PHASES_MAX {
            if left_s <= 0.0 {
                return;
            }
            let phase = Phase::of(self.packout, self.state, ambient_c);
            let exit = if nth < PHASES_MAX { phase.exit(left_s) } else { None };
            let span_s = exit.map_or(left_s, |(seconds, _)| seconds);
            self.pass(&phase, span_s);
            if let Some((_, level_j)) = exit {
                // Exactly on the border, so that the next phase is the one beyond it.
                self.state.coolant_j = level_j;
            }
            left_s -= span_s;
            self.note_plateau(ambient_c);
            if exit.is_none() {
                return;
            }
        }
    }

    /// Passes a span within one phase and notes what it does.
    fn pass(&mut self, phase: &Phase, span_s: f64) {
        let (min_c, max_c) = phase.payload_c.extremes(span_s);
        self.step_min_c = self.step_min_c.min(min_c);
        self.step_max_c = self.step_max_c.max(max_c);
        if let Some(low_c) = self.low_c.filter(|_| self.trace.too_cold_at.is_none()) {
            let crossing = phase.payload_c.crossing(low_c, -1.0, span_s);
            self.trace.too_cold_at = crossing.map(|s| whole(self.clock_s + s));
        }
        if let Some(high_c) = self.high_c.filter(|_| self.trace.too_warm_at.is_none()) {
            let crossing = phase.payload_c.crossing(high_c, 1.0, span_s);
            self.trace.too_warm_at = crossing.map(|s| whole(self.clock_s + s));
        }
        let samples = (span_s / SAMPLE_S).ceil().clamp(1.0, SAMPLES_MAX);
        let pace_s = span_s / samples;
        let mut middle_s = 0.5 * pace_s;
        while middle_s < span_s {
            let payload_c = phase.payload_c.at(middle_s);
            self.trace.kinetic_mean = self.trace.kinetic_mean.and(payload_c, pace_s);
            middle_s += pace_s;
        }
        self.state = phase.state(span_s);
        self.clock_s += span_s;
    }

    /// One opening, see [`PackOut::opened_c`].
    fn open_lid(&mut self, ambient_c: f64) {
        self.state.payload_c = self.packout.opened_c(self.state.payload_c, ambient_c);
        self.step_min_c = self.step_min_c.min(self.state.payload_c);
        self.step_max_c = self.step_max_c.max(self.state.payload_c);
        self.note_payload();
    }

    fn note_payload(&mut self) {
        let (now, payload_c) = (whole(self.clock_s), self.state.payload_c);
        if self.low_c.is_some_and(|low_c| payload_c < low_c) {
            self.trace.too_cold_at.get_or_insert(now);
        }
        if self.high_c.is_some_and(|high_c| payload_c > high_c) {
            self.trace.too_warm_at.get_or_insert(now);
        }
    }

    /// The coolant counts as used up when it is beyond an end, or at the end it is being pulled to.
    fn note_plateau(&mut self, ambient_c: f64) {
        if self.packout.means != Means::Coolant {
            return;
        }
        let pull_k = ambient_c - self.packout.plateau_c;
        let (coolant_j, latent_j) = (self.state.coolant_j, self.packout.latent_j);
        let used_up = (coolant_j <= 0.0 && pull_k < 0.0) || (coolant_j >= latent_j && pull_k > 0.0);
        if used_up {
            self.trace.plateau_left_at.get_or_insert(whole(self.clock_s));
        }
    }
}

/// Whole seconds, rounded down.
fn whole(seconds: f64) -> Seconds {
    Seconds::round(seconds.floor())
}

#[cfg(test)]
mod tests;
