//! What is in a vehicle's battery, and what a day takes out of it.
//!
//! A day takes an amount for each kilometre and, as heat, lamps and active cold boxes do not ask how
//! far it is, one for each hour away. The cold takes a share of the battery away before it leaves.

use crate::cold::Weather;
use crate::problem::Vehicle;
use crate::problem::builder::air_of;
use crate::units::{Metres, Seconds};

/// What a battery is made of: how much of it the cold takes away.
///
/// Round figures, straight lines between them and beyond the last: lithium iron phosphate cells give
/// about 80 % of their capacity at 0 °C and 70 % at -20 °C (makers' data sheets of cells); of lead-acid
/// batteries half at -20 °C is our own estimate. Above 20 °C all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chemistry {
    /// Lithium iron phosphate.
    Lfp,
    /// Lead and acid.
    LeadAcid,
}

impl Chemistry {
    /// The share of its capacity a battery gives at a temperature in degrees Celsius, 0 to 1.
    pub fn share_at(self, celsius: f64) -> f64 {
        let share = match self {
            Self::Lfp if celsius >= 0.0 => 0.8 + 0.01 * celsius,
            Self::Lfp => 0.8 + 0.005 * celsius,
            Self::LeadAcid => 0.75 + 0.0125 * celsius,
        };
        share.clamp(0.0, 1.0)
    }
}

/// A vehicle's battery and what it is asked for; see [`Vehicle::battery`].
#[derive(Clone, Debug, PartialEq)]
pub struct Battery {
    pub(crate) chemistry: Chemistry,
    pub(crate) kwh: f64,
    pub(crate) reserve: f64,
    pub(crate) wh_per_km: f64,
    pub(crate) draw_kw: f64,
}

impl Battery {
    /// A battery that holds `kwh` at 20 °C, of a vehicle that takes `wh_per_km` with a full load on
    /// its worst roads. A fifth is kept in reserve, and nothing is drawn by the hour.
    pub fn new(chemistry: Chemistry, kwh: f64, wh_per_km: f64) -> Self {
        Self { chemistry, kwh, reserve: 0.2, wh_per_km, draw_kw: 0.0 }
    }

    /// Sets the share that must be left on return, 0 to below 1, of what the battery gives that day.
    #[must_use]
    pub fn reserve(mut self, share: f64) -> Self {
        self.reserve = share;
        self
    }

    /// Sets what is drawn all the time the vehicle is away, in kilowatts: heat in the cabin, lamps,
    /// active cold boxes.
    #[must_use]
    pub fn draw_kw(mut self, kw: f64) -> Self {
        self.draw_kw = kw;
        self
    }

    /// The first number that is out of its range, with its name and what was expected.
    pub(crate) fn fault(&self) -> Option<(&'static str, f64, &'static str)> {
        let least_kwh = 0.001;
        [
            ("kwh", self.kwh, least_kwh..=1000.0, "kilowatt hours from 0.001 to 1000"),
            ("reserve", self.reserve, 0.0..=0.99, "a share from 0 to 0.99"),
            ("wh_per_km", self.wh_per_km, 1.0..=10_000.0, "watt hours from 1 to 10000"),
            ("draw_kw", self.draw_kw, 0.0..=50.0, "kilowatts from 0 to 50"),
        ]
        .into_iter()
        .find(|(_, value, range, _)| !range.contains(value))
        .map(|(name, value, _, expected)| (name, value, expected))
    }
}

/// A battery on the day of the plan, in whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// What may be taken out of it between the first departure and the last return, watt hours.
    pub(crate) usable_wh: i64,
    /// What a kilometre takes, joules.
    pub(crate) joules_per_km: i64,
    /// What is drawn all the time, watts.
    pub(crate) watts: i64,
}

/// Millijoules in a watt hour.
const WATT_HOUR: i64 = 3_600_000;

impl Charge {
    /// The battery of a vehicle in the coldest air its shift may meet; at 20 °C where the day has no
    /// weather. Rounded to the safe side.
    pub(super) fn of(vehicle: &Vehicle, weather: Option<&Weather>) -> Option<Self> {
        let battery = vehicle.battery.as_ref()?;
        let air = weather.and_then(|weather| air_of(vehicle, weather));
        let given = air.map_or(1.0, |(low, _)| battery.chemistry.share_at(low.degrees()));
        Some(Self {
            usable_wh: whole((1000.0 * battery.kwh * given * (1.0 - battery.reserve)).floor()),
            joules_per_km: whole((3600.0 * battery.wh_per_km).ceil()),
            watts: whole((1000.0 * battery.draw_kw).ceil()),
        })
    }

    /// What may be taken out of it between the first departure and the last return, watt hours.
    pub fn usable_wh(&self) -> i64 {
        self.usable_wh
    }

    /// What a day of so many metres and seconds away takes, watt hours, rounded up.
    pub fn drawn_wh(&self, length: Metres, away: Seconds) -> i64 {
        let drawn = self.drawn_mj(length.0, away.0);
        drawn.div_euclid(WATT_HOUR) + i64::from(drawn.rem_euclid(WATT_HOUR) > 0)
    }

    /// In millijoules, of metres and seconds.
    #[inline]
    fn drawn_mj(&self, length: i64, away: i64) -> i64 {
        let (way, hours) = (self.joules_per_km, 1000 * self.watts);
        way.saturating_mul(length).saturating_add(hours.saturating_mul(away))
    }

    /// True when it lasts for so many metres and seconds.
    #[inline]
    pub(crate) fn lasts(&self, length: i64, away: i64) -> bool {
        self.drawn_mj(length, away) <= WATT_HOUR * self.usable_wh
    }

    /// No tour longer than this many metres can be driven, however short the time.
    pub(crate) fn longest_way(&self) -> i64 {
        WATT_HOUR * self.usable_wh / self.joules_per_km.max(1)
    }

    /// No tour longer than this many seconds can be driven, however short the way.
    pub(crate) fn longest_time(&self) -> Option<i64> {
        (self.watts > 0).then(|| WATT_HOUR * self.usable_wh / (1000 * self.watts))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the builder bounds every factor")]
fn whole(value: f64) -> i64 {
    value.clamp(0.0, 1e12) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cold_takes_what_the_data_sheets_say() {
        for (chemistry, celsius, share) in [
            (Chemistry::Lfp, 30.0, 1.0),
            (Chemistry::Lfp, 20.0, 1.0),
            (Chemistry::Lfp, 0.0, 0.8),
            (Chemistry::Lfp, -20.0, 0.7),
            (Chemistry::LeadAcid, 20.0, 1.0),
            (Chemistry::LeadAcid, -20.0, 0.5),
            (Chemistry::LeadAcid, -60.0, 0.0),
        ] {
            let found = chemistry.share_at(celsius);
            assert!((found - share).abs() < 1e-9, "{chemistry:?} at {celsius}: {found}");
        }
    }

    #[test]
    fn a_day_takes_its_way_and_its_hours() {
        // 50 kWh at -20 °C, a fifth in reserve: 50 * 0.7 * 0.8 = 28 kWh.
        let battery = Battery::new(Chemistry::Lfp, 50.0, 100.0).draw_kw(2.0);
        let vehicle = Vehicle::new("v", "car").battery(battery);
        let weather = Weather::constant(-20.0).unwrap();
        let charge = Charge::of(&vehicle, Some(&weather)).unwrap();
        assert!((27_999..=28_000).contains(&charge.usable_wh()), "{charge:?}");
        // 180 km and 5 h: 18 + 10 kWh.
        assert_eq!(charge.drawn_wh(Metres(180_000), Seconds::hours(5)), 28_000);
        assert_eq!(charge.drawn_wh(Metres(180_001), Seconds::hours(5)), 28_001);
        let exact = Charge { usable_wh: 28_000, ..charge };
        assert!(exact.lasts(180_000, 18_000));
        assert!(!exact.lasts(180_001, 18_000) && !exact.lasts(180_000, 18_001));
        assert_eq!((exact.longest_way(), exact.longest_time()), (280_000, Some(50_400)));
        let warm = Charge::of(&vehicle, None).unwrap();
        assert_eq!(warm.usable_wh(), 40_000, "no weather, no cold");
    }
}
