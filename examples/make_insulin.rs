//! Draws `fixtures/insulin-winter/` and `fixtures/insulin-summer/`: one station and one list of orders
//! in two seasons, on the roads of `fixtures/huatugou/`. In the morning goods go out to the east, in
//! the afternoon insulin goes the same way: whoever counts kilometres only takes it along all day. And
//! `fixtures/cold-rooms/`: milk in the compartment of an electric van, melons in the bare carriage,
//! insulin in a box with coolant, on a day whose air goes by the height of each place and road.
//!
//! `cargo run --example make_insulin` writes all anew, byte for byte; people are invented.

use std::error::Error;
use std::path::{Path, PathBuf};

use lastmile::format::write_atomically;
use serde_json::{Value, json};

/// Name of the place, id, window, recipient; all of them orders of the morning or the early afternoon.
const GOODS: [(&str, &str, &str, &str); 7] = [
    ("Huatugou", "G-1", "08:30-18:00", "李建国"),
    ("Yuejin No. 2", "G-2", "09:00-12:00", "王秀兰"),
    ("Yuejin No. 1", "G-3", "09:00-12:00", "才让"),
    ("Zhahaquan", "G-4", "09:30-12:30", "张伟"),
    ("Wunan", "G-5", "10:30-13:00", "马福林"),
    ("Huangguamao", "G-6", "12:00-15:30", "卓玛"),
    ("Youshashan", "G-7", "09:00-18:00", "赵磊"),
];
/// The same for insulin, handed over when the village doctor is in.
const INSULIN: [(&str, &str, &str, &str); 3] = [
    ("Gasi", "I-1", "09:00-18:00", "吴敏"),
    ("Youshashan", "I-2", "14:00-18:00", "徐明"),
    ("Nanyishan", "I-3", "14:30-18:00", "巴图"),
];
/// Folder, date, air in degrees Celsius, how the coolant is conditioned.
const SEASONS: [(&str, &str, f64, &str); 2] = [
    ("insulin-winter", "2026-01-28", -20.0, "liquid"),
    ("insulin-summer", "2026-07-22", 32.0, "frozen"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args_os().nth(1).map_or("fixtures".into(), PathBuf::from);
    let places = std::fs::read_to_string(root.join("huatugou/places.csv"))?;
    for (folder, date, air_c, conditioning) in SEASONS {
        let folder = root.join(folder);
        std::fs::create_dir_all(&folder)?;
        write(&folder, &day(&places, date, air_c, conditioning)?)?;
    }
    let folder = root.join("cold-rooms");
    std::fs::create_dir_all(&folder)?;
    write(&folder, &rooms(&places)?)
}

fn write(folder: &Path, day: &Value) -> Result<(), Box<dyn Error>> {
    let text = serde_json::to_string_pretty(day)? + "\n";
    write_atomically(&folder.join("day.json"), text.as_bytes())?;
    Ok(())
}

fn day(places: &str, date: &str, air_c: f64, conditioning: &str) -> Result<Value, Box<dyn Error>> {
    let mut orders = Vec::new();
    for (place, id, window, name) in GOODS {
        let mut order = order(places, place, id, window, name)?;
        order["mass_kg"] = json!(8);
        order["volume_l"] = json!(30);
        orders.push(order);
    }
    for (place, id, window, name) in INSULIN {
        let mut order = order(places, place, id, window, name)?;
        order["class"] = json!("CN_COLD_2_8");
        order["tier"] = json!("cold_chain");
        order["mass_kg"] = json!(0.3);
        order["volume_l"] = json!(0.5);
        order["note"] = json!("胰岛素，勿冷冻");
        orders.push(order);
    }
    let (lat, lon, _) = find(places, "Huatugou station")?;
    let cold_box = json!({
        "pack_out": pack_out(), "count": 2, "class": "CN_COLD_2_8", "conditioning": conditioning,
    });
    let vehicle = json!({
        "id": "v1", "preset": "minivan", "shift": "08:00-20:00", "boxes": [cold_box],
        "costs": {"fixed": 40, "per_hour": 30, "per_km": 0.8}, "trips": 3, "reload_min": 15,
        "packing_min": 10, "parking_min": 1,
    });
    let station = json!({"id": "huatugou", "name": "花土沟站", "lat": lat, "lon": lon, "vehicles": [vehicle]});
    Ok(json!({
        "$schema": "../day.schema.json",
        "format": 1,
        "date": date,
        "zone": "Asia/Shanghai",
        "datum": "wgs84",
        "roads": "../huatugou/roads.osm.gz",
        "stations": [station],
        "weather": {"constant_c": air_c, "colder_k": 1, "warmer_k": 1},
        "orders": orders,
    }))
}

/// Name of the place, id, window, recipient, class, litres, tier.
const ROOM_GOODS: [(&str, &str, &str, &str, &str, f64, &str); 8] = [
    ("Gasi", "M-1", "08:30-12:00", "吴敏", "ATP_DAIRY", 40.0, "promise"),
    ("Yuejin No. 1", "M-2", "09:00-13:00", "才让", "ATP_DAIRY", 60.0, "promise"),
    ("Youshashan", "M-3", "09:00-18:00", "徐明", "ATP_DAIRY", 30.0, "promise"),
    ("Nanyishan", "M-4", "10:00-18:00", "巴图", "ATP_DAIRY", 20.0, "promise"),
    ("Huatugou", "F-1", "08:30-18:00", "李建国", "PRODUCE_MELON", 40.0, "promise"),
    ("Youyuangou", "F-2", "09:00-18:00", "王秀兰", "PRODUCE_MELON", 35.0, "promise"),
    ("Shizigou", "F-3", "09:00-18:00", "赵磊", "PRODUCE_MELON", 40.0, "promise"),
    ("Nanyishan", "I-1", "10:00-18:00", "卓玛", "CN_COLD_2_8", 0.5, "cold_chain"),
];

/// A winter's day of an electric van with a compartment and of a minivan. The weather is that of the
/// station, 2,900 m above the sea; the roads lead from 2,700 m to 3,200 m.
fn rooms(places: &str) -> Result<Value, Box<dyn Error>> {
    let mut orders = Vec::new();
    for (place, id, window, name, class, litres, tier) in ROOM_GOODS {
        let mut order = order(places, place, id, window, name)?;
        order["class"] = json!(class);
        order["tier"] = json!(tier);
        order["mass_kg"] = json!(if class == "CN_COLD_2_8" { 0.3 } else { 10.0 });
        order["volume_l"] = json!(litres);
        orders.push(order);
    }
    let (lat, lon, _) = find(places, "Huatugou station")?;
    let compartment = json!({
        "atp": "A", "set_c": 3.5, "walls_m2": 12.0, "k_w_per_m2_k": 0.4, "air_m3": 2.6,
        "door_m2": 1.2, "door_height_m": 1.2, "unit_w": 900, "open_s": 40,
        "goods": {
            "class": "ATP_DAIRY", "volume_l": 900, "lag_min": 240, "band_k": 1.5,
            "papers": {"logger": "L-20", "calibration_due": "2026-12-31", "position": "by the door"},
            "status": "declared", "source": "invented mapping; a crate of ten litres of milk",
        },
    });
    let van = json!({
        "id": "e1", "preset": "electric_van", "shift": "08:00-19:00", "compartment": compartment,
        "battery": {"chemistry": "lfp", "kwh": 90, "wh_per_km": 190, "draw_kw": 1.5},
        "costs": {"fixed": 40, "per_hour": 30, "per_km": 0.5}, "trips": 2,
    });
    let papers = json!([{
        "seal": "S-1", "logger": "L-21", "calibration_due": "2026-12-31",
        "position": "in the middle of the goods", "report": "invented",
    }]);
    let minivan = json!({
        "id": "m1", "preset": "minivan", "shift": "08:00-19:00", "trips": 3, "reload_min": 15,
        "costs": {"fixed": 40, "per_hour": 30, "per_km": 0.8},
        "boxes": [
            {"pack_out": "MELONS", "count": 6, "class": "PRODUCE_MELON"},
            {"pack_out": "P7", "class": "CN_COLD_2_8", "conditioning": "auto", "papers": papers},
        ],
    });
    let station = json!({
        "id": "huatugou", "name": "花土沟站", "lat": lat, "lon": lon, "vehicles": [van, minivan],
    });
    let hourly_c = [-14, -13, -12, -10, -9, -8, -7, -7, -8, -9, -11, -12, -13, -14];
    Ok(json!({
        "$schema": "../day.schema.json",
        "format": 1,
        "date": "2026-01-29",
        "zone": "Asia/Shanghai",
        "datum": "wgs84",
        "roads": "../huatugou/roads.osm.gz",
        "stations": [station],
        "weather": {
            "first_hour": 7, "hourly_c": hourly_c, "colder_k": 1, "warmer_k": 1,
            "height_m": 2900,
        },
        "orders": orders,
    }))
}

/// A small bag of 4 litres with 630 g of 5 °C paraffin: five hours at 25 K, far less than a day. All
/// numbers are assumed for the example, no product's.
fn pack_out() -> Value {
    json!({
        "name": "B4", "ua_w_per_k": 0.25, "payload_offset": 0.08, "plateau_c": 5.0,
        "latent_j": 120_000.0, "payload_j_per_k": 3000.0, "solid_j_per_k": 4300.0,
        "liquid_j_per_k": 4300.0, "lid_w_per_k": 2.0, "opening_s": 40, "volume_l": 4.0,
        "status": "declared", "source": "invented bag: 0.63 kg paraffin of 190 kJ/kg",
    })
}

fn order(
    places: &str,
    place: &str,
    id: &str,
    window: &str,
    name: &str,
) -> Result<Value, Box<dyn Error>> {
    let (lat, lon, village) = find(places, place)?;
    Ok(json!({
        "id": id, "lat": lat, "lon": lon, "windows": [window], "name": name, "village": village,
    }))
}

/// Latitude, longitude and Chinese name of a place of `places.csv`.
fn find<'a>(places: &'a str, name: &str) -> Result<(f64, f64, &'a str), Box<dyn Error>> {
    let cells = places.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let row = cells.into_iter().find(|cells| cells.first() == Some(&name));
    let row = row.filter(|cells| cells.len() == 6).ok_or_else(|| format!("no place {name}"))?;
    Ok((row[3].parse()?, row[4].parse()?, row[1]))
}
