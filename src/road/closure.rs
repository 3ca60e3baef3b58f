//! Closures of a day: a road by its number in the map, or everything within a circle.

use super::geometry::{flat, within_circle};
use super::graph::RoadGraph;
use crate::place::Point;
use crate::units::Metres;

/// Metres per degree of latitude, less a bit: a quick test may only let too much through.
const METRES_PER_DEGREE: f64 = 111_000.0;

/// Something closed to all vehicles today.
///
/// With a way and a circle, the part of the way inside the circle is closed; with neither,
/// nothing is.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// The `OpenStreetMap` id of a way.
    pub way: Option<i64>,
    /// Middle and radius of a circle.
    pub at: Option<(Point, Metres)>,
    /// Why, for the courier's sheet.
    pub reason: String,
}

/// A closed stretch of an edge, as shares of its length from its tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) edge: u32,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Closure {
    /// A whole way is closed.
    pub fn way(id: i64, reason: impl Into<String>) -> Self {
        Self { way: Some(id), at: None, reason: reason.into() }
    }

    /// All roads within `radius` of `middle` are closed.
    pub fn around(middle: Point, radius: Metres, reason: impl Into<String>) -> Self {
        Self { way: None, at: Some((middle, radius)), reason: reason.into() }
    }

    /// What it closes: one span per edge it touches, from the first point inside the circle to the
    /// last. In the order of the edges.
    pub(super) fn spans(&self, graph: &RoadGraph) -> Vec<Span> {
        let span = |edge: usize| {
            if self.way.is_some_and(|way| way != graph.edge_way(edge)) {
                return None;
            }
            let (from, to) = match (self.at, self.way) {
                (Some((middle, radius)), _) => inside(graph.edge_points(edge), middle, radius)?,
                (None, Some(_)) => (0.0, 1.0),
                (None, None) => return None,
            };
            Some(Span { edge: u32::try_from(edge).ok()?, from, to })
        };
        (0..graph.edge_count()).filter_map(span).collect()
    }
}

/// From where to where the line lies within `radius` of `middle`, as shares of its length.
fn inside(points: &[Point], middle: Point, radius: Metres) -> Option<(f64, f64)> {
    let radius_m = radius.as_f64();
    let degrees = radius_m / METRES_PER_DEGREE;
    let north = |p: &Point| p.lat > middle.lat + degrees;
    let south = |p: &Point| p.lat < middle.lat - degrees;
    if !middle.is_on_globe()
        || radius_m < 0.0
        || points.iter().all(north)
        || points.iter().all(south)
    {
        return None;
    }
    let (mut from_m, mut to_m, mut walked_m) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    for pair in points.windows(2) {
        let length_m = pair[0].distance_m(pair[1]);
        let ends = [pair[0], pair[1]].map(|p| flat(middle, p));
        if let Some((enter, leave)) = within_circle(ends[0], ends[1], radius_m) {
            from_m = from_m.min(walked_m + enter * length_m);
            to_m = to_m.max(walked_m + leave * length_m);
        }
        walked_m += length_m;
    }
    if from_m > to_m {
        return None;
    }
    let share =
        |metres: f64| if walked_m > 0.0 { (metres / walked_m).clamp(0.0, 1.0) } else { 0.0 };
    Some((share(from_m), if walked_m > 0.0 { share(to_m) } else { 1.0 }))
}
