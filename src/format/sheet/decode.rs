//! The text of a sheet, whatever a spreadsheet program saved it as.

use crate::error::{Code, Fault};
use crate::format::Told;
use crate::format::source::{bad_byte, utf16};

/// How many characters beyond ASCII must be good UTF-8 before a bad byte is taken for damage rather
/// than for another encoding.
const CLEARLY_UTF8: usize = 4;

/// Decodes a sheet: a byte order mark, else strict UTF-8, else GB 18030 (which Chinese Excel writes).
pub(in crate::format) fn decode(bytes: &[u8]) -> Told<String> {
    if let Some(kind) = foreign(bytes) {
        let expected = format!("a CSV text (this looks like {kind}; export it as CSV)");
        return Err(Box::new(Fault::new(Code::WrongKind, expected)));
    }
    if let Some(name) = utf16(bytes) {
        let expected = format!("UTF-8 or GB 18030 text (this looks like {name})");
        return Err(Box::new(Fault::new(Code::Encoding, expected)));
    }
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let plain = marked.unwrap_or(bytes);
    let error = match std::str::from_utf8(plain) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error.valid_up_to(),
    };
    let good = plain.get(..error).map(String::from_utf8_lossy).unwrap_or_default();
    let beyond_ascii = good.chars().filter(|c| !c.is_ascii()).take(CLEARLY_UTF8).count();
    if marked.is_some() || beyond_ascii == CLEARLY_UTF8 {
        return bad_byte(plain, error, "UTF-8 text, as in the part before");
    }
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(plain);
    match text {
        Some(text) => Ok(text.into_owned()),
        None => bad_byte(plain, error, "UTF-8 or GB 18030 text"),
    }
}

/// What the bytes look like, when that is no CSV.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "a workbook (.xlsx, .ods) or another zip file"),
        (b"\xd0\xcf\x11\xe0", "an old workbook (.xls)"),
        (b"%PDF", "a PDF"),
        (b"\x1f\x8b", "a gzip file"),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(kind);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = bytes.get(..bytes.len().min(9)).unwrap_or_default().to_ascii_lowercase();
    match start.first() {
        Some(b'{' | b'[') => Some("JSON"),
        Some(b'<') if start.starts_with(b"<?xml") => Some("XML"),
        Some(b'<') => Some("HTML"),
        _ => None,
    }
}

/// The line on which a quote opens that is never closed, by the rule of the reader: a quote opens
/// only at the beginning of a cell.
pub(in crate::format) fn open_quote(text: &str, separator: u8) -> Option<usize> {
    let (mut line, mut opened, mut quoted, mut fresh) = (1, 0, false, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if quoted {
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                quoted = false;
            }
        } else if byte == b'"' && fresh {
            (quoted, opened) = (true, line);
        }
        fresh = !quoted && (byte == separator || byte == b'\n' || byte == b'\r');
        line += usize::from(byte == b'\n');
    }
    quoted.then_some(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_excel_is_read_and_damage_is_not_guessed_at() {
        assert_eq!(decode(b"\xb6\xa9\xb5\xa5\xba\xc5,lat").as_deref(), Ok("订单号,lat"));
        assert_eq!(decode("\u{feff}订单号".as_bytes()).as_deref(), Ok("订单号"));
        let damaged = ["订单号,纬度,".as_bytes(), b"\xff\xb5"].concat();
        let fault = decode(&damaged).unwrap_err();
        assert_eq!(
            (fault.code(), fault.place_name()),
            (Code::Encoding, "line 1, byte 17 of the file")
        );
    }

    #[test]
    fn an_open_quote_is_found_on_its_line() {
        assert_eq!(open_quote("a,b\n1,\"x\n2,y\n", b','), Some(2));
        assert_eq!(open_quote("a,\"b\"\"c\n\"\nd,5\" pipe\n", b','), None);
    }
}
