//! First plans.

pub(crate) mod regret;
