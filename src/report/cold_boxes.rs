//! Which cold boxes are closed for each trip, with which goods and which set of coolant.

use crate::cold::Means;
use crate::problem::{Problem, VisitId};
use crate::report::words::{self, Word};
use crate::schedule::{BoxDay, BoxLoad, Timetable, assign};

/// A box as it is closed for a trip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClosedBox {
    /// What is written on it.
    pub(super) label: String,
    /// Its goods.
    pub(super) load: BoxLoad,
    /// How its coolant is conditioned; none where it has none.
    pub(super) conditioned: Option<Word>,
    /// Which of the sets of coolant that lie ready it takes, and of how many; none where they are not
    /// counted.
    pub(super) set: Option<(u32, u32)>,
}

/// What is closed for one trip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TripBoxes {
    /// By kind and number.
    pub(super) boxes: Vec<ClosedBox>,
    /// Cold goods that are in none of them.
    pub(super) left_out: Vec<VisitId>,
}

/// What is closed for each trip of a route.
pub(super) fn by_trip(problem: &Problem, timetable: &Timetable) -> Vec<TripBoxes> {
    let vehicle = timetable.vehicle;
    let kinds = problem.vehicle(vehicle).boxes();
    let mut taken = vec![0; kinds.len()];
    let mut trips = Vec::new();
    for given in assign(problem, timetable) {
        let mut close = |load: BoxLoad| {
            let kind = &kinds[load.kind];
            taken[load.kind] += 1;
            ClosedBox {
                label: load.label(problem, vehicle),
                conditioned: (kind.pack_out().means == Means::Coolant)
                    .then(|| words::conditioning(kind.conditioning())),
                set: kind.sets_value().map(|sets| (taken[load.kind], sets)),
                load,
            }
        };
        let boxes = given.boxes.into_iter().map(&mut close).collect();
        trips.push(TripBoxes { boxes, left_out: given.left_out });
    }
    trips
}

/// Which of the counted sets of coolant a box takes on its trip, and of how many.
pub(super) fn set_of(problem: &Problem, timetable: &Timetable, day: &BoxDay) -> Option<(u32, u32)> {
    let trip = by_trip(problem, timetable).into_iter().nth(day.trip)?;
    let is_it = |one: &&ClosedBox| (one.load.kind, one.load.number) == (day.kind, day.number);
    trip.boxes.iter().find(is_it)?.set
}

impl ClosedBox {
    /// The box in a line of text, as `P7-1 (frozen, set 2 of 3)`.
    pub(super) fn in_english(&self) -> String {
        let set = self.set.map(|(set, of)| format!("set {set} of {of}"));
        let told: Vec<String> =
            self.conditioned.map(|word| word.en.to_owned()).into_iter().chain(set).collect();
        if told.is_empty() {
            return self.label.clone();
        }
        format!("{} ({})", self.label, told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::{Conditioning, PackOut, Weather};
    use crate::problem::{ColdBox, Order, VehicleId};
    use crate::sample::{bare, build, call, day};

    #[test]
    fn each_trip_takes_the_next_set_of_coolant() {
        let cold = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Frozen).sets(2);
        let vehicle = bare("v").trips(3).cold_box(cold);
        let weather = Weather::constant(20.0).unwrap();
        let order = |id: &str| Order::deliver(id, call(5.0));
        let orders = [order("a").class("CN_COLD_2_8"), order("b"), order("c").class("CN_COLD_2_8")];
        let problem = build(day([vehicle]).weather(weather).orders(orders));
        let trips = [0, 1, 2].map(|visit| vec![VisitId(visit)]);
        let walk = crate::schedule::timetable(&problem, VehicleId(0), &trips);
        let told: Vec<Vec<String>> = by_trip(&problem, &walk)
            .iter()
            .map(|trip| trip.boxes.iter().map(ClosedBox::in_english).collect())
            .collect();
        let set = |set: u32| vec![format!("P7-1 (frozen, set {set} of 2)")];
        assert_eq!(told, [set(1), vec![], set(2)]);
    }
}
