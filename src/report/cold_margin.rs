//! How much time a cold box has to spare at each hand-over, as the schedule's plain reading has it.

use crate::plan::Route;
use crate::problem::{Problem, VisitId};
use crate::schedule::{SetsTaken, StopKind, pack};
use crate::units::{Seconds, Time};

/// What the plan predicts for the cold goods of one visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColdMargin {
    /// The visit.
    pub(super) visit: VisitId,
    /// The product class, as an index into [`Problem::classes`].
    pub(super) class: usize,
    /// How often the box is opened on the trip until the goods are out, as far as its hold counts.
    pub(super) openings: i64,
    /// When the box is closed at the station.
    pub(super) closed: Time,
    /// How much longer the box would hold; negative when it does not. None when the weather does
    /// the goods no harm.
    pub(super) margin: Option<Seconds>,
    /// The latest safe moment of the hand-over's end (for collected goods: of the return).
    pub(super) deadline: Option<Time>,
    /// False when no box of the vehicle suits the class.
    pub(super) fits: bool,
}

impl ColdMargin {
    /// True when the goods are handed over within the hold.
    pub(super) fn is_kept(&self) -> bool {
        self.fits && self.margin.is_none_or(|margin| margin >= Seconds::ZERO)
    }
}

/// A margin beyond this means that the box needs no ice today.
const NO_LIMIT: Seconds = Seconds::hours(31 * 24);

/// The margins of every cold visit of a route, in the order of its stops. A shipment's pickup is
/// an opening and has no margin of its own.
pub(super) fn margins(problem: &Problem, route: &Route) -> Vec<ColdMargin> {
    let packing = problem.vehicle(route.vehicle).packing_time();
    let (mut found, mut taken) = (Vec::new(), SetsTaken::default());
    for trip in route.timetable.trips() {
        let needs = pack(problem, route.vehicle, trip, &mut taken).1;
        for stop in trip.stops {
            let Some(visit) = stop.visit else { continue };
            let Some(class) = problem.visit(visit).class else { continue };
            if stop.kind == StopKind::ShipPickup {
                continue;
            }
            let out = if stop.kind == StopKind::Collect { trip.returns() } else { stop.leave };
            let need = needs.iter().find(|need| need.visit == visit);
            let margin = need.map(|need| need.until() - out).filter(|&margin| margin < NO_LIMIT);
            found.push(ColdMargin {
                visit,
                class,
                openings: need.map_or(0, |need| need.openings),
                closed: trip.depart - packing,
                margin,
                deadline: margin.map(|margin| out + margin),
                fits: need.is_some(),
            });
        }
    }
    found
}

/// The margin of one visit.
pub(super) fn of(margins: &[ColdMargin], visit: Option<VisitId>) -> Option<&ColdMargin> {
    margins.iter().find(|margin| Some(margin.visit) == visit)
}

/// The least margin of a route.
pub(super) fn least(margins: &[ColdMargin]) -> Option<ColdMargin> {
    let limited = margins.iter().filter(|margin| margin.margin.is_some());
    limited.min_by_key(|margin| margin.margin).copied()
}

/// The temperatures a class allows, as people write them: `2–8 °C`, `≤ -18 °C`.
pub(super) fn range(problem: &Problem, class: usize) -> String {
    let Some(class) = problem.classes().get(class) else { return String::new() };
    match (class.lowest(), class.highest()) {
        (Some(low), Some(high)) => format!("{}–{} °C", low.degrees(), high.degrees()),
        (Some(low), None) => format!("≥ {} °C", low.degrees()),
        (None, Some(high)) => format!("≤ {} °C", high.degrees()),
        (None, None) => class.code.clone(),
    }
}
