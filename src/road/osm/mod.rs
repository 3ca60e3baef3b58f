//! Reads `OpenStreetMap` extracts: PBF, XML, either of them packed with gzip. What is read, kept
//! and dropped is counted; a damaged file is refused, never half believed. Not used: coordinates
//! stored on ways (`LocationsOnWays`), and ferries that are only a relation.
#![cfg_attr(
    not(test),
    deny(
        clippy::as_conversions,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

mod block;
mod counts;
mod haul;
mod kind;
mod objects;
mod pbf;
mod tags;
#[cfg(test)]
mod tests;
mod wire;
mod write;
mod xml;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use counts::ReadCounts;
pub use tags::Tags;
pub use write::to_xml;

use crate::error::{Code, Error, Fault, Result};
use crate::place::Point;
use kind::Kind;

/// The largest map file, and the largest text behind a gzip, in bytes.
pub const MAP_BYTES: u64 = 2 << 30;

/// What a road graph needs of an extract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OsmData {
    /// The nodes of the kept ways, and named places. Invariant: sorted by id, each once.
    pub nodes: Vec<OsmNode>,
    /// Roads and ferries. Invariant: sorted by id, each once, at least two references.
    pub ways: Vec<OsmWay>,
    /// Turn restrictions. Invariant: sorted by id, each once.
    pub restrictions: Vec<OsmRestriction>,
    /// What was read, kept and dropped.
    pub counts: ReadCounts,
}

/// A node of a kept way, or a named place.
#[derive(Clone, Debug, PartialEq)]
pub struct OsmNode {
    /// The id; editors give negative ones to what they have not uploaded yet.
    pub id: i64,
    /// Where it is.
    pub point: Point,
    /// Height above the sea in metres, where `ele` gives a plausible one.
    pub ele_m: Option<f64>,
    /// The tags that matter to routing and naming; see [`Tags`].
    pub tags: Tags,
}

/// A way with `highway=*` or `route=ferry`.
#[derive(Clone, Debug, PartialEq)]
pub struct OsmWay {
    /// The id.
    pub id: i64,
    /// Ids of its nodes in order. Some may be missing from [`OsmData::nodes`]: the way is to be cut
    /// there, never drawn across the gap.
    pub nodes: Vec<i64>,
    /// All tags but noise; see [`Tags`].
    pub tags: Tags,
}

/// A turn restriction. Its members may lie outside the extract.
#[derive(Clone, Debug, PartialEq)]
pub struct OsmRestriction {
    /// The id of the relation.
    pub id: i64,
    /// The value of `restriction`, such as `no_left_turn`; empty where the relation only has
    /// `restriction:<vehicle>` or `restriction:conditional`, which are in the tags.
    pub kind: String,
    /// The ways a turn comes from; one, save for `no_entry`.
    pub from: Vec<i64>,
    /// What a turn passes.
    pub via: Via,
    /// The ways a turn goes to; one, save for `no_exit`.
    pub to: Vec<i64>,
    /// All tags but noise.
    pub tags: Tags,
}

/// What lies between the two ends of a restricted turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A junction.
    Node(i64),
    /// One or more ways, in the order of the relation.
    Ways(Vec<i64>),
}

/// Reads the extract at `path`; the whole file goes through memory.
///
/// # Errors
/// The file cannot be read, is larger than [`MAP_BYTES`], or is refused by [`parse`].
pub fn read(path: &Path) -> Result<OsmData> {
    parse(&path.display().to_string(), &load(path)?)
}

/// The bytes of the extract at `path`, as [`parse`] takes them.
///
/// # Errors
/// The file cannot be read. Of one larger than [`MAP_BYTES`] one byte more than that comes back,
/// which [`parse`] then refuses.
pub fn load(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAP_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| Error::unreadable(path, &source))?;
    Ok(bytes)
}

/// Reads an extract from memory. Its kind is told by its content; `name` is for messages only.
///
/// # Errors
/// The bytes are no map, are cut off or damaged, need a feature or a compression this reader does
/// not know, exceed a limit, or more than 1 % of the objects cannot be read.
///
/// ```
/// let map = r#"<osm version="0.6">
///   <node id="1" lat="30.69" lon="111.29"/>
///   <node id="2" lat="30.70" lon="111.29"/>
///   <way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="track"/></way>
/// </osm>"#;
/// let data = lastmile::road::osm::parse("village.osm", map.as_bytes())?;
/// assert_eq!(data.ways[0].tags.get("highway"), Some("track"));
/// # Ok::<(), lastmile::Error>(())
/// ```
pub fn parse(name: &str, bytes: &[u8]) -> Result<OsmData> {
    let data = parse_any(bytes, Cut::Refused).map_err(|error| error.in_file(name))?;
    data.counts.check().map_err(|error| error.in_file(name))?;
    Ok(data)
}

/// [`parse`], but however many of the objects cannot be read, and of a PBF file that is cut off the
/// blocks before the cut: for who would rather plan on what is left of a map. What was lost is in the
/// [counts](OsmData::counts).
///
/// # Errors
/// Those of [`parse`] but these; a file that has damaged blocks stays refused, and so does a text or a
/// gzip file that is cut off.
pub fn parse_lossy(name: &str, bytes: &[u8]) -> Result<OsmData> {
    parse_any(bytes, Cut::Kept).map_err(|error| error.in_file(name))
}

/// What is done with a PBF file that ends within a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Refused,
    /// The blocks before are read.
    Kept,
}

fn parse_any(bytes: &[u8], cut: Cut) -> Result<OsmData> {
    if u64::try_from(bytes.len()).is_ok_and(|size| size > MAP_BYTES) {
        let fault = Fault::new(Code::TooLarge, format!("at most {MAP_BYTES} bytes"));
        return Err(fault.value(format!("{} bytes or more", bytes.len())).into());
    }
    match kind::sniff(bytes)? {
        Kind::Pbf => pbf::parse(bytes, cut),
        Kind::Xml => xml::parse(bytes),
        Kind::Gzip => {
            let plain = kind::gunzip(bytes)?;
            match kind::sniff(&plain)? {
                Kind::Pbf => pbf::parse(&plain, cut),
                Kind::Xml => xml::parse(&plain),
                Kind::Gzip => Err(kind::wrong("a gzip within a gzip").into()),
            }
        }
    }
}
