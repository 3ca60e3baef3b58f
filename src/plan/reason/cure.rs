//! The smallest single change that would serve an order.

use std::fmt;

use super::attempt::{Attempt, Places};
use super::code::{OffRoad, off_road};
use super::probe::Broken;
use crate::constraint::{self, Rule, Unit};
use crate::problem::{OrderId, Problem, VehicleId, VisitId};
use crate::schedule;
use crate::units::{Metres, Seconds, Time, Window};

/// What a cure changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Change {
    /// The last window of the visit closes later.
    WindowClose,
    /// The goods may be back later.
    CutOff,
    /// The vehicle's shift ends later.
    ShiftEnd,
    /// The vehicle may be away longer.
    Duration,
    /// The vehicle takes more mass.
    Mass,
    /// The vehicle has more room.
    Volume,
    /// The vehicle takes more parcels.
    Pieces,
    /// The vehicle's cold boxes for one class have more room.
    BoxVolume,
    /// There is more conditioned coolant for the vehicle's cold boxes for one class.
    BoxCoolant,
    /// The vehicle's cold boxes hold one class longer.
    Hold,
    /// The vehicle may drive farther.
    Length,
    /// The vehicle's battery gives more.
    Energy,
    /// A place may be farther from the road.
    SnapLimit,
    /// The courier has one more skill.
    Skill,
    /// The recipient agrees to a pick-up point.
    Consent,
}

impl Change {
    /// What the amount counts.
    pub fn unit(self) -> Unit {
        match self {
            Self::WindowClose | Self::CutOff | Self::ShiftEnd | Self::Duration | Self::Hold => {
                Unit::Seconds
            }
            Self::Mass => Unit::Grams,
            Self::Volume | Self::BoxVolume => Unit::Millilitres,
            Self::Pieces => Unit::Pieces,
            Self::Length | Self::SnapLimit => Unit::Metres,
            Self::Energy => Unit::WattHours,
            Self::Skill | Self::Consent | Self::BoxCoolant => Unit::Count,
        }
    }
}

/// One change that would serve an order. It prints as what it takes: `14 min more hold on van 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// What is changed.
    pub change: Change,
    /// By how much, in the change's unit.
    pub amount: i64,
    /// The vehicle that would serve the order.
    pub vehicle: VehicleId,
    /// The visit whose window or cut-off is changed.
    pub visit: Option<VisitId>,
    /// The class whose hold or room is changed, as an index into [`Problem::classes`].
    pub class: Option<usize>,
    /// In plain words.
    pub text: String,
}

impl fmt::Display for Cure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How much of a change one unit is, in thousandths of a minute of overtime: our own scale, which
/// makes a minute, a kilogram, a litre, a parcel, half a kilometre and 100 Wh equal.
pub(super) fn weight(unit: Unit, amount: i64) -> i64 {
    let each = match unit {
        Unit::Seconds => 17,
        Unit::Metres => 2,
        Unit::WattHours => 10,
        Unit::Grams | Unit::Millilitres | Unit::Money => 1,
        Unit::Pieces => 1000,
        Unit::Count => 30_000,
    };
    amount.saturating_mul(each)
}

/// The change that would make an attempt good, when it breaks one number only, and its weight.
pub(super) fn candidate(
    problem: &Problem,
    order: OrderId,
    attempt: &Attempt,
) -> Option<(i64, Cure)> {
    let first = attempt.found.first()?;
    if attempt.found.iter().any(|one| one.rule != first.rule) {
        return None;
    }
    let (vehicle, mut visit, mut class) = (attempt.vehicle, None, None);
    let mut amount = attempt.found.iter().map(|one| one.amount).max()?;
    let only_visit = || {
        let is_own = first.order == Some(order) && attempt.found.len() == 1;
        first.visit.filter(|_| is_own)
    };
    let class_of = |visit: Option<VisitId>| visit.and_then(|visit| problem.visit(visit).class);
    let change = match first.rule {
        Rule::Window => {
            visit = Some(only_visit()?);
            Change::WindowClose
        }
        Rule::CutOff => {
            visit = Some(only_visit()?);
            Change::CutOff
        }
        Rule::ShiftClose => Change::ShiftEnd,
        Rule::Duration => Change::Duration,
        Rule::Length => Change::Length,
        Rule::Energy => Change::Energy,
        Rule::Mass => Change::Mass,
        Rule::Volume => Change::Volume,
        Rule::Pieces => Change::Pieces,
        Rule::BoxVolume => {
            class = problem.visit(problem.realisation(attempt.realisation).first).class;
            Change::BoxVolume
        }
        Rule::BoxCoolant => {
            class = class_of(first.visit);
            amount = 1;
            Change::BoxCoolant
        }
        Rule::ColdHold => {
            class = class_of(first.visit);
            let is_same = attempt.found.iter().all(|one| class_of(one.visit) == class);
            class.filter(|_| is_same)?;
            Change::Hold
        }
        Rule::Skill => {
            amount = 1;
            (problem.skills_lacking(order, vehicle).len() == 1).then_some(Change::Skill)?
        }
        Rule::Consent => {
            amount = 1;
            Change::Consent
        }
        Rule::Road => {
            let profile = problem.profile_of(vehicle);
            let Some(OffRoad::By(far)) = off_road(problem, attempt, profile) else { return None };
            amount = (far - problem.snap_limit()).0.max(1);
            Change::SnapLimit
        }
        _ => return None,
    };
    let mut cure = Cure { change, amount, vehicle, visit, class, text: String::new() };
    cure.text = text(problem, order, &cure);
    let weight = weight(change.unit(), amount);
    Some((weight, cure))
}

fn text(problem: &Problem, order: OrderId, cure: &Cure) -> String {
    let by = cure.change.unit().show(cure.amount);
    let on = problem.vehicle(cure.vehicle).id();
    match cure.change {
        Change::WindowClose => format!("its window closing {by} later on {on}"),
        Change::CutOff => format!("its cut-off {by} later on {on}"),
        Change::ShiftEnd => format!("the shift of {on} ending {by} later"),
        Change::Duration => format!("{by} more time away for {on}"),
        Change::Mass | Change::Volume | Change::Pieces => format!("{by} more capacity on {on}"),
        Change::BoxVolume => format!("{by} more room in the cold boxes of {on}"),
        Change::BoxCoolant => format!("{by} more set of conditioned coolant for the boxes of {on}"),
        Change::Hold => format!("{by} more hold on {on}"),
        Change::Length => format!("{by} more range on {on}"),
        Change::Energy => format!("{by} more usable in the battery of {on}"),
        Change::SnapLimit => format!("a limit {by} farther from the road"),
        Change::Skill => {
            let lacking = problem.skills_lacking(order, cure.vehicle);
            format!("skill {} on {on}", lacking.join(", "))
        }
        Change::Consent => format!("consent to a pick-up point, on {on}"),
    }
}

/// What a change weighs at least that makes an attempt good which breaks no less than this; nothing
/// when no single change does.
pub(super) fn weight_bound(broken: &Broken) -> Option<i64> {
    if broken.kinds() > 1 {
        return None;
    }
    let Some(rule) = broken.rule else { return Some(0) };
    match rule {
        Rule::Window | Rule::CutOff if broken.is_others || broken.times > 1 => None,
        Rule::Window
        | Rule::CutOff
        | Rule::ShiftClose
        | Rule::Duration
        | Rule::ColdHold
        | Rule::Length
        | Rule::Energy
        | Rule::Mass
        | Rule::Volume
        | Rule::Pieces
        | Rule::BoxVolume => Some(weight(rule.unit(), broken.largest)),
        Rule::Skill | Rule::Consent | Rule::BoxCoolant => Some(weight(Unit::Count, 1)),
        Rule::Road => Some(weight(Unit::Metres, 1)),
        _ => None,
    }
}

/// The smallest change that really makes an attempt good, at the first place of equals. Walks the
/// places by what a change there weighs at least, until no other can be smaller.
pub(super) fn smallest(
    problem: &Problem,
    order: OrderId,
    routes: &[Places<'_>],
    trial: &mut Trial<'_>,
) -> Option<Cure> {
    let mut open = Vec::new();
    for (r, places) in routes.iter().enumerate() {
        let bounds = places.broken().map(weight_bound).enumerate();
        open.extend(bounds.filter_map(|(place, bound)| Some((bound?, r, place))));
    }
    open.sort_unstable();
    let mut best: Option<((i64, usize, usize), Cure)> = None;
    for (bound, r, place) in open {
        if best.as_ref().is_some_and(|(found, _)| *found < (bound, r, place)) {
            break;
        }
        let attempt = routes[r].attempt(place);
        let Some((weight, cure)) = candidate(problem, order, attempt) else { continue };
        let rank = (weight, r, place);
        if best.as_ref().is_none_or(|(found, _)| rank < *found)
            && cure.serves(order, attempt, trial)
        {
            best = Some((rank, cure));
        }
    }
    best.map(|(_, cure)| cure)
}

impl Cure {
    /// True when the change makes the attempt good. Limits that no departure is chosen by only
    /// ever take what they are wide enough for.
    pub(super) fn serves(&self, order: OrderId, attempt: &Attempt, trial: &mut Trial<'_>) -> bool {
        match self.change {
            Change::ShiftEnd
            | Change::Duration
            | Change::Length
            | Change::Energy
            | Change::Mass
            | Change::Volume
            | Change::Pieces
            | Change::Skill => return true,
            Change::WindowClose
            | Change::CutOff
            | Change::BoxVolume
            | Change::BoxCoolant
            | Change::Hold
            | Change::SnapLimit
            | Change::Consent => {}
        }
        let is_good = |changed: &Problem| {
            let walk = schedule::timetable(changed, self.vehicle, &attempt.trips);
            constraint::audit(changed, &walk).is_empty()
        };
        trial.of(self, order, is_good).unwrap_or(true)
    }

    /// Makes the change; nothing for a change of the roads, which cannot be made without asking them
    /// again.
    fn make(&self, day: &mut Problem, order: OrderId) -> Option<()> {
        let v = self.vehicle.index();
        match self.change {
            Change::SnapLimit => return None,
            Change::WindowClose => {
                let last = day.visits[self.visit?.index()].windows.last_mut()?;
                *last = Window::new(last.open(), last.close() + Seconds(self.amount))?;
            }
            Change::CutOff => {
                let due_back = &mut day.visits[self.visit?.index()].due_back;
                *due_back = Time(due_back.0.saturating_add(self.amount));
            }
            Change::ShiftEnd => {
                let shift = day.vehicles[v].shift;
                day.vehicles[v].shift =
                    Window::new(shift.open(), shift.close() + Seconds(self.amount))?;
            }
            Change::Duration => day.vehicles[v].max_duration += Seconds(self.amount),
            Change::Length => day.vehicles[v].max_length += Metres(self.amount),
            Change::Energy => day.charge[v].as_mut()?.usable_wh += self.amount,
            Change::Mass => day.capacity[v][0] += self.amount,
            Change::Volume => day.capacity[v][1] += self.amount,
            Change::Pieces => day.capacity[v][2] += self.amount,
            Change::BoxVolume => day.capacity[v][3 + self.class?] += self.amount,
            Change::BoxCoolant => {
                let kinds = day.box_kinds(self.vehicle, self.class?).map(|(kind, _)| kind);
                let counted = |kind: &usize| day.coolant_sets(self.vehicle, *kind).is_some();
                let kind = kinds.filter(counted).min()?;
                *day.vehicles[v].boxes[kind].sets.as_mut()? += 1;
            }
            Change::Hold => {
                let terms = &mut day.hold[v][self.class?];
                terms.as_mut().ok()?.hold += Seconds(self.amount);
            }
            Change::Skill => {
                let lacking = day.skills_lacking(order, self.vehicle);
                let lacking: Vec<String> = lacking.into_iter().map(str::to_owned).collect();
                day.vehicles[v].skills.extend(lacking);
            }
            Change::Consent => {
                for id in day.realisations_of(order) {
                    day.realisations[id.index()].forbidden = None;
                }
            }
        }
        Some(())
    }

    /// Takes the change back: whatever [`Cure::make`] may touch is as in the `original`.
    fn take_back(&self, day: &mut Problem, original: &Problem, order: OrderId) {
        let v = self.vehicle.index();
        day.vehicles[v].clone_from(&original.vehicles[v]);
        day.capacity[v] = original.capacity[v];
        day.charge[v] = original.charge[v];
        day.hold[v].clone_from(&original.hold[v]);
        if let Some(visit) = self.visit {
            day.visits[visit.index()].clone_from(&original.visits[visit.index()]);
        }
        for id in original.realisations_of(order) {
            day.realisations[id.index()].clone_from(&original.realisations[id.index()]);
        }
    }
}

/// A copy of the day on which changes are tried one at a time: copied once, when first needed.
#[derive(Debug)]
pub(crate) struct Trial<'p> {
    original: &'p Problem,
    // Invariant: equal to the original between two calls.
    day: Option<Problem>,
}

impl<'p> Trial<'p> {
    /// Nothing is copied yet.
    pub(crate) fn new(original: &'p Problem) -> Self {
        Self { original, day: None }
    }

    /// What `read` says of the day with the change for an order made; nothing for a change that
    /// cannot be made by itself.
    pub(crate) fn of<T>(
        &mut self,
        cure: &Cure,
        order: OrderId,
        read: impl FnOnce(&Problem) -> T,
    ) -> Option<T> {
        let day = self.day.get_or_insert_with(|| self.original.clone());
        let said = cure.make(day, order).map(|()| read(day));
        cure.take_back(day, self.original, order);
        said
    }
}
