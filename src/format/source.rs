//! A text and the lines in it.

use std::cell::OnceCell;

use crate::error::{Code, Fault};
use crate::format::Told;

/// How far into a line a column is still counted in characters; beyond, bytes are named, so that
/// a fault costs the same in a file of one long line.
const COLUMNS_COUNTED: usize = 4096;

/// A text that can say on which line a byte stands.
#[derive(Debug)]
pub(super) struct Source<'a> {
    text: &'a str,
    /// The byte each line begins at; made when first asked for.
    lines: OnceCell<Vec<usize>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, lines: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The line a byte stands on, from 1, and the byte that line begins at.
    pub(super) fn line(&self, at: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect()
        });
        let line = lines.partition_point(|&start| start <= at);
        (line, lines.get(line.saturating_sub(1)).copied().unwrap_or(0))
    }

    /// `line 3, column 14`
    pub(super) fn place(&self, at: usize) -> String {
        let (line, start) = self.line(at);
        let before = self.text.get(start..at).unwrap_or_default();
        if before.len() > COLUMNS_COUNTED {
            return format!("line {line}, byte {}", before.len() + 1);
        }
        format!("line {line}, column {}", before.chars().count() + 1)
    }
}

/// The text of bytes that must be UTF-8; a byte order mark is skipped.
pub(super) fn utf8(bytes: &[u8]) -> Told<&str> {
    if let Some(name) = utf16(bytes) {
        let expected = format!("UTF-8 text (this looks like {name}; save it as UTF-8)");
        return Err(Box::new(Fault::new(Code::Encoding, expected)));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).or_else(|error| bad_byte(bytes, error.valid_up_to(), "UTF-8 text"))
}

/// The fault of a byte that is in no known encoding.
pub(super) fn bad_byte<T>(bytes: &[u8], at: usize, expected: &str) -> Told<T> {
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.split(|&byte| byte == b'\n').count();
    let byte = bytes.get(at).copied().unwrap_or_default();
    let place = format!("line {line}, byte {at} of the file");
    let fault = Fault::new(Code::Encoding, expected).place(place);
    Err(Box::new(fault.value(format!("0x{byte:02X}"))))
}

/// The name of the UTF-16 form the bytes seem to be in: by their mark, or by a zero byte in every
/// other place of the beginning.
pub(super) fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => return Some("UTF-16, little-endian"),
        [0xfe, 0xff, ..] => return Some("UTF-16, big-endian"),
        _ => {}
    }
    let pairs: Vec<&[u8]> = bytes.chunks_exact(2).take(16).collect();
    let all = |test: fn(&[u8]) -> bool| pairs.len() >= 2 && pairs.iter().all(|pair| test(pair));
    if all(|pair| matches!(pair, [low, 0] if *low != 0)) {
        Some("UTF-16, little-endian")
    } else if all(|pair| matches!(pair, [0, low] if *low != 0)) {
        Some("UTF-16, big-endian")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let source = Source::new("ab\n你好x");
        assert_eq!(source.place(0), "line 1, column 1");
        assert_eq!(source.place(9), "line 2, column 3");
        assert_eq!(source.place(99), "line 2, column 1");
    }

    #[test]
    fn other_encodings_are_named() {
        assert!(utf8(b"\xff\xfea\0").unwrap_err().to_string().contains("UTF-16, little"));
        assert!(utf8(b"{\0\"\0a\0").unwrap_err().to_string().contains("UTF-16, little"));
        assert!(utf8(b"a\nb\xffc").unwrap_err().to_string().contains("line 2, byte 3"));
        assert_eq!(utf8(b"\xef\xbb\xbfa"), Ok("a"));
    }
}
