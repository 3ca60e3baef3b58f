//! What each cold box goes through on a trip: which orders ride in it, from closing at the station
//! to the return, step by step, and what that does to its payload. Walked exactly, for the weather
//! as forecast and for both ends of its band; under a [`Stress`], for a worse day.
//!
//! The payload's temperature never falls when the air is warmer, nor does the coolant's heat. So the
//! walk with the band's low end in every step bounds the payload from below, the one with the high
//! end from above, whatever the weather does between them (comparison theorem for quasi-monotone
//! systems, Kamke 1932, Acta Mathematica 58, 57).

mod assign;
mod steps;

pub(crate) use assign::pack;
pub use assign::{Assignment, BoxLoad, assign};

use std::ops::Range;

use crate::cold::{Means, Packed, ProductClass, Step, StepTrace, Trace, simulate};
use crate::error::Result;
use crate::problem::{ColdBox, Problem, Role, VehicleId, VisitId};
use crate::schedule::Timetable;
use crate::units::{MilliCelsius, Seconds, Time};

/// How much worse than planned a day is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stress {
    /// Added to the ambient temperature of the whole day, K.
    pub ambient_k: f64,
    /// The walls conduct so many times what the pack-out says.
    pub wall_factor: f64,
    /// An open lid conducts so many times what the pack-out says.
    pub lid_factor: f64,
    /// Minutes lost on every 100 km; windows and waits take them up where they can.
    pub delay_min_per_100_km: i64,
    /// Any one delivery may fail: its goods stay in the box until the vehicle is back.
    pub delivery_fails: bool,
}

impl Stress {
    /// The day as planned.
    pub const NONE: Self = Self {
        ambient_k: 0.0,
        wall_factor: 1.0,
        lid_factor: 1.0,
        delay_min_per_100_km: 0,
        delivery_fails: false,
    };
}

/// What a box does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It stands closed at the station until the vehicle leaves.
    Packed,
    /// The vehicle drives and parks.
    Driving,
    /// The courier waits for a window, or rests.
    Waiting,
    /// Goods are handed over or taken, this box's or others.
    Service,
}

/// One span of a box's day, and the opening at its end if there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxStep {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub until: Time,
    /// What happens.
    pub activity: Activity,
    /// The stop it leads to or happens at, as an index into [`Timetable::stops`]; none while packed.
    pub stop: Option<usize>,
    /// How often the lid is opened at the end of the step.
    pub openings: u32,
    /// Air as forecast, the lowest and the highest of the span with the band, degrees Celsius.
    pub ambient_c: Spread,
    /// Payload at the end, openings included, degrees Celsius: forecast weather, and the extremes
    /// within the step over the band.
    pub payload_c: Spread,
    /// Melted share of the coolant at the end: 0 all solid, 1 all liquid, beyond them off the plateau.
    /// None where there is no coolant.
    pub melted: Option<Spread>,
    /// How long the coolant would still last, closed, in the step's worst air, or without coolant the
    /// goods; none when that air is within the class, and in a compartment.
    pub hold_left: Option<Seconds>,
}

/// A predicted value and the bounds it stays within over the weather's band.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Lower bound.
    pub low: f64,
    /// In the weather as forecast.
    pub likely: f64,
    /// Upper bound.
    pub high: f64,
}

/// Goods of one visit in a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxGoods {
    /// The visit that takes them out, or that puts collected goods in.
    pub visit: VisitId,
    /// When they go in (delivered goods: when the box is closed).
    pub from: Time,
    /// When they are out (collected goods: when the vehicle is back).
    pub until: Time,
    /// Their payload temperature meanwhile, bounds over the band and the final forecast value,
    /// degrees Celsius.
    pub payload_c: Spread,
    /// When the payload may first leave the class while they are in, rounded down.
    pub out_of_range_at: Option<Time>,
    /// The least [`BoxStep::hold_left`] meanwhile, and when.
    pub hold_least: Option<(Seconds, Time)>,
}

/// The day of one box on one trip. A prediction, never a temperature record.
#[derive(Clone, Debug)]
pub struct BoxDay {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Which trip, from 0.
    pub trip: usize,
    /// Which of [`Vehicle::boxes`](crate::problem::Vehicle::boxes).
    pub kind: usize,
    /// Which of that kind, from 1.
    pub number: u32,
    /// The product class, as an index into [`Problem::classes`].
    pub class: usize,
    /// When it is closed.
    pub closed: Time,
    /// When the vehicle leaves.
    pub departs: Time,
    /// When the vehicle is back.
    pub returns: Time,
    /// Payload temperature at closing, degrees Celsius: the plateau, or the class limit next to it.
    pub start_c: f64,
    /// What rides in it, in the order of the visits.
    pub goods: Vec<BoxGoods>,
    /// What happens to it.
    pub steps: Vec<BoxStep>,
    /// The walk in the weather as forecast.
    pub likely: Trace,
    /// The walk in the band's low end.
    pub cold: Trace,
    /// The walk in the band's high end.
    pub warm: Trace,
}

impl BoxDay {
    /// How often the lid is opened.
    pub fn openings(&self) -> u32 {
        self.steps.iter().map(|step| step.openings).sum()
    }

    /// True when all goods stay within their class while they are in the box.
    pub fn is_in_range(&self) -> bool {
        self.goods.iter().all(|goods| goods.out_of_range_at.is_none())
    }

    /// The goods that may leave their class first, and when.
    pub fn first_out_of_range(&self) -> Option<(VisitId, Time)> {
        let out = self.goods.iter().filter_map(|g| g.out_of_range_at.map(|at| (g.visit, at)));
        out.min_by_key(|&(_, at)| at)
    }

    /// What is written on the box, as [`BoxLoad::label`] says.
    pub fn label(&self, problem: &Problem) -> String {
        assign::label(problem, self.vehicle, (self.kind, self.number))
    }

    /// The box as the day states it.
    pub fn cold_box<'a>(&self, problem: &'a Problem) -> &'a ColdBox {
        &problem.vehicle(self.vehicle).boxes()[self.kind]
    }
}

/// The day of every box in use on a route, by trip, then kind and number. Goods that fit in no box
/// are in no box's list; [`assign()`] names them.
///
/// Takes a walk of the stops for each box.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days, a stress may make one.
pub fn box_days(problem: &Problem, timetable: &Timetable, stress: &Stress) -> Result<Vec<BoxDay>> {
    let clocks = steps::clocks(problem, timetable, stress);
    let mut days = Vec::new();
    let mut first = 1;
    for (trip, (walk, given)) in timetable.trips().zip(assign(problem, timetable)).enumerate() {
        let stops = first..first + walk.stops.len();
        first = stops.end;
        for load in given.boxes {
            let frame = Frame { problem, timetable, stress, clocks: &clocks, trip };
            days.push(frame.day(stops.clone(), &load)?);
        }
    }
    Ok(days)
}

/// What all boxes of a trip share.
struct Frame<'a> {
    problem: &'a Problem,
    timetable: &'a Timetable,
    stress: &'a Stress,
    clocks: &'a [steps::Clock],
    trip: usize,
}

impl Frame<'_> {
    fn day(&self, stops: Range<usize>, load: &BoxLoad) -> Result<BoxDay> {
        let (problem, vehicle) = (self.problem, self.timetable.vehicle);
        let cold_box = &problem.vehicle(vehicle).boxes()[load.kind];
        let class = &problem.classes()[load.class];
        let pack_out =
            cold_box.pack_out().stressed(self.stress.wall_factor, self.stress.lid_factor);
        let (chilly, tepid) = (pack_out.at_edge(-1.0), pack_out.at_edge(1.0));
        let before = stops.start.saturating_sub(1);
        let departs = self.clocks.get(before).map_or(Time::MIN, |clock| clock.leave);
        let mut spans = steps::of_box(self, stops, &load.visits);
        let start_c = start_c(class, pack_out.plateau_c);
        let conditioning = cold_box.conditioning();
        let packed = |packout| Packed { packout, conditioning, class, payload_c: start_c };
        let cold = walk(&packed(&chilly), &spans, |air| air.low)?;
        let likely = walk(&packed(&pack_out), &spans, |air| air.likely)?;
        let warm = walk(&packed(&tepid), &spans, |air| air.high)?;
        let latent_j = Some(pack_out.latent_j).filter(|_| pack_out.means == Means::Coolant);
        for (i, step) in spans.iter_mut().enumerate() {
            step.note([&cold, &likely, &warm].map(|trace| &trace.steps[i]), latent_j);
            step.hold_left = steps::hold_left(&pack_out, class, step);
        }
        let mut day = BoxDay {
            vehicle,
            trip: self.trip,
            kind: load.kind,
            number: load.number,
            class: load.class,
            closed: spans.first().map_or(departs, |step| step.from),
            departs,
            returns: spans.last().map_or(departs, |step| step.until),
            start_c,
            goods: Vec::new(),
            steps: spans,
            likely,
            cold,
            warm,
        };
        day.goods = load.visits.iter().map(|&visit| self.goods(&day, visit)).collect();
        Ok(day)
    }

    /// When the goods of a visit are in the box, and what they see there. The opening that puts
    /// them in or takes them out counts.
    fn goods(&self, day: &BoxDay, visit: VisitId) -> BoxGoods {
        let stays = |role| matches!(role, Role::Collect | Role::ShipPickup);
        let at = |id: VisitId| {
            let stop = self.timetable.stops.iter().position(|stop| stop.visit == Some(id));
            stop.map_or(day.departs, |stop| self.clocks[stop].leave)
        };
        let realisation = self.problem.realisation(self.problem.visit(visit).realisation);
        let role = self.problem.visit(visit).role;
        let from = match realisation.second {
            Some(_) => at(realisation.first),
            None if stays(role) => at(visit),
            None => day.closed,
        };
        let out = realisation.second.or_else(|| (!stays(role)).then_some(visit)).map(at);
        let until = out.filter(|_| !self.stress.delivery_fails).unwrap_or(day.returns);
        seen(day, self.problem, visit, from..until)
    }
}

/// The payload's temperature at moments of a box's day, as forecast, degrees Celsius, if the walls
/// conduct `wall_factor` times what the pack-out says. The moments must be sorted; those before the
/// closing and after the return count as the nearest of the two. An opening counts from its moment on.
///
/// # Errors
/// A box that is physically impossible with that factor.
pub fn payload_at(
    problem: &Problem,
    day: &BoxDay,
    moments: &[Time],
    wall_factor: f64,
) -> Result<Vec<f64>> {
    let cold_box = day.cold_box(problem);
    let pack_out = cold_box.pack_out().stressed(wall_factor, 1.0);
    let mut cut = Vec::with_capacity(day.steps.len() + moments.len());
    // Which cut step ends at each moment; none for the closing.
    let mut ends: Vec<Option<usize>> = Vec::with_capacity(moments.len());
    let mut next = 0;
    for step in &day.steps {
        let mut from = step.from;
        while let Some(&moment) = moments.get(next).filter(|&&moment| moment < step.until) {
            let until = moment.max(from);
            let ambient_c = step.ambient_c.likely;
            cut.push(Step { seconds: until - from, ambient_c, openings_after: 0 });
            ends.push(Some(cut.len() - 1));
            from = until;
            next += 1;
        }
        let (seconds, ambient_c) = (step.until - from, step.ambient_c.likely);
        cut.push(Step { seconds, ambient_c, openings_after: step.openings });
    }
    ends.resize(moments.len(), cut.len().checked_sub(1));
    let class = &problem.classes()[day.class];
    let conditioning = cold_box.conditioning();
    let packed = Packed { packout: &pack_out, conditioning, class, payload_c: day.start_c };
    let trace = simulate(&packed, &cut)?;
    let at = |end: Option<usize>| end.map_or(day.start_c, |end| trace.steps[end].payload_end_c);
    Ok(ends.into_iter().map(at).collect())
}

/// Walks the box in one reading of the air.
fn walk(packed: &Packed<'_>, steps: &[BoxStep], air: fn(&Spread) -> f64) -> Result<Trace> {
    let plain = |step: &BoxStep| Step {
        seconds: step.until - step.from,
        ambient_c: air(&step.ambient_c),
        openings_after: step.openings,
    };
    simulate(packed, &steps.iter().map(plain).collect::<Vec<_>>())
}

impl BoxStep {
    /// Notes what the walks in the cold, the likely and the warm air did in this step.
    fn note(&mut self, [cold, likely, warm]: [&StepTrace; 3], latent_j: Option<f64>) {
        self.payload_c = Spread {
            low: cold.payload_min_c,
            likely: likely.payload_end_c,
            high: warm.payload_max_c,
        };
        self.melted = latent_j.map(|latent_j| {
            let [low, likely, high] = [cold, likely, warm].map(|trace| trace.coolant_j / latent_j);
            Spread { low, likely, high }
        });
    }
}

/// What goods see in a box in a span of its day.
fn seen(day: &BoxDay, problem: &Problem, visit: VisitId, span: Range<Time>) -> BoxGoods {
    let class = &problem.classes()[day.class];
    let (low, high) = (class.lowest(), class.highest());
    let mut payload_c = Spread { low: f64::INFINITY, likely: day.start_c, high: f64::NEG_INFINITY };
    let mut out_of_range_at = None;
    let mut hold_least: Option<(Seconds, Time)> = None;
    let start_c = Spread { low: day.start_c, likely: day.start_c, high: day.start_c };
    if span.start <= day.closed {
        payload_c = start_c;
    }
    let within = |step: &&BoxStep| {
        // Goods that are put in at the end of a step see its opening.
        let put_in = step.openings > 0 && step.until == span.start;
        (step.from >= span.start || put_in) && step.until <= span.end
    };
    for step in day.steps.iter().filter(within) {
        let Spread { low: coldest, likely, high: warmest } = step.payload_c;
        payload_c.low = payload_c.low.min(coldest);
        payload_c.likely = likely;
        payload_c.high = payload_c.high.max(warmest);
        let is_out = low.is_some_and(|low| coldest < low.degrees())
            || high.is_some_and(|high| warmest > high.degrees());
        if is_out {
            out_of_range_at.get_or_insert(step.from);
        }
        if let Some(left) = step.hold_left
            && hold_least.is_none_or(|(least, _)| left < least)
        {
            hold_least = Some((left, step.until));
        }
    }
    if payload_c.low > payload_c.high {
        payload_c = start_c;
    }
    BoxGoods { visit, from: span.start, until: span.end, payload_c, out_of_range_at, hold_least }
}

/// Goods come out of a store at the plateau's temperature, or as near to it as their class allows: without
/// coolant at what is stated, in a compartment at its set-point.
fn start_c(class: &ProductClass, plateau_c: f64) -> f64 {
    let low = class.lowest().map_or(f64::NEG_INFINITY, MilliCelsius::degrees);
    let high = class.highest().map_or(f64::INFINITY, MilliCelsius::degrees);
    plateau_c.max(low).min(high)
}

#[cfg(test)]
mod tests;
