//! What is in a vehicle's battery, and what a day takes out of it.
//!
//! A day takes an amount for each kilometre and, as heat, lamps and active cold boxes do not ask how
//! far it is, one for each hour away. The cold takes a share of the battery away before it leaves.
//!
//! Instead of an amount for each kilometre, a leg may take what its own road asks for: more uphill, and
//! downhill something comes back ([`Drain`]). Then, and where it is charged at the station, the sum of
//! a day does not tell whether the battery lasts; what is missing at each moment does.

use crate::cold::Weather;
use crate::error::Code;
use crate::problem::Vehicle;
use crate::problem::builder::air_of;
use crate::road::Drain;
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
    /// Nothing where each leg takes what its own road asks for.
    pub(crate) wh_per_km: Option<f64>,
    pub(crate) draw_kw: f64,
    pub(crate) charge_kw: Option<f64>,
    pub(crate) swap: Option<Seconds>,
}

impl Battery {
    /// A battery that holds `kwh` at 20 °C, of a vehicle that takes `wh_per_km` with a full load on
    /// its worst roads. A fifth is kept in reserve, nothing is drawn by the hour, and it is not
    /// charged before the day is over.
    pub fn new(chemistry: Chemistry, kwh: f64, wh_per_km: f64) -> Self {
        Self { wh_per_km: Some(wh_per_km), ..Self::by_road(chemistry, kwh) }
    }

    /// A battery that holds `kwh` at 20 °C, of a vehicle of which each leg takes what its road asks
    /// for: by its length, surface, speed and slopes, in the coldest air of the day, empty or full,
    /// whichever is more. Downhill it gets something back, but never beyond full. Its travel must
    /// [know that](crate::road::TravelMatrix::with_drains); roads do for electric profiles.
    pub fn by_road(chemistry: Chemistry, kwh: f64) -> Self {
        let (wh_per_km, charge_kw, swap) = (None, None, None);
        Self { chemistry, kwh, reserve: 0.2, wh_per_km, draw_kw: 0.0, charge_kw, swap }
    }

    /// Sets the share that must be left at any moment, 0 to below 1, of what the battery gives that
    /// day.
    #[must_use]
    pub fn reserve(mut self, share: f64) -> Self {
        self.reserve = share;
        self
    }

    /// Sets what is drawn all the time the vehicle is away, in kilowatts: heat in the cabin, lamps,
    /// active cold boxes. Of a battery [by road](Battery::by_road), lamps and heat while it drives are
    /// in its legs already.
    #[must_use]
    pub fn draw_kw(mut self, kw: f64) -> Self {
        self.draw_kw = kw;
        self
    }

    /// Has it charged at the station while the vehicle reloads between two trips, with so many
    /// kilowatts into the battery: for the time reloading takes, and never beyond full. Below 0 °C a
    /// lithium battery takes no charge outdoors.
    #[must_use]
    pub fn charge_kw(mut self, kw: f64) -> Self {
        self.charge_kw = Some(kw);
        self
    }

    /// Has it changed for a full one whenever the vehicle reloads, which takes this time at least.
    #[must_use]
    pub fn swap(mut self, time: Seconds) -> Self {
        self.swap = Some(time);
        self
    }

    /// What is wrong with it: a field, its value, and what was expected.
    pub(crate) fn fault(&self) -> Option<(Code, &'static str, String, &'static str)> {
        let least_kwh = 0.001;
        let numbers = [
            ("kwh", self.kwh, least_kwh..=1000.0, "kilowatt hours from 0.001 to 1000"),
            ("reserve", self.reserve, 0.0..=0.99, "a share from 0 to 0.99"),
            (
                "wh_per_km",
                self.wh_per_km.unwrap_or(1.0),
                1.0..=10_000.0,
                "watt hours from 1 to 10000",
            ),
            ("draw_kw", self.draw_kw, 0.0..=50.0, "kilowatts from 0 to 50"),
            ("charge_kw", self.charge_kw.unwrap_or(0.0), 0.0..=1000.0, "kilowatts from 0 to 1000"),
        ];
        let mut wrong = numbers.into_iter().filter(|(_, value, range, _)| !range.contains(value));
        if let Some((name, value, _, expected)) = wrong.next() {
            return Some((Code::OutOfRange, name, value.to_string(), expected));
        }
        let swap = self.swap?;
        if !(0..=86_400).contains(&swap.0) {
            let expected = "a time from 0 s to a day";
            return Some((Code::OutOfRange, "swap_min", swap.to_string(), expected));
        }
        let kw = self.charge_kw?;
        let expected = "either charging or swapping";
        Some((Code::Contradiction, "charge_kw", kw.to_string(), expected))
    }
}

/// A battery on the day of the plan, in whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// What it gives that day when it is full, the reserve included, watt hours.
    pub(crate) full_wh: i64,
    /// What may be missing to full at any moment, watt hours.
    pub(crate) usable_wh: i64,
    /// What a kilometre takes, joules; zero where legs take what their road asks for.
    pub(crate) joules_per_km: i64,
    /// What is drawn all the time, watts.
    pub(crate) watts: i64,
    /// What it is given each time the vehicle reloads, millijoules; [`FULL`] where it is swapped.
    pub(crate) given_mj: i64,
    /// True when legs take what their road asks for.
    pub(crate) is_by_road: bool,
    /// What each opening of a compartment takes, millijoules, and the class of the goods it is opened for.
    pub(crate) door: Option<(usize, i64)>,
}

/// Millijoules in a watt hour.
const WATT_HOUR: i64 = 3_600_000;
/// More millijoules than any battery holds.
const FULL: i64 = 1 << 60;

impl Charge {
    /// The battery of a vehicle in the coldest air its shift may meet; at 20 °C where the day has no
    /// weather. Rounded to the safe side.
    pub(super) fn of(vehicle: &Vehicle, weather: Option<&Weather>) -> Option<Self> {
        let battery = vehicle.battery.as_ref()?;
        let air = weather.and_then(|weather| air_of(vehicle, weather));
        let given = air.map_or(1.0, |(low, _)| battery.chemistry.share_at(low.degrees()));
        let watt_seconds = |kw: f64| 1000.0 * kw * vehicle.reload_time().as_f64();
        let joules = battery.charge_kw.map_or(0, |kw| whole(watt_seconds(kw).floor()));
        Some(Self {
            full_wh: whole((1000.0 * battery.kwh * given).floor()),
            usable_wh: whole((1000.0 * battery.kwh * given * (1.0 - battery.reserve)).floor()),
            joules_per_km: whole((3600.0 * battery.wh_per_km.unwrap_or(0.0)).ceil()),
            watts: whole((1000.0 * battery.draw_kw).ceil()),
            given_mj: if battery.swap.is_some() {
                FULL
            } else {
                joules.saturating_mul(1000).min(FULL)
            },
            is_by_road: battery.wh_per_km.is_none(),
            door: None,
        })
    }

    /// What may be missing to full at any moment between the first departure and the last return, watt
    /// hours.
    pub fn usable_wh(&self) -> i64 {
        self.usable_wh
    }

    /// What it gives that day when it is full, the reserve included, watt hours.
    pub fn full_wh(&self) -> i64 {
        self.full_wh
    }

    /// True when a day's length and hours alone tell whether it lasts.
    #[inline]
    pub(crate) fn is_sum(&self) -> bool {
        !self.is_by_road && self.given_mj == 0 && self.door.is_none()
    }

    /// What an opening for goods of a class takes, millijoules.
    #[inline]
    pub(crate) fn door_mj(&self, class: Option<usize>) -> i64 {
        self.door.filter(|&(kept, _)| class == Some(kept)).map_or(0, |(_, mj)| mj)
    }

    /// What a day of so many metres and seconds away takes, watt hours, rounded up; where kilometres
    /// and hours tell.
    pub fn drawn_wh(&self, length: Metres, away: Seconds) -> i64 {
        Self::whole_wh(self.drawn_mj(length.0, away.0))
    }

    /// Millijoules in watt hours, rounded up.
    pub(crate) fn whole_wh(mj: i64) -> i64 {
        mj.div_euclid(WATT_HOUR) + i64::from(mj.rem_euclid(WATT_HOUR) > 0)
    }

    /// In millijoules, of metres and seconds.
    #[inline]
    fn drawn_mj(&self, length: i64, away: i64) -> i64 {
        self.joules_per_km.saturating_mul(length).saturating_add(self.hours_mj(away))
    }

    /// What is drawn in so many seconds, millijoules.
    #[inline]
    pub(crate) fn hours_mj(&self, seconds: i64) -> i64 {
        (1000 * self.watts).saturating_mul(seconds)
    }

    /// What a leg takes that is driven, with rests and parking, in so many seconds, millijoules;
    /// `by_road` is what its road asks for, in joules.
    #[inline]
    pub(crate) fn leg_mj(&self, metres: i64, by_road: Option<Drain>, seconds: i64) -> Drain {
        let leg = if self.is_by_road {
            by_road.unwrap_or_default().times(1000)
        } else {
            Drain::of(self.joules_per_km.saturating_mul(metres))
        };
        leg.and_drawn(self.hours_mj(seconds))
    }

    /// What reloading takes and gives, millijoules; what is drawn meanwhile counts before it is charged,
    /// and after.
    #[inline]
    pub(crate) fn reload_mj(&self, seconds: i64) -> Drain {
        Drain::of(-self.given_mj).and_drawn(self.hours_mj(seconds))
    }

    /// What may be missing to full, millijoules.
    #[inline]
    pub(crate) fn usable_mj(&self) -> i64 {
        WATT_HOUR * self.usable_wh
    }

    /// True when it lasts for so many metres and seconds, where they tell.
    #[inline]
    pub(crate) fn lasts(&self, length: i64, away: i64) -> bool {
        self.drawn_mj(length, away) <= self.usable_mj()
    }

    /// No tour longer than this many metres can be driven, however short the time; nothing where
    /// metres do not tell.
    pub(crate) fn longest_way(&self) -> Option<i64> {
        self.is_sum().then(|| self.usable_mj() / self.joules_per_km.max(1))
    }

    /// No tour longer than this many seconds can be driven, however short the way; nothing where hours
    /// do not tell.
    pub(crate) fn longest_time(&self) -> Option<i64> {
        (self.watts > 0 && self.is_sum()).then(|| self.usable_mj() / (1000 * self.watts))
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
        assert_eq!((exact.longest_way(), exact.longest_time()), (Some(280_000), Some(50_400)));
        let warm = Charge::of(&vehicle, None).unwrap();
        assert_eq!(warm.usable_wh(), 40_000, "no weather, no cold");
    }

    #[test]
    fn what_the_station_gives_is_bounded_by_the_time_of_reloading() {
        let vehicle = |battery: Battery| {
            let vehicle = Vehicle::new("v", "electric_van").reload(Seconds::minutes(30));
            vehicle.battery(battery)
        };
        let charge = |battery| {
            let vehicle = vehicle(battery);
            (Charge::of(&vehicle, None).unwrap(), vehicle.reload_time())
        };
        let own = Battery::by_road(Chemistry::Lfp, 40.0);
        let (plain, _) = charge(own.clone());
        assert!(!plain.is_sum() && plain.is_by_road && plain.given_mj == 0);
        // Half an hour at 7 kW are 3.5 kWh; what is drawn meanwhile is drawn from the battery.
        let (charged, time) = charge(own.clone().charge_kw(7.0).draw_kw(1.0));
        assert_eq!((charged.given_mj, time), (3500 * WATT_HOUR, Seconds::minutes(30)));
        let reload = charged.reload_mj(1800);
        assert_eq!(reload.after(10_000 * WATT_HOUR), 7_000 * WATT_HOUR);
        assert_eq!(reload.after(0), 500 * WATT_HOUR, "never beyond full");
        assert_eq!(reload.highest(32_000 * WATT_HOUR), 32_500 * WATT_HOUR);
        let (swapped, time) = charge(own.swap(Seconds::hours(1)));
        assert_eq!((swapped.reload_mj(0).after(1 << 50), time), (0, Seconds::hours(1)));
    }
}
