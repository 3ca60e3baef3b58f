//! Benchmark instances of the vehicle routing literature, read as days of one or more stations, and
//! their solutions. Costs compare with published ones under the same [`Rounding`] only.

mod assemble;
mod best_known;
mod cordeau;
mod duhamel;
mod li_lim;
mod lines;
mod rounding;
mod solomon;
mod solution;
mod statement;
mod vrplib;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use crate::error::{Code, Fault, Result};
use crate::format::day::read_bounded;
use crate::format::source::utf8;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::units::Money;

pub use best_known::BestKnown;
use lines::Row;
pub use rounding::Rounding;
use statement::Statement;

/// The largest benchmark file.
pub const LARGEST_FILE: u64 = 256 << 20;

/// How a benchmark file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Whichever of the others it looks like.
    #[default]
    Auto,
    /// Specifications and sections, as in CVRPLIB (Uchoa et al. 2017, doi
    /// 10.1016/j.ejor.2016.08.012), with the sections `PyVRP` added for other variants (Wouda,
    /// Lan, Kool 2024, doi 10.1287/ijoc.2023.0055).
    Vrplib,
    /// Solomon (1987, doi 10.1287/opre.35.2.254), Gehring and Homberger (1999).
    Solomon,
    /// Pickup and delivery, Li and Lim (2003, doi 10.1142/S0218213003001186).
    LiLim,
    /// Several depots, Cordeau, Gendreau and Laporte (1997, doi
    /// `10.1002/(SICI)1097-0037(199709)30:2<105::AID-NET5>3.0.CO;2-G`).
    Cordeau,
    /// Unequal vehicles on road distances, Duhamel, Lacomme and Prodhon (2011, doi
    /// 10.1016/j.cor.2010.07.002).
    Duhamel,
}

impl Format {
    /// Every format with the name it has on a command line.
    pub const ALL: [(&str, Format); 6] = [
        ("auto", Format::Auto),
        ("vrplib", Format::Vrplib),
        ("solomon", Format::Solomon),
        ("lilim", Format::LiLim),
        ("cordeau", Format::Cordeau),
        ("duhamel", Format::Duhamel),
    ];
}

/// What is minimised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Objective {
    /// The cost the file states: distance, or what vehicles and distance cost.
    #[default]
    Distance,
    /// The number of vehicles first, then that cost.
    Hierarchical,
}

impl Objective {
    /// Every objective with the name it has on a command line.
    pub const ALL: [(&str, Objective); 2] =
        [("distance", Objective::Distance), ("hierarchical", Objective::Hierarchical)];
}

/// How a file is to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How distances are rounded; nothing: as usual for the kind of file, and as little as can be
    /// when vehicles come first.
    pub rounding: Option<Rounding>,
    /// What is minimised.
    pub objective: Objective,
}

/// A benchmark instance as a day: whole metres and seconds are scaled distances, and nothing costs
/// money but the way, the vehicles and what is left out.
#[derive(Clone, Debug)]
pub struct Benchmark {
    name: String,
    /// The name of the folder it was read from; empty when it was not read from a file.
    folder: String,
    problem: Arc<Problem>,
    /// What solutions call the client of each visit.
    visit_number: Vec<u32>,
    /// What the file calls each vehicle.
    vehicle_number: Vec<u32>,
    /// What the file calls each station.
    station_number: Vec<u32>,
    /// The numbers of the vehicles of each kind.
    kinds: Vec<Vec<u32>>,
    /// True when it matters which vehicle drives a route.
    is_numbered: bool,
    /// Money to one unit of published costs.
    per_unit: i64,
    /// Money for each vehicle that published costs do not count.
    per_vehicle: i64,
    rounding: Rounding,
    objective: Objective,
}

impl Benchmark {
    /// The instance's name: that of the file without its ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day.
    pub fn problem(&self) -> &Arc<Problem> {
        &self.problem
    }

    /// How distances were rounded.
    pub fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// What is minimised.
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// What a plan costs, in the units of published costs.
    pub fn cost(&self, plan: &Plan) -> f64 {
        self.cost_of(plan.cost())
    }

    /// What a cost of the day is in the units of published costs; the price that makes fewer
    /// vehicles win is taken out.
    #[expect(clippy::cast_precision_loss, reason = "costs are below 2^52: checked on reading")]
    pub fn cost_of(&self, money: Money) -> f64 {
        let money = if self.per_vehicle > 0 { money.0 % self.per_vehicle } else { money.0 };
        money as f64 / self.per_unit as f64
    }
}

/// Reads a benchmark file.
///
/// # Errors
/// The file cannot be read, is larger than [`LARGEST_FILE`], or holds faults; see [`parse`].
pub fn read(path: &Path, format: Format, options: &Options) -> Result<Benchmark> {
    let bytes = read_bounded(path, LARGEST_FILE)?;
    let mut benchmark = parse(&crate::format::file_name(path), &bytes, format, options)?;
    if let Some(folder) = path.parent().and_then(Path::file_name) {
        benchmark.folder = folder.to_string_lossy().into_owned();
    }
    Ok(benchmark)
}

/// Reads the text of a benchmark file; `name` is what messages call it, and, without its ending,
/// the instance.
///
/// ```
/// use lastmile::format::benchmark::{self, Format, Options};
/// let text = b"\
/// NAME : three\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 10
/// NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8
/// DEMAND_SECTION\n1 0\n2 5\n3 5
/// DEPOT_SECTION\n1\n-1\nEOF\n";
/// let three = benchmark::parse("three.vrp", text, Format::Auto, &Options::default())?;
/// assert_eq!(three.problem().orders().len(), 2);
/// # Ok::<(), lastmile::Error>(())
/// ```
///
/// # Errors
/// Every fault with its line and field, or that the format cannot be told.
pub fn parse(name: &str, bytes: &[u8], format: Format, options: &Options) -> Result<Benchmark> {
    let read = || {
        let text = utf8_or_latin(bytes)?;
        let statement = statement(&text, format)?;
        let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
        assemble::assemble(&stem, &statement, *options)
    };
    read().map_err(|error: crate::Error| error.in_file(name))
}

/// The text of a file; comments of old files are often in Latin-1.
fn utf8_or_latin(bytes: &[u8]) -> Result<std::borrow::Cow<'_, str>> {
    match utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(fault) if crate::format::source::utf16(bytes).is_some() => Err((*fault).into()),
        Err(_) => Ok(encoding_rs::WINDOWS_1252.decode(bytes).0),
    }
}

fn statement(text: &str, format: Format) -> Result<Statement> {
    match format {
        Format::Auto => statement(text, looks_like(text)?),
        Format::Vrplib => vrplib::read(text),
        Format::Solomon => solomon::read(text),
        Format::LiLim => li_lim::read(text),
        Format::Cordeau => cordeau::read(text),
        Format::Duhamel => duhamel::read(text),
    }
}

/// The format a text looks like.
fn looks_like(text: &str) -> Result<Format> {
    let rows: Vec<Row<'_>> = lines::rows(text).take(100).collect();
    let [first, rest @ ..] = &rows[..] else {
        return Err(Fault::new(Code::Empty, "a benchmark instance").into());
    };
    let second = rest.first();
    let is_section = |row: &Row<'_>| {
        row.text.contains("_SECTION") || row.words[0].trim_end_matches(':') == "DIMENSION"
    };
    let counts = (first.words.len(), second.map_or(0, |row| row.words.len()));
    let is_numeric = first.is_numbers() && second.is_some_and(Row::is_numbers);
    let format = if rows.iter().any(is_section) {
        Format::Vrplib
    } else if rest.iter().any(|row| row.words[0].eq_ignore_ascii_case("VEHICLE")) {
        Format::Solomon
    } else if first.text.starts_with("//") {
        Format::Duhamel
    } else if is_numeric && matches!(counts, (3, 9)) {
        Format::LiLim
    } else if is_numeric && matches!(counts, (4, 2)) {
        Format::Cordeau
    } else {
        let expected =
            "an instance as vrplib, solomon, lilim, cordeau or duhamel files are written";
        let fault = Fault::new(Code::WrongKind, expected).place(first.place());
        return Err(fault.value(first.text).into());
    };
    Ok(format)
}
