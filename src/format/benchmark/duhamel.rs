//! The text of Duhamel, Lacomme and Prodhon's instances: comments, counts, kinds of vehicles, the
//! depot, a table of metres between towns, and what each town gives. Costs are per kilometre.

use crate::error::{Code, Result};
use crate::format::benchmark::Rounding;
use crate::format::benchmark::lines::{Faults, Row, index, rows};
use crate::format::benchmark::statement::{Client, Distances, Site, Statement, VehicleKind};

/// The most towns of a file.
const MOST_TOWNS: i64 = 10_000;
/// Costs are counted in parts of a hundred-thousandth: per kilometre with two decimals, times
/// metres.
const COST_PARTS: i64 = 100_000;
/// A length that means there is no limit.
const NO_LIMIT: f64 = 999_999.0;

/// What a file states.
pub(super) fn read(text: &str) -> Result<Statement> {
    let mut faults = Faults::default();
    let mut rows = rows(text).filter_map(|row| without_comment(&row));
    let Some(first) = rows.next() else {
        faults.missing("counts", "a line with the numbers of clients and of kinds of vehicles");
        return faults.none_or(Statement::new(Vec::new(), Rounding::None));
    };
    let towns = faults.within(&first, 0, "clients", 1..=MOST_TOWNS);
    let kinds = faults.within(&first, 1, "kinds of vehicles", 1..=1000);
    let limit = faults.amount(&first, 2, "longest route");
    let (Some(towns), Some(kinds), Some(limit)) = (towns, kinds, limit) else {
        return faults.none_or(Statement::new(Vec::new(), Rounding::None));
    };
    let mut fleet: Vec<VehicleKind> = Vec::new();
    for row in rows.by_ref().take(index(kinds)) {
        let before = fleet.iter().map(|kind| kind.numbers.len()).sum();
        if let Some(mut kind) = vehicles(&row, before, &mut faults) {
            kind.max_distance = Some(limit).filter(|&limit| limit < NO_LIMIT);
            fleet.push(kind);
        }
    }
    let depot = rows.next().and_then(|row| faults.within(&row, 0, "depot", 0..=towns));
    let (cells, lines) = table(&mut rows, index(towns) + 1, &mut faults);
    let depot = index(depot.unwrap_or(0));
    let clients = amounts(&mut rows, index(towns), depot, &mut faults);
    let site = |(i, &line): (usize, &usize)| Site {
        number: u32::try_from(i).unwrap_or(0),
        point: [0.0; 2],
        line,
    };
    let mut statement =
        Statement::new(lines.iter().enumerate().map(site).collect(), Rounding::None);
    statement.distances = Distances::Table(cells);
    statement.depots = vec![depot];
    statement.clients = clients;
    statement.fleet = fleet;
    statement.cost_parts = COST_PARTS;
    faults.none_or(statement)
}

/// A line without what follows `//`, if anything is left.
fn without_comment<'a>(row: &Row<'a>) -> Option<Row<'a>> {
    let text = row.text.split("//").next().unwrap_or_default().trim_end();
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then_some(Row { line: row.line, words, text })
}

/// A line of vehicles: count, capacity, fixed cost, cost per kilometre.
fn vehicles(row: &Row<'_>, before: usize, faults: &mut Faults) -> Option<VehicleKind> {
    if !faults.width(row, 4, "count, capacity, fixed cost, cost per kilometre") {
        return None;
    }
    let count = faults.within(row, 0, "count", 0..=10_000)?;
    let capacity = faults.within(row, 1, "capacity", 0..=1_000_000_000)?;
    let fixed = parts(row, 2, "fixed cost", COST_PARTS, faults)?;
    let per_distance = parts(row, 3, "cost per kilometre", COST_PARTS / 1000, faults)?;
    let plain = VehicleKind::new(index(count), capacity);
    let before = u32::try_from(before).unwrap_or(0);
    let numbers = plain.numbers.iter().map(|number| before + number).collect();
    Some(VehicleKind { numbers, fixed, per_distance, ..plain })
}

/// A price as a whole number of parts.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most 1e14")]
fn parts(row: &Row<'_>, word: usize, field: &str, parts: i64, faults: &mut Faults) -> Option<i64> {
    let scaled = faults.amount(row, word, field)? * parts as f64;
    if (scaled - scaled.round()).abs() > 1e-6 || scaled > 1e12 {
        let expected = format!("a price of at most {} in parts of 1/{parts}", 1e12 / parts as f64);
        faults.at(row, Code::OutOfRange, field, &expected);
        return None;
    }
    Some(scaled.round() as i64)
}

/// The table, row-major, and the line each row stands on.
fn table<'a>(
    rows: &mut impl Iterator<Item = Row<'a>>,
    places: usize,
    faults: &mut Faults,
) -> (Vec<f64>, Vec<usize>) {
    let (mut cells, mut lines) = (Vec::new(), Vec::new());
    for row in rows.take(places) {
        lines.push(row.line);
        if faults.width(&row, places, "metres to each town, the depot included") {
            let cell = |word| faults.amount(&row, word, "metres").unwrap_or(0.0);
            cells.extend((0..places).map(cell));
        }
    }
    if lines.len() < places {
        faults.missing("table", &format!("{places} lines of metres"));
    }
    (cells, lines)
}

/// What each town gives, as its number and an amount.
fn amounts<'a>(
    rows: &mut impl Iterator<Item = Row<'a>>,
    towns: usize,
    depot: usize,
    faults: &mut Faults,
) -> Vec<Client> {
    let mut clients: Vec<Client> = Vec::new();
    let mut seen = vec![false; towns + 1];
    // A published file has a line more than it has towns.
    for row in rows.take(towns) {
        if !faults.width(&row, 2, "town, amount") {
            continue;
        }
        let last = i64::try_from(towns).unwrap_or(i64::MAX);
        let (town, amount) = (
            faults.within(&row, 0, "town", 0..=last),
            faults.within(&row, 1, "amount", 0..=1_000_000_000),
        );
        let (Some(town), Some(amount)) = (town.map(index), amount) else { continue };
        if town == depot || std::mem::replace(&mut seen[town], true) {
            faults.at(&row, Code::DoubleId, "town", "each town but the depot once");
        } else {
            clients.push(Client { site: town, deliver: amount, ..Client::default() });
        }
    }
    if clients.len() < towns && faults.is_empty() {
        faults.missing("amounts", &format!("an amount for each of {towns} towns"));
    }
    clients
}
