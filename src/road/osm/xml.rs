//! Reads the XML form of a map. Entities are never expanded, nothing outside is opened, depth and
//! attributes have a limit.

use quick_xml::XmlVersion;
use quick_xml::errors::{Error as XmlError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::OsmData;
use super::haul::{Haul, Head, Member, MemberKind, Role};
use super::tags::{Pair, Word};
use crate::error::{Code, Fault, Result};
use crate::place::Point;

/// The deepest nesting of elements; a map needs three.
const DEPTH: usize = 16;
/// The most attributes of an element; a map needs ten.
const ATTRIBUTES: usize = 64;

/// Reads a whole map.
pub(super) fn parse(bytes: &[u8]) -> Result<OsmData> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Fault::new(Code::Encoding, "UTF-8").place(place(bytes, at)).value("other bytes")
    })?;
    let mut map = Map { haul: Haul::new(true), open: None, depth: 0, is_closed: false };
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    loop {
        let step = match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => map.take(&event),
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(0);
                return Err(broken(&error).place(place(bytes, at)).into());
            }
        };
        if let Err(fault) = step {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(0);
            return Err(fault.place(place(bytes, at)).into());
        }
    }
    if !map.is_closed {
        let fault = Fault::new(Code::CutOff, "the closing tag of osm").value("the end of the file");
        return Err(fault.place(place(bytes, bytes.len())).into());
    }
    Ok(map.haul.settle().finish())
}

fn place(bytes: &[u8], at: usize) -> String {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = before.split(|byte| *byte == b'\n').count();
    format!("line {line}, byte {at}")
}

fn broken(error: &XmlError) -> Fault {
    let code = match error {
        XmlError::Syntax(SyntaxError::InvalidBangMarkup) => Code::Syntax,
        XmlError::Syntax(_) => Code::CutOff,
        XmlError::Encoding(_) => Code::Encoding,
        _ => Code::Syntax,
    };
    Fault::new(code, "well-formed XML").value(error)
}

/// What is known of the document so far.
struct Map {
    haul: Haul,
    open: Option<Open>,
    depth: usize,
    is_closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Node,
    Way,
    Relation,
}

/// A node, way or relation whose end is to come.
struct Open {
    kind: Kind,
    head: Head,
    lat: Option<f64>,
    lon: Option<f64>,
    tags: Vec<(Word<'static>, Word<'static>)>,
    nodes: Vec<i64>,
    members: Vec<Member>,
    // False once some part of it made no sense.
    is_readable: bool,
}

type Step = std::result::Result<(), Box<Fault>>;

impl Map {
    fn take(&mut self, event: &Event) -> Step {
        match event {
            Event::Start(start) => self.start(start),
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::DocType(_) => Err(Fault::new(Code::Syntax, "no document type")
                .value("a DOCTYPE declaration")
                .into()),
            Event::GeneralRef(name) => check_reference(name),
            Event::Text(text) if self.depth == 0 && !text.trim_ascii().is_empty() => {
                Err(Fault::new(Code::Syntax, "nothing around osm").value(text.trim_ascii()).into())
            }
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !matches_utf8(&name) => {
                    Err(Fault::new(Code::Encoding, "UTF-8").field("encoding").value(name).into())
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart) -> Step {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH {
            let fault = Fault::new(Code::TooLarge, format!("at most {DEPTH} elements deep"));
            return Err(fault.value("a deeper nesting").into());
        }
        let name = start.name();
        let name = name.as_ref();
        match self.depth {
            1 => self.root(start),
            2 => {
                self.open = match name {
                    "node" => Some(Open::read(Kind::Node, start)?),
                    "way" => Some(Open::read(Kind::Way, start)?),
                    "relation" => Some(Open::read(Kind::Relation, start)?),
                    _ => return attributes(start, |_, _| {}),
                };
                Ok(())
            }
            3 => match &mut self.open {
                Some(open) => open.child(name, start),
                None => attributes(start, |_, _| {}),
            },
            _ => attributes(start, |_, _| {}),
        }
    }

    fn root(&mut self, start: &BytesStart) -> Step {
        let name = start.name();
        if self.is_closed || name.as_ref() != "osm" {
            return Err(Fault::new(Code::Syntax, "one element osm").value(name.as_ref()).into());
        }
        let mut version = None;
        attributes(start, |key, value| {
            if key == "version" {
                version = Some(value.to_owned());
            }
        })?;
        match version {
            Some(version) if version != "0.6" => {
                Err(Fault::new(Code::Version, "0.6").field("osm version").value(version).into())
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self) {
        if self.depth == 2
            && let Some(open) = self.open.take()
        {
            open.hand_over(&mut self.haul);
        }
        self.depth = self.depth.saturating_sub(1);
        self.is_closed |= self.depth == 0;
    }
}

impl Open {
    fn read(kind: Kind, start: &BytesStart) -> std::result::Result<Self, Box<Fault>> {
        let (mut id, mut version, mut visible) = (None, -1, true);
        let (mut lat, mut lon) = (None, None);
        attributes(start, |key, value| match key {
            "id" => id = value.parse().ok(),
            "version" => version = value.parse().unwrap_or(-1),
            "visible" => visible &= value != "false",
            "action" => visible &= value != "delete",
            "lat" => lat = value.parse().ok(),
            "lon" => lon = value.parse().ok(),
            _ => {}
        })?;
        Ok(Self {
            kind,
            head: Head { id: id.unwrap_or_default(), version, visible },
            lat,
            lon,
            tags: Vec::new(),
            nodes: Vec::new(),
            members: Vec::new(),
            is_readable: id.is_some(),
        })
    }

    fn child(&mut self, name: &str, start: &BytesStart) -> Step {
        match (name, self.kind) {
            ("tag", _) => self.tag(start),
            ("nd", Kind::Way) => self.reference(start),
            ("member", Kind::Relation) => self.member(start),
            _ => attributes(start, |_, _| {}),
        }
    }

    fn tag(&mut self, start: &BytesStart) -> Step {
        let (mut tag_key, mut tag_value) = (None, None);
        attributes(start, |key, value| match key {
            "k" => tag_key = Some(Word::new(value.to_owned())),
            "v" => tag_value = Some(Word::new(value.to_owned())),
            _ => {}
        })?;
        match (tag_key, tag_value) {
            (Some(key), Some(value)) => self.tags.push((key, value)),
            _ => self.is_readable = false,
        }
        Ok(())
    }

    fn reference(&mut self, start: &BytesStart) -> Step {
        let mut id = None;
        attributes(start, |key, value| {
            if key == "ref" {
                id = value.parse().ok();
            }
        })?;
        match id {
            Some(id) => self.nodes.push(id),
            None => self.is_readable = false,
        }
        Ok(())
    }

    fn member(&mut self, start: &BytesStart) -> Step {
        let (mut id, mut kind, mut role) = (None, None, Role::Other);
        attributes(start, |key, value| match key {
            "ref" => id = value.parse().ok(),
            "role" => role = Role::named(value),
            "type" => {
                kind = match value {
                    "node" => Some(MemberKind::Node),
                    "way" => Some(MemberKind::Way),
                    "relation" => Some(MemberKind::Other),
                    _ => None,
                }
            }
            _ => {}
        })?;
        match (id, kind) {
            (Some(id), Some(kind)) => self.members.push(Member { kind, id, role }),
            _ => self.is_readable = false,
        }
        Ok(())
    }

    fn hand_over(self, haul: &mut Haul) {
        let tags: Vec<Pair> = self.tags.iter().map(|(key, value)| (key, value)).collect();
        let point = match (self.lat, self.lon) {
            (Some(lat), Some(lon)) => Some(Point::wgs84(lat, lon)),
            _ => None,
        };
        // A deleted node has no coordinates.
        let is_placed = point.is_some() || !self.head.visible;
        match self.kind {
            Kind::Node if self.is_readable && is_placed => {
                haul.node(self.head, point, &tags, true);
            }
            Kind::Way if self.is_readable => haul.way(self.head, &self.nodes, &tags),
            Kind::Relation if self.is_readable => haul.relation(self.head, &self.members, &tags),
            Kind::Node => haul.unreadable_node(),
            Kind::Way => haul.unreadable_way(),
            Kind::Relation => haul.unreadable_relation(),
        }
    }
}

/// Visits the attributes of an element with their plain values.
fn attributes(start: &BytesStart, mut visit: impl FnMut(&str, &str)) -> Step {
    for (i, attribute) in start.attributes().enumerate() {
        if i == ATTRIBUTES {
            let fault = Fault::new(Code::TooLarge, format!("at most {ATTRIBUTES} attributes"));
            return Err(fault.value(start.name().as_ref()).into());
        }
        let attribute = attribute.map_err(|error| {
            Fault::new(Code::Syntax, "attributes as key=\"value\", each once").value(error)
        })?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| {
            Fault::new(Code::Syntax, "no entity but those of XML itself").value(error)
        })?;
        visit(attribute.key.as_ref(), &value);
    }
    Ok(())
}

/// Refuses all entities but the five that XML itself defines.
fn check_reference(name: &BytesRef) -> Step {
    let name: &str = name;
    if name.starts_with('#') || ["amp", "lt", "gt", "quot", "apos"].contains(&name) {
        return Ok(());
    }
    Err(Fault::new(Code::Syntax, "no entity but those of XML itself")
        .value(format!("&{name};"))
        .into())
}

fn matches_utf8(name: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|own| name.eq_ignore_ascii_case(own))
}
