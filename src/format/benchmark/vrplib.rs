//! Specifications (`CAPACITY : 100`) and sections (`DEMAND_SECTION`), as in TSPLIB and CVRPLIB, with
//! the sections of `PyVRP` for windows, backhauls, prizes, release times, groups, several depots
//! and unequal vehicles. Locations are numbered from 1; solutions count them from 0.

mod fleet;
mod sections;
mod weights;

use crate::error::{Code, Fault, Result};
use crate::format::benchmark::Rounding;
use crate::format::benchmark::lines::{Faults, index};
use crate::format::benchmark::statement::{Client, Statement};

use sections::File;

/// The largest amount of anything.
const LARGEST: i64 = 1_000_000_000;

/// What a file states.
pub(super) fn read(text: &str) -> Result<Statement> {
    let mut faults = Faults::default();
    let file = File::read(text, &mut faults);
    let Some(n) = file.whole("DIMENSION", 1..=super::lines::MOST, &mut faults).map(index) else {
        if !file.has("DIMENSION") {
            faults.push(missing("DIMENSION", "the number of locations, depots included"));
        }
        return faults.none_or(Statement::new(Vec::new(), Rounding::Nint));
    };
    let (sites, distances) = weights::places(&file, n, &mut faults);
    let mut statement = Statement::new(sites, rounding(&file));
    statement.distances = distances;
    statement.depots = depots(&file, n, &mut faults);
    statement.clients = clients(&file, &statement, &mut faults);
    statement.is_deliver_first = file.kind() == "VRPB";
    if file.kind() == "HFVRP" {
        // The instances of Pessoa, Sadykov and Uchoa (2018) state costs in hundredths.
        statement.cost_parts = 100;
    }
    let windows = windows(&file, n, &mut faults);
    statement.fleet = fleet::fleet(&file, &statement, &windows, &mut faults);
    faults.none_or(statement)
}

fn missing(field: &str, expected: &str) -> Fault {
    Fault::new(Code::MissingField, expected).field(field)
}

/// The convention the published costs of a kind of problem follow.
fn rounding(file: &File<'_>) -> Rounding {
    match file.kind() {
        "CVRP" | "ACVRP" | "VRPB" | "GVRP" if file.text("EDGE_WEIGHT_TYPE") == Some("CEIL_2D") => {
            Rounding::Ceil
        }
        "MDVRPTW" | "SDVRPTW" | "HFVRP" => Rounding::Exact,
        _ if file.has("TIME_WINDOW_SECTION") || file.has("RELEASE_TIME_SECTION") => {
            Rounding::Dimacs
        }
        _ => Rounding::Nint,
    }
}

/// The sites vehicles start from: those listed, else the first.
fn depots(file: &File<'_>, n: usize, faults: &mut Faults) -> Vec<usize> {
    let mut depots = Vec::new();
    for row in file.rows("DEPOT_SECTION") {
        for word in 0..row.words.len() {
            if row.words[word] == "-1" {
                return if depots.is_empty() { vec![0] } else { depots };
            }
            let bounds = 1..=i64::try_from(n).unwrap_or(i64::MAX);
            let Some(site) = faults.within(row, word, "DEPOT_SECTION", bounds) else { continue };
            let site = index(site - 1);
            if depots.contains(&site) {
                faults.at(row, Code::DoubleId, "DEPOT_SECTION", "each depot once");
            } else if depots.len() < MOST_DEPOTS {
                depots.push(site);
            } else {
                faults.at(row, Code::TooLarge, "DEPOT_SECTION", "at most 1000 depots");
                return depots;
            }
        }
    }
    if depots.is_empty() { vec![0] } else { depots }
}

/// The most depots of a file.
const MOST_DEPOTS: usize = 1000;

/// The window of each location that has one.
fn windows(file: &File<'_>, n: usize, faults: &mut Faults) -> Vec<Option<(f64, f64)>> {
    let mut windows = vec![None; n];
    for (site, row) in file.by_site("TIME_WINDOW_SECTION", n, Some(3), faults) {
        windows[site] = faults.window(row, 1);
    }
    windows
}

/// A number for each location; nothing where the section has none.
fn amounts(file: &File<'_>, section: &str, n: usize, faults: &mut Faults) -> Vec<Option<f64>> {
    let mut amounts = vec![None; n];
    for (site, row) in file.by_site(section, n, Some(2), faults) {
        amounts[site] = faults.amount(row, 1, section);
    }
    amounts
}

/// A whole number for each location; 0 where the section has none.
fn wholes(file: &File<'_>, section: &str, n: usize, faults: &mut Faults) -> Vec<i64> {
    let mut amounts = vec![0; n];
    for (site, row) in file.by_site(section, n, Some(2), faults) {
        amounts[site] = faults.within(row, 1, section, 0..=LARGEST).unwrap_or(0);
    }
    amounts
}

/// Every location that is no depot.
fn clients(file: &File<'_>, statement: &Statement, faults: &mut Faults) -> Vec<Client> {
    let n = statement.sites.len();
    let mut deliver = wholes(file, "DEMAND_SECTION", n, faults);
    if file.has("LINEHAUL_SECTION") {
        deliver = wholes(file, "LINEHAUL_SECTION", n, faults);
    }
    let collect = wholes(file, "BACKHAUL_SECTION", n, faults);
    let prizes = wholes(file, "PRIZE_SECTION", n, faults);
    let services = services(file, n, faults);
    let releases = amounts(file, "RELEASE_TIME_SECTION", n, faults);
    let windows = windows(file, n, faults);
    let groups = groups(file, n, faults);
    let mut clients = Vec::new();
    for site in (0..n).filter(|site| !statement.depots.contains(site)) {
        if deliver[site] > 0 && collect[site] > 0 {
            let expected = "a linehaul or a backhaul, not both";
            let fault = Fault::new(Code::UnknownFeature, expected).field("BACKHAUL_SECTION");
            faults.push(fault.place(format!("location {}", site + 1)).value(collect[site]));
        }
        clients.push(Client {
            site,
            deliver: deliver[site],
            collect: collect[site],
            window: windows[site],
            service: services[site],
            release: releases[site].filter(|&release| release > 0.0),
            prize: Some(prizes[site]).filter(|&prize| prize > 0),
            group: groups[site],
            ..Client::default()
        });
    }
    for &site in &statement.depots {
        if services[site] > 0.0 {
            let expected = "no service time at a depot";
            let fault = Fault::new(Code::UnknownFeature, expected).field("SERVICE_TIME_SECTION");
            faults.push(fault.place(format!("location {}", site + 1)).value(services[site]));
        }
    }
    clients
}

/// How long service takes at each location: one time for all but the depots, or a section.
fn services(file: &File<'_>, n: usize, faults: &mut Faults) -> Vec<f64> {
    let all = file.amount("SERVICE_TIME", faults).unwrap_or(0.0);
    if !file.has("SERVICE_TIME_SECTION") {
        let depots = depots(file, n, &mut Faults::default());
        let at = |site: usize| if depots.contains(&site) { 0.0 } else { all };
        return (0..n).map(at).collect();
    }
    let given = amounts(file, "SERVICE_TIME_SECTION", n, faults);
    given.into_iter().map(Option::unwrap_or_default).collect()
}

/// The group each location belongs to.
fn groups(file: &File<'_>, n: usize, faults: &mut Faults) -> Vec<Option<u32>> {
    let section = "MUTUALLY_EXCLUSIVE_GROUP_SECTION";
    let mut groups = vec![None; n];
    for (group, row) in (1..).zip(file.rows(section)) {
        for word in 1..row.words.len() {
            let bounds = 1..=i64::try_from(n).unwrap_or(i64::MAX);
            let Some(site) = faults.within(row, word, section, bounds) else { continue };
            if groups[index(site - 1)].replace(group).is_some() {
                faults.at(row, Code::DoubleId, section, "each location in one group only");
            }
        }
    }
    groups
}
