//! What is in a vehicle's battery over its day: a walk over its stops with wide numbers, which knows no
//! pieces and no search.

use crate::problem::{Charge, PlaceId, Problem};
use crate::schedule::{Stop, StopKind, Timetable};
use crate::units::Metres;

/// What a day does to a battery; watt hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatteryDay {
    /// What it gives on this day when it is full, the reserve included.
    pub full_wh: i64,
    /// What was taken and must be put back, at the station or at night, rounded up; what came back
    /// downhill counts against it.
    pub used_wh: i64,
    /// What of that was put back at the station between trips, rounded down.
    pub charged_wh: i64,
    /// The least that was ever in it, the reserve included, rounded down.
    pub least_wh: i64,
    /// What was lacking to keep the reserve, rounded up; zero on a good day.
    pub lacking_wh: i64,
}

/// What a day does to the vehicle's battery; nothing where it has none that may run out.
///
/// What is missing to a full battery is followed from stop to stop. What is drawn all the time counts
/// on a leg before its climbs and behind its descents, on the safe side of any order of the two.
pub fn battery_day(problem: &Problem, walk: &Timetable) -> Option<BatteryDay> {
    let charge = problem.charge(walk.vehicle)?;
    let mut level = Level { charge, missing: 0, most: 0, charged: 0 };
    let mut left = walk.stops.first().map(|stop| (stop.place, stop.leave));
    let mut metres = Metres::ZERO;
    for stop in walk.stops.iter().skip(1) {
        // A rest on the way divides a leg in time; what the leg asks for is told at its end.
        metres += stop.leg.metres;
        if stop.kind == StopKind::Rest {
            continue;
        }
        let Some((from, since)) = left else { break };
        let hours = level.drawn((stop.arrive - since).0);
        level.drive(asked(problem, walk, &charge, (from, stop), metres), hours);
        level.stand(stop);
        level.open(stop.visit.and_then(|id| problem.visit(id).class));
        left = Some((stop.place, stop.leave));
        metres = Metres::ZERO;
    }
    Some(level.told())
}

/// What a leg asks for, millijoules: all of it, the most from its beginning, the most to its end, the
/// most in between.
fn asked(
    problem: &Problem,
    walk: &Timetable,
    charge: &Charge,
    (from, stop): (PlaceId, &Stop),
    metres: Metres,
) -> [i128; 4] {
    if !charge.is_by_road {
        return [i128::from(charge.joules_per_km) * i128::from(metres.0); 4];
    }
    let is_driven = stop.place != from && stop.no_road.is_none();
    let road = problem.drain(walk.vehicle, from, stop.place).filter(|_| is_driven);
    let road = road.unwrap_or_default();
    [road.net, road.peak, road.tail, road.worst].map(|joules| 1000 * i128::from(joules))
}

/// What is missing to a full battery, millijoules.
struct Level {
    charge: Charge,
    missing: i128,
    most: i128,
    charged: i128,
}

impl Level {
    /// What is drawn in so many seconds, whatever the vehicle does.
    fn drawn(&self, seconds: i64) -> i128 {
        1000 * i128::from(self.charge.watts) * i128::from(seconds)
    }

    /// A leg: from full it is never fuller, so what is missing at its end is at least what its tail
    /// takes.
    fn drive(&mut self, [net, peak, tail, worst]: [i128; 4], hours: i128) {
        self.most = self.most.max(self.missing + peak + hours).max(worst + hours);
        self.missing = (self.missing + net + hours).max(tail + hours);
    }

    /// The time at a stop, and the charger of a station.
    fn stand(&mut self, stop: &Stop) {
        self.missing += self.drawn((stop.leave - stop.arrive).0);
        self.most = self.most.max(self.missing);
        if stop.kind == StopKind::Reload {
            // What is drawn while it reloads is not charged again.
            let reload = self.drawn((stop.leave - stop.begin).0);
            let left = (self.missing - i128::from(self.charge.given_mj)).max(reload);
            self.charged += self.missing - left;
            self.missing = left;
        }
    }

    /// The door of a compartment, opened for goods of its class.
    fn open(&mut self, class: Option<usize>) {
        if let Some((kept, mj)) = self.charge.door
            && class == Some(kept)
        {
            self.missing += i128::from(mj);
            self.most = self.most.max(self.missing);
        }
    }

    fn told(&self) -> BatteryDay {
        let wh = |mj: i128| i64::try_from(mj.div_euclid(3_600_000)).unwrap_or(i64::MAX);
        let up = |mj: i128| wh(mj + 3_599_999);
        let (full_wh, usable_wh) = (self.charge.full_wh, self.charge.usable_wh);
        BatteryDay {
            full_wh,
            used_wh: up(self.missing + self.charged),
            charged_wh: wh(self.charged),
            least_wh: full_wh.saturating_sub(up(self.most)),
            lacking_wh: up(self.most).saturating_sub(usable_wh).max(0),
        }
    }
}
