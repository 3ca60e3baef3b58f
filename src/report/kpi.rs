//! The figures of a plan. Each field says how it is defined, so that two stations can be compared.

use std::fmt;

use serde::Serialize;

use crate::plan::{Plan, Route};
use crate::problem::{Kind, Problem, Tier};
use crate::report::{cold_margin, path, served, text, words};
use crate::schedule::battery_day;
use crate::units::{Grams, Metres, Money, Seconds, Time};

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

/// What the day does to the batteries of the vehicles in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BatteryUse {
    /// Taken and to be put back, at stations or at night, all batteries, watt hours; what comes back
    /// downhill counts against it.
    pub used_wh: i64,
    /// Of that, put back at stations between trips, watt hours.
    pub charged_wh: i64,
    /// The least share of what a full battery gives that day which is ever left in one; thousandths.
    pub least_permille: i64,
    /// The same in watt hours.
    pub least_wh: i64,
    /// The vehicle it is of.
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
    /// Orders under a promise (urgent, cold chain, 24 hours, or from order to hand) served in time ÷
    /// orders under one.
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
    /// Batteries; none when no vehicle in use has one that may run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery: Option<BatteryUse>,
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
            kpi.add_cold(plan.problem(), route);
            kpi.add_battery(plan.problem(), route);
        }
        let used = || plan.routes().iter().filter(|route| !route.timetable.stops.is_empty());
        kpi.duration_spread = Seconds(spread(used().map(|route| route.timetable.duration().0)));
        kpi.length_spread = Metres(spread(used().map(|route| route.timetable.length().0)));
        kpi.length_per_parcel = divide(kpi.length.0, kpi.parcels).map(Metres);
        kpi.cost_per_parcel = divide(kpi.cost.0, kpi.parcels).map(Money);
        kpi.stops_per_hour_tenths = divide(kpi.stops * 36_000, kpi.duration.0);
        kpi
    }

    fn count_orders(&mut self, plan: &Plan) {
        let problem = plan.problem();
        let served = served::by_order(plan);
        for (id, served) in problem.order_ids().zip(&served) {
            let order = problem.order(id);
            let is_served = served.is_some();
            self.orders += 1;
            self.served += i64::from(is_served);
            self.unserved += i64::from(!is_served);
            tally(&mut self.by_tier, words::tier(order.tier_value()).code, is_served);
            tally(&mut self.by_kind, words::kind(order.kind()).code, is_served);
            if order.tier_value() <= Tier::Promise || order.promise().is_some() {
                self.promise.count(served.is_some_and(|served| served.in_time));
            }
            let first = problem.realisations_of(id).next().map(|id| problem.realisation(id).first);
            let has_cut_off = first.is_some_and(|visit| problem.visit(visit).due_back < Time::MAX);
            if order.kind() == Kind::Collect && has_cut_off {
                self.collected_in_time.count(served.is_some_and(|served| served.back_in_time));
            }
            if let Some(served) = served {
                let choice = problem.realisation(served.realisation).choice;
                let at = order.choices()[choice].hand_over();
                tally(&mut self.by_hand_over, words::hand_over(at).code, true);
                self.parcels += order.quantity_value().pieces;
            }
        }
        let rank = |code| Tier::ALL.iter().position(|&tier| words::tier(tier).code == code);
        self.by_tier.sort_by_key(|count| rank(count.sort));
        self.by_kind.sort_by_key(|count| count.sort);
        self.by_hand_over.sort_by_key(|count| count.sort);
    }

    fn add_route(&mut self, problem: &Problem, route: &Route) {
        let timetable = &route.timetable;
        self.vehicles += i64::from(!timetable.stops.is_empty());
        self.trips += count(route.trips.len());
        self.length += timetable.length();
        self.duration += timetable.duration();
        self.driving += timetable.driving();
        self.waiting += timetable.waiting();
        let numbers = path::numbers(timetable);
        self.stops += count(numbers.iter().flatten().map(|n| n.place).max().unwrap_or(0));
        for stop in timetable.stops.iter().filter(|stop| stop.visit.is_some()) {
            self.on_time.count(stop.late <= Seconds::ZERO && stop.no_road.is_none());
        }
        if !timetable.stops.is_empty() {
            self.load_factor.part += fullness(problem, route);
            self.load_factor.whole += 1000;
        }
    }

    fn add_battery(&mut self, problem: &Problem, route: &Route) {
        let day = battery_day(problem, &route.timetable);
        let Some(day) = day.filter(|_| !route.timetable.stops.is_empty()) else { return };
        let permille = day.least_wh.saturating_mul(1000).div_euclid(day.full_wh.max(1));
        let first = || BatteryUse { least_permille: i64::MAX, ..BatteryUse::default() };
        let all = self.battery.get_or_insert_with(first);
        all.used_wh += day.used_wh;
        all.charged_wh += day.charged_wh;
        if permille < all.least_permille {
            (all.least_permille, all.least_wh) = (permille, day.least_wh);
            all.vehicle = problem.vehicle(route.vehicle).id().into();
        }
    }

    fn add_cold(&mut self, problem: &Problem, route: &Route) {
        let margins = cold_margin::margins(problem, route);
        for margin in &margins {
            self.cold.count(margin.is_kept());
        }
        let Some(least) = cold_margin::least(&margins) else { return };
        let minutes = least.margin.map_or(0, |margin| margin.0.div_euclid(60));
        if self.cold_margin_least.as_ref().is_none_or(|known| minutes < known.minutes) {
            self.cold_margin_least = Some(LeastMargin {
                minutes,
                order: problem.order(problem.visit(least.visit).order).id().into(),
                vehicle: problem.vehicle(route.vehicle).id().into(),
            });
        }
    }
}

/// The fullest of mass, volume and pieces at the load's peak, in thousandths of the capacity.
pub(super) fn fullness(problem: &Problem, route: &Route) -> i64 {
    let capacity = problem.capacity(route.vehicle);
    let limited = (0..3).filter(|&d| (1..Grams::UNLIMITED.0).contains(&capacity[d]));
    let full = limited.filter_map(|d| {
        let peak = route.timetable.stops.iter().map(|stop| stop.load[d]).max()?;
        divide(peak.saturating_mul(1000), capacity[d])
    });
    full.max().unwrap_or(0)
}

fn tally(counts: &mut Vec<Count>, sort: &'static str, is_served: bool) {
    let at = counts.iter().position(|count| count.sort == sort).unwrap_or_else(|| {
        counts.push(Count { sort, served: 0, unserved: 0 });
        counts.len() - 1
    });
    counts[at].served += i64::from(is_served);
    counts[at].unserved += i64::from(!is_served);
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The quotient rounded to the nearest; none when there is nothing to divide by.
fn divide(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part + whole / 2).div_euclid(whole))
}

fn spread(values: impl Iterator<Item = i64> + Clone) -> i64 {
    values.clone().max().unwrap_or(0) - values.min().unwrap_or(0)
}

/// A few lines of text, in words.
impl fmt::Display for Kpi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "served {} of {} orders, {} not", self.served, self.orders, self.unserved)?;
        for count in self.by_tier.iter().filter(|count| count.unserved > 0) {
            writeln!(f, "  {}: {} served, {} not", count.sort, count.served, count.unserved)?;
        }
        writeln!(
            f,
            "{} vehicles, {} trips, {} stops, {} parcels, {} km ({} km a parcel)",
            self.vehicles,
            self.trips,
            self.stops,
            self.parcels,
            text::km(self.length),
            or_dash(self.length_per_parcel, |length| format!("{:.2}", length.as_f64() / 1000.0)),
        )?;
        writeln!(
            f,
            "courier time {} h, driving {} h, waiting {} h, {} stops an hour, load {}",
            text::span(self.duration),
            text::span(self.driving),
            text::span(self.waiting),
            or_dash(self.stops_per_hour_tenths, |t| format!("{}.{}", t / 10, t % 10)),
            self.load_factor,
        )?;
        writeln!(
            f,
            "cost {}, {} a parcel; spread between couriers {} h and {} km",
            text::money(self.cost),
            or_dash(self.cost_per_parcel, text::money),
            text::span(self.duration_spread),
            text::km(self.length_spread),
        )?;
        write!(
            f,
            "on time {}, promises kept {}, collected before cut-off {}, cold chain kept {}",
            self.on_time, self.promise, self.collected_in_time, self.cold
        )?;
        if let Some(least) = &self.cold_margin_least {
            write!(
                f,
                ", least margin {} min ({}, vehicle {})",
                least.minutes,
                text::plain(&least.order),
                text::plain(&least.vehicle)
            )?;
        }
        let Some(all) = &self.battery else { return Ok(()) };
        write!(
            f,
            "\nbatteries: {} kWh used, of which {} charged between trips; least left {} % ({} kWh, \
             vehicle {})",
            text::kwh(all.used_wh),
            text::kwh(all.charged_wh),
            all.least_permille.div_euclid(10),
            text::kwh(all.least_wh),
            text::plain(&all.vehicle)
        )
    }
}

/// The value as text, or a dash when there is none.
pub(super) fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "–".into(), show)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn every_sort_sums_up_to_all_orders() {
        let plan = fixture::plan();
        let kpi = Kpi::of(&plan);
        assert_eq!((kpi.orders, kpi.served, kpi.unserved), (32, 30, 2));
        for counts in [&kpi.by_tier, &kpi.by_kind] {
            assert_eq!(counts.iter().map(|count| count.served).sum::<i64>(), kpi.served);
            assert_eq!(counts.iter().map(|count| count.unserved).sum::<i64>(), kpi.unserved);
        }
        assert_eq!(kpi.by_hand_over.iter().map(|count| count.served).sum::<i64>(), kpi.served);
        let walks = || plan.routes().iter().map(|route| &route.timetable);
        assert_eq!(kpi.length, walks().map(crate::schedule::Timetable::length).sum());
        assert_eq!(kpi.duration, walks().map(crate::schedule::Timetable::duration).sum());
        assert_eq!(kpi.cost, plan.cost());
        assert_eq!(kpi.on_time.whole, 31);
        assert_eq!((kpi.vehicles, kpi.trips), (2, 3));
    }

    #[test]
    fn cold_orders_and_collections_are_judged() {
        let kpi = Kpi::of(&fixture::plan());
        assert_eq!(kpi.cold, Share { part: 4, whole: 4 });
        assert!(kpi.cold_margin_least.is_some_and(|least| least.minutes > 0));
        assert_eq!(kpi.collected_in_time.permille(), Some(1000));
        assert_eq!(kpi.collected_in_time.whole, 8);
    }

    #[test]
    fn a_share_of_nothing_is_a_dash() {
        assert_eq!(Share::default().to_string(), "–");
        assert_eq!(Share { part: 2, whole: 3 }.to_string(), "66.7 %");
    }
}
