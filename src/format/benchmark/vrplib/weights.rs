//! Where locations lie and how far they are apart.

use crate::error::{Code, Fault};
use crate::format::benchmark::lines::Faults;
use crate::format::benchmark::statement::{Distances, Site};

use super::sections::File;

/// The most locations of a file with a table of distances.
const MOST_TABLED: usize = 20_000;

/// Sites and distances of a file with `n` locations.
pub(super) fn places(file: &File<'_>, n: usize, faults: &mut Faults) -> (Vec<Site>, Distances) {
    let mut sites: Vec<Site> = (0..n)
        .map(|i| Site { number: u32::try_from(i).unwrap_or(u32::MAX), point: [0.0; 2], line: 0 })
        .collect();
    for (site, row) in file.by_site("NODE_COORD_SECTION", n, Some(3), faults) {
        let (x, y) = (faults.number(row, 1, "x"), faults.number(row, 2, "y"));
        sites[site].point = [x.unwrap_or(0.0), y.unwrap_or(0.0)];
        sites[site].line = row.line;
    }
    for (site, row) in file.by_site("DEMAND_SECTION", n, None, &mut Faults::default()) {
        if sites[site].line == 0 {
            sites[site].line = row.line;
        }
    }
    match file.text("EDGE_WEIGHT_TYPE") {
        Some("EUC_2D" | "CEIL_2D" | "EXACT_2D") | None => {
            if !file.has("NODE_COORD_SECTION") {
                let expected = "NODE_COORD_SECTION, as EDGE_WEIGHT_TYPE is not EXPLICIT";
                faults.push(Fault::new(Code::MissingPart, expected).field("NODE_COORD_SECTION"));
            }
            (sites, Distances::Plane)
        }
        Some("EXPLICIT") => {
            let cells = table(file, n, faults);
            (sites, Distances::Table(cells))
        }
        Some(_) => {
            if let Some(row) = file.line("EDGE_WEIGHT_TYPE") {
                let expected = "EUC_2D, CEIL_2D, EXACT_2D or EXPLICIT";
                faults.at(row, Code::UnknownFeature, "EDGE_WEIGHT_TYPE", expected);
            }
            (sites, Distances::Plane)
        }
    }
}

/// The cells of each form of table, in the order they are written.
fn cells(form: &str, n: usize) -> Option<Box<dyn Iterator<Item = (usize, usize)>>> {
    let rows = move |from: fn(usize) -> usize, to: Box<dyn Fn(usize) -> usize>| {
        (0..n).flat_map(move |i| (from(i)..to(i)).map(move |j| (i, j)))
    };
    Some(match form {
        "FULL_MATRIX" => Box::new(rows(|_| 0, Box::new(move |_| n))),
        "LOWER_ROW" | "UPPER_COL" => Box::new(rows(|_| 0, Box::new(|i| i))),
        "LOWER_DIAG_ROW" | "UPPER_DIAG_COL" => Box::new(rows(|_| 0, Box::new(|i| i + 1))),
        "UPPER_ROW" | "LOWER_COL" => Box::new(rows(|i| i + 1, Box::new(move |_| n))),
        "UPPER_DIAG_ROW" | "LOWER_DIAG_COL" => Box::new(rows(|i| i, Box::new(move |_| n))),
        _ => return None,
    })
}

/// The table of distances, row-major.
fn table(file: &File<'_>, n: usize, faults: &mut Faults) -> Vec<f64> {
    let section = "EDGE_WEIGHT_SECTION";
    let form = file.text("EDGE_WEIGHT_FORMAT").unwrap_or("FULL_MATRIX");
    let Some(mut cells) = cells(form, n) else {
        if let Some(row) = file.line("EDGE_WEIGHT_FORMAT") {
            let expected = "FULL_MATRIX, or LOWER or UPPER with ROW, COL, DIAG_ROW or DIAG_COL";
            faults.at(row, Code::UnknownFeature, "EDGE_WEIGHT_FORMAT", expected);
        }
        return Vec::new();
    };
    let count = file.rows(section).iter().map(|row| row.words.len()).sum::<usize>();
    // The room a table takes is bounded by the text that fills it, up to its own half.
    if n > MOST_TABLED || count < n * n.saturating_sub(1) / 2 {
        let expected = format!("a table of {n} locations, at most {MOST_TABLED}, as {form}");
        let fault = Fault::new(Code::CutOff, expected).field(section);
        faults.push(fault.value(format!("{count} numbers")));
        return Vec::new();
    }
    let mut table = vec![0.0; n * n];
    let mut left = 0;
    for row in file.rows(section) {
        for word in 0..row.words.len() {
            let Some((from, to)) = cells.next() else {
                left += 1;
                continue;
            };
            let distance = faults.amount(row, word, section).unwrap_or(0.0);
            table[from * n + to] = distance;
            if form != "FULL_MATRIX" {
                table[to * n + from] = distance;
            }
        }
    }
    if left > 0 || cells.next().is_some() {
        let expected = format!("as many numbers as {form} of {n} locations has");
        let fault = Fault::new(Code::RaggedRow, expected).field(section);
        faults.push(fault.value(format!("{count} numbers")));
    }
    table
}
