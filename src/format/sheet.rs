//! Orders from a sheet (CSV), as planners export them: English or Chinese headers, UTF-8 or
//! GB 18030, comma, semicolon or tab. Bad rows are reported, good rows are kept.

mod cells;
mod columns;
pub(super) mod decode;
mod row;

use std::collections::BTreeMap;
use std::path::Path;

use crate::cold::Product;
use crate::error::{Code, Error, Fault, Result};
use crate::format::day::{Day, MOST_ORDERS, read_bounded};
use crate::format::names::key;
use crate::format::source::Source;
use crate::format::{Calendar, file_name};
use crate::place::Datum;
use crate::problem::Order;

use columns::{Columns, Field};

/// The largest sheet.
pub const LARGEST_SHEET: u64 = 256 << 20;
/// The most columns.
const MOST_COLUMNS: usize = 256;
/// The longest cell, in bytes.
const LONGEST_CELL: usize = 64 << 10;
/// How many rows may stand above the header.
const TITLE_ROWS: usize = 20;
/// The separators tried, the likeliest first.
const SEPARATORS: [u8; 3] = *b",;\t";

/// The orders of a sheet, and what was wrong with the rows left out.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    good: Vec<Order>,
    rejected: Vec<Fault>,
    notes: Vec<String>,
}

impl Orders {
    /// Reads a sheet whose coordinates are in `datum` unless a row says otherwise. Clock times are
    /// those of [`Calendar::default`]; see [`Orders::read_on`] for another date or zone.
    ///
    /// # Errors
    /// The file as a whole cannot be understood: unreadable, too large, no CSV, a column that is
    /// missing or there twice, a quote never closed. Bad rows are in [`Orders::rejected`].
    pub fn read(path: &Path, datum: Datum) -> Result<Self> {
        Self::read_on(path, datum, &Calendar::default())
    }

    /// Reads a sheet with the clock times of a calendar.
    ///
    /// # Errors
    /// As [`Orders::read`].
    pub fn read_on(path: &Path, datum: Datum, calendar: &Calendar) -> Result<Self> {
        let name = file_name(path);
        Self::parse(&name, &read_bounded(path, LARGEST_SHEET)?, datum, calendar)
    }

    /// Reads a sheet of orders of a day: with its clock times, and with its own products beside the
    /// built-in ones.
    ///
    /// # Errors
    /// As [`Orders::read`].
    pub fn read_of(path: &Path, datum: Datum, day: &Day) -> Result<Self> {
        let name = file_name(path);
        let bytes = read_bounded(path, LARGEST_SHEET)?;
        let read = whole(&name, &bytes, (datum, &day.calendar), &day.products);
        read.map_err(|faults| Error::input(faults).in_file(&name))
    }

    /// Reads the bytes of a sheet; `name` is what messages call it.
    ///
    /// ```
    /// use lastmile::format::{Calendar, Orders};
    /// use lastmile::place::Datum;
    /// let sheet = "单号,纬度,经度,件数\n17,38.26,90.86,2\n18,91.5,90.86,1\n";
    /// let day = Calendar::default();
    /// let read = Orders::parse("orders.csv", sheet.as_bytes(), Datum::Wgs84, &day)?;
    /// assert_eq!(read.orders()[0].id(), "17");
    /// assert!(read.rejected()[0].to_string().contains("line 3"));
    /// # Ok::<(), lastmile::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Orders::read`].
    pub fn parse(name: &str, bytes: &[u8], datum: Datum, calendar: &Calendar) -> Result<Self> {
        let read = whole(name, bytes, (datum, calendar), &[]);
        read.map_err(|faults| Error::input(faults).in_file(name))
    }

    /// The good rows' orders, in the sheet's order.
    pub fn orders(&self) -> &[Order] {
        &self.good
    }

    /// What is wrong with the bad rows: at least one fault for each.
    pub fn rejected(&self) -> &[Fault] {
        &self.rejected
    }

    /// What was passed over or repaired: unknown columns, totals, phone numbers.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The good rows' orders, for those who have read [`Orders::rejected`].
    pub fn into_orders(self) -> Vec<Order> {
        self.good
    }

    /// The orders, if every row is good.
    ///
    /// # Errors
    /// The faults of all bad rows.
    pub fn all_or_error(self) -> Result<Vec<Order>> {
        if self.rejected.is_empty() { Ok(self.good) } else { Err(Error::input(self.rejected)) }
    }
}

fn whole(
    name: &str,
    bytes: &[u8],
    (datum, calendar): (Datum, &Calendar),
    own: &[Product],
) -> std::result::Result<Orders, Vec<Fault>> {
    if bytes.len() as u64 > LARGEST_SHEET {
        let expected = format!("a sheet of at most {} MiB", LARGEST_SHEET >> 20);
        return Err(vec![Fault::new(Code::TooLarge, expected)]);
    }
    let text = decode::decode(bytes).map_err(|fault| vec![*fault])?;
    if text.trim().is_empty() {
        return Err(vec![Fault::new(Code::Empty, "a header and rows, but this sheet is empty")]);
    }
    let header = find_header(&text);
    if let Some(line) = decode::open_quote(&text, header.separator) {
        let fault = Fault::new(Code::CutOff, "a closing quote for the one that opens here");
        return Err(vec![fault.place(format!("line {line}"))]);
    }
    let mut read = Orders::default();
    let source = Source::new(&text);
    let products = Product::built_in().into_iter().chain(own.iter().cloned()).collect();
    let mut sheet =
        Sheet { name, datum, calendar, products, source: &source, seen: BTreeMap::new() };
    sheet.rows(&header, &mut read)?;
    Ok(read)
}

/// Where the header is and how its cells are separated.
struct Header {
    separator: u8,
    row: usize,
}

/// The row among the first ones, and the separator, that give the most known columns.
fn find_header(text: &str) -> Header {
    let mut best = (0, Header { separator: b',', row: 0 });
    for separator in SEPARATORS {
        for (row, record) in reader(text, separator).records().take(TITLE_ROWS).enumerate() {
            let Ok(record) = record else { break };
            let score = Columns::score(record.iter().take(MOST_COLUMNS));
            if score > best.0 {
                best = (score, Header { separator, row });
            }
        }
    }
    best.1
}

pub(super) fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator);
    builder.from_reader(text.as_bytes())
}

/// What is the same for all rows of a sheet.
struct Sheet<'s> {
    name: &'s str,
    datum: Datum,
    calendar: &'s Calendar,
    /// What rows may name.
    products: Vec<Product>,
    source: &'s Source<'s>,
    /// The line each id was first seen on.
    seen: BTreeMap<String, usize>,
}

impl Sheet<'_> {
    fn rows(&mut self, header: &Header, read: &mut Orders) -> std::result::Result<(), Vec<Fault>> {
        let mut columns = Columns::default();
        let mut rows = 0;
        for (index, record) in reader(self.source.text(), header.separator).records().enumerate() {
            let record = record
                .map_err(|error| vec![Fault::new(Code::Syntax, "rows of cells").value(error)])?;
            let line = self.line_of(&record);
            if index == header.row {
                columns = read_header(&record, line, &mut read.notes)?;
            } else if index > header.row && record.iter().any(|cell| !cell.trim().is_empty()) {
                rows += 1;
                if rows > MOST_ORDERS {
                    let expected = format!("at most {MOST_ORDERS} rows");
                    return Err(vec![Fault::new(Code::TooLarge, expected).place(line_name(line))]);
                }
                self.row(&columns, &record, line, read);
            }
        }
        Ok(())
    }

    /// The line a record begins on: the reader counts blank lines before it as part of it.
    fn line_of(&self, record: &csv::StringRecord) -> usize {
        let from = record.position().map_or(0, csv::Position::byte);
        let from = usize::try_from(from).unwrap_or(0);
        let rest = self.source.text().as_bytes().get(from..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.source.line(from + blank).0
    }

    fn row(
        &mut self,
        columns: &Columns,
        record: &csv::StringRecord,
        line: usize,
        read: &mut Orders,
    ) {
        let place = line_name(line);
        if is_total(columns, record) {
            read.notes.push(format!("{place} holds totals and is passed over"));
            return;
        }
        let mut row = row::Row::new(columns, record, (self.calendar, &self.products), self.datum);
        let order = row.order(format!("{}: {place}", self.name));
        let (mut faults, notes) = (row.faults, row.notes);
        let id = row::id_of(columns, record);
        if let Some(first) = self.seen.get(id) {
            let expected = format!("an id that is used once; it is also on line {first}");
            faults.push(Fault::new(Code::DoubleId, expected).field("id").value(id));
        } else if faults.is_empty() {
            // Only a good row takes its id: a bad one must not cost a good one its place.
            self.seen.insert(id.to_owned(), line);
        }
        read.notes.extend(notes.into_iter().map(|note| format!("{place}: {note}")));
        if faults.is_empty() {
            read.good.extend(order);
        }
        let placed = faults.into_iter().map(|fault| fault.place(&*place).file(self.name));
        read.rejected.extend(placed);
    }
}

fn read_header(
    record: &csv::StringRecord,
    line: usize,
    notes: &mut Vec<String>,
) -> std::result::Result<Columns, Vec<Fault>> {
    let place = line_name(line);
    if record.len() > MOST_COLUMNS {
        let fault = Fault::new(Code::TooLarge, format!("at most {MOST_COLUMNS} columns"));
        return Err(vec![fault.place(place).value(record.len())]);
    }
    let cells = record.iter().map(|cell| cell.trim().to_owned()).collect();
    Columns::read(cells, &place, notes)
}

fn line_name(line: usize) -> String {
    format!("line {line}")
}

/// A row that begins with a word for a sum and has no place.
fn is_total(columns: &Columns, record: &csv::StringRecord) -> bool {
    const WORDS: [&str; 8] =
        ["合计", "总计", "小计", "共计", "total", "totals", "sum", "grandtotal"];
    let first = record.iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
    let placed = [Field::Lat, Field::Lon].into_iter().filter_map(|field| columns.of(field));
    let placed = placed.filter_map(|at| record.get(at)).any(|cell| !cell.trim().is_empty());
    WORDS.contains(&key(first).as_str()) && !placed
}
