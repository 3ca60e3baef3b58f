//! Openings that follow each other too soon, in constant time: how near its limit the payload of a
//! box gets, as an affine map with a largest admissible entry; see [`crate::cold::LidTerms`]. Waiting
//! only lets it recover, so the time between two openings counts without it.

use crate::cold::LidTerms;
use crate::units::Seconds;

/// Against rounding in whatever order pieces are joined.
const MARGIN: f64 = 1e-6;
/// The least share that a closed lid, or a long run of them, is taken to leave.
const LEAST: f64 = 1e-9;
const LEAST_GAIN: f64 = 1e-100;
/// Seconds of the coarse table's step.
const STEP: usize = 256;
/// Steps of the coarse table at most: two days.
const STEPS_MAX: usize = 675;

/// `e^(-t / tau)` by two tables: the inner loop of the search computes no exponentials.
#[derive(Clone, Debug)]
struct Decay {
    lag: Seconds,
    coarse: Vec<f64>,
    fine: Vec<f64>,
}

impl Decay {
    fn new(lag: Seconds) -> Self {
        let terms = LidTerms { lag, ..LidTerms::NONE };
        let at = |seconds: usize| terms.decay(Seconds(i64::try_from(seconds).unwrap_or(i64::MAX)));
        let coarse = (0..STEPS_MAX).map(|step| at(STEP * step));
        Self {
            lag,
            coarse: coarse.take_while(|&share| share > LEAST).collect(),
            fine: (0..STEP).map(at).collect(),
        }
    }

    #[inline]
    fn at(&self, seconds: i64) -> f64 {
        let seconds = usize::try_from(seconds).unwrap_or(0);
        let coarse = self.coarse.get(seconds / STEP).copied();
        coarse.map_or(LEAST, |share| share * self.fine[seconds % STEP])
    }
}

/// The openings of every vehicle and class.
#[derive(Clone, Debug)]
pub(super) struct Lids<const C: usize> {
    decays: Vec<Decay>,
    /// By vehicle and class; none where openings do no harm.
    openings: Vec<[Option<Opening>; C]>,
}

/// One opening of a box.
#[derive(Clone, Copy, Debug)]
struct Opening {
    keeps: f64,
    jump: f64,
    decay: u32,
}

impl<const C: usize> Lids<C> {
    /// Of the terms of every vehicle and class; none where there is no box.
    pub(super) fn new(vehicles: impl Iterator<Item = [Option<LidTerms>; C]>) -> Self {
        let mut decays: Vec<Decay> = Vec::new();
        let mut openings = Vec::new();
        for terms in vehicles {
            openings.push(terms.map(|terms| {
                let terms = terms.filter(|terms| terms.jump > 0)?;
                let known = decays.iter().position(|decay| decay.lag == terms.lag);
                let decay = known.unwrap_or_else(|| {
                    decays.push(Decay::new(terms.lag));
                    decays.len() - 1
                });
                let decay = u32::try_from(decay).ok()?;
                Some(Opening { keeps: terms.keeps_share(), jump: terms.jump_share(), decay })
            }));
        }
        Self { decays, openings }
    }

    /// The same for some of the vehicles.
    pub(super) fn restrict(&self, vehicles: &[u32]) -> Self {
        Self { decays: self.decays.clone(), openings: super::pick(&self.openings, vehicles) }
    }

    /// One opening at the end of a service; `mildest` is what it adds at least where that changes by the
    /// hour, as in [`LidTerms::jump`].
    #[inline]
    pub(super) fn leaf(
        &self,
        vehicle: usize,
        class: usize,
        service: i64,
        mildest: Option<i64>,
    ) -> LidPart {
        let Some(Opening { keeps, jump, decay }) = self.openings[vehicle][class] else {
            return LidPart::NONE;
        };
        let mildest = mildest.map(|jump| LidTerms { jump, ..LidTerms::NONE }.jump_share());
        let jump = mildest.map_or(jump, |mildest| mildest.min(jump));
        let entry = (1.0 - MARGIN - jump) / keeps.max(LEAST);
        LidPart { first: service, last: 0, gain: keeps, shift: jump, entry, decay }
    }

    /// Two pieces; `ahead` is the path from entering the first to entering the second, `behind` the
    /// path from leaving the first to leaving the second.
    #[inline]
    pub(super) fn join(
        &self,
        a: &LidPart,
        hop: i64,
        ahead: i64,
        behind: i64,
        b: &LidPart,
    ) -> LidPart {
        if !b.is_opened() {
            return a.followed_by(behind);
        }
        if !a.is_opened() {
            return b.behind(ahead);
        }
        let rest = self.decays[a.decay as usize].at(a.last + hop + b.first);
        // What the second run may begin with, in terms of what the first begins with.
        let entry = a.entry.min((b.entry / rest - a.shift) / a.gain);
        LidPart {
            first: a.first,
            last: b.last,
            gain: (b.gain * rest * a.gain).max(LEAST_GAIN),
            shift: b.gain * rest * a.shift + b.shift,
            entry,
            decay: a.decay,
        }
    }
}

/// The openings of one class over a piece of a trip: the share `x` of the way to its limit that the
/// payload has gone becomes `gain x + shift`, and stays below one whole if it is at most `entry`
/// before the first opening.
#[derive(Clone, Copy, Debug)]
pub(super) struct LidPart {
    /// Path from entering the piece to its first opening; negative when there is none.
    first: i64,
    /// Path from the last opening to leaving the piece.
    last: i64,
    gain: f64,
    shift: f64,
    entry: f64,
    decay: u32,
}

/// As much as the bracketing may change by rounding.
const ALIKE: f64 = 1e-9;

impl PartialEq for LidPart {
    /// Alike up to the rounding of joins in another order.
    fn eq(&self, other: &Self) -> bool {
        let alike = |a: f64, b: f64| (a - b).abs() <= ALIKE * a.abs().max(b.abs()).max(1.0);
        if !self.is_opened() || !other.is_opened() {
            return self.is_opened() == other.is_opened();
        }
        (self.first, self.last, self.decay) == (other.first, other.last, other.decay)
            && alike(self.gain, other.gain)
            && alike(self.shift, other.shift)
            && alike(self.entry, other.entry)
    }
}

impl LidPart {
    /// No opening.
    pub(super) const NONE: Self =
        Self { first: i64::MIN / 2, last: 0, gain: 1.0, shift: 0.0, entry: f64::MAX, decay: 0 };

    /// The same with a path behind it on which no lid is opened.
    #[inline]
    pub(super) fn followed_by(&self, path: i64) -> Self {
        Self { last: self.last + path, ..*self }
    }

    /// The same with a path before it on which no lid is opened.
    #[inline]
    pub(super) fn behind(&self, path: i64) -> Self {
        Self { first: self.first + path, ..*self }
    }

    #[inline]
    fn is_opened(&self) -> bool {
        self.first >= 0
    }

    /// How far beyond its limit the payload of a whole trip gets, in thousandths of the way there,
    /// rounded up; 0 when it stays within. Boxes are closed with their payload at rest or on the safe
    /// side of it.
    #[inline]
    pub(super) fn excess(&self) -> i64 {
        if self.entry >= 0.0 { 0 } else { beyond(self.entry) }
    }
}

#[cold]
fn beyond(entry: f64) -> i64 {
    Seconds::round((-1000.0 * entry).clamp(1.0, 1e9).ceil()).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::{Conditioning, PackOut, ProductClass, hold};
    use crate::rng::Rng;
    use crate::units::MilliCelsius;

    fn terms(celsius: f64) -> LidTerms {
        let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
        let air = MilliCelsius::celsius(celsius);
        hold(&PackOut::p7(), Conditioning::Frozen, &class, air, air).unwrap().lid
    }

    /// The plain way: one opening after the other.
    fn peak(terms: LidTerms, gaps: &[i64]) -> f64 {
        let after = |(x, most): (f64, f64), &gap: &i64| {
            let x = terms.after(x, Seconds(gap));
            (x, most.max(x))
        };
        gaps.iter().fold((0.0, 0.0), after).1
    }

    #[test]
    fn runs_of_openings_join_as_they_are_walked() {
        let mut rng = Rng::new(3, 5);
        let (mut kept, mut broken) = (0, 0);
        for _ in 0..20_000 {
            let terms = terms([12.0, 20.0, 26.0, 30.0][rng.below(4)]);
            let lids = Lids::<1>::new([[Some(terms)]].into_iter());
            let count = rng.between(1, 8);
            let gaps: Vec<i64> = (0..count).map(|_| i64::from(rng.next_u32() % 3000)).collect();
            let cut = rng.between(0, count);
            let run = |gaps: &[i64]| {
                gaps.iter().fold((LidPart::NONE, 0), |(run, path), &gap| {
                    (lids.join(&run, 0, path, gap, &lids.leaf(0, 0, gap, None)), path + gap)
                })
            };
            let (whole, _) = run(&gaps);
            let ((one, path), (two, more)) = (run(&gaps[..cut]), run(&gaps[cut..]));
            let parts = lids.join(&one, 0, path, more, &two);
            assert_eq!(whole, parts);
            let peak = peak(terms, &gaps);
            assert!(whole.excess() > 0 || peak <= 1.0, "{gaps:?}: {peak}");
            assert!(whole.excess() == 0 || peak > 1.0 - 1e-4, "{gaps:?}: {peak}");
            kept += usize::from(whole.excess() == 0);
            broken += usize::from(whole.excess() > 0);
        }
        assert!(kept > 1000 && broken > 1000, "{kept} kept, {broken} not");
    }

    #[test]
    fn tables_are_the_exponential_on_the_safe_side() {
        let decay = Decay::new(Seconds(884));
        let terms = LidTerms { lag: Seconds(884), ..LidTerms::NONE };
        for seconds in [0, 1, 255, 256, 3_000, 100_000, 10_000_000] {
            let exact = terms.decay(Seconds(seconds));
            assert!(decay.at(seconds) > exact * (1.0 - 1e-12), "{seconds}");
            assert!(decay.at(seconds) < exact + 2.0 * LEAST, "{seconds}");
        }
    }
}
