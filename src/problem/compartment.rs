//! A vehicle's compartment that is kept at a set-point, and what it draws from the battery.

use crate::cold::{AirShift, AtpClass, Compartment, CompartmentDay};
use crate::error::{Code, Fault};
use crate::problem::builder::air_of;
use crate::problem::{Problem, VehicleId};
use crate::units::{MilliCelsius, Seconds};

/// A compartment and how it is used; see [`Vehicle::compartment`](crate::problem::Vehicle::compartment).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompartmentUse {
    /// Walls, door and unit.
    pub body: Compartment,
    /// What it is certified as.
    pub class: AtpClass,
    /// How often its door is opened in an hour at the most.
    pub openings_per_h: f64,
    /// How long each time.
    pub open: Seconds,
}

const HOUR: Seconds = Seconds::hours(1);

impl CompartmentUse {
    /// Opened for a minute six times an hour at the most.
    pub fn new(body: Compartment, class: AtpClass) -> Self {
        Self { body, class, openings_per_h: 6.0, open: Seconds(60) }
    }

    /// What it draws at the most in air between two temperatures, W: the walls, and the door as often as
    /// it may be opened, at the temperature that asks for more, cooling or heating; a door at the height
    /// of the sea lets most through.
    pub fn draw_w(&self, (low, high): (MilliCelsius, MilliCelsius)) -> f64 {
        let at = |air: MilliCelsius| {
            let day = CompartmentDay {
                span: HOUR,
                ambient_c: air.degrees(),
                altitude_m: 0.0,
                openings: 1,
                open: self.open,
            };
            let walls_j = self.body.electric_j(&CompartmentDay { openings: 0, ..day });
            let door_j = self.body.electric_j(&day) - walls_j;
            (walls_j + self.openings_per_h * door_j) / HOUR.as_f64()
        };
        at(low).max(at(high))
    }

    /// Every way in which it cannot be, or cannot keep its set-point in such air.
    pub(crate) fn faults(&self, air: Option<(MilliCelsius, MilliCelsius)>) -> Vec<Fault> {
        let mut found = self.body.check(self.class);
        let bad = |field: &str, value: f64, expected: &str| {
            Fault::new(Code::OutOfRange, expected).field(field).value(value)
        };
        if !(0.0..=120.0).contains(&self.openings_per_h) {
            found.push(bad("openings_per_h", self.openings_per_h, "openings from 0 to 120"));
        }
        if !(0..=3600).contains(&self.open.0) {
            found.push(bad("open_s", self.open.as_f64(), "seconds from 0 to 3600"));
        }
        let (low, high) = air.unwrap_or_default();
        let suffices = |air: MilliCelsius| self.body.suffices(air.degrees(), false);
        if found.is_empty() && air.is_some() && !(suffices(low) && suffices(high)) {
            let expected = "1.75 times the heat its walls pass in the day's air (ATP, annex 1)";
            found.push(bad("unit_w", self.body.unit_w, expected));
        }
        found
    }
}

impl Problem {
    /// What a vehicle's compartment draws at the most in the day's air, W; none where it has none or the
    /// day has no weather.
    pub fn compartment_draw_w(&self, vehicle: VehicleId) -> Option<f64> {
        let row = self.vehicle(vehicle);
        let air = self.weather().and_then(|weather| air_of(row, weather))?;
        let anywhere = self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.told().0);
        let (low, high) = anywhere.of(air);
        Some(row.compartment.as_ref()?.draw_w((low.min(air.0), high.max(air.1))))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cold::Weather;
    use crate::problem::{Battery, Chemistry, Order, Vehicle};
    use crate::sample::{bare, build, call, day};

    fn vehicle(unit_w: f64) -> Vehicle {
        let body = Compartment { unit_w, ..Compartment::tricycle(4.0) };
        let battery = Battery::new(Chemistry::Lfp, 40.0, 150.0).draw_kw(1.0);
        bare("v").battery(battery).compartment(CompartmentUse::new(body, AtpClass::A))
    }

    fn at(celsius: f64, vehicle: Vehicle) -> Arc<Problem> {
        let weather = Weather::constant(celsius).unwrap();
        build(day([vehicle]).weather(weather).order(Order::deliver("a", call(10.0))))
    }

    #[test]
    fn its_energy_comes_out_of_the_battery_beside_the_rest() {
        let kept = CompartmentUse::new(Compartment::tricycle(4.0), AtpClass::A);
        let warm = MilliCelsius(30_000);
        // 73 W through the walls at an efficiency of 1.5, and the door.
        let closed = CompartmentUse { openings_per_h: 0.0, ..kept };
        assert!((closed.draw_w((warm, warm)) - 48.7).abs() < 0.2);
        let all = kept.draw_w((warm, warm));
        assert!(all > 60.0, "{all}");
        let watts =
            |problem: &Problem| Seconds(problem.charge(VehicleId(0)).unwrap().watts).as_f64();
        let day = at(30.0, vehicle(250.0));
        assert_eq!(day.compartment_draw_w(VehicleId(0)), Some(all));
        assert!((watts(&day) - (1000.0 + all)).abs() <= 1.0);
        // Frost asks for heat.
        assert!(watts(&at(-20.0, vehicle(250.0))) > 1040.0);
        assert!((watts(&at(4.0, vehicle(250.0))) - 1000.0).abs() < 1.0);
    }

    #[test]
    fn a_unit_too_weak_for_the_day_is_told() {
        let weather = Weather::constant(30.0).unwrap();
        let day = day([vehicle(120.0)]).weather(weather).order(Order::deliver("a", call(10.0)));
        let error = day.build_with(|_, _| unreachable!("it is refused before")).unwrap_err();
        let [fault] = error.faults() else { panic!("{error}") };
        assert_eq!(fault.field_name(), "compartment.unit_w");
    }
}
