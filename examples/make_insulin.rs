//! Draws `fixtures/insulin-winter/` and `fixtures/insulin-summer/`: one station and one list of orders
//! in two seasons, on the roads of `fixtures/huatugou/`. In the morning goods go out to the east, in
//! the afternoon insulin goes the same way: whoever counts kilometres only takes it along all day.
//!
//! `cargo run --example make_insulin` writes both anew, byte for byte; people are invented.

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
    Ok(())
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
