//! What a piece of a way takes out of a battery that is never more than full, in a form that joins
//! pieces in constant time.
//!
//! Downhill a battery gets something back, but not beyond full. So the sum alone does not say how low
//! it gets: that is the most taken between any two moments, the greatest sum of neighbouring pieces
//! (Bentley 1984, doi 10.1145/358234.381162; four numbers of a piece tell those of a joined one, as in
//! Bird 1989, doi 10.1093/comjnl/32.2.122). Nothing is estimated by it: [`Drain::highest`] and
//! [`Drain::after`] are what a walk over all pieces finds.

/// What a piece of a way takes out of a battery, in one unit of energy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drain {
    /// All of it; negative where more is given back than taken.
    pub net: i64,
    /// The most taken from its beginning to any place on it; never negative.
    pub peak: i64,
    /// The most taken from any place on it to its end; never negative.
    pub tail: i64,
    /// The most taken from any place on it to a later one; never negative.
    pub worst: i64,
}

impl Drain {
    /// Nothing.
    pub const NOTHING: Self = Self { net: 0, peak: 0, tail: 0, worst: 0 };

    /// A piece that only takes, or only gives back.
    pub fn of(net: i64) -> Self {
        let taken = net.max(0);
        Self { net, peak: taken, tail: taken, worst: taken }
    }

    /// This piece and then the next.
    #[inline]
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            net: self.net.saturating_add(next.net),
            peak: self.peak.max(self.net.saturating_add(next.peak)),
            tail: next.tail.max(next.net.saturating_add(self.tail)),
            worst: self.worst.max(next.worst).max(self.tail.saturating_add(next.peak)),
        }
    }

    /// The same piece when so much more, never negative, is drawn on it at some time: on the safe
    /// side, as all of it may be drawn before any place on it, or after.
    #[inline]
    #[must_use]
    pub fn and_drawn(self, drawn: i64) -> Self {
        Self {
            net: self.net.saturating_add(drawn),
            peak: self.peak.saturating_add(drawn),
            tail: self.tail.saturating_add(drawn),
            worst: self.worst.saturating_add(drawn),
        }
    }

    /// A piece that takes at each place as much as either of two.
    #[inline]
    #[must_use]
    pub fn larger(self, other: Self) -> Self {
        Self {
            net: self.net.max(other.net),
            peak: self.peak.max(other.peak),
            tail: self.tail.max(other.tail),
            worst: self.worst.max(other.worst),
        }
    }

    /// The same in a unit that is smaller by a factor.
    #[must_use]
    pub fn times(self, factor: i64) -> Self {
        let [net, peak, tail, worst] =
            [self.net, self.peak, self.tail, self.worst].map(|part| part.saturating_mul(factor));
        Self { net, peak, tail, worst }
    }

    /// How much is missing to a full battery behind it, where `missing` was missing before.
    #[inline]
    pub fn after(self, missing: i64) -> i64 {
        missing.saturating_add(self.net).max(self.tail)
    }

    /// The most that is ever missing on it, where `missing` was missing before.
    #[inline]
    pub fn highest(self, missing: i64) -> i64 {
        missing.saturating_add(self.peak).max(self.worst)
    }
}

/// A drain in joules, as a table keeps it: 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DrainCell([i32; 4]);

/// More than any battery holds, where a cell is full.
const BEYOND_J: i64 = 1 << 50;

impl From<Drain> for DrainCell {
    fn from(drain: Drain) -> Self {
        let part = |value: i64| {
            i32::try_from(value).unwrap_or(if value < 0 { -i32::MAX } else { i32::MAX })
        };
        Self([part(drain.net), part(drain.peak), part(drain.tail), part(drain.worst)])
    }
}

impl From<DrainCell> for Drain {
    fn from(cell: DrainCell) -> Self {
        let part = |value: i32| if value == i32::MAX { BEYOND_J } else { value.into() };
        let [net, peak, tail, worst] = cell.0.map(part);
        Self { net, peak, tail, worst }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// How much is missing after each step, and the most ever: a walk.
    fn walked(steps: &[i64], mut missing: i64) -> (i64, i64) {
        let mut most = missing;
        for step in steps {
            missing = (missing + step).max(0);
            most = most.max(missing);
        }
        (missing, most)
    }

    fn step(rng: &mut Rng) -> i64 {
        i64::try_from(rng.below(41)).unwrap() - 20
    }

    #[test]
    fn joined_in_any_way_pieces_tell_what_a_walk_finds() {
        for seed in 0..2000 {
            let mut rng = Rng::new(seed, 31);
            let steps: Vec<i64> = (0..rng.between(1, 12)).map(|_| step(&mut rng)).collect();
            let mut pieces: Vec<Drain> = steps.iter().map(|&step| Drain::of(step)).collect();
            while pieces.len() > 1 {
                let at = rng.below(pieces.len() - 1);
                let next = pieces.remove(at + 1);
                pieces[at] = pieces[at].then(next);
            }
            let missing = i64::try_from(rng.below(60)).unwrap();
            let whole = pieces[0];
            let (end, most) = walked(&steps, missing);
            assert_eq!(
                (whole.after(missing), whole.highest(missing)),
                (end, most.max(whole.worst))
            );
            assert_eq!(whole.highest(0), walked(&steps, 0).1, "from full, to the unit");
            assert!(most >= whole.highest(missing).min(most));
        }
    }

    #[test]
    fn what_is_drawn_at_any_time_is_on_the_safe_side() {
        for seed in 0..2000 {
            let mut rng = Rng::new(seed, 32);
            let mut steps: Vec<i64> = (0..rng.between(1, 9)).map(|_| step(&mut rng)).collect();
            let plain = steps.iter().fold(Drain::NOTHING, |sum, &step| sum.then(Drain::of(step)));
            let mut drawn = 0;
            for _ in 0..rng.below(4) {
                let more = i64::try_from(rng.below(9)).unwrap();
                drawn += more;
                steps.insert(rng.below(steps.len() + 1), more);
            }
            let missing = i64::try_from(rng.below(60)).unwrap();
            let (end, most) = walked(&steps, missing);
            let whole = plain.and_drawn(drawn);
            assert!(whole.after(missing) >= end && whole.highest(missing) >= most);
        }
    }

    #[test]
    fn a_cell_keeps_joules_and_what_is_beyond_any_battery() {
        let drain = Drain { net: -5, peak: 7, tail: 0, worst: 9 };
        assert_eq!(Drain::from(DrainCell::from(drain)), drain);
        let large = Drain::from(DrainCell::from(Drain::of(1 << 40)));
        assert!(large.peak >= 1 << 40 && large.net >= 1 << 40);
        let back = Drain::from(DrainCell::from(Drain::of(-(1 << 40))));
        assert!(back.net >= -(1 << 40), "no more is given back than there was");
    }
}
