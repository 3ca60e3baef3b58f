//! One block of a PBF map: a table of texts, a grid, and groups of objects that refer to both
//! (`OpenStreetMap` wiki, "PBF Format").
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use super::haul::{Haul, Head, Member, MemberKind, Role, Used};
use super::objects::{Dense, Element, same_length};
use super::tags::{Pair, Word};
use super::wire::{Message, Torn, sums, zigzag};
use crate::place::Point;

/// More texts than any block has.
const STRINGS: usize = 4_000_000;

/// An opened block. Its groups are walked once for ways and relations, once for nodes.
#[derive(Debug)]
pub(super) struct Block<'a> {
    // A text that is not UTF-8 is nothing: who uses it cannot be read.
    strings: Vec<Option<Word<'a>>>,
    groups: Vec<&'a [u8]>,
    grid: Grid,
}

/// How the numbers of a block become degrees.
#[derive(Clone, Copy, Debug)]
struct Grid {
    /// Billionths of a degree for one unit.
    unit: i64,
    lat_offset: i64,
    lon_offset: i64,
}

impl Grid {
    /// The point at these units, or nothing when it is out of all bounds.
    fn point(self, lat: i64, lon: i64) -> Option<Point> {
        let lat = self.unit.checked_mul(lat)?.checked_add(self.lat_offset)?;
        let lon = self.unit.checked_mul(lon)?.checked_add(self.lon_offset)?;
        Some(Point::wgs84(degrees(lat), degrees(lon)))
    }
}

/// Degrees from billionths. On the globe both are exact in a float, so the quotient is the float
/// nearest to the decimal number: the same that reading it as a text gives.
#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "180e9 is below 2^53")]
fn degrees(billionths: i64) -> f64 {
    billionths as f64 / 1e9
}

impl<'a> Block<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Torn> {
        let grid = Grid { unit: 100, lat_offset: 0, lon_offset: 0 };
        let mut block = Self { strings: Vec::new(), groups: Vec::new(), grid };
        for field in Message::new(bytes) {
            match field? {
                (1, value) => block.add_strings(value.bytes("string table")?)?,
                (2, value) => block.groups.push(value.bytes("group")?),
                (17, value) => block.grid.unit = value.number("granularity")?.cast_signed(),
                (19, value) => block.grid.lat_offset = value.number("lat offset")?.cast_signed(),
                (20, value) => block.grid.lon_offset = value.number("lon offset")?.cast_signed(),
                _ => {}
            }
        }
        if !(1..=i64::from(i32::MAX)).contains(&block.grid.unit) {
            return Err(Torn::new("granularity", block.grid.unit.to_string(), "1 to 2147483647"));
        }
        Ok(block)
    }

    fn add_strings(&mut self, table: &'a [u8]) -> Result<(), Torn> {
        for field in Message::new(table) {
            if let (1, value) = field? {
                let bytes = value.bytes("string")?;
                self.strings.push(std::str::from_utf8(bytes).ok().map(Word::new));
            }
            if self.strings.len() > STRINGS {
                return Err(Torn::new("string table", "more", "at most 4000000 strings"));
            }
        }
        Ok(())
    }

    /// True when it holds any node.
    pub(super) fn has_nodes(&self) -> Result<bool, Torn> {
        for group in &self.groups {
            for field in Message::new(group) {
                if matches!(field?.0, 1 | 2) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Hands over ways and relations.
    pub(super) fn roads(&self, haul: &mut Haul) -> Result<(), Torn> {
        let mut element = Element::default();
        let mut space = Space::default();
        for group in &self.groups {
            for field in Message::new(group) {
                match field? {
                    (3, value) => {
                        element.read(value.bytes("way")?)?;
                        self.way(&element, &mut space, haul)?;
                    }
                    (4, value) => {
                        element.read(value.bytes("relation")?)?;
                        self.relation(&element, &mut space, haul)?;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Hands over nodes: those that are `used`, and named places.
    pub(super) fn nodes(&self, used: &Used, haul: &mut Haul) -> Result<(), Torn> {
        let mut element = Element::default();
        let (mut space, mut hint) = (Space::default(), 0);
        for group in &self.groups {
            for field in Message::new(group) {
                match field? {
                    (1, value) => {
                        element.read(value.bytes("node")?)?;
                        let is_used = |id| used.has(id, &mut hint);
                        self.node(&element, &mut space, is_used, haul)?;
                    }
                    (2, value) => {
                        let dense = Dense::read(value.bytes("dense nodes")?)?;
                        self.dense(&dense, &mut space, |id| used.has(id, &mut hint), haul)?;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn way<'t>(
        &'t self,
        element: &Element,
        space: &mut Space<'t, 'a>,
        haul: &mut Haul,
    ) -> Result<(), Torn> {
        let head = element.head(u64::cast_signed)?;
        space.ids.clear();
        sums(&element.eighth, "way references", &mut space.ids)?;
        if self.pairs(&element.keys, &element.values, &mut space.pairs)? {
            haul.way(head, &space.ids, &space.pairs);
        } else {
            haul.unreadable_way();
        }
        Ok(())
    }

    fn relation<'t>(
        &'t self,
        element: &Element,
        space: &mut Space<'t, 'a>,
        haul: &mut Haul,
    ) -> Result<(), Torn> {
        let head = element.head(u64::cast_signed)?;
        let (roles, kinds) = (&element.eighth, &element.tenth);
        space.ids.clear();
        sums(&element.ninth, "member ids", &mut space.ids)?;
        same_length("member roles", roles.len(), space.ids.len())?;
        same_length("member kinds", kinds.len(), space.ids.len())?;
        let mut readable = self.pairs(&element.keys, &element.values, &mut space.pairs)?;
        space.members.clear();
        for ((&role, &kind), &id) in roles.iter().zip(kinds).zip(&space.ids) {
            let kind = match kind {
                0 => MemberKind::Node,
                1 => MemberKind::Way,
                2 => MemberKind::Other,
                kind => return Err(Torn::new("member kind", kind.to_string(), "0, 1 or 2")),
            };
            match self.word(role)? {
                Some(role) => {
                    space.members.push(Member { kind, id, role: Role::named(role.text()) });
                }
                None => readable = false,
            }
        }
        if readable {
            haul.relation(head, &space.members, &space.pairs);
        } else {
            haul.unreadable_relation();
        }
        Ok(())
    }

    fn node<'t>(
        &'t self,
        element: &Element,
        space: &mut Space<'t, 'a>,
        mut is_used: impl FnMut(i64) -> bool,
        haul: &mut Haul,
    ) -> Result<(), Torn> {
        let head = element.head(zigzag)?;
        let (Some(&lat), Some(&lon)) = (element.eighth.last(), element.ninth.last()) else {
            return Err(Torn::new("coordinates", "none", "latitude and longitude"));
        };
        let point = self.grid.point(zigzag(lat), zigzag(lon));
        if self.pairs(&element.keys, &element.values, &mut space.pairs)? {
            haul.node(head, point, &space.pairs, is_used(head.id));
        } else {
            haul.unreadable_node();
        }
        Ok(())
    }

    fn dense<'t>(
        &'t self,
        dense: &Dense,
        space: &mut Space<'t, 'a>,
        mut is_used: impl FnMut(i64) -> bool,
        haul: &mut Haul,
    ) -> Result<(), Torn> {
        let mut tags = dense.tags.iter().copied();
        let mut versions = dense.versions.iter();
        let mut visibles = dense.visibles.iter();
        for ((&id, &lat), &lon) in dense.ids.iter().zip(&dense.lats).zip(&dense.lons) {
            let head = Head {
                id,
                version: versions.next().map_or(-1, |version| version.cast_signed()),
                visible: visibles.next().is_none_or(|visible| *visible != 0),
            };
            let readable = dense.tags.is_empty() || self.dense_tags(&mut tags, &mut space.pairs)?;
            if readable {
                haul.node(head, self.grid.point(lat, lon), &space.pairs, is_used(id));
            } else {
                haul.unreadable_node();
            }
        }
        match tags.next() {
            None => Ok(()),
            Some(_) => Err(Torn::new("node tags", "more", "one list for each node")),
        }
    }

    /// Takes the tags of the next node: keys and values in turn, then a zero. False when some text
    /// is not UTF-8.
    fn dense_tags<'t>(
        &'t self,
        tags: &mut impl Iterator<Item = u64>,
        pairs: &mut Vec<Pair<'t, 'a>>,
    ) -> Result<bool, Torn> {
        let end =
            || Torn::new("node tags", "their end", "one list for each node, with a zero behind");
        let mut readable = true;
        pairs.clear();
        loop {
            let key = tags.next().ok_or_else(end)?;
            if key == 0 {
                return Ok(readable);
            }
            let value = tags.next().ok_or_else(end)?;
            match (self.word(key)?, self.word(value)?) {
                (Some(key), Some(value)) => pairs.push((key, value)),
                _ => readable = false,
            }
        }
    }

    /// Puts the tags in place of those in `pairs`. False when some text is not UTF-8.
    fn pairs<'t>(
        &'t self,
        keys: &[u64],
        values: &[u64],
        pairs: &mut Vec<Pair<'t, 'a>>,
    ) -> Result<bool, Torn> {
        same_length("values of tags", values.len(), keys.len())?;
        let mut readable = true;
        pairs.clear();
        for (&key, &value) in keys.iter().zip(values) {
            match (self.word(key)?, self.word(value)?) {
                (Some(key), Some(value)) => pairs.push((key, value)),
                _ => readable = false,
            }
        }
        Ok(readable)
    }

    fn word(&self, index: u64) -> Result<Option<&Word<'a>>, Torn> {
        let word = usize::try_from(index).ok().and_then(|index| self.strings.get(index));
        match word {
            Some(word) => Ok(word.as_ref()),
            None => Err(Torn::new(
                "string index",
                index.to_string(),
                "an index within the string table",
            )),
        }
    }
}

/// Memory that is used again for each object.
#[derive(Debug, Default)]
struct Space<'t, 'a> {
    ids: Vec<i64>,
    members: Vec<Member>,
    pairs: Vec<Pair<'t, 'a>>,
}
