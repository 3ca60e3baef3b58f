//! What keeps the goods of a box: coolant, nothing but walls, or a unit that keeps the air of a
//! compartment.
//!
//! Goods in a compartment follow its air with a time constant. An opened door leaves the room, its air and
//! the inside of its walls, at outdoor temperature, no further; then the unit takes that heat out with
//! what it has beyond the load of its walls, in a straight line to the set-point. A straight line from 1
//! to 0 in `t` is never above `e^(-s/t)`, so the room is taken to decay like that, and what several
//! openings do adds up. Goods of time constant `tau` then come no further than if they were moved at once
//! by `t / (tau - t)` of the way to the outdoor air, and came back with `tau` (own derivation; the tests
//! integrate the room).

use serde::{Deserialize, Serialize};

use super::Compartment;
use crate::units::Seconds;

/// What keeps the payload of a box at its temperature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Coolant that melts or freezes at a plateau.
    #[default]
    Coolant,
    /// Nothing but walls and what the goods take up themselves: each leg an exponential.
    Walls,
    /// A unit that keeps the air of a compartment.
    Unit(UnitRoom),
}

/// A compartment as the goods in it see it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRoom {
    /// Walls, door and unit.
    pub body: Compartment,
    /// How far its air may be from the set-point while the door is closed, K: control and distribution, as
    /// the temperature mapping says.
    pub band_k: f64,
    /// Time constant of the parcel that follows the air soonest.
    pub lag: Seconds,
    /// How long the door is open each time.
    pub open: Seconds,
}

impl UnitRoom {
    /// How long the unit takes for that, s; infinite where it has nothing beyond the load of the walls.
    pub fn recovery_s(&self, set_c: f64, ambient_c: f64) -> f64 {
        let spare_w = self.body.unit_w - (self.wall_w_per_k() * (ambient_c - set_c)).abs();
        let each_j = self.body.opening_j_per_k(ambient_c, self.open);
        let heat_j = each_j * (ambient_c - set_c).abs();
        match heat_j {
            0.0 => 0.0,
            _ if spare_w <= 0.0 => f64::INFINITY,
            heat_j => heat_j / spare_w,
        }
    }

    fn wall_w_per_k(&self) -> f64 {
        self.body.k_w_per_m2_k * self.body.m2
    }

    /// Where its air rests that is meant to be at `set_c`, degrees Celsius: there, or as near as the unit
    /// can keep it.
    pub fn rests_c(&self, set_c: f64, ambient_c: f64) -> f64 {
        let reach_k = self.body.unit_w / self.wall_w_per_k();
        set_c.clamp(ambient_c - reach_k, ambient_c + reach_k)
    }

    /// The share of the way to the outdoor air that one opening moves the goods at the most. At most
    /// once the whole way for each cause; all of it where the air recovers no sooner than the goods.
    pub fn opening_share(&self, set_c: f64, ambient_c: f64) -> f64 {
        let (lag_s, recovery_s) = (self.lag.as_f64(), self.recovery_s(set_c, ambient_c));
        let open = 1.0 - (-self.open.as_f64() / lag_s).exp();
        let after = if 2.0 * recovery_s < lag_s { recovery_s / (lag_s - recovery_s) } else { 1.0 };
        open + after
    }

    /// With walls that conduct more, and a door that is open for longer.
    #[must_use]
    pub(super) fn stressed(mut self, wall_factor: f64, open_factor: f64) -> Self {
        self.body.k_w_per_m2_k *= wall_factor;
        self.open = Seconds::round((open_factor * self.open.as_f64()).ceil());
        self
    }

    /// Numbers that cannot be: the field, its value, and what was expected.
    pub(crate) fn faults(&self) -> Vec<(&'static str, f64, &'static str)> {
        let body = &self.body;
        let above = |field, value| (field, value, 1e-6, 1e9, "a number above 0");
        let ranges = [
            above("walls_m2", body.m2),
            above("k_w_per_m2_k", body.k_w_per_m2_k),
            above("air_m3", body.m3),
            above("unit_w", body.unit_w),
            ("band_k", self.band_k, 0.0, 20.0, "kelvins from 0 to 20"),
            ("lag_min", self.lag.as_f64() / 60.0, 1.0, 100_000.0, "minutes from 1 to 100000"),
        ];
        let is_out =
            |&(_, value, least, most, _): &(_, f64, f64, f64, _)| !(least..=most).contains(&value);
        let found = ranges.into_iter().filter(is_out);
        found.map(|(field, value, _, _, expected)| (field, value, expected)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::{Conditioning, PackOut, Packed, ProductClass, Step, simulate};
    use crate::rng::Rng;
    use crate::units::Millilitres;

    fn room() -> UnitRoom {
        let body = Compartment { unit_w: 400.0, ..Compartment::tricycle(4.0) };
        UnitRoom { body, band_k: 1.0, lag: Seconds::minutes(90), open: Seconds(45) }
    }

    #[test]
    fn a_room_recovers_by_what_its_unit_has_to_spare() {
        let room = room();
        // 1.27 kg/m3 x 1.215 m3 x 1005 J/(kg K) and 8 W/(m2 K) x 7.02 m2 x 45 s, times 26 K.
        let heat_j = 26.0 * room.body.opening_j_per_k(30.0, room.open);
        assert!((heat_j / (26.0 * (1.274 * 1.215 * 1005.0 + 2527.2)) - 1.0).abs() < 0.005);
        let spare_w = 400.0 - 0.4 * 7.02 * 26.0;
        assert!((room.recovery_s(4.0, 30.0) - heat_j / spare_w).abs() < 1e-6);
        assert!(room.recovery_s(4.0, 4.0).abs() < 1e-12);
        let weak = UnitRoom { body: Compartment { unit_w: 50.0, ..room.body }, ..room };
        assert!(weak.recovery_s(4.0, 30.0).is_infinite());
        // 50 W keep 17.8 K of difference and no more.
        assert!((weak.rests_c(4.0, 30.0) - (30.0 - 50.0 / 2.808)).abs() < 1e-9);
        assert!((weak.rests_c(4.0, -20.0) - (-20.0 + 50.0 / 2.808)).abs() < 1e-9);
        assert!((weak.rests_c(4.0, 10.0) - 4.0).abs() < 1e-12);
        assert!(weak.opening_share(4.0, 30.0) > 1.0);
    }

    /// The room and the goods in it in steps of a second: the unit at its full power until the room is back.
    struct Plain {
        room: UnitRoom,
        room_k: f64,
        goods_k: f64,
    }

    impl Plain {
        /// All as differences from the set-point; the room's heat as the share of the outdoor air in it.
        fn pass(&mut self, seconds: i64, outside_k: f64) -> f64 {
            let mut most: f64 = 0.0;
            let wall_w = self.room.wall_w_per_k() * outside_k.abs();
            let capacity = self.room.body.opening_j_per_k(4.0 + outside_k, self.room.open);
            for _ in 0..seconds {
                let pulled_k = (self.room.body.unit_w - wall_w) / capacity;
                self.room_k = (self.room_k.abs() - pulled_k).max(0.0).copysign(self.room_k);
                self.goods_k += (self.room_k - self.goods_k) / self.room.lag.as_f64();
                most = most.max(self.goods_k.abs());
            }
            most
        }

        /// The door is open at the end of a span that has passed already.
        fn open(&mut self, outside_k: f64) {
            let share = (-self.room.open.as_f64() / self.room.lag.as_f64()).exp();
            self.goods_k = outside_k + (self.goods_k - outside_k) * share;
            self.room_k = outside_k;
        }
    }

    #[test]
    fn goods_come_no_further_than_the_walk_says() {
        let class = ProductClass::by_code("CN_ROOM").unwrap();
        let mut rng = Rng::new(12, 4);
        let (mut near, mut compared) = (0, 0);
        for _ in 0..400 {
            let mut up_to = |least: f64, most: f64| least + (most - least) * rng.unit();
            let outside_c = up_to(-25.0, 35.0);
            let room = UnitRoom {
                body: Compartment { unit_w: up_to(150.0, 900.0), ..Compartment::tricycle(4.0) },
                band_k: 0.0,
                lag: Seconds::round(up_to(600.0, 12_000.0)),
                open: Seconds::round(up_to(10.0, 120.0)),
            };
            let pack_out = PackOut::kept_by("room", room, Millilitres(100_000));
            if room.recovery_s(4.0, outside_c) * 2.0 >= room.lag.as_f64() {
                continue;
            }
            let outside_k = outside_c - 4.0;
            let mut plain = Plain { room, room_k: 0.0, goods_k: 0.0 };
            let steps: Vec<Step> = (0..6)
                .map(|_| Step {
                    seconds: Seconds::round(up_to(30.0, 3_000.0)),
                    ambient_c: outside_c,
                    openings_after: 1,
                })
                .collect();
            let packed = Packed {
                packout: &pack_out,
                conditioning: Conditioning::Half,
                class: &class,
                payload_c: 4.0,
            };
            let trace = simulate(&packed, &steps).unwrap();
            for (step, told) in steps.iter().zip(&trace.steps) {
                let most = plain.pass(step.seconds.0, outside_k);
                let bound = (told.payload_max_c - 4.0).max(4.0 - told.payload_min_c);
                assert!(most <= bound + 1e-3, "{most} {bound} {room:?} {outside_c}");
                near += u32::from(most > 0.6 * bound && most > 0.1);
                compared += 1;
                plain.open(outside_k);
            }
        }
        assert!(compared > 1000 && near > 100, "{near} of {compared}");
    }

    #[test]
    fn impossible_rooms_are_told_field_by_field() {
        assert_eq!(room().faults(), []);
        let body = Compartment { m2: -1.0, unit_w: f64::NAN, ..room().body };
        let bad = UnitRoom { body, band_k: -1.0, lag: Seconds(0), ..room() };
        let fields: Vec<&str> = bad.faults().iter().map(|fault| fault.0).collect();
        assert_eq!(fields, ["walls_m2", "unit_w", "band_k", "lag_min"]);
    }
}
