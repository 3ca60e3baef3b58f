//! Which goods ride in which box. Where a vehicle has one box of a class there is nothing to choose.
//! Where it has several, the ways of [`packing`](crate::schedule::packing) are tried in turn, and the
//! first that leaves nothing out, opens no box too soon and keeps every hold is taken; where none does,
//! the one that comes nearest.

use crate::problem::{Problem, Role, VehicleId, VisitId};
use crate::schedule::cold_clock::{ColdNeed, Lanes, needs_of};
use crate::schedule::packing::{Parcel, WAYS, Way, lay, missing};
use crate::schedule::{Stop, TripWalk};
use crate::units::{Seconds, Time};

/// One box and what rides in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxLoad {
    /// Which of the vehicle's boxes.
    pub kind: usize,
    /// Which of that kind, from 1.
    pub number: u32,
    /// The product class, as an index into [`Problem::classes`].
    pub class: usize,
    /// The visits that take goods out of it or put them in, by stop; a shipment's delivery alone
    /// stands for both its visits.
    pub visits: Vec<VisitId>,
}

/// The boxes in use on a trip, and the goods that fit in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// By kind and number.
    pub boxes: Vec<BoxLoad>,
    /// Goods without room: no box is kept for the class, or each is too full for them, though all
    /// boxes together may have the room.
    pub left_out: Vec<VisitId>,
    /// How many millilitres each of them lacks in the box with the most room.
    pub missing: Vec<i64>,
}

/// A box that may be packed.
struct Free {
    kind: usize,
    number: u32,
    room: i64,
}

/// Goods of one class on a trip.
struct Goods {
    visits: Vec<VisitId>,
    parcels: Vec<Parcel>,
}

/// The assignment for one trip, given when it departs and the stops after that; the last one is the
/// return.
pub fn assign(problem: &Problem, vehicle: VehicleId, depart: Time, stops: &[Stop]) -> Assignment {
    choose(problem, vehicle, TripWalk { depart, stops }).0
}

/// The assignment for a trip, and what it asks of the boxes.
pub(in crate::schedule) fn choose<'a>(
    problem: &'a Problem,
    vehicle: VehicleId,
    trip: TripWalk<'_>,
) -> (Assignment, Vec<ColdNeed<'a>>) {
    let classes = 0..problem.classes().len();
    let goods: Vec<Goods> =
        classes.clone().map(|class| goods_of(problem, trip.stops, class)).collect();
    let free: Vec<Vec<Free>> =
        classes.map(|class| boxes_of(problem, vehicle, class, goods[class].visits.len())).collect();
    let mut best: Option<(Key, Assignment, Vec<ColdNeed<'a>>)> = None;
    for way in WAYS {
        let (given, lanes) = lay_all(way, (problem, vehicle, trip), &goods, &free);
        let needs = needs_of(problem, vehicle, trip, &lanes);
        let key = key(&given, &needs);
        if best.as_ref().is_none_or(|(least, ..)| key < *least) {
            best = Some((key, given, needs));
        }
        // One way is as good as another where nothing is to be chosen.
        let is_alike = |free: &[Free]| free.windows(2).all(|pair| pair[0].kind == pair[1].kind);
        let is_plain = |(free, goods): (&Vec<Free>, &Goods)| {
            let count = goods.visits.len();
            free.len() < 2 || count == 0 || (count == 1 && is_alike(free))
        };
        let is_plain = free.iter().zip(&goods).all(is_plain);
        if is_plain || key == Key::default() {
            break;
        }
    }
    best.map(|(_, given, needs)| (given, needs)).unwrap_or_default()
}

/// How far an assignment is from good: millilitres that find no room, openings that come too soon,
/// the worst excess that no later departure mends, and the worst that one does.
type Key = (i64, i64, i64, i64);

fn key(given: &Assignment, needs: &[ColdNeed<'_>]) -> Key {
    let worst = |of: &dyn Fn(&ColdNeed<'_>) -> Seconds| {
        needs.iter().map(|need| of(need).0.max(0)).max().unwrap_or(0)
    };
    let stuck = |need: &ColdNeed<'_>| if need.is_curable() { Seconds::ZERO } else { need.excess };
    let curable = |need: &ColdNeed<'_>| if need.is_curable() { need.excess } else { Seconds::ZERO };
    let missing = given.missing.iter().sum();
    (missing, worst(&|need| need.recovery), worst(&stuck), worst(&curable))
}

/// One way for all classes, and which lane each stop's visit is in: a box of its own where there are
/// several, else the class's only one.
fn lay_all(
    way: Way,
    (problem, vehicle, trip): (&Problem, VehicleId, TripWalk<'_>),
    goods: &[Goods],
    free: &[Vec<Free>],
) -> (Assignment, Lanes) {
    let mut given = Assignment::default();
    let mut lanes = Lanes::shared(problem, trip.stops);
    for (class, (goods, free)) in goods.iter().zip(free).enumerate() {
        let rooms: Vec<i64> = free.iter().map(|one| one.room).collect();
        let laid = lay(way, &goods.parcels, &rooms, trip.stops.len());
        let is_several = problem.box_count(vehicle, class) > 1;
        for (at, one) in free.iter().enumerate() {
            let inside: Vec<usize> =
                (0..laid.len()).filter(|&parcel| laid[parcel] == Some(at)).collect();
            if inside.is_empty() {
                continue;
            }
            let visits = inside.iter().map(|&parcel| goods.visits[parcel]).collect();
            given.boxes.push(BoxLoad { kind: one.kind, number: one.number, class, visits });
            if is_several {
                let opens = inside.into_iter().map(|parcel| goods.parcels[parcel].opens);
                lanes.add(one.kind, opens);
            }
        }
        for (parcel, _) in laid.iter().enumerate().filter(|(_, to)| to.is_none()) {
            given.left_out.push(goods.visits[parcel]);
            given.missing.push(missing(&goods.parcels, &laid, &rooms, parcel));
        }
    }
    let before = given.boxes.len();
    given.boxes.sort_by_key(|load| (load.kind, load.number));
    debug_assert_eq!(before, given.boxes.len());
    (given, lanes)
}

/// The goods of a class, by the stop where they leave or enter their box.
fn goods_of(problem: &Problem, stops: &[Stop], class: usize) -> Goods {
    let mut goods = Goods { visits: Vec::new(), parcels: Vec::new() };
    for (i, stop) in stops.iter().enumerate() {
        let Some(id) = stop.visit else { continue };
        let visit = problem.visit(id);
        if visit.class != Some(class) {
            continue;
        }
        let (from, until, opens) = match visit.role {
            // The delivery speaks for both.
            Role::ShipPickup => continue,
            Role::ShipDelivery => {
                let first = problem.realisation(visit.realisation).first;
                let taken = stops.iter().position(|stop| stop.visit == Some(first));
                match taken.map(|at| at + 1).filter(|&at| at <= i) {
                    Some(taken) => (taken, i + 1, (taken, Some(i + 1))),
                    None => (0, i + 1, (i + 1, None)),
                }
            }
            Role::Collect => (i + 1, stops.len(), (i + 1, None)),
            Role::Deliver | Role::Serve => (0, i + 1, (i + 1, None)),
        };
        goods.visits.push(id);
        goods.parcels.push(Parcel { volume: visit.load[3 + class], from, until, opens });
    }
    goods
}

/// Every box that may be needed for a class: of each kind no more than there are goods.
fn boxes_of(problem: &Problem, vehicle: VehicleId, class: usize, goods: usize) -> Vec<Free> {
    let most = u32::try_from(goods).unwrap_or(u32::MAX);
    let room = |kind: usize| problem.vehicle(vehicle).boxes()[kind].pack_out().volume.0;
    let kept = problem.boxes_for(vehicle, class, most).into_iter();
    kept.map(|(kind, number)| Free { kind, number, room: room(kind) }).collect()
}
