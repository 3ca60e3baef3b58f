//! The file of a temperature logger (CSV), as the usual programs export it: some lines about the
//! device, a header in English or Chinese, then one reading a row. UTF-8 or GB 18030; comma,
//! semicolon or tab; date and time in one column or two; °C, or °F where the header says so.

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Code, Error, Fault, Result};
use crate::format::day::read_bounded;
use crate::format::names::{key, narrow};
use crate::format::sheet::{decode, reader};
use crate::format::{Calendar, Told, file_name};
use crate::units::Time;

/// The largest file.
pub const LARGEST_LOG: u64 = 64 << 20;
/// How many lines about the device may stand above the header.
const TITLE_ROWS: usize = 80;
/// What a logger of parcels can have measured, degrees Celsius.
const PLAUSIBLE_C: std::ops::RangeInclusive<f64> = -100.0..=100.0;
/// The separators tried, the likeliest first.
const SEPARATORS: [u8; 3] = *b",;\t";

/// One reading of a logger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// When.
    pub at: Time,
    /// Degrees Celsius.
    pub celsius: f64,
}

/// A logger's file: measured values.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggerFile {
    /// The readings; each is later than the one before.
    pub readings: Vec<Reading>,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
}

impl LoggerFile {
    /// Reads a file whose clock times are those of `calendar`, unless they carry an offset.
    ///
    /// # Errors
    /// The file cannot be read or understood, or any row is bad: every fault, each with its line.
    pub fn read(path: &Path, calendar: &Calendar) -> Result<Self> {
        Self::parse(&file_name(path), &read_bounded(path, LARGEST_LOG)?, calendar)
    }

    /// Reads the bytes of a file; `name` is what messages call it.
    ///
    /// ```
    /// use lastmile::format::{Calendar, LoggerFile};
    /// let text = "Device,T-17\nTime,Temperature (°C)\n2026/01/28 08:00,4.9\n2026/01/28 08:05,5.1\n";
    /// let log = LoggerFile::parse("log.csv", text.as_bytes(), &Calendar::default())?;
    /// assert_eq!(log.readings[1].celsius, 5.1);
    /// # Ok::<(), lastmile::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`LoggerFile::read`].
    pub fn parse(name: &str, bytes: &[u8], calendar: &Calendar) -> Result<Self> {
        let readings = readings(bytes, calendar);
        let readings = readings.map_err(|faults| Error::input(faults).in_file(name))?;
        let mut sha256 = String::new();
        for byte in Sha256::digest(bytes) {
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(Self { readings, sha256 })
    }
}

/// Where the columns are.
#[derive(Clone, Copy, Debug)]
struct Columns {
    separator: u8,
    /// The record of the header.
    row: usize,
    date: Option<usize>,
    time: usize,
    temperature: usize,
    fahrenheit: bool,
}

fn readings(bytes: &[u8], calendar: &Calendar) -> std::result::Result<Vec<Reading>, Vec<Fault>> {
    let text = decode::decode(bytes).map_err(|fault| vec![*fault])?;
    if text.trim().is_empty() {
        return Err(vec![Fault::new(Code::Empty, "a header and readings, but this file is empty")]);
    }
    let Some(columns) = find_columns(&text) else {
        let expected = "a header with a time (时间) and a temperature (温度) column";
        return Err(vec![Fault::new(Code::MissingField, expected)]);
    };
    if let Some(line) = decode::open_quote(&text, columns.separator) {
        let fault = Fault::new(Code::CutOff, "a closing quote for the one that opens here");
        return Err(vec![fault.place(format!("line {line}"))]);
    }
    let (mut found, mut faults): (Vec<Reading>, Vec<Fault>) = (Vec::new(), Vec::new());
    for (index, record) in reader(&text, columns.separator).records().enumerate() {
        let record = match record {
            Ok(record) if index > columns.row => record,
            Ok(_) => continue,
            Err(error) => return Err(vec![Fault::new(Code::Syntax, "rows of cells").value(error)]),
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        match reading(&columns, &record, calendar) {
            Ok(reading) => match found.last() {
                Some(last) if reading.at <= last.at => {
                    let expected = format!("a time after the one before, {}", last.at);
                    let fault = Fault::new(Code::Contradiction, expected).field("time");
                    faults.push(fault.value(reading.at).place(format!("line {line}")));
                }
                _ => found.push(reading),
            },
            Err(fault) => faults.push(fault.place(format!("line {line}"))),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if found.is_empty() {
        return Err(vec![Fault::new(Code::Empty, "at least one reading")]);
    }
    Ok(found)
}

/// The header among the first rows: the first that names a time and a temperature.
fn find_columns(text: &str) -> Option<Columns> {
    let at = |separator| {
        let mut records = reader(text, separator).into_records().take(TITLE_ROWS).enumerate();
        records.find_map(|(row, record)| columns(separator, row, &record.ok()?))
    };
    SEPARATORS.into_iter().find_map(at)
}

fn columns(separator: u8, row: usize, record: &csv::StringRecord) -> Option<Columns> {
    let keys: Vec<String> = record.iter().map(key).collect();
    let has = |words: &[&str]| keys.iter().position(|key| words.contains(&key.as_str()));
    let moment = has(&[
        "datetime",
        "timestamp",
        "dateandtime",
        "datetimelocal",
        "日期时间",
        "记录时间",
        "采集时间",
        "测量时间",
        "时间戳",
    ]);
    let time = has(&["time", "clock", "时间", "时刻"]);
    let date = has(&["date", "day", "日期"]).filter(|_| moment.is_none());
    let starts = |key: &String| {
        ["temperature", "temp", "温度", "celsius", "ch1", "channel1", "通道1", "探头1"]
            .iter()
            .any(|word| key.starts_with(word))
    };
    let temperature = keys.iter().position(starts)?;
    let name = narrow(record.get(temperature)?).to_lowercase();
    let key = &keys[temperature];
    let fahrenheit = name.contains("°f")
        || name.contains('℉')
        || key.ends_with("fahrenheit")
        || name.contains("(f)");
    let time = moment.or(time)?;
    Some(Columns { separator, row, date, time, temperature, fahrenheit })
}

fn reading(columns: &Columns, record: &csv::StringRecord, calendar: &Calendar) -> Told<Reading> {
    let cell = |at: usize, field: &str| {
        let cell = record.get(at).map(str::trim).filter(|cell| !cell.is_empty());
        let fault = || Fault::new(Code::MissingField, "a value in this cell").field(field);
        cell.ok_or_else(|| Box::new(fault()))
    };
    let clock = cell(columns.time, "time")?;
    let date = columns.date.map(|at| cell(at, "date")).transpose()?;
    let at = moment(date, clock, calendar).map_err(|fault| Box::new(fault.field("time")))?;
    let text = cell(columns.temperature, "temperature")?;
    let celsius = degrees(text, columns).map_err(|fault| Box::new(fault.field("temperature")))?;
    Ok(Reading { at, celsius })
}

/// `2026-01-28 09:30:15`, with `/`, `.` or 年月日 as well. A day written before its month is not
/// guessed at.
fn moment(date: Option<&str>, clock: &str, calendar: &Calendar) -> Told<Time> {
    let clock = narrow(clock);
    let joined = date.map_or(clock.clone(), |date| format!("{} {clock}", narrow(date)));
    let joined = joined.replace(['年', '月', '/'], "-").replace('日', " ");
    let joined = joined.split_whitespace().collect::<Vec<_>>().join(" ");
    let (day, time) = joined.split_once([' ', 'T']).unwrap_or(("", &joined));
    let day = if day.matches('.').count() == 2 { day.replace('.', "-") } else { day.to_owned() };
    // A fraction of a second is dropped: a reading is a point of a slow curve.
    let (second, rest) = match time.find('.') {
        Some(dot) => {
            let digits = time[dot + 1..].chars().take_while(char::is_ascii_digit).count();
            (&time[..dot], &time[dot + 1 + digits..])
        }
        None => (time, ""),
    };
    // 9:30 is 09:30.
    let hour = second.split(':').next().unwrap_or_default();
    let zero = if hour.len() == 1 { "0" } else { "" };
    let mark = if day.is_empty() { "" } else { "T" };
    calendar.told_moment(&format!("{day}{mark}{zero}{second}{rest}")).map_err(|fault| {
        let expected = "a date and time such as \"2026-01-28 09:30\", the year first";
        Box::new(Fault::new(fault.code(), expected).value(&joined))
    })
}

fn degrees(text: &str, columns: &Columns) -> Told<f64> {
    let plain = narrow(text);
    let plain = plain.trim().trim_end_matches(['C', 'c', '℃', 'F', 'f', '℉', '°', ' ']);
    // A comma is a decimal sign where it separates no columns.
    let plain = if columns.separator == b',' { plain.to_owned() } else { plain.replace(',', ".") };
    let bad = |code| {
        let expected = "degrees as a number, such as \"4.5\", from -100 to 100 °C";
        Box::new(Fault::new(code, expected).value(text))
    };
    let value: f64 = plain.parse().map_err(|_| bad(Code::WrongType))?;
    let is_fahrenheit = columns.fahrenheit || text.contains('℉') || text.contains("°F");
    let celsius = if is_fahrenheit { (value - 32.0) / 1.8 } else { value };
    if PLAUSIBLE_C.contains(&celsius) { Ok(celsius) } else { Err(bad(Code::OutOfRange)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<LoggerFile> {
        LoggerFile::parse("log.csv", bytes, &Calendar::default())
    }

    /// Two readings, 4.5 °C at 08:00 and 5.25 °C at 08:05.
    fn check(text: &str) {
        let log = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let found: Vec<(Time, f64)> = log.readings.iter().map(|r| (r.at, r.celsius)).collect();
        assert_eq!(found.len(), 2, "{text}");
        assert_eq!((found[0].0, found[1].0), (Time::at(8, 0), Time::at(8, 5)), "{text}");
        assert!((found[0].1 - 4.5).abs() < 1e-9 && (found[1].1 - 5.25).abs() < 1e-9, "{text}");
    }

    #[test]
    fn common_layouts_are_read() {
        check("time,temperature\n2026-01-28T08:00,4.5\n2026-01-28T08:05,5.25\n");
        check("No.,Time,Temp(°C)\n1,2026-01-28 08:00:00,4.5\n2,2026-01-28 08:05:00,5.25\n");
        check(
            "Device,T-17\nInterval,5 min\n\nDate;Time;Temperature °C\n\
               2026/1/28;8:00;4,5\n2026/01/28;08:05;5,25\n",
        );
        check(
            "序号\t记录时间\t温度(℃)\n1\t2026年1月28日 08:00\t4.5\n2\t2026.01.28 08:05:00.250\t5.25℃\n",
        );
        check("timestamp,temp (°F)\n2026-01-28T00:00:00Z,40.1\n2026-01-28T08:05+08:00,41.45\n");
        check("Time,Ch1\n08:00,4.5\n08:05,5.25\n");
        let (bytes, _, _) =
            encoding_rs::GB18030.encode("时间,温度\n2026-01-28 08:00,4.5\n2026-01-28 08:05,5.25\n");
        assert_eq!(parse(&bytes).unwrap().readings.len(), 2);
    }

    #[test]
    fn every_bad_row_is_named_in_one_run() {
        let text = "time,temperature\n2026-01-28 08:00,4.5\n28/01/2026 08:05,5\n\
                    2026-01-28 08:10,warm\n2026-01-28 08:15,\n2026-01-28 08:20,400\n\
                    2026-01-28 07:00,5\n";
        let error = parse(text.as_bytes()).unwrap_err();
        let found: Vec<_> =
            error.faults().iter().map(|f| (f.code(), f.place_name(), f.field_name())).collect();
        assert_eq!(
            found,
            [
                (Code::BadTime, "line 3", "time"),
                (Code::WrongType, "line 4", "temperature"),
                (Code::MissingField, "line 5", "temperature"),
                (Code::OutOfRange, "line 6", "temperature"),
                (Code::Contradiction, "line 7", "time"),
            ]
        );
        assert!(error.faults().iter().all(|fault| fault.file_name() == "log.csv"));
    }

    #[test]
    fn files_that_are_no_log_are_refused() {
        for (bytes, code) in [
            (&b""[..], Code::Empty),
            (b"a,b\n1,2\n", Code::MissingField),
            (b"time,temperature\n", Code::Empty),
            (b"%PDF-1.7", Code::WrongKind),
            (b"time,temperature\n2026-01-28 08:00,\"4\n", Code::CutOff),
        ] {
            assert_eq!(parse(bytes).unwrap_err().faults()[0].code(), code);
        }
    }
}
