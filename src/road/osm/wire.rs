//! The protobuf wire format, as far as PBF maps use it: varints, lengths and packed arrays
//! (protobuf.dev, "Encoding"). Nothing is allocated from a number the file declares.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use crate::error::{Code, Fault};

/// A place where the bytes contradict their format.
#[derive(Debug)]
pub(super) struct Torn {
    field: &'static str,
    found: String,
    expected: &'static str,
}

impl Torn {
    pub(super) fn new(
        field: &'static str,
        found: impl Into<String>,
        expected: &'static str,
    ) -> Self {
        Self { field, found: found.into(), expected }
    }

    /// The fault it is, at a place the caller knows.
    pub(super) fn at(self, place: String) -> Fault {
        Fault::new(Code::Corrupt, self.expected).place(place).field(self.field).value(self.found)
    }
}

/// The value of one field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(super) fn bytes(self, field: &'static str) -> Result<&'a [u8], Torn> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(number) => {
                Err(Torn::new(field, number.to_string(), "a length and so many bytes"))
            }
        }
    }

    pub(super) fn number(self, field: &'static str) -> Result<u64, Torn> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Bytes(bytes) => {
                Err(Torn::new(field, format!("{} bytes", bytes.len()), "a number"))
            }
        }
    }

    /// Appends the numbers of an array, packed or not.
    pub(super) fn numbers(self, field: &'static str, into: &mut Vec<u64>) -> Result<(), Torn> {
        match self {
            Self::Number(number) => into.push(number),
            Self::Bytes(mut bytes) => {
                while !bytes.is_empty() {
                    into.push(varint(&mut bytes, field)?);
                }
            }
        }
        Ok(())
    }
}

/// The fields of a message as `(number, value)`; ends after the first torn one.
#[derive(Debug)]
pub(super) struct Message<'a> {
    rest: &'a [u8],
}

impl<'a> Message<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), Torn> {
        let key = varint(&mut self.rest, "field key")?;
        let value = match key & 7 {
            0 => Value::Number(varint(&mut self.rest, "number")?),
            1 => Value::Bytes(take(&mut self.rest, 8)?),
            2 => {
                let length = varint(&mut self.rest, "length")?;
                Value::Bytes(take(&mut self.rest, length)?)
            }
            5 => Value::Bytes(take(&mut self.rest, 4)?),
            kind => return Err(Torn::new("wire type", kind.to_string(), "0, 1, 2 or 5")),
        };
        Ok((key >> 3, value))
    }
}

impl<'a> Iterator for Message<'a> {
    type Item = Result<(u64, Value<'a>), Torn>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], Torn> {
    let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
    let Some((head, tail)) = split else {
        return Err(Torn::new("length", length.to_string(), "no more than the bytes that follow"));
    };
    *rest = tail;
    Ok(head)
}

/// Takes a number of seven bits a byte, low ones first, the top bit saying that more follow.
fn varint(rest: &mut &[u8], field: &'static str) -> Result<u64, Torn> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let Some((&byte, tail)) = rest.split_first() else {
            return Err(Torn::new(field, "its end", "a complete number"));
        };
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 {
                break;
            }
            return Ok(number);
        }
    }
    Err(Torn::new(field, "more than 64 bits", "a number of 64 bits"))
}

/// The signed number behind a zigzag code: 0, -1, 1, -2, ...
pub(super) fn zigzag(code: u64) -> i64 {
    (code >> 1).cast_signed() ^ (code & 1).cast_signed().wrapping_neg()
}

/// The running sums of zigzag differences.
pub(super) fn sums(codes: &[u64], field: &'static str, into: &mut Vec<i64>) -> Result<(), Torn> {
    let mut sum: i64 = 0;
    for &code in codes {
        let Some(next) = sum.checked_add(zigzag(code)) else {
            return Err(Torn::new(field, "a sum over 64 bits", "differences that stay within"));
        };
        sum = next;
        into.push(sum);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_varint_holds_64_bits_and_no_more() {
        let read = |mut bytes: &[u8]| varint(&mut bytes, "x").ok();
        assert_eq!(read(&[0xac, 0x02]), Some(300));
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(read(&most), Some(u64::MAX));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None);
        assert_eq!(read(&[0x80; 11]), None);
        assert_eq!(read(&[0x80]), None);
    }

    #[test]
    fn zigzag_reaches_both_ends() {
        let codes = [0, 1, 2, 3, u64::MAX - 1, u64::MAX];
        assert_eq!(codes.map(zigzag), [0, -1, 1, -2, i64::MAX, i64::MIN]);
    }

    #[test]
    fn a_sum_over_64_bits_is_torn() {
        let mut into = Vec::new();
        assert!(sums(&[u64::MAX - 1, 2], "id", &mut into).is_err());
        into.clear();
        assert!(sums(&[4, 1], "id", &mut into).is_ok());
        assert_eq!(into, [2, 1]);
    }

    #[test]
    fn a_length_beyond_the_bytes_is_torn_and_ends_the_message() {
        let mut message = Message::new(&[0x0a, 0x7f, 0x01]);
        assert!(message.next().is_some_and(|field| field.is_err()));
        assert!(message.next().is_none());
    }
}
