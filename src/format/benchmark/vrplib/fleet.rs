//! The vehicles of a VRPLIB file: alike by specifications, or each its own by sections.

use crate::error::{Code, Fault};
use crate::format::benchmark::lines::{Faults, MOST, Row, index};
use crate::format::benchmark::statement::{Statement, VehicleKind};

use super::LARGEST;
use super::sections::File;

/// The vehicles, those that are alike together.
pub(super) fn fleet(
    file: &File<'_>,
    statement: &Statement,
    windows: &[Option<(f64, f64)>],
    faults: &mut Faults,
) -> Vec<VehicleKind> {
    let capacity = file.whole("CAPACITY", 0..=LARGEST, faults);
    let count = ["VEHICLES", "SALESMEN"].iter().find_map(|name| file.whole(name, 1..=MOST, faults));
    let count = count.map_or_else(|| statement.plenty(capacity), index);
    let distance = file.amount("VEHICLES_MAX_DISTANCE", faults);
    // The limit of CVRPLIB's older sets counts service as well.
    let limits = ["VEHICLES_MAX_DURATION", "DISTANCE"];
    let duration = limits.iter().find_map(|name| file.amount(name, faults));
    let all = VehicleKind {
        numbers: Vec::new(),
        capacity,
        fixed: file.whole("VEHICLES_FIXED_COST", 0..=LARGEST, faults).unwrap_or(0),
        per_distance: file.whole("VEHICLES_UNIT_DISTANCE_COST", 0..=LARGEST, faults).unwrap_or(1),
        max_duration: duration,
        max_distance: distance,
        trips: trips(
            file.whole("VEHICLES_MAX_RELOADS", 0..=LARGEST, faults),
            statement,
            capacity,
            count,
        ),
        ..VehicleKind::new(0, 0)
    };
    let is_reloading = file.has("VEHICLES_RELOAD_DEPOT_SECTION");
    let mut each =
        vec![VehicleKind { trips: if is_reloading { all.trips } else { 1 }, ..all }; count];
    sections(file, statement, &mut each, faults);
    for kind in &mut each {
        kind.shift = windows[statement.depots[kind.depot]];
    }
    together(each)
}

/// How many trips a vehicle may make that may reload so often, or any number of times: then a few
/// more than the loads ask for.
fn trips(reloads: Option<i64>, statement: &Statement, capacity: Option<i64>, count: usize) -> u32 {
    let bins = statement.bins(capacity).div_ceil(count.max(1));
    let enough = (2 * bins + 4).min(statement.clients.len()).clamp(1, 100);
    let limit = reloads.map_or(enough, |reloads| enough.min(index(reloads) + 1));
    u32::try_from(limit).unwrap_or(1)
}

/// Puts a number where it belongs.
type Setter = fn(&mut VehicleKind, i64);

/// What the sections say of each vehicle.
fn sections(file: &File<'_>, statement: &Statement, each: &mut [VehicleKind], faults: &mut Faults) {
    let n = each.len();
    let whole: [(&str, Setter); 4] = [
        ("CAPACITY_SECTION", |kind, value| kind.capacity = Some(value)),
        ("VEHICLES_FIXED_COST_SECTION", |kind, value| kind.fixed = value),
        ("VEHICLES_UNIT_DISTANCE_COST_SECTION", |kind, value| kind.per_distance = value),
        ("VEHICLES_MAX_RELOADS_SECTION", |kind, value| {
            let limit = u32::try_from(value + 1).unwrap_or(u32::MAX);
            kind.trips = kind.trips.min(limit);
        }),
    ];
    for (section, set) in whole {
        for (vehicle, row) in file.by_site(section, n, Some(2), faults) {
            if let Some(value) = faults.within(row, 1, section, 0..=LARGEST) {
                set(&mut each[vehicle], value);
            }
        }
    }
    for (vehicle, row) in file.by_site("VEHICLES_MAX_DISTANCE_SECTION", n, Some(2), faults) {
        each[vehicle].max_distance = faults.amount(row, 1, "VEHICLES_MAX_DISTANCE_SECTION");
    }
    for (vehicle, row) in file.by_site("VEHICLES_MAX_DURATION_SECTION", n, Some(2), faults) {
        each[vehicle].max_duration = faults.amount(row, 1, "VEHICLES_MAX_DURATION_SECTION");
    }
    for (vehicle, row) in file.by_site("VEHICLES_DEPOT_SECTION", n, Some(2), faults) {
        let depot = depot(row, 1, "VEHICLES_DEPOT_SECTION", statement, faults);
        each[vehicle].depot = depot.unwrap_or(0);
    }
    reloads(file, statement, each, faults);
    for (vehicle, row) in file.by_site("VEHICLES_ALLOWED_CLIENTS_SECTION", n, None, faults) {
        let last = i64::try_from(statement.sites.len()).unwrap_or(i64::MAX);
        let site = |word| faults.within(row, word, "VEHICLES_ALLOWED_CLIENTS_SECTION", 1..=last);
        let sites = (1..row.words.len()).filter_map(site);
        let mut sites: Vec<usize> = sites.map(|site| index(site - 1)).collect();
        sites.sort_unstable();
        sites.dedup();
        each[vehicle].allowed = Some(sites);
    }
}

/// The depot a word names, as an index into the depots.
fn depot(
    row: &Row<'_>,
    word: usize,
    section: &str,
    statement: &Statement,
    faults: &mut Faults,
) -> Option<usize> {
    let last = i64::try_from(statement.sites.len()).unwrap_or(i64::MAX);
    let site = index(faults.within(row, word, section, 1..=last)? - 1);
    let depot = statement.depots.iter().position(|&depot| depot == site);
    if depot.is_none() {
        faults.at(row, Code::DanglingReference, section, "the number of a depot");
    }
    depot
}

/// Where vehicles reload: at their own depot, or not at all.
fn reloads(file: &File<'_>, statement: &Statement, each: &mut [VehicleKind], faults: &mut Faults) {
    let section = "VEHICLES_RELOAD_DEPOT_SECTION";
    for (vehicle, row) in file.by_site(section, each.len(), None, faults) {
        if row.words.len() == 1 {
            each[vehicle].trips = 1;
        }
        for word in 1..row.words.len() {
            let depot = depot(row, word, section, statement, faults);
            if depot.is_some_and(|depot| depot != each[vehicle].depot) {
                let expected = "the vehicle's own depot: reloading elsewhere is not supported";
                faults.at(row, Code::UnknownFeature, section, expected);
            }
        }
    }
    if file.has("VEHICLES_MAX_RELOADS_SECTION") && !file.has(section) {
        let expected = "VEHICLES_RELOAD_DEPOT_SECTION, as there are reloads";
        faults.push(Fault::new(Code::MissingPart, expected).field(section));
    }
}

/// Vehicles that differ in number only, made one kind, in the order of their first numbers.
fn together(each: Vec<VehicleKind>) -> Vec<VehicleKind> {
    let mut kinds: Vec<VehicleKind> = Vec::new();
    let mut last = 0;
    for (number, vehicle) in (1..).zip(each) {
        let is_same = |kind: &VehicleKind| kind.is_like(&vehicle);
        // Files list vehicles that are alike next to each other.
        let known = kinds.get(last).filter(|kind| is_same(kind)).map(|_| last);
        let known = known.or_else(|| kinds.iter().position(is_same));
        last = known.unwrap_or(kinds.len());
        if known.is_none() {
            kinds.push(VehicleKind { numbers: Vec::new(), ..vehicle });
        }
        kinds[last].numbers.push(number);
    }
    kinds
}
