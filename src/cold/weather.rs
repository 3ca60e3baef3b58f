//! Ambient temperature over the day: constant, a band, or by hour.

use std::ops::Range;

use crate::error::{Code, Error, Fault, Result};
use crate::units::{MilliCelsius, Seconds, Time};

/// How much colder a kilometre higher up is, K: the standard atmosphere (ICAO Doc 7488).
pub const LAPSE_K_PER_KM: f64 = 6.5;

const HOUR: i64 = 3600;
/// Coldest and warmest air a reader may pass on, degrees Celsius: beyond the records of the globe.
const PLAUSIBLE_C: std::ops::RangeInclusive<f64> = -95.0..=65.0;

/// An hour's forecast, degrees Celsius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The coldest it may turn out.
    pub low_c: f64,
    /// The likeliest.
    pub likely_c: f64,
    /// The warmest it may turn out.
    pub high_c: f64,
}

/// Ambient temperature at one place. Between the hours it runs straight; the last hour keeps its
/// value to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weather {
    /// The moment of the first value; none when the values hold always.
    first: Option<Time>,
    // Invariant: not empty.
    hourly: Vec<MilliCelsius>,
    // Invariant: empty, or as long as `hourly`; how much colder and warmer each hour may turn out,
    // neither below zero.
    spread: Vec<[MilliCelsius; 2]>,
    /// How much colder it may turn out, not negative.
    colder: MilliCelsius,
    /// How much warmer it may turn out, not negative.
    warmer: MilliCelsius,
}

impl Weather {
    /// The same temperature always, degrees Celsius.
    ///
    /// # Errors
    /// The temperature is no number or not of this globe.
    pub fn constant(celsius: f64) -> Result<Self> {
        Self::build(None, &[celsius])
    }

    /// Anything from `low_c` to `high_c` at any moment, degrees Celsius.
    ///
    /// # Errors
    /// The band is upside down, no number, or not of this globe.
    pub fn band(low_c: f64, high_c: f64) -> Result<Self> {
        if low_c > high_c {
            let fault = Fault::new(Code::UpsideDown, "a low end not above the high end");
            return Err(fault.field("weather").value(format!("{low_c} to {high_c}")).into());
        }
        let mut weather = Self::build(None, &[low_c, high_c])?;
        let warmest = weather.hourly.pop().unwrap_or_default();
        weather.warmer = warmest - weather.hourly[0];
        Ok(weather)
    }

    /// One value per hour from `first_hour` of the plan's date on, degrees Celsius.
    ///
    /// # Errors
    /// No values, or the faulty ones, each with its hour.
    pub fn hourly(first_hour: i64, celsius: &[f64]) -> Result<Self> {
        if !(-8784..=8784).contains(&first_hour) {
            let fault = Fault::new(Code::OutOfRange, "an hour within a year of the plan's date");
            return Err(fault.field("first_hour").value(first_hour).into());
        }
        Self::build(Some(Time::at(first_hour, 0)), celsius)
    }

    /// One forecast per hour from `first_hour` of the plan's date on, each with the band it may turn
    /// out in, degrees Celsius.
    ///
    /// # Errors
    /// As [`Weather::hourly`], and each hour whose band does not hold its value.
    pub fn forecast(first_hour: i64, hours: &[Forecast]) -> Result<Self> {
        let likely: Vec<f64> = hours.iter().map(|hour| hour.likely_c).collect();
        let mut weather = Self::hourly(first_hour, &likely)?;
        let mut faults = Vec::new();
        for (i, hour) in hours.iter().enumerate() {
            let is_held = hour.low_c <= hour.likely_c && hour.likely_c <= hour.high_c;
            let is_of_this_globe =
                PLAUSIBLE_C.contains(&hour.low_c) && PLAUSIBLE_C.contains(&hour.high_c);
            if !(is_held && is_of_this_globe) {
                let expected = "a band between -95 and 65 °C that holds the hour's value";
                let fault = Fault::new(Code::UpsideDown, expected).place(format!("weather[{i}]"));
                faults.push(fault.value(format!("{} to {}", hour.low_c, hour.high_c)));
            }
            let value = weather.hourly[i];
            let colder = value - MilliCelsius::celsius(hour.low_c);
            weather.spread.push([colder, MilliCelsius::celsius(hour.high_c) - value]);
        }
        if faults.is_empty() { Ok(weather) } else { Err(Error::input(faults)) }
    }

    fn build(first: Option<Time>, celsius: &[f64]) -> Result<Self> {
        let mut faults: Vec<Fault> = Vec::new();
        for (hour, value) in celsius.iter().enumerate() {
            if !PLAUSIBLE_C.contains(value) {
                let fault = Fault::new(Code::OutOfRange, "degrees Celsius between -95 and 65");
                faults.push(fault.place(format!("weather[{hour}]")).value(value));
            }
        }
        if celsius.is_empty() {
            faults.push(Fault::new(Code::WeatherGap, "at least one hour").field("weather"));
        }
        if !faults.is_empty() {
            return Err(Error::input(faults));
        }
        let hourly = celsius.iter().map(|&value| MilliCelsius::celsius(value)).collect();
        let (spread, none) = (Vec::new(), MilliCelsius::ZERO);
        Ok(Self { first, hourly, spread, colder: none, warmer: none })
    }

    /// The same weather, which may turn out colder or warmer by so much than forecast. A negative
    /// margin counts as none.
    #[must_use]
    pub fn uncertain(mut self, colder: MilliCelsius, warmer: MilliCelsius) -> Self {
        self.colder = colder.max(MilliCelsius::ZERO);
        self.warmer = warmer.max(MilliCelsius::ZERO);
        self
    }

    /// The same weather at a place so many metres higher (negative: lower), by the standard lapse of
    /// 6.5 K per kilometre.
    #[must_use]
    pub fn higher_by(mut self, metres: f64) -> Self {
        let colder = MilliCelsius::celsius(metres.clamp(-9000.0, 9000.0) / 1000.0 * LAPSE_K_PER_KM);
        for value in &mut self.hourly {
            *value -= colder;
        }
        self
    }

    /// The same weather anywhere from so many metres above (negative: below) the place it is of to so many
    /// others, by the standard lapse: what is higher may be colder, what is lower warmer.
    #[must_use]
    pub fn between_heights(self, lowest_m: f64, highest_m: f64) -> Self {
        let lapse = |metres: f64| {
            MilliCelsius::celsius(metres.clamp(0.0, 9000.0) / 1000.0 * LAPSE_K_PER_KM)
        };
        let (colder, warmer) = self.margins();
        self.uncertain(colder + lapse(highest_m), warmer + lapse(-lowest_m))
    }

    /// How much colder and how much warmer than forecast it may turn out.
    pub fn margins(&self) -> (MilliCelsius, MilliCelsius) {
        (self.colder, self.warmer)
    }

    /// The first moment covered and the last; none when it holds always.
    pub fn cover(&self) -> Option<(Time, Time)> {
        let hours = i64::try_from(self.hourly.len()).unwrap_or(i64::MAX / HOUR);
        self.first.map(|first| (first, first + Seconds::hours(hours)))
    }

    /// The same weather at a place, by its height above the sea and the one the weather is of, metres.
    #[must_use]
    pub fn at_height(self, weather_m: f64, place_m: f64) -> Self {
        self.higher_by(place_m - weather_m)
    }

    /// What each hour may turn out at: the band of its forecast, without the margins of the whole.
    /// Empty without such bands.
    pub fn bands(&self) -> Vec<(MilliCelsius, MilliCelsius)> {
        let pairs = self.hourly.iter().zip(&self.spread);
        pairs.map(|(&value, &[colder, warmer])| (value - colder, value + warmer)).collect()
    }

    /// The forecast at a moment; none outside the hours covered.
    pub fn at(&self, moment: Time) -> Option<MilliCelsius> {
        self.line(moment, |hour| self.hourly[hour])
    }

    /// Straight between the values of the hours.
    fn line(&self, moment: Time, value: impl Fn(usize) -> MilliCelsius) -> Option<MilliCelsius> {
        let Some((first, last)) = self.cover() else { return Some(value(0)) };
        if moment < first || moment > last {
            return None;
        }
        let (past, end) = ((moment - first).0, self.hourly.len() - 1);
        let hour = usize::try_from(past / HOUR).ok()?.min(end);
        let (here, next) = (value(hour), value((hour + 1).min(end)));
        Some(here + MilliCelsius(((next - here).0 * (past % HOUR)).div_euclid(HOUR)))
    }

    /// How much colder and warmer than forecast an hour may turn out, beside the margins.
    fn spread(&self, hour: usize) -> [MilliCelsius; 2] {
        self.spread.get(hour).copied().unwrap_or_default()
    }

    /// The coldest and the warmest it may be from `from` to `until`, the uncertainty included; none
    /// when a part of the span is not covered. The order of the two moments does not matter.
    pub fn range(&self, from: Time, until: Time) -> Option<(MilliCelsius, MilliCelsius)> {
        let (from, until) = (from.min(until), from.max(until));
        let coldest = |hour: usize| self.hourly[hour] - self.spread(hour)[0];
        let warmest = |hour: usize| self.hourly[hour] + self.spread(hour)[1];
        let mut low = self.line(from, coldest)?.min(self.line(until, coldest)?);
        let mut high = self.line(from, warmest)?.max(self.line(until, warmest)?);
        for hour in self.first.map_or(0..0, |first| self.hours_within(first, from, until)) {
            low = low.min(coldest(hour));
            high = high.max(warmest(hour));
        }
        // One thousandth of a degree more than the rounded interpolation may hide.
        let rounding = MilliCelsius(i64::from(self.first.is_some() && self.hourly.len() > 1));
        Some((low - self.colder, high + self.warmer + rounding))
    }

    /// The hours whose values lie strictly between two covered moments.
    fn hours_within(&self, first: Time, from: Time, until: Time) -> Range<usize> {
        let start = usize::try_from((from - first).0 / HOUR + 1).unwrap_or(0);
        let stop = usize::try_from((until - first).0 / HOUR + 1).unwrap_or(0);
        start..stop.min(self.hourly.len())
    }

    /// The fault of a span that is not covered.
    pub fn gap(&self, from: Time, until: Time) -> Option<Fault> {
        if self.range(from, until).is_some() {
            return None;
        }
        let (first, last) = self.cover()?;
        let expected = format!("temperatures for the whole of {from} to {until}");
        let found = format!("{first} to {last}");
        Some(Fault::new(Code::WeatherGap, expected).field("weather").value(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_above_is_colder_and_a_valley_below_is_warmer() {
        let margin = MilliCelsius(1000);
        let weather = Weather::constant(-10.0).unwrap().uncertain(margin, margin);
        let (low, high) = weather.between_heights(-200.0, 1000.0).range(Time(0), Time(1)).unwrap();
        assert_eq!((low, high), (MilliCelsius(-17_500), MilliCelsius(-7_700)));
    }

    #[test]
    fn it_runs_straight_between_the_hours_and_keeps_the_last() {
        let weather = Weather::hourly(6, &[-10.0, -4.0, 2.0]).unwrap();
        assert_eq!(weather.at(Time::at(6, 0)), Some(MilliCelsius(-10_000)));
        assert_eq!(weather.at(Time::at(6, 30)), Some(MilliCelsius(-7_000)));
        assert_eq!(weather.at(Time::at(8, 59)), Some(MilliCelsius(2_000)));
        assert_eq!(weather.at(Time::at(9, 0)), Some(MilliCelsius(2_000)));
        assert_eq!(weather.at(Time::at(5, 59)), None);
        assert_eq!(weather.at(Time::at(9, 1)), None);
    }

    #[test]
    fn a_range_sees_the_peak_between_its_ends() {
        let weather = Weather::hourly(0, &[0.0, 9.0, 0.0, -3.0]).unwrap();
        let (low, high) = weather.range(Time::at(0, 30), Time::at(2, 20)).unwrap();
        assert_eq!((low, high), (MilliCelsius(-1_000), MilliCelsius(9_001)));
        let wide = weather.uncertain(MilliCelsius(5_000), MilliCelsius(2_000));
        let (low, high) = wide.range(Time::at(2, 20), Time::at(0, 30)).unwrap();
        assert_eq!((low, high), (MilliCelsius(-6_000), MilliCelsius(11_001)));
    }

    #[test]
    fn an_hour_s_band_counts_where_it_is() {
        let hour = |low_c, likely_c, high_c| Forecast { low_c, likely_c, high_c };
        let hours = [hour(-12.0, -10.0, -9.0), hour(-20.0, -10.0, -10.0), hour(-10.0, -10.0, -4.0)];
        let weather = Weather::forecast(6, &hours).unwrap();
        let range = |from: (i64, i64), until: (i64, i64)| {
            let (low, high) =
                weather.range(Time::at(from.0, from.1), Time::at(until.0, until.1)).unwrap();
            (low.0, high.0)
        };
        assert_eq!(range((6, 0), (6, 30)), (-16_000, -8_999));
        assert_eq!(range((6, 0), (8, 0)), (-20_000, -3_999));
        assert_eq!(range((7, 30), (9, 0)), (-15_000, -3_999));
        assert_eq!(weather.at(Time::at(7, 0)), Some(MilliCelsius(-10_000)));
        assert_eq!(weather.bands()[2], (MilliCelsius(-10_000), MilliCelsius(-4_000)));
        let error = Weather::forecast(6, &[hour(-5.0, -10.0, 0.0), hour(0.0, 1.0, 90.0)]);
        assert_eq!(error.unwrap_err().faults().len(), 2);
        let high = weather.at_height(3000.0, 4000.0);
        assert_eq!(high.at(Time::at(6, 0)), Some(MilliCelsius(-16_500)));
    }

    #[test]
    fn a_gap_is_a_fault_and_constant_weather_has_none() {
        let weather = Weather::hourly(8, &[0.0; 4]).unwrap();
        let fault = weather.gap(Time::at(8, 0), Time::at(18, 0)).unwrap();
        assert_eq!(fault.code(), Code::WeatherGap);
        assert!(weather.gap(Time::at(8, 0), Time::at(12, 0)).is_none());
        assert!(Weather::constant(5.0).unwrap().gap(Time(0), Time(999_999)).is_none());
    }

    #[test]
    fn a_band_is_its_two_ends_at_any_time() {
        let weather = Weather::band(-20.0, 30.0).unwrap();
        let range = weather.range(Time(0), Time(1));
        assert_eq!(range, Some((MilliCelsius(-20_000), MilliCelsius(30_000))));
    }

    #[test]
    fn bad_values_are_faults_each_with_its_hour() {
        let error = Weather::hourly(0, &[1.0, f64::NAN, 500.0]).unwrap_err();
        assert_eq!(error.faults().len(), 2);
        assert!(Weather::hourly(0, &[]).is_err());
        assert!(Weather::band(3.0, 2.0).is_err());
        assert!(Weather::hourly(i64::MAX, &[1.0]).is_err());
    }

    #[test]
    fn a_kilometre_up_is_six_and_a_half_degrees_colder() {
        let weather = Weather::constant(0.0).unwrap().higher_by(1000.0);
        assert_eq!(weather.at(Time(0)), Some(MilliCelsius(-6_500)));
    }
}
