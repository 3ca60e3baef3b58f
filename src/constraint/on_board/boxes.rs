//! Several boxes of a class on one vehicle: whether the goods of a whole trip can be laid into them
//! so that all have room, no lid is opened too soon and no hold is over. The ways tried are those of
//! the plain reading, in the same order; the clock is the search's: lids count no waiting.

use std::sync::Arc;

use crate::cold::{AirShift, LidTerms, Stay, Wear};
use crate::constraint::{Called, FAR, pick};
use crate::problem::{Problem, Role, VehicleId};
use crate::schedule::{Parcel, SetsTaken, lay, ways};
use crate::units::{Seconds, Time};

/// How many boxes are counted as opened in turn. More boxes help all the same when they are packed;
/// only the quick test counts no more, so that its rounding stays small.
const IN_TURN: u32 = 16;
/// Against rounding: a payload this near its limit counts as beyond it.
const MARGIN: f64 = 1e-6;

/// How many boxes of a class the quick test counts as opened in turn; 1 where there is none.
pub(super) fn in_turn(problem: &Problem, vehicle: VehicleId, class: usize) -> i64 {
    i64::from(problem.box_count(vehicle, class).clamp(1, IN_TURN))
}

/// The hold left after packing, and what one opening takes off it, as the quick test counts them.
pub(super) fn hold_and_opening(
    problem: &Problem,
    vehicle: VehicleId,
    class: usize,
) -> Option<(i64, i64)> {
    let terms = problem.hold(vehicle, class).ok()?;
    let packing = problem.vehicle(vehicle).packing_time().0;
    let count = in_turn(problem, vehicle, class);
    let each = (terms.opening.0.min(FAR) + count - 1) / count;
    Some((terms.hold.0.min(FAR) - packing - (count - 1) * each, each))
}

/// Goods of the day, and the boxes of vehicles that have several of a class.
#[derive(Clone, Debug)]
pub(super) struct Boxes<const C: usize> {
    goods: Vec<Goods>,
    /// By vehicle and class; none where there is nothing to confirm.
    several: Vec<[Option<Several>; C]>,
    /// By vehicle: the classes with something to confirm, as bits.
    laid: Vec<u8>,
    /// By vehicle: whether the coolant of some of its boxes may run out.
    counts_coolant: Vec<bool>,
}

/// What a visit means to a box.
#[derive(Clone, Copy, Debug)]
struct Goods {
    class: Option<u8>,
    role: Role,
    volume: i64,
    /// Alike for the two visits of a shipment only.
    key: u32,
}

/// Several boxes of one class, or one whose hold the hours use up unevenly or whose coolant may run out.
#[derive(Clone, Debug)]
struct Several {
    packing: i64,
    /// Millilitres of each.
    rooms: Vec<i64>,
    /// The kind of each, and which of it, from 1.
    names: Vec<(usize, u32)>,
    /// The sets of coolant for its kind.
    sets: Vec<Option<u32>>,
    boxes: Vec<One>,
}

/// What one box can do.
#[derive(Clone, Debug)]
struct One {
    wear: Option<Arc<Wear>>,
    /// Hold from closing on.
    hold: i64,
    opening: i64,
    lid: LidTerms,
}

impl<const C: usize> Boxes<C> {
    pub(super) fn new(problem: &Problem) -> Self {
        let goods = problem.visits().iter().map(|visit| Goods {
            class: visit.class.and_then(|class| u8::try_from(class).ok()),
            role: visit.role,
            volume: visit.class.map_or(0, |class| visit.load[3 + class]),
            key: visit.realisation.0,
        });
        let most = problem.visits().len();
        let of = |vehicle: VehicleId| {
            std::array::from_fn(|class| {
                (class < problem.classes().len()).then(|| several(problem, vehicle, class, most))?
            })
        };
        let counts_coolant = |vehicle| problem.counts_coolant(vehicle);
        let several: Vec<[Option<Several>; C]> = problem.vehicle_ids().map(of).collect();
        let bit = |class: usize, one: &Option<Several>| u8::from(one.is_some()) << class;
        let laid = |row: &[Option<Several>; C]| {
            row.iter().enumerate().map(|(class, one)| bit(class, one)).sum()
        };
        Self {
            goods: goods.collect(),
            laid: several.iter().map(laid).collect(),
            several,
            counts_coolant: problem.vehicle_ids().map(counts_coolant).collect(),
        }
    }

    pub(super) fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        Self {
            goods: pick(&self.goods, visits),
            several: pick(&self.several, vehicles),
            laid: pick(&self.laid, vehicles),
            counts_coolant: pick(&self.counts_coolant, vehicles),
        }
    }

    /// The classes whose goods on a vehicle must be laid into boxes, as bits.
    #[inline]
    pub(super) fn several_classes(&self, vehicle: VehicleId) -> u8 {
        self.laid[vehicle.index()]
    }

    /// True when some way lays the goods of every class into boxes that bear it and have coolant left by
    /// the trips before; theirs is then taken. Takes parcels times boxes times stops.
    pub(super) fn can_be_packed(
        &self,
        (vehicle, depart): (VehicleId, i64),
        calls: &[Called],
        (out, air): (i64, AirShift),
        taken: &mut SetsTaken,
    ) -> bool {
        let ways = ways(self.counts_coolant[vehicle.index()]);
        for (class, several) in self.several[vehicle.index()].iter().enumerate() {
            let Some(several) = several else { continue };
            let parcels = self.parcels(class, calls);
            if parcels.is_empty() {
                continue;
            }
            let fresh = several.fresh(taken);
            let rooms: Vec<i64> = fresh.iter().map(|&at| several.rooms[at]).collect();
            let by = |&way| {
                let laid = lay(way, &parcels, &rooms, calls.len() + 1);
                let laid: Vec<_> = laid.into_iter().map(|to| to.map(|at| fresh[at])).collect();
                let bears = several.bear(&parcels, &laid, depart, (calls, out, air));
                bears.then_some(laid)
            };
            let Some(laid) = ways.iter().find_map(by) else { return false };
            several.take(&laid, taken);
        }
        true
    }

    /// The goods of a class, in the order in which the plain reading has them.
    fn parcels(&self, class: usize, calls: &[Called]) -> Vec<Parcel> {
        let mut parcels = Vec::new();
        for (i, call) in calls.iter().enumerate() {
            let goods = &self.goods[call.visit as usize];
            if goods.class.map(usize::from) != Some(class) {
                continue;
            }
            let volume = goods.volume;
            let parcel = match goods.role {
                Role::ShipPickup => continue,
                Role::ShipDelivery => {
                    let is_it = |call: &Called| {
                        let other = &self.goods[call.visit as usize];
                        other.role == Role::ShipPickup && other.key == goods.key
                    };
                    let taken = calls[..i].iter().position(is_it).map(|at| at + 1);
                    let opens = taken.map_or((i + 1, None), |taken| (taken, Some(i + 1)));
                    Parcel { volume, from: taken.unwrap_or(0), until: i + 1, opens }
                }
                Role::Collect => {
                    Parcel { volume, from: i + 1, until: calls.len() + 1, opens: (i + 1, None) }
                }
                Role::Deliver | Role::Serve => {
                    Parcel { volume, from: 0, until: i + 1, opens: (i + 1, None) }
                }
            };
            parcels.push(parcel);
        }
        parcels
    }
}

fn several(problem: &Problem, vehicle: VehicleId, class: usize, most: usize) -> Option<Several> {
    problem.hold(vehicle, class).ok()?;
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let kept = problem.boxes_for(vehicle, class, most);
    let kinds = problem.vehicle(vehicle).boxes();
    let one = |&(kind, _): &(usize, u32)| {
        let terms = problem.box_hold(vehicle, class, kind).ok()?;
        Some(One {
            wear: problem.box_wear(vehicle, class, kind).cloned(),
            hold: terms.hold.0.min(FAR),
            opening: terms.opening.0.min(FAR),
            lid: terms.lid,
        })
    };
    let boxes: Vec<One> = kept.iter().filter_map(one).collect();
    let is_uneven = boxes.iter().any(|one| one.wear.is_some());
    let is_several = problem.box_count(vehicle, class) > 1;
    (is_several || is_uneven || problem.counts_coolant(vehicle)).then(|| Several {
        packing: problem.vehicle(vehicle).packing_time().0,
        rooms: kept.iter().map(|&(kind, _)| kinds[kind].pack_out().volume.0).collect(),
        sets: kept.iter().map(|&(kind, _)| problem.coolant_sets(vehicle, kind)).collect(),
        names: kept,
        boxes,
    })
}

impl Several {
    /// The boxes that find conditioned coolant after some trips.
    fn fresh(&self, taken: &SetsTaken) -> Vec<usize> {
        let has_one = |&at: &usize| taken.leave_one(self.names[at], self.sets[at]);
        (0..self.rooms.len()).filter(has_one).collect()
    }

    /// Takes the coolant of the boxes in use.
    fn take(&self, laid: &[Option<usize>], taken: &mut SetsTaken) {
        for (at, &(kind, _)) in self.names.iter().enumerate() {
            if self.sets[at].is_some() && laid.contains(&Some(at)) {
                taken.take(kind);
            }
        }
    }

    /// True when every parcel has a box, is out of it in time, and no lid is opened too soon.
    fn bear(
        &self,
        parcels: &[Parcel],
        laid: &[Option<usize>],
        depart: i64,
        trip: (&[Called], i64, AirShift),
    ) -> bool {
        laid.iter().all(Option::is_some)
            && (0..self.rooms.len()).all(|at| self.bears(at, parcels, laid, depart, trip))
    }

    /// The hold of a box used by goods that are out so long after the departure, with so much lost to
    /// openings.
    fn used(&self, one: &One, depart: i64, (out, lost, air): (i64, i64, AirShift)) -> i64 {
        let (closed, out) = (Time(depart - self.packing), Time(depart + out));
        let plain = || (out - closed).0.saturating_add(lost);
        let by_hour =
            |wear: &Arc<Wear>| wear.used(Stay { closed, out, lost: Seconds(lost), air }).0;
        one.wear.as_ref().map_or_else(plain, by_hour)
    }

    fn bears(
        &self,
        at: usize,
        parcels: &[Parcel],
        laid: &[Option<usize>],
        depart: i64,
        (calls, out, air): (&[Called], i64, AirShift),
    ) -> bool {
        let one = &self.boxes[at];
        let inside = || parcels.iter().zip(laid).filter(|(_, to)| **to == Some(at)).map(|(p, _)| p);
        let mut opened: Vec<usize> =
            inside().flat_map(|p| std::iter::once(p.opens.0).chain(p.opens.1)).collect();
        opened.sort_unstable();
        let (mut deviation, mut before) = (0.0, 0);
        for &stop in &opened {
            let path = calls[stop - 1].path;
            let moment = Time(depart + calls[stop - 1].left);
            let by_hour = |wear: &Arc<Wear>| wear.lid(one.lid, moment, air);
            let terms = one.wear.as_ref().map_or(one.lid, by_hour);
            deviation = terms.after(deviation, Seconds(path - before));
            before = path;
            if one.lid.jump > 0 && deviation > 1.0 - MARGIN {
                return false;
            }
        }
        let is_held = |parcel: &Parcel| {
            // What rides to the end of the trip sees every opening of its box.
            let (rides, until) = match calls.get(parcel.until - 1) {
                Some(call) => (call.left, parcel.until),
                None => (out, usize::MAX),
            };
            let openings = opened.iter().take_while(|&&stop| stop <= until).count();
            let lost = one.opening.saturating_mul(i64::try_from(openings).unwrap_or(FAR));
            self.used(one, depart, (rides, lost, air)) <= one.hold
        };
        inside().all(is_held)
    }
}
