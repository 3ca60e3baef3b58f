//! Any bytes as an XML map: read, and a road graph built of it, or refused.
#![no_main]

use lastmile::road::RoadGraph;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Whatever it begins with, the XML reader gets it.
    let text = [b"<osm>".as_slice(), bytes].concat();
    let text = if bytes.starts_with(b"<") { bytes } else { text.as_slice() };
    let _ = RoadGraph::parse("map.osm", text);
});
