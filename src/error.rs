//! One error type. Its message says where, what was found and what was expected, and carries a
//! stable code; one run reports every fault it finds.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that reads or writes.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What kind of fault it is. The text form (`E0104`) never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of its text form.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable text form.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The file is empty, or holds nothing of what is due.
    Empty = "E0101",
    /// The file is not of the kind its place asks for.
    WrongKind = "E0102",
    /// The file is larger, or nested deeper, than the limit.
    TooLarge = "E0103",
    /// The file ends before it is complete.
    CutOff = "E0104",
    /// The text is not in a known encoding.
    Encoding = "E0105",
    /// The syntax is broken.
    Syntax = "E0106",
    /// The file's version is not one this program reads.
    Version = "E0107",
    /// A checksum, declared size or index does not agree with the data.
    Corrupt = "E0108",
    /// A required feature of the file is unknown.
    UnknownFeature = "E0109",
    /// More of the file is unreadable than may be skipped.
    TooMuchLost = "E0110",
    /// A field that must be there is missing.
    MissingField = "E0201",
    /// A field is unknown.
    UnknownField = "E0202",
    /// A field or column is there twice.
    DoubleField = "E0203",
    /// The value is of the wrong type.
    WrongType = "E0204",
    /// The number is out of its range.
    OutOfRange = "E0205",
    /// The text is not one of the known names.
    UnknownName = "E0206",
    /// A coordinate is not a place on the globe, or looks like a failed geocoding.
    BadPoint = "E0207",
    /// A date or clock time cannot be read or does not exist in the zone.
    BadTime = "E0208",
    /// A window or range ends before it begins.
    UpsideDown = "E0209",
    /// An id is empty or holds characters that are not allowed.
    BadId = "E0210",
    /// A row has more or fewer cells than the header.
    RaggedRow = "E0211",
    /// An id is there twice.
    DoubleId = "E0301",
    /// A reference names something that does not exist.
    DanglingReference = "E0302",
    /// Two statements contradict each other.
    Contradiction = "E0303",
    /// A required part is missing from the whole (no station, no vehicle).
    MissingPart = "E0304",
    /// A sum or product of the values exceeds what can be counted.
    Overflow = "E0305",
    /// The travel matrix does not fit the places.
    BadMatrix = "E0306",
    /// The station is too far from any road.
    StationOffRoad = "E0307",
    /// The road data hold no road the vehicle may use.
    NoRoads = "E0308",
    /// A cold-chain parameter is physically impossible.
    BadPhysics = "E0401",
    /// The weather does not cover the shift.
    WeatherGap = "E0402",
    /// More memory is needed than allowed.
    Memory = "E0501",
    /// A file cannot be read.
    Unreadable = "E0601",
    /// A file cannot be written.
    Unwritable = "E0602",
    /// The command line is wrong.
    Usage = "E0701",
    /// A plan failed the independent check: a bug of ours.
    Audit = "E0901",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault: file, place in it, field, value found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    code: Code,
    file: String,
    place: String,
    field: String,
    value: Option<String>,
    expected: String,
}

impl Fault {
    /// A fault of this kind; the expectation is a lower-case phrase without a full stop.
    pub fn new(code: Code, expected: impl Into<String>) -> Self {
        Self {
            code,
            file: String::new(),
            place: String::new(),
            field: String::new(),
            value: None,
            expected: expected.into(),
        }
    }

    /// Names the file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = clean(&file.into());
        self
    }

    /// Names the place in the file: `line 17, column 4`, `orders[3].lat`, `block 12`.
    #[must_use]
    pub fn place(mut self, place: impl Into<String>) -> Self {
        self.place = clean(&place.into());
        self
    }

    /// Names the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = clean(&field.into());
        self
    }

    /// Quotes the value found, shortened and with control characters escaped.
    #[must_use]
    pub fn value(mut self, value: impl fmt::Display) -> Self {
        self.value = Some(clean(&value.to_string()));
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The file it is in, or an empty text.
    pub fn file_name(&self) -> &str {
        &self.file
    }

    /// The place within the file, or an empty text.
    pub fn place_name(&self) -> &str {
        &self.place
    }

    /// The field, or an empty text.
    pub fn field_name(&self) -> &str {
        &self.field
    }
}

/// `E0205 orders.csv: line 17: lat: found "91.2", expected degrees between -90 and 90`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        for (part, mark) in [(&self.file, " "), (&self.place, ": "), (&self.field, ": ")] {
            if !part.is_empty() {
                let mark = if self.file.is_empty() && mark == ": " { " " } else { mark };
                write!(f, "{mark}{part}")?;
            }
        }
        match &self.value {
            Some(value) => write!(f, ": found \"{value}\", expected {}", self.expected),
            None => write!(f, ": expected {}", self.expected),
        }
    }
}

/// How many faults a message lists before it only counts.
const FAULTS_LISTED: usize = 100;
/// How many characters of a foreign text a message quotes.
const VALUE_LENGTH: usize = 80;

/// A foreign text made fit for a terminal: control characters escaped, long text cut.
fn clean(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(VALUE_LENGTH)
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect();
    if text.chars().nth(VALUE_LENGTH).is_some() {
        short.push('…');
    }
    short
}

#[derive(Debug)]
enum Kind {
    Input(Vec<Fault>),
    Unwritable { path: PathBuf, source: std::io::Error },
    Internal(String),
}

/// Why something could not be read, planned or written.
#[derive(Debug)]
pub struct Error(Box<Kind>);

impl Error {
    /// The input is wrong in these ways.
    ///
    /// # Panics
    /// When there is none.
    pub fn input(faults: Vec<Fault>) -> Self {
        assert!(!faults.is_empty(), "an input error names a fault");
        Self(Box::new(Kind::Input(faults)))
    }

    /// A file cannot be read.
    pub fn unreadable(path: &Path, source: &std::io::Error) -> Self {
        Fault::new(Code::Unreadable, "a readable file")
            .file(path.display().to_string())
            .value(source)
            .into()
    }

    /// A file cannot be written.
    pub fn unwritable(path: &Path, source: std::io::Error) -> Self {
        Self(Box::new(Kind::Unwritable { path: path.into(), source }))
    }

    /// Our own code is wrong; the message asks for a report.
    pub fn internal(what: impl Into<String>) -> Self {
        Self(Box::new(Kind::Internal(what.into())))
    }

    /// Every fault of the input; empty when the input is not to blame.
    pub fn faults(&self) -> &[Fault] {
        match &*self.0 {
            Kind::Input(faults) => faults,
            Kind::Unwritable { .. } | Kind::Internal(_) => &[],
        }
    }

    /// The exit code of a program that stops for this: 3 input refused, 5 output could not be
    /// written, 2 wrong usage, 1 a bug of ours.
    pub fn exit_code(&self) -> u8 {
        match &*self.0 {
            Kind::Input(faults) if faults.iter().all(|fault| fault.code == Code::Usage) => 2,
            Kind::Input(_) => 3,
            Kind::Unwritable { .. } => 5,
            Kind::Internal(_) => 1,
        }
    }

    /// The same error with `file` as the file of each fault that names none.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        if let Kind::Input(faults) = &mut *self.0 {
            for fault in faults.iter_mut().filter(|fault| fault.file.is_empty()) {
                fault.file = clean(file);
            }
        }
        self
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::input(vec![fault])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Input(faults) => {
                for (i, fault) in faults.iter().take(FAULTS_LISTED).enumerate() {
                    let gap = if i == 0 { "" } else { "\n" };
                    write!(f, "{gap}{fault}")?;
                }
                match faults.len().saturating_sub(FAULTS_LISTED) {
                    0 => Ok(()),
                    more => write!(f, "\nand {more} more"),
                }
            }
            Kind::Unwritable { path, source } => {
                write!(f, "{} {}: cannot be written: {source}", Code::Unwritable, path.display())
            }
            Kind::Internal(what) => {
                write!(f, "{} this is a bug of lastmile, please report it: {what}", Code::Audit)
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Unwritable { source, .. } => Some(source),
            Kind::Input(_) | Kind::Internal(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_and_what_was_expected() {
        let fault = Fault::new(Code::OutOfRange, "degrees between -90 and 90")
            .file("orders.csv")
            .place("line 17")
            .field("lat")
            .value("91.2");
        let text =
            "E0205 orders.csv: line 17: lat: found \"91.2\", expected degrees between -90 and 90";
        assert_eq!(fault.to_string(), text);
    }

    #[test]
    fn no_raw_control_character_reaches_the_terminal() {
        let fault = Fault::new(Code::BadId, "a plain id").value("\u{1b}[31mred\u{7}");
        assert!(!fault.to_string().chars().any(char::is_control));
    }

    #[test]
    fn codes_are_unique_and_sorted() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    }
}
