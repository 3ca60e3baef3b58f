//! Time and length of a drive in one number, compared by time, then by length.

use super::matrix::LONGEST;
use crate::units::{Leg, Metres, Seconds};

/// The least time per metre: 200 km/h, in milliseconds. It keeps a month's drive below 2^28 m.
const LEAST_MS_PER_M: u64 = 18;
/// Milliseconds of the longest drive counted.
const LONGEST_MS: u64 = LONGEST.0 as u64 * 1000;

/// Bits of the metres: a month at the greatest speed stays below 2^28 m.
const METRE_BITS: u32 = 28;
const METRES: u64 = (1 << METRE_BITS) - 1;

/// Milliseconds in the upper bits, metres in the lower 28: one addition adds both, one comparison
/// compares times and breaks ties by length. A drive stays below 2^60, so that sums of a few need no
/// look at overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost(u64);

impl Cost {
    /// Nothing.
    pub(super) const ZERO: Self = Self(0);
    /// More than any drive; adding to it leaves it closed.
    pub(super) const CLOSED: Self = Self(u64::MAX);
    /// The most a drive may cost: 31 days.
    pub(super) const LONGEST: Self = Self(LONGEST_MS << METRE_BITS | METRES);

    /// So many milliseconds, rounded, and metres. Closed when longer than a month.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
    pub(super) fn new(milliseconds: f64, metres: u32) -> Self {
        let ms = milliseconds.round().clamp(0.0, f64::from(u32::MAX)) as u64;
        let ms = ms.max(u64::from(metres) * LEAST_MS_PER_M);
        if ms > LONGEST_MS { Self::CLOSED } else { Self(ms << METRE_BITS | u64::from(metres)) }
    }

    /// Time that adds no length.
    pub(super) fn wait(time: Seconds) -> Self {
        Self::new(time.as_f64() * 1000.0, 0)
    }

    pub(super) fn is_open(self) -> bool {
        self != Self::CLOSED
    }

    /// This and then `more`. Both must be at most [`Cost::LONGEST`] or closed.
    pub(super) fn and(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }

    /// This without a part of it. The part's time and length must not exceed it.
    pub(super) fn without(self, part: Self) -> Self {
        debug_assert!(self.milliseconds() >= part.milliseconds() && self.metres() >= part.metres());
        Self(self.0 - part.0)
    }

    /// The first `share` of it, from 0 to 1; time and length are rounded each. Grows with `share`.
    pub(super) fn share(self, share: f64) -> Self {
        let part = |whole: u32| {
            let part = Metres::round(f64::from(whole) * share).0;
            u64::try_from(part).unwrap_or(0).min(u64::from(whole))
        };
        Self(part(self.milliseconds()) << METRE_BITS | part(self.metres()))
    }

    /// Its time in milliseconds; it must be at most [`Cost::LONGEST`].
    #[expect(clippy::cast_possible_truncation, reason = "a month has fewer than 2^32 ms")]
    pub(super) fn milliseconds(self) -> u32 {
        (self.0 >> METRE_BITS) as u32
    }

    /// Its length in metres.
    pub(super) fn metres(self) -> u32 {
        (self.0 & METRES) as u32
    }

    /// The number behind it, for those that know only numbers.
    pub(super) fn raw(self) -> u64 {
        self.0
    }

    /// The cost behind a number.
    pub(super) fn from_raw(raw: u64) -> Self {
        Self(raw)
    }

    /// The whole drive with seconds rounded once, or nothing when it takes over a month.
    pub(super) fn leg(self) -> Option<Leg> {
        (self <= Self::LONGEST).then(|| Leg {
            seconds: Seconds((i64::from(self.milliseconds()) + 500) / 1000),
            metres: Metres(self.metres().into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_first_and_length_breaks_ties() {
        assert!(Cost::new(2000.0, 5) < Cost::new(2001.0, 1));
        assert!(Cost::new(2000.0, 5) < Cost::new(2000.0, 6));
    }

    #[test]
    fn closed_stays_closed() {
        assert_eq!(Cost::CLOSED.and(Cost::new(1.0, 0)), Cost::CLOSED);
        assert_eq!(Cost::new(1e15, 10), Cost::CLOSED);
        assert!(Cost::LONGEST.and(Cost::LONGEST) > Cost::LONGEST);
        assert_eq!(Cost::CLOSED.leg(), None);
    }

    #[test]
    fn shares_add_up() {
        let whole = Cost::new(12_345.0, 77);
        let part = whole.share(0.3);
        assert_eq!(part.and(whole.without(part)), whole);
        assert_eq!(whole.share(1.0), whole);
        assert_eq!(whole.share(0.0), Cost::ZERO);
    }
}
