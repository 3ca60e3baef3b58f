//! How distances become whole numbers. Families of instances differ in this, and costs compare only
//! under the same convention.

use crate::format::benchmark::statement::{Distances, Statement};
use crate::road::{LONGEST, PlaneScale, Round};

/// How distances and travel times are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest whole number, as in `EUC_2D` of TSPLIB (Reinelt 1991, doi
    /// 10.1287/ijoc.3.4.376).
    Nint,
    /// Cut off after one decimal, as in the 12th DIMACS Implementation Challenge (2022).
    Dimacs,
    /// To the nearest thousandth.
    Exact,
    /// Up to the next whole number, as in `CEIL_2D` of TSPLIB.
    Ceil,
    /// As little as the search can: as many decimals, up to six, as the file's sizes leave room for.
    None,
}

impl Rounding {
    /// Every rounding with the name it has on a command line.
    pub const ALL: [(&str, Rounding); 5] = [
        ("nint", Rounding::Nint),
        ("dimacs", Rounding::Dimacs),
        ("exact", Rounding::Exact),
        ("ceil", Rounding::Ceil),
        ("none", Rounding::None),
    ];

    /// The scale that rounds so.
    pub(super) fn scale(self, statement: &Statement) -> PlaneScale {
        let (per_unit, round) = match self {
            Self::Nint => (1, Round::Nearest),
            Self::Dimacs => (10, Round::Down),
            Self::Exact => (1000, Round::Nearest),
            Self::Ceil => (1, Round::Up),
            Self::None => (finest(statement), Round::Nearest),
        };
        PlaneScale { per_unit, round }
    }
}

/// The most whole numbers a time of a file may count to: a year of seconds, as the days of this
/// crate are.
pub(super) const HORIZON: f64 = 366.0 * 86_400.0;

/// The finest power of ten that keeps the longest leg and the latest time countable.
fn finest(statement: &Statement) -> u32 {
    if let Distances::Table(cells) = &statement.distances
        && cells.iter().all(|cell| cell.fract() == 0.0)
    {
        return 1;
    }
    let longest = statement.longest();
    let windows = statement.clients.iter().filter_map(|client| client.window);
    let shifts = statement.fleet.iter().filter_map(|kind| kind.shift);
    let latest = windows.chain(shifts).map(|window| window.1).fold(0.0, f64::max);
    let fits = |scale: &u32| {
        let scale = f64::from(*scale);
        longest * scale < LONGEST.as_f64() && latest * scale < HORIZON
    };
    [1_000_000, 100_000, 10_000, 1000, 100, 10].into_iter().find(fits).unwrap_or(1)
}
