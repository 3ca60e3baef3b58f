//! The report is well-formed, complete, marked, and says what the boxes do.

use std::sync::Arc;

use super::*;
use crate::cold::{Conditioning, Doorstep, PackOut, Product, ShelfLife, VialMonitor, Weather};
use crate::plan::Plan;
use crate::problem::{Call, ColdBox, Order, Problem, Role, VehicleId, Visit};
use crate::report::fixture;
use crate::report::sheet_html::tests::parse;
use crate::schedule::{Stress, box_days};
use crate::units::Seconds;

fn cold_orders(plan: &Plan) -> Vec<String> {
    let visits = plan.routes().iter().flat_map(crate::plan::Route::visits);
    let cold = |visit: &&Visit| visit.class.is_some() && visit.role != Role::ShipPickup;
    let visits = visits.map(|id| plan.problem().visit(id)).collect::<Vec<_>>();
    let visits = visits.iter().copied().filter(|visit| cold(visit));
    visits.map(|visit| plan.problem().order(visit.order).id().to_owned()).collect()
}

/// The usual plan with other boxes, in other weather, the routes as they were.
fn changed(conditioning: Conditioning, celsius: f64) -> Plan {
    let plan = fixture::plan();
    let mut problem = Problem::clone(plan.problem());
    for vehicle in &mut problem.vehicles {
        vehicle.boxes = vec![ColdBox::new(PackOut::p7(), "CN_COLD_2_8", conditioning).count(4)];
    }
    problem.weather = Some(Weather::constant(celsius).unwrap());
    Plan { problem: Arc::new(problem), ..plan }
}

#[test]
fn the_page_is_well_formed_marked_and_shows_every_cold_parcel() {
    let plan = fixture::plan();
    let options =
        ComplianceOptions { weather_source: "茫崖 <station>".into(), ..Default::default() };
    let page = compliance_html(&plan, &options).unwrap().unwrap();
    let (texts, links) = parse(&page);
    assert!(links.is_empty());
    let orders = cold_orders(&plan);
    assert!(orders.len() >= 4, "{orders:?}");
    for order in &orders {
        assert!(texts.contains(order.as_str()), "{order}");
    }
    let days: usize = plan
        .routes()
        .iter()
        .map(|route| box_days(plan.problem(), &route.timetable, &Stress::NONE).unwrap().len())
        .sum();
    assert_eq!(page.matches("<svg").count(), days);
    assert_eq!(texts.matches(PREDICTED).count(), days + 1);
    assert!(texts.contains("茫崖") && texts.contains(ComplianceOptions::POLICY));
    assert!(texts.split([' ', '/', '(']).all(|word| !["NaN", "inf", "-inf"].contains(&word)));
}

#[test]
fn the_tables_have_a_row_for_each_parcel_and_each_step() {
    let plan = fixture::plan();
    let table = compliance_csv(&plan, &ComplianceOptions::default()).unwrap().unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|field| field == name).unwrap();
    let (order, low, high, verdict) =
        (column("order"), column("predicted_min_c"), column("predicted_max_c"), column("verdict"));
    let mut found = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let celsius = |at: usize| row[at].parse::<f64>().unwrap();
        assert_eq!(&row[0], PREDICTED);
        for (name, cell) in header.iter().zip(&row).filter(|(name, _)| name.ends_with("_s")) {
            assert!(cell.is_empty() || cell.parse::<i64>().is_ok(), "{name}: {cell}");
        }
        // A minute is planned and allowed; how much longer would be, follows from the payload.
        let limit: i64 = row[column("opening_limit_s")].parse().unwrap();
        assert!((61..600).contains(&limit), "{limit}");
        let is_kept = celsius(low) >= 2.0 && celsius(high) <= 8.0;
        assert_eq!(&row[verdict] == "pass", is_kept, "{row:?}");
        // In frost the least is left where the parcel is handed over.
        if !row[column("hold_left_least_at")].is_empty() {
            let near = &row[column("hold_left_least_near")];
            assert!(near.is_empty() || plan.problem().find_order(near).is_some(), "{near}");
        }
        found.push(row[order].to_owned());
    }
    let mut expected = cold_orders(&plan);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let boxes = box_csv(&plan).unwrap().unwrap();
    let mut reader = csv::Reader::from_reader(boxes.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert!(rows.len() > 3 * found.len());
}

#[test]
fn a_plan_without_cold_goods_has_no_report() {
    let orders = vec![Order::deliver("A", Call::at(fixture::point(900.0, 0.0)))];
    let plan = fixture::plan_of(fixture::problem(0, orders));
    assert_eq!(compliance_html(&plan, &ComplianceOptions::default()).unwrap(), None);
    assert_eq!(compliance_csv(&plan, &ComplianceOptions::default()).unwrap(), None);
    assert_eq!((box_csv(&plan).unwrap(), robustness_text(&plan).unwrap()), (None, String::new()));
}

#[test]
fn the_wrong_season_is_blocked_on_the_console_on_the_page_and_in_the_plan() {
    let plan = changed(Conditioning::Frozen, -20.0);
    let text = robustness_text(&plan).unwrap();
    assert!(text.starts_with("cold chain, nominal: BLOCKED"), "{text}");
    let page = compliance_html(&plan, &ComplianceOptions::default()).unwrap().unwrap();
    assert!(page.contains("不得放行") && page.contains("不合格"));
    let json: serde_json::Value = serde_json::from_str(&crate::report::plan_json(&plan)).unwrap();
    assert_eq!(json["robustness"][0]["scenario"], "nominal");
    assert_eq!(json["robustness"][0]["blocked"], true);
    assert!(json["robustness"][0]["excursions"][0]["low_mc"].as_i64().unwrap() < 2000);
    let mild = changed(Conditioning::Half, 5.0);
    assert_eq!(robustness_text(&mild).unwrap(), "");
}

#[test]
fn the_digest_follows_the_parameters_and_is_sha_256() {
    let one = |celsius: f64| {
        let plan = changed(Conditioning::Half, celsius);
        Facts::of(&plan).unwrap().parameters
    };
    assert_eq!(one(5.0), one(5.0));
    assert_ne!(one(5.0), one(5.1));
    // FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(facts::hex(b"abc"), abc);
}

#[test]
fn foreign_text_is_no_formula_in_a_table_and_no_markup_on_the_page() {
    let cold = Order::deliver("N1", Call::at(fixture::point(900.0, 0.0)))
        .class("CN_COLD_2_8")
        .name("<b>\"x\"");
    let plan = fixture::plan_of(fixture::problem(0, vec![cold]));
    let options =
        ComplianceOptions { weather_source: "=1+1,\"\n<script>".into(), policy: "@SUM(A1)".into() };
    let table = compliance_csv(&plan, &options).unwrap().unwrap();
    assert!(table.contains("'@SUM(A1)") && table.contains("\"'=1+1,\"\" <script>\""), "{table}");
    let page = compliance_html(&plan, &options).unwrap().unwrap();
    parse(&page);
    assert!(!page.contains("<script") && !page.contains("<b>\"x"));
}

#[test]
fn the_way_to_the_door_counts_where_the_order_says_how_it_is() {
    let verdict = |pouch: bool| {
        let doorstep =
            Doorstep { walk: Seconds::minutes(3), hand_over: Seconds::minutes(2), pouch };
        let call = Call::at(fixture::point(900.0, 0.0)).doorstep(doorstep);
        let order = Order::deliver("N1", call).class("CN_COLD_2_8");
        let plan = fixture::plan_of(fixture::problem(0, vec![order]));
        let table = compliance_csv(&plan, &ComplianceOptions::default()).unwrap().unwrap();
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let header = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let of =
            |name: &str| row[header.iter().position(|field| field == name).unwrap()].to_owned();
        assert_eq!((of("doorstep_planned_s"), of("alarms_fired")), ("300".into(), String::new()));
        (of("verdict"), of("hand_low_c").parse::<f64>().unwrap())
    };
    let (bare, pouch) = (verdict(false), verdict(true));
    assert_eq!((bare.0.as_str(), pouch.0.as_str()), ("fail", "pass"));
    assert!(bare.1 < 0.0 && pouch.1 > 2.0, "{bare:?} {pouch:?}");
}

#[test]
fn lives_are_told_of_vials_and_of_produce() {
    let order = Order::deliver("N1", Call::at(fixture::point(900.0, 0.0))).class("CN_COLD_2_8");
    let plan = fixture::plan_of(fixture::problem(0, vec![order]));
    let mut problem = Problem::clone(plan.problem());
    let life = ShelfLife { days: 14.0, at_c: 10.0 };
    let product = Product {
        vial_monitor: "VVM7".into(),
        shelf_life: Some(life),
        kinetic_kj_per_mol: Some(200.0),
        ..Product::by_code("INSULIN_UNOPENED").unwrap()
    };
    let id = problem.find_order("N1").unwrap();
    problem.products = Arc::new(std::iter::once((id, product)).collect());
    let plan = Plan { problem: Arc::new(problem), ..plan };
    let table = compliance_csv(&plan, &ComplianceOptions::default()).unwrap().unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let of = |name: &str| {
        row[header.iter().position(|field| field == name).unwrap()].parse::<f64>().unwrap()
    };
    let day = |route: &crate::plan::Route| {
        box_days(plan.problem(), &route.timetable, &Stress::NONE).unwrap().into_iter().next()
    };
    let day = plan.routes().iter().find_map(day).unwrap();
    let seconds = (day.goods[0].until - day.goods[0].from).as_f64();
    let (low, high) = (of("predicted_min_c"), of("predicted_max_c"));
    let between = |found: f64, used: &dyn Fn(f64) -> f64| {
        assert!(found > 0.0 && found >= used(low) - 1e-5 && found <= used(high) + 1e-5, "{found}");
    };
    between(of("vial_monitor_used"), &|c| VialMonitor::VVM7.used(c, seconds));
    between(of("shelf_life_used"), &|c| life.used(c, seconds));
    let page = compliance_html(&plan, &ComplianceOptions::default()).unwrap().unwrap();
    assert!(page.contains("vial monitor") && page.contains(" % / "));
}

#[test]
fn a_report_of_the_same_plan_has_the_same_bytes() {
    let options = ComplianceOptions::default();
    let page = || compliance_html(&fixture::plan(), &options).unwrap();
    assert_eq!(page(), page());
    assert_eq!(fixture::plan().routes()[0].vehicle, VehicleId(0));
}

/// For a look at it: `cargo test --lib a_report_to_look_at -- --ignored`.
#[test]
#[ignore = "writes a file for people to look at"]
fn a_report_to_look_at() {
    let page = compliance_html(&fixture::plan(), &ComplianceOptions::default()).unwrap().unwrap();
    let path = std::env::temp_dir().join("lastmile_cold.html");
    std::fs::write(&path, page).unwrap();
}
