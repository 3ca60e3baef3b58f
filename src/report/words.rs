//! The words of the trade: a stable code, Chinese, English.

use crate::cold::Conditioning;
use crate::problem::{HandOver, Kind, Tier};
use crate::schedule::StopKind;

/// One word in three forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// For machines; never changes.
    pub(super) code: &'static str,
    /// For couriers.
    pub(super) zh: &'static str,
    /// For planners.
    pub(super) en: &'static str,
}

const fn word(code: &'static str, zh: &'static str, en: &'static str) -> Word {
    Word { code, zh, en }
}

/// What happens at a stop.
pub(super) fn stop(kind: StopKind) -> Word {
    match kind {
        StopKind::Start => word("start", "出发", "depart"),
        StopKind::Deliver => word("deliver", "派件", "deliver"),
        StopKind::Collect => word("collect", "揽收", "collect"),
        StopKind::ShipPickup => word("ship_pickup", "取件", "pick up"),
        StopKind::ShipDelivery => word("ship_delivery", "转送", "drop off"),
        StopKind::Serve => word("serve", "上门服务", "serve"),
        StopKind::Reload => word("reload", "回站装车", "reload"),
        StopKind::Rest => word("rest", "休息", "rest"),
        StopKind::Charge => word("charge", "充电", "charge"),
        StopKind::End => word("end", "收车", "return"),
    }
}

/// What an errand is about.
pub(super) fn kind(kind: Kind) -> Word {
    match kind {
        Kind::Deliver => word("deliver", "派件", "deliver"),
        Kind::Collect => word("collect", "揽收", "collect"),
        Kind::Ship => word("ship", "转送", "ship"),
        Kind::Serve => word("serve", "上门服务", "serve"),
    }
}

/// How an order ranks.
pub(super) fn tier(tier: Tier) -> Word {
    match tier {
        Tier::Urgent => word("urgent", "急送", "urgent"),
        Tier::ColdChain => word("cold_chain", "冷链", "cold chain"),
        Tier::Promise => word("promise", "24小时达", "24 h promise"),
        Tier::Ordinary => word("ordinary", "普通", "ordinary"),
        Tier::Later => word("later", "可延后", "later"),
    }
}

/// How coolant is conditioned.
pub(super) fn conditioning(of: Conditioning) -> Word {
    match of {
        Conditioning::Frozen => word("frozen", "全冻", "frozen"),
        Conditioning::Half => word("half", "半融", "half"),
        Conditioning::Liquid => word("liquid", "全液", "liquid"),
        Conditioning::Melted(_) => word("melted", "部分融化", "part melted"),
    }
}

/// Where goods are taken, unless the option names a point.
pub(super) const AT_SENDER: Word = word("home", "上门取件", "at the door");

/// Where goods change hands.
pub(super) fn hand_over(at: HandOver) -> Word {
    match at {
        HandOver::Home => word("home", "送到家", "home"),
        HandOver::PickupPoint => word("pickup_point", "代收点", "pick-up point"),
        HandOver::Pharmacy => word("pharmacy", "药店", "pharmacy"),
    }
}
