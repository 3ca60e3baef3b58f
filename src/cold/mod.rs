//! Physics of a cold box: what a product tolerates, what a packed box can keep, how the weather is,
//! and two readings of a day. [`hold()`] gives the two numbers the search adds up; [`simulate()`] walks
//! the same day exactly and checks them. Knows no road and no order.
//!
//! The model has two nodes, the coolant's enthalpy `H` and the payload's temperature `T_p`, and is
//! two-sided: a 5 °C box is as far from -20 °C as from 30 °C. Everything here is a prediction, never
//! a temperature record.

mod class;
mod hold;
mod kinetic;
mod packout;
mod simulate;
mod walk;
mod weather;

pub use class::ProductClass;
pub use hold::{HEADROOM_USED, HoldTerms, RESERVE_LEFT, Unfit, hold};
pub use kinetic::KineticMean;
pub use packout::{Ambient, Conditioning, PackOut, Status};
pub use simulate::{Packed, Step, StepTrace, Trace, simulate};
pub use weather::{LAPSE_K_PER_KM, Weather};
