//! Best-known costs: a table with the columns `instance`, `cost` and `convention`, and `family` if
//! instances of different families share a name.

use std::path::Path;

use crate::error::{Code, Error, Fault, Result};
use crate::format::benchmark::{Benchmark, LARGEST_FILE, Objective, Rounding};
use crate::format::day::read_bounded;
use crate::format::source::utf8;

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    family: Option<String>,
    instance: String,
    convention: String,
    cost: f64,
}

/// Published costs by instance and convention.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BestKnown {
    rows: Vec<Row>,
}

impl BestKnown {
    /// Reads a table.
    ///
    /// # Errors
    /// The file cannot be read, a column is missing, or a row is broken; see [`BestKnown::parse`].
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&crate::format::file_name(path), &read_bounded(path, LARGEST_FILE)?)
    }

    /// Reads the text of a table; `name` is what messages call it.
    ///
    /// # Errors
    /// A column is missing, a row has more or fewer cells than the header, or a cost is no number.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self> {
        let fault = |code, line: u64, expected: &str| -> Fault {
            Fault::new(code, expected).file(name).place(format!("line {line}"))
        };
        let text = utf8(bytes).map_err(|fault| Error::from(fault.file(name)))?;
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let broken = |error: &csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            Error::from(fault(Code::RaggedRow, line, "as many cells as the header has"))
        };
        let header = reader.headers().map_err(|error| broken(&error))?.clone();
        let find = |name: &str| header.iter().position(|cell| cell == name);
        let column = |name: &str| {
            let expected = format!("a column named {name}");
            let missing = || Error::from(fault(Code::MissingField, 1, &expected).field(name));
            find(name).ok_or_else(missing)
        };
        let (instance, cost, rule) = (column("instance")?, column("cost")?, column("convention")?);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| broken(&error))?;
            let line = record.position().map_or(1, csv::Position::line);
            let cell = |index: usize| record.get(index).unwrap_or_default();
            let number = cell(cost).parse().ok().filter(|cost: &f64| cost.is_finite());
            let Some(cost) = number else {
                let fault = fault(Code::WrongType, line, "a number").field("cost");
                return Err(fault.value(cell(cost)).into());
            };
            rows.push(Row {
                family: find("family").map(|index| cell(index).to_owned()),
                instance: cell(instance).to_owned(),
                convention: cell(rule).to_owned(),
                cost,
            });
        }
        Ok(Self { rows })
    }

    /// The cost of an instance under the convention it was read with. Where the table names
    /// families, a row of the family that the instance's folder is named after goes first.
    pub fn cost(&self, benchmark: &Benchmark) -> Option<f64> {
        let convention = benchmark.convention();
        let is_ours = |row: &&Row| row.instance == benchmark.name && row.convention == convention;
        let is_family = |row: &&Row| row.family.as_deref() == Some(benchmark.folder.as_str());
        let mut rows = self.rows.iter().filter(is_ours);
        let first = rows.clone().next();
        rows.find(is_family).or(first).map(|row| row.cost)
    }
}

impl Benchmark {
    /// What tables of best-known costs call the way costs are counted.
    pub fn convention(&self) -> &'static str {
        match (self.objective, self.rounding) {
            (Objective::Hierarchical, _) => "hier",
            (_, Rounding::Nint) => "round",
            (_, Rounding::Dimacs) => "dimacs",
            (_, Rounding::Exact) => "exact",
            (_, Rounding::Ceil) => "ceil",
            (_, Rounding::None) => "double",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::benchmark::{Format, Options, parse, tests::CVRP};

    const TABLE: &[u8] = b"family,instance,cost,routes,source,convention\n\
        other,four,7,1,\"a list, of old\",round\n\
        mine,four,36,2,here,round\nmine,four,35.2,2,here,dimacs\n";

    #[test]
    fn a_row_is_found_by_family_name_and_convention() {
        let table = BestKnown::parse("bks.csv", TABLE).unwrap();
        let mut four =
            parse("four.vrp", CVRP.as_bytes(), Format::Auto, &Options::default()).unwrap();
        assert_eq!(table.cost(&four), Some(7.0));
        four.folder = "mine".into();
        assert_eq!(table.cost(&four), Some(36.0));
        four.rounding = Rounding::Dimacs;
        assert_eq!(table.cost(&four), Some(35.2));
        four.rounding = Rounding::Exact;
        assert_eq!(table.cost(&four), None);
    }

    #[test]
    fn broken_tables_name_their_lines() {
        let fault = |text: &str| BestKnown::parse("bks.csv", text.as_bytes()).unwrap_err();
        assert!(fault("instance,cost\n").to_string().contains("line 1: convention"));
        let header = "instance,cost,convention\n";
        let ragged = fault(&format!("{header}a,1,round\nb,2\n"));
        assert!(ragged.to_string().contains("bks.csv: line 3"), "{ragged}");
        let word = fault(&format!("{header}a,one,round\n"));
        assert!(word.to_string().contains("line 2: cost: found \"one\""), "{word}");
    }
}
