//! Our own day file: one JSON text with stations, fleet, weather, orders and a start plan.

mod cold_convert;
mod cold_rows;
mod convert;
mod measures;
mod repair;
mod rows;
mod shapes;
mod write;

pub use write::write;

use std::io::Read;
use std::path::Path;

use crate::cold::{Product, Weather};
use crate::error::{Code, Error, Fault, Result};
use crate::format::Calendar;
use crate::format::day::convert::Converter;
use crate::format::day::rows::DayFile;
use crate::format::json;
use crate::format::reader::{FromNode, Reader};
use crate::format::source::{Source, utf8};
use crate::place::Datum;
use crate::problem::{Builder, Excursions, Order, Problem, StartRoute, Station};
use crate::road::Closure;
use crate::units::Metres;

/// The largest day file.
pub const LARGEST_FILE: u64 = 1 << 30;
/// The most orders of a day.
pub const MOST_ORDERS: usize = 1_000_000;

/// A day as its file states it: complete in itself, but not yet checked against other files.
#[derive(Clone, Debug)]
pub struct Day {
    /// The date and the zone of all clock times.
    pub calendar: Calendar,
    /// The datum of the file's coordinates, which go for its sheets too.
    pub datum: Datum,
    /// The map, as a path from the day file.
    pub roads: Option<String>,
    /// Heights of the ground: tiles or folders of tiles, as paths from the day file.
    pub heights: Vec<String>,
    /// The region of the speed table the roads are in.
    pub region: Option<String>,
    /// What the station knows of its roads, as a path from the day file; see
    /// [`road_news`](crate::format::road_news).
    pub road_news: Option<String>,
    /// What is closed on the date.
    pub closures: Vec<Closure>,
    /// The stations, at least one.
    pub stations: Vec<Station>,
    /// The orders of the file; those of sheets are added here.
    pub orders: Vec<Order>,
    /// The weather the cold boxes stand in.
    pub weather: Option<Weather>,
    /// How high above the sea the place lies that the weather's figures are of.
    pub weather_height: Option<Metres>,
    /// Routes to begin from, as given.
    pub start: Vec<StartRoute>,
    /// How far from a road a place may lie, if not as usual.
    pub snap_limit: Option<Metres>,
    /// Medicine rides on no trip with other goods.
    pub segregates: bool,
    /// Whether goods may leave their class as far as a document allows.
    pub excursions: Excursions,
    /// Products that orders may name beside the built-in ones.
    pub products: Vec<Product>,
}

impl Day {
    /// The builder of the day, and a note for each thing of the start plan that had to be dropped:
    /// unknown vehicles and orders, orders named too often.
    ///
    /// # Panics
    /// When there is no station; what [`parse`] gives has one.
    pub fn into_builder(self) -> (Builder, Vec<String>) {
        let (start, notes) = repair::repair(self.start, &self.orders, &self.stations);
        let mut stations = self.stations.into_iter();
        let first = stations.next().expect("a day has a station: `parse` refuses one without");
        let builder = Problem::builder(first)
            .date(self.calendar.date())
            .zone(self.calendar.zone())
            .orders(self.orders)
            .start(start)
            .segregate(self.segregates)
            .excursions(self.excursions)
            .products(self.products);
        let builder = stations.fold(builder, Builder::station);
        let builder = self.weather.into_iter().fold(builder, Builder::weather);
        let builder = self.weather_height.into_iter().fold(builder, Builder::weather_height);
        let builder = self.region.into_iter().fold(builder, Builder::region);
        (self.snap_limit.into_iter().fold(builder, Builder::snap_limit), notes)
    }
}

/// Reads a day file.
///
/// # Errors
/// The file cannot be read, is larger than [`LARGEST_FILE`], or holds faults; see [`parse`].
pub fn read(path: &Path) -> Result<Day> {
    let name = crate::format::file_name(path);
    let bytes = read_bounded(path, LARGEST_FILE)?;
    parse(&name, &bytes)
}

/// The bytes of a file that may not be larger than `limit`.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let unreadable = |source: std::io::Error| Error::unreadable(path, &source);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit).file(path.display().to_string()).into());
    }
    Ok(bytes)
}

fn too_large(limit: u64) -> Fault {
    Fault::new(Code::TooLarge, format!("a file of at most {} MiB", limit >> 20))
}

/// Reads the text of a day file; `name` is what messages call it.
///
/// ```
/// let text = br#"{
///     "format": 1, "date": "2026-01-28",
///     "stations": [{"id": "hub", "lat": 38.25, "lon": 90.85,
///                   "vehicles": [{"id": "v1", "preset": "minivan", "shift": "08:30-18:30"}]}],
///     "orders": [{"id": "17", "lat": 38.26, "lon": 90.86, "windows": ["09:00-12:00"]}]
/// }"#;
/// let day = lastmile::format::day::parse("day.json", text)?;
/// assert_eq!(day.orders[0].id(), "17");
/// # Ok::<(), lastmile::Error>(())
/// ```
///
/// # Errors
/// Every fault of syntax, type and range at once, each with line, column and path. What several
/// parts must agree on is checked by [`Builder`].
pub fn parse(name: &str, text: &[u8]) -> Result<Day> {
    tree(name, text).map_err(|faults| Error::input(faults).in_file(name))
}

fn tree(name: &str, text: &[u8]) -> std::result::Result<Day, Vec<Fault>> {
    if text.len() as u64 > LARGEST_FILE {
        return Err(vec![too_large(LARGEST_FILE)]);
    }
    let text = utf8(text).map_err(|fault| vec![*fault])?;
    if text.trim().is_empty() {
        return Err(vec![Fault::new(Code::Empty, "a day file, but this one is empty")]);
    }
    let source = Source::new(text);
    let node = json::parse(&source).map_err(|fault| vec![*fault])?;
    let mut reader = Reader::new(&source);
    if !DayFile::is_this_version(&node, &mut reader) {
        return Err(reader.faults);
    }
    DayFile::set_calendar(&node, &mut reader);
    let file = DayFile::from_node(&node, &mut reader);
    drop(node);
    let day = file.map(|file| convert(file, name, &mut reader));
    match day {
        Some(day) if reader.faults.is_empty() => Ok(day),
        _ => Err(reader.faults),
    }
}

fn convert(file: DayFile, name: &str, reader: &mut Reader<'_>) -> Day {
    if file.stations.is_empty() {
        let fault = Fault::new(Code::MissingPart, "at least one station");
        reader.report_at(&file.spot, "stations", fault);
    }
    if file.orders.len() > MOST_ORDERS {
        let fault = Fault::new(Code::TooLarge, format!("at most {MOST_ORDERS} orders"));
        reader.report_at(&file.spot, "orders", fault.value(file.orders.len()));
    }
    debug_assert_eq!(file.format.0, 1, "other versions are refused first");
    let calendar = reader.calendar.clone();
    let datum = file.datum.unwrap_or_default();
    let mut converter = Converter { reader, datum, file: name.to_owned() };
    let stations = file.stations.into_iter().map(|row| converter.station(row)).collect();
    let height = file.weather.as_ref().and_then(|row| row.height_m.as_ref());
    let weather_height = height.map(|height| Metres::round(height.0));
    let weather = file.weather.and_then(|row| converter.weather(&row));
    let closures = file.closures.into_iter().filter_map(|row| converter.closure(&row)).collect();
    let products = converter.products(file.products);
    let orders = file.orders.into_iter().filter_map(|row| converter.order(row)).collect();
    Day {
        calendar,
        datum,
        roads: file.roads,
        heights: file.heights,
        region: file.region,
        road_news: file.road_news,
        closures,
        stations,
        orders,
        weather,
        weather_height,
        start: file.start.into_iter().map(convert::start_route).collect(),
        segregates: file.segregate_medicine.unwrap_or(false),
        excursions: file.excursions.unwrap_or_default(),
        products,
        snap_limit: file.snap_limit_m.map(|limit| Metres::round(limit.0)),
    }
}

/// The JSON schema of a day file.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(DayFile);
    schema.insert("title".into(), "lastmile day".into());
    if let Some(fields) = schema.get_mut("properties").and_then(|fields| fields.as_object_mut()) {
        fields.insert("$schema".into(), serde_json::json!({"type": "string"}));
    }
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_the_limit_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("day.json");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        assert_eq!(read_bounded(&path, 4).unwrap_err().faults()[0].code(), Code::TooLarge);
        let absent = read(&folder.path().join("no.json")).unwrap_err();
        assert_eq!((absent.faults()[0].code(), absent.exit_code()), (Code::Unreadable, 3));
    }

    #[test]
    fn the_committed_schema_is_the_one_the_reader_follows() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/day.schema.json");
        let mut text = serde_json::to_string_pretty(&schema()).unwrap();
        text.push('\n');
        if std::env::var_os("LASTMILE_WRITE_SCHEMA").is_some() {
            crate::format::write_atomically(Path::new(path), text.as_bytes()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == text, "run the tests once with LASTMILE_WRITE_SCHEMA=1");
    }
}
