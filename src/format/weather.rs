//! Weather from a CSV profile: one row per hour with the likeliest temperature and, if known, the
//! band it may turn out in. A gap is a fault: nothing is planned on a guess.

use std::path::Path;

use crate::cold::{Forecast, Weather};
use crate::error::{Code, Error, Fault, Result};
use crate::format::day::read_bounded;
use crate::format::source::utf8;
use crate::format::{Calendar, Told, file_name};
use crate::units::Time;

/// The largest profile.
const LARGEST_PROFILE: u64 = 1 << 20;
/// The most hours: a year.
const MOST_HOURS: usize = 8784;
const HEADER: &str = "the columns time, temperature_c and, if known, low_c and high_c";

/// Reads a profile: columns `time` (`06:00`, `01:00+1d` or `2026-01-28T06:00`), `temperature_c` and, if
/// known, `low_c` and `high_c`, degrees Celsius; one row for each hour, in order.
///
/// ```
/// use lastmile::format::{Calendar, weather};
/// use lastmile::units::{MilliCelsius, Time};
///
/// let text = "time,temperature_c,low_c,high_c\n08:00,-20,-24,-18\n09:00,-16,-20,-14\n";
/// let air = weather::parse("air.csv", text.as_bytes(), &Calendar::default()).unwrap();
/// assert_eq!(air.at(Time::at(8, 30)), Some(MilliCelsius(-18_000)));
/// ```
///
/// # Errors
/// Every fault with its line: unknown columns, no numbers, bands that do not hold their value, hours
/// that are missing or twice.
pub fn parse(file: &str, bytes: &[u8], calendar: &Calendar) -> Result<Weather> {
    if bytes.len() as u64 > LARGEST_PROFILE {
        return Err(Fault::new(Code::TooLarge, "a profile of at most 1 MiB").file(file).into());
    }
    let text = utf8(bytes).map_err(|fault| Error::input(vec![fault.file(file)]))?;
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = table.headers().map_err(|why| broken(file, &why))?.clone();
    let known = ["time", "temperature_c", "low_c", "high_c"];
    let columns = known.map(|name| header.iter().position(|column| column == name));
    let [Some(time), Some(likely), low, high] = columns else {
        return Err(Fault::new(Code::MissingField, HEADER).file(file).place("line 1").into());
    };
    if let Some(other) = header.iter().find(|column| !known.contains(column)) {
        let fault = Fault::new(Code::UnknownField, HEADER).file(file).place("line 1");
        return Err(fault.field(other).into());
    }
    let (mut hours, mut found) = (Vec::new(), Vec::new());
    let mut first: Option<Time> = None;
    for record in table.records() {
        let record = record.map_err(|why| broken(file, &why))?;
        let line = record.position().map_or(1, csv::Position::line);
        let row = Row { record: &record, file, line, calendar };
        let count = i64::try_from(hours.len()).unwrap_or(i64::MAX);
        let cell = |column: Option<usize>, field: &str, other: f64| {
            column.map_or(Ok(other), |column| row.number(column, field))
        };
        let read = row.hour(time, first, count).and_then(|hour| {
            let likely_c = row.number(likely, known[1])?;
            let (low_c, high_c) = (cell(low, known[2], likely_c)?, cell(high, known[3], likely_c)?);
            Ok((hour, Forecast { low_c, likely_c, high_c }))
        });
        match read {
            Ok((hour, forecast)) => {
                first.get_or_insert(hour);
                hours.push(forecast);
            }
            Err(fault) => found.push(*fault),
        }
        if hours.len() + found.len() > MOST_HOURS {
            return Err(Fault::new(Code::TooLarge, "at most 8784 hours").file(file).into());
        }
    }
    if !found.is_empty() {
        return Err(Error::input(found));
    }
    let first_hour = first.map_or(0, |first| first.0.div_euclid(3600));
    Weather::forecast(first_hour, &hours).map_err(|error| error.in_file(file))
}

/// Reads a profile from a file; see [`parse`].
///
/// # Errors
/// The file cannot be read, or as [`parse`].
pub fn read(path: &Path, calendar: &Calendar) -> Result<Weather> {
    parse(&file_name(path), &read_bounded(path, LARGEST_PROFILE)?, calendar)
}

fn broken(file: &str, why: &csv::Error) -> Error {
    let line = why.position().map_or(1, csv::Position::line);
    Fault::new(Code::RaggedRow, why.to_string()).file(file).place(format!("line {line}")).into()
}

/// One row of a profile.
struct Row<'a> {
    record: &'a csv::StringRecord,
    file: &'a str,
    line: u64,
    calendar: &'a Calendar,
}

impl Row<'_> {
    fn fault(&self, code: Code, field: &str, expected: &str, column: usize) -> Fault {
        let place = format!("line {}", self.line);
        let fault = Fault::new(code, expected).file(self.file).place(place).field(field);
        fault.value(self.record.get(column).unwrap_or_default())
    }

    fn number(&self, column: usize, field: &str) -> Told<f64> {
        let value = self.record.get(column).and_then(|cell| cell.parse().ok());
        let value = value.filter(|value: &f64| value.is_finite());
        value.ok_or_else(|| Box::new(self.fault(Code::WrongType, field, "degrees Celsius", column)))
    }

    /// The row's hour, which follows `count` others.
    fn hour(&self, column: usize, first: Option<Time>, count: i64) -> Told<Time> {
        let text = self.record.get(column).unwrap_or_default();
        let hour = self.calendar.told_moment(text).map_err(|fault| {
            Box::new(fault.file(self.file).place(format!("line {}", self.line)).field("time"))
        })?;
        if hour.0.rem_euclid(3600) != 0 {
            return Err(Box::new(self.fault(Code::BadTime, "time", "a whole hour", column)));
        }
        match first.map(|first| Time(first.0 + 3600 * count)) {
            Some(due) if due != hour => {
                let expected = format!("{due}, the hour after the row before");
                Err(Box::new(self.fault(Code::WeatherGap, "time", &expected, column)))
            }
            _ => Ok(hour),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::MilliCelsius;

    fn parse_text(text: &str) -> Result<Weather> {
        parse("air.csv", text.as_bytes(), &Calendar::default())
    }

    fn code(text: &str) -> (Code, String) {
        let error = parse_text(text).unwrap_err();
        (error.faults()[0].code(), error.faults()[0].place_name().to_owned())
    }

    #[test]
    fn a_profile_over_midnight_has_its_bands() {
        let text = "time,low_c,temperature_c,high_c\n23:00,-9,-8,-6\n00:00+1d,-12,-10,-9.5\n";
        let weather = parse_text(text).unwrap();
        let range = weather.range(Time::at(23, 0), Time::at(24, 30));
        assert_eq!(range, Some((MilliCelsius(-12_000), MilliCelsius(-5_999))));
        let plain = parse_text("temperature_c,time\n4.5,08:00\n").unwrap();
        assert_eq!(plain.at(Time::at(8, 59)), Some(MilliCelsius(4_500)));
    }

    #[test]
    fn each_fault_names_its_line() {
        let rows = |rows: &str| format!("time,temperature_c\n{rows}");
        assert_eq!(code(&rows("08:00,1\n10:00,2\n")), (Code::WeatherGap, "line 3".into()));
        assert_eq!(code(&rows("08:00,1\n08:00,2\n")), (Code::WeatherGap, "line 3".into()));
        assert_eq!(code(&rows("08:30,1\n")), (Code::BadTime, "line 2".into()));
        assert_eq!(code(&rows("08:00,warm\n")), (Code::WrongType, "line 2".into()));
        assert_eq!(code(&rows("noon,1\n")), (Code::BadTime, "line 2".into()));
        assert_eq!(code(&rows("08:00,1,2\n")).0, Code::RaggedRow);
        assert_eq!(code(&rows("08:00,400\n")).0, Code::OutOfRange);
        assert_eq!(code("time,temp\n08:00,1\n").0, Code::MissingField);
        assert_eq!(code("time,temperature_c,wind\n08:00,1,2\n").0, Code::UnknownField);
        assert_eq!(code("time,temperature_c\n").0, Code::WeatherGap);
        let upside_down = "time,temperature_c,low_c,high_c\n08:00,5,6,7\n";
        assert_eq!(code(upside_down).0, Code::UpsideDown);
    }
}
