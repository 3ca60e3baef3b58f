//! Cordeau's text: a line of counts, a line of limits for each depot, a table of customers, and
//! behind it the depots. Every depot has the same number of vehicles.

use crate::error::{Code, Result};
use crate::format::benchmark::Rounding;
use crate::format::benchmark::lines::{Faults, Row, index, rows};
use crate::format::benchmark::statement::{Client, Site, Statement, VehicleKind};

/// The counts of the first line.
struct Counts {
    /// Type 6 has windows, type 2 has none.
    is_timed: bool,
    vehicles: usize,
    customers: usize,
    depots: usize,
}

/// What a file states.
pub(super) fn read(text: &str) -> Result<Statement> {
    let mut faults = Faults::default();
    let mut rows = rows(text);
    let first = rows.next();
    let Some(counts) = first.as_ref().and_then(|row| counts(row, &mut faults)) else {
        if first.is_none() {
            faults.missing("type", "a line with type, vehicles, customers and depots");
        }
        return faults.none_or(Statement::new(Vec::new(), Rounding::None));
    };
    let mut limits = Vec::new();
    for row in rows.by_ref().take(counts.depots) {
        if faults.width(&row, 2, "longest duration, largest load") {
            let duration = faults.amount(&row, 0, "duration");
            let load = faults.within(&row, 1, "load", 0..=1_000_000_000);
            limits.push((duration.unwrap_or(0.0), load.unwrap_or(0)));
        }
    }
    let (mut sites, mut clients) = (Vec::new(), Vec::new());
    for row in rows.by_ref().take(counts.customers) {
        if let Some(client) = customer(&row, &counts, sites.len(), &mut faults) {
            clients.push(client);
            sites.push(site(&row, &mut faults));
        }
    }
    let mut shifts = Vec::new();
    let mut depots = Vec::new();
    for row in rows.by_ref().take(counts.depots) {
        shifts.push(depot_window(&row, &counts, &mut faults));
        depots.push(sites.len());
        sites.push(site(&row, &mut faults));
    }
    if let Some(row) = rows.next() {
        faults.at(&row, Code::RaggedRow, "", "the end of the file after the last depot");
    }
    if faults.is_empty() && depots.len() < counts.depots {
        let expected = format!("{} customers and {} depots", counts.customers, counts.depots);
        faults.missing("table", &expected);
    }
    let mut statement = Statement::new(sites, Rounding::None);
    statement.depots = depots;
    statement.clients = clients;
    statement.fleet = fleet(&counts, &limits, &shifts);
    faults.none_or(statement)
}

fn counts(row: &Row<'_>, faults: &mut Faults) -> Option<Counts> {
    if !faults.width(row, 4, "type, vehicles at each depot, customers, depots") {
        return None;
    }
    let kind = faults.within(row, 0, "type", 0..=7)?;
    if kind != 2 && kind != 6 {
        let expected = "2 (several depots) or 6 (several depots and windows)";
        faults.at(row, Code::UnknownFeature, "type", expected);
        return None;
    }
    let vehicles = faults.within(row, 1, "vehicles", 1..=10_000);
    let customers = faults.within(row, 2, "customers", 1..=super::lines::MOST);
    let depots = faults.within(row, 3, "depots", 1..=1000);
    let (vehicles, customers, depots) = (index(vehicles?), index(customers?), index(depots?));
    Some(Counts { is_timed: kind == 6, vehicles, customers, depots })
}

/// The place of a customer or depot; its number has been checked or does not matter.
fn site(row: &Row<'_>, faults: &mut Faults) -> Site {
    let number = faults.within(row, 0, "number", 0..=super::lines::MOST).unwrap_or(0);
    let point = [1, 2].map(|word| faults.number(row, word, ["", "x", "y"][word]).unwrap_or(0.0));
    Site { number: u32::try_from(number).unwrap_or(0), point, line: row.line }
}

/// A customer: number, x, y, service, demand, then how often it may be visited on which days, and
/// its window.
fn customer(row: &Row<'_>, counts: &Counts, before: usize, faults: &mut Faults) -> Option<Client> {
    let due = i64::try_from(before + 1).unwrap_or(i64::MAX);
    if faults.whole(row, 0, "number")? != due {
        let expected = format!("customer {due}: numbers count up from 1");
        faults.at(row, Code::BadId, "number", &expected);
    }
    let service = faults.amount(row, 3, "service")?;
    let deliver = faults.within(row, 4, "demand", 0..=1_000_000_000)?;
    let mut window = None;
    if counts.is_timed {
        let combinations = faults.within(row, 6, "combinations", 0..=1000)?;
        window = Some(faults.window(row, 7 + index(combinations))?);
    }
    Some(Client { site: before, deliver, service, window, ..Client::default() })
}

/// When the vehicles of a depot may be out: the last two entries of its line.
fn depot_window(row: &Row<'_>, counts: &Counts, faults: &mut Faults) -> Option<(f64, f64)> {
    if !counts.is_timed {
        return None;
    }
    faults.window(row, row.words.len().saturating_sub(2))
}

fn fleet(
    counts: &Counts,
    limits: &[(f64, i64)],
    shifts: &[Option<(f64, f64)>],
) -> Vec<VehicleKind> {
    let mut fleet = Vec::new();
    for (depot, (&(duration, load), &shift)) in limits.iter().zip(shifts).enumerate() {
        let first = u32::try_from(depot * counts.vehicles).unwrap_or(u32::MAX - 20_000);
        let plain = VehicleKind::new(counts.vehicles, load);
        fleet.push(VehicleKind {
            numbers: plain.numbers.iter().map(|number| first + number).collect(),
            depot,
            // No limit is written as 0.
            max_duration: Some(duration).filter(|&limit| limit > 0.0),
            shift,
            ..plain
        });
    }
    fleet
}
