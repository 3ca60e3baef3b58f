//! Which goods ride in which box. Goods take a box of their class; the largest choose first and take
//! the first box with room for as long as they ride (first fit decreasing, Johnson 1973, with the
//! room looked at over the whole trip). So as few boxes as seem possible are packed, and no box is
//! opened more often than the trip has visits of its class, which is what the search counts for the
//! weakest box.

use crate::problem::{Problem, Realisation, Role, VehicleId, VisitId};
use crate::schedule::Stop;

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
}

/// Goods of a trip.
struct Goods {
    visit: VisitId,
    class: usize,
    volume: i64,
    /// On board from leaving stop `from` (0: the station) to stop `until`, counted from 1.
    from: usize,
    until: usize,
}

/// A box being filled.
struct Filling {
    load: BoxLoad,
    room: i64,
    /// Volume on board from leaving each stop to the next; entry 0 is the station's.
    used: Vec<i64>,
}

/// The assignment for one trip, given the stops after its departure; the last one is the return.
pub fn assign(problem: &Problem, vehicle: VehicleId, stops: &[Stop]) -> Assignment {
    let mut goods = goods_of(problem, stops);
    let mut boxes = boxes_of(problem, vehicle, stops.len() + 1, goods.len());
    let mut left_out = Vec::new();
    goods.sort_by_key(|goods| (-goods.volume, goods.until, goods.from, goods.visit));
    for goods in &goods {
        let has_room = |filling: &&mut Filling| {
            let riding = &filling.used[goods.from..goods.until];
            filling.load.class == goods.class
                && riding.iter().all(|used| used + goods.volume <= filling.room)
        };
        match boxes.iter_mut().find(has_room) {
            Some(filling) => {
                for used in &mut filling.used[goods.from..goods.until] {
                    *used += goods.volume;
                }
                filling.load.visits.push(goods.visit);
            }
            None => left_out.push(goods.visit),
        }
    }
    let at = |visit: &VisitId| stops.iter().position(|stop| stop.visit == Some(*visit));
    let mut boxes: Vec<BoxLoad> = boxes.into_iter().map(|filling| filling.load).collect();
    boxes.retain(|load| !load.visits.is_empty());
    for load in &mut boxes {
        load.visits.sort_by_key(at);
    }
    left_out.sort_by_key(at);
    Assignment { boxes, left_out }
}

fn goods_of(problem: &Problem, stops: &[Stop]) -> Vec<Goods> {
    let mut found = Vec::new();
    for (i, stop) in stops.iter().enumerate() {
        let Some(visit) = stop.visit else { continue };
        let Some(class) = problem.visit(visit).class else { continue };
        let (from, until) = match problem.visit(visit).role {
            // The delivery speaks for both.
            Role::ShipPickup => continue,
            Role::ShipDelivery => {
                let pickup = problem.realisation(problem.visit(visit).realisation);
                (taken_at(stops, pickup).unwrap_or(0), i + 1)
            }
            Role::Collect => (i + 1, stops.len()),
            Role::Deliver | Role::Serve => (0, i + 1),
        };
        let volume = problem.visit(visit).load[3 + class];
        found.push(Goods { visit, class, volume, from: from.min(until), until });
    }
    found
}

/// The stop, counted from 1, where a shipment is taken.
fn taken_at(stops: &[Stop], shipment: &Realisation) -> Option<usize> {
    stops.iter().position(|stop| stop.visit == Some(shipment.first)).map(|at| at + 1)
}

/// Every box that may be needed: of each kind no more than there are goods.
fn boxes_of(problem: &Problem, vehicle: VehicleId, spans: usize, goods: usize) -> Vec<Filling> {
    let most = u32::try_from(goods).unwrap_or(u32::MAX);
    let mut boxes = Vec::new();
    for (kind, cold_box) in problem.vehicle(vehicle).boxes().iter().enumerate() {
        let class = problem.classes().iter().position(|c| c.code == cold_box.class_code());
        let Some(class) = class else { continue };
        for number in 1..=cold_box.count_value().min(most) {
            let load = BoxLoad { kind, number, class, visits: Vec::new() };
            let room = cold_box.pack_out().volume.0;
            boxes.push(Filling { load, room, used: vec![0; spans] });
        }
    }
    boxes
}
