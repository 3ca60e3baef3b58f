//! Every way we know in which a day's cold chain can be stated wrongly, with the fault it must give:
//! nothing is planned on a guess.

use serde_json::{Value, json};

use crate::cold::Doorstep;
use crate::error::{Code, Error};
use crate::format::{Calendar, Orders, day};
use crate::place::{Datum, Point};
use crate::problem::{Travel, Urgent};
use crate::road::TravelMatrix;
use crate::units::{Leg, Metres, Seconds, Time};

const GOOD_DAY: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/insulin-winter/day.json"));
const BOX: &str = "/stations/0/vehicles/0/boxes/0";

/// Reads and builds the good day with one value changed.
fn refused(pointer: &str, value: Value) -> Error {
    let mut text: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    *text.pointer_mut(pointer).unwrap() = value;
    let read = day::parse("day.json", text.to_string().as_bytes()).and_then(|day| {
        day.into_builder().0.build_with(|_: &str, points: &[Point]| {
            let matrix = TravelMatrix::from_fn(points.len(), |_, _| Ok(Leg::default()));
            Ok(Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] })
        })
    });
    read.unwrap_err()
}

/// The first fault has this code, and the message names the place.
fn check(pointer: &str, value: Value, code: Code, place: &str) {
    let error = refused(pointer, value);
    let message = error.to_string();
    assert_eq!(error.faults()[0].code(), code, "{message}");
    assert!(message.contains(place), "{message} does not name {place}");
    assert_eq!(error.exit_code(), 3);
}

#[test]
fn impossible_boxes_are_named() {
    let pack = |field: &str, value: Value, code, named: &str| {
        let named = format!("stations[0].vehicles[0].boxes[0].pack_out.{named}");
        check(&format!("{BOX}/pack_out/{field}"), value, code, &named);
    };
    pack("ua_w_per_k", json!(-0.25), Code::OutOfRange, "ua_w_per_k");
    pack("ua_w_per_k", json!(0), Code::BadPhysics, "ua_w_per_k");
    pack("volume_l", json!(0), Code::BadPhysics, "volume");
    pack("latent_j", json!(-1), Code::OutOfRange, "latent_j");
    pack("payload_offset", json!(1.5), Code::OutOfRange, "payload_offset");
    pack("solid_j_per_k", json!(3000), Code::BadPhysics, "solid_j_per_k");
    pack("plateau_c", json!("five"), Code::WrongType, "plateau_c");
    let both = refused(
        &format!("{BOX}/pack_out"),
        json!({"name": "X", "ua_w_per_k": -1, "payload_offset": 2, "plateau_c": 5, "latent_j": 1e5,
            "payload_j_per_k": 3000, "solid_j_per_k": 9000, "liquid_j_per_k": 9000,
            "lid_w_per_k": 2, "volume_l": 4, "source": "none"}),
    );
    assert_eq!(both.faults().len(), 2, "{both}");
}

#[test]
fn a_bad_number_hides_no_other_fault_of_its_pack_out_nor_of_the_day() {
    let mut text: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    text["stations"][0]["vehicles"][0]["boxes"][0]["pack_out"] = json!({"name": "X", "ua_w_per_k": -1, "payload_offset": 0.1, "plateau_c": 5,
            "latent_j": 1e5, "payload_j_per_k": 3000, "solid_j_per_k": 3000,
            "liquid_j_per_k": 9000, "lid_w_per_k": 2, "volume_l": 0, "source": "none",
            "qualified": {"low_c": 30, "high_c": -30}});
    text["orders"][0]["class"] = json!("CN_COLD_2_9");
    let error = day::parse("day.json", text.to_string().as_bytes()).unwrap_err();
    for field in ["ua_w_per_k", "solid_j_per_k", "volume", "qualified", "orders[0].class"] {
        let told = error.faults().iter().filter(|one| one.field_name().ends_with(field));
        assert_eq!(told.count(), 1, "{field} in {error}");
    }
    assert_eq!(error.faults().len(), 5, "{error}");
}

#[test]
fn ranges_upside_down_are_named() {
    let ends = json!({"low_c": 30, "high_c": -30});
    let mut weather = json!({});
    weather["band"] = ends.clone();
    check("/weather", weather, Code::UpsideDown, "weather");
    let mut text: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    let mut pack = text.pointer_mut(&format!("{BOX}/pack_out")).unwrap().take();
    pack["qualified"] = ends;
    let place = "stations[0].vehicles[0].boxes[0].pack_out.qualified";
    check(&format!("{BOX}/pack_out"), pack, Code::BadPhysics, place);
}

#[test]
fn boxes_of_no_class_no_kind_or_no_season_are_named() {
    let place = "stations[0].vehicles[0].boxes[0].";
    check(&format!("{BOX}/class"), json!("CN_COLD_2_9"), Code::UnknownName, place);
    check(&format!("{BOX}/pack_out"), json!("P9"), Code::UnknownName, place);
    check(&format!("{BOX}/conditioning"), json!("warm"), Code::UnknownName, place);
    check(&format!("{BOX}/conditioning"), json!({"melted": 1.5}), Code::OutOfRange, place);
    check("/orders/9/class", json!("INSULIN"), Code::UnknownName, "orders[9].class");
}

#[test]
fn weather_that_is_missing_cut_short_or_impossible_is_named() {
    let hours =
        |first: i64, count: usize| json!({"first_hour": first, "hourly_c": vec![-20.0; count]});
    // The shift is 08:00 to 20:00.
    check("/weather", hours(9, 12), Code::WeatherGap, "v1");
    check("/weather", hours(8, 11), Code::WeatherGap, "v1");
    check("/weather", Value::Null, Code::WeatherGap, "v1");
    let hole = json!({"first_hour": 8, "hourly_c": [-20, null, -19]});
    check("/weather", hole, Code::WrongType, "weather.hourly_c[1]");
    let hot = json!({"constant_c": 900});
    check("/weather", hot, Code::OutOfRange, "weather.constant_c");
    let narrow = json!({"constant_c": -20, "colder_k": -2});
    check("/weather", narrow, Code::OutOfRange, "weather.colder_k");
}

#[test]
fn sets_of_coolant_that_cannot_be_are_named() {
    let with = |sets: &Value, pack_out: Option<Value>| {
        let mut text: Value = serde_json::from_slice(GOOD_DAY).unwrap();
        let mut one = text.pointer_mut(BOX).unwrap().take();
        one["sets"] = sets.clone();
        if let Some(pack_out) = pack_out {
            one["pack_out"] = pack_out;
            one.as_object_mut().unwrap().remove("conditioning");
        }
        one
    };
    check(BOX, with(&json!(0), None), Code::OutOfRange, "boxes[0].sets");
    check(BOX, with(&json!(-1), None), Code::OutOfRange, "boxes[0].sets");
    check(BOX, with(&json!("two"), None), Code::WrongType, "boxes[0].sets");
    check(BOX, with(&json!(2), Some(json!("MELONS"))), Code::Contradiction, "boxes[0].sets");
    let mut good: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    *good.pointer_mut(BOX).unwrap() = with(&json!(3), None);
    let read = day::parse("day.json", good.to_string().as_bytes()).unwrap();
    assert_eq!(read.stations[0].vehicles()[0].boxes()[0].sets_value(), Some(3));
}

/// The good day's box with papers.
fn with_papers(papers: &Value) -> Value {
    let mut text: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    let mut one = text.pointer_mut(BOX).unwrap().take();
    one["papers"] = papers.clone();
    one
}

#[test]
fn a_logger_out_of_calibration_and_papers_of_no_box_are_named() {
    let text: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    let date = text["date"].as_str().unwrap();
    let due = |due: &str| with_papers(&json!([{"logger": "L-1", "calibration_due": due}]));
    check(BOX, due("2001-12-31"), Code::OutOfRange, "calibration_due");
    check(BOX, due("someday"), Code::BadTime, "papers[0].calibration_due");
    let many: Vec<Value> = (0..99).map(|i| json!({"seal": format!("S-{i}")})).collect();
    check(BOX, with_papers(&json!(many)), Code::Contradiction, "papers");
    let mut good: Value = serde_json::from_slice(GOOD_DAY).unwrap();
    *good.pointer_mut(BOX).unwrap() = due(date);
    let read = day::parse("day.json", good.to_string().as_bytes()).unwrap();
    assert_eq!(read.stations[0].vehicles()[0].boxes()[0].papers_of(1).unwrap().logger, "L-1");
}

/// The cold-rooms day, read and built.
fn rooms(change: impl Fn(&mut Value)) -> crate::error::Result<()> {
    let good = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/cold-rooms/day.json"));
    let mut text: Value = serde_json::from_slice(good).unwrap();
    change(&mut text);
    let day = day::parse("rooms.json", text.to_string().as_bytes())?;
    let travel = |_: &str, points: &[Point]| {
        let matrix = TravelMatrix::from_fn(points.len(), |_, _| Ok(Leg::default()));
        Ok(Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] })
    };
    day.into_builder().0.build_with(travel).map(drop)
}

/// One change of a vehicle gives one fault with this code, which names file, vehicle and field.
fn check_rooms(pointer: &str, value: &Value, code: Code, field: &str) {
    let pointer = format!("/stations/0/vehicles/{pointer}");
    let error = rooms(|text| {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        text.pointer_mut(parent).unwrap()[name] = value.clone();
    });
    let error = error.unwrap_err();
    let [fault] = error.faults() else { panic!("{field}: {error}") };
    assert_eq!(fault.code(), code, "{error}");
    let told = error.to_string();
    for part in ["rooms.json", "vehicles[", field, "expected"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn rooms_and_boxes_without_coolant_that_cannot_be_are_named() {
    rooms(|_| ()).unwrap();
    let room = "0/compartment";
    let goods = "0/compartment/goods";
    check_rooms(&format!("{room}/set_c"), &json!(8), Code::Contradiction, "set_c");
    check_rooms(&format!("{room}/k_w_per_m2_k"), &json!(0.9), Code::BadPhysics, "k_w_per_m2_k");
    check_rooms(&format!("{room}/unit_w"), &json!(100), Code::OutOfRange, "unit_w");
    check_rooms(&format!("{room}/atp"), &json!("D"), Code::UnknownName, "atp");
    check_rooms(&format!("{room}/open_s"), &json!(4000), Code::OutOfRange, "open_s");
    check_rooms(&format!("{goods}/class"), &json!("MILK"), Code::UnknownName, "goods.class");
    check_rooms(&format!("{goods}/volume_l"), &json!(0), Code::BadPhysics, "goods.volume");
    check_rooms(&format!("{goods}/volume_l"), &json!(-1), Code::OutOfRange, "goods.volume_l");
    check_rooms(&format!("{goods}/lag_min"), &json!(0), Code::BadPhysics, "goods.lag_min");
    check_rooms(&format!("{goods}/band_k"), &json!(-2), Code::OutOfRange, "goods.band_k");
    check_rooms(&format!("{goods}/source"), &Value::Null, Code::WrongType, "goods.source");
    let due = json!({"logger": "L-1", "calibration_due": "2020-01-01"});
    check_rooms(&format!("{goods}/papers"), &due, Code::OutOfRange, "calibration_due");
    let crate_ = |field: &str, value: Value| {
        let mut row = json!({
            "name": "crate", "ua_w_per_k": 0.5, "payload_j_per_k": 40_000, "packed_c": 9,
            "lid_w_per_k": 1, "volume_l": 40, "source": "weighed",
        });
        row[field] = value;
        row
    };
    let pack = "1/boxes/0/pack_out";
    check_rooms(pack, &crate_("ua_w_per_k", json!(-1)), Code::OutOfRange, "ua_w_per_k");
    check_rooms(pack, &crate_("ua_w_per_k", json!(0)), Code::BadPhysics, "ua_w_per_k");
    check_rooms(pack, &crate_("packed_c", json!(900)), Code::BadPhysics, "packed_c");
    check_rooms(pack, &crate_("packed_c", json!("cool")), Code::WrongType, "packed_c");
    check_rooms(pack, &crate_("payload_j_per_k", json!(0)), Code::BadPhysics, "payload_j_per_k");
    check_rooms(pack, &crate_("latent_j", json!(1000)), Code::UnknownField, "latent_j");
    check_rooms("1/boxes/0/conditioning", &json!("frozen"), Code::Contradiction, "conditioning");
    check_rooms("1/boxes/1/conditioning", &Value::Null, Code::MissingField, "conditioning");
}

#[test]
fn all_faults_of_a_room_are_told_in_one_run() {
    let error = rooms(|text| {
        let room = &mut text["stations"][0]["vehicles"][0]["compartment"];
        room["walls_m2"] = json!(-1);
        room["goods"]["band_k"] = json!(-1);
        room["goods"]["class"] = json!(5);
        text["stations"][0]["vehicles"][1]["boxes"][0]["class"] = json!("MELON");
    });
    let error = error.unwrap_err();
    assert_eq!(error.faults().len(), 4, "{error}");
}

#[test]
fn a_sheet_says_product_promise_and_doorstep() {
    let read = |rows: &str| {
        let text = format!(
            "id,lat,lon,product,batch,document,budget,out_before_min,ordered_at,within_min,\
             walk_min,pouch\n{rows}"
        );
        Orders::parse("o.csv", text.as_bytes(), Datum::Wgs84, &Calendar::default()).unwrap()
    };
    let good = read("a,38,91,NUSINERSEN,B7,SPC 6.4,in the carton,90,09:00,40,3,yes\n");
    assert_eq!(good.rejected(), []);
    let order = &good.orders()[0];
    assert_eq!(order.class_code(), Some("CN_COLD_2_8"));
    assert_eq!(order.stability().batch, "B7");
    assert_eq!(order.stability().document.as_deref(), Some("SPC 6.4"));
    assert_eq!(order.stability().out_before, Seconds::minutes(90));
    let promise = Urgent::half_an_hour(Time::at(9, 0));
    assert_eq!(order.promise(), Some(Urgent { within: Seconds::minutes(40), ..promise }));
    let (walk, hand_over) = (Seconds::minutes(3), Seconds::minutes(1));
    let doorstep = Some(Doorstep { walk, hand_over, pouch: true });
    assert_eq!(order.choices()[0].call.doorstep, doorstep);
    let bad = read(
        "a,38,91,ASPIRIN,,,,,,,,\nb,38,91,NUSINERSEN,,D,,,,,,\nc,38,91,,,,,,,40,,\nd,38,91,,,,,,,,,yes\n",
    );
    let codes: Vec<Code> = bad.rejected().iter().map(crate::error::Fault::code).collect();
    let expected =
        [Code::UnknownName, Code::MissingField, Code::Contradiction, Code::Contradiction];
    assert_eq!(codes, expected);
    assert!(bad.orders().is_empty());
}
