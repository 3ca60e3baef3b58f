//! The robustness check of a plan's cold boxes: the day as planned, then worse ones. A plan whose
//! nominal day leaves a class must not be released; what only a worse day breaks is flagged.
//!
//! The cases follow the practice of distribution that risks are looked at before the route is
//! driven (EU Guidelines on Good Distribution Practice 2013/C 343/01, 9.2).

use super::{BoxDay, Stress, Timetable, box_days};
use crate::error::Result;
use crate::problem::{Problem, VehicleId, VisitId};
use crate::units::{Seconds, Time};

/// A day a plan is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// As planned, over the weather's band.
    Nominal,
    /// 5 K colder, walls conducting a tenth more, lids half as much again.
    Colder,
    /// 5 K warmer, walls and lids as in the colder day.
    Warmer,
    /// Half an hour late on every 100 km, and any one delivery fails and rides home.
    Late,
}

impl Scenario {
    /// Every scenario, the nominal one first.
    pub const ALL: [Self; 4] = [Self::Nominal, Self::Colder, Self::Warmer, Self::Late];

    /// The stress it puts on the boxes.
    pub fn stress(self) -> Stress {
        let harder = Stress { wall_factor: 1.1, lid_factor: 1.5, ..Stress::NONE };
        match self {
            Self::Nominal => Stress::NONE,
            Self::Colder => Stress { ambient_k: -5.0, ..harder },
            Self::Warmer => Stress { ambient_k: 5.0, ..harder },
            Self::Late => Stress { delay_min_per_100_km: 30, delivery_fails: true, ..Stress::NONE },
        }
    }

    /// A stable word for files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nominal => "nominal",
            Self::Colder => "colder",
            Self::Warmer => "warmer",
            Self::Late => "late",
        }
    }
}

/// Goods that may leave their class in a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excursion {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Which trip, from 0.
    pub trip: usize,
    /// Which of the vehicle's boxes, and which of that kind from 1; none when no box has room.
    pub cold_box: Option<(usize, u32)>,
    /// The visit whose goods they are.
    pub visit: VisitId,
    /// When they may leave their class first, rounded down; none without a box.
    pub at: Option<Time>,
    /// Their lowest and highest predicted temperature, degrees Celsius.
    pub payload_c: (f64, f64),
}

/// What a scenario does to a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The scenario.
    pub scenario: Scenario,
    /// Every goods that may leave their class, by vehicle, trip and box.
    pub excursions: Vec<Excursion>,
    /// How many cold goods were looked at.
    pub goods: usize,
    /// The shortest hold left on any box with its goods in it; none when the weather does no harm.
    pub hold_least: Option<Seconds>,
}

impl Verdict {
    /// True when no goods leave their class.
    pub fn is_kept(&self) -> bool {
        self.excursions.is_empty()
    }

    /// True when the plan must not be released.
    pub fn blocks(&self) -> bool {
        self.scenario == Scenario::Nominal && !self.is_kept()
    }
}

/// Tries the routes of a plan in every scenario.
///
/// Takes three walks of the stops for each box and scenario.
///
/// # Errors
/// A box that is physically impossible; the builder refuses such days.
pub fn robustness(problem: &Problem, timetables: &[&Timetable]) -> Result<Vec<Verdict>> {
    let one = |scenario: Scenario| {
        let mut verdict = Verdict { scenario, excursions: Vec::new(), goods: 0, hold_least: None };
        for timetable in timetables {
            for day in &box_days(problem, timetable, &scenario.stress())? {
                verdict.add(day);
            }
            verdict.add_left_out(problem, timetable);
        }
        verdict.excursions.sort_by_key(|e| (e.vehicle, e.trip, e.cold_box, e.visit));
        Ok(verdict)
    };
    Scenario::ALL.into_iter().map(one).collect()
}

impl Verdict {
    fn add(&mut self, day: &BoxDay) {
        for goods in &day.goods {
            self.goods += 1;
            if let Some((left, _)) = goods.hold_least {
                self.hold_least = Some(self.hold_least.map_or(left, |least| least.min(left)));
            }
            if goods.out_of_range_at.is_some() {
                self.excursions.push(Excursion {
                    vehicle: day.vehicle,
                    trip: day.trip,
                    cold_box: Some((day.kind, day.number)),
                    visit: goods.visit,
                    at: goods.out_of_range_at,
                    payload_c: (goods.payload_c.low, goods.payload_c.high),
                });
            }
        }
    }

    /// Goods without a box leave their class as far as this check can tell.
    fn add_left_out(&mut self, problem: &Problem, timetable: &Timetable) {
        for (trip, given) in super::assign(problem, timetable).into_iter().enumerate() {
            for visit in given.left_out {
                self.goods += 1;
                self.excursions.push(Excursion {
                    vehicle: timetable.vehicle,
                    trip,
                    cold_box: None,
                    visit,
                    at: None,
                    payload_c: (f64::NAN, f64::NAN),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::{Conditioning, PackOut, Weather};
    use crate::problem::{ColdBox, Order, Quantity};
    use crate::sample::{bare, build, call, day};
    use crate::schedule::timetable;
    use crate::units::Millilitres;

    fn verdicts(conditioning: Conditioning, celsius: f64, km: f64, litres: f64) -> Vec<Verdict> {
        let cold_box = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", conditioning);
        let quantity = Quantity::pieces(1).volume(Millilitres::litres(litres));
        let order = Order::deliver("a", call(km)).class("CN_COLD_2_8").quantity(quantity);
        let weather = Weather::constant(celsius).unwrap();
        let problem = build(day([bare("v").cold_box(cold_box)]).weather(weather).order(order));
        let walk = timetable(&problem, VehicleId(0), &[vec![VisitId(0)]]);
        robustness(&problem, &[&walk]).unwrap()
    }

    fn broken(verdicts: &[Verdict]) -> Vec<Scenario> {
        verdicts.iter().filter(|v| !v.is_kept()).map(|v| v.scenario).collect()
    }

    #[test]
    fn a_mild_day_keeps_in_every_scenario() {
        let verdicts = verdicts(Conditioning::Half, 6.0, 60.0, 1.0);
        assert_eq!(broken(&verdicts), []);
        assert!(verdicts.iter().all(|v| v.goods == 1 && !v.blocks()));
    }

    #[test]
    fn hard_frost_is_kept_as_planned_and_flagged_when_colder() {
        // At rest at 3.0 °C one opening leads to 2.1 °C: kept. At -25 °C, lid half as leaky again: 1.0.
        let verdicts = verdicts(Conditioning::Liquid, -20.0, 120.0, 1.0);
        assert_eq!(broken(&verdicts), [Scenario::Colder]);
        assert!(verdicts.iter().all(|verdict| !verdict.blocks()));
        let [excursion] = verdicts[1].excursions[..] else { panic!() };
        assert!((excursion.payload_c.0 - 1.0).abs() < 0.2, "{excursion:?}");
        assert!(verdicts[3].hold_least < verdicts[0].hold_least);
    }

    #[test]
    fn the_wrong_season_blocks_and_so_does_a_box_without_room() {
        let wrong = verdicts(Conditioning::Frozen, -20.0, 120.0, 1.0);
        assert!(wrong[0].blocks());
        assert_eq!(wrong[0].excursions[0].cold_box, Some((0, 1)));
        let large = verdicts(Conditioning::Half, 6.0, 10.0, 8.0);
        assert!(large[0].blocks());
        assert_eq!(large[0].excursions[0].cold_box, None);
    }
}
