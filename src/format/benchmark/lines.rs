//! Lines of words and numbers, and the faults found in them.

use crate::error::{Code, Error, Fault, Result};

/// The most faults one file is told of.
const MOST_FAULTS: usize = 1000;
/// The largest number a file may hold, either way.
const LARGEST: f64 = 1e9;

/// A line that is not blank.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    /// Its number, from 1.
    pub(super) line: usize,
    pub(super) words: Vec<&'a str>,
    pub(super) text: &'a str,
}

impl Row<'_> {
    pub(super) fn place(&self) -> String {
        format!("line {}", self.line)
    }

    /// True when every word is a number.
    pub(super) fn is_numbers(&self) -> bool {
        self.words.iter().all(|word| word.parse::<f64>().is_ok())
    }
}

/// Every line of a text that is not blank.
pub(super) fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let rows = text.lines().enumerate().map(|(i, text)| {
        let text = text.trim();
        Row { line: i + 1, words: text.split_whitespace().collect(), text }
    });
    rows.filter(|row| !row.words.is_empty())
}

/// The faults of one file.
#[derive(Debug, Default)]
pub(super) struct Faults {
    found: Vec<Fault>,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        if self.found.len() < MOST_FAULTS {
            self.found.push(fault);
        }
    }

    /// Notes what a line should have held.
    pub(super) fn at(&mut self, row: &Row<'_>, code: Code, field: &str, expected: &str) {
        self.push(Fault::new(code, expected).place(row.place()).field(field).value(row.text));
    }

    /// Notes what the file should have held.
    pub(super) fn missing(&mut self, field: &str, expected: &str) {
        self.push(Fault::new(Code::MissingPart, expected).field(field));
    }

    /// The value, when the file has no fault.
    pub(super) fn none_or<T>(self, value: T) -> Result<T> {
        if self.found.is_empty() { Ok(value) } else { Err(Error::input(self.found)) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Checks that a line has this many words.
    pub(super) fn width(&mut self, row: &Row<'_>, words: usize, what: &str) -> bool {
        if row.words.len() != words {
            let expected = format!("{words} entries: {what}");
            self.at(row, Code::RaggedRow, "", &expected);
        }
        row.words.len() == words
    }

    fn bad(&mut self, row: &Row<'_>, code: Code, (field, word): (&str, &str), expected: &str) {
        self.push(Fault::new(code, expected).place(row.place()).field(field).value(word));
    }

    /// A number at a word of a line.
    pub(super) fn number(&mut self, row: &Row<'_>, word: usize, field: &str) -> Option<f64> {
        let Some(&text) = row.words.get(word) else {
            self.at(row, Code::MissingField, field, "a number");
            return None;
        };
        match text.parse::<f64>() {
            Ok(number) if number.abs() <= LARGEST => return Some(number),
            Ok(_) => self.bad(row, Code::OutOfRange, (field, text), "a number of at most 1e9"),
            Err(_) => self.bad(row, Code::WrongType, (field, text), "a number"),
        }
        None
    }

    /// A number that is not negative.
    pub(super) fn amount(&mut self, row: &Row<'_>, word: usize, field: &str) -> Option<f64> {
        let number = self.number(row, word, field)?;
        if number < 0.0 {
            self.bad(row, Code::OutOfRange, (field, row.words[word]), "a number from 0 to 1e9");
            return None;
        }
        Some(number)
    }

    /// A whole number, written as `7` or `7.0`.
    #[expect(clippy::cast_possible_truncation, reason = "at most 1e9")]
    pub(super) fn whole(&mut self, row: &Row<'_>, word: usize, field: &str) -> Option<i64> {
        let number = self.number(row, word, field)?;
        if number.fract() != 0.0 {
            self.bad(row, Code::WrongType, (field, row.words[word]), "a whole number");
            return None;
        }
        Some(number as i64)
    }

    /// A whole number within bounds.
    pub(super) fn within(
        &mut self,
        row: &Row<'_>,
        word: usize,
        field: &str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let number = self.whole(row, word, field)?;
        if !bounds.contains(&number) {
            let expected = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            self.bad(row, Code::OutOfRange, (field, row.words[word]), &expected);
            return None;
        }
        Some(number)
    }

    /// A window of two numbers.
    pub(super) fn window(&mut self, row: &Row<'_>, word: usize) -> Option<(f64, f64)> {
        let open = self.amount(row, word, "window opens");
        let close = self.amount(row, word + 1, "window closes");
        let window = (open?, close?);
        if window.1 < window.0 {
            let expected = "a window that closes after it opens";
            self.bad(row, Code::UpsideDown, ("window", row.text), expected);
            return None;
        }
        Some(window)
    }
}

/// The most locations, vehicles or numbers of anything a file may name.
pub(super) const MOST: i64 = 1_000_000;

/// A number from [`Faults::within`] as an index; the bounds kept it from being negative.
pub(super) fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}
