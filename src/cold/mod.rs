//! Physics of a cold box: what a product tolerates, what a packed box can keep, how the weather is,
//! and two readings of a day. [`hold()`] gives the numbers the search adds up; [`simulate()`] walks
//! the same day exactly and checks them. Knows no road and no order.
//!
//! The model has two nodes, the coolant's enthalpy `H` and the payload's temperature `T_p`, and is
//! two-sided: a 5 °C box is as far from -20 °C as from 30 °C. Goods may also be kept without coolant or
//! by the unit of a compartment ([`Means`], [`Compartment`]). Beside it: single legs without coolant
//! ([`Lump`], [`Passive`]), sunshine ([`Sun`]), calibration
//! from a datasheet or a qualification ([`ua_from_life`], [`kelvin_hours`]), and what a report adds
//! up: [`AlarmRule`], [`OutBudget`], [`ShelfLife`], [`VialMonitor`], [`KineticMean`]. Everything here
//! is a prediction, never a temperature record.

mod active;
mod air_shift;
mod alarm;
mod budget;
mod calibrate;
mod class;
mod exposure;
mod hold;
mod kinetic;
mod lid;
mod lump;
mod means;
mod packout;
mod parameter;
mod passive;
mod product;
mod shelf;
mod simulate;
mod sun;
mod swing;
mod walk;
mod wear;
mod weather;

pub use active::{AtpClass, Compartment, CompartmentDay, Door, air_kg_per_m3, air_pressure_pa};
pub use air_shift::AirShift;
pub use alarm::{Alarm, AlarmCount, AlarmRule, AlarmSide, TemperatureSpan};
pub use budget::{BudgetUse, OutBudget};
pub use calibrate::{
    LifeTest, Walls, kelvin_hours, latent_from_hold, lid_from_opening, offset_from_reading,
    ua_from_hold, ua_from_life,
};
pub use class::ProductClass;
pub use exposure::{Exposure, ExposureLeg};
pub use hold::{HoldTerms, RESERVE_LEFT, Unfit, condition, hold};
pub use kinetic::KineticMean;
pub use lid::LidTerms;
pub use lump::{Doorstep, Lump};
pub use means::{Means, UnitRoom};
pub use packout::{Ambient, Conditioning, PackOut};
pub use parameter::{Parameter, Status};
pub use passive::Passive;
pub use product::{Freezing, Product};
pub use shelf::{ShelfLife, VialMonitor, decay_rate, degree_hours_below_zero};
pub use simulate::{Packed, Step, StepTrace, Trace, simulate};
pub use sun::{FILM_W_PER_M2_K, Sun};
pub use wear::{Stay, Wear, hold_by_hour, hold_by_place};
pub use weather::{Forecast, LAPSE_K_PER_KM, Weather};
