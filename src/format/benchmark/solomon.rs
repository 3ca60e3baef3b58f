//! Solomon's text, which Gehring and Homberger's instances use as well: a name, a line of vehicles,
//! a table of customers with the depot first.

use crate::error::{Code, Result};
use crate::format::benchmark::Rounding;
use crate::format::benchmark::lines::{Faults, MOST, Row, index, rows};
use crate::format::benchmark::statement::{Client, Site, Statement, VehicleKind};

const CUSTOMER: &str = "number, x, y, demand, ready time, due date, service time";

/// What a file states.
pub(super) fn read(text: &str) -> Result<Statement> {
    let mut faults = Faults::default();
    let mut rows = rows(text).skip_while(|row| !row.words[0].eq_ignore_ascii_case("VEHICLE"));
    let numeric = |row: &Row<'_>| row.is_numbers();
    let fleet = rows.find(numeric);
    let (mut count, mut capacity) = (None, None);
    match &fleet {
        None => faults.missing("VEHICLE", "a line with the number of vehicles and their capacity"),
        Some(row) if faults.width(row, 2, "number of vehicles, capacity") => {
            count = faults.within(row, 0, "NUMBER", 1..=MOST);
            capacity = faults.within(row, 1, "CAPACITY", 0..=1_000_000_000);
        }
        Some(_) => {}
    }
    let table = rows.skip_while(|row| !row.is_numbers());
    let (sites, clients, horizon) = customers(table, &mut faults);
    let mut statement = Statement::new(sites, Rounding::Dimacs);
    statement.clients = clients;
    if let (Some(count), Some(capacity)) = (count, capacity) {
        let kind = VehicleKind { shift: horizon, ..VehicleKind::new(index(count), capacity) };
        statement.fleet.push(kind);
    }
    faults.none_or(statement)
}

type Table = (Vec<Site>, Vec<Client>, Option<(f64, f64)>);

fn customers<'a>(rows: impl Iterator<Item = Row<'a>>, faults: &mut Faults) -> Table {
    let (mut sites, mut clients, mut horizon) = (Vec::new(), Vec::new(), None);
    for (i, row) in rows.enumerate() {
        if !faults.width(&row, 7, CUSTOMER) {
            continue;
        }
        let due = i64::try_from(i).unwrap_or(i64::MAX);
        if faults.whole(&row, 0, "CUST NO.").is_some_and(|number| number != due) {
            let expected = format!("customer {due}: numbers count up from 0");
            faults.at(&row, Code::BadId, "CUST NO.", &expected);
        }
        let (x, y) = (faults.number(&row, 1, "XCOORD."), faults.number(&row, 2, "YCOORD."));
        let demand = faults.within(&row, 3, "DEMAND", 0..=1_000_000_000);
        let window = faults.window(&row, 4);
        let service = faults.amount(&row, 6, "SERVICE TIME");
        let number = u32::try_from(i).unwrap_or(u32::MAX);
        let point = [x.unwrap_or(0.0), y.unwrap_or(0.0)];
        sites.push(Site { number, point, line: row.line });
        if i == 0 {
            horizon = window;
            continue;
        }
        clients.push(Client {
            site: sites.len() - 1,
            deliver: demand.unwrap_or(0),
            window,
            service: service.unwrap_or(0.0),
            ..Client::default()
        });
    }
    if clients.is_empty() && faults.is_empty() {
        faults.missing("CUSTOMER", "a table with the depot and at least one customer");
    }
    (sites, clients, horizon)
}
