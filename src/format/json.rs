//! A JSON tree that remembers where each value stands, keeps doubled keys and the exact text of
//! numbers. RFC 8259, with a bounded depth.

use std::borrow::Cow;

use crate::error::{Code, Fault};
use crate::format::Told;
use crate::format::source::Source;

/// How deep lists and objects may nest.
pub(super) const DEPTH: usize = 64;

/// One value and the byte it begins at.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) value: Value<'a>,
    pub(super) at: usize,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<Entry<'a>>),
}

/// One field of an object.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) at: usize,
    pub(super) node: Node<'a>,
}

impl Node<'_> {
    /// A short reading of the value, for messages.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match &self.value {
            Value::Null => "null".into(),
            Value::Bool(true) => "true".into(),
            Value::Bool(false) => "false".into(),
            Value::Number(text) => (*text).into(),
            Value::Text(text) => text.as_ref().into(),
            Value::List(_) => "[...]".into(),
            Value::Object(_) => "{...}".into(),
        }
    }
}

/// Reads the one value a text holds.
pub(super) fn parse<'a>(source: &Source<'a>) -> Told<Node<'a>> {
    let mut scanner = Scanner { text: source.text(), at: 0 };
    let tree = scanner.value(0).and_then(|node| {
        scanner.space();
        match scanner.peek() {
            None => Ok(node),
            Some(_) => Err(scanner.broken("the end of the file")),
        }
    });
    tree.map_err(|slip| {
        let fault = Fault::new(slip.code, slip.expected).place(source.place(slip.at));
        match source.text().get(slip.at..).and_then(|rest| rest.chars().next()) {
            Some(c) => Box::new(fault.value(c)),
            None => Box::new(fault),
        }
    })
}

/// A broken place.
struct Slip {
    code: Code,
    at: usize,
    expected: String,
}

type Scan<T> = Result<T, Slip>;

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// A fault here: broken syntax, or a file that ends too early.
    fn broken(&self, expected: impl Into<String>) -> Slip {
        let code = if self.peek().is_none() { Code::CutOff } else { Code::Syntax };
        Slip { code, at: self.at, expected: expected.into() }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8, expected: &str) -> Scan<()> {
        if self.peek() != Some(byte) {
            return Err(self.broken(expected));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Scan<Node<'a>> {
        self.space();
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::Text(self.text()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node { value, at })
    }

    fn word(&mut self) -> Scan<Value<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, value) in
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        let hint = match rest.as_bytes().first() {
            Some(b'/' | b'#') => "a JSON value (JSON has no comments)",
            Some(b'N' | b'I' | b'+') => "a JSON value (numbers are plain and finite)",
            Some(b'\'') => "a JSON value (texts stand in double quotes)",
            Some(b']' | b'}') => "a JSON value (no comma stands before the end)",
            _ => "a JSON value",
        };
        Err(self.broken(hint))
    }

    fn deeper(&self, depth: usize) -> Scan<usize> {
        if depth >= DEPTH {
            let expected = format!("lists and objects nested at most {DEPTH} deep");
            return Err(Slip { code: Code::TooLarge, at: self.at, expected });
        }
        Ok(depth + 1)
    }

    fn list(&mut self, depth: usize) -> Scan<Value<'a>> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Value::List(items));
            }
            self.take(b',', "a comma or the end of the list")?;
        }
    }

    fn object(&mut self, depth: usize) -> Scan<Value<'a>> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(entries));
        }
        loop {
            self.space();
            let at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.broken("a field name in double quotes"));
            }
            let key = self.text()?;
            self.space();
            self.take(b':', "a colon after the field name")?;
            entries.push(Entry { key, at, node: self.value(depth)? });
            self.space();
            if self.peek() == Some(b'}') {
                self.at += 1;
                return Ok(Value::Object(entries));
            }
            self.take(b',', "a comma or the end of the object")?;
        }
    }

    fn digits(&mut self, expected: &str) -> Scan<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.broken(expected));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Scan<&'a str> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.peek() == Some(b'0');
        let first = self.at;
        self.digits("a digit")?;
        if zero && self.at > first + 1 {
            self.at = first;
            return Err(self.broken("a number without leading zeros"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("a digit behind the decimal point")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("a digit of the exponent")?;
        }
        Ok(self.text.get(from..self.at).unwrap_or_default())
    }

    /// A text, borrowed from the file unless it holds escapes.
    fn text(&mut self) -> Scan<Cow<'a, str>> {
        self.at += 1;
        let mut from = self.at;
        let mut owned = String::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    let run = self.text.get(from..self.at).unwrap_or_default();
                    self.at += 1;
                    if owned.is_empty() {
                        return Ok(run.into());
                    }
                    owned.push_str(run);
                    return Ok(owned.into());
                }
                Some(b'\\') => {
                    owned.push_str(self.text.get(from..self.at).unwrap_or_default());
                    owned.push(self.escape()?);
                    from = self.at;
                }
                Some(0..=0x1f) | None => {
                    return Err(self.broken("the closing quote (control characters are escaped)"));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Scan<char> {
        self.at += 1;
        let plain = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.broken("an escape: one of \" \\ / b f n r t u")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// `uXXXX`, or the pair `uD83D\uDE00` that stands for one character.
    fn unicode(&mut self) -> Scan<char> {
        let high = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or_else(|| self.broken("a character, not half a pair"));
        }
        self.take(b'\\', "the second half of the pair")?;
        let low = self.four_digits()?;
        let paired = (0xdc00..0xe000).contains(&low);
        let joined = paired.then(|| 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
        joined.and_then(char::from_u32).ok_or_else(|| self.broken("the second half of the pair"))
    }

    fn four_digits(&mut self) -> Scan<u32> {
        self.take(b'u', "the letter u")?;
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.broken("four hexadecimal digits"))?;
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, code: Code, place: &str) {
        let fault = parse(&Source::new(text)).unwrap_err();
        assert_eq!((fault.code(), fault.place_name()), (code, place), "{fault}");
    }

    #[test]
    fn broken_syntax_is_named_by_line_and_column() {
        check("", Code::CutOff, "line 1, column 1");
        check("{\n  \"a\": 1,\n}", Code::Syntax, "line 3, column 1");
        check("[1, 2", Code::CutOff, "line 1, column 6");
        check("[NaN]", Code::Syntax, "line 1, column 2");
        check("[1] x", Code::Syntax, "line 1, column 5");
        check("// no\n1", Code::Syntax, "line 1, column 1");
        check("[01]", Code::Syntax, "line 1, column 2");
        check(&"[".repeat(100_000), Code::TooLarge, "line 1, column 65");
    }

    #[test]
    fn escapes_and_pairs_are_read() {
        let source = Source::new(r#""a\n\u4f60\ud83d\ude00""#);
        let Value::Text(text) = parse(&source).unwrap().value else { unreachable!() };
        assert_eq!(text, "a\n你😀");
        check(r#""\ud83d""#, Code::Syntax, "line 1, column 8");
    }

    proptest! {
        #[test]
        fn it_accepts_what_serde_json_accepts(text in "[\\[\\]{}:,\"\\\\a0-9.eEtrufalsn -]{0,24}") {
            let ours = parse(&Source::new(&text)).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            // A number beyond the floats is a fault of the field that holds it, not of the syntax.
            let beyond = |e: &serde_json::Error| e.to_string().contains("number out of range");
            prop_assert!(ours == theirs.is_ok() || theirs.is_err_and(|e| beyond(&e)), "{text}");
        }
    }
}
