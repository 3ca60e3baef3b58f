//! The example program `plan`, run as a planner would run it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const FILES: [&str; 3] = ["plan.json", "routes.geojson", "sheet.html"];
const DAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/huatugou/day.json");
const ROADS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/huatugou/roads.osm.gz");
/// Rows that are good, in the town of Huatugou.
const GOOD: &str = "id,lat,lon,mass_kg,windows\n\
    a1,38.2509,90.8605,1.2,\na2,38.2482,90.8618,8.5,09:00-12:00\na3,38.2518,90.8552,0.6,\n";

/// The program: cargo builds it beside the tests.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    profile.join("examples").join(format!("plan{}", std::env::consts::EXE_SUFFIX))
}

/// A folder to run in.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program with these arguments, split at blanks, in this folder.
    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(program());
        command.args(arguments.split_whitespace()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it, which must end with `code`; what it says on standard error.
    fn ends(&self, arguments: &str, code: i32) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "plan {arguments}: {said}");
        assert!(!said.contains("panicked"), "plan {arguments}: {said}");
        said
    }

    /// The three files of a run into `out`, which must be whole.
    fn files(&self, out: &str) -> [Vec<u8>; 3] {
        let files = FILES.map(|name| fs::read(self.path(out).join(name)).unwrap());
        whole(&files);
        files
    }
}

fn whole(files: &[Vec<u8>; 3]) {
    let text = |i: usize| std::str::from_utf8(&files[i]).unwrap();
    let document: Value = serde_json::from_str(text(0)).unwrap();
    let times = orders(&document);
    assert_eq!(document["header"]["orders"], times.len());
    assert!(times.values().all(|&count| count == 1), "{times:?}");
    assert!(text(1).parse::<geojson::GeoJson>().is_ok());
    well_formed(text(2));
}

/// How often each order is served or unserved.
fn orders(document: &Value) -> BTreeMap<String, usize> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let trips = list(&document["routes"]).into_iter().flat_map(|route| list(&route["trips"]));
    let stops = trips.flat_map(|trip| list(&trip["stops"]));
    let stops = stops.filter(|stop| stop["kind"] != "ship_pickup");
    let mut times = BTreeMap::new();
    for one in stops.chain(list(&document["unserved"])) {
        if let Some(order) = one["order"].as_str() {
            *times.entry(order.to_owned()).or_default() += 1;
        }
    }
    times
}

fn well_formed(html: &str) {
    assert!(html.trim_end().ends_with("</html>"), "the sheet is cut off");
    let mut reader = quick_xml::Reader::from_str(html);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("byte {}: {error}", reader.error_position()),
        }
    }
}

fn read_plan(files: &[Vec<u8>; 3]) -> Value {
    serde_json::from_slice(&files[0]).unwrap()
}

#[test]
fn the_default_day_is_planned_completely() {
    let bench = Bench::new();
    bench.ends("--steps 300 --threads 2", 0);
    let document = read_plan(&bench.files("out"));
    assert_eq!(document["unserved"].as_array().map(Vec::len), Some(0));
    assert_eq!(document["header"]["interrupted"], false);
    let mut names: Vec<_> = fs::read_dir(bench.path("out")).unwrap().collect();
    names.sort_by_key(|entry| entry.as_ref().unwrap().file_name());
    let names: Vec<_> = names.into_iter().map(|entry| entry.unwrap().file_name()).collect();
    let cold = ["cold.csv", "cold.html", "cold_boxes.csv"];
    assert_eq!(names, [cold, FILES].concat());
}

#[test]
fn a_day_with_an_unserved_order_ends_with_4() {
    let bench = Bench::new();
    bench.file("heavy.csv", format!("{GOOD}a4,38.2509,90.8605,90000,\n"));
    bench.ends("--steps 50 --orders heavy.csv", 4);
    let document = read_plan(&bench.files("out"));
    assert_eq!(document["unserved"][0]["order"], "a4");
    assert!(document["unserved"][0].to_string().contains("CAPACITY_WEIGHT"));
}

#[test]
fn wrong_usage_ends_with_2_and_writes_nothing() {
    let bench = Bench::new();
    for wrong in [
        "--colour red",
        "stray",
        "--time-limit NaN",
        "--time-limit -5",
        "--time-limit 1e999",
        "--time-limit=-0.1",
        "--steps -1",
        "--steps 1.5",
        "--seed x",
        "--threads 0",
        "--threads -1",
        "--threads 100000",
        "--orders=-3",
        "--orders=nan",
        "--orders=99999999999",
        "--station 91,0",
        "--station 1",
        "--datum mars",
    ] {
        let said = bench.ends(wrong, 2);
        assert!(!said.is_empty(), "{wrong}");
    }
    assert_eq!(fs::read_dir(bench.folder.path()).unwrap().count(), 0);
}

#[test]
fn a_refused_input_is_named_and_nothing_changes() {
    let bench = Bench::new();
    bench.ends("--steps 0 --threads 1", 0);
    let before = bench.files("out");
    let good = fs::read_to_string(DAY).unwrap();
    bench.file("empty.json", "");
    bench.file("cut.json", &good[..good.len() / 2]);
    bench.file("typo.json", good.replacen("\"stations\"", "\"statoins\"", 1));
    bench.file("north.json", good.replacen("38.256656", "98.256656", 1));
    bench.file("twice.json", good.replacen("H-102", "H-101", 1));
    bench.file("bytes.json", b"\xff\xfe\x00");
    bench.file("empty.csv", "");
    bench.file("words.csv", "id,lat,lon\nx,north,90.8\n");
    bench.file("noid.csv", "lat,lon\n38.25,90.86\n");
    bench.file("bytes.osm", b"\x00\x01\x02");
    bench.file("empty.osm", "<osm version=\"0.6\"></osm>");
    for (flag, name) in [
        ("--day", "empty.json"),
        ("--day", "cut.json"),
        ("--day", "typo.json"),
        ("--day", "north.json"),
        ("--day", "twice.json"),
        ("--day", "bytes.json"),
        ("--day", "missing.json"),
        ("--orders", "empty.csv"),
        ("--orders", "words.csv"),
        ("--orders", "noid.csv"),
        ("--orders", "missing.csv"),
        ("--roads", "bytes.osm"),
        ("--roads", "empty.osm"),
        ("--roads", "missing.osm.pbf"),
    ] {
        // The day file names its own map, which is not beside it here.
        let roads = if flag == "--day" { format!("--roads {ROADS}") } else { String::new() };
        let said = bench.ends(&format!("{flag} {name} {roads}"), 3);
        assert!(said.contains(name), "{said}");
        let fresh = format!("{flag} {name} {roads} --out fresh");
        bench.ends(&fresh, 3);
        assert!(!bench.path("fresh").exists(), "{name}");
    }
    assert!(bench.files("out") == before, "the old files changed");
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_the_search() {
    let bench = Bench::new();
    bench.file("taken", "a file");
    fs::create_dir_all(bench.path("half/sheet.html")).unwrap();
    // Ten minutes of search would be noticed.
    for (out, name) in [("taken", "taken"), ("taken/below", "taken"), ("half", "sheet.html")] {
        let said = bench.ends(&format!("--time-limit 600 --out {out}"), 5);
        assert!(said.contains(name), "{said}");
    }
    assert_eq!(fs::read(bench.path("taken")).unwrap(), b"a file");
    assert!(!bench.path("half/plan.json").exists());
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_told_before_the_search() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let folder = bench.path("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write everywhere.
    if tempfile::tempfile_in(&folder).is_err() {
        bench.ends("--time-limit 600 --out closed", 5);
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn an_input_is_never_overwritten() {
    let bench = Bench::new();
    let day = fs::read(DAY).unwrap();
    bench.file("plan.json", &day);
    bench.file("sheet.html", GOOD);
    fs::create_dir(bench.path("sub")).unwrap();
    let said = bench.ends(&format!("--day plan.json --roads {ROADS} --out ."), 2);
    assert!(said.contains("plan.json"), "{said}");
    bench.ends(&format!("--day sub/../plan.json --roads {ROADS} --out sub/.."), 2);
    bench.ends("--orders sheet.html --out .", 2);
    assert_eq!(fs::read(bench.path("plan.json")).unwrap(), day);
    assert_eq!(fs::read(bench.path("sheet.html")).unwrap(), GOOD.as_bytes());
}

#[test]
fn no_time_gives_a_first_plan() {
    let bench = Bench::new();
    bench.ends("--time-limit 0", 0);
    assert_eq!(read_plan(&bench.files("out"))["header"]["steps"], 0);
}

#[test]
fn the_same_work_gives_the_same_bytes_wherever_it_runs() {
    let bench = Bench::new();
    let work = "--steps 600 --seed 5 --threads 2 --orders 30";
    bench.ends(&format!("{work} --out one"), 0);
    bench.ends(&format!("{work} --out two"), 0);
    let one = bench.files("one");
    assert!(one == bench.files("two"), "two runs differ");
    let elsewhere = tempfile::tempdir().unwrap();
    let out = bench.path("three");
    let mut command = bench.command(work);
    command.arg("--out").arg(&out).current_dir(elsewhere.path());
    command.env_clear().env("TZ", "America/St_Johns").env("LC_ALL", "tr_TR.UTF-8");
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    assert!(one == bench.files("three"), "another zone, language or folder changes the plan");
}

#[test]
fn a_day_grows_by_its_number_of_orders() {
    let bench = Bench::new();
    let mut smaller = BTreeMap::new();
    for count in [10, 20, 60] {
        let output = bench.run(&format!("--steps 100 --threads 1 --orders {count}"));
        assert!(matches!(output.status.code(), Some(0 | 4)));
        let larger = orders(&read_plan(&bench.files("out")));
        assert_eq!(larger.len(), count);
        assert!(smaller.keys().all(|id| larger.contains_key(id)));
        smaller = larger;
    }
}

#[test]
fn bad_rows_are_all_told_in_one_run() {
    let bench = Bench::new();
    let rows: String = (0..150).fold(String::new(), |rows, i| rows + &format!("b{i},91,90.8,1,\n"));
    bench.file("bad.csv", format!("{GOOD}{rows}"));
    let said = bench.ends("--orders bad.csv", 3);
    assert_eq!(said.matches("bad.csv: line ").count(), 100, "{said}");
    assert!(said.contains("line 5") && said.contains("and 50 more"), "{said}");
    assert!(!bench.path("out").exists());
}

#[test]
fn bad_rows_change_nothing_for_the_good_ones() {
    let bench = Bench::new();
    bench.file("good.csv", GOOD);
    let mut lines: Vec<&str> = GOOD.lines().collect();
    lines.insert(2, "x1,91,90.8,1,");
    lines.insert(3, "x2,38.2,90.8,-4,");
    lines.push("x3,38.2,90.8,1,12:00-09:00");
    lines.push("a1,38.2,90.8,1,");
    bench.file("mixed.csv", lines.join("\n"));
    let work = "--steps 200 --threads 2";
    bench.ends(&format!("{work} --orders good.csv --out good"), 0);
    let said = bench.ends(&format!("{work} --orders mixed.csv --skip-bad-rows --out mixed"), 4);
    assert_eq!(said.matches("rejected: ").count(), 4, "{said}");
    for line in ["line 3", "line 4", "line 7", "line 8"] {
        assert!(said.contains(line), "{line} is not told: {said}");
    }
    assert!(bench.files("good") == bench.files("mixed"), "the plans differ");
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() {
    let bench = Bench::new();
    let mut child = bench.command("--steps 50").spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    bench.files("out");
}

#[cfg(unix)]
mod signals {
    use std::process::Child;
    use std::time::{Duration, Instant};

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test times a process")]
    fn now() -> Instant {
        Instant::now()
    }

    fn send(child: &Child, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until the search runs: the folder is made just before it.
    fn begin(bench: &Bench, arguments: &str) -> Child {
        let child = bench.command(arguments).spawn().unwrap();
        for _ in 0..1000 {
            if bench.path("out").exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        child
    }

    fn interrupted(signal: &str, pause: u64) {
        let bench = Bench::new();
        let mut child = begin(&bench, "--time-limit 600 --threads 2 --orders 40");
        std::thread::sleep(Duration::from_millis(pause));
        send(&child, signal);
        let sent = now();
        let status = child.wait().unwrap();
        assert!(sent.elapsed() < Duration::from_secs(1), "{signal}: {:?}", sent.elapsed());
        assert_eq!(status.code(), Some(130), "{signal} after {pause} ms");
        assert_eq!(read_plan(&bench.files("out"))["header"]["interrupted"], true);
    }

    #[test]
    fn an_interrupted_search_leaves_its_best_plan_within_a_second() {
        for (signal, pause) in [("-INT", 0), ("-INT", 30), ("-TERM", 200), ("-TERM", 700)] {
            interrupted(signal, pause);
        }
    }

    #[test]
    fn a_second_signal_ends_the_program_at_once() {
        let bench = Bench::new();
        let mut child = begin(&bench, "--time-limit 600 --threads 2 --orders 1500");
        send(&child, "-INT");
        std::thread::sleep(Duration::from_millis(50));
        // It may already have ended by the first.
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).output();
        let sent = now();
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(sent.elapsed() < Duration::from_millis(500), "{:?}", sent.elapsed());
    }

    #[test]
    fn a_killed_run_leaves_each_old_file_or_the_new_one_whole() {
        let bench = Bench::new();
        bench.ends("--steps 0 --threads 1", 0);
        let mut old = bench.files("out");
        for round in 0..12_u64 {
            let mut child = bench.command("--steps 0 --threads 1 --orders 30").spawn().unwrap();
            std::thread::sleep(Duration::from_millis(60 + 15 * round));
            let _ = child.kill();
            child.wait().unwrap();
            for (name, before) in FILES.iter().zip(&mut old) {
                let bytes = fs::read(bench.path("out").join(name)).unwrap();
                let text = std::str::from_utf8(&bytes).unwrap();
                match *name {
                    "plan.json" => assert!(serde_json::from_str::<Value>(text).is_ok()),
                    "sheet.html" => well_formed(text),
                    _ => assert!(text.parse::<geojson::GeoJson>().is_ok()),
                }
                *before = bytes;
            }
        }
    }
}
