//! All legs out of one place and into it. What lies between the place and the portals is put together
//! once, so that a leg takes two reads where it takes four sums of three otherwise.

use super::{Door, NO_PORTAL, OFF_ROAD, Portals};
use crate::road::cost::Cost;
use crate::road::matrix::NoRoad;
use crate::units::Leg;

/// With fewer legs from one place than the portals divided by this, each is put together by itself.
const WORTH_A_FAN: usize = 20;

/// The legs out of and into one place.
#[derive(Clone, Debug)]
pub(in crate::road) struct Fan {
    place: usize,
    /// The drive to each portal, and from each. Empty where legs are put together one by one.
    out: Vec<Cost>,
    into: Vec<Cost>,
}

impl Portals {
    /// The fan of a place. Takes eight reads for each portal.
    pub(in crate::road) fn fan(&self, place: usize) -> Fan {
        let mut fan = self.fan_out(place);
        if fan.out.is_empty() {
            return fan;
        }
        let door = &self.doors[place];
        fan.into.resize(self.count, Cost::CLOSED);
        for (entry, reach) in open(door.portals, door.reach) {
            let column = self.table[entry..].iter().step_by(self.count);
            for (into, &between) in fan.into.iter_mut().zip(column) {
                *into = (*into).min(between.and(reach));
            }
        }
        fan
    }

    /// The half of a fan that leads out of its place.
    fn fan_out(&self, place: usize) -> Fan {
        let door = &self.doors[place];
        let mut fan = Fan { place, out: Vec::new(), into: Vec::new() };
        // Places on private roads are few.
        if door.stretch == OFF_ROAD || !self.yards.is_empty() {
            return fan;
        }
        fan.out.resize(self.count, Cost::CLOSED);
        for (exit, leave) in open(door.portals, door.leave) {
            let row = &self.table[exit * self.count..][..self.count];
            for (out, &between) in fan.out.iter_mut().zip(row) {
                *out = (*out).min(leave.and(between));
            }
        }
        fan
    }

    /// The legs from one place to others, in turn.
    pub(in crate::road) fn legs_from(
        &self,
        from: usize,
        to: &[u32],
        mut each: impl FnMut(Result<Leg, NoRoad>),
    ) {
        // A fan reads on a row of the table, a leg by itself here and there.
        let is_worth_it = to.len() >= self.count / WORTH_A_FAN;
        let fan = is_worth_it.then(|| self.fan_out(from));
        for &to in to {
            match &fan {
                Some(fan) => each(self.leg_out(fan, to as usize)),
                None => each(self.leg(from, to as usize)),
            }
        }
    }

    /// The leg from the place of a fan to another.
    pub(in crate::road) fn leg_out(&self, fan: &Fan, to: usize) -> Result<Leg, NoRoad> {
        let (a, b) = (&self.doors[fan.place], &self.doors[to]);
        if fan.out.is_empty() || a.stretch == b.stretch || b.stretch == OFF_ROAD {
            return self.leg(fan.place, to);
        }
        let ways = open(b.portals, b.reach).map(|(entry, reach)| fan.out[entry].and(reach));
        self.in_reach(ways.min(), (a, b)).ok_or(()).or_else(|()| self.leg(fan.place, to))
    }

    /// The leg from another place to that of a fan.
    pub(in crate::road) fn leg_into(&self, fan: &Fan, from: usize) -> Result<Leg, NoRoad> {
        let (a, b) = (&self.doors[from], &self.doors[fan.place]);
        if fan.into.is_empty() || a.stretch == b.stretch || a.stretch == OFF_ROAD {
            return self.leg(from, fan.place);
        }
        let ways = open(a.portals, a.leave).map(|(exit, leave)| leave.and(fan.into[exit]));
        self.in_reach(ways.min(), (a, b)).ok_or(()).or_else(|()| self.leg(from, fan.place))
    }

    /// A drive between two doors, when it is one and not out of range.
    fn in_reach(&self, drive: Option<Cost>, (a, b): (&Door, &Door)) -> Option<Leg> {
        let leg = drive?.and(a.access.and(b.access)).leg()?;
        self.reach.is_none_or(|reach| leg.metres <= reach).then_some(leg)
    }
}

/// The portals of a door that are open in one direction, and the drive to or from each.
fn open(portals: [u32; 2], costs: [Cost; 2]) -> impl Iterator<Item = (usize, Cost)> {
    let both = portals.into_iter().zip(costs);
    both.filter(|&(portal, cost)| portal != NO_PORTAL && cost.is_open())
        .map(|(portal, cost)| (portal as usize, cost))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{stops, van};

    #[test]
    fn a_fan_tells_the_same_legs() {
        let maps: [(&str, &[&str]); 2] = [
            (
                "a-----b-----c\n      |     |\n      d-----e",
                &["abc tertiary", "bd track", "ec primary", "de track"],
            ),
            ("a-----b-----c\n      |      \n      d     e", &["abc tertiary", "bd track"]),
        ];
        for (picture, ways) in maps {
            let roads = van(picture, ways);
            let places: Vec<(f64, f64)> =
                (0..40).map(|i| (f64::from(i % 4) * 0.7, 0.1 + f64::from(i) * 0.31)).collect();
            let stops = stops(&roads, &places);
            let portals = roads.portals(&stops);
            for place in 0..stops.len() {
                let fan = portals.fan(place);
                for other in 0..stops.len() {
                    assert_eq!(portals.leg_out(&fan, other), portals.leg(place, other));
                    assert_eq!(portals.leg_into(&fan, other), portals.leg(other, place));
                }
                let all: Vec<u32> = (0..40).collect();
                let (mut legs, mut others) = (Vec::new(), 0..stops.len());
                portals.legs_from(place, &all, |leg| legs.push(leg));
                assert!(legs.into_iter().all(|leg| {
                    others.next().is_some_and(|other| leg == portals.leg(place, other))
                }));
            }
        }
    }
}
