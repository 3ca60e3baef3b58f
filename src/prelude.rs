//! What a planner's program needs: `use lastmile::prelude::*`.

pub use crate::cold::{Conditioning, PackOut, Weather};
pub use crate::format::{Calendar, Day, Orders, embedded, write_atomically};
pub use crate::optimizer::{self, StopRule};
pub use crate::place::{Datum, Point};
pub use crate::plan::{self, Plan};
pub use crate::problem::{
    Call, Choice, ColdBox, HandOver, Order, Problem, Quantity, Station, Tier, Truck, Vehicle,
};
pub use crate::report;
pub use crate::road::{Closure, Profile, RoadGraph};
pub use crate::units::{Grams, Metres, Millilitres, Money, Seconds, Time, Window};
