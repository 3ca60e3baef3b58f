//! The figures of a plan. Each field says how it is defined, so that two stations can be compared.

use std::fmt;

use serde::Serialize;

use crate::plan::{Plan, Route};
use crate::problem::{HandOver, Kind, OrderId, Problem, Tier};
use crate::report::{cold_margin, text, words};
use crate::schedule::Stop;
use crate::units::{Metres, Money, Seconds, Time};

/// A part of a whole; nothing is a share of nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many (or how much) of the whole.
    pub part: i64,
    /// The whole.
    pub whole: i64,
}

impl Share {
    fn count(&mut self, is_part: bool) {
        self.whole += 1;
        self.part += i64::from(is_part);
    }

    /// The share in thousandths, rounded; none of nothing.
    pub fn permille(self) -> Option<i64> {
        divide(self.part.saturating_mul(1000), self.whole)
    }
}

/// Prints `97.5 %`, or `–` for a share of nothing.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.permille() {
            Some(permille) => write!(f, "{}.{} %", permille / 10, permille % 10),
            None => f.write_str("–"),
        }
    }
}

/// How many orders of one sort are served and how many are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The sort, as in the day's file: `urgent`, `deliver`, `home`.
    pub sort: &'static str,
    /// Orders on a route.
    pub served: i64,
    /// Orders on none.
    pub unserved: i64,
}

/// Where a cold box has least time to spare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeastMargin {
    /// The margin in whole minutes, rounded down; negative when the box does not hold.
    pub minutes: i64,
    /// The order.
    pub order: String,
    /// The vehicle.
    pub vehicle: String,
}

/// The figures of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Kpi {
    /// Orders of the day.
    pub orders: i64,
    /// Orders on a route.
    pub served: i64,
    /// Orders on none.
    pub unserved: i64,
    /// Served and unserved by tier, highest first; tiers without orders are left out.
    pub by_tier: Vec<Count>,
    /// Served and unserved by kind of errand; kinds without orders are left out.
    pub by_kind: Vec<Count>,
    /// Served orders by where the goods change hands.
    pub by_hand_over: Vec<Count>,
    /// Vehicles in use.
    pub vehicles: i64,
    /// Trips from a station and back.
    pub trips: i64,
    /// Places called at; orders handed over one after the other at one place are one stop.
    pub stops: i64,
    /// Pieces of the served orders.
    pub parcels: i64,
    /// Road length of all routes, metres.
    pub length: Metres,
    /// Road length per parcel, metres, rounded; none without parcels.
    pub length_per_parcel: Option<Metres>,
    /// Courier time: from first departure to last return, all vehicles, seconds.
    pub duration: Seconds,
    /// Driving time, all vehicles, seconds.
    pub driving: Seconds,
    /// Waiting time, all vehicles, seconds.
    pub waiting: Seconds,
    /// Stops per hour of courier time, in tenths, rounded; none without courier time.
    pub stops_per_hour_tenths: Option<i64>,
    /// Mean over the vehicles in use of the fullest of mass, volume and pieces at the load's peak
    /// ÷ capacity, where there is a limit; in thousandths summed up ÷ a thousand per vehicle.
    pub load_factor: Share,
    /// Cost of all routes and prizes of the optional orders left out, millionths of the currency
    /// unit.
    pub cost: Money,
    /// Cost per parcel, millionths, rounded; none without parcels.
    pub cost_per_parcel: Option<Money>,
    /// Visits begun inside a window ÷ visits.
    pub on_time: Share,
    /// Orders under a promise (urgent, cold chain, 24 hours) served in time ÷ orders under one.
    pub promise: Share,
    /// Cold orders handed over within the hold of their box ÷ cold orders served.
    pub cold: Share,
    /// The least time a cold box has to spare, and where.
    pub cold_margin_least: Option<LeastMargin>,
    /// Collected orders back at the station by their cut-off ÷ orders to collect that have one.
    pub collected_in_time: Share,
    /// Fairness: longest less shortest courier time of the vehicles in use, seconds.
    pub duration_spread: Seconds,
    /// Fairness: longest less shortest route of the vehicles in use, metres.
    pub length_spread: Metres,
}

impl Kpi {
    /// The figures of a plan.
    ///
    /// Takes a walk over all stops.
    pub fn of(plan: &Plan) -> Self {
        let mut kpi = Self { cost: plan.cost(), ..Self::default() };
        kpi.count_orders(plan);
        for route in plan.routes() {
            kpi.add_route(plan.problem(), route);
        }
        kpi.count_promises(plan);
        kpi.duration_spread =
            spread(plan.routes().iter().map(|r| r.timetable.duration().0)).map_or_default(Seconds);
        kpi.length_spread =
            spread(plan.routes().iter().map(|r| r.timetable.length().0)).map_or_default(Metres);
        kpi.length_per_parcel = divide(kpi.length.0, kpi.parcels).map(Metres);
        kpi.cost_per_parcel = divide(kpi.cost.0, kpi.parcels).map(Money);
        kpi.stops_per_hour_tenths = divide(kpi.stops * 36_000, kpi.duration.0);
        kpi
    }
}
