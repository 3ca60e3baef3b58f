//! Why an order is on no route, as every report tells it.

use serde::Serialize;

use crate::plan::{Alternative, ReasonCode, Unserved, Verdict};
use crate::report::text::plain;
use crate::report::words;

/// A reason in words, on lines without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Why {
    /// The stable code: `TIME_WINDOW`.
    #[serde(rename = "reason")]
    pub(super) code: &'static str,
    /// The code in Chinese.
    #[serde(skip)]
    pub(super) code_zh: &'static str,
    /// The reason as one line, vehicle by vehicle.
    #[serde(rename = "reason_text")]
    pub(super) line: String,
    /// What the code means.
    #[serde(skip)]
    pub(super) text: String,
    /// What falls short on each vehicle, the nearest to serving the order first.
    pub(super) vehicles: Vec<OnVehicle>,
    /// The orders of higher tiers that take its place.
    pub(super) displaced_by: Vec<String>,
    /// The smallest single change that would serve it.
    pub(super) cure: Option<String>,
    /// What can be had instead of a promise that cannot be kept, by time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) offers: Vec<Offer>,
}

/// A way to get an urgent order all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Offer {
    /// Which of the order's options.
    option: usize,
    /// Where the goods change hands, as in the day's file.
    hand_over: &'static str,
    /// The vehicle that would bring it.
    vehicle: String,
    /// When the goods would be in hand, as 08:35 and in seconds after local midnight.
    in_hand: String,
    in_hand_s: i64,
    /// The same in words.
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    text_zh: String,
}

/// What falls short on one vehicle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct OnVehicle {
    /// Its id.
    pub(super) vehicle: String,
    /// True when it falls short even on an empty route.
    pub(super) empty_route: bool,
    /// True for a vehicle of another station.
    #[serde(skip)]
    is_elsewhere: bool,
    /// By how much.
    pub(super) text: String,
}

/// How many vehicles and orders people are told of.
const SHOWN: usize = 4;

impl Why {
    /// The vehicles worth telling people of: the nearest few, none of another station.
    pub(super) fn nearest(&self) -> impl Iterator<Item = &OnVehicle> {
        self.vehicles.iter().filter(|on| !on.is_elsewhere).take(SHOWN)
    }

    /// What is offered, on one line in Chinese and one in English; nothing when nothing is.
    pub(super) fn offered(&self) -> Option<(String, String)> {
        let line = |text: fn(&Offer) -> &str, mark: &str| {
            self.offers.iter().take(SHOWN).map(text).collect::<Vec<_>>().join(mark)
        };
        let both = || (line(|one| &one.text_zh, "；"), line(|one| &one.text, ", "));
        (!self.offers.is_empty()).then(both)
    }

    /// The first few orders that take its place, on one line; empty when there are none.
    pub(super) fn displacing(&self) -> String {
        let first = self.displaced_by.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        match self.displaced_by.len().saturating_sub(SHOWN) {
            0 => first,
            more => format!("{first} +{more}"),
        }
    }
}

/// The reason of one unserved order.
pub(super) fn of(unserved: &Unserved) -> Why {
    let reason = &unserved.reason;
    let on_vehicle = |verdict: &Verdict| OnVehicle {
        vehicle: plain(&verdict.name),
        empty_route: verdict.is_empty_route,
        is_elsewhere: verdict.shortfalls.iter().any(|one| one.code == ReasonCode::NoVehicle),
        text: plain(&verdict.text()),
    };
    Why {
        code: reason.code.as_str(),
        code_zh: chinese(reason.code),
        line: plain(&reason.to_string()),
        text: reason.code.text().into(),
        vehicles: reason.verdicts.iter().map(on_vehicle).collect(),
        displaced_by: reason.displaced_by.iter().map(|id| plain(id)).collect(),
        cure: reason.cure.as_ref().map(|cure| plain(&cure.to_string())),
        offers: reason.alternatives.iter().map(offer).collect(),
    }
}

fn offer(one: &Alternative) -> Offer {
    let place = words::hand_over(one.hand_over);
    let vehicle = plain(&one.name);
    Offer {
        option: one.choice,
        hand_over: place.code,
        in_hand: one.in_hand_at.to_string(),
        in_hand_s: one.in_hand_at.0,
        text: plain(&one.to_string()),
        text_zh: format!("{} {} {vehicle}", place.zh, one.in_hand_at),
        vehicle,
    }
}

/// The code as a station says it.
fn chinese(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::Unreachable => "无路可达",
        ReasonCode::EdgeClosed => "道路封闭",
        ReasonCode::OutsideArea => "超出区域",
        ReasonCode::CapacityWeight => "超载",
        ReasonCode::CapacityVolume => "超方",
        ReasonCode::CapacityPieces => "超件",
        ReasonCode::TimeWindow => "时段冲突",
        ReasonCode::UrgentReach => "超出急送时限",
        ReasonCode::Segregated => "药品须分运",
        ReasonCode::Doorstep => "交接途中失温",
        ReasonCode::OutBudget => "离冷藏超时",
        ReasonCode::ShiftTime => "超出班次",
        ReasonCode::DriveRest => "连续驾驶",
        ReasonCode::Range => "续航不足",
        ReasonCode::Skill => "缺少技能",
        ReasonCode::ColdHold => "保温时限不够",
        ReasonCode::ColdFreeze => "冻结风险",
        ReasonCode::NoColdBox => "冷箱不足",
        ReasonCode::NoCoolant => "冷媒不足",
        ReasonCode::TruckCutoff => "赶不上返程车",
        ReasonCode::NoConsent => "未同意代收",
        ReasonCode::LockConflict => "与锁定冲突",
        ReasonCode::Displaced => "被更高优先级挤出",
        ReasonCode::NotWorth => "得不偿失",
        ReasonCode::NoVehicle => "无车",
        ReasonCode::NotExamined => "未及细查",
        ReasonCode::NotTried => "未尝试",
        ReasonCode::DeliverFirst => "先送后取",
    }
}
