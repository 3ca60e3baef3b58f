//! A lump without latent heat: bare goods in a carriage, a carton, a pen on the way to the door, a
//! padded pouch. One exponential, exact; an affine map of the start temperature.

use super::ProductClass;
use crate::units::{MilliCelsius, Seconds};

/// Something warm or cold with one time constant (lumped capacitance; Incropera, "Fundamentals of
/// Heat and Mass Transfer", chapter 5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lump {
    /// Heat capacity, J/K; above 0.
    pub j_per_k: f64,
    /// Conductance to the air, W/K; above 0.
    pub w_per_k: f64,
}

impl Lump {
    /// A bare insulin pen: 60 J/K and 0.085 W/K, derived from assumed size and film.
    pub const BARE_PEN: Self = Self { j_per_k: 60.0, w_per_k: 0.085 };
    /// A pen in a padded pouch with 200 g of gel at +5 °C: 896 J/K, a time constant of 109.7
    /// minutes; derived, with an assumed padding.
    pub const POUCH: Self = Self { j_per_k: 896.0, w_per_k: 0.136_14 };
    /// A carton of 10 kg of melons: 39 kJ/K, 0.7 W/K assumed.
    pub const MELON_CARTON: Self = Self { j_per_k: 39_000.0, w_per_k: 0.7 };

    /// The time constant `C / UA`, s.
    pub fn lag_s(&self) -> f64 {
        self.j_per_k / self.w_per_k
    }

    /// `T_e + (T_0 - T_e) e^(-t / tau)`, degrees Celsius.
    pub fn after(&self, start_c: f64, ambient_c: f64, seconds: f64) -> f64 {
        ambient_c + (start_c - ambient_c) * (-seconds / self.lag_s()).exp()
    }

    /// How long until it passes `limit_c`, s: infinite when it never does, zero when it has.
    pub fn time_to(&self, start_c: f64, ambient_c: f64, limit_c: f64) -> f64 {
        let (now, then) = (start_c - ambient_c, limit_c - ambient_c);
        if then == 0.0 || now * then < 0.0 || (now == 0.0) {
            return f64::INFINITY;
        }
        (self.lag_s() * (now / then).ln()).max(0.0)
    }
}

/// The last metres: from the vehicle to the recipient's hand, out of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doorstep {
    /// The walk.
    pub walk: Seconds,
    /// Finding the recipient, checking, signing.
    pub hand_over: Seconds,
    /// The goods are in a padded pouch.
    pub pouch: bool,
}

impl Doorstep {
    /// How long the goods are outside the box.
    pub fn outside(&self) -> Seconds {
        self.walk + self.hand_over
    }

    /// What the goods are out there.
    pub fn lump(&self) -> Lump {
        if self.pouch { Lump::POUCH } else { Lump::BARE_PEN }
    }

    /// Their temperature in the recipient's hand, degrees Celsius.
    pub fn hand_over_c(&self, start_c: f64, ambient_c: f64) -> f64 {
        self.lump().after(start_c, ambient_c, self.outside().as_f64())
    }

    /// How long they may be outside at this temperature before they leave their class, rounded down;
    /// [`Seconds::UNLIMITED`] when they never do.
    pub fn limit(&self, class: &ProductClass, start_c: f64, ambient_c: f64) -> Seconds {
        let limits = [
            class.lowest().filter(|limit| ambient_c < limit.degrees()),
            class.highest().filter(|limit| ambient_c > limit.degrees()),
        ];
        let times = limits.into_iter().flatten().map(MilliCelsius::degrees);
        let least = times.map(|limit_c| self.lump().time_to(start_c, ambient_c, limit_c));
        least.reduce(f64::min).map_or(Seconds::UNLIMITED, |seconds| {
            Seconds::round(seconds.floor()).min(Seconds::UNLIMITED)
        })
    }

    /// By how much longer than allowed the goods are outside; zero or less when it is no excursion.
    pub fn excess(&self, class: &ProductClass, start_c: f64, ambient_c: f64) -> Seconds {
        self.outside() - self.limit(class, start_c, ambient_c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 0.005 * expected.abs(), "{found}, {expected}");
    }

    #[test]
    fn t16_melons_chill_in_1_63_h_and_freeze_in_7_07_h() {
        near(Lump::MELON_CARTON.time_to(10.0, -20.0, 7.0) / 3600.0, 1.63);
        near(Lump::MELON_CARTON.time_to(10.0, -20.0, -1.0) / 3600.0, 7.07);
    }

    #[test]
    fn t20_the_doorstep_in_a_pouch_and_bare() {
        let (pouch, pen) = (Lump::POUCH, Lump::BARE_PEN);
        near(pouch.lag_s() / 60.0, 109.69);
        near(pouch.after(4.0, -20.0, 600.0), 1.909);
        assert!(pouch.after(4.0, -20.0, 1200.0).abs() < 0.005);
        near(pen.lag_s(), 706.0);
        near(pen.after(4.0, -20.0, 180.0), -1.40);
        // From 5 °C: the label's limit in a minute and a half, freezing within three.
        near(pen.time_to(5.0, -20.0, 2.0) / 60.0, 1.503);
        near(pen.time_to(5.0, -20.0, 0.0) / 60.0, 2.625);
    }

    #[test]
    fn a_minute_too_many_on_the_doorstep_is_told() {
        let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
        let walk = |minutes, pouch| Doorstep {
            walk: Seconds::minutes(minutes),
            hand_over: Seconds::minutes(1),
            pouch,
        };
        assert!(walk(8, true).excess(&class, 4.0, -20.0) <= Seconds::ZERO);
        assert!(walk(3, false).excess(&class, 4.0, -20.0) > Seconds::ZERO);
        assert_eq!(walk(60, false).limit(&class, 5.0, 6.0), Seconds::UNLIMITED);
        assert_eq!(walk(60, false).limit(&class, 1.0, -20.0), Seconds::ZERO);
        near(walk(9, true).hand_over_c(4.0, -20.0), 1.909);
        assert!(walk(5, false).limit(&class, 5.0, 35.0) < Seconds::minutes(2));
    }
}
