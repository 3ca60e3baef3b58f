//! Makes the map of a large rural region that does not exist, to measure on: scattered farms,
//! villages, district roads, and no licence to ask for. The same size and seed give the same bytes.
//!
//! Junctions lie scattered and around villages; roads join those that are relative neighbours
//! (Toussaint 1980, doi 10.1016/0031-3203(80)90066-7: no third place is nearer to both), among the
//! nearest of each. That gives two and a half arcs a junction, as road maps have.
//!
//! `cargo run --release --example rural_roads -- --junctions 1000000 --out region.osm`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to its user")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use lastmile::Result;
use lastmile::format::write_atomically;
use lastmile::place::Point;
use lastmile::rng::Rng;
use lastmile::road::osm::{OsmData, OsmNode, OsmWay, Tags, to_xml};
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// Makes the map of a rural region.
#[derive(Parser)]
#[command(version, about)]
struct Options {
    /// How many junctions
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(2..=4_000_000))]
    junctions: u32,
    /// The seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The map, `OpenStreetMap` XML
    #[arg(long)]
    out: PathBuf,
}

/// Junctions for each square kilometre, villages included.
const JUNCTIONS_PER_KM2: f64 = 3.0;
/// Junctions of a village.
const VILLAGE: f64 = 60.0;
/// How far a village reaches from its middle, metres.
const VILLAGE_M: f64 = 700.0;
/// District roads run on lines this far apart, metres.
const DISTRICT_M: f64 = 10_000.0;
/// Among so many of its nearest a junction looks for neighbours.
const NEAREST: usize = 24;
/// The south-western corner, degrees.
const CORNER: (f64, f64) = (31.0, 90.0);
const M_PER_DEGREE: f64 = 111_195.0;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let places = places(options.junctions, options.seed);
    let roads = roads(&places);
    println!("{} junctions, {} roads", places.len(), roads.len());
    let data = map(&places, &roads, options.seed);
    write_atomically(&options.out, to_xml(&data).as_bytes())
}

/// Where the junctions are, in metres east and north of the corner.
fn places(count: u32, seed: u64) -> Vec<[f64; 2]> {
    let mut rng = Rng::new(seed, 0);
    let side_m = (f64::from(count) / JUNCTIONS_PER_KM2).sqrt() * 1000.0;
    let mut village = [0.0; 2];
    let mut place = || {
        if rng.chance(1, 3) {
            return [rng.unit() * side_m, rng.unit() * side_m];
        }
        if rng.unit() * VILLAGE < 1.0 {
            village = [rng.unit() * side_m, rng.unit() * side_m];
        }
        // Denser towards the middle.
        let (angle, out_m) = (rng.unit() * std::f64::consts::TAU, rng.unit() * VILLAGE_M);
        [village[0] + out_m * angle.cos(), village[1] + out_m * angle.sin()]
    };
    (0..count).map(|_| place()).collect()
}

/// The pairs of relative neighbours, the lower number first, sorted.
fn roads(places: &[[f64; 2]]) -> Vec<(u32, u32)> {
    let numbered = (0..).zip(places).map(|(number, &place)| GeomWithData::new(place, number));
    let tree: RTree<GeomWithData<[f64; 2], u32>> = RTree::bulk_load(numbered.collect());
    let near = |number: usize| {
        let own = places[number];
        let near = tree.nearest_neighbor_iter_with_distance_2(&own).take(NEAREST + 1);
        let near: Vec<_> = near.filter(|(other, _)| other.data as usize != number).collect();
        let is_neighbour = |at: usize| {
            let (other, apart_2) = near[at];
            near[..at].iter().all(|(third, _)| {
                let [x, y] = *third.geom();
                (x - other.geom()[0]).powi(2) + (y - other.geom()[1]).powi(2) >= apart_2
            })
        };
        let found = (0..near.len()).filter(|&at| is_neighbour(at));
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        found
            .map(|at| (number.min(near[at].0.data), number.max(near[at].0.data)))
            .collect::<Vec<_>>()
    };
    let mut pairs: Vec<(u32, u32)> =
        (0..places.len()).into_par_iter().flat_map_iter(near).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// The map: each road a way of its own.
fn map(places: &[[f64; 2]], roads: &[(u32, u32)], seed: u64) -> OsmData {
    let mut rng = Rng::new(seed, 1);
    let narrow = (CORNER.0 + 2.5).to_radians().cos();
    let point = |[east, north]: [f64; 2]| {
        Point::wgs84(CORNER.0 + north / M_PER_DEGREE, CORNER.1 + east / M_PER_DEGREE / narrow)
    };
    let node = |(id, &place): (i64, &[f64; 2])| OsmNode {
        id,
        point: point(place),
        ele_m: None,
        tags: Tags::default(),
    };
    let mut way = |(id, &(a, b)): (i64, &(u32, u32))| {
        let ends = [places[a as usize], places[b as usize]];
        OsmWay { id, nodes: vec![i64::from(a) + 1, i64::from(b) + 1], tags: tags(ends, &mut rng) }
    };
    let nodes = (1..).zip(places).map(node).collect();
    OsmData { nodes, ways: (1..).zip(roads).map(&mut way).collect(), ..OsmData::default() }
}

/// What a road is: on the lines of the district roads a main road, else by its length and chance.
fn tags(ends: [[f64; 2]; 2], rng: &mut Rng) -> Tags {
    let on_line = |axis: usize| {
        let off = |end: [f64; 2]| (end[axis] / DISTRICT_M - (end[axis] / DISTRICT_M).round()).abs();
        ends.iter().all(|&end| off(end) * DISTRICT_M < 400.0)
    };
    let length_m = (ends[0][0] - ends[1][0]).hypot(ends[0][1] - ends[1][1]);
    let highway = if on_line(0) || on_line(1) {
        "secondary"
    } else if length_m < 150.0 {
        "residential"
    } else if rng.chance(1, 4) {
        "track"
    } else {
        ["tertiary", "unclassified"][rng.below(2)]
    };
    let mut tags = vec![("highway", highway)];
    if rng.chance(1, 25) {
        tags.push(("oneway", "yes"));
    }
    tags.into_iter().collect()
}
