//! Real extracts: what is read agrees with what another reader counted in them.

use std::path::PathBuf;

use super::*;

fn folder() -> PathBuf {
    let shared = std::env::var_os("LASTMILE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    shared.join("osm")
}

fn extract(name: &str) -> OsmData {
    read(&folder().join(name)).unwrap_or_else(|error| panic!("{error}"))
}

fn sorted<T>(items: &[T], id: fn(&T) -> i64) -> bool {
    items.windows(2).all(|pair| id(&pair[0]) < id(&pair[1]))
}

/// The number of roads as another reader counted them: those too short to drive on among them.
fn highways(data: &OsmData) -> u64 {
    let roads = data.ways.iter().filter(|way| way.tags.get("highway").is_some());
    roads.count() as u64 + data.counts.ways_short
}

#[test]
#[ignore = "needs the shared extracts"]
fn every_extract_is_read_and_balances() {
    let mut read = 0;
    for folder in [folder(), folder().join("edge")] {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if !name.contains(".osm") {
                continue;
            }
            let data = super::read(&path).unwrap_or_else(|error| panic!("{error}"));
            println!("{name}\n{}", data.counts);
            assert!(balances(&data.counts), "{name}");
            assert!(sorted(&data.nodes, |node| node.id), "{name}");
            assert!(sorted(&data.ways, |way| way.id), "{name}");
            assert!(sorted(&data.restrictions, |restriction| restriction.id), "{name}");
            assert_eq!(data.counts.unreadable(), 0, "{name}");
            assert!(!data.ways.is_empty(), "{name}");
            read += 1;
        }
    }
    assert_eq!(read, 20);
}

#[test]
#[ignore = "needs the shared extracts"]
fn roads_are_as_many_as_another_reader_counted() {
    let counted = [
        ("andorra-2025-01.osm.pbf", 7_763),
        ("andorra-2013-05.osm.pbf", 1_615),
        ("heidelberg-odenwald-roads.osm.pbf", 25_359),
        ("porto-metro-roads.osm.pbf", 51_349),
        ("china-anhui-2017-10.osm.pbf", 28_751),
        ("bahamas-2018-10.osm.pbf", 8_830),
        ("nimba-west-africa-2017-10.osm.pbf", 2_603),
        ("timor-border-2017-09.osm.pbf", 548),
        ("cuba-moron-2016-05.osm.pbf", 2_058),
        ("north-bayreuth-2014-11.osm.gz", 2_056),
        ("krems-2013-12.osm.gz", 838),
    ];
    let found = counted.map(|(name, _)| (name, highways(&extract(name))));
    assert_eq!(found, counted);
}

#[test]
#[ignore = "needs the shared extracts"]
fn turn_restrictions_are_as_many_as_another_reader_counted() {
    let counted = [
        ("andorra-2025-01.osm.pbf", 76),
        ("china-anhui-2017-10.osm.pbf", 31),
        ("heidelberg-odenwald-roads.osm.pbf", 476),
        ("porto-metro-roads.osm.pbf", 357),
        ("north-bayreuth-2014-11.osm.gz", 40),
        ("krems-2013-12.osm.gz", 9),
    ];
    let found = counted.map(|(name, _)| {
        let counts = extract(name).counts;
        (name, counts.restrictions_kept + counts.restrictions_incomplete)
    });
    assert_eq!(found, counted);
}

#[test]
#[ignore = "needs the shared extracts"]
fn tracks_are_as_many_as_another_reader_counted() {
    let counted = [
        ("andorra-2025-01.osm.pbf", 719),
        ("heidelberg-odenwald-roads.osm.pbf", 4_760),
        ("cuba-moron-2016-05.osm.pbf", 294),
    ];
    let found = counted.map(|(name, _)| {
        let data = extract(name);
        let is_track = |way: &&OsmWay| way.tags.get("highway") == Some("track");
        (name, data.ways.iter().filter(is_track).count())
    });
    assert_eq!(found, counted);
}

#[test]
#[ignore = "needs the shared extracts"]
fn the_number_of_threads_does_not_matter() {
    let read_with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| extract("china-anhui-2017-10.osm.pbf"))
    };
    assert_eq!(read_with(1), read_with(5));
}
