//! Writes tiny maps for the tests, as XML and as PBF in several styles.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

pub(super) type Texts = &'static [(&'static str, &'static str)];

/// A node; coordinates in ten-millionths of a degree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node(pub(super) i64, pub(super) i64, pub(super) i64, pub(super) Texts);
/// A way: id, references, tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way(pub(super) i64, pub(super) &'static [i64], pub(super) Texts);
/// A member: kind, id, role.
pub(super) type Part = (&'static str, i64, &'static str);
/// A relation: id, members, tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relation(pub(super) i64, pub(super) &'static [Part], pub(super) Texts);

/// A tiny map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sketch {
    pub(super) nodes: &'static [Node],
    pub(super) ways: &'static [Way],
    pub(super) relations: &'static [Relation],
}

/// How a PBF is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) dense: bool,
    pub(super) zlib: bool,
    pub(super) ways_first: bool,
    /// Billionths of a degree for one unit.
    pub(super) unit: i64,
    pub(super) offset: i64,
}

pub(super) const PLAIN: Style =
    Style { dense: true, zlib: true, ways_first: false, unit: 100, offset: 0 };

/// A protobuf message in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Message(pub(super) Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
            number >>= 7;
        }
        self.0.push(u8::try_from(number).unwrap());
    }

    pub(super) fn number(mut self, field: u64, number: i64) -> Self {
        self.varint(field << 3);
        self.varint(number.cast_unsigned());
        self
    }

    pub(super) fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    pub(super) fn packed(self, field: u64, numbers: impl IntoIterator<Item = i64>) -> Self {
        let mut array = Self::default();
        for number in numbers {
            array.varint(number.cast_unsigned());
        }
        if array.0.is_empty() { self } else { self.bytes(field, &array.0) }
    }
}

pub(super) fn zigzag(number: i64) -> i64 {
    (number << 1) ^ (number >> 63)
}

fn deltas(numbers: impl IntoIterator<Item = i64>) -> impl Iterator<Item = i64> {
    numbers.into_iter().scan(0, |last, number| {
        let delta = number - *last;
        *last = number;
        Some(zigzag(delta))
    })
}

/// Texts of a block by index; the first one is empty.
pub(super) struct Table(Vec<&'static str>);

impl Table {
    fn index(&mut self, text: &'static str) -> i64 {
        let at = self.0.iter().position(|own| *own == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        });
        i64::try_from(at).unwrap()
    }

    fn tags(&mut self, message: Message, tags: Texts) -> Message {
        let keys: Vec<i64> = tags.iter().map(|(key, _)| self.index(key)).collect();
        let values: Vec<i64> = tags.iter().map(|(_, value)| self.index(value)).collect();
        message.packed(2, keys).packed(3, values)
    }
}

/// One frame of the file.
pub(super) fn frame(kind: &str, blob: &Message) -> Vec<u8> {
    let size = i64::try_from(blob.0.len()).unwrap();
    let header = Message::default().bytes(1, kind.as_bytes()).number(3, size);
    let mut frame = u32::try_from(header.0.len()).unwrap().to_be_bytes().to_vec();
    frame.extend(header.0);
    frame.extend(&blob.0);
    frame
}

pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A blob of this message, packed or raw.
pub(super) fn blob(message: &Message, pack: bool) -> Message {
    let size = i64::try_from(message.0.len()).unwrap();
    let blob = Message::default();
    if pack { blob.number(2, size).bytes(3, &zlib(&message.0)) } else { blob.bytes(1, &message.0) }
}

pub(super) fn header(features: &[&str]) -> Vec<u8> {
    let named = |message: Message, name: &&str| message.bytes(4, name.as_bytes());
    frame("OSMHeader", &blob(&features.iter().fold(Message::default(), named), false))
}

/// A frame with one block of these groups.
pub(super) fn block(table: &[&[u8]], groups: &[Message]) -> Vec<u8> {
    frame("OSMData", &blob(&block_message(table, groups), true))
}

fn block_message(table: &[&[u8]], groups: &[Message]) -> Message {
    let table = table.iter().fold(Message::default(), |table, text| table.bytes(1, text));
    let message = Message::default().bytes(1, &table.0);
    groups.iter().fold(message, |message, group| message.bytes(2, &group.0))
}

impl Sketch {
    pub(super) fn pbf(&self, style: Style) -> Vec<u8> {
        let mut file = header(&["OsmSchema-V0.6", "DenseNodes"]);
        let mut table = Table(vec![""]);
        let nodes = self.node_group(style, &mut table);
        let roads = [self.way_group(&mut table), self.relation_group(&mut table)];
        let texts: Vec<&[u8]> = table.0.iter().map(|text| text.as_bytes()).collect();
        let mut parts = vec![
            block_message(&texts, &[nodes])
                .number(17, style.unit)
                .number(19, style.offset)
                .number(20, -style.offset),
            block_message(&texts, &roads),
        ];
        if style.ways_first {
            parts.reverse();
        }
        for part in parts {
            file.extend(frame("OSMData", &blob(&part, style.zlib)));
        }
        file
    }

    fn node_group(&self, style: Style, table: &mut Table) -> Message {
        let lat = |node: &Node| (node.1 * 100 - style.offset) / style.unit;
        let lon = |node: &Node| (node.2 * 100 + style.offset) / style.unit;
        if !style.dense {
            return self.nodes.iter().fold(Message::default(), |group, node| {
                let message = Message::default().number(1, zigzag(node.0));
                let message = table.tags(message, node.3);
                let message = message.number(8, zigzag(lat(node))).number(9, zigzag(lon(node)));
                group.bytes(1, &message.0)
            });
        }
        let mut tags = Vec::new();
        for node in self.nodes {
            tags.extend(node.3.iter().flat_map(|(k, v)| [table.index(k), table.index(v)]));
            tags.push(0);
        }
        let dense = Message::default()
            .packed(1, deltas(self.nodes.iter().map(|node| node.0)))
            .packed(8, deltas(self.nodes.iter().map(lat)))
            .packed(9, deltas(self.nodes.iter().map(lon)))
            .packed(10, tags);
        Message::default().bytes(2, &dense.0)
    }

    fn way_group(&self, table: &mut Table) -> Message {
        self.ways.iter().fold(Message::default(), |group, way| {
            let message = table.tags(Message::default().number(1, way.0), way.2);
            group.bytes(3, &message.packed(8, deltas(way.1.iter().copied())).0)
        })
    }

    fn relation_group(&self, table: &mut Table) -> Message {
        let kind = |name| ["node", "way", "relation"].iter().position(|own| *own == name).unwrap();
        self.relations.iter().fold(Message::default(), |group, relation| {
            let message = table.tags(Message::default().number(1, relation.0), relation.2);
            let roles: Vec<i64> = relation.1.iter().map(|part| table.index(part.2)).collect();
            let kinds = relation.1.iter().map(|part| i64::try_from(kind(part.0)).unwrap());
            let message = message
                .packed(8, roles)
                .packed(9, deltas(relation.1.iter().map(|part| part.1)))
                .packed(10, kinds);
            group.bytes(4, &message.0)
        })
    }

    pub(super) fn xml(&self) -> String {
        let mut text =
            String::from("<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>\n");
        for Node(id, lat, lon, tags) in self.nodes {
            let (lat, lon) = (decimal(*lat), decimal(*lon));
            writeln!(text, "<node id='{id}' lat='{lat}' lon='{lon}'>{}</node>", tag_list(tags))
                .unwrap();
        }
        for Way(id, nodes, tags) in self.ways {
            write!(text, "<way id='{id}'>").unwrap();
            for id in *nodes {
                write!(text, "<nd ref='{id}'/>").unwrap();
            }
            writeln!(text, "{}</way>", tag_list(tags)).unwrap();
        }
        for Relation(id, parts, tags) in self.relations {
            write!(text, "<relation id='{id}'>").unwrap();
            for (kind, id, role) in *parts {
                write!(text, "<member type='{kind}' ref='{id}' role='{role}'/>").unwrap();
            }
            writeln!(text, "{}</relation>", tag_list(tags)).unwrap();
        }
        text + "</osm>\n"
    }
}

fn decimal(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let (whole, part) = (number.abs() / 10_000_000, number.abs() % 10_000_000);
    format!("{sign}{whole}.{part:07}")
}

fn tag_list(tags: Texts) -> String {
    let quoted = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut list = String::new();
    for (key, value) in tags {
        write!(list, "<tag k='{}' v='{}'/>", quoted(key), quoted(value)).unwrap();
    }
    list
}
