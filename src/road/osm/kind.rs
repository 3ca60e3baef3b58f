//! Tells what a file is by its content, and unpacks gzip within bounds.

use std::io::{ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;

use super::MAP_BYTES;
use crate::error::{Code, Fault, Result};

/// A kind of file this reader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Pbf,
    Xml,
    Gzip,
}

/// The byte order mark some editors put before a text.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// Where the first blob's type must have been named.
const HEAD: usize = 64;

/// First bytes of files that get mistaken for maps.
const STRANGERS: [(&[u8], &str); 14] = [
    (b"PK\x03\x04", "a zip archive or workbook"),
    (b"BZh", "a file packed with bzip2"),
    (b"\xfd7zXZ\x00", "a file packed with xz"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd"),
    (b"\x04\x22\x4d\x18", "a file packed with lz4"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xff\xe0\x04o5m2", "an o5m map"),
    (b"\xff\xe0\x04o5c2", "an o5c change file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"{", "a JSON text"),
    (b"[", "a JSON text"),
];

/// The refusal of a file that looks like something else.
pub(super) fn wrong(looks_like: &str) -> Fault {
    let expected = "an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz)";
    Fault::new(Code::WrongKind, expected).place("byte 0").value(looks_like)
}

/// The kind of the file.
pub(super) fn sniff(bytes: &[u8]) -> Result<Kind> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::new(Code::Empty, "an OpenStreetMap extract")
            .value("an empty file")
            .into());
    }
    if bytes.starts_with(b"\x1f\x8b") {
        return Ok(Kind::Gzip);
    }
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let names = |name: &[u8]| head.windows(name.len()).any(|part| part == name);
    if names(b"\x0a\x09OSMHeader") {
        return Ok(Kind::Pbf);
    }
    if names(b"\x0a\x07OSMData") {
        return Err(wrong("a PBF file without its header block").into());
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Fault::new(Code::Encoding, "UTF-8").place("byte 0").value("UTF-16").into());
    }
    if let Some((_, name)) = STRANGERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(wrong(name).into());
    }
    let text = bytes.strip_prefix(BOM).unwrap_or(bytes).trim_ascii_start();
    if text.starts_with(b"<") { sniff_markup(text) } else { Err(wrong(guess(head)).into()) }
}

/// XML by the name of its root, past declaration, comments and instructions.
fn sniff_markup(mut text: &[u8]) -> Result<Kind> {
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = if text.starts_with(b"<?") {
            b"?>"
        } else if text.starts_with(b"<!--") {
            b"-->"
        } else {
            break;
        };
        match text.windows(end.len()).position(|part| part == end) {
            Some(at) => text = text.get(at..).and_then(|t| t.get(end.len()..)).unwrap_or(&[]),
            // Never closed: the reader will say that the file is cut off.
            None => return Ok(Kind::Xml),
        }
    }
    let stop = |byte: &u8| byte.is_ascii_whitespace() || b"/>".contains(byte);
    let root = text.split(stop).next().unwrap_or(&[]);
    match root.get(..HEAD).unwrap_or(root).to_ascii_lowercase().as_slice() {
        b"<!doctype" if names_html(text) => Err(wrong("an HTML page").into()),
        b"" | b"<osm" | b"<!doctype" => Ok(Kind::Xml),
        b"<osmchange" => Err(wrong("a change file (osmChange)").into()),
        b"<gpx" => Err(wrong("a GPX track").into()),
        b"<kml" => Err(wrong("a KML file").into()),
        b"<html" => Err(wrong("an HTML page").into()),
        other => {
            Err(wrong(&format!("a text that begins with {}", String::from_utf8_lossy(other)))
                .into())
        }
    }
}

fn names_html(text: &[u8]) -> bool {
    let name = text.get(b"<!doctype".len()..).unwrap_or(&[]).trim_ascii_start();
    name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"html"))
}

fn guess(head: &[u8]) -> &'static str {
    let plain = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if head.iter().all(plain) { "a plain text" } else { "data of an unknown kind" }
}

/// A packed text may always grow to this, bytes.
const GROWTH_FREE: u64 = 64 << 20;
/// Beyond that, to this multiple of the packed size. Map XML packs 10 to 30 times.
const GROWTH_TIMES: u64 = 200;

/// The content of a gzip file, unless it swells beyond all reason.
pub(super) fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let limit = size.saturating_mul(GROWTH_TIMES).clamp(GROWTH_FREE, MAP_BYTES);
    let mut plain = Vec::new();
    let mut unpacker = MultiGzDecoder::new(bytes).take(limit.saturating_add(1));
    let end = unpacker.read_to_end(&mut plain);
    let length = u64::try_from(plain.len()).unwrap_or(u64::MAX);
    let place = format!("byte {length} of the unpacked text");
    if length > limit {
        let expected = format!("at most {limit} bytes when unpacked");
        return Err(Fault::new(Code::TooLarge, expected)
            .place(place)
            .value("a longer text")
            .into());
    }
    match end {
        Ok(_) => Ok(plain),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(Fault::new(Code::CutOff, "a complete gzip file")
                .place(place)
                .value("its end")
                .into())
        }
        Err(error) => {
            Err(Fault::new(Code::Corrupt, "a whole gzip file").place(place).value(error).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        let found = match sniff(bytes) {
            Ok(kind) => format!("{kind:?}"),
            Err(fault) => fault.to_string(),
        };
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn a_map_is_known_by_its_content() {
        check(b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x05", "Pbf");
        check(b"<osm version='0.6'/>", "Xml");
        check(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <gpx> -->\n<osm>", "Xml");
        check(b"\x1f\x8b\x08", "Gzip");
    }

    #[test]
    fn a_stranger_is_named() {
        check(b"", "E0101");
        check(b" \n", "E0101");
        check(b"<?xml version='1.0'?><gpx version='1.1'>", "a GPX track");
        check(b"<!DOCTYPE html><html>", "an HTML page");
        check(b"<HTML>", "an HTML page");
        check(b"<osmChange version='0.6'>", "osmChange");
        check(b"<foo/>", "begins with <foo");
        check(b"PK\x03\x04...", "zip");
        check(b"BZh91AY", "bzip2");
        check(b"{\"elements\":[]}", "JSON");
        check(b"id;lat;lon\n", "a plain text");
        check(b"\xff\xfe<\0o\0", "UTF-16");
        check(b"\x07\x93\x00\x01\x02", "unknown kind");
        check(b"\x00\x00\x00\x0b\x0a\x07OSMData\x18\x05", "without its header");
    }
}
