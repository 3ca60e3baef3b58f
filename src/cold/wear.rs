//! How fast a box's hold is used up over a day whose air changes by the hour: fully in the worst air,
//! less in milder, at all not where the box may not stand.
//!
//! The heat that passes the walls telescopes, `X(from, until) = Q(until) - Q(from)`, so the hold used
//! between two moments is a difference of two look-ups in one table, however many hours lie between
//! (prefix sums; own arrangement). Each side of the
//! plateau is taken for itself and nothing that cold gives back is credited to heat: the table counts
//! what the dearer side uses. Hours in which the pack-out is not qualified, or lets its payload leave
//! its range at rest, cost more than any hold: a static mask that needs no test of its own.

use std::fmt;

use super::hold::{Sides, hold, sides};
use super::{Conditioning, HoldTerms, PackOut, ProductClass, Unfit, Weather};
use crate::units::{MilliCelsius, Seconds, Time};

/// The length of one cell of the table, s.
const CELL_S: i64 = 900;
/// Thousandths of a second of hold that one second of the worst air costs.
const FULL: i64 = 1000;
/// What one second costs in which the box may not stand: more than any hold.
const MASKED: i64 = FULL << 33;
/// What is used up by more than this is used up by masked hours.
const MASK_LEAST_S: i64 = 1 << 33;
/// The longest table, in cells: a shift is at most a few days long.
const CELLS_MAX: i64 = 96 * 8;
/// Moments beyond this count as this.
const FARTHEST_S: i64 = 1 << 31;

/// The use of one box's hold by the hour. Outside the hours it knows, every second counts in full.
#[derive(Clone, PartialEq)]
pub struct Wear {
    /// When the first cell begins.
    first: i64,
    /// Thousandths used from the first cell's begin to each cell's begin; one more than there are cells.
    used: Vec<i64>,
    /// Thousandths for each second of each cell.
    rate: Vec<i64>,
    /// Why the box may not stand in the first of the masked cells.
    unfit: Option<Unfit>,
}

impl fmt::Debug for Wear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wear({} cells from {})", self.rate.len(), Time(self.first))
    }
}

impl Wear {
    fn new(first: i64, rate: Vec<i64>, unfit: Option<Unfit>) -> Self {
        let mut used = vec![0];
        used.extend(rate.iter().scan(0, |sum, rate| {
            *sum += rate * CELL_S;
            Some(*sum)
        }));
        Self { first, used, rate, unfit }
    }

    /// Thousandths used up to a moment.
    fn at(&self, moment: Time) -> i64 {
        let past = moment.0.clamp(-FARTHEST_S, FARTHEST_S) - self.first;
        let last = self.rate.len();
        match usize::try_from(past.div_euclid(CELL_S)) {
            Err(_) => past * FULL,
            Ok(cell) if cell < last => self.used[cell] + past.rem_euclid(CELL_S) * self.rate[cell],
            Ok(_) => self.used[last] + (past - self.end()) * FULL,
        }
    }

    /// How long the table is, s.
    fn end(&self) -> i64 {
        CELL_S * i64::try_from(self.rate.len()).unwrap_or(i64::MAX / CELL_S)
    }

    /// The hold used from one moment to a later one, rounded up: at most what is between them, or more
    /// than any hold where the box may not stand.
    pub fn used(&self, from: Time, until: Time) -> Seconds {
        Seconds((self.at(until) - self.at(from)).max(0).saturating_add(FULL - 1) / FULL)
    }

    /// The earliest moment from which no more than `most` is used until a moment.
    pub fn from(&self, until: Time, most: Seconds) -> Time {
        Time(self.first + self.reach(self.at(until) - most.0.min(FARTHEST_S) * FULL))
    }

    /// The latest moment until which no more than `most` is used from a moment.
    pub fn until(&self, from: Time, most: Seconds) -> Time {
        let target = self.at(from) + most.0.min(FARTHEST_S) * FULL;
        // One second past the last: `reach` finds the first at which more is used.
        Time(self.first + self.reach(target + 1) - 1)
    }

    /// The least seconds past the first cell's begin at which so many thousandths are used.
    fn reach(&self, target: i64) -> i64 {
        let last = self.rate.len();
        let up = |thousandths: i64, rate: i64| {
            thousandths.div_euclid(rate) + i64::from(thousandths.rem_euclid(rate) > 0)
        };
        match self.used.partition_point(|&used| used < target) {
            0 => up(target, FULL),
            bound if bound > last => self.end() + up(target - self.used[last], FULL),
            bound => {
                let begin = CELL_S * i64::try_from(bound - 1).unwrap_or(0);
                begin + up(target - self.used[bound - 1], self.rate[bound - 1])
            }
        }
    }

    /// Why the box may not stand somewhere between two moments; none when it may.
    pub fn unfit_between(&self, from: Time, until: Time) -> Option<Unfit> {
        self.unfit.filter(|_| self.used(from, until).0 >= MASK_LEAST_S)
    }

    /// The lesser use of two boxes in each cell; none stands for the full use of every second.
    pub(crate) fn better(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (one, rates) = match (one, other) {
            (Some(one), Some(other)) if one.rate.len() == other.rate.len() => (one, other.rate),
            (Some(some), _) | (_, Some(some)) => {
                let full = vec![FULL; some.rate.len()];
                (some, full)
            }
            (None, None) => return None,
        };
        let rate: Vec<i64> = one.rate.iter().zip(rates).map(|(a, b)| b.min(*a)).collect();
        let is_barred = rate.contains(&MASKED);
        Some(Self::new(one.first, rate, one.unfit.filter(|_| is_barred)))
    }
}

/// What a box allows over the hours from `from` to `until`: the terms in the worst air it may stand in,
/// and how much less milder hours use. No table where every second counts in full, as in weather that
/// is the same always.
///
/// # Errors
/// Why the box must not be used at any of these hours.
pub fn hold_by_hour(
    packout: &PackOut,
    conditioning: Conditioning,
    class: &ProductClass,
    weather: &Weather,
    (from, until): (Time, Time),
) -> Result<(HoldTerms, Option<Wear>), Unfit> {
    let whole = || weather.cover().and_then(|(first, last)| weather.range(first, last));
    let (low, high) = weather.range(from, until).or_else(whole).ok_or(Unfit::Impossible)?;
    let at = |low, high| hold(packout, conditioning, class, low, high);
    let first = from.0.div_euclid(CELL_S);
    let cells = until.0.div_euclid(CELL_S) + 1 - first;
    if weather.cover().is_none() || !(1..=CELLS_MAX).contains(&cells) {
        return Ok((at(low, high)?, None));
    }
    let air = |cell: i64| {
        let (begin, end) = (Time(cell * CELL_S), Time((cell + 1) * CELL_S));
        // What is not covered may be anything; at the ends of the shift the rest of the cell counts not.
        let (begin, end) = (begin.max(from), end.min(until.max(begin.max(from))));
        weather.range(begin, end).unwrap_or((low, high))
    };
    let airs: Vec<(MilliCelsius, MilliCelsius)> = (first..first + cells).map(air).collect();
    let fits: Vec<Option<Unfit>> = airs.iter().map(|&(low, high)| at(low, high).err()).collect();
    let fit = airs.iter().zip(&fits).filter(|(_, unfit)| unfit.is_none()).map(|(&air, _)| air);
    let Some(worst) = fit.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        return Err(at(low, high).err().or(fits[0]).unwrap_or(Unfit::Impossible));
    };
    let mut terms = at(worst.0, worst.1)?;
    if fits.iter().any(Option::is_some) {
        // No hold outlasts a barred hour, not even that of a box which needs no ice in the others.
        terms.hold = terms.hold.min(Seconds(MASK_LEAST_S / 2));
    }
    let sides = sides(packout, conditioning, class, worst);
    let rate = airs.iter().zip(&fits).map(|(&air, unfit)| match unfit {
        Some(_) => MASKED,
        None => rate(&sides, packout, terms.hold, air),
    });
    let rate: Vec<i64> = rate.collect();
    let is_plain = rate.iter().all(|&rate| rate == FULL);
    let unfit = fits.into_iter().flatten().next();
    let wear = (!is_plain).then(|| Wear::new(first * CELL_S, rate, unfit));
    Ok((terms, wear))
}

/// Thousandths of the hold that a second in this air uses: of each side that does harm today its share
/// of the heat of the worst air, as a share of that side's own hold; and of the longest qualified hold.
fn rate(
    sides: &Sides,
    packout: &PackOut,
    hold: Seconds,
    (low, high): (MilliCelsius, MilliCelsius),
) -> i64 {
    let of = |most: Seconds| hold.as_f64() / most.as_f64().max(1.0);
    let warm = sides.warm.map(|(worst_c, most)| of(most) * lead(packout, high.degrees(), worst_c));
    let cold = sides.cold.map(|(worst_c, most)| of(most) * lead(packout, low.degrees(), worst_c));
    let longest = packout.hold_max.map(of);
    let share = [warm, cold, longest].into_iter().flatten().fold(0.0, f64::max);
    Seconds::round((1000.0 * share).ceil()).0.clamp(0, FULL)
}

/// How far some air is from the plateau, as a share of the worst; 0 on its other side.
fn lead(packout: &PackOut, air_c: f64, worst_c: f64) -> f64 {
    ((air_c - packout.plateau_c) / (worst_c - packout.plateau_c)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::Ambient;
    use crate::rng::Rng;

    const SHIFT: (Time, Time) = (Time(6 * 3600), Time(18 * 3600));

    fn by_hour(packout: &PackOut, way: Conditioning, hours: &[f64]) -> (HoldTerms, Option<Wear>) {
        let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
        let weather = Weather::hourly(0, hours).unwrap();
        hold_by_hour(packout, way, &class, &weather, SHIFT).unwrap()
    }

    /// `-10 - 10 cos(2 pi (t - 4) / 24)` °C.
    fn winter() -> Vec<f64> {
        let air = |hour: i64| {
            let turn = std::f64::consts::TAU * (Seconds(hour).as_f64() - 4.0) / 24.0;
            -10.0 - 10.0 * turn.cos()
        };
        (0..25).map(air).collect()
    }

    #[test]
    fn t12_a_day_s_swing_uses_half_of_what_its_coldest_hour_would() {
        let (terms, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &winter());
        let wear = wear.unwrap();
        let used = wear.used(SHIFT.0, SHIFT.1);
        // Its coldest air, at 6, is -18.66 °C. -141.80 K h of air over 12 h: with the plateau at 5 °C.
        let kelvin_hours = used.as_f64() / 3600.0 * (5.0 + 18.66);
        assert!((141.8..149.0).contains(&kelvin_hours), "{kelvin_hours}");
        let worst = by_hour(&PackOut::p7(), Conditioning::Liquid, &[-18.66; 25]);
        assert!((terms.hold - worst.0.hold).0.abs() < 60);
        assert_eq!(worst.1, None, "air that stays as it is needs no table");
    }

    #[test]
    fn what_is_used_from_a_moment_and_what_is_left_until_one_agree() {
        let (_, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &winter());
        let wear = wear.unwrap();
        let mut rng = Rng::new(6, 6);
        let mut up_to = |most: u32| i64::from(rng.next_u32() % most);
        for _ in 0..20_000 {
            let from = Time(up_to(100_000) - 5_000);
            let (until, most) = (from + Seconds(up_to(50_000)), Seconds(up_to(30_000)));
            assert!(wear.used(from, until) <= until - from);
            let earliest = wear.from(until, most);
            assert!(wear.used(earliest, until) <= most);
            assert!(wear.used(earliest - Seconds(1), until) > most);
            let latest = wear.until(from, most);
            assert!(wear.used(from, latest) <= most);
            assert!(wear.used(from, latest + Seconds(1)) > most);
        }
    }

    #[test]
    fn hours_a_box_is_not_qualified_for_are_barred_and_the_others_are_not() {
        let band = Ambient { low: MilliCelsius(-15_000), high: MilliCelsius(30_000) };
        let p7 = PackOut { qualified: Some(band), ..PackOut::p7() };
        let (terms, wear) = by_hour(&p7, Conditioning::Liquid, &winter());
        let wear = wear.unwrap();
        let (dawn, noon) = (Time::at(7, 0), Time::at(12, 0));
        let unfit = wear.unfit_between(dawn, noon);
        assert!(matches!(unfit, Some(Unfit::OutsideQualifiedAmbient { .. })), "{unfit:?}");
        assert!(wear.used(dawn, noon) > terms.hold);
        assert_eq!(wear.unfit_between(noon, Time::at(16, 0)), None);
        assert!(wear.used(noon, Time::at(16, 0)) < Seconds::hours(4));
    }

    #[test]
    fn a_box_that_needs_no_ice_is_barred_from_hours_it_is_unfit_for() {
        // Frozen in 3 °C it holds for ever, and in a frosty morning not at all.
        let hours: Vec<f64> = (0..25).map(|hour| if hour < 9 { -10.0 } else { 3.0 }).collect();
        let (terms, wear) = by_hour(&PackOut::p7(), Conditioning::Frozen, &hours);
        let used = |from, until| wear.as_ref().unwrap().used(Time::at(from, 0), Time::at(until, 0));
        assert!(used(8, 9) > terms.hold);
        assert_eq!(used(11, 18), Seconds::ZERO);
    }

    #[test]
    fn mild_hours_count_for_a_box_that_later_needs_its_ice() {
        // 7 °C harms nothing, but it melts what 30 °C will need.
        let hours: Vec<f64> = (0..25).map(|hour| if hour < 12 { 7.0 } else { 30.0 }).collect();
        let (_, wear) = by_hour(&PackOut::p7(), Conditioning::Frozen, &hours);
        let morning = wear.unwrap().used(Time::at(7, 0), Time::at(10, 0));
        // Two of 25 kelvins, rounded up to thousandths.
        assert!((864..=875).contains(&morning.0), "{morning:?}");
    }
}
