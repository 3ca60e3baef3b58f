//! Takes a JSON tree apart field by field and collects every fault with its place.

use jiff::civil::Date;

use crate::error::{Code, Fault};
use crate::format::calendar::{Calendar, WINDOW, between, read_date};
use crate::format::json::{Entry, Node, Value};
use crate::format::source::Source;
use crate::format::{Told, names};
use crate::place::Datum;
use crate::problem::{HandOver, Kind, Position, Tier};
use crate::units::{Time, Window};

/// A step from a value to one inside it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Field(&'static str),
    Index(usize),
}

/// Where a value stands: its path, as `orders[3]`, and its first byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Spot {
    pub(super) path: String,
    pub(super) at: usize,
}

/// What is needed while a tree is read, and the faults found so far.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    source: &'a Source<'a>,
    pub(super) calendar: Calendar,
    path: Vec<Step>,
    pub(super) faults: Vec<Fault>,
}

/// A type that can be read from a JSON value.
pub(super) trait FromNode: Sized {
    /// The value, or nothing when it is wrong; then the reader has the fault.
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self>;

    /// What an absent field means; nothing when the field must be there.
    fn absent() -> Option<Self> {
        None
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        let (calendar, path, faults) = (Calendar::default(), Vec::new(), Vec::new());
        Self { source, calendar, path, faults }
    }

    /// Where `node` stands, given that it is the value being read.
    pub(super) fn spot(&self, node: &Node<'_>) -> Spot {
        Spot { path: self.path_with(None), at: node.at }
    }

    /// The path of the value being read, and of a field in it.
    fn path_with(&self, field: Option<&str>) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) => push_field(&mut path, name),
                Step::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        if let Some(field) = field {
            push_field(&mut path, field);
        }
        path
    }

    /// Reports a fault of the value being read, which begins at byte `at`.
    pub(super) fn report(&mut self, at: usize, fault: Fault) {
        let path = self.path_with(None);
        self.faults.push(fault.place(self.source.place(at)).field(path));
    }

    /// Reports a fault of a field of a value read before.
    pub(super) fn report_at(&mut self, spot: &Spot, field: &str, fault: Fault) {
        let mut path = spot.path.clone();
        push_field(&mut path, field);
        self.faults.push(fault.place(self.source.place(spot.at)).field(path));
    }

    /// True when a fault of this field of a value read before is reported already.
    pub(super) fn is_told(&self, spot: &Spot, field: &str) -> bool {
        let mut path = spot.path.clone();
        push_field(&mut path, field);
        self.faults.iter().any(|fault| fault.field_name() == path)
    }

    /// Reports that `node` is not what its field asks for.
    pub(super) fn wrong<T>(&mut self, code: Code, node: &Node<'_>, expected: &str) -> Option<T> {
        self.report(node.at, Fault::new(code, expected).value(node.shown()));
        None
    }

    /// The fields of an object; unknown and doubled ones are reported.
    pub(super) fn object<'n>(
        &mut self,
        node: &'n Node<'n>,
        known: &[&str],
    ) -> Option<&'n [Entry<'n>]> {
        let Value::Object(entries) = &node.value else {
            return self.wrong(Code::WrongType, node, "an object: {\"...\": ...}");
        };
        for entry in entries {
            let schema = self.path.is_empty() && entry.key == "$schema";
            if !schema && !known.contains(&entry.key.as_ref()) {
                let near = names::nearest(&entry.key, known.iter().copied());
                let expected = match near {
                    Some(near) => format!("a known field; the nearest is \"{near}\""),
                    None => format!("a known field: {}", known.join(", ")),
                };
                let path = self.path_with(Some(&entry.key));
                let fault = Fault::new(Code::UnknownField, expected).field(path);
                self.faults.push(fault.place(self.source.place(entry.at)));
            }
        }
        self.doubles(entries);
        Some(entries)
    }

    fn doubles(&mut self, entries: &[Entry<'_>]) {
        let mut sorted: Vec<&Entry<'_>> = entries.iter().collect();
        sorted.sort_by(|a, b| a.key.cmp(&b.key).then(a.at.cmp(&b.at)));
        for pair in sorted.windows(2) {
            let [first, second] = pair else { continue };
            if first.key == second.key {
                let place = self.source.place(first.at);
                let fault =
                    Fault::new(Code::DoubleField, format!("it once; it is also at {place}"));
                let path = self.path_with(Some(&second.key));
                self.faults.push(fault.place(self.source.place(second.at)).field(path));
            }
        }
    }

    /// One field of an object that begins at byte `at`.
    pub(super) fn field<T: FromNode>(
        &mut self,
        entries: &[Entry<'_>],
        at: usize,
        name: &'static str,
    ) -> Option<T> {
        self.path.push(Step::Field(name));
        let given = entries.iter().find(|entry| entry.key == name);
        let value = match given {
            Some(entry) => T::from_node(&entry.node, self),
            None => T::absent(),
        };
        if given.is_none() && value.is_none() {
            self.report(at, Fault::new(Code::MissingField, "this field to be there"));
        }
        self.path.pop();
        value
    }

    /// The items of a list; those that are wrong are reported and left out.
    pub(super) fn items<T: FromNode>(&mut self, node: &Node<'_>) -> Option<Vec<T>> {
        let Value::List(items) = &node.value else {
            return self.wrong(Code::WrongType, node, "a list: [...]");
        };
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Index(index));
            read.extend(T::from_node(item, self));
            self.path.pop();
        }
        Some(read)
    }

    /// A number from `low` to `high`. Beyond them it is reported, and what is read on is the nearer of the
    /// two, so that the other faults of its row are found in the same run.
    pub(super) fn number(
        &mut self,
        node: &Node<'_>,
        (low, high): (f64, f64),
        expected: &str,
    ) -> Option<f64> {
        let Value::Number(text) = node.value else {
            return self.wrong(Code::WrongType, node, expected);
        };
        match text.parse::<f64>() {
            // Adding zero turns -0.0 into 0.0.
            Ok(value) if (low..=high).contains(&value) => Some(value + 0.0),
            Ok(value) if !value.is_nan() => {
                self.wrong::<f64>(Code::OutOfRange, node, expected);
                Some(value.clamp(low, high))
            }
            _ => self.wrong(Code::OutOfRange, node, expected),
        }
    }

    /// A whole number from `low` to `high`, exact to the last digit.
    pub(super) fn whole(&mut self, node: &Node<'_>, low: i64, high: i64) -> Option<i64> {
        let expected = format!("a whole number from {low} to {high}");
        let Value::Number(text) = node.value else {
            return self.wrong(Code::WrongType, node, &expected);
        };
        match text.parse::<i64>() {
            Ok(value) if (low..=high).contains(&value) => Some(value),
            _ => self.wrong(Code::OutOfRange, node, &expected),
        }
    }

    /// A text.
    pub(super) fn text<'n>(&mut self, node: &'n Node<'_>, expected: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => self.wrong(Code::WrongType, node, expected),
        }
    }

    /// What a fallible reading of a text gives; its fault is reported here.
    fn told<T>(&mut self, node: &Node<'_>, told: Told<T>) -> Option<T> {
        told.map_err(|fault| self.report(node.at, *fault)).ok()
    }
}

fn push_field(path: &mut String, field: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(field);
}

impl<T: FromNode> FromNode for Option<T> {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match node.value {
            Value::Null => Some(None),
            _ => T::from_node(node, reader).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        reader.items(node)
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl FromNode for String {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        reader.text(node, "a text").map(str::to_owned)
    }
}

impl FromNode for bool {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match node.value {
            Value::Bool(value) => Some(value),
            _ => reader.wrong(Code::WrongType, node, "true or false"),
        }
    }
}

impl FromNode for Time {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, crate::format::calendar::CLOCK)?;
        let told = reader.calendar.told_moment(text);
        reader.told(node, told)
    }
}

impl FromNode for Date {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a date such as \"2026-01-28\"";
        let text = reader.text(node, expected)?;
        read_date(text).or_else(|| reader.wrong(Code::BadTime, node, expected))
    }
}

/// `"09:00-12:00"` or `{"open": "09:00", "close": "12:00"}`.
impl FromNode for Window {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(text) => {
                let told = reader.calendar.told_window(text);
                reader.told(node, told)
            }
            Value::Object(_) => {
                let entries = reader.object(node, &["open", "close"])?;
                let open: Option<Time> = reader.field(entries, node.at, "open");
                let close: Option<Time> = reader.field(entries, node.at, "close");
                let (open, close) = (open?, close?);
                let told = between(open, close, &format!("{open} to {close}"));
                reader.told(node, told)
            }
            _ => reader.wrong(Code::WrongType, node, WINDOW),
        }
    }
}

/// A closed list of names, as a file writes them.
pub(super) trait Named: Sized + Copy + 'static {
    /// Each value with its name.
    const NAMES: &'static [(&'static str, Self)];

    /// The value of a name, regardless of case.
    fn by_name(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }

    /// What was expected instead of `name`.
    fn expected(name: &str) -> String {
        let known: Vec<&str> = Self::NAMES.iter().map(|(known, _)| *known).collect();
        names::one_of(name, &known)
    }
}

macro_rules! named {
    ($($type:ident { $($name:literal = $value:ident),* $(,)? })*) => { $(
        impl Named for $type {
            const NAMES: &'static [(&'static str, Self)] = &[$(($name, Self::$value)),*];
        }

        impl FromNode for $type {
            fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
                let text = reader.text(node, "a name in quotes")?;
                let exact = Self::NAMES.iter().find(|(name, _)| *name == text);
                let value = exact.map(|(_, value)| *value);
                value.or_else(|| reader.wrong(Code::UnknownName, node, &Self::expected(text)))
            }
        }
    )* };
}
pub(super) use named;

named! {
    Kind { "deliver" = Deliver, "collect" = Collect, "ship" = Ship, "serve" = Serve }
    Tier {
        "urgent" = Urgent, "cold_chain" = ColdChain, "promise" = Promise, "ordinary" = Ordinary,
        "later" = Later,
    }
    HandOver { "home" = Home, "pickup_point" = PickupPoint, "pharmacy" = Pharmacy }
    Position { "first" = First, "last" = Last }
    Datum { "wgs84" = Wgs84, "gcj02" = Gcj02, "bd09" = Bd09 }
}
