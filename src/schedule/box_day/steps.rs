//! The steps of a box: spans short enough that the weather hardly moves within one.

use std::ops::Range;

use super::{Activity, BoxStep, Frame, Spread, Stress};
use crate::cold::{AirShift, Means, PackOut, ProductClass, Weather};
use crate::problem::{Problem, VisitId};
use crate::schedule::{Stop, StopKind, Timetable};
use crate::units::{MilliCelsius, Seconds, Time};

/// The longest step while the weather moves, s.
const PIECE_S: i64 = 900;
/// The most steps of one span; a longer one is cut into as many, longer ones.
const PIECES_MAX: i64 = 500;

/// When a stop happens under a stress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) arrive: Time,
    pub(super) begin: Time,
    pub(super) leave: Time,
}

/// The clock of every stop when each leg takes longer by the stress's delay. Windows are waited for
/// as in the plan; a courier who comes after the last one hands over at once.
pub(super) fn clocks(problem: &Problem, timetable: &Timetable, stress: &Stress) -> Vec<Clock> {
    let mut clocks: Vec<Clock> = Vec::with_capacity(timetable.stops.len());
    let mut planned = Time::MIN;
    for stop in &timetable.stops {
        let arrive = match clocks.last() {
            Some(before) => before.leave + (stop.arrive - planned) + delay(stop, stress),
            None => stop.arrive,
        };
        planned = stop.leave;
        clocks.push(clock(problem, stop, arrive));
    }
    clocks
}

fn delay(stop: &Stop, stress: &Stress) -> Seconds {
    let product = stop.leg.metres.0.saturating_mul(stress.delay_min_per_100_km.saturating_mul(60));
    Seconds(product.div_euclid(100_000) + i64::from(product % 100_000 > 0))
}

fn clock(problem: &Problem, stop: &Stop, arrive: Time) -> Clock {
    let lasts = stop.leave - stop.begin;
    let begin = match stop.visit {
        _ if arrive == stop.arrive => stop.begin,
        Some(id) => {
            let windows = &problem.visit(id).windows;
            let open = windows.iter().find(|window| arrive <= window.close());
            open.map_or(arrive, |window| arrive.max(window.open()))
        }
        // The next trip leaves when it was due, if reloading allows.
        None => arrive.max(stop.begin),
    };
    Clock { arrive, begin, leave: begin + lasts }
}

/// The steps of a box with the goods of `visits` on the trip that makes `stops`.
pub(super) fn of_box(frame: &Frame<'_>, stops: Range<usize>, visits: &[VisitId]) -> Vec<BoxStep> {
    let problem = frame.problem;
    let mut at = problem.home(frame.timetable.vehicle);
    let mut cutter = Cutter {
        weather: problem.weather(),
        stress: frame.stress,
        here: Here::stands(problem.air_at(at)),
        steps: vec![],
    };
    let packing = problem.vehicle(frame.timetable.vehicle).packing_time();
    let mut now = frame.clocks[stops.start - 1].leave;
    cutter.span(now - packing, now, Activity::Packed, None, 0);
    for i in stops.clone() {
        let (stop, clock) = (&frame.timetable.stops[i], frame.clocks[i]);
        let ends = [at, stop.place].map(|place| problem.air_at(place).middle());
        cutter.here = Here::drives(problem.air_between(at, stop.place), ends);
        cutter.span(now, clock.arrive, Activity::Driving, Some(i), 0);
        if stop.kind != StopKind::Rest {
            at = stop.place;
            cutter.here = Here::stands(problem.air_at(at));
        }
        if i + 1 == stops.end {
            break;
        }
        let is_ours = stop.visit.is_some_and(|id| opens(frame.problem, visits, id));
        let wait = if stop.kind == StopKind::Rest { clock.leave } else { clock.begin };
        cutter.span(clock.arrive, wait, Activity::Waiting, Some(i), 0);
        cutter.span(wait, clock.leave, Activity::Service, Some(i), u32::from(is_ours));
        now = clock.leave;
    }
    cutter.steps
}

/// True when a visit opens the box with the goods of `visits`: its own, and the pickup of a shipment
/// whose delivery is among them.
fn opens(problem: &Problem, visits: &[VisitId], id: VisitId) -> bool {
    let realisation = problem.realisation(problem.visit(id).realisation);
    visits.contains(&realisation.second.unwrap_or(id))
}

/// How the air of a span differs from the forecast's, by its height.
#[derive(Clone, Copy)]
struct Here {
    air: AirShift,
    likely: MilliCelsius,
}

impl Here {
    fn stands(air: AirShift) -> Self {
        Self { air, likely: air.middle() }
    }

    /// Between two places, on a way with such air.
    fn drives(air: AirShift, ends: [MilliCelsius; 2]) -> Self {
        Self { air, likely: MilliCelsius(i64::midpoint(ends[0].0, ends[1].0)) }
    }
}

/// Cuts spans at the hours and into short pieces.
struct Cutter<'a> {
    weather: Option<&'a Weather>,
    stress: &'a Stress,
    here: Here,
    steps: Vec<BoxStep>,
}

impl Cutter<'_> {
    fn span(
        &mut self,
        from: Time,
        until: Time,
        activity: Activity,
        stop: Option<usize>,
        openings: u32,
    ) {
        if until <= from && openings == 0 {
            return;
        }
        let is_still = self.weather.is_none_or(|weather| weather.cover().is_none());
        let longest = ((until - from).0 / PIECES_MAX + 1).max(PIECE_S);
        let mut now = from;
        loop {
            // The pieces end at the quarters of the hour, so that no kink is within one.
            let next = Time((now.0.div_euclid(longest) + 1) * longest);
            let end = if is_still { until } else { next.min(until) };
            let is_last = end >= until;
            self.steps.push(BoxStep {
                from: now,
                until: end,
                activity,
                stop,
                openings: if is_last { openings } else { 0 },
                ambient_c: self.air(now, end),
                payload_c: Spread::default(),
                melted: None,
                hold_left: None,
            });
            if is_last {
                return;
            }
            now = end;
        }
    }

    /// The air of a span. Before and after what the weather covers, anything it holds.
    fn air(&self, from: Time, until: Time) -> Spread {
        let Some(weather) = self.weather else { return Spread::default() };
        let whole = || weather.cover().and_then(|(first, last)| weather.range(first, last));
        let (low, high) = weather.range(from, until).or_else(whole).unwrap_or_default();
        let middle = Time(i64::midpoint(from.0, until.0));
        let likely = weather.at(middle).unwrap_or(MilliCelsius(i64::midpoint(low.0, high.0)));
        let likely = likely.max(low).min(high) + self.here.likely;
        let (low, high) = self.here.air.of((low, high));
        let air = |value: MilliCelsius| value.degrees() + self.stress.ambient_k;
        Spread { low: air(low), likely: air(likely.max(low).min(high)), high: air(high) }
    }
}

/// How long the coolant lasts from the end of a step in the step's worst air, or without coolant the goods
/// from their worst in it; none when neither side of that air is beyond the class, and in a compartment.
pub(super) fn hold_left(pack: &PackOut, class: &ProductClass, step: &BoxStep) -> Option<Seconds> {
    match pack.means {
        Means::Coolant => coolant_left(pack, class, step),
        Means::Walls => drift_left(pack, class, step),
        Means::Unit(_) => None,
    }
}

/// Until goods without coolant reach their limit.
fn drift_left(pack: &PackOut, class: &ProductClass, step: &BoxStep) -> Option<Seconds> {
    let side = |limit: Option<MilliCelsius>, air_c: f64, payload_c: f64, sign: f64| {
        let limit_c = limit?.degrees();
        let to_limit = (air_c - payload_c) / (air_c - limit_c);
        let seconds = pack.payload_lag_s() * to_limit.max(1.0).ln();
        (sign * (air_c - limit_c) > 0.0).then(|| Seconds::round(seconds.floor()))
    };
    let warm = side(class.highest(), step.ambient_c.high, step.payload_c.high, 1.0);
    let cold = side(class.lowest(), step.ambient_c.low, step.payload_c.low, -1.0);
    warm.into_iter().chain(cold).min()
}

fn coolant_left(pack: &PackOut, class: &ProductClass, step: &BoxStep) -> Option<Seconds> {
    let melted = step.melted?;
    let side = |share: f64, beyond_k: f64| {
        let seconds = share.max(0.0) * pack.latent_j / (pack.ua_w_per_k * beyond_k);
        Seconds::round(seconds.floor())
    };
    let warm = class.highest().filter(|limit| step.ambient_c.high > limit.degrees());
    let warm = warm.map(|_| step.ambient_c.high - pack.plateau_c).filter(|&k| k > 0.0);
    let cold = class.lowest().filter(|limit| step.ambient_c.low < limit.degrees());
    let cold = cold.map(|_| pack.plateau_c - step.ambient_c.low).filter(|&k| k > 0.0);
    let warm = warm.map(|k| side(1.0 - melted.high, k));
    warm.into_iter().chain(cold.map(|k| side(melted.low, k))).min()
}
