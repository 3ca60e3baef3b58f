//! Quantities with their units in the type. Integers inside; a float is rounded once, on reading.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);
            /// More than any input may hold, with room to add a thousand of them.
            pub const UNLIMITED: Self = Self(i64::MAX / 4096);

            /// The nearest whole number of units; saturates at [`Self::UNLIMITED`].
            #[expect(clippy::cast_possible_truncation, reason = "clamped first; NaN becomes 0")]
            #[expect(clippy::cast_precision_loss, reason = "only the bound is converted")]
            pub fn round(value: f64) -> Self {
                let bound = Self::UNLIMITED.0 as f64;
                // As `f64::round`, which is a call where the oldest x86-64 must do.
                let value = value.clamp(-bound, bound);
                let whole = value as i64;
                let rest = value - whole as f64;
                Self(whole + i64::from(rest >= 0.5) - i64::from(rest <= -0.5))
            }

            /// True for exactly nothing.
            pub fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// The value as a float, for physics and for reports.
            #[expect(clippy::cast_precision_loss, reason = "quantities of a day are far below 2^53")]
            pub fn as_f64(self) -> f64 {
                self.0 as f64
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl Mul<i64> for $name {
            type Output = Self;
            fn mul(self, times: i64) -> Self {
                Self(self.0 * times)
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self::ZERO, Add::add)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, $unit)
            }
        }
    };
}

quantity!(
    /// A span of time in seconds.
    Seconds, "s"
);
quantity!(
    /// A length along the road in metres.
    Metres, "m"
);
quantity!(
    /// A mass in grams.
    Grams, "g"
);
quantity!(
    /// A volume in millilitres.
    Millilitres, "ml"
);
quantity!(
    /// An energy in joules.
    Joules, "J"
);
quantity!(
    /// A temperature in thousandths of a degree Celsius.
    MilliCelsius, "m°C"
);
quantity!(
    /// Money in millionths of the currency unit, so that a price per metre or second stays whole.
    Money, "µ¤"
);

impl Seconds {
    /// A span of whole minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes * 60)
    }

    /// A span of whole hours.
    pub const fn hours(hours: i64) -> Self {
        Self(hours * 3600)
    }
}

impl Grams {
    /// A mass given in kilograms, rounded to the gram.
    pub fn kilograms(kilograms: f64) -> Self {
        Self::round(kilograms * 1000.0)
    }
}

impl Millilitres {
    /// A volume given in litres, rounded to the millilitre.
    pub fn litres(litres: f64) -> Self {
        Self::round(litres * 1000.0)
    }
}

impl MilliCelsius {
    /// A temperature given in degrees Celsius, rounded to the thousandth.
    pub fn celsius(celsius: f64) -> Self {
        Self::round(celsius * 1000.0)
    }

    /// The temperature in degrees Celsius.
    pub fn degrees(self) -> f64 {
        self.as_f64() / 1000.0
    }
}

impl Money {
    /// An amount given in whole currency units (yuan, euro), rounded to the millionth.
    pub fn units(units: f64) -> Self {
        Self::round(units * 1e6)
    }
}

/// A moment of the plan: seconds after local midnight of the plan's date (negative: the day before).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Before everything.
    pub const MIN: Self = Self(-Seconds::UNLIMITED.0);
    /// After everything.
    pub const MAX: Self = Self(Seconds::UNLIMITED.0);

    /// The moment `hour`:`minute` on the plan's date.
    pub const fn at(hour: i64, minute: i64) -> Self {
        Self(hour * 3600 + minute * 60)
    }
}

impl Add<Seconds> for Time {
    type Output = Self;
    fn add(self, span: Seconds) -> Self {
        Self(self.0 + span.0)
    }
}

impl Sub<Seconds> for Time {
    type Output = Self;
    fn sub(self, span: Seconds) -> Self {
        Self(self.0 - span.0)
    }
}

impl Sub for Time {
    type Output = Seconds;
    fn sub(self, other: Self) -> Seconds {
        Seconds(self.0 - other.0)
    }
}

/// Prints `08:30`, with `+1d` behind it for the next day, and seconds only when there are any.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, second) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        write!(f, "{:02}:{:02}", second / 3600, second / 60 % 60)?;
        if second % 60 != 0 {
            write!(f, ":{:02}", second % 60)?;
        }
        if day == 0 { Ok(()) } else { write!(f, "{day:+}d") }
    }
}

/// A span of time in which something may begin; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    open: Time,
    close: Time,
}

impl Window {
    /// The whole horizon.
    pub const ALWAYS: Self = Self { open: Time::MIN, close: Time::MAX };

    /// The window from `open` to `close`, or nothing when it closes before it opens.
    pub fn new(open: Time, close: Time) -> Option<Self> {
        (open <= close).then_some(Self { open, close })
    }

    /// When it opens.
    pub fn open(self) -> Time {
        self.open
    }

    /// When it closes: the last moment at which service may begin.
    pub fn close(self) -> Time {
        self.close
    }
}

/// What a leg costs: driving time and road length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leg {
    /// Driving time.
    pub seconds: Seconds,
    /// Road length.
    pub metres: Metres,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_as_a_clock_reads() {
        assert_eq!(Time::at(8, 5).to_string(), "08:05");
        assert_eq!((Time::at(23, 59) + Seconds(62)).to_string(), "00:00:02+1d");
        assert_eq!(Time(-60).to_string(), "23:59-1d");
    }

    #[test]
    fn rounding_saturates_and_swallows_nan() {
        assert_eq!(Grams::kilograms(1.2345), Grams(1235));
        assert_eq!(Grams::round(f64::INFINITY), Grams::UNLIMITED);
        assert_eq!(Grams::round(f64::NAN), Grams(0));
    }

    #[test]
    fn a_window_is_never_upside_down() {
        assert!(Window::new(Time(5), Time(4)).is_none());
        assert!(Window::new(Time(5), Time(5)).is_some());
    }
}
