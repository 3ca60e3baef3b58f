//! What a plan breaks, where, and by how much.

use std::fmt;

use crate::problem::{OrderId, Problem, VehicleId, VisitId};

/// What the amount of a violation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Metres.
    Metres,
    /// Grams.
    Grams,
    /// Millilitres.
    Millilitres,
    /// Parcels.
    Pieces,
    /// Millionths of the currency unit.
    Money,
    /// Watt hours.
    WattHours,
    /// How many things are wrong.
    Count,
}

impl Unit {
    /// An amount in the unit a courier would use: `14 min`, `4.2 km`, `120 kg`. Rounded up, so that
    /// a change by the amount shown is always enough.
    pub fn show(self, amount: i64) -> String {
        let tenths = |unit: i64| {
            let tenths = amount.saturating_mul(10).saturating_add(unit - 1).div_euclid(unit);
            match tenths % 10 {
                0 => (tenths / 10).to_string(),
                rest => format!("{}.{rest}", tenths / 10),
            }
        };
        match self {
            Self::Seconds if amount < 60 => format!("{amount} s"),
            Self::Seconds => format!("{} min", amount.saturating_add(59) / 60),
            Self::Metres if amount < 1000 => format!("{amount} m"),
            Self::Metres => format!("{} km", tenths(1000)),
            Self::Grams if amount < 1000 => format!("{amount} g"),
            Self::Grams => format!("{} kg", tenths(1000)),
            Self::Millilitres if amount < 1000 => format!("{amount} ml"),
            Self::Millilitres => format!("{} l", tenths(1000)),
            Self::WattHours if amount < 1000 => format!("{amount} Wh"),
            Self::WattHours => format!("{} kWh", tenths(1000)),
            Self::Pieces if amount == 1 => "1 piece".into(),
            Self::Pieces => format!("{amount} pieces"),
            Self::Money => tenths(1_000_000),
            Self::Count => amount.to_string(),
        }
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $unit:ident $text:literal,)*) => {
        /// A rule a route or a plan keeps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// What the amount of a violation counts.
            pub fn unit(self) -> Unit {
                match self { $(Rule::$name => Unit::$unit,)* }
            }

            /// What is broken, in plain words.
            pub fn text(self) -> &'static str {
                match self { $(Rule::$name => $text,)* }
            }
        }
    };
}

rules! {
    /// Service begins inside one of the visit's windows.
    Window Seconds "service begins after the last window",
    /// Goods are in hand as soon as promised.
    Promise Seconds "goods are in hand later than promised",
    /// A trip leaves after its goods are ready.
    Ready Seconds "the trip leaves before its goods are ready",
    /// The first trip leaves after the shift begins.
    ShiftOpen Seconds "the first trip leaves before the shift begins",
    /// The last trip is back before the shift ends.
    ShiftClose Seconds "the vehicle is back after the shift ends",
    /// The vehicle is away no longer than it may.
    Duration Seconds "the vehicle is away too long",
    /// Between two trips there is time to reload.
    Reload Seconds "the trip leaves before the vehicle is reloaded",
    /// Collected goods are back at the station in time.
    CutOff Seconds "collected goods are back after the cut-off",
    /// There is a way from each stop to the next.
    Road Count "there is no road to the stop",
    /// The vehicle drives no farther than it may.
    Length Metres "the vehicle drives too far",
    /// The battery lasts for the whole day, but for its reserve.
    Energy WattHours "the battery does not last",
    /// The vehicle carries no more mass than it may.
    Mass Grams "the vehicle is too heavily laden",
    /// The vehicle carries no more volume than it has room for.
    Volume Millilitres "the vehicle has too little room",
    /// The vehicle carries no more parcels than it may.
    Pieces Pieces "the vehicle carries too many parcels",
    /// The cold boxes of a class hold all its goods on board.
    BoxVolume Millilitres "the cold boxes have too little room",
    /// Each cold box in use is closed with conditioned coolant.
    BoxCoolant Count "no conditioned coolant is left for the cold box",
    /// Goods leave their cold box before its hold is over.
    ColdHold Seconds "goods are in the cold box longer than it holds",
    /// A cold box is opened only when its goods have recovered from the openings before.
    ColdLid Seconds "the cold box is opened again before its goods have recovered",
    /// Goods stay in range from the box to the recipient's hand.
    Doorstep Seconds "goods are outside their box longer than they keep",
    /// Goods were out of refrigeration no longer than their document allows.
    OutBudget Seconds "the goods were out of refrigeration longer than their document allows",
    /// The box does not let its goods get too warm.
    ColdWarm Count "the cold box lets its goods get too warm",
    /// The box does not let its goods get too cold.
    ColdFreeze Count "the cold box lets its goods get too cold",
    /// Cold goods ride in a box that is fit for them.
    NoColdBox Count "there is no cold box for the goods",
    /// Deliveries come before collections, which ride on a trip that delivers.
    DeliverFirst Count "the vehicle collects before it has delivered",
    /// Medicine rides on no trip with other goods, where that is asked for.
    Segregation Count "medicine rides with other goods",
    /// The driver rests in time.
    DrivingRest Seconds "the driver drives too long without a rest",
    /// The courier has the skills the order needs.
    Skill Count "the courier lacks a skill",
    /// A pinned order is on its vehicle.
    Pin Count "the order is pinned to another vehicle",
    /// An order is on a vehicle of its station.
    Station Count "the vehicle is of another station",
    /// A pick-up point is used only with consent.
    Consent Count "the recipient has not agreed to a pick-up point",
    /// An order locked to a position stands there.
    Position Count "the order is locked to another position",
    /// What is frozen stays as it was given.
    Frozen Count "frozen stops have changed",
    /// Goods are taken before they are handed over, on the same trip.
    Pairing Count "pickup and delivery are not in order on one trip",
    /// A vehicle is one of the day.
    UnknownVehicle Count "the vehicle is not one of this day",
    /// A vehicle has one route.
    VehicleTwice Count "the vehicle has more than one route",
    /// A visit is one of the day.
    UnknownVisit Count "the visit is not one of this day",
    /// An order is one of the day.
    UnknownOrder Count "the order is not one of this day",
    /// A trip has visits.
    EmptyTrip Count "a route or trip is empty",
    /// A vehicle makes no more trips than it may.
    TripLimit Count "the vehicle makes too many trips",
    /// Each order is served, or unserved with a reason.
    OrderMissing Count "the order is neither served nor unserved",
    /// No order is served twice.
    OrderTwice Count "the order is served more than once",
    /// An order is served completely.
    OrderPartly Count "the order is served in part only",
    /// An order that is served is not unserved, and none is unserved twice.
    UnservedTwice Count "the order is unserved and served, or unserved twice",
    /// The timetable is what the departures make it.
    Timetable Count "the timetable is not what the departures make it",
    /// The cost is what the timetable makes it.
    Cost Money "the cost is not what the timetable makes it",
    /// The reason of an unserved order is true.
    Reason Count "the reason is not true",
    /// The change named to serve an order would serve it.
    Cure Count "the change named would not serve the order",
}

/// What a plan breaks, where, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The vehicle, if one is concerned.
    pub vehicle: Option<VehicleId>,
    /// The order, if one is concerned.
    pub order: Option<OrderId>,
    /// The visit, if one is concerned.
    pub visit: Option<VisitId>,
    /// By how much, in the rule's unit; never zero or less.
    pub amount: i64,
}

impl Violation {
    /// A violation of `rule`, nowhere yet.
    pub(crate) fn of(rule: Rule, amount: i64) -> Self {
        Self { rule, vehicle: None, order: None, visit: None, amount }
    }

    /// Names the vehicle.
    pub(crate) fn on(mut self, vehicle: VehicleId) -> Self {
        self.vehicle = Some(vehicle);
        self
    }

    /// Names the visit and its order.
    pub(crate) fn at(mut self, problem: &Problem, visit: VisitId) -> Self {
        self.visit = Some(visit);
        self.about(problem.visit(visit).order)
    }

    /// Names the order.
    pub(crate) fn about(mut self, order: OrderId) -> Self {
        self.order = Some(order);
        self
    }

    /// The violation with the names of its vehicle and order.
    pub fn describe(&self, problem: &Problem) -> String {
        let vehicle = self.vehicle.and_then(|v| problem.vehicles().get(v.index()));
        let order = self.order.and_then(|o| problem.orders().get(o.index()));
        let vehicle = vehicle.map(|v| format!("vehicle {}: ", v.id())).unwrap_or_default();
        let order = order.map(|o| format!("order {}: ", o.id())).unwrap_or_default();
        format!("{vehicle}{order}{}", self.bare())
    }

    fn bare(&self) -> String {
        match self.rule.unit() {
            Unit::Count => self.rule.text().into(),
            unit => format!("{} ({})", self.rule.text(), unit.show(self.amount)),
        }
    }
}

/// With numbers for names; see [`Violation::describe`] for names.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(vehicle) = self.vehicle {
            write!(f, "vehicle #{}: ", vehicle.index())?;
        }
        if let Some(order) = self.order {
            write!(f, "order #{}: ", order.index())?;
        }
        f.write_str(&self.bare())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_rounded_up() {
        assert_eq!(Unit::Seconds.show(59), "59 s");
        assert_eq!(Unit::Seconds.show(61), "2 min");
        assert_eq!(Unit::Metres.show(4_200), "4.2 km");
        assert_eq!(Unit::Metres.show(4_201), "4.3 km");
        assert_eq!(Unit::WattHours.show(999), "999 Wh");
        assert_eq!(Unit::WattHours.show(1_401), "1.5 kWh");
        assert_eq!(Unit::Grams.show(12_000), "12 kg");
    }

    #[test]
    fn a_violation_says_who_what_and_how_much() {
        let late = Violation::of(Rule::Window, 300).on(VehicleId(2)).about(OrderId(7));
        let text = "vehicle #2: order #7: service begins after the last window (5 min)";
        assert_eq!(late.to_string(), text);
    }
}
