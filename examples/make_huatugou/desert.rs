//! The land around the town: junctions, camps, roads and tracks, and how far each place is.

use std::collections::BTreeMap;

use lastmile::place::Point;
use lastmile::rng::Rng;

use crate::map::{CAMPS, Camp, Grade, JUNCTIONS, LAKE, LINKS, LOOSE_ENDS};
use crate::net::{Course, Net, Tag, curve, is_open, moved, offset_m, pick};
use crate::town::Town;

/// One row of `places.csv`.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) name_zh: &'static str,
    /// Value of the OSM key `place`, or `station`.
    pub(crate) kind: &'static str,
    pub(crate) point: Point,
    /// From the station by all-year public roads, m.
    pub(crate) road_m: f64,
}

/// The farthest camp, where the last road ends, and the direction that road takes.
const FARTHEST: Camp = Camp {
    name: "Lenghu No. 4",
    zh: "冷湖四号",
    kind: "hamlet",
    at: (39.10, 93.10),
    height_m: 2780.0,
};
const BEFORE_FARTHEST: &str = "Lenghu";
/// From the gate to the first house of a camp, m: the end of a camp's road length.
const GATE_M: f64 = 60.0;

/// A camp's entrance and the first node behind its gate.
struct Compound {
    camp: Camp,
    middle: Point,
    door: usize,
}

/// Draws everything outside the town and measures it; the farthest camp is moved along its road until
/// it is `farthest_m` away.
pub(crate) fn draw(net: &mut Net, town: &Town, seed: u64, farthest_m: f64) -> Vec<Place> {
    let mut rng = Rng::new(seed, 2);
    let mut anchors = BTreeMap::from([
        ("town west", town.west),
        ("town east", town.east),
        ("town north", town.north),
        ("town south", town.south),
    ]);
    for &(name, at, height_m) in JUNCTIONS.iter().chain(LOOSE_ENDS) {
        anchors.insert(name, net.node(Point::wgs84(at.0, at.1), height_m, &[]));
    }
    for camp in CAMPS {
        anchors.insert(camp.name, net.node(Point::wgs84(camp.at.0, camp.at.1), camp.height_m, &[]));
    }
    for (grade, stations) in LINKS {
        for pair in stations.windows(2) {
            let ends = [anchors[pair[0]], anchors[pair[1]]];
            link(net, ends, *grade, &mut rng);
        }
    }
    let mut compounds: Vec<Compound> =
        CAMPS.iter().map(|camp| compound(net, *camp, anchors[camp.name], &mut rng)).collect();
    compounds.push(farthest(net, town, anchors[BEFORE_FARTHEST], farthest_m, &mut rng));
    lake(net, &mut rng);
    measured(net, town, &compounds)
}

/// One road or track between two anchors.
fn link(net: &mut Net, ends: [usize; 2], grade: Grade, rng: &mut Rng) {
    let nodes = net.line(ends[0], ends[1], grade.course(), rng);
    let middle = nodes[nodes.len() / 2];
    if grade == Grade::Ford {
        net.nodes[middle].tags.extend([("ford", "yes"), ("depth", "0.3")]);
    }
    net.way(nodes, grade.tags());
}

/// A gate, a short drive and a loop of service road around the middle of a camp.
fn compound(net: &mut Net, camp: Camp, entrance: usize, rng: &mut Rng) -> Compound {
    let height_m = camp.height_m;
    let at = net.nodes[entrance].point;
    let angle = pick(rng, 0.0, std::f64::consts::TAU);
    let ahead = |along: f64, aside: f64| {
        let (cos, sin) = (angle.cos(), angle.sin());
        moved(at, along * cos - aside * sin, along * sin + aside * cos)
    };
    let gate_tags: &[Tag] = match rng.below(3) {
        0 => &[("barrier", "gate"), ("access", "permissive")],
        1 => &[("barrier", "lift_gate")],
        _ => &[("barrier", "gate")],
    };
    let gate = net.node(ahead(0.5 * GATE_M, 0.0), height_m, gate_tags);
    let door = net.node(ahead(GATE_M, 0.0), height_m, &[]);
    net.way(vec![entrance, gate, door], &[("highway", "service"), ("surface", "gravel")]);
    let (deep, wide) = (pick(rng, 90.0, 220.0), pick(rng, 60.0, 140.0));
    let mut circuit = vec![door];
    for (along, aside) in
        [(0.0, -0.5), (0.5, -0.55), (1.0, -0.5), (1.05, 0.0), (1.0, 0.5), (0.5, 0.5), (0.0, 0.5)]
    {
        let jitter = pick(rng, -8.0, 8.0);
        let point = ahead(GATE_M + along * deep + jitter, aside * wide + jitter);
        circuit.push(net.node(point, height_m, &[]));
    }
    circuit.push(door);
    net.way(circuit, &[("highway", "service"), ("surface", "compacted")]);
    let middle = ahead(GATE_M + 0.5 * deep, 0.0);
    let tags =
        [("place", camp.kind), ("name", camp.zh), ("name:zh", camp.zh), ("name:en", camp.name)];
    net.node(middle, height_m, &tags);
    Compound { camp, middle, door }
}

/// The last camp: its road is cut where the whole way from the station is as long as wished.
fn farthest(net: &mut Net, town: &Town, before: usize, farthest_m: f64, rng: &mut Rng) -> Compound {
    let grade = Grade::Gravel;
    let mut left_m = farthest_m - GATE_M - net.lengths_m(town.station)[before];
    assert!(left_m > 1000.0, "the last road has {left_m} m");
    let start = net.nodes[before].point;
    let goal = Point::wgs84(FARTHEST.at.0, FARTHEST.at.1);
    let mut nodes = vec![before];
    let mut here = start;
    for next in curve(start, goal, grade.course(), rng) {
        let step_m = here.distance_m(next);
        let share = (left_m / step_m).min(1.0);
        let (east, north) = offset_m(here, next);
        here = moved(here, east * share, north * share);
        nodes.push(net.node(here, FARTHEST.height_m, &[]));
        left_m -= step_m * share;
        if share < 1.0 {
            break;
        }
    }
    assert!(left_m < 1.0, "the last road is {left_m} m too short");
    let entrance = nodes[nodes.len() - 1];
    net.way(nodes, grade.tags());
    compound(net, FARTHEST, entrance, rng)
}

/// A water area, which is no road: a reader must pass over it.
fn lake(net: &mut Net, rng: &mut Rng) {
    let middle = Point::wgs84(LAKE.0, LAKE.1);
    let mut shore: Vec<usize> = (0..36_u32)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i) / 36.0;
            let ripple = pick(rng, 0.9, 1.05);
            let point =
                moved(middle, 8_500.0 * ripple * angle.cos(), 4_200.0 * ripple * angle.sin());
            net.node(point, 2853.0, &[])
        })
        .collect();
    shore.push(shore[0]);
    let tags = [("natural", "water"), ("name", "尕斯库勒湖"), ("name:en", "Gasi Kule Lake")];
    net.way(shore, &tags);
}

/// The list of places, the station first, then by road length.
fn measured(net: &mut Net, town: &Town, compounds: &[Compound]) -> Vec<Place> {
    let station = moved(net.nodes[town.station].point, 14.0, 9.0);
    let depot = [("amenity", "post_depot"), ("name", "花土沟站"), ("name:en", "Huatugou station")];
    net.node(station, net.nodes[town.station].height_m, &depot);
    let town_tags =
        [("place", "town"), ("name", "花土沟镇"), ("name:zh", "花土沟镇"), ("name:en", "Huatugou")];
    net.nodes[town.middle].tags.extend(town_tags);
    let lengths_m = net.lengths_m(town.station);
    let mut on_roads = net.ways.iter().filter(|way| is_open(way)).flat_map(|way| &way.nodes);
    assert!(on_roads.all(|&node| lengths_m[node].is_finite()), "every open road can be reached");
    let place = |(name, name_zh), kind, point, road_m| Place { name, name_zh, kind, point, road_m };
    let mut places = vec![place(("Huatugou station", "花土沟站"), "station", station, 0.0)];
    let middle = net.nodes[town.middle].point;
    places.push(place(("Huatugou", "花土沟镇"), "town", middle, lengths_m[town.ring]));
    for Compound { camp, middle, door } in compounds {
        assert!(lengths_m[*door].is_finite(), "{} can be reached", camp.name);
        places.push(place((camp.name, camp.zh), camp.kind, *middle, lengths_m[*door]));
    }
    places.sort_by(|a, b| a.road_m.total_cmp(&b.road_m));
    places
}

impl Grade {
    /// How curved it is.
    fn course(self) -> Course {
        let (swing, wave_m) = match self {
            Self::Trunk => (0.16, 24_000.0),
            Self::Secondary => (0.48, 12_000.0),
            Self::Tertiary => (0.3, 9_000.0),
            Self::Gravel => (0.4, 7_000.0),
            _ => (0.5, 5_000.0),
        };
        Course { swing, wave_m, spacing_m: (200.0, 600.0) }
    }

    /// Its tags.
    fn tags(self) -> &'static [Tag] {
        match self {
            Self::Trunk => {
                &[("highway", "trunk"), ("ref", "G315"), ("surface", "asphalt"), ("maxspeed", "80")]
            }
            Self::Secondary => &[
                ("highway", "secondary"),
                ("ref", "S305"),
                ("surface", "asphalt"),
                ("maxspeed", "60"),
            ],
            Self::Tertiary => &[("highway", "tertiary"), ("surface", "asphalt")],
            Self::Gravel => {
                &[("highway", "unclassified"), ("surface", "gravel"), ("smoothness", "bad")]
            }
            Self::Track1 => &[
                ("highway", "track"),
                ("tracktype", "grade1"),
                ("surface", "compacted"),
                ("smoothness", "intermediate"),
            ],
            Self::Track2 => &[
                ("highway", "track"),
                ("tracktype", "grade2"),
                ("surface", "gravel"),
                ("smoothness", "bad"),
            ],
            Self::Track3 | Self::Ford => &[
                ("highway", "track"),
                ("tracktype", "grade3"),
                ("surface", "gravel"),
                ("smoothness", "very_bad"),
            ],
            Self::Track4 => &[
                ("highway", "track"),
                ("tracktype", "grade4"),
                ("surface", "ground"),
                ("smoothness", "horrible"),
            ],
            Self::Track5 => &[
                ("highway", "track"),
                ("tracktype", "grade5"),
                ("surface", "sand"),
                ("smoothness", "very_horrible"),
            ],
            Self::Seasonal => &[
                ("highway", "track"),
                ("tracktype", "grade4"),
                ("surface", "mud"),
                ("seasonal", "dry_season"),
                ("access:conditional", "no @ (Nov-Mar)"),
            ],
        }
    }
}
