//! A drawn map: the roads used, numbered stops, stations, a scale bar and a north arrow. Numbers
//! and names step aside so that none hides another.

use std::fmt::Write as _;

use super::layout::{
    LETTER, Projection, RADIUS, Rect, WIDTH, around, beside, is_free, middle, round_length,
    text_width,
};
use crate::place::Point;
use crate::report::text::{self, html};

/// Way between two direction arrows.
const ARROWS_APART: f64 = 110.0;
/// Stroke patterns, so that lines differ on a black-and-white print.
const DASHES: [&str; 4] = ["", "9 5", "2 4", "12 4 2 4"];

/// A line on the map.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The points it runs through.
    pub(super) way: Vec<Point>,
    /// Picks the stroke pattern.
    pub(super) style: usize,
    /// Stroke colour.
    pub(super) colour: &'static str,
}

/// A stop on the map.
#[derive(Clone, Debug)]
pub(super) struct Pin {
    /// Where it is.
    pub(super) at: Point,
    /// Its number; without one only the label is drawn.
    pub(super) text: String,
    /// Its name.
    pub(super) label: String,
}

/// What a map shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    pub(super) lines: Vec<Line>,
    pub(super) stations: Vec<(Point, String)>,
    pub(super) pins: Vec<Pin>,
}

impl Map {
    /// Draws the map, at most `height_most` units high; nothing when there is nothing to show.
    pub(super) fn push(&self, out: &mut String, height_most: f64) {
        let lines = self.lines.iter().flat_map(|line| line.way.iter().copied());
        let stations = self.stations.iter().map(|station| station.0);
        let points = lines.chain(stations).chain(self.pins.iter().map(|pin| pin.at));
        if points.clone().next().is_none() {
            return;
        }
        let projection = Projection::around(&points, height_most);
        let height = projection.height;
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
             role=\"img\" font-family=\"sans-serif\"><title>地图 map</title>"
        );
        for line in &self.lines {
            push_line(out, &projection, line);
        }
        let mut taken = push_frame(out, &projection);
        for (at, _) in &self.stations {
            taken.push(push_station(out, projection.place(*at)));
        }
        let spots = self.push_pins(out, &projection, &mut taken);
        self.push_names(out, &projection, &spots, &mut taken);
        out.push_str("</svg>\n");
    }

    /// Draws the numbers, each beside its place when another one is there; returns where they are.
    fn push_pins(
        &self,
        out: &mut String,
        projection: &Projection,
        taken: &mut Vec<Rect>,
    ) -> Vec<Rect> {
        let mut spots = Vec::with_capacity(self.pins.len());
        // Numbers go on top of every line that leads to one.
        let mut numbers = String::new();
        for pin in &self.pins {
            let (x, y) = projection.place(pin.at);
            if pin.text.is_empty() {
                spots.push([x, y, x, y]);
                continue;
            }
            let half = RADIUS.max(text_width(&pin.text, 13.0) / 2.0 + 4.0);
            let rect = |(x, y): (f64, f64)| [x - half, y - RADIUS, x + half, y + RADIUS];
            let spot = around(x, y).map(rect).find(|rect| is_free(rect, taken, projection));
            let spot = spot.unwrap_or_else(|| rect((x, y)));
            push_leader(out, (x, y), &spot);
            push_number(&mut numbers, &spot, &pin.text);
            taken.push(spot);
            spots.push(spot);
        }
        out.push_str(&numbers);
        spots
    }

    /// Writes the names beside the numbers, each village once, where there is room.
    fn push_names(
        &self,
        out: &mut String,
        projection: &Projection,
        spots: &[Rect],
        taken: &mut Vec<Rect>,
    ) {
        let mut written: Vec<&str> = Vec::new();
        let stations = self.stations.iter().map(|(at, name)| {
            let (x, y) = projection.place(*at);
            ([x - 11.0, y - 11.0, x + 11.0, y + 11.0], name.as_str())
        });
        let pins = spots.iter().zip(&self.pins).map(|(spot, pin)| (*spot, pin.label.as_str()));
        for (spot, name) in stations.chain(pins) {
            if name.is_empty() || written.contains(&name) {
                continue;
            }
            let shown = text::fit(&text::plain(name), 16);
            let shown = shown.trim_end();
            let width = text_width(shown, LETTER);
            let rects = beside(&spot, width).into_iter();
            let Some(rect) = rects.into_iter().find(|rect| is_free(rect, taken, projection)) else {
                continue;
            };
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{LETTER}\" stroke=\"#fff\" \
                 stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\">{}</text>",
                rect[0],
                rect[3] - 2.5,
                html(shown),
            );
            taken.push(rect);
            written.push(name);
        }
    }
}

/// Draws a line from a place to its number, when it stands aside.
fn push_leader(out: &mut String, (x, y): (f64, f64), spot: &Rect) {
    let (to_x, to_y) = middle(spot);
    if (to_x - x).hypot(to_y - y) > 1.0 {
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}\" stroke=\"#000\"/>\
             <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
        );
    }
}

fn push_number(out: &mut String, spot: &Rect, number: &str) {
    let (x, y) = middle(spot);
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{RADIUS}\" \
         fill=\"#fff\" stroke=\"#000\" stroke-width=\"1.8\"/><text x=\"{x:.1}\" y=\"{:.1}\" \
         font-size=\"13\" font-weight=\"bold\" text-anchor=\"middle\">{}</text>",
        spot[0],
        spot[1],
        spot[2] - spot[0],
        spot[3] - spot[1],
        y + 4.7,
        html(number),
    );
}

/// Draws a line, leaving out points too near to be seen, and arrows along it.
fn push_line(out: &mut String, projection: &Projection, line: &Line) {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (i, &p) in line.way.iter().enumerate() {
        let (x, y) = projection.place(p);
        let is_near = points.last().is_some_and(|l| (l.0 - x).hypot(l.1 - y) < 0.8);
        if !is_near || i + 1 == line.way.len() {
            points.push((x, y));
        }
    }
    let mut path = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
    }
    let dash = DASHES[line.style % DASHES.len()];
    let _ = writeln!(
        out,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2.6\" \
         stroke-linejoin=\"round\" stroke-dasharray=\"{dash}\"/>",
        line.colour,
    );
    push_arrows(out, &points, line.colour);
}

fn push_arrows(out: &mut String, points: &[(f64, f64)], colour: &str) {
    let mut until_next = ARROWS_APART / 2.0;
    for pair in points.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let length = (to_x - x).hypot(to_y - y);
        if length > until_next {
            let share = until_next / length;
            let (at_x, at_y) = (x + (to_x - x) * share, y + (to_y - y) * share);
            let turn = (to_y - y).atan2(to_x - x).to_degrees();
            let _ = writeln!(
                out,
                "<path d=\"M-5 -5L6 0L-5 5z\" fill=\"{colour}\" stroke=\"#fff\" \
                 transform=\"translate({at_x:.1} {at_y:.1}) rotate({turn:.0})\"/>"
            );
            until_next = ARROWS_APART + until_next - length;
            until_next = until_next.max(ARROWS_APART / 3.0);
        } else {
            until_next -= length;
        }
    }
}

fn push_station(out: &mut String, (x, y): (f64, f64)) -> Rect {
    let rect = [x - 11.0, y - 11.0, x + 11.0, y + 11.0];
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"22\" height=\"22\" stroke=\"#fff\"/><text x=\"{x:.1}\" \
         y=\"{:.1}\" font-size=\"14\" font-weight=\"bold\" fill=\"#fff\" \
         text-anchor=\"middle\">站</text>",
        rect[0],
        rect[1],
        y + 5.0,
    );
    rect
}

/// Draws north arrow and scale bar; returns the corners they take.
fn push_frame(out: &mut String, projection: &Projection) -> Vec<Rect> {
    let bar_m = round_length(150.0 / projection.scale);
    let (length, bottom) = (bar_m * projection.scale, projection.height - 12.0);
    let name =
        if bar_m >= 1000.0 { format!("{} km", bar_m / 1000.0) } else { format!("{bar_m} m") };
    let _ = writeln!(
        out,
        "<path d=\"M12 {:.1}v6h{length:.1}v-6\" fill=\"none\" stroke=\"#000\" \
         stroke-width=\"2\"/><text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\">{name}</text>\
         <path d=\"M738 40V14M738 8l-6 12h12z\" stroke=\"#000\" stroke-width=\"2\"/>\
         <text x=\"738\" y=\"56\" font-size=\"13\" font-weight=\"bold\" \
         text-anchor=\"middle\">北 N</text>",
        bottom - 6.0,
        20.0 + length,
        bottom + 1.0,
    );
    vec![
        [8.0, bottom - 12.0, 24.0 + length + text_width(&name, 12.0), projection.height],
        [716.0, 4.0, 760.0, 60.0],
    ]
}
