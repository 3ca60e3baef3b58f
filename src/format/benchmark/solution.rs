//! Solutions as text: `Route #1: 3 7 2` for each route, then `Cost 123`. Where it matters which
//! vehicle drives, route `k` is that of vehicle `k`, and vehicles without a route have an empty
//! line. Between two trips of a vehicle stands the number of its depot, as `PyVRP` reads it; `|` is
//! read as well.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::error::{Code, Result};
use crate::format::benchmark::Benchmark;
use crate::format::benchmark::lines::{Faults, Row, index, rows};
use crate::plan::{Plan, Route};
use crate::problem::{Order, OrderId, Problem, RealisationId, StartRoute, StartStop, VisitId};

impl Benchmark {
    /// A plan of this instance as the text of a `.sol` file.
    pub fn solution(&self, plan: &Plan) -> String {
        let mut text = String::new();
        let mut next = 1;
        let mut routes: Vec<(u32, &Route)> = Vec::new();
        for route in plan.routes() {
            routes.push((self.vehicle_number[route.vehicle.index()], route));
        }
        routes.sort_by_key(|&(number, _)| number);
        for (number, route) in routes {
            let empty = if self.is_numbered { next..number } else { next..next };
            for number in empty {
                let _ = writeln!(text, "Route #{number}:");
            }
            let number = if self.is_numbered { number } else { next };
            let _ = writeln!(text, "Route #{number}: {}", self.trips(route));
            next = number + 1;
        }
        let _ = writeln!(text, "Cost {}", self.cost(plan));
        text
    }

    fn trips(&self, route: &Route) -> String {
        let stop = |visit: &VisitId| self.visit_number[visit.index()].to_string();
        let trips = route.trips.iter().map(|trip| {
            let stops: Vec<String> = trip.visits.iter().map(stop).collect();
            stops.join(" ")
        });
        let station = self.problem.station_of(route.vehicle);
        let depot = self.station_number[station.index()];
        trips.collect::<Vec<_>>().join(&format!(" {depot} "))
    }

    /// The routes of a `.sol` text as a start plan; `name` is what messages call the file. Clients
    /// it leaves out are planned as usual.
    ///
    /// # Errors
    /// A line is no route, a number is not that of a client, a client is there twice, or there are
    /// more routes than vehicles; each with its line.
    pub fn start(&self, name: &str, text: &str) -> Result<Vec<StartRoute>> {
        let mut faults = Faults::default();
        let mut reading = Reading::new(self);
        for row in rows(text) {
            let word = row.words[0].to_ascii_lowercase();
            if word.starts_with("route") {
                reading.route(&row, &mut faults);
            } else if word.starts_with("cost") {
                break;
            } else {
                let expected = "a line as \"Route #1: 3 7 2\" or \"Cost 123\"";
                faults.at(&row, Code::Syntax, "", expected);
            }
        }
        faults.none_or(reading.routes).map_err(|error| error.in_file(name))
    }
}

/// Reads the routes of a solution.
struct Reading<'b> {
    benchmark: &'b Benchmark,
    problem: &'b Problem,
    /// The realisation of each client's number.
    clients: BTreeMap<u32, RealisationId>,
    /// The clients that were read, with the line.
    seen: BTreeMap<u32, usize>,
    /// The orders that were read.
    served: Vec<Option<RealisationId>>,
    /// The vehicles that have no route yet, by number, with their ids' indices.
    free: BTreeMap<u32, usize>,
    routes: Vec<StartRoute>,
}

impl<'b> Reading<'b> {
    fn new(benchmark: &'b Benchmark) -> Self {
        let problem = &*benchmark.problem;
        let mut clients = BTreeMap::new();
        for order in problem.order_ids() {
            for id in problem.realisations_of(order) {
                let realisation = problem.realisation(id);
                for visit in std::iter::once(realisation.first).chain(realisation.second) {
                    clients.insert(benchmark.visit_number[visit.index()], id);
                }
            }
        }
        let free = benchmark.vehicle_number.iter().enumerate();
        Self {
            benchmark,
            problem,
            clients,
            seen: BTreeMap::new(),
            served: vec![None; problem.orders().len()],
            free: free.map(|(i, &number)| (number, i)).collect(),
            routes: Vec::new(),
        }
    }

    fn route(&mut self, row: &Row<'_>, faults: &mut Faults) {
        let Some((head, list)) = row.text.split_once(':') else {
            let expected = "a colon after the route's number";
            return faults.at(row, Code::Syntax, "route", expected);
        };
        let digits = head.trim_start_matches(|c: char| !c.is_ascii_digit()).trim();
        let Ok(number) = digits.parse::<u32>() else {
            return faults.at(row, Code::WrongType, "route", "the number of a route");
        };
        let list = list.replace('|', " | ");
        let mut trips: Vec<Vec<StartStop>> = vec![Vec::new()];
        for word in list.split_whitespace() {
            if word == "|" || self.is_depot(word) {
                trips.push(Vec::new());
            } else if let (Some(trip), Some(stop)) =
                (trips.last_mut(), self.stop(word, row, faults))
            {
                trip.push(stop);
            }
        }
        if trips.iter().all(Vec::is_empty) {
            return;
        }
        let Some(vehicle) = self.vehicle(number) else {
            let expected = "no more routes than the instance has vehicles of their kind";
            return faults.at(row, Code::TooLarge, "route", expected);
        };
        let id = self.problem.vehicles()[vehicle].id();
        let trips = trips.into_iter().filter(|trip| !trip.is_empty());
        self.routes.push(trips.fold(StartRoute::new(id), StartRoute::trip));
    }

    fn is_depot(&self, word: &str) -> bool {
        word.parse().is_ok_and(|number| self.benchmark.station_number.contains(&number))
    }

    /// The vehicle that drives a route: the one of its number, or one that is as good.
    fn vehicle(&mut self, number: u32) -> Option<usize> {
        if !self.benchmark.is_numbered {
            return self.free.pop_first().map(|(_, vehicle)| vehicle);
        }
        if let Some(vehicle) = self.free.remove(&number) {
            return Some(vehicle);
        }
        let kind = self.benchmark.kinds.iter().find(|kind| kind.contains(&number))?;
        let other = self.free.keys().rev().copied().find(|other| kind.contains(other))?;
        self.free.remove(&other)
    }

    fn stop(&mut self, word: &str, row: &Row<'_>, faults: &mut Faults) -> Option<StartStop> {
        let one = Row { line: row.line, words: vec![word], text: word };
        let number = faults.within(&one, 0, "client", 0..=i64::from(u32::MAX))?;
        let number = u32::try_from(index(number)).unwrap_or(u32::MAX);
        let Some(&id) = self.clients.get(&number) else {
            faults.at(&one, Code::DanglingReference, "client", "the number of a client");
            return None;
        };
        if let Some(line) = self.seen.insert(number, row.line) {
            let expected = format!("each client once (it is also on line {line})");
            faults.at(&one, Code::DoubleId, "client", &expected);
            return None;
        }
        let realisation = self.problem.realisation(id);
        let OrderId(order) = realisation.order;
        let is_first = self.served[order as usize].is_none();
        if is_first && self.benchmark.visit_number[realisation.first.index()] != number {
            let expected = "a pickup before its delivery";
            faults.at(&one, Code::Contradiction, "client", expected);
            return None;
        }
        let other = self.served[order as usize].replace(id);
        if other.is_some_and(|other| other != id) {
            faults.at(&one, Code::DoubleId, "client", "one client of each group");
            return None;
        }
        let id = self.problem.orders().get(order as usize).map(Order::id)?;
        Some(StartStop::new(id).choice(realisation.choice))
    }
}
