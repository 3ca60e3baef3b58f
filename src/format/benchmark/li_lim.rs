//! Li and Lim's text: a line of vehicles, then a table of locations in which a pickup names its
//! delivery and a delivery its pickup.

use crate::error::{Code, Result};
use crate::format::benchmark::Rounding;
use crate::format::benchmark::lines::{Faults, MOST, Row, index, rows};
use crate::format::benchmark::statement::{Client, Site, Statement, VehicleKind};

const LOCATION: &str =
    "number, x, y, demand, earliest, latest, service, number of its pickup, of its delivery";

/// A line of the table.
struct Task<'a> {
    row: Row<'a>,
    demand: i64,
    window: Option<(f64, f64)>,
    service: f64,
    pickup: i64,
    delivery: i64,
}

/// What a file states.
pub(super) fn read(text: &str) -> Result<Statement> {
    let mut faults = Faults::default();
    let mut rows = rows(text);
    let (mut count, mut capacity) = (None, None);
    if let Some(row) = rows.next() {
        if faults.width(&row, 3, "number of vehicles, capacity, speed") {
            count = faults.within(&row, 0, "vehicles", 1..=MOST);
            capacity = faults.within(&row, 1, "capacity", 0..=1_000_000_000);
            // Written as 1 or as 0, and used by nobody: a time is a distance.
            faults.amount(&row, 2, "speed");
        }
    } else {
        faults.push(crate::error::Fault::new(Code::Empty, "a line of vehicles and a table"));
    }
    let (sites, tasks) = table(rows, &mut faults);
    let mut statement = Statement::new(sites, Rounding::Exact);
    statement.clients = clients(&tasks, &mut faults);
    if statement.clients.is_empty() && faults.is_empty() {
        faults.missing("table", "the depot and at least one pickup with its delivery");
    }
    if let (Some(count), Some(capacity)) = (count, capacity) {
        let shift = tasks.first().and_then(|depot| depot.window);
        statement.fleet.push(VehicleKind { shift, ..VehicleKind::new(index(count), capacity) });
    }
    faults.none_or(statement)
}

fn table<'a>(
    rows: impl Iterator<Item = Row<'a>>,
    faults: &mut Faults,
) -> (Vec<Site>, Vec<Task<'a>>) {
    let (mut sites, mut tasks) = (Vec::new(), Vec::new());
    for row in rows {
        if !faults.width(&row, 9, LOCATION) {
            continue;
        }
        let due = i64::try_from(sites.len()).unwrap_or(i64::MAX);
        if faults.whole(&row, 0, "number").is_some_and(|number| number != due) {
            let expected = format!("location {due}: numbers count up from 0");
            faults.at(&row, Code::BadId, "number", &expected);
        }
        let (x, y) = (faults.number(&row, 1, "x"), faults.number(&row, 2, "y"));
        let demand = faults.within(&row, 3, "demand", -1_000_000_000..=1_000_000_000);
        let window = faults.window(&row, 4);
        let service = faults.amount(&row, 6, "service");
        let pickup = faults.within(&row, 7, "pickup", 0..=MOST);
        let delivery = faults.within(&row, 8, "delivery", 0..=MOST);
        let number = u32::try_from(sites.len()).unwrap_or(u32::MAX);
        let point = [x.unwrap_or(0.0), y.unwrap_or(0.0)];
        sites.push(Site { number, point, line: row.line });
        tasks.push(Task {
            row,
            demand: demand.unwrap_or(0),
            window,
            service: service.unwrap_or(0.0),
            pickup: pickup.unwrap_or(0),
            delivery: delivery.unwrap_or(0),
        });
    }
    (sites, tasks)
}

/// The clients, in the order of the table; the depot is its first line.
fn clients(tasks: &[Task<'_>], faults: &mut Faults) -> Vec<Client> {
    let mut clients = Vec::new();
    for (site, task) in tasks.iter().enumerate().skip(1) {
        let own = i64::try_from(site).unwrap_or(0);
        let partner = index(task.pickup.max(task.delivery));
        let other = tasks.get(partner).filter(|_| partner != 0);
        let (field, is_pair) = match (task.pickup, task.delivery) {
            (0, _) => ("delivery", other.is_some_and(|other| other.pickup == own)),
            (_, 0) => ("pickup", other.is_some_and(|other| other.delivery == own)),
            _ => ("pickup", false),
        };
        if !is_pair {
            let expected = "either a pickup or a delivery, which in turn names this location";
            faults.at(&task.row, Code::DanglingReference, field, expected);
            continue;
        }
        let is_delivery = task.pickup != 0;
        let balance = other.map_or(0, |other| other.demand);
        if task.demand != -balance || (task.demand < 0) != is_delivery && task.demand != 0 {
            let expected = "what is picked up, and as much less at its delivery";
            faults.at(&task.row, Code::Contradiction, "demand", expected);
        }
        clients.push(Client {
            site,
            deliver: if is_delivery { -task.demand } else { 0 },
            collect: if is_delivery { 0 } else { task.demand },
            window: task.window,
            service: task.service,
            delivery: (!is_delivery).then(|| partner - 1),
            is_delivery,
            ..Client::default()
        });
    }
    clients
}
