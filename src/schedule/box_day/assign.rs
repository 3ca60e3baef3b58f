//! Which goods ride in which box. Where a vehicle has one box of a class there is nothing to choose.
//! Where it has several, the ways of [`packing`](crate::schedule::packing) are tried in turn, and the
//! first that leaves nothing out, opens no box too soon and keeps every hold is taken; where none does,
//! the one that comes nearest. Where conditioned coolant is counted, trips take it in their order, and
//! a box without stays at the station.

use crate::problem::{ColdBox, Problem, Role, VehicleId, VisitId};
use crate::schedule::cold_clock::{ColdNeed, Lanes, needs_of};
use crate::schedule::packing::{Parcel, SetsTaken, Way, lay, missing, ways};
use crate::schedule::{Stop, Timetable, TripWalk};
use crate::units::Seconds;

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
    /// True for those that a box would take if conditioned coolant were left for it.
    pub lacks_coolant: Vec<bool>,
}

/// A box that may be packed.
struct Empty {
    kind: usize,
    number: u32,
    room: i64,
}

/// The boxes that may be packed for a class.
struct Free {
    boxes: Vec<Empty>,
    /// The most room of those that stay behind for want of coolant; 0 where none does.
    without: i64,
}

/// Goods of one class on a trip.
struct Goods {
    visits: Vec<VisitId>,
    parcels: Vec<Parcel>,
}

impl BoxLoad {
    /// What is written on the box: the pack-out's name and which of the vehicle's boxes it is, counted
    /// from 1 over all of them, as `P7-3`.
    pub fn label(&self, problem: &Problem, vehicle: VehicleId) -> String {
        label(problem, vehicle, (self.kind, self.number))
    }
}

/// What is written on a box, given its kind and which of that kind it is.
pub(super) fn label(problem: &Problem, vehicle: VehicleId, (kind, number): (usize, u32)) -> String {
    let boxes = problem.vehicle(vehicle).boxes();
    let before: u32 = boxes[..kind].iter().map(ColdBox::count_value).sum();
    format!("{}-{}", boxes[kind].pack_out().name, before + number)
}

/// The assignment for each trip of a route, in their order.
pub fn assign(problem: &Problem, timetable: &Timetable) -> Vec<Assignment> {
    let mut taken = SetsTaken::default();
    let one = |trip| {
        let given = choose(problem, timetable.vehicle, trip, &taken).0;
        given.take(&mut taken);
        given
    };
    timetable.trips().map(one).collect()
}

/// What a trip asks of its boxes, and which goods ride in which, after trips that took some coolant; what
/// this one takes is added. Without a word on the goods where each class has one box, and coolant for it:
/// whether they have room is then the load's to say.
pub(crate) fn pack<'a>(
    problem: &'a Problem,
    vehicle: VehicleId,
    trip: TripWalk<'_>,
    taken: &mut SetsTaken,
) -> (Option<Assignment>, Vec<ColdNeed<'a>>) {
    let is_single =
        (0..problem.classes().len()).all(|class| problem.box_count(vehicle, class) <= 1);
    if is_single && !problem.counts_coolant(vehicle) {
        return (None, needs_of(problem, vehicle, trip, &Lanes::shared(problem, trip.stops)));
    }
    let (given, needs) = choose(problem, vehicle, trip, taken);
    given.take(taken);
    (Some(given), needs)
}

impl Assignment {
    /// Takes a set of coolant for each box in use.
    fn take(&self, taken: &mut SetsTaken) {
        for load in &self.boxes {
            taken.take(load.kind);
        }
    }
}

/// The assignment for a trip, and what it asks of the boxes.
fn choose<'a>(
    problem: &'a Problem,
    vehicle: VehicleId,
    trip: TripWalk<'_>,
    taken: &SetsTaken,
) -> (Assignment, Vec<ColdNeed<'a>>) {
    let goods: Vec<Goods> =
        (0..problem.classes().len()).map(|class| goods_of(problem, trip.stops, class)).collect();
    let of = |(class, goods): (usize, &Goods)| boxes_of(problem, (vehicle, class), goods, taken);
    let free: Vec<Free> = goods.iter().enumerate().map(of).collect();
    let mut best: Option<(Key, Assignment, Vec<ColdNeed<'a>>)> = None;
    for &way in ways(problem.counts_coolant(vehicle)) {
        let (given, lanes) = lay_all(way, (problem, vehicle, trip), &goods, &free);
        let needs = needs_of(problem, vehicle, trip, &lanes);
        let key = key(&given, &needs);
        if best.as_ref().is_none_or(|(least, ..)| key < *least) {
            best = Some((key, given, needs));
        }
        // One way is as good as another where nothing is to be chosen.
        let is_alike = |free: &Free| free.boxes.windows(2).all(|pair| pair[0].kind == pair[1].kind);
        let is_plain = |(free, goods): (&Free, &Goods)| {
            let count = goods.visits.len();
            free.boxes.len() < 2 || count == 0 || (count == 1 && is_alike(free))
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
    free: &[Free],
) -> (Assignment, Lanes) {
    let mut given = Assignment::default();
    let mut lanes = Lanes::shared(problem, trip.stops);
    for (class, (goods, free)) in goods.iter().zip(free).enumerate() {
        let rooms: Vec<i64> = free.boxes.iter().map(|one| one.room).collect();
        let laid = lay(way, &goods.parcels, &rooms, trip.stops.len());
        let is_several = problem.box_count(vehicle, class) > 1;
        for (at, one) in free.boxes.iter().enumerate() {
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
            let volume = goods.parcels[parcel].volume;
            given.lacks_coolant.push(free.without > 0 && volume <= free.without);
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

/// Every box that may be needed for a class: of each kind no more than there are goods, or sets of coolant.
fn boxes_of(
    problem: &Problem,
    (vehicle, class): (VehicleId, usize),
    goods: &Goods,
    taken: &SetsTaken,
) -> Free {
    let most = u32::try_from(goods.visits.len()).unwrap_or(u32::MAX);
    let mut free = Free { boxes: Vec::new(), without: 0 };
    for (kind, number) in problem.boxes_for(vehicle, class, most) {
        let room = problem.vehicle(vehicle).boxes()[kind].pack_out().volume.0;
        if taken.leave_one((kind, number), problem.coolant_sets(vehicle, kind)) {
            free.boxes.push(Empty { kind, number, room });
        } else {
            free.without = free.without.max(room);
        }
    }
    free
}
