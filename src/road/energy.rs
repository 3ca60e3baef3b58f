//! What a vehicle's engine can do on a slope in thin air, and what a drive takes out of its battery.
//!
//! Resistances of rolling, slope and air are those of any textbook (Guzzella and Sciarretta 2013,
//! "Vehicle Propulsion Systems", doi 10.1007/978-3-642-35913-2, section 2.1). The energy of a leg is
//! `[m g (C_rr d + climb) + 1/2 rho CdA v^2 d] / eta - eta_r m g descent + P_aux t`. The air is that of the
//! International Standard Atmosphere at the height, at the temperature of the day. Engines that
//! breathe for themselves lose 3 % of their power per 1,000 ft above 500 ft (Wikipedia and makers'
//! manuals of aircraft and generator sets agree: 225 hp are 198 hp at 4,500 ft); turbocharged and
//! electric ones lose none.
//!
//! No round trip gains energy: what is recovered downhill is at most what the same height cost. In
//! whole numbers too: an arc takes its share of a potential, `eta_r m g h`, rounded once for each
//! junction, and a rest that is never negative.

use serde::Deserialize;

use super::relief::Chord;

/// Standard gravity, metres per second squared.
const GRAVITY: f64 = 9.806_65;
/// Specific gas constant of dry air, joules per kilogram and kelvin.
const GAS: f64 = 287.05;
/// The slowest a climb is driven, metres per second: first gear.
const CRAWL_MPS: f64 = 1.0;
/// The least share of its power an engine keeps, however high.
const LEAST_POWER: f64 = 0.1;

/// Energy in joules; negative where a drive gives more back than it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Joules(pub i64);

impl Joules {
    /// In kilowatt hours.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 J")]
    pub fn kwh(self) -> f64 {
        self.0 as f64 / 3.6e6
    }

    #[expect(clippy::cast_possible_truncation, reason = "clamped first")]
    pub(super) fn round(joules: f64) -> Self {
        Self(joules.round().clamp(-1e15, 1e15) as i64)
    }
}

/// How an engine takes its air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Drive {
    Electric,
    Turbo,
    Aspirated,
}

/// What a vehicle's engine, tyres and body are like.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Engine {
    pub(super) drive: Drive,
    /// At the wheels, at sea level.
    pub(super) power_kw: f64,
    /// From the battery or tank to the wheels.
    pub(super) efficiency: f64,
    /// Of the work of gravity downhill, what comes back.
    pub(super) regeneration: f64,
    pub(super) roll_paved: f64,
    pub(super) roll_unpaved: f64,
    /// Added on snow and ice.
    pub(super) roll_winter: f64,
    /// Drag coefficient times frontal area, square metres.
    pub(super) drag_m2: f64,
    /// Lamps, radio, cab heat at 20 degrees.
    pub(super) aux_kw: f64,
    /// More of it for each degree below.
    pub(super) aux_kw_per_degree: f64,
    /// What the vehicle weighs without load, with its driver; half of what it weighs with load where
    /// that is not said.
    #[serde(default)]
    pub(super) empty_kg: Option<f64>,
    source: String,
}

impl Engine {
    /// The first number that would break a calculation.
    pub(super) fn fault(&self) -> Option<(&'static str, f64)> {
        let ranges = [
            ("power_kw", self.power_kw, 0.1..=1000.0),
            ("efficiency", self.efficiency, 0.05..=1.0),
            ("regeneration", self.regeneration, 0.0..=1.0),
            ("roll_paved", self.roll_paved, 0.001..=0.5),
            ("roll_unpaved", self.roll_unpaved, 0.001..=0.5),
            ("roll_winter", self.roll_winter, 0.0..=0.5),
            ("drag_m2", self.drag_m2, 0.0..=20.0),
            ("aux_kw", self.aux_kw, 0.0..=50.0),
            ("aux_kw_per_degree", self.aux_kw_per_degree, 0.0..=5.0),
            ("empty_kg", self.empty_kg.unwrap_or(1.0), 1.0..=100_000.0),
        ];
        ranges
            .into_iter()
            .find(|(_, value, range)| !range.contains(value))
            .map(|(name, value, _)| (name, value))
    }

    #[cfg(test)]
    pub(super) fn source(&self) -> &str {
        &self.source
    }
}

/// A loaded vehicle in the air of a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Physics<'a> {
    pub(super) engine: &'a Engine,
    pub(super) mass_kg: f64,
    pub(super) celsius: f64,
    pub(super) wintry: bool,
}

/// The share of its power an engine that breathes for itself keeps at a height.
fn thin_air(height_m: f64) -> f64 {
    let thousands_of_feet = (height_m / 0.3048 - 500.0) / 1000.0;
    (1.0 - 0.03 * thousands_of_feet).clamp(LEAST_POWER, 1.0)
}

/// The density of air in kg/m3 (ISO 2533:1975; the power 5.25588 is split into a whole one, a root
/// of roots and the first terms of the rest, for roots are the same on every machine).
fn air_density(height_m: f64, celsius: f64) -> f64 {
    let x = 1.0 - 2.255_77e-5 * height_m.clamp(-500.0, 9000.0);
    let rest = 1.0 + 0.005_88 * (x - 1.0) - 0.002_92 * (x - 1.0) * (x - 1.0);
    let pascal = 101_325.0 * x * x * x * x * x * x.sqrt().sqrt() * rest;
    pascal / (GAS * (celsius.clamp(-60.0, 60.0) + 273.15))
}

impl Physics<'_> {
    fn roll(&self, paved: bool) -> f64 {
        let own = if paved { self.engine.roll_paved } else { self.engine.roll_unpaved };
        own + if self.wintry { self.engine.roll_winter } else { 0.0 }
    }

    /// The power at the wheels at a height, watts.
    fn power_w(&self, height_m: f64) -> f64 {
        let kept = match self.engine.drive {
            Drive::Aspirated => thin_air(height_m),
            Drive::Turbo | Drive::Electric => 1.0,
        };
        self.engine.power_kw * 1000.0 * kept
    }

    /// The fastest it goes there, metres per second, at most `wish`: where power meets resistance.
    pub(super) fn speed_mps(&self, chord: Chord, paved: bool, wish: f64) -> f64 {
        let weight = self.mass_kg * GRAVITY;
        let pull = weight * (self.roll(paved) + chord.slope());
        let drag = 0.5 * air_density(chord.height_m, self.celsius) * self.engine.drag_m2;
        let power = self.power_w(chord.height_m);
        let enough = |v: f64| (pull + drag * v * v) * v <= power;
        if enough(wish) {
            return wish;
        }
        let (mut low, mut high) = (0.0, wish);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if enough(middle) { low = middle } else { high = middle }
        }
        low.max(CRAWL_MPS).min(wish)
    }

    /// The energy of a chord that takes so long, without what height gives or takes back: joules,
    /// never negative.
    pub(super) fn rest_j(&self, chord: Chord, paved: bool, seconds: f64) -> f64 {
        let weight = self.mass_kg * GRAVITY;
        let v = if seconds > 0.0 { chord.length_m / seconds } else { 0.0 };
        let drag = 0.5 * air_density(chord.height_m, self.celsius) * self.engine.drag_m2;
        let resist = weight * self.roll(paved) * chord.length_m + drag * v * v * chord.length_m;
        let climb = weight
            * chord.rise_m.max(0.0)
            * (1.0 / self.engine.efficiency - self.engine.regeneration);
        resist / self.engine.efficiency + climb + self.aux_w() * seconds
    }

    fn aux_w(&self) -> f64 {
        let cold = (20.0 - self.celsius).max(0.0);
        1000.0 * (self.engine.aux_kw + self.engine.aux_kw_per_degree * cold)
    }

    /// What a metre of height gives back, joules.
    pub(super) fn potential_j(&self) -> f64 {
        self.engine.regeneration * self.mass_kg * GRAVITY
    }

    /// The energy of a chord, joules.
    #[cfg(test)]
    fn energy_j(&self, chord: Chord, paved: bool, seconds: f64) -> f64 {
        self.rest_j(chord, paved, seconds) + self.potential_j() * chord.rise_m
    }
}

/// The time of an edge in one direction on its slopes, milliseconds, at most `kmh` fast.
pub(super) fn slope_ms(
    physics: &Physics<'_>,
    chords: &[Chord],
    paved: bool,
    against: bool,
    kmh: f64,
) -> f64 {
    let one = |chord: &Chord| {
        let rise_m = if against { -chord.rise_m } else { chord.rise_m };
        let v = physics.speed_mps(Chord { rise_m, ..*chord }, paved, kmh / 3.6);
        1000.0 * chord.length_m / v
    };
    chords.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::elevation::Elevation;
    use super::super::graph::RoadGraph;
    use super::*;
    use crate::road::Profile;
    use crate::units::Metres;

    /// The van of the worked example: 1,500 kg, 1.6 m2, 85 % and 60 %.
    fn van(roll: f64, aux_kw: f64) -> Engine {
        Engine {
            drive: Drive::Electric,
            power_kw: 60.0,
            efficiency: 0.85,
            regeneration: 0.6,
            roll_paved: roll,
            roll_unpaved: roll,
            roll_winter: 0.0,
            drag_m2: 1.6,
            aux_kw,
            aux_kw_per_degree: 0.0,
            empty_kg: None,
            source: "a worked example".into(),
        }
    }

    fn near(found: f64, expected: f64, by: f64) {
        assert!((found - expected).abs() <= by, "{found} is not {expected}");
    }

    #[test]
    fn t22_a_day_of_280_km_takes_what_the_worked_example_says() {
        let kwh = |joules: f64| joules / 3.6e6;
        let seconds = 7.0 * 3600.0;
        let warm = van(0.010, 0.3);
        let physics = Physics { engine: &warm, mass_kg: 1500.0, celsius: 20.0, wintry: false };
        let level = Chord { length_m: 280_000.0, rise_m: 0.0, height_m: 0.0 };
        near(kwh(physics.energy_j(level, true, seconds)), 26.45, 0.01);
        let cold = van(0.014, 3.0);
        let physics = Physics { engine: &cold, mass_kg: 1500.0, celsius: -20.0, wintry: false };
        let half = |rise_m| Chord { length_m: 140_000.0, rise_m, height_m: 3000.0 };
        let there = physics.energy_j(half(800.0), true, seconds / 2.0);
        let back = physics.energy_j(half(-800.0), true, seconds / 2.0);
        near(kwh(there + back), 50.46, 0.02);
        let up = Chord { length_m: 0.0, rise_m: 1000.0, height_m: 0.0 };
        near(kwh(physics.energy_j(up, true, 0.0)), 4.81, 0.01);
    }

    #[test]
    fn t22_thin_air_takes_the_power_of_those_who_breathe_it() {
        near(225.0 * thin_air(4500.0 * 0.3048), 198.0, 0.01);
        near(thin_air(3000.0), 0.72, 0.005);
        near(air_density(3000.0, -20.0), 0.965, 0.001);
        near(air_density(0.0, 20.0), 1.204, 0.001);
        let power = |drive| {
            let engine = Engine { drive, ..van(0.01, 0.3) };
            Physics { engine: &engine, mass_kg: 1500.0, celsius: 0.0, wintry: false }
                .power_w(3000.0)
        };
        near(power(Drive::Aspirated), 60_000.0 * thin_air(3000.0), 1e-6);
        near(power(Drive::Electric), 60_000.0, 1e-6);
        near(power(Drive::Turbo), 60_000.0, 1e-6);
    }

    #[test]
    fn a_climb_is_as_fast_as_its_power_allows() {
        let engine = van(0.01, 0.3);
        let physics = Physics { engine: &engine, mass_kg: 1500.0, celsius: 15.0, wintry: false };
        let slope = |percent: f64| Chord { length_m: 100.0, rise_m: percent, height_m: 0.0 };
        let v = physics.speed_mps(slope(25.0), true, 30.0);
        let pull = 1500.0 * GRAVITY * 0.26 + 0.8 * air_density(0.0, 15.0) * v * v;
        near(pull * v, 60_000.0, 1.0);
        near(physics.speed_mps(slope(0.0), true, 16.0), 16.0, 1e-9);
        near(physics.speed_mps(slope(-10.0), true, 16.0), 16.0, 1e-9);
        let mut last = 30.0;
        for percent in 0..30 {
            let v = physics.speed_mps(slope(f64::from(percent)), true, 30.0);
            assert!(v <= last);
            last = v;
        }
    }

    #[test]
    fn hills_only_slow_and_thin_air_slows_only_those_who_breathe_it() {
        let data = || super::super::testing::data("a----------------b", &["ab tertiary"]);
        let level = |height: i16| {
            let mut ground = Elevation::new();
            for name in ["S01E000.hgt", "N00E000.hgt", "S01W001.hgt"] {
                ground.add(name, &height.to_be_bytes().repeat(1201 * 1201)).unwrap();
            }
            ground
        };
        let seconds = |ground: &Elevation, profile: &Profile| {
            let roads = Arc::new(RoadGraph::from_osm(&data()).unwrap().on_ground(ground));
            let network = roads.network(profile, &[]);
            let stops = super::super::testing::stops(&network, &[(0.0, 1.0), (0.0, 16.0)]);
            network.matrix(&stops).leg(0, 1).unwrap().seconds
        };
        let (low, high) = (level(0), level(3000));
        for name in Profile::NAMES {
            let profile = Profile::by_name(name).unwrap();
            let (at_sea, on_top) = (seconds(&low, &profile), seconds(&high, &profile));
            assert!(on_top >= at_sea || profile.is_electric(), "{name}");
            if profile.is_electric() {
                assert!(on_top <= at_sea, "{name}");
            }
        }
        let plain = Arc::new(RoadGraph::from_osm(&data()).unwrap());
        assert_eq!(plain.node_elevation(0), None);
        let roads = RoadGraph::from_osm(&data()).unwrap().on_ground(&high);
        assert_eq!(roads.node_elevation(0), Some(Metres(3000)));
    }
}
