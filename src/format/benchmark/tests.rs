//! Small instances with costs worked out by hand, solutions there and back, and every file of the
//! public families.

mod bad_files;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::plan::{self, Route, Rule, Unserved};
use crate::problem::{Kind, Order, OrderId, StartPath, VehicleId};
use crate::units::{Metres, Seconds};

pub(super) const CVRP: &str = "\
NAME : four
COMMENT : (by hand: a test)
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 -7.6
DEMAND_SECTION
1 0
2 5
3 5
4 6
DEPOT_SECTION
 1
 -1
EOF
";

/// A VRPLIB file of a depot at 0, 0 and clients on a line at 10, 20 and so on, with more lines.
fn in_a_row(kind: &str, clients: usize, more: &str) -> String {
    let places: Vec<String> = (0..=clients).map(|i| format!("{} {} 0\n", i + 1, 10 * i)).collect();
    let places = places.concat();
    let dimension = clients + 1;
    format!(
        "TYPE : {kind}\nDIMENSION : {dimension}\nEDGE_WEIGHT_TYPE : EUC_2D\n\
         NODE_COORD_SECTION\n{places}{more}EOF\n"
    )
}

fn read_as(name: &str, text: &str, options: Options) -> Benchmark {
    match parse(name, text.as_bytes(), Format::Auto, &options) {
        Ok(benchmark) => benchmark,
        Err(error) => panic!("{error}"),
    }
}

/// The plan of a solution.
fn planned(benchmark: &Benchmark, solution: &str) -> Plan {
    let start = benchmark.start("test.sol", solution).unwrap();
    let day = benchmark.problem().with_start(&start).unwrap();
    let route = |path: &StartPath| Route::new(&day, path.vehicle, path.trips.clone());
    let mut routes: Vec<Route> = day.start.iter().map(route).collect();
    routes.sort_by_key(|route| route.vehicle);
    let served: BTreeSet<OrderId> =
        routes.iter().flat_map(Route::visits).map(|visit| day.visit(visit).order).collect();
    let absent = day.order_ids().filter(|order| !served.contains(order));
    let unserved =
        absent.map(|order| Unserved { order, reason: plan::explain(&day, &routes, order) });
    let unserved = unserved.collect();
    Plan { problem: Arc::new(day), routes, unserved, header: plan::Header::default() }
}

/// A solution keeps every limit, and is written with its cost as it was read.
fn check(benchmark: &Benchmark, routes: &str, cost: f64) {
    let plan = planned(benchmark, routes);
    plan::check(&plan).unwrap();
    assert!((benchmark.cost(&plan) - cost).abs() < 1e-9, "{}", benchmark.solution(&plan));
    assert_eq!(benchmark.solution(&plan), format!("{routes}Cost {cost}\n"));
}

/// A solution breaks a limit.
fn refuse(benchmark: &Benchmark, routes: &str, rule: Rule) {
    let found = plan::audit(&planned(benchmark, routes));
    assert!(found.iter().any(|violation| violation.rule == rule), "{found:?}");
}

const AS_USUAL: Options = Options { rounding: None, objective: Objective::Distance };

fn rounded(rounding: Rounding) -> Options {
    Options { rounding: Some(rounding), ..AS_USUAL }
}

#[test]
fn a_cvrp_costs_its_rounded_distances() {
    // 5 + 5 + 10 for one route; 7.6 there and back, rounded to 8, for the other.
    let benchmark = read_as("four.vrp", CVRP, AS_USUAL);
    check(&benchmark, "Route #1: 2 1\nRoute #2: 3\n", 36.0);
    refuse(&benchmark, "Route #1: 2 3\n", Rule::Pieces);
}

#[test]
fn every_rounding_is_kept() {
    // 7.69 there and back beside 20 for the other route.
    let text = CVRP.replace("0 -7.6", "0 -7.69");
    for (rounding, cost) in [
        (Rounding::Nint, 36.0),
        (Rounding::Dimacs, 35.2),
        (Rounding::Exact, 35.38),
        (Rounding::Ceil, 36.0),
        (Rounding::None, 35.38),
    ] {
        let benchmark = read_as("four.vrp", &text, rounded(rounding));
        check(&benchmark, "Route #1: 1 2\nRoute #2: 3\n", cost);
    }
}

#[test]
fn the_name_is_that_of_the_file() {
    let benchmark = read_as("X-n4-k2.vrp", CVRP, AS_USUAL);
    assert_eq!((benchmark.name(), benchmark.rounding()), ("X-n4-k2", Rounding::Nint));
}

#[test]
fn a_table_of_distances_is_read_by_its_form() {
    let cases = [
        ("FULL_MATRIX", "0 1 2\n3 0 4 5 6\n0"),
        ("LOWER_ROW", "1\n2 4"),
        ("UPPER_ROW", "1 2\n4"),
        ("LOWER_DIAG_ROW", "0 1 0 2 4 0"),
        ("UPPER_DIAG_ROW", "0 1 2 0 4 0"),
        ("UPPER_COL", "1 2 4"),
        ("LOWER_COL", "1 2 4"),
    ];
    for (form, cells) in cases {
        let text = format!(
            "TYPE : CVRP\nDIMENSION : 3\nCAPACITY : 9\nEDGE_WEIGHT_TYPE : EXPLICIT\n\
             EDGE_WEIGHT_FORMAT : {form}\nEDGE_WEIGHT_SECTION\n{cells}\nDEMAND_SECTION\n1 0\n2 1\n\
             3 1\nDEPOT_SECTION\n1\n-1\nEOF\n"
        );
        // 1 + 4 + 2, or in the table that is not mirrored 1 + 4 + 5.
        let cost = if form == "FULL_MATRIX" { 10.0 } else { 7.0 };
        check(&read_as("table.vrp", &text, AS_USUAL), "Route #1: 1 2\n", cost);
    }
}

const SOLOMON: &str = "\
R3

VEHICLE
NUMBER     CAPACITY
  5         20

CUSTOMER
CUST NO.   XCOORD.   YCOORD.   DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0      0         0          0          0        100          0
    1      3         4         10          0         50         10
    2      6         8         10         40         60         10
    3      0         1.99      10         80         90         10
";

#[test]
fn solomon_windows_bind() {
    let benchmark = read_as("R3.txt", SOLOMON, AS_USUAL);
    let visits = benchmark.problem().visits();
    assert_eq!((visits[1].windows[0].open().0, visits[0].service), (400, Seconds(100)));
    assert_eq!(benchmark.problem().vehicles().len(), 5);
    // 1 and 2 one way round (5 + 5 + 10), 3 there and back at 1.9 each.
    check(&benchmark, "Route #1: 1 2\nRoute #2: 3\n", 23.8);
    refuse(&benchmark, "Route #1: 3 2\n", Rule::Window);
    refuse(&benchmark, "Route #1: 1 2 3\n", Rule::Pieces);
}

#[test]
fn vehicles_come_first_when_asked() {
    let options = Options { objective: Objective::Hierarchical, ..AS_USUAL };
    let text = SOLOMON.replace("  5         20", "  5         30");
    let benchmark = read_as("R3.txt", &text, options);
    assert_eq!(benchmark.rounding(), Rounding::None);
    let [one, two] = ["Route #1: 1 2 3\n", "Route #1: 1 2\nRoute #2: 3\n"]
        .map(|routes| planned(&benchmark, routes));
    let price = benchmark.per_vehicle;
    assert!((price..2 * price).contains(&one.cost().0) && two.cost().0 > 2 * price);
    // The price of a vehicle is taken out of the cost again.
    assert!((benchmark.cost(&two) - 23.98).abs() < 1e-9);
}

const LI_LIM: &str = "\
5\t10\t1
0\t0\t0\t0\t0\t1000\t0\t0\t0
1\t10\t0\t10\t0\t900\t5\t0\t3
2\t30\t0\t-10\t0\t900\t5\t4\t0
3\t20\t0\t-10\t0\t900\t5\t1\t0
4\t20\t0\t10\t0\t900\t5\t0\t2
";

#[test]
fn pairs_of_li_and_lim_share_a_route() {
    // Out and back along the line: each pair before the next, as the load is full.
    let benchmark = read_as("lc.txt", LI_LIM, AS_USUAL);
    check(&benchmark, "Route #1: 1 3 4 2\n", 60.0);
    refuse(&benchmark, "Route #1: 1 4 3 2\n", Rule::Pieces);
    let error = benchmark.start("a.sol", "Route #1: 3 1\n").unwrap_err().to_string();
    assert!(error.contains("line 1: client: found \"3\""), "{error}");
}

const CORDEAU: &str = "\
2 1 4 2
100 10
0 10
 1  10 0 0 5 1 2 1 2
 2  20 0 0 5 1 2 1 2
 3  90 0 0 5 1 2 1 2
 4  80 0 0 5 1 2 1 2
 5   0 0 0 0 0 0
 6 100 0 0 0 0 0
";

#[test]
fn each_depot_serves_what_is_near() {
    let benchmark = read_as("p.txt", CORDEAU, AS_USUAL);
    check(&benchmark, "Route #1: 1 2\nRoute #2: 4 3\n", 80.0);
    assert!(benchmark.problem().vehicles()[0].duration_limit() < Seconds::UNLIMITED);
    assert_eq!(benchmark.problem().vehicles()[1].duration_limit(), Seconds::UNLIMITED);
    refuse(&benchmark, "Route #1: 3\n", Rule::Duration);
}

#[test]
fn cordeau_windows_are_the_last_entries() {
    let text = "6 1 1 1\n0 10\n1 10 0 2 5 1 1 1 30 40\n2 0 0 0 0 0 0 0 500\n";
    let benchmark = read_as("pr.txt", text, rounded(Rounding::Exact));
    let window = benchmark.problem().visits()[0].windows[0];
    assert_eq!((window.open().0, window.close().0), (30_000, 40_000));
    assert_eq!(benchmark.problem().vehicles()[0].shift_window().close().0, 500_000);
}

const DUHAMEL: &str = "\
//----
//-- 12 kg \u{e0} collecter
2 2 999999 0 0 0
1 5 10 2.5
2 20 100 1
0   // the depot
0 1000 3000
1000 0 2500
3000 2500 0
// amounts
1 4
2 5
";

#[test]
fn unequal_vehicles_cost_by_the_kilometre() {
    let benchmark = read_as("dlp.txt", DUHAMEL, AS_USUAL);
    // A large one takes both: 100 and 1 + 2.5 + 3 kilometres; or the small one takes one.
    check(&benchmark, "Route #1:\nRoute #2: 1 2\n", 106.5);
    check(&benchmark, "Route #1: 1\nRoute #2: 2\n", 15.0 + 106.0);
}

#[test]
fn prizes_left_out_are_paid() {
    let more = "CAPACITY : 1\nVEHICLES : 2\nDEMAND_SECTION\n1 0\n2 1\n3 1\n4 1\n\
                TIME_WINDOW_SECTION\n1 0 500\n2 0 500\n3 0 500\n4 0 500\n\
                PRIZE_SECTION\n1 0\n2 5\n3 50\n4 70\nDEPOT_SECTION\n1\n-1\n";
    // The second costs 40 and the third 60 to visit; the first would cost 20 and is worth 5.
    let benchmark = read_as("pc.vrp", &in_a_row("PCVRPTW", 3, more), AS_USUAL);
    check(&benchmark, "Route #1: 2\nRoute #2: 3\n", 105.0);
}

#[test]
fn one_of_a_group_is_visited() {
    let more = "CAPACITY : 9\nVEHICLES : 1\nDEMAND_SECTION\n1 0\n2 1\n3 1\n4 1\n5 1\n\
                MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 5\n2 3\n3 4\nDEPOT_SECTION\n1\n";
    let benchmark = read_as("g.vrp", &in_a_row("GVRP", 4, more), AS_USUAL);
    assert_eq!(benchmark.problem().orders().len(), 3);
    check(&benchmark, "Route #1: 1 2 3\n", 60.0);
    check(&benchmark, "Route #1: 2 3 4\n", 80.0);
    assert!(benchmark.start("a.sol", "Route #1: 1 4").is_err());
}

const UNEQUAL: &str = "\
VEHICLES : 4
DEMAND_SECTION
1 0
2 5
CAPACITY_SECTION
1 3
2 3
3 9
4 9
VEHICLES_FIXED_COST_SECTION
1 100
2 100
3 700
4 700
VEHICLES_UNIT_DISTANCE_COST_SECTION
1 100
2 100
3 150
4 150
DEPOT_SECTION
1
";

#[test]
fn unequal_vehicles_keep_their_numbers() {
    let text = in_a_row("HFVRP", 1, UNEQUAL);
    let benchmark = read_as("hf.vrp", &text, AS_USUAL);
    // Only the third and fourth carry it: 7 and 1.5 times 20.
    check(&benchmark, "Route #1:\nRoute #2:\nRoute #3: 1\n", 37.0);
    refuse(&benchmark, "Route #1: 1\n", Rule::Pieces);
    assert_eq!(benchmark.start("a.sol", "Route #4: 1\nCost 1").unwrap().len(), 1);
    assert!(benchmark.start("a.sol", "Route #5: 1").is_err());
}

#[test]
fn sites_ask_for_the_vehicles_that_may_come() {
    let more = "VEHICLES : 2\nVEHICLES_MAX_DURATION : 45\nDEMAND_SECTION\n1 0\n2 1\n3 1\n\
                SERVICE_TIME_SECTION\n1 0\n2 1\n3 2\nTIME_WINDOW_SECTION\n1 0 99\n2 0 99\n3 0 99\n\
                CAPACITY_SECTION\n1 9\n2 9\nVEHICLES_ALLOWED_CLIENTS_SECTION\n1 2\n2 2 3\n";
    // The second vehicle may go to both, which takes 40 on the way and 3 at the door.
    let text = in_a_row("SDVRPTW", 2, more);
    let benchmark = read_as("sd.vrp", &text, AS_USUAL);
    check(&benchmark, "Route #1:\nRoute #2: 1 2\n", 40.0);
    refuse(&benchmark, "Route #1: 1 2\n", Rule::Skill);
    let benchmark = read_as("sd.vrp", &text.replace(": 45", ": 42.5"), AS_USUAL);
    refuse(&benchmark, "Route #1:\nRoute #2: 1 2\n", Rule::Duration);
}

#[test]
fn depots_of_a_vrplib_file_share_the_clients() {
    let more = "CAPACITY : 9\nVEHICLES : 2\nDEMAND_SECTION\n1 0\n2 0\n3 5\n4 5\n\
                TIME_WINDOW_SECTION\n1 0 200\n2 0 200\n3 0 200\n4 0 200\n\
                VEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEPOT_SECTION\n1\n2\n";
    let benchmark = read_as("md.vrp", &in_a_row("MDVRPTW", 3, more), AS_USUAL);
    // Both depots lie on one side of both clients: 40 and 40, or 60 and 20.
    check(&benchmark, "Route #1: 2\nRoute #2: 3\n", 80.0);
    check(&benchmark, "Route #1: 3\nRoute #2: 2\n", 80.0);
    assert_eq!(benchmark.rounding(), Rounding::Exact);
}

#[test]
fn backhauls_follow_linehauls() {
    let more = "CAPACITY : 10\nDEMAND_SECTION\n1 0\n2 0\n3 5\n4 0\n\
                BACKHAUL_SECTION\n1 0\n2 5\n3 0\n4 5\nDEPOT_SECTION\n1\n";
    let text = in_a_row("VRPB", 3, more);
    let benchmark = read_as("b.vrp", &text, AS_USUAL);
    let kinds: Vec<Kind> = benchmark.problem().orders().iter().map(Order::kind).collect();
    assert_eq!(kinds, [Kind::Collect, Kind::Deliver, Kind::Collect]);
    check(&benchmark, "Route #1: 2 3 1\n", 60.0);
    refuse(&benchmark, "Route #1: 3 2 1\n", Rule::DeliverFirst);
    refuse(&benchmark, "Route #1: 2\nRoute #2: 3 1\n", Rule::DeliverFirst);
}

#[test]
fn trips_wait_for_what_is_released() {
    let more = "CAPACITY : 5\nVEHICLES : 1\nSERVICE_TIME : 1\nDEMAND_SECTION\n1 0\n2 5\n3 5\n\
                TIME_WINDOW_SECTION\n1 0 200\n2 0 200\n3 0 200\n\
                RELEASE_TIME_SECTION\n1 0\n2 170\n3 0\n\
                VEHICLES_RELOAD_DEPOT_SECTION\n1 1\nDEPOT_SECTION\n1\n";
    let benchmark = read_as("mt.vrp", &in_a_row("MTVRPTWR", 2, more), AS_USUAL);
    check(&benchmark, "Route #1: 2 0 1\n", 60.0);
    assert_eq!(planned(&benchmark, "Route #1: 2 | 1").cost(), Money(600));
    refuse(&benchmark, "Route #1: 1 0 2\n", Rule::ShiftClose);
}

#[test]
fn a_large_instance_has_no_table() {
    let clients = 5_001;
    let row = |i: usize| format!("{} {}\n", i + 1, i.min(1));
    let demands = (0..=clients).map(row).collect::<Vec<String>>().concat();
    let more = format!("CAPACITY : 9\nDEMAND_SECTION\n{demands}DEPOT_SECTION\n1\n");
    let benchmark = read_as("large.vrp", &in_a_row("CVRP", clients, &more), AS_USUAL);
    let leg = benchmark.problem().travel(VehicleId(0)).leg(0, clients).unwrap();
    assert_eq!(leg.metres, Metres(50_010));
}

#[test]
fn solutions_with_faults_name_their_lines() {
    let benchmark = read_as("four.vrp", CVRP, AS_USUAL);
    let fault = |text: &str| benchmark.start("a.sol", text).unwrap_err().to_string();
    assert!(fault("Route #1: 1 9\n").contains("a.sol: line 1: client: found \"9\""));
    assert!(fault("Route #1: 1\nRoute #2: 1\n").contains("also on line 1"));
    assert!(fault("Route 1 2\n").contains("a colon"));
    assert!(fault("Route #x: 1\n").contains("the number of a route"));
    assert!(fault("Nonsense\n").contains("Route #1: 3 7 2"));
}

/// Where the public instances are.
fn instances() -> PathBuf {
    let shared = std::env::var_os("LASTMILE_SHARED").expect("LASTMILE_SHARED names a folder");
    PathBuf::from(shared).join("instances")
}

/// The files of a folder, or the folders.
fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
#[ignore = "reads the public instances below LASTMILE_SHARED"]
fn every_public_instance_is_read() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for family in entries(&instances()).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&family) {
            match read(&path, Format::Auto, &AS_USUAL) {
                Err(error) => wrong.push(error.to_string()),
                Ok(benchmark) => {
                    let problem = benchmark.problem();
                    assert!(problem.orders().len() > 20, "{}", path.display());
                    assert!(problem.travel(VehicleId(0)).leg(0, 1).is_ok(), "{}", path.display());
                }
            }
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 900, "only {seen} instances were found");
}

#[test]
#[ignore = "reads the public instances below LASTMILE_SHARED"]
fn every_instance_of_the_suites_has_a_best_known_cost() {
    let table = std::fs::read_to_string(instances().join("bks.csv")).unwrap();
    let suites = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/suites");
    for suite in entries(&suites) {
        let text = std::fs::read_to_string(suite).unwrap();
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert!(instances().join(words[0]).is_file(), "{line}");
            let Some(convention) = words.get(1) else { continue };
            let (family, file) = words[0].split_once('/').unwrap();
            let begins = format!("{family},{},", file.rsplit_once('.').unwrap().0);
            let ends = format!(",{convention}");
            let is_ours = |row: &str| row.starts_with(&begins) && row.ends_with(&ends);
            assert!(table.lines().any(is_ours), "{line}");
        }
    }
}
