//! The hold formula the search uses: how long a closed box keeps its product safe, and what each
//! opening takes off that. Always on the safe side of [`simulate`](super::simulate()).
//!
//! On the plateau the coolant takes up `UA (T_e - T_m)` watts, so a hold is headroom over watts
//! ("kelvin-hours"), and one opening costs `g t_o / UA` seconds at any ambient temperature. Headroom
//! is one-sided: heat has what is still solid, cold has what is melted. Our own arrangement of the
//! cold-life test of WHO PQS E004; constant time.
//!
//! Without coolant the payload itself drifts: in air that stays as it is its distance to the air falls as
//! `e^(-t / tau)`, and each opening leaves `e^(-g t_o / C_p)` of it. In logarithms both add up, so the
//! hold is `tau ln((T_e - T_0) / (T_e - T_lim))` and one opening costs the same `g t_o / UA` seconds. A
//! compartment holds as long as its unit is strong enough; its door is for [`LidTerms`].

use std::fmt;

use super::{Conditioning, LidTerms, Means, PackOut, ProductClass};
use crate::units::{MilliCelsius, Seconds};

/// The hold that must be left over at the end, whatever the share.
pub const RESERVE_LEFT: Seconds = Seconds::hours(2);
/// The least width of a class for the payload's slack, K.
const SLACK_K: f64 = 6.0;

/// What a box allows: `elapsed + openings * opening <= hold`, from closing the lid to the last
/// hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldTerms {
    /// Usable hold, the reserve already taken off, rounded down; [`Seconds::UNLIMITED`] when the
    /// ambient is harmless.
    pub hold: Seconds,
    /// What one opening takes off the hold, rounded up.
    pub opening: Seconds,
    /// How long the lid must stay closed before an opening so that the payload has recovered,
    /// wherever in its range it was, rounded up; [`Seconds::UNLIMITED`] when even a payload at rest
    /// leaves its range in one opening out in the open.
    pub recovery: Seconds,
    /// How openings that follow each other add up.
    pub lid: LidTerms,
}

impl HoldTerms {
    /// The best of two boxes in each number: the longer hold, the cheaper opening, the shorter recovery.
    /// What breaks these terms breaks those of either box.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        Self {
            hold: self.hold.max(other.hold),
            opening: self.opening.min(other.opening),
            recovery: self.recovery.min(other.recovery),
            lid: self.lid.better(other.lid),
        }
    }
}

/// Why a box does not suit a class at these temperatures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unfit {
    /// There is no box for the class.
    NoBox,
    /// The payload settles above the class, ice or no ice.
    TooWarm {
        /// Where it settles, degrees Celsius.
        payload_c: f64,
    },
    /// The payload settles below the class.
    TooCold {
        /// Where it settles, degrees Celsius.
        payload_c: f64,
    },
    /// The coolant has nothing to give on the side it is needed: packed for the other season.
    WrongConditioning {
        /// The ambient temperature it cannot stand, degrees Celsius.
        ambient_c: f64,
        /// The coolant's plateau, degrees Celsius.
        plateau_c: f64,
        /// What it has on that side before any reserve, J.
        headroom_j: f64,
    },
    /// There is a hold, but the reserve uses it up.
    TooShort {
        /// The hold before the reserve.
        hold: Seconds,
    },
    /// The qualification does not cover this ambient temperature.
    OutsideQualifiedAmbient {
        /// The ambient temperature, degrees Celsius.
        ambient_c: f64,
    },
    /// The pack-out, its conditioning or the class is impossible: see [`PackOut::check`].
    Impossible,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBox => f.write_str("no box for it"),
            Self::TooWarm { payload_c } => {
                write!(f, "the payload would settle at {payload_c:.1} °C, above its range")
            }
            Self::TooCold { payload_c } => {
                write!(f, "the payload would settle at {payload_c:.1} °C, below its range")
            }
            Self::WrongConditioning { ambient_c, plateau_c, headroom_j } => write!(
                f,
                "packed for the other season: at {ambient_c:.1} °C outside the {plateau_c:.1} °C \
                 coolant has {:.0} kJ to give",
                headroom_j / 1000.0
            ),
            Self::TooShort { hold } => {
                write!(f, "holds {} min before the reserve, too little", hold.0 / 60)
            }
            Self::OutsideQualifiedAmbient { ambient_c } => {
                write!(f, "not qualified for {ambient_c:.1} °C outside")
            }
            Self::Impossible => f.write_str("the pack-out is physically impossible"),
        }
    }
}

/// How long a closed box keeps a class in range while the ambient stays between two temperatures,
/// and what an opening costs. A payload anywhere in its range at closing is allowed for.
///
/// ```
/// use lastmile::cold::{Conditioning, PackOut, ProductClass, hold};
/// use lastmile::units::{MilliCelsius, Seconds};
///
/// let insulin = ProductClass::by_code("CN_COLD_2_8").unwrap();
/// let frost = MilliCelsius::celsius(-20.0);
/// let terms = hold(&PackOut::p7(), Conditioning::Liquid, &insulin, frost, frost).unwrap();
/// assert_eq!(terms.opening, Seconds(480));
/// assert!(hold(&PackOut::p7(), Conditioning::Frozen, &insulin, frost, frost).is_err());
/// ```
///
/// # Errors
/// Why the box must not be used.
pub fn hold(
    packout: &PackOut,
    conditioning: Conditioning,
    class: &ProductClass,
    ambient_low: MilliCelsius,
    ambient_high: MilliCelsius,
) -> Result<HoldTerms, Unfit> {
    let is_possible =
        packout.check().is_empty() && conditioning.check().is_none() && class.check().is_none();
    if !is_possible {
        return Err(Unfit::Impossible);
    }
    let (low, high) = (ambient_low.min(ambient_high), ambient_low.max(ambient_high));
    check_qualified(packout, low, high)?;
    match packout.means {
        Means::Walls => check_packed(packout, class)?,
        Means::Coolant | Means::Unit(_) => check_payload(packout, class, low, high)?,
    }
    let (warm, cold, slack_j) = both(packout, conditioning, class, (low, high));
    let hold = warm.hold(packout, slack_j)?.min(cold.hold(packout, slack_j)?);
    let recovery = warm.recovery_s(packout).max(cold.recovery_s(packout));
    Ok(HoldTerms {
        hold: packout.hold_max.map_or(hold, |most| hold.min(most)),
        opening: Seconds::round(packout.opening_cost_s().ceil()),
        recovery: Seconds::round(recovery.ceil()),
        lid: LidTerms::of(packout, class, low.degrees(), high.degrees()),
    })
}

/// The two sides of a box in air between two temperatures, and what its payload's swing may take.
fn both(
    packout: &PackOut,
    conditioning: Conditioning,
    class: &ProductClass,
    (low, high): (MilliCelsius, MilliCelsius),
) -> (Side, Side, f64) {
    let melted_j = packout.latent_j * conditioning.melted_share();
    let warm = Side {
        ambient_c: high.degrees(),
        limit_c: class.highest().map(MilliCelsius::degrees),
        headroom_j: packout.latent_j - melted_j,
        sign: 1.0,
    };
    let cold = Side {
        ambient_c: low.degrees(),
        limit_c: class.lowest().map(MilliCelsius::degrees),
        headroom_j: melted_j,
        sign: -1.0,
    };
    let width_k = match (class.lowest(), class.highest()) {
        (Some(low), Some(high)) => (high - low).degrees().max(SLACK_K),
        (Some(limit), None) | (None, Some(limit)) => {
            (limit.degrees() - packout.plateau_c).abs().max(SLACK_K)
        }
        (None, None) => SLACK_K,
    };
    (warm, cold, packout.payload_j_per_k * (1.0 - packout.payload_offset) * width_k)
}

/// The sides on which air between two temperatures does harm: the worst of that air, degrees Celsius,
/// and the hold in it.
pub(super) struct Sides {
    pub(super) warm: Option<(f64, Seconds)>,
    pub(super) cold: Option<(f64, Seconds)>,
}

/// The sides of a box that is fit for this air.
pub(super) fn sides(
    packout: &PackOut,
    conditioning: Conditioning,
    class: &ProductClass,
    air: (MilliCelsius, MilliCelsius),
) -> Sides {
    let (warm, cold, slack_j) = both(packout, conditioning, class, air);
    let of = |side: Side| {
        let hold = side.hold(packout, slack_j).ok()?;
        (hold < Seconds::UNLIMITED).then_some((side.ambient_c, hold))
    };
    Sides { warm: of(warm), cold: of(cold) }
}

/// How to condition the coolant of a box for a day whose air stays between two temperatures: frozen,
/// liquid or half melted, whichever holds longest, and the terms it then keeps. Where none will do,
/// as for a day on the plateau's far side, the season's usual conditioning and why it will not.
pub fn condition(
    packout: &PackOut,
    class: &ProductClass,
    ambient_low: MilliCelsius,
    ambient_high: MilliCelsius,
) -> (Conditioning, Result<HoldTerms, Unfit>) {
    let middle_c = f64::midpoint(ambient_low.degrees(), ambient_high.degrees());
    let usual =
        if middle_c < packout.plateau_c { Conditioning::Liquid } else { Conditioning::Frozen };
    let terms = |way| hold(packout, way, class, ambient_low, ambient_high);
    let mut best = (usual, terms(usual));
    for way in [Conditioning::Frozen, Conditioning::Liquid, Conditioning::Half] {
        if let Ok(found) = terms(way)
            && best.1.as_ref().map_or(true, |best| best.hold < found.hold)
        {
            best = (way, Ok(found));
        }
    }
    best
}

fn check_qualified(packout: &PackOut, low: MilliCelsius, high: MilliCelsius) -> Result<(), Unfit> {
    let Some(qualified) = packout.qualified else { return Ok(()) };
    let outside = if low < qualified.low {
        low
    } else if high > qualified.high {
        high
    } else {
        return Ok(());
    };
    Err(Unfit::OutsideQualifiedAmbient { ambient_c: outside.degrees() })
}

/// The payload must settle inside its range at both ends of the ambient range; between them it
/// settles between.
fn check_payload(
    packout: &PackOut,
    class: &ProductClass,
    low: MilliCelsius,
    high: MilliCelsius,
) -> Result<(), Unfit> {
    let (coldest, warmest) = packout.payload_rests_c(low.degrees(), high.degrees());
    if class.highest().is_some_and(|limit| warmest > limit.degrees()) {
        return Err(Unfit::TooWarm { payload_c: warmest });
    }
    if class.lowest().is_some_and(|limit| coldest < limit.degrees()) {
        return Err(Unfit::TooCold { payload_c: coldest });
    }
    Ok(())
}

/// Goods without coolant must be packed inside their range.
fn check_packed(packout: &PackOut, class: &ProductClass) -> Result<(), Unfit> {
    let payload_c = packout.plateau_c;
    if class.highest().is_some_and(|limit| payload_c > limit.degrees()) {
        return Err(Unfit::TooWarm { payload_c });
    }
    if class.lowest().is_some_and(|limit| payload_c < limit.degrees()) {
        return Err(Unfit::TooCold { payload_c });
    }
    Ok(())
}

/// One side of the two: warm or cold.
struct Side {
    /// The worst ambient temperature of this side.
    ambient_c: f64,
    /// The class limit of this side.
    limit_c: Option<f64>,
    /// What the coolant can take up (warm) or give (cold), J.
    headroom_j: f64,
    /// 1 for warm, -1 for cold.
    sign: f64,
}

impl Side {
    /// True when the ambient is past the class limit; otherwise box and payload may come to rest at
    /// the ambient temperature and nothing happens.
    fn is_hazard(&self) -> bool {
        self.limit_c.is_some_and(|limit_c| self.sign * (self.ambient_c - limit_c) > 0.0)
    }

    fn hold(&self, packout: &PackOut, slack_j: f64) -> Result<Seconds, Unfit> {
        match packout.means {
            Means::Coolant => self.hold_of_coolant(packout, slack_j),
            Means::Walls => self.hold_of_walls(packout),
            Means::Unit(_) => Ok(Seconds::UNLIMITED),
        }
    }

    /// How long the payload takes for the share of its way to the limit that a plan may use.
    fn hold_of_walls(&self, packout: &PackOut) -> Result<Seconds, Unfit> {
        let Some(limit_c) = self.limit_c.filter(|_| self.is_hazard()) else {
            return Ok(Seconds::UNLIMITED);
        };
        let (start_c, lag_s) = (packout.plateau_c, packout.payload_lag_s());
        let last_c = start_c + packout.status.headroom_used() * (limit_c - start_c);
        let hold_s = |end_c: f64| {
            let ratio = (self.ambient_c - start_c) / (self.ambient_c - end_c);
            Seconds::round((lag_s * ratio.ln()).floor())
        };
        match hold_s(last_c) {
            hold if hold.0 <= 0 => Err(Unfit::TooShort { hold: hold_s(limit_c) }),
            hold => Ok(hold),
        }
    }

    fn hold_of_coolant(&self, packout: &PackOut, slack_j: f64) -> Result<Seconds, Unfit> {
        let watts = packout.ua_w_per_k * self.sign * (self.ambient_c - packout.plateau_c);
        if !self.is_hazard() || watts <= 0.0 {
            return Ok(Seconds::UNLIMITED);
        }
        let usable_j = packout.status.headroom_used() * self.headroom_j - slack_j;
        if usable_j <= 0.0 {
            return Err(Unfit::WrongConditioning {
                ambient_c: self.ambient_c,
                plateau_c: packout.plateau_c,
                headroom_j: self.headroom_j,
            });
        }
        let whole_s = (self.headroom_j - slack_j) / watts;
        let hold = Seconds::round((usable_j / watts).min(whole_s - RESERVE_LEFT.as_f64()).floor());
        if hold.0 <= 0 {
            return Err(Unfit::TooShort { hold: Seconds::round(whole_s.floor()) });
        }
        Ok(hold)
    }

    /// Seconds of closed lid after which one opening keeps the payload inside this limit, from the
    /// limit itself.
    fn recovery_s(&self, packout: &PackOut) -> f64 {
        let Some(limit_c) = self.limit_c.filter(|_| self.is_hazard()) else { return 0.0 };
        let share = packout.at_edge(self.sign).opening_share(self.ambient_c);
        // Without coolant openings count as hold.
        if share <= 0.0 || packout.means == Means::Walls {
            return 0.0;
        }
        let steady_c = packout.at_edge(self.sign).payload_steady_c(self.ambient_c);
        // The payload nearest the limit from which one opening just reaches it.
        let ready_c = match packout.means {
            Means::Unit(_) => limit_c - share * (self.ambient_c - steady_c),
            _ => self.ambient_c + (limit_c - self.ambient_c) / packout.opening_keeps(),
        };
        let (start_k, ready_k) =
            (self.sign * (limit_c - steady_c), self.sign * (ready_c - steady_c));
        if ready_k <= 0.0 || !ready_k.is_finite() {
            return Seconds::UNLIMITED.as_f64();
        }
        packout.payload_lag_s() * (start_k / ready_k).ln().max(0.0)
    }
}

#[cfg(test)]
mod tests;
