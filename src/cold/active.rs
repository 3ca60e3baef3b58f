//! Compartments with a unit that cools or heats: what it must do, what a door lets in, and what it
//! draws from the vehicle's battery.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Fault};
use crate::units::Seconds;

/// Gas constant of dry air, J/(kg K); standard gravity, m/s²; heat capacity of air, J/(kg K).
const AIR_J_PER_KG_K: f64 = 287.05;
const GRAVITY_M_PER_S2: f64 = 9.806_65;
const AIR_HEAT_J_PER_KG_K: f64 = 1005.0;
const KELVIN: f64 = 273.15;
/// Heat that the inside of the walls takes up while the door is open, W/(m² K): a film of moving air,
/// assumed.
const FILM_W_PER_M2_K: f64 = 8.0;

/// Pressure of the standard atmosphere at an altitude, Pa (ICAO Doc 7488).
pub fn air_pressure_pa(altitude_m: f64) -> f64 {
    101_325.0 * (1.0 - 0.0065 * altitude_m.clamp(-500.0, 9000.0) / 288.15).powf(5.255_88)
}

/// Density of dry air, kg/m³.
pub fn air_kg_per_m3(altitude_m: f64, air_c: f64) -> f64 {
    air_pressure_pa(altitude_m) / (AIR_J_PER_KG_K * (air_c + KELVIN))
}

/// What an insulated body with a unit may be used for (ATP, annex 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtpClass {
    /// 12 to 0 °C, K at most 0.7 W/(m² K).
    A,
    /// 12 to -10 °C, K at most 0.4 W/(m² K).
    B,
    /// 12 to -20 °C, K at most 0.4 W/(m² K).
    C,
}

impl AtpClass {
    /// The highest wall coefficient the class allows, W/(m² K).
    pub fn k_max(self) -> f64 {
        match self {
            Self::A => 0.7,
            Self::B | Self::C => 0.4,
        }
    }

    /// The coldest set-point, degrees Celsius.
    pub fn set_min_c(self) -> f64 {
        match self {
            Self::A => 0.0,
            Self::B => -10.0,
            Self::C => -20.0,
        }
    }

    /// How many times its wall load a unit must deliver (ATP, annex 1, appendix 2): 1.75 when unit
    /// and body were tested apart, 1.35 when tested together.
    pub fn unit_factor(is_tested_together: bool) -> f64 {
        if is_tested_together { 1.35 } else { 1.75 }
    }
}

/// A door.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Door {
    /// Its surface, m².
    pub m2: f64,
    /// Its height, m.
    pub height_m: f64,
}

impl Door {
    /// Air that streams through while it is open, m³/s (Gosney and Olama 1975, Proc. Institute of
    /// Refrigeration 72, 31): `0.221 A sqrt(g H) sqrt((r_i - r_o)/r_i) (2/(1 + (r_i/r_o)^(1/3)))^1.5`
    /// with the denser air as `r_i`.
    pub fn stream_m3_per_s(&self, inside_kg_per_m3: f64, outside_kg_per_m3: f64) -> f64 {
        let dense = inside_kg_per_m3.max(outside_kg_per_m3);
        let light = inside_kg_per_m3.min(outside_kg_per_m3);
        let buoyancy = ((dense - light) / dense).sqrt();
        let mixing = (2.0 / (1.0 + (dense / light).cbrt())).powf(1.5);
        0.221 * self.m2 * (GRAVITY_M_PER_S2 * self.height_m).sqrt() * buoyancy * mixing
    }
}

/// A compartment held at a set-point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compartment {
    /// Wall surface, m².
    pub m2: f64,
    /// Wall coefficient `K`, W/(m² K).
    pub k_w_per_m2_k: f64,
    /// Air inside, m³.
    pub m3: f64,
    /// Its door.
    pub door: Door,
    /// Set-point, degrees Celsius.
    pub set_c: f64,
    /// What the unit can move, W.
    pub unit_w: f64,
    /// Heat moved for each electric joule.
    pub cop: f64,
}

impl Compartment {
    /// The box of an electric tricycle, 1.5 x 0.9 x 0.9 m, ATP class A walls of 0.4 W/(m² K), with
    /// an assumed efficiency of 1.5.
    pub fn tricycle(set_c: f64) -> Self {
        let door = Door { m2: 0.81, height_m: 0.9 };
        Self { m2: 7.02, k_w_per_m2_k: 0.4, m3: 1.215, door, set_c, unit_w: 250.0, cop: 1.5 }
    }

    /// Every way in which the numbers cannot be a compartment of a class.
    pub fn check(&self, class: AtpClass) -> Vec<Fault> {
        let fault = |field: &str, value: f64, expected: &str| {
            Fault::new(Code::BadPhysics, expected).place("compartment").field(field).value(value)
        };
        let mut found = Vec::new();
        for (field, value) in [
            ("m2", self.m2),
            ("k_w_per_m2_k", self.k_w_per_m2_k),
            ("m3", self.m3),
            ("door.m2", self.door.m2),
            ("door.height_m", self.door.height_m),
            ("unit_w", self.unit_w),
            ("cop", self.cop),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                found.push(fault(field, value, "a number above 0"));
            }
        }
        if self.k_w_per_m2_k > class.k_max() {
            found.push(fault("k_w_per_m2_k", self.k_w_per_m2_k, "no more than its class allows"));
        }
        if !(class.set_min_c()..=12.0).contains(&self.set_c) {
            found.push(fault("set_c", self.set_c, "a set-point of its class"));
        }
        found
    }

    /// `K A (T_amb - T_set)`, W: cooling above 0, heating below.
    pub fn wall_w(&self, ambient_c: f64) -> f64 {
        self.k_w_per_m2_k * self.m2 * (ambient_c - self.set_c)
    }

    /// True when the unit can do so many times its wall load at this ambient temperature.
    pub fn suffices(&self, ambient_c: f64, is_tested_together: bool) -> bool {
        self.unit_w >= AtpClass::unit_factor(is_tested_together) * self.wall_w(ambient_c).abs()
    }

    /// Heat that one opening of the door lets in, J; negative when it lets heat out. The air inside is
    /// exchanged `1 - e^(-V' t / V)`-wise for outdoor air, by its outdoor density at the altitude.
    pub fn door_j(&self, ambient_c: f64, altitude_m: f64, open: Seconds) -> f64 {
        let outside = air_kg_per_m3(altitude_m, ambient_c);
        let inside = air_kg_per_m3(altitude_m, self.set_c);
        let stream = self.door.stream_m3_per_s(inside, outside);
        let exchanged = 1.0 - (-stream * open.as_f64().max(0.0) / self.m3).exp();
        outside * self.m3 * AIR_HEAT_J_PER_KG_K * (ambient_c - self.set_c) * exchanged
    }

    /// The most that one opening lets in or out for each kelvin between inside and outside, J/K: all the air,
    /// the denser of the two at the height of the sea, and what the inside of the walls takes up.
    pub fn opening_j_per_k(&self, ambient_c: f64, open: Seconds) -> f64 {
        let air = air_kg_per_m3(0.0, ambient_c.min(self.set_c));
        air * self.m3 * AIR_HEAT_J_PER_KG_K + FILM_W_PER_M2_K * self.m2 * open.as_f64().max(0.0)
    }

    /// The most that the unit draws from the battery for one opening of the door, J.
    pub fn opening_electric_j(&self, ambient_c: f64, open: Seconds) -> f64 {
        self.opening_j_per_k(ambient_c, open) * (ambient_c - self.set_c).abs() / self.cop
    }

    /// What a day draws from the battery, J: the wall over the span and each opening of the door, in
    /// either direction, over the efficiency.
    pub fn electric_j(&self, day: &CompartmentDay) -> f64 {
        let wall_j = self.wall_w(day.ambient_c).abs() * day.span.as_f64();
        let door_j = self.door_j(day.ambient_c, day.altitude_m, day.open).abs();
        (wall_j + f64::from(day.openings) * door_j) / self.cop
    }

    /// The range that is lost, metres, for a vehicle that uses so many joules to the metre.
    pub fn range_lost_m(&self, day: &CompartmentDay, vehicle_j_per_m: f64) -> f64 {
        self.electric_j(day) / vehicle_j_per_m.max(1.0)
    }
}

/// What a compartment goes through in a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompartmentDay {
    /// How long it is held at its set-point.
    pub span: Seconds,
    /// Outdoors, degrees Celsius.
    pub ambient_c: f64,
    /// Metres above the sea.
    pub altitude_m: f64,
    /// How often the door is opened.
    pub openings: u32,
    /// How long each time.
    pub open: Seconds,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 0.005, "found {found}, expected {expected}");
    }

    fn van() -> Compartment {
        let door = Door { m2: 2.4, height_m: 1.6 };
        Compartment { m3: 6.0, door, ..Compartment::tricycle(4.0) }
    }

    #[test]
    fn t21_a_van_door_lets_through_0_602_m3_a_second() {
        let (inside, outside) = (air_kg_per_m3(0.0, 4.0), air_kg_per_m3(0.0, 30.0));
        near(van().door.stream_m3_per_s(inside, outside), 0.602);
        near(van().door.stream_m3_per_s(outside, inside), 0.602);
        near(van().door_j(30.0, 0.0, Seconds(60)), 183_000.0);
        near(van().door_j(30.0, 3000.0, Seconds(60)), 126_000.0);
    }

    #[test]
    fn air_is_thinner_up_high_and_denser_in_the_cold() {
        near(air_pressure_pa(3000.0), 70_100.0);
        near(air_kg_per_m3(3000.0, -20.0), 0.965);
        near(air_kg_per_m3(0.0, 20.0), 1.204);
    }

    #[test]
    fn a_tricycle_box_is_cooled_in_summer_and_heated_in_winter() {
        let (good, poor) = (
            Compartment::tricycle(4.0),
            Compartment { k_w_per_m2_k: 0.7, ..Compartment::tricycle(4.0) },
        );
        near(good.wall_w(30.0), 73.0);
        near(poor.wall_w(30.0), 128.0);
        near(good.wall_w(-20.0), -67.4);
        near(poor.wall_w(-20.0), -118.0);
        let day = CompartmentDay {
            span: Seconds::hours(6),
            ambient_c: 30.0,
            altitude_m: 0.0,
            openings: 0,
            open: Seconds(60),
        };
        near(good.electric_j(&day) / 3.6e6, 0.292);
        assert!(good.electric_j(&CompartmentDay { openings: 10, ..day }) > good.electric_j(&day));
        near(good.range_lost_m(&day, 100.0), 0.292 * 36_000.0);
    }

    #[test]
    fn a_class_bounds_wall_set_point_and_unit() {
        assert!(Compartment::tricycle(4.0).check(AtpClass::A).is_empty());
        let frozen = Compartment { k_w_per_m2_k: 0.5, ..Compartment::tricycle(-21.0) };
        let fields: Vec<String> =
            frozen.check(AtpClass::C).iter().map(|f| f.field_name().to_owned()).collect();
        assert_eq!(fields, ["k_w_per_m2_k", "set_c"]);
        let weak = Compartment { unit_w: 120.0, ..Compartment::tricycle(4.0) };
        assert!(!weak.suffices(30.0, false) && weak.suffices(30.0, true));
        assert!(!Compartment { cop: 0.0, ..van() }.check(AtpClass::A).is_empty());
    }
}
