//! OpenStreetMap data as read from a file.

use std::path::Path;

use crate::error::{Code, Fault, Result};
use crate::place::Point;

/// What a file holds of roads.
#[derive(Clone, Debug, Default)]
pub struct OsmData {
    /// Nodes of ways and named places, sorted by id.
    pub nodes: Vec<OsmNode>,
    /// Ways with a highway tag, and ferries.
    pub ways: Vec<OsmWay>,
    /// Turn restrictions.
    pub restrictions: Vec<OsmRestriction>,
    /// What was read.
    pub counts: ReadCounts,
}

/// A node.
#[derive(Clone, Debug)]
pub struct OsmNode {
    /// Its id.
    pub id: i64,
    /// Where it is.
    pub point: Point,
    /// Elevation in metres, where tagged.
    pub ele_m: Option<f64>,
    /// Its tags.
    pub tags: Tags,
}

/// A way.
#[derive(Clone, Debug)]
pub struct OsmWay {
    /// Its id.
    pub id: i64,
    /// Ids of its nodes, in order.
    pub nodes: Vec<i64>,
    /// Its tags.
    pub tags: Tags,
}

/// A turn restriction.
#[derive(Clone, Debug)]
pub struct OsmRestriction {}

/// Counts of what was read.
#[derive(Clone, Debug, Default)]
pub struct ReadCounts {}

/// Tags.
#[derive(Clone, Debug, Default)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// All tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// True without tags.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, String)> for Tags {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(tags: I) -> Self {
        Self(tags.into_iter().collect())
    }
}

/// Reads a file.
///
/// # Errors
/// Always: the reader comes with a later change.
pub fn read(path: &Path) -> Result<OsmData> {
    parse(&path.display().to_string(), &[])
}

/// Reads bytes.
///
/// # Errors
/// Always: the reader comes with a later change.
pub fn parse(name: &str, bytes: &[u8]) -> Result<OsmData> {
    Err(Fault::new(Code::WrongKind, "a file this program reads")
        .file(name)
        .value(bytes.len())
        .into())
}
