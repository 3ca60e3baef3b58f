//! The parts of a VRPLIB file: specifications and sections, by name.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::error::{Code, Fault};
use crate::format::benchmark::lines::{Faults, Row, index, rows};

/// Specifications that say nothing about the problem.
const REMARKS: [&str; 9] = [
    "NAME",
    "COMMENT",
    "TYPE",
    "BEST_KNOWN",
    "DISPLAY_DATA_TYPE",
    "NODE_COORD_TYPE",
    "EDGE_DATA_FORMAT",
    "AUTHOR",
    "DATE",
];
/// Specifications that do.
const SPECIFICATIONS: [&str; 13] = [
    "DIMENSION",
    "CAPACITY",
    "DISTANCE",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "SERVICE_TIME",
    "VEHICLES",
    "VEHICLES_MAX_DISTANCE",
    "VEHICLES_MAX_DURATION",
    "VEHICLES_MAX_RELOADS",
    "VEHICLES_FIXED_COST",
    "VEHICLES_UNIT_DISTANCE_COST",
    "SALESMEN",
];
/// Sections.
const SECTIONS: [&str; 21] = [
    "NODE_COORD_SECTION",
    "DISPLAY_DATA_SECTION",
    "EDGE_WEIGHT_SECTION",
    "DEPOT_SECTION",
    "DEMAND_SECTION",
    "LINEHAUL_SECTION",
    "BACKHAUL_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
    "RELEASE_TIME_SECTION",
    "PRIZE_SECTION",
    "MUTUALLY_EXCLUSIVE_GROUP_SECTION",
    "CAPACITY_SECTION",
    "VEHICLES_DEPOT_SECTION",
    "VEHICLES_MAX_DISTANCE_SECTION",
    "VEHICLES_MAX_DURATION_SECTION",
    "VEHICLES_FIXED_COST_SECTION",
    "VEHICLES_UNIT_DISTANCE_COST_SECTION",
    "VEHICLES_ALLOWED_CLIENTS_SECTION",
    "VEHICLES_RELOAD_DEPOT_SECTION",
    "VEHICLES_MAX_RELOADS_SECTION",
];

/// A file taken apart.
#[derive(Debug, Default)]
pub(super) struct File<'a> {
    /// Each specification as a line of one word: its value.
    specifications: BTreeMap<&'a str, Row<'a>>,
    sections: BTreeMap<&'a str, Vec<Row<'a>>>,
}

impl<'a> File<'a> {
    /// Takes a text apart up to `EOF`; what has an unknown name is a fault, as leaving it out would
    /// change the problem.
    pub(super) fn read(text: &'a str, faults: &mut Faults) -> Self {
        let mut file = Self::default();
        let mut section: Option<&'a str> = None;
        for row in rows(text) {
            let name = row.text.split(|c: char| c == ':' || c.is_whitespace()).next();
            let name = name.unwrap_or_default();
            if name == "EOF" {
                break;
            } else if name.ends_with("_SECTION") {
                section = Some(name);
                if !SECTIONS.contains(&name) {
                    let expected = format!("one of the sections {}", SECTIONS.join(", "));
                    faults.at(&row, Code::UnknownFeature, name, &expected);
                }
                if file.sections.insert(name, Vec::new()).is_some() {
                    faults.at(&row, Code::DoubleField, name, "each section once");
                }
            } else if row.text.contains(':') && !name.starts_with(|c: char| c.is_ascii_digit()) {
                file.specification(name, &row, faults);
            } else if let Some(rows) = section.and_then(|name| file.sections.get_mut(name)) {
                rows.push(row);
            } else {
                let expected = "a specification (NAME : VALUE) or the name of a section";
                faults.at(&row, Code::Syntax, "", expected);
            }
        }
        file
    }

    fn specification(&mut self, name: &'a str, row: &Row<'a>, faults: &mut Faults) {
        let value = row.text.split_once(':').map_or("", |(_, value)| value.trim());
        if !REMARKS.contains(&name) && !SPECIFICATIONS.contains(&name) {
            let expected = format!("one of the specifications {}", SPECIFICATIONS.join(", "));
            faults.at(row, Code::UnknownFeature, name, &expected);
        }
        let one = Row { line: row.line, words: vec![value], text: value };
        if self.specifications.insert(name, one).is_some() && SPECIFICATIONS.contains(&name) {
            faults.at(row, Code::DoubleField, name, "each specification once");
        }
    }

    /// True when there is a specification or section of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.specifications.contains_key(name) || self.sections.contains_key(name)
    }

    /// A specification's text.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.specifications.get(name).map(|row| row.text)
    }

    /// A specification's line, for a fault about it.
    pub(super) fn line(&self, name: &str) -> Option<&Row<'a>> {
        self.specifications.get(name)
    }

    /// The kind of problem the file says it is.
    pub(super) fn kind(&self) -> &'a str {
        self.text("TYPE").unwrap_or_default()
    }

    /// A specification that is a whole number.
    pub(super) fn whole(
        &self,
        name: &str,
        bounds: RangeInclusive<i64>,
        faults: &mut Faults,
    ) -> Option<i64> {
        faults.within(self.specifications.get(name)?, 0, name, bounds)
    }

    /// A specification that is a number and not negative.
    pub(super) fn amount(&self, name: &str, faults: &mut Faults) -> Option<f64> {
        faults.amount(self.specifications.get(name)?, 0, name)
    }

    /// The lines of a section; none when it is not there.
    pub(super) fn rows(&self, section: &str) -> &[Row<'a>] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// The lines of a section that begin with a number from 1 to `n`, each number once and none
    /// left out, with that number counted from 0. Lines are `width` words wide, or of any width.
    pub(super) fn by_site<'f>(
        &'f self,
        section: &str,
        n: usize,
        width: Option<usize>,
        faults: &mut Faults,
    ) -> Vec<(usize, &'f Row<'a>)> {
        let Some(rows) = self.sections.get(section) else { return Vec::new() };
        let mut seen = vec![false; n];
        let mut found = Vec::with_capacity(rows.len().min(n));
        for row in rows {
            if let Some(width) = width
                && !faults.width(row, width, &format!("one line of {section}"))
            {
                continue;
            }
            let bounds = 1..=i64::try_from(n).unwrap_or(i64::MAX);
            let Some(number) = faults.within(row, 0, section, bounds) else { continue };
            let number = index(number - 1);
            if std::mem::replace(&mut seen[number], true) {
                faults.at(row, Code::DoubleId, section, "each number once");
            } else {
                found.push((number, row));
            }
        }
        if let Some(number) = seen.iter().position(|&seen| !seen)
            && faults.is_empty()
        {
            let expected = format!("a line for each number from 1 to {n}");
            let fault = Fault::new(Code::MissingPart, expected).field(section);
            faults.push(fault.value(format!("no line for {}", number + 1)));
        }
        found
    }
}
