//! Whole maps through the one door.

mod bad;
mod encode;
mod extracts;

use proptest::prelude::*;

use super::*;
use encode::{
    Message, Node, PLAIN, Relation, Sketch, Style, Way, blob, block, frame, gzip, header, zigzag,
};

/// A village: a track with a ford and a gate, a lane with a gap, a ferry, a house, a turn
/// restriction, a named place, and some of each thing that is dropped.
const VILLAGE: Sketch = Sketch {
    nodes: &[
        Node(9, 305_000_000, 1_113_000_000, &[("place", "village"), ("name", "桥边")]),
        Node(1, 306_900_001, 1_112_900_003, &[]),
        Node(
            2,
            306_910_000,
            1_112_900_000,
            &[("ford", "yes"), ("source", "survey"), ("depth", "0.3")],
        ),
        Node(3, 306_920_000, -1_112_900_007, &[("barrier", "gate"), ("ele", "2315 m")]),
        Node(2, 306_990_000, 1_112_900_000, &[("ford", "no")]),
        Node(5, 306_920_000, 1_112_900_000, &[("amenity", "bench")]),
        Node(6, 906_920_000, 1_112_900_000, &[]),
        Node(-4, -306_920_000, 1_800_000_000, &[]),
    ],
    ways: &[
        Way(20, &[1, 2, 3], &[("highway", "track"), ("surface", "mud"), ("source", "<GPS & eye>")]),
        Way(10, &[3, 77, -4, 6], &[("highway", "service"), ("name", "A & B")]),
        Way(30, &[1, 3], &[("route", "ferry"), ("highway", "no"), ("highway", "track")]),
        Way(31, &[1, 3], &[("building", "yes")]),
        Way(32, &[1], &[("highway", "path")]),
        Way(20, &[1, 3], &[("highway", "primary")]),
    ],
    relations: &[
        Relation(
            5,
            &[("way", 20, "from"), ("node", 3, "via"), ("way", 10, "to")],
            &[("type", "restriction"), ("restriction", "no_left_turn")],
        ),
        Relation(
            4,
            &[("way", 20, "from"), ("way", 30, "via"), ("way", 10, "to"), ("relation", 1, "x")],
            &[("type", "restriction"), ("restriction:hgv", "no_u_turn")],
        ),
        Relation(
            6,
            &[("way", 20, "from"), ("way", 10, "to")],
            &[("type", "restriction"), ("restriction", "no_left_turn")],
        ),
        Relation(7, &[("way", 20, "outer")], &[("type", "boundary")]),
    ],
};

fn village() -> OsmData {
    parse("village.osm", VILLAGE.xml().as_bytes()).unwrap()
}

#[test]
fn a_village_is_read() {
    let data = village();
    let ids: Vec<i64> = data.nodes.iter().map(|node| node.id).collect();
    assert_eq!(ids, [-4, 1, 2, 3, 9]);
    assert_eq!(data.nodes[1].point, Point::wgs84(30.690_000_1, 111.290_000_3));
    let tags: Vec<_> = data.nodes[2].tags.iter().collect();
    assert_eq!(tags, [("depth", "0.3"), ("ford", "yes")]);
    assert_eq!(data.nodes[3].ele_m, Some(2315.0));
    assert_eq!(data.nodes[4].tags.get("name"), Some("桥边"));
    let ids: Vec<i64> = data.ways.iter().map(|way| way.id).collect();
    assert_eq!(ids, [10, 20, 30]);
    assert_eq!(data.ways[0].nodes, [3, 77, -4, 6]);
    assert_eq!(data.ways[0].tags.get("name"), Some("A & B"));
    assert_eq!((data.ways[1].tags.len(), data.ways[1].tags.get("source")), (2, None));
    assert_eq!(data.ways[2].tags.get("highway"), Some("no"), "the first of a double key counts");
    let vias: Vec<_> = data.restrictions.iter().map(|r| (r.id, &*r.kind, &r.via)).collect();
    assert_eq!(vias, [(4, "", &Via::Ways(vec![30])), (5, "no_left_turn", &Via::Node(3))]);
}

#[test]
fn everything_is_counted() {
    let counts = village().counts;
    let expected = ReadCounts {
        nodes: 8,
        nodes_kept: 5,
        nodes_unused: 1,
        nodes_off_globe: 1,
        nodes_double: 1,
        ways: 6,
        ways_kept: 3,
        ways_no_road: 1,
        ways_short: 1,
        ways_double: 1,
        relations: 4,
        restrictions_kept: 2,
        relations_other: 1,
        restrictions_incomplete: 1,
        missing_references: 2,
        ways_with_gaps: 1,
        ..Default::default()
    };
    assert_eq!(counts, expected);
}

#[test]
fn every_form_of_a_map_gives_the_same() {
    let expected = village();
    for bits in 0..16 {
        let style = Style {
            dense: bits & 1 == 0,
            zlib: bits & 2 == 0,
            ways_first: bits & 4 == 0,
            offset: if bits & 8 == 0 { 0 } else { 12_300 },
            ..PLAIN
        };
        let bytes = VILLAGE.pbf(style);
        assert_eq!(parse("village.osm.pbf", &bytes).unwrap(), expected, "{style:?}");
        assert_eq!(parse("village", &gzip(&bytes)).unwrap(), expected);
    }
    assert_eq!(parse("", &gzip(VILLAGE.xml().as_bytes())).unwrap(), expected);
    assert_eq!(parse("", ("\u{feff}".to_owned() + &VILLAGE.xml()).as_bytes()).unwrap(), expected);
}

#[test]
fn a_coarse_grid_is_read() {
    let data = parse("coarse", &VILLAGE.pbf(Style { unit: 100_000, ..PLAIN })).unwrap();
    assert_eq!(data.nodes[1].point, Point::wgs84(30.69, 111.29));
}

#[test]
fn the_last_version_counts_and_a_deleted_road_stays_deleted() {
    let text = "<osm version='0.6'><node id='1' lat='1' lon='1'/><node id='2' lat='2' lon='2'/>
        <way id='1' version='1' visible='true'><nd ref='1'/><nd ref='2'/><tag k='highway' v='a'/></way>
        <way id='1' version='3' visible='true'><nd ref='2'/><nd ref='1'/><tag k='highway' v='c'/></way>
        <way id='1' version='2' visible='true'><nd ref='1'/><nd ref='2'/><tag k='highway' v='b'/></way>
        <way id='2' version='1' visible='true'><nd ref='1'/><nd ref='2'/><tag k='highway' v='a'/></way>
        <way id='2' version='2' visible='false'/></osm>";
    let data = parse("history", text.as_bytes()).unwrap();
    assert_eq!(data.ways.len(), 1);
    assert_eq!(data.ways[0].tags.get("highway"), Some("c"));
    assert_eq!((data.counts.ways_double, data.counts.ways_deleted), (3, 1));
}

#[test]
fn a_history_in_pbf_follows_the_same_rule() {
    let way = |version: i64, visible: i64, key: i64| {
        let info = Message::default().number(1, version).number(6, visible);
        let way = Message::default().number(1, 7).packed(2, [key]).packed(3, [2]);
        way.bytes(4, &info.0).packed(8, [zigzag(1), zigzag(1)])
    };
    let nodes = |visibles: [i64; 3]| {
        let info = Message::default().packed(1, [1, 2, 1]).packed(6, visibles);
        let dense = Message::default().packed(1, [zigzag(1), 0, zigzag(1)]).bytes(5, &info.0);
        dense.packed(8, [2, 2, 2]).packed(9, [2, 2, 2])
    };
    let features = ["OsmSchema-V0.6", "DenseNodes", "HistoricalInformation"];
    let read = |ways: &[Message], visibles: [i64; 3]| {
        let group = Message::default().bytes(2, &nodes(visibles).0);
        let group = ways.iter().fold(group, |group, way| group.bytes(3, &way.0));
        let block = block(&[b"", b"highway", b"track", b"building"], &[group]);
        parse("history", &[header(&features), block].concat()).unwrap()
    };
    let data = read(&[way(1, 1, 1), way(2, 1, 3)], [1, 1, 1]);
    assert_eq!(data.ways, [], "the newer version is no road");
    let data = read(&[way(1, 1, 1)], [1, 0, 1]);
    let ids: Vec<i64> = data.nodes.iter().map(|node| node.id).collect();
    assert_eq!((ids, data.counts.nodes_deleted, data.counts.missing_references), (vec![2], 1, 1));
}

/// Each object is kept or dropped for one cause.
fn balances(counts: &ReadCounts) -> bool {
    let c = counts;
    let nodes = c.nodes_kept + c.nodes_unused + c.nodes_off_globe + c.nodes_double;
    let ways = c.ways_kept + c.ways_no_road + c.ways_short + c.ways_double;
    let relations = c.restrictions_kept + c.relations_other + c.restrictions_incomplete;
    c.nodes == nodes + c.nodes_deleted + c.nodes_unreadable
        && c.ways == ways + c.ways_deleted + c.ways_unreadable
        && c.relations
            == relations + c.restrictions_double + c.relations_deleted + c.relations_unreadable
}

/// Valid maps to spoil.
fn maps() -> Vec<Vec<u8>> {
    let raw = Style { zlib: false, ..PLAIN };
    let plain = Style { dense: false, ..raw };
    let xml = VILLAGE.xml().into_bytes();
    vec![VILLAGE.pbf(PLAIN), VILLAGE.pbf(raw), VILLAGE.pbf(plain), gzip(&xml), xml]
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse("", &bytes);
        let _ = parse("", &gzip(&bytes));
        let _ = parse("", &[b"<osm>", &bytes[..]].concat());
        let _ = parse("", &[header(&[]), frame("OSMData", &blob(&Message(bytes), true))].concat());
    }

    #[test]
    fn spoilt_maps_never_panic_and_counts_always_balance(
        which in 0..5usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = maps().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(data) = parse("", &bytes) {
            prop_assert!(balances(&data.counts), "{:?}", data.counts);
        }
    }
}

/// One spoilt map: some bytes changed, moved, doubled or cut out.
fn spoil(bytes: &mut Vec<u8>, rng: &mut crate::rng::Rng) {
    for _ in 0..rng.between(1, 6) {
        let at = rng.below(bytes.len().max(1));
        let to = (at + rng.between(1, 40)).min(bytes.len());
        match rng.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..to)),
            2 => bytes.extend_from_within(at..to),
            3 => {
                let piece = bytes[at..to].to_vec();
                let into = rng.below(bytes.len() + 1);
                drop(bytes.splice(into..into, piece));
            }
            4 if at < bytes.len() => {
                bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'<', b'"', b'&'][rng.below(8)];
            }
            _ if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            _ => {}
        }
    }
}

/// Spoils kept maps again and again; the counts of what is still readable balance, and a graph
/// can be built of it or is refused. `LASTMILE_MUTATIONS` says how often, 10^7 times if unset:
/// `LASTMILE_MUTATIONS=100000 cargo test --release --lib spoilt_maps_again -- --ignored`.
#[test]
#[ignore = "runs for an hour or more"]
fn spoilt_maps_again_and_again_never_panic() {
    use rayon::prelude::*;
    let asked = std::env::var("LASTMILE_MUTATIONS").ok().and_then(|count| count.parse().ok());
    let count: u64 = asked.unwrap_or(10_000_000);
    let maps = maps();
    let read = (0..count).into_par_iter().filter(|&seed| {
        let mut rng = crate::rng::Rng::new(seed, 21);
        let mut bytes = maps[rng.below(maps.len())].clone();
        spoil(&mut bytes, &mut rng);
        let Ok(data) = parse("", &bytes) else { return false };
        assert!(balances(&data.counts), "seed {seed}: {:?}", data.counts);
        let _ = crate::road::RoadGraph::from_osm(&data);
        true
    });
    println!("{} of {count} spoilt maps were still read", read.count());
}
