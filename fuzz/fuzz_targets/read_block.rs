//! Any bytes as the block of a PBF file, unpacked: what is behind frames and zlib, where changed bytes of a
//! whole file seldom come.
#![no_main]

use lastmile::road::RoadGraph;
use libfuzzer_sys::fuzz_target;

/// The number and length of a field that holds bytes.
fn begin(out: &mut Vec<u8>, field: u8, mut length: usize) {
    out.push(field << 3 | 2);
    while length > 0x7f {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

/// A frame of the file: how long its head is, its kind, how long its blob is, and a raw blob.
fn frame(out: &mut Vec<u8>, kind: &[u8], block: &[u8]) {
    let mut blob = Vec::new();
    begin(&mut blob, 1, block.len());
    blob.extend_from_slice(block);
    let mut head = Vec::new();
    begin(&mut head, 1, kind.len());
    head.extend_from_slice(kind);
    head.push(3 << 3);
    let mut size = blob.len();
    while size > 0x7f {
        head.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    head.push(size as u8);
    out.extend_from_slice(&(head.len() as u32).to_be_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&blob);
}

fuzz_target!(|block: &[u8]| {
    let mut file = Vec::new();
    let mut features = Vec::new();
    for feature in ["OsmSchema-V0.6", "DenseNodes"] {
        begin(&mut features, 4, feature.len());
        features.extend_from_slice(feature.as_bytes());
    }
    frame(&mut file, b"OSMHeader", &features);
    frame(&mut file, b"OSMData", block);
    let _ = RoadGraph::parse("map.osm.pbf", &file);
});
