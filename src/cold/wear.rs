//! How fast a box's hold is used up over a day whose air changes by the hour: fully in the worst air,
//! less in milder, at all not where the box may not stand; and air beyond the plateau gives back.
//!
//! This is the signed exposure of the coolant as the search has it. On each side of the plateau the heat
//! that passes the walls, `X(t) = UA int (T_e - T_m)`, is a sum over quarters of an hour, and what the
//! side uses between two moments is the largest rise of `X` from any moment to a later one: what the air
//! gives back counts against what was used before, never as a store for what comes. So the coolant is
//! taken to be no fuller than when it was closed, which holds whatever the other side does, also beyond
//! the plateau. Where the air stays on one side the rise is a difference of two sums. The coldest air
//! counts for the one side, the warmest for the other, whatever the weather does between them.
//!
//! Goods without coolant drift themselves. Their distance `D` to the worst air falls from `D_0`, and what
//! is used is `tau ln(D_0 / D)`: in milder air `1 - (T_w - T_e) / D` a second, no more than
//! `(T_e - T_0) / (T_w - T_0)` while anything is used at all. That is the same share of the worst air with
//! the temperature they are packed at in place of the plateau, and rises count alike. Of an opening in
//! milder air `-tau ln(k + (1 - k) x)` counts, with `k` what it keeps and `x = (T_w - T_e) / D_0`: no more
//! than the share `1 - x` of its full cost, as a logarithm lies above its chord. A compartment has no
//! table: it holds or it does not.
//!
//! [`Exposure`](super::Exposure) is the same day as four numbers that join leg by leg; a property lays
//! the two beside each other. Hours in which the pack-out is not qualified, or lets its payload leave its
//! range at rest, cost more than any hold: a static mask that needs no test of its own.

use std::fmt;

use super::hold::{Sides, hold, sides};
use super::swing::{Peaks, Rises};
use super::{
    AirShift, Conditioning, HoldTerms, LidTerms, Means, PackOut, ProductClass, Unfit, Weather,
};
use crate::units::{MilliCelsius, Seconds, Time};

/// The length of one cell of the table, s.
pub(super) const CELL_S: i64 = 900;
/// Thousandths of a second of hold that one second of the worst air costs.
pub(super) const FULL: i64 = 1000;
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
    /// Thousandths of a second of hold for each second of each cell, of either side.
    warm: Rises,
    cold: Rises,
    /// The same for the longest hold that is qualified, in any air.
    longest: i64,
    /// The largest rate of each cell, for the openings in it.
    peak: Peaks,
    /// What one opening in each cell adds to the payload's deviation, below zero so that the least is
    /// the peak; see [`LidTerms::jump`].
    calm: Peaks,
    /// Why the box may not stand in the first of the masked cells.
    unfit: Option<Unfit>,
    /// What other places' air does; none where the forecast holds anywhere.
    place: Option<ByPlace>,
}

/// What air does that is warmer or colder than the forecast's, because it is of another height.
#[derive(Clone, Debug, PartialEq)]
struct ByPlace {
    /// Millionths of a thousandth for each second and thousandth of a degree, of either side.
    warm: i64,
    cold: i64,
    /// What a thousandth of a degree adds to an opening; see [`LidTerms::jump`].
    jump: i64,
    /// The warmest air of each cell, and the coldest, below zero so that the least is the peak.
    high: Peaks,
    low: Peaks,
    /// The same where there is no cell.
    beyond: (MilliCelsius, MilliCelsius),
    /// The air in which the box may stand, and why not in colder and in warmer.
    fit: (MilliCelsius, MilliCelsius),
    unfit: [Unfit; 2],
}

impl ByPlace {
    /// Why the box may not stand in the air of a span as it is elsewhere.
    #[inline]
    fn unfit(&self, from: i64, until: i64, air: AirShift) -> Option<Unfit> {
        let low = self.low.most(from, until).map_or(self.beyond.0, |low| MilliCelsius(-low));
        let high = self.high.most(from, until).map_or(self.beyond.1, MilliCelsius);
        let (low, high) = air.of((low, high));
        let is_cold = (low < self.fit.0).then_some(self.unfit[0]);
        is_cold.or((high > self.fit.1).then_some(self.unfit[1]))
    }

    /// Thousandths for so many seconds, rounded up.
    #[inline]
    fn more(slope: i64, by: MilliCelsius, seconds: i64) -> i64 {
        slope.saturating_mul(by.0).saturating_mul(seconds).div_euclid(1_000_000) + 1
    }
}

/// Goods in a box that was closed at one moment, until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// When the box is closed.
    pub closed: Time,
    /// When the goods are out.
    pub out: Time,
    /// The hold its openings meanwhile would take off in the worst air.
    pub lost: Seconds,
    /// How the air of its way differs from the forecast's.
    pub air: AirShift,
}

impl fmt::Debug for Wear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wear({} cells from {})", self.warm.rates().len(), Time(self.first))
    }
}

/// What a cell asks of a box.
#[derive(Clone, Copy)]
struct Cell {
    warm: i64,
    cold: i64,
    jump: i64,
}

impl Wear {
    fn new(
        first: i64,
        cells: &[Cell],
        longest: i64,
        (unfit, place): (Option<Unfit>, Option<ByPlace>),
    ) -> Self {
        let each = |of: fn(&Cell) -> i64| cells.iter().map(of).collect::<Vec<i64>>();
        // Of a masked cell the hours say enough.
        let peak = |cell: &Cell| cell.warm.max(cell.cold).max(longest).clamp(0, FULL);
        Self {
            first,
            warm: Rises::new(each(|cell| cell.warm)),
            cold: Rises::new(each(|cell| cell.cold)),
            longest,
            peak: Peaks::new(cells.iter().map(peak).collect()),
            calm: Peaks::new(each(|cell| -cell.jump)),
            unfit,
            place,
        }
    }

    /// The hold used by goods that stay in the box, rounded up: at most as long as they stay and what the
    /// openings take, or more than any hold where the box may not stand.
    #[inline]
    pub fn used(&self, stay: Stay) -> Seconds {
        let (from, until) = (self.past(stay.closed), self.past(stay.out));
        let (mut warm, mut cold) = (self.warm.most(from, until), self.cold.most(from, until));
        let mut peak = self.peak.most(from, until).unwrap_or(FULL);
        if let Some(place) = &self.place {
            if place.unfit(from, until, stay.air).is_some() {
                return Seconds(MASK_LEAST_S);
            }
            let more = |seconds| {
                let AirShift { colder, warmer } = stay.air;
                let one = ByPlace::more(place.warm, warmer, seconds);
                (one, ByPlace::more(place.cold, colder, seconds))
            };
            let (by_warm, by_cold) = more(until - from);
            (warm, cold) = (warm.saturating_add(by_warm), cold.saturating_add(by_cold));
            let (by_warm, by_cold) = more(1);
            peak = (peak + by_warm.max(by_cold).max(0)).min(FULL);
        }
        let hours = warm.max(cold).max(self.longest * (until - from)).max(0);
        let lost = stay.lost.0.min(FARTHEST_S) * peak;
        Seconds(hours.saturating_add(lost).saturating_add(FULL - 1) / FULL)
    }

    /// Seconds after the first cell's begin.
    #[inline]
    fn past(&self, moment: Time) -> i64 {
        moment.0.clamp(-FARTHEST_S, FARTHEST_S) - self.first
    }

    /// The earliest closing after which no more than `most` is used by goods that are out when the stay ends;
    /// later ones use no more. Far behind that moment when there is none.
    pub fn from(&self, stay: Stay, most: Seconds) -> Time {
        let keeps =
            |span: i64| self.used(Stay { closed: stay.out - Seconds(span), ..stay }) <= most;
        let longest = longest(keeps, (most - stay.lost).0);
        longest.map_or(stay.out + Seconds(FARTHEST_S), |span| stay.out - Seconds(span))
    }

    /// The latest moment until which no more than `most` is used by goods in a box that is closed when the
    /// stay begins; the closing itself when there is none.
    pub fn until(&self, stay: Stay, most: Seconds) -> Time {
        let keeps =
            |span: i64| self.used(Stay { out: stay.closed + Seconds(span), ..stay }) <= most;
        stay.closed + Seconds(longest(keeps, (most - stay.lost).0).unwrap_or(0))
    }

    /// Why the box may not stand somewhere in a stay; none when it may.
    pub fn unfit_in(&self, stay: Stay) -> Option<Unfit> {
        let used = self.used(Stay { lost: Seconds::ZERO, ..stay });
        let (from, until) = (self.past(stay.closed), self.past(stay.out));
        let elsewhere = || self.place.as_ref().and_then(|p| p.unfit(from, until, stay.air));
        (used.0 >= MASK_LEAST_S).then(|| elsewhere().or(self.unfit)).flatten()
    }

    /// What an opening at a moment does on a way with such air, given what it does in the worst.
    #[inline]
    pub fn lid(&self, worst: LidTerms, moment: Time, air: AirShift) -> LidTerms {
        let at = self.past(moment);
        let elsewhere = |place: &ByPlace| air.colder.max(air.warmer).0.max(0) * place.jump;
        let more = self.place.as_ref().map_or(0, elsewhere);
        // The span that ends with the opening.
        let jump = self.calm.most(at - 1, at).map_or(worst.jump, |calm| more - calm);
        LidTerms { jump: jump.min(worst.jump), ..worst }
    }

    /// The least that an opening adds at any moment of a span; see [`LidTerms::jump`].
    #[inline]
    pub fn mildest_jump(&self, (first, last): (Time, Time)) -> i64 {
        let end = CELL_S * i64::try_from(self.len()).unwrap_or(0);
        let from = (self.past(first) - 1).clamp(0, end - 1);
        let until = self.past(last).clamp(from, end);
        self.calm.most(from, until).map_or(0, |calm| -calm)
    }

    /// The lesser use of two boxes in each cell; none stands for the full use of every second.
    pub(crate) fn better(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (one, other) =
            one.zip(other).filter(|(a, b)| a.first == b.first && a.len() == b.len())?;
        let least = |a: Cell, b: Cell| Cell {
            warm: a.warm.min(b.warm),
            cold: a.cold.min(b.cold),
            jump: a.jump.min(b.jump),
        };
        let cells: Vec<Cell> = one.cells().zip(other.cells()).map(|(a, b)| least(a, b)).collect();
        let is_barred = cells.iter().any(|cell| cell.warm == MASKED);
        let unfit = one.unfit.filter(|_| is_barred);
        let place = one.place.zip(other.place).map(|(a, b)| ByPlace {
            warm: a.warm.min(b.warm),
            cold: a.cold.min(b.cold),
            jump: a.jump.min(b.jump),
            fit: (a.fit.0.min(b.fit.0), a.fit.1.max(b.fit.1)),
            ..a
        });
        Some(Self::new(one.first, &cells, one.longest.min(other.longest), (unfit, place)))
    }

    fn len(&self) -> usize {
        self.warm.rates().len()
    }

    fn cells(&self) -> impl Iterator<Item = Cell> {
        let rates = self.warm.rates().iter().zip(self.cold.rates()).zip(self.calm.values());
        rates.map(|((&warm, &cold), &calm)| Cell { warm, cold, jump: -calm })
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
    hours: (Time, Time),
) -> Result<(HoldTerms, Option<Wear>), Unfit> {
    hold_by_place(packout, conditioning, class, (weather, None), hours)
}

/// The same where the day leads to places whose air differs from the forecast's, by this at the most: the
/// worst air is then that of the worst of them, and each stay goes by its own, [`Stay::air`].
///
/// # Errors
/// Why the box must not be used at any of these hours.
pub fn hold_by_place(
    packout: &PackOut,
    conditioning: Conditioning,
    class: &ProductClass,
    (weather, anywhere): (&Weather, Option<AirShift>),
    (from, until): (Time, Time),
) -> Result<(HoldTerms, Option<Wear>), Unfit> {
    let whole = || weather.cover().and_then(|(first, last)| weather.range(first, last));
    let (low, high) = weather.range(from, until).or_else(whole).ok_or(Unfit::Impossible)?;
    let at = |low, high| hold(packout, conditioning, class, low, high);
    let first = from.0.div_euclid(CELL_S);
    let cells = until.0.div_euclid(CELL_S) + 1 - first;
    let is_even = matches!(packout.means, Means::Unit(_))
        || (weather.cover().is_none() && anywhere.is_none());
    if is_even || !(1..=CELLS_MAX).contains(&cells) {
        let (least, most) = anywhere.unwrap_or_default().of((low, high));
        return Ok((at(least.min(low), most.max(high))?, None));
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
    let Some(mut worst) = fit.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        return Err(at(low, high).err().or(fits[0]).unwrap_or(Unfit::Impossible));
    };
    let reach = anywhere.map(|anywhere| Reach::of(worst, anywhere, at));
    worst = reach.as_ref().map_or(worst, |reach| reach.worst);
    let mut terms = at(worst.0, worst.1)?;
    if fits.iter().any(Option::is_some) || reach.as_ref().is_some_and(|reach| reach.is_cut) {
        // No hold outlasts a barred hour, not even that of a box which needs no ice in the others.
        terms.hold = terms.hold.min(Seconds(MASK_LEAST_S / 2));
    }
    let sides = sides(packout, conditioning, class, worst);
    let scale = Scale { packout, class, worst, sides, hold: terms.hold };
    let each = airs.iter().zip(&fits).map(|(&air, unfit)| match unfit {
        Some(_) => Cell { warm: MASKED, cold: MASKED, jump: terms.lid.jump },
        None => scale.cell(air),
    });
    let each: Vec<Cell> = each.collect();
    let longest = packout.hold_max.map_or(0, |most| thousandths(scale.share(most)).clamp(0, FULL));
    let is_plain = each.iter().all(|cell| cell.warm.max(cell.cold).max(longest) == FULL);
    let unfit = fits.into_iter().flatten().next();
    let place = reach.map(|reach| scale.elsewhere(&reach, &airs, (low, high)));
    let needed = !is_plain || place.is_some();
    let wear = needed.then(|| Wear::new(first * CELL_S, &each, longest, (unfit, place)));
    Ok((terms, wear))
}

/// How far a box may go from the forecast's place.
struct Reach {
    /// The worst air it meets there and stands.
    worst: (MilliCelsius, MilliCelsius),
    /// What it stands at all, and why not what is colder or warmer.
    fit: (MilliCelsius, MilliCelsius),
    unfit: [Unfit; 2],
    /// True when some places have air it does not stand.
    is_cut: bool,
}

/// Beyond any air of this globe.
const FARTHEST_AIR: MilliCelsius = MilliCelsius(200_000);

impl Reach {
    /// Of a box that stands the air of the forecast's place.
    fn of(
        here: (MilliCelsius, MilliCelsius),
        anywhere: AirShift,
        at: impl Fn(MilliCelsius, MilliCelsius) -> Result<HoldTerms, Unfit>,
    ) -> Self {
        // What a box stands is an interval: each of its limits is passed once.
        let farthest = |stands: MilliCelsius, end: MilliCelsius| {
            let (mut good, mut bad) = (stands.0, end.0);
            while (bad - good).abs() > 1 {
                let middle = i64::midpoint(good, bad);
                let is_good = at(MilliCelsius(middle), MilliCelsius(middle)).is_ok();
                if is_good { good = middle } else { bad = middle }
            }
            let why = at(MilliCelsius(bad), MilliCelsius(bad)).err().unwrap_or(Unfit::Impossible);
            (MilliCelsius(good), why)
        };
        let (low, cold) = farthest(here.0, MilliCelsius::ZERO - FARTHEST_AIR);
        let (high, warm) = farthest(here.1, FARTHEST_AIR);
        let wide = anywhere.of(here);
        let wide = (wide.0.min(here.0), wide.1.max(here.1));
        let worst = (wide.0.max(low), wide.1.min(high));
        Self { worst, fit: (low, high), unfit: [cold, warm], is_cut: worst != wide }
    }
}

/// What the air of a cell is measured by.
struct Scale<'a> {
    packout: &'a PackOut,
    class: &'a ProductClass,
    /// The worst air of the day in which the box may stand.
    worst: (MilliCelsius, MilliCelsius),
    sides: Sides,
    hold: Seconds,
}

impl Scale<'_> {
    /// The hold as a share of another.
    fn share(&self, most: Seconds) -> f64 {
        self.hold.as_f64() / most.as_f64().max(1.0)
    }

    /// Thousandths of the hold that a second in this air uses: on each side that does harm today its share
    /// of the heat of the worst air, as a share of that side's own hold; below zero beyond the plateau.
    fn cell(&self, (low, high): (MilliCelsius, MilliCelsius)) -> Cell {
        let rate = |side: Option<(f64, Seconds)>, air: MilliCelsius| {
            let (worst_c, most) = side?;
            Some(thousandths(self.share(most) * lead(self.packout, air.degrees(), worst_c)))
        };
        let worst = (self.worst.0.degrees(), self.worst.1.degrees());
        Cell {
            warm: rate(self.sides.warm, high).unwrap_or(0),
            cold: rate(self.sides.cold, low).unwrap_or(0),
            jump: LidTerms::jump_in(
                self.packout,
                self.class,
                worst,
                (low.degrees(), high.degrees()),
            ),
        }
    }
}

impl Scale<'_> {
    /// What the air of other places does, beside that of the cells.
    fn elsewhere(
        &self,
        reach: &Reach,
        airs: &[(MilliCelsius, MilliCelsius)],
        beyond: (MilliCelsius, MilliCelsius),
    ) -> ByPlace {
        let slope = |side: Option<(f64, Seconds)>| {
            let share = side.map(|(worst_c, most)| {
                self.share(most) / (worst_c - self.packout.plateau_c).abs().max(1e-3)
            });
            Seconds::round((1e6 * share.unwrap_or(0.0)).ceil()).0
        };
        let worst = (self.worst.0.degrees(), self.worst.1.degrees());
        let jump = LidTerms::jump_per_k(self.packout, self.class, worst);
        ByPlace {
            warm: slope(self.sides.warm),
            cold: slope(self.sides.cold),
            jump: (jump + 999).div_euclid(1000),
            high: Peaks::new(airs.iter().map(|air| air.1.0).collect()),
            low: Peaks::new(airs.iter().map(|air| -air.0.0).collect()),
            beyond,
            fit: reach.fit,
            unfit: reach.unfit,
        }
    }
}

/// The longest span that keeps, where shorter ones do; none where not even a moment does. In milder air a
/// stay may be longer than `hint`, what it may be in the worst: the search begins there.
fn longest(keeps: impl Fn(i64) -> bool, hint: i64) -> Option<i64> {
    let hint = hint.clamp(0, FARTHEST_S);
    let (mut good, mut bad, mut step) = (hint, FARTHEST_S + 1, 3600);
    if keeps(hint) {
        while good < FARTHEST_S {
            let next = (good + step).min(FARTHEST_S);
            if !keeps(next) {
                bad = next;
                break;
            }
            (good, step) = (next, 2 * step);
        }
    } else if keeps(0) {
        (good, bad) = (0, hint);
    } else {
        return None;
    }
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if keeps(middle) { good = middle } else { bad = middle }
    }
    Some(good)
}

/// Rounded up; never more than in full, nor as much below zero that a sum over the day could be lost.
fn thousandths(share: f64) -> i64 {
    Seconds::round((1000.0 * share.clamp(-1000.0, 1.0)).ceil()).0.min(FULL)
}

/// How far some air is from the plateau, as a share of the worst; below zero on its other side.
fn lead(packout: &PackOut, air_c: f64, worst_c: f64) -> f64 {
    (air_c - packout.plateau_c) / (worst_c - packout.plateau_c)
}

#[cfg(test)]
mod tests;
