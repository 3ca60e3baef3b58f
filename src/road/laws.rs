//! What must hold on any map: many small random ones, against the oracles.

use std::sync::Arc;

use proptest::prelude::*;

use super::closure::Closure;
use super::geometry::length_m;
use super::graph::RoadGraph;
use super::matrix::{NoRoad, TravelMatrix};
use super::network::RoadNetwork;
use super::oracle::Oracle;
use super::osm::OsmData;
use super::profile::Profile;
use super::snap::{OffRoad, Snap};
use super::testing::{push_way, random_closures, random_data, random_point};
use crate::place::Point;
use crate::rng::Rng;
use crate::units::{Leg, Metres};

/// A random network, and stops on it, some at junctions, some off the road.
fn scene(seed: u64) -> (Arc<RoadNetwork>, Vec<Result<Snap, OffRoad>>, Rng) {
    let mut rng = Rng::new(seed, 1);
    let graph = Arc::new(RoadGraph::from_osm(&random_data(&mut rng)).unwrap());
    let name = Profile::NAMES[rng.below(Profile::NAMES.len())];
    let closures = random_closures(&mut rng);
    let network = Arc::new(graph.network(&Profile::by_name(name).unwrap(), &closures));
    let nodes = network.graph().node_points();
    let mut points: Vec<Point> = (0..rng.between(2, 6)).map(|_| random_point(&mut rng)).collect();
    points.extend((0..rng.between(0, 3)).map(|_| nodes[rng.below(nodes.len())]));
    let stops = network.snap_all(&points, Metres(600));
    (network, stops, rng)
}

fn same_place(stops: &[Result<Snap, OffRoad>], from: usize, to: usize) -> bool {
    from == to || matches!((&stops[from], &stops[to]), (Ok(a), Ok(b)) if a.stop() == b.stop())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_matrix_is_that_of_both_oracles(seed in any::<u64>()) {
        let (network, stops, _) = scene(seed);
        let matrix = network.matrix(&stops);
        let oracle = Oracle::new(&network, &stops);
        let floyd = oracle.floyd();
        for (from, to) in (0..stops.len()).flat_map(|i| (0..stops.len()).map(move |j| (i, j))) {
            if same_place(&stops, from, to) {
                prop_assert_eq!(matrix.leg(from, to), if from == to || stops[from].is_ok() {
                    Ok(Leg::default())
                } else {
                    Err(NoRoad::OriginOffRoad)
                });
                continue;
            }
            prop_assert_eq!(matrix.leg(from, to).ok(), oracle.leg(from, to));
            prop_assert_eq!(matrix.leg(from, to).ok(), floyd[from * stops.len() + to]);
        }
    }

    #[test]
    fn the_swept_matrix_is_the_searched_one(seed in any::<u64>()) {
        let (network, mut stops, _) = scene(seed);
        stops.extend_from_within(..stops.len() / 2);
        let searched = network.matrix_searched(&stops);
        prop_assert_eq!(network.matrix_swept(&stops), searched);
    }

    #[test]
    fn the_sparse_matrix_by_sweeps_is_the_one_by_searches(seed in any::<u64>()) {
        let (network, stops, _) = scene(seed);
        let searched = network.matrix_sparse(&stops);
        network.graph().prepare();
        prop_assert_eq!(network.matrix_sparse(&stops), searched);
    }

    #[test]
    fn labels_tell_the_legs_of_the_square(seed in any::<u64>()) {
        let (network, mut stops, _) = scene(seed);
        stops.extend_from_within(..stops.len() / 2);
        let (square, labels) = (network.matrix_searched(&stops), network.matrix_labelled(&stops));
        for (from, to) in (0..stops.len()).flat_map(|i| (0..stops.len()).map(move |j| (i, j))) {
            prop_assert_eq!(square.leg(from, to), labels.leg(from, to), "{} {}", from, to);
        }
    }

    #[test]
    fn the_sparse_matrix_is_the_square_one(seed in any::<u64>()) {
        let (network, mut stops, _) = scene(seed);
        // A second stop at the same point, and what makes most cells share an edge.
        stops.extend_from_within(..stops.len() / 2);
        let (square, sparse) = (network.matrix(&stops), network.matrix_sparse(&stops));
        prop_assert_eq!(square.places(), sparse.places());
        for (from, to) in (0..stops.len()).flat_map(|i| (0..stops.len()).map(move |j| (i, j))) {
            prop_assert_eq!(square.leg(from, to), sparse.leg(from, to), "{} {}", from, to);
        }
    }

    #[test]
    fn a_path_is_as_long_as_its_cell_says(seed in any::<u64>()) {
        let (network, stops, _) = scene(seed);
        let matrix = network.matrix(&stops);
        for (i, from) in stops.iter().enumerate() {
            for (j, to) in stops.iter().enumerate() {
                let (Ok(from), Ok(to)) = (from, to) else { continue };
                let path = network.path(from, to);
                prop_assert_eq!(path.as_ref().map(|path| path.leg).map_err(|why| *why), matrix.leg(i, j));
                let Ok(path) = path else { continue };
                let drawn_m = length_m(&path.points);
                let slack_m = 2.0 + f64::from(u32::try_from(path.points.len()).unwrap());
                prop_assert!((drawn_m - path.leg.metres.as_f64()).abs() < slack_m, "{} {}", drawn_m, path.leg.metres);
                prop_assert_eq!(path.points[0], from.stop());
                prop_assert_eq!(path.points[path.points.len() - 1], to.stop());
            }
        }
    }

    #[test]
    fn another_stop_changes_no_cell(seed in any::<u64>()) {
        let (network, mut stops, mut rng) = scene(seed);
        let tables = |stops: &[Result<Snap, OffRoad>]| [
            network.matrix_searched(stops),
            network.matrix_swept(stops),
            network.matrix_sparse(stops),
            network.matrix_labelled(stops),
        ];
        let before = tables(&stops);
        stops.push(network.snap(random_point(&mut rng), Metres(600)));
        for (before, after) in before.iter().zip(tables(&stops)) {
            let places = 0..before.places();
            for (from, to) in places.clone().flat_map(|i| places.clone().map(move |j| (i, j))) {
                prop_assert_eq!(before.leg(from, to), after.leg(from, to));
            }
        }
    }

    #[test]
    fn closures_only_lengthen_or_close(seed in any::<u64>()) {
        let (network, stops, _) = scene(seed);
        let free = network.graph().network(network.profile(), &[]).matrix(&stops);
        let today = network.matrix(&stops);
        for (from, to) in (0..stops.len()).flat_map(|i| (0..stops.len()).map(move |j| (i, j))) {
            match (free.leg(from, to), today.leg(from, to)) {
                (Ok(free), Ok(today)) => prop_assert!(free.seconds <= today.seconds),
                (Ok(_), why) => prop_assert_eq!(why, Err(NoRoad::Closed)),
                (why, today) => prop_assert_eq!(why, today),
            }
        }
    }

    #[test]
    fn another_road_never_takes_longer(seed in any::<u64>()) {
        let mut rng = Rng::new(seed, 2);
        let mut data = plain_data(&mut rng);
        let (stops, before) = from_node_to_node(&data);
        let nodes = data.nodes.len();
        push_way(&mut data, 200, vec![rng.below(nodes), rng.below(nodes)], &mut rng);
        data.ways.retain(|way| way.tags.get("route").is_none());
        let (_, after) = from_node_to_node(&data);
        // A node that only happens to lie on a road may come to lie on the new one.
        let fixed: Vec<usize> = (0..nodes).filter(|&node| on_junction(&stops[node])).collect();
        for (&from, &to) in fixed.iter().flat_map(|from| fixed.iter().map(move |to| (from, to))) {
            if let Ok(before) = before.leg(from, to) {
                let faster = |after: Leg| after.seconds <= before.seconds;
                prop_assert!(after.leg(from, to).is_ok_and(faster));
            }
        }
    }

    #[test]
    fn the_snap_is_the_nearest_usable_road(seed in any::<u64>()) {
        let (network, _, mut rng) = scene(seed);
        let stop = random_point(&mut rng);
        let Ok(snap) = network.snap(stop, Metres(100_000)) else { return Ok(()) };
        let near = |edge: usize| {
            let points = network.graph().edge_points(edge);
            points.windows(2).flat_map(|pair| (0..=200).map(move |i| {
                let t = f64::from(i) / 200.0;
                let along = |a: f64, b: f64| a + (b - a) * t;
                Point::wgs84(along(pair[0].lat, pair[1].lat), along(pair[0].lon, pair[1].lon))
            })).map(|p| p.distance_m(stop)).fold(f64::INFINITY, f64::min)
        };
        let usable = (0..network.graph().edge_count()).filter(|&edge| network.is_kerb[edge]);
        let best = usable.map(near).fold(f64::INFINITY, f64::min);
        prop_assert!(snap.access().as_f64() <= best + 1.0);
        prop_assert!((snap.access().as_f64() - stop.distance_m(snap.point())).abs() <= 0.5);
    }
}

#[test]
fn roads_over_the_date_line_and_the_poles_are_as_long_as_they_are() {
    let ends = [
        [(0.0, 179.995), (0.001, -179.995)],
        [(-17.0, -179.998), (-17.002, 179.996)],
        [(89.995, 20.0), (89.996, -160.0)],
        [(-89.997, 95.0), (-89.996, -85.0)],
    ];
    for [a, b] in ends {
        let node = |id: u8, (lat, lon): (f64, f64)| {
            format!("<node id=\"{id}\" lat=\"{lat}\" lon=\"{lon}\"/>")
        };
        let way =
            "<way id=\"9\"><nd ref=\"1\"/><nd ref=\"2\"/><tag k=\"highway\" v=\"track\"/></way>";
        let map = format!("<osm>{}{}{way}</osm>", node(1, a), node(2, b));
        let network = Arc::new(
            Arc::new(RoadGraph::parse("map.osm", map.as_bytes()).unwrap())
                .network(&Profile::four_by_four(), &[]),
        );
        let [a, b] = [a, b].map(|(lat, lon)| Point::wgs84(lat, lon));
        // Stops at the ends and some metres beside them.
        let beside = |p: Point| Point::wgs84(p.lat - 0.0001 * p.lat.signum(), p.lon);
        let stops = network.snap_all(&[a, b, beside(a), beside(b)], Metres(60));
        let whole = a.distance_m(b);
        for matrix in
            [network.matrix(&stops), network.matrix_swept(&stops), network.matrix_labelled(&stops)]
        {
            for (from, to) in [(0, 1), (1, 0)] {
                let metres = matrix.leg(from, to).unwrap().metres.as_f64();
                assert!((metres - whole).abs() <= 1.0, "{a:?} to {b:?}: {metres} of {whole}");
            }
            let apart = matrix.leg(2, 3).unwrap().metres.as_f64();
            assert!((apart - whole).abs() < 50.0, "{a:?} to {b:?}: {apart} of {whole}");
        }
    }
}

/// Roads of two nodes each, so that another road splits none; no gates and ferries, which another
/// road may bring into play.
fn plain_data(rng: &mut Rng) -> OsmData {
    let mut data = random_data(rng);
    for way in &mut data.ways {
        way.nodes.truncate(2);
    }
    data.ways.retain(|way| way.tags.get("route").is_none());
    for node in &mut data.nodes {
        node.tags = std::iter::empty().collect();
    }
    data
}

fn on_junction(stop: &Result<Snap, OffRoad>) -> bool {
    stop.is_ok_and(|stop| [0.0, 1.0].map(f64::to_bits).contains(&stop.share().to_bits()))
}

/// The matrix between all nodes, each snapped to nothing but itself.
fn from_node_to_node(data: &OsmData) -> (Vec<Result<Snap, OffRoad>>, TravelMatrix) {
    let graph = Arc::new(RoadGraph::from_osm(data).unwrap());
    let network = graph.network(&Profile::minivan(), &[] as &[Closure]);
    let points: Vec<Point> = data.nodes.iter().map(|node| node.point).collect();
    let stops = network.snap_all(&points, Metres::ZERO);
    let matrix = network.matrix(&stops);
    (stops, matrix)
}
