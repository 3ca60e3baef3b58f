//! The roads' way up and down: heights along each edge on chords of about 100 m.

use super::elevation::Elevation;
use super::geometry::{between, from_space, length_m, to_space};
use super::graph::RoadGraph;
use crate::place::Point;

/// The length of a chord whose slope is believed, metres.
const CHORD_M: f64 = 100.0;
/// No edge has more chords; a long ferry needs none.
const CHORDS_MOST: f64 = 2000.0;
/// Steeper than any road: what is above is noise.
const STEEPEST: f64 = 0.35;

/// Heights along the edges.
#[derive(Clone, Debug, Default)]
pub(super) struct Relief {
    /// Heights of edge `e` are `heights[first[e]..first[e + 1]]`: at its tail, at its head, and at
    /// equal distances between; empty where the ground is not known.
    first: Vec<u32>,
    heights: Vec<f32>,
}

/// A piece of road of one slope.
#[expect(clippy::struct_field_names, reason = "they end in their unit")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chord {
    pub(super) length_m: f64,
    /// Metres up; negative down.
    pub(super) rise_m: f64,
    /// The height of its middle above the sea.
    pub(super) height_m: f64,
}

impl RoadGraph {
    /// The same roads on this ground: each junction gets its height, each edge its slopes. Where no
    /// tile reaches, roads stay level. Bridges, tunnels and ferries go straight from end to end.
    #[must_use]
    pub fn on_ground(mut self, ground: &Elevation) -> Self {
        let junctions = self.junction_count();
        let heights: Vec<Option<f64>> =
            self.points[..junctions].iter().map(|&point| ground.smooth_m(point)).collect();
        let mut relief = Relief { first: vec![0], heights: Vec::new() };
        for (number, edge) in self.edges.iter().enumerate() {
            let ends = [edge.tail, edge.head].map(|node| heights[node as usize]);
            if let [Some(tail), Some(head)] = ends {
                let class = self.attributes(edge);
                let is_straight = ["bridge", "tunnel"]
                    .iter()
                    .any(|key| class.get(key).is_some_and(|value| value != "no"))
                    || class.get("highway").is_none();
                let line = self.edge_points(number);
                let between = if is_straight { Vec::new() } else { inner(ground, line) };
                #[expect(clippy::cast_possible_truncation, reason = "centimetres are enough")]
                relief
                    .heights
                    .extend([&[tail], &between[..], &[head]].concat().iter().map(|&h| h as f32));
            }
            relief.first.push(u32::try_from(relief.heights.len()).unwrap_or(u32::MAX));
        }
        let whole = |height: Option<f64>, known: i32| {
            height.map_or(known, |height| {
                crate::units::Metres::round(height).0.try_into().unwrap_or(known)
            })
        };
        self.node_elevations.resize(junctions, i32::MIN);
        for (known, height) in self.node_elevations.iter_mut().zip(heights) {
            *known = whole(height, *known);
        }
        self.relief = Some(relief);
        self
    }

    /// The heights of an edge's ends in metres, where the ground is known.
    pub(super) fn end_heights(&self, edge: usize) -> (Option<f64>, Option<f64>) {
        let heights = self.relief.as_ref().map_or(&[][..], |relief| relief.of(edge));
        (heights.first().map(|&h| h.into()), heights.last().map(|&h| h.into()))
    }

    /// An edge's pieces in the direction of its way, as long together as `metres`; one level piece
    /// where the ground is not known.
    pub(super) fn chords(&self, edge: usize) -> Vec<Chord> {
        let metres = f64::from(self.edges[edge].metres);
        let heights = self.relief.as_ref().map_or(&[][..], |relief| relief.of(edge));
        if heights.len() < 2 {
            let tail = self.node_elevation(self.edges[edge].tail as usize);
            let height_m = tail.map_or(0.0, crate::units::Metres::as_f64);
            return vec![Chord { length_m: metres, rise_m: 0.0, height_m }];
        }
        let pieces = f64::from(u32::try_from(heights.len() - 1).unwrap_or(1));
        let length_m = metres / pieces;
        let chord = |pair: &[f32]| {
            let (low, high) = (f64::from(pair[0]), f64::from(pair[1]));
            Chord { length_m, rise_m: high - low, height_m: f64::midpoint(low, high) }
        };
        heights.windows(2).map(chord).collect()
    }
}

impl Relief {
    fn of(&self, edge: usize) -> &[f32] {
        &self.heights[self.first[edge] as usize..self.first[edge + 1] as usize]
    }
}

impl Chord {
    /// Its slope, at most that of the steepest roads.
    pub(super) fn slope(self) -> f64 {
        if self.length_m <= 0.0 {
            0.0
        } else {
            (self.rise_m / self.length_m).clamp(-STEEPEST, STEEPEST)
        }
    }
}

/// Heights at equal distances of a chord or more between the ends of a line; none where one of them
/// is unknown.
fn inner(ground: &Elevation, line: &[Point]) -> Vec<f64> {
    let whole_m = length_m(line);
    let pieces = (whole_m / CHORD_M).floor().clamp(1.0, CHORDS_MOST);
    let step_m = whole_m / pieces;
    let (mut heights, mut walked_m, mut next_m) = (Vec::new(), 0.0, step_m);
    for pair in line.windows(2) {
        let length_m = pair[0].distance_m(pair[1]);
        while next_m <= walked_m + length_m && next_m < whole_m - step_m / 2.0 {
            let share = (next_m - walked_m) / length_m;
            let point = from_space(between(to_space(pair[0]), to_space(pair[1]), share));
            let Some(height) = ground.smooth_m(point) else { return Vec::new() };
            heights.push(height);
            next_m += step_m;
        }
        walked_m += length_m;
    }
    heights
}
