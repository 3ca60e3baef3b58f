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
//! [`Exposure`](super::Exposure) is the same day as four numbers that join leg by leg; a property lays
//! the two beside each other. Hours in which the pack-out is not qualified, or lets its payload leave its
//! range at rest, cost more than any hold: a static mask that needs no test of its own.

use std::fmt;

use super::hold::{Sides, hold, sides};
use super::swing::{Peaks, Rises};
use super::{Conditioning, HoldTerms, LidTerms, PackOut, ProductClass, Unfit, Weather};
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
    fn new(first: i64, cells: &[Cell], longest: i64, unfit: Option<Unfit>) -> Self {
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
        }
    }

    /// The hold used by goods that stay in the box, rounded up: at most as long as they stay and what the
    /// openings take, or more than any hold where the box may not stand.
    #[inline]
    pub fn used(&self, stay: Stay) -> Seconds {
        let (from, until) = (self.past(stay.closed), self.past(stay.out));
        let sides = self.warm.most(from, until).max(self.cold.most(from, until));
        let hours = sides.max(self.longest * (until - from)).max(0);
        let peak = self.peak.most(from, until).unwrap_or(FULL);
        let lost = stay.lost.0.min(FARTHEST_S) * peak;
        Seconds(hours.saturating_add(lost).saturating_add(FULL - 1) / FULL)
    }

    /// Seconds after the first cell's begin.
    #[inline]
    fn past(&self, moment: Time) -> i64 {
        moment.0.clamp(-FARTHEST_S, FARTHEST_S) - self.first
    }

    /// The earliest closing after which no more than `most` is used by goods that are out at a moment, with
    /// so much lost to openings; later ones use no more. Far behind that moment when there is none.
    pub fn from(&self, out: Time, lost: Seconds, most: Seconds) -> Time {
        let keeps = |closed: i64| self.used(Stay { closed: Time(closed), out, lost }) <= most;
        if !keeps(out.0) {
            return out + Seconds(FARTHEST_S);
        }
        let (mut bad, mut good) = (out.0 - FARTHEST_S, out.0);
        while good - bad > 1 {
            let middle = bad + (good - bad) / 2;
            if keeps(middle) { good = middle } else { bad = middle }
        }
        Time(good)
    }

    /// The latest moment until which no more than `most` is used by goods in a box that is closed at a
    /// moment, with so much lost to openings; the closing itself when there is none.
    pub fn until(&self, closed: Time, lost: Seconds, most: Seconds) -> Time {
        let keeps = |out: i64| self.used(Stay { closed, out: Time(out), lost }) <= most;
        let (mut good, mut bad) = (closed.0, closed.0 + FARTHEST_S);
        if keeps(bad) {
            return Time(bad);
        }
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            if keeps(middle) { good = middle } else { bad = middle }
        }
        Time(good)
    }

    /// Why the box may not stand somewhere between two moments; none when it may.
    pub fn unfit_between(&self, closed: Time, out: Time) -> Option<Unfit> {
        let used = || self.used(Stay { closed, out, lost: Seconds::ZERO });
        self.unfit.filter(|_| used().0 >= MASK_LEAST_S)
    }

    /// What an opening at a moment does, given what it does in the worst air.
    #[inline]
    pub fn lid(&self, worst: LidTerms, moment: Time) -> LidTerms {
        let at = self.past(moment);
        // The span that ends with the opening.
        let jump = self.calm.most(at - 1, at).map_or(worst.jump, |calm| (-calm).min(worst.jump));
        LidTerms { jump, ..worst }
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
        Some(Self::new(one.first, &cells, one.longest.min(other.longest), unfit))
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
    let scale = Scale { packout, class, worst, sides, hold: terms.hold };
    let each = airs.iter().zip(&fits).map(|(&air, unfit)| match unfit {
        Some(_) => Cell { warm: MASKED, cold: MASKED, jump: terms.lid.jump },
        None => scale.cell(air),
    });
    let each: Vec<Cell> = each.collect();
    let longest = packout.hold_max.map_or(0, |most| thousandths(scale.share(most)).clamp(0, FULL));
    let is_plain = each.iter().all(|cell| cell.warm.max(cell.cold).max(longest) == FULL);
    let unfit = fits.into_iter().flatten().next();
    let wear = (!is_plain).then(|| Wear::new(first * CELL_S, &each, longest, unfit));
    Ok((terms, wear))
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
