//! Writes `fixtures/huatugou`: the roads around Huatugou (花土沟, Mangya, Haixi, Qinghai) as
//! OpenStreetMap XML, and a list of the places on them. An approximation of our own, drawn from
//! general knowledge of the region and a seeded generator; it is not survey data, holds no extract of
//! any map, and must not be used to drive. Names and rough positions of settlements and oilfields are
//! real; street names, streets, curves and heights are invented.
//!
//! `cargo run --example make_huatugou [directory]`

mod desert;
mod map;
mod net;
mod town;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use desert::Place;
use net::Net;

/// Everything follows from this number.
const SEED: u64 = 20_180_625;
/// The farthest camp, by road from the station, m, and how far off it may be.
const FARTHEST_M: f64 = 280_000.0;
const FARTHEST_TOLERANCE_M: f64 = 2_000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).map_or("fixtures/huatugou".into(), PathBuf::from);
    let (net, places) = draw();
    check(&places);
    std::fs::create_dir_all(&directory)?;
    let packed = gzip(net.to_xml().as_bytes())?;
    std::fs::write(directory.join("roads.osm.gz"), &packed)?;
    std::fs::write(directory.join("places.csv"), csv(&places))?;
    report(&directory, &net, &places, packed.len())?;
    Ok(())
}

fn draw() -> (Net, Vec<Place>) {
    let mut net = Net::default();
    let town = town::draw(&mut net, SEED);
    let places = desert::draw(&mut net, &town, SEED, FARTHEST_M);
    (net, places)
}

/// The claim the fixture is made for: one camp is 280 km away, and none is farther.
fn check(places: &[Place]) {
    let farthest = places.iter().map(|place| place.road_m).fold(0.0, f64::max);
    assert!((farthest - FARTHEST_M).abs() <= FARTHEST_TOLERANCE_M, "farthest is {farthest} m");
}

/// No name, no time, no operating system: the same bytes on every run.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let builder = GzBuilder::new().mtime(0).operating_system(255);
    let mut encoder = builder.write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn csv(places: &[Place]) -> String {
    let mut text = String::from("name,name_zh,kind,lat,lon,road_km\n");
    for place in places {
        let (name, zh, kind, point) = (place.name, place.name_zh, place.kind, place.point);
        let road_km = place.road_m / 1000.0;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name},{zh},{kind},{:.6},{:.6},{road_km:.1}", point.lat, point.lon);
    }
    text
}

fn report(directory: &Path, net: &Net, places: &[Place], bytes: usize) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: {} nodes, {} ways", directory.display(), net.nodes.len(), net.ways.len())?;
    writeln!(out, "roads.osm.gz: {bytes} bytes; places.csv: {} places", places.len())
}
