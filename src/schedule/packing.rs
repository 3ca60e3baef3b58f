//! Which of a class's boxes each parcel of a trip rides in: ways to try, in one fixed order. The
//! search and the plain reading try the same ways on the same goods, and each judges them by its own
//! clock; so what the search lays into boxes, the plain reading finds a place for too.

/// A parcel and the stops of its trip that matter to its box, counted from 1; 0 is the station.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parcel {
    /// Millilitres.
    pub(crate) volume: i64,
    /// On board from leaving this stop.
    pub(crate) from: usize,
    /// On board to this stop.
    pub(crate) until: usize,
    /// The stops at which its box is opened: one, or for a shipment two.
    pub(crate) opens: (usize, Option<usize>),
}

/// A way of giving each parcel a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The largest parcels choose first and take the first box with room (first fit decreasing,
    /// Johnson 1973, with the room looked at over the whole ride): few boxes are packed.
    FewestBoxes,
    /// In the order of the stops, each into the box opened least often so far, of those into the one
    /// that has been closed longest: each box is opened at every `n`-th stop only.
    InTurn,
    /// The largest first, each into the box with the fewest parcels, of those into the one with the
    /// most room (largest first, Graham 1969, doi 10.1137/0117039): many parcels and few openings.
    Spread,
}

/// Every way, in the order in which they are tried.
pub(crate) const WAYS: [Way; 3] = [Way::FewestBoxes, Way::InTurn, Way::Spread];

/// The ways tried for a vehicle: where coolant may run out, few boxes are packed and nothing else is tried.
pub(crate) fn ways(counts_coolant: bool) -> &'static [Way] {
    if counts_coolant { &WAYS[..1] } else { &WAYS }
}

/// The sets of conditioned coolant that trips have taken, by kind of box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetsTaken(Vec<u32>);

impl SetsTaken {
    /// True when a box of a kind, counted from 1, finds a set for the next trip, of so many in all.
    pub(crate) fn leave_one(&self, (kind, number): (usize, u32), sets: Option<u32>) -> bool {
        let taken = self.0.get(kind).copied().unwrap_or(0);
        sets.is_none_or(|sets| taken.saturating_add(number) <= sets)
    }

    /// Takes one for a box of a kind.
    pub(crate) fn take(&mut self, kind: usize) {
        if self.0.len() <= kind {
            self.0.resize(kind + 1, 0);
        }
        self.0[kind] += 1;
    }
}

/// A box being filled.
#[derive(Clone, Debug)]
struct Filling {
    room: i64,
    /// Volume on board from leaving each stop to the next; entry 0 is the station's.
    used: Vec<i64>,
    parcels: usize,
    openings: usize,
    /// The last stop so far at which it is opened.
    opened: usize,
}

impl Filling {
    /// Millilitres left for a parcel over its ride; negative when it has no room.
    fn left(&self, parcel: &Parcel) -> i64 {
        let riding = &self.used[parcel.from..parcel.until];
        self.room - riding.iter().copied().max().unwrap_or(0) - parcel.volume
    }

    fn put(&mut self, parcel: &Parcel) {
        for used in &mut self.used[parcel.from..parcel.until] {
            *used += parcel.volume;
        }
        self.parcels += 1;
        self.openings += 1 + usize::from(parcel.opens.1.is_some());
        self.opened = self.opened.max(parcel.opens.1.unwrap_or(parcel.opens.0));
    }
}

/// The box of each parcel, as an index into `rooms` (millilitres); none where no box has room. The
/// trip has `stops` stops, the return included.
///
/// Takes parcels times boxes times stops.
pub(crate) fn lay(way: Way, parcels: &[Parcel], rooms: &[i64], stops: usize) -> Vec<Option<usize>> {
    let filling = |&room: &i64| Filling {
        room,
        used: vec![0; stops + 1],
        parcels: 0,
        openings: 0,
        opened: 0,
    };
    let mut boxes: Vec<Filling> = rooms.iter().map(filling).collect();
    let mut order: Vec<usize> = (0..parcels.len()).collect();
    let by_size = |&i: &usize| {
        let parcel: &Parcel = &parcels[i];
        (-parcel.volume, parcel.until, parcel.from, i)
    };
    match way {
        Way::InTurn => order.sort_by_key(|&i| (parcels[i].opens.0, i)),
        Way::FewestBoxes | Way::Spread => order.sort_by_key(by_size),
    }
    let mut found = vec![None; parcels.len()];
    for i in order {
        let parcel = &parcels[i];
        let fitting = boxes.iter().enumerate().filter(|(_, one)| one.left(parcel) >= 0);
        let chosen = match way {
            Way::FewestBoxes => fitting.map(|(at, _)| at).next(),
            Way::InTurn => fitting.min_by_key(|(_, one)| (one.openings, one.opened)).map(|b| b.0),
            Way::Spread => {
                fitting.min_by_key(|(_, one)| (one.parcels, -one.left(parcel))).map(|b| b.0)
            }
        };
        if let Some(at) = chosen {
            boxes[at].put(parcel);
        }
        found[i] = chosen;
    }
    found
}

/// How many millilitres a parcel lacks in the box that would have the most room for it, if all other
/// parcels rode where they were laid.
pub(crate) fn missing(
    parcels: &[Parcel],
    laid: &[Option<usize>],
    rooms: &[i64],
    which: usize,
) -> i64 {
    let parcel = &parcels[which];
    let left = |at: usize| {
        let peak = |stop: usize| -> i64 {
            let is_here = |other: &Parcel| (other.from..other.until).contains(&stop);
            let others =
                parcels.iter().zip(laid).filter(|(one, to)| **to == Some(at) && is_here(one));
            others.map(|(one, _)| one.volume).sum()
        };
        rooms[at] - (parcel.from..parcel.until).map(peak).max().unwrap_or(0) - parcel.volume
    };
    (0..rooms.len()).map(|at| -left(at)).min().unwrap_or(parcel.volume)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Deliveries of these volumes at stops 1, 2, 3.
    fn delivered(volumes: &[i64]) -> Vec<Parcel> {
        let one = |(i, &volume): (usize, &i64)| Parcel {
            volume,
            from: 0,
            until: i + 1,
            opens: (i + 1, None),
        };
        volumes.iter().enumerate().map(one).collect()
    }

    fn laid(way: Way, volumes: &[i64], rooms: &[i64]) -> Vec<Option<usize>> {
        lay(way, &delivered(volumes), rooms, volumes.len() + 1)
    }

    #[test]
    fn few_boxes_or_boxes_in_turn_or_spread_by_size() {
        let some = |boxes: [usize; 4]| boxes.map(Some).to_vec();
        assert_eq!(laid(Way::FewestBoxes, &[1, 1, 1, 1], &[7, 7]), some([0, 0, 0, 0]));
        assert_eq!(laid(Way::InTurn, &[1, 1, 1, 1], &[7, 7]), some([0, 1, 0, 1]));
        assert_eq!(laid(Way::Spread, &[3, 1, 6, 4], &[7, 7]), some([1, 0, 0, 1]));
        // In turn, the third has no room in the first box any more and takes the second.
        assert_eq!(laid(Way::InTurn, &[6, 1, 3, 3], &[7, 7]), some([0, 1, 1, 1]));
    }

    #[test]
    fn what_fits_nowhere_is_left_out_and_says_what_it_lacks() {
        // Five of three litres: 15 of 21 litres in three boxes, but only six fit in pairs.
        let parcels = delivered(&[3; 7]);
        for way in WAYS {
            let laid = lay(way, &parcels, &[7, 7, 7], 8);
            let left: Vec<usize> = (0..7).filter(|&i| laid[i].is_none()).collect();
            assert_eq!(left.len(), 1, "{way:?}");
            assert_eq!(missing(&parcels, &laid, &[7, 7, 7], left[0]), 2);
        }
    }

    #[test]
    fn room_is_given_back_along_the_trip() {
        let shipment = |from, until| Parcel { volume: 5, from, until, opens: (from, Some(until)) };
        let parcels = [shipment(1, 2), shipment(2, 4), shipment(3, 4)];
        for way in WAYS {
            let laid = lay(way, &parcels, &[7], 5);
            assert_eq!(laid.iter().flatten().count(), 2, "{way:?}");
            assert!(laid[0].is_some());
        }
    }

    #[test]
    fn no_box_is_ever_overfull() {
        let mut rng = Rng::new(4, 4);
        for _ in 0..3000 {
            let stops = rng.between(1, 9);
            let parcels: Vec<Parcel> = (0..rng.between(1, 9))
                .map(|_| {
                    let from = rng.below(stops);
                    let until = rng.between(from + 1, stops);
                    let volume = i64::from(rng.next_u32() % 5);
                    Parcel { volume, from, until, opens: (from.max(1), None) }
                })
                .collect();
            let rooms: Vec<i64> =
                (0..rng.between(1, 3)).map(|_| i64::from(rng.next_u32() % 9)).collect();
            for way in WAYS {
                let laid = lay(way, &parcels, &rooms, stops);
                for (at, &room) in rooms.iter().enumerate() {
                    for stop in 0..stops {
                        let here = parcels.iter().zip(&laid).filter(|(one, to)| {
                            **to == Some(at) && (one.from..one.until).contains(&stop)
                        });
                        assert!(here.map(|(one, _)| one.volume).sum::<i64>() <= room);
                    }
                }
            }
        }
    }
}
