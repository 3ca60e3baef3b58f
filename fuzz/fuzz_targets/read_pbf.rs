//! Any bytes as a whole PBF file: its frames, its blobs packed or raw.
#![no_main]

use lastmile::road::RoadGraph;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = RoadGraph::parse("map.osm.pbf", bytes);
});
