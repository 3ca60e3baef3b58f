//! Reads the source: rooms use lower rooms only, functions and files stay short, the clock is read
//! in one place, and the three texts of the quick start are one.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. Rooms of the upper two and the second floor do not see each other;
/// those of the ground floor may.
const FLOORS: [&[&str]; 7] = [
    &["units", "error", "place", "rng"],
    &["road", "cold"],
    &["problem"],
    &["schedule"],
    &["constraint"],
    &["plan"],
    &["format", "report", "optimizer"],
];
/// Rooms that belong to no floor: days for tests, and the shop window.
const OUTSIDE: [&str; 3] = ["sample", "lib", "prelude"];
const LONGEST_FUNCTION: usize = 70;
const LONGEST_FILE: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder of the crate with its text, by path.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
        }
    }
    assert!(!found.is_empty());
    found.sort();
    found
}

/// The name of the room a file of `src` stands in.
fn room(path: &Path) -> String {
    let first = path.components().nth(1).unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// May a file of room `from` use room `to`?
fn may_use(from: &str, to: &str) -> bool {
    match (floor(from), floor(to)) {
        _ if from == to || OUTSIDE.contains(&from) || to == "sample" => true,
        (Some(0), Some(0)) => true,
        (Some(from), Some(to)) => to < from,
        _ => false,
    }
}

/// The rooms a line of code names; types re-exported at the root are no rooms.
fn rooms_named(line: &str) -> Vec<String> {
    let code = line.trim_start();
    if code.starts_with("//") {
        return Vec::new();
    }
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    code.split("crate::")
        .skip(1)
        .map(word)
        .filter(|name| name.starts_with(char::is_lowercase))
        .collect()
}

#[test]
fn no_room_uses_a_room_above_or_beside_it() {
    let mut found = Vec::new();
    for (path, text) in sources(&["src"]) {
        let from = room(&path);
        assert!(
            floor(&from).is_some() || OUTSIDE.contains(&from.as_str()),
            "{} stands on no floor: add its room to FLOORS",
            path.display()
        );
        for (number, line) in text.lines().enumerate() {
            assert!(!line.contains("use crate::{"), "{}:{}", path.display(), number + 1);
            let wrong = rooms_named(line).into_iter().filter(|to| !may_use(&from, to));
            found.extend(wrong.map(|to| format!("{}:{} uses {to}", path.display(), number + 1)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_rule_of_floors_can_say_no() {
    assert!(may_use("plan", "constraint") && may_use("units", "error"));
    for (from, to) in [("road", "cold"), ("problem", "plan"), ("report", "optimizer")] {
        assert!(!may_use(from, to), "{from} may not use {to}");
    }
    assert_eq!(rooms_named("use crate::plan::Plan;"), ["plan"]);
    assert!(rooms_named("/// see [`crate::plan`]").is_empty());
}

/// How far a line is indented, in spaces.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn begins_function(line: &str) -> bool {
    let code = line.trim_start();
    let words: Vec<&str> = code.split_whitespace().take(5).collect();
    let known = |word: &&str| {
        matches!(*word, "const" | "unsafe" | "async" | "pub") || word.starts_with("pub(")
    };
    let name = words.iter().find(|word| !known(word));
    name == Some(&"fn")
}

/// Name line and length of every function of a formatted text: from its `fn` to the brace that
/// stands below it.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
        let closes = |other: &&str| {
            indent(other) == indent(line) && (other.trim() == "}" || other.ends_with(';'))
        };
        let one_line = line.ends_with('}') || line.ends_with(';');
        let more = if one_line { Some(0) } else { lines[start + 1..].iter().position(closes) };
        found.push((start + 1, more.map_or(lines.len() - start, |more| more + 2)));
    }
    found
}

#[test]
fn no_function_is_longer_than_it_reads() {
    let mut found = Vec::new();
    for (path, text) in sources(&["src", "examples", "tests", "benches"]) {
        for (line, length) in functions(&text).into_iter().filter(|f| f.1 > LONGEST_FUNCTION) {
            found.push(format!("{}:{line} has {length} lines", path.display()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn functions_are_measured_from_name_to_brace() {
    let text = "pub fn one(\n    a: u8,\n) -> u8 {\n    a\n}\n\nfn two() {}\n";
    assert_eq!(functions(text), [(1, 5), (7, 2)]);
    assert!(begins_function("    pub(crate) const fn x() {") && !begins_function("let fn_x = 1;"));
}

#[test]
fn no_file_holds_two_things() {
    for (path, text) in sources(&["src", "examples", "tests", "benches"]) {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
        assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
    }
}

#[test]
fn the_clock_is_read_in_one_place_and_the_search_touches_no_file() {
    for (path, text) in sources(&["src"]) {
        let is_stop = path == Path::new("src/optimizer/stop.rs");
        assert!(is_stop || !text.contains("Instant::now"), "{} reads the clock", path.display());
        assert!(!text.contains("SystemTime::now"), "{} reads the calendar", path.display());
        if room(&path) == "optimizer" {
            for word in ["std::fs", "std::io", "std::env", "std::net"] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn what_checks_the_fast_way_does_not_use_it() {
    let reads_plainly = |path: &Path| {
        ["report", "schedule"].contains(&room(path).as_str())
            || path.starts_with("src/plan/audit")
            || path == Path::new("src/plan/audit.rs")
    };
    for (path, text) in sources(&["src"]).into_iter().filter(|(path, _)| reads_plainly(path)) {
        for word in ["Resource", "Segment", "admits"] {
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let used = text.lines().filter(is_code).any(|line| line.contains(word));
            assert!(!used, "{} uses {word}", path.display());
        }
    }
}

/// The code of the quick start in a text that quotes it, without what makes it a comment.
fn quoted(text: &str, mark: &str) -> String {
    let lines = text.lines().map(|line| line.strip_prefix(mark).unwrap_or(line));
    let lines =
        lines.map(|line| line.strip_prefix(' ').filter(|_| !mark.is_empty()).unwrap_or(line));
    let block = lines.skip_while(|line| *line != "use std::sync::Arc;");
    let block: Vec<&str> = block.take_while(|line| *line != "```").collect();
    assert!(block.len() > 10, "the quick start is not there");
    block.join("\n").trim_end().to_owned()
}

#[test]
fn readme_crate_docs_and_example_show_the_same_quick_start() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let example = quoted(&read("examples/quick_start.rs"), "");
    assert_eq!(quoted(&read("README.md"), ""), example, "README.md");
    assert_eq!(quoted(&read("src/lib.rs"), "//!"), example, "src/lib.rs");
}

#[test]
fn the_day_of_the_readme_can_be_planned() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let text = readme.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let day = lastmile::format::day::parse("README.md", text.as_bytes()).unwrap();
    assert_eq!((day.orders.len(), day.closures.len()), (4, 1));
}

/// The worked cases T1 to T25 of the cold chain each have a test that says its number; a test that
/// covers two says both, as `t04_t05_`.
#[test]
fn every_worked_case_of_the_cold_chain_has_its_test() {
    let text: String = sources(&["src"]).into_iter().map(|(_, text)| text).collect();
    let names: Vec<&str> = text
        .match_indices("fn t")
        .map(|(at, _)| text[at + 3..].split('(').next().unwrap_or_default())
        .collect();
    let has = |case: usize| {
        let tag = format!("t{case:02}");
        names.iter().any(|name| name.split('_').take(2).any(|word| word == tag))
    };
    let missing: Vec<usize> = (1..=25).filter(|&case| !has(case)).collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}
