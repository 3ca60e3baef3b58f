//! Real extracts: each becomes a graph whose matrix agrees with the oracle.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::closure::Closure;
use super::graph::RoadGraph;
use super::network::RoadNetwork;
use super::oracle::Oracle;
use super::profile::Profile;
use super::snap::{DEFAULT_SNAP_LIMIT, OffRoad, Snap};
use crate::place::Point;
use crate::rng::Rng;

fn folder() -> PathBuf {
    let shared = std::env::var_os("LASTMILE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    shared.join("osm")
}

/// Stops some hundred metres around junctions drawn at random.
fn stops_near(roads: &RoadNetwork, count: usize, seed: u64) -> Vec<Result<Snap, OffRoad>> {
    let mut rng = Rng::new(seed, 3);
    let nodes = roads.graph().node_points();
    let stops: Vec<Point> = (0..count)
        .map(|_| {
            let near = nodes[rng.below(nodes.len())];
            let mut off = || (rng.unit() - 0.5) * 0.01;
            Point::wgs84(near.lat + off(), near.lon + off())
        })
        .collect();
    roads.snap_all(&stops, DEFAULT_SNAP_LIMIT)
}

#[test]
#[ignore = "needs the shared extracts"]
fn every_extract_becomes_a_graph() {
    let mut built = 0;
    for folder in [folder(), folder().join("edge")] {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if !path.to_string_lossy().contains(".osm") {
                continue;
            }
            let roads = Arc::new(RoadGraph::open(&path).unwrap_or_else(|error| panic!("{error}")));
            println!("{}: {}", path.file_name().unwrap_or_default().display(), roads.report());
            for name in Profile::NAMES {
                let network = roads.network(&Profile::by_name(name).unwrap(), &[]);
                println!("    {name}: {:?}", network.report());
                assert_eq!(network.matrix(&stops_near(&network, 5, 1)).places(), 5);
            }
            built += 1;
        }
    }
    assert_eq!(built, 20);
}

#[test]
#[ignore = "needs the shared extracts"]
fn matrices_of_real_roads_are_those_of_the_oracle() {
    let files = ["andorra-2025-01", "heidelberg-odenwald-roads", "nimba-west-africa-2017-10"];
    for (file, name) in files.into_iter().zip(["minivan", "four_by_four", "motorbike"]) {
        let path = folder().join(format!("{file}.osm.pbf"));
        let roads = Arc::new(RoadGraph::open(&path).unwrap_or_else(|error| panic!("{error}")));
        let middle = roads.node_points()[roads.node_points().len() / 2];
        let flood = Closure::around(middle, crate::units::Metres(2000), "flood");
        let network = roads.network(&Profile::by_name(name).unwrap(), &[flood]);
        let stops = stops_near(&network, 40, 2);
        let (matrix, oracle) = (network.matrix(&stops), Oracle::new(&network, &stops));
        let mut joined = 0;
        for (from, to) in (0..40).flat_map(|i| (0..40).map(move |j| (i, j))) {
            if from != to {
                assert_eq!(matrix.leg(from, to).ok(), oracle.leg(from, to), "{file} {from} {to}");
                joined += usize::from(matrix.leg(from, to).is_ok());
            }
            if let (Ok(a), Ok(b)) = (&stops[from], &stops[to])
                && (from + to) % 16 == 0
            {
                let leg = network.path(a, b).map(|path| path.leg);
                assert_eq!(leg, matrix.leg(from, to), "{file} {from} {to}");
            }
        }
        println!("{file}: {joined} of 1560 cells are joined");
        assert!(joined > 200, "{file}");
    }
}

#[test]
#[ignore = "needs the shared extracts"]
fn swept_matrices_of_real_roads_are_the_searched_ones() {
    let mut compared = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().contains(".osm") {
            continue;
        }
        let roads = Arc::new(RoadGraph::open(&path).unwrap_or_else(|error| panic!("{error}")));
        let middle = roads.node_points()[roads.node_points().len() / 2];
        let flood = Closure::around(middle, crate::units::Metres(2000), "flood");
        for (name, closures) in [("minivan", vec![]), ("motorbike", vec![flood])] {
            let network = roads.network(&Profile::by_name(name).unwrap(), &closures);
            let stops = stops_near(&network, 100, 4);
            let searched = network.matrix_searched(&stops);
            assert!(network.matrix_swept(&stops) == searched, "{} {name}", path.display());
            for (number, pair) in stops.windows(2).enumerate() {
                let [Ok(from), Ok(to)] = pair else { continue };
                let leg = network.path_swept(from, to).map(|path| path.leg);
                assert_eq!(leg, searched.leg(number, number + 1), "{} {number}", path.display());
            }
            compared += 1;
        }
        let bytes = roads.to_index(b"map").unwrap();
        let back = RoadGraph::from_index(&bytes, b"map").unwrap();
        assert!(back.to_index(b"map").unwrap() == bytes, "{}", path.display());
    }
    assert!(compared >= 20, "{compared} matrices");
}
