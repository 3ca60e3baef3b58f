//! What a station knows of its roads, from a sheet: speeds it has driven, and what is closed from when
//! to when.

use std::path::Path;

use jiff::civil::Date;

use crate::error::{Code, Error, Fault, Result};
use crate::format::calendar::read_date;
use crate::format::day::read_bounded;
use crate::format::source::utf8;
use crate::format::{Calendar, file_name};
use crate::place::Point;
use crate::road::{Closure, Observed, ObservedRoad};
use crate::units::Metres;

/// The largest sheet, bytes.
const LARGEST_SHEET: u64 = 16 << 20;
/// The columns a sheet may have.
const COLUMNS: [&str; 11] = [
    "way",
    "node_from",
    "node_to",
    "lat",
    "lon",
    "radius_m",
    "kmh",
    "profile",
    "from",
    "until",
    "why",
];
/// How far around a point, unless the row says otherwise.
const RADIUS_M: f64 = 30.0;

/// Speeds and closures of the day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoadNews {
    /// Speeds driven, in the order of the sheet.
    pub observed: Vec<Observed>,
    /// What is closed.
    pub closures: Vec<Closure>,
}

/// Reads the sheet at `path`; see [`parse`].
///
/// # Errors
/// The file cannot be read, is larger than 16 MiB, or holds faults.
pub fn read(path: &Path, calendar: &Calendar) -> Result<RoadNews> {
    parse(&file_name(path), &read_bounded(path, LARGEST_SHEET)?, calendar)
}

/// Reads a sheet in CSV, with a header. A row says where, by `way` (its `OpenStreetMap` id), or by
/// `node_from` and `node_to` (the junctions at its ends; a speed is for that direction only, and closed
/// is what lies between two nodes of a way in both), or by `lat`, `lon`
/// (WGS-84) and perhaps `radius_m` (30 if empty); how fast, by `kmh` from 0.1 to 200, or that it is
/// closed, by 0; with which `profile` (all if empty; a profile named may use the road whatever is
/// tagged); `from` and `until` which dates, both included, open where empty; and `why`. Rows for other
/// dates are checked and passed over.
///
/// ```
/// use lastmile::format::{Calendar, road_news};
/// let text = "way,kmh,from,until,why\n17,35,,,own log\n18,0,2026-01-01,2026-03-31,snow\n";
/// let news = road_news::parse("roads.csv", text.as_bytes(), &Calendar::default())?;
/// assert_eq!((news.observed.len(), news.closures.len()), (1, 1));
/// # Ok::<(), lastmile::Error>(())
/// ```
///
/// # Errors
/// Every fault of every row, with file, line, field, value and what was expected.
pub fn parse(file: &str, bytes: &[u8], calendar: &Calendar) -> Result<RoadNews> {
    if bytes.len() as u64 > LARGEST_SHEET {
        return Err(Fault::new(Code::TooLarge, "a sheet of at most 16 MiB").file(file).into());
    }
    let text = utf8(bytes).map_err(|fault| Error::input(vec![fault.file(file)]))?;
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let broken = |why: &csv::Error| {
        let line = why.position().map_or(1, csv::Position::line);
        let fault = Fault::new(Code::RaggedRow, "as many cells as the header has").file(file);
        Error::from(fault.place(format!("line {line}")).value(why))
    };
    let header = table.headers().map_err(|why| broken(&why))?.clone();
    let at = |name: &str| header.iter().position(|column| column == name);
    let expected = || format!("the columns {}", COLUMNS.join(", "));
    let head = |code, field: &str| {
        Error::from(Fault::new(code, expected()).file(file).place("line 1").field(field))
    };
    if let Some(other) = header.iter().find(|column| !COLUMNS.contains(column)) {
        return Err(head(Code::UnknownField, other));
    }
    if at("kmh").is_none() {
        return Err(head(Code::MissingField, "kmh"));
    }
    let columns = COLUMNS.map(at);
    let (mut news, mut found) = (RoadNews::default(), Vec::new());
    for record in table.records() {
        let record = record.map_err(|why| broken(&why))?;
        let place = format!("line {}", record.position().map_or(1, csv::Position::line));
        let cells = columns.map(|column| column.and_then(|c| record.get(c)).unwrap_or_default());
        let mut row = Row { cells, faults: Vec::new() };
        row.read(calendar, &mut news);
        found.extend(row.faults.into_iter().map(|fault| fault.file(file).place(place.clone())));
    }
    if found.is_empty() { Ok(news) } else { Err(Error::input(found)) }
}

/// A row; its cells are in the order of [`COLUMNS`].
struct Row<'a> {
    cells: [&'a str; COLUMNS.len()],
    faults: Vec<Fault>,
}

impl Row<'_> {
    fn read(&mut self, calendar: &Calendar, news: &mut RoadNews) {
        let road = self.road();
        let kmh = self.number("kmh", 0.0, 200.0, "km/h from 0.1 to 200, or 0 where it is closed");
        let dates = ["from", "until"].map(|field| self.date(field));
        let why = self.cell("why").to_owned();
        let profile = Some(self.cell("profile")).filter(|name| !name.is_empty()).map(str::to_owned);
        if let [Some(from), Some(until)] = dates
            && until < from
        {
            self.fault(Code::UpsideDown, "until", "a last date not before the first");
        }
        let is_slow = kmh.is_some_and(|kmh| kmh > 0.0 && kmh < 0.1);
        if is_slow {
            self.fault(Code::OutOfRange, "kmh", "km/h from 0.1 to 200, or 0 where it is closed");
        }
        let is_closed = kmh.is_some_and(|kmh| kmh <= 0.0);
        if is_closed && profile.is_some() {
            self.fault(
                Code::Contradiction,
                "profile",
                "nothing, as a closed road is closed to all",
            );
        }
        let (Some(road), Some(kmh)) = (road, kmh) else { return };
        if !self.faults.is_empty() || !calendar.is_between(dates[0], dates[1]) {
            return;
        }
        if !is_closed {
            news.observed.push(Observed { road, kmh, profile, source: why });
            return;
        }
        match road {
            ObservedRoad::Way(way) => news.closures.push(Closure::way(way, why)),
            ObservedRoad::Near(at, radius) => news.closures.push(Closure::around(at, radius, why)),
            ObservedRoad::Nodes(from, to) => news.closures.push(Closure::between(from, to, why)),
        }
    }

    /// Where it is about: in one of three ways, not in two.
    fn road(&mut self) -> Option<ObservedRoad> {
        let is_given = |row: &Self, field| !row.cell(field).is_empty();
        let by_way = is_given(self, "way");
        let by_nodes = is_given(self, "node_from") || is_given(self, "node_to");
        let by_point = is_given(self, "lat") || is_given(self, "lon");
        if [by_way, by_nodes, by_point].into_iter().filter(|by| *by).count() != 1 {
            let expected = "either way, or node_from and node_to, or lat and lon";
            self.fault(Code::Contradiction, "way", expected);
            return None;
        }
        if by_way {
            return Some(ObservedRoad::Way(self.id("way")?));
        }
        if by_nodes {
            let (from, to) = (self.id("node_from"), self.id("node_to"));
            return Some(ObservedRoad::Nodes(from?, to?));
        }
        let lat = self.number("lat", -90.0, 90.0, "degrees north from -90 to 90");
        let lon = self.number("lon", -180.0, 180.0, "degrees east from -180 to 180");
        let radius = if is_given(self, "radius_m") {
            self.number("radius_m", 1.0, 100_000.0, "metres from 1 to 100000")
        } else {
            Some(RADIUS_M)
        };
        Some(ObservedRoad::Near(Point::wgs84(lat?, lon?), Metres::round(radius?)))
    }

    fn cell(&self, field: &str) -> &str {
        COLUMNS.iter().position(|own| *own == field).map_or("", |at| self.cells[at])
    }

    fn fault(&mut self, code: Code, field: &str, expected: &str) {
        let fault = Fault::new(code, expected).field(field).value(self.cell(field));
        self.faults.push(fault);
    }

    fn number(&mut self, field: &str, least: f64, most: f64, expected: &str) -> Option<f64> {
        let Ok(value) = self.cell(field).parse::<f64>() else {
            self.fault(Code::WrongType, field, expected);
            return None;
        };
        if !(least..=most).contains(&value) {
            self.fault(Code::OutOfRange, field, expected);
            return None;
        }
        Some(value)
    }

    fn id(&mut self, field: &str) -> Option<i64> {
        let id = self.cell(field).parse().ok();
        if id.is_none() {
            self.fault(Code::WrongType, field, "the number of a way or node in the map");
        }
        id
    }

    fn date(&mut self, field: &str) -> Option<Date> {
        if self.cell(field).is_empty() {
            return None;
        }
        let date = read_date(self.cell(field));
        if date.is_none() {
            self.fault(Code::BadTime, field, "a date such as 2026-01-28");
        }
        date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(text: &str) -> Result<RoadNews> {
        parse("roads.csv", text.as_bytes(), &Calendar::default())
    }

    #[test]
    fn rows_say_where_how_fast_and_when() {
        let text = "way,node_from,node_to,lat,lon,radius_m,kmh,profile,from,until,why\n\
                    17,,,,,,35,minivan,,,log\n\
                    ,4,5,,,,12.5,,2026-01-01,2026-01-28,\n\
                    ,,,38.2,90.9,,0,,2026-01-28,,flood\n\
                    18,,,,,,0,,2026-02-01,,later\n\
                    ,4,6,,,,0,,,,slide\n\
                    19,,,,,,30,,,2026-01-27,before\n";
        let news = news(text).unwrap();
        let roads: Vec<_> = news.observed.iter().map(|one| (one.road, one.kmh)).collect();
        assert_eq!(roads, [(ObservedRoad::Way(17), 35.0), (ObservedRoad::Nodes(4, 5), 12.5)]);
        assert_eq!(news.observed[0].profile.as_deref(), Some("minivan"));
        let flood = Closure::around(Point::wgs84(38.2, 90.9), Metres(30), "flood");
        assert_eq!(news.closures, [flood, Closure::between(4, 6, "slide")]);
    }

    #[test]
    fn all_faults_of_all_rows_are_told_at_once() {
        let text = "way,node_from,lat,lon,kmh,profile,from,until\n\
                    17,,,,fast,,,\n\
                    x,,,,300,,,\n\
                    17,4,,,30,,,\n\
                    ,,95,10,30,,28.1.2026,\n\
                    17,,,,0,minivan,2026-02-01,2026-01-01\n\
                    ,,,,,,,\n";
        let error = news(text).unwrap_err();
        let told: Vec<_> =
            error.faults().iter().map(|f| (f.place_name(), f.field_name(), f.code())).collect();
        let expected = [
            ("line 2", "kmh", Code::WrongType),
            ("line 3", "way", Code::WrongType),
            ("line 3", "kmh", Code::OutOfRange),
            ("line 4", "way", Code::Contradiction),
            ("line 5", "lat", Code::OutOfRange),
            ("line 5", "from", Code::BadTime),
            ("line 6", "until", Code::UpsideDown),
            ("line 6", "profile", Code::Contradiction),
            ("line 7", "way", Code::Contradiction),
            ("line 7", "kmh", Code::WrongType),
        ];
        assert_eq!(told, expected);
        assert!(error.to_string().contains("roads.csv"));
        let code = |text: &str| news(text).unwrap_err().faults()[0].code();
        assert_eq!(code("way,speed\n1,2\n"), Code::UnknownField);
        assert_eq!(code("way,why\n1,2\n"), Code::MissingField);
        assert_eq!(code("way,kmh\n1\n"), Code::RaggedRow);
        assert_eq!(code("way,kmh\n1,\u{0}\n"), Code::WrongType);
    }
}
