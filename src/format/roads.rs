//! Opens a road map with an index beside it, so that only the first start reads and orders the map.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::write_atomically;
use crate::error::{Code, Error, Result};
use crate::road::{RoadGraph, osm};

/// The largest index that is looked at, in bytes.
const INDEX_BYTES: u64 = 8 << 30;

/// What became of an index file.
#[derive(Debug)]
pub enum IndexUse {
    /// The roads came from it.
    Read,
    /// There was none; it was written.
    Made,
    /// It was damaged, of another version or of another map; it was written anew.
    Remade(Error),
    /// It could not be read or written; the roads came from the map.
    Unwritten(Error),
}

impl fmt::Display for IndexUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("roads read from the index"),
            Self::Made => f.write_str("index of the roads written"),
            Self::Remade(why) => write!(f, "index of the roads written anew: {why}"),
            Self::Unwritten(why) => write!(f, "index of the roads not kept: {why}"),
        }
    }
}

/// The roads of the map at `map`, with the order of their junctions, from the index at `index` when
/// it was made from this very map, else from the map itself, and then the index is written. The
/// roads are the same either way. Whoever finds the roads usable need not look at [`IndexUse`]; it is
/// there to be told.
///
/// # Errors
/// When the map cannot be read or holds no road, and when `index` is a file of another kind, which is
/// left as it is.
///
/// ```no_run
/// use lastmile::format::open_roads;
/// let (roads, index) = open_roads("county.osm.pbf".as_ref(), "county.roads".as_ref())?;
/// eprintln!("note: {index}");
/// # Ok::<(), lastmile::Error>(())
/// ```
pub fn open_roads(map: &Path, index: &Path) -> Result<(RoadGraph, IndexUse)> {
    let (name, bytes) = (map.display().to_string(), osm::load(map)?);
    let old = match old(index) {
        Ok(old) => old,
        Err(why) => return Ok((RoadGraph::parse(&name, &bytes)?, IndexUse::Unwritten(why))),
    };
    let made = match old.map(|old| RoadGraph::from_index(&old, &bytes)) {
        None => IndexUse::Made,
        Some(Ok(roads)) => return Ok((roads, IndexUse::Read)),
        Some(Err(why)) => {
            let why = why.in_file(&index.display().to_string());
            if why.faults().iter().any(|fault| fault.code() == Code::WrongKind) {
                return Err(why);
            }
            IndexUse::Remade(why)
        }
    };
    let roads = RoadGraph::parse(&name, &bytes)?;
    let written = write_atomically(index, &roads.to_index(&bytes)?);
    Ok((roads, written.map_or_else(IndexUse::Unwritten, |()| made)))
}

/// The bytes of the index; nothing when there is none or it is empty.
fn old(index: &Path) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = File::open(index).and_then(|file| file.take(INDEX_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::unreadable(index, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    const MAP: &str = r#"<osm version="0.6">
        <node id="1" lat="30.69" lon="111.29"/><node id="2" lat="30.70" lon="111.29"/>
        <way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="track"/></way></osm>"#;

    /// A folder with a map, and the paths of map and index.
    fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (map, index) = (folder.path().join("map.osm"), folder.path().join("map.roads"));
        fs::write(&map, MAP).unwrap();
        (folder, map, index)
    }

    #[test]
    fn the_second_start_reads_the_index_and_finds_the_same_roads() {
        let (_folder, map, index) = folder();
        let (first, made) = open_roads(&map, &index).unwrap();
        assert!(matches!(made, IndexUse::Made));
        let (second, read) = open_roads(&map, &index).unwrap();
        assert!(matches!(read, IndexUse::Read));
        assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }

    #[test]
    fn an_index_of_another_map_or_a_damaged_one_is_written_anew_and_says_so() {
        let (_folder, map, index) = folder();
        open_roads(&map, &index).unwrap();
        let whole = fs::read(&index).unwrap();
        fs::write(&index, &whole[..whole.len() / 2]).unwrap();
        let (_, cut) = open_roads(&map, &index).unwrap();
        assert!(matches!(&cut, IndexUse::Remade(why) if why.to_string().contains("map.roads")));
        assert_eq!(fs::read(&index).unwrap(), whole);
        fs::write(&map, MAP.replace("track", "tertiary")).unwrap();
        let (_, foreign) = open_roads(&map, &index).unwrap();
        let told = foreign.to_string();
        assert!(told.contains("anew") && told.contains("this extract"), "{told}");
        assert!(matches!(open_roads(&map, &index).unwrap().1, IndexUse::Read));
    }

    #[test]
    fn a_file_of_another_kind_is_left_alone() {
        let (_folder, map, index) = folder();
        fs::write(&index, "my only copy").unwrap();
        assert!(open_roads(&map, &index).is_err());
        assert_eq!(fs::read(&index).unwrap(), b"my only copy");
    }

    #[test]
    fn where_no_index_can_be_kept_the_roads_are_there_all_the_same() {
        let (folder, map, _) = folder();
        for index in [folder.path().to_owned(), folder.path().join("no/map.roads")] {
            let (roads, use_) = open_roads(&map, &index).unwrap();
            assert!(matches!(use_, IndexUse::Unwritten(_)), "{use_}");
            assert_eq!(roads.edge_count(), 1);
        }
    }
}
