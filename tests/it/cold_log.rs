//! The cold-chain files of `plan`, and the program `cold_log` behind them, run as a pharmacist would.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A program of the examples: cargo builds them beside the tests.
fn run(program: &str, folder: &Path, arguments: &[&str]) -> Output {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let path: PathBuf = profile.join("examples").join(name);
    Command::new(path).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Vehicle, trip and label of the first box, when it is closed and when it is back, in seconds.
fn first_box(folder: &Path) -> ([String; 3], i64, i64) {
    let table = fs::read_to_string(folder.join("out/cold_boxes.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|field| field == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let name = |row: &csv::StringRecord| ["vehicle", "trip", "box"].map(|n| row[at(n)].to_owned());
    let clock = |text: &str| -> i64 {
        let parts: Vec<i64> = text.split(':').map(|part| part.parse().unwrap()).collect();
        parts[0] * 3600 + parts[1] * 60 + parts[2]
    };
    let first = name(&rows[0]);
    let own: Vec<&csv::StringRecord> = rows.iter().filter(|row| name(row) == first).collect();
    let (closed, back) = (clock(&own[0][at("from")]), clock(&own[own.len() - 1][at("until")]));
    (first, closed, back)
}

/// A logger's file with a reading every four minutes.
fn log(closed: i64, back: i64, celsius: f64) -> String {
    let mut text = String::from("Device,T-17\nTime,Temperature (°C)\n");
    for at in (closed..=back).step_by(240) {
        let (hour, minute, second) = (at / 3600, at / 60 % 60, at % 60);
        let _ = writeln!(text, "2026-01-28 {hour:02}:{minute:02}:{second:02},{celsius}");
    }
    text
}

#[test]
fn the_plan_writes_its_cold_files_and_the_log_is_laid_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let planned = run("plan", folder.path(), &["--steps", "50", "--threads", "1"]);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned.stderr));
    let page = fs::read_to_string(folder.path().join("out/cold.html")).unwrap();
    assert!(page.contains("PREDICTED") && page.ends_with("</html>\n"));
    let plan = fs::read(folder.path().join("out/plan.json")).unwrap();
    let plan: Value = serde_json::from_slice(&plan).unwrap();
    assert_eq!(plan["robustness"].as_array().unwrap().len(), 4);
    assert_eq!(plan["robustness"][0]["blocked"], false);

    let ([vehicle, trip, label], closed, back) = first_box(folder.path());
    let arguments = |more: &[&'static str]| {
        let named = ["--box", &label, "--vehicle", &vehicle, "--trip", &trip].map(str::to_owned);
        named.into_iter().chain(more.iter().map(|&m| m.to_owned())).collect::<Vec<String>>()
    };
    let compare = |more: &[&'static str]| {
        let given = arguments(more);
        run("cold_log", folder.path(), &given.iter().map(String::as_str).collect::<Vec<_>>())
    };
    fs::write(folder.path().join("good.csv"), log(closed, back, 4.5)).unwrap();
    let more = ["good.csv", "--epcis", "e.json", "--epc", "urn:uuid:1", "--device", "urn:uuid:2"];
    let good = compare(&more);
    assert_eq!(good.status.code(), Some(0), "{}{}", text(&good.stdout), text(&good.stderr));
    assert!(text(&good.stdout).contains("predicted less measured"));
    let epcis = fs::read(folder.path().join("e.json")).unwrap();
    let epcis: Value = serde_json::from_slice(&epcis).unwrap();
    let element = &epcis["epcisBody"]["eventList"][0]["sensorElementList"][0];
    assert_eq!(element["sensorReport"][0]["maxValue"], 4.5);

    fs::write(folder.path().join("warm.csv"), log(closed, back, 9.0)).unwrap();
    let warm = compare(&["warm.csv"]);
    assert_eq!(warm.status.code(), Some(4));
    assert!(text(&warm.stdout).contains("alarm above 8.0 °C: FIRED"), "{}", text(&warm.stdout));

    fs::write(folder.path().join("bad.csv"), "time,temperature\nnoon,4\n2026-01-28 09:00,x\n")
        .unwrap();
    let bad = compare(&["bad.csv"]);
    assert_eq!(bad.status.code(), Some(3));
    let said = text(&bad.stderr);
    assert!(
        said.contains("bad.csv: line 2: time") && said.contains("line 3: temperature"),
        "{said}"
    );
    let nowhere = run("cold_log", folder.path(), &["good.csv", "--box", "X-9"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(text(&nowhere.stderr).contains(&label));
}

#[test]
fn a_day_without_cold_goods_leaves_no_cold_files_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = "id,lat,lon\na1,38.2509,90.8605\n";
    fs::write(folder.path().join("orders.csv"), sheet).unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/cold.html"), "yesterday's, PREDICTED").unwrap();
    fs::write(folder.path().join("out/cold.csv"), "somebody's own").unwrap();
    let arguments = ["--orders", "orders.csv", "--steps", "0", "--threads", "1"];
    let planned = run("plan", folder.path(), &arguments);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned.stderr));
    assert!(folder.path().join("out/sheet.html").exists());
    assert!(!folder.path().join("out/cold.html").exists());
    assert!(folder.path().join("out/cold.csv").exists());
}
