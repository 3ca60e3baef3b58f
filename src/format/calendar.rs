//! The calendar of a plan: its date and zone, and what a wall clock's reading means on them.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::error::{Code, Fault, Result};
use crate::format::Told;
use crate::format::names::narrow;
use crate::units::{Time, Window};

/// A date in a zone. Moments are elapsed seconds since its local midnight, so a day on which the
/// clocks change still has every second once.
#[derive(Clone, Debug)]
pub struct Calendar {
    date: Date,
    zone: TimeZone,
    name: String,
    midnight: Timestamp,
}

/// The calendar of a [`Builder`](crate::problem::Builder) that was told nothing: 2026-01-28 in
/// `Asia/Shanghai`.
impl Default for Calendar {
    fn default() -> Self {
        Self::new("2026-01-28", "Asia/Shanghai").expect("the default date and zone exist")
    }
}

/// What a clock reading may look like.
pub(super) const CLOCK: &str =
    "a clock time such as \"09:30\", \"01:00+1d\" or \"2026-01-28T09:30\"";
/// What a window may look like.
pub(super) const WINDOW: &str = "a window such as \"09:00-12:00\"";
/// What a date may look like.
const DATE: &str = "a date of the calendar such as \"2026-01-28\"";

impl Calendar {
    /// The calendar of `date` (`2026-01-28`) in the zone with this IANA name (`Asia/Shanghai`).
    ///
    /// # Errors
    /// The date does not exist ([`Code::BadTime`]) or the zone is unknown ([`Code::UnknownName`]).
    pub fn new(date: &str, zone: &str) -> Result<Self> {
        Ok(Self::told(date, zone).map_err(|fault| *fault)?)
    }

    /// The calendar, or what is wrong with `date` or `zone`: the field of the fault.
    pub(super) fn told(date: &str, zone: &str) -> Told<Self> {
        let day = read_date(date).map_or_else(|| no_date(date), Ok)?;
        let known = TimeZone::get(zone).map_err(|_| {
            let expected = "the IANA name of a time zone such as \"Asia/Shanghai\"";
            Box::new(Fault::new(Code::UnknownName, expected).field("zone").value(zone))
        })?;
        let name = known.iana_name().unwrap_or(zone).to_owned();
        let start = day.to_zoned(known.clone()).or_else(|_| no_date(date))?;
        Ok(Self { date: day, midnight: start.timestamp(), zone: known, name })
    }

    /// The date, as `2026-01-28`.
    pub fn date(&self) -> String {
        self.date.to_string()
    }

    /// The zone's IANA name.
    pub fn zone(&self) -> &str {
        &self.name
    }

    /// The moment a clock reading means: `09:30`, `09:30:15`, `24:00`, `01:00+1d`,
    /// `2026-01-28T09:30`, `2026-01-28T09:30+08:00`.
    ///
    /// ```
    /// use lastmile::format::Calendar;
    /// use lastmile::units::Time;
    /// let day = Calendar::new("2026-01-28", "Asia/Shanghai")?;
    /// assert_eq!(day.moment("01:00+1d")?, Time::at(25, 0));
    /// # Ok::<(), lastmile::Error>(())
    /// ```
    ///
    /// # Errors
    /// The text is no reading, or the zone's clocks show it never or twice on that day.
    pub fn moment(&self, text: &str) -> Result<Time> {
        Ok(self.told_moment(text).map_err(|fault| *fault)?)
    }

    /// A moment as a stamp with its offset from UTC: `2026-01-28T09:30:00+08:00` (RFC 3339).
    pub fn stamp_of(&self, time: Time) -> String {
        let seconds = self.midnight.as_second().saturating_add(time.0);
        let stamp = Timestamp::from_second(seconds).unwrap_or(self.midnight);
        stamp.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    pub(super) fn told_moment(&self, text: &str) -> Told<Time> {
        let said = Said::read(&narrow(text)).map_or_else(|| bad(CLOCK, text), Ok)?;
        self.resolve(&said, text)
    }

    /// The window a text such as `09:00-12:00` means.
    ///
    /// # Errors
    /// It is no pair of readings, one of them does not exist, or it closes before it opens.
    pub fn window(&self, text: &str) -> Result<Window> {
        Ok(self.told_window(text).map_err(|fault| *fault)?)
    }

    pub(super) fn told_window(&self, text: &str) -> Told<Window> {
        let plain = narrow(text);
        let (open, close) = split_window(&plain).map_or_else(|| bad(WINDOW, text), Ok)?;
        between(self.resolve(&open, text)?, self.resolve(&close, text)?, text)
    }

    /// True when the plan's date lies between two dates, both included; an absent end is open.
    pub(super) fn is_between(&self, from: Option<Date>, until: Option<Date>) -> bool {
        from.is_none_or(|from| from <= self.date) && until.is_none_or(|until| self.date <= until)
    }

    fn resolve(&self, said: &Said, text: &str) -> Told<Time> {
        let base = said.date.unwrap_or(self.date);
        let whole = said.second / 86_400;
        let date = base.checked_add((said.days + whole).days()).or_else(|_| bad(CLOCK, text))?;
        let second = said.second % 86_400;
        let part = |value: i64| i8::try_from(value).unwrap_or(0);
        let local = date.at(part(second / 3600), part(second / 60 % 60), part(second % 60), 0);
        let stamp = match said.offset {
            Some(offset) => offset.to_timestamp(local).or_else(|_| bad(CLOCK, text))?,
            None => self.stamp(local, text)?,
        };
        let time = Time(stamp.as_second() - self.midnight.as_second());
        if time.0.abs() > 366 * 86_400 {
            return bad("a time within a year of the plan's date", text);
        }
        Ok(time)
    }

    /// The moment the zone's clocks show `local`, if they do so once.
    fn stamp(&self, local: DateTime, text: &str) -> Told<Timestamp> {
        let stamp = self.zone.to_ambiguous_timestamp(local);
        let times = match stamp.offset() {
            AmbiguousOffset::Unambiguous { .. } => {
                return stamp.compatible().or_else(|_| bad(CLOCK, text));
            }
            AmbiguousOffset::Gap { .. } => "never",
            AmbiguousOffset::Fold { .. } => "twice",
        };
        let (zone, date) = (&self.name, local.date());
        let expected = format!(
            "a time that clocks in {zone} show once (they show this one {times}; \
             give date, time and offset: {date}T01:30+02:00)"
        );
        bad(&expected, text)
    }
}

/// The window between two moments; `text` is what was read.
pub(super) fn between(open: Time, close: Time, text: &str) -> Told<Window> {
    Window::new(open, close).ok_or_else(|| {
        let expected = format!(
            "a window that closes after it opens (past midnight, write its end as \"{}+1d\")",
            close.to_string().trim_end_matches("-1d")
        );
        Box::new(Fault::new(Code::UpsideDown, expected).value(text))
    })
}

fn no_date<T>(date: &str) -> Told<T> {
    Err(Box::new(Fault::new(Code::BadTime, DATE).field("date").value(date)))
}

fn bad<T>(expected: &str, text: &str) -> Told<T> {
    Err(Box::new(Fault::new(Code::BadTime, expected).value(text)))
}

/// A date as `2026-01-28`, if it exists.
pub(super) fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let small = |text: &str| i8::try_from(number(text)?).ok();
    Date::new(i16::try_from(number(year)?).ok()?, small(month)?, small(day)?).ok()
}

/// Up to five plain digits.
fn number(text: &str) -> Option<i64> {
    let plain = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// What a clock reading says, before it is known whether that exists.
struct Said {
    date: Option<Date>,
    days: i64,
    /// From 0 to 86,400: the end of the day may be written as 24:00.
    second: i64,
    offset: Option<Offset>,
}

impl Said {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let dated = text.split_once(['T', 't']).or_else(|| text.split_once(' '));
        let Some((date, clock)) = dated else { return Self::read_clock(text) };
        let date = Some(read_date(date)?);
        let (clock, offset) = split_offset(clock.trim())?;
        Some(Self { date, days: 0, second: read_clock(clock)?, offset })
    }

    /// `09:30` with an optional `+1d` or `-1d` behind it.
    fn read_clock(text: &str) -> Option<Self> {
        let (clock, days) = match text.find(['+', '-']) {
            Some(sign) => {
                let (clock, days) = text.split_at(sign);
                let count = number(days.get(1..)?.strip_suffix(['d', 'D'])?)?;
                (clock, if days.starts_with('-') { -count } else { count })
            }
            None => (text, 0),
        };
        Some(Self { date: None, days, second: read_clock(clock.trim())?, offset: None })
    }
}

/// Splits `09:30+08:00` and `09:30Z` into clock and offset.
fn split_offset(text: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, Some(Offset::UTC)));
    }
    let Some(sign) = text.find(['+', '-']) else { return Some((text, None)) };
    let (clock, offset) = text.split_at(sign);
    let second = i32::try_from(read_clock(offset.get(1..)?)?).ok()?;
    let second = if offset.starts_with('-') { -second } else { second };
    Some((clock, Some(Offset::from_seconds(second).ok()?)))
}

/// Seconds since midnight of `H:MM` or `HH:MM:SS`, at most 24:00.
fn read_clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
    if parts.next().is_some() || hour.len() > 2 || minute.len() != 2 || second.len() != 2 {
        return None;
    }
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    let total = hour * 3600 + minute * 60 + second;
    (minute < 60 && second < 60 && total <= 86_400).then_some(total)
}

/// The two readings of a window: split at a separator, or at the first hyphen with a reading on
/// both sides.
fn split_window(text: &str) -> Option<(Said, Said)> {
    for separator in ["~", "–", "—", "至", "到", " to ", "/"] {
        if let Some((open, close)) = text.split_once(separator) {
            return Some((Said::read(open)?, Said::read(close)?));
        }
    }
    // A reading holds at most four hyphens, so the first ten places are more than enough.
    let hyphens = text.match_indices('-').take(10);
    let mut pairs = hyphens.filter_map(|(at, _)| {
        let (open, close) = (text.get(..at)?, text.get(at + 1..)?);
        Some((Said::read(open)?, Said::read(close)?))
    });
    pairs.next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T: std::fmt::Debug>(told: Result<T>) -> Code {
        told.unwrap_err().faults()[0].code()
    }

    fn berlin(date: &str) -> Calendar {
        Calendar::new(date, "Europe/Berlin").unwrap()
    }

    #[test]
    fn clock_readings_are_moments_of_the_date() {
        let day = Calendar::default();
        let check = |text: &str, time: Time| assert_eq!(day.moment(text).unwrap(), time, "{text}");
        check("8:30", Time::at(8, 30));
        check("０８：３０", Time::at(8, 30));
        check("24:00", Time::at(24, 0));
        check("01:00+1d", Time::at(25, 0));
        check("23:00-1d", Time::at(-1, 0));
        check("2026-01-29T08:30", Time::at(32, 30));
        check("2026-01-28 08:30:05", Time(8 * 3600 + 1805));
        check("2026-01-28T00:30Z", Time::at(8, 30));
        check("2026-01-28T08:30+08:00", Time::at(8, 30));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let day = Calendar::default();
        for text in [
            "25:61",
            "08:60",
            "24:01",
            "8",
            "0830",
            "",
            "10/06/2024",
            "2026-02-30T08:00",
            ":",
            "99999-01-01T00:00",
            "2029-01-01T00:00",
            "08:30+99999d",
            "08:30+d",
            "8:5",
            "-08:30",
        ] {
            assert_eq!(code(day.moment(text)), Code::BadTime, "{text}");
        }
        assert!(Calendar::new("2026-02-30", "Asia/Shanghai").is_err());
        assert!(Calendar::new("2026-01-28", "Mars/Olympus").is_err());
    }

    #[test]
    fn a_time_in_the_gap_or_the_fold_is_refused_unless_its_offset_is_given() {
        let spring = berlin("2026-03-29");
        assert!(spring.moment("02:30").unwrap_err().to_string().contains("never"));
        assert_eq!(spring.moment("03:00").unwrap(), Time::at(2, 0));
        let autumn = berlin("2026-10-25");
        assert!(autumn.moment("02:30").unwrap_err().to_string().contains("twice"));
        assert_eq!(autumn.moment("2026-10-25T02:30+02:00").unwrap(), Time::at(2, 30));
        assert_eq!(autumn.moment("2026-10-25T02:30+01:00").unwrap(), Time::at(3, 30));
        assert_eq!(autumn.moment("24:00").unwrap(), Time::at(25, 0));
    }

    #[test]
    fn windows_are_read_with_any_dash() {
        let day = Calendar::default();
        let noon = Window::new(Time::at(9, 0), Time::at(12, 0)).unwrap();
        for text in ["09:00-12:00", "9:00 – 12:00", "09:00~12:00", "09:00至12:00", "09:00/12:00"]
        {
            assert_eq!(day.window(text).unwrap(), noon, "{text}");
        }
        let full = "2026-01-28T09:00-2026-01-28T12:00";
        assert_eq!(day.window(full).unwrap(), noon);
        let night = day.window("22:00-02:00+1d").unwrap();
        assert_eq!(night.close(), Time::at(26, 0));
        assert_eq!(code(day.window("22:00-02:00")), Code::UpsideDown);
        assert_eq!(code(day.window("09:00")), Code::BadTime);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9:TZ+d /~至-]{0,24}", any in ".{0,20}") {
            for text in [text, any] {
                let _ = (Calendar::default().moment(&text), Calendar::default().window(&text));
                let _ = Calendar::new(&text, &text);
            }
        }

        #[test]
        fn what_a_time_prints_is_what_it_was(minute in -2000i64..4000) {
            let time = Time(minute * 60);
            prop_assert_eq!(Calendar::default().moment(&time.to_string()).unwrap(), time);
        }
    }
}
