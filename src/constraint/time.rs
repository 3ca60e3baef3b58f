//! Time: windows, the shift, goods that are not ready before, goods that must be back by.

use crate::constraint::{Gap, Hop, Reading, Resource, Rule, Terms, Violation, pick};
use crate::problem::{Problem, Role, VehicleId};
use crate::schedule::{StopKind, Timetable, TripWalk};
use crate::units::Seconds;
use crate::units::Window;

/// Far away in time, in seconds; sums of several stay inside `i64` with room to spare.
pub const FAR: i64 = 1 << 40;

/// A window as two numbers, seconds after midnight, cut to [`FAR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it opens.
    pub open: i64,
    /// When it closes.
    pub close: i64,
}

impl From<Window> for Span {
    fn from(window: Window) -> Self {
        let cut = |t: i64| t.clamp(-FAR, FAR);
        Self { open: cut(window.open().0), close: cut(window.close().0) }
    }
}

/// The windows, service times and station times of every visit.
#[derive(Clone, Debug)]
pub struct Clock {
    windows: Vec<Span>,
    /// Windows of visit `v`: `first_window[v]..first_window[v + 1]`.
    first_window: Vec<u32>,
    service: Vec<i64>,
    ready: Vec<i64>,
    due: Vec<i64>,
}

/// A piece of a trip in time. Entered (or begun) at `x`, it is left at `max(x + path, earliest)`,
/// for any `x` up to `latest` (Kindervater and Savelsbergh 1997; Vidal et al. 2014,
/// doi 10.1016/j.ejor.2013.09.045; windows are hard here, so time warp is not needed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSegment {
    /// Travel and service without waiting, in seconds.
    pub path: i64,
    /// The earliest moment it can be left, for its windows.
    pub earliest: i64,
    /// The latest moment it can be entered, for its windows.
    pub latest: i64,
    /// When its goods are ready at the station before it.
    pub ready: i64,
    /// When its goods must be at the station after it.
    pub due: i64,
    /// By how much the windows inside cannot be kept, whatever the start; 0 when they can.
    pub late: i64,
}

impl Clock {
    /// The clock of a day.
    pub fn new(problem: &Problem) -> Self {
        let visits = problem.visits();
        let mut clock = Self {
            windows: Vec::new(),
            first_window: vec![0],
            service: visits.iter().map(|visit| visit.service.0).collect(),
            ready: visits.iter().map(|visit| visit.ready_at.0.max(-FAR)).collect(),
            due: visits.iter().map(|visit| visit.due_back.0.min(FAR)).collect(),
        };
        for visit in visits {
            clock.windows.extend(visit.windows.iter().map(|&window| Span::from(window)));
            clock.first_window.push(u32::try_from(clock.windows.len()).unwrap_or(u32::MAX));
        }
        clock
    }

    /// The windows of a visit, in order.
    #[inline]
    pub fn windows(&self, visit: usize) -> &[Span] {
        &self.windows[self.first_window[visit] as usize..self.first_window[visit + 1] as usize]
    }

    /// How long service takes at a visit, in seconds.
    #[inline]
    pub fn service(&self, visit: usize) -> i64 {
        self.service[visit]
    }

    /// When the visit's goods are ready at the station, in seconds after midnight.
    #[inline]
    pub fn ready(&self, visit: usize) -> i64 {
        self.ready[visit]
    }

    /// When the visit's goods must be at the station, in seconds after midnight.
    #[inline]
    pub fn due(&self, visit: usize) -> i64 {
        self.due[visit]
    }

    /// The window in which service begins when the vehicle arrives at `arrive`; the last one when
    /// all are over.
    #[inline]
    pub fn window_at(&self, visit: usize, arrive: i64) -> Span {
        let windows = self.windows(visit);
        let next = windows.iter().find(|window| arrive <= window.close);
        next.copied().unwrap_or(windows[windows.len() - 1])
    }

    /// The latest moment up to `bound` at which service may begin; [`FAR`] in the past when none.
    #[inline]
    pub fn latest_begin(&self, visit: usize, bound: i64) -> i64 {
        let open = self.windows(visit).iter().rev().find(|window| window.open <= bound);
        open.map_or(-FAR, |window| window.close.min(bound))
    }
}

impl Resource for Clock {
    type Segment = ClockSegment;

    fn restrict(&self, visits: &[u32], _vehicles: &[u32]) -> Self {
        let mut part = Self {
            windows: Vec::with_capacity(visits.len()),
            first_window: vec![0],
            service: pick(&self.service, visits),
            ready: pick(&self.ready, visits),
            due: pick(&self.due, visits),
        };
        for &visit in visits {
            part.windows.extend_from_slice(self.windows(visit as usize));
            part.first_window.push(u32::try_from(part.windows.len()).unwrap_or(u32::MAX));
        }
        part
    }

    /// Wherever the visit stands, its service comes on top of what the trip takes without any waiting: a
    /// way by one more place is no shorter.
    #[inline]
    fn is_full(&self, trip: &ClockSegment, visit: usize, terms: &Terms) -> bool {
        let path = trip.path + self.service[visit];
        let from = terms.free_at.max(trip.ready.max(self.ready[visit]));
        let until = terms.back_by.min(trip.due.min(self.due[visit]));
        from + path > until || path > terms.duration_room
    }

    /// Leaving as late as the windows allow is quickest.
    #[inline]
    fn reading(&self, trip: &ClockSegment) -> Reading {
        Reading { duration: trip.path.max(trip.earliest - trip.latest), length: 0 }
    }

    fn start(&self, terms: &Terms) -> ClockSegment {
        ClockSegment {
            path: 0,
            earliest: terms.free_at,
            latest: FAR,
            ready: -FAR,
            due: FAR,
            late: 0,
        }
    }

    fn end(&self, terms: &Terms) -> ClockSegment {
        ClockSegment {
            path: 0,
            earliest: -FAR,
            latest: terms.back_by,
            ready: -FAR,
            due: FAR,
            late: 0,
        }
    }

    #[inline]
    fn leaf(&self, visit: usize, window: Span, _vehicle: VehicleId) -> ClockSegment {
        let service = self.service[visit];
        ClockSegment {
            path: service,
            earliest: window.open + service,
            latest: window.close,
            ready: self.ready[visit],
            due: self.due[visit],
            late: 0,
        }
    }

    #[inline]
    fn join(&self, a: &ClockSegment, hop: Hop, b: &ClockSegment) -> ClockSegment {
        let arrive = a.earliest + hop.time;
        ClockSegment {
            path: a.path + hop.time + b.path,
            earliest: b.earliest.max(arrive + b.path),
            latest: a.latest.min(b.latest - a.path - hop.time),
            ready: a.ready.max(b.ready),
            due: a.due.min(b.due),
            late: a.late.max(b.late).max(arrive - b.latest),
        }
    }

    #[inline]
    fn append(
        &self,
        so_far: &ClockSegment,
        hop: Hop,
        visit: usize,
        window: Span,
        _vehicle: VehicleId,
    ) -> ClockSegment {
        let service = self.service[visit];
        let (arrive, before) = (so_far.earliest + hop.time, so_far.path + hop.time);
        ClockSegment {
            path: before + service,
            earliest: window.open.max(arrive) + service,
            latest: so_far.latest.min(window.close - before),
            ready: so_far.ready.max(self.ready[visit]),
            due: so_far.due.min(self.due[visit]),
            late: so_far.late.max(arrive - window.close),
        }
    }

    #[inline]
    fn prepend(
        &self,
        visit: usize,
        window: Span,
        vehicle: VehicleId,
        hop: Hop,
        rest: &ClockSegment,
    ) -> ClockSegment {
        let mut joined = self.join(&self.leaf(visit, window, vehicle), hop, rest);
        if self.windows(visit).len() > 1 {
            joined.latest = self.latest_begin(visit, rest.latest - hop.time - self.service[visit]);
        }
        joined
    }

    #[inline]
    fn has_time(
        &self,
        gap: &Gap<'_, ClockSegment>,
        visit: usize,
        window: Span,
        terms: &Terms,
    ) -> bool {
        self.admits(gap, visit, window, terms)
    }

    fn release(&self, trip: &ClockSegment) -> i64 {
        trip.ready
    }

    #[inline]
    fn excess(&self, trip: &ClockSegment, terms: &Terms) -> i64 {
        let back = trip.earliest.max(trip.ready + trip.path);
        let longest = trip.path.max(trip.earliest - trip.latest);
        trip.late.max(0)
            + (trip.ready - trip.latest).max(0)
            + (back - trip.due).max(0)
            + (longest - terms.duration_room).max(0)
    }
}

/// The plain reading of clock times.
pub(crate) fn audit(problem: &Problem, walk: &Timetable, found: &mut Vec<Violation>) {
    let (Some(first), Some(last)) = (walk.stops.first(), walk.stops.last()) else { return };
    let mut over = |rule, amount: Seconds| {
        if amount > Seconds::ZERO {
            found.push(Violation::of(rule, amount.0).on(walk.vehicle));
        }
    };
    let vehicle = problem.vehicle(walk.vehicle);
    over(Rule::ShiftOpen, vehicle.shift_window().open() - first.leave);
    over(Rule::ShiftClose, last.leave - vehicle.shift_window().close());
    over(Rule::Duration, walk.duration() - vehicle.duration_limit());
    for stop in walk.stops.iter().filter(|stop| stop.kind == StopKind::Reload) {
        over(Rule::Reload, stop.arrive - stop.begin);
    }
    for trip in walk.trips() {
        visits(problem, walk, trip, found);
    }
}

fn visits(problem: &Problem, walk: &Timetable, trip: TripWalk<'_>, found: &mut Vec<Violation>) {
    for stop in trip.stops {
        let Some(id) = stop.visit else { continue };
        let visit = problem.visit(id);
        let mut over = |rule, amount: Seconds| {
            if amount > Seconds::ZERO {
                found.push(Violation::of(rule, amount.0).on(walk.vehicle).at(problem, id));
            }
        };
        over(Rule::Window, stop.late);
        if visit.role.is_from_station() {
            over(Rule::Ready, visit.ready_at - trip.depart);
        }
        if visit.role == Role::Collect {
            over(Rule::CutOff, trip.returns() - visit.due_back);
        }
    }
}
