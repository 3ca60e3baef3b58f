//! Broken files of each format, with the fault each must give, and proof that no bytes make a
//! reader panic.

use proptest::prelude::*;

use super::{CORDEAU, CVRP, DUHAMEL, LI_LIM, SOLOMON, UNEQUAL, in_a_row};
use crate::error::{Code, Fault};
use crate::format::benchmark::{Format, Objective, Options, Rounding, parse};

const USUAL: Options = Options { rounding: None, objective: Objective::Distance };

/// The first fault of a text must be this one.
fn check(format: Format, text: &str, code: Code, place: &str, field: &str) {
    let Err(error) = parse("bad.txt", text.as_bytes(), format, &USUAL) else {
        panic!("expected a fault at {place}: {field} in\n{text}");
    };
    let fault = &error.faults()[0];
    let found = (fault.code(), fault.place_name(), fault.field_name());
    assert_eq!(found, (code, place, field), "{error}");
    assert_eq!((fault.file_name(), error.exit_code()), ("bad.txt", 3));
}

/// A good text with one thing replaced gives this fault.
fn broken(format: Format, good: &str, (old, new): (&str, &str), fault: (Code, &str, &str)) {
    assert!(good.contains(old), "{old}");
    check(format, &good.replacen(old, new, 1), fault.0, fault.1, fault.2);
}

#[test]
fn texts_of_no_format_are_refused() {
    let auto = |text, code, place| check(Format::Auto, text, code, place, "");
    auto("", Code::Empty, "");
    auto(" \n\n", Code::Empty, "");
    auto("hello\nworld\n", Code::WrongKind, "line 1");
    auto("1 2 3\n4 5 6\n", Code::WrongKind, "line 1");
}

#[test]
fn broken_vrplib_files() {
    let cvrp = |change, fault| broken(Format::Vrplib, CVRP, change, fault);
    cvrp(("DIMENSION : 4", "DIMENSION : x"), (Code::WrongType, "line 4", "DIMENSION"));
    cvrp(("DIMENSION : 4", "DIMENSION : 0"), (Code::OutOfRange, "line 4", "DIMENSION"));
    cvrp(("DIMENSION : 4\n", ""), (Code::MissingField, "", "DIMENSION"));
    cvrp(("DIMENSION : 4", "DIMENSION : 5"), (Code::MissingPart, "", "NODE_COORD_SECTION"));
    cvrp(("3 6 8", "3 6 x"), (Code::WrongType, "line 10", "y"));
    cvrp(("3 6 8", "3 6 1e12"), (Code::OutOfRange, "line 10", "y"));
    cvrp(("3 6 8", "3 6 nan"), (Code::OutOfRange, "line 10", "y"));
    cvrp(("3 6 8", "3 6"), (Code::RaggedRow, "line 10", ""));
    cvrp(("3 6 8", "7 6 8"), (Code::OutOfRange, "line 10", "NODE_COORD_SECTION"));
    cvrp(("3 6 8", "2 6 8"), (Code::DoubleId, "line 10", "NODE_COORD_SECTION"));
    cvrp(("3 5\n", "3 -5\n"), (Code::OutOfRange, "line 15", "DEMAND_SECTION"));
    cvrp(("3 5\n", "3 5.5\n"), (Code::WrongType, "line 15", "DEMAND_SECTION"));
    cvrp((" 1\n", " 9\n"), (Code::OutOfRange, "line 18", "DEPOT_SECTION"));
    cvrp((" 1\n", " 1\n 1\n"), (Code::DoubleId, "line 19", "DEPOT_SECTION"));
    cvrp(("EUC_2D", "GEO"), (Code::UnknownFeature, "line 5", "EDGE_WEIGHT_TYPE"));
    cvrp(("EUC_2D", "EXPLICIT"), (Code::CutOff, "", "EDGE_WEIGHT_SECTION"));
    cvrp(("CAPACITY", "SECRET"), (Code::UnknownFeature, "line 6", "SECRET"));
    cvrp(("CAPACITY", "DIMENSION"), (Code::DoubleField, "line 6", "DIMENSION"));
    cvrp(("DEPOT_SECTION", "ODD_SECTION"), (Code::UnknownFeature, "line 17", "ODD_SECTION"));
    cvrp(("NAME", "stray words\nNAME"), (Code::Syntax, "line 1", ""));
    cvrp(("3 6 8", "3 6 9e8"), (Code::Overflow, "", "coordinates"));
}

#[test]
fn broken_sections_of_other_variants() {
    let row = |more: &str, code, place, field| {
        check(Format::Vrplib, &in_a_row("VRP", 2, more), code, place, field);
    };
    row("TIME_WINDOW_SECTION\n1 0 9\n2 5 4\n3 0 9\n", Code::UpsideDown, "line 10", "window");
    row("TIME_WINDOW_SECTION\n1 0 9\n2 5\n", Code::RaggedRow, "line 10", "");
    row("TIME_WINDOW_SECTION\n1 0 9\n", Code::MissingPart, "", "TIME_WINDOW_SECTION");
    row("PRIZE_SECTION\n1 0\n2 -1\n3 0\n", Code::OutOfRange, "line 10", "PRIZE_SECTION");
    let group = "MUTUALLY_EXCLUSIVE_GROUP_SECTION";
    row(&format!("{group}\n1 2 3\n2 3\n"), Code::DoubleId, "line 10", group);
    row(&format!("{group}\n1 2 4\n"), Code::OutOfRange, "line 9", group);
    let demands = "DEMAND_SECTION\n1 0\n2 1\n3 2\n";
    row(&format!("{demands}{group}\n1 2 3\n"), Code::Contradiction, "group 1", "group");
    let both = "BACKHAUL_SECTION\n1 0\n2 1\n3 0\n";
    let text = format!("{demands}{both}");
    row(&text, Code::UnknownFeature, "location 2", "BACKHAUL_SECTION");
    let depots = "VEHICLES : 1\nDEPOT_SECTION\n1\nVEHICLES_DEPOT_SECTION\n1 2\n";
    row(depots, Code::DanglingReference, "line 12", "VEHICLES_DEPOT_SECTION");
    row("VEHICLES : x\n", Code::WrongType, "line 8", "VEHICLES");
    row("SERVICE_TIME : -1\n", Code::OutOfRange, "line 8", "SERVICE_TIME");
    row(
        "SERVICE_TIME_SECTION\n1 5\n2 5\n3 5\n",
        Code::UnknownFeature,
        "location 1",
        "SERVICE_TIME_SECTION",
    );
    let many = format!("{}2 1\n", "VEHICLES : 2\nCAPACITY_SECTION\n1 1\n2 1\n");
    row(&many, Code::DoubleId, "line 12", "CAPACITY_SECTION");
}

#[test]
fn broken_solomon_files() {
    let solomon = |change, fault| broken(Format::Solomon, SOLOMON, change, fault);
    solomon(("  5         20", "  5"), (Code::RaggedRow, "line 5", ""));
    solomon(("  5         20", "  0  20"), (Code::OutOfRange, "line 5", "NUMBER"));
    solomon(("VEHICLE", "WAGGON"), (Code::MissingPart, "", "VEHICLE"));
    solomon(("    2      6", "    4      6"), (Code::BadId, "line 12", "CUST NO."));
    solomon(("40         60", "60         40"), (Code::UpsideDown, "line 12", "window"));
    solomon(("8         10", "8         ten"), (Code::WrongType, "line 12", "DEMAND"));
    let head = SOLOMON.split("    0  ").next().unwrap_or_default();
    check(Format::Solomon, head, Code::MissingPart, "", "CUSTOMER");
}

#[test]
fn broken_li_lim_files() {
    let li_lim = |change, fault| broken(Format::LiLim, LI_LIM, change, fault);
    li_lim(("5\t10\t1", "5\t10"), (Code::RaggedRow, "line 1", ""));
    li_lim(("5\t10\t1", "5\t-1\t1"), (Code::OutOfRange, "line 1", "capacity"));
    li_lim(("\t0\t3\n", "\t0\t9\n"), (Code::DanglingReference, "line 3", "delivery"));
    li_lim(("\t1\t0\n", "\t2\t0\n"), (Code::DanglingReference, "line 3", "delivery"));
    li_lim(("\t0\t3\n", "\t0\t0\n"), (Code::DanglingReference, "line 3", "delivery"));
    li_lim(("0\t-10\t0", "0\t-9\t0"), (Code::Contradiction, "line 4", "demand"));
    li_lim(("2\t30", "7\t30"), (Code::BadId, "line 4", "number"));
    check(Format::LiLim, "5 10 1\n", Code::MissingPart, "", "table");
    check(Format::LiLim, "", Code::Empty, "", "");
}

#[test]
fn broken_cordeau_files() {
    let cordeau = |change, fault| broken(Format::Cordeau, CORDEAU, change, fault);
    cordeau(("2 1 4 2", "3 1 4 2"), (Code::UnknownFeature, "line 1", "type"));
    cordeau(("2 1 4 2", "2 0 4 2"), (Code::OutOfRange, "line 1", "vehicles"));
    cordeau(("2 1 4 2", "2 1 9 2"), (Code::MissingPart, "", "table"));
    cordeau(("2 1 4 2", "2 1 3 2"), (Code::RaggedRow, "line 9", ""));
    cordeau((" 2  20 0", " 3  20 0"), (Code::BadId, "line 5", "number"));
    cordeau(("100 10", "100"), (Code::RaggedRow, "line 2", ""));
    let (head, _) = CORDEAU.split_at(CORDEAU.len() - 16);
    check(Format::Cordeau, head, Code::MissingPart, "", "table");
    check(Format::Cordeau, "", Code::MissingPart, "", "type");
}

#[test]
fn broken_duhamel_files() {
    let duhamel = |change, fault| broken(Format::Duhamel, DUHAMEL, change, fault);
    duhamel(("2 2 999999", "x 2 999999"), (Code::WrongType, "line 3", "clients"));
    duhamel(("1 5 10 2.5", "1 5 10"), (Code::RaggedRow, "line 4", ""));
    duhamel(("1 5 10 2.5", "1 5 10 2.5555"), (Code::OutOfRange, "line 4", "cost per kilometre"));
    duhamel(("1000 0 2500", "1000 0"), (Code::RaggedRow, "line 8", ""));
    duhamel(("1000 0 2500", "1000 0 -1"), (Code::OutOfRange, "line 8", "metres"));
    duhamel(("2 5\n", "1 5\n"), (Code::DoubleId, "line 12", "town"));
    duhamel(("2 5\n", ""), (Code::MissingPart, "", "amounts"));
    check(Format::Duhamel, "// nothing\n", Code::MissingPart, "", "counts");
}

#[test]
fn every_fault_of_a_file_is_named_in_one_run() {
    let text = CVRP.replace("2 3 4", "2 x 4").replace("3 5\n", "3 y\n").replace("4 6\n", "4 -6\n");
    let error = parse("bad.vrp", text.as_bytes(), Format::Auto, &USUAL).unwrap_err();
    let places: Vec<&str> = error.faults().iter().map(Fault::place_name).collect();
    assert_eq!(places, ["line 9", "line 15", "line 16"], "{error}");
}

/// A good text of each format.
fn good(number: usize) -> String {
    match number {
        0 => CVRP.into(),
        1 => SOLOMON.into(),
        2 => LI_LIM.into(),
        3 => CORDEAU.into(),
        4 => DUHAMEL.into(),
        _ => in_a_row("HFVRP", 1, UNEQUAL),
    }
}

/// Reads in every way; only a panic is wrong.
fn read_all(bytes: &[u8]) {
    for (_, format) in Format::ALL {
        for (_, rounding) in Rounding::ALL {
            let options = Options { rounding: Some(rounding), objective: Objective::Hierarchical };
            if let Ok(benchmark) = parse("x", bytes, format, &options) {
                let text = String::from_utf8_lossy(bytes);
                assert!(benchmark.start("x", &text).is_err() || text.is_empty());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        read_all(&bytes);
        read_all(&[b"DIMENSION : 3\nNODE_COORD_SECTION\n", &bytes[..]].concat());
    }

    #[test]
    fn no_damage_to_a_good_file_makes_a_reader_panic(
        number in 0usize..6,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, "[\n :0-9eE.+_A-Z-]{0,8}"), 1..4),
    ) {
        let mut bytes = good(number).into_bytes();
        for (at, length, new) in cuts {
            let from = at.index(bytes.len());
            let until = (from + length).min(bytes.len());
            bytes.splice(from..until, new.bytes());
        }
        read_all(&bytes);
    }
}
