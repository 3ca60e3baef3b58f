//! Objects of a PBF block as the file has them: single ones, and nodes in columns.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use super::haul::Head;
use super::wire::{Message, Torn, sums};

/// The fields of a node, way or relation. The arrays 8 to 10 differ by kind: latitude and longitude
/// of a node; the references of a way; roles, ids and kinds of members.
#[derive(Debug, Default)]
pub(super) struct Element {
    id: Option<u64>,
    version: i64,
    visible: bool,
    pub(super) keys: Vec<u64>,
    pub(super) values: Vec<u64>,
    pub(super) eighth: Vec<u64>,
    pub(super) ninth: Vec<u64>,
    pub(super) tenth: Vec<u64>,
}

impl Element {
    /// Reads the next object in place of the last one; keeps the memory.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<(), Torn> {
        (self.id, self.version, self.visible) = (None, -1, true);
        for array in
            [&mut self.keys, &mut self.values, &mut self.eighth, &mut self.ninth, &mut self.tenth]
        {
            array.clear();
        }
        for field in Message::new(bytes) {
            match field? {
                (1, value) => self.id = Some(value.number("id")?),
                (2, value) => value.numbers("keys", &mut self.keys)?,
                (3, value) => value.numbers("values", &mut self.values)?,
                (4, value) => self.info(value.bytes("info")?)?,
                (8, value) => value.numbers("field 8", &mut self.eighth)?,
                (9, value) => value.numbers("field 9", &mut self.ninth)?,
                (10, value) => value.numbers("field 10", &mut self.tenth)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn info(&mut self, bytes: &[u8]) -> Result<(), Torn> {
        for field in Message::new(bytes) {
            match field? {
                (1, value) => self.version = value.number("version")?.cast_signed(),
                (6, value) => self.visible = value.number("visible")? != 0,
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn head(&self, decode: fn(u64) -> i64) -> Result<Head, Torn> {
        let Some(id) = self.id else {
            return Err(Torn::new("id", "none", "an id for each object"));
        };
        Ok(Head { id: decode(id), version: self.version, visible: self.visible })
    }
}

/// Nodes as columns. Invariant: as many ids as latitudes and longitudes; versions and visibles are
/// as many, or none.
#[derive(Debug, Default)]
pub(super) struct Dense {
    pub(super) ids: Vec<i64>,
    pub(super) lats: Vec<i64>,
    pub(super) lons: Vec<i64>,
    pub(super) versions: Vec<u64>,
    pub(super) visibles: Vec<u64>,
    pub(super) tags: Vec<u64>,
}

impl Dense {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Torn> {
        let mut dense = Self::default();
        let (mut ids, mut lats, mut lons) = (Vec::new(), Vec::new(), Vec::new());
        for field in Message::new(bytes) {
            match field? {
                (1, value) => value.numbers("node ids", &mut ids)?,
                (5, value) => dense.info(value.bytes("node info")?)?,
                (8, value) => value.numbers("latitudes", &mut lats)?,
                (9, value) => value.numbers("longitudes", &mut lons)?,
                (10, value) => value.numbers("node tags", &mut dense.tags)?,
                _ => {}
            }
        }
        same_length("latitudes", lats.len(), ids.len())?;
        same_length("longitudes", lons.len(), ids.len())?;
        for (field, column) in [("versions", &dense.versions), ("visibles", &dense.visibles)] {
            if !column.is_empty() {
                same_length(field, column.len(), ids.len())?;
            }
        }
        sums(&ids, "node ids", &mut dense.ids)?;
        sums(&lats, "latitudes", &mut dense.lats)?;
        sums(&lons, "longitudes", &mut dense.lons)?;
        Ok(dense)
    }

    fn info(&mut self, bytes: &[u8]) -> Result<(), Torn> {
        for field in Message::new(bytes) {
            match field? {
                (1, value) => value.numbers("versions", &mut self.versions)?,
                (6, value) => value.numbers("visibles", &mut self.visibles)?,
                _ => {}
            }
        }
        Ok(())
    }
}

pub(super) fn same_length(field: &'static str, found: usize, expected: usize) -> Result<(), Torn> {
    if found == expected {
        return Ok(());
    }
    let found = format!("{found} for {expected} objects");
    Err(Torn::new(field, found, "arrays of equal length"))
}
