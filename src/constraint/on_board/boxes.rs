//! Several boxes of a class on one vehicle: whether the goods of a whole trip can be laid into them
//! so that all have room, no lid is opened too soon and no hold is over. The ways tried are those of
//! the plain reading, in the same order; the clock is the search's: lids count no waiting.

use crate::cold::LidTerms;
use crate::constraint::{Called, FAR, pick};
use crate::problem::{Problem, Role, VehicleId};
use crate::schedule::{Parcel, WAYS, lay};
use crate::units::Seconds;

/// How many boxes are counted as opened in turn. More boxes help all the same when they are packed;
/// only the quick test counts no more, so that its rounding stays small.
const IN_TURN: u32 = 16;
/// Against rounding: a payload this near its limit counts as beyond it.
const MARGIN: f64 = 1e-6;

/// How many boxes of a class the quick test counts as opened in turn; 1 where there is none.
pub(super) fn in_turn(problem: &Problem, vehicle: VehicleId, class: usize) -> i64 {
    i64::from(problem.box_count(vehicle, class).clamp(1, IN_TURN))
}

/// Goods of the day, and the boxes of vehicles that have several of a class.
#[derive(Clone, Debug)]
pub(super) struct Boxes<const C: usize> {
    goods: Vec<Goods>,
    /// By vehicle and class; none where there is one box or none.
    several: Vec<[Option<Several>; C]>,
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

/// Several boxes of one class.
#[derive(Clone, Debug)]
struct Several {
    /// Millilitres of each.
    rooms: Vec<i64>,
    /// Hold left after packing.
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
        Self { goods: goods.collect(), several: problem.vehicle_ids().map(of).collect() }
    }

    pub(super) fn restrict(&self, visits: &[u32], vehicles: &[u32]) -> Self {
        Self { goods: pick(&self.goods, visits), several: pick(&self.several, vehicles) }
    }

    #[inline]
    pub(super) fn are_several(&self, vehicle: VehicleId) -> bool {
        self.several[vehicle.index()].iter().any(Option::is_some)
    }

    /// True when some way lays the goods of every class into boxes that bear it. Takes parcels times
    /// boxes times stops.
    pub(super) fn can_be_packed(&self, vehicle: VehicleId, calls: &[Called], out: i64) -> bool {
        self.several[vehicle.index()].iter().enumerate().all(|(class, several)| {
            let Some(several) = several else { return true };
            let parcels = self.parcels(class, calls);
            let bears = |way| {
                let laid = lay(way, &parcels, &several.rooms, calls.len() + 1);
                several.bear(&parcels, &laid, calls, out)
            };
            parcels.is_empty() || WAYS.into_iter().any(bears)
        })
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
    let terms = problem.hold(vehicle, class).ok()?;
    let boxes = problem.box_kinds(vehicle, class);
    let rooms: Vec<i64> = boxes
        .flat_map(|(_, kind)| {
            let count = (kind.count_value() as usize).min(most);
            std::iter::repeat_n(kind.pack_out().volume.0, count)
        })
        .collect();
    let packing = problem.vehicle(vehicle).packing_time().0;
    (problem.box_count(vehicle, class) > 1).then(|| Several {
        rooms,
        hold: terms.hold.0.min(FAR) - packing,
        opening: terms.opening.0.min(FAR),
        lid: terms.lid,
    })
}

impl Several {
    /// True when every parcel has a box, is out of it in time, and no lid is opened too soon.
    fn bear(&self, parcels: &[Parcel], laid: &[Option<usize>], calls: &[Called], out: i64) -> bool {
        laid.iter().all(Option::is_some)
            && (0..self.rooms.len()).all(|at| self.bears(at, parcels, laid, calls, out))
    }

    fn bears(
        &self,
        at: usize,
        parcels: &[Parcel],
        laid: &[Option<usize>],
        calls: &[Called],
        out: i64,
    ) -> bool {
        let inside = || parcels.iter().zip(laid).filter(|(_, to)| **to == Some(at)).map(|(p, _)| p);
        let mut opened: Vec<usize> =
            inside().flat_map(|p| std::iter::once(p.opens.0).chain(p.opens.1)).collect();
        opened.sort_unstable();
        let (mut deviation, mut before) = (0.0, 0);
        for &stop in &opened {
            let path = calls[stop - 1].path;
            deviation = self.lid.after(deviation, Seconds(path - before));
            before = path;
            if self.lid.jump > 0 && deviation > 1.0 - MARGIN {
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
            let lost = self.opening.saturating_mul(i64::try_from(openings).unwrap_or(FAR));
            rides.saturating_add(lost) <= self.hold
        };
        inside().all(is_held)
    }
}
