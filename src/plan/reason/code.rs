//! The stable codes, and what falls short on one vehicle, in plain words.

use std::fmt;

use super::attempt::{Attempt, hardness};
use crate::constraint::{Rule, Unit, Violation};
use crate::problem::{OrderId, Position, Problem};
use crate::road::NoRoad;
use crate::schedule::NEVER;
use crate::units::{Metres, Money};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $id:literal $text:literal,)*) => {
        /// Why an order is unserved. The text form never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ReasonCode { $($(#[$doc])* $name,)* }

        impl ReasonCode {
            /// Every code.
            pub const ALL: &'static [ReasonCode] = &[$(ReasonCode::$name,)*];

            /// The stable text form.
            pub fn as_str(self) -> &'static str {
                match self { $(ReasonCode::$name => $id,)* }
            }

            /// What it means, in plain words.
            pub fn text(self) -> &'static str {
                match self { $(ReasonCode::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// 无路可达: there is no way there, or none back.
    Unreachable "UNREACHABLE" "there is no road to it",
    /// 道路封闭: the only way is closed today.
    EdgeClosed "EDGE_CLOSED" "the only road to it is closed",
    /// 超出区域: it is farther from a road than the limit.
    OutsideArea "OUTSIDE_AREA" "it is too far from any road",
    /// 超载: too heavy.
    CapacityWeight "CAPACITY_WEIGHT" "it is too heavy",
    /// 超方: too voluminous.
    CapacityVolume "CAPACITY_VOLUME" "it is too big",
    /// 超件: too many parcels.
    CapacityPieces "CAPACITY_PIECES" "it has too many parcels",
    /// 时段冲突: no window can be kept.
    TimeWindow "TIME_WINDOW" "its windows cannot be kept",
    /// 超出急送时限: it cannot be in the recipient's hand as soon as promised.
    UrgentReach "URGENT_REACH" "it cannot be in hand as soon as promised",
    /// 超出班次: the shift is too short.
    ShiftTime "SHIFT_TIME" "the shift is too short",
    /// 连续驾驶: the driver would need a rest there is no time for.
    DriveRest "DRIVE_REST" "the driver needs a rest",
    /// 续航不足: the way is too long.
    Range "RANGE" "it is out of range",
    /// 先送后取: the vehicle delivers before it collects, and there is no such place for it.
    DeliverFirst "DELIVER_FIRST" "the vehicle delivers before it collects",
    /// 技能: the courier lacks a skill.
    Skill "SKILL" "no courier has the skill",
    /// 保温时限: a cold box does not hold long enough.
    ColdHold "COLD_HOLD" "no cold box holds long enough",
    /// 冻结风险: a cold box would let it freeze.
    ColdFreeze "COLD_FREEZE" "it would freeze in the cold box",
    /// 交接途中失温: it would leave its range between the box and the recipient's hand.
    Doorstep "DOORSTEP" "it would leave its range on the doorstep",
    /// 离冷藏超时: it was out of refrigeration longer than its document allows.
    OutBudget "OUT_BUDGET" "its time out of refrigeration is used up",
    /// 冷箱不足: there is no cold box, or too little room in it.
    NoColdBox "NO_COLD_BOX" "there is no cold box for it",
    /// 冷媒不足: no conditioned coolant is left for its box.
    NoCoolant "NO_COOLANT" "no conditioned coolant is left for its box",
    /// 赶不上返程车: it would miss its truck.
    TruckCutoff "TRUCK_CUTOFF" "it would miss the cut-off",
    /// 未同意代收: the recipient has not agreed to a pick-up point.
    NoConsent "NO_CONSENT" "the recipient has not agreed to a pick-up point",
    /// 与锁定冲突: something is locked against it.
    LockConflict "LOCK_CONFLICT" "a lock stands against it",
    /// 被更高优先级挤出: orders of higher tiers take its place.
    Displaced "DISPLACED" "orders of higher tiers take its place",
    /// 得不偿失: it is optional, and its way costs more than its prize.
    NotWorth "NOT_WORTH" "its way costs more than its prize",
    /// 药品须分运: medicine and other goods ride apart.
    Segregated "SEGREGATED" "medicine rides apart from other goods",
    /// 无车: no vehicle of its station.
    NoVehicle "NO_VEHICLE" "there is no vehicle for it",
    /// 未及细查: no room was found for it in the time there was; its reason was not looked into further.
    NotExamined "NOT_EXAMINED" "no room was found for it in the time there was",
    /// 未尝试: it would fit, but nobody tried. The audit refuses such a plan.
    NotTried "NOT_TRIED" "it would fit, but was not tried",
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What falls short, and by how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// What kind it is.
    pub code: ReasonCode,
    /// By how much, in `unit`.
    pub amount: i64,
    /// What the amount counts.
    pub unit: Unit,
    /// In plain words: `cold hold 14 min short`.
    pub text: String,
}

/// What an attempt breaks, the hardest to change first; one entry for each rule.
pub(super) fn shortfalls(problem: &Problem, order: OrderId, attempt: &Attempt) -> Vec<Shortfall> {
    let mut worst: Vec<&Violation> = Vec::new();
    for one in &attempt.found {
        match worst.iter_mut().find(|kept| kept.rule == one.rule) {
            Some(kept) if kept.amount < one.amount => *kept = one,
            Some(_) => {}
            None => worst.push(one),
        }
    }
    worst.sort_by_key(|one| (u8::MAX - hardness(one.rule), one.rule));
    worst.into_iter().map(|one| shortfall(problem, order, attempt, one)).collect()
}

/// An order whose way costs more than its prize; one that would fit and was not tried.
pub(super) fn unworthy(problem: &Problem, order: OrderId, cost: Money) -> Shortfall {
    let unit = Unit::Money;
    match problem.order(order).prize() {
        Some(prize) if prize <= cost => {
            let (way, prize_text) = (unit.show(cost.0), unit.show(prize.0));
            let text = format!("its way costs {way}, its prize is {prize_text}");
            Shortfall { code: ReasonCode::NotWorth, amount: (cost - prize).0, unit, text }
        }
        _ => {
            let text = ReasonCode::NotTried.text().into();
            Shortfall { code: ReasonCode::NotTried, amount: cost.0, unit, text }
        }
    }
}

fn shortfall(problem: &Problem, order: OrderId, attempt: &Attempt, one: &Violation) -> Shortfall {
    let unit = one.rule.unit();
    let by = unit.show(one.amount);
    let (code, text) = match one.rule {
        Rule::Road => return road(problem, attempt),
        Rule::Window if is_promised(problem, order, one) => {
            (ReasonCode::UrgentReach, format!("in hand {by} later than promised"))
        }
        Rule::Window => {
            (ReasonCode::TimeWindow, format!("{by} past {}", window_of(problem, order, one)))
        }
        Rule::ShiftClose | Rule::ShiftOpen => {
            (ReasonCode::ShiftTime, format!("{by} past the end of the shift"))
        }
        Rule::Duration => (ReasonCode::ShiftTime, format!("{by} longer away than allowed")),
        Rule::Ready | Rule::Reload => (ReasonCode::ShiftTime, format!("{by} too early")),
        Rule::CutOff => (ReasonCode::TruckCutoff, format!("{by} after the cut-off")),
        Rule::Length => (ReasonCode::Range, format!("{by} beyond its range")),
        Rule::Energy => (ReasonCode::Range, format!("{by} more than its battery gives")),
        Rule::Mass => (ReasonCode::CapacityWeight, format!("{by} too heavy")),
        Rule::Volume => (ReasonCode::CapacityVolume, format!("{by} too big")),
        Rule::Pieces => (ReasonCode::CapacityPieces, format!("{by} too many")),
        Rule::BoxVolume => (ReasonCode::NoColdBox, format!("{by} too big for the cold boxes")),
        Rule::BoxCoolant => {
            (ReasonCode::NoCoolant, "no conditioned coolant is left for a box".into())
        }
        Rule::ColdHold => (ReasonCode::ColdHold, format!("cold hold {by} short")),
        Rule::ColdLid if one.amount >= NEVER.0 => {
            let text = "one opening of the cold box lets its goods leave their range";
            (ReasonCode::ColdHold, text.to_owned())
        }
        Rule::ColdLid => (
            ReasonCode::ColdHold,
            format!("the cold box is opened {by} too soon after another opening"),
        ),
        Rule::Doorstep => {
            (ReasonCode::Doorstep, format!("on the doorstep {by} longer than the goods keep"))
        }
        Rule::OutBudget => (
            ReasonCode::OutBudget,
            format!("out of refrigeration {by} longer than its document allows"),
        ),
        Rule::ColdWarm => (ReasonCode::ColdHold, unfit(problem, attempt, one)),
        Rule::ColdFreeze => (ReasonCode::ColdFreeze, unfit(problem, attempt, one)),
        Rule::NoColdBox => (ReasonCode::NoColdBox, unfit(problem, attempt, one)),
        Rule::DrivingRest => (ReasonCode::DriveRest, format!("{by} of driving without a rest")),
        Rule::DeliverFirst => {
            (ReasonCode::DeliverFirst, "it delivers before it collects on each trip".into())
        }
        Rule::Segregation => {
            (ReasonCode::Segregated, "medicine would ride with other goods".into())
        }
        Rule::Skill => (ReasonCode::Skill, skills(problem, order, attempt)),
        Rule::Consent => (ReasonCode::NoConsent, "no consent to a pick-up point".into()),
        Rule::Station => {
            let is_pinned = problem.pinned(order) == Some(attempt.vehicle);
            let code = if is_pinned { ReasonCode::LockConflict } else { ReasonCode::NoVehicle };
            (code, "the order is of another station".into())
        }
        Rule::Pin | Rule::Position | Rule::Frozen => {
            (ReasonCode::LockConflict, lock(problem, order, one))
        }
        other => (ReasonCode::LockConflict, other.text().into()),
    };
    Shortfall { code, amount: one.amount, unit, text }
}

/// True when the window that is missed is the order's own, and ends by its promise.
fn is_promised(problem: &Problem, order: OrderId, one: &Violation) -> bool {
    let ends_so = |visit| {
        let visit: &crate::problem::Visit = problem.visit(visit);
        let close = visit.windows.last().map(|window| window.close());
        let promise = problem.order(order).promise();
        promise.is_some_and(|promise| close == Some(promise.latest_begin(visit.service)))
    };
    one.order == Some(order) && one.visit.is_some_and(ends_so)
}

/// Whose window is missed.
fn window_of(problem: &Problem, order: OrderId, one: &Violation) -> String {
    match one.order {
        Some(other) if other != order => {
            format!("the window of order {}", problem.order(other).id())
        }
        _ => "its window".into(),
    }
}

/// Why a cold box is unfit, with the class.
fn unfit(problem: &Problem, attempt: &Attempt, one: &Violation) -> String {
    let class = one.visit.and_then(|visit| problem.visit(visit).class);
    let Some(class) = class else { return one.rule.text().into() };
    match problem.hold(attempt.vehicle, class) {
        Err(crate::cold::Unfit::NoBox) => format!("no box for {}", problem.classes()[class].code),
        Err(why) => format!("{}: {why}", problem.classes()[class].code),
        Ok(_) => one.rule.text().into(),
    }
}

fn skills(problem: &Problem, order: OrderId, attempt: &Attempt) -> String {
    let lacking = problem.skills_lacking(order, attempt.vehicle);
    format!("needs skill {}", lacking.join(" and skill "))
}

fn lock(problem: &Problem, order: OrderId, one: &Violation) -> String {
    let pin = problem.pinned(order).map(|pin| problem.vehicle(pin).id());
    match (one.rule, pin, problem.order(order).position_lock()) {
        (Rule::Pin, Some(pin), _) => format!("pinned to {pin}"),
        (Rule::Position, _, _) if one.order != Some(order) => "it would move a locked stop".into(),
        (Rule::Position, _, Some(Position::First)) => "the first stop is taken".into(),
        (Rule::Position, _, Some(Position::Last)) => "the last stop is taken".into(),
        _ => one.rule.text().into(),
    }
}

/// Why there is no way: too far from any road, or no road between.
fn road(problem: &Problem, attempt: &Attempt) -> Shortfall {
    let profile = problem.profile_of(attempt.vehicle);
    match off_road(problem, attempt, profile) {
        Some(OffRoad::By(far)) => {
            let limit = problem.snap_limit();
            let (far_text, limit_text) = (Unit::Metres.show(far.0), Unit::Metres.show(limit.0));
            let text = format!("{far_text} from the nearest road, limit {limit_text}");
            let (code, amount) = (ReasonCode::OutsideArea, (far - limit).0.max(1));
            return Shortfall { code, amount, unit: Unit::Metres, text };
        }
        Some(OffRoad::Everywhere) => {
            let text = "no usable road anywhere near".into();
            return Shortfall { code: ReasonCode::Unreachable, amount: 1, unit: Unit::Count, text };
        }
        None => {}
    }
    let why = attempt.walk.stops.iter().find_map(|stop| stop.no_road);
    let code = match why {
        Some(NoRoad::Closed) => ReasonCode::EdgeClosed,
        _ => ReasonCode::Unreachable,
    };
    let text = format!("no road: {}", why.unwrap_or(NoRoad::OtherIsland).text());
    Shortfall { code, amount: 1, unit: Unit::Count, text }
}

/// How a place is off the road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OffRoad {
    /// The nearest usable road is this far.
    By(Metres),
    /// There is no usable road at all.
    Everywhere,
}

/// How the worst place of the attempt's order is off the road, if one is.
pub(super) fn off_road(problem: &Problem, attempt: &Attempt, profile: usize) -> Option<OffRoad> {
    let realisation = problem.realisation(attempt.realisation);
    let visits = std::iter::once(realisation.first).chain(realisation.second);
    let access = visits.map(|visit| {
        let place = problem.visit(visit).place;
        problem.places()[place.index()].access[profile]
    });
    access.filter_map(Result::err).map(|far| far.map_or(OffRoad::Everywhere, OffRoad::By)).max()
}
